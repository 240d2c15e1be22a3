//! Edits that are refused until somebody says why.

use super::change;
use super::{Case, FORTY, PROGRAM, add, append, nothing, order, put, remove, run_all, swap};
use crate::support::Shop;
use crate::support::database::Kind;

#[test]
fn an_edit_that_only_raises_is_refused() {
    let only_codes = add("attribution", "precedence = [\"code\"]");
    let late_refund = append("refunds.csv", "r1,o1,1,2026-01-20T10:00:00Z,400.00\n");
    for kind in Kind::BOTH {
        run_all(
            kind,
            &[
                Case {
                    name: "starts removed",
                    prepare: &add("program", "starts = 2026-02-01"),
                    edit: &remove("starts = 2026-02-01"),
                    what: PROGRAM,
                    listed: FORTY,
                },
                Case {
                    name: "percent 0 to 20",
                    prepare: &swap("shop.toml", "percent = \"10\"", "percent = \"0\""),
                    edit: &swap("shop.toml", "percent = \"0\"", "percent = \"20\""),
                    what: PROGRAM,
                    listed: &["ana: 1 amount, 0.00 → 80.00 (+80.00)"],
                },
                Case {
                    name: "a bonus added",
                    prepare: &nothing,
                    edit: &append("shop.toml", "[[commission.bonuses]]\nwhen = \"new_customer\"\namount = \"5\"\n"),
                    what: PROGRAM,
                    listed: &["ana: 1 amount, 0.00 → 5.00 (+5.00)"],
                },
                Case {
                    name: "clawback added",
                    prepare: &late_refund,
                    edit: &add("commission", "clawback = \"10d\""),
                    what: PROGRAM,
                    listed: FORTY,
                },
                Case {
                    name: "a wider precedence",
                    prepare: &only_codes,
                    edit: &swap("shop.toml", "precedence = [\"code\"]", "precedence = [\"code\", \"link\"]"),
                    what: PROGRAM,
                    listed: FORTY,
                },
                Case {
                    name: "min_order removed",
                    prepare: &add("commission", "min_order = \"500\""),
                    edit: &remove("min_order = \"500\""),
                    what: PROGRAM,
                    listed: FORTY,
                },
                Case {
                    name: "an old code given an owner",
                    prepare: &only_codes,
                    edit: &append("codes.csv", "BEN,ben,,\n"),
                    what: "the table codes",
                    listed: &["ben: 1 amount, 0.00 → 40.00 (+40.00)"],
                },
            ],
        );
    }
}

#[test]
fn other_edits_of_the_program_file_are_refused_too() {
    let tier = "[[commission.rates]]\ntiers = [{ from = \"0\", percent = \"10\" }, { from = \"5000\", percent = \"20\" }]\n";
    run_all(
        Kind::Sqlite,
        &[
            Case {
                name: "a longer window",
                prepare: &swap("clicks.csv", "2025-12-31", "2025-12-15"),
                edit: &swap("shop.toml", "window = \"14d\"", "window = \"30d\""),
                what: PROGRAM,
                listed: FORTY,
            },
            Case {
                name: "customers new to all",
                prepare: &|shop| {
                    order(shop, "o0", "2025-12-01T10:00:00Z", "USD", "p1", "");
                    add("attribution", "customers = \"new\"")(shop);
                },
                edit: &swap("shop.toml", "customers = \"new\"", "customers = \"all\""),
                what: PROGRAM,
                listed: FORTY,
            },
            Case {
                name: "a customer lock",
                prepare: &|shop| order(shop, "o2", "2026-01-02T01:00:00Z", "USD", "p1", ""),
                edit: &add("attribution", "customer_lock = \"60d\""),
                what: PROGRAM,
                listed: &["ana: 1 amount, 0.00 → 10.00 (+10.00)"],
            },
            Case {
                name: "a shorter hold",
                prepare: &swap("shop.toml", "hold = \"30d\"", "hold = \"60d\""),
                edit: &swap("shop.toml", "hold = \"60d\"", "hold = \"5d\""),
                what: PROGRAM,
                listed: FORTY,
            },
            Case {
                name: "a longer hold, of what would be payable from today on",
                prepare: &swap("shop.toml", "hold = \"30d\"", "hold = \"31d\""),
                edit: &swap("shop.toml", "hold = \"31d\"", "hold = \"37d\""),
                what: PROGRAM,
                listed: &["ana: 1 amount, 40.00 → 0.00 (-40.00), 1 on hold again"],
            },
            Case {
                name: "a cap removed",
                prepare: &add("commission", "cap_per_order = \"10\""),
                edit: &remove("cap_per_order = \"10\""),
                what: PROGRAM,
                listed: &["ana: 1 amount, 10.00 → 40.00 (+30.00)"],
            },
            Case {
                name: "a cap of the month raised",
                prepare: &add("commission", "cap_per_month = \"10\""),
                edit: &swap("shop.toml", "cap_per_month = \"10\"", "cap_per_month = \"15\""),
                what: PROGRAM,
                listed: &["ana: 1 amount, 10.00 → 15.00 (+5.00)"],
            },
            Case {
                name: "a tier that begins lower",
                prepare: &append("shop.toml", tier),
                edit: &swap("shop.toml", "5000", "300"),
                what: PROGRAM,
                listed: &["ana: 1 amount, 40.00 → 50.00 (+10.00)"],
            },
            Case {
                name: "another time zone",
                prepare: &append("shop.toml", "[[commission.rates]]\npercent = \"20\"\nuntil = 2026-01-01\n"),
                edit: &swap("shop.toml", "time_zone = \"UTC\"", "time_zone = \"America/New_York\""),
                what: PROGRAM,
                listed: &["ana: 1 amount, 40.00 → 80.00 (+40.00)"],
            },
            Case {
                name: "another rounding",
                prepare: &swap("order_lines.csv", "400.00", "400.05"),
                edit: &add("commission", "rounding = \"half_up\""),
                what: PROGRAM,
                listed: &["ana: 1 amount, 40.00 → 40.01 (+0.01)"],
            },
            Case {
                name: "a rate with `from` in the past",
                prepare: &nothing,
                edit: &append("shop.toml", "[[commission.rates]]\npercent = \"11\"\nfrom = 2026-01-01\n"),
                what: PROGRAM,
                listed: &["ana: 1 amount, 40.00 → 44.00 (+4.00)"],
            },
            Case {
                name: "a raise on the night of a refund that it hides",
                prepare: &nothing,
                edit: &|shop| {
                    shop.add("refunds.csv", "r1,o1,1,2026-02-01T10:00:00Z,200.00\n");
                    put(shop, "percent = \"10\"", "percent = \"20\"");
                },
                what: PROGRAM,
                listed: &["ana: 1 amount, 20.00 → 40.00 (+20.00)"],
            },
        ],
    );
}

#[test]
fn edits_of_tables_are_refused_too() {
    let euros = |shop: &Shop| change(shop, "orders.csv", "paid,USD", "paid,EUR");
    let ambassadors = append("shop.toml", "[[commission.rates]]\ngroup = \"ambassador\"\npercent = \"15\"\n");
    run_all(
        Kind::Sqlite,
        &[
            Case {
                name: "an exchange rate corrected",
                prepare: &euros,
                edit: &swap("fx.csv", "1.1\n", "1.2\n"),
                what: "the table fx",
                listed: &["ana: 1 amount, 44.00 → 48.00 (+4.00)"],
            },
            Case {
                name: "an exchange rate added for a day long past",
                prepare: &|shop| {
                    euros(shop);
                    change(shop, "fx.csv", "2026-01-01,EUR,USD,1.1\n", "");
                },
                edit: &append("fx.csv", "2025-12-31,EUR,USD,1.1\n"),
                what: "the table fx",
                listed: &["ana: 1 amount, 0.00 → 44.00 (+44.00)"],
            },
            Case {
                name: "a link that was always somebody else's",
                prepare: &nothing,
                edit: &swap("links.csv", "lana,ana,,", "lana,ana,,2025-01-01T00:00:00Z\nlana,ben,2025-01-01T00:00:00Z,"),
                what: "the table links",
                listed: &["ana: 1 amount, 40.00 → 0.00 (-40.00)", "ben: 1 amount, 0.00 → 40.00 (+40.00)"],
            },
            Case {
                name: "a link that was forgotten",
                prepare: &swap("links.csv", "lana,ana,,\n", ""),
                edit: &append("links.csv", "lana,ana,,\n"),
                what: "the table links",
                listed: FORTY,
            },
            Case {
                name: "a creator who was there before",
                prepare: &swap("creators.csv", "ana@example.com,,,", "ana@example.com,,2026-01-15T00:00:00Z,"),
                edit: &swap("creators.csv", "2026-01-15", "2025-01-15"),
                what: "the table creators",
                listed: FORTY,
            },
            Case {
                name: "a creator who was forgotten",
                prepare: &swap("creators.csv", "ana,Ana,ana@example.com,,,\n", ""),
                edit: &append("creators.csv", "ana,Ana,ana@example.com,,,\n"),
                what: "the table creators",
                listed: FORTY,
            },
            Case {
                name: "a group from the beginning",
                prepare: &ambassadors,
                edit: &swap("creators.csv", "ana@example.com,,,", "ana@example.com,ambassador,,"),
                what: "the table creators",
                listed: &["ana: 1 amount, 40.00 → 60.00 (+20.00)"],
            },
            Case {
                name: "another email, by which a purchase is no longer one's own",
                prepare: &|shop| {
                    change(shop, "orders.csv", "p1,,v1", "p1,ana@example.com,v1");
                },
                edit: &swap("creators.csv", "ana@example.com", "ana.new@example.com"),
                what: "the table creators",
                listed: FORTY,
            },
            Case {
                name: "a fee that is more",
                prepare: &nothing,
                edit: &swap("fees.csv", "15.00", "25.00"),
                what: "the table fees",
                listed: &["cho: 1 amount, 15.00 → 25.00 (+10.00)"],
            },
            Case {
                name: "a fee of nothing that becomes something",
                prepare: &swap("fees.csv", "15.00", "0.00"),
                edit: &swap("fees.csv", "0.00", "300.00"),
                what: "the table fees",
                listed: &["cho: 1 amount, 0.00 → 300.00 (+300.00)"],
            },
            Case {
                name: "a fee that is less",
                prepare: &nothing,
                edit: &swap("fees.csv", "15.00", "5.00"),
                what: "the table fees",
                listed: &["cho: 1 amount, 15.00 → 5.00 (-10.00)"],
            },
            Case {
                name: "a fee that is somebody else's",
                prepare: &nothing,
                edit: &swap("fees.csv", "f1,cho", "f1,ben"),
                what: "the table fees",
                listed: &["ben: 1 amount, 0.00 → 15.00 (+15.00)", "cho: 1 amount, 15.00 → 0.00 (-15.00)"],
            },
            Case {
                name: "a fee that is due later",
                prepare: &nothing,
                edit: &swap("fees.csv", "2026-01-15", "2026-03-15"),
                what: "the table fees",
                listed: &["cho: 1 amount, 15.00 → 0.00 (-15.00)"],
            },
        ],
    );
}
