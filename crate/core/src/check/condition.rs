//! Conditions: which questions fit which fields.

use super::hosts;
use super::node::Node;
use super::pack::Checker;
use super::share::share;
use super::values::{self, joins_with_and, needs_quotes};
use crate::diagnostic::{Diagnostic, Span, code, quoted};
use crate::program::{
    AnyField, Comparison, Needles, NumberField, Quantifier, Question as Asked, SetField, Test, TextField,
};
use crate::reference::{self, FieldType};
use crate::syntax::tree::{Condition, Operator, Predicate, Question, Subject, Value};

/// How sure `about` and `like` are unless told.
const DEFAULT_SHARE: f64 = 0.5;

impl Checker<'_> {
    /// The checked condition; `None`, with messages, where it does not count.
    pub(super) fn condition(&mut self, condition: &Condition) -> Option<Node> {
        self.part(condition, None)
    }

    /// `before` is what stands before it in a chain, and whether the chain is of `or`s.
    fn part(&mut self, condition: &Condition, before: Option<(&Condition, bool)>) -> Option<Node> {
        let span = condition.span();
        match condition {
            Condition::Not { inner, .. } => Some(Node::not(span, self.part(inner, None)?)),
            Condition::Group { inner, .. } => {
                let mut node = self.part(inner, None)?;
                node.span = span;
                Some(node)
            }
            Condition::And(all) => Some(Node::and(span, self.chain(all, before, false)?)),
            Condition::Or(all) => Some(Node::or(span, self.chain(all, before, true)?)),
            Condition::Predicate(predicate) => {
                let node = self.predicate(predicate, before)?;
                Some(node.negated_if(predicate.negated.is_some()))
            }
        }
    }

    fn chain(
        &mut self,
        all: &[Condition],
        before: Option<(&Condition, bool)>,
        or: bool,
    ) -> Option<Vec<Node>> {
        let mut nodes = Vec::with_capacity(all.len());
        let mut sound = true;
        let mut before = before;
        for condition in all {
            match self.part(condition, before) {
                Some(node) => nodes.push(node),
                None => sound = false,
            }
            before = Some((condition, or));
        }
        sound.then_some(nodes)
    }

    fn predicate(&mut self, predicate: &Predicate, before: Option<(&Condition, bool)>) -> Option<Node> {
        let span = predicate.span.clone();
        let asked = match &predicate.subject {
            Subject::About(text) => {
                if text.text.trim().is_empty() {
                    let message = "`about` needs to know what";
                    self.report(
                        Diagnostic::error(code::EMPTY_TEXT, text.span.clone(), message)
                            .help("write `about \"crypto currency\"`"),
                    );
                    return None;
                }
                AnyField::Model(Asked::About(text.text.clone()))
            }
            Subject::Like(list) => {
                let found = self.lists.find(list);
                self.ok(found)?;
                AnyField::Model(Asked::Like(list.text.clone()))
            }
            Subject::Name(name) => {
                // `kind is short or live`
                let bare = predicate.question.is_none() && self.lookup(&name.text).is_none();
                if bare && before.is_some_and(|(b, _)| self.fits(b, &name.text)) {
                    self.bare_value(&span, before);
                    return None;
                }
                let found = self.resolve(name);
                match found {
                    Ok(field) => field,
                    Err(problem) => {
                        // The place where `kind is` is missing is only right where nothing follows.
                        let odd = predicate.question.is_some()
                            && problem.suggestion.as_ref().is_some_and(|s| s.replacement.contains(' '));
                        let mut problem = *problem;
                        if odd {
                            problem.suggestion = None;
                        }
                        self.report(problem);
                        return None;
                    }
                }
            }
            Subject::Value(_) | Subject::Nothing(_) => {
                self.bare_value(&span, before);
                return None;
            }
        };
        let Some(question) = &predicate.question else { return self.bare(&asked, span) };
        if let Operator::Known { known } = question.operator {
            return Some(Node::test(span.clone(), Test::Known(asked)).negated_if(!known));
        }
        match asked {
            AnyField::Text(field) => self.text(field, question, span),
            AnyField::Flag(_) => {
                self.flag(&asked, question, &span);
                None
            }
            AnyField::Number(field) => self.number(field, question, span),
            AnyField::Set(field) => self.set(field, question, span),
            AnyField::Media => self.media(question, span),
            AnyField::Kind => {
                let negated = self.is(&asked, question)?;
                let kinds = self.choices("kind", &question.values, reference::KINDS)?;
                Some(Node::test(span, Test::KindIs(kinds)).negated_if(negated))
            }
            AnyField::Surface => {
                let negated = self.is(&asked, question)?;
                let surfaces = self.choices("surface", &question.values, reference::SURFACES)?;
                Some(Node::test(span, Test::SurfaceIs(surfaces)).negated_if(negated))
            }
            AnyField::Lang => {
                let negated = self.is(&asked, question)?;
                let languages = self.languages(&question.values)?;
                Some(Node::test(span, Test::LangIs(languages)).negated_if(negated))
            }
            AnyField::Model(ref model) => self.model(model.clone(), &asked, question, span),
        }
    }

    /// A subject alone.
    fn bare(&mut self, field: &AnyField, span: Span) -> Option<Node> {
        let name = self.source[span.clone()].to_lowercase();
        let field_type = reference::field_type(field);
        let problem = match field {
            AnyField::Flag(flag) => return Some(Node::test(span, Test::Flag(*flag))),
            AnyField::Model(question @ (Asked::About(_) | Asked::Like(_))) => {
                let test = Test::Model {
                    question: question.clone(),
                    comparison: Comparison::More,
                    share: DEFAULT_SHARE,
                };
                return Some(Node::test(span, test));
            }
            _ => Diagnostic::error(
                code::NOT_A_CONDITION,
                span.clone(),
                format!("`{}` is {}, not a condition", quoted(&name), field_type.name()),
            ),
        };
        let end = span.end..span.end;
        self.report(match field_type {
            FieldType::Share => problem.help("say how sure the model has to be").suggest(end, " > 50%"),
            FieldType::Text | FieldType::Set | FieldType::Media => problem
                .help(format!(
                    "compare it, as in `{}`, or ask whether there is any: `{name} is known`",
                    field_type.example(&name)
                ))
                .suggest(end, " is known"),
            _ => problem.help(format!("compare it, as in `{}`", field_type.example(&name))),
        });
        None
    }

    /// Whether a bare word is a value that the question before it takes.
    fn fits(&self, before: &Condition, word: &str) -> bool {
        let Some((Subject::Name(name), Some(_))) = last_predicate(before).map(|p| (&p.subject, &p.question))
        else {
            return false;
        };
        match name.text.as_str() {
            "kind" => reference::kind(word).is_some(),
            "surface" => reference::surface(word).is_some(),
            "media" => reference::medium(word).is_some(),
            "lang" => (2..=3).contains(&word.len()),
            "links" => word.contains('.'),
            _ => false,
        }
    }

    /// A value or an operator without a field, behind `or` or `and`.
    fn bare_value(&mut self, span: &Span, before: Option<(&Condition, bool)>) {
        let written = quoted(&self.source[span.clone()]);
        let Some((before, or)) = before else {
            self.report(
                Diagnostic::error(code::BARE_VALUE, span.clone(), format!("`{written}` is not a condition"))
                    .help("say which field it is about: `text has \"giveaway\"`, `likes > 1000`"),
            );
            return;
        };
        let joint = if or { "or" } else { "and" };
        let message = format!("behind `{joint}` stands a whole condition, not `{written}`");
        let problem = Diagnostic::error(code::BARE_VALUE, span.clone(), message);
        let last = last_predicate(before);
        let subject = last.and_then(|p| match &p.subject {
            Subject::Name(name) => Some(&self.source[name.span.clone()]),
            _ => None,
        });
        let is_operator = starts_with_operator(&self.source[span.clone()]);
        let problem = match (last, subject) {
            (Some(_), Some(subject)) if is_operator => problem
                .help("each condition names its field")
                .suggest(span.start..span.start, format!("{subject} ")),
            (Some(Predicate { question: Some(question), .. }), _) if !question.values.is_empty() => {
                let first = question.values.first().map_or(span.start, |v| v.span().start);
                let end = question.values.last().map_or(span.start, |v| v.span().end);
                match question.operator {
                    Operator::Has { quantifier, words } if !or && quantifier != Some(Quantifier::All) => {
                        // `text has "a" and "b"`
                        let words = if words { "words " } else { "" };
                        let values = &self.source[first..end];
                        let item = &self.source[span.clone()];
                        problem.help("for every one of several, write `has all` and commas").suggest(
                            question.span.start..span.end,
                            format!("has all {words}{values}, {item}"),
                        )
                    }
                    Operator::Is { negated: false } if !or => {
                        problem.help("a field is not two things at once; for any of several, use commas")
                    }
                    Operator::Has { quantifier: Some(Quantifier::All), .. } if or => {
                        problem.help("write the whole condition again behind `or`")
                    }
                    Operator::Compare(_) => problem.help("write the whole condition again, with its field"),
                    _ => problem.help("for any of several, use commas").suggest(end..span.start, ", "),
                }
            }
            _ => problem.help("say which field it is about: `text has \"giveaway\"`, `likes > 1000`"),
        };
        self.report(problem);
    }

    /// A field is asked what its type does not answer.
    fn wrong(&mut self, field: &AnyField, name: &str, question: &Question) {
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
    fn is(&mut self, field: &AnyField, question: &Question) -> Option<bool> {
        match question.operator {
            Operator::Is { negated } => Some(negated),
            Operator::Has { .. } | Operator::In
                if !matches!(question.values.as_slice(), [Value::List(_)]) =>
            {
                let name = choice_name(field);
                let message = format!("`{name}` is one word, not a set");
                self.report(
                    Diagnostic::error(code::WRONG_OPERATOR, question.span.clone(), message)
                        .suggest(question.span.clone(), "is"),
                );
                None
            }
            _ => {
                self.wrong(field, choice_name(field), question);
                None
            }
        }
    }

    fn flag(&mut self, field: &AnyField, question: &Question, span: &Span) {
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
                    .suggest(span.clone(), right),
                );
                return;
            }
        }
        self.wrong(field, name, question);
    }

    fn text(&mut self, field: TextField, question: &Question, span: Span) -> Option<Node> {
        let any = AnyField::Text(field);
        match question.operator {
            Operator::Is { negated } => {
                if let [Value::List(_)] = question.values.as_slice() {
                    let right = if negated { "not in" } else { "in" };
                    let problem = Diagnostic::error(
                        code::WRONG_OPERATOR,
                        question.span.clone(),
                        "a list is asked with `in`",
                    );
                    self.report(problem.suggest(question.span.clone(), right));
                    return None;
                }
                if let [Value::Word(word)] = question.values.as_slice()
                    && word.text == "empty"
                {
                    let problem = needs_quotes(&question.values[0], self.source);
                    self.report(problem.help("empty text is `\"\"`").suggest(word.span.clone(), "\"\""));
                    return None;
                }
                let wanted = self.needles(&question.values, true)?;
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
                            .suggest(question.span.clone(), "is"),
                    );
                    return None;
                }
                let wanted = self.needles(&question.values, true)?;
                Some(joined(span, wanted.needles, false, |needles| Test::TextIs { field, needles }))
            }
            Operator::Has { quantifier, words } => {
                let quantifier = quantifier.unwrap_or(Quantifier::Any);
                let wanted = self.needles(&question.values, false)?;
                let test = |needles| Test::TextHas { field, quantifier, words, needles };
                Some(joined(span, wanted.needles, joins_with_and(quantifier), test))
            }
            Operator::Edge(edge) => {
                let wanted = self.needles(&question.values, false)?;
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

    fn number(&mut self, field: NumberField, question: &Question, span: Span) -> Option<Node> {
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
                        problem.help("a number stands without quotes").suggest(other.span(), inner)
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

    fn set(&mut self, field: SetField, question: &Question, span: Span) -> Option<Node> {
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
                        .suggest(question.span.clone(), right),
                );
                None
            }
            Operator::Has { quantifier, .. } => {
                let quantifier = quantifier.unwrap_or(Quantifier::Any);
                let wanted = self.needles(&question.values, false)?;
                let test = |needles| Test::SetHas { field, quantifier, needles };
                Some(joined(span, wanted.needles, joins_with_and(quantifier), test))
            }
            Operator::Is { negated: false } | Operator::In => {
                let message = format!("`{}` is a set; ask what it has", field.name());
                self.report(
                    Diagnostic::error(code::WRONG_OPERATOR, question.span.clone(), message)
                        .suggest(question.span.clone(), "has any"),
                );
                None
            }
            _ => {
                self.wrong(&any, field.name(), question);
                None
            }
        }
    }

    fn links_to(&mut self, values: &[Value], span: Span) -> Option<Node> {
        let mut all = Vec::new();
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
        all.dedup();
        sound.then(|| Node::test(span, Test::LinksTo(all)))
    }

    fn media(&mut self, question: &Question, span: Span) -> Option<Node> {
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
                        .suggest(question.span.clone(), "has"),
                );
                None
            }
            _ => {
                self.wrong(&AnyField::Media, "media", question);
                None
            }
        }
    }

    fn model(&mut self, model: Asked, field: &AnyField, question: &Question, span: Span) -> Option<Node> {
        let comparison = match question.operator {
            Operator::Compare(comparison) => comparison,
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
        Some(Node::test(span, Test::Model { question: model, comparison, share }))
    }
}

/// One test for each of the needles, joined.
fn joined(span: Span, needles: Vec<Needles>, and: bool, test: impl Fn(Needles) -> Test) -> Node {
    let nodes = needles.into_iter().map(|n| Node::test(span.clone(), test(n))).collect();
    if and { Node::and(span, nodes) } else { Node::or(span, nodes) }
}

fn choice_name(field: &AnyField) -> &'static str {
    match field {
        AnyField::Kind => "kind",
        AnyField::Surface => "surface",
        _ => "lang",
    }
}

/// The question that stands last in a condition, brackets aside.
fn last_predicate(condition: &Condition) -> Option<&Predicate> {
    match condition {
        Condition::Not { inner, .. } => last_predicate(inner),
        Condition::Group { .. } => None,
        Condition::And(all) | Condition::Or(all) => all.last().and_then(last_predicate),
        Condition::Predicate(predicate) => Some(predicate),
    }
}

fn starts_with_operator(text: &str) -> bool {
    text.starts_with(['<', '>', '=', '!', '≤', '≥', '≠'])
        || ["is ", "in ", "has ", "over ", "under ", "at ", "starts ", "ends ", "matches "]
            .iter()
            .any(|word| text.get(..word.len()).is_some_and(|t| t.eq_ignore_ascii_case(word)))
}
