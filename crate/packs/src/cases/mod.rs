//! A pack's own cases: posts, and the verdicts expected of them.
//!
//! The format is that of `tests/rules/*.toml`, less the rules, which are the pack's: `[[case]]` with a `name`, and either one
//! `post` with what to `expect`, or `posts` with `expects` or with `each` (what is expected of every one), or `[[case.batch]]`es
//! of those, decided one after another. `host`, `surface`, `now`, `utc_offset`, `visit`, `no_models` and `scores` hold for the
//! whole case. docs/packs.md is the reference.

mod fields;
mod outcome;
mod run;

pub use outcome::{CaseOutcome, Difference, Outcome, RuleRef, junit};
pub use run::run;

use crate::problem::Problem;
use crate::toml_tree::{self, Keys, Node, Tree, unknown};
use diffract_core::program::Question;
use diffract_core::reference;
use serde_json::Value;

/// The most cases of one file.
const MAX_CASES: usize = 10_000;
/// The most posts of one batch.
const MAX_POSTS: usize = 1_000;

/// One case.
#[derive(Debug, Clone, PartialEq)]
pub struct Case {
    /// What it shows, in a few words.
    pub name: String,
    /// The file, as a path in the pack.
    pub file: String,
    /// The line it begins on, from 1.
    pub line: u32,
    /// No model answers: conditions over models are unknown and nothing is pending.
    pub(crate) no_models: bool,
    pub(crate) batches: Vec<Batch>,
}

/// Posts that are decided at once.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Batch {
    /// Seconds since 1970-01-01 UTC.
    pub(crate) now: f64,
    /// Local time minus UTC, in minutes.
    pub(crate) utc_offset: i32,
    pub(crate) visit: String,
    /// Objects, each with an `id`.
    pub(crate) posts: Vec<Value>,
    /// As many; of each verdict only what is in it is compared.
    pub(crate) expected: Vec<Value>,
    /// The ids in the order that follows.
    pub(crate) order: Option<Vec<String>>,
    /// What models say: post, question, share.
    pub(crate) scores: Vec<(String, Question, f64)>,
}

/// What holds for every batch of a case.
#[derive(Clone, Default)]
struct Common {
    host: Option<String>,
    surface: Option<String>,
    now: Option<f64>,
    utc_offset: Option<i32>,
    visit: Option<String>,
    scores: Vec<(String, Question, f64)>,
}

/// Reads a file of cases; a mistake costs its case.
pub(crate) fn read(file: &str, bytes: &[u8], problems: &mut Vec<Problem>) -> Vec<Case> {
    let node = match toml_tree::parse(file, bytes) {
        Ok(node) => node,
        Err(problem) => {
            problems.push(problem);
            return Vec::new();
        }
    };
    let Some(mut keys) = Keys::of(file, "", &node, problems) else { return Vec::new() };
    let list = keys.take("case");
    let empty = list.is_none();
    keys.done();
    if empty {
        problems.push(Problem::warning(file, None, "", "there is no [[case]] in it"));
    }
    let all = match list.map(|list| (&list.value, list.line)) {
        Some((Tree::List(all), _)) => all.as_slice(),
        Some((other, line)) => {
            let message = format!("expected [[case]], found {}", other.sort());
            problems.push(Problem::error(file, Some(line), "case", message));
            &[]
        }
        None => &[],
    };
    if all.len() > MAX_CASES {
        let message = format!("there are over {MAX_CASES} cases in it; the rest is left out");
        problems.push(Problem::error(file, None, "case", message));
    }
    let mut cases = Vec::new();
    for (index, node) in all.iter().take(MAX_CASES).enumerate() {
        let before = problems.len();
        let case = read_case(file, &format!("case[{}]", index + 1), node, problems);
        if problems.len() == before {
            cases.extend(case);
        }
    }
    cases
}

fn read_case(file: &str, path: &str, node: &Node, problems: &mut Vec<Problem>) -> Option<Case> {
    let mut keys = Keys::of(file, path, node, problems)?;
    let name = match keys.text("name") {
        Some((name, line)) if name.trim().is_empty() => {
            keys.wrong("name", line, "this is empty; say what the case shows");
            return None;
        }
        Some((name, _)) => name.trim().to_owned(),
        None => {
            keys.missing("name", "this is missing; say what the case shows");
            return None;
        }
    };
    for key in ["rules", "packs", "lists"] {
        if let Some(node) = keys.take(key) {
            keys.wrong(key, node.line, "a case tests the pack's own rules; take this out");
        }
    }
    let host = keys.text("host").map(|(text, _)| text);
    let surface = keys.text("surface");
    if let Some((text, line)) = &surface {
        let known: Vec<&str> = reference::SURFACES.iter().map(|(_, name, _)| *name).collect();
        if !known.contains(&text.as_str()) {
            let problem = unknown(file, &keys.path("surface"), text, *line, "surface", &known);
            keys.problems.push(problem);
        }
    }
    let no_models = keys.flag("no_models").is_some_and(|(flag, _)| flag);
    let mut common = Common { host, surface: surface.map(|(text, _)| text), ..Common::default() };
    read_common(&mut keys, &mut common, file);
    let mut batches = Vec::new();
    match keys.take("batch").map(|node| (&node.value, node.line)) {
        None => {
            let batch = read_batch(&mut keys, &common, file);
            keys.done();
            batches.extend(batch);
        }
        Some((Tree::List(all), _)) => {
            for key in ["post", "posts", "expect", "expects", "each", "order"] {
                if let Some(node) = keys.take(key) {
                    keys.wrong(key, node.line, "a case has either batches or posts of its own");
                }
            }
            keys.done();
            for (index, node) in all.iter().enumerate() {
                let path = format!("{path}.batch[{}]", index + 1);
                let mut keys = Keys::of(file, &path, node, problems)?;
                let mut of_batch = common.clone();
                read_common(&mut keys, &mut of_batch, file);
                let batch = read_batch(&mut keys, &of_batch, file);
                keys.done();
                batches.extend(batch);
            }
        }
        Some((other, line)) => {
            keys.wrong("batch", line, format!("expected [[case.batch]], found {}", other.sort()));
        }
    }
    Some(Case { name, file: file.to_owned(), line: node.line, no_models, batches })
}

/// What may stand in a case and in its batches.
fn read_common(keys: &mut Keys<'_, '_>, common: &mut Common, file: &str) {
    if let Some(((now, offset), _)) = keys.moment("now") {
        common.now = Some(now);
        common.utc_offset = offset.or(common.utc_offset);
    }
    if let Some((offset, line)) = keys.number("utc_offset") {
        if offset.fract() == 0.0 && offset.abs() <= 1_440.0 {
            common.utc_offset = Some(offset as i32);
        } else {
            keys.wrong("utc_offset", line, "expected whole minutes, local time minus UTC: 60, -300");
        }
    }
    if let Some((visit, _)) = keys.text("visit") {
        common.visit = Some(visit);
    }
    let path = keys.path("scores");
    if let Some(node) = keys.take("scores") {
        read_scores(node, &path, file, common, keys.problems);
    }
}

/// `scores = { POST = { clickbait = 0.9, 'about "tea"' = 0.7 } }`
fn read_scores(node: &Node, path: &str, file: &str, common: &mut Common, problems: &mut Vec<Problem>) {
    let wrong = |line: u32, path: String, message: &str| Problem::error(file, Some(line), path, message);
    let Tree::Table(posts) = &node.value else {
        problems.push(wrong(node.line, path.to_owned(), "expected a table: { p = { clickbait = 0.9 } }"));
        return;
    };
    for (post, of_post) in posts {
        let path = format!("{path}.{post}");
        let Tree::Table(questions) = &of_post.value else {
            problems.push(wrong(of_post.line, path, "expected a table of shares: { clickbait = 0.9 }"));
            continue;
        };
        for (name, share) in questions {
            let path = format!("{path}.{name}");
            match (&share.value, question(name)) {
                (Tree::Number(share), Some(question)) if (0.0..=1.0).contains(share) => {
                    common.scores.push((post.clone(), question, *share));
                }
                (_, None) => {
                    let message = "expected a model's name, `about \"…\"` or `like @list`";
                    problems.push(wrong(share.line, path, message));
                }
                _ => problems.push(wrong(share.line, path, "expected a share between 0 and 1")),
            }
        }
    }
}

fn question(name: &str) -> Option<Question> {
    let name = name.trim();
    if let Some(rest) = name.strip_prefix("about ") {
        let text = rest.trim().trim_matches('"').trim();
        return (!text.is_empty()).then(|| Question::About(text.to_owned()));
    }
    if let Some(list) = name.strip_prefix("like ") {
        let list = list.trim().strip_prefix('@')?;
        return (!list.is_empty()).then(|| Question::Like(list.to_lowercase()));
    }
    let word = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    word.then(|| Question::Named(name.to_owned()))
}

fn read_batch(keys: &mut Keys<'_, '_>, common: &Common, file: &str) -> Option<Batch> {
    let before = keys.problems.len();
    let (post_path, posts_path) = (keys.path("post"), keys.path("posts"));
    let mut posts = Vec::new();
    if let Some(node) = keys.take("post") {
        posts.extend(read_post(node, &post_path, "p", common, file, keys.problems));
    }
    if let Some(node) = keys.take("posts") {
        match &node.value {
            Tree::List(all) if all.len() > MAX_POSTS => {
                keys.wrong("posts", node.line, format!("there are over {MAX_POSTS} of them"));
            }
            Tree::List(all) => {
                for (index, node) in all.iter().enumerate() {
                    let path = format!("{posts_path}[{}]", index + 1);
                    posts.extend(read_post(
                        node,
                        &path,
                        &(index + 1).to_string(),
                        common,
                        file,
                        keys.problems,
                    ));
                }
            }
            other => {
                keys.wrong("posts", node.line, format!("expected a list of posts, found {}", other.sort()))
            }
        }
    }
    let mut expected = Vec::new();
    let (expect_path, expects_path, each_path) =
        (keys.path("expect"), keys.path("expects"), keys.path("each"));
    if let Some(node) = keys.take("expect") {
        expected.extend(fields::expectation(node, &expect_path, file, keys.problems));
    }
    if let Some(node) = keys.take("expects") {
        match &node.value {
            Tree::List(all) => {
                for (index, node) in all.iter().enumerate() {
                    let path = format!("{expects_path}[{}]", index + 1);
                    expected.extend(fields::expectation(node, &path, file, keys.problems));
                }
            }
            other => keys.wrong(
                "expects",
                node.line,
                format!("expected a list of verdicts, found {}", other.sort()),
            ),
        }
    }
    if let Some(node) = keys.take("each") {
        if expected.is_empty() {
            let each = fields::expectation(node, &each_path, file, keys.problems);
            expected = each.map_or_else(Vec::new, |each| vec![each; posts.len()]);
        } else {
            keys.wrong("each", node.line, "either `each` or `expect` and `expects`, not both");
        }
    }
    let order = keys.texts("order").map(|(ids, _)| ids);
    if keys.problems.len() > before {
        return None;
    }
    if posts.is_empty() {
        keys.missing("post", "there is no post in it; write `post = { text = \"…\" }`");
        return None;
    }
    if expected.is_empty() && order.is_some() {
        // A case about order alone.
        expected = vec![Value::Object(serde_json::Map::new()); posts.len()];
    }
    if expected.len() != posts.len() {
        keys.missing(
            "expect",
            format!("there are {} posts and {} expected verdicts", posts.len(), expected.len()),
        );
        return None;
    }
    Some(Batch {
        now: common.now.unwrap_or(1_700_000_000.0),
        utc_offset: common.utc_offset.unwrap_or(0),
        visit: common.visit.clone().unwrap_or_else(|| "visit".to_owned()),
        posts,
        expected,
        order,
        scores: common.scores.clone(),
    })
}

/// A post with its id, host and surface filled in.
fn read_post(
    node: &Node,
    path: &str,
    id: &str,
    common: &Common,
    file: &str,
    problems: &mut Vec<Problem>,
) -> Option<Value> {
    let mut post = fields::post(node, path, file, problems)?;
    let object = post.as_object_mut()?;
    object.entry("id").or_insert_with(|| Value::from(id));
    for (key, value) in [("host", &common.host), ("surface", &common.surface)] {
        if let Some(value) = value {
            object.entry(key).or_insert_with(|| Value::from(value.as_str()));
        }
    }
    if let Err(error) = serde_json::from_value::<diffract_core::post::Post>(post.clone()) {
        problems.push(Problem::error(file, Some(node.line), path, error.to_string()));
        return None;
    }
    Some(post)
}
