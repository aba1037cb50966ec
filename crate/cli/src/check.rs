//! `diffract check`: what is wrong with rule files.

use crate::{Outcome, packs};
use anyhow::Result;
use std::path::PathBuf;

/// Check rule files and say what is wrong with them.
#[derive(Debug, clap::Args)]
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
    let packs = packs::load(&arguments.files)?;
    let rules = packs.program.rules.len();
    eprintln!("{rules} rules, {} errors, {} warnings", packs.errors, packs.warnings);
    Ok(if packs.errors == 0 { Outcome::Well } else { Outcome::RuleErrors })
}
