//! The numbers of a constant, looked at where they lie in the file.

use super::MOST_TENSOR;
use super::graph::ElementType;
use crate::refusal::Refusal;

/// Up to so many whole numbers of a tensor are known by value: shapes, axes and bounds of slices are short.
pub const MOST_KNOWN: usize = 64;

/// The numbers of a constant.
#[derive(Clone, Debug)]
pub enum Values<'a> {
    /// Little-endian, as the file has them.
    Raw(ElementType, &'a [u8]),
    /// A list of floats that the file does not keep raw.
    Floats(Vec<f32>),
    /// A list of whole numbers that the file does not keep raw.
    Integers(ElementType, Vec<i64>),
}

impl<'a> Values<'a> {
    /// Whichever of the three a file has. Its length must be what the shape says, and no float may be infinite or not a number.
    pub fn read(
        name: &str,
        element: ElementType,
        shape: &[usize],
        raw: Option<&'a [u8]>,
        floats: Vec<f32>,
        packed: Option<&'a [u8]>,
    ) -> Result<Values<'a>, Refusal> {
        let count = count(shape).ok_or_else(|| Refusal::TooLarge { what: name.into(), most: MOST_TENSOR })?;
        if count.saturating_mul(element.size()) > MOST_TENSOR {
            return Err(Refusal::TooLarge { what: name.into(), most: MOST_TENSOR });
        }
        let (values, found) = match (raw, element) {
            (Some(raw), _) if floats.is_empty() && packed.is_none() => {
                let found = raw.len() as u64;
                (
                    Values::Raw(element, raw),
                    (found.is_multiple_of(element.size())).then_some(found / element.size()),
                )
            }
            (None, ElementType::Float) if packed.is_none() => {
                let found = floats.len() as u64;
                (Values::Floats(floats), Some(found))
            }
            (None, _) if floats.is_empty() => {
                let mut list = Vec::new();
                let most = usize::try_from(count).unwrap_or(usize::MAX);
                super::wire::Value::Bytes(packed.unwrap_or_default()).integers(most, &mut list)?;
                let found = list.len() as u64;
                (Values::Integers(element, list), Some(found))
            }
            _ => (Values::Floats(Vec::new()), None),
        };
        if found != Some(count) {
            return Err(Refusal::Shape(name.into()));
        }
        if !values.are_finite() {
            return Err(Refusal::NotFinite(name.into()));
        }
        Ok(values)
    }

    /// What its elements are.
    pub fn element(&self) -> ElementType {
        match self {
            Values::Raw(element, _) | Values::Integers(element, _) => *element,
            Values::Floats(_) => ElementType::Float,
        }
    }

    fn are_finite(&self) -> bool {
        match self {
            Values::Raw(ElementType::Float, raw) => {
                raw.as_chunks::<4>().0.iter().all(|&bytes| f32::from_le_bytes(bytes).is_finite())
            }
            Values::Raw(..) | Values::Integers(..) => true,
            Values::Floats(floats) => floats.iter().all(|value| value.is_finite()),
        }
    }

    /// The least and the greatest of its whole numbers; nothing for floats.
    pub fn range(&self) -> Option<(i64, i64)> {
        // Tables have millions of bytes: each sort is gone through as what it is.
        match self {
            Values::Raw(ElementType::Uint8, raw) => extremes(raw.iter().copied()),
            Values::Raw(ElementType::Int8, raw) => extremes(raw.iter().map(|&v| v.cast_signed())),
            _ => extremes(self.integers()),
        }
    }

    /// Its whole numbers one after another; nothing for floats.
    pub fn integers(&self) -> Box<dyn Iterator<Item = i64> + '_> {
        match self {
            Values::Raw(ElementType::Uint8, raw) => Box::new(raw.iter().map(|&v| i64::from(v))),
            Values::Raw(ElementType::Int8, raw) => Box::new(raw.iter().map(|&v| i64::from(v.cast_signed()))),
            Values::Raw(ElementType::Int32, raw) => {
                Box::new(raw.as_chunks::<4>().0.iter().map(|&v| i64::from(i32::from_le_bytes(v))))
            }
            Values::Raw(ElementType::Int64, raw) => {
                Box::new(raw.as_chunks::<8>().0.iter().map(|&v| i64::from_le_bytes(v)))
            }
            Values::Integers(_, list) => Box::new(list.iter().copied()),
            Values::Raw(ElementType::Float, _) | Values::Floats(_) => Box::new(std::iter::empty()),
        }
    }
}

/// The least and the greatest.
fn extremes<T: Ord + Copy + Into<i64>>(mut values: impl Iterator<Item = T>) -> Option<(i64, i64)> {
    let first = values.next()?;
    let (low, high) = values.fold((first, first), |(low, high), value| (low.min(value), high.max(value)));
    Some((low.into(), high.into()))
}

/// How many elements a tensor of this shape has, if that can be said.
pub fn count(shape: &[usize]) -> Option<u64> {
    shape.iter().try_fold(1u64, |all, &size| all.checked_mul(size as u64))
}
