//! What an explanation consists of. Amounts are decimal text with the decimals of their currency, times are UTC in
//! RFC 3339, days are local to the program's zone. No email and no customer id is repeated.

mod credit;
mod left;
mod pay;

use serde::{Serialize, Serializer};

use crate::vocabulary::{ExceptionKind, Outcome, OutcomeReason};

pub use credit::{CreditNote, LockCreatorNote, LockNote, ManualNote, TouchNote, Verdict, VersionNote};
pub use left::{ExchangeNote, LineNote, MinimumNote, RefundNote, ShareNote, TakenNote};
pub use pay::{
    BonusNote, CandidateNote, EarningNote, HoldNote, MonthCapNote, OrderCapNote, OtherRateNote, RowNote, TierPartNote, TiersNote,
};

/// Why an order pays what it pays, or nobody.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Explanation {
    /// The program's id.
    pub program: String,
    /// The order.
    pub order_id: String,
    /// What people call it, or empty: who asks fills it in, as it decides nothing.
    pub order_name: String,
    /// The as-of time.
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
    pub outcome: Option<Outcome>,
    /// The reason; none if no version is visible.
    #[serde(serialize_with = "code_or_empty")]
    pub reason: Option<OutcomeReason>,
    /// The reason as a sentence.
    pub because: String,
    /// How credit is found: the kinds of touch, the window, the model.
    pub attribution_rule: String,
    /// The manual credit; none if nobody gave the order to anybody.
    #[serde(rename = "given")]
    pub manual: Option<ManualNote>,
    /// Every click and code looked at (none if there is a manual credit); kinds by precedence, clicks by time, codes as entered.
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
    /// The exceptions that name the order or its manual credit.
    pub exceptions: Vec<ExceptionKind>,
    /// What the order pays in the end, row by row as exported.
    pub rows: Vec<RowNote>,
}

/// Orders without a visible version have an empty reason.
fn code_or_empty<S: Serializer>(reason: &Option<OutcomeReason>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(reason.map_or("", OutcomeReason::code))
}
