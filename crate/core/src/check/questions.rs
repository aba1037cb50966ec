//! Which questions fit which types of fields, and what they become.

use super::hosts;
use super::lists::Way;
use super::node::Node;
use super::pack::Checker;
use super::share::share;
use super::values::{self, joins_with_and, needs_quotes};
use crate::diagnostic::{Diagnostic, Span, code, quoted};
use crate::program::{
    AnyField, Comparison, Needles, NumberField, Quantifier, Question as Asked, SetField, Test, TextField,
};
use crate::reference;
use crate::syntax::tree::{Operator, Question, Value};
use std::collections::HashSet;

impl Checker<'_> {
    /// A field is asked what its type does not answer.
    pub(super) fn wrong(&mut self, field: &AnyField, name: &str, question: &Question) {
        let field_type = reference::field_type(field);
        let operator = quoted(&self.source[question.span.clone()]);
        self.report(
            Diagnostic::error(
                code::WRONG_OPERATOR,
                question.span.clone(),
                format!("`{operator}` does not fit `{name}`, which is {}", field_type.name()),
            )
            .help(format!("write it like `{}`", field_type.example(name))),
        );
    }

    /// Whether an `is` is negated; anything else is reported.
    pub(super) fn is(&mut self, field: &AnyField, question: &Question) -> Option<bool> {
        match question.operator {
            Operator::Is { negated } => Some(negated),
            Operator::Has { .. } | Operator::In
                if !matches!(question.values.as_slice(), [Value::List(_)]) =>
            {
                let name = choice_name(field);
                let message = format!("`{name}` is one word, not a set");
                self.report(
                    Diagnostic::error(code::WRONG_OPERATOR, question.span.clone(), message)
                        .mend(question.span.clone(), "is"),
                );
                None
            }
            _ => {
                self.wrong(field, choice_name(field), question);
                None
            }
        }
    }

    pub(super) fn flag(&mut self, field: &AnyField, question: &Question, span: &Span) {
        let AnyField::Flag(flag) = field else { return };
        let name = flag.name();
        if let (Operator::Is { negated }, [Value::Word(word)]) =
            (question.operator, question.values.as_slice())
        {
            let value = match word.text.as_str() {
                "true" | "yes" | "on" | "set" => Some(true),
                "false" | "no" | "off" => Some(false),
                _ => None,
            };
            if let Some(value) = value {
                let right = if value != negated { name.to_owned() } else { format!("not {name}") };
                self.report(
                    Diagnostic::error(
                        code::WRONG_OPERATOR,
                        span.clone(),
                        format!("`{name}` is a condition as it stands"),
                    )
                    .mend(span.clone(), right),
                );
                return;
            }
        }
        self.wrong(field, name, question);
    }

    pub(super) fn text(&mut self, field: TextField, question: &Question, span: Span) -> Option<Node> {
        let any = AnyField::Text(field);
        match question.operator {
            Operator::Is { negated } => {
                if let [Value::List(name)] = question.values.as_slice() {
                    if !self.lists.has(name) {
                        let written = &self.source[name.span.clone()];
                        let message = format!("there is no list {}", quoted(written));
                        self.report(
                            Diagnostic::error(code::UNKNOWN_LIST, name.span.clone(), message)
                                .help("an account's handle is text, and goes in quotes")
                                .suggest(name.span.clone(), format!("\"{written}\"")),
                        );
                        return None;
                    }
                    let right = if negated { "not in" } else { "in" };
                    let problem = Diagnostic::error(
                        code::WRONG_OPERATOR,
                        question.span.clone(),
                        "a list is asked with `in`",
                    );
                    self.report(problem.mend(question.span.clone(), right));
                    return None;
                }
                if let [Value::Word(word)] = question.values.as_slice()
                    && word.text == "empty"
                {
                    let problem = needs_quotes(&question.values[0], self.source);
                    self.report(problem.help("empty text is `\"\"`").mend(word.span.clone(), "\"\""));
                    return None;
                }
                let wanted = self.needles(&question.values, true, Way::is(field))?;
                Some(
                    joined(span, wanted.needles, false, |needles| Test::TextIs { field, needles })
                        .negated_if(negated),
                )
            }
            Operator::In => {
                if question.values.iter().any(|v| matches!(v, Value::Text(_))) {
                    let problem =
                        Diagnostic::error(code::WRONG_OPERATOR, question.span.clone(), "`in` takes a list");
                    self.report(
                        problem
                            .help("for a few names, `is` takes them as they are")
                            .mend(question.span.clone(), "is"),
                    );
                    return None;
                }
                let wanted = self.needles(&question.values, true, Way::is(field))?;
                Some(joined(span, wanted.needles, false, |needles| Test::TextIs { field, needles }))
            }
            Operator::Has { quantifier, words } => {
                let quantifier = quantifier.unwrap_or(Quantifier::Any);
                let wanted = self.needles(&question.values, false, Way::has(field, quantifier, words))?;
                let test = |needles| Test::TextHas { field, quantifier, words, needles };
                Some(joined(span, wanted.needles, joins_with_and(quantifier), test))
            }
            Operator::Edge(edge) => {
                let wanted = self.needles(&question.values, false, Way::edge(field, edge))?;
                Some(joined(span, wanted.needles, false, |needles| Test::TextEdge { field, edge, needles }))
            }
            Operator::Matches => self.matches(field, question, span),
            Operator::Compare(_) if field == TextField::Text => {
                let problem = Diagnostic::error(
                    code::WRONG_OPERATOR,
                    question.span.clone(),
                    format!(
                        "`{}` does not fit `text`, which is text",
                        quoted(&self.source[question.span.clone()])
                    ),
                );
                let subject = span.start..question.span.start;
                self.report(problem.help("its number of characters is `length`").suggest(subject, "length "));
                None
            }
            _ => {
                self.wrong(&any, field.name(), question);
                None
            }
        }
    }

    fn matches(&mut self, field: TextField, question: &Question, span: Span) -> Option<Node> {
        let mut nodes = Vec::new();
        let mut sound = true;
        for value in &question.values {
            let Value::Regex(regex) = value else {
                let problem = Diagnostic::error(
                    code::WRONG_VALUE,
                    value.span(),
                    format!("expected a regular expression, found {}", value.sort()),
                );
                self.report(match value {
                    Value::Text(text) => problem
                        .help("an expression stands between slashes; for plain words use `has`")
                        .suggest(
                            value.span(),
                            format!(
                                "/{}/",
                                text.text.replace("\\/", "/").replace('/', "\\/").replace('\n', "\\n")
                            ),
                        ),
                    _ => problem.help("an expression stands between slashes: `/\\bpresale\\b/i`"),
                });
                sound = false;
                continue;
            };
            let checked = self.regexes.check(regex);
            match self.ok(checked) {
                Some(checked) => {
                    if checked.matches_all {
                        self.report(
                            Diagnostic::warning(code::ALWAYS_TRUE, regex.span.clone(), "this finds something in every text")
                                .help("it can match nothing at all; use `+` where there is `*`, or anchor it with `^` and `$`"),
                        );
                    }
                    nodes.push(Node::test(span.clone(), Test::Matches { field, pattern: checked.pattern }));
                }
                None => sound = false,
            }
        }
        sound.then(|| Node::or(span, nodes))
    }

    pub(super) fn number(&mut self, field: NumberField, question: &Question, span: Span) -> Option<Node> {
        let any = AnyField::Number(field);
        let (comparison, negated) = match question.operator {
            Operator::Compare(comparison) => (comparison, false),
            Operator::Is { negated } => (Comparison::Equal, negated),
            _ => {
                self.wrong(&any, field.name(), question);
                return None;
            }
        };
        if question.values.len() > 1 && matches!(question.operator, Operator::Compare(_)) {
            let extra = question.values.get(1).map_or(span.clone(), Value::span);
            self.report(Diagnostic::error(code::WRONG_VALUE, extra, "a comparison takes one number"));
            return None;
        }
        let mut nodes = Vec::new();
        let mut sound = true;
        for value in &question.values {
            let number = self.number_value(field, value);
            match self.ok(number) {
                Some(value) => {
                    let one =
                        if negated && question.values.len() == 1 { Comparison::NotEqual } else { comparison };
                    nodes.push(Node::test(span.clone(), Test::Number { field, comparison: one, value }));
                }
                None => sound = false,
            }
        }
        if !sound {
            return None;
        }
        let several = nodes.len() > 1;
        Some(Node::or(span, nodes).negated_if(negated && several))
    }

    fn number_value(&self, field: NumberField, value: &Value) -> Result<f64, Box<Diagnostic>> {
        match value {
            Value::Quantity(quantity) if field.is_span() => {
                let example = if field == NumberField::Duration { "2 min" } else { "3 days" };
                // A clock's `2:30` is read as a word.
                values::span_of_time(quantity, self.source, example)
            }
            Value::Quantity(quantity) => values::plain_number(quantity, self.source),
            other => {
                let written = &self.source[other.span()];
                let what = if field.is_span() { "a span of time" } else { "a number" };
                let problem = Diagnostic::error(
                    code::WRONG_VALUE,
                    other.span(),
                    format!("expected {what}, found {}", other.sort()),
                );
                let inner = written.trim_matches('"');
                Err(Box::new(match other {
                    Value::Text(_) if inner.starts_with(|c: char| c.is_ascii_digit()) => {
                        problem.help("a number stands without quotes").mend(other.span(), inner)
                    }
                    Value::Word(_) if written.starts_with(|c: char| c.is_ascii_digit()) => {
                        let message = format!("`{}` is not a number", quoted(written));
                        let help = if field.is_span() {
                            "write it with units: `2 min 30 s`"
                        } else {
                            "write it like `1000`, `1_000`, `1.5` or `10k`"
                        };
                        Diagnostic::error(code::BAD_NUMBER, other.span(), message).help(help)
                    }
                    Value::Word(name) if self.lookup(&name.text).is_some() => {
                        problem.help("a field is compared with a number, not with another field")
                    }
                    _ => problem,
                }))
            }
        }
    }

    pub(super) fn set(&mut self, field: SetField, question: &Question, span: Span) -> Option<Node> {
        let any = AnyField::Set(field);
        match question.operator {
            Operator::LinksTo => self.links_to(&question.values, span),
            Operator::Has { words: true, quantifier } => {
                let right = match quantifier {
                    None => "has",
                    Some(Quantifier::Any) => "has any",
                    Some(Quantifier::All) => "has all",
                };
                let message = format!("`{}` is a set, whose items are compared as a whole", field.name());
                self.report(
                    Diagnostic::error(code::WRONG_OPERATOR, question.span.clone(), message)
                        .mend(question.span.clone(), right),
                );
                None
            }
            Operator::Has { .. } if question.values.iter().any(is_sigil) => {
                let at = question.values.iter().find(|v| is_sigil(v)).map_or(span, Value::span);
                self.report(
                    Diagnostic::error(code::EMPTY_TEXT, at, "nothing of this text is left to look for")
                        .help("in a set, a leading `#` or `@` does not count"),
                );
                None
            }
            Operator::Has { quantifier, .. } => {
                if field == SetField::Links {
                    self.check_links(question, &span);
                }
                let quantifier = quantifier.unwrap_or(Quantifier::Any);
                let wanted = self.needles(&question.values, false, Way::set(field, quantifier))?;
                let test = |needles| Test::SetHas { field, quantifier, needles };
                Some(joined(span, wanted.needles, joins_with_and(quantifier), test))
            }
            Operator::Is { negated: false } | Operator::In => {
                let message = format!("`{}` is a set; ask what it has", field.name());
                self.report(
                    Diagnostic::error(code::WRONG_OPERATOR, question.span.clone(), message)
                        .mend(question.span.clone(), "has any"),
                );
                None
            }
            _ => {
                self.wrong(&any, field.name(), question);
                None
            }
        }
    }

    /// `links has "example.com"`: the items of `links` are whole addresses, which no host name ever is.
    fn check_links(&mut self, question: &Question, span: &Span) {
        let mut hosts = Vec::new();
        for value in &question.values {
            let Value::Text(text) = value else { return };
            let Ok(host) = hosts::check(&text.text, &text.span) else { return };
            hosts.push(host);
        }
        let message = "this can never be true: `links` holds whole addresses, and this is a host name";
        let problem = Diagnostic::warning(code::NEVER_TRUE, span.clone(), message)
            .help("`links to` finds every link to a site and its subdomains");
        let operator = question.span.start..span.end;
        // Not where a `not` stands between the field and its operator.
        let plain = self.source[span.start..question.span.start].trim().eq_ignore_ascii_case("links");
        self.report(match plain {
            true => problem.suggest(operator, format!("to {}", hosts.join(", "))),
            false => problem,
        });
    }

    fn links_to(&mut self, values: &[Value], span: Span) -> Option<Node> {
        let mut all = Vec::with_capacity(values.len());
        let mut sound = true;
        for value in values {
            match value {
                Value::Word(name) => match self.ok(hosts::check(&name.text, &name.span)) {
                    Some(host) => all.push(host),
                    None => sound = false,
                },
                Value::Text(text) => match self.ok(hosts::check(&text.text, &text.span)) {
                    Some(host) => all.push(host),
                    None => sound = false,
                },
                other => {
                    let message = format!("expected a host name, found {}", other.sort());
                    self.report(
                        Diagnostic::error(code::WRONG_VALUE, other.span(), message)
                            .help("write it like `links to example.com, other.org`"),
                    );
                    sound = false;
                }
            }
        }
        let mut seen = HashSet::new();
        all.retain(|host| seen.insert(host.clone()));
        sound.then(|| Node::test(span, Test::LinksTo(all)))
    }

    pub(super) fn media(&mut self, question: &Question, span: Span) -> Option<Node> {
        match question.operator {
            Operator::Has { words: false, quantifier } => {
                let media = self.choices("media", &question.values, reference::MEDIA)?;
                let quantifier = quantifier.unwrap_or(Quantifier::Any);
                Some(Node::test(span, Test::MediaHas { quantifier, media }))
            }
            Operator::Is { negated: false } | Operator::Has { .. } => {
                let message = "`media` is a set; ask what it has";
                self.report(
                    Diagnostic::error(code::WRONG_OPERATOR, question.span.clone(), message)
                        .mend(question.span.clone(), "has"),
                );
                None
            }
            _ => {
                self.wrong(&AnyField::Media, "media", question);
                None
            }
        }
    }

    pub(super) fn model(
        &mut self,
        model: Asked,
        field: &AnyField,
        question: &Question,
        span: Span,
    ) -> Option<Node> {
        let comparison = match question.operator {
            Operator::Compare(comparison) => comparison,
            Operator::Is { negated } if matches!(question.values.as_slice(), [Value::Word(_), ..]) => {
                let [chosen] = self.choices(&model.name(), &question.values, reference::STRICTNESS)?[..]
                else {
                    let message = "a model is asked for one degree of certainty";
                    self.report(
                        Diagnostic::error(code::WRONG_VALUE, question.span.start..span.end, message).help(
                            "of two, the weaker one says it all: `is possible` holds where `is certain` does",
                        ),
                    );
                    return None;
                };
                let test = Test::Flagged { question: Box::new(model), strictness: chosen };
                return Some(Node::test(span, test).negated_if(negated));
            }
            Operator::Is { negated: false } => Comparison::Equal,
            Operator::Is { negated: true } => Comparison::NotEqual,
            _ => {
                let name = match &model {
                    Asked::Named(name) => name.clone(),
                    Asked::About(_) => "about \"…\"".to_owned(),
                    Asked::Like(list) => format!("like @{list}"),
                };
                self.wrong(field, &name, question);
                return None;
            }
        };
        let share = match question.values.as_slice() {
            [Value::Quantity(quantity)] => self.ok(share(quantity, self.source))?,
            values => {
                let at = values.get(1).or_else(|| values.first()).map_or(span, Value::span);
                self.report(
                    Diagnostic::error(code::WRONG_VALUE, at, "a model's answer is compared with one share")
                        .help("a share is a percentage like `80%`, or a number between 0 and 1"),
                );
                return None;
            }
        };
        Some(Node::test(span, Test::Model { question: Box::new(model), comparison, share }))
    }
}

/// One test for each of the needles, joined.
fn joined(span: Span, mut needles: Vec<Needles>, and: bool, test: impl Fn(Needles) -> Test) -> Node {
    if needles.len() == 1 {
        return Node::test(span, test(needles.swap_remove(0)));
    }
    let nodes = needles.into_iter().map(|n| Node::test(span.clone(), test(n))).collect();
    if and { Node::and(span, nodes) } else { Node::or(span, nodes) }
}

fn is_sigil(value: &Value) -> bool {
    matches!(value, Value::Text(text) if matches!(text.text.trim(), "#" | "@"))
}

fn choice_name(field: &AnyField) -> &'static str {
    match field {
        AnyField::Kind => "kind",
        AnyField::Surface => "surface",
        _ => "lang",
    }
}
