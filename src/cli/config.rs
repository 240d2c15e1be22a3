use anyhow::Result;
use clap::ArgMatches;

use super::args::Format;
use super::settings::{ALL, DATABASE, Origin, Setting, Value, value};
use super::show::Sheet;
use crate::app::secretless;

/// Shows what is in force and where each value came from.
pub(super) fn config(matches: &ArgMatches, format: Format) -> Result<()> {
    let mut rows = Vec::new();
    for setting in ALL {
        let value = value(setting, Some(matches))?;
        rows.push(vec![setting.name.to_owned(), shown(setting, &value), from(setting, &value.origin), setting.means.to_owned()]);
    }
    Sheet { header: vec!["setting", "value", "from", "meaning"], figures: Vec::new(), rows }.print(format)
}

/// The value, without what may be secret.
fn shown(setting: &Setting, value: &Value) -> String {
    if value.text.is_empty() || !setting.is_secret {
        return value.text.clone();
    }
    // Of a database it may be a path. Elsewhere it is no address, and perhaps a token that belongs into one.
    let is_none = setting.name != DATABASE.name && !value.text.contains("://");
    if is_none { "…".to_owned() } else { secretless(&value.text) }
}

fn from(setting: &Setting, origin: &Origin) -> String {
    match origin {
        Origin::Flag => format!("--{}", setting.flag.unwrap_or_default().replace('_', "-")),
        Origin::Environment => "environment".to_owned(),
        Origin::File(path) => format!("{}_FILE: {}", setting.name, path.display()),
        Origin::Default => "default".to_owned(),
    }
}
