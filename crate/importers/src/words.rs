//! A plain list: one word or phrase a line, `#hashtag`, `@account` or `/expression/`.

use crate::draft::{Draft, Shape};
use crate::report::Place;
use crate::{json, pattern, text};

/// Reads a list of words. Text that is JSON is taken for a list of strings; one line with commas for the words between
/// them. `#` and a blank begin a comment.
pub(crate) fn read(source: &str, draft: &mut Draft) {
    if source.trim_start().starts_with('[')
        && let Ok(serde_json::Value::Array(all)) = json::parse(source)
    {
        for (index, value) in all.iter().enumerate() {
            let place = Place::Entry(format!("entry {}", index + 1));
            if !draft.entry(&place) {
                return;
            }
            match value.as_str() {
                Some(word) => entry(word, &place, draft),
                None => draft.leave(&place, &value.to_string(), "it is no text"),
            }
        }
        return;
    }
    let mut lines = source.lines().filter(|line| !line.trim().is_empty());
    let only = lines.next().filter(|_| lines.next().is_none());
    if let Some(line) = only.filter(|line| line.contains(',') && pattern::literal(line).is_none()) {
        for word in line.split(',') {
            if !one(word, &Place::Line(1), draft) {
                return;
            }
        }
        return;
    }
    for (index, line) in source.lines().enumerate() {
        if !one(line, &Place::Line(index + 1), draft) {
            return;
        }
    }
}

fn one(line: &str, place: &Place, draft: &mut Draft) -> bool {
    let line = line.trim();
    let comment = line.starts_with('#') && line[1..].starts_with([' ', '\t', '#', '!']) || line == "#";
    if line.is_empty() || comment {
        return true;
    }
    if !draft.entry(place) {
        return false;
    }
    // The blanks and quotes that some programs put around every word.
    let line = line.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(line);
    entry(line, place, draft);
    true
}

/// One entry, told by its first sign.
fn entry(word: &str, place: &Place, draft: &mut Draft) {
    let scope = draft.sites().to_owned();
    let shape = |rule: &str, list: &'static str, what: &str| Shape::new(scope.as_str(), rule, list, what);
    if let Some((body, flags)) = pattern::literal(word) {
        match pattern::translate(body, flags) {
            Ok(found) => {
                let rule = format!("hide if title matches {0} or text matches {0}", found.0);
                draft.rule(place, &scope, &rule, "expressions");
            }
            Err(why) => draft.leave(place, word, format!("this expression cannot be used: {why}")),
        }
        return;
    }
    let plain = |rest: &str| !rest.is_empty() && !rest.contains(char::is_whitespace);
    match (word.strip_prefix('#'), word.strip_prefix('@')) {
        (Some(tag), _) if plain(tag) => {
            draft.add(place, &shape("hide if hashtags has {}", "tags", "hashtags"), tag)
        }
        (_, Some(name)) if plain(name) => match text::handle(name) {
            Some(name) => draft.add(
                place,
                &shape("hide if author {in} or reposted_by {in}", "accounts", "accounts"),
                &name,
            ),
            None => draft.leave(place, word, "this can be no account"),
        },
        _ => {
            let how = if text::is_unspaced(word) { "" } else { " word" };
            let rule = format!("hide if title has{how} {{}} or text has{how} {{}}");
            let list = if how.is_empty() { "texts" } else { "words" };
            draft.add(place, &shape(&rule, list, "words"), word);
        }
    }
}
