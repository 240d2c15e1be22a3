//! Tables that are read whole.

/// A table to be read whole, in pages.
#[derive(Debug, Clone)]
pub struct Listing {
    /// The table.
    pub table: &'static str,
    /// Which columns, in which order.
    pub columns: Vec<&'static str>,
    /// The columns of its key, in whose order rows come.
    pub key: &'static [&'static str],
    /// What holds of the rows that belong to `$1`.
    pub of: &'static str,
}

impl Listing {
    pub(super) fn sql(&self, is_first: bool, rows: usize) -> String {
        let (columns, key) = (self.columns.join(", "), self.key.join(", "));
        let after: Vec<String> = (2..self.key.len() + 2).map(|place| format!("${place}")).collect();
        let after = if is_first { String::new() } else { format!(" AND ({key}) > ({})", after.join(", ")) };
        format!("SELECT {columns} FROM {} WHERE ($1 = '' OR {}){after} ORDER BY {key} LIMIT {rows}", self.table, self.of)
    }
}
