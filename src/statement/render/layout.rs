//! Plain text in lines of a width.

/// How wide plain text is.
pub(in crate::statement) const WIDTH: usize = 72;

/// Two texts at the two ends of a line; the left one is cut where they would touch.
pub(super) fn spread(left: &str, right: &str, width: usize) -> String {
    let room = width.saturating_sub(length(right) + 2);
    let left = shortened(left, room);
    let gap = width.saturating_sub(length(&left) + length(right));
    format!("{left}{}{right}", " ".repeat(gap))
}

/// How many columns a text takes: marks of direction take none.
fn length(text: &str) -> usize {
    text.chars().filter(|c| !matches!(c, '\u{2068}' | '\u{2069}')).count()
}

/// A text of at most so many characters.
pub(super) fn shortened(text: &str, width: usize) -> String {
    if length(text) <= width {
        return text.to_owned();
    }
    let cut: String = text.chars().take(width.saturating_sub(1)).chain(['…']).collect();
    // What is kept apart from its surroundings ends where the text does.
    if cut.contains('\u{2068}') && !cut.contains('\u{2069}') { format!("{cut}\u{2069}") } else { cut }
}

/// A text in lines of at most `width` characters, broken at spaces.
pub(in crate::statement) fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ') {
        match lines.last_mut() {
            Some(line) if length(line) + 1 + length(word) <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// A row of columns, each of its width: the first to the left, the others to the right.
pub(super) fn row(cells: &[&str], widths: &[usize]) -> String {
    let mut line = String::new();
    for (place, (cell, width)) in cells.iter().zip(widths).enumerate() {
        let cell = shortened(cell, if place == 0 { *width - 1 } else { *width });
        let gap = " ".repeat(width.saturating_sub(length(&cell)));
        line.push_str(&if place == 0 { format!("{cell}{gap}") } else { format!("{gap}{cell}") });
    }
    line
}
