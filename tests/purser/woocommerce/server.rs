//! A store that answers as WooCommerce's REST API does, from its own truth: it filters, sorts and pages, and misbehaves when it is told to.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::sync::{Arc, Mutex, MutexGuard};

use chrono::{DateTime, NaiveDateTime, Utc};
use serde_json::{Value, json};

use crate::support::http_server::{answer_each, listen};

/// The consumer key and secret, and what a browser would make of them.
pub const KEY: &str = "ck_key_of_the_shop:cs_secret_of_the_shop";
const BASIC: &str = "Basic Y2tfa2V5X29mX3RoZV9zaG9wOmNzX3NlY3JldF9vZl90aGVfc2hvcA==";

/// How a request goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The server answers with this status, and a page for people.
    Status(u16),
    /// It answers well, with a page for people.
    Html,
    /// It breaks off in the middle of its answer.
    Cut,
    /// It gives what it gave to the question before, as a cache in front of it would.
    Duplicate,
    /// It does not say how many there are.
    NoTotal,
}

/// What the store has, and how it behaves.
pub struct Truth {
    pub orders: Vec<Value>,
    /// By order.
    pub refunds: BTreeMap<u64, Vec<Value>>,
    /// Whether it has a list of all refunds: WooCommerce 9.0 or later.
    pub lists_refunds: bool,
    pub is_key_known: bool,
    /// The server's clock.
    pub now: DateTime<Utc>,
    /// What goes wrong, by the number of the request, from 0.
    pub faults: BTreeMap<usize, Fault>,
    /// Orders that the list of changes leaves out.
    pub hidden: Vec<u64>,
    /// How many more orders it counts than it has.
    pub miscounts: i64,
    /// An order that is edited once the first page of changes was given, and the time.
    pub edit: Option<(u64, &'static str)>,
    /// How many requests came, and for what.
    pub requests: usize,
    pub asked: Vec<String>,
    last: (String, usize),
}

pub struct WooServer {
    /// Such as `http://127.0.0.1:4318/store`.
    pub url: String,
    truth: Arc<Mutex<Truth>>,
}

impl WooServer {
    pub fn new(orders: Vec<Value>) -> Self {
        let (listener, address) = listen();
        let url = format!("http://{address}/store");
        let truth = Truth {
            orders,
            refunds: BTreeMap::new(),
            lists_refunds: true,
            is_key_known: true,
            now: "2026-03-01T00:00:00Z".parse().expect("a time"),
            faults: BTreeMap::new(),
            hidden: Vec::new(),
            miscounts: 0,
            edit: None,
            requests: 0,
            asked: Vec::new(),
            last: ("[]".to_owned(), 0),
        };
        let truth = Arc::new(Mutex::new(truth));
        let shared = truth.clone();
        answer_each(listener, move |stream| serve(stream, &shared));
        Self { url, truth }
    }

    pub fn truth(&self) -> MutexGuard<'_, Truth> {
        self.truth.lock().expect("no answer panicked: something was asked that the store does not have")
    }
}

fn serve(mut stream: TcpStream, truth: &Mutex<Truth>) {
    let mut reader = BufReader::new(stream.try_clone().expect("a stream can be cloned"));
    let (mut first, mut line, mut login) = (String::new(), String::new(), String::new());
    if reader.read_line(&mut first).is_err() || first.is_empty() {
        return;
    }
    while reader.read_line(&mut line).is_ok_and(|read| read > 2) {
        if let Some((name, value)) = line.trim().split_once(':')
            && name.eq_ignore_ascii_case("authorization")
        {
            login = value.trim().to_owned();
        }
        line.clear();
    }
    let mut truth = truth.lock().expect("no answer panicked");
    let fault = truth.faults.get(&truth.requests).copied();
    truth.requests += 1;
    let target =
        first.strip_prefix("GET ").and_then(|rest| rest.split(' ').next()).expect("only reading is asked for").to_owned();
    assert!(!target.contains("ck_") && !target.contains("cs_"), "a key stands in the address");
    let html = |status: u16| {
        (status, "text/html", "<!doctype html><html>Briefly unavailable for scheduled maintenance</html>".to_owned(), None)
    };
    let (status, kind, answer, total) = if login != BASIC || !truth.is_key_known {
        (401, "application/json", r#"{"code":"woocommerce_rest_authentication_error"}"#.to_owned(), None)
    } else if let Some(Fault::Status(status)) = fault {
        html(status)
    } else if fault == Some(Fault::Html) {
        html(200)
    } else if let Some(path) = target.strip_prefix("/store/wp-json/wc/v3/") {
        match fault {
            Some(Fault::Duplicate) => {
                let (answer, total) = truth.last.clone();
                (200, "application/json", answer, Some(total))
            }
            _ => truth.answer(path, fault),
        }
    } else {
        html(404)
    };
    let date = truth.now.to_rfc2822();
    drop(truth);
    let total = total.map(|total| format!("x-wp-total: {total}\r\n")).unwrap_or_default();
    let head = format!(
        "HTTP/1.1 {status} X\r\ndate: {date}\r\ncontent-type: {kind}\r\n{total}content-length: {}\r\nconnection: close\r\n\r\n",
        answer.len()
    );
    let bytes = if fault == Some(Fault::Cut) { &answer.as_bytes()[..answer.len() / 2] } else { answer.as_bytes() };
    // Who was killed does not read on.
    let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(bytes));
}

impl Truth {
    pub fn order(&mut self, id: u64) -> &mut Value {
        self.orders.iter_mut().find(|order| order["id"] == id).expect("there is such an order")
    }

    fn answer(&mut self, path: &str, fault: Option<Fault>) -> (u16, &'static str, String, Option<usize>) {
        let (path, query) = path.split_once('?').expect("a question has terms");
        let terms: BTreeMap<&str, &str> =
            query.split('&').map(|term| term.split_once('=').expect("a term has a value")).collect();
        let mut found = match path.split('/').collect::<Vec<_>>()[..] {
            ["orders"] => self.matching(&terms),
            ["orders", id, "refunds"] => {
                self.asked.push("refunds".to_owned());
                let id: u64 = id.parse().expect("an id");
                if !self.orders.iter().any(|order| order["id"] == id) {
                    return (404, "application/json", r#"{"code":"woocommerce_rest_invalid_order_id"}"#.to_owned(), None);
                }
                let mut refunds = self.refunds.get(&id).cloned().unwrap_or_default();
                refunds.sort_by_key(|refund| refund["id"].as_u64());
                refunds
            }
            ["refunds"] if self.lists_refunds => self.all_refunds(&terms),
            _ => return (404, "application/json", r#"{"code":"rest_no_route"}"#.to_owned(), None),
        };
        let (number, size) = (value(&terms, "page", 1), value(&terms, "per_page", 10));
        assert!(size <= 100, "a page has no more than 100");
        let is_count = path == "orders" && !terms.contains_key("orderby") && !terms.contains_key("include");
        let total = usize::try_from(i64::try_from(found.len()).expect("few") + if is_count { self.miscounts } else { 0 });
        let total = total.unwrap_or_default();
        found = found.into_iter().skip((number - 1) * size).take(size).collect();
        if let Some(fields) = terms.get("_fields") {
            for order in &mut found {
                let kept = fields.split(',').map(|field| (field.to_owned(), order[field].clone()));
                *order = Value::Object(kept.collect());
            }
        }
        if terms.get("orderby") == Some(&"modified")
            && let Some((id, at)) = self.edit.take()
        {
            let order = self.order(id);
            order["date_modified_gmt"] = json!(at);
            order["line_items"][0]["total"] = json!("4.00");
        }
        let answer = Value::Array(found).to_string();
        self.last = (answer.clone(), total);
        (200, "application/json", answer, (fault != Some(Fault::NoTotal)).then_some(total))
    }

    /// All refunds after a time, each with its order.
    fn all_refunds(&mut self, terms: &BTreeMap<&str, &str>) -> Vec<Value> {
        assert_eq!((terms["orderby"], terms["order"], terms["dates_are_gmt"]), ("id", "asc", "true"));
        self.asked.push("all refunds".to_owned());
        let after = time(terms["after"]);
        let of_order = |(order, refunds): (&u64, &Vec<Value>)| {
            let refunds = refunds.iter().filter(|refund| time(refund["date_created_gmt"].as_str().expect("a time")) > after);
            refunds.map(|refund| json!({ "id": refund["id"], "parent_id": order })).collect::<Vec<_>>()
        };
        let mut refunds: Vec<Value> = self.refunds.iter().flat_map(of_order).collect();
        refunds.sort_by_key(|refund| refund["id"].as_u64());
        refunds
    }

    fn matching(&mut self, terms: &BTreeMap<&str, &str>) -> Vec<Value> {
        let by = terms.get("orderby").copied().unwrap_or("date");
        let what = terms.get("include").map_or_else(|| terms.get("orderby").copied().unwrap_or("count"), |_| "include");
        self.asked.push(format!("{} by {what}", terms["status"]));
        let is_trash = |order: &Value| order["status"] == "trash";
        let mut orders = self.orders.clone();
        orders.retain(|order| match terms["status"] {
            "any" => !is_trash(order),
            "trash" => is_trash(order),
            other => panic!("{other} is no status that is asked for"),
        });
        for (term, field, is_after) in [
            ("after", "date_created_gmt", true),
            ("before", "date_created_gmt", false),
            ("modified_after", "date_modified_gmt", true),
            ("modified_before", "date_modified_gmt", false),
        ] {
            let Some(limit) = terms.get(term) else { continue };
            assert_eq!(terms.get("dates_are_gmt"), Some(&"true"), "else they are the site's own");
            let limit = time(limit);
            orders.retain(|order| {
                let own = time(order[field].as_str().expect("a time"));
                if is_after { own > limit } else { own < limit }
            });
        }
        if let Some(ids) = terms.get("include") {
            let ids: Vec<u64> = ids.split(',').map(|id| id.parse().expect("an id")).collect();
            orders.retain(|order| order["id"].as_u64().is_some_and(|id| ids.contains(&id)));
        }
        let id = |order: &Value| order["id"].as_u64().expect("an id");
        match by {
            "id" => orders.sort_by_key(id),
            "date" => orders.sort_by_key(|order| (order["date_created_gmt"].as_str().map(str::to_owned), id(order))),
            // Nothing says in which order those of one second come, and it is another each time.
            "modified" => {
                orders.retain(|order| !self.hidden.contains(&id(order)));
                let turn = self.requests as u64;
                orders.sort_by_key(|order| {
                    (order["date_modified_gmt"].as_str().map(str::to_owned), id(order) * (7_919 + turn) % 1_009)
                });
            }
            other => panic!("{other} is nothing that orders are sorted by here"),
        }
        if terms.get("order").copied().unwrap_or("desc") == "desc" {
            orders.reverse();
        }
        for order in &mut orders {
            let refunds = self.refunds.get(&id(order)).into_iter().flatten();
            let heads = refunds.map(|refund| json!({ "id": refund["id"], "reason": "", "total": format!("-{}", refund["amount"].as_str().expect("an amount")) }));
            order["refunds"] = heads.collect();
        }
        orders
    }
}

fn value(terms: &BTreeMap<&str, &str>, name: &str, default: usize) -> usize {
    terms.get(name).map_or(default, |text| text.parse().expect("a number"))
}

/// A time as it is written without a zone; with one it would be turned into the site's own.
fn time(text: &str) -> NaiveDateTime {
    NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S").unwrap_or_else(|_| panic!("{text} is no time without a zone"))
}
