//! What is offered to somebody who looks at a batch. Who may do what is decided behind [`crate::app`]; here only what would be refused
//! is not offered, and said why.

use super::room::Room;
use crate::app::{ApprovalSheet, BatchState, CreatorNames, Flag, is_same_person};

/// What is offered, and why something else is not.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Choices {
    pub approve: bool,
    pub reject: bool,
    pub export: bool,
    pub import: bool,
    pub settle: bool,
    /// Taking lines out of it, and putting them back.
    pub change: bool,
    /// A sentence each.
    pub not: Vec<String>,
}

/// What the one who is signed in may do about a batch.
pub(super) fn choices(room: &Room, sheet: &ApprovalSheet, names: &CreatorNames) -> Choices {
    let (state, frame) = (sheet.batch.state, &room.frame);
    let Some(user) = &frame.user else { return Choices::default() };
    let mut not = Vec::new();
    let can = frame.may_decide() && user.has_second_factor;
    if !matches!(state, BatchState::Rejected | BatchState::Voided) {
        if !frame.may_decide() {
            not.push(format!("You are {}: an approver approves, exports and settles.", user.role.words()));
        } else if !user.has_second_factor {
            not.push("Decisions take a code of your second factor, and you have none: set one up under your name.".to_owned());
        }
    }
    let is_own = is_same_person(&user.name, &sheet.batch.drafted_by);
    let is_changer = sheet.changed_by.as_ref().is_some_and(|changer| is_same_person(&user.name, changer));
    let owes = sheet.lines.iter().find(|line| line.flags.contains(&Flag::OwesMoney));
    let held = sheet.lines.iter().find(|line| line.flags.contains(&Flag::Held));
    if state == BatchState::Draft && can {
        if is_own {
            not.push("You drafted this batch, so somebody else approves it.".to_owned());
        }
        if is_changer && !is_own {
            not.push("You were the last to change this batch, so somebody else approves it.".to_owned());
        }
        if let Some(line) = held {
            not.push(format!(
                "Payments to {} are on hold, so it cannot be approved. Take the line out, or release the hold.",
                names.of(&line.line.creator_id)
            ));
        }
        if let Some(line) = owes {
            not.push(format!(
                "{} has a negative balance now, so the batch cannot be approved. Reject it; the next payout run drafts a new one.",
                names.of(&line.line.creator_id)
            ));
        }
    }
    let is_open = sheet.batch.in_question != 0;
    Choices {
        approve: can && state == BatchState::Draft && !is_own && !is_changer && owes.is_none() && held.is_none(),
        reject: can && matches!(state, BatchState::Draft | BatchState::Approved),
        export: can && matches!(state, BatchState::Approved | BatchState::Exported),
        import: can && matches!(state, BatchState::Approved | BatchState::Exported | BatchState::Settled),
        settle: can && (matches!(state, BatchState::Approved | BatchState::Exported) || state == BatchState::Settled && is_open),
        change: state == BatchState::Draft && frame.may_prepare(),
        not,
    }
}
