//! Statements, and what every part of the parser needs.

use super::token::{Token, TokenKind, tokenize};
use super::tree::{File, LetValue, Line, ListName, Name, SiteName, Statement, Text};
use crate::diagnostic::{Diagnostic, Span, code, quoted};
use crate::reference;
use std::borrow::Cow;
use std::ops::Range;

/// The message that costs the line.
pub(super) type Problem = Box<Diagnostic>;
pub(super) type Result<T> = std::result::Result<T, Problem>;

/// Reads a whole file. The messages are located, and in the order of the lines.
pub fn parse(source: &str) -> (File, Vec<Diagnostic>) {
    let mut file = File::default();
    let mut diagnostics = Vec::new();
    for (number, span) in lines(source) {
        let (line, messages) = parse_line(source, number, span);
        file.lines.push(line);
        diagnostics.extend(messages);
    }
    (file, diagnostics)
}

/// The lines of a source with their numbers, without their ends (LF, CRLF or CR). There is a last, empty
/// line after a final line end. A byte order mark at the start belongs to no line.
pub fn lines(source: &str) -> impl Iterator<Item = (u32, Range<usize>)> + '_ {
    let mut start = Some(if source.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 });
    let mut number = 0;
    std::iter::from_fn(move || {
        let from = start?;
        number += 1;
        let rest = &source.as_bytes()[from..];
        match rest.iter().position(|b| matches!(b, b'\n' | b'\r')) {
            Some(length) => {
                let end = from + length;
                let two = rest[length] == b'\r' && rest.get(length + 1) == Some(&b'\n');
                start = Some(end + if two { 2 } else { 1 });
                Some((number, from..end))
            }
            None => {
                start = None;
                Some((number, from..source.len()))
            }
        }
    })
}

/// Reads one line of `source`.
pub fn parse_line(source: &str, number: u32, span: Span) -> (Line, Vec<Diagnostic>) {
    let text = &source[span.clone()];
    if text.len() > reference::MAX_LINE {
        let mark = span.start..span.start + text.chars().next().map_or(0, char::len_utf8);
        let message = format!("this line has {} KB; a line has at most 64 KB", text.len().div_ceil(1024));
        let problem = Diagnostic::error(code::LINE_TOO_LONG, mark, message)
            .help("put long lists into a file and load it with `let @name = list \"file.txt\"`")
            .locate(source, number, span.start);
        let scope = text.trim_start().get(..3).is_some_and(|s| s.trim_end().eq_ignore_ascii_case("on"));
        return (
            Line { number, span, comment: None, statement: Some(Statement::Broken { scope }) },
            vec![problem],
        );
    }
    let tokens = tokenize(text, span.start);
    let comment = tokens.comment.clone();
    if tokens.tokens.is_empty() {
        return (Line { number, span, comment, statement: None }, Vec::new());
    }
    let start = span.start;
    let mut parser = Parser::new(source, tokens.tokens, comment.clone());
    let statement = match parser.statement() {
        Ok(statement) => statement,
        Err(problem) => {
            // What was noticed on the way matters less than what costs the line.
            parser.diagnostics = vec![*problem];
            Statement::Broken { scope: parser.first_word().as_deref() == Some("on") }
        }
    };
    let diagnostics = parser.diagnostics.into_iter().map(|d| d.locate(source, number, start)).collect();
    (Line { number, span, comment, statement: Some(statement) }, diagnostics)
}

/// Reads the tokens of one line.
pub(super) struct Parser<'s> {
    pub source: &'s str,
    tokens: Vec<Token>,
    comment: Option<Span>,
    at: usize,
    /// Warnings; an error ends the line instead.
    pub diagnostics: Vec<Diagnostic>,
    /// How many brackets and `not`s are open.
    pub depth: usize,
    /// How many questions the condition has so far.
    pub tests: usize,
}

impl<'s> Parser<'s> {
    fn new(source: &'s str, tokens: Vec<Token>, comment: Option<Span>) -> Self {
        Self { source, tokens, comment, at: 0, diagnostics: Vec::new(), depth: 0, tests: 0 }
    }

    /// The token that is `ahead` tokens further.
    pub fn peek(&self, ahead: usize) -> Option<&Token> {
        self.tokens.get(self.at + ahead)
    }

    /// What kind the token that is `ahead` tokens further is.
    pub fn kind(&self, ahead: usize) -> Option<TokenKind> {
        self.peek(ahead).map(|t| t.kind)
    }

    /// The text of a token.
    pub fn text_of(&self, token: &Token) -> &'s str {
        &self.source[token.span.clone()]
    }

    /// The word that is `ahead` tokens further, in lower case.
    pub fn word(&self, ahead: usize) -> Option<Cow<'s, str>> {
        let token = self.peek(ahead).filter(|t| t.kind == TokenKind::Word)?;
        let text = self.text_of(token);
        let lower = text.bytes().all(|b| b.is_ascii() && !b.is_ascii_uppercase());
        Some(if lower { Cow::Borrowed(text) } else { Cow::Owned(text.to_lowercase()) })
    }

    /// Whether the next token is this word (lower case).
    pub fn at_word(&self, word: &str) -> bool {
        self.is_word(0, word)
    }

    /// Whether the token that is `ahead` tokens further is this word (lower case).
    pub fn is_word(&self, ahead: usize, word: &str) -> bool {
        // By length first: most words of a line are asked of whether they are one of many.
        self.peek(ahead).is_some_and(|t| {
            t.kind == TokenKind::Word
                && t.span.len() == word.len()
                && self.text_of(t).eq_ignore_ascii_case(word)
        })
    }

    /// Whether the next token is one of these words (lower case).
    pub fn at_any(&self, words: &[&str]) -> bool {
        words.iter().any(|w| self.at_word(w))
    }

    /// Takes the next token.
    pub fn next(&mut self) -> Option<Token> {
        let token = self.tokens.get(self.at).cloned();
        self.at += usize::from(token.is_some());
        token
    }

    /// Takes the next token if it is of this kind.
    pub fn eat(&mut self, kind: TokenKind) -> Option<Span> {
        if self.kind(0) == Some(kind) { self.next().map(|t| t.span) } else { None }
    }

    /// Takes the next token if it is this word (lower case).
    pub fn eat_word(&mut self, word: &str) -> Option<Span> {
        if self.at_word(word) { self.next().map(|t| t.span) } else { None }
    }

    /// Where the last taken token ends.
    pub fn last_end(&self) -> usize {
        self.at.checked_sub(1).and_then(|i| self.tokens.get(i)).map_or(0, |t| t.span.end)
    }

    /// The next token's place, or the end of the line.
    pub fn here(&self) -> Span {
        match self.peek(0) {
            Some(token) => token.span.clone(),
            None => self.last_end()..self.last_end(),
        }
    }

    fn first_word(&self) -> Option<String> {
        self.tokens.first().filter(|t| t.kind == TokenKind::Word).map(|t| self.text_of(t).to_lowercase())
    }

    /// "Expected this, found that", with what can be said about *that*.
    pub fn unexpected(&self, expected: &str) -> Problem {
        let Some(token) = self.peek(0) else {
            let end = self.last_end();
            let mut problem = Diagnostic::error(
                code::MISSING,
                end..end,
                format!("expected {expected}, but the line ends here"),
            );
            if self.comment.as_ref().is_some_and(|c| {
                self.source[c.clone()].len() > 1 && !self.source[c.clone()].starts_with("# ")
            }) {
                problem = problem.help("everything from `#` on is a comment; text with a `#` goes in quotes");
            }
            return Box::new(problem);
        };
        let text = self.text_of(token);
        let span = token.span.clone();
        let error = |code, message: String| Diagnostic::error(code, span.clone(), message);
        let found = format!("expected {expected}, found `{}`", quoted(text));
        Box::new(match (token.kind, text) {
            (TokenKind::Close, _) => error(code::UNCLOSED_BRACKET, "this bracket was never opened".into())
                .help("take it out, or put the `(` where the group begins"),
            (TokenKind::Unknown, "&&" | "&") => error(code::UNEXPECTED, found).mend(span.clone(), "and"),
            (TokenKind::Unknown, "||" | "|") => error(code::UNEXPECTED, found).mend(span.clone(), "or"),
            (TokenKind::Unknown, "!") => error(code::UNEXPECTED, found).mend(span.clone(), "not "),
            (TokenKind::Unknown, "==") => error(code::UNEXPECTED, found).mend(span.clone(), "="),
            (TokenKind::Unknown, "=>") => error(code::UNEXPECTED, found).mend(span.clone(), ">="),
            (TokenKind::Unknown, "=<") => error(code::UNEXPECTED, found).mend(span.clone(), "<="),
            (TokenKind::Unknown, ";") => {
                error(code::UNEXPECTED, found).help("each statement stands on a line of its own")
            }
            (TokenKind::Word, _) if self.at_any(&["unless", "when", "where", "but"]) => {
                let right = reference::meant(&text.to_lowercase(), &["if", "if not", "and"]).unwrap_or("if");
                error(code::UNEXPECTED, found).suggest(span.clone(), right)
            }
            (TokenKind::Word, _)
                if reference::ACTIONS.iter().any(|w| self.at_word(w.name)) && self.at > 0 =>
            {
                error(code::UNEXPECTED, found).help("each rule stands on a line of its own")
            }
            _ => error(code::UNEXPECTED, found),
        })
    }

    /// Takes this word or fails.
    pub fn expect_word(&mut self, word: &str, expected: &str) -> Result<Span> {
        match self.eat_word(word) {
            Some(span) => Ok(span),
            None => Err(self.unexpected(expected)),
        }
    }

    fn statement(&mut self) -> Result<Statement> {
        self.check_closed()?;
        let first = self.here();
        let Some(word) = self.word(0) else {
            return Err(self.no_statement(&first, None));
        };
        let statement = match word.as_ref() {
            "let" => self.let_list()?,
            "on" => self.on()?,
            "at" => Statement::Rule(Box::new(self.scheduled_rule()?)),
            w if reference::HEADERS.iter().any(|h| h.name == w) => self.header(&word)?,
            w if reference::ACTIONS.iter().any(|a| a.name == w) => {
                Statement::Rule(Box::new(self.rule(None)?))
            }
            _ => return Err(self.no_statement(&first, Some(&word))),
        };
        if self.peek(0).is_some() {
            return Err(self.unexpected("the end of the line"));
        }
        Ok(statement)
    }

    /// An open quote or regex swallows the rest of the line, so it comes before any other message.
    fn check_closed(&self) -> Result<()> {
        let Some(last) = self.tokens.last() else { return Ok(()) };
        if !matches!(last.kind, TokenKind::UnclosedText | TokenKind::UnclosedRegex) {
            return Ok(());
        }
        let end = last.span.start + self.text_of(last).trim_end().len();
        let mark = last.span.start..end;
        Err(Box::new(match last.kind {
            TokenKind::UnclosedText => {
                let open = self.text_of(last).chars().next().unwrap_or('"');
                if open == '\'' || open == '’' {
                    Diagnostic::error(code::UNCLOSED_TEXT, mark, "this quote is never closed")
                        .help("text goes in straight double quotes: \"don't\"")
                } else {
                    Diagnostic::error(code::UNCLOSED_TEXT, mark, "this text is never closed")
                        .help("put a `\"` where it ends; a `\"` inside is written `\\\"`")
                }
            }
            _ => Diagnostic::error(code::UNCLOSED_REGEX, mark, "this regular expression is never closed")
                .help("put a `/` where it ends; a `/` inside is written `\\/`"),
        }))
    }

    fn no_statement(&self, first: &Span, word: Option<&str>) -> Problem {
        let found = quoted(&self.source[first.clone()]);
        let starts = [reference::ACTIONS, reference::STATEMENTS, reference::HEADERS].concat();
        let names: Vec<&str> = starts.iter().map(|w| w.name).collect();
        let error = |message: String| Diagnostic::error(code::UNKNOWN_STATEMENT, first.clone(), message);
        let actions = "a rule begins with what it does: hide, collapse, blur, dim, label, highlight, boost, demote, \
                       keep, limit, order by or replace with";
        Box::new(match word {
            Some("if") => error("a rule begins with what it does, not with `if`".into())
                .help("write `hide if …`, with the action first"),
            Some(word) => match reference::meant(word, &names) {
                Some(near) => error(format!("no action or statement is called `{found}`"))
                    .suggest(first.clone(), near)
                    .help(actions),
                None => error(format!("no action or statement is called `{found}`")).help(actions),
            },
            None => error(format!("a line cannot begin with `{found}`")).help(actions),
        })
    }

    fn header(&mut self, key: &str) -> Result<Statement> {
        let span = self.here();
        self.next();
        let value = self.text(&format!("the {} in quotes", if key == "pack" { "title" } else { key }))?;
        Ok(Statement::Header { key: Name { text: key.to_owned(), span }, value })
    }

    fn let_list(&mut self) -> Result<Statement> {
        self.next();
        let name = match self.kind(0) {
            Some(TokenKind::List) => self.list_name()?,
            Some(TokenKind::Word) => {
                let span = self.here();
                let word = &self.source[span.clone()];
                return Err(Box::new(
                    Diagnostic::error(
                        code::BAD_LIST_NAME,
                        span.clone(),
                        "the name of a list begins with `@`",
                    )
                    .mend(span, format!("@{word}")),
                ));
            }
            _ => return Err(self.unexpected("the name of the list, like `@friends`")),
        };
        if self.eat(TokenKind::Equal).is_none() {
            return Err(self.unexpected("`=`"));
        }
        if self.at_word("list") {
            self.next();
            let file = self.text("the file's name in quotes")?;
            return Ok(Statement::Let { name, value: LetValue::File(file) });
        }
        let mut items = vec![self.text("the list's items, each in quotes")?];
        while self.eat(TokenKind::Comma).is_some() {
            items.push(self.text("another item in quotes after the comma")?);
        }
        Ok(Statement::Let { name, value: LetValue::Items(items) })
    }

    fn on(&mut self) -> Result<Statement> {
        let start = self.here().start;
        self.next();
        let mut sites: Vec<SiteName> = Vec::new();
        if self.eat_word("everywhere").is_some() {
            return Ok(Statement::On { span: start..self.last_end(), sites });
        }
        loop {
            let Some(name) = self.bare() else {
                return Err(self.unexpected(if sites.is_empty() {
                    "a host name like `x.com`, or `everywhere`"
                } else {
                    "a host name or a surface"
                }));
            };
            let is_host = name.text.contains('.') || name.text.contains(':') || name.text == "localhost";
            match sites.last_mut() {
                Some(site) if !is_host => site.surfaces.push(name),
                None if !is_host => return Err(no_host(&name)),
                _ => {
                    let surface = self.bare_surface();
                    sites.push(SiteName { host: name, surfaces: surface.into_iter().collect() });
                }
            }
            if self.eat(TokenKind::Comma).is_none() {
                break;
            }
        }
        if self.kind(0) == Some(TokenKind::Colon) {
            let span = self.here();
            let message = "`on` stands on a line of its own, without a colon";
            return Err(Box::new(
                Diagnostic::error(code::UNEXPECTED, span, message)
                    .help("the rules below it hold there, up to the next `on`"),
            ));
        }
        if self.kind(0) == Some(TokenKind::Word) {
            let end = self.last_end();
            return Err(Box::new(
                Diagnostic::error(code::UNEXPECTED, self.here(), "expected a comma before this")
                    .mend(end..end, ","),
            ));
        }
        Ok(Statement::On { span: start..self.last_end(), sites })
    }

    /// A word or number as it stands, in lower case.
    pub fn bare(&mut self) -> Option<Name> {
        match self.kind(0) {
            Some(TokenKind::Word | TokenKind::Number) => {
                let span = self.here();
                self.next();
                Some(Name { text: self.source[span.clone()].to_lowercase(), span })
            }
            _ => None,
        }
    }

    fn bare_surface(&mut self) -> Option<Name> {
        if self.word(0).is_some_and(|w| !w.contains('.')) { self.bare() } else { None }
    }

    /// Quoted text.
    pub fn text(&mut self, expected: &str) -> Result<Text> {
        match self.kind(0) {
            Some(TokenKind::Text { .. }) => self.quoted_text(),
            Some(TokenKind::Word | TokenKind::Number) if !self.at_any(reference::RESERVED) => {
                let problem = self.unexpected(expected);
                // All words up to the next clause: `because pump talk`.
                let more = (1..).take_while(|ahead| {
                    matches!(self.kind(*ahead), Some(TokenKind::Word | TokenKind::Number))
                        && !reference::RESERVED.iter().any(|w| self.is_word(*ahead, w))
                });
                let last = more.last().and_then(|ahead| self.peek(ahead));
                let span = self.here();
                let span = span.start..last.map_or(span.end, |t| t.span.end);
                let words = &self.source[span.clone()];
                Err(Box::new(problem.mend(span, format!("\"{words}\""))))
            }
            _ => Err(self.unexpected(expected)),
        }
    }

    /// The next token as the name of a list.
    pub fn list_name(&mut self) -> Result<ListName> {
        let span = self.here();
        let text = self.source[span.clone()].trim_start_matches('@').to_lowercase();
        let sound = text.starts_with(|c: char| c.is_alphabetic() || c == '_')
            && text.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-'))
            && !self.source[span.start + 1..span.end].starts_with('@');
        if !sound {
            let written = &self.source[span.clone()];
            let problem = Diagnostic::error(
                code::BAD_LIST_NAME,
                span.clone(),
                format!("`{}` is not the name of a list", quoted(written)),
            );
            return Err(Box::new(if written.len() > 1 {
                problem
                    .help(
                        "a list's name has letters, digits, `_` and `-`; an account's handle goes in quotes",
                    )
                    .suggest(span, format!("\"{written}\""))
            } else {
                problem.help("write the name right behind the `@`: `@friends`")
            }));
        }
        self.next();
        Ok(ListName { text, span })
    }
}

fn no_host(name: &Name) -> Problem {
    let problem = Diagnostic::error(
        code::BAD_HOST,
        name.span.clone(),
        format!("`{}` is not a host name", quoted(&name.text)),
    )
    .help("name the site as its address does: `x.com`, `old.reddit.com`; or write `on everywhere`");
    Box::new(match reference::SITES.iter().find(|(site, _)| *site == name.text) {
        Some((_, host)) => problem.suggest(name.span.clone(), *host),
        None => match reference::nearest(&name.text, ["everywhere"]) {
            Some(near) => problem.suggest(name.span.clone(), near),
            None => problem,
        },
    })
}
