use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;

use super::payee::Payee;
use super::rail::Rail;
use crate::error::Invalid;
use crate::facts::read_plain;
use crate::money::{Currency, aba, bic, careful, digits, email, iban, is_in_sepa, masked, us_account};
use crate::program::Program;
use crate::sources::{Mistakes, SourceFile, local_files};

/// The columns that every row has, and those that it may have.
const COLUMNS: [&str; 5] = ["creator_id", "name", "rail", "account", "currency"];
const OPTIONAL: [&str; 4] = ["payee_id", "routing", "country", "account_type"];

/// Who is paid for each creator.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Payees(BTreeMap<String, Payee>);

impl Payees {
    /// The payee of each creator, by the creator's id.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Payee)> {
        self.0.iter().map(|(creator_id, payee)| (creator_id.as_str(), payee))
    }

    /// Where to pay a creator; none where nobody said.
    pub fn of(&self, creator_id: &str) -> Option<&Payee> {
        self.0.get(creator_id)
    }

    /// How many creators have details.
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// The same without creators who were erased: a source may still name them.
    pub fn without(mut self, erased: &BTreeSet<String>) -> Self {
        self.0.retain(|creator_id, _| !erased.contains(creator_id));
        self
    }
}

/// A row that was read, and where.
struct Found {
    payee: Payee,
    place: String,
}

/// What was read so far.
#[derive(Default)]
struct Reader {
    by_creator: BTreeMap<String, Found>,
    /// The first row of each payee.
    by_payee: BTreeMap<String, Found>,
    mistakes: Mistakes,
}

/// Reads whom and where to pay from the source that the program file names; none where it names none. Nothing is kept of it.
///
/// # Errors
///
/// When a file is not there. Everything that is wrong, with file, row and column; accounts are masked in it.
pub fn read_payees(program: &Program) -> Result<Option<Payees>> {
    let Some(source) = &program.payees else { return Ok(None) };
    let mut reader = Reader::default();
    for file in local_files(source)? {
        read_plain(&file, &COLUMNS, &OPTIONAL, |row, values| {
            reader.row(&file, row, values);
            Ok(())
        })?;
    }
    if !reader.mistakes.is_empty() {
        return Err(Invalid(format!("the details of payees cannot be used:\n{}", reader.mistakes)).into());
    }
    Ok(Some(Payees(reader.by_creator.into_iter().map(|(creator_id, found)| (creator_id, found.payee)).collect())))
}

impl Reader {
    fn row(&mut self, file: &SourceFile, row: usize, values: &[&str]) {
        let place = format!("{} row {row}", file.shown);
        let wrongs = std::cell::RefCell::new(Vec::new());
        let wrong = |column: &str, value: &str, why: &str| {
            let shown = if column == "account" { masked(value) } else { careful(value) };
            wrongs.borrow_mut().push(format!("{place}, {column}: \"{shown}\" {why}"));
        };
        let payee = payee(values, &wrong);
        for text in wrongs.into_inner() {
            self.mistakes.add(row, || text);
        }
        let Some((creator_id, payee)) = payee else { return };
        let found = || Found { payee: payee.clone(), place: place.clone() };
        // An agency stands in several rows, and is the same in all.
        let first = self.by_payee.entry(payee.payee_id.clone()).or_insert_with(found);
        if first.payee != payee {
            let (id, other) = (careful(&payee.payee_id), &first.place);
            self.mistakes
                .add(row, || format!("{place}, payee_id: \"{id}\" has other details in {other}; one payee has one account"));
        }
        let first = self.by_creator.entry(creator_id.clone()).or_insert_with(found);
        if first.payee != payee {
            let (id, other) = (careful(&creator_id), &first.place);
            self.mistakes
                .add(row, || format!("{place}, creator_id: \"{id}\" is paid elsewhere in {other}; a creator has one payee"));
        }
    }
}

/// What a row says; none where it is wrong. `wrong` notes column, value and why.
fn payee(values: &[&str], wrong: &impl Fn(&str, &str, &str)) -> Option<(String, Payee)> {
    let &[creator_id, name, rail, account, currency, payee_id, routing, country, account_type] = values else { return None };
    let checked = |column: &str, value: &str, read: Result<String, String>| match read {
        Ok(text) => Some(text),
        Err(why) => {
            wrong(column, value, &why);
            None
        }
    };
    if creator_id.is_empty() {
        wrong("creator_id", creator_id, "is empty; each row says for which creator it is");
    }
    let Some(rail) = Rail::parse(rail.trim()) else {
        let known: Vec<&str> = Rail::ALL.iter().map(|rail| rail.code()).collect();
        wrong("rail", rail, &format!("is none of {}", known.join(", ")));
        return None;
    };
    let fitted = checked("name", name, rail.characters().fit(name, rail.name_length()).map(|_| name.trim().to_owned()));
    let money = checked("currency", currency, check_currency(rail, currency.trim()));
    let country = checked("country", country, check_country(country.trim()));
    let kind = checked("account_type", account_type, check_kind(account_type.trim()));
    let (account_read, routing_read) = numbers(rail, account, routing, currency.trim());
    let account = checked("account", account, account_read);
    let routing = checked("routing", routing, routing_read);
    let payee_id = if payee_id.is_empty() { creator_id } else { payee_id }.to_owned();
    let (name, account, routing) = (fitted?, account?, routing?);
    let payee =
        Payee { payee_id, name, rail, account, routing, currency: money?, country: country?, is_savings: kind? == "savings" };
    (!creator_id.is_empty()).then(|| (creator_id.to_owned(), payee))
}

/// The account and the bank, as the rail has them.
fn numbers(rail: Rail, account: &str, routing: &str, currency: &str) -> (Result<String, String>, Result<String, String>) {
    let no_bank = |why: &str| if routing.trim().is_empty() { Ok(String::new()) } else { Err(why.to_owned()) };
    let maybe_bic = || if routing.trim().is_empty() { Ok(String::new()) } else { bic(routing) };
    let british = || (digits(account, 8, "an account number"), digits(routing, 6, "a sort code"));
    match rail {
        Rail::Ach => (us_account(account), aba(routing)),
        Rail::Sepa => {
            let reachable = |iban: String| {
                if is_in_sepa(&iban) { Ok(iban) } else { Err("is of a country that SEPA does not reach".to_owned()) }
            };
            (iban(account).and_then(reachable), maybe_bic())
        }
        Rail::Bacs => british(),
        Rail::Wise if currency == "GBP" => british(),
        Rail::Wise => (iban(account), maybe_bic()),
        Rail::Paypal => (email(account), no_bank("is not empty, but PayPal takes the email alone")),
    }
}

fn check_currency(rail: Rail, code: &str) -> Result<String, String> {
    let known = Currency::parse(code).map_err(|_| "is no currency such as EUR".to_owned())?;
    match rail.currency() {
        Some(only) if only != code => Err(format!("is not what {rail} carries: {only}")),
        _ if rail == Rail::Wise && !matches!(code, "EUR" | "GBP") => {
            Err("cannot be written for Wise, which asks for more in other currencies than is kept here: EUR or GBP".to_owned())
        }
        _ => Ok(known.code().to_owned()),
    }
}

fn check_country(code: &str) -> Result<String, String> {
    let is_code = code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_uppercase());
    if code.is_empty() || is_code { Ok(code.to_owned()) } else { Err("is no country code such as DE".to_owned()) }
}

fn check_kind(text: &str) -> Result<String, String> {
    match text {
        "" | "checking" => Ok("checking".to_owned()),
        "savings" => Ok("savings".to_owned()),
        _ => Err("is neither checking nor savings".to_owned()),
    }
}
