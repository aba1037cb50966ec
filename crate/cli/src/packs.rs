//! Rule files from disk.

use anyhow::{Context, Result, bail};
use diffract_core::check::{PackSource, compile};
use diffract_core::diagnostic::Severity;
use diffract_core::program::{Program, Trust};
use diffract_core::syntax::tree::{LetValue, Statement};
use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// The largest file of rules or names that is read, in bytes: what the language itself allows.
const MOST_BYTES: u64 = 4 << 20;

/// Rule files, compiled.
#[derive(Debug)]
pub struct Packs {
    /// Everything that survived checking.
    pub program: Program,
    /// How many errors there were; each cost its line.
    pub errors: usize,
    /// How many warnings there were.
    pub warnings: usize,
}

/// Reads and compiles rule files, and writes what is wrong with them to standard error. A file's pack is
/// called by its name without extension; two of one name are told apart by a number. A file that cannot be read
/// is an error and costs that file only.
///
/// # Errors
/// If none of the files can be read.
pub fn load(files: &[PathBuf]) -> Result<Packs> {
    let (mut sources, mut names) = (Vec::new(), Vec::new());
    let mut unreadable = Vec::new();
    let mut ids: BTreeMap<String, usize> = BTreeMap::new();
    for file in files {
        let source = match read(file) {
            Ok(source) => source,
            Err(problem) => {
                unreadable.push(problem);
                continue;
            }
        };
        let stem = file.file_stem().map_or("rules".into(), |s| s.to_string_lossy().into_owned());
        let count = ids.entry(stem.clone()).or_default();
        *count += 1;
        let id = if *count == 1 { stem } else { format!("{stem}-{count}") };
        let (lists, unreadable_lists) = lists(file, &source);
        sources.push(PackSource { id, lists, unreadable_lists, source, trust: Trust::Full });
        names.push(file.display().to_string());
    }
    if sources.is_empty()
        && let Some(problem) = unreadable.pop()
    {
        return Err(problem);
    }
    let compiled = compile(&sources);
    let mut stderr = io::stderr().lock();
    let (mut errors, mut warnings) = (unreadable.len(), 0);
    for problem in unreadable {
        writeln!(stderr, "error: {problem:#}; its rules are left out")?;
    }
    for ((name, source), of_pack) in names.iter().zip(&sources).zip(&compiled.diagnostics) {
        for diagnostic in &of_pack.diagnostics {
            match diagnostic.severity {
                Severity::Error => errors += 1,
                Severity::Warning => warnings += 1,
                Severity::Hint => {}
            }
            writeln!(stderr, "{}", diagnostic.render(&source.source, name))?;
        }
    }
    Ok(Packs { program: compiled.program, errors, warnings })
}

/// A file's text.
///
/// # Errors
/// If it cannot be read, is not UTF-8, or is over 4 MB.
pub fn read(file: &Path) -> Result<String> {
    let name = file.display();
    let size = fs::metadata(file).with_context(|| format!("cannot read {name}"))?.len();
    if size > MOST_BYTES {
        bail!("{name} is over 4 MB; split it into several files");
    }
    let bytes = fs::read(file).with_context(|| format!("cannot read {name}"))?;
    match String::from_utf8(bytes) {
        Ok(text) => Ok(text),
        Err(problem) => {
            let line = 1 + problem.as_bytes()[..problem.utf8_error().valid_up_to()]
                .iter()
                .filter(|b| **b == b'\n')
                .count();
            bail!("{name} is not UTF-8 (line {line}); save it as UTF-8 and try again")
        }
    }
}

/// The files beside a rule file that its `let @x = list "file.txt"` lines name, and why those that are there
/// cannot be read. One that is missing, or not a plain file name, is left to the checker, which says so on the
/// line.
fn lists(file: &Path, source: &str) -> (BTreeMap<String, String>, BTreeMap<String, String>) {
    let folder = file.parent().unwrap_or(Path::new(""));
    let (tree, _) = diffract_core::syntax::parse(source);
    let (mut lists, mut unreadable) = (BTreeMap::new(), BTreeMap::new());
    for line in tree.lines {
        let Some(Statement::Let { value: LetValue::File(name), .. }) = line.statement else { continue };
        let plain = Path::new(&name.text).components().count() == 1 && !name.text.contains(['/', '\\', ':']);
        if !plain || name.text == ".." {
            continue;
        }
        let path = folder.join(&name.text);
        match read(&path) {
            Ok(contents) => {
                lists.insert(name.text, contents);
            }
            Err(problem) if path.exists() => {
                unreadable.insert(name.text, format!("{problem:#}"));
            }
            Err(_) => {}
        }
    }
    (lists, unreadable)
}
