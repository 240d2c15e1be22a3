//! The first load of a large shop: in bulk, and by pages what that leaves undone.

use std::process::Stdio;
use std::time::Duration;

use serde_json::{Value, json};

use super::orders::{line, many, order, refund, visit, with};
use super::server::BulkFault;
use super::{ApiShop, NIGHT};

/// So many orders that most of them come in bulk; the last has much that hangs from it.
const COUNT: u64 = 2_600;

fn orders() -> Vec<Value> {
    let mut orders = many(COUNT);
    let lines = (0..45).map(|number| line(50_000 + number, 1, "1.00", &[], &[])).collect();
    let late = json!({ "createdAt": "2026-01-20T10:00:00Z", "processedAt": "2026-01-20T10:00:00Z", "updatedAt": "2026-01-20T10:00:00Z" });
    let visits = [
        visit(501, "2026-01-19T10:00:00Z", "https://shop.example/?ref=lana&sub_id=story"),
        visit(502, "2026-01-19T11:00:00Z", "https://shop.example/?ref=lben"),
    ];
    let journey = json!({ "firstVisit": visits[0], "lastVisit": visits[1], "moments": visits });
    let whole =
        with(with(order(9_001, lines, "45.00"), late.clone()), json!({ "discountCodes": [], "customerJourneySummary": journey }));
    orders.push(with(whole, json!({ "refunds": [refund(9_001, &[(50_000, 1, "1.00", "0.0")], &[], false, "1.00")] })));
    orders
}

/// What the same shop comes to page by page.
fn truth() -> &'static str {
    static TRUTH: std::sync::OnceLock<String> = std::sync::OnceLock::new();
    TRUTH.get_or_init(|| {
        let shop = ApiShop::new(orders());
        shop.server.truth().bulk_fault = Some(BulkFault::Refused);
        shop.must(&NIGHT);
        assert_eq!(shop.server.truth().bulk_files, 0);
        shop.outcome()
    })
}

#[test]
fn a_large_shop_is_loaded_in_bulk_and_then_by_windows() {
    let shop = ApiShop::new(orders());
    let out = shop.must(&NIGHT);
    assert!(out.contains("2601 of 2601 orders"), "{out}");
    assert_eq!(shop.outcome(), truth());
    let asked = shop.server.truth().asked.clone();
    let pages = asked.iter().filter(|asked| *asked == "Orders").count();
    assert!(pages <= 45, "after the first batch no more pages than what changed since: {pages}");
    assert_eq!((shop.server.truth().bulk_files, asked.iter().filter(|asked| *asked == "Lines").count()), (1, 0));
    // The next nights are as any other.
    shop.server.truth().asked.clear();
    shop.server.truth().now = "2026-03-02T00:00:00Z".parse().expect("a time");
    shop.must(&["run", "nightly", "--as-of", "2026-03-02T00:00:00Z"]);
    assert_eq!(shop.server.truth().asked, ["Access", "Disputes", "Orders", "Listed", "Count"]);
}

#[test]
fn a_bulk_operation_that_fails_is_late_or_gives_a_part_loses_nothing() {
    for fault in [BulkFault::Failed, BulkFault::Partial, BulkFault::NoFile, BulkFault::Apart] {
        let shop = ApiShop::new(orders());
        shop.server.truth().bulk_fault = Some(fault);
        shop.server.truth().bulk_late = 3;
        let out = shop.must(&NIGHT);
        assert!(out.contains("2601 of 2601 orders"), "{fault:?}: {out}");
        assert_eq!(shop.outcome(), truth(), "{fault:?}");
    }
}

#[test]
fn a_file_that_breaks_off_is_read_anew() {
    let shop = ApiShop::new(orders());
    shop.server.truth().bulk_fault = Some(BulkFault::Broken);
    shop.must(&NIGHT);
    assert_eq!(shop.outcome(), truth());
    assert_eq!(shop.server.truth().bulk_files, 2);
    let begun = shop.server.truth().asked.iter().filter(|asked| *asked == "BulkBegin").count();
    assert_eq!(begun, 1, "it is the same operation");
}

#[test]
fn killed_while_it_waits_or_reads_it_goes_on_with_the_same_operation() {
    let shop = ApiShop::new(orders());
    shop.server.truth().bulk_late = 4;
    for place in ["BulkBegin", "Bulk", "Refund"] {
        let mut child = shop.command(&NIGHT).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the binary starts");
        let before = shop.server.truth().asked.iter().filter(|asked| *asked == place).count();
        let came = || shop.server.truth().asked.iter().filter(|asked| *asked == place).count() > before;
        while !came() && child.try_wait().expect("it can be watched").is_none() {
            std::thread::sleep(Duration::from_millis(1));
        }
        child.kill().expect("it can be killed");
        child.wait().expect("it is gone");
    }
    shop.must(&NIGHT);
    assert_eq!(shop.outcome(), truth());
    let begun = shop.server.truth().asked.iter().filter(|asked| *asked == "BulkBegin").count();
    assert!(begun <= 2, "killed before it was recorded, another one is begun: {begun}");
}

/// What is edited while the file is written comes by pages after it.
#[test]
fn an_edit_meanwhile_is_seen() {
    let shop = ApiShop::new(orders());
    shop.server.truth().bulk_edit = Some(("#2500", "2026-03-01T00:00:30Z"));
    shop.must(&NIGHT);
    let explained = shop.must(&["explain", "2500"]);
    assert!(explained.contains("00:00:30"), "{explained}");
}
