//! Payloads as platforms change them: keys that are new, missing or in another order, an entry of another shape, an answer
//! cut short, posts that come twice. The entry that changed passes through, the others are handled, nothing panics and no
//! post is lost.
//!
//! Recorded payloads are cut down to a few posts first (by the rewriter itself), so that ten thousand mutants take a
//! minute; without recordings, our own small payloads are run over.

mod support;

use diffract_adapters::json::{Document, Kind, Node};
use diffract_adapters::wire::{Decisions, Outcome, Payload};
use std::collections::BTreeMap;
use support::{Sample, miniatures, recordings};

const MUTANTS: usize = 10_500;
/// How many posts are left of a recorded payload.
const POSTS: usize = 5;

/// Numbers that are the same on every run (xorshift, Marsaglia 2003).
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % bound.max(1) as u64) as usize
    }
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Change {
    NewKey,
    KeysTurnedRound,
    MissingPart,
    OtherShape,
    Cut,
    Twice,
}

const CHANGES: [Change; 6] = [
    Change::NewKey,
    Change::KeysTurnedRound,
    Change::MissingPart,
    Change::OtherShape,
    Change::Cut,
    Change::Twice,
];

fn small(sample: &Sample) -> String {
    let Ok(payload) = Payload::open(&sample.adapter, sample.text.clone(), sample.url.as_deref()) else {
        return sample.text.clone();
    };
    let count = payload.posts().len();
    let step = count.div_ceil(POSTS).max(1);
    let keep =
        |index: usize| index.is_multiple_of(step) || payload.items()[index].post.promoted == Some(true);
    let remove = (0..count).map(|index| !keep(index)).collect();
    match payload.rewrite(&sample.adapter, &Decisions { remove, order: Vec::new() }).outcome {
        Outcome::Changed(text) => text,
        _ => sample.text.clone(),
    }
}

/// A text with one change; the span of what was changed, in the text before.
fn mutated(
    text: &str,
    document: &Document,
    items: &[Node<'_>],
    change: Change,
    dice: &mut Dice,
) -> Option<(String, std::ops::Range<usize>)> {
    let replaced = |node: Node<'_>, by: String| {
        let span = node.span();
        (format!("{}{by}{}", &text[..span.start], &text[span.end..]), span)
    };
    let all = document.root().end_id() as usize;
    let pick = |dice: &mut Dice, kind: Kind| {
        (0..50).find_map(|_| document.node(dice.below(all) as u32).filter(|node| node.kind() == kind))
    };
    Some(match change {
        Change::NewKey => {
            let node = pick(dice, Kind::Object)?;
            let comma = if node.members().next().is_some() { "," } else { "" };
            replaced(node, format!("{{\"zzz_unheard_of\":[1.50,\"\\u00e9\"]{comma}{}", &node.raw()[1..]))
        }
        Change::KeysTurnedRound => {
            let node = pick(dice, Kind::Object)?;
            let mut members: Vec<&str> =
                node.members().map(|(key, value)| &text[key.span().start..value.span().end]).collect();
            members.reverse();
            replaced(node, format!("{{{}}}", members.join(",")))
        }
        Change::MissingPart => {
            // A part of a post: something in it is gone.
            let item = *items.get(dice.below(items.len()))?;
            let inside = item.id() as usize + 1 + dice.below((item.end_id() - item.id()) as usize);
            let node =
                document.node(inside as u32).filter(|node| node.is_object() && node.id() < item.end_id())?;
            let members: Vec<(Node<'_>, Node<'_>)> = node.members().collect();
            let gone = dice.below(members.len());
            let left: Vec<&str> = members
                .iter()
                .enumerate()
                .filter(|(index, _)| *index != gone)
                .map(|(_, (key, value))| &text[key.span().start..value.span().end])
                .collect();
            replaced(node, format!("{{{}}}", left.join(",")))
        }
        Change::OtherShape => {
            let item = *items.get(dice.below(items.len()))?;
            let shapes =
                ["null", "[]", "{}", "7", "\"\"", "[[{\"id\":[]}]]", "{\"result\":null,\"data\":[]}"];
            replaced(item, shapes[dice.below(shapes.len())].to_owned())
        }
        Change::Cut => {
            let mut at = dice.below(text.len());
            while !text.is_char_boundary(at) {
                at -= 1;
            }
            (text[..at].to_owned(), at..text.len())
        }
        Change::Twice => {
            // The values of a stream are a list too, but none with commas.
            let list = pick(dice, Kind::Array)
                .filter(|list| list.at(0).is_some() && text[list.span()].starts_with('['))?;
            let element = list.at(dice.below(list.elements().count()))?;
            replaced(element, format!("{},{}", element.raw(), element.raw()))
        }
    })
}

fn counted(payload: &Payload) -> BTreeMap<String, usize> {
    let mut all = BTreeMap::new();
    payload.posts().for_each(|post| *all.entry(post.id.clone()).or_default() += 1);
    all
}

fn check(sample: &Sample, base: &Payload, text: &str, span: &std::ops::Range<usize>, change: Change) {
    let at = |what: &str| format!("{} ({change:?} at {span:?}): {what}", sample.name);
    let payload = match Payload::open(&sample.adapter, text.to_owned(), sample.url.as_deref()) {
        Ok(payload) => payload,
        Err((back, _)) => {
            assert_eq!(back, text, "{}", at("the bytes are not those that came"));
            assert_eq!(change, Change::Cut, "{}", at("refused"));
            return;
        }
    };
    // References reach from one entry into others.
    let apart = !["linkedin", "tiktok"].contains(&sample.adapter.name());
    if apart && change != Change::Cut && change != Change::Twice {
        let now = counted(&payload);
        for item in base.items() {
            let place = item.path(base.document()).get(base.document().root()).expect("it is there").span();
            if place.end <= span.start || span.end <= place.start {
                assert!(
                    now.contains_key(&item.post.id),
                    "{}",
                    at(&format!("{} was lost", item.path(base.document())))
                );
            }
        }
    }
    let promoted = payload.posts().any(|post| post.promoted == Some(true));
    let goes = |(index, post): (usize, &diffract_core::post::Post)| {
        if promoted { post.promoted == Some(true) } else { index % 3 == 1 }
    };
    let remove: Vec<bool> = payload.posts().enumerate().map(goes).collect();
    let done = payload
        .rewrite(&sample.adapter, &Decisions { remove, order: (0..payload.posts().len()).rev().collect() });
    let mut expected = BTreeMap::new();
    for (index, post) in payload.posts().enumerate() {
        if !done.removed.contains(&index) {
            *expected.entry(post.id.clone()).or_default() += 1;
        }
    }
    let after = match done.outcome {
        Outcome::Unchanged => counted(&payload),
        Outcome::Withheld => BTreeMap::new(),
        Outcome::Changed(text) => {
            let again = Payload::open(&sample.adapter, text, sample.url.as_deref());
            counted(&again.unwrap_or_else(|(_, problem)| panic!("{}", at(&problem.to_string()))))
        }
    };
    assert_eq!(after, expected, "{}", at("posts were lost, or came"));
}

#[test]
fn changed_payloads_lose_no_post() {
    let mut samples = recordings();
    samples.retain(|sample| sample.name.ends_with(".json"));
    if samples.is_empty() {
        samples = miniatures().into_iter().filter(|sample| sample.name.ends_with(".json")).collect();
    }
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
    // A small payload is changed more often: it is sooner done, and more of it is posts.
    let small: Vec<String> = samples.iter().map(small).collect();
    let share = |text: &String| 1.0 / text.len().max(2_000) as f64;
    let shares: f64 = small.iter().map(share).sum();
    let mut made = BTreeMap::<&str, usize>::new();
    for (sample, text) in samples.iter().zip(small) {
        let each = 20 + (MUTANTS as f64 * share(&text) / shares) as usize;
        let Ok(base) = Payload::open(&sample.adapter, text.clone(), sample.url.as_deref()) else { continue };
        let root = base.document().root();
        let items: Vec<Node<'_>> =
            base.items().iter().filter_map(|item| item.path(base.document()).get(root)).collect();
        let mut count = 0;
        for attempt in 0..each * 20 {
            if count >= each {
                break;
            }
            let change = CHANGES[(attempt + count) % CHANGES.len()];
            if let Some((mutant, span)) = mutated(&text, base.document(), &items, change, &mut dice) {
                check(sample, &base, &mutant, &span, change);
                *made
                    .entry(match change {
                        Change::NewKey => "new keys",
                        Change::KeysTurnedRound => "keys in another order",
                        Change::MissingPart => "missing parts",
                        Change::OtherShape => "entries of another shape",
                        Change::Cut => "cut short",
                        Change::Twice => "elements twice",
                    })
                    .or_default() += 1;
                count += 1;
            }
        }
    }
    let total: usize = made.values().sum();
    println!("{total} mutants of {} payloads: {made:?}", samples.len());
    assert!(total >= 10_000, "{total} mutants only: {made:?}");
}
