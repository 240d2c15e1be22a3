//! Payment files: others' code and our own checks accept them, whatever is changed in them is rejected, and they are the same
//! whenever they are written.

mod checks;

use std::fs;
use std::path::Path;

use crate::support::{Done, Shop, project, tool};
use checks::check;
pub use checks::elements;

pub const KEY: &str = "k1:000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

pub const HEADER: &str = "creator_id,payee_id,name,rail,account,routing,currency,country,account_type\n";

pub const AMERICANS: &str = "ana,ana,Ana,ach,000123456789,121000248,USD,US,checking\n\
     ben,ben,Ben Baker,ach,987654321,021000021,USD,US,savings\ncho,agency,Cho's Agency,ach,55500012345,026009593,USD,US,\n";

pub const EUROPEANS: &str = "ana,ana,Ana,sepa,DE89 3704 0044 0532 0130 00,COBADEFFXXX,EUR,DE,\n\
     ben,ben,Jörg Müller,sepa,FR1420041010050500013M02606,,EUR,FR,\ncho,cho,Cho,sepa,NL91ABNA0417164300,,EUR,NL,\n";

pub const BRITONS: &str = "ana,ana,Ana,bacs,12345674,40-00-01,GBP,GB,\n\
     ben,ben,Ben & Sons,bacs,66374958,107999,GBP,GB,\ncho,cho,Cho,bacs,88837491,089999,GBP,GB,\n";

pub const ACH: &str = "[payout.ach]\ncompany_name = \"Small\"\ncompany_id = \"1123456789\"\noriginating_routing = \"091000019\"\n\
     destination_name = \"Wells Fargo\"\n";
pub const SEPA: &str = "[payout.sepa]\ncompany_name = \"Small GmbH\"\niban = \"DE75512108001245126199\"\n";
pub const BACS: &str =
    "[payout.bacs]\ncompany_name = \"SMALL\"\nservice_user_number = \"123456\"\nsort_code = \"200000\"\naccount = \"55779911\"\n";
pub const WISE: &str = "[payout.wise]\nreference = \"Payout\"\n";

/// A shop whose batch is approved: 12.05 to ana, 5.00 to ben, 15.00 to cho.
pub fn shop(currency: &str, payees: &str, rails: &str) -> Shop {
    let shop = Shop::small();
    set_up(&shop, currency, payees, rails);
    approve(&shop);
    shop
}

pub fn set_up(shop: &Shop, currency: &str, payees: &str, rails: &str) {
    shop.write("orders.csv", shop.read("orders.csv").replace(",USD,", &format!(",{currency},")));
    shop.write("fx.csv", format!("date,from,to,rate\n2026-01-01,CHF,{currency},1.1\n"));
    shop.write("payees.csv", format!("{HEADER}{payees}"));
    let program = shop.read("shop.toml").replace("\"USD\"", &format!("\"{currency}\""));
    let program = program.replace("[sources]\n", "[sources]\npayees = \"payees.csv\"\n");
    shop.write("shop.toml", format!("{program}\n{rails}"));
}

pub fn approve(shop: &Shop) {
    shop.must(&["run", "nightly", "--as-of", "2026-02-01T00:00:00Z", "--by", "rosa"]);
    shop.must(&["run", "payout", "--as-of", "2026-02-01T09:00:00Z", "--by", "rosa"]);
    let approved = with_key(shop, &["batch", "approve", "shop-0001", "--by", "mia", "--as-of", "2026-02-02T09:00:00Z"]);
    assert!(approved.ok, "{}", approved.err);
}

/// A command under the key of payees.
pub fn with_key(shop: &Shop, arguments: &[&str]) -> Done {
    shop.command(arguments).env("PURSER_KEY", KEY).output().expect("the binary starts").into()
}

/// Exports the batch under a key; answers what was said.
pub fn export_with(shop: &Shop, key: &str, format: &str, out: &str, rest: &[&str]) -> Done {
    let all =
        ["batch", "export", "shop-0001", "--by", "lee", "--as-of", "2026-02-02T15:30:00Z", "--format", format, "--out", out];
    let mut command = shop.command(&[&all[..], rest].concat());
    command.env("PURSER_KEY", key).output().expect("the binary starts").into()
}

pub fn export(shop: &Shop, format: &str, out: &str) -> String {
    let done = export_with(shop, KEY, format, out, &[]);
    assert!(done.ok, "{}", done.err);
    done.out
}

/// What others' code holds against a file.
fn outsiders(format: &str, path: &Path) -> Vec<String> {
    let tools = Path::new(env!("CARGO_BIN_EXE_purser")).ancestors().nth(2).expect("the build's folder").join("tools");
    let mut python = tool("python3");
    python.arg(project().join("tests/purser/payment_files/check.py")).arg(format).arg(path).arg(tools);
    let done: Done = python.output().expect("run tests/tools: it installs what reads payment files").into();
    assert!(done.ok, "{}", done.err);
    done.out.lines().map(str::to_owned).collect()
}

/// All that anybody holds against a text, each with the checker before it.
fn against(shop: &Shop, format: &str, text: &str) -> Vec<String> {
    shop.write("checked", text);
    let own = check(format, text).into_iter().map(|what| format!("own {what}"));
    outsiders(format, &shop.path("checked")).into_iter().chain(own).collect()
}

/// That others' code and our own checks accept a SEPA file.
pub fn good_pain(shop: &Shop, text: &str) {
    assert_eq!(against(shop, "pain001", text), Vec::<String>::new(), "{text}");
}

fn good(format: &str) -> (Shop, String) {
    let (currency, payees, rails) = match format {
        "nacha" => ("USD", AMERICANS, ACH),
        "pain001" => ("EUR", EUROPEANS, SEPA),
        _ => ("GBP", BRITONS, BACS),
    };
    let shop = shop(currency, payees, rails);
    export(&shop, format, "paid.txt");
    let text = shop.read("paid.txt");
    (shop, text)
}

#[test]
fn others_accept_what_is_written() {
    for (format, old, new) in [
        ("nacha", "", ""),
        ("nacha", "[payout.ach]\n", "[payout.ach]\nentry_class = \"CCD\"\ndescription = \"PAYROLL\"\n"),
        ("pain001", "", ""),
        ("pain001", "[payout.sepa]\n", "[payout.sepa]\nversion = \"03\"\nbic = \"COBADEFFXXX\"\n"),
        ("bacs", "", ""),
    ] {
        let (currency, payees, rails) = match format {
            "nacha" => ("USD", AMERICANS, ACH),
            "pain001" => ("EUR", EUROPEANS, SEPA),
            _ => ("GBP", BRITONS, BACS),
        };
        let shop = shop(currency, payees, &rails.replace(old, new));
        let said = export(&shop, format, "paid.txt");
        assert!(said.contains(": 3 payments of 32.05") && said.contains("to be paid on 2026-02-03"), "{said}");
        let text = shop.read("paid.txt");
        assert_eq!(against(&shop, format, &text), Vec::<String>::new(), "{new}\n{text}");
    }
}

#[test]
fn every_change_of_a_good_file_is_rejected() {
    let table = fs::read_to_string(project().join("tests/purser/payment_files/MUTATIONS.md")).expect("the table is there");
    let files = ["pain001", "nacha", "bacs"].map(|format| (format, good(format)));
    for (format, (shop, text)) in &files {
        assert_eq!(against(shop, format, text), Vec::<String>::new());
    }
    let mut tried = 0;
    let mut missed = Vec::new();
    for row in table.lines().filter(|line| line.starts_with("| ") && line.contains('`')) {
        let cells: Vec<String> =
            row.split('|').map(|cell| cell.trim().trim_matches('`').replace('⏎', "\n").replace('␠', " ")).collect();
        let [_, format, from, to, rejected, _] = &cells[..] else { panic!("{row}") };
        let (_, (shop, text)) = files.iter().find(|(known, _)| known == format).expect("a format");
        assert!(text.contains(from.as_str()), "{row} changes nothing of\n{text}");
        let found = against(shop, format, &text.replacen(from.as_str(), to, 1));
        let checkers: Vec<&str> = found.iter().filter_map(|line| line.split(' ').next()).collect();
        missed
            .extend(rejected.split(' ').filter(|name| !checkers.contains(name)).map(|name| format!("{name}: {row}: {found:?}")));
        tried += 1;
    }
    assert!(missed.is_empty(), "{}", missed.join("\n"));
    assert!(tried >= 40, "only {tried} were tried");
}

/// Whatever became of payees, of the program file and of keys.
#[test]
fn exporting_again_writes_the_same_bytes() {
    let shop = shop("EUR", EUROPEANS, SEPA);
    let first = export(&shop, "pain001", "first.xml");
    assert!(first.contains("was exported as pain001 by lee"), "{first}");
    shop.write("payees.csv", HEADER);
    shop.write("shop.toml", shop.read("shop.toml").replace("Small GmbH", "Other GmbH"));
    let other = format!("k2:{},{KEY}", "ab".repeat(32));
    let again = export_with(&shop, &other, "pain001", "again.xml", &[]);
    assert!(
        again.ok && again.out.contains("already exported as pain001 by lee") && again.out.contains("pay them once"),
        "{}",
        again.err
    );
    assert_eq!(shop.read("first.xml"), shop.read("again.xml"));
    let lost = export_with(&shop, &format!("k2:{}", "ab".repeat(32)), "pain001", "lost.xml", &[]);
    assert!(!lost.ok && lost.err.contains("was encrypted with the key k1, which PURSER_KEY"), "{}", lost.err);
    let wrong = export_with(&shop, &format!("k1:{}", "ab".repeat(32)), "pain001", "lost.xml", &[]);
    assert!(!wrong.ok && wrong.err.contains("is damaged"), "{}", wrong.err);
    assert!(!shop.path("lost.xml").exists());
    shop.must(&["batch", "settle", "shop-0001", "--by", "lee", "--as-of", "2026-02-02T15:30:00Z"]);
    let settled = export(&shop, "pain001", "settled.xml");
    assert!(settled.contains("the batch is settled: do not pay them again"), "{settled}");
    assert_eq!(shop.read("first.xml"), shop.read("settled.xml"));
    shop.must(&["check"]);
}

/// A file that cannot be put in place: the journal knows of the export, and a repeat writes it.
#[test]
fn an_export_that_was_cut_short_is_completed() {
    let shop = shop("EUR", EUROPEANS, SEPA);
    fs::create_dir(shop.path("there")).expect("a folder");
    let cut = export_with(&shop, KEY, "pain001", "there", &[]);
    assert!(
        !cut.ok && cut.err.contains("batch shop-0001 is exported, but its payment files were not all written"),
        "{}",
        cut.err
    );
    assert!(shop.must(&["batch", "list", "--format", "csv"]).contains("shop-0001,exported,"));
    let again = export(&shop, "pain001", "paid.xml");
    assert!(again.contains("already exported"), "{again}");
    assert_eq!(against(&shop, "pain001", &shop.read("paid.xml")), Vec::<String>::new());
}

/// Ids are those of batch and creator, short enough for all.
#[test]
fn a_payment_has_one_id_everywhere() {
    let (_, pain) = good("pain001");
    let (_, nacha) = good("nacha");
    let (_, bacs) = good("bacs");
    let ids = elements(&pain, "EndToEndId");
    assert_eq!(ids.len(), 3);
    for id in ids {
        assert_eq!(id.len(), 15, "{id}");
        assert!(nacha.contains(id) && bacs.contains(id), "{id}");
    }
}

#[test]
fn what_is_rewritten_is_said() {
    let shop = shop("EUR", EUROPEANS, SEPA);
    assert!(export(&shop, "pain001", "paid.xml").contains("ben: the name \"Jörg Müller\" is written as \"Joerg Mueller\""));
    let long = AMERICANS.replace("Ben Baker", "Benjamin Bartholomew Baker");
    let shop = self::shop("USD", &long, ACH);
    let said = export(&shop, "nacha", "paid.ach");
    assert!(said.contains("\"Benjamin Bartholomew Baker\" is written as \"Benjamin Bartholomew B\""), "{said}");
}

/// Banking days of each country, by the day of the export.
#[test]
fn payments_are_made_on_banking_days() {
    for (format, at, wanted) in [
        ("nacha", "2026-02-13T15:00:00Z", "2026-02-17"),
        ("nacha", "2026-07-02T15:00:00Z", "2026-07-03"),
        ("nacha", "2026-11-25T15:00:00Z", "2026-11-27"),
        ("pain001", "2026-04-02T15:00:00Z", "2026-04-07"),
        ("pain001", "2026-04-30T15:00:00Z", "2026-05-04"),
        ("bacs", "2026-05-01T15:00:00Z", "2026-05-05"),
        ("bacs", "2026-08-28T15:00:00Z", "2026-09-01"),
    ] {
        let (currency, payees, rails) = match format {
            "nacha" => ("USD", AMERICANS, ACH),
            "pain001" => ("EUR", EUROPEANS, SEPA),
            _ => ("GBP", BRITONS, BACS),
        };
        let shop = shop(currency, payees, rails);
        let mut command =
            shop.command(&["batch", "export", "shop-0001", "--by", "lee", "--as-of", at, "--format", format, "--out", "paid"]);
        let done: Done = command.env("PURSER_KEY", KEY).output().expect("the binary starts").into();
        assert!(done.ok && done.out.contains(&format!("to be paid on {wanted}")), "{at}: {}{}", done.out, done.err);
    }
}

/// A thousand and one transfers are more than one of Wise's tables takes; accounts in other currencies have other columns.
#[test]
fn files_keep_the_limits_of_their_takers() {
    let shop = Shop::small();
    let number = |count: usize| 1..=count;
    let creators: String = number(1_003).map(|at| format!("w{at:04},W,,,,\n")).collect();
    let fees: String = number(1_003).map(|at| format!("g{at},w{at:04},1.00,2026-01-15,x\n")).collect();
    let account = |at: usize| if at <= 2 { "12345674,400001,GBP" } else { "DE89370400440532013000,,EUR" };
    let payees: String = number(1_003).map(|at| format!("w{at:04},p{at},Wanda {at},wise,{},,\n", account(at))).collect();
    set_up(&shop, "USD", &payees, WISE);
    shop.add("creators.csv", &creators);
    shop.add("fees.csv", &fees);
    approve(&shop);
    let done = export_with(&shop, KEY, "wise", "paid.csv", &["--allow-missing"]);
    assert!(done.ok && done.out.contains("1003 payments of 1003.00"), "{}{}", done.out, done.err);
    let rows = |name: &str| shop.read(name).lines().count() - 1;
    assert_eq!(["paid-1.csv", "paid-2.csv", "paid-3.csv"].map(rows), [1_000, 1, 2]);
    let british = shop.read("paid-3.csv");
    let header = "name,recipientEmail,paymentReference,receiverType,amountCurrency,amount,sourceCurrency,targetCurrency,sortCode,accountNumber";
    assert_eq!(british.lines().next(), Some(header));
    assert!(british.contains("Wanda 1,,Payout,PERSON,source,1.00,USD,GBP,400001,12345674"), "{british}");
    assert!(!shop.path("paid-4.csv").exists() && !shop.path("paid.csv").exists());
}

#[test]
fn paypal_gets_the_table_that_it_takes() {
    let payees = "ana,,Ana,paypal,ana@pay.example.com,,USD,,\nben,,Ben,paypal,ben@pay.example.com,,USD,,\ncho,,Cho,paypal,cho@pay.example.com,,USD,,\n";
    let shop = shop("USD", payees, "[payout.paypal]\nnote = \"Thank you, all\"\n");
    assert!(export(&shop, "paypal", "paid.csv").contains("3 payments of 32.05"));
    let text = shop.read("paid.csv");
    let rows: Vec<&str> = text.lines().collect();
    assert_eq!(rows.len(), 3);
    assert!(rows[0].starts_with("ana@pay.example.com,12.05,USD,P") && rows[0].ends_with(",\"Thank you, all\",PAYPAL"), "{text}");
}

/// Of several rails, each file pays its own, and nobody is in two; a list of all would pay them again.
#[test]
fn nobody_is_in_two_files() {
    let mixed = "ana,,Ana,ach,000123456789,121000248,USD,,\nben,,Ben,paypal,ben@pay.example.com,,USD,,\ncho,,Cho,ach,55500012345,026009593,USD,,\n";
    let shop = shop("USD", mixed, ACH);
    let first = export(&shop, "nacha", "paid.ach");
    assert!(first.contains("2 payments of 27.05") && first.contains("1 creator is to be paid with --format paypal"), "{first}");
    // A creator paid by ACH who moves to PayPal after that is paid already.
    shop.write(
        "payees.csv",
        format!("{HEADER}{}", mixed.replace("ana,,Ana,ach,000123456789,121000248", "ana,,Ana,paypal,ana@pay.example.com,")),
    );
    let second = export(&shop, "paypal", "paid.csv");
    assert!(second.contains("1 payment of 5.00"), "{second}");
    assert!(!shop.read("paid.csv").contains("ana@"));
    for (format, why) in [("pain001", "has nobody left to pay by sepa"), ("csv", "the list would pay them again")] {
        let refused = export_with(&shop, KEY, format, "third", &[]);
        assert!(!refused.ok && refused.err.contains(why), "{format}: {}", refused.err);
    }
    let listed = self::shop("USD", mixed, ACH);
    listed.must(&["batch", "export", "shop-0001", "--by", "lee", "--as-of", "2026-02-02T15:00:00Z"]);
    let refused = export_with(&listed, KEY, "nacha", "paid.ach", &[]);
    assert!(!refused.ok && refused.err.contains("was exported as a list of all its creators by lee"), "{}", refused.err);
}

#[test]
fn what_the_program_file_lacks_is_said_before_anything_is_exported() {
    for (format, currency, payees, rails, why) in [
        (
            "nacha",
            "USD",
            AMERICANS,
            "",
            "add [payout.ach] with company_name, company_id, originating_routing and destination_name",
        ),
        ("pain001", "EUR", EUROPEANS, "", "add [payout.sepa] with company_name and iban"),
        ("bacs", "GBP", BRITONS, "", "add [payout.bacs] with company_name, service_user_number, sort_code and account"),
    ] {
        let shop = shop(currency, payees, rails);
        let refused = export_with(&shop, KEY, format, "paid", &[]);
        assert!(!refused.ok && refused.err.contains(why), "{}", refused.err);
        assert!(shop.must(&["batch", "list", "--format", "csv"]).contains("shop-0001,approved,"));
    }
    let shop = shop("EUR", EUROPEANS, SEPA);
    let inside = export_with(&shop, KEY, "pain001", "ledger-data/paid.xml", &[]);
    assert!(!inside.ok && inside.err.contains("lies in the data folder"), "{}", inside.err);
    let keyless = export_with(&shop, "", "pain001", "paid.xml", &[]);
    assert!(!keyless.ok && keyless.err.contains("there is no key: set PURSER_KEY"), "{}", keyless.err);
    assert!(shop.must(&["batch", "list", "--format", "csv"]).contains("shop-0001,approved,"));
}

#[test]
fn what_is_kept_and_was_edited_is_found() {
    let shop = shop("EUR", EUROPEANS, SEPA);
    export(&shop, "pain001", "paid.xml");
    shop.must(&["check", "payments"]);
    let kept = fs::read_dir(shop.path("ledger-data/payments")).expect("a folder").next().expect("a file").expect("it").path();
    let mut bytes = fs::read(&kept).expect("it can be read");
    *bytes.last_mut().expect("it has bytes") ^= 1;
    fs::write(&kept, bytes).expect("it can be written");
    let found = shop.run(&["check", "payments"]);
    assert!(!found.ok && found.out.contains("it is not what was exported"), "{}", found.out);
    let refused = export_with(&shop, KEY, "pain001", "again.xml", &[]);
    assert!(!refused.ok && refused.err.contains("is not what was exported"), "{}", refused.err);
}
