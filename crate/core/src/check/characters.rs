//! Characters that cannot be seen, or make a line look like another.

use crate::diagnostic::{Diagnostic, Span, code};

/// The first such character of each sort in the line.
pub(crate) fn check(source: &str, line: Span) -> Vec<Diagnostic> {
    let text = &source[line.clone()];
    // Nearly every line is plain ASCII.
    if text.bytes().all(|b| matches!(b, b'\t' | 0x20..=0x7e)) {
        return Vec::new();
    }
    let mut found: Vec<char> = Vec::new();
    let mut out = Vec::new();
    for (at, c) in text.char_indices() {
        let Some(name) = name(c) else { continue };
        if found.contains(&c) || found.len() >= 8 {
            continue;
        }
        found.push(c);
        let span = line.start + at..line.start + at + c.len_utf8();
        out.push(
            Diagnostic::warning(
                code::INVISIBLE_CHARACTER,
                span.clone(),
                format!("there is an invisible character here: {name} (U+{:04X})", c as u32),
            )
            .help("it may make this line look like something that it is not; take it out unless you meant it")
            .suggest(span, ""),
        );
    }
    out
}

fn name(c: char) -> Option<&'static str> {
    Some(match c {
        '\0' => "null byte",
        '\u{b}' => "vertical tab",
        '\u{c}' => "form feed",
        '\u{7f}' => "delete",
        '\u{61c}' => "Arabic letter mark",
        '\u{200b}' => "zero width space",
        '\u{200e}' => "left-to-right mark",
        '\u{200f}' => "right-to-left mark",
        '\u{202a}' => "left-to-right embedding",
        '\u{202b}' => "right-to-left embedding",
        '\u{202c}' => "pop directional formatting",
        '\u{202d}' => "left-to-right override",
        '\u{202e}' => "right-to-left override",
        '\u{2028}' => "line separator",
        '\u{2029}' => "paragraph separator",
        '\u{2066}' => "left-to-right isolate",
        '\u{2067}' => "right-to-left isolate",
        '\u{2068}' => "first strong isolate",
        '\u{2069}' => "pop directional isolate",
        '\u{feff}' => "byte order mark",
        '\u{ad}' => "soft hyphen",
        '\t' => return None,
        c if c.is_control() => "control character",
        _ => return None,
    })
}
