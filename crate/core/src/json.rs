//! JSON from pages and payloads, where it is almost but not quite sound.

use std::borrow::Cow;

/// JSON text in which every escape of half a surrogate pair (`\ud83d` without its other half) stands for
/// U+FFFD instead. A platform that cuts a text at a number of UTF-16 units writes such halves, browsers read
/// them, and a strict reader would refuse the whole document for one of them. Linear in the text, which comes
/// back as it is where there is nothing to mend.
pub fn mend(text: &str) -> Cow<'_, str> {
    if !text.contains("\\ud") && !text.contains("\\uD") {
        return Cow::Borrowed(text);
    }
    let bytes = text.as_bytes();
    let mut out = String::new();
    let (mut copied, mut at) = (0, 0);
    while let Some(offset) = bytes.get(at..).and_then(|rest| rest.iter().position(|b| *b == b'\\')) {
        let start = at + offset;
        at = match half(bytes, start) {
            Some(Half::High) if half(bytes, start + 6) == Some(Half::Low) => start + 12,
            Some(_) => {
                out.push_str(&text[copied..start]);
                out.push_str("\\ufffd");
                copied = start + 6;
                copied
            }
            // The sign behind a backslash begins no escape of its own.
            None => start + 2,
        };
    }
    if copied == 0 {
        return Cow::Borrowed(text);
    }
    out.push_str(&text[copied..]);
    Cow::Owned(out)
}

#[derive(PartialEq)]
enum Half {
    High,
    Low,
}

/// Which half of a pair the escape at `at` stands for, if it is one.
fn half(bytes: &[u8], at: usize) -> Option<Half> {
    match bytes.get(at..at + 6)? {
        [b'\\', b'u', b'd' | b'D', second, rest @ ..] if rest.iter().all(u8::is_ascii_hexdigit) => {
            match second.to_ascii_lowercase() {
                b'8' | b'9' | b'a' | b'b' => Some(Half::High),
                b'c'..=b'f' => Some(Half::Low),
                _ => None,
            }
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::mend;
    use std::borrow::Cow;

    #[test]
    fn halves_become_the_replacement_character() {
        for (text, mended) in [
            (r#""\ud800 x""#, r#""\ufffd x""#),
            (r#""a\uDC00""#, r#""a\ufffd""#),
            (r#""\ud83d\ud83d\ude00é""#, r#""\ufffd\ud83d\ude00é""#),
            (r#""\ude00\ud83d""#, r#""\ufffd\ufffd""#),
            (r#""\\\ud83d""#, r#""\\\ufffd""#),
            (r#""\ud83d\n""#, r#""\ufffd\n""#),
        ] {
            assert_eq!(mend(text), mended);
            assert!(serde_json::from_str::<String>(&mend(text)).is_ok(), "{text}");
        }
    }

    #[test]
    fn what_is_sound_is_not_copied() {
        for text in [
            r#""\ud83d\ude00""#,
            r#""\\ud800""#,
            r#""\ud7ff""#,
            "plain é",
            "\\",
            "\\ud8",
            "\\ud80é",
            "é\\é\\ud",
        ] {
            assert!(matches!(mend(text), Cow::Borrowed(t) if t == text), "{text}");
        }
    }
}
