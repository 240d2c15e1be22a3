//! What has cleared by so many days, as figures and as a picture.

use super::{night, shop};
use crate::support::Shop;
use crate::support::database::Kind;

/// Ten days on hold: ana's order of 5 January and ben's of the 6th have cleared by day 10; ana's of 8 February waits. Of the batch of 1
/// February, 17.05 were paid after two days, and 15.00 failed.
fn paid(kind: Kind) -> Shop {
    let shop = shop(kind);
    night(&shop, "2026-02-01T02:00:00Z");
    shop.must(&["run", "payout", "--by", "rosa", "--as-of", "2026-02-01T09:00:00Z"]);
    shop.must(&["batch", "approve", "shop-0001", "--by", "mia", "--as-of", "2026-02-02T10:00:00Z"]);
    shop.must(&["batch", "settle", "shop-0001", "--by", "lee", "--failed", "cho", "--as-of", "2026-02-03T09:30:00Z"]);
    night(&shop, "2026-02-10T02:00:00Z");
    shop
}

#[test]
fn shares_are_what_was_worked_by_hand() {
    for kind in Kind::BOTH {
        let shop = paid(kind);
        let text = shop.must(&["export", "cleared"]);
        let lines: Vec<&str> = text.lines().collect();
        // 10.00 of ana's first order and 5.00 of ben's, of 22.00 with her 7.00.
        assert_eq!(
            lines,
            [
                "days,orders,of_orders,orders_percent,commission,of_commission,commission_percent,payouts,of_payouts,payouts_percent",
                "0,0,3,0.0,0.00,22.00,0.0,0.00,32.05,0.0",
                "2,0,3,0.0,0.00,22.00,0.0,17.05,32.05,53.1",
                "10,2,3,66.6,15.00,22.00,68.1,17.05,32.05,53.1",
            ]
        );
        // What was rejected was never to be paid; what came back was not.
        shop.must(&["run", "payout", "--by", "rosa", "--as-of", "2026-02-20T09:00:00Z"]);
        let batches = shop.must(&["batch", "list", "--format", "csv"]);
        if batches.contains("shop-0002") {
            shop.must(&["batch", "reject", "shop-0002", "--by", "mia", "--as-of", "2026-02-20T10:00:00Z"]);
        }
        shop.must(&[
            "batch",
            "return",
            "shop-0001",
            "--creator",
            "ben",
            "--reason",
            "closed",
            "--by",
            "lee",
            "--as-of",
            "2026-02-21T09:00:00Z",
        ]);
        shop.must(&["proposal", "approve", "shop-p0002", "--by", "mia", "--as-of", "2026-02-21T10:00:00Z"]);
        let text = shop.must(&["export", "cleared"]);
        assert!(text.contains("\n2,0,3,0.0,0.00,22.00,0.0,12.05,32.05,37.5\n"), "{text}");
    }
}

#[test]
fn the_picture_says_what_it_shows() {
    let shop = paid(Kind::Sqlite);
    let picture = shop.must(&["export", "cleared", "--format", "svg"]);
    assert!(picture.starts_with("<svg ") && picture.ends_with("</svg>\n"), "{picture}");
    assert!(picture.contains("<desc>By day 10: 66.6 % of orders, 68.1 % of commission, 53.1 % of payouts.</desc>"), "{picture}");
    // From the left edge to the right one in ten days, up to two thirds of the way from 204 to 16.
    assert!(picture.contains("points=\"48,204 48,204 48,204 163,204 163,204 624,204 624,79\""), "{picture}");
    assert_eq!(picture.matches("<polyline").count(), 3);
    for banned in ["<script", "style=", "href", "<!"] {
        assert!(!picture.contains(banned), "{banned}");
    }
    let python = "import sys, xml.dom.minidom; xml.dom.minidom.parseString(sys.stdin.buffer.read())";
    shop.write("picture.svg", &picture);
    let file = std::fs::File::open(shop.path("picture.svg")).expect("it was written");
    let read = crate::support::tool("python3").args(["-c", python]).stdin(file).status().expect("Python starts");
    assert!(read.success(), "it is XML");
    let refused = shop.run(&["export", "balances", "--format", "svg"]);
    assert!(!refused.ok && refused.err.contains("only what has cleared is drawn"), "{}", refused.err);
    let never = super::shop(Kind::Sqlite);
    never.must(&["run", "nightly", "--dry-run", "--as-of", "2026-02-01T02:00:00Z"]);
    assert!(never.run(&["export", "cleared"]).err.contains("has never been reconciled"));
}
