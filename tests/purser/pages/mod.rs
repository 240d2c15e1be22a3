//! The pages that people follow: each command that stands in them is run as it stands, and what is shown below it is what it says.

mod play;
mod read;
mod shown;

use std::cell::RefCell;
use std::collections::BTreeSet;

use play::{Play, place};
use read::{Page, Section, pages};

use crate::support::purser;

/// What is done before a section, or before a command in it: page, heading or beginning of the command, and lines of a shell.
///
/// A section starts in an empty folder, `$MACHINE`, in which `/srv/purser` and the other folders of a machine are; `$PROJECT` is the
/// project's. What else the lines call, such as `sample`, is a function of `play.rs`.
const SET_UP: &[(&str, &str, &str)] = &[
    ("README.md", "## See it run", r#"ln -s "$PROJECT"/{jobs,fixtures} ."#),
    ("README.md", "## Every night", "sample; quietly purser run nightly; quietly purser run statements --close-months 1200"),
    ("README.md", "## Paying creators", "sample"),
    ("README.md", "## Accounting, retention, erasure, data export", "sample"),
    ("deploy/README.md", "sudo -iu purser purser status", r#"(cd "$MACHINE/srv/purser"; quietly purser run nightly)"#),
    ("deploy/BACKUP.md", "## SQLite", r#"sample; BACKUP="$MACHINE/mnt/backup/now""#),
    ("deploy/BACKUP.md", "mkdir purser-data", r#"cd "$(mktemp -d -p "$MACHINE")""#),
    ("deploy/UPGRADE.md", "## One machine", "server"),
    ("deploy/UPGRADE.md", "## Going back", "server; backup"),
    ("src/privacy/ERASING.md", "# Erasing a person", "glow"),
    (
        "src/payout/PAYMENTS.md",
        "# Payment files",
        r#"sample
           sed -i 's/^\[sources\]/[sources]\npayees = "payees.csv"/' jobs/*.toml
           printf '[payout.ach]\ncompany_name = "Shop"\ncompany_id = "1123456789"\noriginating_routing = "091000019"\ndestination_name = "BANK"\n' >>jobs/shop.toml
           printf 'creator_id,name,rail,account,routing,currency\nana,Ana,ach,12345678,121000248,USD\nchi,Chi,paypal,chi@pay.example.com,,USD\n' >jobs/payees.csv
           export PURSER_KEY="k1:$(printf 'ab%.0s' {1..32})"
           quietly purser run payout --by tom; quietly purser batch approve shop-0001 --by nadia"#,
    ),
    ("src/ledger/books/BOOKS.md", "# Books for your accountant", "sample"),
];

/// Commands that are not run: how they begin, or page and heading where that is true of all below it; and why.
const NOT_RUN: &[(&str, &str)] = &[
    ("cargo install", "it builds purser anew; the tests have the binary"),
    ("tests/", "tests do not run themselves"),
    ("purser serve", "it goes on until it is stopped; tests/purser/serve runs it"),
    ("install ", "it needs root; tests/bare/run types it on a machine of its own"),
    ("useradd ", "it needs root; tests/bare/run types it on a machine of its own"),
    ("crontab ", "it needs root; tests/bare/run types it on a machine of its own"),
    ("systemctl ", "it needs systemd; tests/bare/run types it on a machine of its own"),
    ("curl ", "it asks the server that systemd started"),
    ("deploy/README.md ## The pages", "it asks for passwords; tests/purser/web does the same with files"),
    (
        "purser export journal --format xero",
        "the books have to be closed by a second person first; tests/purser/month_end does that",
    ),
    (
        "src/ledger/books/BOOKS.md ## A month for an accounting program",
        "the books have to be closed by a second person first; tests/purser/month_end does that",
    ),
    ("deploy/README.md ## Compose", "it needs Docker; deploy/check knows its files and commands"),
    ("deploy/README.md ## Kubernetes", "it needs a cluster; deploy/check knows its files and commands"),
    ("deploy/UPGRADE.md ## Several servers on one PostgreSQL", "it needs Docker, or a cluster; deploy/check knows its commands"),
    ("deploy/BACKUP.md ## PostgreSQL", "tests/purser/backup.rs runs it"),
    ("psql ", "it needs rights on the server; tests/purser/backup.rs runs what it does"),
    ("pg_restore ", "tests/purser/backup.rs runs it"),
];

/// Entries of the tables that something was found for.
type Used = RefCell<BTreeSet<(&'static str, &'static str)>>;

#[test]
fn commands_on_pages_do_what_the_pages_say() {
    let used = Used::default();
    let mut wrong = Vec::new();
    let mut run = 0;
    for page in pages() {
        for section in page.sections() {
            wrong.extend(problems(&page, &section, &used, &mut run));
        }
    }
    for (page, mark, _) in SET_UP {
        if !used.borrow().contains(&(page, mark)) {
            wrong.push(format!("SET_UP prepares {mark} of {page}, which is not there any more"));
        }
    }
    for (mark, _) in NOT_RUN {
        if !used.borrow().contains(&("", mark)) {
            wrong.push(format!("NOT_RUN names {mark}, which is on no page any more"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
    println!("{run} commands of pages were run");
}

/// Runs the commands of a section; what is not as the page says.
fn problems(page: &Page, section: &Section, used: &Used, run: &mut usize) -> Vec<String> {
    let mut play = Play::new(&set_up(page, &section.heading, used, |heading, mark| heading == mark));
    let mut steps = Vec::new();
    for step in section.steps.iter().filter(|step| !is_left_out(page, section, &step.command, used)) {
        play.prepare(&set_up(page, &step.command, used, |command, mark| command.starts_with(mark)));
        play.step(&step.command);
        steps.push(step);
    }
    let said = match play.run() {
        Ok(said) => said,
        Err(why) => return vec![format!("{}: {why}", place(&page.name, section, 0))],
    };
    *run += said.len();
    let mut wrong = Vec::new();
    for (step, said) in steps.into_iter().zip(said) {
        let here = format!("{}: {}", place(&page.name, section, step.line), step.command);
        if said.ok {
            let differences = step.shown.iter().filter_map(|shown| shown::difference(shown, &said.out));
            wrong.extend(differences.map(|why| format!("{here}\n  {why}")));
        } else {
            wrong.push(format!("{here}\n  failed: {}{}", said.out, said.err));
        }
    }
    wrong
}

fn set_up(page: &Page, text: &str, used: &Used, is_meant: impl Fn(&str, &str) -> bool) -> String {
    let meant = SET_UP.iter().filter(|(name, mark, _)| *name == page.name && is_meant(text, mark));
    let note = |(name, mark, commands): &(&'static str, &'static str, &'static str)| {
        used.borrow_mut().insert((name, mark));
        *commands
    };
    meant.map(note).collect::<Vec<_>>().join("\n")
}

fn is_left_out(page: &Page, section: &Section, command: &str, used: &Used) -> bool {
    let place = format!("{} {}", page.name, section.heading);
    let Some((mark, _)) = NOT_RUN.iter().find(|(mark, _)| command.starts_with(mark) || place == *mark) else { return false };
    used.borrow_mut().insert(("", mark));
    true
}

/// Those that stand in running text exist, with their options.
#[test]
fn commands_named_in_running_text_exist() {
    let mut wrong = Vec::new();
    for page in pages() {
        for (line, command) in page.named() {
            let words = words(&command);
            let done = purser().args(&words).arg("--help").output().expect("the binary starts");
            if !done.status.success() {
                wrong.push(format!("{}, line {line}: {command}: {}", page.name, String::from_utf8_lossy(&done.stderr)));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The arguments of a command as a page names it: of alternatives the first, and something where a value is left open.
fn words(command: &str) -> Vec<String> {
    let mut words: Vec<&str> = Vec::new();
    for (number, part) in command.split('"').enumerate() {
        match number % 2 {
            1 => words.push(part),
            _ => words.extend(part.split_whitespace().filter(|word| !matches!(*word, "…" | "NAME"))),
        }
    }
    let example = |word: &str| match word {
        "ENTRY:HASH" => "1:000000000000".to_owned(),
        _ => word.split('|').next().unwrap_or_default().to_owned(),
    };
    words.into_iter().skip(1).map(example).collect()
}
