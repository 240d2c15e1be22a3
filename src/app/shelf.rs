//! What was computed for pages and may be asked for again in a moment: kept in memory, with all that it was computed from.

use std::any::Any;
use std::sync::{Arc, Mutex, PoisonError};

/// How many things of one kind are kept.
const MOST: usize = 4;

type Thing = Arc<dyn Any + Send + Sync>;

/// A few computed things, the latest of each kind. Each says by itself what it holds for: nothing here ever goes stale, as who finds
/// something compares that with what is so now.
#[derive(Clone, Default)]
pub struct Shelf(Arc<Mutex<Vec<Thing>>>);

impl Shelf {
    /// The thing of a kind for which this is so.
    pub(super) fn find<T: Any + Send + Sync>(&self, is_it: impl Fn(&T) -> bool) -> Option<Arc<T>> {
        let things = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        things.iter().filter_map(|thing| Arc::clone(thing).downcast::<T>().ok()).find(|thing| is_it(thing))
    }

    /// Keeps a thing, in place of the oldest of its kind where there are enough.
    pub(super) fn put<T: Any + Send + Sync>(&self, thing: T) {
        let mut things = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let same: Vec<usize> = things.iter().enumerate().filter(|(_, known)| known.is::<T>()).map(|(at, _)| at).collect();
        if let Some(oldest) = same.first().filter(|_| same.len() >= MOST) {
            things.remove(*oldest);
        }
        things.push(Arc::new(thing));
    }
}
