//! Rows that stand there more than once: the same row counts once, and one key with two contents is refused.

use std::collections::BTreeMap;

use anyhow::Result;

use super::folding::fold;
use super::hashing::repeated_hashes;
use super::schema::{Says, Schema};
use super::text_column::Texts;
use super::text_table::TextTable;
use crate::calendar::parse_time;
use crate::money::parse_decimal;
use crate::sources::Mistakes;

/// Which rows remain when the same row counts once. A key that has two contents is a mistake; rows with mistakes of their own
/// are left out of it, and do not remain.
///
/// `hashes` holds the hash of each row's key.
pub(super) fn distinct_rows(table: &TextTable<'_>, hashes: &[u64], mistakes: &mut Mistakes) -> Result<Vec<bool>> {
    let columns = table.columns()?;
    let schema = table.schema;
    let key: Vec<usize> = schema.key_columns().collect();
    let same = |column: usize, a: usize, b: usize| {
        same_value(schema.columns[column].says, columns[column].get(a), columns[column].get(b))
    };
    let mut keep = vec![true; hashes.len()];
    if !mistakes.is_empty() {
        keep.iter_mut().enumerate().for_each(|(row, keep)| *keep = !mistakes.has(row));
    }
    for group in equal_hashes(hashes) {
        let mut firsts: Vec<usize> = Vec::new();
        for row in group {
            if !keep[row] {
                continue;
            }
            let Some(first) = firsts.iter().copied().find(|first| key.iter().all(|column| same(*column, *first, row))) else {
                firsts.push(row);
                continue;
            };
            let value = |column: &Texts<'_>| (column.get(first).to_owned(), column.get(row).to_owned());
            let values: Vec<_> = columns.iter().map(value).collect();
            if let Some(what) = difference(schema, &values) {
                mistakes.add(row, || format!("{}: {} and {} {what}", table.table, table.place(first), table.place(row)));
            }
            // Which of two spellings is shown must not depend on which row comes first.
            let (kept, dropped) = if is_lesser(&values) { (first, row) } else { (row, first) };
            keep[dropped] = false;
            firsts.iter_mut().filter(|known| **known == first).for_each(|known| *known = kept);
        }
    }
    Ok(keep)
}

/// Whether the first of two rows stands before the second in byte order.
fn is_lesser(values: &[(String, String)]) -> bool {
    values.iter().map(|(a, b)| a.cmp(b)).find(|order| order.is_ne()).is_none_or(|order| order.is_lt())
}

/// How two rows of one key differ, if they do. `values` are those of both, in the order of the columns.
pub(super) fn difference(schema: &Schema, values: &[(String, String)]) -> Option<String> {
    let (column, (a, b)) = schema.columns.iter().zip(values).find(|(column, (a, b))| !same_value(column.says, a, b))?;
    let key = schema.key.join(" and ");
    let name = column.name;
    Some(format!("have the same {key}, but {name} is \"{a}\" in one and \"{b}\" in the other; remove the wrong one"))
}

/// Groups of two or more rows with equal hashes; rows ascend within a group.
fn equal_hashes(hashes: &[u64]) -> Vec<Vec<usize>> {
    let repeated = repeated_hashes(&[hashes]);
    let mut groups: BTreeMap<u64, Vec<usize>> = BTreeMap::new();
    if !repeated.is_empty() {
        for (row, hash) in hashes.iter().enumerate().filter(|(_, hash)| repeated.contains(hash)) {
            groups.entry(*hash).or_default().push(row);
        }
    }
    groups.into_values().collect()
}

/// Whether two values of a column say the same.
fn same_value(says: Says, a: &str, b: &str) -> bool {
    a == b
        || match says {
            Says::Text => false,
            Says::Label => true,
            Says::Names => names(a).eq(names(b)),
            Says::Time => parse_time(a).is_some_and(|time| parse_time(b) == Some(time)),
            Says::Number => plain_number(a).is_some_and(|number| plain_number(b) == Some(number)),
        }
}

/// Codes or addresses between vertical bars, as they compare.
fn names(text: &str) -> impl Iterator<Item = String> {
    text.split('|').map(fold)
}

/// A number's sign and digits without zeros that say nothing.
fn plain_number(text: &str) -> Option<(bool, &str, &str)> {
    let (negative, whole, fraction) = parse_decimal(text)?;
    let (whole, fraction) = (whole.trim_start_matches('0'), fraction.trim_end_matches('0'));
    Some((negative && !(whole.is_empty() && fraction.is_empty()), whole, fraction))
}
