//! What a filter sees of a text.

use diffract_models::Composed;
use serde::{Deserialize, Serialize};

/// Grams are hashed into a table of 2^BITS weights.
pub const BITS: u32 = 14;
/// Most grams of one text that are looked at.
const MAX_GRAMS: usize = 8192;

/// What a filter sees of a text: where it points, and which grams it has.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Features {
    /// The direction of its meaning, of length one.
    pub meaning: Vec<f32>,
    /// Places in the table of weights, ascending, each once, with what the gram weighs; the whole of length one but for grams
    /// that share a place.
    pub grams: Vec<(u32, f32)>,
}

impl Features {
    /// The features of a text, whose direction the encoder has told.
    pub fn of(text: &str, meaning: Vec<f32>) -> Self {
        Self { meaning: unit(meaning), grams: grams(&Composed::new(text)) }
    }

    /// How alike two texts are, by meaning and by grams: two cosines.
    pub fn alike(&self, other: &Self) -> (f64, f64) {
        (dot(&self.meaning, &other.meaning), sparse_dot(&self.grams, &other.grams))
    }
}

/// The hashed grams of a text. They come in two sets of length one each, so both are made shorter together.
pub(crate) fn grams(text: &Composed) -> Vec<(u32, f32)> {
    let mut places: Vec<(u32, f32)> = text
        .grams()
        .weighted(BITS)
        .take(MAX_GRAMS)
        .map(|(place, weight)| (place as u32, weight * std::f32::consts::FRAC_1_SQRT_2))
        .collect();
    places.sort_by_key(|(place, _)| *place);
    let mut merged: Vec<(u32, f32)> = Vec::with_capacity(places.len());
    for (place, weight) in places {
        match merged.last_mut() {
            Some((last, sum)) if *last == place => *sum += weight,
            _ => merged.push((place, weight)),
        }
    }
    merged
}

fn unit(mut meaning: Vec<f32>) -> Vec<f32> {
    let length = dot(&meaning, &meaning).sqrt();
    if length.is_finite() && length > 0.0 {
        meaning.iter_mut().for_each(|value| *value = (f64::from(*value) / length) as f32);
        meaning
    } else {
        // Not a number anywhere: it says nothing.
        vec![0.0; meaning.len()]
    }
}

pub(crate) fn dot(one: &[f32], other: &[f32]) -> f64 {
    one.iter().zip(other).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum()
}

pub(crate) fn sparse_dot(one: &[(u32, f32)], other: &[(u32, f32)]) -> f64 {
    let (mut sum, mut one, mut other) = (0.0, one.iter().peekable(), other.iter().peekable());
    while let (Some((a, x)), Some((b, y))) = (one.peek(), other.peek()) {
        match a.cmp(b) {
            std::cmp::Ordering::Less => {
                one.next();
            }
            std::cmp::Ordering::Greater => {
                other.next();
            }
            std::cmp::Ordering::Equal => {
                sum += f64::from(*x) * f64::from(*y);
                one.next();
                other.next();
            }
        }
    }
    sum
}
