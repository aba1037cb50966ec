//! What can stand at the caret. The words before it on its line are followed, as the parser would read them, to what may
//! come next; only that is offered.

use crate::line::{Line, byte_of, lists, units_between};
use crate::names;
use crate::tables::{self, Operand, field_or_model, operand, operator_at, operators};
use diffract_core::program::AnyField;
use diffract_core::reference::{self, FieldType};
use diffract_core::syntax::token::TokenKind;
use serde::Serialize;

/// What can be put at a place.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Completions {
    /// Where what is typed already begins, in UTF-16 code units.
    from: u32,
    options: Vec<Choice>,
}

/// One thing that can be put there.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Choice {
    /// What is put there.
    label: String,
    /// `action`, `field`, `operator`, `value`, `list`, `word`: which sort of word, for its looks.
    kind: &'static str,
    /// How it is used, or of which type it is.
    #[serde(skip_serializing_if = "String::is_empty")]
    detail: String,
    /// What it means.
    #[serde(skip_serializing_if = "String::is_empty")]
    meaning: String,
}

fn choice(label: &str, kind: &'static str, detail: &str, meaning: &str) -> Choice {
    Choice { label: label.to_owned(), kind, detail: detail.to_owned(), meaning: meaning.to_owned() }
}

pub(crate) fn complete(source: &str, offset: u32) -> Completions {
    let caret = byte_of(source, offset);
    let whole = Line::at(source, caret);
    // What stands behind the caret says nothing about what can stand at it.
    let line = Line::at(&source[..caret], caret);
    if line.comment.is_some() {
        return Completions::default();
    }
    let partial = line.tokens.last().filter(|token| {
        token.span.end == caret && matches!(token.kind, TokenKind::Word | TokenKind::List | TokenKind::Number)
    });
    let from = partial.map_or(caret, |token| token.span.start);
    let before = line.tokens.len() - usize::from(partial.is_some());
    let unclosed = line.tokens.iter().any(|token| {
        matches!(token.kind, TokenKind::UnclosedText | TokenKind::UnclosedRegex) && token.span.start < caret
    });
    // Inside quotes or a pattern, whose end stands behind the caret.
    let inside = whole.tokens.iter().any(|token| {
        matches!(token.kind, TokenKind::Text { .. } | TokenKind::Regex)
            && token.span.start < caret
            && caret < token.span.end
    });
    if unclosed || inside {
        return Completions::default();
    }
    let words: Vec<String> = line.tokens[..before]
        .iter()
        .map(|token| match token.kind {
            // What a quoted text says is not looked at, only that it is one.
            TokenKind::Text { .. } => "\"".to_owned(),
            TokenKind::Regex => "/".to_owned(),
            _ => line.text_of(token).to_lowercase(),
        })
        .collect();
    let mut options = Following { source, out: Vec::new() };
    options.statement(&words);
    let typed = partial.map_or(String::new(), |token| line.text_of(token).to_lowercase());
    // A number is only ever finished by the reader; what begins with one is a unit or nothing.
    if typed.starts_with(|c: char| c.is_ascii_digit()) {
        options.out.clear();
    }
    Completions { from: offset - units_between(source, from, caret), options: options.out }
}

struct Following<'s> {
    source: &'s str,
    out: Vec<Choice>,
}

impl Following<'_> {
    fn statement(&mut self, words: &[String]) {
        let Some((first, rest)) = words.split_first() else {
            self.words("action", reference::ACTIONS);
            self.words("word", reference::STATEMENTS);
            self.words("word", reference::HEADERS);
            return;
        };
        match first.as_str() {
            "let" if rest.last().is_some_and(|word| word == "=") && rest.len() == 2 => {
                self.one(
                    "list",
                    "word",
                    "list \"file.txt\"",
                    "The list is read from a file of the pack, one name a line.",
                );
            }
            "on" => self.on(rest),
            "at" => match rest.iter().position(|word| word == ":") {
                Some(colon) if colon + 1 == rest.len() => self.words("action", reference::ACTIONS),
                Some(colon) => self.rule(&rest[colon + 1..]),
                None => self.schedule(rest),
            },
            word if reference::ACTIONS.iter().any(|action| action.name == word) => self.rule(words),
            _ => {}
        }
    }

    fn on(&mut self, rest: &[String]) {
        let last = rest.last().map(String::as_str);
        if last.is_none() {
            self.one("everywhere", "word", "on everywhere", "The rules below hold on all sites.");
        }
        if last.is_none_or(|word| word == ",") {
            for host in tables::hosts() {
                self.one(host, "value", "site", "");
            }
        }
        // Behind a host, or behind a comma that follows one.
        let hosts = rest.iter().any(|word| word.contains('.') || word == "localhost");
        let fits = match last {
            Some(",") => hosts,
            Some(word) => word.contains('.') || word == "localhost",
            None => false,
        };
        if fits {
            self.values("surface");
        }
    }

    fn schedule(&mut self, rest: &[String]) {
        let days = rest.iter().any(|word| word == "on");
        let last = rest.last().map(String::as_str);
        if days && last.is_some_and(|word| word == "on" || word == ",") {
            for (short, long) in reference::DAYS {
                self.one(short, "value", "day", long);
            }
            self.one("weekdays", "value", "days", "Monday to Friday.");
            self.one("weekends", "value", "days", "Saturday and Sunday.");
        } else if !days && last.is_none_or(|word| word.starts_with(|c: char| c.is_ascii_digit())) {
            self.one("on", "word", "on mon-fri", "On which days.");
        }
    }

    fn rule(&mut self, words: &[String]) {
        // The clauses come last, and their words are no part of the condition.
        let clause = words.iter().rposition(|word| word == "because" || word == "while");
        if let Some(at) = clause {
            return self.clause(words, at);
        }
        match words.iter().position(|word| word == "if") {
            Some(at) => self.condition(&words[at + 1..]),
            None => self.action(words),
        }
    }

    fn action(&mut self, words: &[String]) {
        let (last, before) = (words.last().map_or("", String::as_str), words.len() - 1);
        match words[0].as_str() {
            "blur" if before == 0 => {
                self.one("media", "word", "", "Pictures and videos only, as without it.");
                self.one("all", "word", "", "The whole post.");
            }
            "label" | "boost" | "demote" | "limit" if before == 0 => return,
            "replace" if before == 0 => return self.one("with", "word", "replace with \"…\"", ""),
            "replace" if last == "with" => return,
            "order" if before == 0 => return self.one("by", "word", "order by key, …", ""),
            "order" if last == "by" || last == "," => {
                self.words("word", reference::ORDER_KEYS);
                for field in reference::fields() {
                    if matches!(field.field_type, FieldType::Number | FieldType::Span) {
                        self.one(field.name, "field", "greatest first", field.meaning);
                    }
                }
                return;
            }
            "order" => return,
            "limit" if last == "per" => {
                for (period, meaning) in [
                    ("author", "Each author is counted apart."),
                    ("hour", "In one hour of the clock."),
                    ("day", "In one day."),
                    ("visit", "Since the page was opened, as without it."),
                ] {
                    if !words.iter().any(|word| word == period) {
                        self.one(period, "word", "", meaning);
                    }
                }
                return;
            }
            "limit" if last == "then" => return,
            "limit" => {
                self.one("per", "word", "per author, per day …", "Over what it counts.");
                self.one("then", "word", "then \"…\"", "What is said where the feed ends.");
            }
            _ => {}
        }
        self.one("if", "word", "if condition", "When the rule acts.");
        self.clauses(words);
    }

    fn clauses(&mut self, words: &[String]) {
        for clause in reference::CLAUSES {
            if !words.iter().any(|word| word == clause.name) {
                self.one(clause.name, "word", clause.form, clause.meaning);
            }
        }
    }

    fn clause(&mut self, words: &[String], at: usize) {
        let rest: Vec<&str> = words[at + 1..].iter().map(String::as_str).collect();
        match (words[at].as_str(), rest.as_slice()) {
            ("because", [_]) => self.clauses(words),
            ("while", []) => self.one("unsure", "word", "while unsure", ""),
            ("while", ["unsure"]) => {
                self.one("veil", "word", "", "Nothing shows until the model has answered.");
                self.one("nothing", "word", "", "The same as `veil`.");
                self.one("blur", "word", "", "The post shows blurred until then.");
                self.one("show", "word", "", "The post shows until then.");
                self.one("for", "word", "for 2 s", "For how long at most.");
                self.clauses(words);
            }
            ("while", ["unsure", shows]) if *shows != "for" => {
                self.one("for", "word", "for 2 s", "For how long at most.");
                self.clauses(words);
            }
            ("while", [.., number]) if number.starts_with(|c: char| c.is_ascii_digit()) => self.units(),
            _ => {}
        }
    }

    fn condition(&mut self, words: &[String]) {
        let joint = words.iter().rposition(|word| matches!(word.as_str(), "and" | "or" | "("));
        let mut predicate = &words[joint.map_or(0, |at| at + 1)..];
        while predicate.first().is_some_and(|word| word == "not") {
            predicate = &predicate[1..];
        }
        if predicate.iter().any(|word| word == ")") {
            return self.after_predicate(words);
        }
        let Some((subject, rest)) = predicate.split_first() else {
            self.fields();
            self.one("not", "word", "not condition", "The other way round.");
            return;
        };
        match subject.as_str() {
            "about" => {
                if !rest.is_empty() {
                    self.share(&rest[1..], words);
                }
            }
            "like" => match rest {
                [] => self.lists(true),
                [_, rest @ ..] => self.share(rest, words),
            },
            name => {
                if let Some(field) = field_or_model(name) {
                    self.question(&field, name, rest, words);
                }
            }
        }
    }

    /// Behind `about "…"` and `like @list`.
    fn share(&mut self, rest: &[String], words: &[String]) {
        let field = AnyField::Model(diffract_core::program::Question::Named(String::new()));
        if rest.is_empty() {
            self.operators(&field, "", |operator| !operator.ends_with("known"));
            self.after_predicate(words);
        } else {
            self.question(&field, "", rest, words);
        }
    }

    /// Behind a field.
    fn question(&mut self, field: &AnyField, name: &str, rest: &[String], words: &[String]) {
        let field_type = reference::field_type(field);
        if rest.is_empty() {
            if field_type == FieldType::Flag {
                self.after_predicate(words);
            }
            return self.operators(field, "", |_| true);
        }
        // `not has`, `not starts with`
        let skipped = usize::from(rest[0] == "not" && rest.get(1).is_none_or(|word| word != "in"));
        let asked: Vec<String> = if name == "links" && rest[0] == "to" {
            std::iter::once("links".to_owned()).chain(rest.iter().cloned()).collect()
        } else {
            rest[skipped..].to_vec()
        };
        let found = operator_at(&asked);
        // An operator may go on: `is` to `is not`, `has` to `has any`.
        let typed = asked.join(" ");
        let longer = |operator: &str| {
            operator.strip_prefix(&typed).is_some_and(|rest| rest.starts_with(' ') || typed.is_empty())
        };
        let goes_on = operators(field).iter().any(|operator| longer(operator));
        if goes_on {
            for operator in operators(field).iter().filter(|operator| longer(operator)) {
                if let Some(word) = reference::OPERATORS.iter().find(|word| word.name == *operator) {
                    let next = &operator[if typed.is_empty() { 0 } else { typed.len() + 1 }..];
                    self.one(next, "operator", word.form, word.meaning);
                }
            }
        }
        let Some((operator, length)) = found.filter(|(found, _)| operators(field).contains(&found.name))
        else {
            return;
        };
        let mut values = &asked[length..];
        if operator.name.starts_with("has")
            && values.first().is_some_and(|word| word == "word" || word == "words")
        {
            values = &values[1..];
        }
        self.value(operand(field_type, operator.name), field_type, name, values, words);
    }

    fn value(
        &mut self,
        operand: Operand,
        field_type: FieldType,
        name: &str,
        values: &[String],
        words: &[String],
    ) {
        let last = values.last().map(String::as_str);
        if operand == Operand::None {
            return self.after_predicate(words);
        }
        if last.is_none_or(|word| word == ",") {
            match operand {
                Operand::List | Operand::Text => self.lists(false),
                Operand::Host => {
                    for host in tables::hosts() {
                        self.one(host, "value", "site", "");
                    }
                }
                Operand::OfField => self.values(match field_type {
                    FieldType::Media => "media",
                    _ => name,
                }),
                Operand::Quoted | Operand::Regex | Operand::None => {}
            }
            return;
        }
        if field_type == FieldType::Span
            && last.is_some_and(|word| word.chars().all(|c| c.is_ascii_digit() || c == '.'))
        {
            return self.units();
        }
        self.after_predicate(words);
    }

    fn after_predicate(&mut self, words: &[String]) {
        self.one("and", "word", "… and …", "Both.");
        self.one("or", "word", "… or …", "Either.");
        self.clauses(words);
    }

    fn operators(&mut self, field: &AnyField, prefix: &str, fits: impl Fn(&str) -> bool) {
        for name in operators(field).iter().filter(|name| fits(name)) {
            if let Some(word) = reference::OPERATORS.iter().find(|word| word.name == *name) {
                let label = name.strip_prefix("links ").unwrap_or(name);
                self.one(&format!("{prefix}{label}"), "operator", word.form, word.meaning);
            }
        }
    }

    fn fields(&mut self) {
        for field in reference::fields() {
            self.one(field.name, "field", field.field_type.name(), field.meaning);
        }
        names::with_all(|models| {
            for model in models {
                self.one(
                    model,
                    "model",
                    FieldType::Share.name(),
                    "How sure a model is. Unknown until that model is installed.",
                );
            }
        });
        self.words("field", reference::QUESTIONS);
    }

    /// The fixed words that a field can be.
    fn values(&mut self, field: &str) {
        match field {
            "kind" => {
                for (_, name, meaning) in reference::KINDS {
                    self.one(name, "value", "kind", meaning);
                }
            }
            "surface" => {
                for (_, name, meaning) in reference::SURFACES {
                    self.one(name, "value", "surface", meaning);
                }
            }
            "media" => {
                for (_, name, meaning) in reference::MEDIA {
                    self.one(name, "value", "media", meaning);
                }
            }
            "lang" => {
                for (name, code) in reference::LANGUAGES {
                    self.one(code, "value", "language", name);
                }
            }
            _ => {}
        }
    }

    fn units(&mut self) {
        for unit in ["s", "min", "hours", "days", "weeks", "months", "years"] {
            self.one(unit, "value", "unit of time", "");
        }
    }

    fn lists(&mut self, thumbs: bool) {
        if thumbs {
            self.one(&format!("@{}", reference::THUMBS), "list", "list", "The posts that you gave a thumb.");
        }
        for (name, items) in lists(self.source) {
            let shown: String = items.chars().take(80).collect();
            self.one(&format!("@{name}"), "list", "list", &shown);
        }
    }

    fn words(&mut self, kind: &'static str, words: &[reference::Word]) {
        for word in words {
            self.one(word.name, kind, word.form, word.meaning);
        }
    }

    fn one(&mut self, label: &str, kind: &'static str, detail: &str, meaning: &str) {
        if !self.out.iter().any(|option| option.label == label) {
            self.out.push(choice(label, kind, detail, meaning));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is offered at the `|`.
    fn offered(marked: &str) -> Vec<String> {
        let at = marked.find('|').expect("a caret");
        let source = marked.replacen('|', "", 1);
        let offset = marked[..at].encode_utf16().count() as u32;
        complete(&source, offset).options.into_iter().map(|option| option.label).collect()
    }

    fn has(marked: &str, wanted: &[&str], unwanted: &[&str]) {
        let found = offered(marked);
        for label in wanted {
            assert!(found.iter().any(|one| one == label), "{marked}: no {label} in {found:?}");
        }
        for label in unwanted {
            assert!(!found.iter().any(|one| one == label), "{marked}: {label}, which does not fit");
        }
    }

    #[test]
    fn only_what_fits_is_offered() {
        has("|", &["hide", "order", "let", "on", "pack"], &["text", "if", "and"]);
        has("hi|", &["hide"], &["text"]);
        has("hide |", &["if", "because", "while"], &["text", "and", "media"]);
        has("blur |", &["media", "all", "if"], &["text"]);
        has(
            "hide if |",
            &["text", "promoted", "clickbait", "about", "like", "not", "kind"],
            &["if", "hide", "has"],
        );
        has("hide if not |", &["promoted"], &["hide"]);
        has("hide if promoted |", &["and", "or", "because", "is known"], &["has", "<"]);
        has("hide if text |", &["has", "starts with", "matches", "is known"], &["<", "and", "over"]);
        has("hide if likes |", &["<", "over", "at most"], &["has", "matches", "and"]);
        has("hide if text is |", &["not", "known"], &["video", "any"]);
        has("hide if text has |", &["any", "all", "word"], &["and", "has"]);
        has("let @a = \"x\"\nhide if author in |", &["@a"], &["@examples", "and"]);
        has("let @a = \"x\"\nhide if author not in |", &["@a"], &["and"]);
        has("hide if like |", &["@examples"], &["and"]);
        has("hide if kind is |", &["short", "live", "not"], &["home", "video call"]);
        has("hide if kind is short, |", &["live"], &["and"]);
        has("hide if surface is |", &["home"], &["short"]);
        has("hide if media has |", &["video", "gif"], &["short"]);
        has("hide if lang is |", &["de", "en"], &["home"]);
        has("hide if age > 3 |", &["days", "hours"], &["and", "k"]);
        has("hide if age > 3 days |", &["and", "or"], &["days"]);
        has("hide if likes > 3 |", &["and", "because"], &["days"]);
        has("hide if clickbait > 80% |", &["while", "and"], &["days"]);
        has("hide if about \"x\" |", &[">", "and", "over"], &["is known", "has"]);
        has("hide if (promoted or reply) |", &["and"], &["text", "has"]);
        has("hide if links |", &["to", "has"], &["matches", "links to"]);
        has("hide if links to |", &["x.com"], &["and"]);
        has("hide if promoted because \"x\" |", &["while"], &["because", "and", "if"]);
        has("hide if spam > 1% while |", &["unsure"], &["blur"]);
        has("hide if spam > 1% while unsure |", &["veil", "for", "because"], &["unsure", "while"]);
        has("on |", &["everywhere", "x.com"], &["home"]);
        has("on x.com |", &["home", "search"], &["everywhere", "x.com"]);
        has("on x.com home, |", &["search", "youtube.com"], &["everywhere"]);
        has("at 22:00-07:00 |", &["on"], &["hide"]);
        has("at 22:00-07:00 on |", &["mon", "weekends"], &["hide"]);
        has("at 22:00-07:00: |", &["hide", "collapse"], &["let", "on"]);
        has("at 22:00-07:00: hide if |", &["text"], &["hide"]);
        has("limit 3 |", &["per", "then", "if"], &["author"]);
        has("limit 3 per author per |", &["day"], &["author", "per"]);
        has("order by |", &["newest", "likes"], &["text", "if"]);
        has("replace |", &["with"], &["if"]);
    }

    #[test]
    fn nothing_is_offered_in_text_comments_and_patterns() {
        for marked in [
            "hide if text has \"gi|\"",
            "hide if text has \"gi|",
            "# hi|",
            "hide # i|",
            "hide if text matches /a|/",
            "hide if likes > 1|",
        ] {
            assert_eq!(offered(marked), Vec::<String>::new(), "{marked}");
        }
    }

    #[test]
    fn what_is_typed_is_replaced() {
        let found = complete("# é😀\nhide if pro and x", 16);
        assert_eq!(found.from, 14);
    }
}
