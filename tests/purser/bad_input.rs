//! Facts that are wrong are refused with file, row and column, and nothing is posted; facts that only look odd are read.

use crate::support::Shop;
use crate::support::database::Kind;

const NIGHT: &[&str] = &["run", "nightly", "--as-of", "2026-03-01T00:00:00Z"];

/// What a shop's exports are when one of its files is replaced.
fn with(file: &str, change: impl FnOnce(String) -> Vec<u8>) -> Shop {
    let shop = Shop::small();
    let changed = change(shop.read(file));
    shop.write(file, changed);
    shop
}

fn replaced(from: &'static str, to: &'static str) -> impl FnOnce(String) -> Vec<u8> {
    move |text| {
        assert!(text.contains(from), "{from} stands in the file");
        text.replacen(from, to, 1).into_bytes()
    }
}

#[test]
fn each_wrong_fact_is_refused_where_it_stands() {
    for (file, from, to, told) in [
        (
            "orders.csv",
            "2026-01-05T10:00:00Z,2026",
            "2026-01-32T10:00:00Z,2026",
            "orders.csv row 2, ordered_at: \"2026-01-32T10:00:00Z\" is not a valid UTC time",
        ),
        ("orders.csv", "2026-01-06T10:00:00Z,2026", "yesterday,2026", "orders.csv row 3, ordered_at: \"yesterday\""),
        ("orders.csv", "o1,", ",", "orders.csv row 2, order_id: is empty"),
        (
            "orders.csv",
            "paid,USD,p1",
            "refunded,USD,p1",
            "orders.csv row 2, status: \"refunded\" is none of paid, pending, cancelled, test",
        ),
        ("orders.csv", "paid,USD,p1", "paid,usd,p1", "orders.csv row 2, currency: \"usd\" is not an ISO 4217 code"),
        ("orders.csv", "visitor_id,", "visitor,", "orders.csv row 1: the column `visitor_id` is missing"),
        ("orders.csv", ",codes", ",codes,codes", "orders.csv row 1: the column `codes` stands there twice"),
        ("orders.csv", "p1,,v1,,", "p1,,v1", "orders.csv row 2: has 8 values where the header has 10"),
        (
            "order_lines.csv",
            "100.00",
            "100.005",
            "order_lines.csv row 2, net_amount: \"100.005\" has more than the 2 decimals of USD",
        ),
        ("order_lines.csv", "100.00", "1e2", "order_lines.csv row 2, net_amount: \"1e2\" is not a plain decimal number"),
        (
            "order_lines.csv",
            "100.00",
            "12345678901234567890",
            "order_lines.csv row 2, net_amount: \"12345678901234567890\" is larger than any amount",
        ),
        (
            "order_lines.csv",
            "o1,2,B",
            "o1,1,B",
            "order_lines.csv row 2 and order_lines.csv row 3 have the same order_id and line_id, but sku is \"A\" in one and \"B\" in the other",
        ),
        ("refunds.csv", "20.50", "-20.50", "refunds.csv row 2, amount: \"-20.50\" is below zero"),
        ("refunds.csv", ",20.50", ",", "refunds.csv row 2, amount: \"\" is not a plain decimal number"),
        (
            "clicks.csv",
            "k2,2026-01-02T10:00:00Z",
            "k2,2026-01-02",
            "clicks.csv row 3, clicked_at: \"2026-01-02\" is not a valid UTC time",
        ),
        ("clicks.csv", "k2,", "k1,", "clicks: clicks.csv row 2 and clicks.csv row 3 have the same click_id, but clicked_at is"),
        ("clicks.csv", "k2,", ",", "clicks.csv row 3, click_id: is empty"),
        (
            "creators.csv",
            "cho,Cho,cho@example.com,,,",
            "cho,Cho,cho@example.com,,x,",
            "creators.csv row 4, active_from: \"x\" is not a valid UTC time",
        ),
        (
            "creators.csv",
            "cho,Cho",
            "ben,Cho",
            "creators.csv row 3 (ben) and creators.csv row 4 (ben) are both active for \"ben\" from the beginning",
        ),
        (
            "codes.csv",
            "BEN,ben",
            " ana ,ben",
            "codes.csv row 2 (ana) and codes.csv row 3 (ben) are both active for \"ana\" from the beginning",
        ),
        (
            "links.csv",
            "lben,ben,,",
            "lana,ben,2026-02-01T00:00:00Z,",
            "links.csv row 2 (ana) and links.csv row 3 (ben) are both active for \"lana\" at 2026-02-01T00:00:00Z",
        ),
        ("fx.csv", "1.1", "0", "fx.csv row 2, rate: \"0\" is zero"),
        ("fx.csv", "1.1", "-1.1", "fx.csv row 2, rate: \"-1.1\" is below zero"),
        ("fx.csv", "2026-01-01", "01/01/2026", "fx.csv row 2, date: \"01/01/2026\" is not a date"),
        ("fees.csv", "15.00", "15.001", "fees.csv row 2, amount: \"15.001\" has more than the 2 decimals of USD"),
        ("fees.csv", "2026-01-15", "soon", "fees.csv row 2, due_on: \"soon\" is not a date"),
    ] {
        let shop = with(file, replaced(from, to));
        let done = shop.run(NIGHT);
        assert!(!done.ok, "{file} with {to} is refused");
        assert!(done.err.contains(told), "{file} with {to}\nshould say: {told}\nsays: {}", done.err);
        assert!(done.err.contains("nothing was posted"), "{}", done.err);
        assert_eq!(shop.must(&["export", "balances"]).lines().count(), 1, "{file} with {to}: nothing is posted");
        let checked = shop.run(&["validate"]);
        assert!(!checked.ok && checked.err.contains(told), "validate says the same: {}", checked.err);
    }
}

#[test]
fn files_that_are_not_there_or_empty_are_refused() {
    let shop = Shop::small();
    std::fs::remove_file(shop.path("refunds.csv")).expect("it was there");
    assert!(shop.run(NIGHT).err.contains("refunds: there is no file"), "{}", shop.run(NIGHT).err);
    let shop = with("refunds.csv", |_| Vec::new());
    assert!(
        shop.run(NIGHT).err.contains("refunds.csv: the file is empty; even a table without rows has a header"),
        "{}",
        shop.run(NIGHT).err
    );
    let shop = with("shop.toml", |text| text.replace("clicks.csv", "clicks-*.csv").into_bytes());
    assert!(shop.run(NIGHT).err.contains("clicks: no file matches"), "{}", shop.run(NIGHT).err);
    let shop = with("shop.toml", |text| text.replace("\"orders.csv\"", "\"orders.parquet\"").into_bytes());
    shop.write("orders.parquet", "not parquet");
    assert!(shop.run(NIGHT).err.contains("orders.parquet is not a Parquet file that can be read"), "{}", shop.run(NIGHT).err);
    let shop = with("orders.csv", |text| {
        [text.as_bytes(), b"o9,2026-01-05T10:00:00Z,2026-01-05T10:00:00Z,paid,USD,\xff,,v1,,\n"].concat()
    });
    assert!(shop.run(NIGHT).err.contains("orders.csv row 6, customer_id: is not UTF-8 text"), "{}", shop.run(NIGHT).err);
}

/// Ways of writing the same facts: each gives the same exports.
#[test]
fn odd_but_clear_files_are_read() {
    let plain = Shop::small();
    plain.must(NIGHT);
    let wanted = plain.exports();
    let repeat_lines = |text: String| {
        let (header, rows) = text.split_once('\n').expect("a header");
        format!("{header}\n{rows}{rows}").into_bytes()
    };
    let shops = [
        with("orders.csv", |text| [b"\xef\xbb\xbf", text.as_bytes()].concat()),
        with("orders.csv", |text| text.replace('\n', "\r\n").into_bytes()),
        with("orders.csv", |text| text.trim_end().as_bytes().to_vec()),
        with("orders.csv", repeat_lines),
        with("order_lines.csv", repeat_lines),
        with("refunds.csv", repeat_lines),
        with("clicks.csv", repeat_lines),
        with("creators.csv", repeat_lines),
        with("codes.csv", repeat_lines),
        with("fees.csv", repeat_lines),
        with("fees.csv", |text| text.replace("reel", "\"two\nlines, \"\"quoted\"\"\"").into_bytes()),
        with("order_lines.csv", |text| text.replace("100.00", "100").replace("50.00", "50.0000").into_bytes()),
        with("orders.csv", |text| {
            text.lines()
                .map(|l| if l.starts_with("order_id") { format!("extra,{l}\n") } else { format!("x,{l}\n") })
                .collect::<String>()
                .into_bytes()
        }),
        with("orders.csv", |text| text.replace("T10:00:00Z", "T11:00:00.000+01:00").into_bytes()),
        with("codes.csv", |text| text.replace("BEN,", "\" ben \",").into_bytes()),
    ];
    for (number, shop) in shops.iter().enumerate() {
        shop.must(NIGHT);
        assert_eq!(shop.exports(), wanted, "shop {number}");
    }
}

#[test]
fn several_files_make_one_table() {
    let plain = Shop::small();
    plain.must(NIGHT);
    let shop = with("shop.toml", |text| text.replace("\"clicks.csv\"", "\"clicks-*.csv\"").into_bytes());
    let text = shop.read("clicks.csv");
    let lines: Vec<&str> = text.lines().collect();
    shop.write("clicks-1.csv", format!("{}\n{}\n", lines[0], lines[1]));
    shop.write("clicks-2.csv", format!("{}\n{}\n", lines[0], lines[2]));
    shop.must(NIGHT);
    assert_eq!(shop.exports(), plain.exports());
    shop.write("clicks-2.csv", format!("{}\n{}\n", lines[0], lines[2].replace("2026-01-02T", "oops")));
    assert!(shop.run(NIGHT).err.contains("clicks-2.csv row 2, clicked_at"), "{}", shop.run(NIGHT).err);
}

/// A truncated export would claw everything back.
#[test]
fn orders_with_posted_money_do_not_vanish_unseen() {
    let shop = Shop::small();
    shop.must(NIGHT);
    let before = shop.exports();
    let all = shop.read("orders.csv");
    let kept: String = all.lines().filter(|line| !line.starts_with("o1,")).map(|line| format!("{line}\n")).collect();
    shop.write("orders.csv", &kept);
    let next = &["run", "nightly", "--as-of", "2026-03-02T00:00:00Z"];
    let done = shop.run(next);
    assert!(
        !done.ok && done.err.contains("1 order with posted commission (or all of its lines) is missing from the source data: o1"),
        "{}",
        done.err
    );
    assert_eq!(shop.exports(), before, "nothing is posted");
    shop.write("orders.csv", &all);
    let lines = shop.read("order_lines.csv");
    shop.write(
        "order_lines.csv",
        lines.lines().filter(|line| !line.starts_with("o1,")).map(|line| format!("{line}\n")).collect::<String>(),
    );
    let done = shop.run(next);
    assert!(!done.ok && done.err.contains("(or all of its lines) is missing from the source data: o1"), "{}", done.err);
    shop.write("order_lines.csv", lines);
    shop.write("orders.csv", kept);
    let mut accepted = next.to_vec();
    accepted.extend(["--accept-missing", "the shop deleted it"]);
    shop.must(&accepted);
    assert!(!shop.exports().contains("o1,"), "the order's money is taken back");
    shop.write("orders.csv", all);
    shop.must(&["run", "nightly", "--as-of", "2026-03-03T00:00:00Z"]);
    assert_eq!(shop.exports(), before, "and comes back with the order");
}

/// The order whose id comes last once stopped the run with a panic instead of this message.
#[test]
fn the_last_order_does_not_vanish_unseen_either() {
    let shop = Shop::small();
    shop.must(NIGHT);
    let kept: String =
        shop.read("orders.csv").lines().filter(|line| !line.starts_with("o4,")).map(|line| format!("{line}\n")).collect();
    shop.write("orders.csv", kept);
    let done = shop.run(&["run", "nightly", "--as-of", "2026-03-02T00:00:00Z"]);
    assert!(!done.ok && done.err.contains("(or all of its lines) is missing from the source data: o4"), "{}", done.err);
}

/// A table that was cut off looks as if the rest had never been: refunds that are missing would pay twice, lines that are missing would
/// take money back, each without a word.
#[test]
fn what_posted_money_rests_on_does_not_vanish_unseen() {
    for kind in Kind::BOTH {
        let shop = Shop::small_on(kind);
        let text = shop.read("shop.toml").replace("[sources]\n", "[sources]\ndisputes = \"disputes.csv\"\n");
        shop.write("shop.toml", text);
        let head = "dispute_id,order_id,opened_at,closed_at,outcome,amount\n";
        shop.write("disputes.csv", format!("{head}d1,o2,2026-02-10T00:00:00Z,,,50.00\n"));
        shop.must(NIGHT);
        let before = shop.exports();
        let next = &["run", "nightly", "--as-of", "2026-03-02T00:00:00Z"];
        for (file, row, says) in [
            ("refunds.csv", "r1,", "  refund r1 of order o1: 2.05 USD more would be owed"),
            ("order_lines.csv", "o1,1,", "  line 1 of order o1: 10.00 USD less would be owed"),
            ("fees.csv", "f1,", "  fee f1: 15.00 USD would no longer be owed"),
            ("disputes.csv", "d1,", "  dispute d1 of order o2: what it earned would be payable sooner"),
        ] {
            let whole = shop.read(file);
            shop.write(
                file,
                whole.lines().filter(|line| !line.starts_with(row)).map(|line| format!("{line}\n")).collect::<String>(),
            );
            let done = shop.run(next);
            assert!(
                !done.ok && done.err.contains("1 row that is missing from the source data"),
                "{file}: {}{}",
                done.out,
                done.err
            );
            assert!(done.err.contains(says) && done.err.contains("--accept-missing REASON"), "{file}: {}", done.err);
            assert_eq!(shop.exports(), before, "nothing is posted");
            shop.write(file, whole);
        }
        // What nothing rests on may go: a refund of an order that nobody brought, and a line of one.
        shop.add("refunds.csv", "r3,o3,,2026-02-03T09:00:00Z,1.00\n");
        shop.must(next);
        shop.write("refunds.csv", shop.read("refunds.csv").replace("r3,o3,,2026-02-03T09:00:00Z,1.00\n", ""));
        shop.write("order_lines.csv", shop.read("order_lines.csv").replace("o3,1,A,x,1,50.00\n", ""));
        shop.must(&["run", "nightly", "--as-of", "2026-03-03T00:00:00Z"]);
        // A line that an edit of the order took out is none that is missing.
        shop.write("order_lines.csv", shop.read("order_lines.csv").replace("o1,1,A,x,1,100.00\n", ""));
        let edited = "o1,2026-01-05T10:00:00Z,2026-03-03T10:00:00Z,paid,USD,p1,,v1,,\n";
        shop.add("orders.csv", edited);
        let early = shop.run(&["run", "nightly", "--as-of", "2026-03-03T10:00:00Z"]);
        assert!(!early.ok && early.err.contains("line 1 of order o1"), "the version is not seen yet: {}", early.err);
        shop.must(&["run", "nightly", "--as-of", "2026-03-03T10:00:01Z"]);
        // Who says that it is really gone goes on.
        shop.write("fees.csv", "fee_id,creator_id,amount,due_on,memo\n");
        let accepted = ["run", "nightly", "--as-of", "2026-03-04T00:00:00Z", "--accept-missing", "cho was paid by hand"];
        assert!(!shop.run(&accepted[..4]).ok);
        shop.must(&accepted);
        assert!(!shop.exports().contains("f1"), "{}", shop.exports());
        shop.must(&["check"]);
    }
}

/// Facts that were fetched but refused have no say in who is paid.
#[test]
fn a_payout_rests_on_the_facts_that_were_posted() {
    let shop = Shop::small();
    shop.must(NIGHT);
    shop.write("creators.csv", shop.read("creators.csv").replace("ben,Ben", "ana,Ben"));
    assert!(!shop.run(&["run", "nightly", "--as-of", "2026-03-02T00:00:00Z"]).ok);
    let report = shop.must(&["run", "payout", "--as-of", "2026-03-02T09:00:00Z"]);
    assert!(report.contains("drafted batch shop-0001"), "{report}");
}

/// A warehouse's Parquet: extra columns of types the engine does not know once brought the run down.
#[test]
fn parquet_may_hold_columns_of_any_type_beside_those_that_are_read() {
    let plain = Shop::small();
    plain.must(NIGHT);
    let strange = std::fs::read(crate::support::project().join("fixtures/parquet/orders.parquet")).expect("the fixture is there");
    let shop = with("shop.toml", |text| text.replace("\"orders.csv\"", "\"orders.parquet\"").into_bytes());
    shop.write("orders.parquet", strange);
    shop.must(NIGHT);
    assert_eq!(shop.exports(), plain.exports());
    let decimals =
        std::fs::read(crate::support::project().join("fixtures/parquet/order_lines.parquet")).expect("the fixture is there");
    let shop = with("shop.toml", |text| text.replace("\"order_lines.csv\"", "\"order_lines.parquet\"").into_bytes());
    shop.write("order_lines.parquet", decimals);
    let done = shop.run(NIGHT);
    assert!(!done.ok && done.err.contains("order_lines.parquet: the column `net_amount` is of type Decimal"), "{}", done.err);
}

/// PostgreSQL cannot keep a NUL character and SQLite can: both ledgers refuse it, in the same words, before anything is posted.
#[test]
fn a_nul_character_is_refused_on_both_databases() {
    for kind in crate::support::database::Kind::BOTH {
        let shop = Shop::small_on(kind);
        shop.write("orders.csv", shop.read("orders.csv").replace("o1,", "o\x001,"));
        shop.write("order_lines.csv", shop.read("order_lines.csv").replace("o1,", "o\x001,"));
        let done = shop.run(&["run", "nightly", "--as-of", "2026-02-10T00:00:00Z"]);
        assert!(!done.ok && done.err.contains("\"o\\01\" contains a NUL character, which no ledger keeps"), "{}", done.err);
        assert_eq!(shop.must(&["export", "balances"]).lines().count(), 1);
    }
}
