//! Rule files from disk: found, read, compiled, and told about.

mod find;
mod human;

pub use find::{pack_folder, rule_files};

use crate::{files, terminal};
use anyhow::{Result, anyhow};
use diffract_core::check::{PackDiagnostics, PackSource, check};
use diffract_core::diagnostic::Severity;
use diffract_core::program::{Program, Trust};
use diffract_core::reference::MAX_FILE;
use diffract_core::syntax::tree::{LetValue, Statement};
use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// A rule file as it was read.
#[derive(Debug)]
pub struct RuleFile {
    /// Where it was read from; `-` is standard input.
    pub path: PathBuf,
    /// What it is called in messages.
    pub name: String,
    /// Its text, and the lists that it names.
    pub source: PackSource,
}

/// Rule files, compiled.
#[derive(Debug, Default)]
pub struct Packs {
    /// Those that could be read.
    pub files: Vec<RuleFile>,
    /// Why others could not.
    pub unreadable: Vec<String>,
    /// Everything that survived checking.
    pub program: Program,
    /// One entry a file, in their order.
    pub diagnostics: Vec<PackDiagnostics>,
}

impl Packs {
    /// Reads and compiles what paths stand for: rule files, folders of them, packs, `-` for standard input. A file's
    /// pack is called by its name without extension, a pack folder's by the folder's; two of one name are told apart
    /// by a number. A file that cannot be read costs that file only.
    ///
    /// # Errors
    /// If none of the files can be read.
    pub fn read(paths: &[PathBuf]) -> Result<Self> {
        let mut ids: BTreeMap<String, usize> = BTreeMap::new();
        let mut packs = Self::default();
        let mut first_problem = None;
        let found = rule_files(paths)?;
        for why in found.refused {
            first_problem.get_or_insert_with(|| anyhow!("{why}"));
            packs.unreadable.push(why);
        }
        for path in found.files {
            match read(&path) {
                Ok(text) => {
                    let file = rule_file(path, text, &mut ids);
                    packs.files.push(file);
                }
                Err(problem) => {
                    packs.unreadable.push(format!("{problem:#}"));
                    first_problem.get_or_insert(problem);
                }
            }
        }
        if packs.files.is_empty()
            && let Some(problem) = first_problem
        {
            return Err(problem);
        }
        packs.compile();
        Ok(packs)
    }

    /// As [`Packs::read`], and says on standard error what is wrong with them; hints are left to `diffract check`.
    ///
    /// # Errors
    /// As [`Packs::read`].
    pub fn load(paths: &[PathBuf]) -> Result<Self> {
        let packs = Self::read(paths)?;
        packs.tell(Severity::Warning)?;
        Ok(packs)
    }

    /// Compiles the files as they are now.
    pub fn compile(&mut self) {
        // The sources are lent for this: they may be megabytes.
        let sources: Vec<PackSource> =
            self.files.iter_mut().map(|file| std::mem::take(&mut file.source)).collect();
        let compiled = check(&sources);
        for (file, source) in self.files.iter_mut().zip(sources) {
            file.source = source;
        }
        self.program = compiled.program;
        self.diagnostics = compiled.diagnostics;
    }

    /// How many messages of a severity there are; files that cannot be read count as errors.
    pub fn count(&self, severity: Severity) -> usize {
        let messages = self.diagnostics.iter().flat_map(|of_pack| &of_pack.diagnostics);
        let unreadable = if severity == Severity::Error { self.unreadable.len() } else { 0 };
        messages.filter(|message| message.severity == severity).count() + unreadable
    }

    /// Whether there is an error.
    pub fn have_errors(&self) -> bool {
        self.count(Severity::Error) > 0
    }

    /// Every message with its file.
    pub fn messages(&self) -> impl Iterator<Item = (&RuleFile, &diffract_core::Diagnostic)> {
        self.files
            .iter()
            .zip(&self.diagnostics)
            .flat_map(|(file, of_pack)| of_pack.diagnostics.iter().map(move |message| (file, message)))
    }

    /// Says on standard error what is wrong with the files, down to a severity.
    ///
    /// # Errors
    /// If standard error cannot be written to.
    pub fn tell(&self, least: Severity) -> io::Result<()> {
        for problem in &self.unreadable {
            terminal::error(&format!("{problem}; its rules are left out"));
        }
        let width = terminal::width();
        let mut stderr = terminal::stderr();
        for (file, message) in self.messages().filter(|(_, message)| message.severity <= least) {
            writeln!(stderr, "{}\n", human::render(file, message, width))?;
        }
        Ok(())
    }
}

/// What to do about a file that is too large.
const SPLIT: &str = "split it into several files";

/// A file's text.
///
/// # Errors
/// If it cannot be read, is not UTF-8, or is over 4 MB.
pub fn read(path: &Path) -> Result<String> {
    files::text(path, MAX_FILE as u64, SPLIT)
}

fn rule_file(path: PathBuf, text: String, ids: &mut BTreeMap<String, usize>) -> RuleFile {
    let stem = if files::is_stdin(&path) {
        "stdin".to_owned()
    } else {
        let named = pack_folder(&path).and_then(Path::file_name).or_else(|| path.file_stem());
        named.map_or_else(|| "rules".to_owned(), |name| name.to_string_lossy().into_owned())
    };
    let count = ids.entry(stem.clone()).or_default();
    *count += 1;
    let id = if *count == 1 { stem } else { format!("{stem}-{count}") };
    let (lists, unreadable_lists) = lists(&path, &text);
    let source = PackSource { id, lists, unreadable_lists, source: text, trust: Trust::Full };
    RuleFile { name: files::name(&path), path, source }
}

/// The files that a rule file's `let @x = list "file.txt"` lines name, and why those that are there cannot be read. They
/// lie beside it; a pack's in its folder `lists`. One that is missing, or not a plain file name, is left to the
/// checker, which says so on the line.
fn lists(file: &Path, source: &str) -> (BTreeMap<String, String>, BTreeMap<String, String>) {
    let (mut lists, mut unreadable) = (BTreeMap::new(), BTreeMap::new());
    // Most rule files have none, and are not parsed a second time for that.
    if !source.contains("list") && !source.contains("LIST") && !source.contains("List") {
        return (lists, unreadable);
    }
    let beside = file.parent().unwrap_or(Path::new(""));
    let pack = pack_folder(file);
    let folder = pack.map_or_else(|| beside.to_owned(), |pack| pack.join("lists"));
    // Not the folder `lists`, which may be a link itself.
    let root = pack.unwrap_or(beside);
    let (tree, _) = diffract_core::syntax::parse(source);
    for line in tree.lines {
        let Some(Statement::Let { value: LetValue::File(name), .. }) = line.statement else { continue };
        let plain = Path::new(&name.text).components().count() == 1 && !name.text.contains(['/', '\\', ':']);
        if !plain || name.text == ".." {
            continue;
        }
        let path = folder.join(&name.text);
        match files::text_within(root, &path, MAX_FILE as u64, SPLIT) {
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
