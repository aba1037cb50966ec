//! What is wrong with pack folders beside their rules: the manifest, the cases, files that do not belong there.

use crate::packs::{Packs, pack_folder};
use crate::{folder, terminal};
use diffract_core::Severity;
use diffract_packs::{MANIFEST, Problem, Severity as Weight};
use std::path::PathBuf;

/// The packs among what is checked, each with its problems.
#[derive(Debug, Default)]
pub struct Folders {
    /// The file, what is wrong with it, and how bad that is.
    pub problems: Vec<(PathBuf, Problem)>,
}

impl Folders {
    /// Reads every pack folder that a rule file stands in, once.
    pub fn read(packs: &Packs) -> Self {
        let mut folders: Vec<PathBuf> =
            packs.files.iter().filter_map(|file| pack_folder(&file.path)).map(PathBuf::from).collect();
        folders.sort();
        folders.dedup();
        let mut problems = Vec::new();
        for path in folders {
            match folder::pack(&path) {
                Ok((reading, _)) => {
                    problems.extend(
                        reading.problems.into_iter().map(|problem| (path.join(&problem.file), problem)),
                    );
                }
                Err(problem) => problems.push((
                    path.join(MANIFEST),
                    Problem {
                        severity: Weight::Error,
                        file: MANIFEST.to_owned(),
                        line: None,
                        key: String::new(),
                        message: format!("{problem:#}"),
                    },
                )),
            }
        }
        Self { problems }
    }

    /// How many there are of a severity; hints there are none.
    pub fn count(&self, severity: Severity) -> usize {
        self.problems.iter().filter(|(_, problem)| weight(problem) == severity).count()
    }

    /// Says on standard error what is wrong.
    pub fn tell(&self) {
        for (path, problem) in &self.problems {
            let message = format!("{}: {}", place(path, problem), problem.message);
            match weight(problem) {
                Severity::Error => terminal::error(&message),
                _ => terminal::warning(&message),
            }
        }
    }
}

/// How bad it is, as of messages about rules.
pub fn weight(problem: &Problem) -> Severity {
    match problem.severity {
        Weight::Error => Severity::Error,
        Weight::Warning => Severity::Warning,
    }
}

/// `packs/calm/pack.toml:3: title`, as far as it is known.
fn place(path: &std::path::Path, problem: &Problem) -> String {
    let mut place = path.display().to_string();
    if let Some(line) = problem.line {
        place.push_str(&format!(":{line}"));
    }
    if !problem.key.is_empty() {
        place.push_str(&format!(": `{}`", problem.key));
    }
    place
}
