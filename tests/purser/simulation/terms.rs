//! What the brand pays: a program file that changes now and then.

use purser::money::{Currency, format_minor};

use crate::support::shops::rng::Rng;

/// The parts of a program file that a simulation plays with.
#[derive(Debug, Clone)]
pub struct Terms {
    pub currency: Currency,
    pub zone: &'static str,
    /// What about 200 dollars are in the currency's minor units.
    pub large: i64,
    model: &'static str,
    precedence: &'static str,
    customers: &'static str,
    rounding: &'static str,
    /// Days.
    pub window: i64,
    /// Hours.
    hold: i64,
    /// Days.
    clawback: Option<i64>,
    min_order: Option<i64>,
    cap_per_order: Option<i64>,
    cap_per_month: Option<i64>,
    percent: &'static str,
    /// What creators of the group `gold` get: the rest of a rate.
    gold: String,
    new_customer: Option<i64>,
    /// A month's threshold and its bonus.
    net_sales: Option<(i64, i64)>,
    pub minimum: i64,
}

const PERCENTS: [&str; 7] = ["5", "10", "12.5", "33.333333333333", "7.25", "20", "0.5"];
const HOLDS: [i64; 6] = [0, 36, 72, 120, 240, 336];

impl Terms {
    pub fn new(rng: &mut Rng, zone: &'static str) -> Self {
        let (currency, large) = rng.pick(&[("USD", 20_000), ("USD", 20_000), ("JPY", 30_000), ("KWD", 60_000)]);
        let mut terms = Self {
            currency: Currency::parse(currency).expect("it is a currency"),
            zone,
            large,
            model: rng.pick(&["last_click", "first_click", "linear"]),
            precedence: rng.pick(&["[\"link\", \"code\"]", "[\"link\", \"code\"]", "[\"code\", \"link\"]"]),
            customers: rng.pick(&["", "", "customer_lock = \"40d\"\n", "customers = \"new\"\n"]),
            rounding: rng.pick(&["half_even", "half_up", "down"]),
            window: rng.pick(&[2, 7, 14]),
            hold: rng.pick(&HOLDS),
            clawback: rng.pick(&[None, None, Some(10), Some(30)]),
            min_order: rng.chance(20).then_some(large / 100),
            cap_per_order: rng.chance(30).then_some(large / 12),
            cap_per_month: None,
            percent: rng.pick(&PERCENTS),
            gold: String::new(),
            new_customer: rng.chance(50).then_some(large / 90),
            net_sales: rng.chance(60).then_some((large * 3, large / 8)),
            minimum: rng.pick(&[0, large / 10, large / 4]),
        };
        terms.gold = terms.tiers(rng);
        if rng.chance(50) {
            terms.cap_per_month = Some(rng.between(large / 10, large));
        }
        terms
    }

    /// Changes one thing; the least payout sometimes to exactly what somebody is owed.
    pub fn change(&mut self, rng: &mut Rng, payable: &[i64]) {
        let before = self.text();
        while self.text() == before {
            match rng.below(9) {
                0 => self.percent = rng.pick(&PERCENTS),
                1 => self.hold = rng.pick(&HOLDS),
                2 if !payable.is_empty() => self.minimum = rng.pick(payable),
                2 => self.minimum = rng.between(0, self.large / 4),
                3 => self.cap_per_month = rng.chance(70).then(|| rng.between(self.large / 10, self.large)),
                4 => self.cap_per_order = rng.chance(70).then(|| rng.between(self.large / 40, self.large / 8)),
                5 => self.gold = self.tiers(rng),
                6 => self.net_sales = rng.chance(70).then(|| (rng.between(self.large, self.large * 6), self.large / 9)),
                7 => self.clawback = rng.pick(&[None, Some(10), Some(30)]),
                _ => self.window = rng.pick(&[2, 7, 14]),
            }
        }
    }

    /// The program file.
    pub fn text(&self) -> String {
        let tables = ["orders", "order_lines", "refunds", "clicks", "creators", "links", "codes", "fx", "fees"];
        let sources: String = tables.iter().map(|table| format!("{table} = \"data/{table}.csv\"\n")).collect();
        let Self { currency, zone, model, precedence, customers, rounding, window, hold, percent, gold, .. } = self;
        let mut commission = format!("rounding = \"{rounding}\"\nhold = \"{hold}h\"\n");
        if let Some(days) = self.clawback {
            commission += &format!("clawback = \"{days}d\"\n");
        }
        let amounts =
            [("min_order", self.min_order), ("cap_per_order", self.cap_per_order), ("cap_per_month", self.cap_per_month)];
        for (key, amount) in amounts {
            commission.extend(amount.map(|amount| format!("{key} = \"{}\"\n", self.amount(amount))));
        }
        let mut bonuses = String::new();
        if let Some(amount) = self.new_customer {
            let amount = self.amount(amount);
            bonuses += &format!("\n[[commission.bonuses]]\nwhen = \"new_customer\"\namount = \"{amount}\"\n");
        }
        if let Some((over, amount)) = self.net_sales {
            let (over, amount) = (self.amount(over), self.amount(amount));
            bonuses += &format!("\n[[commission.bonuses]]\nwhen = \"net_sales\"\nover = \"{over}\"\namount = \"{amount}\"\n");
        }
        let rates = format!(
            "[[commission.rates]]\npercent = \"{percent}\"\n\n[[commission.rates]]\ngroup = \"gold\"\n{gold}\n\
             [[commission.rates]]\nsku = \"GIFT\"\npercent = \"0\"\ncounts = false\n\n\
             [[commission.rates]]\ncategory = \"sale\"\nper_order = \"{}\"\n",
            self.amount(self.large / 60)
        );
        format!(
            "[program]\nname = \"Simulated\"\ncurrency = \"{currency}\"\ntime_zone = \"{zone}\"\n\n[sources]\n{sources}\n\
             [attribution]\nwindow = \"{window}d\"\nmodel = \"{model}\"\nprecedence = {precedence}\n{customers}\n\
             [commission]\n{commission}\n{rates}{bonuses}\n[payout]\nminimum = \"{}\"\n",
            self.amount(self.minimum)
        )
    }

    fn amount(&self, minor: i64) -> String {
        format_minor(minor, self.currency.exponent())
    }

    fn tiers(&self, rng: &mut Rng) -> String {
        let metric = rng.pick(&["net_sales", "orders"]);
        let (period, mode) = (rng.pick(&["month", "quarter"]), rng.pick(&["marginal", "retroactive"]));
        let from = if metric == "orders" { "6".to_owned() } else { self.amount(rng.between(self.large, self.large * 5)) };
        let (low, high) = (rng.pick(&PERCENTS), rng.pick(&PERCENTS));
        format!(
            "period = \"{period}\"\nmetric = \"{metric}\"\nmode = \"{mode}\"\n\
             tiers = [{{ from = \"0\", percent = \"{low}\" }}, {{ from = \"{from}\", percent = \"{high}\" }}]\n"
        )
    }
}
