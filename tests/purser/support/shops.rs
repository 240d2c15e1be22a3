//! Random shops: small, nasty, and the same for the same seed on every machine.
//!
//! A shop is a program file, its tables as CSV, credits by hand and one to four times at which to run. What it reaches is tallied by
//! `tally.rs`, so that a change here cannot quietly stop reaching a rule.

mod clicks;
mod credits;
mod money;
mod orders;
mod people;
mod program;
pub mod rng;
mod table;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use purser::calendar::format_time;
use purser::facts::Credits;

use rng::Rng;
use table::Table;

const SECOND: i64 = 1_000_000;
const HOUR: i64 = 3_600 * SECOND;
const DAY: i64 = 24 * HOUR;

/// A program, its facts, and when it runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shop {
    /// What it was made from.
    pub seed: u64,
    /// The text of the program file, whose sources are `data/TABLE.csv`.
    pub program_toml: String,
    /// Each table's name and CSV text, header first.
    pub tables: BTreeMap<&'static str, String>,
    /// Orders given by hand.
    pub credits: Credits,
    /// When it runs, ascending, microseconds since 1970.
    pub nightly: Vec<i64>,
}

/// The shop of a seed.
pub fn shop(seed: u64) -> Shop {
    let mut world = World::new(seed);
    let mut people = people::people(&mut world);
    let orders = orders::orders(&mut world, &people);
    let clicks = clicks::clicks(&mut world, &people, &orders);
    let fx = money::fx(&mut world, &orders);
    let fees = money::fees(&mut world, &people);
    let rates = money::agreed_rates(&mut world, &people);
    let credits = credits::credits(&mut world, &people, &orders);
    let nightly = nightly(&mut world);
    let mut tables = std::mem::take(&mut people.tables);
    tables.extend([("orders", orders.headers), ("order_lines", orders.lines), ("refunds", orders.refunds), ("clicks", clicks)]);
    for (name, table) in [("fx", fx), ("fees", fees), ("rates", rates), ("disputes", orders.disputes)] {
        // An empty table may also be left out of the program altogether.
        if !table.is_empty() || world.rng.chance(50) {
            tables.push((name, table));
        }
    }
    let names: Vec<&str> = tables.iter().map(|(name, _)| *name).collect();
    let program_toml = program::program(&mut world, &people, &names);
    let repeats = world.rng.chance(40);
    let mut texts = BTreeMap::new();
    for (name, mut table) in tables {
        if repeats {
            table.repeat_some(&mut world.rng);
        }
        table.shuffle(&mut world.rng);
        texts.insert(name, table.text());
    }
    Shop { seed, program_toml, tables: texts, credits, nightly }
}

/// Writes a shop into a folder: the program file, whose path is returned, and `data/`.
pub fn write_shop(folder: &Path, shop: &Shop) -> PathBuf {
    let data = folder.join("data");
    std::fs::create_dir_all(&data).expect("a folder for the tables");
    for (name, text) in &shop.tables {
        std::fs::write(data.join(format!("{name}.csv")), text).expect("a table can be written");
    }
    let program = folder.join("program.toml");
    std::fs::write(&program, &shop.program_toml).expect("the program can be written");
    program
}

/// The same shop with the rows of every table in another order.
pub fn shuffled(shop: &Shop, seed: u64) -> Shop {
    let mut rng = Rng::new(seed);
    let mut other = shop.clone();
    for text in other.tables.values_mut() {
        // No value holds a line feed, so a line is a row.
        let mut lines: Vec<&str> = text.lines().collect();
        if let Some((_, rows)) = lines.split_first_mut() {
            rng.shuffle(rows);
        }
        *text = lines.join("\n") + "\n";
    }
    other
}

/// What the parts of a shop have in common.
struct World {
    rng: Rng,
    /// The program's currency, a position in [`money::CURRENCIES`].
    currency: usize,
    zone: &'static str,
    /// When the first order may be placed.
    start: i64,
    window: i64,
    hold: i64,
    clawback: Option<i64>,
    lock: Option<i64>,
    /// The campaigns' ids and windows of their own.
    campaigns: Vec<(&'static str, Option<i64>)>,
    /// Times at which something happens or changes, to be run at exactly.
    moments: Vec<i64>,
}

impl World {
    fn new(seed: u64) -> Self {
        let mut rng = Rng::new(seed);
        // Starts such that the zone's clock changes within the shop's three months; Asunción's on the first of a month.
        let places = [
            ("America/New_York", "2026-02-10T00:00:00Z"),
            ("America/New_York", "2026-09-20T00:00:00Z"),
            ("Europe/Berlin", "2026-02-20T00:00:00Z"),
            ("Asia/Tokyo", "2025-12-01T00:00:00Z"),
            ("UTC", "2026-01-01T00:00:00Z"),
            ("America/Asuncion", "2023-08-15T00:00:00Z"),
            ("Asia/Beirut", "2026-02-15T00:00:00Z"),
            ("Australia/Lord_Howe", "2026-03-01T00:00:00Z"),
        ];
        let (zone, start) = rng.pick(&places);
        let start = purser::calendar::parse_time(start).expect("a start is a time");
        let window = rng.pick(&[DAY, 7 * DAY, 36 * HOUR, HOUR * 3 / 4, 14 * DAY, 30 * DAY]);
        let hold = rng.pick(&[0, 10 * DAY, 30 * DAY, 36 * HOUR]);
        let clawback = rng.pick(&[None, Some(5 * DAY), Some(30 * DAY), Some(12 * HOUR)]);
        let lock = rng.pick(&[None, None, Some(10 * DAY), Some(365 * DAY), Some(36 * HOUR)]);
        let currency = rng.below(money::CURRENCIES.len());
        let ids = ["summer", "Wïnter, \"26\"", "launch"];
        let windows = [None, Some(window / 2 / SECOND * SECOND), Some(2 * window), Some(36 * HOUR)];
        let campaigns =
            ids[..rng.pick(&[0, 1, 2, 3])].iter().map(|id| (*id, rng.pick(&windows).filter(|w| w % (60 * SECOND) == 0)));
        let campaigns = campaigns.collect();
        Self { currency, zone, start, window, hold, clawback, lock, campaigns, moments: Vec::new(), rng }
    }

    /// An instant within the first `days` days, often on a grid so that ties and edges of days happen.
    fn instant(&mut self, days: i64) -> i64 {
        let day = self.start + self.rng.between(0, days) * DAY;
        let within = [0, 3 * HOUR, 4 * HOUR, 5 * HOUR, 5 * HOUR - SECOND, 12 * HOUR, 22 * HOUR, 23 * HOUR, DAY - 1];
        let at = if self.rng.chance(70) { day + self.rng.pick(&within) } else { day + self.rng.between(0, DAY - 1) };
        if self.rng.chance(90) { at / SECOND * SECOND } else { at }
    }

    /// A campaign, or none.
    fn campaign(&mut self) -> &'static str {
        let ids: Vec<&str> = self.campaigns.iter().map(|(id, _)| *id).collect();
        if ids.is_empty() || self.rng.chance(50) { "" } else { self.rng.pick(&ids) }
    }

    /// The window of a campaign or of all others.
    fn some_window(&mut self) -> i64 {
        let mut windows = vec![self.window];
        windows.extend(self.campaigns.iter().filter_map(|(_, window)| *window));
        self.rng.pick(&windows)
    }

    /// An instant as text.
    fn text(at: i64) -> String {
        format_time(at)
    }
}

fn nightly(world: &mut World) -> Vec<i64> {
    let mut times = Vec::new();
    for _ in 0..world.rng.between(1, 4) {
        let at = if world.rng.chance(50) && !world.moments.is_empty() {
            let moments = world.moments.clone();
            world.rng.pick(&moments)
        } else {
            world.instant(150)
        };
        times.push(at);
    }
    if world.rng.chance(70) {
        times.push(world.start + 130 * DAY);
    }
    times.sort_unstable();
    times.dedup();
    times.truncate(4);
    times
}
