//! Conditions.

use super::parser::{Parser, Problem, Result};
use super::token::TokenKind;
use super::tree::{Condition, Operator, Predicate, Question, Subject, Value};
use crate::diagnostic::{Diagnostic, Span, code, quoted};
use crate::program::{AnyField, Comparison, Edge, Quantifier};
use crate::reference;

/// Words that begin an operator.
const OPERATOR_WORDS: &[&str] = &[
    "is", "in", "has", "over", "under", "at least", "at most", "starts", "ends", "matches", "is not",
    "links to",
];

impl Parser<'_> {
    /// `… or …`
    pub(super) fn condition(&mut self) -> Result<Condition> {
        let first = self.conjunction()?;
        if !self.at_word("or") {
            return Ok(first);
        }
        let mut all = vec![first];
        while self.eat_word("or").is_some() {
            all.push(self.conjunction()?);
        }
        Ok(Condition::Or(all))
    }

    fn conjunction(&mut self) -> Result<Condition> {
        let first = self.negation()?;
        if !self.at_word("and") {
            return Ok(first);
        }
        let mut all = vec![first];
        while self.eat_word("and").is_some() {
            all.push(self.negation()?);
        }
        Ok(Condition::And(all))
    }

    fn negation(&mut self) -> Result<Condition> {
        let Some(not) = self.eat_word("not") else { return self.primary() };
        self.enter(&not)?;
        let inner = self.negation()?;
        self.depth -= 1;
        Ok(Condition::Not { span: not.start..inner.span().end, inner: Box::new(inner) })
    }

    fn primary(&mut self) -> Result<Condition> {
        let Some(open) = self.eat(TokenKind::Open) else {
            return Ok(Condition::Predicate(self.predicate()?));
        };
        self.enter(&open)?;
        let inner = self.condition()?;
        self.depth -= 1;
        match self.eat(TokenKind::Close) {
            Some(close) => Ok(Condition::Group { inner: Box::new(inner), span: open.start..close.end }),
            None if self.peek(0).is_none() || self.at_any(&["because", "while"]) => {
                let end = self.last_end();
                Err(Box::new(
                    Diagnostic::error(code::UNCLOSED_BRACKET, open, "this bracket is never closed")
                        .suggest(end..end, ")"),
                ))
            }
            None => Err(self.after_predicate("`and`, `or` or `)`")),
        }
    }

    fn enter(&mut self, span: &Span) -> Result<()> {
        self.depth += 1;
        if self.depth > reference::MAX_DEPTH {
            return Err(Box::new(
                Diagnostic::error(
                    code::TOO_DEEP,
                    span.clone(),
                    "brackets and `not`s are nested more than 64 deep here",
                )
                .help("split the rule into several; all rules count"),
            ));
        }
        Ok(())
    }

    fn predicate(&mut self) -> Result<Predicate> {
        let start = self.here();
        self.tests += 1;
        if self.tests > reference::MAX_TESTS {
            return Err(Box::new(
                Diagnostic::error(code::TOO_LARGE, start, "this condition has more than 1,000 parts").help(
                    "put words into one list, `text has any \"…\", \"…\"`, or split the rule into several",
                ),
            ));
        }
        let subject = match self.kind(0) {
            Some(TokenKind::Word) => self.subject()?,
            Some(
                TokenKind::Less
                | TokenKind::AtMost
                | TokenKind::More
                | TokenKind::AtLeast
                | TokenKind::Equal
                | TokenKind::NotEqual,
            ) => Subject::Nothing(start.clone()),
            Some(TokenKind::Text { .. } | TokenKind::Number | TokenKind::List | TokenKind::Regex) => {
                let value = self.value("a condition")?;
                while self.kind(0) == Some(TokenKind::Comma) {
                    self.next();
                    self.value("another value after the comma")?;
                }
                let span = start.start..self.last_end();
                return Ok(Predicate { subject: Subject::Value(value), negated: None, question: None, span });
            }
            _ => return Err(self.unexpected("a condition")),
        };
        let (negated, question) = self.question(&subject)?;
        Ok(Predicate { subject, negated, question, span: start.start..self.last_end() })
    }

    fn subject(&mut self) -> Result<Subject> {
        if self.at_any(reference::RESERVED) {
            return Err(self.unexpected("a condition"));
        }
        if self.at_any(&["is", "in", "has", "over", "under", "matches", "starts", "ends"])
            || (self.at_word("at") && (self.is_word(1, "least") || self.is_word(1, "most")))
        {
            return Ok(Subject::Nothing(self.here()));
        }
        if self.at_word("about") {
            self.next();
            return Ok(Subject::About(self.text("what it is about, in quotes")?));
        }
        if self.at_word("like") {
            self.next();
            if self.kind(0) != Some(TokenKind::List) {
                return Err(self.unexpected("the list of examples, like `@examples`"));
            }
            return Ok(Subject::Like(self.list_name()?));
        }
        self.bare().map(Subject::Name).ok_or_else(|| self.unexpected("a condition"))
    }

    /// The operator and its values, with the `not` that may stand before the operator.
    fn question(&mut self, subject: &Subject) -> Result<(Option<Span>, Option<Question>)> {
        let mut negated = None;
        if self.at_word("not")
            && ["in", "has", "matches", "starts", "ends"].iter().any(|w| self.is_word(1, w))
        {
            negated = self.eat_word("not");
        }
        let start = self.here().start;
        let operator = match self.operator(subject, &mut negated)? {
            Some(operator) => operator,
            None => return self.no_operator(subject).map(|()| (None, None)),
        };
        let span = start..self.last_end();
        let mut values = Vec::new();
        if !matches!(operator, Operator::Known { .. }) {
            let expected = expected(operator);
            let first = self.value(expected)?;
            // Mostly there is one.
            values = if self.kind(0) == Some(TokenKind::Comma) {
                Vec::with_capacity(4)
            } else {
                Vec::with_capacity(1)
            };
            values.push(first);
            while let Some(comma) = self.eat(TokenKind::Comma) {
                let value = self.value("another value after the comma");
                let ends = self.peek(0).is_none() || self.at_any(reference::RESERVED);
                values.push(value.map_err(|p| if ends { Box::new(p.mend(comma, "")) } else { p })?);
            }
        }
        Ok((negated, Some(Question { operator, span, values })))
    }

    fn operator(&mut self, subject: &Subject, negated: &mut Option<Span>) -> Result<Option<Operator>> {
        if let Some(comparison) = self.comparison() {
            return Ok(Some(comparison));
        }
        if self.eat_word("is").is_some() {
            let not = self.eat_word("not");
            let known = if self.eat_word("known").is_some() {
                Some(true)
            } else if self.eat_word("unknown").is_some() {
                Some(false)
            } else {
                None
            };
            if let Some(known) = known {
                return Ok(Some(Operator::Known { known: known == not.is_none() }));
            }
            if self.eat_word("in").is_some() {
                *negated = not;
                return Ok(Some(Operator::In));
            }
            if self.at_any(&["over", "under"])
                || (self.at_word("at") && (self.is_word(1, "least") || self.is_word(1, "most")))
            {
                *negated = not;
                return Ok(self.comparison());
            }
            if self.is_word(1, "than")
                && let Some(problem) = self.comparison_slip("a value after `is`")
            {
                return Err(problem);
            }
            return Ok(Some(Operator::Is { negated: not.is_some() }));
        }
        Ok(Some(if self.eat(TokenKind::Equal).is_some() {
            Operator::Is { negated: false }
        } else if self.eat(TokenKind::NotEqual).is_some() {
            Operator::Is { negated: true }
        } else if self.eat_word("in").is_some() {
            Operator::In
        } else if self.at_word("has") && self.is_word(1, "no") {
            let start = self.here().start;
            self.next();
            let problem = self.unexpected("what it has, in quotes");
            return Err(Box::new(problem.mend(start..self.here().end, "not has")));
        } else if self.eat_word("has").is_some() {
            self.has()
        } else if self.eat_word("starts").is_some() {
            self.expect_word("with", "`with`, as in `starts with`")?;
            Operator::Edge(Edge::Start)
        } else if self.eat_word("ends").is_some() {
            self.expect_word("with", "`with`, as in `ends with`")?;
            Operator::Edge(Edge::End)
        } else if self.eat_word("matches").is_some() {
            Operator::Matches
        } else if matches!(subject, Subject::Name(n) if n.text == "links") && self.eat_word("to").is_some() {
            Operator::LinksTo
        } else {
            return Ok(None);
        }))
    }

    fn comparison(&mut self) -> Option<Operator> {
        let comparison = match self.kind(0)? {
            TokenKind::Less => Comparison::Less,
            TokenKind::AtMost => Comparison::AtMost,
            TokenKind::More => Comparison::More,
            TokenKind::AtLeast => Comparison::AtLeast,
            TokenKind::Word if self.at_word("over") => Comparison::More,
            TokenKind::Word if self.at_word("under") => Comparison::Less,
            TokenKind::Word if self.at_word("at") && self.is_word(1, "least") => {
                self.next();
                Comparison::AtLeast
            }
            TokenKind::Word if self.at_word("at") && self.is_word(1, "most") => {
                self.next();
                Comparison::AtMost
            }
            _ => return None,
        };
        self.next();
        Some(Operator::Compare(comparison))
    }

    fn has(&mut self) -> Operator {
        let quantifier = if self.eat_word("any").is_some() {
            Some(Quantifier::Any)
        } else if self.eat_word("all").is_some() {
            Some(Quantifier::All)
        } else {
            None
        };
        let words = self.eat_word("word").is_some() || self.eat_word("words").is_some();
        Operator::Has { quantifier, words }
    }

    /// Nothing stands behind a flag; anything else that stands there is a slip.
    fn no_operator(&self, subject: &Subject) -> Result<()> {
        let ends = self.peek(0).is_none()
            || self.kind(0) == Some(TokenKind::Close)
            || self.at_any(reference::RESERVED) && !self.at_word("not");
        if ends || !matches!(subject, Subject::Name(_)) {
            Ok(())
        } else {
            let is_flag = matches!(subject, Subject::Name(n) if matches!(reference::field(&n.text), Some(AnyField::Flag(_))));
            let expected =
                if is_flag { "`and`, `or` or the end of the rule" } else { "an operator like `is` or `has`" };
            Err(self.after_predicate(expected))
        }
    }

    /// `older than`, `more than` where an operator stands: what to write instead.
    fn comparison_slip(&self, expected: &str) -> Option<Problem> {
        let word = self.word(0)?;
        let (_, right) = reference::COMPARISONS.iter().find(|(slip, _)| *slip == word)?;
        let span = self.here();
        let than = self.peek(1).filter(|_| self.is_word(1, "than"));
        let end = than.map_or(span.end, |t| t.span.end);
        Some(Box::new(self.unexpected(expected).mend(span.start..end, *right)))
    }

    /// Whether a whole condition may begin here with the name of a field.
    pub(super) fn at_field(&self) -> bool {
        self.word(0).is_some_and(|w| {
            reference::field(&w).is_some()
                || reference::KNOWN_MODELS.contains(&w.as_ref())
                || ["not", "about", "like"].contains(&w.as_ref())
        })
    }

    fn after_predicate(&self, expected: &str) -> Problem {
        if let Some(problem) = self.comparison_slip(expected) {
            return problem;
        }
        let problem = self.unexpected(expected);
        if problem.suggestion.is_some() || problem.help.is_some() {
            return problem;
        }
        let span = self.here();
        let at = span.start;
        Box::new(match self.kind(0) {
            Some(TokenKind::Word) if expected.starts_with("`and`") && self.at_field() => {
                problem.help("conditions are joined with `and` or `or`").suggest(at..at, "and ")
            }
            Some(TokenKind::Word) => {
                let word = self.word(0).unwrap_or_default();
                let known: Vec<&str> =
                    OPERATOR_WORDS.iter().chain(&["and", "or", "because", "while"]).copied().collect();
                match reference::meant(&word, &known) {
                    Some(near) => {
                        let with = if matches!(near, "starts" | "ends") && !self.is_word(1, "with") {
                            " with"
                        } else {
                            ""
                        };
                        problem.suggest(span, format!("{near}{with}"))
                    }
                    None => problem.help(
                        "a field is followed by an operator, and conditions are joined with `and` or `or`",
                    ),
                }
            }
            Some(TokenKind::Text { .. }) => problem.suggest(at..at, "has "),
            Some(TokenKind::Regex) => problem.suggest(at..at, "matches "),
            Some(TokenKind::List) => problem.suggest(at..at, "in "),
            Some(TokenKind::Number) => {
                let text = quoted(&self.source[span]);
                problem.help(format!("compare it: `> {text}`, `< {text}`, `is {text}`"))
            }
            _ => *problem,
        })
    }
}

fn expected(operator: Operator) -> &'static str {
    match operator {
        Operator::Compare(_) => "a number",
        Operator::Is { .. } => "a value after `is`",
        Operator::In => "a list like `@friends`",
        Operator::Has { .. } => "what it has, in quotes",
        Operator::Edge(_) => "text in quotes",
        Operator::Matches => "a regular expression like `/\\bword\\b/i`",
        Operator::LinksTo => "a host name like `example.com`",
        Operator::Known { .. } => "the end of the condition",
    }
}

impl Value {
    /// What sort of value it is, as a message says it.
    pub(crate) fn sort(&self) -> &'static str {
        match self {
            Self::Text(_) => "text",
            Self::Word(_) => "a bare word",
            Self::Quantity(_) => "a number",
            Self::List(_) => "a list",
            Self::Regex(_) => "a regular expression",
        }
    }
}
