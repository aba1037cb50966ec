//! What the escapes of a JSON string stand for.

/// The characters of a string whose escapes were checked when it was scanned. Halves of a surrogate pair become U+FFFD,
/// each.
pub(super) fn unescaped(inside: &str) -> String {
    let mut out = String::with_capacity(inside.len());
    let mut rest = inside;
    while let Some(at) = rest.find('\\') {
        out.push_str(&rest[..at]);
        let escape = rest.as_bytes().get(at + 1).copied().unwrap_or(b'\\');
        let mut used = 2;
        match escape {
            b'n' => out.push('\n'),
            b't' => out.push('\t'),
            b'r' => out.push('\r'),
            b'b' => out.push('\u{8}'),
            b'f' => out.push('\u{c}'),
            b'u' => {
                let (character, length) = unicode(&rest[at..]);
                out.push(character);
                used = length;
            }
            other => out.push(other as char),
        }
        rest = rest.get(at + used..).unwrap_or_default();
    }
    out.push_str(rest);
    out
}

/// The character of `\u…` at the start of a text, and how many bytes it took.
fn unicode(text: &str) -> (char, usize) {
    let code = |at: usize| {
        let marked = text.get(at..at + 2) == Some("\\u");
        marked.then(|| text.get(at + 2..at + 6)).flatten().and_then(|hex| u32::from_str_radix(hex, 16).ok())
    };
    match code(0) {
        Some(high @ 0xd800..=0xdbff) => match code(6) {
            Some(low @ 0xdc00..=0xdfff) => {
                let joined = 0x1_0000 + ((high - 0xd800) << 10) + (low - 0xdc00);
                (char::from_u32(joined).unwrap_or(char::REPLACEMENT_CHARACTER), 12)
            }
            _ => (char::REPLACEMENT_CHARACTER, 6),
        },
        Some(code) => (char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER), 6),
        None => (char::REPLACEMENT_CHARACTER, 6),
    }
}
