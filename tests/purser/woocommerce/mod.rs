//! Orders, refunds and clicks from a WooCommerce store's API: a server with a truth of its own, and what purser makes of it.

mod amounts;
mod beginning;
mod changes;
mod completeness;
mod faults;
mod orders;
mod secrets;
mod server;

use crate::support::{Done, Shop};
use server::WooServer;

/// A night after all that the orders of a test tell of, and the next one.
const NIGHT: [&str; 4] = ["run", "nightly", "--as-of", "2026-03-01T00:00:00Z"];
const NEXT_NIGHT: [&str; 4] = ["run", "nightly", "--as-of", "2026-03-02T00:00:00Z"];

/// The small shop with its orders and clicks in WooCommerce.
struct WooShop {
    shop: Shop,
    server: WooServer,
}

impl WooShop {
    fn new(orders: Vec<serde_json::Value>) -> Self {
        let (shop, server) = (Shop::small(), WooServer::new(orders));
        let source = format!(
            "[sources.store]\nkind = \"woocommerce\"\nshop = \"{}\"\nkey_env = \"STORE_KEY\"\nsub_id = \"utm_source\"\n\n[attribution]",
            server.url
        );
        let mut program = shop.read("shop.toml").replace("[attribution]", &source);
        for table in ["orders", "order_lines", "refunds", "clicks"] {
            program = program.replace(&format!("{table} = \"{table}.csv\"\n"), "");
        }
        shop.write("shop.toml", program);
        Self { shop, server }
    }

    fn command(&self, arguments: &[&str]) -> std::process::Command {
        let mut command = self.shop.command(arguments);
        command.env("STORE_KEY", server::KEY);
        command
    }

    fn run(&self, arguments: &[&str]) -> Done {
        self.command(arguments).output().expect("the binary starts").into()
    }

    #[track_caller]
    fn must(&self, arguments: &[&str]) -> String {
        let done = self.run(arguments);
        assert!(done.ok, "purser {}: {}", arguments.join(" "), done.err);
        done.out
    }

    /// Order, line and base of what is credited for orders.
    fn bases(&self) -> Vec<String> {
        let text = self.must(&["export", "commissions"]);
        let of_orders = text.lines().skip(1).filter(|row| !row.starts_with("fee"));
        of_orders.map(|row| row.split(',').collect::<Vec<_>>()).map(|row| format!("{} {} {}", row[1], row[2], row[5])).collect()
    }

    /// What the facts of the last run say: orders, commissions, exceptions.
    fn outcome(&self) -> String {
        ["orders", "commissions", "exceptions"].map(|what| self.must(&["export", what])).concat()
    }

    /// The store's clock on the next day.
    fn next_day(&self) {
        self.server.truth().now = "2026-03-02T00:00:00Z".parse().expect("a time");
    }
}
