//! Recorded answers of a platform's API.

use crate::{files, terminal};
use anyhow::{Result, anyhow, bail};
use diffract_adapters::json::{Document, JsonProblem};
use diffract_adapters::problem::nearest;
use diffract_adapters::wire::{Payload, PayloadProblem, WireAdapter, builtin_named, builtin_names};
use diffract_core::post::Post;
use std::path::{Path, PathBuf};

/// The largest file that is read as a whole, in bytes.
pub const MOST_BYTES: u64 = 256 << 20;

/// The posts of recorded answers, in the order of the files and of their feeds.
///
/// # Errors
/// If there is no such platform, a file cannot be read, is no JSON, or is no answer of this platform.
pub fn read(platform: &str, url: Option<&str>, paths: &[PathBuf]) -> Result<Vec<Post>> {
    let adapter = adapter(platform)?;
    let mut posts = Vec::new();
    for path in paths {
        let payload = payload(&adapter, path, url)?;
        let reading = adapter.read(payload.document(), url);
        let name = files::name(path);
        if reading.items.is_empty() && !reading.recognised {
            let other = guess(payload.document())
                .map(|other| format!(" It looks like one of {other}: try `--platform {other}`."))
                .unwrap_or_default();
            bail!(
                "{name}: {}; is it an answer of {}'s API, whole and unchanged?{other}",
                reading.notes.join("; "),
                adapter.name()
            );
        }
        for note in &reading.notes {
            terminal::note(&format!("{name}: {note}"));
        }
        posts.extend(reading.items.into_iter().map(|item| item.post));
    }
    Ok(posts)
}

/// The shipped adapter of this name.
///
/// # Errors
/// If there is none; then the nearest name is offered.
pub fn adapter(name: &str) -> Result<WireAdapter> {
    match builtin_named(name) {
        Some(adapter) => adapter.map_err(|problem| anyhow!("the adapter is broken: {problem}")),
        None => {
            let known = builtin_names().collect::<Vec<_>>().join(", ");
            match nearest(name, builtin_names()) {
                Some(near) => bail!("no platform is called `{name}`; did you mean `{near}`? Known: {known}"),
                None => bail!("no platform is called `{name}`; known: {known}"),
            }
        }
    }
}

/// The platform whose answer a payload is, if it is any's: where most posts are found.
pub fn guess(payload: &Document) -> Option<&'static str> {
    builtin_names()
        .filter_map(|name| {
            let adapter = builtin_named(name)?.ok()?;
            let posts = adapter.read(payload, None).items.len();
            (posts > 0).then_some((posts, name))
        })
        .max_by_key(|(posts, _)| *posts)
        .map(|(_, name)| name)
}

fn payload(adapter: &WireAdapter, path: &Path, url: Option<&str>) -> Result<Payload> {
    let name = files::name(path);
    let text = files::text(path, MOST_BYTES, "record less at once")?;
    if text.trim_start_matches('\u{feff}').trim().is_empty() {
        bail!("{name} is empty; record the answer again");
    }
    Payload::open(adapter, text, url).map_err(|(_, problem)| match problem {
        PayloadProblem::Json(JsonProblem::Truncated) => {
            anyhow!("{name} is not JSON to its end: it stops in the middle; record the answer again, whole")
        }
        PayloadProblem::NothingInPage => anyhow!(
            "{name} is not JSON but a page, and no answer of {} is in it; what is recorded here are answers of the \
             platform's API (for saved pages: `npm run replay:page`)",
            adapter.name()
        ),
        PayloadProblem::PageTooLarge => anyhow!("{name}: {problem}; record less at once"),
        PayloadProblem::Json(problem) => anyhow!("{name} is not JSON: {problem}"),
    })
}

/// An address of the web, absolute: `reddit.com/r/all` is taken for `https://reddit.com/r/all`.
pub fn address(text: &str) -> Result<String, String> {
    let text = text.trim();
    let (scheme, rest) = text.split_once("://").unwrap_or(("https", text));
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let sound = ["http", "https"].iter().any(|s| scheme.eq_ignore_ascii_case(s))
        && (host.contains('.') || host.starts_with("localhost"))
        && !host.contains(|c: char| c.is_whitespace() || c.is_control());
    if sound {
        Ok(format!("{scheme}://{rest}"))
    } else {
        Err("expected an address like https://www.reddit.com/r/popular.json".to_owned())
    }
}
