//! The fields of a form that was sent, as browsers write them: `application/x-www-form-urlencoded`, or `multipart/form-data` with files.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use percent_encoding::percent_decode_str;

/// The most fields of a form.
const MOST: usize = 2_000;

/// One field.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Field {
    name: String,
    file: Option<String>,
    bytes: Vec<u8>,
}

/// The fields of a form, in order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fields(Vec<Field>);

impl Fields {
    /// Reads a body; none where it is no form, or none that can be read.
    pub fn parse(content_type: &str, body: &[u8]) -> Option<Self> {
        let (kind, parameters) = content_type.split_once(';').unwrap_or((content_type, ""));
        let fields = match kind.trim() {
            "application/x-www-form-urlencoded" => encoded(std::str::from_utf8(body).ok()?)?,
            "multipart/form-data" => {
                let boundary = parameters.split(';').find_map(|parameter| parameter.trim().strip_prefix("boundary="))?;
                multipart(boundary.trim_matches('"'), body)?
            }
            _ => return None,
        };
        (fields.len() <= MOST).then_some(Self(fields))
    }

    /// The text of a field, without surrounding space; empty where it is not there.
    pub fn text(&self, name: &str) -> &str {
        let field = self.0.iter().find(|field| field.name == name && field.file.is_none());
        field.and_then(|field| std::str::from_utf8(&field.bytes).ok()).unwrap_or_default().trim()
    }

    /// The texts of all fields of a name, such as boxes that are ticked.
    pub fn texts(&self, name: &str) -> Vec<&str> {
        let fields = self.0.iter().filter(|field| field.name == name && field.file.is_none());
        fields.filter_map(|field| std::str::from_utf8(&field.bytes).ok()).collect()
    }

    /// The content of a file, if one was chosen. What it was called is not believed.
    pub fn file(&self, name: &str) -> Option<&[u8]> {
        let field = self.0.iter().find(|field| field.name == name && field.file.as_ref().is_some_and(|file| !file.is_empty()));
        field.map(|field| field.bytes.as_slice())
    }
}

impl Fields {
    /// What a file was called where it was chosen: to be shown to people, and for nothing else.
    pub fn file_name(&self, name: &str) -> Option<&str> {
        let files = self.0.iter().filter(|field| field.name == name).filter_map(|field| field.file.as_deref());
        files.map(|file| file.rsplit(['/', '\\']).next().unwrap_or_default()).find(|file| !file.is_empty())
    }
}

impl<S: Sync> FromRequestParts<S> for Fields {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(parts.extensions.remove::<Self>().unwrap_or_default())
    }
}

fn encoded(body: &str) -> Option<Vec<Field>> {
    let text = |text: &str| Some(percent_decode_str(&text.replace('+', " ")).decode_utf8().ok()?.into_owned());
    let field = |pair: &str| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        Some(Field { name: text(name)?, file: None, bytes: text(value)?.into_bytes() })
    };
    body.split('&').filter(|pair| !pair.is_empty()).map(field).collect()
}

/// Parts between lines of the boundary (RFC 7578).
fn multipart(boundary: &str, body: &[u8]) -> Option<Vec<Field>> {
    let line = [b"--", boundary.as_bytes()].concat();
    let between = [b"\r\n".as_slice(), &line].concat();
    let mut rest = body.strip_prefix(line.as_slice())?;
    let mut fields = Vec::new();
    loop {
        if rest.starts_with(b"--") {
            return Some(fields);
        }
        let part = rest.strip_prefix(b"\r\n")?;
        let end = find(part, &between)?;
        let (part, after) = part.split_at(end);
        rest = &after[between.len()..];
        let head = find(part, b"\r\n\r\n")?;
        fields.push(field(std::str::from_utf8(&part[..head]).ok()?, &part[head + 4..])?);
        if fields.len() > MOST {
            return None;
        }
    }
}

fn field(head: &str, bytes: &[u8]) -> Option<Field> {
    let mut lines = head.split("\r\n");
    let about = lines.find(|line| line.to_ascii_lowercase().starts_with("content-disposition:"))?;
    let parameter = |name: &str| {
        let begin = format!("; {name}=\"");
        let from = about.find(&begin)? + begin.len();
        let text = &about[from..];
        Some(text[..text.find('"')?].to_owned())
    };
    Some(Field { name: parameter("name")?, file: parameter("filename"), bytes: bytes.to_vec() })
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}
