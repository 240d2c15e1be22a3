//! What always holds, as `src/ledger/INVARIANTS.md` says it: each promise is held by code, by the database where it can,
//! by a check, and proved by a test. Most of these tests are here.

use std::fs;

use crate::support::database::Kind;
use crate::support::{Shop, project, purser};

fn page() -> String {
    fs::read_to_string(project().join("src/ledger/INVARIANTS.md")).expect("the page is there")
}

fn text(path: &str) -> String {
    fs::read_to_string(project().join(path)).unwrap_or_default()
}

/// The words between backticks.
fn quoted(line: &str) -> Vec<&str> {
    line.split('`').skip(1).step_by(2).collect()
}

/// Whether a path such as `ledger::post::post` names a function of the sources.
fn is_a_function(path: &str, root: &str) -> bool {
    let Some((module, function)) = path.rsplit_once("::") else { return false };
    let module = module.replace("::", "/");
    let sources = [text(&format!("{root}/{module}.rs")), text(&format!("{root}/{module}/mod.rs"))];
    sources
        .iter()
        .any(|source| [format!("fn {function}("), format!("fn {function}<")].iter().any(|f| source.contains(f.as_str())))
}

#[test]
fn everything_that_the_page_names_is_there() {
    let list = purser().args(["check", "--list"]).output().expect("the binary starts").stdout;
    let list = String::from_utf8(list).expect("it is text");
    let checks: Vec<&str> = list.lines().filter_map(|line| line.split(' ').next()).collect();
    let migrations = ["sqlite", "postgres"].map(|database| {
        let folder = project().join("src/store").join(database).join("migrations");
        let files = fs::read_dir(folder).expect("migrations").map(|file| file.expect("a file").path());
        files.map(|file| fs::read_to_string(file).expect("it can be read")).collect::<String>()
    });
    let page = page();
    let mut invariants = 0;
    for section in page.split("\n## ").skip(1) {
        let name = section.lines().next().unwrap_or_default();
        let line = |label: &str| {
            let found = section.lines().find_map(|line| line.strip_prefix(&format!("- {label}: ")));
            found.unwrap_or_else(|| panic!("\"{name}\" says nothing of its {label}"))
        };
        let (code, tests, database) = (quoted(line("code")), quoted(line("test")), quoted(line("database")));
        assert!(!code.is_empty() && !tests.is_empty(), "\"{name}\" names no code or test");
        for function in code {
            assert!(is_a_function(function, "src"), "\"{name}\": there is no function {function}");
        }
        for test in tests {
            assert!(is_a_function(test, "tests/purser"), "\"{name}\": there is no test {test}");
        }
        for check in quoted(line("check")) {
            assert!(checks.contains(&check), "\"{name}\": there is no check {check}");
        }
        assert!(!database.is_empty() || line("database").starts_with("no: "), "\"{name}\": why does the database not hold it?");
        for guard in database {
            assert!(migrations.iter().all(|sql| sql.contains(guard)), "\"{name}\": {guard} is not in both migrations");
        }
        invariants += 1;
    }
    assert!(invariants >= 11, "only {invariants} are on the page");
}

/// A control says what it prevents and what it cannot prevent, and names tests that are there.
#[test]
fn every_control_has_its_test() {
    let page = text("src/ledger/CONTROLS.md");
    let (introduction, sections) = page.split_once("\n## ").expect("the page has sections");
    let mut controls = 0;
    for section in sections.split("\n## ") {
        let name = section.lines().next().unwrap_or_default();
        for label in ["prevents", "test", "cannot prevent"] {
            assert!(section.contains(&format!("\n- {label}: ")), "\"{name}\" does not say what it: {label}");
        }
        let tests = section.lines().find_map(|line| line.strip_prefix("- test: ")).unwrap_or_default();
        assert!(!quoted(tests).is_empty(), "\"{name}\" names no test");
        for test in quoted(tests) {
            assert!(is_a_function(test, "tests/purser"), "\"{name}\": there is no test {test}");
        }
        controls += 1;
    }
    let generator = quoted(introduction).into_iter().find(|word| word.starts_with("controls::")).expect("it names the generator");
    assert!(is_a_function(generator, "tests/purser"), "there is no test {generator}");
    assert!(controls >= 9, "only {controls} are on the page");
}

/// The small shop after its story, on both databases.
fn told() -> [Shop; 2] {
    Kind::BOTH.map(|kind| {
        let shop = Shop::small_on(kind);
        shop.play(usize::MAX);
        shop
    })
}

/// What the database says to a statement that it must refuse.
fn refused(shop: &Shop, sql: &str) -> String {
    match shop.database.try_sql(sql) {
        Ok(_) => panic!("{:?} took: {sql}", shop.database.kind),
        Err(said) => said.to_lowercase(),
    }
}

#[test]
fn the_database_refuses_to_change_what_was_posted() {
    for shop in told() {
        for table in ["entries", "transfers", "statements"] {
            let column = if table == "statements" { "body" } else { "kind" };
            let before = shop.database.sql(&format!("SELECT * FROM {table}"));
            for sql in [
                format!("UPDATE {table} SET {column} = 'x'"),
                format!("UPDATE {table} SET {column} = {column}"),
                format!("DELETE FROM {table}"),
                format!("DELETE FROM {table} WHERE program = 'shop'"),
            ] {
                let verb = if sql.starts_with("UPDATE") { "updated" } else { "deleted" };
                assert!(refused(&shop, &sql).contains(&format!("{table} are never {verb}")), "{sql}");
            }
            assert_eq!(shop.database.sql(&format!("SELECT * FROM {table}")), before);
        }
    }
}

/// A second transfer of the same key and revision, whatever it moves, and one that moves nothing.
#[test]
fn the_database_refuses_the_same_id_twice_and_amounts_of_nothing() {
    for shop in told() {
        let insert = |order: &str, amount: &str| {
            format!(
                "INSERT INTO transfers SELECT program, entry, position + 1000, kind, {order}, line_id, creator_id, detail, revision, source, \
                 target, {amount}, effective_day, why, rule, base, touch FROM transfers WHERE entry = 1 AND position = 0"
            )
        };
        for amount in ["amount", "amount + 1"] {
            let said = refused(&shop, &insert("order_id", amount));
            assert!(said.contains("unique"), "{said}");
        }
        for amount in ["0", "-5"] {
            let said = refused(&shop, &insert("'o99'", amount));
            assert!(said.contains("check"), "{said}");
        }
    }
}

#[test]
fn an_entry_follows_the_one_before_it() {
    for shop in told() {
        let zeros = format!("'{}'", "0".repeat(64));
        let newest = "(SELECT hash FROM entries ORDER BY entry DESC LIMIT 1)";
        // The next one without the hash before it, and one that leaves a gap.
        for (beyond, previous) in [(1, zeros.as_str()), (2, newest)] {
            let sql = format!(
                "INSERT INTO entries SELECT 'shop', MAX(entry) + {beyond}, 'approved', 'b', 1, 'x', '', '', '', 0, {previous}, 'abc', 1, '' FROM entries"
            );
            assert!(refused(&shop, &sql).contains("holds the hash of the entry before it"));
        }
    }
}

#[test]
fn the_database_refuses_a_checker_who_is_the_maker() {
    for shop in told() {
        let said = refused(&shop, "UPDATE batches SET approved_by = drafted_by, state = 'approved' WHERE state = 'draft'");
        assert!(said.contains("who drafted a batch never approves it"), "{said}");
        let own = shop.run(&["batch", "approve", "shop-0003", "--by", "rosa", "--as-of", "2026-03-03T00:00:00Z"]);
        assert!(!own.ok && own.err.contains("rosa drafted batch shop-0003 and cannot approve it"), "{}", own.err);
    }
}

#[test]
fn a_batch_pays_at_most_what_was_reserved() {
    for shop in told() {
        let said = refused(&shop, "UPDATE balances SET reserved = -1, payable = payable + 1");
        assert!(said.contains("a batch pays at most what was reserved"), "{said}");
        let said = refused(&shop, "INSERT INTO balances VALUES ('shop', 'zoe', 0, 0, -1, 1)");
        assert!(said.contains("a batch pays at most what was reserved"), "{said}");
        // Lines that were raised after the draft are not approved.
        shop.database.sql("UPDATE batch_lines SET amount = amount + 100 WHERE batch_id = 'shop-0003'");
        let raised = shop.run(&["batch", "approve", "shop-0003", "--by", "mia", "--as-of", "2026-03-03T00:00:00Z"]);
        assert!(!raised.ok && raised.err.contains("are not those that were drafted; nothing was changed"), "{}", raised.err);
        assert!(!shop.run(&["check", "batches"]).ok);
    }
}

/// What came in and did not go back stands on exactly one account, and the balances that are shown say on which.
#[test]
fn money_is_in_exactly_one_place() {
    let postings = "(SELECT program, entry, creator_id, target AS account, amount FROM transfers \
                    UNION ALL SELECT program, entry, creator_id, source, -amount FROM transfers) AS p";
    for shop in told() {
        let sum = |account: &str| format!("SUM(CASE WHEN account = '{account}' THEN amount ELSE 0 END)");
        let by_transfers = ["pending", "payable", "reserved", "cash"].map(sum).join(", ");
        let summed = shop
            .database
            .sql(&format!("SELECT creator_id, {by_transfers} FROM {postings} GROUP BY creator_id ORDER BY creator_id"));
        let shown = shop.database.sql("SELECT creator_id, pending, payable, reserved, paid FROM balances ORDER BY creator_id");
        assert_eq!(summed, shown);
        assert_eq!(shown.lines().count(), 3);
        let spent = shop.database.sql(&format!("SELECT -{} FROM {postings}", sum("expense")));
        let held = shop.database.sql("SELECT SUM(pending + payable + reserved + paid) FROM balances");
        assert_eq!(spent, held);
    }
}

#[test]
fn an_entry_balances_and_leaves_nothing_on_a_clearing_account() {
    let clearing = "SELECT COUNT(*), SUM(CASE WHEN target = 'clearing' THEN amount ELSE -amount END) FROM transfers \
                    WHERE source = 'clearing' OR target = 'clearing' GROUP BY entry";
    for shop in told() {
        let lines = shop.database.sql(clearing);
        assert!(!lines.is_empty() && lines.lines().all(|line| line.ends_with("|0")), "{lines}");
        shop.must(&["check", "balanced", "batches", "--head", &head(&shop)]);
    }
}

fn head(shop: &Shop) -> String {
    shop.database.sql("SELECT entry, hash FROM entries ORDER BY entry DESC LIMIT 1").trim().replace('|', ":")
}

#[test]
fn statements_open_where_the_one_before_closed() {
    for shop in told() {
        let sql = "SELECT COUNT(*) FROM statements s JOIN statements b ON b.program = s.program AND b.creator_id = s.creator_id \
                   AND b.month = s.month - 1 WHERE s.opening = b.closing";
        let all = "SELECT COUNT(*) FROM statements s WHERE s.month = (SELECT MAX(month) FROM statements)";
        let chained = shop.database.sql(sql);
        assert!(chained != "0\n" && chained == shop.database.sql(all), "{chained}");
        shop.must(&["check", "statements"]);
    }
}
