//! Housekeeping: what is old goes, what anything rests on stays, and the ledger does not notice.

use std::collections::BTreeSet;
use std::fs;

use crate::support::database::Kind;
use crate::support::picture::Picture;
use crate::support::{Shop, files_below};

/// When everything is old; only a dry run may look ahead.
const LATER: [&str; 4] = ["tidy", "--dry-run", "--as-of", "2099-01-01T00:00:00Z"];

/// Three nights, each with other orders, and statements of January.
fn three_nights(kind: Kind) -> Shop {
    let shop = Shop::small_on(kind);
    shop.must(&["run", "nightly", "--as-of", "2026-01-10T02:00:00Z"]);
    for (order, night) in [("o5", "2026-01-20T02:00:00Z"), ("o6", "2026-02-01T02:00:00Z")] {
        shop.add("orders.csv", &format!("{order},2026-01-09T10:00:00Z,2026-01-09T10:00:00Z,paid,USD,p5,,,,ANA\n"));
        shop.add("order_lines.csv", &format!("{order},1,A,x,1,80.00\n"));
        shop.must(&["run", "nightly", "--as-of", night]);
    }
    shop.must(&["run", "statements", "--as-of", "2026-02-01T10:00:00Z"]);
    shop.age_files();
    shop
}

fn names(shop: &Shop, folder: &str) -> BTreeSet<String> {
    let files = files_below(&shop.path("ledger-data").join(folder));
    files.iter().map(|path| path.file_name().expect("it has a name").to_string_lossy().into_owned()).collect()
}

#[test]
fn what_is_old_goes_and_the_ledger_does_not_notice() {
    for kind in Kind::BOTH {
        let shop = three_nights(kind);
        let before = Picture::of(&shop);
        let exports = shop.exports();
        let ledger = shop.database.sql("SELECT * FROM entries ORDER BY entry; SELECT * FROM transfers ORDER BY entry, position;");
        assert!(shop.must(&["tidy"]).contains("nothing is past its retention period"), "all of it is new");
        let rehearsed = shop.must(&LATER);
        Picture::of(&shop).must_be(&before, "a rehearsal removes nothing");
        assert!(rehearsed.contains("would be deleted") && rehearsed.contains("dry run"), "{rehearsed}");

        shop.keep_nothing_for_long();
        let told = shop.must(&["tidy"]);
        assert_eq!(figures(&told), figures(&rehearsed), "it does what the rehearsal said");
        for wanted in ["lists of facts 2", "fact files 4", "email texts 3", "email files 3", "run records 2"] {
            assert!(figures(&told).iter().any(|line| line.starts_with(wanted)), "{wanted} in {told}");
        }
        assert_eq!(names(&shop, "facts/orders").len(), 1);
        assert_eq!(names(&shop, "facts/creators").len(), 1, "the last night still names it");
        assert_eq!(names(&shop, "outcomes").len(), 3, "those of the last night");
        assert!(names(&shop, "outbox").iter().all(|name| !name.ends_with(".eml")));
        assert_eq!(shop.database.sql("SELECT DISTINCT state, recipient, message FROM outbox").trim(), "sent||");
        assert!(shop.must(&["statement", "ana"]).contains("Email: sent"), "that it was sent stays");

        shop.must(&["check"]);
        assert_eq!(shop.exports(), exports);
        let now = shop.database.sql("SELECT * FROM entries ORDER BY entry; SELECT * FROM transfers ORDER BY entry, position;");
        assert_eq!(now, ledger);
        assert!(shop.must(&["tidy"]).contains("nothing is past its retention period"), "a repeat finds nothing");
        let night = shop.must(&["run", "nightly", "statements", "--as-of", "2026-02-02T02:00:00Z"]);
        assert!(night.contains("nothing to post") && night.contains("no emails to send"), "{night}");
        shop.must(&["explain", "o5"]);
    }
}

/// The lines of a report, with one space between words.
fn figures(report: &str) -> Vec<String> {
    report.lines().skip(2).map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect()
}

/// The record of a run outlives its facts, and says what became of them; facts that come back are kept again.
#[test]
fn facts_that_went_are_told_of_and_may_come_back() {
    for kind in Kind::BOTH {
        let shop = Shop::small_on(kind);
        shop.write("shop.toml", shop.read("shop.toml") + "\n[retention]\nfacts = \"0d\"\nruns = \"36500d\"\n");
        let first = shop.read("orders.csv");
        shop.must(&["run", "nightly", "--as-of", "2026-01-10T02:00:00Z"]);
        shop.add("orders.csv", "o5,2026-01-09T10:00:00Z,2026-01-09T10:00:00Z,test,USD,p5,,,,ANA\n");
        // It releases what was on hold: what the last entry rests on stays.
        shop.must(&["run", "nightly", "--as-of", "2026-01-20T02:00:00Z"]);
        shop.age_files();
        shop.must(&["tidy"]);
        let replay = |run: &str| shop.run(&["run", "nightly", "--as-of", "2026-01-21T02:00:00Z", "--dry-run", "--facts", run]);
        let gone = replay("1");
        let told = "retention removed the facts of run 1 of shop on ";
        assert!(!gone.ok && gone.err.contains(told), "{}", gone.err);
        assert!(replay("99").err.contains("run 99 of shop kept no facts, or its record was removed"));
        assert!(replay("2").ok, "{}", replay("2").err);
        shop.must(&["check"]);

        shop.write("orders.csv", first);
        shop.must(&["run", "nightly", "--as-of", "2026-01-21T02:00:00Z"]);
        shop.must(&["check"]);
        assert!(replay("1").ok, "{}", replay("1").err);
    }
}

/// What was used just now is not old, whatever time is asked for: a run may be about to name it.
#[test]
fn a_file_that_was_just_used_stays() {
    // In SQLite nobody could write meanwhile.
    let shop = three_nights(Kind::Postgres);
    // Another program's fetch finds the orders of the first night again, and is stopped before it has named them.
    let kept = |name: &str| names(&shop, "facts/orders").contains(name);
    let first = shop.database.sql("SELECT body FROM manifests m JOIN runs r ON m.digest = r.manifest WHERE r.run_id = 1");
    let manifest: serde_json::Value = serde_json::from_str(&first).expect("it is JSON");
    let content = manifest["tables"]["orders"][0]["content"].as_str().expect("a hash");
    let name = format!("{content}.parquet");
    fs::copy(shop.path("shop.toml"), shop.path("other.toml")).expect("it can be copied");
    let rows: Vec<String> = shop.read("orders.csv").lines().take(5).map(|row| format!("{row}\n")).collect();
    shop.write("orders.csv", rows.concat());
    let fetch = ["--jobs", "other.toml", "run", "nightly", "--new-program", "--as-of", "2026-01-10T02:00:00Z"];
    let mut fetch = crate::support::held::Held::at(&mut command(&shop, &fetch), "hold-before", "commit the list of facts#1");
    assert!(kept(&name) && !fetch.has_ended());
    shop.keep_nothing_for_long();
    shop.must(&["tidy"]);
    assert!(kept(&name), "the fetch is about to name it");
    let done = fetch.go_on();
    assert!(done.ok, "{}", done.err);
    shop.must(&["check"]);
}

/// A command on another program of the same database.
fn command(shop: &Shop, arguments: &[&str]) -> std::process::Command {
    let mut command = crate::support::purser();
    let data = shop.path("ledger-data");
    command.current_dir(shop.folder.path()).arg("--database").arg(&shop.database.url).arg("--data").arg(data).args(arguments);
    command
}

/// Programs share kept files: one goes with the last list that names it.
#[test]
fn what_another_program_names_stays() {
    for kind in Kind::BOTH {
        let shop = Shop::small_on(kind);
        shop.keep_nothing_for_long();
        fs::copy(shop.path("shop.toml"), shop.path("other.toml")).expect("it can be copied");
        let night = |program: &str, time: &str| {
            let done = command(&shop, &["--jobs", program, "run", "nightly", "--new-program", "--as-of", time])
                .output()
                .expect("it starts");
            assert!(done.status.success());
        };
        night("shop.toml", "2026-01-10T02:00:00Z");
        night("other.toml", "2026-01-10T02:00:00Z");
        shop.add("orders.csv", "o5,2026-01-09T10:00:00Z,2026-01-09T10:00:00Z,test,USD,p5,,,,ANA\n");
        night("shop.toml", "2026-01-20T02:00:00Z");
        shop.age_files();
        let told = shop.must(&["tidy"]);
        assert!(told.contains("lists of facts") && !told.contains("fact files"), "{told}");
        assert_eq!(names(&shop, "facts/orders").len(), 2);
        shop.must(&["check"]);
        night("other.toml", "2026-01-20T02:00:00Z");
        shop.age_files();
        let done = command(&shop, &["--jobs", "other.toml", "tidy"]).output().expect("it starts");
        assert!(String::from_utf8_lossy(&done.stdout).contains("fact files"), "the other was the last to name it");
        assert_eq!(names(&shop, "facts/orders").len(), 1);
        shop.must(&["check"]);
    }
}

/// Mails that nobody has taken yet, and what a killed writer left.
#[test]
fn what_waits_stays_and_what_is_left_over_goes() {
    let shop = Shop::small();
    shop.must(&["run", "nightly", "--as-of", "2026-02-01T00:00:00Z"]);
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").expect("a port is free").local_addr().expect("it has an address");
    let mut away = shop.command(&["run", "statements", "--as-of", "2026-02-01T10:00:00Z"]);
    away.env("PURSER_SMTP_URL", format!("smtp://{nobody}")).output().expect("it starts");
    shop.write("ledger-data/facts/orders/.left.parquet.1-2-3.tmp", "half");
    shop.age_files();
    shop.write("ledger-data/facts/orders/.new.parquet.1-2-3.tmp", "half");
    shop.keep_nothing_for_long();
    let told = shop.must(&["tidy"]);
    assert!(told.contains("unfinished files") && !told.contains("mails"), "{told}");
    let left: Vec<String> = names(&shop, "facts/orders").into_iter().filter(|name| name.ends_with(".tmp")).collect();
    assert_eq!(left, [".new.parquet.1-2-3.tmp"]);
    assert!(shop.must(&["run", "statements", "--as-of", "2026-02-01T11:00:00Z"]).contains("3 emails written"));
}

/// Whoever marks what is needed as removed is found.
#[test]
fn a_list_that_is_removed_though_it_is_needed_is_found() {
    for kind in Kind::BOTH {
        let shop = Shop::small_on(kind);
        shop.must(&["run", "nightly", "--as-of", "2026-02-01T00:00:00Z"]);
        for (change, found) in [
            ("removed_at = 1", "neither kept whole nor removed whole"),
            ("removed_at = 1, body = ''", "the last reconciliation, by run 1, rests on it"),
        ] {
            shop.database.sql(&format!("UPDATE manifests SET {change}"));
            let done = shop.run(&["check", "facts"]);
            assert!(!done.ok && done.out.contains(found), "{}{}", done.out, done.err);
        }
    }
}

/// One mistyped year would remove everything.
#[test]
fn nothing_is_removed_ahead_of_time() {
    for kind in Kind::BOTH {
        let shop = three_nights(kind);
        let before = Picture::of(&shop);
        for year in ["2027", "2062", "2099", "9999"] {
            let refused = shop.run(&["tidy", "--as-of", &format!("{year}-01-01T00:00:00Z")]);
            assert!(!refused.ok && refused.err.contains("is in the future (the clock says 20"), "{}", refused.err);
            Picture::of(&shop).must_be(&before, "nothing was removed");
        }
        shop.must(&["tidy", "--as-of", "2026-02-01T00:00:00Z"]);
    }
}
