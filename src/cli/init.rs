use std::io::Write;
use std::path::Path;

use anyhow::{Context, Result, bail};

use super::show::print;
use crate::effect::write_file;
use crate::error::Conflict;

macro_rules! sample {
    ($($path:literal from $file:literal),* $(,)?) => {
        &[$(($path, include_str!(concat!("init/", $file)))),*]
    };
}

/// What a new shop starts with.
const FILES: &[(&str, &str)] = sample![
    "jobs/shop.toml" from "program.toml",
    "data/orders.csv" from "data/orders.csv",
    "data/order_lines.csv" from "data/order_lines.csv",
    "data/refunds.csv" from "data/refunds.csv",
    "data/clicks.csv" from "data/clicks.csv",
    "data/creators.csv" from "data/creators.csv",
    "data/links.csv" from "data/links.csv",
    "data/codes.csv" from "data/codes.csv",
    "data/fx.csv" from "data/fx.csv",
    "data/fees.csv" from "data/fees.csv",
];

/// What a new program file reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sources {
    /// Sample tables.
    Tables,
    /// What a Shopify shop has as files.
    ShopifyFiles,
    /// A Shopify shop, asked by its API.
    ShopifyApi,
    /// A WooCommerce store, asked by its API.
    WooCommerce,
}

/// What stands in the program file of a shop of each kind in place of the tables.
const SHOPIFY: &str = include_str!("init/shopify_sources.toml");
const SHOPIFY_API: &str = include_str!("init/shopify_api_sources.toml");
const WOOCOMMERCE: &str = include_str!("init/woocommerce_sources.toml");

/// The program file for a shop of a kind, by the first words of the part that is another one and of what follows that.
fn program_of(sources: &str) -> Result<String> {
    let whole = FILES[0].1;
    let (before, rest) = whole.split_once("# Where the facts are").context("the program file says where the facts are")?;
    let (_, after) = rest.split_once("# Campaigns, which").context("campaigns follow the sources")?;
    let before = before.replace("with the sample data in ../data:", "once the files that it names below are in ../data:");
    Ok(format!("{before}{sources}# Campaigns, which{after}"))
}

/// Writes the first files of a shop: with sample tables, or as a Shopify shop needs them.
pub(super) fn init(folder: &Path, sources: Sources) -> Result<()> {
    let asked = match sources {
        Sources::ShopifyApi => Some((SHOPIFY_API, "the access token of the shop's app", "SHOPIFY_TOKEN=…")),
        Sources::WooCommerce => Some((WOOCOMMERCE, "the consumer key and secret of the store", "WOOCOMMERCE_KEY=ck_…:cs_…")),
        Sources::Tables | Sources::ShopifyFiles => None,
    };
    if let Some((sources, secret, variable)) = asked {
        let program = program_of(sources)?;
        write_new(folder, &[("jobs/shop.toml", &program)])?;
        return print(&format!(
            "Created {}. Edit it to suit your program (the shop's address, currency, time zone, rates), and put your sheet of creators, \
             with handle, email, code, commission and link, into {}. Then give it {secret}:\n\n\
             {}    export {variable}\n    purser doctor\n    purser run nightly\n    purser export commissions --format table",
            folder.join("jobs/shop.toml").display(),
            folder.join("data/creators.csv").display(),
            change_to(folder),
        ));
    }
    if sources == Sources::ShopifyFiles {
        let program = program_of(SHOPIFY)?;
        write_new(folder, &[("jobs/shop.toml", &program)])?;
        return print(&format!(
            "Created {}. Put beside it, into {}:\n\n    orders_export_1.csv    from Shopify's admin: Orders, Export, all columns\n    \
             access.log             the web server's log, for the clicks on creators' links\n    creators.csv           your sheet of \
             creators: handle, email, code, commission, link\n\nThen edit the file to suit your program (currency, time zone, rates), \
             and:\n\n{}    purser validate\n    purser run nightly\n    purser export commissions --format table",
            folder.join("jobs/shop.toml").display(),
            folder.join("data").display(),
            change_to(folder),
        ));
    }
    write_new(folder, FILES)?;
    let place = if folder == Path::new(".") { String::new() } else { format!(" of {}", folder.display()) };
    print(&format!(
        "Created jobs/shop.toml and nine sample tables in data/{place}.\n\nTry it:\n\n{}    purser validate\n    purser run nightly\n    \
         purser export commissions --format table\n\nThen replace the files in data/ with your own exports, and edit jobs/shop.toml to suit your program.",
        change_to(folder)
    ))
}

/// The line that goes to the folder, where that is another one.
fn change_to(folder: &Path) -> String {
    if folder == Path::new(".") { String::new() } else { format!("    cd {}\n", folder.display()) }
}

/// Writes files, unless some of them are there.
fn write_new(folder: &Path, files: &[(&str, &str)]) -> Result<()> {
    let there: Vec<&str> = files.iter().map(|(path, _)| *path).filter(|path| folder.join(path).exists()).collect();
    if !there.is_empty() && !was_cut_short(folder, files, &there) {
        bail!(Conflict(format!(
            "{} already contains {}; nothing was written. Choose another folder",
            folder.display(),
            there.join(", ")
        )));
    }
    for (path, text) in files {
        let path = folder.join(path);
        write_file(&path, |file| file.write_all(text.as_bytes()).with_context(|| format!("cannot write {}", path.display())))?;
    }
    Ok(())
}

/// Whether what is there is what an earlier attempt wrote before it was stopped: some of the files, as they come from here.
fn was_cut_short(folder: &Path, files: &[(&str, &str)], there: &[&str]) -> bool {
    let is_ours = |(path, text): &&(&str, &str)| std::fs::read_to_string(folder.join(path)).is_ok_and(|found| found == *text);
    there.len() < files.len() && files.iter().filter(is_ours).count() == there.len()
}
