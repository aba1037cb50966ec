//! The wording of messages, as a reader sees them: every case of `mistakes.toml`, rendered.

use diffract_core::{PackSource, check};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::Path;

#[derive(Deserialize)]
struct Cases {
    case: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    name: String,
    source: String,
    #[serde(default)]
    lists: BTreeMap<String, String>,
}

fn render(source: &str, lists: BTreeMap<String, String>) -> String {
    let pack = PackSource { id: "mine".into(), source: source.to_owned(), lists, ..Default::default() };
    let compiled = check(&[pack]);
    compiled.diagnostics[0].diagnostics.iter().map(|d| d.render(source, "mine")).collect()
}

#[test]
fn mistakes_are_told_like_this() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/rules/language/mistakes.toml");
    let text = std::fs::read_to_string(file).expect("the cases are in tests/rules/language");
    let cases: Cases = toml::from_str(&text).expect("the cases are sound");
    let all: Vec<String> =
        cases.case.into_iter().map(|c| format!("## {}\n\n{}", c.name, render(&c.source, c.lists))).collect();
    insta::assert_snapshot!("mistakes", all.join("\n"));
}

#[test]
fn of_a_long_line_only_the_part_around_the_mark_is_shown() {
    let words: Vec<String> = (0..400).map(|i| format!("\"word{i}\"")).collect();
    let source = format!("hide if text has any {} and promotd and likes > 5", words.join(", "));
    let rendered = render(&source, BTreeMap::new());
    insta::assert_snapshot!("long-line", rendered);
    assert!(rendered.lines().all(|line| line.chars().count() < 160));
}

#[test]
fn tabs_and_wide_characters_keep_the_mark_in_place() {
    let rendered = render("\thide\tif text has \"日本\" and promotd", BTreeMap::new());
    let lines: Vec<&str> = rendered.lines().collect();
    // In a terminal each of the two characters takes two columns.
    let columns = |text: &str| {
        text.chars().map(|c| if ('日'..='本').contains(&c) || c == '本' { 2 } else { 1 }).sum::<usize>()
    };
    let at = lines[3].find("promotd").expect("the line is shown");
    assert_eq!(columns(&lines[3][..at]), lines[4].find('^').expect("a mark"));
}
