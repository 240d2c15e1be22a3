//! What the operator is told: each way in which things go wrong is provoked, and what is said about it is read.

use std::fs;
use std::time::{Duration, Instant};

use crate::support::Shop;
use crate::support::database::{PostgresServer, try_psql};
use crate::support::held::Held;
use crate::support::http_server::HttpServer;
use purser::calendar::parse_time;
use serde_json::Value;

use super::{Clock, SOON, Server, until};

const MINUTE: i64 = 60_000_000;

/// A server under a clock, with somebody to tell.
struct Watched {
    shop: Shop,
    clock: Clock,
    webhook: HttpServer,
    server: Server,
    now: i64,
}

impl Watched {
    fn start(shop: Shop, now: &str) -> Self {
        let now = parse_time(now).expect("a time");
        let (clock, webhook) = (Clock::at(shop.folder.path(), now), HttpServer::new());
        let server = Server::start(&shop, "server", |command| {
            clock.under(command);
            command
                .env("PURSER_OPERATOR_MAIL", "ops@shop.example")
                .env("PURSER_WEBHOOK_URL", format!("{}/secret-token", webhook.url));
        });
        Self { server: server.ready(), shop, clock, webhook, now }
    }

    fn pass(&mut self, minutes: i64) {
        self.now += minutes * MINUTE;
        self.clock.set(self.now);
    }

    /// Waits for word of a kind, a minute at a time, and reads it: on the webhook, in a mail, and in `status`.
    fn told(&mut self, kind: &str, minutes: i64, words: &[&str]) -> Value {
        let mut found = None;
        until(kind, || {
            found = self
                .told_so_far()
                .into_iter()
                .rfind(|alert| alert["kind"] == kind && words.iter().all(|word| plain(alert).contains(word)));
            if found.is_none() {
                self.pass(minutes);
                std::thread::sleep(Duration::from_millis(700));
            }
            found.is_some()
        });
        let alert = found.expect("it was found");
        let text = alert["text"].as_str().expect("it has a text");
        println!("{text}");
        for word in ["What happened", "Since", "Effect on balances", "What to do"] {
            assert!(text.contains(&format!("\n{word}\n  ")), "{word}: {text}");
        }
        assert!(text.lines().all(|line| line.chars().count() <= 80 || !line.contains("  ")), "{text}");
        let headline = alert["headline"].as_str().expect("it has a headline");
        until("the mail is written", || self.mails().iter().any(|mail| mail.contains(&format!("Subject: [purser] {headline}"))));
        alert
    }

    /// What the webhook was sent.
    fn told_so_far(&self) -> Vec<Value> {
        self.webhook.taken().iter().map(|request| serde_json::from_slice(&request.body).expect("JSON")).collect()
    }

    /// Lets time pass, some minutes at once, until something holds.
    fn until(&mut self, what: &str, minutes: i64, mut holds: impl FnMut(&Self) -> bool) {
        let start = Instant::now();
        while !holds(self) {
            assert!(start.elapsed() < SOON, "{what}: not after {SOON:?}:\n{}", self.server.log());
            self.pass(minutes);
            std::thread::sleep(Duration::from_millis(700));
        }
    }

    fn sql(&self, query: &str) -> String {
        self.shop.database.sql(query).trim().to_owned()
    }

    fn mails(&self) -> Vec<String> {
        let Ok(folder) = fs::read_dir(self.shop.path("ledger-data/outbox")) else { return Vec::new() };
        let mails = folder.flatten().filter(|file| file.path().extension().is_some_and(|e| e == "eml"));
        mails.map(|mail| fs::read_to_string(mail.path()).expect("a mail can be read").replace("\r\n ", " ")).collect()
    }

    fn count(&self, kind: &str) -> usize {
        self.told_so_far().iter().filter(|alert| alert["kind"] == kind).count()
    }
}

/// All that an alert says, on one line.
fn plain(alert: &Value) -> String {
    let text = alert["text"].as_str().expect("it has a text");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn bad_input_is_told_at_once_and_its_end_too() {
    let shop = Shop::small();
    let good = shop.read("orders.csv");
    shop.write("orders.csv", good.replace("o2,2026-01-06T10:00:00Z", "o2,sixth of January"));
    let mut watched = Watched::start(shop, "2026-02-10T02:00:20Z");
    let alert = watched.told(
        "failed",
        1,
        &[
            "orders.csv row 3",
            "sixth of January",
            "Retrying will not help",
            "purser run nightly --program shop",
            "It has never succeeded before",
        ],
    );
    assert_eq!(alert["program"], "shop");
    assert_eq!(alert["job"], "nightly");
    watched.pass(120);
    let status = watched.shop.must(&["status"]);
    assert!(status.contains("alert, since") && status.contains("overdue by"), "{status}");
    watched.shop.write("orders.csv", good);
    // The next night does it all.
    watched.pass(22 * 60);
    watched.told("recovered", 1, &["nightly of Small succeeded, in run", "failed"]);
    assert_eq!((watched.count("failed"), watched.count("late")), (1, 0), "it is said once");
    assert!(!watched.shop.must(&["status"]).contains("alert, since"));
    // Neither log nor letter holds the secret address of the webhook, or a name.
    let log = watched.server.log();
    assert!(!log.contains("secret-token") && !log.contains("ana@example.com"), "{log}");
}

#[test]
fn a_file_that_comes_late_is_waited_for_and_told_only_when_that_takes_long() {
    let shop = Shop::small();
    let refunds = shop.read("refunds.csv");
    fs::remove_file(shop.path("refunds.csv")).expect("it was there");
    let mut watched = Watched::start(shop, "2026-02-10T02:00:20Z");
    watched.told(
        "failed",
        1,
        &["there is no file", "refunds.csv", "was tried 3 times", "a temporary problem", "retried at 2026-02-10 02:"],
    );
    watched.shop.write("refunds.csv", refunds);
    watched.told("recovered", 5, &["succeeded, in run"]);
    assert_eq!(watched.shop.database.sql("SELECT state, attempts FROM slots").trim(), "done|4");
}

/// The small shop with its program file in a folder, under several names; and the text of the file.
fn programs(names: &[&str]) -> (Shop, String) {
    let shop = Shop::small();
    fs::create_dir(shop.path("jobs")).expect("the test can make folders");
    let text: String = shop
        .read("shop.toml")
        .lines()
        .map(|line| if line.ends_with(".csv\"") { line.replace("= \"", "= \"../") + "\n" } else { format!("{line}\n") })
        .collect();
    for name in names {
        shop.write(&format!("jobs/{name}.toml"), &text);
    }
    (shop.at("jobs"), text)
}

const OPEN: &str = "SELECT COUNT(*) FROM alerts WHERE cleared_at IS NULL";

#[test]
fn a_broken_program_file_is_told_and_keeps_no_other_from_running() {
    let (shop, text) = programs(&["good"]);
    shop.write("jobs/bad.toml", text.replace("percent", "percentage"));
    let mut watched = Watched::start(shop, "2026-02-10T02:00:20Z");
    watched.told(
        "broken",
        1,
        &[
            "bad: the program file cannot be used",
            "percentage",
            "line",
            "Other programs are not affected",
            "purser validate --program bad",
        ],
    );
    until("the other one is done", || watched.sql("SELECT program FROM slots WHERE state = 'done'") == "good");
    assert_eq!(watched.count("broken"), 1);
    let status = watched.shop.run(&["status"]);
    assert!(
        !status.ok && status.out.contains("alert, since") && status.err.contains("percentage"),
        "{}{}",
        status.out,
        status.err
    );
    watched.shop.write("jobs/bad.toml", &text);
    watched.until("it is read again", 1, |watched| watched.sql(OPEN) == "0");
}

/// Another server may have other files: only what nobody does is told, and once.
#[test]
fn a_program_file_that_is_gone_is_told() {
    let (shop, text) = programs(&["stays", "goes"]);
    let mut watched = Watched::start(shop, "2026-02-10T02:00:20Z");
    let done =
        |count: &'static str| move |watched: &Watched| watched.sql("SELECT COUNT(*) FROM slots WHERE state = 'done'") == count;
    watched.until("both are done", 1, done("2"));
    fs::remove_file(watched.shop.path("jobs/goes.toml")).expect("it was there");
    watched.until("the other one goes on", 240, done("3"));
    watched.told(
        "broken",
        30,
        &[
            "goes: the program file is gone",
            "no other purser server is running its jobs",
            "nightly for 2026-02-11T02:00:00Z",
            "Put the file back",
            "purser retire goes --by NAME --reason REASON",
        ],
    );
    watched.until("another night passes", 240, done("4"));
    assert_eq!(watched.count("broken"), 1, "it is said once");
    watched.shop.write("jobs/goes.toml", text);
    watched.until("what was due is done", 1, done("5"));
    assert_eq!(watched.sql("SELECT COUNT(*) FROM alerts WHERE kind = 'broken' AND cleared_at IS NULL"), "0");
}

#[test]
fn program_files_that_cannot_be_read_are_told() {
    let (shop, _) = programs(&["shop"]);
    let mut watched = Watched::start(shop, "2026-02-10T12:00:20Z");
    let (here, away) = (watched.shop.path("jobs"), watched.shop.path("away"));
    fs::rename(&here, &away).expect("it was there");
    watched.told(
        "outage",
        2,
        &["the program files cannot be read", "No job of any program will run until they are back", "PURSER_JOBS"],
    );
    fs::rename(&away, &here).expect("it was there");
    watched.told("recovered", 1, &["the program files are back", "The most recent due run of each job is carried out now"]);
    assert_eq!((watched.count("outage"), watched.count("broken")), (1, 0));
}

/// What came by a schedule is done, although the schedule was edited before anybody saw that it had come.
#[test]
fn an_edit_of_a_schedule_loses_no_slot() {
    let shop = Shop::small();
    let program = shop.read("shop.toml");
    let monthly =
        |hour: u32| format!("{program}[jobs.nightly]\nschedule = \"0 {hour} 1 * *\"\nsteps = [\"fetch\", \"reconcile\"]\n");
    shop.write("shop.toml", monthly(9));
    let Watched { shop, clock, server, .. } = Watched::start(shop, "2026-01-20T02:00:20Z");
    until("the schedule is known", || shop.database.sql("SELECT COUNT(*) FROM schedules").trim() == "1");
    drop(server);
    shop.write("shop.toml", monthly(8));
    drop(clock);
    let mut watched = Watched::start(shop, "2026-02-21T02:00:20Z");
    watched.until("what came by the old one is done", 1, |watched| {
        watched.sql("SELECT job || ' ' || slot FROM slots WHERE state = 'done'")
            == format!("nightly {}", parse_time("2026-02-01T09:00:00Z").expect("a time"))
    });
}

/// First the error is transient, and then it is not: the operator hears of both.
#[test]
fn what_is_given_up_is_told_though_it_was_told_before() {
    let shop = Shop::small();
    let refunds = shop.read("refunds.csv");
    fs::remove_file(shop.path("refunds.csv")).expect("it was there");
    let mut watched = Watched::start(shop, "2026-02-10T02:00:20Z");
    watched.told("failed", 1, &["refunds.csv", "a temporary problem"]);
    watched.shop.write("refunds.csv", refunds + "r9,o1,1,yesterday,1.00\n");
    watched.told("failed", 5, &["yesterday", "Retrying will not help"]);
    assert_eq!(watched.sql(OPEN), "1", "what is not so any more is over");
}

/// Somebody else is at work on the program: the server looks once a minute, and keeps no processor busy.
#[test]
fn a_program_that_is_held_up_costs_nothing() {
    let shop = Shop::small();
    let mut other = shop.command(&["run", "nightly", "--as-of", "2026-02-09T02:00:00Z"]);
    let held = Held::at(&mut other, "hold-after", "commit the list of facts#1");
    let watched = Watched::start(shop, "2026-02-10T02:00:20Z");
    until("it is due", || watched.sql("SELECT COUNT(*) FROM slots") == "1");
    let ticks = || {
        let stat = fs::read_to_string(format!("/proc/{}/stat", watched.server.pid())).expect("it lives");
        let fields: Vec<u64> =
            stat.rsplit(')').next().expect("a name").split(' ').filter_map(|field| field.parse().ok()).collect();
        fields[10] + fields[11]
    };
    let before = ticks();
    std::thread::sleep(Duration::from_secs(4));
    let used = ticks() - before;
    assert!(used < 100, "{used} hundredths of a second in four seconds");
    assert!(held.go_on().ok);
}

/// What is open about a job ends with its schedule; when that comes back, nothing was missed meanwhile.
#[test]
fn a_job_that_has_no_schedule_any_more_is_not_waited_for() {
    let shop = Shop::small();
    let (program, good) = (shop.read("shop.toml"), shop.read("orders.csv"));
    let nightly = |schedule: &str| format!("{program}[jobs.nightly]\n{schedule}steps = [\"fetch\", \"reconcile\"]\n");
    shop.write("shop.toml", nightly("schedule = \"0 2 * * *\"\n"));
    shop.write("orders.csv", good.replace("USD,p1", "dollars,p1"));
    let mut watched = Watched::start(shop, "2026-02-10T02:00:20Z");
    watched.told("failed", 1, &["dollars"]);
    watched.shop.write("shop.toml", nightly(""));
    watched.until("it is over", 1, |watched| watched.sql(OPEN) == "0");
    let status = watched.shop.must(&["status"]);
    assert!(!status.contains("alert, since") && !status.contains("due"), "{status}");
    watched.pass(3 * 24 * 60);
    watched.shop.write("orders.csv", good);
    watched.shop.write("shop.toml", nightly("schedule = \"0 2 * * *\"\n"));
    watched.until("it is done again", 60, |watched| watched.sql("SELECT COUNT(*) FROM slots WHERE state = 'done'") == "1");
    assert_eq!((watched.count("failed"), watched.count("late"), watched.count("missed")), (1, 0, 0));
}

#[test]
fn a_run_that_is_held_up_is_late_and_one_that_never_came_is_missed() {
    let shop = Shop::small();
    shop.must(&["run", "nightly", "--as-of", "2026-02-08T02:00:00Z"]);
    // Somebody else is at work on the program, for more than a day.
    let mut other = shop.command(&["run", "nightly", "--as-of", "2026-02-09T02:00:00Z"]);
    let held = Held::at(&mut other, "hold-after", "commit the list of facts#1");
    let mut watched = Watched::start(shop, "2026-02-10T02:00:20Z");
    let late = watched.told(
        "late",
        20,
        &[
            "has not completed",
            "no run has started",
            "The last successful run was the one for 2026-02-08 02:00 UTC",
            "purser status",
        ],
    );
    assert!(late["headline"].as_str().expect("a headline").contains("nightly run for 2026-02-10 02:00 UTC is late"), "{late}");
    watched.told(
        "missed",
        60,
        &[
            "came due again before the previous run had succeeded",
            "was skipped",
            "Nothing is lost",
            "each item is dated the day it happened",
        ],
    );
    let other = held.go_on();
    assert!(other.ok, "{}", other.err);
    watched.told("recovered", 2, &["succeeded again, in run"]);
    let late: Vec<Value> = watched.told_so_far().into_iter().filter(|alert| alert["kind"] == "late").collect();
    let slots: std::collections::BTreeSet<&str> = late.iter().filter_map(|alert| alert["id"].as_str()).collect();
    assert_eq!(late.len(), slots.len(), "once for each that was late: {late:#?}");
}

/// There is nowhere to raise an alert: it is told all the same, once, and so is its end.
#[test]
fn a_database_that_is_away_is_told() {
    let database = PostgresServer::new();
    let mut shop = Shop::small();
    shop.database.url = database.url();
    let mut watched = Watched::start(shop, "2026-02-09T12:00:20Z");
    // A job is due from when it was first seen: stopped before that is saved, the database would come back to a job that is new.
    let url = watched.shop.database.url.clone();
    until("the jobs are known", || try_psql(&url, "SELECT COUNT(*) FROM schedules").is_ok_and(|count| count.trim() != "0"));
    database.stop();
    let words = ["the database cannot be used", "No job of any program will run until it is back", "Nothing is lost"];
    watched.told("outage", 2, &words);
    let (code, text) = watched.server.get("/readyz").expect("it answers");
    assert!(code == 503 && text.contains("the database is not responding"), "{code} {text}");
    watched.pass(24 * 60);
    database.start();
    watched.told("recovered", 1, &["the database is back", "The most recent due run of each job is carried out now"]);
    watched.until("what was due is done", 1, |watched| watched.server.log().contains("\"message\":\"done\""));
    assert_eq!(watched.count("outage"), 1);
}

/// Thirty days of twenty orders, and then one that is unlike them.
#[test]
fn unusual_figures_are_told() {
    let shop = Shop::small();
    let (mut orders, mut lines) = (String::new(), String::new());
    let order = |day: &str, place: usize, code: &str| {
        let id = format!("u{day}-{place}");
        (format!("{id},{day}T12:00:00Z,{day}T12:00:00Z,paid,USD,c{id},,,,{code}\n"), format!("{id},1,A,x,1,10.00\n"))
    };
    let mut put = |day: &str, count: usize, code: &str| {
        for place in 0..count {
            let (order, line) = order(day, place, code);
            orders += &order;
            lines += &line;
        }
    };
    for day in 1..=28 {
        put(&format!("2026-03-{day:02}"), 20, "ANA");
    }
    put("2026-03-29", 2, "ANA");
    put("2026-03-30", 20, "");
    put("2026-03-31", 20, "ANA");
    shop.add("orders.csv", &orders);
    shop.add("order_lines.csv", &lines);
    let night = |day: &str| {
        let mut command = shop.command(&["run", "nightly", "--slot", &format!("{day}T02:00:00Z")]);
        let done = command.env("PURSER_OPERATOR_MAIL", "ops@shop.example").output().expect("it starts");
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        let sql = "SELECT body FROM alerts WHERE kind = 'unusual' AND cleared_at IS NULL";
        shop.database.sql(sql).split_whitespace().collect::<Vec<_>>().join(" ")
    };
    for day in ["2026-03-26", "2026-03-27", "2026-03-28", "2026-03-29"] {
        assert_eq!(night(day), "", "{day} is as usual");
    }
    let few = night("2026-03-30");
    assert!(few.contains("2 orders on Sunday 2026-03-29; about 20 is usual for that weekday."), "{few}");
    let unattributed = night("2026-03-31");
    assert!(unattributed.contains("100% of orders on Monday 2026-03-30 are unattributed; about"), "{unattributed}");
    assert!(!unattributed.contains("orders on Sunday"), "what is over is over: {unattributed}");
    // Refunds of orders that nobody knows are exceptions; those of orders that earned take money back.
    let unknown: String = (0..12).map(|place| format!("x{place},nowhere{place},,2026-03-31T20:00:00Z,1.00\n")).collect();
    let back: String = (0..20).map(|place| format!("y{place},u2026-03-20-{place},,2026-03-31T20:00:00Z,10.00\n")).collect();
    shop.add("refunds.csv", &(unknown + &back));
    shop.write(
        "orders.csv",
        shop.read("orders.csv")
            .replace("2026-03-31T12:00:00Z,2026-03-31T12:00:00Z,paid", "2026-03-31T12:00:00Z,2026-03-31T12:00:00Z,pending"),
    );
    let strange = night("2026-04-01");
    assert!(strange.contains("12 exceptions; about 0 is usual: 12 refund_without_order."), "{strange}");
    assert!(strange.contains("Clawbacks exceed earnings by"), "{strange}");
    println!("{strange}");
    // Who finds that this is usual says so in the program file.
    let limits =
        "[alerts]\norders_below = \"off\"\nexceptions_above = \"off\"\nunattributed_rise = \"off\"\ntotal_below = \"-1000.00\"\n";
    shop.write("shop.toml", shop.read("shop.toml") + limits);
    shop.add("refunds.csv", "z1,u2026-03-19-1,,2026-04-01T20:00:00Z,10.00\n");
    assert_eq!(night("2026-04-02"), "");
}

/// By its new name it would pay everything once more, and mail each statement again.
#[test]
fn a_program_file_that_was_renamed_is_told_at_once_and_mails_nothing() {
    let shop = Shop::small().at(".");
    shop.must(&["run", "nightly", "payout", "statements", "--as-of", "2026-02-01T09:00:00Z"]);
    let mut watched = Watched::start(shop, "2026-02-01T12:00:20Z");
    let sizes = "SELECT (SELECT COUNT(*) FROM transfers) || ' ' || (SELECT COUNT(*) FROM outbox WHERE channel = 'statement')";
    let before = watched.sql(sizes);
    fs::rename(watched.shop.path("shop.toml"), watched.shop.path("store.toml")).expect("it can be renamed");
    watched.told("broken", 1, &["store", "the ledger shop has no program file", "purser rename shop store"]);
    watched.until("the next nights have come", 60, |watched| watched.now > parse_time("2026-02-04T00:00:00Z").expect("a time"));
    assert_eq!(watched.sql(sizes), before);
    let to = ["rename", "shop", "store", "--by", "mia", "--reason", "brand", "--as-of", "2026-02-02T09:00:00Z"];
    watched.shop.must(&to);
    watched.until("it goes on", 24 * 60, |watched| {
        watched.sql("SELECT COUNT(*) FROM slots WHERE program = 'shop' AND state = 'done'") != "0"
    });
    assert_eq!(watched.sql("SELECT COUNT(*) FROM programs"), "1");
}
