//! `diffract fmt`: rule files in their one form.

use crate::{Outcome, packs};
use anyhow::{Context, Result, bail};
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

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
        replace(file, &formatted)?;
    }
    Ok(if changed && arguments.check { Outcome::RuleErrors } else { Outcome::Well })
}

/// Gives a file other contents: beside it first, so that a full disk does not cost the rules. A link goes on
/// pointing where it points, and the file keeps its mode.
fn replace(file: &Path, contents: &str) -> Result<()> {
    let name = file.display();
    let target = fs::canonicalize(file).with_context(|| format!("cannot find {name}"))?;
    let mode = fs::metadata(&target).with_context(|| format!("cannot read {name}"))?.permissions();
    if mode.readonly() {
        bail!("{name} is not to be written to");
    }
    let mut beside = target.clone().into_os_string();
    beside.push(format!(".{}.tmp", std::process::id()));
    let write = || -> std::io::Result<()> {
        // Only a new file: one that is there is someone else's.
        let mut new = OpenOptions::new().write(true).create_new(true).open(&beside)?;
        let written = new
            .write_all(contents.as_bytes())
            .and_then(|()| new.sync_all())
            .and_then(|()| fs::set_permissions(&beside, mode))
            .and_then(|()| fs::rename(&beside, &target));
        if written.is_err() {
            // Nothing more can be done about a file that cannot be taken away either.
            let _ = fs::remove_file(&beside);
        }
        written
    };
    write().with_context(|| format!("cannot write {name}"))
}
