//! What was payable is posted anew for news from the shop without more ado, but for edited rules and owners only with a
//! reason.

use std::process::Command;

use crate::support::Shop;
use purser::calendar::parse_time;
use purser::facts::Credits;
use purser::posting::{Circumstances, Difference, Moment, PostedTargets, Unedited, compare, restated};
use purser::program::Program;
use purser::reconcile::{Reconciliation, reconcile};
use purser::vocabulary::Reason;

const NIGHT: &[&str] = &["run", "nightly", "--as-of", "2026-02-01T00:00:00Z"];
const NEXT: &[&str] = &["run", "nightly", "--as-of", "2026-02-02T00:00:00Z"];

/// What is done to a shop's files.
type Edit<'a> = &'a dyn Fn(&Shop);

/// The small shop on 1 February: o1 and o2 and the fee are payable.
fn posted() -> Shop {
    let shop = Shop::small();
    shop.must(NIGHT);
    shop
}

fn change(shop: &Shop, file: &str, from: &str, to: &str) {
    let text = shop.read(file);
    assert!(text.contains(from), "{from} stands in {file}");
    shop.write(file, text.replacen(from, to, 1));
}

fn append(shop: &Shop, file: &str, rows: &str) {
    shop.write(file, shop.read(file) + rows);
}

/// The reason of the last entry, as the database's own client shows it.
fn last_reason(shop: &Shop) -> String {
    let sql = "SELECT reason FROM entries ORDER BY entry DESC LIMIT 1";
    let output = Command::new("sqlite3").arg(shop.path("ledger.db")).arg(sql).output().expect("sqlite3 starts");
    String::from_utf8(output.stdout).expect("it is text").trim().to_owned()
}

#[test]
fn edited_owners_are_refused_until_somebody_says_why() {
    let cases: [(&str, Edit<'_>, &str, &[&str]); 4] = [
        (
            "a link moved to somebody else",
            &|shop| change(shop, "links.csv", "lana,ana", "lana,ben"),
            "shop: the table links changed, which would restate 4 amounts already payable or paid, or about to become payable immediately (in USD):",
            &["ana: 2 amounts, 12.05 → 0.00 (-12.05)", "ben: 2 amounts, 0.00 → 12.05 (+12.05)"],
        ),
        (
            "a truncated creators file",
            &|shop| shop.write("creators.csv", "creator_id,name,email,group,active_from,active_to\nben,Ben,,,,\n"),
            "shop: the table creators changed, which would restate 5 amounts",
            &[
                "cho: 1 amount, 15.00 → 0.00 (-15.00)",
                "ana: 2 amounts, 12.05 → 0.00 (-12.05)",
                "ben: 2 amounts, 0.00 → 12.05 (+12.05)",
            ],
        ),
        (
            "a code that went to somebody else, and a creator who was never there",
            &|shop| {
                change(shop, "codes.csv", "BEN,ben", "BEN,cho");
                change(shop, "creators.csv", "ana,Ana,ana@example.com,,,", "ana,Ana,ana@example.com,,2026-01-31T00:00:00Z,");
            },
            "shop: the table creators and the table codes changed, which would restate 6 amounts",
            &[
                "ana: 2 amounts, 12.05 → 0.00 (-12.05)",
                "ben: 3 amounts, 5.00 → 12.05 (+7.05)",
                "cho: 1 amount, 0.00 → 5.00 (+5.00)",
            ],
        ),
        (
            "an exchange rate that is gone",
            &|shop| shop.write("fx.csv", "date,from,to,rate\n"),
            "shop: the table fx changed, which would restate 1 amount ",
            &["ben: 1 amount, 5.50 → 0.00 (-5.50)"],
        ),
    ];
    for (name, edit, told, creators) in cases {
        let shop = Shop::small();
        if name.contains("exchange") {
            change(&shop, "orders.csv", "paid,USD,p2", "paid,EUR,p2");
        }
        shop.must(NIGHT);
        let before = shop.exports();
        edit(&shop);
        for dry in [&[][..], &["--dry-run"]] {
            let done = shop.run(&[NEXT, dry].concat());
            assert!(!done.ok && done.err.contains(told), "{name}\nshould say: {told}\nsays: {}", done.err);
            assert!(done.err.contains(&format!("(in USD):\n  {}\nNothing was posted.", creators.join("\n  "))), "{}", done.err);
            assert!(done.err.contains("run again with --restate REASON"), "{}", done.err);
            assert_eq!(shop.exports(), before, "{name}: nothing is posted");
        }
        let with_reason = [NEXT, &["--restate", "it was wrong"]].concat();
        let rehearsal = shop.must(&[&with_reason[..], &["--dry-run"]].concat());
        assert!(rehearsal.contains("restated"), "{name}: it shows what would be posted: {rehearsal}");
        assert_eq!(shop.exports(), before, "{name}: a rehearsal posts nothing");
        shop.must(&with_reason);
        assert_ne!(shop.exports(), before, "{name}");
        assert_eq!(last_reason(&shop), "it was wrong");
        let again = shop.must(&["run", "nightly", "--as-of", "2026-02-03T00:00:00Z"]);
        assert!(again.contains("nothing to post"), "{name}: what was restated stays so: {again}");
    }
}

#[test]
fn what_was_restated_says_so_in_the_ledger() {
    let shop = posted();
    change(&shop, "links.csv", "lana,ana", "lana,ben");
    shop.must(&[NEXT, &["--restate", "the link was always Ben's"]].concat());
    let told = shop.must(&["explain", "o1", "--format", "json"]);
    let told: serde_json::Value = serde_json::from_str(&told).expect("it is JSON");
    let transfers = told["transfers"].as_array().expect("there are transfers");
    let why: Vec<_> = transfers.iter().map(|t| [&t["creator_id"], &t["why"]].map(|v| v.as_str().unwrap_or_default())).collect();
    assert_eq!(
        why,
        [["ana", "sale"], ["ana", "sale"], ["ana", "restated"], ["ben", "restated"], ["ana", "restated"], ["ben", "restated"]],
        "what was Ana's is restated, and so is what Ben earns now"
    );
    assert_eq!(
        shop.must(&["export", "balances"]),
        "creator_id,pending,payable,reserved,paid\nben,0.00,17.05,0.00,0.00\ncho,0.00,15.00,0.00,0.00\n"
    );
}

/// Whether it was paid since does not matter.
#[test]
fn paid_money_is_guarded_too() {
    let shop = posted();
    shop.must(&["run", "payout", "--as-of", "2026-02-01T09:00:00Z", "--by", "rosa"]);
    shop.must(&["batch", "approve", "shop-0001", "--by", "mia", "--as-of", "2026-02-01T10:00:00Z"]);
    shop.must(&["batch", "settle", "shop-0001", "--by", "mia", "--as-of", "2026-02-01T11:00:00Z"]);
    change(&shop, "links.csv", "lana,ana", "lana,ben");
    let done = shop.run(NEXT);
    assert!(!done.ok && done.err.contains("ana: 2 amounts, 12.05 → 0.00 (-12.05)"), "{}", done.err);
}

/// Each beside an edit of a guarded table, so that the guard has to look.
#[test]
fn news_and_harmless_edits_pass() {
    let cases: [(&str, Edit<'_>); 8] = [
        ("a link that nobody clicked", &|_| ()),
        ("a refund", &|shop| append(shop, "refunds.csv", "r2,o1,1,2026-02-01T09:00:00Z,30.00\n")),
        ("a cancellation", &|shop| {
            append(shop, "orders.csv", "o1,2026-01-05T10:00:00Z,2026-02-01T10:00:00Z,cancelled,USD,p1,,v1,,\n");
        }),
        ("a late click", &|shop| append(shop, "clicks.csv", "k3,2026-01-05T09:00:00Z,v1,lben,bio\n")),
        ("a late order", &|shop| {
            append(shop, "orders.csv", "o0,2026-01-04T10:00:00Z,2026-01-04T10:00:00Z,paid,USD,p9,,,,ANA\n");
            append(shop, "order_lines.csv", "o0,1,A,x,1,60.00\n");
        }),
        ("an edited order", &|shop| change(shop, "order_lines.csv", "o1,1,A,x,1,100.00", "o1,1,A,x,1,90.00")),
        ("a creator who leaves", &|shop| {
            change(shop, "creators.csv", "ben@example.com,,,", "ben@example.com,,,2026-02-01T00:00:00Z");
        }),
        ("rows in another order", &|shop| {
            shop.write("codes.csv", "code,creator_id,active_from,active_to\nBEN,ben,,\nANA,ana,,\n");
        }),
    ];
    for (name, news) in cases {
        let shop = posted();
        append(&shop, "links.csv", "lcho,cho,,\n");
        news(&shop);
        let done = shop.run(NEXT);
        assert!(done.ok, "{name}: {}", done.err);
        assert!(!done.out.contains("restated"), "{name}: {}", done.out);
    }
}

#[test]
fn what_is_pending_may_change() {
    let shop = Shop::small();
    // Only the fee is payable: o1 is on hold until ten o'clock, o2 until the day after.
    shop.must(&["run", "nightly", "--as-of", "2026-01-15T00:00:00Z"]);
    change(&shop, "shop.toml", "percent = \"10\"", "percent = \"12\"");
    change(&shop, "links.csv", "lana,ana", "lana,ben");
    shop.must(&["run", "nightly", "--as-of", "2026-01-15T09:00:00Z"]);
    assert!(shop.must(&["export", "balances"]).contains("ben,20.46,0.00,0.00,0.00"), "{}", shop.must(&["export", "balances"]));
}

/// A tier that is reached moves what was payable; nobody edited anything.
#[test]
fn tiers_that_are_reached_pass() {
    let shop = Shop::small();
    let tiers = "[[commission.rates]]\nperiod = \"year\"\nmode = \"retroactive\"\n\
                 tiers = [{ from = \"0\", percent = \"10\" }, { from = \"120\", percent = \"20\" }]\n";
    append(&shop, "shop.toml", tiers);
    shop.must(NIGHT);
    append(&shop, "links.csv", "lcho,cho,,\n");
    append(&shop, "orders.csv", "o5,2026-01-31T10:00:00Z,2026-01-31T10:00:00Z,paid,USD,p9,,,,BEN\n");
    append(&shop, "order_lines.csv", "o5,1,A,x,1,80.00\n");
    let report = shop.must(NEXT);
    assert!(report.contains("tier or cap adjustment") && !report.contains("restated"), "{report}");
}

#[test]
fn ten_creators_are_listed_the_largest_first() {
    let shop = Shop::small();
    for n in 1..=12 {
        append(&shop, "creators.csv", &format!("x{n},X,,,,\n"));
        append(&shop, "codes.csv", &format!("X{n},x{n},,\n"));
        append(&shop, "orders.csv", &format!("x{n},2026-01-05T10:00:00Z,2026-01-05T10:00:00Z,paid,USD,,,,,X{n}\n"));
        append(&shop, "order_lines.csv", &format!("x{n},1,A,x,1,{n}0.00\n"));
    }
    shop.must(NIGHT);
    shop.write("codes.csv", "code,creator_id,active_from,active_to\nANA,ana,,\nBEN,ben,,\n");
    let done = shop.run(NEXT);
    let listed: Vec<&str> = done.err.lines().filter(|line| line.starts_with("  x") || line.starts_with("  and")).collect();
    assert_eq!(listed.len(), 11, "{}", done.err);
    assert_eq!((listed[0], listed[9]), ("  x12: 1 amount, 12.00 → 0.00 (-12.00)", "  x3: 1 amount, 3.00 → 0.00 (-3.00)"));
    assert_eq!(listed[10], "  and 2 more");
}

#[test]
fn both_reasons_stand_in_the_entry() {
    let shop = posted();
    change(&shop, "links.csv", "lana,ana", "lana,ben");
    change(&shop, "orders.csv", "o2,2026-01-06T10:00:00Z,2026-01-06T10:00:00Z,paid,USD,p2,,,,BEN\n", "");
    let done = shop.run(NEXT);
    assert!(done.err.contains("1 order with posted commission"), "what is gone comes first: {}", done.err);
    let done = shop.run(&[NEXT, &["--accept-missing", "it was a test"]].concat());
    assert!(
        done.err.contains("ana: 2 amounts, 12.05") && !done.err.contains("5.00"),
        "what is gone is not restated: {}",
        done.err
    );
    shop.must(&[NEXT, &["--accept-missing", "it was a test", "--restate", "a wrong link"]].concat());
    assert_eq!(last_reason(&shop), "it was a test; a wrong link");
}

/// Decides the small shop with an edited program.
fn decided(shop: &Shop, edit: (&str, &str), as_of: i64) -> (Program, Reconciliation) {
    let text = shop.read("shop.toml");
    assert!(text.contains(edit.0), "{} stands in the program", edit.0);
    let program = Program::parse("shop", &text.replacen(edit.0, edit.1, 1), shop.folder.path()).expect("a valid program");
    let facts = crate::support::facts_of(&program, &shop.path("kept")).expect("the facts are sound");
    let result = reconcile(&program, &facts, &Credits::default(), as_of).expect("the shop can be decided");
    (program, result)
}

fn compared<'a>(before: Option<&'a PostedTargets>, now: &'a Reconciliation, program: &Program, as_of: i64) -> Difference<'a> {
    let (zone, currency, program_changed) = (program.time_zone, program.currency, before.is_some());
    let at = Circumstances { as_of, last: None, zone, currency, program_changed, changed: Vec::new() };
    compare(before, now, as_of).and_then(|compared| compared.difference(None, &at)).expect("they can be compared")
}

/// Edits of the program file, and what they restate.
#[test]
fn an_edited_program_restates_what_it_changes() {
    let cases: [((&str, &str), &[&str]); 7] = [
        (("percent = \"10\"", "percent = \"10\" # ten"), &[]),
        (("percent = \"10\"", "percent = \"12\""), &["code o2 ben 500 600", "link o1 ana 1000 1200", "link o1 ana 205 246"]),
        (("percent = \"10\"", "percent = \"10\"\n[[commission.rates]]\npercent = \"12\"\nfrom = 2026-02-01"), &[]),
        (("hold = \"10d\"", "hold = \"26d\""), &["code o2 ben 500 500 held"]),
        (("time_zone = \"UTC\"", "time_zone = \"UTC\"\nstarts = 2026-01-06"), &["link o1 ana 1000 0", "link o1 ana 205 0"]),
        (("window = \"14d\"", "window = \"1m\""), &["link o1 ana 1000 0", "link o1 ana 205 0"]),
        (("name = \"Small\"", "name = \"Tall\""), &[]),
    ];
    let shop = Shop::small();
    let [first, second] = ["2026-01-31T00:00:00Z", "2026-02-01T00:00:00Z"].map(|time| parse_time(time).expect("a time"));
    let nothing = ("percent", "percent");
    let (old, then) = decided(&shop, nothing, first);
    let before = compared(None, &then, &old, first).posted;
    let (_, unedited) = decided(&shop, nothing, second);
    for (edit, wanted) in cases {
        let (program, now) = decided(&shop, edit, second);
        let holds = [old.commission.hold, program.commission.hold];
        let at = Moment { as_of: second, last: first, holds };
        let found = restated(&before, &Unedited::Decided(&unedited), &now, &at).expect("they can be compared");
        let shown: Vec<String> = found
            .iter()
            .map(|r| {
                let held = if r.now.owed == r.unchanged.owed { "" } else { " held" };
                format!("{} {} {} {} {}{held}", r.kind, r.order_id, r.creator_id, r.unchanged.amount, r.now.amount)
            })
            .collect();
        assert_eq!(shown, wanted, "{}", edit.1);
        assert_eq!(old.pays_like(&program), edit.1.contains("# ten") || edit.1.contains("Tall"), "{}", edit.1);
        let mut difference = compared(Some(&before), &now, &program, second);
        difference.mark_restated(&found);
        let marked: Vec<&str> =
            difference.transfers.iter().filter(|t| t.about.reason == Reason::Restated).map(|t| t.about.order_id).collect();
        assert_eq!(marked, found.iter().map(|r| r.order_id.as_str()).collect::<Vec<_>>(), "{}", edit.1);
    }
}

/// A refund and the end of a hold are in both, so no edit is found to have caused them.
#[test]
fn refunds_and_ends_of_holds_restate_nothing() {
    let shop = Shop::small();
    let at = |time: &str| parse_time(time).expect("a time");
    let nothing = ("percent", "percent");
    let (program, then) = decided(&shop, nothing, at("2026-01-14T00:00:00Z"));
    let before = compared(None, &then, &program, at("2026-01-14T00:00:00Z")).posted;
    let (_, now) = decided(&shop, nothing, at("2026-02-04T00:00:00Z"));
    assert!(!compared(Some(&before), &now, &program, at("2026-02-04T00:00:00Z")).transfers.is_empty());
    let holds = [program.commission.hold; 2];
    let moment = Moment { as_of: at("2026-02-04T00:00:00Z"), last: at("2026-01-14T00:00:00Z"), holds };
    for unedited in [Unedited::Decided(&now), Unedited::Same] {
        assert!(restated(&before, &unedited, &now, &moment).expect("they can be compared").is_empty());
    }
    // Nobody knows what was decided by: then whatever is due now, and was not, counts.
    assert_eq!(restated(&before, &Unedited::Unknown, &now, &moment).expect("they can be compared").len(), 1);
}

/// The file's text is kept even on nights that post nothing: what counts is how it stood when the ledger last agreed with it.
#[test]
fn an_edited_program_file_is_refused_until_somebody_says_why() {
    for kind in crate::support::database::Kind::BOTH {
        let shop = Shop::small_on(kind);
        shop.must(NIGHT);
        // A comment changes the text and no amount, and posts nothing.
        shop.write("shop.toml", shop.read("shop.toml") + "# a comment\n");
        shop.must(&["run", "nightly", "--as-of", "2026-02-01T01:00:00Z"]);
        change(&shop, "shop.toml", "percent = \"10\"", "percent = \"12\"");
        let done = shop.run(NEXT);
        assert!(!done.ok && done.err.contains("shop: the program file changed, which would restate 3 amounts"), "{}", done.err);
        assert!(done.err.contains("ana: 2 amounts, 12.05 → 14.46 (+2.41)"), "{}", done.err);
        let report = shop.must(&[NEXT, &["--restate", "twelve percent since January"]].concat());
        assert!(report.contains("restated"), "{report}");
        assert_eq!(
            shop.database.sql("SELECT reason FROM entries ORDER BY entry DESC LIMIT 1").trim(),
            "twelve percent since January"
        );
        // Now it is what was posted: the next night has nothing to ask.
        shop.must(&["run", "nightly", "--as-of", "2026-02-03T00:00:00Z"]);
    }
}
