//! Servers fail. Whatever goes wrong at whichever request, and wherever the process is killed, the facts are the server's truth in the end.

use std::process::Stdio;
use std::time::Duration;

use purser::program::Table;

use super::orders::{many, refund};
use super::server::Fault;
use super::{NEXT_NIGHT, NIGHT, WooShop};
use crate::support::held::{Held, failed, steps};

/// Orders on several pages, two with a refund.
fn store(count: u64) -> WooShop {
    let shop = WooShop::new(many(count));
    let refunds = [(7, vec![refund(901, &[(70, "-4.00", "0.00")], &[], "4.00")]), (120, vec![refund(902, &[], &[], "5.00")])];
    shop.server.truth().refunds = refunds.into();
    shop
}

fn truth(count: u64) -> String {
    let shop = store(count);
    shop.must(&NIGHT);
    let bases = shop.bases();
    let base = |id: u64| {
        if id == 7 {
            "6.00"
        } else if id == 120 {
            "5.00"
        } else {
            "10.00"
        }
    };
    let wanted = (1..=count).map(|id| format!("{id} {} {}", id * 10, base(id)));
    assert!(wanted.clone().all(|wanted| bases.contains(&wanted)) && bases.len() == wanted.count(), "{bases:?}");
    shop.outcome()
}

#[test]
fn what_goes_wrong_for_a_moment_is_asked_again() {
    let truth = truth(250);
    let faults = [Fault::Status(500), Fault::Status(503), Fault::Status(429), Fault::Html, Fault::Cut];
    for first in 0..faults.len() {
        let shop = store(250);
        let turn = |(place, _)| (place * 2, faults[(first + place) % faults.len()]);
        shop.server.truth().faults = faults.iter().enumerate().map(turn).collect();
        shop.must(&NIGHT);
        assert_eq!(shop.outcome(), truth, "first {:?}", faults[first]);
    }
}

#[test]
fn a_store_that_is_down_leaves_yesterdays_facts() {
    let shop = store(130);
    shop.must(&NIGHT);
    let before = shop.outcome();
    shop.next_day();
    {
        let mut truth = shop.server.truth();
        let next = truth.requests;
        truth.faults = (next..next + 5).map(|number| (number, Fault::Status(502))).collect();
        truth.refunds.insert(9, vec![refund(903, &[(90, "-10.00", "0.00")], &[], "10.00")]);
    }
    let done = shop.run(&NEXT_NIGHT);
    assert_eq!(done.code, Some(75), "{}", done.err);
    for said in ["could not fetch store of shop, so nothing was posted", "answered 502", "5 attempts"] {
        assert!(done.err.contains(said), "{said}: {}", done.err);
    }
    assert_eq!(shop.outcome(), before);
    shop.must(&NEXT_NIGHT);
    assert!(shop.bases().contains(&"9 90 0.00".to_owned()));
}

/// So many orders that they come in several batches, each with a commit of its own; a second night reads them again.
#[test]
fn killed_at_any_page_it_goes_on_from_there() {
    let late = |shop: &WooShop| {
        shop.next_day();
        shop.server.truth().refunds.insert(1_500, vec![refund(904, &[(15_000, "-3.00", "0.00")], &[], "3.00")]);
    };
    let wanted = {
        let shop = store(2_200);
        shop.must(&NIGHT);
        late(&shop);
        shop.must(&NEXT_NIGHT);
        shop.outcome()
    };
    let shop = store(2_200);
    killed(&shop, &NIGHT, &[0, 1, 8, 14, 20, 24]);
    shop.must(&NIGHT);
    late(&shop);
    killed(&shop, &NEXT_NIGHT, &[1, 2, 13, 25]);
    shop.must(&NEXT_NIGHT);
    assert_eq!(shop.outcome(), wanted);
    assert!(shop.bases().contains(&"1500 15000 7.00".to_owned()));
    let out = shop.must(&["check"]);
    assert!(!out.contains("broken"), "{out}");
}

/// Runs that are killed once so many requests came.
fn killed(shop: &WooShop, night: &[&str], after: &[usize]) {
    for requests in after {
        let start = shop.server.truth().requests;
        let mut child = shop.command(night).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the binary starts");
        while shop.server.truth().requests < start + requests && child.try_wait().expect("it can be watched").is_none() {
            std::thread::sleep(Duration::from_millis(1));
        }
        child.kill().expect("it can be killed");
        child.wait().expect("it is gone");
    }
}

/// At each durable effect of a fetch: held there and killed, or refused.
#[test]
fn stopped_at_any_effect_it_does_the_rest() {
    let (done, effects) = steps(&mut store(130).command(&NIGHT));
    assert!(done.ok, "{}", done.err);
    let truth = truth(130);
    let is_copy = |effect: &str| Table::ALL.iter().any(|table| effect.starts_with(&format!("rename {}/", table.name())));
    let of_fetch: Vec<&String> = effects.iter().filter(|effect| effect.contains("a source") || is_copy(effect)).collect();
    assert!(of_fetch.len() >= 6, "{effects:?}");
    for effect in of_fetch {
        for how in ["hold-before", "fail-after"] {
            let shop = store(130);
            match how.starts_with("hold") {
                true => Held::at(&mut shop.command(&NIGHT), how, effect).kill(),
                false => drop(failed(&mut shop.command(&NIGHT), how, effect)),
            }
            shop.must(&NIGHT);
            assert_eq!(shop.outcome(), truth, "{how} {effect}");
        }
    }
}
