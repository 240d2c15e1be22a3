//! What a bank says that fits no payment, or contradicts the ledger, waits until somebody acknowledges it.

use super::screens_batch::{link, said};
use super::*;
use crate::bank_answers::ordered;
use crate::payment_files::{EUROPEANS, SEPA, export, shop};

const EXCEPTIONS: &str = "/programs/shop/exceptions";

/// A bank's answer that names another amount for ana's payment, a payment that looks like one of ours, and one of somebody else's.
fn answer(ana: &str) -> String {
    format!("customer id,status,amount\n{ana},completed,12.04\nP00000000000000,completed,7.00\nINVOICE-77,completed,9.00\n")
}

/// A shop whose bank said so twice, in other files; and ana's payment.
fn shop_with_problems() -> (Shop, String) {
    let shop = shop("EUR", EUROPEANS, SEPA);
    export(&shop, "pain001", "paid.xml");
    let orders = ordered(&shop.read("paid.xml"));
    let ana = orders.into_iter().find(|(name, ..)| name == "Ana").expect("a payment").1;
    shop.write("answer.csv", answer(&ana));
    let again = answer(&ana).replacen("amount\n", "amount\nINVOICE-78,completed,1.00\n", 1);
    shop.write("again.csv", again);
    for (file, at) in [("answer.csv", "2026-02-04T09:00:00Z"), ("again.csv", "2026-02-05T09:00:00Z")] {
        let said = shop.must(&["batch", "import", file, "--by", "lee", "--as-of", at]);
        assert!(said.contains("no batch of shop has a payment INVOICE-77"), "who imports it sees all: {said}");
    }
    assert_eq!(shop.database.sql("SELECT COUNT(*) FROM bank_problems").trim(), "2", "each is kept once");
    add_users(&shop, &[("kim", "preparer"), ("tom", "preparer"), ("ann", "approver")]);
    (shop, ana)
}

/// Acknowledges the exception of a page.
fn acknowledge(browser: &mut Browser, page: &client::Page, note: &str, assigned_to: &str) -> client::Page {
    let [csrf, kind, subject] = ["csrf", "kind", "subject"].map(|name| page.hidden(name).expect("the form has it"));
    let fields = [("csrf", &*csrf), ("kind", &*kind), ("subject", &*subject), ("note", note), ("assigned_to", assigned_to)];
    browser.post("/programs/shop/acknowledge", &fields)
}

#[test]
fn what_a_bank_says_that_fits_nothing_waits_until_somebody_acknowledges_it() {
    let (shop, _) = shop_with_problems();
    let pages = Pages::open(&shop);
    let mut kim = pages.signed_in("kim");
    let start = kim.get("/");
    let words = said(&start);
    for wanted in [
        "the bank names another amount new the payment to ana in batch shop-0001 is 12.05 EUR, and the bank says 12.04",
        "(answer.csv row 2). Compare the bank's booking with the payment file",
        "the bank answers for an unknown payment new no batch of shop has a payment P00000000000000",
    ] {
        assert!(words.contains(wanted), "{wanted}: {words}");
    }
    assert!(!words.contains("INVOICE-77"), "what is none of ours nags nobody: {words}");
    let csv = kim.get(&format!("{EXCEPTIONS}?as=csv")).text;
    let row = csv.lines().find(|row| row.starts_with("P00000000000000-")).expect("the unknown payment");
    assert!(
        row.contains(",7.00,") && row.contains(",answer.csv row 3,") && row.contains("Find the payment in the files"),
        "{row}"
    );
    // Somebody is asked to look after it: nobody else is asked about it any more.
    let one = kim.get(&link(&start, "the bank names another amount"));
    assert!(said(&one).contains("File and row answer.csv row 2"), "{}", said(&one));
    assert_eq!(acknowledge(&mut kim, &one, "ask the bank", "tom").status, 303);
    assert!(!said(&kim.get("/")).contains("the bank names another amount"));
    let mut tom = pages.signed_in("tom");
    let start = tom.get("/");
    assert!(said(&start).contains("the bank names another amount yours"), "{}", said(&start));
    assert!(said(&tom.get(EXCEPTIONS)).contains("with tom"));
    // Acknowledged by them, it is done with.
    let one = tom.get(&link(&start, "the bank names another amount"));
    assert_eq!(acknowledge(&mut tom, &one, "the bank corrected it", "").status, 303);
    assert!(!said(&tom.get("/")).contains("the bank names another amount"));
    let list = said(&tom.get(EXCEPTIONS));
    assert!(list.contains("1 wait; 0 are acknowledged") && !list.contains("another amount"), "{list}");
    let gone = tom.get(&link(&start, "the bank names another amount"));
    assert_eq!(gone.status, 404, "{}", said(&gone));
    shop.must(&["check"]);
}

/// Imported once more on the page, what was acknowledged does not come back, and what is new does.
#[test]
fn what_was_acknowledged_does_not_come_back_with_the_next_import() {
    let (shop, ana) = shop_with_problems();
    let app = App::set_up(&shop, "ann");
    let pages = Pages::open(&shop);
    let mut ann = pages.signed_in_with("ann", &app);
    let one = ann.get(&link(&ann.clone().get("/"), "the bank answers for an unknown payment"));
    assert_eq!(acknowledge(&mut ann, &one, "of the old program", "").status, 303);
    let text = answer(&ana).replace("12.04", "12.03");
    let bank = "/programs/shop/batches/shop%2D0001/bank";
    let import = "/programs/shop/batches/shop%2D0001/import";
    let page = ann.submit(bank, import, &[("text", &text), ("code", &app.next())]);
    assert!(page.status == 200 && said(&page).contains("no batch of shop has a payment P00000000000000"), "{}", said(&page));
    let list = said(&ann.get(EXCEPTIONS));
    assert!(list.contains("2 wait; 0 are acknowledged"), "{list}");
    assert!(list.contains("and the bank says 12.03") && list.contains("pasted text row 2"), "{list}");
    assert!(!list.contains("P00000000000000"), "{list}");
    shop.must(&["check"]);
}
