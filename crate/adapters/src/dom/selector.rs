//! CSS selectors, as far as they can be checked without a browser.

use crate::problem::nearest;
use serde::{Deserialize, Deserializer, Serialize, de};

/// Longest selector, in characters.
pub const MAX_SELECTOR: usize = 1000;

/// Pseudo-classes (and the functional ones) that Chromium and Firefox both know and that make sense here.
const PSEUDO_CLASSES: &[&str] = &[
    "any-link",
    "checked",
    "defined",
    "dir",
    "disabled",
    "empty",
    "enabled",
    "first-child",
    "first-of-type",
    "has",
    "host",
    "is",
    "lang",
    "last-child",
    "last-of-type",
    "link",
    "not",
    "nth-child",
    "nth-last-child",
    "nth-last-of-type",
    "nth-of-type",
    "only-child",
    "only-of-type",
    "open",
    "optional",
    "placeholder-shown",
    "read-only",
    "required",
    "root",
    "scope",
    "target",
    "visited",
    "where",
];

/// A selector that is balanced, bounded and free of what only list engines know. `a >>> b` reaches from the
/// host `a` into its shadow root.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Selector(String);

impl Selector {
    /// The selector as written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Checks a selector.
    ///
    /// # Errors
    /// What is wrong with it, for whoever wrote it.
    pub fn new(source: &str) -> Result<Self, String> {
        if source.chars().count() > MAX_SELECTOR {
            return Err(format!(
                "this selector is longer than {MAX_SELECTOR} characters; split it into alternatives"
            ));
        }
        for part in source.split(" >>> ") {
            check(part)?;
        }
        Ok(Self(source.to_owned()))
    }
}

impl<'de> Deserialize<'de> for Selector {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let source = String::deserialize(deserializer)?;
        Self::new(&source).map_err(de::Error::custom)
    }
}

fn check(source: &str) -> Result<(), String> {
    let mut open: Vec<char> = Vec::new();
    let mut chars = source.char_indices().peekable();
    // Whether a compound selector stands before a comma, a closing bracket or the end.
    let mut something = false;
    while let Some((at, c)) = chars.next() {
        match c {
            '"' | '\'' => {
                let mut closed = false;
                while let Some((_, s)) = chars.next() {
                    if s == '\\' {
                        chars.next();
                    } else if s == c {
                        closed = true;
                        break;
                    }
                }
                if !closed {
                    return Err(format!("the quotation mark {c} in the selector `{source}` is never closed"));
                }
            }
            '\\' => {
                chars.next();
                something = true;
            }
            '(' | '[' => {
                open.push(if c == '(' { ')' } else { ']' });
                something = c == '[';
            }
            ')' | ']' => {
                if open.pop() != Some(c) {
                    return Err(format!("`{c}` in the selector `{source}` closes nothing"));
                }
                if !something {
                    return Err(format!("empty brackets in the selector `{source}`"));
                }
            }
            ',' if open.last() != Some(&']') => {
                if !something {
                    return Err(format!("nothing stands before a comma in the selector `{source}`"));
                }
                something = false;
            }
            '{' | '}' | ';' | '<' => return Err(format!("`{c}` has no place in the selector `{source}`")),
            '>' | '+' | '~' if open.last() != Some(&']') => something = c == '~' && something,
            ':' if open.last() != Some(&']') => {
                if source[at + 1..].starts_with(':') {
                    return Err(format!(
                        "pseudo-elements (`::`) match no element, in the selector `{source}`"
                    ));
                }
                pseudo_class(&source[at + 1..])?;
                something = true;
            }
            c if c.is_whitespace() => {}
            _ => something = true,
        }
    }
    match open.pop() {
        Some(c) => Err(format!("`{c}` is missing in the selector `{source}`")),
        None if !something => Err(format!("the selector `{source}` ends before an element is named")),
        None => Ok(()),
    }
}

fn pseudo_class(rest: &str) -> Result<(), String> {
    let name: String = rest.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '-').collect();
    if PSEUDO_CLASSES.contains(&name.to_ascii_lowercase().as_str()) {
        return Ok(());
    }
    let hint = match name.as_str() {
        "has-text" | "contains" | "-abp-contains" => {
            "; it belongs to list engines. Use `words` or `match` on a reading instead".to_owned()
        }
        "upward" | "nth-ancestor" => {
            "; it belongs to list engines. Use `in = \"around\"` or `box` instead".to_owned()
        }
        _ => nearest(&name, PSEUDO_CLASSES.iter().copied())
            .map_or(String::new(), |n| format!("; did you mean `:{n}`?")),
    };
    Err(format!("unknown pseudo-class `:{name}`{hint}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn selectors_of_the_web_pass() {
        for good in [
            "article",
            "[data-testid=cellInnerDiv] article[data-testid=\"tweet\"]",
            "a[href*='/status/']:not([href$=\")\"])",
            "tr:not([class]):has(> .subtext, .x) + tr ~ td",
            "x-host:nth-child(2n+1) >>> .inner > p",
            "[data-testid^=feedItem-by-]:is(a, b)",
            ":scope > div",
            "a[title~='b' i]",
        ] {
            assert!(Selector::new(good).is_ok(), "{good}: {:?}", Selector::new(good));
        }
    }

    #[test]
    fn what_a_browser_would_refuse_is_refused_with_a_reason() {
        for (bad, reason) in [
            ("", "before an element"),
            ("div[", "`]` is missing"),
            ("a:not(b", "`)` is missing"),
            ("a)", "closes nothing"),
            ("a, , b", "before a comma"),
            ("a >", "before an element"),
            ("a:hsa(b)", "did you mean `:has`?"),
            ("p:has-text(Ad)", "Use `words`"),
            ("p::before", "pseudo-elements"),
            ("a{color:red}", "no place"),
            ("[a='b]", "never closed"),
            ("a:is()", "empty brackets"),
            ("a >>> ", "before an element"),
        ] {
            let message = Selector::new(bad).unwrap_err();
            assert!(message.contains(reason), "{bad}: {message}");
        }
        assert!(Selector::new(&"a".repeat(MAX_SELECTOR + 1)).is_err());
    }
}
