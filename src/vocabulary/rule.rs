//! The codes under which rates and other rules stand on transfers, and how people read them.

/// The code of a payment that no rate pays for.
pub const NO_RATE: &str = "none";

/// The code of a new-customer bonus, a net-sales bonus and a fee.
pub const BONUS_NEW_CUSTOMER: &str = "bonus:new_customer";
/// The code of a net-sales bonus.
pub const BONUS_NET_SALES: &str = "bonus:net_sales";
/// The code of a fee.
pub const FEE: &str = "fee";

/// The code of a rate: its position in the program file, from 1, and what it pays: `rate:2:percent:12`,
/// `rate:3:per_order:5.00`, `rate:1:tiers:10,12.5`.
pub fn rate_code(position: usize, pays: &str, amounts: &str) -> String {
    format!("rate:{position}:{pays}:{amounts}")
}

/// A rule's code as people read it: `rate 2, 12 %`. What form 1 of the journal wrote is shown as it stands.
pub fn rule_words(code: &str) -> String {
    match code {
        NO_RATE => return "no rate".to_owned(),
        BONUS_NEW_CUSTOMER => return "new-customer bonus".to_owned(),
        BONUS_NET_SALES => return "net-sales bonus".to_owned(),
        _ => {}
    }
    let parts: Vec<&str> = code.splitn(4, ':').collect();
    let ["rate", position, pays, amounts] = parts[..] else { return code.to_owned() };
    match pays {
        "percent" => format!("rate {position}, {amounts} %"),
        "per_order" => format!("rate {position}, {amounts} an order"),
        "tiers" => format!("rate {position}, tiers of {} %", amounts.replace(',', " / ")),
        _ => code.to_owned(),
    }
}
