//! The files of a pack by their paths: bounded, and none that leads out of the folder.

use std::collections::BTreeMap;

/// The most files of a pack.
pub const MAX_FILES: usize = 500;
/// The largest file, in bytes: what the language itself reads.
pub const MAX_FILE: usize = 4 << 20;
/// All files together, in bytes.
pub const MAX_TOTAL: usize = 32 << 20;
/// The longest path, in bytes.
pub const MAX_PATH: usize = 120;

/// Why a file cannot be of a pack.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FileError {
    /// The path is absolute, leads out, or is not plain.
    #[error("`{0}` is no path within a pack; use plain relative names of letters, digits, `.`, `_` and `-`")]
    Path(String),
    /// Two files that some disks cannot tell apart.
    #[error("`{0}` is there twice, but for capitals")]
    Twice(String),
    /// Over [`MAX_FILES`].
    #[error("the pack has over {MAX_FILES} files")]
    TooMany,
    /// Over [`MAX_FILE`].
    #[error("`{0}` is over 4 MB; split it")]
    TooLarge(String),
    /// Over [`MAX_TOTAL`].
    #[error("the pack's files are over 32 MB together")]
    TooMuch,
}

/// What a file is to a pack.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part<'a> {
    /// `pack.toml`
    Manifest,
    /// `rules.rules`
    Rules,
    /// `lists/NAME`, by its name in rules.
    List(&'a str),
    /// `cases/NAME`
    Cases,
    /// `README.md`, `LICENSE` and their like.
    Text,
}

/// What the file of a path is to a pack; `None` where it is none of it.
pub fn part(path: &str) -> Option<Part<'_>> {
    match path {
        crate::MANIFEST => return Some(Part::Manifest),
        crate::RULES => return Some(Part::Rules),
        "README.md" | "CHANGELOG.md" | "LICENSE" | "LICENSE.md" | "LICENSE.txt" | "LICENCE"
        | "LICENCE.md" | "LICENCE.txt" => return Some(Part::Text),
        _ => {}
    }
    match path.split_once('/') {
        Some(("lists", name)) if name.ends_with(".txt") && !name.contains('/') => Some(Part::List(name)),
        Some(("cases", name)) if name.ends_with(".toml") && !name.contains('/') => Some(Part::Cases),
        _ => None,
    }
}

/// The files of a pack: path → bytes, sorted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Files {
    by_path: BTreeMap<String, Vec<u8>>,
    total: usize,
}

impl Files {
    /// Adds a file.
    ///
    /// # Errors
    /// If the path leads out of the pack or is there already, or a limit is passed.
    pub fn add(&mut self, path: &str, bytes: Vec<u8>) -> Result<(), FileError> {
        if !is_plain(path) {
            return Err(FileError::Path(shortened(path)));
        }
        if self.by_path.keys().any(|one| one.eq_ignore_ascii_case(path)) {
            return Err(FileError::Twice(path.to_owned()));
        }
        if self.by_path.len() >= MAX_FILES {
            return Err(FileError::TooMany);
        }
        if bytes.len() > MAX_FILE {
            return Err(FileError::TooLarge(path.to_owned()));
        }
        if self.total + bytes.len() > MAX_TOTAL {
            return Err(FileError::TooMuch);
        }
        self.total += bytes.len();
        self.by_path.insert(path.to_owned(), bytes);
        Ok(())
    }

    /// The bytes of a path.
    pub fn get(&self, path: &str) -> Option<&[u8]> {
        self.by_path.get(path).map(Vec::as_slice)
    }

    /// All files in the order of their paths.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.by_path.iter().map(|(path, bytes)| (path.as_str(), bytes.as_slice()))
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.by_path.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.by_path.is_empty()
    }
}

/// Whether a path is relative, plain on every system, and stays within.
fn is_plain(path: &str) -> bool {
    let name = |name: &str| {
        let sound = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
        // Not hidden, not `..`; nor what Windows keeps for devices or cuts off.
        let device = ["con", "prn", "aux", "nul"]
            .contains(&name.split('.').next().unwrap_or("").to_lowercase().as_str());
        !name.is_empty()
            && !name.starts_with('.')
            && !name.ends_with('.')
            && name.chars().all(sound)
            && !device
    };
    path.len() <= MAX_PATH && path.split('/').all(name)
}

fn shortened(path: &str) -> String {
    path.chars().map(|c| if c.is_control() { '?' } else { c }).take(MAX_PATH).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_that_lead_out_are_refused() {
        for bad in [
            "",
            "/etc/passwd",
            "../x",
            "a/../b",
            "./a",
            "a//b",
            "a\\b",
            "C:\\x",
            "C:x",
            "a/",
            ".git",
            "lists/.x",
            "a\0b",
            "con",
            "NUL.txt",
            "a.",
            "naïve.txt",
            "a b",
        ] {
            assert!(matches!(Files::default().add(bad, Vec::new()), Err(FileError::Path(_))), "{bad}");
        }
        let mut files = Files::default();
        files.add("lists/a.txt", Vec::new()).unwrap();
        assert_eq!(files.add("lists/A.txt", Vec::new()), Err(FileError::Twice("lists/A.txt".into())));
    }

    #[test]
    fn there_is_an_end_to_files_and_bytes() {
        let mut files = Files::default();
        assert_eq!(files.add("a", vec![0; MAX_FILE + 1]), Err(FileError::TooLarge("a".into())));
        for n in 0..8 {
            files.add(&format!("lists/{n}.txt"), vec![0; MAX_FILE]).unwrap();
        }
        assert_eq!(files.add("b", vec![0]), Err(FileError::TooMuch));
        let mut files = Files::default();
        for n in 0..MAX_FILES {
            files.add(&format!("{n}"), Vec::new()).unwrap();
        }
        assert_eq!(files.add("b", Vec::new()), Err(FileError::TooMany));
    }

    #[test]
    fn a_path_says_what_a_file_is() {
        assert_eq!(part("pack.toml"), Some(Part::Manifest));
        assert_eq!(part("lists/shills.txt"), Some(Part::List("shills.txt")));
        assert_eq!(part("cases/bait.toml"), Some(Part::Cases));
        for other in ["notes.txt", "lists/x.csv", "lists/a/b.txt", "cases", "src/rules.rules"] {
            assert_eq!(part(other), None, "{other}");
        }
    }
}
