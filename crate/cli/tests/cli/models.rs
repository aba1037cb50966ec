//! `score` and `models`, with the shipped models.

use crate::support::Folder;
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};

fn shipped(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models").join(name)
}

/// A copy of the smallest model, with its card changed.
fn copy(folder: &Folder, name: &str, change: impl Fn(String) -> String) {
    let card = fs::read_to_string(shipped("spam").join("card.toml")).expect("a card");
    folder.file(&format!("{name}/card.toml"), change(card));
    folder
        .file(&format!("{name}/model.onnx"), fs::read(shipped("spam").join("model.onnx")).expect("a model"));
}

#[test]
fn a_text_a_line_gives_a_line_each() {
    let folder = Folder::new("score-lines");
    let texts = "FREE entry! WIN a prize now, text WIN to 80800\n\nThe council met on Tuesday.\r\nlast without an end";
    let run = folder.run_with(&["score", "--model", "spam"], texts.as_bytes()).ends(0);
    let lines = run.lines();
    assert_eq!(lines.len(), 4, "{}", run.out);
    for (number, line) in (1..).zip(&lines) {
        let keys: Vec<&String> = line.as_object().expect("an object").keys().collect();
        assert_eq!(keys, ["flagged", "line", "score"]);
        assert_eq!(line["line"], number);
        let score = line["score"].as_f64().expect("a score");
        assert!((0.0..=1.0).contains(&score));
    }
    assert!(run.out.starts_with("{\"line\":1,\"score\":"), "{}", run.out);
    assert_eq!(lines[0]["flagged"], true);
    assert_eq!(lines[2]["flagged"], false);
    // A carriage return is no part of a text, and a file says the same as standard input.
    let alone = folder.run_with(&["score", "--model", "spam"], b"The council met on Tuesday.").ends(0);
    assert_eq!(alone.lines()[0]["score"], lines[2]["score"]);
    folder.file("texts.txt", texts);
    assert_eq!(folder.run(&["score", "--model", "spam", "texts.txt"]).ends(0).out, run.out);
    assert_eq!(folder.run_with(&["score", "--model", "spam"], b"").ends(0).out, "");
}

#[test]
fn long_and_damaged_lines_are_cut_and_told() {
    let folder = Folder::new("score-long");
    let first: String = "win a prize now ".repeat(63).chars().take(1000).collect();
    let mut texts = "win a prize now ".repeat(70_000);
    texts.push_str(&format!("\n{first}\nshort\n"));
    let mut bytes = texts.into_bytes();
    bytes.extend(b"caf\xE9 au lait\n");
    let run = folder.run_with(&["score", "--model", "spam"], &bytes).ends(0);
    let lines = run.lines();
    assert_eq!(lines.len(), 4);
    assert_eq!(lines[0]["score"], lines[1]["score"]);
    assert!(run.err.contains("line 1 is longer than 1000 characters"), "{}", run.err);
    assert!(run.err.contains("line 4 is not UTF-8"), "{}", run.err);
}

#[test]
fn thresholds_are_chosen_by_name_or_number() {
    let folder = Folder::new("score-threshold");
    let flagged = |threshold: &str| {
        let run =
            folder.run_with(&["score", "--model", "spam", "--threshold", threshold], b"hello there").ends(0);
        run.lines()[0]["flagged"].as_bool()
    };
    assert_eq!(flagged("0"), Some(true));
    assert_eq!(flagged("1"), Some(false));
    assert_eq!(flagged("0.5%"), Some(false));
    let run = folder.run_with(&["score", "--model", "spam", "--threshold", "most"], b"").ends(2);
    assert!(run.err.contains("0.5%"), "{}", run.err);
}

#[test]
fn languages_are_chosen() {
    let folder = Folder::new("score-language");
    let texts = "Dies ist ein kurzer Satz auf Deutsch.\nIl pleut souvent en Bretagne au printemps.\n";
    let lines = folder.run_with(&["score", "--model", "language"], texts.as_bytes()).ends(0).lines();
    assert_eq!(lines[0]["label"], "de");
    assert_eq!(lines[1]["label"], "fr");
    assert_eq!(lines[0]["flagged"], true);
}

#[test]
fn pictures_are_scored_and_broken_ones_told() {
    let folder = Folder::new("score-pictures");
    // A PNG of one pixel, and the same cut off.
    let png: &[u8] = &[
        0x89, b'P', b'N', b'G', 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13, b'I', b'H', b'D', b'R', 0, 0, 0, 1, 0,
        0, 0, 1, 8, 6, 0, 0, 0, 0x1F, 0x15, 0xC4, 0x89, 0, 0, 0, 13, b'I', b'D', b'A', b'T', 0x78, 0x9C,
        0x63, 0x60, 0x60, 0x60, 0xF8, 0x0F, 0, 1, 4, 1, 0, 0x5F, 0xE5, 0xC3, 0x4B, 0, 0, 0, 0, b'I', b'E',
        b'N', b'D', 0xAE, 0x42, 0x60, 0x82,
    ];
    folder.file("good.png", png).file("broken.png", &png[..40]);
    let run =
        folder.run(&["score", "--model", "nsfw", "--image", "good.png", "broken.png", "absent.png"]).ends(1);
    let lines = run.lines();
    assert_eq!(lines.len(), 3);
    assert_eq!(lines[0]["file"], "good.png");
    assert!(lines[0]["score"].is_f64());
    assert_eq!(lines[0]["scores"].as_object().map(serde_json::Map::len), Some(5));
    for line in &lines[1..] {
        assert_eq!(line["score"], Value::Null);
        assert_eq!(line["flagged"], false);
        assert!(line["error"].is_string());
    }
    folder.run_with(&["score", "--model", "nsfw"], b"a text").ends(2);
    folder.run(&["score", "--model", "spam", "--image", "good.png"]).ends(2);
}

#[test]
fn models_that_are_not_there_are_told() {
    let folder = Folder::new("score-absent");
    let run = folder.run_with(&["score", "--model", "clickbiat"], b"").ends(2);
    assert!(run.err.contains("did you mean `clickbait`?"), "{}", run.err);
    let run = folder.run_with(&["score", "--model", "nothing-like-it"], b"").ends(2);
    assert!(run.err.contains("spam"), "{}", run.err);
}

#[test]
fn installed_models_are_listed_with_their_cards() {
    let folder = Folder::new("models-list");
    let lines = folder.run(&["models", "--format", "json"]).ends(0).lines();
    let names: Vec<&str> = lines.iter().filter_map(|line| line["name"].as_str()).collect();
    for name in ["clickbait", "encoder", "language", "nsfw", "ragebait", "spam", "toxic"] {
        assert!(names.contains(&name), "{names:?}");
    }
    assert!(lines.iter().all(|line| line["card"]["file"]["sha256"].is_string()));
    let run = folder.run(&["models"]).ends(0);
    assert!(run.out.contains("false alarms") && run.out.contains("experimental"), "{}", run.out);
}

#[test]
fn a_folder_of_ones_own_is_installed_by_a_variable() {
    let folder = Folder::new("models-own");
    copy(&folder, "mine/noise", |card| card.replacen("name = \"spam\"", "name = \"noise\"", 1));
    folder.file("mine/broken/card.toml", "format = 1\n");
    let mut list = folder.command(&["models", "--format", "json"]);
    list.env("DIFFRACT_MODELS", folder.path("mine"));
    let run = crate::support::finish(list, b"").ends(1);
    let lines = run.lines();
    assert_eq!(lines.len(), 2, "{}", run.out);
    assert_eq!(lines[0]["name"], "broken");
    assert!(lines[0]["problem"].is_string());
    assert_eq!(lines[1]["name"], "noise");
    let mut score = folder.command(&["score", "--model", "noise"]);
    score.env("DIFFRACT_MODELS", folder.path("mine"));
    assert_eq!(crate::support::finish(score, b"hello\n").ends(0).lines().len(), 1);
}

#[test]
fn folders_are_accepted_or_refused_with_the_reason() {
    let folder = Folder::new("models-check");
    copy(&folder, "good", |card| card);
    copy(&folder, "liar", |card| card.replacen("bits = 16", "bits = 20", 1));
    copy(&folder, "lacking", |card| card.replacen("licence =", "license =", 1));
    copy(&folder, "other", |card| card);
    folder.file("other/model.onnx", "no model");
    folder.file("empty/readme.txt", "");
    let run = folder.run(&["models", "check", "good"]).ends(0);
    assert!(run.out.contains("accepted"), "{}", run.out);
    for (name, reason) in
        [("liar", "rows"), ("lacking", "licence"), ("other", "bytes"), ("empty", "card.toml")]
    {
        let run = folder.run(&["models", "check", name]).ends(1);
        assert!(run.out.contains("refused") && run.out.contains(reason), "{name}: {}", run.out);
        assert_eq!(folder.run_with(&["score", "--model", &format!("./{name}")], b"x").ends(2).out, "");
    }
    folder.run(&["models", "check", "absent"]).ends(2);
    let lines = folder.run(&["models", "check", "--format", "json", "good", "liar"]).ends(1).lines();
    assert_eq!(lines[0]["accepted"], true);
    assert_eq!(lines[1]["accepted"], false);
    assert!(lines[1]["problem"].is_string());
    assert_eq!(folder.run_with(&["score", "--model", "./good"], b"hello\n").ends(0).lines().len(), 1);
}

#[test]
fn a_name_that_no_rule_could_ask_is_refused() {
    let folder = Folder::new("models-names");
    let named = |folder: &Folder, name: &str| {
        copy(folder, name, |card| card.replacen("name = \"spam\"", &format!("name = \"{name}\""), 1));
        folder.run(&["models", "check", name])
    };
    // Words of the language, with a hyphen for its underscore too, and what it could not read as a name.
    for (name, why) in [
        ("text", "a word"),
        ("likes", "a word"),
        ("not", "a word"),
        ("reposted-by", "a word"),
        ("7up", "letter"),
    ] {
        let run = named(&folder, name).ends(1);
        assert!(
            run.out.contains("refused") && run.out.contains(why) && run.out.contains("choose another"),
            "{name}: {}",
            run.out
        );
    }
    for name in ["kettles", "text-mine", "then", "spam"] {
        let run = named(&folder, name).ends(0);
        assert!(run.out.contains("accepted"), "{name}: {}", run.out);
    }
}
