//! A database that was restored from a backup of before a payment file went out: nobody in that file is paid a second time, and the ledger comes to
//! where it was.

use std::fs;
use std::path::Path;

use purser::payout::payment_id;

use crate::bank_answers::pain_002;
use crate::payment_files::{EUROPEANS, KEY, SEPA, export, export_with, set_up, with_key};
use crate::support::database::Kind;
use crate::support::{Shop, files_below};

const DRAFT: &[&str] = &["run", "payout", "--as-of", "2026-02-01T09:00:00Z", "--by", "rosa"];
const LATER: &[&str] = &["run", "nightly", "payout", "--as-of", "2026-02-05T09:00:00Z", "--by", "rosa"];

/// A shop in the evening before the payout.
fn evening(kind: Kind) -> Shop {
    let shop = Shop::small_on(kind);
    set_up(&shop, "EUR", EUROPEANS, SEPA);
    shop.must(&["run", "nightly", "--as-of", "2026-02-01T00:00:00Z", "--by", "rosa"]);
    shop
}

fn pay(shop: &Shop) {
    let done = with_key(shop, DRAFT);
    assert!(done.ok, "{}", done.err);
    pay_drafted(shop);
}

fn pay_drafted(shop: &Shop) {
    let approved = with_key(shop, &["batch", "approve", "shop-0001", "--by", "mia", "--as-of", "2026-02-02T09:00:00Z"]);
    assert!(approved.ok, "{}", approved.err);
}

/// The data folder of one shop, with what was added to it since.
fn with_data_of(restored: &Shop, of: &Shop) {
    let from = of.path("ledger-data");
    for path in files_below(&from) {
        let to = restored.path("ledger-data").join(path.strip_prefix(&from).expect("it lies there"));
        if !to.exists() && path.starts_with(from.join("payments")) {
            fs::create_dir_all(to.parent().unwrap_or(Path::new("/"))).expect("a folder can be made");
            fs::copy(&path, to).expect("it can be copied");
        }
    }
}

fn bank(shop: &Shop) -> String {
    let id = |creator: &str| payment_id("shop-0001", creator);
    let (ana, ben, cho) = (id("ana"), id("ben"), id("cho"));
    shop.write("answer", pain_002(&[(&ana, "ACSC", ""), (&ben, "ACSC", ""), (&cho, "ACSC", "")]));
    shop.must(&["batch", "import", "answer", "--by", "lee", "--as-of", "2026-02-04T09:00:00Z"])
}

/// The data folder outlived the database: a payout is refused, and says by which steps the lost batch is drafted again.
#[test]
fn a_payment_file_that_the_ledger_does_not_know_is_not_paid_again() {
    for kind in Kind::BOTH {
        let shop = evening(kind);
        let restored = shop.copy();
        pay(&shop);
        export(&shop, "pain001", "paid.xml");
        let head = shop.database.sql("SELECT entry || ':' || hash FROM entries ORDER BY entry DESC LIMIT 1");
        with_data_of(&restored, &shop);
        // A head that was noted tells that the end is missing.
        let found = restored.run(&["check", "--head", head.trim()]);
        assert!(!found.ok, "{}", found.out);
        restored.add("fees.csv", "f9,ben,9.00,2026-02-03,reel\n");
        let astray = restored.copy();
        let before = astray.database.sql("SELECT COUNT(*) FROM batches");
        let refused = with_key(&astray, LATER);
        for wanted in [
            "nothing was drafted:",
            "is a payment file of batch shop-0001, which the bank may have, and the ledger does not know that batch as it was",
            "`purser run nightly payout --program shop --as-of 2026-02-01T09:00:00Z`",
            "do not give it to the bank a second time",
        ] {
            assert!(!refused.ok && refused.err.contains(wanted), "{wanted}: {}", refused.err);
        }
        assert_eq!(astray.database.sql("SELECT COUNT(*) FROM batches"), before, "nobody is drafted");
        // As it was drafted, it is the same batch, and its file the one that went out.
        pay(&restored);
        let said = export(&restored, "pain001", "again.xml");
        assert!(said.contains("3 payments of 32.05"), "{said}");
        assert_eq!(restored.read("again.xml"), shop.read("paid.xml"), "the same bytes");
        for shop in [&shop, &restored] {
            assert!(bank(shop).contains("32.05 EUR paid to 3 creators"));
            shop.must(&["check"]);
        }
        assert_eq!(restored.must(&["export", "balances"]), shop.must(&["export", "balances"]));
        let next = with_key(&restored, LATER);
        assert!(next.ok && next.out.contains("drafted batch shop-0002: 9.00 EUR to 1 creator"), "{}{}", next.out, next.err);
    }
}

/// What was approved of it otherwise is not taken for what went out.
#[test]
fn a_file_with_other_accounts_is_not_taken_up() {
    let shop = evening(Kind::Sqlite);
    let restored = shop.copy();
    pay(&shop);
    export(&shop, "pain001", "paid.xml");
    with_data_of(&restored, &shop);
    restored.write("payees.csv", restored.read("payees.csv").replace("NL91ABNA0417164300", "DE02120300000000202051"));
    pay(&restored);
    let refused = export_with(&restored, KEY, "pain001", "again.xml", &[]);
    assert!(!refused.ok && refused.err.contains("It pays other amounts or accounts than were approved now"), "{}", refused.err);
    assert!(!restored.path("again.xml").exists());
    restored.write("payees.csv", shop.read("payees.csv"));
    let approved = with_key(&restored, &["batch", "approve", "shop-0001", "--by", "lee", "--as-of", "2026-02-02T10:00:00Z"]);
    assert!(approved.ok, "{}", approved.err);
    export(&restored, "pain001", "again.xml");
    assert_eq!(restored.read("again.xml"), shop.read("paid.xml"));
}

/// Where the ledger still has the draft, rejecting it makes its money payable, and no other batch pays it.
#[test]
fn rejecting_the_draft_does_not_pay_its_money_again() {
    let shop = evening(Kind::Sqlite);
    shop.must(DRAFT);
    let restored = shop.copy();
    pay_drafted(&shop);
    export(&shop, "pain001", "paid.xml");
    with_data_of(&restored, &shop);
    restored.must(&["batch", "reject", "shop-0001", "--by", "lee", "--as-of", "2026-02-03T09:00:00Z"]);
    let refused = with_key(&restored, LATER);
    assert!(!refused.ok && refused.err.contains("is a payment file of batch shop-0001"), "{}", refused.err);
}

/// A list of all creators that lies in the data folder tells, too.
#[test]
fn a_list_that_the_ledger_does_not_know_is_not_paid_again() {
    let shop = evening(Kind::Sqlite);
    let restored = shop.copy();
    pay(&shop);
    let list: &[&str] = &["batch", "export", "shop-0001", "--by", "lee", "--as-of", "2026-02-02T15:00:00Z"];
    shop.must(list);
    with_data_of(&restored, &shop);
    restored.add("fees.csv", "f9,ben,9.00,2026-02-03,reel\n");
    let astray = restored.copy();
    let refused = with_key(&astray, LATER);
    assert!(!refused.ok && refused.err.contains("shop-0001.csv is a payment file of batch shop-0001"), "{}", refused.err);
    let found = astray.run(&["check", "payments"]);
    assert!(!found.ok && found.out.contains("batch shop-0001 was never exported"), "{}", found.out);
    pay(&restored);
    restored.must(list);
    restored.must(&["check"]);
}

/// The data folder was restored, too: nothing here knows of the file. The bank does, and what it says fits nothing until the batch is
/// drafted as it was.
#[test]
fn where_the_data_folder_is_lost_too_the_bank_tells() {
    let shop = evening(Kind::Sqlite);
    let restored = shop.copy();
    pay(&shop);
    export(&shop, "pain001", "paid.xml");
    let said = bank(&restored);
    assert!(said.contains(&format!("no batch of shop has a payment {}", payment_id("shop-0001", "ana"))), "{said}");
    pay(&restored);
    let said = bank(&restored);
    assert!(said.contains("batch shop-0001 was not exported, and the bank answers for ana"), "{said}");
    // It was paid by the file that went out: it is settled without another one.
    restored.must(&["batch", "settle", "shop-0001", "--by", "lee", "--as-of", "2026-02-04T09:00:00Z"]);
    assert!(bank(&shop).contains("32.05 EUR paid"));
    assert_eq!(restored.must(&["export", "balances"]), shop.must(&["export", "balances"]));
    restored.must(&["check"]);
}
