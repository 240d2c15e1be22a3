//! What is refused at the door, whatever the rules: repeated keys with other content, and two owners at one instant.

use std::collections::{BTreeMap, HashSet};
use std::hash::{BuildHasher, Hash};
use std::ops::Range;

use anyhow::{Result, bail};
use foldhash::fast::FixedState;
use rayon::prelude::*;

use super::text::{TextTable, Texts};
use crate::calendar::{format_time, parse_time};
use crate::money::parse_decimal;
use crate::program::Table;

/// Hashes that are sorted together: half a megabyte at most.
const BUCKET: usize = 32_768;

/// Rows that one thread works on at a time.
const PART_ROWS: usize = 16_384;

/// A 64-bit hash of a key. Equal keys have equal hashes; the reverse is always checked.
pub(super) fn hash_key(key: impl Hash) -> u64 {
    FixedState::default().hash_one(key)
}

/// Whether a text has nothing but space.
pub(super) fn is_blank(text: &str) -> bool {
    // Nearly every text begins with something that is not space.
    !text.as_bytes().first().is_some_and(u8::is_ascii_graphic) && text.trim().is_empty()
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

/// The hashes that occur more than once. Rows are found only when there are any, so no row numbers are carried along.
pub(super) fn repeated_hashes(hashes: &[impl AsRef<[u64]>]) -> HashSet<u64, FixedState> {
    let total: usize = hashes.iter().map(|part| part.as_ref().len()).sum();
    // Hashes are dealt into buckets that fit a processor's cache, and each bucket is sorted by itself.
    let bits = (total / BUCKET).max(1).ilog2();
    let bucket_of = |hash: &u64| hash.checked_shr(u64::BITS - bits).unwrap_or(0) as usize;
    let each = || hashes.iter().flat_map(|part| part.as_ref());
    let mut ends = vec![0usize; 1 << bits];
    each().for_each(|hash| ends[bucket_of(hash)] += 1);
    let sizes = ends.clone();
    let mut start = 0;
    for end in &mut ends {
        start += std::mem::replace(end, start);
    }
    let mut dealt = vec![0u64; total];
    for hash in each() {
        let next = &mut ends[bucket_of(hash)];
        dealt[*next] = *hash;
        *next += 1;
    }
    let mut rest = dealt.as_mut_slice();
    let mut buckets = Vec::with_capacity(sizes.len());
    for size in sizes {
        let (bucket, others) = rest.split_at_mut(size);
        buckets.push(bucket);
        rest = others;
    }
    let repeated = |bucket: &mut [u64]| -> Vec<u64> {
        bucket.sort_unstable();
        bucket.windows(2).filter(|pair| pair[0] == pair[1]).map(|pair| pair[0]).collect()
    };
    buckets.into_par_iter().flat_map_iter(repeated).collect()
}

/// Works on parts of `rows` rows at once and returns the results in order, or the error of the first part that has one.
pub(super) fn in_parts<T: Send>(rows: usize, work: impl Fn(Range<usize>) -> Result<T> + Sync) -> Result<Vec<T>> {
    let starts: Vec<usize> = (0..rows).step_by(PART_ROWS).collect();
    let parts: Vec<Result<T>> = starts.into_par_iter().map(|from| work(from..rows.min(from + PART_ROWS))).collect();
    parts.into_iter().collect()
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
