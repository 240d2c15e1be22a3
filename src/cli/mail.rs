//! `purser mail`: how far messages have come, and what people do about them.

use std::io::Write;

use anyhow::{Result, bail};

use super::args::Places;
use super::args_mail::{Mail, MailCommand};
use super::context::{now, open};
use super::format::Format;
use super::output::Output;
use super::show::{Sheet, print};
use crate::app::{LetterState, Letters, Retried, Retry, mail_retry, mail_status, test_mail};
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
        MailCommand::Preview { creator_id, month, as_of, to, out } => {
            let (at, program) = open(places).await?;
            let as_of = as_of.unwrap_or_else(now);
            let mail = test_mail(&at, &program, creator_id, (*month, as_of), to.as_deref()).await?;
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
