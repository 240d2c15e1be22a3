//! The forms of logs: what the web server's own configuration calls its log format, JSON lines, and logs that name their fields.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::line::{any_time, common_time, cookie, end_of_quoted, present, request};
use super::visit::Visit;
use crate::program::AccessLog;
use crate::sources::query::decoded;

/// What Apache and nginx write unless they are told otherwise; further values may follow it, as `name=value`.
const COMBINED: &str = "%h %l %u %t \"%r\" %>s %b \"%{Referer}i\" \"%{User-Agent}i\"";

/// How the lines of a log are read.
pub(super) struct Form {
    /// As the configuration writes it.
    written: String,
    tokens: Vec<Token>,
    /// The fields that the log itself has named.
    fields: Option<Vec<String>>,
}

/// A piece of a format: text that stands there, or a value.
#[derive(Debug, PartialEq, Eq)]
enum Token {
    Text(String),
    Value(Part),
}

/// What a value is.
#[derive(Debug, PartialEq, Eq)]
enum Part {
    /// `29/Aug/2026:00:31:00 +0000`, maybe in brackets.
    CommonTime,
    /// Any other form of a time.
    Time,
    Request,
    Method,
    /// Path, maybe with its query.
    Target,
    Query,
    Status,
    UserAgent,
    Purpose,
    Referrer,
    Country,
    /// A cookie, a header or a variable of this name; it is the visitor where the program file says so.
    Named(String),
    Other,
}

impl Form {
    /// The form with a format as nginx (`$remote_addr …`) or Apache (`%h …`) writes it; the combined one if there is none. JSON lines and logs
    /// that name their fields are known by themselves.
    pub(super) fn of(written: Option<&str>) -> Result<Self, String> {
        let written = written.unwrap_or(COMBINED);
        let tokens = if written.contains('%') { apache(written)? } else { nginx(written) };
        let has = |wanted: &[Part]| tokens.iter().any(|token| matches!(token, Token::Value(part) if wanted.contains(part)));
        if !has(&[Part::CommonTime, Part::Time]) || !has(&[Part::Request, Part::Target]) {
            return Err(format!(
                "the log format `{written}` has no time or no request; write it as the web server's configuration does"
            ));
        }
        Ok(Self { written: written.to_owned(), tokens, fields: None })
    }

    /// What the form is called in messages.
    pub(super) fn named(&self) -> String {
        if self.written == COMBINED {
            "the combined log format, JSON lines or a log that names its fields".into()
        } else {
            format!("`{}`", self.written)
        }
    }

    /// Takes note of a line that names the fields of those after it; answers whether a line is one that is no visit.
    pub(super) fn is_header(&mut self, text: &str) -> bool {
        if let Some(names) = text.strip_prefix("#Fields:") {
            self.fields = Some(names.split_whitespace().map(str::to_owned).collect());
        }
        text.starts_with('#')
    }

    /// What a line says; none if it is in another form.
    pub(super) fn visit<'a>(&self, text: &'a str, log: &AccessLog) -> Option<Visit<'a>> {
        match &self.fields {
            Some(names) => of_fields(names, text, log),
            None if text.starts_with('{') => of_json(text, log),
            None => self.of_text(text, log),
        }
    }

    fn of_text<'a>(&self, text: &'a str, log: &AccessLog) -> Option<Visit<'a>> {
        let mut found = Found::default();
        let mut rest = text;
        for (place, token) in self.tokens.iter().enumerate() {
            match token {
                Token::Text(text) => rest = rest.strip_prefix(text.as_str())?,
                Token::Value(part) => {
                    let is_quoted = place > 0 && matches!(&self.tokens[place - 1], Token::Text(text) if text.ends_with('"'));
                    let end = match self.tokens.get(place + 1) {
                        Some(Token::Text(text)) if is_quoted && text.starts_with('"') => end_of_quoted(rest)?,
                        Some(Token::Text(text)) if *part == Part::CommonTime && !text.starts_with(']') => {
                            rest.find(']').map(|end| end + 1)?
                        }
                        Some(Token::Text(text)) => rest.find(text.as_str())?,
                        _ => rest.len(),
                    };
                    found.take(part, &rest[..end], log)?;
                    rest = &rest[end..];
                }
            }
        }
        for pair in rest.split_whitespace() {
            if let Some((name, value)) = pair.split_once('=') {
                found.take(&Part::Named(name.to_owned()), value.trim_matches('"'), log)?;
            }
        }
        found.visit()
    }
}

/// What was found of a visit so far.
#[derive(Default)]
struct Found<'a> {
    at: Option<i64>,
    method: Option<&'a str>,
    target: Option<&'a str>,
    query: &'a str,
    status: Option<u16>,
    user_agent: Option<&'a str>,
    purpose: &'a str,
    visitor: &'a str,
    referrer: &'a str,
    country: &'a str,
}

impl<'a> Found<'a> {
    /// Takes note of a value; none if it is not what stands there.
    fn take(&mut self, part: &Part, value: &'a str, log: &AccessLog) -> Option<()> {
        match part {
            Part::CommonTime => self.at = Some(common_time(value)?),
            Part::Time => self.at = Some(any_time(value)?),
            Part::Request => {
                // What came was no HTTP: the line is in form, and nothing was asked for.
                let (method, target) = request(value).unwrap_or(("", ""));
                (self.method, self.target) = (Some(method), Some(target));
            }
            Part::Method => self.method = Some(value),
            Part::Target => self.target = Some(value),
            Part::Query => self.query = present(value).trim_start_matches('?'),
            Part::Status => self.status = Some(value.parse().ok()?),
            Part::UserAgent => self.user_agent = Some(value),
            Part::Purpose => self.purpose = present(value),
            // What a log calls the visitor may be any of its values.
            Part::Named(name) if *name == log.visitor => self.visitor = present(value),
            Part::Referrer => self.referrer = present(value),
            Part::Country => self.country = present(value),
            Part::Named(_) | Part::Other => {}
        }
        Some(())
    }

    fn visit(self) -> Option<Visit<'a>> {
        let target = self.target?;
        let target = match self.query {
            query if query.is_empty() || target.contains('?') => Cow::Borrowed(target),
            query => Cow::Owned(format!("{target}?{query}")),
        };
        Some(Visit {
            at: self.at?,
            method: self.method.unwrap_or("GET").into(),
            target,
            status: self.status,
            user_agent: self.user_agent.map(Cow::Borrowed),
            purpose: self.purpose.into(),
            visitor: self.visitor.into(),
            referrer: self.referrer.into(),
            country: self.country.into(),
        })
    }
}

/// The pieces of a format of nginx: text, and variables such as `$remote_addr` or `${request}`.
fn nginx(written: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut pieces = written.split('$');
    push_text(&mut tokens, pieces.next().unwrap_or_default());
    for piece in pieces {
        let (name, text) = match piece.strip_prefix('{').and_then(|piece| piece.split_once('}')) {
            Some(parts) => parts,
            None => piece.split_at(piece.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(piece.len())),
        };
        tokens.push(Token::Value(variable(name)));
        push_text(&mut tokens, text);
    }
    tokens
}

fn variable(name: &str) -> Part {
    match name {
        "time_local" => Part::CommonTime,
        "time_iso8601" | "msec" => Part::Time,
        "request" => Part::Request,
        "request_method" => Part::Method,
        "request_uri" | "uri" => Part::Target,
        "args" | "query_string" => Part::Query,
        "status" => Part::Status,
        "http_user_agent" => Part::UserAgent,
        "http_sec_purpose" | "http_purpose" | "http_x_purpose" | "http_x_moz" => Part::Purpose,
        "http_referer" => Part::Referrer,
        "geoip_country_code" | "geoip2_data_country_code" | "http_cf_ipcountry" | "http_cloudfront_viewer_country" => {
            Part::Country
        }
        name => Part::Named(name.strip_prefix("cookie_").unwrap_or(name).to_owned()),
    }
}

/// The pieces of a format of Apache: text, and directives such as `%h`, `%>s` or `%{User-Agent}i`.
fn apache(written: &str) -> Result<Vec<Token>, String> {
    let mut tokens = Vec::new();
    let written = written.replace("\\\"", "\"");
    let mut rest = written.as_str();
    while let Some(at) = rest.find('%') {
        push_text(&mut tokens, &rest[..at]);
        // Which answers it is written for, and of which of several requests.
        rest = rest[at + 1..].trim_start_matches(['<', '>', '!']).trim_start_matches(|c: char| c.is_ascii_digit() || c == ',');
        let (name, after) = match rest.strip_prefix('{') {
            Some(named) => named.split_once('}').ok_or_else(|| format!("`{{{named}` is not closed"))?,
            None => ("", rest),
        };
        let mut letters = after.chars();
        let part = directive(letters.next().ok_or("it ends with %")?, name)?;
        rest = letters.as_str();
        // A query that follows its path without anything between them is a piece of it.
        if part != Part::Query || tokens.last() != Some(&Token::Value(Part::Target)) {
            tokens.push(Token::Value(part));
        }
    }
    push_text(&mut tokens, rest);
    Ok(tokens)
}

fn directive(letter: char, name: &str) -> Result<Part, String> {
    Ok(match (letter, name.to_ascii_lowercase().as_str()) {
        ('t', "") => Part::CommonTime,
        ('t', "sec") => Part::Time,
        ('t', _) => return Err(format!("times written as %{{{name}}}t are not known; write them as %t or %{{sec}}t")),
        ('r', _) => Part::Request,
        ('m', _) => Part::Method,
        ('U', _) => Part::Target,
        ('q', _) => Part::Query,
        ('s', _) => Part::Status,
        ('i', "user-agent") => Part::UserAgent,
        ('i', "sec-purpose" | "purpose" | "x-purpose" | "x-moz") => Part::Purpose,
        ('i', "referer") => Part::Referrer,
        ('i', "cf-ipcountry" | "cloudfront-viewer-country") | ('e', "geoip_country_code" | "mm_country_code") => Part::Country,
        ('C' | 'i' | 'e' | 'n', _) => Part::Named(name.to_owned()),
        _ => Part::Other,
    })
}

fn push_text(tokens: &mut Vec<Token>, text: &str) {
    if !text.is_empty() {
        tokens.push(Token::Text(text.to_owned()));
    }
}

/// A line of JSON, by the names under which servers write these values.
fn of_json<'a>(text: &str, log: &AccessLog) -> Option<Visit<'a>> {
    let object: Map<String, Value> = serde_json::from_str(text).ok()?;
    let first = |names: &[&str]| names.iter().find_map(|name| object.get(*name)).and_then(shown);
    let asked = first(&["request"]);
    let asked = asked.as_deref().and_then(request);
    let own = |text: &str| Some(text.to_owned());
    let target = asked.and_then(|(_, target)| own(target)).or_else(|| first(&["request_uri", "uri", "url", "path"]))?;
    let method = asked.and_then(|(method, _)| own(method)).or_else(|| first(&["request_method", "method"]));
    let query = first(&["args", "query_string", "query"]).filter(|query| !query.is_empty() && !target.contains('?'));
    let status = first(&["status", "status_code"]);
    let cookie = format!("cookie_{}", log.visitor);
    Some(Visit {
        at: any_time(&first(&["time_local", "time_iso8601", "timestamp", "@timestamp", "time", "msec", "ts"])?)?,
        method: method.unwrap_or_else(|| "GET".into()).into(),
        target: query.map_or(target.clone(), |query| format!("{target}?{}", query.trim_start_matches('?'))).into(),
        status: status.and_then(|status| status.parse().ok()),
        user_agent: first(&["http_user_agent", "user_agent", "userAgent", "agent"]).map(Cow::Owned),
        purpose: first(&["http_sec_purpose", "http_purpose", "sec_purpose", "purpose"]).unwrap_or_default().into(),
        visitor: first(&[&log.visitor, &cookie]).map(|visitor| present(&visitor).to_owned()).unwrap_or_default().into(),
        referrer: first(&["http_referer", "http_referrer", "referer", "referrer"]).unwrap_or_default().into(),
        country: first(&["country", "country_code", "geoip_country_code", "ClientCountry"]).unwrap_or_default().into(),
    })
}

/// A value of JSON as text; none for those that are none.
fn shown(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// A line of a log that named its fields: CloudFront's, or that of another server in the W3C's extended form.
fn of_fields<'a>(names: &[String], text: &str, log: &AccessLog) -> Option<Visit<'a>> {
    // CloudFront parts values by tabs, others by spaces.
    let values: Vec<&str> = if text.contains('\t') { text.split('\t').collect() } else { text.split(' ').collect() };
    if values.len() != names.len() {
        return None;
    }
    let value = |name: &str| names.iter().position(|known| known == name).map(|place| present(values[place]));
    let (stem, query) = (value("cs-uri-stem")?, value("cs-uri-query").unwrap_or_default());
    let visitor = match value(&log.visitor) {
        Some(visitor) => visitor.to_owned(),
        None => cookie(&decoded(value("cs(Cookie)").unwrap_or_default()), &log.visitor).unwrap_or_default().to_owned(),
    };
    Some(Visit {
        at: any_time(&format!("{}T{}Z", value("date")?, value("time")?))?,
        method: value("cs-method").unwrap_or("GET").to_owned().into(),
        target: format!("{stem}?{query}").into(),
        status: value("sc-status").and_then(|status| status.parse().ok()),
        user_agent: value("cs(User-Agent)").map(|agent| decoded(agent).into()),
        purpose: Cow::Borrowed(""),
        visitor: visitor.into(),
        referrer: value("cs(Referer)").unwrap_or_default().to_owned().into(),
        country: value("c-country").unwrap_or_default().to_owned().into(),
    })
}
