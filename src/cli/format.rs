use clap::ValueEnum;

/// How figures are shown.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// Aligned columns, for people
    Table,
    /// Comma-separated values
    Csv,
    /// JSON
    Json,
}
