//! Quoted text, regular expressions and numbers.

use super::parser::{Parser, Result};
use super::token::TokenKind;
use super::tree::{Part, Quantity, Regex, Text, Value};
use crate::diagnostic::{Diagnostic, Span, code, quoted};
use crate::reference;

impl Parser<'_> {
    /// The next token, which is quoted text, with its escapes undone.
    pub(super) fn quoted_text(&mut self) -> Result<Text> {
        let span = self.here();
        let straight = self.kind(0) == Some(TokenKind::Text { straight: true });
        let (open, inner) = unwrapped(&self.source[span.clone()]);
        let text = unescape(inner).map_err(|(at, length)| {
            let at = span.start + open + at;
            let written = quoted(&self.source[at..at + length]);
            Box::new(
                Diagnostic::error(
                    code::BAD_ESCAPE,
                    at..at + length,
                    format!("`{written}` means nothing in text"),
                )
                .help("in text, `\\\"` is a quote, `\\n` a line break and `\\\\` a backslash")
                .suggest(at..at + 1, "\\\\"),
            )
        })?;
        if !straight {
            self.diagnostics.push(
                Diagnostic::warning(code::WRONG_QUOTES, span.clone(), "text goes in straight double quotes")
                    .mend(span.clone(), quote(&text)),
            );
        }
        self.next();
        Ok(Text { text, span })
    }

    /// A value behind an operator.
    pub(super) fn value(&mut self, expected: &str) -> Result<Value> {
        Ok(match self.kind(0) {
            Some(TokenKind::Text { .. }) => Value::Text(self.quoted_text()?),
            Some(TokenKind::List) => Value::List(self.list_name()?),
            Some(TokenKind::Regex) => Value::Regex(self.regex()),
            Some(TokenKind::Number) => match self.quantity()? {
                Some(quantity) => Value::Quantity(quantity),
                None => Value::Word(self.bare().ok_or_else(|| self.unexpected(expected))?),
            },
            Some(TokenKind::Word) if !self.at_any(reference::RESERVED) => {
                Value::Word(self.bare().ok_or_else(|| self.unexpected(expected))?)
            }
            _ => return Err(self.unexpected(expected)),
        })
    }

    /// The next token, which is a regular expression.
    fn regex(&mut self) -> Regex {
        let span = self.here();
        let written = &self.source[span.clone()];
        let last = written.rfind('/').unwrap_or(0).max(1);
        self.next();
        Regex {
            pattern: written[1..last].to_owned(),
            flags: written.get(last + 1..).unwrap_or("").to_owned(),
            span,
        }
    }

    /// A number where one has to stand.
    pub(super) fn expect_quantity(&mut self, expected: &str) -> Result<Quantity> {
        if self.kind(0) == Some(TokenKind::Number) {
            let span = self.here();
            return self.quantity()?.ok_or_else(|| {
                let text = quoted(&self.source[span.clone()]);
                Box::new(Diagnostic::error(
                    code::BAD_NUMBER,
                    span,
                    format!("expected {expected}, but `{text}` is not a number"),
                ))
            });
        }
        Err(self.unexpected(expected))
    }

    /// The next tokens as a number with its units. `None`, and nothing taken, where the token begins with a
    /// digit and is no number: `9gag.com`.
    pub(super) fn quantity(&mut self) -> Result<Option<Quantity>> {
        let start = self.here();
        let Some(first) = self.part()? else { return Ok(None) };
        let mut parts = vec![first];
        // `1 h 30 min`
        while parts.last().is_some_and(is_span)
            && self.peek(0).is_some_and(|t| {
                t.kind == TokenKind::Number && self.text_of(t).starts_with(|c: char| c.is_ascii_digit())
            })
        {
            match self.part()? {
                Some(part) => parts.push(part),
                None => break,
            }
        }
        Ok(Some(Quantity { parts, span: start.start..self.last_end() }))
    }

    fn part(&mut self) -> Result<Option<Part>> {
        let span = self.here();
        let Some((value, attached)) = number(&self.source[span.clone()]) else { return Ok(None) };
        self.next();
        self.check_comma(&span)?;
        let mut unit = attached;
        if unit.is_none() {
            if self.eat(TokenKind::Percent).is_some() {
                unit = Some("%".to_owned());
            } else if let Some(word) = self.word(0).filter(|w| may_be_unit(w)) {
                self.next();
                unit = Some(word.into_owned());
            }
        }
        Ok(Some(Part { value, unit, span: span.start..self.last_end() }))
    }

    /// `1,5` and `1,000` are read by half of the world otherwise than by the other, so neither is read.
    fn check_comma(&self, number: &Span) -> Result<()> {
        let (Some(comma), Some(second)) = (self.peek(0), self.peek(1)) else { return Ok(()) };
        if comma.kind != TokenKind::Comma
            || second.kind != TokenKind::Number
            || comma.span.start != number.end
            || second.span.start != comma.span.end
        {
            return Ok(());
        }
        let all = number.start..second.span.end;
        let (before, after) = (&self.source[number.clone()], self.text_of(second));
        let three = after.len() >= 3
            && after.bytes().take(3).all(|b| b.is_ascii_digit())
            && !after[3..].starts_with(|c: char| c.is_ascii_digit());
        let problem = Diagnostic::error(code::BAD_NUMBER, all.clone(), "a number has no comma in it");
        Err(Box::new(if three {
            problem
                .help(format!("for thousands write `{before}{after}` or `{before}_{after}`; for a fraction `{before}.{after}`"))
                .suggest(all, format!("{before}{after}"))
        } else {
            problem
                .help("a fraction is written with a point; two numbers need a blank after the comma")
                .suggest(all, format!("{before}.{after}"))
        }))
    }
}

/// What is between the quotes, whichever they are, and where it begins.
fn unwrapped(written: &str) -> (usize, &str) {
    let open = written.chars().next().map_or(0, char::len_utf8);
    let close = written.chars().next_back().map_or(0, char::len_utf8);
    let inner = written.get(open..written.len() - close).unwrap_or("");
    // In French a blank stands inside of the quotes: « ainsi ».
    let inner = if written.starts_with(['«', '»']) { inner.trim_end() } else { inner };
    let blanks = if written.starts_with(['«', '»']) { inner.len() - inner.trim_start().len() } else { 0 };
    (open + blanks, &inner[blanks..])
}

/// The text with its escapes undone; else place and length of the first that means nothing.
fn unescape(inner: &str) -> std::result::Result<String, (usize, usize)> {
    let mut text = String::with_capacity(inner.len());
    let mut chars = inner.char_indices();
    while let Some((at, c)) = chars.next() {
        if c != '\\' {
            text.push(c);
            continue;
        }
        match chars.next() {
            Some((_, 'n')) => text.push('\n'),
            // Besides `\"`, a quote of the sort that would otherwise close: ‘don\’t’.
            Some((_, escaped @ ('"' | '\\' | '\'' | '’' | '‘' | '”' | '“' | '»' | '«' | '`'))) => {
                text.push(escaped)
            }
            other => return Err((at, 1 + other.map_or(0, |(_, c)| c.len_utf8()))),
        }
    }
    Ok(text)
}

/// What quoted text says, whichever its quotes are.
pub(crate) fn unquote(written: &str) -> Option<String> {
    unescape(unwrapped(written).1).ok()
}

/// Text in quotes, escaped, as a rule file has it. A carriage return, which would end the line, must not be in it.
pub fn quote(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

fn is_span(part: &Part) -> bool {
    part.unit.as_deref().is_some_and(|u| reference::unit(u).is_some())
}

/// Whether a word behind a number is its unit, rightly or by a slip.
fn may_be_unit(word: &str) -> bool {
    let follows = ["per", "then", "for", "on"];
    let others = || {
        reference::RESERVED.iter().chain(&follows).copied().chain(reference::ACTIONS.iter().map(|a| a.name))
    };
    reference::unit(word).is_some()
        || reference::MAGNITUDES.iter().any(|(n, _)| *n == word)
        || !(reference::field(word).is_some()
            || reference::KNOWN_MODELS.contains(&word)
            || others().any(|other| other == word)
            || reference::nearest(word, others()).is_some())
}

/// The value of a number as written, and what stands right behind it in lower case.
fn number(written: &str) -> Option<(f64, Option<String>)> {
    let (sign, digits) = match written.strip_prefix('-') {
        Some(rest) => (-1.0, rest),
        None => (1.0, written),
    };
    let whole = digits.find(|c: char| !(c.is_ascii_digit() || c == '_')).unwrap_or(digits.len());
    let mut end = whole;
    if digits[whole..].starts_with('.') && digits[whole + 1..].starts_with(|c: char| c.is_ascii_digit()) {
        let fraction = digits[whole + 1..].find(|c: char| !(c.is_ascii_digit() || c == '_'));
        end = fraction.map_or(digits.len(), |i| whole + 1 + i);
    }
    let value: f64 = digits[..end].replace('_', "").parse().ok()?;
    let unit = digits[end..].to_lowercase();
    let sound = unit == "%" || unit.chars().all(char::is_alphabetic);
    (sound && value.is_finite()).then_some((sign * value, (!unit.is_empty()).then_some(unit)))
}
