//! Creators who are paid in another currency than the program's: at the rate that was approved, whatever the program file says later.

use purser::money::{Currency, Rounding};
use purser::payout::payment_id;

use crate::payment_files::{
    ACH, EUROPEANS, HEADER, KEY, SEPA, approve, elements, export, export_with, good_pain, set_up, with_key,
};
use crate::support::database::Kind;
use crate::support::{Done, Shop};

const PAYPAL: &str = "ana,,Ana,paypal,ana@pay.example.com,,EUR,,\nben,,Ben,paypal,ben@pay.example.com,,JPY,,\n\
     cho,,Cho,paypal,cho@pay.example.com,,KWD,,\n";

fn rate(currency: &str, rate: &str) -> String {
    format!("[payout.exchange_rates.{currency}]\nrate = \"{rate}\"\nsource = \"ECB 2026-01-30\"\n")
}

/// A shop in dollars that pays by SEPA at 0.92, drafted: 12.05 to ana, 5.00 to ben, 15.00 to cho, which are 11.086, 4.60 and 13.80 EUR.
fn drafted() -> Shop {
    let shop = Shop::small();
    set_up(&shop, "USD", EUROPEANS, &format!("{SEPA}{}", rate("EUR", "0.92")));
    draft(&shop);
    shop
}

fn draft(shop: &Shop) {
    shop.must(&["run", "nightly", "--as-of", "2026-02-01T00:00:00Z", "--by", "rosa"]);
    shop.must(&["run", "payout", "--as-of", "2026-02-01T09:00:00Z", "--by", "rosa"]);
}

fn approve_by(shop: &Shop, by: &str, hour: u32) -> Done {
    with_key(shop, &["batch", "approve", "shop-0001", "--by", by, "--as-of", &format!("2026-02-02T{hour:02}:00:00Z")])
}

fn change(shop: &Shop, from: &str, to: &str) {
    let text = shop.read("shop.toml");
    assert!(text.contains(from), "{from} is in {text}");
    shop.write("shop.toml", text.replace(from, to));
}

/// Gives a small shop payees in euros, and the rate for them: what is signed of both is kept.
pub fn pay_in_euros(shop: &Shop) {
    let payees = ["ana", "ben", "cho"].map(|id| format!("{id},,{id},paypal,{id}@example.com,,EUR,,\n")).concat();
    shop.write("payees.csv", format!("{HEADER}{payees}"));
    let program = shop.read("shop.toml").replace("[sources]\n", "[sources]\npayees = \"payees.csv\"\n");
    shop.write("shop.toml", format!("{program}\n{}", rate("EUR", "0.92")));
}

/// What `minor` units come to, worked by hand: from, to, rate, half even, half up, down.
#[test]
fn amounts_are_converted_as_worked_by_hand() {
    for (minor, from, to, rate, wanted) in [
        // 12.05 USD are 11.086 EUR.
        (1205, "USD", "EUR", "0.92", [1109, 1109, 1108]),
        // 5.00 USD are 4.985 EUR, and 5.02 are 5.00494.
        (500, "USD", "EUR", "0.997", [498, 499, 498]),
        (502, "USD", "EUR", "0.997", [500, 500, 500]),
        // 15.00 USD are 4.995 EUR: the even neighbour is above.
        (1500, "USD", "EUR", "0.333", [500, 500, 499]),
        // 5.00 USD are 756.175 yen, 10.00 are 1512.35; 1.00 is 150.5 at another rate.
        (500, "USD", "JPY", "151.235", [756, 756, 756]),
        (100, "USD", "JPY", "150.5", [150, 151, 150]),
        // 15.00 USD are 4.61175 dinars, of three decimals.
        (1500, "USD", "KWD", "0.30745", [4612, 4612, 4611]),
        // 1512 yen are 9.99946 USD; 3.252 dinars are 10.57727 USD.
        (1512, "JPY", "USD", "0.0066134", [1000, 1000, 999]),
        (3252, "KWD", "USD", "3.25254", [1058, 1058, 1057]),
        (1, "JPY", "EUR", "0.0031", [0, 0, 0]),
        (100_000_000_000, "EUR", "JPY", "163.000000000001", [163_000_000_000, 163_000_000_000, 163_000_000_000]),
    ] {
        let [from, to] = [from, to].map(|code| Currency::parse(code).expect("a currency"));
        let convert = |rounding| rate.parse::<purser::money::Rate>().expect("a rate").convert_rounded(minor, from, to, rounding);
        let got = [Rounding::HalfEven, Rounding::HalfUp, Rounding::Down].map(|rounding| convert(rounding).expect("it fits"));
        assert_eq!(got, wanted, "{minor} {from} at {rate} {to}");
    }
}

/// PayPal takes a table for each currency, and each has as many decimals as its currency.
#[test]
fn each_currency_has_a_file_with_its_decimals() {
    let shop = Shop::small();
    let rates = [rate("EUR", "0.92"), rate("JPY", "151.235"), rate("KWD", "0.30745")].concat();
    set_up(&shop, "USD", PAYPAL, &rates);
    approve(&shop);
    let shown = shop.must(&["batch", "show", "shop-0001"]);
    for wanted in [
        "paypal: 32.05 USD to 3 creators, of which 11.09 EUR and 756 JPY and 4.612 KWD in other currencies",
        "ana: paypal a…@pay.example.com, Ana: 11.09 EUR at 0.92 (ECB 2026-01-30)",
        "ben: paypal b…@pay.example.com, Ben: 756 JPY at 151.235 (ECB 2026-01-30)",
        "cho: paypal c…@pay.example.com, Cho: 4.612 KWD at 0.30745 (ECB 2026-01-30)",
    ] {
        assert!(shown.contains(wanted), "{wanted}: {shown}");
    }
    let said = export(&shop, "paypal", "paid.csv");
    assert!(said.contains("3 payments of 32.05 USD, of which 11.09 EUR and 756 JPY and 4.612 KWD in other currencies"), "{said}");
    let files = ["paid-1.csv", "paid-2.csv", "paid-3.csv"].map(|name| shop.read(name));
    for (file, wanted) in
        files.iter().zip(["ana@pay.example.com,11.09,EUR,", "ben@pay.example.com,756,JPY,", "cho@pay.example.com,4.612,KWD,"])
    {
        assert!(file.starts_with(wanted) && file.lines().count() == 1, "{wanted}: {file}");
    }
    shop.must(&["check"]);
}

/// What the file orders, what the sheet showed, and what the table keeps come to the same; the file is one that others accept.
#[test]
fn sheet_file_and_record_tie() {
    let shop = drafted();
    let json = |shop: &Shop| -> serde_json::Value {
        serde_json::from_str(&with_key(shop, &["batch", "show", "shop-0001", "--format", "json"]).out).expect("JSON")
    };
    let before = json(&shop);
    assert!(approve_by(&shop, "mia", 9).ok);
    assert_eq!(json(&shop)["lines"], before["lines"], "what was shown is what was approved");
    export(&shop, "pain001", "paid.xml");
    let text = shop.read("paid.xml");
    let cents = |text: &str| text.replace('.', "").parse::<i64>().expect("an amount of cents");
    let ordered: Vec<i64> = elements(&text, "InstdAmt").into_iter().map(cents).collect();
    assert_eq!(ordered, [1109, 460, 1380]);
    let shown: i64 =
        before["lines"].as_array().expect("lines").iter().map(|line| cents(line["gets"]["amount"].as_str().expect("text"))).sum();
    assert_eq!((shown, cents(elements(&text, "CtrlSum")[0])), (2949, 2949));
    assert_eq!(before["totals"][0]["converted"], serde_json::json!([{ "amount": "29.49", "currency": "EUR" }]));
    let kept = shop.database.sql("SELECT SUM(amount) FROM batch_conversions");
    assert_eq!(kept.trim(), "2949");
    good_pain(&shop, &text);
    // In the ledger it is the program's money.
    shop.must(&["batch", "settle", "shop-0001", "--by", "lee", "--as-of", "2026-02-04T09:00:00Z"]);
    let balances = shop.must(&["export", "balances"]);
    assert!(balances.contains("ana,0.00,0.00,0.00,12.05"), "{balances}");
    let statement = shop.must(&["statement", "ana", "--month", "2026-02", "--as-of", "2026-02-20T00:00:00Z"]);
    assert!(statement.contains("€11.09 at a rate of 0.92 (ECB 2026-01-30)"), "{statement}");
    shop.must(&["run", "nightly", "statements", "--as-of", "2026-03-01T06:00:00Z", "--by", "rosa"]);
    let statement = shop.must(&["statement", "ana", "--month", "2026-02"]);
    assert!(statement.contains("€11.09 at a rate of 0.92 (ECB 2026-01-30)"), "{statement}");
    shop.must(&["check"]);
}

#[test]
fn the_rate_of_the_approval_stays() {
    for kind in Kind::BOTH {
        let shop = Shop::small_on(kind);
        set_up(&shop, "USD", EUROPEANS, &format!("{SEPA}{}", rate("EUR", "0.92")));
        draft(&shop);
        assert!(approve_by(&shop, "mia", 9).ok);
        change(&shop, "0.92", "0.5");
        shop.must(&["check"]);
        let shown = with_key(&shop, &["batch", "show", "shop-0001"]).out;
        assert!(shown.contains("approved by mia") && shown.contains("11.09 EUR at 0.92"), "{shown}");
        export(&shop, "pain001", "paid.xml");
        let first = shop.read("paid.xml");
        assert!(first.contains(">11.09<") && !first.contains(">6.0"), "{first}");
        change(&shop, &rate("EUR", "0.5"), "");
        let again = export(&shop, "pain001", "again.xml");
        assert!(again.contains("already exported") && shop.read("again.xml") == first, "{again}");
        shop.must(&["check"]);
        // Behind purser's back it is found, and nothing is paid by it.
        shop.database.sql("UPDATE batch_conversions SET amount = amount + 1 WHERE creator_id = 'ben'");
        let found = shop.run(&["check", "batches"]);
        assert!(!found.ok && found.out.contains("the exchange rates that were signed"), "{}", found.out);
        shop.write("answer", "status,customer id\n");
        let id = payment_id("shop-0001", "ben");
        shop.write("answer", format!("status,customer id,amount\ncompleted,{id},4.61\n"));
        let refused = shop.run(&["batch", "import", "answer", "--by", "lee", "--as-of", "2026-02-04T09:00:00Z"]);
        assert!(!refused.ok && refused.err.contains("are kept otherwise than they were approved"), "{}", refused.err);
    }
}

#[test]
fn without_a_rate_nothing_is_approved() {
    let shop = Shop::small();
    set_up(&shop, "USD", EUROPEANS, SEPA);
    draft(&shop);
    let shown = with_key(&shop, &["batch", "show", "shop-0001"]).out;
    assert!(shown.contains("ana: their account is in EUR, the program pays USD, and there is no exchange rate"), "{shown}");
    let refused = approve_by(&shop, "mia", 9);
    let why = "has no exchange rate for the accounts of\nEUR: ana, ben, cho\nAdd [payout.exchange_rates.EUR] with rate and source, and approve \
               it then; or take these lines out, `purser batch hold shop-0001 --creator CREATOR`";
    assert!(!refused.ok && refused.err.contains(why), "{}", refused.err);
    assert!(shop.must(&["batch", "list", "--format", "csv"]).contains("shop-0001,draft,"));
    shop.write("shop.toml", format!("{}\n{}", shop.read("shop.toml"), rate("EUR", "0.92")));
    assert!(approve_by(&shop, "mia", 10).ok);
    // Lines that are taken out need none.
    let other = Shop::small();
    set_up(
        &other,
        "EUR",
        &EUROPEANS.replace("cho,cho,Cho,sepa,NL91ABNA0417164300,,EUR", "cho,cho,Cho,paypal,cho@example.com,,USD"),
        SEPA,
    );
    draft(&other);
    assert!(approve_by(&other, "mia", 9).err.contains("\nUSD: cho\n"));
    other.must(&[
        "batch",
        "hold",
        "shop-0001",
        "--creator",
        "cho",
        "--reason",
        "no rate",
        "--by",
        "lee",
        "--as-of",
        "2026-02-02T09:30:00Z",
    ]);
    assert!(approve_by(&other, "mia", 10).ok);
}

#[test]
fn what_the_program_file_says_of_rates_is_checked() {
    let shop = Shop::small();
    for (section, why) in [
        (rate("EUR", "0"), "`rate` is not above zero"),
        (rate("EUR", "-1"), "`rate` is below zero"),
        (rate("USD", "1"), "[payout.exchange_rates.USD] is the program's own currency, which is not exchanged"),
        (rate("Euro", "1"), "\"Euro\" is not an ISO 4217 currency code"),
        ("[payout.exchange_rates.EUR]\nrate = \"0.92\"\n".to_owned(), "[payout.exchange_rates.EUR] needs `source`"),
        ("[payout.exchange_rates.EUR]\nrate = 0.92\nsource = \"x\"\n".to_owned(), "write the decimal in quotes"),
        ("[payout.exchange_rates]\nEUR = \"0.92\"\n".to_owned(), "[payout.exchange_rates] has no key `EUR`"),
        ("[payout.exchange_rates.EUR]\nrte = \"1\"\n".to_owned(), "did you mean `rate`?"),
    ] {
        set_up(&shop, "USD", PAYPAL, &section);
        let refused = shop.run(&["validate"]);
        assert!(!refused.ok && refused.err.contains(why), "{section}: {}", refused.err);
        shop.write("shop.toml", shop.read("shop.toml").replace(&section, "").replace("payees = \"payees.csv\"\n", ""));
    }
}

/// The second approver signs the rates as they are then; an approver who signed others signs again.
#[test]
fn rates_that_changed_between_signatures_void_the_first() {
    let shop = drafted();
    shop.write("shop.toml", shop.read("shop.toml") + "\n[[payout.approvals]]\napprovers = 2\n");
    assert!(approve_by(&shop, "mia", 9).out.contains("was signed by mia"));
    change(&shop, "0.92", "0.93");
    let second = approve_by(&shop, "lee", 10);
    assert!(second.out.contains("was signed by lee") && !second.out.contains("approved by lee"), "{}", second.out);
    let refused = approve_by(&shop, "lee", 11);
    assert!(refused.err.contains("lee signed batch shop-0001"), "{}", refused.err);
    assert!(approve_by(&shop, "mia", 12).ok);
    export(&shop, "pain001", "paid.xml");
    assert!(shop.read("paid.xml").contains(">11.21<"), "12.05 at 0.93");
    shop.must(&["check"]);
}

/// Details that changed after the approval are paid by neither the old rate nor a new one.
#[test]
fn an_account_in_another_currency_is_another_account() {
    let shop = drafted();
    assert!(approve_by(&shop, "mia", 9).ok);
    let american = "ben,ben,Ben Baker,ach,987654321,021000021,USD,US,savings\n";
    let payees = EUROPEANS.lines().map(|row| if row.starts_with("ben") { american.to_owned() } else { format!("{row}\n") });
    shop.write("payees.csv", format!("{HEADER}{}", payees.collect::<String>()));
    let refused = export_with(&shop, KEY, "pain001", "paid.xml", &[]);
    assert!(!refused.ok && refused.err.contains("ben: their payment details changed after the approval"), "{}", refused.err);
    assert!(approve_by(&shop, "lee", 10).ok, "as it is now");
    shop.write("shop.toml", format!("{}\n{ACH}", shop.read("shop.toml")));
    export(&shop, "pain001", "paid.xml");
    assert_eq!(elements(&shop.read("paid.xml"), "InstdAmt"), ["11.09", "13.80"]);
    assert!(export(&shop, "nacha", "paid.ach").contains("1 payment of 5.00 USD\n"));
    shop.must(&["check"]);
}

/// Wise exchanges what leaves the account, unless a rate was approved: then payees get what it comes to.
#[test]
fn wise_is_told_what_payees_get_where_a_rate_was_approved() {
    let payees = "ana,,Ana,wise,DE89370400440532013000,,EUR,,\nben,,Ben,wise,12345674,400001,GBP,,\ncho,,Cho,wise,NL91ABNA0417164300,,EUR,,\n";
    let shop = Shop::small();
    set_up(&shop, "USD", payees, &format!("{}{}", crate::payment_files::WISE, rate("EUR", "0.92")));
    approve(&shop);
    export(&shop, "wise", "paid.csv");
    let [euros, pounds] = ["paid-1.csv", "paid-2.csv"].map(|name| shop.read(name));
    assert!(euros.contains("Ana,,Payout,PERSON,target,11.09,USD,EUR,") && euros.contains("target,13.80,USD,EUR"), "{euros}");
    assert!(pounds.contains("Ben,,Payout,PERSON,source,5.00,USD,GBP,"), "{pounds}");
    shop.must(&["check"]);
}

/// 11.09 EUR were ordered for 12.05 USD, and 12.11 USD were debited: six cents went with the exchange. ben's gave two.
#[test]
fn what_the_bank_debited_is_held_against_what_was_approved() {
    let shop = drafted();
    assert!(approve_by(&shop, "mia", 9).ok);
    export(&shop, "pain001", "paid.xml");
    let booking = |creator: &str, euros: &str, currency: &str, dollars: &str| {
        let id = payment_id("shop-0001", creator);
        format!(
            "<Ntry><Amt Ccy=\"USD\">{dollars}</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><NtryDtls><TxDtls><Refs><EndToEndId>{id}\
             </EndToEndId></Refs><Amt Ccy=\"USD\">{dollars}</Amt><AmtDtls><InstdAmt><Amt Ccy=\"{currency}\">{euros}</Amt></InstdAmt><TxAmt>\
             <Amt Ccy=\"USD\">{dollars}</Amt><CcyXchg><SrcCcy>USD</SrcCcy><TrgtCcy>EUR</TrgtCcy><XchgRate>0.9157</XchgRate></CcyXchg></TxAmt>\
             </AmtDtls></TxDtls></NtryDtls></Ntry>"
        )
    };
    let message = |bookings: &[String]| {
        format!(
            "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.054.001.08\"><BkToCstmrDbtCdtNtfctn><Ntfctn>{}</Ntfctn>\
             </BkToCstmrDbtCdtNtfctn></Document>",
            bookings.concat()
        )
    };
    let import = |text: &str, at: &str| {
        shop.write("answer", text);
        let said = shop.must(&["batch", "import", "answer", "--by", "lee", "--as-of", at]);
        shop.must(&["check"]);
        said
    };
    let wrong = message(&[
        booking("ana", "11.08", "EUR", "12.11"),
        booking("ben", "4.60", "USD", "4.98"),
        booking("cho", "15.00", "EUR", "15.00"),
    ]);
    let said = import(&wrong, "2026-02-03T09:00:00Z");
    for wanted in [
        "the payment to ana in batch shop-0001 is 11.09 EUR, and the bank says 11.08 EUR",
        "the payment to ben in batch shop-0001 is 4.60 EUR, and the bank says 4.60 USD",
        "the payment to cho in batch shop-0001 is 13.80 EUR, and the bank says 15.00 EUR",
    ] {
        assert!(said.contains(wanted), "{wanted}: {said}");
    }
    assert!(!said.contains("paid to"), "{said}");
    let shop_before = shop.must(&["export", "balances"]);
    assert!(shop_before.contains("ana,0.00,0.00,12.05,0.00"), "{shop_before}");
    assert!(!said.contains("exchange differences"), "an answer that is not believed books nothing: {said}");
    let right = message(&[
        booking("ana", "11.09", "EUR", "12.11"),
        booking("ben", "4.60", "EUR", "4.98"),
        booking("cho", "13.80", "EUR", "15.00"),
    ]);
    let said = import(&right, "2026-02-04T09:00:00Z");
    assert!(
        said.contains("32.05 USD paid to 3 creators") && said.contains("exchange differences of 0.04 USD were booked"),
        "{said}"
    );
    let books = shop.must(&["export", "journal", "--format", "hledger"]);
    for wanted in
        ["    assets:bank  0.02 USD  ; kind:exchange_difference", "    expenses:exchange  0.06 USD  ; kind:exchange_difference"]
    {
        assert!(books.contains(wanted), "{wanted} in\n{books}");
    }
    assert!(!import(&right, "2026-02-05T09:00:00Z").contains("booked"), "importing twice changes nothing");
}
