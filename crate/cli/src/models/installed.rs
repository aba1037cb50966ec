//! Where models are found.

use anyhow::{Result, anyhow};
use diffract_core::reference::nearest;
use diffract_models::card::is_name;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};

/// Names the folders in which models are, instead of the usual ones.
const VARIABLE: &str = "DIFFRACT_MODELS";
/// More entries of a folder are not looked at.
const MOST_ENTRIES: usize = 1_000;
/// How far above the program its own models may lie: `target/debug/diffract` in a clone, `bin/diffract` of an installation.
const MOST_ABOVE: usize = 5;

/// The folders in which models are looked for, the first before the last.
pub fn places() -> Vec<PathBuf> {
    if let Some(named) = env::var_os(VARIABLE).filter(|named| !named.is_empty()) {
        return env::split_paths(&named).collect();
    }
    let data = env::var_os("XDG_DATA_HOME")
        .map(PathBuf::from)
        .filter(|path| path.is_absolute())
        .or_else(|| env::var_os("HOME").map(|home| Path::new(&home).join(".local/share")));
    let mut places: Vec<PathBuf> = data.map(|data| data.join("diffract/models")).into_iter().collect();
    let program = env::current_exe().and_then(|path| path.canonicalize()).unwrap_or_default();
    for above in program.ancestors().skip(1).take(MOST_ABOVE) {
        places.push(above.join("models"));
        places.push(above.join("share/diffract/models"));
    }
    // A clone builds into any folder, and `cargo install` copies the program away from it.
    places.push(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models"));
    places
}

/// The installed models by name, each with its folder. Of two with one name the first counts.
pub fn all() -> Vec<(String, PathBuf)> {
    let mut found: Vec<(String, PathBuf)> = Vec::new();
    for place in places() {
        let entries = fs::read_dir(place).into_iter().flatten().take(MOST_ENTRIES);
        for folder in entries.filter_map(|entry| Some(entry.ok()?.path())) {
            let name = folder.file_name().and_then(|name| name.to_str()).filter(|name| is_name(name));
            if let Some(name) = name
                && folder.join("card.toml").is_file()
                && !found.iter().any(|(known, _)| known == name)
            {
                let folder = folder.canonicalize().unwrap_or_else(|_| folder.clone());
                found.push((name.to_owned(), folder));
            }
        }
    }
    found.sort();
    found
}

/// The folder of a model: an installed one's, or the folder named.
///
/// # Errors
/// If there is none; then what there is, and the nearest name.
pub fn folder(model: &str) -> Result<PathBuf> {
    let installed = all();
    if let Some((_, folder)) = installed.iter().find(|(name, _)| name == model) {
        return Ok(folder.clone());
    }
    let path = Path::new(model);
    if path.is_dir() {
        return Ok(path.to_owned());
    }
    if path
        .file_name()
        .is_some_and(|name| name == "card.toml" || path.extension().is_some_and(|end| end == "onnx"))
        && let Some(parent) = path.parent().filter(|parent| parent.is_dir())
    {
        return Err(anyhow!("name the model's folder, `{}`, not a file in it", parent.display()));
    }
    let names: Vec<&str> = installed.iter().map(|(name, _)| name.as_str()).collect();
    let near = nearest(model, names.iter().copied());
    let help = match (near, names.is_empty()) {
        (Some(near), _) => format!("did you mean `{near}`?"),
        (None, true) => "none is installed".to_owned(),
        (None, false) => format!("installed are {}", names.join(", ")),
    };
    Err(anyhow!("no model is called `{model}`, and there is no such folder; {help}"))
}
