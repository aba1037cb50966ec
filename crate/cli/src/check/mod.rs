//! `diffract check`: what is wrong with rule files, for people and for machines.

mod fix;
mod folders;
mod json;
mod places;
mod sarif;

use crate::outcome::Outcome;
use crate::packs::Packs;
use crate::terminal::{self, count};
use anyhow::Result;
use clap::ValueEnum;
use diffract_core::Severity;
use fix::Fixed;
use folders::Folders;
use std::io::Write;
use std::path::PathBuf;

/// Check rule files and say what is wrong with them
///
/// A bad line costs that line, a file that cannot be read that file; the rest is checked. Messages for people go to
/// standard error, reports for machines to standard output.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  diffract check my.rules
  diffract check packs/ --deny warnings              a folder of rule files or packs, strictly, as CI would
  diffract check my.rules --fix                      mend what has one reading only
  diffract check packs/ --format sarif > diffract.sarif
  pbpaste | diffract check -

Exit codes:
  0  no errors
  1  there are errors, files that cannot be read, or what `--deny` names
  2  nothing could be read")]
pub struct Arguments {
    /// Rule files, folders of them, or packs; `-` reads standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// How messages are written: human, in the manner of rustc; json, one document; sarif, version 2.1.0
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
    /// What counts as an error: warnings; or hints, which are warnings and hints
    #[arg(long, value_enum, value_name = "WHAT")]
    deny: Option<Deny>,
    /// Mend in place what has one reading only: `&&` for `and`, missing quotes. What is read from standard input goes,
    /// mended, to standard output
    #[arg(long)]
    fix: bool,
    /// Also put in what is a guess, as of a misspelt name; look at the difference afterwards
    #[arg(long, requires = "fix")]
    unsafe_fixes: bool,
}

/// How messages are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// With the line and a mark under it.
    #[value(alias = "text")]
    Human,
    /// One JSON document.
    Json,
    /// The Static Analysis Results Interchange Format.
    Sarif,
}

/// What counts as an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Deny {
    /// Warnings.
    Warnings,
    /// Warnings and hints.
    Hints,
}

/// Checks and reports.
///
/// # Errors
/// If none of the files can be read, or a mended one cannot be written.
pub fn run(arguments: &Arguments) -> Result<Outcome> {
    let mut packs = Packs::read(&arguments.files)?;
    let fixed =
        if arguments.fix { fix::apply(&mut packs, arguments.unsafe_fixes)? } else { Fixed::default() };
    let folders = Folders::read(&packs);
    let count = |severity| packs.count(severity) + folders.count(severity);
    let denied = match arguments.deny {
        None => 0,
        Some(Deny::Warnings) => count(Severity::Warning),
        Some(Deny::Hints) => count(Severity::Warning) + count(Severity::Hint),
    };
    let outcome = Outcome::found_if(count(Severity::Error) + denied > 0);
    let mut out = terminal::stdout();
    match arguments.format {
        Format::Human => {
            packs.tell(Severity::Hint)?;
            folders.tell();
            summarise(&packs, &folders, fixed, arguments)?;
        }
        Format::Json => json::write(&mut out, &packs, &folders, fixed)?,
        Format::Sarif => sarif::write(&mut out, &packs, &folders, outcome)?,
    }
    out.flush()?;
    Ok(outcome)
}

/// `12 files, 340 rules: 3 errors, 1 warning`, and what to do next.
fn summarise(packs: &Packs, folders: &Folders, fixed: Fixed, arguments: &Arguments) -> Result<()> {
    let mut stderr = terminal::stderr();
    let found: Vec<String> =
        [(Severity::Error, "error"), (Severity::Warning, "warning"), (Severity::Hint, "hint")]
            .into_iter()
            .map(|(severity, name)| (packs.count(severity) + folders.count(severity), name))
            // Errors and warnings are said even if there are none.
            .filter(|(number, name)| *number > 0 || *name != "hint")
            .map(|(number, name)| count(number, name))
            .collect();
    let files = match packs.files.len() {
        1 => String::new(),
        many => format!("{}, ", count(many, "file")),
    };
    writeln!(stderr, "{files}{}, {}", count(packs.program.rules.len(), "rule"), found.join(", "))?;
    if fixed.fixes > 0 {
        writeln!(stderr, "mended {} in {}", count(fixed.fixes, "mistake"), count(fixed.files, "file"))?;
    }
    let (sure, guesses) = fix::available(packs);
    if sure > 0 && !arguments.fix {
        writeln!(stderr, "{} can be mended with `--fix`", terminal::thousands(sure))?;
    }
    if guesses > 0 && arguments.fix && !arguments.unsafe_fixes {
        let more = terminal::thousands(guesses);
        writeln!(stderr, "{more} more can be mended by guessing, with `--fix --unsafe-fixes`")?;
    }
    Ok(())
}
