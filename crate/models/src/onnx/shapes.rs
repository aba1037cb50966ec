//! What is known of a tensor before anything is computed.

use super::MOST_TENSOR;
use super::graph::ElementType;
use super::values::{MOST_KNOWN, Values, count};
use crate::refusal::Refusal;

/// A tensor: its elements, its shape, and, of whole numbers, what they can be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tensor {
    pub element: ElementType,
    pub shape: Vec<usize>,
    /// All its whole numbers, where they are few and known.
    pub known: Option<Vec<i64>>,
    /// The least and the greatest of its whole numbers, where that is known.
    pub range: Option<(i64, i64)>,
    /// Does not depend on what is read.
    pub constant: bool,
}

impl Tensor {
    /// A tensor of which only the shape is known.
    pub fn new(element: ElementType, shape: Vec<usize>, constant: bool) -> Tensor {
        Tensor { element, shape, known: None, range: None, constant }
    }

    /// A constant of the file.
    pub fn constant(shape: Vec<usize>, values: &Values) -> Tensor {
        let few = count(&shape).is_some_and(|count| count <= MOST_KNOWN as u64);
        let mut tensor = Tensor::new(values.element(), shape, true);
        if values.element() != ElementType::Float {
            tensor.known = few.then(|| values.integers().collect());
            tensor.range = values.range();
        }
        tensor
    }

    /// A short list of whole numbers.
    pub fn list(values: Vec<i64>, shape: Vec<usize>, element: ElementType) -> Tensor {
        let range = values.iter().min().copied().zip(values.iter().max().copied());
        let known = (values.len() <= MOST_KNOWN).then_some(values);
        Tensor { element, shape, known, range, constant: true }
    }

    /// Elements; at most what [`Tensor::check`] lets through.
    pub fn count(&self) -> u64 {
        count(&self.shape).unwrap_or(u64::MAX)
    }

    /// Memory, in bytes.
    pub fn bytes(&self) -> u64 {
        self.count().saturating_mul(self.element.size())
    }

    /// Refuses what is too large to be made.
    pub fn check(self, name: &str) -> Result<Tensor, Refusal> {
        if self.bytes() > MOST_TENSOR {
            return Err(Refusal::TooLarge { what: name.to_owned(), most: MOST_TENSOR });
        }
        Ok(self)
    }
}

/// The shape that both are stretched to: dimensions are compared from the last one, and 1 fits all.
pub fn broadcast(left: &[usize], right: &[usize]) -> Option<Vec<usize>> {
    let rank = left.len().max(right.len());
    let at = |shape: &[usize], i: usize| (i + shape.len()).checked_sub(rank).map_or(1, |i| shape[i]);
    (0..rank)
        .map(|i| match (at(left, i), at(right, i)) {
            (a, b) if a == b => Some(a),
            (1, b) => Some(b),
            (a, 1) => Some(a),
            _ => None,
        })
        .collect()
}

/// An axis counted from the end where it is negative.
pub fn axis(axis: i64, rank: usize) -> Option<usize> {
    let rank = i64::try_from(rank).ok()?;
    let counted = if axis < 0 { axis.checked_add(rank)? } else { axis };
    (0..rank).contains(&counted).then(|| usize::try_from(counted).ok()).flatten()
}
