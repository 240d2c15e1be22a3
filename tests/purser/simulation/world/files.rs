//! What the shop knows, as the files it exports.

use std::fs;
use std::path::Path;

use purser::calendar::format_time;
use purser::facts::{AMOUNT_DECIMALS, Rows, schema};
use purser::money::format_minor;
use purser::program::Table;

use super::World;
use crate::support::exports::csv_line;

/// What is wrong with the files of a night.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spoiled {
    /// A refund whose amount is no number.
    NoNumber,
    /// A refund that stands there twice, with two amounts.
    TwoContents,
    /// A code that two creators have at once.
    TwoOwners,
}

type Cells = Vec<String>;

impl World {
    /// Writes tonight's files: some rows twice, some nights in another order.
    pub fn write_files(&mut self, folder: &Path, spoiled: Option<Spoiled>) {
        // What a program may leave out, and this one does.
        for table in Table::ALL.into_iter().filter(|table| !matches!(table, Table::Rates | Table::Disputes)) {
            let mut rows = self.rows_of(table);
            if self.rng.chance(6) {
                self.tally.add("tables with rows twice");
                let again: Vec<Cells> = rows.iter().filter(|_| self.rng.chance(20)).cloned().collect();
                rows.extend(again.into_iter().map(|row| respelled(table, row)));
            }
            if self.rng.chance(6) {
                self.tally.add("tables in another order");
                self.rng.shuffle(&mut rows);
            }
            spoil(table, spoiled, &mut rows);
            let text: String =
                std::iter::once(csv_line(&schema(table).required())).chain(rows.iter().map(|row| csv_line(row))).collect();
            fs::write(folder.join(format!("{table}.csv")), text).expect("a table can be written");
        }
    }

    fn rows_of(&self, table: Table) -> Vec<Cells> {
        let Rows { orders, lines, refunds, clicks, creators, fx, fees, .. } = &self.known;
        let id = |order: u32| self.order_ids[order as usize].clone();
        let text = |value: &Option<String>| value.clone().unwrap_or_default();
        let amount = |fine: i64| format_minor(fine, AMOUNT_DECIMALS);
        match table {
            Table::Orders => {
                let row = |o: &purser::facts::Order| {
                    let customer = o.customer.as_deref().and_then(|customer| customer.strip_prefix("i:")).unwrap_or_default();
                    // Case and space around an email do not matter.
                    let email = if o.order.is_multiple_of(3) { text(&o.email).to_uppercase() + " " } else { text(&o.email) };
                    let (at, updated) = (format_time(o.ordered_at), format_time(o.updated_at));
                    let (visitor, click, codes) = (text(&o.visitor_id), text(&o.click_id), text(&o.codes));
                    let (status, currency) = (o.status.clone(), o.currency.code().to_owned());
                    vec![id(o.order), at, updated, status, currency, customer.to_owned(), email, visitor, click, codes]
                };
                orders.iter().map(row).collect()
            }
            Table::OrderLines => lines
                .iter()
                .map(|l| {
                    vec![id(l.order), l.line_id.clone(), l.sku.clone(), l.category.clone(), "1".to_owned(), amount(l.net_amount)]
                })
                .collect(),
            Table::Refunds => refunds
                .iter()
                .map(|r| {
                    let order = r.order.map_or("nowhere".to_owned(), id);
                    vec![r.refund_id.clone(), order, text(&r.line_id), format_time(r.refunded_at), amount(r.amount)]
                })
                .collect(),
            Table::Clicks => clicks
                .iter()
                .map(|c| {
                    let (at, visitor) = (format_time(c.clicked_at), text(&c.visitor_id));
                    vec![c.click_id.clone(), at, visitor, c.link_key.clone(), "bio".to_owned()]
                })
                .collect(),
            Table::Creators => creators
                .iter()
                .map(|c| {
                    let (from, to) = (edge(c.active_from), edge(c.active_to));
                    vec![c.creator_id.clone(), c.name.clone(), text(&c.email).to_uppercase(), c.group.clone(), from, to]
                })
                .collect(),
            Table::Links | Table::Codes => {
                let of_table = self.owners.iter().filter(|owner| owner.is_code == (table == Table::Codes));
                of_table.map(|o| vec![o.key.clone(), o.creator_id.clone(), edge(o.from), edge(o.to)]).collect()
            }
            Table::Fx => fx.iter().map(|f| vec![f.date.to_string(), f.from.clone(), f.to.clone(), f.rate.to_string()]).collect(),
            Table::Rates | Table::Disputes => Vec::new(),
            Table::Fees => {
                let exponent = self.terms.currency.exponent();
                let row = |f: &purser::facts::Fee| {
                    let amount = format_minor(f.amount, exponent);
                    vec![f.fee_id.clone(), f.creator_id.clone(), amount, f.due_on.to_string(), f.memo.clone()]
                };
                fees.iter().map(row).collect()
            }
        }
    }
}

/// The start or end of a span; empty where it is open.
fn edge(at: i64) -> String {
    if at == i64::MIN || at == i64::MAX { String::new() } else { format_time(at) }
}

/// The same row with an amount that has fewer zeros.
fn respelled(table: Table, mut row: Cells) -> Cells {
    if let (Table::OrderLines | Table::Refunds, Some(amount)) = (table, row.last_mut()) {
        *amount = amount.trim_end_matches('0').trim_end_matches('.').to_owned();
    }
    row
}

fn spoil(table: Table, spoiled: Option<Spoiled>, rows: &mut Vec<Cells>) {
    let cells = |cells: [&str; 5]| cells.map(str::to_owned).to_vec();
    match (table, spoiled) {
        (Table::Refunds, Some(Spoiled::NoNumber)) => rows.push(cells(["bad", "nowhere", "", "2026-01-01T00:00:00Z", "a lot"])),
        (Table::Refunds, Some(Spoiled::TwoContents)) => {
            rows.push(cells(["bad", "nowhere", "", "2026-01-01T00:00:00Z", "1"]));
            rows.push(cells(["bad", "nowhere", "", "2026-01-01T00:00:00Z", "2"]));
        }
        (Table::Codes, Some(Spoiled::TwoOwners)) => {
            rows.push(cells(["both", "ana", "", "", ""])[..4].to_vec());
            rows.push(cells(["BOTH", "Ben", "2026-01-01T00:00:00Z", "", ""])[..4].to_vec());
        }
        _ => {}
    }
}
