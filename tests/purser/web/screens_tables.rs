//! Tables on the pages and as files: searched, sorted and in pages; with names that mean harm, and of every size.

use super::screens_batch::{link, said};
use super::*;
use crate::support::tool;

/// The names of the rows of a page's first table.
fn rows(page: &client::Page) -> Vec<String> {
    let body = page.text.split("<tbody>").nth(1).and_then(|rest| rest.split("</tbody>").next()).unwrap_or_default();
    let heads = body.split("<th scope=\"row\"").skip(1);
    heads.map(|head| head.split("<bdi>").nth(1).and_then(|name| name.split('<').next()).unwrap_or_default().to_owned()).collect()
}

/// A shop of so many creators, each of whom is owed as many dollars as their number.
fn crowd(count: usize) -> Shop {
    let shop = Shop::small();
    let (mut creators, mut fees) = (shop.read("creators.csv"), String::from("fee_id,creator_id,amount,due_on,memo\n"));
    for number in 1..=count {
        creators += &format!("c{number:05},Creator {number},c{number}@example.com,,,\n");
        fees += &format!("f{number:05},c{number:05},{number}.00,2026-01-15,\n");
    }
    shop.write("creators.csv", creators);
    shop.write("fees.csv", fees);
    shop.must(&["run", "nightly", "payout", "--as-of", "2026-02-01T09:00:00Z", "--by", "rosa"]);
    add_users(&shop, &[("lee", "viewer")]);
    shop
}

const BATCH: &str = "/programs/shop/batches/shop%2D0001";

#[test]
fn tables_are_searched_sorted_and_leafed_through() {
    // Beside the crowd, ana has 12.05 and ben 5.00.
    let shop = crowd(250);
    let pages = Pages::open(&shop);
    let mut browser = pages.signed_in("lee");
    let first = browser.get(BATCH);
    assert!(said(&first).contains("Rows 1 to 100 of 252"), "{}", said(&first));
    let names = rows(&first);
    assert_eq!((names.len(), &*names[0], &*names[99]), (100, "Creator 250", "Creator 151"), "the largest first");
    let second = browser.get(&link(&first, "More rows"));
    assert_eq!(rows(&second)[0], "Creator 150");
    let third = browser.get(&link(&second, "More rows"));
    let names = rows(&third);
    assert_eq!((names.len(), &*names[51]), (52, "Creator 1"));
    assert!(!third.text.contains("More rows"), "it is the last");
    assert_eq!(rows(&browser.get(&link(&third, "Earlier rows")))[0], "Creator 150");
    // Past the end is the end.
    assert_eq!(rows(&browser.get(&format!("{BATCH}?page=99"))).len(), 52);
    let smallest = browser.get(&format!("{BATCH}?sort=amount"));
    assert_eq!(rows(&smallest)[..6], ["Creator 1", "Creator 2", "Creator 3", "Creator 4", "Ben", "Creator 5"]);
    assert!(smallest.text.contains("aria-sort=\"ascending\""));
    // The way that is chosen stays, and the other one is a click away.
    let other = browser.get(&link(&smallest, "Amount"));
    assert_eq!(rows(&other)[0], "Creator 250");
    let found = browser.get(&format!("{BATCH}?q=creator%2024&sort=amount"));
    let wanted = ["Creator 24", "Creator 240", "Creator 241", "Creator 242", "Creator 243", "Creator 244", "Creator 245"];
    assert_eq!(rows(&found)[..7], wanted);
    assert!(said(&found).contains("11 rows, out of 252"), "{}", said(&found));
    // By amount, as it is shown, and by id.
    assert_eq!(rows(&browser.get(&format!("{BATCH}?q=12.05"))), ["Ana"]);
    assert_eq!(rows(&browser.get(&format!("{BATCH}?q=c00042"))), ["Creator 42"]);
    let none = browser.get(&format!("{BATCH}?q=%3Cnobody%3E"));
    assert!(rows(&none).is_empty() && none.text.contains("None of 252 rows has “&#60;nobody&#62;”"), "{}", none.text);
    let csv = browser.get(&format!("{BATCH}?q=creator%2024&sort=-amount&as=csv"));
    assert_eq!(csv.header("content-type"), Some("text/csv; charset=utf-8"));
    let lines: Vec<&str> = csv.text.lines().collect();
    assert_eq!(lines.len(), 12, "all pages of what was found: {}", csv.text);
    assert_eq!(lines[0], "creator,amount,change,earned,clawed_back,carried_over,other,look_at,state,paid_to");
    assert_eq!(lines[1], "Creator 249 (c00249),249.00,,249.00,0.00,0.00,0.00,first payout,reserved,");
    // What nobody understands is passed over.
    assert_eq!(rows(&browser.get(&format!("{BATCH}?sort=nonsense&page=x")))[0], "Creator 250");
}

/// Names that would run as a script, end an attribute or a tag, or be calculated; and names that are long, or written from right to left.
const NAMES: [(&str, &str); 6] = [
    ("<script>alert(1)</script>", "<script>alert('id')</script>"),
    ("\"><img src=x onerror=alert(2)>", "x\"onmouseover=\"alert(3)"),
    ("=HYPERLINK(\"http://evil.example\",\"pay\")", "=1+1"),
    ("@SUM(A1:A9)", "-2+3"),
    ("عائشة بنت محمد 👩🏽‍🎤", "عائشة"),
    (
        "Wolfeschlegelsteinhausenbergerdorffwelchevoralternwarengewissenhaftschaferswessenschafewarenwohlgepflege",
        "{{ frame.csrf }}",
    ),
];

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

/// The small shop with such names wherever a source has one.
fn harmful() -> Shop {
    let shop = Shop::small();
    let files = ["creators.csv", "fees.csv", "codes.csv", "links.csv", "orders.csv", "order_lines.csv"];
    let [mut creators, mut fees, mut codes, mut links, mut orders, mut lines] = files.map(|file| shop.read(file));
    for (place, (name, id)) in NAMES.iter().enumerate() {
        let (name, id) = (quoted(name), quoted(id));
        creators += &format!("{id},{name},c{place}@example.com,{name},,\n");
        fees += &format!("{name},{id},10.00,2026-01-15,{name}\n");
        codes += &format!("{name},{id},,\n");
        links += &format!("{name},{id},,\n");
        orders += &format!("{name},2026-01-05T1{place}:00:00Z,2026-01-05T1{place}:00:00Z,paid,USD,{name},,,,{name}\n");
        lines += &format!("{name},{name},{name},{name},1,100.00\n");
    }
    for (file, text) in files.iter().zip([creators, fees, codes, links, orders, lines]) {
        shop.write(file, text);
    }
    let refund = quoted("<script>alert('refund')</script>");
    shop.add("refunds.csv", &format!("{refund},{refund},,2026-01-20T09:00:00Z,1.00\n"));
    shop.must(&["run", "nightly", "payout", "--as-of", "2026-02-01T09:00:00Z", "--by", "rosa"]);
    shop.must(&["run", "statements", "--as-of", "2026-02-01T10:00:00Z", "--by", "rosa"]);
    add_users(&shop, &[("lee", "preparer")]);
    shop
}

fn address(text: &str) -> String {
    percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
}

/// Every page that shows something of a creator.
fn pages_of(name: &str, id: &str) -> Vec<String> {
    let (name, id) = (address(name), address(id));
    [
        "/".to_owned(),
        "/programs/shop/batches".to_owned(),
        BATCH.to_owned(),
        format!("{BATCH}?q={name}"),
        format!("{BATCH}/line?creator={id}"),
        format!("{BATCH}/absent"),
        format!("{BATCH}/funds"),
        format!("{BATCH}/bank"),
        format!("{BATCH}/history"),
        "/programs/shop/creators".to_owned(),
        format!("/programs/shop/creator?id={id}"),
        format!("/programs/shop/creator/transfers?id={id}"),
        format!("/programs/shop/statement?id={id}&month=2026-01"),
        format!("/programs/shop/order?id={name}"),
        "/programs/shop/exceptions".to_owned(),
        format!("/programs/shop/exceptions?q={name}"),
        "/programs/shop/proposals".to_owned(),
        "/programs/shop/books".to_owned(),
        "/programs/shop/books?by=effective".to_owned(),
        "/programs/shop/books/statements".to_owned(),
        "/programs/shop/books/journal".to_owned(),
        "/programs/shop/books/entries/1".to_owned(),
    ]
    .into()
}

#[test]
fn names_stay_names() {
    let shop = harmful();
    let pages = Pages::open(&shop);
    let mut browser = pages.signed_in("lee");
    for (name, id) in NAMES {
        for path in pages_of(name, id) {
            let page = browser.get(&path);
            assert_eq!(page.status, 200, "{path}: {}", said(&page));
            for harm in ["<script>alert", "<img src=x", "onmouseover=\"alert"] {
                assert!(!page.text.contains(harm), "{path} has {harm}");
            }
            // Tags come in pairs, and no address leads to a script.
            assert!(!page.text.contains("javascript:"), "{path}");
            for open in ["table", "form", "a", "section", "ul", "dl"] {
                let (begin, end) =
                    (page.text.matches(&format!("<{open}")).count(), page.text.matches(&format!("</{open}>")).count());
                let others = page.text.matches("<article").count()
                    + page.text.matches("<aside").count()
                    + page.text.matches("<abbr").count();
                assert!(begin == end || open == "a" && begin == end + others, "{path}: {open} {begin} {end}");
            }
        }
        let creator = browser.get(&format!("/programs/shop/creator?id={}", address(id)));
        assert!(said(&creator).contains(&name.split_whitespace().collect::<Vec<_>>().join(" ")), "{name}: {}", said(&creator));
    }
    let start = browser.get("/");
    assert!(said(&start).contains("refund of an unknown order: <script>alert('refund')</script>"), "{}", said(&start));
    // A preview, which is computed, is shown as well.
    assert_eq!(browser.get("/programs/shop/statement?id=ana&month=2026-02").status, 200);
}

#[test]
fn no_cell_of_a_file_is_a_formula() {
    let shop = harmful();
    let pages = Pages::open(&shop);
    let mut browser = pages.signed_in("lee");
    let mut cells = 0;
    for path in [
        "/programs/shop/creators",
        BATCH,
        "/programs/shop/books/entries/1",
        "/programs/shop/exceptions",
        "/programs/shop/books/journal",
    ] {
        let csv = browser.get(&format!("{path}?as=csv"));
        assert_eq!(csv.status, 200, "{path}");
        for record in csv::ReaderBuilder::new().from_reader(&csv.bytes[..]).records() {
            for cell in record.expect("it is CSV").iter() {
                let is_figure = cell.chars().all(|c| c.is_ascii_digit() || "-.".contains(c));
                assert!(is_figure || !cell.starts_with(['=', '+', '-', '@', '\t']), "{path}: {cell}");
                cells += 1;
            }
        }
        let book = browser.get(&format!("{path}?as=xlsx"));
        assert_eq!(book.status, 200, "{path}");
        shop.write("table.xlsx", &book.bytes);
        let script = "import sys, openpyxl\nfor row in openpyxl.load_workbook(sys.argv[1]).active.iter_rows():\n    for cell in row:\n        print(cell.data_type, repr(cell.value))\n";
        let done: Done =
            tool("python3").args(["-c", script]).arg(shop.path("table.xlsx")).output().expect("python is there").into();
        assert!(done.ok, "{}", done.err);
        assert!(done.out.lines().all(|cell| matches!(cell.split(' ').next(), Some("s" | "n"))), "{path}: {}", done.out);
        let amounts = done.out.lines().filter(|cell| cell.starts_with("n ") && !cell.ends_with("None")).count();
        assert!(amounts > 0 || path.contains("exceptions"), "{path} has figures: {}", done.out);
    }
    assert!(cells > 200, "{cells}");
    let csv = browser.get("/programs/shop/creators?as=csv").text;
    assert!(csv.contains("\"'=HYPERLINK("), "{csv}");
}

/// Every table of the small shop in its full story, and of one where nothing has happened yet.
#[test]
fn every_screen_says_something_of_much_and_of_nothing() {
    let shop = Shop::small();
    shop.play(usize::MAX);
    add_users(&shop, &[("lee", "viewer")]);
    let pages = Pages::open(&shop);
    let mut browser = pages.signed_in("lee");
    for path in pages_of("o1", "ana") {
        let page = browser.get(&path);
        assert_eq!(page.status, 200, "{path}: {}", said(&page));
        assert!(page.text.contains("<h1>"), "{path}");
    }
    let start = browser.get("/");
    for waits in [
        "Batch shop-0003 for an approver draft by rosa",
        "Proposal shop-p0006 for an approver adjustment of 3.00 USD for ben (waits), by mia",
    ] {
        assert!(said(&start).contains(waits), "{waits}: {}", said(&start));
    }
    // What the books say of each month comes to what the ledger holds.
    let statements = browser.get("/programs/shop/books/statements");
    assert_eq!(statements.text.matches("adds up").count(), 2, "{}", said(&statements));
    assert!(!statements.text.contains("does not add up"));
    let balances = shop.must(&["export", "balances"]);
    let sum = |column: usize| {
        let cents = |text: &str| text.replace('.', "").parse::<i64>().expect("an amount");
        balances.lines().skip(1).map(|row| cents(row.split(',').nth(column).expect("a column"))).sum::<i64>()
    };
    for by in ["", "?by=effective"] {
        let separator = if by.is_empty() { '?' } else { '&' };
        let csv = browser.get(&format!("/programs/shop/books{by}{separator}as=csv")).text;
        let last = csv.lines().nth(1).expect("the last month");
        let figures: Vec<i64> = last.split(',').skip(4).map(|text| text.replace('.', "").parse().expect("an amount")).collect();
        assert_eq!(figures, [sum(1), sum(2), sum(3), sum(1) + sum(2) + sum(3)], "{by}: {csv}");
    }
    let nobody = browser.get("/programs/shop/creator?id=anna");
    assert!(nobody.status == 404 && said(&nobody).contains("no creator anna; the closest id is ana"), "{}", said(&nobody));
    assert_eq!(browser.get("/programs/shop/batches/shop%2D0099").status, 404);
    assert_eq!(browser.get("/programs/shop/books/entries/999").status, 404);
    assert_eq!(browser.get("/programs/none/batches").status, 404);
    assert_eq!(browser.get("/programs/shop/order?id=o99").status, 404);
    let empty = Shop::small();
    // The server makes the database.
    let pages = Pages::open(&empty);
    add_users(&empty, &[("lee", "viewer")]);
    let mut browser = pages.signed_in("lee");
    for (path, words) in [
        ("/", "Nothing to do here."),
        ("/programs/shop/batches", "No batch yet."),
        ("/programs/shop/creators", "No creator yet."),
        ("/programs/shop/books", "Nothing was posted yet."),
        ("/programs/shop/books/statements", "No month of statements is closed yet."),
        ("/programs/shop/books/journal", "The journal is empty."),
        ("/programs/shop/exceptions", "Everything that the sources hold could be used."),
        ("/programs/shop/proposals", "Nothing is awaiting approval."),
    ] {
        let page = browser.get(path);
        assert!(page.status == 200 && said(&page).contains(words), "{path}: {}", said(&page));
    }
}
