//! The worked shops of `fixtures/cases`, through the real binary, byte for byte; and what must hold of each besides.

use std::fs;
use std::path::Path;

use crate::support::database::Kind;
use crate::support::{Done, Shop, worked_shops};

/// A batch as `batch list` shows it.
struct Listed {
    id: String,
    state: String,
}

fn batches(shop: &Shop) -> Vec<Listed> {
    let text = shop.must(&["batch", "list", "--format", "csv"]);
    let fields = |line: &str| line.split(',').map(str::to_owned).collect::<Vec<_>>();
    text.lines().skip(1).map(fields).map(|f| Listed { id: f[0].clone(), state: f[1].clone() }).collect()
}

/// The batch that a step of `runs.txt` means (see `fixtures/cases/README.md`).
fn meant(shop: &Shop, command: &str) -> Option<String> {
    let open: Vec<Listed> = batches(shop).into_iter().filter(|b| b.state == "draft" || b.state == "approved").collect();
    let wanted = match command {
        "approve" => Some("draft"),
        "settle" => Some("approved"),
        _ => None,
    };
    let exact = open.iter().rfind(|b| wanted.is_none_or(|state| b.state == state));
    exact.or(open.last()).map(|b| b.id.clone())
}

/// Does a step; none where there is no batch for it.
pub fn step(shop: &Shop, time: &str, command: &str) -> Option<Done> {
    if matches!(command, "nightly" | "payout") {
        return Some(shop.run(&["run", command, "--as-of", time]));
    }
    let batch = meant(shop, command)?;
    Some(shop.run(&["batch", command, &batch, "--by", "ana", "--as-of", time]))
}

fn check(shop: &Shop, case: &str, expected: &Path) {
    for file in fs::read_dir(expected).expect("the expected folder can be read") {
        let file = file.expect("its files can be listed").path();
        if file.extension().is_some_and(|e| e == "csv") {
            let what = file.file_stem().and_then(|s| s.to_str()).expect("the file has a name");
            let wanted = fs::read_to_string(&file).expect("the file can be read");
            assert_eq!(shop.must(&["export", what, "--format", "csv"]), wanted, "{case}: {}", file.display());
        }
    }
}

fn replay(case: &Path, kind: Kind) {
    let name = case.file_name().and_then(|n| n.to_str()).expect("a case has a name");
    let shop = Shop::of_on(&case.join("program.toml"), kind);
    let steps = fs::read_to_string(case.join("runs.txt")).expect("a case has steps");
    let mut is_refused = true;
    for (number, line) in steps.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let (time, command) = line.split_once(' ').expect("a step is a time and a command");
        let expected = case.join("expected").join(format!("{}-{command}", number + 1));
        let refused = expected.join("refused").exists();
        if let Some(done) = step(&shop, time, command) {
            assert_eq!(done.ok, !refused, "{name} step {}: {}", number + 1, done.err);
            assert!(!refused || done.err.contains("error: "), "{name}: a refusal says why");
            is_refused &= refused;
        }
        check(&shop, name, &expected);
        // Doing a run again changes nothing.
        if matches!(command, "nightly" | "payout") && !refused {
            let before = (batches(&shop).len(), head(&shop));
            shop.must(&["run", command, "--as-of", time]);
            assert_eq!((batches(&shop).len(), head(&shop)), before, "{name} step {}: a repeat posts nothing", number + 1);
            check(&shop, name, &expected);
        }
    }
    // What the audit says of a sound ledger; there is none where the program file itself was refused.
    let check = shop.run(&["check"]);
    let nothing = is_refused && check.err.contains("the database holds no program");
    assert!(check.ok || nothing, "{name}: {}{}", check.out, check.err);
}

/// The chain's head, as a rehearsal of a run reports it.
fn head(shop: &Shop) -> String {
    let text = shop.must(&["status", "--format", "json", "--runs", "1000"]);
    let runs: serde_json::Value = serde_json::from_str(&text).expect("status writes JSON");
    let transfers = |run: &serde_json::Value| run["transfers"].as_str().and_then(|n| n.parse::<i64>().ok()).unwrap_or(0);
    runs.as_array().expect("a list of runs").iter().map(transfers).sum::<i64>().to_string()
}

fn replay_all(kind: Kind) {
    let cases = worked_shops();
    assert!(cases.len() >= 117, "all worked shops are there, not {}", cases.len());
    cases.iter().for_each(|case| replay(case, kind));
    println!("{} worked shops agree", cases.len());
}

#[test]
fn every_worked_shop_agrees_byte_for_byte_on_sqlite() {
    replay_all(Kind::Sqlite);
}

#[test]
fn every_worked_shop_agrees_byte_for_byte_on_postgres() {
    replay_all(Kind::Postgres);
}
