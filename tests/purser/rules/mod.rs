//! Single rules as tables of cases, computed by both `reconcile` and `explain`. Where a table fails, the rule's own file
//! is at fault; what the rules make of a shop together is for `cases` and `agreement`.

mod caps;
mod hold;
mod tiers;
