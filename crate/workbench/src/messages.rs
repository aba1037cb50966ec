//! Messages about rule files as the extension's pages want them: offsets in UTF-16.

use diffract_core::diagnostic::{Diagnostic, Severity};
use serde::Serialize;

/// Mirrors `Diagnostic` of `extension/shared/messages.ts`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Message {
    severity: Severity,
    code: String,
    message: String,
    line: u32,
    column: u32,
    from: u32,
    to: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    help: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    suggestion: Option<Replacement>,
    rendered: String,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
struct Replacement {
    from: u32,
    to: u32,
    replacement: String,
}

impl Message {
    /// What messages are sorted by.
    pub(crate) fn place(&self) -> (u32, u32) {
        (self.from, self.to)
    }
}

/// Turns the messages about a source.
pub(crate) fn messages(diagnostics: &[Diagnostic], source: &str, file: &str) -> Vec<Message> {
    if diagnostics.is_empty() {
        return Vec::new();
    }
    let offsets = Utf16Offsets::new(source);
    diagnostics
        .iter()
        .map(|diagnostic| Message {
            severity: diagnostic.severity,
            code: diagnostic.code.to_string(),
            message: diagnostic.message.clone(),
            line: diagnostic.line,
            column: diagnostic.column,
            from: offsets.of(diagnostic.span.start),
            to: offsets.of(diagnostic.span.end),
            help: diagnostic.help.clone(),
            suggestion: diagnostic.suggestion.as_ref().map(|suggestion| Replacement {
                from: offsets.of(suggestion.span.start),
                to: offsets.of(suggestion.span.end),
                replacement: suggestion.replacement.clone(),
            }),
            rendered: diagnostic.render(source, file),
        })
        .collect()
}

/// From byte offsets to UTF-16 offsets, by a count at every so many bytes.
struct Utf16Offsets<'a> {
    source: &'a str,
    counts: Vec<(usize, u32)>,
}

impl<'a> Utf16Offsets<'a> {
    const STEP: usize = 1024;

    fn new(source: &'a str) -> Self {
        let mut counts = Vec::new();
        let mut units = 0;
        let mut next = 0;
        for (at, c) in source.char_indices() {
            if at >= next {
                counts.push((at, units));
                next = at + Self::STEP;
            }
            units += c.len_utf16() as u32;
        }
        Self { source, counts }
    }

    /// An offset within a character counts as the character's start; beyond the end, as the end.
    fn of(&self, offset: usize) -> u32 {
        let index = self.counts.partition_point(|(at, _)| *at <= offset);
        let Some(&(from, units)) = index.checked_sub(1).and_then(|index| self.counts.get(index)) else {
            return 0;
        };
        let rest = self.source.get(from..).unwrap_or("");
        let upto = rest.char_indices().take_while(|(at, c)| from + at + c.len_utf8() <= offset);
        units + upto.map(|(_, c)| c.len_utf16() as u32).sum::<u32>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_count_as_javascript_does() {
        let source = format!("aé😀{}z", "ü".repeat(3000));
        let offsets = Utf16Offsets::new(&source);
        for (byte, _) in source.char_indices().chain([(source.len(), ' ')]) {
            let expected = source[..byte].encode_utf16().count() as u32;
            assert_eq!(offsets.of(byte), expected, "{byte}");
        }
        assert_eq!(offsets.of(4), 2);
        assert_eq!(offsets.of(usize::MAX), source.encode_utf16().count() as u32);
    }
}
