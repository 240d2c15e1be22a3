//! The frames of `reconcile` and the plain model of `explain` were written from the same rules by different hands; they
//! agree on every order of every worked shop and of thousands of random ones.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use crate::support::shops::{Shop, shop, shuffled, write_shop};
use crate::support::tally::{Tally, expected};
use crate::support::{in_memory, kept, project, worked_shops};
use purser::calendar::parse_time;
use purser::explain::Model;
use purser::facts::{Bounds, Credit, Credits, Facts, Rows, load_recent};
use purser::program::Program;
use purser::reconcile::{Reconciliation, reconcile};

/// How many random shops are compared; `PURSER_SHOPS` says otherwise.
fn shops() -> u64 {
    std::env::var("PURSER_SHOPS").ok().and_then(|text| text.parse().ok()).unwrap_or(2_000)
}

type Line = (String, String, String, String, String, i64, i64, bool);

fn lines_of_frames(result: &Reconciliation, as_of: i64) -> Vec<Line> {
    let mut lines = Vec::new();
    let each = |t: &purser::reconcile::ListedTarget<'_>| {
        let [kind, order, line, creator, touch] = [t.kind, t.order_id, t.line_id, t.creator_id, t.touch].map(str::to_owned);
        lines.push((kind, order, line, creator, touch, t.base, t.commission, t.payable));
        Ok(())
    };
    result.for_each_target(as_of, each).expect("targets can be listed");
    lines.sort();
    lines
}

fn lines_of_model(model: &Model) -> Vec<Line> {
    let line = |row: &purser::explain::Target| {
        let [order, line, creator, touch] = [&row.order_id, &row.line_id, &row.creator_id, &row.touch].map(Clone::clone);
        (row.kind.code().to_owned(), order, line, creator, touch, row.base, row.commission, row.payable)
    };
    let mut lines: Vec<Line> = model.commissions.iter().map(line).collect();
    lines.sort();
    lines
}

fn check(name: &str, frames: &Reconciliation, model: &Model, as_of: i64) {
    let mut orders = Vec::new();
    frames.for_each_order(|order| orders.push(order.map(str::to_owned))).expect("orders can be listed");
    let wanted: Vec<_> =
        model.orders.iter().map(|o| [&o.order_id, o.outcome().code(), o.reason.code()].map(str::to_owned)).collect();
    assert_eq!(orders, wanted, "{name}: orders");
    let (lines, wanted) = (lines_of_frames(frames, as_of), lines_of_model(model));
    let differing = lines.iter().zip(&wanted).find(|(a, b)| a != b);
    assert!(
        lines.len() == wanted.len() && differing.is_none(),
        "{name}: {} rows against {}: {differing:?}",
        lines.len(),
        wanted.len()
    );
    assert_eq!(frames.exceptions.iter().cloned().collect::<Vec<_>>(), model.exceptions, "{name}: exceptions");
}

/// A program, its facts as a night reads them, which leaves out clicks that cannot count, and all of them as rows.
fn load(program: &Path) -> anyhow::Result<(Program, Facts, Rows)> {
    let data = in_memory();
    let program = Program::load(program)?;
    let kept = kept(&program, data.path())?;
    let facts = load_recent(&program, &kept, data.path(), &Bounds::NONE, program.longest_window())?;
    let rows = purser::facts::load(&program, &kept, data.path(), &Bounds::NONE)?.rows()?;
    assert!(facts.clicks.height() <= rows.clicks.len(), "it leaves some out");
    Ok((program, facts, rows))
}

fn load_shop(shop: &Shop) -> (Program, Facts, Rows) {
    let folder = in_memory();
    load(&write_shop(folder.path(), shop)).unwrap_or_else(|error| panic!("shop {}: {error:#}", shop.seed))
}

#[test]
fn frames_and_model_agree_on_every_worked_shop() {
    let mut compared = 0;
    for case in worked_shops() {
        let Ok(steps) = fs::read_to_string(case.join("runs.txt")) else { continue };
        // Shops whose facts are refused have nothing to agree on.
        let Ok((program, facts, rows)) = load(&case.join("program.toml")) else { continue };
        for time in steps.lines().filter_map(|line| line.split_whitespace().next()) {
            let as_of = parse_time(time).expect("a step has a time");
            for credits in [Credits::default(), every_third(&rows)] {
                let frames = reconcile(&program, &facts, &credits, as_of).expect("a case can be decided");
                let model = model(&program, &rows, &credits, as_of);
                check(&format!("{} at {time}, {credits:?}", case.display()), &frames, &model, as_of);
                compared += 1;
            }
        }
    }
    assert!(compared > 300, "only {compared} steps were compared");
}

/// Every third order, given to the creators in turn and to one that nobody knows.
fn every_third(rows: &Rows) -> Credits {
    let orders: BTreeSet<&str> = rows.orders.iter().map(|order| order.order_id.as_str()).collect();
    let known = rows.creators.iter().map(|creator| creator.creator_id.as_str());
    let creators: BTreeSet<&str> = known.chain(["nobody knows"]).collect();
    let given = orders.into_iter().step_by(3).zip(creators.iter().copied().cycle()).enumerate();
    let credit = |(number, (order_id, creator_id)): (usize, (&str, &str))| Credit {
        order_id: order_id.to_owned(),
        creator_id: creator_id.to_owned(),
        credit_id: format!("given-{number}"),
    };
    Credits::new(given.map(credit).collect()).expect("no order is given twice")
}

/// The shop of the demo, as it was on several nights.
#[test]
fn frames_and_model_agree_on_the_demo() {
    let (program, facts, rows) = load(&project().join("jobs/glow.toml")).expect("the demo's facts are sound");
    for time in
        ["2026-01-20T07:00:00Z", "2026-02-16T05:00:00Z", "2026-03-08T07:00:00Z", "2026-04-01T14:00:00Z", "2026-05-01T00:00:00Z"]
    {
        let as_of = parse_time(time).expect("a time");
        for credits in [Credits::default(), every_third(&rows)] {
            let frames = reconcile(&program, &facts, &credits, as_of).expect("the demo can be decided");
            check(time, &frames, &model(&program, &rows, &credits, as_of), as_of);
        }
    }
}

/// Also: rows in another order change nothing, and a result holds until the instant it names.
#[test]
fn frames_and_model_agree_on_random_shops() {
    let (mut tally, mut left_out) = (Tally::default(), 0);
    for seed in 0..shops() {
        let shop = shop(seed);
        let (program, facts, rows) = load_shop(&shop);
        left_out += rows.clicks.len() - facts.clicks.height();
        let (_, other, _) = load_shop(&shuffled(&shop, seed + 1));
        for as_of in &shop.nightly {
            let name = format!("shop {seed} at {}", purser::calendar::format_time(*as_of));
            let frames = reconcile(&program, &facts, &shop.credits, *as_of).unwrap_or_else(|error| panic!("{name}: {error:#}"));
            let model = model(&program, &rows, &shop.credits, *as_of);
            check(&name, &frames, &model, *as_of);
            let shuffled = reconcile(&program, &other, &shop.credits, *as_of).expect("a shuffled shop can be decided");
            check(&format!("{name}, shuffled"), &shuffled, &model, *as_of);
            let last = (frames.unchanged_until - 1).min(as_of + 400 * 86_400_000_000);
            let later = self::model(&program, &rows, &shop.credits, last);
            check(&format!("{name}, a moment before it changes"), &frames, &later, *as_of);
            tally.model(&program, &model);
        }
    }
    println!("{tally}");
    assert!(left_out > 100, "only {left_out} clicks were left out");
    // What only explanations show, such as touches that lost, is tallied in `model_shops`.
    let shown = ["excluded", "rejected", "unattributed", "attributed", "kind", "payable", "pending", "exception", "rule"];
    let is_shown = |label: &String| label.split(' ').next().is_some_and(|word| shown.contains(&word));
    let missing: Vec<String> = tally.missing(&expected()).into_iter().filter(is_shown).collect();
    assert!(missing.is_empty(), "{} shops never reach: {missing:?}", shops());
}

fn model(program: &Program, rows: &Rows, credits: &Credits, as_of: i64) -> Model {
    purser::explain::model(program, rows, credits, as_of).expect("a shop can be computed")
}
