//! A run that is killed at any moment and repeated ends in the same exports; two at once do no harm.

use std::thread::sleep;
use std::time::Duration;

use crate::support::{Shop, project};

const STEPS: &[&[&str]] = &[
    &["run", "nightly", "--as-of", "2026-02-01T07:00:00Z"],
    &["run", "payout", "--as-of", "2026-02-01T14:00:00Z"],
    &["run", "nightly", "--as-of", "2026-02-20T07:00:00Z"],
    &["run", "statements", "--as-of", "2026-03-01T15:00:00Z"],
];

fn glow() -> Shop {
    Shop::of(&project().join("jobs/glow.toml"))
}

/// Exports, batches and mails: everything a run leaves for others.
fn outcome(shop: &Shop) -> String {
    let mut mails: Vec<String> = match std::fs::read_dir(shop.path("ledger-data/outbox")) {
        Ok(entries) => entries.map(|e| e.expect("it can be listed").file_name().to_string_lossy().into_owned()).collect(),
        Err(_) => Vec::new(),
    };
    mails.retain(|name| name.ends_with(".eml"));
    mails.sort();
    format!("{}{}{}", shop.exports(), shop.must(&["batch", "list", "--format", "csv"]), mails.join("\n"))
}

#[test]
fn a_killed_run_leaves_nothing_half_done() {
    let calm = glow();
    for step in STEPS {
        calm.must(step);
    }
    let wanted = outcome(&calm);
    let mut killed = 0;
    for round in 0..12u64 {
        let shop = glow();
        for step in STEPS {
            // Kill it a little later each time, until it is done before.
            for attempt in 0..6u64 {
                let mut child = shop
                    .command(step)
                    .stdout(std::process::Stdio::null())
                    .stderr(std::process::Stdio::null())
                    .spawn()
                    .expect("it starts");
                sleep(Duration::from_millis(3 + round * 2 + attempt * 17));
                match child.try_wait().expect("it can be watched") {
                    Some(_) => break,
                    None => {
                        child.kill().expect("it can be killed");
                        child.wait().expect("it ends");
                        killed += 1;
                    }
                }
            }
            shop.must(step);
        }
        assert_eq!(outcome(&shop), wanted, "round {round}");
    }
    println!("{killed} runs were killed");
    assert!(killed >= 30, "only {killed} runs were killed before they were done");
}

#[test]
fn two_runs_at_once_post_once() {
    let calm = glow();
    for step in STEPS {
        calm.must(step);
    }
    let shop = glow();
    for step in STEPS {
        let children: Vec<_> = (0..3).map(|_| shop.command(step).output()).collect();
        assert!(children.into_iter().all(|done| done.expect("it starts").status.success()));
        let mut running: Vec<_> = (0..3)
            .map(|_| {
                shop.command(step)
                    .stdout(std::process::Stdio::null())
                    .stderr(std::process::Stdio::piped())
                    .spawn()
                    .expect("it starts")
            })
            .collect();
        for child in running.drain(..) {
            let done = child.wait_with_output().expect("it ends");
            assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        }
    }
    assert_eq!(outcome(&shop), outcome(&calm));
}

/// Several that start on a database that is not there yet: each finds it made.
#[test]
fn many_may_open_a_new_database_at_once() {
    for _ in 0..4 {
        let shop = Shop::small();
        let start = |_| {
            let mut command = shop.command(&["run", "nightly", "--as-of", "2026-02-01T07:00:00Z"]);
            command.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::piped()).spawn().expect("it starts")
        };
        let running: Vec<_> = (0..5).map(start).collect();
        for child in running {
            let done = child.wait_with_output().expect("it ends");
            assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        }
    }
}
