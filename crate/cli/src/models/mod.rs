//! `diffract models`: which models are installed, and whether a folder would be taken.

mod check;
mod describe;
pub mod installed;

use crate::format::Format;
use crate::outcome::Outcome;
use crate::terminal;
use anyhow::Result;
use diffract_models::Card;
use diffract_models::folder::Folder;
use serde::Serialize;
use std::io::Write;
use std::path::{Path, PathBuf};

/// List the installed models with their cards, or check a folder with one
///
/// Models are looked for in DIFFRACT_MODELS (or, where that is not set, in your data folder, `diffract/models`, and where Diffract came with its own).
#[derive(Debug, clap::Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "Examples:
  diffract models                      what is installed, and how often it errs
  diffract models --format json        the whole cards, an object a line
  diffract models check my-model/      would this folder be taken?

Exit codes:
  0  all is well; the folder would be taken
  1  a model is broken; the folder would not be taken, and why is said
  2  the input cannot be used: no such folder"
)]
pub struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    /// What is written: human, for people, or json, an object a line
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    Check(check::Arguments),
}

/// One installed model, or what is wrong with it.
#[derive(Serialize)]
struct Line<'a> {
    name: &'a str,
    folder: &'a Path,
    #[serde(skip_serializing_if = "Option::is_none")]
    card: Option<&'a toml::Table>,
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<String>,
}

/// Lists or checks.
///
/// # Errors
/// If a folder to check is not there, or nothing can be written.
pub fn run(arguments: &Arguments) -> Result<Outcome> {
    match &arguments.command {
        Some(Command::Check(arguments)) => check::run(arguments),
        None => list(arguments.format),
    }
}

fn list(format: Format) -> Result<Outcome> {
    let mut out = terminal::stdout();
    let models: Vec<(String, PathBuf)> = installed::all();
    let mut broken = false;
    for (place, (name, folder)) in models.iter().enumerate() {
        let read = Folder::card(folder)
            .map_err(|problem| problem.to_string())
            .and_then(|text| Card::read(&text).map_err(|problem| problem.to_string()));
        broken |= read.is_err();
        match format {
            Format::Json => {
                let card = read.as_ref().ok().map(Card::whole);
                let line = Line { name, folder, card, problem: read.as_ref().err().cloned() };
                serde_json::to_writer(&mut out, &line)?;
                writeln!(out)?;
            }
            Format::Human => {
                if place > 0 {
                    writeln!(out)?;
                }
                match read {
                    Ok(card) => describe::card(&mut out, &card, folder)?,
                    Err(problem) => describe::problem(&mut out, name, folder, &problem)?,
                }
            }
        }
    }
    if models.is_empty() {
        let places: Vec<String> =
            installed::places().iter().map(|place| place.display().to_string()).collect();
        terminal::note(&format!("no model is installed; looked for in {}", places.join(", ")));
    }
    Ok(Outcome::found_if(broken))
}
