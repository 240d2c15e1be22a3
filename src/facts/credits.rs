//! Manual attribution: orders that a person attributed to a creator. No source holds them; they are passed in beside the tables.

use anyhow::{Result, bail};
use polars::prelude::DataFrame;

use super::columns::column;

/// A manual attribution of an order to a creator.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Credit {
    /// The order.
    pub order_id: String,
    /// Who gets all of its credit.
    pub creator_id: String,
    /// Unique; shown as the evidence.
    pub credit_id: String,
}

/// All credits in force, at most one for each order, by order id.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Credits(Vec<Credit>);

impl Credits {
    /// Sorts credits by order.
    ///
    /// # Errors
    ///
    /// When two attribute the same order; names both.
    pub fn new(mut credits: Vec<Credit>) -> Result<Self> {
        credits.sort();
        if let Some([a, b]) = credits.array_windows().find(|[a, b]| a.order_id == b.order_id) {
            bail!(
                "the order {} has two manual attributions, {} and {}; withdraw one of them",
                a.order_id,
                a.credit_id,
                b.credit_id
            );
        }
        Ok(Self(credits))
    }

    /// These with one more, which takes the place of the one of the same order.
    ///
    /// # Errors
    ///
    /// As [`Credits::new`].
    pub fn with(&self, credit: Credit) -> Result<Self> {
        let others = self.0.iter().filter(|other| other.order_id != credit.order_id).cloned();
        Self::new(others.chain([credit.clone()]).collect())
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The hash of them all; empty where there are none.
    pub fn digest(&self) -> String {
        if self.is_empty() {
            return String::new();
        }
        let mut hasher = blake3::Hasher::new();
        for credit in &self.0 {
            for text in [&credit.order_id, &credit.creator_id, &credit.credit_id] {
                hasher.update(text.as_bytes()).update(b"\0");
            }
        }
        hasher.finalize().to_hex().to_string()
    }

    /// All of them: `order_id` str, `creator_id` str, `credit_id` str.
    ///
    /// # Errors
    ///
    /// None that can be seen; the engine asks for it.
    pub fn frame(&self) -> Result<DataFrame> {
        let texts = |name: &str, text: fn(&Credit) -> &str| column(name, self.0.iter().map(text).collect::<Vec<_>>());
        Ok(DataFrame::new_infer_height(vec![
            texts("order_id", |credit| &credit.order_id),
            texts("creator_id", |credit| &credit.creator_id),
            texts("credit_id", |credit| &credit.credit_id),
        ])?)
    }

    /// The credit of an order.
    pub fn of(&self, order_id: &str) -> Option<&Credit> {
        let place = self.0.binary_search_by(|credit| credit.order_id.as_str().cmp(order_id)).ok()?;
        self.0.get(place)
    }
}
