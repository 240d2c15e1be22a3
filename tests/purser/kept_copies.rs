//! Kept copies of facts that this version cannot read: they are made again from their sources, and where those are gone, the
//! error says which copy lacks what, and what to do.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use polars::prelude::{Column, DataFrame, DataType, IntoColumn, NamedFrom, ParquetReader, ParquetWriter, SerReader, Series};

use crate::support::database::Kind;
use crate::support::{Shop, files_below};

/// Edits the program file, so that the next night reads the facts though none of them changed.
fn edit(shop: &Shop) {
    shop.write("shop.toml", shop.read("shop.toml") + "# edited\n");
}

/// A night.
fn night(day: u32) -> Vec<String> {
    ["run", "nightly", "--as-of", &format!("2026-03-{day:02}T00:00:00Z")].map(str::to_owned).to_vec()
}

fn must(shop: &Shop, command: &[String]) -> String {
    shop.must(&command.iter().map(String::as_str).collect::<Vec<_>>())
}

/// The only kept copy of a table.
fn copy_of(shop: &Shop, table: &str) -> PathBuf {
    let mut files = files_below(&shop.path("ledger-data/facts").join(table));
    assert_eq!(files.len(), 1, "{files:?}");
    files.remove(0)
}

fn read(path: &Path) -> DataFrame {
    ParquetReader::new(File::open(path).expect("it is there")).finish().expect("it can be read")
}

fn write(path: &Path, mut rows: DataFrame) {
    let file = File::create(path).expect("the test can write files");
    ParquetWriter::new(file).finish(&mut rows).expect("rows can be written");
}

/// The copy as a version would have made it that did not know this column.
fn without(path: &Path, column: &str) {
    write(path, read(path).drop(column).expect("it has the column"));
}

/// The lists of facts as that version would have written them: with the hash of what it made.
fn record(shop: &Shop, path: &Path, was: &str) {
    let now = hash(path);
    shop.database.sql(&format!("UPDATE manifests SET body = REPLACE(body, '\"copy\":\"{was}\"', '\"copy\":\"{now}\"')"));
}

fn hash(path: &Path) -> String {
    purser::sources::hash_of(path).expect("it can be read")
}

/// Every night failed for want of the column: its copy was used again because its source had not changed.
#[test]
fn a_copy_that_lacks_a_column_is_made_again_from_its_source() {
    for kind in Kind::BOTH {
        let shop = Shop::small_on(kind);
        // What a source lacks is in no copy, and makes none unfit.
        shop.write("codes.csv", "code,creator_id,active_from,active_to,campaign\nANA,ana,,,\nBEN,ben,,,\n");
        let lines = shop.read("order_lines.csv").replace("net_amount\n", "net_amount,title\n");
        shop.write("order_lines.csv", lines.replace("0\n", "0,Balm\n"));
        must(&shop, &night(1));
        // The lists of both nights name the same copies, but for refunds.
        shop.add("refunds.csv", "r2,o9,,2026-02-04T09:00:00Z,1.00\n");
        must(&shop, &night(2));
        let mut copies = Vec::new();
        for (table, column) in
            [("orders", "codes"), ("clicks", "sub_id"), ("creators", "group"), ("codes", "campaign"), ("order_lines", "title")]
        {
            let path = copy_of(&shop, table);
            let whole = hash(&path);
            without(&path, column);
            record(&shop, &path, &whole);
            copies.push((path, whole));
        }
        shop.must(&["check"]);
        edit(&shop);
        let report = must(&shop, &night(3));
        assert!(report.contains("nothing to post"), "{report}");
        for (path, whole) in copies {
            assert_eq!(hash(&path), whole, "{} is as it was first made", path.display());
        }
        // The list of the first night gives the hashes of the copies that were replaced, and can be replayed.
        shop.must(&["check"]);
        shop.must(&["run", "nightly", "--as-of", "2026-03-03T00:00:00Z", "--dry-run", "--facts", "1"]);
        shop.must(&["explain", "o1"]);
    }
}

/// Programs share copies. When one makes a copy again, the lists of the other still give the old hash.
#[test]
fn a_copy_that_another_program_made_again_is_sound() {
    let shop = Shop::small();
    fs::create_dir(shop.path("jobs")).expect("a folder can be made");
    let text = shop.read("shop.toml").replace("= \"", "= \"../").replace("../Small", "Small").replace("../USD", "USD");
    let text = text.replace("../UTC", "UTC").replace("../14d", "14d").replace("../10", "10");
    shop.write("jobs/one.toml", &text);
    shop.write("jobs/two.toml", &text);
    let shop = shop.at("jobs");
    must(&shop, &night(1));
    let path = copy_of(&shop, "orders");
    let was = hash(&path);
    without(&path, "codes");
    record(&shop, &path, &was);
    shop.must(&["check"]);
    shop.must(&["run", "nightly", "--as-of", "2026-03-02T00:00:00Z", "--program", "one"]);
    assert_eq!(hash(&path), was, "it is made again");
    shop.must(&["check"]);
    shop.must(&["run", "nightly", "--as-of", "2026-03-02T00:00:00Z", "--program", "two"]);
    shop.must(&["check"]);
    // What nobody recorded is found as before.
    without(&path, "visitor_id");
    let done = shop.run(&["check"]);
    assert!(!done.ok && done.out.contains("but was kept with"), "{}{}", done.out, done.err);
}

/// Of another type, cut short, empty, or no Parquet at all.
#[test]
fn a_copy_that_is_damaged_is_made_again_from_its_source() {
    let shop = Shop::small();
    must(&shop, &night(1));
    let path = copy_of(&shop, "order_lines");
    let whole = fs::read(&path).expect("it can be read");
    let of_type = |column: Column| {
        let mut rows = read(&path);
        rows.with_column(column).expect("it has the column");
        rows
    };
    let numbers = of_type(Series::new("line_id".into(), [1i64, 2, 1, 1, 1]).into_column());
    let floating = of_type(read(&path).column("net_amount").expect("it is there").cast(&DataType::Float64).expect("numbers"));
    let damages: [&dyn Fn(); 5] = [
        &|| write(&path, numbers.clone()),
        &|| write(&path, floating.clone()),
        &|| fs::write(&path, &whole[..whole.len() / 2]).expect("it can be written"),
        &|| fs::write(&path, []).expect("it can be written"),
        &|| fs::write(&path, "something else").expect("it can be written"),
    ];
    for (number, damage) in damages.iter().enumerate() {
        damage();
        edit(&shop);
        assert_ne!(fs::read(&path).expect("it can be read"), whole, "damage {number}");
        let report = must(&shop, &night(2));
        assert!(report.contains("nothing to post"), "damage {number}: {report}");
        assert_eq!(fs::read(&path).expect("it can be read"), whole, "damage {number}");
        shop.must(&["check"]);
    }
}

/// Without the source there is nothing to make the copy of. Whoever reads it is told which copy lacks what, and what to do.
#[test]
fn where_the_source_is_gone_the_error_says_what_to_do() {
    let shop = Shop::small();
    must(&shop, &night(1));
    let path = copy_of(&shop, "orders");
    let first = shop.read("orders.csv");
    let was = hash(&path);
    without(&path, "codes");
    record(&shop, &path, &was);
    edit(&shop);
    fs::remove_file(shop.path("orders.csv")).expect("it was there");
    let done = shop.run(&["run", "nightly", "--as-of", "2026-03-02T00:00:00Z"]);
    assert!(!done.ok && done.err.contains("orders: there is no file"), "{}", done.err);
    let copy = path.display().to_string();
    let wanted = [
        "the kept copy of orders.csv, ",
        copy.as_str(),
        "was made by another version of purser: the column `codes` is missing",
        "fetch the facts with `purser run nightly`",
        "If orders.csv is gone or has changed since, first put the old one (its BLAKE3 hash is ",
        "back for one `purser run nightly --dry-run`",
    ];
    let replay = &["run", "nightly", "--as-of", "2026-03-03T00:00:00Z", "--dry-run", "--facts", "1"][..];
    let says = |command: &[&str], wanted: &[&str]| {
        let done = shop.run(command);
        assert!(!done.ok && wanted.iter().all(|words| done.err.contains(words)), "{command:?}: {}", done.err);
    };
    says(replay, &wanted);
    says(&["explain", "o1"], &wanted);
    // The same of a copy that is damaged, and of one that is not there.
    fs::write(&path, "something else").expect("it can be written");
    says(
        replay,
        &[
            "the kept copy of orders.csv, ",
            &copy,
            "was changed by something other than purser",
            "remove it and fetch the facts",
            "If orders.csv is gone",
        ],
    );
    fs::remove_file(&path).expect("it was there");
    says(replay, &["the kept copy of orders.csv, ", &copy, "is not there. Restore it from a backup, or fetch the facts"]);
    // The shop has other orders now: the night goes on, and only the old list cannot be read.
    shop.write("orders.csv", format!("{first}o5,2026-02-08T10:00:00Z,2026-02-08T10:00:00Z,test,USD,p4,,,,ANA\n"));
    must(&shop, &night(3));
    says(replay, &["the kept copy of orders.csv, ", "is not there"]);
    // As it was told.
    let now = shop.read("orders.csv");
    shop.write("orders.csv", first);
    shop.must(&["run", "nightly", "--as-of", "2026-03-03T00:00:00Z", "--dry-run"]);
    shop.write("orders.csv", now);
    shop.must(replay);
    shop.must(&["check"]);
}

/// Old copies may lack columns that are required since; a person is found in them and erased from them all the same.
#[test]
fn a_person_is_erased_from_copies_that_lack_a_column() {
    let shop = Shop::small();
    shop.write("creators.csv", shop.read("creators.csv").replace("ben@example.com", "ben.moss@example.com"));
    must(&shop, &night(1));
    let path = copy_of(&shop, "creators");
    let was = hash(&path);
    without(&path, "group");
    record(&shop, &path, &was);
    shop.write("creators.csv", shop.read("creators.csv").replace("Cho,", "Choe,"));
    must(&shop, &night(2));
    shop.must(&["erase", "creator", "ben", "--reason", "asked", "--by", "mia"]);
    shop.must(&["erase", "creator", "ben", "--approve", "--by", "lee"]);
    for file in files_below(&shop.path("ledger-data/facts/creators")) {
        let bytes = fs::read(&file).expect("it can be read");
        assert!(!String::from_utf8_lossy(&bytes).contains("ben.moss"), "{}", file.display());
    }
    shop.must(&["check"]);
}

/// A copy with other amounts in it.
fn inflated(path: &Path) -> DataFrame {
    let mut rows = read(path);
    let amounts = rows.column("net_amount").expect("it is there").str().expect("text").clone();
    let larger = |amount: Option<&str>| amount.map(|amount| format!("9{amount}"));
    let more: Vec<Option<String>> = amounts.iter().map(larger).collect();
    rows.with_column(Series::new("net_amount".into(), more).into_column()).expect("it has the column");
    rows
}

/// Somebody writes other amounts into a kept copy, in the same form: no night, replay or payout believes it.
#[test]
fn a_copy_that_was_rewritten_with_other_content_is_not_believed() {
    for kind in Kind::BOTH {
        let shop = Shop::small_on(kind);
        must(&shop, &night(1));
        let path = copy_of(&shop, "order_lines");
        let whole = fs::read(&path).expect("it can be read");
        write(&path, inflated(&path));
        assert!(!shop.run(&["check", "facts"]).ok);
        for command in [
            &["run", "nightly", "--as-of", "2026-03-02T00:00:00Z", "--dry-run", "--facts", "1"][..],
            &["run", "statements", "--as-of", "2026-03-02T00:00:00Z", "--by", "rosa"],
            &["run", "payout", "--as-of", "2026-03-02T00:00:00Z", "--by", "rosa"],
        ] {
            let done = shop.run(command);
            assert!(!done.ok && done.err.contains("was changed by something other than purser"), "{command:?}: {}", done.err);
        }
        edit(&shop);
        let report = must(&shop, &night(2));
        assert!(report.contains("nothing to post"), "{report}");
        assert_eq!(fs::read(&path).expect("it can be read"), whole, "it is made again from its source");
        shop.must(&["check"]);
    }
}

/// Somebody puts the copy of a source where it will be kept, before it is fetched for the first time.
#[test]
fn a_copy_that_was_there_before_its_source_was_fetched_is_not_believed() {
    for format in ["csv", "parquet"] {
        let shop = Shop::small();
        must(&shop, &night(1));
        let path = copy_of(&shop, "order_lines");
        let other = Shop::small();
        if format == "parquet" {
            for shop in [&shop, &other] {
                fs::copy(&path, shop.path("order_lines.parquet")).expect("it can be copied");
                shop.write("shop.toml", shop.read("shop.toml").replace("order_lines.csv", "order_lines.parquet"));
            }
        }
        let source = hash(&other.path(&format!("order_lines.{format}")));
        let planted = other.path("ledger-data/facts/order_lines").join(format!("{source}.parquet"));
        fs::create_dir_all(planted.parent().expect("it has a folder")).expect("it can be made");
        write(&planted, inflated(&path));
        let evil = hash(&planted);
        must(&other, &night(1));
        must(&shop, &night(1));
        assert_ne!(hash(&planted), evil, "{format}: it is written from the source");
        assert_eq!(other.must(&["export", "balances"]), shop.must(&["export", "balances"]), "{format}");
        other.must(&["check"]);
    }
}
