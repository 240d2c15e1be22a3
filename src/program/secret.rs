//! Secrets that the program file names, and does not hold.

use std::path::{Path, PathBuf};

use super::keys::Key;
use super::reader::Section;
use super::values::not_empty;

/// Where a secret is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Secret {
    /// In the environment variable of this name.
    Variable(String),
    /// In this file.
    File(PathBuf),
}

/// Reads where a secret is: exactly one of two keys says it, a variable or a file; that of a relative path lies in `folder`.
pub(super) fn read(source: &Section<'_>, folder: &Path, [variable, file]: [&Key; 2]) -> Option<Secret> {
    match (source.read(variable, not_empty), source.read(file, not_empty)) {
        // What stands there instead of a name may be the secret itself, and is not repeated.
        (Some(name), _) if !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') => {
            source.complain(source.get(variable)?, variable, "takes the name of an environment variable, not the secret itself");
            None
        }
        (Some(name), None) => Some(Secret::Variable(name)),
        (None, Some(path)) => Some(Secret::File(folder.join(path))),
        (None, None) => {
            source.missing(variable);
            None
        }
        (Some(_), Some(_)) => {
            source.complain(source.get(file)?, file, &format!("stands beside `{}`; write one of the two", variable.name));
            None
        }
    }
}
