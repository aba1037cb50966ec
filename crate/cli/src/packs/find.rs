//! Which rule files a path stands for: itself, or all that are in a folder.

use crate::files;
use anyhow::{Context, Result, bail};
use std::fs;
use std::path::{Path, PathBuf};

/// What a rule file's name ends in.
pub const EXTENSION: &str = "rules";
/// What makes a folder a pack.
pub const MANIFEST: &str = "pack.toml";

/// How deep folders are looked into.
const MOST_DEPTH: usize = 16;
/// How many rule files one folder may hold.
const MOST_FILES: usize = 10_000;
/// How many entries are looked at in all, rule files or not.
const MOST_ENTRIES: usize = 1_000_000;
/// Folders that hold other people's files.
const SKIPPED: &[&str] = &["node_modules", "target"];

/// What paths stand for.
#[derive(Debug, Default)]
pub struct Found {
    /// Rule files to read, in the order given and each once.
    pub files: Vec<PathBuf>,
    /// Why others that lie in a folder are not read, with what to do.
    pub refused: Vec<String>,
}

/// The rule files that paths stand for; those of a folder by name. Folders are searched through, but for hidden ones,
/// links, and those of other tools. What is found there is somebody's who may not be the person who named the folder, so that
/// only plain files are taken, and of a pack links within it. A path that is named itself is taken as it is: it may be
/// a link or a pipe, and if it is not there, reading it says so.
///
/// # Errors
/// If a folder has no rule files, cannot be read, or is too large to be meant.
pub fn rule_files(paths: &[PathBuf]) -> Result<Found> {
    let mut found = Found::default();
    for path in paths {
        if files::is_stdin(path) || !path.is_dir() {
            found.files.push(path.clone());
            continue;
        }
        let before = found.files.len();
        let refused_before = found.refused.len();
        let mut seen = 0;
        walk(path, 0, &mut seen, &mut found)?;
        if found.files.len() == before && found.refused.len() == refused_before {
            bail!("{} has no rule files; their names end in `.{EXTENSION}`", path.display());
        }
        if found.files.len() - before > MOST_FILES {
            bail!("{} has more than {MOST_FILES} rule files; name a smaller folder", path.display());
        }
    }
    let mut known = std::collections::HashSet::new();
    found.files.retain(|path| known.insert(path.clone()));
    Ok(found)
}

fn walk(folder: &Path, depth: usize, seen: &mut usize, found: &mut Found) -> Result<()> {
    let read = || -> std::io::Result<Vec<(PathBuf, fs::FileType)>> {
        fs::read_dir(folder)?
            .map(|entry| {
                let entry = entry?;
                Ok((entry.path(), entry.file_type()?))
            })
            .collect()
    };
    let mut entries = read().with_context(|| format!("cannot read the folder {}", folder.display()))?;
    *seen += entries.len();
    if *seen > MOST_ENTRIES {
        bail!("{} has more than {MOST_ENTRIES} files; name a smaller folder", folder.display());
    }
    entries.sort_by(|(left, _), (right, _)| left.cmp(right));
    for (path, kind) in entries {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        if name.starts_with('.') {
            continue;
        }
        if kind.is_dir() {
            if depth < MOST_DEPTH && !SKIPPED.contains(&name.as_str()) {
                walk(&path, depth + 1, seen, found)?;
            }
        } else if path.extension().is_some_and(|extension| extension == EXTENSION) {
            match refusal(folder, &path, kind) {
                Some(why) => found.refused.push(why),
                None => found.files.push(path),
            }
        }
    }
    Ok(())
}

/// Why a file that was found in a folder is not read.
fn refusal(folder: &Path, path: &Path, kind: fs::FileType) -> Option<String> {
    if kind.is_symlink() {
        // As in `folder::read`: a pack may have links within it.
        let within = folder.join(MANIFEST).is_file()
            && matches!((folder.canonicalize(), path.canonicalize()),
                (Ok(root), Ok(target)) if target.starts_with(&root) && target.is_file());
        let why = format!("{} is a link; put the file itself there, or name the file", path.display());
        return (!within).then_some(why);
    }
    (!kind.is_file()).then(|| files::not_plain(path))
}

/// Whether a rule file is a pack's.
pub fn pack_folder(file: &Path) -> Option<&Path> {
    file.parent().filter(|folder| folder.join(MANIFEST).is_file())
}
