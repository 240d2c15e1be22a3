use anyhow::Result;

use super::args::{Erase, Places};
use super::context::{now, programs, workplace};
use super::show::print;
use crate::app::{self, Erasing, Erasure, Who, key_file};
use crate::vocabulary::counted;

/// What purser cannot reach.
const ELSEWHERE: &str = "Still to do where purser cannot: the sources that hold this person, backups, dumps and exports, the mail \
                         server, logs. ERASING.md, which comes with purser, says what stays in the ledger, and why.";

pub(super) async fn erase(places: &Places, command: &Erase) -> Result<()> {
    let programs = programs(places)?;
    let at = workplace(places).await?;
    let (who, request) = match command {
        Erase::Creator { creator_id, request } => (Who::Creator(creator_id), request),
        Erase::Customer { customer, request } => (Who::Customer(customer), request),
    };
    let erasing = Erasing { who, by: &request.by, reason: &request.reason, now: now() };
    for Erasure { program, files, mails, runs } in app::erase(&at, &programs, &erasing).await? {
        print(&format!(
            "{program}: erased. Facts: {} rewritten; mails: {mails} removed; records of runs: {runs} redacted",
            counted(files, "file", "files")
        ))?;
    }
    print(&format!(
        "Keep a copy of {}, apart from the backups: without it nothing is fetched any more.",
        key_file(&at.data).display()
    ))?;
    print(ELSEWHERE)
}
