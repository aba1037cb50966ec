//! Sites, hours and limits.

use super::{Fix, Line};
use crate::reference;
use crate::syntax::TokenKind;

/// `hide if promoted at 9-17`
pub(super) fn hours_last(line: &Line<'_>, at: usize) -> Option<Fix> {
    let hours = line.written(at + 1, line.len() - 1);
    let rule = line.written(0, at - 1);
    let fits =
        line.word(0) != "at" && hours.starts_with(|c: char| c.is_ascii_digit()) && !hours.contains('"');
    match fits {
        true => line.replace(0, line.len() - 1, format!("at {hours}: {rule}")),
        false => None,
    }
    .map(|fix| fix.and_help("the hours come first, before the rule"))
}

pub(super) fn limit(line: &Line<'_>, at: usize) -> Option<Fix> {
    let number = |word: &str| {
        ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]
            .iter()
            .position(|name| *name == word)
    };
    if at == 1
        && let Some(number) = number(&line.word(1))
    {
        return line.replace(1, 1, number.to_string());
    }
    if line.text(at).starts_with('/') {
        let period = line.text(at).trim_start_matches('/').trim().to_lowercase();
        let known = ["author", "hour", "day", "visit"].contains(&period.as_str());
        return known.then(|| line.replace(at, at, format!(" per {period}")))?;
    }
    if at > 1 && line.is(at - 1, &["each", "every", "a", "an", "in"]) {
        return line.replace(at - 1, at - 1, "per");
    }
    if line.is_text(at) {
        return line.insert(at, "then ");
    }
    if at == 1 {
        return Some(Fix::help("say how many: `limit 3 per author per day`"));
    }
    None
}

pub(super) fn on(line: &Line<'_>, at: usize) -> Option<Fix> {
    if line.is_text(at) {
        return line.replace(at, at, line.text(at).trim_matches(|c: char| !c.is_alphanumeric()));
    }
    if let Some(joint) = (1..line.len()).find(|i| line.is(*i, &["and", "or"]) || line.text(*i) == "&") {
        let end = line.tokens.get(joint.checked_sub(1)?)?.span.end;
        return Some(Fix {
            change: Some((end..line.tokens.get(joint)?.span.end, ",".to_owned())),
            ..Fix::default()
        });
    }
    let word = line.word(at);
    if at == 1 && reference::surface(&word).is_some() {
        return Some(Fix::help(format!("`{word}` is a surface; name the site before it: `on x.com {word}`")));
    }
    if line.is_action(at) || line.is(at, &["if"]) {
        return Some(Fix::help("the rule stands on the next line; it holds there, up to the next `on`"));
    }
    let sites = reference::SITES;
    let near = reference::nearest(&word, sites.iter().map(|(name, _)| *name))?;
    let host = sites.iter().find(|(name, _)| *name == near)?.1;
    (at == 1).then(|| line.replace(at, at, host))?
}

/// `at 22:00 and 07:00: …`, `at on sat and sun: …`
pub(super) fn schedule(line: &Line<'_>) -> Option<Fix> {
    let colon = (1..line.len()).find(|i| line.kind(*i) == Some(TokenKind::Colon))?;
    let joint = (2..colon).find(|i| line.is(*i, &["and", "until", "till", "to"]))?;
    let clocks =
        line.kind(joint - 1) == Some(TokenKind::Number) && line.kind(joint + 1) == Some(TokenKind::Number);
    if clocks && !line.text(joint - 1).contains('-') {
        let (from, to) = (line.text(joint - 1), line.text(joint + 1));
        return line.replace(joint - 1, joint + 1, format!("{from}-{to}"));
    }
    if line.is(joint, &["and"]) {
        let end = line.tokens.get(joint - 1)?.span.end;
        return Some(Fix {
            change: Some((end..line.tokens.get(joint)?.span.end, ",".to_owned())),
            ..Fix::default()
        });
    }
    None
}
