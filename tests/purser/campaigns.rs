//! Campaigns where people read: sums that are those of the list, names on statements, and nothing of it where there are none.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::support::database::Kind;
use crate::support::{Shop, project};

const NIGHT: [&str; 4] = ["run", "nightly", "--as-of", "2026-02-10T00:00:00Z"];

/// A table of an export, cell by cell, without its header.
fn rows(shop: &Shop, command: &[&str]) -> Vec<Vec<String>> {
    let text = shop.must(command);
    let mut csv = csv::Reader::from_reader(text.as_bytes());
    csv.records().map(|row| row.expect("it is CSV").iter().map(str::to_owned).collect()).collect()
}

fn minor(amount: &str) -> i64 {
    amount.replace('.', "").parse().expect("an amount")
}

/// The small shop with two campaigns: Ana's link is of one and her code of none, Ben's code is of the other.
fn shop(kind: Kind) -> Shop {
    let shop = Shop::small_on(kind);
    let campaigns = "[[campaigns]]\nid = \"summer\"\nname = \"Summer glow\"\n[[campaigns]]\nid = \"winter\"\n";
    shop.write("shop.toml", shop.read("shop.toml").replace("[attribution]", &format!("{campaigns}[attribution]")));
    shop.write(
        "links.csv",
        "link_key,creator_id,active_from,active_to,campaign\nlana,ana,,,summer\nlben,ben,,,\nown,,,,summer\n",
    );
    shop.write("codes.csv", "code,creator_id,active_from,active_to,campaign\nANA,ana,,,\nBEN,ben,,,winter\n");
    shop
}

/// Linear credit, where one order is of several campaigns, and some of them pay a fixed amount for each order.
#[test]
fn sums_by_campaign_are_those_of_the_list() {
    for case in ["edge-campaign_linear", "edge-campaign_first", "edge-rates", "shop01", "shop32"] {
        let folder = project().join("fixtures/cases").join(case);
        let shop = Shop::of(&folder.join("program.toml"));
        shop.must(&["run", "nightly", "--as-of", "2026-03-12T00:00:00Z"]);
        let list = rows(&shop, &["export", "commissions"]);
        let sums = rows(&shop, &["export", "commissions", "--by", "campaign"]);
        assert!(!sums.is_empty(), "{case}");
        let sum = |column: usize| sums.iter().map(|row| minor(&row[column])).sum::<i64>();
        let listed = |column: usize, state: &str| {
            list.iter().filter(|row| row[7].ends_with(state)).map(|row| minor(&row[column])).sum::<i64>()
        };
        assert_eq!([sum(4), sum(5), sum(6), sum(7)], [listed(5, ""), listed(6, ""), listed(6, "pending"), listed(6, "payable")]);
        let lines: usize = sums.iter().map(|row| row[3].parse::<usize>().expect("a count")).sum();
        assert_eq!(lines, list.len(), "{case}: each row of the list is counted once");
        assert!(sums.is_sorted_by(|a, b| a[0].as_bytes() < b[0].as_bytes()), "{case}: {sums:?}");
    }
}

/// By the touch shown: in the order o1, c1 sold for winter (the latest of both clicks) and c2 for summer; the lock has none.
#[test]
fn a_linear_order_counts_for_the_campaign_of_each_touch_shown() {
    let shop = Shop::of(&project().join("fixtures/cases/edge-campaign_linear/program.toml"));
    shop.must(&["run", "nightly", "--as-of", "2026-03-12T00:00:00Z"]);
    let read = |table: &str| {
        let file = project().join("fixtures/cases/edge-campaign_linear/data").join(table);
        std::fs::read_to_string(file).expect("the case has that table")
    };
    let (links, clicks) = (read("links.csv"), read("clicks.csv"));
    let of_link: BTreeMap<&str, &str> =
        links.lines().filter_map(|row| Some((row.split(',').next()?, row.rsplit(',').next()?))).collect();
    let of_click: BTreeMap<&str, &str> = clicks
        .lines()
        .filter_map(|row| row.split(',').collect::<Vec<_>>().get(..4).map(|cells| (cells[0], cells[3])))
        .filter_map(|(click, link)| Some((click, *of_link.get(link)?)))
        .collect();
    let mut wanted: BTreeMap<String, (BTreeSet<String>, i64)> = BTreeMap::new();
    for row in rows(&shop, &["export", "commissions"]) {
        let campaign = match (row[0].as_str(), row[4].as_str()) {
            // The link went from one campaign to the other.
            ("link", "o5a") => "summer",
            ("link", click) => of_click[click],
            ("code", "S") => "summer",
            ("code", "D") if row[1] == "o9" => "summer",
            ("code", "D") => "winter",
            _ => "",
        };
        let (orders, commission) = wanted.entry(campaign.to_owned()).or_default();
        orders.insert(row[1].clone());
        *commission += minor(&row[6]);
    }
    let told = rows(&shop, &["export", "commissions", "--by", "campaign"]);
    let told: BTreeMap<String, (usize, i64)> =
        told.into_iter().map(|row| (row[0].clone(), (row[2].parse().expect("a count"), minor(&row[5])))).collect();
    let wanted: BTreeMap<String, (usize, i64)> =
        wanted.into_iter().map(|(id, (orders, commission))| (id, (orders.len(), commission))).collect();
    assert_eq!(told, wanted);
    assert_eq!(told.len(), 4, "three campaigns, and what came without one");
}

#[test]
fn sums_by_campaign_have_names_and_only_commissions_have_sums() {
    let shop = shop(Kind::Sqlite);
    shop.must(&NIGHT);
    let csv = shop.must(&["export", "commissions", "--by", "campaign"]);
    assert_eq!(
        csv,
        "campaign,name,orders,lines,base,commission,pending,payable\n\
         ,,1,2,70.00,22.00,7.00,15.00\n\
         summer,Summer glow,1,2,100.00,10.00,0.00,10.00\n\
         winter,winter,1,1,50.00,5.00,0.00,5.00\n"
    );
    let table = shop.must(&["export", "commissions", "--by", "campaign", "--format", "table"]);
    assert!(table.contains("summer    Summer glow"), "{table}");
    let json = shop.must(&["export", "commissions", "--by", "campaign", "--format", "json"]);
    assert_eq!(serde_json::from_str::<Value>(&json).expect("it is JSON")[1]["name"], "Summer glow");
    for what in ["orders", "balances", "exceptions", "journal", "dump"] {
        let done = shop.run(&["export", what, "--by", "campaign", "--out", "there"]);
        assert!(done.code == Some(1) && done.err.contains("only commissions are summed by campaign"), "{what}: {}", done.err);
    }
}

/// A campaign that brought nothing is shown, and a shop without campaigns has one row.
#[test]
fn what_brought_nothing_is_a_row_too() {
    let quiet = shop(Kind::Sqlite);
    quiet.write("codes.csv", "code,creator_id,active_from,active_to,campaign\nANA,ana,,,\nBEN,ben,,,\n");
    quiet.must(&NIGHT);
    let sums = quiet.must(&["export", "commissions", "--by", "campaign"]);
    assert!(sums.contains("\nwinter,winter,0,0,0.00,0.00,0.00,0.00\n"), "{sums}");
    let plain = Shop::small();
    plain.must(&NIGHT);
    assert_eq!(
        rows(&plain, &["export", "commissions", "--by", "campaign"]),
        [["", "", "3", "5", "220.00", "37.00", "7.00", "30.00"]]
    );
}

/// Two names that are one are told apart by the id.
#[test]
fn campaigns_of_one_name_are_told_apart() {
    let shop = shop(Kind::Sqlite);
    shop.write("shop.toml", shop.read("shop.toml").replace("id = \"winter\"", "id = \"winter\"\nname = \"Summer glow\""));
    shop.must(&NIGHT);
    let names: Vec<String> =
        rows(&shop, &["export", "commissions", "--by", "campaign"]).into_iter().map(|row| row[1].clone()).collect();
    assert_eq!(names, ["", "Summer glow (summer)", "Summer glow (winter)"]);
}

fn months(shop: &Shop) {
    shop.must(&["run", "nightly", "statements", "--as-of", "2026-02-01T10:00:00Z"]);
}

#[test]
fn a_statement_names_the_campaign_of_each_line() {
    for kind in Kind::BOTH {
        let shop = shop(kind);
        months(&shop);
        let ana = |format: &str| shop.must(&["statement", "ana", "--month", "2026-01", "--format", format]);
        let text = ana("text");
        assert!(text.contains("Story, 5 January: A") && text.contains("10% of 100.00 · campaign Summer glow"), "{text}");
        // All that she earned in January was for one campaign.
        assert!(!text.contains("BY CAMPAIGN"), "{text}");
        assert!(ana("html").contains("campaign Summer glow"), "{}", ana("html"));
        let csv = ana("csv");
        let mut lines = csv.lines();
        assert!(lines.next().is_some_and(|header| header.ends_with(",currency,campaign")), "{csv}");
        assert!(lines.all(|line| line.ends_with(",USD,Summer glow")), "{csv}");
        // A campaign without a name is called by its id, and who has none sees nothing of it.
        assert!(shop.must(&["statement", "ben", "--month", "2026-01"]).contains("10% of 50.00 · campaign winter"));
        let cho = ["text", "html", "csv", "json"]
            .map(|format| shop.must(&["statement", "cho", "--month", "2026-01", "--format", format]));
        assert!(cho.iter().all(|cho| !cho.to_lowercase().contains("campaign")), "{cho:?}");
        // February: a refund for the campaign, a sale without.
        shop.must(&["run", "nightly", "--as-of", "2026-02-10T00:00:00Z"]);
        let text = shop.must(&["statement", "ana", "--month", "2026-02", "--as-of", "2026-02-10T00:00:00Z"]);
        let table: Vec<Vec<&str>> = text
            .lines()
            .skip_while(|line| *line != "BY CAMPAIGN")
            .skip(2)
            .take_while(|line| !line.is_empty())
            .map(|line| line.split("  ").map(str::trim).filter(|cell| !cell.is_empty()).collect())
            .collect();
        assert_eq!(
            table,
            [
                vec!["Campaign", "Commission", "Taken back", "Bonuses", "Total"],
                vec!["Summer glow", "0.00", "-2.05", "0.00", "-2.05"],
                vec!["Without a campaign", "7.00", "0.00", "0.00", "7.00"],
                vec!["Total", "7.00", "-2.05", "0.00", "4.95"],
            ],
            "{text}"
        );
        let html = shop.must(&["statement", "ana", "--month", "2026-02", "--as-of", "2026-02-10T00:00:00Z", "--format", "html"]);
        assert!(html.contains("By campaign") && html.contains("Without a campaign"), "{html}");
        shop.must(&["check"]);
    }
}

/// What was closed keeps the name that it had; what is closed later has the new one.
#[test]
fn a_campaign_may_be_renamed() {
    let shop = shop(Kind::Sqlite);
    months(&shop);
    let january = || {
        ["text", "html", "csv", "json"].map(|format| shop.must(&["statement", "ana", "--month", "2026-01", "--format", format]))
    };
    let before = january();
    shop.write("shop.toml", shop.read("shop.toml").replace("Summer glow", "High summer"));
    shop.must(&["run", "nightly", "statements", "--as-of", "2026-03-01T10:00:00Z"]);
    assert_eq!(january(), before, "it is kept as it was sent");
    let february = shop.must(&["statement", "ana", "--month", "2026-02"]);
    let words = february.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains("campaign High summer") && !words.contains("Summer glow"), "{february}");
    assert!(shop.must(&["export", "commissions", "--by", "campaign"]).contains("summer,High summer,"));
    shop.must(&["check"]);
}

/// A bonus for a new customer was brought by the campaign of the order's credit; one that is taken back keeps its campaign.
#[test]
fn bonuses_and_what_is_taken_back_keep_their_campaign() {
    let shop = shop(Kind::Sqlite);
    shop.write("shop.toml", shop.read("shop.toml") + "[[commission.bonuses]]\nwhen = \"new_customer\"\namount = \"2.00\"\n");
    shop.must(&["run", "nightly", "--as-of", "2026-02-01T00:00:00Z"]);
    let sums = shop.must(&["export", "commissions", "--by", "campaign"]);
    assert!(sums.contains("winter,winter,1,2,50.00,7.00,0.00,7.00"), "{sums}");
    // The order is cancelled: it is no target any more, and its line of the statement still says what it was for.
    shop.add("orders.csv", "o2,2026-01-06T10:00:00Z,2026-02-02T10:00:00Z,cancelled,USD,p2,,,,BEN\n");
    shop.must(&["run", "nightly", "--as-of", "2026-02-03T00:00:00Z"]);
    let text = shop.must(&["statement", "ben", "--month", "2026-02", "--as-of", "2026-02-03T00:00:00Z"]);
    assert_eq!(text.matches("campaign winter").count(), 2, "{text}");
}

/// The bytes of a program without campaigns are those of before there were any.
#[test]
fn without_campaigns_nothing_speaks_of_them() {
    let shop = Shop::small();
    months(&shop);
    for creator in ["ana", "ben", "cho"] {
        for format in ["text", "html", "csv", "json"] {
            let said = shop.must(&["statement", creator, "--month", "2026-01", "--format", format]);
            assert!(!said.to_lowercase().contains("campaign"), "{said}");
        }
    }
    let body = shop.database.sql("SELECT body FROM statements");
    assert!(!body.contains("campaign"), "{body}");
}

/// A night of a purser that did not keep campaigns is read as one without any, and decided again, by which nothing is posted.
#[test]
fn an_older_outcome_is_decided_again_for_the_campaigns() {
    for kind in Kind::BOTH {
        let shop = shop(kind);
        shop.must(&NIGHT);
        let outcome = shop.database.sql("SELECT outcome FROM reconciled");
        let older = outcome.trim().replace(",\"campaigns\":true", "");
        assert_ne!(older, outcome.trim());
        let sealed =
            "as_of || '|' || unchanged_until || '|' || manifest || '|' || program_text || '|' || credits || '|' || run_id";
        let text = shop.database.sql(&format!("SELECT {sealed} || '|{older}|' || rules FROM reconciled"));
        let seal = blake3::hash(text.trim().as_bytes()).to_hex();
        shop.database.sql(&format!("UPDATE reconciled SET outcome = '{older}', seal = '{seal}'"));
        shop.must(&["check"]);
        let refused = shop.run(&["export", "commissions", "--by", "campaign"]);
        assert!(!refused.ok && refused.err.contains("by an older purser"), "{}", refused.err);
        let commissions = shop.must(&["export", "commissions"]);
        let entries = shop.database.sql("SELECT COUNT(*) FROM entries");
        let said = shop.must(&NIGHT);
        assert!(said.contains("nothing to post"), "{said}");
        assert_eq!(shop.database.sql("SELECT COUNT(*) FROM entries"), entries);
        assert_eq!(shop.must(&["export", "commissions"]), commissions);
        assert!(shop.must(&["export", "commissions", "--by", "campaign"]).contains("summer,Summer glow,1,2,"));
        shop.must(&["check"]);
    }
}
