//! What a creator reads first, and that it holds up: names of any script, months of any size, two programs, no money at all.

use std::fmt::Write;

use purser::program::Program;
use purser::statement::{Reader, Statement, pdf, render};

use crate::statement_ties::statements;
use crate::support::Shop;
use crate::support::mail_server::MailServer;

/// The subject of the mail of a creator's month, unfolded and decoded where it is plain.
fn subject(shop: &Shop, creator: &str, month: &str) -> String {
    let mail = shop.read(&format!("ledger-data/outbox/shop_{creator}_{month}.eml")).replace("\r\n ", " ");
    mail.lines().find_map(|line| line.strip_prefix("Subject: ")).expect("a mail has a subject").to_owned()
}

fn program(shop: &Shop) -> Program {
    Program::load(&shop.path("shop.toml")).expect("the program file can be read")
}

/// The only statement of a creator.
fn of(shop: &Shop, creator: &str) -> Statement {
    statements(shop).into_iter().rfind(|statement| statement.creator_id == creator).expect("there is one")
}

/// Adds to the program file.
fn also(shop: &Shop, text: &str) {
    shop.write("shop.toml", shop.read("shop.toml") + text);
}

const FIRST: &str = "2026-02-01T10:00:00Z";
const PAYOUTS: &str = "\n[payout]\nminimum = \"10.00\"\n[jobs.nightly]\nschedule = \"0 2 * * *\"\nsteps = [\"fetch\", \"reconcile\"]\n\
                       [jobs.payout]\nschedule = \"0 9 1 * *\"\nsteps = [\"payout\"]\n[jobs.statements]\nsteps = [\"statements\"]\n";

#[test]
fn it_is_said_first_what_will_be_paid_and_when() {
    let shop = Shop::small();
    also(&shop, PAYOUTS);
    shop.must(&["run", "nightly", "statements", "--as-of", FIRST]);
    assert_eq!(subject(&shop, "ana", "2026-01"), "Small: $12.05 will be paid on 1 March (January 2026 statement)");
    // Ben has 5.00, below the minimum.
    assert_eq!(subject(&shop, "ben", "2026-01"), "Small: $5.00 so far, below the $10.00 minimum payout (January 2026 statement)");
    let text = shop.must(&["statement", "ben", "--month", "2026-01"]).replace('\n', " ");
    assert!(text.contains("You are $5.00 away."), "{text}");
    // In February the batch awaits approval; then it is approved, exported, paid.
    shop.must(&["run", "payout", "--as-of", "2026-02-01T11:00:00Z", "--by", "rosa"]);
    let preview = |creator: &str| {
        shop.must(&["statement", creator, "--month", "2026-02", "--as-of", "2026-02-03T12:00:00Z"]).replace('\n', " ")
    };
    let waits = preview("ana");
    assert!(waits.contains("$12.05  awaits approval") && waits.contains("in payout shop-0001"), "{waits}");
    shop.must(&["batch", "approve", "shop-0001", "--by", "mia", "--as-of", "2026-02-02T10:00:00Z"]);
    assert!(preview("ana").contains("$12.05  has been approved for payment"), "{}", preview("ana"));
    shop.must(&["batch", "export", "shop-0001", "--by", "mia", "--as-of", "2026-02-02T11:00:00Z"]);
    assert!(preview("ana").contains("$12.05  is on its way to you"), "{}", preview("ana"));
    shop.must(&["batch", "settle", "shop-0001", "--by", "lee", "--as-of", "2026-02-03T10:00:00Z"]);
    let paid = preview("ana");
    assert!(paid.contains("Less paid to you") && paid.contains("Paid on 3 February (shop-0001)"), "{paid}");
    assert!(!paid.contains("-12.05 USD"), "a payout is no loss: {paid}");
    // The refund of what was paid leaves a debt, which is not due with any payout.
    shop.must(&["run", "nightly", "--as-of", "2026-02-04T00:00:00Z"]);
    let owes = preview("ana");
    assert!(owes.contains("$0.00  to be paid this time") && owes.contains("deducted from future earnings"), "{owes}");
    assert!(!owes.contains("with the next payout"), "{owes}");
}

/// A statement once promised a date to somebody whose payments were on hold for months.
#[test]
fn nobody_on_hold_is_promised_a_date() {
    let shop = Shop::small();
    also(&shop, PAYOUTS);
    shop.must(&["run", "nightly", "--as-of", FIRST]);
    let hold = |until: &str, at: &str| {
        let request = ["hold", "add", "ana", "--kind", "tax_form", "--until", until, "--reason", "asked twice", "--by", "lee"];
        shop.must(&[&request[..], &["--as-of", at]].concat());
    };
    let preview = || shop.must(&["statement", "ana", "--month", "2026-01", "--as-of", "2026-02-01T12:00:00Z"]).replace('\n', " ");
    // A hold that ends in time for the payout of 1 March changes nothing.
    hold("2026-03-01", "2026-02-01T11:00:00Z");
    assert!(preview().contains("$12.05  will be paid on 1 March 2026"), "{}", preview());
    let released = ["hold", "release", "ana", "--reason", "longer", "--by", "lee", "--as-of", "2026-02-01T11:10:00Z"];
    shop.must(&released);
    hold("2026-03-02", "2026-02-01T11:20:00Z");
    let held = preview();
    assert!(held.contains("$12.05  is on hold") && held.contains("because a tax form is missing"), "{held}");
    assert!(!held.contains("will be paid"), "{held}");
    shop.must(&["run", "statements", "--as-of", "2026-02-01T12:00:00Z"]);
    assert_eq!(subject(&shop, "ana", "2026-01"), "Small: $12.05 on hold (January 2026 statement)");
}

#[test]
fn what_is_on_hold_is_told_with_the_payout_that_pays_it() {
    let shop = Shop::small();
    also(&shop, PAYOUTS);
    shop.must(&["run", "nightly", "--as-of", "2026-02-10T00:00:00Z"]);
    // The order of 8 February comes off hold on the 18th, in time for the payout of March.
    let text = shop.must(&["statement", "ana", "--month", "2026-02", "--as-of", "2026-02-10T01:00:00Z"]);
    let at = text.find("On hold, in case").unwrap_or_else(|| panic!("{text}"));
    let told: Vec<&str> = text[at..].lines().skip(1).take(2).map(str::trim).collect();
    assert!(told[0].starts_with("Payout of 1 March 2026") && told[0].ends_with("7.00"), "{told:?}");
    assert_eq!(told[1], "return period ends on 18 February");
}

#[test]
fn a_line_is_told_in_the_words_of_a_creator() {
    let shop = Shop::small();
    let titled = shop.read("order_lines.csv").replace("net_amount\n", "net_amount,title\n");
    shop.write(
        "order_lines.csv",
        titled.lines().enumerate().fold(String::new(), |mut text, (row, line)| {
            let _ = writeln!(text, "{line}{}", if row == 0 { "" } else { ",Lip Mask" });
            text
        }),
    );
    // A refund that the first night knew of already would move nothing.
    shop.must(&["run", "nightly", "--as-of", FIRST]);
    shop.must(&["run", "nightly", "statements", "--as-of", "2026-03-01T10:00:00Z"]);
    let january = shop.must(&["statement", "ana", "--month", "2026-01"]);
    assert!(january.contains("Story, 5 January: Lip Mask") && january.contains("10% of 100.00"), "{january}");
    assert!(!january.contains("k1") && !january.contains("o1"), "ids stand in the file: {january}");
    assert!(shop.must(&["statement", "cho", "--month", "2026-01"]).contains("reel, 15 January"));
    assert!(shop.must(&["statement", "ben", "--month", "2026-01"]).contains("Code BEN, 6 January: Lip Mask"));
    // The refund of February stands beside the order it touches, which was January's.
    let february = shop.must(&["statement", "ana", "--month", "2026-02"]);
    assert!(
        february.contains("Story, 5 January: Lip Mask") && february.contains("Refund on 3 February · now 10% of 0.00"),
        "{february}"
    );
}

#[test]
fn names_addresses_and_months_of_any_kind_are_right() {
    let shop = Shop::small();
    also(&shop, "\n[statements]\npdf = true\nreply_to = \"Help <help@shop.example>\"\nhelp = \"help@shop.example\"\n");
    shop.write(
        "creators.csv",
        "creator_id,name,email,group,active_from,active_to\nana,نور الهاشمي,ana@example.com,,,\n\
         ben,Kai 🌸 Tanaka 👩🏽‍🎤,not an address,,,\ncho,\"Zoë, \"\"the\"\" Ångström\",cho@example.com,,,\n",
    );
    let server = MailServer::refusing("");
    let mut run = shop.command(&["run", "nightly", "statements", "--as-of", FIRST]);
    let done = run.env("PURSER_SMTP_URL", server.url()).output().expect("it starts");
    let told = String::from_utf8_lossy(&done.stdout).into_owned();
    assert!(done.status.success() && told.contains("is not an email address"), "{told}");
    let taken = server.taken();
    assert_eq!(taken.len(), 2, "whose address is none has no mail, and a statement all the same");
    for mail in &taken {
        assert!(
            mail.text.contains("Reply-To: \"Help\" <help@shop.example>")
                || mail.text.contains("Reply-To: Help <help@shop.example>")
        );
        assert!(mail.text.contains("application/pdf"), "the document is attached");
    }
    for creator in ["ana", "ben", "cho"] {
        let statement = of(&shop, creator);
        let program = program(&shop);
        let name = if creator == "ana" { "نور الهاشمي" } else { "Kai 🌸 Tanaka 👩🏽‍🎤" };
        let reader = Reader { name, ..Reader::of(&program.mailing) };
        let rendered = render(&statement, &reader).expect("it can be written");
        assert!(rendered.html.contains(name) && rendered.text.contains(name));
        let document = pdf(&statement, &reader).expect("it can be written");
        assert_eq!(document, pdf(&statement, &reader).expect("it can be written"), "the same bytes each time");
    }
}

/// A month of ten thousand lines: a page that no mail program cuts off, and a file with all of them.
#[test]
fn a_month_of_ten_thousand_lines_is_cut_for_the_mail_and_whole_in_the_file() {
    let shop = Shop::small();
    let (mut orders, mut lines) = (String::new(), String::new());
    for number in 0..10_000 {
        let minute = number % 60;
        let _ =
            writeln!(orders, "b{number},2026-01-09T10:{minute:02}:00Z,2026-01-09T10:{minute:02}:00Z,paid,USD,q{number},,,,ANA");
        let _ = writeln!(lines, "b{number},1,A-VERY-LONG-NAME-OF-A-PRODUCT-THAT-NEEDS-ROOM-{number},x,1,10.00");
    }
    shop.add("orders.csv", &orders);
    shop.add("order_lines.csv", &lines);
    shop.must(&["run", "nightly", "statements", "--as-of", FIRST]);
    let html = shop.must(&["statement", "ana", "--month", "2026-01", "--format", "html"]);
    assert!(html.len() < 100_000, "{}", html.len());
    assert!(html.contains("more in the attached file"), "{html}");
    assert_eq!(shop.must(&["statement", "ana", "--month", "2026-01", "--format", "csv"]).lines().count(), 10_003);
    let out = shop.path("ana.pdf");
    shop.must(&["statement", "ana", "--month", "2026-01", "--format", "pdf", "--out", out.to_str().expect("a path")]);
    assert!(std::fs::read(&out).expect("it was written").starts_with(b"%PDF-"));
}

/// Who did nothing has figures of nobody to compare with, and a page all the same.
#[test]
fn a_month_without_money_is_told_as_such() {
    let shop = Shop::small();
    shop.must(&["run", "nightly", "--as-of", FIRST]);
    let text = shop.must(&["statement", "cho", "--month", "2025-12", "--as-of", FIRST]);
    assert!(text.contains("$15.00  will be paid on 1 March 2026"), "{text}");
    let closed = text.lines().find(|line| line.starts_with("Balance on 31 December 2025"));
    assert!(closed.is_some_and(|line| line.ends_with(" $0.00")) && !text.contains("EVERY LINE"), "{text}");
}

/// One person in two programs has two statements, each with its own money and number.
#[test]
fn a_creator_of_two_programs_has_a_statement_of_each() {
    let shop = Shop::small();
    shop.write("other.toml", shop.read("shop.toml").replace("\"Small\"", "\"Other\"").replace("\"10\"", "\"20\""));
    let both = shop.at(".");
    both.must(&["run", "nightly", "statements", "--as-of", FIRST]);
    let of = |program: &str| both.must(&["--program", program, "statement", "ana", "--month", "2026-01"]);
    assert!(of("shop").contains("$12.05") && of("other").contains("$24.10") && !of("other").contains("12.05"));
    // Each is a mail of its own, under the same name and address.
    let mail = |program: &str| both.read(&format!("ledger-data/outbox/{program}_ana_2026-01.eml"));
    let id = |program: &str| mail(program).lines().find(|line| line.starts_with("Message-ID: ")).expect("an id").to_owned();
    assert_ne!(id("shop"), id("other"));
    assert!(mail("shop").contains("Subject: Small: $12.05") && mail("other").contains("Subject: Other: $24.10"));
    both.must(&["check"]);
}

/// What was paid and then refunded is owed by the creator: the month ends below zero, and the next one begins there.
#[test]
fn a_closed_month_may_end_below_zero_and_the_next_begins_there() {
    let shop = Shop::small();
    let orders = shop.read("orders.csv");
    shop.write(
        "orders.csv",
        orders.lines().filter(|line| !line.starts_with("o4,")).fold(String::new(), |all, line| all + line + "\n"),
    );
    let lines = shop.read("order_lines.csv");
    shop.write(
        "order_lines.csv",
        lines.lines().filter(|line| !line.starts_with("o4,")).fold(String::new(), |all, line| all + line + "\n"),
    );
    // Somebody whose link was clicked, and who sold nothing.
    shop.add("creators.csv", "dora,Dora,dora@example.com,,,\n");
    shop.add("links.csv", "ldora,dora,,\n");
    shop.add("clicks.csv", "k9,2026-02-20T10:00:00Z,v9,ldora,bio\n");
    shop.must(&["run", "nightly", "payout", "statements", "--as-of", FIRST, "--by", "rosa"]);
    shop.must(&["batch", "approve", "shop-0001", "--by", "mia", "--as-of", "2026-02-02T10:00:00Z"]);
    shop.must(&["batch", "settle", "shop-0001", "--by", "lee", "--as-of", "2026-02-02T11:00:00Z"]);
    shop.must(&["run", "nightly", "statements", "--as-of", "2026-03-01T10:00:00Z", "--by", "rosa"]);
    assert_eq!(subject(&shop, "ana", "2026-02"), "Small: nothing to be paid this time (February 2026 statement)");
    let told = shop.must(&["statement", "ana", "--month", "2026-02"]).replace('\n', " ");
    assert!(told.contains("Refunds exceeded your balance by $2.05."), "{told}");
    let february = of(&shop, "ana");
    assert_eq!((february.totals.opening, february.totals.closing, february.held.payable), (1205, -205, -205));
    assert_eq!(of(&shop, "cho").totals.closing, 0, "who was paid all of it has nothing left");
    let zero = of(&shop, "dora");
    assert_eq!((zero.totals.opening, zero.totals.closing, zero.lines.len(), zero.performance.clicks), (0, 0, 0, 1));
    assert_eq!(subject(&shop, "dora", "2026-02"), "Small: nothing to be paid this time (February 2026 statement)");
    shop.must(&["run", "nightly", "statements", "--as-of", "2026-04-01T10:00:00Z", "--by", "rosa"]);
    let march = of(&shop, "ana");
    assert_eq!((march.month.as_str(), march.totals.opening, march.totals.closing), ("2026-03", -205, -205));
    shop.must(&["check"]);
}

/// A median says what is usual, and of fewer than five what others earn.
#[test]
fn medians_are_of_five_or_more() {
    let shop = Shop::small();
    let sell = |creators: std::ops::RangeInclusive<u32>| {
        for number in creators {
            shop.add("creators.csv", &format!("d{number},D{number},d{number}@example.com,,,\n"));
            shop.add("codes.csv", &format!("D{number},d{number},,\n"));
            shop.add(
                "orders.csv",
                &format!("d{number},2026-01-09T10:00:00Z,2026-01-09T10:00:00Z,paid,USD,s{number},,,,D{number}\n"),
            );
            shop.add("order_lines.csv", &format!("d{number},1,A,x,1,{number}0.00\n"));
        }
    };
    // Ana and Ben sold something, too.
    sell(1..=2);
    shop.must(&["run", "nightly", "--as-of", FIRST]);
    let ana = || shop.must(&["statement", "ana", "--month", "2026-01", "--as-of", FIRST]);
    assert!(!ana().contains("median"), "{}", ana());
    sell(3..=3);
    shop.must(&["run", "nightly", "--as-of", "2026-02-01T11:00:00Z", "--restate", "a new creator"]);
    // 10, 20, 30, 50 and 120.50.
    let told = ana();
    let order = told.lines().find(|line| line.contains("Average order")).unwrap_or_else(|| panic!("{told}"));
    assert!(told.contains("Program's median") && order.contains("$120.50") && order.ends_with("$30.00"), "{told}");
}

#[test]
fn tiers_and_terms_are_told_and_changes_before_they_hold() {
    let shop = Shop::small();
    also(
        &shop,
        "[[commission.rates]]\ncreator = \"ana\"\ntiers = [{ from = \"0\", percent = \"12\" }, { from = \"200\", percent = \"15\" }]\n\
         [[commission.rates]]\nsku = \"A\"\nfrom = 2026-02-10\nuntil = 2026-03-01\npercent = \"25\"\n",
    );
    shop.must(&["run", "nightly", "statements", "--as-of", FIRST]);
    let ana = shop.must(&["statement", "ana", "--month", "2026-01"]);
    for part in [
        "With $120.50 of sales in January 2026, you earn 12%.",
        "$79.50 of sales more, and anything above that earns 15%.",
        "Resets on 1 February 2026.",
        "12%, 15% beyond 200.00",
        "10 days after the order",
    ] {
        assert!(ana.contains(part), "{part} in {ana}");
    }
    let ben = shop.must(&["statement", "ben", "--month", "2026-01"]);
    // A rate of her own is more specific than one for a product, which therefore never pays her.
    let coming = "From 10 February 2026 to 28 February 2026: 25% (A).";
    assert!(ben.contains(coming) && !ana.contains(coming), "{ben}{ana}");
    assert!(!ben.contains("YOUR TIER") && ben.contains("Clicks count for") && ben.contains("14 days"), "{ben}");
    // What was edited is told on the next statement.
    shop.write("shop.toml", shop.read("shop.toml").replace("window = \"14d\"", "window = \"7d\""));
    shop.must(&["run", "nightly", "statements", "--as-of", "2026-03-01T10:00:00Z", "--restate", "the new terms"]);
    let ben = shop.must(&["statement", "ben", "--month", "2026-02"]).replace('\n', " ");
    assert!(ben.contains("Clicks count for: 7 days (the last click gets credit) (before: 14 days"), "{ben}");
    assert!(!ben.contains("On hold for: "), "what did not change is not told as changed: {ben}");
}
