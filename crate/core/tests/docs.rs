//! Every rule that the documents show is right, and every message they show is the real one.

use diffract_core::{PackSource, check, reference};
use std::path::Path;

fn document(path: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs").join(path))
        .unwrap_or_else(|e| panic!("docs/{path}: {e}"))
}

/// The fenced blocks of this language.
fn blocks(text: &str, language: &str) -> Vec<String> {
    let mut out = Vec::new();
    let mut open: Option<String> = None;
    for line in text.lines() {
        match &mut open {
            None if line.trim() == format!("```{language}") => open = Some(String::new()),
            None => {}
            Some(_) if line.trim() == "```" => out.extend(open.take()),
            Some(block) => {
                block.push_str(line);
                block.push('\n');
            }
        }
    }
    out
}

fn messages(source: &str) -> String {
    let compiled =
        check(&[PackSource { id: "mine".into(), source: source.to_owned(), ..Default::default() }]);
    compiled.diagnostics[0].diagnostics.iter().map(|d| d.render(source, "mine")).collect()
}

#[test]
fn examples_are_right() {
    let blocks = blocks(&document("rules.md"), "diffract");
    assert!(blocks.len() >= 5, "rules.md has examples");
    for block in blocks {
        assert_eq!(messages(&block), "", "in\n{block}");
    }
}

#[test]
fn the_message_shown_is_the_real_one() {
    let shown = blocks(&document("rules.md"), "text");
    assert_eq!(shown, [messages("collapse if clickbiat > 80%")]);
}

#[test]
fn every_word_of_the_language_is_explained() {
    let rules = document("rules.md");
    for field in reference::fields() {
        assert!(
            rules.contains(&format!("`{}`", field.name)),
            "rules.md does not name the field {}",
            field.name
        );
    }
    for (name, what) in reference::KINDS
        .iter()
        .map(|k| (k.1, "kind"))
        .chain(reference::SURFACES.iter().map(|s| (s.1, "surface")))
        .chain(reference::MEDIA.iter().map(|m| (m.1, "medium")))
    {
        assert!(rules.contains(&format!("`{name}`")), "rules.md does not name the {what} {name}");
    }
    let grammar = document("rules/grammar.md");
    let quoted = |word: &str| word.split(' ').all(|w| grammar.contains(&format!("\"{w}\"")));
    for word in reference::ACTIONS
        .iter()
        .chain(reference::HEADERS)
        .chain(reference::STATEMENTS)
        .chain(reference::CLAUSES)
    {
        assert!(quoted(word.name), "the grammar lacks {}", word.name);
    }
    for operator in reference::OPERATORS.iter().chain(reference::QUESTIONS).chain(reference::ORDER_KEYS) {
        assert!(quoted(operator.name), "the grammar lacks {}", operator.name);
    }
}

#[test]
fn forms_of_the_reference_are_sound() {
    for field in reference::fields() {
        let source = format!("on x.com\nhide if {}\n", field.field_type.example(field.name));
        assert_eq!(messages(&source), "", "{source}");
    }
}
