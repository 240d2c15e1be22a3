use std::sync::Arc;

use tokio::sync::watch;

use super::failure::Failure;
use crate::app::Environment;
use crate::error::{NotFound, Transient};
use crate::program::Program;

/// What every page is given.
#[derive(Clone)]
pub struct Web {
    /// The database, once it is open.
    pub opened: watch::Receiver<Option<Arc<Environment>>>,
    /// The programs whose files could be used at the server's last tick.
    pub usable: watch::Receiver<Arc<Vec<Arc<Program>>>>,
    /// The clock (microseconds since 1970).
    pub clock: fn() -> i64,
}

impl Web {
    /// The time.
    pub fn now(&self) -> i64 {
        (self.clock)()
    }

    /// Where purser works, for what needs no user.
    pub fn at(&self) -> Result<Arc<Environment>, Failure> {
        let at = self.opened.borrow().clone();
        at.ok_or_else(|| Failure::from(Transient("the database is not open yet: try again in a minute".to_owned())))
    }

    /// All programs.
    pub fn programs(&self) -> Arc<Vec<Arc<Program>>> {
        self.usable.borrow().clone()
    }

    /// The program of an id.
    pub fn program(&self, id: &str) -> Result<Arc<Program>, Failure> {
        let found = self.programs().iter().find(|program| program.id == id).cloned();
        found.ok_or_else(|| Failure::from(NotFound(format!("there is no program {id}, or its file cannot be used"))))
    }
}
