//! The sheet of creators that a brand keeps: a row for each, in whatever way a spreadsheet wrote it.

use crate::support::Shop;

/// The small shop with its creators, links and codes in a sheet.
fn shop(keys: &str, sheet: impl AsRef<[u8]>) -> Shop {
    let shop = Shop::small();
    shop.write("people.csv", sheet);
    let source = format!("[sources.people]\nkind = \"creator_sheet\"\npath = \"people.csv\"\n{keys}\n[attribution]");
    let mut program = shop.read("shop.toml").replace("[attribution]", &source);
    for table in ["creators", "links", "codes"] {
        program = program.replace(&format!("{table} = \"{table}.csv\"\n"), "");
    }
    shop.write("shop.toml", program);
    shop
}

fn balances(shop: &Shop) -> String {
    shop.must(&["run", "nightly", "--as-of", "2026-03-01T02:00:00Z"]);
    shop.must(&["export", "balances"])
}

const SHEET: &str = "Creator,Handle,Email,Code,Commission,Ref link,Start date,Status,Notes\n\
    Ana,@ana,ana@example.com,ANA,10%,https://shop.example/?utm_source=x&ref=lana,1/5/2026,Active,gifted\n\
    Ben,@ben,ben@example.com,BEN,TBD,https://shop.example/serum?ref=lben#top,2026-01-01,,\n\
    Cho,cho,cho@example.com,tbd,,,,Approved,\n";

const DATES: &str = "dates = \"month/day/year\"\n";

#[test]
fn a_sheet_stands_for_four_tables_however_it_was_written() {
    let wanted = balances(&Shop::small());
    let semicolons = SHEET.replace(',', ";").replace("10%", "10,0 %");
    let utf_16: Vec<u8> =
        [0xff, 0xfe].into_iter().chain(SHEET.replace(',', "\t").encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let other_words = SHEET
        .replace("Creator,Handle", "Full Name,Creator ID")
        .replace("Ref link", "LINK KEY")
        .replace("https://shop.example/?utm_source=x&ref=lana", "lana");
    let sheets: [(&str, Vec<u8>); 5] = [
        ("with commas", SHEET.into()),
        ("with semicolons and decimal commas", semicolons.into()),
        ("in UTF-16 with tabs, as Excel saves Unicode text", utf_16),
        ("with a mark and Windows line ends", format!("\u{feff}{}", SHEET.replace('\n', "\r\n")).into()),
        ("with other words in its header", other_words.into()),
    ];
    for (name, sheet) in sheets {
        assert_eq!(balances(&shop(DATES, sheet)), wanted, "{name}");
    }
}

#[test]
fn what_was_understood_is_said() {
    let shop = shop(DATES, SHEET);
    let said = shop.run(&["validate"]);
    let wanted = "people.csv: reads the creator's id from `Handle`, the name from `Creator`, the email from `Email`, the code from `Code`, the \
                  percentage from `Commission`, the link from `Ref link`, the first day from `Start date`, the status from `Status`; leaves \
                  out `Notes`";
    assert!(said.ok && said.err.contains(wanted), "{}", said.err);
}

/// Their percentages and days count as those of the tables do.
#[test]
fn percentages_and_days_of_a_sheet_count() {
    let sheet = SHEET.replace("10%", "12.5%").replace("1/5/2026", "1/6/2026").replace(",BEN,TBD,", ",BEN,20%,");
    let shop = shop(DATES, sheet);
    shop.must(&["run", "nightly", "--as-of", "2026-03-01T02:00:00Z"]);
    let text = shop.must(&["export", "commissions"]);
    // Ana began on 6 January: the order of the fifth goes to Ben, whose link was clicked before hers; that of February pays 12.5 %.
    let rows: Vec<&str> = text.lines().skip(1).filter(|row| !row.starts_with("fee")).collect();
    let wanted = [
        "code,o2,1,ben,BEN,50.00,10.00,payable",
        "code,o4,1,ana,ANA,70.00,8.75,payable",
        "link,o1,1,ben,k2,100.00,20.00,payable",
        "link,o1,2,ben,k2,0.00,0.00,payable",
    ];
    assert_eq!(rows, wanted);
}

#[test]
fn what_may_mean_two_things_is_refused_where_it_stands() {
    for (keys, from, to, wanted) in [
        (
            "",
            "",
            "",
            "people.csv row 2, Start date: \"1/5/2026\" may be two days; set `dates` to \"month/day/year\" or \"day/month/year\"",
        ),
        (DATES, "1/5/2026", "13/5/2026", "row 2, Start date: \"13/5/2026\" is no date such as 2026-02-01"),
        (DATES, "Approved", "Paused since 10/15", "row 4, Status: \"Paused since 10/15\" does not say since when"),
        (DATES, "10%", "0.12", "row 2, Commission: \"0.12\" is no percentage such as 12% or 8.5%"),
        (
            DATES,
            "?ref=lben",
            "?via=lben",
            "row 3, Ref link: \"https://shop.example/serum?via=lben#top\" has no `ref=` in its address",
        ),
        (DATES, "@ben", "@", "row 3, Handle: is empty, but every creator needs one"),
        (DATES, "Handle", "Shoe size", "row 1: no column says who a creator is; name one of them creator id, id, handle"),
    ] {
        let sheet = if from.is_empty() { SHEET.to_owned() } else { SHEET.replace(from, to) };
        let refused = shop(keys, sheet).run(&["validate"]);
        assert!(!refused.ok && refused.err.contains(wanted), "{wanted}: {}", refused.err);
        assert_eq!(
            refused.err.matches(wanted).count(),
            1,
            "it is said once, though the sheet feeds four tables: {}",
            refused.err
        );
    }
}

/// What an erased creator buys under a new address is still their own, also where a sheet has the address: its columns stand elsewhere.
#[test]
fn own_purchases_under_a_new_address_of_a_sheet_earn_nothing_after_an_erasure() {
    let shop = shop(DATES, SHEET);
    shop.must(&["run", "nightly", "--as-of", "2026-02-01T02:00:00Z"]);
    let erase =
        |how: &[&str]| shop.must(&[&["erase", "creator", "ana", "--as-of", "2026-02-02T12:00:00Z", "--by"], how].concat());
    erase(&["mia", "--reason", "asked for it"]);
    erase(&["lee", "--approve"]);
    shop.write("people.csv", SHEET.replace("ana@example.com", "quist.neu@example.net"));
    for (order, email) in [("own2", "Quist.Neu@example.net"), ("other", "else@example.net")] {
        shop.add("orders.csv", &format!("{order},2026-02-03T10:00:00Z,2026-02-03T10:00:00Z,paid,USD,{order},{email},,,ANA\n"));
        shop.add("order_lines.csv", &format!("{order},1,A,x,1,40.00\n"));
    }
    shop.must(&["run", "nightly", "--as-of", "2026-02-04T02:00:00Z"]);
    let orders = shop.must(&["export", "orders"]);
    assert!(orders.contains("own2,unattributed,self_purchase") && orders.contains("other,attributed,code"), "{orders}");
    shop.must(&["check"]);
}
