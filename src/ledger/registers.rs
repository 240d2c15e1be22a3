//! Registers: tables whose rows only ever come, one after the other, and of which no entry tells. One that is gone would have what it
//! stands for done a second time. The row of the program in `programs` holds a seal of each register, as it was when its last row came.
//!
//! A seal has no key: somebody who deletes a row and computes the seal anew is not found. But nobody deletes rows unseen.

use anyhow::{Result, bail};

use crate::error::Conflict;
use crate::store::{Row, Tx};
use crate::vocabulary::seal_of;

/// A register of a program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Register {
    /// The months that were closed, and how many letters were written then (`statement_months`): a month that is gone would be closed
    /// and mailed again.
    Months,
    /// Who was erased (`erasures`): a person who is gone from there would be named by the next fetch.
    Erasures,
}

impl Register {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Months, Self::Erasures];

    /// What it is, for people.
    pub fn name(self) -> &'static str {
        match self {
            Self::Months => "the register of closed months",
            Self::Erasures => "the register of people who were erased",
        }
    }

    /// The check that compares it.
    fn check(self) -> &'static str {
        match self {
            Self::Months => "statements",
            Self::Erasures => "proposals",
        }
    }

    fn rows(self) -> &'static str {
        match self {
            Self::Months => {
                "SELECT CAST(month AS TEXT), CAST(last_day AS TEXT), CAST(built_at AS TEXT), CAST(through_entry AS TEXT), head, \
                 CAST(letters AS TEXT) FROM statement_months WHERE program = $1"
            }
            Self::Erasures => {
                "SELECT kind, subject, fingerprint, CAST(erased_at AS TEXT), erased_by, reason FROM erasures WHERE program = $1"
            }
        }
    }

    fn kept(self) -> &'static str {
        match self {
            Self::Months => "SELECT months_seal FROM programs WHERE program = $1",
            Self::Erasures => "SELECT erasures_seal FROM programs WHERE program = $1",
        }
    }

    fn keep(self) -> &'static str {
        match self {
            Self::Months => "UPDATE programs SET months_seal = $2 WHERE program = $1",
            Self::Erasures => "UPDATE programs SET erasures_seal = $2 WHERE program = $1",
        }
    }
}

/// Seals a register as it stands, in the transaction that adds to it. A program that has posted nothing has no place for a seal;
/// its first posting seals what there is.
///
/// # Errors
///
/// When the database cannot be used.
pub async fn seal_register(tx: &mut Tx, program: &str, register: Register) -> Result<()> {
    let seal = seal_of_register(tx, program, register).await?;
    tx.execute(register.keep(), &[program.into(), seal.into()]).await.map(|_| ())
}

/// Whether a register is as it was sealed.
///
/// # Errors
///
/// When the database cannot be read.
pub async fn is_sealed(tx: &mut Tx, program: &str, register: Register) -> Result<bool> {
    match tx.rows(register.kept(), &[program.into()]).await?.first() {
        Some(kept) => Ok(kept.text(0)? == seal_of_register(tx, program, register).await?),
        None => Ok(true),
    }
}

/// Refuses to go on from a register that is not as it was sealed.
///
/// # Errors
///
/// When it is so, or the database cannot be read.
pub async fn refuse_unsealed(tx: &mut Tx, program: &str, register: Register) -> Result<()> {
    if !is_sealed(tx, program, register).await? {
        bail!(Conflict(format!(
            "something other than purser changed {} of {program}: a row was removed, added or edited. Nothing was done. Run `purser check {}`, \
             and restore the last backup on which it is clean",
            register.name(),
            register.check()
        )));
    }
    Ok(())
}

/// The seal of the rows that are there, in the order of their texts: databases sort text in different ways.
async fn seal_of_register(tx: &mut Tx, program: &str, register: Register) -> Result<String> {
    let texts = |row: &Row| (0..6).map(|column| row.text(column).map(str::to_owned)).collect::<Result<Vec<_>>>();
    let mut rows = tx.rows(register.rows(), &[program.into()]).await?.iter().map(texts).collect::<Result<Vec<_>>>()?;
    rows.sort();
    Ok(seal_of(rows.iter().flatten().map(String::as_str)))
}
