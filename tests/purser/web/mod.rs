//! The pages, through the real server, as a browser sees them, and as somebody does who is up to no good; and users on the command line.

mod attacks;
mod browser;
mod by_name;
mod client;
pub mod crashes;
mod pages;
mod screens_bank_problems;
mod screens_batch;
mod screens_holds;
mod screens_nags;
mod screens_tables;
mod secrets;
mod sign_in;
mod users;
mod webdriver;

use std::fs;
use std::io::Write;
use std::process::{Command, Stdio};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::serve::Server;
use crate::support::database::Kind;
use crate::support::{Done, Shop};
use client::Browser;

/// The key under which second factors are kept.
const KEY: &str = "k1:00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

/// Everybody's password.
const PASSWORD: &str = "four words and more";

/// A shop with a batch that rosa drafted before there were users, and these users: mia, an admin, and the others.
fn shop_with(kind: Kind, others: &[(&str, &str)]) -> Shop {
    let shop = Shop::small_on(kind);
    shop.must(&["run", "nightly", "payout", "--as-of", "2026-02-01T09:00:00Z", "--by", "rosa"]);
    add_users(&shop, others);
    shop
}

/// Adds mia, an admin, and others, by role.
fn add_users(shop: &Shop, others: &[(&str, &str)]) {
    must(shop, PASSWORD, &["user", "add", "mia", "--role", "admin"]);
    let token = token(shop, "mia");
    for (name, role) in others {
        let mut command = keyed(shop, &["user", "add", name, "--role", role, "--by", "mia"]);
        let done = told(command.env("PURSER_TOKEN", &token), PASSWORD);
        assert!(done.ok, "{name}: {}", done.err);
    }
}

/// A command that has the key.
fn keyed(shop: &Shop, arguments: &[&str]) -> Command {
    let mut command = shop.command(arguments);
    command.env("PURSER_KEY", KEY);
    command
}

/// Runs a command that is told lines on its standard input.
fn told(command: &mut Command, lines: &str) -> Done {
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
    let mut stdin = child.stdin.take().expect("it listens");
    // One that is refused before it asks has gone.
    let _ = stdin.write_all(format!("{lines}\n").as_bytes());
    drop(stdin);
    child.wait_with_output().expect("it ends").into()
}

fn must(shop: &Shop, lines: &str, arguments: &[&str]) -> String {
    let done = told(&mut keyed(shop, arguments), lines);
    assert!(done.ok, "purser {}: {}", arguments.join(" "), done.err);
    done.out
}

/// A new token of a user without a second factor.
fn token(shop: &Shop, name: &str) -> String {
    must(shop, PASSWORD, &["user", "token", name]).trim().to_owned()
}

/// Runs a command as somebody with a token.
fn with_token(shop: &Shop, token: &str, arguments: &[&str]) -> Done {
    keyed(shop, arguments).env("PURSER_TOKEN", token).output().expect("it starts").into()
}

/// Now, in seconds.
fn seconds() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).expect("it is after 1970").as_secs()
}

/// What an authenticator app does.
struct App(totp_rs::Totp, std::cell::Cell<u64>);

impl App {
    /// Sets up a second factor with the command line.
    fn set_up(shop: &Shop, name: &str) -> Self {
        let said = must(shop, PASSWORD, &["user", "second-factor", name]);
        let app = Self::of(said.split_whitespace().find(|word| word.starts_with("otpauth://")).expect("an address"));
        // The code of half a minute ago, so that later ones can be used at once.
        must(shop, "", &["user", "second-factor", name, "--confirm", &app.code(-30)]);
        app
    }

    fn of(uri: &str) -> Self {
        Self(totp_rs::Totp::from_url(uri).expect("the address of a second factor"), std::cell::Cell::new(0))
    }

    /// The code of so many seconds from now.
    fn code(&self, later: i64) -> String {
        self.0.generate(seconds().checked_add_signed(later).expect("a time")).to_string()
    }
}

/// A server with pages.
struct Pages {
    server: Server,
    /// Where they are.
    address: String,
}

impl Pages {
    fn open(shop: &Shop) -> Self {
        Self::open_at(shop, "127.0.0.1:0", |_| {})
    }

    fn open_at(shop: &Shop, address: &str, prepare: impl FnOnce(&mut Command)) -> Self {
        only_by_hand(shop);
        let server = Server::start_with_pages(shop, "pages", address, |command| {
            command
                .env("PURSER_KEY", KEY)
                .env("PURSER_LOG", "purser=debug,axum=trace,hyper=debug")
                .env("PURSER_LOG_FORMAT", "text");
            prepare(command);
        })
        .ready();
        let log = server.log();
        let at = log.split("the pages are at http://").nth(1).expect("the log says where they are");
        let address = at.split('/').next().expect("an address").to_owned();
        // The first tick tells the pages of the programs.
        crate::serve::until("the first tick is over", || {
            server.get("/metrics").is_some_and(|(_, text)| !text.contains("last_tick_timestamp_seconds 0"))
        });
        Self { server, address }
    }

    fn browser(&self) -> Browser {
        Browser::new(&self.address)
    }

    /// A browser in which somebody has signed in.
    fn signed_in(&self, name: &str) -> Browser {
        let mut browser = self.browser();
        let page = browser.post("/sign-in", &[("name", name), ("password", PASSWORD), ("to", "/")]);
        assert_eq!((page.status, page.header("location")), (303, Some("/")), "{name}: {}", page.text);
        browser
    }
}

/// Takes the schedules from the jobs of a shop. A program that names no jobs runs the nightly at 02:00: a server of a test that was
/// running at that hour did so in the middle of it.
fn only_by_hand(shop: &Shop) {
    let program = shop.read("shop.toml");
    if !program.contains("[jobs.") {
        let jobs = "\n[jobs.nightly]\nsteps = [\"fetch\", \"reconcile\"]\n[jobs.payout]\nsteps = [\"payout\"]\n\
                    [jobs.statements]\nsteps = [\"statements\"]\n";
        shop.write("shop.toml", program + jobs);
    }
}

/// How long something waits that must not go on for ever.
const A_WHILE: Duration = Duration::from_secs(20);

/// A file with a password that only its owner can read.
fn password_file(shop: &Shop, name: &str, text: &str) -> String {
    fs::write(shop.path(name), format!("{text}\n")).expect("the test can write its files");
    shop.path(name).display().to_string()
}

impl App {
    /// A code that was not used yet, after waiting for it where need be. It is for those who use no other way.
    fn next(&self) -> String {
        let step = (seconds() / 30).max(self.1.get() + 1);
        self.1.set(step);
        // The server takes the code of the half minute after this one, too.
        crate::serve::until("the code counts", || seconds() / 30 + 1 >= step);
        self.0.generate(step * 30).to_string()
    }
}

impl Pages {
    /// A browser in which somebody has signed in with a second factor.
    fn signed_in_with(&self, name: &str, app: &App) -> Browser {
        let mut browser = self.browser();
        browser.post("/sign-in", &[("name", name), ("password", PASSWORD), ("to", "/")]);
        let page = browser.submit("/sign-in/code", "/sign-in/code", &[("code", &app.next()), ("to", "/")]);
        assert_eq!(page.status, 303, "{name}: {}", page.text);
        browser
    }
}
