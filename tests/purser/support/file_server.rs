//! A web server that gives files, and does what web servers also do: it sends on, asks for a name, breaks off.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::sync::{Arc, Mutex};

use super::http_server::{answer_each, listen};

/// What is answered at an address.
#[derive(Debug, Clone)]
pub struct Answer {
    /// Such as `200 OK`.
    pub status: &'static str,
    /// Lines of the head, without length.
    pub head: String,
    pub body: String,
    /// After so many answers that break off in the middle it is whole.
    pub broken: usize,
}

impl Answer {
    pub fn file(body: &str) -> Self {
        Self { status: "200 OK", head: "content-type: text/csv\r\n".into(), body: body.to_owned(), broken: 0 }
    }

    pub fn with(mut self, line: &str) -> Self {
        self.head += &format!("{line}\r\n");
        self
    }

    pub fn status(mut self, status: &'static str) -> Self {
        self.status = status;
        self
    }
}

#[derive(Default)]
struct State {
    answers: BTreeMap<String, Answer>,
    /// Head and body length of each request that was answered whole.
    asked: Vec<String>,
}

#[derive(Clone)]
pub struct FileServer {
    /// Such as `http://127.0.0.1:4318`.
    pub url: String,
    state: Arc<Mutex<State>>,
}

impl FileServer {
    pub fn new() -> Self {
        let (listener, address) = listen();
        let url = format!("http://{address}");
        let state: Arc<Mutex<State>> = Arc::default();
        let server = Self { url, state };
        let known = server.clone();
        // The client may have closed the connection: it has read enough.
        answer_each(listener, move |stream| drop(known.answer(stream)));
        server
    }

    /// What is answered at a path, with its query.
    pub fn put(&self, path: &str, answer: Answer) {
        self.state.lock().expect("nobody panicked").answers.insert(path.to_owned(), answer);
    }

    /// The heads of all requests so far.
    pub fn asked(&self) -> Vec<String> {
        self.state.lock().expect("nobody panicked").asked.clone()
    }

    fn answer(&self, mut stream: TcpStream) -> std::io::Result<()> {
        let mut reader = BufReader::new(stream.try_clone()?);
        let (mut head, mut line) = (String::new(), String::new());
        while reader.read_line(&mut line)? > 2 {
            head += &std::mem::take(&mut line);
        }
        let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
        let mut state = self.state.lock().expect("nobody panicked");
        state.asked.push(head);
        let missing = Answer::file("").status("404 Not Found");
        let answer = state.answers.get_mut(&path).map_or(missing, |answer| {
            let now = answer.clone();
            answer.broken = answer.broken.saturating_sub(1);
            now
        });
        drop(state);
        let Answer { status, head, body, broken } = answer;
        let sent = if broken > 0 { &body[..body.len() / 2] } else { &body };
        write!(stream, "HTTP/1.1 {status}\r\n{head}content-length: {}\r\nconnection: close\r\n\r\n{sent}", body.len())
    }
}
