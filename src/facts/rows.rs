//! The facts as plain rows, for whoever looks at one order at a time.

use anyhow::{Context, Result};
use chrono::NaiveDate;
use polars::prelude::DataFrame;

use super::Facts;
use crate::calendar::day_of_epoch;
use crate::money::{Currency, Rate};

/// One version of an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// The same for all versions of an order.
    pub order: u32,
    /// The shop's id.
    pub order_id: String,
    /// Microseconds since 1970.
    pub ordered_at: i64,
    /// Microseconds since 1970.
    pub updated_at: i64,
    /// `paid`, `pending`, `cancelled` or `test`.
    pub status: String,
    /// What its lines are in.
    pub currency: Currency,
    /// `i:` and the id, or `e:` and the email; none if unknown.
    pub customer: Option<String>,
    /// Trimmed, lower case.
    pub email: Option<String>,
    /// Who clicked, if the shop knows.
    pub visitor_id: Option<String>,
    /// The click the shop tied to the order.
    pub click_id: Option<String>,
    /// The codes as entered, between vertical bars.
    pub codes: Option<String>,
}

/// A line of a known order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The order's number.
    pub order: u32,
    /// Unique within the order.
    pub line_id: String,
    /// What was sold.
    pub sku: String,
    /// Its category.
    pub category: String,
    /// In ten-thousandths of a major unit (see [`super::AMOUNT_DECIMALS`]).
    pub net_amount: i64,
}

/// Money given back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refund {
    /// The shop's id.
    pub refund_id: String,
    /// The order's number; none if no such order is known.
    pub order: Option<u32>,
    /// The line; none for the whole order.
    pub line_id: Option<String>,
    /// Microseconds since 1970.
    pub refunded_at: i64,
    /// In ten-thousandths of a major unit (see [`super::AMOUNT_DECIMALS`]).
    pub amount: i64,
}

/// A click that an order could point to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Click {
    /// Unique.
    pub click_id: String,
    /// Microseconds since 1970.
    pub clicked_at: i64,
    /// Who clicked, if known.
    pub visitor_id: Option<String>,
    /// The link.
    pub link_key: String,
}

/// A creator during one span of time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Creator {
    /// The brand's id.
    pub creator_id: String,
    /// The name people read.
    pub name: String,
    /// Trimmed, lower case.
    pub email: Option<String>,
    /// The group, or empty.
    pub group: String,
    /// Included; `i64::MIN` if open.
    pub active_from: i64,
    /// Excluded; `i64::MAX` if open.
    pub active_to: i64,
}

/// The owner of a link during one span of time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// The key in the link.
    pub link_key: String,
    /// Its owner.
    pub creator_id: String,
    /// Included; `i64::MIN` if open.
    pub active_from: i64,
    /// Excluded; `i64::MAX` if open.
    pub active_to: i64,
}

/// The owner of a code during one span of time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Code {
    /// Trimmed, lower case.
    pub code: String,
    /// Its owner.
    pub creator_id: String,
    /// Included; `i64::MIN` if open.
    pub active_from: i64,
    /// Excluded; `i64::MAX` if open.
    pub active_to: i64,
}

/// One exchange rate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FxRate {
    /// The day it is dated.
    pub date: NaiveDate,
    /// One unit of this …
    pub from: String,
    /// … is `rate` units of this.
    pub to: String,
    /// Positive.
    pub rate: Rate,
}

/// A fixed amount owed to a creator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fee {
    /// Unique.
    pub fee_id: String,
    /// Who is owed it.
    pub creator_id: String,
    /// Minor units of the program's currency; may be negative.
    pub amount: i64,
    /// The local day from which it is owed.
    pub due_on: NaiveDate,
    /// What for.
    pub memo: String,
}

/// All facts as rows.
#[derive(Debug, Clone, Default)]
pub struct Rows {
    /// Versions of orders.
    pub orders: Vec<Order>,
    /// Lines of known orders.
    pub lines: Vec<Line>,
    /// Refunds.
    pub refunds: Vec<Refund>,
    /// Clicks that an order could point to.
    pub clicks: Vec<Click>,
    /// Creators, a row for each span.
    pub creators: Vec<Creator>,
    /// Links, a row for each span.
    pub links: Vec<Link>,
    /// Codes, a row for each span.
    pub codes: Vec<Code>,
    /// Exchange rates.
    pub fx: Vec<FxRate>,
    /// Fees.
    pub fees: Vec<Fee>,
}

impl Facts {
    /// The facts as plain rows.
    pub fn rows(&self) -> Result<Rows> {
        Ok(Rows {
            orders: orders(&self.orders, &self.visitors)?,
            lines: collect(&self.lines, |r| {
                let line = Line {
                    order: r.u32("order")?,
                    line_id: r.text("line_id")?,
                    sku: r.text("sku")?,
                    category: r.text("category")?,
                    net_amount: r.i64("net_amount")?,
                };
                Ok(line)
            })?,
            refunds: collect(&self.refunds, |r| {
                let order = r.frame.column("order")?.u32()?.get(r.row);
                Ok(Refund {
                    refund_id: r.text("refund_id")?,
                    order,
                    line_id: r.optional("line_id")?,
                    refunded_at: r.i64("refunded_at")?,
                    amount: r.i64("amount")?,
                })
            })?,
            clicks: collect(&self.clicks, |r| {
                Ok(Click {
                    click_id: r.text("click_id")?,
                    clicked_at: r.i64("clicked_at")?,
                    visitor_id: r.numbered("visitor", &self.visitors)?,
                    link_key: r.numbered("link", &self.link_keys)?.unwrap_or_default(),
                })
            })?,
            creators: creators(&self.creators)?,
            links: collect(&self.links, |r| {
                Ok(Link {
                    link_key: r.text("link_key")?,
                    creator_id: r.text("creator_id")?,
                    active_from: r.i64("active_from")?,
                    active_to: r.i64("active_to")?,
                })
            })?,
            codes: collect(&self.codes, |r| {
                Ok(Code {
                    code: r.text("code")?,
                    creator_id: r.text("creator_id")?,
                    active_from: r.i64("active_from")?,
                    active_to: r.i64("active_to")?,
                })
            })?,
            fx: collect(&self.fx, |r| {
                let rate = r.text("rate")?.parse().context("a kept exchange rate is a number")?;
                Ok(FxRate { date: r.date("day")?, from: r.text("from")?, to: r.text("to")?, rate })
            })?,
            fees: collect(&self.fees, |r| {
                Ok(Fee {
                    fee_id: r.text("fee_id")?,
                    creator_id: r.text("creator_id")?,
                    amount: r.i64("amount")?,
                    due_on: r.date("due_on")?,
                    memo: r.text("memo")?,
                })
            })?,
        })
    }
}

fn orders(frame: &DataFrame, visitors: &DataFrame) -> Result<Vec<Order>> {
    collect(frame, |r| {
        let email = r.optional("email")?;
        let customer_id = r.optional("customer_id")?;
        let customer = customer_id.map(|id| format!("i:{id}")).or_else(|| email.as_ref().map(|email| format!("e:{email}")));
        Ok(Order {
            order: r.u32("order")?,
            order_id: r.text("order_id")?,
            ordered_at: r.i64("ordered_at")?,
            updated_at: r.i64("updated_at")?,
            status: r.text("status")?,
            currency: Currency::parse(&r.text("currency")?)?,
            customer,
            email,
            visitor_id: r.numbered("visitor", visitors)?,
            click_id: r.optional("click_id")?,
            codes: r.optional("codes")?,
        })
    })
}

pub(super) fn creators(frame: &DataFrame) -> Result<Vec<Creator>> {
    collect(frame, |r| {
        Ok(Creator {
            creator_id: r.text("creator_id")?,
            name: r.text("name")?,
            email: r.optional("email")?,
            group: r.text("group")?,
            active_from: r.i64("active_from")?,
            active_to: r.i64("active_to")?,
        })
    })
}

fn collect<T>(frame: &DataFrame, make: impl Fn(&Row<'_>) -> Result<T>) -> Result<Vec<T>> {
    (0..frame.height()).map(|row| make(&Row { frame, row })).collect()
}

/// One row of a frame.
struct Row<'a> {
    frame: &'a DataFrame,
    row: usize,
}

impl Row<'_> {
    fn optional(&self, name: &str) -> Result<Option<String>> {
        Ok(self.frame.column(name)?.str()?.get(self.row).map(str::to_owned))
    }

    /// What a number stands for: the value at its place in the only column of another frame; none for no number.
    fn numbered(&self, name: &str, texts: &DataFrame) -> Result<Option<String>> {
        let number = self.u32(name)?;
        if number == super::NO_NUMBER {
            return Ok(None);
        }
        let column = texts.columns().first().context("a frame of numbered texts has a column")?;
        Ok(super::TextColumn::of(column)?.get(number as usize).map(str::to_owned))
    }

    fn text(&self, name: &str) -> Result<String> {
        Ok(self.optional(name)?.unwrap_or_default())
    }

    fn i64(&self, name: &str) -> Result<i64> {
        self.frame.column(name)?.i64()?.get(self.row).with_context(|| format!("{name} is missing"))
    }

    fn u32(&self, name: &str) -> Result<u32> {
        self.frame.column(name)?.u32()?.get(self.row).with_context(|| format!("{name} is missing"))
    }

    fn date(&self, name: &str) -> Result<NaiveDate> {
        let day = self.frame.column(name)?.i32()?.get(self.row).with_context(|| format!("{name} is missing"))?;
        day_of_epoch(day).with_context(|| format!("{name} is out of range"))
    }
}
