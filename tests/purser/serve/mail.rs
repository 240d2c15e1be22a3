//! A mail server that goes away while purser serves.

use std::net::TcpListener;
use std::time::Duration;

use crate::support::Shop;
use crate::support::mail_server::MailServer;
use purser::calendar::parse_time;
use serde_json::Value;

use super::{Clock, Server, until};

const MINUTE: i64 = 60_000_000;

/// The lines of a server's log of a level that hold a text.
fn lines(server: &Server, level: &str, text: &str) -> Vec<String> {
    let log = server.log();
    let lines = log.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let of_level = lines.filter(|line| line["level"] == level);
    of_level.filter_map(|line| line["message"].as_str().map(str::to_owned)).filter(|line| line.contains(text)).collect()
}

/// Lets time pass until something holds.
fn pass(clock: &Clock, now: &mut i64, what: &str, holds: impl Fn() -> bool) {
    until(what, || {
        if holds() {
            return true;
        }
        *now += 35 * MINUTE;
        clock.set(*now);
        std::thread::sleep(Duration::from_millis(700));
        false
    });
}

#[test]
fn an_outage_of_the_mail_server_is_said_once_and_so_is_its_end() {
    let shop = Shop::small();
    let jobs = "[jobs.nightly]\nschedule = \"0 2 * * *\"\nsteps = [\"fetch\", \"reconcile\"]\n\
                [jobs.statements]\nschedule = \"20 2 1 * *\"\nsteps = [\"statements\"]\n";
    shop.write("shop.toml", shop.read("shop.toml") + jobs);
    let address = TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).expect("a port is free").to_string();
    let mut now = parse_time("2026-02-01T02:30:20Z").expect("a time");
    let clock = Clock::at(shop.folder.path(), now);
    let server = Server::start(&shop, "server", |command| {
        clock.under(command);
        command.env("PURSER_SMTP_URL", format!("smtp://{address}")).env("PURSER_LOG", "purser=debug");
        command.env("PURSER_OPERATOR_MAIL", "ops@shop.example");
    });
    let server = server.ready();
    let began = || lines(&server, "WARN", "does not accept letters");
    let ended = || lines(&server, "INFO", "accepts letters again").len();
    until("statements wait", || !began().is_empty());
    let tries = || lines(&server, "DEBUG", "still does not accept letters").len();
    pass(&clock, &mut now, "it is tried again and again", || tries() >= 3);
    let said = began();
    assert!(said.len() == 1 && said[0].contains("3 statements") && said[0].contains("Connection refused"), "{said:#?}");
    assert_eq!(ended(), 0);
    // It is back.
    let mails = MailServer::at(&address, "");
    pass(&clock, &mut now, "what waited is sent", || mails.taken().len() == 3 && ended() == 1);
    assert_eq!(began().len(), 1);
    // It goes away again, and what waits now is an alert.
    drop(mails);
    shop.add("refunds.csv", "r9,o1,1,yesterday,1.00\n");
    pass(&clock, &mut now, "an alert waits", || began().len() == 2);
    let tried = tries();
    pass(&clock, &mut now, "it is tried again and again", || tries() >= tried + 3);
    let said = began();
    assert!(said.len() == 2 && said[1].contains("1 alert"), "{said:#?}");
    let mails = MailServer::at(&address, "");
    pass(&clock, &mut now, "the alert is sent", || !mails.taken().is_empty() && ended() == 2);
    assert_eq!(began().len(), 2);
}
