//! A pack as one file: a zip, the same bytes for the same pack wherever and whenever it is made.

use crate::files::{FileError, Files, MAX_FILE, MAX_FILES, MAX_TOTAL, part};
use std::io::{Cursor, Read, Write};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipArchive, ZipWriter};

/// The largest packaged pack that is read, in bytes.
pub const MAX_ARCHIVE: usize = MAX_TOTAL + (1 << 20);

/// Why a file is no packaged pack.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// Over [`MAX_ARCHIVE`].
    #[error("the file is over 33 MB; no pack is that large")]
    TooLarge,
    /// Not a zip, or a broken one.
    #[error("the file is no zip that can be read ({0})")]
    Zip(#[from] zip::result::ZipError),
    /// An entry cannot be unpacked.
    #[error("`{0}` in it cannot be unpacked ({1})")]
    Entry(String, std::io::Error),
    /// An entry is a link, or is encrypted.
    #[error("`{0}` in it is {1}; a pack has plain files only")]
    NotPlain(String, &'static str),
    /// An entry is not one of a pack's files.
    #[error(transparent)]
    File(#[from] FileError),
    /// There is no `pack.toml`.
    #[error("there is no pack.toml in it; `diffract package` makes such files")]
    NoManifest,
}

/// Packages the files that are a pack's own. Entries are stored, not deflated, in the order of their paths, with the time
/// that zips begin at: nothing in the bytes depends on the machine, the day or a compressor's version.
///
/// # Errors
/// If the files cannot be held by a zip; within the limits of [`Files`] that does not happen.
pub fn write(files: &Files) -> Result<Vec<u8>, ArchiveError> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Stored)
        .last_modified_time(DateTime::default())
        .unix_permissions(0o644);
    for (path, bytes) in files.iter().filter(|(path, _)| part(path).is_some()) {
        zip.start_file(path, options)?;
        zip.write_all(bytes).map_err(|error| ArchiveError::Entry(path.to_owned(), error))?;
    }
    Ok(zip.finish()?.into_inner())
}

/// Reads a packaged pack: bounded in entries and in what they unpack to, whatever their headers claim. One folder around
/// everything, as some programs put it, is passed over; what is not of a pack is left out.
///
/// # Errors
/// If it is no zip, has paths that lead out of it, links or encrypted entries, or is too large.
pub fn read(bytes: &[u8]) -> Result<Files, ArchiveError> {
    if bytes.len() > MAX_ARCHIVE {
        return Err(ArchiveError::TooLarge);
    }
    let mut zip = ZipArchive::new(Cursor::new(bytes))?;
    // Folders are entries too.
    if zip.len() > 2 * MAX_FILES {
        return Err(FileError::TooMany.into());
    }
    let mut found: Vec<(String, Vec<u8>)> = Vec::new();
    let mut total = 0;
    for index in 0..zip.len() {
        let entry = zip.by_index(index)?;
        let name = entry.name()?.into_owned();
        if name.ends_with('/') {
            continue;
        }
        if entry.encrypted() {
            return Err(ArchiveError::NotPlain(name, "encrypted"));
        }
        if entry.unix_mode().is_some_and(|mode| mode & 0o170_000 == 0o120_000) {
            return Err(ArchiveError::NotPlain(name, "a link"));
        }
        let mut contents = Vec::new();
        entry
            .take(MAX_FILE as u64 + 1)
            .read_to_end(&mut contents)
            .map_err(|error| ArchiveError::Entry(name.clone(), error))?;
        total += contents.len();
        if contents.len() > MAX_FILE {
            return Err(FileError::TooLarge(name).into());
        }
        if total > MAX_TOTAL {
            return Err(FileError::TooMuch.into());
        }
        found.push((name, contents));
    }
    let around = folder_around(&found);
    let mut files = Files::default();
    for (name, contents) in found {
        let path = name.strip_prefix(around.as_str()).unwrap_or(&name);
        // Every path is checked, also of files that are left out: an archive that tries to lead out is not to be trusted.
        let mut lone = Files::default();
        match lone.add(path, Vec::new()) {
            Ok(()) => {}
            // What systems put beside files: `.DS_Store`, `__MACOSX/._rules.rules`.
            Err(_)
                if path.split('/').any(|part| part.starts_with('.') && part != ".." && part != ".")
                    && !path.contains("..") =>
            {
                continue;
            }
            Err(error) => return Err(error.into()),
        }
        if part(path).is_some() {
            files.add(path, contents)?;
        }
    }
    if files.get(crate::MANIFEST).is_none() {
        return Err(ArchiveError::NoManifest);
    }
    Ok(files)
}

/// `calm/` where `calm/pack.toml` is the only manifest; else nothing.
fn folder_around(found: &[(String, Vec<u8>)]) -> String {
    if found.iter().any(|(name, _)| name == crate::MANIFEST) {
        return String::new();
    }
    let mut folders = found.iter().filter_map(|(name, _)| {
        let folder = name.strip_suffix(crate::MANIFEST)?;
        (folder.ends_with('/') && folder.matches('/').count() == 1).then_some(folder)
    });
    match (folders.next(), folders.next()) {
        (Some(folder), None) => folder.to_owned(),
        _ => String::new(),
    }
}
