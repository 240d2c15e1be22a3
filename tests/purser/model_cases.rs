//! The plain model against the worked shops of `fixtures/cases`.

use std::fs;
use std::path::Path;

use crate::support::{exports, worked_shops};
use purser::calendar::parse_time;
use purser::explain::{Target, explain, model};
use purser::facts::{Credits, Rows};
use purser::money::format_minor;
use purser::program::Program;
use purser::vocabulary::Kind;
use tempfile::TempDir;

/// A `nightly` step of a case: its position among all steps, from 1, and its time.
struct Nightly {
    step: usize,
    as_of: i64,
}

fn nightly_steps(case: &Path) -> Vec<Nightly> {
    let text = fs::read_to_string(case.join("runs.txt")).expect("a case has steps");
    let steps = text.lines().filter(|line| !line.trim().is_empty()).enumerate();
    let nightly = steps.filter_map(|(index, line)| {
        let (time, command) = line.split_once(' ').expect("a step is TIME COMMAND");
        let as_of = parse_time(time).expect("a step has a time");
        (command.trim() == "nightly").then_some(Nightly { step: index + 1, as_of })
    });
    nightly.collect()
}

/// The program of a case and its facts; an error where either is refused.
fn load(case: &Path) -> anyhow::Result<(Program, Rows)> {
    let data = TempDir::new().expect("a temporary folder");
    let program = Program::load(&case.join("program.toml"))?;
    let rows = crate::support::facts_of(&program, data.path())?.rows()?;
    Ok((program, rows))
}

fn differences(case: &Path) -> Vec<String> {
    let loaded = load(case);
    let mut found = Vec::new();
    for Nightly { step, as_of } in nightly_steps(case) {
        let expected = case.join(format!("expected/{step}-nightly"));
        if expected.join("refused").exists() {
            if loaded.is_ok() {
                found.push(format!("{}: its program or its facts should have been refused", expected.display()));
            }
            continue;
        }
        let (program, rows) = loaded.as_ref().expect("the facts of this case are sound");
        let model = model(program, rows, &Credits::default(), as_of).expect("a case can be computed");
        let exports = [
            ("orders", exports::orders(&model)),
            ("commissions", exports::commissions(&model, program.currency)),
            ("exceptions", exports::exceptions(&model)),
        ];
        for (name, actual) in exports {
            let file = expected.join(format!("{name}.csv"));
            let wanted = fs::read_to_string(&file).expect("a step has its exports");
            if wanted != actual {
                found.push(format!("{}\n--- expected\n{wanted}--- actual\n{actual}", file.display()));
            }
        }
    }
    found
}

#[test]
fn every_case_is_met() {
    let found: Vec<String> = worked_shops().iter().flat_map(|case| differences(case)).collect();
    assert!(found.is_empty(), "{} differences\n{}", found.len(), found.join("\n"));
}

/// An explanation ends in the same rows and outcome as the model, and can be printed in both ways.
#[test]
fn every_order_of_every_case_can_be_explained() {
    for case in worked_shops() {
        let (Ok((program, rows)), Some(last)) = (load(&case), nightly_steps(&case).pop()) else { continue };
        let model = model(&program, &rows, &Credits::default(), last.as_of).expect("a case can be computed");
        for order in &model.orders {
            let explanation =
                explain(&program, &rows, &Credits::default(), last.as_of, &order.order_id).expect("an order can be explained");
            assert_eq!((explanation.outcome, explanation.reason), (Some(order.outcome()), Some(order.reason)));
            let of_order = |row: &&Target| row.order_id == order.order_id && row.kind != Kind::BonusNetSales;
            let decimals = program.currency.exponent();
            let mut wanted: Vec<_> = model
                .commissions
                .iter()
                .filter(of_order)
                .filter(|row| row.kind != Kind::Fee)
                .map(|row| {
                    let amounts = [format_minor(row.base, decimals), format_minor(row.commission, decimals)];
                    (row.line_id.as_str(), row.creator_id.as_str(), row.touch.as_str(), row.rule.as_str(), amounts)
                })
                .collect();
            let mut told: Vec<_> = explanation
                .rows
                .iter()
                .map(|row| {
                    let amounts = [row.base.clone(), row.commission.clone()];
                    (row.line_id.as_str(), row.creator_id.as_str(), row.touch.as_str(), row.rule.as_str(), amounts)
                })
                .collect();
            wanted.sort_unstable();
            told.sort_unstable();
            assert_eq!(wanted, told, "{} {}", case.display(), order.order_id);
            assert!(explanation.render().starts_with(&format!("Order {}", order.order_id)));
            serde_json::to_string(&explanation).expect("an explanation can be written as JSON");
        }
    }
}
