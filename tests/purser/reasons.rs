//! The journal and the statement call a movement what happened.

use crate::support::Shop;
use crate::support::database::Kind;

const FIRST: &[&str] = &["run", "nightly", "--as-of", "2026-01-10T02:00:00Z"];
const SECOND: &[&str] = &["run", "nightly", "--as-of", "2026-01-12T02:00:00Z", "--restate", "it was wrong"];

fn change(shop: &Shop, file: &str, from: &str, to: &str) {
    let text = shop.read(file);
    assert!(text.contains(from), "{from} stands in {file}");
    shop.write(file, text.replacen(from, to, 1));
}

/// The small shop, with a fee that is payable and orders that are pending.
fn shop(kind: Kind) -> Shop {
    let shop = Shop::small_on(kind);
    shop.write("fees.csv", "fee_id,creator_id,amount,due_on,memo\nf1,cho,15.00,2026-01-05,reel\n");
    shop
}

/// What the last entry moved: creator, kind, reason.
fn moved(shop: &Shop) -> Vec<String> {
    let sql = "SELECT creator_id || ' ' || kind || ' ' || why FROM transfers WHERE entry = (SELECT MAX(entry) FROM transfers) \
               ORDER BY position";
    shop.database.sql(sql).lines().map(str::to_owned).collect()
}

/// What is done to a shop's files.
type Edit<'a> = &'a dyn Fn(&Shop);

#[test]
fn a_movement_is_called_what_happened() {
    let cases: [(&str, Edit<'_>, Edit<'_>, &[&str]); 11] = [
        ("a fee that is more", &|_| (), &|shop| change(shop, "fees.csv", "15.00", "25.00"), &["cho fee fee_changed"]),
        ("a fee that is less", &|_| (), &|shop| change(shop, "fees.csv", "15.00", "5.00"), &["cho fee fee_changed"]),
        (
            "a fee of somebody else",
            &|_| (),
            &|shop| change(shop, "fees.csv", "f1,cho", "f1,ben"),
            &["ben fee fee_changed", "cho fee fee_changed"],
        ),
        ("a fee that is due later", &|_| (), &|shop| change(shop, "fees.csv", "01-05", "03-05"), &["cho fee fee_changed"]),
        ("a new fee", &|_| (), &|shop| shop.add("fees.csv", "f2,cho,3.00,2026-01-11,post\n"), &["cho fee fee"]),
        (
            "an exchange rate that was corrected",
            &|shop| change(shop, "orders.csv", "paid,USD,p2", "paid,EUR,p2"),
            &|shop| change(shop, "fx.csv", "1.1\n", "1.2\n"),
            &["ben code exchange_changed"],
        ),
        (
            "an exchange rate that is gone",
            &|shop| change(shop, "orders.csv", "paid,USD,p2", "paid,EUR,p2"),
            &|shop| change(shop, "fx.csv", "2026-01-01", "2026-03-01"),
            &["ben code exchange_changed"],
        ),
        (
            "a creator of another group",
            &|shop| shop.add("shop.toml", "[[commission.rates]]\ngroup = \"gold\"\npercent = \"20\"\n"),
            &|shop| change(shop, "creators.csv", "ben@example.com,,", "ben@example.com,gold,"),
            &["ben code restated"],
        ),
        (
            "a line that is another thing",
            &|shop| shop.add("shop.toml", "[[commission.rates]]\nsku = \"C\"\npercent = \"20\"\n"),
            &|shop| change(shop, "order_lines.csv", "o2,1,A", "o2,1,C"),
            &["ben code order_changed"],
        ),
        (
            "a line that costs less",
            &|_| (),
            &|shop| change(shop, "order_lines.csv", "o2,1,A,x,1,50.00", "o2,1,A,x,1,40.00"),
            &["ben code order_changed"],
        ),
        (
            "a click that came late, by which an order is shared",
            &|shop| change(shop, "shop.toml", "window = \"14d\"", "window = \"14d\"\nmodel = \"linear\""),
            &|shop| {
                shop.add("links.csv", "lcho,cho,,\n");
                shop.add("clicks.csv", "k9,2026-01-05T09:00:00Z,v1,lcho,x\n");
            },
            &[
                "ana link reattributed",
                "ben link reattributed",
                "cho link reattributed",
                "ana link reattributed",
                "ben link reattributed",
                "cho link reattributed",
            ],
        ),
    ];
    for (name, prepare, edit, wanted) in cases {
        let shop = shop(Kind::Sqlite);
        prepare(&shop);
        shop.must(FIRST);
        edit(&shop);
        shop.must(SECOND);
        assert_eq!(moved(&shop), wanted, "{name}");
        shop.must(&["check"]);
    }
}

#[test]
fn a_statement_says_that_a_fee_changed() {
    for kind in Kind::BOTH {
        let shop = shop(kind);
        shop.must(FIRST);
        change(&shop, "fees.csv", "15.00", "25.00");
        let report = shop.must(SECOND);
        assert!(report.contains("fee changed") && !report.contains("tier or cap adjustment"), "{report}");
        shop.must(&["run", "nightly", "statements", "--as-of", "2026-02-01T03:00:00Z"]);
        let statement = shop.must(&["statement", "cho", "--month", "2026-01"]);
        assert!(statement.contains("Fee changed") && !statement.contains("Tier or cap adjusted"), "{statement}");
        for format in ["csv", "hledger"] {
            assert!(shop.must(&["export", "journal", "--format", format]).contains("fee_changed"), "{format}");
        }
    }
}

/// Sums beyond what is kept are refused with the order or creator that they are of.
#[test]
fn an_amount_that_is_too_large_names_its_order() {
    let shop = shop(Kind::Sqlite);
    change(&shop, "orders.csv", "paid,USD,p2", "paid,EUR,p2");
    change(&shop, "order_lines.csv", "o2,1,A,x,1,50.00", "o2,1,A,x,1,99999999999.00");
    change(&shop, "fx.csv", "1.1\n", "9999999999\n");
    let done = shop.run(FIRST);
    assert!(!done.ok && done.err.contains("order o2, line 1: the amount is too large to be kept exactly"), "{}", done.err);
    change(&shop, "fx.csv", "9999999999\n", "1\n");
    change(&shop, "shop.toml", "percent = \"10\"", "percent = \"9999999999\"");
    let done = shop.run(FIRST);
    assert!(!done.ok && done.err.contains("order o2, line 1: the amount is too large to be kept exactly"), "{}", done.err);
}

/// A percent above 100 is allowed, and said to be so wherever somebody looks.
#[test]
fn a_percent_above_100_is_warned_of() {
    let shop = shop(Kind::Sqlite);
    assert!(!shop.must(&["validate"]).contains("warning"));
    change(&shop, "shop.toml", "percent = \"10\"", "percent = \"1000\"");
    let told = "rate 1: 1000%: above 100%";
    let said = shop.must(&["validate"]);
    assert!(said.contains(told), "{said}");
    let night = shop.run(FIRST);
    assert!(night.ok && night.err.contains(told), "{}", night.err);
    let doctor = shop.run(&["doctor"]);
    assert!(doctor.out.contains(told), "{}", doctor.out);
    change(
        &shop,
        "shop.toml",
        "percent = \"1000\"",
        "tiers = [{ from = \"0\", percent = \"100\" }, { from = \"9\", percent = \"100.5\" }]",
    );
    assert!(shop.must(&["validate"]).contains("above 100%"));
    change(&shop, "shop.toml", "100.5", "100.0");
}

/// What a run would refuse, `validate` and `doctor` refuse.
#[test]
fn another_currency_than_the_ledger_has_is_refused_before_a_run() {
    for kind in Kind::BOTH {
        let shop = shop(kind);
        shop.must(&["validate"]);
        shop.must(FIRST);
        change(&shop, "shop.toml", "currency = \"USD\"", "currency = \"EUR\"");
        for command in ["validate", "doctor"] {
            let done = shop.run(&[command]);
            let said = format!("{}{}", done.out, done.err);
            assert!(
                !done.ok && said.contains("the ledger of shop is in USD, but the program file says EUR"),
                "{command}: {said}"
            );
        }
    }
}
