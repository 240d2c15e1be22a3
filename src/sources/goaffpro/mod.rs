//! GoAffPro, the platform that many shops come from: affiliates are creators, their reference codes links, their coupons codes. What was earned
//! and paid there is asked for when somebody moves in, and is no fact.
//!
//! Its lists have no order that could be relied on and go on beyond their end, so each is read whole, every thing once by its id, and as many have
//! to come as the list says there are. Amounts are text or numbers, with up to six decimals; they are summed exactly.
//!
//! - `lists.rs` reads lists, `thing.rs` what stands in them; `worth.rs` sums what each affiliate earned and was paid.

mod lists;
mod thing;
mod worth;

use std::fs::File;
use std::io::Write;

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use self::lists::Lists;
use self::thing::{Thing, is_active, text};
use super::mistakes::Mistakes;
use super::source_file::SourceFile;
use crate::effect::Unfinished;
use crate::program::{GoAffPro, Table};

pub use worth::{Affiliate, worth_of_affiliates};

/// What is kept of the platform, as it is written down.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Written {
    affiliates: Vec<Thing>,
    coupons: Vec<Thing>,
}

/// The fields that are asked for: without their names the platform answers empty things.
const AFFILIATES: &str = "id,name,email,status,ref_code,ref_codes,group_id";
const COUPONS: &str = "id,code,affiliate_id";

/// Asks whether the platform answers, and reads nothing.
///
/// # Errors
///
/// When it does not.
pub(super) async fn look(platform: &GoAffPro) -> Result<()> {
    Lists::new(platform)?.look().await
}

/// Writes down affiliates and coupons.
///
/// # Errors
///
/// When the platform does not give all of them, or the disk does not take it.
pub(super) async fn fetch(platform: &GoAffPro, file: &SourceFile) -> Result<()> {
    let lists = Lists::new(platform)?;
    let written =
        Written { affiliates: lists.all("affiliates", AFFILIATES).await?, coupons: lists.all("coupons", COUPONS).await? };
    let mut out = Unfinished::begin(&file.path)?;
    out.write_all(serde_json::to_string(&written)?.as_bytes()).with_context(|| format!("cannot keep {}", file.shown))?;
    out.keep()
}

/// Calls `each` with the number and the values of a table's columns for every row that what was written down makes in it.
///
/// # Errors
///
/// What is wrong with it, by the affiliate.
pub(super) fn read_platform(file: &SourceFile, table: Table, mut each: impl FnMut(usize, &[&str]) -> Result<()>) -> Result<()> {
    let shown = &file.shown;
    let input = File::open(&file.path).with_context(|| format!("cannot open {shown}"))?;
    let written: Written =
        serde_json::from_reader(std::io::BufReader::new(input)).with_context(|| format!("cannot read {shown}"))?;
    let (mut mistakes, mut number) = (Mistakes::default(), 0);
    let mut tell = |row: &[&str]| {
        number += 1;
        each(number, row)
    };
    for affiliate in written.affiliates.iter().filter(|affiliate| is_active(affiliate)) {
        let (id, name) = (text(affiliate, "id"), text(affiliate, "name"));
        let (email, group) = (text(affiliate, "email"), text(affiliate, "group_id"));
        match table {
            Table::Creators => tell(&[&id, if name.is_empty() { &id } else { &name }, &email, &group, "", "", ""])?,
            Table::Links => ref_codes(affiliate).iter().try_for_each(|key| tell(&[key, &id, "", "", ""]))?,
            _ => {}
        }
    }
    if table == Table::Codes {
        let active = |id: &str| written.affiliates.iter().any(|affiliate| is_active(affiliate) && text(affiliate, "id") == id);
        for coupon in &written.coupons {
            let (code, id) = (text(coupon, "code"), text(coupon, "affiliate_id"));
            if code.is_empty() {
                mistakes.add(0, || format!("{shown}: the coupon {} has no code", text(coupon, "id")));
            } else if active(&id) {
                tell(&[&code, &id, "", "", ""])?;
            }
        }
    }
    if mistakes.is_empty() { Ok(()) } else { Err(mistakes.into()) }
}

/// The keys of an affiliate's links: one, or several in a list or between commas.
fn ref_codes(affiliate: &Thing) -> Vec<String> {
    let several = match affiliate.get("ref_codes") {
        Some(Value::Array(all)) => all.iter().filter_map(|one| one.as_str().map(str::to_owned)).collect(),
        _ => text(affiliate, "ref_codes").split(',').map(str::to_owned).collect::<Vec<_>>(),
    };
    let mut keys: Vec<String> =
        several.into_iter().chain([text(affiliate, "ref_code")]).map(|key| key.trim().to_owned()).collect();
    keys.retain(|key| !key.is_empty());
    keys.sort();
    keys.dedup();
    keys
}
