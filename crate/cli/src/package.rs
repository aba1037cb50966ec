//! `diffract package`: a pack as one file.

use crate::outcome::Outcome;
use crate::packs::Packs;
use crate::{folder, terminal};
use anyhow::{Context, Result, bail};
use diffract_core::Severity;
use diffract_packs::{RULES, archive, cases};
use std::fs;
use std::io::Write;
use std::path::PathBuf;

/// Package a pack as one file, which the dashboard reads: the same bytes for the same pack, every time
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  diffract package calm                   makes calm-1.0.0.zip, here
  diffract package calm -o dist/calm.zip

Exit codes:
  0  the file is written
  1  it is not: the pack has errors, or a case does not hold
  2  there is no pack, or the file cannot be written")]
pub struct Arguments {
    /// The pack's folder; this one, without any
    #[arg(value_name = "FOLDER", default_value = ".")]
    folder: PathBuf,
    /// The file to write; without it, `ID-VERSION.zip` here
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// Packages.
///
/// # Errors
/// If there is no pack, or the file cannot be written.
pub fn run(arguments: &Arguments) -> Result<Outcome> {
    let folders = folder::packs(std::slice::from_ref(&arguments.folder))?;
    let [folder] = folders.as_slice() else {
        bail!("{} holds {} packs; name one", arguments.folder.display(), folders.len());
    };
    let (reading, files) = folder::pack(folder)?;
    for problem in &reading.problems {
        let _ = writeln!(terminal::stderr(), "{}", terminal::plain(&problem.to_string()));
    }
    let Some(pack) = reading.pack.as_ref().filter(|_| !reading.has_errors()) else {
        return Ok(Outcome::Found);
    };
    let diagnostics = pack.compile().diagnostics;
    if diagnostics.iter().flat_map(|of_pack| &of_pack.diagnostics).any(|d| d.severity == Severity::Error) {
        Packs::load(&[folder.join(RULES)])?;
        return Ok(Outcome::Found);
    }
    let outcome = cases::run(pack, |_| true);
    if outcome.failed().next().is_some() {
        write!(terminal::stderr(), "{}", terminal::plain(&outcome.to_string()))?;
        return Ok(Outcome::Found);
    }
    let bytes = archive::write(&files)?;
    let manifest = &pack.manifest;
    let output = arguments
        .output
        .clone()
        .unwrap_or_else(|| format!("{}-{}.zip", manifest.id, manifest.version).into());
    // Beside it first: half a file is no pack.
    let mut beside = output.clone().into_os_string();
    beside.push(format!(".{}.tmp", std::process::id()));
    let written = fs::write(&beside, &bytes).and_then(|()| fs::rename(&beside, &output));
    if written.is_err() {
        let _ = fs::remove_file(&beside);
    }
    written.with_context(|| format!("cannot write {}", output.display()))?;
    writeln!(
        terminal::stdout(),
        "{}: {} {}, {} bytes, {} of {} hold",
        output.display(),
        manifest.title,
        manifest.version,
        terminal::thousands(bytes.len()),
        outcome.cases.len(),
        terminal::count(outcome.cases.len(), "case")
    )?;
    Ok(Outcome::Well)
}
