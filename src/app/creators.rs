//! Creators as people look them up: who there is, what each has, and where each stands.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use anyhow::{Result, bail};

use super::environment::Environment;
use super::payees::payee_of;
use crate::adjustments::{Proposal, proposals};
use crate::calendar::day_of;
use crate::error::NotFound;
use crate::facts::{FoundRow, Manifest, blocking, find_rows, latest_manifest, load_creators};
use crate::ledger::{Balance, Posted, balances, check_currency_shown, transfers_of_creator};
use crate::outbox::{Suppressed, suppressed};
use crate::payout::{Hold, HoldKind, LineState, batches_of, drafts_without, holds_of, holds_on};
use crate::program::{Program, Table};
use crate::statement::{Addressees, ListedStatement, statements_of};
use crate::vocabulary::closest;

/// What creators are called today, by id. Who has no name, or was erased, is called by the id.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CreatorNames(BTreeMap<String, Known>);

/// What is known of a creator from the table of creators.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Known {
    name: String,
    group: String,
    is_active: bool,
    email: Option<String>,
}

impl CreatorNames {
    /// The name of one.
    pub fn of<'a>(&'a self, creator_id: &'a str) -> &'a str {
        self.0.get(creator_id).map_or(creator_id, |known| &known.name)
    }

    /// The ids of all who are in the table.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }
}

/// A creator in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedCreator {
    /// The id.
    pub creator_id: String,
    /// The name today, or the id.
    pub name: String,
    /// The group, or empty.
    pub group: String,
    /// Whether the table of creators has them active now.
    pub is_active: bool,
    /// What they have.
    pub balance: Balance,
    /// Why payments to them are on hold today; empty where they are not.
    pub holds: Vec<HoldKind>,
}

/// All that is shown of a creator, but for the transfers.
#[derive(Debug)]
pub struct CreatorSheet {
    /// Who it is, and what they have.
    pub creator: ListedCreator,
    /// What each batch paid them, newest first: its id, when it was drafted (microseconds since 1970), the amount in minor units,
    /// and where that is.
    pub batches: Vec<(String, i64, i64, LineState)>,
    /// The drafts out of which their line was taken, oldest first.
    pub taken_out: Vec<String>,
    /// The holds on payments to them that stand today.
    pub holds: Vec<Hold>,
    /// Their statements, newest first.
    pub statements: Vec<ListedStatement>,
    /// The proposals about them, newest first.
    pub proposals: Vec<Proposal>,
    /// Their links: key, from, to and campaign, as the source has them.
    pub links: Vec<FoundRow>,
    /// Their codes, in the same way.
    pub codes: Vec<FoundRow>,
    /// That nothing is mailed to their address, if so.
    pub suppressed: Option<Suppressed>,
    /// Where they are paid, with the account masked; none where the program names no payees, or none of theirs.
    pub payee: Result<Option<String>>,
}

/// What creators are called, by facts that were read, from one time until another (microseconds since 1970).
struct KeptNames {
    program: String,
    manifest: Manifest,
    from: i64,
    until: i64,
    names: Arc<CreatorNames>,
}

/// What creators are called. They are read once from the same facts, until somebody's name or state ends.
///
/// # Errors
///
/// When kept facts cannot be read.
pub async fn creator_names(at: &Environment, program: &Program) -> Result<Arc<CreatorNames>> {
    let Some(manifest) = latest_manifest(&at.store, &program.id).await? else { return Ok(Arc::default()) };
    names_in(at, program, &manifest).await
}

async fn names_in(at: &Environment, program: &Program, manifest: &Manifest) -> Result<Arc<CreatorNames>> {
    let (data, now) = (at.data.clone(), (at.clock)());
    let holds =
        |kept: &KeptNames| kept.program == program.id && kept.manifest == *manifest && (kept.from..kept.until).contains(&now);
    if let Some(kept) = at.shelf.find(holds) {
        return Ok(Arc::clone(&kept.names));
    }
    let reads = manifest.clone();
    let (names, until) = blocking(move || {
        let rows = load_creators(&reads, &data)?;
        let until = rows.iter().flat_map(|row| [row.active_from, row.active_to]).filter(|time| *time > now).min();
        let mut known: BTreeMap<String, Known> = BTreeMap::new();
        for row in &rows {
            let is_active = row.active_from <= now && now < row.active_to;
            let of_id = known.entry(row.creator_id.clone());
            let of_id =
                of_id.or_insert_with(|| Known { name: String::new(), group: String::new(), is_active: false, email: None });
            of_id.is_active |= is_active;
            if is_active || of_id.group.is_empty() {
                row.group.clone_into(&mut of_id.group);
            }
        }
        let addressees = Addressees::new(rows);
        for (creator_id, of_id) in &mut known {
            of_id.name = addressees.name(creator_id, now);
            of_id.email = addressees.email(creator_id, now).map(str::to_owned);
        }
        Ok((Arc::new(CreatorNames(known)), until.unwrap_or(i64::MAX)))
    })
    .await?;
    let (program, manifest) = (program.id.clone(), manifest.clone());
    at.shelf.put(KeptNames { program, manifest, from: now, until, names: Arc::clone(&names) });
    Ok(names)
}

/// All creators of a program: those of its table, and those who have something, by id.
///
/// # Errors
///
/// When the database or kept facts cannot be read, or the ledger is in another currency.
pub async fn list_creators(at: &Environment, program: &Program) -> Result<Vec<ListedCreator>> {
    check_currency_shown(&at.store, program).await?;
    let names = creator_names(at, program).await?;
    let balances = balances(&at.store, &program.id).await?;
    let ids: BTreeSet<&str> = names.ids().chain(balances.keys().map(String::as_str)).collect();
    let mut held = holds_on(&mut at.store.snapshot().await?, &program.id, today(at, program), i64::MAX).await?;
    let of = |id| listed(id, &names, balances.get(id).copied(), &held.remove(id).unwrap_or_default());
    Ok(ids.into_iter().map(of).collect())
}

/// The local day.
fn today(at: &Environment, program: &Program) -> i32 {
    day_of(program.time_zone, (at.clock)())
}

fn listed(creator_id: &str, names: &CreatorNames, balance: Option<Balance>, holds: &[Hold]) -> ListedCreator {
    let known = names.0.get(creator_id);
    ListedCreator {
        creator_id: creator_id.to_owned(),
        name: names.of(creator_id).to_owned(),
        group: known.map_or_else(String::new, |known| known.group.clone()),
        is_active: known.is_some_and(|known| known.is_active),
        balance: balance.unwrap_or_default(),
        holds: holds.iter().map(|hold| hold.kind).collect(),
    }
}

/// A creator, with all that belongs to them.
///
/// # Errors
///
/// When nobody has the id; names the closest.
pub async fn creator_sheet(at: &Environment, program: &Program, creator_id: &str) -> Result<CreatorSheet> {
    check_currency_shown(&at.store, program).await?;
    let manifest = latest_manifest(&at.store, &program.id).await?;
    let names = match &manifest {
        Some(manifest) => names_in(at, program, manifest).await?,
        None => Arc::default(),
    };
    let balances = balances(&at.store, &program.id).await?;
    let mut batches = batches_of(&at.store, &program.id, creator_id).await?;
    batches.reverse();
    let proposals = about(&at.store, program, creator_id).await?;
    if !names.0.contains_key(creator_id) && !balances.contains_key(creator_id) && batches.is_empty() && proposals.is_empty() {
        let near = closest(names.0.keys(), creator_id).map(|near| format!("; the closest id is {near}")).unwrap_or_default();
        bail!(NotFound(format!("the program {} has no creator {creator_id}{near}", program.id)));
    }
    let (links, codes) = match manifest {
        Some(manifest) => {
            let (data, id) = (at.data.clone(), creator_id.to_owned());
            blocking(move || Ok((owned(&manifest, &data, Table::Links, &id)?, owned(&manifest, &data, Table::Codes, &id)?)))
                .await?
        }
        None => (Vec::new(), Vec::new()),
    };
    let mut tx = at.store.snapshot().await?;
    let holds = holds_of(&mut tx, &program.id, creator_id, today(at, program)).await?;
    let taken_out = drafts_without(&mut tx, &program.id, creator_id).await?;
    drop(tx);
    let email = names.0.get(creator_id).and_then(|known| known.email.as_deref());
    let suppressed = suppressed(&at.store, &program.id).await?;
    let suppressed = suppressed.into_iter().find(|suppressed| email.is_some_and(|email| suppressed.is(email)));
    Ok(CreatorSheet {
        suppressed,
        creator: listed(creator_id, &names, balances.get(creator_id).copied(), &holds),
        batches,
        taken_out,
        holds,
        statements: statements_of(&at.store, &program.id, creator_id).await?,
        proposals,
        links,
        codes,
        payee: payee_of(at, program, creator_id).await,
    })
}

async fn about(store: &crate::store::Store, program: &Program, creator_id: &str) -> Result<Vec<Proposal>> {
    let concerns = |proposal: &Proposal| proposal.lines.iter().any(|line| line.creator_id == creator_id);
    let mut found: Vec<Proposal> = proposals(store, &program.id).await?.into_iter().filter(concerns).collect();
    found.reverse();
    Ok(found)
}

fn owned(manifest: &Manifest, data: &std::path::Path, table: Table, creator_id: &str) -> Result<Vec<FoundRow>> {
    let key = if table == Table::Links { "link_key" } else { "code" };
    let mut found = find_rows(manifest, data, table, &[key, "active_from", "active_to", "campaign", "creator_id"], |cells| {
        cells.last() == Some(&creator_id)
    })?;
    found.iter_mut().for_each(|row| drop(row.cells.pop()));
    Ok(found)
}

/// Every transfer of a creator, newest first.
///
/// # Errors
///
/// When the database cannot be read, or holds the program in another currency.
pub async fn creator_transfers(at: &Environment, program: &Program, creator_id: &str) -> Result<Vec<Posted>> {
    check_currency_shown(&at.store, program).await?;
    transfers_of_creator(&mut at.store.snapshot().await?, &program.id, creator_id).await
}
