//! What a filter has learned, for its reader: the strongest words, the nearest examples, and the posts it doubts.

use crate::features::{Features, grams};
use crate::filter::Filter;
use crate::head::Head;
use diffract_models::Composed;
use serde::Serialize;
use std::collections::BTreeMap;

/// Most words, each way.
const MAX_WORDS: usize = 12;
/// Most doubts.
const MAX_DOUBTS: usize = 5;

/// A word and how much it says.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Word {
    /// In lower case.
    pub word: String,
    /// Above 0: for; below: against. Only how they compare counts.
    pub weight: f64,
}

/// What a filter has learned.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Told {
    /// Words of its examples that speak for a post, strongest first.
    pub for_it: Vec<Word>,
    /// Words that speak against it.
    pub against_it: Vec<Word>,
    /// Of the posts asked about those that it is least sure of, as their places; worth a thumb.
    pub doubts: Vec<usize>,
}

/// An example, and how near it is.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Near {
    /// Its place among the filter's examples.
    pub example: usize,
    /// A cosine by meaning.
    pub nearness: f64,
}

/// Tells what was learned; `posts` are those that the reader may be asked about.
pub fn tell(filter: &Filter, head: &Head, posts: &[Features]) -> Told {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for example in filter.examples() {
        let mut words = Composed::new(&example.text).tokens();
        words.sort();
        words.dedup();
        for word in words.into_iter().filter(|word| word.chars().count() > 2 && !word.starts_with('<')) {
            *counts.entry(word).or_default() += 1;
        }
    }
    let mut words: Vec<Word> = counts
        .into_keys()
        .map(|word| {
            let weight = head.of_grams(&grams(&Composed::new(&word)));
            Word { word, weight }
        })
        .collect();
    words.sort_by(|one, other| other.weight.total_cmp(&one.weight));
    let for_it = words.iter().filter(|word| word.weight > 0.0).take(MAX_WORDS).cloned().collect();
    let against_it = words.iter().rev().filter(|word| word.weight < 0.0).take(MAX_WORDS).cloned().collect();
    let mut doubts: Vec<(f64, usize)> = posts
        .iter()
        .enumerate()
        .map(|(place, features)| ((head.score(features) - 0.5).abs(), place))
        .collect();
    doubts.sort_by(|one, other| one.0.total_cmp(&other.0));
    Told { for_it, against_it, doubts: doubts.into_iter().take(MAX_DOUBTS).map(|(_, place)| place).collect() }
}

impl Filter {
    /// The examples nearest to a text, at most `most`, nearest first.
    pub fn nearest(&self, features: &Features, most: usize) -> Vec<Near> {
        let mut near: Vec<Near> = self
            .examples()
            .iter()
            .enumerate()
            .map(|(example, other)| Near { example, nearness: features.alike(&other.features).0 })
            .collect();
        near.sort_by(|one, other| other.nearness.total_cmp(&one.nearness));
        near.truncate(most);
        near
    }
}
