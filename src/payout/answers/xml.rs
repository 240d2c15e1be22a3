//! XML from outside as a tree. Entities are not declared, and nothing is fetched.

use anyhow::{Context, Result, bail};
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use crate::error::Invalid;

/// How deep elements may lie within one another: a bank's are at most twenty deep.
const DEEPEST: usize = 64;

/// An element.
#[derive(Debug, Default)]
pub(super) struct Element {
    /// Its name without a prefix.
    pub name: String,
    /// The text that stands directly in it.
    pub text: String,
    /// The currency of an amount: its attribute `Ccy`.
    pub currency: Option<String>,
    /// What stands in it.
    pub inside: Vec<Element>,
}

impl Element {
    /// The first element on this way of names from here.
    pub fn at(&self, way: &[&str]) -> Option<&Self> {
        way.iter().try_fold(self, |here, name| here.inside.iter().find(|element| element.name == *name))
    }

    /// The text of that, or of its code (`Cd`) or own words (`Prtry`) where it has those.
    pub fn said(&self, way: &[&str]) -> Option<&str> {
        let found = self.at(way)?;
        let inner = found.at(&["Cd"]).or_else(|| found.at(&["Prtry"])).unwrap_or(found);
        Some(inner.text.trim()).filter(|text| !text.is_empty())
    }

    /// All elements of a name below this one, however deep; not those within one another.
    pub fn all<'a>(&'a self, name: &str, found: &mut Vec<&'a Self>) {
        for element in &self.inside {
            if element.name == name { found.push(element) } else { element.all(name, found) }
        }
    }
}

/// Parses a document; answers an element that holds its root.
pub(super) fn parse(text: &str) -> Result<Element> {
    let mut reader = Reader::from_str(text);
    let mut open: Vec<Element> = vec![Element::default()];
    let named = |start: &BytesStart<'_>| {
        let currency = start.try_get_attribute("Ccy").ok().flatten().map(|currency| currency.value.into_owned());
        Element { name: start.local_name().into_inner().to_owned(), currency, ..Element::default() }
    };
    loop {
        let at = reader.buffer_position();
        match reader.read_event().with_context(|| Invalid(format!("the file is damaged XML near byte {at}")))? {
            Event::Start(start) if open.len() < DEEPEST => open.push(named(&start)),
            Event::Start(_) => bail!(Invalid(format!("the file has elements more than {DEEPEST} deep: it is no bank's answer"))),
            Event::Empty(empty) => open.last_mut().context("the root is open")?.inside.push(named(&empty)),
            Event::End(_) => {
                let closed = open.pop().context("the reader checks that ends match")?;
                open.last_mut().context("the reader checks that ends match")?.inside.push(closed);
            }
            Event::Text(text) => open.last_mut().context("the root is open")?.text += &text,
            Event::CData(data) => open.last_mut().context("the root is open")?.text += &data,
            Event::DocType(_) => {
                bail!(Invalid("the file declares a document type, which no bank's answer has; it was not read".to_owned()))
            }
            // What is written as an entity is no part of an id, a code or an amount.
            Event::GeneralRef(_) | Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
            Event::Eof if open.len() == 1 => return open.pop().context("the root is open"),
            Event::Eof => bail!(Invalid("the file ends in the middle".to_owned())),
        }
    }
}
