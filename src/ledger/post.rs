use std::collections::{BTreeMap, HashMap};

use anyhow::{Context, Result, ensure};
use foldhash::fast::FixedState;

use super::account::Account;
use super::balance::Balance;
use super::chain::{self, Head};
use super::closings::refuse_closed;
use super::currency::fix_currency;
use super::entry::{Entry, EntryKind};
use super::form::{Form, digest_of_reason, spelled};
use super::texts::keep_text;
use super::transfer::{Particulars, Transfer};
use crate::money::Overflow;
use crate::program::Program;
use crate::store::{Cell, Tx};
use crate::vocabulary::{done, planned};

/// An entry that was posted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostedEntry {
    /// The new head of the chain.
    pub head: Head,
    /// How many transfers the entry owns.
    pub transfers: usize,
}

/// After how many transfers a terminal is told how far it came.
const TOLD_AT_ONCE: usize = 4096;

const TRANSFER_COLUMNS: &[&str] = &[
    "program",
    "entry",
    "position",
    "kind",
    "order_id",
    "line_id",
    "creator_id",
    "detail",
    "revision",
    "source",
    "target",
    "amount",
    "effective_day",
    "why",
    "rule",
    "base",
    "touch",
];

/// Posts an entry with its transfers and brings the balances along, in the caller's transaction.
///
/// # Errors
///
/// When a transfer of the same key and revision exists: somebody else posted first, and the caller reads again. When the
/// program's ledger is in another currency. When it would be booked in a month whose books are closed.
pub async fn post(tx: &mut Tx, program: &Program, entry: &Entry<'_>, transfers: &[Transfer<&str>]) -> Result<PostedEntry> {
    fix_currency(tx, program).await?;
    let (text, program) = (program, program.id.as_str());
    refuse_closed(tx, program, entry.booked_at).await?;
    let before = chain::head(tx, program).await?;
    let hash = chain::hash(program, &before, entry, transfers)?;
    let head = Head { entry: before.entry + 1, hash };
    let changes = changes(entry.kind, transfers)?;
    let sql = "INSERT INTO entries (program, entry, kind, subject, booked_at, actor, reason, program_text, facts, transfers, previous, hash, form, \
               reason_digest) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)";
    let count = i64::try_from(transfers.len())?;
    if entry.program_text == text.text_hash {
        keep_text(tx, text).await?;
    }
    tx.execute(
        sql,
        &[
            program.into(),
            head.entry.into(),
            entry.kind.code().into(),
            entry.subject.into(),
            entry.booked_at.into(),
            entry.actor.into(),
            entry.reason.into(),
            entry.program_text.into(),
            entry.facts.into(),
            count.into(),
            before.hash.into(),
            head.hash.as_str().into(),
            Form::LATEST.number().into(),
            digest_of_reason(entry.reason).into(),
        ],
    )
    .await?;
    planned("transfers", transfers.len());
    tx.insert_many("transfers", TRANSFER_COLUMNS, transfers.len(), |row, cells| {
        if row.is_multiple_of(TOLD_AT_ONCE) {
            done("transfers", TOLD_AT_ONCE.min(transfers.len() - row));
        }
        let Transfer { about, revision, source, target, amount } = &transfers[row];
        let Particulars { kind, order_id, line_id, creator_id, detail, effective_day, reason, rule, base, touch } = about;
        cells.extend([
            Cell::Text(program),
            Cell::Int(head.entry),
            Cell::Int(row as i64),
            Cell::Text(kind.code()),
            Cell::Text(order_id),
            Cell::Text(line_id),
            Cell::Text(creator_id),
            Cell::Text(detail),
            Cell::Int(*revision),
            Cell::Text(source.code()),
            Cell::Text(target.code()),
            Cell::Int(*amount),
            Cell::Int(i64::from(*effective_day)),
            Cell::Text(spelled(Form::LATEST, *reason, "")),
            Cell::Text(rule),
            Cell::Int(*base),
            Cell::Text(touch),
        ]);
    })
    .await?;
    for (creator, change) in changes.into_iter().collect::<BTreeMap<_, _>>() {
        let sql = "INSERT INTO balances (program, creator_id, pending, payable, reserved, paid) VALUES ($1, $2, $3, $4, $5, $6) \
                   ON CONFLICT (program, creator_id) DO UPDATE SET pending = balances.pending + excluded.pending, \
                   payable = balances.payable + excluded.payable, reserved = balances.reserved + excluded.reserved, \
                   paid = balances.paid + excluded.paid";
        let Balance { pending, payable, reserved, paid } = change;
        tx.execute(sql, &[program.into(), creator.into(), pending.into(), payable.into(), reserved.into(), paid.into()]).await?;
    }
    Ok(PostedEntry { head, transfers: transfers.len() })
}

/// How an entry changes the balance of each creator.
///
/// # Errors
///
/// When a transfer is not one that the kind of entry may have, or money stays on a clearing account.
fn changes<'a>(kind: EntryKind, transfers: &[Transfer<&'a str>]) -> Result<HashMap<&'a str, Balance, FixedState>> {
    let mut changes: HashMap<&str, Balance, FixedState> = HashMap::default();
    let mut clearing = 0i64;
    for transfer in transfers {
        let Transfer { source, target, amount, .. } = *transfer;
        ensure!(amount > 0, "a transfer moves an amount above zero");
        ensure!(
            kind.may_move(source, target),
            "no entry {} moves money from {} to {}",
            kind.code(),
            source.code(),
            target.code()
        );
        let change = changes.entry(transfer.about.creator_id).or_default();
        let moved = change.book(source, -amount).and_then(|()| change.book(target, amount));
        moved.with_context(|| {
            format!("what {} {} moves of {}", transfer.about.kind, transfer.about.order_id, transfer.about.creator_id)
        })?;
        for (account, amount) in [(source, -amount), (target, amount)] {
            if account == Account::Clearing {
                clearing = clearing.checked_add(amount).ok_or(Overflow)?;
            }
        }
    }
    ensure!(clearing == 0, "an entry leaves nothing on a clearing account, but {clearing} would stay there");
    Ok(changes)
}
