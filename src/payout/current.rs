use std::collections::BTreeMap;

use anyhow::{Context, Result, bail};

use super::batch::{BatchLine, LINES, Signature, key, line};
use super::digest::digest;
use super::movement;
use super::state::{BatchState, read_state};
use crate::error::{Conflict, NotFound};
use crate::ledger::{
    Account, EntryKind, JournalEntry, Posted, Transfer, balances_through, entries_of_batch, refuse_before_last,
    transfers_of_batch,
};
use crate::money::Overflow;
use crate::store::Tx;
use crate::vocabulary::Reason;

/// A batch as its entries and transfers tell it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Current {
    pub batch_id: String,
    pub state: BatchState,
    pub digest: String,
    pub drafted_by: String,
    /// Who last took a line out or put one back.
    pub changed_by: Option<String>,
    /// Who signed it as it stands, the first one first; once it is approved, the last is who approved it.
    pub signatures: Vec<Signature>,
    pub approved_by: Option<String>,
    /// By creator.
    pub lines: Vec<BatchLine>,
    /// What was taken out of it, by creator.
    pub withheld: BTreeMap<String, Withheld>,
    /// How often the line of a creator was taken out or put back.
    moved: BTreeMap<String, i64>,
}

/// A line that was taken out of a draft.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Withheld {
    /// What it would have paid, in minor units.
    pub amount: i64,
    /// Who took it out.
    pub by: String,
    /// When (microseconds since 1970).
    pub at: i64,
    /// Why.
    pub reason: String,
}

impl Current {
    /// Reads a batch about which something is decided at `as_of`, from its entries and transfers.
    ///
    /// # Errors
    ///
    /// When there is none, when it has a later entry, or when the tables show it otherwise than it is: somebody may have
    /// decided by what they show.
    pub async fn read(tx: &mut Tx, program: &str, batch_id: &str, as_of: i64) -> Result<Self> {
        let (told, shown) = (Self::told(tx, program, batch_id).await?, Shown::read(tx, program, batch_id).await?);
        let what = match (told, shown) {
            (None, None) => bail!(NotFound(format!("the program {program} has no batch {batch_id}; see `purser batch list`"))),
            (None, Some(_)) => format!("batch {batch_id} is shown, but no entry drafted it"),
            (Some(_), None) => format!("batch {batch_id} was drafted, but is not shown"),
            (Some(told), Some(shown)) if told.lines != shown.lines || told.digest != shown.digest => {
                format!("the lines of batch {batch_id} are not those that were drafted")
            }
            (Some(told), Some(shown)) if !shown.agrees_with(&told) => {
                let (told, shown) = (told.state.words(), shown.state.words());
                format!("batch {batch_id} is shown otherwise than its entries say: as {shown}, by them it is {told}")
            }
            (Some(told), Some(_)) => {
                refuse_before_last(tx, program, batch_id, as_of).await?;
                return Ok(told);
            }
        };
        bail!("{what}; nothing was changed. Something other than purser changed the database: run `purser check`")
    }

    /// What its entries and transfers say; none where no entry drafted it.
    pub async fn told(tx: &mut Tx, program: &str, batch_id: &str) -> Result<Option<Self>> {
        let mut entries = entries_of_batch(tx, program, batch_id).await?.into_iter();
        let Some(first) = entries.next().filter(|first| first.kind == EntryKind::Drafted) else { return Ok(None) };
        let transfers = transfers_of_batch(tx, program, batch_id).await?;
        let of = |entry: i64| transfers.iter().filter(move |posted| posted.entry == entry);
        let mut told = Self {
            batch_id: batch_id.to_owned(),
            state: BatchState::Draft,
            digest: String::new(),
            drafted_by: first.actor,
            changed_by: None,
            signatures: Vec::new(),
            approved_by: None,
            lines: of(first.entry).map(line_of).collect(),
            withheld: BTreeMap::new(),
            moved: BTreeMap::new(),
        };
        for entry in entries {
            let (number, kind) = (entry.entry, entry.kind);
            told.state = told.state.after(kind).with_context(|| {
                let (kind, state) = (kind.code(), told.state.words());
                format!("entry {number}: batch {batch_id} was {kind} when it was {state}; run `purser check`")
            })?;
            match kind {
                EntryKind::Signed | EntryKind::Approved => told.sign(entry),
                EntryKind::Withheld | EntryKind::Restored => told.change(entry, of(number)),
                _ => {}
            }
        }
        told.digest = digest(batch_id, &told.lines);
        told.signatures.retain(|signature| signature.digest == told.digest);
        told.forget_fallen(tx, program).await?;
        Ok(Some(told))
    }

    /// Somebody signs. Earlier signatures under other payment details count no more.
    fn sign(&mut self, entry: JournalEntry) {
        let payees = (!entry.program_text.is_empty()).then_some(entry.facts);
        self.approved_by = (entry.kind == EntryKind::Approved).then(|| entry.actor.clone());
        self.signatures.retain(|earlier| earlier.payees == payees);
        let (by, at) = (entry.actor, entry.booked_at);
        self.signatures.push(Signature { by, at, entry: entry.entry, digest: entry.reason, payees });
    }

    /// Lines are taken out, or put back. What was signed before was another batch.
    fn change<'a>(&mut self, entry: JournalEntry, transfers: impl Iterator<Item = &'a Posted>) {
        for posted in transfers {
            let line = line_of(posted);
            let creator = line.creator_id.clone();
            let at = self.lines.binary_search_by(|known| known.creator_id.cmp(&creator));
            match (entry.kind, at) {
                (EntryKind::Withheld, Ok(at)) => {
                    let amount = self.lines.remove(at).amount;
                    let (by, at, reason) = (entry.actor.clone(), entry.booked_at, entry.reason.clone());
                    self.withheld.insert(creator.clone(), Withheld { amount, by, at, reason });
                }
                (EntryKind::Restored, Err(at)) => {
                    self.lines.insert(at, line);
                    self.withheld.remove(&creator);
                }
                _ => {}
            }
            *self.moved.entry(creator).or_default() += 1;
        }
        self.signatures.clear();
        self.changed_by = Some(entry.actor);
    }

    /// Of several signatures those count no more after which a creator of the batch came to owe money, though that was netted since.
    async fn forget_fallen(&mut self, tx: &mut Tx, program: &str) -> Result<()> {
        let waits = self.state == BatchState::Draft;
        let (Some(first), Some(last)) = (self.signatures.first(), self.signatures.last()) else { return Ok(()) };
        let (first, through) = (first.entry, if waits { i64::MAX } else { last.entry });
        if first == through {
            return Ok(());
        }
        let balances = balances_through(tx, program, first).await?;
        let mut payable: BTreeMap<&str, i64> = BTreeMap::new();
        for line in &self.lines {
            payable.insert(&line.creator_id, balances.get(&line.creator_id).map_or(0, |balance| balance.payable));
        }
        let sql = "SELECT entry, creator_id, CAST(SUM(CASE WHEN target = 'payable' THEN amount ELSE -amount END) AS BIGINT) \
                   FROM transfers WHERE program = $1 AND entry > $2 AND entry <= $3 AND (source = 'payable' OR target = 'payable') \
                   GROUP BY entry, creator_id ORDER BY entry";
        let mut fallen = 0;
        for row in tx.rows(sql, &[program.into(), first.into(), through.into()]).await? {
            if let Some(payable) = payable.get_mut(row.text(1)?) {
                *payable = payable.checked_add(row.int(2)?).ok_or(Overflow)?;
                if *payable < 0 {
                    fallen = row.int(0)?;
                }
            }
        }
        self.signatures.retain(|signature| signature.entry > fallen);
        Ok(())
    }

    /// A movement of one of its lines.
    pub fn transfer<'a>(
        &'a self,
        line: &'a BatchLine,
        step: i64,
        source: Account,
        target: Account,
        effective_day: i32,
        reason: Reason,
    ) -> Transfer<&'a str> {
        let moved = self.moved.get(&line.creator_id).copied().unwrap_or(0);
        movement::transfer(&self.batch_id, line, moved + step, source, target, effective_day, reason)
    }

    /// Its state after an entry, if it may have such an entry now.
    pub fn after(&self, entry: EntryKind) -> Result<BatchState> {
        if let Some(state) = self.state.after(entry) {
            return Ok(state);
        }
        let wanted: Vec<BatchState> =
            BatchState::ALL.iter().copied().filter(|state| state.after(entry).is_some_and(|after| after != *state)).collect();
        self.must_be(&wanted, entry.code()).map(|()| self.state)
    }

    /// Refuses a batch that is in none of these states.
    pub fn must_be(&self, states: &[BatchState], verb: &str) -> Result<()> {
        if states.contains(&self.state) {
            return Ok(());
        }
        let wanted: Vec<&str> = states.iter().map(|state| state.words()).collect();
        let wanted = match wanted.split_last() {
            Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
            _ => wanted.concat(),
        };
        let state = self.state.words();
        bail!(Conflict(format!("batch {} is {state}; only a batch that is {wanted} can be {verb}", self.batch_id)))
    }

    /// Shows the batch in another state.
    pub async fn show(&self, tx: &mut Tx, program: &str, state: BatchState, approved_by: Option<&str>) -> Result<()> {
        let sql = "UPDATE batches SET state = $3, approved_by = $4 WHERE program = $1 AND batch_id = $2";
        let batch_id = self.batch_id.as_str();
        tx.execute(sql, &[program.into(), batch_id.into(), state.code().into(), approved_by.into()]).await.map(|_| ())
    }
}

fn line_of(posted: &Posted) -> BatchLine {
    BatchLine { creator_id: posted.transfer.about.creator_id.clone(), amount: posted.transfer.amount }
}

/// A batch as the tables show it.
struct Shown {
    state: BatchState,
    digest: String,
    drafted_by: String,
    approved_by: Option<String>,
    lines: Vec<BatchLine>,
}

impl Shown {
    async fn read(tx: &mut Tx, program: &str, batch_id: &str) -> Result<Option<Self>> {
        let sql = "SELECT state, digest, drafted_by, approved_by FROM batches WHERE program = $1 AND batch_id = $2";
        let rows = tx.rows(sql, &key(program, batch_id)).await?;
        let Some(row) = rows.first() else { return Ok(None) };
        Ok(Some(Self {
            state: read_state(row.text(0)?)?,
            digest: row.text(1)?.to_owned(),
            drafted_by: row.text(2)?.to_owned(),
            approved_by: row.optional_text(3)?.map(str::to_owned),
            lines: tx.rows(LINES, &key(program, batch_id)).await?.iter().map(line).collect::<Result<_>>()?,
        }))
    }

    /// Whether the entries say the same.
    fn agrees_with(&self, told: &Current) -> bool {
        (self.state, &self.drafted_by, &self.approved_by) == (told.state, &told.drafted_by, &told.approved_by)
    }
}
