//! Text as it is found in files: bytes to characters, scripts without spaces, moments.

use crate::{ImportError, MAX_BYTES};
use std::borrow::Cow;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// The text of a file: UTF-8, or UTF-16 with its mark.
pub(crate) fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, ImportError> {
    if bytes.len() > MAX_BYTES {
        return Err(ImportError::TooLarge(bytes.len() >> 20));
    }
    let utf16 = |rest: &[u8], unit: fn([u8; 2]) -> u16| {
        let units = rest.chunks_exact(2).map(|pair| unit([pair[0], pair[1]]));
        char::decode_utf16(units).collect::<Result<String, _>>().map_err(|_| ImportError::NotText(1))
    };
    match bytes {
        [0xff, 0xfe, rest @ ..] => utf16(rest, u16::from_le_bytes).map(Cow::Owned),
        [0xfe, 0xff, rest @ ..] => utf16(rest, u16::from_be_bytes).map(Cow::Owned),
        _ => {
            let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
            std::str::from_utf8(bytes).map(Cow::Borrowed).map_err(|error| {
                let before = &bytes[..error.valid_up_to()];
                ImportError::NotText(1 + before.iter().filter(|byte| **byte == b'\n').count())
            })
        }
    }
}

/// Whether a word has letters of a script that is written without spaces between words, so that its boundaries
/// cannot be asked for.
pub(crate) fn is_unspaced(text: &str) -> bool {
    text.chars().any(|c| {
        matches!(c,
            '\u{0e00}'..='\u{0eff}'     // Thai, Lao
            | '\u{1000}'..='\u{109f}'   // Myanmar
            | '\u{1100}'..='\u{11ff}'   // Hangul
            | '\u{1780}'..='\u{17ff}'   // Khmer
            | '\u{3040}'..='\u{30ff}'   // kana
            | '\u{3130}'..='\u{318f}'
            | '\u{31f0}'..='\u{31ff}'
            | '\u{3400}'..='\u{4dbf}'   // Han
            | '\u{4e00}'..='\u{9fff}'
            | '\u{ac00}'..='\u{d7ff}'
            | '\u{f900}'..='\u{faff}'
            | '\u{ff66}'..='\u{ff9f}'
            | '\u{20000}'..='\u{3ffff}')
    })
}

/// Text in quotes, as a rule has it: control characters, which are never meant, are blanks.
pub(crate) fn quote(text: &str) -> String {
    let plain: String = text.chars().map(|c| if c.is_control() && c != '\n' { ' ' } else { c }).collect();
    diffract_core::syntax::quote(&plain)
}

/// Whether there is anything in a text to look for.
pub(crate) fn is_empty(text: &str) -> bool {
    diffract_core::matching::fold(text).trim().is_empty()
}

/// A moment in seconds since 1970: RFC 3339 text, or seconds, or milliseconds as a number or text.
pub(crate) fn moment(text: &str) -> Option<f64> {
    let text = text.trim();
    if let Ok(number) = text.parse::<f64>() {
        return match number {
            n if !n.is_finite() || n <= 0.0 => None,
            // Past the year 5000 in seconds it must be milliseconds.
            n if n > 1e11 => Some(n / 1e3),
            n => Some(n),
        };
    }
    let moment = OffsetDateTime::parse(text, &Rfc3339).ok()?;
    Some(moment.unix_timestamp_nanos() as f64 / 1e9)
}

/// The day of a moment, as a comment says it: `2027-01-31`.
pub(crate) fn day(seconds: f64) -> String {
    if !seconds.is_finite() || seconds.abs() > 2e11 {
        return "a far day".to_owned();
    }
    match OffsetDateTime::from_unix_timestamp(seconds as i64) {
        Ok(moment) => moment.date().to_string(),
        Err(_) => "a far day".to_owned(),
    }
}

/// A host as the language takes it, lower case; `None` where it is none.
pub(crate) fn host(text: &str) -> Option<String> {
    let text = text.trim().trim_matches('.').to_lowercase();
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let sound = text.len() <= 253 && text.contains('.') && text.split('.').all(label);
    // A number with dots is an address, and the language does not take one.
    let named = text.rsplit('.').next().is_some_and(|top| top.bytes().any(|b| b.is_ascii_alphabetic()));
    (sound && named).then_some(text)
}

/// The host that an address has, or a host with something behind it: what somebody meant who wrote no host.
pub(crate) fn host_within(text: &str) -> Option<String> {
    let rest = text.split_once("://").map_or(text, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let authority = authority.rsplit('@').next().unwrap_or_default();
    host(authority.split(':').next().unwrap_or_default())
}

/// A handle without `@`, `u/` and the like; `None` where it can be none.
pub(crate) fn handle(text: &str) -> Option<String> {
    let text = text.trim();
    let text = text.strip_prefix("/u/").or_else(|| text.strip_prefix("u/")).unwrap_or(text);
    let text = text.trim_start_matches('@').trim();
    let sound = !text.is_empty()
        && text.chars().count() <= 320
        && !text.chars().any(|c| c.is_whitespace() || c.is_control() || matches!(c, '"' | ','));
    sound.then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_read_in_either_order_of_bytes() {
        assert_eq!(decode(b"\xef\xbb\xbfa").unwrap(), "a");
        assert_eq!(decode(b"\xff\xfea\0\xe9\0").unwrap(), "aé");
        assert_eq!(decode(b"\xfe\xff\0a").unwrap(), "a");
        assert_eq!(decode(b"ok\n\xff\x00"), Err(ImportError::NotText(2)));
    }

    #[test]
    fn moments_of_every_sort() {
        assert_eq!(moment("2026-08-06T21:12:23.500Z"), Some(1_786_050_743.5));
        assert_eq!(moment("1786050743"), Some(1_786_050_743.0));
        assert_eq!(moment("1786050743000"), Some(1_786_050_743.0));
        assert_eq!(moment("-1"), None);
        assert_eq!(moment("soon"), None);
        assert_eq!(day(1_786_050_743.0), "2026-08-06");
        assert_eq!(day(f64::NAN), "a far day");
    }

    #[test]
    fn hosts_and_handles() {
        assert_eq!(host("Example.ORG.").as_deref(), Some("example.org"));
        for bad in ["", "localhost", "a b.c", "-a.b", "1.2.3.4", "ex/ample.org", "ümlaut.de"] {
            assert_eq!(host(bad), None, "{bad}");
        }
        assert_eq!(handle(" @bob@example.social").as_deref(), Some("bob@example.social"));
        assert_eq!(handle("u/someone").as_deref(), Some("someone"));
        assert_eq!(handle("two words"), None);
    }

    #[test]
    fn scripts_without_spaces() {
        for text in ["日本", "한국", "ไทย", "スポイラー"] {
            assert!(is_unspaced(text), "{text}");
        }
        for text in ["spoiler", "гараж", "हिन्दी"] {
            assert!(!is_unspaced(text), "{text}");
        }
    }
}
