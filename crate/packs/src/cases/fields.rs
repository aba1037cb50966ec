//! Posts and expectations: whether every key is one that a post or a verdict has.

use crate::problem::Problem;
use crate::toml_tree::{Node, Tree, unknown};
use diffract_core::post::Post;
use diffract_core::verdict::{Reason, Verdict};
use serde::de::{Deserialize, Deserializer, Visitor};
use serde_json::{Value, json};
use std::cell::Cell;

/// Actions as a verdict has them.
const ACTIONS: &[&str] = &["show", "dim", "blur", "collapse", "replace", "hide", "keep"];

/// A post as JSON.
pub(super) fn post(node: &Node, path: &str, file: &str, problems: &mut Vec<Problem>) -> Option<Value> {
    check_keys(node, path, file, &names::<Post>(), "field of a post", problems).then(|| node.json())
}

/// What is expected of a verdict, as JSON: an action alone, or some of a verdict's fields; `because` is the author's words of
/// any of its reasons.
pub(super) fn expectation(node: &Node, path: &str, file: &str, problems: &mut Vec<Problem>) -> Option<Value> {
    let action = |name: &str, line: u32, problems: &mut Vec<Problem>| {
        let known = ACTIONS.contains(&name);
        if !known {
            problems.push(unknown(file, path, name, line, "action", ACTIONS));
        }
        known
    };
    match &node.value {
        Tree::Text(name) => action(name, node.line, problems).then(|| json!({ "action": name })),
        Tree::Table(all) => {
            let mut known = names::<Verdict>();
            known.push("because");
            if !check_keys(node, path, file, &known, "part of a verdict", problems) {
                return None;
            }
            let before = problems.len();
            for (key, value) in all {
                let path = format!("{path}.{key}");
                match (key.as_str(), &value.value) {
                    ("action", Tree::Text(name)) => _ = action(name, value.line, problems),
                    ("reasons", Tree::List(reasons)) => {
                        for (index, reason) in reasons.iter().enumerate() {
                            let path = format!("{path}[{}]", index + 1);
                            read_reason(reason, &path, file, problems);
                        }
                    }
                    _ => check_kind(verdict_kind(key), value, &path, file, problems),
                }
            }
            if problems.len() > before {
                return None;
            }
            Some(node.json())
        }
        other => {
            let message = format!("expected an action or a table, found {}", other.sort());
            problems.push(Problem::error(file, Some(node.line), path, message));
            None
        }
    }
}

fn read_reason(node: &Node, path: &str, file: &str, problems: &mut Vec<Problem>) {
    if !check_keys(node, path, file, &names::<Reason>(), "part of a reason", problems) {
        return;
    }
    if let Tree::Table(all) = &node.value {
        for (key, value) in all {
            check_kind(reason_kind(key), value, &format!("{path}.{key}"), file, problems);
        }
    }
}

/// What an expectation may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Text,
    Number,
    Flag,
    Texts,
    Tables,
    /// Or `false`, which says that there is none.
    TextOrNone,
    NumberOrNone,
    TableOrNone,
}

impl Kind {
    /// For a message.
    const fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Number => "a number",
            Self::Flag => "true or false",
            Self::Texts => "a list of text",
            Self::Tables => "a list of tables",
            Self::TextOrNone => "text, or false for none",
            Self::NumberOrNone => "a number, or false for none",
            Self::TableOrNone => "a table, or false for none",
        }
    }

    fn fits(self, value: &Tree) -> bool {
        match (self, value) {
            (Self::Text | Self::TextOrNone, Tree::Text(_))
            | (Self::Number | Self::NumberOrNone, Tree::Number(_))
            | (Self::Flag, Tree::Flag(_))
            | (Self::TableOrNone, Tree::Table(_))
            | (Self::TextOrNone | Self::NumberOrNone | Self::TableOrNone, Tree::Flag(false)) => true,
            (Self::Texts, Tree::List(all)) => all.iter().all(|one| matches!(one.value, Tree::Text(_))),
            (Self::Tables, Tree::List(all)) => all.iter().all(|one| matches!(one.value, Tree::Table(_))),
            _ => false,
        }
    }
}

/// What is expected of a part of a verdict.
fn verdict_kind(key: &str) -> Option<Kind> {
    Some(match key {
        "id" | "action" => Kind::Text,
        "blur" | "note" | "because" => Kind::TextOrNone,
        "labels" => Kind::Texts,
        "highlight" => Kind::Flag,
        "score" => Kind::Number,
        "unsure" => Kind::TableOrNone,
        "reasons" => Kind::Tables,
        "more_reasons" => Kind::NumberOrNone,
        _ => return None,
    })
}

/// What is expected of a part of a reason.
fn reason_kind(key: &str) -> Option<Kind> {
    Some(match key {
        "pack" | "rule" | "effect" => Kind::Text,
        "line" => Kind::Number,
        "because" => Kind::TextOrNone,
        "evidence" => Kind::Texts,
        _ => return None,
    })
}

/// Says it where a value can never be what it is compared with.
fn check_kind(kind: Option<Kind>, node: &Node, path: &str, file: &str, problems: &mut Vec<Problem>) {
    let Some(kind) = kind.filter(|kind| !kind.fits(&node.value)) else { return };
    let found = match &node.value {
        Tree::List(all) => {
            let odd = all.iter().position(|one| match kind {
                Kind::Texts => !matches!(one.value, Tree::Text(_)),
                _ => !matches!(one.value, Tree::Table(_)),
            });
            match (kind, odd.and_then(|at| Some((at, all.get(at)?)))) {
                (Kind::Texts | Kind::Tables, Some((at, one))) => {
                    format!("a list with {} at {}", one.value.sort(), at + 1)
                }
                _ => "a list".to_owned(),
            }
        }
        other => other.sort().to_owned(),
    };
    let message = format!("expected {}, found {found}", kind.name());
    problems.push(Problem::error(file, Some(node.line), path, message));
}

fn check_keys(
    node: &Node,
    path: &str,
    file: &str,
    known: &[&'static str],
    what: &str,
    problems: &mut Vec<Problem>,
) -> bool {
    let Tree::Table(all) = &node.value else {
        let message = format!("expected a table, found {}", node.value.sort());
        problems.push(Problem::error(file, Some(node.line), path, message));
        return false;
    };
    let before = problems.len();
    for (key, value) in all {
        if !known.contains(&key.as_str()) {
            // The language writes `quote.text`, a post has `quote_text`.
            let name = key.replace('.', "_");
            problems.push(unknown(file, &format!("{path}.{key}"), &name, value.line, what, known));
        }
    }
    problems.len() == before
}

/// The names of a struct's fields, as serde knows them.
fn names<'de, T: Deserialize<'de>>() -> Vec<&'static str> {
    struct Names<'a>(&'a Cell<&'static [&'static str]>);

    impl<'de> Deserializer<'de> for Names<'_> {
        type Error = serde::de::value::Error;

        fn deserialize_struct<V: Visitor<'de>>(
            self,
            _: &'static str,
            fields: &'static [&'static str],
            _: V,
        ) -> Result<V::Value, Self::Error> {
            self.0.set(fields);
            Err(serde::de::Error::custom("only the names were asked for"))
        }

        fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Self::Error> {
            Err(serde::de::Error::custom("no struct"))
        }

        serde::forward_to_deserialize_any! {
            bool i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 char str string bytes byte_buf option unit unit_struct
            newtype_struct seq tuple tuple_struct map enum identifier ignored_any
        }
    }

    let found = Cell::new(&[][..]);
    // The error is how it ends.
    let _ = T::deserialize(Names(&found));
    found.get().to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_are_those_of_the_structs() {
        let post = names::<Post>();
        assert!(post.contains(&"quote_text") && post.contains(&"id") && post.len() > 35, "{post:?}");
        assert!(names::<Verdict>().contains(&"highlight"));
        assert!(names::<Reason>().contains(&"evidence"));
        for name in names::<Verdict>() {
            assert!(verdict_kind(name).is_some(), "say what `{name}` of a verdict may be");
        }
        for name in names::<Reason>() {
            assert!(reason_kind(name).is_some(), "say what `{name}` of a reason may be");
        }
    }
}
