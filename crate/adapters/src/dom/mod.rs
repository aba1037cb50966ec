//! Pages: where posts are in the rendered DOM.
//!
//! A file of TOML a platform, checked here and compiled to the JSON that the shell interprets; nothing here
//! runs in the page. The format is explained in `docs/adapters.md`.

mod locate;
mod pattern;
mod schema;
mod selector;

pub use pattern::{MAX_PATTERN, Pattern};
pub use schema::{
    DomAdapter, Fields, ItemKind, Reading, Repeated, Scope, SurfaceRule, Unwrap, WordList, Words,
};
pub use selector::{MAX_SELECTOR, Selector};

use crate::problem::{AdapterProblem, parse_toml};
use schema::Asked;
use serde::Serialize;
use std::collections::HashMap;

/// Largest file, in bytes.
pub const MAX_FILE: usize = 256 * 1024;
/// Most entries of any list of a file.
pub const MAX_LIST: usize = 64;
/// The version of the compiled form; the shell refuses any other.
pub const VERSION: u32 = 1;

/// Everything the shell's interpreter needs.
#[derive(Debug, Clone, Default, Serialize)]
pub struct CompiledAdapters {
    /// See [`VERSION`].
    pub version: u32,
    /// See [`Words`].
    pub words: Words,
    /// Every adapter that is in order.
    pub adapters: Vec<DomAdapter>,
    /// Why the others are not here.
    #[serde(serialize_with = "problems")]
    pub problems: Vec<AdapterProblem>,
}

fn problems<S: serde::Serializer>(list: &[AdapterProblem], serializer: S) -> Result<S::Ok, S::Error> {
    #[derive(Serialize)]
    struct Shown<'a> {
        file: &'a str,
        key: &'a str,
        line: Option<u32>,
        message: &'a str,
    }
    serializer.collect_seq(list.iter().map(|p| Shown {
        file: &p.file,
        key: &p.key,
        line: p.line,
        message: &p.message,
    }))
}

/// The shipped files, each with its name: the words, then the platforms, the generic one last.
pub fn builtin() -> &'static [(&'static str, &'static str)] {
    macro_rules! files {
        ($($name:literal),* $(,)?) => {
            &[$((concat!("dom/", $name, ".toml"), include_str!(concat!("../../dom/", $name, ".toml"))),)*]
        };
    }
    files!(
        "words",
        "x",
        "youtube",
        "reddit",
        "old-reddit",
        "hackernews",
        "mastodon",
        "bluesky",
        "linkedin",
        "facebook",
        "instagram",
        "tiktok",
        "lemmy",
        "news",
        "generic"
    )
}

/// Checks files and puts them together. A file called `words.toml` holds [`Words`]; every other one is an
/// adapter. A file with a problem is left out, and so is a second adapter of the same name.
pub fn compile(files: &[(&str, &str)]) -> CompiledAdapters {
    let mut compiled = CompiledAdapters { version: VERSION, ..CompiledAdapters::default() };
    let mut names: HashMap<String, String> = HashMap::new();
    for (file, source) in files {
        if source.len() > MAX_FILE {
            compiled.problems.push(problem(
                file,
                "",
                None,
                format!("the file is larger than {MAX_FILE} bytes"),
            ));
        } else if file.rsplit(['/', '\\']).next() == Some("words.toml") {
            match parse_toml(file, source) {
                Ok(words) => compiled.words = words,
                Err(p) => compiled.problems.push(p),
            }
        } else {
            let adapter = match parse_toml::<DomAdapter>(file, source) {
                Ok(adapter) => adapter,
                Err(p) => {
                    compiled.problems.push(p);
                    continue;
                }
            };
            let found = check(&adapter, file, source);
            if !found.is_empty() {
                compiled.problems.extend(found);
            } else if let Some(first) = names.insert(adapter.name.clone(), (*file).to_owned()) {
                let message = format!("`{first}` already holds an adapter called `{}`", adapter.name);
                compiled.problems.push(problem(file, "name", locate::line_of_key(source, "name"), message));
            } else {
                compiled.adapters.push(adapter);
            }
        }
    }
    compiled
}

fn problem(file: &str, key: &str, line: Option<u32>, message: String) -> AdapterProblem {
    AdapterProblem { file: file.to_owned(), key: key.to_owned(), line, message }
}

/// What types alone cannot say.
fn check(adapter: &DomAdapter, file: &str, source: &str) -> Vec<AdapterProblem> {
    let mut found = Vec::new();
    let mut say = |key: String, message: &str| {
        let line = locate::line_of_key(source, &key);
        found.push(problem(file, &key, line, message.to_owned()));
    };
    let plain = |s: &str| {
        !s.is_empty() && s.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    };
    if !plain(&adapter.name) {
        say("name".into(), "a name is made of a-z, 0-9 and `-`");
    }
    for (i, host) in adapter.hosts.iter().enumerate() {
        let good = host == "*" || host.split('.').all(plain);
        if !good {
            say(format!("hosts[{i}]"), "a host name in lower case, without scheme, port or path; or `*`");
        }
    }
    if adapter.hosts.is_empty() && adapter.detect.is_empty() {
        say("hosts".into(), "without `hosts` and `detect` this adapter is never used");
    }
    for (i, s) in adapter.surfaces.iter().enumerate() {
        if s.path.is_none()
            && s.query.is_none()
            && s.host.is_none()
            && s.css.is_none()
            && i + 1 < adapter.surfaces.len()
        {
            say(format!("surface[{i}]"), "this fits every page, so that no later surface is ever reached");
        }
    }
    for (i, way) in adapter.chronological.iter().enumerate() {
        let key = format!("chronological[{i}]");
        let local = |address: &String| address.starts_with('/') && !address[1..].starts_with(['/', '\\']);
        if way.on.is_empty() {
            say(format!("{key}.on"), "on which surfaces? `on = [\"home\"]`");
        }
        if way.address.is_some() != way.tab.is_empty() {
            say(key.clone(), "either an `address` to go to or a `tab` to click");
        }
        if !way.address.as_ref().is_none_or(local) {
            say(format!("{key}.address"), "an address on the same host, from its first `/`");
        }
        if !way.tab.is_empty() && way.chosen.is_empty() {
            say(format!("{key}.chosen"), "without `chosen` a tab would be clicked again and again");
        }
    }
    if adapter.items.is_empty() {
        say("item".into(), "an adapter needs at least one `[[item]]`");
    }
    if let Some(r) = &adapter.repeated {
        if !(3..=1000).contains(&r.min_items) {
            say("repeated.min_items".into(), "between 3 and 1000");
        }
        if !(0.0..=1.0).contains(&r.same_shape) {
            say("repeated.same_shape".into(), "a share, between 0 and 1");
        }
    }
    let long = [
        ("hosts", adapter.hosts.len() / 4),
        ("surface", adapter.surfaces.len()),
        ("item", adapter.items.len()),
    ];
    for (key, length) in long {
        if length > MAX_LIST {
            say(key.into(), "this list is too long");
        }
    }
    for (i, item) in adapter.items.iter().enumerate() {
        let key = format!("item[{i}]");
        if !plain(&item.name) {
            say(format!("{key}.name"), "a name is made of a-z, 0-9 and `-`");
        }
        if adapter.items[..i].iter().any(|other| other.name == item.name) {
            say(format!("{key}.name"), "another item has this name");
        }
        if item.select.is_empty() && adapter.repeated.is_none() {
            say(format!("{key}.select"), "an item needs at least one locator");
        }
        let identity = item.identity.iter().map(Asked::of).collect();
        let mut readings = item.fields.each();
        readings.push(("identity", identity));
        for (field, asked) in readings {
            let path =
                if field == "identity" { format!("{key}.identity") } else { format!("{key}.fields.{field}") };
            if asked.len() > MAX_LIST {
                say(path.clone(), "more than 64 readings");
            }
            check_readings(field, &asked, &path, &mut say);
        }
    }
    found
}

fn check_readings(field: &str, asked: &[Asked], path: &str, say: &mut impl FnMut(String, &str)) {
    const NUMBERS: [&str; 5] = ["likes", "reposts", "replies", "views", "followers"];
    const TEXTS: [&str; 6] = ["text", "title", "name", "quote_text", "card_title", "alt"];
    const LISTS: [&str; 5] = ["links", "hashtags", "mentions", "media", "labels"];
    for (j, a) in asked.iter().enumerate() {
        let at = format!("{path}[{j}]");
        if !a.says_anything {
            say(at.clone(), "this reading is empty; give it `css`, `attr`, `match` or `value`");
        }
        if a.around && !a.has_css {
            say(at.clone(), "`in = \"around\"` needs `css` to say which ancestor");
        }
        if a.inner && !a.around {
            say(format!("{at}.inner"), "`inner` looks into an ancestor; it needs `in = \"around\"`");
        }
        if a.all && !TEXTS.contains(&field) {
            say(format!("{at}.all"), "`all` is for text; lists take every match anyway");
        }
        if a.count && !NUMBERS.contains(&field) {
            say(
                format!("{at}.count"),
                "`count` is for `likes`, `reposts`, `replies`, `views` and `followers`",
            );
        }
        if a.always_holds && j + 1 < asked.len() && !LISTS.contains(&field) {
            say(at, "this reading always holds, so that no later one is ever reached; put it last");
        }
    }
}

#[cfg(test)]
mod tests;
