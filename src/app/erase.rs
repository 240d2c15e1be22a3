//! Erasing a person who asked for it, without touching the ledger (see `ERASING.md`). It cannot be undone, so it takes two people:
//! one proposes it, and another approves it and carries it out.
//!
//! In this order, so that an erasure that is cut short is completed by repeating it: it is written down who is erased, from
//! when on no fetch names them again; kept facts are copied without them; lists of facts name the new copies, and mails and
//! records of runs forget them, all at once; the old copies and mails are removed, which are found by listing the folders.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};

use super::adjustments::propose_admitted;
use super::batches::payment_lists;
use super::door::admit_person;
use super::environment::Environment;
use super::times::check_time;
use crate::adjustments::{
    Grounds, Known, Proposal, Request, State as ProposalState, Verdict, check_erasure, decide, proposed_erasure,
};
use crate::effect::{lock_file, write_file};
use crate::error::{Conflict, Invalid, NotFound};
use crate::facts::{
    Erased, Identity, KeptFile, Key, Manifest, Person, blocking, creator_with_email, find_creator, find_customer, keep_without,
    refuse_changed,
};
use crate::leases::Exclusive;
use crate::ledger::{Balance, Ledgers, Register, balances, checked_name, checked_reason, seal_register};
use crate::outbox::{erase_mails, forgotten_mails, mail_addresses, mail_file};
use crate::payout::forget_exports;
use crate::privacy::{
    Broom, erased, kept_files, kept_manifests, key_file, names, read_key, redact_alerts, redact_runs, rename_copies,
};
use crate::program::{Program, Table};
use crate::runs;
use crate::store::Tx;
use crate::users::Act;

/// Who asks to be erased.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who<'a> {
    /// The creator of this id.
    Creator(&'a str),
    /// The customer of this id or email.
    Customer(&'a str),
}

impl<'a> Who<'a> {
    fn creator(self) -> Option<&'a str> {
        match self {
            Self::Creator(creator) => Some(creator),
            Self::Customer(_) => None,
        }
    }

    /// How the ledger refers to the person: it knows creators by id, and no customers.
    fn subject(self, key: Option<&Key>) -> Option<String> {
        match self {
            Self::Creator(id) => Some(format!("creator {id}")),
            Self::Customer(typed) => {
                let what = if typed.contains('@') { Identity::Email } else { Identity::Customer };
                key.map(|key| format!("customer {}", key.pseudonym(what, typed)))
            }
        }
    }
}

/// What somebody contributes to an erasure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part<'a> {
    /// The first person asks for it; nothing is erased yet.
    Propose {
        /// Why. It is kept, so it does not name the person.
        reason: &'a str,
    },
    /// The second one agrees, and it is done. Once it is approved, anybody may repeat that, to complete what was cut short.
    Approve,
}

/// What is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Erasing<'a> {
    /// Who goes.
    pub who: Who<'a>,
    /// Whether it is proposed or approved.
    pub part: Part<'a>,
    /// Who does that.
    pub by: &'a str,
    /// When (microseconds since 1970).
    pub as_of: i64,
    /// Only look who would be erased.
    pub dry_run: bool,
    /// The names of all program files that are seen.
    pub here: &'a BTreeSet<String>,
}

/// The erasure of somebody from one program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Erasure {
    /// Which program.
    pub program: String,
    /// The proposal, as it stands now; none where nobody made one.
    pub proposal: Option<Proposal>,
    /// What was erased; nothing by a dry run or a proposal.
    pub erased: Option<Gone>,
    /// What a creator is still owed: the ledger keeps it, but nobody will know whom to pay.
    pub owed: Balance,
}

/// What was erased from one program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gone {
    /// How many files of facts were copied without the person.
    pub files: u64,
    /// How many mails were forgotten.
    pub mails: u64,
    /// How many records of runs named the person in words.
    pub runs: u64,
    /// How many kept payment files, with everybody who is in them.
    pub exports: u64,
}

/// A program while nobody runs its jobs, and what it knows of the person.
struct Case<'p> {
    program: &'p Program,
    alone: &'p Exclusive,
    manifests: Vec<Manifest>,
    person: Person,
    /// Whether the person was erased before, or half.
    before: bool,
    /// What a creator is still owed.
    owed: Balance,
    /// The proposal to erase them.
    proposal: Option<Proposal>,
}

impl<'p> Case<'p> {
    fn of(program: &'p Program, alone: &'p Exclusive) -> Self {
        let (manifests, person, owed) = (Vec::new(), Person::default(), Balance::default());
        Self { program, alone, manifests, person, before: false, owed, proposal: None }
    }

    /// What is known of the erasure, before anything is erased.
    fn erasure(&self) -> Erasure {
        Erasure { program: self.program.id.clone(), proposal: self.proposal.clone(), erased: None, owed: self.owed }
    }
}

/// Proposes to erase a person from these programs, or erases them with the approval of a second person; it waits until no job of
/// any program runs, and they wait for it. Answers for each program that knew the person what became of it. A repeat completes
/// what was cut short, and finds nothing else to do.
///
/// # Errors
///
/// When no program knows the person; when a customer's email is also that of a creator, who would not be paid as before; when
/// who approves it proposed it, or nobody did; when the database or the data folder cannot be used: a repeat does the rest then.
pub async fn erase(at: &Environment, programs: &[Program], erasing: &Erasing<'_>) -> Result<Vec<Erasure>> {
    let part = match erasing.part {
        Part::Propose { reason } => Part::Propose { reason: checked_reason(reason)? },
        Part::Approve => Part::Approve,
    };
    let mut by = checked_name(erasing.by)?.to_owned();
    if !erasing.dry_run {
        for program in programs {
            check_time(at, program, erasing.as_of)?;
        }
        let act = if part == Part::Approve { Act::Decide } else { Act::Prepare };
        by = admit_person(at, &by, act).await?;
    }
    let erasing = Erasing { by: &by, part, ..*erasing };
    let everybody = everybody(at, programs).await?;
    let mut cases: Vec<Case<'_>> =
        programs.iter().filter_map(|program| Some(Case::of(program, everybody.get(&program.id)?))).collect();
    let done = erase_alone(at, &mut cases, &erasing).await;
    drop(cases);
    let mut ended = Ok(());
    for alone in everybody.into_values() {
        ended = ended.and(alone.end().await);
    }
    let done = done?;
    ended?;
    Ok(done)
}

/// Keeps every program of the database from running, these and all others, in an order that all keep to: what the fetch of one
/// is about to name must not be taken for left over.
async fn everybody(at: &Environment, programs: &[Program]) -> Result<BTreeMap<String, Exclusive>> {
    let mut ids: BTreeSet<String> = programs.iter().map(|program| program.id.clone()).collect();
    ids.extend(runs::programs(&at.store).await?);
    let mut everybody = BTreeMap::new();
    for id in ids {
        let alone = Exclusive::take(&at.store, at.lease, &id).await?;
        everybody.insert(id, alone);
    }
    Ok(everybody)
}

async fn erase_alone(at: &Environment, cases: &mut [Case<'_>], erasing: &Erasing<'_>) -> Result<Vec<Erasure>> {
    let key = read_key(&at.data)?;
    // A key that is missing, or another one, is found out before anything is written down by it.
    for row in at.store.rows("SELECT DISTINCT program FROM erasures", &[]).await? {
        erased(&at.store, &at.data, row.text(0)?).await?;
    }
    for case in &mut *cases {
        look(at, case, erasing, key.as_ref()).await?;
    }
    if !cases.iter().any(|case| case.person.is_known || case.before) {
        let who = match erasing.who {
            Who::Creator(id) => format!("creator {id}"),
            Who::Customer(id) => format!("customer {id}"),
        };
        let ledgers = Ledgers::read(&at.store).await?;
        let unseen = ledgers.0.iter().map(|ledger| ledger.file.as_str()).filter(|file| !erasing.here.contains(*file));
        let besides = match unseen.collect::<Vec<_>>().join(", ") {
            none if none.is_empty() => String::new(),
            files => {
                format!(". Not searched were ledgers that have no program file ({files}): put it back to erase somebody there")
            }
        };
        bail!(NotFound(format!("no record mentions a {who}, so there is nobody to erase; nothing was changed{besides}")));
    }
    let reason = if let Part::Propose { reason } = erasing.part { reason } else { "" };
    for word in cases.iter().flat_map(|case| case.person.words()) {
        ensure!(
            !names(erasing.by, word) && !names(reason, word),
            Invalid(
                "--by or --reason contains the personal data to be erased, and both are kept: reword them; nothing was changed"
                    .to_owned()
            )
        );
    }
    let mut known: Vec<&mut Case<'_>> = cases.iter_mut().filter(|case| case.person.is_known || case.before).collect();
    if let Some(subject) = erasing.who.subject(key.as_ref()) {
        for case in &mut known {
            case.proposal = proposed_erasure(&at.store, &case.program.id, &subject).await?;
        }
    }
    if erasing.part == Part::Approve {
        for case in &known {
            check_erasure(&case.program.id, case.proposal.as_ref(), erasing.by)?;
        }
    }
    if erasing.dry_run {
        return Ok(known.iter().map(|case| case.erasure()).collect());
    }
    let key = match key {
        Some(key) => key,
        None => make_key(&at.data)?,
    };
    match erasing.part {
        Part::Propose { reason } => propose_in(at, known, erasing, reason, &key).await,
        Part::Approve => approved(at, cases, erasing, &key).await,
    }
}

/// Proposes it to every program that knows the person, unless it was approved there before.
async fn propose_in(
    at: &Environment,
    known: Vec<&mut Case<'_>>,
    erasing: &Erasing<'_>,
    reason: &str,
    key: &Key,
) -> Result<Vec<Erasure>> {
    let subject = erasing.who.subject(Some(key)).context("there is a key")?;
    let request = Request::Erase { subject: &subject, creator_id: erasing.who.creator() };
    let mut erasures = Vec::new();
    let ledgers = Ledgers::read(&at.store).await?;
    for case in &known {
        ledgers.refuse_first(&case.program.id, erasing.here)?;
    }
    for case in known {
        if case.proposal.as_ref().is_none_or(|proposal| proposal.state != ProposalState::Approved) {
            let proposed = propose_admitted(at, case.program, erasing.by, erasing.as_of, request, reason).await?;
            case.proposal = Some(proposed.proposal);
        }
        erasures.push(case.erasure());
    }
    Ok(erasures)
}

/// Approves what is not approved yet, and erases the person.
async fn approved(at: &Environment, cases: &mut [Case<'_>], erasing: &Erasing<'_>, key: &Key) -> Result<Vec<Erasure>> {
    let mut erasures = Vec::new();
    for case in cases.iter_mut().filter(|case| case.person.is_known || case.before) {
        let waiting = case.proposal.as_ref().filter(|proposal| proposal.state == ProposalState::Proposed);
        if let Some(Proposal { proposal_id: id, .. }) = waiting {
            let (lists, verdict) = (payment_lists(at), Verdict::Approve { unusual: false });
            let grounds = Grounds { known: &Known::default(), lists: &lists };
            let decided = decide(&at.store, case.program, grounds, verdict, id, erasing.by, erasing.as_of).await?;
            case.proposal = Some(decided.proposal);
        }
        let gone = erase_in(at, case, erasing, key).await;
        let gone = gone.with_context(|| format!("erasing somebody from {}; run the same command again", case.program.id))?;
        erasures.push(Erasure { erased: Some(gone), ..case.erasure() });
    }
    remove_left_over(at, cases).await?;
    at.store.scrub().await?;
    Ok(erasures)
}

/// What a program knows of the person.
async fn look(at: &Environment, case: &mut Case<'_>, erasing: &Erasing<'_>, key: Option<&Key>) -> Result<()> {
    let id = case.program.id.as_str();
    let manifests = kept_manifests(&at.store, id).await?;
    let (lists, data) = (manifests.clone(), at.data.clone());
    let (subjects, person) = match erasing.who {
        Who::Creator(creator) => {
            let wanted = creator.to_owned();
            let mut person = blocking(move || find_creator(&lists, &data, &wanted)).await?;
            // One who left long ago may only have statements and their mails.
            person.emails.extend(mail_addresses(&at.store, id, creator).await?);
            let (lists, data, emails, besides) = (manifests.clone(), at.data.clone(), person.emails.clone(), creator.to_owned());
            if let Some(other) = blocking(move || creator_with_email(&lists, &data, &emails, &besides)).await? {
                bail!(Conflict(format!(
                    "the creator {creator} of {id} has the same email address as {other}, so erasing {creator} would also stop {other}'s \
                     emails: give {other} another address and run the nightly job, or erase {other} first; nothing was changed"
                )));
            }
            let sql = "SELECT 1 FROM statements WHERE program = $1 AND creator_id = $2 LIMIT 1";
            person.is_known |= !at.store.rows(sql, &[id.into(), creator.into()]).await?.is_empty();
            (vec![("creator", creator.to_owned())], person)
        }
        Who::Customer(customer) => {
            let wanted = customer.to_owned();
            let (person, owner) = blocking(move || {
                let person = find_customer(&lists, &data, &wanted)?;
                let owner = creator_with_email(&lists, &data, &person.emails, "")?;
                Ok((person, owner))
            })
            .await?;
            if let Some(creator) = owner {
                bail!(Conflict(format!(
                    "this customer of {id} has the email address of the creator {creator}: erasing the customer would stop {creator}'s emails, \
                     and their own purchases could no longer be recognized. Erase that creator first (`purser erase creator {creator} --by \
                     NAME --reason REASON`); nothing was changed"
                )));
            }
            let both = [("customer", Identity::Customer), ("email", Identity::Email)];
            (key.map_or_else(Vec::new, |key| both.map(|(kind, what)| (kind, key.pseudonym(what, customer))).into()), person)
        }
    };
    let mut before = false;
    for (kind, subject) in subjects {
        let sql = "SELECT 1 FROM erasures WHERE program = $1 AND kind = $2 AND subject = $3";
        before |= !at.store.rows(sql, &[id.into(), kind.into(), subject.into()]).await?.is_empty();
    }
    if let Who::Creator(creator) = erasing.who {
        case.owed = balances(&at.store, id).await?.remove(creator).unwrap_or_default();
    }
    (case.manifests, case.person, case.before) = (manifests, person, before);
    Ok(())
}

async fn erase_in(at: &Environment, case: &Case<'_>, erasing: &Erasing<'_>, key: &Key) -> Result<Gone> {
    let (id, person) = (case.program.id.as_str(), &case.person);
    let mut tx = case.alone.begin().await?;
    let reason = case.proposal.as_ref().map_or("", |proposal| &proposal.reason);
    write_down(&mut tx, id, person, erasing, reason, key).await?;
    case.alone.commit(tx, "who is erased").await?;

    let erased = erased(&at.store, &at.data, id).await?;
    for manifest in &case.manifests {
        refuse_changed(&at.store, &at.data, manifest, &Erased::TABLES).await?;
    }
    let (manifests, data) = (case.manifests.clone(), at.data.clone());
    let (changed, files) = blocking(move || without(&erased, manifests, &data)).await?;
    let words: BTreeSet<String> = person.words().map(str::to_owned).collect();
    let creator = erasing.who.creator();
    let mut tx = case.alone.begin().await?;
    for manifest in &changed {
        rename_copies(&mut tx, id, manifest).await?;
    }
    let mails = erase_mails(&mut tx, id, creator, &person.emails).await?;
    let runs = redact_runs(&mut tx, id, &words).await?;
    redact_alerts(&mut tx, &at.post, id, &words).await?;
    case.alone.commit(tx, "the end of a person's traces").await?;
    let mut exports = 0;
    if let Some(creator) = creator {
        let sql = "SELECT DISTINCT batch_id FROM batch_lines WHERE program = $1 AND creator_id = $2 ORDER BY batch_id";
        let rows = at.store.rows(sql, &[id.into(), creator.into()]).await?;
        let batches = rows.iter().map(|row| Ok(row.text(0)?.to_owned())).collect::<Result<Vec<_>>>()?;
        exports = forget_exports(&payment_lists(at), &batches)?;
    }
    Ok(Gone { files, mails, runs, exports })
}

async fn write_down(tx: &mut Tx, program: &str, person: &Person, erasing: &Erasing<'_>, reason: &str, key: &Key) -> Result<()> {
    let mut subjects: Vec<(&str, String)> = Vec::new();
    subjects.extend(erasing.who.creator().map(|creator| ("creator", creator.to_owned())));
    subjects.extend(person.customers.iter().map(|id| ("customer", key.pseudonym(Identity::Customer, id))));
    subjects.extend(person.emails.iter().map(|email| ("email", key.pseudonym(Identity::Email, email))));
    for (kind, subject) in subjects {
        let sql = "INSERT INTO erasures (program, kind, subject, fingerprint, erased_at, erased_by, reason) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (program, kind, subject) DO NOTHING";
        let (fingerprint, by) = (key.fingerprint(), erasing.by);
        let parameters =
            [program.into(), kind.into(), subject.into(), fingerprint.into(), erasing.as_of.into(), by.into(), reason.into()];
        tx.execute(sql, &parameters).await?;
    }
    if let Some(creator) = erasing.who.creator() {
        let sql = "DELETE FROM batch_payees WHERE program = $1 AND creator_id = $2";
        tx.execute(sql, &[program.into(), creator.into()]).await?;
        let sql = "DELETE FROM noticed WHERE program = $1 AND event = 'details_changed' AND subject = $2";
        tx.execute(sql, &[program.into(), creator.into()]).await?;
    }
    seal_register(tx, program, Register::Erasures).await
}

/// Copies kept facts without the person who is erased; returns the lists that name other copies now, and how many were made.
fn without(erased: &Erased, manifests: Vec<Manifest>, data: &Path) -> Result<(Vec<Manifest>, u64)> {
    let mut made: BTreeMap<PathBuf, KeptFile> = BTreeMap::new();
    let mut changed = Vec::new();
    for mut manifest in manifests {
        let mut is_changed = false;
        for table in Erased::TABLES {
            for file in manifest.tables.get_mut(table.name()).into_iter().flatten() {
                if file.erased == erased.mark(table) {
                    continue;
                }
                let path = file.path(data, table);
                let new = match made.get(&path) {
                    Some(new) => new.clone(),
                    None => keep_without(erased, table, file, data)?,
                };
                // Lists may call one source by several names.
                *file = KeptFile { source: file.source.clone(), format: file.format, ..new.clone() };
                made.insert(path, new);
                is_changed = true;
            }
        }
        changed.extend(is_changed.then_some(manifest));
    }
    Ok((changed, u64::try_from(made.len())?))
}

/// Removes what no record names any more: copies that still name the person, and mails.
async fn remove_left_over(at: &Environment, cases: &[Case<'_>]) -> Result<()> {
    let mut tx = at.store.snapshot().await?;
    let needed = kept_files(&mut tx, &at.data).await?;
    let mut mails = Vec::new();
    for case in cases {
        mails.extend(forgotten_mails(&mut tx, &case.program.id).await?.iter().map(|key| mail_file(&at.data, key)));
    }
    drop(tx);
    let data = at.data.clone();
    blocking(move || {
        // However new it is: nobody is about to name it.
        let broom = Broom { before: i64::MAX, dry_run: false };
        for folder in Erased::TABLES.map(|table: Table| data.join("facts").join(table.name())) {
            broom.unneeded(&folder, &needed)?;
            broom.unfinished(&folder)?;
        }
        broom.unfinished(&data.join("outbox"))?;
        broom.all(mails).map(|_| ())
    })
    .await
}

/// Makes the key of a data folder, unless somebody else just did.
fn make_key(data: &Path) -> Result<Key> {
    let lock = lock_file(&data.join(".erasure.lock"))?;
    lock.lock().context("cannot lock the key of the data folder")?;
    if let Some(key) = read_key(data)? {
        return Ok(key);
    }
    let mut bytes = [0; 32];
    let random = File::open("/dev/urandom").and_then(|mut random| random.read_exact(&mut bytes));
    random.context("cannot make a key: the system provides no random bytes (/dev/urandom)")?;
    let key = Key::new(bytes);
    write_file(&key_file(data), |file| Ok(file.write_all(key.text().as_bytes())?))?;
    Ok(key)
}
