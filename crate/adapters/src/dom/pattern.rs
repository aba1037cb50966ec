//! Regular expressions that mean the same to Rust's `regex` and to browsers, and that neither can be made
//! to run long by a page.

use serde::{Deserialize, Deserializer, Serialize, de};

/// Longest pattern, in characters.
pub const MAX_PATTERN: usize = 500;

/// A checked pattern. Matching is without regard to case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Pattern(String);

impl Pattern {
    /// The pattern as written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Checks a pattern.
    ///
    /// # Errors
    /// What is wrong with it, for whoever wrote it.
    pub fn new(source: &str) -> Result<Self, String> {
        if source.chars().count() > MAX_PATTERN {
            return Err(format!(
                "this pattern is longer than {MAX_PATTERN} characters; split it into alternatives"
            ));
        }
        portable(source)?;
        regex::RegexBuilder::new(source).case_insensitive(true).size_limit(10 << 20).build().map_err(
            |e| format!("the pattern `{source}` is no regular expression: {}", last_line(&e.to_string())),
        )?;
        Ok(Self(source.to_owned()))
    }
}

impl<'de> Deserialize<'de> for Pattern {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let source = String::deserialize(deserializer)?;
        Self::new(&source).map_err(de::Error::custom)
    }
}

fn last_line(message: &str) -> &str {
    message.lines().last().unwrap_or(message).trim_start_matches("error: ")
}

/// What an open group holds so far.
#[derive(Default)]
struct Group {
    /// A repetition without an upper end stands in it.
    repeats: bool,
}

/// Refuses what only one of the two engines understands, and repetitions within repetitions, which a
/// backtracking engine can be kept busy with.
fn portable(source: &str) -> Result<(), String> {
    let chars: Vec<char> = source.chars().collect();
    let mut groups = vec![Group::default()];
    let mut class = false;
    // The group that was closed just before `i`, if any.
    let mut closed: Option<Group> = None;
    let mut i = 0;
    while let Some(&c) = chars.get(i) {
        let before = closed.take();
        match c {
            '\\' => {
                i += 1;
                escape(&chars, i, class)?;
            }
            '[' if class => {
                return Err(
                    "`[` within a class means different things to different engines; write `\\[`".to_owned()
                );
            }
            '[' => class = true,
            ']' if class => class = false,
            '&' | '~' | '-' if class && chars.get(i + 1) == Some(&c) => {
                return Err(format!("`{c}{c}` within a class means different things to different engines"));
            }
            _ if class => {}
            '(' => {
                if chars.get(i + 1) == Some(&'?') && chars.get(i + 2) != Some(&':') {
                    return Err(
                        "look-around, inline flags and named groups are not available; only `(?:` is"
                            .to_owned(),
                    );
                }
                groups.push(Group::default());
            }
            ')' if groups.len() > 1 => closed = groups.pop(),
            '*' | '+' | '{' if c != '{' || is_open_ended(&chars[i..]) => {
                if before.is_some_and(|g| g.repeats) {
                    return Err(
                        "a repetition of a repetition can take a browser very long; rewrite it".to_owned()
                    );
                }
                if let Some(group) = groups.last_mut() {
                    group.repeats = true;
                }
            }
            _ => {}
        }
        // What repeats inside a group repeats inside its parent too.
        if let (Some(inner), Some(outer)) = (&closed, groups.last_mut()) {
            outer.repeats |= inner.repeats;
        }
        i += 1;
    }
    Ok(())
}

/// `{2,}`, but not `{2}` or `{2,5}`.
fn is_open_ended(rest: &[char]) -> bool {
    let inside: String = rest.iter().skip(1).take_while(|c| **c != '}').collect();
    inside.ends_with(',')
}

fn escape(chars: &[char], i: usize, class: bool) -> Result<(), String> {
    let Some(&c) = chars.get(i) else {
        return Err("the pattern ends in a lone `\\`".to_owned());
    };
    let shared =
        "dDwWsStnrfv^$\\.*+?()[]{}|/".contains(c) || (c == '-' && class) || ("bB".contains(c) && !class);
    let braced = "pPu".contains(c) && chars.get(i + 1) == Some(&'{');
    let hex = c == 'x' && chars.get(i + 1).is_some_and(char::is_ascii_hexdigit);
    if shared || braced || hex {
        return Ok(());
    }
    if c.is_ascii_digit() {
        return Err(format!("back-references (`\\{c}`) are not available"));
    }
    Err(format!("`\\{c}` is not understood by every engine; write `{c}` if the character itself is meant"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn common_patterns_pass() {
        for good in
            [r"/status/(\d+)", r"^(?:https?://[^/]+)?/@([\w.-]+)$", r"\p{L}+ \u{2026}", r"(a|b){2,5}(c+)d*"]
        {
            assert!(Pattern::new(good).is_ok(), "{good}: {:?}", Pattern::new(good));
        }
    }

    #[test]
    fn what_engines_disagree_on_is_refused() {
        for (bad, reason) in [
            ("(?=a)", "look-around"),
            ("(?i)a", "inline flags"),
            (r"(a)\1", "back-references"),
            (r"\-", "write `-`"),
            ("(a+)+", "repetition of a repetition"),
            ("((?:a|b*)c){2,}", "repetition of a repetition"),
            ("[a[b]]", "class"),
            ("(", "no regular expression"),
            ("a\\", "lone"),
        ] {
            let message = Pattern::new(bad).unwrap_err();
            assert!(message.contains(reason), "{bad}: {message}");
        }
    }
}
