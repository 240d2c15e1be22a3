//! What is reported becomes facts, and earns by the same rules as anything else.

use std::io::{Read, Write};
use std::process::Stdio;

use super::{Desk, NOON, SECRET};
use crate::support::tool;

/// What partners' orders are credited to: touch's creator, order, base.
fn credits(desk: &Desk) -> Vec<String> {
    let text = desk.must(&["export", "commissions"]);
    let of_partner = text.lines().filter(|row| row.contains(",partner:"));
    of_partner
        .map(|row| row.split(',').collect::<Vec<_>>())
        .map(|row| format!("{} {} {} {}", row[1], row[3], row[4], row[5]))
        .collect()
}

fn night(desk: &Desk) {
    desk.clock.set(NOON + 3_600_000_000);
    desk.must(&["run", "nightly", "--as-of", "2026-03-01T13:00:00Z"]);
}

#[test]
fn conversions_earn_by_link_by_creator_and_by_click() {
    let desk = Desk::new();
    for report in [
        &["T1", "--link", "lana", "--amount", "100.00", "--sub-id", "story", "--sku", "A"][..],
        &["T2", "--creator", "ben", "--amount", "50"],
        &["C1", "--event-click", "--link", "lana"],
        &["T3", "--click", "C1", "--amount", "30.00"],
        &["T4", "--link", "nobody", "--amount", "9.99"],
    ] {
        assert_eq!(desk.get(&desk.signed(report)), Some(200), "{report:?}: {}", desk.log());
    }
    night(&desk);
    assert_eq!(
        credits(&desk),
        ["partner:T1 ana partner:T1:touch 100.00", "partner:T2 ben partner:T2:touch 50.00", "partner:T3 ana partner:C1 30.00"]
    );
    assert!(desk.must(&["export", "orders"]).contains("partner:T4,unattributed,no_touch"));
    // People name it as the partner does; and both computations agree.
    let explained = desk.must(&["explain", "T1"]);
    assert!(explained.contains("partner:T1") && !explained.contains("DIFFER"), "{explained}");
    // Nothing new, nothing to post; and what is there may be checked and replayed.
    let again = desk.must(&["run", "nightly", "--as-of", "2026-03-01T13:00:00Z"]);
    assert!(again.contains("nothing to post"), "{again}");
    desk.must(&["check"]);
    desk.must(&["validate"]);
}

#[test]
fn a_shop_without_any_report_runs_as_before() {
    let desk = Desk::closed();
    desk.must(&["run", "nightly", "--as-of", "2026-03-01T11:00:00Z"]);
    let plain = crate::support::Shop::small();
    plain.must(&["run", "nightly", "--as-of", "2026-03-01T11:00:00Z"]);
    assert_eq!(desk.must(&["export", "commissions"]), plain.must(&["export", "commissions"]));
    let doctor = desk.run(&["doctor"]);
    assert!(!doctor.out.contains("partner.jsonl") || !doctor.out.contains("no file"), "{}", doctor.out);
}

/// As a partner would sign it, with somebody else's HMAC.
#[test]
fn a_signature_is_hmac_sha256_of_the_query() {
    let desk = Desk::new();
    let query = format!("transaction=P1&time={}&link=lana&amount=20.00&currency=USD", NOON / 1_000_000);
    let script = "import hmac, sys; print(hmac.new(sys.argv[1].encode(), sys.argv[2].encode(), 'sha256').hexdigest())";
    let done = tool("python3").args(["-c", script, SECRET, &query]).output().expect("tests need Python");
    let signature = String::from_utf8(done.stdout).expect("it is text");
    let signed = format!("{query}&signature={}", signature.trim());
    assert_eq!(desk.get(&format!("/postbacks/shop/partner?{signed}")), Some(200), "{}", desk.log());
    // By POST, with the same text as its body: the same report.
    let post = format!(
        "POST /postbacks/shop/partner HTTP/1.1\r\nhost: test\r\nconnection: close\r\ncontent-type: application/x-www-form-urlencoded\r\n\
         content-length: {}\r\n\r\n{signed}",
        signed.len()
    );
    assert_eq!(desk.send(&post), Some(200));
    assert_eq!(desk.transactions(), ["P1"]);
}

#[test]
fn a_test_becomes_no_fact_and_says_what_it_would_have_earned() {
    let desk = Desk::new();
    assert_eq!(desk.get(&desk.signed(&["S1", "--link", "lana", "--amount", "100.00", "--sandbox"])), Some(200));
    assert_eq!(desk.get(&desk.signed(&["S2", "--creator", "ben", "--amount", "40.00", "--sandbox"])), Some(200));
    assert_eq!(desk.get(&desk.signed(&["T1", "--link", "lana", "--amount", "5.00"])), Some(200));
    let early = desk.run(&["postback", "verify", "S1"]);
    assert!(!early.ok, "facts were never fetched: {}", early.out);
    night(&desk);
    assert_eq!(credits(&desk), ["partner:T1 ana partner:T1:touch 5.00"]);
    let said = desk.must(&["postback", "verify", "S1", "--as-of", "2026-03-01T13:00:00Z"]);
    for wanted in ["S1 arrived at partner at 2026-03-01T12:00:00Z, as a test", "became no fact", "ana", "10.00"] {
        assert!(said.contains(wanted), "{wanted}: {said}");
    }
    let said = desk.must(&["postback", "verify", "S2", "--as-of", "2026-03-01T13:00:00Z"]);
    assert!(said.contains("ben") && said.contains("4.00"), "{said}");
    for (transaction, wanted) in [("T1", "is no test"), ("S9", "no test S9 has arrived")] {
        let done = desk.run(&["postback", "verify", transaction]);
        assert!(!done.ok && done.err.contains(wanted), "{transaction}: {}", done.err);
    }
    // The partner was told that the test arrived; the facts hold nothing of it.
    assert!(!desk.must(&["export", "orders"]).contains("S1"));
}

/// A report is taken while somebody holds the database for themselves, as a night may for minutes.
#[test]
fn reports_do_not_wait_for_the_database() {
    let desk = Desk::closed();
    desk.must(&["run", "nightly", "--as-of", "2026-03-01T11:00:00Z"]);
    let database = desk.shop.path("ledger.db");
    assert!(database.exists());
    let mut holder = std::process::Command::new("sqlite3");
    let mut holder = holder.arg(&database).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("tests have sqlite3");
    let mut stdin = holder.stdin.take().expect("it reads");
    stdin.write_all(b"BEGIN EXCLUSIVE; SELECT 'held';\n").expect("it reads");
    let mut said = [0; 4];
    holder.stdout.take().expect("it writes").read_exact(&mut said).expect("it holds the database");
    let desk = desk.open();
    assert_eq!(desk.get(&desk.signed(&["T1", "--link", "lana", "--amount", "5.00"])), Some(200), "{}", desk.log());
    drop(stdin);
    holder.wait().expect("it ends");
    night(&desk);
    assert_eq!(credits(&desk), ["partner:T1 ana partner:T1:touch 5.00"]);
}
