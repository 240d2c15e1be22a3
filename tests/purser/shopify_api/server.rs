//! A shop that answers as Shopify's Admin API does, from its own truth: it reads the queries that it is sent, gives pages, counts what
//! they cost, and misbehaves when it is told to.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Instant;

use chrono::{DateTime, Duration, Utc};
use serde_json::{Value, json};

use super::graphql::Document;

use crate::support::http_server::{answer_each, listen};

/// How a request goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The server answers with this status, and a page for people.
    Status(u16),
    /// It answers well, with a page for people.
    Html,
    /// It breaks off in the middle of its answer.
    Cut,
    /// An answer in part, with the error that the rest failed inside.
    Internal,
    /// It says that it was asked too much.
    Throttled,
    /// It does not know the place in the list any more.
    Expired,
}

/// How a bulk operation goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BulkFault {
    /// Shopify begins none.
    Refused,
    /// It fails, with a part of its file.
    Failed,
    /// It is said to be complete, and its file has a part of it.
    Partial,
    /// Its file breaks off in the middle, once.
    Broken,
    /// Its file is not given.
    NoFile,
    /// Children do not follow their parents.
    Apart,
}

/// The bulk operation that was begun.
#[derive(Debug, Clone)]
struct BulkTruth {
    lines: Vec<String>,
    /// So many more times it says that it is still at work.
    late: usize,
}

/// What the shop has, and how it behaves.
pub struct Truth {
    /// How bulk operations go wrong.
    pub bulk_fault: Option<BulkFault>,
    /// How often a bulk operation says that it is still at work.
    pub bulk_late: usize,
    /// An order that is edited once the operation was begun: its name, and the time.
    pub bulk_edit: Option<(&'static str, &'static str)>,
    /// How often its file was asked for.
    pub bulk_files: usize,
    bulk: Option<BulkTruth>,
    /// Such as `http://127.0.0.1:4318`.
    url: String,
    /// As Shopify has them, with all lines, refunds and moments.
    pub orders: Vec<Value>,
    pub disputes: Vec<Value>,
    pub scopes: Vec<&'static str>,
    pub token: String,
    /// The server's clock.
    pub now: DateTime<Utc>,
    /// What goes wrong, by the number of the request, from 0.
    pub faults: BTreeMap<usize, Fault>,
    /// Orders that the list of changes leaves out, by their names.
    pub hidden: Vec<&'static str>,
    /// It shows nobody's address.
    pub hides_addresses: bool,
    /// After so many pages of changes it says that there are no more.
    pub ends_early: Option<usize>,
    /// How many more orders it counts than it has.
    pub miscounts: i64,
    /// An order that is edited once the first page was given: its name, and the time.
    pub edit: Option<(&'static str, &'static str)>,
    /// Each page of changes begins with the same order twice.
    pub repeats: bool,
    /// The bucket of points: how many it holds, and how many come back each second.
    pub bucket: (i64, i64),
    /// The largest page of orders that it gives.
    pub largest_page: u64,
    /// How many requests came.
    pub requests: usize,
    /// How many were refused as too much.
    pub throttled: usize,
    pub asked: Vec<String>,
    left: i64,
    filled_at: Instant,
}

pub struct ShopifyServer {
    /// Such as `http://127.0.0.1:4318`.
    pub url: String,
    truth: Arc<Mutex<Truth>>,
}

/// The gid of an order.
pub fn gid(kind: &str, number: impl std::fmt::Display) -> String {
    format!("gid://shopify/{kind}/{number}")
}

impl ShopifyServer {
    pub fn new(orders: Vec<Value>) -> Self {
        let (listener, address) = listen();
        let url = format!("http://{address}");
        let truth = Truth {
            bulk_fault: None,
            bulk_late: 2,
            bulk_files: 0,
            bulk_edit: None,
            bulk: None,
            url: url.clone(),
            orders,
            disputes: Vec::new(),
            scopes: vec!["read_orders", "read_all_orders", "read_customers", "read_shopify_payments_disputes"],
            token: "shpat_secret_of_the_shop".to_owned(),
            now: "2026-03-01T00:00:00Z".parse().expect("a time"),
            faults: BTreeMap::new(),
            hidden: Vec::new(),
            hides_addresses: false,
            ends_early: None,
            miscounts: 0,
            edit: None,
            repeats: false,
            bucket: (2_000, 1_000_000),
            largest_page: 250,
            requests: 0,
            throttled: 0,
            asked: Vec::new(),
            left: 2_000,
            filled_at: Instant::now(),
        };
        let truth = Arc::new(Mutex::new(truth));
        let shared = truth.clone();
        answer_each(listener, move |stream| serve(stream, &shared));
        Self { url, truth }
    }

    pub fn truth(&self) -> MutexGuard<'_, Truth> {
        self.truth.lock().expect("no answer panicked: a query asked for what the server does not have")
    }
}

fn serve(mut stream: TcpStream, truth: &Mutex<Truth>) {
    let mut reader = BufReader::new(stream.try_clone().expect("a stream can be cloned"));
    let (mut first, mut line, mut length, mut token) = (String::new(), String::new(), 0, String::new());
    if reader.read_line(&mut first).is_err() || first.is_empty() {
        return;
    }
    while reader.read_line(&mut line).is_ok_and(|read| read > 2) {
        if let Some((name, value)) = line.trim().split_once(':') {
            match name.to_lowercase().as_str() {
                "content-length" => length = value.trim().parse().expect("a length"),
                "x-shopify-access-token" => token = value.trim().to_owned(),
                _ => {}
            }
        }
        line.clear();
    }
    let mut body = vec![0; length];
    if reader.read_exact(&mut body).is_err() {
        return;
    }
    let mut truth = truth.lock().expect("no answer panicked");
    if first.starts_with("GET /bulk/") {
        assert!(token.is_empty(), "who has the file is sent no token");
        return truth.give_file(stream);
    }
    let number = truth.requests;
    truth.requests += 1;
    let fault = truth.faults.get(&number).copied();
    let date = truth.now.to_rfc2822();
    let (status, kind, answer) = if !first.starts_with("POST /admin/api/2026-10/graphql.json ") {
        (404, "text/html", "<html>no such page</html>".to_owned())
    } else if token != truth.token {
        (401, "application/json", r#"{"errors":"[API] Invalid API key or access token"}"#.to_owned())
    } else if let Some(Fault::Status(status)) = fault {
        (status, "text/html", "<html>come again</html>".to_owned())
    } else if fault == Some(Fault::Html) {
        (200, "text/html", "<!doctype html><html>Store is being upgraded</html>".to_owned())
    } else {
        let request: Value = serde_json::from_slice(&body).expect("a request is JSON");
        (200, "application/json", truth.answer(&request, fault).to_string())
    };
    drop(truth);
    let head = format!(
        "HTTP/1.1 {status} X\r\ndate: {date}\r\ncontent-type: {kind}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        answer.len()
    );
    let bytes = if fault == Some(Fault::Cut) { &answer.as_bytes()[..answer.len() / 2] } else { answer.as_bytes() };
    // Who was killed does not read on.
    let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(bytes));
}

impl Truth {
    pub fn order(&mut self, name: &str) -> &mut Value {
        self.orders.iter_mut().find(|order| order["name"] == name).expect("there is such an order")
    }

    fn answer(&mut self, request: &Value, fault: Option<Fault>) -> Value {
        let (operation, variables) = (request["operationName"].as_str().expect("an operation"), &request["variables"]);
        let document = Document::parse(request["query"].as_str().expect("a query"));
        self.asked.push(operation.to_owned());
        let cost = self.cost(operation, variables);
        let refused = |code: &str, message: &str, data: Value| {
            json!({ "data": data, "errors": [{ "message": message, "extensions": { "code": code } }],
                "extensions": { "cost": cost } })
        };
        if cost["requestedQueryCost"].as_i64() > Some(1_000)
            || (operation == "Orders" && variables["first"].as_u64() > Some(self.largest_page))
        {
            return refused(
                "MAX_COST_EXCEEDED",
                "Query cost is 1302, which exceeds the single query max cost limit 1000.",
                Value::Null,
            );
        }
        if cost["isTooMuch"] == true || fault == Some(Fault::Throttled) {
            self.throttled += 1;
            return refused("THROTTLED", "Throttled", Value::Null);
        }
        if fault == Some(Fault::Expired) && operation == "Orders" && variables["after"].is_string() {
            return refused("BAD_REQUEST", "Invalid cursor for current pagination sort.", Value::Null);
        }
        if operation == "Disputes" && !self.scopes.contains(&"read_shopify_payments_disputes") {
            return refused("ACCESS_DENIED", "Access denied for disputes field.", Value::Null);
        }
        if self.hides_addresses && variables["countries"] == true {
            let message = "This app is not approved to use the shippingAddress field.";
            let mut refusal = refused("ACCESS_DENIED", message, Value::Null);
            refusal["errors"][0]["path"] = json!(["orders", "nodes", 0, "shippingAddress"]);
            return refusal;
        }
        self.bulk(operation, variables);
        let data = document.answer(operation, variables, |field, arguments| self.root(field, arguments));
        let data = self.misbehaved(operation, data);
        if fault == Some(Fault::Internal) {
            return refused("INTERNAL_SERVER_ERROR", "Internal error. Looks like something went wrong on our end.", data);
        }
        json!({ "data": data, "extensions": { "cost": cost } })
    }

    /// What a query costs, taken from the bucket if there is enough in it.
    fn cost(&mut self, operation: &str, variables: &Value) -> Value {
        let cost = match operation {
            "Orders" => 2 + 12 * variables["first"].as_i64().expect("so many"),
            _ => 10,
        };
        let (most, rate) = self.bucket;
        let since = i64::try_from(self.filled_at.elapsed().as_micros()).expect("no long test");
        self.filled_at = Instant::now();
        self.left = (self.left + since * rate / 1_000_000).min(most);
        let is_too_much = cost > self.left;
        if !is_too_much {
            self.left -= cost;
        }
        json!({ "requestedQueryCost": cost, "actualQueryCost": cost, "isTooMuch": is_too_much, "throttleStatus": {
            "maximumAvailable": most, "currentlyAvailable": self.left, "restoreRate": rate } })
    }

    /// Begins a bulk operation, or says how it stands.
    fn bulk(&mut self, operation: &str, variables: &Value) {
        if operation == "Bulk"
            && let Some(bulk) = self.bulk.as_mut()
        {
            bulk.late = bulk.late.saturating_sub(1);
        }
        if operation == "BulkBegin" && self.bulk_fault != Some(BulkFault::Refused) {
            let text = variables["query"].as_str().expect("a query");
            let search = text.split_once("query: \"").expect("a search").1.split('"').next().unwrap_or_default().to_owned();
            let document = Document::parse(&format!("query All {text}"));
            let mut orders = self.matching(&search);
            orders.retain(|order| self.hidden.iter().all(|hidden| order["name"] != *hidden));
            let mut lines: Vec<String> = document.lines("All", &orders).iter().map(Value::to_string).collect();
            if self.bulk_fault == Some(BulkFault::Apart) {
                lines.sort();
            }
            self.bulk = Some(BulkTruth { lines, late: self.bulk_late });
            if let Some((name, at)) = self.bulk_edit.take() {
                self.order(name)["updatedAt"] = json!(at);
            }
        }
    }

    fn give_file(&mut self, mut stream: TcpStream) {
        self.bulk_files += 1;
        let mut lines = self.bulk.clone().expect("an operation was begun").lines;
        let fault = self.bulk_fault;
        if fault == Some(BulkFault::Partial) {
            lines.truncate(lines.len() / 2);
        }
        let text = lines.join("\n") + "\n";
        let status = if fault == Some(BulkFault::NoFile) { 410 } else { 200 };
        let head = format!("HTTP/1.1 {status} X\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", text.len());
        let end = if fault == Some(BulkFault::Broken) { text.len() / 2 } else { text.len() };
        if fault == Some(BulkFault::Broken) {
            self.bulk_fault = None;
        }
        let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(&text.as_bytes()[..end]));
    }

    fn root(&self, field: &str, arguments: &BTreeMap<String, Value>) -> Value {
        let of_id = |id: &Value| self.orders.iter().find(|order| order["id"] == *id).cloned().unwrap_or(Value::Null);
        match field {
            "shop" => json!({ "name": "Twin", "currencyCode": "USD" }),
            "currentAppInstallation" => {
                let scopes: Vec<Value> = self.scopes.iter().map(|scope| json!({ "handle": scope })).collect();
                json!({ "accessScopes": scopes })
            }
            "orders" => {
                let mut orders = self.matching(arguments["query"].as_str().unwrap_or_default());
                let by = match arguments["sortKey"].as_str() {
                    Some("UPDATED_AT") => "updatedAt",
                    Some("PROCESSED_AT") => "processedAt",
                    other => panic!("orders are not sorted by {other:?} here"),
                };
                orders.sort_by_key(|order| (time(&order[by]), order["id"].as_str().map(str::to_owned)));
                if arguments.get("reverse") == Some(&json!(true)) {
                    orders.reverse();
                }
                if by == "updatedAt" {
                    orders.retain(|order| self.hidden.iter().all(|hidden| order["name"] != *hidden));
                }
                Value::Array(orders)
            }
            "ordersCount" => {
                let count = self.matching(arguments["query"].as_str().unwrap_or_default()).len() as i64;
                json!({ "count": (count + self.miscounts).max(0), "precision": "EXACT" })
            }
            "bulkOperationRunQuery" => match self.bulk_fault {
                Some(BulkFault::Refused) => {
                    json!({ "bulkOperation": null, "userErrors": [{ "message": "A bulk query operation is already in progress." }] })
                }
                _ => json!({ "bulkOperation": { "id": gid("BulkOperation", 1) }, "userErrors": [] }),
            },
            "bulkOperation" => {
                let Some(BulkTruth { lines, late }) = &self.bulk else { return Value::Null };
                let url = format!("{}/bulk/1.jsonl", self.url);
                let count = lines.len().to_string();
                if *late > 0 {
                    return json!({ "status": "RUNNING", "errorCode": null, "objectCount": "17", "url": null });
                }
                match self.bulk_fault {
                    Some(BulkFault::Failed) => {
                        json!({ "status": "FAILED", "errorCode": "INTERNAL_SERVER_ERROR", "objectCount": count, "url": null })
                    }
                    _ => json!({ "status": "COMPLETED", "errorCode": null, "objectCount": count, "url": url }),
                }
            }
            "nodes" => arguments["ids"].as_array().expect("ids").iter().map(of_id).collect(),
            "order" => of_id(&arguments["id"]),
            "refund" => {
                let refunds = self.orders.iter().filter_map(|order| order["refunds"].as_array()).flatten();
                refunds.into_iter().find(|refund| refund["id"] == arguments["id"]).cloned().unwrap_or(Value::Null)
            }
            "disputes" => {
                assert!(arguments.contains_key("first"), "a connection is asked for so many");
                Value::Array(self.disputes.clone())
            }
            other => panic!("{other} is no field that is answered"),
        }
    }

    /// The orders that a search finds, and that the token may see.
    fn matching(&self, query: &str) -> Vec<Value> {
        let sixty_days = self.now - Duration::days(60);
        let is_shown = |order: &&Value| self.scopes.contains(&"read_all_orders") || time(&order["createdAt"]) >= sixty_days;
        let finds = |order: &&Value| query.split_whitespace().all(|term| is_found(order, term));
        self.orders.iter().filter(is_shown).filter(finds).cloned().collect()
    }

    /// What it says in place of the truth.
    fn misbehaved(&mut self, operation: &str, mut data: Value) -> Value {
        if operation != "Orders" {
            return data;
        }
        if let Some((name, at)) = self.edit.take() {
            let order = self.order(name);
            order["updatedAt"] = json!(at);
            order["name"] = json!(name);
            order["lineItems"][0]["sku"] = json!("EDITED");
        }
        if let Some(left) = self.ends_early.as_mut() {
            if *left == 0 {
                data["orders"]["pageInfo"]["hasNextPage"] = json!(false);
            }
            *left = left.saturating_sub(1);
        }
        if self.repeats {
            let nodes = data["orders"]["nodes"].as_array_mut().expect("nodes");
            let first = nodes.first().cloned();
            nodes.splice(0..0, first);
        }
        data
    }
}

fn time(value: &Value) -> DateTime<Utc> {
    value.as_str().expect("a time").parse().expect("a time")
}

/// Whether a search term such as `updated_at:>='2026-01-01T00:00:00Z'` holds of an order.
fn is_found(order: &Value, term: &str) -> bool {
    let (field, rest) = term.split_once(':').expect("a term has a field");
    let own = match field {
        "updated_at" => time(&order["updatedAt"]),
        "processed_at" => time(&order["processedAt"]),
        "created_at" => time(&order["createdAt"]),
        other => panic!("{other} is no field that is searched"),
    };
    let (is_least, value) = match (rest.strip_prefix(">="), rest.strip_prefix('<')) {
        (Some(value), _) => (true, value),
        (_, Some(value)) => (false, value),
        _ => panic!("{term} compares in no known way"),
    };
    let at: DateTime<Utc> = value.trim_matches('\'').parse().unwrap_or_else(|_| panic!("{term} names no time"));
    if is_least { own >= at } else { own < at }
}
