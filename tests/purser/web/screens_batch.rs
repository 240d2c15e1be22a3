//! A batch on the pages: understood, questioned, approved, exported, answered by the bank; and what comes of it in the books.

use super::*;
use crate::approval_sheets::with_draft;
use crate::bank_answers::{ordered, pain_002};
use crate::payment_files::{EUROPEANS, SEPA, set_up};

const BATCH: &str = "/programs/shop/batches/shop%2D0001";

/// What a page says, without markup and with plain spaces.
pub fn said(page: &client::Page) -> String {
    let mut text = String::new();
    for part in page.text.split('<') {
        let words = part.split_once('>').map_or(part, |(_, words)| words);
        text += words;
        text.push(' ');
    }
    let text =
        text.replace("&#38;", "&").replace("&#39;", "'").replace("&#34;", "\"").replace("&#60;", "<").replace("&#62;", ">");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The address of the first link whose text has these words.
pub fn link(page: &client::Page, words: &str) -> String {
    let found = page.text.split("<a ").skip(1).find(|link| {
        let inside = link.split("</a>").next().unwrap_or_default();
        inside.split_once('>').is_some_and(|(_, inside)| inside.contains(words))
    });
    let link = found.unwrap_or_else(|| panic!("a link \"{words}\": {}", said(page)));
    let to = link.split("href=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("it leads somewhere");
    to.replace("&#38;", "&").replace("&amp;", "&")
}

fn good(page: &client::Page) -> String {
    assert_eq!(page.status, 200, "{}", said(page));
    said(page)
}

/// Worked by hand in `approval_sheets`: five questions, each answered by the second click from the start page.
#[test]
fn five_questions_are_answered_within_two_clicks() {
    let shop = with_draft(Kind::Sqlite);
    add_users(&shop, &[("lee", "viewer")]);
    let pages = Pages::open(&shop);
    let mut browser = pages.signed_in("lee");
    let start = browser.get("/");
    assert!(
        good(&start).contains("Batch shop-0002 for an approver draft by rosa: 1,625.69 USD to 4 creators"),
        "{}",
        said(&start)
    );
    let batch = browser.get(&link(&start, "Batch shop-0002"));
    let words = good(&batch);
    assert!(words.contains("shop-0002 draft") && words.contains("Amount 1,625.69 USD Creators 4"), "{words}");
    let first_row = |page: &client::Page| {
        let rows = page.text.split("<tbody>").nth(1).expect("a table").to_owned();
        rows.split("</th>").next().map(|head| head.rsplit("<bdi>").next().unwrap_or_default().to_owned()).expect("a row")
    };
    // Who is new?
    let new = browser.get(&link(&batch, "Who is new?"));
    let words = good(&new);
    assert!(words.contains("2 rows, out of 4") && words.contains("ivy") && words.contains("cho"), "{words}");
    assert!(!words.contains("jon 1,500.00"), "{words}");
    // Who moved most?
    assert!(good(&batch).contains("Who moved most? jon: +1,479.00"), "{}", said(&batch));
    let moved = browser.get(&link(&batch, "Who moved most?"));
    assert!(first_row(&moved).starts_with("jon"), "{}", said(&moved));
    // Who is missing, and why?
    let missing = browser.get(&link(&batch, "Who is missing, and why?"));
    let words = good(&missing);
    for sentence in [
        "34.10 USD on hold, 24.10 USD of it until 3 March 2026",
        "25.00 USD in batch shop-0001 on 1 March 2026",
        "owes 24.68 USD as of 1 March 2026",
        "17.69 USD payable as of 1 March 2026, below the minimum of 20.00 USD by 2.31",
        "10.00 USD payable as of 1 March 2026, below the minimum of 20.00 USD by 10.00; 5.00 USD on hold until 3 March 2026",
        "7.00 USD on hold until 3 March 2026",
    ] {
        assert!(words.contains(sentence), "{sentence}: {words}");
    }
    // Do the funds cover it?
    let funds = link(&batch, "Do the funds cover it?");
    assert!(good(&browser.get(&funds)).contains("The program names no payees"), "{}", said(&browser.get(&funds)));
    let short = browser.get(&format!("{funds}?available=1%2C600.00"));
    assert!(good(&short).contains("The account is short by 25.69 USD."), "{}", said(&short));
    let enough = browser.get(&format!("{funds}?available=2000"));
    assert!(good(&enough).contains("The account covers the batch; 374.31 USD would be left."), "{}", said(&enough));
    let wrong = browser.get(&format!("{funds}?available=lots"));
    assert_eq!(wrong.status, 422, "{}", said(&wrong));
    // What did the bank say?
    assert!(good(&batch).contains("What did the bank say? not sent to the bank"), "{}", said(&batch));
    let first = browser.get("/programs/shop/batches/shop%2D0001");
    assert!(good(&first).contains("What did the bank say? 1 not paid, 4 paid"), "{}", said(&first));
    let bank = browser.get(&link(&first, "What did the bank say?"));
    assert!(good(&bank).contains("25.00 unresolved"), "{}", said(&bank));
}

/// The line of a creator leads to the orders behind it, and each of those to its explanation.
#[test]
fn a_line_leads_down_to_the_order_and_its_explanation() {
    let shop = with_draft(Kind::Sqlite);
    add_users(&shop, &[("lee", "viewer")]);
    let pages = Pages::open(&shop);
    let mut browser = pages.signed_in("lee");
    let batch = browser.get("/programs/shop/batches/shop%2D0002");
    let line = browser.get(&link(&batch, "ana"));
    let words = good(&line);
    assert!(
        words.contains("This batch pays 58.00 USD Carried over 0.00 USD Earned 60.00 USD Clawed back −5.00 USD Other 3.00 USD"),
        "{words}"
    );
    for row in
        ["Fee k1", "Adjustment shop-p0002", "samples", "Order a1, line 1", "refund", "code ANA", "−5.00", "+60.00", "+3.00"]
    {
        assert!(words.contains(row), "{row}: {words}");
    }
    let order = browser.get(&link(&line, "Order a1, line 1"));
    let words = good(&order);
    for part in ["Order a1 attributed", "refund r1", "code ANA", "5.00 USD", "How it was computed", "What was posted"] {
        assert!(words.contains(part), "{part}: {words}");
    }
    let entry = browser.get(&link(&line, "</bdi>"));
    assert_eq!(entry.status, 200);
}

/// The person who drafted a batch does not approve it, in any role: the page says so, and so does the door behind it.
#[test]
fn nobody_approves_their_own_batch() {
    let shop = shop_with(Kind::Sqlite, &[("rosa", "approver"), ("lee", "approver"), ("kim", "preparer")]);
    let (own, other) = (App::set_up(&shop, "rosa"), App::set_up(&shop, "lee"));
    let pages = Pages::open(&shop);
    let mut rosa = pages.signed_in_with("rosa", &own);
    let page = rosa.get(BATCH);
    assert!(good(&page).contains("You drafted this batch, so somebody else approves it."), "{}", said(&page));
    assert!(!page.text.contains("Approve 32.05"), "{}", page.text);
    let refused = rosa.submit(BATCH, &format!("{BATCH}/approve"), &[("code", &own.next())]);
    assert_eq!(refused.status, 403, "{}", said(&refused));
    assert!(said(&refused).contains("rosa drafted batch shop-0001 and cannot approve it"), "{}", said(&refused));
    // Roles that do not decide are offered nothing, and get nothing.
    let mut kim = pages.signed_in("kim");
    let page = kim.get(BATCH);
    assert!(good(&page).contains("You are a preparer: an approver approves, exports and settles."), "{}", said(&page));
    assert!(!page.text.contains("/approve\"") && !page.text.contains("name=\"code\""), "{}", page.text);
    let refused = kim.submit("/account", &format!("{BATCH}/approve"), &[("code", "123456")]);
    assert_eq!(refused.status, 403, "{}", said(&refused));
    assert!(shop.must(&["batch", "list", "--format", "csv"]).contains("shop-0001,draft"));
    // An approver without the right code does not either, and with it does.
    let mut lee = pages.signed_in_with("lee", &other);
    assert!(lee.get(BATCH).text.contains("Approve 32.05\u{a0}USD"));
    let refused = lee.submit(BATCH, &format!("{BATCH}/approve"), &[("code", "000000")]);
    assert_eq!(refused.status, 403, "{}", said(&refused));
    let done = lee.submit(BATCH, &format!("{BATCH}/approve"), &[("code", &other.next())]);
    assert_eq!((done.status, done.header("location")), (303, Some(&*format!("{BATCH}?done=approve"))), "{}", said(&done));
    let page = lee.get(&format!("{BATCH}?done=approve"));
    assert!(good(&page).contains("The batch is approved.") && said(&page).contains("by lee"), "{}", said(&page));
    assert!(shop.must(&["batch", "list", "--format", "csv"]).contains("shop-0001,approved,3,32.05,USD"));
    let history = lee.get(&format!("{BATCH}/history"));
    assert!(good(&history).contains("drafted rosa") && said(&history).contains("approved lee"), "{}", said(&history));
}

/// From the draft to the bank's answer, on the pages alone: what they show is what the ledger says.
#[test]
fn a_batch_is_paid_and_answered_on_the_pages() {
    let shop = Shop::small();
    set_up(&shop, "EUR", EUROPEANS, SEPA);
    shop.must(&["run", "nightly", "payout", "--as-of", "2026-02-01T09:00:00Z", "--by", "rosa"]);
    add_users(&shop, &[("lee", "approver"), ("tom", "approver")]);
    let (lee_app, tom_app) = (App::set_up(&shop, "lee"), App::set_up(&shop, "tom"));
    let pages = Pages::open(&shop);
    let mut lee = pages.signed_in_with("lee", &lee_app);
    let batch = lee.get(BATCH);
    let words = good(&batch);
    assert!(words.contains("Do the funds cover it? all of 32.05 EUR"), "{words}");
    assert!(words.contains("3000, Ana"), "{words}");
    assert!(!batch.text.contains("DE89370400440532013000"), "accounts are masked");
    let funds = lee.get(&format!("{BATCH}/funds"));
    assert!(good(&funds).contains("pain001 sepa 3 32.05"), "{}", said(&funds));
    assert_eq!(lee.submit(BATCH, &format!("{BATCH}/approve"), &[("code", &lee_app.next())]).status, 303);
    let mut tom = pages.signed_in_with("tom", &tom_app);
    let exported = tom.submit(BATCH, &format!("{BATCH}/export"), &[("format", "pain001"), ("code", &tom_app.next())]);
    assert_eq!(exported.status, 303, "{}", said(&exported));
    let bank = tom.get(&format!("{BATCH}/bank"));
    let file = tom.get(&link(&bank, "Download pain001"));
    assert_eq!(file.header("content-disposition"), Some("attachment; filename=\"shop-0001-pain001-1.xml\""));
    let orders = ordered(&file.text);
    assert_eq!(orders.len(), 3, "{}", file.text);
    assert!(file.text.contains("DE89370400440532013000"), "the bank gets the account in full");
    assert_eq!(tom.get(&link(&bank, "Download pain001")).bytes, file.bytes, "the same bytes again");
    let answer = pain_002(&[(&orders[0].1, "ACSC", ""), (&orders[1].1, "RJCT", "AC04"), (&orders[2].1, "ACSC", "")]);
    let failed =
        ["ana", "ben", "cho"][["Ana", "Joerg Mueller", "Cho"].iter().position(|name| *name == orders[1].0).expect("a name")];
    let page = lee.submit(&format!("{BATCH}/bank"), &format!("{BATCH}/import"), &[("text", &answer), ("code", &lee_app.next())]);
    let words = good(&page);
    assert!(words.contains("Not paid: for somebody else to approve shop-p0001: payment of"), "{words}");
    assert!(words.contains(&format!("to {failed} in batch shop-0001 failed (the bank's answer: AC04)")), "{words}");
    // Who imported it proposed it, and does not approve it.
    let proposals = lee.get("/programs/shop/proposals");
    assert!(good(&proposals).contains("You proposed this, so somebody else approves it."), "{}", said(&proposals));
    let start = tom.get("/");
    assert!(good(&start).contains("Proposal shop-p0001 approve or reject"), "{}", said(&start));
    let code = tom_app.next();
    let done = tom.submit("/programs/shop/proposals", "/programs/shop/proposals/shop%2Dp0001/approve", &[("code", &code)]);
    assert_eq!(done.status, 303, "{}", said(&done));
    let bank = tom.get(&format!("{BATCH}/bank"));
    assert!(good(&bank).contains("the bank's answer: AC04") && said(&bank).contains("failed"), "{}", said(&bank));
    // The pages and the ledger agree.
    shop.must(&["check"]);
    let csv = tom.get("/programs/shop/creators?as=csv").text;
    let balances = shop.must(&["export", "balances"]);
    for row in balances.lines().skip(1) {
        let figures: Vec<&str> = row.split(',').collect();
        let wanted = figures[1..].join(",");
        let of = csv.lines().find(|line| line.contains(&format!("({})", figures[0]))).expect("a row of the creator");
        assert!(of.ends_with(&wanted), "{of} is not {row}");
    }
    let books = tom.get("/programs/shop/books");
    let owed = balances.lines().skip(1).map(|row| row.split(',').nth(2).expect("payable")).find(|payable| *payable != "0.00");
    assert!(
        good(&books).contains(&format!("Owed to creators {} EUR", owed.expect("what failed is payable again"))),
        "{}",
        said(&books)
    );
}
