//! `pack.toml`: what a pack says of itself.

use crate::problem::Problem;
use crate::toml_tree::{self, Keys};
use serde::Serialize;

/// What a pack says of itself.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Manifest {
    /// Lower-case letters, digits and `-`, at most 40: the pack's name for machines, and best its folder's.
    pub id: String,
    /// Its name for people; at most 80 characters.
    pub title: String,
    /// What it does, in a sentence or two; at most 400 characters.
    pub description: String,
    /// `MAJOR.MINOR.PATCH`.
    pub version: String,
    /// Who wrote it.
    pub author: String,
    /// Under which licence it may be passed on, as SPDX calls it: `CC0-1.0`.
    pub licence: String,
    /// Where it comes from, an address of the web.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub homepage: Option<String>,
    /// The languages whose words it looks for, as BCP 47 primary subtags; none where words do not matter.
    pub languages: Vec<String>,
    /// The hosts it has rules for; none where its rules hold everywhere.
    pub sites: Vec<String>,
    /// The least version of Diffract that it works with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub diffract: Option<String>,
}

/// Reads `pack.toml`. `None` where something in it is an error; every problem is told.
pub(crate) fn read(bytes: &[u8], problems: &mut Vec<Problem>) -> Option<Manifest> {
    let file = crate::MANIFEST;
    let node = match toml_tree::parse(file, bytes) {
        Ok(node) => node,
        Err(problem) => {
            problems.push(problem);
            return None;
        }
    };
    let before = problems.len();
    let mut keys = Keys::of(file, "", &node, problems)?;
    let id = required(&mut keys, "id", 40, "write `id = \"…\"`, best the folder's name");
    if let Some((id, line)) = &id
        && !is_id(id)
    {
        keys.wrong("id", *line, "an id is lower-case letters, digits and `-`, begins with a letter, and has at most 40 characters");
    }
    let title = required(&mut keys, "title", 80, "write `title = \"…\"`, the pack's name for people");
    let description = required(
        &mut keys,
        "description",
        400,
        "write `description = \"…\"`, what the pack does in a sentence",
    );
    let version = required(&mut keys, "version", 40, "write `version = \"0.1.0\"`");
    check_version(&mut keys, "version", version.as_ref());
    let author = required(&mut keys, "author", 120, "write `author = \"…\"`");
    let licence = match required_either(&mut keys) {
        Some((text, line)) if text.trim().is_empty() => {
            keys.wrong("licence", line, "this is empty");
            None
        }
        other => other,
    };
    let homepage = keys.text("homepage");
    if let Some((address, line)) = &homepage
        && !is_address(address)
    {
        keys.wrong("homepage", *line, "expected an address of the web: https://…");
    }
    let languages = keys.texts("languages");
    if let Some((all, line)) = &languages {
        for one in all {
            if !((2..=3).contains(&one.len()) && one.bytes().all(|b| b.is_ascii_lowercase())) {
                keys.wrong(
                    "languages",
                    *line,
                    format!("`{}` is no language's code; write `en`, `pt`, `ja`", shown(one)),
                );
            }
        }
    }
    let sites = keys.texts("sites");
    if let Some((all, line)) = &sites {
        for one in all {
            if !is_host(one) {
                keys.wrong(
                    "sites",
                    *line,
                    format!("`{}` is no host; write `x.com`, `reddit.com`", shown(one)),
                );
            }
        }
    }
    let diffract = keys.text("diffract");
    check_version(&mut keys, "diffract", diffract.as_ref());
    if let Some((wanted, line)) = &diffract
        && let (Some(wanted_numbers), Some(here)) = (version_numbers(wanted), version_numbers(crate::VERSION))
        && wanted_numbers > here
    {
        keys.wrong(
            "diffract",
            *line,
            format!("the pack needs Diffract {wanted}; this is {}", crate::VERSION),
        );
    }
    keys.done();
    if problems.len() > before {
        return None;
    }
    let all = |list: Option<(Vec<String>, u32)>| list.map(|(all, _)| all).unwrap_or_default();
    Some(Manifest {
        id: id?.0,
        title: title?.0,
        description: description?.0,
        version: version?.0,
        author: author?.0,
        licence: licence?.0,
        homepage: homepage.map(|(text, _)| text),
        languages: all(languages),
        sites: all(sites),
        diffract: diffract.map(|(text, _)| text),
    })
}

/// A text that must be there, not empty, of one line, and not too long.
fn required(keys: &mut Keys<'_, '_>, key: &'static str, most: usize, help: &str) -> Option<(String, u32)> {
    let before = keys.problems.len();
    let Some((text, line)) = keys.text(key) else {
        if keys.problems.len() == before {
            keys.missing(key, format!("this is missing; {help}"));
        }
        return None;
    };
    if text.trim().is_empty() {
        keys.wrong(key, line, format!("this is empty; {help}"));
        return None;
    }
    if text.chars().count() > most {
        keys.wrong(key, line, format!("this has over {most} characters"));
        return None;
    }
    if text.chars().any(char::is_control) {
        keys.wrong(key, line, "this has a line break or another control character in it");
        return None;
    }
    Some((text.trim().to_owned(), line))
}

fn required_either(keys: &mut Keys<'_, '_>) -> Option<(String, u32)> {
    let american = keys.text("license");
    match american {
        Some(found) => {
            keys.take("licence");
            Some(found)
        }
        None => required(keys, "licence", 80, "write `licence = \"CC0-1.0\"` or the one you chose"),
    }
}

fn check_version(keys: &mut Keys<'_, '_>, key: &'static str, version: Option<&(String, u32)>) {
    if let Some((text, line)) = version
        && version_numbers(text).is_none()
    {
        keys.wrong(key, *line, format!("`{}` is no version; write three numbers: `1.0.0`", shown(text)));
    }
}

/// `1.2.3` as numbers; two are enough, the third is then 0.
fn version_numbers(text: &str) -> Option<[u32; 3]> {
    let mut numbers = text.split('.').map(|part| part.parse::<u32>().ok().filter(|_| !part.starts_with('+')));
    let out = [numbers.next()??, numbers.next()??, numbers.next().unwrap_or(Some(0))?];
    numbers.next().is_none().then_some(out)
}

/// Whether a text can be a pack's id.
pub fn is_id(text: &str) -> bool {
    (1..=40).contains(&text.len())
        && text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        && !text.ends_with('-')
}

fn is_address(text: &str) -> bool {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    text.len() <= 300
        && rest.is_some_and(|rest| !rest.is_empty() && !rest.starts_with('/'))
        && !text.chars().any(|c| c.is_whitespace() || c.is_control() || matches!(c, '"' | '<' | '>'))
}

fn is_host(text: &str) -> bool {
    text.len() <= 253
        && (text.contains('.') || text == "localhost")
        && text.split('.').all(|label| {
            !label.is_empty()
                && label.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        })
}

/// Shortened, control characters gone: a stranger's text in a message.
fn shown(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '?' } else { c }).take(60).collect()
}
