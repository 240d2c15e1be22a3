/// Splits `total` into `parts` equal shares by the largest remainder: the missing units go to the earlier parts.
///
/// `total` may be negative; its shares then mirror those of the positive amount.
pub fn split_equally(total: i64, parts: usize) -> Vec<i64> {
    split_in_proportion(total, &vec![1; parts])
}

/// One of the shares of [`split_equally`]: that at `part`, from 0, of `parts`.
pub fn equal_part(total: i64, part: i64, parts: i64) -> i64 {
    let (whole, rest) = (total / parts, total % parts);
    whole + if part < rest.abs() { rest.signum() } else { 0 }
}

/// Splits `total` in proportion to `weights` by the largest remainder (`RULES.md`, section 2: Splitting without losing a
/// cent): each part is rounded down, then the missing minor units go to the parts with the largest remainders, ties to the
/// earlier part.
///
/// The weights are not negative and not all zero, unless there is nothing to split.
pub fn split_in_proportion(total: i64, weights: &[i64]) -> Vec<i64> {
    let sum: i128 = weights.iter().map(|w| i128::from(*w)).sum();
    if total == 0 {
        return vec![0; weights.len()];
    }
    assert!(sum > 0 && weights.iter().all(|w| *w >= 0), "an amount is split over something");
    let sign = total.signum();
    let total = i128::from(total.unsigned_abs());
    let mut shares = Vec::with_capacity(weights.len());
    let mut remainders = Vec::with_capacity(weights.len());
    for (index, weight) in weights.iter().enumerate() {
        let product = total * i128::from(*weight);
        // A share is at most the total, which came from 64 bits.
        shares.push((product / sum) as i64);
        remainders.push((std::cmp::Reverse(product % sum), index));
    }
    let handed_out: i128 = shares.iter().map(|s| i128::from(*s)).sum();
    let missing = (total - handed_out) as usize;
    remainders.sort_unstable();
    for (_, index) in remainders.into_iter().take(missing) {
        shares[index] += 1;
    }
    shares.into_iter().map(|share| share * sign).collect()
}
