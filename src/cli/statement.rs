use std::collections::BTreeMap;
use std::io::Write;

use anyhow::{Result, bail};
use serde::Serialize;

use super::args::{Places, Statement, StatementFormat};
use super::context::{now, open};
use super::output::Output;
use super::show::Sheet;
use crate::app::{
    Exceptions, LetterState, Shown, Statement as Model, StatementMonth, StatementsReport, statement_csv, statement_of,
};
use crate::error::Invalid;
use crate::money::format_minor;
use crate::program::Program;
use crate::vocabulary::counted;

pub(super) async fn statement(places: &Places, command: &Statement) -> Result<()> {
    let (at, program) = open(places).await?;
    let as_of = command.as_of.unwrap_or_else(now);
    let named = statement_of(&at, &program, &command.creator_id, command.month, as_of).await?;
    let shown = &named.shown;
    let mut out = match (command.format, &command.out) {
        (StatementFormat::Pdf, None) => {
            bail!(Invalid("a PDF is no text for a terminal: name the file to write with --out FILE.pdf".to_owned()))
        }
        (_, out) => Output::begin(out.as_deref())?,
    };
    match command.format {
        StatementFormat::Text => {
            writeln!(out, "{}", named.render(&program)?.text.trim_end())?;
            if let Some(mail) = mail(shown) {
                writeln!(out, "{mail}")?;
            }
        }
        StatementFormat::Html => writeln!(out, "{}", named.render(&program)?.html.trim_end())?,
        StatementFormat::Csv => writeln!(out, "{}", statement_csv(&shown.statement)?.trim_end())?,
        StatementFormat::Json => writeln!(out, "{}", json(shown)?)?,
        StatementFormat::Pdf => out.write_all(&named.pdf(&program)?)?,
    }
    out.finish()
}

/// How far the mail has come, for people at a terminal.
fn mail(shown: &Shown) -> Option<String> {
    match (&shown.mail, &shown.mail_error) {
        (Some(state), Some(error)) => Some(format!("Email: {state} ({error})")),
        (Some(state), None) => Some(format!("Email: {state}")),
        (None, _) if !shown.preview => Some("Email: not sent (no email address on file)".to_owned()),
        (None, _) => None,
    }
}

fn json(shown: &Shown) -> Result<String> {
    #[derive(Serialize)]
    struct Whole<'a> {
        preview: bool,
        mail: Option<LetterState>,
        mail_error: Option<&'a str>,
        #[serde(flatten)]
        statement: &'a Model,
    }
    let whole =
        Whole { preview: shown.preview, mail: shown.mail, mail_error: shown.mail_error.as_deref(), statement: &shown.statement };
    Ok(serde_json::to_string_pretty(&whole)?)
}

/// The report of a run's step.
pub(super) fn report(program: &Program, report: &StatementsReport, rehearsed: bool) -> String {
    let mut text = Vec::new();
    if report.months.is_empty() {
        text.push("  statements: all issued already".to_owned());
    } else {
        text.extend(months(program, report).aligned().lines().map(|line| format!("  {line}")));
    }
    let how = if report.transport == "smtp" {
        "sent through the mail server"
    } else {
        "written to the outbox folder as .eml files (no mail server set)"
    };
    match (report.mailed, report.repeated) {
        _ if rehearsed => {}
        (0, _) => text.push("  no emails to send".to_owned()),
        (sent, 0) => text.push(format!("  {} {how}", emails(sent))),
        (sent, repeated) => text.push(format!(
            "  {} {how}; {repeated} of them a second time with the same Message-ID, because an earlier run was cut short",
            emails(sent)
        )),
    }
    let problems = [
        ("refused", &report.failed),
        ("of which nobody knows whether they were sent (`purser mail status`)", &report.unknown),
        ("waiting for the next run", &report.waiting),
        ("with no email sent", &report.unmailed),
    ];
    text.extend(problems.into_iter().flat_map(|(heading, by_reason)| problem(heading, by_reason)));
    text.extend(report.warnings.iter().map(|warning| format!("  note: {warning}")));
    text.join("\n")
}

/// What became of mails that were not sent, a line for each reason.
pub(super) fn problem(heading: &str, by_reason: &BTreeMap<String, Exceptions>) -> Vec<String> {
    let line = |(reason, Exceptions { count, examples }): (&String, &Exceptions)| {
        let more = if *count > examples.len() { ", …" } else { "" };
        format!("  {count} {heading}: {} ({reason}){more}", examples.join(", "))
    };
    by_reason.iter().map(line).collect()
}

/// `1 email`, `3 emails`.
fn emails(count: usize) -> String {
    counted(count, "email", "emails")
}

fn months(program: &Program, report: &StatementsReport) -> Sheet {
    let money = |minor: i64| format_minor(minor, program.currency.exponent());
    let row = |month: &StatementMonth| {
        let totals = &month.totals;
        let changes = [totals.earned, totals.clawed_back, totals.bonuses, totals.fees, totals.adjustments, totals.paid];
        let amounts = [totals.opening].into_iter().chain(changes).chain([totals.closing]);
        [month.month.clone(), month.built.to_string()].into_iter().chain(amounts.map(money)).collect()
    };
    Sheet {
        header: vec![
            "month",
            "statements",
            "opening",
            "earned",
            "clawed_back",
            "bonuses",
            "fixed_fees",
            "adjustments",
            "paid",
            "closing",
        ],
        figures: (1..10).collect(),
        rows: report.months.iter().map(row).collect(),
    }
}
