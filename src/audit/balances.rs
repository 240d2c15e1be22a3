//! The balances that are shown, and the sums of the transfers.

use std::collections::BTreeMap;

use anyhow::Result;

use super::check::Check;
use super::findings::{Findings, Found};
use super::journal_check::JournalCheck;
use super::shared::Audit;
use crate::ledger::{Account, JournalEntry, Posted, Transfer};
use crate::store::Tx;
use crate::vocabulary::counted;

/// The accounts that the table shows, in the order of its columns.
const SHOWN: [Account; 4] = [Account::Pending, Account::Payable, Account::Reserved, Account::Cash];

pub(super) struct Balances<'a> {
    audit: &'a Audit<'a>,
    /// By creator, then by account in the order of [`Account::ALL`].
    sums: BTreeMap<String, [i128; Account::ALL.len()]>,
    findings: Findings,
}

impl<'a> Balances<'a> {
    pub(super) fn new(audit: &'a Audit<'a>) -> Self {
        Self { audit, sums: BTreeMap::new(), findings: Findings::default() }
    }

    pub(super) async fn finish(mut self, tx: &mut Tx, audit: &Audit<'_>) -> Found {
        let creators = self.sums.len();
        let compared = self.compare(tx).await;
        self.findings.end(audit.program, Check::Balances, compared.map(|()| counted(creators, "creator", "creators")))
    }

    async fn compare(&mut self, tx: &mut Tx) -> Result<()> {
        let sql = "SELECT creator_id, pending, payable, reserved, paid FROM balances WHERE program = $1 ORDER BY creator_id";
        let figures = self.audit.figures;
        for row in tx.rows(sql, &[self.audit.program.into()]).await? {
            let creator = row.text(0)?;
            let Some(sums) = self.sums.remove(creator) else {
                self.findings.add(|| format!("the balance of {creator} is shown, but no transfer is the creator's"));
                continue;
            };
            for (column, account) in (1..).zip(SHOWN) {
                let (shown, sum) = (row.int(column)?, sums[account as usize]);
                if i128::from(shown) != sum {
                    let name = if account == Account::Cash { "paid" } else { account.code() };
                    let (shown, sum) = (figures.show(shown), figures.show(sum));
                    self.findings
                        .add(|| format!("the balance of {creator}: {name} is shown as {shown}, the transfers come to {sum}"));
                }
            }
        }
        for (creator, _) in std::mem::take(&mut self.sums) {
            self.findings.add(|| format!("the balance of {creator} is not shown, but the creator has transfers"));
        }
        Ok(())
    }
}

impl JournalCheck for Balances<'_> {
    fn transfer(&mut self, entry: &JournalEntry, posted: &Posted) -> Result<()> {
        let Transfer { about, source, target, amount, .. } = &posted.transfer;
        let (creator_id, position) = (&about.creator_id, posted.position);
        if !self.sums.contains_key(creator_id) {
            self.sums.insert(creator_id.clone(), [0; Account::ALL.len()]);
        }
        let Some(sums) = self.sums.get_mut(creator_id) else { return Ok(()) };
        sums[*target as usize] += i128::from(*amount);
        let left = &mut sums[*source as usize];
        *left -= i128::from(*amount);
        if matches!(source, Account::Reserved | Account::Clearing) && *left < 0 {
            let (left, name, entry) = (self.audit.figures.show(*left), source.code(), entry.entry);
            self.findings
                .add(|| format!("entry {entry}, transfer {position}: it leaves {creator_id} with {left} {name}, below zero"));
        }
        Ok(())
    }
}
