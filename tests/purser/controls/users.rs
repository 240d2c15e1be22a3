//! What users may do, where there are any, and how they prove who they are.

use purser::app::Role;

use super::act::{Act, Shown, What};
use super::model::{Model, Refusals};

impl Model {
    /// Where there are users, each does what their role may, and shows their own token.
    pub fn prove(&self, act: &Act, why: &mut Refusals) {
        let (Some(roles), Some(person)) = (self.roles, act.by.person) else { return };
        let is_own = |number: &usize| self.proposals.get(*number).is_some_and(|proposal| proposal.proposer == person);
        let takes_approver = match &act.what {
            What::Nightly { restate } => *restate,
            What::Approve(_) | What::Reject(_) | What::Export(_) | What::Settle(..) | What::Accept(..) => true,
            What::Decline(number) => !is_own(number),
            _ => false,
        };
        if takes_approver && roles[person] != Role::Approver {
            why.insert("this requires an approver");
        }
        match act.shown {
            Shown::OwnToken => {}
            Shown::Nothing => drop(why.insert("prove that you are")),
            Shown::AnothersToken => drop(why.insert("the token is not that of")),
        }
    }
}
