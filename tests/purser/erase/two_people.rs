//! An erasure cannot be undone, so it takes two people.

use super::{CREATOR, CUSTOMER, CUSTOMER_EMAIL, EMAIL, NAME, PIA, THEN, approve, erase, found, propose, shop};
use crate::support::Shop;
use crate::support::database::Kind;

#[test]
fn nobody_erases_alone() {
    for kind in Kind::BOTH {
        let shop = shop(kind);
        for (who, words) in [(CREATOR, &[NAME, EMAIL][..]), (PIA, &[CUSTOMER, CUSTOMER_EMAIL])] {
            // Whether a row is in the database's file or still in its log is a matter of moments; the tables are looked at anyway.
            let is_database = |place: &String| place.ends_with("ledger.db") || place.ends_with("-wal");
            let count = || found(&shop, words).iter().filter(|place| !is_database(place)).count();
            let before = count();
            let refused = shop.run(&approve(&who, THEN));
            assert!(!refused.ok && refused.err.contains("there is no proposal in shop to erase this person"), "{}", refused.err);
            let said = shop.must(&propose(&who, THEN));
            assert!(said.contains("Nothing was erased yet; anyone but mia can approve it"), "{said}");
            assert!(said.contains(&format!("purser {} --by NAME --approve", who.join(" "))), "{said}");
            // The same person under another spelling is no second one; nor does asking twice make two people.
            shop.must(&propose(&who, THEN));
            for by in ["mia", "MIA", " Mi\u{301}a"] {
                let refused = shop.run(&[&who[..], &["--by", by, "--approve", "--as-of", THEN]].concat());
                assert!(!refused.ok && refused.err.contains("someone else has to"), "{by}: {}", refused.err);
            }
            assert_eq!(count(), before, "nothing was erased");
            assert_eq!(shop.database.sql("SELECT COUNT(*) FROM erasures WHERE erased_by = 'mia'").trim(), "0");
            assert!(shop.must(&approve(&who, THEN)).contains("shop: erased"));
            assert_eq!(found(&shop, words), Vec::<String>::new());
        }
        shop.must(&["check"]);
    }
}

/// The approver types who it is, so that nobody approves by habit what they did not read.
#[test]
fn an_erasure_is_approved_only_by_who_says_again_who_it_is() {
    for kind in Kind::BOTH {
        let shop = shop(kind);
        shop.must(&propose(&CREATOR, THEN));
        let by_id = shop.run(&["proposal", "approve", "shop-p0001", "--by", "lee", "--as-of", THEN]);
        assert!(!by_id.ok && by_id.err.contains("types again who is erased"), "{}", by_id.err);
        let other = shop.run(&approve(&["erase", "creator", "ben"], THEN));
        assert!(!other.ok && other.err.contains("there is nothing to approve"), "{}", other.err);
        let list = shop.must(&["proposal", "list"]);
        assert!(list.contains("erasure") && list.contains("proposed"), "{list}");
        assert!(!found(&shop, &[NAME]).is_empty());
    }
}

#[test]
fn a_rejected_erasure_is_not_carried_out() {
    let shop = shop(Kind::Sqlite);
    shop.must(&propose(&PIA, THEN));
    shop.must(&["proposal", "reject", "shop-p0001", "--by", "lee", "--as-of", THEN]);
    let refused = shop.run(&approve(&PIA, THEN));
    assert!(!refused.ok && refused.err.contains("there is nothing to approve"), "{}", refused.err);
    assert!(!found(&shop, &[CUSTOMER]).is_empty());
    assert!(erase(&shop, &PIA, THEN).contains("shop: erased"), "it can be proposed anew");
}

/// The ledger never forgets, so a proposal must not name a customer.
#[test]
fn a_proposal_to_erase_a_customer_does_not_name_them() {
    for kind in Kind::BOTH {
        let shop = shop(kind);
        for typed in [CUSTOMER, CUSTOMER_EMAIL] {
            shop.must(&propose(&["erase", "customer", typed], THEN));
            let shown = shop.database.sql("SELECT subject FROM proposals ORDER BY number DESC LIMIT 1");
            assert!(shown.starts_with("customer erased:") && !shown.contains(typed), "{shown}");
        }
        // However an email is written, it is the same.
        let said = shop.must(&approve(&["erase", "customer", &CUSTOMER_EMAIL.to_uppercase()], THEN));
        assert!(said.contains("shop: erased"), "{said}");
        assert_eq!(found(&shop, &[CUSTOMER, CUSTOMER_EMAIL]), Vec::<String>::new());
    }
}

#[test]
fn a_dry_run_erases_nothing_and_says_what_is_still_owed() {
    for kind in Kind::BOTH {
        let shop = Shop::small_on(kind);
        shop.must(&["run", "nightly", "--as-of", "2026-03-01T00:00:00Z"]);
        let then = "2026-03-02T00:00:00Z";
        let (propose, approve) = (propose(&CREATOR, then), approve(&CREATOR, then));
        let said = shop.must(&[&propose[..], &["--dry-run"]].concat());
        assert!(said.contains("shop: still owed: 17.00 USD payable") && said.contains("Dry run: nothing was changed"), "{said}");
        assert_eq!(shop.database.sql("SELECT COUNT(*) FROM proposals").trim(), "0");
        let said = shop.must(&propose);
        assert!(said.contains("shop: shop-p0001, proposed by mia") && said.contains("still owed: 17.00 USD payable"), "{said}");
        let said = shop.must(&[&approve[..], &["--dry-run"]].concat());
        assert!(said.contains("still owed: 17.00 USD payable") && said.contains("Dry run: nothing was changed"), "{said}");
        assert_eq!(shop.database.sql("SELECT COUNT(*) FROM erasures").trim(), "0");
        let said = shop.must(&approve);
        assert!(said.contains("shop: erased.") && said.contains("still owed: 17.00 USD payable"), "{said}");
        let nobody = shop.run(&["erase", "creator", "nobody", "--by", "mia", "--reason", "asked", "--dry-run"]);
        assert!(nobody.err.contains("nobody to erase"), "{}", nobody.err);
    }
}
