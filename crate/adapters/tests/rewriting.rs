//! Answers written anew: over every recorded payload, and over our own small ones.

mod support;

use diffract_adapters::json::Document;
use diffract_adapters::wire::{Decisions, Fold, Outcome, Payload, Rewritten, arrange};
use diffract_core::check::{PackSource, compile};
use diffract_core::matching::{Context, Memory, RuleSet};
use diffract_core::post::Post;
use diffract_core::program::Trust;
use serde_json::Value;
use std::collections::BTreeMap;
use support::{Sample, differences, miniatures, recordings};

const NO_ADS: &str = "on everywhere\nhide if promoted because \"advertisement\"\n";

fn rules(source: &str) -> RuleSet {
    let pack = PackSource {
        id: "rules".to_owned(),
        source: source.to_owned(),
        trust: Trust::Full,
        lists: BTreeMap::new(),
        unreadable_lists: BTreeMap::new(),
    };
    RuleSet::new(compile(&[pack]).program)
}

fn decide(rules: &RuleSet, posts: &[Post]) -> Decisions {
    let context = Context { now: 1_786_000_000.0, no_models: true, ..Context::default() };
    let verdicts = rules.decide(posts, &context, &mut Memory::default());
    let order = rules.order(posts, &verdicts, &context);
    arrange(posts, &verdicts, &order, Fold::Nothing, None)
}

fn rewrite(sample: &Sample, rules: &RuleSet) -> Rewritten {
    sample.adapter.rewrite(sample.text.as_bytes(), sample.url.as_deref(), |posts| decide(rules, posts))
}

fn samples() -> Vec<Sample> {
    let mut all = miniatures();
    all.extend(recordings());
    all
}

fn open(sample: &Sample, text: &str) -> Payload {
    Payload::open(&sample.adapter, text.to_owned(), sample.url.as_deref())
        .unwrap_or_else(|(_, problem)| panic!("{}: {problem}", sample.name))
}

fn ids(payload: &Payload) -> Vec<String> {
    payload.posts().map(|post| post.id.clone()).collect()
}

#[test]
fn without_rules_every_payload_comes_back_as_it_is() {
    let rules = rules("");
    for sample in samples() {
        let done = rewrite(&sample, &rules);
        assert_eq!(done.outcome, Outcome::Unchanged, "{}", sample.name);
        assert_eq!((done.problem, done.removed.len()), (None, 0), "{}", sample.name);
    }
}

#[test]
fn no_ads_leaves_no_promoted_post_and_everything_else() {
    let rules = rules(NO_ADS);
    let (mut answers, mut taken) = (0, 0);
    for sample in samples() {
        let before = open(&sample, &sample.text);
        // A recorded fragment is one advertisement and nothing around it: there is no list to take it from.
        let in_a_list = !sample.name.contains("/fragment-");
        let promoted: Vec<usize> = (0..before.posts().len())
            .filter(|index| in_a_list && before.items()[*index].post.promoted == Some(true))
            .collect();
        let done = rewrite(&sample, &rules);
        assert_eq!(done.removed, promoted, "{}: {:?}", sample.name, done.left);
        answers += 1;
        taken += promoted.len();
        let Outcome::Changed(text) = &done.outcome else {
            assert!(promoted.is_empty() || done.outcome == Outcome::Withheld, "{}", sample.name);
            continue;
        };
        let after = open(&sample, text);
        let kept: Vec<String> = ids(&before)
            .into_iter()
            .enumerate()
            .filter(|(index, _)| !promoted.contains(index))
            .map(|(_, id)| id)
            .collect();
        assert_eq!(ids(&after), kept, "{}", sample.name);
        only_entries_are_gone(&sample, &before, &promoted, text);
    }
    println!("{answers} answers, {taken} promoted posts taken out");
}

/// Every difference is an entry that is gone, which holds a post that went; every post that went is in one.
fn only_entries_are_gone(sample: &Sample, before: &Payload, removed: &[usize], text: &str) {
    if sample.text.trim_start().starts_with('<') {
        return;
    }
    let (old, new): (Value, Value) = (json(&sample.text), json(text));
    // A single value is a stream too, and its own list.
    let single = sample.adapter.reads_streams() && old.is_object();
    let paths: Vec<String> = removed
        .iter()
        .map(|index| before.items()[*index].path(before.document()).to_string())
        .map(|path| if single { path.replacen("$[0]", "$", 1) } else { path })
        .collect();
    let gone: Vec<String> = differences(&old, &new)
        .into_iter()
        // What says its own place in a list sent in parts moves up.
        .filter(|difference| sample.adapter.name() != "facebook" || !difference.ends_with("another value"))
        .collect();
    let holds = |gone: &str, path: &str| {
        gone.strip_suffix(": gone").is_some_and(|gone| {
            format!("{path}.").starts_with(&format!("{gone}.")) || path.starts_with(&format!("{gone}["))
        })
    };
    for difference in &gone {
        let refers = sample.adapter.name() == "linkedin" && difference.contains("elements[")
            || sample.adapter.name() == "tiktok" && difference.contains("ist[");
        assert!(refers || paths.iter().any(|path| holds(difference, path)), "{}: {difference}", sample.name);
    }
    for path in &paths {
        assert!(
            gone.iter().any(|difference| holds(difference, path)),
            "{}: {path} is still there",
            sample.name
        );
    }
}

/// The value of a text, or those of a stream as a list.
fn json(text: &str) -> Value {
    let raw = match Document::parse(text) {
        Ok(document) => document.root().raw().to_owned(),
        Err(_) => {
            let stream =
                Document::parse_stream(text.to_owned()).map_err(|(_, problem)| problem).expect("JSON");
            let values: Vec<&str> = stream.root().elements().map(|value| value.raw()).collect();
            format!("[{}]", values.join(","))
        }
    };
    serde_json::from_str(&diffract_core::json::mend(&raw)).expect("JSON")
}

/// Turned round twice, every list is as it was, to the byte; turned round once, nothing is lost.
#[test]
fn posts_that_move_leave_everything_else_where_it_was() {
    let mut moved = 0;
    for sample in samples() {
        let turned = |text: &str| {
            let done = sample.adapter.rewrite(text.as_bytes(), sample.url.as_deref(), |posts| Decisions {
                remove: Vec::new(),
                order: (0..posts.len()).rev().collect(),
            });
            assert!(done.removed.is_empty() && done.left.is_empty(), "{}", sample.name);
            let text = match done.outcome {
                Outcome::Changed(text) => text,
                _ => text.to_owned(),
            };
            (text, done.moved.len())
        };
        let (once, count) = turned(&sample.text);
        let (twice, _) = turned(&once);
        assert!(twice == sample.text, "{}: not what it was", sample.name);
        moved += count;
        assert_eq!(once.len(), sample.text.len(), "{}", sample.name);
        let (mut before, mut after) = (ids(&open(&sample, &sample.text)), ids(&open(&sample, &once)));
        before.sort();
        after.sort();
        assert_eq!(before, after, "{}", sample.name);
    }
    assert!(moved > 0);
    println!("{moved} posts moved");
}

/// Whatever is asked for, what goes and what stays add up, and an entry goes only with all its posts.
#[test]
fn any_choice_of_posts_goes_or_is_said_to_stay() {
    for sample in samples() {
        let before = open(&sample, &sample.text);
        let count = before.posts().len();
        for (step, offset) in [(1, 0), (2, 0), (2, 1), (3, 1), (7, 3)] {
            let remove: Vec<bool> = (0..count).map(|index| index % step == offset).collect();
            let decisions = Decisions { remove: remove.clone(), order: (0..count).rev().collect() };
            let done = before.rewrite(&sample.adapter, &decisions);
            let mut told: Vec<usize> =
                done.removed.iter().copied().chain(done.left.iter().map(|l| l.post)).collect();
            told.sort_unstable();
            let asked: Vec<usize> = (0..count).filter(|index| remove[*index]).collect();
            assert_eq!(told, asked, "{}", sample.name);
            let mut kept: Vec<String> = ids(&before)
                .into_iter()
                .enumerate()
                .filter(|(i, _)| !done.removed.contains(i))
                .map(|(_, id)| id)
                .collect();
            let mut after = match &done.outcome {
                Outcome::Changed(text) => ids(&open(&sample, text)),
                Outcome::Unchanged => ids(&before),
                Outcome::Withheld => Vec::new(),
            };
            kept.sort();
            after.sort();
            assert_eq!(after, kept, "{}: every {step}th from {offset}", sample.name);
        }
    }
}
