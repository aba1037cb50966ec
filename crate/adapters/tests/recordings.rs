//! Every recorded payload, as far as the corpora are there: as many posts and promoted posts as its
//! `.meta.json` counts, and each post with its id, author and text, or the reason why not.
//!
//! The recordings hold strangers' words and are no part of this repository. They are looked for in
//! `DIFFRACT_CORPORA`, else beside the repository; without them this test says so and passes.

use diffract_adapters::json::{Document, Node};
use diffract_adapters::wire::{WireAdapter, builtin};
use diffract_core::post::{Kind, Post};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};

/// Where `.meta.json` counts otherwise than a reader would: file, posts, promoted, why.
const COUNTED_OTHERWISE: &[(&str, usize, usize, &str)] = &[
    (
        "youtube/home-ru-2025-4ads.json",
        44,
        4,
        "`items` counts item renderers without the advertisements; an advertisement is a post too",
    ),
    ("youtube/fragment-promoted-sparkles.json", 1, 1, "the same: the one advertisement is a post"),
];

/// Posts without an author or a text, since the recording has none: file, field, how many, why.
const NOT_RECORDED: &[(&str, &str, usize, &str)] = &[
    (
        "x/tweetdetail-poll-card.json",
        "text",
        3,
        "pictures without words: all of `full_text` is their address",
    ),
    ("instagram/timeline-2022-10-ad.json", "author", 1, "accounts to follow are by nobody"),
    ("facebook/newsfeed-preload-2025-03.json", "author", 1, "a shelf of reels is by nobody"),
    ("facebook/newsfeed-preload-2025-03.json", "text", 1, "a shelf of reels has no words"),
    ("youtube/home-ru-2025-4ads.json", "author", 18, "a shelf of shorts does not name their authors"),
    ("youtube/next-mix-playlist.json", "author", 40, "a shelf of shorts does not name their authors"),
    ("youtube/next-related-mix.json", "author", 30, "a shelf of shorts does not name their authors"),
    ("youtube/next-related-pewdiepie.json", "author", 2, "a shelf of shorts does not name their authors"),
    ("youtube/next-watch-2025-12.json", "author", 40, "a shelf of shorts does not name their authors"),
    ("youtube/search-all-p1.json", "author", 20, "a shelf of shorts does not name their authors"),
];

fn corpora() -> Option<PathBuf> {
    // A relative path is one from the repository's root, from wherever the tests run.
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let named = std::env::var_os("DIFFRACT_CORPORA").unwrap_or_else(|| "../shared/corpora".into());
    let dev = repository.join(named).join("dev");
    dev.is_dir().then_some(dev)
}

fn json(path: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(path).expect("readable")).expect("JSON")
}

fn payloads(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut all: Vec<PathBuf> = entries
        .filter_map(|e| Some(e.ok()?.path()))
        .filter(|p| {
            let name = p.file_name().unwrap_or_default().to_string_lossy();
            name.ends_with(".json") && !name.ends_with(".meta.json")
        })
        .collect();
    all.sort();
    all
}

fn is_empty(text: &Option<String>) -> bool {
    text.as_ref().is_none_or(|t| t.trim().is_empty())
}

fn lacks(post: &Post, field: &str) -> bool {
    match field {
        "id" => post.id.is_empty(),
        "author" => is_empty(&post.author),
        _ => is_empty(&post.text),
    }
}

fn each_recording(mut seen: impl FnMut(&WireAdapter, &str, &Document, &Value)) {
    let Some(corpora) = corpora() else {
        println!("skipped: no recordings here; set DIFFRACT_CORPORA to the folder that holds `dev`");
        return;
    };
    for adapter in builtin() {
        let adapter = adapter.expect("shipped adapters are sound");
        for path in payloads(&corpora.join(adapter.name())) {
            let name =
                format!("{}/{}", adapter.name(), path.file_name().unwrap_or_default().to_string_lossy());
            let meta = json(&path.with_extension("meta.json"));
            let text = fs::read_to_string(&path).expect("readable");
            seen(&adapter, &name, &Document::parse(&text).expect("JSON"), &meta);
        }
    }
}

#[test]
fn every_recording_has_as_many_posts_as_were_counted() {
    let mut wrong = Vec::new();
    let mut totals = (0, 0, 0);
    each_recording(|adapter, name, payload, meta| {
        let url = meta["request_url"].as_str();
        let reading = adapter.read(payload, url);
        let promoted = reading.items.iter().filter(|i| i.post.promoted == Some(true)).count();
        let counted = COUNTED_OTHERWISE.iter().find(|c| c.0 == name).map(|c| (c.1, c.2)).unwrap_or((
            meta["items"].as_u64().unwrap_or_default() as usize,
            meta["promoted"].as_u64().unwrap_or_default() as usize,
        ));
        let found = (reading.items.len(), promoted);
        println!("{name}: {} posts, {} promoted, {:?}", found.0, found.1, adapter.surface(payload, url));
        totals = (totals.0 + 1, totals.1 + found.0, totals.2 + found.1);
        if found != counted {
            wrong.push(format!("{name}: found {found:?}, counted {counted:?}, {:?}", reading.notes));
        }
    });
    println!("{} recordings: {} posts, {} of them promoted", totals.0, totals.1, totals.2);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_post_has_id_author_and_text_where_they_were_recorded() {
    let mut wrong = Vec::new();
    each_recording(|adapter, name, payload, meta| {
        let reading = adapter.read(payload, meta["request_url"].as_str());
        for field in ["id", "author", "text"] {
            let without: Vec<_> = reading.items.iter().filter(|i| lacks(&i.post, field)).collect();
            let expected = NOT_RECORDED.iter().find(|n| n.0 == name && n.1 == field).map_or(0, |n| n.2);
            if without.len() != expected {
                let some: Vec<String> = without.iter().take(3).map(|i| i.path(payload).to_string()).collect();
                wrong.push(format!(
                    "{name}: {} without {field}, expected {expected}: {some:?}",
                    without.len()
                ));
            }
        }
    });
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn items_know_where_they_are() {
    each_recording(|adapter, name, payload, meta| {
        let reading = adapter.read(payload, meta["request_url"].as_str());
        for item in &reading.items {
            assert!(
                item.path(payload).get(payload.root()).is_some_and(Node::is_object),
                "{name}: {}",
                item.path(payload)
            );
        }
    });
}

/// How many posts know each field, for the reader of `cargo test -- --nocapture`; and what must not be.
#[test]
fn fields_are_read_as_what_they_are() {
    each_recording(|adapter, name, payload, meta| {
        let reading = adapter.read(payload, meta["request_url"].as_str());
        let mut known = std::collections::BTreeMap::<String, usize>::new();
        for item in &reading.items {
            let post = &item.post;
            if let Value::Object(map) = serde_json::to_value(post).expect("a post is JSON") {
                map.iter()
                    .filter(|(_, v)| !v.as_array().is_some_and(Vec::is_empty))
                    .for_each(|(k, _)| *known.entry(k.clone()).or_default() += 1);
            }
            assert!(
                post.promoted.is_some(),
                "{name}: {} does not know whether it is promoted",
                item.path(payload)
            );
            assert!(post.kind.is_some(), "{name}: {} has no kind", item.path(payload));
            let marked = post.text.iter().chain(&post.title).any(|t| t.contains("</") || t.contains("&amp;"));
            assert!(!marked, "{name}: {} has markup left: {:?}", item.path(payload), post.text);
            if adapter.name() != "youtube" || post.kind == Some(Kind::Comment) {
                assert!(
                    post.time.is_some()
                        || post.age.is_some()
                        || post.promoted == Some(true)
                        || post.suggested == Some(true),
                    "{name}: {} has no time",
                    item.path(payload)
                );
            }
        }
        println!("{name} ({}): {known:?}", reading.items.len());
    });
}
