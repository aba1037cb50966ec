//! What was learned, ready to score.

use crate::features::{Features, dot};
use crate::learn::sigmoid;
use serde::{Deserialize, Serialize};

/// A linear head: a weight for every dimension of meaning and every place in the table of grams.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Head {
    /// By dimension.
    pub meaning: Vec<f32>,
    /// By place in the table, 2^[`crate::BITS`] of them.
    pub grams: Vec<f32>,
    /// Added.
    pub offset: f64,
    /// The share is the logistic of `slope · (…) + shift`.
    pub slope: f64,
    /// See `slope`.
    pub shift: f64,
    /// The share of its own examples that it told rightly while each was left out, both sorts alike, `0..=1`.
    pub right: f64,
}

impl Head {
    /// How surely a text belongs, `0..=1`.
    pub fn score(&self, features: &Features) -> f64 {
        sigmoid(self.slope * self.raw(features) + self.shift)
    }

    pub(crate) fn raw(&self, features: &Features) -> f64 {
        self.offset + dot(&self.meaning, &features.meaning) + self.of_grams(&features.grams)
    }

    pub(crate) fn of_grams(&self, grams: &[(u32, f32)]) -> f64 {
        grams
            .iter()
            .filter_map(|(place, weight)| {
                Some(f64::from(*self.grams.get(*place as usize)?) * f64::from(*weight))
            })
            .sum()
    }
}
