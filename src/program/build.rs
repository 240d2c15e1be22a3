//! Builds a [`Program`] from its text, section by section.

use std::collections::BTreeMap;
use std::path::Path;

use chrono::NaiveDate;
use chrono_tz::Tz;
use toml::de::DeTable;

use super::keys::{self, Key};
use super::reader::{Notebook, Section, Value, lookup, unknown_key};
use super::{
    Attribution, Bonus, Commission, Customers, Job, Limits, Metric, Micros, Mistake, Mistakes, Model, Pays, Period, Program,
    RateRule, Retention, Source, Step, Table, Tier, TierMode, Tiers, TouchKind,
};
use crate::money::{Currency, Rate, Rounding, parse_minor};

const SECTIONS: [&str; 8] = ["program", "sources", "attribution", "commission", "payout", "alerts", "retention", "jobs"];
const PERIODS: [(&str, Period); 4] =
    [("month", Period::Month), ("quarter", Period::Quarter), ("year", Period::Year), ("lifetime", Period::Lifetime)];
const STEPS: [Step; 4] = [Step::Fetch, Step::Reconcile, Step::Payout, Step::Statements];

pub(super) fn program(id: &str, text: &str, folder: &Path) -> Result<Program, Mistakes> {
    let notes = Notebook::new(text);
    let parsed = DeTable::parse(text).map_err(|error| {
        let broken = Notebook::new(text);
        broken.note(error.span().unwrap_or(0..0), format!("not TOML: {}", error.message()));
        broken.finish().expect_err("a mistake was just noted")
    })?;
    let root = parsed.get_ref();
    for key in root.keys() {
        if !SECTIONS.contains(&key.get_ref().as_ref()) {
            notes.note(key.span(), unknown_key("the file", key.get_ref(), &SECTIONS));
        }
    }
    let empty = toml::Spanned::new(0..0, toml::de::DeValue::Table(DeTable::new()));
    let section = |name: &'static str| Section::open(&notes, name, lookup(root, name).unwrap_or(&empty));

    let head = section("program");
    let name = head.as_ref().and_then(|s| s.required(&keys::NAME, not_empty));
    let currency = head.as_ref().and_then(|s| s.required(&keys::CURRENCY, |t| Currency::parse(t).map_err(|e| e.to_string())));
    let time_zone = head.as_ref().and_then(|s| s.required(&keys::TIME_ZONE, zone));
    let starts = head.as_ref().and_then(|s| s.read(&keys::STARTS, date));
    // Without a currency amounts are still checked, as if they had the most common number of decimals.
    let money = currency.unwrap_or_else(|| Currency::parse("USD").expect("USD is a currency"));
    let sources = section("sources").map(|s| sources(&s, folder));
    let attribution = section("attribution").and_then(|s| attribution(&s));
    let commission = section("commission").map(|s| commission(&notes, &s, money));
    let payout_minimum = section("payout").map(|s| s.read(&keys::PAYOUT_MINIMUM, amount(money)).unwrap_or(0));
    let alerts = section("alerts").map(|s| limits(&s, money));
    let retention = section("retention").and_then(|s| retention(&s));
    let jobs = match lookup(root, "jobs") {
        Some(value) => jobs(&notes, value),
        None => default_jobs(),
    };
    notes.finish()?;
    let complete = || {
        Some(Program {
            id: id.to_owned(),
            name: name?,
            currency: currency?,
            time_zone: time_zone?,
            starts,
            sources: sources?,
            attribution: attribution?,
            commission: commission?,
            payout_minimum: payout_minimum?,
            alerts: alerts?,
            retention: retention?,
            jobs,
            text: text.to_owned(),
            text_hash: blake3::hash(text.as_bytes()).to_hex().to_string(),
        })
    };
    complete().ok_or_else(|| Mistakes(vec![Mistake { line: 1, message: "the program is not complete".into() }]))
}

fn sources(section: &Section<'_>, folder: &Path) -> BTreeMap<Table, Source> {
    let keys = [
        (Table::Orders, &keys::ORDERS),
        (Table::OrderLines, &keys::ORDER_LINES),
        (Table::Refunds, &keys::REFUNDS),
        (Table::Clicks, &keys::CLICKS),
        (Table::Creators, &keys::CREATORS),
        (Table::Links, &keys::LINKS),
        (Table::Codes, &keys::CODES),
        (Table::Fx, &keys::FX),
        (Table::Fees, &keys::FEES),
    ];
    let mut sources = BTreeMap::new();
    for (table, key) in keys {
        if section.get(key).is_none() && !table.is_optional() {
            section.missing(key);
        }
        if let Some(written) = section.read(key, path) {
            let pattern = folder.join(&written);
            sources.insert(table, Source { written, pattern });
        }
    }
    sources
}

fn path(text: &str) -> Result<String, String> {
    match Path::new(text).extension().and_then(|e| e.to_str()) {
        Some("csv" | "parquet") => Ok(text.to_owned()),
        _ => Err("takes a path that ends in .csv or .parquet".to_owned()),
    }
}

fn attribution(section: &Section<'_>) -> Option<Attribution> {
    let day = duration("30d").ok()?;
    let models = [("last_click", Model::LastClick), ("first_click", Model::FirstClick), ("linear", Model::Linear)];
    let kinds = [("link", TouchKind::Link), ("code", TouchKind::Code)];
    let new_only = section.choice(&keys::CUSTOMERS, &[("all", false), ("new", true)]).unwrap_or(false);
    let lock = section.read(&keys::CUSTOMER_LOCK, duration);
    if let (true, Some(value)) = (new_only, section.get(&keys::CUSTOMER_LOCK)) {
        section.complain(
            value,
            &keys::CUSTOMER_LOCK,
            "cannot stand together with customers = \"new\": a new customer has nobody to be locked to",
        );
    }
    Some(Attribution {
        window: section.read(&keys::WINDOW, duration).unwrap_or(day),
        model: section.choice(&keys::MODEL, &models).unwrap_or(Model::LastClick),
        precedence: section.words(&keys::PRECEDENCE, &kinds).unwrap_or_else(|| vec![TouchKind::Link, TouchKind::Code]),
        customers: match (new_only, lock) {
            (true, _) => Customers::New,
            (false, Some(lock)) => Customers::Locked(lock),
            (false, None) => Customers::All,
        },
    })
}

fn commission<'a>(notes: &'a Notebook<'a>, section: &Section<'a>, currency: Currency) -> Commission {
    let roundings = [("half_even", Rounding::HalfEven), ("half_up", Rounding::HalfUp), ("down", Rounding::Down)];
    let amount = |key: &Key| section.read(key, amount(currency));
    let list = |name: &'static str, key: &str| -> Vec<Section<'a>> {
        let Some(value) = section.nested(key) else { return Vec::new() };
        let Some(items) = value.get_ref().as_array() else {
            notes.note(value.span(), format!("write each of `{key}` as [[{name}]]"));
            return Vec::new();
        };
        items.iter().filter_map(|item| Section::open(notes, name, item)).collect()
    };
    Commission {
        rounding: section.choice(&keys::ROUNDING, &roundings).unwrap_or_default(),
        hold: section.read(&keys::HOLD, duration).unwrap_or(30 * 86_400_000_000),
        clawback: section.read(&keys::CLAWBACK, duration),
        min_order: amount(&keys::MIN_ORDER),
        cap_per_order: amount(&keys::CAP_PER_ORDER),
        cap_per_month: amount(&keys::CAP_PER_MONTH),
        rates: list("commission.rates", "rates").iter().filter_map(|s| rate(notes, s, currency)).collect(),
        bonuses: list("commission.bonuses", "bonuses").iter().filter_map(|s| bonus(s, currency)).collect(),
    }
}

fn rate<'a>(notes: &'a Notebook<'a>, section: &Section<'a>, currency: Currency) -> Option<RateRule> {
    let from = section.read(&keys::RATE_FROM, date);
    let until = section.read(&keys::RATE_UNTIL, date);
    if let (Some(from), Some(until), Some(value)) = (from, until, section.get(&keys::RATE_UNTIL))
        && until <= from
    {
        section.complain(value, &keys::RATE_UNTIL, &format!("is not after `from` ({from}), so the rate never holds"));
    }
    let ways = [&keys::RATE_PERCENT, &keys::RATE_PER_ORDER, &keys::RATE_TIERS];
    let given = ways.iter().filter(|key| section.get(key).is_some()).count();
    if given != 1 {
        section
            .notes
            .note(section.at.clone(), format!("a rate has exactly one of percent, per_order and tiers; this one has {given}"));
        return None;
    }
    let has_tiers = section.get(&keys::RATE_TIERS).is_some();
    for key in [&keys::RATE_PERIOD, &keys::RATE_METRIC, &keys::RATE_MODE] {
        if let (Some(value), false) = (section.get(key), has_tiers) {
            section.complain(value, key, "means something only beside `tiers`");
        }
    }
    if let (Some(value), true) = (section.get(&keys::RATE_COUNTS), has_tiers) {
        section.complain(value, &keys::RATE_COUNTS, "cannot stand on a rate with tiers: its lines are what the tiers count");
    }
    let counts = section.flag(&keys::RATE_COUNTS).unwrap_or(true);
    let pays = if has_tiers {
        Pays::Tiers(tiers(notes, section, currency)?)
    } else if section.get(&keys::RATE_PERCENT).is_some() {
        Pays::Percent { percent: section.read(&keys::RATE_PERCENT, percent)?, counts }
    } else {
        Pays::PerOrder { amount: section.read(&keys::RATE_PER_ORDER, amount(currency))?, counts }
    };
    Some(RateRule {
        creator: section.read(&keys::RATE_CREATOR, not_empty),
        group: section.read(&keys::RATE_GROUP, not_empty),
        sku: section.read(&keys::RATE_SKU, not_empty),
        category: section.read(&keys::RATE_CATEGORY, not_empty),
        from,
        until,
        pays,
    })
}

fn tiers<'a>(notes: &'a Notebook<'a>, section: &Section<'a>, currency: Currency) -> Option<Tiers> {
    let metric = section
        .choice(&keys::RATE_METRIC, &[("net_sales", Metric::NetSales), ("orders", Metric::Orders)])
        .unwrap_or(Metric::NetSales);
    let modes = [("marginal", TierMode::Marginal), ("retroactive", TierMode::Retroactive)];
    let value = section.get(&keys::RATE_TIERS)?;
    let Some(items) = value.get_ref().as_array().filter(|items| !items.is_empty()) else {
        section.complain(value, &keys::RATE_TIERS, "takes a list such as [{ from = \"0\", percent = \"10\" }]");
        return None;
    };
    let mut tiers: Vec<Tier> = Vec::new();
    for item in items.iter() {
        let tier = Section::open(notes, "commission.rates.tiers", item)?;
        let from = match metric {
            Metric::NetSales => tier.required(&keys::TIER_FROM, amount(currency)),
            Metric::Orders => tier.required(&keys::TIER_FROM, count),
        };
        let percent = tier.required(&keys::TIER_PERCENT, percent);
        let (Some(from), Some(percent)) = (from, percent) else { continue };
        match tiers.last() {
            None if from != 0 => tier.complain(item, &keys::TIER_FROM, "of the first tier must be 0"),
            Some(last) if from <= last.from => tier.complain(item, &keys::TIER_FROM, "must be above that of the tier before"),
            _ => {}
        }
        tiers.push(Tier { from, percent });
    }
    Some(Tiers {
        period: section.choice(&keys::RATE_PERIOD, &PERIODS).unwrap_or(Period::Month),
        metric,
        mode: section.choice(&keys::RATE_MODE, &modes).unwrap_or(TierMode::Marginal),
        tiers,
    })
}

fn bonus(section: &Section<'_>, currency: Currency) -> Option<Bonus> {
    if section.get(&keys::BONUS_WHEN).is_none() {
        section.missing(&keys::BONUS_WHEN);
    }
    let net_sales = section.choice(&keys::BONUS_WHEN, &[("new_customer", false), ("net_sales", true)]);
    let paid = section.required(&keys::BONUS_AMOUNT, amount(currency));
    if net_sales? {
        let over = section.required(&keys::BONUS_OVER, amount(currency));
        let period = section.choice(&keys::BONUS_PERIOD, &PERIODS[..3]).unwrap_or(Period::Month);
        return Some(Bonus::NetSales { over: over?, period, amount: paid? });
    }
    for key in [&keys::BONUS_OVER, &keys::BONUS_PERIOD] {
        if let Some(value) = section.get(key) {
            section.complain(value, key, "means something only with when = \"net_sales\"");
        }
    }
    Some(Bonus::NewCustomer { amount: paid? })
}

fn limits(section: &Section<'_>, currency: Currency) -> Limits {
    let share = |key: &Key, default: i64| section.read(key, unless_off(count)).unwrap_or(Some(default));
    let signed = unless_off(move |text| parse_minor(text, currency).map_err(|e| e.to_string()));
    Limits {
        late: section.read(&keys::LATE, duration).unwrap_or(super::LATE),
        orders_below: share(&keys::ORDERS_BELOW, 50),
        exceptions_above: share(&keys::EXCEPTIONS_ABOVE, 200),
        unattributed_rise: share(&keys::UNATTRIBUTED_RISE, 20),
        total_below: section.read(&keys::TOTAL_BELOW, signed).unwrap_or(Some(0)),
    }
}

/// Reads `off` as none.
fn unless_off<T>(read: impl Fn(&str) -> Result<T, String>) -> impl Fn(&str) -> Result<Option<T>, String> {
    move |text| if text == "off" { Ok(None) } else { read(text).map(Some) }
}

fn retention(section: &Section<'_>) -> Option<Retention> {
    let long = |key: &Key, default: &str| section.read(key, duration).or(duration(default).ok());
    let (facts, mails) = (long(&keys::RETAIN_FACTS, "90d")?, long(&keys::RETAIN_MAILS, "400d")?);
    let runs = long(&keys::RETAIN_RUNS, "400d")?;
    if runs < facts
        && let Some((key, value)) =
            [&keys::RETAIN_RUNS, &keys::RETAIN_FACTS].into_iter().find_map(|key| Some((key, section.get(key)?)))
    {
        section.complain(
            value,
            key,
            "the records of runs say which facts were used lately: keep them as long as the facts, or longer",
        );
    }
    Some(Retention { facts, mails, runs })
}

fn jobs<'a>(notes: &'a Notebook<'a>, value: &'a Value<'a>) -> Vec<Job> {
    let Some(table) = value.get_ref().as_table() else {
        notes.note(value.span(), "write each job as [jobs.NAME]");
        return Vec::new();
    };
    let mut jobs = Vec::new();
    // A table comes in the order of its names; of jobs that are due at the same time, the file's order decides.
    let mut entries: Vec<_> = table.iter().collect();
    entries.sort_by_key(|(name, _)| name.span().start);
    for (name, value) in entries {
        let Some(section) = Section::open(notes, "jobs.NAME", value) else { continue };
        if section.get(&keys::JOB_STEPS).is_none() {
            section.missing(&keys::JOB_STEPS);
        }
        let steps = section.words(&keys::JOB_STEPS, &STEPS.map(|step| (step.name(), step))).unwrap_or_default();
        let schedule = section.read(&keys::JOB_SCHEDULE, cron);
        jobs.push(Job { name: name.get_ref().to_string(), schedule, steps });
    }
    jobs
}

/// The jobs of a file that declares none: every night, and on the first of the month a payout and statements.
fn default_jobs() -> Vec<Job> {
    let job = |name: &str, schedule: &str, steps: &[Step]| Job {
        name: name.to_owned(),
        schedule: Some(schedule.to_owned()),
        steps: steps.to_vec(),
    };
    vec![
        job("nightly", "0 2 * * *", &[Step::Fetch, Step::Reconcile]),
        job("payout", "0 9 1 * *", &[Step::Payout]),
        job("statements", "0 10 1 * *", &[Step::Statements]),
    ]
}

fn not_empty(text: &str) -> Result<String, String> {
    if text.trim().is_empty() { Err("must not be empty".to_owned()) } else { Ok(text.to_owned()) }
}

fn zone(text: &str) -> Result<Tz, String> {
    text.parse().map_err(|_| "is not an IANA time zone such as America/New_York or UTC".to_owned())
}

fn cron(text: &str) -> Result<String, String> {
    let fields = text.split_whitespace().count();
    if fields != 5 {
        return Err(format!(
            "has {fields} fields; a cron line has five, such as \"0 2 * * *\": minute, hour, day, month, weekday"
        ));
    }
    let cron: croner::Cron = text.parse().map_err(|e| format!("is not a cron line such as \"0 2 * * *\": {e}"))?;
    // From any day on: what comes at all comes within the years that the search looks at.
    let comes = cron.find_next_occurrence(&chrono::DateTime::UNIX_EPOCH, true);
    comes.map_err(|_| "is a day that never comes".to_owned())?;
    Ok(text.to_owned())
}

fn amount(currency: Currency) -> impl Fn(&str) -> Result<i64, String> {
    move |text| match parse_minor(text, currency) {
        Ok(minor) if minor < 0 => Err("is below zero".to_owned()),
        other => other.map_err(|e| e.to_string()),
    }
}

fn percent(text: &str) -> Result<Rate, String> {
    text.parse::<Rate>().map_err(|e| e.to_string())
}

fn count(text: &str) -> Result<i64, String> {
    text.parse::<u32>().map(i64::from).map_err(|_| "is not a whole number".to_owned())
}

fn date(text: &str) -> Result<NaiveDate, String> {
    NaiveDate::parse_from_str(text, "%Y-%m-%d").map_err(|_| "is not a date such as 2026-02-01".to_owned())
}

fn duration(text: &str) -> Result<Micros, String> {
    let wrong = || "is not a duration such as 14d, 36h or 45m".to_owned();
    let (unit_at, unit) = text.char_indices().next_back().ok_or_else(wrong)?;
    let seconds: i64 = match unit {
        'd' => 86_400,
        'h' => 3_600,
        'm' => 60,
        _ => return Err(wrong()),
    };
    let digits = &text[..unit_at];
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Err(wrong());
    }
    let count: i64 = digits.parse().map_err(|_| wrong())?;
    let micros = count.checked_mul(seconds * 1_000_000).filter(|m| *m <= 36_525 * 86_400_000_000);
    micros.ok_or_else(|| "is longer than a hundred years".to_owned())
}
