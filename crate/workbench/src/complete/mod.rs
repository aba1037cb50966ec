//! What can stand at the caret. The words before it on its line are followed, as the parser would read them, to what may
//! come next; only that is offered.

mod condition;
#[cfg(test)]
mod tests;

use crate::line::{Line, byte_of, lists, units_between};
use crate::tables;
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
