//! What a mail server says of a letter that it could not deliver: a delivery status notification (RFC 3464), read strictly. A mail that
//! is something else, such as an answer of a person or an absence note, is none.

/// What is reported of a letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reported {
    /// Such as `5.1.1` (RFC 3463).
    pub status: String,
    /// What the server said.
    pub said: String,
}

/// A mail, or a part of one: its headers, unfolded, and what follows them.
struct Part<'a> {
    headers: Vec<(String, String)>,
    body: &'a str,
}

impl<'a> Part<'a> {
    fn of(text: &'a str) -> Self {
        let (head, body) = match text.strip_prefix('\n') {
            Some(body) => ("", body),
            None => text.split_once("\n\n").unwrap_or((text, "")),
        };
        Self { headers: fields(head), body }
    }

    fn header(&self, name: &str) -> &str {
        find(&self.headers, name).unwrap_or_default()
    }
}

/// Lines of `Name: value`; one that begins with a space goes on the one before.
fn fields(text: &str) -> Vec<(String, String)> {
    let mut fields: Vec<(String, String)> = Vec::new();
    for line in text.lines() {
        match (line.starts_with([' ', '\t']), fields.last_mut(), line.split_once(':')) {
            (true, Some((_, value)), _) => {
                value.push(' ');
                value.push_str(line.trim());
            }
            (false, _, Some((name, value))) => fields.push((name.trim().to_owned(), value.trim().to_owned())),
            _ => {}
        }
    }
    fields
}

fn find<'f>(fields: &'f [(String, String)], name: &str) -> Option<&'f str> {
    fields.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
}

/// A parameter of a content type: `boundary="…"`.
fn parameter(content_type: &str, name: &str) -> Option<String> {
    content_type.split(';').skip(1).find_map(|parameter| {
        let (known, value) = parameter.split_once('=')?;
        known.trim().eq_ignore_ascii_case(name).then(|| value.trim().trim_matches('"').to_owned())
    })
}

/// A mail as it is read: with plain ends of lines.
pub(super) fn plain(mail: &[u8]) -> String {
    String::from_utf8_lossy(mail).replace("\r\n", "\n")
}

/// The headers of a mail, in one text, where an address to which it was sent may stand.
pub(super) fn addressed(mail: &str) -> String {
    const NAMES: [&str; 5] = ["To", "Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To"];
    let head = Part::of(mail).headers;
    let named = head.iter().filter(|(name, _)| NAMES.iter().any(|known| known.eq_ignore_ascii_case(name)));
    named.map(|(_, value)| value.as_str()).collect::<Vec<_>>().join("\n")
}

/// What a mail reports; none where it is no report, or reports that a letter was delivered or only passed on.
///
/// # Errors
///
/// When it says that it is one, and has not what belongs to it. Says what.
pub(super) fn read(mail: &str) -> Result<Option<Reported>, String> {
    let whole = Part::of(mail);
    let content_type = whole.header("Content-Type");
    let kind = parameter(content_type, "report-type").unwrap_or_default();
    if !content_type.to_ascii_lowercase().starts_with("multipart/report") || !kind.eq_ignore_ascii_case("delivery-status") {
        return Ok(None);
    }
    let boundary = parameter(content_type, "boundary").filter(|boundary| !boundary.is_empty());
    let boundary = format!("--{}", boundary.ok_or("it is a report whose parts are not told apart")?);
    let parts = whole.body.split(&boundary).skip(1).map(|part| Part::of(part.strip_prefix('\n').unwrap_or(part)));
    let is_status = |part: &Part<'_>| {
        let kind = part.header("Content-Type").to_ascii_lowercase();
        kind.starts_with("message/delivery-status") || kind.starts_with("message/global-delivery-status")
    };
    let status =
        parts.into_iter().find(is_status).ok_or("it is a report without the part that says what became of the letter")?;
    if status.header("Content-Transfer-Encoding").eq_ignore_ascii_case("base64") {
        return Err("it is a report whose status is encoded, which RFC 3464 does not allow".to_owned());
    }
    let groups = status.body.split("\n\n").map(fields).filter(|group| find(group, "Action").is_some());
    let mut found = None;
    let mut seen = false;
    for group in groups {
        seen = true;
        let action = find(&group, "Action").unwrap_or_default().to_ascii_lowercase();
        let code = find(&group, "Status").and_then(|text| text.split_whitespace().next()).unwrap_or_default();
        if !is_status_code(code) {
            return Err(format!("it is a report with the status \"{code}\", which is none"));
        }
        if matches!(action.as_str(), "failed" | "delayed") {
            let said = find(&group, "Diagnostic-Code").unwrap_or_default();
            let said = said.split_once(';').map_or(said, |(_, said)| said).trim().to_owned();
            let is_delay = action == "delayed";
            // A letter that is only late may still arrive, whatever the code says.
            let status = if is_delay && code.starts_with('5') { format!("4{}", &code[1..]) } else { code.to_owned() };
            found = Some(Reported { status, said });
        }
    }
    if seen { Ok(found) } else { Err("it is a report that names no recipient".to_owned()) }
}

/// Whether this is a status of RFC 3463: `5.1.1`.
pub(super) fn is_status_code(code: &str) -> bool {
    let parts: Vec<&str> = code.split('.').collect();
    let is_number = |part: &&str| (1..=3).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
    parts.len() == 3 && matches!(parts[0], "2" | "4" | "5") && parts.iter().skip(1).all(is_number)
}
