//! As somebody new would do it: a store's address, its keys and a sheet lead to a first reconciliation.

use serde_json::json;

use super::orders::{line, order, with};
use super::server::{KEY, WooServer};
use crate::support::purser;

#[test]
fn a_store_begins_without_a_table() {
    let entry = json!([{ "key": "_wc_order_attribution_session_entry", "value": "https://shop.example/?ref=ben&utm_source=ig" }]);
    let server = WooServer::new(vec![
        order(1, vec![line(11, "40.00", "0.00")], "40.00"),
        with(order(2, vec![line(21, "40.00", "0.00")], "40.00"), json!({ "coupon_lines": [], "meta_data": entry })),
    ]);
    let folder = tempfile::TempDir::new().expect("a temporary folder");
    let run = |arguments: &[&str]| {
        let done = purser().current_dir(folder.path()).args(arguments).env("WOOCOMMERCE_KEY", KEY).output().expect("it starts");
        assert!(done.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&done.stderr));
        String::from_utf8(done.stdout).expect("it is text")
    };
    assert!(run(&["init", "--woocommerce"]).contains("WOOCOMMERCE_KEY"));
    let file = folder.path().join("jobs/shop.toml");
    let program = std::fs::read_to_string(&file).expect("init wrote it");
    std::fs::write(&file, program.replace("https://shop.example", &server.url)).expect("it can be edited");
    let sheet = "Creator,Handle,Email,Code,Commission,Ref link\n\
                 Ana,@ana,ana@example.com,ANA,10%,https://shop.example/?ref=ana\nBen,@ben,ben@example.com,TBD,15%,https://shop.example/?ref=ben\n";
    std::fs::create_dir_all(folder.path().join("data")).expect("a folder can be made");
    std::fs::write(folder.path().join("data/creators.csv"), sheet).expect("a file can be written");
    assert!(run(&["run", "nightly", "--as-of", "2026-04-01T02:00:00Z"]).contains("2 of 2 orders"));
    assert_eq!(
        run(&["export", "balances"]),
        "creator_id,pending,payable,reserved,paid\nana,0.00,4.00,0.00,0.00\nben,0.00,6.00,0.00,0.00\n"
    );
}
