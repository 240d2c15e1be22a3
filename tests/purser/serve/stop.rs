//! A server that is asked to stop in the middle of anything: it ends soon, with nothing half done, and the next one does
//! the rest.

use std::fs;
use std::process::Command;
use std::time::Duration;

use crate::support::Shop;
use purser::calendar::parse_time;

use super::{Clock, Server, until};

/// How long an operator waits.
const PATIENCE: Duration = Duration::from_secs(10);

/// All three jobs were due within the hour before.
const NOW: &str = "2026-02-01T02:30:00Z";

fn shop() -> Shop {
    let shop = Shop::small();
    let jobs = [
        ("nightly", "0 2 * * *", "\"fetch\", \"reconcile\""),
        ("payout", "10 2 1 * *", "\"payout\""),
        ("statements", "20 2 1 * *", "\"statements\""),
    ];
    let jobs = jobs.map(|(name, line, steps)| format!("[jobs.{name}]\nschedule = \"{line}\"\nsteps = [{steps}]\n"));
    shop.write("shop.toml", shop.read("shop.toml") + &jobs.concat());
    shop
}

fn start(shop: &Shop, clock: &Clock, trial: Option<String>) -> Server {
    Server::start(shop, "server", |command: &mut Command| {
        clock.under(command);
        if let Some(trial) = trial {
            command.env("PURSER_TRIAL", trial);
        }
    })
}

fn all_is_done(shop: &Shop) -> bool {
    let done = shop.database.try_sql("SELECT COUNT(*) FROM slots WHERE state = 'done'");
    let sent = shop.database.try_sql("SELECT COUNT(*) FROM outbox WHERE state <> 'sent'");
    done.is_ok_and(|done| done.trim() == "3") && sent.is_ok_and(|waiting| waiting.trim() == "0")
}

fn outcome(shop: &Shop) -> String {
    let entries = shop.database.sql("SELECT entry, kind, hash FROM entries ORDER BY entry");
    let mut mails: Vec<String> = fs::read_dir(shop.path("ledger-data/outbox"))
        .expect("mails were written")
        .flatten()
        .map(|mail| mail.file_name().to_string_lossy().into_owned())
        .filter(|name| name.ends_with(".eml"))
        .collect();
    mails.sort();
    format!("{entries}{}{}", mails.join("\n"), shop.exports())
}

#[test]
fn it_ends_soon_and_the_next_one_does_the_rest() {
    let now = parse_time(NOW).expect("a time");
    let undisturbed = shop();
    let clock = Clock::at(undisturbed.folder.path(), now);
    let list = undisturbed.path("effects");
    let server = start(&undisturbed, &clock, Some(format!("list|{}", list.display())));
    until("all is done", || all_is_done(&undisturbed));
    server.signal("-TERM");
    assert!(server.ended(PATIENCE).success());
    let wanted = outcome(&undisturbed);
    let text = fs::read_to_string(&list).expect("effects were listed");
    let mut effects: Vec<&str> = text.lines().collect();
    effects.sort_unstable();
    effects.dedup();
    assert!(effects.len() > 20, "{effects:?}");
    for effect in &effects {
        // A step ends once it is asked to; the first of each kind hangs, too, for as long as nobody ends it.
        let kind = effect.split(' ').next();
        let is_first = effects.iter().find(|other| other.split(' ').next() == kind) == Some(effect);
        for hangs in [false, true].into_iter().filter(|hangs| is_first || !hangs) {
            let shop = shop();
            let clock = Clock::at(shop.folder.path(), now);
            let held = shop.path("held");
            let server = start(&shop, &clock, Some(format!("hold-before|{effect}|{}", held.display())));
            until(effect, || held.exists());
            server.signal("-TERM");
            if !hangs {
                std::thread::sleep(Duration::from_millis(100));
                fs::remove_file(&held).expect("it is held");
            }
            let status = server.ended(PATIENCE);
            assert!(status.success(), "{effect}, hangs: {hangs}: {status}");
            // What was cut short is tried again a minute later.
            clock.set(now + 90_000_000);
            // It may find all done; it is not asked to stop before it can hear that.
            let server = start(&shop, &clock, None).ready();
            until(effect, || all_is_done(&shop));
            server.signal("-TERM");
            let log = server.log();
            let status = server.ended(PATIENCE);
            assert!(status.success(), "{effect}, hangs: {hangs}: {status}\n{log}");
            assert_eq!(outcome(&shop), wanted, "{effect}, hangs: {hangs}");
            shop.must(&["check"]);
        }
    }
    println!("stopped at {} effects", effects.len());
}
