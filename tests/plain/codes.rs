//! Every word has one code, and the page of the rules describes it.

use std::collections::BTreeSet;
use std::fs;

use crate::vocabulary::{BankProblem, ExceptionKind, Kind, Outcome, OutcomeReason};

#[test]
fn codes_are_read_back_and_sort_as_text() {
    macro_rules! check {
        ($($name:ident)+) => { $(
            for word in $name::ALL {
                assert_eq!($name::parse(word.code()), Some(*word));
                assert_eq!(word.to_string(), word.code());
                assert_eq!(serde_json::to_value(word).expect("a code is text"), word.code());
            }
            let codes: BTreeSet<&str> = $name::ALL.iter().map(|word| word.code()).collect();
            let sorted: BTreeSet<$name> = $name::ALL.iter().copied().collect();
            assert_eq!(codes.len(), $name::ALL.len(), "two words of {} share a code", stringify!($name));
            assert!(sorted.iter().map(|word| word.code()).eq(codes), "{} sorts unlike its codes", stringify!($name));
            assert_eq!($name::parse("no such word"), None);
        )+ };
    }
    check!(Kind Outcome OutcomeReason ExceptionKind BankProblem);
}

#[test]
fn a_reason_has_what_its_outcome_demands() {
    for reason in OutcomeReason::ALL {
        let outcome = reason.outcome();
        assert_eq!(reason.commission().is_some(), outcome == Outcome::Attributed, "{reason}");
        assert_eq!(reason.exception().is_some(), outcome == Outcome::Rejected, "{reason}");
        assert!(reason.commission().is_none_or(|kind| kind.is_commission() && kind.code() == reason.code()), "{reason}");
        assert!(reason.exception().is_none_or(|kind| kind.code() == reason.code()), "{reason}");
    }
}

#[test]
fn the_page_of_the_rules_describes_every_word() {
    let page =
        fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../src/reconcile/RULES.md")).expect("the page is there");
    for reason in OutcomeReason::ALL {
        let row = page
            .lines()
            .find(|line| line.starts_with(&format!("| {} |", reason.outcome())) && line.contains(&quoted(reason.code())));
        assert!(row.is_some(), "section 4 has no row for {reason}");
    }
    let rows = |code: &str| page.lines().filter(|line| line.starts_with(&format!("| {} |", quoted(code)))).count();
    for kind in ExceptionKind::ALL {
        assert_eq!(rows(kind.code()), 1, "section 15 has no row for {kind}");
    }
    let targets = Kind::ALL.iter().filter(|kind| kind.is_commission() || kind.is_bonus() || **kind == Kind::Fee);
    for kind in targets {
        assert_eq!(rows(kind.code()), 1, "section 16 has no row for {kind}");
    }
}

fn quoted(code: &str) -> String {
    format!("`{code}`")
}
