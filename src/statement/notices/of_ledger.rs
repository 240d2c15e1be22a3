//! What the journal says since it was seen last: payments that were made, that failed or came back, and who is not in a new batch.

use anyhow::{Context, Result};

use super::notice::{About, Notice};
use super::noticed::{see_to, seen_to};
use super::payout_failed::PayoutFailed;
use super::payout_sent::PayoutSent;
use super::payout_skipped::{PayoutSkipped, Skipped};
use super::seen::Seen;
use crate::ledger::{Account, Posted, head, select_transfers, transfers};
use crate::payout::{Absent, HoldKind, Why, sheet};
use crate::program::Program;
use crate::store::Tx;
use crate::vocabulary::{Event, Reason};

/// What there is to tell of the journal.
pub(super) async fn notices(tx: &mut Tx, seen: &Seen<'_>) -> Result<Vec<Notice>> {
    let program = seen.program;
    let head = head(tx, &program.id).await?.entry;
    let mut notices = Vec::new();
    for event in [Event::PayoutSent, Event::PayoutFailed, Event::PayoutSkipped] {
        if !program.mailing.notices.contains(&event) {
            continue;
        }
        if let Some(since) = seen_to(tx, &program.id, event).await? {
            let since: i64 = since.parse().with_context(|| format!("it is not known up to which entry {event} was seen"))?;
            notices.extend(match event {
                Event::PayoutSkipped => skipped(tx, program, since).await?,
                event => payments(tx, program, since).await?.into_iter().filter(|notice| notice.about.event() == event).collect(),
            });
        }
        see_to(tx, &program.id, event, &head.to_string()).await?;
    }
    Ok(notices)
}

/// Payments since an entry that were made, that failed or came back.
async fn payments(tx: &mut Tx, program: &Program, since: i64) -> Result<Vec<Notice>> {
    let sql = select_transfers!("WHERE t.program = $1 AND t.entry > $2 AND t.kind = 'batch' ORDER BY t.entry, t.position");
    let posted = transfers(tx, &program.id, sql, &[since.into()]).await?;
    Ok(posted.iter().filter_map(payment).collect())
}

fn payment(posted: &Posted) -> Option<Notice> {
    let (transfer, about) = (&posted.transfer, &posted.transfer.about);
    let (amount, day, batch) = (transfer.amount, about.effective_day, about.order_id.clone());
    let told = match (transfer.target, about.reason) {
        (Account::Cash, Reason::Settled) => About::PayoutSent(PayoutSent { amount, day, batch }),
        (Account::Payable, Reason::Failed | Reason::Returned) => {
            let came_back = about.reason == Reason::Returned;
            About::PayoutFailed(PayoutFailed { amount, day, batch, came_back })
        }
        _ => return None,
    };
    Some(Notice::of(&about.creator_id, &about.order_id, told))
}

/// Who is not in the batches that were drafted since an entry, though they have something to their credit.
async fn skipped(tx: &mut Tx, program: &Program, since: i64) -> Result<Vec<Notice>> {
    let sql = "SELECT subject FROM entries WHERE program = $1 AND entry > $2 AND kind = 'drafted' ORDER BY entry";
    let drafted = tx.rows(sql, &[program.id.as_str().into(), since.into()]).await?;
    let mut notices = Vec::new();
    for row in drafted {
        let batch = row.text(0)?;
        for absent in sheet(tx, program, batch, program.payout.minimum).await?.absent {
            if let Some(why) = why(&absent, program.payout.minimum) {
                let about = PayoutSkipped { amount: absent.balance.payable, batch: batch.to_owned(), why };
                notices.push(Notice::of(&absent.creator_id, batch, About::PayoutSkipped(about)));
            }
        }
    }
    Ok(notices)
}

/// What a creator hears about why they are not in a batch; none where there is nothing that it could have paid.
fn why(absent: &Absent, minimum: i64) -> Option<Skipped> {
    let holds = match &absent.why {
        Why::BelowMinimum(missing) => return Some(Skipped::Below { minimum, missing: *missing }),
        Why::Held(holds) | Why::Withheld(_, holds) => holds,
        Why::Debt(_) | Why::AfterDraft | Why::OnHold | Why::InOther(_) => return None,
    };
    let has = |kind: HoldKind| holds.iter().any(|hold| hold.kind == kind);
    Some(match (has(HoldKind::Details), has(HoldKind::TaxForm)) {
        (true, _) => Skipped::Details,
        (_, true) => Skipped::TaxForm,
        _ => Skipped::Review,
    })
}
