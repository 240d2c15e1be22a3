//! Text from outside on a terminal: what would steer the terminal is shown, not obeyed.
//!
//! Ids, names and reasons come from shops, creators and colleagues. An escape sequence in one can move the cursor and overwrite
//! the amount beside it, change the title, or answer as if somebody had typed; and marks of direction show letters in another
//! order than they stand in.

use std::borrow::Cow;
use std::io::{self, Stdout, Write};

/// A text in which what steers a terminal is written as `\u001b`; lines and tabs stay. That is also how JSON writes it.
pub(super) fn visible(text: &str) -> Cow<'_, str> {
    shown(text, |c| steers(c) && !matches!(c, '\n' | '\t'))
}

/// As [`visible`], for a text that has to stay on its line.
pub(super) fn on_one_line(text: &str) -> Cow<'_, str> {
    shown(text, steers)
}

fn steers(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        || hides(c)
}

/// What shows nothing, so that two ids look like one. Joiners are not among them: some scripts, and emoji, need them.
fn hides(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{34f}' | '\u{180e}' | '\u{200b}' | '\u{2060}'..='\u{2065}' | '\u{206a}'..='\u{206f}' | '\u{feff}')
}

fn shown(text: &str, is_shown: impl Fn(char) -> bool) -> Cow<'_, str> {
    if !text.contains(&is_shown) {
        return Cow::Borrowed(text);
    }
    let each = |c: char| if is_shown(c) { format!("\\u{:04x}", u32::from(c)) } else { c.to_string() };
    Cow::Owned(text.chars().map(each).collect())
}

/// Standard output where it is a terminal.
pub(super) struct Terminal {
    out: Stdout,
    /// What was written since the last end of a line.
    line: Vec<u8>,
}

impl Terminal {
    pub(super) fn new() -> Self {
        Self { out: io::stdout(), line: Vec::new() }
    }

    fn show(&mut self, through: usize) -> io::Result<()> {
        let rest = self.line.split_off(through);
        let line = std::mem::replace(&mut self.line, rest);
        self.out.write_all(visible(&String::from_utf8_lossy(&line)).as_bytes())
    }
}

impl Write for Terminal {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.line.extend_from_slice(bytes);
        if let Some(end) = self.line.iter().rposition(|byte| *byte == b'\n') {
            self.show(end + 1)?;
        }
        Ok(bytes.len())
    }

    /// A character may still lack its last bytes, so a line is shown once it ends.
    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        // The reader of the terminal sees that the last line is missing.
        let _ = self.show(self.line.len()).and_then(|()| self.out.flush());
    }
}
