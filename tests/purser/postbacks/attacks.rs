//! Those who forge, replay, flood and break off: nothing of theirs is kept, and what is kept is what was signed.

use std::io::Write;
use std::net::TcpStream;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use super::{Desk, NOON, SECRET, send};

/// A query with a signature of the partner's secret, whatever it says.
fn by_hand(query: &str) -> String {
    format!("/postbacks/shop/partner?{}", purser::sources::sign(query, SECRET).expect("it can be signed"))
}

fn base() -> String {
    format!("transaction=A1&time={}&link=lana&amount=20.00&currency=USD", NOON / 1_000_000)
}

#[test]
fn what_is_forged_or_changed_is_refused() {
    let desk = Desk::new();
    let good = desk.signed(&["A1", "--link", "lana", "--amount", "20.00"]);
    let (query, signature) = good.rsplit_once("&signature=").expect("it is signed");
    let other = purser::sources::sign(query.split_once('?').expect("a query").1, &"x".repeat(40)).expect("it can be signed");
    for forged in [
        good.replace("20%2E00", "90%2E00"),
        good.replace("lana", "lben"),
        format!("{good}&sandbox=1"),
        format!("{query}&signature={}", "0".repeat(64)),
        format!("{query}&signature={}", &signature[..63]),
        format!("{query}&signature="),
        query.to_owned(),
        format!("/postbacks/shop/partner?{other}"),
        "/postbacks/shop/partner".to_owned(),
        format!("{query}&signature={signature}&signature={signature}"),
    ] {
        assert_eq!(desk.get(&forged), Some(401), "{forged}");
    }
    for path in ["/postbacks/shop/other", "/postbacks/none/partner", "/postbacks/shop/orders"] {
        assert_eq!(desk.get(&good.replace("/postbacks/shop/partner", path)), Some(404), "{path}");
    }
    assert_eq!(desk.get("/metrics"), Some(404), "nothing else is answered here");
    assert_eq!(desk.kept(), [""; 0]);
    let log = desk.log();
    assert!(!log.contains(SECRET) && log.contains("refused a postback to shop/partner"), "{log}");
    // What was asked for in vain is taken when it is right.
    assert_eq!(desk.get(&good), Some(200));
}

#[test]
fn what_is_repeated_is_answered_the_same_and_kept_once() {
    let desk = Desk::new();
    let first = by_hand(&base());
    for _ in 0..3 {
        assert_eq!(desk.get(&first), Some(200));
    }
    let line = desk.kept();
    assert_eq!(line.len(), 1);
    // Signed by the partner, and yet another amount of the same transaction: the first stands.
    assert_eq!(desk.get(&by_hand(&base().replace("20.00", "21.00"))), Some(409));
    assert_eq!(desk.get(&by_hand(&base().replace("lana", "lben"))), Some(409));
    assert_eq!(desk.kept(), line);
    let (_, figures) = desk.server.as_ref().and_then(|server| server.get("/metrics")).expect("it answers");
    for (state, count) in [("kept", 1), ("repeated", 2), ("refused", 2)] {
        let figure = format!("purser_postbacks_total{{program=\"shop\",state=\"{state}\"}} {count}\n");
        assert!(figures.contains(&figure), "{figure}{figures}");
    }
}

#[test]
fn what_is_too_old_ahead_or_makes_no_sense_is_refused() {
    let desk = Desk::new();
    let at = |seconds: i64| base().replace(&(NOON / 1_000_000).to_string(), &(NOON / 1_000_000 + seconds).to_string());
    assert_eq!(desk.get(&by_hand(&at(-86_400 + 60))), Some(200), "a day is the usual window");
    let now = |change: &str| by_hand(&(base().replace("A1", "A2") + change));
    for wrong in [
        by_hand(&at(-86_400 - 60)),
        by_hand(&at(600)),
        by_hand(&base().replace("A1", "A 1")),
        by_hand(&base().replace("A1", "")),
        by_hand(&base().replace("20.00", "-20.00")),
        by_hand(&base().replace("20.00", "20.001")),
        by_hand(&base().replace("20.00", "1e3")),
        by_hand(&base().replace("20.00", "99999999999999999999")),
        by_hand(&base().replace("USD", "US")),
        by_hand(&base().replace("&currency=USD", "")),
        by_hand(&base().replace("&link=lana", "")),
        now("&creator=ana"),
        now("&ammount=1"),
        now("&amount=20.00"),
        now("&visitor=v1"),
        now("&event=refund"),
        now("&sandbox=yes"),
        now("&sku=%00"),
        now(&format!("&sku={}", "x".repeat(201))),
        by_hand(&format!("event=click&transaction=K1&time={}&link=lana&amount=1.00", NOON / 1_000_000)),
        by_hand(&format!("event=click&transaction=K1&time={}", NOON / 1_000_000)),
    ] {
        assert_eq!(desk.get(&wrong), Some(400), "{wrong}");
    }
    assert_eq!(desk.transactions(), ["A1"]);
}

#[test]
fn what_is_too_large_is_refused_and_what_breaks_off_is_not_there() {
    let desk = Desk::new();
    let large = by_hand(&format!("{}&sku={}", base(), "x".repeat(5_000)));
    assert_eq!(desk.get(&large), Some(413));
    let post = |length: usize, body: &str| {
        format!(
            "POST /postbacks/shop/partner HTTP/1.1\r\nhost: test\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}"
        )
    };
    assert_eq!(desk.send(&post(6_000, &"x".repeat(6_000))), Some(413));
    assert_eq!(
        desk.send(&format!("GET /{} HTTP/1.1\r\nhost: test\r\n\r\n", "x".repeat(200_000))).map(|code| code / 100),
        Some(4)
    );
    // A whole report, of which the body's end never comes.
    let signed = purser::sources::sign(&base(), SECRET).expect("it can be signed");
    for sent in [signed.len() - 1, signed.len() / 2, 0] {
        let mut stream = TcpStream::connect(("127.0.0.1", desk.port)).expect("it listens");
        stream.write_all(post(signed.len(), &signed[..sent]).as_bytes()).expect("it reads");
        drop(stream);
    }
    // More than it says: what follows is no part of it.
    assert_eq!(desk.send(&post(signed.len() - 1, &signed)), Some(401));
    assert_eq!(desk.get(&by_hand(&base().replace("A1", "A3"))), Some(200), "it goes on: {}", desk.log());
    assert_eq!(desk.transactions(), ["A3"]);
}

#[test]
fn a_flood_is_bounded_and_nobody_is_told_what_is_not_so() {
    let desk = Desk::new();
    let report = |number: usize| by_hand(&base().replace("A1", &format!("F{number}")));
    let (taken, refused, next) = (AtomicUsize::new(0), AtomicUsize::new(0), AtomicUsize::new(0));
    let begun = Instant::now();
    let kept: Vec<String> = std::thread::scope(|scope| {
        let flood = || {
            let mut kept = Vec::new();
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= 1_200 {
                    return kept;
                }
                match send(desk.port, &format!("GET {} HTTP/1.1\r\nhost: test\r\nconnection: close\r\n\r\n", report(number))) {
                    Some(200) => {
                        taken.fetch_add(1, Ordering::Relaxed);
                        kept.push(format!("F{number}"));
                    }
                    Some(429) => drop(refused.fetch_add(1, Ordering::Relaxed)),
                    other => panic!("{other:?}: {}", desk.log()),
                }
            }
        };
        // Strangers flood as well; they use up nothing of what the partner may report.
        let strangers = scope.spawn(|| {
            for _ in 0..500 {
                assert_eq!(desk.get("/postbacks/shop/partner?transaction=X&signature=00"), Some(401));
            }
        });
        let floods: Vec<_> = (0..8).map(|_| scope.spawn(flood)).collect();
        let kept = floods.into_iter().flat_map(|flood| flood.join().expect("it went on")).collect();
        strangers.join().expect("they were answered");
        kept
    });
    assert!(kept.len() >= 200, "so many at once may come: {}", kept.len());
    // On a machine that is too slow to flood, all may come.
    let most = 200 + 50 * usize::try_from(begun.elapsed().as_secs() + 1).expect("not for years");
    assert!(kept.len() <= most && (most >= 1_200 || refused.load(Ordering::Relaxed) > 0), "{} of {most}", kept.len());
    let (mut kept, mut there) = (kept, desk.transactions());
    kept.sort();
    there.sort();
    assert_eq!(there, kept, "each that was taken is there once, and no other");
    // Those that were refused may come again.
    std::thread::sleep(Duration::from_secs(2));
    assert_eq!(desk.get(&report(9_999)), Some(200));
}
