//! `purser mail`: how far messages have come, and what people do about them.

use std::io::Write;
use std::path::PathBuf;

use anyhow::{Result, bail};

use super::args::Places;
use super::args_mail::{Mail, MailCommand};
use super::context::{now, open};
use super::format::Format;
use super::output::Output;
use super::show::{Sheet, print};
use crate::app::{
    LetterState, Letters, NoticesReport, Previewed, Retried, Retry, Suppressed, lift_suppression, mail_retry, mail_status,
    read_bounces, suppressed_addresses, test_mail,
};
use crate::calendar::format_time;
use crate::error::Invalid;
use crate::vocabulary::counted;

pub(super) async fn mail(places: &Places, command: &Mail) -> Result<()> {
    match &command.command {
        MailCommand::Status { format } => status(places, *format).await,
        MailCommand::Retry { keys, unknown, failed, by } => {
            let which = match (keys.is_empty(), unknown, failed) {
                (false, false, false) => Retry::Keys(keys),
                (true, true, false) => Retry::All(LetterState::Unknown),
                (true, false, true) => Retry::All(LetterState::Failed),
                _ => bail!(Invalid(
                    "say which messages: their keys, or --unknown, or --failed; `purser mail status` lists them".to_owned()
                )),
            };
            retry(places, which, by).await
        }
        MailCommand::Bounces { path, by } => bounces(places, path.clone(), by).await,
        MailCommand::Suppressed { format } => {
            let (at, program) = open(places).await?;
            let suppressed = suppressed_addresses(&at, &program).await?;
            match *format {
                Format::Table if suppressed.is_empty() => print(&format!("{}: no address is suppressed", program.id)),
                format => addresses(&suppressed).print(format),
            }
        }
        MailCommand::Lift { address, reason, by } => {
            let (at, program) = open(places).await?;
            lift_suppression(&at, &program, address, by, reason).await?;
            print(&format!("{address} is emailed again; what was not sent: `purser mail retry`"))
        }
        MailCommand::Preview { creator_id, month, event, as_of, to, out } => {
            let (at, program) = open(places).await?;
            let as_of = as_of.unwrap_or_else(now);
            let which = event.map_or(Previewed::Statement(*month), Previewed::Notice);
            let mail = test_mail(&at, &program, creator_id, (which, as_of), to.as_deref()).await?;
            if let Some(to) = &mail.sent_to {
                return print(&format!("a test was sent to {to}; nothing was recorded"));
            }
            let mut file = Output::begin(out.as_deref())?;
            file.write_all(mail.message.as_bytes())?;
            file.finish()
        }
    }
}

async fn status(places: &Places, format: Format) -> Result<()> {
    let (at, program) = open(places).await?;
    let status = mail_status(&at, &program).await?;
    let rows = status.unsent.iter().map(|letter| {
        vec![
            letter.key.clone(),
            letter.channel.code().to_owned(),
            letter.state.code().to_owned(),
            letter.attempts.to_string(),
            format_time(letter.changed_at),
            letter.error.clone().unwrap_or_default(),
        ]
    });
    let sheet = Sheet {
        header: vec!["message", "channel", "state", "attempts", "since", "why"],
        figures: (3..4).collect(),
        rows: rows.collect(),
    };
    if format != Format::Table {
        return sheet.print(format);
    }
    let count = |letters: &Letters| {
        let messages = counted(letters.count, "message", "messages");
        format!("{messages} ({}) {}", letters.channel, letters.state)
    };
    let counts: Vec<String> = status.counts.iter().map(count).collect();
    print(&format!("{}: {}", program.id, if counts.is_empty() { "no messages".to_owned() } else { counts.join(", ") }))?;
    if !status.unsent.is_empty() {
        sheet.print(format)?;
    }
    if !status.suppressed.is_empty() {
        print("Suppressed addresses, to which nothing is emailed:")?;
        addresses(&status.suppressed).print(format)?;
    }
    Ok(())
}

/// The addresses that are suppressed, and why.
fn addresses(suppressed: &[Suppressed]) -> Sheet {
    let row = |of: &Suppressed| {
        vec![of.address.clone(), format_time(of.since), of.message_key.clone(), of.status.clone(), of.said.clone()]
    };
    Sheet {
        header: vec!["address", "since", "message", "status", "said"],
        figures: Vec::new(),
        rows: suppressed.iter().map(row).collect(),
    }
}

async fn bounces(places: &Places, path: Option<PathBuf>, by: &str) -> Result<()> {
    let (at, program) = open(places).await?;
    let returned = read_bounces(&at, &program, by, path).await?;
    let hard = returned.new.iter().filter(|bounce| bounce.is_hard()).count();
    let emails = |count: usize| counted(i64::try_from(count).unwrap_or(i64::MAX), "email", "emails");
    print(&format!("{} came back, {hard} of them for good; {} known already", emails(returned.new.len()), returned.known))?;
    for bounce in &returned.new {
        let what = if bounce.is_hard() { "suppressed" } else { "not suppressed" };
        print(&format!("  {}: {} {} ({what})", bounce.message_key, bounce.status, bounce.said))?;
    }
    if returned.others + returned.silent > 0 {
        let (others, silent) = (returned.others, returned.silent);
        print(&format!("  {others} about no email of {} whose text is kept; {silent} that report nothing", program.id))?;
    }
    for (name, why) in &returned.unreadable {
        print(&format!("  unreadable: {name}: {why}"))?;
    }
    Ok(())
}

async fn retry(places: &Places, which: Retry<'_>, by: &str) -> Result<()> {
    let (at, program) = open(places).await?;
    let Retried { keys, delivery } = mail_retry(&at, &program, by, which).await?;
    let messages = |count: usize| counted(i64::try_from(count).unwrap_or(i64::MAX), "message", "messages");
    print(&format!("{} to be sent again; {} sent now", messages(keys.len()), messages(delivery.sent)))?;
    for (heading, letters) in [("refused", &delivery.failed), ("waiting", &delivery.waiting), ("perhaps sent", &delivery.unknown)]
    {
        for (key, why) in letters {
            print(&format!("  {heading}: {key} ({why})"))?;
        }
    }
    Ok(())
}

/// What a run told creators, in lines.
pub(super) fn report(report: &NoticesReport) -> Vec<String> {
    let emails = |count: usize| counted(i64::try_from(count).unwrap_or(i64::MAX), "email", "emails");
    let mut text = Vec::new();
    if !report.written.is_empty() {
        let each: Vec<String> = report.written.iter().map(|(event, count)| format!("{count} {event}")).collect();
        let written: usize = report.written.values().sum();
        text.push(format!("  {} about what happened ({}); {} sent", emails(written), each.join(", "), emails(report.mailed)));
    }
    let problems = [
        ("refused", &report.failed),
        ("of which nobody knows whether they were sent (`purser mail status`)", &report.unknown),
        ("waiting for the next run", &report.waiting),
        ("with no email sent", &report.unmailed),
    ];
    text.extend(problems.into_iter().flat_map(|(heading, by_reason)| super::statement::problem(heading, by_reason)));
    text.extend(report.warnings.iter().map(|warning| format!("  note: {warning}")));
    text
}
