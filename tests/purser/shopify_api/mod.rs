//! Orders, refunds, disputes and clicks from a Shopify shop's API: a server with a truth of its own, and what purser makes of it.

mod amounts;
mod beginning;
mod bulk;
mod changes;
mod completeness;
mod faults;
mod graphql;
mod journeys;
mod landing;
mod orders;
mod schema;
mod secrets;
mod server;
mod theme;
mod twins;

use crate::support::{Done, Shop};
use server::ShopifyServer;

/// A night after all that the orders of a test tell of.
const NIGHT: [&str; 4] = ["run", "nightly", "--as-of", "2026-03-01T00:00:00Z"];

/// The small shop with its orders and clicks in Shopify.
struct ApiShop {
    shop: Shop,
    server: ShopifyServer,
}

impl ApiShop {
    fn new(orders: Vec<serde_json::Value>) -> Self {
        Self::of(Shop::small(), ShopifyServer::new(orders))
    }

    fn of(shop: Shop, server: ShopifyServer) -> Self {
        let source = format!(
            "[sources.shopify]\nkind = \"shopify\"\nshop = \"{}\"\ntoken_env = \"SHOP_TOKEN\"\n\n[attribution]",
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
        command.env("SHOP_TOKEN", &self.server.truth().token);
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
}
