use std::collections::{BTreeMap, HashMap};

use anyhow::{Result, bail, ensure};
use foldhash::fast::FixedState;

use super::chain::{self, Head};
use super::transfer::{Account, Balance, Transfer};
use crate::program::Program;
use crate::store::{Cell, Row, Store, Tx};

/// What kind of event an entry records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntryKind {
    /// Targets and postings were brought together.
    Reconciled,
    /// A batch was drafted.
    Drafted,
    /// A batch was approved.
    Approved,
    /// A batch was rejected.
    Rejected,
    /// A batch was written as a payment list.
    Exported,
    /// A batch was settled.
    Settled,
    /// A payment of a batch came back.
    Returned,
    /// Somebody proposed something.
    Proposed,
    /// Somebody else approved what was proposed.
    Accepted,
    /// What was proposed was rejected, or withdrawn.
    Declined,
}

impl EntryKind {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::Reconciled,
        Self::Drafted,
        Self::Approved,
        Self::Rejected,
        Self::Exported,
        Self::Settled,
        Self::Returned,
        Self::Proposed,
        Self::Accepted,
        Self::Declined,
    ];

    /// The kind of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// Whether an entry of this kind may move money from one account to another.
    pub fn may_move(self, source: Account, target: Account) -> bool {
        use Account::{Cash, Clearing, Expense, Opening, Payable, Pending, Reserved};
        match self {
            Self::Reconciled => {
                matches!(
                    (source, target),
                    (Expense | Pending, Payable) | (Expense | Payable, Pending) | (Pending | Payable, Expense)
                )
            }
            Self::Drafted => (source, target) == (Payable, Reserved),
            Self::Approved | Self::Exported | Self::Proposed | Self::Declined => false,
            Self::Rejected => (source, target) == (Reserved, Payable),
            Self::Settled => matches!((source, target), (Reserved, Payable | Clearing) | (Clearing, Cash)),
            Self::Returned => matches!((source, target), (Cash, Clearing) | (Clearing, Payable)),
            Self::Accepted => {
                matches!((source, target), (Expense | Opening | Reserved, Payable) | (Payable, Expense | Opening))
            }
        }
    }

    /// The word in the journal.
    pub fn name(self) -> &'static str {
        match self {
            Self::Reconciled => "reconciled",
            Self::Drafted => "drafted",
            Self::Approved => "approved",
            Self::Rejected => "rejected",
            Self::Exported => "exported",
            Self::Settled => "settled",
            Self::Returned => "returned",
            Self::Proposed => "proposed",
            Self::Accepted => "accepted",
            Self::Declined => "declined",
        }
    }
}

/// A journal entry about to be posted.
#[derive(Debug, Clone, Copy)]
pub struct Entry<'a> {
    /// What happened.
    pub kind: EntryKind,
    /// To what: a batch, a proposal, or empty.
    pub subject: &'a str,
    /// When it is booked (microseconds since 1970).
    pub booked_at: i64,
    /// Who did it.
    pub actor: &'a str,
    /// Why, where somebody gave a reason; or the digest of what is decided about.
    pub reason: &'a str,
    /// The hash of the program file's text, where it had a say.
    pub program_text: &'a str,
    /// The digest of the facts it rests on, of a proposal's content, or of a payment list's bytes; or empty.
    pub facts: &'a str,
}

/// What was posted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Posted {
    /// The new head of the chain.
    pub head: Head,
    /// How many transfers the entry owns.
    pub transfers: usize,
}

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
/// There may be millions: they are made one at a time from whatever stands for them.
///
/// # Errors
///
/// When a transfer of the same key and revision exists: somebody else posted first, and the caller reads again. When the
/// program's ledger is in another currency.
pub async fn post<'a, T: Sync>(tx: &mut Tx, program: &Program, entry: &Entry<'_>, transfers: &'a [T]) -> Result<Posted>
where
    Transfer<'a>: From<&'a T>,
{
    fix_currency(tx, program).await?;
    let (text, program) = (program, program.id.as_str());
    let before = chain::head(tx, program).await?;
    let hash = chain::hash(program, &before, entry, transfers)?;
    let head = Head { entry: before.entry + 1, hash };
    let changes = changes(entry.kind, transfers)?;
    let sql = "INSERT INTO entries (program, entry, kind, subject, booked_at, actor, reason, program_text, facts, transfers, previous, hash) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
    let count = i64::try_from(transfers.len())?;
    if entry.program_text == text.text_hash {
        keep_text(tx, text).await?;
    }
    tx.execute(
        sql,
        &[
            program.into(),
            head.entry.into(),
            entry.kind.name().into(),
            entry.subject.into(),
            entry.booked_at.into(),
            entry.actor.into(),
            entry.reason.into(),
            entry.program_text.into(),
            entry.facts.into(),
            count.into(),
            before.hash.into(),
            head.hash.as_str().into(),
        ],
    )
    .await?;
    tx.insert_many("transfers", TRANSFER_COLUMNS, transfers.len(), |row, cells| {
        let transfer = Transfer::from(&transfers[row]);
        cells.extend([
            Cell::Text(program),
            Cell::Int(head.entry),
            Cell::Int(row as i64),
            Cell::Text(transfer.kind),
            Cell::Text(transfer.order_id),
            Cell::Text(transfer.line_id),
            Cell::Text(transfer.creator_id),
            Cell::Text(transfer.detail),
            Cell::Int(transfer.revision),
            Cell::Text(transfer.source.name()),
            Cell::Text(transfer.target.name()),
            Cell::Int(transfer.amount),
            Cell::Int(i64::from(transfer.effective_day)),
            Cell::Text(transfer.why),
            Cell::Text(transfer.rule),
            Cell::Int(transfer.base),
            Cell::Text(transfer.touch),
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
    Ok(Posted { head, transfers: transfers.len() })
}

/// How an entry changes the balance of each creator.
///
/// # Errors
///
/// When a transfer is not one that the kind of entry may have, or money stays on a clearing account.
fn changes<'a, T>(kind: EntryKind, transfers: &'a [T]) -> Result<HashMap<&'a str, Balance, FixedState>>
where
    Transfer<'a>: From<&'a T>,
{
    let mut changes: HashMap<&str, Balance, FixedState> = HashMap::default();
    let mut clearing = 0i64;
    for transfer in transfers.iter().map(Transfer::from) {
        let Transfer { source, target, amount, creator_id, .. } = transfer;
        ensure!(amount > 0, "a transfer moves an amount above zero");
        ensure!(
            kind.may_move(source, target),
            "no entry {} moves money from {} to {}",
            kind.name(),
            source.name(),
            target.name()
        );
        let change = changes.entry(creator_id).or_default();
        change.book(source, -amount)?;
        change.book(target, amount)?;
        for (account, amount) in [(source, -amount), (target, amount)] {
            if account == Account::Clearing {
                clearing = clearing.checked_add(amount).ok_or(crate::money::Overflow)?;
            }
        }
    }
    ensure!(clearing == 0, "an entry leaves nothing on a clearing account, but {clearing} would stay there");
    Ok(changes)
}

/// Refuses a program whose currency is not that of its ledger: an amount would be another one.
///
/// # Errors
///
/// When something was posted in another currency.
pub async fn check_currency(tx: &mut Tx, program: &Program) -> Result<()> {
    refuse_other(&tx.rows(CURRENCY, &[program.id.as_str().into()]).await?, program)
}

/// As [`check_currency`], for whoever only reads.
pub async fn check_currency_shown(store: &Store, program: &Program) -> Result<()> {
    refuse_other(&store.rows(CURRENCY, &[program.id.as_str().into()]).await?, program)
}

const CURRENCY: &str = "SELECT currency FROM programs WHERE program = $1";

fn refuse_other(rows: &[Row], program: &Program) -> Result<()> {
    match rows.first().map(|row| row.text(0)).transpose()? {
        Some(fixed) if fixed != program.currency.code() => bail!(
            "the ledger of {} is in {fixed}, but the program file says {}; a ledger keeps its currency: \
             give the program a new file name to start another one",
            program.id,
            program.currency
        ),
        _ => Ok(()),
    }
}

/// Fixes the program's currency with its first posting.
async fn fix_currency(tx: &mut Tx, program: &Program) -> Result<()> {
    let sql = "INSERT INTO programs (program, currency) VALUES ($1, $2) ON CONFLICT (program) DO NOTHING";
    tx.execute(sql, &[program.id.as_str().into(), program.currency.code().into()]).await?;
    check_currency(tx, program).await
}

/// Keeps the text of the program file: an auditor asks under which rules something was posted.
pub async fn keep_text(tx: &mut Tx, program: &Program) -> Result<()> {
    let sql = "INSERT INTO program_texts (hash, body) VALUES ($1, $2) ON CONFLICT (hash) DO NOTHING";
    tx.execute(sql, &[program.text_hash.as_str().into(), program.text.as_str().into()]).await.map(|_| ())
}

/// The text of a program file under which something was posted, by its hash; none where it was not kept.
pub async fn program_text(store: &Store, hash: &str) -> Result<Option<String>> {
    let rows = store.rows("SELECT body FROM program_texts WHERE hash = $1", &[hash.into()]).await?;
    rows.first().map(|row| row.text(0).map(str::to_owned)).transpose()
}

/// The balances of all creators of a program who have any, by id.
pub async fn balances(store: &Store, program: &str) -> Result<BTreeMap<String, Balance>> {
    let sql = "SELECT creator_id, pending, payable, reserved, paid FROM balances WHERE program = $1 \
               AND (pending <> 0 OR payable <> 0 OR reserved <> 0 OR paid <> 0)";
    let rows = store.rows(sql, &[program.into()]).await?;
    let balance = |row: &Row| -> Result<(String, Balance)> {
        let balance = Balance { pending: row.int(1)?, payable: row.int(2)?, reserved: row.int(3)?, paid: row.int(4)? };
        Ok((row.text(0)?.to_owned(), balance))
    };
    rows.iter().map(balance).collect()
}

/// The programs that have a ledger, by id.
///
/// # Errors
///
/// When the database cannot be read.
pub async fn programs(store: &Store) -> Result<Vec<String>> {
    let rows = store.rows("SELECT program FROM programs ORDER BY program", &[]).await?;
    rows.iter().map(|row| row.text(0).map(str::to_owned)).collect()
}

/// The sums of the balances of each program, with its currency, by program.
///
/// # Errors
///
/// When the database cannot be read.
pub async fn totals(store: &Store) -> Result<Vec<(String, String, Balance)>> {
    let sql = "SELECT b.program, p.currency, CAST(SUM(b.pending) AS BIGINT), CAST(SUM(b.payable) AS BIGINT), \
               CAST(SUM(b.reserved) AS BIGINT), CAST(SUM(b.paid) AS BIGINT) FROM balances b \
               JOIN programs p ON p.program = b.program GROUP BY b.program, p.currency ORDER BY b.program";
    let total = |row: &Row| -> Result<(String, String, Balance)> {
        let balance = Balance { pending: row.int(2)?, payable: row.int(3)?, reserved: row.int(4)?, paid: row.int(5)? };
        Ok((row.text(0)?.to_owned(), row.text(1)?.to_owned(), balance))
    };
    store.rows(sql, &[]).await?.iter().map(total).collect()
}
