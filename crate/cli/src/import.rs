//! `diffract import`: filters of other tools as rules.

use crate::outcome::Outcome;
use crate::{files, format, terminal};
use anyhow::{Context, Result};
use diffract_importers::{Format, MAX_BYTES, NoteKind, Options, Report, import, site};
use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

/// How many notes people are shown.
const MOST_NOTES: usize = 50;

/// Make rules of filters from elsewhere: muted words, cosmetic filters, settings of other tools
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  diffract import muted_accounts.csv                     rules to standard output, the report beside them
  diffract import RES-backup.resbackup -o reddit.rules
  diffract import --from bouncer topics.txt
  diffract import filters.json --on my.server            filters of Mastodon, for one server
  diffract import mine.txt --report json >report.json    only what became of each entry

Formats: x-archive, mastodon-csv, mastodon-filters, bluesky, ublock, res, control-panel-for-twitter, bouncer, words;
docs/importing.md says which files those are and how each entry is understood.

Exit codes:
  0  everything was carried over
  1  something was not, or does not mean quite the same; the report says what and why
  2  the file cannot be used: no such file, of no known kind, or not what --from says; or --on
     names no host")]
pub struct Arguments {
    /// The file; `-` reads standard input
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// What it is; without this, it is found out
    #[arg(long, value_name = "FORMAT", value_parser = |name: &str| name.parse::<Format>())]
    from: Option<Format>,
    /// Where the rules are written; a file that is there is left alone. Without this: standard output
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Hosts that the rules shall hold on where the file does not say; may be given several times
    #[arg(long = "on", value_name = "HOST", value_parser = site)]
    sites: Vec<String>,
    /// How the report is written: for people, to standard error; or as JSON to standard output, without the rules
    #[arg(long, value_enum, default_value_t = format::Format::Human)]
    report: format::Format,
}

/// Imports.
///
/// # Errors
/// If the file cannot be used, or the rules cannot be written.
pub fn run(arguments: &Arguments) -> Result<Outcome> {
    let bytes = files::bytes(&arguments.file, MAX_BYTES as u64, "no export is that large")?;
    let now = SystemTime::now().duration_since(UNIX_EPOCH).ok().map(|since| since.as_secs_f64());
    let name = if files::is_stdin(&arguments.file) { String::new() } else { files::name(&arguments.file) };
    let options = Options { name, format: arguments.from, now, sites: arguments.sites.clone() };
    let imported = import(&bytes, &options).with_context(|| files::name(&arguments.file))?;
    let as_json = arguments.report == format::Format::Json;
    match &arguments.output {
        Some(output) => write_new(output, &imported.rules)?,
        None if as_json => {}
        None => write!(terminal::stdout(), "{}", imported.rules)?,
    }
    if as_json {
        let mut out = terminal::stdout();
        serde_json::to_writer_pretty(
            &mut out,
            &serde_json::json!({ "format": imported.format, "report": imported.report }),
        )?;
        writeln!(out)?;
    } else {
        tell(&imported.report)?;
        let read = terminal::count(imported.report.entries, "entry").replace("entrys", "entries");
        terminal::note(&format!(
            "{}: {read} read, {} carried over into {}",
            imported.format.title(),
            terminal::thousands(imported.report.carried),
            terminal::count(imported.report.rules, "rule")
        ));
    }
    Ok(Outcome::found_if(!imported.report.notes.is_empty()))
}

/// Writes a file that is not there yet.
///
/// # Errors
/// If it is there, or cannot be written.
pub fn write_new(path: &Path, contents: &str) -> Result<()> {
    if files::is_stdin(path) {
        write!(terminal::stdout(), "{contents}")?;
        return Ok(());
    }
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(path)
        .and_then(|mut file| file.write_all(contents.as_bytes()))
        .map_err(|problem| {
            let name = path.display();
            let said = match problem.kind() {
                ErrorKind::AlreadyExists => {
                    format!("cannot write {name}; a file that is there is left alone")
                }
                ErrorKind::NotFound => format!("cannot write {name}; make its folder first"),
                _ => format!("cannot write {name}"),
            };
            anyhow::Error::new(problem).context(said)
        })
}

/// Says what could not be carried over.
///
/// # Errors
/// If standard error cannot be written to.
pub fn tell(report: &Report) -> Result<()> {
    let mut stderr = terminal::stderr();
    for note in report.notes.iter().take(MOST_NOTES) {
        let style = if note.kind == NoteKind::LeftOut { terminal::YELLOW } else { terminal::DIM };
        let words = note.to_string();
        writeln!(stderr, "{}", terminal::styled(style, terminal::plain(&words)))?;
    }
    let more = report.notes.len().saturating_sub(MOST_NOTES) + report.more_notes;
    if more > 0 {
        writeln!(stderr, "… and {more} more; `--report json` has {} of them", report.notes.len())?;
    }
    Ok(())
}
