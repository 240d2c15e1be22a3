//! Whether the quotes of a CSV file are in order. The parser takes any bytes for something: where a quote is missing, it silently
//! takes the rows up to the next one for text of one cell.

use std::io::{self, BufRead, Read};

/// Passes the bytes of a CSV file on, as long as their quotes and line ends are in order.
///
/// A parser of its own was rejected: this only looks, and the `csv` crate reads.
pub(super) struct Strict<R> {
    input: R,
    scan: Scan,
}

/// What is not in order, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Disorder {
    /// The row as a spreadsheet counts them: the first is 1.
    pub row: usize,
    /// The place of the cell in its row, from 0.
    pub cell: usize,
    /// What is wrong with it, as the rest of a sentence.
    pub what: &'static str,
}

/// Where in a row the scan is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum At {
    /// Before the first byte of a row.
    Row,
    /// Before the first byte of a further cell.
    Cell,
    /// Inside a cell without quotes.
    Plain,
    /// Inside quotes.
    Quoted,
    /// After a quote inside quotes: it ends the cell, or stands for itself before another one.
    Quote,
    /// After a carriage return that ends a row.
    Return,
}

/// What was seen so far.
#[derive(Debug)]
pub(super) struct Scan {
    /// What stands between values: a comma, or what a spreadsheet of another country writes.
    separator: u8,
    at: At,
    row: usize,
    cell: usize,
    /// How many rows that are not empty have begun.
    filled: usize,
    /// For each empty row, how many filled ones came before it.
    empty: Vec<usize>,
    /// How many rows of the file were left out after the header.
    skipped: usize,
    disorder: Option<Disorder>,
}

impl<R: BufRead> Strict<R> {
    /// Of a file of which so many rows after the header are `skipped`.
    pub(super) fn new(input: R, separator: u8, skipped: usize) -> Self {
        let scan = Scan { separator, at: At::Row, row: 1, cell: 0, filled: 0, empty: Vec::new(), skipped, disorder: None };
        Self { input, scan }
    }

    pub(super) fn scan(&self) -> &Scan {
        &self.scan
    }
}

impl<R: BufRead> Read for Strict<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.scan.disorder.is_none() {
            let read = self.input.read(buffer)?;
            let sound = if read == 0 { self.scan.end() } else { self.scan.take(&buffer[..read]) };
            // What stands before it is read first, so that the header's names are known, and what else is wrong.
            if sound > 0 || self.scan.disorder.is_none() {
                return Ok(sound);
            }
        }
        let what = self.scan.disorder.as_ref().map_or("", |disorder| disorder.what);
        Err(io::Error::new(io::ErrorKind::InvalidData, what))
    }
}

impl Scan {
    /// What is not in order, once it was found.
    pub(super) fn disorder(&self) -> Option<&Disorder> {
        self.disorder.as_ref()
    }

    /// The row, as a spreadsheet counts them, of the filled row with this number (from 0).
    pub(super) fn row_of(&self, filled: usize) -> usize {
        self.in_file(filled + 1 + self.empty.partition_point(|before| *before <= filled))
    }

    /// How many rows the file has, once it is read, and ends with a whole line.
    pub(super) fn rows(&self) -> usize {
        self.in_file(self.row) - 1
    }

    /// The number in the file of a row that was read.
    fn in_file(&self, row: usize) -> usize {
        if row > 1 { row + self.skipped } else { row }
    }

    /// How many of these bytes are in order.
    fn take(&mut self, bytes: &[u8]) -> usize {
        let mut sound = 0;
        while let Some(byte) = bytes.get(sound) {
            if let Err(disorder) = self.byte(*byte) {
                self.disorder = Some(disorder);
                return sound;
            }
            sound += 1;
            let rest = &bytes[sound..];
            sound += match self.at {
                At::Plain => {
                    rest.iter().position(|b| *b == self.separator || matches!(b, b'"' | b'\n' | b'\r')).unwrap_or(rest.len())
                }
                At::Quoted => rest.iter().position(|b| *b == b'"').unwrap_or(rest.len()),
                _ => 0,
            };
        }
        sound
    }

    fn byte(&mut self, byte: u8) -> Result<(), Disorder> {
        if self.at == At::Return && byte != b'\n' {
            return Err(self.wrong("holds a carriage return that no line feed follows; rows end in LF or CRLF"));
        }
        if self.at == At::Row && !matches!(byte, b'\n' | b'\r') {
            self.filled += 1;
        }
        self.at = match (self.at, byte) {
            (At::Quoted, b'"') => At::Quote,
            (At::Quoted, _) => At::Quoted,
            (At::Row | At::Cell, b'"') | (At::Quote, b'"') => At::Quoted,
            (At::Plain, b'"') => {
                return Err(self.wrong("has a quote inside a value that does not begin with one; put the whole value in quotes, and write each quote in it twice"));
            }
            (At::Row, b'\n') => {
                self.empty.push(self.filled);
                self.next_row()
            }
            (_, b'\n') => self.next_row(),
            (_, b'\r') => self.carriage_return(),
            (_, byte) if byte == self.separator => {
                self.cell += 1;
                At::Cell
            }
            (At::Quote, _) => {
                return Err(self.wrong("begins with a quote, and after the next one more text follows; a quote is missing, or one inside the value is not written twice"));
            }
            _ => At::Plain,
        };
        Ok(())
    }

    fn next_row(&mut self) -> At {
        self.row += 1;
        self.cell = 0;
        At::Row
    }

    fn carriage_return(&mut self) -> At {
        if self.at == At::Row {
            self.empty.push(self.filled);
        }
        At::Return
    }

    /// The file ends here, after no more bytes.
    fn end(&mut self) -> usize {
        self.disorder = match self.at {
            At::Quoted => Some(self.wrong("begins with a quote, and the file ends before another one closes it")),
            At::Return => Some(self.wrong("ends in a carriage return without a line feed; rows end in LF or CRLF")),
            _ => None,
        };
        0
    }

    fn wrong(&self, what: &'static str) -> Disorder {
        Disorder { row: self.in_file(self.row), cell: self.cell, what }
    }
}
