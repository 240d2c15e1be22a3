//! Moving in from GoAffPro: a server with a truth of its own, and what purser makes of it.

mod server;

use serde_json::{Value, json};

use self::server::{Fault, GoAffProServer, TOKEN};
use crate::support::{Done, Shop};

const NIGHT: [&str; 4] = ["run", "nightly", "--as-of", "2026-03-01T00:00:00Z"];

/// The small shop with its creators, links and codes on the platform.
struct Moving {
    shop: Shop,
    server: GoAffProServer,
}

fn affiliate(id: Value, name: &str, status: &str, ref_code: Value) -> Value {
    json!({ "id": id, "name": name, "email": format!("{name}@mail.example"), "status": status, "ref_code": ref_code, "group_id": null,
        "ref_codes": null, "total_sales": 12 })
}

impl Moving {
    fn new() -> Self {
        let mut several = affiliate(json!("ben"), "Ben", "approved", json!("lben"));
        several["ref_codes"] = json!(["lben", "ben-2"]);
        let affiliates = vec![
            affiliate(json!("ana"), "Ana", "approved", json!("lana")),
            several,
            affiliate(json!("cho"), "Cho", "approved", Value::Null),
            affiliate(json!(4), "Dee", "pending", json!("ldee")),
            affiliate(json!(5), "Eve", "blocked", json!("leve")),
        ];
        let coupon = |id: u64, code: &str, of: Value| json!({ "id": id, "code": code, "affiliate_id": of, "usage": 3 });
        let coupons = vec![
            coupon(1, "ANA", json!("ana")),
            coupon(2, "BEN", json!("ben")),
            coupon(3, "EVE", json!(5)),
            coupon(4, "WELCOME", Value::Null),
        ];
        let order = |id: u64, of: Value, commission: Value, status: &str| json!({ "id": id, "affiliate_id": of, "commission": commission, "status": status, "currency": "USD", "total": "99.00" });
        let orders = vec![
            order(1, json!("ana"), json!("10.333333"), "approved"),
            order(2, json!("ana"), json!("10.333333"), "approved"),
            order(3, json!("ana"), json!(10.333334), "approved"),
            order(4, json!("ana"), json!("5"), "pending"),
            order(5, json!("ana"), json!("500.00"), "rejected"),
            order(6, json!("ben"), json!("0.125"), "approved"),
            order(7, json!(5), json!(20), "approved"),
            order(8, Value::Null, json!("0"), "approved"),
        ];
        let payment = |id: u64, of: Value, amount: Value| json!({ "id": id, "affiliate_id": of, "amount": amount, "status": "paid", "currency": "USD" });
        let payments = vec![
            payment(1, json!("ana"), json!("11.00")),
            payment(2, json!("ana"), json!(10)),
            payment(3, json!(5), json!("20.00")),
        ];
        let server = GoAffProServer::new(
            [("affiliates", affiliates), ("coupons", coupons), ("orders", orders), ("payments", payments)].into(),
        );
        let shop = Shop::small();
        let source = format!(
            "[sources.platform]\nkind = \"goaffpro\"\nshop = \"{}\"\ntoken_env = \"PLATFORM_TOKEN\"\n\n[attribution]",
            server.url
        );
        let mut program = shop.read("shop.toml").replace("[attribution]", &source);
        for table in ["creators", "links", "codes"] {
            program = program.replace(&format!("{table} = \"{table}.csv\"\n"), "");
        }
        shop.write("shop.toml", program);
        Self { shop, server }
    }

    fn run(&self, arguments: &[&str]) -> Done {
        let done: Done = self.shop.command(arguments).env("PLATFORM_TOKEN", TOKEN).output().expect("the binary starts").into();
        assert!(!format!("{}{}", done.out, done.err).contains(TOKEN), "{}", done.err);
        done
    }

    #[track_caller]
    fn must(&self, arguments: &[&str]) -> String {
        let done = self.run(arguments);
        assert!(done.ok, "purser {}: {}", arguments.join(" "), done.err);
        done.out
    }
}

#[test]
fn affiliates_are_creators_with_links_and_codes() {
    let plain = Shop::small();
    plain.must(&NIGHT);
    let moving = Moving::new();
    moving.must(&NIGHT);
    // The same creators by the same links and codes: the same commissions.
    for what in ["orders", "commissions", "balances"] {
        assert_eq!(moving.must(&["export", what]), plain.must(&["export", what]), "{what}");
    }
    let again = moving.must(&["run", "nightly", "--as-of", "2026-03-02T00:00:00Z"]);
    assert!(again.contains("nothing to post"), "{again}");
    moving.must(&["check"]);
    moving.must(&["validate"]);
}

#[test]
fn what_was_earned_and_paid_there_becomes_opening_balances() {
    let moving = Moving::new();
    moving.must(&NIGHT);
    let here = |creator: &str| {
        let balances = moving.must(&["export", "balances"]);
        let row = balances.lines().find(|row| row.starts_with(creator)).expect("they have a balance").to_owned();
        let cents = |text: &str| text.replace('.', "").parse::<i64>().expect("an amount");
        let sum = row.split(',').skip(1).map(cents).sum::<i64>();
        format!("{}.{:02}", sum / 100, sum % 100)
    };
    let file = moving.must(&["move-in", "--format", "csv"]);
    // Of 31.000000 and 0.125, to the cent and half even; who is owed nothing is left out.
    assert_eq!(
        file,
        format!(
            "creator_id,amount,approved,paid,pending,here,orders,status,name\nana,10.00,31.00,21.00,5.00,{},4,active,Ana\n\
             ben,0.12,0.12,0.00,0.00,{},1,active,Ben\n",
            here("ana"),
            here("ben")
        )
    );
    let all = moving.must(&["move-in"]);
    assert!(all.lines().any(|line| line.contains("Eve") && line.contains("not active") && line.contains("20.00")), "{all}");
    moving.shop.write("opening.csv", &file);
    let opening = moving.shop.path("opening.csv");
    let opening = opening.to_str().expect("a plain path");
    let by = ["--reason", "from GoAffPro", "--by", "mia", "--as-of", "2026-03-01T10:00:00Z"];
    moving.must(&[&["opening", opening], &by[..]].concat());
    moving.must(&["proposal", "approve", "shop-p0001", "--by", "lee", "--as-of", "2026-03-01T11:00:00Z"]);
    let balances = moving.must(&["export", "balances"]);
    assert!(balances.contains("ben,"), "{balances}");
    moving.must(&["check"]);
}

#[test]
fn lists_that_are_long_fail_for_a_moment_or_change_are_read_whole() {
    let moving = Moving::new();
    {
        let mut truth = moving.server.truth();
        let more = (1_000..1_600).map(|id| affiliate(json!(id), &format!("N{id}"), "approved", json!(format!("l{id}"))));
        truth.lists.get_mut("affiliates").expect("a list").extend(more);
        truth.faults = [(0, Fault::Status(500)), (2, Fault::Html), (4, Fault::Cut), (6, Fault::Status(429))].into();
        truth.late = Some(("affiliates", affiliate(json!(9), "Late", "approved", json!("late"))));
    }
    moving.must(&NIGHT);
    let creators = crate::support::files_below(&moving.shop.path("ledger-data/facts/creators"));
    let [copy] = &creators[..] else { panic!("one copy: {creators:?}") };
    use polars::prelude::SerReader;
    let rows =
        polars::prelude::ParquetReader::new(std::fs::File::open(copy).expect("it is there")).finish().expect("it can be read");
    assert_eq!(rows.height(), 604, "three, six hundred, and one that came late");
}

#[test]
fn a_platform_that_leaves_something_out_or_is_away_leaves_yesterdays_facts() {
    let moving = Moving::new();
    moving.must(&NIGHT);
    let before = moving.must(&["export", "commissions"]);
    let night = ["run", "nightly", "--as-of", "2026-03-02T00:00:00Z"];
    moving.server.truth().miscounts = 2;
    let done = moving.run(&night);
    assert!(done.code == Some(75) && done.err.contains("5 of 7 affiliates came"), "{:?} {}", done.code, done.err);
    moving.server.truth().miscounts = 0;
    let next = moving.server.truth().requests;
    moving.server.truth().faults = (next..next + 5).map(|number| (number, Fault::Status(502))).collect();
    let done = moving.run(&night);
    assert!(done.code == Some(75) && done.err.contains("502"), "{:?} {}", done.code, done.err);
    let next = moving.server.truth().requests;
    moving.server.truth().faults = [(next + 1, Fault::Other)].into();
    let done = moving.run(&night);
    assert!(done.code == Some(75) && done.err.contains("something else than a list"), "{:?} {}", done.code, done.err);
    assert_eq!(moving.must(&["export", "commissions"]), before);
    moving.must(&night);
    let other: Done = moving.shop.command(&night).env("PLATFORM_TOKEN", "wrong").output().expect("it starts").into();
    assert!(!other.ok && other.err.contains("401") && !other.err.contains("wrong\""), "{}", other.err);
}

#[test]
fn amounts_and_statuses_that_are_not_known_are_refused() {
    for (list, field, value, said) in [
        ("orders", "commission", json!("ten"), "which is no amount"),
        ("orders", "currency", json!("EUR"), "is in EUR, and the program in USD"),
        ("orders", "status", json!("odd"), "the status \"odd\""),
        ("orders", "affiliate_id", json!(77), "no such affiliate"),
        ("payments", "amount", json!(null), "has no amount"),
    ] {
        let moving = Moving::new();
        moving.must(&NIGHT);
        moving.server.truth().lists.get_mut(list).expect("a list")[0][field] = value;
        let done = moving.run(&["move-in"]);
        assert!(!done.ok && done.err.contains(said), "{field}: {}", done.err);
    }
}
