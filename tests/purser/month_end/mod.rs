//! Month end: what was owed and since when, closed books, journals for accounting programs, what banks took, and what has cleared.

mod accounting;
mod bank;
mod cleared;
mod closing;
mod liability;
mod model;

use crate::support::Shop;
use crate::support::database::Kind;

/// Accounts as QuickBooks would call them; `pending` stands on its own, all other liabilities on one.
const ACCOUNTS: &str = "\n[books.accounts]\nexpense = \"5000\"\nfee = \"5010\"\nliability = \"2100\"\npending = \"2110\"\ncash = \"1000\"\nopening = \"3000\"\n\
                        [books.datev]\nconsultant = 29098\nclient = 55003\nfiscal_year = 4\n";

/// A small shop whose program file names the accounts of an accounting program. Ten percent, ten days on hold.
fn shop(kind: Kind) -> Shop {
    let shop = Shop::small_on(kind);
    shop.write("shop.toml", shop.read("shop.toml") + ACCOUNTS);
    shop
}

fn night(shop: &Shop, at: &str) {
    shop.must(&["run", "nightly", "--by", "rosa", "--as-of", at]);
}

/// Closes the books of a month: mia proposes it, lee approves.
fn close(shop: &Shop, month: &str, at: &str) {
    let said = shop.must(&["close", month, "--reason", "month end", "--by", "mia", "--as-of", at]);
    let id = said.split(' ').next().expect("it begins with the proposal's id");
    shop.must(&["proposal", "approve", id, "--by", "lee", "--as-of", at]);
}

/// January is closed on 3 February, when everything that the ledger knew of it was posted. What is posted on 10 February belongs in part to
/// January, such as an order that the shop exported late; the batch of that day is paid. February is closed on 2 March, and then again an order
/// of January comes.
fn two_months(kind: Kind) -> Shop {
    two_months_with(kind, close)
}

/// The same, with something else in place of closing.
fn two_months_with(kind: Kind, close: impl Fn(&Shop, &str, &str)) -> Shop {
    let shop = shop(kind);
    night(&shop, "2026-02-01T02:00:00Z");
    close(&shop, "2026-01", "2026-02-03T08:00:00Z");
    shop.add("orders.csv", "o5,2026-01-20T10:00:00Z,2026-01-20T10:00:00Z,paid,USD,p5,,,,BEN\n");
    shop.add("order_lines.csv", "o5,1,A,x,1,80.00\n");
    night(&shop, "2026-02-10T02:00:00Z");
    shop.must(&["run", "payout", "--by", "rosa", "--as-of", "2026-02-10T09:00:00Z"]);
    shop.must(&["batch", "approve", "shop-0001", "--by", "mia", "--as-of", "2026-02-10T10:00:00Z"]);
    shop.must(&["batch", "settle", "shop-0001", "--by", "lee", "--as-of", "2026-02-11T10:00:00Z"]);
    night(&shop, "2026-03-01T02:00:00Z");
    close(&shop, "2026-02", "2026-03-02T08:00:00Z");
    shop.add("orders.csv", "o6,2026-01-25T10:00:00Z,2026-01-25T10:00:00Z,paid,USD,p6,,,,ANA\n");
    shop.add("order_lines.csv", "o6,1,A,x,1,90.00\n");
    night(&shop, "2026-03-05T02:00:00Z");
    shop
}
