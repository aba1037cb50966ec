//! `diffract fmt`: rule files in their one form.

use crate::outcome::Outcome;
use crate::terminal::{self, BOLD, DIM, GREEN, RED, count, styled};
use crate::{files, packs};
use anyhow::{Result, bail};
use similar::{ChangeTag, TextDiff};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// How many unchanged lines stand around a change.
const AROUND: usize = 3;

/// Format rule files in place and say which; comments stay, and so do lines that cannot be read
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  diffract fmt my.rules
  diffract fmt packs/                   every rule file in a folder
  diffract fmt --check packs/           change nothing and show the difference, as CI would
  diffract fmt - < my.rules             from standard input to standard output

Exit codes:
  0  all is formatted
  1  with `--check`: something is not
  2  a file cannot be read or written; the others are done")]
pub struct Arguments {
    /// Rule files, folders of them, or packs; `-` formats standard input to standard output
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Change nothing; show what would change, and end with 1 if anything would
    #[arg(long)]
    check: bool,
}

/// Formats or checks.
///
/// # Errors
/// If a file cannot be read or written.
pub fn run(arguments: &Arguments) -> Result<Outcome> {
    let all = packs::rule_files(&arguments.files)?;
    let number = all.files.len() + all.refused.len();
    let (mut changed, mut failed) = (0, Vec::new());
    failed.extend(all.refused.into_iter().map(anyhow::Error::msg));
    for path in &all.files {
        match format(path, arguments.check) {
            Ok(differs) => changed += usize::from(differs),
            Err(problem) => failed.push(problem),
        }
    }
    let only = number == 1;
    if let Some(problem) = failed.pop_if(|_| only) {
        return Err(problem);
    }
    for problem in &failed {
        terminal::error(&format!("{problem:#}"));
    }
    if arguments.check && changed > 0 {
        let mut stderr = terminal::stderr();
        let verb = if changed == 1 { "is" } else { "are" };
        writeln!(
            stderr,
            "{} of {} {verb} not formatted",
            terminal::thousands(changed),
            count(number, "file")
        )?;
    }
    if !failed.is_empty() {
        bail!("{} of {} could not be formatted", terminal::thousands(failed.len()), count(number, "file"));
    }
    Ok(Outcome::found_if(changed > 0 && arguments.check))
}

/// Formats a file, or shows what would change; whether anything does.
fn format(path: &Path, check: bool) -> Result<bool> {
    let source = packs::read(path)?;
    let formatted = diffract_core::format(&source);
    let differs = formatted != source;
    if check {
        if differs {
            show(&files::name(path), &source, &formatted)?;
        }
    } else if files::is_stdin(path) {
        write!(io::stdout(), "{formatted}")?;
    } else if differs {
        files::replace(path, &formatted)?;
        writeln!(terminal::stderr(), "formatted {}", files::name(path))?;
    }
    Ok(differs)
}

/// The difference, as `diff -u` has it.
fn show(name: &str, source: &str, formatted: &str) -> io::Result<()> {
    let mut out = terminal::stdout();
    let diff = TextDiff::from_lines(source, formatted);
    writeln!(out, "{}", styled(BOLD, format!("--- {name}")))?;
    writeln!(out, "{}", styled(BOLD, format!("+++ {name} (formatted)")))?;
    for hunk in diff.unified_diff().context_radius(AROUND).iter_hunks() {
        writeln!(out, "{}", styled(DIM, hunk.header()))?;
        for change in hunk.iter_changes() {
            let (sign, style) = match change.tag() {
                ChangeTag::Delete => ('-', Some(RED)),
                ChangeTag::Insert => ('+', Some(GREEN)),
                ChangeTag::Equal => (' ', None),
            };
            // A line's own end would hide that only it differs.
            let text = change.value();
            let line = text.trim_end_matches(['\r', '\n']);
            let end = if text.ends_with("\r\n") || text.ends_with('\r') { "␍" } else { "" };
            let line = format!("{sign}{}{end}", terminal::plain(line));
            writeln!(out, "{}", style.map_or_else(|| line.clone(), |style| styled(style, &line)))?;
        }
    }
    Ok(())
}
