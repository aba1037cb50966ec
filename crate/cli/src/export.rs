//! `diffract export`: rules as files that other tools read.

use crate::format::Format;
use crate::import::{tell, write_new};
use crate::outcome::Outcome;
use crate::packs::Packs;
use crate::terminal;
use anyhow::Result;
use diffract_core::PackSource;
use diffract_importers::{Target, export};
use std::io::Write;
use std::path::PathBuf;

/// Write rules as files for other tools, as far as those can say the same
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  diffract export --to words my.rules
  diffract export --to ublock calm no-ads -o filters.txt
  diffract export --to backup my.rules -o backup.json      for the dashboard

Targets: words, ublock, mastodon-mutes, mastodon-domains, mastodon-filters, bluesky, backup

Exit codes:
  0  everything is in the file
  1  some rules are not, or mean not quite the same there, or a rule file has errors; the report says what and why
  2  the rules cannot be read, or the file cannot be written")]
pub struct Arguments {
    /// Rule files and packs
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// What they are written as
    #[arg(long, value_name = "TARGET", value_parser = |name: &str| name.parse::<Target>())]
    to: Target,
    /// Where; a file that is there is left alone. Without this: standard output
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// How the report is written: for people, to standard error; or as JSON to standard output, without the file
    #[arg(long, value_enum, default_value_t = Format::Human)]
    report: Format,
}

/// Exports.
///
/// # Errors
/// If no rules can be read, or the file cannot be written.
pub fn run(arguments: &Arguments) -> Result<Outcome> {
    let packs = Packs::load(&arguments.files)?;
    let broken = packs.have_errors();
    let sources: Vec<PackSource> = packs.files.into_iter().map(|file| file.source).collect();
    let exported = export(&sources, arguments.to);
    let as_json = arguments.report == Format::Json;
    match &arguments.output {
        Some(output) => write_new(output, &exported.text)?,
        None if as_json => {}
        None => write!(terminal::stdout(), "{}", exported.text)?,
    }
    if as_json {
        let mut out = terminal::stdout();
        serde_json::to_writer_pretty(&mut out, &exported.report)?;
        writeln!(out)?;
    } else {
        tell(&exported.report)?;
        terminal::note(&format!(
            "{}: {} of {} carried over",
            arguments.to.name(),
            terminal::thousands(exported.report.carried),
            terminal::count(exported.report.entries, "rule")
        ));
    }
    Ok(Outcome::found_if(broken || !exported.report.notes.is_empty()))
}
