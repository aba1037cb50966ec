//! Conditions that can never be true, or always are.
//!
//! A condition is taken apart into the ways in which it could be true; each way is a set of facts about one
//! post, and where every set contradicts itself the condition can never be true. A condition is always true
//! where its negation never is (leaving aside posts of which the field is unknown). The search is bounded:
//! beyond the bound nothing is said.

use crate::check::node::{Node, NodeKind};
use crate::diagnostic::{Diagnostic, code, quoted};
use crate::matching::fold;
use crate::post::{Kind, Surface};
use crate::print;
use crate::program::{AnyField, Comparison, FlagField, Needles, NumberField, Question, Test, TextField};
use crate::reference;

/// Of longer lists of texts nothing is said: each is compared with each, once for every way in which a condition could be true.
const MAX_TEXTS: usize = 64;
/// How many facts one condition may cost.
const BUDGET: usize = 10_000;

/// What to say about the condition. `surfaces` are those that the `on` line above leaves, if it narrows them.
pub(crate) fn check(node: &Node, source: &str, surfaces: Option<&[Surface]>, out: &mut Vec<Diagnostic>) {
    let before = out.len();
    look(node, None, source, out);
    let nothing_said = !out[before..].iter().any(|d| d.code == code::NEVER_TRUE);
    if let Some(surfaces) = surfaces
        && nothing_said
        && search(vec![(node, true)], Facts::on(surfaces), &mut { BUDGET }).is_err()
    {
        let names: Vec<&str> = reference::SURFACES
            .iter()
            .filter(|(surface, ..)| surfaces.contains(surface))
            .map(|(_, name, _)| *name)
            .collect();
        let message =
            format!("this can never be true here: the `on` line above leaves only {}", names.join(", "));
        out.push(
            Diagnostic::warning(code::NEVER_TRUE, node.span.clone(), message)
                .help("name the surface on the `on` line, or move the rule below another `on`"),
        );
    }
}

/// A part of a chain: its parts, which of them, and whether the chain is of `or`s.
type Place<'n> = (&'n [Node], usize, bool);

/// Says it of the whole where it holds of the whole, else of its parts.
fn look(node: &Node, place: Option<Place<'_>>, source: &str, out: &mut Vec<Diagnostic>) {
    if let Err(why) = possible(node, true) {
        let problem = Diagnostic::warning(
            code::NEVER_TRUE,
            node.span.clone(),
            format!("this can never be true: {why}"),
        )
        .help("change it, or take it out");
        out.push(left_out(problem, place.filter(|(.., or)| *or), source));
        return;
    }
    if possible(node, false).is_err() {
        let message = "this is always true, of every post that shows what it asks";
        let problem = Diagnostic::warning(code::ALWAYS_TRUE, node.span.clone(), message)
            .help("did you mean something narrower?");
        out.push(left_out(problem, place.filter(|(.., or)| !*or), source));
        return;
    }
    let or = matches!(node.kind, NodeKind::Or(_));
    if let NodeKind::And(all) | NodeKind::Or(all) = &node.kind {
        for (i, part) in all.iter().enumerate() {
            let test = matches!(part.kind, NodeKind::Test(_) | NodeKind::Not(_));
            if test && all.len() <= 100 && all[..i].iter().any(|earlier| same(earlier, part)) {
                let written = quoted(&source[part.span.clone()]);
                let message = format!("`{written}` stands twice in this condition");
                let problem = Diagnostic::warning(code::REPEATED_CONDITION, part.span.clone(), message)
                    .help("leave one of them out");
                out.push(left_out(problem, Some((all, i, or)), source));
            } else {
                look(part, Some((all, i, or)), source, out);
            }
        }
    }
}

/// Suggests to leave a part out of its chain, with the `and` or `or` that joins it; not where a bracket stands
/// between.
fn left_out(problem: Diagnostic, place: Option<Place<'_>>, source: &str) -> Diagnostic {
    let Some((all, i, _)) = place else { return problem };
    let Some(part) = all.get(i) else { return problem };
    let (joint, whole) = match (i.checked_sub(1).and_then(|i| all.get(i)), all.get(i + 1)) {
        (Some(before), _) => (before.span.end..part.span.start, before.span.end..part.span.end),
        (None, Some(after)) => (part.span.end..after.span.start, part.span.start..after.span.start),
        (None, None) => return problem,
    };
    match source.get(joint) {
        Some(joint) if matches!(joint.trim(), "and" | "or" | "AND" | "OR" | "And" | "Or") => {
            problem.suggest(whole, "")
        }
        _ => problem,
    }
}

fn same(a: &Node, b: &Node) -> bool {
    match (&a.kind, &b.kind) {
        (NodeKind::Test(a), NodeKind::Test(b)) => a == b,
        (NodeKind::Not(a), NodeKind::Not(b)) => same(a, b),
        _ => false,
    }
}

/// Whether some post could make the condition (or, `wanted: false`, its negation) true; else why not.
fn possible(node: &Node, wanted: bool) -> Result<(), String> {
    let mut budget = BUDGET;
    search(vec![(node, wanted)], Facts::default(), &mut budget)
}

fn search<'n>(
    mut open: Vec<(&'n Node, bool)>,
    mut facts: Facts<'n>,
    budget: &mut usize,
) -> Result<(), String> {
    let mut branches = Vec::new();
    while let Some((node, wanted)) = open.pop() {
        let Some(left) = budget.checked_sub(1) else { return Ok(()) };
        *budget = left;
        match (&node.kind, wanted) {
            (NodeKind::Not(inner), _) => open.push((inner, !wanted)),
            (NodeKind::And(all), true) | (NodeKind::Or(all), false) => {
                open.extend(all.iter().rev().map(|n| (n, wanted)))
            }
            (NodeKind::Or(_), true) | (NodeKind::And(_), false) => branches.push((node, wanted)),
            (NodeKind::Test(test), _) => facts.add(test, wanted)?,
        }
    }
    let Some((node, wanted)) = branches.pop() else { return Ok(()) };
    let (NodeKind::And(all) | NodeKind::Or(all)) = &node.kind else { return Ok(()) };
    let mut why = String::new();
    for (i, part) in all.iter().enumerate() {
        let mut open = branches.clone();
        open.push((part, wanted));
        // What a branch costs in copying counts too.
        *budget = budget.saturating_sub(facts.size() + open.len());
        match search(open, facts.clone(), budget) {
            Ok(()) => return Ok(()),
            Err(reason) if i == 0 => why = reason,
            Err(_) => {}
        }
    }
    Err(why)
}

/// What is taken to be true of one post.
#[derive(Debug, Clone, Default)]
struct Facts<'n> {
    flags: Vec<(FlagField, bool)>,
    numbers: Vec<(NumberField, Interval)>,
    shares: Vec<(&'n Question, Interval)>,
    kinds: Option<Vec<Kind>>,
    surfaces: Option<Vec<Surface>>,
    languages: Option<Vec<String>>,
    texts: Vec<(TextField, Vec<String>)>,
    known: Vec<(AnyField, bool)>,
    /// Fields that a test had an answer for.
    touched: Vec<AnyField>,
    others: Vec<(&'n Test, bool)>,
}

impl<'n> Facts<'n> {
    /// What an `on` line that names surfaces leaves.
    fn on(surfaces: &[Surface]) -> Self {
        Self { surfaces: Some(surfaces.to_vec()), ..Self::default() }
    }

    fn size(&self) -> usize {
        self.flags.len()
            + self.numbers.len()
            + self.shares.len()
            + self.texts.len()
            + self.others.len()
            + self.touched.len()
    }

    fn add(&mut self, test: &'n Test, wanted: bool) -> Result<(), String> {
        if let Test::Known(field) = test {
            return self.add_known(field, wanted);
        }
        let field = test.field();
        if self.known.iter().any(|(f, known)| *f == field && !known) {
            return Err(format!("where `{}` is unknown, nothing else can be said of it", field_name(&field)));
        }
        if !self.touched.contains(&field) {
            self.touched.push(field);
        }
        match test {
            Test::Flag(flag) => match self.flags.iter().find(|(f, _)| f == flag) {
                Some((_, value)) if *value != wanted => {
                    Err(format!("`{}` cannot be both true and false", flag.name()))
                }
                Some(_) => Ok(()),
                None => {
                    self.flags.push((*flag, wanted));
                    Ok(())
                }
            },
            Test::Number { field, comparison, value } => {
                let at = match self.numbers.iter().position(|(f, _)| f == field) {
                    Some(at) => at,
                    None => {
                        self.numbers.push((*field, Interval::of(*field)));
                        self.numbers.len() - 1
                    }
                };
                self.numbers[at].1.cut(
                    if wanted { *comparison } else { inverse(*comparison) },
                    *value,
                    field.name(),
                )
            }
            Test::Model { question, comparison, share } => {
                let at = match self.shares.iter().position(|(q, _)| **q == **question) {
                    Some(at) => at,
                    None => {
                        self.shares.push((question, Interval::share()));
                        self.shares.len() - 1
                    }
                };
                let name = field_name(&AnyField::Model(Question::clone(question)));
                self.shares[at].1.cut(if wanted { *comparison } else { inverse(*comparison) }, *share, &name)
            }
            Test::KindIs(kinds) => {
                let all = || reference::KINDS.iter().map(|(k, _, _)| *k).collect();
                narrow(&mut self.kinds, all, kinds, wanted, "kind")
            }
            Test::SurfaceIs(surfaces) => {
                let all = || reference::SURFACES.iter().map(|(s, _, _)| *s).collect();
                narrow(&mut self.surfaces, all, surfaces, wanted, "surface")
            }
            Test::LangIs(languages) if wanted && languages.len() <= MAX_TEXTS => {
                let all = || languages.clone();
                narrow(&mut self.languages, all, languages, true, "lang")
            }
            Test::TextIs { field, needles: Needles::These(texts) } if wanted && texts.len() <= MAX_TEXTS => {
                let texts: Vec<String> = texts.iter().map(|t| fold(t.trim_start_matches('@'))).collect();
                match self.texts.iter_mut().find(|(f, _)| f == field) {
                    Some((_, left)) => {
                        left.retain(|t| texts.contains(t));
                        if left.is_empty() {
                            Err(format!("`{}` cannot be two things at once", field.name()))
                        } else {
                            Ok(())
                        }
                    }
                    None => {
                        self.texts.push((*field, texts));
                        Ok(())
                    }
                }
            }
            _ => {
                if self.others.iter().any(|(other, value)| *value != wanted && *other == test) {
                    return Err("the same condition stands with and without `not`".to_owned());
                }
                self.others.push((test, wanted));
                Ok(())
            }
        }
    }

    fn add_known(&mut self, field: &AnyField, known: bool) -> Result<(), String> {
        let name = field_name(field);
        if self.known.iter().any(|(f, k)| f == field && *k != known) {
            return Err(format!("`{name}` cannot be both known and unknown"));
        }
        if !known && self.touched.contains(field) {
            return Err(format!("where `{name}` is unknown, nothing else can be said of it"));
        }
        self.known.push((field.clone(), known));
        Ok(())
    }
}

fn narrow<T: PartialEq + Clone>(
    left: &mut Option<Vec<T>>,
    all: impl FnOnce() -> Vec<T>,
    these: &[T],
    wanted: bool,
    name: &str,
) -> Result<(), String> {
    let left = left.get_or_insert_with(all);
    left.retain(|item| these.contains(item) == wanted);
    if left.is_empty() { Err(format!("`{name}` is only one thing at a time")) } else { Ok(()) }
}

/// As a message names it.
fn field_name(field: &AnyField) -> String {
    quoted(&print::any_field(field))
}

const fn inverse(comparison: Comparison) -> Comparison {
    match comparison {
        Comparison::Less => Comparison::AtLeast,
        Comparison::AtMost => Comparison::More,
        Comparison::More => Comparison::AtMost,
        Comparison::AtLeast => Comparison::Less,
        Comparison::Equal => Comparison::NotEqual,
        Comparison::NotEqual => Comparison::Equal,
    }
}

/// The values that a number can still have.
#[derive(Debug, Clone)]
struct Interval {
    low: f64,
    low_open: bool,
    high: f64,
    high_open: bool,
    whole: bool,
    /// As messages say it: the bounds that hold of themselves.
    least: f64,
    most: f64,
}

impl Interval {
    fn of(field: NumberField) -> Self {
        let least = match field {
            NumberField::Position => 1.0,
            // Where a platform counts votes down as well as up.
            NumberField::Likes => f64::NEG_INFINITY,
            _ => 0.0,
        };
        let whole = !field.is_span();
        Self {
            low: least,
            low_open: false,
            high: f64::INFINITY,
            high_open: false,
            whole,
            least,
            most: f64::INFINITY,
        }
    }

    fn share() -> Self {
        Self { low: 0.0, low_open: false, high: 1.0, high_open: false, whole: false, least: 0.0, most: 1.0 }
    }

    fn cut(&mut self, comparison: Comparison, value: f64, name: &str) -> Result<(), String> {
        match comparison {
            Comparison::Less | Comparison::AtMost => self.lower_to(value, comparison == Comparison::Less),
            Comparison::More | Comparison::AtLeast => self.raise_to(value, comparison == Comparison::More),
            Comparison::Equal => {
                self.lower_to(value, false);
                self.raise_to(value, false);
            }
            // Only what stands at an end can be cut off.
            Comparison::NotEqual => {
                if value == self.low {
                    self.low_open = true;
                }
                if value == self.high {
                    self.high_open = true;
                }
            }
        }
        if self.whole {
            if self.low.is_finite() && (self.low_open || self.low.fract() != 0.0) {
                self.low = if self.low_open { self.low.floor() + 1.0 } else { self.low.ceil() };
                self.low_open = false;
            }
            if self.high.is_finite() && (self.high_open || self.high.fract() != 0.0) {
                self.high = if self.high_open { self.high.ceil() - 1.0 } else { self.high.floor() };
                self.high_open = false;
            }
        }
        if self.low < self.high || (self.low == self.high && !self.low_open && !self.high_open) {
            return Ok(());
        }
        let shown = |v: f64| if self.most == 1.0 { format!("{}%", v * 100.0) } else { v.to_string() };
        Err(match comparison {
            Comparison::Less | Comparison::AtMost if value <= self.least => {
                format!("`{name}` is never below {}", shown(self.least))
            }
            Comparison::More | Comparison::AtLeast if value >= self.most => {
                format!("`{name}` is never over {}", shown(self.most))
            }
            Comparison::Equal if self.whole && value.fract() != 0.0 => format!("`{name}` is a whole number"),
            _ => format!("no number fits all that is said of `{name}`"),
        })
    }

    fn lower_to(&mut self, value: f64, open: bool) {
        if value < self.high || (value == self.high && open) {
            (self.high, self.high_open) = (value, open);
        }
    }

    fn raise_to(&mut self, value: f64, open: bool) {
        if value > self.low || (value == self.low && open) {
            (self.low, self.low_open) = (value, open);
        }
    }
}
