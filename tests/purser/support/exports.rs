//! A model as the CSV texts that `purser export` prints (`src/reconcile/RULES.md`, section 16).

use purser::explain::Model;
use purser::money::{Currency, format_minor};

/// The export `orders`.
pub fn orders(model: &Model) -> String {
    let rows =
        model.orders.iter().map(|order| vec![order.order_id.clone(), order.outcome().to_string(), order.reason.to_string()]);
    table(&["order_id", "outcome", "reason"], rows.collect())
}

/// The export `commissions`.
pub fn commissions(model: &Model, currency: Currency) -> String {
    let rows = model.commissions.iter().map(|row| {
        vec![
            row.kind.to_string(),
            row.order_id.clone(),
            row.line_id.clone(),
            row.creator_id.clone(),
            row.touch.clone(),
            format_minor(row.base, currency.exponent()),
            format_minor(row.commission, currency.exponent()),
            if row.payable { "payable" } else { "pending" }.to_owned(),
        ]
    });
    let header = ["kind", "order_id", "line_id", "creator_id", "touch", "base", "commission", "state"];
    table(&header, rows.collect())
}

/// The export `exceptions`.
pub fn exceptions(model: &Model) -> String {
    let rows = model.exceptions.iter().map(|(kind, subject)| vec![kind.to_string(), subject.clone()]);
    table(&["kind", "subject"], rows.collect())
}

/// Rows sorted by all columns as bytes, under a header; quotes only where CSV needs them.
fn table(header: &[&str], mut rows: Vec<Vec<String>>) -> String {
    rows.sort();
    let header = header.iter().map(|name| (*name).to_owned()).collect();
    std::iter::once(header).chain(rows).map(|row: Vec<String>| csv_line(&row)).collect()
}

/// One line of CSV, ending in LF.
pub fn csv_line<S: AsRef<str>>(values: &[S]) -> String {
    let quoted = |value: &S| {
        let value = value.as_ref();
        if value.contains(['"', ',', '\n', '\r']) { format!("\"{}\"", value.replace('"', "\"\"")) } else { value.to_owned() }
    };
    values.iter().map(quoted).collect::<Vec<_>>().join(",") + "\n"
}
