//! A filter: its name and its examples.

use crate::features::{BITS, Features};
use crate::head::Head;
use crate::learn::{calibrate, learn};
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Most examples of a filter; the oldest goes first.
pub const MAX_EXAMPLES: usize = 300;
/// Most characters of an example's text that are kept.
const MAX_TEXT: usize = 1000;

/// A post that the reader gave a thumb.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Example {
    /// Its words, for the reader to see again.
    pub text: String,
    /// Whether it belongs to what the filter is to find.
    pub belongs: bool,
    /// What is learned from.
    pub features: Features,
}

/// A filter that a reader teaches.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Filter {
    /// As the reader calls it, and rules.
    pub name: String,
    /// Oldest first.
    examples: Vec<Example>,
}

/// Why nothing can be learned.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum LearnError {
    /// There are only examples of one sort, or none.
    #[error("a filter needs examples of both sorts: posts that belong, and posts that do not")]
    OneSort,
    /// The examples' directions are not of one length.
    #[error("the examples were read by different encoders; forget the filter and begin anew")]
    Mixed,
}

impl Filter {
    /// Without examples.
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), examples: Vec::new() }
    }

    /// The examples, oldest first.
    pub fn examples(&self) -> &[Example] {
        &self.examples
    }

    /// Adds an example; one of the same words is replaced, so that a thumb can be turned around.
    pub fn add(&mut self, mut example: Example) {
        if let Some((end, _)) = example.text.char_indices().nth(MAX_TEXT) {
            example.text.truncate(end);
        }
        self.forget(&example.text);
        self.examples.push(example);
        if self.examples.len() > MAX_EXAMPLES {
            self.examples.remove(0);
        }
    }

    /// Takes a thumb back. Whether there was one.
    pub fn forget(&mut self, text: &str) -> bool {
        let before = self.examples.len();
        self.examples.retain(|example| example.text != text);
        self.examples.len() < before
    }

    /// Takes over another filter's examples. Where both have the same words, the other's thumb counts.
    pub fn merge(&mut self, other: Self) {
        other.examples.into_iter().for_each(|example| self.add(example));
    }

    /// Learns from the examples.
    ///
    /// # Errors
    ///
    /// If they are all of one sort, or do not fit together.
    pub fn learn(&self) -> Result<Head, LearnError> {
        let width = self.examples.first().map_or(0, |example| example.features.meaning.len());
        if self.examples.iter().any(|example| example.features.meaning.len() != width) {
            return Err(LearnError::Mixed);
        }
        let features: Vec<&Features> = self.examples.iter().map(|example| &example.features).collect();
        let belongs: Vec<bool> = self.examples.iter().map(|example| example.belongs).collect();
        let learned = learn(&features, &belongs).ok_or(LearnError::OneSort)?;
        let (slope, shift) = calibrate(&learned.left_out, &belongs);
        let mut meaning = vec![0.0_f64; width];
        let mut grams = vec![0.0_f64; 1 << BITS];
        for (example, weight) in features.iter().zip(&learned.weights) {
            for (sum, value) in meaning.iter_mut().zip(&example.meaning) {
                *sum += (1.0 - learned.gram_share) * weight * f64::from(*value);
            }
            for (place, value) in &example.grams {
                if let Some(sum) = grams.get_mut(*place as usize) {
                    *sum += learned.gram_share * weight * f64::from(*value);
                }
            }
        }
        let right = |sort: bool| {
            let of_sort =
                || learned.left_out.iter().zip(&belongs).filter(move |(_, belongs)| **belongs == sort);
            of_sort().filter(|(score, _)| (**score > 0.0) == sort).count() as f64 / of_sort().count() as f64
        };
        Ok(Head {
            meaning: meaning.into_iter().map(|weight| weight as f32).collect(),
            grams: grams.into_iter().map(|weight| weight as f32).collect(),
            offset: learned.offset,
            slope,
            shift,
            right: (right(true) + right(false)) / 2.0,
        })
    }
}
