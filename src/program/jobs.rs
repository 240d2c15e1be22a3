//! `[jobs]`: what runs, and when.

use super::keys::{Key, keys};
use super::reader::{Notebook, Section, Value};

keys! {
    SCHEDULE = "jobs.NAME" "schedule", "cron line", "none (manual)", "When the job runs, in the program's time zone.";
    STEPS = "jobs.NAME" "steps", "list of fetch, reconcile, payout, answers, statements", "required", "The steps of the job, in order.";
}

/// One `[jobs.NAME]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// Its name, as in `purser run NAME`.
    pub name: String,
    /// A cron line in the program's zone; without one it is only run manually.
    pub schedule: Option<String>,
    /// What it does, in order.
    pub steps: Vec<Step>,
}

/// What a job can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Keep the facts as they are now.
    Fetch,
    /// Decide and post.
    Reconcile,
    /// Draft a payout batch.
    Payout,
    /// Import what banks answered.
    Answers,
    /// Build and send the statements of the month before.
    Statements,
}

impl Step {
    /// All of them.
    const ALL: [Self; 5] = [Self::Fetch, Self::Reconcile, Self::Payout, Self::Answers, Self::Statements];

    /// As it is written.
    pub fn name(self) -> &'static str {
        match self {
            Self::Fetch => "fetch",
            Self::Reconcile => "reconcile",
            Self::Payout => "payout",
            Self::Answers => "answers",
            Self::Statements => "statements",
        }
    }
}

/// Reads all jobs; those of a file that declares none are the usual ones. Whether the file says where banks' answers appear, `has_answers` tells.
pub(super) fn read<'a>(notes: &'a Notebook<'a>, value: Option<&'a Value<'a>>, has_answers: bool) -> Vec<Job> {
    let Some(value) = value else { return usual() };
    let Some(table) = value.get_ref().as_table() else {
        notes.note(value.span(), "write each job as [jobs.NAME]");
        return Vec::new();
    };
    let mut jobs = Vec::new();
    // A table comes in the order of its names; of jobs that are due at the same time, the file's order decides.
    let mut entries: Vec<_> = table.iter().collect();
    entries.sort_by_key(|(name, _)| name.span().start);
    for (name, value) in entries {
        let Some(section) = Section::open(notes, "jobs.NAME", &[KEYS], value) else { continue };
        if section.get(&STEPS).is_none() {
            section.missing(&STEPS);
        }
        let steps = section.words(&STEPS, &Step::ALL.map(|step| (step.name(), step))).unwrap_or_default();
        if let Some(value) = section.get(&STEPS).filter(|_| steps.contains(&Step::Answers) && !has_answers) {
            section.complain(value, &STEPS, "holds answers, but [payout] has no `answers`, the folder in which they appear");
        }
        let schedule = section.read(&SCHEDULE, cron);
        jobs.push(Job { name: name.get_ref().to_string(), schedule, steps });
    }
    jobs
}

/// The jobs of a file that declares none: every night, and on the first of the month a payout and statements.
fn usual() -> Vec<Job> {
    let job = |name: &str, schedule: &str, steps: &[Step]| Job {
        name: name.to_owned(),
        schedule: Some(schedule.to_owned()),
        steps: steps.to_vec(),
    };
    vec![
        job("nightly", "0 2 * * *", &[Step::Fetch, Step::Reconcile]),
        job("payout", "0 9 1 * *", &[Step::Payout]),
        job("statements", "0 10 1 * *", &[Step::Statements]),
    ]
}

fn cron(text: &str) -> Result<String, String> {
    let fields = text.split_whitespace().count();
    if fields != 5 {
        return Err(format!(
            "has {fields} fields; a cron line has five, such as \"0 2 * * *\": minute, hour, day, month, weekday"
        ));
    }
    let cron: croner::Cron = text.parse().map_err(|e| format!("is not a cron line such as \"0 2 * * *\": {e}"))?;
    // From any day on: what comes at all comes within the years that the search looks at.
    let comes = cron.find_next_occurrence(&chrono::DateTime::UNIX_EPOCH, true);
    comes.map_err(|_| "is a day that never comes".to_owned())?;
    Ok(text.to_owned())
}
