//! Exchange rates and fees.

use chrono::{Days, NaiveDate};
use purser::calendar::day_of_epoch;
use purser::facts::{Fee, FxRate};
use purser::money::format_minor;

use super::{DAY, News, World};

/// Millionths of a dollar.
const WORTH: [(&str, i64); 4] = [("USD", 1_000_000), ("EUR", 1_100_000), ("JPY", 6_700), ("KWD", 3_250_000)];

impl World {
    pub(super) fn first_rates(&mut self) {
        let date = self.date(-3);
        for (from, _) in WORTH {
            if let Some(rate) = self.rate(from, date) {
                self.known.fx.push(rate);
            }
        }
    }

    pub(super) fn move_money(&mut self, day: i64) {
        for (from, _) in WORTH {
            if self.rng.chance(20) {
                // A rate of the day, or a correction of one of the days before.
                let back = self.rng.pick(&[0, 0, 0, 1, 5]);
                let date = self.date(day - back);
                let Some(rate) = self.rate(from, date) else { continue };
                self.tally.add("exchange rates");
                let known = self.known_on(day, "exchange rates");
                self.tell(known, News::Rate(rate));
            }
        }
        if self.rng.chance(12) {
            self.tally.add("fees");
            let from_now = self.rng.between(-6, 20);
            let due_on = self.date(day + from_now);
            let creator_id = if self.rng.chance(10) { "ghost".to_owned() } else { self.any_creator() };
            let large = self.terms.large;
            let amount = self.rng.between(1, large / 5) * self.rng.pick(&[1, 1, 1, -1]);
            let fee = Fee { fee_id: format!("fee{day}"), creator_id, amount, due_on, memo: "Reel, \"cut\"".to_owned() };
            let known = self.known_on(day, "fees");
            self.tell(known, News::Fee(fee));
        }
    }

    fn date(&self, day: i64) -> NaiveDate {
        let first = i32::try_from(self.start / DAY).expect("a day of this century");
        let first = day_of_epoch(first - 30).expect("a day of this century");
        first.checked_add_days(Days::new(u64::try_from(day + 30).expect("at most a month earlier"))).expect("it is in range")
    }

    /// A rate to the program's currency; none from that itself.
    fn rate(&mut self, from: &str, date: NaiveDate) -> Option<FxRate> {
        let to = self.terms.currency.code();
        let worth = |code: &str| WORTH.iter().find(|(known, _)| *known == code).map_or(1, |(_, worth)| *worth);
        if from == to {
            return None;
        }
        let spread = self.rng.between(950_000, 1_050_000);
        let rate = i128::from(worth(from)) * 1_000_000 * i128::from(spread) / i128::from(worth(to));
        let rate = format_minor(i64::try_from(rate).expect("an ordinary rate"), 12).parse().expect("it is a rate");
        Some(FxRate { date, from: from.to_owned(), to: to.to_owned(), rate })
    }
}
