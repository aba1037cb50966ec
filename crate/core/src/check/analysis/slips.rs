//! What people write instead, and how it is said here.
//!
//! The parser knows what it expected; what somebody meant who wrote something else is looked up here, by the tokens
//! around the place. A fix is only suggested where it leaves nothing of the line's meaning out.

mod general;
mod places;
mod start;
mod values;

use crate::diagnostic::{Diagnostic, Severity, Span, Suggestion, code};
use crate::program::AnyField;
use crate::reference;
use crate::syntax::token::tokenize;
use crate::syntax::{Token, TokenKind};
use general::in_general;
use places::{hours_last, limit, on, schedule};

/// Longer lines were not written by hand.
const MAX_LINE: usize = 4_000;

/// The message with a fix or help, where one is known and it has no better.
pub(in crate::check) fn improve(problem: Diagnostic, source: &str, line: Span) -> Diagnostic {
    if problem.severity != Severity::Error || line.len() > MAX_LINE {
        return problem;
    }
    let line = Line::new(source, line);
    let fix = line.at(problem.span.start).and_then(|at| match problem.code {
        code::UNKNOWN_STATEMENT => start::mend(&line),
        code::UNEXPECTED | code::UNCLOSED_REGEX | code::BAD_HOST | code::BAD_TIME => {
            unexpected(&line, at).or_else(|| values::mend(&line, at, problem.code))
        }
        _ => values::mend(&line, at, problem.code),
    });
    let mut problem = problem;
    // What the parser suggests itself is only given up for something surer.
    let fix = fix.filter(|fix| problem.suggestion.is_none() || (fix.change.is_some() && !fix.guess));
    if let Some(fix) = fix {
        if let Some((span, replacement)) = fix.change {
            // What was said in general is said by the change.
            problem.help = problem.help.filter(|_| !is_general(problem.code));
            problem.suggestion = Some(Suggestion { span, replacement, sure: false });
        }
        problem.help = fix.help.or(problem.help);
    }
    if problem.help.is_none() && problem.suggestion.is_none() {
        problem.help = in_general(&problem, &line);
    }
    problem
}

/// Whether the parser's help for this code says how lines are made, whatever the slip.
fn is_general(code: &str) -> bool {
    [code::UNEXPECTED, code::UNKNOWN_STATEMENT, code::UNKNOWN_FIELD, code::UNCLOSED_REGEX].contains(&code)
}

/// What to do about a slip: a change, words, or both.
#[derive(Debug, Default)]
pub(super) struct Fix {
    change: Option<(Span, String)>,
    help: Option<String>,
    /// Whether something else may have been meant.
    guess: bool,
}

impl Fix {
    fn help(text: impl Into<String>) -> Self {
        Self { help: Some(text.into()), ..Self::default() }
    }

    fn and_help(mut self, text: impl Into<String>) -> Self {
        self.help = Some(text.into());
        self
    }
}

/// The tokens of a line.
pub(super) struct Line<'s> {
    source: &'s str,
    tokens: Vec<Token>,
    span: Span,
}

impl<'s> Line<'s> {
    fn new(source: &'s str, span: Span) -> Self {
        let tokens = tokenize(&source[span.clone()], span.start).tokens;
        Self { source, tokens, span }
    }

    /// The token that stands at a place of the source, or before it.
    fn at(&self, place: usize) -> Option<usize> {
        if self.tokens.is_empty() {
            return None;
        }
        Some(self.tokens.iter().rposition(|token| token.span.start <= place).unwrap_or(0))
    }

    fn text(&self, i: usize) -> &'s str {
        self.tokens.get(i).map_or("", |token| &self.source[token.span.clone()])
    }

    fn kind(&self, i: usize) -> Option<TokenKind> {
        self.tokens.get(i).map(|token| token.kind)
    }

    fn is_text(&self, i: usize) -> bool {
        matches!(self.kind(i), Some(TokenKind::Text { .. }))
    }

    /// The word in lower case; empty where there is none.
    fn word(&self, i: usize) -> String {
        if self.kind(i) == Some(TokenKind::Word) { self.text(i).to_lowercase() } else { String::new() }
    }

    fn is(&self, i: usize, words: &[&str]) -> bool {
        words.contains(&self.word(i).as_str())
    }

    fn before(&self, i: usize) -> Option<usize> {
        i.checked_sub(1)
    }

    /// The source from one token to another, both included.
    fn written(&self, from: usize, to: usize) -> &'s str {
        self.span_of(from, to).map_or("", |span| &self.source[span])
    }

    fn span_of(&self, from: usize, to: usize) -> Option<Span> {
        Some(self.tokens.get(from)?.span.start..self.tokens.get(to)?.span.end)
    }

    fn len(&self) -> usize {
        self.tokens.len()
    }

    /// Whether a word is an action of the language.
    fn is_action(&self, i: usize) -> bool {
        reference::ACTIONS.iter().any(|action| action.name == self.word(i))
    }

    fn is_flag(&self, i: usize) -> bool {
        matches!(reference::field(&self.word(i)), Some(AnyField::Flag(_)))
    }

    /// Tokens from `from` to `to` become this.
    fn replace(&self, from: usize, to: usize, by: impl Into<String>) -> Option<Fix> {
        Some(Fix { change: Some((self.span_of(from, to)?, by.into())), ..Fix::default() })
    }

    /// Tokens from `from` to `to` go, with the blank behind or before them.
    fn remove(&self, from: usize, to: usize) -> Option<Fix> {
        let span = self.span_of(from, to)?;
        let span = match (self.tokens.get(to + 1), self.before(from).and_then(|i| self.tokens.get(i))) {
            (Some(next), _) => span.start..next.span.start,
            (None, Some(last)) => last.span.end..span.end,
            (None, None) => span,
        };
        Some(Fix { change: Some((span, String::new())), ..Fix::default() })
    }

    /// This is put before token `i`.
    fn insert(&self, i: usize, what: &str) -> Option<Fix> {
        let start = self.tokens.get(i)?.span.start;
        Some(Fix { change: Some((start..start, what.to_owned())), ..Fix::default() })
    }
}

const FILLERS: &[&str] = &[
    "post",
    "posts",
    "tweet",
    "tweets",
    "video",
    "videos",
    "item",
    "items",
    "everything",
    "anything",
    "all",
    "any",
    "every",
    "those",
    "them",
    "it",
    "things",
    "stuff",
    "content",
    "the",
    "a",
];

/// Something stands where it cannot stand.
fn unexpected(line: &Line<'_>, at: usize) -> Option<Fix> {
    let word = line.word(at);
    let first = line.word(0);
    match line.text(at) {
        "`" => return Some(Fix::help("text goes in straight double quotes: `\"sale\"`")),
        ";" | "." if at + 1 == line.len() => return line.remove(at, at),
        "==" if line.text(at + 1) == "=" => return line.replace(at, at + 1, "is"),
        ">" if line.text(at.checked_sub(1)?) == "<" => return line.replace(at - 1, at, "is not"),
        "=" if matches!(line.text(at.checked_sub(1)?), ">" | "<") => {
            return line.replace(at - 1, at, format!("{}=", line.text(at - 1)));
        }
        "~" if line.text(at.checked_sub(1)?) == "=" => return line.replace(at - 1, at, "matches"),
        "~" => return line.replace(at, at, "matches"),
        "$" if line.kind(at + 1) == Some(TokenKind::Word) => return line.remove(at, at),
        "+" => {
            return Some(Fix::help(
                "for every one of several, `has all` and commas: `text has all \"a\", \"b\"`",
            ));
        }
        ":" if at == 1 && line.is_action(0) && line.is(2, &["if"]) => return line.remove(1, 1),
        ":" if at == 1 && line.is_action(0) => return line.replace(1, 1, " if"),
        ":" if at == 1 && reference::HEADERS.iter().any(|header| header.name == first) => {
            return line.replace(1, 1, "");
        }
        ":" if first == "on" && at + 1 == line.len() => return line.remove(at, at),
        ":" if first == "let" => return line.replace(at, at, " ="),
        "{" => {
            return Some(Fix::help(
                "a rule is one sentence without brackets of this sort: `hide if promoted`",
            ));
        }
        "[" | "(" => return bracketed(line, at).or_else(|| called(line, at)),
        "*" => {
            return Some(Fix::help(
                "there are no wildcards; `has` finds a text anywhere: `text has \"sale\"`",
            ));
        }
        slashes if slashes.starts_with("//") && at > 0 => {
            let start = line.tokens.get(at)?.span.start;
            return Some(
                Fix { change: Some((start..start + 2, "#".to_owned())), ..Fix::default() }
                    .and_help("a comment begins with `#`"),
            );
        }
        _ => {}
    }
    if first == "limit"
        && let Some(fix) = limit(line, at)
    {
        return Some(fix);
    }
    if first == "on" {
        return on(line, at);
    }
    if first == "at" {
        return schedule(line);
    }
    if first == "let" && line.is_text(at) && line.kind(1) == Some(TokenKind::List) && at == 2 {
        return line.insert(at, "= ");
    }
    if first == "boost" || first == "demote" {
        if at == 1 && word == "by" {
            return line.remove(1, 1);
        }
        if at == 1 {
            return Some(Fix::help(format!("say by how much: `{first} 2 if …`")));
        }
    }
    if first == "order" && line.is(at, &["desc", "descending"]) {
        return line.remove(at, at).map(|fix| fix.and_help("the greatest always comes first"));
    }
    if first == "order" && line.is(at, &["asc", "ascending"]) {
        return Some(Fix::help(
            "the greatest always comes first; only time goes both ways: `newest`, `oldest`",
        ));
    }
    if first == "label" && at == 1 && word == "if" && line.is_text(line.len() - 1) {
        let label = line.text(line.len() - 1);
        let rest = line.written(1, line.len() - 2);
        return line.replace(1, line.len() - 1, format!("{label} {rest}"));
    }
    if first == "replace" && at == 1 && line.is_text(1) {
        return line.insert(1, "with ");
    }
    if line.is_action(0) && at == 1 {
        if word == "and" || word == "," || line.text(1) == "," {
            return Some(Fix::help(
                "a rule does one thing; write a line for each action, with the same `if …`",
            ));
        }
        if let Some(fix) = filler(line) {
            return Some(fix);
        }
        if !line.at_condition(1) {
            return Some(Fix::help("behind the action comes `if` and a condition: `hide if promoted`"));
        }
    }
    joined(line, at, &word)
}

/// Words that join conditions otherwise than here, and words for `has`.
fn joined(line: &Line<'_>, at: usize, word: &str) -> Option<Fix> {
    let before = |words: &[&str]| at.checked_sub(1).is_some_and(|i| line.is(i, words));
    match word {
        "unless" | "except" if at > 2 => {
            let last = if line.is(at + 1, &["if", "when", "for"]) { at + 1 } else { at };
            let several = (last + 1..line.len()).any(|i| line.is(i, &["and", "or"]));
            return match several {
                true => Some(Fix::help(format!("write `and not ( … )` for `{word}`"))),
                false => line.replace(at, last, "and not"),
            };
        }
        "else" | "otherwise" => {
            return Some(Fix::help(
                "a rule does one thing; write a second rule for the other case: `dim if not …`",
            ));
        }
        "then" if line.word(0) != "limit" => {
            return Some(Fix::help("the action comes first: `hide if promoted`"));
        }
        "and" | "or" if before(&["and", "or"]) => return line.remove(at, at),
        "if" if before(&["and", "or"]) => return line.remove(at, at),
        "not" if before(&["has"]) => return line.replace(at - 1, at, "not has"),
        "does" | "do" if line.is(at + 1, &["not"]) => return has(line, at, at + 2, true),
        "doesn't" | "don't" | "doesnt" | "doesn’t" | "cannot" => return has(line, at, at + 1, true),
        "to" if before(&["link"]) => return line.replace(at - 1, at, "links to"),
        "of" if before(&["any", "all"]) => return line.remove(at, at),
        "of" if before(&["one", "some"]) => return line.replace(at - 1, at, "any"),
        "of" if before(&["none"]) => return line.replace(at - 2, at, "not has any"),
        "between" => return between(line, at),
        "reason" | "since" if line.is_text(at + 1) => return line.replace(at, at, "because"),
        "in" if at > 0 && line.is_text(at - 1) && line.kind(at + 1) == Some(TokenKind::Word) => {
            return line.replace(at - 1, at + 1, format!("{} has {}", line.text(at + 1), line.text(at - 1)));
        }
        "on" => return Some(Fix::help("sites are named on a line of their own above the rule: `on x.com`")),
        "at" => return hours_last(line, at),
        "veil" | "blur" | "show" | "nothing" if before(&["while"]) => return line.insert(at, "unsure "),
        "if" if line.is(1, &["because"]) && line.is_text(2) && at == 3 => {
            let (reason, rest) = (line.written(1, 2), line.written(3, line.len() - 1));
            return line.replace(1, line.len() - 1, format!("{rest} {reason}"));
        }
        _ => {}
    }
    if line.is_text(at) {
        if at > 0 && line.is_text(at - 1) {
            let end = line.tokens.get(at - 1)?.span.end;
            return Some(Fix { change: Some((end..end, ",".to_owned())), ..Fix::default() });
        }
        if before(&["none", "neither", "nothing"]) && at > 1 && line.is(at - 2, &["has"]) {
            return line.replace(at - 2, at - 1, "not has any");
        }
        if before(&["either", "one", "some", "anything"]) {
            return line.replace(at - 1, at - 1, "any");
        }
        if before(&["both", "each", "every"]) {
            return line.replace(at - 1, at - 1, "all");
        }
        if before(&["about"]) && at > 2 && line.is(at - 2, &["is"]) {
            return line.replace(at - 3, at - 1, "about");
        }
        if before(&["like"]) {
            return line.replace(at - 1, at - 1, "text has").map(|fix| {
                fix.and_help(
                    "`like` compares with a list of examples, `like @examples`; for words there is `has`",
                )
            });
        }
    }
    unquoted(line, at)
}

impl Line<'_> {
    /// Whether a condition may begin here.
    fn at_condition(&self, i: usize) -> bool {
        let word = self.word(i);
        reference::field(&word).is_some()
            || reference::KNOWN_MODELS.contains(&word.as_str())
            || self.is(i, &["not", "about", "like", "if", "when", "where", "unless", "because"])
            || self.kind(i) == Some(TokenKind::Open)
    }
}

/// `hide posts where …`, `hide everything from "alice"`.
fn filler(line: &Line<'_>) -> Option<Fix> {
    let fillers = (1..line.len()).take_while(|i| line.is(*i, FILLERS)).count();
    let next = 1 + fillers;
    let joint = line.word(next);
    match joint.as_str() {
        "if" if fillers > 0 => line.remove(1, fillers),
        "where" | "when" | "that" | "which" | "who" if fillers > 0 => {
            let last = if line.is(next + 1, &["is", "are"]) { next + 1 } else { next };
            line.replace(1, last, "if")
        }
        "with" | "containing" | "about" | "mentioning" if line.is_text(next + 1) => {
            let right = if joint == "about" { "if about" } else { "if text has" };
            line.replace(1, next, right)
        }
        "from" | "by" | "of" if line.is_text(next + 1) => line.replace(1, next, "if author is"),
        "from" | "by" if line.kind(next + 1) == Some(TokenKind::List) => {
            line.replace(1, next, "if author in")
        }
        _ => None,
    }
}

/// `does not contain "x"`: `from` to `verb` become `not has`.
fn has(line: &Line<'_>, from: usize, verb: usize, negated: bool) -> Option<Fix> {
    let right = match line.word(verb).as_str() {
        "contain" | "contains" | "include" | "have" | "has" | "mention" => "has",
        "match" | "matches" => "matches",
        "start" | "begin" => "starts",
        "end" => "ends",
        _ => return None,
    };
    line.replace(from, verb, if negated { format!("not {right}") } else { right.to_owned() })
}

/// `likes between 5 and 10`
fn between(line: &Line<'_>, at: usize) -> Option<Fix> {
    let field = at.checked_sub(1)?;
    let and = (at + 1..line.len()).find(|i| line.is(*i, &["and"]))?;
    let numbers =
        line.kind(at + 1) == Some(TokenKind::Number) && line.kind(and + 1) == Some(TokenKind::Number);
    let name = line.text(field);
    let low = line.written(at + 1, and - 1);
    numbers.then(|| line.replace(at, and, format!("at least {low} and {name} at most")))?
}

/// `["a", "b"]` where values stand, with nothing but texts and commas within.
fn bracketed(line: &Line<'_>, at: usize) -> Option<Fix> {
    let close = match line.text(at) {
        "[" => "]",
        "(" => ")",
        _ => "}",
    };
    let end = (at + 1..line.len()).find(|i| line.text(*i) == close)?;
    let plain = end > at + 1
        && (at + 1..end).all(|i| line.is_text(i) || line.kind(i) == Some(TokenKind::Comma))
        && !matches!(line.kind(at.checked_sub(1)?), Some(TokenKind::Word) if !line.is(at - 1, &["has", "any", "all", "is", "not", "word", "words", "with", "in"]));
    plain.then(|| line.replace(at, end, line.written(at + 1, end - 1)))?
}

/// `contains(text, "sale")` and `text.includes("sale")`
fn called(line: &Line<'_>, at: usize) -> Option<Fix> {
    let function = line.word(at.checked_sub(1)?);
    let help = "a condition names the field, then what is asked of it: `text has \"sale\"`";
    let operator = |name: &str| match name {
        "contains" | "includes" | "has" | "contain" | "match" => Some("has"),
        "startswith" | "starts_with" => Some("starts with"),
        "endswith" | "ends_with" => Some("ends with"),
        _ => None,
    };
    if let Some((field, method)) = function.rsplit_once('.')
        && let Some(operator) = operator(method)
        && line.is_text(at + 1)
        && line.text(at + 2) == ")"
    {
        return line.replace(at - 1, at + 2, format!("{field} {operator} {}", line.text(at + 1)));
    }
    if let Some(operator) = operator(&function)
        && line.kind(at + 1) == Some(TokenKind::Word)
        && line.text(at + 2) == ","
        && line.is_text(at + 3)
        && line.text(at + 4) == ")"
    {
        return line.replace(
            at - 1,
            at + 4,
            format!("{} {operator} {}", line.text(at + 1), line.text(at + 3)),
        );
    }
    Some(Fix::help(help))
}

/// `text has free money`: all words up to the next clause, in quotes.
fn unquoted(line: &Line<'_>, at: usize) -> Option<Fix> {
    let operators = ["has", "is", "with", "any", "all", "word", "words"];
    let plain = |i: usize| {
        matches!(line.kind(i), Some(TokenKind::Word | TokenKind::Number | TokenKind::Unknown))
            && !line.is(i, reference::RESERVED)
            && !line.is(i, &operators)
    };
    if !plain(at) {
        return None;
    }
    let first = (0..at).rev().take_while(|i| plain(*i)).last().unwrap_or(at);
    if !first.checked_sub(1).is_some_and(|i| line.is(i, &operators)) {
        return None;
    }
    let last = (at..line.len()).take_while(|i| plain(*i)).last()?;
    let words = line.written(first, last);
    let sound = !words.contains(['"', '\\']) && last - first < 12;
    sound.then(|| {
        line.replace(first, last, format!("\"{words}\""))
            .map(|fix| Fix { guess: true, ..fix.and_help("text goes in quotes") })
    })?
}
