//! `validate` tells everything that is wrong with the facts at once, and counts what the files hold.

use std::fs;

use purser::facts::schema;
use purser::program::Table;

use crate::support::{Done, Shop, project};

const NIGHT: &[&str] = &["run", "nightly", "--as-of", "2026-03-01T00:00:00Z"];

fn change(shop: &Shop, file: &str, from: &str, to: &str) {
    let text = shop.read(file);
    assert!(text.contains(from), "{from} stands in {file}");
    shop.write(file, text.replacen(from, to, 1));
}

/// Fails unless a command was refused and says all of this, a line each.
#[track_caller]
fn says(done: &Done, wanted: &[&str]) {
    assert!(!done.ok && done.err.contains("nothing was posted"), "{}{}", done.out, done.err);
    for line in wanted {
        assert!(done.err.lines().any(|said| said.contains(line)), "wanted: {line}\nsaid: {}", done.err);
    }
}

fn posted_nothing(shop: &Shop) {
    assert_eq!(shop.must(&["export", "balances"]).lines().count(), 1, "nothing is posted");
}

#[test]
fn every_missing_column_of_every_table_is_named() {
    let shop = Shop::small();
    change(&shop, "orders.csv", "status,currency,customer_id", "state,money,customer_id");
    change(&shop, "orders.csv", ",codes", ",coupons");
    change(&shop, "fees.csv", "memo", "note");
    let wanted = [
        "2 errors in the facts",
        "  orders.csv row 1: the columns `status`, `currency` and `codes` are missing; the header is order_id,ordered_at,",
        "  fees.csv row 1: the column `memo` is missing; the header is fee_id,creator_id,amount,due_on,note",
    ];
    says(&shop.run(NIGHT), &wanted);
    says(&shop.run(&["validate"]), &wanted);
    posted_nothing(&shop);
}

#[test]
fn mistakes_of_several_tables_are_told_at_once() {
    let shop = Shop::small();
    change(&shop, "orders.csv", "o2,2026-01-06T10:00:00Z,2026", "o2,yesterday,2026");
    change(&shop, "orders.csv", "paid,USD,p3", "paid,usd,p3");
    // The decimals of an order's currency are known, though another order has none.
    change(&shop, "order_lines.csv", "100.00", "100.005");
    change(&shop, "clicks.csv", "k2,2026-01-02T10:00:00Z", "k2,2026-01-02");
    change(&shop, "codes.csv", "BEN,ben", "ana,ben");
    let mistakes = [
        "  orders.csv row 3, ordered_at: \"yesterday\" is not a valid UTC time",
        "  orders.csv row 4, currency: \"usd\" is not an ISO 4217 code",
        "  order_lines.csv row 2, net_amount: \"100.005\" has more than the 2 decimals of USD",
        "  clicks.csv row 3, clicked_at: \"2026-01-02\" is not a valid UTC time",
        "  codes: codes.csv row 2 (ana) and codes.csv row 3 (ben) are both active for \"ana\"",
    ];
    let all = [&["5 errors in the facts"][..], &mistakes].concat();
    says(&shop.run(NIGHT), &all);
    says(&shop.run(&["validate"]), &all);
    posted_nothing(&shop);
    // A run stops at a file that cannot be copied; `validate` goes on to the tables that could be.
    change(&shop, "links.csv", "link_key", "key");
    change(&shop, "fees.csv", "f1,cho,15.00", "f1,cho");
    let files = ["  links.csv row 1: the column `link_key` is missing", "  fees.csv row 2: has 4 values where the header has 5"];
    says(&shop.run(NIGHT), &[&["2 errors in the facts"][..], &files].concat());
    says(&shop.run(&["validate"]), &[&["7 errors in the facts"][..], &mistakes, &files].concat());
    posted_nothing(&shop);
}

/// A row that is wrong is not told of a second time, as a row that repeats another one or overlaps it.
#[test]
fn a_mistake_is_told_once() {
    let shop = Shop::small();
    change(&shop, "creators.csv", "ben,Ben,ben@example.com,,,", "ana,Ben,ben@example.com,,soon,");
    shop.add("refunds.csv", "r1,o1,2,2026-02-03T09:00:00Z,much\n");
    shop.add("clicks.csv", "k1,now,v1,lana,story\n");
    let done = shop.run(&["validate"]);
    says(
        &done,
        &[
            "3 errors in the facts",
            "  refunds.csv row 3, amount: \"much\" is not a plain decimal number",
            "  clicks.csv row 4, clicked_at: \"now\" is not a valid UTC time",
            "  creators.csv row 3, active_from: \"soon\" is not a valid UTC time",
        ],
    );
}

#[test]
fn of_many_mistakes_the_first_are_told() {
    let shop = Shop::small();
    shop.write("orders.csv", shop.read("orders.csv").replace("Z,paid", "+25:00,paid"));
    for number in 5..9 {
        shop.add("orders.csv", &format!("o{number},x,2026-01-05T10:00:00Z,paid,USD,p1,,,,\n"));
    }
    let wide = "f2,cho,1.00,2026-01-15,reel,more\n".repeat(7);
    let done = shop.run(&["validate"]);
    says(&done, &["8 errors", "orders.csv row 2, updated_at", "orders.csv row 6, ordered_at: \"x\"", "  orders: and 3 more"]);
    assert!(!done.err.contains("orders.csv row 7"), "{}", done.err);
    shop.add("fees.csv", &wide);
    says(&shop.run(&["validate"]), &["15 errors", "fees.csv row 7: has 6 values", "  fees: and 2 more"]);
}

/// What is not there may come late, so it helps to try again; not so where something else is wrong too.
#[test]
fn all_files_that_are_not_there_are_named() {
    let shop = Shop::small();
    for file in ["refunds.csv", "codes.csv"] {
        fs::remove_file(shop.path(file)).expect("it was there");
    }
    let missing = ["2 errors in the facts", "  refunds: there is no file ", "  codes: there is no file "];
    for command in [NIGHT, &["validate"]] {
        let done = shop.run(command);
        says(&done, &missing);
        assert_eq!(done.code, Some(75), "{}", done.err);
    }
    change(&shop, "fx.csv", "1.1", "much");
    let done = shop.run(&["validate"]);
    says(&done, &["3 errors in the facts", missing[1], missing[2], "  fx.csv row 2, rate: \"much\""]);
    assert_eq!(done.code, Some(1), "{}", done.err);
}

/// A Parquet file is refused for all of its columns that will not do.
#[test]
fn all_wrong_columns_of_a_parquet_file_are_named() {
    let shop = Shop::small();
    shop.write("shop.toml", shop.read("shop.toml").replace("\"order_lines.csv\"", "\"order_lines.parquet\""));
    let mut lines =
        polars::df!("order_id" => ["o1"], "line_id" => [1i64], "sku" => ["A"], "net_amount" => [0.5]).expect("a frame");
    let file = fs::File::create(shop.path("order_lines.parquet")).expect("the test can write its files");
    polars::prelude::ParquetWriter::new(file).finish(&mut lines).expect("it can be written");
    let wanted = [
        "2 errors in the facts",
        "  order_lines.parquet: the columns `category` and `quantity` are missing; the file has order_id,line_id,sku,net_amount",
        "  order_lines.parquet: the column `net_amount` holds binary floating point",
    ];
    says(&shop.run(NIGHT), &wanted);
    says(&shop.run(&["validate"]), &wanted);
}

/// Rows of the files: also clicks that no order could point to, lines of unknown orders and rows that stand there twice.
#[test]
fn rows_are_counted_as_they_stand_in_the_files() {
    let shop = Shop::small();
    for number in 0..20 {
        shop.add("clicks.csv", &format!("c{number},2026-01-04T10:00:00Z,w{number},lana,story\n"));
    }
    shop.add("order_lines.csv", "o99,1,A,x,1,100.00\n");
    shop.add("codes.csv", "BEN,ben,,\n");
    shop.write("clicks-2.csv", shop.read("clicks.csv"));
    shop.write("shop.toml", shop.read("shop.toml").replace("\"clicks.csv\"", "\"clicks*.csv\""));
    let told = shop.must(&["validate"]);
    let lines: Vec<String> = told.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
    for wanted in ["orders 1 4", "order_lines 1 6", "clicks 2 44", "creators 1 3", "codes 1 3", "fees 1 1"] {
        assert!(lines.iter().any(|line| line == wanted), "{wanted} in {told}");
    }
}

/// The page for people lists the declared columns of each table, in their order.
#[test]
fn the_page_of_facts_has_the_declared_columns() {
    let page = fs::read_to_string(project().join("src/facts/FACTS.md")).expect("the page is there");
    let tables = page.split_once("## The tables").and_then(|(_, rest)| rest.split_once("\n## ")).expect("it has the tables").0;
    for table in Table::ALL {
        let heads = |text: &str| text.lines().next().is_some_and(|line| line.split(", ").any(|name| name == table.name()));
        let section = tables.split("\n### ").find(|text| heads(text)).unwrap_or_else(|| panic!("no section on {table}"));
        let cells = section.lines().filter(|line| line.starts_with("| `")).filter_map(|line| line.split('|').nth(1));
        let mut listed: Vec<&str> = cells.flat_map(|cell| cell.split('`').skip(1).step_by(2)).collect();
        // Links and codes share a section.
        listed.retain(|name| !matches!((table, *name), (Table::Links, "code") | (Table::Codes, "link_key")));
        assert_eq!(listed, schema(table).names(), "{table}");
    }
}
