//! A mail server that takes what it is given, except for those it refuses.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

/// A mail that was taken over.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mail {
    /// The line that named the recipient.
    pub recipient: String,
    /// Headers and body.
    pub text: String,
}

impl Mail {
    /// What tells it from all others.
    pub fn id(&self) -> &str {
        let id = self.text.lines().find_map(|line| line.strip_prefix("Message-ID: "));
        id.unwrap_or_else(|| panic!("a mail has an id: {}", self.text))
    }
}

pub struct MailServer {
    address: String,
    taken: Arc<Mutex<Vec<Mail>>>,
    closing: Arc<AtomicBool>,
    mute: Arc<AtomicBool>,
}

impl MailServer {
    /// A server that refuses mails to addresses that hold this text; to none, if it is empty.
    pub fn refusing(refused: &'static str) -> Self {
        Self::at("127.0.0.1:0", refused)
    }

    /// The same at an address, as one that was away and is back.
    pub fn at(address: &str, refused: &'static str) -> Self {
        let listener = TcpListener::bind(address).expect("the port is free");
        let address = listener.local_addr().expect("it has an address").to_string();
        let server = Self { address, taken: Arc::default(), closing: Arc::default(), mute: Arc::default() };
        let (taken, closing, mute) = (server.taken.clone(), server.closing.clone(), server.mute.clone());
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if closing.load(Ordering::Relaxed) {
                    return;
                }
                let (taken, closing, mute) = (taken.clone(), closing.clone(), mute.clone());
                std::thread::spawn(move || talk(stream, refused, &taken, &closing, &mute));
            }
        });
        server
    }

    /// As `PURSER_SMTP_URL` takes it.
    pub fn url(&self) -> String {
        format!("smtp://{}", self.address)
    }

    /// From now on it takes mails and hangs up without an answer, or answers again.
    pub fn set_mute(&self, is_mute: bool) {
        self.mute.store(is_mute, Ordering::Relaxed);
    }

    /// Every mail, in the order of arrival.
    pub fn taken(&self) -> Vec<Mail> {
        self.taken.lock().expect("nobody panicked").clone()
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        self.closing.store(true, Ordering::Relaxed);
        // It waits for somebody to come before it looks up.
        let _ = TcpStream::connect(&self.address);
    }
}

fn talk(stream: TcpStream, refused: &str, taken: &Mutex<Vec<Mail>>, closing: &AtomicBool, mute: &AtomicBool) {
    let mut out = stream.try_clone().expect("a stream can be cloned");
    let mut lines = BufReader::new(stream).lines().map_while(Result::ok);
    let mut say = |text: &str| out.write_all(format!("{text}\r\n").as_bytes()).is_ok();
    let mut recipient = String::new();
    if !say("220 test ready") {
        return;
    }
    while let Some(line) = lines.next() {
        if closing.load(Ordering::Relaxed) {
            return;
        }
        let verb = line.split([' ', ':']).next().unwrap_or_default().to_uppercase();
        let answered = match verb.as_str() {
            "EHLO" => say("250-test\r\n250 8BITMIME"),
            "RCPT" if !refused.is_empty() && line.contains(refused) => say("550 no such person here"),
            "RCPT" => {
                recipient = line.clone();
                say("250 ok")
            }
            "DATA" => {
                if !say("354 go on") {
                    return;
                }
                let mut body = Vec::new();
                loop {
                    match lines.next() {
                        // A sender that dies in the middle has sent nothing.
                        None => return,
                        Some(line) if line == "." => break,
                        // A line that begins with a dot comes with one more.
                        Some(line) => body.push(line.strip_prefix('.').map_or(line.clone(), str::to_owned)),
                    }
                }
                let text = body.join("\n");
                taken.lock().expect("nobody panicked").push(Mail { recipient: recipient.clone(), text });
                if mute.load(Ordering::Relaxed) {
                    return;
                }
                say("250 taken")
            }
            "QUIT" => {
                say("221 bye");
                return;
            }
            _ => say("250 ok"),
        };
        if !answered {
            return;
        }
    }
}
