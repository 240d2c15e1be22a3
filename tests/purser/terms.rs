//! Campaigns, reservations, agreed rates, disputes, and the names of orders and lines, as people meet them: on files that have them,
//! on files that lack them, and where they are wrong. The worked shops and the random ones have the figures.

use crate::support::database::Kind;
use crate::support::{Done, Shop};

const NIGHT: &[&str] = &["run", "nightly", "--as-of", "2026-03-01T00:00:00Z"];

/// The small shop with a campaign, and with the two tables that it does not have.
fn shop(kind: Kind) -> Shop {
    let shop = Shop::small_on(kind);
    let text = shop.read("shop.toml").replace("[sources]\n", "[sources]\nrates = \"rates.csv\"\ndisputes = \"disputes.csv\"\n");
    shop.write("shop.toml", text + "\n[[campaigns]]\nid = \"summer\"\nwindow = \"36h\"\n");
    shop.write("rates.csv", "creator_id,campaign,percent,from,until\n");
    shop.write("disputes.csv", "dispute_id,order_id,opened_at,closed_at,outcome,amount\n");
    shop
}

#[track_caller]
fn refused(done: &Done, wanted: &[&str]) {
    assert!(!done.ok, "{}", done.out);
    for text in wanted {
        assert!(done.err.contains(text), "wanted: {text}\nsaid: {}", done.err);
    }
}

/// No worked shop is without rates: each share has the rate none, however many there are.
#[test]
fn a_program_without_rates_credits_orders_and_pays_nothing() {
    let shop = Shop::small();
    shop.write("shop.toml", shop.read("shop.toml").replace("[[commission.rates]]\npercent = \"10\"\n", ""));
    shop.must(NIGHT);
    let pays = shop.must(&["export", "commissions", "--format", "csv"]);
    for row in ["code,o2,1,ben,BEN,50.00,0.00,payable", "link,o1,1,ana,k1,100.00,0.00,payable"] {
        assert!(pays.contains(row), "{pays}");
    }
    shop.must(&["check"]);
}

#[test]
fn a_campaign_brings_its_own_window_and_rate() {
    let shop = shop(Kind::Sqlite);
    shop.write("links.csv", "link_key,creator_id,active_from,active_to,campaign\nlana,ana,,,summer\nlben,ben,,,\n");
    shop.write("shop.toml", shop.read("shop.toml") + "[[commission.rates]]\ncampaign = \"summer\"\npercent = \"20\"\n");
    shop.must(NIGHT);
    let pays = shop.must(&["export", "commissions", "--format", "csv"]);
    assert!(pays.contains("link,o1,1,ana,k1,100.00,20.00,payable"), "{pays}");
    let why = shop.must(&["explain", "o1"]);
    for text in ["ana gets credit through the campaign summer", "campaign summer, 20% (specificity 16): applies"] {
        assert!(why.contains(text), "{why}");
    }
    // A day later the click is too old for the campaign, and the older one of an ordinary link wins.
    let late = shop.read("orders.csv").replace("o1,2026-01-05T10:00:00Z,2026-01-05", "o1,2026-01-06T10:00:00Z,2026-01-06");
    shop.write("orders.csv", late);
    shop.must(&["run", "nightly", "--as-of", "2026-03-02T00:00:00Z"]);
    let why = shop.must(&["explain", "o1"]);
    assert!(why.contains("2d before the order, but the window of the campaign summer is 1d 12h"), "{why}");
    assert!(why.contains("click k2 at 2026-01-02T10:00:00Z on link lben of ben: won"), "{why}");
}

#[test]
fn what_is_a_campaigns_own_pays_nobody_and_a_reservation_is_no_code() {
    let shop = shop(Kind::Sqlite);
    let codes = "code,creator_id,active_from,active_to,campaign\nANA,,,,summer\nBEN,ben,,,\nTBD,ana,soon,,\n tbd ,,,,whatever\nTBD,ana,,,\n";
    shop.write("codes.csv", codes);
    shop.write("orders.csv", shop.read("orders.csv").replace("p3,,,,", "p3,,,,Tbd"));
    shop.must(NIGHT);
    let orders = shop.must(&["export", "orders", "--format", "csv"]);
    assert!(orders.contains("o4,unattributed,campaign\n") && orders.contains("o3,unattributed,no_touch\n"), "{orders}");
    let why = shop.must(&["explain", "o4"]);
    assert!(why.contains("the link or code is the campaign's own: it pays nobody"), "{why}");
    let why = shop.must(&["explain", "o3"]);
    assert!(why.contains("TBD is not a code: it stands in place of one that was not decided yet"), "{why}");
}

#[test]
fn an_agreed_rate_stands_in_for_those_of_the_file_and_an_edit_of_it_asks() {
    for kind in Kind::BOTH {
        let shop = shop(kind);
        shop.add("rates.csv", "ben,,15,,2026-02-01\nben,,12.50,2026-02-01,\n");
        shop.must(NIGHT);
        let pays = shop.must(&["export", "commissions", "--format", "csv"]);
        assert!(pays.contains("code,o2,1,ben,BEN,50.00,7.50,payable"), "{pays}");
        let why = shop.must(&["explain", "o2"]);
        assert!(why.contains("agreed rate: creator ben, 15% (specificity 32): applies"), "{why}");
        // The order of the rows decides nothing.
        shop.write("rates.csv", "creator_id,campaign,percent,from,until\nben,,12.5,2026-02-01,\nben,,15.0,,2026-02-01\n");
        shop.must(&["run", "nightly", "--as-of", "2026-03-02T00:00:00Z"]);
        shop.write("rates.csv", "creator_id,campaign,percent,from,until\nben,,12.5,2026-02-01,\nben,,16,,2026-02-01\n");
        let night = ["run", "nightly", "--as-of", "2026-03-03T00:00:00Z"];
        refused(&shop.run(&night), &["the table rates", "ben", "7.50", "8.00"]);
        shop.must(&[&night[..], &["--restate", "agreed on the phone"]].concat());
        let journal = shop.must(&["export", "journal", "--format", "csv"]);
        assert!(journal.contains("restated"), "{journal}");
        shop.must(&["check"]);
    }
}

#[test]
fn an_open_dispute_holds_back_what_its_order_earned_and_a_lost_one_takes_it() {
    for kind in Kind::BOTH {
        let shop = shop(kind);
        let balance = |night: &str| {
            shop.must(&["run", "nightly", "--as-of", night]);
            shop.must(&["export", "balances", "--format", "csv"]).lines().find(|line| line.starts_with("ben,")).map(str::to_owned)
        };
        assert_eq!(balance("2026-02-01T00:00:00Z").as_deref(), Some("ben,0.00,5.00,0.00,0.00"));
        shop.add("disputes.csv", "d1,o2,2026-02-01T09:00:00Z,,,20.00\n");
        assert_eq!(balance("2026-02-02T00:00:00Z").as_deref(), Some("ben,5.00,0.00,0.00,0.00"));
        let why = shop.must(&["explain", "o2"]);
        assert!(why.contains("on hold until the end of dispute d1, open since 2026-02-01T09:00:00Z"), "{why}");
        let lost = "dispute_id,order_id,opened_at,closed_at,outcome,amount\n\
                    d1,o2,2026-02-01T09:00:00Z,2026-02-03T09:00:00Z,lost,20.00\nd2,o77,2026-02-03T09:00:00Z,,,1.00\n";
        shop.write("disputes.csv", lost);
        // Its end is not seen before it comes.
        assert_eq!(balance("2026-02-03T09:00:00Z").as_deref(), Some("ben,5.00,0.00,0.00,0.00"));
        assert_eq!(balance("2026-02-03T09:00:01Z").as_deref(), Some("ben,0.00,3.00,0.00,0.00"));
        let exceptions = shop.must(&["export", "exceptions", "--format", "csv"]);
        assert!(exceptions.contains("dispute_without_order,d2\n"), "{exceptions}");
        shop.must(&["check"]);
    }
}

#[test]
fn what_is_wrong_with_these_tables_is_told_where_it_stands() {
    let shop = shop(Kind::Sqlite);
    shop.write("links.csv", "link_key,creator_id,active_from,active_to,campaign\nlana,ana,,,sumer\nlben,,,,\n");
    shop.add("rates.csv", "ana,,ten,,\nben,summer,10,2026-02-01,\nben,summer,11,2026-03-01,\nana,,5,soon,\n");
    let disputes = "d1,o1,2026-02-01T00:00:00Z,,lost,1.00\nd2,o1,2026-02-01T00:00:00Z,2026-01-31T00:00:00Z,won,1.00\n\
                    d3,o99,2026-02-01T00:00:00Z,,,0.0\nd4,o1,2026-02-01T00:00:00Z,2026-02-02T00:00:00Z,draw,1.00\n";
    shop.add("disputes.csv", disputes);
    refused(
        &shop.run(&["validate"]),
        &[
            "links.csv row 2, campaign: \"sumer\" is no campaign of the program file, which declares each with [[campaigns]]; did you mean \"summer\"?",
            "links.csv row 3, creator_id: is empty, but only what names a campaign may belong to nobody",
            "rates.csv row 2, percent: \"ten\" is not a plain decimal number",
            "rates: rates.csv row 3 and rates.csv row 4 both hold for ben from 2026-03-01; end the one (until) where the other begins",
            "rates.csv row 5, from: \"soon\" is not a date",
            "disputes.csv row 2, outcome: \"lost\" does not go with closed_at: a dispute that ended has both, an open one neither",
            "disputes.csv row 3, closed_at: \"2026-01-31T00:00:00Z\" is before opened_at",
            "disputes.csv row 4, amount: \"0.0\" is not above zero; a dispute is about some amount",
            "disputes.csv row 5, outcome: \"draw\" is none of won, lost; it is empty while the dispute is open",
        ],
    );
    shop.write(
        "shop.toml",
        shop.read("shop.toml") + "[[campaigns]]\nid = \"summer\"\n[[commission.rates]]\ncampaign = \"sumer\"\npercent = \"1\"\n",
    );
    refused(&shop.run(&["validate"]), &["`id` is that of an earlier campaign", "did you mean \"summer\"?"]);
}

#[test]
fn the_same_row_in_another_spelling_counts_once() {
    let shop = Shop::small();
    shop.add("codes.csv", " ana ,ana,,\n");
    shop.add("orders.csv", "o4,2026-02-08T09:00:00-01:00,2026-02-08T10:00:00Z,paid,USD,p4,,,, ana\n");
    shop.must(NIGHT);
    let pays = shop.must(&["export", "commissions", "--format", "csv"]);
    assert!(
        pays.contains("code,o4,1,ana,ana,70.00,7.00,payable"),
        "of two spellings the one that stands first in byte order: {pays}"
    );
    let swapped: Vec<String> = shop.read("orders.csv").lines().map(str::to_owned).collect();
    let [head, rows @ ..] = &swapped[..] else { panic!("there are rows") };
    shop.write("orders.csv", format!("{head}\n{}\n", rows.iter().rev().cloned().collect::<Vec<_>>().join("\n")));
    let report = shop.must(&["run", "nightly", "--as-of", "2026-03-02T00:00:00Z"]);
    assert!(report.contains("nothing to post"), "{report}");
}

#[test]
fn an_order_is_found_by_what_people_call_it() {
    for kind in Kind::BOTH {
        let shop = Shop::small_on(kind);
        let named = |text: &str, names: &[&str], head: &str| {
            let rows = text.lines().skip(1).zip(names).map(|(row, name)| format!("{row},{name}\n")).collect::<String>();
            format!("{},{head}\n{rows}", text.lines().next().unwrap_or_default())
        };
        shop.write("orders.csv", named(&shop.read("orders.csv"), &["#1001", "#1002", "#1003", "#1002"], "order_name"));
        let titles = ["Serum", "Cream", "Serum", "Serum", "Set"];
        shop.write("order_lines.csv", named(&shop.read("order_lines.csv"), &titles, "title"));
        shop.must(NIGHT);
        let why = shop.must(&["explain", "#1001"]);
        assert!(why.starts_with("Order #1001, o1 in shop") && why.contains("line 1 (Serum, sku A, category x)"), "{why}");
        assert_eq!(why, shop.must(&["explain", "o1"]));
        refused(&shop.run(&["explain", "#1002"]), &["several orders are called #1002", "o2, o4"]);
        refused(&shop.run(&["explain", "#9"]), &["order \"#9\" was not found"]);
        let credit =
            shop.must(&["credit", "#1003", "ben", "--reason", "phone", "--by", "mia", "--as-of", "2026-03-01T09:00:00Z"]);
        assert!(credit.contains("o3"), "{credit}");
        // Names decide nothing: other ones move nothing.
        shop.write("orders.csv", shop.read("orders.csv").replace('#', "No. "));
        let report = shop.must(&["run", "nightly", "--as-of", "2026-03-02T00:00:00Z"]);
        assert!(report.contains("nothing to post"), "{report}");
        shop.must(&["explain", "No. 1001"]);
    }
}

#[test]
fn what_is_probably_not_meant_is_said_and_not_refused() {
    let shop = shop(Kind::Sqlite);
    shop.add("codes.csv", "CHO10,choo,,\nCAF\u{c9},cho,,\n");
    shop.write("orders.csv", shop.read("orders.csv").replace("p3,,,,", "p3,,,,cafe\u{301}"));
    shop.add("orders.csv", "o4,2026-02-01T10:00:00Z,2026-02-09T10:00:00Z,paid,USD,p4,,,,ANA\n");
    shop.add("rates.csv", "anna,,1250,,\n");
    let rates = "[[commission.rates]]\ngroup = \"gold\"\npercent = \"12\"\n[[commission.rates]]\nsku = \"AA\"\npercent = \"1\"\n";
    shop.write("shop.toml", shop.read("shop.toml") + rates);
    let said = shop.must(&["validate"]);
    for hint in [
        "warning: codes: 1 row names the creator \"choo\", who is not in creators; the closest is \"cho\"",
        "warning: rates: 1 row names the creator \"anna\", who is not in creators; the closest is \"ana\"",
        "warning: rates: anna gets 1250%, more than the sales come to; 10 is written for 10%",
        "warning: rate 2: group gold, 12%: no row of creators has the group \"gold\"",
        "warning: rate 3: sku AA, 1%: no row of order_lines has the sku \"AA\"",
        "warning: campaign summer: no link and no code names it",
        "warning: orders: 1 order has versions with different times of ordering, such as o4; the latest version counts",
        "warning: orders: 1 version has the code \"\\u{63}\\u{61}\\u{66}\\u{65}\\u{301}\", which looks like \"caf\u{e9}\" and is another",
    ] {
        assert!(said.contains(hint), "wanted: {hint}\nsaid: {said}");
    }
    shop.must(NIGHT);
}

#[test]
fn an_explanation_says_why_a_rate_does_not_match_and_who_is_unknown() {
    let shop = shop(Kind::Sqlite);
    let rates = "[[commission.rates]]\ngroup = \"gold\"\npercent = \"12\"\n\
                 [[commission.rates]]\nfrom = 2026-02-01\npercent = \"13\"\n\
                 [[commission.rates]]\ncustomer = \"returning\"\npercent = \"14\"\n\
                 [[commission.rates]]\nsku = \"B\"\npercent = \"15\"\n";
    shop.write("shop.toml", shop.read("shop.toml") + rates);
    shop.add("codes.csv", "CHO,choo,,\n");
    shop.write("orders.csv", shop.read("orders.csv").replace("p3,,,,", "p3,,,,CHO"));
    shop.must(NIGHT);
    let why = shop.must(&["explain", "o2"]);
    for text in [
        "rate 2: group gold, 12%: does not match, the creator's group at the order is none",
        "rate 3: 13%: does not match, it begins on 2026-02-01, and the order is of 2026-01-06",
        "rate 4: customer returning, 14%: does not match, the customer is new",
        "rate 5: sku B, 15%: does not match, the line's sku is A",
    ] {
        assert!(why.contains(text), "wanted: {text}\nsaid: {why}");
    }
    let why = shop.must(&["explain", "o3"]);
    assert!(why.contains("code CHO of choo: dropped, the table of creators has no such creator"), "{why}");
}
