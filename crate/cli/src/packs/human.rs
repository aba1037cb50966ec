//! Messages about rule files for people, in the manner of rustc.

use crate::packs::RuleFile;
use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet, normalize_untrusted_str};
use diffract_core::{Diagnostic, Severity};

/// The message with its line and a mark under it, styled, for a terminal of so many columns.
pub fn render(file: &RuleFile, diagnostic: &Diagnostic, width: usize) -> String {
    let source = file.source.source.as_str();
    let start = floor_boundary(source, diagnostic.span.start);
    let line_start = source[..start].rfind(['\n', '\r']).map_or(0, |at| at + 1);
    let line_end = source[start..].find(['\n', '\r']).map_or(source.len(), |at| start + at);
    let end = floor_boundary(source, diagnostic.span.end).clamp(start, line_end);
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Hint => Level::HELP.with_name("hint"),
    };
    // Only the line: a file of 4 MB would be taken apart anew for each of its messages.
    let line = Snippet::source(&source[line_start..line_end])
        .line_start(diagnostic.line as usize)
        .path(normalize_untrusted_str(&file.name))
        .annotation(
            AnnotationKind::Primary
                .span(start - line_start..end - line_start)
                .label(diagnostic.advice(source).map(|advice| normalize_untrusted_str(&advice))),
        );
    let mut group =
        level.primary_title(normalize_untrusted_str(&diagnostic.message)).id(diagnostic.code).element(line);
    if let Some(help) = &diagnostic.help {
        group = group.element(Level::HELP.message(normalize_untrusted_str(help)));
    }
    Renderer::styled().term_width(width).render(&[group])
}

fn floor_boundary(text: &str, mut at: usize) -> usize {
    at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}
