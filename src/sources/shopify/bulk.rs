//! The first load of a large shop: Shopify writes all of its orders into a file, which is read as it comes.
//!
//! A bulk operation takes as long as it takes, gives a part of what it should when it fails, and is gone after a week. So it is only ever a
//! shortcut: what it gave is counted against what Shopify says that it wrote, and where that does not fit, or the operation failed, orders are read
//! page by page as always, from where that had come to.
//!
//! Refunds are a list, and lists cannot hold lines here: each refund is asked for by itself, as always. Nothing of ours is sent to the server that has the file.

use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use reqwest::{Response, Url};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::answers::Order;
use super::graphql::Api;
use crate::error::{Invalid, Transient};
use crate::program::is_this_machine;
use crate::sources::http::plain;

/// What is asked of an operation.
const QUERY: &str = include_str!("bulk.graphql");

/// The first pause before an operation is asked again how it stands, and the longest.
const PAUSE: Duration = Duration::from_millis(250);
const LONGEST: Duration = Duration::from_secs(20);

/// How often it is asked before the next run goes on waiting.
const PATIENCE: u32 = 600;

/// No line is longer (bytes).
const LINE: usize = 16 << 20;

/// A bulk operation, as a cursor remembers it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Operation {
    id: String,
    /// When it was begun, by Shopify's clock (microseconds since 1970).
    pub began: i64,
    /// How many of its orders were taken.
    pub taken: usize,
}

/// What an operation came to.
pub(super) enum Came {
    /// Its file.
    File(Box<Download>),
    /// It is of no use, for this reason.
    Nothing(String),
}

/// The file of an operation while it is read.
pub(super) struct Download {
    answer: Response,
    buffer: Vec<u8>,
    is_over: bool,
    /// An order whose lines may still come.
    open: Option<Map<String, Value>>,
    /// How many things were read, and how many there are.
    read: u64,
    there: u64,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Begun {
    bulk_operation_run_query: BegunOperation,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct BegunOperation {
    bulk_operation: Option<super::answers::Named>,
    user_errors: Vec<UserError>,
}

#[derive(Debug, Deserialize)]
struct UserError {
    message: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Standing {
    bulk_operation: Option<Stands>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Stands {
    status: String,
    error_code: Option<String>,
    /// A number, as text.
    object_count: Value,
    url: Option<String>,
}

impl Operation {
    /// Begins an operation over the orders that a search finds, with the countries of their addresses where these are shown; none where Shopify does not begin one.
    pub(super) async fn begin(api: &mut Api, search: &str, began: i64, countries: bool) -> Result<Option<Self>> {
        let is_asked = |line: &&str| !line.starts_with('#') && (countries || !line.contains("Address"));
        let query = QUERY.lines().filter(is_asked).collect::<Vec<_>>().join("\n").replace('$', search);
        let begun: Begun = api.ask("BulkBegin", &json!({ "query": query })).await?;
        let BegunOperation { bulk_operation, user_errors } = begun.bulk_operation_run_query;
        if let Some(error) = user_errors.first() {
            tracing::info!("Shopify begins no bulk operation ({}); orders are read page by page", error.message);
            return Ok(None);
        }
        Ok(bulk_operation.map(|operation| Self { id: operation.id, began, taken: 0 }))
    }

    /// Waits until it is done.
    pub(super) async fn wait(&self, api: &mut Api) -> Result<Came> {
        let mut pause = PAUSE;
        for _ in 0..PATIENCE {
            let standing: Standing = api.ask("Bulk", &json!({ "id": self.id })).await?;
            let Some(Stands { status, error_code, object_count, url }) = standing.bulk_operation else {
                return Ok(Came::Nothing("Shopify does not know it any more".to_owned()));
            };
            match (status.as_str(), url) {
                ("CREATED" | "RUNNING" | "CANCELING", _) => {
                    tracing::info!("Shopify writes its orders down: {object_count} things so far");
                    tokio::time::sleep(pause).await;
                    pause = (pause * 2).min(LONGEST);
                }
                ("COMPLETED", Some(url)) => {
                    let there = object_count.as_str().and_then(|count| count.parse().ok()).or(object_count.as_u64());
                    let there = there.with_context(|| Invalid("Shopify does not say how much it wrote".to_owned()))?;
                    return Download::open(&url, there).await;
                }
                // Without a file there was nothing to write.
                ("COMPLETED", None) => return Ok(Came::Nothing("it has no file".to_owned())),
                (status, _) => {
                    return Ok(Came::Nothing(format!(
                        "it is {status} ({})",
                        error_code.unwrap_or_else(|| "no reason".to_owned())
                    )));
                }
            }
        }
        bail!(Transient("Shopify still writes its orders down; the next run goes on waiting".to_owned()))
    }
}

impl Download {
    async fn open(url: &str, there: u64) -> Result<Came> {
        let place = Url::parse(url).ok().filter(|url| url.scheme() == "https" || url.host_str().is_some_and(is_this_machine));
        let place =
            place.with_context(|| Invalid("the file of a bulk operation lies at no address that can be used".to_owned()))?;
        let answer = plain()?.get(place).send().await.map_err(broken)?;
        if !answer.status().is_success() {
            return Ok(Came::Nothing(format!("its file is not given ({})", answer.status())));
        }
        Ok(Came::File(Box::new(Self { answer, buffer: Vec::new(), is_over: false, open: None, read: 0, there })))
    }

    /// The next order with all that belongs to it; none after the last.
    ///
    /// # Errors
    ///
    /// `Transient` when the connection breaks; else when not all came that was written, or not in order.
    pub(super) async fn next(&mut self) -> Result<Option<Order>> {
        while let Some(line) = self.line().await? {
            let mut thing: Map<String, Value> =
                serde_json::from_slice(&line).map_err(|_| Invalid("a line of the file is none".to_owned()))?;
            self.read += 1;
            match thing.remove("__parentId") {
                None => {
                    if let Some(whole) = self.open.replace(thing) {
                        return order(whole).map(Some);
                    }
                }
                Some(parent) => {
                    let open = self.open.as_mut().filter(|open| open.get("id") == Some(&parent));
                    let open = open.with_context(|| Invalid("lines stand apart from their orders".to_owned()))?;
                    let of_kind = |kind: &str| thing.get("id").and_then(Value::as_str).is_some_and(|id| id.contains(kind));
                    let list = if of_kind("/LineItem/") { "lines" } else { "visits" };
                    if let Value::Array(all) = open.entry(list).or_insert_with(|| json!([])) {
                        all.push(Value::Object(thing));
                    }
                }
            }
        }
        // The last order may lack lines, where the file lacks its end.
        let (read, there) = (self.read, self.there);
        ensure!(read == there, Invalid(format!("{read} of {there} things came")));
        self.open.take().map(order).transpose()
    }

    async fn line(&mut self) -> Result<Option<Vec<u8>>> {
        loop {
            if let Some(end) = self.buffer.iter().position(|byte| *byte == b'\n') {
                let rest = self.buffer.split_off(end + 1);
                let mut line = std::mem::replace(&mut self.buffer, rest);
                line.truncate(end);
                if !line.is_empty() {
                    return Ok(Some(line));
                }
            } else if self.is_over {
                return Ok(Some(std::mem::take(&mut self.buffer)).filter(|line| !line.is_empty()));
            } else {
                ensure!(self.buffer.len() <= LINE, Invalid("a line of the file has no end".to_owned()));
                match self.answer.chunk().await.map_err(broken)? {
                    Some(chunk) => self.buffer.extend_from_slice(&chunk),
                    None => self.is_over = true,
                }
            }
        }
    }
}

fn broken(error: reqwest::Error) -> anyhow::Error {
    Transient(format!("the file of a bulk operation broke off ({})", error.without_url())).into()
}

/// An order as any other answer has it: with lines and visits where a page of them would stand.
fn order(mut whole: Map<String, Value>) -> Result<Order> {
    let lines = whole.remove("lines").unwrap_or_else(|| json!([]));
    let visits = whole.remove("visits").unwrap_or_else(|| json!([]));
    whole.insert("lineItems".to_owned(), json!({ "pageInfo": { "hasNextPage": false, "endCursor": null }, "nodes": lines }));
    if let Some(Value::Object(journey)) = whole.get_mut("customerJourneySummary") {
        journey.insert("moments".to_owned(), json!({ "nodes": visits }));
    }
    serde_json::from_value(Value::Object(whole)).context("an order of a bulk operation has another form than Shopify's schema")
}
