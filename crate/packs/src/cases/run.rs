//! Runs a pack's cases.

use super::outcome::{CaseOutcome, Difference, Outcome, RuleRef};
use super::{Batch, Case};
use crate::pack::Pack;
use diffract_core::post::Post;
use diffract_core::program::Effect;
use diffract_core::verdict::{Reason, Verdict};
use diffract_core::{Context, Memory, RuleSet};
use serde_json::Value;
use std::collections::BTreeSet;

/// Runs the cases that `wanted` picks. Each begins with nothing remembered; the batches of one share what limits count.
pub fn run(pack: &Pack, wanted: impl Fn(&Case) -> bool) -> Outcome {
    let rules = RuleSet::new(pack.compile().program);
    let mut spoke: BTreeSet<u32> = BTreeSet::new();
    let mut ordered = false;
    let mut cases = Vec::new();
    let mut all = true;
    for case in &pack.cases {
        if !wanted(case) {
            all = false;
            continue;
        }
        let mut memory = Memory::default();
        let mut differences = Vec::new();
        for (index, batch) in case.batches.iter().enumerate() {
            ordered |= batch.order.is_some();
            let number = (case.batches.len() > 1).then_some(index + 1);
            run_batch(&rules, case, batch, number, &mut memory, &mut spoke, &mut differences);
        }
        cases.push(CaseOutcome {
            name: case.name.clone(),
            file: case.file.clone(),
            line: case.line,
            differences,
        });
    }
    // Of some cases alone it cannot be said what no case shows.
    let untested = match all {
        false => Vec::new(),
        true => rules
            .program()
            .rules
            .iter()
            .filter(|rule| {
                !(spoke.contains(&rule.line) || (ordered && matches!(rule.effect, Effect::Order(_))))
            })
            .map(|rule| RuleRef { line: rule.line, rule: rule.source.clone() })
            .collect(),
    };
    Outcome { pack: pack.manifest.id.clone(), rules: rules.rules(), cases, untested }
}

fn run_batch(
    rules: &RuleSet,
    case: &Case,
    batch: &Batch,
    number: Option<usize>,
    memory: &mut Memory,
    spoke: &mut BTreeSet<u32>,
    differences: &mut Vec<Difference>,
) {
    // They were read once already, when the case was.
    let posts: Vec<Post> =
        batch.posts.iter().filter_map(|post| serde_json::from_value(post.clone()).ok()).collect();
    let mut context = Context {
        now: batch.now,
        utc_offset: batch.utc_offset,
        visit: batch.visit.clone(),
        no_models: case.no_models,
        ..Context::default()
    };
    for (post, question, share) in &batch.scores {
        context.scores.set(post, question.clone(), *share);
    }
    let verdicts = rules.decide(&posts, &context, memory);
    for ((verdict, expected), post) in verdicts.iter().zip(&batch.expected).zip(&posts) {
        spoke.extend(verdict.reasons.iter().map(|reason| reason.line()));
        let found = serde_json::to_value(verdict).unwrap_or(Value::Null);
        let mut differs = |key: String, expected: &Value, got: &Value| {
            differences.push(Difference {
                batch: number,
                post: post.id.clone(),
                words: words(post),
                key,
                expected: expected.clone(),
                got: got.clone(),
                reasons: verdict.reasons.iter().map(said).collect(),
            });
        };
        compare(expected, &found, verdict, &mut differs);
    }
    if let Some(expected) = &batch.order {
        let order: Vec<&str> = rules
            .order(&posts, &verdicts, &context)
            .into_iter()
            .filter_map(|at| posts.get(at))
            .map(|p| p.id.as_str())
            .collect();
        if order != *expected {
            differences.push(Difference {
                batch: number,
                post: String::new(),
                words: String::new(),
                key: "order".to_owned(),
                expected: Value::from(expected.clone()),
                got: Value::from(order),
                reasons: Vec::new(),
            });
        }
    }
}

/// What differs between what was expected of a verdict and what it is, key by key.
fn compare(
    expected: &Value,
    found: &Value,
    verdict: &Verdict,
    differs: &mut impl FnMut(String, &Value, &Value),
) {
    for (key, wanted) in expected.as_object().into_iter().flatten() {
        if key == "because" {
            let all: Vec<&str> = verdict.reasons.iter().filter_map(|reason| reason.because()).collect();
            let holds = match wanted {
                Value::Bool(false) => all.is_empty(),
                wanted => wanted.as_str().is_some_and(|words| all.contains(&words)),
            };
            if !holds {
                differs(key.clone(), wanted, &Value::from(all));
            }
            continue;
        }
        let got = found.get(key).unwrap_or(&Value::Null);
        if !alike(wanted, got) {
            differs(key.clone(), wanted, got);
        }
    }
}

/// Whether a value is as expected, as far as the expectation goes; `false` stands for nothing there.
fn alike(expected: &Value, found: &Value) -> bool {
    match (expected, found) {
        (Value::Object(expected), Value::Object(found)) => {
            expected.iter().all(|(key, value)| alike(value, found.get(key).unwrap_or(&Value::Null)))
        }
        (Value::Array(expected), Value::Array(found)) => {
            expected.len() == found.len() && expected.iter().zip(found).all(|(a, b)| alike(a, b))
        }
        (Value::Number(expected), Value::Number(found)) => expected.as_f64() == found.as_f64(),
        (Value::Bool(false), Value::Null) => true,
        (expected, found) => expected == found,
    }
}

/// The first words of a post.
fn words(post: &Post) -> String {
    let text =
        [&post.title, &post.text, &post.author].into_iter().flatten().find(|text| !text.trim().is_empty());
    let line = text.map_or(String::new(), |text| text.split_whitespace().collect::<Vec<_>>().join(" "));
    let plain: String = line.chars().map(|c| if c.is_control() { ' ' } else { c }).take(60).collect();
    if line.chars().count() > 60 { format!("{plain}…") } else { plain }
}

/// `line 4: collapse if … (text has "x")`
fn said(reason: &Reason) -> String {
    let evidence = reason.evidence();
    if evidence.is_empty() {
        format!("line {}: {}", reason.line(), reason.rule())
    } else {
        format!("line {}: {} ({})", reason.line(), reason.rule(), evidence.join("; "))
    }
}
