//! From a creator's transfers to a statement that adds up.

use std::collections::BTreeMap;

use anyhow::Result;

use super::addressee::Addressees;
use super::journal::program_before;
use super::model::{Converted, Held, Line, Section, Statement, Totals};
use super::outlook::{Holds, Outlooks};
use super::performance::Performances;
use super::terms::Terms;
use crate::calendar::Month;
use crate::ledger::{Form, Head};
use crate::payout::{Conversion, conversion_of, converts};
use crate::posting::Brought;
use crate::program::Program;
use crate::store::Tx;

/// What is read beside the ledger before statements are built: from facts, and from the last reconciliation.
#[derive(Clone, Copy)]
pub struct Background<'a> {
    /// Names, addresses and groups.
    pub addressees: &'a Addressees,
    /// What creators did in the month, and what people call it.
    pub performances: &'a Performances,
    /// What campaigns brought.
    pub brought: &'a Brought,
    /// Until when money is on hold.
    pub holds: &'a Holds,
}

/// What all statements of a month have in common.
pub(super) struct Common<'a> {
    program: &'a Program,
    month: Month,
    built_at: i64,
    head: &'a Head,
    background: Background<'a>,
    outlooks: Outlooks<'a>,
    before: Option<Program>,
    /// Whether the program has ever paid anybody in another currency than its own.
    converts: bool,
}

impl<'a> Common<'a> {
    /// Reads the rest of it from the ledger.
    pub(super) async fn read(
        tx: &mut Tx,
        program: &'a Program,
        (month, built_at): (Month, i64),
        head: &'a Head,
        background: Background<'a>,
    ) -> Result<Self> {
        let outlooks = Outlooks::read(tx, program, background.holds, built_at).await?;
        let before = program_before(tx, program).await?;
        let converts = converts(tx, &program.id).await?;
        Ok(Self { program, month, built_at, head, background, outlooks, before, converts })
    }
}

/// What one statement is made of.
pub(super) struct Parts<'a> {
    pub creator_id: &'a str,
    /// Which of the creator's statements it is, from 1.
    pub number: i64,
    pub opening: i64,
    pub lines: Vec<Line>,
    /// What payments came to in the creator's currency, by batch.
    pub converted: BTreeMap<String, Converted>,
    pub held: Held,
}

/// What the payments among these lines came to in the currency of the creator's account, by batch, where that is another.
///
/// # Errors
///
/// When the database cannot be read.
pub(super) async fn converted(tx: &mut Tx, common: &Common<'_>, lines: &[Line]) -> Result<BTreeMap<String, Converted>> {
    let mut all = BTreeMap::new();
    let payments = lines.iter().filter(|line| common.converts && line.section == Section::Paid);
    for about in payments.map(|line| &line.about) {
        if let Some(one) = conversion_of(tx, &common.program.id, &about.order_id, &about.creator_id).await? {
            let Conversion { currency, rate, source, amount } = one;
            let one = Converted { currency: currency.code().to_owned(), amount, rate: rate.to_string(), source };
            all.insert(about.order_id.clone(), one);
        }
    }
    Ok(all)
}

/// Puts a statement together.
///
/// # Errors
///
/// When it does not add up to what the ledger's transfers say (see [`Statement::check`]).
pub(super) fn assemble(common: &Common<'_>, parts: Parts<'_>) -> Result<Statement> {
    let totals = Totals::of(parts.opening, &parts.lines)?;
    let mut lines = parts.lines;
    let campaigns = name_campaigns(common, &mut lines)?;
    let Background { addressees, performances, .. } = common.background;
    lines.iter_mut().for_each(|line| performances.labels.put_on(line));
    lines.sort_by(|a, b| key(a).cmp(&key(b)));
    let first_day = common.month.first_day();
    let group = addressees.group(parts.creator_id, common.month.span(common.program.time_zone).end - 1);
    let (corrections, lines) = lines.into_iter().partition(|line| line.about.effective_day < first_day);
    let statement = Statement {
        form: Form::LATEST.number(),
        program: common.program.id.clone(),
        program_name: common.program.name.clone(),
        creator_id: parts.creator_id.to_owned(),
        number: parts.number,
        month: common.month.label(),
        currency: common.program.currency.code().to_owned(),
        built_at: common.built_at,
        through_entry: common.head.entry,
        head: common.head.hash.clone(),
        totals,
        held: parts.held,
        corrections,
        lines,
        campaigns,
        converted: parts.converted,
        performance: performances.of(parts.creator_id),
        outlook: Some(common.outlooks.of(parts.creator_id, !addressees.is_active_at(parts.creator_id, common.built_at))?),
        tier: performances.tier(common.program, parts.creator_id, group),
        terms: Some(Terms::of(common.program, common.before.as_ref(), parts.creator_id, group, common.month.last_day())),
    };
    statement.check()?;
    Ok(statement)
}

/// Says of each line which campaign brought it; answers the names of those.
fn name_campaigns(common: &Common<'_>, lines: &mut [Line]) -> Result<BTreeMap<String, String>> {
    let mut names = BTreeMap::new();
    for line in lines {
        let id = common.background.brought.campaign(&line.about)?;
        if !id.is_empty() {
            id.clone_into(&mut line.campaign);
            names.entry(id.to_owned()).or_insert_with(|| common.program.campaign_name(id));
        }
    }
    Ok(names)
}

fn key(line: &Line) -> (Section, i32, &str, &str, i64, i64) {
    (line.section, line.about.effective_day, &line.about.order_id, &line.about.line_id, line.entry, line.position)
}
