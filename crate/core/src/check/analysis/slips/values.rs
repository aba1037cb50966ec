//! Values and names that are none here.

use super::{Fix, Line};
use crate::diagnostic::code;
use crate::reference;
use crate::syntax::TokenKind;

/// What was meant by a value at this token.
pub(super) fn mend(line: &Line<'_>, at: usize, code: &str) -> Option<Fix> {
    match code {
        code::UNCLOSED_TEXT => unclosed(line, at),
        code::UNCLOSED_REGEX => Some(Fix::help("put a `/` where it ends; a `/` inside is written `\\/`")),
        code::BAD_UNIT | code::BAD_SHARE => unit(line, at),
        code::BAD_NUMBER => number(line, at),
        code::UNKNOWN_FIELD => field(line, at),
        code::UNKNOWN_VALUE if line.is(0, &["order"]) => order_key(line, at),
        code::BARE_VALUE if line.is(at, &["is", "are"]) && line.is_flag(at + 1) => line.remove(at, at),
        code::BARE_VALUE if line.is(at, &["is"]) && reference::kind(&line.word(at + 1)).is_some() => {
            line.insert(at, "kind ")
        }
        code::UNCLOSED_BRACKET if line.text(at) == ")" && at + 1 == line.len() => line.remove(at, at),
        code::BAD_ESCAPE if at > 0 && line.is(at - 1, &["matches"]) => {
            let text = line.text(at);
            let inner = text.get(1..text.len() - 1)?;
            line.replace(at, at, format!("/{}/", inner.replace("\\/", "/").replace('/', "\\/")))
                .map(|fix| fix.and_help("a regular expression stands between slashes"))
        }
        code::WRONG_VALUE
            if line.kind(at) == Some(TokenKind::Regex) && at > 0 && line.is(at - 1, &["has"]) =>
        {
            line.replace(at - 1, at - 1, "matches")
        }
        code::WRONG_VALUE
            if line.kind(at) == Some(TokenKind::Word) && at > 0 && line.is(at - 1, &["matches"]) =>
        {
            line.replace(at, at, format!("/{}/", line.text(at)))
                .map(|fix| fix.and_help("an expression stands between slashes; for plain words use `has`"))
        }
        code::WRONG_VALUE if line.kind(at) == Some(TokenKind::Word) && at > 0 && line.is(at - 1, &["in"]) => {
            line.insert(at, "@").map(|fix| fix.and_help("the name of a list begins with `@`"))
        }
        code::BAD_LIST_NAME if at > 0 && line.is(at - 1, &["in"]) => {
            let not = at > 1 && line.is(at - 2, &["not"]);
            let from = if not { at - 2 } else { at - 1 };
            let is = if not { "is not" } else { "is" };
            line.replace(from, at, format!("{is} \"{}\"", line.text(at)))
        }
        code::UNEXPECTED if line.text(at) == "\"\"" || empty_around(line, at) => doubled(line, at),
        _ => None,
    }
}

fn empty_around(line: &Line<'_>, at: usize) -> bool {
    at > 0 && line.text(at - 1) == "\"\""
}

/// `""sale""`
fn doubled(line: &Line<'_>, at: usize) -> Option<Fix> {
    let open = at.checked_sub(1)?;
    let close = (at..line.len()).find(|i| line.text(*i) == "\"\"")?;
    line.replace(open, close, format!("\"{}\"", line.written(at, close - 1)))
}

/// A quote that is never closed, where only the text follows; and `'don't'`.
fn unclosed(line: &Line<'_>, at: usize) -> Option<Fix> {
    let rest = line.text(at).trim_end();
    if rest == "'" && at > 1 {
        let open = (0..at).rev().find(|i| line.text(*i).starts_with('\''))?;
        let words = line.written(open, at - 1).trim_start_matches('\'');
        return line.replace(open, at, format!("\"{words}\""));
    }
    let lower = rest.to_lowercase();
    let goes_on = [" and ", " or ", " because ", " while ", " if "].iter().any(|word| lower.contains(word));
    if goes_on || !rest.starts_with('"') || rest.len() < 2 || rest.ends_with('\\') {
        return None;
    }
    let end = line.tokens.get(at)?.span.start + rest.len();
    Some(Fix { change: Some((end..end, "\"".to_owned())), ..Fix::default() })
}

/// Units in words, and in other languages.
fn unit(line: &Line<'_>, at: usize) -> Option<Fix> {
    let number = line.text(at);
    let digits = number.trim_end_matches(|c: char| c.is_alphabetic());
    let word = match digits.len() < number.len() {
        true => number[digits.len()..].to_lowercase(),
        false => line.word(at + 1),
    };
    let last = if digits.len() < number.len() { at } else { at + 1 };
    if line.is(0, &["limit"]) {
        return match word.as_str() {
            "post" | "posts" | "tweets" | "videos" | "items" => line.remove(last, last),
            "each" | "every" | "a" | "an" => line.replace(last, last, "per"),
            _ => None,
        };
    }
    let right = match word.as_str() {
        "percent" | "pct" | "prozent" => "%",
        "per" if line.is(at + 2, &["cent"]) => return line.replace(at, at + 2, format!("{digits}%")),
        "thousand" | "tsd" | "mille" => "k",
        "million" | "millions" | "mio" | "mn" => "M",
        "billion" | "billions" | "mrd" | "bn" => "B",
        "tage" | "tag" | "tagen" | "jour" | "jours" | "día" | "días" | "dia" | "dias" | "giorni"
        | "giorno" => " days",
        "stunde" | "stunden" | "std" | "heure" | "heures" | "hora" | "horas" | "ore" => " h",
        "minuten" | "minuto" | "minutos" | "minuti" => " min",
        "sekunden" | "secondes" | "segundos" | "secondi" => " s",
        "woche" | "wochen" | "semaine" | "semaines" | "semana" | "semanas" | "settimane" => " weeks",
        "monat" | "monate" | "mois" | "mes" | "meses" | "mesi" => " months",
        "jahr" | "jahre" | "jahren" | "an" | "ans" | "año" | "años" | "anni" => " years",
        _ => return None,
    };
    line.replace(at, last, format!("{digits}{right}"))
}

/// A clock for a span, and scores below nothing.
fn number(line: &Line<'_>, at: usize) -> Option<Fix> {
    let text = line.text(at);
    if let Some(by) = text.strip_prefix('-') {
        let opposite = match line.word(0).as_str() {
            "boost" => "demote",
            "demote" => "boost",
            _ => return None,
        };
        return line.replace(0, at, format!("{opposite} {by}"));
    }
    let parts: Vec<&str> = text.split(':').collect();
    let numbers =
        parts.iter().all(|part| (1..=3).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit()));
    if !numbers {
        return None;
    }
    let plain = |part: &&str| part.trim_start_matches('0').to_owned();
    let units: &[&str] = match parts.len() {
        2 => &["min", "s"],
        3 => &["h", "min", "s"],
        _ => return None,
    };
    let spelt: Vec<String> = parts
        .iter()
        .map(plain)
        .zip(units)
        .filter(|(number, _)| !number.is_empty())
        .map(|(number, unit)| format!("{number} {unit}"))
        .collect();
    (!spelt.is_empty()).then(|| line.replace(at, at, spelt.join(" ")))?
}

/// What is no field but looks like one.
fn field(line: &Line<'_>, at: usize) -> Option<Fix> {
    let word = line.word(at);
    let posts = ["post", "this", "it", "tweet", "video", "that"];
    if posts.contains(&word.as_str()) && line.is(at + 1, &["is", "has"]) {
        let field = (at + 2..at + 4).find(|i| reference::field(&line.word(*i)).is_some());
        let help = "every condition speaks of the post; name its field alone";
        return match field {
            Some(field) if field == at + 2 => line.remove(at, at + 1).map(|fix| fix.and_help(help)),
            _ => Some(Fix::help(format!("{help}: `promoted`, `likes > 1000`"))),
        };
    }
    if let Some((before, field)) = word.split_once('.')
        && reference::field(field).is_some()
        && !matches!(before, "quote" | "card")
    {
        return line.replace(at, at, field);
    }
    if ["site", "host", "platform", "website", "url", "app"].contains(&word.as_str()) {
        return Some(Fix::help("sites are named on a line of their own above the rules: `on x.com`"));
    }
    if ["domain", "link"].contains(&word.as_str()) && line.is(at + 1, &["is", "to", "has"]) {
        return line.replace(at, at + 1, "links to");
    }
    let flag_of = |name: &str| match name {
        "is_ad" | "isad" | "is_promoted" => Some("promoted"),
        "is_repost" | "is_retweet" => Some("repost"),
        "is_reply" => Some("reply"),
        _ => None,
    };
    flag_of(&word).and_then(|right| line.replace(at, at, right))
}

/// Other words for keys of `order by`.
fn order_key(line: &Line<'_>, at: usize) -> Option<Fix> {
    let right = match line.word(at).as_str() {
        "date" | "time" | "latest" | "recent" | "new" | "chronological" | "published" => "newest",
        "old" | "oldest first" | "earliest" => "oldest",
        "popular" | "popularity" | "top" | "best" | "votes" | "hearts" => "likes",
        "default" | "none" | "platform" | "normal" => "original",
        "relevance" | "rank" | "points" => "score",
        _ => return None,
    };
    line.replace(at, at, right)
}
