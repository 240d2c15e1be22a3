//! A mail server that takes what it is given, except for those it refuses.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

/// A mail that was taken over.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mail {
    /// The line that named who sends, and gets what comes back.
    pub sender: String,
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
    talk: Talk,
}

impl MailServer {
    /// A server that refuses mails to addresses that hold this text; to none, if it is empty.
    pub fn refusing(refused: &'static str) -> Self {
        Self::at("127.0.0.1:0", refused)
    }

    /// The same at an address, as one that was away and is back.
    pub fn at(address: &str, refused: &'static str) -> Self {
        Self::with(address, Talk { refused, ..Talk::default() })
    }

    fn with(address: &str, talk: Talk) -> Self {
        let listener = TcpListener::bind(address).expect("the port is free");
        let address = listener.local_addr().expect("it has an address").to_string();
        let all = talk.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if all.closing.load(Ordering::Relaxed) {
                    return;
                }
                let talk = all.clone();
                std::thread::spawn(move || talk.with(stream));
            }
        });
        Self { address, talk }
    }

    /// Another one in its place, once it is gone: it dies in the middle of whatever it was told, and what it took stays taken.
    pub fn restarted(self) -> Self {
        let (address, talk) = (self.address.clone(), Talk { closing: Arc::default(), ..self.talk.clone() });
        drop(self);
        while TcpStream::connect(&address).is_ok() {
            std::thread::sleep(std::time::Duration::from_millis(1));
        }
        Self::with(&address, talk)
    }

    /// As `PURSER_SMTP_URL` takes it.
    pub fn url(&self) -> String {
        format!("smtp://{}", self.address)
    }

    /// From now on it takes mails and hangs up without an answer, or answers again.
    pub fn set_mute(&self, is_mute: bool) {
        self.talk.mute.store(is_mute, Ordering::Relaxed);
    }

    /// From now on it refuses what is written, with these words.
    pub fn refuse_content(&self, said: &'static str) {
        *self.talk.content.lock().expect("nobody panicked") = Some(said);
    }

    /// How often it was asked to take something for an address that holds this text.
    pub fn asked(&self, whom: &str) -> usize {
        self.talk.asked.lock().expect("nobody panicked").iter().filter(|line| line.contains(whom)).count()
    }

    /// How many mails it took.
    pub fn count(&self) -> usize {
        self.talk.taken.lock().expect("nobody panicked").len()
    }

    /// Every mail, in the order of arrival.
    pub fn taken(&self) -> Vec<Mail> {
        self.talk.taken.lock().expect("nobody panicked").clone()
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        self.talk.closing.store(true, Ordering::Relaxed);
        // It waits for somebody to come before it looks up.
        let _ = TcpStream::connect(&self.address);
    }
}

/// What the server's conversations share.
#[derive(Clone, Default)]
struct Talk {
    refused: &'static str,
    taken: Arc<Mutex<Vec<Mail>>>,
    closing: Arc<AtomicBool>,
    mute: Arc<AtomicBool>,
    /// Whom it was asked to take something for.
    asked: Arc<Mutex<Vec<String>>>,
    /// What it says of what is written, if it refuses that.
    content: Arc<Mutex<Option<&'static str>>>,
}

impl Talk {
    fn with(self, stream: TcpStream) {
        let mut out = stream.try_clone().expect("a stream can be cloned");
        let mut lines = BufReader::new(stream).lines().map_while(Result::ok);
        let mut say = |text: &str| out.write_all(format!("{text}\r\n").as_bytes()).is_ok();
        let (mut sender, mut recipient) = (String::new(), String::new());
        if !say("220 test ready") {
            return;
        }
        while let Some(line) = lines.next() {
            if self.closing.load(Ordering::Relaxed) {
                return;
            }
            let verb = line.split([' ', ':']).next().unwrap_or_default().to_uppercase();
            let answered = match verb.as_str() {
                "EHLO" => say("250-test\r\n250 8BITMIME"),
                "MAIL" => {
                    sender.clone_from(&line);
                    say("250 ok")
                }
                "RCPT" => {
                    self.asked.lock().expect("nobody panicked").push(line.clone());
                    if !self.refused.is_empty() && line.contains(self.refused) {
                        say("550 no such person here")
                    } else {
                        recipient.clone_from(&line);
                        say("250 ok")
                    }
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
                            // One that died in the middle has taken nothing.
                            Some(_) if self.closing.load(Ordering::Relaxed) => return,
                            // A line that begins with a dot comes with one more.
                            Some(line) => body.push(line.strip_prefix('.').map_or(line.clone(), str::to_owned)),
                        }
                    }
                    if let Some(said) = *self.content.lock().expect("nobody panicked") {
                        say(said)
                    } else {
                        let mail = Mail { sender: sender.clone(), recipient: recipient.clone(), text: body.join("\n") };
                        self.taken.lock().expect("nobody panicked").push(mail);
                        if self.mute.load(Ordering::Relaxed) || self.closing.load(Ordering::Relaxed) {
                            return;
                        }
                        say("250 taken")
                    }
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
}
