//! Long work counts: on a terminal as it goes, elsewhere with one log line a step.

use std::process::Command;

use serde_json::Value;

use crate::support::Shop;

const NIGHT: [&str; 4] = ["run", "nightly", "--as-of", "2026-02-10T00:00:00Z"];

/// What a command writes where a person looks on.
fn on_a_terminal(shop: &Shop, arguments: &[&str]) -> String {
    let command = shop.command(arguments);
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    let line: Vec<String> = words.map(|word| format!("'{}'", word.to_str().expect("it is text"))).collect();
    let mut script = Command::new("script");
    script.args(["-qec", &format!("stty cols 200 && {}", line.join(" ")), "/dev/null"]).current_dir(shop.folder.path());
    for (name, _) in command.get_envs().filter(|(_, value)| value.is_none()) {
        script.env_remove(name);
    }
    let output = script.env("TERM", "xterm").output().expect("script(1) starts");
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).expect("purser writes UTF-8")
}

/// Whether a text has these counts, and then how long they took.
fn counts(text: &str, counts: &str) -> bool {
    let is_time = |rest: &str| {
        let seconds = rest.strip_prefix(", ").and_then(|rest| rest.split_once(" s"));
        seconds.is_some_and(|(seconds, _)| seconds.split('.').all(|digits| digits.parse::<u64>().is_ok()))
    };
    text.match_indices(counts).any(|(place, _)| is_time(&text[place + counts.len()..]))
}

#[test]
fn a_terminal_shows_counts_and_how_long_it_took() {
    let shop = Shop::small();
    let said = on_a_terminal(&shop, &NIGHT);
    assert!(counts(&said, "shop: nightly, fetch: 9 of 9 files, 21 rows"), "{said:?}");
    let decided = "shop: nightly, reconcile: 21 of 21 rows checked, 4 of 4 orders, 4 of 4 transfers";
    assert!(counts(&said, decided), "{said:?}");
    // It stands on standard error, beside the report.
    assert!(said.contains("chain: entry 1"), "{said}");
    let said = on_a_terminal(&shop, &["validate"]);
    assert!(counts(&said, "shop: validate: 9 of 9 files, 21 rows, 21 of 21 rows checked"), "{said:?}");
    let said = on_a_terminal(&shop, &["run", "statements", "--as-of", "2026-03-01T00:00:00Z"]);
    assert!(counts(&said, "shop: statements, statements: 11 rows checked, 6 of 6 statements"), "{said:?}");
}

#[test]
fn elsewhere_each_step_is_one_line_of_the_log() {
    let shop = Shop::small();
    let messages = |arguments: &[&str]| -> Vec<String> {
        let done = shop.run(arguments);
        assert!(done.ok && !done.err.contains('\r'), "{}", done.err);
        let line =
            |line: &str| serde_json::from_str::<Value>(line).expect("logs are JSON")["message"].as_str().unwrap_or("").to_owned();
        done.err.lines().map(line).collect()
    };
    let night = messages(&NIGHT);
    assert_eq!(night.len(), 2, "{night:?}");
    assert!(counts(&night[0].replace(", in ", ", "), "fetched and stored 9 files, 21 rows"), "{night:?}");
    let posted = night[1].replace(", in ", ", ");
    assert!(counts(&posted, "4 orders, 4 transfers posted, 0 exceptions, last ledger entry: 1"), "{night:?}");
    let validate = messages(&["validate"]);
    assert!(validate.len() == 1 && counts(&validate[0].replace(", in ", ", "), "checked 9 files, 21 rows"), "{validate:?}");
}
