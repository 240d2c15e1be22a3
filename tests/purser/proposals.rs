//! What people do by hand needs two of them, moves money once, and shows wherever money shows.

use std::fs;
use std::process::Stdio;

use serde_json::Value;

use crate::support::Shop;
use crate::support::database::Kind;

/// Runs a test on a small shop that was reconciled, in each database.
fn on_both(test: impl Fn(&Shop)) {
    for kind in Kind::BOTH {
        let shop = Shop::small_on(kind);
        shop.must(&["run", "nightly", "--as-of", "2026-03-01T00:00:00Z", "--by", "rosa"]);
        test(&shop);
    }
}

/// All that a command may change.
fn state(shop: &Shop) -> String {
    let lists = [&["batch", "list", "--format", "csv"][..], &["proposal", "list", "--format", "csv"]];
    let entries = shop.database.sql("SELECT COUNT(*), MAX(entry) FROM entries");
    format!("{}{}{entries}", shop.exports(), lists.map(|list| shop.must(list)).concat())
}

/// A command that cannot be done says why and changes nothing.
fn refused(shop: &Shop, command: &[&str], told: &str) {
    let before = state(shop);
    let done = shop.run(command);
    assert!(!done.ok, "purser {} is refused", command.join(" "));
    assert!(done.err.contains(told), "purser {}\nshould say: {told}\nsays: {}", command.join(" "), done.err);
    assert_eq!(state(shop), before, "purser {} changes nothing", command.join(" "));
}

/// Proposes by mia; answers the proposal's id.
fn propose(shop: &Shop, command: &[&str], as_of: &str) -> String {
    let said = shop.must(&[command, &["--reason", "agreed by phone", "--by", "mia", "--as-of", as_of]].concat());
    said.split(' ').next().expect("it says something").to_owned()
}

/// Proposes by mia and approves by lee, at one time.
fn done(shop: &Shop, command: &[&str], as_of: &str) -> String {
    let id = propose(shop, command, as_of);
    shop.must(&["proposal", "approve", &id, "--by", "lee", "--as-of", as_of]);
    id
}

fn balance(shop: &Shop, creator: &str) -> String {
    let all = shop.must(&["export", "balances"]);
    let own = all.lines().find_map(|line| line.strip_prefix(&format!("{creator},")));
    own.unwrap_or("none").to_owned()
}

fn statement(shop: &Shop, creator: &str, month: &str) -> Value {
    let text = shop.must(&["statement", creator, "--month", month, "--format", "json"]);
    serde_json::from_str(&text).expect("it is JSON")
}

/// The figures of a statement in minor units, which must add up: opening, adjustments, paid, closing.
fn figures(shop: &Shop, creator: &str, month: &str) -> [i64; 4] {
    let statement = statement(shop, creator, month);
    let figure = |name: &str| statement["totals"][name].as_i64().unwrap_or_else(|| panic!("{name} in {statement}"));
    let more = ["opening", "earned", "bonuses", "fees", "adjustments"].map(figure).iter().sum::<i64>();
    assert_eq!(more - figure("clawed_back") - figure("paid"), figure("closing"), "{creator} {month} adds up");
    ["opening", "adjustments", "paid", "closing"].map(figure)
}

const DAY: &str = "2026-03-02T10:00:00Z";

#[test]
fn nothing_moves_before_another_person_approves() {
    on_both(|shop| {
        shop.write("opening.csv", "creator_id,amount,memo\ncho,-1.5,advance\nana,20.00,old system\n");
        assert_eq!(balance(shop, "ana"), "0.00,17.00,0.00,0.00");
        for (command, kind, amount, creator, wanted) in [
            (&["adjust", "ana", "-12.50"][..], "adjustment", "-12.50", "ana", "0.00,4.50,0.00,0.00"),
            (&["adjust", "ben", "3"], "adjustment", "3.00", "ben", "0.00,8.00,0.00,0.00"),
            (&["adjust", "ana", "-10"], "adjustment", "-10.00", "ana", "0.00,-5.50,0.00,0.00"),
            (&["write-off", "ana"], "write_off", "5.50", "ana", "none"),
            (&["opening", "opening.csv"], "opening", "18.50", "cho", "0.00,13.50,0.00,0.00"),
        ] {
            let before = shop.exports();
            let said = shop.must(&[command, &["--by", "mia", "--as-of", DAY, "--reason", "as agreed"]].concat());
            let id = said.split(' ').next().expect("it says something");
            assert!(
                said.contains(&format!("{id} was proposed by mia: ")) && said.contains("anyone but mia can approve it"),
                "{said}"
            );
            let listed = shop.must(&["proposal", "list", "--format", "csv"]);
            assert!(
                listed.contains(&format!("{id},{kind},proposed,,")) && listed.contains(&format!(",{amount},USD,mia,")),
                "{listed}"
            );
            assert_eq!(shop.exports(), before, "{command:?}: nothing has moved");
            let said = shop.must(&["proposal", "approve", id, "--by", "lee", "--as-of", DAY]);
            assert!(said.contains(&format!("{id} was approved by lee (ledger entry ")), "{said}");
            assert_eq!(balance(shop, creator), wanted, "{command:?}");
        }
        assert_eq!(balance(shop, "ana"), "0.00,20.00,0.00,0.00", "the opening balance of the other row");
        let before = shop.exports();
        shop.must(&["run", "nightly", "--as-of", "2026-03-03T00:00:00Z"]);
        assert_eq!(shop.exports(), before, "a reconciliation leaves what people did");
        shop.must(&["run", "payout", "--as-of", "2026-03-03T09:00:00Z", "--by", "rosa"]);
        assert_eq!(
            shop.must(&["batch", "list", "--format", "csv"]).lines().last(),
            Some("shop-0001,draft,3,41.50,USD,2026-03-03T09:00:00Z")
        );
    });
}

#[test]
fn what_cannot_be_proposed_is_refused() {
    on_both(|shop| {
        for (name, text) in [
            ("twice.csv", "creator_id,amount\nana,1.00\nben,2.00\nana,3.00\n"),
            ("zero.csv", "creator_id,amount\nana,0.00\n"),
            ("unknown.csv", "creator_id,amount\nana,1.00\nbean,1.00\n"),
            ("decimals.csv", "creator_id,amount\nana,1.001\n"),
            ("nobody.csv", "creator_id,amount\n,1.00\n"),
            ("column.csv", "creator,amount\nana,1.00\n"),
            ("empty.csv", "creator_id,amount\n"),
        ] {
            shop.write(name, text);
        }
        shop.must(&["run", "payout", "--as-of", "2026-03-01T09:00:00Z", "--by", "rosa"]);
        for (command, told) in [
            (&["adjust", "ana", "-12.505"][..], "the amount \"-12.505\" has more than the 2 decimals of USD"),
            (&["adjust", "ana", "1e3"], "the amount \"1e3\" is not a plain decimal number"),
            (&["adjust", "ana", "12345678901234567890"], "is larger than any amount"),
            (&["adjust", "ana", "-0.00"], "the amount is zero"),
            (&["adjust", "anna", "1"], "the program shop has no creator \"anna\"; the closest id is ana"),
            (&["adjust", "dora", "1"], "the program shop has no creator \"dora\"\n"),
            (&["write-off", "chow"], "the program shop has no creator \"chow\"; the closest id is cho"),
            (&["write-off", "ana"], "ana owes nothing that could be written off: 0.00 USD is payable"),
            (&["credit", "o9", "ana"], "order o9 was not in the last reconciliation of shop"),
            (&["credit", "o3", "ano"], "the program shop has no creator \"ano\"; the closest id is ana"),
            (&["opening", "twice.csv"], "twice.csv row 2 and twice.csv row 4 both name ana"),
            (&["opening", "zero.csv"], "zero.csv row 2, amount: is zero"),
            (&["opening", "unknown.csv"], "unknown.csv row 3: the program shop has no creator \"bean\"; the closest id is ben"),
            (&["opening", "decimals.csv"], "decimals.csv row 2, amount: \"1.001\" has more than the 2 decimals of USD"),
            (&["opening", "nobody.csv"], "nobody.csv row 2, creator_id: is empty"),
            (&["opening", "column.csv"], "column.csv row 1: the column `creator_id` is missing"),
            (&["opening", "empty.csv"], "empty.csv has no rows"),
            (&["opening", "gone.csv"], "cannot open gone.csv"),
            (&["batch", "void", "shop-0001"], "batch shop-0001 is a draft and was not exported; reject it"),
            (&["batch", "void", "shop-0002"], "has no batch shop-0002"),
        ] {
            refused(shop, &[command, &["--reason", "why not", "--by", "mia", "--as-of", DAY]].concat(), told);
        }
        for (reason, by, told) in
            [("", "mia", "a reason is needed"), (" ", "mia", "say why"), ("a\nb", "mia", "one line"), ("x", " ", "--by is empty")]
        {
            refused(shop, &["adjust", "ana", "1", "--reason", reason, "--by", by, "--as-of", DAY], told);
        }
    });
}

#[test]
fn a_program_that_was_never_reconciled_knows_nobody() {
    let shop = Shop::small();
    shop.must(&["run", "nightly", "--dry-run", "--as-of", DAY]);
    let done = shop.run(&["adjust", "ana", "1", "--reason", "x", "--by", "mia"]);
    assert!(!done.ok && done.err.contains("shop has never been reconciled, so no creator is known yet"), "{}", done.err);
}

#[test]
fn a_proposal_is_decided_once_and_never_by_whoever_made_it() {
    on_both(|shop| {
        let first = propose(shop, &["adjust", "ana", "1.00"], DAY);
        assert_eq!(first, "shop-p0001");
        let approve = |id, by, at| ["proposal", "approve", id, "--by", by, "--as-of", at];
        let reject = |id, by| ["proposal", "reject", id, "--by", by, "--as-of", DAY];
        refused(shop, &approve("shop-p0001", "mia", DAY), "mia proposed shop-p0001 and cannot approve it; someone else has to");
        refused(shop, &approve("shop-p0001", " Mia ", DAY), "cannot approve it");
        refused(shop, &approve("shop-p0001", "lee", "2026-03-02T09:59:59Z"), "a decision cannot be dated earlier than that");
        refused(shop, &approve("shop-p0002", "lee", DAY), "has no proposal shop-p0002; the newest is shop-p0001");
        refused(shop, &approve("shop-p0001", "", DAY), "--by is empty: give your own name with --by");
        shop.must(&approve("shop-p0001", "lee", DAY));
        refused(shop, &approve("shop-p0001", "zoe", DAY), "shop-p0001 was approved by lee at 2026-03-02T10:00:00Z");
        refused(shop, &reject("shop-p0001", "mia"), "To reverse an approved one, make another proposal");
        let second = propose(shop, &["adjust", "ana", "2.00"], DAY);
        let said = shop.must(&reject(&second, "mia"));
        assert!(said.contains("shop-p0002 was rejected by mia") && said.contains("nothing was changed"), "{said}");
        refused(shop, &approve(&second, "lee", DAY), "shop-p0002 was rejected by mia");
        assert_eq!(balance(shop, "ana"), "0.00,18.00,0.00,0.00");
        let shown = shop.must(&["proposal", "show", "shop-p0001"]);
        for part in
            ["adjustment of 1.00 USD for ana (agreed by phone)", "proposed by mia at 2026-03-02T10:00:00Z", "approved by lee"]
        {
            assert!(shown.contains(part), "{part} in {shown}");
        }
    });
}

#[test]
fn two_who_approve_at_once_move_the_money_once() {
    on_both(|shop| {
        let id = propose(shop, &["adjust", "ana", "5.00"], DAY);
        let approve = |by: &str| {
            let mut command = shop.command(&["proposal", "approve", &id, "--by", by, "--as-of", DAY]);
            command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it starts")
        };
        let running = ["lee", "zoe", "kim", "tom"].map(approve);
        let succeeded = running.into_iter().filter_map(|mut child| child.wait().ok()).filter(|status| status.success()).count();
        assert_eq!(succeeded, 1);
        assert_eq!(balance(shop, "ana"), "0.00,22.00,0.00,0.00");
    });
}

#[test]
fn a_debt_that_has_shrunk_is_not_written_off() {
    on_both(|shop| {
        done(shop, &["adjust", "ana", "-20"], DAY);
        let whole = propose(shop, &["write-off", "ana"], DAY);
        done(shop, &["adjust", "ana", "0.50"], DAY);
        let approve = ["proposal", "approve", &whole, "--by", "lee", "--as-of", DAY];
        refused(shop, &approve, "would write off 3.00 USD of ana, but the balance is now -2.50 USD");
        // A debt that has grown still holds what was to be written off.
        done(shop, &["adjust", "ana", "-1.50"], DAY);
        shop.must(&approve);
        assert_eq!(balance(shop, "ana"), "0.00,-1.00,0.00,0.00");
    });
}

/// A batch is approved only while none of its creators owes; that counts what people take back, too.
#[test]
fn a_correction_stops_a_batch_that_would_pay_too_much() {
    on_both(|shop| {
        shop.must(&["run", "payout", "--as-of", "2026-03-01T09:00:00Z", "--by", "rosa"]);
        done(shop, &["adjust", "ana", "-0.01"], DAY);
        refused(
            shop,
            &["batch", "approve", "shop-0001", "--by", "zoe", "--as-of", DAY],
            "the payable balance of ana has fallen below zero",
        );
    });
}

#[test]
fn a_payment_list_is_written_once_the_journal_says_so() {
    on_both(|shop| {
        shop.must(&["run", "payout", "--as-of", "2026-03-01T09:00:00Z", "--by", "rosa"]);
        let export = ["batch", "export", "shop-0001", "--by", "zoe", "--as-of", DAY];
        refused(shop, &export, "batch shop-0001 is a draft; only a batch that is approved, exported or settled can be exported");
        shop.must(&["batch", "approve", "shop-0001", "--by", "lee", "--as-of", "2026-03-02T09:00:00Z"]);
        let file = shop.path("ledger-data/payments/shop-0001.csv");
        let wanted = "creator_id,amount,currency,reference\n\
                      ana,17.00,USD,shop-0001\nben,5.00,USD,shop-0001\ncho,15.00,USD,shop-0001\n";
        // The file cannot be put into place: the journal says that it was exported all the same, and a repeat writes it.
        let trial = format!("fail-before|rename payments/shop-0001.csv#1|{}", shop.path("trial").display());
        let cut = shop.command(&export).env("PURSER_TRIAL", trial).output().expect("it starts");
        assert!(String::from_utf8_lossy(&cut.stderr).contains("run the same command again to write it"), "{cut:?}");
        assert!(!cut.status.success() && !file.exists());
        assert!(shop.must(&["batch", "list", "--format", "csv"]).contains("shop-0001,exported,"));
        let before = state(shop);
        let said = shop.must(&["batch", "export", "shop-0001", "--by", "tom", "--as-of", "2026-03-05T10:00:00Z"]);
        assert!(said.contains("shop-0001 was already exported by zoe at 2026-03-02T10:00:00Z"), "{said}");
        assert_eq!(fs::read_to_string(&file).expect("it is there"), wanted);
        shop.must(&["batch", "export", "shop-0001", "--by", "tom", "--out", "list.csv", "--as-of", "2026-03-05T10:00:00Z"]);
        assert_eq!(shop.read("list.csv"), wanted);
        assert_eq!(state(shop), before, "a repeat changes nothing");
        let digest = shop.database.sql("SELECT facts FROM entries WHERE kind = 'exported'");
        assert_eq!(digest.trim(), blake3_of(wanted));
        refused(
            shop,
            &["batch", "reject", "shop-0001", "--by", "lee", "--as-of", DAY],
            "propose voiding it: `purser batch void shop-0001 --by NAME --reason REASON`",
        );
        shop.must(&["batch", "settle", "shop-0001", "--by", "lee", "--as-of", "2026-03-06T10:00:00Z"]);
        // As promised, also once the batch is settled; but it says that it was paid.
        fs::remove_file(&file).expect("it can be removed");
        let said = shop.must(&["batch", "export", "shop-0001", "--by", "tom", "--as-of", "2026-03-07T10:00:00Z"]);
        assert!(said.contains("the batch is settled: do not pay them again"), "{said}");
        assert_eq!(fs::read_to_string(&file).expect("it is there"), wanted);
    });
}

fn blake3_of(text: &str) -> String {
    blake3::hash(text.as_bytes()).to_hex().to_string()
}

#[test]
fn a_voided_batch_gives_its_money_back() {
    on_both(|shop| {
        let before = shop.must(&["export", "balances"]);
        shop.must(&["run", "payout", "--as-of", "2026-03-01T09:00:00Z", "--by", "rosa"]);
        shop.must(&["batch", "approve", "shop-0001", "--by", "lee", "--as-of", DAY]);
        let void = ["batch", "void", "shop-0001", "--reason", "bank was closed", "--by", "mia", "--as-of", DAY];
        refused(shop, &void, "batch shop-0001 is approved and was not exported; reject it");
        shop.must(&["batch", "export", "shop-0001", "--by", "zoe", "--as-of", DAY]);
        let said = shop.must(&void);
        assert!(
            said.contains("batch shop-0001 voided, 37.00 USD for 3 creators returned to payable (bank was closed)"),
            "{said}"
        );
        refused(shop, &[&void[..4], &["the same again"], &void[5..]].concat(), "mia has already proposed this (shop-p0001)");
        let settle = ["batch", "settle", "shop-0001", "--by", "zoe", "--as-of", DAY];
        refused(shop, &settle, "mia has proposed (shop-p0001) voiding batch shop-0001 as not paid");
        let list = shop.path("ledger-data/payments/shop-0001.csv");
        assert!(fs::read_to_string(&list).expect("it is there").starts_with("creator_id,"));
        shop.must(&["proposal", "approve", "shop-p0001", "--by", "lee", "--as-of", DAY]);
        assert_eq!(shop.must(&["export", "balances"]), before);
        assert!(shop.must(&["batch", "list", "--format", "csv"]).contains("shop-0001,voided,3,37.00,"));
        let dead = fs::read_to_string(&list).expect("it is there");
        assert!(dead.starts_with("VOID. DO NOT PAY. Batch shop-0001") && !dead.contains("17.00"), "{dead}");
        assert_eq!(
            shop.must(&["batch", "show", "shop-0001", "--format", "csv"]),
            "creator_id,amount,state\nana,17.00,released\nben,5.00,released\ncho,15.00,released\n"
        );
        for (command, told) in [
            (&["proposal", "approve", "shop-p0001"][..], "shop-p0001 was approved by lee"),
            (&["batch", "settle", "shop-0001"], "batch shop-0001 is voided"),
            (&["batch", "export", "shop-0001"], "batch shop-0001 is voided"),
            (
                &["batch", "void", "shop-0001", "--reason", "again"],
                "batch shop-0001 is voided; only a batch that is exported can be voided",
            ),
        ] {
            refused(shop, &[command, &["--by", "zoe", "--as-of", DAY]].concat(), told);
        }
        shop.must(&["run", "payout", "--as-of", "2026-03-03T09:00:00Z", "--by", "rosa"]);
        assert!(shop.must(&["batch", "list", "--format", "csv"]).contains("shop-0002,draft,3,37.00,"));
    });
}

#[test]
fn statements_show_what_people_did_and_why() {
    on_both(|shop| {
        shop.must(&["run", "statements", "--as-of", "2026-03-01T08:00:00Z"]);
        shop.write("opening.csv", "creator_id,amount\ncho,4.00\n");
        done(shop, &["adjust", "ana", "-18"], DAY);
        done(shop, &["write-off", "ana"], DAY);
        done(shop, &["opening", "opening.csv"], DAY);
        shop.must(&["run", "nightly", "--as-of", "2026-04-01T08:00:00Z"]);
        let report = shop.must(&["run", "statements", "--as-of", "2026-04-01T10:00:00Z"]);
        assert!(report.contains("adjustments"), "{report}");
        assert_eq!(figures(shop, "ana", "2026-03"), [1700, -1700, 0, 0]);
        assert_eq!(figures(shop, "cho", "2026-03"), [1500, 400, 0, 1900]);
        assert_eq!(figures(shop, "ben", "2026-03"), [500, 0, 0, 500]);
        let text = shop.must(&["statement", "ana", "--month", "2026-03"]);
        for part in ["Adjustments", "-17.00", "Adjustment, 2 March", "Negative balance written off, 2 March", "agreed by phone"] {
            assert!(text.contains(part), "{part} in {text}");
        }
        let html = shop.must(&["statement", "cho", "--month", "2026-03", "--format", "html"]);
        assert!(html.contains("Adjustments") && html.contains("Balance brought forward, 2 March"), "{html}");
        let csv = shop.must(&["statement", "cho", "--month", "2026-03", "--format", "csv"]);
        assert!(
            csv.contains(",adjustment,2026-03-02,") && csv.contains(",opening,shop-p0003,") && csv.contains("agreed by phone"),
            "{csv}"
        );
        let ben = shop.must(&["statement", "ben", "--month", "2026-03"]);
        assert!(!ben.contains("Adjustments"), "who has none sees none: {ben}");
        // What is booked into a closed month stands on the next statement, as a correction.
        done(shop, &["adjust", "ben", "1.25"], "2026-03-31T12:00:00Z");
        shop.must(&["run", "nightly", "statements", "--as-of", "2026-05-01T10:00:00Z"]);
        assert_eq!(figures(shop, "ben", "2026-04"), [500, 125, 0, 625]);
        assert_eq!(statement(shop, "ben", "2026-04")["corrections"][0]["note"], "agreed by phone");
    });
}

/// An order that nobody brought is given to Ben: the next night pays it, a refund later takes part of it back.
#[test]
fn an_order_given_by_hand_pays_like_any_other() {
    on_both(|shop| {
        let night = |at: &str| shop.must(&["run", "nightly", "--as-of", at]);
        let id = propose(shop, &["credit", "o3", "ben"], DAY);
        night("2026-03-02T11:00:00Z");
        assert_eq!(balance(shop, "ben"), "0.00,5.00,0.00,0.00", "a proposal alone pays nothing");
        let said = shop.must(&["proposal", "approve", &id, "--by", "lee", "--as-of", "2026-03-02T12:00:00Z"]);
        assert!(
            said.contains("order o3 attributed to ben (agreed by phone)")
                && said.contains("from the next nightly run on it will be attributed (credit) and pay 5.00 USD to ben"),
            "{said}"
        );
        assert_eq!(balance(shop, "ben"), "0.00,5.00,0.00,0.00", "an approval alone neither");
        refused(shop, &["run", "nightly", "--as-of", "2026-03-02T11:30:00Z"], "would be earlier than entry");
        night("2026-03-03T00:00:00Z");
        assert_eq!(balance(shop, "ben"), "0.00,10.00,0.00,0.00");
        assert!(shop.must(&["export", "orders"]).contains("o3,attributed,credit\n"));
        assert!(shop.must(&["export", "commissions"]).contains("credit,o3,1,ben,shop-p0001,50.00,5.00,payable\n"));
        assert!(night("2026-03-03T00:00:00Z").contains("nothing to post"));
        let explained = shop.must(&["explain", "o3"]);
        assert!(explained.contains("manual attribution: credit shop-p0001 to ben"), "{explained}");
        assert!(!explained.contains("DIFFER") && !explained.contains("Not compared"), "{explained}");
        let before = shop.must(&["explain", "o3", "--as-of", "2026-03-01T00:00:00Z"]);
        assert!(before.contains("no click and no code was found") && !before.contains("manual attribution: credit"), "{before}");
        shop.write("refunds.csv", shop.read("refunds.csv") + "r9,o3,1,2026-03-05T09:00:00Z,20.00\n");
        night("2026-03-06T00:00:00Z");
        assert_eq!(balance(shop, "ben"), "0.00,8.00,0.00,0.00");
        assert!(shop.must(&["explain", "o3"]).contains("r9"));
        shop.must(&["run", "nightly", "statements", "--as-of", "2026-04-01T10:00:00Z"]);
        // It earns since March, when the credit was found; the sale itself is one of January.
        let text = shop.must(&["statement", "ben", "--month", "2026-03"]);
        for part in ["Credited manually, 7 January: A", "credited manually: agreed by phone"] {
            assert!(text.contains(part), "{part} in {text}");
        }
        let sales = shop.must(&["statement", "ben", "--month", "2026-01"]);
        assert!(sales.contains("Credited manually"), "{sales}");
        assert_eq!(figures(shop, "ben", "2026-03")[3], 800);
    });
}

#[test]
fn the_credit_that_was_approved_last_counts() {
    on_both(|shop| {
        let night = |at: &str| shop.must(&["run", "nightly", "--as-of", at]);
        // Away from Ana, whose click it was, at the very time of the last run.
        done(shop, &["credit", "o1", "ben"], "2026-03-01T00:00:00Z");
        night("2026-03-01T00:00:00Z");
        assert_eq!(
            (balance(shop, "ana"), balance(shop, "ben")),
            ("0.00,7.00,0.00,0.00".to_owned(), "0.00,15.00,0.00,0.00".to_owned())
        );
        done(shop, &["credit", "o1", "cho"], "2026-03-05T00:00:00Z");
        refused(shop, &["run", "nightly", "--as-of", "2026-03-04T00:00:00Z"], "would be earlier than entry");
        night("2026-03-05T00:00:00Z");
        assert_eq!(
            (balance(shop, "ben"), balance(shop, "cho")),
            ("0.00,5.00,0.00,0.00".to_owned(), "0.00,25.00,0.00,0.00".to_owned())
        );
        assert!(shop.must(&["export", "commissions"]).contains("credit,o1,1,cho,shop-p0002,100.00,10.00,payable\n"));
    });
}

/// Statements that were kept before there were adjustments are read as having none.
#[test]
fn kept_statements_of_older_versions_are_read() {
    let shop = Shop::small();
    shop.must(&["run", "nightly", "statements", "--as-of", "2026-03-01T10:00:00Z"]);
    let mut old = statement(&shop, "ana", "2026-02");
    old["totals"].as_object_mut().and_then(|totals| totals.remove("adjustments")).expect("it has the figure");
    let read: purser::statement::Statement = serde_json::from_value(old).expect("it can be read");
    assert_eq!(read.totals.adjustments, 0);
    read.check().expect("it adds up");
}

#[test]
fn proposals_come_as_tables_csv_and_json() {
    let shop = Shop::small();
    shop.must(&["run", "nightly", "--as-of", "2026-03-01T00:00:00Z"]);
    propose(&shop, &["adjust", "ana", "-2.00"], DAY);
    propose(&shop, &["credit", "o3", "ben"], DAY);
    done(&shop, &["adjust", "ben", "1.00"], DAY);
    assert_eq!(
        shop.must(&["proposal", "list", "--format", "csv"]),
        "proposal_id,kind,state,subject,creators,amount,currency,proposed_by,proposed_at,decided_by,decided_at,reason\n\
         shop-p0001,adjustment,proposed,,1,-2.00,USD,mia,2026-03-02T10:00:00Z,,,agreed by phone\n\
         shop-p0002,credit,proposed,o3,1,,USD,mia,2026-03-02T10:00:00Z,,,agreed by phone\n\
         shop-p0003,adjustment,approved,,1,1.00,USD,mia,2026-03-02T10:00:00Z,lee,2026-03-02T10:00:00Z,agreed by phone\n"
    );
    let json: Value = serde_json::from_str(&shop.must(&["proposal", "list", "--format", "json"])).expect("it is JSON");
    assert_eq!(json[1]["subject"], "o3");
    assert!(shop.must(&["proposal", "list"]).contains("proposal id"));
    assert_eq!(shop.must(&["proposal", "show", "shop-p0001", "--format", "csv"]), "creator_id,amount\nana,-2.00\n");
    let status = shop.must(&["status"]);
    assert!(
        status.contains(
            "proposal shop-p0001: adjustment of -2.00 USD for ana (agreed by phone), awaiting approval by somebody other than mia"
        ),
        "{status}"
    );
    assert!(status.contains("order o3 attributed to ben") && !status.contains("shop-p0003"), "{status}");
}

#[test]
fn a_credit_is_not_withdrawn_before_it_was_approved() {
    on_both(|shop| {
        let credit = done(shop, &["credit", "o3", "ben"], "2026-03-06T00:00:00Z");
        let withdraw = ["withdraw", &credit, "--by", "mia", "--reason", "wrong", "--as-of", "2026-03-05T00:00:00Z"];
        refused(shop, &withdraw, "cannot be d");
        shop.must(&["withdraw", &credit, "--by", "mia", "--reason", "wrong", "--as-of", "2026-03-07T00:00:00Z"]);
    });
}
