//! The codes under which rates and other rules stand on transfers, and how people read them.

/// The code of a payment that no rate pays for.
pub const NO_RATE: &str = "none";

/// The code of a new-customer bonus.
pub const BONUS_NEW_CUSTOMER: &str = "bonus:new_customer";
/// The code of a net-sales bonus.
pub const BONUS_NET_SALES: &str = "bonus:net_sales";
/// The code of a fee.
pub const FEE: &str = "fee";

/// What stands in the code of a rate of the table `rates` in place of its position.
pub const AGREED: &str = "agreed";

/// The code of a rate: its position in the program file, from 1, or [`AGREED`]; what it pays, and whom it is for, where it is not for all:
/// `rate:2:percent:12:group=ambassador`, `rate:3:per_order:5.00`, `rate:1:tiers:10,12.5`, `rate:agreed:percent:12:creator=ana`.
pub fn rate_code(position: &str, pays: &str, amounts: &str, selectors: &str) -> String {
    let for_whom = if selectors.is_empty() { String::new() } else { format!(":{selectors}") };
    format!("rate:{position}:{pays}:{amounts}{for_whom}")
}

/// A rule's code as people read it, without the rate's place in the program file: `12%`, `5.00 per order`, `tiered rate 12/15/18%`.
/// What form 1 of the journal wrote is shown as it stands.
pub fn rule_words(code: &str) -> String {
    match code {
        NO_RATE => return "no rate".to_owned(),
        BONUS_NEW_CUSTOMER => return "new-customer bonus".to_owned(),
        BONUS_NET_SALES => return "net-sales bonus".to_owned(),
        _ => {}
    }
    let mut parts = code.splitn(5, ':');
    let (Some("rate"), Some(_), Some(pays), Some(amounts)) = (parts.next(), parts.next(), parts.next(), parts.next()) else {
        return code.to_owned();
    };
    match pays {
        "percent" => format!("{amounts}%"),
        "per_order" => format!("{amounts} per order"),
        "tiers" => format!("tiered rate {}%", amounts.replace(',', "/")),
        _ => code.to_owned(),
    }
}

/// The place in the program file, from 1, of the rate whose code this is; none for one of the table `rates`, and for other codes.
pub fn place_of_rate(code: &str) -> Option<usize> {
    let mut parts = code.splitn(3, ':');
    if parts.next() != Some("rate") {
        return None;
    }
    parts.next()?.parse().ok().filter(|place| *place > 0)
}
