//! Languages, and how numbers, dates and amounts are written in them (patterns of the CLDR).

use crate::money::{Currency, format_minor};
use crate::vocabulary::coded;

coded! {
    /// A language that statements are written in.
    pub enum Language {
        /// English.
        English = "en",
        /// Spanish.
        Spanish = "es",
        /// German.
        German = "de",
        /// French.
        French = "fr",
        /// Portuguese.
        Portuguese = "pt",
    }
}

/// A language, with how a region writes numbers and dates in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Locale {
    /// The language.
    pub language: Language,
    decimal: char,
    group: char,
    /// How many digits before the point have to be there before they are grouped.
    grouped_from: usize,
    /// Whether the currency stands before the amount.
    currency_first: bool,
    /// What stands between them.
    between: &'static str,
    before_percent: &'static str,
    /// Whether the month stands before the day.
    pub(super) month_first: bool,
    /// Whether a bare dollar sign is a United States dollar.
    dollars: bool,
}

impl Default for Locale {
    fn default() -> Self {
        Self::of(Language::English, "")
    }
}

/// A narrow space that does not break a line.
const NARROW: char = '\u{202f}';

/// A space that does not break a line.
const NBSP: &str = "\u{a0}";

impl Locale {
    /// The locale of a tag such as `en`, `de-CH` or `pt_BR`; none where its language is not known.
    pub fn parse(tag: &str) -> Option<Self> {
        let mut parts = tag.trim().split(['-', '_']);
        let language = Language::parse(&parts.next()?.to_ascii_lowercase())?;
        // Between them may stand a script, as in `pt-Latn-BR`.
        let region = parts.map(str::to_ascii_uppercase).find(|part| part.len() == 2).unwrap_or_default();
        Some(Self::of(language, &region))
    }

    fn of(language: Language, region: &str) -> Self {
        let english = Self {
            language,
            decimal: '.',
            group: ',',
            grouped_from: 4,
            currency_first: true,
            between: "",
            before_percent: "",
            month_first: region == "US",
            dollars: matches!(region, "" | "US"),
        };
        let currency_last = Self { decimal: ',', group: '.', currency_first: false, between: NBSP, ..english };
        let currency_first = Self { decimal: ',', group: '.', between: NBSP, ..english };
        let other = match (language, region) {
            (Language::English, _) => return english,
            (Language::Spanish, "MX" | "US" | "PR" | "GT" | "HN" | "NI" | "SV" | "DO" | "PA") => {
                Self { before_percent: NBSP, ..english }
            }
            (Language::Spanish, "" | "ES") => Self { grouped_from: 5, before_percent: NBSP, ..currency_last },
            (Language::Spanish, _) => Self { before_percent: NBSP, ..currency_first },
            (Language::German, "CH" | "LI") => Self { decimal: '.', group: '’', between: NBSP, ..english },
            (Language::German, _) => Self { before_percent: NBSP, ..currency_last },
            (Language::French, "CA") => Self { group: '\u{a0}', before_percent: NBSP, ..currency_last },
            (Language::French, _) => Self { group: NARROW, before_percent: NBSP, ..currency_last },
            (Language::Portuguese, "" | "BR") => currency_first,
            (Language::Portuguese, _) => Self { group: '\u{a0}', grouped_from: 5, ..currency_last },
        };
        // Where other dollars are at home, a bare sign could be one of them.
        Self { dollars: region == "US" || region == "PR", month_first: false, ..other }
    }

    /// Minor units as a number: `1,234.50`.
    pub fn number(self, minor: i64, exponent: u32) -> String {
        self.decimal(&format_minor(minor, exponent))
    }

    /// A plain decimal such as `-1234.5` as this locale writes it.
    pub fn decimal(self, plain: &str) -> String {
        let (sign, unsigned) = plain.strip_prefix('-').map_or(("", plain), |rest| ("-", rest));
        let (whole, fraction) = unsigned.split_once('.').map_or((unsigned, None), |(whole, rest)| (whole, Some(rest)));
        let is_grouped = whole.len() >= self.grouped_from;
        let mut text = sign.to_owned();
        for (place, digit) in whole.chars().enumerate() {
            if is_grouped && place > 0 && (whole.len() - place).is_multiple_of(3) {
                text.push(self.group);
            }
            text.push(digit);
        }
        if let Some(fraction) = fraction {
            text.push(self.decimal);
            text.push_str(fraction);
        }
        text
    }

    /// An amount with its currency: `$1,234.50`, `CHF 20.00`.
    pub fn money(self, minor: i64, currency: Currency) -> String {
        let number = self.number(minor, currency.exponent());
        self.with_currency(&number, currency)
    }

    /// A written number with a currency.
    pub fn with_currency(self, number: &str, currency: Currency) -> String {
        let (sign, unsigned) = number.strip_prefix('-').map_or(("", number), |rest| ("-", rest));
        let symbol = match currency.code() {
            "USD" if self.dollars => "$",
            "EUR" => "€",
            "GBP" => "£",
            "JPY" => "¥",
            code => code,
        };
        // A code is no sign: it never touches the digits.
        let between = if self.between.is_empty() && symbol.len() >= 3 && symbol.is_ascii() { NBSP } else { self.between };
        match self.currency_first {
            true => format!("{sign}{symbol}{between}{unsigned}"),
            false => format!("{sign}{unsigned}{between}{symbol}"),
        }
    }

    /// A plain decimal as a percentage: `12.5%`.
    pub fn percent(self, plain: &str) -> String {
        format!("{}{}%", self.decimal(plain), self.before_percent)
    }

    /// Written numbers as percentages: `12/15/18%`.
    pub fn percent_list(self, numbers: &[String]) -> String {
        format!("{}{}%", numbers.join("/"), self.before_percent)
    }
}
