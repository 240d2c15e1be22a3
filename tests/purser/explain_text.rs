//! What an explanation says, word by word, for orders of the worked shops that touch many rules.

use crate::support::project;
use purser::calendar::parse_time;
use purser::explain::{Explanation, Verdict, explain};
use purser::facts::{Credit, Credits};
use purser::program::Program;
use purser::vocabulary::{ExceptionKind, Outcome, OutcomeReason};
use tempfile::TempDir;

fn explained(case: &str, as_of: &str, order_id: &str) -> anyhow::Result<Explanation> {
    explained_with(case, as_of, order_id, Vec::new())
}

fn explained_with(case: &str, as_of: &str, order_id: &str, credits: Vec<Credit>) -> anyhow::Result<Explanation> {
    let credits = Credits::new(credits)?;
    let folder = project().join("fixtures/cases").join(case);
    let program = Program::load(&folder.join("program.toml"))?;
    let data = TempDir::new().expect("a temporary folder");
    let rows = crate::support::facts_of(&program, data.path())?.rows()?;
    explain(&program, &rows, &credits, parse_time(as_of).expect("a time"), order_id)
}

const JUNE: &str = "2026-06-01T00:00:00Z";

#[test]
fn a_capped_order_says_what_each_row_lost() {
    let note = explained("edge-capo3", JUNE, "o2").expect("the order is there");
    let cap = note.order_cap.as_ref().expect("there is a cap");
    assert_eq!((cap.sum.as_str(), cap.cap.as_str(), cap.cuts), ("6.00", "3.01", true));
    let of = |line: &str| note.earnings.iter().find(|e| e.line_id == line).expect("an earning").clone();
    assert_eq!((of("").rounded.as_str(), of("").after_order_cap.as_deref()), ("3.00", Some("1.51")));
    assert_eq!((of("2").exact.as_str(), of("2").rule.as_str(), of("2").commission.as_str()), ("3.00", "rate 1: 10%", "1.50"));
    let line = of("1");
    let won: Vec<_> = line.candidates.iter().map(|c| (c.rule.as_str(), c.specificity, c.wins)).collect();
    assert_eq!(won, [("rate 1: 10%", 0, false), ("rate 2: sku P, 3.00 USD an order", 2, true)]);
    let text = note.render();
    assert!(text.contains("rate 2: sku P, 3.00 USD an order (specificity 2): applies"), "{text}");
    assert!(text.contains("\n    3.00 USD under rate 2: sku P, 3.00 USD an order\n"), "{text}");
    assert!(text.contains("the cap per order leaves 1.51"), "{text}");
}

#[test]
fn a_locked_order_says_from_where_and_who_dropped_out() {
    let note = explained("edge-lock_linear", JUNE, "o2").expect("the order is there");
    assert_eq!((note.outcome, note.reason), (Some(Outcome::Attributed), Some(OutcomeReason::Lock)));
    let lock = note.lock.as_ref().expect("the lock was asked");
    assert_eq!(lock.source_order_id.as_deref(), Some("o1"));
    let creators: Vec<_> = lock.creators.iter().map(|c| (c.creator_id.as_str(), c.verdict)).collect();
    assert_eq!(creators, [("c1", Verdict::Won), ("c2", Verdict::Dropped)]);
    assert!(note.render().contains("lock: the customer's order o1 at 2026-03-01T12:00:00Z; that order is 9d older"));
}

#[test]
fn an_order_given_by_hand_says_so() {
    let given = |creator: &str| {
        let credit = Credit { order_id: "o2".to_owned(), creator_id: creator.to_owned(), credit_id: "credit-7".to_owned() };
        explained_with("edge-lock_linear", JUNE, "o2", vec![credit]).expect("the order is there")
    };
    let note = given("c2");
    assert_eq!((note.outcome, note.reason), (Some(Outcome::Attributed), Some(OutcomeReason::Credit)));
    assert!(note.touches.is_empty() && note.lock.is_none(), "nothing else is looked at");
    let text = note.render();
    assert!(text.contains("attributed (credit): somebody attributed it to the creator manually"), "{text}");
    assert!(text.contains("Who gets credit\n  manual attribution: credit credit-7 to c2\n"), "{text}");
    assert!(text.contains("to c2 for line") && text.contains("(credit, payable)"), "{text}");
    let note = given("nobody");
    assert_eq!((note.reason, &note.exceptions[..]), (Some(OutcomeReason::Lock), &[ExceptionKind::CreditWithoutCreator][..]));
    assert!(
        note.render().contains("manual attribution: credit credit-7 to nobody, who is unknown: not used"),
        "{}",
        note.render()
    );
}

#[test]
fn an_order_that_is_not_there_is_named() {
    let error = explained("edge-capo3", JUNE, "o-missing").expect_err("there is no such order");
    assert!(error.to_string().contains("\"o-missing\""), "{error}");
}

#[test]
fn an_order_that_is_not_visible_says_so() {
    let note = explained("edge-capo3", "2026-03-01T12:00:00Z", "o2").expect("the order is there");
    assert_eq!((note.outcome, note.rows.len()), (None, 0));
    assert!(note.render().contains("Not visible"));
}
