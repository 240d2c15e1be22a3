//! The fonts of documents, and how wide texts are in them.

use std::collections::HashMap;
use std::sync::LazyLock;

use krilla::text::Font;

/// A font, and what its tables say of widths.
pub(super) struct Face {
    pub font: Font,
    units_per_em: i64,
    /// The width of each character that it has, in its units.
    widths: HashMap<char, i64>,
}

pub(super) static REGULAR: LazyLock<Face> = LazyLock::new(|| face(include_bytes!("fonts/DejaVuSans.ttf")));
pub(super) static BOLD: LazyLock<Face> = LazyLock::new(|| face(include_bytes!("fonts/DejaVuSans-Bold.ttf")));

/// What stands in place of a character that the font lacks.
const UNKNOWN: char = '\u{fffd}';

impl Face {
    /// How wide a text is at a size in points, in hundredths of a point.
    pub(super) fn width(&self, text: &str, size: i16) -> i64 {
        let units: i64 = text.chars().map(|c| self.widths.get(&c).copied().unwrap_or(0)).sum();
        units * i64::from(size) * 100 / self.units_per_em
    }

    /// A text of characters that the font has. Emoji are joined of several; what only joins or colours them is left out, and what the
    /// font lacks is shown as one sign, so that it is seen that something stood there.
    pub(super) fn shown(&self, text: &str) -> String {
        let is_joint = |c: char| matches!(u32::from(c), 0x200b..=0x200f | 0x202a..=0x202e | 0x2060..=0x2069 | 0xfe00..=0xfe0f | 0x1_f3fb..=0x1_f3ff);
        let known = |c: char| match c {
            // Spaces of other widths are spaces.
            '\u{a0}' | '\u{202f}' | '\u{2009}' => ' ',
            c if c.is_control() => ' ',
            c if self.widths.contains_key(&c) => c,
            _ => UNKNOWN,
        };
        text.chars().filter(|c| !is_joint(*c)).map(known).collect()
    }
}

/// Reads a font. That it can be read is a matter of this program: the file is part of it.
fn face(file: &'static [u8]) -> Face {
    let font = Font::new(file.into(), 0).expect("the font can be read");
    let (units_per_em, widths) = metrics(file).expect("the font says how wide its characters are");
    Face { font, units_per_em, widths }
}

/// Units and widths, by the tables head, hhea, hmtx and cmap (ISO/IEC 14496-22).
fn metrics(file: &[u8]) -> Option<(i64, HashMap<char, i64>)> {
    let table = |tag: &[u8; 4]| {
        let records = (0..u16_at(file, 4)?).map(|number| 12 + usize::from(number) * 16);
        let record = records.into_iter().find(|at| file.get(*at..*at + 4) == Some(tag.as_slice()))?;
        file.get(usize::try_from(u32_at(file, record + 8)?).ok()?..)
    };
    let units_per_em = i64::from(u16_at(table(b"head")?, 18)?);
    let last_wide = u16_at(table(b"hhea")?, 34)?.checked_sub(1)?;
    let hmtx = table(b"hmtx")?;
    // Glyphs after the last that has a width of its own have its width.
    let advance = |glyph: u16| u16_at(hmtx, usize::from(glyph.min(last_wide)) * 4).map(i64::from);
    let cmap = table(b"cmap")?;
    let mut widths = HashMap::new();
    for number in 0..u16_at(cmap, 2)? {
        let offset = u32_at(cmap, 4 + usize::from(number) * 8 + 4)?;
        let subtable = cmap.get(usize::try_from(offset).ok()?..)?;
        // Format 12 has all characters, in runs whose glyphs follow each other.
        if u16_at(subtable, 0)? != 12 {
            continue;
        }
        for group in 0..usize::try_from(u32_at(subtable, 12)?).ok()? {
            let at = 16 + group * 12;
            let (first, last, glyph) = (u32_at(subtable, at)?, u32_at(subtable, at + 4)?, u32_at(subtable, at + 8)?);
            for code in first..=last {
                if let (Some(c), Ok(glyph)) = (char::from_u32(code), u16::try_from(glyph + (code - first))) {
                    widths.insert(c, advance(glyph)?);
                }
            }
        }
    }
    Some((units_per_em, widths)).filter(|(_, widths)| !widths.is_empty())
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..at + 2)?.try_into().ok().map(u16::from_be_bytes)
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..at + 4)?.try_into().ok().map(u32::from_be_bytes)
}
