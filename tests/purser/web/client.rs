//! A small browser: it keeps cookies, fills in forms, and says where they come from. It can also be made to lie.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::TcpStream;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

/// An answer.
#[derive(Debug)]
pub struct Page {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub text: String,
    /// What came, as it came.
    pub bytes: Vec<u8>,
}

impl Page {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The value of a hidden field.
    pub fn hidden(&self, name: &str) -> Option<String> {
        let after = self.text.split(&format!("name=\"{name}\" value=\"")).nth(1)?;
        Some(after.split('"').next()?.to_owned())
    }
}

#[derive(Clone)]
pub struct Browser {
    address: String,
    /// What it says of itself as the host.
    pub host: String,
    pub cookies: BTreeMap<String, String>,
    /// Headers that it adds.
    pub says: Vec<(String, String)>,
}

impl Browser {
    pub fn new(address: &str) -> Self {
        Self { address: address.to_owned(), host: address.to_owned(), cookies: BTreeMap::new(), says: Vec::new() }
    }

    pub fn saying(mut self, name: &str, value: &str) -> Self {
        self.says.push((name.to_owned(), value.to_owned()));
        self
    }

    pub fn get(&mut self, path: &str) -> Page {
        self.send("GET", path, &[], b"")
    }

    /// Sends a form as a page of ours would.
    pub fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Page {
        let origin = format!("http://{}", self.host);
        self.post_from(&origin, "same-origin", path, fields)
    }

    /// Sends a form as a page of another origin would.
    pub fn post_from(&mut self, origin: &str, site: &str, path: &str, fields: &[(&str, &str)]) -> Page {
        let encoded = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
        let pairs: Vec<String> = fields.iter().map(|(name, value)| format!("{}={}", encoded(name), encoded(value))).collect();
        let headers = [("content-type", "application/x-www-form-urlencoded"), ("origin", origin), ("sec-fetch-site", site)];
        self.send("POST", path, &headers, pairs.join("&").as_bytes())
    }

    /// Sends a form with the token of its page.
    pub fn submit(&mut self, from: &str, path: &str, fields: &[(&str, &str)]) -> Page {
        let csrf = self.get(from).hidden("csrf").unwrap_or_default();
        self.post(path, &[fields, &[("csrf", csrf.as_str())]].concat())
    }

    pub fn send(&mut self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Page {
        let mut head = format!("{method} {path} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n", self.host);
        let own = self.says.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        for (name, value) in headers.iter().copied().chain(own) {
            head += &format!("{name}: {value}\r\n");
        }
        if !self.cookies.is_empty() {
            let pairs: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            head += &format!("cookie: {}\r\n", pairs.join("; "));
        }
        if method == "POST" {
            head += &format!("content-length: {}\r\n", body.len());
        }
        let mut stream = TcpStream::connect(&self.address).expect("the server listens");
        stream.set_read_timeout(Some(super::A_WHILE)).expect("it can wait");
        stream.write_all(format!("{head}\r\n").as_bytes()).expect("it is heard");
        // A server that has heard enough answers before all is said.
        let _ = stream.write_all(body);
        let mut bytes = Vec::new();
        let _ = stream.read_to_end(&mut bytes);
        let page = page(&bytes);
        self.keep(&page);
        page
    }

    fn keep(&mut self, page: &Page) {
        for (_, cookie) in page.headers.iter().filter(|(name, _)| name == "set-cookie") {
            let (name, value) = cookie.split(';').next().and_then(|pair| pair.split_once('=')).expect("a cookie is a pair");
            if cookie.contains("Max-Age=0") {
                self.cookies.remove(name)
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned())
            };
        }
    }
}

fn page(bytes: &[u8]) -> Page {
    let end = bytes.windows(4).position(|window| window == b"\r\n\r\n").unwrap_or(bytes.len());
    let (head, body) = (String::from_utf8_lossy(&bytes[..end]), bytes.get(end + 4..).unwrap_or_default());
    let mut lines = head.lines();
    let status = lines.next().and_then(|line| line.split(' ').nth(1)?.parse().ok()).unwrap_or_default();
    let headers = lines.filter_map(|line| line.split_once(": "));
    let headers = headers.map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned())).collect();
    Page { status, headers, text: String::from_utf8_lossy(body).into_owned(), bytes: body.to_owned() }
}
