//! As somebody new would do it: a shop's address, a token and a sheet lead to a first reconciliation.

use serde_json::json;

use super::orders::{line, order, visit, with};
use super::server::ShopifyServer;
use crate::support::purser;

#[test]
fn a_shop_with_an_api_begins_without_a_table() {
    let clicked = visit(1, "2026-01-09T10:00:00Z", "https://shop.example/?ref=ben&utm_source=ig");
    let journey = json!({ "firstVisit": clicked, "lastVisit": clicked, "moments": [clicked] });
    let by_link = json!({ "discountCodes": [], "customerJourneySummary": journey });
    let server = ShopifyServer::new(vec![
        order(1, vec![line(11, 1, "40.00", &[], &[])], "40.00"),
        with(order(2, vec![line(21, 1, "40.00", &[], &[])], "40.00"), by_link),
    ]);
    let folder = tempfile::TempDir::new().expect("a temporary folder");
    let run = |arguments: &[&str]| {
        let mut command = purser();
        let done = command
            .current_dir(folder.path())
            .args(arguments)
            .env("SHOPIFY_TOKEN", "shpat_secret_of_the_shop")
            .output()
            .expect("it starts");
        assert!(done.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&done.stderr));
        String::from_utf8(done.stdout).expect("it is text")
    };
    assert!(run(&["init", "--shopify-api"]).contains("SHOPIFY_TOKEN"));
    let file = folder.path().join("jobs/shop.toml");
    let program = std::fs::read_to_string(&file).expect("init wrote it");
    assert!(program.contains("\"my-store.myshopify.com\""));
    std::fs::write(&file, program.replace("my-store.myshopify.com", &server.url)).expect("it can be edited");
    let sheet = "Creator,Handle,Email,Code,Commission,Ref link\n\
                 Ana,@ana,ana@example.com,ANA,10%,https://shop.example/?ref=ana\nBen,@ben,ben@example.com,TBD,15%,https://shop.example/?ref=ben\n";
    std::fs::create_dir_all(folder.path().join("data")).expect("a folder can be made");
    std::fs::write(folder.path().join("data/creators.csv"), sheet).expect("a file can be written");
    assert!(run(&["run", "nightly", "--as-of", "2026-03-01T02:00:00Z"]).contains("2 of 2 orders"));
    assert_eq!(
        run(&["export", "balances"]),
        "creator_id,pending,payable,reserved,paid\nana,0.00,4.00,0.00,0.00\nben,0.00,6.00,0.00,0.00\n"
    );
}
