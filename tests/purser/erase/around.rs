//! What happens around an erasure: alerts, other programs, readers, kills, other forms of sources.

use std::fs;
use std::process::Command;

use polars::prelude::{Column, DataFrame, ParquetWriter};

use super::{CREATOR, CUSTOMER, CUSTOMER_EMAIL, EMAIL, NAME, PIA, THEN, approve, erase, found, propose, shop};
use crate::support::Shop;
use crate::support::database::Kind;

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
    erase(&shop, &PIA, THEN);
    assert_eq!(found(&shop, &[CUSTOMER, CUSTOMER_EMAIL]), Vec::<String>::new());
    let waiting =
        shop.database.sql("SELECT channel || ' ' || message FROM outbox WHERE state IN ('waiting', 'unknown') ORDER BY channel");
    for told in ["operator ", "webhook {", "(erased)", "nightly run for 2026-02-02 02:00 UTC failed", "Subject: [purser] shop"] {
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
    let (first, then) = (["erase", "creator", "ana", "--program", "first"], "2026-02-01T12:00:00Z");
    shop.must(&propose(&first, then));
    let night = ["run", "nightly", "--program", "other", "--as-of", "2026-02-02T02:00:00Z"];
    let effects = crate::support::held::steps(&mut shop.copy().command(&night)).1;
    let orders = effects.iter().find(|effect| effect.starts_with("rename orders/")).expect("new orders are kept");
    let held = crate::support::held::Held::at(&mut shop.command(&night), "hold-after", orders);
    let mut erase = shop.command(&approve(&first, then));
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
    shop.must(&propose(&CREATOR, THEN));
    let erased = shop.run(&approve(&CREATOR, THEN));
    assert!(!erased.ok && erased.err.contains("what was deleted may still be found"), "{}", erased.err);
    drop(input);
    reader.wait().expect("it ends");
    shop.must(&approve(&CREATOR, THEN));
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
    let then = "2026-02-03T03:00:00Z";
    for command in [propose(&CREATOR, then), approve(&CREATOR, then)] {
        purser(&[&["--program", "shop"], &command[..]].concat());
    }
    let names = |shop: &Shop| found(shop, &[NAME]).len();
    assert_eq!(names(&shop), 1, "the copy of the other: {:?}", found(&shop, &[NAME]));
    purser(&["check"]);
    let out = purser(&propose(&CREATOR, then));
    assert!(out.contains("other: other-p0001") && out.contains("shop: shop-p0001 was approved by lee"), "{out}");
    let out = purser(&approve(&CREATOR, then));
    assert!(out.contains("other: erased") && out.contains("shop: erased"), "{out}");
    assert_eq!(names(&shop), 0, "{:?}", found(&shop, &[NAME]));
    purser(&["check"]);
    let night = purser(&["run", "nightly", "--as-of", "2026-02-03T04:00:00Z"]);
    assert_eq!(night.matches("nothing to post").count(), 2, "{night}");
}

/// Killed over its key or anything after it, it is completed by the same command: see also the crash matrix.
#[test]
fn an_erasure_that_was_killed_is_completed_by_the_same_command() {
    let prepared = shop(Kind::Sqlite);
    prepared.must(&propose(&CREATOR, THEN));
    fs::remove_file(prepared.path("ledger-data/erasure.key")).expect("the key was made");
    let erase = approve(&CREATOR, THEN);
    let effects = crate::support::held::steps(&mut prepared.copy().command(&erase)).1;
    let key = effects.iter().find(|effect| effect.contains("erasure.key")).expect("it makes a key").clone();
    // Copies are named by what the key makes of emails: so that they are called the same every time, it is given.
    let keyed = prepared.copy();
    keyed.write("ledger-data/erasure.key", "7".repeat(64));
    let effects = crate::support::held::steps(&mut keyed.copy().command(&erase)).1;
    for (effect, prepared) in effects.iter().map(|effect| (effect, &keyed)).chain([(&key, &prepared)]) {
        let shop = prepared.copy();
        crate::support::held::Held::at(&mut shop.command(&erase), "hold-after", effect).kill();
        shop.must(&erase);
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
    let then = "2026-01-10T12:00:00Z";
    erase(&shop, &CREATOR, then);
    erase(&shop, &["erase", "customer", "7712099331"], then);
    assert_eq!(found(&shop, &words), Vec::<String>::new());
    assert_eq!(shop.exports(), exports);
    assert!(shop.must(&["run", "nightly", "--as-of", "2026-01-11T02:00:00Z"]).contains("nothing to post"));
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
        shop.write("shop.toml", shop.read("shop.toml") + "[retention]\nfacts = \"0d\"\nmails = \"36500d\"\n");
        shop.must(&["run", "nightly", "--as-of", "2026-02-03T02:00:00Z", "--restate", "she left"]);
        shop.age_files();
        shop.must(&["tidy"]);
        let of_facts = |place: &String| place.contains("facts/creators");
        assert!(!found(&shop, &[NAME]).iter().any(of_facts), "her facts are gone");
        assert!(found(&shop, &[NAME]).iter().any(|place| place.contains("outbox")), "{:?}", found(&shop, &[NAME]));
        erase(&shop, &CREATOR, "2026-02-03T12:00:00Z");
        assert_eq!(found(&shop, &[NAME, EMAIL]), Vec::<String>::new());
        shop.must(&["check"]);
    }
}
