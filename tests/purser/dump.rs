//! A dump is everything there is, of one moment, and what others read in it is what purser says.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::process::Stdio;

use purser::dump::{known_columns, tables_left_out};
use serde_json::Value;

use crate::support::database::Kind;
use crate::support::held::Held;
use crate::support::{Shop, files_below, project, tool};

/// Runs SQL in DuckDB, in the folder of a dump; answers the rows of each statement.
fn duckdb(shop: &Shop, statements: &[String]) -> Vec<Vec<Vec<Value>>> {
    let script = "import duckdb, json, sys\n\
                  c = duckdb.connect()\n\
                  print(json.dumps([[[str(v) if v is not None else None for v in row] for row in c.execute(s).fetchall()] for s in json.load(sys.stdin)]))\n";
    let mut command = tool("python3");
    command.args(["-c", script]).current_dir(shop.path("dump")).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn().expect("tests need DuckDB: start them with tests/run");
    let input = serde_json::to_vec(statements).expect("statements are text");
    child.stdin.take().expect("it listens").write_all(&input).expect("it takes them");
    let done = child.wait_with_output().expect("it ends");
    assert!(done.status.success(), "DuckDB: {statements:?}");
    serde_json::from_slice(&done.stdout).expect("it answers JSON")
}

/// The example queries of a guide, each under the sentence before it.
fn examples(guide: &str) -> Vec<(String, String)> {
    let mut parts = guide.split("```");
    let mut examples = Vec::new();
    while let (Some(text), Some(block)) = (parts.next(), parts.next()) {
        let about = text.trim().lines().next_back().unwrap_or_default().to_owned();
        let sql = block.strip_prefix("sql\n").expect("every block is SQL");
        examples.extend(sql.split_inclusive(';').filter(|sql| !sql.trim().is_empty()).map(|sql| (about.clone(), sql.to_owned())));
    }
    examples
}

fn dumped(kind: Kind) -> Shop {
    let shop = Shop::of_on(&project().join("jobs/glow.toml"), kind);
    for step in [
        "run nightly --as-of 2026-01-20T07:00:00Z --by rosa",
        "run nightly payout statements --as-of 2026-02-01T14:00:00Z --by rosa",
        "batch approve glow-0001 --by nadia --as-of 2026-02-02T14:00:00Z",
        "batch settle glow-0001 --by tom --as-of 2026-02-03T14:00:00Z --failed ingrid.solberg",
        "adjust ingrid.solberg -1.50 --reason sample --by mia --as-of 2026-02-04T10:00:00Z",
        "proposal approve glow-p0001 --by lee --as-of 2026-02-04T11:00:00Z",
        "run nightly payout statements --as-of 2026-04-01T15:00:00Z --by rosa",
        "erase creator ingrid.solberg --by mia --reason asked",
        "export dump --out dump",
    ] {
        shop.must(&step.split(' ').collect::<Vec<_>>());
    }
    shop
}

#[test]
fn what_duckdb_reads_is_what_purser_says() {
    for kind in Kind::BOTH {
        let shop = dumped(kind);
        let balances = shop.must(&["export", "balances"]);
        let mut wanted = [0i64; 4];
        for line in balances.lines().skip(1) {
            for (sum, amount) in wanted.iter_mut().zip(line.split(',').skip(1)) {
                *sum += amount.replace('.', "").parse::<i64>().expect("an amount");
            }
        }
        let sums = "SELECT sum(pending), sum(payable), sum(reserved), sum(paid) FROM 'balances.parquet'".to_owned();
        let counts = ["orders", "commissions", "exceptions"];
        let mut statements = vec![sums];
        statements.extend(counts.map(|name| format!("SELECT count(*) FROM '{name}.parquet'")));
        statements.push("SELECT sum(commission) FROM 'commissions.parquet'".to_owned());
        statements.push("SELECT min(booked_at), max(effective_day), any_value(month) FROM 'entries.parquet', 'transfers.parquet', 'statements.parquet'".to_owned());
        let rows = duckdb(&shop, &statements);
        assert_eq!(rows[0][0], wanted.map(|sum| Value::from(sum.to_string())), "{kind:?}");
        for (name, rows) in counts.iter().zip(&rows[1..4]) {
            let lines = shop.must(&["export", name]).lines().count() - 1;
            assert_eq!(rows[0][0], Value::from(lines.to_string()), "{kind:?}: {name}");
        }
        let commissions = shop.must(&["export", "commissions"]);
        let amount =
            |line: &str| line.rsplit(',').nth(1).expect("a commission").replace('.', "").parse::<i64>().expect("an amount");
        let sum: i64 = commissions.lines().skip(1).map(amount).sum();
        assert_eq!(rows[4][0][0], Value::from(sum.to_string()), "{kind:?}");
        assert_eq!(rows[5][0][0], "2026-01-20 07:00:00", "times are times: {:?}", rows[5]);

        let guide = shop.read("dump/README.md");
        let (about, queries): (Vec<String>, Vec<String>) = examples(&guide).into_iter().unzip();
        assert!(queries.len() >= 9, "the guide has examples");
        for ((about, query), rows) in about.iter().zip(&queries).zip(duckdb(&shop, &queries)) {
            assert_eq!(rows.is_empty(), about.contains("(none)"), "{kind:?}: {about}\n{query}\n{rows:?}");
        }
        let lines =
            "SELECT sum(json_array_length(body, '$.lines') + json_array_length(body, '$.corrections')) FROM 'statements.parquet'";
        let of_statements = about.iter().position(|about| about.starts_with("Each line of each statement")).expect("it is there");
        let counted = format!("SELECT count(*) FROM ({})", queries[of_statements].trim().trim_end_matches(';'));
        let rows = duckdb(&shop, &[lines.to_owned(), counted]);
        assert_eq!(rows[0], rows[1], "every line of every statement leads to its transfer and entry");
    }
}

/// A table or a column that is new is dumped, or left out knowingly.
#[test]
fn every_table_of_the_database_is_dumped() {
    for kind in Kind::BOTH {
        let shop = Shop::small_on(kind);
        shop.must(&["run", "nightly", "--as-of", "2026-02-01T00:00:00Z"]);
        let sql = match kind {
            Kind::Sqlite => "SELECT m.name, c.name FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = 'table'",
            Kind::Postgres => "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'",
        };
        let there = shop.database.sql(sql);
        let there: BTreeSet<(&str, &str)> = there
            .lines()
            .map(|line| line.split_once('|').expect("two columns"))
            .filter(|(table, _)| *table != "_sqlx_migrations" && !tables_left_out().contains(table))
            .collect();
        assert_eq!(known_columns().into_iter().collect::<BTreeSet<_>>(), there, "{kind:?}");
    }
}

#[test]
fn a_dump_is_there_whole_or_not_at_all() {
    let shop = dumped(Kind::Sqlite);
    let whole = files_below(&shop.path("dump"));
    assert!(shop.read("dump/README.md").contains("### transfers"));
    let arguments = ["export", "dump", "--out", "again"];
    Held::at(&mut shop.command(&arguments), "hold-before", &effect(&shop)).kill();
    assert!(!shop.path("again").exists(), "it was killed before it was whole");
    shop.must(&arguments);
    let again = files_below(&shop.path("again"));
    assert_eq!(again.len(), whole.len());
    for (a, b) in whole.iter().zip(&again).filter(|(path, _)| !path.ends_with("erasures.parquet")) {
        assert_eq!(fs::read(a).expect("it can be read"), fs::read(b).expect("it can be read"), "{}", a.display());
    }
    for (arguments, told) in [
        (&arguments[..], "already exists"),
        (&["export", "dump"][..], "--out DIR"),
        (&["export", "dump", "--out", "x", "--format", "csv"][..], "leave out --format"),
        (&["export", "dump", "--out", "x", "--program", "other"][..], "holds no program other"),
    ] {
        let done = shop.run(arguments);
        assert!(!done.ok && done.err.contains(told), "{}", done.err);
    }
    assert!(!shop.path("x").exists());
    shop.must(&["export", "dump", "--out", "y", "--program", "glow"]);
}

fn effect(shop: &Shop) -> String {
    let folder = shop.folder.path().file_name().expect("it has a name").to_string_lossy().into_owned();
    format!("rename {folder}/again#1")
}
