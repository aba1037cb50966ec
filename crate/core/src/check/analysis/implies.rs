//! Whether one condition is true wherever another is.
//!
//! In three-valued logic: of every post of which the narrow one is *true*, the wide one is true. `false` says only that
//! it was not seen.

use crate::matching::fold;
use crate::program::{Comparison, Condition, Edge, Needles, Program, Quantifier, Strictness, Test};

/// How many comparisons two conditions may cost.
const BUDGET: usize = 400;

/// Whether `wide` is true of every post of which `narrow` is.
pub(super) fn implies(narrow: &Condition, wide: &Condition, program: &Program) -> bool {
    follows(narrow, wide, program, &mut { BUDGET })
}

fn follows(narrow: &Condition, wide: &Condition, program: &Program, budget: &mut usize) -> bool {
    let Some(left) = budget.checked_sub(1) else { return false };
    *budget = left;
    match (narrow, wide) {
        (_, Condition::Always) => true,
        (narrow, wide) if narrow == wide => true,
        (Condition::Or(all), wide) => all.iter().all(|part| follows(part, wide, program, budget)),
        (narrow, Condition::And(all)) => all.iter().all(|part| follows(narrow, part, program, budget)),
        (narrow, Condition::Or(all)) if all.iter().any(|part| follows(narrow, part, program, budget)) => true,
        (Condition::And(all), wide) => all.iter().any(|part| follows(part, wide, program, budget)),
        (Condition::Test(narrow), Condition::Test(wide)) => test(narrow, wide, program),
        // Both ask the same field, so the one is known where the other is.
        (Condition::Not(narrow), Condition::Not(wide)) => match (&**narrow, &**wide) {
            (Condition::Test(narrow), Condition::Test(wide)) => test(wide, narrow, program),
            _ => false,
        },
        _ => false,
    }
}

/// Whether what one flags another does too; of the reader's choice nothing is known.
fn stricter(narrow: Strictness, wide: Strictness) -> bool {
    matches!(
        (narrow, wide),
        (Strictness::Certain, Strictness::Likely | Strictness::Possible)
            | (Strictness::Likely, Strictness::Possible)
    )
}

/// Of two tests of the same field.
fn test(narrow: &Test, wide: &Test, program: &Program) -> bool {
    match (narrow, wide) {
        (narrow, wide) if narrow == wide => true,
        (
            Test::Number { field: a, comparison: c, value: v },
            Test::Number { field: b, comparison: d, value: w },
        ) => a == b && bounds((*c, *v), (*d, *w)),
        (
            Test::Model { question: a, comparison: c, share: v },
            Test::Model { question: b, comparison: d, share: w },
        ) => a == b && bounds((*c, *v), (*d, *w)),
        (Test::Flagged { question: a, strictness: n }, Test::Flagged { question: b, strictness: w }) => {
            a == b && stricter(*n, *w)
        }
        (
            Test::TextHas { field: a, quantifier: q, words: x, needles: n },
            Test::TextHas { field: b, quantifier: r, words: y, needles: m },
        ) => {
            // Within a longer needle a shorter one is found too, but perhaps not as a word.
            a == b
                && (*x || !*y)
                && needles((*q, n), (*r, m), program, |n, m| if *y { n == m } else { n.contains(m) })
        }
        (
            Test::TextIs { field: a, needles: n },
            Test::TextHas { field: b, quantifier: r, words: false, needles: m },
        ) => a == b && needles((Quantifier::Any, n), (*r, m), program, |n, m| n.contains(m)),
        (
            Test::TextEdge { field: a, needles: n, .. },
            Test::TextHas { field: b, quantifier: r, words: false, needles: m },
        ) => {
            // A handle's beginning is compared without its sign.
            a == b && !a.is_handle() && needles((Quantifier::Any, n), (*r, m), program, |n, m| n.contains(m))
        }
        (
            Test::TextEdge { field: a, edge: e, needles: n },
            Test::TextEdge { field: b, edge: f, needles: m },
        ) => {
            a == b
                && e == f
                && needles((Quantifier::Any, n), (Quantifier::Any, m), program, |n, m| match e {
                    Edge::Start => n.starts_with(m),
                    Edge::End => n.ends_with(m),
                })
        }
        (Test::TextIs { field: a, needles: n }, Test::TextIs { field: b, needles: m }) => {
            a == b && needles((Quantifier::Any, n), (Quantifier::Any, m), program, |n, m| n == m)
        }
        (
            Test::SetHas { field: a, quantifier: q, needles: n },
            Test::SetHas { field: b, quantifier: r, needles: m },
        ) => a == b && needles((*q, n), (*r, m), program, |n, m| n == m),
        (Test::KindIs(n), Test::KindIs(m)) => n.iter().all(|kind| m.contains(kind)),
        (Test::SurfaceIs(n), Test::SurfaceIs(m)) => n.iter().all(|surface| m.contains(surface)),
        (Test::LangIs(n), Test::LangIs(m)) => few(n, m) && n.iter().all(|lang| m.contains(lang)),
        (Test::MediaHas { quantifier: q, media: n }, Test::MediaHas { quantifier: r, media: m }) => {
            match (q, r) {
                (Quantifier::Any, Quantifier::Any) => n.iter().all(|medium| m.contains(medium)),
                (Quantifier::All, Quantifier::Any) => n.iter().any(|medium| m.contains(medium)),
                (Quantifier::All, Quantifier::All) => m.iter().all(|medium| n.contains(medium)),
                (Quantifier::Any, Quantifier::All) => false,
            }
        }
        (Test::LinksTo(n), Test::LinksTo(m)) => {
            let below = |host: &String, of: &String| {
                host == of || host.strip_suffix(of.as_str()).is_some_and(|rest| rest.ends_with('.'))
            };
            few(n, m) && n.iter().all(|host| m.iter().any(|of| below(host, of)))
        }
        _ => false,
    }
}

/// Whether a number that satisfies the first satisfies the second.
fn bounds(narrow: (Comparison, f64), wide: (Comparison, f64)) -> bool {
    use Comparison::{AtLeast, AtMost, Equal, Less, More, NotEqual};
    let (v, w) = (narrow.1, wide.1);
    match (narrow.0, wide.0) {
        (Equal, Equal) => v == w,
        (Equal, NotEqual) => v != w,
        (Less | AtMost | Equal, AtMost) | (Less, Less) => v <= w,
        (AtMost | Equal, Less) => v < w,
        (More | AtLeast | Equal, AtLeast) | (More, More) => v >= w,
        (AtLeast | Equal, More) => v > w,
        (Less, NotEqual) => v <= w,
        (AtMost, NotEqual) => v < w,
        (More, NotEqual) => v >= w,
        (AtLeast, NotEqual) => v > w,
        _ => false,
    }
}

/// The most needles, languages or hosts that are compared with each other.
const MAX_NEEDLES: usize = 32;

fn needles(
    narrow: (Quantifier, &Needles),
    wide: (Quantifier, &Needles),
    program: &Program,
    found: impl Fn(&str, &str) -> bool,
) -> bool {
    // Long lists are compared by name only.
    if let (Needles::List(a), Needles::List(b)) = (narrow.1, wide.1)
        && a == b
    {
        return narrow.0 == wide.0 || (narrow.0 == Quantifier::All && !texts(narrow.1, program).is_empty());
    }
    let (n, m) = (texts(narrow.1, program), texts(wide.1, program));
    if n.is_empty() || m.is_empty() || !few(n, m) {
        return false;
    }
    let (n, m) = (folded(n), folded(m));
    if n.iter().chain(&m).any(String::is_empty) {
        return false;
    }
    let implied = |n: &String, m: &String| found(n, m);
    match (narrow.0, wide.0) {
        (Quantifier::Any, Quantifier::Any) => n.iter().all(|n| m.iter().any(|m| implied(n, m))),
        (Quantifier::All, Quantifier::Any) => n.iter().any(|n| m.iter().any(|m| implied(n, m))),
        (Quantifier::All, Quantifier::All) => m.iter().all(|m| n.iter().any(|n| implied(n, m))),
        (Quantifier::Any, Quantifier::All) => n.iter().all(|n| m.iter().all(|m| implied(n, m))),
    }
}

fn few(narrow: &[String], wide: &[String]) -> bool {
    narrow.len().max(wide.len()) <= MAX_NEEDLES
}

/// What the needles are.
pub(super) fn texts<'p>(needles: &'p Needles, program: &'p Program) -> &'p [String] {
    match needles {
        Needles::These(texts) => texts,
        Needles::List(id) => program.lists.get(*id as usize).map_or(&[], |list| &list.items),
    }
}

fn folded(texts: &[String]) -> Vec<String> {
    texts.iter().map(|text| needle(text)).collect()
}

/// A needle as it is compared here: folded, without the sign that names and tags have.
pub(super) fn needle(text: &str) -> String {
    let text = fold(text.trim());
    text.strip_prefix(['@', '#']).map_or_else(|| text.clone(), str::to_owned)
}
