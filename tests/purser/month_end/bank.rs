//! What the bank says beside payments: fees and exchange differences on accounts of their own, and what there is to pay from.

use purser::payout::payment_id;

use super::close;
use super::model::{cents, rows};
use crate::payment_files::{EUROPEANS, SEPA, export, shop};
use crate::support::Shop;

/// 12.05 to ana, 5.00 to ben and 15.00 to cho are on their way.
fn sent() -> Shop {
    let shop = shop("EUR", EUROPEANS, SEPA);
    export(&shop, "pain001", "paid.xml");
    shop
}

/// A booking of a payment to a creator, with what stands in its details, and beside them.
fn booking(creator: &str, amount: &str, details: &str, beside: &str) -> String {
    let id = payment_id("shop-0001", creator);
    format!(
        "<Ntry><Amt Ccy=\"EUR\">{amount}</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>{beside}<NtryDtls><TxDtls><Refs><EndToEndId>{id}\
         </EndToEndId></Refs><Amt Ccy=\"EUR\">{amount}</Amt>{details}</TxDtls></NtryDtls></Ntry>"
    )
}

/// A charge as newer messages have it, and as older ones.
fn charge(amount: &str, currency: &str) -> String {
    format!("<Chrgs><Rcrd><Amt Ccy=\"{currency}\">{amount}</Amt><CdtDbtInd>DBIT</CdtDbtInd></Rcrd></Chrgs>")
}

/// A statement of bookings, and of balances: kind, amount, side and day.
fn camt_053(bookings: &str, iban: &str, balances: &[(&str, &str, &str, &str)]) -> String {
    let balance = |(kind, amount, side, day): &(&str, &str, &str, &str)| {
        format!(
            "<Bal><Tp><CdOrPrtry><Cd>{kind}</Cd></CdOrPrtry></Tp><Amt Ccy=\"EUR\">{amount}</Amt><CdtDbtInd>{side}</CdtDbtInd><Dt><Dt>{day}</Dt></Dt></Bal>"
        )
    };
    let balances: String = balances.iter().map(balance).collect();
    format!(
        "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.08\"><BkToCstmrStmt><Stmt><Acct><Id><IBAN>{iban}</IBAN></Id></Acct>\
         {balances}{bookings}</Stmt></BkToCstmrStmt></Document>"
    )
}

/// The account that the program file names.
const OWN: &str = "DE75512108001245126199";

fn import(shop: &Shop, text: &str, at: &str) -> String {
    shop.write("answer", text);
    let said = shop.must(&["batch", "import", "answer", "--by", "lee", "--as-of", at]);
    shop.must(&["check"]);
    said
}

/// What moved between the bank and accounts of charges: kind, creator, detail, and what it cost.
fn charged(shop: &Shop) -> Vec<(String, String, String, i64)> {
    let moved = rows(&shop.must(&["export", "journal"]))
        .into_iter()
        .filter(|row| [&row["source"], &row["target"]].contains(&&"bank".to_owned()));
    moved
        .map(|row| {
            let sign = if row["target"] == "bank" { 1 } else { -1 };
            assert_eq!(row["entry_kind"], "charged");
            (row["kind"].clone(), row["creator_id"].clone(), row["detail"].clone(), sign * cents(&row["amount"]))
        })
        .collect()
}

fn of(kind: &str, creator: &str, detail: &str, cents: i64) -> (String, String, String, i64) {
    (kind.to_owned(), creator.to_owned(), detail.to_owned(), cents)
}

#[test]
fn fees_are_booked_once_and_never_to_the_creator() {
    let shop = sent();
    let text = camt_053(
        &[
            booking("ana", "12.05", &charge("0.20", "EUR"), ""),
            // The charge of a booking of one payment stands beside it, as older messages have it.
            booking("ben", "5.00", "", "<Chrgs><Amt Ccy=\"EUR\">0.15</Amt></Chrgs>"),
            booking("cho", "15.00", &charge("1.00", "CHF"), ""),
        ]
        .concat(),
        OWN,
        &[],
    );
    let said = import(&shop, &text, "2026-02-04T09:00:00Z");
    assert!(said.contains("32.05 EUR paid to 3 creators") && said.contains("fees of 0.35 EUR were booked by lee"), "{said}");
    assert!(said.contains("its fee is 1.00 CHF, and the ledger is in EUR; book it in your own accounts"), "{said}");
    let fees = [of("bank_fee", "ana", "", 20), of("bank_fee", "ben", "", 15)];
    assert_eq!(charged(&shop), fees);
    assert_eq!(
        shop.must(&["export", "balances"]),
        "creator_id,pending,payable,reserved,paid\nana,0.00,0.00,0.00,12.05\nben,0.00,0.00,0.00,5.00\ncho,0.00,0.00,0.00,15.00\n"
    );
    let entries = || shop.database.sql("SELECT COUNT(*) FROM entries");
    let before = entries();
    assert!(!import(&shop, &text, "2026-02-04T10:00:00Z").contains("booked by"));
    assert_eq!(entries(), before, "importing twice changes nothing");
    let other = camt_053(&booking("ana", "12.05", &charge("0.25", "EUR"), ""), OWN, &[]);
    let said = import(&shop, &other, "2026-02-05T09:00:00Z");
    assert!(said.contains("the fee for ana in batch shop-0001 was booked as 0.20 EUR, and the bank now says 0.25 EUR"), "{said}");
    assert_eq!(charged(&shop), fees);
    // What came back cost something, too.
    let back = booking("ana", "12.05", &format!("<RtrInf><Rsn><Cd>AC04</Cd></Rsn></RtrInf>{}", charge("3.00", "EUR")), "");
    import(&shop, &camt_053(&back, OWN, &[]), "2026-02-06T09:00:00Z");
    assert_eq!(charged(&shop)[2..], [of("bank_fee", "ana", "return", 300)]);
    // The creator reads nothing of it.
    let statement = shop.must(&["statement", "ana", "--month", "2026-02", "--as-of", "2026-02-20T00:00:00Z"]);
    assert!(!statement.contains("3.00") && !statement.contains("0.20"), "{statement}");
}

/// What was debited for an exchanged payment is 12.31 with a fee of 0.20: six cents went with the exchange. ben's gave two.
#[test]
fn exchange_differences_have_an_account_of_their_own() {
    let shop = sent();
    let exchanged = |amount: &str, debited: &str, charges: &str| {
        format!(
            "<AmtDtls><InstdAmt><Amt Ccy=\"EUR\">{amount}</Amt></InstdAmt><TxAmt><Amt Ccy=\"EUR\">{debited}</Amt><CcyXchg><SrcCcy>EUR</SrcCcy>\
             <XchgRate>1.08</XchgRate></CcyXchg></TxAmt></AmtDtls>{charges}"
        )
    };
    let included = charge("0.20", "EUR").replace("</CdtDbtInd>", "</CdtDbtInd><ChrgInclInd>true</ChrgInclInd>");
    let text = camt_053(
        &[
            booking("ana", "12.31", &exchanged("12.05", "12.31", &included), ""),
            booking("ben", "4.98", &exchanged("5.00", "4.98", ""), ""),
        ]
        .concat(),
        OWN,
        &[],
    );
    let said = import(&shop, &text, "2026-02-04T09:00:00Z");
    assert!(said.contains("fees of 0.20 EUR and exchange differences of 0.04 EUR were booked"), "{said}");
    assert_eq!(
        charged(&shop),
        [of("bank_fee", "ana", "", 20), of("exchange_difference", "ana", "", 6), of("exchange_difference", "ben", "", -2)]
    );
    let books = shop.must(&["export", "journal", "--format", "hledger"]);
    for wanted in ["    expenses:bank-fees  0.20 EUR  ; kind:bank_fee", "    assets:bank  0.02 EUR  ; kind:exchange_difference"] {
        assert!(books.contains(wanted), "{wanted} in\n{books}");
    }
    // In an accounting program, too.
    let program = shop.read("shop.toml");
    shop.write(
        "shop.toml",
        program + "\n[books.accounts]\nexpense = \"5000\"\nbank_fees = \"6000\"\nexchange = \"6010\"\nliability = \"2100\"\ncash = \"1000\"\n",
    );
    shop.must(&["run", "nightly", "--by", "rosa", "--as-of", "2026-03-01T00:00:00Z"]);
    close(&shop, "2026-02", "2026-03-01T08:00:00Z");
    let february = shop.must(&["export", "journal", "--format", "xero", "--month", "2026-02"]);
    let of_day = |account: &str| {
        let rows = rows(&february);
        let row = rows.iter().find(|row| row["*AccountCode"] == account && row["*Date"] == "04/02/2026");
        row.map_or(0, |row| cents(&row["*Amount"]))
    };
    assert_eq!([of_day("6000"), of_day("6010"), of_day("2100"), of_day("1000")], [20, 4, 1705, -1729]);
}

#[test]
fn columns_of_fees_in_tables_of_results_are_booked() {
    let row = |creator: &str| format!("{creator},,{creator},paypal,{creator}@pay.example.com,,USD,,\n");
    let shop = shop("USD", &["ana", "ben", "cho"].map(row).concat(), "");
    export(&shop, "paypal", "paid.csv");
    let id = |creator: &str| payment_id("shop-0001", creator);
    let table = format!(
        "Customer ID,Amount,Status,Fee,Fee currency\n{},12.05,Completed,-0.25,USD\n{},5.00,Completed,0.00,USD\n{},15.00,Unclaimed,0.30,USD\n",
        id("ana"),
        id("ben"),
        id("cho")
    );
    let said = import(&shop, &table, "2026-02-04T09:00:00Z");
    assert!(said.contains("fees of 0.25 USD were booked"), "{said}");
    // What nobody took yet may still cost nothing.
    assert_eq!(charged(&shop), [of("bank_fee", "ana", "", 25)]);
}

#[test]
fn a_batch_is_compared_with_what_there_is_to_pay_from() {
    let shop = shop("EUR", EUROPEANS, SEPA);
    let funds = |amount: &str, on: &str, at: &str| shop.must(&["funds", amount, "--on", on, "--by", "mia", "--as-of", at]);
    let shown = || {
        let sheet = shop.must(&["batch", "show", "shop-0001"]);
        sheet.lines().find(|line| line.starts_with("funds: ")).map(str::to_owned)
    };
    assert_eq!(shown(), None, "nobody said yet");
    let said = funds("40.00", "2026-02-01", "2026-02-02T10:00:00Z");
    assert!(said.starts_with("40.00 EUR available on 2026-02-01 (entered by mia) (ledger entry "), "{said}");
    assert_eq!(
        shown().as_deref(),
        Some("funds: 40.00 EUR available on 2026-02-01 (entered by mia); after this batch: 7.95 EUR left")
    );
    assert!(funds("40.00", "2026-02-01", "2026-02-02T11:00:00Z").starts_with("nothing was recorded; already known: 40.00 EUR"));
    assert!(funds("99.00", "2026-01-31", "2026-02-02T11:00:00Z").starts_with("nothing was recorded; already known: 40.00 EUR"));
    // What is available counts, rather than what is booked, and the latest day.
    let statement = camt_053(
        "",
        OWN,
        &[
            ("OPBD", "70.00", "CRDT", "2026-02-02"),
            ("CLBD", "60.00", "CRDT", "2026-02-02"),
            ("CLAV", "30.00", "CRDT", "2026-02-02"),
            ("CLAV", "90.00", "CRDT", "2026-02-01"),
        ],
    );
    let said = import(&shop, &statement, "2026-02-03T09:00:00Z");
    assert!(said.contains("30.00 EUR available on 2026-02-02 (the bank's statement, imported by lee) (ledger entry "), "{said}");
    let short =
        "funds: 30.00 EUR available on 2026-02-02 (the bank's statement, imported by lee); after this batch: 2.05 EUR short";
    assert_eq!(shown().as_deref(), Some(short));
    let json: serde_json::Value =
        serde_json::from_str(&shop.must(&["batch", "show", "shop-0001", "--format", "json"])).expect("it is JSON");
    assert_eq!((json["funds"]["amount"].as_str(), json["funds_left"].as_str()), (Some("30.00"), Some("-2.05")));
    let again = import(&shop, &statement, "2026-02-03T10:00:00Z");
    assert_eq!(again, "the file says nothing about payments\n");
    let other = camt_053("", "DE02120300000000202051", &[("CLBD", "500.00", "CRDT", "2026-02-03")]);
    assert!(
        import(&shop, &other, "2026-02-03T11:00:00Z").contains("the balance of 2026-02-03 is of another account"),
        "of another"
    );
    import(&shop, &camt_053("", OWN, &[("ITBD", "3.00", "DBIT", "2026-02-03")]), "2026-02-03T12:00:00Z");
    assert!(shown().expect("it is known").contains("-3.00 EUR available on 2026-02-03"), "overdrawn");
    for (arguments, why) in [
        (&["funds", "1.234", "--by", "mia"][..], "the amount \"1.234\""),
        (&["funds", "1.00", "--by", "runner"], "reserved for `purser serve`"),
        (&["funds", "1.00", "--on", "2026-02-04", "--by", "mia", "--as-of", "2026-02-03T13:00:00Z"], "is in the future"),
    ] {
        let refused = shop.run(arguments);
        assert!(!refused.ok && refused.err.contains(why), "{arguments:?}: {}", refused.err);
    }
    shop.must(&["batch", "settle", "shop-0001", "--by", "lee", "--as-of", "2026-02-04T10:00:00Z"]);
    assert_eq!(shown(), None, "what was paid needs no funds");
}
