//! Payment holds: a creator on hold is not paid, everybody sees why, and their commission goes on accruing.

use crate::payment_files::{EUROPEANS, HEADER, SEPA, set_up, with_key};
use crate::support::database::Kind;
use crate::support::{Done, Shop};

fn nightly(shop: &Shop, at: &str) {
    shop.must(&["run", "nightly", "--as-of", at, "--by", "rosa"]);
}

fn payout(shop: &Shop, at: &str) {
    shop.must(&["run", "payout", "--as-of", at, "--by", "rosa"]);
}

fn at(shop: &Shop, command: &[&str], by: &str, time: &str) -> Done {
    shop.run(&[command, &["--by", by, "--as-of", time]].concat())
}

/// The creators of a batch with their amounts and states.
fn lines(shop: &Shop, batch: &str) -> Vec<String> {
    shop.must(&["batch", "show", batch, "--format", "csv"]).lines().skip(1).map(str::to_owned).collect()
}

/// What the sheet says of a creator who is not in the batch.
fn sentence(shop: &Shop, batch: &str, creator: &str) -> String {
    let shown = shop.must(&["batch", "show", batch]);
    let begin = format!("  {creator}: ");
    shown
        .lines()
        .find_map(|line| line.strip_prefix(&begin))
        .unwrap_or_else(|| panic!("{creator} is not named: {shown}"))
        .to_owned()
}

#[test]
fn nobody_on_hold_is_drafted_and_everybody_sees_why() {
    for kind in Kind::BOTH {
        let shop = Shop::small_on(kind);
        nightly(&shop, "2026-02-01T00:00:00Z");
        let add = ["hold", "add", "ana", "--kind", "tax_form", "--until", "2026-02-15", "--reason", "asked twice"];
        let held = at(&shop, &add, "lee", "2026-02-01T08:00:00Z");
        assert!(
            held.ok && held.out.contains("ana was put on hold by lee (ledger entry 2 of program shop)"),
            "{}{}",
            held.out,
            held.err
        );
        let again = at(&shop, &add, "lee", "2026-02-01T08:30:00Z");
        assert!(again.ok && again.out.contains("ana is already held by lee (ledger entry 2"), "{}{}", again.out, again.err);
        let list = shop.must(&["hold", "list", "--format", "csv"]);
        // The clock is far beyond the day on which it ends.
        assert_eq!(list, "creator_id,kind,held_by,since,until,reason\n");
        payout(&shop, "2026-02-01T09:00:00Z");
        assert_eq!(lines(&shop, "shop-0001"), ["ben,5.00,reserved", "cho,15.00,reserved"]);
        let why = "12.05 USD payable as of 1 February 2026, on hold since 1 February 2026 (by lee): tax form missing (asked twice); until 15 February 2026";
        assert_eq!(sentence(&shop, "shop-0001", "ana"), why);
        assert!(at(&shop, &["batch", "approve", "shop-0001"], "mia", "2026-02-02T09:00:00Z").ok);
        // Released or not, the sheet shows what its approver saw.
        let release = ["hold", "release", "ana", "--reason", "it came"];
        let released = at(&shop, &release, "tom", "2026-02-03T09:00:00Z");
        assert!(
            released.ok && released.out.contains("ana was released by tom; held by lee since"),
            "{}{}",
            released.out,
            released.err
        );
        assert!(at(&shop, &release, "tom", "2026-02-03T10:00:00Z").err.contains("ana is not on hold"));
        assert_eq!(sentence(&shop, "shop-0001", "ana"), why);
        payout(&shop, "2026-02-04T09:00:00Z");
        assert_eq!(lines(&shop, "shop-0002"), ["ana,12.05,reserved"]);
        shop.must(&["check"]);
    }
}

/// The day before, it stands; on its day it has ended, and nobody has to do anything.
#[test]
fn a_hold_ends_on_its_day() {
    let shop = Shop::small();
    nightly(&shop, "2026-02-01T00:00:00Z");
    for creator in ["ana", "ben", "cho"] {
        let add = ["hold", "add", creator, "--until", "2026-02-10", "--reason", "a look"];
        assert!(at(&shop, &add, "lee", "2026-02-01T08:00:00Z").ok);
    }
    let nobody = shop.must(&["run", "payout", "--as-of", "2026-02-09T23:00:00Z", "--by", "rosa"]);
    assert!(
        nobody.contains("nobody is due") || shop.must(&["batch", "list", "--format", "csv"]).lines().count() == 1,
        "{nobody}"
    );
    payout(&shop, "2026-02-10T00:00:00Z");
    assert_eq!(lines(&shop, "shop-0001").len(), 3);
    let over = at(&shop, &["hold", "release", "ana", "--reason", "x"], "lee", "2026-02-10T01:00:00Z");
    assert!(over.err.contains("ana is not on hold"), "{}", over.err);
}

/// What a command refuses, and says.
const REFUSED: &[(&[&str], &str, &str, &str)] = &[
    (&["add", "anna", "--reason", "x"], "lee", "2026-02-01T10:00:00Z", "has no creator \"anna\"; the closest id is ana"),
    (&["add", "ana", "--reason", " "], "lee", "2026-02-01T10:00:00Z", "a reason is needed"),
    (&["add", "ana", "--reason", "x"], "runner", "2026-02-01T10:00:00Z", "is reserved for `purser serve`"),
    (&["add", "ana", "--reason", "x", "--until", "2026-02-01"], "lee", "2026-02-01T10:00:00Z", "which is not after today"),
    (&["add", "ana", "--reason", "x", "--until", "1 March"], "lee", "2026-02-01T10:00:00Z", "not a valid day"),
    (&["add", "ana", "--reason", "x"], "lee", "2199-01-01T10:00:00Z", "is in the future"),
    (&["add", "ben", "--reason", "x"], "lee", "2026-02-01T08:30:00Z", "cannot be dated earlier than that"),
    (
        &["add", "ben", "--reason", "x"],
        "lee",
        "2026-02-01T10:00:00Z",
        "ben has been on hold since 2026-02-01T09:00:00Z already (by mia)",
    ),
    (
        &["add", "ben", "--reason", "other"],
        "mia",
        "2026-02-01T10:00:00Z",
        "ben has been on hold since 2026-02-01T09:00:00Z already (by mia)",
    ),
    (&["release", "ben", "--reason", "x"], "lee", "2026-02-01T08:30:00Z", "cannot be dated earlier than that"),
    (&["release", "ana", "--reason", "x"], "lee", "2026-02-01T10:00:00Z", "ana is not on hold"),
    (&["release", "ben", "--reason", "x"], "lee", "2026-02-01T10:00:00Z", "say which with --kind review or --kind tax_form"),
    (
        &["release", "ben", "--reason", "x", "--kind", "details"],
        "lee",
        "2026-02-01T10:00:00Z",
        "not on hold as payment details missing",
    ),
];

#[test]
fn a_hold_that_makes_no_sense_is_refused() {
    let shop = Shop::small();
    nightly(&shop, "2026-02-01T00:00:00Z");
    for kind in ["review", "tax_form"] {
        let add = ["hold", "add", "ben", "--kind", kind, "--reason", "x"];
        assert!(at(&shop, &add, "mia", "2026-02-01T09:00:00Z").ok);
    }
    for (command, by, time, why) in REFUSED {
        let refused = at(&shop, &[&["hold"], *command].concat(), by, time);
        assert!(!refused.ok && refused.err.contains(why), "{command:?}: {}", refused.err);
    }
    let list = shop.must(&["hold", "list", "--format", "csv"]);
    let rows = "ben,review,mia,2026-02-01T09:00:00Z,,x\nben,tax_form,mia,2026-02-01T09:00:00Z,,x\n";
    assert!(list.ends_with(rows), "{list}");
    let retired = at(&shop, &["retire", "shop", "--reason", "over"], "mia", "2026-03-01T09:00:00Z");
    assert!(retired.ok && lines(&shop, "shop-0001").len() == 2, "{}", retired.err);
}

/// Nobody is paid who was put on hold since the draft: neither by an approval, nor by an export.
#[test]
fn a_hold_after_the_draft_stops_the_batch() {
    for kind in Kind::BOTH {
        let shop = Shop::small_on(kind);
        nightly(&shop, "2026-02-01T00:00:00Z");
        payout(&shop, "2026-02-01T09:00:00Z");
        let hold = ["hold", "add", "cho", "--reason", "who is that"];
        assert!(at(&shop, &hold, "lee", "2026-02-01T10:00:00Z").ok);
        let shown = shop.must(&["batch", "show", "shop-0001"]);
        assert!(shown.contains("on hold now"), "{shown}");
        let approve = |hour: &str| at(&shop, &["batch", "approve", "shop-0001"], "mia", &format!("2026-02-01T{hour}:00:00Z"));
        let refused = approve("11");
        let why = "batch shop-0001 would pay cho, who has been on hold since 2026-02-01T10:00:00Z (by lee): under review; it cannot be approved; take \
                   the line out, `purser batch hold shop-0001 --creator cho`, or release the hold, `purser hold release cho`";
        assert!(!refused.ok && refused.err.contains(why), "{}", refused.err);
        let out = ["batch", "hold", "shop-0001", "--creator", "cho", "--reason", "on hold"];
        assert!(at(&shop, &out, "lee", "2026-02-01T12:00:00Z").ok);
        let why = "15.00 USD taken out of it by lee on 1 February 2026: on hold; on hold since 1 February 2026 (by lee): under review (who is that)";
        assert_eq!(sentence(&shop, "shop-0001", "cho"), why);
        let back =
            at(&shop, &["batch", "release", "shop-0001", "--creator", "cho", "--reason", "x"], "lee", "2026-02-01T13:00:00Z");
        assert!(!back.ok && back.err.contains("cho is on hold (by lee): under review; release that first"), "{}", back.err);
        assert!(approve("14").ok);
        assert!(at(&shop, &["hold", "add", "ana", "--reason", "late"], "lee", "2026-02-01T15:00:00Z").ok);
        let refused = at(&shop, &["batch", "export", "shop-0001"], "mia", "2026-02-01T16:00:00Z");
        assert!(!refused.ok && refused.err.contains("it cannot be exported; reject the batch"), "{}", refused.err);
        assert!(at(&shop, &["hold", "release", "ana", "--reason", "fine"], "lee", "2026-02-01T17:00:00Z").ok);
        assert!(at(&shop, &["batch", "export", "shop-0001"], "mia", "2026-02-01T18:00:00Z").ok);
        assert_eq!(shop.read("ledger-data/payments/shop-0001.csv").matches("cho").count(), 0);
        shop.must(&["check"]);
    }
}

/// The money of a line that is taken out is payable again, and goes into the next batch; put back, it is this one's.
#[test]
fn a_line_is_taken_out_and_put_back() {
    for kind in Kind::BOTH {
        let shop = Shop::small_on(kind);
        nightly(&shop, "2026-02-01T00:00:00Z");
        payout(&shop, "2026-02-01T09:00:00Z");
        let change = |what: &str, creator: &str, minute: &str| {
            let command = ["batch", what, "shop-0001", "--creator", creator, "--reason", "a form is missing"];
            at(&shop, &command, "lee", &format!("2026-02-01T10:{minute}:00Z"))
        };
        let held = change("hold", "cho", "00");
        let told = "the line of cho was taken out of shop-0001 by lee (ledger entry 3 of program shop): 15.00 USD; the batch comes to 17.05 USD \
                    for 2 creators now";
        assert!(held.ok && held.out.contains(told), "{}{}", held.out, held.err);
        assert!(shop.must(&["export", "balances"]).contains("cho,0.00,15.00,0.00,0.00\n"));
        assert_eq!(lines(&shop, "shop-0001"), ["ana,12.05,reserved", "ben,5.00,reserved"]);
        let why = "15.00 USD taken out of it by lee on 1 February 2026: a form is missing; until the next payout";
        assert_eq!(sentence(&shop, "shop-0001", "cho"), why);
        assert!(change("hold", "cho", "01").err.contains("was taken out of batch shop-0001 already"));
        assert!(change("hold", "dan", "01").err.contains("batch shop-0001 has no line for dan"));
        assert!(change("release", "dan", "01").err.contains("no line of dan was taken out of batch shop-0001"));
        assert!(change("release", "cho", "02").ok);
        assert!(change("release", "cho", "03").err.contains("batch shop-0001 pays cho already"));
        assert!(shop.must(&["export", "balances"]).contains("cho,0.00,0.00,15.00,0.00\n"));
        shop.must(&["check"]);
        assert!(change("hold", "cho", "04").ok && change("hold", "ana", "05").ok);
        let last = change("hold", "ben", "06");
        assert!(last.err.contains("ben is the only one whom batch shop-0001 pays; reject it instead"), "{}", last.err);
        payout(&shop, "2026-02-01T11:00:00Z");
        assert_eq!(lines(&shop, "shop-0002"), ["ana,12.05,reserved", "cho,15.00,reserved"]);
        let gone =
            at(&shop, &["batch", "release", "shop-0001", "--creator", "cho", "--reason", "x"], "lee", "2026-02-01T12:00:00Z");
        assert!(gone.err.contains("less is payable to cho now than was taken out"), "{}", gone.err);
        assert!(at(&shop, &["batch", "approve", "shop-0001"], "mia", "2026-02-01T13:00:00Z").ok);
        assert_eq!(sentence(&shop, "shop-0001", "cho"), why);
        assert!(at(&shop, &["batch", "settle", "shop-0001", "--failed", "ben"], "mia", "2026-02-01T14:00:00Z").ok);
        assert!(at(&shop, &["proposal", "approve", "shop-p0001"], "lee", "2026-02-01T15:00:00Z").ok);
        assert!(at(&shop, &["batch", "reject", "shop-0002"], "mia", "2026-02-01T16:00:00Z").ok);
        let balances = shop.must(&["export", "balances"]);
        for row in ["ana,0.00,12.05,0.00,0.00\n", "ben,0.00,5.00,0.00,0.00\n", "cho,0.00,15.00,0.00,0.00\n"] {
            assert!(balances.contains(row), "{balances}");
        }
        shop.must(&["check"]);
    }
}

/// A line that came and went may still be paid, fail or come back.
#[test]
fn a_line_that_was_put_back_is_paid_like_any_other() {
    let shop = Shop::small();
    nightly(&shop, "2026-02-01T00:00:00Z");
    payout(&shop, "2026-02-01T09:00:00Z");
    for (what, minute) in [("hold", "00"), ("release", "01"), ("hold", "02"), ("release", "03")] {
        let command = ["batch", what, "shop-0001", "--creator", "cho", "--reason", "x"];
        assert!(at(&shop, &command, "lee", &format!("2026-02-01T10:{minute}:00Z")).ok);
    }
    assert!(at(&shop, &["batch", "approve", "shop-0001"], "mia", "2026-02-01T11:00:00Z").ok);
    assert!(at(&shop, &["batch", "settle", "shop-0001"], "mia", "2026-02-01T12:00:00Z").ok);
    let back = ["batch", "return", "shop-0001", "--creator", "cho", "--reason", "closed"];
    assert!(at(&shop, &back, "mia", "2026-02-02T09:00:00Z").ok);
    assert!(at(&shop, &["proposal", "approve", "shop-p0001"], "lee", "2026-02-02T10:00:00Z").ok);
    assert!(shop.must(&["export", "balances"]).contains("cho,0.00,15.00,0.00,0.00\n"));
    shop.must(&["check"]);
}

/// Where the program says by which rails it pays, the draft puts creators without usable details on hold until they have some.
#[test]
fn who_has_no_details_waits_for_them() {
    for kind in Kind::BOTH {
        let shop = Shop::small_on(kind);
        let without: String = EUROPEANS.lines().filter(|row| !row.starts_with("cho")).map(|row| format!("{row}\n")).collect();
        set_up(&shop, "EUR", &without, SEPA);
        nightly(&shop, "2026-02-01T00:00:00Z");
        payout(&shop, "2026-02-01T09:00:00Z");
        assert_eq!(lines(&shop, "shop-0001"), ["ana,12.05,reserved", "ben,5.00,reserved"]);
        let why = "15.00 EUR payable as of 1 February 2026, on hold since 1 February 2026 (by rosa): payment details missing or unverified";
        assert_eq!(sentence(&shop, "shop-0001", "cho"), why);
        payout(&shop, "2026-02-02T09:00:00Z");
        let entries = || shop.database.sql("SELECT kind, subject FROM entries WHERE kind IN ('held', 'released') ORDER BY entry");
        assert_eq!(entries().trim(), "held|cho", "once is enough");
        // What a person holds for the same, only a person releases.
        assert!(at(&shop, &["hold", "add", "ben", "--kind", "details", "--reason", "bounced"], "lee", "2026-02-02T10:00:00Z").ok);
        shop.write("payees.csv", format!("{HEADER}{EUROPEANS}"));
        payout(&shop, "2026-02-03T09:00:00Z");
        assert_eq!(lines(&shop, "shop-0002"), ["cho,15.00,reserved"]);
        assert_eq!(entries().trim(), "held|cho\nheld|ben\nreleased|cho");
        let list = shop.must(&["hold", "list", "--format", "csv"]);
        assert_eq!(list.lines().skip(1).collect::<Vec<_>>(), ["ben,details,lee,2026-02-02T10:00:00Z,,bounced"]);
        shop.must(&["check"]);
        let unreadable = shop.read("payees.csv") + "x\n";
        shop.write("payees.csv", unreadable);
        let refused = shop.run(&["run", "payout", "--as-of", "2026-02-04T09:00:00Z", "--by", "rosa"]);
        assert!(!refused.ok && refused.err.contains("payees.csv row 5"), "{}", refused.err);
        assert!(!with_key(&shop, &["batch", "approve", "shop-0002", "--by", "mia", "--as-of", "2026-02-04T10:00:00Z"]).ok);
    }
}
