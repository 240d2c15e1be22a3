//! What operator alerts say, from plain values.

use chrono_tz::Tz;

use super::alert::{Alert, AlertKind};
use super::record::Raised;
use crate::calendar::{format_local_time, format_time};
use crate::program::{Job, Program, Schedule, Step};
use crate::vocabulary::counted;

/// How many letters an alert names.
const NAMED: usize = 20;

/// Slots of a job that had not completed when the next one came due.
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
    /// The job that has to succeed first.
    pub job: &'a str,
    /// Why, such as "a successful nightly run: the one due … failed, and none has succeeded since …".
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
    /// The time of the last successful run of the job, if there was one.
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
                "This looks like a temporary problem. The job will be retried at {}, then at growing intervals of up to half an hour, \
                 until it succeeds or the next scheduled run is due. If it persists, fix what is described above; `purser doctor` \
                 checks everything a run needs.",
                self.time(next)
            ),
            None => format!(
                "Retrying will not help. Fix what is described above, then run the job manually: {by_hand}. {}",
                self.otherwise()
            ),
        };
        let headline = format!("{} run for {} failed", job.name, self.time(slot));
        let alert = self.alert(AlertKind::Failed, headline, what, self.since(), self.stakes(), to_do);
        // Giving up is reported too, as the operator was told that the job would be tried again.
        let end = if next_attempt.is_none() { "/given up" } else { "" };
        Alert { mark: format!("{}{end}", alert.mark), ..alert }
    }

    /// A run that has not completed long after it was due; perhaps because it waits for another job.
    pub fn late(self, attempts: i64, waits_for: Option<WaitsFor<'_>>) -> Alert {
        let Self { program, job, slot, .. } = self;
        let so_far = match (waits_for, attempts) {
            (Some(WaitsFor { why, .. }), _) => format!("it is awaiting {why}"),
            (None, 0) => "no run has started".to_owned(),
            (None, 1) => "it has started but not finished".to_owned(),
            (None, _) => format!("it has started {attempts} times without success"),
        };
        let what = format!("The job {} of {} has not completed, and {so_far}.", job.name, program.name);
        let to_do = match waits_for {
            Some(WaitsFor { job: first, .. }) => format!(
                "Fix the problem that keeps {first} from completing; its own alert and `purser status` describe it. Then run {first} manually, \
                 `purser run {first} --program {0}`, or wait for its next run: {1} follows automatically. To run {1} anyway, on the \
                 balances of the last successful {first} run: `purser run {1} --program {0}`.",
                program.id, job.name
            ),
            None => format!(
                "`purser status` shows what is running and what failed; `purser doctor` checks everything a run needs. Another job \
                 of this program may be ahead of it: one that takes a long time or keeps being retried. {}",
                self.otherwise()
            ),
        };
        self.alert(
            AlertKind::Late,
            format!("{} run for {} is late", job.name, self.time(slot)),
            what,
            self.since(),
            self.stakes(),
            to_do,
        )
    }

    /// Earlier slots that had not completed when this one came due.
    pub fn missed(self, missed: Missed) -> Alert {
        let Self { program, job, slot, .. } = self;
        let (count, first) = (missed.count, self.time(missed.first));
        let skipped = match count {
            1 => format!("The run for {first} was skipped."),
            _ => format!("{count} runs were skipped, starting with the one for {first}."),
        };
        let what =
            format!("The job {} of {} came due again before the previous run had succeeded. {skipped}", job.name, program.name);
        let makes_good = |step: &Step| match step {
            Step::Fetch => None,
            Step::Reconcile => Some("it covers all days, and each item is dated the day it happened"),
            Step::Payout => {
                Some("it pays everything payable by then; creators due in an earlier payout are paid later than planned")
            }
            Step::Answers => Some("it imports every answer of a bank that is there"),
            Step::Statements => Some("it issues the statements for every missing month"),
        };
        let all: Vec<&str> = job.steps.iter().filter_map(makes_good).collect();
        let their = if count == 1 { "takes its place" } else { "takes their place" };
        let money = format!("Nothing is lost. The run for {} {their}: {}.", self.time(slot), all.join("; "));
        let to_do =
            "Nothing, if purser was stopped on purpose. Otherwise check its log, or the timer's, to see why it did not run."
                .to_owned();
        let times = if count == 1 { String::new() } else { format!(" {count} times") };
        self.alert(
            AlertKind::Missed,
            format!("{} run was missed{times} before {}", job.name, self.time(slot)),
            what,
            format!("{first}."),
            money,
            to_do,
        )
    }

    /// A run with unusual figures.
    pub fn unusual(self, lines: &[String]) -> Alert {
        let Self { program, job, slot, .. } = self;
        let what = format!(
            "The job {} of {} succeeded, but some of its figures are unusual.\n- {}",
            job.name,
            program.name,
            lines.join("\n- ")
        );
        let money = "Everything was posted based on the source data as received. If a source was incomplete, the next run with complete data corrects the ledger."
            .to_owned();
        let to_do = format!(
            "Check that the sources are complete; `purser export exceptions --program {0}` lists the records that could not be used, and `purser \
             explain ORDER_ID --program {0}` shows why an order is unattributed. If the figures are right, there is nothing to do. The \
             limits are set under [alerts] in the program file.",
            program.id
        );
        let since = format!("The run for {}.", self.time(slot));
        self.alert(
            AlertKind::Unusual,
            format!("unusual figures in the {} run for {}", job.name, self.time(slot)),
            what,
            since,
            money,
            to_do,
        )
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
        let since = format!("The run for {}.", self.time(slot));
        let money = "Everything that was held up has been processed.".to_owned();
        self.alert(
            AlertKind::Recovered,
            format!("{} run for {} succeeded", job.name, self.time(slot)),
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
            || "It has never succeeded before".to_owned(),
            |last| format!("The last successful run was the one for {}", self.time(last)),
        );
        format!("It was due at {}. {last}.", self.time(self.slot))
    }

    /// What it means for money that the job has not completed.
    fn stakes(self) -> String {
        let stake = |step: &Step| match step {
            Step::Fetch => None,
            Step::Reconcile if self.last_done.is_none() => Some(
                "No sales, refunds or holds have been posted yet. Nothing is lost; the first successful run will post them all, each dated the \
                 day it happened.",
            ),
            Step::Reconcile => Some(
                "Sales, refunds and amounts coming off hold have not been posted since the last successful run: balances are as that run \
                 left them. Nothing is lost; the next successful run will post them all, each dated the day it happened.",
            ),
            Step::Payout => {
                Some("No batch has been drafted, so creators will be paid late if this persists. Nobody is paid twice.")
            }
            Step::Answers => {
                Some("Answers of banks have not been imported: what they tell of payments is not booked. Nobody is paid twice.")
            }
            Step::Statements => Some("Statements are waiting to be issued or sent. None is sent twice."),
        };
        let stakes: Vec<&str> = self.job.steps.iter().filter_map(stake).collect();
        if stakes.is_empty() { "None: the job only fetches data.".to_owned() } else { stakes.join("\n") }
    }

    fn otherwise(self) -> String {
        let next = Schedule::of(self.program, self.job).ok().flatten().and_then(|schedule| schedule.next(self.slot).ok());
        next.map_or_else(String::new, |next| {
            format!("Once it is fixed, you can also leave it to the next scheduled run ({}).", self.time(next))
        })
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
        headline: format!("{program}: the program file cannot be used"),
        what: error,
        since: format!("First seen at {time}."),
        money: "No job of this program will run until its file is fixed: nothing is posted, drafted or sent. Nothing is lost; once the file \
                is fixed, the most recent due run of each job is carried out. Other programs are not affected."
            .to_owned(),
        to_do: format!("Fix the file; `purser validate --program {program}` checks it. The file is read again every minute."),
    }
}

/// A program whose file is gone, and the first of its jobs that was missed.
pub fn gone(program: &str, job: &str, slot: i64) -> Alert {
    let time = format_time(slot);
    Alert {
        kind: AlertKind::Broken,
        program: program.to_owned(),
        job: String::new(),
        what: format!(
            "There is no {program}.toml among the program files, and no other purser server is running its jobs. The first missed run \
             was {job} for {time}."
        ),
        since: format!("It was due at {time}."),
        mark: time,
        headline: format!("{program}: the program file is gone"),
        money: "Nothing is posted, drafted or sent for this program: its balances still reflect the last run. Nothing is lost; once the file \
                is back, the most recent due run of each job is carried out. Other programs are not affected."
            .to_owned(),
        to_do: format!(
            "Put the file back. If it was renamed: `purser rename {program} NEW_NAME --by NAME --reason REASON`. If the program has ended: \
             `purser retire {program} --by NAME --reason REASON` drafts its final batch, for which the file has to be there; once that is \
             settled, run it again to close the ledger."
        ),
    }
}

/// Letters to creators that came back for good: their keys, and the statuses that servers gave. Their addresses are suppressed.
pub fn suppressed(program: &str, letters: &[(&str, &str)], mark: String, now: i64) -> Alert {
    let count = i64::try_from(letters.len()).unwrap_or(i64::MAX);
    let addresses = counted(count, "address", "addresses");
    let more = letters.len().saturating_sub(NAMED);
    let mut named: Vec<String> = letters.iter().take(NAMED).map(|(key, status)| format!("- {key} (status {status})")).collect();
    named.extend((more > 0).then(|| format!("- and {more} more")));
    let are = if count == 1 { "is" } else { "are" };
    Alert {
        kind: AlertKind::Suppressed,
        program: program.to_owned(),
        job: String::new(),
        headline: format!("{program}: {addresses} of creators {are} suppressed"),
        what: format!(
            "Emails to creators were refused or came back for good. Nothing is emailed to these addresses any more.\n{}",
            named.join("\n")
        ),
        since: format!("Found at {}.", format_local_time(Tz::UTC, now)),
        money: "None: balances, batches and statements are not affected. These creators do not get their statements by email."
            .to_owned(),
        to_do: format!(
            "Ask them for another address and enter it in the table of creators; it is used from then on. If an address works again: `purser mail \
             lift ADDRESS --by NAME --reason REASON --program {program}`, then `purser mail retry MESSAGE --by NAME --program {program}` for \
             what was not sent. `purser mail suppressed --program {program}` lists them, with what the servers said."
        ),
        mark,
    }
}
