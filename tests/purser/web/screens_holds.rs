//! Holding and releasing on the pages: a line of a draft, and payments to a creator.

use super::screens_batch::said;
use super::*;

const BATCH: &str = "/programs/shop/batches/shop%2D0001";
const LINE: &str = "/programs/shop/batches/shop%2D0001/line?creator=ana";
const CREATOR: &str = "/programs/shop/creator?id=ana";
const HOLD: &str = "/programs/shop/creator/hold";
const RELEASE: &str = "/programs/shop/creator/release";

fn shop() -> Shop {
    shop_with(Kind::Sqlite, &[("kim", "preparer"), ("lee", "approver"), ("vic", "viewer")])
}

/// Who only looks is offered no form, and gets nothing without one.
#[test]
fn a_viewer_holds_and_releases_nothing() {
    let shop = shop();
    let pages = Pages::open(&shop);
    let mut vic = pages.signed_in("vic");
    for page in [BATCH, LINE, CREATOR] {
        let page = vic.get(page);
        assert!(page.status == 200 && !page.text.contains("name=\"reason\""), "{}", page.text);
    }
    let line = [("creator", "ana"), ("reason", "x")];
    let creator = [("id", "ana"), ("kind", "review"), ("reason", "x")];
    for (path, fields) in [
        (&*format!("{BATCH}/hold"), &line[..]),
        (&*format!("{BATCH}/release"), &line[..]),
        (HOLD, &creator[..]),
        (RELEASE, &creator[..]),
    ] {
        let refused = vic.submit("/account", path, fields);
        assert_eq!(refused.status, 403, "{path}: {}", said(&refused));
        let forged = vic.post(path, fields);
        assert_eq!(forged.status, 403, "{path} without the form's token: {}", said(&forged));
    }
    assert!(shop.must(&["batch", "list", "--format", "csv"]).contains("shop-0001,draft,3,32.05"));
    assert_eq!(shop.must(&["hold", "list", "--format", "csv"]).lines().count(), 1);
}

#[test]
fn a_line_is_taken_out_and_put_back_on_the_pages() {
    let shop = shop();
    let app = App::set_up(&shop, "lee");
    let pages = Pages::open(&shop);
    let mut kim = pages.signed_in("kim");
    let (hold, release) = (format!("{BATCH}/hold"), format!("{BATCH}/release"));
    let refused = kim.submit(LINE, &hold, &[("creator", "ana"), ("reason", " ")]);
    assert_eq!(refused.status, 422, "nobody does it without a reason: {}", said(&refused));
    let refused = kim.submit(BATCH, &hold, &[("creator", "dan"), ("reason", "x")]);
    assert_eq!(refused.status, 404, "{}", said(&refused));
    assert!(said(&refused).contains("batch shop-0001 has no line for dan"), "{}", said(&refused));
    let done = kim.submit(LINE, &hold, &[("creator", "ana"), ("reason", "a form is missing")]);
    assert_eq!((done.status, done.header("location")), (303, Some(&*format!("{BATCH}?done=hold"))), "{}", said(&done));
    let page = said(&kim.get(&format!("{BATCH}?done=hold")));
    assert!(page.contains("The line is taken out") && page.contains("Amount 20.00 USD Creators 2"), "{page}");
    // It says so wherever the creator is looked up, and from there the line is put back.
    let absent = kim.get(&format!("{BATCH}/absent"));
    let words = said(&absent);
    assert!(words.contains("12.05 USD taken out of it by kim on ") && words.contains(": a form is missing; until"), "{words}");
    assert!(absent.text.contains("line?creator=ana"), "{}", absent.text);
    let words = said(&kim.get(CREATOR));
    assert!(words.contains("shop-0001 taken out"), "{words}");
    let words = said(&kim.get(LINE));
    assert!(words.contains("It would have paid 12.05 USD") && words.contains("Put the line back"), "{words}");
    let again = kim.submit(LINE, &hold, &[("creator", "ana"), ("reason", "x")]);
    assert_eq!(again.status, 409, "{}", said(&again));
    // Who changed it last does not approve it.
    let mut lee = pages.signed_in_with("lee", &app);
    let done = lee.submit(BATCH, &hold, &[("creator", "ben"), ("reason", "who is that")]);
    assert_eq!(done.status, 303, "{}", said(&done));
    let page = lee.get(BATCH);
    let words = said(&page);
    assert!(words.contains("You were the last to change this batch, so somebody else approves it."), "{words}");
    assert!(!page.text.contains("Approve 15.00"), "{words}");
    let refused = lee.submit(BATCH, &format!("{BATCH}/approve"), &[("code", &app.next())]);
    assert_eq!(refused.status, 403, "{}", said(&refused));
    assert!(said(&refused).contains("lee was the last to change batch shop-0001"), "{}", said(&refused));
    for creator in ["ana", "ben"] {
        let done = kim.submit(BATCH, &release, &[("creator", creator), ("reason", "it came")]);
        assert_eq!(done.status, 303, "{}", said(&done));
    }
    let page = said(&kim.get(&format!("{BATCH}?done=release")));
    assert!(page.contains("The line is back in the batch.") && page.contains("Amount 32.05 USD Creators 3"), "{page}");
    let done = lee.submit(BATCH, &format!("{BATCH}/approve"), &[("code", &app.next())]);
    assert_eq!(done.status, 303, "{}", said(&done));
    // Once it is approved nothing is taken out of it, and nothing is offered.
    assert!(!kim.get(LINE).text.contains("name=\"reason\""));
    let late = kim.submit("/account", &hold, &[("creator", "ana"), ("reason", "x")]);
    assert_eq!(late.status, 409, "{}", said(&late));
    shop.must(&["check"]);
}

#[test]
fn payments_to_a_creator_are_held_and_released_on_the_pages() {
    let shop = shop();
    let pages = Pages::open(&shop);
    let mut kim = pages.signed_in("kim");
    let fields = |kind, until, reason| [("id", "ana"), ("kind", kind), ("until", until), ("reason", reason)];
    for (kind, until, reason, why) in [
        ("tax_form", "2020-01-01", "x", "which is not after today"),
        ("tax_form", "soon", "x", "is no day such as 2026-03-31"),
        ("mood", "", "x", "There is no such kind of hold"),
        ("review", "", "", "reason"),
    ] {
        let refused = kim.submit(CREATOR, HOLD, &fields(kind, until, reason));
        assert_eq!(refused.status, 422, "{why}: {}", said(&refused));
        assert!(said(&refused).to_lowercase().contains(&why.to_lowercase()), "{why}: {}", said(&refused));
    }
    let nobody = kim.submit(CREATOR, HOLD, &[("id", "zoe"), ("kind", "review"), ("reason", "x")]);
    assert!(nobody.status >= 400 && said(&nobody).contains("zoe"), "{}", said(&nobody));
    let done = kim.submit(CREATOR, HOLD, &fields("tax_form", "", "asked twice"));
    assert_eq!((done.status, done.header("location")), (303, Some(&*format!("{CREATOR}&done=hold"))), "{}", said(&done));
    let done = kim.submit(CREATOR, HOLD, &fields("review", "2099-12-31", "who is that"));
    assert_eq!(done.status, 303, "{}", said(&done));
    let page = said(&kim.get(&format!("{CREATOR}&done=hold")));
    for wanted in [
        "Payments are on hold. Commissions go on accruing",
        "payments on hold: tax form missing",
        "Payments are on hold since",
        "tax form missing (asked twice)",
        "under review (who is that); until 31 December 2099",
    ] {
        assert!(page.contains(wanted), "{wanted}: {page}");
    }
    let start = said(&kim.get("/"));
    assert!(start.contains("Payments to 1 creator on hold") && start.contains("1 under review, 1 tax form missing"), "{start}");
    let list = said(&kim.get("/programs/shop/creators?q=payments%20on%20hold"));
    assert!(list.contains("1 row") && list.contains("payments on hold: under review"), "{list}");
    // A draft that would pay them waits, and a hold is not put on another.
    let batch = said(&kim.get(BATCH));
    assert!(batch.contains("on hold now"), "{batch}");
    let again = kim.submit(CREATOR, HOLD, &fields("review", "", "another reason"));
    assert_eq!(again.status, 409, "{}", said(&again));
    assert!(said(&again).contains("ana has been on hold since"), "{}", said(&again));
    for kind in ["tax_form", "review"] {
        let done = kim.submit(CREATOR, RELEASE, &[("id", "ana"), ("kind", kind), ("reason", "it came")]);
        assert_eq!(done.status, 303, "{}", said(&done));
        let again = kim.submit(CREATOR, RELEASE, &[("id", "ana"), ("kind", kind), ("reason", "it came")]);
        assert_eq!(again.status, 404, "{}", said(&again));
    }
    assert!(said(&kim.get(CREATOR)).contains("Payments are not on hold."));
    assert_eq!(shop.must(&["hold", "list", "--format", "csv"]).lines().count(), 1, "as on the command line");
    shop.must(&["check"]);
}

/// An approver is told beforehand what would be refused.
#[test]
fn a_batch_that_would_pay_somebody_on_hold_is_not_offered_for_approval() {
    let shop = shop();
    let app = App::set_up(&shop, "lee");
    let pages = Pages::open(&shop);
    let mut lee = pages.signed_in_with("lee", &app);
    assert!(lee.get(BATCH).text.contains("Approve 32.05"));
    let done = lee.submit(CREATOR, HOLD, &[("id", "ana"), ("kind", "review"), ("reason", "who is that")]);
    assert_eq!(done.status, 303, "holding takes no code: {}", said(&done));
    let page = lee.get(BATCH);
    assert!(said(&page).contains("are on hold, so it cannot be approved."), "{}", said(&page));
    assert!(!page.text.contains("Approve 32.05"), "{}", said(&page));
}
