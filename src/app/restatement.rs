//! Restating what is payable, because the rules or ownership were edited, takes a reason.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Error, Result, bail};

use super::environment::Environment;
use super::options::RunOptions;
use crate::error::{self, Conflict};
use crate::facts::{Edited, Manifest, blocking, load_edited, manifest, refuse_changed};
use crate::ledger::{check_currency_shown, last_reconciled, program_text};
use crate::money::{Overflow, format_minor};
use crate::posting::{Edits, Last, Moment, Owed, PostedTargets, Previous, Restated, Unedited, restated as compare};
use crate::program::{Program, Table};
use crate::reconcile::Reconciliation;
use crate::vocabulary::{ExceptionKind, Kind, counted};

/// How many creators a refusal lists.
const CREATORS: usize = 10;

/// What the ledger rests on: the program and the tables that the last reconciliation in the journal names.
pub(super) enum Ground {
    /// The very program file and tables of now.
    Same,
    /// Others, which may differ in nothing that decides.
    Other(Box<Previous>),
    /// Nobody knows, and why.
    Unknown(&'static str),
    /// The program file and tables that it names, which an older version of the rules read otherwise than this one does.
    ReadOtherwise,
}

impl Ground {
    /// Whether the program decides as the journal says that the last one did.
    pub(super) fn pays_like(&self, program: &Program) -> bool {
        match self {
            Self::Same => true,
            Self::Other(previous) => program.pays_like(&previous.program),
            Self::Unknown(_) | Self::ReadOtherwise => false,
        }
    }
}

const NO_TEXT: &str = "the text of the program file that it names is missing, or is another text than its hash says";
pub(super) const NO_FACTS: &str = "the tables that it names are missing, or are others than their hashes say";
const OTHER_RULES: &str = "this version can't use the program file that it names";

/// Finds what the ledger rests on. The journal says it, which nobody changes unnoticed; only before its first entry, when no
/// money is posted, the record of the last reconciliation has to do.
///
/// # Errors
///
/// When the database cannot be read.
pub(super) async fn ground(at: &Environment, program: &Program, last: &Last, now: &Manifest) -> Result<Ground> {
    let of_last = || (last.program_text.clone(), last.manifest.clone(), last.as_of);
    let (text_hash, digest, booked_at) = last_reconciled(&at.store, &program.id).await?.unwrap_or_else(of_last);
    let old = match text_hash == program.text_hash {
        true => program.clone(),
        false => {
            let text = program_text(&at.store, &text_hash).await?;
            let Some(text) = text.filter(|text| blake3::hash(text.as_bytes()).to_hex().as_str() == text_hash) else {
                return Ok(Ground::Unknown(NO_TEXT));
            };
            match Program::parse(&program.id, &text, Path::new("")) {
                // Amounts of two currencies would differ for another reason.
                Ok(old) if old.currency == program.currency => old,
                _ => return Ok(Ground::Unknown(OTHER_RULES)),
            }
        }
    };
    let tables = match edited_tables(at, program, &digest, now).await {
        Ok(tables) => tables,
        Err(error) if error::kind_of(&error) == Some(error::Kind::Transient) => return Err(error),
        Err(error) => {
            tracing::warn!(program = program.id, "{error:#}");
            return Ok(Ground::Unknown(NO_FACTS));
        }
    };
    if old.text_hash == program.text_hash && tables.is_none() {
        return Ok(Ground::Same);
    }
    Ok(Ground::Other(Box::new(Previous { program: old, tables, as_of: last.as_of.max(booked_at) })))
}

/// The tables that people edit, as a list of facts has them; none where their files are those of `now`.
async fn edited_tables(at: &Environment, program: &Program, digest: &str, now: &Manifest) -> Result<Option<Edited>> {
    if digest == now.digest() {
        return Ok(None);
    }
    let old = manifest(&at.store, &program.id, digest).await?;
    if old.digest() != digest {
        bail!("the list of facts {digest} of {} is not what its digest says", program.id);
    }
    if Edited::TABLES.iter().all(|table| now.has_content_of(&old, *table)) {
        return Ok(None);
    }
    refuse_changed(&at.store, &at.data, &old, &Edited::TABLES).await?;
    let data = at.data.clone();
    blocking(move || load_edited(&old, &data)).await.map(Some)
}

/// A reconciliation, and what it would be without the edits.
pub(super) struct Case<'a> {
    pub at: &'a Environment,
    pub program: &'a Program,
    pub options: &'a RunOptions,
    pub last: &'a Last,
    pub ground: &'a Ground,
    pub edits: &'a Edits,
    pub unedited: Option<Reconciliation>,
    pub now: &'a Arc<Reconciliation>,
    pub posted: &'a PostedTargets,
}

/// What is payable or was paid and is restated, or becomes payable only by an edit, in the order of the keys.
///
/// # Errors
///
/// When there is any such thing and the options give no reason for it; says whom it concerns, and how much.
pub(super) async fn restated(case: Case<'_>) -> Result<Vec<Restated>> {
    let Case { at, program, options, last, ground, edits, unedited, now, posted } = case;
    check_currency_shown(&at.store, program).await?;
    let hold = program.commission.hold;
    let old_hold = if let Ground::Other(previous) = ground { previous.program.commission.hold } else { hold };
    let moment = Moment { as_of: options.as_of, last: last.as_of, holds: [old_hold, hold] };
    let is_unknown = matches!(ground, Ground::Unknown(_) | Ground::ReadOtherwise);
    let (posted, decided) = (posted.clone(), now.clone());
    let work = move || {
        let unedited = match &unedited {
            Some(unedited) => Unedited::Decided(unedited),
            None if is_unknown => Unedited::Unknown,
            None => Unedited::Same,
        };
        compare(&posted, &unedited, &decided, &moment)
    };
    let restated = blocking(work).await?;
    if !restated.is_empty() && options.restate.is_none() {
        let has_fees = restated.iter().any(|restated| is_edited_fee(restated, now));
        let undo = match ground {
            Ground::ReadOtherwise => "If this is unexpected, go back to the previous version of purser and find out what changed",
            _ => {
                "Undo the change if it was a mistake: to introduce a new rate without restating, give it a `from` date; to change an owner, \
                 set `active_to` on the old row"
            }
        };
        return Err(refusal(program, &cause(program, ground, edits, has_fees), &restated, undo)?);
    }
    Ok(restated)
}

/// Whether it is a fee whose row was edited, and not one whose creator is unknown now.
fn is_edited_fee(restated: &Restated, now: &Reconciliation) -> bool {
    let is_unknown = || now.exceptions.contains(&(ExceptionKind::FeeWithoutCreator, restated.order_id.clone()));
    restated.kind == Kind::Fee.code() && !is_unknown()
}

/// What was edited, in words.
fn cause(program: &Program, ground: &Ground, edits: &Edits, has_fees: bool) -> String {
    if let Ground::Unknown(why) = ground {
        return format!(
            "{}: the inputs of the last reconciliation are unknown ({why}), so any change to payable money is treated as an edit, which",
            program.id
        );
    }
    if matches!(ground, Ground::ReadOtherwise) {
        return format!(
            "{}: given the same program file and facts, this version of purser reaches different results from the version that last \
             posted, so any change to payable money is treated as an edit, which",
            program.id
        );
    }
    let tables = edits.tables.iter().chain(has_fees.then_some(&Table::Fees)).map(|table| format!("the table {table}"));
    let changed: Vec<String> = edits.program.then(|| "the program file".to_owned()).into_iter().chain(tables).collect();
    format!("{}: {} changed, which", program.id, listing(&changed))
}

/// What is restated of one creator.
#[derive(Default)]
struct Sum {
    targets: usize,
    unchanged: i64,
    now: i64,
    held_again: usize,
}

fn refusal(program: &Program, cause: &str, restated: &[Restated], undo: &str) -> Result<Error> {
    let mut by_creator: BTreeMap<&str, Sum> = BTreeMap::new();
    for one in restated {
        let sum = by_creator.entry(&one.creator_id).or_default();
        sum.targets += 1;
        sum.unchanged = sum.unchanged.checked_add(one.unchanged.due()).ok_or(Overflow)?;
        sum.now = sum.now.checked_add(one.now.due()).ok_or(Overflow)?;
        sum.held_again += usize::from(one.now.owed == Owed::Pending && one.now.amount != 0);
    }
    let mut creators: Vec<(&str, i64, Sum)> = Vec::new();
    for (creator, sum) in by_creator {
        creators.push((creator, sum.now.checked_sub(sum.unchanged).ok_or(Overflow)?, sum));
    }
    creators.sort_by_key(|(_, difference, _)| std::cmp::Reverse(difference.unsigned_abs()));
    let money = |minor: i64| format_minor(minor, program.currency.exponent());
    let line = |(creator, difference, sum): &(&str, i64, Sum)| {
        let held = if sum.held_again > 0 { format!(", {} on hold again", sum.held_again) } else { String::new() };
        let (unchanged, now) = (money(sum.unchanged), money(sum.now));
        let amounts = counted(i64::try_from(sum.targets).unwrap_or(i64::MAX), "amount", "amounts");
        let sign = if *difference > 0 { "+" } else { "" };
        format!("\n  {creator}: {amounts}, {unchanged} → {now} ({sign}{}){held}", money(*difference))
    };
    let listed: String = creators.iter().take(CREATORS).map(line).collect();
    let more = creators.len().saturating_sub(CREATORS);
    let more = if more > 0 { format!("\n  and {more} more") } else { String::new() };
    let amounts = counted(i64::try_from(restated.len())?, "amount", "amounts");
    Ok(Conflict(format!(
        "{cause} would restate {amounts} already payable or paid, or about to become payable immediately (in {}):{listed}{more}\n\
         Nothing was posted. {undo}. If it is intended, run again with --restate REASON",
        program.currency,
    ))
    .into())
}

/// `a`, `a and b`, `a, b and c`.
fn listing(words: &[String]) -> String {
    match words.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        _ => words.concat(),
    }
}
