//! A headless browser that the tests drive over WebDriver's plain HTTP.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};

use crate::serve::until;

/// The key under which an element's id stands in answers.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// A browser with one window.
pub struct Chromium {
    driver: Child,
    port: u16,
    session: String,
    /// Where pages are.
    pub address: String,
}

impl Chromium {
    /// Opens a window of so many pixels.
    pub fn open(address: &str, width: u32, height: u32, is_phone: bool) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).expect("a port is free").port();
        let driver = Command::new("chromedriver")
            .arg(format!("--port={port}"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("start the tests with tests/run: it installs the browser");
        let mut chromium = Self { driver, port, session: String::new(), address: address.to_owned() };
        until("the driver is ready", || chromium.ask("GET", "/status", &Value::Null).is_some());
        let window = format!("--window-size={width},{height}");
        let mut options = json!({ "args": ["--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--force-color-profile=srgb", window] });
        if is_phone {
            options["mobileEmulation"] =
                json!({ "deviceMetrics": { "width": width, "height": height, "pixelRatio": 2, "mobile": true, "touch": true } });
        }
        let wanted = json!({ "capabilities": { "alwaysMatch": { "browserName": "chrome", "goog:chromeOptions": options } } });
        let begun = chromium.ask("POST", "/session", &wanted).expect("the driver answers");
        let session = begun["sessionId"].as_str().unwrap_or_else(|| panic!("a session begins: {begun}"));
        chromium.session = format!("/session/{session}");
        // Elements of a page that is on its way are waited for.
        chromium.tell("POST", "/timeouts", &json!({ "implicit": 30_000, "pageLoad": 120_000, "script": 120_000 }));
        chromium
    }

    /// What the driver answers; none where it is not there.
    fn ask(&self, method: &str, path: &str, body: &Value) -> Option<Value> {
        let body = if method == "GET" { String::new() } else { body.to_string() };
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).ok()?;
        stream.set_read_timeout(Some(Duration::from_secs(120))).ok()?;
        let head = format!(
            "{method} {path} HTTP/1.1\r\nhost: 127.0.0.1:{}\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
            self.port,
            body.len()
        );
        stream.write_all((head + &body).as_bytes()).ok()?;
        let mut bytes = Vec::new();
        // It keeps the connection, whatever it is asked, so the length says where the answer ends.
        let mut part = [0; 65_536];
        loop {
            let text = String::from_utf8_lossy(&bytes).into_owned();
            if let Some((head, rest)) = text.split_once("\r\n\r\n") {
                let length = head
                    .lines()
                    .find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length:")?.trim().parse::<usize>().ok());
                if length.is_some_and(|length| rest.len() >= length) {
                    let answer: Value = serde_json::from_str(rest).expect("it answers JSON");
                    return Some(answer["value"].clone());
                }
            }
            match stream.read(&mut part) {
                Ok(read) if read > 0 => bytes.extend_from_slice(&part[..read]),
                _ => return None,
            }
        }
    }

    fn tell(&self, method: &str, path: &str, body: &Value) -> Value {
        let answer = self.ask(method, &format!("{}{path}", self.session), body).expect("the driver answers");
        assert!(answer.get("error").is_none(), "{path}: {answer}");
        answer
    }

    pub fn go(&self, path: &str) {
        self.tell("POST", "/url", &json!({ "url": format!("http://{}{path}", self.address) }));
    }

    /// What a script answers.
    pub fn run(&self, script: &str) -> Value {
        self.tell("POST", "/execute/sync", &json!({ "script": script, "args": [] }))
    }

    /// What a script hands to its last argument.
    pub fn wait_for(&self, script: &str) -> Value {
        self.tell("POST", "/execute/async", &json!({ "script": script, "args": [] }))
    }

    fn element(&self, using: &str, value: &str) -> String {
        let found = self.tell("POST", "/element", &json!({ "using": using, "value": value }));
        found[ELEMENT].as_str().unwrap_or_else(|| panic!("{value}: {found}")).to_owned()
    }

    /// Types into a field, which is emptied first.
    pub fn type_into(&self, css: &str, text: &str) {
        let element = self.element("css selector", css);
        self.tell("POST", &format!("/element/{element}/clear"), &json!({}));
        self.tell("POST", &format!("/element/{element}/value"), &json!({ "text": text }));
    }

    /// Clicks on a button or link with these words.
    pub fn click(&self, words: &str) {
        self.click_on("xpath", &format!("//*[self::a or self::button][contains(normalize-space(.), {words:?})]"));
    }

    /// Sends the form that goes to an address.
    pub fn submit(&self, ending: &str) {
        self.click_on("css selector", &format!("form[action$='{ending}'] button[type=submit]"));
    }

    fn click_on(&self, using: &str, value: &str) {
        let element = self.element(using, value);
        self.tell("POST", &format!("/element/{element}/click"), &json!({}));
    }

    /// Presses a key of the keyboard wherever it is.
    pub fn press(&self, key: &str) {
        let actions = json!({ "actions": [{ "type": "key", "id": "keys", "actions": [{ "type": "keyDown", "value": key }, { "type": "keyUp", "value": key }] }] });
        self.tell("POST", "/actions", &actions);
    }

    /// What can be read.
    pub fn text(&self) -> String {
        let text = self.run("return document.body.innerText");
        text.as_str().expect("a text").split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// Keeps a picture of the whole page.
    pub fn picture(&self, file: &Path) {
        let height = self.run("return Math.max(document.documentElement.scrollHeight, 400)").as_u64().expect("a height");
        let width = self.run("return window.innerWidth").as_u64().expect("a width");
        let clip = json!({ "x": 0, "y": 0, "width": width, "height": height.min(6_000), "scale": 1 });
        let asked = json!({ "cmd": "Page.captureScreenshot", "params": { "format": "png", "captureBeyondViewport": true, "clip": clip } });
        let answer = self.tell("POST", "/goog/cdp/execute", &asked);
        let bytes = from_base64(answer["data"].as_str().expect("a picture"));
        std::fs::write(file, bytes).expect("the picture can be kept");
    }

    /// What axe finds against the page, by rule, with the first element of each.
    pub fn violations(&self, axe: &str) -> Vec<String> {
        self.run(axe);
        let script = "const done = arguments[arguments.length - 1]; axe.run(document, { resultTypes: ['violations'] })\
                      .then(found => done(found.violations.map(one => one.id + ': ' + one.help + ' ' + one.nodes[0].html)))\
                      .catch(error => done(['' + error]));";
        let found = self.wait_for(script);
        found.as_array().expect("a list").iter().map(|one| one.as_str().unwrap_or_default().to_owned()).collect()
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        if !self.session.is_empty() {
            let _ = self.ask("DELETE", &self.session, &Value::Null);
        }
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}

fn from_base64(text: &str) -> Vec<u8> {
    let digit = |c: u8| match c {
        b'A'..=b'Z' => c - b'A',
        b'a'..=b'z' => c - b'a' + 26,
        b'0'..=b'9' => c - b'0' + 52,
        b'+' => 62,
        _ => 63,
    };
    let (mut bytes, mut bits, mut held) = (Vec::with_capacity(text.len() * 3 / 4), 0u32, 0u32);
    for c in text.bytes().filter(|c| *c != b'=' && !c.is_ascii_whitespace()) {
        bits = bits << 6 | u32::from(digit(c));
        held += 6;
        if held >= 8 {
            held -= 8;
            bytes.push((bits >> held & 255) as u8);
        }
    }
    bytes
}
