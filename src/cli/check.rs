use anyhow::{Result, bail};

use super::args::{Check as Command, Places, ReportFormat};
use super::context::{ledger_of, workplace};
use super::show::print;
use crate::app::{self, Check, Found, Wanted};

pub(super) async fn check(places: &Places, command: &Command) -> Result<()> {
    if command.list {
        return print(&Check::ALL.map(|check| format!("{:<14} {}", check.name(), check.about())).join("\n"));
    }
    let at = workplace(places).await?;
    let mut checks = command.names.clone();
    match (checks.is_empty(), &command.head) {
        (true, _) => checks.extend(Check::ALL),
        (false, Some(_)) => checks.push(Check::Chain),
        (false, None) => {}
    }
    let program = ledger_of(&at, places).await?;
    let wanted = Wanted { checks: &checks, program: program.as_deref(), head: command.head.clone() };
    let found = app::check(&at, &wanted).await?;
    match command.format {
        ReportFormat::Text => print(&shown(&found))?,
        ReportFormat::Json => print(&serde_json::to_string_pretty(&found)?)?,
    }
    let broken: Vec<String> = found.iter().filter(|found| found.broken > 0).map(named).collect();
    if !broken.is_empty() {
        bail!("{} of {} checks found broken records: {}", broken.len(), found.len(), broken.join(", "));
    }
    Ok(())
}

fn named(found: &Found) -> String {
    if found.program.is_empty() { found.check.to_owned() } else { format!("{} of {}", found.check, found.program) }
}

fn shown(found: &[Found]) -> String {
    let mut text = Vec::new();
    let mut program = None;
    for found in found {
        if program != Some(&found.program) {
            program = Some(&found.program);
            text.push(if found.program.is_empty() { "all programs".to_owned() } else { found.program.clone() });
        }
        let verdict = if found.broken == 0 { "ok" } else { "BROKEN" };
        text.push(format!("  {:<14} {verdict:<7} {}", found.check, found.seen));
        text.extend(found.records.iter().map(|record| format!("    {record}")));
        if found.broken > found.records.len() {
            text.push(format!("    and {} more", found.broken - found.records.len()));
        }
        if found.broken > 0 {
            text.push(format!("    What to do: {}.", found.advice));
        }
    }
    text.join("\n")
}
