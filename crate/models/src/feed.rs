//! Which tensors a card's model is fed, and from what.

use crate::card::{Card, Input, PictureInput, TextInput};
use crate::onnx::{ElementType, Feed};
use crate::session::{Dimension, Numbers, Port};
use crate::text::{Composed, Grams, VOCABULARY_SIZE};

/// The most grams that 1,000 characters can have, rounded up: two for each token, five for each character.
pub const MOST_GRAMS: usize = 8192;

/// One list of weighted rows: what a text gives for two tensors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum List {
    Grams { bits: u32 },
    Pieces { longest: usize },
    Marked { longest: usize, marks: [i64; 2] },
}

impl List {
    fn names(self) -> (&'static str, &'static str) {
        match self {
            List::Grams { .. } => ("grams", "gram_weights"),
            List::Pieces { .. } => ("pieces", "piece_weights"),
            List::Marked { .. } => ("ids", "mask"),
        }
    }

    fn longest(self) -> usize {
        match self {
            List::Grams { .. } => MOST_GRAMS,
            List::Pieces { longest } => longest,
            List::Marked { longest, .. } => longest + 2,
        }
    }

    /// Ids lie from 0 to below this.
    fn rows(self) -> i64 {
        match self {
            List::Grams { bits } => 1 << bits,
            List::Pieces { .. } | List::Marked { .. } => VOCABULARY_SIZE as i64,
        }
    }
}

/// What of a text a model needs. Several models share what they need of the same text.
#[derive(Default)]
pub struct Features {
    grams: Option<Grams>,
    pieces: Option<Vec<u32>>,
}

/// The tensors of a model.
#[derive(Clone, Debug)]
pub enum Tensors {
    /// Of texts: lists of rows.
    Lists(Lists),
    /// Of a picture: its name and side.
    Picture(PictureInput),
}

/// See [`Tensors::Lists`].
#[derive(Clone, Debug)]
pub struct Lists(Vec<List>);

impl Tensors {
    /// As the card says.
    pub fn of(card: &Card) -> Tensors {
        match &card.input {
            Input::Image(input) => Tensors::Picture(input.clone()),
            Input::Text(input) => Tensors::Lists(Lists::of(input)),
        }
    }

    /// What tract is told.
    pub fn ports(&self) -> Vec<Port> {
        match self {
            Tensors::Picture(input) => vec![Port {
                name: input.name.clone(),
                element: ElementType::Float,
                shape: vec![
                    Dimension::Batch,
                    Dimension::Fixed(3),
                    Dimension::Fixed(input.size),
                    Dimension::Fixed(input.size),
                ],
            }],
            Tensors::Lists(Lists(lists)) => lists
                .iter()
                .enumerate()
                .flat_map(|(place, list)| {
                    let shape = vec![Dimension::Batch, Dimension::Length(place)];
                    let (ids, weights) = list.names();
                    [
                        Port { name: ids.to_owned(), element: ElementType::Int64, shape: shape.clone() },
                        Port { name: weights.to_owned(), element: ElementType::Float, shape },
                    ]
                })
                .collect(),
        }
    }

    /// How many lists of a text there are.
    pub fn lists(&self) -> usize {
        match self {
            Tensors::Picture(_) => 0,
            Tensors::Lists(Lists(lists)) => lists.len(),
        }
    }

    /// The sizes to check a graph with: for `batch` texts or pictures, each list as long as `length` (at most its longest) says.
    pub fn feeds(&self, batch: usize, length: usize) -> Vec<Feed> {
        self.feeds_of(batch, |_| length)
    }

    /// For `batch` texts with one entry in each list, and two in `list`.
    pub fn feeds_longer(&self, batch: usize, list: usize) -> Vec<Feed> {
        self.feeds_of(batch, |one| if one == list { 2 } else { 1 })
    }

    fn feeds_of(&self, batch: usize, length: impl Fn(usize) -> usize) -> Vec<Feed> {
        let ranges: Vec<Option<(i64, i64)>> = match self {
            Tensors::Picture(_) => vec![None],
            Tensors::Lists(Lists(lists)) => {
                lists.iter().flat_map(|list| [Some((0, list.rows() - 1)), None]).collect()
            }
        };
        let longest = |list: usize| match self {
            Tensors::Picture(_) => 1,
            Tensors::Lists(Lists(lists)) => lists[list].longest(),
        };
        self.ports()
            .into_iter()
            .zip(ranges)
            .map(|(port, range)| Feed {
                shape: port
                    .shape
                    .iter()
                    .map(|dimension| match *dimension {
                        Dimension::Batch => batch,
                        Dimension::Length(list) => length(list).min(longest(list)),
                        Dimension::Fixed(size) => size,
                    })
                    .collect(),
                name: port.name,
                element: port.element,
                range,
            })
            .collect()
    }
}

impl Lists {
    fn of(input: &TextInput) -> Lists {
        let grams = input.grams.and(input.bits).map(|bits| List::Grams { bits });
        let pieces = input.pieces.and(input.longest).map(|longest| match input.marks {
            Some(marks) => List::Marked { longest, marks },
            None => List::Pieces { longest },
        });
        Lists(grams.into_iter().chain(pieces).collect())
    }

    /// Finds what these lists need of a text, unless it was found before.
    pub fn find(&self, text: &Composed, features: &mut Features) {
        for list in &self.0 {
            match list {
                List::Grams { .. } => {
                    features.grams.get_or_insert_with(|| text.grams());
                }
                List::Pieces { .. } | List::Marked { .. } => {
                    // 1,000 characters have at most 1,000 pieces.
                    features.pieces.get_or_insert_with(|| text.pieces(usize::MAX));
                }
            }
        }
    }

    /// How long each list is for a text.
    pub fn lengths(&self, features: &Features) -> Vec<usize> {
        let pieces = features.pieces.as_ref().map_or(0, Vec::len);
        self.0
            .iter()
            .map(|list| match *list {
                List::Grams { .. } => features.grams.as_ref().map_or(0, Grams::len),
                List::Pieces { longest } => pieces.min(longest),
                List::Marked { longest, .. } => pieces.min(longest) + 2,
            })
            .map(|length| length.max(1))
            .collect()
    }

    /// The tensors for some texts, each list padded to a length with id 0 and weight 0.
    pub fn tensors(&self, texts: &[&Features], lengths: &[usize]) -> Vec<(Vec<usize>, Numbers)> {
        let mut tensors = Vec::with_capacity(2 * self.0.len());
        for (list, &length) in self.0.iter().zip(lengths) {
            let mut ids = Vec::with_capacity(texts.len() * length);
            let mut weights = Vec::with_capacity(texts.len() * length);
            for (row, features) in (1..).zip(texts) {
                list.add(features, &mut ids, &mut weights);
                ids.resize(row * length, 0);
                weights.resize(row * length, 0.0);
            }
            let shape = vec![texts.len(), length];
            tensors.push((shape.clone(), Numbers::Integers(ids)));
            tensors.push((shape, Numbers::Floats(weights)));
        }
        tensors
    }
}

impl List {
    fn add(self, features: &Features, ids: &mut Vec<i64>, weights: &mut Vec<f32>) {
        let pieces = features.pieces.as_deref().unwrap_or_default();
        match self {
            List::Grams { bits } => {
                if let Some(grams) = &features.grams {
                    grams.feed(bits, ids, weights);
                }
            }
            List::Pieces { longest } => {
                let kept = &pieces[..pieces.len().min(longest)];
                ids.extend(kept.iter().map(|&piece| i64::from(piece)));
                let weight = (1.0 / kept.len().max(1) as f64) as f32;
                weights.extend(kept.iter().map(|_| weight));
            }
            List::Marked { longest, marks: [first, last] } => {
                let kept = &pieces[..pieces.len().min(longest)];
                ids.push(first);
                ids.extend(kept.iter().map(|&piece| i64::from(piece)));
                ids.push(last);
                weights.extend(std::iter::repeat_n(1.0, kept.len() + 2));
            }
        }
    }
}
