//! How tests find every durable effect and stop the process at it.
//!
//! `PURSER_TRIAL` is read once. Without it nothing here does anything. Its forms:
//!
//! - `list|FILE` appends each effect's name to the file as it is reached;
//! - `hold-before|NAME|FILE` and `hold-after|NAME|FILE` write the file when the effect of this name is reached, and wait
//!   until somebody removes it: time to kill the process, to freeze it, or to let it go on;
//! - `fail-before|NAME|FILE` and `fail-after|NAME|FILE` write the file and report an error instead: before, the effect does
//!   not happen; after, it has happened and the answer is lost.
//!
//! An effect's name is its kind, its subject and `#N`, counting those alike within the process from 1.

use std::collections::HashMap;
use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::Duration;

use anyhow::{Result, bail};

use super::kind::Kind;

/// How often a held process looks whether it may go on.
const LOOK: Duration = Duration::from_millis(2);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    List,
    HoldBefore,
    HoldAfter,
    FailBefore,
    FailAfter,
}

struct Trial {
    mode: Mode,
    step: String,
    file: PathBuf,
    counts: Mutex<HashMap<String, usize>>,
}

/// An effect that is about to happen.
pub(super) struct Step(Option<(&'static Trial, String)>);

/// Names an effect, where somebody asks.
pub(super) fn reached(kind: Kind, subject: &str) -> Step {
    static TRIAL: OnceLock<Option<Trial>> = OnceLock::new();
    let trial = TRIAL.get_or_init(|| std::env::var("PURSER_TRIAL").ok().and_then(|text| parse(&text)));
    Step(trial.as_ref().map(|trial| {
        let name = format!("{kind} {subject}");
        let mut counts = trial.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let count = counts.entry(name.clone()).or_default();
        *count += 1;
        (trial, format!("{name}#{count}"))
    }))
}

fn parse(text: &str) -> Option<Trial> {
    let (mode, rest) = text.split_once('|')?;
    let (mode, (step, file)) = match mode {
        "list" => (Mode::List, ("", rest)),
        "hold-before" => (Mode::HoldBefore, rest.rsplit_once('|')?),
        "hold-after" => (Mode::HoldAfter, rest.rsplit_once('|')?),
        "fail-before" => (Mode::FailBefore, rest.rsplit_once('|')?),
        "fail-after" => (Mode::FailAfter, rest.rsplit_once('|')?),
        _ => return None,
    };
    Some(Trial { mode, step: step.to_owned(), file: PathBuf::from(file), counts: Mutex::default() })
}

impl Step {
    pub(super) fn before(&self) -> Result<()> {
        let Some((trial, name)) = &self.0 else { return Ok(()) };
        match trial.mode {
            Mode::List => trial.list(name),
            Mode::HoldBefore if *name == trial.step => trial.hold(),
            Mode::FailBefore if *name == trial.step => trial.fail(name),
            _ => Ok(()),
        }
    }

    pub(super) fn after(&self) -> Result<()> {
        match &self.0 {
            Some((trial, name)) if trial.mode == Mode::HoldAfter && *name == trial.step => trial.hold(),
            Some((trial, name)) if trial.mode == Mode::FailAfter && *name == trial.step => trial.fail(name),
            _ => Ok(()),
        }
    }
}

impl Trial {
    fn list(&self, name: &str) -> Result<()> {
        let mut file = fs::OpenOptions::new().create(true).append(true).open(&self.file)?;
        // At once: files are kept side by side, and what two write in pieces runs together.
        Ok(file.write_all(format!("{name}\n").as_bytes())?)
    }

    fn hold(&self) -> Result<()> {
        fs::write(&self.file, "")?;
        while self.file.exists() {
            std::thread::sleep(LOOK);
        }
        Ok(())
    }

    fn fail(&self, name: &str) -> Result<()> {
        fs::write(&self.file, "")?;
        bail!("a trial failed the effect {name}")
    }
}
