//! What is fuzzed: each function takes any bytes and panics where a promise is broken.
//!
//! The three entrances are the fuzz targets' and, over the corpora and what once crashed, those of
//! `crate/core/tests/fuzz_cases.rs`, which runs with all other tests.

mod bytes;
mod evaluate;
mod words;

pub use evaluate::evaluate;

use diffract_core::program::Program;
use diffract_core::{Compiled, PackSource};

/// The parser and the checker: whatever the file, its messages have their places, and what comes out of it can be made
/// ready, stored and read back.
pub fn parse(data: &[u8]) {
    let source = String::from_utf8_lossy(data);
    let compiled = check(&source);
    for diagnostic in &compiled.diagnostics[0].diagnostics {
        assert!(source.get(diagnostic.span.clone()).is_some(), "no such span: {diagnostic:?}");
        assert!(diagnostic.line >= 1 && diagnostic.column >= 1, "no such place: {diagnostic:?}");
        assert!(diagnostic.render(&source, "pack").contains(diagnostic.code));
        if let Some(suggestion) = &diagnostic.suggestion {
            assert!(source.get(suggestion.span.clone()).is_some(), "no such span: {diagnostic:?}");
        }
    }
    let plain = compile(&source);
    assert_eq!(plain.program, compiled.program, "advice changes nothing: {source}");
    let rules = diffract_core::RuleSet::new(compiled.program);
    let snapshot = diffract_core::snapshot(&rules);
    assert_eq!(
        diffract_core::snapshot(&plain.into_rules()),
        snapshot,
        "what the checker found out holds: {source}"
    );
    let restored = diffract_core::restore(&snapshot).expect("our own snapshot");
    assert_eq!(restored.program(), rules.program());
}

/// The formatter: formatting twice is formatting once, and neither changes what the file means.
pub fn format(data: &[u8]) {
    let source = String::from_utf8_lossy(data);
    let once = diffract_core::format(&source);
    assert_eq!(diffract_core::format(&once), once, "formatting twice is formatting once");
    assert_eq!(meaning(&once), meaning(&source), "formatting changes no meaning:\n{once}");
}

fn compile(source: &str) -> Compiled {
    diffract_core::compile(&[pack(source)])
}

/// With the advice for its author.
fn check(source: &str) -> Compiled {
    diffract_core::check(&[pack(source)])
}

fn pack(source: &str) -> PackSource {
    PackSource {
        id: "pack".to_owned(),
        source: source.to_owned(),
        lists: [("names.txt".to_owned(), "alice\nbob # a friend\n".to_owned())].into(),
        ..PackSource::default()
    }
}

/// The program without what a change of layout may change.
fn meaning(source: &str) -> Program {
    let mut program = compile(source).program;
    for rule in &mut program.rules {
        rule.line = 0;
        rule.source.clear();
    }
    program
}
