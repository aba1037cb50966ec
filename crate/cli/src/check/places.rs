//! Bytes of a file as lines and columns, as reports for machines have them.

use diffract_core::diagnostic::Span;
use diffract_core::syntax::lines;
use serde::Serialize;

/// Where every line of a file begins.
pub struct Places<'a> {
    source: &'a str,
    starts: Vec<usize>,
}

/// A stretch of a file. Lines and columns from 1, columns in characters (Unicode code points); the end is behind the
/// last character.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Place {
    /// The line it begins on.
    pub line: usize,
    /// The column it begins at.
    pub column: usize,
    /// The line it ends on.
    pub end_line: usize,
    /// The column behind its end.
    pub end_column: usize,
    /// Its first byte.
    pub start: usize,
    /// The byte behind its last.
    pub end: usize,
}

impl<'a> Places<'a> {
    /// Takes down where lines begin.
    pub fn new(source: &'a str) -> Self {
        let mut starts: Vec<usize> = lines(source).map(|(_, span)| span.start).collect();
        if starts.is_empty() {
            starts.push(0);
        }
        Self { source, starts }
    }

    /// Where a span is. Bytes beyond the file, or inside a character, count as the nearest before.
    pub fn of(&self, span: &Span) -> Place {
        let (start, end) = (self.floor(span.start), self.floor(span.end.max(span.start)));
        let ((line, column), (end_line, end_column)) = (self.at(start), self.at(end));
        Place { line, column, end_line, end_column, start, end }
    }

    /// The text of a span.
    pub fn text(&self, place: Place) -> &'a str {
        self.source.get(place.start..place.end).unwrap_or("")
    }

    /// The text of a line, from 1, without its end.
    pub fn line(&self, number: usize) -> &'a str {
        let start = self.starts.get(number.wrapping_sub(1)).copied().unwrap_or(self.source.len());
        let rest = self.source.get(start..).unwrap_or("");
        rest.split(['\n', '\r']).next().unwrap_or("")
    }

    fn at(&self, offset: usize) -> (usize, usize) {
        let line = self.starts.partition_point(|start| *start <= offset).max(1);
        let start = self.starts.get(line - 1).copied().unwrap_or(0).min(offset);
        (line, self.source.get(start..offset).unwrap_or("").chars().count() + 1)
    }

    fn floor(&self, mut at: usize) -> usize {
        at = at.min(self.source.len());
        while !self.source.is_char_boundary(at) {
            at -= 1;
        }
        at
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters_and_every_line_end_counts() {
        let places = Places::new("é日\r\nab\rc");
        let of = |start, end| {
            let place = places.of(&(start..end));
            (place.line, place.column, place.end_line, place.end_column)
        };
        assert_eq!(of(2, 5), (1, 2, 1, 3));
        assert_eq!(of(7, 9), (2, 1, 2, 3));
        assert_eq!(of(10, 11), (3, 1, 3, 2));
        assert_eq!(of(900, 1000), (3, 2, 3, 2));
        assert_eq!(of(3, 4), (1, 2, 1, 2));
        assert_eq!(places.line(2), "ab");
        assert_eq!(Places::new("").of(&(0..0)).line, 1);
    }
}
