//! What operator alerts say about files of banks' answers.

use super::alert::{Alert, AlertKind};
use crate::calendar::{format_local_time, format_time};
use crate::program::Program;
use crate::vocabulary::counted;

/// What stands in place of a job: such an alert lasts as long as its file, whatever becomes of the run.
pub const BANK_FILES: &str = "files of banks";

/// How many answers an alert names.
const NAMED: usize = 20;

/// A file of a bank's answers in the folder of a program.
#[derive(Debug, Clone, Copy)]
pub struct BankFile<'a> {
    /// The program.
    pub program: &'a Program,
    /// Its name in the folder.
    pub name: &'a str,
    /// The hash of what it holds.
    pub digest: &'a str,
    /// When it was found (microseconds since 1970).
    pub at: i64,
}

impl BankFile<'_> {
    /// It could not be imported.
    pub fn not_imported(self, error: &anyhow::Error) -> Alert {
        let Self { program, name, .. } = self;
        self.alert(
            AlertKind::Failed,
            format!("a bank's answer could not be imported: {name}"),
            format!("{error:#}"),
            "What the file says of payments is not booked: they stay as they are. Nobody is paid twice.".to_owned(),
            format!(
                "Look at the file {name}. Each run of the step answers tries it again. If it is damaged, put it into the folder anew; if it is no answer of a bank, \
                 take it out. To see what becomes of it at once: `purser batch import {name} --program {} --by NAME`. This alert ends when the file \
                 is imported, or gone.",
                program.id
            ),
        )
    }

    /// It was imported, but says what somebody has to look at.
    pub fn to_look_at(self, problems: &[String]) -> Alert {
        let Self { program, name, .. } = self;
        let more = problems.len().saturating_sub(NAMED);
        let more = if more > 0 { format!("\n- and {}", counted(more, "other", "others")) } else { String::new() };
        let shown = problems.iter().take(NAMED).map(String::as_str).collect::<Vec<_>>().join("\n- ");
        self.alert(
            AlertKind::Unusual,
            format!("a bank's answer needs a look: {name}"),
            format!("The file was imported, but nothing follows from these answers in it:\n- {shown}{more}"),
            "Everything else that the file says is booked.".to_owned(),
            format!(
                "Compare them with the batches (`purser batch show BATCH_ID --program {}`), and with what the bank says. Then take the file out of the folder: that ends \
                 this alert.",
                program.id
            ),
        )
    }

    fn alert(self, kind: AlertKind, headline: String, what: String, money: String, to_do: String) -> Alert {
        let Self { program, digest, at, .. } = self;
        Alert {
            kind,
            program: program.id.clone(),
            job: BANK_FILES.to_owned(),
            mark: digest.to_owned(),
            headline: format!("{}: {headline}", program.id),
            what,
            since: format!("It was found at {} ({}).", format_local_time(program.time_zone, at), format_time(at)),
            money,
            to_do,
        }
    }
}
