//! Columns for reports: kept where a source has them, free where it has none, and never a reason to pay otherwise.

use std::fs::File;
use std::path::{Path, PathBuf};

use polars::prelude::{DataFrame, ParquetReader, SerReader};
use purser::facts::schema;
use purser::program::Table;

use crate::support::{Shop, files_below};

const NIGHT: [&str; 4] = ["run", "nightly", "--as-of", "2026-03-01T02:00:00Z"];

/// The kept copies of a table.
fn copies(shop: &Shop, table: Table) -> Vec<PathBuf> {
    files_below(&shop.path("ledger-data/facts").join(table.name()))
}

fn read(path: &PathBuf) -> DataFrame {
    ParquetReader::new(File::open(path).expect("it is there")).finish().expect("it can be read")
}

/// The values of optional columns in all kept copies of a table, by the row's key; sorted.
pub fn labels(shop: &Shop, table: Table, key: &str) -> Vec<String> {
    let names = schema(table).optional();
    let mut rows = Vec::new();
    for rows_of in copies(shop, table).iter().map(read) {
        let text = |name: &str, row: usize| match rows_of.column(name) {
            Ok(column) => column.str().expect("it is text").get(row).unwrap_or_default().to_owned(),
            Err(_) => "no column".to_owned(),
        };
        let row = |row| [key].iter().chain(&names).map(|name| text(name, row)).collect::<Vec<_>>().join("|");
        rows.extend((0..rows_of.height()).map(row));
    }
    rows.sort();
    rows.dedup();
    rows
}

/// A table with more columns at its end.
fn with(text: &str, columns: &str, values: &str) -> String {
    let mut lines = text.lines();
    let header = lines.next().expect("a table has a header");
    let rows = lines.map(|line| format!("{line},{values}\n")).collect::<String>();
    format!("{header},{columns}\n{rows}")
}

#[test]
fn what_a_table_has_is_kept_and_pays_nothing() {
    let plain = Shop::small();
    plain.must(&NIGHT);
    let shop = Shop::small();
    shop.write("clicks.csv", with(&shop.read("clicks.csv"), "utm_campaign,country,platform", "spring,CA,TikTok"));
    shop.write("orders.csv", with(&shop.read("orders.csv"), "country", "US"));
    shop.must(&NIGHT);
    assert_eq!(shop.exports(), plain.exports());
    let clicks = labels(&shop, Table::Clicks, "click_id");
    assert!(!clicks.is_empty(), "there are clicks");
    for click in clicks {
        let said = click.split_once('|').expect("it has labels").1;
        assert_eq!(said, "no column|no column|spring|no column|no column|CA|no column|TikTok", "those that are there, alone");
    }
    assert!(labels(&shop, Table::Orders, "order_id").iter().all(|order| order.ends_with("|US")));
    for copy in copies(&plain, Table::Clicks) {
        assert_eq!(read(&copy).width(), schema(Table::Clicks).required().len(), "what a source has not costs nothing");
    }
    shop.must(&["check"]);
}

#[test]
fn a_click_that_differs_in_them_alone_is_the_same_click() {
    let shop = Shop::small();
    let clicks = shop.read("clicks.csv");
    shop.write("clicks-2.csv", with(&clicks, "utm_source,landing_page", "ig,/serum"));
    shop.write("shop.toml", shop.read("shop.toml").replace("\"clicks.csv\"", "\"clicks*.csv\""));
    shop.must(&NIGHT);
    let plain = Shop::small();
    plain.must(&NIGHT);
    assert_eq!(shop.exports(), plain.exports());
    // And clicks that are carried on keep what they had.
    std::fs::remove_file(shop.path("clicks-2.csv")).expect("it was there");
    shop.write("clicks.csv", clicks.lines().next().expect("a header").to_owned() + "\n");
    for copy in copies(&shop, Table::Clicks) {
        std::fs::File::open(&copy).expect("it is there");
    }
    shop.must(&["run", "nightly", "--as-of", "2026-03-02T02:00:00Z"]);
    assert_eq!(shop.must(&["export", "balances"]), plain.must(&["export", "balances"]));
    let kept = labels(&shop, Table::Clicks, "click_id");
    assert!(kept.iter().any(|click| click.contains("|ig|") && click.contains("|/serum|")), "{kept:?}");
}

/// A copy that a version made which did not know a column is made again, where the source has the column; else nothing happens.
#[test]
fn a_copy_of_a_version_that_did_not_know_them_is_made_again_once() {
    let shop = Shop::small();
    shop.must(&NIGHT);
    let [copy] = &copies(&shop, Table::Clicks)[..] else { panic!("one copy") };
    let (as_made, time) = (std::fs::read(copy).expect("it can be read"), modified(copy));
    shop.write("shop.toml", shop.read("shop.toml") + "# edited\n");
    shop.must(&["run", "nightly", "--as-of", "2026-03-02T02:00:00Z"]);
    assert_eq!(std::fs::read(copy).expect("it can be read"), as_made);
    assert!(modified(copy) >= time, "it was used again");
    // As it would have been written without the note of what its source lacks.
    let file = File::create(copy).expect("the test can write");
    polars::prelude::ParquetWriter::new(file).finish(&mut read_all(&as_made)).expect("it can be written");
    let was = blake3_of(&as_made);
    let now = purser::sources::hash_of(copy).expect("it can be read");
    shop.database.sql(&format!("UPDATE manifests SET body = REPLACE(body, '\"copy\":\"{was}\"', '\"copy\":\"{now}\"')"));
    shop.must(&["check"]);
    shop.write("shop.toml", shop.read("shop.toml") + "# edited again\n");
    let report = shop.must(&["run", "nightly", "--as-of", "2026-03-03T02:00:00Z"]);
    assert!(report.contains("nothing to post"), "{report}");
    assert_eq!(std::fs::read(copy).expect("it can be read"), as_made, "made again from its source");
    shop.must(&["check"]);
}

fn modified(path: &Path) -> std::time::SystemTime {
    path.metadata().and_then(|about| about.modified()).expect("it has a time")
}

fn read_all(bytes: &[u8]) -> DataFrame {
    ParquetReader::new(std::io::Cursor::new(bytes.to_vec())).finish().expect("it can be read")
}

fn blake3_of(bytes: &[u8]) -> String {
    let folder = crate::support::in_memory();
    let path = folder.path().join("copy");
    std::fs::write(&path, bytes).expect("the test can write");
    purser::sources::hash_of(&path).expect("it can be read")
}

#[test]
fn logs_say_where_clicks_came_from() {
    let agent = "Mozilla/5.0 (X11; Linux x86_64) Chrome/140";
    let combined = format!(
        "203.0.113.7 - - [04/Jan/2026:10:00:00 +0000] \"GET /serum?ref=lana&utm_source=ig&utm_campaign=spring%20sale HTTP/2.0\" 200 9 \
         \"https://l.instagram.com/?u=x\" \"{agent}\" visitor_id=v1\n"
    );
    let nginx = "format = '$time_iso8601 $status $request_method $request_uri $http_referer $geoip_country_code $cookie_vid'\nvisitor = \"vid\"\n";
    let nginx_log = "2026-01-04T10:00:00+00:00 200 GET /a?ref=lana&utm_term=t https://t.example/v CA v1\n";
    let apache = "format = '%t %>s \"%r\" \"%{Referer}i\" %{CF-IPCountry}i %{vid}C'\nvisitor = \"vid\"\n";
    let apache_log = "[04/Jan/2026:10:00:00 +0000] 200 \"GET /a?ref=lana HTTP/1.1\" \"-\" FR v1\n";
    let json = "{\"time\":\"2026-01-04T10:00:00Z\",\"request\":\"GET /a?ref=lana&utm_medium=bio HTTP/1.1\",\"http_referer\":\"https://user@y.example:8443/x\",\"country\":\"DE\",\"visitor_id\":\"v1\"}\n";
    let w3c = "#Fields: date time cs-method cs-uri-stem cs-uri-query sc-status cs(Referer) c-country cs(Cookie)\n\
               2026-01-04\t10:00:00\tGET\t/a\tref=lana&utm_content=c\t200\thttps://z.example/\tUS\tvisitor_id=v1\n";
    for (keys, log, wanted) in [
        ("", combined.as_str(), "ig||spring sale||||/serum|l.instagram.com"),
        (nginx, nginx_log, "||||t|CA|/a|t.example"),
        (apache, apache_log, "|||||FR|/a|"),
        ("", json, "|bio||||DE|/a|y.example:8443"),
        ("", w3c, "|||c||US|/a|z.example"),
    ] {
        let shop = Shop::small();
        shop.write("access.log", log);
        let source = format!("[sources.web]\nkind = \"access_log\"\npath = \"access.log\"\n{keys}\n[attribution]");
        shop.write(
            "shop.toml",
            shop.read("shop.toml").replace("clicks = \"clicks.csv\"\n", "").replace("[attribution]", &source),
        );
        shop.must(&NIGHT);
        let said: Vec<String> = labels(&shop, Table::Clicks, "click_id");
        let said: Vec<&str> = said.iter().map(|click| click.split_once('|').expect("labels").1).collect();
        assert_eq!(said, [wanted], "{log}");
    }
}
