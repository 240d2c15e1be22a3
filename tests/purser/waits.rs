//! What pays or tells creators what they earned waits for a good reconciliation: the rule, and what it does from cron and timers.

use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::serve::Clock;
use crate::support::{Done, Shop};
use purser::calendar::{format_time, parse_time};
use purser::program::Program;
use purser::scheduler::{Books, Fate, Undone, waits};

fn at(text: &str) -> i64 {
    parse_time(&format!("2026-03-{text}:00Z")).unwrap_or_else(|| panic!("{text} is a time"))
}

/// The small shop with jobs of these names and steps.
fn program(jobs: &[(&str, &str)]) -> Program {
    let job = |(name, steps): &(&str, &str)| {
        let steps: Vec<String> = steps.split(' ').map(|step| format!("\"{step}\"")).collect();
        format!("[jobs.{name}]\nschedule = \"0 2 * * *\"\nsteps = [{}]\n", steps.join(", "))
    };
    let text = Shop::small().read("shop.toml") + &jobs.iter().map(job).collect::<String>();
    Program::parse("shop", &text, Path::new("/")).expect("a program")
}

/// A situation, and for which job and time a slot of `job` waits then.
struct Case {
    about: &'static str,
    jobs: &'static [(&'static str, &'static str)],
    job: &'static str,
    slot: &'static str,
    last_good: Option<&'static str>,
    undone: &'static [(&'static str, &'static str, Fate)],
    waits_for: Option<(&'static str, &'static str)>,
}

const USUAL: &[(&str, &str)] = &[("nightly", "fetch reconcile"), ("payout", "payout"), ("statements", "statements")];

/// A payout at 09:00 on the first of March, after a nightly that failed at 02:00.
const FAILED: Case = Case {
    about: "the nightly before it failed",
    jobs: USUAL,
    job: "payout",
    slot: "01T09:00",
    last_good: None,
    undone: &[("nightly", "01T02:00", Fate::Failed)],
    waits_for: Some(("nightly", "01T02:00")),
};

const CASES: &[Case] = &[
    FAILED,
    Case { about: "statements wait as well", job: "statements", ..FAILED },
    Case { about: "all is done", undone: &[], waits_for: None, ..FAILED },
    Case { about: "it is tried again", undone: &[("nightly", "01T02:00", Fate::Due(3))], ..FAILED },
    Case { about: "nobody was there", undone: &[("nightly", "01T02:00", Fate::Missed)], ..FAILED },
    Case { about: "the last good one was before it", last_good: Some("01T01:59"), ..FAILED },
    Case { about: "another one was good as of that time", last_good: Some("01T02:00"), waits_for: None, ..FAILED },
    Case { about: "somebody ran it by hand later", last_good: Some("01T08:00"), waits_for: None, ..FAILED },
    Case { about: "it was good after the slot, as of a time after it", last_good: Some("02T02:00"), waits_for: None, ..FAILED },
    Case { about: "a later night does not matter", undone: &[("nightly", "02T02:00", Fate::Failed)], waits_for: None, ..FAILED },
    Case {
        about: "what became of it since is what is said",
        undone: &[("nightly", "01T02:00", Fate::Missed), ("nightly", "02T02:00", Fate::Failed)],
        waits_for: Some(("nightly", "02T02:00")),
        ..FAILED
    },
    Case {
        about: "an earlier one was made good, a later one was not",
        last_good: Some("01T02:00"),
        slot: "03T09:00",
        undone: &[("nightly", "02T02:00", Fate::Missed), ("nightly", "03T02:00", Fate::Due(0))],
        waits_for: Some(("nightly", "03T02:00")),
        ..FAILED
    },
    Case { about: "a payout that reconciles", jobs: &[USUAL[0], ("payout", "reconcile payout")], waits_for: None, ..FAILED },
    Case { about: "one that does it last", jobs: &[USUAL[0], ("payout", "payout reconcile")], waits_for: None, ..FAILED },
    Case {
        about: "a job that does both is waited for",
        jobs: &[("nightly", "fetch reconcile payout"), ("statements", "statements")],
        job: "statements",
        ..FAILED
    },
    Case {
        about: "a job that does both waits for no earlier one of its own",
        jobs: &[("nightly", "fetch reconcile payout")],
        job: "nightly",
        slot: "02T02:00",
        waits_for: None,
        ..FAILED
    },
    Case { about: "what reconciles waits for nothing", job: "nightly", slot: "02T02:00", waits_for: None, ..FAILED },
    Case { about: "a program that only pays", jobs: &[("payout", "payout")], waits_for: None, ..FAILED },
    Case { about: "its own earlier one failed", undone: &[("payout", "01T08:00", Fate::Failed)], waits_for: None, ..FAILED },
    Case {
        about: "a job that only fetches failed",
        jobs: &[("fetch", "fetch"), USUAL[0], USUAL[1]],
        undone: &[("fetch", "01T02:00", Fate::Failed)],
        waits_for: None,
        ..FAILED
    },
    Case { about: "a job that is not in the file any more", jobs: &[USUAL[1]], waits_for: None, ..FAILED },
    Case { about: "at the same time, and before it in the file", slot: "01T02:00", ..FAILED },
    Case {
        about: "at the same time, and after it in the file",
        slot: "01T02:00",
        jobs: &[USUAL[1], USUAL[0]],
        waits_for: None,
        ..FAILED
    },
    Case {
        about: "the latest of several that reconcile",
        jobs: &[("weekly", "fetch reconcile"), USUAL[0], USUAL[1]],
        undone: &[("weekly", "01T01:00", Fate::Failed), ("nightly", "01T02:00", Fate::Failed)],
        ..FAILED
    },
];

#[test]
fn a_payout_waits_for_the_reconciliation_before_it() {
    for case in CASES {
        let program = program(case.jobs);
        let undone = |(job, slot, fate): &(&str, &str, Fate)| Undone { job: (*job).to_owned(), slot: at(slot), fate: *fate };
        let books = Books { last_good: case.last_good.map(at), undone: case.undone.iter().map(undone).collect() };
        let job = program.job(case.job).expect("the job is there");
        let wait = waits(&program, job, at(case.slot), &books);
        let found = wait.as_ref().map(|wait| (wait.reconciling.job.as_str(), format_time(wait.reconciling.slot)));
        let wanted = case.waits_for.map(|(job, slot)| (job, format_time(at(slot))));
        assert_eq!(found, wanted, "{}", case.about);
        assert!(wait.is_none_or(|wait| wait.last_good == books.last_good), "{}", case.about);
    }
}

#[test]
fn a_wait_says_for_what_and_since_when() {
    let program = program(USUAL);
    let said = |fate, last_good| {
        let books = Books { last_good, undone: vec![Undone { job: "nightly".to_owned(), slot: at("01T02:00"), fate }] };
        let wait = waits(&program, program.job("payout").expect("a payout"), at("01T09:00"), &books).expect("it waits");
        wait.describe(&program)
    };
    let good = parse_time("2026-02-28T02:00:00Z");
    for (fate, good, words) in [
        (Fate::Failed, good, "failed, and none has succeeded since 2026-02-28 02:00 UTC"),
        (Fate::Missed, good, "was missed, and none has succeeded since 2026-02-28 02:00 UTC"),
        (Fate::Due(1), good, "has not completed yet, and none has succeeded since 2026-02-28 02:00 UTC"),
        (Fate::Due(4), None, "was tried 4 times and has not completed yet, and none has ever succeeded"),
    ] {
        assert_eq!(said(fate, good), format!("a successful nightly run: the one due 2026-03-01 02:00 UTC {words}"));
    }
}

/// A shop under a clock, as cron or a timer finds it.
struct Timer {
    shop: Shop,
    clock: Clock,
    good: String,
}

impl Timer {
    /// The last night of February was good; the facts of the next cannot be read.
    fn after_a_bad_night() -> Self {
        let shop = Shop::small();
        let good = shop.read("refunds.csv");
        let timer = Self { clock: Clock::at(shop.folder.path(), at("01T00:00")), shop, good };
        timer.clock.set(parse_time("2026-02-28T02:05:00Z").expect("a time"));
        let done = timer.turn(&["run", "nightly", "payout", "statements", "--slot"]);
        assert!(done.ok, "{}", done.err);
        timer.shop.add("refunds.csv", "r9,o1,1,yesterday,1.00\n");
        timer.clock.set(at("01T02:05"));
        let done = timer.turn(&["run", "nightly", "payout", "statements", "--slot"]);
        assert!(done.code == Some(1) && !done.err.contains("is awaiting"), "{}", done.err);
        timer
    }

    fn turn(&self, arguments: &[&str]) -> Done {
        let mut command = self.shop.command(arguments);
        self.clock.under(&mut command);
        command.output().expect("the binary starts").into()
    }

    fn must(&self, arguments: &[&str]) -> String {
        let done = self.turn(arguments);
        assert!(done.ok, "{arguments:?}: {}{}", done.out, done.err);
        done.out
    }

    fn fix(&self) {
        self.shop.write("refunds.csv", &self.good);
    }

    fn batches(&self) -> String {
        self.shop.database.sql("SELECT COUNT(*) FROM batches").trim().to_owned()
    }
}

const WAITS: &str = "payout of 2026-03-01 09:00 UTC is awaiting a successful nightly run: the one due 2026-03-01 02:00 UTC failed, \
                     and none has succeeded since 2026-02-28 02:00 UTC";

#[test]
fn a_timer_is_told_that_a_payout_waits_and_tries_again() {
    let timer = Timer::after_a_bad_night();
    timer.clock.set(at("01T09:05"));
    // Somebody has to fix the night: that is what the exit code says, if it is tried in the same turn.
    let all = timer.turn(&["run", "nightly", "payout", "statements", "--slot"]);
    assert!(all.code == Some(1) && all.err.contains(&format!("error: {WAITS}\n")), "{}", all.err);
    assert!(all.err.lines().last().is_some_and(|line| line.contains("yesterday")), "{}", all.err);
    let start = Instant::now();
    for slot in [&["run", "payout", "--slot"][..], &["run", "payout", "--slot", "2026-03-01T09:00:00Z"]] {
        let done = timer.turn(slot);
        assert_eq!((done.code, done.err.trim()), (Some(75), format!("error: {WAITS}").as_str()), "{slot:?}");
    }
    assert!(start.elapsed() < Duration::from_secs(20), "nobody waits in a command for what does not pass by itself");
    // Whoever looks reads the same.
    assert!(timer.must(&["status"]).contains(&format!("\n  {WAITS}\n")), "{}", timer.must(&["status"]));
    let status: Vec<Value> = serde_json::from_str(&timer.must(&["status", "--format", "json"])).expect("JSON");
    let waiting: Vec<&Value> = status.iter().filter(|row| row["state"] == "waiting").collect();
    assert!(waiting.len() == 1 && waiting[0]["job"] == "payout" && waiting[0]["as_of"] == "2026-03-01T09:00:00Z", "{waiting:#?}");
    assert!(waiting[0]["waits_for"].as_str().is_some_and(|why| WAITS.ends_with(why)), "{waiting:#?}");
    let doctor = timer.must(&["doctor", "--format", "csv"]);
    assert!(doctor.contains("awaiting a successful nightly run: the one due"), "{doctor}");
    // It becomes late, with the true reason.
    timer.clock.set(at("01T10:05"));
    assert_eq!(timer.turn(&["run", "payout", "statements", "--slot"]).code, Some(75));
    let late = timer.shop.database.sql("SELECT body FROM alerts WHERE job = 'payout' AND kind = 'late'");
    let late = late.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        late.contains("has not completed, and it is awaiting a successful nightly run: the one due 2026-03-01 02:00 UTC failed"),
        "{late}"
    );
    assert!(late.contains("payout follows automatically"), "{late}");
    assert_eq!(timer.batches(), "0");
    // The next night is good; in whatever order the jobs are named, the payout comes after it.
    timer.fix();
    timer.clock.set(at("02T02:05"));
    let waits = timer.turn(&["run", "payout", "--slot", "--patience", "0"]);
    assert!(waits.code == Some(75) && waits.err.contains("2026-03-02 02:00 UTC has not completed yet"), "{}", waits.err);
    timer.must(&["run", "statements", "payout", "nightly", "--slot"]);
    assert_eq!(timer.batches(), "1");
    let order = "SELECT job FROM runs WHERE state = 'done' AND run_id > 1 ORDER BY run_id";
    assert_eq!(timer.shop.database.sql(order).split_whitespace().collect::<Vec<_>>(), ["nightly", "statements", "payout"]);
    assert!(!timer.must(&["status"]).contains("is awaiting a successful"));
}

/// A good run by hand ends the wait, as of the time that failed or later; a payout by hand waits for nothing.
#[test]
fn a_run_by_hand_ends_the_wait() {
    for as_of in [&["--as-of", "2026-03-01T02:00:00Z"][..], &[]] {
        let timer = Timer::after_a_bad_night();
        timer.clock.set(at("01T09:05"));
        assert_eq!(timer.turn(&["run", "payout", "--slot"]).code, Some(75));
        timer.fix();
        timer.must(&["run", "nightly", "--dry-run"]);
        assert_eq!(timer.turn(&["run", "payout", "--slot"]).code, Some(75), "a dry run posts nothing");
        timer.must(&[&["run", "nightly"], as_of].concat());
        timer.must(&["run", "payout", "--slot"]);
        assert_eq!(timer.batches(), "1");
    }
    let timer = Timer::after_a_bad_night();
    timer.clock.set(at("01T09:05"));
    assert_eq!(timer.turn(&["run", "payout", "--slot"]).code, Some(75));
    timer.must(&["run", "payout"]);
    assert_eq!(timer.batches(), "1");
    let done = timer.must(&["run", "payout", "--slot", "2026-03-01T09:00:00Z"]);
    assert!(done.contains("was already completed"), "{done}");
}

/// A payout that is missed with its night is done after the night that makes up for both.
#[test]
fn after_downtime_the_night_comes_before_the_payout() {
    let shop = Shop::small();
    let timer = Timer { clock: Clock::at(shop.folder.path(), at("01T00:00")), good: String::new(), shop };
    timer.clock.set(parse_time("2026-02-27T02:05:00Z").expect("a time"));
    timer.must(&["run", "nightly", "payout", "statements", "--slot"]);
    timer.clock.set(at("02T12:00"));
    let waits = timer.turn(&["run", "payout", "--slot", "--patience", "0"]);
    assert!(
        waits.code == Some(75) && waits.err.contains("the one due 2026-03-02 02:00 UTC has not completed yet"),
        "{}",
        waits.err
    );
    timer.must(&["run", "payout", "nightly", "--slot"]);
    let as_of = timer.shop.database.sql("SELECT as_of FROM runs WHERE job = 'payout' AND state = 'done'");
    assert_eq!(as_of.trim(), at("02T02:00").to_string());
}
