//! The whole story in a real browser: a preparer looks and cannot approve, an approver approves with a second factor, exports, and
//! imports the bank's answer with one failure; and balances agree. Pictures are kept beside the build, in `pictures`.

use std::path::PathBuf;
use std::time::Instant;

use super::webdriver::Chromium;
use super::*;
use crate::bank_answers::{ordered, pain_002};
use crate::payment_files::{EUROPEANS, SEPA, set_up};

const BATCH: &str = "/programs/shop/batches/shop%2D0001";

/// How long a page may take on a machine that is busy.
const SOON: Duration = Duration::from_secs(40);

/// Two months of a shop with payees: the first batch was paid, the second is a draft of rosa's.
fn shop() -> Shop {
    let shop = Shop::small();
    set_up(&shop, "EUR", EUROPEANS, SEPA);
    shop.add("refunds.csv", "r7,o77,,2026-01-20T09:00:00Z,12.34\n");
    shop.add("creators.csv", "عائشة,عائشة بنت محمد 👩🏽‍🎤,a@example.com,ambassador,,\n");
    shop.add("fees.csv", "f8,عائشة,4.50,2026-01-20,reel\n");
    shop.must(&["run", "nightly", "payout", "--as-of", "2026-02-01T09:00:00Z", "--by", "rosa"]);
    shop.must(&["run", "statements", "--as-of", "2026-02-01T10:00:00Z", "--by", "rosa"]);
    add_users(&shop, &[("rosa", "approver"), ("kim", "preparer"), ("lee", "approver"), ("tom", "approver")]);
    shop
}

struct Story {
    chromium: Chromium,
    axe: String,
    pictures: PathBuf,
    device: &'static str,
    faults: Vec<String>,
}

impl Story {
    fn begin(pages: &Pages, device: &'static str, width: u32, height: u32) -> Self {
        let target =
            std::path::Path::new(env!("CARGO_BIN_EXE_purser")).ancestors().nth(2).expect("the build's folder").to_owned();
        let axe =
            fs::read_to_string(target.join("tools/axe/axe.min.js")).expect("start the tests with tests/run: it installs axe");
        let pictures = target.join("pictures");
        fs::create_dir_all(&pictures).expect("pictures can be kept");
        let address = pages.address.replace("127.0.0.1", "localhost");
        let chromium = Chromium::open(&address, width, height, device == "phone");
        Self { chromium, axe, pictures, device, faults: Vec::new() }
    }

    /// Looks at the page: keeps a picture, and whatever speaks against it.
    fn look(&mut self, name: &str) {
        self.chromium.picture(&self.pictures.join(format!("{name}-{}.png", self.device)));
        for fault in self.chromium.violations(&self.axe) {
            self.faults.push(format!("{name} on a {}: {fault}", self.device));
        }
        let wide = "return document.documentElement.scrollWidth - document.documentElement.clientWidth";
        if self.chromium.run(wide).as_i64().is_some_and(|over| over > 1) {
            self.faults.push(format!("{name} on a {}: the page is wider than the window", self.device));
        }
    }

    fn sign_in(&self, name: &str, app: Option<&App>) {
        self.chromium.go("/sign-in");
        self.chromium.type_into("#name", name);
        self.chromium.type_into("#password", PASSWORD);
        self.chromium.click("Sign in");
        if let Some(app) = app {
            self.chromium.type_into("#code", &app.next());
            self.chromium.click("Continue");
        }
        self.has("To do");
    }

    fn sign_out(&self) {
        self.chromium.click("Sign out");
    }

    /// Waits until something can be read.
    fn has(&self, words: &str) {
        let (start, mut text) = (Instant::now(), self.chromium.text());
        while !text.contains(words) {
            assert!(start.elapsed() < SOON, "{words}: {text}");
            std::thread::sleep(Duration::from_millis(100));
            text = self.chromium.text();
        }
    }
}

#[test]
fn the_whole_story_in_a_browser() {
    let shop = shop();
    let [rosa, lee, tom] = ["rosa", "lee", "tom"].map(|name| App::set_up(&shop, name));
    let pages = Pages::open(&shop);
    let mut story = Story::begin(&pages, "desktop", 1280, 900);
    story.chromium.go("/sign-in");
    story.look("01-sign-in");
    // A preparer looks.
    story.sign_in("kim", None);
    story.has("Batch shop-0001");
    story.look("02-what-needs-me");
    story.chromium.click("Batch shop-0001");
    story.has("You are a preparer: an approver approves, exports and settles.");
    story.look("03-a-batch");
    story.chromium.click("Ana");
    story.has("What came to be payable since the batch before");
    story.look("04-a-line");
    story.chromium.click("Order o1, line 1");
    story.has("How it was computed");
    story.look("05-an-order");
    // She takes a line out and, once that is settled, puts it back.
    let line = format!("{BATCH}/line?creator=cho");
    story.chromium.go(&line);
    story.chromium.type_into("#reason", "asked for a tax form");
    story.chromium.click("Take the line out");
    story.has("The line is taken out");
    story.chromium.go(&format!("{BATCH}/absent"));
    story.has("taken out of it by kim");
    story.look("06-a-line-taken-out");
    story.chromium.go(&line);
    story.chromium.type_into("#reason", "the form came");
    story.chromium.click("Put the line back");
    story.has("The line is back in the batch.");
    story.sign_out();
    // Who drafted it may approve others, and not this one.
    story.sign_in("rosa", Some(&rosa));
    story.chromium.go(BATCH);
    story.has("You drafted this batch, so somebody else approves it.");
    story.look("07-ones-own-batch");
    story.sign_out();
    // Somebody else approves and exports.
    story.sign_in("lee", Some(&lee));
    story.chromium.go(&format!("{BATCH}/absent"));
    story.look("08-who-is-missing");
    story.chromium.click("Do the funds cover it?");
    story.chromium.type_into("#available", "100.00");
    story.chromium.click("Compare");
    story.has("The account covers the batch");
    story.look("09-the-funds");
    story.chromium.click("Payments");
    story.chromium.type_into("#code", &lee.next());
    story.chromium.click("Approve 32.05");
    story.has("The batch is approved.");
    story.look("10-approved");
    story.sign_out();
    story.sign_in("tom", Some(&tom));
    story.chromium.go(&format!("{BATCH}/bank"));
    story.look("11-before-the-export");
    story.chromium.run("document.getElementById('allow-missing')?.click()");
    story.chromium.type_into("#export-code", &tom.next());
    story.chromium.submit("/export");
    story.has("The batch is exported");
    story.has("Download pain001");
    story.look("12-exported");
    // The bank pays two of three.
    let file = story.chromium.run("return document.querySelector('a[href*=\"/files/\"]').getAttribute('href')");
    let fetched = story.chromium.wait_for(&format!(
        "const done = arguments[arguments.length - 1]; fetch({file}).then(answer => answer.text()).then(done)"
    ));
    let orders = ordered(fetched.as_str().expect("the payment file"));
    assert_eq!(orders.len(), 3);
    let answer = pain_002(&[(&orders[0].1, "ACSC", ""), (&orders[1].1, "RJCT", "AC04"), (&orders[2].1, "ACSC", "")]);
    story.chromium.run(&format!("document.getElementById('text').value = {answer:?}"));
    story.chromium.type_into("#import-code", &tom.next());
    story.chromium.submit("/import");
    story.has("failed (the bank's answer: AC04)");
    story.look("13-what-the-bank-said");
    story.sign_out();
    story.sign_in("lee", Some(&lee));
    story.chromium.click("Proposal shop-p0001");
    story.look("14-a-proposal");
    story.chromium.type_into("#code-shop-p0001", &lee.next());
    story.chromium.click("Approve");
    story.has("Nothing is awaiting approval.");
    story.chromium.go(&format!("{BATCH}/bank"));
    story.has("the bank's answer: AC04");
    story.look("15-every-payment");
    story.chromium.click("History");
    story.look("16-history");
    for (name, path) in [
        ("17-creators", "/programs/shop/creators"),
        ("18-a-creator", "/programs/shop/creator?id=ana"),
        ("19-a-statement", "/programs/shop/statement?id=ana&month=2026-01"),
        ("20-the-books", "/programs/shop/books"),
        ("21-statements-from-the-books", "/programs/shop/books/statements"),
        ("22-the-journal", "/programs/shop/books/journal"),
        ("23-an-entry", "/programs/shop/books/entries/1"),
        ("24-exceptions", "/programs/shop/exceptions"),
        ("25-an-exception", "/programs/shop/exception?kind=refund_without_order&subject=r7"),
        ("26-account", "/account"),
    ] {
        story.chromium.go(path);
        story.look(name);
    }
    // Balances and ledger agree.
    shop.must(&["check"]);
    let balances = shop.must(&["export", "balances"]);
    story.chromium.go("/programs/shop/creators");
    for row in balances.lines().skip(1) {
        story.has(&row.split(',').skip(1).collect::<Vec<_>>().join(" "));
    }
    // By keyboard: the first stop leads to the content.
    story.chromium.go("/");
    story.chromium.press("\u{e004}");
    assert_eq!(story.chromium.run("return document.activeElement.className"), "skip");
    story.chromium.press("\u{e007}");
    assert_eq!(story.chromium.run("return document.activeElement.id"), "main");
    assert!(story.faults.is_empty(), "{}", story.faults.join("\n"));
}

#[test]
fn the_pages_fit_a_telephone() {
    let shop = shop();
    let pages = Pages::open(&shop);
    let mut story = Story::begin(&pages, "phone", 390, 844);
    story.chromium.go("/sign-in");
    story.look("01-sign-in");
    story.sign_in("kim", None);
    for (name, path) in [
        ("02-what-needs-me", "/"),
        ("03-a-batch", BATCH),
        ("04-a-line", &*format!("{BATCH}/line?creator=ana")),
        ("05-an-order", "/programs/shop/order?id=o1"),
        ("08-who-is-missing", &format!("{BATCH}/absent")),
        ("09-the-funds", &format!("{BATCH}/funds")),
        ("15-every-payment", &format!("{BATCH}/bank")),
        ("17-creators", "/programs/shop/creators"),
        ("18-a-creator", "/programs/shop/creator?id=ana"),
        ("19-a-statement", "/programs/shop/statement?id=ana&month=2026-01"),
        ("20-the-books", "/programs/shop/books"),
        ("21-statements-from-the-books", "/programs/shop/books/statements"),
        ("22-the-journal", "/programs/shop/books/journal"),
        ("24-exceptions", "/programs/shop/exceptions"),
    ] {
        story.chromium.go(path);
        story.look(name);
    }
    assert!(story.faults.is_empty(), "{}", story.faults.join("\n"));
}
