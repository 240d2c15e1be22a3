//! A shop at work through the binary.

use std::path::Path;

use crate::support::database::Kind;
use crate::support::{Done, Shop};

use super::act::{Act, CREATORS};
use super::files;
use super::model::Model;

/// A shop with no orders yet, and a ledger with no entry: a payout that had nobody to pay opened it.
pub fn open(kind: Kind, model: &Model) -> Shop {
    let shop = Shop::of_on(Path::new("shop.toml"), kind).at("shop.toml");
    files::write(shop.folder.path(), &model.terms, &model.orders);
    shop.must(&["run", "payout", "--as-of", "2026-01-09T00:00:00Z", "--by", "Mia"]);
    shop
}

/// Types a command, on the files as they are.
pub fn give(shop: &Shop, act: &Act, model: &Model) -> Done {
    files::write(shop.folder.path(), &model.terms, &model.orders);
    if let Some(text) = act.opening() {
        shop.write("opening.csv", text);
    }
    let arguments = act.arguments();
    shop.run(&arguments.iter().map(String::as_str).collect::<Vec<_>>())
}

/// Pending, payable, reserved and paid of each creator, as the database holds them.
pub fn balances(shop: &Shop) -> [[i64; 4]; 2] {
    let rows = shop.database.sql("SELECT creator_id, pending, payable, reserved, paid FROM balances WHERE program = 'shop'");
    CREATORS.map(|creator| {
        let row = rows.lines().find_map(|row| row.strip_prefix(&format!("{creator}|")));
        let mut amounts = row.unwrap_or("0|0|0|0").split('|').map(|cents| cents.parse().expect("an amount is a number"));
        [(); 4].map(|()| amounts.next().expect("four amounts"))
    })
}
