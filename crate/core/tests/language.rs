//! The rule language's promises as cases: `tests/rules/language/*.toml`.
//!
//! Each `[[case]]` has a `name`, a `source`, perhaps `lists` (file name = contents), and says what follows: `rules`
//! (so many come out), `means` (the rules printed back), `formatted`, and `diagnostics`: exactly these messages, in
//! this order; none where it is left out. A message is named by `code`, `line` and `column`; where the case gives
//! `message` or `help` the real one contains it, and where it gives `suggestion` the mended line is that.

use diffract_core::{Diagnostic, PackSource, Severity, check, format};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Cases {
    case: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    source: String,
    #[serde(default)]
    lists: BTreeMap<String, String>,
    rules: Option<usize>,
    #[serde(default)]
    diagnostics: Vec<Expected>,
    /// What the formatter makes of it.
    formatted: Option<String>,
    /// What the rules mean, printed back, one a line.
    means: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    code: String,
    line: u32,
    column: u32,
    severity: Option<String>,
    message: Option<String>,
    help: Option<String>,
    suggestion: Option<String>,
}

fn mended(source: &str, diagnostic: &Diagnostic) -> Option<String> {
    let suggestion = diagnostic.suggestion.as_ref()?;
    let mut mended = source.to_owned();
    mended.replace_range(suggestion.span.clone(), &suggestion.replacement);
    mended.lines().nth(diagnostic.line as usize - 1).map(|line| line.trim().to_owned())
}

fn differences(case: &Case) -> Vec<String> {
    let mut out = Vec::new();
    let pack = PackSource {
        id: "case".into(),
        source: case.source.clone(),
        lists: case.lists.clone(),
        ..Default::default()
    };
    let compiled = check(&[pack]);
    let found = &compiled.diagnostics[0].diagnostics;
    let shown = |d: &Diagnostic| {
        format!(
            "{} {}:{} {} (help {:?}, mended {:?})",
            d.code,
            d.line,
            d.column,
            d.message,
            d.help,
            mended(&case.source, d)
        )
    };
    if case.rules.is_some_and(|rules| compiled.program.rules.len() != rules) {
        out.push(format!("{:?} rules expected, {} came out", case.rules, compiled.program.rules.len()));
    }
    if found.len() != case.diagnostics.len() {
        out.push(format!(
            "{} messages expected, found: {:?}",
            case.diagnostics.len(),
            found.iter().map(shown).collect::<Vec<_>>()
        ));
    }
    for (found, expected) in found.iter().zip(&case.diagnostics) {
        let severity = match found.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Hint => "hint",
        };
        let help = found.help.as_deref().unwrap_or("");
        let sound = (found.code, found.line, found.column)
            == (expected.code.as_str(), expected.line, expected.column)
            && expected.severity.as_ref().is_none_or(|s| s == severity)
            && expected.message.as_ref().is_none_or(|m| found.message.contains(m.as_str()))
            && expected.help.as_ref().is_none_or(|h| help.contains(h.as_str()))
            && expected
                .suggestion
                .as_ref()
                .is_none_or(|s| mended(&case.source, found).as_deref() == Some(s.trim()));
        if !sound {
            out.push(format!(
                "expected {} {}:{}, found {severity} {}",
                expected.code,
                expected.line,
                expected.column,
                shown(found)
            ));
        }
    }
    if case.formatted.as_ref().is_some_and(|f| format(&case.source) != *f) {
        out.push(format!("formatted it reads\n{}", format(&case.source)));
    }
    if let Some(means) = &case.means {
        let printed: Vec<String> =
            compiled.program.rules.iter().map(|r| diffract_core::print::rule(&compiled.program, r)).collect();
        if printed.join("\n") != means.trim() {
            out.push(format!("it means {printed:#?}"));
        }
    }
    if case.rules.is_none() && case.diagnostics.is_empty() && case.formatted.is_none() && case.means.is_none()
    {
        out.push("the case says nothing".into());
    }
    out
}

#[test]
fn every_case_holds() {
    let folder: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/rules/language");
    let mut files: Vec<_> = std::fs::read_dir(&folder)
        .expect("the cases are in tests/rules/language")
        .map(|entry| entry.expect("a readable folder").path())
        .filter(|path| path.extension().is_some_and(|e| e == "toml"))
        .collect();
    files.sort();
    assert!(!files.is_empty(), "there are no cases in {}", folder.display());
    let (mut failed, mut count, mut codes) = (String::new(), 0, BTreeSet::new());
    for file in files {
        let text = std::fs::read_to_string(&file).expect("a readable file");
        let cases: Cases = toml::from_str(&text).unwrap_or_else(|e| panic!("{}: {e}", file.display()));
        for case in &cases.case {
            count += 1;
            codes.extend(case.diagnostics.iter().map(|d| d.code.clone()));
            for difference in differences(case) {
                let file = file.file_name().unwrap_or_default().to_string_lossy();
                failed.push_str(&format!("{file} · {}: {difference}\n", case.name));
            }
        }
    }
    assert!(failed.is_empty(), "of {count} cases:\n{failed}");
    // Files and lines over a limit are too large to be written down here; `limits.rs` makes them.
    let elsewhere =
        ["file-too-large", "line-too-long", "too-many-messages", "too-deep", "too-large", "regex-too-big"];
    let uncovered: Vec<&str> = diffract_core::diagnostic::code::ALL
        .iter()
        .map(|(code, _)| *code)
        .filter(|code| !codes.contains(*code) && !elsewhere.contains(code))
        .collect();
    assert!(uncovered.is_empty(), "no case shows {uncovered:?}");
}
