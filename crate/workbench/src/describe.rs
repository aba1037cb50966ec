//! What a word of a rule means, for whoever points at it.

use crate::line::{Line, byte_of, lists, units_between};
use crate::names;
use crate::tables::{field_or_model, operator_at};
use diffract_core::reference::{self, Word};
use diffract_core::syntax::token::TokenKind;
use serde::Serialize;

/// What a word means. Places are UTF-16 code units.
#[derive(Debug, PartialEq, Serialize)]
pub(crate) struct Description {
    from: u32,
    to: u32,
    /// How it is used, or what it is called.
    form: String,
    /// Which sort of word, or of which type.
    sort: String,
    meaning: String,
}

pub(crate) fn describe(source: &str, offset: u32) -> Option<Description> {
    let byte = byte_of(source, offset);
    let line = Line::at(source, byte);
    let index = line.tokens.iter().position(|token| token.span.start <= byte && byte < token.span.end)?;
    let token = line.tokens.get(index)?;
    let text = line.text_of(token).to_lowercase();
    let (from, to, (form, sort, meaning)) = match token.kind {
        TokenKind::List => (index, index + 1, list(source, text.trim_start_matches('@'))?),
        TokenKind::Word => word(&line, index, &text)?,
        _ => symbol(&text).map(|said| (index, index + 1, said))?,
    };
    let (start, end) = (line.tokens.get(from)?.span.start, line.tokens.get(to - 1)?.span.end);
    let before = |at: usize| {
        let (low, high) = (at.min(byte), at.max(byte));
        let units = units_between(source, low, high);
        if at < byte { offset.saturating_sub(units) } else { offset + units }
    };
    Some(Description { from: before(start), to: before(end), form, sort, meaning })
}

type Said = (String, String, String);

fn said(word: &Word, sort: &str) -> Said {
    (word.form.to_owned(), sort.to_owned(), word.meaning.to_owned())
}

fn find(words: &'static [Word], name: &str) -> Option<&'static Word> {
    words.iter().find(|word| word.name == name)
}

fn symbol(text: &str) -> Option<Said> {
    let name = match text {
        "≤" => "<=",
        "≥" => ">=",
        "≠" => "!=",
        other => other,
    };
    find(reference::OPERATORS, name).map(|word| said(word, "operator"))
}

fn list(source: &str, name: &str) -> Option<Said> {
    let form = format!("@{name}");
    if let Some((_, items)) = lists(source).into_iter().find(|(known, _)| known == name) {
        let shown: String = items.chars().take(200).collect();
        let more = if shown.len() < items.len() { "…" } else { "" };
        return Some((form, "list".to_owned(), format!("{shown}{more}")));
    }
    (name == reference::THUMBS)
        .then(|| (form, "list".to_owned(), "The posts that you gave a thumb.".to_owned()))
}

/// The tokens that belong to the word, as a range, and what they mean together.
fn word(line: &Line<'_>, index: usize, text: &str) -> Option<(usize, usize, Said)> {
    let alone = |said: Said| Some((index, index + 1, said));
    // Behind `at …:` a rule begins as at the start of the line.
    let first = index == 0 || line.tokens.get(index - 1).is_some_and(|token| token.kind == TokenKind::Colon);
    if first {
        let found = find(reference::ACTIONS, text).map(|word| said(word, "action"));
        let found = found.or_else(|| find(reference::STATEMENTS, text).map(|word| said(word, "statement")));
        let found =
            found.or_else(|| find(reference::HEADERS, text).map(|word| said(word, "of the pack itself")));
        return alone(found?);
    }
    let starts = line.word(0)?;
    if starts == "on" {
        return alone(value("surface", text)?);
    }
    if starts == "order"
        && let Some(key) = find(reference::ORDER_KEYS, text)
    {
        return alone(said(key, "order"));
    }
    // An operator of several words is one, wherever it is pointed at.
    let words: Vec<String> = (0..line.tokens.len()).map(|at| line.word(at).unwrap_or_default()).collect();
    for begins in index.saturating_sub(1)..=index {
        if let Some((operator, length)) = words.get(begins..).and_then(operator_at)
            && begins + length > index
            && begins > 0
        {
            return Some((begins, begins + length, said(operator, "operator")));
        }
    }
    // What a fixed word means hangs on the field before it.
    let field = (0..index).rev().filter_map(|at| line.word(at)).find(|word| field_or_model(word).is_some());
    if let Some(field) = field.as_deref()
        && ["kind", "surface", "media", "lang"].contains(&field)
        && let Some(found) = value(field, text)
    {
        return alone(found);
    }
    if let Some(field) = reference::fields().into_iter().find(|field| field.name == text) {
        let form = field.field_type.example(field.name);
        return alone((form, field.field_type.name().to_owned(), field.meaning.to_owned()));
    }
    if names::is_known(text) {
        let form = format!("{text} > 80%");
        let meaning = "How sure a model is. Unknown until that model is installed and has answered.";
        return alone((form, reference::FieldType::Share.name().to_owned(), meaning.to_owned()));
    }
    let found = find(reference::QUESTIONS, text).map(|word| said(word, "a share between 0% and 100%"));
    alone(found.or_else(|| find(reference::CLAUSES, text).map(|word| said(word, "clause")))?)
}

/// One of the fixed words of a field.
fn value(field: &str, text: &str) -> Option<Said> {
    let meaning = match field {
        "kind" => reference::KINDS.iter().find(|(_, name, _)| *name == text)?.2,
        "surface" => reference::SURFACES.iter().find(|(_, name, _)| *name == text)?.2,
        "media" => reference::MEDIA.iter().find(|(_, name, _)| *name == text)?.2,
        "lang" => reference::LANGUAGES.iter().find(|(_, code)| *code == text)?.0,
        _ => return None,
    };
    Some((text.to_owned(), field.to_owned(), meaning.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is said of the word under the `|`.
    fn at(marked: &str) -> Option<(String, String)> {
        let at = marked.find('|').expect("a place");
        let source = marked.replacen('|', "", 1);
        let found = describe(&source, marked[..at].encode_utf16().count() as u32)?;
        let units: Vec<u16> = source.encode_utf16().collect();
        let covered = String::from_utf16_lossy(&units[found.from as usize..found.to as usize]);
        Some((covered, found.meaning))
    }

    #[test]
    fn words_are_explained_where_they_stand() {
        let cases = [
            ("hi|de if promoted", "hide", "Gone. It can always be shown again."),
            ("hide if pro|moted", "promoted", "Paid for."),
            ("é😀 \nhide if text starts wi|th \"a\"", "starts with", "Begins with one of these."),
            ("hide if text st|arts with \"a\"", "starts with", "Begins with one of these."),
            ("hide if likes <|= 3", "<=", "At most."),
            ("hide if kind is sho|rt", "short", "A short vertical video (Shorts, Reels)."),
            ("on x.com ho|me", "home", "The main feed, however the platform sorts it."),
            ("let @a = \"b\", \"c\"\nhide if author in @|a", "@a", "\"b\", \"c\""),
            ("at 9-17: dim| if reply", "dim", "Paler."),
            ("order by new|est", "newest", "Latest first."),
            ("hide if ad be|cause \"x\"", "because", "Your own words for why; shown with the reason."),
            ("author| \"me\"", "author", "Who wrote the pack."),
            ("hide if au|thor is \"me\"", "author", "The author's handle."),
        ];
        for (marked, covered, meaning) in cases {
            let meaning = meaning.to_owned();
            // The end of a word is not under it.
            let marked = marked.replace("author| ", "autho|r ").replace("dim| ", "di|m ");
            assert_eq!(at(&marked), Some((covered.to_owned(), meaning)), "{marked}");
        }
        assert_eq!(at("hide if text has \"a|b\""), None);
        assert_eq!(at("# hi|de"), None);
        assert_eq!(at("hide |"), None);
    }

    #[test]
    fn every_word_of_the_tables_is_explained() {
        for word in reference::ACTIONS.iter().chain(reference::STATEMENTS).chain(reference::HEADERS) {
            assert!(describe(word.name, 0).is_some(), "{}", word.name);
        }
        for field in reference::fields() {
            let rule = format!("hide if {}", field.name);
            assert!(describe(&rule, 8).is_some_and(|found| found.meaning == field.meaning), "{rule}");
        }
        for operator in reference::OPERATORS {
            let rule = format!("hide if links {}", operator.name.trim_start_matches("links "));
            assert!(describe(&rule, 14).is_some_and(|found| found.meaning == operator.meaning), "{rule}");
        }
    }
}
