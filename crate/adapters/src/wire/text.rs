//! From a platform's texts to a reader's: markup, entities, addresses.

use crate::json::{Kind, Node};
use regex::Regex;
use std::borrow::Cow;
use std::sync::LazyLock;

/// The most characters of one text that are kept.
pub(super) const MOST_TEXT: usize = 64 * 1024;

/// A pattern over an address's path: `*` stands for anything within a segment, `**` for anything.
///
/// # Errors
/// If it does not start with `/`.
pub(super) fn glob(pattern: &str) -> Result<Regex, String> {
    if !pattern.starts_with('/') {
        return Err(format!("`{pattern}`: expected the path of an address, from its first `/`"));
    }
    let body = regex::escape(pattern.trim_end_matches('/')).replace(r"\*\*", ".*").replace(r"\*", "[^/]*");
    Regex::new(&format!("^{body}/?$")).map_err(|e| e.to_string())
}

/// Host and path of an absolute address; `None` if it is not one.
pub(super) fn host_and_path(url: &str) -> Option<(String, &str)> {
    let rest = url.split_once("://")?.1;
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let host = rest[..end].rsplit('@').next()?.split(':').next()?.to_lowercase();
    let path = &rest[end..];
    let path = &path[..path.find(['?', '#', ' ']).unwrap_or(path.len())];
    (!host.is_empty()).then_some((host, if path.is_empty() { "/" } else { path }))
}

/// YouTube's many shapes of a text: plain, `simpleText`, `content`, `runs[].text` with emoji among them.
pub(super) fn runs(value: Node<'_>) -> Option<Cow<'_, str>> {
    runs_at(value, 0)
}

fn runs_at(value: Node<'_>, depth: u8) -> Option<Cow<'_, str>> {
    match value.kind() {
        Kind::String => value.as_str(),
        Kind::Number => Some(Cow::Borrowed(value.raw())),
        Kind::Object if depth < 4 => {
            if let Some(parts) = value.get("runs").filter(|parts| parts.is_array()) {
                let mut texts = parts.elements().filter_map(run);
                // Most texts are one run.
                let first = texts.next().unwrap_or_default();
                return Some(texts.fold(first, |all, text| all + text));
            }
            ["simpleText", "content", "text"].iter().find_map(|key| runs_at(value.get(key)?, depth + 1))
        }
        _ => None,
    }
}

fn run(part: Node<'_>) -> Option<Cow<'_, str>> {
    match part.get("text").and_then(Node::as_str) {
        Some(text) if !text.is_empty() => Some(text),
        _ => part.get("emoji")?.get("shortcuts")?.at(0)?.as_str(),
    }
}

/// What a reader sees of HTML: tags gone, paragraphs and breaks as line ends, entities undone, invisible
/// spans dropped, shortened addresses with their dots.
pub(super) fn html(source: &str) -> String {
    let mut out = String::with_capacity(source.len());
    // Open elements whose content is not seen: their names, innermost last.
    let mut unseen: Vec<String> = Vec::new();
    let mut shortened: usize = 0;
    let mut rest = source;
    while let Some(at) = rest.find('<') {
        let (words, tag) = rest.split_at(at);
        if unseen.is_empty() {
            out.push_str(words);
        }
        if let Some(after) = tag.strip_prefix("<!--") {
            rest = after.split_once("-->").map_or("", |(_, after)| after);
            continue;
        }
        if !tag[1..].starts_with(|c: char| c.is_ascii_alphabetic() || c == '/') {
            if unseen.is_empty() {
                out.push('<');
            }
            rest = &tag[1..];
            continue;
        }
        let Some(end) = tag.find('>') else {
            // No tag ends from here on, so the rest is words; looking again at each `<` would take for ever.
            rest = tag;
            break;
        };
        let inside = &tag[1..end];
        rest = &tag[end + 1..];
        let closing = inside.starts_with('/');
        let name: String = inside
            .trim_start_matches('/')
            .chars()
            .take_while(char::is_ascii_alphanumeric)
            .collect::<String>()
            .to_ascii_lowercase();
        if !unseen.is_empty() {
            if closing && unseen.last() == Some(&name) {
                unseen.pop();
            } else if !closing && unseen.contains(&name) && !inside.ends_with('/') {
                unseen.push(name);
            }
            continue;
        }
        if !closing && is_unseen(&name, inside) {
            unseen.push(name);
            continue;
        }
        match name.as_str() {
            "br" => out.push('\n'),
            "p" | "blockquote" | "pre" | "ul" | "ol" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "table"
                if closing =>
            {
                out.push_str("\n\n");
            }
            "div" | "li" | "tr" if closing => out.push('\n'),
            "span" if !closing && class_of(inside).split(' ').any(|c| c == "ellipsis") => shortened += 1,
            "span" if closing && shortened > 0 => {
                out.push('…');
                shortened -= 1;
            }
            _ => {}
        }
    }
    if unseen.is_empty() {
        out.push_str(rest);
    }
    tidy(&entities(&out))
}

fn is_unseen(name: &str, inside: &str) -> bool {
    matches!(name, "script" | "style" | "template")
        || (name == "span" && class_of(inside).split(' ').any(|c| c == "invisible" || c == "quote-inline"))
        || (name == "p" && class_of(inside).split(' ').any(|c| c == "quote-inline"))
}

fn class_of(inside: &str) -> &str {
    attribute(inside, "class").unwrap_or_default()
}

fn attribute<'a>(inside: &'a str, name: &str) -> Option<&'a str> {
    inside.match_indices(name).find_map(|(at, _)| {
        let before = inside[..at].chars().next_back()?;
        let after = inside[at + name.len()..].trim_start().strip_prefix('=')?.trim_start();
        let quote = after.chars().next().filter(|q| matches!(q, '"' | '\''))?;
        before.is_whitespace().then(|| after[1..].split(quote).next()).flatten()
    })
}

/// At most one empty line in a row, no blanks at line ends or around the whole.
fn tidy(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut empty = 0;
    for line in text.lines() {
        let line = line.trim_end();
        empty = if line.is_empty() { empty + 1 } else { 0 };
        if empty < 2 {
            out.push_str(line);
            out.push('\n');
        }
    }
    out.trim().to_owned()
}

/// Where the links of HTML lead, without mentions and hashtags.
pub(super) fn html_links(source: &str) -> Vec<String> {
    let mut links = Vec::new();
    let mut rest = source;
    while let Some(at) = rest.find("<a ") {
        let tag = &rest[at + 2..];
        let Some(end) = tag.find('>') else { break };
        let inside = &tag[..end];
        let marked = class_of(inside).split(' ').any(|c| c == "mention" || c == "hashtag");
        if let Some(href) = attribute(inside, "href").filter(|h| !marked && h.starts_with("http")) {
            links.push(entities(href));
        }
        rest = &tag[end..];
    }
    links
}

/// `&amp;`, `&#39;` and the like undone. What is not an entity stays as it is.
pub(super) fn entities(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        let after = &rest[at + 1..];
        let end = after.bytes().take(12).position(|b| b == b';');
        match end.and_then(|end| entity(&after[..end]).map(|c| (c, end))) {
            Some((c, end)) => {
                out.push_str(c.as_str());
                rest = &after[end + 1..];
            }
            None => {
                out.push('&');
                rest = after;
            }
        }
    }
    out.push_str(rest);
    out
}

fn entity(name: &str) -> Option<String> {
    if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16).ok()?,
            None => number.parse().ok()?,
        };
        return char::from_u32(code).filter(|c| *c != '\0').map(String::from);
    }
    let text = match name {
        "amp" => "&",
        "lt" => "<",
        "gt" => ">",
        "quot" => "\"",
        "apos" => "'",
        "nbsp" => "\u{a0}",
        "hellip" => "…",
        "mdash" => "—",
        "ndash" => "–",
        "lsquo" => "‘",
        "rsquo" => "’",
        "ldquo" => "“",
        "rdquo" => "”",
        "laquo" => "«",
        "raquo" => "»",
        "bull" => "•",
        "middot" => "·",
        "copy" => "©",
        "reg" => "®",
        "trade" => "™",
        "euro" => "€",
        "pound" => "£",
        "deg" => "°",
        "times" => "×",
        "zwj" => "\u{200d}",
        "shy" => "\u{ad}",
        _ => return None,
    };
    Some(text.to_owned())
}

/// An absolute address, freed of the platform's redirector; `None` if it is not an address of the web.
pub(super) fn url(text: &str) -> Option<String> {
    let text = text.trim();
    let absolute = if text.starts_with("//") { format!("https:{text}") } else { text.to_owned() };
    let (host, path) = host_and_path(&absolute).filter(|_| absolute.starts_with("http"))?;
    let wrapped = match (host.trim_start_matches("www."), path) {
        ("youtube.com", "/redirect") => Some("q"),
        ("google.com", "/url") => Some("q"),
        ("l.facebook.com" | "lm.facebook.com" | "l.instagram.com", "/l.php" | "/") => Some("u"),
        ("linkedin.com", "/redir/redirect" | "/safety/go") => Some("url"),
        ("out.reddit.com", _) => Some("url"),
        _ => None,
    };
    let inner = wrapped.and_then(|name| {
        let query = absolute.split_once('?')?.1.split('#').next()?;
        query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('=').map(percent_decoded))
    });
    Some(inner.filter(|i| i.starts_with("http")).unwrap_or(absolute))
}

/// `%41` undone.
pub(super) fn percent_decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let hex = (byte == b'%').then(|| text.get(at + 1..at + 3)).flatten();
        match hex.and_then(|h| u8::from_str_radix(h, 16).ok()) {
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

/// Addresses written in a text, in Markdown's brackets or bare.
pub(super) fn urls_in(text: &str) -> Vec<String> {
    static URL: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r#"https?://[^\s<>"\]\)]+"#).ok());
    let Some(pattern) = URL.as_ref() else { return Vec::new() };
    pattern
        .find_iter(text)
        .map(|m| m.as_str().trim_end_matches(['.', ',', ';', ':', '!', '?', '\'', '*']).replace("\\_", "_"))
        .collect()
}

/// Hashtags written in a text, without `#`.
pub(super) fn tags_in(text: &str) -> Vec<String> {
    static TAG: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"(?:^|[\s(])[#＃]([\p{L}\p{N}_]*\p{L}[\p{L}\p{N}_]*)").ok());
    captures(&TAG, text)
}

/// Handles written in a text, without `@`.
pub(super) fn handles_in(text: &str) -> Vec<String> {
    static HANDLE: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r"(?:^|[\s(])(?:@|/?u/)([\p{L}\p{N}_](?:[\p{L}\p{N}_.-]*[\p{L}\p{N}_-])?)").ok()
    });
    captures(&HANDLE, text)
}

fn captures(pattern: &LazyLock<Option<Regex>>, text: &str) -> Vec<String> {
    let Some(pattern) = pattern.as_ref() else { return Vec::new() };
    pattern.captures_iter(text).filter_map(|c| Some(c.get(1)?.as_str().to_owned())).collect()
}

/// The primary subtag of a language tag, in its current spelling; `None` for "undetermined" and its like.
pub(super) fn lang(tag: &str) -> Option<String> {
    let primary = tag.split(['-', '_']).next()?.to_lowercase();
    let known = match primary.as_str() {
        "in" => "id",
        "iw" => "he",
        "ji" => "yi",
        "und" | "zxx" | "mul" | "mis" | "art" => return None,
        // X's marks for posts without words: only mentions, only media, only tags ...
        p if p.len() == 3 && p.starts_with('q') => return None,
        p if (2..=3).contains(&p.len()) && p.bytes().all(|b| b.is_ascii_lowercase()) => p,
        _ => return None,
    };
    Some(known.to_owned())
}

/// A handle without the sign before it.
pub(super) fn handle(text: &str) -> &str {
    let text = text.trim().trim_start_matches('/');
    let text = text.strip_prefix("u/").or_else(|| text.strip_prefix("r/")).unwrap_or(text);
    text.strip_prefix('@').unwrap_or(text)
}

/// At most [`MOST_TEXT`] characters, without control characters other than line ends and tabs.
pub(super) fn bounded(text: &str) -> String {
    // Of the second row of control characters each begins with this byte; so do others, which are looked at one by one.
    const SECOND_ROW: u8 = 0xc2;
    let suspect = |b: u8| (b < b' ' && !matches!(b, b'\n' | b'\t')) || matches!(b, 0x7f | SECOND_ROW);
    if text.len() <= MOST_TEXT && !text.bytes().fold(false, |any, byte| any | suspect(byte)) {
        return text.to_owned();
    }
    let clean = |c: &char| !c.is_control() || matches!(c, '\n' | '\t');
    text.chars().filter(clean).take(MOST_TEXT).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::Document;

    #[test]
    fn html_reads_as_a_reader_sees_it() {
        let source = "<p>Tea &amp; toast<br>at <a href=\"https://a.example/x?y=1&amp;z\" class=\"u\"><span class=\"invisible\">https://</span><span class=\"ellipsis\">a.example/x</span><span class=\"invisible\">?y=1</span></a></p><p>1 &lt; 2 &#39;so&#x27;</p>";
        assert_eq!(html(source), "Tea & toast\nat a.example/x…\n\n1 < 2 'so'");
        assert_eq!(html_links(source), ["https://a.example/x?y=1&z"]);
        assert_eq!(html("a < b > c <"), "a < b > c <");
        assert_eq!(html("<script>x</script>y<"), "y<");
        // Tags that never end: each `<` is looked at once.
        let endless = "<a".repeat(1 << 20);
        assert_eq!(html(&endless), endless);
    }

    #[test]
    fn entities_that_are_none_stay() {
        assert_eq!(entities("a & b &c; &amp;amp; &#0; &#99999999;"), "a & b &c; &amp; &#0; &#99999999;");
        assert_eq!(entities("é&ééééééééééé;"), "é&ééééééééééé;");
    }

    #[test]
    fn runs_join_in_every_shape() {
        let read = |text: &str| runs(Document::parse(text).expect("JSON").root()).map(Cow::into_owned);
        let emoji = r#"{"runs": [{"text": "a "}, {"emoji": {"shortcuts": [":tea:"]}, "text": ""}]}"#;
        assert_eq!(read(emoji).as_deref(), Some("a :tea:"));
        assert_eq!(read(r#"{"simpleText": "b"}"#).as_deref(), Some("b"));
        assert_eq!(read(r#"{"text": {"content": "c"}}"#).as_deref(), Some("c"));
        assert_eq!(read("[1]"), None);
    }

    #[test]
    fn addresses_are_freed_and_found() {
        let redirect = "https://www.youtube.com/redirect?event=v&q=https%3A%2F%2Fa.example%2F%3Fb";
        assert_eq!(url(redirect).as_deref(), Some("https://a.example/?b"));
        assert_eq!(url("javascript:x"), None);
        assert_eq!(
            urls_in("see [this](https://a.example/b), https://c.example."),
            ["https://a.example/b", "https://c.example"]
        );
        assert_eq!(tags_in("#One two#no #drei_3 #4"), ["One", "drei_3"]);
        assert_eq!(host_and_path("https://A.example:8/p/q?r"), Some(("a.example".to_owned(), "/p/q")));
        assert!(glob("/i/*/Home").is_ok_and(|g| g.is_match("/i/x/Home") && !g.is_match("/i/x/y/Home")));
    }

    #[test]
    fn languages_are_primary_subtags() {
        assert_eq!(lang("pt-BR").as_deref(), Some("pt"));
        assert_eq!(lang("in").as_deref(), Some("id"));
        assert_eq!(lang("und"), None);
        assert_eq!(lang("qme"), None);
    }
}
