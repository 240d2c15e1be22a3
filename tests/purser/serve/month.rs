//! A month of nights in three zones, two of which put their clocks forward and one back, on two servers that share a
//! database, one of which is killed, frozen and started again, with days on which none runs.

use std::collections::BTreeMap;
use std::fs;
use std::time::{Duration, Instant};

use crate::support::Shop;
use crate::support::database::Kind;
use crate::support::mail_server::{Mail, MailServer};
use chrono::{DateTime, Datelike, NaiveDate, NaiveTime, TimeZone, Utc};
use chrono_tz::Tz;
use purser::calendar::{format_time, parse_time};

use super::{Clock, SOON, Server, until};

/// New York puts its clocks forward on 8 March 2026, London on 29 March, and Sydney its back on 5 April.
const ZONES: [(&str, &str); 3] = [("ny", "America/New_York"), ("ldn", "Europe/London"), ("syd", "Australia/Sydney")];

const SECOND: i64 = 1_000_000;
const DAY: i64 = 86_400 * SECOND;

/// The local days on which jobs are due.
const FIRST: (i32, u32, u32) = (2026, 3, 5);
const LAST: (i32, u32, u32) = (2026, 4, 6);

/// When nobody serves.
const DOWN: (&str, &str) = ("2026-03-17T00:00:00Z", "2026-03-20T12:00:00Z");

/// A slot, worked out without purser's own calendar.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Expected {
    at: i64,
    program: &'static str,
    job: &'static str,
}

fn date((year, month, day): (i32, u32, u32)) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).expect("a day")
}

/// The first instant whose local time is at least this: what a gap leaves out comes after it.
fn instant(zone: Tz, day: NaiveDate, hour: u32) -> i64 {
    let wanted = day.and_time(NaiveTime::from_hms_opt(hour, 0, 0).expect("an hour"));
    let midday_before = zone.from_local_datetime(&(day.pred_opt().expect("a day").and_hms_opt(12, 0, 0).expect("noon"))).single();
    let mut at = midday_before.expect("noon is clear").timestamp();
    while DateTime::<Utc>::from_timestamp(at, 0).expect("a time").with_timezone(&zone).naive_local() < wanted {
        at += 60;
    }
    at * SECOND
}

fn expected() -> Vec<Expected> {
    let mut all = Vec::new();
    for (program, zone) in ZONES {
        let zone: Tz = zone.parse().expect("a zone");
        let days = date(FIRST).iter_days().take_while(|day| *day <= date(LAST));
        for day in days {
            all.push(Expected { at: instant(zone, day, 2), program, job: "nightly" });
            if day.day() == 1 {
                all.push(Expected { at: instant(zone, day, 9), program, job: "payout" });
                all.push(Expected { at: instant(zone, day, 10), program, job: "statements" });
            }
        }
    }
    all.sort();
    all
}

/// The small shop three times, with an order each day.
fn shop() -> Shop {
    let shop = Shop::small_on(Kind::Postgres);
    let (mut orders, mut lines) = (String::new(), String::new());
    for (place, day) in date(FIRST).iter_days().take(32).enumerate() {
        let code = if place % 2 == 0 { "ANA" } else { "BEN" };
        orders += &format!("m{place},{day}T12:00:00Z,{day}T12:00:00Z,paid,USD,q{place},,,,{code}\n");
        lines += &format!("m{place},1,A,x,1,{}.00\n", 100 + place);
    }
    shop.add("orders.csv", &orders);
    shop.add("order_lines.csv", &lines);
    fs::create_dir(shop.path("jobs")).expect("the test can make folders");
    let text = shop.read("shop.toml");
    for (program, zone) in ZONES {
        let own = text.replace("\"UTC\"", &format!("\"{zone}\""));
        let own: String = own
            .lines()
            .map(|line| match line.split_once(" = \"") {
                Some((table, file)) if file.ends_with(".csv\"") => format!("{table} = \"../{file}\n"),
                _ => format!("{line}\n"),
            })
            .collect();
        shop.write(&format!("jobs/{program}.toml"), own);
    }
    shop.at("jobs")
}

struct Fleet<'a> {
    shop: &'a Shop,
    clock: &'a Clock,
    mails: &'a MailServer,
    servers: BTreeMap<&'static str, Server>,
}

impl Fleet<'_> {
    fn start(&mut self, name: &'static str, trial: Option<&str>) {
        let server = Server::start(self.shop, name, |command| {
            self.clock.under(command);
            command.env("PURSER_LEASE", "2").env("PURSER_SMTP_URL", self.mails.url());
            command.env("PURSER_OPERATOR_MAIL", "ops@shop.example");
            if let Some(trial) = trial {
                command.env("PURSER_TRIAL", trial);
            }
        });
        self.servers.insert(name, server.ready());
    }

    fn is_done(&self, slot: &Expected) -> bool {
        let sql = format!(
            "SELECT COUNT(*) FROM slots WHERE program = '{}' AND job = '{}' AND slot = {} AND state = 'done'",
            slot.program, slot.job, slot.at
        );
        self.shop.database.sql(&sql).trim() == "1"
    }

    /// Lets the time of a slot come, and waits until it is done. A run that is held, another one takes over.
    fn live_through(&mut self, slot: &Expected, held: &std::path::Path) {
        let mut now = slot.at + 7 * SECOND;
        self.clock.set(now);
        let start = Instant::now();
        let mut looks = 0;
        while !self.is_done(slot) {
            assert!(start.elapsed() < SOON, "{slot:?} ({}) is not done: {}", format_time(slot.at), self.logs());
            if held.exists() {
                self.freeze_over(slot, held, &mut now);
            }
            std::thread::sleep(Duration::from_millis(100));
            looks += 1;
            if looks % 20 == 0 {
                now += 60 * SECOND;
                self.clock.set(now);
            }
        }
    }

    /// The one that is in the middle of a step freezes, until another one has done its work.
    fn freeze_over(&mut self, slot: &Expected, held: &std::path::Path, now: &mut i64) {
        self.servers["a"].signal("-STOP");
        until("another server takes over", || {
            *now += 60 * SECOND;
            self.clock.set(*now);
            std::thread::sleep(Duration::from_secs(1));
            self.is_done(slot)
        });
        fs::remove_file(held).expect("it was held");
        self.servers["a"].signal("-CONT");
        until("the frozen one notices", || self.servers["a"].log().contains("another run took over"));
    }

    fn logs(&self) -> String {
        self.servers.iter().map(|(name, server)| format!("{name}:\n{}\n", server.log())).collect()
    }
}

#[test]
fn each_slot_of_a_month_is_done_once_whatever_happens_to_the_servers() {
    let shop = shop();
    let mails = MailServer::refusing("");
    let all = expected();
    let at = |text: &str| parse_time(text).expect("a time");
    let (down, up) = (at(DOWN.0), at(DOWN.1));
    let clock = Clock::at(shop.folder.path(), all[0].at - DAY / 4);
    let held = shop.path("held");
    let mut fleet = Fleet { shop: &shop, clock: &clock, mails: &mails, servers: BTreeMap::new() };
    let trial = format!("hold-before|commit the reconciliation#4|{}", held.display());
    fleet.start("a", Some(&trial));
    fleet.start("b", None);
    let (mut frozen, mut killed, mut skipped) = (0, 0, Vec::new());
    for (place, slot) in all.iter().enumerate() {
        if slot.at > down && slot.at < up {
            fleet.servers.clear();
            skipped.push(slot.clone());
            continue;
        }
        if fleet.servers.is_empty() {
            // The latest of each job is done when somebody serves again.
            clock.set(up);
            fleet.start("a", None);
            fleet.start("b", None);
            for (program, _) in ZONES {
                let latest = skipped.iter().rposition(|slot| slot.program == program).expect("some were left out");
                let latest = skipped.remove(latest);
                until("the latest slot is done", || fleet.is_done(&latest));
            }
        }
        let was_held = fleet.servers.get("a").is_some_and(|server| server.log().contains("another run took over"));
        fleet.live_through(slot, &held);
        let is_held = fleet.servers.get("a").is_some_and(|server| server.log().contains("another run took over"));
        frozen += usize::from(is_held && !was_held);
        if place % 17 == 16 {
            // In the middle of what comes next, or of nothing: both have to do.
            let name = if place % 2 == 0 { "b" } else { "a" };
            fleet.servers.remove(name).expect("it serves").signal("-KILL");
            fleet.start(name, None);
            killed += 1;
        }
    }
    assert!(frozen == 1 && killed >= 4, "{frozen} frozen, {killed} killed");
    let slots = shop
        .database
        .sql("SELECT program || ' ' || job || ' ' || slot FROM slots WHERE state = 'done' ORDER BY slot, program, job");
    let mut wanted: Vec<&Expected> = all.iter().filter(|slot| !skipped.contains(slot)).collect();
    wanted.sort();
    let wanted: String = wanted.iter().map(|slot| format!("{} {} {}\n", slot.program, slot.job, slot.at)).collect();
    assert_eq!(slots, wanted, "each slot, and no other");
    let twice =
        "SELECT program, job, slot, COUNT(*) FROM runs WHERE state = 'done' GROUP BY program, job, slot HAVING COUNT(*) > 1";
    assert_eq!(shop.database.sql(twice), "", "each slot was done by one run");
    // Statements of March, once each; earlier months are closed with it.
    let months = shop
        .database
        .sql("SELECT program, COUNT(*), COUNT(DISTINCT month) FROM statement_months GROUP BY program ORDER BY program");
    let months: Vec<&str> = months.lines().collect();
    assert!(months.len() == 3 && months.iter().all(|line| line.split('|').nth(1) == line.split('|').nth(2)), "{months:?}");
    let taken = mails.taken();
    let mut came: BTreeMap<&str, Vec<&Mail>> = BTreeMap::new();
    for mail in &taken {
        came.entry(mail.id()).or_default().push(mail);
    }
    let twice: Vec<_> = came.iter().filter(|(_, copies)| copies.len() > 1).collect();
    // Those who were ended when nobody serves were killed, too.
    assert!(twice.len() <= killed + 2, "more mails came twice than servers were killed: {:?}", twice);
    for (id, copies) in twice {
        // Nobody could know whether it had come; the attempt that was killed is on record.
        let attempts = shop.database.sql(&format!("SELECT attempts FROM outbox WHERE message LIKE '%{id}%'"));
        assert_eq!(copies.len().to_string(), attempts.trim(), "{id} came as often as it was tried");
        assert!(copies.iter().all(|copy| *copy == copies[0]), "{id} came in other words");
    }
    let statements = shop.database.sql("SELECT COUNT(*) FROM outbox WHERE channel = 'statement'");
    let statement_mails = came.keys().filter(|id| id.contains("statement.")).count();
    // One whose sender was killed is unknown, and a person says whether it goes out again.
    let unknown =
        shop.database.sql("SELECT COUNT(*) FROM outbox WHERE channel = 'statement' AND state IN ('unknown', 'sending')");
    let [statements, unknown] = [statements, unknown].map(|count| count.trim().parse::<usize>().expect("a number"));
    let is_accounted_for = statement_mails <= statements && statement_mails + unknown >= statements;
    assert!(is_accounted_for, "of {statements} statements {statement_mails} came, and {unknown} are unknown");
    // The days without a server are told of, once for each program.
    let missed = came
        .values()
        .filter(|copies| copies[0].text.lines().any(|line| line.starts_with("Subject:") && line.contains("missed")))
        .count();
    assert_eq!(missed, 3, "the operator knows of the days without a server");
    drop(fleet);
    let balances = |program: &str| shop.must(&["export", "balances", "--program", program]);
    for (program, _) in ZONES {
        shop.must(&["check", "--program", program]);
        let served = balances(program);
        let last = all.iter().rev().find(|slot| slot.program == program).expect("one");
        shop.must(&["run", "nightly", "--program", program, "--as-of", &format_time(last.at)]);
        assert_eq!(served, balances(program), "nothing is left to post for {program}");
    }
    println!("{} slots, {} left out while nobody served, {killed} kills, {frozen} frozen", all.len(), skipped.len());
}
