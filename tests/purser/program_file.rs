//! What a program file may say, and how its mistakes are told.

use std::path::Path;

use purser::program::{Customers, Pays, Program, Retention, Step};

const GOOD: &str = r#"
[program]
name = "Glow"
currency = "USD"
time_zone = "America/New_York"
[sources]
orders = "o.csv"
order_lines = "l.csv"
refunds = "r.csv"
clicks = "c.parquet"
creators = "cr.csv"
links = "li.csv"
codes = "co.csv"
[attribution]
customer_lock = "365d"
[commission]
[[commission.rates]]
percent = "10"
"#;

fn parse(text: &str) -> Result<Program, String> {
    Program::parse("glow", text, Path::new("/shop")).map_err(|mistakes| mistakes.to_string())
}

fn mistakes(from: &str, to: &str) -> String {
    assert!(GOOD.contains(from), "{from} stands in the file");
    parse(&GOOD.replacen(from, to, 1)).expect_err("the file has a mistake")
}

#[test]
fn defaults_are_those_of_the_contract() {
    let program = parse(GOOD).expect("a valid file");
    assert_eq!(program.attribution.window, 30 * 86_400_000_000);
    assert_eq!(program.commission.hold, 30 * 86_400_000_000);
    assert_eq!(program.attribution.customers, Customers::Locked(365 * 86_400_000_000));
    assert_eq!(program.payout.minimum, 0);
    assert_eq!(program.starts, None);
    let [facts, mails, runs] = [90, 400, 400].map(|days| days * 86_400_000_000);
    assert_eq!(program.retention, Retention { facts, mails, runs });
    let shorter = parse(&format!("{GOOD}[retention]\nfacts = \"36h\"\n")).expect("a valid file").retention;
    assert_eq!(shorter, Retention { facts: 129_600_000_000, mails, runs });
    let names: Vec<&str> = program.jobs.iter().map(|job| job.name.as_str()).collect();
    assert_eq!(names, ["nightly", "payout", "statements"]);
    assert_eq!(program.jobs[0].steps, [Step::Fetch, Step::Reconcile]);
    assert!(matches!(program.commission.rates[0].pays, Pays::Percent { counts: true, .. }));
}

#[test]
fn each_mistake_is_told_with_its_line_and_the_nearest_key() {
    for (from, to, told) in [
        ("customer_lock", "customer_lok", "line 15: [attribution] has no key `customer_lok`; did you mean `customer_lock`?"),
        ("[attribution]", "[atribution]", "line 14: the file has no key `atribution`; did you mean `attribution`?"),
        ("\"USD\"", "\"usd\"", "line 4: `currency` \"usd\" is not an ISO 4217 currency code"),
        ("America/New_York", "New York", "line 5: `time_zone` is not an IANA time zone"),
        ("orders = \"o.csv\"", "orders = \"o.xls\"", "line 7: `orders` takes a path that ends in .csv, .parquet or .xlsx"),
        ("codes = \"co.csv\"", "", "[sources] needs `codes`"),
        ("percent = \"10\"", "percent = 10.5", "line 18: `percent` is a binary number here; write the decimal in quotes"),
        ("percent = \"10\"", "percent = \"-1\"", "line 18: `percent` is below zero"),
        (
            "percent = \"10\"",
            "percent = \"10\"\nper_order = \"1.00\"",
            "exactly one of percent, per_order and tiers; this one has 2",
        ),
        ("percent = \"10\"", "group = \"a\"", "exactly one of percent, per_order and tiers; this one has 0"),
        ("percent = \"10\"", "percent = \"10\"\nmode = \"marginal\"", "`mode` means something only beside `tiers`"),
        ("percent = \"10\"", "tiers = []", "`tiers` takes a list"),
        ("percent = \"10\"", "tiers = [{ from = \"5\", percent = \"1\" }]", "`from` of the first tier must be 0"),
        (
            "percent = \"10\"",
            "tiers = [{ from = \"0\", percent = \"1\" }, { from = \"0\", percent = \"2\" }]",
            "must be above that of the tier before",
        ),
        (
            "percent = \"10\"",
            "tiers = [{ from = \"0\", percent = \"1\" }]\ncounts = false",
            "`counts` cannot stand on a rate with tiers",
        ),
        ("percent = \"10\"", "percent = \"10\"\nfrom = 2026-02-01\nuntil = 2026-02-01", "so the rate never holds"),
        ("\"365d\"", "\"365d\"\ncustomers = \"new\"", "cannot stand together with customers = \"new\""),
        ("\"365d\"", "\"1y\"", "is not a duration such as 14d"),
        ("\"365d\"", "\"365d\"\nprecedence = [\"link\", \"link\"]", "names the same thing twice"),
        ("[commission]", "[commission]\nmin_order = \"20.001\"", "line 17: `min_order` has more than the 2 decimals of USD"),
        ("[commission]", "[commission]\nrounding = \"up\"", "takes one of half_even, half_up, down, not \"up\""),
        (
            "[attribution]",
            "[jobs.nightly]\nsteps = [\"fetsh\"]\nschedule = \"0 2 * *\"\n[attribution]",
            "takes one of fetch, reconcile, payout, answers, statements, not \"fetsh\"",
        ),
        ("[attribution]", "[jobs.nightly]\nsteps = [\"fetch\"]\nschedule = \"0 2 * *\"\n[attribution]", "has 4 fields"),
        (
            "[attribution]",
            "[jobs.a]\nsteps = [\"fetch\"]\nschedule = \"0 9 1 * * *\"\n[attribution]",
            "has 6 fields; a cron line has five",
        ),
        ("[attribution]", "[jobs.a]\nsteps = [\"fetch\"]\nschedule = \"0 2 x * *\"\n[attribution]", "is not a cron line"),
        ("[attribution]", "[jobs.a]\nsteps = [\"fetch\"]\nschedule = \"0 2 30 2 *\"\n[attribution]", "is a day that never comes"),
        ("[attribution]", "[retention]\nfacts = \"90d\"\nruns = \"30d\"\n[attribution]", "keep them as long as the facts"),
        ("\"USD\"", "\"USD\"\nstarts = 2026-02-30", "line 5: not TOML"),
        ("\"USD\"", "\"USD\"\nstarts = 2026-02-01T00:00:00Z", "line 5: `starts` is not a date such as 2026-02-01"),
        ("\"USD\"", "\"USD\"\nstarts = true", "line 5: `starts` takes date, not true or false"),
        ("[program]", "[program", "line 2: not TOML"),
    ] {
        let text = mistakes(from, to);
        assert!(text.contains(told), "{to}\nshould say: {told}\nsays: {text}");
    }
}

#[test]
fn all_mistakes_are_told_at_once() {
    let text = mistakes("\"USD\"", "\"dollars\"\nzone = \"UTC\"").replace("percent", "percents");
    assert!(text.starts_with("2 errors"), "{text}");
}
