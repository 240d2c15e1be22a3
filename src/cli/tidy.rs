use anyhow::Result;

use super::args::{Places, Tidy};
use super::context::{all_told, now, programs, workplace};
use super::show::{Sheet, print};
use crate::app::{Tidied, tidy as tidy_program};
use crate::program::Program;

pub(super) async fn tidy(places: &Places, command: &Tidy) -> Result<()> {
    let programs = programs(places)?;
    let at = workplace(places).await?;
    let mut failed = Vec::new();
    // One program's failure does not keep the others from being tidied.
    for program in &programs {
        match tidy_program(&at, program, command.as_of.unwrap_or_else(now), command.dry_run).await {
            Ok(tidied) => print(&shown(program, &tidied, command.dry_run))?,
            Err(error) => failed.push(error),
        }
    }
    all_told(failed)
}

fn shown(program: &Program, tidied: &Tidied, dry_run: bool) -> String {
    let rehearsal = if dry_run { " (dry run: nothing is removed)" } else { "" };
    let removed = tidied.each().into_iter().filter(|(_, removed)| removed.count > 0);
    let rows: Vec<Vec<String>> =
        removed.map(|(what, removed)| vec![what.to_owned(), removed.count.to_string(), size(removed.bytes)]).collect();
    if rows.is_empty() {
        return format!("{} ({}): nothing is old enough to be removed{rehearsal}", program.name, program.id);
    }
    let what = if dry_run { "would be removed" } else { "removed" };
    let sheet = Sheet { header: vec![what, "count", "size"], figures: vec![1, 2], rows };
    let lines: Vec<String> = sheet.aligned().lines().map(|line| format!("  {line}")).collect();
    format!("{} ({}){rehearsal}\n{}", program.name, program.id, lines.join("\n"))
}

/// Bytes for people: `812 B`, `3.4 kB`, `1.2 GB`.
fn size(bytes: u64) -> String {
    let mut scale = 1u64;
    let mut name = "B";
    for larger in ["kB", "MB", "GB", "TB"] {
        if bytes / scale < 1000 {
            break;
        }
        (scale, name) = (scale * 1000, larger);
    }
    if scale == 1 { format!("{bytes} B") } else { format!("{}.{} {name}", bytes / scale, bytes % scale * 10 / scale) }
}
