//! The line that the caret is in, as tokens.

use diffract_core::syntax::lines;
use diffract_core::syntax::token::{Token, TokenKind, tokenize};

/// One line of a source with its tokens.
pub(crate) struct Line<'s> {
    source: &'s str,
    /// In bytes of the source.
    pub(crate) tokens: Vec<Token>,
    /// Where the comment begins, in bytes of the source.
    pub(crate) comment: Option<usize>,
}

impl<'s> Line<'s> {
    /// The line that holds a byte of the source.
    pub(crate) fn at(source: &'s str, byte: usize) -> Self {
        let span = lines(source).map(|(_, span)| span).take_while(|span| span.start <= byte).last();
        let span = span.unwrap_or(0..0);
        let text = source.get(span.clone()).unwrap_or("");
        let found = tokenize(text, span.start);
        Self { source, tokens: found.tokens, comment: found.comment.map(|comment| comment.start) }
    }

    /// A token's text.
    pub(crate) fn text_of(&self, token: &Token) -> &'s str {
        self.source.get(token.span.clone()).unwrap_or("")
    }

    /// A token that is a word, in lower case.
    pub(crate) fn word(&self, index: usize) -> Option<String> {
        let token = self.tokens.get(index)?;
        (token.kind == TokenKind::Word).then(|| self.text_of(token).to_lowercase())
    }
}

/// The byte of a place counted in UTF-16 code units; the end where there are fewer.
pub(crate) fn byte_of(source: &str, units: u32) -> usize {
    let mut left = units as usize;
    for (at, c) in source.char_indices() {
        if left < c.len_utf16() {
            return at;
        }
        left -= c.len_utf16();
    }
    source.len()
}

/// A byte of the source in UTF-16 code units, given another place close before it.
pub(crate) fn units_between(source: &str, from: usize, to: usize) -> u32 {
    source.get(from..to).map_or(0, |text| text.encode_utf16().count() as u32)
}

/// The names of a file's lists, without the `@`, each with what its line says of it.
pub(crate) fn lists(source: &str) -> Vec<(String, &str)> {
    let mut found: Vec<(String, &str)> = Vec::new();
    for (_, span) in lines(source) {
        let text = source.get(span).unwrap_or("").trim_start();
        let Some(rest) = text.get(..4).filter(|word| word.eq_ignore_ascii_case("let ")).map(|_| &text[4..])
        else {
            continue;
        };
        let Some((name, items)) = rest.trim_start().strip_prefix('@').and_then(|rest| rest.split_once('='))
        else {
            continue;
        };
        let name = name.trim().to_lowercase();
        if !name.is_empty() && !found.iter().any(|(known, _)| *known == name) {
            found.push((name, items.trim()));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_cross_from_javascript() {
        let source = "a😀é\r\nb";
        assert_eq!([0, 1, 2, 3, 4, 6, 9].map(|units| byte_of(source, units)), [0, 1, 1, 5, 7, 9, 10]);
        let words = |byte| {
            let line = Line::at(source, byte);
            line.tokens.iter().map(|token| line.text_of(token)).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(words(9), "b");
        assert_eq!(words(0), "a 😀 é");
    }

    #[test]
    fn the_lists_of_a_file_are_found() {
        let source = "LET @Friends = \"a\", \"b\"\nlet @x=list \"x.txt\"\nlet broken\nlet @friends = \"c\"";
        assert_eq!(
            lists(source),
            [("friends".to_owned(), "\"a\", \"b\""), ("x".to_owned(), "list \"x.txt\"")]
        );
    }
}
