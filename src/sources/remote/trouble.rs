//! What went wrong elsewhere, in words, without what may be secret: addresses with their queries, and what servers say of a request, which
//! may repeat how it was signed.

use std::error::Error as Cause;

use anyhow::{Error, anyhow};
use object_store::Error as Trouble;

use crate::error::Transient;

/// How much of a reason is told (characters).
const TOLD: usize = 200;

/// Why a bucket did not give a file, or the files of the source `name`.
pub(super) fn of_bucket(error: &Trouble, name: &str, shown: &str) -> Error {
    let name = if name.is_empty() { String::new() } else { format!("{name}: ") };
    match error {
        Trouble::NotFound { .. } => Transient(format!("{name}there is no file {shown}")).into(),
        Trouble::Precondition { .. } => changed(shown),
        Trouble::PermissionDenied { .. } | Trouble::Unauthenticated { .. } => anyhow!(
            "{name}{shown} is not given to these credentials{}; they come from the environment, such as AWS_ACCESS_KEY_ID and \
             AWS_SECRET_ACCESS_KEY",
            code(error).map(|code| format!(" ({code})")).unwrap_or_default()
        ),
        other => Transient(format!("{name}cannot ask for {shown}: {}{}", reason(other), hint(shown))).into(),
    }
}

/// What may be the reason behind the reason: without credentials, Amazon's library asks the machine who it is.
fn hint(shown: &str) -> &'static str {
    let is_said = ["AWS_ACCESS_KEY_ID", "AWS_SKIP_SIGNATURE"].iter().any(|name| std::env::var_os(name).is_some());
    if shown.starts_with("s3") && !is_said {
        "; AWS_ACCESS_KEY_ID is not set, so that this machine was asked who it is"
    } else {
        ""
    }
}

/// Why a web server did not give a file.
pub(super) fn of_page(error: reqwest::Error, name: &str, shown: &str) -> Error {
    let name = if name.is_empty() { String::new() } else { format!("{name}: ") };
    Transient(format!("{name}cannot ask for {shown}: {}", reason(&error.without_url()))).into()
}

/// That a file is not the one that was listed.
pub(super) fn changed(shown: &str) -> Error {
    Transient(format!("{shown} changed while it was being read; run again once it is completely written")).into()
}

/// The innermost reason, without what a server said at length.
fn reason(error: &(dyn Cause + 'static)) -> String {
    let mut innermost = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    let text = innermost.to_string();
    let text = text.split(['<', '{', '\n']).next().unwrap_or_default().trim().trim_end_matches(':');
    let text: String = text.chars().take(TOLD).collect();
    match code(error) {
        Some(code) => format!("{text} ({code})"),
        None => text,
    }
}

/// The code by which clouds name what is wrong, such as `InvalidAccessKeyId`.
fn code(error: &(dyn Cause + 'static)) -> Option<String> {
    let mut innermost = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    let text = innermost.to_string();
    let code = text.split_once("<Code>")?.1.split_once("</Code>")?.0;
    code.bytes().all(|byte| byte.is_ascii_alphanumeric()).then(|| code.to_owned())
}
