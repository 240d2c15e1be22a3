//! Texts that grow: only what is new of them is read, and what comes of it is what comes of the whole.

use std::fmt::Write;
use std::fs;

use crate::support::Shop;

/// Clicks of visitors who buy nothing: more than a megabyte, so that the file is worth reading on.
fn crowd(first: usize, count: usize) -> String {
    (first..first + count).fold(String::new(), |mut rows, n| {
        writeln!(rows, "crowd{n:08},2026-01-03T10:00:00Z,stranger{n:08},lana,story").expect("it can be written");
        rows
    })
}

/// The sizes of the kept copies of a table, the smallest first.
fn copies(shop: &Shop, table: &str) -> Vec<u64> {
    let folder = fs::read_dir(shop.path("ledger-data/facts").join(table)).expect("copies are kept");
    let mut sizes: Vec<u64> = folder.map(|file| file.expect("a file").metadata().expect("it is there").len()).collect();
    sizes.sort();
    sizes
}

/// A night, and what it came to.
fn night(shop: &Shop, at: &str) -> String {
    shop.must(&["run", "nightly", "--as-of", at]);
    shop.must(&["check"]);
    let facts = shop.database.sql("SELECT manifest FROM reconciled");
    shop.must(&["export", "balances"]) + &shop.must(&["export", "commissions"]) + &facts
}

/// What a shop would say that reads all of it for the first time.
fn afresh(shop: &Shop, at: &str) -> String {
    let other = Shop::small();
    for file in ["shop.toml", "clicks.csv", "orders.csv", "order_lines.csv"] {
        other.write(file, fs::read(shop.path(file)).expect("the file is there"));
    }
    night(&other, at)
}

#[test]
fn only_what_is_new_of_a_table_is_read() {
    let shop = Shop::small();
    let click = "late1,2026-01-05T09:00:00Z,v1,lben,bio\n";
    shop.add("clicks.csv", &crowd(0, 25_000));
    night(&shop, "2026-03-01T02:00:00Z");
    assert_eq!(copies(&shop, "clicks").len(), 1);
    shop.add("clicks.csv", &format!("\n{}\n{click}", crowd(25_000, 100)));
    assert_eq!(night(&shop, "2026-03-02T02:00:00Z"), afresh(&shop, "2026-03-02T02:00:00Z"));
    let [rest, whole] = copies(&shop, "clicks")[..] else { panic!("a copy for each part: {:?}", copies(&shop, "clicks")) };
    assert!(rest * 5 < whole, "the second copy has the new rows alone: {rest} of {whole} bytes");
    // A mistake in the rest is named by its row in the file, and also in what comes after the rest.
    let mistaken = |rows: &str, wanted: &str| {
        let before = shop.read("clicks.csv");
        shop.add("clicks.csv", rows);
        let refused = shop.run(&["run", "nightly", "--as-of", "2026-03-03T02:00:00Z"]);
        assert!(!refused.ok && refused.err.contains(wanted), "{wanted}: {}", refused.err);
        shop.write("clicks.csv", before);
    };
    let rows = shop.read("clicks.csv").lines().count();
    mistaken("\n\nx1,never,v1,lana,\n", &format!("clicks.csv row {}, clicked_at", rows + 3));
    mistaken("x1,2026-01-05T09:00:00Z,v1\n", &format!("clicks.csv row {}: has 3 values", rows + 1));
    mistaken("x1,2026-01-05T09:00:00Z,\"v1,lana,\n", &format!("clicks.csv row {}", rows + 1));
    mistaken("late1,2026-01-05T10:00:00Z,v1,lana,bio\n", &format!("clicks.csv row {}", rows + 1));
    shop.add("clicks.csv", "late2,2026-01-05T09:30:00Z,v1,lana,bio\n");
    assert_eq!(night(&shop, "2026-03-03T02:00:00Z"), afresh(&shop, "2026-03-03T02:00:00Z"));
    // What was changed in its beginning is read as a whole, and so is what was cut: clicks that were there stay.
    shop.write("clicks.csv", shop.read("clicks.csv").replacen("crowd00000000", "drowd00000000", 1));
    night(&shop, "2026-03-04T02:00:00Z");
    let sizes = copies(&shop, "clicks");
    assert_eq!(sizes.iter().filter(|size| **size > whole / 2).count(), 2, "all of it again, once: {sizes:?}");
}

#[test]
fn many_parts_are_put_together() {
    let shop = Shop::small();
    shop.add("clicks.csv", &crowd(0, 25_000));
    let mut at = String::new();
    for day in 1..=20 {
        at = format!("2026-03-{day:02}T02:00:00Z");
        shop.must(&["run", "nightly", "--as-of", &at]);
        shop.add("clicks.csv", &format!("late{day},2026-01-05T09:00:{day:02}Z,v1,lben,bio\n"));
    }
    let large = copies(&shop, "clicks").into_iter().filter(|size| *size > 10_000).count();
    assert_eq!(large, 2, "the first night, and when there were too many parts");
    at = at.replace("03-20", "03-21");
    assert_eq!(night(&shop, &at), afresh(&shop, &at));
}

#[test]
fn orders_are_read_on_too() {
    let shop = Shop::small();
    let order = |n: usize| {
        format!("big{n:06},2026-01-06T10:00:00Z,2026-01-06T10:00:00Z,paid,USD,someone{n:06},someone{n:06}@example.com,,,\n")
    };
    shop.add("orders.csv", &(0..12_000).map(order).collect::<String>());
    night(&shop, "2026-02-01T02:00:00Z");
    shop.add("orders.csv", "o1,2026-01-05T10:00:00Z,2026-02-20T10:00:00Z,cancelled,USD,p1,,v1,,\n");
    assert_eq!(night(&shop, "2026-03-02T02:00:00Z"), afresh(&shop, "2026-03-02T02:00:00Z"));
    assert_eq!(copies(&shop, "orders").len(), 2);
    shop.must(&["check"]);
}

#[test]
fn only_new_lines_of_a_log_are_read() {
    let shop = Shop::small();
    let line = |n: usize, link: &str, visitor: &str| {
        format!(
            "203.0.113.7 - - [04/Jan/2026:10:00:{:02} +0000] \"GET /p{n}?ref={link} HTTP/1.1\" 200 18422 \"-\" \"Mozilla/5.0 (X11; Linux x86_64) Firefox/140\" visitor_id={visitor}\n",
            n % 60
        )
    };
    let log: String = (0..8_000).map(|n| line(n, "lana", &format!("stranger{n}"))).collect();
    let (broken, begun) = ("not a line of a log\n", line(9_001, "lben", "v1"));
    let source = "[sources.web]\nkind = \"access_log\"\npath = \"access.log\"\n[attribution]";
    shop.write("shop.toml", shop.read("shop.toml").replace("clicks = \"clicks.csv\"\n", "").replace("[attribution]", source));
    // The web server is in the middle of a line.
    let (half, rest) = begun.split_at(60);
    shop.write("access.log", log + half);
    let first = shop.run(&["run", "nightly", "--as-of", "2026-03-01T02:00:00Z"]);
    assert!(first.ok, "{}", first.err);
    shop.add("access.log", &format!("{rest}{}{broken}", line(9_002, "lana", "other")));
    let second = shop.run(&["run", "nightly", "--as-of", "2026-03-02T02:00:00Z"]);
    assert!(second.ok && second.err.contains("2 of 3 lines are clicks") && second.err.contains("line 3"), "{}", second.err);
    let sizes = copies(&shop, "clicks");
    assert!(sizes.len() == 2 && sizes[0] * 10 < sizes[1], "{sizes:?}");
    // Even if nothing of what is new can be read, the log is what it was.
    shop.add("access.log", broken);
    shop.must(&["run", "nightly", "--as-of", "2026-03-03T02:00:00Z"]);
    shop.must(&["check"]);
    let explained = shop.must(&["explain", "o1"]);
    assert!(!explained.contains("DIFFER"), "{explained}");
}
