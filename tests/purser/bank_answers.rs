//! What the bank says: a bank of the tests reads the exported files with a parser of its own, and answers in parts, twice, out of order,
//! late, and with what nobody asked.

use crate::payment_files::{ACH, AMERICANS, EUROPEANS, SEPA, approve, elements, export, set_up, shop};
use crate::support::database::Kind;
use crate::support::{Done, Shop};

/// The payments of a pain.001 file: creator's name, id and amount.
pub fn ordered(text: &str) -> Vec<(String, String, String)> {
    let payments = elements(text, "CdtTrfTxInf");
    let one = |payment: &str, name: &str| elements(payment, name)[0].to_owned();
    payments
        .iter()
        .map(|payment| (one(elements(payment, "Cdtr")[0], "Nm"), one(payment, "EndToEndId"), one(payment, "InstdAmt")))
        .collect()
}

/// The bank's status report about payments: id, status and reason.
pub fn pain_002(of: &[(&str, &str, &str)]) -> String {
    let about = |(id, status, reason): &(&str, &str, &str)| {
        let why = if reason.is_empty() { String::new() } else { format!("<StsRsnInf><Rsn><Cd>{reason}</Cd></Rsn></StsRsnInf>") };
        format!("<TxInfAndSts><StsId>S1</StsId><OrgnlEndToEndId>{id}</OrgnlEndToEndId><TxSts>{status}</TxSts>{why}</TxInfAndSts>")
    };
    let payments: String = of.iter().map(about).collect();
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:pain.002.001.10\"><CstmrPmtStsRpt>\
         <GrpHdr><MsgId>R1</MsgId><CreDtTm>2026-02-03T10:00:00Z</CreDtTm></GrpHdr><OrgnlGrpInfAndSts><OrgnlMsgId>M</OrgnlMsgId>\
         <OrgnlMsgNmId>pain.001.001.09</OrgnlMsgNmId></OrgnlGrpInfAndSts><OrgnlPmtInfAndSts><OrgnlPmtInfId>M</OrgnlPmtInfId>{payments}\
         </OrgnlPmtInfAndSts></CstmrPmtStsRpt></Document>"
    )
}

/// The bank's notification of bookings: id, amount, side, and the reason of a return.
fn camt_054(of: &[(&str, &str, &str, &str)]) -> String {
    let about = |(id, amount, side, reason): &(&str, &str, &str, &str)| {
        let why = if reason.is_empty() { String::new() } else { format!("<RtrInf><Rsn><Cd>{reason}</Cd></Rsn></RtrInf>") };
        format!(
            "<Ntry><Amt Ccy=\"EUR\">{amount}</Amt><CdtDbtInd>{side}</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><NtryDtls><TxDtls><Refs>\
             <EndToEndId>{id}</EndToEndId></Refs><Amt Ccy=\"EUR\">{amount}</Amt><CdtDbtInd>{side}</CdtDbtInd>{why}</TxDtls></NtryDtls></Ntry>"
        )
    };
    let entries: String = of.iter().map(about).collect();
    format!(
        "<n:Document xmlns:n=\"urn:iso:std:iso:20022:tech:xsd:camt.054.001.08\"><BkToCstmrDbtCdtNtfctn><Ntfctn>{entries}</Ntfctn>\
         </BkToCstmrDbtCdtNtfctn></n:Document>"
    )
}

fn import(shop: &Shop, text: &str, at: &str) -> Done {
    shop.write("answer", text);
    shop.run(&["batch", "import", "answer", "--by", "lee", "--as-of", at])
}

fn imported(shop: &Shop, text: &str, at: &str) -> String {
    let done = import(shop, text, at);
    assert!(done.ok, "{}", done.err);
    // Also while some payments are open: `check` took them for lost.
    shop.must(&["check"]);
    done.out
}

fn balance(shop: &Shop, creator: &str) -> String {
    let balances = shop.must(&["export", "balances"]);
    balances.lines().find(|row| row.starts_with(creator)).unwrap_or_else(|| panic!("{creator}: {balances}")).to_owned()
}

#[test]
fn what_a_bank_says_of_transfers_is_booked_once() {
    let shop = shop("EUR", EUROPEANS, SEPA);
    export(&shop, "pain001", "paid.xml");
    let orders = ordered(&shop.read("paid.xml"));
    let [ana, ben, cho] =
        ["Ana", "Joerg Mueller", "Cho"].map(|name| orders.iter().find(|(other, ..)| other == name).expect("a payment"));
    let first = pain_002(&[(&cho.1, "ACSP", ""), (&ben.1, "RJCT", "AC04"), (&ana.1, "ACSC", "")]);
    let said = imported(&shop, &first, "2026-02-04T09:00:00Z");
    for wanted in [
        "shop-0001 was settled by lee",
        "12.05 EUR paid to 1 creator",
        "payment of 5.00 EUR to ben in batch shop-0001 failed (the bank's answer: AC04)",
        "1 answer: not final yet",
    ] {
        assert!(said.contains(wanted), "{wanted}: {said}");
    }
    assert_eq!([balance(&shop, "ana"), balance(&shop, "ben")], ["ana,0.00,0.00,0.00,12.05", "ben,0.00,0.00,5.00,0.00"]);
    let entries = || shop.database.sql("SELECT COUNT(*) FROM entries");
    let before = entries();
    let again = imported(&shop, &first, "2026-02-04T10:00:00Z");
    assert!(again.contains("2 answers: known already"), "{again}");
    assert_eq!(entries(), before, "importing twice changes nothing");
    // One person and the bank's file alone do not free money: a file can be edited.
    let mine = shop.run(&["proposal", "approve", "shop-p0001", "--by", "lee", "--as-of", "2026-02-04T11:00:00Z"]);
    assert!(!mine.ok);
    shop.must(&["proposal", "approve", "shop-p0001", "--by", "mia", "--as-of", "2026-02-04T11:00:00Z"]);
    assert_eq!(balance(&shop, "ben"), "ben,0.00,5.00,0.00,0.00");
    // Days later the rest is booked; and the payment of ana comes back.
    let second = camt_054(&[(&cho.1, "15.00", "DBIT", ""), (&ana.1, &ana.2, "DBIT", "")]);
    let said = imported(&shop, &second, "2026-02-05T09:00:00Z");
    assert!(said.contains("15.00 EUR paid to 1 creator") && said.contains("1 answer: known already"), "{said}");
    let third = camt_054(&[(&ana.1, &ana.2, "CRDT", "AC06"), (&ana.1, &ana.2, "DBIT", "")]);
    let said = imported(&shop, &third, "2026-02-06T09:00:00Z");
    assert!(said.contains("payment of 12.05 EUR to ana in batch shop-0001 came back (the bank's answer: AC06)"), "{said}");
    assert!(imported(&shop, &third, "2026-02-06T10:00:00Z").contains("1 answer: known already"));
    shop.must(&["proposal", "approve", "shop-p0002", "--by", "mia", "--as-of", "2026-02-06T11:00:00Z"]);
    assert_eq!([balance(&shop, "ana"), balance(&shop, "cho")], ["ana,0.00,12.05,0.00,0.00", "cho,0.00,0.00,0.00,15.00"]);
    assert!(imported(&shop, &third, "2026-02-06T12:00:00Z").contains("1 answer: known already"));
    // An old report that says otherwise is looked at, and moves nothing.
    let said = imported(&shop, &pain_002(&[(&ben.1, "ACSC", "")]), "2026-02-06T13:00:00Z");
    assert!(said.contains("the bank paid ben in batch shop-0001, but their money is failed: they may be paid twice"), "{said}");
    shop.must(&["check"]);
}

#[test]
fn what_fits_no_payment_is_named() {
    let shop = shop("EUR", EUROPEANS, SEPA);
    let before = imported(&shop, &pain_002(&[("P00000000000000", "ACSC", "")]), "2026-02-02T10:00:00Z");
    assert!(before.contains("payment 1: no batch of shop has a payment P00000000000000"), "{before}");
    export(&shop, "pain001", "paid.xml");
    let orders = ordered(&shop.read("paid.xml"));
    let said = imported(&shop, &camt_054(&[(&orders[0].1, "12.04", "DBIT", "")]), "2026-02-04T09:00:00Z");
    assert!(said.contains("the payment to ana in batch shop-0001 is 12.05 EUR, and the bank says 12.04"), "{said}");
    let whole = "<Document><CstmrPmtStsRpt><OrgnlGrpInfAndSts><OrgnlMsgId>M123</OrgnlMsgId><GrpSts>RJCT</GrpSts><StsRsnInf><Rsn><Cd>AM05</Cd>\
                 </Rsn></StsRsnInf></OrgnlGrpInfAndSts></CstmrPmtStsRpt></Document>";
    let said = imported(&shop, whole, "2026-02-04T09:00:00Z");
    assert!(said.contains("the whole file M123 has the status RJCT, AM05; it names no single payment"), "{said}");
    assert!(shop.must(&["batch", "list", "--format", "csv"]).contains("shop-0001,exported,"), "nothing was settled");
}

/// A bank's answer comes from outside.
#[test]
fn files_that_are_no_answers_are_refused() {
    let shop = shop("EUR", EUROPEANS, SEPA);
    let bomb = "<?xml version=\"1.0\"?><!DOCTYPE lolz [<!ENTITY lol \"lol\"><!ENTITY lol2 \"&lol;&lol;&lol;\">]><Document>&lol2;</Document>";
    let outside = "<!DOCTYPE d SYSTEM \"file:///etc/passwd\"><Document/>";
    let deep = format!("<Document>{}{}</Document>", "<a>".repeat(10_000), "</a>".repeat(10_000));
    let cut = pain_002(&[("x", "ACSC", "")]);
    for (text, why) in [
        (bomb, "declares a document type"),
        (outside, "declares a document type"),
        (&deep, "elements more than 64 deep"),
        (&cut[..cut.len() - 5], "damaged XML"),
        (&cut.replace("</Document>", ""), "the file ends in the middle"),
        ("<Document><Other/></Document>", "neither pain.002 nor camt"),
        ("<a></b>", "damaged XML"),
        ("creator,amount\nana,1\n", "neither XML, nor an ACH file, nor a table"),
        ("", "neither XML"),
    ] {
        let refused = import(&shop, text, "2026-02-04T09:00:00Z");
        assert!(!refused.ok && refused.err.contains(why), "{why}: {}{}", refused.out, refused.err);
    }
    std::fs::write(shop.path("answer"), [0xff, 0xfe, 0x00]).expect("it can be written");
    let refused = shop.run(&["batch", "import", "answer", "--by", "lee"]);
    assert!(!refused.ok && refused.err.contains("is not UTF-8 text"), "{}", refused.err);
}

/// A file of returns: entries as they were sent, each with the bank's reason.
fn returns(sent: &str, of: &[(&str, &str, &str)]) -> String {
    let mut rows: Vec<String> = sent.lines().take(2).map(str::to_owned).collect();
    for (name, kind, code) in of {
        let entry = sent.lines().find(|row| row.starts_with('6') && row.contains(name)).expect("an entry");
        rows.push(format!("6{}{}1{}", if &entry[1..3] == "22" { "21" } else { "31" }, &entry[3..78], &entry[79..]));
        rows.push(format!("7{kind}{code}{:15}      {:8}{:44}{}", &entry[79..], &entry[3..11], "", &entry[79..]));
    }
    rows.iter().map(|row| format!("{row}\r\n")).collect()
}

#[test]
fn returns_of_ach_are_booked() {
    let shop = shop("USD", AMERICANS, ACH);
    export(&shop, "nacha", "paid.ach");
    let sent = shop.read("paid.ach");
    let early = returns(&sent, &[("Ben Baker", "99", "R03"), ("Ana", "98", "C01")]);
    let said = imported(&shop, &early, "2026-02-04T09:00:00Z");
    for wanted in [
        "0.00 USD paid to 0 creators",
        "payment of 5.00 USD to ben in batch shop-0001 failed (the bank's answer: R03)",
        "(C01): correct the payee",
    ] {
        assert!(said.contains(wanted), "{wanted}: {said}");
    }
    shop.must(&["proposal", "approve", "shop-p0001", "--by", "mia", "--as-of", "2026-02-04T10:00:00Z"]);
    shop.must(&["batch", "settle", "shop-0001", "--by", "lee", "--as-of", "2026-02-05T09:00:00Z"]);
    let late = returns(&sent, &[("Ana", "99", "R02"), ("Ben Baker", "99", "R03")]);
    let said = imported(&shop, &late, "2026-02-06T09:00:00Z");
    assert!(
        said.contains("to ana in batch shop-0001 came back (the bank's answer: R02)") && said.contains("1 answer: known already"),
        "{said}"
    );
    shop.must(&["check"]);
}

#[test]
fn tables_of_results_are_booked() {
    let row = |creator: &str| format!("{creator},,{creator},paypal,{creator}@pay.example.com,,USD,,\n");
    let shop = shop("USD", &["ana", "ben", "cho"].map(row).concat(), "");
    export(&shop, "paypal", "paid.csv");
    let sent = shop.read("paid.csv");
    let ids: Vec<&str> = sent.lines().map(|row| row.split(',').nth(3).expect("an id")).collect();
    let table = format!(
        "Recipient,Customer ID,Amount,Status,Reason\na,{},12.05,Completed,\nb,{},5.00,Returned,receiver unregistered\nc,{},15.00,Unclaimed,\n",
        ids[0], ids[1], ids[2]
    );
    let said = imported(&shop, &table, "2026-02-04T09:00:00Z");
    assert!(
        said.contains("12.05 USD paid to 1 creator") && said.contains("(the bank's answer: receiver unregistered)"),
        "{said}"
    );
    assert!(said.contains("1 answer: not final yet"), "{said}");
}

/// Of several who brought the same answer at once, those who came second were refused: the batch was settled already.
#[test]
fn of_many_who_import_at_once_each_is_told_what_became_of_it() {
    for kind in Kind::BOTH {
        let shop = Shop::small_on(kind).copy();
        set_up(&shop, "EUR", EUROPEANS, SEPA);
        approve(&shop);
        export(&shop, "pain001", "paid.xml");
        let orders = ordered(&shop.read("paid.xml"));
        let id = |name: &str| orders.iter().find(|(other, ..)| other == name).expect("a payment").1.as_str();
        let first = pain_002(&[(id("Cho"), "ACSC", ""), (id("Joerg Mueller"), "RJCT", "AC04"), (id("Ana"), "ACSC", "")]);
        let back = first.replace("ACSC", "RJCT");
        for (text, at, entries) in [(first, "2026-02-04T09:00:00Z", 2), (back, "2026-02-05T09:00:00Z", 2)] {
            shop.write("answer", text);
            let count = || shop.database.sql("SELECT COUNT(*) FROM entries").trim().parse::<usize>().expect("a number");
            let before = count();
            let import = || shop.command(&["batch", "import", "answer", "--by", "lee", "--as-of", at]).output();
            std::thread::scope(|scope| {
                let workers: Vec<_> = (0..8).map(|_| scope.spawn(import)).collect();
                for worker in workers {
                    let done = Done::from(worker.join().expect("no panic").expect("the binary starts"));
                    assert!(done.ok, "{kind:?}: {}", done.err);
                }
            });
            assert_eq!(count() - before, entries, "{kind:?}: booked once");
        }
        assert_eq!(shop.must(&["proposal", "list", "--format", "csv"]).lines().count(), 4, "each proposed once");
        shop.must(&["check"]);
    }
}
