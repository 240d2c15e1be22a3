//! Values on their way into the database, and rows of its answers.

use anyhow::{Result, bail};

/// A value of a row or a parameter. Nothing has a type too: PostgreSQL asks for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// A whole number: amounts in minor units, times in microseconds since 1970.
    Int(Option<i64>),
    /// Text.
    Text(Option<String>),
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Self::Int(Some(value))
    }
}

impl From<Option<i64>> for Value {
    fn from(value: Option<i64>) -> Self {
        Self::Int(value)
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Self::Text(Some(value.to_owned()))
    }
}

impl From<Option<&str>> for Value {
    fn from(value: Option<&str>) -> Self {
        Self::Text(value.map(str::to_owned))
    }
}

impl From<String> for Value {
    fn from(value: String) -> Self {
        Self::Text(Some(value))
    }
}

impl From<Option<String>> for Value {
    fn from(value: Option<String>) -> Self {
        Self::Text(value)
    }
}

/// A value on its way into a bulk load, borrowed where it can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cell<'a> {
    /// A whole number.
    Int(i64),
    /// Text.
    Text(&'a str),
}

/// One row of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row(pub(super) Vec<Value>);

impl Row {
    /// All of it.
    pub fn values(&self) -> &[Value] {
        &self.0
    }

    /// The whole number in a column, by position.
    pub fn int(&self, column: usize) -> Result<i64> {
        match self.0.get(column) {
            Some(Value::Int(Some(value))) => Ok(*value),
            other => bail!("the database answered {other:?} where a number was asked for (column {column})"),
        }
    }

    /// The text in a column, by position.
    pub fn text(&self, column: usize) -> Result<&str> {
        match self.0.get(column) {
            Some(Value::Text(Some(value))) => Ok(value),
            other => bail!("the database answered {other:?} where text was asked for (column {column})"),
        }
    }

    /// The number in a column, or none.
    pub fn optional_int(&self, column: usize) -> Result<Option<i64>> {
        if self.is_nothing(column) { Ok(None) } else { self.int(column).map(Some) }
    }

    /// The text in a column, or none.
    pub fn optional_text(&self, column: usize) -> Result<Option<&str>> {
        if self.is_nothing(column) { Ok(None) } else { self.text(column).map(Some) }
    }

    fn is_nothing(&self, column: usize) -> bool {
        matches!(self.0.get(column), Some(Value::Int(None) | Value::Text(None)))
    }
}
