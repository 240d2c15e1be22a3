//! A payout that waits for a good night while purser serves.

use serde_json::Value;

use crate::support::Shop;
use purser::calendar::parse_time;

use super::{Clock, Server, until};

const MINUTE: i64 = 60_000_000;

fn at(text: &str) -> i64 {
    parse_time(text).expect("a time")
}

/// Lets a minute pass after the other until something holds.
fn pass(clock: &Clock, now: &mut i64, what: &str, holds: impl Fn() -> bool) {
    until(what, || {
        let held = holds();
        if !held {
            *now += MINUTE;
            clock.set(*now);
            std::thread::sleep(std::time::Duration::from_millis(300));
        }
        held
    });
}

/// What a log says of waits, at warning.
fn waits(log: &str) -> Vec<String> {
    let lines = log.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let told = lines.filter(|line| line["level"] == "WARN");
    told.filter_map(|line| line["message"].as_str().map(str::to_owned)).filter(|text| text.contains("is awaiting")).collect()
}

fn start(shop: &Shop, clock: &Clock, name: &str) -> Server {
    Server::start(shop, name, |command| {
        clock.under(command);
        command.env("PURSER_OPERATOR_MAIL", "ops@shop.example");
    })
    .ready()
}

#[test]
fn a_payout_waits_for_a_good_night_and_says_so_also_after_a_restart() {
    let shop = Shop::small();
    let good = shop.read("refunds.csv");
    let mut now = at("2026-02-28T02:00:20Z");
    let clock = Clock::at(shop.folder.path(), now);
    let sql = |query: &str| shop.database.sql(query).trim().to_owned();
    let done = |job: &str| sql(&format!("SELECT COUNT(*) FROM slots WHERE job = '{job}' AND state = 'done'"));
    let server = start(&shop, &clock, "first");
    until("the first night is done", || done("nightly") == "1");
    shop.add("refunds.csv", "r9,o1,1,yesterday,1.00\n");
    now = at("2026-03-01T02:00:20Z");
    pass(&clock, &mut now, "the night fails", || sql("SELECT state FROM slots ORDER BY slot DESC LIMIT 1") == "failed");
    now = at("2026-03-01T09:00:20Z");
    pass(&clock, &mut now, "the log says that the payout waits", || !waits(&server.log()).is_empty());
    now = at("2026-03-01T10:01:20Z");
    let late = "SELECT COUNT(*) FROM alerts WHERE kind = 'late' AND cleared_at IS NULL";
    pass(&clock, &mut now, "statements wait as well", || waits(&server.log()).len() == 2 && sql(late) == "1");
    for _ in 0..4 {
        now += MINUTE;
        clock.set(now);
        std::thread::sleep(std::time::Duration::from_millis(700));
    }
    let said = waits(&server.log());
    assert!(
        said.len() == 2 && said[0].starts_with("payout of 2026-03-01 09:00 UTC is awaiting a successful nightly"),
        "{said:#?}"
    );
    assert!(said[1].starts_with("statements of 2026-03-01 10:00 UTC is awaiting a successful nightly"), "{said:#?}");
    let body = sql("SELECT body FROM alerts WHERE kind = 'late'").split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(body.contains("is awaiting a successful nightly"), "{body}");
    // A server that is started again knows the same, and says it.
    server.signal("-TERM");
    assert!(server.ended(std::time::Duration::from_secs(10)).success());
    let server = start(&shop, &clock, "second");
    pass(&clock, &mut now, "it says so", || waits(&server.log()).len() == 2);
    for _ in 0..4 {
        now += MINUTE;
        clock.set(now);
        std::thread::sleep(std::time::Duration::from_millis(700));
    }
    assert_eq!((done("payout").as_str(), done("statements").as_str()), ("0", "0"));
    assert_eq!(waits(&server.log()).len(), 2, "once for each");
    // The next night is good, and then the rest follows.
    shop.write("refunds.csv", good);
    now = at("2026-03-02T02:00:20Z");
    pass(&clock, &mut now, "all is done", || done("statements") == "1");
    let order = sql("SELECT job FROM runs WHERE state = 'done' AND run_id > 1 ORDER BY run_id");
    assert_eq!(order.split_whitespace().collect::<Vec<_>>(), ["nightly", "payout", "statements"]);
    assert_eq!(sql("SELECT as_of FROM runs WHERE job = 'payout'"), at("2026-03-02T02:00:00Z").to_string());
    let open = || sql("SELECT COUNT(*) FROM alerts WHERE cleared_at IS NULL");
    pass(&clock, &mut now, "nothing is wrong any more", || open() == "0");
}

/// Nobody served over the night and the payout: what makes up for the night comes first.
#[test]
fn after_downtime_the_night_comes_first() {
    let shop = Shop::small();
    let clock = Clock::at(shop.folder.path(), at("2026-02-27T02:00:20Z"));
    let done = || shop.database.sql("SELECT job FROM runs WHERE state = 'done' ORDER BY run_id");
    let server = start(&shop, &clock, "first");
    until("a night is done", || done().trim() == "nightly");
    server.signal("-TERM");
    assert!(server.ended(std::time::Duration::from_secs(10)).success());
    clock.set(at("2026-03-02T12:00:20Z"));
    let _server = start(&shop, &clock, "second");
    until("all is done", || done().split_whitespace().count() == 4);
    assert_eq!(done().split_whitespace().collect::<Vec<_>>(), ["nightly", "nightly", "payout", "statements"]);
}
