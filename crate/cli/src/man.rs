//! `diffract man`: manual pages, from the same source as `--help`.

use crate::outcome::Outcome;
use anyhow::{Context, Result};
use std::fs;
use std::io::{self, Write};
use std::path::PathBuf;

/// Write the manual pages
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  diffract man | man -l -
  diffract man --out ~/.local/share/man/man1

Exit codes:
  0  written
  2  the folder cannot be written to")]
pub struct Arguments {
    /// A folder for all pages, one a command; without it, the first page goes to standard output
    #[arg(long, value_name = "FOLDER")]
    out: Option<PathBuf>,
}

/// Writes them.
///
/// # Errors
/// If something cannot be written.
pub fn run(arguments: &Arguments, command: clap::Command) -> Result<Outcome> {
    match &arguments.out {
        Some(folder) => {
            fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
            clap_mangen::generate_to(command, folder)
                .with_context(|| format!("cannot write to {}", folder.display()))?;
        }
        None => {
            let mut page = Vec::new();
            clap_mangen::Man::new(command).render(&mut page)?;
            io::stdout().write_all(&page)?;
        }
    }
    Ok(Outcome::Well)
}
