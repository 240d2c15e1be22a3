//! Text becomes typed tables here; whatever does not parse is refused, naming file, row and column.

use std::ops::Range;
use std::path::Path;

use anyhow::{Result, anyhow};
use polars::prelude::{BooleanChunked, Column, DataFrame, IntoColumn, NamedFrom, Series};

use super::checks::{distinct_rows, hash_key, in_parts, is_blank, refuse_overlaps};
use super::clicks;
use super::index::{Index, Interned, pick};
use super::keep::Manifest;
use super::text::{TextTable, Texts};
use super::{AMOUNT_DECIMALS, Facts};
use crate::calendar::{parse_day, parse_time};
use crate::money::{AmountError, Currency, MAX_MINOR, Rate, parse_decimal, parse_minor};
use crate::program::{Program, Table};

type FastMap<K, V> = std::collections::HashMap<K, V, foldhash::fast::FixedState>;

/// Reads and checks the facts that a manifest lists.
///
/// # Errors
///
/// The first value that does not parse, key with two contents, or instant with two owners, with file, row and column.
pub fn load(program: &Program, manifest: &Manifest, data: &Path) -> Result<Facts> {
    let read = |table| TextTable::read(manifest, data, table);
    let (orders, numbers, visitors) = orders(&read(Table::Orders)?)?;
    tracing::debug!(rows = orders.height(), "read orders");
    let lines = lines(&read(Table::OrderLines)?, &numbers)?;
    tracing::debug!(rows = lines.height(), "read order lines");
    let refunds = refunds(&read(Table::Refunds)?, &numbers)?;
    drop(numbers);
    let links = owners(&read(Table::Links)?, "link_key", str::to_owned)?;
    let link_keys = Interned::of(Texts::of(links.column("link_key")?)?)?;
    let named = Interned::of(Texts::of(orders.column("click_id")?)?)?;
    let read_clicks = clicks::load(manifest, data, clicks::Wanted::new(visitors, named, link_keys))?;
    tracing::debug!(rows = read_clicks.clicks.height(), "read clicks");
    Ok(Facts {
        clicks: read_clicks.clicks,
        visitors: read_clicks.visitors,
        link_keys: read_clicks.link_keys,
        orders,
        lines,
        refunds,
        creators: creators(&read(Table::Creators)?)?,
        links,
        codes: owners(&read(Table::Codes)?, "code", fold)?,
        fx: fx(&read(Table::Fx)?)?,
        fees: fees(&read(Table::Fees)?, program.currency)?,
    })
}

/// Reads and checks the creators alone.
pub fn load_creators(manifest: &Manifest, data: &Path) -> Result<Vec<super::Creator>> {
    super::rows::creators(&creators(&TextTable::read(manifest, data, Table::Creators)?)?)
}

/// Without surrounding space and case, as codes and emails are compared.
pub(super) fn fold(text: &str) -> String {
    text.trim().to_lowercase()
}

/// Emails without surrounding space and case; none where they are empty. Most files have them so already.
fn emails(name: &str, texts: Texts<'_>) -> Column {
    let is_folded = |text: &str| text.bytes().all(|b| b.is_ascii_graphic() && !b.is_ascii_uppercase());
    if texts.iter().all(is_folded) {
        return optional_text_column(name, texts);
    }
    let folded = texts.iter().map(|text| Some(fold(text)).filter(|text| !text.is_empty()));
    column(name, folded.collect::<Vec<Option<String>>>())
}

/// What lines and refunds need to know of orders: their numbers, and the fewest decimals of their versions' currencies.
struct OrderNumbers {
    index: Index,
    /// The id and currency of each number.
    ids: Column,
    currency: Vec<Currency>,
}

impl OrderNumbers {
    /// A lookup that first tries the order it found last and the one after it, since shops list lines and refunds in
    /// the order of their orders.
    fn finder(&self) -> Result<impl FnMut(&str) -> Option<u32>> {
        let ids = Texts::of(&self.ids)?;
        let mut last: u32 = 0;
        Ok(move |id: &str| {
            let near = (last..last.saturating_add(2)).find(|n| (*n as usize) < self.currency.len() && ids.get(*n as usize) == id);
            let found = near.or_else(|| self.index.find(id, |n| ids.get(n as usize)));
            last = found.unwrap_or(last);
            found
        })
    }

    fn currency(&self, number: Option<u32>) -> Option<Currency> {
        number.map(|n| self.currency[n as usize])
    }
}

fn orders(table: &TextTable<'_>) -> Result<(DataFrame, OrderNumbers, Interned)> {
    let (numbered, others) = rayon::join(|| number_orders(table), || order_columns(table));
    let (ordered_at, updated_at, email) = others?;
    let (number_of_row, numbers) = numbered?;
    let visitors = Interned::of(table.column("visitor_id")?)?;
    let keep = if numbers.currency.len() == table.height() {
        vec![true; table.height()]
    } else {
        let key = |row: usize| (number_of_row[row], updated_at[row]);
        let hashes: Vec<u64> = (0..table.height()).map(|row| hash_key(key(row))).collect();
        distinct_rows(table, &hashes, &["order_id", "updated_at"], |a, b| key(a) == key(b))?
    };
    let frame = frame(
        &keep,
        vec![
            column("order", number_of_row),
            text_column("order_id", table.column("order_id")?),
            column("ordered_at", ordered_at),
            column("updated_at", updated_at),
            text_column("status", table.column("status")?),
            text_column("currency", table.column("currency")?),
            optional_text_column("customer_id", table.column("customer_id")?),
            email,
            column("visitor", visitors.numbers.clone()),
            optional_text_column("click_id", table.column("click_id")?),
            optional_text_column("codes", table.column("codes")?),
        ],
    )?;
    Ok((frame, numbers, visitors))
}

/// The columns of orders that take work, except their numbers: `ordered_at`, `updated_at` and `email`.
fn order_columns(table: &TextTable<'_>) -> Result<(Vec<i64>, Vec<i64>, Column)> {
    let (ordered_at, updated_at) = (times(table, "ordered_at")?, times(table, "updated_at")?);
    Ok((ordered_at, updated_at, emails("email", table.column("customer_email")?)))
}

/// The number of each row's order, and what is known of the numbers.
fn number_orders(table: &TextTable<'_>) -> Result<(Vec<u32>, OrderNumbers)> {
    let (id, status, currency) = (table.column("order_id")?, table.column("status")?, table.column("currency")?);
    let mut index = Index::with_capacity(table.height());
    let mut firsts: Vec<u32> = Vec::with_capacity(table.height());
    let mut currencies: Vec<Currency> = Vec::with_capacity(table.height());
    let mut number_of_row = Vec::with_capacity(table.height());
    let mut known: FastMap<&str, Currency> = FastMap::default();
    for row in 0..table.height() {
        let order_id = not_empty(table, row, "order_id", id.get(row))?;
        if !matches!(status.get(row), "paid" | "pending" | "cancelled" | "test") {
            return Err(table.wrong(row, "status", "is none of paid, pending, cancelled, test"));
        }
        let code = currency.get(row);
        let currency = match known.get(code) {
            Some(currency) => *currency,
            None => {
                let currency =
                    Currency::parse(code).map_err(|_| table.wrong(row, "currency", "is not an ISO 4217 code such as USD"))?;
                known.insert(code, currency);
                currency
            }
        };
        let (number, is_new) = index.number(order_id, |n| id.get(firsts[n as usize] as usize));
        if is_new {
            firsts.push(row as u32);
            currencies.push(currency);
        } else if currency.exponent() < currencies[number as usize].exponent() {
            currencies[number as usize] = currency;
        }
        number_of_row.push(number);
    }
    let ids = text_column("order_id", id);
    let ids = if firsts.len() == table.height() { ids } else { pick(&ids, &firsts)? };
    Ok((number_of_row, OrderNumbers { index, ids, currency: currencies }))
}

/// What one part of the lines comes to.
#[derive(Default)]
struct LinePart {
    number: Vec<u32>,
    net_amount: Vec<i64>,
    hashes: Vec<u64>,
}

fn lines(table: &TextTable<'_>, orders: &OrderNumbers) -> Result<DataFrame> {
    let (order_id, line_id) = (table.column("order_id")?, table.column("line_id")?);
    let (amount, quantity) = (table.column("net_amount")?, table.column("quantity")?);
    let part = |rows: Range<usize>| {
        let mut part = LinePart::default();
        let mut find = orders.finder()?;
        for row in rows {
            let order = find(not_empty(table, row, "order_id", order_id.get(row))?);
            not_empty(table, row, "line_id", line_id.get(row))?;
            if !quantity.get(row).is_empty() && parse_decimal(quantity.get(row)).is_none() {
                return Err(table.wrong(row, "quantity", "is not a number"));
            }
            let value = order_amount(amount.get(row), orders.currency(order));
            part.net_amount.push(value.map_err(|why| table.wrong(row, "net_amount", why))?);
            part.number.push(order.unwrap_or(u32::MAX));
            part.hashes.push(match order {
                Some(number) => hash_key((number, line_id.get(row))),
                None => hash_key((order_id.get(row), line_id.get(row))),
            });
        }
        Ok(part)
    };
    let parts = in_parts(table.height(), part)?;
    let number: Vec<u32> = parts.iter().flat_map(|part| &part.number).copied().collect();
    let net_amount: Vec<i64> = parts.iter().flat_map(|part| &part.net_amount).copied().collect();
    let hashes: Vec<u64> = parts.iter().flat_map(|part| &part.hashes).copied().collect();
    drop(parts);
    let same = |a: usize, b: usize| order_id.get(a) == order_id.get(b) && line_id.get(a) == line_id.get(b);
    let mut keep = distinct_rows(table, &hashes, &["order_id", "line_id"], same)?;
    for (keep, number) in keep.iter_mut().zip(&number) {
        *keep &= *number != u32::MAX;
    }
    frame(
        &keep,
        vec![
            column("order", number),
            text_column("line_id", line_id),
            text_column("sku", table.column("sku")?),
            text_column("category", table.column("category")?),
            column("net_amount", net_amount),
        ],
    )
}

fn refunds(table: &TextTable<'_>, orders: &OrderNumbers) -> Result<DataFrame> {
    let rows = table.height();
    let (id, order_id) = (table.column("refund_id")?, table.column("order_id")?);
    let amount = table.column("amount")?;
    let refunded_at = times(table, "refunded_at")?;
    let mut number = Vec::with_capacity(rows);
    let mut amounts = Vec::with_capacity(rows);
    let mut find = orders.finder()?;
    for row in 0..rows {
        not_empty(table, row, "refund_id", id.get(row))?;
        let order = find(order_id.get(row));
        let value = order_amount(amount.get(row), orders.currency(order)).map_err(|why| table.wrong(row, "amount", why))?;
        if value < 0 || parse_decimal(amount.get(row)).is_some_and(|(negative, ..)| negative && value != 0) {
            return Err(table.wrong(row, "amount", "is below zero; a refund is written as what was given back"));
        }
        amounts.push(value);
        number.push(order);
    }
    let hashes: Vec<u64> = id.iter().map(hash_key).collect();
    let keep = distinct_rows(table, &hashes, &["refund_id"], |a, b| id.get(a) == id.get(b))?;
    frame(
        &keep,
        vec![
            text_column("refund_id", id),
            column("order", number),
            optional_text_column("line_id", table.column("line_id")?),
            column("refunded_at", refunded_at),
            column("amount", amounts),
        ],
    )
}

fn creators(table: &TextTable<'_>) -> Result<DataFrame> {
    let id = table.column("creator_id")?;
    let (keys, from, to) = spans(table, "creator_id", str::to_owned)?;
    let keep = distinct_whole_rows(table)?;
    refuse_overlaps_of(table, &keep, &keys, &from, &to, id)?;
    frame(
        &keep,
        vec![
            text_column("creator_id", id),
            text_column("name", table.column("name")?),
            emails("email", table.column("email")?),
            text_column("group", table.column("group")?),
            column("active_from", from),
            column("active_to", to),
        ],
    )
}

fn owners(table: &TextTable<'_>, key: &str, spell: impl Fn(&str) -> String) -> Result<DataFrame> {
    let creator = table.column("creator_id")?;
    let (keys, from, to) = spans(table, key, spell)?;
    let keep = distinct_whole_rows(table)?;
    refuse_overlaps_of(table, &keep, &keys, &from, &to, creator)?;
    frame(
        &keep,
        vec![column(key, keys), text_column("creator_id", creator), column("active_from", from), column("active_to", to)],
    )
}

fn fx(table: &TextTable<'_>) -> Result<DataFrame> {
    let (date, from, to, rate) = (table.column("date")?, table.column("from")?, table.column("to")?, table.column("rate")?);
    let days = days(table, "date")?;
    for (row, text) in rate.iter().enumerate() {
        let rate: Rate = text.parse().map_err(|why| table.wrong(row, "rate", why))?;
        if rate.is_zero() {
            return Err(table.wrong(row, "rate", "is zero; leave the row out if there is no rate"));
        }
        not_empty(table, row, "from", from.get(row))?;
        not_empty(table, row, "to", to.get(row))?;
    }
    let hashes: Vec<u64> = (0..table.height()).map(|row| hash_key((days[row], from.get(row), to.get(row)))).collect();
    let same = |a: usize, b: usize| date.get(a) == date.get(b) && from.get(a) == from.get(b) && to.get(a) == to.get(b);
    let keep = distinct_rows(table, &hashes, &["date", "from", "to"], same)?;
    frame(&keep, vec![column("day", days), text_column("from", from), text_column("to", to), text_column("rate", rate)])
}

fn fees(table: &TextTable<'_>, currency: Currency) -> Result<DataFrame> {
    let id = table.column("fee_id")?;
    let mut amounts = Vec::with_capacity(table.height());
    for (row, text) in table.column("amount")?.iter().enumerate() {
        not_empty(table, row, "fee_id", id.get(row))?;
        amounts.push(parse_minor(text, currency).map_err(|why| table.wrong(row, "amount", why))?);
    }
    let due_on = days(table, "due_on")?;
    let hashes: Vec<u64> = id.iter().map(hash_key).collect();
    let keep = distinct_rows(table, &hashes, &["fee_id"], |a, b| id.get(a) == id.get(b))?;
    frame(
        &keep,
        vec![
            text_column("fee_id", id),
            text_column("creator_id", table.column("creator_id")?),
            column("amount", amounts),
            column("due_on", due_on),
            text_column("memo", table.column("memo")?),
        ],
    )
}

/// An amount of an order's line or refund in ten-thousandths. Where the order is unknown it only has to be a number.
fn order_amount(text: &str, currency: Option<Currency>) -> Result<i64, AmountError> {
    let Some(currency) = currency else {
        return parse_decimal(text).map(|_| 0).ok_or(AmountError::NotANumber);
    };
    let minor = parse_minor(text, currency)?;
    let scale = 10i64.pow(AMOUNT_DECIMALS - currency.exponent());
    debug_assert!(MAX_MINOR.checked_mul(scale).is_some(), "the largest amount has ten-thousandths");
    Ok(minor * scale)
}

fn times(table: &TextTable<'_>, name: &str) -> Result<Vec<i64>> {
    let texts = table.column(name)?;
    let parse = |row| parse_time(texts.get(row)).ok_or_else(|| wrong_time(table, row, name));
    let parts = in_parts(table.height(), |rows| rows.map(parse).collect::<Result<Vec<i64>>>())?;
    Ok(parts.concat())
}

fn wrong_time(table: &TextTable<'_>, row: usize, name: &str) -> anyhow::Error {
    table.wrong(row, name, "is not a UTC time such as 2026-02-01T09:30:00Z")
}

fn days(table: &TextTable<'_>, name: &str) -> Result<Vec<i32>> {
    let texts = table.column(name)?;
    let parse = |(row, text)| parse_day(text).ok_or_else(|| table.wrong(row, name, "is not a date such as 2026-02-01"));
    texts.iter().enumerate().map(parse).collect()
}

/// Key, start and end of each row; an empty side is open.
fn spans(table: &TextTable<'_>, key: &str, spell: impl Fn(&str) -> String) -> Result<(Vec<String>, Vec<i64>, Vec<i64>)> {
    let mut keys = Vec::new();
    for (row, text) in table.column(key)?.iter().enumerate() {
        keys.push(spell(not_empty(table, row, key, text)?));
    }
    let side = |name: &str, open: i64| -> Result<Vec<i64>> {
        let parse = |(row, text): (usize, &str)| {
            if text.is_empty() { Ok(open) } else { parse_time(text).ok_or_else(|| wrong_time(table, row, name)) }
        };
        table.column(name)?.iter().enumerate().map(parse).collect()
    };
    Ok((keys, side("active_from", i64::MIN)?, side("active_to", i64::MAX)?))
}

/// The rows of a table without a key of its own: the same row, in all columns, counts once.
fn distinct_whole_rows(table: &TextTable<'_>) -> Result<Vec<bool>> {
    let columns = table.columns()?;
    let row = |row: usize| columns.iter().map(|c| c.get(row)).collect::<Vec<_>>();
    let hashes: Vec<u64> = (0..table.height()).map(|r| hash_key(row(r))).collect();
    distinct_rows(table, &hashes, super::columns_of(table.table), |a, b| row(a) == row(b))
}

fn refuse_overlaps_of(
    table: &TextTable<'_>,
    keep: &[bool],
    keys: &[String],
    from: &[i64],
    to: &[i64],
    owner: Texts<'_>,
) -> Result<()> {
    // A repeated row overlaps its twin; it is given an empty span here, as it will be dropped.
    let ends: Vec<i64> = keep.iter().zip(to).zip(from).map(|((keep, to), from)| if *keep { *to } else { *from }).collect();
    refuse_overlaps(table, keys, from, &ends, owner)
}

fn not_empty<'a>(table: &TextTable<'_>, row: usize, name: &str, text: &'a str) -> Result<&'a str> {
    if is_blank(text) {
        return Err(anyhow!("{}, {name}: is empty, but every row needs one", table.place(row)));
    }
    Ok(text)
}

fn column<T>(name: &str, values: Vec<T>) -> Column
where
    Series: NamedFrom<Vec<T>, [T]>,
    Vec<T>: AsRef<[T]>,
{
    Series::new(name.into(), values).into()
}

fn text_column(name: &str, texts: Texts<'_>) -> Column {
    texts.without_nulls(name).into_column()
}

fn optional_text_column(name: &str, texts: Texts<'_>) -> Column {
    texts.empty_as_null(name).into_column()
}

fn frame(keep: &[bool], columns: Vec<Column>) -> Result<DataFrame> {
    let frame = DataFrame::new_infer_height(columns)?;
    if keep.iter().all(|k| *k) {
        return Ok(frame);
    }
    let mut kept = frame.filter(&BooleanChunked::new("keep".into(), keep))?;
    kept.rechunk_mut();
    Ok(kept)
}
