//! The plain model on random shops: it never fails, never depends on the order of rows, and adds up.

use std::collections::BTreeMap;

use crate::support::in_memory;
use crate::support::shops::{Shop, shop, shuffled, write_shop};
use crate::support::tally::{Tally, expected};
use purser::explain::{Model, explain, model};
use purser::facts::Rows;
use purser::program::Program;
use purser::vocabulary::{Kind, OutcomeReason};

/// How many shops to try; `PURSER_SHOPS` says otherwise.
fn shops() -> u64 {
    std::env::var("PURSER_SHOPS").ok().and_then(|text| text.parse().ok()).unwrap_or(300)
}

fn load(shop: &Shop) -> (Program, Rows) {
    let folder = in_memory();
    let path = write_shop(folder.path(), shop);
    let program = Program::load(&path).unwrap_or_else(|error| panic!("shop {}: {error:#}\n{}", shop.seed, shop.program_toml));
    let loaded = crate::support::facts_of(&program, folder.path());
    let loaded = loaded.unwrap_or_else(|error| panic!("shop {}: {error:#}", shop.seed));
    (program, loaded.rows().expect("facts are rows"))
}

fn models(shop: &Shop, program: &Program, rows: &Rows) -> Vec<Model> {
    let at =
        |as_of: &i64| model(program, rows, &shop.credits, *as_of).unwrap_or_else(|error| panic!("shop {}: {error:#}", shop.seed));
    shop.nightly.iter().map(at).collect()
}

#[test]
fn random_shops_reach_every_rule_and_do_not_depend_on_the_order_of_rows() {
    let mut tally = Tally::default();
    for seed in 0..shops() {
        let shop = shop(seed);
        let (program, rows) = load(&shop);
        let models = models(&shop, &program, &rows);
        let other = shuffled(&shop, seed + 1);
        let (_, other_rows) = load(&other);
        assert!(models == self::models(&other, &program, &other_rows), "shop {seed} depends on the order of its rows");
        for (model, as_of) in models.iter().zip(&shop.nightly) {
            tally.model(&program, model);
            check_sums(seed, &program, model);
            for order in &model.orders {
                let explanation =
                    explain(&program, &rows, &shop.credits, *as_of, &order.order_id).expect("an order can be explained");
                assert_eq!((explanation.outcome, explanation.reason), (Some(order.outcome()), Some(order.reason)), "shop {seed}");
                assert!(!explanation.render().is_empty());
                tally.explanation(&explanation);
            }
        }
    }
    println!("{tally}");
    let missing = tally.missing(&expected());
    assert!(missing.is_empty(), "{} shops never reach: {missing:?}", shops());
}

/// What holds of every shop: rows belong to attributed orders, caps hold, nothing but a fee is below zero.
fn check_sums(seed: u64, program: &Program, model: &Model) {
    let reasons: BTreeMap<&str, OutcomeReason> =
        model.orders.iter().map(|order| (order.order_id.as_str(), order.reason)).collect();
    assert_eq!(reasons.len(), model.orders.len(), "shop {seed}: an order has two outcomes");
    let mut paid: BTreeMap<&str, i64> = BTreeMap::new();
    for row in &model.commissions {
        if row.kind.is_commission() {
            let reason = reasons.get(row.order_id.as_str());
            assert_eq!(reason.and_then(|reason| reason.commission()), Some(row.kind), "shop {seed}");
            *paid.entry(&row.order_id).or_default() += row.commission;
        }
        assert!(row.base >= 0 && (row.kind == Kind::Fee || row.commission >= 0), "shop {seed}: {row:?}");
    }
    if let Some(cap) = program.commission.cap_per_order {
        assert!(paid.values().all(|sum| *sum <= cap), "shop {seed}: an order pays more than its cap");
    }
}

#[test]
fn a_seed_always_gives_the_same_shop() {
    assert_eq!(shop(7), shop(7));
    assert_ne!(shop(7).tables, shop(8).tables);
}
