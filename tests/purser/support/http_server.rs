//! A server that takes whatever it is sent, and keeps it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// A request that was taken.
#[derive(Debug, Clone)]
pub struct Request {
    /// Its first line, such as `POST /path HTTP/1.1`.
    pub line: String,
    pub body: Vec<u8>,
}

/// Listens at a free port of this machine; answers the address, such as `127.0.0.1:4318`.
pub fn listen() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let address = listener.local_addr().expect("it has an address").to_string();
    (listener, address)
}

/// Answers every connection, each on a thread of its own, as long as the process lives.
pub fn answer_each(listener: TcpListener, answer: impl Fn(TcpStream) + Clone + Send + 'static) {
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let answer = answer.clone();
            std::thread::spawn(move || answer(stream));
        }
    });
}

pub struct HttpServer {
    /// Such as `http://127.0.0.1:4318`.
    pub url: String,
    taken: Arc<Mutex<Vec<Request>>>,
}

impl HttpServer {
    pub fn new() -> Self {
        let (listener, address) = listen();
        let url = format!("http://{address}");
        let taken: Arc<Mutex<Vec<Request>>> = Arc::default();
        let kept = taken.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let request = take(stream);
                kept.lock().expect("nobody panicked").push(request);
            }
        });
        Self { url, taken }
    }

    /// Every request, in the order of arrival.
    pub fn taken(&self) -> Vec<Request> {
        self.taken.lock().expect("nobody panicked").clone()
    }
}

fn take(mut stream: TcpStream) -> Request {
    let mut reader = BufReader::new(stream.try_clone().expect("a stream can be cloned"));
    let (mut first, mut length) = (String::new(), 0);
    reader.read_line(&mut first).expect("a request");
    let mut line = String::new();
    while reader.read_line(&mut line).is_ok_and(|read| read > 2) {
        if let Some(text) = line.to_lowercase().strip_prefix("content-length:") {
            length = text.trim().parse().expect("a length");
        }
        line.clear();
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).expect("the whole body");
    stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").expect("it listens");
    Request { line: first.trim().to_owned(), body }
}
