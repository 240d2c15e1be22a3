//! Builds a [`Program`] from its text: which sections there are, in what order, and what one needs of another.

use std::path::Path;

use toml::de::DeTable;

use super::alerts::Limits;
use super::attribution::Attribution;
use super::books::Chart;
use super::commission::Commission;
use super::definition::{Body, Head, Program};
use super::keys;
use super::mailing::Mailing;
use super::mistakes::{Mistake, Mistakes};
use super::payout::Payout;
use super::reader::{Keys, Notebook, Section, lookup, unknown_key};
use super::retention::Retention;
use super::{
    alerts, approvals, attribution, bonuses, books, campaigns, commission, definition, exchange_rates, jobs, mailing, payout,
    query, rails, rates, retention, source_kinds, sources,
};
use crate::money::Currency;

/// The sections, and the files that declare their keys, in the order of the reference.
const SECTIONS: [(&str, Keys); 11] = [
    ("program", &[definition::KEYS]),
    ("sources", &[sources::KEYS, source_kinds::KEYS, query::KEYS]),
    (CAMPAIGNS, CAMPAIGN_KEYS),
    ("attribution", &[attribution::KEYS]),
    ("commission", &[commission::KEYS, rates::KEYS, bonuses::KEYS]),
    ("payout", &[payout::KEYS, approvals::KEYS, exchange_rates::KEYS, rails::KEYS]),
    ("books", &[books::KEYS]),
    ("alerts", &[alerts::KEYS]),
    ("retention", &[retention::KEYS]),
    ("statements", &[mailing::KEYS]),
    ("jobs", &[jobs::KEYS]),
];

/// The section that stands any number of times.
const CAMPAIGNS: &str = "campaigns";
const CAMPAIGN_KEYS: Keys = &[campaigns::KEYS];

/// The reference of all keys as Markdown.
pub fn key_reference() -> String {
    keys::reference(SECTIONS.iter().flat_map(|(_, keys)| keys.iter().copied().flatten()))
}

pub(super) fn program(id: &str, text: &str, folder: &Path) -> Result<Program, Mistakes> {
    let notes = Notebook::new(text);
    let parsed = DeTable::parse(text).map_err(|error| {
        let broken = Notebook::new(text);
        broken.note(error.span().unwrap_or(0..0), format!("not TOML: {}", error.message()));
        broken.finish().expect_err("a mistake was just noted")
    })?;
    let root = parsed.get_ref();
    let names = SECTIONS.map(|(name, _)| name);
    for key in root.keys() {
        if !names.contains(&key.get_ref().as_ref()) {
            notes.note(key.span(), unknown_key("the file", key.get_ref(), &names));
        }
    }
    let empty = toml::Spanned::new(0..0, toml::de::DeValue::Table(DeTable::new()));
    let section = |wanted: &str| {
        let (name, keys) = SECTIONS.into_iter().find(|(name, _)| *name == wanted)?;
        Section::open(&notes, name, keys, lookup(root, name).unwrap_or(&empty))
    };

    let head = section("program").map(|s| Head::read(&s));
    // Without a currency amounts are still checked, as if they had the most common number of decimals.
    let written = head.as_ref().and_then(|head| head.currency);
    let currency = written.unwrap_or_else(|| Currency::parse("USD").expect("USD is a currency"));
    let time_zone = head.as_ref().and_then(|head| head.time_zone).unwrap_or_default();
    let (facts, payees) = section("sources").map(|s| sources::read(&s, folder, time_zone)).unzip();
    let campaigns = campaigns::read(&Section::all(&notes, CAMPAIGNS, CAMPAIGN_KEYS, lookup(root, CAMPAIGNS)));
    let attribution = section("attribution").and_then(|s| Attribution::read(&s));
    let commission = section("commission").map(|s| Commission::read(&s, currency, &campaigns));
    let payout = section("payout").map(|s| Payout::read(&s, folder, currency));
    let books = section("books").map(|s| Chart::read(&s));
    let alerts = section("alerts").map(|s| Limits::read(&s, currency));
    let retention = section("retention").and_then(|s| Retention::read(&s));
    let mailing = section("statements").map(|s| Mailing::read(&s));
    let has_answers = payout.as_ref().is_some_and(|payout| payout.answers.is_some());
    let jobs = jobs::read(&notes, lookup(root, "jobs"), has_answers);
    notes.finish()?;
    let complete = || {
        let body = Body {
            sources: facts?,
            payees: payees?,
            campaigns,
            attribution: attribution?,
            commission: commission?,
            payout: payout?,
            books: books?,
            alerts: alerts?,
            retention: retention?,
            mailing: mailing?,
            jobs,
        };
        head?.with(id, text, body)
    };
    complete().ok_or_else(|| Mistakes(vec![Mistake { line: 1, message: "the program is not complete".into() }]))
}
