//! Addresses and mentions: told by their form, never by what they name.

use super::character::{is_blank, is_word};

/// Labels after the last point by which a bare host is known.
const TOP_LEVEL: &str = "com net org edu gov info biz io co me tv ly be gl gg cc ru uk us de fr eu in app dev xyz link shop store site online club live top win vip";

/// Where an address that begins at `start` of a text in lower case ends, if one begins there.
pub fn address_end(text: &[char], start: usize) -> Option<usize> {
    let begins =
        |prefix: &str| prefix.chars().enumerate().all(|(i, c)| text.get(start + i).is_some_and(|&t| t == c));
    if ["http://", "https://", "www."].into_iter().any(begins) {
        return Some(next_blank(text, start));
    }
    host_end(text, start)
}

fn next_blank(text: &[char], from: usize) -> usize {
    text[from..].iter().position(|&c| is_blank(c)).map_or(text.len(), |length| from + length)
}

/// Where a bare host such as `example.com/page` ends, with what follows it.
fn host_end(text: &[char], start: usize) -> Option<usize> {
    let length = text[start..].iter().take_while(|c| matches!(c, 'a'..='z' | '0'..='9' | '-' | '.')).count();
    let run = &text[start..start + length];
    let kept = run.iter().rposition(|c| !matches!(c, '-' | '.'))? + 1;
    let host = &run[..kept];
    if matches!(host[0], '-' | '.') {
        return None;
    }
    let point = host.iter().rposition(|&c| c == '.')?;
    let label: String = host[point + 1..].iter().collect();
    if !TOP_LEVEL.split(' ').any(|known| known == label) {
        return None;
    }
    let end = start + kept;
    match text.get(end) {
        Some(&next) if is_word(next) => None,
        Some('/' | ':' | '?') => Some(next_blank(text, end)),
        _ => Some(end),
    }
}

/// Where an `@name` that begins at `start` ends, if one begins there.
pub fn mention_end(text: &[char], start: usize) -> Option<usize> {
    if text[start] != '@' {
        return None;
    }
    let name = text[start + 1..].iter().take_while(|&&c| is_word(c) || c == '_').count();
    (name > 0).then_some(start + 1 + name)
}
