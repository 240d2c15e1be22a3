//! What needs somebody: exceptions and alerts, what is said about them, and for how long that keeps them quiet.

use super::screens_batch::{link, said};
use super::*;
use crate::serve::Clock;
use purser::calendar::parse_time;

/// The small shop with a refund of an order that nobody knows, and a fee for a creator who is not there.
fn shop_with_exceptions() -> Shop {
    let shop = Shop::small();
    shop.add("refunds.csv", "r7,o77,,2026-01-20T09:00:00Z,12.34\n");
    shop.add("fees.csv", "f7,dora,20.00,2026-01-25,reel\n");
    shop.must(&["run", "nightly", "--as-of", "2026-02-01T00:00:00Z", "--by", "rosa"]);
    add_users(&shop, &[("lee", "preparer"), ("tom", "preparer"), ("kim", "viewer")]);
    shop
}

#[test]
fn an_exception_says_whom_how_much_where_and_what_to_do() {
    let shop = shop_with_exceptions();
    let pages = Pages::open(&shop);
    let mut browser = pages.signed_in("lee");
    let start = said(&browser.get("/"));
    assert!(start.contains("refund of an unknown order: r7 new o77, 12.34"), "{start}");
    assert!(start.contains("refunds.csv row 3") && start.contains("Export the order too, or leave the refund out."), "{start}");
    assert!(start.contains("fee for an unknown creator: f7 new") && start.contains("dora, 20.00 USD"), "{start}");
    let list = browser.get("/programs/shop/exceptions?as=csv").text;
    let row = list.lines().find(|line| line.starts_with("f7,")).expect("the fee");
    assert!(
        row.contains("dora,20.00 USD,")
            && row.contains("fees.csv row 3")
            && row.contains("\"Add the creator, or correct the id.\""),
        "{row}"
    );
    let one = browser.get(&link(&browser.clone().get("/"), "r7"));
    assert!(said(&one).contains("Amount 12.34") && said(&one).contains("refunds.csv row 3"), "{}", said(&one));
}

#[test]
fn what_is_acknowledged_is_quiet_for_a_month() {
    let shop = shop_with_exceptions();
    let at = |time: &str| parse_time(time).expect("a time");
    let clock = Clock::at(shop.folder.path(), at("2026-03-01T12:00:00Z"));
    let pages = Pages::open_at(&shop, "127.0.0.1:0", |command| clock.under(command));
    let (exceptions, acknowledge) = ("/programs/shop/exceptions", "/programs/shop/acknowledge");
    let form = "/programs/shop/exception?kind=refund_without_order&subject=r7";
    let fields = [("kind", "refund_without_order"), ("subject", "r7")];
    let mut lee = pages.signed_in("lee");
    assert!(said(&lee.get("/")).contains("refund of an unknown order: r7"));
    // Without a note nobody knows why; and who only looks says nothing.
    let refused = lee.submit(form, acknowledge, &[&fields[..], &[("note", " ")]].concat());
    assert_eq!(refused.status, 422, "{}", said(&refused));
    let mut kim = pages.signed_in("kim");
    let refused = kim.submit("/account", acknowledge, &[&fields[..], &[("note", "x")]].concat());
    assert_eq!(refused.status, 403, "{}", said(&refused));
    assert!(!kim.get(form).text.contains("Acknowledge</button>"));
    let note = [("note", "the shop exports it on Monday"), ("assigned_to", "tom")];
    let done = lee.submit(form, acknowledge, &[&fields[..], &note].concat());
    assert_eq!(done.status, 303, "{}", said(&done));
    // It nags nobody but the one who looks after it, and is still listed.
    let start = said(&lee.get("/"));
    assert!(!start.contains("unknown order: r7") && start.contains("(1 acknowledged)"), "{start}");
    assert!(start.contains("fee for an unknown creator: f7"), "only that one is quiet: {start}");
    assert!(said(&pages.signed_in("tom").get("/")).contains("refund of an unknown order: r7 yours"));
    let list = said(&lee.get(exceptions));
    assert!(list.contains("with tom") && list.contains("1 wait; 1 is acknowledged"), "{list}");
    let one = said(&lee.get(form));
    assert!(one.contains("“the shop exports it on Monday” – lee, 0 min ago, assigned to tom; quiet until 2026-03-31"), "{one}");
    // It ages.
    clock.set(at("2026-03-20T12:00:00Z"));
    let one = said(&pages.signed_in("lee").get(form));
    assert!(one.contains("lee, 19 days ago") && one.contains("Open for 59 days"), "{one}");
    clock.set(at("2026-03-31T12:00:01Z"));
    let start = said(&pages.signed_in("lee").get("/"));
    assert!(start.contains("refund of an unknown order: r7 still open"), "{start}");
    // What is fixed is gone, whatever was said.
    assert!(
        shop.database
            .sql("SELECT subject || '|' || note FROM acknowledgements")
            .contains("exception/refund_without_order/r7|the shop")
    );
    shop.must(&["check"]);
}

#[test]
fn an_alert_is_acknowledged_too() {
    let shop = shop_with_exceptions();
    shop.database.sql(
        "INSERT INTO alerts (program, alert, kind, job, headline, body, raised_at, letters) VALUES \
         ('shop', 'late/nightly/x', 'late', 'nightly', 'shop: nightly run is late', 'What happened: nothing', 1772000000000000, 0)",
    );
    let pages = Pages::open(&shop);
    let mut lee = pages.signed_in("lee");
    let start = lee.get("/");
    assert!(
        said(&start).contains("shop: nightly run is late") && start.text.contains("What happened: nothing"),
        "{}",
        said(&start)
    );
    let fields = [("kind", "alert"), ("subject", "late/nightly/x"), ("note", "the database moves tonight")];
    assert_eq!(lee.submit("/", "/programs/shop/acknowledge", &fields).status, 303);
    assert!(!said(&lee.get("/")).contains("nightly run is late"));
    let other = [("kind", "alert"), ("subject", "late/nightly/y"), ("note", "nobody knows it")];
    assert_eq!(lee.submit("/", "/programs/shop/acknowledge", &other).status, 404);
}

/// Who gets no mails any more is called so on the creator's page, with what the server said.
#[test]
fn a_creator_whose_address_is_suppressed_is_shown_as_such() {
    let shop = Shop::small();
    shop.must(&["run", "nightly", "statements", "--as-of", "2026-02-01T10:00:00Z", "--by", "rosa"]);
    shop.write("hook.jsonl", "{\"message\":\"shop/ben/2026-01\",\"status\":\"5.1.1\",\"reason\":\"user unknown\"}\n");
    shop.must(&["mail", "bounces", "hook.jsonl", "--by", "rosa"]);
    add_users(&shop, &[("kim", "viewer")]);
    let pages = Pages::open(&shop);
    let mut kim = pages.signed_in("kim");
    let ben = said(&kim.get("/programs/shop/creator?id=ben"));
    assert!(ben.contains("suppressed since"), "{ben}");
    assert!(ben.contains("shop/ben/2026-01 came back with status 5.1.1: user unknown"), "{ben}");
    assert!(!said(&kim.get("/programs/shop/creator?id=ana")).contains("suppressed since"));
}
