//! Taking a line apart: times as servers write them, values in quotes, cookies.

use chrono::{DateTime, NaiveDate};

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// A time as Apache and nginx write it, `29/Aug/2026:00:31:00 +0000`: microseconds since 1970.
pub(super) fn common_time(text: &str) -> Option<i64> {
    let (local, offset) = text.trim_matches(['[', ']']).split_once(' ')?;
    let (date, clock) = local.split_once(':')?;
    let mut date = date.split('/');
    let day: u32 = date.next()?.parse().ok()?;
    let month = date.next()?;
    let month = MONTHS.iter().position(|known| *known == month)? as u32 + 1;
    let year: i32 = date.next()?.parse().ok()?;
    let mut clock = clock.split(':').map(|part| part.parse::<u32>().ok());
    let time = NaiveDate::from_ymd_opt(year, month, day)?.and_hms_opt(clock.next()??, clock.next()??, clock.next()??)?;
    Some((time.and_utc().timestamp() - offset_seconds(offset)?) * 1_000_000)
}

/// `+0530` in seconds.
fn offset_seconds(text: &str) -> Option<i64> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, text.strip_prefix('+')?),
    };
    if digits.len() != 4 || !digits.is_ascii() {
        return None;
    }
    let (hours, minutes): (i64, i64) = (digits[..2].parse().ok()?, digits[2..].parse().ok()?);
    Some(sign * (hours * 3600 + minutes * 60))
}

/// A time in any of the ways that logs write it: as Apache does, as ISO 8601 with an offset, or in seconds since 1970.
pub(super) fn any_time(text: &str) -> Option<i64> {
    common_time(text)
        .or_else(|| DateTime::parse_from_rfc3339(text).ok().map(|time| time.timestamp_micros()))
        .or_else(|| seconds(text))
}

/// Seconds since 1970, with or without a fraction, exactly.
fn seconds(text: &str) -> Option<i64> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || whole.len() > 11 || !is_number(whole) || !is_number(fraction) {
        return None;
    }
    let micros: i64 = format!("{:0<6}", fraction.get(..fraction.len().min(6))?).parse().ok()?;
    whole.parse::<i64>().ok()?.checked_mul(1_000_000)?.checked_add(micros)
}

/// What was asked for, `GET /a?ref=b HTTP/2.0`: method and target.
pub(super) fn request(text: &str) -> Option<(&str, &str)> {
    let (method, rest) = text.split_once(' ')?;
    let target = rest.rsplit_once(" HTTP/").map_or(rest, |(target, _)| target);
    (!target.is_empty()).then_some((method, target))
}

/// The end of a value that a quote ends, as Apache and nginx escape those within it.
pub(super) fn end_of_quoted(text: &str) -> Option<usize> {
    let mut is_escaped = false;
    text.bytes().position(|byte| {
        let ends = byte == b'"' && !is_escaped;
        is_escaped = byte == b'\\' && !is_escaped;
        ends
    })
}

/// A value, none where the server wrote that there is none.
pub(super) fn present(text: &str) -> &str {
    if text == "-" { "" } else { text }
}

/// The cookie of a name among all that were sent, `a=1; b=2`.
pub(super) fn cookie<'a>(cookies: &'a str, name: &str) -> Option<&'a str> {
    cookies.split(';').find_map(|pair| pair.trim().strip_prefix(name)?.strip_prefix('='))
}
