//! Pages of a document: texts, columns and rules at whole points, laid out first and drawn once it is known how many there are.

use anyhow::{Context, Result, anyhow};
use krilla::Document;
use krilla::color::rgb;
use krilla::geom::{PathBuilder, Point, Rect};
use krilla::metadata::Metadata;
use krilla::page::PageSettings;
use krilla::paint::Fill;
use krilla::surface::Surface;
use krilla::text::TextDirection;

use super::font::{BOLD, Face, REGULAR};

/// The size of a page: A4 in points.
const WIDTH: i16 = 595;
const HEIGHT: i16 = 842;

/// What stays free around a page.
pub(super) const LEFT: i16 = 48;
pub(super) const RIGHT: i16 = WIDTH - 48;
const TOP: i16 = 48;
const BOTTOM: i16 = HEIGHT - 60;

/// How a text looks.
#[derive(Debug, Clone, Copy)]
pub(super) struct Style {
    pub size: i16,
    pub is_bold: bool,
    pub is_grey: bool,
}

pub(super) const PLAIN: Style = Style { size: 9, is_bold: false, is_grey: false };
pub(super) const STRONG: Style = Style { is_bold: true, ..PLAIN };
pub(super) const SMALL: Style = Style { size: 7, is_bold: false, is_grey: true };
pub(super) const HEADING: Style = Style { size: 11, is_bold: true, is_grey: false };
pub(super) const TITLE: Style = Style { size: 18, is_bold: true, is_grey: false };

impl Style {
    fn face(self) -> &'static Face {
        if self.is_bold { &BOLD } else { &REGULAR }
    }

    /// From one line to the next.
    fn leading(self) -> i16 {
        self.size * 14 / 10
    }
}

enum Mark {
    Text { x: i16, y: i16, text: String, style: Style },
    Rule { y: i16, height: i16 },
}

/// A document while it is laid out.
#[derive(Default)]
pub(super) struct Sheet {
    pages: Vec<Vec<Mark>>,
    y: i16,
}

impl Sheet {
    pub(super) fn new() -> Self {
        Self { pages: vec![Vec::new()], y: TOP }
    }

    /// Begins a new page where fewer points than these are left.
    pub(super) fn need(&mut self, height: i16) {
        if self.y + height > BOTTOM {
            self.pages.push(Vec::new());
            self.y = TOP;
        }
    }

    /// Leaves room.
    pub(super) fn space(&mut self, height: i16) {
        self.y += height;
    }

    /// A rule across the page.
    pub(super) fn rule(&mut self, height: i16) {
        let y = self.y;
        self.mark(Mark::Rule { y, height });
        self.y += height + 3;
    }

    /// A text in lines of a width, from a place on.
    pub(super) fn paragraph(&mut self, x: i16, text: &str, style: Style) {
        for line in lines(text, style, RIGHT - x) {
            self.need(style.leading());
            self.y += style.leading();
            self.put(x, self.y, line, style);
        }
    }

    /// A row: a text to the left, in as many lines as it needs, and one that ends at the right edge.
    pub(super) fn row(&mut self, x: i16, left: &str, right: &str, style: Style) {
        let right = style.face().shown(&right.replace('-', "\u{2212}"));
        let wide = points(style.face().width(&right, style.size)) + 12;
        let left = lines(left, style, RIGHT - x - wide);
        self.need(style.leading() * i16::try_from(left.len().min(20)).unwrap_or(20));
        for (place, line) in left.into_iter().enumerate() {
            self.need(style.leading());
            self.y += style.leading();
            if place == 0 {
                self.put(RIGHT - wide + 12, self.y, right.clone(), style);
            }
            self.put(x, self.y, line, style);
        }
    }

    fn put(&mut self, x: i16, y: i16, text: String, style: Style) {
        self.mark(Mark::Text { x, y, text, style });
    }

    fn mark(&mut self, mark: Mark) {
        if let Some(page) = self.pages.last_mut() {
            page.push(mark);
        }
    }

    /// The document's bytes. `footer` says what stands below each page, by its number and how many there are.
    pub(super) fn finish(mut self, metadata: Metadata, footer: impl Fn(usize, usize) -> [String; 2]) -> Result<Vec<u8>> {
        let count = self.pages.len();
        let mut document = Document::new();
        document.set_metadata(metadata);
        for (number, mut marks) in std::mem::take(&mut self.pages).into_iter().enumerate() {
            let [left, right] = footer(number + 1, count);
            let wide = points(REGULAR.width(&REGULAR.shown(&right), SMALL.size));
            let y = HEIGHT - 36;
            marks.push(Mark::Text { x: LEFT, y, text: REGULAR.shown(&left), style: SMALL });
            marks.push(Mark::Text { x: RIGHT - wide, y, text: REGULAR.shown(&right), style: SMALL });
            let settings = PageSettings::from_wh(WIDTH.into(), HEIGHT.into()).context("a page has a size")?;
            let mut page = document.start_page_with(settings);
            let mut surface = page.surface();
            for mark in &marks {
                draw(&mut surface, mark);
            }
            surface.finish();
            page.finish();
        }
        document.finish().map_err(|error| anyhow!("the document cannot be written: {error:?}"))
    }
}

fn draw(surface: &mut Surface<'_>, mark: &Mark) {
    let ink = |grey: bool| if grey { rgb::Color::new(93, 102, 107) } else { rgb::Color::new(31, 37, 40) };
    match mark {
        Mark::Rule { y, height } => {
            surface.set_fill(Some(Fill { paint: rgb::Color::new(200, 196, 184).into(), ..Fill::default() }));
            let rect = Rect::from_xywh(LEFT.into(), (*y).into(), (RIGHT - LEFT).into(), (*height).into());
            let mut path = PathBuilder::new();
            if let Some(rect) = rect {
                path.push_rect(rect);
            }
            if let Some(path) = path.finish() {
                surface.draw_path(&path);
            }
        }
        Mark::Text { x, y, text, style } => {
            surface.set_fill(Some(Fill { paint: ink(style.is_grey).into(), ..Fill::default() }));
            let face = style.face();
            let mut x = i64::from(*x) * 100;
            for (run, direction) in runs(text) {
                let start = Point::from_xy(points(x).into(), (*y).into());
                surface.draw_text(start, face.font.clone(), style.size.into(), &run, false, direction);
                x += face.width(&run, style.size);
            }
        }
    }
}

/// A text in runs of one direction. They stand in the order in which they are written: a sentence that mixes both directions can
/// be read run by run, as there is no full reordering here.
fn runs(text: &str) -> Vec<(String, TextDirection)> {
    let is_right_to_left = |c: char| matches!(u32::from(c), 0x590..=0x8ff | 0xfb1d..=0xfdff | 0xfe70..=0xfeff);
    let mut runs: Vec<(String, bool)> = Vec::new();
    for c in text.chars() {
        match runs.last_mut() {
            // What has no direction stays with what it follows.
            Some((run, is_rtl)) if is_right_to_left(c) == *is_rtl || (*is_rtl && c == ' ') => run.push(c),
            _ => runs.push((c.to_string(), is_right_to_left(c))),
        }
    }
    let direction = |is_rtl| if is_rtl { TextDirection::RightToLeft } else { TextDirection::LeftToRight };
    runs.into_iter().map(|(run, is_rtl)| (run, direction(is_rtl))).collect()
}

/// Whole points of hundredths, rounded up.
fn points(hundredths: i64) -> i16 {
    i16::try_from((hundredths + 99).div_euclid(100)).unwrap_or(i16::MAX)
}

/// A text in lines of at most a width in points, broken at spaces, and within a word that is longer than a line.
fn lines(text: &str, style: Style, width: i16) -> Vec<String> {
    let (face, width) = (style.face(), i64::from(width) * 100);
    let fits = |line: &str| face.width(line, style.size) <= width;
    let mut lines = vec![String::new()];
    for word in face.shown(text).split(' ').filter(|word| !word.is_empty()) {
        let last = lines.last().cloned().unwrap_or_default();
        let joined = if last.is_empty() { word.to_owned() } else { format!("{last} {word}") };
        if fits(&joined) {
            lines.pop();
            lines.push(joined);
            continue;
        }
        if !last.is_empty() {
            lines.push(String::new());
        }
        for c in word.chars() {
            let mut line = lines.pop().unwrap_or_default();
            if !fits(&format!("{line}{c}")) && !line.is_empty() {
                lines.push(std::mem::take(&mut line));
            }
            line.push(c);
            lines.push(line);
        }
    }
    lines
}
