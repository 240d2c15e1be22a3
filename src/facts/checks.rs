//! What is refused at the door, whatever the rules: repeated keys with other content, and two owners at one instant.

use std::hash::{BuildHasher, Hash, Hasher};

use anyhow::{Result, bail};
use foldhash::fast::FixedState;
use rayon::slice::ParallelSliceMut;

use super::parse::{format_time, parse_time};
use super::text::{TextTable, Texts};
use crate::money::parse_decimal;
use crate::program::Table;

/// A 64-bit hash of a key. Equal keys have equal hashes; the reverse is always checked.
pub(super) fn hash_key(key: impl Hash) -> u64 {
    let mut hasher = FixedState::default().build_hasher();
    key.hash(&mut hasher);
    hasher.finish()
}

/// Which rows remain when the same row counts once; an error where a key has two contents.
///
/// `hashes` holds the hash of each row's key, and `same_key` tells whether two rows have the same key.
pub(super) fn distinct_rows(
    table: &TextTable<'_>,
    hashes: &[u64],
    key: &[&str],
    same_key: impl Fn(usize, usize) -> bool,
) -> Result<Vec<bool>> {
    let columns = table.columns()?;
    let names = super::columns_of(table.table);
    let mut keep = vec![true; hashes.len()];
    for group in equal_hashes(hashes) {
        let mut firsts: Vec<usize> = Vec::new();
        for row in group {
            let Some(first) = firsts.iter().copied().find(|first| same_key(*first, row)) else {
                firsts.push(row);
                continue;
            };
            let value = |column: &Texts<'_>| (column.get(first).to_owned(), column.get(row).to_owned());
            let values: Vec<_> = columns.iter().map(value).collect();
            refuse_difference(table.table, names, &values, key, || (table.place(first), table.place(row)))?;
            keep[row] = false;
        }
    }
    Ok(keep)
}

/// An error if two rows of one key differ in any column.
pub(super) fn refuse_difference(
    table: Table,
    names: &[&str],
    values: &[(String, String)],
    key: &[&str],
    places: impl FnOnce() -> (String, String),
) -> Result<()> {
    let differing = names.iter().zip(values).find(|(name, (a, b))| !same_value(name, a, b));
    if let Some((name, (a, b))) = differing {
        let (first, second) = places();
        let key = key.join(" and ");
        bail!(
            "{table}: {first} and {second} have the same {key}, but {name} is \"{a}\" in one and \"{b}\" in the other; remove the wrong one"
        );
    }
    Ok(())
}

/// Groups of two or more rows with equal hashes; rows ascend within a group.
pub(super) fn equal_hashes(hashes: &[u64]) -> Vec<Vec<usize>> {
    let mut order: Vec<(u64, u32)> = hashes.iter().enumerate().map(|(row, hash)| (*hash, row as u32)).collect();
    order.par_sort_unstable();
    let groups = order.chunk_by(|a, b| a.0 == b.0).filter(|group| group.len() > 1);
    groups.map(|group| group.iter().map(|(_, row)| *row as usize).collect()).collect()
}

/// Whether two values of a column say the same: times as instants, numbers without their trailing zeros, text exactly.
pub(super) fn same_value(column: &str, a: &str, b: &str) -> bool {
    a == b
        || match column {
            "ordered_at" | "updated_at" | "refunded_at" | "clicked_at" | "active_from" | "active_to" => {
                parse_time(a).is_some_and(|time| parse_time(b) == Some(time))
            }
            "net_amount" | "amount" | "rate" | "quantity" => {
                plain_number(a).is_some_and(|number| plain_number(b) == Some(number))
            }
            _ => false,
        }
}

fn plain_number(text: &str) -> Option<(bool, &str, &str)> {
    let (negative, whole, fraction) = parse_decimal(text)?;
    let (whole, fraction) = (whole.trim_start_matches('0'), fraction.trim_end_matches('0'));
    Some((negative && !(whole.is_empty() && fraction.is_empty()), whole, fraction))
}

/// Refuses two rows of one key (a creator, link or code) that are active at one instant.
pub(super) fn refuse_overlaps(table: &TextTable<'_>, keys: &[String], from: &[i64], to: &[i64], owner: Texts<'_>) -> Result<()> {
    let mut order: Vec<usize> = (0..keys.len()).filter(|row| from[*row] < to[*row]).collect();
    order.sort_by(|a, b| (&keys[*a], from[*a], *a).cmp(&(&keys[*b], from[*b], *b)));
    for pair in order.windows(2) {
        let (first, second) = (pair[0], pair[1]);
        if keys[first] == keys[second] && from[second] < to[first] {
            let (a, b) = (owner.get(first), owner.get(second));
            let since = if from[second] == i64::MIN {
                "from the beginning".to_owned()
            } else {
                format!("at {}", format_time(from[second]))
            };
            bail!(
                "{}: {} ({a}) and {} ({b}) are both active for \"{}\" {since}; end the one (active_to) where the other begins",
                table.table,
                table.place(first),
                table.place(second),
                keys[first]
            );
        }
    }
    Ok(())
}
