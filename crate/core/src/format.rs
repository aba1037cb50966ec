//! The formatter: one way to set a rule file.
//!
//! It changes no meaning and takes no sides: `over` stays `over`, `0.8` stays `0.8`. Words outside quotes and
//! regular expressions become lower case, blanks become single, quotes straight, line ends LF; a comment behind a
//! statement stands two blanks after it; nothing is aligned, so that changing a line never changes another. Lines
//! that cannot be read, and comments, stay as they are.

use crate::reference::{MAX_FILE, MAX_LINE};
use crate::syntax::token::{TokenKind, tokenize};
use crate::syntax::tree::Statement;
use crate::syntax::{lines, parse_line, unquote};

/// The file, formatted. Formatting twice is formatting once.
///
/// A file over 4 MB, which is not read either, comes back as it is.
pub fn format(source: &str) -> String {
    if source.len() > MAX_FILE {
        return source.to_owned();
    }
    let mut out = String::with_capacity(source.len() + 1);
    let mut blank_lines = 0;
    for (number, span) in lines(source) {
        let mut text = format_line(source, number, span);
        if out.is_empty() {
            // What comes to stand first in the file would be read as its byte order mark.
            text = text.trim_start_matches('\u{feff}').to_owned();
        }
        if text.is_empty() {
            blank_lines += 1;
            continue;
        }
        if blank_lines > 0 && !out.is_empty() {
            out.push('\n');
        }
        blank_lines = 0;
        out.push_str(&text);
        out.push('\n');
    }
    // Blanks may have been added; a file must not become unreadable by that.
    if out.len() > MAX_FILE { source.to_owned() } else { out }
}

fn format_line(source: &str, number: u32, span: std::ops::Range<usize>) -> String {
    let text = &source[span.clone()];
    if text.len() > MAX_LINE {
        return text.to_owned();
    }
    let (line, _) = parse_line(source, number, span.clone());
    let comment = line.comment.map(|c| source[c].trim_end());
    let statement = match line.statement {
        None => return comment.unwrap_or("").to_owned(),
        Some(Statement::Broken { .. }) => return text.to_owned(),
        Some(_) => spaced(source, span),
    };
    let formatted = match comment {
        Some(comment) => format!("{statement}  {comment}"),
        None => statement,
    };
    if formatted.len() > MAX_LINE { text.to_owned() } else { formatted }
}

/// The tokens of a sound line with the blanks that belong between them.
fn spaced(source: &str, span: std::ops::Range<usize>) -> String {
    let mut out = String::new();
    let mut before: Option<TokenKind> = None;
    for token in tokenize(&source[span.clone()], span.start).tokens {
        let written = &source[token.span];
        let tight = match (before, token.kind) {
            (None | Some(TokenKind::Open), _)
            | (_, TokenKind::Comma | TokenKind::Colon | TokenKind::Close | TokenKind::Percent) => true,
            // `22:00 - 07:00` is one thing, and so is `22:00 -07:00`.
            (Some(TokenKind::Dash), _) | (_, TokenKind::Dash) => true,
            (Some(TokenKind::Number), TokenKind::Number) => written.starts_with(['-', '–']),
            _ => false,
        };
        if !tight {
            out.push(' ');
        }
        match token.kind {
            TokenKind::Text { straight: false } => match unquote(written) {
                Some(text) => out.push_str(&crate::syntax::quote(&text)),
                None => out.push_str(written),
            },
            TokenKind::Text { .. } | TokenKind::Regex => out.push_str(written),
            TokenKind::AtMost => out.push_str("<="),
            TokenKind::AtLeast => out.push_str(">="),
            TokenKind::NotEqual => out.push_str("!="),
            // A number keeps its `M`.
            TokenKind::Number => out.push_str(written),
            // Beyond ASCII, lower case can take more characters and be read otherwise.
            _ => out.push_str(&written.to_ascii_lowercase()),
        }
        before = Some(token.kind);
    }
    out
}
