//! Creators, and who owns which link and code when.

use super::{Table, World};

/// Groups of creators; the last is in no rate.
pub const GROUPS: [&str; 4] = ["ambassador", "micro", "", "später"];

const IDS: [&str; 6] = ["c1", "c10", "C2", "éva", "c,3", "c \"q\""];

/// A creator whose id no row has.
pub const GHOST: &str = "ghost";

pub struct People {
    pub ids: Vec<&'static str>,
    /// The creators' emails, as orders may spell them; empty for those without.
    pub emails: Vec<String>,
    pub links: Vec<String>,
    pub codes: Vec<String>,
    pub tables: Vec<(&'static str, Table)>,
}

pub fn people(world: &mut World) -> People {
    let count = 2 + world.rng.below(5);
    let mut ids = IDS.to_vec();
    world.rng.shuffle(&mut ids);
    ids.truncate(count);
    let mut emails = Vec::new();
    let mut creators = Table::new(&["creator_id", "name", "email", "group", "active_from", "active_to"]);
    for id in &ids {
        let host = world.rng.pick(&["Creators.example", "straße.example", "gmail.com"]);
        let own = |first: &str| format!("{first}.{}@{host}", id.replace([' ', '"', ','], ""));
        let email = if world.rng.chance(80) { own("a") } else { String::new() };
        let second = if world.rng.chance(30) { own("b+x") } else { String::new() };
        let cuts = world.rng.pick(&[0, 0, 0, 1, 1, 2]);
        for (from, to) in spans(world, cuts) {
            // A creator with one span always has it; of several, some are missing.
            if cuts > 0 && world.rng.chance(30) {
                continue;
            }
            let spelled = if world.rng.chance(30) { format!(" {} ", email.to_uppercase()) } else { email.clone() };
            let spelled = if email.is_empty() { String::new() } else { spelled };
            let spelled = if second.is_empty() { spelled } else { format!("{spelled}| {second}") };
            let group = world.rng.pick(&GROUPS);
            creators.push([id, "Zoë \"Z\" O'Neil, Ltd", &spelled, group, &from, &to]);
        }
        emails.push(email);
        emails.extend(Some(second).filter(|email| !email.is_empty()));
    }
    let links = names(&["k1", "k2", "K2", "k,3", "ключ"], 2 + world.rng.below(4));
    let codes = names(&["WELCOME", "Été10", "Straße 3ς", "x", "ghost10"], 2 + world.rng.below(4));
    let link_rows = owners(world, &ids, &links, &["link_key", "creator_id", "active_from", "active_to", "campaign"], false);
    let code_rows = owners(world, &ids, &codes, &["code", "creator_id", "active_from", "active_to", "campaign"], true);
    let mut code_rows = code_rows;
    for _ in 0..world.rng.pick(&[0, 0, 1, 2]) {
        let owner = if world.rng.chance(50) { "" } else { world.rng.pick(&ids) };
        code_rows.push([world.rng.pick(&["TBD", " tbd"]), owner, world.rng.pick(&["", "soon"]), "", "to be named"]);
    }
    let tables = vec![("creators", creators), ("links", link_rows), ("codes", code_rows)];
    People { ids, emails, links, codes, tables }
}

fn names(all: &[&str], count: usize) -> Vec<String> {
    all.iter().take(count).map(|name| (*name).to_owned()).collect()
}

fn owners(world: &mut World, ids: &[&str], keys: &[String], header: &'static [&'static str], loose: bool) -> Table {
    let mut table = Table::new(header);
    for key in keys {
        let cuts = world.rng.pick(&[0, 0, 1, 2]);
        for (from, to) in spans(world, cuts) {
            if world.rng.chance(10) {
                continue;
            }
            let owner = if world.rng.chance(8) { GHOST } else { world.rng.pick(ids) };
            let key = if loose { respell(world, key) } else { key.clone() };
            let campaign = world.campaign();
            let owner = if !campaign.is_empty() && world.rng.chance(15) { "" } else { owner };
            table.push([&key, owner, &from, &to, campaign]);
        }
    }
    table
}

/// Another address, perhaps of the same mailbox.
pub fn alias(world: &mut World, email: &str) -> String {
    let Some((name, host)) = email.split_once('@') else { return email.to_owned() };
    match world.rng.below(6) {
        0 => format!("{name}+shop@{host}"),
        1 => format!("{}@{host}", name.replace('.', "")),
        2 => format!("{name}@{}", host.replace("gmail", "googlemail").replace('ß', "SS")),
        3 => format!("{}@{host}", name.split('+').next().unwrap_or_default()),
        _ => email.to_owned(),
    }
}

/// The same code or email with other case and space around it.
pub fn respell(world: &mut World, text: &str) -> String {
    match world.rng.below(5) {
        0 => text.to_uppercase(),
        1 => text.to_lowercase(),
        2 => format!(" {text}  "),
        _ => text.to_owned(),
    }
}

/// All time, cut at some moments: starts and ends, empty where open.
fn spans(world: &mut World, cuts: usize) -> Vec<(String, String)> {
    let mut times: Vec<i64> = (0..cuts).map(|_| world.instant(80)).collect();
    times.sort_unstable();
    times.dedup();
    let mut edges = vec![String::new()];
    edges.extend(times.iter().map(|at| World::text(*at)));
    edges.push(String::new());
    world.moments.extend(times);
    edges.windows(2).map(|pair| (pair[0].clone(), pair[1].clone())).collect()
}
