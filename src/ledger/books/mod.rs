//! The journal as books that accounting programs read: CSV, hledger and beancount (`BOOKS.md` says what is where).
//!
//! A transfer from one account to another becomes a posting of its amount to the first and of its negative to the second.
//! So what is owed to creators is a negative balance of a liability, what was spent a positive one of an expense, and
//! cash falls when it is paid.
//!
//! Accounting programs of other makers take a closed month as a few journal entries, on accounts that the program file names (`month.rs`).

mod beancount;
mod csv;
mod datev;
mod day_entry;
mod days;
mod double_entry;
mod hledger;
mod month;
mod percent;
mod place;
mod quickbooks;
mod xero;

use std::io::Write;

use anyhow::Result;

use self::double_entry::{About, Dialect, DoubleEntry};
pub use self::month::{MonthBooks, write_month};
use super::chain;
use super::currency::check_currency;
use super::journal::read_journal;
use crate::program::Program;
use crate::store::Tx;

/// A form of books.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Books {
    /// A row for each transfer, with everything that is known of it, in the order of posting.
    Csv,
    /// A journal for hledger, in the order of local days, with balance assertions.
    Hledger,
    /// A ledger for beancount, in the order of local days, with balance assertions.
    Beancount,
}

/// Writes a program's journal as books. A long journal takes little memory: it is written as it is read, all of it as one
/// transaction sees it.
///
/// # Errors
///
/// When the ledger is in another currency than the program file says, or what is read or written fails.
pub async fn write_books(tx: &mut Tx, program: &Program, books: Books, out: impl Write) -> Result<()> {
    check_currency(tx, program).await?;
    match books {
        Books::Csv => {
            let mut csv = csv::Csv::begin(program, out)?;
            read_journal(tx, &program.id, 1..=i64::MAX, &mut csv).await?;
            csv.finish()
        }
        Books::Hledger => double_entry(tx, program, hledger::Hledger, out).await,
        Books::Beancount => double_entry(tx, program, beancount::Beancount, out).await,
    }
}

async fn double_entry(tx: &mut Tx, program: &Program, dialect: impl Dialect, out: impl Write) -> Result<()> {
    let head = chain::head(tx, &program.id).await?;
    let mut books = DoubleEntry::begin(About { program, head: &head }, dialect, out)?;
    for entries in days::by_day(tx, program).await? {
        read_journal(tx, &program.id, entries, &mut books).await?;
    }
    books.finish()
}
