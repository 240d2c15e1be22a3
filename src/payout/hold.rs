//! Payment holds: creators whom people, or the lack of payment details, keep from being paid. Their commissions go on accruing.
//!
//! A hold is an entry of the chain, and so is its end; there is no table of them. It ends by itself on the day that it names.

use std::collections::BTreeMap;

use anyhow::{Result, bail, ensure};
use chrono::NaiveDate;

use super::current::Current;
use super::state::BatchState;
use crate::calendar::{day_number, day_of, format_day, format_time};
use crate::error::{Conflict, Invalid, NotFound};
use crate::ledger::{Entry, EntryKind, JournalEntry, checked_name, checked_reason, entries_of_holds, is_same_person, post};
use crate::program::Program;
use crate::store::Tx;
use crate::vocabulary::{coded, counted};

coded! {
    /// Why payments to a creator are on hold.
    pub enum HoldKind {
        /// Somebody is looking into something.
        Review = "review",
        /// A tax form is missing.
        TaxForm = "tax_form",
        /// Payment details are missing or unverified.
        Details = "details",
    }
}

impl HoldKind {
    /// As people read it.
    pub fn words(self) -> &'static str {
        match self {
            Self::Review => "under review",
            Self::TaxForm => "tax form missing",
            Self::Details => "payment details missing or unverified",
        }
    }
}

/// A payment hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hold {
    /// The creator who is not paid.
    pub creator_id: String,
    /// What is the matter. A creator has one hold of each kind at a time.
    pub kind: HoldKind,
    /// Who holds: for the lack of details, the drafter of the batch that they are not in.
    pub by: String,
    /// Since when (microseconds since 1970).
    pub since: i64,
    /// The local day on which it ends by itself (days since 1970); none where somebody has to release it.
    pub until: Option<i32>,
    /// Why, in the holder's words; empty where a draft found no usable details, which ends once the next draft finds some.
    pub reason: String,
    /// The entry that records it.
    pub entry: i64,
}

impl Hold {
    /// Whether nobody gave a reason for it but the lack of details.
    pub fn is_automatic(&self) -> bool {
        self.reason.is_empty()
    }

    /// What stands in its entry.
    fn facts(kind: HoldKind, until: Option<i32>) -> String {
        until.map_or_else(|| kind.code().to_owned(), |day| format!("{} {}", kind.code(), format_day(day)))
    }

    fn of(entry: JournalEntry) -> Result<Self> {
        let (code, until) = match entry.facts.split_once(' ') {
            Some((code, day)) => (code, NaiveDate::parse_from_str(day, "%Y-%m-%d").ok().map(day_number)),
            None => (entry.facts.as_str(), None),
        };
        let Some(kind) = HoldKind::parse(code) else {
            bail!("entry {} is a hold of the unknown kind \"{}\"; run `purser check`", entry.entry, entry.facts)
        };
        let JournalEntry { subject, actor, booked_at, reason, entry, .. } = entry;
        Ok(Self { creator_id: subject, kind, by: actor, since: booked_at, until, reason, entry })
    }
}

/// The holds that stand on a local day (days since 1970), by creator, as the entries up to one say.
///
/// # Errors
///
/// When the database cannot be read, or holds what no version writes.
pub async fn holds_on(tx: &mut Tx, program: &str, day: i32, through: i64) -> Result<BTreeMap<String, Vec<Hold>>> {
    standing(entries_of_holds(tx, program, None).await?, day, through)
}

/// The holds of one creator that stand on a local day (days since 1970).
///
/// # Errors
///
/// As [`holds_on`].
pub async fn holds_of(tx: &mut Tx, program: &str, creator_id: &str, day: i32) -> Result<Vec<Hold>> {
    let entries = entries_of_holds(tx, program, Some(creator_id)).await?;
    Ok(standing(entries, day, i64::MAX)?.remove(creator_id).unwrap_or_default())
}

fn standing(entries: Vec<JournalEntry>, day: i32, through: i64) -> Result<BTreeMap<String, Vec<Hold>>> {
    let mut holds: BTreeMap<String, Vec<Hold>> = BTreeMap::new();
    for entry in entries.into_iter().filter(|entry| entry.entry <= through) {
        let is_held = entry.kind == EntryKind::Held;
        let hold = Hold::of(entry)?;
        let of_creator = holds.entry(hold.creator_id.clone()).or_default();
        of_creator.retain(|other| other.kind != hold.kind);
        if is_held {
            of_creator.push(hold);
        }
    }
    for of_creator in holds.values_mut() {
        of_creator.retain(|hold| hold.until.is_none_or(|until| day < until));
    }
    holds.retain(|_, of_creator| !of_creator.is_empty());
    Ok(holds)
}

/// What a person holds a creator for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HoldRequest<'a> {
    /// Whom.
    pub creator_id: &'a str,
    /// What is the matter.
    pub kind: HoldKind,
    /// The local day on which it ends (days since 1970), if it does so by itself.
    pub until: Option<i32>,
    /// Why.
    pub reason: &'a str,
}

/// Puts payments to a creator on hold, in the caller's transaction. Answers the hold, and whether it stood there before: a repeat
/// changes nothing.
///
/// # Errors
///
/// When another hold of the kind stands, the day has come already, or the time is before the last entry about the creator's holds.
pub async fn hold(tx: &mut Tx, program: &Program, by: &str, as_of: i64, request: HoldRequest<'_>) -> Result<(Hold, bool)> {
    let (by, reason) = (checked_name(by)?, checked_reason(request.reason)?);
    let HoldRequest { creator_id, kind, until, .. } = request;
    let today = day_of(program.time_zone, as_of);
    if let Some(until) = until.filter(|until| *until <= today) {
        let (until, today) = (format_day(until), format_day(today));
        bail!(Invalid(format!("the hold would end on {until}, which is not after today, {today}; nothing was changed")));
    }
    let entries = of_creator(tx, program, creator_id, as_of).await?;
    let standing = standing(entries, today, i64::MAX)?.remove(creator_id).unwrap_or_default();
    if let Some(same) = standing.into_iter().find(|hold| hold.kind == kind && !hold.is_automatic()) {
        if same.reason == reason && is_same_person(&same.by, by) && same.until == until {
            return Ok((same, true));
        }
        let (holder, since, why) = (&same.by, format_time(same.since), &same.reason);
        bail!(Conflict(format!(
            "{creator_id} has been on hold since {since} already (by {holder}): {} ({why}); nothing was changed. To hold for another reason or time: \
             `purser hold release {creator_id} --kind {kind} --by NAME --reason REASON` first",
            kind.words()
        )));
    }
    let entry = record(tx, program, EntryKind::Held, (creator_id, kind, until), (by, as_of), reason).await?;
    let (creator_id, by, reason) = (creator_id.to_owned(), by.to_owned(), reason.to_owned());
    Ok((Hold { creator_id, kind, by, since: as_of, until, reason, entry }, false))
}

/// Ends a payment hold, in the caller's transaction; answers what it was.
///
/// # Errors
///
/// When there is none, or several of which none is named.
pub async fn release(
    tx: &mut Tx,
    program: &Program,
    (by, as_of): (&str, i64),
    (creator_id, kind): (&str, Option<HoldKind>),
    reason: &str,
) -> Result<Hold> {
    let (by, reason) = (checked_name(by)?, checked_reason(reason)?);
    let entries = of_creator(tx, program, creator_id, as_of).await?;
    let mut standing = standing(entries, day_of(program.time_zone, as_of), i64::MAX)?.remove(creator_id).unwrap_or_default();
    standing.retain(|hold| kind.is_none_or(|kind| kind == hold.kind));
    let kinds: Vec<&str> = standing.iter().map(|hold| hold.kind.code()).collect();
    ensure!(
        kinds.len() < 2,
        Invalid(format!(
            "{creator_id} is on hold for several reasons: say which with --kind {}; nothing was changed",
            kinds.join(" or --kind ")
        ))
    );
    let Some(hold) = standing.pop() else {
        let what = kind.map(|kind| format!(" as {}", kind.words())).unwrap_or_default();
        bail!(NotFound(format!("{creator_id} is not on hold{what}; nothing was changed. See `purser hold list`")))
    };
    record(tx, program, EntryKind::Released, (creator_id, hold.kind, None), (by, as_of), reason).await?;
    Ok(hold)
}

/// The entries about a creator's holds, none of which is later than what is about to be decided.
async fn of_creator(tx: &mut Tx, program: &Program, creator_id: &str, as_of: i64) -> Result<Vec<JournalEntry>> {
    let entries = entries_of_holds(tx, &program.id, Some(creator_id)).await?;
    if let Some(last) = entries.iter().find(|entry| as_of < entry.booked_at) {
        let (kind, number, at) = (last.kind.code(), last.entry, format_time(last.booked_at));
        bail!(Conflict(format!(
            "{creator_id} already has entry {number} ({kind}), dated {at}; a decision cannot be dated earlier than that, at {}; nothing was \
             changed. Give a later time, or leave out --as-of to use the current time",
            format_time(as_of)
        )));
    }
    Ok(entries)
}

async fn record(
    tx: &mut Tx,
    program: &Program,
    kind: EntryKind,
    (creator_id, hold, until): (&str, HoldKind, Option<i32>),
    (by, as_of): (&str, i64),
    reason: &str,
) -> Result<i64> {
    let facts = Hold::facts(hold, until);
    let entry = Entry { kind, subject: creator_id, booked_at: as_of, actor: by, reason, program_text: "", facts: &facts };
    Ok(post(tx, program, &entry, &[]).await?.head.entry)
}

/// Brings the holds for the lack of details in line with what a draft finds: who is due and has no usable details is held, and who
/// was held for that and has some is released. `missing` are the former; of others, `has_details` says so. Answers who stands on hold.
pub(super) async fn follow_details(
    tx: &mut Tx,
    program: &Program,
    (by, as_of): (&str, i64),
    missing: &[String],
    has_details: impl Fn(&str) -> bool,
) -> Result<BTreeMap<String, Vec<Hold>>> {
    let day = day_of(program.time_zone, as_of);
    let mut holds = holds_on(tx, &program.id, day, i64::MAX).await?;
    for creator in missing.iter().filter(|creator| !has(&holds, creator, |hold| hold.kind == HoldKind::Details)) {
        record(tx, program, EntryKind::Held, (creator, HoldKind::Details, None), (by, as_of), "").await?;
    }
    let ended = |creator: &&String| has(&holds, creator, |hold| hold.kind == HoldKind::Details && hold.is_automatic());
    let ended: Vec<String> = holds.keys().filter(ended).filter(|creator| has_details(creator)).cloned().collect();
    for creator in &ended {
        record(tx, program, EntryKind::Released, (creator, HoldKind::Details, None), (by, as_of), "").await?;
    }
    if !missing.is_empty() || !ended.is_empty() {
        holds = holds_on(tx, &program.id, day, i64::MAX).await?;
    }
    Ok(holds)
}

fn has(holds: &BTreeMap<String, Vec<Hold>>, creator: &str, is_so: impl Fn(&Hold) -> bool) -> bool {
    holds.get(creator).is_some_and(|holds| holds.iter().any(is_so))
}

/// Refuses to go on with a batch that would pay somebody on hold.
pub(super) async fn refuse_held(tx: &mut Tx, program: &Program, batch: &Current, as_of: i64, verb: &str) -> Result<()> {
    let holds = holds_on(tx, &program.id, day_of(program.time_zone, as_of), i64::MAX).await?;
    let mut held = batch.lines.iter().filter_map(|line| holds.get(&line.creator_id)?.first());
    let Some(first) = held.next() else { return Ok(()) };
    let others = held.count();
    let others = if others > 0 { format!(" (and {})", counted(others, "other", "others")) } else { String::new() };
    let Hold { creator_id, by, since, kind, .. } = first;
    let (id, since, kind) = (&batch.batch_id, format_time(*since), kind.words());
    let to_do = match batch.state {
        BatchState::Draft => format!("take the line out, `purser batch hold {id} --creator {creator_id}`, or release"),
        BatchState::Approved => "reject the batch, and the next payout run drafts the others; or release".to_owned(),
        _ => "release".to_owned(),
    };
    bail!(Conflict(format!(
        "batch {id} would pay {creator_id}{others}, who has been on hold since {since} (by {by}): {kind}; it cannot be {verb}; {to_do} the hold, \
         `purser hold release {creator_id}`; nothing was changed"
    )))
}
