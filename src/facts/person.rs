//! What kept facts say of one person, looked up before the person is erased.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::Result;

use super::as_text::as_text;
use super::folding::{addresses, fold};
use super::manifest::Manifest;
use super::pseudonyms::is_pseudonym;
use super::scan::read;
use super::text_column::Texts;
use crate::program::Table;

/// What a person is called, as the sources write it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Person {
    /// Whether any row was theirs, even one that no longer names them.
    pub is_known: bool,
    /// Names of a creator.
    pub names: BTreeSet<String>,
    /// Emails.
    pub emails: BTreeSet<String>,
    /// Ids of a customer.
    pub customers: BTreeSet<String>,
}

impl Person {
    /// Everything that must not be found afterwards.
    pub fn words(&self) -> impl Iterator<Item = &str> {
        self.names.iter().chain(&self.emails).chain(&self.customers).map(String::as_str)
    }
}

/// A creator, as any of these lists of facts has or had it.
///
/// # Errors
///
/// When a kept file is missing or cannot be read.
pub fn find_creator(manifests: &[Manifest], data: &Path, creator_id: &str) -> Result<Person> {
    let mut person = Person::default();
    each_row(manifests, data, Table::Creators, &["creator_id", "name", "email"], |row| {
        if row[0] == creator_id {
            person.is_known = true;
            note(&mut person.names, row[1]);
            addresses(row[2]).for_each(|email| note(&mut person.emails, email));
        }
    })?;
    Ok(person)
}

/// A customer by id or email, as any of these lists of facts has or had it.
///
/// # Errors
///
/// When a kept file is missing or cannot be read.
pub fn find_customer(manifests: &[Manifest], data: &Path, id: &str) -> Result<Person> {
    let (mut person, email) = (Person::default(), fold(id));
    each_row(manifests, data, Table::Orders, &["customer_id", "customer_email"], |row| {
        let is_email = !email.is_empty() && fold(row[1]) == email;
        if row[0] == id || is_email {
            person.is_known = true;
            note(&mut person.customers, row[0]);
            note(&mut person.emails, row[1]);
        }
    })?;
    // Who was found by an email may have ordered under another one.
    each_row(manifests, data, Table::Orders, &["customer_id", "customer_email"], |row| {
        if person.customers.contains(row[0]) {
            note(&mut person.emails, row[1]);
        }
    })?;
    Ok(person)
}

/// Another creator than this one who has one of these emails.
///
/// # Errors
///
/// When a kept file is missing or cannot be read.
pub fn creator_with_email(
    manifests: &[Manifest],
    data: &Path,
    emails: &BTreeSet<String>,
    besides: &str,
) -> Result<Option<String>> {
    let folded: BTreeSet<String> = emails.iter().map(|email| fold(email)).collect();
    let mut found = None;
    each_row(manifests, data, Table::Creators, &["creator_id", "email"], |row| {
        if row[0] != besides && addresses(row[1]).any(|email| folded.contains(&fold(email))) {
            found.get_or_insert_with(|| row[0].to_owned());
        }
    })?;
    Ok(found)
}

fn note(values: &mut BTreeSet<String>, value: &str) {
    if !value.trim().is_empty() && !is_pseudonym(value) {
        values.insert(value.to_owned());
    }
}

/// Shows these columns of every row of a table's kept files, each file once. Copies that lack others, which are required since, will do.
pub(super) fn each_row(
    manifests: &[Manifest],
    data: &Path,
    table: Table,
    columns: &[&str],
    mut show: impl FnMut(&[&str]),
) -> Result<()> {
    let mut seen: BTreeSet<PathBuf> = BTreeSet::new();
    for file in manifests.iter().flat_map(|manifest| manifest.files(table)) {
        if !seen.insert(file.path(data, table)) {
            continue;
        }
        let mut rows = as_text(&file.source, read(file, data, table, columns)?)?;
        rows.rechunk_mut();
        let texts = rows.columns().iter().map(Texts::of).collect::<Result<Vec<_>>>()?;
        for row in 0..rows.height() {
            show(&texts.iter().map(|column| column.get(row)).collect::<Vec<_>>());
        }
    }
    Ok(())
}
