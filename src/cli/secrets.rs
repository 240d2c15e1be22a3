//! Passwords that are typed, without showing them, or read from a file: never from an argument, which others on the machine can see.

use std::io::{self, BufRead, IsTerminal, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail, ensure};
use tokio::signal::unix::{SignalKind, signal};

use super::args_users::Password;
use crate::error::Invalid;

/// Where passwords come from: a file, else the terminal, else the lines of standard input.
pub(super) struct Passwords<'a> {
    file: Option<&'a Path>,
}

impl<'a> Passwords<'a> {
    pub(super) fn of(password: &'a Password) -> Self {
        Self { file: password.password_file.as_deref() }
    }

    /// The next one comes from this file, if there is one; it never comes from the file of the one before.
    pub(super) fn or(self, file: Option<&'a Path>) -> Self {
        Self { file }
    }

    /// Asks for a password.
    pub(super) async fn ask(&mut self, what: &str) -> Result<String> {
        let password = match self.file {
            Some(path) => {
                let text = std::fs::read_to_string(path);
                let text = text.with_context(|| format!("cannot read the {what} from {}", path.display()))?;
                text.lines().next().unwrap_or_default().to_owned()
            }
            None if io::stdin().is_terminal() => typed(what.to_owned()).await?,
            None => line()?,
        };
        ensure!(!password.is_empty(), Invalid(format!("the {what} is empty; nothing was changed")));
        Ok(password)
    }

    /// Asks for a password that is new: on a terminal twice.
    pub(super) async fn ask_new(&mut self, what: &str) -> Result<String> {
        let password = self.ask(what).await?;
        if self.file.is_none() && io::stdin().is_terminal() {
            ensure!(
                typed(format!("{what}, again")).await? == password,
                Invalid("the two are not the same; nothing was changed".to_owned())
            );
        }
        Ok(password)
    }
}

fn line() -> Result<String> {
    let mut line = String::new();
    io::stdin().lock().read_line(&mut line).context("cannot read a password from standard input")?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}

/// Reads a line from the terminal while it shows nothing; however that ends, it shows again what is typed.
async fn typed(what: String) -> Result<String> {
    let mut interrupt = signal(SignalKind::interrupt()).context("cannot listen for signals")?;
    eprint!("{what}: ");
    io::stderr().flush()?;
    echo("-echo")?;
    let read = tokio::select! {
        read = tokio::task::spawn_blocking(line) => Some(read.context("cannot read a password")?),
        _ = interrupt.recv() => None,
    };
    echo("echo")?;
    eprintln!();
    // Where somebody interrupts, the terminal is still being read, which would keep the process.
    read.unwrap_or_else(|| std::process::exit(130))
}

fn echo(mode: &str) -> Result<()> {
    let done = Command::new("stty").arg(mode).stdin(Stdio::inherit()).status();
    match done {
        Ok(status) if status.success() => Ok(()),
        _ => bail!(Invalid(
            "the terminal cannot hide what is typed: give the password with --password-file; nothing was changed".to_owned()
        )),
    }
}
