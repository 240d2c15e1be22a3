//! Servers fail. Whatever goes wrong at whichever request, and wherever the process is killed, the facts are the server's truth in the end.

use std::process::Stdio;
use std::time::Duration;

use purser::program::Table;
use serde_json::json;

use super::orders::{line, many, order, refund, with};
use super::server::Fault;
use super::{ApiShop, NIGHT};
use crate::support::held::{Held, failed, steps};

/// Orders on several pages, one with more lines than a page holds, one with a refund.
fn orders() -> Vec<serde_json::Value> {
    let mut orders = many(120);
    let lines = (0..45).map(|number| line(5_000 + number, 1, "1.00", &[], &[])).collect();
    orders.push(with(order(500, lines, "45.00"), json!({ "updatedAt": "2026-01-10T15:00:00Z" })));
    let whole = order(501, vec![line(5_100, 2, "20.00", &[], &[])], "20.00");
    orders.push(with(whole, json!({ "refunds": [refund(501, &[(5_100, 1, "10.00", "0.0")], &[], false, "10.00")] })));
    orders
}

fn truth() -> String {
    let shop = ApiShop::new(orders());
    shop.must(&NIGHT);
    shop.outcome()
}

#[test]
fn what_goes_wrong_for_a_moment_is_asked_again() {
    let truth = truth();
    let faults = [
        Fault::Status(500),
        Fault::Status(503),
        Fault::Status(429),
        Fault::Html,
        Fault::Cut,
        Fault::Internal,
        Fault::Throttled,
        Fault::Expired,
    ];
    // Each fault at another request, and all of them one after the other; of the shop's 9 requests each has its turn.
    for first in 0..faults.len() {
        let shop = ApiShop::new(orders());
        let turn = |(place, _)| (place * 2, faults[(first + place) % faults.len()]);
        shop.server.truth().faults = faults.iter().enumerate().map(turn).collect();
        shop.must(&NIGHT);
        assert_eq!(shop.outcome(), truth, "first {:?}", faults[first]);
    }
}

#[test]
fn a_throttle_is_kept_to() {
    let shop = ApiShop::new(orders());
    {
        let mut truth = shop.server.truth();
        truth.bucket = (700, 4_000);
        // A page of 50 costs more than one question may, once it costs what it does here.
        truth.largest_page = 30;
    }
    shop.must(&NIGHT);
    assert_eq!(shop.outcome(), truth());
    let throttled = shop.server.truth().throttled;
    assert!(throttled <= 1, "it waits as long as Shopify says, and was refused {throttled} times");
}

#[test]
fn a_shop_that_is_down_leaves_yesterdays_facts() {
    let shop = ApiShop::new(orders());
    shop.must(&NIGHT);
    let before = shop.outcome();
    {
        let mut truth = shop.server.truth();
        truth.now = "2026-03-02T00:00:00Z".parse().expect("a time");
        truth.orders.push(with(
            order(600, vec![line(6_000, 1, "60.00", &[], &[])], "60.00"),
            json!({ "updatedAt": "2026-03-01T13:00:00Z" }),
        ));
        let next = truth.requests;
        truth.faults = (next..next + 5).map(|number| (number, Fault::Status(502))).collect();
    }
    let night = ["run", "nightly", "--as-of", "2026-03-02T00:00:00Z"];
    let done = shop.run(&night);
    assert_eq!(done.code, Some(75), "{}", done.err);
    for said in ["could not fetch shopify of shop, so nothing was posted", "answered 502", "5 attempts"] {
        assert!(done.err.contains(said), "{said}: {}", done.err);
    }
    assert_eq!(shop.outcome(), before);
    shop.must(&night);
    assert!(shop.outcome().contains("600,attributed,code"));
}

#[test]
fn a_redirect_is_not_followed() {
    let shop = ApiShop::new(orders());
    shop.server.truth().faults = [(0, Fault::Status(302))].into();
    let done = shop.run(&NIGHT);
    assert!(!done.ok && done.err.contains("the access token goes to no other address"), "{}", done.err);
    assert_eq!(shop.server.truth().requests, 1);
}

/// So many orders that they come in several batches, each with a commit of its own.
#[test]
fn killed_at_any_page_it_goes_on_from_there() {
    let wanted = {
        let shop = ApiShop::new(many(2_300));
        shop.must(&NIGHT);
        assert_eq!(shop.server.truth().requests, 52, "rights, disputes, 47 pages of orders, how many are left, a list, a count");
        shop.outcome()
    };
    let shop = ApiShop::new(many(2_300));
    for requests in [0, 1, 7, 41, 43, 45, 48] {
        let start = shop.server.truth().requests;
        let mut child = shop.command(&NIGHT).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the binary starts");
        while shop.server.truth().requests < start + requests && child.try_wait().expect("it can be watched").is_none() {
            std::thread::sleep(Duration::from_millis(1));
        }
        child.kill().expect("it can be killed");
        child.wait().expect("it is gone");
    }
    shop.must(&NIGHT);
    assert_eq!(shop.outcome(), wanted);
    let out = shop.must(&["check"]);
    assert!(!out.contains("broken"), "{out}");
}

/// At each durable effect of a fetch: held there and killed, or refused.
#[test]
fn stopped_at_any_effect_it_does_the_rest() {
    let (done, effects) = {
        let shop = ApiShop::new(orders());
        steps(&mut shop.command(&NIGHT))
    };
    assert!(done.ok, "{}", done.err);
    let truth = truth();
    let is_copy = |effect: &str| Table::ALL.iter().any(|table| effect.starts_with(&format!("rename {}/", table.name())));
    let of_fetch: Vec<&String> = effects.iter().filter(|effect| effect.contains("a source") || is_copy(effect)).collect();
    assert!(of_fetch.len() >= 8, "{effects:?}");
    for effect in of_fetch {
        for how in ["hold-before", "fail-after"] {
            let shop = ApiShop::new(orders());
            match how.starts_with("hold") {
                true => Held::at(&mut shop.command(&NIGHT), how, effect).kill(),
                false => drop(failed(&mut shop.command(&NIGHT), how, effect)),
            }
            shop.must(&NIGHT);
            assert_eq!(shop.outcome(), truth, "{how} {effect}");
        }
    }
}
