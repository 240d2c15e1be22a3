//! One message of a partner's server: the parameters that it has, what they have to say, and the signature at its end.

use std::collections::BTreeMap;

use anyhow::{Result, bail, ensure};
use ring::hmac;
use serde::{Deserialize, Serialize};

use super::super::query::decoded;
use crate::calendar::{format_time, parse_time};
use crate::error::{Forbidden, Invalid};
use crate::money::{Currency, parse_minor};
use crate::vocabulary::{hex, of_hex};

/// A parameter: its name, whether conversions have it, and whether clicks have it. `POSTBACKS.md` says what they mean.
type Parameter = (&'static str, bool, bool);

/// All parameters but the signature, which is the last.
const PARAMETERS: [Parameter; 20] = [
    ("event", true, true),
    ("transaction", true, true),
    ("time", true, true),
    ("link", true, true),
    ("creator", true, false),
    ("click", true, false),
    ("amount", true, false),
    ("currency", true, false),
    ("sku", true, false),
    ("visitor", false, true),
    ("sub_id", true, true),
    ("country", true, true),
    ("landing_page", true, true),
    ("platform", true, true),
    ("utm_source", true, true),
    ("utm_medium", true, true),
    ("utm_campaign", true, true),
    ("utm_content", true, true),
    ("utm_term", true, true),
    ("sandbox", true, true),
];

/// No value is longer (characters).
const LONGEST: usize = 200;

/// The name of the signature, which stands last.
const SIGNATURE: &str = "&signature=";

/// The fewest characters of a secret.
const SECRET: usize = 32;

/// How far a partner's clock may be ahead (microseconds).
const AHEAD: i64 = 300_000_000;

/// What was reported: the values of its parameters, and when it was received.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Postback {
    received_at: String,
    #[serde(flatten)]
    values: BTreeMap<String, String>,
}

/// The secrets that a text holds, today's first.
fn keys(secrets: &str) -> Result<Vec<hmac::Key>> {
    let secrets: Vec<&str> = secrets.split(',').collect();
    let is_short = secrets.iter().any(|secret| secret.len() < SECRET);
    ensure!(
        !is_short,
        Invalid(format!("the secret of a partner has fewer than {SECRET} characters; make one by `openssl rand -hex 32`"))
    );
    Ok(secrets.into_iter().map(|secret| hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes())).collect())
}

/// A query with its signature by the first of the secrets.
///
/// # Errors
///
/// When a secret is too short.
pub fn sign(query: &str, secrets: &str) -> Result<String> {
    let tag = hmac::sign(&keys(secrets)?[0], query.as_bytes());
    Ok(format!("{query}{SIGNATURE}{}", hex(tag.as_ref())))
}

/// What a query without its signature is, where the signature is by one of the secrets.
///
/// # Errors
///
/// `Forbidden` where it is not.
pub fn signed<'a>(query: &'a str, secrets: &str) -> Result<&'a str> {
    let keys = keys(secrets)?;
    let parts = query
        .rsplit_once(SIGNATURE)
        .and_then(|(query, signature)| Some((query, of_hex(signature).filter(|tag| tag.len() == 32)?)));
    match parts {
        Some((query, tag)) if keys.iter().any(|key| hmac::verify(key, query.as_bytes(), &tag).is_ok()) => Ok(query),
        _ => bail!(Forbidden("the signature is missing at the end, or is not that of this query".to_owned())),
    }
}

impl Postback {
    /// What a query says that came at a time (microseconds since 1970), and that reports what happened no longer than `window` before.
    ///
    /// # Errors
    ///
    /// What is wrong with it.
    pub fn parse(query: &str, now: i64, window: i64) -> Result<Self> {
        let mut values = BTreeMap::new();
        for (name, value) in query.split('&').map(|pair| pair.split_once('=').unwrap_or((pair, ""))) {
            ensure!(PARAMETERS.iter().any(|(known, ..)| *known == name), Invalid(format!("{} is no parameter", careful(name))));
            let value = decoded(value).trim().to_owned();
            let is_plain = value.chars().count() <= LONGEST && !value.chars().any(char::is_control);
            ensure!(is_plain, Invalid(format!("{name} is longer than {LONGEST} characters, or has signs that no text has")));
            let is_twice = values.insert(name.to_owned(), value).is_some();
            ensure!(!is_twice, Invalid(format!("{name} is there twice")));
        }
        values.retain(|_, value| !value.is_empty());
        let at = values.get("time").and_then(|time| seconds(time));
        if let Some(at) = at {
            let is_timely = at <= now.saturating_add(AHEAD) && at >= now.saturating_sub(window);
            ensure!(
                is_timely,
                Invalid(format!("time is {}, and it is {} here: this is too old, or ahead", format_time(at), format_time(now)))
            );
            values.insert("time".to_owned(), format_time(at));
        }
        let postback = Self { received_at: format_time(now), values };
        postback.check().map_err(Invalid)?;
        Ok(postback)
    }

    /// What a kept line says.
    pub(super) fn of_line(line: &str) -> Result<Self, String> {
        let postback: Self = serde_json::from_str(line).map_err(|error| error.to_string())?;
        postback.check()?;
        Ok(postback)
    }

    /// The line that is kept of it.
    pub(super) fn line(&self) -> Result<String> {
        Ok(serde_json::to_string(self)?)
    }

    /// All that it says but when it came.
    pub(super) fn said(&self) -> String {
        self.values.iter().map(|(name, value)| format!("{name}={value}\n")).collect()
    }

    /// The value of a parameter; empty where it has none.
    pub fn get(&self, name: &str) -> &str {
        self.values.get(name).map_or("", String::as_str)
    }

    /// When it was received, as RFC 3339.
    pub fn received_at(&self) -> &str {
        &self.received_at
    }

    /// When it happened, as RFC 3339.
    pub fn time(&self) -> String {
        self.get("time").to_owned()
    }

    /// Whether it is an order; else it is a click.
    pub fn is_conversion(&self) -> bool {
        self.get("event") != "click"
    }

    /// Whether it is a test, which becomes no fact.
    pub fn is_sandbox(&self) -> bool {
        self.get("sandbox") == "1"
    }

    fn check(&self) -> Result<(), String> {
        let is_conversion = match self.get("event") {
            "" | "conversion" => true,
            "click" => false,
            other => return Err(format!("event is {}, and neither conversion nor click", careful(other))),
        };
        for name in self.values.keys() {
            let known =
                PARAMETERS.iter().find(|(known, ..)| known == name).ok_or(format!("{} is no parameter", careful(name)))?;
            if !(if is_conversion { known.1 } else { known.2 }) {
                return Err(format!("{name} is no parameter of a {}", if is_conversion { "conversion" } else { "click" }));
            }
        }
        if !matches!(self.get("sandbox"), "" | "0" | "1") {
            return Err("sandbox is neither 0 nor 1".to_owned());
        }
        for name in ["transaction", "click"] {
            let is_plain = self.get(name).bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._:-".contains(&byte));
            if !is_plain {
                return Err(format!("{name} has other signs than letters, digits, `.`, `_`, `:` and `-`"));
            }
        }
        let missing = |name: &str| if self.get(name).is_empty() { Err(format!("{name} is missing")) } else { Ok(()) };
        missing("transaction")?;
        parse_time(self.get("time")).ok_or("time is missing, or is no number of seconds since 1970")?;
        if !is_conversion {
            return missing("link");
        }
        if ["link", "creator", "click"].iter().filter(|name| !self.get(name).is_empty()).count() != 1 {
            return Err("a conversion names one of link, creator and click".to_owned());
        }
        let currency =
            Currency::parse(self.get("currency")).map_err(|_| "currency is missing, or no ISO 4217 code such as USD")?;
        match parse_minor(self.get("amount"), currency) {
            Ok(minor) if minor >= 0 => Ok(()),
            Ok(_) => Err("amount is below zero".to_owned()),
            Err(why) => Err(format!("amount {why}")),
        }
    }
}

/// Seconds since 1970 as microseconds.
fn seconds(text: &str) -> Option<i64> {
    let is_number = text.len() <= 11 && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse::<i64>().ok().filter(|_| is_number)?.checked_mul(1_000_000)
}

/// A text that somebody sent, so that it can be shown.
fn careful(text: &str) -> String {
    format!("\"{}\"", text.chars().filter(|sign| sign.is_ascii_graphic()).take(40).collect::<String>())
}
