//! Nothing is decided by what a table shows and no entry says: an edit of the tables that show batches, proposals and
//! balances, digests and all, gets nobody paid, and is reported.

use std::fs;

use crate::support::database::Kind;
use crate::support::{Shop, files_below};

/// A creator's amount in the content of a batch or of a proposal.
type Line<'a> = (&'a str, i64);

/// The digest of a batch, as purser makes it of its lines.
fn batch_digest(batch: &str, lines: &[Line<'_>]) -> String {
    let lines: String = lines.iter().map(|(creator, amount)| format!("\0{creator}\0{amount}")).collect();
    blake3::hash(format!("{batch}{lines}").as_bytes()).to_hex().to_string()
}

/// The digest of a proposal without a subject.
fn proposal_digest(id: &str, kind: &str, lines: &[Line<'_>]) -> String {
    let lines: String = lines.iter().map(|(creator, amount)| format!("{creator}\0{amount}\0")).collect();
    blake3::hash(format!("{id}\0{kind}\0\0{lines}").as_bytes()).to_hex().to_string()
}

/// Everything that anybody decides by, whatever the tables show.
fn posted(shop: &Shop) -> String {
    shop.database.sql("SELECT program, entry, hash FROM entries ORDER BY entry")
}

/// The command is refused, and posts nothing; and a check finds what was edited.
fn refuses(shop: &Shop, edited: &str, command: &str, check: &str) {
    let before = posted(shop);
    let done = shop.run(&command.split(' ').collect::<Vec<_>>());
    assert!(!done.ok, "{edited}\npurser {command}: {}", done.out);
    assert!(done.err.contains("Something other than purser changed the database: run `purser check"), "{edited}: {}", done.err);
    assert_eq!(posted(shop), before, "{edited}\npurser {command} posts nothing");
    let found = shop.run(&["check", check]);
    assert!(!found.ok, "{edited}: `purser check {check}` finds it");
}

/// Batches in each state: shop-0001 settled, shop-0002 rejected, shop-0003 a draft, or more.
fn shops(last: &[&str]) -> [Shop; 2] {
    Kind::BOTH.map(|kind| {
        let shop = Shop::small_on(kind);
        shop.play(usize::MAX);
        last.iter().for_each(|command| drop(shop.must(&command.split(' ').collect::<Vec<_>>())));
        shop
    })
}

/// Tries each edit of the tables alone, with each of the commands; without any edit the last of them is done.
fn each_is_refused(shop: &Shop, check: &str, saved: &[&str], edits: &[(&str, &[&str])]) {
    for table in saved {
        shop.database.sql(&format!("CREATE TABLE saved_{table} AS SELECT * FROM {table}"));
    }
    for (edit, commands) in edits {
        shop.database.sql(edit);
        commands.iter().for_each(|command| refuses(shop, edit, command, check));
        // What names other rows goes first.
        for table in saved.iter().rev() {
            shop.database.sql(&format!("DELETE FROM {table}"));
        }
        for table in saved {
            shop.database.sql(&format!("INSERT INTO {table} SELECT * FROM saved_{table}"));
        }
    }
    shop.must(&["check"]);
    for command in edits.last().map(|(_, commands)| *commands).unwrap_or_default() {
        shop.must(&command.split(' ').collect::<Vec<_>>());
    }
}

const APPROVE: &str = "batch approve shop-0003 --by mia --as-of 2026-03-03T09:00:00Z";
const REJECT: &str = "batch reject shop-0003 --by mia --as-of 2026-03-03T09:00:00Z";
const EXPORT: &str = "batch export shop-0003 --by mia --as-of 2026-03-04T09:00:00Z";
const SETTLE: &str = "batch settle shop-0003 --by lee --as-of 2026-03-04T09:00:00Z";
const VOID: &str = "batch void shop-0003 --reason lost --by lee --as-of 2026-03-04T09:00:00Z";
const RETURN: &str = "batch return shop-0003 --creator cho --reason closed --by lee --as-of 2026-03-05T09:00:00Z";

const BATCHES: &[&str] = &["batches", "batch_lines"];

/// Line and digest together, state, maker: a draft is approved and rejected as it was drafted, or not at all.
#[test]
fn a_draft_is_not_decided_by_edited_tables() {
    for shop in shops(&[]) {
        let rows =
            shop.database.sql("SELECT creator_id, amount FROM batch_lines WHERE batch_id = 'shop-0003' ORDER BY creator_id");
        let lines: Vec<Line<'_>> = rows
            .lines()
            .filter_map(|row| row.split_once('|'))
            .map(|(creator, amount)| (creator, amount.parse().expect("a number")))
            .collect();
        assert!(!lines.is_empty(), "the draft has lines");
        let raised: Vec<Line<'_>> = lines.iter().map(|(creator, amount)| (*creator, amount + 100)).collect();
        let digest = batch_digest("shop-0003", &raised);
        let told = shop.database.sql("SELECT digest FROM batches WHERE batch_id = 'shop-0003'");
        assert_eq!(told.trim(), batch_digest("shop-0003", &lines), "an edit can get the digest right");
        let own = "batch approve shop-0003 --by rosa --as-of 2026-03-03T09:00:00Z";
        let raised = format!(
            "UPDATE batch_lines SET amount = amount + 100 WHERE batch_id = 'shop-0003'; \
             UPDATE batches SET digest = '{digest}' WHERE batch_id = 'shop-0003'"
        );
        each_is_refused(
            &shop,
            "batches",
            BATCHES,
            &[
                (raised.as_str(), &[APPROVE, REJECT]),
                ("UPDATE batches SET state = 'approved', approved_by = 'mia' WHERE batch_id = 'shop-0003'", &[EXPORT, SETTLE]),
                ("UPDATE batches SET state = 'exported', approved_by = 'mia' WHERE batch_id = 'shop-0003'", &[SETTLE, VOID]),
                ("UPDATE batches SET drafted_by = 'tom' WHERE batch_id = 'shop-0003'", &[own]),
                (
                    "DELETE FROM batch_lines WHERE batch_id = 'shop-0003'; DELETE FROM batches WHERE batch_id = 'shop-0003'",
                    &[APPROVE],
                ),
                ("UPDATE batches SET drafted_by = 'tom' WHERE batch_id = 'shop-0003'", &[APPROVE]),
            ],
        );
    }
}

/// An exported batch is not exported, voided or settled by what the tables show; nor is a settled one paid back.
#[test]
fn a_batch_that_is_being_paid_is_not_decided_by_edited_tables() {
    for shop in shops(&[APPROVE, "batch export shop-0003 --by mia --as-of 2026-03-03T10:00:00Z"]) {
        each_is_refused(
            &shop,
            "batches",
            BATCHES,
            &[
                ("UPDATE batches SET state = 'draft' WHERE batch_id = 'shop-0003'", &[REJECT]),
                ("UPDATE batches SET state = 'settled' WHERE batch_id = 'shop-0003'", &[RETURN]),
                ("UPDATE batch_lines SET amount = amount + 1 WHERE batch_id = 'shop-0003'", &[VOID]),
                ("UPDATE batch_lines SET amount = amount + 1 WHERE batch_id = 'shop-0003'", &[EXPORT, SETTLE]),
            ],
        );
    }
}

/// What is payable is what the transfers come to: a draft, an adjustment and a write-off go by that.
#[test]
fn what_is_payable_is_not_what_an_edited_balance_shows() {
    let draft = "run payout --as-of 2026-03-03T09:00:00Z --by rosa";
    let adjust = "adjust ana 1.00 --reason more --by mia --as-of 2026-03-03T09:00:00Z";
    let write_off = "write-off ana --reason gone --by mia --as-of 2026-03-03T09:00:00Z";
    for shop in shops(&[]) {
        each_is_refused(
            &shop,
            "balances",
            &["balances"],
            &[
                ("UPDATE balances SET payable = 99999900 WHERE creator_id = 'ana'", &[draft, adjust]),
                ("UPDATE balances SET payable = -500 WHERE creator_id = 'ana'", &[write_off]),
                (
                    "INSERT INTO balances (program, creator_id, pending, payable, reserved, paid) VALUES ('shop', 'zoe', 0, 100, 0, 0)",
                    &[draft],
                ),
                ("DELETE FROM balances WHERE creator_id = 'ana'", &[draft, adjust]),
            ],
        );
    }
}

/// What one person proposed is what another approves; a credit pays whom it was given to.
#[test]
fn a_proposal_is_not_decided_by_edited_tables() {
    let own = "proposal approve shop-p0006 --by mia --as-of 2026-03-03T09:00:00Z";
    let approve = "proposal approve shop-p0006 --by lee --as-of 2026-03-03T09:00:00Z";
    let night = "run nightly --as-of 2026-03-04T00:00:00Z --by rosa";
    let digest = proposal_digest("shop-p0006", "adjustment", &[("ben", 30_000)]);
    for shop in shops(&[]) {
        let told = shop.database.sql("SELECT digest FROM proposals WHERE proposal_id = 'shop-p0006'");
        assert_eq!(told.trim(), proposal_digest("shop-p0006", "adjustment", &[("ben", 300)]), "an edit can get the digest right");
        let raised = format!(
            "UPDATE proposal_lines SET amount = 30000 WHERE proposal_id = 'shop-p0006'; \
             UPDATE proposals SET digest = '{digest}' WHERE proposal_id = 'shop-p0006'"
        );
        each_is_refused(
            &shop,
            "proposals",
            &["proposals", "proposal_lines"],
            &[
                (raised.as_str(), &[approve]),
                ("UPDATE proposals SET proposed_by = 'tom' WHERE proposal_id = 'shop-p0006'", &[own]),
                (
                    "UPDATE proposals SET state = 'proposed', decided_by = NULL, decided_at = NULL WHERE proposal_id = 'shop-p0003'",
                    &["proposal approve shop-p0003 --by lee --as-of 2026-03-03T09:00:00Z"],
                ),
                ("UPDATE proposal_lines SET creator_id = 'ben' WHERE proposal_id = 'shop-p0004'", &[night]),
                ("UPDATE proposals SET kind = 'credit', subject = 'o1' WHERE proposal_id = 'shop-p0003'", &[night]),
                (
                    "DELETE FROM proposal_lines WHERE proposal_id = 'shop-p0004'; DELETE FROM proposals WHERE proposal_id = 'shop-p0004'",
                    &[night, approve],
                ),
            ],
        );
    }
}

/// What a night compares with is what the ledger holds: neither an outcome of a night before, nor one that was edited.
#[test]
fn a_night_does_not_compare_with_targets_that_are_not_posted() {
    let night = "run nightly --as-of 2026-03-04T00:00:00Z --by rosa";
    let posts_nothing = |shop: &Shop, edited: &str| {
        shop.add("clicks.csv", &format!("k{},2026-03-03T10:00:00Z,v9,lana,bio\n", edited.len() * 10));
        let before = posted(shop);
        let done = shop.run(&night.split(' ').collect::<Vec<_>>());
        assert!(!done.ok && done.err.contains("omething other than purser changed"), "{edited}: {}{}", done.out, done.err);
        assert_eq!(posted(shop), before, "{edited}");
    };
    for kind in Kind::BOTH {
        let shop = Shop::small_on(kind);
        shop.play(1);
        let earlier = shop.database.sql("SELECT outcome FROM reconciled");
        Shop::story().iter().skip(1).for_each(|step| drop(shop.must(step)));
        let last = shop.database.sql("SELECT outcome FROM reconciled");
        assert_ne!(earlier, last);
        shop.database.sql(&format!("UPDATE reconciled SET outcome = '{}'", earlier.trim()));
        posts_nothing(&shop, "an outcome of before");
        shop.database.sql(&format!("UPDATE reconciled SET outcome = '{}'", last.trim()));
        shop.database.sql("CREATE TABLE saved AS SELECT * FROM reconciled");
        shop.database.sql("DELETE FROM reconciled");
        posts_nothing(&shop, "no record of any outcome");
        shop.database.sql("INSERT INTO reconciled SELECT * FROM saved");
        for file in files_below(&shop.path("ledger-data/outcomes")) {
            let mut bytes = fs::read(&file).expect("it can be read");
            let middle = bytes.len() / 2;
            bytes[middle] ^= 1;
            fs::write(&file, bytes).expect("it can be written");
        }
        posts_nothing(&shop, "edited files");
    }
}
