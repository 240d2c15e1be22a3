//! A program: all that its file says.

use chrono::NaiveDate;
use chrono_tz::Tz;

use super::alerts::Limits;
use super::attribution::Attribution;
use super::books::Chart;
use super::campaigns::Campaign;
use super::commission::Commission;
use super::jobs::Job;
use super::keys::{Key, keys};
use super::mailing::Mailing;
use super::micros::Micros;
use super::payout::Payout;
use super::rates::RateRule;
use super::reader::Section;
use super::retention::Retention;
use super::sources::Source;
use super::values::{date, not_empty};
use crate::money::Currency;

keys! {
    NAME = "program" "name", "text", "required", "The name shown on batches and statements.";
    CURRENCY = "program" "currency", "ISO 4217 code", "required", "The currency of all earnings. Cannot change after the first posting.";
    TIME_ZONE = "program" "time_zone", "IANA zone", "required", "The time zone used for days, months and schedules.";
    STARTS = "program" "starts", "date", "none", "The first local day whose orders earn. Earlier orders still show which creator brought in a customer.";
    EARLIEST = "program" "earliest", "date", "2000-01-01", "The first local day on which anything may have happened or been due. An order, refund, click or fee that is earlier, or more than a year ahead of the clock, is rejected as a mistake.";
}

/// Before what day nothing happened, unless the file says otherwise.
const EARLIEST_DEFAULT: NaiveDate = NaiveDate::from_ymd_opt(2000, 1, 1).expect("the year 2000 began");

/// One program: where its facts are, who gets credit, what it pays, when it runs.
#[derive(Debug, Clone)]
pub struct Program {
    /// The id of its ledger, part of every key there: the file's name without ending, or the one that it had first.
    pub id: String,
    /// The name people read.
    pub name: String,
    /// All earnings are in this currency.
    pub currency: Currency,
    /// Days, months and schedules are this zone's.
    pub time_zone: Tz,
    /// The first local day whose orders may earn; none if all may.
    pub starts: Option<NaiveDate>,
    /// The first local day on which anything may have happened or been due; what is earlier is a mistake.
    pub earliest: NaiveDate,
    /// Where the tables come from. Those of one table are put together.
    pub sources: Vec<Source>,
    /// Where whom and where to pay stands; none if nowhere.
    pub payees: Option<Source>,
    /// What links and codes may be made for, in the order of the file.
    pub campaigns: Vec<Campaign>,
    /// Who gets credit.
    pub attribution: Attribution,
    /// What it pays.
    pub commission: Commission,
    /// What is paid out.
    pub payout: Payout,
    /// What accounts are called in an accounting program.
    pub books: Chart,
    /// Beyond what the operator is alerted.
    pub alerts: Limits,
    /// For how long what is not the ledger stays.
    pub retention: Retention,
    /// Who writes to creators, and how it looks.
    pub mailing: Mailing,
    /// What runs, and when.
    pub jobs: Vec<Job>,
    /// The file's text.
    pub text: String,
    /// The hash of the file's text, which every entry names.
    pub text_hash: String,
}

impl Program {
    /// Whether another file of the program decides alike what everybody earns, whatever else it says.
    pub fn pays_like(&self, other: &Self) -> bool {
        (self.currency, self.time_zone, self.starts) == (other.currency, other.time_zone, other.starts)
            && self.attribution == other.attribution
            && self.commission == other.commission
            && self.windows().eq(other.windows())
    }

    /// The campaigns with the windows of their own; what they are called pays nothing.
    fn windows(&self) -> impl Iterator<Item = (&str, Option<Micros>)> {
        self.campaigns.iter().map(|campaign| (campaign.id.as_str(), campaign.window))
    }

    /// How old a click may be at the order whose link was made for this campaign, or for none.
    pub fn window(&self, campaign: Option<&Campaign>) -> Micros {
        campaign.and_then(|campaign| campaign.window).unwrap_or(self.attribution.window)
    }

    /// How old a click may be at an order, whatever its link was made for.
    pub fn longest_window(&self) -> Micros {
        self.campaigns.iter().map(|campaign| self.window(Some(campaign))).fold(self.window(None), Micros::max)
    }

    /// The same program with further rates, which follow those of the file.
    pub fn with_rates(&self, rates: Vec<RateRule>) -> Self {
        let mut program = self.clone();
        program.commission.rates.extend(rates);
        program
    }

    /// The same program with another ledger: the one that it had under an older name of its file.
    pub fn of_ledger(self, id: &str) -> Self {
        Self { id: id.to_owned(), ..self }
    }

    /// The job of this name.
    pub fn job(&self, name: &str) -> Option<&Job> {
        self.jobs.iter().find(|job| job.name == name)
    }

    /// What people read of a campaign: its name, with the id where another has the same; the id of one that is not declared.
    pub fn campaign_name(&self, id: &str) -> String {
        let Some(campaign) = self.campaigns.iter().find(|campaign| campaign.id == id) else { return id.to_owned() };
        let is_shared = self.campaigns.iter().filter(|other| other.name == campaign.name).count() > 1;
        if is_shared { format!("{} ({id})", campaign.name) } else { campaign.name.clone() }
    }
}

/// What the section `[program]` says; what is missing or wrong there is none.
pub(super) struct Head {
    name: Option<String>,
    /// The currency, which other sections need to read their amounts.
    pub currency: Option<Currency>,
    pub(super) time_zone: Option<Tz>,
    starts: Option<NaiveDate>,
    earliest: NaiveDate,
}

/// What the other sections say.
pub(super) struct Body {
    pub sources: Vec<Source>,
    pub payees: Option<Source>,
    pub campaigns: Vec<Campaign>,
    pub attribution: Attribution,
    pub commission: Commission,
    pub payout: Payout,
    pub books: Chart,
    pub alerts: Limits,
    pub retention: Retention,
    pub mailing: Mailing,
    pub jobs: Vec<Job>,
}

impl Head {
    /// Reads the section.
    pub(super) fn read(section: &Section<'_>) -> Self {
        Self {
            name: section.required(&NAME, not_empty),
            currency: section.required(&CURRENCY, |text| Currency::parse(text).map_err(|e| e.to_string())),
            time_zone: section.required(&TIME_ZONE, zone),
            starts: section.read(&STARTS, date),
            earliest: section.read(&EARLIEST, date).unwrap_or(EARLIEST_DEFAULT),
        }
    }

    /// The program that consists of this and the rest; none if something is missing.
    pub(super) fn with(self, id: &str, text: &str, body: Body) -> Option<Program> {
        Some(Program {
            id: id.to_owned(),
            name: self.name?,
            currency: self.currency?,
            time_zone: self.time_zone?,
            starts: self.starts,
            earliest: self.earliest,
            sources: body.sources,
            payees: body.payees,
            campaigns: body.campaigns,
            attribution: body.attribution,
            commission: body.commission,
            payout: body.payout,
            books: body.books,
            alerts: body.alerts,
            retention: body.retention,
            mailing: body.mailing,
            jobs: body.jobs,
            text: text.to_owned(),
            text_hash: blake3::hash(text.as_bytes()).to_hex().to_string(),
        })
    }
}

fn zone(text: &str) -> Result<Tz, String> {
    text.parse().map_err(|_| "is not an IANA time zone such as America/New_York or UTC".to_owned())
}
