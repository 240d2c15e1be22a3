//! Clicks are events: one that was fetched once stays a fact, though its log is cut, rotated or gone.

use crate::support::Shop;
use crate::support::database::Kind;

const HEAD: &str = "click_id,clicked_at,visitor_id,link_key,sub_id\n";

/// A shop of orders that clicks brought: one on each of some days of February.
fn shop(kind: Kind) -> Shop {
    let shop = Shop::small_on(kind);
    let orders = "order_id,ordered_at,updated_at,status,currency,customer_id,customer_email,visitor_id,click_id,codes\n";
    let order = |day: u32| format!("d{day},2026-02-{day:02}T12:00:00Z,2026-02-{day:02}T12:00:00Z,paid,USD,,,w{day},,\n");
    let line = |day: u32| format!("d{day},1,A,x,1,100.00\n");
    shop.write("orders.csv", format!("{orders}{}", DAYS.map(order).concat()));
    shop.write("order_lines.csv", format!("order_id,line_id,sku,category,quantity,net_amount\n{}", DAYS.map(line).concat()));
    shop.write("refunds.csv", "refund_id,order_id,line_id,refunded_at,amount\n");
    shop.write("fees.csv", "fee_id,creator_id,amount,due_on,memo\n");
    shop
}

const DAYS: [u32; 6] = [2, 5, 9, 14, 20, 26];

fn click(day: u32, link: &str) -> String {
    format!("w{day},2026-02-{day:02}T11:00:00Z,w{day},{link},story\n")
}

/// The link of a creator of the small shop.
fn link(shop: &Shop) -> String {
    shop.read("links.csv").lines().nth(1).and_then(|row| row.split(',').next()).expect("the shop has a link").to_owned()
}

fn night(day: u32) -> [String; 4] {
    ["run", "nightly", "--as-of", &format!("2026-02-{day:02}T13:00:00Z")].map(str::to_owned)
}

fn must(shop: &Shop, night: &[String], more: &[&str]) -> String {
    let arguments: Vec<&str> = night.iter().map(String::as_str).chain(more.iter().copied()).collect();
    shop.must(&arguments)
}

fn credited(shop: &Shop) -> usize {
    shop.must(&["export", "commissions"]).lines().filter(|row| row.starts_with("link,d")).count()
}

#[test]
fn a_log_that_rotates_takes_no_credit_back() {
    for kind in Kind::BOTH {
        let shop = shop(kind);
        let link = link(&shop);
        for (n, day) in DAYS.iter().enumerate() {
            // The log holds the last two weeks.
            let rows: String = DAYS.iter().filter(|d| **d <= *day && **d + 14 > *day).map(|d| click(*d, &link)).collect();
            shop.write("clicks.csv", format!("{HEAD}{rows}"));
            must(&shop, &night(*day), &[]);
            assert_eq!(credited(&shop), n + 1, "{kind:?}: by day {day} of February every order so far has its click");
        }
        let journal = shop.must(&["export", "journal"]);
        assert!(!journal.contains("reattributed"), "{kind:?}: nothing was taken back:\n{journal}");
        // Run again, with an empty log, and with all of them back: nothing moves.
        let before = shop.must(&["export", "journal"]);
        must(&shop, &night(27), &[]);
        shop.write("clicks.csv", HEAD);
        must(&shop, &night(27), &[]);
        shop.write("clicks.csv", format!("{HEAD}{}", DAYS.map(|day| click(day, &link)).concat()));
        must(&shop, &night(28), &[]);
        assert_eq!(shop.must(&["export", "journal"]), before, "{kind:?}");
        shop.must(&["check"]);
    }
}

#[test]
fn clicks_are_dropped_for_a_reason() {
    for kind in Kind::BOTH {
        let shop = shop(kind);
        let link = link(&shop);
        shop.write("clicks.csv", format!("{HEAD}{}", DAYS.map(|day| click(day, &link)).concat()));
        must(&shop, &night(27), &[]);
        assert_eq!(credited(&shop), 6, "{kind:?}");
        shop.write("clicks.csv", format!("{HEAD}{}", click(2, &link)));
        must(&shop, &night(28), &[]);
        assert_eq!(credited(&shop), 6, "{kind:?}: a log that was cut takes nothing back");
        must(&shop, &night(28), &["--drop-clicks", "they were made by a robot"]);
        assert_eq!(credited(&shop), 1, "{kind:?}");
        let journal = shop.must(&["export", "journal"]);
        assert!(journal.contains("reattributed"), "{kind:?}: {journal}");
        let reason = shop.database.sql("SELECT reason FROM entries ORDER BY entry DESC LIMIT 1");
        assert_eq!(reason.trim(), "they were made by a robot", "{kind:?}");
        // They do not come back by themselves.
        must(&shop, &["run", "nightly", "--as-of", "2026-03-01T13:00:00Z"].map(str::to_owned), &[]);
        assert_eq!(credited(&shop), 1, "{kind:?}");
        shop.must(&["check"]);
    }
}

/// What the log says of a click now counts, also of one that was carried on meanwhile.
#[test]
fn a_click_that_is_corrected_is_what_its_log_says() {
    for kind in Kind::BOTH {
        let shop = shop(kind);
        let link = link(&shop);
        shop.write("clicks.csv", format!("{HEAD}{}", click(2, &link)));
        must(&shop, &night(3), &[]);
        shop.write("clicks.csv", HEAD);
        must(&shop, &night(4), &[]);
        assert_eq!(credited(&shop), 1, "{kind:?}");
        shop.write("clicks.csv", format!("{HEAD}{}", click(2, "no-such-link")));
        must(&shop, &night(5), &["--restate", "the log was wrong"]);
        assert_eq!(credited(&shop), 0, "{kind:?}");
        // A click that was refused is no fact: it leaves nothing behind.
        shop.write("clicks.csv", format!("{HEAD}bad,yesterday,w5,{link},\n"));
        assert!(!shop.run(&["run", "nightly", "--as-of", "2026-02-06T13:00:00Z"]).ok, "{kind:?}");
        shop.write("clicks.csv", format!("{HEAD}{}", click(5, &link)));
        must(&shop, &night(6), &[]);
        assert_eq!(credited(&shop), 1, "{kind:?}");
        shop.must(&["check"]);
    }
}

/// A carried copy has no source from which it could be made again, so one that was changed stops the night.
#[test]
fn a_carried_copy_that_was_changed_is_not_believed() {
    let shop = shop(Kind::Sqlite);
    let link = link(&shop);
    shop.write("clicks.csv", format!("{HEAD}{}", click(2, &link)));
    must(&shop, &night(3), &[]);
    shop.write("clicks.csv", HEAD);
    must(&shop, &night(4), &[]);
    let list = shop.database.sql("SELECT body FROM manifests WHERE body LIKE '%is_carried%' LIMIT 1");
    let carried =
        list.split("\"is_carried\":true,\"content\":\"").nth(1).and_then(|rest| rest.split('"').next()).expect("a carried copy");
    let copy = crate::support::files_below(shop.folder.path()).into_iter().find(|file| file.to_string_lossy().contains(carried));
    let copy = copy.expect("the copy is there");
    std::fs::copy(shop.path("clicks.csv"), &copy).expect("it can be replaced");
    let refused = shop.run(&["run", "nightly", "--as-of", "2026-02-05T13:00:00Z"]);
    assert!(!refused.ok && refused.err.contains("was changed by something other than purser"), "{}", refused.err);
    must(&shop, &night(5), &["--drop-clicks", "the copies are lost"]);
    assert_eq!(credited(&shop), 0);
}

/// Clicks are checked when their copy is new, and what was found is remembered. What a new file adds, and what the program file says
/// since, is looked at all the same.
#[test]
fn clicks_that_were_checked_are_not_taken_on_trust() {
    let shop = shop(Kind::Sqlite);
    let link = link(&shop);
    let program = shop.read("shop.toml");
    let changed = program.replace("clicks.csv\"", "clicks*.csv\"");
    assert_ne!(changed, program, "the clicks are in one file");
    shop.write("shop.toml", &changed);
    let known = |part: &str| {
        let lists = shop
            .database
            .sql("SELECT body FROM manifests WHERE digest = (SELECT manifest FROM runs ORDER BY run_id DESC LIMIT 1)");
        lists.matches(part).count()
    };
    shop.write("clicks.csv", format!("{HEAD}{}{}", click(2, &link), click(5, &link)));
    must(&shop, &night(5), &[]);
    assert_eq!((known("\"first_at\""), known("\"has_each_click_once\":true")), (1, 1), "the copy was checked");
    // A new file that has one of them again, as it is: it counts once.
    shop.write("clicks-2.csv", format!("{HEAD}{}{}", click(5, &link), click(9, &link)));
    must(&shop, &night(9), &[]);
    assert_eq!(credited(&shop), 3);
    assert_eq!(
        (known("\"first_at\""), known("\"has_each_click_once\":true")),
        (2, 0),
        "they are checked, and have one click twice"
    );
    // One that has it with other content is refused, with both places.
    shop.write("clicks-3.csv", format!("{HEAD}{}", click(2, "no-such-link")));
    let refused = shop.run(&["run", "nightly", "--as-of", "2026-02-10T13:00:00Z"]);
    let both = ["clicks-3.csv row 2", "clicks.csv row 2", "have the same click_id"];
    assert!(!refused.ok && both.iter().all(|part| refused.err.contains(part)), "{}", refused.err);
    shop.write("clicks-3.csv", format!("{HEAD}{}", click(14, &link)));
    must(&shop, &night(14), &[]);
    assert_eq!(credited(&shop), 4);
    // They were checked while the program let them be as early as they are.
    shop.write("shop.toml", changed.replace("[program]\n", "[program]\nearliest = 2026-02-04\n"));
    let refused = shop.run(&["run", "nightly", "--as-of", "2026-02-15T13:00:00Z"]);
    assert!(
        !refused.ok && refused.err.contains("clicks.csv row 2, clicked_at: \"2026-02-02T11:00:00Z\" is before 2026-02-04"),
        "{}",
        refused.err
    );
    shop.write("shop.toml", &changed);
    must(&shop, &night(15), &[]);
    shop.must(&["check"]);
}
