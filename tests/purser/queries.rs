//! Tables that queries of databases give.

use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use crate::support::database::{Database, Kind, PostgresServer, psql};
use crate::support::mariadb::MariaDb;
use crate::support::{Done, Shop, files_below};

/// The small shop's orders, lines and refunds as a shop's database has them, written for the database that is asked.
fn tables(time: &str, local: &str, decimal: &str) -> String {
    format!(
        "CREATE TABLE shop_orders (id BIGINT PRIMARY KEY, placed {time} NOT NULL, changed {local} NOT NULL, state VARCHAR(20), buyer VARCHAR(20), visitor VARCHAR(20), code VARCHAR(20));
         INSERT INTO shop_orders VALUES
           (1, '2026-01-05 10:00:00', '2026-01-05 10:00:00', 'paid', 'p1', 'v1', NULL),
           (2, '2026-01-06 10:00:00', '2026-01-06 10:00:00', 'paid', 'p2', NULL, 'BEN'),
           (3, '2026-01-07 10:00:00', '2026-01-07 10:00:00', 'paid', 'p3', NULL, NULL),
           (4, '2026-02-08 10:00:00', '2026-02-08 10:00:00', 'paid', 'p4', NULL, 'ANA');
         CREATE TABLE shop_lines (order_id BIGINT, line INT, sku VARCHAR(9), net {decimal});
         INSERT INTO shop_lines VALUES (1, 1, 'A', 100.00), (1, 2, 'B', 20.50), (2, 1, 'A', 50.00), (3, 1, 'A', 50.00), (4, 1, 'A', 70.00);"
    )
}

const ORDERS: &str = "SELECT CONCAT('o', id) AS order_id, placed AS ordered_at, changed AS updated_at, state AS status, 'USD' AS currency, \
                      buyer AS customer_id, NULL AS customer_email, visitor AS visitor_id, NULL AS click_id, code AS codes FROM shop_orders ORDER BY id";
const LINES: &str = "SELECT CONCAT('o', order_id) AS order_id, line AS line_id, sku, 'x' AS category, 1 AS quantity, net AS net_amount \
                     FROM shop_lines ORDER BY order_id, line";

/// The small shop with orders and lines from a database.
fn shop(orders: &str, lines: &str, more: &str) -> Shop {
    let shop = Shop::small();
    let queries = format!(
        "[sources.db_orders]\nkind = \"query\"\ntable = \"orders\"\ndatabase_env = \"SHOP_DATABASE_URL\"\nquery = \"{orders}\"\n{more}\n\
         [sources.db_lines]\nkind = \"query\"\ntable = \"order_lines\"\ndatabase_env = \"SHOP_DATABASE_URL\"\nquery = \"{lines}\"\n[attribution]"
    );
    let program = shop.read("shop.toml").replace("[attribution]", &queries);
    shop.write("shop.toml", program.replace("orders = \"orders.csv\"\n", "").replace("order_lines = \"order_lines.csv\"\n", ""));
    shop
}

fn with(url: &str, shop: &Shop, arguments: &[&str]) -> Done {
    let done: Done = shop.command(arguments).env("SHOP_DATABASE_URL", url).output().expect("the binary starts").into();
    assert!(!done.err.contains("secretKey") && !done.out.contains("secretKey"), "{}{}", done.out, done.err);
    done
}

fn nightly(url: &str, shop: &Shop, day: u32) -> Done {
    with(url, shop, &["run", "nightly", "--as-of", &format!("2026-03-{day:02}T02:00:00Z")])
}

const UTC: &str = "time_zone = \"UTC\"";

/// The three databases, filled: the address of each, and what runs SQL on it.
fn each(check: impl Fn(&str, &str, &dyn Fn(&str))) {
    let folder = crate::support::in_memory();
    let file = folder.path().join("shop.sqlite");
    let sqlite = |sql: &str| assert!(Command::new("sqlite3").arg(&file).arg(sql).status().expect("it starts").success(), "{sql}");
    sqlite(
        &tables("TEXT", "TEXT", "TEXT")
            .replace("INSERT INTO shop_lines VALUES (1, 1, 'A', 100.00)", "INSERT INTO shop_lines VALUES (1, 1, 'A', '100.00')"),
    );
    sqlite("UPDATE shop_orders SET placed = REPLACE(placed, ' ', 'T') || 'Z', changed = REPLACE(changed, ' ', 'T') || 'Z'");
    check("sqlite", &format!("sqlite://{}", file.display()), &sqlite);

    let database = Database::new(Kind::Postgres, folder.path());
    database.sql(&format!("SET TIME ZONE 'UTC'; {}", tables("TIMESTAMPTZ", "TIMESTAMP", "NUMERIC(14,4)")));
    check("postgres", &database.url, &|sql| drop(database.sql(sql)));

    let maria = MariaDb::new();
    maria.sql(&format!("USE shop; SET time_zone = '+00:00'; {}", tables("TIMESTAMP", "DATETIME", "DECIMAL(14,4)")));
    check("mariadb", &maria.url(), &|sql| drop(maria.sql(&format!("USE shop; {sql}"))));
}

#[test]
fn rows_of_databases_are_what_they_would_be_in_a_file() {
    let local = Shop::small();
    for day in 1..=3 {
        if day == 3 {
            local.write("order_lines.csv", local.read("order_lines.csv").replace("o4,1,A,x,1,70.00", "o4,1,A,x,1,70.01"));
        }
        local.must(&["run", "nightly", "--as-of", &format!("2026-03-{day:02}T02:00:00Z")]);
    }
    each(|name, url, sql| {
        let orders = if name == "sqlite" { ORDERS.replace("CONCAT('o', id)", "'o' || id") } else { ORDERS.to_owned() };
        let lines =
            if name == "sqlite" { LINES.replace("CONCAT('o', order_id) AS", "'o' || order_id AS") } else { LINES.to_owned() };
        let shop = shop(&orders, &lines, UTC);
        for look in [&["validate"][..], &["doctor"], &["run", "nightly", "--dry-run", "--as-of", "2026-03-01T02:00:00Z"]] {
            let done = with(url, &shop, look);
            assert!(done.ok, "{name} {look:?}: {}{}", done.out, done.err);
        }
        assert!(nightly(url, &shop, 1).ok, "{name}");
        let copies = || files_below(&shop.path("ledger-data/facts/orders"));
        let before = copies();
        assert!(nightly(url, &shop, 2).ok, "{name}");
        assert_eq!(copies(), before, "{name}: the same rows are the same copy");
        sql("UPDATE shop_lines SET net = '70.01' WHERE order_id = 4");
        let done = nightly(url, &shop, 3);
        assert!(done.ok, "{name}: {}", done.err);
        assert_eq!(shop.exports(), local.exports(), "{name}");
        assert!(with(url, &shop, &["check"]).ok, "{name}");

        // A row is named by its number in the query's answer.
        sql("UPDATE shop_orders SET state = 'refunded' WHERE id = 3");
        let refused = nightly(url, &shop, 4);
        let wanted = "[sources.db_orders] row 3, status: \"refunded\" is none of paid, pending, cancelled, test";
        assert!(!refused.ok && refused.err.contains(wanted), "{name}: {}", refused.err);
    });
}

#[test]
fn a_query_that_cannot_be_read_exactly_or_would_write_is_refused() {
    each(|name, url, sql| {
        let line = |column: &str| {
            let one = format!(
                "SELECT 'o1' AS order_id, 1 AS line_id, 'A' AS sku, 'x' AS category, 1 AS quantity, {column} AS net_amount"
            );
            if name == "sqlite" { one } else { one + " FROM shop_lines" }
        };
        let float = match name {
            "postgres" => "1.5::float8",
            "mariadb" => "CAST(1.5 AS DOUBLE)",
            _ => "1.5",
        };
        let orders = if name == "sqlite" { ORDERS.replace("CONCAT('o', id)", "'o' || id") } else { ORDERS.to_owned() };
        for (lines, wanted) in [
            (line(float), "net_amount"),
            (line(float), "binary floating point"),
            (line("missing_column"), "missing_column"),
            ("DELETE FROM shop_lines".to_owned(), "cannot run the query"),
            ("SELECT 1; DROP TABLE shop_lines".to_owned(), "cannot run the query"),
            ("COMMIT; DROP TABLE shop_lines".to_owned(), "cannot run the query"),
            ("SELECT 1 AS order_id".to_owned(), "are missing"),
        ] {
            let shop = shop(&orders, &lines, UTC);
            let refused = nightly(url, &shop, 1);
            assert!(!refused.ok && refused.err.contains(wanted), "{name}, {lines}: {}", refused.err);
            assert!(refused.err.contains("[sources.db_lines]"), "{name}, {lines}: {}", refused.err);
        }
        sql("SELECT COUNT(*) FROM shop_lines");
        if name != "sqlite" {
            let refused = nightly(url, &shop(ORDERS, LINES, ""), 1);
            let wanted = "the column `updated_at` holds times without a zone; say in `time_zone`";
            assert!(!refused.ok && refused.err.contains(wanted), "{name}: {}", refused.err);
            // In Berlin it was eleven when it was ten in UTC.
            sql("UPDATE shop_orders SET changed = '2026-01-05 11:00:00' WHERE id = 1");
            let done = nightly(url, &shop(ORDERS, LINES, "time_zone = \"Europe/Berlin\""), 1);
            assert!(done.err.contains("row 2") || done.ok, "{name}: {}", done.err);
            sql("UPDATE shop_orders SET changed = '2026-03-29 02:30:00' WHERE id = 1");
            let refused = nightly(url, &shop(ORDERS, LINES, "time_zone = \"Europe/Berlin\""), 1);
            let wanted = "row 1, updated_at: \"2026-03-29 02:30:00\": is no time in Europe/Berlin, or two";
            assert!(!refused.ok && refused.err.contains(wanted), "{name}: {}", refused.err);
        }
    });
}

#[test]
fn a_database_that_is_away_or_asks_for_another_password_leaves_yesterdays_facts() {
    let server = PostgresServer::new();
    psql(&server.url(), &format!("SET TIME ZONE 'UTC'; {}", tables("TIMESTAMPTZ", "TIMESTAMP", "NUMERIC(14,4)")));
    let url = server.url().replace("purser@", "purser:secretKey@");
    let shop = shop(ORDERS, LINES, UTC);
    assert!(nightly(&url, &shop, 1).ok);
    let before = shop.exports();
    server.stop();
    let done = nightly(&url, &shop, 2);
    assert_eq!(done.code, Some(75), "{}", done.err);
    assert!(done.err.contains("cannot open postgres://…@127.0.0.1") && done.err.contains("nothing was posted"), "{}", done.err);
    assert_eq!(shop.exports(), before);
    server.start();
    assert!(nightly(&url, &shop, 2).ok);
    let nobody = nightly(&url.replace("purser:", "nobody:"), &shop, 3);
    assert!(!nobody.ok && nobody.err.contains("the database says: role \"nobody\" does not exist"), "{}", nobody.err);
    let done: Done = shop.command(&["run", "nightly"]).output().expect("the binary starts").into();
    assert!(
        !done.ok && done.err.contains("the environment variable SHOP_DATABASE_URL does not hold the address of the database"),
        "{}",
        done.err
    );
}

#[test]
fn the_address_may_stand_in_a_file_that_nobody_else_reads() {
    let folder = crate::support::in_memory();
    let database = Database::new(Kind::Postgres, folder.path());
    database.sql(&format!("SET TIME ZONE 'UTC'; {}", tables("TIMESTAMPTZ", "TIMESTAMP", "NUMERIC(14,4)")));
    let shop = shop(ORDERS, LINES, UTC);
    shop.write(
        "shop.toml",
        shop.read("shop.toml").replace("database_env = \"SHOP_DATABASE_URL\"", "database_file = \"address\""),
    );
    shop.write("address", format!("{}\n", database.url));
    let rights =
        |mode| std::fs::set_permissions(shop.path("address"), PermissionsExt::from_mode(mode)).expect("it is the test's");
    rights(0o644);
    let refused = shop.run(&["run", "nightly", "--as-of", "2026-03-01T02:00:00Z"]);
    assert!(
        !refused.ok && refused.err.contains("every user of this machine can read the address of the database"),
        "{}",
        refused.err
    );
    rights(0o600);
    shop.must(&["run", "nightly", "--as-of", "2026-03-01T02:00:00Z"]);
    for (from, to, wanted) in [
        (
            "database_file = \"address\"",
            "database_env = \"postgres://a:secretKey@b/c\"",
            "takes the name of an environment variable",
        ),
        ("database_file = \"address\"", "", "needs `database_env`"),
        ("table = \"orders\"", "table = \"order\"", "is none of the tables orders, order_lines"),
        (
            "kind = \"query\"\ntable = \"orders\"",
            "kind = \"query\"\npath = \"x\"\ntable = \"orders\"",
            "`path` is no key of this kind of source",
        ),
    ] {
        let whole = shop.read("shop.toml");
        shop.write("shop.toml", whole.replacen(from, to, 1));
        let refused = shop.run(&["validate"]);
        assert!(!refused.ok && refused.err.contains(wanted) && !refused.err.contains("secretKey"), "{}", refused.err);
        shop.write("shop.toml", whole);
    }
}
