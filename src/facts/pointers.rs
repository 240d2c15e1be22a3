//! Which clicks orders point to: visitors are numbered, and a click's visitor is looked up among them. There are many times as many clicks as
//! visitors, so most have to be passed over without a look at anything but a bit.

use std::sync::Arc;

use anyhow::{Context, Result};
use polars::prelude::{
    BooleanChunked, Column, DataFrame, DataType, Expr, Field, IntoColumn, PolarsError, UInt32Chunked, col, lit,
};

use super::columns::column;
use super::hashing::hash_key;
use super::numbering::Index;
use super::text_column::TextColumn;

/// The bits of each visitor in the sieve: so few others pass it by chance.
const BITS_EACH: usize = 16;

/// The slots of each visitor in the calendar.
const SLOTS_EACH: usize = 4;

/// Microseconds of a day.
const DAY: i64 = 86_400_000_000;

/// The texts of a column, numbered by first sight.
struct Numbered {
    texts: Column,
    /// The row in which each is first.
    firsts: Vec<u32>,
    index: Index,
    /// The numbers of all rows.
    rows: Vec<Option<u32>>,
}

impl Numbered {
    fn of(texts: &Column) -> Result<Self> {
        let mut numbered =
            Self { texts: texts.clone(), firsts: Vec::new(), index: Index::default(), rows: Vec::with_capacity(texts.len()) };
        let column = TextColumn::of(texts)?;
        for (row, text) in (0u32..).zip(column.iter()) {
            let number = text.map(|text| {
                let text_of = |n: u32| column.get(numbered.firsts[n as usize] as usize).unwrap_or_default();
                let (number, is_new) = numbered.index.number(text, text_of);
                if is_new {
                    numbered.firsts.push(row);
                }
                number
            });
            numbered.rows.push(number);
        }
        Ok(numbered)
    }

    fn finder(&self) -> Result<impl Fn(&str) -> Option<u32>> {
        let column = TextColumn::of(&self.texts)?;
        let text_of = move |n: u32| column.get(self.firsts[n as usize] as usize).unwrap_or_default();
        Ok(move |text: &str| self.index.find(text, text_of))
    }
}

/// Bits by the hashes of texts: where none is set, the text is not among them.
struct Sieve {
    bits: Vec<u64>,
    shift: u32,
}

impl Sieve {
    fn of<'t>(texts: impl Iterator<Item = &'t str>, count: usize) -> Self {
        let size = (count * BITS_EACH).next_power_of_two().max(64);
        let mut sieve = Self { bits: vec![0; size / 64], shift: 64 - size.ilog2() };
        for text in texts {
            let (word, bit) = sieve.place(text);
            sieve.bits[word] |= bit;
        }
        sieve
    }

    fn place(&self, text: &str) -> (usize, u64) {
        let place = hash_key(text) >> self.shift;
        ((place / 64) as usize, 1 << (place % 64))
    }

    fn may_have(&self, text: &str) -> bool {
        let (word, bit) = self.place(text);
        self.bits[word] & bit != 0
    }
}

/// When a click of a visitor may count (microseconds since 1970): from `.0` up to and with `.1`.
type Span = (i64, i64);

/// By the hashes of visitors the days from when and until when clicks may count for any of those who share a slot. It fits a processor's
/// cache, which numbers and their texts do not: most visitors' clicks are too old or too late, and are passed over without these.
struct Calendar {
    days: Vec<(i16, i16)>,
    shift: u32,
}

impl Calendar {
    fn of<'t>(visitors: impl Iterator<Item = (&'t str, Span)>, count: usize) -> Self {
        let size = (count * SLOTS_EACH).next_power_of_two().max(64);
        let mut calendar = Self { days: vec![(i16::MAX, i16::MIN); size], shift: 64 - size.ilog2() };
        for (visitor, (from, until)) in visitors {
            let slot = calendar.slot(visitor);
            let (first, last) = &mut calendar.days[slot];
            *first = (*first).min(day(from));
            *last = (*last).max(day(until));
        }
        calendar
    }

    fn slot(&self, visitor: &str) -> usize {
        (hash_key(visitor) >> self.shift) as usize
    }

    fn may_count(&self, visitor: &str, at: i64) -> bool {
        let (first, last) = self.days[self.slot(visitor)];
        first <= day(at) && day(at) <= last
    }
}

/// The day of an instant; of one that is too far away, the last of that side: no instant comes before an earlier one.
fn day(at: i64) -> i16 {
    at.div_euclid(DAY).clamp(i64::from(i16::MIN) + 1, i64::from(i16::MAX) - 1) as i16
}

/// What orders point to.
pub(super) struct Pointers {
    visitors: Arc<(Sieve, Numbered)>,
    /// Of each visitor, where clicks count in a window only.
    spans: Option<Arc<(Calendar, Vec<Span>)>>,
    /// The clicks that orders name; none where no order names one.
    clicks: Option<Arc<Numbered>>,
}

impl Pointers {
    /// What these orders point to, and their column `visitor` u32 or null: visitors by number, in the order in which the orders name them first.
    /// With a `window` (microseconds) only clicks that are not older at some order of the visitor, and not after all of them.
    pub(super) fn of(orders: &DataFrame, window: Option<i64>) -> Result<(Self, Column)> {
        let mut visitors = Numbered::of(orders.column("visitor_id")?)?;
        let numbers = std::mem::take(&mut visitors.rows);
        let spans = window.map(|window| spans(orders, &numbers, visitors.firsts.len(), window)).transpose()?;
        let texts = TextColumn::of(&visitors.texts)?;
        let each = || visitors.firsts.iter().filter_map(|row| texts.get(*row as usize));
        let count = visitors.firsts.len();
        let sieve = Sieve::of(each(), count);
        let spans = spans.map(|spans| (Calendar::of(each().zip(spans.iter().copied()), count), spans));
        let named = Numbered::of(orders.column("click_id")?)?;
        let clicks = (!named.firsts.is_empty()).then(|| Arc::new(named));
        let pointers = Self { visitors: Arc::new((sieve, visitors)), spans: spans.map(Arc::new), clicks };
        Ok((pointers, column("visitor", numbers)))
    }

    /// Whether an order could point to a click, by its `visitor_id` or its `click_id`: few others pass.
    pub(super) fn may_point(&self) -> Expr {
        let visitors = self.visitors.clone();
        let by_visitor = computed(["visitor_id"], "visitor_id", DataType::Boolean, move |columns| {
            among(&columns[0], |text| visitors.0.may_have(text))
        });
        self.or_named(by_visitor)
    }

    /// Whether a click may be in a window of its visitor's orders: few others pass. Looks at `visitor_id`, `click_id` and `clicked_at`; all pass where
    /// there is no window.
    pub(super) fn may_be_in_window(&self) -> Expr {
        let Some(spans) = self.spans.clone() else { return lit(true) };
        let by_visitor = computed(["visitor_id", "clicked_at"], "visitor_id", DataType::Boolean, move |columns| {
            let rows = columns[0].str()?.iter().zip(columns[1].i64()?.iter());
            let may_be: BooleanChunked =
                rows.map(|(visitor, at)| visitor.zip(at).is_some_and(|(visitor, at)| spans.0.may_count(visitor, at))).collect();
            Ok(may_be.into_column())
        });
        self.or_named(by_visitor)
    }

    /// The number of a click's visitor: `visitor` u32, null where no order has that visitor.
    pub(super) fn visitor(&self) -> Expr {
        let visitors = self.visitors.clone();
        computed(["visitor_id"], "visitor", DataType::UInt32, move |columns| {
            let find = visitors.1.finder()?;
            let numbers: UInt32Chunked = columns[0].str()?.iter().map(|text| find(text?)).collect();
            Ok(numbers.into_column())
        })
    }

    /// Whether an order has the visitor of a click, or names it. Looks at `visitor` and `click_id`.
    pub(super) fn is_known(&self) -> Expr {
        let by_visitor = col("visitor").is_not_null();
        self.or_named(by_visitor)
    }

    /// Whether an order does point to a click. Looks also at `clicked_at` (microseconds since 1970), where there is a window.
    pub(super) fn points(&self) -> Expr {
        let Some(spans) = self.spans.clone() else { return self.is_known() };
        let by_visitor = computed(["visitor", "clicked_at"], "visitor", DataType::Boolean, move |columns| {
            let rows = columns[0].u32()?.iter().zip(columns[1].i64()?.iter());
            let is_in = |(visitor, at): (u32, i64)| {
                let (from, until) = spans.1[visitor as usize];
                from <= at && at <= until
            };
            let are_in: BooleanChunked = rows.map(|(visitor, at)| visitor.zip(at).is_some_and(is_in)).collect();
            Ok(are_in.into_column())
        });
        self.or_named(by_visitor)
    }

    /// Whether this is so of a click, or an order names it.
    fn or_named(&self, by_visitor: Expr) -> Expr {
        let Some(clicks) = self.clicks.clone() else { return by_visitor };
        by_visitor.or(computed(["click_id"], "click_id", DataType::Boolean, move |columns| {
            let find = clicks.finder()?;
            among(&columns[0], |text| find(text).is_some())
        }))
    }
}

/// For each visitor the time in which clicks count for any of their orders, in any of its versions.
fn spans(orders: &DataFrame, numbers: &[Option<u32>], visitors: usize, window: i64) -> Result<Vec<Span>> {
    let mut spans = vec![(i64::MAX, i64::MIN); visitors];
    let times = orders.column("ordered_at")?.as_materialized_series().i64()?;
    for (visitor, at) in numbers.iter().zip(times.iter()) {
        let (Some(visitor), Some(at)) = (visitor, at) else { continue };
        let (from, until) = &mut spans[*visitor as usize];
        *from = (*from).min(at.saturating_sub(window));
        *until = (*until).max(at);
    }
    Ok(spans)
}

/// A column computed from others, which are text unless they are numbers already.
fn computed<const N: usize>(
    from: [&str; N],
    name: &'static str,
    dtype: DataType,
    work: impl Fn(&[Column]) -> Result<Column> + Send + Sync + 'static,
) -> Expr {
    let text = |name: &str| if name.ends_with("_id") { col(name).cast(DataType::String) } else { col(name) };
    let mut columns = from.map(text).to_vec();
    let first = columns.remove(0);
    let made = move |columns: &mut [Column]| match work(columns) {
        Ok(column) => Ok(column.with_name(name.into())),
        Err(error) => Err(PolarsError::ComputeError(format!("{error:#}").into())),
    };
    first.map_many(made, &columns, move |_, _| Ok(Field::new(name.into(), dtype.clone()))).alias(name)
}

fn among(texts: &Column, is_among: impl Fn(&str) -> bool) -> Result<Column> {
    let among: BooleanChunked = texts.str()?.iter().map(|text| text.is_some_and(&is_among)).collect();
    Ok(among.into_column())
}

/// The visitors of orders by number.
pub(super) fn visitors_of(orders: &DataFrame) -> Result<Vec<&str>> {
    let mut visitors = Vec::new();
    let numbers = orders.column("visitor")?.as_materialized_series().u32()?;
    for (number, id) in numbers.iter().zip(TextColumn::of(orders.column("visitor_id")?)?.iter()) {
        if number.is_some_and(|number| number as usize == visitors.len()) {
            visitors.push(id.context("an order with the number of a visitor has the visitor")?);
        }
    }
    Ok(visitors)
}
