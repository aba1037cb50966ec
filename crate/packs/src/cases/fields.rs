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
            for (key, value) in all {
                match (key.as_str(), &value.value) {
                    ("action", Tree::Text(name)) if !action(name, value.line, problems) => return None,
                    ("reasons", Tree::List(reasons)) => {
                        for (index, reason) in reasons.iter().enumerate() {
                            let path = format!("{path}.reasons[{index}]");
                            if !check_keys(
                                reason,
                                &path,
                                file,
                                &names::<Reason>(),
                                "part of a reason",
                                problems,
                            ) {
                                return None;
                            }
                        }
                    }
                    _ => {}
                }
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
    }
}
