//! The liability by age: worked by hand, and against a model that counts cents.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::model::{cents, moves, owed, rows};
use super::{night, shop, two_months};
use crate::support::Shop;
use crate::support::database::Kind;

fn lines(shop: &Shop, day: &str, by_creator: bool) -> Vec<String> {
    let mut command = vec!["export", "liability", "--as-of", day];
    command.extend(if by_creator { &["--by", "creator"][..] } else { &[] });
    shop.must(&command).lines().map(str::to_owned).collect()
}

/// What the command says of a day, by creator and standing: in all, and by age.
fn told(shop: &Shop, day: &str) -> BTreeMap<(String, String), [i64; 5]> {
    let text = shop.must(&["export", "liability", "--as-of", day, "--by", "creator"]);
    let columns = ["total", "days_0_30", "days_31_60", "days_61_90", "days_over_90"];
    let row = |row: BTreeMap<String, String>| {
        assert_eq!((row["program"].as_str(), row["currency"].as_str(), row["as_of"].as_str()), ("shop", "USD", day));
        ((row["creator_id"].clone(), row["standing"].clone()), columns.map(|column| cents(&row[column])))
    };
    rows(&text).into_iter().map(row).collect()
}

/// The sums of a program are those of its creators, in every format.
fn check_sums(shop: &Shop, day: &str) {
    let by_creator = told(shop, day);
    let text = shop.must(&["export", "liability", "--as-of", day]);
    let columns = ["total", "days_0_30", "days_31_60", "days_61_90", "days_over_90"];
    let sums = rows(&text);
    assert_eq!(sums.iter().map(|row| row["standing"].as_str()).collect::<Vec<_>>(), ["pending", "payable", "reserved", "debt"]);
    for row in &sums {
        let mut sum = [0; 5];
        for (_, part) in by_creator.iter().filter(|((_, standing), _)| *standing == row["standing"]) {
            (0..5).for_each(|place| sum[place] += part[place]);
        }
        assert_eq!(columns.map(|column| cents(&row[column])), sum, "{day} {}", row["standing"]);
        assert_eq!(sum[0], sum[1..].iter().sum::<i64>(), "the ages are all of it");
    }
    let json = shop.must(&["export", "liability", "--as-of", day, "--format", "json"]);
    let objects: Vec<BTreeMap<String, String>> = serde_json::from_str(&json).expect("it is JSON");
    assert_eq!(objects, sums);
}

/// ana earned 12.05 on 5 January and ben 5.00 on the 6th, both ten days on hold; cho has a fee of 15.00 since the 15th. On 3 February
/// 2.05 of ana's are refunded, and on the 8th she earns 7.00.
#[test]
fn what_is_owed_has_the_age_of_what_brought_it_there() {
    for kind in Kind::BOTH {
        let shop = shop(kind);
        night(&shop, "2026-01-08T02:00:00Z");
        night(&shop, "2026-02-10T02:00:00Z");
        night(&shop, "2026-02-20T02:00:00Z");
        assert_eq!(lines(&shop, "2026-01-05", true)[1..], ["shop,USD,2026-01-05,ana,pending,12.05,12.05,0.00,0.00,0.00"]);
        assert_eq!(
            lines(&shop, "2026-01-31", true)[1..],
            [
                // What was refunded before a night saw it released stayed on hold until then.
                "shop,USD,2026-01-31,ana,pending,2.05,2.05,0.00,0.00,0.00",
                "shop,USD,2026-01-31,ana,payable,10.00,10.00,0.00,0.00,0.00",
                "shop,USD,2026-01-31,ben,payable,5.00,5.00,0.00,0.00,0.00",
                "shop,USD,2026-01-31,cho,payable,15.00,15.00,0.00,0.00,0.00",
            ]
        );
        // Thirty days after the fee it is as young as ever, and then it is not.
        assert_eq!(
            lines(&shop, "2026-02-14", false),
            [
                "program,currency,as_of,standing,total,days_0_30,days_31_60,days_61_90,days_over_90",
                "shop,USD,2026-02-14,pending,7.00,7.00,0.00,0.00,0.00",
                "shop,USD,2026-02-14,payable,30.00,30.00,0.00,0.00,0.00",
                "shop,USD,2026-02-14,reserved,0.00,0.00,0.00,0.00,0.00",
                "shop,USD,2026-02-14,debt,0.00,0.00,0.00,0.00,0.00",
            ]
        );
        assert_eq!(lines(&shop, "2026-02-15", false)[2], "shop,USD,2026-02-15,payable,30.00,5.00,25.00,0.00,0.00");
        assert_eq!(
            lines(&shop, "2026-03-31", true)[1..],
            [
                // The older part was released on 15 January, the younger on 18 February.
                "shop,USD,2026-03-31,ana,payable,17.00,0.00,7.00,10.00,0.00",
                "shop,USD,2026-03-31,ben,payable,5.00,0.00,0.00,5.00,0.00",
                "shop,USD,2026-03-31,cho,payable,15.00,0.00,0.00,15.00,0.00",
            ]
        );
        assert_eq!(lines(&shop, "2026-12-31", false)[2], "shop,USD,2026-12-31,payable,37.00,0.00,0.00,0.00,37.00");
    }
}

#[test]
fn a_debt_has_the_age_of_what_was_taken_back() {
    let shop = shop(Kind::Sqlite);
    night(&shop, "2026-02-01T02:00:00Z");
    shop.must(&["run", "payout", "--by", "rosa", "--as-of", "2026-02-01T09:00:00Z"]);
    assert_eq!(lines(&shop, "2026-02-01", false)[3], "shop,USD,2026-02-01,reserved,32.05,32.05,0.00,0.00,0.00");
    shop.must(&["batch", "approve", "shop-0001", "--by", "mia", "--as-of", "2026-02-02T10:00:00Z"]);
    shop.must(&["batch", "settle", "shop-0001", "--by", "lee", "--as-of", "2026-02-02T11:00:00Z"]);
    // Of what was paid, 2.05 are clawed back on 3 February, and ben's all on the 25th.
    shop.add("refunds.csv", "r2,o2,1,2026-02-25T09:00:00Z,50.00\n");
    night(&shop, "2026-03-01T02:00:00Z");
    assert_eq!(
        lines(&shop, "2026-03-10", true)[1..],
        ["shop,USD,2026-03-10,ana,payable,4.95,4.95,0.00,0.00,0.00", "shop,USD,2026-03-10,ben,debt,-5.00,-5.00,0.00,0.00,0.00",]
    );
    // Before ana's 7.00 of 8 February she had a debt of 2.05.
    assert_eq!(lines(&shop, "2026-02-07", true)[1..], ["shop,USD,2026-02-07,ana,debt,-2.05,-2.05,0.00,0.00,0.00"]);
}

/// Every few days of half a year, in shops with all kinds of entries, with closed months and without.
#[test]
fn the_liability_is_what_a_model_counts_cent_by_cent() {
    for kind in Kind::BOTH {
        let story = Shop::small_on(kind);
        story.play(usize::MAX);
        for shop in [story, two_months(kind)] {
            let moves = moves(&shop);
            let mut shown = 0;
            for number in 0..25 {
                let at = NaiveDate::from_ymd_opt(2026, 1, 4).expect("a day") + chrono::Days::new(number * 7);
                let day = at.to_string();
                assert_eq!(told(&shop, &day), owed(&moves, at), "{day}");
                shown += owed(&moves, at).len();
                if number % 6 == 0 {
                    check_sums(&shop, &day);
                }
            }
            assert!(shown > 30, "there was something to show: {shown}");
        }
    }
}

/// What comes after a month was closed does not change what was owed at its end.
#[test]
fn the_liability_of_a_closed_months_last_day_stays() {
    let shop = shop(Kind::Sqlite);
    night(&shop, "2026-02-01T02:00:00Z");
    super::close(&shop, "2026-01", "2026-02-03T08:00:00Z");
    let before = [false, true].map(|by_creator| lines(&shop, "2026-01-31", by_creator));
    shop.add("orders.csv", "o5,2026-01-20T10:00:00Z,2026-01-20T10:00:00Z,paid,USD,p5,,,,BEN\n");
    shop.add("order_lines.csv", "o5,1,A,x,1,80.00\n");
    night(&shop, "2026-02-10T02:00:00Z");
    assert_eq!([false, true].map(|by_creator| lines(&shop, "2026-01-31", by_creator)), before);
    // On the first day of the next month it is there, as old as it is: on hold until 30 January.
    let ben = lines(&shop, "2026-02-01", true).into_iter().find(|line| line.contains(",ben,")).expect("ben is owed");
    assert_eq!(ben, "shop,USD,2026-02-01,ben,payable,13.00,13.00,0.00,0.00,0.00");
    let table = shop.must(&["export", "liability", "--format", "table"]);
    assert!(table.trim_start().starts_with("program") && table.contains("days over 90"), "{table}");
}

#[test]
fn options_that_say_nothing_of_it_are_refused() {
    let shop = shop(Kind::Sqlite);
    night(&shop, "2026-02-01T02:00:00Z");
    for (command, why) in [
        (&["export", "liability", "--by", "campaign"][..], "only the liability is listed by creator"),
        (&["export", "balances", "--by", "creator"], "only the liability is listed by creator"),
        (&["export", "balances", "--as-of", "2026-01-31"], "only the liability is exported as of a day"),
        (&["export", "liability", "--month", "2026-01"], "only the journal is exported by month"),
        (&["export", "liability", "--format", "datev"], "only the journal is written for accounting programs"),
        (&["export", "liability", "--as-of", "2026-02-30"], "not a valid day"),
    ] {
        let done = shop.run(command);
        assert!(!done.ok && done.err.contains(why), "{command:?}: {}", done.err);
    }
}
