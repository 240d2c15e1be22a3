//! `[[payout.approvals]]` and `[payout.groups]`: how many people approve a batch, by its total.

use super::keys::{Key, keys};
use super::reader::Section;
use super::values::{amount, count};
use crate::money::Currency;

keys! {
    UP_TO = "payout.approvals" "up_to", "amount", "none", "The largest total of a batch for which this level holds. Levels stand in order; the last has no `up_to`, and holds for all above.";
    APPROVERS = "payout.approvals" "approvers", "count", "required", "How many people sign such a batch before it is approved. Its drafter, and the person who changed it last, are none of them.";
    GROUP = "payout.approvals" "group", "name of a group", "none", "One of them has to be of this group of `[payout.groups]`.";
}

/// More people than that approve nothing together.
const MOST: i64 = 9;

/// Who has to approve a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Level {
    /// The largest total for which this holds, in minor units; none where it holds for all above the levels before.
    pub up_to: Option<i64>,
    /// How many people.
    pub approvers: usize,
    /// One of whom is of this group.
    pub group: Option<Group>,
}

/// People with a name in common, such as `directors`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// What they are called together.
    pub name: String,
    /// Their names, which are compared as those of people are.
    pub people: Vec<String>,
}

/// Who has to approve which batch.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Approvals(Vec<Level>);

impl Approvals {
    /// Who has to approve a batch that comes to this (minor units): one person, where the file does not say.
    pub fn needed(&self, total: i64) -> Level {
        let level = self.0.iter().find(|level| level.up_to.is_none_or(|most| total <= most));
        level.cloned().unwrap_or(Level { up_to: None, approvers: 1, group: None })
    }

    /// Reads the levels, which may name these groups.
    pub(super) fn read(payout: &Section<'_>, groups: &[Group], currency: Currency) -> Self {
        let sections = payout.list("payout.approvals", "approvals");
        let count = sections.len();
        let mut levels: Vec<Level> = Vec::with_capacity(count);
        for (at, section) in sections.iter().enumerate() {
            let up_to = section.read(&UP_TO, amount(currency));
            if let Some(value) = section.get(&UP_TO) {
                let before = levels.last().and_then(|level| level.up_to);
                if up_to.is_some() && before.is_some() && up_to <= before {
                    section.complain(value, &UP_TO, "is not above that of the level before");
                }
                if at + 1 == count {
                    section.complain(value, &UP_TO, "stands in the last level, so that nobody could approve what is above it");
                }
            } else if at + 1 < count {
                section.missing(&UP_TO);
            }
            let approvers = section.required(&APPROVERS, some_people).unwrap_or(1);
            let group = section.read(&GROUP, |name| {
                groups.iter().find(|group| group.name == name).cloned().ok_or_else(|| "is no group of [payout.groups]".to_owned())
            });
            levels.push(Level { up_to, approvers, group });
        }
        Self(levels)
    }
}

fn some_people(text: &str) -> Result<usize, String> {
    match count(text)? {
        people @ 1..=MOST => usize::try_from(people).map_err(|_| "is too large".to_owned()),
        _ => Err(format!("is not between 1 and {MOST}")),
    }
}
