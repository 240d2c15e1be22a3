//! A person who asks for it is erased from everything but the ledger, and no cent moves.

mod around;
mod two_people;

use std::fs;

use polars::prelude::{ParquetReader, SerReader};

use crate::support::database::Kind;
use crate::support::{Shop, files_below};

/// Names and ids that are found nowhere but where they are put: Ana buys from herself, Pia buys twice, once as a guest.
const NAME: &str = "Annabel Quistgaard";
const EMAIL: &str = "annabel.quistgaard@example.com";
const CUSTOMER: &str = "cust-77120";
const CUSTOMER_EMAIL: &str = "pia.zettergren@example.com";

const CREATOR: [&str; 3] = ["erase", "creator", "ana"];
const PIA: [&str; 3] = ["erase", "customer", CUSTOMER];

/// After the nights of [`shop`], and before those of the tests.
const THEN: &str = "2026-02-02T12:00:00Z";

/// What the second person types.
fn approve<'a>(who: &[&'a str], at: &'a str) -> Vec<&'a str> {
    [who, &["--by", "lee", "--approve", "--as-of", at]].concat()
}

/// What the first person types.
fn propose<'a>(who: &[&'a str], at: &'a str) -> Vec<&'a str> {
    [who, &["--by", "mia", "--reason", "asked for it", "--as-of", at]].concat()
}

/// Two people erase somebody; what the second one is told.
fn erase(shop: &Shop, who: &[&str], at: &str) -> String {
    shop.must(&propose(who, at));
    shop.must(&approve(who, at))
}

/// Two months in which everything that could name them does.
fn shop(kind: Kind) -> Shop {
    let shop = Shop::small_on(kind);
    let program = shop.read("shop.toml").replace("window = \"14d\"", "window = \"14d\"\ncustomer_lock = \"365d\"");
    shop.write("shop.toml", program + "[[commission.bonuses]]\nwhen = \"new_customer\"\namount = \"2.00\"\n");
    shop.write("creators.csv", shop.read("creators.csv").replace("ana,Ana,ana@example.com", &format!("ana,{NAME}, {EMAIL}")));
    let own = EMAIL.to_uppercase();
    shop.add(
        "orders.csv",
        &format!(
            "own,2026-01-08T10:00:00Z,2026-01-08T10:00:00Z,paid,USD,p9,{own},,,ANA\n\
             one,2026-01-09T10:00:00Z,2026-01-09T10:00:00Z,paid,USD,{CUSTOMER},{CUSTOMER_EMAIL},,,BEN\n\
             two,2026-01-19T10:00:00Z,2026-01-19T10:00:00Z,paid,USD,{CUSTOMER},,,,\n\
             guest,2026-01-20T10:00:00Z,2026-01-20T10:00:00Z,paid,USD,,{CUSTOMER_EMAIL},,,ANA\n\
             again,2026-01-21T10:00:00Z,2026-01-21T10:00:00Z,paid,USD,,{CUSTOMER_EMAIL},,,\n"
        ),
    );
    for order in ["own", "one", "two", "guest", "again"] {
        shop.add("order_lines.csv", &format!("{order},1,A,x,1,60.00\n"));
    }
    shop.must(&["run", "nightly", "--as-of", "2026-01-25T02:00:00Z"]);
    shop.add("order_lines.csv", "own,2,B,x,1,10.00\n");
    shop.add("orders.csv", "o9,2026-01-26T10:00:00Z,2026-01-26T10:00:00Z,paid,USD,p9,,,,\n");
    shop.must(&["run", "nightly", "statements", "--as-of", "2026-02-01T02:00:00Z"]);
    // A night that fails quotes what it found.
    let orders = shop.read("orders.csv");
    shop.add("orders.csv", &format!("one,2026-01-09T10:00:00Z,2026-01-09T10:00:00Z,paid,USD,other,{CUSTOMER_EMAIL},,,BEN\n"));
    let failed = shop.run(&["run", "nightly", "--as-of", "2026-02-02T02:00:00Z"]);
    assert!(!failed.ok && failed.err.contains(CUSTOMER), "{}", failed.err);
    shop.write("orders.csv", orders);
    let creators = shop.read("creators.csv");
    shop.add("creators.csv", "dora,Dora,not an address,,,\n");
    shop.add("creators.csv", &format!("ana,{NAME} again,{EMAIL},,,\n"));
    let failed = shop.run(&["run", "nightly", "--as-of", "2026-02-02T02:00:00Z"]);
    assert!(!failed.ok, "{}", failed.out);
    shop.write("creators.csv", creators);
    shop
}

/// Every table, as the database's own client prints it.
fn tables(shop: &Shop) -> String {
    let sql = match shop.database.kind {
        Kind::Sqlite => "SELECT name FROM sqlite_master WHERE type = 'table'",
        Kind::Postgres => "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'",
    };
    let names = shop.database.sql(sql);
    // The driver's own record of the schema holds bytes that are no text.
    names
        .lines()
        .filter(|name| *name != "_sqlx_migrations")
        .map(|name| format!("{name}: {}\n", shop.database.sql(&format!("SELECT * FROM {name}"))))
        .collect()
}

/// Where any of these words stands, in whatever capitals: files of the data folder and of the database, and tables.
fn found(shop: &Shop, words: &[&str]) -> Vec<String> {
    let holds = |text: &[u8]| {
        let text = String::from_utf8_lossy(text).to_lowercase();
        words.iter().any(|word| text.contains(&word.to_lowercase()))
    };
    let mut files = files_below(&shop.path("ledger-data"));
    files.extend(["ledger.db", "ledger.db-wal"].map(|name| shop.path(name)).into_iter().filter(|path| path.exists()));
    let mut found: Vec<String> =
        files.iter().filter(|path| holds(&text_of(path))).map(|path| path.display().to_string()).collect();
    found.extend(tables(shop).lines().filter(|line| holds(line.as_bytes())).map(str::to_owned));
    found
}

/// What a file says: the rows of one that is compressed.
fn text_of(path: &std::path::Path) -> Vec<u8> {
    let bytes = fs::read(path).expect("it can be read");
    if path.extension().is_none_or(|e| e != "parquet") {
        return bytes;
    }
    let rows = ParquetReader::new(fs::File::open(path).expect("it can be opened")).finish().expect("it is Parquet");
    let mut text = bytes;
    for column in rows.columns() {
        text.extend((0..rows.height()).flat_map(|row| format!("{}\n", column.get(row).expect("a value")).into_bytes()));
    }
    text
}

/// All that moves money: what else was noted does not.
fn ledger(shop: &Shop) -> String {
    shop.database.sql("SELECT * FROM entries WHERE transfers > 0 ORDER BY entry; SELECT * FROM transfers ORDER BY entry, position; SELECT * FROM statements ORDER BY creator_id, month; SELECT * FROM balances ORDER BY creator_id;")
}

/// What is told of every order, but for names.
fn explained(shop: &Shop) -> String {
    let orders = ["o1", "o2", "o3", "o4", "own", "one", "two", "guest", "again"];
    orders.map(|order| shop.must(&["explain", order])).concat().replace(NAME, "")
}

#[test]
fn nothing_but_the_ledger_remembers_who_was_erased() {
    for kind in Kind::BOTH {
        let shop = shop(kind);
        let words = [NAME, "Quistgaard", EMAIL, CUSTOMER, CUSTOMER_EMAIL];
        let before = found(&shop, &words);
        for place in ["facts/creators", "facts/orders", "outbox/", "outbox: ", "customer_id is "] {
            assert!(before.iter().any(|found| found.contains(place)), "{place} holds them before: {before:?}");
        }
        let (exports, books, told) = (shop.exports(), ledger(&shop), explained(&shop));
        assert!(told.contains("self purchase") && shop.must(&["export", "orders"]).contains("two,attributed,lock"), "{told}");

        let out = erase(&shop, &CREATOR, THEN);
        assert!(out.contains("shop: erased") && out.contains("Still to be done"), "{out}");
        assert_eq!(found(&shop, &[NAME, "Quistgaard", EMAIL]), Vec::<String>::new());
        erase(&shop, &PIA, THEN);
        assert_eq!(found(&shop, &words), Vec::<String>::new());

        assert_eq!((shop.exports(), ledger(&shop), explained(&shop)), (exports.clone(), books.clone(), told));
        shop.must(&["check"]);
        // The sources still hold them; a night on them, and one that reads them anew, finds what was there before.
        for time in ["2026-02-03T02:00:00Z", "2026-02-03T04:00:00Z"] {
            let night = shop.must(&["run", "nightly", "--as-of", time]);
            assert!(night.contains("nothing to post"), "{night}");
            assert_eq!(found(&shop, &words), Vec::<String>::new(), "{time}");
            shop.add("clicks.csv", "k9,2026-01-02T10:00:00Z,v9,lben,bio\n");
            shop.write("creators.csv", shop.read("creators.csv") + "eve,Eve,eve@example.com,,,\n");
            shop.write("orders.csv", shop.read("orders.csv") + "t1,2026-01-02T10:00:00Z,2026-01-02T10:00:00Z,test,USD,,,,,\n");
        }
        let replay = shop.must(&["run", "nightly", "--as-of", "2026-02-03T04:00:00Z", "--dry-run", "--facts", "1"]);
        assert!(replay.contains("own") || replay.contains("posted"), "{replay}");
        assert_eq!(ledger(&shop), books);
        shop.must(&["check"]);
        shop.keep_nothing_for_long();
        shop.must(&["tidy"]);
        assert_eq!(found(&shop, &words), Vec::<String>::new());
    }
}

/// New orders of somebody who was erased earn as they would have: the lock holds, nobody is new twice, own purchases earn nothing.
#[test]
fn what_comes_after_is_decided_as_if_nobody_was_erased() {
    let (plain, erased) = (shop(Kind::Sqlite), shop(Kind::Sqlite));
    erase(&erased, &CREATOR, THEN);
    // By email, and in other capitals: the id goes with it.
    let email = CUSTOMER_EMAIL.to_uppercase();
    erase(&erased, &["erase", "customer", &email], THEN);
    assert_eq!(found(&erased, &[CUSTOMER, CUSTOMER_EMAIL]), Vec::<String>::new());
    for shop in [&plain, &erased] {
        shop.add(
            "orders.csv",
            &format!(
                "own2,2026-02-03T10:00:00Z,2026-02-03T10:00:00Z,paid,USD,p9,{EMAIL},,,ANA\n\
                 three,2026-02-04T10:00:00Z,2026-02-04T10:00:00Z,paid,USD,{CUSTOMER},,,,\n\
                 four,2026-02-05T10:00:00Z,2026-02-05T10:00:00Z,paid,USD,,{CUSTOMER_EMAIL},,,BEN\n"
            ),
        );
        for order in ["own2", "three", "four"] {
            shop.add("order_lines.csv", &format!("{order},1,A,x,1,40.00\n"));
        }
        shop.must(&["run", "nightly", "--as-of", "2026-03-01T02:00:00Z"]);
    }
    assert_eq!(erased.exports(), plain.exports());
    assert!(plain.must(&["export", "orders"]).contains("own2,unattributed,self_purchase"));
    let told = erased.must(&["run", "statements", "--as-of", "2026-03-01T03:00:00Z"]);
    assert!(told.contains("1 with no email sent") && told.contains("was erased"), "{told}");
    assert!(erased.must(&["statement", "ana"]).contains("ana"), "a statement calls them by their id");
    erased.must(&["check"]);
}

/// A creator who was erased gets another address: what they buy under it is still their own, and the address is not kept.
#[test]
fn own_purchases_under_a_new_address_earn_nothing_after_an_erasure() {
    for kind in Kind::BOTH {
        let shop = shop(kind);
        erase(&shop, &CREATOR, THEN);
        let new = "quistgaard.neu@example.net";
        let rows = format!("ana,{NAME}, {EMAIL},,,2026-02-03T00:00:00Z\nana,{NAME}, {new},,2026-02-03T00:00:00Z,");
        shop.write("creators.csv", shop.read("creators.csv").replace(&format!("ana,{NAME}, {EMAIL},,,"), &rows));
        let at = "2026-02-03T10:00:00Z";
        for (order, email) in [("own2", new.to_uppercase().as_str()), ("other", "else@example.net")] {
            shop.add("orders.csv", &format!("{order},{at},{at},paid,USD,{order},{email},,,ANA\n"));
            shop.add("order_lines.csv", &format!("{order},1,A,x,1,40.00\n"));
        }
        // Every night, as it runs: the first sees address and orders while these are young, so nobody is asked for a reason.
        for night in ["2026-02-04T02:00:00Z", "2026-03-01T02:00:00Z"] {
            shop.must(&["run", "nightly", "--as-of", night]);
        }
        let orders = shop.must(&["export", "orders"]);
        assert!(orders.contains("own2,unattributed,self_purchase") && orders.contains("other,attributed,code"), "{orders}");
        assert_eq!(found(&shop, &[NAME, EMAIL, new]), Vec::<String>::new());
        shop.must(&["check"]);
    }
}

/// A mail that waited is not sent to somebody who was erased.
#[test]
fn mails_that_wait_are_not_sent() {
    let shop = Shop::small();
    shop.must(&["run", "nightly", "--as-of", "2026-02-01T00:00:00Z"]);
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").expect("a port is free").local_addr().expect("it has an address");
    let mut away = shop.command(&["run", "statements", "--as-of", "2026-02-01T10:00:00Z"]);
    away.env("PURSER_SMTP_URL", format!("smtp://{nobody}")).output().expect("it starts");
    erase(&shop, &CREATOR, "2026-02-01T10:30:00Z");
    let told = shop.must(&["run", "statements", "--as-of", "2026-02-01T11:00:00Z"]);
    assert!(told.contains("2 emails "), "{told}");
    assert!(shop.must(&["statement", "ana"]).contains("Email: failed (the recipient was erased)"));
}

#[test]
fn what_cannot_be_erased_is_refused_and_nothing_changes() {
    let shop = shop(Kind::Sqlite);
    // An agency has one mailbox for two of them.
    shop.add("creators.csv", "eve,Eve,BEN@example.com,,,\n");
    shop.must(&["run", "nightly", "--as-of", "2026-02-02T03:00:00Z"]);
    // The database's own files change with every lease.
    let told_of =
        || found(&shop, &[NAME, CUSTOMER]).into_iter().filter(|place| !place.contains("/ledger.db")).collect::<Vec<_>>();
    let before = told_of();
    let email = format!("by {CUSTOMER_EMAIL}");
    for (arguments, told) in [
        (["creator", "nobody", "--reason", "asked"], "no record mentions a creator nobody"),
        (["customer", "nobody", "--reason", "asked"], "no record mentions a customer nobody"),
        (["customer", "p9", "--reason", "asked"], "has the email address of the creator ana"),
        (["customer", CUSTOMER, "--reason", &email], "--by or --reason contains the personal data"),
        (["customer", CUSTOMER, "--reason", " "], "say why"),
        (["creator", "ben", "--reason", "asked"], "has the same email address as eve"),
    ] {
        let done = shop.run(&[&["erase"], &arguments[..2], &["--by", "mia"], &arguments[2..]].concat());
        assert!(!done.ok && done.err.contains(told), "{told}: {}", done.err);
        assert_eq!(told_of(), before, "{told}");
    }
    assert_eq!(shop.database.sql("SELECT COUNT(*) FROM erasures").trim(), "0");
    assert!(!shop.path("ledger-data/erasure.key").exists());
}

/// Without the key nobody would know whom not to name.
#[test]
fn a_fetch_without_the_key_is_refused() {
    let shop = Shop::small();
    shop.must(&["run", "nightly", "--as-of", "2026-02-01T00:00:00Z"]);
    erase(&shop, &CREATOR, "2026-02-01T12:00:00Z");
    let key = shop.path("ledger-data/erasure.key");
    let kept = fs::read(&key).expect("there is a key");
    let night = || shop.run(&["run", "nightly", "--as-of", "2026-02-02T00:00:00Z"]);
    fs::remove_file(&key).expect("it can be removed");
    assert!(night().err.contains("erasure.key, is not there. Restore it from its backup"), "{}", night().err);
    fs::write(&key, "0".repeat(64)).expect("it can be written");
    assert!(night().err.contains("by another key"), "{}", night().err);
    fs::write(&key, kept).expect("it can be written");
    assert!(night().ok);
}

/// After a restore there may be no key: a new one would make nonsense of what is known by the old one.
#[test]
fn nobody_is_erased_by_another_key() {
    let shop = shop(Kind::Sqlite);
    erase(&shop, &CREATOR, THEN);
    let key = shop.path("ledger-data/erasure.key");
    let kept = fs::read(&key).expect("there is a key");
    fs::remove_file(&key).expect("it can be removed");
    let refused = shop.run(&propose(&PIA, THEN));
    assert!(!refused.ok && refused.err.contains("Restore it from its backup"), "{}", refused.err);
    assert!(!key.exists(), "no other key is made");
    fs::write(&key, kept).expect("it can be written");
    erase(&shop, &PIA, THEN);
    assert_eq!(found(&shop, &[CUSTOMER, NAME]), Vec::<String>::new());
    assert!(shop.must(&["run", "nightly", "--as-of", "2026-02-03T02:00:00Z"]).contains("nothing to post"));
}

/// A creator may have several addresses: all of them go, and buying under any of them earns as little as before.
#[test]
fn all_emails_of_a_creator_go() {
    let shop = Shop::small();
    let (second, third) = ("Quist.Zwei@example.net", "weiß.quist@example.net");
    shop.write(
        "creators.csv",
        shop.read("creators.csv").replace("ana,Ana,ana@example.com", &format!("ana,{NAME},{EMAIL} | {second}||{third}")),
    );
    for (order, email) in [("e1", "quist.zwei@EXAMPLE.net"), ("e2", "WEISS.Quist@example.net"), ("e3", "else@example.net")] {
        shop.add("orders.csv", &format!("{order},2026-01-09T10:00:00Z,2026-01-09T10:00:00Z,paid,USD,,{email},,,ANA\n"));
        shop.add("order_lines.csv", &format!("{order},1,A,x,1,60.00\n"));
    }
    shop.must(&["run", "nightly", "statements", "--as-of", "2026-02-01T02:00:00Z"]);
    let mail = std::fs::read_to_string(shop.path("ledger-data/outbox/shop_ana_2026-01.eml")).expect("there is a mail");
    assert!(mail.contains(&format!("<{EMAIL}>")) && !mail.contains(second), "mail goes to the first, as it is written: {mail}");
    let before = shop.must(&["export", "orders"]);
    assert!(before.contains("e1,unattributed,self_purchase") && before.contains("e2,unattributed,self_purchase"), "{before}");
    assert!(before.contains("e3,attributed,code"), "{before}");
    erase(&shop, &CREATOR, THEN);
    assert_eq!(found(&shop, &[NAME, EMAIL, second, third, "weiss.quist"]), Vec::<String>::new());
    shop.must(&["run", "nightly", "--as-of", "2026-02-04T02:00:00Z"]);
    assert_eq!(shop.must(&["export", "orders"]), before);
    assert_eq!(found(&shop, &[NAME, EMAIL, second, third, "weiss.quist"]), Vec::<String>::new());
    shop.must(&["check"]);
}

/// Whoever asks by one email is known by another one too.
#[test]
fn all_emails_of_a_customer_go() {
    let shop = Shop::small();
    let other = "pia.new@example.org";
    for (order, email) in [("e1", CUSTOMER_EMAIL), ("e2", other)] {
        shop.add("orders.csv", &format!("{order},2026-01-09T10:00:00Z,2026-01-09T10:00:00Z,paid,USD,{CUSTOMER},{email},,,BEN\n"));
        shop.add("order_lines.csv", &format!("{order},1,A,x,1,60.00\n"));
    }
    shop.must(&["run", "nightly", "--as-of", "2026-02-01T02:00:00Z"]);
    erase(&shop, &["erase", "customer", CUSTOMER_EMAIL], THEN);
    assert_eq!(found(&shop, &[CUSTOMER, CUSTOMER_EMAIL, other]), Vec::<String>::new());
}
