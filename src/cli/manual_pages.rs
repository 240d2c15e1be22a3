//! Shell completions and manual pages, from the same definitions as the command line.

use std::io::{self, Write};
use std::path::Path;

use anyhow::{Context, Result};
use clap::CommandFactory;
use clap_complete::Shell;

use super::args::Arguments;
use crate::effect::write_file;

/// Writes what a shell needs to complete commands to standard output.
pub(super) fn completions(shell: Shell) -> Result<()> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), "purser", &mut script);
    Ok(io::stdout().write_all(&script)?)
}

/// Writes a manual page for each command into a folder.
pub(super) fn pages(out: &Path) -> Result<()> {
    let mut command = Arguments::command();
    command.build();
    page(&command, "purser", out)
}

fn page(command: &clap::Command, name: &str, out: &Path) -> Result<()> {
    let mut text = Vec::new();
    let titled = command.clone().name(name.to_owned());
    clap_mangen::Man::new(titled).render(&mut text).with_context(|| format!("cannot write the manual of {name}"))?;
    write_file(&out.join(format!("{name}.1")), |file| Ok(file.write_all(&text)?))?;
    for below in command.get_subcommands().filter(|below| !below.is_hide_set()) {
        page(below, &format!("{name}-{}", below.get_name()), out)?;
    }
    Ok(())
}
