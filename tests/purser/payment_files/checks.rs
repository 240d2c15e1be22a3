//! What a bank would hold against a payment file, beyond what independent checkers see. Written from the formats' rules, not from the
//! code that makes the files.

/// What is wrong with a file; nothing if it can be paid.
pub fn check(format: &str, text: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    match format {
        "pain001" => pain001(text, &mut wrong),
        "nacha" => nacha(text, &mut wrong),
        "bacs" => bacs(text, &mut wrong),
        other => panic!("{other} has no checks"),
    }
    wrong
}

fn demand(wrong: &mut Vec<String>, is_so: bool, what: &str) {
    if !is_so {
        wrong.push(what.to_owned());
    }
}

/// The texts of all elements of a name.
pub fn elements<'a>(text: &'a str, name: &str) -> Vec<&'a str> {
    let (begin, end) = (format!("<{name}"), format!("</{name}>"));
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find(&begin) {
        let tail = &rest[at + begin.len()..];
        if !tail.starts_with(['>', ' ']) {
            rest = tail;
            continue;
        }
        let (Some(open), Some(close)) = (tail.find('>'), tail.find(&end)) else { break };
        found.push(&tail[open + 1..close]);
        rest = &tail[close..];
    }
    found
}

/// An amount in cents; none unless it has two decimals.
fn cents(text: &str) -> Option<i64> {
    let (whole, decimals) = text.split_once('.')?;
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    (is_number(whole) && is_number(decimals) && decimals.len() == 2).then(|| format!("{whole}{decimals}").parse().ok())?
}

fn pain001(text: &str, wrong: &mut Vec<String>) {
    let amounts: Vec<Option<i64>> = elements(text, "InstdAmt").into_iter().map(cents).collect();
    demand(wrong, amounts.iter().all(|amount| amount.is_some_and(|amount| amount > 0)), "an amount has not two decimals");
    let sum: i64 = amounts.iter().flatten().sum();
    let sums = elements(text, "CtrlSum");
    demand(wrong, sums.len() == 2 && sums.iter().all(|shown| cents(shown) == Some(sum)), "a control sum is wrong");
    let counts = elements(text, "NbOfTxs");
    demand(wrong, counts.len() == 2 && counts.iter().all(|count| *count == amounts.len().to_string()), "a count is wrong");
    demand(wrong, text.matches("Ccy=\"EUR\"").count() == amounts.len(), "a payment is not in euros");
    let takes = |c: char| c.is_ascii_alphanumeric() || "/-?:().,'+ ".contains(c);
    let texts = ["Nm", "Ustrd", "EndToEndId", "MsgId", "PmtInfId"].map(|name| elements(text, name)).concat();
    demand(wrong, texts.iter().all(|text| text.chars().all(takes)), "a text holds characters that SEPA does not carry");
    let mut ids = elements(text, "EndToEndId");
    demand(wrong, ids.iter().all(|id| id.len() <= 35), "an id is too long");
    ids.sort_unstable();
    ids.dedup();
    demand(wrong, ids.len() == amounts.len(), "two payments have one id");
    demand(wrong, elements(text, "ChrgBr") == ["SLEV"], "the charges are not shared");
    demand(wrong, !text.contains("<AdrLine>"), "an address is not structured");
}

fn nacha(text: &str, wrong: &mut Vec<String>) {
    demand(wrong, text.is_ascii(), "it is not ASCII");
    let records: Vec<&str> = text.lines().filter(|record| record.len() == 94 && record.is_ascii()).collect();
    let of = |kind: char| records.iter().copied().filter(move |record| record.starts_with(kind));
    let (Some(header), Some(batch), Some(control)) = (of('1').next(), of('5').next(), of('8').next()) else {
        return demand(wrong, false, "a record is missing");
    };
    demand(wrong, &batch[1..4] == "220" && &control[1..4] == "220", "the service class is not that of credits");
    demand(wrong, matches!(&batch[50..53], "PPD" | "CCD"), "the entry class is none for payouts");
    demand(wrong, batch[87..94] == control[87..94] && &batch[87..94] == "0000001", "the batch number is wrong");
    demand(wrong, batch[40..50] == control[44..54], "the company's id is not the same in header and control");
    let bank = &batch[79..87];
    demand(wrong, control[79..87] == *bank, "the bank is not the same in header and control");
    let is_day = |text: &str| chrono::NaiveDate::parse_from_str(text, "%y%m%d").is_ok();
    demand(wrong, is_day(&header[23..29]) && is_day(&batch[69..75]), "a day is none");
    demand(wrong, !is_day(&batch[69..75]) || batch[69..75] > header[23..29], "it is to be paid before it was made");
    demand(wrong, &header[34..40] == "094101", "the header says another form");
    let mut before = 0;
    for entry in of('6') {
        demand(wrong, matches!(&entry[1..3], "22" | "32"), "a transaction code is not that of a credit");
        demand(wrong, entry[79..87] == *bank, "a trace number does not begin with the bank");
        let trace: u64 = entry[87..94].parse().unwrap_or(0);
        demand(wrong, trace > before, "trace numbers do not ascend");
        demand(wrong, entry[29..39].parse::<u64>().is_ok_and(|amount| amount > 0), "an amount is zero");
        demand(wrong, &entry[78..79] == "0", "an entry promises addenda");
        demand(wrong, !entry[54..76].trim().is_empty() && !entry[12..29].trim().is_empty(), "a name or account is missing");
        before = trace;
    }
}

fn bacs(text: &str, wrong: &mut Vec<String>) {
    let records: Vec<&str> = text.split_terminator("\r\n").collect();
    let takes = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || ".-/& ".contains(c);
    demand(wrong, records.iter().all(|record| record.chars().all(takes)), "a text holds characters that BACS does not carry");
    let labels: Vec<&str> = records.iter().filter(|record| record.len() == 80).map(|record| &record[..4]).collect();
    demand(
        wrong,
        labels == ["VOL1", "HDR1", "HDR2", "UHL1", "EOF1", "EOF2", "UTL1"],
        "a label is missing, misplaced or of another length",
    );
    let payments: Vec<&str> = records.iter().copied().filter(|record| record.len() == 100).collect();
    demand(wrong, labels.len() + payments.len() == records.len(), "a record is neither 80 nor 100 long");
    let amount = |record: &&str| record[35..46].parse::<u64>().unwrap_or(0);
    let of = |code: &'static str| payments.iter().copied().filter(move |record| &record[15..17] == code);
    let (paid, taken): (u64, u64) = (of("99").map(|r| amount(&r)).sum(), of("17").map(|r| amount(&r)).sum());
    demand(wrong, of("99").count() + of("17").count() == payments.len(), "a transaction code is unknown");
    demand(wrong, of("17").count() == 1 && paid == taken && paid > 0, "what is taken from the payer is not what is paid");
    for contra in of("17") {
        demand(wrong, contra[..14] == contra[17..31] && contra[64..82].trim_end() == "CONTRA", "the contra is not on the payer");
    }
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    for payment in &payments {
        demand(wrong, is_number(&payment[..15]) && is_number(&payment[17..31]), "an account is no number");
    }
    let Some(end) = records.iter().find(|record| record.starts_with("UTL1") && record.len() == 80) else { return };
    let totals = [&end[4..17], &end[17..30], &end[30..37], &end[37..44]].map(|text| text.parse::<u64>().unwrap_or(0));
    demand(wrong, totals == [taken, paid, 1, of("99").count() as u64], "the totals are wrong");
    let (Some(first), Some(last)) =
        (records.iter().find(|r| r.starts_with("HDR1")), records.iter().find(|r| r.starts_with("EOF1")))
    else {
        return;
    };
    demand(wrong, first.get(4..54) == last.get(4..54), "header and trailer name different files");
    let julian = |record: &str| chrono::NaiveDate::parse_from_str(record.get(5..10).unwrap_or(""), "%y%j").is_ok();
    let day = records.iter().find(|record| record.starts_with("UHL1"));
    demand(wrong, day.is_some_and(|record| julian(record)), "the day of processing is none");
}
