//! Lines as people write them when they slip: `tests/rules/mistakes/lines.toml`.
//!
//! Each row is a bad `line` (with the lines `above` it that it needs) and what is said of it, compared in full: `code`,
//! `severity` where it is no error, `message`, the text that is `mark`ed, `help`, and the line as the suggestion leaves
//! it, `mended`. A mended line is sound, or `still` names the code of what is left to mend.
//!
//! `DIFFRACT_BLESS=1 cargo test -p diffract-core --test mistakes` writes the rows anew; they are then to be read, as
//! prose: each says what was expected, and what to do next.

use diffract_core::{Diagnostic, PackSource, Severity, check};
use serde::Deserialize;
use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::{Path, PathBuf};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    mistake: Vec<Mistake>,
}

#[derive(Deserialize, Default, Clone, PartialEq, Debug)]
#[serde(deny_unknown_fields, default)]
struct Mistake {
    /// What went wrong, in a few words.
    slip: String,
    /// Sound lines above it.
    above: String,
    line: String,
    code: String,
    severity: String,
    message: String,
    mark: String,
    help: String,
    mended: String,
    still: String,
}

fn file() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/rules/mistakes/lines.toml")
}

/// What is said of the last line of a source; of messages about other lines those that stand on it first.
fn said(source: &str, line: &str) -> Option<Diagnostic> {
    let pack = PackSource { id: "mine".into(), source: source.to_owned(), ..PackSource::default() };
    let number = source[..source.len() - line.len()].lines().count() as u32 + 1;
    check(&[pack]).diagnostics.swap_remove(0).diagnostics.into_iter().find(|d| d.line == number)
}

/// The row as it is found to be.
fn found(row: &Mistake) -> Mistake {
    let mut found = Mistake {
        slip: row.slip.clone(),
        above: row.above.clone(),
        line: row.line.clone(),
        ..Mistake::default()
    };
    let above = if row.above.is_empty() { String::new() } else { format!("{}\n", row.above) };
    let source = format!("{above}{}", row.line);
    let Some(diagnostic) = said(&source, &row.line) else { return found };
    found.code = diagnostic.code.to_owned();
    found.severity = match diagnostic.severity {
        Severity::Error => String::new(),
        Severity::Warning => "warning".to_owned(),
        Severity::Hint => "hint".to_owned(),
    };
    found.message.clone_from(&diagnostic.message);
    found.mark = source[diagnostic.span.clone()].to_owned();
    found.help = diagnostic.help.clone().unwrap_or_default();
    if let Some(suggestion) = &diagnostic.suggestion {
        let mut mended = source.clone();
        mended.replace_range(suggestion.span.clone(), &suggestion.replacement);
        let line = mended.get(above.len()..).unwrap_or("").to_owned();
        if let Some(left) = said(&mended, &line) {
            found.still = left.code.to_owned();
        }
        found.mended = line.trim().to_owned();
        if found.mended.is_empty() {
            found.mended = "(gone)".to_owned();
        }
    }
    found
}

fn written(rows: &[Mistake]) -> String {
    let mut out = String::from(
        "# Lines as people write them when they slip, and what is said of each. crate/core/tests/mistakes.rs explains.\n",
    );
    for row in rows {
        out.push_str("\n[[mistake]]\n");
        for (key, value) in [
            ("slip", &row.slip),
            ("above", &row.above),
            ("line", &row.line),
            ("code", &row.code),
            ("severity", &row.severity),
            ("message", &row.message),
            ("mark", &row.mark),
            ("help", &row.help),
            ("mended", &row.mended),
            ("still", &row.still),
        ] {
            if !value.is_empty() || key == "line" {
                writeln!(out, "{key} = {}", quoted(value)).expect("memory");
            }
        }
    }
    out
}

/// A TOML string, literal where it can be.
fn quoted(text: &str) -> String {
    if text.contains(['\'', '\n', '\r']) || text.chars().any(|c| c.is_control() && c != '\t') {
        toml::Value::from(text).to_string()
    } else {
        format!("'{text}'")
    }
}

#[test]
fn every_mistake_is_told_as_written() {
    let text = std::fs::read_to_string(file()).expect("the table");
    let table: Table = toml::from_str(&text).unwrap_or_else(|error| panic!("{error}"));
    if std::env::var_os("DIFFRACT_BLESS").is_some() {
        let rows: Vec<Mistake> = table.mistake.iter().map(found).collect();
        std::fs::write(file(), written(&rows)).expect("a writable file");
        return;
    }
    for row in &table.mistake {
        let found = found(row);
        assert_eq!(written(&[found]), written(std::slice::from_ref(row)), "{}", row.line);
    }
    assert!(table.mistake.len() >= 60, "only {} mistakes", table.mistake.len());
}

#[test]
fn every_message_helps() {
    let text = std::fs::read_to_string(file()).expect("the table");
    let table: Table = toml::from_str(&text).expect("sound TOML");
    let mut lines = BTreeSet::new();
    for row in &table.mistake {
        assert!(lines.insert((&row.above, &row.line)), "twice: {}", row.line);
        assert!(!row.message.is_empty(), "nothing is said of {}", row.line);
        assert!(!row.help.is_empty() || !row.mended.is_empty(), "no way out is shown of {}", row.line);
        assert!(!row.message.ends_with('.') && row.message.len() < 160, "{}", row.message);
        // What is left after one step may be mended by another, but no step leads back.
        assert_ne!(row.mended, row.line, "{}", row.line);
    }
    let sound = table.mistake.iter().filter(|row| !row.mended.is_empty() && row.still.is_empty()).count();
    assert!(
        sound * 3 >= table.mistake.len() * 2,
        "of {} suggestions {sound} mend the line",
        table.mistake.len()
    );
}
