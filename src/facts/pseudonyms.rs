//! People who were erased at their request, and the pseudonyms that stand for them in kept facts.
//!
//! A creator's name is removed. Emails and customer ids are compared by the rules (a lock, a first order, a self-purchase), so
//! each is replaced by a pseudonym, the same every time: what was equal stays equal, and the rules give the same result. The
//! pseudonym is a keyed hash. Without the key, which lies apart from the database, nobody can try a list of emails on it.

use std::collections::BTreeSet;

use anyhow::{Context, Result, ensure};
use polars::prelude::{Column, DataFrame, NamedFrom, Series};

use super::folding::{addresses, fold};
use super::text_column::Texts;
use crate::program::Table;

/// How every pseudonym begins. No email begins so: it holds no `@`.
const PSEUDONYM: &str = "erased:";

/// Whether a text stands for an email or a customer id that was erased.
pub fn is_pseudonym(text: &str) -> bool {
    text.starts_with(PSEUDONYM)
}

/// What is replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Identity {
    /// An email of a buyer or a creator. Capitals and surrounding space make no difference.
    Email,
    /// A customer's id.
    Customer,
}

/// The secret of all pseudonyms of a data folder.
#[derive(Clone)]
pub struct Key([u8; 32]);

impl Key {
    /// Of 32 random bytes.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Reads what [`Key::text`] wrote.
    ///
    /// # Errors
    ///
    /// When it is something else.
    pub fn parse(text: &str) -> Result<Self> {
        let hash = blake3::Hash::from_hex(text.trim()).ok().context("a key is 64 hexadecimal digits")?;
        Ok(Self(*hash.as_bytes()))
    }

    /// The key as it is kept: 64 hexadecimal digits.
    pub fn text(&self) -> String {
        blake3::Hash::from_bytes(self.0).to_hex().to_string()
    }

    /// What tells this key from another, and nothing else about it.
    pub fn fingerprint(&self) -> String {
        blake3::keyed_hash(&self.0, b"the fingerprint of this key").to_hex()[..16].to_owned()
    }

    /// What stands for an email or a customer id.
    pub fn pseudonym(&self, what: Identity, value: &str) -> String {
        match what {
            Identity::Email => self.hash(b"email\0", &fold(value)),
            Identity::Customer => self.hash(b"customer\0", value),
        }
    }

    /// What stood for an email before emails were compared by case folding, where that was something else: somebody may have
    /// been erased then.
    fn earlier(&self, what: Identity, value: &str) -> Option<String> {
        let lower = value.trim().to_lowercase();
        (what == Identity::Email && lower != fold(value)).then(|| self.hash(b"email\0", &lower))
    }

    fn hash(&self, kind: &[u8], value: &str) -> String {
        let mut hasher = blake3::Hasher::new_keyed(&self.0);
        hasher.update(kind).update(value.as_bytes());
        format!("{PSEUDONYM}{}", &hasher.finalize().to_hex()[..32])
    }
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key(…)")
    }
}

/// The people whom a program's kept facts must not name.
#[derive(Debug, Clone, Default)]
pub struct Erased(Option<People>);

#[derive(Debug, Clone)]
struct People {
    key: Key,
    creators: BTreeSet<String>,
    pseudonyms: BTreeSet<String>,
    mark: String,
}

impl Erased {
    /// These creators, by id, and the emails and customer ids that have these pseudonyms.
    pub fn new(key: Key, creators: BTreeSet<String>, pseudonyms: BTreeSet<String>) -> Self {
        let mut hasher = blake3::Hasher::new();
        for (kind, subjects) in [("creator", &creators), ("pseudonym", &pseudonyms)] {
            for subject in subjects {
                hasher.update(kind.as_bytes()).update(b"\0").update(subject.as_bytes()).update(b"\0");
            }
        }
        let mark = hasher.finalize().to_hex()[..16].to_owned();
        Self(Some(People { key, creators, pseudonyms, mark }))
    }

    /// The same, and every email that one of these creators has by now: `[creator's id, email]` of all creators.
    pub(super) fn with_emails(&self, emails: &[[String; 2]]) -> Self {
        let Some(People { key, creators, pseudonyms, .. }) = &self.0 else { return Self::default() };
        let theirs = emails.iter().filter(|[id, _]| creators.contains(id)).flat_map(|[_, emails]| addresses(emails));
        let new = theirs.filter(|email| !is_pseudonym(email)).map(|email| key.pseudonym(Identity::Email, email));
        Self::new(key.clone(), creators.clone(), pseudonyms.iter().cloned().chain(new).collect())
    }

    /// Stands for everybody whom a copy of this table must not name: empty where nobody is erased, or the table names nobody.
    pub fn mark(&self, table: Table) -> &str {
        match &self.0 {
            Some(people) if Self::TABLES.contains(&table) => &people.mark,
            _ => "",
        }
    }

    /// The tables that name people.
    pub const TABLES: [Table; 2] = [Table::Creators, Table::Orders];

    /// The rows of a table, all columns text, without the people who were erased.
    pub(super) fn redact(&self, table: Table, mut rows: DataFrame) -> Result<DataFrame> {
        let Some(people) = self.0.as_ref().filter(|_| !self.mark(table).is_empty()) else { return Ok(rows) };
        rows.rechunk_mut();
        let height = rows.height();
        let column = |name: &str| rows.column(name).ok().map(Texts::of).transpose();
        let mut redacted: Vec<(&str, Vec<String>)> = Vec::new();
        if table == Table::Orders {
            for (name, what) in [("customer_id", Identity::Customer), ("customer_email", Identity::Email)] {
                if let Some(texts) = column(name)? {
                    redacted.push((name, texts.iter().map(|text| people.without(what, text)).collect()));
                }
            }
        } else if let Some(ids) = column("creator_id")? {
            let is_erased: Vec<bool> = ids.iter().map(|id| people.creators.contains(id)).collect();
            if let Some(names) = column("name")? {
                let kept = |(name, erased): (&str, &bool)| if *erased { String::new() } else { name.to_owned() };
                redacted.push(("name", names.iter().zip(&is_erased).map(kept).collect()));
            }
            if let Some(emails) = column("email")? {
                let kept = |(email, erased): (&str, &bool)| people.email_of_creator(email, *erased);
                redacted.push(("email", emails.iter().zip(&is_erased).map(kept).collect()));
            }
        }
        let columns = rows.columns().iter().map(|old| match redacted.iter_mut().find(|(name, _)| *name == old.name().as_str()) {
            Some((_, values)) => Column::from(Series::new(old.name().clone(), std::mem::take(values))),
            None => old.clone(),
        });
        let columns: Vec<Column> = columns.collect();
        ensure!(columns.iter().all(|column| column.len() == height), "a column of {table} has another length than the others");
        Ok(DataFrame::new(height, columns)?)
    }
}

impl People {
    fn without(&self, what: Identity, text: &str) -> String {
        if text.trim().is_empty() || is_pseudonym(text) {
            return text.to_owned();
        }
        let known = |pseudonym: &String| self.pseudonyms.contains(pseudonym);
        let pseudonym = Some(self.key.pseudonym(what, text)).filter(known);
        pseudonym.or_else(|| self.key.earlier(what, text).filter(known)).unwrap_or_else(|| text.to_owned())
    }

    /// An email of an erased creator that is not known by its pseudonym, in a copy that is made of an older one: it goes.
    fn email_of_creator(&self, emails: &str, is_erased: bool) -> String {
        let without = addresses(emails).map(|email| self.without(Identity::Email, email));
        without.filter(|email| !is_erased || is_pseudonym(email)).collect::<Vec<_>>().join("|")
    }
}
