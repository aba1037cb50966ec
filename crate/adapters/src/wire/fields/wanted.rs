//! Which fields are read.

use crate::wire::schema::Field;
use serde::de::value::{Error as ValueError, StrDeserializer};

/// A set of fields of a post. Reading those that some rule asks for is several times faster than reading all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fields(u64);

impl Default for Fields {
    fn default() -> Self {
        Self::ALL
    }
}

impl Fields {
    /// Every field.
    pub const ALL: Self = Self(u64::MAX);
    /// What every reader needs: who a post is. Platform, host, surface and position are always there.
    pub const LEAST: Self = Self(1 << Field::Id as u8);

    /// Those of these names, as `Post` has them in JSON, and [`Fields::LEAST`]. A name that no answer can fill is left out.
    pub fn named<'n>(names: impl IntoIterator<Item = &'n str>) -> Self {
        let field = |name: &'n str| Field::deserialize(StrDeserializer::<ValueError>::new(name)).ok();
        names.into_iter().filter_map(field).fold(Self::LEAST, Self::with)
    }

    /// The same, and the post's address: by it reposts of one post are known.
    pub fn with_address(self) -> Self {
        self.with(Field::Url)
    }

    pub(super) fn has(self, field: Field) -> bool {
        self.0 & (1 << field as u8) != 0
    }

    fn with(self, field: Field) -> Self {
        Self(self.0 | (1 << field as u8))
    }

    /// An address may be made of other fields.
    pub(super) fn with_parts_of_address(self) -> Self {
        if !self.has(Field::Url) {
            return self;
        }
        [Field::Author, Field::Name, Field::Community].into_iter().fold(self, Self::with)
    }
}
