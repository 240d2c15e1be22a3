//! Every key a program file may have, declared once: the reader refuses others, and the printed reference is made of these.

use std::fmt::Write;

/// One key of the program file.
#[derive(Debug, Clone, Copy)]
pub struct Key {
    /// The section it stands in, such as `attribution` or `commission.rates`.
    pub section: &'static str,
    /// Its name.
    pub name: &'static str,
    /// What may stand there.
    pub takes: &'static str,
    /// What holds when it is left out; `required` if it must be there.
    pub default: &'static str,
    /// What it means.
    pub means: &'static str,
}

macro_rules! keys {
    ($($(#[$doc:meta])* $const:ident = $section:literal $name:literal, $takes:literal, $default:literal, $means:literal;)*) => {
        $(pub(super) const $const: Key = Key { section: $section, name: $name, takes: $takes, default: $default, means: $means };)*
        /// All keys, in the order of the reference.
        pub const ALL: &[Key] = &[$($const),*];
    };
}

keys! {
    NAME = "program" "name", "text", "required", "The name people read on batches and statements.";
    CURRENCY = "program" "currency", "ISO 4217 code", "required", "All earnings are in this currency. Fixed by the first posting.";
    TIME_ZONE = "program" "time_zone", "IANA zone", "required", "Days, months and schedules are this zone's.";
    STARTS = "program" "starts", "date", "none", "The first local day whose orders earn. Earlier ones still tell who brought a customer first.";

    ORDERS = "sources" "orders", "path", "required", "CSV or Parquet, by its ending; relative to this file; `*` and `**` allowed.";
    ORDER_LINES = "sources" "order_lines", "path", "required", "The lines of the orders.";
    REFUNDS = "sources" "refunds", "path", "required", "Refunds of lines or whole orders.";
    CLICKS = "sources" "clicks", "path", "required", "Clicks on creators' links.";
    CREATORS = "sources" "creators", "path", "required", "Creators, one row for each span of time.";
    LINKS = "sources" "links", "path", "required", "Who owns a link, and when.";
    CODES = "sources" "codes", "path", "required", "Who owns a code, and when.";
    FX = "sources" "fx", "path", "none", "Exchange rates by day, for orders in other currencies.";
    FEES = "sources" "fees", "path", "none", "Fixed amounts owed to creators.";

    WINDOW = "attribution" "window", "duration", "30d", "How old a click may be at the order: `14d`, `36h` or `45m`; a day is 24 hours.";
    MODEL = "attribution" "model", "last_click | first_click | linear", "last_click", "Which of several clicks get credit.";
    PRECEDENCE = "attribution" "precedence", "list of link, code", "[\"link\", \"code\"]", "The first kind that has a touch wins; a kind not listed does not exist.";
    CUSTOMERS = "attribution" "customers", "all | new", "all", "`new`: only a customer's first order earns.";
    CUSTOMER_LOCK = "attribution" "customer_lock", "duration", "none", "An order without a touch goes to the creator who brought the customer at most this long before. Not with customers = \"new\".";

    ROUNDING = "commission" "rounding", "half_even | half_up | down", "half_even", "How a commission becomes minor units.";
    HOLD = "commission" "hold", "duration", "30d", "How long after the order a commission stays pending.";
    CLAWBACK = "commission" "clawback", "duration", "none", "Refunds and cancellations later than this after the order are ignored.";
    MIN_ORDER = "commission" "min_order", "amount", "none", "Orders whose original net amounts sum to less earn nothing.";
    CAP_PER_ORDER = "commission" "cap_per_order", "amount", "none", "The most that one order pays.";
    CAP_PER_MONTH = "commission" "cap_per_month", "amount", "none", "The most that one creator earns in a local month.";

    RATE_CREATOR = "commission.rates" "creator", "creator_id", "none", "Selector: only this creator.";
    RATE_GROUP = "commission.rates" "group", "text", "none", "Selector: only creators of this group at the order.";
    RATE_SKU = "commission.rates" "sku", "text", "none", "Selector: only lines of this sku.";
    RATE_CATEGORY = "commission.rates" "category", "text", "none", "Selector: only lines of this category.";
    RATE_FROM = "commission.rates" "from", "date", "none", "The first local day of the order it holds.";
    RATE_UNTIL = "commission.rates" "until", "date", "none", "The first local day it no longer holds.";
    RATE_PERCENT = "commission.rates" "percent", "decimal", "none", "Pays a percentage of the base. Each rate has one of percent, per_order, tiers.";
    RATE_PER_ORDER = "commission.rates" "per_order", "amount", "none", "Pays a fixed amount for an order.";
    RATE_TIERS = "commission.rates" "tiers", "list of { from, percent }", "none", "Pays a percentage by progress; the first tier starts at 0.";
    RATE_PERIOD = "commission.rates" "period", "month | quarter | year | lifetime", "month", "With tiers: over what progress is counted.";
    RATE_METRIC = "commission.rates" "metric", "net_sales | orders", "net_sales", "With tiers: what progress is.";
    RATE_MODE = "commission.rates" "mode", "marginal | retroactive", "marginal", "With tiers: whether a tier pays for what lies beyond it, or for everything.";
    RATE_COUNTS = "commission.rates" "counts", "true | false", "true", "Whether its lines count towards tiers and bonuses. Not with tiers.";

    TIER_FROM = "commission.rates.tiers" "from", "amount or count", "required", "Where the tier starts.";
    TIER_PERCENT = "commission.rates.tiers" "percent", "decimal", "required", "What it pays.";

    BONUS_WHEN = "commission.bonuses" "when", "new_customer | net_sales", "required", "What earns the bonus.";
    BONUS_AMOUNT = "commission.bonuses" "amount", "amount", "required", "What it pays.";
    BONUS_OVER = "commission.bonuses" "over", "amount", "required for net_sales", "The progress that earns it.";
    BONUS_PERIOD = "commission.bonuses" "period", "month | quarter | year", "month", "With net_sales: over what progress is counted.";

    PAYOUT_MINIMUM = "payout" "minimum", "amount", "0", "Smaller payable balances wait, unless the creator has left.";

    LATE = "alerts" "late", "duration", "1h", "A scheduled run that is not done so long after it was due is late.";
    ORDERS_BELOW = "alerts" "orders_below", "percent, or off", "50", "A day with fewer orders than this share of the usual: the middle of the same weekday of four weeks.";
    EXCEPTIONS_ABOVE = "alerts" "exceptions_above", "percent, or off", "200", "A run with more exceptions than this share of the usual, and ten more: the middle of the seven runs before.";
    UNATTRIBUTED_RISE = "alerts" "unattributed_rise", "percentage points, or off", "20", "A day whose share of unattributed orders is so much above that of the four weeks before.";
    TOTAL_BELOW = "alerts" "total_below", "amount, or off", "0", "A run after which creators are owed less than this more; may be below zero.";
    RETAIN_FACTS = "retention" "facts", "duration", "90d", "How long `purser tidy` keeps facts and outcomes that no run used since. What the last posted reconciliation rests on always stays.";
    RETAIN_MAILS = "retention" "mails", "duration", "400d", "How long the texts of mails stay that were sent or refused. That they were, stays.";
    RETAIN_RUNS = "retention" "runs", "duration", "400d", "How long the records of runs stay. The latest of each job always does.";

    JOB_SCHEDULE = "jobs.NAME" "schedule", "cron line", "by hand", "When it runs, in the program's zone.";
    JOB_STEPS = "jobs.NAME" "steps", "list of fetch, reconcile, payout, statements", "required", "What it does, in order.";
}

/// The reference of all keys as Markdown: a table for each section.
pub fn reference() -> String {
    let mut out = String::new();
    let mut section = "";
    for key in ALL {
        if key.section != section {
            section = key.section;
            let _ = write!(
                out,
                "{}### {section}\n\n| key | takes | default | meaning |\n| --- | --- | --- | --- |\n",
                if out.is_empty() { "" } else { "\n" }
            );
        }
        let takes = key.takes.replace('|', "\\|");
        let _ = writeln!(out, "| `{}` | {takes} | {} | {} |", key.name, key.default, key.means);
    }
    out
}
