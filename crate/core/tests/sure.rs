//! A suggestion that is said to be sure mends: tools apply it unasked.

use diffract_core::{Diagnostic, PackSource, Severity, check};
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

fn messages(source: &str, lists: &BTreeMap<String, String>) -> Vec<Diagnostic> {
    let pack = PackSource {
        id: "mine".into(),
        source: source.to_owned(),
        lists: lists.clone(),
        ..PackSource::default()
    };
    check(&[pack]).diagnostics.remove(0).diagnostics
}

fn errors(messages: &[Diagnostic]) -> usize {
    messages.iter().filter(|message| message.severity == Severity::Error).count()
}

#[test]
fn what_is_sure_goes_away_and_makes_no_new_errors() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/rules/language/mistakes.toml");
    let text = std::fs::read_to_string(file).expect("the cases are in tests/rules/language");
    let cases: Cases = toml::from_str(&text).expect("the cases are sound");
    let mut tried = 0;
    for case in &cases.case {
        let before = messages(&case.source, &case.lists);
        for message in &before {
            let Some(suggestion) = message.suggestion.as_ref().filter(|suggestion| suggestion.sure) else {
                continue;
            };
            tried += 1;
            let mut mended = case.source.clone();
            mended.replace_range(suggestion.span.clone(), &suggestion.replacement);
            let after = messages(&mended, &case.lists);
            assert!(errors(&after) <= errors(&before), "{}: {mended}", case.name);
            let same = |other: &&Diagnostic| (other.code, &other.message) == (message.code, &message.message);
            let count = |all: &[Diagnostic]| all.iter().filter(same).count();
            assert!(
                count(&after) < count(&before),
                "{}: {mended} still says: {}",
                case.name,
                message.message
            );
        }
    }
    assert!(tried >= 20, "only {tried} of the cases have a sure suggestion");
}
