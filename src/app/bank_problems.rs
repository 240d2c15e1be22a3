//! What a bank's answers said that nothing followed from: kept until somebody acknowledges it.

use std::collections::BTreeMap;

use anyhow::Result;

use super::environment::Environment;
use crate::alerts::{Acknowledgement, KeptProblem, about_exception, keep_problems, kept_problems};
use crate::payout::{Problem, is_payment_id};
use crate::program::Program;
use crate::vocabulary::BankProblem;

/// How long what stands in a file may be where it is kept.
const LONGEST: usize = 300;

/// Keeps what somebody has to look at. What was kept before, from whichever file, is not kept again; and a statement that tells of
/// payments which are none of purser's is no reason to ask anybody.
pub(super) async fn keep(
    at: &Environment,
    program: &Program,
    (by, as_of): (&str, i64),
    file: &str,
    problems: &[Problem],
) -> Result<()> {
    let matters = |problem: &&Problem| problem.kind != BankProblem::UnknownPayment || is_payment_id(&problem.about);
    let kept: Vec<KeptProblem> = problems.iter().filter(matters).map(|problem| kept(problem, file, (by, as_of))).collect();
    if kept.is_empty() {
        return Ok(());
    }
    let mut tx = at.store.begin(&program.id).await?;
    if keep_problems(&mut tx, &program.id, &kept).await? > 0 {
        tx.commit("what a bank's answer says that somebody has to look at").await?;
    }
    Ok(())
}

fn kept(problem: &Problem, file: &str, (by, at): (&str, i64)) -> KeptProblem {
    let Problem { kind, about, creator_id, amount, place, what } = problem;
    let [about, what, amount, file, place] = [about, what, amount, file, place].map(plain);
    // Where in which file it stood is no part of it: the bank may say it again elsewhere.
    let digest = blake3::hash(format!("{kind}\0{about}\0{what}").as_bytes()).to_hex();
    let subject = format!("{}{}{}", about, if about.is_empty() { "" } else { "-" }, &digest[..8]);
    let place = if place.is_empty() { file } else { format!("{file} {place}") };
    KeptProblem { kind: *kind, subject, creator_id: creator_id.clone(), amount, place, what, by: by.to_owned(), at }
}

/// A text from outside, without what controls a terminal, and not without end.
fn plain(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(LONGEST).collect()
}

/// What waits for somebody: what nobody acknowledged, and what was given to somebody to look after. `said` is what people said last
/// about each.
pub(super) async fn open_problems(
    at: &Environment,
    program: &Program,
    said: &BTreeMap<String, Acknowledgement>,
) -> Result<Vec<KeptProblem>> {
    let mut problems = kept_problems(&at.store, &program.id).await?;
    problems.retain(|problem| {
        let said = said.get(&about_exception(problem.kind.code(), &problem.subject));
        said.is_none_or(|said| !said.assigned_to.is_empty())
    });
    Ok(problems)
}
