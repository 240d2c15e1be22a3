//! Amazon's storage, as `moto` plays it, with one bucket `shop` that lies in a folder of its own memory.

use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use super::{in_memory, tool};

/// What signs requests, and must be read nowhere.
pub const SECRET: &str = "notToBeReadAnywhere";

/// It asks who somebody is, but looks at no signature.
const AUTHORIZATION: &str =
    "authorization: AWS4-HMAC-SHA256 Credential=somebody/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=none";

pub struct BucketServer {
    pub port: u16,
    process: Child,
    folder: tempfile::TempDir,
}

impl BucketServer {
    pub fn new() -> Self {
        let free = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let port = free.local_addr().expect("it has an address").port();
        drop(free);
        Self::at(port)
    }

    /// The same at an address, as one that was away and is back, with nothing in it.
    pub fn at(port: u16) -> Self {
        let folder = in_memory();
        let log = fs::File::create(folder.path().join("log")).expect("the test can write its files");
        let process = tool("moto_server")
            .args(["-H", "127.0.0.1", "-p", &port.to_string()])
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .expect("tests/tools has installed moto");
        let server = Self { port, process, folder };
        let began = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(began.elapsed() < Duration::from_secs(120), "moto does not start: {}", server.log());
            std::thread::sleep(Duration::from_millis(50));
        }
        server.put("", b"");
        server
    }

    /// Puts a file into the bucket; with no name, makes the bucket.
    pub fn put(&self, key: &str, bytes: &[u8]) {
        self.ask("PUT", key, bytes);
    }

    pub fn remove(&self, key: &str) {
        self.ask("DELETE", key, b"");
    }

    fn ask(&self, method: &str, key: &str, bytes: &[u8]) {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).expect("it listens");
        let head = format!(
            "{method} /shop/{key} HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n{AUTHORIZATION}\r\ncontent-length: {}\r\n\r\n",
            bytes.len()
        );
        stream.write_all(&[head.as_bytes(), bytes].concat()).expect("it listens");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("it answers");
        assert!(answer.starts_with("HTTP/1.1 20"), "{answer}");
    }

    /// The files that were given away so far, in that order; one that came in several parts stands there several times.
    pub fn given(&self) -> Vec<String> {
        let log = self.log();
        let lines = log.lines().filter(|line| line.contains("\" 206 "));
        let key = |line: &str| {
            let path = line.split_once("GET /shop/")?.1.split_once(' ')?.0;
            (!path.is_empty() && !path.contains('?')).then(|| path.to_owned())
        };
        lines.filter_map(key).collect()
    }

    pub fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("log")).expect("it is written")
    }

    /// What the environment of purser says, so that it asks this server.
    pub fn environment(&self) -> Vec<(&'static str, String)> {
        vec![
            ("AWS_ENDPOINT_URL", format!("http://127.0.0.1:{}", self.port)),
            ("AWS_ACCESS_KEY_ID", "somebody".to_owned()),
            ("AWS_SECRET_ACCESS_KEY", SECRET.to_owned()),
            ("AWS_REGION", "us-east-1".to_owned()),
        ]
    }
}

impl Drop for BucketServer {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
