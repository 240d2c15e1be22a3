//! A server that answers as GoAffPro's API does, from its own truth: lists that go on beyond their end, things without fields where none are
//! named, and amounts that are text or numbers.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::sync::{Arc, Mutex, MutexGuard};

use serde_json::{Map, Value, json};

use crate::support::http_server::{answer_each, listen};

pub const TOKEN: &str = "gap_secret_of_the_shop";

/// How a request goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    Status(u16),
    /// It answers well, with a page for people.
    Html,
    /// It breaks off in the middle.
    Cut,
    /// Another list than was asked for.
    Other,
}

/// What the platform has, and how it behaves.
pub struct Truth {
    pub lists: BTreeMap<&'static str, Vec<Value>>,
    /// What goes wrong, by the number of the request, from 0.
    pub faults: BTreeMap<usize, Fault>,
    /// How many more it says there are than there are.
    pub miscounts: i64,
    /// A thing that is added to a list once its first page was given.
    pub late: Option<(&'static str, Value)>,
    pub requests: usize,
    pub asked: Vec<String>,
}

pub struct GoAffProServer {
    /// Such as `http://127.0.0.1:4318`.
    pub url: String,
    truth: Arc<Mutex<Truth>>,
}

impl GoAffProServer {
    pub fn new(lists: BTreeMap<&'static str, Vec<Value>>) -> Self {
        let (listener, address) = listen();
        let url = format!("http://{address}");
        let truth = Truth { lists, faults: BTreeMap::new(), miscounts: 0, late: None, requests: 0, asked: Vec::new() };
        let truth = Arc::new(Mutex::new(truth));
        let shared = truth.clone();
        answer_each(listener, move |stream| serve(stream, &shared));
        Self { url, truth }
    }

    pub fn truth(&self) -> MutexGuard<'_, Truth> {
        self.truth.lock().expect("no answer panicked")
    }
}

fn serve(mut stream: TcpStream, truth: &Mutex<Truth>) {
    let mut reader = BufReader::new(stream.try_clone().expect("a stream can be cloned"));
    let (mut first, mut line, mut token) = (String::new(), String::new(), String::new());
    if reader.read_line(&mut first).is_err() || first.is_empty() {
        return;
    }
    while reader.read_line(&mut line).is_ok_and(|read| read > 2) {
        if let Some(("x-goaffpro-access-token", value)) = line.trim().to_lowercase().split_once(": ") {
            token = value.to_owned();
        }
        line.clear();
    }
    let mut truth = truth.lock().expect("no answer panicked");
    let number = truth.requests;
    truth.requests += 1;
    let fault = truth.faults.get(&number).copied();
    let target = first.split(' ').nth(1).expect("a target").to_owned();
    let (status, answer) = match fault {
        _ if token != TOKEN => (401, "{\"error\":\"unauthorized\"}".to_owned()),
        Some(Fault::Status(status)) => (status, "Internal Server Error".to_owned()),
        Some(Fault::Html) => (200, "<html>come again</html>".to_owned()),
        Some(Fault::Other) => (200, "{\"success\":false}".to_owned()),
        _ => match truth.answer(&target) {
            Some(answer) => (200, answer.to_string()),
            None => (404, "{}".to_owned()),
        },
    };
    drop(truth);
    let head = format!("HTTP/1.1 {status} X\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", answer.len());
    let bytes = if fault == Some(Fault::Cut) { &answer.as_bytes()[..answer.len() / 2] } else { answer.as_bytes() };
    let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(bytes));
}

impl Truth {
    fn answer(&mut self, target: &str) -> Option<Value> {
        let (path, query) = target.split_once('?')?;
        let name = path.strip_prefix("/admin/")?.to_owned();
        self.asked.push(name.clone());
        let parameters: BTreeMap<&str, &str> = query.split('&').filter_map(|pair| pair.split_once('=')).collect();
        let number = |name: &str| parameters[name].parse::<usize>().expect("a number");
        let (limit, offset) = (number("limit"), number("offset"));
        assert!(limit <= 250, "no page is larger");
        let all = self.lists.get(name.as_str())?.clone();
        let fields: Vec<&str> = parameters.get("fields").map_or(Vec::new(), |fields| fields.split(',').collect());
        let shown = |thing: &Value| {
            let own = thing.as_object().expect("a thing has fields").iter();
            Value::Object(
                own.filter(|(name, _)| fields.contains(&name.as_str()))
                    .map(|(name, value)| (name.clone(), value.clone()))
                    .collect::<Map<_, _>>(),
            )
        };
        // Beyond its end it begins again.
        let start = if offset >= all.len() { 0 } else { offset };
        let page: Vec<Value> = all[start..(start + limit).min(all.len())].iter().map(shown).collect();
        let total = (i64::try_from(all.len()).expect("few") + self.miscounts).max(0);
        if let Some((list, _)) = &self.late
            && *list == name
            && limit > 1
        {
            let (list, thing) = self.late.take().expect("there is one");
            self.lists.get_mut(list).expect("there is such a list").insert(0, thing);
        }
        Some(json!({ name: page, "limit": limit, "offset": offset, "total_results": total }))
    }
}
