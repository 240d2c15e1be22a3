//! The program file of a shop.

use std::fmt::Write;

use super::money::{self, CURRENCIES, Currency};
use super::orders::{CATEGORIES, SKUS};
use super::people::{GROUPS, People};
use super::rng::Rng;
use super::{DAY, HOUR, SECOND, World};

pub fn program(world: &mut World, people: &People, tables: &[&str]) -> String {
    let currency = &CURRENCIES[world.currency];
    let mut text = format!("[program]\nname = \"Shop\"\ncurrency = \"{}\"\ntime_zone = \"{}\"\n", currency.code, world.zone);
    if world.rng.chance(25) {
        let _ = writeln!(text, "starts = {}", day(world.start + world.rng.between(0, 60) * DAY));
    }
    text += "\n[sources]\n";
    for table in tables {
        let _ = writeln!(text, "{table} = \"data/{table}.csv\"");
    }
    for (id, window) in &world.campaigns {
        let _ = write!(text, "\n[[campaigns]]\nid = {}\n", quoted(id));
        if let Some(window) = window {
            let _ = writeln!(text, "window = \"{}\"", duration(*window));
        }
    }
    text += &attribution(world);
    text += &commission(world, currency);
    for number in 0..world.rng.between(0, 6) {
        text += &rate(world, people, currency, number == 0);
    }
    for _ in 0..world.rng.pick(&[0, 0, 1, 1, 2]) {
        text += &bonus(&mut world.rng, currency);
    }
    let minimum = world.rng.pick(&[0, 1, currency.large / 8]);
    let minimum = money::text(&mut world.rng, minimum, currency.decimals);
    let _ = write!(text, "\n[payout]\nminimum = \"{minimum}\"\n");
    text
}

fn attribution(world: &mut World) -> String {
    let model = world.rng.pick(&["last_click", "first_click", "linear", "linear"]);
    let precedence =
        world.rng.pick(&["[\"link\", \"code\"]", "[\"link\", \"code\"]", "[\"code\", \"link\"]", "[\"link\"]", "[\"code\"]"]);
    let window = duration(world.window);
    let mut text = format!("\n[attribution]\nwindow = \"{window}\"\nmodel = \"{model}\"\nprecedence = {precedence}\n");
    match world.lock {
        Some(lock) => text += &format!("customer_lock = \"{}\"\n", duration(lock)),
        None if world.rng.chance(35) => text += "customers = \"new\"\n",
        None => {}
    }
    if world.rng.chance(40) {
        text += "self_purchase = \"alias\"\n";
    }
    text
}

fn commission(world: &mut World, currency: &Currency) -> String {
    let rounding = world.rng.pick(&["half_even", "half_up", "down"]);
    let mut text = format!("\n[commission]\nrounding = \"{rounding}\"\nhold = \"{}\"\n", duration(world.hold));
    if let Some(clawback) = world.clawback {
        text += &format!("clawback = \"{}\"\n", duration(clawback));
    }
    let optional = [("min_order", 30, 6), ("cap_per_order", 30, 30), ("cap_per_month", 30, 6)];
    for (key, percent, part) in optional {
        if world.rng.chance(percent) {
            let amount = money::minor(&mut world.rng, currency.large / part);
            text += &format!("{key} = \"{}\"\n", money::text(&mut world.rng, amount, currency.decimals));
        }
    }
    text
}

fn rate(world: &mut World, people: &People, currency: &Currency, default: bool) -> String {
    let mut text = "\n[[commission.rates]]\n".to_owned();
    let selectors: [(&str, usize, &[&str]); 4] =
        [("creator", 30, &people.ids), ("group", 35, &GROUPS[..2]), ("sku", 30, &SKUS[..3]), ("category", 30, &CATEGORIES[..2])];
    for (key, percent, values) in selectors {
        if !default && world.rng.chance(percent) {
            let value = world.rng.pick(values);
            text += &format!("{key} = {}\n", quoted(value));
        }
    }
    let campaign = world.campaign();
    if !default && !campaign.is_empty() && world.rng.chance(50) {
        text += &format!("campaign = {}\n", quoted(campaign));
    }
    if !default && world.rng.chance(25) {
        text += &format!("customer = \"{}\"\n", world.rng.pick(&["new", "returning"]));
    }
    if !default && world.rng.chance(20) {
        let from = world.start + world.rng.between(10, 50) * DAY;
        text += &format!("from = {}\n", day(from));
        if world.rng.chance(50) {
            text += &format!("until = {}\n", day(from + world.rng.between(1, 30) * DAY));
        }
    }
    let rng = &mut world.rng;
    match rng.below(8) {
        0..3 => text += &format!("percent = \"{}\"\n", percent(rng)),
        3 | 4 => {
            let amount = money::minor(rng, currency.large / 20);
            text += &format!("per_order = \"{}\"\n", money::text(rng, amount, currency.decimals));
        }
        _ => return text + &tiers(rng, currency),
    }
    if rng.chance(25) {
        text += "counts = false\n";
    }
    text
}

fn tiers(rng: &mut Rng, currency: &Currency) -> String {
    let period = rng.pick(&["month", "quarter", "year", "lifetime"]);
    let metric = rng.pick(&["net_sales", "orders"]);
    let mode = rng.pick(&["marginal", "retroactive"]);
    let mut tiers = vec![format!("{{ from = \"0\", percent = \"{}\" }}", percent(rng))];
    let mut from = 0;
    for _ in 0..rng.below(4) {
        let step = if metric == "orders" { 3 } else { currency.large };
        from += rng.between(1, step);
        let text = if metric == "orders" { from.to_string() } else { money::text(rng, from, currency.decimals) };
        tiers.push(format!("{{ from = \"{text}\", percent = \"{}\" }}", percent(rng)));
    }
    format!("period = \"{period}\"\nmetric = \"{metric}\"\nmode = \"{mode}\"\ntiers = [{}]\n", tiers.join(", "))
}

fn bonus(rng: &mut Rng, currency: &Currency) -> String {
    let amount = money::minor(rng, currency.large / 10);
    let amount = money::text(rng, amount, currency.decimals);
    if rng.chance(50) {
        return format!("\n[[commission.bonuses]]\nwhen = \"new_customer\"\namount = \"{amount}\"\n");
    }
    let period = rng.pick(&["month", "quarter", "year"]);
    let over = money::minor(rng, currency.large * 2);
    let over = money::text(rng, over, currency.decimals);
    format!("\n[[commission.bonuses]]\nwhen = \"net_sales\"\nover = \"{over}\"\nperiod = \"{period}\"\namount = \"{amount}\"\n")
}

fn percent(rng: &mut Rng) -> String {
    rng.pick(&["0", "5", "10", "12.5", "33.333333333333", "50", "7.25", "100", "0.5"]).to_owned()
}

fn duration(micros: i64) -> String {
    if micros % DAY == 0 {
        format!("{}d", micros / DAY)
    } else if micros % HOUR == 0 {
        format!("{}h", micros / HOUR)
    } else {
        format!("{}m", micros / SECOND / 60)
    }
}

/// The day of an instant as a date of TOML.
fn day(at: i64) -> String {
    purser::calendar::format_day(i32::try_from(at / DAY).expect("a day of this century"))
}

/// A basic string of TOML. None of our values holds a control character.
fn quoted(value: &str) -> String {
    format!("\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\""))
}
