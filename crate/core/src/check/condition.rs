//! Conditions: which questions fit which fields.

use super::node::Node;
use super::pack::Checker;
use crate::diagnostic::{Diagnostic, Span, code, quoted};
use crate::program::{AnyField, Comparison, Quantifier, Question as Asked, Strictness, Test};
use crate::reference::{self, FieldType};
use crate::syntax::tree::{Condition, Operator, Predicate, Subject};

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
                // Without a list of that name, `@examples` are the posts that the reader gave a thumb.
                if list.text != reference::THUMBS || self.lists.has(list) {
                    let found = self.lists.find(list, self.is_full());
                    self.ok(found)?;
                }
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
            return Some(Node::test(span.clone(), Test::Known(Box::new(asked))).negated_if(!known));
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
                    question: Box::new(question.clone()),
                    comparison: Comparison::More,
                    share: DEFAULT_SHARE,
                };
                return Some(Node::test(span, test));
            }
            AnyField::Model(question) => {
                let question = Box::new(question.clone());
                let test = Test::Flagged { question, strictness: Strictness::Chosen };
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
