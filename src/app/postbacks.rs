//! What partners' servers report: taken, kept, and of a test what it would have earned.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context, Result, bail};

use super::environment::Environment;
use crate::adjustments::credits;
use crate::calendar::parse_time;
use crate::error::{Conflict, Invalid, NotFound};
use crate::explain::{Explanation, explain};
use crate::facts::{self, AMOUNT_DECIMALS, Bounds, Click, Line, Order, Owner, Rows, latest_manifest};
use crate::money::{Currency, parse_minor};
use crate::program::{Postbacks, Program, Source, SourceKind};
use crate::sources::{Book, Kept, Postback, postback_secrets, sandbox_of, sign, signed};

/// The books of all programs in which reports are kept.
#[derive(Debug, Default)]
pub struct PostbackBooks(Mutex<BTreeMap<PathBuf, Arc<Mutex<Book>>>>);

/// A report with a valid signature, and where it is kept.
#[derive(Debug)]
pub struct SignedPostback {
    /// What was reported.
    pub postback: Postback,
    path: PathBuf,
}

/// A test that arrived.
pub struct VerifiedPostback {
    /// The name of its source.
    pub source: String,
    /// What was reported.
    pub postback: Postback,
    /// What it would have earned; none of a click.
    pub explanation: Option<Explanation>,
}

/// The sources of a program to which partners report.
fn sources(program: &Program) -> impl Iterator<Item = (&Source, &Postbacks)> {
    program.sources.iter().filter_map(|source| match &source.kind {
        SourceKind::Postbacks(postbacks) => Some((source, postbacks)),
        _ => None,
    })
}

/// What a query reports to a source of a program at a time (microseconds since 1970).
///
/// # Errors
///
/// `NotFound` where there is no such source, `Forbidden` where its secret did not sign the query, `Invalid` where it is none that can be kept.
pub fn signed_postback(program: &Program, source: &str, query: &str, now: i64) -> Result<SignedPostback> {
    let found = sources(program).find(|(known, _)| known.name == source);
    let (source, postbacks) = found.with_context(|| NotFound("there is no such source of postbacks".to_owned()))?;
    let query = signed(query, &postback_secrets(postbacks)?)?;
    let postback = Postback::parse(query, now, postbacks.window)?;
    let path = if postback.is_sandbox() { sandbox_of(&source.pattern) } else { source.pattern.clone() };
    Ok(SignedPostback { postback, path })
}

/// Keeps a report: when this answers, it is on the disk. Of one transaction the first report stands.
///
/// # Errors
///
/// `Conflict` when something else was reported of its transaction; when the disk does not take it.
pub fn keep_postback(books: &PostbackBooks, signed: &SignedPostback) -> Result<Kept> {
    let book = {
        let mut books = books.0.lock().unwrap_or_else(PoisonError::into_inner);
        books.entry(signed.path.clone()).or_insert_with(|| Arc::new(Mutex::new(Book::new(signed.path.clone())))).clone()
    };
    // Those that wait for the disk hold up no other source.
    book.lock().unwrap_or_else(PoisonError::into_inner).keep(&signed.postback)
}

/// The path and query of a report to the source of this name, or the only one, signed.
///
/// # Errors
///
/// When there is no such source, its secret cannot be read, or it would not be taken.
pub fn postback_url(program: &Program, source: Option<&str>, values: &[(String, String)], now: i64) -> Result<String> {
    let mut found = sources(program).filter(|(known, _)| source.is_none_or(|name| known.name == name));
    let (Some((source, postbacks)), None) = (found.next(), found.next()) else {
        let names: Vec<&str> = sources(program).map(|(source, _)| source.name.as_str()).collect();
        bail!(Invalid(match names.is_empty() {
            true => format!("{} has no source of kind \"postbacks\"", program.id),
            false => format!("name one of the sources of postbacks of {}: {}", program.id, names.join(", ")),
        }))
    };
    let encoded = |text: &str| percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string();
    let pairs: Vec<String> = values.iter().map(|(name, value)| format!("{name}={}", encoded(value))).collect();
    let query = pairs.join("&");
    Postback::parse(&query, now, postbacks.window)?;
    Ok(format!("/postbacks/{}/{}?{}", program.id, source.name, sign(&query, &postback_secrets(postbacks)?)?))
}

/// A test by its transaction, and what it would have earned as of a time, with the facts that were fetched last.
///
/// # Errors
///
/// `NotFound` where none arrived; when facts cannot be read.
pub async fn verify_postback(at: &Environment, program: &Program, transaction: &str, as_of: i64) -> Result<VerifiedPostback> {
    let mut arrived = Vec::new();
    for (source, _) in sources(program) {
        if let Some(postback) = Book::find(&sandbox_of(&source.pattern), transaction)? {
            arrived.push((source.name.clone(), postback));
        }
    }
    let Some((source, postback)) = arrived.pop() else { return Err(missing(program, transaction)?) };
    if !arrived.is_empty() {
        bail!(Conflict(format!("several sources of {} have a test {transaction}", program.id)));
    }
    if !postback.is_conversion() {
        return Ok(VerifiedPostback { source, postback, explanation: None });
    }
    let manifest = latest_manifest(&at.store, &program.id).await?.with_context(|| {
        NotFound(format!(
            "it arrived at {}; what it would earn is known once facts are fetched: `purser run nightly`",
            postback.received_at()
        ))
    })?;
    let mut rows = facts::load(program, &manifest, &at.data, &Bounds::NONE)?.rows()?;
    let order_id = add(&mut rows, &source, &postback)?;
    let credits = credits(&at.store, &program.id, as_of).await?;
    let explanation = explain(program, &rows, &credits, as_of, &order_id)?;
    Ok(VerifiedPostback { source, postback, explanation: Some(explanation) })
}

/// That no test has arrived; a report that is no test is no test.
fn missing(program: &Program, transaction: &str) -> Result<anyhow::Error> {
    for (source, _) in sources(program) {
        if let Some(real) = Book::find(&source.pattern, transaction)? {
            return Ok(Conflict(format!(
                "{transaction} arrived at {} at {}, and is no test: it counts from the next fetch on; see `purser explain {transaction}`",
                source.name,
                real.received_at()
            ))
            .into());
        }
    }
    Ok(NotFound(format!("no test {transaction} has arrived for {}; its query needs sandbox=1, and has to be signed", program.id))
        .into())
}

/// Adds the rows that a conversion would make; answers the order's id.
fn add(rows: &mut Rows, source: &str, postback: &Postback) -> Result<String> {
    let (order_id, click_id) = (postback.order_id(source), postback.click_id(source));
    let time = parse_time(&postback.time()).context("a kept report has a time")?;
    let currency = Currency::parse(postback.get("currency"))?;
    let order = rows.orders.iter().map(|order| order.order + 1).max().unwrap_or_default();
    rows.orders.push(Order {
        order,
        order_id: order_id.clone(),
        ordered_at: time,
        updated_at: time,
        status: "paid".to_owned(),
        currency,
        customer: None,
        email: None,
        visitor_id: None,
        click_id: Some(click_id.clone()),
        codes: None,
    });
    let minor = parse_minor(postback.get("amount"), currency)?;
    let net_amount = minor.checked_mul(10i64.pow(AMOUNT_DECIMALS - currency.exponent())).context("the amount is too large")?;
    let (line_id, sku, category) = ("1".to_owned(), postback.get("sku").to_owned(), String::new());
    rows.lines.push(Line { order, line_id, sku, category, net_amount });
    if postback.get("click").is_empty() {
        rows.clicks.push(Click { click_id, clicked_at: time, visitor_id: None, link_key: postback.link_key() });
    }
    let (key, creator) = (postback.link_key(), postback.get("creator"));
    if !creator.is_empty() && !rows.links.iter().any(|link| link.key == key) {
        let owner =
            Owner { key, creator_id: creator.to_owned(), active_from: i64::MIN, active_to: i64::MAX, campaign: String::new() };
        rows.links.push(owner);
    }
    Ok(order_id)
}
