//! Posts one entry of many transfers to an empty ledger and prints the seconds it took, commit included:
//! `posting DATABASE_URL TRANSFERS`. `run.py` compares that with loading the same rows without a ledger.

use std::time::Instant;

use anyhow::{Context, Result};
use purser::ledger::{Account, Entry, EntryKind, Particulars, Transfer, post};
use purser::program::Program;
use purser::store::{Address, Store};
use purser::vocabulary::{Kind, Reason};

const PROGRAM: &str = "[program]\nname = \"Bench\"\ncurrency = \"USD\"\ntime_zone = \"UTC\"\n[sources]\norders = \"o.csv\"\n\
    order_lines = \"l.csv\"\nrefunds = \"r.csv\"\nclicks = \"c.csv\"\ncreators = \"p.csv\"\nlinks = \"k.csv\"\ncodes = \"d.csv\"\n\
    [commission]\n[[commission.rates]]\npercent = \"10\"\n";

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1).filter(|argument| argument != "--bench");
    let url = arguments.next().context("posting DATABASE_URL TRANSFERS")?;
    let count: usize = arguments.next().context("posting DATABASE_URL TRANSFERS")?.parse()?;
    let program = Program::parse("bench", PROGRAM, ".".as_ref())?;
    let store = Store::open(&Address::parse(&url)?).await?;
    // As a shop's first night: orders by id, a line or two each, some thousands of creators.
    let orders: Vec<String> = (0..count).map(|n| format!("order-{:08}", n / 2)).collect();
    let creators: Vec<String> = (0..5_000).map(|n| format!("creator-{n:05}")).collect();
    let touches: Vec<String> = (0..count).map(|n| format!("click-{:09}", n * 7)).collect();
    let about = |n: usize| Particulars {
        kind: Kind::Link,
        order_id: orders[n].as_str(),
        line_id: if n % 2 == 0 { "1" } else { "2" },
        creator_id: creators[n / 2 * 7919 % creators.len()].as_str(),
        detail: "",
        effective_day: 20_454,
        reason: Reason::Sale,
        rule: "rate:1:percent:10",
        base: 1_000 + n as i64 % 9_000,
        touch: touches[n].as_str(),
    };
    let transfer = |n: usize| Transfer {
        about: about(n),
        revision: 0,
        source: Account::Expense,
        target: Account::Pending,
        amount: 100 + n as i64 % 900,
    };
    let transfers: Vec<Transfer<&str>> = (0..count).map(transfer).collect();
    let entry = Entry {
        kind: EntryKind::Reconciled,
        subject: "",
        booked_at: 1_767_225_600_000_000,
        actor: "bench",
        reason: "",
        program_text: "",
        facts: "",
    };
    let started = Instant::now();
    let mut tx = store.begin(&program.id).await?;
    let posted = post(&mut tx, &program, &entry, &transfers).await?;
    tx.commit("the entry").await?;
    println!("{} {}", started.elapsed().as_millis(), posted.head.hash);
    Ok(())
}
