use anyhow::Result;

use super::args::{Places, Tidy};
use super::context::{fail_with_all, now, open_all};
use super::show::{Sheet, print};
use crate::app::{Tidied, tidy as tidy_program};
use crate::program::Program;

pub(super) async fn tidy(places: &Places, command: &Tidy) -> Result<()> {
    let (at, programs) = open_all(places).await?;
    let mut failed = Vec::new();
    // One program's failure does not keep the others from being tidied.
    for program in &programs {
        match tidy_program(&at, program, command.as_of.unwrap_or_else(now), command.dry_run).await {
            Ok(tidied) => print(&shown(program, &tidied, command.dry_run))?,
            Err(error) => failed.push(error),
        }
    }
    fail_with_all(failed)
}

fn shown(program: &Program, tidied: &Tidied, dry_run: bool) -> String {
    let suffix = if dry_run { " (dry run: nothing was deleted)" } else { "" };
    let removed = tidied.each().into_iter().filter(|(_, removed)| removed.count > 0);
    let rows: Vec<Vec<String>> =
        removed.map(|(what, removed)| vec![what.to_owned(), removed.count.to_string(), size(removed.bytes)]).collect();
    if rows.is_empty() {
        return format!("{} ({}): nothing is past its retention period{suffix}", program.name, program.id);
    }
    let what = if dry_run { "would be deleted" } else { "deleted" };
    let sheet = Sheet { header: vec![what, "count", "size"], figures: vec![1, 2], rows };
    let lines: Vec<String> = sheet.aligned().lines().map(|line| format!("  {line}")).collect();
    format!("{} ({}){suffix}\n{}", program.name, program.id, lines.join("\n"))
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
