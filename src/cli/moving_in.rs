use anyhow::Result;

use super::args::{Format, Places};
use super::context::{open, program};
use super::show::Sheet;
use crate::app::{MovingIn, moving_in as ask};
use crate::money::format_minor;

/// Shows what another platform says. As CSV it is a file for `purser opening`: those who are owed nothing are left out.
pub(super) async fn moving_in(places: &Places, source: Option<&str>, format: Format) -> Result<()> {
    let exponent = program(places)?.currency.exponent();
    let (at, program) = open(places).await?;
    let all = ask(&at, &program, source).await?;
    let money = |minor: i64| format_minor(minor, exponent);
    let row = |one: &MovingIn| {
        let there = &one.there;
        let status = if there.is_active { "active" } else { "not active" };
        let amounts = [one.owed, there.approved, there.paid, there.pending, one.here].map(money);
        [there.creator_id.clone()]
            .into_iter()
            .chain(amounts)
            .chain([there.orders.to_string(), status.to_owned(), there.name.clone()])
            .collect()
    };
    let is_shown = |one: &&MovingIn| format != Format::Csv || one.owed != 0;
    let header = vec!["creator_id", "amount", "approved", "paid", "pending", "here", "orders", "status", "name"];
    Sheet { header, figures: vec![1, 2, 3, 4, 5, 6], rows: all.iter().filter(is_shown).map(row).collect() }.print(format)
}
