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

/// The rule files that paths stand for, in the order given and each once; those of a folder by name. Folders are
/// searched through, but for hidden ones, links, and those of other tools. A path that is not there stays: reading it
/// says so.
///
/// # Errors
/// If a folder has no rule files, cannot be read, or is too large to be meant.
pub fn rule_files(paths: &[PathBuf]) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for path in paths {
        if files::is_stdin(path) || !path.is_dir() {
            found.push(path.clone());
            continue;
        }
        let before = found.len();
        let mut seen = 0;
        walk(path, 0, &mut seen, &mut found)?;
        if found.len() == before {
            bail!("{} has no rule files; their names end in `.{EXTENSION}`", path.display());
        }
        if found.len() - before > MOST_FILES {
            bail!("{} has more than {MOST_FILES} rule files; name a smaller folder", path.display());
        }
    }
    let mut known = std::collections::HashSet::new();
    found.retain(|path| known.insert(path.clone()));
    Ok(found)
}

fn walk(folder: &Path, depth: usize, seen: &mut usize, found: &mut Vec<PathBuf>) -> Result<()> {
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
            found.push(path);
        }
    }
    Ok(())
}

/// Whether a rule file is a pack's.
pub fn pack_folder(file: &Path) -> Option<&Path> {
    file.parent().filter(|folder| folder.join(MANIFEST).is_file())
}
