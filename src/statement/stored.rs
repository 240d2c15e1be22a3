//! Statements as they are kept: JSON, in the form of the version that built them.

use anyhow::{Context, Result};
use serde_json::Value;

use super::model::Statement;
use crate::ledger::{Form, read_reason};
use crate::vocabulary::Kind;

/// Reads a kept statement.
///
/// # Errors
///
/// When it is none.
pub fn read(body: &str) -> Result<Statement> {
    let mut body: Value = serde_json::from_str(body)?;
    if body.get("form").is_none() {
        let creator_id = body["creator_id"].clone();
        for lines in ["corrections", "lines"] {
            for line in body[lines].as_array_mut().context("it has no lines")? {
                upgrade(line, &creator_id)?;
            }
        }
    }
    Ok(serde_json::from_value(body)?)
}

/// Form 1 named no creator on its lines, and said why in the journal's words of then.
fn upgrade(line: &mut Value, creator_id: &Value) -> Result<()> {
    let text = |name: &str| line[name].as_str().with_context(|| format!("a line has no {name}"));
    let code = text("kind")?;
    let kind = Kind::parse(code).with_context(|| format!("there is no kind \"{code}\""))?;
    let (reason, note) = read_reason(Form::One, kind, text("why")?)?;
    line["creator_id"] = creator_id.clone();
    line["detail"] = Value::from("");
    line["why"] = Value::from(reason.code());
    line["note"] = Value::from(note);
    Ok(())
}
