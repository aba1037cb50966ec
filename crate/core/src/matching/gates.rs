//! What must be there before a rule can be true.

use super::atoms::{Atom, Atoms, Source};
use super::evaluate::{Node, Tree};
use crate::program::{Comparison, FlagField, NumberField};

/// A fact of a post that opens a gate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Event {
    /// A needle, name or expression of this leaf was found.
    Atom(u32),
    /// One of the codes below holds.
    Code(u8),
    /// A number lies on one side of a threshold, the threshold included.
    Number(NumberField, Side, f64),
}

/// On which side of a threshold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    /// At it or below.
    Low,
    /// At it or above.
    High,
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

    const fn always() -> Self {
        Self::one(Event::Code(ALWAYS), 1.0)
    }

    const fn never() -> Self {
        Self { first: None, more: Vec::new(), rate: 0.0 }
    }

    fn codes(codes: u64, rate: f32) -> Self {
        let mut all = (0..64).filter(|code| codes >> code & 1 == 1).map(Event::Code);
        Self { first: all.next(), more: all.collect(), rate: rate.min(0.95) }
    }
}

/// The gate of a condition: of a conjunction its rarest part's, of a disjunction those of all its parts.
pub(crate) fn gate(tree: &Tree, node: u32, atoms: &Atoms) -> Gate {
    match tree.node(node) {
        Node::Always => Gate::always(),
        Node::Never => Gate::never(),
        Node::Leaf { atom, negated } => leaf(atom, negated, atoms),
        Node::And { .. } => tree
            .children(node)
            .map(|child| gate(tree, child, atoms))
            .min_by(|left, right| left.rate.total_cmp(&right.rate))
            .unwrap_or_else(Gate::always),
        Node::Or { .. } => {
            let mut all = Gate::never();
            for child in tree.children(node) {
                let part = gate(tree, child, atoms);
                if part.events().any(|event| event == Event::Code(ALWAYS)) {
                    return Gate::always();
                }
                all.rate += part.rate;
                all.more.extend(part.events());
            }
            all
        }
    }
}

fn leaf(id: u32, negated: bool, atoms: &Atoms) -> Gate {
    let Some(atom) = atoms.atoms.get(id as usize) else { return Gate::always() };
    let rate = atoms.rates.get(id as usize).copied().unwrap_or(1.0);
    match atom {
        Atom::Flag(field) => {
            Gate::codes(1 << flag_code(*field, !negated), if negated { 1.0 - rate } else { rate })
        }
        Atom::Kind(mask) => Gate::codes(
            kind_codes(if negated { !mask } else { *mask }),
            if negated { 1.0 - rate } else { rate },
        ),
        Atom::Surface(mask) => Gate::codes(
            surface_codes(if negated { !mask } else { *mask }),
            if negated { 1.0 - rate } else { rate },
        ),
        Atom::MediaAny(mask) if !negated => Gate::codes(media_codes(*mask), rate),
        // Any one of them will do.
        Atom::MediaAll(mask) if !negated && *mask != 0 => {
            Gate::codes(media_codes(mask & mask.wrapping_neg()), rate)
        }
        Atom::Number { field, comparison, value } if !value.is_nan() => {
            let (low, high) = (
                |rate| Gate::one(Event::Number(*field, Side::Low, *value), rate),
                |rate| Gate::one(Event::Number(*field, Side::High, *value), rate),
            );
            match (comparison, negated) {
                (Comparison::Less | Comparison::AtMost, false)
                | (Comparison::More | Comparison::AtLeast, true) => low(0.4),
                (Comparison::More | Comparison::AtLeast, false)
                | (Comparison::Less | Comparison::AtMost, true) => high(0.4),
                (Comparison::Equal, false) | (Comparison::NotEqual, true) => high(0.4),
                (Comparison::Equal, true) | (Comparison::NotEqual, false) => Gate::always(),
            }
        }
        Atom::Any(Source::Lang) if !negated && rate != 0.0 => {
            Gate { first: Some(Event::Atom(id)), more: vec![Event::Code(NO_LANGUAGE)], rate: 0.5 }
        }
        Atom::Any(_) | Atom::All(..) | Atom::Regex { .. } if !negated => {
            if rate == 0.0 {
                Gate::never()
            } else {
                Gate::one(Event::Atom(id), rate)
            }
        }
        _ => Gate::always(),
    }
}
