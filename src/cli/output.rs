//! Where an export goes.

use std::fs;
use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::Path;

use anyhow::{Context, Result, ensure};

use super::visible::Terminal;
use crate::effect::Unfinished;
use crate::error::Invalid;

const BUFFER: usize = 1 << 16;

/// Standard output, or a file that is there whole or not at all. A terminal shows what would steer it; elsewhere every byte stays.
pub(super) enum Output {
    Standard(BufWriter<io::Stdout>),
    Terminal(Terminal),
    File(BufWriter<Unfinished>),
}

impl Output {
    /// Begins to write to a file, or to standard output where none is given.
    pub(super) fn begin(file: Option<&Path>) -> Result<Self> {
        let Some(path) = file else { return Ok(Self::standard()) };
        // A link stays a link: the file it names is replaced.
        let path = if path.exists() { fs::canonicalize(path) } else { std::path::absolute(path) };
        let path = path.context("cannot find the folder to write to")?;
        ensure!(
            !path.exists() || path.is_file(),
            Invalid(format!("{} is not a regular file; name a file with --out", path.display()))
        );
        Ok(Self::File(BufWriter::with_capacity(BUFFER, Unfinished::begin(&path)?)))
    }

    /// Standard output.
    pub(super) fn standard() -> Self {
        match io::stdout().is_terminal() {
            true => Self::Terminal(Terminal::new()),
            false => Self::Standard(BufWriter::with_capacity(BUFFER, io::stdout())),
        }
    }

    /// Everything is written: the file is put into place.
    pub(super) fn finish(self) -> Result<()> {
        match self {
            Self::Standard(mut out) => Ok(out.flush()?),
            Self::Terminal(mut out) => Ok(out.flush()?),
            Self::File(out) => out.into_inner().map_err(io::IntoInnerError::into_error)?.keep(),
        }
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Standard(out) => out.write(bytes),
            Self::Terminal(out) => out.write(bytes),
            Self::File(out) => out.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Standard(out) => out.flush(),
            Self::Terminal(out) => out.flush(),
            Self::File(out) => out.flush(),
        }
    }
}
