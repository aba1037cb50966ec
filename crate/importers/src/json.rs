//! JSON of other tools, looked into without trust.

use serde_json::Value;

/// Reads JSON, halves of surrogate pairs mended.
pub(crate) fn parse(source: &str) -> Result<Value, String> {
    serde_json::from_str(&diffract_core::json::mend(source.trim()))
        .map_err(|error| format!("it is not JSON (line {}, column {})", error.line(), error.column()))
}

/// The keys of an object; none of anything else.
pub(crate) fn keys(value: &Value) -> impl Iterator<Item = &str> {
    value.as_object().into_iter().flat_map(|object| object.keys().map(String::as_str))
}

/// Whether this is a list of objects of which one has the key.
pub(crate) fn list_has(value: &Value, key: &str) -> bool {
    value.as_array().is_some_and(|all| all.iter().any(|one| one.get(key).is_some()))
}

/// Whether an object at the top, in a list at the top, or in a list one below has a `$type` that begins so.
pub(crate) fn find_type(value: &Value, prefix: &str) -> bool {
    let is =
        |one: &Value| one.get("$type").and_then(Value::as_str).is_some_and(|name| name.starts_with(prefix));
    let in_list = |one: &Value| one.as_array().is_some_and(|all| all.iter().any(is));
    is(value) || in_list(value) || value.as_object().is_some_and(|object| object.values().any(in_list))
}

/// Text of a string or a number.
pub(crate) fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// The text of a key.
pub(crate) fn text_of(value: &Value, key: &str) -> Option<String> {
    value.get(key).and_then(text)
}

/// Whether a key is true, also as text.
pub(crate) fn is_true(value: &Value, key: &str) -> bool {
    match value.get(key) {
        Some(Value::Bool(flag)) => *flag,
        Some(Value::String(text)) => text.eq_ignore_ascii_case("true"),
        _ => false,
    }
}

/// Whether this is Diffract's own backup.
pub(crate) fn is_own_backup(source: &str) -> bool {
    let start = source.trim_start();
    start.starts_with('{')
        && start.contains("\"diffract-backup\"")
        && parse(start)
            .is_ok_and(|value| value.get("format").and_then(Value::as_str) == Some("diffract-backup"))
}
