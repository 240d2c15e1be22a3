//! Mails that come back: each attempt has a return path of its own, what is reported to it suppresses an address, and only a person
//! lifts that.

use std::fs;

use crate::support::database::Kind;
use crate::support::mail_server::{Mail, MailServer};
use crate::support::{Done, Shop};

const FIRST: &str = "2026-02-01T10:00:00Z";
const SECOND: &str = "2026-03-01T10:00:00Z";

/// A command that sends through a server, with return paths and a Maildir for what comes back.
fn with(shop: &Shop, server: &MailServer, arguments: &[&str]) -> Done {
    let mut command = shop.command(arguments);
    command.env("PURSER_SMTP_URL", server.url()).env("PURSER_RETURN_PATH", "bounces@mail.shop.example");
    command.env("PURSER_BOUNCES", shop.path("maildir")).env("PURSER_OPERATOR_MAIL", "ops@shop.example");
    command.output().expect("the binary starts").into()
}

fn must(shop: &Shop, server: &MailServer, arguments: &[&str]) -> String {
    let done = with(shop, server, arguments);
    assert!(done.ok, "{arguments:?}: {}{}", done.out, done.err);
    done.out
}

/// A small shop with an empty Maildir.
fn shop() -> Shop {
    let shop = Shop::small();
    for folder in ["new", "cur", "tmp"] {
        fs::create_dir_all(shop.path("maildir").join(folder)).expect("the test can make folders");
    }
    shop
}

/// The mails to a person, in the order of arrival.
fn to(server: &MailServer, whom: &str) -> Vec<Mail> {
    server.taken().into_iter().filter(|mail| mail.recipient.contains(whom)).collect()
}

/// The address that the envelope of a mail names for reports.
fn return_path(mail: &Mail) -> String {
    let path = mail.sender.split(['<', '>']).nth(1).expect("an envelope has a sender");
    path.to_owned()
}

/// A report as mail servers write it (RFC 3464), with ends of lines as on the wire.
fn report(to: &str, action: &str, status: &str, said: &str) -> String {
    format!(
        "Return-Path: <>\nDelivered-To: postmaster@mail.shop.example\nFrom: Mail Delivery System <MAILER-DAEMON@mx.example>\nTo: {to}\n\
         Subject: Undelivered Mail Returned to Sender\nMIME-Version: 1.0\n\
         Content-Type: multipart/report; report-type=delivery-status;\n\tboundary=\"A/b=_1\"\n\n\
         This is a MIME-encapsulated message.\n\n--A/b=_1\nContent-Type: text/plain\n\nI'm sorry. Status: 2.0.0\n\n\
         --A/b=_1\nContent-Description: Delivery report\nContent-Type: message/delivery-status\n\n\
         Reporting-MTA: dns; mx.example\nX-Queue-ID: 4A\n\nFinal-Recipient: rfc822; somebody@else.example\nAction: {action}\n\
         Status: {status}\nDiagnostic-Code: smtp; {said}\n\n\n--A/b=_1\nContent-Type: message/rfc822\n\nSubject: Small\n\nHello\n--A/b=_1--\n"
    )
    .replace('\n', "\r\n")
}

#[test]
fn what_comes_back_for_good_suppresses_its_address_until_a_person_lifts_that() {
    let (shop, server) = (shop(), MailServer::refusing(""));
    must(&shop, &server, &["run", "nightly", "statements", "--as-of", FIRST]);
    let paths: Vec<String> = server.taken().iter().map(return_path).collect();
    assert!(paths.iter().all(|path| path.starts_with("bounces+") && path.ends_with("@mail.shop.example")), "{paths:?}");
    assert!(paths.len() == 3 && paths[0] != paths[1] && paths[1] != paths[2], "each letter has its own: {paths:?}");
    assert!(server.taken()[0].text.contains("From: purser@localhost"), "people see who wrote");
    // What Ana gets is only late, and Ben's address is gone. On the way, letters became capitals.
    let [ana, ben] = ["ana@", "ben@"].map(|whom| return_path(&to(&server, whom)[0]));
    shop.write("maildir/new/1.mx", report(&ana, "delayed", "4.4.1", "no answer"));
    let known = "550 5.1.1 <ben@example.com>: no such user";
    shop.write("maildir/cur/2.mx:2,S", report(&ben.replace("bounces", "Bounces"), "failed", "5.1.1", known));
    let told = must(&shop, &server, &["mail", "bounces", "--by", "lee"]);
    assert!(told.contains("2 emails came back, 1 of them for good; 0 known already"), "{told}");
    assert!(told.contains("shop/ben/2026-01: 5.1.1") && told.contains("shop/ana/2026-01: 4.4.1"), "{told}");
    let again = must(&shop, &server, &["mail", "bounces", "--by", "lee"]);
    assert!(again.contains("0 emails came back, 0 of them for good; 2 known already"), "{again}");
    // Everybody who looks is told; what a server said names nobody.
    for command in [&["mail", "status"][..], &["mail", "suppressed"]] {
        let told = shop.must(command);
        assert!(told.contains("ben@example.com") && told.contains("<the recipient>: no such user"), "{told}");
        assert!(!told.contains("ana@example.com"), "what is late is not gone: {told}");
    }
    assert!(shop.must(&["status"]).contains("1 address of creators is suppressed"), "{}", shop.must(&["status"]));
    // The next month, nobody writes to Ben; the operator learns it by one mail.
    let told = must(&shop, &server, &["run", "nightly", "statements", "--as-of", SECOND]);
    assert!(told.contains("its address is suppressed"), "{told}");
    assert_eq!((to(&server, "ben@").len(), to(&server, "ana@").len()), (1, 2));
    // The deliverer of alerts runs in the server; here a person lets them go.
    must(&shop, &server, &["mail", "retry", "--failed", "--by", "lee"]);
    let alerts = to(&server, "ops@shop.example");
    assert!(alerts.len() == 1 && alerts[0].text.contains("shop/ben/2026-01 (status 5.1.1)"), "{alerts:?}");
    assert_eq!(return_path(&alerts[0]), "purser@localhost", "mails to operators come back to the sender");
    assert_eq!(to(&server, "ben@").len(), 1, "nothing more is sent to it, even when asked");
    // A person lifts it, with a reason; then the mail is sent, with another return path.
    let refused = with(&shop, &server, &["mail", "lift", "ana@example.com", "--reason", "x", "--by", "mia"]);
    assert!(!refused.ok && refused.err.contains("is not suppressed in shop"), "{}", refused.err);
    must(&shop, &server, &["mail", "lift", "Ben@Example.com", "--reason", "he made room", "--by", "mia"]);
    assert!(shop.must(&["mail", "suppressed"]).contains("no address is suppressed"));
    must(&shop, &server, &["mail", "retry", "shop/ben/2026-02", "--by", "mia"]);
    let bens = to(&server, "ben@");
    assert_eq!(bens.len(), 2);
    // The old report is read again each time, and suppresses nothing; that the letter of February came back does.
    must(&shop, &server, &["mail", "bounces", "--by", "lee"]);
    assert!(shop.must(&["mail", "suppressed"]).contains("no address is suppressed"));
    shop.write("maildir/new/3.mx", report(&return_path(&bens[1]), "failed", "5.2.1", "disabled"));
    must(&shop, &server, &["mail", "bounces", "--by", "lee"]);
    assert!(shop.must(&["mail", "suppressed", "--format", "csv"]).contains("shop/ben/2026-02,5.2.1,disabled"));
    shop.must(&["check"]);
}

/// Anybody can write to a mailbox: without the proof that a letter was seen, nothing is believed.
#[test]
fn nobody_suppresses_the_address_of_somebody_else() {
    let (shop, server) = (shop(), MailServer::refusing(""));
    must(&shop, &server, &["run", "nightly", "statements", "--as-of", FIRST]);
    let [ana, ben] = ["ana@", "ben@"].map(|whom| return_path(&to(&server, whom)[0]));
    let proof_of = |path: &str| path.rsplit_once('-').expect("a token has parts").1.to_owned();
    let swapped = ben.replace(&proof_of(&ben), &proof_of(&ana));
    let later = ben.replace("-1-", "-2-");
    let gone = "550 5.1.1 gone";
    for (number, mail) in [
        report(&swapped, "failed", "5.1.1", gone),
        report(&later, "failed", "5.1.1", gone),
        report("bounces@mail.shop.example", "failed", "5.1.1", gone),
        report(&ben.replace("mail.shop", "mail.other"), "failed", "5.1.1", gone),
        // What was delivered, or is no report, says nothing; a policy is about who sends.
        report(&ben, "delivered", "2.1.5", "ok"),
        report(&ben, "failed", "5.7.1", "blocked"),
        format!("To: {ben}\r\nSubject: Away until Monday\r\n\r\nAction: failed\r\nStatus: 5.1.1\r\n"),
    ]
    .iter()
    .enumerate()
    {
        shop.write(&format!("maildir/new/{number}"), mail);
    }
    // Reports that are cut off or wrong are told.
    let whole = report(&ben, "failed", "5.1.1", gone);
    shop.write("maildir/new/wrong", whole.replace("Status: 5.1.1", "Status: gone"));
    shop.write("maildir/new/cut", &whole[..whole.find("Action").expect("it has one")]);
    shop.write("maildir/new/other", whole.replace("message/delivery-status", "text/plain"));
    let told = must(&shop, &server, &["mail", "bounces", "--by", "lee"]);
    assert!(told.contains("1 email came back, 0 of them for good") && told.contains("5.7.1 blocked (not suppressed)"), "{told}");
    assert!(told.contains("2 about no email of shop whose text is kept; 4 that report nothing"), "{told}");
    for (name, why) in [("wrong", "the status \"gone\""), ("cut", "names no recipient"), ("other", "without the part")] {
        let line = told.lines().find(|line| line.contains(&format!("unreadable: {name}:")));
        assert!(line.is_some_and(|line| line.contains(why)), "{why} in {told}");
    }
    assert!(shop.must(&["mail", "suppressed"]).contains("no address is suppressed"));
    // A run says that it could not read all, and sends all the same.
    let told = must(&shop, &server, &["run", "nightly", "statements", "--as-of", SECOND]);
    assert!(told.contains("some of what came back cannot be read") && to(&server, "ben@").len() == 2, "{told}");
    let missing = with(&shop, &server, &["mail", "bounces", "nowhere", "--by", "lee"]);
    assert!(!missing.ok && missing.err.contains("there are no bounces at nowhere"), "{}", missing.err);
    let mut wrong = shop.command(&["run", "statements", "--as-of", SECOND]);
    let wrong = Done::from(wrong.env("PURSER_RETURN_PATH", "not an address").output().expect("it starts"));
    assert!(!wrong.ok && wrong.err.contains("PURSER_RETURN_PATH"), "{}", wrong.err);
}

/// What a provider's webhook says, as lines of JSON.
#[test]
fn lines_of_a_webhook_name_a_letter_by_key_id_or_return_path() {
    let (shop, server) = (shop(), MailServer::refusing(""));
    must(&shop, &server, &["run", "nightly", "statements", "--as-of", FIRST]);
    let ben = to(&server, "ben@")[0].id().to_owned();
    let cho = return_path(&to(&server, "cho@")[0]);
    let lines = [
        r#"{"message":"shop/ana/2026-01","status":"4.2.2","reason":"mailbox full"}"#.to_owned(),
        format!(r#"{{"message_id":"{ben}","status":"5.1.10","reason":"null MX"}}"#),
        String::new(),
        format!(r#"{{"return_path":"{cho}","status":"5.0.0"}}"#),
        r#"{"message":"shop/dora/2026-01","status":"5.1.1"}"#.to_owned(),
        r#"{"message":"shop/ana/2026-01","status":"550"}"#.to_owned(),
        r#"{"status":"5.1.1"}"#.to_owned(),
        "<html>".to_owned(),
    ];
    shop.write("hook.jsonl", lines.join("\n"));
    let told = must(&shop, &server, &["mail", "bounces", "hook.jsonl", "--by", "lee"]);
    assert!(told.contains("3 emails came back, 2 of them for good") && told.contains("1 about no email of shop"), "{told}");
    for line in ["line 6: the status \"550\"", "line 7: name the letter by one of", "line 8: it is no bounce"] {
        assert!(told.contains(line), "{line} in {told}");
    }
    let suppressed = shop.must(&["mail", "suppressed", "--format", "csv"]);
    let of = |line: &str| line.split(',').next().unwrap_or_default().to_owned();
    assert_eq!(suppressed.lines().skip(1).map(of).collect::<Vec<_>>(), ["ben@example.com", "cho@example.com"]);
    // The same lines with another one behind them: only that is new.
    shop.add("hook.jsonl", "\n{\"message\":\"shop/ana/2026-01\",\"status\":\"5.2.2\",\"reason\":\"full for a week\"}\n");
    let told = must(&shop, &server, &["mail", "bounces", "hook.jsonl", "--by", "lee"]);
    assert!(told.contains("1 email came back, 1 of them for good; 3 known already"), "{told}");
}

/// A server that takes no mail for an address says so at once.
#[test]
fn an_address_that_a_server_refuses_is_suppressed_and_what_is_refused_for_its_content_is_not() {
    let (shop, server) = (shop(), MailServer::refusing("ben@example.com"));
    must(&shop, &server, &["run", "nightly", "statements", "--as-of", FIRST]);
    let suppressed = shop.must(&["mail", "suppressed", "--format", "csv"]);
    assert!(suppressed.contains("ben@example.com,") && suppressed.contains("no such person here"), "{suppressed}");
    assert_eq!(server.asked("ben@"), 1);
    must(&shop, &server, &["run", "nightly", "statements", "--as-of", SECOND]);
    assert_eq!((server.asked("ben@"), server.asked("ana@")), (1, 2), "it is not asked for him again");
    let other = self::shop();
    server.refuse_content("554 5.6.0 not that");
    let done = with(&other, &server, &["run", "nightly", "statements", "--as-of", FIRST]);
    assert!(done.out.contains("not that"), "{}{}", done.out, done.err);
    let suppressed = other.must(&["mail", "suppressed", "--format", "csv"]);
    assert!(suppressed.contains("ben@example.com") && !suppressed.contains("ana@"), "{suppressed}");
}

/// Each column of what is recorded; and who is erased is not in it any more.
#[test]
fn what_is_recorded_is_sealed_and_forgets_who_is_erased() {
    for kind in Kind::BOTH {
        let shop = Shop::small_on(kind);
        shop.must(&["run", "nightly", "statements", "--as-of", FIRST]);
        let line =
            |whom: &str| format!("{{\"message\":\"shop/{whom}/2026-01\",\"status\":\"5.1.1\",\"reason\":\"ben moved\"}}\n");
        shop.write("hook.jsonl", ["ana", "ben"].map(line).concat());
        shop.must(&["mail", "bounces", "hook.jsonl", "--by", "lee"]);
        shop.must(&["mail", "lift", "ana@example.com", "--reason", "again", "--by", "lee"]);
        shop.must(&["check"]);
        let refused = shop.database.try_sql("DELETE FROM bounces");
        assert!(refused.is_err_and(|why| why.contains("never deleted")), "nobody takes a row out");
        let mut tried = 0;
        for column in ["message_key", "evidence", "address", "status", "said", "lifted_by", "lift_reason", "seal"] {
            for whom in ["ana", "ben"] {
                tampered(&shop, column, &format!("{column} || 'x'"), whom);
                tried += 1;
            }
        }
        for column in ["is_hard", "found_at", "told", "lifted_at"] {
            for whom in ["ana", "ben"] {
                tampered(&shop, column, &format!("{column} + 1"), whom);
                tried += 1;
            }
        }
        assert_eq!(tried, 24);
        for part in [&["--reason", "asked", "--by", "mia"][..], &["--approve", "--by", "lee"]] {
            shop.must(&[&["erase", "creator", "ben"][..], part].concat());
        }
        let rows = shop.database.sql("SELECT message_key, address, said FROM bounces ORDER BY message_key");
        assert!(rows.contains("ana@example.com") && !rows.contains("ben@example.com") && !rows.contains("ben moved|"), "{rows}");
        assert!(rows.lines().any(|row| row.trim_end_matches('|') == "shop/ben/2026-01"), "that it came back stays: {rows}");
        shop.must(&["check"]);
    }
}

/// Changes a column of the bounce of a creator's letter, sees that it is found, and puts it back.
fn tampered(shop: &Shop, column: &str, to: &str, whom: &str) {
    let key = format!("message_key LIKE 'shop/{whom}/%'");
    let was = shop.database.sql(&format!("SELECT {column} FROM bounces WHERE {key}")).trim_end_matches('\n').to_owned();
    shop.database.sql(&format!("UPDATE bounces SET {column} = {to} WHERE {key}"));
    let done = shop.run(&["check", "outbox"]);
    assert!(!done.ok && done.out.contains("coming back was changed"), "{column} of {whom}: {}{}", done.out, done.err);
    shop.database.sql(&format!("UPDATE bounces SET {column} = '{was}' WHERE {key}"));
    shop.must(&["check", "outbox"]);
}
