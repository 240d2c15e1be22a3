//! The mails about what happened, at the end of a run: decided from the journal, facts, terms and payees, put into the outbox, and sent.

use std::collections::BTreeMap;

use anyhow::{Context, Result};

use super::bounces::{read_before_sending, tell_of_bounces};
use super::environment::Environment;
use super::report::{Exceptions, NoticesReport};
use super::session::Session;
use super::statements::masked_accounts;
use super::todays_payees::todays_payees;
use crate::calendar::day_of;
use crate::facts::{Manifest, blocking, find_rows, latest_manifest, load_creators, load_edited, load_owners};
use crate::outbox::{Channel, Delivery, NewLetter, put, state_of};
use crate::posting::last_basis;
use crate::program::{Program, Table};
use crate::statement::{
    Addressees, Disputed, Notice, Owned, Postage, Reader, Seen, TiersReached, are_noticed, count_letters, happened,
    known_details, notice_message,
};
use crate::store::Tx;
use crate::vocabulary::Event;

/// Of each creator who is paid somewhere, a fingerprint of the details, and the account, masked.
type Details = BTreeMap<String, (String, String)>;

/// Tells creators what happened since the last run, of the events that the program file names; none where it names none. What was
/// before an event was switched on is told to nobody.
pub(super) async fn notices(session: &Session<'_>) -> Result<Option<NoticesReport>> {
    let Session { at, program, options, .. } = *session;
    // Older facts than the last ones would look as if something had changed.
    if options.dry_run || options.facts_of_run.is_some() {
        return Ok(None);
    }
    let is_on = !program.mailing.notices.is_empty();
    if !is_on && !are_noticed(&mut at.store.snapshot().await?, &program.id).await? {
        return Ok(None);
    }
    let Some(manifest) = latest_manifest(&at.store, &program.id).await? else { return Ok(None) };
    let mut report = NoticesReport::default();
    let mut unmailed = Vec::new();
    let read = Read::of(at, program, manifest, options.as_of).await?;
    let details = details(at, program, &mut report).await?;
    let seen = Seen {
        program: &read.program,
        as_of: options.as_of,
        addressees: &read.addressees,
        owned: &read.owned,
        disputes: &read.disputes,
        tiers: &read.tiers,
        details: details.as_ref(),
    };
    let accounts = masked_accounts(at, program).await.unwrap_or_default();
    let mut tx = session.begin().await?;
    for notice in happened(&mut tx, &seen).await? {
        let written = write(&mut tx, session, &seen, &notice, &accounts).await;
        let key = notice.key(&program.id);
        match written.with_context(|| format!("the mail {key} cannot be written; none of this run was"))? {
            Written::Now => *report.written.entry(notice.about.event().code().to_owned()).or_default() += 1,
            Written::Before => {}
            Written::NoAddress => unmailed.push((key, "has no email address that can be mailed".to_owned())),
        }
    }
    session.commit(tx, "the mails about what happened").await?;
    report.unmailed = Exceptions::by_kind(unmailed);
    if is_on {
        send(at, program, &mut report).await?;
    }
    Ok(Some(report))
}

/// What became of the mail of a notice.
enum Written {
    Now,
    Before,
    NoAddress,
}

/// Puts the mail of a notice into the outbox, unless it is there.
async fn write(
    tx: &mut Tx,
    session: &Session<'_>,
    seen: &Seen<'_>,
    notice: &Notice,
    accounts: &BTreeMap<String, String>,
) -> Result<Written> {
    let Session { at, program, options, .. } = *session;
    let (creator_id, key, event) = (notice.creator_id.as_str(), notice.key(&program.id), notice.about.event());
    if state_of(tx, &program.id, &key).await?.is_some() {
        return Ok(Written::Before);
    }
    let address = seen.addressees.email(creator_id, options.as_of);
    let Some((email, to)) = address.and_then(|email| Some((email, email.parse().ok()?))) else {
        return Ok(Written::NoAddress);
    };
    let name = seen.addressees.name(creator_id, options.as_of);
    let reader = Reader {
        name: &name,
        account: accounts.get(creator_id).map(String::as_str),
        ..Reader::of(&program.mailing).in_locale(seen.addressees.locale(creator_id, options.as_of))
    };
    let postage = Postage { to, sender: &at.post.sender, signer: at.post.signer.as_ref(), is_test: false };
    let message = notice_message(seen.program, notice, &reader, &postage, options.as_of)?;
    let sender = postage.sender(&program.mailing).email.to_string();
    let letter = NewLetter { channel: Channel::Statement, key, sender, recipient: email.to_owned(), message };
    put(tx, &program.id, &letter, options.as_of).await?;
    count_letters(tx, &program.id, event, 1).await?;
    Ok(Written::Now)
}

async fn send(at: &Environment, program: &Program, report: &mut NoticesReport) -> Result<()> {
    report.warnings.extend(read_before_sending(at, program).await?);
    let delivery = at.post.deliver(&at.store, &at.data, &program.id, Channel::Statement).await;
    let Delivery { sent, failed, waiting, unknown, .. } =
        delivery.with_context(|| format!("{}: sending mails; those not sent wait for the next run", program.id))?;
    report.mailed = sent;
    report.failed = Exceptions::by_kind(failed);
    report.waiting = Exceptions::by_kind(waiting);
    report.unknown = Exceptions::by_kind(unknown);
    tell_of_bounces(at).await
}

/// The details by which creators are paid; none where no event is about them, or they cannot be read or compared now.
async fn details(at: &Environment, program: &Program, report: &mut NoticesReport) -> Result<Option<Details>> {
    if !program.mailing.notices.contains(&Event::DetailsChanged) {
        return Ok(None);
    }
    let payees = match todays_payees(at, program).await {
        Ok(Some(payees)) if !at.keyring.is_empty() => payees,
        Ok(payees) => {
            let why = if payees.is_none() { "the program names no payees" } else { "PURSER_KEY is not set" };
            report.warnings.push(format!("changed payment details are told to nobody, as {why}"));
            return Ok(None);
        }
        Err(error) => {
            report.warnings.push(format!("changed payment details are told later, as payees cannot be read: {error:#}"));
            return Ok(None);
        }
    };
    let known = known_details(&mut at.store.snapshot().await?, &program.id).await?;
    let mut details = Details::new();
    for (creator_id, payee) in payees.iter() {
        let signed = payee.signed(creator_id);
        // Under another key the same details have another fingerprint; one whose key is gone cannot be compared.
        let is_same = |kept: &&String| at.keyring.has_fingerprint(kept, &signed).unwrap_or(true);
        let fingerprint = match known.get(creator_id).filter(is_same) {
            Some(kept) => kept.clone(),
            None => at.keyring.fingerprint(&signed)?,
        };
        details.insert(creator_id.to_owned(), (fingerprint, payee.shown_way()));
    }
    Ok(Some(details))
}

/// What is read of kept facts.
struct Read {
    program: Program,
    addressees: Addressees,
    owned: Vec<Owned>,
    disputes: Vec<Disputed>,
    tiers: TiersReached,
}

impl Read {
    async fn of(at: &Environment, program: &Program, manifest: Manifest, as_of: i64) -> Result<Self> {
        let basis = last_basis(&at.store, program).await?;
        let (data, plain) = (at.data.clone(), program.clone());
        let read = move || {
            let on = |event| plain.mailing.notices.contains(&event);
            let program = load_edited(&manifest, &data)?.with_agreed_rates(&plain)?;
            let tiers = match &basis {
                Some(basis) if on(Event::TierReached) => {
                    TiersReached::read(&program, &basis.outcome, &data, day_of(program.time_zone, as_of))?
                }
                _ => TiersReached::default(),
            };
            Ok(Self {
                addressees: Addressees::new(load_creators(&manifest, &data)?),
                owned: if on(Event::CodeIssued) { owned(&manifest, &data, as_of)? } else { Vec::new() },
                disputes: match on(Event::DisputeOpened) || on(Event::DisputeClosed) {
                    true => disputes(&manifest, &data)?,
                    false => Vec::new(),
                },
                program,
                tiers,
            })
        };
        blocking(read).await.context("reading what there is to tell creators")
    }
}

/// The links and codes that belong to somebody now.
fn owned(manifest: &Manifest, data: &std::path::Path, as_of: i64) -> Result<Vec<Owned>> {
    let (links, codes) = load_owners(manifest, data)?;
    let of_links = links.into_iter().map(|owner| (owner, false));
    let all = of_links.chain(codes.into_iter().map(|owner| (owner, true)));
    let is_now =
        |owner: &crate::facts::Owner| owner.active_from <= as_of && as_of < owner.active_to && !owner.creator_id.is_empty();
    let owned = all.filter(|(owner, _)| is_now(owner)).map(|(owner, is_code)| Owned {
        // Codes are compared without case.
        key: if is_code { owner.key.to_uppercase() } else { owner.key },
        creator_id: owner.creator_id,
        is_code,
    });
    Ok(owned.collect())
}

fn disputes(manifest: &Manifest, data: &std::path::Path) -> Result<Vec<Disputed>> {
    let rows = find_rows(manifest, data, Table::Disputes, &["dispute_id", "order_id", "outcome"], |_| true)?;
    let disputed = rows.into_iter().filter_map(|row| {
        let [dispute_id, order_id, outcome] = <[String; 3]>::try_from(row.cells).ok()?;
        Some(Disputed { dispute_id, order_id, outcome })
    });
    Ok(disputed.collect())
}
