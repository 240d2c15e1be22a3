//! ACH returns (addenda 99) and notifications of change (addenda 98).

use anyhow::{Result, bail};

use super::answer::{Answer, Answers, BankAmount, Outcome, Problem};
use crate::error::Invalid;
use crate::vocabulary::BankProblem;

pub(super) fn read(text: &str) -> Result<Answers> {
    let mut all = Answers::default();
    let mut entry: Option<(usize, &str)> = None;
    for (at, line) in text.lines().enumerate() {
        let (row, line) = (at + 1, line.trim_end_matches('\r'));
        if !line.is_ascii() || (line.len() != 94 && !line.is_empty()) {
            bail!(Invalid(format!("row {row}: an ACH record has 94 characters of ASCII, and this has {}", line.chars().count())));
        }
        match line.get(..1) {
            Some("6") => entry = Some((row, line)),
            Some("7") => {
                let Some((row, entry)) = entry.take() else { continue };
                let (id, code) = (entry[39..54].trim().to_owned(), line[3..6].to_owned());
                let place = format!("row {row}");
                match &line[1..3] {
                    "99" => {
                        let amount = &entry[29..39];
                        let amount = format!("{}.{}", amount[..8].trim_start_matches('0'), &amount[8..]);
                        let amount = if amount.starts_with('.') { format!("0{amount}") } else { amount };
                        let amount = Some(BankAmount { amount, currency: None });
                        all.answers.push(Answer {
                            payment_id: id,
                            outcome: Outcome::Failed(code),
                            amount,
                            fees: Vec::new(),
                            fees_included: false,
                            exchanged: None,
                            place,
                        });
                    }
                    "98" => {
                        let what = format!(
                            "the bank has other details for the payment {id} ({code}): correct the payee in their source within six banking days"
                        );
                        all.besides.push(Problem::new(BankProblem::OtherDetails, &id, &place, what));
                    }
                    _ => {}
                }
            }
            _ => {}
        }
    }
    Ok(all)
}
