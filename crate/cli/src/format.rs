//! How the commands that answer one question write their answer.

use clap::ValueEnum;

/// For people, or for programs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people.
    #[value(alias = "text")]
    Human,
    /// One object.
    Json,
}
