//! Amounts, exchange rates and fees.

use std::collections::BTreeSet;

use purser::calendar::format_day;
use purser::money::format_minor;

use super::orders::Orders;
use super::people::{GHOST, People};
use super::rng::Rng;
use super::{DAY, Table, World};

/// A currency: its code, its decimals, what about 200 dollars are in its minor units, and millionths of a dollar.
pub struct Currency {
    pub code: &'static str,
    pub decimals: u32,
    pub large: i64,
    micros: i64,
}

pub const CURRENCIES: [Currency; 4] = [
    Currency { code: "USD", decimals: 2, large: 20_000, micros: 1_000_000 },
    Currency { code: "EUR", decimals: 2, large: 18_000, micros: 1_100_000 },
    Currency { code: "JPY", decimals: 0, large: 30_000, micros: 6_700 },
    Currency { code: "KWD", decimals: 3, large: 60_000, micros: 3_250_000 },
];

/// An amount of minor units: mostly ordinary, often tiny, where splits and roundings show.
pub fn minor(rng: &mut Rng, large: i64) -> i64 {
    match rng.below(10) {
        0 => 0,
        1 | 2 => rng.between(1, 7),
        3 => large,
        _ => rng.between(1, large),
    }
}

/// Minor units as text, sometimes with zeros that do not matter.
pub fn text(rng: &mut Rng, minor: i64, decimals: u32) -> String {
    let text = format_minor(minor, decimals);
    match rng.below(12) {
        0 if decimals > 0 => text + "00",
        1 if decimals > 0 && minor % 10i64.pow(decimals) == 0 => (minor / 10i64.pow(decimals)).to_string(),
        _ => text,
    }
}

/// A rate now and then for each currency, with gaps of more than a week; and the other way round, which nobody asks.
pub fn fx(world: &mut World, orders: &Orders) -> Table {
    let mut table = Table::new(&["date", "from", "to", "rate"]);
    let to = &CURRENCIES[world.currency];
    let first = world.start / DAY - 3;
    for from in CURRENCIES.iter().filter(|from| from.code != to.code) {
        let mut days: BTreeSet<i64> = (0..world.rng.between(2, 14)).map(|_| first + world.rng.between(0, 90)).collect();
        // Exactly seven and eight days before an order, and on its day.
        for order in orders.times.iter().take(4) {
            days.insert(order / DAY - world.rng.pick(&[0, 7, 8]));
        }
        for day in days {
            let day = format_day(i32::try_from(day).expect("a day of this century"));
            let spread = world.rng.between(950_000, 1_050_000);
            let rate = i128::from(from.micros) * 1_000_000 * i128::from(spread) / i128::from(to.micros);
            // Millionths of millionths: the most digits that a rate may have.
            let rate = i64::try_from(rate).expect("a rate of an ordinary currency");
            table.push([&day, from.code, to.code, &format_minor(rate, 12)]);
            if world.rng.chance(20) {
                table.push([&day, to.code, from.code, "1.5"]);
            }
        }
    }
    table
}

pub fn fees(world: &mut World, people: &People) -> Table {
    let mut table = Table::new(&["fee_id", "creator_id", "amount", "due_on", "memo"]);
    let currency = &CURRENCIES[world.currency];
    for number in 0..world.rng.pick(&[0, 0, 1, 2, 4]) {
        let creator = if world.rng.chance(25) { GHOST } else { world.rng.pick(&people.ids) };
        let sign = if world.rng.chance(30) { -1 } else { 1 };
        let amount = minor(&mut world.rng, currency.large) * sign;
        let amount = text(&mut world.rng, amount, currency.decimals);
        let at = world.instant(140);
        world.moments.push(at);
        let day = format_day(i32::try_from(at / DAY).expect("a day of this century"));
        table.push([&format!("fee{number}"), creator, &amount, &day, "Reel, \"behind the scenes\""]);
    }
    table
}

/// Percentages for single creators, some of them for one campaign, for spans of days that follow each other.
pub fn agreed_rates(world: &mut World, people: &People) -> Table {
    let mut table = Table::new(&["creator_id", "campaign", "percent", "from", "until"]);
    let mut known = BTreeSet::new();
    for _ in 0..world.rng.pick(&[0, 0, 1, 2, 3]) {
        let creator = if world.rng.chance(10) { GHOST } else { world.rng.pick(&people.ids) };
        let campaign = world.campaign();
        if !known.insert((creator, campaign)) {
            continue;
        }
        let day = |at: i64| format_day(i32::try_from(at / DAY).expect("a day of this century"));
        let mut edges = vec![String::new()];
        let mut at = world.start;
        for _ in 0..world.rng.below(3) {
            at += world.rng.between(1, 40) * DAY;
            edges.push(day(at));
        }
        edges.push(String::new());
        for span in edges.windows(2) {
            if world.rng.chance(75) {
                let percent = world.rng.pick(&["0", "7.5", "15", "33.3333", "100"]);
                table.push([creator, campaign, percent, &span[0], &span[1]]);
            }
        }
    }
    table
}
