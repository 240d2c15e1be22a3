//! Many programs in one server.

use std::fs;

use purser::facts::parse_time;

use super::{Clock, Server, until};
use crate::support::Shop;

const PROGRAMS: usize = 40;

/// One of them is broken, and none of the others minds.
#[test]
fn many_programs_that_are_due_at_once_are_all_done_a_few_at_a_time() {
    let shop = Shop::small();
    fs::create_dir(shop.path("jobs")).expect("the test can make folders");
    let inward = |line: &str| if line.ends_with(".csv\"") { line.replace("= \"", "= \"../") } else { line.to_owned() };
    let text = shop.read("shop.toml").lines().map(inward).collect::<Vec<_>>().join("\n");
    for place in 0..PROGRAMS {
        shop.write(&format!("jobs/p{place:03}.toml"), &text);
    }
    shop.write("jobs/broken.toml", "[program]\nname = 3\n");
    let shop = shop.at("jobs");
    let clock = Clock::at(shop.folder.path(), parse_time("2026-02-10T02:00:30Z").expect("a time"));
    let server = Server::start(&shop, "server", |command| {
        clock.under(command);
        command.args(["--at-once", "3"]);
    })
    .ready();
    let mut most = 0;
    until("all are done", || {
        let running = shop.database.sql("SELECT COUNT(*) FROM runs WHERE state = 'running'");
        most = most.max(running.trim().parse::<usize>().expect("a count"));
        shop.database.sql("SELECT COUNT(*) FROM slots WHERE state = 'done'").trim() == PROGRAMS.to_string()
    });
    assert!((1..=3).contains(&most), "{most} at once");
    let (code, figures) = server.get("/metrics").expect("it answers");
    assert_eq!(code, 200);
    assert!(figures.contains("purser_program_broken{program=\"broken\"} 1"), "{figures}");
    assert_eq!(figures.matches("state=\"done\"} 1\n").count(), PROGRAMS, "{figures}");
    let status = shop.run(&["status", "--program", "broken"]);
    assert!(!status.ok && status.err.contains("needs `currency`"), "{}{}", status.out, status.err);
    println!("{PROGRAMS} programs, at most {most} at once");
}
