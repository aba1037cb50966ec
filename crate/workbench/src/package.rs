//! A packaged pack (`diffract package`) as the dashboard takes it over.

use diffract_packs::{Pack, archive};
use serde::Serialize;
use std::collections::BTreeMap;

/// Mirrors `Packaged` of `extension/pages/common/workbench.ts`.
#[derive(Debug, PartialEq, Serialize)]
pub(crate) struct Packaged {
    id: String,
    title: String,
    description: String,
    version: String,
    author: String,
    source: String,
    lists: BTreeMap<String, String>,
    /// What is odd about it and does not keep it from being used, one sentence each.
    notes: Vec<String>,
    /// How many cases of its own it has.
    cases: usize,
}

/// Reads a package, else says why it is none.
pub(crate) fn read(bytes: &[u8]) -> Result<Packaged, String> {
    let files = archive::read(bytes).map_err(|error| error.to_string())?;
    let reading = Pack::read(&files);
    let errors = reading.has_errors();
    let mut notes: Vec<String> = reading.problems.iter().map(ToString::to_string).collect();
    let Some(pack) = reading.pack.filter(|_| !errors) else {
        let first =
            reading.problems.iter().find(|problem| problem.severity == diffract_packs::Severity::Error);
        return Err(first.map_or_else(|| "it has no pack in it".to_owned(), ToString::to_string));
    };
    notes.truncate(100);
    Ok(Packaged {
        id: pack.manifest.id,
        title: pack.manifest.title,
        description: pack.manifest.description,
        version: pack.manifest.version,
        author: pack.manifest.author,
        source: pack.rules,
        lists: pack.lists,
        notes,
        cases: pack.cases.len(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use diffract_packs::Files;

    fn package(parts: &[(&str, &[u8])]) -> Vec<u8> {
        let mut files = Files::default();
        for (path, bytes) in parts {
            files.add(path, bytes.to_vec()).unwrap();
        }
        archive::write(&files).unwrap()
    }

    const MANIFEST: &[u8] = b"id = \"less-sport\"\ntitle = \"Less sport\"\ndescription = \"No scores.\"\n\
        version = \"1.0.0\"\nauthor = \"Ann\"\nlicence = \"CC0-1.0\"\n";

    #[test]
    fn a_package_is_read_with_its_lists() {
        let bytes = package(&[
            ("pack.toml", MANIFEST),
            ("rules.rules", b"let @clubs = list \"clubs.txt\"\nhide if text has word @clubs\n"),
            ("lists/clubs.txt", b"United\n"),
        ]);
        let read = read(&bytes).unwrap();
        assert_eq!(
            (read.id.as_str(), read.title.as_str(), read.version.as_str()),
            ("less-sport", "Less sport", "1.0.0")
        );
        assert_eq!(read.lists["clubs.txt"], "United\n");
        assert!(read.notes.is_empty(), "{:?}", read.notes);
    }

    #[test]
    fn what_is_none_is_refused_in_words() {
        let sound = package(&[("pack.toml", MANIFEST), ("rules.rules", b"hide if promoted\n")]);
        for (bytes, words) in [
            (sound[..sound.len() - 30].to_vec(), "no zip that can be read"),
            (Vec::new(), "no zip that can be read"),
            (package(&[("rules.rules", b"hide if promoted\n")]), "no pack.toml"),
            (package(&[("pack.toml", b"id = 7"), ("rules.rules", b"")]), "pack.toml"),
            (package(&[("pack.toml", MANIFEST)]), "rules.rules: error: this file is missing"),
            (package(&[("pack.toml", MANIFEST), ("rules.rules", b"\xff\xfe")]), "not UTF-8"),
        ] {
            let said = read(&bytes).unwrap_err();
            assert!(said.contains(words), "{said}");
        }
    }

    #[test]
    fn nonsense_in_a_sound_zip_is_the_checkers_to_tell() {
        let nonsense = "\0hide if\u{202e}\r\nfoo bar\rbaz\n".repeat(100_000);
        let bytes = package(&[("pack.toml", MANIFEST), ("rules.rules", nonsense.as_bytes())]);
        let read = read(&bytes).unwrap();
        assert_eq!(read.source, nonsense);
    }
}
