//! `diffract test`: a pack's own cases.

use crate::outcome::Outcome;
use crate::packs::Packs;
use crate::{folder, terminal};
use anyhow::{Result, bail};
use clap::ValueEnum;
use diffract_core::Severity;
use diffract_packs::cases::{self, Outcome as Ran, junit};
use diffract_packs::{RULES, Severity as HowBad};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Run the cases of packs: posts go in, and the verdicts must be those expected
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  diffract test                                  the pack in this folder
  diffract test packs                            every pack in `packs`
  diffract test calm --filter giveaway           the cases whose name has `giveaway`
  diffract test packs --format junit >test.xml   for CI

Exit codes:
  0  every case holds
  1  a verdict differs, or a pack has errors (with --untested: or a rule that no case shows)
  2  there is nothing to test: no pack, no case, no case of that name")]
pub struct Arguments {
    /// Pack folders, or folders of packs; this folder, without any
    #[arg(value_name = "FOLDER", default_value = ".")]
    folders: Vec<PathBuf>,
    /// Only cases whose `pack/file: name` has this in it; capitals do not matter
    #[arg(long, value_name = "TEXT")]
    filter: Option<String>,
    /// Also fail where no case shows what a rule does
    #[arg(long, conflicts_with = "filter")]
    untested: bool,
    /// How the outcome is written
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// What differs, then a summary, for people
    Human,
    /// One array, one object a pack
    Json,
    /// XML as CI systems read it
    Junit,
}

/// Runs the cases.
///
/// # Errors
/// If there is nothing to test.
pub fn run(arguments: &Arguments) -> Result<Outcome> {
    let folders = folder::packs(&arguments.folders)?;
    let progress = terminal::progress(Some(folders.len() as u64), "testing", false);
    let (mut outcomes, mut failed) = (Vec::new(), false);
    for folder in &folders {
        let (outcome, sound) = progress.suspend(|| test(folder, arguments.filter.as_deref()));
        failed |= !sound;
        outcomes.extend(outcome);
        progress.inc(1);
    }
    progress.finish_and_clear();
    let ran: usize = outcomes.iter().map(|outcome| outcome.cases.len()).sum();
    if ran == 0 && !failed {
        match &arguments.filter {
            Some(filter) => bail!("no case has `{filter}` in its name"),
            None => bail!("there are no cases; write some in `cases/*.toml`"),
        }
    }
    write(&outcomes, arguments.format)?;
    let differs = outcomes.iter().any(|outcome| outcome.failed().next().is_some());
    let untested = arguments.untested && outcomes.iter().any(|outcome| !outcome.untested.is_empty());
    Ok(Outcome::found_if(failed || differs || untested))
}

/// What came of one pack, if it could be read, and whether it is free of errors. They are told.
fn test(folder: &Path, filter: Option<&str>) -> (Option<Ran>, bool) {
    let reading = match folder::pack(folder) {
        Ok((reading, _)) => reading,
        Err(problem) => {
            terminal::error(&format!("{problem:#}"));
            return (None, false);
        }
    };
    for problem in &reading.problems {
        let words = format!("{}", folder.join(&problem.file).display());
        let words = problem.to_string().replacen(&problem.file, &words, 1);
        let _ = writeln!(terminal::stderr(), "{}", terminal::plain(&words));
    }
    let mut sound = !reading.problems.iter().any(|problem| problem.severity == HowBad::Error);
    let Some(pack) = reading.pack else { return (None, sound) };
    if pack
        .compile()
        .diagnostics
        .iter()
        .flat_map(|of_pack| &of_pack.diagnostics)
        .any(|d| d.severity == Severity::Error)
    {
        sound = false;
        // Said in the words of `diffract check`.
        if let Err(problem) = Packs::load(&[folder.join(RULES)]) {
            terminal::error(&format!("{problem:#}"));
        }
    }
    let wanted = filter.map(str::to_lowercase);
    let outcome = cases::run(&pack, |case| {
        wanted.as_deref().is_none_or(|wanted| {
            format!("{}/{}: {}", pack.manifest.id, case.file, case.name).to_lowercase().contains(wanted)
        })
    });
    (Some(outcome), sound)
}

fn write(outcomes: &[Ran], format: Format) -> io::Result<()> {
    let mut out = terminal::stdout();
    match format {
        Format::Json => {
            serde_json::to_writer_pretty(&mut out, outcomes)?;
            writeln!(out)?;
        }
        Format::Junit => write!(out, "{}", junit(outcomes))?,
        Format::Human => {
            for outcome in outcomes {
                for line in terminal::plain(&outcome.to_string()).lines() {
                    match line.strip_prefix("FAILED") {
                        Some(rest) => writeln!(out, "{}{rest}", terminal::styled(terminal::RED, "FAILED"))?,
                        None => writeln!(out, "{line}")?,
                    }
                }
            }
            let cases: usize = outcomes.iter().map(|outcome| outcome.cases.len()).sum();
            let failed: usize = outcomes.iter().map(|outcome| outcome.failed().count()).sum();
            if outcomes.len() > 1 {
                let packs = terminal::count(outcomes.len(), "pack");
                let cases = terminal::count(cases, "case");
                writeln!(
                    out,
                    "\n{packs}, {cases}: {}",
                    if failed == 0 { "all hold".to_owned() } else { format!("{failed} failed") }
                )?;
            }
        }
    }
    out.flush()
}
