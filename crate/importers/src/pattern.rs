//! Regular expressions of JavaScript as those of the language.

use diffract_core::{PackSource, Severity, compile};

/// An expression of the language that finds the same: `/…/flags`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pattern(pub(crate) String);

/// `/…/flags` taken apart, where a text is one.
pub(crate) fn literal(text: &str) -> Option<(&str, &str)> {
    let rest = text.trim().strip_prefix('/')?;
    let end = rest.rfind('/')?;
    let (body, flags) = (&rest[..end], &rest[end + 1..]);
    (!body.is_empty() && flags.bytes().all(|b| b"dgimsuvy".contains(&b))).then_some((body, flags))
}

/// Translates an expression; on failure, why it cannot be.
pub(crate) fn translate(body: &str, flags: &str) -> Result<Pattern, String> {
    let mut kept = String::new();
    for flag in flags.chars() {
        match flag {
            'i' | 'm' | 's' if !kept.contains(flag) => kept.push(flag),
            // Whether it goes on from the last place, says where, or takes letters for letters makes no difference.
            'i' | 'm' | 's' | 'g' | 'u' | 'd' => {}
            _ => return Err(format!("its flag `{flag}` has no counterpart")),
        }
    }
    if body.contains(['\n', '\r', '\0']) {
        return Err("it goes over a line's end".to_owned());
    }
    let pattern = Pattern(format!("/{}/{kept}", delimit(body)));
    match refusal(&format!("hide if text matches {}", pattern.0)) {
        None => Ok(pattern),
        Some(why) => Err(why),
    }
}

/// The expression that finds a text as it is written, capitals and all.
pub(crate) fn exactly(text: &str) -> Pattern {
    let mut out = String::from("/");
    for c in text.chars() {
        if matches!(
            c,
            '\\' | '.'
                | '+'
                | '*'
                | '?'
                | '('
                | ')'
                | '|'
                | '['
                | ']'
                | '{'
                | '}'
                | '^'
                | '$'
                | '#'
                | '&'
                | '-'
                | '~'
                | '/'
        ) {
            out.push('\\');
        }
        out.push(c);
    }
    out.push('/');
    Pattern(out)
}

/// Slashes in the midst of it escaped, as the language asks.
fn delimit(body: &str) -> String {
    let mut out = String::with_capacity(body.len());
    let mut escaped = false;
    for c in body.chars() {
        if c == '/' && !escaped {
            out.push('\\');
        }
        escaped = c == '\\' && !escaped;
        out.push(c);
    }
    out
}

/// Why the language does not take a line, if it does not.
pub(crate) fn refusal(line: &str) -> Option<String> {
    let pack = PackSource { id: "import".to_owned(), source: line.to_owned(), ..PackSource::default() };
    compile(std::slice::from_ref(&pack))
        .diagnostics
        .into_iter()
        .flat_map(|of_pack| of_pack.diagnostics)
        .find(|diagnostic| diagnostic.severity == Severity::Error)
        .map(|diagnostic| diagnostic.message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_come_over_or_say_why_not() {
        assert_eq!(literal("/a\\/b/gi"), Some(("a\\/b", "gi")));
        assert_eq!(literal("/r/all"), None);
        assert_eq!(literal("//"), None);
        assert_eq!(translate("(this|that)", "gi").unwrap().0, "/(this|that)/i");
        assert_eq!(translate("a/b", "").unwrap().0, "/a\\/b/");
        assert!(translate("(?!no)yes", "").is_err());
        assert!(translate("a", "y").unwrap_err().contains("`y`"));
        assert!(translate("(", "").is_err());
        assert_eq!(exactly("a.b/c").0, "/a\\.b\\/c/");
        assert_eq!(refusal(&format!("hide if text matches {}", exactly("c++ [#1] {x} ~&-").0)), None);
    }
}
