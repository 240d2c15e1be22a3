//! A command that is stopped at any moment and repeated ends as if nobody had stopped it; several at once do no harm.

mod matrix;
mod random;
mod story;
