//! Shops with an API: what the rest of purser knows of them.

use std::collections::BTreeMap;

use anyhow::Result;
use async_trait::async_trait;

use crate::program::Table;

/// An API that gives orders as they are now, each with all that belongs to it.
#[async_trait]
pub trait Connector: Send + Sync {
    /// The orders that changed since a cursor, none for all of them; the oldest changes first. An order may come several times, and its
    /// later version counts.
    ///
    /// # Errors
    ///
    /// `Transient` when the shop cannot be reached or does not answer as it should: the same cursor may be used again.
    async fn next(&mut self, cursor: Option<&str>) -> Result<Batch>;

    /// Of which orders the shop may be asked whether all of them came: neither those that are being placed now, nor those that it does
    /// not show.
    ///
    /// # Errors
    ///
    /// As [`Connector::next`].
    async fn span(&mut self) -> Result<Span>;

    /// How many orders the shop says were placed in a span.
    ///
    /// # Errors
    ///
    /// As [`Connector::next`].
    async fn count(&mut self, span: Span) -> Result<u64>;

    /// The orders of a span in another order than [`Connector::next`] has, the latest first, and no more than so many.
    ///
    /// # Errors
    ///
    /// As [`Connector::next`].
    async fn list(&mut self, span: Span, most: usize) -> Result<Vec<Listed>>;

    /// These orders, by their ids; without those that the shop does not have any more.
    ///
    /// # Errors
    ///
    /// As [`Connector::next`].
    async fn fetch(&mut self, ids: &[String]) -> Result<Vec<WholeOrder>>;

    /// What somebody should know of what the shop does not show, as sentences.
    fn warnings(&self) -> Vec<String>;
}

/// Orders that changed.
#[derive(Debug, Clone, Default)]
pub struct Batch {
    /// Each of them whole.
    pub orders: Vec<WholeOrder>,
    /// Where the next batch goes on.
    pub cursor: String,
    /// Where the next fetch begins, if these were the last that changed.
    pub end: Option<String>,
}

/// An order, and all rows that it makes.
#[derive(Debug, Clone, Default)]
pub struct WholeOrder {
    /// Its id.
    pub id: String,
    /// The rows of each table, with values for all declared columns. The ids of clicks begin with the order's id and a slash.
    pub rows: BTreeMap<Table, Vec<Vec<String>>>,
}

/// An order as a list of orders names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Its id.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// The time of its latest version (microseconds since 1970).
    pub updated_at: i64,
}

/// A span of times at which orders were placed (microseconds since 1970): its start belongs to it, its end does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// The first time; none if all are meant.
    pub from: Option<i64>,
    /// The first that does not belong to it.
    pub until: i64,
}
