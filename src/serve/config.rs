use std::path::PathBuf;

use crate::app::Post;

/// How a server is configured.
pub struct Config {
    /// The folder of program files, or one file.
    pub jobs: PathBuf,
    /// Only this program.
    pub only: Option<String>,
    /// Where it answers over HTTP, such as `127.0.0.1:9464`.
    pub listen: String,
    /// Where its pages are, such as `127.0.0.1:9465`; none where there are none.
    pub pages: Option<String>,
    /// Where partners' servers report to; nowhere if none.
    pub postbacks: Option<String>,
    /// How many jobs run at once.
    pub at_once: usize,
    /// The clock (microseconds since 1970).
    pub clock: fn() -> i64,
    /// The data folder.
    pub data: PathBuf,
    /// How mail and webhooks are sent, for when there is no database.
    pub post: Post,
}
