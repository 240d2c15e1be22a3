//! Users, against the record of what was changed about them.

use std::collections::BTreeMap;

use anyhow::Result;

use super::check::Check;
use super::findings::{Findings, Found};
use crate::store::Tx;
use crate::users::{changes, list_accounts};
use crate::vocabulary::counted;

pub(super) async fn check(tx: &mut Tx) -> Found {
    let mut findings = Findings::default();
    let seen = compare(tx, &mut findings).await;
    findings.end("", Check::Users, seen)
}

async fn compare(tx: &mut Tx, findings: &mut Findings) -> Result<String> {
    let (mut before, mut next) = (String::new(), 1);
    let mut states = BTreeMap::new();
    for row in changes(tx).await? {
        findings.differs(|| format!("the number of the change {} of users", row.number), row.number, next);
        findings.differs(|| format!("the hash of the change {} of users", row.number), row.hash.as_str(), &row.sealed(&before));
        next = row.number + 1;
        states.insert(row.name, (row.number, row.state));
        before = row.hash;
    }
    let accounts = list_accounts(tx).await?;
    for account in &accounts {
        let name = &account.user.name;
        match states.remove(name) {
            Some((_, state)) if state == account.digest() => {}
            Some((number, _)) => {
                findings
                    .add(|| format!("the user {name}: role, groups or proofs are not those after the change {number} of users"));
            }
            None => findings.add(|| format!("the user {name}: nobody added this user")),
        }
    }
    for (name, (number, _)) in states {
        findings.add(|| format!("the user {name}, of the change {number} of users, is gone"));
    }
    Ok(counted(accounts.len(), "user", "users"))
}
