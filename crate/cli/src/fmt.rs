//! `diffract fmt`: rule files in their one form.

use crate::outcome::Outcome;
use crate::{files, packs};
use anyhow::Result;
use std::path::PathBuf;

/// Format rule files in place; comments stay, and so do lines that cannot be read
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  diffract fmt my.rules

Exit codes:
  0  all is formatted
  1  with `--check`: something is not
  2  a file cannot be read or written")]
pub struct Arguments {
    /// Rule files
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Change nothing; name the files that are not formatted, and end with 1 if there are any
    #[arg(long)]
    check: bool,
}

/// Formats or checks.
///
/// # Errors
/// If a file cannot be read or written.
pub fn run(arguments: &Arguments) -> Result<Outcome> {
    let mut changed = false;
    for file in &arguments.files {
        let source = packs::read(file)?;
        let formatted = diffract_core::format(&source);
        if formatted == source {
            continue;
        }
        changed = true;
        if arguments.check {
            eprintln!("{} is not formatted", file.display());
            continue;
        }
        files::replace(file, &formatted)?;
    }
    Ok(Outcome::found_if(changed && arguments.check))
}
