//! What statements say, by language. All words stand in message files (Fluent), a file for each language; numbers, dates and amounts
//! are written by [`Locale`].
//!
//! To add a language: its file here, a variant of [`Language`], how it writes numbers in `locale.rs`, and its line in [`FILES`]. A test
//! looks that each file has every message, with the same variables.

mod locale;

use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};

pub use locale::{Language, Locale};

use crate::calendar::{Month, day_of_epoch};
use crate::money::Currency;
use chrono::Datelike;

/// The message files of a language: that of statements, and those of notices, which stand in their folders.
macro_rules! messages {
    ($language:literal) => {
        concat!(
            include_str!(concat!($language, ".ftl")),
            "\n",
            include_str!(concat!("../notices/shared/", $language, ".ftl")),
            "\n",
            include_str!(concat!("../notices/invited/", $language, ".ftl")),
            "\n",
            include_str!(concat!("../notices/payout_sent/", $language, ".ftl")),
            "\n",
            include_str!(concat!("../notices/payout_failed/", $language, ".ftl")),
            "\n",
            include_str!(concat!("../notices/payout_skipped/", $language, ".ftl")),
            "\n",
            include_str!(concat!("../notices/details_changed/", $language, ".ftl")),
            "\n",
            include_str!(concat!("../notices/tier_reached/", $language, ".ftl")),
            "\n",
            include_str!(concat!("../notices/code_issued/", $language, ".ftl")),
            "\n",
            include_str!(concat!("../notices/terms_changed/", $language, ".ftl")),
            "\n",
            include_str!(concat!("../notices/dispute_opened/", $language, ".ftl")),
            "\n",
            include_str!(concat!("../notices/dispute_closed/", $language, ".ftl")),
        )
    };
}

/// The messages of each language; the first has all of them.
pub const FILES: &[(Language, &str)] = &[
    (Language::English, messages!("en")),
    (Language::Spanish, messages!("es")),
    (Language::German, messages!("de")),
    (Language::French, messages!("fr")),
    (Language::Portuguese, messages!("pt")),
];

type Bundle = FluentBundle<FluentResource>;

static BUNDLES: LazyLock<Vec<(Language, Bundle)>> =
    LazyLock::new(|| FILES.iter().map(|(language, text)| (*language, bundle(*language, text))).collect());

/// The messages of a language. That a file can be read is a matter of this program, and a test looks at each.
fn bundle(language: Language, text: &str) -> Bundle {
    let tag = language.code().parse().expect("a language has a tag");
    let mut bundle = FluentBundle::new_concurrent(vec![tag]);
    // Marks around each variable would stand in subjects and in plain text.
    bundle.set_use_isolating(false);
    let resource = FluentResource::try_new(text.to_owned()).expect("a message file can be read");
    bundle.add_resource(resource).expect("a message stands once in its file");
    bundle
}

/// The words of one reader.
#[derive(Debug, Clone, Copy)]
pub struct Words {
    /// How numbers and dates are written.
    pub locale: Locale,
}

impl Words {
    /// A message without variables.
    pub fn say(self, key: &str) -> String {
        self.tell(key, &[])
    }

    /// A message with its variables.
    pub fn tell(self, key: &str, variables: &[(&'static str, FluentValue<'_>)]) -> String {
        let of = |wanted: Language| BUNDLES.iter().find(|(language, _)| *language == wanted).map(|(_, bundle)| bundle);
        let bundles = [of(self.locale.language), of(Language::English)];
        let mut arguments = FluentArgs::new();
        for (name, value) in variables {
            arguments.set(*name, value.clone());
        }
        for bundle in bundles.into_iter().flatten() {
            if let Some(pattern) = bundle.get_message(key).and_then(|message| message.value()) {
                let mut errors = Vec::new();
                let text = bundle.format_pattern(pattern, Some(&arguments), &mut errors);
                debug_assert!(errors.is_empty(), "the message {key}: {errors:?}");
                return text.into_owned();
            }
        }
        // A test knows every key; a statement is sent all the same.
        debug_assert!(false, "there is no message {key}");
        key.to_owned()
    }

    /// `March 2026`.
    pub fn month(self, month: Month) -> String {
        let (year, number) = (month.number().div_euclid(12), month.number().rem_euclid(12) + 1);
        self.tell("month-year", &[("month", self.say(&format!("month-{number}")).into()), ("year", year.to_string().into())])
    }

    /// `Mar`.
    pub fn short_month(self, month: Month) -> String {
        self.say(&format!("month-{}-short", month.number().rem_euclid(12) + 1))
    }

    /// `11 March`.
    pub fn day(self, day: i32) -> String {
        let Some(date) = day_of_epoch(day) else { return String::new() };
        let key = if self.locale.month_first { "day-month-first" } else { "day" };
        let month = self.say(&format!("month-{}", date.month()));
        self.tell(key, &[("day", self.day_number(date.day()).into()), ("month", month.into())])
    }

    /// `11 March 2026`.
    pub fn long_day(self, day: i32) -> String {
        let Some(date) = day_of_epoch(day) else { return String::new() };
        let key = if self.locale.month_first { "day-year-month-first" } else { "day-year" };
        let month = self.say(&format!("month-{}", date.month()));
        let year = date.year().to_string();
        self.tell(key, &[("day", self.day_number(date.day()).into()), ("month", month.into()), ("year", year.into())])
    }

    /// The number of a day; the first has a form of its own in some languages.
    fn day_number(self, day: u32) -> String {
        if day == 1 { self.say("day-first") } else { day.to_string() }
    }

    /// Minor units as a number.
    pub fn number(self, minor: i64, exponent: u32) -> String {
        self.locale.number(minor, exponent)
    }

    /// An amount with its currency.
    pub fn money(self, minor: i64, currency: Currency) -> String {
        self.locale.money(minor, currency)
    }

    /// A span of minutes: `14 days`, `36 hours`, `45 minutes`.
    pub fn span(self, minutes: i64) -> String {
        let (key, count) = match minutes {
            whole if whole % 1_440 == 0 => ("days", whole / 1_440),
            whole if whole % 60 == 0 => ("hours", whole / 60),
            rest => ("minutes", rest),
        };
        self.tell(key, &[("count", count.into())])
    }
}

/// A text from outside as it stands in a sentence: without control characters, and, where it is written from right to left, kept
/// apart from what stands around it.
pub fn from_outside(text: &str) -> String {
    let plain: String = text.trim().chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let is_right_to_left = |c: char| matches!(u32::from(c), 0x590..=0x8ff | 0xfb1d..=0xfdff | 0xfe70..=0xfeff | 0x1_0800..=0x1_0fff | 0x1_e800..=0x1_efff);
    if plain.chars().any(is_right_to_left) { format!("\u{2068}{plain}\u{2069}") } else { plain }
}
