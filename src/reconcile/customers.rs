//! Step 7: who is a new customer.

use anyhow::Result;
use polars::prelude::{IntoLazy, col, lit};

use super::frame::{collect, u32s};
use super::visible::Orders;

/// For each order whether it is the first visible paid order of a customer who is known, and whether such a customer
/// has an earlier one.
pub(super) struct Customers {
    /// The known customer's first visible paid order.
    pub is_first: Vec<bool>,
    /// The known customer has an earlier visible paid order.
    pub is_later: Vec<bool>,
}

/// Finds each known customer's first visible paid order, in time order.
pub(super) fn customers(orders: &Orders) -> Result<Customers> {
    let paid = orders
        .frame
        .clone()
        .lazy()
        .with_row_index("o", None)
        .filter(col("status").eq(lit("paid")).and(col("customer").is_not_null()));
    let paid = collect(paid.select([col("o"), col("o").min().over([col("customer")])?.alias("first")]))?;
    let mut result = Customers { is_first: vec![false; orders.len()], is_later: vec![false; orders.len()] };
    for (o, first) in u32s(&paid, "o")?.iter().zip(u32s(&paid, "first")?) {
        result.is_first[*o as usize] = o == first;
        result.is_later[*o as usize] = o != first;
    }
    Ok(result)
}
