//! How often each outcome, kind, rule and exception occurs.

use std::collections::BTreeMap;
use std::fmt;

use purser::explain::{Explanation, Model};
use purser::program::{Metric, Pays, Period, Program, TierMode};
use purser::vocabulary::{Kind, Outcome, OutcomeReason};

/// Counts by label.
#[derive(Debug, Default)]
pub struct Tally(BTreeMap<String, usize>);

impl Tally {
    /// Counts one.
    pub fn add(&mut self, label: impl Into<String>) {
        *self.0.entry(label.into()).or_default() += 1;
    }

    /// Adds the counts of another.
    pub fn merge(&mut self, other: Self) {
        for (label, count) in other.0 {
            *self.0.entry(label).or_default() += count;
        }
    }

    /// The labels that never occurred.
    pub fn missing(&self, expected: &[String]) -> Vec<String> {
        expected.iter().filter(|label| !self.0.contains_key(*label)).cloned().collect()
    }

    /// Counts what a model holds.
    pub fn model(&mut self, program: &Program, model: &Model) {
        for order in &model.orders {
            self.add(format!("{} {}", order.outcome(), order.reason));
        }
        let reasons: BTreeMap<&str, OutcomeReason> =
            model.orders.iter().map(|order| (order.order_id.as_str(), order.reason)).collect();
        for row in &model.commissions {
            if row.kind == Kind::Lock && reasons.get(row.touch.as_str()) == Some(&OutcomeReason::BeforeStart) {
                self.add("attributed lock of an early order");
            }
            self.add(format!("kind {}", row.kind));
            self.add(if row.payable { "payable" } else { "pending" });
            if row.kind.is_commission() {
                self.add(format!("rule {}", rule_kind(program, &row.rule)));
                for selector in ["campaign", "customer new", "customer returning"].iter().filter(|s| row.rule.contains(*s)) {
                    self.add(format!("rule of {selector}"));
                }
            }
        }
        for (kind, _) in &model.exceptions {
            self.add(format!("exception {kind}"));
        }
    }

    /// Counts what an explanation tells beyond its rows.
    pub fn explanation(&mut self, explanation: &Explanation) {
        if explanation.order_cap.as_ref().is_some_and(|cap| cap.cuts) {
            self.add("cap_per_order cuts");
        }
        for earning in &explanation.earnings {
            if earning.month_cap.as_ref().is_some_and(|cap| cap.cuts) {
                self.add("cap_per_month cuts");
            }
            if earning.tiers.as_ref().is_some_and(|tiers| tiers.parts.len() > 1) {
                self.add("a line in several tiers");
            }
        }
        let reason = explanation.reason.map_or("", OutcomeReason::code);
        if let Some(manual) = &explanation.manual {
            self.add(if manual.used { "manual credit" } else { "manual credit to nobody" });
            self.add(format!("manual {} {reason}", explanation.outcome.map_or("", Outcome::code)));
        }
        if explanation.credits.len() > 1 {
            self.add(format!("shared {reason}"));
        }
        for touch in &explanation.touches {
            self.add(format!("touch {} {:?}", touch.kind, touch.verdict));
        }
        for creator in explanation.lock.iter().flat_map(|lock| &lock.creators) {
            self.add(format!("lock {:?}", creator.verdict));
        }
        if explanation.hold.as_ref().is_some_and(|hold| hold.dispute.is_some()) {
            self.add("hold of a dispute");
        }
        if explanation.credits.iter().any(|credit| !credit.campaign.is_empty()) {
            self.add(format!("campaign {reason}"));
        }
        for version in &explanation.versions {
            self.add(format!("version {}", version.why.split(':').next().unwrap_or_default()));
        }
        for refund in &explanation.refunds {
            self.add(format!("refund {}", refund.why.split(':').next().unwrap_or_default()));
        }
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|(label, count)| writeln!(f, "{count:>8} {label}"))
    }
}

fn rule_kind(program: &Program, name: &str) -> String {
    if name.starts_with("agreed rate:") {
        return "agreed".to_owned();
    }
    let position = name.strip_prefix("rate ").and_then(|rest| rest.split(':').next()?.parse::<usize>().ok());
    let Some(position) = position else { return "none".to_owned() };
    match &program.commission.rates[position - 1].pays {
        Pays::Percent { counts, .. } => format!("percent counts={counts}"),
        Pays::PerOrder { counts, .. } => format!("per_order counts={counts}"),
        Pays::Tiers(tiers) => tiers_kind(tiers.mode, tiers.metric, tiers.period),
    }
}

fn tiers_kind(mode: TierMode, metric: Metric, period: Period) -> String {
    format!("{mode:?} {metric:?} {period:?}")
}

/// Every label that random shops must reach.
pub fn expected() -> Vec<String> {
    let mut labels: Vec<String> = [
        "excluded test",
        "excluded cancelled",
        "excluded unpaid",
        "excluded before_start",
        "excluded below_minimum",
        "excluded existing_customer",
        "rejected no_lines",
        "rejected negative_amount",
        "rejected no_fx_rate",
        "unattributed self_purchase",
        "unattributed creator_inactive",
        "unattributed campaign",
        "unattributed no_touch",
        "attributed link",
        "attributed code",
        "attributed lock",
        "attributed credit",
        "attributed lock of an early order",
        "kind link",
        "kind code",
        "kind lock",
        "kind credit",
        "kind bonus_new_customer",
        "kind bonus_net_sales",
        "kind fee",
        "payable",
        "pending",
        "exception no_lines",
        "exception negative_amount",
        "exception no_fx_rate",
        "exception over_refund",
        "exception refund_without_order",
        "exception credit_without_creator",
        "exception fee_without_creator",
        "exception dispute_without_order",
        "rule none",
        "rule agreed",
        "rule of campaign",
        "rule of customer new",
        "rule of customer returning",
        "hold of a dispute",
        "campaign link",
        "campaign code",
        "rule percent counts=true",
        "rule percent counts=false",
        "rule per_order counts=true",
        "rule per_order counts=false",
        "cap_per_order cuts",
        "cap_per_month cuts",
        "a line in several tiers",
        "shared link",
        "shared lock",
        "manual credit",
        "manual credit to nobody",
        "manual attributed credit",
        "manual attributed link",
        "manual excluded below_minimum",
        "manual excluded before_start",
        "manual excluded existing_customer",
        "touch link Won",
        "touch link Lost",
        "touch link Dropped",
        "touch link NoTouch",
        "touch code Won",
        "touch code Lost",
        "touch code Dropped",
        "touch code NoTouch",
        "lock Won",
        "lock Dropped",
        "version counts",
        "version ignored",
        "version replaced by a later version",
        "version not visible",
        "refund taken off",
        "refund over_refund",
        "refund ignored",
        "refund ignored, not visible",
    ]
    .map(str::to_owned)
    .to_vec();
    for mode in [TierMode::Marginal, TierMode::Retroactive] {
        for metric in [Metric::NetSales, Metric::Orders] {
            for period in [Period::Month, Period::Quarter, Period::Year, Period::Lifetime] {
                labels.push(format!("rule {}", tiers_kind(mode, metric, period)));
            }
        }
    }
    labels
}
