//! A person who asks for it is erased from everything but the ledger, and no cent moves.

use std::fs;
use std::process::Command;

use polars::prelude::{Column, DataFrame, ParquetReader, ParquetWriter, SerReader};

use crate::support::database::Kind;
use crate::support::{Shop, files_below};

/// Names and ids that are found nowhere but where they are put: Ana buys from herself, Pia buys twice, once as a guest.
const NAME: &str = "Annabel Quistgaard";
const EMAIL: &str = "annabel.quistgaard@example.com";
const CUSTOMER: &str = "cust-77120";
const CUSTOMER_EMAIL: &str = "pia.zettergren@example.com";

const CREATOR: [&str; 7] = ["erase", "creator", "ana", "--by", "mia", "--reason", "asked for it"];
const PIA: [&str; 7] = ["erase", "customer", CUSTOMER, "--by", "mia", "--reason", "asked for it"];

/// Two months in which everything that could name them does.
fn shop(kind: Kind) -> Shop {
    let shop = Shop::small_on(kind);
    let program = shop.read("shop.toml").replace("window = \"14d\"", "window = \"14d\"\ncustomer_lock = \"365d\"");
    shop.write("shop.toml", program + "[[commission.bonuses]]\nwhen = \"new_customer\"\namount = \"2.00\"\n");
    shop.write("creators.csv", shop.read("creators.csv").replace("ana,Ana,ana@example.com", &format!("ana,{NAME}, {EMAIL}")));
    let own = EMAIL.to_uppercase();
    shop.add(
        "orders.csv",
        &format!(
            "own,2026-01-08T10:00:00Z,2026-01-08T10:00:00Z,paid,USD,p9,{own},,,ANA\n\
             one,2026-01-09T10:00:00Z,2026-01-09T10:00:00Z,paid,USD,{CUSTOMER},{CUSTOMER_EMAIL},,,BEN\n\
             two,2026-01-19T10:00:00Z,2026-01-19T10:00:00Z,paid,USD,{CUSTOMER},,,,\n\
             guest,2026-01-20T10:00:00Z,2026-01-20T10:00:00Z,paid,USD,,{CUSTOMER_EMAIL},,,ANA\n\
             again,2026-01-21T10:00:00Z,2026-01-21T10:00:00Z,paid,USD,,{CUSTOMER_EMAIL},,,\n"
        ),
    );
    for order in ["own", "one", "two", "guest", "again"] {
        shop.add("order_lines.csv", &format!("{order},1,A,x,1,60.00\n"));
    }
    shop.must(&["run", "nightly", "--as-of", "2026-01-25T02:00:00Z"]);
    shop.add("order_lines.csv", "own,2,B,x,1,10.00\n");
    shop.add("orders.csv", "o9,2026-01-26T10:00:00Z,2026-01-26T10:00:00Z,paid,USD,p9,,,,\n");
    shop.must(&["run", "nightly", "statements", "--as-of", "2026-02-01T02:00:00Z"]);
    // A night that fails quotes what it found.
    let orders = shop.read("orders.csv");
    shop.add("orders.csv", &format!("one,2026-01-09T10:00:00Z,2026-01-09T10:00:00Z,paid,USD,other,{CUSTOMER_EMAIL},,,BEN\n"));
    let failed = shop.run(&["run", "nightly", "--as-of", "2026-02-02T02:00:00Z"]);
    assert!(!failed.ok && failed.err.contains(CUSTOMER), "{}", failed.err);
    shop.write("orders.csv", orders);
    let creators = shop.read("creators.csv");
    shop.add("creators.csv", "dora,Dora,not an address,,,\n");
    shop.add("creators.csv", &format!("ana,{NAME} again,{EMAIL},,,\n"));
    let failed = shop.run(&["run", "nightly", "--as-of", "2026-02-02T02:00:00Z"]);
    assert!(!failed.ok, "{}", failed.out);
    shop.write("creators.csv", creators);
    shop
}

/// Every table, as the database's own client prints it.
fn tables(shop: &Shop) -> String {
    let sql = match shop.database.kind {
        Kind::Sqlite => "SELECT name FROM sqlite_master WHERE type = 'table'",
        Kind::Postgres => "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'",
    };
    let names = shop.database.sql(sql);
    // The driver's own record of the schema holds bytes that are no text.
    names
        .lines()
        .filter(|name| *name != "_sqlx_migrations")
        .map(|name| format!("{name}: {}\n", shop.database.sql(&format!("SELECT * FROM {name}"))))
        .collect()
}

/// Where any of these words stands, in whatever capitals: files of the data folder and of the database, and tables.
fn found(shop: &Shop, words: &[&str]) -> Vec<String> {
    let holds = |text: &[u8]| {
        let text = String::from_utf8_lossy(text).to_lowercase();
        words.iter().any(|word| text.contains(&word.to_lowercase()))
    };
    let mut files = files_below(&shop.path("ledger-data"));
    files.extend(["ledger.db", "ledger.db-wal"].map(|name| shop.path(name)).into_iter().filter(|path| path.exists()));
    let mut found: Vec<String> =
        files.iter().filter(|path| holds(&text_of(path))).map(|path| path.display().to_string()).collect();
    found.extend(tables(shop).lines().filter(|line| holds(line.as_bytes())).map(str::to_owned));
    found
}

/// What a file says: the rows of one that is compressed.
fn text_of(path: &std::path::Path) -> Vec<u8> {
    let bytes = fs::read(path).expect("it can be read");
    if path.extension().is_none_or(|e| e != "parquet") {
        return bytes;
    }
    let rows = ParquetReader::new(fs::File::open(path).expect("it can be opened")).finish().expect("it is Parquet");
    let mut text = bytes;
    for column in rows.columns() {
        text.extend((0..rows.height()).flat_map(|row| format!("{}\n", column.get(row).expect("a value")).into_bytes()));
    }
    text
}

fn ledger(shop: &Shop) -> String {
    shop.database.sql("SELECT * FROM entries ORDER BY entry; SELECT * FROM transfers ORDER BY entry, position; SELECT * FROM statements ORDER BY creator_id, month; SELECT * FROM balances ORDER BY creator_id;")
}

/// What is told of every order, but for names.
fn explained(shop: &Shop) -> String {
    let orders = ["o1", "o2", "o3", "o4", "own", "one", "two", "guest", "again"];
    orders.map(|order| shop.must(&["explain", order])).concat().replace(NAME, "")
}

#[test]
fn nothing_but_the_ledger_remembers_who_was_erased() {
    for kind in Kind::BOTH {
        let shop = shop(kind);
        let words = [NAME, "Quistgaard", EMAIL, CUSTOMER, CUSTOMER_EMAIL];
        let before = found(&shop, &words);
        for place in ["facts/creators", "facts/orders", "outbox/", "outbox: ", "customer_id is "] {
            assert!(before.iter().any(|found| found.contains(place)), "{place} holds them before: {before:?}");
        }
        let (exports, books, told) = (shop.exports(), ledger(&shop), explained(&shop));
        assert!(told.contains("self purchase") && shop.must(&["export", "orders"]).contains("two,attributed,lock"), "{told}");

        let out = shop.must(&CREATOR);
        assert!(out.contains("shop: erased") && out.contains("Still to do"), "{out}");
        assert_eq!(found(&shop, &[NAME, "Quistgaard", EMAIL]), Vec::<String>::new());
        shop.must(&PIA);
        assert_eq!(found(&shop, &words), Vec::<String>::new());

        assert_eq!((shop.exports(), ledger(&shop), explained(&shop)), (exports.clone(), books.clone(), told));
        shop.must(&["check"]);
        // The sources still hold them; a night on them, and one that reads them anew, finds what was there before.
        for time in ["2026-02-03T02:00:00Z", "2026-02-03T04:00:00Z"] {
            let night = shop.must(&["run", "nightly", "--as-of", time]);
            assert!(night.contains("posted: nothing"), "{night}");
            assert_eq!(found(&shop, &words), Vec::<String>::new(), "{time}");
            shop.add("clicks.csv", "k9,2026-01-02T10:00:00Z,v9,lben,bio\n");
            shop.write("creators.csv", shop.read("creators.csv") + "eve,Eve,eve@example.com,,,\n");
            shop.write("orders.csv", shop.read("orders.csv") + "t1,2026-01-02T10:00:00Z,2026-01-02T10:00:00Z,test,USD,,,,,\n");
        }
        let replay = shop.must(&["run", "nightly", "--as-of", "2026-02-03T04:00:00Z", "--dry-run", "--facts", "1"]);
        assert!(replay.contains("own") || replay.contains("posted"), "{replay}");
        assert_eq!(ledger(&shop), books);
        shop.must(&["check"]);
        shop.must(&LATER);
        assert_eq!(found(&shop, &words), Vec::<String>::new());
    }
}

const LATER: [&str; 3] = ["tidy", "--as-of", "2099-01-01T00:00:00Z"];

/// New orders of somebody who was erased earn as they would have: the lock holds, nobody is new twice, own purchases earn nothing.
#[test]
fn what_comes_after_is_decided_as_if_nobody_was_erased() {
    let (plain, erased) = (shop(Kind::Sqlite), shop(Kind::Sqlite));
    erased.must(&CREATOR);
    // By email, and in other capitals: the id goes with it.
    let email = CUSTOMER_EMAIL.to_uppercase();
    erased.must(&["erase", "customer", &email, "--by", "mia", "--reason", "asked for it"]);
    assert_eq!(found(&erased, &[CUSTOMER, CUSTOMER_EMAIL]), Vec::<String>::new());
    for shop in [&plain, &erased] {
        shop.add(
            "orders.csv",
            &format!(
                "own2,2026-02-03T10:00:00Z,2026-02-03T10:00:00Z,paid,USD,p9,{EMAIL},,,ANA\n\
                 three,2026-02-04T10:00:00Z,2026-02-04T10:00:00Z,paid,USD,{CUSTOMER},,,,\n\
                 four,2026-02-05T10:00:00Z,2026-02-05T10:00:00Z,paid,USD,,{CUSTOMER_EMAIL},,,BEN\n"
            ),
        );
        for order in ["own2", "three", "four"] {
            shop.add("order_lines.csv", &format!("{order},1,A,x,1,40.00\n"));
        }
        shop.must(&["run", "nightly", "--as-of", "2026-03-01T02:00:00Z"]);
    }
    assert_eq!(erased.exports(), plain.exports());
    assert!(plain.must(&["export", "orders"]).contains("own2,unattributed,self_purchase"));
    let told = erased.must(&["run", "statements", "--as-of", "2026-03-01T03:00:00Z"]);
    assert!(told.contains("1 kept without a mail") && told.contains("was erased"), "{told}");
    assert!(erased.must(&["statement", "ana"]).contains("ana"), "a statement calls them by their id");
    erased.must(&["check"]);
}

/// A mail that waited is not sent to somebody who was erased.
#[test]
fn mails_that_wait_are_not_sent() {
    let shop = Shop::small();
    shop.must(&["run", "nightly", "--as-of", "2026-02-01T00:00:00Z"]);
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").expect("a port is free").local_addr().expect("it has an address");
    let mut away = shop.command(&["run", "statements", "--as-of", "2026-02-01T10:00:00Z"]);
    away.env("PURSER_SMTP_URL", format!("smtp://{nobody}")).output().expect("it starts");
    shop.must(&CREATOR);
    let told = shop.must(&["run", "statements", "--as-of", "2026-02-01T11:00:00Z"]);
    assert!(told.contains("mails sent: 2"), "{told}");
    assert!(shop.must(&["statement", "ana"]).contains("Mail: failed (the recipient was erased)"));
}

#[test]
fn what_cannot_be_erased_is_refused_and_nothing_changes() {
    let shop = shop(Kind::Sqlite);
    // An agency has one mailbox for two of them.
    shop.add("creators.csv", "eve,Eve,BEN@example.com,,,\n");
    shop.must(&["run", "nightly", "--as-of", "2026-02-02T03:00:00Z"]);
    // The database's own files change with every lease.
    let told_of =
        || found(&shop, &[NAME, CUSTOMER]).into_iter().filter(|place| !place.contains("/ledger.db")).collect::<Vec<_>>();
    let before = told_of();
    let email = format!("by {CUSTOMER_EMAIL}");
    for (arguments, told) in [
        (["creator", "nobody", "--reason", "asked"], "nothing that is kept names a creator nobody"),
        (["customer", "nobody", "--reason", "asked"], "nothing that is kept names a customer nobody"),
        (["customer", "p9", "--reason", "asked"], "has the email of the creator ana"),
        (["customer", CUSTOMER, "--reason", &email], "stands in --by or --reason"),
        (["customer", CUSTOMER, "--reason", " "], "say why"),
        (["creator", "ben", "--reason", "asked"], "has the same email as eve"),
    ] {
        let done = shop.run(&[&["erase"], &arguments[..2], &["--by", "mia"], &arguments[2..]].concat());
        assert!(!done.ok && done.err.contains(told), "{told}: {}", done.err);
        assert_eq!(told_of(), before, "{told}");
    }
    assert_eq!(shop.database.sql("SELECT COUNT(*) FROM erasures").trim(), "0");
    assert!(!shop.path("ledger-data/erasure.key").exists());
}

/// Without the key nobody would know whom not to name.
#[test]
fn a_fetch_without_the_key_is_refused() {
    let shop = Shop::small();
    shop.must(&["run", "nightly", "--as-of", "2026-02-01T00:00:00Z"]);
    shop.must(&CREATOR);
    let key = shop.path("ledger-data/erasure.key");
    let kept = fs::read(&key).expect("there is a key");
    let night = || shop.run(&["run", "nightly", "--as-of", "2026-02-02T00:00:00Z"]);
    fs::remove_file(&key).expect("it can be removed");
    assert!(night().err.contains("erasure.key, is not there. Restore it from its backup"), "{}", night().err);
    fs::write(&key, "0".repeat(64)).expect("it can be written");
    assert!(night().err.contains("by another key"), "{}", night().err);
    fs::write(&key, kept).expect("it can be written");
    assert!(night().ok);
}

/// After a restore there may be no key: a new one would make nonsense of what is known by the old one.
#[test]
fn nobody_is_erased_by_another_key() {
    let shop = shop(Kind::Sqlite);
    shop.must(&CREATOR);
    let key = shop.path("ledger-data/erasure.key");
    let kept = fs::read(&key).expect("there is a key");
    fs::remove_file(&key).expect("it can be removed");
    let refused = shop.run(&PIA);
    assert!(!refused.ok && refused.err.contains("Restore it from its backup"), "{}", refused.err);
    assert!(!key.exists(), "no other key is made");
    fs::write(&key, kept).expect("it can be written");
    shop.must(&PIA);
    assert_eq!(found(&shop, &[CUSTOMER, NAME]), Vec::<String>::new());
    assert!(shop.must(&["run", "nightly", "--as-of", "2026-02-03T02:00:00Z"]).contains("posted: nothing"));
}

/// Whoever asks by one email is known by another one too.
#[test]
fn all_emails_of_a_customer_go() {
    let shop = Shop::small();
    let other = "pia.new@example.org";
    for (order, email) in [("e1", CUSTOMER_EMAIL), ("e2", other)] {
        shop.add("orders.csv", &format!("{order},2026-01-09T10:00:00Z,2026-01-09T10:00:00Z,paid,USD,{CUSTOMER},{email},,,BEN\n"));
        shop.add("order_lines.csv", &format!("{order},1,A,x,1,60.00\n"));
    }
    shop.must(&["run", "nightly", "--as-of", "2026-02-01T02:00:00Z"]);
    shop.must(&["erase", "customer", CUSTOMER_EMAIL, "--by", "mia", "--reason", "asked for it"]);
    assert_eq!(found(&shop, &[CUSTOMER, CUSTOMER_EMAIL, other]), Vec::<String>::new());
}

/// What the operator has to know is still told, without the name.
#[test]
fn alerts_that_wait_are_told_without_the_person() {
    let shop = shop(Kind::Sqlite);
    shop.add("orders.csv", &format!("one,2026-01-09T10:00:00Z,2026-01-09T10:00:00Z,paid,USD,other,{CUSTOMER_EMAIL},,,BEN\n"));
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").expect("a port is free").local_addr().expect("it has an address");
    let mut night = shop.command(&["run", "nightly", "--slot", "2026-02-02T02:00:00Z"]);
    night.env("PURSER_OPERATOR_MAIL", "ops@shop.example").env("PURSER_SMTP_URL", format!("smtp://{nobody}"));
    night.env("PURSER_WEBHOOK_URL", format!("http://{nobody}/"));
    assert!(!night.output().expect("it starts").status.success());
    assert!(shop.database.sql("SELECT body FROM alerts").contains(CUSTOMER), "the alert names her");
    shop.must(&PIA);
    assert_eq!(found(&shop, &[CUSTOMER, CUSTOMER_EMAIL]), Vec::<String>::new());
    let waiting =
        shop.database.sql("SELECT channel || ' ' || message FROM outbox WHERE state IN ('waiting', 'unknown') ORDER BY channel");
    for told in ["operator ", "webhook {", "(erased)", "nightly of 2026-02-02 02:00 UTC failed", "Subject: [purser] shop"] {
        assert!(waiting.contains(told), "{told}: {waiting}");
    }
}

/// The run of another program is about to name a file that nobody else needs any more.
#[test]
fn an_erasure_waits_for_the_programs_that_it_does_not_concern() {
    let shop = Shop::small();
    fs::create_dir(shop.path("jobs")).expect("a folder can be made");
    let line = |line: &str| if line.ends_with(".csv\"") { line.replace(" = \"", " = \"../") } else { line.to_owned() };
    let program: Vec<String> = shop.read("shop.toml").lines().map(line).collect();
    for name in ["first", "other"] {
        shop.write(&format!("jobs/{name}.toml"), program.join("\n"));
    }
    let shop = shop.at("jobs");
    shop.must(&["run", "nightly", "--as-of", "2026-02-01T02:00:00Z"]);
    shop.add("orders.csv", "o8,2026-01-12T10:00:00Z,2026-01-12T10:00:00Z,paid,USD,p8,,,,ANA\n");
    shop.add("order_lines.csv", "o8,1,A,x,1,80.00\n");
    let night = ["run", "nightly", "--program", "other", "--as-of", "2026-02-02T02:00:00Z"];
    let effects = crate::support::held::steps(&mut shop.copy().command(&night)).1;
    let orders = effects.iter().find(|effect| effect.starts_with("rename orders/")).expect("new orders are kept");
    let held = crate::support::held::Held::at(&mut shop.command(&night), "hold-after", orders);
    let mut erase = shop.command(&["erase", "creator", "ana", "--program", "first", "--by", "mia", "--reason", "asked"]);
    let mut erase = erase.stdout(std::process::Stdio::null()).spawn().expect("it starts");
    std::thread::sleep(std::time::Duration::from_millis(500));
    assert!(erase.try_wait().expect("it can be watched").is_none(), "it waits");
    let night = held.go_on();
    assert!(night.ok, "{}", night.err);
    assert!(erase.wait().expect("it ends").success());
    shop.must(&["check"]);
}

/// What somebody reads stays in the log of SQLite: that is said, and a repeat ends it.
#[test]
fn a_reader_who_keeps_deleted_rows_is_told_of() {
    let shop = shop(Kind::Sqlite);
    let mut reader = Command::new("sqlite3");
    reader.arg(shop.path("ledger.db")).stdin(std::process::Stdio::piped()).stdout(std::process::Stdio::piped());
    let mut reader = reader.spawn().expect("sqlite3 is there");
    let mut input = reader.stdin.take().expect("it listens");
    std::io::Write::write_all(&mut input, b"BEGIN; SELECT COUNT(*) FROM runs;\n").expect("it listens");
    let mut answer = [0; 1];
    std::io::Read::read_exact(reader.stdout.as_mut().expect("it answers"), &mut answer).expect("it answers");
    let erased = shop.run(&CREATOR);
    assert!(!erased.ok && erased.err.contains("what was deleted may still be found"), "{}", erased.err);
    drop(input);
    reader.wait().expect("it ends");
    shop.must(&CREATOR);
    assert_eq!(found(&shop, &[NAME, EMAIL]), Vec::<String>::new());
}

/// Programs share kept files. The one that was not asked keeps its own copy.
#[test]
fn a_program_that_is_not_named_keeps_its_own_copies() {
    let shop = shop(Kind::Sqlite);
    fs::create_dir(shop.path("jobs")).expect("a folder can be made");
    let line = |line: &str| if line.ends_with(".csv\"") { line.replace(" = \"", " = \"../") } else { line.to_owned() };
    let program: Vec<String> = shop.read("shop.toml").lines().map(line).collect();
    for name in ["shop", "other"] {
        shop.write(&format!("jobs/{name}.toml"), program.join("\n"));
    }
    let purser = |arguments: &[&str]| {
        let mut command: Command = crate::support::purser();
        command.current_dir(shop.folder.path()).args(["--jobs", "jobs", "--database", &shop.database.url]);
        let done = command.arg("--data").arg(shop.path("ledger-data")).args(arguments).output().expect("it starts");
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        String::from_utf8(done.stdout).expect("it is text")
    };
    purser(&["run", "nightly", "--as-of", "2026-02-03T02:00:00Z"]);
    purser(&[&["--program", "shop"], &CREATOR[..]].concat());
    let names = |shop: &Shop| found(shop, &[NAME]).len();
    assert_eq!(names(&shop), 1, "the copy of the other: {:?}", found(&shop, &[NAME]));
    purser(&["check"]);
    let out = purser(&CREATOR);
    assert!(out.contains("other: erased") && out.contains("shop: erased"), "{out}");
    assert_eq!(names(&shop), 0, "{:?}", found(&shop, &[NAME]));
    purser(&["check"]);
    let night = purser(&["run", "nightly", "--as-of", "2026-02-03T04:00:00Z"]);
    assert_eq!(night.matches("posted: nothing").count(), 2, "{night}");
}

/// Killed over its key or anything after it, it is completed by the same command: see also the crash matrix.
#[test]
fn an_erasure_that_was_killed_is_completed_by_the_same_command() {
    let prepared = shop(Kind::Sqlite);
    let effects = crate::support::held::steps(&mut prepared.copy().command(&CREATOR)).1;
    let key = effects.iter().find(|effect| effect.contains("erasure.key")).expect("it makes a key").clone();
    // Copies are named by what the key makes of emails: so that they are called the same every time, it is given.
    let keyed = prepared.copy();
    keyed.write("ledger-data/erasure.key", "7".repeat(64));
    let effects = crate::support::held::steps(&mut keyed.copy().command(&CREATOR)).1;
    for (effect, prepared) in effects.iter().map(|effect| (effect, &keyed)).chain([(&key, &prepared)]) {
        let shop = prepared.copy();
        crate::support::held::Held::at(&mut shop.command(&CREATOR), "hold-after", effect).kill();
        shop.must(&CREATOR);
        assert_eq!(found(&shop, &[NAME, EMAIL]), Vec::<String>::new(), "{effect}");
        shop.must(&["check"]);
    }
}

/// Parquet sources, whose ids may be numbers and which may have columns that purser does not read.
#[test]
fn a_person_in_parquet_sources_is_erased_and_stays_so() {
    let shop = Shop::small();
    shop.write(
        "shop.toml",
        shop.read("shop.toml").replace("orders.csv", "orders.parquet").replace("creators.csv", "creators.parquet"),
    );
    let orders = |ids: &[i64]| {
        let count = ids.len();
        let text = |value: &str| vec![value.to_owned(); count];
        let names: Vec<String> = (1..=count).map(|number| format!("o{number}")).collect();
        let columns = vec![
            Column::new("order_id".into(), names),
            Column::new("ordered_at".into(), text("2026-01-09T10:00:00Z")),
            Column::new("updated_at".into(), text("2026-01-09T10:00:00Z")),
            Column::new("status".into(), text("paid")),
            Column::new("currency".into(), text("USD")),
            Column::new("customer_id".into(), ids.to_vec()),
            Column::new("customer_email".into(), text(CUSTOMER_EMAIL)),
            Column::new("visitor_id".into(), text("")),
            Column::new("click_id".into(), text("")),
            Column::new("codes".into(), text("ANA")),
            Column::new("street".into(), text("Zettergren Lane 5")),
        ];
        parquet(&shop, "orders.parquet", columns);
    };
    let one = |name: &'static str, value: &str| Column::new(name.into(), vec![value.to_owned()]);
    let values = [("creator_id", "ana"), ("name", NAME), ("email", EMAIL), ("group", ""), ("active_from", ""), ("active_to", "")];
    parquet(&shop, "creators.parquet", values.map(|(name, value)| one(name, value)).into());
    orders(&[7712099331, 9]);
    shop.must(&["run", "nightly", "--as-of", "2026-01-10T02:00:00Z"]);
    let words = [NAME, EMAIL, "7712099331", CUSTOMER_EMAIL, "Zettergren"];
    assert!(found(&shop, &words).len() > 1);
    let exports = shop.exports();
    shop.must(&CREATOR);
    shop.must(&["erase", "customer", "7712099331", "--by", "mia", "--reason", "asked for it"]);
    assert_eq!(found(&shop, &words), Vec::<String>::new());
    assert_eq!(shop.exports(), exports);
    assert!(shop.must(&["run", "nightly", "--as-of", "2026-01-11T02:00:00Z"]).contains("posted: nothing"));
    orders(&[7712099331, 9, 7712099331]);
    shop.must(&["run", "nightly", "--as-of", "2026-01-12T02:00:00Z"]);
    assert_eq!(found(&shop, &words), Vec::<String>::new());
    shop.must(&["check"]);
}

fn parquet(shop: &Shop, name: &str, columns: Vec<Column>) {
    let mut rows = DataFrame::new_infer_height(columns).expect("columns of one length");
    let file = fs::File::create(shop.path(name)).expect("the test can write its files");
    ParquetWriter::new(file).finish(&mut rows).expect("it is written");
}

/// Her facts are long gone, but not the mails.
#[test]
fn somebody_who_left_long_ago_is_erased_from_mails() {
    for kind in Kind::BOTH {
        let shop = shop(kind);
        let row = format!("ana,{NAME}, {EMAIL}");
        shop.write("creators.csv", shop.read("creators.csv").replace(&row, "eve,Eve,eve@example.com"));
        shop.write("shop.toml", shop.read("shop.toml") + "[retention]\nfacts = \"1d\"\nmails = \"36500d\"\n");
        shop.must(&["run", "nightly", "--as-of", "2026-02-03T02:00:00Z", "--restate", "she left"]);
        shop.age_files();
        shop.must(&["tidy", "--as-of", "2050-01-01T00:00:00Z"]);
        let of_facts = |place: &String| place.contains("facts/creators");
        assert!(!found(&shop, &[NAME]).iter().any(of_facts), "her facts are gone");
        assert!(found(&shop, &[NAME]).iter().any(|place| place.contains("outbox")), "{:?}", found(&shop, &[NAME]));
        shop.must(&CREATOR);
        assert_eq!(found(&shop, &[NAME, EMAIL]), Vec::<String>::new());
        shop.must(&["check"]);
    }
}
