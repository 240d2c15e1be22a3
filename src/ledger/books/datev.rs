//! A posting batch in DATEV's format (EXTF, header 700, format 13): semicolons, Windows-1252, decimal commas, lines that end in CR LF.
//! A row moves one amount from `Gegenkonto` to `Konto`, without a tax key.

use std::io::Write;

use anyhow::{Context, Result, ensure};

use super::day_entry::{DayEntry, Journal};
use super::days::date;
use crate::calendar::{Month, format_time};
use crate::error::Invalid;
use crate::money::format_minor;
use crate::program::Datev;

/// The columns before, between and after those that are numbered.
const BEGIN: &str = "Umsatz (ohne Soll/Haben-Kz);Soll/Haben-Kennzeichen;WKZ Umsatz;Kurs;Basis-Umsatz;WKZ Basis-Umsatz;Konto;Gegenkonto \
                     (ohne BU-Schlüssel);BU-Schlüssel;Belegdatum;Belegfeld 1;Belegfeld 2;Skonto;Buchungstext;Postensperre;Diverse \
                     Adressnummer;Geschäftspartnerbank;Sachverhalt;Zinssperre;Beleglink";
const MIDDLE: &str = "KOST1 - Kostenstelle;KOST2 - Kostenstelle;Kost-Menge;EU-Land u. UStID (Bestimmung);EU-Steuersatz (Bestimmung);Abw. \
                      Versteuerungsart;Sachverhalt L+L;Funktionsergänzung L+L;BU 49 Hauptfunktionstyp;BU 49 Hauptfunktionsnummer;BU 49 \
                      Funktionsergänzung";
const END: &str = "Stück;Gewicht;Zahlweise;Forderungsart;Veranlagungsjahr;Zugeordnete Fälligkeit;Skontotyp;Auftragsnummer;Buchungstyp;\
                   USt-Schlüssel (Anzahlungen);EU-Land (Anzahlungen);Sachverhalt L+L (Anzahlungen);EU-Steuersatz (Anzahlungen);\
                   Erlöskonto (Anzahlungen);Herkunft-Kz;Buchungs GUID;KOST-Datum;SEPA-Mandatsreferenz;Skontosperre;Gesellschaftername;\
                   Beteiligtennummer;Identifikationsnummer;Zeichnernummer;Postensperre bis;Bezeichnung SoBil-Sachverhalt;Kennzeichen \
                   SoBil-Buchung;Festschreibung;Leistungsdatum;Datum Zuord. Steuerperiode;Fälligkeit;Generalumkehr (GU);Steuersatz;Land;\
                   Abrechnungsreferenz;BVV-Position;EU-Land u. UStID (Ursprung);EU-Steuersatz (Ursprung);Abw. Skontokonto";

/// How many columns a row has.
const COLUMNS: usize = 125;

/// Columns of texts, from 1, which stand in quotes also where they are empty.
fn is_text(column: usize) -> bool {
    const OTHERS: [usize; 28] =
        [2, 3, 6, 9, 11, 12, 14, 16, 20, 37, 38, 40, 42, 91, 95, 96, 98, 102, 103, 105, 107, 109, 110, 112, 118, 120, 121, 123];
    OTHERS.contains(&column) || (21..=36).contains(&column) || (48..=87).contains(&column)
}

pub(super) fn write(journal: &Journal<'_>, mut out: impl Write) -> Result<()> {
    let (program, id) = (journal.program, &journal.program.id);
    let datev = program.books.datev.with_context(|| {
        Invalid(format!("{id}: the program file does not say whose books DATEV keeps: give [books.datev]; nothing was written"))
    })?;
    ensure!(
        program.currency.exponent() != 3,
        Invalid(format!("{id}: DATEV takes amounts of two decimals, and {} has three; nothing was written", program.currency))
    );
    out.write_all(&windows_1252(&header(journal, datev)?))?;
    out.write_all(&windows_1252(&columns()))?;
    for entry in &journal.entries {
        for (debit, credit, amount) in &entry.moves {
            let row = row(journal, datev, entry, (debit, credit, *amount))?;
            out.write_all(&windows_1252(&row))?;
        }
    }
    Ok(out.flush()?)
}

/// The first line. It was made when the month was closed, so that a repeat is the same file.
fn header(journal: &Journal<'_>, datev: Datev) -> Result<String> {
    let (program, month) = (journal.program, journal.month);
    let made: String = format_time(journal.closing.closed_at)
        .chars()
        .filter(char::is_ascii_digit)
        .chain(std::iter::repeat('0'))
        .take(17)
        .collect();
    let day = |day: i32| date(day).map(|date| date.format("%Y%m%d").to_string());
    let since = (i64::from(month.number()) - (datev.fiscal_year - 1)).rem_euclid(12);
    let begins = Month::from_number(i64::from(month.number()) - since)?;
    Ok(format!(
        "\"EXTF\";700;21;\"Buchungsstapel\";13;{made};;\"RE\";\"\";\"\";{};{};{};{};{};{};\"Creators {}\";\"\";1;0;0;\"{}\";;\"\";;;\"\";;;\"\";\"\"\r\n",
        datev.consultant,
        datev.client,
        day(begins.first_day())?,
        datev.digits,
        day(month.first_day())?,
        day(month.last_day())?,
        month.label(),
        program.currency.code()
    ))
}

fn columns() -> String {
    let named = |what: &str, count: usize| -> String {
        // The second of a pair is spelled without a space before its dash where it is further information.
        let dash = if what == "Beleginfo" { " - " } else { "- " };
        (1..=count).map(|number| format!("{what} - Art {number};{what}{dash}Inhalt {number};")).collect()
    };
    format!("{BEGIN};{}{MIDDLE};{}{END}\r\n", named("Beleginfo", 8), named("Zusatzinformation", 20))
}

fn row(journal: &Journal<'_>, datev: Datev, entry: &DayEntry<'_>, (debit, credit, amount): (&str, &str, i64)) -> Result<String> {
    let (program, id) = (journal.program, &journal.program.id);
    for account in [debit, credit] {
        // Those of customers and suppliers have one digit more.
        let most = usize::try_from(datev.digits)? + 1;
        ensure!(
            account.len() <= most && account.bytes().all(|byte| byte.is_ascii_digit()),
            Invalid(format!(
                "{id}: DATEV's accounts are numbers of up to {most} digits, and [books.accounts] has \"{account}\"; nothing was written"
            ))
        );
    }
    let decimals = if program.currency.exponent() == 0 { ",00" } else { "" };
    let amount = format_minor(amount, program.currency.exponent()).replace('.', ",") + decimals;
    ensure!(
        amount.len() <= 13,
        Invalid(format!("{id}: DATEV takes amounts of up to ten digits, and {} has {amount}; nothing was written", entry.number))
    );
    let mut cells: Vec<String> =
        (1..=COLUMNS).map(|column| if is_text(column) { "\"\"".to_owned() } else { String::new() }).collect();
    let text: String = entry.text.chars().map(|c| if c == '"' || c.is_control() { ' ' } else { c }).take(60).collect();
    for (column, cell) in [
        (1, amount),
        (2, "\"S\"".to_owned()),
        (3, format!("\"{}\"", program.currency.code())),
        (7, debit.to_owned()),
        (8, credit.to_owned()),
        (10, entry.day.format("%d%m").to_string()),
        (11, format!("\"{}\"", entry.number)),
        (14, format!("\"{text}\"")),
    ] {
        cells[column - 1] = cell;
    }
    Ok(cells.join(";") + "\r\n")
}

/// What Windows-1252 has no letter for becomes a question mark: only a program's id can hold such.
fn windows_1252(text: &str) -> Vec<u8> {
    let byte = |c: char| match u32::from(c) {
        code @ (0..=0x7f | 0xa0..=0xff) => u8::try_from(code).unwrap_or(b'?'),
        0x20ac => 0x80,
        _ => b'?',
    };
    text.chars().map(byte).collect()
}
