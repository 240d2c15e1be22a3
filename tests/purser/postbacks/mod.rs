//! Partners' servers report clicks and conversions to `purser serve`: what becomes of them, and of those who mean no good.

mod attacks;
mod reports;
mod stops;

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::Command;
use std::time::Duration;

use crate::serve::{Clock, Server, until};
use crate::support::{Done, Shop};

const SECRET: &str = "0123456789abcdef0123456789abcdef";

/// 2026-03-01T12:00:00Z, in microseconds.
const NOON: i64 = 1_772_366_400_000_000;

/// The small shop with a partner, and the server to which the partner reports.
struct Desk {
    shop: Shop,
    clock: Clock,
    server: Option<Server>,
    port: u16,
}

impl Desk {
    fn new() -> Self {
        let desk = Self::closed();
        desk.open()
    }

    /// Nobody serves yet.
    fn closed() -> Self {
        let shop = Shop::small();
        let source =
            "[sources.partner]\nkind = \"postbacks\"\npath = \"inbox/partner.jsonl\"\nkey_env = \"PARTNER_KEY\"\n\n[attribution]";
        shop.write("shop.toml", shop.read("shop.toml").replace("[attribution]", source));
        let clock = Clock::at(shop.folder.path(), NOON);
        let port = TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).expect("a port is free").port();
        Self { shop, clock, server: None, port }
    }

    fn prepare(&self, command: &mut Command) {
        self.clock.under(command);
        command.env("PARTNER_KEY", SECRET);
    }

    fn open(mut self) -> Self {
        let address = format!("127.0.0.1:{}", self.port);
        let server = Server::start(&self.shop, "serve", |command| {
            self.prepare(command);
            command.args(["--postbacks", &address]);
        });
        self.server = Some(server);
        until("somebody takes reports", || TcpStream::connect(&address).is_ok());
        self
    }

    /// The server is killed.
    fn close(mut self) -> Self {
        drop(self.server.take());
        self
    }

    fn run(&self, arguments: &[&str]) -> Done {
        let mut command = self.shop.command(arguments);
        self.prepare(&mut command);
        command.output().expect("the binary starts").into()
    }

    #[track_caller]
    fn must(&self, arguments: &[&str]) -> String {
        let done = self.run(arguments);
        assert!(done.ok, "purser {}: {}", arguments.join(" "), done.err);
        done.out
    }

    /// The path and query of a signed report.
    #[track_caller]
    fn signed(&self, arguments: &[&str]) -> String {
        let url = self.must(&[&["postback", "url"], arguments].concat());
        url.trim().strip_prefix("http://127.0.0.1:9466").expect("it begins so").to_owned()
    }

    fn send(&self, text: &str) -> Option<u16> {
        send(self.port, text)
    }

    fn get(&self, path: &str) -> Option<u16> {
        self.send(&format!("GET {path} HTTP/1.1\r\nhost: test\r\nconnection: close\r\n\r\n"))
    }

    /// The lines that were kept.
    fn kept(&self) -> Vec<String> {
        let path = self.shop.path("inbox/partner.jsonl");
        let text = if path.exists() { std::fs::read_to_string(path).expect("it can be read") } else { String::new() };
        text.lines().map(str::to_owned).collect()
    }

    /// The transactions that were kept, in order.
    fn transactions(&self) -> Vec<String> {
        let transaction = |line: &String| {
            let line: serde_json::Value = serde_json::from_str(line).expect("a line is JSON");
            line["transaction"].as_str().expect("it has one").to_owned()
        };
        self.kept().iter().map(transaction).collect()
    }

    fn log(&self) -> String {
        self.server.as_ref().map(Server::log).unwrap_or_default()
    }
}

/// Sends bytes and reads the status of the answer; none where there is no answer.
fn send(port: u16, text: &str) -> Option<u16> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(60))).ok()?;
    // A server that refuses before it has read all may close first.
    let _ = stream.write_all(text.as_bytes());
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).split(' ').nth(1)?.parse().ok()
}
