//! What moved, or would move, for people: before and after, creator by creator.

use anyhow::Result;

use crate::app::{Balance, Moved};
use crate::money::{Currency, Money, format_minor};
use crate::vocabulary::counted;

/// How many creators are shown one by one.
const SHOWN: usize = 10;

/// Lines such as `  ana: payable 17.00 → 4.50`, and the sums of all creators where there are several; nothing where nothing moves.
pub(super) fn moves(currency: Currency, moves: &[Moved]) -> Result<String> {
    let mut lines = String::new();
    for moved in moves.iter().take(SHOWN) {
        lines += &line(currency, &moved.creator_id, moved.before, moved.after);
    }
    if moves.len() > SHOWN {
        lines += &format!("\n  … and {}", counted(moves.len() - SHOWN, "other creator", "other creators"));
    }
    if moves.len() > 1 {
        let (mut before, mut after) = (Balance::default(), Balance::default());
        for moved in moves {
            (before, after) = (before.plus(moved.before)?, after.plus(moved.after)?);
        }
        lines += &line(currency, &format!("all {}", counted(moves.len(), "creator", "creators")), before, after);
    }
    Ok(lines)
}

fn line(currency: Currency, whose: &str, before: Balance, after: Balance) -> String {
    let figures = |balance: Balance| [balance.pending, balance.payable, balance.reserved, balance.paid];
    let names = ["pending", "payable", "reserved", "paid"];
    let changed = names.iter().zip(figures(before).into_iter().zip(figures(after)));
    let show = |(name, (before, after)): (&&str, (i64, i64))| {
        format!("{name} {} → {}", format_minor(before, currency.exponent()), Money::from_minor(after, currency))
    };
    let parts: Vec<String> = changed.filter(|(_, (before, after))| before != after).map(show).collect();
    format!("\n  {whose}: {}", parts.join(", "))
}
