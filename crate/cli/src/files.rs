//! Files from disk, read with a limit and a message for whatever can be wrong with one; and replaced so that a full disk
//! costs nothing.

use anyhow::{Context, Result, anyhow, bail};
use diffract_core::reference::nearest;
use same_file::Handle;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

/// Whether a path stands for standard input.
pub fn is_stdin(path: &Path) -> bool {
    path == Path::new("-")
}

/// What is read from standard input can be read once.
///
/// # Errors
/// If it is named more often.
pub fn stdin_once<'a>(paths: impl IntoIterator<Item = &'a PathBuf>) -> Result<()> {
    if paths.into_iter().filter(|path| is_stdin(path)).count() > 1 {
        bail!("standard input (`-`) can be read once only; save it to a file and name that");
    }
    Ok(())
}

/// What a path is called in messages.
pub fn name(path: &Path) -> String {
    if is_stdin(path) { "<stdin>".to_owned() } else { path.display().to_string() }
}

/// Opens a file for reading; `-` is standard input.
///
/// # Errors
/// If it is not there (then the nearest name is offered), is a folder, or may not be read.
pub fn open(path: &Path) -> Result<Box<dyn Read>> {
    if is_stdin(path) {
        return Ok(Box::new(io::stdin().lock()));
    }
    let file = File::open(path).map_err(|problem| unreadable(path, problem))?;
    if file.metadata().is_ok_and(|metadata| metadata.is_dir()) {
        bail!("{} is a folder; name a file in it", name(path));
    }
    Ok(Box::new(file))
}

/// Opens a file of a folder that may be a stranger's: what is opened lies in the folder, also where a link is put in its
/// place in between.
///
/// # Errors
/// If it cannot be opened, is no plain file, or is a link out of the folder.
pub fn open_within(folder: &Path, path: &Path) -> Result<File> {
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    // To open a pipe would be to wait for whoever writes to it.
    if let Ok(metadata) = path.metadata()
        && !metadata.is_file()
        && !metadata.is_dir()
    {
        bail!(not_plain(path));
    }
    let file = File::open(path).map_err(|problem| unreadable(path, problem))?;
    let opened = file.try_clone().and_then(Handle::from_file);
    let target = folder.canonicalize().and_then(|folder| Ok((folder, path.canonicalize()?)));
    let (opened, (folder, target)) =
        opened.and_then(|opened| Ok((opened, target?))).map_err(|problem| unreadable(path, problem))?;
    // The very file that was opened, and not what stands under its name by now.
    let same = Handle::from_path(&target).is_ok_and(|named| named == opened);
    if !target.starts_with(&folder) || !same {
        bail!("{} is a link out of its folder; put the file itself there", name(path));
    }
    if file.metadata().is_ok_and(|metadata| metadata.is_dir()) {
        bail!("{} is a folder; name a file in it", name(path));
    }
    Ok(file)
}

/// What is said of devices, pipes and sockets, which may never end.
pub fn not_plain(path: &Path) -> String {
    format!("{} is a device, a pipe or a socket; put a plain file there", path.display())
}

/// Writes a file that is not there yet; with `force`, also over one that is.
///
/// # Errors
/// If it is there, or cannot be written.
pub fn create(path: &Path, contents: &[u8], force: bool) -> Result<()> {
    let written = if force {
        fs::write(path, contents)
    } else {
        let new = OpenOptions::new().write(true).create_new(true).open(path);
        new.and_then(|mut file| file.write_all(contents))
    };
    written.map_err(|problem| match problem.kind() {
        io::ErrorKind::AlreadyExists => {
            anyhow!("{} is there already; name another, or add `--force` to write over it", name(path))
        }
        _ => anyhow::Error::new(problem).context(format!("cannot write {}", name(path))),
    })
}

/// A file's bytes, or standard input's.
///
/// # Errors
/// As [`open`]; and if there are more than `most`: then `instead` says what to do.
pub fn bytes(path: &Path, most: u64, instead: &str) -> Result<Vec<u8>> {
    all(open(path)?, path, most, instead)
}

fn all(file: impl Read, path: &Path, most: u64, instead: &str) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    file.take(most + 1).read_to_end(&mut bytes).map_err(|problem| unreadable(path, problem))?;
    if bytes.len() as u64 > most {
        bail!("{} is over {} MB; {instead}", name(path), most >> 20);
    }
    Ok(bytes)
}

/// A file's text, or standard input's.
///
/// # Errors
/// As [`bytes`]; and if it is not UTF-8, with the line where it is not.
pub fn text(path: &Path, most: u64, instead: &str) -> Result<String> {
    decoded(bytes(path, most, instead)?, path)
}

/// As [`text`], of a file of a folder that may be a stranger's.
///
/// # Errors
/// As [`text`] and [`open_within`].
pub fn text_within(folder: &Path, path: &Path, most: u64, instead: &str) -> Result<String> {
    decoded(all(open_within(folder, path)?, path, most, instead)?, path)
}

fn decoded(bytes: Vec<u8>, path: &Path) -> Result<String> {
    String::from_utf8(bytes).map_err(|problem| {
        let valid = problem.utf8_error().valid_up_to();
        let bytes = problem.as_bytes();
        let line = 1 + bytes.iter().take(valid).filter(|byte| **byte == b'\n').count();
        let is_utf16 = bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]);
        let what = if is_utf16 { "is UTF-16" } else { "is not UTF-8" };
        anyhow!("{} {what} (line {line}); save it as UTF-8 and try again", name(path))
    })
}

/// Why a file could not be read, and what to try.
fn unreadable(path: &Path, problem: io::Error) -> anyhow::Error {
    let name = name(path);
    match problem.kind() {
        io::ErrorKind::NotFound => {
            let near = near(path);
            let help = near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
            anyhow!("cannot read {name}: there is no such file{help}")
        }
        io::ErrorKind::IsADirectory => anyhow!("{name} is a folder; name a file in it"),
        _ => anyhow::Error::new(problem).context(format!("cannot read {name}")),
    }
}

/// The file beside it whose name is nearest.
fn near(path: &Path) -> Option<String> {
    /// Looking at more than this is not worth a suggestion.
    const MOST_ENTRIES: usize = 10_000;
    let wanted = path.file_name()?.to_str()?;
    let parent = path.parent().unwrap_or(Path::new(""));
    let folder = if parent.as_os_str().is_empty() { Path::new(".") } else { parent };
    let names: Vec<String> = fs::read_dir(folder)
        .ok()?
        .take(MOST_ENTRIES)
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .collect();
    let near = nearest(wanted, names.iter().map(String::as_str))?;
    Some(parent.join(near).display().to_string())
}

/// Gives a file other contents: beside it first, so that a full disk does not cost what was there. A link goes on
/// pointing where it points, and the file keeps its mode.
///
/// # Errors
/// If it cannot be written; then it is as it was.
pub fn replace(path: &Path, contents: &str) -> Result<()> {
    let name = name(path);
    let target = fs::canonicalize(path).with_context(|| format!("cannot find {name}"))?;
    let mode = fs::metadata(&target).with_context(|| format!("cannot read {name}"))?.permissions();
    if mode.readonly() {
        bail!("{name} is not to be written to");
    }
    let mut beside = target.clone().into_os_string();
    beside.push(format!(".{}.tmp", std::process::id()));
    let write = || -> io::Result<()> {
        // Only a new file: one that is there is someone else's.
        let mut new = OpenOptions::new().write(true).create_new(true).open(&beside)?;
        let written = new
            .write_all(contents.as_bytes())
            .and_then(|()| new.sync_all())
            .and_then(|()| fs::set_permissions(&beside, mode))
            .and_then(|()| fs::rename(&beside, &target));
        if written.is_err() {
            // Nothing more can be done about a file that cannot be taken away either.
            let _ = fs::remove_file(&beside);
        }
        written
    };
    write().with_context(|| format!("cannot write {name}"))
}
