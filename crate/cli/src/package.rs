//! `diffract package`: a pack as one file.

use crate::outcome::Outcome;
use crate::packs::Packs;
use crate::{folder, terminal};
use anyhow::{Context, Result, bail};
use diffract_core::Severity;
use diffract_packs::{RULES, archive, cases};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

/// Package a pack as one file, which the dashboard reads: the same bytes for the same pack, every time
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  diffract package calm                   makes calm-1.0.0.zip, here
  diffract package calm -o dist/calm.zip

Exit codes:
  0  the file is written
  1  it is not: the pack cannot be read or has errors, or a case does not hold
  2  there is no pack, or the file cannot be written or would replace what is no packaged pack")]
pub struct Arguments {
    /// The pack's folder; this one, without any
    #[arg(value_name = "FOLDER", default_value = ".")]
    folder: PathBuf,
    /// The file to write, not in the pack itself; an older `.zip` is replaced, nothing else. Without it,
    /// `ID-VERSION.zip` here
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
    let (reading, files) = match folder::pack(folder) {
        Ok(read) => read,
        Err(problem) => {
            terminal::error(&format!("{problem:#}"));
            return Ok(Outcome::Found);
        }
    };
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
    if arguments.output.is_some() {
        lies_outside(&output, folder)?;
    }
    may_replace(&output)?;
    write(&output, &bytes).with_context(|| format!("cannot write {}", output.display()))?;
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

/// A package in its own pack would take the place of a rule, or be one file more that is none of it.
fn lies_outside(output: &Path, folder: &Path) -> Result<()> {
    let parent = output.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if let (Ok(parent), Ok(folder)) = (parent.canonicalize(), folder.canonicalize())
        && parent.starts_with(&folder)
    {
        bail!("{} lies in the pack itself; name a file outside of it", output.display());
    }
    Ok(())
}

/// Only an older package gives way: a plain file called `.zip` that begins as a zip does.
fn may_replace(output: &Path) -> Result<()> {
    let Ok(metadata) = fs::symlink_metadata(output) else { return Ok(()) };
    let is_package = || {
        let mut mark = [0; 4];
        let read = File::open(output).and_then(|mut file| file.read_exact(&mut mark));
        // The first is an entry, the second the end of an empty zip.
        read.is_ok() && matches!(&mark, b"PK\x03\x04" | b"PK\x05\x06")
    };
    let called_zip = output.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("zip"));
    if !(metadata.is_file() && called_zip && is_package()) {
        bail!("{} is there and is no packaged pack; name another file", output.display());
    }
    Ok(())
}

/// Beside it first: half a file is no pack.
fn write(output: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut beside = output.to_owned().into_os_string();
    beside.push(format!(".{}.tmp", std::process::id()));
    // Only a new file: one that is there is someone else's.
    let mut new = OpenOptions::new().write(true).create_new(true).open(&beside)?;
    let written =
        new.write_all(bytes).and_then(|()| new.sync_all()).and_then(|()| fs::rename(&beside, output));
    if written.is_err() {
        // Nothing more can be done about a file that cannot be taken away either.
        let _ = fs::remove_file(&beside);
    }
    written
}
