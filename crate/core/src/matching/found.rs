//! The leaves of which something was found in one post.
//!
//! There are a handful a post, of a hundred thousand: a small table that stays near is asked faster than an array with a
//! place for each.

/// A leaf of which a needle was found, or whose expression is to be run.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Found {
    pub(crate) leaf: u32,
    /// The first needle in the order written that was found.
    pub(crate) first: u32,
    /// The first and the last place of the folded text where one of its needles begins, as far as that is known.
    pub(crate) places: (u32, u32),
    /// What came of an expression that was run: where it matched first, if it did.
    pub(crate) ran: Option<Option<(u32, u32)>>,
    /// Where in the table it stands.
    place: usize,
}

/// All of one post, each once, in the order they were found.
#[derive(Debug, Default)]
pub(crate) struct FoundLeaves {
    /// Open addressing: one more than where a leaf stands in `found`; at most half full. Its length is a power of two.
    table: Vec<u32>,
    found: Vec<Found>,
}

/// Where needles may begin if nothing is known of that.
pub(crate) const ANYWHERE: (u32, u32) = (0, u32::MAX);

/// Tables larger than this are not kept for the next post.
const LARGE: usize = 1 << 16;

impl FoundLeaves {
    /// Forgets all.
    pub(crate) fn clear(&mut self) {
        if self.table.len() > LARGE {
            *self = Self::default();
        }
        for found in &self.found {
            if let Some(place) = self.table.get_mut(found.place) {
                *place = 0;
            }
        }
        self.found.clear();
    }

    /// In the order they were found.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Found> {
        self.found.iter()
    }

    /// A leaf, if it was found.
    pub(crate) fn get(&self, leaf: u32) -> Option<&Found> {
        let place = self.place(leaf)?;
        self.found.get((*self.table.get(place)? as usize).checked_sub(1)?)
    }

    /// As [`FoundLeaves::get`].
    pub(crate) fn get_mut(&mut self, leaf: u32) -> Option<&mut Found> {
        let place = self.place(leaf)?;
        self.found.get_mut((*self.table.get(place)? as usize).checked_sub(1)?)
    }

    /// Notes that a needle of a leaf was found, at a place or between two.
    pub(crate) fn note(&mut self, leaf: u32, needle: u32, (from, to): (u32, u32)) {
        if let Some(found) = self.get_mut(leaf) {
            found.first = found.first.min(needle);
            found.places = (found.places.0.min(from), found.places.1.max(to));
            return;
        }
        if self.table.len() <= 2 * self.found.len() {
            self.grow();
        }
        let Some(place) = self.place(leaf) else { return };
        self.found.push(Found { leaf, first: needle, places: (from, to), ran: None, place });
        if let Some(entry) = self.table.get_mut(place) {
            *entry = self.found.len() as u32;
        }
    }

    /// Where in the table a leaf stands, or would.
    fn place(&self, leaf: u32) -> Option<usize> {
        let last = self.table.len().checked_sub(1)?;
        let mut place = (leaf.wrapping_mul(0x9E37_79B1) >> 8) as usize & last;
        loop {
            let at = *self.table.get(place)? as usize;
            if at == 0 || self.found.get(at - 1)?.leaf == leaf {
                return Some(place);
            }
            place = (place + 1) & last;
        }
    }

    fn grow(&mut self) {
        let size = (self.table.len() * 4).max(256);
        self.table.clear();
        self.table.resize(size, 0);
        for at in 0..self.found.len() {
            let place = self.found.get(at).and_then(|found| self.place(found.leaf)).unwrap_or_default();
            if let Some(entry) = self.table.get_mut(place) {
                *entry = at as u32 + 1;
            }
            if let Some(found) = self.found.get_mut(at) {
                found.place = place;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_what_was_noted_and_forgets_it() {
        let mut found = FoundLeaves::default();
        for round in 0..3 {
            assert!(found.get(7).is_none());
            for leaf in (0..5_000_u32).map(|leaf| leaf.wrapping_mul(0x10_0001)) {
                found.note(leaf, 9, (20, 20));
                found.note(leaf, round, (30, 30));
                found.note(leaf, 5, (25, 25));
            }
            assert_eq!(found.iter().count(), 5_000);
            let known = found.get(0x10_0001).map(|found| (found.first, found.places));
            assert_eq!(known, Some((round, (20, 30))));
            assert!(found.get(3).is_none());
            found.clear();
        }
    }
}
