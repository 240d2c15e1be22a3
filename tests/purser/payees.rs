//! Payees: what is wrong with their details is named before anybody is paid, and no account number is where it does not belong.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use crate::payment_files::{ACH, AMERICANS, EUROPEANS, HEADER, KEY, SEPA, export, export_with, set_up, shop, with_key};
use crate::support::database::Kind;
use crate::support::{Done, Shop, files_below};

#[test]
fn what_is_wrong_with_details_is_named_where_it_stands() {
    let shop = shop("EUR", EUROPEANS, SEPA);
    let with = |key: &str, value: &str| {
        let mut cells = ["zoe", "", "Zoe", "sepa", "DE89370400440532013000", "", "EUR", "", ""].map(str::to_owned);
        let columns: Vec<&str> = HEADER.trim().split(',').collect();
        for (key, value) in key.split(' ').zip(value.split('|')) {
            cells[columns.iter().position(|column| *column == key).expect("a column")] = value.to_owned();
        }
        cells.join(",") + "\n"
    };
    let rows = [
        ("account", "DE89370400440532013001", "account: \"DE89…3001\" has a wrong check sum"),
        ("account", "DE8937040044053201300", "account: \"DE89…1300\" has 21 characters; an IBAN of DE has 22"),
        (
            "account",
            "ZZ89370400440532013000",
            "account: \"ZZ89…3000\" is no IBAN: it does not begin with a country that has them",
        ),
        ("account", "US89370400440532013000", "account: \"US89…3000\" is no IBAN"),
        ("account", "AE070331234567890123456", "account: \"AE07…3456\" is of a country that SEPA does not reach"),
        ("account", "", "account: \"…\" is no IBAN"),
        ("routing", "COBA", "routing: \"COBA\" is no BIC such as COBADEFF500"),
        ("rail", "swift", "rail: \"swift\" is none of ach, sepa, bacs, paypal, wise"),
        ("rail", "DE89370400440532013000", "rail: \"DE89…3000\" is none of"),
        ("currency", "USD", "currency: \"USD\" is not what sepa carries: EUR"),
        ("currency", "Euro", "currency: \"Euro\" is no currency such as EUR"),
        ("country", "Germany", "country: \"Germany\" is no country code such as DE"),
        ("account_type", "gold", "account_type: \"gold\" is neither checking nor savings"),
        ("name", "山田", "name: \"山田\" holds \"山\", which this kind of payment cannot carry; write it in Latin letters"),
        ("name", "", "name: \"\" is empty"),
        ("creator_id", "", "creator_id: \"\" is empty"),
        ("rail currency account routing", "ach|USD|12345678|021000022", "routing: \"…0022\" has a wrong check digit"),
        ("rail currency account routing", "ach|USD|12345678|000000000", "routing: \"…0000\" has a wrong check digit"),
        ("rail currency account routing", "ach|USD|123456789012345678|021000021", "account: \"…5678\" is not an account number"),
        (
            "rail currency account routing",
            "bacs|GBP|1234567|400001",
            "account: \"…67\" is not an account number: that has 8 digits",
        ),
        ("rail currency account routing", "bacs|GBP|12345678|40001", "routing: \"…01\" is not a sort code: that has 6 digits"),
        ("rail account", "paypal|zoe(at)example.com", "is no email address"),
        ("rail account", "paypal|zoe@example", "account: \"z…@example\" is no email address"),
        ("rail account name", "paypal|zoe@example.com|=Zoe", "begins with a sign that a spreadsheet takes for a formula"),
        ("rail currency", "wise|USD", "currency: \"USD\" cannot be written for Wise"),
        (
            "creator_id payee_id account",
            "yan|ana|DE02120300000000202051",
            "payee_id: \"ana\" has other details in payees.csv row 2",
        ),
        ("creator_id account", "ana|DE02120300000000202051", "creator_id: \"ana\" is paid elsewhere in payees.csv row 2"),
    ];
    for (key, value, why) in rows {
        shop.write("payees.csv", format!("{HEADER}{EUROPEANS}{}", with(key, value)));
        let refused = shop.run(&["validate"]);
        let wanted = format!("payees.csv row 5, {}", if why.contains(": \"") { why } else { "" });
        assert!(!refused.ok && refused.err.contains(&wanted) && refused.err.contains(why), "{value}: {}", refused.err);
        let long = value.split('|').filter(|value| value.bytes().filter(u8::is_ascii_digit).count() > 6);
        long.for_each(|number| assert!(!refused.err.contains(number), "the number is shown in full: {}", refused.err));
    }
    shop.write("payees.csv", "creator_id,name,rail,currency\n");
    let refused = shop.run(&["validate"]);
    assert!(!refused.ok && refused.err.contains("payees.csv row 1: the column `account` is missing"), "{}", refused.err);
    // Nor does the night depend on them.
    shop.must(&["run", "nightly", "--as-of", "2026-02-20T00:00:00Z", "--by", "rosa"]);
}

/// An agency stands for several creators, each with a payment of their own.
#[test]
fn a_payee_may_stand_for_several_creators() {
    let agency = "ana,star,Star Agency,sepa,DE89370400440532013000,,EUR,,\n";
    let payees = ["ana", "ben", "cho"].map(|creator| agency.replacen("ana", creator, 1)).concat();
    let shop = shop("EUR", &payees, SEPA);
    assert!(export(&shop, "pain001", "paid.xml").contains("3 payments of 32.05"));
    assert_eq!(shop.read("paid.xml").matches("<Nm>Star Agency</Nm>").count(), 3);
}

/// Who has no details is named to finance: on the sheet of the batch, and when it is exported.
#[test]
fn a_creator_without_details_is_named() {
    let payees = EUROPEANS.lines().filter(|row| !row.starts_with("cho")).map(|row| format!("{row}\n")).collect::<String>();
    let shop = Shop::small();
    set_up(&shop, "EUR", EUROPEANS, SEPA);
    shop.must(&["run", "nightly", "--as-of", "2026-02-01T00:00:00Z", "--by", "rosa"]);
    shop.must(&["run", "payout", "--as-of", "2026-02-01T09:00:00Z", "--by", "rosa"]);
    shop.write("payees.csv", format!("{HEADER}{payees}"));
    let approved = with_key(&shop, &["batch", "approve", "shop-0001", "--by", "mia", "--as-of", "2026-02-02T09:00:00Z"]);
    assert!(approved.ok, "{}", approved.err);
    let shown = shop.must(&["batch", "show", "shop-0001"]);
    for wanted in [
        "pain001: 17.05 EUR to 2 creators",
        "without usable payment details: 1 creator",
        "cho: there are no payment details",
        "ana: sepa DE89…3000, Ana",
    ] {
        assert!(shown.contains(wanted), "{wanted}: {shown}");
    }
    let refused = export_with(&shop, KEY, "pain001", "paid.xml", &[]);
    let why = "batch shop-0001 would leave out 1 creator:\ncho: there are no payment details\nAdd their details to the source of payees";
    assert!(!refused.ok && refused.err.contains(why) && refused.err.contains("--allow-missing"), "{}", refused.err);
    assert!(!shop.path("paid.xml").exists());
    assert!(shop.must(&["batch", "list", "--format", "csv"]).contains("shop-0001,approved,"));
    let done = export_with(&shop, KEY, "pain001", "paid.xml", &["--allow-missing"]);
    assert!(done.ok && done.out.contains("2 payments of 17.05"), "{}{}", done.out, done.err);
    assert!(done.out.contains("in no payment file: 1 creator\n  cho: there are no payment details"), "{}", done.out);
    // Their money stays reserved, and goes into a later batch by the way that failed payments go.
    shop.must(&["batch", "settle", "shop-0001", "--failed", "cho", "--by", "lee", "--as-of", "2026-02-03T09:00:00Z"]);
    shop.must(&["proposal", "approve", "shop-p0001", "--by", "mia", "--as-of", "2026-02-03T10:00:00Z"]);
    let balances = shop.must(&["export", "balances"]);
    assert!(balances.lines().any(|row| row == "cho,0.00,15.00,0.00,0.00"), "{balances}");
}

/// What each account number looks like in the files below, and in a database.
fn holds(bytes: &[u8], number: &str) -> bool {
    let wide: Vec<u8> = number.encode_utf16().flat_map(u16::to_le_bytes).collect();
    [number.as_bytes(), &wide].iter().any(|form| bytes.windows(form.len()).any(|window| window == *form))
}

/// No full account number is in the database, the data folder, the logs, the traces, the errors, or anything that is shown or
/// exported but the payment file itself.
#[test]
fn no_account_number_is_anywhere_but_in_the_payment_file() {
    for kind in Kind::BOTH {
        let shop = Shop::small_on(kind);
        let payees = "ana,,Ana,sepa,DE89370400440532013000,,EUR,,\nben,,Ben,sepa,FR1420041010050500013M02606,,EUR,,\ncho,,Cho,sepa,NL91ABNA0417164300,,EUR,,\n";
        set_up(&shop, "EUR", payees, SEPA);
        let planted = ["DE89370400440532013000", "FR1420041010050500013M02606", "NL91ABNA0417164300"];
        let said = std::cell::RefCell::new(String::new());
        let run = |arguments: &[&str]| -> Done {
            let mut command = shop.command(arguments);
            command.env("PURSER_KEY", KEY).env("PURSER_LOG", "trace").env("OTEL_EXPORTER_OTLP_ENDPOINT", "");
            let done: Done = command.output().expect("the binary starts").into();
            said.borrow_mut().push_str(&format!("{}{}", done.out, done.err));
            done
        };
        let must = |arguments: &[&str]| assert!(run(arguments).ok, "{arguments:?}: {}", said.borrow());
        must(&["run", "nightly", "--as-of", "2026-02-01T00:00:00Z", "--by", "rosa"]);
        must(&["run", "payout", "--as-of", "2026-02-01T09:00:00Z", "--by", "rosa"]);
        must(&["batch", "show", "shop-0001"]);
        must(&["batch", "approve", "shop-0001", "--by", "mia", "--as-of", "2026-02-02T09:00:00Z"]);
        let exported =
            ["batch", "export", "shop-0001", "--by", "lee", "--as-of", "2026-02-02T15:30:00Z", "--format", "pain001", "--out"];
        must(&[&exported[..], &["paid.xml"]].concat());
        must(&[&exported[..], &["again.xml"]].concat());
        must(&["validate"]);
        must(&["config"]);
        let _ = run(&["doctor"]);
        must(&["status"]);
        must(&["check"]);
        must(&["export", "dump", "--out", "dumped"]);
        must(&["export", "journal", "--format", "csv"]);
        must(&["run", "statements", "--as-of", "2026-03-01T09:00:00Z", "--by", "rosa"]);
        let wrong = payees.replace("0417164300", "0417164301").replace(",EUR,,", ",EUR,Nowhere,");
        shop.write("payees.csv", format!("{HEADER}{wrong}"));
        assert!(!run(&["validate"]).ok);
        must(&["batch", "show", "shop-0001"]);
        let _ = run(&["doctor"]);
        let said = said.into_inner();
        assert!(said.contains("DE89…3000") && said.contains("NL91…4301"), "masked, they are shown");
        let paid = fs::read(shop.path("paid.xml")).expect("the payment file");
        let dumped: Vec<u8> = match kind {
            Kind::Sqlite => Vec::new(),
            Kind::Postgres => {
                let tables = shop.database.sql("SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'");
                tables.lines().flat_map(|table| shop.database.sql(&format!("SELECT * FROM {table}")).into_bytes()).collect()
            }
        };
        let theirs = ["paid.xml", "again.xml", "payees.csv"].map(|name| shop.path(name));
        let files: Vec<_> = files_below(shop.folder.path()).into_iter().filter(|path| !theirs.contains(path)).collect();
        assert!(files.iter().any(|path| path.extension().is_some_and(|ending| ending == "sealed")), "the export is kept");
        for number in planted.into_iter().chain(["NL91ABNA0417164301"]) {
            assert!(number.ends_with("4301") || holds(&paid, number), "the payment file has it");
            assert!(!said.contains(number), "{number} was shown, logged or said by an error");
            assert!(!holds(&dumped, number), "{number} is in the database");
            for path in &files {
                assert!(!holds(&fs::read(path).expect("it can be read"), number), "{number} is in {}", path.display());
            }
        }
        assert!(!said.contains(&KEY[3..]), "the key is shown nowhere");
    }
}

/// Who is erased is in no kept payment file any more, and in no new one, whatever the source says.
#[test]
fn an_erased_creator_has_no_details() {
    let shop = shop("EUR", EUROPEANS, SEPA);
    export(&shop, "pain001", "paid.xml");
    let kept = || files_below(&shop.path("ledger-data/payments")).len();
    assert_eq!(kept(), 1);
    shop.must(&["erase", "creator", "ana", "--by", "mia", "--reason", "asked for it", "--as-of", "2026-02-03T09:00:00Z"]);
    assert_eq!(kept(), 1, "nothing is erased yet");
    let mut approving = shop.command(&["erase", "creator", "ana", "--by", "lee", "--approve", "--as-of", "2026-02-03T10:00:00Z"]);
    let done: Done = approving.output().expect("the binary starts").into();
    assert!(done.ok && done.out.contains("kept payment files: 1 removed"), "{}{}", done.out, done.err);
    assert_eq!(kept(), 0);
    let again = export_with(&shop, KEY, "pain001", "again.xml", &[]);
    assert!(!again.ok && again.err.contains("is not kept any more: somebody in it was erased"), "{}", again.err);
    let shown = shop.must(&["batch", "show", "shop-0001"]);
    assert!(shown.contains("ana: there are no payment details"), "{shown}");
    shop.must(&["check", "payments"]);
}

#[test]
fn a_key_that_others_can_read_is_refused() {
    let shop = shop("USD", AMERICANS, ACH);
    shop.write("key", KEY);
    let export = |mode: u32| -> Done {
        fs::set_permissions(shop.path("key"), fs::Permissions::from_mode(mode)).expect("its rights can be set");
        let arguments = [
            "batch",
            "export",
            "shop-0001",
            "--by",
            "lee",
            "--as-of",
            "2026-02-02T15:30:00Z",
            "--format",
            "nacha",
            "--out",
            "paid.ach",
        ];
        let mut command = shop.command(&arguments);
        command.env("PURSER_KEY_FILE", shop.path("key")).output().expect("the binary starts").into()
    };
    let refused = export(0o640);
    assert!(!refused.ok && refused.err.contains("which others than its owner can read or write: chmod 600"), "{}", refused.err);
    assert!(export(0o600).ok);
    for (key, why) in [
        ("k1:0011", "key 1 of PURSER_KEY is not written as ID:DIGITS"),
        ("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f", "key 1 of PURSER_KEY is not written"),
        (&format!("{KEY} {KEY}"), "PURSER_KEY holds two keys with the id k1"),
    ] {
        let refused = export_with(&shop, key, "nacha", "again.ach", &[]);
        assert!(!refused.ok && refused.err.contains(why) && !refused.err.contains("0102030405"), "{}", refused.err);
    }
}

/// Two exports at once come to one entry and one kept file.
#[test]
fn of_two_who_export_at_once_both_have_the_same_file() {
    let shop = shop("EUR", EUROPEANS, SEPA);
    let names = ["one.xml", "two.xml", "three.xml"];
    std::thread::scope(|scope| {
        for name in names {
            let shop = &shop;
            scope.spawn(move || export(shop, "pain001", name));
        }
    });
    let texts = names.map(|name| shop.read(name));
    assert!(texts.iter().all(|text| *text == texts[0]));
    assert_eq!(shop.database.sql("SELECT COUNT(*) FROM entries WHERE kind = 'exported'").trim(), "1");
    assert_eq!(files_below(&shop.path("ledger-data/payments")).len(), 1);
}
