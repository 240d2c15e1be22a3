//! Hashes of keys, and which of them occur more than once.

use std::collections::HashSet;
use std::hash::{BuildHasher, Hash};

use foldhash::fast::FixedState;
use rayon::prelude::*;

/// Hashes that are sorted together: half a megabyte at most.
const BUCKET: usize = 32_768;

/// A set of hashes.
pub(super) type Hashes = HashSet<u64, FixedState>;

/// A 64-bit hash of a key. Equal keys have equal hashes; the reverse is always checked.
pub(super) fn hash_key(key: impl Hash) -> u64 {
    FixedState::default().hash_one(key)
}

/// The hashes that occur more than once. Rows are found only when there are any, so no row numbers are carried along.
pub(super) fn repeated_hashes(hashes: &[impl AsRef<[u64]>]) -> Hashes {
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
