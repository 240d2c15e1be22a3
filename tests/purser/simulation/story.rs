//! What the people and the clock of a simulated shop do, day by day.

use anyhow::Result;

use super::books::{Decision, State};
use super::journal::local_day;
use super::office::{Office, USUAL, Way};
use super::world::{DAY, HOUR, SECOND, Spoiled};

/// How long a shop is followed.
pub const DAYS: i64 = 95;

const PEOPLE: [&str; 4] = ["rosa", "mia", "nadia", "tom"];

/// The days on which nobody is at work.
#[derive(Default)]
pub struct Absence {
    days: i64,
    /// Statements are forgotten until this day.
    no_statements_before: i64,
}

impl Office {
    pub fn absence(&mut self) -> Absence {
        Absence { days: 0, no_statements_before: if self.chance(30) { 70 } else { 0 } }
    }

    pub async fn day(&mut self, day: i64, absence: &mut Absence) -> Result<()> {
        self.step = "life".to_owned();
        self.world.live(day);
        if self.chance(5) {
            self.change_terms()?;
        }
        if absence.days > 0 {
            absence.days -= 1;
            return Ok(());
        }
        if self.chance(2) {
            self.count("several nights missed");
            absence.days = self.world.rng.between(1, 5);
            return Ok(());
        }
        if self.chance(5) {
            self.count("a night skipped");
        } else {
            self.night(day).await?;
        }
        if self.chance(22) {
            self.pay().await?;
        }
        self.decisions().await?;
        if day >= absence.no_statements_before {
            self.month_end().await?;
        }
        if day % 15 == 14 || day == DAYS - 1 {
            self.audit().await?;
        }
        Ok(())
    }

    async fn night(&mut self, day: i64) -> Result<()> {
        let as_of = self.time_of_night(day);
        if self.chance(5) {
            self.count("rehearsals");
            self.nightly(as_of, Way { rehearsal: true, ..USUAL }, None).await?;
        }
        if self.chance(5) {
            self.count("refused: bad rows");
            let spoiled = self.world.rng.pick(&[Spoiled::NoNumber, Spoiled::TwoContents, Spoiled::TwoOwners]);
            self.nightly(as_of, USUAL, Some(spoiled)).await?;
            if self.chance(50) {
                // Nobody mends the files before the next night.
                return Ok(());
            }
        }
        if self.chance(4) {
            self.truncated_night(as_of).await?;
        }
        let way = Way { scheduled: self.chance(60), ..USUAL };
        // A night whose export was accepted as it was is done.
        let as_of =
            if self.books.posted.as_ref().is_some_and(|posted| posted.as_of >= as_of) { self.clock + SECOND } else { as_of };
        let is_done = self.nightly(as_of, way, None).await?.is_empty();
        if way.scheduled && is_done && self.chance(15) {
            self.count("a slot started twice");
            self.slot_again(as_of).await?;
        }
        if self.chance(8) {
            self.count("a night repeated");
            self.nightly(as_of, USUAL, None).await?;
        }
        if self.chance(15) {
            self.same_files_later().await?;
        }
        if self.chance(6) {
            self.backwards(as_of).await?;
        }
        Ok(())
    }

    /// The same files once more, mostly at the very next moment at which something changes.
    async fn same_files_later(&mut self) -> Result<()> {
        self.count("the same files later");
        let low = self.clock + 1;
        let next = self.world.moments(low, low + 9 * HOUR, self.program.commission.hold).into_iter().min();
        let as_of = match next {
            Some(moment) if self.chance(70) => moment + self.world.rng.between(0, 1),
            _ => low + self.world.rng.between(0, HOUR),
        };
        self.nightly(as_of, Way { same_files: true, ..USUAL }, None).await.map(drop)
    }

    /// Mostly any second, often one at which something begins to count.
    fn time_of_night(&mut self, day: i64) -> i64 {
        let begin = self.world.start + day * DAY;
        let low = (self.clock + 1).max(begin);
        let high = low.max(begin + 20 * HOUR);
        let moments = self.world.moments(low, high, self.program.commission.hold);
        if !moments.is_empty() && self.chance(50) {
            return self.world.rng.pick(&moments);
        }
        self.world.rng.between(low, high)
    }

    /// An export that lost orders or lines: refused where money was posted for them, unless somebody accepts it.
    async fn truncated_night(&mut self, as_of: i64) -> Result<()> {
        let whole = self.world.truncate();
        if self.nightly(as_of, USUAL, None).await?.contains(&"missing from the source data") {
            self.count("refused: a truncated export");
            if self.chance(50) {
                self.count("truncated exports accepted");
                self.nightly(as_of, Way { accept_missing: true, ..USUAL }, None).await?;
            }
        }
        self.world.put_back(whole);
        Ok(())
    }

    async fn backwards(&mut self, as_of: i64) -> Result<()> {
        let earlier = as_of - self.world.rng.between(1, 3 * DAY);
        if !self.nightly(earlier, USUAL, None).await?.is_empty() {
            self.count("refused: a night earlier than the last");
        }
        Ok(())
    }

    async fn pay(&mut self) -> Result<()> {
        if self.chance(25) {
            self.change_terms()?;
        }
        let as_of = self.soon();
        if self.chance(6) {
            self.payout(as_of, Way { rehearsal: true, ..USUAL }).await?;
        }
        let by = if self.chance(60) { "rosa" } else { self.world.rng.pick(&PEOPLE) };
        self.payout(as_of, Way { by, ..USUAL }).await?;
        if self.chance(10) && self.books.posted.is_some() {
            let earlier = as_of - self.world.rng.between(1, DAY);
            self.payout(earlier, USUAL).await?;
        }
        if self.chance(10) {
            // Between the last night and the draft: possible only where nothing would be posted.
            let last = self.books.posted.as_ref().map_or(as_of, |posted| posted.as_of);
            let between = self.world.rng.between(last, as_of);
            self.nightly(between, USUAL, None).await?;
        }
        Ok(())
    }

    async fn decisions(&mut self) -> Result<()> {
        for place in (0..self.books.batches.len()).rev().take(5) {
            let as_of = self.soon();
            let batch = &self.books.batches[place];
            let (state, drafted_by, decided_at) = (batch.state, batch.drafted_by.clone(), batch.decided_at);
            let creators: Vec<String> = batch.lines.keys().cloned().collect();
            let by = self.world.rng.pick(&PEOPLE);
            let all = Decision::Settle { failed: &[] };
            match (state, self.world.rng.below(100)) {
                (State::Draft, 0..28) => self.decide(place, Decision::Approve, by, as_of).await?,
                (State::Draft, 28..38) => self.decide(place, Decision::Approve, &drafted_by, as_of).await?,
                (State::Draft, 38..46) | (State::Approved, 44..52) => self.decide(place, Decision::Reject, by, as_of).await?,
                (State::Draft, 46..50) => self.decide(place, all, by, as_of).await?,
                (State::Draft, 50..54) => self.decide(place, Decision::Approve, by, decided_at - 1).await?,
                (State::Approved, 0..26) => self.decide(place, all, by, as_of).await?,
                (State::Approved, 26..44) => {
                    let failed: Vec<String> = creators.into_iter().filter(|_| self.chance(40)).collect();
                    self.decide(place, Decision::Settle { failed: &failed }, by, as_of).await?;
                }
                (State::Approved, 52..56) => self.decide(place, Decision::Approve, by, as_of).await?,
                (State::Approved, 60..64) => self.decide(place, all, by, decided_at - 1).await?,
                (State::Approved, 56..60) => {
                    self.decide(place, Decision::Settle { failed: &["nobody".to_owned()] }, by, as_of).await?;
                }
                (State::Settled | State::Rejected, 0..4) => {
                    let decision = self.world.rng.pick(&[Decision::Approve, Decision::Reject, all]);
                    self.decide(place, decision, by, as_of).await?;
                }
                _ => {}
            }
        }
        Ok(())
    }

    async fn month_end(&mut self) -> Result<()> {
        if self.books.posted.is_none() {
            return Ok(());
        }
        let as_of = self.soon();
        let due = self.told.is_due(local_day(self.program.time_zone, as_of));
        if (due && self.chance(60)) || self.chance(2) {
            self.statements(as_of).await?;
            if self.chance(20) {
                self.count("statements repeated");
                self.statements(as_of).await?;
            }
            if self.chance(20) {
                let earlier = as_of - self.world.rng.between(1, DAY);
                self.statements(earlier).await?;
            }
        }
        Ok(())
    }

    fn soon(&mut self) -> i64 {
        self.clock + self.world.rng.between(1, 3_600) * SECOND
    }

    fn chance(&mut self, percent: usize) -> bool {
        self.world.rng.chance(percent)
    }

    fn count(&mut self, what: &str) {
        self.world.tally.add(what);
    }
}
