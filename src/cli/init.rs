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

pub(super) fn init(folder: &Path) -> Result<()> {
    let there: Vec<&str> = FILES.iter().map(|(path, _)| *path).filter(|path| folder.join(path).exists()).collect();
    if !there.is_empty() && !was_cut_short(folder, &there) {
        bail!(Conflict(format!(
            "{} already contains {}; nothing was written. Choose another folder",
            folder.display(),
            there.join(", ")
        )));
    }
    for (path, text) in FILES {
        let path = folder.join(path);
        write_file(&path, |file| file.write_all(text.as_bytes()).with_context(|| format!("cannot write {}", path.display())))?;
    }
    let is_here = folder == Path::new(".");
    let change = if is_here { String::new() } else { format!("    cd {}\n", folder.display()) };
    let place = if is_here { String::new() } else { format!(" of {}", folder.display()) };
    print(&format!(
        "Created jobs/shop.toml and nine sample tables in data/{place}.\n\nTry it:\n\n{change}    purser validate\n    purser run nightly\n    \
         purser export commissions --format table\n\nThen replace the files in data/ with your own exports, and edit jobs/shop.toml to suit your program."
    ))
}

/// Whether what is there is what an earlier attempt wrote before it was stopped: some of the files, as they come from here.
fn was_cut_short(folder: &Path, there: &[&str]) -> bool {
    let is_ours = |(path, text): &&(&str, &str)| std::fs::read_to_string(folder.join(path)).is_ok_and(|found| found == *text);
    there.len() < FILES.len() && FILES.iter().filter(is_ours).count() == there.len()
}
