//! Pack folders from disk: read with limits, and nothing from outside them.

use crate::files::open_within;
use anyhow::{Context, Result, anyhow, bail};
use diffract_packs::files::{MAX_FILE, part};
use diffract_packs::{Files, MANIFEST, Pack, Reading};
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

/// How many entries of a folder are looked at, of a pack or not.
const MOST_ENTRIES: usize = 10_000;

/// The packs that paths stand for: each itself, or the packs in it.
///
/// # Errors
/// If a path is no pack and has none in it.
pub fn packs(paths: &[PathBuf]) -> Result<Vec<PathBuf>> {
    let mut found: Vec<PathBuf> = Vec::new();
    for path in paths {
        if !path.is_dir() {
            let is_manifest = path.file_name().is_some_and(|name| name == MANIFEST);
            match path.parent().filter(|_| is_manifest && path.is_file()) {
                Some(folder) => {
                    found.push(if folder.as_os_str().is_empty() {
                        PathBuf::from(".")
                    } else {
                        folder.to_owned()
                    });
                    continue;
                }
                None if path.exists() => bail!("{} is no folder; a pack is one", path.display()),
                None => bail!("there is no folder {}", path.display()),
            }
        }
        if path.join(MANIFEST).exists() {
            found.push(path.clone());
            continue;
        }
        let mut inner: Vec<PathBuf> = fs::read_dir(path)
            .with_context(|| format!("cannot read the folder {}", path.display()))?
            .take(MOST_ENTRIES)
            .filter_map(|entry| Some(entry.ok()?.path()))
            .filter(|folder| folder.join(MANIFEST).exists())
            .collect();
        if inner.is_empty() {
            bail!("{} is no pack: it has no {MANIFEST}; `diffract new` makes one", path.display());
        }
        inner.sort();
        found.append(&mut inner);
    }
    found.dedup();
    Ok(found)
}

/// Reads a pack.
///
/// # Errors
/// If the folder has something in it that no pack may have (see [`read`]). What is wrong in its files is in the reading.
pub fn pack(folder: &Path) -> Result<(Reading, Files)> {
    let files = read(folder)?;
    let mut reading = Pack::read(&files);
    let name =
        folder.canonicalize().ok().and_then(|path| Some(path.file_name()?.to_string_lossy().into_owned()));
    if let (Some(pack), Some(name)) = (&reading.pack, name)
        && pack.manifest.id != name
    {
        let message =
            format!("the folder is called `{name}`; let the two be the same, so that nobody has to guess");
        reading.problems.push(diffract_packs::Problem {
            severity: diffract_packs::Severity::Warning,
            file: MANIFEST.to_owned(),
            line: None,
            key: "id".to_owned(),
            message,
        });
    }
    Ok((reading, files))
}

/// The files of a pack's folder that are a pack's own, and empty ones for what is not, so that it can be said.
///
/// # Errors
/// If the folder cannot be read, a file or a link leads out of it, is no plain file, or there are too many or too large
/// ones. A stranger's pack is refused whole: what else it tries is not worth finding out.
pub fn read(folder: &Path) -> Result<Files> {
    let root =
        folder.canonicalize().with_context(|| format!("cannot read the folder {}", folder.display()))?;
    let mut files = Files::default();
    let mut seen = 0;
    walk(&root, "", &mut files, &mut seen).with_context(|| format!("{} cannot be used", folder.display()))?;
    Ok(files)
}

fn walk(root: &Path, inside: &str, files: &mut Files, seen: &mut usize) -> Result<()> {
    let folder = root.join(inside);
    let entries =
        fs::read_dir(&folder).with_context(|| format!("cannot read the folder {}", folder.display()))?;
    let mut names = Vec::new();
    for entry in entries {
        *seen += 1;
        if *seen > MOST_ENTRIES {
            bail!("it has over {MOST_ENTRIES} files");
        }
        let name = entry.context("cannot read the folder")?.file_name();
        names.push(name.into_string().map_err(|name| anyhow!("the name {} is not UTF-8", name.display()))?);
    }
    names.sort();
    for name in names {
        // Hidden files are other programs'.
        if name.starts_with('.') {
            continue;
        }
        let path = if inside.is_empty() { name.clone() } else { format!("{inside}/{name}") };
        let place = root.join(&path);
        let kind = fs::symlink_metadata(&place).with_context(|| format!("cannot read `{path}`"))?.file_type();
        if kind.is_dir() {
            if inside.is_empty() && matches!(name.as_str(), "lists" | "cases") {
                walk(root, &path, files, seen)?;
            }
            continue;
        }
        if kind.is_symlink() {
            let target = place.canonicalize().map_err(|_| anyhow!("`{path}` is a link to nothing"))?;
            if !target.starts_with(root) {
                bail!("`{path}` is a link out of the folder; put the file itself there");
            }
            if !target.is_file() {
                bail!("`{path}` is a link to something that is no file");
            }
        } else if !kind.is_file() {
            bail!("`{path}` is a device, a pipe or a socket; a pack has plain files only");
        }
        // What is not of a pack is named, not read.
        let bytes = if part(&path).is_some() { bytes(root, &place, &path)? } else { Vec::new() };
        files.add(&path, bytes)?;
    }
    Ok(())
}

fn bytes(root: &Path, place: &Path, path: &str) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    // What stood here may have been changed for a link since it was looked at.
    open_within(root, place)?
        .take(MAX_FILE as u64 + 1)
        .read_to_end(&mut bytes)
        .with_context(|| format!("cannot read `{path}`"))?;
    Ok(bytes)
}
