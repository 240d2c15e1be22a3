//! The sheet of a batch says whom it pays, how that differs from before, and who is not in it and why.

use serde_json::Value;

use crate::payment_files::{EUROPEANS, HEADER, SEPA, set_up};
use crate::support::Shop;
use crate::support::database::Kind;

const ORDERS: &str = "order_id,ordered_at,updated_at,status,currency,customer_id,customer_email,visitor_id,click_id,codes\n\
     a1,2026-01-05T10:00:00Z,2026-01-05T10:00:00Z,paid,USD,p1,,,,ANA\n\
     f1,2026-01-05T11:00:00Z,2026-01-05T11:00:00Z,paid,USD,p2,,,,FAY\n\
     d1,2026-01-30T10:00:00Z,2026-01-30T10:00:00Z,paid,USD,p3,,,,DAN\n\
     d2,2026-02-21T10:00:00Z,2026-02-21T10:00:00Z,paid,USD,p4,,,,DAN\n\
     e1,2026-02-21T10:00:00Z,2026-02-21T10:00:00Z,paid,USD,p5,,,,EVE\n\
     e2,2026-02-25T10:00:00Z,2026-02-25T10:00:00Z,paid,USD,p6,,,,EVE\n\
     h1,2026-02-21T10:00:00Z,2026-02-21T10:00:00Z,paid,USD,p7,,,,HAL\n";

const LINES: &str = "order_id,line_id,sku,category,quantity,net_amount\na1,1,A,x,1,100.00\nf1,1,A,x,1,246.80\nd1,1,A,x,1,100.00\n\
     d2,1,A,x,1,50.00\ne1,1,A,x,1,241.00\ne2,1,A,x,1,100.00\nh1,1,A,x,1,70.00\n";

const REFUNDS: &str =
    "refund_id,order_id,line_id,refunded_at,amount\nr1,a1,1,2026-02-10T09:00:00Z,50.00\nr2,f1,1,2026-02-10T09:00:00Z,246.80\n";

/// Fees are payable at once.
const FEES: &str = "fee_id,creator_id,amount,due_on,memo\n\
     j1,ana,50.00,2026-01-15,\nj2,ben,30.00,2026-01-15,\nj3,cho,17.69,2026-01-15,\nj4,gus,25.00,2026-01-15,\nj5,jon,21.00,2026-01-15,\n\
     k1,ana,60.00,2026-02-15,\nk2,cho,10.00,2026-02-15,\nk3,ivy,40.00,2026-02-15,\nk4,jon,1500.00,2026-02-15,\nk5,kim,17.69,2026-02-15,\n";

/// Ten percent, ten days of hold, and at least 20.00 in a payment.
fn shop(kind: Kind) -> Shop {
    let shop = Shop::small_on(kind);
    shop.write("shop.toml", shop.read("shop.toml") + "\n[payout]\nminimum = \"20\"\n");
    let creators = ["ana", "ben", "cho", "dan", "eve", "fay", "gus", "hal", "ivy", "jon", "kim"];
    let rows = creators.map(|id| format!("{id},{id},{id}@example.com,,,\n")).concat();
    shop.write("creators.csv", format!("creator_id,name,email,group,active_from,active_to\n{rows}"));
    let codes = ["ana", "dan", "eve", "fay", "hal"].map(|id| format!("{},{id},,\n", id.to_uppercase())).concat();
    shop.write("codes.csv", format!("code,creator_id,active_from,active_to\n{codes}"));
    shop.write("clicks.csv", "click_id,clicked_at,visitor_id,link_key,sub_id\n");
    for (file, text) in [("orders.csv", ORDERS), ("order_lines.csv", LINES), ("refunds.csv", REFUNDS), ("fees.csv", FEES)] {
        shop.write(file, text);
    }
    shop
}

fn run(shop: &Shop, command: &[&str], by: &str, at: &str) -> String {
    shop.must(&[command, &["--by", by, "--as-of", at]].concat())
}

/// The same, with a second batch that waits: the first was paid, but for gus.
pub fn with_draft(kind: Kind) -> Shop {
    let shop = shop(kind);
    run(&shop, &["run", "nightly"], "rosa", "2026-02-01T00:00:00Z");
    run(&shop, &["run", "payout"], "rosa", "2026-02-01T09:00:00Z");
    run(&shop, &["batch", "approve", "shop-0001"], "mia", "2026-02-02T09:00:00Z");
    run(&shop, &["batch", "settle", "shop-0001", "--failed", "gus"], "tom", "2026-02-03T09:00:00Z");
    run(&shop, &["adjust", "ana", "3.00", "--reason", "samples"], "mia", "2026-02-15T09:00:00Z");
    run(&shop, &["proposal", "approve", "shop-p0002"], "lee", "2026-02-15T10:00:00Z");
    run(&shop, &["run", "nightly"], "rosa", "2026-03-01T00:00:00Z");
    run(&shop, &["run", "payout"], "rosa", "2026-03-01T09:00:00Z");
    shop
}

/// What a batch shows below its heading, each line without the space of the table.
fn sheet(shop: &Shop, batch: &str) -> Vec<String> {
    let shown = shop.must(&["batch", "show", batch]);
    let lines = shown.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
    lines.skip_while(|line| !line.starts_with("creator id")).skip(1).collect()
}

fn json(shop: &Shop, batch: &str) -> Value {
    serde_json::from_str(&shop.must(&["batch", "show", batch, "--format", "json"])).expect("it is JSON")
}

/// The flags of a creator's line.
fn flags(shop: &Shop, batch: &str, creator: &str) -> Vec<String> {
    let sheet = json(shop, batch);
    let line = sheet["lines"].as_array().expect("lines").iter().find(|line| line["creator_id"] == creator).expect("their line");
    line["flags"].as_array().expect("flags").iter().map(|flag| flag.as_str().expect("a code").to_owned()).collect()
}

const LINES_OF_SECOND: [&str; 4] = [
    "jon 1500.00 reserved 0.00 1500.00 0.00 0.00 +1479.00 since shop-0001 far above their usual payout",
    "ana 58.00 reserved 0.00 60.00 5.00 3.00 -2.00 since shop-0001",
    "ivy 40.00 reserved 0.00 40.00 0.00 0.00 first payout",
    "cho 27.69 reserved 17.69 10.00 0.00 0.00 first payout",
];

const ABSENT_FROM_SECOND: [&str; 6] = [
    "eve: 34.10 USD on hold, 24.10 USD of it until 3 March 2026",
    "gus: 25.00 USD in batch shop-0001 on 1 March 2026",
    "fay: owes 24.68 USD as of 1 March 2026",
    "kim: 17.69 USD payable as of 1 March 2026, below the minimum of 20.00 USD by 2.31",
    "dan: 10.00 USD payable as of 1 March 2026, below the minimum of 20.00 USD by 10.00; 5.00 USD on hold until 3 March 2026",
    "hal: 7.00 USD on hold until 3 March 2026",
];

/// Worked by hand. Ben has nothing since the first batch, and is not named.
#[test]
fn everybody_is_in_it_or_it_says_why_not() {
    for kind in Kind::BOTH {
        let shop = with_draft(kind);
        let as_of_entry = "not in this batch, as of the last entry, 2026-03-01T09:00:00Z: 6 creators";
        assert_eq!(sheet(&shop, "shop-0002"), [&LINES_OF_SECOND[..], &[as_of_entry], &ABSENT_FROM_SECOND].concat());
        assert_eq!(
            sheet(&shop, "shop-0001"),
            [
                "ana 60.00 paid 0.00 60.00 0.00 0.00 first payout",
                "ben 30.00 paid 0.00 30.00 0.00 0.00 first payout",
                "gus 25.00 in_question 0.00 25.00 0.00 0.00 first payout",
                "fay 24.68 paid 0.00 24.68 0.00 0.00 first payout",
                "jon 21.00 paid 0.00 21.00 0.00 0.00 first payout",
                "not in this batch, as of the draft, 2026-02-01T09:00:00Z: 2 creators",
                "cho: 17.69 USD payable as of 1 February 2026, below the minimum of 20.00 USD by 2.31",
                "dan: 10.00 USD on hold until 9 February 2026",
            ]
        );
    }
}

/// A draft is shown as things are; what was approved, as it was drafted: whatever came later, and under which minimum.
#[test]
fn what_was_approved_stays_as_it_was_drafted() {
    for kind in Kind::BOTH {
        let shop = with_draft(kind);
        run(&shop, &["run", "nightly"], "rosa", "2026-03-04T00:00:00Z");
        let now = sheet(&shop, "shop-0002");
        assert_eq!(now[..4], LINES_OF_SECOND);
        let later = [
            "not in this batch, as of the last entry, 2026-03-04T00:00:00Z: 6 creators",
            "eve: 24.10 USD payable as of 4 March 2026, which came after the draft; 10.00 USD on hold until 7 March 2026",
            "gus: 25.00 USD in batch shop-0001 on 4 March 2026",
            "fay: owes 24.68 USD as of 4 March 2026",
            "kim: 17.69 USD payable as of 4 March 2026, below the minimum of 20.00 USD by 2.31",
            "dan: 15.00 USD payable as of 4 March 2026, below the minimum of 20.00 USD by 5.00",
            "hal: 7.00 USD payable as of 4 March 2026, below the minimum of 20.00 USD by 13.00",
        ];
        assert_eq!(now[4..], later);
        run(&shop, &["batch", "approve", "shop-0002"], "mia", "2026-03-04T09:00:00Z");
        let as_of_draft = "not in this batch, as of the draft, 2026-03-01T09:00:00Z: 6 creators";
        let seen = [&LINES_OF_SECOND[..], &[as_of_draft], &ABSENT_FROM_SECOND].concat();
        assert_eq!(sheet(&shop, "shop-0002"), seen);
        run(&shop, &["batch", "export", "shop-0002"], "lee", "2026-03-04T10:00:00Z");
        shop.write("shop.toml", shop.read("shop.toml").replace("minimum = \"20\"", "minimum = \"1\""));
        run(&shop, &["run", "nightly"], "rosa", "2026-03-05T00:00:00Z");
        assert_eq!(sheet(&shop, "shop-0002"), seen);
        // A batch that nobody paid counts for nothing: the next one is held against the one before.
        run(&shop, &["batch", "void", "shop-0002", "--reason", "lost"], "tom", "2026-03-05T10:00:00Z");
        run(&shop, &["proposal", "approve", "shop-p0003"], "mia", "2026-03-05T11:00:00Z");
        let voided: Vec<String> = seen.iter().map(|line| line.replace(" reserved ", " released ")).collect();
        assert_eq!(sheet(&shop, "shop-0002"), voided);
        run(&shop, &["run", "payout"], "rosa", "2026-03-06T00:00:00Z");
        let third = sheet(&shop, "shop-0003");
        assert_eq!(
            third[..6],
            [
                LINES_OF_SECOND[0],
                LINES_OF_SECOND[1],
                LINES_OF_SECOND[2],
                LINES_OF_SECOND[3],
                "eve 24.10 reserved 0.00 24.10 0.00 0.00 first payout",
                "kim 17.69 reserved 0.00 17.69 0.00 0.00 first payout",
            ]
        );
    }
}

/// Pages and programs read the same.
#[test]
fn the_sheet_as_json() {
    let shop = with_draft(Kind::Sqlite);
    let sheet = json(&shop, "shop-0002");
    for (key, value) in [
        ("batch_id", "shop-0002"),
        ("state", "draft"),
        ("amount", "1625.69"),
        ("currency", "USD"),
        ("minimum", "20.00"),
        ("drafted_by", "rosa"),
        ("as_of", "2026-03-01T09:00:00Z"),
        ("as_of_what", "last_entry"),
    ] {
        assert_eq!(sheet[key], value, "{key}: {sheet}");
    }
    for key in ["approved_by", "totals", "payees_unread", "holds_unread"] {
        assert_eq!(sheet[key], Value::Null, "{key}: {sheet}");
    }
    let ana = serde_json::json!({
        "creator_id": "ana", "amount": "58.00", "state": "reserved", "carried_over": "0.00", "earned": "60.00", "clawed_back": "5.00",
        "other": "3.00", "last_batch": "shop-0001", "change": "-2.00", "flags": [],
    });
    assert_eq!(sheet["lines"][1], ana);
    let whys: Vec<&str> = sheet["not_in_it"].as_array().expect("a list").iter().filter_map(|one| one["why"].as_str()).collect();
    assert_eq!(whys, ["on_hold", "in_another_batch", "debt", "below_minimum", "below_minimum", "on_hold"]);
    let dan = serde_json::json!({
        "creator_id": "dan", "why": "below_minimum", "payable": "10.00", "pending": "5.00", "reserved": "0.00",
        "holds": [], "on_hold_until": "2026-03-03", "sentence": ABSENT_FROM_SECOND[4].trim_start_matches("dan: "),
    });
    assert_eq!(sheet["not_in_it"][4], dan);
    assert_eq!(shop.must(&["batch", "show", "shop-0002", "--format", "csv"]).lines().nth(1), Some("ana,58.00,reserved"));
}

/// Who owes money since the draft, and who was erased, is marked; a ledger without its data folder still says who is not in it.
#[test]
fn what_an_approver_has_to_look_at_is_marked() {
    for kind in Kind::BOTH {
        let shop = with_draft(kind);
        run(&shop, &["adjust", "cho", "-30.00", "--reason", "paid by hand"], "mia", "2026-03-02T09:00:00Z");
        run(&shop, &["proposal", "approve", "shop-p0003"], "lee", "2026-03-02T10:00:00Z");
        assert_eq!(flags(&shop, "shop-0002", "cho"), ["owes_money", "first_payout"]);
        assert!(!shop.run(&["batch", "approve", "shop-0002", "--by", "mia", "--as-of", "2026-03-02T11:00:00Z"]).ok);
        let erase = ["erase", "creator", "ivy"];
        run(&shop, &[&erase[..], &["--reason", "asked for it"]].concat(), "mia", "2026-03-02T12:00:00Z");
        run(&shop, &[&erase[..], &["--approve"]].concat(), "lee", "2026-03-02T13:00:00Z");
        assert_eq!(flags(&shop, "shop-0002", "ivy"), ["first_payout", "erased"]);
        std::fs::remove_dir_all(shop.path("ledger-data/outcomes")).expect("outcomes are kept there");
        let shown = shop.must(&["batch", "show", "shop-0002"]);
        assert!(shown.contains("until when holds last is not known: the kept outcome"), "{shown}");
        assert!(shown.contains("hal: 7.00 USD on hold on 2 March 2026"), "{shown}");
    }
}

/// Accounts are compared, not the names of payees.
#[test]
fn one_account_for_several_creators_is_marked() {
    let shop = Shop::small();
    let payees =
        EUROPEANS.replace("cho,cho,Cho,sepa,NL91ABNA0417164300,,", "cho,cho,Cho,sepa,DE89370400440532013000,COBADEFFXXX,");
    assert_ne!(payees, EUROPEANS);
    let payees: String = payees.lines().filter(|row| !row.starts_with("ben")).map(|row| format!("{row}\n")).collect();
    set_up(&shop, "EUR", EUROPEANS, SEPA);
    run(&shop, &["run", "nightly"], "rosa", "2026-02-01T00:00:00Z");
    run(&shop, &["run", "payout"], "rosa", "2026-02-01T09:00:00Z");
    // Details that are not there at the draft put their creator on hold.
    shop.write("payees.csv", format!("{HEADER}{payees}"));
    for (creator, wanted) in [
        ("ana", &["shared_payee", "first_payout"][..]),
        ("ben", &["no_details", "first_payout"]),
        ("cho", &["shared_payee", "first_payout"]),
    ] {
        assert_eq!(flags(&shop, "shop-0001", creator), wanted, "{creator}");
    }
    let sheet = json(&shop, "shop-0001");
    let total = serde_json::json!([{"format": "pain001", "rail": "sepa", "currency": "EUR", "creators": 2, "amount": "27.05"}]);
    assert_eq!(sheet["totals"], total);
    assert!(!sheet.to_string().contains("DE89370400440532013000"), "no account is shown in full: {sheet}");
    shop.write("payees.csv", "creator_id\n");
    let sheet = json(&shop, "shop-0001");
    assert!(sheet["payees_unread"].as_str().is_some_and(|why| why.contains("payees.csv row 1")), "{sheet}");
    assert_eq!(flags(&shop, "shop-0001", "ana"), ["first_payout"]);
}
