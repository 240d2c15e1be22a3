//! What statements must say, from the transfers and from what earlier statements said.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result, ensure};
use chrono::{Datelike, NaiveDate};
use purser::calendar::day_of_epoch;
use purser::ledger::Balance;
use purser::statement::{Held, Statement, Totals};
use purser::store::Store;

use super::journal::Transfer;

/// The statements so far.
#[derive(Default)]
pub struct Told {
    /// The last closed month, counted from the year 0.
    month: Option<i64>,
    pub built_at: Option<i64>,
    /// Where each creator's latest statement closed.
    closings: BTreeMap<String, i64>,
    /// How many transfers are on a statement, by their places.
    told: BTreeSet<usize>,
}

/// The month of a local day, counted from the year 0.
pub fn month_of(day: i64) -> i64 {
    let date = date(day);
    i64::from(date.year()) * 12 + i64::from(date.month0())
}

fn date(day: i64) -> NaiveDate {
    i32::try_from(day).ok().and_then(day_of_epoch).expect("a day of this century")
}

fn label(month: i64) -> String {
    format!("{:04}-{:02}", month.div_euclid(12), month.rem_euclid(12) + 1)
}

impl Told {
    /// Whether a month before that of a day is still open.
    pub fn is_due(&self, today: i64) -> bool {
        self.month.is_none_or(|month| month < month_of(today) - 1)
    }

    /// The months that must be closed on a day.
    pub fn due(&self, transfers: &[Transfer], today: i64) -> std::ops::RangeInclusive<i64> {
        let last = month_of(today) - 1;
        let earliest = transfers.iter().map(|transfer| month_of(transfer.day)).min().unwrap_or(last);
        self.month.map_or(earliest.min(last), |month| month + 1)..=last
    }

    /// Compares the statements of a month that was just closed; answers how many there are.
    pub async fn check(
        &mut self,
        store: &Store,
        program: &str,
        month: i64,
        transfers: &[Transfer],
        balances: &BTreeMap<String, Balance>,
    ) -> Result<usize> {
        let sql = "SELECT creator_id, opening, closing, body FROM statements WHERE program = $1 AND month = $2";
        let mut found = BTreeMap::new();
        for row in store.rows(sql, &[program.into(), month.into()]).await? {
            let statement: Statement = serde_json::from_str(row.text(3)?).context("a statement cannot be read")?;
            ensure!(
                (row.int(1)?, row.int(2)?) == (statement.totals.opening, statement.totals.closing),
                "a statement's row differs"
            );
            found.insert(row.text(0)?.to_owned(), statement);
        }
        let creators: BTreeSet<&String> = transfers.iter().map(|transfer| &transfer.key[3]).chain(found.keys()).collect();
        for creator in creators {
            self.check_one(creator, month, found.get(creator), transfers, balances.get(creator).copied().unwrap_or_default())
                .with_context(|| format!("the statement of {creator} for {}", label(month)))?;
        }
        for (place, transfer) in transfers.iter().enumerate() {
            if month_of(transfer.day) <= month {
                self.told.insert(place);
            }
        }
        self.month = Some(month);
        Ok(found.len())
    }

    fn check_one(
        &mut self,
        creator: &str,
        month: i64,
        found: Option<&Statement>,
        transfers: &[Transfer],
        balance: Balance,
    ) -> Result<()> {
        let opening = self.closings.get(creator).copied().unwrap_or(0);
        let mut wanted = Totals { opening, closing: opening, ..Totals::default() };
        let (mut held, mut later, mut lines, mut corrections) = (Held::default(), 0, 0, 0);
        for (place, transfer) in transfers.iter().enumerate().filter(|(_, transfer)| transfer.key[3] == creator) {
            let change = change(transfer);
            if month_of(transfer.day) > month {
                later += change;
                continue;
            }
            stand(&mut held, transfer);
            if change == 0 || self.told.contains(&place) {
                continue;
            }
            *(if month_of(transfer.day) < month { &mut corrections } else { &mut lines }) += 1;
            wanted.closing += change;
            match transfer.key[0].as_str() {
                "batch" => wanted.paid -= change,
                "fee" => wanted.fees += change,
                "bonus_net_sales" | "bonus_new_customer" => wanted.bonuses += change,
                _ if change > 0 => wanted.earned += change,
                _ => wanted.clawed_back -= change,
            }
        }
        self.closings.insert(creator.to_owned(), wanted.closing);
        let Some(found) = found else {
            ensure!(held == Held::default() && lines + corrections == 0 && wanted.closing == 0, "is missing");
            return Ok(());
        };
        ensure!(found.totals == wanted, "says {:?} instead of {wanted:?}", found.totals);
        ensure!(found.held == held, "says that money stands as {:?} instead of {held:?}", found.held);
        let counts = (found.lines.len(), found.corrections.len());
        ensure!(counts == (lines, corrections), "has {counts:?} lines and corrections instead of {:?}", (lines, corrections));
        let Totals { earned, clawed_back, bonuses, fees, paid, closing, .. } = found.totals;
        ensure!(opening + earned - clawed_back + bonuses + fees - paid == closing, "does not add up");
        let owed = balance.pending + balance.payable + balance.reserved;
        ensure!(closing + later == owed, "closes at {closing}, with {later} to come, but {owed} is owed");
        Ok(())
    }
}

/// How a transfer changes what is owed.
fn change(transfer: &Transfer) -> i64 {
    let owed = |account: &str| i64::from(matches!(account, "pending" | "payable" | "reserved"));
    transfer.amount * (owed(&transfer.target) - owed(&transfer.source))
}

fn stand(held: &mut Held, transfer: &Transfer) {
    for (account, amount) in [(&transfer.source, -transfer.amount), (&transfer.target, transfer.amount)] {
        match account.as_str() {
            "pending" => held.pending += amount,
            "payable" => held.payable += amount,
            "reserved" => held.reserved += amount,
            _ => {}
        }
    }
}
