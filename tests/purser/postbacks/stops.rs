//! Killed in the middle of keeping a report, the server has confirmed nothing; once it has confirmed it, the report is there.

use std::process::Stdio;

use super::{Desk, send};
use crate::serve::until;
use crate::support::held::Held;

const APPEND: &str = "append inbox/partner.jsonl#1";

fn request(path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nhost: test\r\nconnection: close\r\n\r\n")
}

/// A server that is stopped at the first report it keeps, and what the partner was told.
fn stopped(desk: &Desk, how: &str) -> Option<u16> {
    let address = format!("127.0.0.1:{}", desk.port);
    let report = request(&desk.signed(&["T1", "--link", "lana", "--amount", "5.00"]));
    let port = desk.port;
    let partner = std::thread::spawn(move || {
        until("somebody takes reports", || std::net::TcpStream::connect(("127.0.0.1", port)).is_ok());
        send(port, &report)
    });
    let mut command = desk.shop.command(&["serve", "--listen", "127.0.0.1:0", "--postbacks", &address]);
    desk.prepare(&mut command);
    command.stdout(Stdio::null());
    Held::at(&mut command, how, APPEND).kill();
    partner.join().expect("it was told something, or nothing")
}

#[test]
fn a_report_that_was_not_answered_is_taken_once_when_it_comes_again() {
    for (how, kept) in [("hold-before", 0), ("hold-after", 1)] {
        let desk = Desk::closed();
        assert_eq!(stopped(&desk, how), None, "{how}: nobody was told");
        assert_eq!(desk.kept().len(), kept, "{how}");
        let desk = desk.open();
        let again = desk.signed(&["T1", "--link", "lana", "--amount", "5.00"]);
        assert_eq!((desk.get(&again), desk.get(&again)), (Some(200), Some(200)), "{how}");
        assert_eq!(desk.transactions(), ["T1"], "{how}");
    }
}

/// What a crash left of a line is no line: the next one takes its place, and readers see whole lines alone.
#[test]
fn half_a_line_is_overwritten() {
    let desk = Desk::new();
    assert_eq!(desk.get(&desk.signed(&["T1", "--link", "lana", "--amount", "5.00"])), Some(200));
    let desk = desk.close();
    let path = desk.shop.path("inbox/partner.jsonl");
    let whole = std::fs::read_to_string(&path).expect("it is there");
    std::fs::write(&path, format!("{whole}{}", &whole[..whole.len() / 2])).expect("the test can write");
    desk.must(&["run", "nightly", "--as-of", "2026-03-01T12:00:00Z"]);
    let desk = desk.open();
    assert_eq!(desk.get(&desk.signed(&["T2", "--link", "lana", "--amount", "7.00"])), Some(200), "{}", desk.log());
    assert_eq!(desk.transactions(), ["T1", "T2"]);
    // A line that purser did not write stops the night, and names itself.
    let desk = desk.close();
    std::fs::write(&path, format!("{whole}{{\"transaction\":\"T9\"}}\n")).expect("the test can write");
    let done = desk.run(&["run", "nightly", "--as-of", "2026-03-01T12:00:00Z"]);
    assert!(!done.ok && done.err.contains("inbox/partner.jsonl row 2"), "{}", done.err);
}

/// The disk refuses: nobody is told that it was kept, and nothing of it is there.
#[test]
fn a_disk_that_refuses_is_told_to_come_again() {
    for how in ["fail-before", "fail-after"] {
        let desk = Desk::closed();
        let address = format!("127.0.0.1:{}", desk.port);
        let mark = desk.shop.path("mark");
        let server = crate::serve::Server::start(&desk.shop, "serve", |command| {
            desk.prepare(command);
            command.env("PURSER_TRIAL", format!("{how}|{APPEND}|{}", mark.display()));
            command.args(["--postbacks", &address]);
        });
        until("somebody takes reports", || std::net::TcpStream::connect(&address).is_ok());
        let report = desk.signed(&["T1", "--link", "lana", "--amount", "5.00"]);
        assert_eq!(desk.get(&report), Some(503), "{how}");
        assert_eq!(desk.kept().len(), 0, "{how}");
        assert_eq!(desk.get(&report), Some(200), "{how}");
        assert_eq!(desk.transactions(), ["T1"], "{how}");
        drop(server);
    }
}
