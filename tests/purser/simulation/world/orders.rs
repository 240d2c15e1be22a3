//! Orders with all that will become of them: versions, edits, refunds, and the clicks before them.

use purser::facts::{Click, Line, Order, Refund};
use purser::money::Currency;

use super::{DAY, HOUR, News, SECOND, World};

/// What amounts of orders are counted in: ten-thousandths of a major unit.
fn fine(minor: i64, currency: Currency) -> i64 {
    minor * 10i64.pow(purser::facts::AMOUNT_DECIMALS - currency.exponent())
}

impl World {
    pub(super) fn place_order(&mut self, day: i64) {
        let number = u32::try_from(self.order_ids.len()).expect("a simulation has fewer orders");
        let order_id = format!("{}{number}", self.rng.pick(&["o", "O", "ö", "o,"]));
        self.tally.add("orders");
        let at = match self.known.orders.last() {
            // Two orders at one time.
            Some(order) if self.rng.chance(8) && self.day_of(order.ordered_at) == day => order.ordered_at,
            _ => self.instant(day),
        };
        self.order_ids.push(order_id.clone());
        self.ordered_at.insert(order_id.clone(), at);
        let order = self.first_version(number, order_id, at);
        let known = self.known_on(day, "orders");
        let lines = self.lines(&order);
        self.clicks_before(&order, day);
        for line in lines.clone() {
            self.tell(known, News::Line(line));
        }
        self.tell(known, News::Version(order.clone()));
        self.later_versions(order.clone(), &lines, known);
        self.refunds_of(&order, &lines);
    }

    fn first_version(&mut self, order: u32, order_id: String, at: i64) -> Order {
        let foreign = self.rng.chance(20);
        let code = if foreign { self.rng.pick(&["USD", "EUR", "JPY", "KWD"]) } else { self.terms.currency.code() };
        let email = match self.rng.below(10) {
            0 => {
                let creator = self.rng.below(self.known.creators.len());
                self.known.creators[creator].email.clone()
            }
            1..=5 => Some(format!("m{}@mail.example", self.rng.below(12))),
            _ => None,
        };
        let id = self.rng.chance(60).then(|| format!("i:p{}", self.rng.below(25)));
        let codes = self.codes_entered();
        Order {
            order,
            order_id,
            ordered_at: at,
            updated_at: at,
            status: self
                .rng
                .pick(&["paid", "paid", "paid", "paid", "paid", "paid", "paid", "paid", "pending", "test"])
                .to_owned(),
            currency: Currency::parse(code).expect("it is a currency"),
            customer: id.or_else(|| email.as_ref().map(|email| format!("e:{email}"))),
            email,
            visitor_id: self.rng.chance(60).then(|| format!("v{}", self.rng.below(9))),
            click_id: self.rng.chance(12).then(|| format!("tied{order}")),
            codes,
        }
    }

    fn codes_entered(&mut self) -> Option<String> {
        let mut entered = Vec::new();
        for _ in 0..self.rng.pick(&[0, 0, 1, 1, 2]) {
            let code = self.any_key(true);
            entered.push(match self.rng.below(4) {
                0 => code.to_uppercase(),
                1 => format!(" {code} "),
                2 => "UNKNOWN".to_owned(),
                _ => code,
            });
        }
        (!entered.is_empty()).then(|| entered.join("|"))
    }

    fn lines(&mut self, order: &Order) -> Vec<Line> {
        let count = self.rng.pick(&[0, 1, 1, 1, 1, 1, 2, 2, 2, 3, 3]);
        (0..count).map(|number| self.line(order, ["9", "10", "a"][number])).collect()
    }

    fn line(&mut self, order: &Order, id: &str) -> Line {
        let large = match order.currency.code() {
            "JPY" => 30_000,
            "KWD" => 60_000,
            _ => 20_000,
        };
        let minor = match self.rng.below(40) {
            0 => 0,
            1 => -5,
            2..=6 => self.rng.between(1, 9),
            _ => self.rng.between(large / 50, large),
        };
        Line {
            order: order.order,
            line_id: id.to_owned(),
            sku: self.rng.pick(&["SERUM", "MASK", "GIFT", ""]).to_owned(),
            category: self.rng.pick(&["skin", "skin", "sale", ""]).to_owned(),
            net_amount: fine(minor, order.currency),
        }
    }

    /// Payment, edits and cancellations, each known when it happens or later.
    fn later_versions(&mut self, mut order: Order, lines: &[Line], first_known: i64) {
        let next = |world: &mut Self, order: &mut Order, status: &str, what: &str| {
            order.updated_at += world.rng.between(1, 20 * 24) * HOUR + SECOND;
            order.status = status.to_owned();
            let day = world.day_of(order.updated_at).max(first_known);
            let known = world.known_on(day, what);
            world.tell(known, News::Version(order.clone()));
            known
        };
        if order.status == "pending" && self.rng.chance(80) {
            next(self, &mut order, "paid", "payments");
        }
        if self.rng.chance(14) && order.status == "paid" {
            let known = next(self, &mut order, "paid", "edits");
            self.tally.add("edits");
            self.edit_lines(&order, lines, known);
        }
        if self.rng.chance(12) {
            self.tally.add("cancellations");
            next(self, &mut order, "cancelled", "cancellations");
            if self.rng.chance(30) {
                next(self, &mut order, "paid", "payments");
            }
        }
    }

    fn edit_lines(&mut self, order: &Order, lines: &[Line], known: i64) {
        match lines {
            [.., last] if lines.len() > 1 && self.rng.chance(30) => {
                self.tell(known, News::LineGone(order.order, last.line_id.clone()));
            }
            [first, ..] if self.rng.chance(60) => {
                let changed = self.line(order, &first.line_id);
                self.tell(known, News::Line(changed));
            }
            _ => {
                let added = self.line(order, "new");
                self.tell(known, News::Line(added));
            }
        }
    }

    fn refunds_of(&mut self, order: &Order, lines: &[Line]) {
        let mut at = order.ordered_at;
        for _ in 0..self.rng.pick(&[0, 0, 0, 0, 0, 0, 1, 1, 1, 2]) {
            at += self.rng.between(0, 25 * 24) * HOUR + self.rng.pick(&[0, 0, 1, 59]) * SECOND;
            let whole: i64 = lines.iter().map(|line| line.net_amount.max(0)).sum();
            let (line_id, of) = match lines {
                [] => (None, 10_000),
                _ if self.rng.chance(45) => (None, whole),
                lines => {
                    let line = &lines[self.rng.below(lines.len())];
                    (Some(line.line_id.clone()), line.net_amount.max(0))
                }
            };
            let unit = fine(1, order.currency);
            let part = self.rng.between(0, of / unit) * unit;
            let amount = self.rng.pick(&[of, of, part, part, part, of + unit]);
            self.tally.add("refunds");
            let day = self.day_of(at);
            let known = self.known_on(day, "refunds");
            self.refunds += 1;
            let refund_id = format!("r{}", self.refunds);
            let order = Some(order.order);
            self.tell(known, News::Refund(Refund { refund_id, order, line_id, refunded_at: at, amount }));
        }
    }

    fn clicks_before(&mut self, order: &Order, day: i64) {
        if let Some(id) = &order.click_id {
            let at = order.ordered_at - self.rng.between(0, 48) * HOUR;
            self.click(id.clone(), at, None, day);
        }
        let Some(visitor) = order.visitor_id.clone() else { return };
        for _ in 0..self.rng.pick(&[0, 1, 1, 2]) {
            let window = self.terms.window * DAY;
            let before = match self.rng.below(6) {
                0 => 0,
                1 => window,
                2 => window + SECOND,
                _ => self.rng.between(0, window / SECOND) * SECOND,
            };
            self.clicks += 1;
            let id = format!("k{}", self.clicks);
            self.click(id, order.ordered_at - before, Some(visitor.clone()), day);
        }
    }

    fn click(&mut self, click_id: String, clicked_at: i64, visitor_id: Option<String>, day: i64) {
        self.tally.add("clicks");
        let known = self.known_on(day, "clicks");
        let link_key = self.any_key(false);
        self.tell(known, News::Click(Click { click_id, clicked_at, visitor_id, link_key }));
    }
}
