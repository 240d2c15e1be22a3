//! Banks' answers that appear in a folder: each file is imported once, whatever is tried twice or killed in between, and what cannot be read is
//! said and stays where it is.

use std::fs;
use std::os::unix::fs::symlink;
use std::time::{Duration, SystemTime};

use purser::payout::payment_id;

use crate::bank_answers::pain_002;
use crate::payment_files::{EUROPEANS, SEPA, approve, export, set_up};
use crate::serve::{Server, until};
use crate::support::Shop;
use crate::support::database::Kind;
use crate::support::held::{Held, steps};

const JOBS: &str = "\n[jobs.nightly]\nsteps = [\"fetch\", \"reconcile\"]\n[jobs.payout]\nsteps = [\"payout\"]\n[jobs.answers]\nsteps = [\"answers\"]\n";

const RUN: &[&str] = &["run", "answers", "--by", "lee", "--as-of", "2026-02-04T09:00:00Z"];

/// A shop whose payments are on their way: 12.05 EUR to ana, 5.00 to ben, 15.00 to cho. Banks answer in the folder `bank`.
fn sent(kind: Kind) -> Shop {
    let shop = Shop::small_on(kind);
    set_up(&shop, "EUR", EUROPEANS, &format!("{SEPA}{JOBS}"));
    let program = shop.read("shop.toml");
    shop.write("shop.toml", program.replace("[payout.sepa]", "[payout]\nanswers = \"bank\"\n[payout.sepa]"));
    fs::create_dir(shop.path("bank")).expect("a folder can be made");
    approve(&shop);
    export(&shop, "pain001", "paid.xml");
    shop
}

fn id(creator: &str) -> String {
    payment_id("shop-0001", creator)
}

/// A file that has been in the folder for a while.
fn drop_in(shop: &Shop, name: &str, text: impl AsRef<[u8]>) {
    let path = shop.path("bank").join(name);
    fs::write(&path, text).expect("it can be written");
    rest(&path);
}

fn rest(path: &std::path::Path) {
    let file = fs::File::options().write(true).open(path).expect("it is there");
    file.set_modified(SystemTime::now() - Duration::from_secs(120)).expect("its time can be set");
}

/// A copy of the shop, whose files are as old.
fn copied(shop: &Shop) -> Shop {
    let copy = shop.copy();
    for entry in fs::read_dir(copy.path("bank")).expect("it is there") {
        rest(&entry.expect("it can be listed").path());
    }
    copy
}

fn settled(creators: &[&str]) -> String {
    let ids: Vec<String> = creators.iter().map(|creator| id(creator)).collect();
    pain_002(&ids.iter().map(|id| (id.as_str(), "ACSC", "")).collect::<Vec<_>>())
}

fn entries(shop: &Shop) -> String {
    shop.database.sql("SELECT COUNT(*) FROM entries")
}

#[test]
fn each_file_in_the_folder_is_imported_once() {
    for kind in Kind::BOTH {
        let shop = sent(kind);
        drop_in(&shop, "1.xml", settled(&["ana"]));
        drop_in(&shop, "2.xml", pain_002(&[(&id("cho"), "RJCT", "AC04")]));
        let done = shop.must(RUN);
        assert!(done.contains("2 files of banks' answers imported, 1 payment was made, 1 proposal awaits approval"), "{done}");
        let before = entries(&shop);
        assert!(shop.must(RUN).contains("0 files of banks' answers imported"));
        // A copy is the same file.
        drop_in(&shop, "copy of 1.xml", settled(&["ana"]));
        assert!(shop.must(RUN).contains("0 files of banks' answers imported"));
        assert_eq!(entries(&shop), before, "importing twice changes nothing");
        assert!(shop.path("bank/1.xml").exists() && shop.path("bank/2.xml").exists(), "nothing is moved or deleted");
        // It takes a second person that a payment failed, also where a file of the folder says so.
        let refused = shop.run(&["proposal", "approve", "shop-p0001", "--by", "Lee", "--as-of", "2026-02-04T10:00:00Z"]);
        assert!(!refused.ok && refused.err.contains("cannot approve it"), "{}", refused.err);
        shop.must(&["proposal", "approve", "shop-p0001", "--by", "mia", "--as-of", "2026-02-04T10:00:00Z"]);
        drop_in(&shop, "3.xml", settled(&["ben"]));
        assert!(shop.must(&["run", "answers", "--by", "lee", "--as-of", "2026-02-05T09:00:00Z"]).contains("1 payment was made"));
        assert_eq!(
            shop.must(&["export", "balances"]),
            "creator_id,pending,payable,reserved,paid\nana,0.00,0.00,0.00,12.05\nben,0.00,0.00,0.00,5.00\ncho,0.00,15.00,0.00,0.00\n"
        );
        shop.must(&["check"]);
    }
}

#[test]
fn what_cannot_be_read_is_said_and_holds_up_nothing() {
    let shop = sent(Kind::Sqlite);
    drop_in(&shop, "0 damaged.xml", &settled(&["ben"])[..200]);
    drop_in(&shop, "1 bytes.xml", b"\xff\xfe\x00");
    drop_in(&shop, "2.xml", settled(&["ana"]));
    drop_in(&shop, "3 strange.xml", pain_002(&[("PUNKNOWN0000000", "ACSC", "")]));
    drop_in(&shop, ".hidden.xml", settled(&["cho"]));
    fs::create_dir(shop.path("bank/folder.xml")).expect("a folder");
    shop.write("outside.xml", settled(&["cho"]));
    rest(&shop.path("outside.xml"));
    symlink(shop.path("outside.xml"), shop.path("bank/link.xml")).expect("a link");
    fs::write(shop.path("bank/4 half written.xml"), &settled(&["cho"])[..100]).expect("it can be written");
    let done = shop.must(RUN);
    for wanted in [
        "2 files of banks' answers imported, 1 payment was made, 2 files could not be imported, 1 answer to look at, 1 file is younger than a minute",
        "0 damaged.xml could not be imported",
        "3 strange.xml: payment 1: no batch of shop has a payment PUNKNOWN0000000",
    ] {
        assert!(done.contains(wanted), "{wanted}: {done}");
    }
    let alerts = || shop.database.sql("SELECT headline FROM alerts WHERE cleared_at IS NULL ORDER BY headline");
    let all = "shop: a bank's answer could not be imported: 0 damaged.xml\nshop: a bank's answer could not be imported: 1 bytes.xml\n\
               shop: a bank's answer needs a look: 3 strange.xml";
    assert_eq!(alerts().trim(), all);
    let status = shop.must(&["status"]);
    assert!(status.contains("it is not UTF-8 text") && status.contains("Look at the file 0 damaged.xml"), "{status}");
    let letters = || shop.database.sql("SELECT COUNT(*) FROM alerts");
    let before = (entries(&shop), letters());
    shop.must(RUN);
    assert_eq!((entries(&shop), letters()), before, "nobody is told twice");
    assert_eq!(alerts().trim(), all, "what is wrong is still wrong");
    // The bank sends it again; the other two are looked at and taken out.
    fs::remove_file(shop.path("bank/4 half written.xml")).expect("it is there");
    drop_in(&shop, "0 damaged.xml", settled(&["ben"]));
    for name in ["1 bytes.xml", "3 strange.xml"] {
        fs::rename(shop.path("bank").join(name), shop.path(name)).expect("it can be moved");
    }
    assert!(shop.must(RUN).contains("1 payment was made"));
    assert_eq!(alerts().trim(), "", "all is over");
    let balances = shop.must(&["export", "balances"]);
    assert!(balances.contains("ben,0.00,0.00,0.00,5.00") && balances.contains("cho,0.00,0.00,15.00,0.00"), "{balances}");
    shop.must(&["check"]);
}

/// The server imports as `runner`; a person decides what that proposes.
#[test]
fn the_server_imports_what_appears() {
    let shop = sent(Kind::Sqlite);
    shop.write("shop.toml", shop.read("shop.toml").replace("[jobs.answers]\n", "[jobs.answers]\nschedule = \"* * * * *\"\n"));
    drop_in(&shop, "1.xml", settled(&["ana"]));
    drop_in(&shop, "2.xml", pain_002(&[(&id("cho"), "RJCT", "AC04")]));
    let server = Server::start(&shop, "serve", |_| {}).ready();
    let proposed = || shop.database.sql("SELECT proposed_by FROM proposals");
    until("the answers are imported", || proposed().trim() == "runner");
    drop(server);
    assert!(shop.must(&["export", "balances"]).contains("ana,0.00,0.00,0.00,12.05"));
    shop.must(&["proposal", "approve", "shop-p0001", "--by", "mia"]);
    assert!(shop.must(&["export", "balances"]).contains("cho,0.00,15.00,0.00,0.00"));
    shop.must(&["check"]);
}

/// Killed before and after each of its effects, the next run does the rest.
#[test]
fn an_import_that_is_cut_short_is_completed() {
    let shop = sent(Kind::Sqlite);
    let debit = |creator: &str, amount: &str| {
        format!(
            "<Ntry><Amt Ccy=\"EUR\">{amount}</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><NtryDtls><TxDtls><Refs><EndToEndId>{}\
             </EndToEndId></Refs><Amt Ccy=\"EUR\">{amount}</Amt><Chrgs><Rcrd><Amt Ccy=\"EUR\">0.20</Amt></Rcrd></Chrgs></TxDtls></NtryDtls></Ntry>",
            id(creator)
        )
    };
    drop_in(
        &shop,
        "1.xml",
        format!(
            "<Document><BkToCstmrStmt><Stmt>{}{}</Stmt></BkToCstmrStmt></Document>",
            debit("ana", "12.05"),
            debit("ben", "5.00")
        ),
    );
    drop_in(&shop, "2.xml", pain_002(&[(&id("cho"), "RJCT", "AC04"), ("PUNKNOWN0000000", "ACSC", "")]));
    let picture = |shop: &Shop| {
        let alerts = shop.database.sql("SELECT headline FROM alerts WHERE cleared_at IS NULL ORDER BY headline");
        shop.must(&["export", "balances"]) + &shop.must(&["proposal", "list", "--format", "csv"]) + &alerts + &entries(shop)
    };
    let undisturbed = copied(&shop);
    let (done, effects) = steps(&mut undisturbed.command(RUN));
    assert!(done.ok && effects.len() > 5, "{}{effects:?}", done.err);
    for effect in &effects {
        for how in ["hold-before", "hold-after"] {
            let copy = copied(&shop);
            Held::at(&mut copy.command(RUN), how, effect).kill();
            copy.must(&["check"]);
            // Who was killed holds its lease for a while.
            copy.database.sql("DELETE FROM leases");
            copy.must(RUN);
            assert_eq!(picture(&copy), picture(&undisturbed), "{how} {effect}");
            copy.must(&["check"]);
        }
    }
}

#[test]
fn where_answers_appear_has_to_be_said() {
    let shop = Shop::small();
    shop.write("shop.toml", shop.read("shop.toml") + JOBS);
    let refused = shop.run(&["validate"]);
    let why = "`steps` holds answers, but [payout] has no `answers`, the folder in which they appear";
    assert!(!refused.ok && refused.err.contains(why), "{}", refused.err);
    let shop = sent(Kind::Sqlite);
    fs::remove_dir(shop.path("bank")).expect("it is empty");
    let refused = shop.run(RUN);
    assert!(!refused.ok && refused.err.contains("the folder of banks' answers that [payout] answers names"), "{}", refused.err);
}
