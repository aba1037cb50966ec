//! Host names: in scopes, and in the addresses that `links to` looks at.

use std::borrow::Cow;

/// A host name as it is compared: lower case, no port, no trailing dot.
pub(crate) fn normalise(host: &str) -> String {
    let host = host.trim();
    let host = if host.starts_with('[') { host } else { host.split(':').next().unwrap_or(host) };
    host.trim_end_matches('.').to_lowercase()
}

/// The host and its parents on label boundaries: `a.b.com`, `b.com`, `com`. At most 32.
pub(crate) fn suffixes(host: &str) -> impl Iterator<Item = &str> {
    let mut rest = (!host.is_empty()).then_some(host);
    std::iter::from_fn(move || {
        let this = rest?;
        rest = this.split_once('.').map(|(_, parent)| parent).filter(|parent| !parent.is_empty());
        Some(this)
    })
    .take(32)
}

/// The host of an absolute address; `None` where it has none. See [`of_address_into`].
#[cfg(any(test, feature = "naive"))]
pub(crate) fn of_address(address: &str) -> Option<String> {
    let mut host = String::new();
    of_address_into(address, &mut host);
    (!host.is_empty()).then_some(host)
}

/// Appends the host of an absolute address, if it has one, as a browser would read it: any scheme with `//`,
/// back-slashes as slashes, tabs and line ends dropped, user and port set aside, percent-encoded ASCII decoded. Punycode
/// stays as it is.
pub(crate) fn of_address_into(address: &str, out: &mut String) {
    const LONGEST: usize = 2048;
    const DROPPED: [char; 3] = ['\t', '\n', '\r'];
    let address = address.trim();
    let cleaned: Cow<'_, str> = if address.len() <= LONGEST && !address.contains(DROPPED) {
        address.into()
    } else {
        address.chars().filter(|c| !DROPPED.contains(c)).take(LONGEST).collect()
    };
    let (scheme, rest) = cleaned.split_once(':').unwrap_or(("", &cleaned));
    let is_scheme = scheme.chars().next().is_some_and(|c| c.is_ascii_alphabetic())
        && scheme.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'));
    let rest = if is_scheme { rest } else { &cleaned };
    let slashes = |c: char| c == '/' || c == '\\';
    if !rest.starts_with(slashes) || !rest.get(1..).is_some_and(|r| r.starts_with(slashes)) {
        return;
    }
    let authority = rest.trim_start_matches(slashes);
    let authority = authority.split(['/', '\\', '?', '#']).next().unwrap_or("");
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let host = if host.starts_with('[') {
        host.split_inclusive(']').next().unwrap_or(host)
    } else {
        host.split(':').next().unwrap_or(host)
    };
    if host.is_ascii() && !host.contains('%') {
        out.extend(host.trim_end_matches('.').chars().map(|c| c.to_ascii_lowercase()));
    } else {
        out.push_str(&decode_percent(host).trim_end_matches('.').to_lowercase());
    }
}

fn decode_percent(text: &str) -> String {
    let mut out = Vec::with_capacity(text.len());
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let code = (byte == b'%').then(|| text.get(at + 1..at + 3)).flatten();
        match code.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(decoded) => {
                out.push(decoded);
                at += 3;
            }
            None => {
                out.push(byte);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_host_a_browser_would() {
        for (address, host) in [
            ("https://Example.COM/a?b#c", Some("example.com")),
            ("http://user:pass@example.com:8080/", Some("example.com")),
            ("https://example.com@evil.test/", Some("evil.test")),
            ("https://evil.test\\@example.com/", Some("evil.test")),
            ("https:\\\\example.com\\a", Some("example.com")),
            ("//cdn.example.com/x", Some("cdn.example.com")),
            ("https://ex\nample.com./", Some("example.com")),
            ("https://ex%61mple.com", Some("example.com")),
            ("https://xn--bcher-kva.example/", Some("xn--bcher-kva.example")),
            ("https://[::1]:80/", Some("[::1]")),
            ("mailto:a@example.com", None),
            ("javascript:alert(1)", None),
            ("/relative", None),
            ("", None),
            ("https://", None),
            ("gopher+x://old.example", Some("old.example")),
            ("https://bücher.example/ü", Some("bücher.example")),
            ("https://a%zz.example", Some("a%zz.example")),
            ("https://é%a", Some("é%a")),
        ] {
            assert_eq!(of_address(address).as_deref(), host, "{address}");
        }
    }

    #[test]
    fn walks_up_label_by_label() {
        assert_eq!(suffixes("a.b.com").collect::<Vec<_>>(), ["a.b.com", "b.com", "com"]);
        assert_eq!(suffixes("").count(), 0);
    }
}
