//! What the last reconciliation kept as posted, and the transfers that posted it.

use anyhow::{Context, Result};

use super::check::Check;
use super::findings::{Findings, Found};
use super::journal_check::JournalCheck;
use super::shared::Audit;
use crate::facts::blocking;
use crate::ledger::{Account, EntryKind, JournalEntry, Posted, Transfer};
use crate::posting::{KeptOutcome, PostedTargets, TargetTally};
use crate::store::Tx;
use crate::vocabulary::counted;

/// The posted targets as they were kept; none where nothing was ever reconciled.
pub(super) async fn kept(tx: &mut Tx, audit: &Audit<'_>) -> Result<Option<PostedTargets>> {
    let rows = tx.rows("SELECT outcome FROM reconciled WHERE program = $1", &[audit.program.into()]).await?;
    let Some(row) = rows.first() else { return Ok(None) };
    let outcome: KeptOutcome =
        serde_json::from_str(row.text(0)?).context("the record of the last reconciliation cannot be read")?;
    let data = audit.data.to_owned();
    blocking(move || outcome.posted(&data)).await.map(Some)
}

pub(super) struct Targets<'a> {
    tally: Option<TargetTally<'a>>,
    of_reconciliation: bool,
    findings: Findings,
}

impl<'a> Targets<'a> {
    pub(super) fn new(kept: Option<&'a PostedTargets>) -> Result<Self> {
        let tally = kept.map(PostedTargets::tally).transpose()?;
        Ok(Self { tally, of_reconciliation: false, findings: Findings::default() })
    }

    pub(super) fn finish(mut self, audit: &Audit<'_>) -> Found {
        let show = |amount: i128| audit.figures.show(amount);
        for differing in self.tally.iter().flat_map(TargetTally::differences) {
            self.findings.add(|| {
                let key: Vec<&str> = differing.key.into_iter().filter(|part| !part.is_empty()).collect();
                let (pending, payable, movements) = differing.wanted;
                let movements = counted(movements, "transfer", "transfers");
                let (on_hold, due, posted) = differing.counted;
                format!(
                    "the target {}: kept with {} pending, {} payable in {movements}; posted are {} pending, {} payable in {posted}",
                    key.join(" "),
                    show(pending),
                    show(payable),
                    show(on_hold),
                    show(due)
                )
            });
        }
        let seen = match &self.tally {
            Some(tally) => counted(tally.targets(), "target", "targets"),
            None => "never reconciled".to_owned(),
        };
        self.findings.end(audit.program, Check::Targets, Ok(seen))
    }
}

impl JournalCheck for Targets<'_> {
    fn begin(&mut self, entry: &JournalEntry) -> Result<()> {
        self.of_reconciliation = entry.kind == EntryKind::Reconciled;
        Ok(())
    }

    fn transfer(&mut self, entry: &JournalEntry, posted: &Posted) -> Result<()> {
        if !self.of_reconciliation {
            return Ok(());
        }
        let Transfer { about, source, target, amount, .. } = &posted.transfer;
        let (kind, position, [order_id, line_id, creator_id, detail]) = (about.kind.code(), posted.position, about.key());
        let change = |account: Account| i64::from(*target == account) * amount - i64::from(*source == account) * amount;
        let (pending, payable) = (change(Account::Pending), change(Account::Payable));
        let is_kept = match &mut self.tally {
            Some(tally) => tally.count([kind, order_id, line_id, creator_id, detail], pending, payable),
            None => false,
        };
        if !is_kept {
            let entry = entry.entry;
            self.findings.add(|| {
                format!(
                    "entry {entry}, transfer {position}: no target {kind} {order_id} {line_id} {creator_id} {detail} was kept"
                )
            });
        }
        Ok(())
    }
}
