//! A program file that was renamed: nothing is paid or mailed a second time, and its ledger can be carried over or ended.

use std::fs;

use crate::support::Shop;
use crate::support::database::Kind;

/// A shop whose folder is looked at, with a ledger and mailed statements.
fn shop(kind: Kind) -> Shop {
    let shop = Shop::small_on(kind).at(".");
    shop.must(&["run", "nightly", "payout", "--as-of", "2026-02-01T09:00:00Z", "--by", "rosa"]);
    shop.must(&["run", "statements", "--as-of", "2026-02-01T10:00:00Z", "--by", "rosa"]);
    shop
}

fn rename_file(shop: &Shop, old: &str, new: &str) {
    fs::rename(shop.path(&format!("{old}.toml")), shop.path(&format!("{new}.toml"))).expect("the file can be renamed");
}

fn count(shop: &Shop, table: &str) -> String {
    shop.database.sql(&format!("SELECT COUNT(*) FROM {table}")).trim().to_owned()
}

const RENAME: [&str; 9] = ["rename", "shop", "store", "--by", "mia", "--reason", "new brand", "--as-of", "2026-02-02T09:00:00Z"];

#[test]
fn a_renamed_program_file_pays_and_mails_nothing_a_second_time() {
    for kind in Kind::BOTH {
        let shop = shop(kind);
        let before = (count(&shop, "entries"), count(&shop, "transfers"), count(&shop, "outbox WHERE channel = 'statement'"));
        rename_file(&shop, "shop", "store");
        for arguments in [
            vec!["run", "nightly", "payout", "statements", "--as-of", "2026-02-02T09:00:00Z"],
            vec!["run", "nightly", "--program", "store", "--as-of", "2026-02-02T09:00:00Z"],
            vec!["run", "nightly", "payout", "statements", "--slot", "2026-02-02T09:00:00Z"],
            vec!["run", "nightly", "payout", "statements", "--slot"],
            vec!["validate"],
            vec!["doctor"],
        ] {
            let done = shop.run(&arguments);
            let said = done.out.clone() + &done.err;
            assert!(!done.ok && said.contains("purser rename shop store"), "{arguments:?}: {said}");
        }
        let after = (count(&shop, "entries"), count(&shop, "transfers"), count(&shop, "outbox WHERE channel = 'statement'"));
        assert_eq!(before, after);
        let status = shop.must(&["status"]);
        assert!(
            status.contains("purser rename shop NEW_NAME --by NAME --reason REASON") && !status.contains("start with"),
            "{status}"
        );
        // What posts nothing may look.
        shop.must(&["run", "nightly", "--dry-run", "--as-of", "2026-02-02T09:00:00Z"]);
        assert_eq!(count(&shop, "entries"), before.0);
    }
}

#[test]
fn rename_carries_a_ledger_over() {
    for kind in Kind::BOTH {
        let shop = shop(kind);
        let (entries, mails) = (count(&shop, "entries"), count(&shop, "outbox WHERE channel = 'statement'"));
        rename_file(&shop, "shop", "store");
        assert!(!shop.run(&["run", "nightly", "--slot"]).ok);
        shop.must(&RENAME);
        let posted: u32 = entries.parse::<u32>().expect("a number") + 1;
        // The same facts under the new name: nothing to post, nothing to mail.
        let night = shop.must(&["run", "nightly", "statements", "--as-of", "2026-02-02T10:00:00Z"]);
        assert!(night.contains("nothing to post"), "{night}");
        assert_eq!(count(&shop, "entries"), posted.to_string());
        assert_eq!(count(&shop, "outbox WHERE channel = 'statement'"), mails);
        // Everything is found again, by the file's new name.
        shop.must(&["batch", "approve", "shop-0001", "--program", "store", "--by", "mia", "--as-of", "2026-02-02T11:00:00Z"]);
        shop.must(&["batch", "settle", "shop-0001", "--by", "lee", "--as-of", "2026-02-02T12:00:00Z"]);
        assert!(shop.must(&["explain", "o1"]).contains("ana"));
        assert!(shop.must(&["statement", "ana", "--month", "2026-01"]).contains("Ana"));
        shop.must(&["export", "balances"]);
        shop.must(&["run", "nightly", "payout", "statements", "--as-of", "2026-03-01T10:00:00Z", "--by", "rosa"]);
        assert_eq!(count(&shop, "programs"), "1");
        let checked = shop.must(&["check", "--program", "store"]);
        assert!(checked.contains("store"), "{checked}");
        let status = shop.must(&["status"]);
        assert!(!status.contains("no program file") && !status.contains("alert, since"), "{status}");
        shop.must(&["validate"]);
        shop.must(&["tidy"]);
        // The old name is another's no more: a file of that name begins nothing.
        fs::copy(shop.path("store.toml"), shop.path("shop.toml")).expect("it can be copied");
        let both = shop.run(&["run", "nightly", "--as-of", "2026-03-02T10:00:00Z"]);
        assert!(!both.ok && both.err.contains("belongs to the program file store.toml"), "{}", both.err);
        fs::remove_file(shop.path("store.toml")).expect("it is there");
        // And back.
        shop.must(&["rename", "store", "shop", "--by", "mia", "--reason", "old brand", "--as-of", "2026-03-03T09:00:00Z"]);
        shop.must(&["run", "nightly", "--as-of", "2026-03-03T10:00:00Z"]);
        shop.must(&["check"]);
    }
}

#[test]
fn a_rename_that_would_mix_ledgers_is_refused() {
    for kind in Kind::BOTH {
        let shop = shop(kind);
        let refused = |arguments: &[&str], why: &str| {
            let before = count(&shop, "entries");
            let done = shop.run(arguments);
            assert!(!done.ok && done.err.contains(why), "{arguments:?}: {}", done.err);
            assert_eq!(count(&shop, "entries"), before);
        };
        let to = |old: &'static str, new: &'static str| {
            ["rename", old, new, "--by", "mia", "--reason", "new brand", "--as-of", "2026-02-02T11:00:00Z"]
        };
        refused(&to("shop", "store"), "there is no program file store.toml");
        fs::copy(shop.path("shop.toml"), shop.path("store.toml")).expect("it can be copied");
        refused(&to("shop", "store"), "shop.toml is still there");
        refused(&to("shops", "store"), "there is no ledger shops");
        refused(&to("shop", "shop"), "has the ledger shop already");
        // A program of its own, which nobody takes for the other's new name while that has its file.
        shop.must(&["run", "nightly", "--program", "store", "--as-of", "2026-02-02T10:00:00Z"]);
        fs::remove_file(shop.path("shop.toml")).expect("it is there");
        refused(&to("shop", "store"), "store has a ledger of its own");
        rename_file(&shop, "store", "market");
        refused(&to("shop", "shop"), "there is no program file shop.toml");
        let mut early = to("shop", "market");
        early[8] = "2026-01-02T10:00:00Z";
        refused(&early, "would be earlier than");
        let mut alone = to("shop", "market");
        alone[4] = "runner";
        refused(&alone, "purser serve");
    }
}

#[test]
fn a_new_program_beside_a_ledger_without_a_file_is_said_to_be_meant() {
    for kind in Kind::BOTH {
        let shop = shop(kind);
        rename_file(&shop, "shop", "store");
        let run = ["run", "nightly", "--program", "store", "--as-of", "2026-02-02T09:00:00Z"];
        assert!(!shop.run(&run).ok);
        shop.must(&[&run[..], &["--new-program"]].concat());
        // It is no new program any more.
        shop.must(&["run", "nightly", "--as-of", "2026-02-03T09:00:00Z"]);
        assert_eq!(count(&shop, "programs"), "2");
        shop.must(&["check"]);
    }
}

#[test]
fn a_second_program_beside_one_that_has_its_file_needs_no_flag() {
    let shop = shop(Kind::Sqlite);
    fs::copy(shop.path("shop.toml"), shop.path("store.toml")).expect("it can be copied");
    shop.must(&["run", "nightly", "--as-of", "2026-02-03T09:00:00Z"]);
}

#[test]
fn retire_ends_a_ledger_with_its_last_payout() {
    for kind in Kind::BOTH {
        let shop = shop(kind);
        let retire = |time: &'static str| ["retire", "shop", "--by", "mia", "--reason", "closed", "--as-of", time];
        let refused = |time: &'static str, why: &str| {
            let done = shop.run(&retire(time));
            assert!(!done.ok && done.err.contains(why), "{}", done.err);
        };
        refused("2026-02-01T11:00:00Z", "shop-0001 is");
        shop.must(&["batch", "approve", "shop-0001", "--by", "mia", "--as-of", "2026-02-02T11:00:00Z"]);
        shop.must(&["batch", "settle", "shop-0001", "--by", "lee", "--as-of", "2026-02-02T12:00:00Z"]);
        // The refund of a paid order, and an order of February that is on hold.
        shop.must(&["run", "nightly", "--as-of", "2026-02-10T09:00:00Z"]);
        refused("2026-02-10T11:00:00Z", "shop still holds");
        shop.must(&["run", "nightly", "--as-of", "2026-03-01T09:00:00Z"]);
        shop.must(&["adjust", "ben", "-0.50", "--reason", "sample", "--by", "mia", "--as-of", "2026-03-01T10:00:00Z"]);
        refused("2026-03-01T11:00:00Z", "is awaiting approval: approve or reject it first");
        shop.must(&["proposal", "approve", "shop-p0001", "--by", "lee", "--as-of", "2026-03-01T12:00:00Z"]);
        refused("2026-03-01T13:00:00Z", "ben owes shop 0.50");
        shop.must(&["write-off", "ben", "--reason", "closed", "--by", "mia", "--as-of", "2026-03-01T14:00:00Z"]);
        shop.must(&["proposal", "approve", "shop-p0002", "--by", "lee", "--as-of", "2026-03-01T15:00:00Z"]);
        let last = shop.must(&retire("2026-03-02T09:00:00Z"));
        assert!(last.contains("drafted the final batch of shop, shop-0002"), "{last}");
        let own = shop.run(&["batch", "approve", "shop-0002", "--by", "mia", "--as-of", "2026-03-02T10:00:00Z"]);
        assert!(!own.ok && own.err.contains("cannot approve it"), "{}", own.err);
        shop.must(&["batch", "approve", "shop-0002", "--by", "lee", "--as-of", "2026-03-02T10:00:00Z"]);
        shop.must(&["batch", "settle", "shop-0002", "--by", "lee", "--as-of", "2026-03-02T11:00:00Z"]);
        rename_file(&shop, "shop", "store");
        // Its file may be gone by then: the ledger keeps what it said.
        assert!(shop.must(&retire("2026-03-02T12:00:00Z")).contains("the ledger shop is closed"));
        refused("2026-03-02T13:00:00Z", "was retired before");
        // A new program is no renamed one.
        shop.must(&["run", "nightly", "--as-of", "2026-03-03T09:00:00Z"]);
        rename_file(&shop, "store", "shop");
        let ended = shop.run(&["run", "nightly", "--as-of", "2026-03-03T09:00:00Z"]);
        assert!(!ended.ok && ended.err.contains("the ledger shop was retired"), "{}", ended.err);
        shop.must(&["check"]);
    }
}

#[test]
fn the_check_finds_two_ledgers_of_one_file_and_entries_after_the_end() {
    let shop = shop(Kind::Sqlite);
    fs::copy(shop.path("shop.toml"), shop.path("store.toml")).expect("it can be copied");
    shop.must(&["run", "nightly", "--program", "store", "--as-of", "2026-02-02T10:00:00Z"]);
    let forge = |subject: &str| {
        shop.database.sql(&format!(
            "INSERT INTO entries (program, entry, kind, subject, booked_at, actor, reason, program_text, facts, transfers, previous, hash, \
             form, reason_digest) SELECT program, entry + 1, 'renamed', '{subject}', booked_at, actor, '', '', '', 0, hash, hash || 'x', \
             form, '' FROM entries WHERE program = 'shop' ORDER BY entry DESC LIMIT 1"
        ));
        let found = shop.run(&["check", "names", "--program", "shop"]);
        shop.database.sql("DROP TRIGGER IF EXISTS entries_are_never_deleted");
        shop.database.sql("DELETE FROM entries WHERE kind = 'renamed'");
        found.out
    };
    let two = forge("store");
    assert!(two.contains("the program file store belongs to the ledgers shop and store"), "{two}");
    let nothing = forge("");
    assert!(nothing.contains("was renamed to nothing"), "{nothing}");
    shop.database.sql("DROP TRIGGER entries_are_never_updated");
    shop.database.sql("UPDATE entries SET kind = 'retired' WHERE program = 'shop' AND kind = 'drafted'");
    let late = shop.run(&["run", "nightly", "--program", "shop", "--as-of", "2026-02-12T10:00:00Z"]);
    assert!(!late.ok && late.err.contains("was retired"), "{}", late.err);
    shop.database.sql("UPDATE entries SET entry = 100 WHERE program = 'shop' AND kind = 'reconciled'");
    let after = shop.run(&["check", "names", "--program", "shop"]);
    assert!(after.out.contains("was reconciled, but entry"), "{}", after.out);
}

/// One that has nothing to post yet is no stranger on the second night either.
#[test]
fn a_new_program_that_has_nothing_to_post_needs_the_flag_once() {
    let shop = shop(Kind::Sqlite);
    rename_file(&shop, "shop", "store");
    shop.must(&["run", "nightly", "--as-of", "2026-01-02T00:00:00Z", "--new-program"]);
    shop.must(&["run", "nightly", "--as-of", "2026-01-03T00:00:00Z"]);
}

/// A file that cannot be read is a file all the same.
#[test]
fn a_ledger_whose_program_file_is_broken_has_its_file() {
    let shop = shop(Kind::Sqlite);
    fs::copy(shop.path("shop.toml"), shop.path("store.toml")).expect("it can be copied");
    shop.write("shop.toml", "[program]\n");
    shop.must(&["run", "nightly", "--as-of", "2026-02-12T00:00:00Z", "--program", "store"]);
}

/// A dry run keeps facts under the new name, and a proposal to erase somebody was the first entry of a ledger of its own: after
/// that, the renamed file was no stranger any more, and paid everything a second time.
#[test]
fn a_proposal_to_erase_somebody_begins_no_ledger_of_a_renamed_file() {
    for kind in Kind::BOTH {
        let shop = shop(kind);
        rename_file(&shop, "shop", "store");
        shop.must(&["run", "nightly", "--dry-run", "--as-of", "2026-02-02T09:00:00Z"]);
        let entries = count(&shop, "entries");
        for who in [["creator", "ana"], ["customer", "p1"]] {
            let command =
                [&["erase"][..], &who, &["--by", "mia", "--reason", "asked", "--as-of", "2026-02-02T10:00:00Z"]].concat();
            let done = shop.run(&command);
            assert!(!done.ok && done.err.contains("purser rename shop store"), "{}{}", done.out, done.err);
        }
        assert_eq!(count(&shop, "entries"), entries);
        // Nor does anything that people proposed there before.
        let sql = "INSERT INTO programs (program, currency) VALUES ('store', 'USD')";
        shop.database.sql(sql);
        let night = shop.run(&["run", "nightly", "--as-of", "2026-02-03T09:00:00Z"]);
        assert!(!night.ok && night.err.contains("purser rename shop store"), "{}", night.err);
        shop.database.sql("DELETE FROM programs WHERE program = 'store'");
        shop.must(&RENAME);
        assert!(shop.must(&["run", "nightly", "--as-of", "2026-02-03T09:00:00Z"]).contains("nothing to post"));
    }
}

/// Somebody who is only known to a ledger without a file was said to be known to nobody.
#[test]
fn an_erasure_says_which_ledgers_it_could_not_search() {
    let shop = shop(Kind::Sqlite);
    fs::copy(shop.path("shop.toml"), shop.path("other.toml")).expect("it can be copied");
    fs::rename(shop.path("shop.toml"), shop.path("shop.away")).expect("it can be moved");
    let done = shop.run(&["erase", "creator", "ana", "--by", "mia", "--reason", "asked", "--as-of", "2026-02-02T10:00:00Z"]);
    assert!(!done.ok && done.err.contains("Not searched were ledgers that have no program file (shop)"), "{}", done.err);
}

/// The last batch of a ledger without a file could be decided by nobody, and money that came back after the end was nobody's.
#[test]
fn what_is_owed_when_a_ledger_ends_can_be_paid() {
    for kind in Kind::BOTH {
        let shop = Shop::small_on(kind).at(".");
        let day = |day: &str, time: &str| format!("2026-03-{day}T{time}:00:00Z");
        let retire = |at: &str| shop.run(&["retire", "shop", "--by", "mia", "--reason", "closed", "--as-of", at]);
        shop.must(&["run", "nightly", "--as-of", &day("01", "09")]);
        fs::copy(shop.path("shop.toml"), shop.path("other.toml")).expect("it can be copied");
        rename_file(&shop, "shop", "shop.away");
        let gone = retire(&day("02", "09"));
        assert!(!gone.ok && gone.err.contains("put shop.toml back"), "{}{}", gone.out, gone.err);
        rename_file(&shop, "shop.away", "shop");
        fs::remove_file(shop.path("other.toml")).expect("it was there");
        let pay = |batch: &str, date: &str| {
            shop.must(&["batch", "approve", batch, "--by", "lee", "--as-of", &day(date, "10")]);
            shop.must(&["batch", "settle", batch, "--by", "lee", "--as-of", &day(date, "11")]);
        };
        assert!(retire(&day("02", "09")).ok);
        pay("shop-0001", "02");
        assert!(retire(&day("02", "12")).ok);
        let adjust = shop.run(&["adjust", "ana", "5.00", "--by", "mia", "--reason", "sample", "--as-of", &day("03", "09")]);
        assert!(!adjust.ok && adjust.err.contains("was retired"), "{}", adjust.err);
        let back = ["batch", "return", "shop-0001", "--creator", "ana", "--by", "mia", "--reason", "closed account"];
        shop.must(&[&back[..], &["--as-of", &day("04", "09")]].concat());
        shop.must(&["proposal", "approve", "shop-p0001", "--by", "lee", "--as-of", &day("04", "10")]);
        let again = retire(&day("05", "09"));
        assert!(again.ok && again.out.contains("shop-0002"), "{}{}", again.out, again.err);
        pay("shop-0002", "05");
        let over = retire(&day("06", "09"));
        assert!(!over.ok && over.err.contains("was retired before"), "{}", over.err);
        shop.must(&["check"]);
    }
}
