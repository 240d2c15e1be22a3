//! Something in a list, and what its fields say.

use anyhow::Result;
use serde_json::{Map, Value};

use crate::error::Invalid;

/// Something in a list, by the names of its fields.
pub(super) type Thing = Map<String, Value>;

/// Whether an affiliate was let in, and is still.
pub(super) fn is_active(affiliate: &Thing) -> bool {
    ["approved", "active"].contains(&text(affiliate, "status").to_ascii_lowercase().as_str())
}

/// A value as text: it may be a number, or none.
pub(super) fn text(thing: &Thing, name: &str) -> String {
    match thing.get(name) {
        Some(Value::String(text)) => text.trim().to_owned(),
        Some(Value::Number(number)) => number.to_string(),
        _ => String::new(),
    }
}

/// A value that has to be there.
pub(super) fn required(thing: &Thing, name: &str, what: &str) -> Result<String> {
    let found = text(thing, name);
    match found.is_empty() {
        true => Err(Invalid(format!("{what} {} of GoAffPro has no {name}", text(thing, "id"))).into()),
        false => Ok(found),
    }
}
