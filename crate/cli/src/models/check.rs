//! `diffract models check`: whether a folder would be taken as a model.

use crate::format::Format;
use crate::outcome::Outcome;
use crate::terminal::{self, BOLD, GREEN, RED, shortened, styled, thousands};
use anyhow::{Context, Result, bail};
use diffract_core::program::Trust;
use diffract_core::{PackSource, Severity, compile_with};
use diffract_models::folder::Folder;
use diffract_models::{Checked, Composed, Cost, Model, Picture};
use serde::Serialize;
use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Say whether a model's folder would be taken, and if not why
///
/// The card is read, the file's size and hash are compared with it, rules have to be able to ask it by its name, the graph is looked through for what is not taken, and the model is run once.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  diffract models check my-model/
  diffract models check --format json one/ two/

Exit codes:
  0  every folder would be taken
  1  one would not, and why is said
  2  the input cannot be used: no such folder")]
pub struct Arguments {
    /// Folders with a card.toml and a model
    #[arg(value_name = "FOLDER", required = true)]
    folders: Vec<PathBuf>,
    /// What is written: human, for people, or json, an object a line
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
}

/// What was found of a folder.
#[derive(Serialize)]
struct Line<'a> {
    folder: &'a Path,
    accepted: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    multiplications: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    memory: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<String>,
}

/// Checks folders.
///
/// # Errors
/// If one is not there, or nothing can be written.
pub fn run(arguments: &Arguments) -> Result<Outcome> {
    for folder in &arguments.folders {
        let metadata = folder.metadata().with_context(|| format!("cannot read {}", folder.display()))?;
        if !metadata.is_dir() {
            bail!("{} is no folder; name the folder that has the card.toml", folder.display());
        }
    }
    let mut out = terminal::stdout();
    let mut refused = false;
    for folder in &arguments.folders {
        let checked = check(folder);
        refused |= checked.is_err();
        match arguments.format {
            Format::Json => {
                let (found, problem) = match checked {
                    Ok(found) => (Some(found), None),
                    Err(problem) => (None, Some(problem)),
                };
                let line = Line {
                    folder,
                    accepted: found.is_some(),
                    multiplications: found.as_ref().map(|(_, cost)| cost.operations),
                    memory: found.as_ref().map(|(_, cost)| cost.weights + cost.live),
                    name: found.map(|(name, _)| name),
                    problem,
                };
                serde_json::to_writer(&mut out, &line)?;
                writeln!(out)?;
            }
            Format::Human => match checked {
                Ok((name, cost)) => {
                    let million =
                        thousands(usize::try_from(cost.operations.div_ceil(1_000_000)).unwrap_or(usize::MAX));
                    let memory = (cost.weights + cost.live).div_ceil(1_000_000);
                    writeln!(
                        out,
                        "{}: {} as {}",
                        folder.display(),
                        styled(GREEN, "accepted"),
                        styled(BOLD, name)
                    )?;
                    writeln!(out, "  at most {million} million multiplications and {memory} MB at one time")?;
                }
                Err(problem) => {
                    writeln!(out, "{}: {}", folder.display(), styled(RED, "refused"))?;
                    writeln!(out, "  {}", shortened(&problem, 600))?;
                }
            },
        }
    }
    Ok(Outcome::found_if(refused))
}

/// The model's name and cost, or why it would not be taken.
fn check(folder: &Path) -> Result<(String, Cost), String> {
    let text = |problem: &dyn std::fmt::Display| problem.to_string();
    let Folder { card, onnx } = Folder::read(folder).map_err(|problem| text(&problem))?;
    let checked = Checked::new(&card, &onnx).map_err(|problem| text(&problem))?;
    askable(&checked.card().name)?;
    let model = checked.prepare().map_err(|problem| text(&problem))?;
    try_out(&model).map_err(|problem| text(&problem))?;
    Ok((model.card().name.clone(), model.cost()))
}

/// Whether rules can ask a model of this name: the language itself is asked, which has words of its own. `Err`: why not, and what to do.
fn askable(name: &str) -> Result<(), String> {
    let asked = name.replace('-', "_");
    let rule = PackSource {
        id: "check".to_owned(),
        source: format!("hide if {asked} is likely\n"),
        trust: Trust::Full,
        lists: BTreeMap::new(),
        unreadable_lists: BTreeMap::new(),
    };
    let compiled = compile_with(&[rule], &[&asked]);
    let refused = compiled
        .diagnostics
        .iter()
        .flat_map(|pack| &pack.diagnostics)
        .any(|one| one.severity == Severity::Error);
    if !refused {
        return Ok(());
    }
    let why = if asked.starts_with(|first: char| first.is_ascii_lowercase()) {
        format!("`{asked}` is a word of the rules' own")
    } else {
        "a name in rules begins with a letter".to_owned()
    };
    Err(format!("no rule could ask a model of the name `{name}`: {why}; choose another `name` in card.toml"))
}

/// Runs it once, on what is hardest: nothing at all, and as much as can be.
fn try_out(model: &Model) -> Result<(), diffract_models::RunError> {
    if let Some(size) = model.size() {
        let grey = Picture::new(vec![128; 4 * size * size], size, size)?;
        return model.look(&grey).map(|_| ());
    }
    let long = "Every word of this long text is read. ".repeat(30);
    model.read(&[Composed::new(""), Composed::new(&long)]).map(|_| ())
}
