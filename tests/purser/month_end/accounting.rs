//! Journals of closed months for accounting programs: worked by hand, read back by other readers, and against the ledger.

use std::collections::BTreeMap;

use super::model::{Move, moves};
use super::{close, night, shop, two_months};
use crate::support::database::Kind;
use crate::support::{Done, Shop, project, tool};

const FORMATS: [&str; 3] = ["quickbooks", "xero", "datev"];

fn export<'a>(format: &'a str, month: &'a str) -> [&'a str; 6] {
    ["export", "journal", "--format", format, "--month", month]
}

/// A month as bytes: DATEV's are no UTF-8.
fn bytes(shop: &Shop, format: &str, month: &str) -> Vec<u8> {
    shop.must(&[&export(format, month)[..], &["--out", "month.csv"]].concat());
    std::fs::read(shop.path("month.csv")).expect("it was written")
}

/// What Python's readers make of a month: number, day, account, and what that is debited.
fn read(shop: &Shop, format: &str, month: &str) -> Vec<String> {
    shop.write("month.csv", bytes(shop, format, month));
    let mut python = tool("python3");
    python.arg(project().join("tests/purser/month_end/read.py")).arg(format).arg(shop.path("month.csv"));
    let done: Done = python.output().expect("run tests/tools: it installs Python").into();
    assert!(done.ok, "{format} {month}: {}{}", done.out, done.err);
    done.out.lines().map(str::to_owned).collect()
}

#[test]
fn a_month_is_what_was_worked_by_hand() {
    for kind in Kind::BOTH {
        let shop = two_months(kind);
        for format in FORMATS {
            // 10.00 and 2.05 of ana's order of the 5th, ben's 5.00 of the 6th, and cho's fee, due on the 15th. Their holds were over when
            // the ledger saw them.
            assert_eq!(
                read(&shop, format, "2026-01"),
                [
                    "SHOP-20260105|2026-01-05|2100|-1205",
                    "SHOP-20260105|2026-01-05|5000|1205",
                    "SHOP-20260106|2026-01-06|2100|-500",
                    "SHOP-20260106|2026-01-06|5000|500",
                    "SHOP-20260115|2026-01-15|2100|-1500",
                    "SHOP-20260115|2026-01-15|5010|1500",
                ],
                "{format}"
            );
            // ben's 8.00 of an order of 20 January that came late; 2.05 refunded; 7.00 of ana's, on hold for ten days; the batch of 38.00.
            // That it was reserved the day before moves nothing between these accounts.
            assert_eq!(
                read(&shop, format, "2026-02"),
                [
                    "SHOP-20260120C2602|2026-02-01|2100|-800",
                    "SHOP-20260120C2602|2026-02-01|5000|800",
                    "SHOP-20260203|2026-02-03|2100|205",
                    "SHOP-20260203|2026-02-03|5000|-205",
                    "SHOP-20260208|2026-02-08|2110|-700",
                    "SHOP-20260208|2026-02-08|5000|700",
                    "SHOP-20260211|2026-02-11|1000|-3800",
                    "SHOP-20260211|2026-02-11|2100|3800",
                    "SHOP-20260218|2026-02-18|2100|-700",
                    "SHOP-20260218|2026-02-18|2110|700",
                ],
                "{format}"
            );
        }
    }
}

#[test]
fn the_files_are_these() {
    let shop = two_months(Kind::Sqlite);
    let text = |format: &str, month: &str| String::from_utf8(bytes(&shop, format, month)).expect("it is UTF-8");
    assert_eq!(
        text("quickbooks", "2026-01"),
        "*JournalNo,*JournalDate,*AccountName,*Debits,*Credits,Description,Name,Currency,Location,Class\r\n\
         SHOP-20260105,01/05/2026,5000,12.05,,Creators (shop),,USD,,\r\n\
         SHOP-20260105,01/05/2026,2100,,12.05,Creators (shop),,USD,,\r\n\
         SHOP-20260106,01/06/2026,5000,5.00,,Creators (shop),,USD,,\r\n\
         SHOP-20260106,01/06/2026,2100,,5.00,Creators (shop),,USD,,\r\n\
         SHOP-20260115,01/15/2026,5010,15.00,,Creators (shop),,USD,,\r\n\
         SHOP-20260115,01/15/2026,2100,,15.00,Creators (shop),,USD,,\r\n"
    );
    let xero = text("xero", "2026-02");
    let rows: Vec<&str> = xero.split("\r\n").take(3).collect();
    assert_eq!(
        rows,
        [
            "*Narration,*Date,Description,*AccountCode,*TaxRate,*Amount,TrackingName1,TrackingOption1,TrackingName2,TrackingOption2",
            "\"SHOP-20260120C2602 Creators (shop), correction of 2026-01-20\",01/02/2026,\"Creators (shop), correction of 2026-01-20\",5000,\
             Tax Exempt,8.00,,,,",
            "\"SHOP-20260120C2602 Creators (shop), correction of 2026-01-20\",01/02/2026,\"Creators (shop), correction of 2026-01-20\",2100,\
             Tax Exempt,-8.00,,,,",
        ]
    );
    let datev = bytes(&shop, "datev", "2026-02");
    let datev: String = datev.iter().map(|byte| char::from(*byte)).collect();
    let lines: Vec<&str> = datev.split("\r\n").collect();
    assert_eq!(
        lines[0],
        "\"EXTF\";700;21;\"Buchungsstapel\";13;20260302080000000;;\"RE\";\"\";\"\";29098;55003;20250401;4;20260201;20260228;\
         \"Creators 2026-02\";\"\";1;0;0;\"USD\";;\"\";;;\"\";;;\"\";\"\""
    );
    assert!(lines[1].contains(";BU-Schlüssel;Belegdatum;Belegfeld 1;"), "letters of Windows-1252: {}", lines[1]);
    let row = "8,00;\"S\";\"USD\";;;\"\";5000;2100;\"\";0102;\"SHOP-20260120C2602\";\"\";;\"Creators (shop), correction of 2026-01-20\";;\"\";";
    assert!(lines[2].starts_with(row), "{}", lines[2]);
}

/// Whatever is posted later, and whenever it is exported.
#[test]
fn a_closed_month_gives_the_same_journal_for_ever() {
    for kind in Kind::BOTH {
        let shop = shop(kind);
        night(&shop, "2026-02-01T02:00:00Z");
        close(&shop, "2026-01", "2026-02-03T08:00:00Z");
        let january = || FORMATS.map(|format| bytes(&shop, format, "2026-01"));
        let before = january();
        shop.add("orders.csv", "o5,2026-01-20T10:00:00Z,2026-01-20T10:00:00Z,paid,USD,p5,,,,BEN\n");
        shop.add("order_lines.csv", "o5,1,A,x,1,80.00\n");
        night(&shop, "2026-03-02T02:00:00Z");
        assert!(january() == before, "an order of January that came late is not in it");
        close(&shop, "2026-02", "2026-03-03T08:00:00Z");
        assert!(january() == before, "nor does it matter that another month is closed");
        let february = read(&shop, "xero", "2026-02");
        let late: Vec<&String> = february.iter().filter(|line| line.contains("C2602|2026-02-01|")).collect();
        assert_eq!(late, ["SHOP-20260120C2602|2026-02-01|2100|-800", "SHOP-20260120C2602|2026-02-01|5000|800"]);
    }
}

/// The account that the program file of these shops names.
fn account(name: &str) -> &str {
    match name {
        "fee" => "5010",
        "commission" | "bonus" | "adjustment" | "write_off" => "5000",
        "pending" => "2110",
        "payable" | "reserved" => "2100",
        "cash" | "clearing" => "1000",
        "opening" => "3000",
        other => panic!("the program file names no account for {other}"),
    }
}

/// What each account is debited by what moved, without those that come to nothing.
fn sums<'a>(moves: impl Iterator<Item = &'a Move>) -> BTreeMap<&'a str, i64> {
    let mut sums: BTreeMap<&str, i64> = BTreeMap::new();
    for moved in moves {
        *sums.entry(account(moved.account(&moved.source))).or_default() += moved.cents;
        *sums.entry(account(moved.account(&moved.target))).or_default() -= moved.cents;
    }
    sums.retain(|_, sum| *sum != 0);
    sums
}

/// Shops with every kind of entry, closed at different times: each month is the sum of its transfers, all months together are the ledger, and
/// the liability of a month's last day is what its accounts have come to.
#[test]
fn months_come_to_the_ledger_and_to_its_liability() {
    let story = |closings: &[(&str, &str)]| {
        let shop = shop(Kind::Sqlite);
        let mut closed = 0;
        for step in Shop::story() {
            // Each closing is a proposal, too.
            let shifted = |word: &&str| match word.strip_prefix("shop-p") {
                Some(number) => format!("shop-p{:04}", number.parse::<usize>().expect("a number") + closed),
                None => (*word).to_owned(),
            };
            let words: Vec<String> = step.iter().map(shifted).collect();
            shop.must(&words.iter().map(String::as_str).collect::<Vec<_>>());
            let at = step[step.iter().position(|word| *word == "--as-of").expect("a time") + 1];
            for (month, _) in closings.iter().filter(|(_, after)| *after == at) {
                close(&shop, month, at);
                closed += 1;
            }
        }
        shop
    };
    let early = story(&[("2026-01", "2026-02-01T00:00:00Z"), ("2026-02", "2026-03-01T00:00:00Z")]);
    let late = story(&[("2026-01", "2026-02-20T00:00:00Z"), ("2026-02", "2026-03-02T09:00:00Z")]);
    let at_once = story(&[("2026-02", "2026-03-02T09:00:00Z")]);
    for (name, shop) in [("early", early), ("late", late), ("at once", at_once), ("two months", two_months(Kind::Sqlite))] {
        shop.must(&["check"]);
        let moves = moves(&shop);
        let mut together: BTreeMap<String, i64> = BTreeMap::new();
        for month in [1, 2] {
            let label = format!("2026-0{month}");
            let wanted = sums(moves.iter().filter(|moved| moved.month == (2026, month)));
            for format in FORMATS {
                let mut found: BTreeMap<String, i64> = BTreeMap::new();
                for line in read(&shop, format, &label) {
                    let cells: Vec<&str> = line.split('|').collect();
                    assert!(cells[1].starts_with(&label), "{name} {format}: {line} is dated in its month");
                    *found.entry(cells[2].to_owned()).or_default() += cells[3].parse::<i64>().expect("minor units");
                }
                found.retain(|_, sum| *sum != 0);
                let found_as: BTreeMap<&str, i64> = found.iter().map(|(account, sum)| (account.as_str(), *sum)).collect();
                assert_eq!(found_as, wanted, "{name} {format} {label}");
                if format == "xero" {
                    found.into_iter().for_each(|(account, sum)| *together.entry(account).or_default() += sum);
                }
            }
            // What was owed at its end is the balance of the accounts, where what is owed is below zero.
            let day = if month == 1 { "2026-01-31" } else { "2026-02-28" };
            let owed = super::model::rows(&shop.must(&["export", "liability", "--as-of", day]));
            let of = |standings: &[&str]| -> i64 {
                owed.iter()
                    .filter(|row| standings.contains(&row["standing"].as_str()))
                    .map(|row| super::model::cents(&row["total"]))
                    .sum()
            };
            let balance = |account: &str| -together.get(account).copied().unwrap_or_default();
            assert_eq!(balance("2110"), of(&["pending"]), "{name} {day}");
            assert_eq!(balance("2100"), of(&["payable", "reserved", "debt"]), "{name} {day}");
        }
        let rest = sums(moves.iter().filter(|moved| moved.month > (2026, 2)));
        rest.into_iter().for_each(|(account, sum)| *together.entry(account.to_owned()).or_default() += sum);
        together.retain(|_, sum| *sum != 0);
        let all: BTreeMap<String, i64> = sums(moves.iter()).into_iter().map(|(account, sum)| (account.to_owned(), sum)).collect();
        assert_eq!(together, all, "{name}: the months and what is open come to the ledger");
    }
}

#[test]
fn what_cannot_be_written_is_refused_with_what_to_do() {
    let shop = two_months(Kind::Sqlite);
    let program = shop.read("shop.toml");
    let refused = |command: &[&str], why: &str| {
        let done = shop.run(&[command, &["--out", "none.csv"]].concat());
        assert!(!done.ok && done.err.contains(why), "{command:?}: {}", done.err);
        assert!(!shop.path("none.csv").exists(), "nothing is written");
    };
    let with = |from: &str, to: &str| shop.write("shop.toml", program.replace(from, to));
    refused(&export("xero", "2026-03"), "the books of 2026-03 are not closed");
    refused(&["export", "journal", "--format", "xero"], "name it with --month");
    refused(&["export", "journal", "--month", "2026-01"], "leave out --month");
    with("expense = \"5000\"\n", "");
    refused(
        &export("xero", "2026-01"),
        "which account stands for `commission`: give `commission` or `expense` in [books.accounts]",
    );
    with("cash = \"1000\"\n", "");
    refused(&export("quickbooks", "2026-02"), "give `clearing` or `cash` in [books.accounts]");
    with("\"5000\"", "\"Creator commission\"");
    refused(&export("datev", "2026-01"), "has \"Creator commission\"");
    with("\"5000\"", "\"500000\"");
    refused(&export("datev", "2026-01"), "numbers of up to 5 digits");
    with("[books.datev]\nconsultant = 29098\nclient = 55003\nfiscal_year = 4\n", "");
    refused(&export("datev", "2026-01"), "give [books.datev]");
    with("consultant = 29098\n", "");
    refused(&export("datev", "2026-01"), "[books.datev] needs `consultant`");
    with("consultant = 29098\n", "consultant = 7\n");
    refused(&export("datev", "2026-01"), "is not between 1001 and 9999999");
    // QuickBooks takes names, and none that a spreadsheet would calculate.
    with("\"5000\"", "\"=Creators, commission\"");
    let text = shop.must(&export("quickbooks", "2026-01"));
    assert!(text.contains(",\"'=Creators, commission\",12.05,,"), "{text}");
}

/// Currencies without decimals and with three; an id that is too long for a number.
#[test]
fn currencies_of_other_decimals_keep_them() {
    for (currency, format, wanted) in [
        ("JPY", "quickbooks", Some(",12,,")),
        ("JPY", "datev", Some("12,00;\"S\";\"JPY\"")),
        ("KWD", "xero", Some(",12.500,")),
        ("KWD", "datev", None),
    ] {
        let shop = shop(Kind::Sqlite).named("glow-skincare.toml");
        let program = shop.read("glow-skincare.toml").replace("\"USD\"", &format!("\"{currency}\""));
        shop.write("glow-skincare.toml", program);
        let whole = if currency == "JPY" { "125" } else { "125.000" };
        shop.write(
            "orders.csv",
            format!("{}o1,2026-01-05T10:00:00Z,2026-01-05T10:00:00Z,paid,{currency},p1,,,,ANA\n", header(&shop, "orders.csv")),
        );
        shop.write("order_lines.csv", format!("{}o1,1,A,x,1,{whole}\n", header(&shop, "order_lines.csv")));
        shop.write("refunds.csv", header(&shop, "refunds.csv"));
        shop.write("fees.csv", header(&shop, "fees.csv"));
        shop.write("fx.csv", header(&shop, "fx.csv"));
        night(&shop, "2026-02-01T02:00:00Z");
        close(&shop, "2026-01", "2026-02-01T08:00:00Z");
        match wanted {
            Some(wanted) => {
                let text: String = bytes(&shop, format, "2026-01").iter().map(|byte| char::from(*byte)).collect();
                assert!(text.contains(wanted) && text.contains("GLOA7EA-20260105"), "{currency} {format}: {text}");
            }
            None => {
                let refused = shop.run(&export(format, "2026-01"));
                assert!(!refused.ok && refused.err.contains("KWD has three"), "{}{}", refused.out, refused.err);
            }
        }
    }
}

/// The first line of a table.
fn header(shop: &Shop, table: &str) -> String {
    shop.read(table).lines().next().unwrap_or_default().to_owned() + "\n"
}
