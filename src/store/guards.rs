//! The triggers by which a database guards its tables itself, as the migrations make them and as they are.

use std::collections::BTreeMap;

use sqlx::migrate::Migration;

/// Triggers and their functions, by name, in a form in which two that do the same are the same.
pub(super) type Guards = BTreeMap<String, String>;

/// What the steps make: each begins with `CREATE TRIGGER` or `CREATE FUNCTION` and its name, and ends with one of these; one that
/// a later step drops is not there.
pub(super) fn made_by(steps: &[Migration], trigger_end: &str) -> Guards {
    let mut guards = Guards::new();
    for step in steps {
        let without_comments: Vec<&str> = step.sql.as_str().lines().filter(|line| !line.trim_start().starts_with("--")).collect();
        let sql = without_comments.join("\n");
        let words = |after: usize| sql[after..].split(|c: char| !c.is_alphanumeric() && c != '_').find(|word| !word.is_empty());
        for (verb, end) in [("DROP TRIGGER ", ""), ("CREATE TRIGGER ", trigger_end), ("CREATE FUNCTION ", "$$;")] {
            for (start, _) in sql.match_indices(verb) {
                let Some(name) = words(start + verb.len()) else { continue };
                let whole = &sql[start..];
                let whole = whole.find(end).map_or(whole, |at| &whole[..at + end.len()]);
                match verb {
                    "DROP TRIGGER " => guards.remove(name),
                    // Of a function, what it does.
                    "CREATE FUNCTION " => whole.split("$$").nth(1).and_then(|body| guards.insert(name.to_owned(), plain(body))),
                    _ => guards.insert(name.to_owned(), plain(whole)),
                };
            }
        }
    }
    guards
}

/// The names of those that are not there as they should be.
pub(super) fn missing(wanted: &Guards, there: &Guards) -> Vec<String> {
    wanted.iter().filter(|(name, sql)| there.get(*name) != Some(sql)).map(|(name, _)| name.clone()).collect()
}

/// SQL without what a database may add or leave out when it shows it.
pub(super) fn plain(sql: &str) -> String {
    let mut plain = sql.to_lowercase().replace("::text", "").replace("both from", "").replace("btrim", "trim");
    plain.retain(|c| !c.is_whitespace() && !matches!(c, '(' | ')' | '"' | ';'));
    plain
}
