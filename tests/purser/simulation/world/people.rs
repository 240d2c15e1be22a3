//! Creators who come and go, and the links and codes that pass between them.

use purser::facts::Creator;

use super::{DAY, Owner, World};

const FIRST: [&str; 5] = ["ana", "Ben", "cé", "d,4", "e \"e\""];
const LATER: [&str; 4] = ["fay", "gus", "hal", "ida"];

/// A creator whom no row knows.
const GHOST: &str = "ghost";

impl World {
    pub(super) fn first_people(&mut self) {
        for id in FIRST {
            self.join(id, i64::MIN);
        }
    }

    /// A link's key, or a code, whoever has it.
    pub(super) fn any_key(&mut self, is_code: bool) -> String {
        let keys: Vec<&str> =
            self.owners.iter().filter(|owner| owner.is_code == is_code).map(|owner| owner.key.as_str()).collect();
        let place = self.rng.below(keys.len());
        keys[place].to_owned()
    }

    /// A creator whom some row knows.
    pub(super) fn any_creator(&mut self) -> String {
        let place = self.rng.below(self.known.creators.len());
        self.known.creators[place].creator_id.clone()
    }

    pub(super) fn move_people(&mut self, day: i64) {
        let now = self.instant(day);
        if self.rng.chance(4) {
            let new = LATER.iter().find(|id| self.known.creators.iter().all(|creator| creator.creator_id != **id));
            if let Some(id) = new {
                self.tally.add("creators joining");
                self.join(id, now);
            }
        }
        if self.rng.chance(4) {
            self.leave_or_return(now);
        }
        if self.rng.chance(4) {
            self.change_group(now);
        }
        if self.rng.chance(9) {
            self.hand_over(now);
        }
    }

    fn join(&mut self, id: &str, from: i64) {
        let email = (!self.rng.chance(15)).then(|| format!("c{}@creators.example", self.known.creators.len()));
        let group = self.rng.pick(&["gold", ""]).to_owned();
        let (creator_id, name) = (id.to_owned(), format!("{id} O'Neil"));
        let address = email.clone();
        self.known.creators.push(Creator {
            creator_id,
            name,
            email,
            address,
            group,
            locale: String::new(),
            active_from: from,
            active_to: i64::MAX,
        });
        for is_code in [false, true] {
            let key = format!("{}-{}", if is_code { "code" } else { "Link" }, self.owners.len());
            self.owners.push(Owner { is_code, key, creator_id: id.to_owned(), from, to: i64::MAX });
        }
    }

    fn leave_or_return(&mut self, now: i64) {
        let id = self.any_creator();
        let rows = &mut self.known.creators;
        let Some(last) = rows.iter_mut().filter(|row| row.creator_id == id).max_by_key(|row| row.active_to) else { return };
        if last.active_to == i64::MAX && last.active_from < now {
            self.tally.add("creators leaving");
            let earlier = now - self.rng.pick(&[0, 0, 3 * DAY]);
            last.active_to = if last.active_from < earlier { earlier } else { now };
        } else if last.active_to < now {
            let again = Creator { active_from: now, active_to: i64::MAX, ..last.clone() };
            rows.push(again);
        }
    }

    fn change_group(&mut self, now: i64) {
        let id = self.any_creator();
        let rows = &mut self.known.creators;
        let open = rows.iter_mut().find(|row| row.creator_id == id && row.active_to == i64::MAX && row.active_from < now);
        let Some(row) = open else { return };
        self.tally.add("creators changing group");
        row.active_to = now;
        let group = if row.group == "gold" { "" } else { "gold" }.to_owned();
        let next = Creator { group, active_from: now, active_to: i64::MAX, ..row.clone() };
        rows.push(next);
    }

    /// A link or code gets another owner, or none for a while; sometimes the shop says so only days later.
    fn hand_over(&mut self, now: i64) {
        let place = self.rng.below(self.owners.len());
        let key = (self.owners[place].is_code, self.owners[place].key.clone());
        let to = if self.rng.chance(10) { GHOST.to_owned() } else { self.any_creator() };
        let is_of = |owner: &&mut Owner| owner.is_code == key.0 && owner.key == key.1;
        let Some(last) = self.owners.iter_mut().filter(is_of).max_by_key(|owner| owner.to) else { return };
        let mut from = now;
        if last.to == i64::MAX {
            let earlier = now - self.rng.between(1, 15) * DAY;
            if self.rng.chance(40) && last.from < earlier {
                self.tally.add("handovers told late");
                from = earlier;
            }
            if last.from >= from {
                return;
            }
            self.tally.add("handovers");
            last.to = from;
            if self.rng.chance(15) {
                return;
            }
        } else if last.to > now {
            return;
        }
        self.owners.push(Owner { is_code: key.0, key: key.1, creator_id: to, from, to: i64::MAX });
    }
}
