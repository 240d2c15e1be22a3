//! What no entry of the journal says is sealed: texts of program files, the record of the last reconciliation, letters that
//! wait, payment lists on disk. Whatever of it is edited or taken away is found, and not believed.

use std::fs;

use crate::support::database::Kind;
use crate::support::{Done, Shop};

const NIGHT: &[&str] = &["run", "nightly", "--as-of", "2026-02-01T00:00:00Z", "--by", "rosa"];

/// The records that a check of this name calls broken; none where it is clean.
fn broken(shop: &Shop, check: &str) -> Vec<String> {
    let done = shop.run(&["check", check, "--format", "json"]);
    let found: serde_json::Value = serde_json::from_str(&done.out).unwrap_or_else(|_| panic!("{}{}", done.out, done.err));
    let records = found.as_array().expect("a list").iter().flat_map(|found| found["records"].as_array().expect("records"));
    let records: Vec<String> = records.map(|record| record.as_str().expect("a record").to_owned()).collect();
    assert_eq!(done.ok, records.is_empty(), "the exit code says whether something is broken: {}", done.out);
    records
}

/// Runs a command while no mail server answers.
fn without_mail(shop: &Shop, arguments: &[&str]) -> Done {
    shop.command(arguments).env("PURSER_SMTP_URL", "smtp://127.0.0.1:9").output().expect("it starts").into()
}

/// Tries each edit on its own, on a copy of the shop, and answers what the check says then.
fn each(shop: &Shop, check: &str, edits: &[&str]) -> Vec<String> {
    assert_eq!(broken(shop, check), Vec::<String>::new(), "nothing is edited yet");
    let tried = |edit: &&str| {
        let copy = shop.copy();
        copy.database.sql(edit);
        let found = broken(&copy, check);
        assert!(!found.is_empty(), "{edit}: nothing was found on {:?}", shop.database.kind);
        found.join("; ")
    };
    edits.iter().map(tried).collect()
}

#[test]
fn a_program_text_that_is_gone_or_another_one_is_found() {
    for kind in Kind::BOTH {
        let shop = Shop::small_on(kind);
        shop.must(NIGHT);
        let found = each(
            &shop,
            "program_texts",
            &[
                "DELETE FROM program_texts",
                "UPDATE program_texts SET body = replace(body, '\"10\"', '\"90\"')",
                "UPDATE program_texts SET hash = 'x' || hash",
                "UPDATE reconciled SET program_text = 'x' || program_text",
            ],
        );
        assert!(found[0].contains("entry 1 of shop names the program text"), "{found:?}");
    }
}

#[test]
fn an_edited_record_of_the_last_reconciliation_is_found() {
    for kind in Kind::BOTH {
        let shop = Shop::small_on(kind);
        shop.must(NIGHT);
        let edits = [
            "as_of = as_of + 1",
            "unchanged_until = unchanged_until + 1",
            "unchanged_until = 9000000000000000",
            "program_text = 'x' || program_text",
            "credits = 'x' || credits",
            "manifest = 'x' || manifest",
            "outcome = replace(outcome, '\"orders\"', '\"order\"')",
            "seal = ''",
        ]
        .map(|edit| format!("UPDATE reconciled SET {edit}"));
        each(&shop, "outcomes", &edits.each_ref().map(String::as_str));
    }
}

/// Somebody says that nothing will change for years: the next night looks all the same, and seals anew what it found.
#[test]
fn a_record_that_was_edited_is_not_believed() {
    for kind in Kind::BOTH {
        let shop = Shop::small_on(kind);
        shop.must(&["run", "nightly", "--as-of", "2026-01-10T00:00:00Z", "--by", "rosa"]);
        assert!(shop.must(&["export", "balances"]).contains("ana,12.05,0.00"), "ana's order is on hold");
        shop.database.sql("UPDATE reconciled SET unchanged_until = 9000000000000000");
        let done = shop.run(&["run", "payout", "--as-of", "2026-01-31T00:00:00Z", "--by", "rosa"]);
        assert!(!done.ok && done.err.contains("changed the record of the last reconciliation"), "{}", done.err);
        shop.must(NIGHT);
        assert!(shop.must(&["export", "balances"]).contains("ana,0.00,12.05"), "the hold has ended");
        assert_eq!(broken(&shop, "outcomes"), Vec::<String>::new(), "it is sealed anew");
        shop.must(&["run", "payout", "--as-of", "2026-02-01T01:00:00Z", "--by", "rosa"]);
    }
}

/// The record names another outcome, of a night before: comparing with that would post everything a second time.
#[test]
fn an_outcome_that_is_not_what_is_posted_is_not_compared_with() {
    for kind in Kind::BOTH {
        let shop = Shop::small_on(kind);
        shop.must(&["run", "nightly", "--as-of", "2026-01-06T00:00:00Z", "--by", "rosa"]);
        let earlier = shop.database.sql("SELECT outcome FROM reconciled");
        shop.must(NIGHT);
        shop.database.sql(&format!("UPDATE reconciled SET outcome = '{}'", earlier.trim()));
        let entries = shop.database.sql("SELECT COUNT(*) FROM entries");
        let done = shop.run(&["run", "nightly", "--as-of", "2026-02-02T00:00:00Z", "--by", "rosa"]);
        assert!(!done.ok && done.err.contains("what it names is not what is posted"), "{}", done.err);
        assert_eq!(shop.database.sql("SELECT COUNT(*) FROM entries"), entries, "nothing was posted");
    }
}

/// A shop whose statements of January wait for a mail server.
fn waiting(kind: Kind) -> Shop {
    let shop = Shop::small_on(kind);
    shop.must(NIGHT);
    let done = without_mail(&shop, &["run", "statements", "--as-of", "2026-02-01T10:00:00Z", "--by", "rosa"]);
    assert!(shop.database.sql("SELECT state FROM outbox").contains("waiting"), "{}{}", done.out, done.err);
    shop
}

#[test]
fn a_letter_that_waits_is_neither_edited_nor_lost_unseen() {
    for kind in Kind::BOTH {
        let shop = waiting(kind);
        let found = each(
            &shop,
            "outbox",
            &[
                "DELETE FROM outbox WHERE message_key = 'shop/ana/2026-01'",
                "DELETE FROM outbox",
                "UPDATE outbox SET message = replace(message, '2026', '2027')",
                "UPDATE outbox SET message = ''",
                "UPDATE outbox SET recipient = 'eve@example.com'",
                "UPDATE outbox SET sender = 'eve@example.com'",
                "UPDATE outbox SET channel = 'operator'",
                "UPDATE outbox SET seal = ''",
                "UPDATE outbox SET state = 'sent', attempts = 0",
                "UPDATE outbox SET state = 'sent', attempts = 1",
                "UPDATE outbox SET state = 'failed'",
                "UPDATE outbox SET state = 'failed', attempts = 1, message = '', recipient = '', seal = '', error = 'the recipient was erased'",
                "UPDATE outbox SET attempts = attempts + 1",
                "UPDATE outbox SET recipient = 'eve@example.com', seal = channel || '|' || sender || '|' || 'eve@example.com' || '|' || LENGTH(message)",
                "UPDATE outbox SET message_key = 'shop/eve/2026-01' WHERE message_key = 'shop/ana/2026-01'",
                "UPDATE statement_months SET letters = letters - 1",
                "INSERT INTO outbox SELECT program, message_key || 'x', sender, recipient, message, state, attempts, changed_at, post_office, error, channel, seal FROM outbox",
                "INSERT INTO alerts (program, alert, kind, job, headline, body, raised_at, letters) VALUES ('shop', 'late/nightly/x', 'late', 'nightly', 'x', 'x', 0, 1)",
            ],
        );
        assert!(found[0].contains("messages with statements of 2026-01 is 2, expected 3"), "{found:?}");
    }
}

#[test]
fn a_letter_that_was_edited_while_it_waited_is_not_sent() {
    for kind in Kind::BOTH {
        let shop = waiting(kind);
        shop.database.sql("UPDATE outbox SET recipient = 'eve@example.com' WHERE message_key = 'shop/ana/2026-01'");
        shop.run(&["run", "statements", "--as-of", "2026-02-01T11:00:00Z", "--by", "rosa"]);
        let states = shop.database.sql("SELECT message_key, state FROM outbox ORDER BY message_key");
        assert_eq!(states, "shop/ana/2026-01|failed\nshop/ben/2026-01|sent\nshop/cho/2026-01|sent\n");
        assert!(shop.database.sql("SELECT error FROM outbox WHERE state = 'failed'").contains("changed it while it waited"));
        let sent = fs::read_dir(shop.path("ledger-data/outbox")).expect("mails are written there");
        let names = sent.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
        assert_eq!(names.filter(|name| name.ends_with(".eml")).count(), 2, "the others are sent");
        assert!(broken(&shop, "outbox").concat().contains("shop/ana/2026-01"), "and it is still found");
    }
}

/// A shop whose statements of January were mailed.
fn mailed(kind: Kind) -> Shop {
    let shop = Shop::small_on(kind);
    shop.must(NIGHT);
    shop.must(&["run", "statements", "--as-of", "2026-02-01T10:00:00Z", "--by", "rosa"]);
    shop
}

/// Somebody lets a letter wait again that was sent: it is found, and not sent a second time.
#[test]
fn a_letter_that_was_sent_is_not_sent_again_because_its_state_was_edited() {
    for kind in Kind::BOTH {
        let shop = mailed(kind);
        let edits =
            ["state = 'waiting'", "state = 'waiting', attempts = 0", "state = 'unknown'", "state = 'sending'", "attempts = 0"];
        each(&shop, "outbox", &edits.map(|edit| format!("UPDATE outbox SET {edit}")).each_ref().map(String::as_str));
        shop.database.sql("UPDATE outbox SET state = 'waiting', attempts = 0");
        let mails = shop.path("ledger-data/outbox");
        fs::remove_dir_all(&mails).expect("it is there");
        shop.run(&["run", "statements", "--as-of", "2026-02-01T11:00:00Z", "--by", "rosa"]);
        assert_eq!(shop.database.sql("SELECT COUNT(*) FROM outbox WHERE state = 'failed'").trim(), "3", "{kind:?}");
        let sent = fs::read_dir(&mails)
            .expect("the folder is made again")
            .filter_map(|entry| entry.ok()?.file_name().into_string().ok());
        assert_eq!(sent.filter(|name| name.ends_with(".eml")).count(), 0, "nothing is sent again");
        assert!(broken(&shop, "outbox").len() >= 3, "and it is still found");
    }
}

/// Somebody takes a closed month out of all tables that tell of it: the next run would close it again, and mail everybody.
#[test]
fn a_closed_month_that_is_taken_out_is_found_and_not_closed_again() {
    for kind in Kind::BOTH {
        let shop = mailed(kind);
        let guards = match kind {
            Kind::Sqlite => "DROP TRIGGER statements_are_never_deleted;",
            Kind::Postgres => "DROP TRIGGER statements_are_never_deleted ON statements;",
        };
        let take_out = format!("{guards} DELETE FROM statements; DELETE FROM statement_months; DELETE FROM outbox;");
        let found = each(
            &shop,
            "statements",
            &[
                &take_out,
                "DELETE FROM outbox WHERE message_key = 'shop/ana/2026-01'; UPDATE statement_months SET letters = letters - 1",
                "UPDATE programs SET months_seal = ''",
                "UPDATE programs SET months_seal = 'x' || months_seal",
            ],
        );
        assert!(found[0].contains("the register of closed months is not as it was sealed"), "{found:?}");
        shop.database.sql(&take_out);
        let done = shop.run(&["run", "statements", "--as-of", "2026-02-01T11:00:00Z", "--by", "rosa"]);
        assert!(!done.ok && done.err.contains("changed the register of closed months of shop"), "{}", done.err);
        assert_eq!(shop.database.sql("SELECT COUNT(*) FROM outbox").trim(), "0", "nobody is mailed again");
    }
}

/// Months are closed before anything is posted, and after: the seal covers them all.
#[test]
fn months_that_were_closed_before_anything_was_posted_are_sealed_with_the_first_posting() {
    for kind in Kind::BOTH {
        let shop = Shop::small_on(kind);
        let orders = shop.read("orders.csv");
        let lines = shop.read("order_lines.csv");
        let refunds = shop.read("refunds.csv");
        let header = |text: &str| format!("{}\n", text.lines().next().expect("a header"));
        for (name, text) in [("orders.csv", &orders), ("order_lines.csv", &lines), ("refunds.csv", &refunds)] {
            shop.write(name, header(text));
        }
        shop.must(&["run", "nightly", "--as-of", "2026-01-02T00:00:00Z", "--by", "rosa"]);
        shop.must(&["run", "statements", "--as-of", "2026-01-02T01:00:00Z", "--by", "rosa"]);
        assert_eq!(shop.database.sql("SELECT COUNT(*) FROM statement_months").trim(), "1");
        shop.must(&["check"]);
        for (name, text) in [("orders.csv", orders), ("order_lines.csv", lines), ("refunds.csv", refunds)] {
            shop.write(name, text);
        }
        shop.must(NIGHT);
        shop.must(&["run", "statements", "--as-of", "2026-02-01T10:00:00Z", "--by", "rosa"]);
        shop.must(&["check"]);
        each(&shop, "statements", &["UPDATE programs SET months_seal = ''"]);
    }
}

/// Somebody takes a person out of those who were erased: the next night would name them again.
#[test]
fn an_erasure_that_is_taken_out_is_found_and_nobody_is_named_again() {
    for kind in Kind::BOTH {
        let shop = mailed(kind);
        let erase = ["erase", "creator", "ana", "--as-of", "2026-02-02T00:00:00Z", "--by"];
        shop.must(&[&erase[..], &["mia", "--reason", "asked"]].concat());
        shop.must(&[&erase[..], &["lee", "--approve"]].concat());
        let columns = [
            "kind = 'email'",
            "subject = 'x' || subject",
            "fingerprint = 'x'",
            "erased_at = erased_at + 1",
            "erased_by = 'eve'",
            "reason = 'x'",
        ];
        let mut edits = columns.map(|edit| format!("UPDATE erasures SET {edit} WHERE kind = 'creator'")).to_vec();
        edits.push("DELETE FROM erasures".to_owned());
        edits.push("UPDATE programs SET erasures_seal = ''".to_owned());
        each(&shop, "proposals", &edits.iter().map(String::as_str).collect::<Vec<_>>());
        shop.database.sql("DELETE FROM erasures");
        let done = shop.run(&["run", "nightly", "--as-of", "2026-02-03T00:00:00Z", "--by", "rosa"]);
        assert!(!done.ok && done.err.contains("changed the register of people who were erased of shop"), "{}", done.err);
    }
}

#[test]
fn a_payment_list_on_disk_that_was_edited_is_found() {
    for kind in Kind::BOTH {
        let shop = Shop::small_on(kind);
        shop.play(4);
        let export = ["batch", "export", "shop-0001", "--by", "lee", "--as-of", "2026-02-02T10:00:00Z"];
        shop.must(&export);
        let (list, check) = ("ledger-data/payments/shop-0001.csv", || broken(&shop, "payments"));
        assert_eq!(check(), Vec::<String>::new());
        let text = shop.read(list);
        for edited in
            [text.replace("ana,12.05", "ana,912.05"), text.replace("\nben", "\neve"), text.clone() + "\n", String::new()]
        {
            assert_ne!(edited, text);
            shop.write(list, edited);
            assert!(check().concat().contains("shop-0001.csv has the hash"), "{:?}", check());
        }
        shop.must(&export);
        assert_eq!((check(), shop.read(list)), (Vec::new(), text.clone()), "it is written again");
        shop.write(list, "VOID. DO NOT PAY. Batch shop-0001 was voided; what it would have paid is payable again, in another batch.\nDestroy every copy of its payment list.\n");
        assert!(check().concat().contains("says that batch shop-0001 was voided, but it was not"), "{:?}", check());
        shop.must(&export);
        shop.write("ledger-data/payments/shop-0007.csv", &text);
        assert!(check().concat().contains("batch shop-0007 was never exported"), "{:?}", check());
        fs::remove_file(shop.path("ledger-data/payments/shop-0007.csv")).expect("it can be removed");
        // A dead list that was brought back with other sums would be paid.
        shop.must(&["batch", "void", "shop-0001", "--reason", "lost", "--by", "mia", "--as-of", "2026-02-03T10:00:00Z"]);
        shop.must(&["proposal", "approve", "shop-p0001", "--by", "lee", "--as-of", "2026-02-03T10:00:00Z"]);
        assert_eq!(check(), Vec::<String>::new());
        shop.write(list, text.replace("ana,12.05", "ana,12.06"));
        assert!(check().concat().contains("does not say that batch shop-0001 was voided, and could be paid"), "{:?}", check());
        fs::remove_file(shop.path(list)).expect("it can be removed");
        assert_eq!(check(), Vec::<String>::new());
    }
}

/// Somebody takes away, disables or weakens what guards the tables in the database itself.
#[test]
fn triggers_that_are_gone_disabled_or_others_are_found_by_doctor() {
    for kind in Kind::BOTH {
        let shop = Shop::small_on(kind);
        shop.must(NIGHT);
        let says = |shop: &Shop| {
            let done = shop.run(&["doctor"]);
            let text = done.out + &done.err;
            if text.contains("database triggers") { text } else { String::new() }
        };
        assert_eq!(says(&shop), "", "{kind:?}: all are there");
        let weaker = "BEFORE UPDATE ON batches FOR EACH ROW WHEN (1 = 0)";
        let edits: Vec<(&str, String)> = match kind {
            Kind::Sqlite => vec![
                ("entries_are_never_updated", "DROP TRIGGER entries_are_never_updated".to_owned()),
                (
                    "batches_have_two_people",
                    format!(
                        "DROP TRIGGER batches_have_two_people; CREATE TRIGGER batches_have_two_people {weaker} BEGIN SELECT 1; END"
                    ),
                ),
            ],
            Kind::Postgres => vec![
                ("entries_are_never_updated", "DROP TRIGGER entries_are_never_updated ON entries".to_owned()),
                ("transfers_are_never_deleted", "ALTER TABLE transfers DISABLE TRIGGER transfers_are_never_deleted".to_owned()),
                (
                    "batches_have_two_people",
                    format!(
                        "DROP TRIGGER batches_have_two_people ON batches; CREATE TRIGGER batches_have_two_people {weaker} \
                         EXECUTE FUNCTION purser_refuse('who drafted a batch never approves it')"
                    ),
                ),
                (
                    "purser_refuse",
                    "CREATE OR REPLACE FUNCTION purser_refuse() RETURNS TRIGGER LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'"
                        .to_owned(),
                ),
            ],
        };
        for (name, edit) in edits {
            let copy = shop.copy();
            copy.database.sql(&edit);
            assert!(says(&copy).contains(name), "{edit}: {}", says(&copy));
        }
    }
}
