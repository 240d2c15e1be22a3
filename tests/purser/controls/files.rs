//! A shop's program file and tables, as its terms and orders have them.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use purser::calendar::format_time;

use super::act::CREATORS;
use super::earnings::{Order, Terms};

/// One person up to 50.00, two up to 500.00, above that one of them of the board.
const APPROVALS: &str = "[[payout.approvals]]\nup_to = \"50.00\"\napprovers = 1\n[[payout.approvals]]\nup_to = \"500.00\"\napprovers = 2\n\
     [[payout.approvals]]\napprovers = 2\ngroup = \"board\"\n[payout.groups]\nboard = [\"jose garcia\", \"IPEK\"]\n";

/// The program file.
pub fn program(terms: &Terms) -> String {
    let Terms { percent, hold, .. } = terms;
    let tables = ["orders", "order_lines", "refunds", "clicks", "creators", "links", "codes", "fees"];
    let sources: String = tables.iter().fold(String::new(), |text, table| text + &format!("{table} = \"{table}.csv\"\n"));
    format!(
        "[program]\nname = \"Shop\"\ncurrency = \"USD\"\ntime_zone = \"UTC\"\nearliest = \"2025-01-01\"\n\n[sources]\n{sources}\n\
         [attribution]\nwindow = \"14d\"\n\n[commission]\nhold = \"{hold}d\"\n[[commission.rates]]\npercent = \"{percent}\"\n{APPROVALS}"
    )
}

/// Writes the program file and the tables.
pub fn write(folder: &Path, terms: &Terms, orders: &[Order]) {
    let mut tables = [
        (
            "orders",
            "order_id,ordered_at,updated_at,status,currency,customer_id,customer_email,visitor_id,click_id,codes\n".to_owned(),
        ),
        ("order_lines", "order_id,line_id,sku,category,quantity,net_amount\n".to_owned()),
        ("refunds", "refund_id,order_id,line_id,refunded_at,amount\n".to_owned()),
        ("clicks", "click_id,clicked_at,visitor_id,link_key,sub_id\n".to_owned()),
        ("creators", "creator_id,name,email,group,active_from,active_to\n".to_owned()),
        ("links", "link_key,creator_id,active_from,active_to\n".to_owned()),
        ("codes", "code,creator_id,active_from,active_to\n".to_owned()),
        ("fees", "fee_id,creator_id,amount,due_on,memo\n".to_owned()),
    ];
    let mut row = |table: usize, row: String| writeln!(tables[table].1, "{row}").expect("text takes text");
    for (number, Order { code, at, net, refunded_at }) in orders.iter().enumerate() {
        let time = format_time(*at);
        row(0, format!("o{number},{time},{time},paid,USD,p{number},,,,CODE{code}"));
        row(1, format!("o{number},1,A,x,1,{net}.00"));
        if let Some(at) = refunded_at {
            row(2, format!("r{number},o{number},1,{},{net}.00", format_time(*at)));
        }
    }
    for creator in CREATORS {
        row(4, format!("{creator},{creator},{creator}@example.com,,,"));
    }
    for (code, owner) in terms.owners.iter().enumerate() {
        row(6, format!("CODE{code},{},,", CREATORS[*owner]));
    }
    row(7, format!("f1,ana,{},2025-12-01,reel", super::act::dollars(terms.fee)));
    for (table, text) in tables {
        fs::write(folder.join(format!("{table}.csv")), text).expect("the test can write its files");
    }
    fs::write(folder.join("shop.toml"), program(terms)).expect("the test can write its files");
}
