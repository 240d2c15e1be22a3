//! Nobody alone can have a creator paid twice: a payment that failed or came back takes two people, and answers say what moved.

use std::fs;
use std::process::Stdio;

use crate::support::Shop;
use crate::support::database::Kind;

/// Runs a test on the small shop with an approved batch of three lines (ana 17.00, ben 5.00, cho 15.00), in each database.
fn on_both(test: impl Fn(&Shop)) {
    for kind in Kind::BOTH {
        let shop = Shop::small_on(kind);
        shop.must(&["run", "nightly", "--as-of", "2026-03-01T00:00:00Z", "--by", "rosa"]);
        shop.must(&["run", "payout", "--as-of", "2026-03-01T09:00:00Z", "--by", "rosa"]);
        shop.must(&["batch", "approve", "shop-0001", "--by", "lee", "--as-of", "2026-03-02T09:00:00Z"]);
        test(&shop);
        shop.must(&["check"]);
    }
}

/// All that a command may change.
fn state(shop: &Shop) -> String {
    let lists = [&["batch", "list", "--format", "csv"][..], &["proposal", "list", "--format", "csv"]];
    let entries = shop.database.sql("SELECT COUNT(*), MAX(entry) FROM entries");
    format!("{}{}{entries}", shop.must(&["export", "balances"]), lists.map(|list| shop.must(list)).concat())
}

fn refused(shop: &Shop, command: &[&str], told: &str) {
    let before = state(shop);
    let done = shop.run(command);
    assert!(!done.ok, "purser {} is refused", command.join(" "));
    assert!(done.err.contains(told), "purser {}\nshould say: {told}\nsays: {}", command.join(" "), done.err);
    assert_eq!(state(shop), before, "purser {} changes nothing", command.join(" "));
}

fn says(said: &str, parts: &[&str]) {
    for part in parts {
        assert!(said.contains(part), "{part}\nin {said}");
    }
}

fn balance(shop: &Shop, creator: &str) -> String {
    let all = shop.must(&["export", "balances"]);
    all.lines().find_map(|line| line.strip_prefix(&format!("{creator},"))).unwrap_or("none").to_owned()
}

fn lines(shop: &Shop, batch: &str) -> String {
    shop.must(&["batch", "show", batch, "--format", "csv"]).replace("creator_id,amount,state\n", "").replace('\n', " ")
}

/// A command about a proposal, or any other that takes these, at a time of March 2026.
fn by<'a>(command: &[&'a str], by: &'a str, at: &'a str) -> Vec<&'a str> {
    [command, &["--by", by, "--as-of", at]].concat()
}

const SETTLED: &str = "2026-03-03T09:00:00Z";
const LATER: &str = "2026-03-10T10:00:00Z";

#[test]
fn a_failed_payment_stays_reserved_until_a_second_person_agrees() {
    on_both(|shop| {
        let settle = by(&["batch", "settle", "shop-0001", "--failed", "ana"], "tom", SETTLED);
        let said = shop.must(&settle);
        says(
            &said,
            &[
                "shop-0001 was settled by tom",
                "20.00 USD paid to 2 creators",
                "ben: reserved 5.00 → 0.00 USD, paid 0.00 → 5.00 USD",
                "all 2 creators: reserved 20.00 → 0.00 USD, paid 0.00 → 20.00 USD",
                "shop-p0001 was proposed by tom: payment of 17.00 USD to ana in batch shop-0001 failed",
            ],
        );
        assert_eq!(lines(shop, "shop-0001"), "ana,17.00,in_question ben,5.00,paid cho,15.00,paid ");
        assert_eq!(balance(shop, "ana"), "0.00,0.00,17.00,0.00");
        assert!(shop.must(&["batch", "list", "--format", "csv"]).contains("shop-0001,settled,3,37.00,"));
        says(
            &shop.must(&["batch", "show", "shop-0001"]),
            &["paid 20.00 USD to 2 creators", "unresolved 17.00 USD to 1 creator", "shop-p0001: payment of 17.00 USD to ana"],
        );
        // Nothing that one person does alone pays Ana now.
        shop.must(&["check"]);
        let payout = shop.must(&["run", "payout", "--as-of", "2026-03-04T09:00:00Z", "--by", "rosa"]);
        assert!(!payout.contains("shop-0002"), "{payout}");
        refused(shop, &settle, "tom has proposed (shop-p0001) recording the payment of batch shop-0001 to ana as failed");
        refused(
            shop,
            &by(&["batch", "settle", "shop-0001"], "lee", LATER),
            "cannot be settled until that proposal is approved or rejected",
        );
        let again = ["batch", "return", "shop-0001", "--creator", "ana", "--reason", "x"];
        refused(shop, &by(&again, "tom", LATER), "the line of ana in batch shop-0001 is unresolved");
        let void = ["batch", "void", "shop-0001", "--reason", "x"];
        refused(shop, &by(&void, "tom", LATER), "batch shop-0001 is settled; only a batch that is exported can be voided");
        for same in ["tom", "Tom", " TOM "] {
            refused(shop, &by(&["proposal", "approve", "shop-p0001"], same, LATER), "cannot approve it");
        }
        let said = shop.must(&by(&["proposal", "approve", "shop-p0001"], "mia", LATER));
        says(&said, &["ana: payable 0.00 → 17.00 USD, reserved 17.00 → 0.00 USD"]);
        assert_eq!(lines(shop, "shop-0001"), "ana,17.00,failed ben,5.00,paid cho,15.00,paid ");
        let shown = shop.must(&["batch", "show", "shop-0001"]);
        says(&shown, &["paid 20.00 USD to 2 creators, failed 17.00 USD to 1 creator"]);
        refused(shop, &by(&["batch", "settle", "shop-0001"], "lee", LATER), "it has no unresolved payments");
        shop.must(&["run", "payout", "--as-of", "2026-03-11T09:00:00Z", "--by", "rosa"]);
        assert_eq!(lines(shop, "shop-0002"), "ana,17.00,reserved ");
    });
}

#[test]
fn a_failure_that_was_none_is_settled_as_paid() {
    on_both(|shop| {
        let failed = ["batch", "settle", "shop-0001", "--failed", "ana", "--failed", "ben", "--failed", "ana"];
        shop.must(&by(&[&failed[..], &["--reason", "the bank said so"]].concat(), "tom", SETTLED));
        let said = shop.must(&by(&["proposal", "reject", "shop-p0001"], "tom", LATER));
        says(&said, &["(the bank said so)", "the amount stays reserved", "purser batch settle shop-0001 --by NAME"]);
        assert_eq!(lines(shop, "shop-0001"), "ana,17.00,in_question ben,5.00,in_question cho,15.00,paid ");
        shop.must(&["check"]);
        refused(
            shop,
            &by(&["batch", "settle", "shop-0001", "--failed", "cho"], "tom", LATER),
            "has paid cho; if the payment came back",
        );
        says(&shop.must(&["status"]), &["batch shop-0001: settled, but 22.00 USD is unresolved"]);
        // Ana was paid, Ben was not: that is said anew, and decided anew.
        let said = shop.must(&by(&["batch", "settle", "shop-0001", "--failed", "ben"], "tom", LATER));
        says(&said, &["17.00 USD paid to 1 creator", "shop-p0002 was proposed by tom"]);
        shop.must(&by(&["proposal", "reject", "shop-p0002"], "mia", LATER));
        let said = shop.must(&by(&["batch", "settle", "shop-0001", "--failed", "ben"], "tom", LATER));
        says(&said, &["0.00 USD paid to 0 creators", "shop-p0003 was proposed by tom"]);
        shop.must(&by(&["proposal", "approve", "shop-p0003"], "mia", LATER));
        assert_eq!(lines(shop, "shop-0001"), "ana,17.00,paid ben,5.00,failed cho,15.00,paid ");
        assert_eq!((balance(shop, "ana"), balance(shop, "ben")), ("0.00,0.00,0.00,17.00".into(), "0.00,5.00,0.00,0.00".into()));
    });
}

#[test]
fn a_batch_of_which_every_payment_failed_pays_nobody() {
    on_both(|shop| {
        let all = ["batch", "settle", "shop-0001", "--failed", "ana", "--failed", "ben", "--failed", "cho"];
        says(&shop.must(&by(&all, "tom", SETTLED)), &["0.00 USD paid to 0 creators", "37.00 USD to 3 creators"]);
        shop.must(&["check"]);
        refused(shop, &by(&all, "tom", SETTLED), "cannot be settled until that proposal is approved or rejected");
        shop.must(&by(&["proposal", "approve", "shop-p0001"], "mia", LATER));
        assert_eq!(lines(shop, "shop-0001"), "ana,17.00,failed ben,5.00,failed cho,15.00,failed ");
        shop.must(&["run", "payout", "--as-of", "2026-03-11T09:00:00Z", "--by", "rosa"]);
        assert!(shop.must(&["batch", "list", "--format", "csv"]).contains("shop-0002,draft,3,37.00,"));
    });
}

#[test]
fn a_payment_that_comes_back_is_owed_again_once_two_people_say_so() {
    on_both(|shop| {
        let back =
            |creator, who, at| by(&["batch", "return", "shop-0001", "--creator", creator, "--reason", "account closed"], who, at);
        refused(shop, &back("ana", "zoe", LATER), "the line of ana in batch shop-0001 is reserved; only a payment that was made");
        shop.must(&by(&["batch", "settle", "shop-0001", "--failed", "ben"], "lee", SETTLED));
        refused(shop, &back("zoe", "zoe", LATER), "batch shop-0001 has no line for zoe");
        refused(shop, &back("ana", "zoe", "2026-03-03T08:00:00Z"), "a decision cannot be dated earlier than that");
        let said = shop.must(&back("ana", "zoe", LATER));
        says(
            &said,
            &[
                "shop-p0002 was proposed by zoe: payment of 17.00 USD to ana in batch shop-0001 came back (account closed)",
                "once approved, as things stand:\n  ana: payable 0.00 → 17.00 USD, paid 17.00 → 0.00 USD",
            ],
        );
        assert_eq!(balance(shop, "ana"), "0.00,0.00,0.00,17.00", "one person moves nothing");
        says(
            &shop.must(&back("ana", "zoe", LATER)),
            &["the same proposal already exists: shop-p0002, made by zoe", "it can be proposed only once"],
        );
        refused(shop, &back("ana", "kim", LATER), "zoe has already proposed this (shop-p0002)");
        refused(shop, &by(&["proposal", "approve", "shop-p0002"], "ZOE", LATER), "cannot approve it");
        let payout = shop.must(&["run", "payout", "--as-of", "2026-03-10T11:00:00Z", "--by", "rosa"]);
        assert!(!payout.contains("shop-0002"), "{payout}");
        let said = shop.must(&by(&["proposal", "approve", "shop-p0002"], "mia", "2026-03-10T12:00:00Z"));
        says(&said, &["ana: payable 0.00 → 17.00 USD, paid 17.00 → 0.00 USD"]);
        refused(shop, &back("ana", "zoe", "2026-03-10T13:00:00Z"), "the payment of batch shop-0001 to ana was already returned");
        assert_eq!(lines(shop, "shop-0001"), "ana,17.00,returned ben,5.00,in_question cho,15.00,paid ");
        says(
            &shop.must(&["batch", "show", "shop-0001"]),
            &["unresolved 5.00 USD to 1 creator, paid 15.00 USD to 1 creator, returned 17.00 USD to 1 creator"],
        );
        shop.must(&["run", "payout", "--as-of", "2026-03-11T09:00:00Z", "--by", "rosa"]);
        assert_eq!(lines(shop, "shop-0002"), "ana,17.00,reserved ");
        // Once she is paid again, the first payment does not come back a second time.
        shop.must(&by(&["batch", "approve", "shop-0002"], "lee", "2026-03-11T10:00:00Z"));
        shop.must(&by(&["batch", "settle", "shop-0002"], "lee", "2026-03-12T10:00:00Z"));
        refused(shop, &back("ana", "zoe", "2026-03-13T13:00:00Z"), "was already returned");
        shop.must(&["run", "nightly", "statements", "--as-of", "2026-04-01T10:00:00Z"]);
        let text = shop.must(&["statement", "ana", "--month", "2026-03"]);
        says(&text, &["(shop-0001)", "Payment came back on 10 March", "Paid on 12 March (shop-0002)"]);
        shop.must(&["check"]);
    });
}

#[test]
fn of_many_who_return_or_settle_at_once_one_is_heard() {
    on_both(|shop| {
        let at_once = |commands: Vec<Vec<&str>>| {
            let running: Vec<_> = commands
                .iter()
                .map(|command| {
                    let mut command = shop.command(command);
                    command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it starts")
                })
                .collect();
            running.into_iter().filter_map(|mut child| child.wait().ok()).filter(|status| status.success()).count()
        };
        let people = ["lee", "zoe", "kim", "tom"];
        let settle = people.map(|who| by(&["batch", "settle", "shop-0001", "--failed", "ana"], who, SETTLED));
        assert_eq!(at_once(settle.to_vec()), 1);
        let back = ["batch", "return", "shop-0001", "--creator", "cho", "--reason", "closed"];
        assert_eq!(at_once(people.map(|who| by(&back, who, LATER)).to_vec()), 1);
        let approve = ["ida", "olga", "max"].map(|who| by(&["proposal", "approve", "shop-p0001"], who, LATER));
        assert_eq!(at_once(approve.to_vec()), 1);
        assert_eq!(balance(shop, "ana"), "0.00,17.00,0.00,0.00");
    });
}

#[test]
fn a_second_opening_says_what_it_adds_to() {
    on_both(|shop| {
        shop.write("first.csv", "creator_id,amount\nana,20.00\ncho,1.00\n");
        shop.write("second.csv", "creator_id,amount\nana,5.00\n");
        shop.write("other.csv", "creator_id,amount\nben,5.00\n");
        let open =
            |file, more: &[&'static str], who| by(&[&["opening", file, "--reason", "old system"], more].concat(), who, LATER);
        shop.must(&open("first.csv", &[], "mia"));
        says(
            &shop.must(&open("first.csv", &[], "mia")),
            &["the same proposal already exists: shop-p0001", "--adds-to shop-p0001"],
        );
        for (file, who) in [("second.csv", "tom"), ("second.csv", "mia")] {
            refused(shop, &open(file, &[], who), "shop-p0001 already posts or proposes an opening balance for ana");
        }
        shop.must(&by(&["proposal", "approve", "shop-p0001"], "lee", LATER));
        assert_eq!(balance(shop, "ana"), "0.00,20.00,17.00,0.00");
        refused(shop, &open("first.csv", &[], "mia"), "confirm it with --adds-to shop-p0001");
        refused(
            shop,
            &open("second.csv", &["--adds-to", "shop-p0009"], "mia"),
            "shop-p0009 is not an opening-balance proposal for any creator in this file",
        );
        refused(
            shop,
            &open("other.csv", &["--adds-to", "shop-p0001"], "mia"),
            "is not an opening-balance proposal for any creator in this file",
        );
        let said = shop.must(&open("second.csv", &["--adds-to", "shop-p0001"], "mia"));
        says(&said, &["opening balances of 5.00 USD for ana, on top of shop-p0001", "ana: payable 20.00 → 25.00 USD"]);
        shop.must(&by(&["proposal", "approve", "shop-p0002"], "lee", LATER));
        assert_eq!(balance(shop, "ana"), "0.00,25.00,17.00,0.00");
        // Another creator's is another matter, and one that was rejected does not count.
        shop.must(&open("other.csv", &[], "mia"));
        shop.must(&by(&["proposal", "reject", "shop-p0003"], "mia", LATER));
        shop.must(&open("other.csv", &[], "tom"));
        // One that adds to what is not approved waits for that.
        shop.write("more.csv", "creator_id,amount\nben,1.00\n");
        shop.must(&open("more.csv", &["--adds-to", "shop-p0004"], "mia"));
        refused(shop, &by(&["proposal", "approve", "shop-p0005"], "lee", LATER), "adds to shop-p0004, which is proposed");
    });
}

#[test]
fn an_approved_credit_can_be_withdrawn_by_two_people() {
    on_both(|shop| {
        let night = |at: &str| shop.must(&["run", "nightly", "--as-of", at]);
        let before = shop.must(&["export", "balances"]);
        let withdraw = |id, who| by(&["withdraw", id, "--reason", "given in error"], who, LATER);
        says(
            &shop.must(&by(&["credit", "o3", "ben", "--reason", "banner"], "mia", SETTLED)),
            &[
                "order o3 is currently unattributed (no_touch) and pays nothing; once this is approved it will be attributed (credit) and pay 5.00 USD to ben on 50.00 USD",
            ],
        );
        refused(
            shop,
            &withdraw("shop-p0001", "mia"),
            "shop-p0001 is proposed; only an approved manual attribution can be reversed",
        );
        refused(
            shop,
            &by(&["credit", "o3", "ben", "--reason", "banner"], "tom", SETTLED),
            "mia has already proposed this (shop-p0001)",
        );
        for who in ["tom", "mia"] {
            refused(
                shop,
                &by(&["credit", "o3", "ana", "--reason", "hers"], who, SETTLED),
                "mia has already proposed to attribute it to ben (shop-p0001)",
            );
        }
        says(
            &shop.must(&by(&["proposal", "approve", "shop-p0001"], "lee", SETTLED)),
            &[
                "order o3 is currently unattributed (no_touch) and pays nothing; from the next nightly run on it will be attributed \
                 (credit) and pay 5.00 USD to ben on 50.00 USD; the next nightly run moves\n  ben: 0.00 → 5.00 USD",
            ],
        );
        refused(
            shop,
            &by(&["credit", "o3", "ben", "--reason", "once more"], "tom", LATER),
            "would change nothing: it is attributed (credit) and already pays 5.00 USD to ben",
        );
        night("2026-03-04T00:00:00Z");
        assert_eq!(balance(shop, "ben"), "0.00,5.00,5.00,0.00");
        refused(shop, &withdraw("shop-p0009", "mia"), "has no proposal shop-p0009");
        says(
            &shop.must(&withdraw("shop-p0001", "mia")),
            &[
                "credit shop-p0001 to ben withdrawn (given in error)",
                "order o3 is currently attributed (credit) and pays 5.00 USD to ben on 50.00 USD; once this is approved it will be \
                 unattributed (no_touch) and pay nothing; the next nightly run moves\n  ben: 5.00 → 0.00 USD",
            ],
        );
        refused(shop, &withdraw("shop-p0001", "tom"), "mia has already proposed this (shop-p0002)");
        refused(shop, &by(&["proposal", "approve", "shop-p0002"], "mia", LATER), "cannot approve it");
        night("2026-03-10T11:00:00Z");
        assert_eq!(balance(shop, "ben"), "0.00,5.00,5.00,0.00", "one person withdraws nothing");
        let said = shop.must(&by(&["proposal", "approve", "shop-p0002"], "lee", "2026-03-10T12:00:00Z"));
        says(&said, &["from the next nightly run on it will be unattributed (no_touch) and pay nothing", "ben: 5.00 → 0.00 USD"]);
        refused(shop, &withdraw("shop-p0001", "tom"), "shop-p0001 was withdrawn before: shop-p0002");
        refused(shop, &withdraw("shop-p0002", "tom"), "shop-p0002 is not a manual attribution; to reverse it");
        night("2026-03-11T00:00:00Z");
        assert_eq!(shop.must(&["export", "balances"]), before);
        assert!(shop.must(&["export", "orders"]).contains("o3,unattributed,no_touch\n"));
        // It can be given again.
        shop.must(&by(&["credit", "o3", "cho", "--reason", "hers"], "mia", "2026-03-12T12:00:00Z"));
        shop.must(&by(&["proposal", "approve", "shop-p0003"], "lee", "2026-03-12T12:00:00Z"));
        night("2026-03-13T00:00:00Z");
        assert_eq!(balance(shop, "cho"), "0.00,5.00,15.00,0.00");
    });
}

#[test]
fn a_credit_that_pays_nobody_or_changes_nothing_is_refused() {
    on_both(|shop| {
        let credit = |order, creator| by(&["credit", order, creator, "--reason", "x"], "mia", LATER);
        refused(shop, &credit("o1", "ana"), "would change nothing: it is attributed (link) and already pays 10.00 USD to ana");
        let said = shop.must(&credit("o1", "ben"));
        says(
            &said,
            &[
                "o1 is currently attributed (link) and pays 10.00 USD to ana on 100.00 USD; once this is approved it will be attributed (credit) and pay 10.00 USD to ben",
                "the next nightly run moves\n  ana: 10.00 → 0.00 USD\n  ben: 0.00 → 10.00 USD",
            ],
        );
        shop.add("orders.csv", "o9,2026-03-04T10:00:00Z,2026-03-04T10:00:00Z,cancelled,USD,p9,,,,\n");
        shop.add("order_lines.csv", "o9,1,A,x,1,40.00\n");
        shop.must(&["run", "nightly", "--as-of", "2026-03-11T00:00:00Z"]);
        let credit = |order, creator| by(&["credit", order, creator, "--reason", "x"], "mia", "2026-03-11T00:00:00Z");
        refused(shop, &credit("o9", "ben"), "order o9 would be excluded (cancelled), so crediting it would pay nobody");
    });
}

/// The one who approves a credit decides about the order as it is then, not as it was when it was proposed.
#[test]
fn a_credit_is_approved_for_what_the_order_is_now() {
    on_both(|shop| {
        let credit = |order, creator| by(&["credit", order, creator, "--reason", "x"], "mia", LATER);
        shop.must(&credit("o3", "ben"));
        shop.must(&credit("o1", "cho"));
        shop.add("orders.csv", "o3,2026-01-12T10:00:00Z,2026-03-10T11:00:00Z,cancelled,USD,p3,,,,\n");
        shop.must(&["run", "nightly", "--as-of", "2026-03-11T00:00:00Z"]);
        let approve = |id| by(&["proposal", "approve", id], "lee", "2026-03-12T00:00:00Z");
        refused(shop, &approve("shop-p0001"), "order o3 would be excluded (cancelled), so crediting it would pay nobody");
        says(&shop.must(&approve("shop-p0002")), &["ana: 10.00 → 0.00 USD", "cho: 0.00 → 10.00 USD"]);
        shop.must(&by(&["proposal", "reject", "shop-p0001"], "mia", "2026-03-12T00:00:00Z"));
        // What another credit gave away since is said as it is now, and so is who has it once that ends.
        shop.must(&by(&["credit", "o1", "ben", "--reason", "his"], "mia", "2026-03-12T00:00:00Z"));
        says(&shop.must(&approve("shop-p0003")), &["cho: 10.00 → 0.00 USD", "ben: 0.00 → 10.00 USD"]);
        let withdrawn = shop.must(&by(&["withdraw", "shop-p0003", "--reason", "no"], "mia", "2026-03-12T00:00:00Z"));
        says(&withdrawn, &["pay 10.00 USD to cho", "ben: 10.00 → 0.00 USD"]);
    });
}

/// Two people who propose one correction do not see each other's screens.
#[test]
fn the_same_correction_is_seen_from_any_proposer() {
    on_both(|shop| {
        let adjust = |reason, who| by(&["adjust", "ana", "5.00", "--reason", reason], who, LATER);
        shop.must(&adjust("March bonus", "mia"));
        refused(shop, &adjust("march  bonus", "tom"), "mia has already proposed the same for the same reason (shop-p0001)");
        refused(shop, &adjust("March bonus", "tom"), "to propose it a second time, give a different reason");
        says(&shop.must(&adjust("March Bonus", "MIA")), &["the same proposal already exists: shop-p0001"]);
        shop.must(&adjust("another bonus", "tom"));
        shop.must(&by(&["proposal", "approve", "shop-p0001"], "lee", LATER));
        let said = shop.must(&adjust("March bonus", "tom"));
        says(&said, &["the same was approved before (shop-p0001, by lee at 2026-03-10T10:00:00Z): this is a second one"]);
    });
}

/// The advice how to propose something a second time works, for each kind.
#[test]
fn a_repeat_is_told_what_would_make_it_a_second_one() {
    on_both(|shop| {
        shop.must(&by(&["batch", "export", "shop-0001"], "lee", SETTLED));
        shop.write("opening.csv", "creator_id,amount\nben,5.00\n");
        for (command, advice) in [
            (
                &["batch", "void", "shop-0001"][..],
                "it can be proposed only once: to change the proposal, reject shop-p0001 first",
            ),
            (&["credit", "o3", "ben"], "it can be proposed only once: to change the proposal, reject shop-p0002 first"),
            (&["opening", "opening.csv"], "to propose another one on top of it, add --adds-to shop-p0003"),
            (&["adjust", "ana", "1.00"], "to propose it a second time, give a different reason"),
        ] {
            let command = by(&[command, &["--reason", "x"]].concat(), "mia", LATER);
            shop.must(&command);
            says(&shop.must(&command), &["the same proposal already exists", advice]);
        }
    });
}

/// A list is not written again while somebody says that nobody was paid by it.
#[test]
fn no_payment_list_is_written_while_a_void_waits() {
    on_both(|shop| {
        let export = by(&["batch", "export", "shop-0001"], "lee", LATER);
        shop.must(&by(&["batch", "export", "shop-0001"], "lee", SETTLED));
        shop.must(&by(&["batch", "void", "shop-0001", "--reason", "lost"], "mia", LATER));
        for more in [&[][..], &["--out", "list.csv"]] {
            let told = "mia has proposed (shop-p0001) voiding batch shop-0001 as not paid; the batch cannot be exported until";
            refused(shop, &[&export, more].concat(), told);
        }
        shop.must(&by(&["proposal", "reject", "shop-p0001"], "mia", LATER));
        shop.must(&export);
    });
}

#[test]
fn an_amount_far_above_the_usual_gets_a_second_look() {
    on_both(|shop| {
        let adjust =
            |amount, more: &[&'static str]| by(&[&["adjust", "ana", amount, "--reason", "bonus"], more].concat(), "mia", LATER);
        for modest in ["50.00", "999.99", "-999.99"] {
            shop.must(&adjust(modest, &[]));
        }
        for typo in ["999999.99", "-999999.99", "1700.00", "92233720368547758.00"] {
            let told = if typo.starts_with('9') && typo.len() > 12 { "amount" } else { "is far larger than usual" };
            refused(shop, &adjust(typo, &[]), told);
        }
        refused(
            shop,
            &adjust("999999.99", &[]),
            "the most any creator in shop has ever been paid at once, or is owed now, is 17.00 USD",
        );
        shop.must(&adjust("999999.99", &["--unusual"]));
        refused(shop, &by(&["proposal", "approve", "shop-p0004"], "lee", LATER), "is far larger than usual");
        shop.must(&by(&["proposal", "approve", "shop-p0004", "--unusual"], "lee", LATER));
        // Balances from before the ledger may be large; a slip shows all the same.
        shop.write("opening.csv", "creator_id,amount\nben,9000.00\n");
        shop.must(&by(&["opening", "opening.csv", "--reason", "old"], "mia", LATER));
    });
}

#[test]
fn a_void_that_was_cut_short_leaves_no_list_that_could_be_paid() {
    on_both(|shop| {
        shop.must(&by(&["batch", "export", "shop-0001"], "lee", SETTLED));
        shop.must(&by(&["batch", "void", "shop-0001", "--reason", "lost"], "mia", LATER));
        let (approve, list) = (by(&["proposal", "approve", "shop-p0001"], "lee", LATER), "ledger-data/payments/shop-0001.csv");
        refused(shop, &by(&["proposal", "approve", "shop-p0001"], "mia", LATER), "cannot approve it");
        assert!(shop.read(list).starts_with("creator_id,"), "a refusal marks nothing");
        let trial = format!("fail-after|rename payments/shop-0001.csv#1|{}", shop.path("trial").display());
        let cut = shop.command(&approve).env("PURSER_TRIAL", trial).output().expect("it starts");
        assert!(!cut.status.success());
        assert!(shop.read(list).starts_with("VOID."));
        assert!(shop.must(&["batch", "list", "--format", "csv"]).contains("shop-0001,exported,"));
        // To pay by it after all, the void is rejected first.
        shop.must(&["check"]);
        refused(shop, &by(&["batch", "export", "shop-0001"], "lee", LATER), "the batch cannot be exported until");
        shop.must(&approve);
        assert!(shop.read(list).starts_with("VOID.") && fs::metadata(shop.path(list)).is_ok());
        refused(shop, &by(&["batch", "export", "shop-0001", "--out", "list.csv"], "lee", LATER), "batch shop-0001 is voided");
        assert!(!shop.path("list.csv").exists());
    });
}
