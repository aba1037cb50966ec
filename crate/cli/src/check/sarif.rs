//! `check --format sarif`: the Static Analysis Results Interchange Format, version 2.1.0 (OASIS), which code hosts and
//! editors read. Only what we have to say of it.

use super::folders::{self, Folders};
use super::places::{Place, Places};
use crate::files;
use crate::outcome::Outcome;
use crate::packs::{Packs, RuleFile};
use diffract_core::diagnostic::code;
use diffract_core::{Diagnostic, Severity};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::io::{self, Write};
use std::path::{Component, Path};

/// What stands in the table of rules for problems with a pack's folder.
const PACK: (&str, &str) = ("pack-folder", "The folder of a pack is not as it has to be.");

/// Writes the report.
///
/// # Errors
/// If it cannot be written.
pub fn write(out: &mut impl Write, packs: &Packs, folders: &Folders, outcome: Outcome) -> io::Result<()> {
    let mut results = Vec::new();
    for (index, (file, of_pack)) in packs.files.iter().zip(&packs.diagnostics).enumerate() {
        let places = Places::new(&file.source.source);
        let mut known = HashMap::new();
        for diagnostic in &of_pack.diagnostics {
            results.push(result(file, index, diagnostic, &places, &mut known));
        }
    }
    results.extend(folders.problems.iter().map(|(path, problem)| {
        json!({
            "ruleId": PACK.0,
            "ruleIndex": code::ALL.len(),
            "level": level(folders::weight(problem)),
            "message": { "text": problem.message },
            "locations": [{ "physicalLocation": {
                "artifactLocation": { "uri": uri(path) },
                "region": { "startLine": problem.line.unwrap_or(1) },
            } }],
            "partialFingerprints": { "codeAndLine/v1": format!("{:016x}:1", fingerprint(&[&problem.key, &problem.message])) },
        })
    }));
    let rules: Vec<Value> = code::ALL
        .iter()
        .chain([&PACK])
        .map(|(id, meaning)| json!({ "id": id, "shortDescription": { "text": meaning } }))
        .collect();
    let artifacts: Vec<Value> = packs
        .files
        .iter()
        .map(|file| json!({ "location": { "uri": uri(&file.path) }, "length": file.source.source.len(), "encoding": "UTF-8" }))
        .collect();
    let unreadable: Vec<Value> = packs
        .unreadable
        .iter()
        .map(|problem| json!({ "level": "error", "message": { "text": problem } }))
        .collect();
    let log = json!({
        "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "diffract",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": rules,
            } },
            "invocations": [{
                "executionSuccessful": packs.unreadable.is_empty(),
                "exitCode": i32::from(outcome == Outcome::Found),
                "toolExecutionNotifications": unreadable,
            }],
            // A column is a character, and a lone CR ends a line.
            "columnKind": "unicodeCodePoints",
            "newlineSequences": ["\r\n", "\n", "\r"],
            "defaultEncoding": "UTF-8",
            "artifacts": artifacts,
            "results": results,
        }],
    });
    serde_json::to_writer_pretty(&mut *out, &log).map_err(io::Error::from)?;
    writeln!(out)
}

fn result(
    file: &RuleFile,
    index: usize,
    diagnostic: &Diagnostic,
    places: &Places<'_>,
    known: &mut HashMap<u64, u32>,
) -> Value {
    let location = json!({ "uri": uri(&file.path), "index": index });
    let place = places.of(&diagnostic.span);
    let text = match &diagnostic.help {
        Some(help) => format!("{}; {help}", diagnostic.message),
        None => diagnostic.message.clone(),
    };
    let mut region = region(place);
    if let Value::Object(region) = &mut region {
        region.insert("snippet".to_owned(), json!({ "text": places.text(place) }));
    }
    // The same message about the same words is the same finding, whatever stands above it.
    let print = fingerprint(&[diagnostic.code, places.line(place.line).trim()]);
    let times = known.entry(print).or_default();
    *times += 1;
    let mut result = json!({
        "ruleId": diagnostic.code,
        "level": level(diagnostic.severity),
        "message": { "text": text },
        "locations": [{ "physicalLocation": { "artifactLocation": location, "region": region } }],
        "partialFingerprints": { "codeAndLine/v1": format!("{print:016x}:{times}") },
    });
    let Value::Object(fields) = &mut result else { return result };
    if let Some(index) = code::ALL.iter().position(|(id, _)| *id == diagnostic.code) {
        fields.insert("ruleIndex".to_owned(), index.into());
    }
    if let Some(suggestion) = &diagnostic.suggestion {
        let advice = diagnostic.advice(&file.source.source).unwrap_or_else(|| "mend it".to_owned());
        let replacement = json!({
            "deletedRegion": self::region(places.of(&suggestion.span)),
            "insertedContent": { "text": suggestion.replacement },
        });
        let change = json!({ "artifactLocation": location, "replacements": [replacement] });
        fields.insert(
            "fixes".to_owned(),
            json!([{ "description": { "text": advice }, "artifactChanges": [change] }]),
        );
    }
    result
}

const fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Hint => "note",
    }
}

fn region(place: Place) -> Value {
    json!({
        "startLine": place.line,
        "startColumn": place.column,
        "endLine": place.end_line,
        "endColumn": place.end_column,
        "byteOffset": place.start,
        "byteLength": place.end - place.start,
    })
}

/// A file's name as a URI reference: relative to where we are, if it is below; else absolute.
fn uri(path: &Path) -> String {
    if files::is_stdin(path) {
        return "stdin".to_owned();
    }
    let here = std::env::current_dir().ok();
    let below = here.as_deref().and_then(|here| path.strip_prefix(here).ok()).unwrap_or(path);
    let mut parts = Vec::new();
    for component in below.components() {
        match component {
            Component::Normal(part) => parts.push(encoded(&part.to_string_lossy())),
            Component::ParentDir => parts.push("..".to_owned()),
            Component::Prefix(prefix) => parts.push(encoded(&prefix.as_os_str().to_string_lossy())),
            Component::CurDir | Component::RootDir => {}
        }
    }
    let joined = parts.join("/");
    if below.is_absolute() { format!("file:///{joined}") } else { joined }
}

/// Percent-encoded, but for what a path segment may hold (RFC 3986; a colon would look like a scheme).
fn encoded(segment: &str) -> String {
    let mut out = String::new();
    for byte in segment.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=@".contains(&byte) {
            out.push(byte as char);
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

/// FNV-1a with a mark between the parts.
fn fingerprint(parts: &[&str]) -> u64 {
    let bytes = parts.iter().flat_map(|part| part.bytes().chain([0xff]));
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_uris() {
        assert_eq!(uri(Path::new("./my packs/größe#1.rules")), "my%20packs/gr%C3%B6%C3%9Fe%231.rules");
        assert_eq!(uri(Path::new("a:b.rules")), "a%3Ab.rules");
        assert_eq!(uri(Path::new("-")), "stdin");
        #[cfg(unix)]
        assert_eq!(uri(Path::new("/nowhere/a.rules")), "file:///nowhere/a.rules");
    }
}
