//! Many programs in one server.

use std::fs;

use crate::support::Shop;
use crate::support::database::Kind;
use crate::support::held::Held;
use purser::calendar::parse_time;

use super::{Clock, Server, until};

const PROGRAMS: usize = 40;

/// The small shop with its program file in a folder, under several names.
fn shop(kind: Kind, names: impl Iterator<Item = String>) -> Shop {
    let shop = Shop::small_on(kind);
    fs::create_dir(shop.path("jobs")).expect("the test can make folders");
    let inward = |line: &str| if line.ends_with(".csv\"") { line.replace("= \"", "= \"../") } else { line.to_owned() };
    let text = shop.read("shop.toml").lines().map(inward).collect::<Vec<_>>().join("\n");
    names.for_each(|name| shop.write(&format!("jobs/{name}.toml"), &text));
    shop.at("jobs")
}

/// One of them is broken, and none of the others minds.
#[test]
fn many_programs_that_are_due_at_once_are_all_done_a_few_at_a_time() {
    for (kind, at_once) in [(Kind::Sqlite, 3), (Kind::Postgres, 12)] {
        let shop = shop(kind, (0..PROGRAMS).map(|place| format!("p{place:03}")));
        shop.write("jobs/broken.toml", "[program]\nname = 3\n");
        let clock = Clock::at(shop.folder.path(), parse_time("2026-02-10T02:00:30Z").expect("a time"));
        let server = Server::start(&shop, "server", |command| {
            clock.under(command);
            command.args(["--at-once", &at_once.to_string()]);
        })
        .ready();
        let mut most = 0;
        until("all are done", || {
            let running = shop.database.sql("SELECT COUNT(*) FROM runs WHERE state = 'running'");
            most = most.max(running.trim().parse::<usize>().expect("a count"));
            shop.database.sql("SELECT COUNT(*) FROM slots WHERE state = 'done'").trim() == PROGRAMS.to_string()
        });
        assert!((1..=at_once).contains(&most), "{most} at once");
        assert_eq!(shop.database.sql("SELECT COUNT(*) FROM runs WHERE state = 'failed'").trim(), "0", "{}", server.log());
        let (code, figures) = server.get("/metrics").expect("it answers");
        assert_eq!(code, 200);
        assert!(figures.contains("purser_program_broken{program=\"broken\"} 1"), "{figures}");
        assert!(figures.contains(&format!("purser_programs{{}} {}\n", PROGRAMS + 1)), "{figures}");
        assert_eq!(figures.matches("state=\"done\"} 1\n").count(), PROGRAMS, "{figures}");
        let status = shop.run(&["status", "--program", "broken"]);
        assert!(!status.ok && status.err.contains("needs `currency`"), "{}{}", status.out, status.err);
        println!("{kind:?}: {PROGRAMS} programs, at most {most} at once");
    }
}

/// Somebody froze in the middle of writing what belongs to one program.
#[test]
fn a_writer_that_froze_keeps_no_other_program_from_running() {
    let shop = shop(Kind::Postgres, ["first", "second"].map(str::to_owned).into_iter());
    // Each has a text of its own: who writes the same text waits for the other.
    shop.write("jobs/second.toml", shop.read("jobs/second.toml").replace("Small", "Second"));
    let mut other = shop.command(&["run", "nightly", "--program", "first", "--as-of", "2026-02-09T02:00:00Z"]);
    let held = Held::at(&mut other, "hold-before", "commit the reconciliation#1");
    let clock = Clock::at(shop.folder.path(), parse_time("2026-02-10T02:00:30Z").expect("a time"));
    let _server = Server::start(&shop, "server", |command| clock.under(command)).ready();
    let done = || shop.database.sql("SELECT program FROM slots WHERE state = 'done' ORDER BY program");
    until("the other one is done", || done().trim() == "second");
    assert!(held.go_on().ok);
    clock.set(parse_time("2026-02-10T02:01:30Z").expect("a time"));
    until("so is the first, after it", || done().trim() == "first\nsecond");
}
