//! What is wrong with an adapter's file, said so that whoever mends it finds the place.

pub use diffract_core::reference::nearest;
use serde::de::DeserializeOwned;
use std::fmt;

/// One thing that is wrong in one adapter's TOML. The adapter is not used; every other one is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AdapterProblem {
    /// The file's name, as its loader calls it: `wire/x.toml`.
    pub file: String,
    /// The key, as a path: `item[2].fields.author`. Empty where the file as a whole is at fault.
    pub key: String,
    /// The line it stands on, from 1, where that is known.
    pub line: Option<u32>,
    /// What is wrong, what was expected, and the nearest name where one is near.
    pub message: String,
}

impl fmt::Display for AdapterProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file)?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        if self.key.is_empty() {
            write!(f, ": {}", self.message)
        } else {
            write!(f, ": `{}`: {}", self.key, self.message)
        }
    }
}

impl std::error::Error for AdapterProblem {}

/// Reads an adapter's TOML into its schema. Every message names the key and, where the parser knows it,
/// the line; an unknown key or value is answered with the nearest known one.
///
/// # Errors
/// The first problem found: a syntax error, an unknown key, or a value of the wrong type.
pub fn parse_toml<T: DeserializeOwned>(file: &str, source: &str) -> Result<T, AdapterProblem> {
    let problem = |key: String, span: Option<std::ops::Range<usize>>, message: &str| AdapterProblem {
        file: file.to_owned(),
        key,
        line: span.map(|s| line_of(source, s.start)),
        message: with_nearest(message.trim()),
    };
    let parser =
        toml::Deserializer::parse(source).map_err(|e| problem(String::new(), e.span(), e.message()))?;
    serde_path_to_error::deserialize(parser).map_err(|e| {
        let path = match e.path().to_string() {
            p if p == "." => String::new(),
            p => p,
        };
        problem(path, e.inner().span(), e.inner().message())
    })
}

/// The line, from 1, that holds the byte at `offset`.
pub fn line_of(source: &str, offset: usize) -> u32 {
    let upto = source.get(..offset.min(source.len())).unwrap_or(source);
    1 + upto.bytes().filter(|b| *b == b'\n').count() as u32
}

/// serde's message "unknown field `a`, expected one of `b`, `c`" with the nearest of the expected added.
pub(crate) fn with_nearest(message: &str) -> String {
    let mut names = message.split('`').skip(1).step_by(2);
    let (Some(given), true) = (names.next(), message.starts_with("unknown ")) else {
        return message.to_owned();
    };
    match nearest(given, names) {
        Some(near) => format!("{message}; did you mean `{near}`?"),
        None => message.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Sample {
        #[allow(dead_code)]
        author: Vec<Inner>,
    }
    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Inner {
        #[allow(dead_code)]
        path: String,
    }

    #[test]
    fn an_unknown_key_is_named_with_its_line_and_its_neighbour() {
        let bad =
            parse_toml::<Sample>("wire/t.toml", "# c\n[[author]]\npath = \"a\"\n[[author]]\npaht = \"b\"\n")
                .unwrap_err();
        assert_eq!(bad.line, Some(5), "{bad}");
        assert!(bad.key.starts_with("author[1]"), "{bad}");
        assert!(bad.message.ends_with("did you mean `path`?"), "{bad}");
    }

    #[test]
    fn a_wrong_type_and_a_syntax_error_have_their_line() {
        let bad = parse_toml::<Sample>("f", "\n[[author]]\npath = 3\n").unwrap_err();
        assert_eq!((bad.key.as_str(), bad.line), ("author[0].path", Some(3)), "{bad}");
        let bad = parse_toml::<Sample>("f", "\n\nauthor = [").unwrap_err();
        assert_eq!(bad.line, Some(3), "{bad}");
    }
}
