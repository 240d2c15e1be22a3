//! Who approves a batch: as many people as its total asks for, none of whom drafted or changed it; and what they sign.

use std::fmt::Write as _;

use crate::payment_files::{EUROPEANS, KEY, SEPA, export_with, set_up, with_key};
use crate::support::database::Kind;
use crate::support::{Done, Shop};

/// A shop whose first batch waits: 12.05 to ana, 5.00 to ben, 15.00 to cho, drafted by rosa.
fn with_draft(kind: Kind, payout: &str) -> Shop {
    let shop = Shop::small_on(kind);
    shop.write("shop.toml", format!("{}\n{payout}", shop.read("shop.toml")));
    draft(&shop);
    shop
}

fn draft(shop: &Shop) {
    shop.must(&["run", "nightly", "--as-of", "2026-02-01T00:00:00Z", "--by", "rosa"]);
    shop.must(&["run", "payout", "--as-of", "2026-02-01T09:00:00Z", "--by", "rosa"]);
}

/// One person up to 20.00, two up to a limit, above it two of whom one is a director.
fn levels(limit: &str) -> String {
    let levels =
        ["up_to = \"20\"\napprovers = 1", &format!("up_to = \"{limit}\"\napprovers = 2"), "approvers = 2\ngroup = \"directors\""];
    let mut text = String::new();
    for level in levels {
        writeln!(text, "[[payout.approvals]]\n{level}").expect("text takes text");
    }
    text + "[payout.groups]\ndirectors = [\"José García\", \"bo\"]\n"
}

fn approve(shop: &Shop, by: &str, hour: usize) -> Done {
    let at = format!("2026-02-02T{hour:02}:00:00Z");
    with_key(shop, &["batch", "approve", "shop-0001", "--by", by, "--as-of", &at])
}

fn state(shop: &Shop) -> String {
    shop.must(&["batch", "list", "--format", "csv"])
        .lines()
        .nth(1)
        .and_then(|row| row.split(',').nth(1))
        .unwrap_or("none")
        .to_owned()
}

/// Who tries to approve, one after the other, and what each is told: what was done, or why not.
type Tries = &'static [(&'static str, &'static str)];

const TRIES: &[(&str, Tries, &str)] = &[
    ("", &[("rosa", "drafted batch shop-0001 and cannot approve it"), ("mia", "was approved by mia")], "approved"),
    (
        "32.05",
        &[
            ("Rosa", "and cannot approve it"),
            (
                "mia",
                "was signed by mia (ledger entry 3 of program shop): 32.05 USD to 3 creators; it is approved once 1 other person signed",
            ),
            ("mia", "mia signed batch shop-0001 at 2026-02-02T02:00:00Z; the next signature has to be somebody else's"),
            (" MÍA ", "the next signature has to be somebody else's"),
            ("rosa", "and cannot approve it"),
            ("lee", "was approved by lee"),
            ("bo", "only a batch that is a draft can be approved"),
        ],
        "approved",
    ),
    (
        "32.04",
        &[
            ("mia", "once one of the directors (José García, bo) signed, too"),
            ("lee", "needs the signature of one of the directors (José García, bo), and lee is none of them"),
            ("mia", "the next signature has to be somebody else's"),
            ("JOSE GARCIA", "was approved by JOSE GARCIA"),
        ],
        "approved",
    ),
    ("32.04", &[("Bo", "once 1 other person signed, too"), ("lee", "was approved by lee")], "approved"),
    ("32.04", &[("mia", "was signed by mia"), ("lee", "is none of them")], "draft"),
];

#[test]
fn a_batch_takes_as_many_people_as_its_total_asks_for() {
    for (kind, (limit, tries, end)) in Kind::BOTH.into_iter().flat_map(|kind| TRIES.iter().map(move |row| (kind, row))) {
        let shop = with_draft(kind, &if limit.is_empty() { String::new() } else { levels(limit) });
        for (hour, (by, told)) in tries.iter().enumerate() {
            let done = approve(&shop, by, hour + 1);
            let said = format!("{}{}", done.out, done.err);
            assert!(said.contains(told), "{by}: {said}");
            let is_done = ["was approved by", "was signed by", " signed, too"].iter().any(|words| told.contains(words));
            assert_eq!(done.ok, is_done, "{by}: {said}");
        }
        assert_eq!(state(&shop), *end, "{limit}: {tries:?}");
        shop.must(&["check"]);
    }
}

/// What a limit says is asked of the program file at each signature, of what the batch comes to then.
#[test]
fn the_sheet_and_the_list_say_who_signed_and_who_is_left() {
    let shop = with_draft(Kind::Sqlite, &levels("32.04"));
    let shown = shop.must(&["batch", "show", "shop-0001"]);
    assert!(shown.contains("\nto be signed by 2 other people, one of them of the directors (José García, bo)\n"), "{shown}");
    let plain = shop.must(&["batch", "list"]);
    assert!(approve(&shop, "mia", 1).ok);
    let shown = shop.must(&["batch", "show", "shop-0001"]);
    let signed = "\nsigned by mia at 2026-02-02T01:00:00Z\nto be signed by one of the directors (José García, bo)\n";
    assert!(shown.contains(signed), "{shown}");
    let sheet: serde_json::Value =
        serde_json::from_str(&shop.must(&["batch", "show", "shop-0001", "--format", "json"])).expect("it is JSON");
    assert_eq!(sheet["signatures"], serde_json::json!([{"by": "mia", "at": "2026-02-02T01:00:00Z"}]));
    let missing = serde_json::json!({"approvers": 1, "group": "directors", "people": ["José García", "bo"]});
    assert_eq!(sheet["missing"], missing);
    let list = shop.must(&["batch", "list"]);
    assert!(list.contains("signed by") && list.contains("mia at 2026-02-02T01:00:00Z") && !plain.contains("signed"), "{list}");
    assert_eq!(
        shop.must(&["batch", "list", "--format", "csv"]).lines().next(),
        Some("batch_id,state,creators,amount,currency,created_at")
    );
    let status = shop.must(&["status"]);
    assert!(status.contains("awaiting the signature of one of the directors"), "{status}");
}

/// The person who changed the batch last does not approve it, earlier signatures are void, and a smaller total takes fewer people.
#[test]
fn a_changed_line_voids_what_was_signed() {
    for kind in Kind::BOTH {
        let shop = with_draft(kind, &levels("32.05"));
        assert!(approve(&shop, "mia", 1).ok);
        let hold = ["batch", "hold", "shop-0001", "--creator", "cho", "--reason", "asked for a form"];
        let done = shop.must(&[&hold[..], &["--by", "tom", "--as-of", "2026-02-02T02:00:00Z"]].concat());
        assert!(done.contains("the batch comes to 17.05 USD for 2 creators now; 1 signature is void"), "{done}");
        let refused = approve(&shop, "TOM", 3);
        assert!(refused.err.contains("was the last to change batch shop-0001 and cannot approve it"), "{}", refused.err);
        let release = ["batch", "release", "shop-0001", "--creator", "cho", "--reason", "it came"];
        shop.must(&[&release[..], &["--by", "lee", "--as-of", "2026-02-02T04:00:00Z"]].concat());
        assert!(approve(&shop, "lee", 5).err.contains("was the last to change"), "lee put it back");
        // The lines are those that mia signed, but she signed another batch.
        assert!(approve(&shop, "tom", 6).out.contains("was signed by tom"), "the first of two");
        shop.must(&[&hold[..], &["--by", "lee", "--as-of", "2026-02-02T07:00:00Z"]].concat());
        assert!(approve(&shop, "mia", 8).out.contains("was approved by mia"), "17.05 takes one person");
        shop.must(&["check"]);
        let late = shop.run(&[&release[..], &["--by", "lee", "--as-of", "2026-02-02T09:00:00Z"]].concat());
        assert!(late.err.contains("batch shop-0001 is approved; only a batch that is a draft can be changed"), "{}", late.err);
        shop.must(&["batch", "settle", "shop-0001", "--by", "lee", "--as-of", "2026-02-03T09:00:00Z"]);
        let balances = shop.must(&["export", "balances"]);
        assert!(balances.contains("ana,0.00,0.00,0.00,12.05\n") && balances.contains("cho,0.00,15.00,0.00,0.00\n"), "{balances}");
        shop.must(&["check"]);
    }
}

/// Though the debt was netted since: who signed did not know of it.
#[test]
fn a_debt_voids_what_was_signed() {
    for kind in Kind::BOTH {
        let shop = with_draft(kind, &levels("32.05"));
        let adjust = |amount: &str, number: usize, hour: usize| {
            let (first, then) = (format!("2026-02-02T{hour:02}:10:00Z"), format!("2026-02-02T{hour:02}:20:00Z"));
            shop.must(&["adjust", "ana", amount, "--reason", "counted again", "--by", "tom", "--as-of", &first]);
            shop.must(&["proposal", "approve", &format!("shop-p000{number}"), "--by", "uma", "--as-of", &then]);
        };
        assert!(approve(&shop, "mia", 1).ok);
        adjust("-3.00", 1, 1);
        assert!(approve(&shop, "lee", 2).err.contains("has fallen below zero"), "ana owes money");
        adjust("4.00", 2, 3);
        assert!(approve(&shop, "lee", 4).out.contains("was signed by lee"), "mia's signature counts no more");
        assert!(approve(&shop, "mia", 5).out.contains("was approved by mia"), "she signs again");
        shop.must(&["check"]);
    }
}

/// The entry names the rules that were in force: changing them behind purser's back, or approving alone, is found.
#[test]
fn an_approval_by_too_few_is_found() {
    let shop = with_draft(Kind::Sqlite, "[payout]\nminimum = \"1\"\n");
    assert!(approve(&shop, "mia", 1).ok);
    shop.must(&["check"]);
    shop.database.sql("UPDATE program_texts SET body = body || '\n[[payout.approvals]]\napprovers = 2\n'");
    let found = shop.run(&["check", "batches"]);
    assert!(!found.ok, "{}", found.out);
    let why = "batch shop-0001 of 32.05 USD was approved by mia, but it takes 2 people";
    assert!(found.out.contains(why), "{}", found.out);
}

/// What is wrong with levels is said where it stands.
#[test]
fn levels_that_contradict_themselves_are_refused() {
    let shop = Shop::small();
    let sound = shop.read("shop.toml");
    let level = |text: &str| format!("[[payout.approvals]]\n{text}\n");
    for (text, why) in [
        (level("up_to = \"10\""), "[payout.approvals] needs `approvers`"),
        (level("approvers = 0"), "`approvers` is not between 1 and 9"),
        (level("approvers = 1\nup_to = \"10\""), "`up_to` stands in the last level"),
        (level("approvers = 1") + &level("approvers = 2"), "[payout.approvals] needs `up_to`"),
        (
            level("approvers = 1\nup_to = \"10\"") + &level("approvers = 1\nup_to = \"10\"") + &level("approvers = 2"),
            "is not above that of",
        ),
        (level("approvers = 1\ngroup = \"board\""), "`group` is no group of [payout.groups]"),
        ("[payout]\ngroups = { board = [] }\n".to_owned(), "needs a list of texts, such as board = [\"ana\", \"bo\"]"),
        (level("approvers = 1\npeople = 2"), "has no key `people`"),
    ] {
        shop.write("shop.toml", format!("{sound}\n{text}"));
        let refused = shop.run(&["validate"]);
        assert!(!refused.ok && refused.err.contains(why), "{text}: {}", refused.err);
    }
}

const OTHER: &str = "NL91ABNA0417164300";
const INSTEAD: &str = "NL02ABNA0123456789";

/// A shop that pays by SEPA, with a draft.
fn with_payees(kind: Kind, payout: &str) -> Shop {
    let shop = Shop::small_on(kind);
    set_up(&shop, "EUR", EUROPEANS, &format!("{SEPA}{payout}"));
    draft(&shop);
    shop
}

fn change_details(shop: &Shop) {
    let payees = shop.read("payees.csv");
    assert!(payees.contains(OTHER));
    shop.write("payees.csv", payees.replace(OTHER, INSTEAD));
}

#[test]
fn details_that_changed_after_the_approval_are_not_paid() {
    for kind in Kind::BOTH {
        let shop = with_payees(kind, "");
        assert!(approve(&shop, "mia", 1).ok);
        assert!(approve(&shop, "lee", 2).err.contains("only a batch that is a draft can be approved"), "nothing changed");
        change_details(&shop);
        let refused = export_with(&shop, KEY, "pain001", "paid.xml", &[]);
        let why = "would leave out 1 creator:\ncho: their payment details changed after the approval\nWhere details changed, have the batch \
                   approved again as it is now, `purser batch approve shop-0001 --by NAME`; or reject it";
        assert!(!refused.ok && refused.err.contains(why), "{}", refused.err);
        assert!(!shop.path("paid.xml").exists() && !refused.err.contains(INSTEAD));
        let out = shop.copy();
        let left = export_with(&out, KEY, "pain001", "paid.xml", &["--allow-missing"]);
        assert!(left.ok && left.out.contains("2 payments of 17.05") && !out.read("paid.xml").contains(INSTEAD), "{}", left.err);
        assert!(approve(&shop, "rosa", 3).err.contains("drafted batch"), "nor does the drafter approve the new details");
        assert!(approve(&shop, "lee", 4).out.contains("was approved by lee"));
        let done = export_with(&shop, KEY, "pain001", "paid.xml", &[]);
        assert!(done.ok && shop.read("paid.xml").contains(INSTEAD), "{}", done.err);
        shop.must(&["check"]);
        // What is kept of payment details is of no use to a reader.
        let kept = shop.database.sql("SELECT digest FROM batch_payees");
        assert!(kept.lines().count() == 3 && kept.lines().all(|row| row.starts_with("k1:")), "{kept}");
        shop.database.sql("DELETE FROM batch_payees WHERE creator_id = 'cho'");
        let found = shop.run(&["check", "batches"]);
        assert!(!found.ok && found.out.contains("the payment details that were signed"), "{}", found.out);
    }
}

/// The sheet marks whose details are others than those that were signed.
#[test]
fn changed_details_are_marked() {
    let shop = with_payees(Kind::Sqlite, "");
    let marked = |batch: &str| {
        let shown = with_key(&shop, &["batch", "show", batch]);
        shown.out.lines().filter(|line| line.contains("payment details changed")).map(str::to_owned).collect::<Vec<_>>()
    };
    assert!(approve(&shop, "mia", 1).ok && marked("shop-0001").is_empty());
    change_details(&shop);
    assert!(marked("shop-0001").len() == 1 && marked("shop-0001")[0].contains(" cho "), "{:?}", marked("shop-0001"));
    shop.must(&["batch", "settle", "shop-0001", "--by", "lee", "--as-of", "2026-02-02T02:00:00Z"]);
    assert!(marked("shop-0001").is_empty(), "what was paid was paid");
    shop.add("fees.csv", "f8,cho,9.00,2026-02-03,reel\nf9,ben,9.00,2026-02-03,reel\n");
    shop.must(&["run", "nightly", "payout", "--as-of", "2026-02-05T00:00:00Z", "--by", "rosa"]);
    assert!(marked("shop-0002").len() == 1 && marked("shop-0002")[0].contains(" cho "), "{:?}", marked("shop-0002"));
}

/// The second approver signs the details as they are then; an approver who signed others signs again.
#[test]
fn details_that_changed_between_signatures_void_the_first() {
    let shop = with_payees(Kind::Sqlite, &levels("32.05"));
    assert!(approve(&shop, "mia", 1).ok);
    change_details(&shop);
    assert!(approve(&shop, "lee", 2).out.contains("was signed by lee"), "the first of two");
    assert!(approve(&shop, "mia", 3).out.contains("was approved by mia"));
    shop.must(&["check"]);
    let payees = shop.read("payees.csv");
    shop.write("payees.csv", payees.replace(INSTEAD, OTHER));
    assert!(!export_with(&shop, KEY, "pain001", "paid.xml", &[]).ok);
    assert!(approve(&shop, "lee", 4).out.contains("was signed by lee"), "an approval of other details is none");
    assert_eq!(state(&shop), "draft");
    assert!(approve(&shop, "mia", 5).out.contains("was approved by mia"));
    let done = export_with(&shop, KEY, "pain001", "paid.xml", &[]);
    assert!(done.ok, "{}", done.err);
    shop.must(&["check"]);
}

/// A key that is new signs from then on, and the old one says what was signed under it.
#[test]
fn what_was_signed_is_known_under_a_new_key() {
    let shop = with_payees(Kind::Sqlite, "");
    let unkeyed = shop.run(&["batch", "approve", "shop-0001", "--by", "mia", "--as-of", "2026-02-02T01:00:00Z"]);
    assert!(!unkeyed.ok && unkeyed.err.contains("there is no key: set PURSER_KEY"), "{}", unkeyed.err);
    assert!(approve(&shop, "mia", 1).ok);
    let new = format!("k2:{}", "7".repeat(64));
    let lost = export_with(&shop, &new, "pain001", "paid.xml", &[]);
    assert!(!lost.ok && lost.err.contains("were signed under the key k1, which PURSER_KEY"), "{}", lost.err);
    let done = export_with(&shop, &format!("{new} {KEY}"), "pain001", "paid.xml", &[]);
    assert!(done.ok, "{}", done.err);
}

/// A program that names payees only after the approval has none of them approved.
#[test]
fn details_that_nobody_approved_are_not_paid() {
    let shop = Shop::small();
    set_up(&shop, "EUR", EUROPEANS, SEPA);
    let named = shop.read("shop.toml");
    shop.write("shop.toml", named.replace("payees = \"payees.csv\"\n", ""));
    draft(&shop);
    assert!(approve(&shop, "mia", 1).ok);
    shop.write("shop.toml", named);
    let refused = export_with(&shop, KEY, "pain001", "paid.xml", &[]);
    assert!(!refused.ok && refused.err.contains("would leave out 3 creators"), "{}", refused.err);
    assert!(approve(&shop, "mia", 2).ok);
    assert!(export_with(&shop, KEY, "pain001", "paid.xml", &[]).ok);
}

/// An approval of what somebody was shown is none of what it has become since.
#[test]
fn what_was_shown_is_what_is_approved() {
    let seen = |shop: &Shop| {
        let shown = with_key(shop, &["batch", "show", "shop-0001", "--format", "json"]);
        let sheet: serde_json::Value = serde_json::from_str(&shown.out).expect("it is JSON");
        sheet["seen"].as_str().expect("it can be approved").to_owned()
    };
    let approve = |shop: &Shop, seen: &str, at: &str| {
        with_key(shop, &["batch", "approve", "shop-0001", "--by", "mia", "--seen", seen, "--as-of", at])
    };
    let shop = with_payees(Kind::Sqlite, "");
    let first = seen(&shop);
    change_details(&shop);
    let second = seen(&shop);
    shop.must(&[
        "batch",
        "hold",
        "shop-0001",
        "--creator",
        "ben",
        "--reason",
        "x",
        "--by",
        "tom",
        "--as-of",
        "2026-02-02T01:00:00Z",
    ]);
    for old in [&first, &second] {
        let refused = approve(&shop, old, "2026-02-02T02:00:00Z");
        assert!(!refused.ok && refused.err.contains("is not what it was when it was shown"), "{}", refused.err);
    }
    assert!(approve(&shop, &seen(&shop), "2026-02-02T03:00:00Z").ok);
}
