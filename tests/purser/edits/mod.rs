//! Edits of rules and tables: whatever changes money that is payable or was paid, or makes money payable at once, is refused
//! until somebody says why; what is only new is not.

mod newer;
mod news;
mod refused;
mod tampered;

use crate::support::Shop;
use crate::support::database::Kind;

const FIRST: &[&str] = &["run", "nightly", "--as-of", "2026-02-01T02:00:00Z"];
const SECOND: &[&str] = &["run", "nightly", "--as-of", "2026-02-02T02:00:00Z"];

/// What is done to a shop's files.
type Edit<'a> = &'a dyn Fn(&Shop);

/// 10 %, hold 30d, one order of 1 January that Ana's link brought and that carries a code nobody owns.
fn shop(kind: Kind) -> Shop {
    let shop = Shop::small_on(kind);
    put(&shop, "hold = \"10d\"", "hold = \"30d\"");
    for (file, row) in [
        ("orders.csv", "o1,2026-01-01T02:00:00Z,2026-01-01T02:00:00Z,paid,USD,p1,,v1,,BEN\n"),
        ("order_lines.csv", "o1,1,A,x,1,400.00\n"),
        ("refunds.csv", ""),
        ("clicks.csv", "k1,2025-12-31T10:00:00Z,v1,lana,story\n"),
        ("links.csv", "lana,ana,,\n"),
        ("codes.csv", ""),
        ("fees.csv", "f1,cho,15.00,2026-01-15,reel\n"),
    ] {
        let header = shop.read(file).lines().next().unwrap_or_default().to_owned();
        shop.write(file, format!("{header}\n{row}"));
    }
    shop
}

/// Replaces in the program file.
fn put(shop: &Shop, from: &str, to: &str) {
    change(shop, "shop.toml", from, to);
}

fn change(shop: &Shop, file: &str, from: &str, to: &str) {
    let text = shop.read(file);
    assert!(text.contains(from), "{from} stands in {file}");
    shop.write(file, text.replacen(from, to, 1));
}

/// A second order of its own, by a code or by nothing.
fn order(shop: &Shop, id: &str, at: &str, currency: &str, customer: &str, code: &str) {
    shop.add("orders.csv", &format!("{id},{at},{at},paid,{currency},{customer},,,,{code}\n"));
    shop.add("order_lines.csv", &format!("{id},1,A,x,1,100.00\n"));
}

fn last_reason(shop: &Shop) -> String {
    shop.database.sql("SELECT reason FROM entries ORDER BY entry DESC LIMIT 1").trim().to_owned()
}

fn entries(shop: &Shop) -> String {
    shop.database.sql("SELECT COUNT(*) FROM entries")
}

/// The edit is refused with this list and nothing is posted; with a reason it is posted, and the entry holds it.
fn refused(name: &str, shop: &Shop, second: &[&str], what: &str, listed: &[&str]) {
    let before = (shop.exports(), entries(shop));
    let done = shop.run(second);
    assert!(!done.ok, "{name}: it is refused: {}", done.out);
    assert!(done.err.contains(&format!("shop: {what} changed, which would restate ")), "{name}: {}", done.err);
    let list = format!("(in USD):\n  {}\nNothing was posted.", listed.join("\n  "));
    assert!(done.err.contains(&list), "{name}: it lists {list}\nand says {}", done.err);
    assert_eq!((shop.exports(), entries(shop)), before, "{name}: nothing is posted");
    shop.must(&[second, &["--restate", "it was wrong"]].concat());
    assert_ne!(shop.exports(), before.0, "{name}: it is posted");
    assert_eq!(last_reason(shop), "it was wrong", "{name}");
    let again = shop.must(&["run", "nightly", "--as-of", "2026-02-03T02:00:00Z"]);
    assert!(again.contains("nothing to post"), "{name}: what was restated stays so: {again}");
    shop.must(&["check"]);
}

/// First the shop is made other than it is, then a night posts, then it is edited.
struct Case<'a> {
    name: &'a str,
    prepare: Edit<'a>,
    edit: Edit<'a>,
    what: &'a str,
    listed: &'a [&'a str],
}

const PROGRAM: &str = "the program file";
const FORTY: &[&str] = &["ana: 1 amount, 0.00 → 40.00 (+40.00)"];

fn run_all(kind: Kind, cases: &[Case<'_>]) {
    for Case { name, prepare, edit, what, listed } in cases {
        let shop = shop(kind);
        prepare(&shop);
        shop.must(FIRST);
        edit(&shop);
        refused(name, &shop, SECOND, what, listed);
    }
}

fn remove<'a>(line: &'a str) -> impl Fn(&Shop) + 'a {
    move |shop| put(shop, &format!("{line}\n"), "")
}

fn add<'a>(section: &'a str, line: &'a str) -> impl Fn(&Shop) + 'a {
    move |shop| put(shop, &format!("[{section}]\n"), &format!("[{section}]\n{line}\n"))
}

fn swap<'a>(file: &'a str, from: &'a str, to: &'a str) -> impl Fn(&Shop) + 'a {
    move |shop| change(shop, file, from, to)
}

fn append<'a>(file: &'a str, rows: &'a str) -> impl Fn(&Shop) + 'a {
    move |shop| shop.add(file, rows)
}

fn nothing(_: &Shop) {}
