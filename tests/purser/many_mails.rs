//! Many statements, a mail server that goes away and comes back, and a sender that is killed again and again: what the server confirmed
//! was delivered once, and what nobody knows is repeated by a person only.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::support::mail_server::MailServer;
use crate::support::{Done, Shop};

const AT: &str = "2026-02-01T10:00:00Z";

/// How often the sender is killed, and before which times the server goes away and comes back.
const KILLS: usize = 20;
const AWAY: [usize; 3] = [5, 10, 15];

/// How many mails a minute the server allows.
const RATE: u64 = 6_000;

/// How many statements there are: enough that each sender has some when it is killed; or as many as are asked for.
fn statements() -> usize {
    std::env::var("PURSER_MAILS").ok().and_then(|text| text.parse().ok()).unwrap_or(400)
}

/// A shop in which so many creators are owed a fee.
fn shop(creators: usize) -> Shop {
    let shop = Shop::small();
    let (mut people, mut fees) = (String::new(), String::new());
    for number in 0..creators {
        let _ = writeln!(people, "m{number:05},M{number},m{number:05}@example.com,,,");
        let _ = writeln!(fees, "g{number:05},m{number:05},5.00,2026-01-15,reel");
    }
    shop.write("creators.csv", format!("creator_id,name,email,group,active_from,active_to\n{people}"));
    shop.write("fees.csv", format!("fee_id,creator_id,amount,due_on,memo\n{fees}"));
    for table in ["orders", "order_lines", "refunds", "clicks", "links", "codes"] {
        let name = format!("{table}.csv");
        let header = shop.read(&name).lines().next().expect("a table has a header").to_owned();
        shop.write(&name, header + "\n");
    }
    shop
}

fn sending(shop: &Shop, server: &MailServer, arguments: &[&str]) -> Command {
    let mut command = shop.command(arguments);
    command.env("PURSER_SMTP_URL", server.url()).env("PURSER_SMTP_RATE", RATE.to_string());
    command
}

/// How many letters are in each state.
fn states(shop: &Shop) -> BTreeMap<String, usize> {
    let rows = shop.database.sql("SELECT state || ' ' || COUNT(*) FROM outbox GROUP BY state");
    rows.lines()
        .filter_map(|row| row.split_once(' '))
        .map(|(state, count)| (state.to_owned(), count.parse().unwrap_or(0)))
        .collect()
}

/// The recipients of letters in a state.
fn recipients(shop: &Shop, state: &str) -> Vec<String> {
    let rows = shop.database.sql(&format!("SELECT recipient FROM outbox WHERE state = '{state}' ORDER BY recipient"));
    rows.lines().map(str::to_owned).collect()
}

/// Recipients, and how often each got something.
fn came(server: &MailServer) -> BTreeMap<String, usize> {
    server.taken().into_iter().fold(BTreeMap::new(), |mut came, mail| {
        let recipient = mail.recipient.split(['<', '>']).nth(1).expect("an address").to_owned();
        *came.entry(recipient).or_default() += 1;
        came
    })
}

/// Waits until the server took so many more mails, or the sender has ended.
fn until_taken(server: &MailServer, sender: &mut Child, more: usize) {
    let (before, since) = (server.count(), Instant::now());
    while server.count() < before + more && sender.try_wait().expect("it can be asked").is_none() {
        assert!(since.elapsed() < Duration::from_secs(120), "the sender sends");
        std::thread::sleep(Duration::from_millis(1));
    }
}

#[test]
fn what_a_server_confirmed_is_delivered_once_whoever_is_killed() {
    let count = statements();
    let shop = shop(count);
    shop.must(&["run", "nightly", "--as-of", AT]);
    let mut server = MailServer::refusing("");
    let run = ["run", "statements", "--as-of", AT];
    let since = Instant::now();
    let mut killed = 0;
    for round in 0..KILLS {
        if AWAY.contains(&round) {
            server = server.restarted();
        }
        let mut sender =
            sending(&shop, &server, &run).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the binary starts");
        // Somewhere else each time: before an answer, after it, while the state is written down.
        until_taken(&server, &mut sender, 1 + round * 7 % 11);
        std::thread::sleep(Duration::from_micros(u64::try_from(round).expect("a small number") * 613 % 4_000));
        if round == AWAY[1] {
            // The server dies while it is being talked to.
            server = server.restarted();
        }
        sender.kill().expect("it can be killed");
        killed += usize::from(!sender.wait().expect("it ends").success());
        // What is recorded as sent was taken once, at any time.
        let came = came(&server);
        for recipient in recipients(&shop, "sent") {
            assert_eq!(came.get(&recipient), Some(&1), "{recipient} after kill {round}");
        }
    }
    assert_eq!(killed, KILLS, "no sender had come to its end");
    // The last one comes to the end of what waits; nobody knows of at most one letter for each death.
    let done = Done::from(sending(&shop, &server, &run).output().expect("the binary starts"));
    assert!(done.ok, "{}", done.err);
    let (came_before, states) = (came(&server), states(&shop));
    let unknown = recipients(&shop, "unknown");
    let known: Vec<&str> = states.keys().map(String::as_str).collect();
    assert!(known == ["sent", "unknown"] || known == ["sent"], "{states:?}");
    assert!(unknown.len() <= KILLS + AWAY.len() + 1, "{states:?}");
    assert!(came_before.values().all(|times| *times == 1), "nothing came twice: {states:?}");
    for recipient in recipients(&shop, "sent") {
        assert_eq!(came_before.get(&recipient), Some(&1), "{recipient}");
    }
    assert_ne!(done.out.contains("of which nobody knows"), unknown.is_empty(), "{}", done.out);
    // At most so many a minute, of which each sender begins anew.
    let least = Duration::from_secs(60) * u32::try_from(count.saturating_sub(KILLS + 5)).expect("a count") / RATE as u32;
    assert!(since.elapsed() >= least, "{:?} for {count}", since.elapsed());
    // Asked again, nobody sends what may have come; a person does.
    assert!(Done::from(sending(&shop, &server, &run).output().expect("the binary starts")).ok);
    assert_eq!(came(&server), came_before);
    let retried = sending(&shop, &server, &["mail", "retry", "--unknown", "--by", "mia"]).output().expect("the binary starts");
    assert!(retried.status.success());
    let came_after = came(&server);
    assert_eq!(self::states(&shop), BTreeMap::from([("sent".to_owned(), count)]));
    assert_eq!(came_after.len(), count, "everybody got theirs");
    for (recipient, times) in &came_after {
        let most = if unknown.contains(recipient) { 2 } else { 1 };
        assert!(*times <= most, "{recipient} got {times}");
    }
    println!("{count} statements, {KILLS} kills, {} of which nobody knew, in {:?}", unknown.len(), since.elapsed());
    shop.must(&["check"]);
}
