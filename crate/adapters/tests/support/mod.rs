//! What several tests need: the payloads to run over, and JSON compared piece by piece.

#![allow(dead_code, reason = "each test uses a part of it")]

use diffract_adapters::wire::{WireAdapter, builtin};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};

/// A payload to run over.
pub struct Sample {
    pub adapter: WireAdapter,
    /// `platform/file`.
    pub name: String,
    pub text: String,
    pub url: Option<String>,
}

fn adapter(name: &str) -> Option<WireAdapter> {
    builtin().into_iter().flatten().find(|adapter| adapter.name() == name)
}

/// The folder of recordings, if there is one: `DIFFRACT_CORPORA`, else beside the repository.
pub fn corpora() -> Option<PathBuf> {
    // A relative path is one from the repository's root, from wherever the tests run.
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let named = std::env::var_os("DIFFRACT_CORPORA").unwrap_or_else(|| "../shared/corpora".into());
    let dev = repository.join(named).join("dev");
    dev.is_dir().then_some(dev)
}

/// Every recorded answer; none, said once, where there are no recordings. Pages are answers where the adapter reads HTML.
pub fn recordings() -> Vec<Sample> {
    let Some(corpora) = corpora() else {
        println!("skipped: no recordings here; set DIFFRACT_CORPORA to the folder that holds `dev`");
        return Vec::new();
    };
    let mut all = Vec::new();
    for name in diffract_adapters::wire::builtin_names() {
        let Ok(entries) = fs::read_dir(corpora.join(name)) else { continue };
        let mut files: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
        files.sort();
        for file in files {
            let short = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let wanted = short.ends_with(".json") || (name == "hackernews" && short.ends_with(".html"));
            if !wanted || short.ends_with(".meta.json") {
                continue;
            }
            let meta = fs::read_to_string(file.with_extension("meta.json")).unwrap_or_default();
            let meta: Value = serde_json::from_str(&meta).unwrap_or_default();
            all.push(Sample {
                adapter: adapter(name).expect("shipped"),
                name: format!("{name}/{short}"),
                text: fs::read_to_string(&file).expect("readable"),
                url: meta["request_url"].as_str().map(|url| url.split(' ').next().unwrap_or(url).to_owned()),
            });
        }
    }
    all
}

/// Our own small payloads, which are always there.
pub fn miniatures() -> Vec<Sample> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/payloads");
    let mut files: Vec<PathBuf> =
        fs::read_dir(folder).expect("they are there").filter_map(|entry| Some(entry.ok()?.path())).collect();
    files.sort();
    files
        .into_iter()
        .map(|file| {
            let short = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let platform = short.split('-').next().unwrap_or_default().to_owned();
            Sample {
                adapter: adapter(&platform).unwrap_or_else(|| panic!("{short}: no such platform")),
                name: short,
                text: fs::read_to_string(&file).expect("readable"),
                url: None,
            }
        })
        .collect()
}

/// The places at which two documents differ, and how: a member or element that only one has, or values that are not
/// the same. Elements of lists are told apart by what they are, so that one taken out is one difference.
pub fn differences(before: &Value, after: &Value) -> Vec<String> {
    let mut all = Vec::new();
    compare("$", before, after, &mut all);
    all
}

fn compare(at: &str, before: &Value, after: &Value, all: &mut Vec<String>) {
    match (before, after) {
        (Value::Object(a), Value::Object(b)) => {
            for (key, value) in a {
                match b.get(key) {
                    Some(other) => compare(&format!("{at}.{key}"), value, other, all),
                    None => all.push(format!("{at}.{key}: gone")),
                }
            }
            all.extend(b.keys().filter(|key| !a.contains_key(*key)).map(|key| format!("{at}.{key}: new")));
        }
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            a.iter().zip(b).enumerate().for_each(|(i, (x, y))| compare(&format!("{at}[{i}]"), x, y, all));
        }
        (Value::Array(a), Value::Array(b)) => {
            // What is left must be what was there, in its order: whole, or with parts of it gone.
            let mut rest = b.iter().peekable();
            for (index, element) in a.iter().enumerate() {
                let fits =
                    rest.peek().is_some_and(|next| *next == element || same_but_for_gone(element, next));
                if fits {
                    let next = rest.next().unwrap_or(&Value::Null);
                    compare(&format!("{at}[{index}]"), element, next, all);
                } else {
                    all.push(format!("{at}[{index}]: gone"));
                }
            }
            all.extend(rest.map(|_| format!("{at}: an element is new")));
        }
        _ if before == after => {}
        _ => all.push(format!("{at}: another value")),
    }
}

fn same_but_for_gone(before: &Value, after: &Value) -> bool {
    let mut all = Vec::new();
    compare("", before, after, &mut all);
    // A part of a stream that moved up says so at its `path`.
    all.iter().all(|difference| difference.ends_with(": gone") || difference.starts_with(".path["))
}
