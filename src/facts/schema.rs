//! The tables, each declared once: its columns, what their values say, and which of them identify a row.
//!
//! Reading, keeping, checking and comparing follow from these declarations. `FACTS.md` explains the same columns to people,
//! and a test compares the two.

use crate::program::Table;

/// What a table's files hold.
#[derive(Debug)]
pub struct Schema {
    /// All of them, in this order.
    pub columns: &'static [Column],
    /// The columns that identify a row: two rows that agree in these must agree in all. Empty where nothing but the whole row
    /// does.
    pub key: &'static [&'static str],
}

/// A column of a table.
#[derive(Debug, Clone, Copy)]
pub struct Column {
    /// As the header of a file has it.
    pub name: &'static str,
    /// What its values say.
    pub says: Says,
    /// Whether a file may lack it: then it reads as empty.
    pub is_optional: bool,
}

/// What the values of a column say, by which two of them are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Says {
    /// Text (an id, a code, a day), the same only when it is written the same.
    Text,
    /// An instant, in whatever zone it is written.
    Time,
    /// A decimal number, with or without zeros at its end.
    Number,
    /// A code or an email, or several between vertical bars, which compare without case and surrounding space.
    Names,
    /// What only people read: it makes no two rows different.
    Label,
}

const fn text(name: &'static str) -> Column {
    Column { name, says: Says::Text, is_optional: false }
}

const fn names(name: &'static str) -> Column {
    Column { name, says: Says::Names, is_optional: false }
}

/// What only people read, and a file may lack.
const fn label(name: &'static str) -> Column {
    Column { name, says: Says::Label, is_optional: true }
}

const fn time(name: &'static str) -> Column {
    Column { name, says: Says::Time, is_optional: false }
}

const fn number(name: &'static str) -> Column {
    Column { name, says: Says::Number, is_optional: false }
}

/// A column that a file may lack.
const fn optional(column: Column) -> Column {
    Column { is_optional: true, ..column }
}

const ORDERS: Schema = Schema {
    columns: &[
        text("order_id"),
        time("ordered_at"),
        time("updated_at"),
        text("status"),
        text("currency"),
        text("customer_id"),
        names("customer_email"),
        text("visitor_id"),
        text("click_id"),
        names("codes"),
        label("order_name"),
        label("country"),
    ],
    key: &["order_id", "updated_at"],
};

const ORDER_LINES: Schema = Schema {
    columns: &[
        text("order_id"),
        text("line_id"),
        text("sku"),
        text("category"),
        number("quantity"),
        number("net_amount"),
        label("title"),
    ],
    key: &["order_id", "line_id"],
};

const REFUNDS: Schema = Schema {
    columns: &[text("refund_id"), text("order_id"), text("line_id"), time("refunded_at"), number("amount")],
    key: &["refund_id"],
};

const CLICKS: Schema = Schema {
    columns: &[
        text("click_id"),
        time("clicked_at"),
        text("visitor_id"),
        text("link_key"),
        text("sub_id"),
        label("utm_source"),
        label("utm_medium"),
        label("utm_campaign"),
        label("utm_content"),
        label("utm_term"),
        label("country"),
        label("landing_page"),
        label("platform"),
    ],
    key: &["click_id"],
};

const CREATORS: Schema = Schema {
    columns: &[
        text("creator_id"),
        text("name"),
        names("email"),
        text("group"),
        time("active_from"),
        time("active_to"),
        optional(text("locale")),
    ],
    key: &[],
};

const LINKS: Schema = Schema {
    columns: &[text("link_key"), text("creator_id"), time("active_from"), time("active_to"), optional(text("campaign"))],
    key: &[],
};

const CODES: Schema = Schema {
    columns: &[names("code"), text("creator_id"), time("active_from"), time("active_to"), optional(text("campaign"))],
    key: &[],
};

const FX: Schema = Schema { columns: &[text("date"), text("from"), text("to"), number("rate")], key: &["date", "from", "to"] };

const FEES: Schema =
    Schema { columns: &[text("fee_id"), text("creator_id"), number("amount"), text("due_on"), text("memo")], key: &["fee_id"] };

const RATES: Schema =
    Schema { columns: &[text("creator_id"), text("campaign"), number("percent"), text("from"), text("until")], key: &[] };

const DISPUTES: Schema = Schema {
    columns: &[text("dispute_id"), text("order_id"), time("opened_at"), time("closed_at"), text("outcome"), number("amount")],
    key: &["dispute_id"],
};

/// The declaration of a table.
pub fn schema(table: Table) -> &'static Schema {
    match table {
        Table::Orders => &ORDERS,
        Table::OrderLines => &ORDER_LINES,
        Table::Refunds => &REFUNDS,
        Table::Clicks => &CLICKS,
        Table::Creators => &CREATORS,
        Table::Links => &LINKS,
        Table::Codes => &CODES,
        Table::Fx => &FX,
        Table::Fees => &FEES,
        Table::Rates => &RATES,
        Table::Disputes => &DISPUTES,
    }
}

impl Schema {
    /// The names of all columns, in order.
    pub fn names(&self) -> Vec<&'static str> {
        self.columns.iter().map(|column| column.name).collect()
    }

    /// The names of the columns that say something, in order: those for people alone, which stand last, are left out.
    pub fn telling(&self) -> Vec<&'static str> {
        self.columns.iter().filter(|column| column.says != Says::Label).map(|column| column.name).collect()
    }

    /// The names of the columns that a file has to have, in order.
    pub fn required(&self) -> Vec<&'static str> {
        self.columns.iter().filter(|column| !column.is_optional).map(|column| column.name).collect()
    }

    /// The names of the columns that a file may lack, which stand after the others, in order.
    pub fn optional(&self) -> Vec<&'static str> {
        self.columns.iter().filter(|column| column.is_optional).map(|column| column.name).collect()
    }

    /// The columns that identify a row.
    pub(super) fn key_columns(&self) -> impl Iterator<Item = usize> {
        let is_key = |column: &Column| self.key.is_empty() || self.key.contains(&column.name);
        self.columns.iter().enumerate().filter(move |(_, column)| is_key(column)).map(|(place, _)| place)
    }
}
