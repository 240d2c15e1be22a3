//! What an explanation consists of. Amounts are decimal text with the decimals of their currency, times are UTC in
//! RFC 3339, days are local to the program's zone. No email and no customer id is repeated.

use serde::Serialize;

/// Why an order pays what it pays, or nobody.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Explanation {
    /// The program's id.
    pub program: String,
    /// The order.
    pub order_id: String,
    /// The time looked from.
    pub as_of: String,
    /// The program's zone.
    pub time_zone: String,
    /// The program's currency.
    pub currency: &'static str,
    /// The versions of the order, by `updated_at`.
    pub versions: Vec<VersionNote>,
    /// When it was placed; none if no version is visible.
    pub ordered_at: Option<String>,
    /// The local day on which it was placed.
    pub local_day: Option<String>,
    /// Excluded, rejected, unattributed or attributed; none if no version is visible.
    pub outcome: Option<&'static str>,
    /// The reason as exported; empty if no version is visible.
    pub reason: &'static str,
    /// The reason as a sentence.
    pub because: String,
    /// How credit is found: the kinds of touch, the window, the model.
    pub attribution_rule: String,
    /// Every click and code looked at.
    pub touches: Vec<TouchNote>,
    /// Where the customer's lock was looked for; none if it was not needed.
    pub lock: Option<LockNote>,
    /// Who got credit.
    pub credits: Vec<CreditNote>,
    /// The comparison with `min_order`; none if it was not made.
    pub minimum: Option<MinimumNote>,
    /// The exchange rate; none if the order is in the program's currency.
    pub exchange: Option<ExchangeNote>,
    /// The refunds, by time.
    pub refunds: Vec<RefundNote>,
    /// The lines, by `line_id`.
    pub lines: Vec<LineNote>,
    /// What each line pays each creator, and the fixed amounts of the order (`line_id` empty).
    pub earnings: Vec<EarningNote>,
    /// The cap of the order; none if there is none or nothing was earned.
    pub order_cap: Option<OrderCapNote>,
    /// The bonuses of the order, and those of a period towards which it counts.
    pub bonuses: Vec<BonusNote>,
    /// When it becomes payable; none if it pays nobody.
    pub hold: Option<HoldNote>,
    /// The exceptions that name the order.
    pub exceptions: Vec<&'static str>,
    /// What the order pays in the end, row by row as exported.
    pub rows: Vec<RowNote>,
}

/// One version of the order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct VersionNote {
    /// When the version was made.
    pub updated_at: String,
    /// When it says the order was placed.
    pub ordered_at: String,
    /// Its status.
    pub status: String,
    /// What its lines are in.
    pub currency: &'static str,
    /// Whether it is the one that counts.
    pub counts: bool,
    /// Why, or why not.
    pub why: String,
}

/// What became of a click or code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It earned credit.
    Won,
    /// It would have, but another came first.
    Lost,
    /// Its creator may not earn on this order.
    Dropped,
    /// It is no touch of this order.
    NoTouch,
}

/// A click or code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TouchNote {
    /// `link` or `code`.
    pub kind: &'static str,
    /// The click's id, or the code as entered.
    pub touch: String,
    /// When the click was made; none for a code, which is entered with the order.
    pub at: Option<String>,
    /// The link that was clicked.
    pub link_key: Option<String>,
    /// Whose link or code it was.
    pub creator_id: Option<String>,
    /// What became of it.
    pub verdict: Verdict,
    /// Why.
    pub why: String,
}

/// The look for a customer's earlier creator.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LockNote {
    /// The customer's latest earlier order that was won by a touch.
    pub source_order_id: Option<String>,
    /// When it was placed.
    pub source_ordered_at: Option<String>,
    /// Its creators, and what became of each.
    pub creators: Vec<LockCreatorNote>,
    /// What the look came to.
    pub why: String,
}

/// A creator to whom the customer may be locked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LockCreatorNote {
    /// The creator.
    pub creator_id: String,
    /// Whether the lock gave credit.
    pub verdict: Verdict,
    /// Why.
    pub why: String,
}

/// A creator with credit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CreditNote {
    /// The creator.
    pub creator_id: String,
    /// The name people read.
    pub name: String,
    /// The group at the order.
    pub group: String,
    /// The touch as exported.
    pub touch: String,
}

/// The comparison with the least order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MinimumNote {
    /// The sum of the original net amounts, each line in program currency.
    pub sum: String,
    /// What is needed.
    pub minimum: String,
    /// Whether it is there.
    pub reached: bool,
}

/// The exchange rate of the order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ExchangeNote {
    /// The order's currency.
    pub from: &'static str,
    /// The program's.
    pub to: &'static str,
    /// Units of `to` for one of `from`; none if there is none of use.
    pub rate: Option<String>,
    /// The day the rate is dated.
    pub dated: Option<String>,
    /// What was looked for, and found.
    pub why: String,
}

/// A refund.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RefundNote {
    /// The refund.
    pub refund_id: String,
    /// When.
    pub refunded_at: String,
    /// The line; none for the whole order.
    pub line_id: Option<String>,
    /// How much was given back, in the order's currency.
    pub amount: String,
    /// How much of it was taken off, in the order's currency.
    pub taken: String,
    /// What became of it.
    pub why: String,
}

/// A line, from its net amount to what is left to earn on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LineNote {
    /// The line.
    pub line_id: String,
    /// What was sold.
    pub sku: String,
    /// Its category.
    pub category: String,
    /// The order's currency.
    pub currency: &'static str,
    /// The original net amount, in the order's currency.
    pub net_amount: String,
    /// What each refund took off it, in order.
    pub refunds: Vec<TakenNote>,
    /// What is left, in the order's currency.
    pub left: String,
    /// The same in the program's currency.
    pub base: String,
    /// The creators' parts of the base.
    pub shares: Vec<ShareNote>,
}

/// What a refund took off a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TakenNote {
    /// The refund.
    pub refund_id: String,
    /// How much, in the order's currency.
    pub taken: String,
}

/// A creator's part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ShareNote {
    /// The creator.
    pub creator_id: String,
    /// The part, in the program's currency.
    pub amount: String,
}

/// What a line (or, with an empty `line_id`, the order) pays a creator.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct EarningNote {
    /// The line; empty for the fixed amounts of the order.
    pub line_id: String,
    /// The creator.
    pub creator_id: String,
    /// The creator's part of the base.
    pub base: String,
    /// The rates that match, in the order of the file.
    pub candidates: Vec<CandidateNote>,
    /// The one that pays; empty if none matches.
    pub rule: String,
    /// What the rate pays, in words.
    pub pays: String,
    /// The place in the tiers; none if the rate has none.
    pub tiers: Option<TiersNote>,
    /// The value before rounding, exactly.
    pub exact: String,
    /// How it is rounded.
    pub rounding: &'static str,
    /// The rounded value.
    pub rounded: String,
    /// What the cap of the order left of it; none if it left all.
    pub after_order_cap: Option<String>,
    /// What the cap of the month left of it; none if there is no such cap.
    pub month_cap: Option<MonthCapNote>,
    /// What is paid in the end.
    pub commission: String,
}

/// A rate whose selectors and dates match.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CandidateNote {
    /// Its position in the file and its selectors.
    pub rule: String,
    /// Creator 8, group 4, sku 2, category 1, summed.
    pub specificity: u32,
    /// Whether it is the most specific, and the later of equals.
    pub wins: bool,
}

/// Where a line stands in the tiers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TiersNote {
    /// The period: `2026-01`, `2026-Q1`, `2026` or `lifetime`.
    pub period: String,
    /// `net_sales` or `orders`.
    pub metric: &'static str,
    /// `marginal` or `retroactive`.
    pub mode: &'static str,
    /// The creator's progress in the period before this line (of orders: before this order).
    pub before: String,
    /// The same with this line (or order).
    pub after: String,
    /// The progress of the whole period.
    pub total: String,
    /// The parts of the base, and what each pays.
    pub parts: Vec<TierPartNote>,
}

/// A part of a base that lies in one tier.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TierPartNote {
    /// Where the tier starts.
    pub from: String,
    /// How much lies in it, in the program's currency.
    pub amount: String,
    /// What it pays.
    pub percent: String,
}

/// The cap of the order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OrderCapNote {
    /// The most the order pays.
    pub cap: String,
    /// What its rows come to without it.
    pub sum: String,
    /// Whether it cuts.
    pub cuts: bool,
}

/// The cap of a creator's month.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MonthCapNote {
    /// The local month.
    pub month: String,
    /// The most a creator earns in it.
    pub cap: String,
    /// What the creator's earlier rows of the month come to.
    pub earned_before: String,
    /// Whether it cuts this row.
    pub cuts: bool,
}

/// A bonus, paid or not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BonusNote {
    /// Its position in the file and what it is for.
    pub bonus: String,
    /// The creator.
    pub creator_id: String,
    /// What it pays.
    pub amount: String,
    /// Why, or why nothing.
    pub why: String,
}

/// When the order's commissions become payable.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HoldNote {
    /// The end of the hold.
    pub until: String,
    /// `payable` or `pending`.
    pub state: &'static str,
}

/// A row as exported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RowNote {
    /// `link`, `code`, `lock` or `bonus_new_customer`.
    pub kind: &'static str,
    /// The line; empty for fixed amounts of the order.
    pub line_id: String,
    /// The creator.
    pub creator_id: String,
    /// The touch.
    pub touch: String,
    /// What it is paid on.
    pub base: String,
    /// What is paid.
    pub commission: String,
    /// `payable` or `pending`.
    pub state: &'static str,
    /// The rate or bonus.
    pub rule: String,
}
