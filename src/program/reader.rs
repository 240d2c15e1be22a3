//! Reads TOML tables key by key, collecting mistakes instead of stopping at the first.

use std::cell::RefCell;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::keys::Key;
use super::{Mistake, Mistakes};

/// A value with the place it stands at.
pub(super) type Value<'a> = Spanned<DeValue<'a>>;

/// The keys of a section and of those within it, as their files declare them.
pub(super) type Keys = &'static [&'static [Key]];

/// What stands in the name of a section in place of any name.
const ANY: &str = "*";

/// The mistakes found so far in one text.
pub(super) struct Notebook<'a> {
    text: &'a str,
    found: RefCell<Vec<Mistake>>,
}

impl<'a> Notebook<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, found: RefCell::default() }
    }

    /// Notes a mistake at a place in the text.
    pub(super) fn note(&self, at: Range<usize>, message: impl Into<String>) {
        let before = &self.text.as_bytes()[..at.start.min(self.text.len())];
        let line = before.iter().filter(|b| **b == b'\n').count() + 1;
        self.found.borrow_mut().push(Mistake { line, message: message.into() });
    }

    pub(super) fn finish(self) -> Result<(), Mistakes> {
        let mut found = self.found.into_inner();
        found.sort_by_key(|m| m.line);
        if found.is_empty() { Ok(()) } else { Err(Mistakes(found)) }
    }
}

/// One table of the file, whose keys are those declared for its section.
pub(super) struct Section<'a> {
    pub(super) notes: &'a Notebook<'a>,
    table: &'a DeTable<'a>,
    pub(super) at: Range<usize>,
    name: &'static str,
    /// Its name in messages.
    shown: String,
    keys: Keys,
}

impl<'a> Section<'a> {
    /// Opens a table, noting every key that its section does not have. `keys` are its keys, and those of the sections within it.
    pub(super) fn open(notes: &'a Notebook<'a>, name: &'static str, keys: Keys, value: &'a Value<'a>) -> Option<Self> {
        Self::open_as(name.to_owned(), notes, name, keys, value)
    }

    fn open_as(shown: String, notes: &'a Notebook<'a>, name: &'static str, keys: Keys, value: &'a Value<'a>) -> Option<Self> {
        let Some(table) = value.get_ref().as_table() else {
            notes.note(value.span(), format!("`{shown}` must be a table, not {}", shown_type(value)));
            return None;
        };
        let all = || keys.iter().copied().flatten();
        let mut known: Vec<&str> = all().filter(|k| k.section == name).map(|k| k.name).collect();
        known.extend(all().filter_map(|k| k.section.strip_prefix(name)?.strip_prefix('.')?.split('.').next()));
        known.dedup();
        let has_free_names = known.contains(&ANY);
        known.retain(|known| *known != ANY);
        for (key, value) in table {
            let is_free = has_free_names && value.get_ref().is_table();
            if !is_free && !known.contains(&key.get_ref().as_ref()) {
                notes.note(key.span(), unknown_key(&format!("[{shown}]"), key.get_ref(), &known));
            }
        }
        Some(Self { notes, table, at: value.span(), name, shown, keys })
    }

    /// The value of a key, if it is there.
    pub(super) fn get(&self, key: &Key) -> Option<&'a Value<'a>> {
        debug_assert_eq!(key.section, self.name, "the key belongs to another section");
        lookup(self.table, key.name)
    }

    /// Opens those tables within this one that are there, by the names of their sections.
    pub(super) fn each_nested(&self, names: &[&'static str]) -> Vec<(&'static str, Self)> {
        let open = |name: &&'static str| {
            let key = name.strip_prefix(self.name)?.strip_prefix('.')?;
            Some((*name, self.open_nested(name, lookup(self.table, key)?)?))
        };
        names.iter().filter_map(open).collect()
    }

    /// Opens a table within this one.
    pub(super) fn open_nested(&self, name: &'static str, value: &'a Value<'a>) -> Option<Self> {
        Self::open(self.notes, name, self.keys, value)
    }

    /// The tables within this one, by their names, which are free where keys are declared for a section called `*` in this one.
    /// `name` is what that is called.
    pub(super) fn named(&self, name: &'static str) -> Vec<(String, Self)> {
        let tables = self.table.iter().filter(|(_, value)| value.get_ref().is_table());
        let open = |(key, value): (&toml::Spanned<std::borrow::Cow<'_, str>>, &'a Value<'a>)| {
            let shown = format!("{}.{}", self.shown, key.get_ref());
            Some((key.get_ref().to_string(), Self::open_as(shown, self.notes, name, self.keys, value)?))
        };
        tables.filter_map(open).collect()
    }

    /// The tables of a list within this one, `name` being what the list's section is called, `key` what it is called here.
    pub(super) fn list(&self, name: &'static str, key: &str) -> Vec<Self> {
        Self::all(self.notes, name, self.keys, lookup(self.table, key))
    }

    /// The tables of a list at the top of the file; none where it is not there.
    pub(super) fn all(notes: &'a Notebook<'a>, name: &'static str, keys: Keys, value: Option<&'a Value<'a>>) -> Vec<Self> {
        let Some(value) = value else { return Vec::new() };
        let Some(items) = value.get_ref().as_array() else {
            notes.note(value.span(), format!("write each of `{name}` as [[{name}]]"));
            return Vec::new();
        };
        items.iter().filter_map(|item| Self::open(notes, name, keys, item)).collect()
    }

    /// Reads a key with `read`, which says what is wrong with a value it refuses.
    pub(super) fn read<T>(&self, key: &Key, read: impl Fn(&str) -> Result<T, String>) -> Option<T> {
        let value = self.get(key)?;
        let text = match value.get_ref() {
            DeValue::String(text) => text.to_string(),
            DeValue::Integer(whole) if whole.radix() == 10 => whole.as_str().to_owned(),
            DeValue::Datetime(date) => date.to_string(),
            DeValue::Float(_) => {
                self.complain(value, key, "is a binary number here; write the decimal in quotes, such as \"12.5\"");
                return None;
            }
            _ => {
                self.complain(value, key, &format!("takes {}, not {}", key.takes, shown_type(value)));
                return None;
            }
        };
        read(&text).map_err(|why| self.complain(value, key, &format!("{why} (it says \"{text}\")"))).ok()
    }

    /// As [`Section::read`], for a key that must be there.
    pub(super) fn required<T>(&self, key: &Key, read: impl Fn(&str) -> Result<T, String>) -> Option<T> {
        if self.get(key).is_none() {
            self.missing(key);
        }
        self.read(key, read)
    }

    /// A key that is one of a few words.
    pub(super) fn choice<T: Copy>(&self, key: &Key, words: &[(&str, T)]) -> Option<T> {
        self.read(key, |text| one_of(text, words))
    }

    /// A key that is `true` or `false`.
    pub(super) fn flag(&self, key: &Key) -> Option<bool> {
        let value = self.get(key)?;
        if value.get_ref().as_bool().is_none() {
            self.complain(value, key, &format!("takes true or false, not {}", shown_type(value)));
        }
        value.get_ref().as_bool()
    }

    /// A key that is a list of words.
    pub(super) fn words<T: Copy + PartialEq>(&self, key: &Key, words: &[(&str, T)]) -> Option<Vec<T>> {
        let value = self.get(key)?;
        let Some(items) = value.get_ref().as_array() else {
            self.complain(value, key, &format!("takes a {}, not {}", key.takes, shown_type(value)));
            return None;
        };
        let mut found = Vec::new();
        for item in items.iter() {
            match item.get_ref().as_str().ok_or_else(|| "takes texts in quotes".to_owned()).and_then(|t| one_of(t, words)) {
                Ok(word) if found.contains(&word) => self.complain(item, key, "names the same thing twice"),
                Ok(word) => found.push(word),
                Err(why) => self.complain(item, key, &why),
            }
        }
        if items.is_empty() {
            self.complain(value, key, "is an empty list");
        }
        Some(found)
    }

    /// A key that is a table of lists of texts: each list with its name.
    pub(super) fn lists(&self, key: &Key) -> Vec<(String, Vec<String>)> {
        let Some(value) = self.get(key) else { return Vec::new() };
        let Some(table) = value.get_ref().as_table() else {
            self.complain(value, key, &format!("takes a {}, not {}", key.takes, shown_type(value)));
            return Vec::new();
        };
        let mut lists = Vec::new();
        for (name, list) in table {
            let text =
                |item: &Value<'_>| item.get_ref().as_str().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned);
            let texts = list.get_ref().as_array().and_then(|items| items.iter().map(text).collect::<Option<Vec<_>>>());
            match texts.filter(|texts| !texts.is_empty()) {
                Some(texts) => lists.push((name.get_ref().to_string(), texts)),
                None => {
                    self.complain(list, key, &format!("needs a list of texts, such as {} = [\"ana\", \"bo\"]", name.get_ref()))
                }
            }
        }
        lists
    }

    /// Notes that a key is missing.
    pub(super) fn missing(&self, key: &Key) {
        self.notes.note(self.at.clone(), format!("[{}] needs `{}`: {}", self.shown, key.name, key.means));
    }

    /// Notes what is wrong with the section itself.
    pub(super) fn note(&self, why: &str) {
        self.notes.note(self.at.clone(), format!("[{}] {why}", self.shown));
    }

    /// Notes what is wrong with a value.
    pub(super) fn complain(&self, value: &Value<'_>, key: &Key, why: &str) {
        self.notes.note(value.span(), format!("`{}` {why}", key.name));
    }
}

/// The value under a name in a table.
pub(super) fn lookup<'a>(table: &'a DeTable<'a>, name: &str) -> Option<&'a Value<'a>> {
    table.iter().find(|(key, _)| key.get_ref() == name).map(|(_, value)| value)
}

/// What to say of a key nobody knows, with the nearest known one.
pub(super) fn unknown_key(place: &str, key: &str, known: &[&str]) -> String {
    let nearest = known.iter().max_by(|a, b| strsim::jaro_winkler(a, key).total_cmp(&strsim::jaro_winkler(b, key)));
    match nearest {
        Some(nearest) => format!("{place} has no key `{key}`; did you mean `{nearest}`?"),
        None => format!("{place} has no key `{key}`"),
    }
}

fn one_of<T: Copy>(text: &str, words: &[(&str, T)]) -> Result<T, String> {
    words.iter().find(|(word, _)| *word == text).map(|(_, value)| *value).ok_or_else(|| {
        let known: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
        format!("takes one of {}, not \"{text}\"", known.join(", "))
    })
}

fn shown_type(value: &Value<'_>) -> &'static str {
    match value.get_ref() {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) => "a number",
        DeValue::Float(_) => "a binary number",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}
