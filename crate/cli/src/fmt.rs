//! `diffract fmt`: rule files in their one form.

use crate::{Outcome, packs};
use anyhow::{Context, Result};
use std::fs;
use std::path::PathBuf;

/// Format rule files in place. Comments stay, and so do lines that cannot be read.
#[derive(Debug, clap::Args)]
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
        // Beside the file first, so that a full disk does not cost the rules.
        let mut beside = file.clone().into_os_string();
        beside.push(".tmp");
        fs::write(&beside, formatted).with_context(|| format!("cannot write beside {}", file.display()))?;
        fs::rename(&beside, file).with_context(|| format!("cannot write {}", file.display()))?;
    }
    Ok(if changed && arguments.check { Outcome::RuleErrors } else { Outcome::Well })
}
