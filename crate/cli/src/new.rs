//! `diffract new`: a pack to start from.

use crate::outcome::Outcome;
use crate::terminal;
use anyhow::{Context, Result, anyhow, bail};
use diffract_packs::template;
use std::fs;
use std::io::Write;
use std::path::PathBuf;

/// Make a folder with a small pack in it: rules, a list, cases, a README
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  diffract new quiet-evenings                   a folder of that name, here
  diffract new packs/calm --author \"Mina\"       elsewhere, with its author
  cd quiet-evenings && diffract test            its cases hold from the start

Exit codes:
  0  the folder is there
  2  it cannot be made: it is there already, or no name can be made of it")]
pub struct Arguments {
    /// The folder to make; its name, in lower-case letters, digits and `-`, becomes the pack's id
    #[arg(value_name = "NAME")]
    name: PathBuf,
    /// Who writes it
    #[arg(long, value_name = "NAME", default_value = "")]
    author: String,
}

/// Makes the folder.
///
/// # Errors
/// If it is there and not empty, cannot be written, or its name cannot be an id.
pub fn run(arguments: &Arguments) -> Result<Outcome> {
    let folder = &arguments.name;
    let last = folder.file_name().ok_or_else(|| anyhow!("{} names no folder", folder.display()))?;
    let Some(id) = template::id_of(&last.to_string_lossy()) else {
        bail!("no id can be made of `{}`; use letters from a to z", last.display());
    };
    if fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some()) || folder.is_file() {
        bail!("{} is there already; choose another name", folder.display());
    }
    let files = template::files(&id, &arguments.author)?;
    for (path, bytes) in files.iter() {
        let place = folder.join(path);
        if let Some(parent) = place.parent() {
            fs::create_dir_all(parent).with_context(|| format!("cannot make {}", parent.display()))?;
        }
        // Only new files: one that is there is someone else's.
        let mut file = fs::OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(&place)
            .with_context(|| format!("cannot write {}", place.display()))?;
        file.write_all(bytes).with_context(|| format!("cannot write {}", place.display()))?;
    }
    let mut out = terminal::stdout();
    writeln!(out, "made {}:", folder.display())?;
    for (path, _) in files.iter() {
        writeln!(out, "  {path}")?;
    }
    writeln!(out, "next: diffract test {}", folder.display())?;
    Ok(Outcome::Well)
}
