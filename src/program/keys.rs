//! What a key of the program file is. Each section's file declares its own; the printed reference is made of all of them.

use std::fmt::Write;

/// One key of the program file.
#[derive(Debug, Clone, Copy)]
pub(super) struct Key {
    /// The section it stands in, such as `attribution` or `commission.rates`.
    pub section: &'static str,
    /// Its name.
    pub name: &'static str,
    /// What values it takes.
    pub takes: &'static str,
    /// Its value when it is left out; `required` if it must be there.
    pub default: &'static str,
    /// What it means.
    pub means: &'static str,
}

/// Declares the keys of a file: a constant for each, and all of them as `KEYS`, in the order of the reference. The reader
/// refuses others.
macro_rules! keys {
    ($($const:ident = $section:literal $name:literal, $takes:literal, $default:literal, $means:literal;)*) => {
        $(const $const: Key = Key { section: $section, name: $name, takes: $takes, default: $default, means: $means };)*
        pub(super) const KEYS: &[Key] = &[$($const),*];
    };
}
pub(super) use keys;

/// The reference of keys as Markdown: a table for each section.
pub(super) fn reference(keys: impl Iterator<Item = &'static Key>) -> String {
    let mut out = String::new();
    let mut section = "";
    for key in keys {
        if key.section != section {
            section = key.section;
            let _ = write!(
                out,
                "{}### {section}\n\n| key | takes | default | meaning |\n| --- | --- | --- | --- |\n",
                if out.is_empty() { "" } else { "\n" }
            );
        }
        let takes = key.takes.replace('|', "\\|");
        let _ = writeln!(out, "| `{}` | {takes} | {} | {} |", key.name, key.default, key.means);
    }
    out
}
