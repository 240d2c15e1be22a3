//! The recorder that listens while the model runs, for one order.

use super::calendar::utc_text;
use super::notes::{EarningNote, Explanation};
use crate::program::Program;

/// Records what is said about one order. For all others it ignores it, and costs a comparison.
pub(super) struct Trace {
    order: Option<u32>,
    explanation: Explanation,
}

impl Trace {
    /// A recorder of nothing.
    pub fn off() -> Self {
        Self { order: None, explanation: Explanation::default() }
    }

    /// A recorder for the order of this number and id.
    pub fn on(program: &Program, as_of: i64, order: u32, order_id: &str) -> Self {
        let explanation = Explanation {
            program: program.id.clone(),
            order_id: order_id.to_owned(),
            as_of: utc_text(as_of),
            time_zone: program.time_zone.name().to_owned(),
            currency: program.currency.code(),
            ..Explanation::default()
        };
        Self { order: Some(order), explanation }
    }

    /// Where to write about an order; none for every order but the one.
    pub fn of(&mut self, order: u32) -> Option<&mut Explanation> {
        if self.order == Some(order) { Some(&mut self.explanation) } else { None }
    }

    /// Whether an order is the one.
    pub fn listens_to(&self, order: u32) -> bool {
        self.order == Some(order)
    }

    /// The note about one earning of the order, which is begun at the first mention.
    pub fn earning(&mut self, order: u32, line_id: &str, creator_id: &str) -> Option<&mut EarningNote> {
        let earnings = &mut self.of(order)?.earnings;
        let found = earnings.iter().position(|note| note.line_id == line_id && note.creator_id == creator_id);
        let index = found.unwrap_or_else(|| {
            let begun = EarningNote { line_id: line_id.to_owned(), creator_id: creator_id.to_owned(), ..EarningNote::default() };
            earnings.push(begun);
            earnings.len() - 1
        });
        earnings.get_mut(index)
    }

    /// What was recorded.
    pub fn finish(self) -> Explanation {
        self.explanation
    }
}
