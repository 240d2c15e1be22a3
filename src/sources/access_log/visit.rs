//! Whether a line of a log is a click.

use std::borrow::Cow;

use super::robots::is_robot;
use crate::calendar::format_time;
use crate::program::AccessLog;
use crate::sources::click_labels::{ClickLabels, host_of};
use crate::sources::query::parameter;

/// What a line says.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Visit<'a> {
    /// Microseconds since 1970.
    pub at: i64,
    pub method: Cow<'a, str>,
    /// What was asked for: path and query, or the whole address.
    pub target: Cow<'a, str>,
    /// The answer's status; none where the log does not say.
    pub status: Option<u16>,
    /// None where the log does not say.
    pub user_agent: Option<Cow<'a, str>>,
    /// Why it was asked for, where a browser looked ahead.
    pub purpose: Cow<'a, str>,
    pub visitor: Cow<'a, str>,
    /// The address of the page that led here, and the country of the visitor, where the log has them.
    pub referrer: Cow<'a, str>,
    pub country: Cow<'a, str>,
}

/// A visit by way of a creator's link.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Click<'a> {
    pub at: String,
    pub visitor: Cow<'a, str>,
    pub link: String,
    pub sub_id: String,
    pub labels: ClickLabels,
}

/// Why a visit is no click.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum NoClick {
    /// It has a link's key, but nobody came.
    Robot,
    /// It has none, failed, or asked for no page.
    Other,
}

/// What pages are made of, by the endings of their paths.
const PARTS: [&str; 16] = [
    ".avif", ".css", ".gif", ".ico", ".jpeg", ".jpg", ".js", ".json", ".map", ".mp4", ".png", ".svg", ".webp", ".woff", ".woff2",
    ".xml",
];

/// The click that a visit is: a page that was asked for, and answered or passed on, with a link's key in its query.
pub(super) fn click<'a>(visit: &Visit<'a>, log: &AccessLog) -> Result<Click<'a>, NoClick> {
    let (path, query) = visit.target.split_once('?').ok_or(NoClick::Other)?;
    let query = query.split('#').next().unwrap_or_default();
    let link = parameter(query, &log.link).filter(|link| !link.trim().is_empty()).ok_or(NoClick::Other)?;
    let path = path.to_ascii_lowercase();
    let is_page = visit.method.eq_ignore_ascii_case("GET") && !PARTS.iter().any(|part| path.ends_with(part));
    if !is_page || visit.status.is_some_and(|status| !(200..400).contains(&status)) {
        return Err(NoClick::Other);
    }
    let purpose = visit.purpose.to_ascii_lowercase();
    let looks_ahead = ["prefetch", "prerender", "preview"].iter().any(|word| purpose.contains(word));
    if looks_ahead || visit.user_agent.as_deref().is_some_and(is_robot) {
        return Err(NoClick::Robot);
    }
    let sub_id = parameter(query, &log.sub_id).unwrap_or_default();
    Ok(Click {
        at: format_time(visit.at),
        visitor: visit.visitor.clone(),
        link: link.trim().to_owned(),
        sub_id: sub_id.trim().to_owned(),
        labels: ClickLabels {
            country: visit.country.clone().into_owned(),
            platform: host_of(&visit.referrer).to_owned(),
            ..ClickLabels::of_page(&visit.target)
        },
    })
}
