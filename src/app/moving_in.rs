//! Moving in from another platform: what it says of each creator, beside what purser has.

use anyhow::{Result, bail};

use super::environment::Environment;
use crate::error::Invalid;
use crate::ledger::{balances, check_currency_shown};
use crate::money::Overflow;
use crate::program::{Program, SourceKind};
use crate::sources::{Affiliate, worth_of_affiliates};

/// What another platform says of a creator, and what purser has (minor units).
pub struct MovingIn {
    /// What the platform says of them.
    pub there: Affiliate,
    /// What is owed there: approved, and not paid.
    pub owed: i64,
    /// What was earned here, paid or not.
    pub here: i64,
}

/// What the platform of a source says, of this name or the only one.
///
/// # Errors
///
/// When there is no such source, or the platform does not give all of it.
pub async fn moving_in(at: &Environment, program: &Program, source: Option<&str>) -> Result<Vec<MovingIn>> {
    check_currency_shown(&at.store, program).await?;
    let platforms = program.sources.iter().filter_map(|known| match &known.kind {
        SourceKind::GoAffPro(platform) if source.is_none_or(|name| known.name == name) => Some(platform),
        _ => None,
    });
    let platforms: Vec<_> = platforms.collect();
    let [platform] = platforms[..] else {
        bail!(Invalid(match platforms.is_empty() {
            true => format!("{} has no source of kind \"goaffpro\" with that name", program.id),
            false => format!("{} has several sources of kind \"goaffpro\"; name one with --source", program.id),
        }))
    };
    let balances = balances(&at.store, &program.id).await?;
    let mut all = Vec::new();
    for affiliate in worth_of_affiliates(platform, program.currency).await? {
        let here = balances.get(&affiliate.creator_id).copied().unwrap_or_default();
        let here = [here.pending, here.payable, here.reserved, here.paid].into_iter().try_fold(0i64, i64::checked_add);
        let owed = affiliate.approved.checked_sub(affiliate.paid).ok_or(Overflow)?;
        all.push(MovingIn { there: affiliate, owed, here: here.ok_or(Overflow)? });
    }
    Ok(all)
}
