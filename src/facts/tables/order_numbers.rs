//! What lines and refunds need to know of their orders: the number of each, and how exact its amounts may be.

use anyhow::Result;
use polars::prelude::Column;

use crate::facts::columns::refuse_bad_key;
use crate::facts::frames::AMOUNT_DECIMALS;
use crate::facts::numbering::Index;
use crate::facts::text_column::Texts;
use crate::facts::text_table::TextTable;
use crate::money::{AmountError, Currency, MAX_MINOR, parse_decimal, parse_minor};
use crate::sources::Mistakes;

/// The numbers of orders, and the currency with the fewest decimals among their versions.
pub(in crate::facts) struct OrderNumbers {
    index: Index,
    /// The id of each number.
    ids: Column,
    /// The currency of each number; none where no version has one that is known.
    currency: Vec<Option<Currency>>,
}

impl OrderNumbers {
    pub(super) fn new(index: Index, ids: Column, currency: Vec<Option<Currency>>) -> Self {
        Self { index, ids, currency }
    }

    /// How many orders there are.
    pub(super) fn len(&self) -> usize {
        self.currency.len()
    }

    /// A lookup that first tries the order it found last and the one after it, since shops list lines and refunds in
    /// the order of their orders.
    pub(super) fn finder(&self) -> Result<impl FnMut(&str) -> Option<u32>> {
        let ids = Texts::of(&self.ids)?;
        let mut last: u32 = 0;
        Ok(move |id: &str| {
            let near = (last..last.saturating_add(2)).find(|n| (*n as usize) < self.currency.len() && ids.get(*n as usize) == id);
            let found = near.or_else(|| self.index.find(id, |n| ids.get(n as usize)));
            last = found.unwrap_or(last);
            found
        })
    }

    /// The order of each row of a table, none where it is unknown, and the amount (see [`Self::amount`]); a row's key is in the
    /// column `key`.
    pub(super) fn of_rows(
        &self,
        table: &TextTable<'_>,
        key: &str,
        mistakes: &mut Mistakes,
    ) -> Result<(Vec<Option<u32>>, Vec<i64>)> {
        let (id, order_id, amount) = (table.column(key)?, table.column("order_id")?, table.column("amount")?);
        let (mut numbers, mut amounts) = (Vec::with_capacity(table.height()), Vec::with_capacity(table.height()));
        let mut find = self.finder()?;
        for row in 0..table.height() {
            refuse_bad_key(table, row, key, id.get(row), mistakes);
            let order = find(order_id.get(row));
            amounts.push(self.amount(amount.get(row), order).unwrap_or_else(|why| {
                mistakes.add(row, || table.wrong(row, "amount", why));
                0
            }));
            numbers.push(order);
        }
        Ok((numbers, amounts))
    }

    /// An amount of an order's line or refund in ten-thousandths. Where the order is unknown it only has to be a number.
    pub(super) fn amount(&self, text: &str, order: Option<u32>) -> Result<i64, AmountError> {
        let Some(currency) = order.and_then(|number| self.currency[number as usize]) else {
            return parse_decimal(text).map(|_| 0).ok_or(AmountError::NotANumber);
        };
        let minor = parse_minor(text, currency)?;
        let scale = 10i64.pow(AMOUNT_DECIMALS - currency.exponent());
        debug_assert!(MAX_MINOR.checked_mul(scale).is_some(), "the largest amount has ten-thousandths");
        Ok(minor * scale)
    }
}
