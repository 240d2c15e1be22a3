//! A shop that does only what every shop does is never asked for a flag: new creators, links, codes, fees, exchange rates,
//! and rates from today on, night after night.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use chrono::NaiveDate;
use tempfile::TempDir;

use crate::support::shops::{shop, write_shop};
use crate::support::{in_memory, project, worked_shops};
use purser::app::{self, Environment, RunOptions, RunResult};
use purser::calendar::{day_of, day_of_epoch, format_time, parse_time};
use purser::outbox::Post;
use purser::program::{Program, SourceKind, Table};
use purser::store::Address;

const HOUR: i64 = 3_600_000_000;
const DAY: i64 = 24 * HOUR;

/// The year 2030: no night of these shops is ahead of it.
const CLOCK: fn() -> i64 = || 1_893_456_000_000_000;

/// How many random shops are tried, and for how many nights each.
const SHOPS: u64 = 100;
const NIGHTS: i64 = 5;

/// A shop whose files may be edited, and a ledger of its own.
struct Place {
    at: Environment,
    file: PathBuf,
    /// When it ran last, and how often it was edited.
    last: Option<i64>,
    edits: u32,
    _folder: TempDir,
}

impl Place {
    async fn open(folder: TempDir, file: PathBuf) -> Self {
        let address = Address::parse(&format!("sqlite://{}/ledger.db", folder.path().display())).expect("an address");
        let post = Post::new("", "", "", "").expect("no mail is set");
        let at = Environment::open(&address, folder.path().join("kept"), Duration::from_secs(60), post, CLOCK).await;
        let at = at.expect("a database can be made");
        Self { at, file, last: None, edits: 0, _folder: folder }
    }

    /// A night without any flag. Answers why it failed, where it did.
    async fn night(&mut self, as_of: i64) -> Result<RunResult, anyhow::Error> {
        let program = Program::load(&self.file)?;
        let job = program.job("nightly").expect("it has a nightly job");
        let done = app::run(&self.at, &program, job, &RunOptions::new(as_of, "rosa", as_of), &|_| Ok(())).await;
        self.last = Some(as_of);
        done
    }

    /// What people do on an ordinary day before the night of `as_of`: all of it at once.
    fn edit(&mut self, as_of: i64) {
        let program = Program::load(&self.file).expect("the file can be used");
        self.edits += 1;
        let (n, zone) = (self.edits, program.time_zone);
        let last = self.last.unwrap_or(as_of - DAY);
        let made = (as_of - 2 * HOUR).max(last + 1_000_000);
        // From the day on that begins after the last night.
        let today = day_of(zone, as_of).max(day_of(zone, last) + 1);
        let today = day_of_epoch(today).expect("a day");
        let id = |what: &str| format!("{what}-news-{n}");
        let creator = id("creator");
        self.append(&program, Table::Creators, &[("creator_id", &creator), ("name", "New"), ("email", "")]);
        for (table, column, key) in [(Table::Links, "link_key", "link"), (Table::Codes, "code", "CODE")] {
            self.append(&program, table, &[(column, &id(key)), ("creator_id", &creator)]);
        }
        let (clicked, made) = (format_time(made - HOUR), format_time(made));
        for (order, visitor, code) in [(id("o-link"), id("visitor"), String::new()), (id("o-code"), String::new(), id("CODE"))] {
            let row = [("order_id", order.as_str()), ("ordered_at", &made), ("updated_at", &made), ("status", "paid")];
            let rest =
                [("currency", program.currency.code()), ("visitor_id", &visitor), ("customer_id", &order), ("codes", &code)];
            self.append(&program, Table::Orders, &[&row[..], &rest].concat());
            let line = [("order_id", order.as_str()), ("line_id", "1"), ("quantity", "1"), ("net_amount", "1000")];
            self.append(&program, Table::OrderLines, &line);
        }
        let click =
            [("click_id", &*id("click")), ("clicked_at", &clicked), ("visitor_id", &id("visitor")), ("link_key", &id("link"))];
        self.append(&program, Table::Clicks, &click);
        let due = today.to_string();
        self.append(
            &program,
            Table::Fees,
            &[("fee_id", &id("fee")), ("creator_id", &creator), ("amount", "7"), ("due_on", &due)],
        );
        self.add_exchange_rate(&program, today);
        let percent = 5 + n % 20;
        let text = fs::read_to_string(&self.file).expect("the program can be read");
        let edited = format!("{text}\n[[commission.rates]]\npercent = \"{percent}\" # number {n}\nfrom = {today}\n");
        fs::write(&self.file, &edited).expect("the program can be written");
        if Program::load(&self.file).is_err() {
            fs::write(&self.file, text).expect("the program can be written");
        }
    }

    /// The day's rate of euros, unless it is there.
    fn add_exchange_rate(&self, program: &Program, day: NaiveDate) {
        let day = day.to_string();
        let currency = program.currency.code();
        let known = self.path(program, Table::Fx).and_then(|path| fs::read_to_string(path).ok()).unwrap_or_default();
        if currency != "EUR" && !known.contains(&day) {
            self.append(program, Table::Fx, &[("date", &day), ("from", "EUR"), ("to", currency), ("rate", "1.25")]);
        }
    }

    /// The one CSV file of a table, where it is that.
    fn path(&self, program: &Program, table: Table) -> Option<PathBuf> {
        let path = &program.sources.iter().find(|source| source.kind == SourceKind::Table(table))?.pattern;
        (path.is_file() && path.extension().is_some_and(|ending| ending == "csv")).then(|| path.clone())
    }

    /// Adds a row; columns that are not named stay empty.
    fn append(&self, program: &Program, table: Table, values: &[(&str, &str)]) {
        let Some(path) = self.path(program, table) else { return };
        let mut text = fs::read_to_string(&path).expect("a table can be read");
        if !text.ends_with('\n') {
            text.push('\n');
        }
        let header = text.trim_start_matches('\u{feff}').lines().next().unwrap_or_default().to_owned();
        let value =
            |column: &str| values.iter().find(|(name, _)| *name == column.trim_matches('"')).map_or("", |(_, value)| value);
        let row: Vec<&str> = header.split(',').map(value).collect();
        fs::write(&path, text + &row.join(",") + "\n").expect("a table can be written");
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder can be made");
    for entry in fs::read_dir(from).expect("the folder can be read") {
        let path = entry.expect("it can be listed").path();
        let target = to.join(path.file_name().expect("it has a name"));
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::copy(&path, &target).expect("the file can be copied");
        }
    }
}

/// The three months of the demo, with a week's news every Monday.
#[tokio::test]
async fn three_months_of_the_demo_with_ordinary_edits_ask_for_no_flag() {
    let folder = in_memory();
    copy(&project().join("fixtures/glow"), &folder.path().join("fixtures/glow"));
    copy(&project().join("jobs"), &folder.path().join("jobs"));
    let file = folder.path().join("jobs/glow.toml");
    let mut place = Place::open(folder, file).await;
    let first = parse_time("2026-01-02T07:00:00Z").expect("a time");
    for day in 0..90 {
        let as_of = first + day * DAY;
        if day % 7 == 3 {
            place.edit(as_of);
        }
        let done = place.night(as_of).await;
        assert!(done.is_ok(), "the night of {}: {:#}", format_time(as_of), done.expect_err("it failed"));
    }
    assert!(place.edits >= 12);
}

#[tokio::test]
async fn worked_shops_with_ordinary_edits_ask_for_no_flag() {
    let (mut nights, mut edited) = (0, 0);
    for case in worked_shops() {
        let Ok(steps) = fs::read_to_string(case.join("runs.txt")) else { continue };
        let folder = in_memory();
        copy(&case, folder.path());
        let file = folder.path().join("program.toml");
        let mut place = Place::open(folder, file).await;
        for (number, line) in steps.lines().enumerate().filter(|(_, line)| line.ends_with(" nightly")) {
            if case.join(format!("expected/{}-nightly/refused", number + 1)).exists() {
                break;
            }
            let as_of = parse_time(line.trim_end_matches(" nightly")).expect("a time");
            for as_of in [as_of, as_of + DAY] {
                if place.last.is_some_and(|last| last >= as_of) {
                    continue;
                }
                if place.last.is_some() {
                    place.edit(as_of);
                    edited += 1;
                }
                let done = place.night(as_of).await;
                assert!(done.is_ok(), "{}, {}: {:#}", case.display(), format_time(as_of), done.expect_err("it failed"));
                nights += 1;
            }
        }
    }
    assert!(nights > 300 && edited > 200, "{nights} nights, {edited} edits");
}

#[tokio::test]
async fn random_shops_with_ordinary_edits_ask_for_no_flag() {
    for seed in 0..SHOPS {
        let folder = in_memory();
        let shop = shop(seed);
        let file = write_shop(folder.path(), &shop);
        let mut place = Place::open(folder, file).await;
        let Some(end) = shop.nightly.last().copied() else { continue };
        let nights = shop.nightly.iter().copied().chain((1..=NIGHTS).map(|night| end + night * DAY));
        for (number, as_of) in nights.enumerate() {
            if number > 0 {
                place.edit(as_of);
            }
            let done = place.night(as_of).await;
            assert!(done.is_ok(), "shop {seed}, {}: {:#}", format_time(as_of), done.expect_err("it failed"));
        }
    }
}
