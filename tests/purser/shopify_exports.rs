//! Orders from Shopify's own export, as it comes out of the admin. The amounts were worked by hand.

use crate::support::{Shop, purser};

const COLUMNS: [&str; 24] = [
    "Name",
    "Email",
    "Financial Status",
    "Paid at",
    "Fulfillment Status",
    "Currency",
    "Subtotal",
    "Shipping",
    "Taxes",
    "Total",
    "Discount Code",
    "Discount Amount",
    "Created at",
    "Lineitem quantity",
    "Lineitem name",
    "Lineitem price",
    "Lineitem sku",
    "Lineitem discount",
    "Note Attributes",
    "Cancelled at",
    "Payment Method",
    "Refunded Amount",
    "Vendor",
    "Id",
];

/// A row of an export: the values of these columns.
fn row(values: &[(&str, &str)]) -> String {
    let value = |column: &&str| values.iter().find(|(name, _)| name == column).map_or("", |(_, value)| value);
    let quoted = |value: &str| if value.contains(['\n', ',']) { format!("\"{value}\"") } else { value.to_owned() };
    assert!(values.iter().all(|(name, _)| COLUMNS.contains(name)), "{values:?}");
    format!("{}\n", COLUMNS.iter().map(value).map(quoted).collect::<Vec<_>>().join(","))
}

/// The first row of an order of 2026-01-10 with Ana's code.
pub fn order(id: &str, status: &str, sums: [&str; 5], line: [&str; 4], others: &[(&str, &str)]) -> String {
    let [subtotal, shipping, taxes, total, refunded] = sums;
    let [quantity, name, price, discount] = line;
    let number = format!("#{id}");
    let base = [
        ("Name", number.as_str()),
        ("Id", id),
        ("Email", "buyer@mail.example"),
        ("Financial Status", status),
        ("Currency", "USD"),
        ("Created at", "2026-01-10 09:30:00 -0500"),
        ("Paid at", "2026-01-10 09:31:00 -0500"),
        ("Subtotal", subtotal),
        ("Shipping", shipping),
        ("Taxes", taxes),
        ("Total", total),
        ("Refunded Amount", refunded),
        ("Discount Code", "ANA"),
        ("Lineitem quantity", quantity),
        ("Lineitem name", name),
        ("Lineitem price", price),
        ("Lineitem discount", discount),
        ("Payment Method", "Shopify Payments"),
    ];
    let values: Vec<_> = others
        .iter()
        .copied()
        .chain(base.into_iter().filter(|(name, _)| others.iter().all(|(other, _)| other != name)))
        .collect();
    row(&values)
}

/// Another line of an order.
pub fn line(id: &str, [quantity, name, price, discount]: [&str; 4]) -> String {
    row(&[
        ("Name", &format!("#{id}")),
        ("Email", "buyer@mail.example"),
        ("Lineitem quantity", quantity),
        ("Lineitem name", name),
        ("Lineitem price", price),
        ("Lineitem discount", discount),
    ])
}

pub fn header() -> String {
    format!("\u{feff}{}\n", COLUMNS.join(","))
}

/// The small shop with its orders, lines and refunds in an export.
pub fn shop(export: &str) -> Shop {
    let shop = Shop::small();
    shop.write("orders_export_1.csv", export);
    let source = "[sources.shopify]\nkind = \"shopify_export\"\npath = \"orders_export_*.csv\"\n\n[attribution]";
    let mut program = shop.read("shop.toml").replace("[attribution]", source);
    for table in ["orders", "order_lines", "refunds"] {
        program = program.replace(&format!("{table} = \"{table}.csv\"\n"), "");
    }
    shop.write("shop.toml", program);
    shop
}

/// Kind, order, line and base of what is credited.
pub fn bases(shop: &Shop, night: &str) -> Vec<String> {
    shop.must(&["run", "nightly", "--as-of", night]);
    let text = shop.must(&["export", "commissions"]);
    let of_orders = text.lines().skip(1).filter(|row| !row.starts_with("fee"));
    let fields = |row: &str| row.split(',').map(str::to_owned).collect::<Vec<_>>();
    of_orders.map(fields).map(|row| format!("{} {} {}", row[1], row[2], row[5])).collect()
}

const PAID: [&str; 5] = ["40.00", "5.00", "3.20", "48.20", "0.00"];

#[test]
fn what_lines_earn_on_is_what_the_order_says_of_its_goods() {
    let export = [
        header(),
        // A code took 5.00 off goods of 40.00, and its lines do not say so.
        order("1", "paid", ["35.00", "5.00", "2.80", "42.80", "0.00"], ["2", "Balm", "10.00", "0.00"], &[]),
        line("1", ["1", "Mask", "20.00", "0.00"]),
        // Prices hold tax of 19 %, shipping too: 47.60 of goods and 11.90 of shipping hold 9.50, of which the goods hold 7.60.
        order("2", "paid", ["47.60", "11.90", "9.50", "59.50", "0.00"], ["1", "Serum", "47.60", "0.00"], &[]),
        // A discount of one line alone.
        order("3", "paid", ["45.00", "0.00", "0.00", "45.00", "0.00"], ["1", "Balm", "30.00", "0.00"], &[]),
        line("3", ["1", "Mask", "20.00", "5.00"]),
        // A third of a cent each: the missing one goes to the first line.
        order("4", "paid", ["10.00", "0.00", "0.00", "10.00", "0.00"], ["1", "A", "5.00", "0.00"], &[]),
        line("4", ["1", "B", "5.00", "0.00"]),
        line("4", ["1", "C", "5.00", "0.00"]),
        // Half of the goods, with half of the tax on them.
        order("5", "partially_refunded", ["50.00", "0.00", "4.00", "54.00", "27.00"], ["1", "Serum", "50.00", "0.00"], &[]),
        // All of it, with the shipping.
        order("6", "refunded", ["80.00", "5.00", "6.40", "91.40", "91.40"], ["1", "Serum", "80.00", "0.00"], &[]),
        order("7", "pending", PAID, ["1", "Serum", "40.00", "0.00"], &[("Paid at", "")]),
        order("8", "paid", PAID, ["1", "Serum", "40.00", "0.00"], &[("Cancelled at", "2026-01-12 08:00:00 -0500")]),
        order("9", "paid", PAID, ["1", "Serum", "40.00", "0.00"], &[("Payment Method", "(for testing) Bogus Gateway")]),
        // Two codes, and a visitor in the note; the click was on Ben's link, and clicks come first.
        order(
            "10",
            "paid",
            PAID,
            ["1", "Serum", "40.00", "0.00"],
            &[
                ("Created at", "2026-01-05 05:00:00 -0500"),
                ("Paid at", "2026-01-05 05:00:00 -0500"),
                ("Discount Code", "NOBODY, ANA"),
                ("Note Attributes", "gift: no\nvisitor_id: v1"),
            ],
        ),
    ];
    let shop = shop(&export.concat());
    let wanted = [
        "1 1 17.50",
        "1 2 17.50",
        "2 1 40.00",
        "3 1 30.00",
        "3 2 15.00",
        "4 1 3.34",
        "4 2 3.33",
        "4 3 3.33",
        "5 1 25.00",
        "6 1 0.00",
        "10 1 40.00",
    ];
    assert_eq!(bases(&shop, "2026-03-01T02:00:00Z"), wanted);
    let orders = shop.must(&["export", "orders"]);
    for row in ["7,excluded,unpaid\n", "8,excluded,cancelled\n", "9,excluded,test\n", "10,attributed,link\n"] {
        assert!(orders.contains(row), "{row} in {orders}");
    }
    let explained = shop.must(&["explain", "#10"]);
    assert!(explained.contains("Serum") && !explained.contains("DIFFER"), "{explained}");
}

#[test]
fn a_refund_is_dated_by_the_night_that_first_saw_it() {
    let export = |status: &str, refunded: &str| {
        header() + &order("5", status, ["50.00", "5.00", "4.00", "59.00", refunded], ["1", "Serum", "50.00", "0.00"], &[])
    };
    let shop = shop(&export("paid", "0.00"));
    assert_eq!(bases(&shop, "2026-02-01T02:00:00Z"), ["5 1 50.00"]);
    shop.write("orders_export_1.csv", export("partially_refunded", "27.00"));
    assert_eq!(bases(&shop, "2026-02-10T02:00:00Z"), ["5 1 25.00"]);
    // Another export beside it, with more of it given back.
    shop.write("orders_export_2.csv", export("refunded", "59.00"));
    assert_eq!(bases(&shop, "2026-02-20T02:00:00Z"), ["5 1 0.00"]);
    for night in ["2026-02-20T02:00:00Z", "2026-02-25T02:00:00Z"] {
        assert!(shop.must(&["run", "nightly", "--as-of", night]).contains("nothing to post"), "{night}");
    }
    // The ledger has each under its day.
    let journal = shop.must(&["export", "journal"]);
    for day in ["2026-02-10", "2026-02-20"] {
        assert!(journal.lines().any(|row| row.contains(",refund,") && row.contains(day)), "{day} in {journal}");
    }
    shop.must(&["check"]);
}

/// A shop that imports its history has no dates of refunds: they must not come too late for a clawback.
#[test]
fn a_refund_that_came_with_its_order_counts_whatever_the_clawback() {
    let export = |status: &str, refunded: &str| {
        header() + &order("5", status, ["50.00", "5.00", "4.00", "59.00", refunded], ["1", "Serum", "50.00", "0.00"], &[])
    };
    let shop = shop(&export("partially_refunded", "27.00"));
    shop.write("shop.toml", shop.read("shop.toml").replace("hold = \"10d\"", "hold = \"10d\"\nclawback = \"30d\""));
    assert_eq!(bases(&shop, "2026-06-01T02:00:00Z"), ["5 1 25.00"]);
    // The rest comes too late.
    shop.write("orders_export_1.csv", export("refunded", "59.00"));
    assert_eq!(bases(&shop, "2026-06-02T02:00:00Z"), ["5 1 25.00"]);
}

#[test]
fn what_cannot_be_read_of_an_export_is_refused_where_it_stands() {
    let good = || order("1", "paid", PAID, ["1", "Serum", "40.00", "0.00"], &[]);
    let with = |others: &[(&str, &str)]| order("2", "paid", PAID, ["1", "Serum", "40.00", "0.00"], others);
    for (second, wanted) in [
        (
            with(&[("Financial Status", "odd")]),
            "orders_export_1.csv row 3, Financial Status: \"odd\" is no status that Shopify's export is known to have",
        ),
        (
            with(&[("Created at", "10/1/2026")]),
            "row 3, Created at: \"10/1/2026\" is not a time such as 2026-02-01 09:30:00 -0500",
        ),
        (with(&[("Id", "")]), "row 3, Id: \"\" is empty; export the orders again with all columns"),
        (with(&[("Currency", "dollars")]), "row 3, Currency: \"dollars\" is not an ISO 4217 code"),
        (with(&[("Subtotal", "55.00")]), "row 3, Subtotal: is more than the lines cost"),
        (with(&[("Lineitem price", "4O.00")]), "row 3, Lineitem price: \"4O.00\""),
        (with(&[]) + &line("2", ["x", "Mask", "1.00", "0.00"]), "row 4, Lineitem quantity: \"x\" is not a whole number"),
    ] {
        let shop = shop(&(header() + &good() + &second));
        let refused = shop.run(&["run", "nightly", "--as-of", "2026-03-01T02:00:00Z"]);
        assert!(!refused.ok && refused.err.contains(wanted), "{wanted}: {}", refused.err);
    }
    let table = shop("order_id,ordered_at\n1,2026-01-01T00:00:00Z\n");
    let refused = table.run(&["validate"]);
    assert!(
        !refused.ok && refused.err.contains("orders_export_1.csv") && refused.err.contains("`Financial Status`"),
        "{}",
        refused.err
    );
}

/// An export, a log and a sheet, as their owner has them, lead to a first reconciliation without a table made by hand.
#[test]
fn a_shop_begins_with_what_it_has() {
    let folder = tempfile::TempDir::new().expect("a temporary folder");
    let run = |arguments: &[&str]| {
        let done = purser().current_dir(folder.path()).args(arguments).output().expect("it starts");
        assert!(done.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&done.stderr));
        String::from_utf8(done.stdout).expect("it is text")
    };
    assert!(run(&["init", "--shopify"]).contains("orders_export_1.csv"));
    let write = |name: &str, text: String| {
        std::fs::create_dir_all(folder.path().join("data")).expect("a folder can be made");
        std::fs::write(folder.path().join("data").join(name), text).expect("a file can be written");
    };
    let visitor = [("Discount Code", ""), ("Note Attributes", "visitor_id: v7")];
    let orders = [
        header(),
        order("1", "paid", PAID, ["1", "Serum", "40.00", "0.00"], &[]),
        order("2", "paid", PAID, ["1", "Serum", "40.00", "0.00"], &visitor),
    ];
    write("orders_export_1.csv", orders.concat());
    let browser = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X)";
    let click = format!(
        "203.0.113.7 - - [09/Jan/2026:10:00:00 +0000] \"GET /?ref=ben HTTP/2.0\" 200 1 \"-\" \"{browser}\" visitor_id=v7\n"
    );
    write("access.log", click);
    let sheet = "Creator,Handle,Email,Code,Commission,Ref link\n\
                 Ana,@ana,ana@example.com,ANA,10%,https://shop.example/?ref=ana\nBen,@ben,ben@example.com,TBD,15%,https://shop.example/?ref=ben\n";
    write("creators.csv", sheet.to_owned());
    assert!(run(&["validate"]).contains("are valid"));
    run(&["run", "nightly", "--as-of", "2026-03-01T02:00:00Z"]);
    assert_eq!(
        run(&["export", "balances"]),
        "creator_id,pending,payable,reserved,paid\nana,0.00,4.00,0.00,0.00\nben,0.00,6.00,0.00,0.00\n"
    );
    let again = purser().current_dir(folder.path()).args(["init", "--shopify"]).output().expect("it starts");
    assert!(!again.status.success(), "init overwrites nothing");
}
