//! What pages hold: sections, and in them the commands that people type and the outputs that they are shown.

use std::fs;
use std::path::{Path, PathBuf};

use crate::support::project;

/// A page and its text.
pub struct Page {
    /// From the project's folder, such as `deploy/README.md`.
    pub name: String,
    text: String,
}

/// What stands under one heading, up to the next.
pub struct Section {
    /// As it is written, such as `## Compose`.
    pub heading: String,
    pub steps: Vec<Step>,
}

/// A command, and what the page shows of its output.
pub struct Step {
    /// The line of the page, from 1.
    pub line: usize,
    pub command: String,
    /// The blocks below it that show output, without their indentation.
    pub shown: Vec<Vec<String>>,
}

/// How a block of commands begins that is not marked as `sh`.
const COMMANDS: &[&str] = &["purser ", "cargo ", "sudo ", "tests/"];

/// The pages of the project in which commands may stand.
pub fn pages() -> Vec<Page> {
    let mut paths = vec![project().join("README.md")];
    for folder in ["deploy", "src"] {
        find(&project().join(folder), &mut paths);
    }
    paths.sort();
    let page = |path: PathBuf| {
        let name = path.strip_prefix(project()).expect("it lies in the project").display().to_string();
        Page { name, text: fs::read_to_string(path).expect("a page can be read") }
    };
    paths.into_iter().map(page).collect()
}

fn find(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("the folder can be read") {
        let path = entry.expect("it can be listed").path();
        if path.is_dir() {
            find(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "md") {
            found.push(path);
        }
    }
}

/// A block of code: its first line, whether it is marked as a shell's, and its lines without indentation.
struct Block {
    line: usize,
    is_shell: bool,
    lines: Vec<String>,
}

impl Page {
    /// The sections in which there are commands.
    pub fn sections(&self) -> Vec<Section> {
        let mut sections = vec![Section { heading: String::new(), steps: Vec::new() }];
        let mut lines = self.text.lines().enumerate().peekable();
        let mut was_blank = true;
        while let Some((number, line)) = lines.next() {
            if let Some(language) = line.strip_prefix("```") {
                let inside: Vec<String> =
                    lines.by_ref().map(|(_, line)| line.to_owned()).take_while(|line| !line.starts_with("```")).collect();
                // Programs, queries and other files are not typed.
                if matches!(language, "" | "sh") {
                    let block = Block { line: number + 2, is_shell: language == "sh", lines: inside };
                    block.add_to(sections.last_mut().expect("there is one"));
                }
            } else if line.starts_with('#') {
                sections.push(Section { heading: line.to_owned(), steps: Vec::new() });
            } else if let (true, Some(first)) = (was_blank, line.strip_prefix("    ")) {
                let mut inside = vec![first.to_owned()];
                while let Some((_, line)) = lines.next_if(|(_, line)| line.starts_with("    ") || line.is_empty()) {
                    inside.push(line.get(4..).unwrap_or_default().to_owned());
                }
                while inside.last().is_some_and(String::is_empty) {
                    inside.pop();
                }
                Block { line: number + 1, is_shell: false, lines: inside }.add_to(sections.last_mut().expect("there is one"));
                was_blank = true;
                continue;
            }
            was_blank = line.is_empty();
        }
        sections.retain(|section| !section.steps.is_empty());
        sections
    }

    /// The commands named in running text, such as `purser status`, with the line each begins on.
    pub fn named(&self) -> Vec<(usize, String)> {
        let mut found = Vec::new();
        let mut fenced = false;
        for (number, line) in self.text.lines().enumerate() {
            fenced ^= line.starts_with("```");
            if !fenced && !line.starts_with("    ") {
                let spans = line.split('`').skip(1).step_by(2).filter(|span| span.starts_with("purser "));
                found.extend(spans.map(|span| (number + 1, span.to_owned())));
            }
        }
        found
    }
}

impl Block {
    fn add_to(self, section: &mut Section) {
        let is_session = self.lines.first().is_some_and(|line| line.starts_with("$ "));
        let begins = |line: &String| COMMANDS.iter().any(|command| line.starts_with(command));
        if is_session {
            self.session(section);
        } else if self.is_shell || self.lines.iter().any(begins) {
            self.commands(section);
        } else if let Some(last) = section.steps.last_mut() {
            last.shown.push(self.lines);
        }
    }

    /// A command on each line, unless it ends in a backslash and goes on.
    fn commands(self, section: &mut Section) {
        let mut goes_on = false;
        for (number, line) in self.lines.into_iter().enumerate() {
            match section.steps.last_mut() {
                Some(last) if goes_on => last.command = format!("{}\n{line}", last.command),
                _ if line.trim().is_empty() || line.starts_with('#') => continue,
                _ => section.steps.push(Step { line: self.line + number, command: line.clone(), shown: Vec::new() }),
            }
            goes_on = line.ends_with('\\');
        }
    }

    /// Commands after a prompt, each with its output.
    fn session(self, section: &mut Section) {
        for (number, line) in self.lines.into_iter().enumerate() {
            match (line.strip_prefix("$ "), section.steps.last_mut()) {
                (Some(command), _) => {
                    section.steps.push(Step { line: self.line + number, command: command.to_owned(), shown: Vec::new() });
                }
                (None, Some(last)) => match last.shown.last_mut() {
                    Some(shown) => shown.push(line),
                    None => last.shown.push(vec![line]),
                },
                (None, None) => {}
            }
        }
    }
}
