//! Mails about what happened: once for each event, never of what was before it was switched on, in the words of their reader.

use std::collections::BTreeSet;

use purser::program::Program;
use purser::statement::{Language, Locale, Notice, Postage, Reader, notice_message};
use purser::vocabulary::Event;

use crate::payment_files::{HEADER, with_key};
use crate::support::database::Kind;
use crate::support::mail_server::{Mail, MailServer};
use crate::support::{Done, Shop};

/// What of the program file is about payouts: a minimum that Ben does not reach, and a job of its own.
const PAYOUTS: &str = "\n[payout]\nminimum = \"10.00\"\n[jobs.nightly]\nsteps = [\"fetch\", \"reconcile\"]\n\
                       [jobs.payout]\nsteps = [\"payout\"]\n[jobs.statements]\nsteps = [\"statements\"]\n";

const DISPUTES: &str = "dispute_id,order_id,opened_at,closed_at,outcome,amount\n";

/// A small shop that tells creators of these events, or of none.
fn shop(kind: Kind, events: &[&str]) -> Shop {
    let shop = Shop::small_on(kind);
    shop.write("disputes.csv", DISPUTES);
    shop.write("shop.toml", shop.read("shop.toml").replace("[sources]\n", "[sources]\ndisputes = \"disputes.csv\"\n") + PAYOUTS);
    switch_on(&shop, events);
    shop
}

fn switch_on(shop: &Shop, events: &[&str]) {
    let text = shop.read("shop.toml");
    let before = text.split("\n[statements]\n").next().expect("a text has a beginning").to_owned();
    let list = events.iter().map(|event| format!("\"{event}\"")).collect::<Vec<_>>().join(", ");
    let section = if events.is_empty() { String::new() } else { format!("\n[statements]\nnotices = [{list}]\n") };
    shop.write("shop.toml", before + &section);
}

/// A shop, its mail server, and how many mails were looked at.
struct Office {
    shop: Shop,
    server: MailServer,
    seen: usize,
}

impl Office {
    fn new(shop: Shop) -> Self {
        Self { shop, server: MailServer::refusing(""), seen: 0 }
    }

    fn run(&self, arguments: &[&str]) -> Done {
        let mut command = self.shop.command(arguments);
        command.env("PURSER_SMTP_URL", self.server.url()).output().expect("the binary starts").into()
    }

    fn must(&self, arguments: &str) -> String {
        let done = self.run(&arguments.split(' ').collect::<Vec<_>>());
        assert!(done.ok, "{arguments}: {}{}", done.out, done.err);
        done.out
    }

    /// The mails that came since they were looked at last.
    fn new_mails(&mut self) -> Vec<Mail> {
        let all = self.server.taken();
        let new = all[self.seen..].to_vec();
        self.seen = all.len();
        new
    }

    /// Whom the new mails are to, and their subjects.
    fn told(&mut self) -> Vec<String> {
        let mut told: Vec<String> = self.new_mails().iter().map(|mail| format!("{}: {}", to(mail), subject(mail))).collect();
        told.sort();
        told
    }
}

fn to(mail: &Mail) -> &str {
    mail.recipient.split(['<', '@']).nth(1).expect("a recipient")
}

/// The subject of a mail in English.
fn subject(mail: &Mail) -> String {
    let head = mail.text.split("\n\n").next().expect("a head").replace("\n ", " ");
    head.lines().find_map(|line| line.strip_prefix("Subject: ")).expect("a subject").to_owned()
}

/// What a mail says, unfolded.
fn said(mail: &Mail) -> String {
    mail.text.replace("=\n", "").replace('\n', " ")
}

#[test]
fn creators_are_told_what_happens_once() {
    for kind in Kind::BOTH {
        let events: Vec<&str> = Event::ALL.iter().map(|event| event.code()).filter(|code| *code != "details_changed").collect();
        let shop = shop(kind, &events);
        let tiers = "[[commission.rates]]\ncreator = \"ben\"\ntiers = [{ from = \"0\", percent = \"10\" }, { from = \"100\", percent = \"15\" }]\n";
        shop.write("shop.toml", shop.read("shop.toml").replace("\n[payout]\n", &format!("{tiers}\n[payout]\n")));
        let mut office = Office::new(shop);
        // The first night only remembers: links, codes and creators are not new because somebody looks for the first time.
        office.must("run nightly --as-of 2026-02-01T00:00:00Z --by rosa");
        assert_eq!(office.told(), Vec::<String>::new(), "nobody hears of what was before");
        // Who is not in a batch is told why; who is, once it was paid.
        office.must("run payout --as-of 2026-02-01T09:00:00Z --by rosa");
        assert_eq!(office.told(), ["ben: Small: why you are not in this payout"]);
        let mails = office.server.taken();
        assert!(
            said(&mails[0]).contains("You have $5.00 available, below the minimum payout of $10.00: you are $5.00 short."),
            "{}",
            said(&mails[0])
        );
        office.must("batch approve shop-0001 --by mia --as-of 2026-02-02T09:00:00Z");
        office.must("batch settle shop-0001 --by lee --failed cho --as-of 2026-02-03T09:00:00Z");
        office.must("proposal approve shop-p0001 --by mia --as-of 2026-02-03T10:00:00Z");
        assert!(office.told().is_empty(), "a run tells it");
        let out = office.must("run nightly --as-of 2026-02-04T00:00:00Z --by rosa");
        assert!(out.contains("2 emails about what happened (1 payout_failed, 1 payout_sent); 2 emails sent"), "{out}");
        let mails = office.new_mails();
        let told: Vec<String> = mails.iter().map(|mail| format!("{}: {}", to(mail), subject(mail))).collect();
        assert_eq!(told, ["ana: Small: $12.05 was paid to you", "cho: Small: a payment of $15.00 to you failed"]);
        assert!(said(&mails[0]).contains("We paid you $12.05 on 3 February 2026."), "{}", said(&mails[0]));
        assert!(said(&mails[1]).contains("What to do") && said(&mails[1]).contains("tell us if they have changed"));
        for mail in &mails {
            assert!(!mail.text.contains("List-Unsubscribe"), "nobody does without hearing of their money");
            assert!(mail.text.contains("text/plain") && mail.text.contains("text/html") && mail.text.contains("Auto-Submitted"));
        }
        // What was told is not told again, however often it is looked at.
        for time in ["2026-02-04T00:00:00Z", "2026-02-04T01:00:00Z"] {
            office.must(&format!("run nightly --as-of {time} --by rosa"));
        }
        assert!(office.told().is_empty());
        // A payment that comes back.
        office.must("batch return shop-0001 --creator ana --reason closed --by lee --as-of 2026-02-05T09:00:00Z");
        office.must("proposal approve shop-p0002 --by mia --as-of 2026-02-05T09:30:00Z");
        // Somebody new, with a code; and a second link of Ana's. A table that was short for a night makes nobody new.
        let creators = office.shop.read("creators.csv");
        office.shop.add("creators.csv", "dora,Dora,dora@example.com,,,\n");
        office.shop.add("codes.csv", "DORA5,dora,2026-02-05T00:00:00Z,\n");
        office.shop.add("links.csv", "lana2,ana,2026-02-05T00:00:00Z,\n");
        office.must("run nightly --as-of 2026-02-06T00:00:00Z --by rosa");
        let mails = office.new_mails();
        let mut told: Vec<String> = mails.iter().map(|mail| format!("{}: {}", to(mail), subject(mail))).collect();
        told.sort();
        assert_eq!(
            told,
            [
                "ana: Small: a payment of $12.05 to you failed",
                "ana: Small: new for you: lana2",
                "dora: Small: new for you: DORA5",
                "dora: Small: welcome"
            ]
        );
        let back = mails.iter().find(|mail| subject(mail).contains("payment")).expect("it is among them");
        assert!(said(back).contains("came back to us on 5 February 2026"), "{}", said(back));
        let new = mails.iter().find(|mail| subject(mail).contains("DORA5")).expect("it is among them");
        assert!(
            new.text.contains("List-Unsubscribe: <mailto:purser@localhost?subject=unsubscribe%20shop%2Fdora>"),
            "{}",
            new.text
        );
        assert!(creators.len() < office.shop.read("creators.csv").len());
        // A dispute opens, and ends.
        office.shop.write("disputes.csv", format!("{DISPUTES}d1,o1,2026-02-06T09:00:00Z,,,100.00\n"));
        office.must("run nightly --as-of 2026-02-07T00:00:00Z --by rosa");
        assert_eq!(office.told(), ["ana: Small: an order of yours is disputed"]);
        office.shop.write("disputes.csv", format!("{DISPUTES}d1,o1,2026-02-06T09:00:00Z,2026-02-07T09:00:00Z,won,100.00\n"));
        office.must("run nightly --as-of 2026-02-08T00:00:00Z --by rosa");
        let mails = office.new_mails();
        assert_eq!(mails.len(), 1);
        assert!(said(&mails[0]).contains("the payment of the order of 5 January 2026 stands"), "{}", said(&mails[0]));
        // A tier.
        office.shop.add("orders.csv", "o8,2026-02-08T09:00:00Z,2026-02-08T09:00:00Z,paid,USD,p8,,,,BEN\n");
        office.shop.add("order_lines.csv", "o8,1,A,x,1,140.00\n");
        office.must("run nightly --as-of 2026-02-09T00:00:00Z --by rosa");
        let mails = office.new_mails();
        assert_eq!(mails.iter().map(subject).collect::<Vec<_>>(), ["Small: you have reached 15%"]);
        assert!(said(&mails[0]).contains("With $140.00 of sales in February 2026, you earn 15%."), "{}", said(&mails[0]));
        // Terms: who has others is told what changes, and nobody else anything.
        let text = office.shop.read("shop.toml");
        office.shop.write("shop.toml", text.replace("window = \"14d\"", "window = \"21d\""));
        office.must("run nightly --as-of 2026-02-10T00:00:00Z --by rosa --restate longer");
        let mails = office.new_mails();
        assert_eq!(mails.iter().map(to).collect::<BTreeSet<_>>(), BTreeSet::from(["ana", "ben", "cho", "dora"]));
        assert!(
            said(&mails[0]).contains("Clicks count for: 21 days (the last click gets credit) (before: 14 days"),
            "{}",
            said(&mails[0])
        );
        let text = office.shop.read("shop.toml");
        office.shop.write("shop.toml", format!("# The name of a thing is no term.\n{text}"));
        office.must("run nightly --as-of 2026-02-11T00:00:00Z --by rosa");
        assert!(office.told().is_empty());
        office.shop.must(&["check"]);
        let ids: BTreeSet<String> = office.server.taken().iter().map(|mail| mail.id().to_owned()).collect();
        assert_eq!(ids.len(), office.server.taken().len(), "each mail has an id of its own");
        // What is not one of those that were written is found, and one that is missing.
        office.shop.database.sql("UPDATE noticed SET letters = letters + 1 WHERE event = 'tier_reached' AND subject = ''");
        let found = office.shop.run(&["check", "outbox"]);
        assert!(!found.ok && found.out.contains("messages about the event tier_reached"), "{}{}", found.out, found.err);
    }
}

#[test]
fn an_event_that_is_switched_on_tells_nothing_of_before() {
    let mut office = Office::new(shop(Kind::Sqlite, &[]));
    office.must("run nightly --as-of 2026-02-01T00:00:00Z --by rosa");
    office.must("run payout --as-of 2026-02-01T09:00:00Z --by rosa");
    office.must("batch approve shop-0001 --by mia --as-of 2026-02-02T09:00:00Z");
    office.must("batch settle shop-0001 --by lee --as-of 2026-02-03T09:00:00Z");
    assert_eq!(office.shop.database.sql("SELECT COUNT(*) FROM noticed").trim(), "0", "nobody looks where nothing is on");
    switch_on(&office.shop, &["payout_sent", "code_issued"]);
    office.must("run nightly --as-of 2026-02-04T00:00:00Z --by rosa");
    assert!(office.told().is_empty(), "the payment was made before");
    // Off, and on again: what happened meanwhile is not told either.
    switch_on(&office.shop, &[]);
    office.shop.add("codes.csv", "ANA2,ana,2026-02-04T00:00:00Z,\n");
    office.must("run nightly --as-of 2026-02-05T00:00:00Z --by rosa");
    switch_on(&office.shop, &["payout_sent", "code_issued"]);
    office.must("run nightly --as-of 2026-02-06T00:00:00Z --by rosa");
    assert!(office.told().is_empty());
    office.shop.add("codes.csv", "ANA3,ana,2026-02-04T00:00:00Z,\n");
    // A dry run, and one on the facts of an earlier one, tell nobody anything.
    office.must("run nightly --as-of 2026-02-07T00:00:00Z --by rosa --dry-run");
    assert!(office.told().is_empty());
    office.must("run nightly --as-of 2026-02-07T00:00:00Z --by rosa");
    assert_eq!(office.told(), ["ana: Small: new for you: ANA3"]);
    // Who has no address is told nothing, and the report says so.
    office.shop.write("creators.csv", office.shop.read("creators.csv").replace("ben@example.com", "nowhere"));
    office.shop.add("codes.csv", "BEN3,ben,2026-02-04T00:00:00Z,\n");
    let out = office.must("run nightly --as-of 2026-02-08T00:00:00Z --by rosa");
    assert!(out.contains("1 with no email sent: shop/ben/code_issued."), "{out}");
    let wrong = office.shop.read("shop.toml").replace("\"code_issued\"", "\"code\"");
    office.shop.write("shop.toml", wrong);
    let done = office.run(&["validate"]);
    assert!(!done.ok && (done.out + &done.err).contains("code_issued"), "a word that is no event is refused");
}

#[test]
fn who_is_paid_to_another_account_learns_it() {
    let shop = shop(Kind::Sqlite, &["details_changed"]);
    shop.write("shop.toml", shop.read("shop.toml").replace("[sources]\n", "[sources]\npayees = \"payees.csv\"\n"));
    let payees = |ana: &str| format!("{HEADER}ana,,Ana,paypal,{ana},,USD,,\n");
    shop.write("payees.csv", payees("ana@example.com"));
    let without = shop.must(&["run", "nightly", "--as-of", "2026-02-01T00:00:00Z"]);
    assert!(without.contains("changed payment details are told to nobody, as PURSER_KEY is not set"), "{without}");
    let night = |time: &str| {
        let done = with_key(&shop, &["run", "nightly", "--as-of", time]);
        assert!(done.ok, "{}", done.err);
        done.out
    };
    assert!(!night("2026-02-02T00:00:00Z").contains("about what happened"), "the first night with a key remembers");
    shop.write("payees.csv", payees("somebody@else.example"));
    assert!(night("2026-02-03T00:00:00Z").contains("1 email about what happened (1 details_changed)"));
    assert!(!night("2026-02-04T00:00:00Z").contains("about what happened"));
    let mails: Vec<String> = crate::support::files_below(&shop.path("ledger-data/outbox"))
        .iter()
        .filter(|path| path.extension().is_some_and(|ending| ending == "eml"))
        .map(|path| std::fs::read_to_string(path).expect("a mail"))
        .collect();
    assert_eq!(mails.len(), 1);
    assert!(mails[0].contains("To: Ana <ana@example.com>") && mails[0].contains("tell us at once"), "{}", mails[0]);
    assert!(!mails[0].contains("somebody@else.example"), "an account is masked: {}", mails[0]);
    let kept = shop.database.sql("SELECT said FROM noticed");
    assert!(!kept.contains("example"), "{kept}");
    for part in [&["--reason", "asked", "--by", "mia"][..], &["--approve", "--by", "lee"]] {
        let done = with_key(&shop, &[&["erase", "creator", "ana"][..], part].concat());
        assert!(done.ok, "{}", done.err);
    }
    assert_eq!(shop.database.sql("SELECT COUNT(*) FROM noticed WHERE subject = 'ana'").trim(), "0");
}

#[test]
fn each_event_can_be_tried_in_each_language() {
    let shop = shop(Kind::Sqlite, &[]);
    shop.must(&["run", "nightly", "--as-of", "2026-02-01T00:00:00Z"]);
    for event in Event::ALL {
        let shown = shop.must(&["mail", "preview", "ana", "--event", event.code(), "--as-of", "2026-02-01T00:00:00Z"]);
        assert!(shown.contains("Subject: Test: Small: ") && shown.contains("Hello Ana,"), "{event}: {shown}");
    }
    assert_eq!(shop.database.sql("SELECT COUNT(*) FROM outbox").trim(), "0");
    let nobody = shop.run(&["mail", "preview", "anna", "--event", "invited"]);
    assert!(!nobody.ok && nobody.err.contains("the closest id is ana"), "{}", nobody.err);
    let program = Program::load(&shop.path("shop.toml")).expect("the program file can be read");
    let sender = "Pay <pay@shop.example>".parse().expect("an address");
    for event in Event::ALL {
        let notice = Notice::sample(&program, *event, "ana", "", 1_770_000_000_000_000);
        let mut texts = BTreeSet::new();
        for language in Language::ALL {
            let reader = Reader { name: "نور", ..Reader::of(&program.mailing).in_locale(Locale::parse(language.code())) };
            let to = "ana@example.com".parse().expect("an address");
            let postage = Postage { to, sender: &sender, signer: None, is_test: false };
            let write =
                || notice_message(&program, &notice, &reader, &postage, 1_770_000_000_000_000).expect("it can be written");
            let mail = write();
            assert_eq!(mail, write(), "the same bytes each time");
            assert!(mail.len() < 20_000 && !mail.contains("{ $") && !mail.contains("{{"), "{event}, {language}: {mail}");
            assert!(mail.contains(&format!("<html lang=3D\"{}\">", language.code())) || mail.contains("base64"), "{mail}");
            texts.insert(mail);
        }
        assert_eq!(texts.len(), Language::ALL.len(), "{event} is told in each language's own words");
    }
}
