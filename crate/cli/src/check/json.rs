//! `check --format json`: one document.

use super::fix::Fixed;
use super::folders::{self, Folders};
use super::places::{Place, Places};
use crate::packs::Packs;
use diffract_core::{Diagnostic, Severity};
use serde::Serialize;
use std::io::{self, Write};

/// Changes when a key changes its meaning or goes; not when one is added.
const VERSION: u32 = 1;

#[derive(Serialize)]
struct Report<'a> {
    version: u32,
    files: Vec<File<'a>>,
    /// Why files could not be read.
    unreadable: &'a [String],
    /// What is wrong with pack folders beside their rules.
    packs: Vec<PackProblem<'a>>,
    summary: Summary,
}

#[derive(Serialize)]
struct File<'a> {
    path: &'a str,
    pack: &'a str,
    diagnostics: Vec<Message<'a>>,
}

#[derive(Serialize)]
struct PackProblem<'a> {
    path: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<u32>,
    key: &'a str,
    severity: Severity,
    message: &'a str,
}

#[derive(Serialize)]
struct Message<'a> {
    severity: Severity,
    code: &'a str,
    message: &'a str,
    #[serde(flatten)]
    place: Place,
    #[serde(skip_serializing_if = "Option::is_none")]
    help: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    suggestion: Option<Suggestion<'a>>,
}

#[derive(Serialize)]
struct Suggestion<'a> {
    #[serde(flatten)]
    place: Place,
    replacement: &'a str,
    /// There is no other reading: `--fix` applies it.
    sure: bool,
}

#[derive(Serialize)]
struct Summary {
    files: usize,
    rules: usize,
    errors: usize,
    warnings: usize,
    hints: usize,
    fixes: usize,
}

/// Writes the report.
///
/// # Errors
/// If it cannot be written.
pub fn write(out: &mut impl Write, packs: &Packs, folders: &Folders, fixed: Fixed) -> io::Result<()> {
    let files = packs.files.iter().zip(&packs.diagnostics).map(|(file, of_pack)| {
        let places = Places::new(&file.source.source);
        let message = |diagnostic| message(diagnostic, &places);
        File {
            path: &file.name,
            pack: &file.source.id,
            diagnostics: of_pack.diagnostics.iter().map(message).collect(),
        }
    });
    let report = Report {
        version: VERSION,
        files: files.collect(),
        unreadable: &packs.unreadable,
        packs: folders
            .problems
            .iter()
            .map(|(path, problem)| PackProblem {
                path: path.display().to_string(),
                line: problem.line,
                key: &problem.key,
                severity: folders::weight(problem),
                message: &problem.message,
            })
            .collect(),
        summary: Summary {
            files: packs.files.len(),
            rules: packs.program.rules.len(),
            errors: packs.count(Severity::Error) + folders.count(Severity::Error),
            warnings: packs.count(Severity::Warning) + folders.count(Severity::Warning),
            hints: packs.count(Severity::Hint),
            fixes: fixed.fixes,
        },
    };
    serde_json::to_writer_pretty(&mut *out, &report).map_err(io::Error::from)?;
    writeln!(out)
}

fn message<'a>(diagnostic: &'a Diagnostic, places: &Places<'_>) -> Message<'a> {
    Message {
        severity: diagnostic.severity,
        code: diagnostic.code,
        message: &diagnostic.message,
        place: places.of(&diagnostic.span),
        help: diagnostic.help.as_deref(),
        suggestion: diagnostic.suggestion.as_ref().map(|suggestion| Suggestion {
            place: places.of(&suggestion.span),
            replacement: &suggestion.replacement,
            sure: suggestion.sure,
        }),
    }
}
