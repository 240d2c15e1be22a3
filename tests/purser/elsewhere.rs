//! Files that lie elsewhere: in a bucket, and on a web server.

use crate::support::bucket_server::{BucketServer, SECRET};
use crate::support::file_server::{Answer, FileServer};
use crate::support::gcs_server::GcsServer;
use crate::support::{Done, Shop, files_below};

const TABLES: [&str; 9] = ["orders", "order_lines", "refunds", "clicks", "creators", "links", "codes", "fx", "fees"];

/// The small shop with its tables at these addresses.
fn shop(address: impl Fn(&str) -> String) -> Shop {
    let shop = Shop::small();
    let mut program = shop.read("shop.toml");
    for table in TABLES {
        program = program.replace(&format!("{table} = \"{table}.csv\""), &format!("{table} = \"{}\"", address(table)));
    }
    shop.write("shop.toml", program);
    shop
}

/// The small shop's tables in a bucket, orders in two files.
fn fill(server: &BucketServer) {
    let shop = Shop::small();
    for table in TABLES.into_iter().filter(|table| *table != "orders") {
        server.put(&format!("export/{table}.csv"), shop.read(&format!("{table}.csv")).as_bytes());
    }
    let orders = shop.read("orders.csv");
    let (header, rows) = orders.split_once('\n').expect("it has a header");
    for (number, rows) in rows.trim_end().split('\n').collect::<Vec<_>>().chunks(2).enumerate() {
        server.put(&format!("export/2026/orders-{number}.csv"), format!("{header}\n{}\n", rows.join("\n")).as_bytes());
    }
    server.put("export/2026/old/orders-9.csv", b"this is no table, and nobody asks for it");
    server.put("export/2026/orders-0.csv.bak", b"nor this");
}

fn in_bucket(table: &str) -> String {
    let file = if table == "orders" { "2026/orders-*.csv".to_owned() } else { format!("{table}.csv") };
    format!("s3://shop/export/{file}")
}

fn with(server: &BucketServer, shop: &Shop, arguments: &[&str]) -> Done {
    let done: Done = shop.command(arguments).envs(server.environment()).output().expect("the binary starts").into();
    let said = format!("{}{}", done.out, done.err);
    assert!(!said.contains(SECRET), "{said}");
    done
}

fn nightly(server: &BucketServer, shop: &Shop, day: u32) -> Done {
    with(server, shop, &["run", "nightly", "--as-of", &format!("2026-03-{day:02}T02:00:00Z")])
}

#[test]
fn tables_in_a_bucket_are_what_they_would_be_here_and_are_fetched_once() {
    let local = Shop::small();
    local.must(&["run", "nightly", "--as-of", "2026-03-01T02:00:00Z"]);
    let server = BucketServer::new();
    fill(&server);
    let shop = shop(in_bucket);
    for look in [&["validate"][..], &["doctor"], &["run", "nightly", "--dry-run", "--as-of", "2026-03-01T02:00:00Z"]] {
        let done = with(&server, &shop, look);
        assert!(done.ok, "{look:?}: {}{}", done.out, done.err);
    }
    let done = nightly(&server, &shop, 1);
    assert!(done.ok, "{}", done.err);
    assert_eq!(shop.exports(), local.exports());
    let before = server.given();
    assert!(before.iter().any(|key| key == "export/2026/orders-1.csv"), "{before:?} {}", server.log());
    assert!(!before.iter().any(|key| key.contains("old") || key.contains("bak")), "{before:?}");

    let done = nightly(&server, &shop, 2);
    assert!(done.ok, "{}", done.err);
    assert_eq!(server.given(), before, "nothing changed, so nothing is fetched");

    let fees = format!("{}f2,ana,3.00,2026-01-20,story\n", local.read("fees.csv"));
    server.put("export/fees.csv", fees.as_bytes());
    local.write("fees.csv", &fees);
    let done = nightly(&server, &shop, 3);
    assert!(done.ok, "{}", done.err);
    local.must(&["run", "nightly", "--as-of", "2026-03-02T02:00:00Z"]);
    local.must(&["run", "nightly", "--as-of", "2026-03-03T02:00:00Z"]);
    assert_eq!(shop.exports(), local.exports());
    assert_eq!(server.given()[before.len()..], ["export/fees.csv"]);

    // A copy that somebody changed is fetched and made again.
    let copy = files_below(&shop.path("ledger-data/facts/codes")).pop().expect("there is a copy");
    std::fs::write(&copy, "changed").expect("it can be changed");
    let done = nightly(&server, &shop, 4);
    assert!(done.ok, "{}", done.err);
    assert_eq!(server.given()[before.len()..], ["export/fees.csv", "export/codes.csv"]);
    let checked = with(&server, &shop, &["check"]);
    assert!(checked.ok, "{}", checked.out);
    let left = files_below(&shop.path("ledger-data")).into_iter().filter(|path| path.to_string_lossy().contains("scratch"));
    assert_eq!(left.count(), 0, "what was fetched is gone with the run");
}

#[test]
fn a_bucket_that_is_away_leaves_yesterdays_facts_and_the_next_run_catches_up() {
    let server = BucketServer::new();
    fill(&server);
    let shop = shop(in_bucket);
    assert!(nightly(&server, &shop, 1).ok);
    let (before, port) = (shop.exports(), server.port);
    let environment = server.environment();
    drop(server);
    let run = || -> Done {
        let arguments = ["run", "nightly", "--as-of", "2026-03-02T02:00:00Z"];
        shop.command(&arguments).envs(environment.clone()).output().expect("the binary starts").into()
    };
    let done = run();
    assert_eq!(done.code, Some(75), "{}", done.err);
    assert!(done.err.contains("nothing was posted"), "{}", done.err);
    assert!(done.err.contains("orders: cannot ask for s3://shop/export/2026/orders-*.csv: Connection refused"), "{}", done.err);
    assert_eq!(shop.exports(), before);
    assert!(shop.must(&["explain", "o1"]).contains("lana"));
    let server = BucketServer::at(port);
    let done = run();
    assert_eq!(done.code, Some(75), "an empty bucket has no files: {}", done.err);
    assert!(done.err.contains("codes: there is no file s3://shop/export/codes.csv"), "{}", done.err);
    fill(&server);
    let done = run();
    assert!(done.ok, "{}", done.err);
    server.remove("export/2026/orders-1.csv");
    let done = nightly(&server, &shop, 3);
    assert!(!done.ok && done.err.contains("--accept-missing"), "orders that disappear stop the run: {}", done.err);
}

#[test]
fn a_row_in_a_bucket_is_named_by_its_address() {
    let server = BucketServer::new();
    fill(&server);
    server.put("export/fees.csv", b"fee_id,creator_id,amount,due_on,memo\nf1,cho,15.00,tomorrow,reel\n");
    let shop = shop(in_bucket);
    let done = nightly(&server, &shop, 1);
    let wanted = "s3://shop/export/fees.csv row 2, due_on: \"tomorrow\" is not a date such as 2026-02-01";
    assert!(!done.ok && done.err.contains(wanted), "{}", done.err);
}

#[test]
fn logs_and_sheets_come_from_a_bucket_too() {
    let server = BucketServer::new();
    fill(&server);
    server.put("people.csv", b"Name;Handle;Code;Link;Email\nAna;ana;ANA;lana;ana@example.com\nBen;ben;BEN;lben;ben@example.com\nCho;cho;;;cho@example.com\n");
    server.put(
        "logs/access.log.1",
        b"203.0.113.7 - - [04/Jan/2026:10:00:00 +0000] \"GET /?ref=lana HTTP/1.1\" 200 1 \"-\" \"Mozilla/5.0\" visitor_id=v1\n",
    );
    server.put(
        "logs/access.log",
        b"203.0.113.7 - - [02/Jan/2026:10:00:00 +0000] \"GET /?ref=lben HTTP/1.1\" 200 1 \"-\" \"Mozilla/5.0\" visitor_id=v1\n",
    );
    let shop = shop(in_bucket);
    let kinds = "[sources.people]\nkind = \"creator_sheet\"\npath = \"s3://shop/people.csv\"\n\
                 [sources.web]\nkind = \"access_log\"\npath = \"s3://shop/logs/access.log*\"\n[attribution]";
    let mut program = shop.read("shop.toml").replace("[attribution]", kinds);
    for table in ["creators", "links", "codes", "clicks"] {
        program = program.replace(&format!("{table} = \"{}\"\n", in_bucket(table)), "");
    }
    shop.write("shop.toml", program);
    let local = Shop::small();
    local.must(&["run", "nightly", "--as-of", "2026-03-01T02:00:00Z"]);
    let done = nightly(&server, &shop, 1);
    assert!(done.ok, "{}", done.err);
    let balances = |shop: &Shop| shop.must(&["export", "balances"]);
    assert_eq!(balances(&shop), balances(&local));
    let before = server.given();
    assert!(nightly(&server, &shop, 2).ok);
    assert_eq!(server.given(), before);
    // Read in another way, the same file holds other rows.
    shop.write(
        "shop.toml",
        shop.read("shop.toml").replace("kind = \"access_log\"", "kind = \"access_log\"\nsub_id = \"utm_source\""),
    );
    assert!(nightly(&server, &shop, 3).ok);
    let mut given = server.given().split_off(before.len());
    given.sort();
    assert_eq!(given, ["logs/access.log", "logs/access.log.1"]);
}

#[test]
fn files_of_a_web_server_are_fetched_where_they_changed() {
    let server = FileServer::new();
    let small = Shop::small();
    for table in TABLES {
        let file = Answer::file(&small.read(&format!("{table}.csv"))).with(&format!("etag: \"{table}-1\""));
        server.put(&format!("/{table}.csv?key=secretKey"), Answer { broken: usize::from(table == "orders"), ..file });
    }
    // A link for sharing sends on to where the file is, and says what it gives.
    let codes = small.read("codes.csv");
    server.put("/export?format=csv&key=secretKey", Answer::file("").status("302 Found").with("location: /elsewhere/codes"));
    server.put("/elsewhere/codes", Answer::file(&codes));
    let shop = shop(|table| match table {
        "codes" => format!("{}/export?format=csv&key=secretKey", server.url),
        _ => format!("{}/{table}.csv?key=secretKey", server.url),
    });
    let whole = |server: &FileServer| server.asked().len();
    let run = |day: u32| {
        let done = shop.run(&["run", "nightly", "--as-of", &format!("2026-03-{day:02}T02:00:00Z")]);
        assert!(!done.err.contains("secretKey"), "{}", done.err);
        assert!(done.ok, "{}", done.err);
    };
    run(1);
    small.must(&["run", "nightly", "--as-of", "2026-03-01T02:00:00Z"]);
    assert_eq!(shop.exports(), small.exports());
    let asked = whole(&server);
    run(2);
    // Each is asked once; the codes, of which no mark says that they are the same, are fetched, and both times sent on.
    assert_eq!(whole(&server) - asked, TABLES.len() + 3);
    let kept =
        files_below(&shop.path("ledger-data")).into_iter().filter(|path| path.extension().is_some_and(|end| end == "parquet"));
    for path in kept {
        assert!(!String::from_utf8_lossy(&std::fs::read(path).expect("it can be read")).contains("secretKey"));
    }
}

#[test]
fn what_a_web_server_gives_instead_of_a_file_is_refused_with_a_reason() {
    let server = FileServer::new();
    let local = Shop::small();
    for (answer, code, wanted) in [
        (Answer::file("<html>").with("content-type: text/html"), 1, "is answered with a web page, maybe one to log in"),
        (Answer::file("").status("404 Not Found"), 75, "there is no file"),
        (Answer::file("").status("403 Forbidden"), 1, "is not given to everybody (403 Forbidden)"),
        (Answer::file("").status("503 Service Unavailable"), 75, "is not given now: 503 Service Unavailable"),
        (Answer::file("").status("302 Found").with("location: http://192.0.2.1/x"), 1, "sends on to a place that is not asked"),
        (Answer { broken: 99, ..Answer::file(&local.read("fees.csv")) }, 75, "cannot ask for"),
    ] {
        let mut file = answer.clone();
        if answer.head.contains("text/html") {
            file.head = "content-type: text/html; charset=utf-8\r\n".into();
        }
        server.put("/fees.csv?key=secretKey", file);
        let shop = shop(|table| match table {
            "fees" => format!("{}/fees.csv?key=secretKey", server.url),
            _ => format!("{table}.csv"),
        });
        let done = shop.run(&["run", "nightly", "--as-of", "2026-03-01T02:00:00Z"]);
        assert_eq!(done.code, Some(code), "{wanted}: {}", done.err);
        assert!(done.err.contains(wanted) && done.err.contains("/fees.csv") && !done.err.contains("secretKey"), "{}", done.err);
        assert!(shop.must(&["export", "balances"]).lines().count() <= 1, "nothing is posted");
        let doctor = shop.run(&["doctor"]);
        assert!(!doctor.out.contains("secretKey"), "{}", doctor.out);
    }
}

#[test]
fn an_address_that_must_not_be_asked_is_refused_in_the_program_file() {
    for (address, wanted) in [
        ("ftp://host/orders.csv", "is an address of a kind that is not known"),
        ("https://name:secretKey@host/orders.csv", "holds a name or a password"),
        ("http://192.0.2.1/orders.csv", "is not encrypted"),
        ("https://host/orders-*.csv", "a web server does not list its files"),
        ("s3://shop/orders.txt", "takes a path that ends in .csv, .parquet or .xlsx"),
        ("s3://shop", "names no file"),
    ] {
        let shop = shop(|table| if table == "orders" { address.to_owned() } else { format!("{table}.csv") });
        let done = shop.run(&["run", "nightly", "--as-of", "2026-03-01T02:00:00Z"]);
        assert!(!done.ok && done.err.contains(wanted) && !done.err.contains("secretKey"), "{address}: {}", done.err);
    }
    let shop = shop(in_bucket);
    let mut command = shop.command(&["run", "nightly", "--as-of", "2026-03-01T02:00:00Z"]);
    let nobody = command.env("AWS_ENDPOINT_URL", "http://127.0.0.1:1").env("AWS_METADATA_ENDPOINT", "http://127.0.0.1:1");
    let done: Done = nobody.env_remove("AWS_ACCESS_KEY_ID").output().expect("the binary starts").into();
    assert!(!done.ok && done.err.contains("AWS_ACCESS_KEY_ID is not set"), "{}", done.err);
    let mut command = shop.command(&["run", "nightly", "--as-of", "2026-03-01T02:00:00Z"]);
    let done: Done = command.env("AWS_ENDPOINT_URL", "http://192.0.2.1:9000").output().expect("the binary starts").into();
    assert!(!done.ok && done.err.contains("only this machine itself may be one"), "{}", done.err);
}

#[test]
fn a_bucket_of_google_is_read_like_one_of_amazon() {
    let local = Shop::small();
    let server = GcsServer::new();
    for table in TABLES {
        server.put(&format!("export/{table}.csv"), local.read(&format!("{table}.csv")).as_bytes());
    }
    server.put("logs/2026/02/03/a.csv", "code,creator_id,active_from,active_to\nANA,ana,,\n".as_bytes());
    server.put("logs/2026/02/04/b.csv", "code,creator_id,active_from,active_to\nBEN,ben,,\n".as_bytes());
    let shop = shop(|table| match table {
        "codes" => "gs://shop/logs/**/*.csv".to_owned(),
        _ => format!("gs://shop/export/{table}*.csv"),
    });
    for day in 1..=2 {
        let mut command = shop.command(&["run", "nightly", "--as-of", &format!("2026-03-{day:02}T02:00:00Z")]);
        let done: Done = command.envs(server.environment()).output().expect("the binary starts").into();
        assert!(done.ok, "{}", done.err);
        local.must(&["run", "nightly", "--as-of", &format!("2026-03-{day:02}T02:00:00Z")]);
        assert_eq!(shop.exports(), local.exports());
    }
}

#[test]
fn a_run_that_fails_while_it_fetches_is_repeated_with_the_same_outcome() {
    let local = Shop::small();
    local.must(&["run", "nightly", "--as-of", "2026-03-01T02:00:00Z"]);
    let server = BucketServer::new();
    fill(&server);
    for mode in ["fail-before", "fail-after"] {
        let shop = shop(in_bucket);
        let trial = format!("{mode}|rename remote/codes-0#1|{}", shop.path("reached").display());
        let mut command = shop.command(&["run", "nightly", "--as-of", "2026-03-01T02:00:00Z"]);
        let failed: Done =
            command.envs(server.environment()).env("PURSER_TRIAL", trial).output().expect("the binary starts").into();
        assert!(!failed.ok && shop.path("reached").exists(), "{}", failed.err);
        let done = nightly(&server, &shop, 1);
        assert!(done.ok, "{}", done.err);
        assert_eq!(shop.exports(), local.exports());
    }
}

#[test]
fn a_file_of_many_parts_is_put_together() {
    let server = BucketServer::new();
    fill(&server);
    let clicks: String = (0..400_000).map(|number| format!("c{number},2026-01-03T10:00:00Z,v{number},lana,story\n")).collect();
    let clicks = Shop::small().read("clicks.csv") + &clicks;
    assert!(clicks.len() > 2 * (8 << 20));
    server.put("export/clicks.csv", clicks.as_bytes());
    let shop = shop(in_bucket);
    let done = with(&server, &shop, &["validate"]);
    assert!(done.ok && done.out.contains("400002"), "{}{}", done.out, done.err);
    let parts = server.given().into_iter().filter(|key| key == "export/clicks.csv").count();
    assert_eq!(parts, clicks.len().div_ceil(8 << 20));
}
