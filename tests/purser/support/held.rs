//! Commands that are stopped at a durable effect, by way of `PURSER_TRIAL` (see `src/effect/crash_trial.rs`).

use std::fs;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::Done;

/// How long a command may take to get where it is awaited.
const PATIENCE: Duration = Duration::from_secs(120);

/// A file of a trial; gone with the value.
struct Mark(PathBuf);

impl Mark {
    fn new() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let name = format!("purser-trial-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        Self(std::env::temp_dir().join(name))
    }
}

impl Drop for Mark {
    fn drop(&mut self) {
        // It is not there when nobody wrote it.
        let _ = fs::remove_file(&self.0);
    }
}

/// Plays a command whole; answers its effects, in the order in which they were reached.
pub fn steps(command: &mut Command) -> (Done, Vec<String>) {
    let mark = Mark::new();
    let done = command.env("PURSER_TRIAL", format!("list|{}", mark.0.display())).output().expect("the binary starts");
    let list = fs::read_to_string(&mark.0).unwrap_or_default();
    (done.into(), list.lines().map(str::to_owned).collect())
}

/// Lets an effect of a command fail, `fail-before` or `fail-after`.
pub fn failed(command: &mut Command, how: &str, step: &str) -> Done {
    let mark = Mark::new();
    let done = command.env("PURSER_TRIAL", format!("{how}|{step}|{}", mark.0.display())).output().expect("the binary starts");
    let done = Done::from(done);
    assert!(mark.0.exists(), "it never came to {step}: {}{}", done.out, done.err);
    done
}

/// A command that stands still at an effect. It is killed with the value.
pub struct Held {
    child: Option<Child>,
    mark: Mark,
}

impl Held {
    /// Starts a command and waits until it stands `hold-before` or `hold-after` an effect.
    pub fn at(command: &mut Command, how: &str, step: &str) -> Self {
        let mark = Mark::new();
        command.env("PURSER_TRIAL", format!("{how}|{step}|{}", mark.0.display()));
        let child =
            command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the binary starts");
        let mut held = Self { child: Some(child), mark };
        held.wait_until(step, |held| held.mark.0.exists());
        held
    }

    /// Starts a command that no effect stops.
    pub fn running(command: &mut Command) -> Self {
        let child =
            command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the binary starts");
        Self { child: Some(child), mark: Mark::new() }
    }

    fn wait_until(&mut self, what: &str, there: impl Fn(&Self) -> bool) {
        let since = Instant::now();
        while !there(self) {
            if self.has_ended() {
                let done = self.ended();
                panic!("it ended before it came to {what}: {}{}", done.out, done.err);
            }
            assert!(since.elapsed() < PATIENCE, "it never came to {what}");
            sleep(Duration::from_millis(1));
        }
    }

    pub fn has_ended(&mut self) -> bool {
        self.child.as_mut().expect("it was started").try_wait().expect("it can be watched").is_some()
    }

    /// SIGKILL; it is gone when this returns.
    pub fn kill(mut self) {
        self.end();
    }

    /// It does nothing at all until it is thawed.
    pub fn freeze(&self) {
        self.signal("-STOP");
    }

    pub fn thaw(&self) {
        self.signal("-CONT");
    }

    fn signal(&self, signal: &str) {
        let pid = self.child.as_ref().expect("it was started").id().to_string();
        assert!(Command::new("kill").args([signal, &pid]).status().expect("there is kill").success());
    }

    /// Lets it go on to its end.
    pub fn go_on(mut self) -> Done {
        let _ = fs::remove_file(&self.mark.0);
        self.ended()
    }

    fn ended(&mut self) -> Done {
        let child = self.child.take().expect("it was started");
        child.wait_with_output().expect("it ends").into()
    }

    fn end(&mut self) {
        if let Some(mut child) = self.child.take() {
            // It may have ended by itself.
            let _ = child.kill();
            child.wait().expect("it ends");
        }
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.end();
    }
}
