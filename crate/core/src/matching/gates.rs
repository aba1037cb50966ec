//! What must be there before a rule can be true.

use super::atoms::{Atom, Atoms, Source};
use super::evaluate::{Node, Tree};
use crate::program::{Comparison, FlagField, NumberField};
use crate::sorted::sort_by;

/// A fact of a post that opens a gate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Event {
    /// A needle, name or expression of this leaf was found.
    Atom(u32),
    /// Facts that many posts share hold together.
    Common(Common),
}

/// Facts that many posts share: all of them hold.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Common {
    /// The codes below, as bits.
    pub(crate) codes: u64,
    pub(crate) bounds: [Option<Bound>; 2],
    /// Nothing else is asked: the condition is true where they hold, and nowhere else.
    pub(crate) exact: bool,
}

/// A number is so great at least.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Bound {
    pub(crate) axis: Axis,
    pub(crate) least: f64,
}

/// A number of posts, or its negative: so that every bound is a lower one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Axis(u8);

impl Axis {
    const fn new(field: NumberField, negative: bool) -> Self {
        Self(field as u8 * 2 + negative as u8)
    }

    /// The field's place among all, and what its number counts as here.
    pub(crate) fn number(self, number: impl FnOnce(NumberField) -> Option<f64>) -> Option<f64> {
        let number = number(*NumberField::ALL.get(usize::from(self.0 / 2))?)?;
        Some(if self.0 % 2 == 1 { -number } else { number })
    }
}

impl Common {
    const fn codes(codes: u64) -> Self {
        Self { codes, bounds: [None; 2], exact: true }
    }

    /// Both hold; as far as there is room, which gates need not say in full.
    fn and(mut self, other: Self) -> Self {
        self.codes |= other.codes;
        self.exact &= other.exact;
        for bound in other.bounds.into_iter().flatten() {
            let mut places = self.bounds.iter_mut();
            match places.find(|place| place.is_none_or(|known| known.axis == bound.axis)) {
                Some(Some(known)) => known.least = known.least.max(bound.least),
                Some(place) => *place = Some(bound),
                None => self.exact = false,
            }
        }
        self
    }
}

/// Always holds.
pub(crate) const ALWAYS: u8 = 0;
const KINDS: u8 = 19;
const SURFACES: u8 = 31;
const MEDIA: u8 = 42;
/// The platform does not say the language, so that a model may.
pub(crate) const NO_LANGUAGE: u8 = 48;

/// The code of a flag with a value.
pub(crate) const fn flag_code(field: FlagField, value: bool) -> u8 {
    1 + field as u8 * 2 + value as u8
}

/// Codes of the kinds, surfaces or media of a mask, as bits.
pub(crate) const fn kind_codes(mask: u16) -> u64 {
    (mask as u64 & 0xFFF) << KINDS
}

/// See [`kind_codes`].
pub(crate) const fn surface_codes(mask: u16) -> u64 {
    (mask as u64 & 0x7FF) << SURFACES
}

/// See [`kind_codes`].
pub(crate) const fn media_codes(mask: u16) -> u64 {
    (mask as u64 & 0x3F) << MEDIA
}

/// Events of which one must have come for a rule to be true or to wait for a model; none at all means that
/// it never can be.
pub(crate) struct Gate {
    first: Option<Event>,
    more: Vec<Event>,
    /// How often it is expected to open, roughly.
    rate: f32,
}

impl Gate {
    /// See [`Gate`].
    pub(crate) fn events(&self) -> impl Iterator<Item = Event> + '_ {
        self.first.into_iter().chain(self.more.iter().copied())
    }

    const fn one(event: Event, rate: f32) -> Self {
        Self { first: Some(event), more: Vec::new(), rate }
    }

    fn always(exact: bool) -> Self {
        Self::one(Event::Common(Common { exact, ..Common::codes(1 << ALWAYS) }), 1.0)
    }

    const fn never() -> Self {
        Self { first: None, more: Vec::new(), rate: 0.0 }
    }

    /// One of so many codes holds.
    fn codes(codes: u64, rate: f32) -> Self {
        let exact = codes.is_power_of_two();
        let all = (0..64).filter(|code| codes >> code & 1 == 1);
        let mut all = all.map(|code| Event::Common(Common { exact, ..Common::codes(1 << code) }));
        Self { first: all.next(), more: all.collect(), rate: rate.min(0.95) }
    }

    /// The common facts that must hold, if these are all it asks.
    fn common(&self) -> Option<Common> {
        match self.first {
            Some(Event::Common(common)) if self.more.is_empty() => Some(common),
            _ => None,
        }
    }
}

/// The gate of a condition: of a conjunction its rarest part's, of a disjunction those of all its parts. Where the rarest
/// part of a conjunction is a common fact, the others of that sort must hold with it.
pub(crate) fn gate(tree: &Tree, node: u32, atoms: &Atoms) -> Gate {
    match tree.node(node) {
        Node::Always => Gate::always(true),
        Node::Never => Gate::never(),
        Node::Leaf { atom, negated } => leaf(atom, negated, atoms),
        Node::And { .. } => {
            let mut parts: Vec<Gate> = tree.children(node).map(|child| gate(tree, child, atoms)).collect();
            sort_by(&mut parts, |left, right| left.rate.total_cmp(&right.rate));
            let mut parts = parts.into_iter();
            let Some(mut rarest) = parts.next() else { return Gate::always(true) };
            let others = parts.fold(Common::codes(0), |all, part| match part.common() {
                Some(common) => all.and(common),
                None => Common { exact: false, ..all },
            });
            let several = !rarest.more.is_empty();
            for event in rarest.first.iter_mut().chain(&mut rarest.more) {
                if let Event::Common(common) = event {
                    *common = common.and(others);
                    common.exact &= !several;
                }
            }
            rarest
        }
        Node::Or { .. } => {
            let mut all = Gate::never();
            for child in tree.children(node) {
                let part = gate(tree, child, atoms);
                for mut event in part.events() {
                    if let Event::Common(common) = &mut event {
                        if common.codes == 1 << ALWAYS && common.bounds == [None; 2] {
                            return Gate::always(false);
                        }
                        common.exact = false;
                    }
                    all.more.push(event);
                }
                all.rate += part.rate;
            }
            all
        }
    }
}

fn leaf(id: u32, negated: bool, atoms: &Atoms) -> Gate {
    let Some(atom) = atoms.atoms.get(id as usize) else { return Gate::always(false) };
    let rate = atoms.rates.get(id as usize).copied().unwrap_or(1.0);
    let rate_of_codes = if negated { 1.0 - rate } else { rate };
    match atom {
        Atom::Flag(field) => Gate::codes(1 << flag_code(*field, !negated), rate_of_codes),
        Atom::Kind(mask) => Gate::codes(kind_codes(if negated { !mask } else { *mask }), rate_of_codes),
        Atom::Surface(mask) => Gate::codes(surface_codes(if negated { !mask } else { *mask }), rate_of_codes),
        Atom::MediaAny(mask) if !negated => Gate::codes(media_codes(*mask), rate),
        Atom::MediaAll(mask) if !negated && *mask != 0 => {
            Gate::one(Event::Common(Common::codes(media_codes(*mask))), rate)
        }
        Atom::Number { field, comparison, value } if value.is_finite() => {
            number(*field, *comparison, *value, negated)
        }
        Atom::Any(Source::Lang) if !negated && rate != 0.0 => {
            let unsaid = Event::Common(Common { exact: false, ..Common::codes(1 << NO_LANGUAGE) });
            Gate { first: Some(Event::Atom(id)), more: vec![unsaid], rate: 0.5 }
        }
        Atom::AllOf(_, leaves) if !negated => {
            let rate = |leaf: &u32| atoms.rates.get(*leaf as usize).copied().unwrap_or(1.0);
            let rarest = leaves.iter().copied().min_by(|left, right| rate(left).total_cmp(&rate(right)));
            rarest.map_or_else(|| Gate::always(false), |rarest| leaf(rarest, false, atoms))
        }
        Atom::Any(_) | Atom::All(..) | Atom::Regex { .. } if !negated => {
            if rate == 0.0 {
                Gate::never()
            } else {
                Gate::one(Event::Atom(id), rate)
            }
        }
        _ => Gate::always(false),
    }
}

fn number(field: NumberField, comparison: Comparison, value: f64, negated: bool) -> Gate {
    let above = |strictly: bool| Bound {
        axis: Axis::new(field, false),
        least: if strictly { value.next_up() } else { value },
    };
    let below = |strictly: bool| Bound {
        axis: Axis::new(field, true),
        least: if strictly { (-value).next_up() } else { -value },
    };
    let share = share_above(value);
    let (bounds, rate) = match (comparison, negated) {
        (Comparison::More, false) | (Comparison::AtMost, true) => ([Some(above(true)), None], share),
        (Comparison::AtLeast, false) | (Comparison::Less, true) => ([Some(above(false)), None], share),
        (Comparison::Less, false) | (Comparison::AtLeast, true) => ([Some(below(true)), None], 1.0 - share),
        (Comparison::AtMost, false) | (Comparison::More, true) => ([Some(below(false)), None], 1.0 - share),
        (Comparison::Equal, false) | (Comparison::NotEqual, true) => {
            ([Some(above(false)), Some(below(false))], 0.05)
        }
        (Comparison::Equal, true) | (Comparison::NotEqual, false) => return Gate::always(false),
    };
    Gate::one(Event::Common(Common { bounds, ..Common::codes(0) }), rate)
}

/// A guess at how many posts have a greater number: likes and ages, views and lengths spread as their logarithms do.
fn share_above(value: f64) -> f32 {
    let doublings = (value.max(0.0) + 1.0).to_bits() >> 52;
    (1.0 - doublings.saturating_sub(1023) as f32 / 20.0).clamp(0.05, 0.95)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn greater_bounds_are_rarer() {
        for values in [-3.0, 0.0, 1.0, 50.0, 1e3, 1e6, 1e300].windows(2) {
            assert!(share_above(values[0]) >= share_above(values[1]), "{values:?}");
        }
        assert!(share_above(1e3) < share_above(10.0));
    }
}
