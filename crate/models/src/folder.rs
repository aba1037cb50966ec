//! A model's folder on disk.

use crate::card::{Card, MOST_CARD};
use crate::refusal::Refusal;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use thiserror::Error;

/// Why a folder is not a model's.
#[derive(Debug, Error)]
pub enum FolderError {
    /// A file is not there, or cannot be read.
    #[error("{}: {source}", path.display())]
    Unreadable {
        /// Of the file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// What is there is refused.
    #[error("{0}")]
    Refused(#[from] Refusal),
}

/// A card and the file beside it, as bytes.
#[derive(Clone, Debug)]
pub struct Folder {
    /// The text of `card.toml`.
    pub card: String,
    /// The file that the card names.
    pub onnx: Vec<u8>,
}

impl Folder {
    /// Reads `card.toml` alone.
    pub fn card(folder: &Path) -> Result<String, FolderError> {
        let bytes = read(&folder.join("card.toml"), MOST_CARD)?;
        let card = String::from_utf8(bytes).map_err(|_| Refusal::Card("it is not UTF-8".to_owned()))?;
        Ok(card)
    }

    /// Reads a folder. Only ordinary files, and no more of them than a model may have.
    pub fn read(folder: &Path) -> Result<Folder, FolderError> {
        let card = Folder::card(folder)?;
        let read_card = Card::read(&card)?;
        let onnx = read(&folder.join(&read_card.file.name), crate::onnx::MOST_FILE)?;
        Ok(Folder { card, onnx })
    }
}

/// Reads a file up to a size; one byte more tells that it is larger.
fn read(path: &Path, most: usize) -> Result<Vec<u8>, FolderError> {
    let unreadable = |source: io::Error| FolderError::Unreadable { path: path.to_owned(), source };
    // Opening a pipe would wait for whoever writes into it.
    if !path.metadata().map_err(unreadable)?.is_file() {
        return Err(unreadable(io::Error::other("is not a file")));
    }
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(unreadable)?;
    file.take(most as u64 + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() > most {
        return Err(unreadable(io::Error::other(format!("is over {} KB", most >> 10))));
    }
    Ok(bytes)
}
