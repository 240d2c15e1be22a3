//! The program file: what a brand decided, as types in which a contradictory decision cannot be built.
//!
//! 1. [`keys`] declares every key: section, name, what it takes, default, meaning. The printed reference comes from it.
//! 2. `reader.rs` reads sections and values, notes mistakes with their lines, and refuses keys that are not declared.
//! 3. `build.rs` makes the types of them, and refuses what contradicts itself.
//!
//! [`Program::parse`] reports every mistake at once, each with its line: the file is edited by people who would otherwise run
//! it ten times. Deriving the reader from the types was rejected, as its errors name types and stop at the first.
//!
//! The types hold no rules: what a tier pays, [`crate::reconcile`] and [`crate::explain`] say. `schedule.rs` says when a job is
//! due.
//!
//! To add a key: declare it in `keys.rs`, read it in `build.rs`, put it into the type of its section, and print `KEYS.md` anew
//! with `purser validate --keys`. Without the key, a program must mean what it meant before.

mod build;
pub mod keys;
mod rate_name;
mod reader;
mod schedule;

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use chrono::NaiveDate;
use chrono_tz::Tz;

pub use crate::calendar::Period;
use crate::money::{Currency, Rate, Rounding};

pub use rate_name::{rate_code, rate_name, what_it_pays};

pub use schedule::Schedule;

/// Microseconds of absolute time: a day is 24 hours, also across a clock change.
pub type Micros = i64;

/// One program: where its facts are, who gets credit, what it pays, when it runs.
#[derive(Debug, Clone)]
pub struct Program {
    /// The file's name without ending; part of every key in the ledger.
    pub id: String,
    /// The name people read.
    pub name: String,
    /// All earnings are in this currency.
    pub currency: Currency,
    /// Days, months and schedules are this zone's.
    pub time_zone: Tz,
    /// The first local day whose orders may earn; none if all may.
    pub starts: Option<NaiveDate>,
    /// Where each table comes from.
    pub sources: BTreeMap<Table, Source>,
    /// Who gets credit.
    pub attribution: Attribution,
    /// What it pays.
    pub commission: Commission,
    /// The least payable balance that is paid out, in minor units.
    pub payout_minimum: i64,
    /// What the operator is told of.
    pub alerts: Limits,
    /// For how long what is not the ledger stays.
    pub retention: Retention,
    /// What runs, and when.
    pub jobs: Vec<Job>,
    /// The file's text.
    pub text: String,
    /// The hash of the file's text, which every entry names.
    pub text_hash: String,
}

/// For how long what is not the ledger stays. The ledger itself is never tidied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    /// Facts and outcomes, since a run used them last.
    pub facts: Micros,
    /// The texts of mails, since they were sent or refused.
    pub mails: Micros,
    /// Records of runs.
    pub runs: Micros,
}

/// The tables of facts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Table {
    /// Orders, in versions.
    Orders,
    /// The lines of orders.
    OrderLines,
    /// Money given back.
    Refunds,
    /// Clicks on creators' links.
    Clicks,
    /// Creators, one row for each span of time.
    Creators,
    /// Who owns a link, and when.
    Links,
    /// Who owns a discount code, and when.
    Codes,
    /// Exchange rates by day. Optional.
    Fx,
    /// Fixed amounts owed to creators. Optional.
    Fees,
}

impl Table {
    /// All of them, in the order they are read.
    pub const ALL: [Self; 9] = [
        Self::Orders,
        Self::OrderLines,
        Self::Refunds,
        Self::Clicks,
        Self::Creators,
        Self::Links,
        Self::Codes,
        Self::Fx,
        Self::Fees,
    ];

    /// The name used in the program file and in messages.
    pub fn name(self) -> &'static str {
        match self {
            Self::Orders => "orders",
            Self::OrderLines => "order_lines",
            Self::Refunds => "refunds",
            Self::Clicks => "clicks",
            Self::Creators => "creators",
            Self::Links => "links",
            Self::Codes => "codes",
            Self::Fx => "fx",
            Self::Fees => "fees",
        }
    }

    /// Whether a program may leave it out.
    pub fn is_optional(self) -> bool {
        matches!(self, Self::Fx | Self::Fees)
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Where a table's rows are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// The path as written; may hold `*`, `?` and `**`.
    pub written: String,
    /// The same, made absolute from the program file's folder.
    pub pattern: PathBuf,
}

/// Who gets credit for an order.
#[derive(Debug, Clone)]
pub struct Attribution {
    /// How old a click may be at the order.
    pub window: Micros,
    /// Which of several clicks count.
    pub model: Model,
    /// The kinds of touch that exist, the strongest first.
    pub precedence: Vec<TouchKind>,
    /// Which customers' orders earn, and for how long they stay with a creator.
    pub customers: Customers,
}

/// Which of an order's link touches get credit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Model {
    /// The latest.
    LastClick,
    /// The earliest.
    FirstClick,
    /// Every creator among them, in equal parts.
    Linear,
}

/// The kinds of evidence that a creator brought an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TouchKind {
    /// A click on a creator's link.
    Link,
    /// A creator's code on the order.
    Code,
}

/// Whose orders earn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Customers {
    /// Everybody's.
    All,
    /// Only a customer's first.
    New,
    /// Everybody's; and an order without a touch goes to whoever brought the customer before, for so long.
    Locked(Micros),
}

/// What credit pays.
#[derive(Debug, Clone)]
pub struct Commission {
    /// How commissions are rounded.
    pub rounding: Rounding,
    /// How long after the order a commission stays pending.
    pub hold: Micros,
    /// After this long, refunds and cancellations are ignored.
    pub clawback: Option<Micros>,
    /// Orders below this earn nothing (minor units).
    pub min_order: Option<i64>,
    /// The most an order pays (minor units).
    pub cap_per_order: Option<i64>,
    /// The most a creator earns in a local month (minor units).
    pub cap_per_month: Option<i64>,
    /// The rates, in the order of the file.
    pub rates: Vec<RateRule>,
    /// The bonuses, in the order of the file.
    pub bonuses: Vec<Bonus>,
}

/// One `[[commission.rates]]`.
#[derive(Debug, Clone)]
pub struct RateRule {
    /// Only this creator.
    pub creator: Option<String>,
    /// Only creators of this group at the order.
    pub group: Option<String>,
    /// Only lines of this sku.
    pub sku: Option<String>,
    /// Only lines of this category.
    pub category: Option<String>,
    /// The first local day it holds.
    pub from: Option<NaiveDate>,
    /// The first local day it no longer holds.
    pub until: Option<NaiveDate>,
    /// What it pays.
    pub pays: Pays,
}

/// What a rate pays.
#[derive(Debug, Clone)]
pub enum Pays {
    /// A percentage of the base.
    Percent {
        /// The percentage.
        percent: Rate,
        /// Whether its lines count towards tiers and bonuses.
        counts: bool,
    },
    /// A fixed amount for an order (minor units).
    PerOrder {
        /// The amount.
        amount: i64,
        /// Whether its lines count towards tiers and bonuses.
        counts: bool,
    },
    /// A percentage that depends on how much the creator brought in the period.
    Tiers(Tiers),
}

/// Tiers over a creator's progress in a period.
#[derive(Debug, Clone)]
pub struct Tiers {
    /// The span over which progress is counted.
    pub period: Period,
    /// What progress is, and where each tier starts.
    pub metric: Metric,
    /// Whether a tier applies to what lies beyond it, or to everything.
    pub mode: TierMode,
    /// The percentages: the first tier starts at 0, starts ascend.
    pub tiers: Vec<Tier>,
}

/// One tier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tier {
    /// Where it starts: minor units, or a count of orders.
    pub from: i64,
    /// What it pays.
    pub percent: Rate,
}

/// What progress is counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Metric {
    /// The creator's attributed base that counts.
    NetSales,
    /// The number of orders with base left on lines that count.
    Orders,
}

/// How a tier applies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TierMode {
    /// To what lies beyond its start.
    Marginal,
    /// To everything in the period.
    Retroactive,
}

/// One `[[commission.bonuses]]`.
#[derive(Debug, Clone, Copy)]
pub enum Bonus {
    /// For each attributed order that is a customer's first.
    NewCustomer {
        /// Minor units.
        amount: i64,
    },
    /// For each period in which a creator's progress reaches a threshold.
    NetSales {
        /// The threshold, minor units.
        over: i64,
        /// Month, quarter or year.
        period: Period,
        /// Minor units.
        amount: i64,
    },
}

/// How long after it was due a run is late, unless `[alerts]` says otherwise.
pub const LATE: Micros = 3_600_000_000;

/// `[alerts]`: beyond what the operator is told. Where a limit is off, it is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// How long after it was due a run is late.
    pub late: Micros,
    /// The least share of the usual number of orders of a day, in percent.
    pub orders_below: Option<i64>,
    /// The largest share of the usual number of exceptions, in percent.
    pub exceptions_above: Option<i64>,
    /// How much larger than usual the share of unattributed orders of a day may be, in percentage points.
    pub unattributed_rise: Option<i64>,
    /// The least that creators are owed more after a run (minor units).
    pub total_below: Option<i64>,
}

/// One `[jobs.NAME]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// Its name, as in `purser run NAME`.
    pub name: String,
    /// A cron line in the program's zone; without one it runs by hand.
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
    /// Build and send the statements of the month before.
    Statements,
}

impl Step {
    /// As it is written.
    pub fn name(self) -> &'static str {
        match self {
            Self::Fetch => "fetch",
            Self::Reconcile => "reconcile",
            Self::Payout => "payout",
            Self::Statements => "statements",
        }
    }
}

impl RateRule {
    /// How specific it is: creator 8, group 4, sku 2, category 1, summed.
    pub fn specificity(&self) -> u32 {
        let weight = |given: bool, weight: u32| if given { weight } else { 0 };
        weight(self.creator.is_some(), 8)
            + weight(self.group.is_some(), 4)
            + weight(self.sku.is_some(), 2)
            + weight(self.category.is_some(), 1)
    }

    /// Whether its lines count towards tiers and bonuses.
    pub fn counts(&self) -> bool {
        match self.pays {
            Pays::Percent { counts, .. } | Pays::PerOrder { counts, .. } => counts,
            Pays::Tiers(_) => true,
        }
    }

    /// Whether its dates hold this local day: `from` included, `until` excluded.
    pub fn holds_on(&self, day: NaiveDate) -> bool {
        self.from.is_none_or(|from| from <= day) && self.until.is_none_or(|until| day < until)
    }
}

/// One mistake in a program file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong and what would be right.
    pub message: String,
}

/// All mistakes of a program file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct Mistakes(pub Vec<Mistake>);

impl fmt::Display for Mistakes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.0.len();
        write!(f, "{count} mistake{}", if count == 1 { "" } else { "s" })?;
        for mistake in &self.0 {
            write!(f, "\n  line {}: {}", mistake.line, mistake.message)?;
        }
        Ok(())
    }
}

impl Program {
    /// Reads a program's text. `folder` is where its relative paths start.
    pub fn parse(id: &str, text: &str, folder: &Path) -> Result<Self, Mistakes> {
        build::program(id, text, folder)
    }

    /// Reads a program file; its id is the file's name without ending.
    pub fn load(path: &Path) -> anyhow::Result<Self> {
        let shown = path.display();
        let text = std::fs::read_to_string(path).with_context(|| format!("cannot read the program file {shown}"))?;
        let id = path.file_stem().and_then(|s| s.to_str()).unwrap_or_default();
        if id.is_empty() || id.contains(|c: char| c.is_control() || c == '/') {
            bail!("{shown}: the file's name is the program's id; give it a plain name such as glow.toml");
        }
        let absolute = std::path::absolute(path).with_context(|| format!("cannot find the folder of {shown}"))?;
        let folder = absolute.parent().unwrap_or(Path::new("/"));
        Self::parse(id, &text, folder).with_context(|| format!("{shown} is not a valid program file"))
    }

    /// The job of this name.
    pub fn job(&self, name: &str) -> Option<&Job> {
        self.jobs.iter().find(|job| job.name == name)
    }
}

/// The program files at `path`: one file, or every `.toml` of a folder, in order of their names.
pub fn find_files(path: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let shown = path.display();
    if path.is_file() {
        return Ok(vec![path.to_owned()]);
    }
    let entries = std::fs::read_dir(path).with_context(|| {
        format!("no program file or folder of them at {shown}; name one with --jobs, or start with `purser init`")
    })?;
    let mut files = Vec::new();
    for entry in entries {
        let file = entry.with_context(|| format!("cannot list {shown}"))?.path();
        if file.extension().is_some_and(|e| e == "toml") && file.is_file() {
            files.push(file);
        }
    }
    if files.is_empty() {
        bail!("the folder {shown} holds no .toml program file; start with `purser init`");
    }
    files.sort();
    Ok(files)
}
