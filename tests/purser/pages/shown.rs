//! Whether an output is what a page shows of it.

/// Stands for lines that are left out, or for the rest of a line.
const LEFT_OUT: &str = "…";

/// What is wrong with what a page shows of an output; nothing where it is right.
///
/// A line `…` stands for any number of lines, and at the end of a line for its rest. Everything else has to be there as it
/// stands, but for hashes and for how long something took.
pub fn difference(shown: &[String], output: &str) -> Option<String> {
    let output: Vec<&str> = output.lines().collect();
    let mut rest = output.as_slice();
    let mut may_skip = false;
    for line in shown {
        if line.trim() == LEFT_OUT {
            may_skip = true;
            continue;
        }
        let reach = if may_skip { rest.len() } else { rest.len().min(1) };
        let Some(at) = rest[..reach].iter().position(|said| is_same(line, said)) else {
            let instead = if may_skip { "not among" } else { "but" };
            return Some(format!("it shows\n    {line}\n  {instead} what the command says there is\n{}", some(&rest[..reach])));
        };
        rest = &rest[at + 1..];
        may_skip = false;
    }
    let all = rest.iter().all(|line| line.trim().is_empty());
    (!all && !may_skip).then(|| format!("it leaves out, without {LEFT_OUT},\n{}", some(rest)))
}

/// The first of these lines, for messages.
fn some(lines: &[&str]) -> String {
    lines.iter().take(20).map(|line| format!("    {line}\n")).collect()
}

fn is_same(shown: &str, said: &str) -> bool {
    let (shown, said) = (plain(shown), plain(said));
    match shown.strip_suffix(LEFT_OUT) {
        Some(beginning) => said.starts_with(beginning.trim_end()),
        None => shown.trim_end() == said.trim_end(),
    }
}

/// A line without hashes and durations.
fn plain(line: &str) -> String {
    let mut words: Vec<String> = line.split(' ').map(str::to_owned).collect();
    for at in 0..words.len() {
        let inner = words[at].trim_end_matches([',', '.', ';', ':', ')', '…']);
        let is_hash = inner.len() >= 12 && inner.chars().all(|c| c.is_ascii_digit() || ('a'..='f').contains(&c));
        let is_unit =
            words.get(at + 1).is_some_and(|unit| matches!(unit.trim_end_matches([',', '.', ')']), "s" | "ms" | "seconds"));
        if is_hash || (is_unit && inner.parse::<rust_decimal::Decimal>().is_ok()) {
            words[at] = words[at].replacen(inner, if is_hash { "HASH" } else { "SO MANY" }, 1);
        }
    }
    words.join(" ")
}

#[test]
fn a_shown_output_is_compared_line_by_line() {
    let shown = |text: &str, output: &str| difference(&text.lines().map(str::to_owned).collect::<Vec<_>>(), output);
    let output = "one\ntwo in 3.5 s\nthree\nchain: entry 4, 757e6d4d46b7d96b\n";
    assert_eq!(shown(output, output), None);
    assert_eq!(shown("one\n…\nchain: entry 4, 0123456789abcdef", output), None);
    assert_eq!(shown("one\ntwo in 0.1 s\nth…\n…", output), None);
    assert!(shown("one\nthree\n…", output).is_some_and(|why| why.contains("three") && why.contains("two")));
    assert!(shown("two in 3.5 s\n…", output).is_some(), "the first line is left out");
    assert!(shown("one\n…\nchain: entry 5, 757e6d4d46b7d96b", output).is_some());
    assert!(shown("one", output).is_some_and(|why| why.contains("it leaves out")));
}
