//! The file of opening balances.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Result, bail, ensure};

use super::content::ProposalLine;
use crate::error::Invalid;
use crate::money::{Currency, parse_minor};
use crate::sources::{Format, SourceFile, read_csv};

/// A balance, and where it stands.
pub(super) struct OpeningRow {
    pub line: ProposalLine,
    /// File and row.
    pub place: String,
}

/// Reads a CSV file with the columns `creator_id` and `amount` (signed, in the currency's major units), each creator
/// once; by creator.
///
/// # Errors
///
/// Name file, row and column.
pub(super) fn read(file: &Path, currency: Currency) -> Result<Vec<OpeningRow>> {
    let shown = file.display().to_string();
    let source = SourceFile { shown: shown.clone(), path: file.to_owned(), format: Format::Csv };
    let mut rows: BTreeMap<String, OpeningRow> = BTreeMap::new();
    // The header is row 1.
    let mut row = 1;
    read_csv(&source, &["creator_id", "amount"], |values| {
        row += 1;
        let place = format!("{shown} row {row}");
        let [creator_id, amount] = values else { bail!(Invalid(format!("{place}: a row has two values"))) };
        ensure!(!creator_id.is_empty(), Invalid(format!("{place}, creator_id: is empty, but every row needs one")));
        let refused = |why| Invalid(format!("{place}, amount: \"{amount}\": {why}"));
        let amount = parse_minor(amount, currency).map_err(refused)?;
        ensure!(amount != 0, Invalid(format!("{place}, amount: is zero; leave the row out, nobody is owed anything")));
        let line = ProposalLine { creator_id: (*creator_id).to_owned(), amount };
        if let Some(first) = rows.insert(line.creator_id.clone(), OpeningRow { line, place: place.clone() }) {
            bail!(Invalid(format!("{} and {place} both name {creator_id}; a creator has one opening balance", first.place)));
        }
        Ok(())
    })?;
    ensure!(!rows.is_empty(), Invalid(format!("{shown} has no rows, so there is nothing to propose")));
    Ok(rows.into_values().collect())
}
