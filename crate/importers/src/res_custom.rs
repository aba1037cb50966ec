//! Custom filters of Reddit Enhancement Suite: trees of conditions.

use crate::{json, pattern};
use serde_json::Value;

/// The tree as a condition of the language; on failure, why it cannot be one. Depth is bounded by the JSON reader.
pub(crate) fn condition(body: &Value) -> Result<String, String> {
    let kind = body.get("type").and_then(Value::as_str).unwrap_or_default();
    match kind {
        "group" => group(body),
        "score" => compare(body, "likes"),
        "commentCount" => compare(body, "replies"),
        "subreddit" => whole(body, "community"),
        "username" => whole(body, "author"),
        "postTitle" => {
            let patt = json::text_of(body, "patt").unwrap_or_default();
            pattern::translate(&patt, "i")
                .map(|found| format!("title matches {}", found.0))
                .map_err(|why| unusable(&patt, &why))
        }
        "isNSFW" => Ok("sensitive".to_owned()),
        "postAge" => {
            let milliseconds = body.get("age").and_then(Value::as_f64).unwrap_or(-1.0);
            let seconds = (milliseconds / 1e3).round();
            if !(0.0..=1e10).contains(&seconds) {
                return Err("its age cannot be read".to_owned());
            }
            Ok(format!("age {} {seconds} s", operator(body)?))
        }
        "postType" => match body.get("kind").and_then(Value::as_str) {
            Some("link") => Ok("kind is not post".to_owned()),
            Some("self") => Ok("kind is post".to_owned()),
            _ => Err("its type of post is unknown".to_owned()),
        },
        "" => Err("it is empty".to_owned()),
        other => Err(format!("it asks for `{other}`, which a post does not show")),
    }
}

fn group(body: &Value) -> Result<String, String> {
    let of = body.get("of").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    if of.is_empty() {
        return Err("a group in it is empty".to_owned());
    }
    let parts = of.iter().map(condition).collect::<Result<Vec<_>, _>>()?;
    let joined = |with: &str| match parts.as_slice() {
        [one] => one.clone(),
        all => all.iter().map(|part| format!("({part})")).collect::<Vec<_>>().join(with),
    };
    match body.get("op").and_then(Value::as_str) {
        Some("all") | None => Ok(joined(" and ")),
        Some("any") => Ok(joined(" or ")),
        Some("none") => Ok(format!("not ({})", joined(" or "))),
        Some(other) => Err(format!("a group in it wants `{other}` of its conditions")),
    }
}

/// An expression that must be all of it.
fn whole(body: &Value, field: &str) -> Result<String, String> {
    let patt = json::text_of(body, "patt").unwrap_or_default();
    pattern::translate(&format!("^({patt})$"), "i")
        .map(|found| format!("{field} matches {}", found.0))
        .map_err(|why| unusable(&patt, &why))
}

fn compare(body: &Value, field: &str) -> Result<String, String> {
    let value = body.get("val").and_then(|v| v.as_f64().or_else(|| v.as_str()?.parse().ok()));
    let Some(value) = value.filter(|v: &f64| v.is_finite() && v.abs() < 1e12) else {
        return Err("a number in it cannot be read".to_owned());
    };
    Ok(format!("{field} {} {value}", operator(body)?))
}

fn operator(body: &Value) -> Result<&'static str, String> {
    Ok(match body.get("op").and_then(Value::as_str) {
        Some(">") => ">",
        Some(">=") => ">=",
        Some("<") => "<",
        Some("<=") => "<=",
        Some("==" | "===" | "=") => "is",
        Some("!=" | "!==") => "is not",
        _ => return Err("a comparison in it is unknown".to_owned()),
    })
}

fn unusable(patt: &str, why: &str) -> String {
    format!("the expression `{patt}` cannot be used: {why}")
}
