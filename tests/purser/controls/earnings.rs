//! What the two creators earned, by terms that people edit: worked out order by order, in whole cents.

/// A day in microseconds.
pub const DAY: i64 = 86_400_000_000;

/// The parts of the program file and the tables that are edited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terms {
    /// Of net sales.
    pub percent: i64,
    /// Days.
    pub hold: i64,
    /// Who has each of the two codes.
    pub owners: [usize; 2],
    /// What Ana is paid for a reel, in cents.
    pub fee: i64,
}

/// An order of one line, brought by a code.
#[derive(Debug, Clone, Copy)]
pub struct Order {
    pub code: usize,
    /// Microseconds since 1970.
    pub at: i64,
    /// Whole dollars.
    pub net: i64,
    /// When it was refunded whole.
    pub refunded_at: Option<i64>,
}

/// What one order is to one creator: cents, and whether they are payable.
type Standing = (i64, bool);

impl Terms {
    fn standing(&self, order: &Order, creator: usize, as_of: i64) -> Standing {
        let is_left = order.refunded_at.is_none_or(|at| at >= as_of);
        if order.at >= as_of || self.owners[order.code] != creator || !is_left {
            return (0, false);
        }
        // So many percent of whole dollars are so many cents.
        (order.net * self.percent, order.at + self.hold * DAY <= as_of)
    }

    /// Pending and payable of a creator.
    pub fn earned(&self, orders: &[Order], creator: usize, as_of: i64) -> [i64; 2] {
        let fee = if creator == 0 { self.fee } else { 0 };
        orders.iter().map(|order| self.standing(order, creator, as_of)).fold([0, fee], |[pending, payable], standing| {
            match standing {
                (cents, true) => [pending, payable + cents],
                (cents, false) => [pending + cents, payable],
            }
        })
    }
}

/// The last reconciliation.
#[derive(Debug, Clone, Copy)]
pub struct Posted {
    pub terms: Terms,
    /// Microseconds since 1970.
    pub as_of: i64,
    /// How many orders there were.
    pub orders: usize,
}

impl Posted {
    /// Whether a night under other terms would change money that is payable or paid, or would make money payable at once.
    pub fn is_restated(&self, terms: &Terms, orders: &[Order], as_of: i64) -> bool {
        if self.terms.fee != terms.fee {
            return true;
        }
        let changes = |(number, order): (usize, &Order)| {
            (0..2).any(|creator| {
                let was = self.terms.standing(order, creator, as_of);
                let is = terms.standing(order, creator, as_of);
                let due = |(cents, payable): Standing| if payable { cents } else { 0 };
                // Orders since then are decided by the terms of now, but for a hold that ends sooner.
                let was_seen = number < self.orders && order.at < self.as_of;
                let on_hold = was.0 != 0 && !was.1;
                let is_news = !was_seen && !on_hold && order.at >= self.as_of && order.at > as_of - 7 * DAY;
                due(was) != due(is) && !is_news
            })
        };
        self.terms != *terms && orders.iter().enumerate().any(changes)
    }
}
