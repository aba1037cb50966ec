//! `diffract check`: what is wrong with rule files.

use crate::outcome::Outcome;
use crate::packs::Packs;
use anyhow::Result;
use diffract_core::Severity;
use std::path::PathBuf;

/// Check rule files and say what is wrong with them
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  diffract check my.rules

Exit codes:
  0  no errors
  1  there are errors
  2  nothing could be read")]
pub struct Arguments {
    /// Rule files, checked together: a list of one is known in the others
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
}

/// Checks and reports.
///
/// # Errors
/// If none of the files can be read.
pub fn run(arguments: &Arguments) -> Result<Outcome> {
    let packs = Packs::load(&arguments.files)?;
    let rules = packs.program.rules.len();
    eprintln!(
        "{rules} rules, {} errors, {} warnings",
        packs.count(Severity::Error),
        packs.count(Severity::Warning)
    );
    Ok(Outcome::found_if(packs.have_errors()))
}
