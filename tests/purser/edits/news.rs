//! What is only new, or moves nothing, is no edit.

use super::{Edit, FIRST, SECOND, append, change, entries, order, put, refused, shop};
use crate::support::Shop;
use crate::support::database::Kind;

/// Nothing is payable yet, or what is new concerns young orders only: nobody is asked, though there be no hold at all.
#[test]
fn what_is_only_new_is_no_edit() {
    let at = "2026-02-01T20:00:00Z";
    let by = |code: &'static str| move |shop: &Shop| order(shop, "o2", at, "USD", "p2", code);
    let cases: [(&str, Edit<'_>); 9] = [
        ("a rate from today on", &|shop| {
            shop.add("shop.toml", "[[commission.rates]]\npercent = \"20\"\nfrom = 2026-02-01\n");
            shop.add("codes.csv", "NEW,ben,,\n");
            by("NEW")(shop);
        }),
        ("a code, a link and a creator", &|shop| {
            shop.add("creators.csv", "dee,Dee,,,,\n");
            shop.add("links.csv", "ldee,dee,,\n");
            shop.add("codes.csv", "DEE,dee,,\n");
            by("DEE")(shop);
            shop.add("orders.csv", "o3,2026-01-26T03:00:00Z,2026-01-26T03:00:00Z,paid,USD,p3,,v3,,\n");
            shop.add("order_lines.csv", "o3,1,A,x,1,100.00\n");
            shop.add("clicks.csv", "k3,2026-01-26T02:30:00Z,v3,ldee,x\n");
        }),
        ("a code on an order that somebody else's link would have had", &|shop| {
            put(shop, "[attribution]\n", "[attribution]\nprecedence = [\"code\", \"link\"]\n");
            shop.add("codes.csv", "DEE,cho,,\n");
            by("DEE")(shop);
        }),
        ("an exchange rate of today", &|shop| {
            shop.add("fx.csv", "2026-02-01,EUR,USD,1.3\n2026-02-02,EUR,USD,1.4\n");
            shop.add("codes.csv", "NEW,ben,,\n");
            order(shop, "o2", at, "EUR", "p2", "NEW");
        }),
        ("a fee", &append("fees.csv", "f2,ana,30.00,2026-02-01,post\n")),
        ("a fee for a new creator", &|shop| {
            shop.add("creators.csv", "dee,Dee,,,,\n");
            shop.add("fees.csv", "f2,dee,30.00,2026-01-20,post\n");
        }),
        ("a group from today on", &|shop| {
            shop.add("shop.toml", "[[commission.rates]]\ngroup = \"ambassador\"\npercent = \"15\"\n");
            let now = "ana,Ana,ana@example.com,,,2026-02-01T00:00:00Z\nana,Ana,ana@example.com,ambassador,2026-02-01T00:00:00Z,";
            change(shop, "creators.csv", "ana,Ana,ana@example.com,,,", now);
            shop.add("clicks.csv", "k2,2026-02-01T19:00:00Z,v2,lana,x\n");
            shop.add("orders.csv", &format!("o2,{at},{at},paid,USD,p2,,v2,,\n"));
            shop.add("order_lines.csv", "o2,1,A,x,1,100.00\n");
        }),
        ("a link that goes to somebody else from now on", &|shop| {
            let now = "lana,ana,,2026-02-01T00:00:00Z\nlana,ben,2026-02-01T00:00:00Z,";
            change(shop, "links.csv", "lana,ana,,", now);
            shop.add("clicks.csv", "k2,2026-02-01T19:00:00Z,v2,lana,x\n");
            shop.add("orders.csv", &format!("o2,{at},{at},paid,USD,p2,,v2,,\n"));
            shop.add("order_lines.csv", "o2,1,A,x,1,100.00\n");
        }),
        ("names, minimum and comments", &|shop| {
            put(shop, "name = \"Small\"", "name = \"Tall\" # taller");
            shop.add("shop.toml", "[payout]\nminimum = \"25\"\n");
            change(shop, "creators.csv", "cho,Cho", "cho,Chow");
        }),
    ];
    for (name, edit) in cases {
        for hold in ["0d", "1d", "30d"] {
            let shop = shop(Kind::Sqlite);
            put(&shop, "hold = \"30d\"", &format!("hold = \"{hold}\""));
            shop.must(FIRST);
            edit(&shop);
            let done = shop.run(SECOND);
            assert!(done.ok, "{name}, hold {hold}: {}", done.err);
            assert!(!done.out.contains("restated"), "{name}, hold {hold}: {}", done.out);
        }
    }
}

/// Younger than seven days, to the second, and all of its orders.
#[test]
fn a_new_code_is_an_edit_once_one_of_its_orders_is_a_week_old() {
    for (times, passes) in [
        (["2026-01-26T02:00:01Z", "2026-01-30T10:00:00Z"], true),
        (["2026-01-26T02:00:00Z", "2026-01-30T10:00:00Z"], false),
        (["2026-01-10T02:00:00Z", "2026-01-30T10:00:00Z"], false),
    ] {
        let shop = shop(Kind::Sqlite);
        put(&shop, "hold = \"30d\"", "hold = \"1d\"");
        for (id, at) in ["o2", "o3"].iter().zip(times) {
            order(&shop, id, at, "USD", id, "dee");
        }
        shop.must(FIRST);
        shop.add("codes.csv", " Dee ,ben,,\n");
        let done = shop.run(SECOND);
        assert_eq!(done.ok, passes, "{times:?}: {}{}", done.out, done.err);
        assert!(passes || done.err.contains("ben: 2 amounts, 0.00 → 20.00 (+20.00)"), "{}", done.err);
    }
}

/// A code with an owner is no new one when it gets another.
#[test]
fn an_owner_for_an_existing_code_is_an_edit() {
    let shop = shop(Kind::Sqlite);
    put(&shop, "hold = \"30d\"", "hold = \"1d\"");
    shop.add("codes.csv", "DEE,ben,,2026-01-28T00:00:00Z\n");
    order(&shop, "o2", "2026-01-30T10:00:00Z", "USD", "p2", "DEE");
    shop.must(FIRST);
    shop.add("codes.csv", "DEE,cho,2026-01-28T00:00:00Z,\n");
    refused("a second owner", &shop, SECOND, "the table codes", &["cho: 1 amount, 0.00 → 10.00 (+10.00)"]);
}

/// Edits that move nothing yet are noted in the journal, so that they are not held against a later night.
#[test]
fn an_edit_that_moved_nothing_when_it_was_made_is_no_edit_later() {
    for kind in Kind::BOTH {
        let shop = shop(kind);
        shop.must(&["run", "nightly", "--as-of", "2026-01-20T02:00:00Z"]);
        put(&shop, "hold = \"30d\"", "hold = \"60d\"");
        let before = entries(&shop);
        let out = shop.must(&["run", "nightly", "--as-of", "2026-01-21T02:00:00Z"]);
        assert!(out.contains("nothing to post"), "{out}");
        assert_ne!(entries(&shop), before, "it is noted");
        let before = entries(&shop);
        for day in ["01-22", "02-05", "03-20"] {
            shop.must(&["run", "nightly", "--as-of", &format!("2026-{day}T02:00:00Z")]);
        }
        assert!(shop.must(&["export", "balances"]).contains("ana,0.00,40.00"), "{}", shop.must(&["export", "balances"]));
        assert_eq!(entries(&shop).trim(), (before.trim().parse::<i64>().expect("a number") + 1).to_string(), "and once");
        shop.must(&["check"]);
    }
}
