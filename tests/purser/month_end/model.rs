//! What the journal says of months and of what is owed, worked out from its CSV, cent by cent.

use std::collections::{BTreeMap, VecDeque};

use chrono::{Datelike, NaiveDate};

use crate::support::Shop;

/// A row of the journal's CSV that moves money.
#[derive(Debug, Clone)]
pub struct Move {
    /// Its own day.
    pub day: NaiveDate,
    /// Year and month of the books in which it stands.
    pub month: (i32, u32),
    /// What it pays: kind, order, line, detail.
    pub key: [String; 4],
    pub creator: String,
    pub source: String,
    pub target: String,
    pub cents: i64,
}

impl Move {
    /// The day in the books: its own, or the first of the month in which it stands.
    pub fn books_day(&self) -> NaiveDate {
        let (year, month) = self.month;
        let first = NaiveDate::from_ymd_opt(year, month, 1).expect("a month");
        self.day.max(first)
    }

    /// The account of a side, as the program file's keys call it.
    pub fn account<'a>(&'a self, side: &'a str) -> &'a str {
        match side {
            "expense" if matches!(self.key[0].as_str(), "link" | "code" | "lock" | "credit") => "commission",
            "expense" if self.key[0].starts_with("bonus_") => "bonus",
            "expense" => &self.key[0],
            other => other,
        }
    }
}

pub fn cents(text: &str) -> i64 {
    text.replace('.', "").parse().unwrap_or_else(|_| panic!("\"{text}\" is an amount"))
}

pub fn rows(text: &str) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    reader.deserialize().map(|row| row.expect("each row has all columns")).collect()
}

/// All that ever moved, each in the month of the books that was open when it was posted.
pub fn moves(shop: &Shop) -> Vec<Move> {
    let mut open = (0, 1);
    let mut moves = Vec::new();
    for row in rows(&shop.must(&["export", "journal"])) {
        if row["entry_kind"] == "closed" {
            let (year, month) = row["subject"].split_once('-').expect("a month");
            let (year, month): (i32, u32) = (year.parse().expect("a year"), month.parse().expect("a month"));
            open = if month == 12 { (year + 1, 1) } else { (year, month + 1) };
        }
        if row["position"].is_empty() {
            continue;
        }
        let day: NaiveDate = row["effective_day"].parse().expect("a day");
        moves.push(Move {
            day,
            month: (day.year(), day.month()).max(open),
            key: ["kind", "order_id", "line_id", "detail"].map(|column| row[column].clone()),
            creator: row["creator_id"].clone(),
            source: row["source"].clone(),
            target: row["target"].clone(),
            cents: cents(&row["amount"]),
        });
    }
    moves
}

/// Where money stands: whose it is, on which account, and of what.
type Place<'a> = (String, &'a str, Vec<String>);

/// What is owed at the end of a day of the books, by creator and standing: in all, and by age.
pub fn owed(moves: &[Move], at: NaiveDate) -> BTreeMap<(String, String), [i64; 5]> {
    // Cents that came, or that are missing, in the order in which they did, for each place on its own.
    let mut lots: BTreeMap<Place<'_>, Vec<(NaiveDate, i64)>> = BTreeMap::new();
    for moved in moves.iter().filter(|moved| moved.books_day() <= at) {
        for (side, sign) in [(moved.source.as_str(), -1), (moved.target.as_str(), 1)] {
            let (place, lot) = match side {
                "pending" => ("pending", moved.key.to_vec()),
                "payable" => ("payable", Vec::new()),
                "reserved" => ("reserved", vec![moved.key[1].clone()]),
                _ => continue,
            };
            lots.entry((moved.creator.clone(), place, lot)).or_default().push((moved.day, sign * moved.cents));
        }
    }
    let mut owed: BTreeMap<(String, String), [i64; 5]> = BTreeMap::new();
    for ((creator, place, _), moved) in lots {
        let mut by_day: BTreeMap<NaiveDate, i64> = BTreeMap::new();
        moved.into_iter().for_each(|(day, cents)| *by_day.entry(day).or_default() += cents);
        let mut waiting: VecDeque<(NaiveDate, i64)> = VecDeque::new();
        for (day, cents) in by_day {
            for _ in 0..cents.abs() {
                match waiting.front() {
                    Some((_, other)) if *other != cents.signum() => drop(waiting.pop_front()),
                    _ => waiting.push_back((day, cents.signum())),
                }
            }
        }
        for (day, sign) in waiting {
            let standing = if (place, sign) == ("payable", -1) { "debt" } else { place };
            let sums = owed.entry((creator.clone(), standing.to_owned())).or_default();
            let age = match (at - day).num_days() {
                ..=30 => 1,
                31..=60 => 2,
                61..=90 => 3,
                _ => 4,
            };
            sums[0] += sign;
            sums[age] += sign;
        }
    }
    owed
}
