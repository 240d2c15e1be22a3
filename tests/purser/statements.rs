//! Statements chain, add up and are mailed once, as files and over SMTP.

use std::net::TcpListener;

use serde_json::Value;

use crate::support::Shop;
use crate::support::mail_server::MailServer;

/// A sale in January, paid in February, refunded in March; statements on the first of each next month.
fn story(shop: &Shop) {
    for (command, time) in
        [("nightly", "2026-02-01T00:00:00Z"), ("payout", "2026-02-01T09:00:00Z"), ("statements", "2026-02-01T10:00:00Z")]
    {
        shop.must(&["run", command, "--as-of", time, "--by", "rosa"]);
    }
    shop.must(&["batch", "approve", "shop-0001", "--by", "mia", "--as-of", "2026-02-02T10:00:00Z"]);
    shop.must(&["batch", "settle", "shop-0001", "--by", "lee", "--as-of", "2026-02-03T10:00:00Z"]);
    shop.must(&["run", "nightly", "statements", "--as-of", "2026-03-01T10:00:00Z"]);
    // The refund happened in February, but the shop tells of it only now: a correction to an earlier month.
    shop.write("refunds.csv", format!("{}r2,o1,1,2026-02-20T09:00:00Z,100.00\n", shop.read("refunds.csv")));
    shop.must(&["run", "nightly", "statements", "--as-of", "2026-04-01T10:00:00Z"]);
}

fn statement(shop: &Shop, creator: &str, month: &str) -> Value {
    let text = shop.must(&["statement", creator, "--month", month, "--format", "json"]);
    let all: Value = serde_json::from_str(&text).expect("a statement can be written as JSON");
    all.get("statement").cloned().unwrap_or(all)
}

fn amount(statement: &Value, name: &str) -> i64 {
    let value = &statement["totals"][name];
    let digits = |text: &str| text.replace('.', "").parse::<i64>().expect("an amount");
    value.as_i64().or_else(|| value.as_str().map(digits)).unwrap_or_else(|| panic!("{name} in {statement}"))
}

#[test]
fn statements_chain_and_add_up() {
    let shop = Shop::small();
    story(&shop);
    let months = ["2026-01", "2026-02", "2026-03"];
    // Ben and Cho have nothing to be told of March: no money moved, and none is owed.
    for (creator, months) in [("ana", &months[..]), ("ben", &months[..2]), ("cho", &months[..2])] {
        let mut opening = 0;
        for month in months {
            let s = statement(&shop, creator, month);
            let [earned, clawed, bonuses, fees, paid] =
                ["earned", "clawed_back", "bonuses", "fees", "paid"].map(|name| amount(&s, name));
            assert_eq!(amount(&s, "opening"), opening, "{creator} {month} opens where the month before closed");
            assert_eq!(opening + earned - clawed + bonuses + fees - paid, amount(&s, "closing"), "{creator} {month} adds up");
            opening = amount(&s, "closing");
        }
        let balances = shop.must(&["export", "balances"]);
        let owed: i64 = balances
            .lines()
            .filter_map(|line| line.strip_prefix(&format!("{creator},")))
            .flat_map(|line| {
                line.split(',').take(3).map(|part| part.replace('.', "").parse::<i64>().expect("an amount")).collect::<Vec<_>>()
            })
            .sum();
        assert_eq!(opening, owed, "{creator}'s last statement closes at what the ledger owes");
    }
    // Ana's sale of 120.50 earned 12.05; 2.05 of it went with the refund of February, 10.00 with the late one.
    let january = statement(&shop, "ana", "2026-01");
    assert_eq!((amount(&january, "earned"), amount(&january, "closing")), (1205, 1205));
    let february = statement(&shop, "ana", "2026-02");
    assert_eq!((amount(&february, "earned"), amount(&february, "clawed_back"), amount(&february, "paid")), (700, 205, 1205));
    let march = shop.must(&["statement", "ana", "--month", "2026-03"]);
    assert!(march.to_lowercase().contains("corrections to earlier months"), "{march}");
    assert_eq!(amount(&statement(&shop, "ana", "2026-03"), "clawed_back"), 1000);
}

#[test]
fn a_repeat_builds_and_sends_nothing() {
    let shop = Shop::small();
    story(&shop);
    let mails = || {
        let mut mails: Vec<_> = std::fs::read_dir(shop.path("ledger-data/outbox"))
            .expect("there is an outbox")
            .map(|entry| entry.expect("it can be listed").path())
            .filter(|path| path.extension().is_some_and(|e| e == "eml"))
            .map(|path| {
                (
                    path.clone(),
                    std::fs::read(&path).expect("a mail can be read"),
                    path.metadata().expect("it has a date").modified().ok(),
                )
            })
            .collect();
        mails.sort();
        mails
    };
    let before = mails();
    assert_eq!(before.len(), 7, "three creators in two months, one in the third");
    let report = shop.must(&["run", "statements", "--as-of", "2026-04-01T10:00:00Z", "--format", "json"]);
    let report: Value = serde_json::from_str(&report).expect("it is JSON");
    assert_eq!(report[0]["steps"][0]["statements"]["mailed"], 0, "{report}");
    assert_eq!(mails(), before, "no mail is written again");
    let text = String::from_utf8(before[0].1.clone()).expect("a mail is text");
    for part in ["Message-ID: <", "text/plain", "text/html", "text/csv", "Subject: Small: $"] {
        assert!(text.contains(part), "{part} in {text}");
    }
}

/// After downtime every missed month is built, each on its own.
#[test]
fn missed_months_are_built_one_by_one() {
    let steady = Shop::small();
    story(&steady);
    let late = Shop::small();
    late.must(&["run", "nightly", "--as-of", "2026-02-01T00:00:00Z"]);
    late.must(&["run", "nightly", "statements", "--as-of", "2026-04-01T10:00:00Z"]);
    for month in ["2026-01", "2026-02", "2026-03"] {
        assert!(late.must(&["statement", "ana", "--month", month]).contains("HOW YOUR BALANCE CHANGED"));
    }
    let earlier = late.run(&["run", "statements", "--as-of", "2026-03-20T10:00:00Z"]);
    assert!(!earlier.ok && earlier.err.contains("would be earlier than"), "{}", earlier.err);
}

#[test]
fn mails_go_over_smtp_once_and_a_refusal_is_told() {
    let shop = Shop::small();
    shop.must(&["run", "nightly", "--as-of", "2026-02-01T00:00:00Z"]);
    let server = MailServer::refusing("ben@example.com");
    let send = || {
        let mut command = shop.command(&["run", "statements", "--as-of", "2026-02-01T10:00:00Z"]);
        command
            .env("PURSER_SMTP_URL", server.url())
            .env("PURSER_MAIL_FROM", "Creators <pay@shop.example>")
            .output()
            .expect("it starts")
    };
    let first = send();
    let (out, err) = (String::from_utf8_lossy(&first.stdout), String::from_utf8_lossy(&first.stderr));
    assert!(format!("{out}{err}").contains("no such person here"), "a refusal is told: {out}{err}");
    let again = send();
    assert!(again.status.success());
    let taken = server.taken();
    let mut recipients: Vec<&str> = taken.iter().map(|mail| mail.recipient.as_str()).collect();
    recipients.sort_unstable();
    assert_eq!(recipients, ["RCPT TO:<ana@example.com>", "RCPT TO:<cho@example.com>"], "each once");
    assert!(taken.iter().all(|mail| mail.text.contains("From: \"Creators\" <pay@shop.example>")
        || mail.text.contains("From: Creators <pay@shop.example>")));
    assert!(!shop.path("ledger-data/outbox").join("shop_ana_2026-01.eml").exists(), "what goes by SMTP is not written as files");
}

/// A server that cannot be reached loses nothing: the mails wait, and the next run sends them.
#[test]
fn mails_wait_for_a_server_that_is_away() {
    let shop = Shop::small();
    shop.must(&["run", "nightly", "--as-of", "2026-02-01T00:00:00Z"]);
    let nobody = TcpListener::bind("127.0.0.1:0").expect("a port is free").local_addr().expect("it has an address");
    let run = |url: String| {
        let mut command = shop.command(&["run", "statements", "--as-of", "2026-02-01T10:00:00Z", "--format", "json"]);
        let done = command.env("PURSER_SMTP_URL", url).output().expect("it starts");
        (String::from_utf8_lossy(&done.stdout).into_owned(), String::from_utf8_lossy(&done.stderr).into_owned())
    };
    let (out, err) = run(format!("smtp://user:secret-word@{nobody}"));
    assert!(!format!("{out}{err}").contains("secret-word"), "a password is never told: {out}{err}");
    let server = MailServer::refusing("");
    run(server.url());
    assert_eq!(server.taken().len(), 3);
}

/// However many letters a server that is away does not take, the log says it once, with their number.
#[test]
fn a_mail_server_that_is_away_is_one_line_in_the_log() {
    let shop = Shop::small();
    let more = 4..=40;
    shop.add(
        "creators.csv",
        &more.clone().map(|place| format!("c{place},C{place},c{place}@example.com,,,\n")).collect::<String>(),
    );
    shop.add("fees.csv", &more.map(|place| format!("g{place},c{place},15.00,2026-01-15,reel\n")).collect::<String>());
    let nobody = TcpListener::bind("127.0.0.1:0").expect("a port is free").local_addr().expect("it has an address");
    let warnings = |arguments: &[&str], url: String| {
        let done = shop.command(arguments).env("PURSER_SMTP_URL", url).output().expect("it starts");
        let err = String::from_utf8(done.stderr).expect("it is text");
        assert!(done.status.success(), "{err}");
        let lines = err.lines().map(|line| serde_json::from_str::<Value>(line).expect("a line is JSON"));
        let told = lines.filter(|line| line["level"] != "INFO" && line["level"] != "DEBUG");
        told.map(|line| line["message"].as_str().expect("a message").to_owned()).collect::<Vec<_>>()
    };
    let away = format!("smtp://{nobody}");
    // The step sends, and so does the command once all its jobs are done.
    let said = warnings(&["run", "nightly", "statements", "--slot", "2026-02-01T10:00:00Z"], away.clone());
    assert!(said.len() == 1 && said[0].contains("Connection refused") && said[0].contains("40 statements"), "{said:#?}");
    let said = warnings(&["run", "statements", "--as-of", "2026-02-01T11:00:00Z"], away);
    assert!(said.len() == 1 && said[0].contains("40 statements"), "{said:#?}");
    // Of those that it refuses for good, too, and each of them is named.
    let server = MailServer::refusing("c1");
    let said = warnings(&["run", "statements", "--as-of", "2026-02-01T11:00:00Z"], server.url());
    assert!(said.len() == 1 && said[0].contains("permanently refused 10 letters: shop/c10/2026-01, shop/c11"), "{said:#?}");
    assert_eq!(server.taken().len(), 30);
}

/// A year's bonus belongs to December; what a refund takes back of it once stood on February's statement, long before it was earned.
#[test]
fn a_bonus_that_is_withdrawn_stands_where_it_was_earned() {
    let shop = Shop::small();
    let bonus = "\n[[commission.bonuses]]\nwhen = \"net_sales\"\nover = \"100\"\nperiod = \"year\"\namount = \"25.00\"\n";
    shop.write("shop.toml", shop.read("shop.toml") + bonus);
    shop.must(&["run", "nightly", "statements", "--as-of", "2026-02-01T00:00:00Z"]);
    shop.write("refunds.csv", "refund_id,order_id,line_id,refunded_at,amount\nr1,o1,,2026-02-05T09:00:00Z,120.50\n");
    shop.must(&["run", "nightly", "statements", "--as-of", "2026-03-01T00:00:00Z"]);
    assert_eq!(amount(&statement(&shop, "ana", "2026-02"), "bonuses"), 0);
}
