//! What operator alerts say, from plain values.

use chrono_tz::Tz;

use super::alert::{Alert, AlertKind};
use super::record::Raised;
use crate::calendar::{format_local_time, format_time};
use crate::program::{Job, Program, Schedule, Step};

/// Times at which a job was due that were not done before the next one came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Missed {
    /// How many.
    pub count: usize,
    /// The first of them (microseconds since 1970).
    pub first: i64,
}

/// What a job waits for that may not run yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WaitsFor<'a> {
    /// The job that has to be done first.
    pub job: &'a str,
    /// Why, such as "a good nightly: the one of … failed, and there was no good one since …".
    pub why: &'a str,
}

/// A slot of a job of a program.
#[derive(Clone, Copy)]
pub struct JobSlot<'a> {
    /// The program.
    pub program: &'a Program,
    /// The job.
    pub job: &'a Job,
    /// When it was due (microseconds since 1970).
    pub slot: i64,
    /// The time of the last run of the job that was done, if any was.
    pub last_done: Option<i64>,
}

impl JobSlot<'_> {
    /// A run that failed. `next_attempt` is when it is tried again, unless that makes no sense.
    pub fn failed(self, attempts: i64, error: &anyhow::Error, next_attempt: Option<i64>) -> Alert {
        let Self { program, job, slot, .. } = self;
        let tries = if attempts > 1 { format!(" It was tried {attempts} times.") } else { String::new() };
        let what = format!("The job {} of {} failed.{tries}\n{error:#}", job.name, program.name);
        let by_hand = format!("`purser run {} --program {}`", job.name, program.id);
        let to_do = match next_attempt {
            Some(next) => format!(
                "This is a transient error: it is tried again at {}, then at growing intervals up to half an hour, until it is done or \
                 the next one is due. If it does not pass, do what the message above says; `purser doctor` looks at everything that a \
                 run needs.",
                self.time(next)
            ),
            None => format!(
                "This does not pass by itself. Fix what the message above says, then run it by hand: {by_hand}. {}",
                self.otherwise()
            ),
        };
        let headline = format!("{} of {} failed", job.name, self.time(slot));
        let alert = self.alert(AlertKind::Failed, headline, what, self.since(), self.stakes(), to_do);
        // That it is given up is told, too, where it was told that it is tried again.
        let end = if next_attempt.is_none() { "/given up" } else { "" };
        Alert { mark: format!("{}{end}", alert.mark), ..alert }
    }

    /// A run that is not done long after it was due; perhaps because it waits for another job.
    pub fn late(self, attempts: i64, waits_for: Option<WaitsFor<'_>>) -> Alert {
        let Self { program, job, slot, .. } = self;
        let so_far = match (waits_for, attempts) {
            (Some(WaitsFor { why, .. }), _) => format!("it waits for {why}"),
            (None, 0) => "no run of it has begun".to_owned(),
            (None, 1) => "it was begun, and has not ended".to_owned(),
            (None, _) => format!("it was begun {attempts} times, and has not ended well"),
        };
        let what = format!("The job {} of {} is not done, and {so_far}.", job.name, program.name);
        let to_do = match waits_for {
            Some(WaitsFor { job: first, .. }) => format!(
                "Fix what keeps {first} from being done; its own alert and `purser status` say what that is. Then run it by hand, `purser \
                 run {first} --program {0}`, or wait for the next one: {1} follows by itself. To run {1} all the same, on the balances \
                 of the last good one: `purser run {1} --program {0}`.",
                program.id, job.name
            ),
            None => format!(
                "`purser status` shows what is running and what failed; `purser doctor` looks at everything that a run needs. Another job \
                 of this program that takes long, or is tried again and again, comes first. {}",
                self.otherwise()
            ),
        };
        self.alert(
            AlertKind::Late,
            format!("{} of {} is late", job.name, self.time(slot)),
            what,
            self.since(),
            self.stakes(),
            to_do,
        )
    }

    /// Earlier slots that were not done before this one was due.
    pub fn missed(self, missed: Missed) -> Alert {
        let Self { program, job, slot, .. } = self;
        let (count, first) = (missed.count, self.time(missed.first));
        let skipped = match count {
            1 => format!("The run of {first} was skipped."),
            _ => format!("{count} runs were skipped, the first of them that of {first}."),
        };
        let what = format!("The job {} of {} was due again before it had succeeded. {skipped}", job.name, program.name);
        let makes_good = |step: &Step| match step {
            Step::Fetch => None,
            Step::Reconcile => Some("it sees all days, and posts for each what belongs to it"),
            Step::Payout => {
                Some("it pays everything that is payable by then; creators whom an earlier one would have paid are paid later")
            }
            Step::Statements => Some("it builds the statements of every month that is missing"),
        };
        let all: Vec<&str> = job.steps.iter().filter_map(makes_good).collect();
        let money = format!("Nothing is lost. The one of {} takes their place: {}.", self.time(slot), all.join("; "));
        let to_do = "Nothing, if purser was stopped on purpose. Else see in its log, or that of the timer, why it did not run."
            .to_owned();
        let times = if count == 1 { String::new() } else { format!(" {count} times") };
        self.alert(
            AlertKind::Missed,
            format!("{} was missed{times} before {}", job.name, self.time(slot)),
            what,
            format!("{first}."),
            money,
            to_do,
        )
    }

    /// A run that came to unusual figures.
    pub fn unusual(self, lines: &[String]) -> Alert {
        let Self { program, job, slot, .. } = self;
        let what = format!(
            "The job {} of {} succeeded, but some of its figures are unusual.\n- {}",
            job.name,
            program.name,
            lines.join("\n- ")
        );
        let money = "Everything was posted as the facts say. If a source was incomplete, the next run that sees all of it puts everything right."
            .to_owned();
        let to_do = format!(
            "See whether the sources are complete; `purser export exceptions --program {0}` lists what could not be used, and `purser explain \
             ORDER_ID --program {0}` says why an order is nobody's. If all is as it should be, there is nothing to do. What counts as \
             unusual stands in [alerts] of the program file.",
            program.id
        );
        let since = format!("The run of {}.", self.time(slot));
        self.alert(AlertKind::Unusual, format!("{} of {}: unusual figures", job.name, self.time(slot)), what, since, money, to_do)
    }

    /// A job that works again.
    pub fn recovered(self, run_id: i64, open: &[Raised]) -> Alert {
        let Self { program, job, slot, .. } = self;
        let list: Vec<String> = open.iter().map(|raised| format!("- {}", raised.headline)).collect();
        let again = if self.last_done.is_some() { " again" } else { "" };
        let what = format!(
            "The job {} of {} succeeded{again}, in run {run_id}. These alerts are closed:\n{}",
            job.name,
            program.name,
            list.join("\n")
        );
        let since = format!("The run of {}.", self.time(slot));
        let money = "What was held up by it is done.".to_owned();
        self.alert(
            AlertKind::Recovered,
            format!("{} of {} succeeded", job.name, self.time(slot)),
            what,
            since,
            money,
            "Nothing.".to_owned(),
        )
    }

    fn alert(self, kind: AlertKind, headline: String, what: String, since: String, money: String, to_do: String) -> Alert {
        Alert {
            kind,
            program: self.program.id.clone(),
            job: self.job.name.clone(),
            mark: format_time(self.slot),
            headline: format!("{}: {headline}", self.program.id),
            what,
            since,
            money,
            to_do,
        }
    }

    fn since(self) -> String {
        let last = self.last_done.map_or_else(
            || "No run of it has succeeded before".to_owned(),
            |last| format!("The last one that succeeded was that of {}", self.time(last)),
        );
        format!("It was due {}. {last}.", self.time(self.slot))
    }

    /// What it means for money that the job is not done.
    fn stakes(self) -> String {
        let stake = |step: &Step| match step {
            Step::Fetch => None,
            Step::Reconcile => Some(
                "Sales, refunds and holds since the last one are not posted yet: balances are those of that time. Nothing is lost; the next \
                 run that is done posts each on the day it belongs to.",
            ),
            Step::Payout => Some("No batch is drafted, so creators are paid later if this stays. Nobody is paid twice."),
            Step::Statements => Some("Statements that are not sent yet wait. None is sent twice."),
        };
        let stakes: Vec<&str> = self.job.steps.iter().filter_map(stake).collect();
        if stakes.is_empty() { "None: the job only fetches.".to_owned() } else { stakes.join("\n") }
    }

    fn otherwise(self) -> String {
        let next = Schedule::of(self.program, self.job).ok().flatten().and_then(|schedule| schedule.next(self.slot).ok());
        next.map_or_else(String::new, |next| format!("Otherwise the next one, due {}, does it all.", self.time(next)))
    }

    fn time(self, at: i64) -> String {
        format_local_time(self.program.time_zone, at)
    }
}

/// A program file that cannot be used.
pub fn broken(program: &str, error: &anyhow::Error, now: i64) -> Alert {
    let error = format!("{error:#}");
    let time = format_local_time(Tz::UTC, now);
    Alert {
        kind: AlertKind::Broken,
        program: program.to_owned(),
        job: String::new(),
        mark: format_time(now),
        headline: format!("{program}: its program file cannot be used"),
        what: error,
        since: format!("First seen {time}."),
        money: "No job of this program runs until its file is fixed: nothing is posted, drafted or sent. Nothing is lost; then the latest \
                of each job that was due is done. Other programs go on."
            .to_owned(),
        to_do: format!("Fix the file; `purser validate --program {program}` says whether it is right. It is read again every minute."),
    }
}

/// A program whose file is gone, and the first of its jobs that was not done.
pub fn gone(program: &str, job: &str, slot: i64) -> Alert {
    let time = format_time(slot);
    Alert {
        kind: AlertKind::Broken,
        program: program.to_owned(),
        job: String::new(),
        what: format!(
            "There is no {program}.toml among the program files, and no other purser does the jobs of this program. The first that was \
             not done is {job} of {time}."
        ),
        since: format!("It was due {time}."),
        mark: time,
        headline: format!("{program}: its program file is gone"),
        money: "Nothing of this program is posted, drafted or sent: its balances are those of the last run. Nothing is lost; once the file is \
                back, the latest of each job that was due is done. Other programs go on."
            .to_owned(),
        to_do: "Put the file back. If the program has ended, keep its file, so that its books can still be read, and take the schedules out \
                of it: then nothing is waited for."
            .to_owned(),
    }
}
