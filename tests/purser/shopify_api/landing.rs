//! Where orders land, without a shop: many of them, in parts, changed and deleted.

use std::collections::{BTreeMap, BTreeSet};

use purser::facts::{Erased, Ground, Landing};
use purser::program::Table;
use purser::sources::{Span, WholeOrder};

use crate::support::{files_below, in_memory};

const TABLES: [Table; 3] = [Table::Orders, Table::OrderLines, Table::Clicks];

fn whole(id: u64, minute: u64, lines: &[&str]) -> WholeOrder {
    let (id, at) = (id.to_string(), format!("2026-01-{:02}T{:02}:{:02}:00Z", 1 + minute / 1440, minute / 60 % 24, minute % 60));
    let texts = |values: &[&str]| values.iter().map(|value| (*value).to_owned()).collect::<Vec<_>>();
    let line = |line: &&str| texts(&[&id, line, "SKU", "", "1", "10.00", "Balm"]);
    let rows = BTreeMap::from([
        (Table::Orders, vec![texts(&[&id, "2026-01-01T00:00:00Z", &at, "paid", "USD", "", "", "", "", "ANA", "#1", "US"])]),
        (Table::OrderLines, lines.iter().map(line).collect()),
        (Table::Clicks, vec![texts(&[&format!("{id}/{minute}"), &at, "v", "lana", "", "ig", "", "", "", "", "", "/", ""])]),
    ]);
    WholeOrder { id, rows }
}

fn rows(landing: &Landing, data: &std::path::Path, table: Table) -> usize {
    let list = purser::facts::Manifest {
        tables: [(table.name().to_owned(), landing.manifest.files(table).to_vec())].into(),
        ..Default::default()
    };
    purser::facts::rows_of(&list, data)
}

#[test]
fn many_orders_lie_in_parts_and_a_change_writes_only_its_own() {
    let folder = in_memory();
    let (data, erased) = (folder.path(), Erased::default());
    let ground = Ground { source: "twin", data, erased: &erased };
    let span = Span { from: None, until: i64::MAX };
    let mut landing = Landing::new(&TABLES, ground).expect("it can be made");
    // In an order that is not that of their ids.
    let ids: Vec<u64> = (1..=45_000).map(|id| id * 7_919 % 45_007 + 1).collect();
    for ids in ids.chunks(9_000) {
        let orders: Vec<WholeOrder> = ids.iter().map(|id| whole(*id, 0, &["1", "2"])).collect();
        landing.land(&orders, &BTreeSet::new(), ground).expect("they land");
    }
    assert!(landing.parts.len() >= 3, "{:?}", landing.parts);
    assert_eq!(landing.count(span, data).expect("they can be counted"), 45_000);
    let all = |landing: &Landing| TABLES.map(|table| rows(landing, data, table));
    assert_eq!(all(&landing), [45_000, 90_000, 45_000]);
    assert!(landing.is_whole(data));

    let before = landing.clone();
    let some = ids[17];
    landing
        .land(&[whole(some, 5, &["1"]), whole(some, 9, &["3", "4", "5"]), whole(some, 7, &["2"])], &BTreeSet::new(), ground)
        .expect("it lands");
    // Versions and clicks add up, lines are those of the latest version, whichever came last.
    assert_eq!(all(&landing), [45_003, 90_001, 45_003]);
    assert_eq!(landing.count(span, data).expect("they can be counted"), 45_000);
    let changed =
        |table| before.manifest.files(table).iter().zip(landing.manifest.files(table)).filter(|(old, new)| old != new).count();
    assert_eq!(TABLES.map(changed), [1, 1, 1], "one part of each");
    let versions = landing.versions(&[some.to_string()], data).expect("they can be read");
    assert_eq!(versions[&some.to_string()], 1_767_225_600_000_000 + 9 * 60_000_000);

    let copies = files_below(data);
    landing.land(&[whole(some, 9, &["3", "4", "5"])], &BTreeSet::new(), ground).expect("it lands");
    assert_eq!(files_below(data), copies, "what comes again writes nothing");
    landing.land(&[whole(some, 3, &["9"])], &BTreeSet::new(), ground).expect("it lands");
    assert_eq!(all(&landing), [45_004, 90_001, 45_004], "an earlier version changes no line");

    landing.land(&[], &BTreeSet::from([some.to_string()]), ground).expect("it goes");
    assert_eq!(all(&landing), [44_999, 89_998, 45_004], "clicks stay, as of any order");
    assert_eq!(landing.orders(span, data).expect("they can be read").len(), 44_999);

    let lost = landing.manifest.files(Table::OrderLines)[0].path(data, Table::OrderLines);
    std::fs::write(lost, "something else").expect("the test can write");
    assert!(!landing.is_whole(data));
}
