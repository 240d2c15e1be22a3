//! Statements tie: over every worked shop, each adds up and follows on the one before, all of them together are the ledger, and what
//! people read of each comes to the same.

use std::collections::BTreeMap;
use std::fs;

use purser::program::Program;
use purser::statement::{Reader, Statement, pdf, read_statement, render};

use crate::cases::step;
use crate::support::{Shop, worked_shops};

/// What each creator is owed, as the export of balances says: pending, payable, reserved, together.
fn owed(shop: &Shop) -> BTreeMap<String, i64> {
    let text = shop.must(&["export", "balances"]);
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let minor = |text: &str| text.replace('.', "").parse::<i64>().expect("an amount");
    let row = |row: csv::StringRecord| (row[0].to_owned(), minor(&row[1]) + minor(&row[2]) + minor(&row[3]));
    let owed: BTreeMap<String, i64> = reader.records().map(|of| row(of.expect("it is CSV"))).collect();
    owed.into_iter().filter(|(_, amount)| *amount != 0).collect()
}

/// What the transfers come to that belong to closed months: a bonus belongs to the end of its period, which may be later.
fn owed_until(shop: &Shop) -> BTreeMap<String, i64> {
    let sums = shop.database.sql(
        "SELECT creator_id, SUM(CASE WHEN target IN ('pending', 'payable', 'reserved') THEN amount ELSE 0 END \
         - CASE WHEN source IN ('pending', 'payable', 'reserved') THEN amount ELSE 0 END) FROM transfers \
         WHERE effective_day <= (SELECT MAX(last_day) FROM statement_months) GROUP BY creator_id",
    );
    let sum = |line: &str| {
        let (creator, sum) = line.rsplit_once('|').expect("two columns");
        (creator.to_owned(), sum.parse().expect("a sum"))
    };
    sums.lines().filter(|line| !line.is_empty()).map(sum).filter(|(_, sum): &(String, i64)| *sum != 0).collect()
}

/// Every statement of a shop, by creator and month.
pub fn statements(shop: &Shop) -> Vec<Statement> {
    let bodies = shop.database.sql("SELECT body FROM statements ORDER BY creator_id, month");
    bodies.lines().filter(|line| !line.is_empty()).map(|body| read_statement(body).expect("a statement can be read")).collect()
}

/// What must hold of all statements of a shop.
fn check(shop: &Shop, program: &Program, name: &str) -> usize {
    let all = statements(shop);
    let mut closings: BTreeMap<String, (i64, i64)> = BTreeMap::new();
    for statement in &all {
        let key = statement.key();
        statement.check().unwrap_or_else(|error| panic!("{name}: {error:#}"));
        let (opening, number) = closings.get(&statement.creator_id).copied().unwrap_or_default();
        assert_eq!(statement.totals.opening, opening, "{name}: {key} opens where the one before closed");
        assert_eq!(statement.number, number + 1, "{name}: {key} has the next number");
        closings.insert(statement.creator_id.clone(), (statement.totals.closing, statement.number));
        // Both refuse what does not come to the statement's figures.
        let reader = Reader { name: &statement.creator_id, ..Reader::of(&program.mailing) };
        let rendered = render(statement, &reader).unwrap_or_else(|error| panic!("{name}: {key}: {error:#}"));
        assert!(rendered.html.len() < 100_000, "{name}: {key}");
        assert!(!rendered.subject.contains(['{', '\n']) && !rendered.text.is_empty(), "{name}: {key}");
        assert!(pdf(statement, &reader).unwrap_or_else(|error| panic!("{name}: {key}: {error:#}")).starts_with(b"%PDF-"));
    }
    let closed: BTreeMap<String, i64> =
        closings.into_iter().map(|(creator, (closing, _))| (creator, closing)).filter(|(_, closing)| *closing != 0).collect();
    assert_eq!(closed, owed_until(shop), "{name}: the last statements are what the ledger owes");
    // What the statement says will be paid is the same money, as it stands now.
    let owed = owed(shop);
    for statement in all.iter().rev() {
        let outlook = statement.outlook.as_ref().expect("it looks ahead");
        let in_batches: i64 = outlook.batches.iter().map(|batch| batch.amount).sum();
        let together = in_batches + outlook.in_question + outlook.payable + outlook.pending;
        assert_eq!(together, owed.get(&statement.creator_id).copied().unwrap_or(0), "{name}: {}", statement.key());
    }
    all.len()
}

#[test]
fn statements_of_every_worked_shop_tie_to_the_ledger() {
    let (mut shops, mut all) = (0, 0);
    for case in worked_shops() {
        let name = case.file_name().and_then(|name| name.to_str()).expect("a case has a name").to_owned();
        let Ok(program) = Program::load(&case.join("program.toml")) else { continue };
        let shop = Shop::of(&case.join("program.toml"));
        let steps = fs::read_to_string(case.join("runs.txt")).expect("a case has steps");
        let mut last = "";
        for line in steps.lines().filter(|line| !line.trim().is_empty()) {
            let (time, command) = line.split_once(' ').expect("a step is a time and a command");
            if step(&shop, time, command).is_some_and(|done| done.ok) {
                last = time;
            }
        }
        if last.is_empty() || program.job("statements").is_none() {
            continue;
        }
        // Everything that was posted has its day in a month that is closed then.
        let (year, month) = (last[..4].parse::<i32>().expect("a year"), last[5..7].parse::<i32>().expect("a month"));
        let next = year * 12 + month + 1;
        let time = format!("{:04}-{:02}-02T12:00:00Z", next.div_euclid(12), next.rem_euclid(12) + 1);
        // No command runs ahead of the clock.
        let time = time.min(chrono::Utc::now().format("%Y-%m-%dT%H:%M:%SZ").to_string());
        let done = shop.run(&["run", "statements", "--as-of", &time, "--close-months", "1200"]);
        assert!(done.ok, "{name}: {}", done.err);
        shops += 1;
        all += check(&shop, &program, &name);
    }
    assert!(shops > 80 && all > 500, "{shops} shops, {all} statements");
}
