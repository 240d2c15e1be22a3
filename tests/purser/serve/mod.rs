//! `purser serve`: the real binary, under a clock that the tests set.

mod alerts;
mod fleet;
mod mail;
mod month;
mod stop;
mod waits;

use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use chrono::DateTime;

use crate::support::Shop;

/// How long something may take that should happen soon.
const SOON: Duration = Duration::from_secs(300);

/// A clock that stands still until it is set: libfaketime puts it under the processes that are given it.
pub struct Clock {
    file: PathBuf,
}

impl Clock {
    pub fn at(folder: &Path, now: i64) -> Self {
        let clock = Self { file: folder.join("clock") };
        clock.set(now);
        clock
    }

    /// Sets it (microseconds since 1970).
    pub fn set(&self, now: i64) {
        let time = DateTime::from_timestamp_micros(now).expect("a time").format("%Y-%m-%d %H:%M:%S");
        let next = self.file.with_extension("next");
        fs::write(&next, format!("{time}\n")).and_then(|()| fs::rename(&next, &self.file)).expect("the clock can be set");
    }

    /// Gives it to a command.
    pub fn under(&self, command: &mut Command) {
        command.env("LD_PRELOAD", library()).env("FAKETIME_TIMESTAMP_FILE", &self.file).env("FAKETIME_NO_CACHE", "1");
        command.env("FAKETIME_DONT_FAKE_MONOTONIC", "1").env("NO_FAKE_STAT", "1").env("TZ", "UTC");
    }
}

/// Where Debian's package puts it: in a folder named after the machine.
fn library() -> PathBuf {
    let folders = fs::read_dir("/usr/lib").expect("there is such a folder").flatten();
    let found = folders.map(|folder| folder.path().join("faketime/libfaketimeMT.so.1")).find(|path| path.exists());
    found.expect("libfaketime is there: start the tests with tests/run")
}

/// A server that is running.
pub struct Server {
    child: Child,
    port: u16,
    log: PathBuf,
}

impl Server {
    /// Starts `purser serve` on a shop.
    pub fn start(shop: &Shop, name: &str, prepare: impl FnOnce(&mut Command)) -> Self {
        Self::start_with_pages(shop, name, "off", prepare)
    }

    /// The same, with pages at an address.
    pub fn start_with_pages(shop: &Shop, name: &str, pages: &str, prepare: impl FnOnce(&mut Command)) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).expect("a port is free").port();
        let log = shop.path(&format!("{name}.log"));
        let file = fs::OpenOptions::new().create(true).append(true).open(&log).expect("the log can be written");
        let mut command = shop.command(&["serve", "--listen", &format!("127.0.0.1:{port}"), "--pages", pages]);
        prepare(&mut command);
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(file).spawn().expect("the server starts");
        Self { child, port, log }
    }

    /// Waits until it can work.
    pub fn ready(self) -> Self {
        until("the server is ready", || self.get("/readyz").is_some_and(|(code, _)| code == 200));
        self
    }

    /// What it answers: the code and the text; none while it does not.
    pub fn get(&self, path: &str) -> Option<(u16, String)> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).ok()?;
        stream.set_read_timeout(Some(Duration::from_secs(10))).ok()?;
        write!(stream, "GET {path} HTTP/1.1\r\nhost: test\r\nconnection: close\r\n\r\n").ok()?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).ok()?;
        let code = answer.split(' ').nth(1)?.parse().ok()?;
        Some((code, answer.split_once("\r\n\r\n")?.1.to_owned()))
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    pub fn signal(&self, signal: &str) {
        let done = Command::new("kill").args([signal, &self.pid().to_string()]).status().expect("kill is there");
        assert!(done.success(), "{signal} reaches the server");
    }

    /// Waits until it ends.
    pub fn ended(mut self, within: Duration) -> ExitStatus {
        let start = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().expect("it can be watched") {
                return status;
            }
            assert!(start.elapsed() < within, "the server has not ended after {within:?}:\n{}", self.log());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    pub fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // One that has ended, or is frozen, is ended all the same.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Waits until something holds.
pub fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let start = Instant::now();
    while !holds() {
        assert!(start.elapsed() < SOON, "{what}: not after {SOON:?}");
        std::thread::sleep(Duration::from_millis(50));
    }
}
