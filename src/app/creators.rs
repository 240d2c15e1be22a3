//! Creators as people look them up: who there is, what each has, and where each stands.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Result, bail};

use super::environment::Environment;
use super::payees::payee_of;
use crate::adjustments::{Proposal, proposals};
use crate::error::NotFound;
use crate::facts::{FoundRow, Manifest, blocking, find_rows, latest_manifest, load_creators};
use crate::ledger::{Balance, Posted, balances, check_currency_shown, transfers_of_creator};
use crate::outbox::{Suppressed, suppressed};
use crate::payout::{LineState, batches_of};
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
}

/// All that is shown of a creator, but for the transfers.
#[derive(Debug)]
pub struct CreatorSheet {
    /// Who it is, and what they have.
    pub creator: ListedCreator,
    /// What each batch paid them, newest first: its id, when it was drafted (microseconds since 1970), the amount in minor units,
    /// and where that is.
    pub batches: Vec<(String, i64, i64, LineState)>,
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

/// What creators are called.
///
/// # Errors
///
/// When kept facts cannot be read.
pub async fn creator_names(at: &Environment, program: &Program) -> Result<CreatorNames> {
    let Some(manifest) = latest_manifest(&at.store, &program.id).await? else { return Ok(CreatorNames::default()) };
    names_in(at, manifest).await
}

async fn names_in(at: &Environment, manifest: Manifest) -> Result<CreatorNames> {
    let (data, now) = (at.data.clone(), (at.clock)());
    blocking(move || {
        let rows = load_creators(&manifest, &data)?;
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
        Ok(CreatorNames(known))
    })
    .await
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
    Ok(ids.into_iter().map(|id| listed(id, &names, balances.get(id).copied())).collect())
}

fn listed(creator_id: &str, names: &CreatorNames, balance: Option<Balance>) -> ListedCreator {
    let known = names.0.get(creator_id);
    ListedCreator {
        creator_id: creator_id.to_owned(),
        name: names.of(creator_id).to_owned(),
        group: known.map_or_else(String::new, |known| known.group.clone()),
        is_active: known.is_some_and(|known| known.is_active),
        balance: balance.unwrap_or_default(),
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
        Some(manifest) => names_in(at, manifest.clone()).await?,
        None => CreatorNames::default(),
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
    let email = names.0.get(creator_id).and_then(|known| known.email.as_deref());
    let suppressed = suppressed(&at.store, &program.id).await?;
    let suppressed = suppressed.into_iter().find(|suppressed| email.is_some_and(|email| suppressed.is(email)));
    Ok(CreatorSheet {
        suppressed,
        creator: listed(creator_id, &names, balances.get(creator_id).copied()),
        batches,
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
