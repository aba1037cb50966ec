//! What is read as a browser reads it, and what is refused.

use super::*;
use proptest::prelude::*;
use serde_json::Value;

fn value(node: Node<'_>) -> Value {
    match node.kind() {
        Kind::Object => node
            .members()
            .map(|(key, value_of)| (key.as_str().expect("a key").into_owned(), value(value_of)))
            .collect::<serde_json::Map<_, _>>()
            .into(),
        Kind::Array => node.elements().map(value).collect(),
        Kind::String => node.as_str().expect("a string").into_owned().into(),
        // serde_json reads fractions to the nearest number but one.
        Kind::Number if node.raw().contains(['.', 'e', 'E']) => node.as_f64().into(),
        Kind::Number => serde_json::from_str(node.raw()).expect("a number"),
        Kind::True | Kind::False => node.as_bool().into(),
        Kind::Null => Value::Null,
    }
}

#[test]
fn prefixes_and_marks_are_stepped_over() {
    for text in [
        "{\"a\":1}",
        "\u{feff}{\"a\":1}",
        "for (;;);{\"a\":1}",
        "for(;;);\n {\"a\":1} ",
        ")]}'\n{\"a\":1}",
        "\u{feff} )]}',{\"a\":1}",
    ] {
        let document = Document::parse(text).expect(text);
        assert_eq!(document.root().get("a").and_then(Node::as_f64), Some(1.0), "{text}");
        assert_eq!(document.text(), text);
    }
}

#[test]
fn streams_are_lists() {
    let document = Document::parse_stream("for(;;);{\"a\":1}\r\n{\"b\":2}\n[3]\n".to_owned()).expect("JSON");
    assert_eq!(
        document.root().elements().map(Node::raw).collect::<Vec<_>>(),
        ["{\"a\":1}", "{\"b\":2}", "[3]"]
    );
    assert!(Document::parse_stream("{\"a\":1}\n{\"b\":".to_owned()).is_err());
    assert!(Document::parse_stream(" ".to_owned()).is_err());
}

#[test]
fn what_is_no_json_is_refused_as_a_browser_would() {
    for bad in [
        "",
        "{",
        "[1,]",
        "{\"a\"}",
        "{\"a\":1,}",
        "01",
        "1.",
        "-",
        ".5",
        "1e",
        "+1",
        "nul",
        "\"\n\"",
        "\"\\x\"",
        "\"\\u12g4\"",
        "[1 2]",
        "{} {}",
        "'a'",
        "{a:1}",
        "NaN",
        "\"abc",
        "[\"a\\\"]",
        "\u{a0}1",
        "tru",
        "[",
    ] {
        assert!(Document::parse(bad).is_err(), "{bad}");
    }
    assert_eq!(Document::parse("{\"a\": [1, 2").unwrap_err(), JsonProblem::Truncated);
    assert_eq!(Document::parse("{\"a\": x").unwrap_err(), JsonProblem::Syntax(6));
    let deep = "[".repeat(MOST_DEPTH + 1);
    assert_eq!(Document::parse(&deep).unwrap_err(), JsonProblem::TooDeep);
}

#[test]
fn halves_of_characters_read_as_the_replacement_character() {
    for (text, read) in [
        (r#""\ud800 x""#, "\u{fffd} x"),
        (r#""a\uDC00""#, "a\u{fffd}"),
        (r#""\ud83d\ud83d\ude00é""#, "\u{fffd}😀é"),
        (r#""\ude00\ud83d""#, "\u{fffd}\u{fffd}"),
        (r#""\ud83d\n\/\u0041""#, "\u{fffd}\n/A"),
    ] {
        assert_eq!(Document::parse(text).expect(text).root().as_str().expect("a string"), read);
    }
}

#[test]
fn large_objects_are_looked_up_by_their_last_key() {
    let members: Vec<String> = (0..500).map(|n| format!("\"k\\u00{:02x}{n}\":{n}", 97)).collect();
    let text = format!("{{{},\"ka7\":\"again\"}}", members.join(","));
    let document = Document::parse(&text).expect("JSON");
    assert_eq!(document.root().get("ka7").and_then(Node::as_str).as_deref(), Some("again"));
    assert_eq!(document.root().get("ka499").and_then(Node::as_f64), Some(499.0));
    assert!(document.root().get("ka500").is_none());
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(|f| serde_json::json!(f)),
        ".{0,24}".prop_map(Value::from),
        "[\\\\\"/\u{0}-\u{1f}é😀]{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 60, 8, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..8).prop_map(Value::from),
            prop::collection::btree_map(".{0,8}", inner, 0..8)
                .prop_map(|map| map.into_iter().collect::<serde_json::Map<_, _>>().into()),
        ]
    })
}

proptest! {
    #[test]
    fn what_serde_writes_reads_as_the_same_value(json in any_json(), pretty in any::<bool>()) {
        let text = if pretty { serde_json::to_string_pretty(&json) } else { serde_json::to_string(&json) }.expect("JSON");
        let document = Document::parse(&text).expect("JSON");
        prop_assert_eq!(value(document.root()), json);
    }

    #[test]
    fn what_serde_refuses_is_refused_and_what_it_takes_is_taken(text in "[\\[\\]{}:,\"\\\\0-9eE.+ tnruefalsb-]{0,24}") {
        let theirs = serde_json::from_str::<serde::de::IgnoredAny>(&text).is_ok();
        // serde knows no halves of pairs; nothing of that can be in such a text.
        prop_assert_eq!(Document::parse(&text).is_ok(), theirs, "{}", text);
    }

    #[test]
    fn a_cut_text_is_refused(json in any_json(), at in any::<prop::sample::Index>()) {
        let text = serde_json::to_string(&json).expect("JSON");
        prop_assume!(json.is_object() || json.is_array() || json.is_string());
        let cut = at.index(text.len());
        prop_assume!(text.is_char_boundary(cut));
        prop_assert!(Document::parse(&text[..cut]).is_err());
    }
}
