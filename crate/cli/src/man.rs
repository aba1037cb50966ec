//! `diffract man`: manual pages, from the same source as `--help`.

use crate::files;
use crate::outcome::Outcome;
use anyhow::{Context, Result, bail};
use std::fs;
use std::io::{self, Write};
use std::path::PathBuf;

/// Write the manual pages
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  diffract man | man -l -
  diffract man --out ~/.local/share/man/man1
  diffract man --out ~/.local/share/man/man1 --force    (of a newer version)

Exit codes:
  0  written
  2  the folder cannot be written to, or has pages of these names; none is written then")]
pub struct Arguments {
    /// A folder for all pages, one a command; without it, the first page goes to standard output
    #[arg(long, value_name = "FOLDER")]
    out: Option<PathBuf>,
    /// Writes over pages that are there
    #[arg(long, requires = "out")]
    force: bool,
}

/// Writes them.
///
/// # Errors
/// If something cannot be written.
pub fn run(arguments: &Arguments, command: clap::Command) -> Result<Outcome> {
    match &arguments.out {
        Some(folder) => {
            fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
            let mut all = Vec::new();
            let mut command = command.disable_help_subcommand(true);
            command.build();
            pages(&command, &mut all)?;
            let there = all.iter().map(|(name, _)| folder.join(name)).find(|page| page.exists());
            if let Some(page) = there.filter(|_| !arguments.force) {
                bail!("{} is there already; add `--force` to write over it", page.display());
            }
            for (name, page) in &all {
                files::create(&folder.join(name), page, arguments.force)?;
            }
        }
        None => {
            let mut page = Vec::new();
            clap_mangen::Man::new(command).render(&mut page)?;
            io::stdout().write_all(&page)?;
        }
    }
    Ok(Outcome::Well)
}

/// The pages of a command and of those below it, by file name.
fn pages(command: &clap::Command, all: &mut Vec<(String, Vec<u8>)>) -> Result<()> {
    for below in command.get_subcommands().filter(|below| !below.is_hide_set()) {
        pages(below, all)?;
    }
    let page = clap_mangen::Man::new(command.clone());
    let mut text = Vec::new();
    page.render(&mut text)?;
    all.push((page.get_filename(), text));
    Ok(())
}
