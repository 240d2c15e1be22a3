//! From a creator's transfers to a statement that adds up.

use std::collections::BTreeMap;

use anyhow::Result;

use super::model::{Held, Line, PerformanceOf, Section, Statement, Totals};
use crate::calendar::Month;
use crate::ledger::{Form, Head};
use crate::posting::Brought;
use crate::program::Program;

/// What all statements of a month have in common.
pub(super) struct Common<'a> {
    pub program: &'a Program,
    pub month: Month,
    pub built_at: i64,
    pub head: &'a Head,
    pub brought: &'a Brought,
}

/// What one statement is made of.
pub(super) struct Parts<'a> {
    pub creator_id: &'a str,
    pub opening: i64,
    pub lines: Vec<Line>,
    pub held: Held,
    pub performance: PerformanceOf,
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
    lines.sort_by(|a, b| key(a).cmp(&key(b)));
    let first_day = common.month.first_day();
    let (corrections, lines) = lines.into_iter().partition(|line| line.about.effective_day < first_day);
    let statement = Statement {
        form: Form::LATEST.number(),
        program: common.program.id.clone(),
        program_name: common.program.name.clone(),
        creator_id: parts.creator_id.to_owned(),
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
        performance: parts.performance,
    };
    statement.check()?;
    Ok(statement)
}

/// Says of each line which campaign brought it; answers the names of those.
fn name_campaigns(common: &Common<'_>, lines: &mut [Line]) -> Result<BTreeMap<String, String>> {
    let mut names = BTreeMap::new();
    for line in lines {
        let id = common.brought.campaign(&line.about)?;
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
