//! The journal as books: hledger and beancount themselves accept them, and every cent is where the ledger has it.

use std::collections::BTreeMap;
use std::process::Command;

use purser::ledger::{EntryHash, JournalEntry, JournalVisitor, Posted, read_journal};
use purser::store::{Address, Store};

use crate::cases::step;
use crate::support::exports::csv_line;
use crate::support::{Done, Shop, project, tool};

/// What stands on each account, by its name and whose it is, in minor units; nothing where it is zero.
type Sums = BTreeMap<(String, String), i64>;

fn add(sums: &mut Sums, name: &str, owner: &str, amount: i64) {
    let key = (name.to_owned(), owner.to_owned());
    let sum = sums.entry(key.clone()).or_default();
    *sum += amount;
    if *sum == 0 {
        sums.remove(&key);
    }
}

fn minor(amount: &str) -> i64 {
    amount.replace('.', "").parse().unwrap_or_else(|_| panic!("\"{amount}\" is an amount"))
}

fn export(shop: &Shop, format: &str) -> String {
    shop.must(&["export", "journal", "--format", format])
}

fn rows(text: &str) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    reader.deserialize().map(|row| row.expect("each row has all columns")).collect()
}

/// A text of the CSV, which has an apostrophe before it where a spreadsheet would take it for a formula.
fn as_it_is(text: &str) -> &str {
    let rest = text.strip_prefix('\'').unwrap_or_default();
    let begins = rest.trim_start_matches('\'').starts_with(['=', '+', '-', '@', '\t', '\r', '\n']);
    if begins { rest } else { text }
}

/// The accounts by the rows of the CSV: what a transfer takes from its source and brings to its target.
fn sums_of_csv(text: &str) -> Sums {
    let mut sums = Sums::new();
    for row in rows(text).iter().filter(|row| !row["position"].is_empty()) {
        for (side, sign) in [("source", 1), ("target", -1)] {
            let (name, owner) = match row[side].as_str() {
                "expense" if matches!(row["kind"].as_str(), "link" | "code" | "lock") => ("commission", ""),
                "expense" if row["kind"].starts_with("bonus_") => ("bonus", ""),
                "expense" => (row["kind"].as_str(), ""),
                "clearing" => ("clearing", row["order_id"].as_str()),
                "cash" => ("cash", ""),
                name => (name, row["creator_id"].as_str()),
            };
            let owner = as_it_is(owner);
            add(&mut sums, name, owner, sign * minor(&row["amount"]));
        }
    }
    sums
}

/// A text in which `%` and two digits stand for a byte.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let code = after.get(..2).and_then(|d| std::str::from_utf8(d).ok()).filter(|_| first == b'%');
        match code.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) => (bytes.push(byte), rest = &after[2..]),
            None => (bytes.push(first), rest = after),
        };
    }
    String::from_utf8(bytes).expect("it was a text")
}

fn check(command: &mut Command) -> Done {
    command.env("LC_ALL", "C.UTF-8").output().expect("run tests/tools: it installs what reads the books").into()
}

fn hledger(shop: &Shop, text: &str, arguments: &[&str]) -> Done {
    shop.write("books.journal", text);
    check(tool("hledger").arg("-f").arg(shop.path("books.journal")).args(arguments))
}

fn hledger_check(shop: &Shop, text: &str) -> Done {
    hledger(shop, text, &["check", "--strict", "ordereddates"])
}

fn bean_check(shop: &Shop, text: &str) -> Done {
    shop.write("books.beancount", text);
    check(tool("bean-check").arg(shop.path("books.beancount")))
}

/// What hledger itself makes of the books.
fn sums_of_hledger(shop: &Shop, text: &str) -> Sums {
    let account = |line: &str| -> Option<(String, (String, String))> {
        let (account, owner) = line.strip_prefix("account ")?.split_once("  ; ").unwrap_or((&line[8..], "_:"));
        let (_, owner) = owner.split_once(':').expect("the owner is a tag");
        let name = account.split(':').nth(1).expect("an account has a class and a name");
        Some((account.to_owned(), (name.to_owned(), decoded(owner))))
    };
    let accounts: BTreeMap<_, _> = text.lines().filter_map(account).collect();
    let balances = hledger(shop, text, &["balance", "--flat", "--no-total", "-O", "csv"]);
    assert!(balances.ok, "{}", balances.err);
    let mut sums = Sums::new();
    for row in rows(&balances.out) {
        let (name, owner) = &accounts[&row["account"]];
        add(&mut sums, name, owner, minor(row["balance"].split(' ').next().expect("an amount")));
    }
    sums
}

/// The exact sums of beancount's postings; each of its transactions must be exactly zero.
fn sums_of_beancount(text: &str) -> Sums {
    let mut owners: BTreeMap<&str, String> = BTreeMap::new();
    let mut postings: Vec<(&str, i64)> = Vec::new();
    for block in text.split("\n\n") {
        let mut account = "";
        let mut total = 0;
        for line in block.lines() {
            if let Some((_, opened)) = line.split_once(" open ") {
                account = opened.split(' ').next().expect("an account");
                owners.insert(account, String::new());
            } else if let Some(owner) = line.strip_prefix("  creator_id: ").or(line.strip_prefix("  batch_id: ")) {
                let owner = owner[1..owner.len() - 1].replace("\\\"", "\"").replace("\\\\", "\\");
                owners.insert(account, decoded(&owner));
            } else if line.starts_with("  ") && line.as_bytes()[2].is_ascii_uppercase() {
                let words: Vec<&str> = line.split_whitespace().collect();
                postings.push((words[0], minor(words[1])));
                total += minor(words[1]);
            }
        }
        assert_eq!(total, 0, "{block}");
    }
    let mut sums = Sums::new();
    for (account, amount) in postings {
        let name = account.split(':').nth(1).expect("a class and a name").to_lowercase();
        add(&mut sums, &name, &owners[account], amount);
    }
    sums
}

/// The balances that the ledger keeps, as they stand in the books: what is owed is negative.
fn sums_of_balances(shop: &Shop) -> Sums {
    let mut sums = Sums::new();
    for row in rows(&shop.must(&["export", "balances"])) {
        for name in ["pending", "payable", "reserved"] {
            add(&mut sums, name, &row["creator_id"], -minor(&row[name]));
        }
        add(&mut sums, "cash", "", -minor(&row["paid"]));
    }
    sums
}

/// Everything that holds of the books of any shop.
fn check_books(shop: &Shop, name: &str) -> Sums {
    let sums = sums_of_csv(&export(shop, "csv"));
    assert_eq!(sums.values().sum::<i64>(), 0, "{name}: the books balance");
    let mut kept = sums_of_balances(shop);
    let spent = sums.iter().filter(|((account, _), _)| !matches!(account.as_str(), "pending" | "payable" | "reserved" | "cash"));
    kept.extend(spent.map(|(key, amount)| (key.clone(), *amount)));
    assert_eq!(sums, kept, "{name}: the rows of the journal add up to the balances");

    let text = export(shop, "hledger");
    let done = hledger_check(shop, &text);
    assert!(done.ok, "{name}: {}", done.err);
    assert_eq!(sums_of_hledger(shop, &text), sums, "{name}: hledger");

    let text = export(shop, "beancount");
    let done = bean_check(shop, &text);
    assert!(done.ok, "{name}: {}{}", done.out, done.err);
    assert_eq!(sums_of_beancount(&text), sums, "{name}: beancount");
    sums
}

#[test]
fn accounting_programs_accept_the_books_of_worked_shops() {
    // Two currencies without cents, a clock that changes, batches rejected, drafted anew and settled.
    for case in ["shop02", "shop23", "shop28", "shop30", "edge-dst", "edge-payout_neg", "edge-payout_other", "edge-payout_two"] {
        let folder = project().join("fixtures/cases").join(case);
        let shop = Shop::of(&folder.join("program.toml"));
        for line in std::fs::read_to_string(folder.join("runs.txt")).expect("a case has steps").lines() {
            let (time, command) = line.split_once(' ').expect("a step is a time and a command");
            step(&shop, time, command);
        }
        let sums = check_books(&shop, case);
        assert!(case == "edge-dst" || sums.contains_key(&("cash".to_owned(), String::new())), "{case} pays somebody");
    }
}

/// A ledger in which nothing is posted.
fn empty() -> Shop {
    let shop = Shop::small();
    shop.must(&["run", "nightly", "--dry-run", "--as-of", "2026-02-01T02:00:00Z"]);
    shop
}

#[test]
fn books_of_which_nothing_is_posted_are_empty_and_valid() {
    let shop = empty();
    assert!(check_books(&shop, "empty").is_empty());
    assert_eq!(export(&shop, "csv").lines().count(), 1);
}

/// A sale in January, paid in February by people who book it late: after the run of March.
fn late(shop: &Shop) {
    shop.write("shop.toml", shop.read("shop.toml").replace("\"UTC\"", "\"America/New_York\""));
    shop.must(&["run", "nightly", "payout", "--as-of", "2026-02-01T02:00:00Z", "--by", "rosa"]);
    shop.must(&["run", "nightly", "--as-of", "2026-03-01T12:00:00Z"]);
    shop.must(&["batch", "approve", "shop-0001", "--by", "mia", "--as-of", "2026-02-02T10:00:00Z"]);
    shop.must(&["batch", "settle", "shop-0001", "--by", "lee", "--as-of", "2026-02-27T10:00:00Z"]);
}

#[test]
fn balances_are_asserted_where_each_month_ends_whatever_the_order_of_posting() {
    let shop = Shop::small();
    late(&shop);
    check_books(&shop, "late");
    let text = export(&shop, "hledger");
    let entries = |line: &str| line.split_once(" * ").map(|(date, what)| format!("{date} {what}"));
    let dated: Vec<String> = text.lines().filter_map(entries).collect();
    assert_eq!(
        dated,
        [
            "2026-01-31 (1) reconciled",
            "2026-01-31 (2) drafted shop-0001",
            "2026-01-31 balances at the end of 2026-01-31",
            "2026-02-02 (4) approved shop-0001",
            "2026-02-27 (5) settled shop-0001",
            "2026-02-28 balances at the end of 2026-02-28",
            "2026-03-01 (3) reconciled",
            "2026-03-01 balances at the end of 2026-03-01",
        ]
    );
    assert!(text.contains("liabilities:reserved:ana  0.00 USD = -12.05 USD\n"), "what a month ends with is owed:\n{text}");
    let text = export(&shop, "beancount");
    for wanted in [
        "2026-02-01 balance Liabilities:Reserved:C-ana -12.05 ~ 0 USD\n",
        "2026-03-01 balance Assets:Cash -32.05 ~ 0 USD\n",
        "2026-03-02 balance Assets:Cash -32.05 ~ 0 USD\n",
        "2026-02-27 open Liabilities:Clearing:B-shop--0001 USD\n  batch_id: \"shop-0001\"\n",
    ] {
        assert!(text.contains(wanted), "{wanted} in\n{text}");
    }
}

/// A text with one of its lines changed.
fn with(text: &str, line: &str, changed: &str) -> String {
    let place = text.find(line).unwrap_or_else(|| panic!("{line} is in\n{text}"));
    format!("{}{changed}{}", &text[..place], &text[place + line.len()..])
}

#[test]
fn a_cent_that_is_off_is_refused() {
    let shop = Shop::small();
    late(&shop);
    let text = export(&shop, "hledger");
    for (line, changed) in [
        // An assertion at the end of a month, one at the very end, and a balanced transfer of another amount.
        ("reserved:ana  0.00 USD = -12.05 USD", "reserved:ana  0.00 USD = -12.04 USD"),
        ("expenses:fee  0.00 USD = 15.00 USD", "expenses:fee  0.00 USD = 15.01 USD"),
    ] {
        let done = hledger_check(&shop, &with(&text, line, changed));
        assert!(!done.ok && done.err.contains("balance assertion"), "{changed}: {}", done.err);
    }
    let done = hledger_check(&shop, &text.replace("15.00 USD  ; kind:fee", "15.01 USD  ; kind:fee"));
    assert!(!done.ok && done.err.contains("balance"), "{}", done.err);
    let cheated =
        with(&text.replace("15.00 USD  ; kind:fee", "15.01 USD  ; kind:fee"), "payable:cho  -15.00", "payable:cho  -15.01");
    let done = hledger_check(&shop, &cheated);
    assert!(!done.ok && done.err.contains("balance assertion"), "{}", done.err);

    let text = export(&shop, "beancount");
    for (line, changed) in [
        ("Reserved:C-ana -12.05 ~ 0 USD", "Reserved:C-ana -12.04 ~ 0 USD"),
        ("2026-03-02 balance Expenses:Fee 15.00", "2026-03-02 balance Expenses:Fee 15.01"),
    ] {
        let done = bean_check(&shop, &with(&text, line, changed));
        assert!(!done.ok && done.err.contains("Balance failed"), "{changed}: {}", done.err);
    }
    let cheated =
        with(&with(&text, "  Expenses:Fee 15.00", "  Expenses:Fee 15.01"), "Payable:C-cho -15.00", "Payable:C-cho -15.01");
    let done = bean_check(&shop, &cheated);
    assert!(!done.ok && done.err.contains("Balance failed"), "{}", done.err);
}

/// Ids that mean something to one of the programs, or differ by little, divided by bars with a gap.
const NASTY: &str = "a:b¦a;b¦a b¦a  b¦a\tb¦a\nb¦a\r\nb¦a|b¦a¦A¦a ¦é¦e\u{301}¦日本¦€¦\"q\"¦'¦a,b¦a, date:1999-99-99¦[1999-99-99]¦[2026-01-01]¦%¦%%¦%3A¦\
    %253A¦:¦-¦--¦-3A¦C-a¦\\¦\\n¦{x}¦(virtual)¦* x¦; x¦#tag¦^link¦@ 3 USD¦= 5 USD¦'= 5 USD¦a\u{2028}b¦a\u{85}b¦a\u{7}b¦a\u{202e}b¦a\u{feff}b";

/// A shop in which everything that can be called anything is called something nasty.
fn nasty() -> Shop {
    let shop = Shop::small();
    let mut tables: BTreeMap<&str, String> = BTreeMap::new();
    for name in ["creators.csv", "codes.csv", "orders.csv", "order_lines.csv"] {
        tables.insert(name, shop.read(name));
    }
    let mut table = |name: &str, row: &[&str]| tables.get_mut(name).expect("a table").push_str(&csv_line(row));
    for (at, id) in NASTY.split('¦').enumerate() {
        let (code, time, order) = (format!("K{at}"), "2026-01-09T10:00:00Z", format!("o{id}"));
        table("creators.csv", &[id, "", "", "", "", ""]);
        table("codes.csv", &[&code, id, "", ""]);
        table("orders.csv", &[&order, time, time, "paid", "USD", "", "", "", "", &code]);
        table("order_lines.csv", &[&order, id, id, id, "1", &format!("{}.00", 100 + at)]);
    }
    tables.iter().for_each(|(name, text)| shop.write(name, text));
    let rate = "[[commission.rates]]\ncreator = \"a, date:1999-99-99\"\nsku = \"a, date:1999-99-99\"\npercent = \"20\"\n";
    shop.write("shop.toml", shop.read("shop.toml").replace("\"Small\"", "'Sm;all\", date:x'") + rate);
    shop.named("[we, ird] %3A; shop\".toml")
}

#[test]
fn texts_of_any_characters_keep_their_accounts_apart() {
    let shop = nasty();
    shop.must(&["run", "nightly", "--as-of", "2026-01-12T00:00:00Z", "--by", "mia, date:1999-99-99"]);
    check_books(&shop, "on hold");
    shop.must(&["run", "nightly", "payout", "--as-of", "2026-02-01T00:00:00Z", "--by", "a; 2026-01-01 * \"b\"\\"]);
    let batch = "[we, ird] %3A; shop\"-0001";
    shop.must(&["batch", "approve", batch, "--by", "[1999-99-99]", "--as-of", "2026-02-01T10:00:00Z"]);
    shop.must(&["batch", "settle", batch, "--by", "; x", "--failed", "A", "--failed", "a\nb", "--as-of", "2026-02-02T10:00:00Z"]);
    check_books(&shop, "in question");
    let failed = "[we, ird] %3A; shop\"-p0001";
    shop.must(&["proposal", "approve", failed, "--by", "[1999-99-99]", "--as-of", "2026-02-02T11:00:00Z"]);
    let sums = check_books(&shop, "paid");
    let owed: Vec<_> =
        sums.iter().filter(|((name, _), _)| name == "payable").map(|((_, id), amount)| (id.as_str(), *amount)).collect();
    assert_eq!(owed, [("A", -1090), ("a\nb", -1050)]);
    let csv = export(&shop, "csv");
    for id in NASTY.split('¦') {
        let is_it = |text: &str| as_it_is(text) == id;
        let found =
            rows(&csv).iter().any(|row| is_it(&row["creator_id"]) && is_it(&row["line_id"]) && !row["position"].is_empty());
        assert!(found, "{id:?} is in the CSV");
    }
}

/// Computes the chain again from what it is shown.
#[derive(Default)]
struct Recomputed {
    entries: i64,
    /// Of the current entry, and of all.
    transfers: i64,
    total: i64,
    head: Option<String>,
    hash: Option<EntryHash>,
}

impl JournalVisitor for Recomputed {
    fn begin(&mut self, entry: &JournalEntry) -> anyhow::Result<()> {
        self.entries += 1;
        assert_eq!(entry.entry, self.entries, "entries come in order");
        assert_eq!(entry.previous, self.head.take().unwrap_or_else(|| "0".repeat(64)), "each holds the hash of the one before");
        self.transfers = 0;
        self.hash = Some(EntryHash::begin(entry)?);
        Ok(())
    }

    fn transfer(&mut self, entry: &JournalEntry, posted: &Posted) -> anyhow::Result<()> {
        assert_eq!((posted.entry, posted.position), (entry.entry, self.transfers), "transfers come in order");
        self.transfers += 1;
        self.total += 1;
        self.hash.as_mut().expect("an entry began").add(posted)
    }

    fn end(&mut self, entry: &JournalEntry) -> anyhow::Result<()> {
        assert_eq!(self.transfers, entry.transfers, "all transfers were shown");
        assert_eq!(self.hash.take().expect("an entry began").finish(), entry.hash);
        self.head = Some(entry.hash.clone());
        Ok(())
    }
}

/// More transfers than one page holds, in one entry and across entries.
#[test]
fn the_chain_can_be_computed_again_from_what_is_read() {
    const ORDERS: usize = 45_000;
    let shop = Shop::small();
    let (mut orders, mut lines) = (shop.read("orders.csv"), shop.read("order_lines.csv"));
    for order in 0..ORDERS {
        let day = if order % 9 < 4 { "2026-01-08" } else { "2026-02-03" };
        orders += &format!("n{order},{day}T10:00:00Z,{day}T10:00:00Z,paid,USD,,,,,BEN\n");
        lines += &format!("n{order},1,A,x,1,50.00\n");
    }
    shop.write("orders.csv", orders);
    shop.write("order_lines.csv", lines);
    shop.must(&["run", "nightly", "--as-of", "2026-01-10T00:00:00Z"]);
    shop.must(&["run", "nightly", "payout", "--as-of", "2026-03-01T00:00:00Z"]);
    let mut recomputed = Recomputed::default();
    let runtime = tokio::runtime::Runtime::new().expect("a runtime starts");
    runtime.block_on(async {
        let address = Address::parse(&shop.path("ledger.db").display().to_string()).expect("it is an address");
        let store = Store::open(&address).await.expect("the ledger opens");
        let mut tx = store.snapshot().await.expect("a transaction begins");
        read_journal(&mut tx, "shop", 1..=i64::MAX, &mut recomputed).await.expect("the journal can be read");
    });
    assert!(recomputed.entries == 3 && recomputed.total > 65_000, "{} transfers", recomputed.total);
    assert_eq!(rows(&export(&shop, "csv")).len() as i64, recomputed.total);
}

#[test]
fn a_file_is_written_whole_or_not_at_all() {
    let shop = Shop::small();
    shop.must(&["run", "nightly", "--as-of", "2026-02-01T00:00:00Z"]);
    for arguments in
        [&["export", "journal", "--format", "hledger"][..], &["export", "balances"], &["export", "orders", "--format", "table"]]
    {
        shop.write("out.txt", "what was there before");
        let shown = shop.must(arguments);
        assert_eq!(shop.must(&[arguments, &["--out", "out.txt"]].concat()), "", "{arguments:?}");
        assert_eq!(shop.read("out.txt"), shown, "{arguments:?}");
    }
    let folder = shop.run(&["export", "journal", "--out", "."]);
    assert!(!folder.ok && folder.err.contains("name a file with --out"), "{}", folder.err);
    // What cannot be written leaves neither a part of it nor what it was written to.
    shop.write("shop.toml", shop.read("shop.toml").replace("\"USD\"", "\"EUR\""));
    assert!(!shop.run(&["export", "journal", "--out", "new.csv"]).ok);
    let left: Vec<_> =
        std::fs::read_dir(shop.folder.path()).expect("it can be listed").flatten().map(|e| e.file_name()).collect();
    assert!(!left.iter().any(|name| name.to_string_lossy().ends_with(".tmp") || name == "new.csv"), "{left:?}");
}

#[test]
fn books_and_figures_have_their_own_formats() {
    let shop = Shop::small();
    for (what, format, wanted) in [
        ("journal", "table", "choose csv, hledger or beancount"),
        ("journal", "json", "choose csv, hledger or beancount"),
        ("balances", "hledger", "only the journal is written for hledger and beancount"),
        ("orders", "beancount", "choose csv, table or json"),
    ] {
        let done = shop.run(&["export", what, "--format", format]);
        assert!(!done.ok && done.err.contains(wanted), "{what} {format}: {}", done.err);
    }
}

#[test]
fn every_column_of_the_csv_is_described() {
    let columns = export(&empty(), "csv");
    let described = std::fs::read_to_string(project().join("src/ledger/books/BOOKS.md")).expect("the books are described");
    let table = described.lines().filter_map(|line| line.strip_prefix("| `")?.split_once('`')).map(|(name, _)| name);
    let wanted: Vec<&str> = columns.trim_end().split(',').collect();
    assert_eq!(table.take(wanted.len()).collect::<Vec<_>>(), wanted);
}
