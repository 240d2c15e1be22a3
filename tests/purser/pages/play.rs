//! Plays the commands of a section, one after the other, in one shell and in a folder of its own.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use super::read::Section;
use crate::support::{files_below, project, tool};

/// Folders of a machine. What pages say of them is done in the section's folder, so that nothing needs root.
const OF_THE_MACHINE: &[&str] = &["/srv/purser", "/mnt/backup", "/etc/purser", "/etc/systemd/system", "/usr/local/bin"];

/// What sections need to know before their first line.
const BEGINNING: &str = r#"
set -euo pipefail
# Whoever these commands are typed as: their folder is the login's.
sudo() { ( if [[ "$1" == *i* ]]; then cd "$MACHINE/srv/purser"; fi; "${@:3}" ) }
# A command of the page failed, and not the set-up.
failed() { touch "$MACHINE/failed"; exit 1; }
# Done in silence, for the set-up.
quietly() { "$@" >/dev/null; }
# The program's first night, at this time; HEAD is the head of the chain that it reports.
night() { HEAD=$(purser run nightly --as-of "$1" | sed -n 's/^ *chain: entry \([0-9]*\), \(.\{12\}\).*/\1:\2/p'); }
# The sample shop in a folder of its own, after its first night.
sample() {
    cd "$(mktemp -d -p "$MACHINE")"
    quietly purser init
    night 2026-05-01T00:00:00Z
}
# The demo's shop, after a night.
glow() {
    ln -s "$PROJECT"/{jobs,fixtures} .
    night 2026-04-01T14:00:00Z
}
# The shop of a machine, after its first night.
server() {
    cd "$MACHINE/srv/purser"
    quietly purser init
    night 2026-05-01T00:00:00Z
    cd "$MACHINE"
}
# What the unit or the container for backups does.
backup() { (
    cd "$MACHINE/srv/purser"
    BACKUP="$MACHINE/mnt/backup/purser" quietly "$PROJECT/deploy/backup.sh"
) }
"#;

/// A command that was reached.
pub struct Said {
    pub ok: bool,
    pub out: String,
    pub err: String,
}

/// A section that is being played.
pub struct Play {
    machine: TempDir,
    script: String,
    /// Those that are run, by their places in the section.
    steps: usize,
}

impl Play {
    /// In an empty folder, which holds those that machines have.
    pub fn new(set_up: &str) -> Self {
        let machine = TempDir::new().expect("a temporary folder");
        for folder in OF_THE_MACHINE.iter().chain(&["/said"]) {
            fs::create_dir_all(below(machine.path(), folder)).expect("the test can make folders");
        }
        symlink(env!("CARGO_BIN_EXE_purser"), below(machine.path(), "/usr/local/bin").join("purser")).expect("the test can link");
        symlink(project().join("deploy"), machine.path().join("deploy")).expect("the test can link");
        let mut play = Self { machine, script: BEGINNING.to_owned(), steps: 0 };
        play.prepare(set_up);
        play
    }

    /// What has to be done before the next command.
    pub fn prepare(&mut self, set_up: &str) {
        self.script += &format!("{set_up}\n");
    }

    /// Adds a command of the page; answers under which number what it says is found.
    pub fn step(&mut self, command: &str) -> usize {
        let mut command = command.replace("cargo run --release -- ", "purser ");
        for folder in OF_THE_MACHINE {
            command = command.replace(folder, &below(self.machine.path(), folder).display().to_string());
        }
        // A head of the chain is that of the shop which the set-up made.
        let is_head = |word: &&str| {
            let parts = word.split_once(':');
            parts.is_some_and(|(entry, hash)| {
                entry.parse::<u32>().is_ok() && hash.len() >= 12 && hash.chars().all(|c| c.is_ascii_hexdigit())
            })
        };
        let head = command.split_whitespace().find(is_head).map(str::to_owned);
        if let Some(head) = head {
            command = command.replace(&head, "\"$HEAD\"");
        }
        let number = self.steps;
        self.script += &format!("{{ {command}\n}} >\"$MACHINE/said/{number}.out\" 2>\"$MACHINE/said/{number}.err\" || failed\n");
        self.steps += 1;
        number
    }

    /// Plays it, up to the first command that fails; what each said, or why the set-up failed.
    pub fn run(self) -> Result<Vec<Said>, String> {
        let machine = self.machine.path();
        let mut shell = Command::new("bash");
        shell.env_clear().current_dir(machine).args(["-c", &self.script]);
        shell.env("PATH", path(machine)).env("MACHINE", machine).env("PROJECT", project());
        shell.env("HOME", machine).env("USER", "ops").env("LC_ALL", "C.UTF-8").env("TZ", "UTC");
        let done = shell.output().expect("a shell starts");
        let read = |name: String| fs::read_to_string(machine.join("said").join(name)).unwrap_or_default();
        let reached = files_below(&machine.join("said")).len() / 2;
        let said = |number: usize| {
            let ok = done.status.success() || number + 1 < reached;
            Said { ok, out: read(format!("{number}.out")), err: read(format!("{number}.err")) }
        };
        if !done.status.success() && !machine.join("failed").exists() {
            return Err(format!("the set-up failed after {reached} commands: {}", String::from_utf8_lossy(&done.stderr)));
        }
        Ok((0..reached).map(said).collect())
    }
}

/// A folder of the machine, in the section's folder.
fn below(machine: &Path, folder: &str) -> PathBuf {
    machine.join(folder.trim_start_matches('/'))
}

/// Where programs are: purser, those that `tests/tools` installed, and the system's.
fn path(machine: &Path) -> String {
    let tools = tool("bean-check").get_program().to_owned();
    let tools = Path::new(&tools).parent().filter(|folder| folder.is_absolute()).map(|folder| format!("{}:", folder.display()));
    let own = below(machine, "/usr/local/bin");
    format!("{}:{}{}", own.display(), tools.unwrap_or_default(), std::env::var("PATH").expect("there is a PATH"))
}

/// Where a section stands, for messages.
pub fn place(page: &str, section: &Section, line: usize) -> String {
    format!("{page}, line {line} ({})", section.heading.trim_start_matches('#').trim())
}
