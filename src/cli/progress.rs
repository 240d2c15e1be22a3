//! Long work shows where it is, on a terminal.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// A line at the bottom of a terminal; nothing elsewhere, where log lines say the same.
pub(super) struct Progress(ProgressBar);

impl Progress {
    pub(super) fn start() -> Self {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
        bar.set_style(ProgressStyle::default_spinner());
        Self(bar)
    }

    /// Shows what is being done now.
    pub(super) fn show(&self, what: &str) {
        self.0.enable_steady_tick(Duration::from_millis(120));
        self.0.set_message(what.to_owned());
    }

    /// Makes room for other output.
    pub(super) fn pause(&self) {
        self.0.disable_steady_tick();
        self.0.set_message("");
        self.0.reset();
        if !self.0.is_hidden() {
            // The line is drawn again by the next step.
            eprint!("\r\x1b[K");
        }
    }
}
