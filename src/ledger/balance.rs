use std::collections::BTreeMap;

use anyhow::{Context, Result, bail};

use super::account::Account;
use super::transfer::Transfer;
use crate::money::Overflow;
use crate::store::{Row, Store, Tx};

/// What a creator is owed and was paid, in minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Balance {
    /// On hold.
    pub pending: i64,
    /// Due; negative after a clawback of paid money.
    pub payable: i64,
    /// In a batch.
    pub reserved: i64,
    /// Settled, less what came back.
    pub paid: i64,
}

impl Balance {
    /// Both together.
    ///
    /// # Errors
    ///
    /// When a sum cannot be kept exactly.
    pub fn plus(self, other: Self) -> Result<Self, Overflow> {
        let add = |a: i64, b: i64| a.checked_add(b).ok_or(Overflow);
        Ok(Self {
            pending: add(self.pending, other.pending)?,
            payable: add(self.payable, other.payable)?,
            reserved: add(self.reserved, other.reserved)?,
            paid: add(self.paid, other.paid)?,
        })
    }

    /// Books one side of a transfer.
    pub(super) fn book(&mut self, account: Account, amount: i64) -> Result<(), Overflow> {
        let side = match account {
            Account::Pending => &mut self.pending,
            Account::Payable => &mut self.payable,
            Account::Reserved => &mut self.reserved,
            Account::Cash => &mut self.paid,
            Account::Expense | Account::Opening | Account::Clearing | Account::BankFees | Account::Exchange | Account::Bank => {
                return Ok(());
            }
        };
        *side = side.checked_add(amount).ok_or(Overflow)?;
        Ok(())
    }
}

/// How transfers change what a creator is owed and was paid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    /// The creator.
    pub creator_id: String,
    /// Before.
    pub before: Balance,
    /// After.
    pub after: Balance,
}

/// How transfers that are about to be posted, or might be, change the balances of their creators, by creator.
///
/// # Errors
///
/// When the database cannot be read, or a sum cannot be kept exactly.
pub async fn moves(tx: &mut Tx, program: &str, transfers: &[Transfer<&str>]) -> Result<Vec<Moved>> {
    if transfers.is_empty() {
        return Ok(Vec::new());
    }
    let known = summed_balances(tx, program).await?;
    let mut after: BTreeMap<&str, Balance> = BTreeMap::new();
    for transfer in transfers {
        let creator = transfer.about.creator_id;
        let balance = after.entry(creator).or_insert_with(|| known.get(creator).copied().unwrap_or_default());
        let booked =
            balance.book(transfer.source, -transfer.amount).and_then(|()| balance.book(transfer.target, transfer.amount));
        booked.with_context(|| format!("what {creator} is owed, with {} {}", transfer.about.kind, transfer.about.order_id))?;
    }
    let moved = |(creator, after): (&str, Balance)| Moved {
        creator_id: creator.to_owned(),
        before: known.get(creator).copied().unwrap_or_default(),
        after,
    };
    Ok(after.into_iter().map(moved).collect())
}

/// The balances of all creators of a program, by id, as its transfers come to. Whatever is decided about money is decided by
/// these: the table of balances only shows them.
///
/// # Errors
///
/// When the table shows something else, or the database cannot be read.
pub async fn summed_balances(tx: &mut Tx, program: &str) -> Result<BTreeMap<String, Balance>> {
    let sums = balances_at(tx, program, i64::MAX, i32::MAX).await?;
    let sql = "SELECT creator_id, pending, payable, reserved, paid FROM balances WHERE program = $1";
    let mut shown: BTreeMap<String, Balance> =
        tx.rows(sql, &[program.into()]).await?.iter().map(balance).collect::<Result<_>>()?;
    let differs = |(creator, sum): &(&String, &Balance)| shown.remove(*creator).as_ref() != Some(*sum);
    let other = sums.iter().find(differs).map(|(creator, _)| creator.clone()).or_else(|| shown.into_keys().next());
    if let Some(creator) = other {
        bail!(
            "the balance of {creator} is shown otherwise than the transfers of {program} come to; nothing was changed. Something \
             other than purser changed the database: run `purser check`"
        );
    }
    Ok(sums)
}

/// What reconciliations have left each creator on hold and due, in minor units, by id, whether it was paid since or not: the
/// balances that are shown, less what people decided.
///
/// # Errors
///
/// When the database cannot be read.
pub async fn reconciled_sums(tx: &mut Tx, program: &str) -> Result<BTreeMap<String, (i128, i128)>> {
    let sql = "SELECT creator_id, pending, payable, reserved, paid FROM balances WHERE program = $1";
    let mut sums = BTreeMap::new();
    for row in tx.rows(sql, &[program.into()]).await? {
        let (creator, Balance { pending, payable, reserved, paid }) = balance(&row)?;
        sums.insert(creator, (i128::from(pending), i128::from(payable) + i128::from(reserved) + i128::from(paid)));
    }
    let sql = "SELECT creator_id, CAST(SUM(CASE WHEN target = 'payable' THEN amount ELSE -amount END) AS BIGINT) FROM transfers \
               WHERE program = $1 AND kind IN ('adjustment', 'write_off', 'opening') GROUP BY creator_id";
    for row in tx.rows(sql, &[program.into()]).await? {
        sums.entry(row.text(0)?.to_owned()).or_default().1 -= i128::from(row.int(1)?);
    }
    Ok(sums)
}

/// The balances of all creators of a program who have any, by id.
///
/// # Errors
///
/// When the database cannot be read.
pub async fn balances(store: &Store, program: &str) -> Result<BTreeMap<String, Balance>> {
    let sql = "SELECT creator_id, pending, payable, reserved, paid FROM balances WHERE program = $1 \
               AND (pending <> 0 OR payable <> 0 OR reserved <> 0 OR paid <> 0)";
    store.rows(sql, &[program.into()]).await?.iter().map(balance).collect()
}

fn balance(row: &Row) -> Result<(String, Balance)> {
    let balance = Balance { pending: row.int(1)?, payable: row.int(2)?, reserved: row.int(3)?, paid: row.int(4)? };
    Ok((row.text(0)?.to_owned(), balance))
}

/// Where each creator's money stood: the sums of all transfers of entries up to `through_entry` that belong to local days
/// up to `through_day` (days since 1970), by creator.
///
/// # Errors
///
/// When the database cannot be read, or a sum cannot be kept exactly.
pub async fn balances_at(tx: &mut Tx, program: &str, through_entry: i64, through_day: i32) -> Result<BTreeMap<String, Balance>> {
    let sql = "SELECT creator_id, source, target, CAST(SUM(amount) AS BIGINT) FROM transfers \
               WHERE program = $1 AND entry <= $2 AND effective_day <= $3 GROUP BY creator_id, source, target";
    let rows = tx.rows(sql, &[program.into(), through_entry.into(), i64::from(through_day).into()]).await?;
    let mut balances: BTreeMap<String, Balance> = BTreeMap::new();
    rows.iter().try_for_each(|row| book_sum(&mut balances, row, false))?;
    Ok(balances)
}

/// The balances of all creators of a program as they were once an entry was posted, by id: those that are shown, less what was
/// posted since. It reads no entry before that one, so that it takes no longer in an old ledger.
///
/// # Errors
///
/// When the database cannot be read, or a sum cannot be kept exactly.
pub async fn balances_through(tx: &mut Tx, program: &str, entry: i64) -> Result<BTreeMap<String, Balance>> {
    let sql = "SELECT creator_id, pending, payable, reserved, paid FROM balances WHERE program = $1";
    let mut balances: BTreeMap<String, Balance> =
        tx.rows(sql, &[program.into()]).await?.iter().map(balance).collect::<Result<_>>()?;
    let sql = "SELECT creator_id, source, target, CAST(SUM(amount) AS BIGINT) FROM transfers \
               WHERE program = $1 AND entry > $2 GROUP BY creator_id, source, target";
    let since = tx.rows(sql, &[program.into(), entry.into()]).await?;
    since.iter().try_for_each(|row| book_sum(&mut balances, row, true))?;
    Ok(balances)
}

/// Books a row of creator, source, target and sum, or takes it back.
fn book_sum(balances: &mut BTreeMap<String, Balance>, row: &Row, back: bool) -> Result<()> {
    let balance = balances.entry(row.text(0)?.to_owned()).or_default();
    let amount = row.int(3)?;
    let (source, target) = (account(row, 1)?, account(row, 2)?);
    let (from, to) = if back { (target, source) } else { (source, target) };
    let negated = amount.checked_neg().ok_or(Overflow);
    let booked = negated.and_then(|negated| balance.book(from, negated)).and_then(|()| balance.book(to, amount));
    booked.with_context(|| format!("what creator {} is owed", row.text(0).unwrap_or_default()))
}

fn account(row: &Row, column: usize) -> Result<Account> {
    let code = row.text(column)?;
    Account::parse(code).with_context(|| format!("the database holds a transfer of the unknown account \"{code}\""))
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
