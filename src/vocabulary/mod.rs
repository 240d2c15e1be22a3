//! Words that several modules spell alike.

mod counted;

pub use counted::counted;
