//! The rules of a program, filed by what opens them.

use super::atoms::{Atom, Atoms, Exact, Source, field_of};
use super::common::{Common, CommonBuilder};
use super::counts::Counted;
use super::decide::action;
use super::evaluate::{Node, Tree};
use super::evidence;
use super::gates::{Event, gate};
use super::hosts;
use super::needles::{Needles, group};
use super::regexes::{Regexes, Ungated};
use super::required::Required;
use crate::program::{Condition, Effect, Program, Question, Scope, Test, TextField};
use crate::verdict::Action;
use std::collections::{BTreeMap, HashMap};

/// A program taken apart. See the module above.
pub(crate) struct Index {
    pub(crate) tree: Tree,
    pub(crate) leaves: Vec<Leaf>,
    /// The rules of leaves that open several.
    opened: Vec<u32>,
    pub(crate) needles: Needles,
    pub(crate) exact: Exact,
    pub(crate) exact_fields: Vec<Source>,
    pub(crate) looks_at_links: bool,
    pub(crate) questions: Vec<Question>,
    pub(crate) regexes: Regexes,
    pub(crate) ungated: Vec<(TextField, Ungated)>,
    /// By expression.
    pub(crate) required: Vec<Required>,
    /// What is looked for in the skeletons of texts.
    pub(crate) skeletons: Needles,
    /// Fields whose skeletons are looked at.
    pub(crate) skeletal: Vec<TextField>,
    /// Expressions that count characters.
    pub(crate) counted: Vec<(TextField, Counted)>,
    /// Text fields in which needles are looked for.
    pub(crate) scanned: Vec<TextField>,

    pub(crate) rules: Vec<Filed>,
    /// By scope: rules that common facts open.
    pub(crate) common: Vec<Common>,
    /// By host: scopes and the surfaces they hold on.
    sites: HashMap<Box<str>, Vec<(u32, u16)>>,
    /// Scopes that hold everywhere.
    everywhere: Vec<u32>,
    /// The `order by` rules.
    pub(crate) orders: Vec<u32>,
    /// Whether the rules stand in the order of packs and lines.
    pub(crate) in_order: bool,
}

/// A rule as far as it matters before it is known to be true.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Filed {
    pub(crate) root: u32,
    /// What stands at the root.
    pub(crate) node: Node,
    pub(crate) scope: u32,
    pub(crate) asks_model: bool,
    pub(crate) timed: bool,
    /// What it does with a post, where its effect is nothing else.
    pub(crate) acts: Option<Action>,
    /// What made it true is said by one needle: see [`evidence::is_of_needle`].
    pub(crate) is_of_needle: bool,
}

/// A leaf, and which rules it opens: those of a range of `opened`, or where it is one, that one.
pub(crate) struct Leaf {
    pub(crate) atom: Atom,
    from: u32,
    count: u32,
}

/// Every surface.
pub(crate) const ALL_SURFACES: u16 = u16::MAX;

impl Index {
    /// Takes a program apart; with what its expressions require, in the order in which they first occur, where that is
    /// known.
    pub(crate) fn new(program: &Program, given: Option<Vec<Required>>) -> Self {
        let mut atoms = Atoms::new(given);
        let mut tree = Tree::default();
        let scopes = Scopes::new(&program.scopes);
        let mut common: Vec<CommonBuilder> = Vec::new();
        common.resize_with(scopes.count, CommonBuilder::default);
        // Reasons stand in the order of packs and lines; where rules do not, which come first is not known here.
        let in_order = program.rules.is_sorted_by_key(|rule| (rule.pack, rule.line));
        let mut opened: Vec<(u32, u32)> = Vec::with_capacity(program.rules.len());
        let mut rules = Vec::with_capacity(program.rules.len());
        let mut orders = Vec::new();
        for (id, rule) in program.rules.iter().enumerate() {
            let id = id as u32;
            let root = tree.add(&rule.condition, false, program, &mut atoms);
            let scope = scopes.canonical.get(rule.scope as usize).copied();
            let filed = Filed {
                root,
                node: tree.node(root),
                scope: scope.unwrap_or(u32::MAX),
                asks_model: asks_model(&rule.condition),
                timed: rule.schedule.is_some(),
                acts: action(program, rule).filter(|_| {
                    matches!(rule.effect, Effect::Hide | Effect::Collapse | Effect::Dim | Effect::Keep)
                }),
                is_of_needle: evidence::is_of_needle(&rule.condition),
            };
            rules.push(filed);
            if matches!(rule.effect, Effect::Order(_)) {
                orders.push(id);
                continue;
            }
            let Some(common) = scope.and_then(|scope| common.get_mut(scope as usize)) else { continue };
            for event in gate(&tree, root, &atoms).events() {
                match event {
                    Event::Atom(atom) => opened.push((atom, id)),
                    Event::Common(facts) => {
                        common.add(id, facts, filed.acts.filter(|_| in_order && !filed.timed));
                    }
                }
            }
        }
        if atoms.has_given_left() {
            // Not the literals of this program: say so by their number.
            atoms.required.clear();
        }
        tree.shrink();
        atoms.exact.seal();
        atoms.file_expressions();
        let mut scanned = 0_u16;
        for (_, used) in &atoms.uses {
            scanned |= 1 << field_of(used.slot);
        }
        let needles = std::mem::take(&mut atoms.needles).build(std::mem::take(&mut atoms.uses));
        let (starts, opened) = {
            let pairs = opened;
            group(atoms.atoms.len(), &pairs)
        };
        let leaves = std::mem::take(&mut atoms.atoms).into_iter().zip(starts.array_windows()).map(
            |(atom, [from, to])| {
                let count = to - from;
                let one = opened.get(*from as usize).filter(|_| count == 1);
                Leaf { atom, from: one.copied().unwrap_or(*from), count }
            },
        );
        let leaves: Vec<Leaf> = leaves.collect();
        let mut ungated: BTreeMap<u8, (TextField, Vec<(u32, u32)>)> = BTreeMap::new();
        for (field, regex, atom) in &atoms.ungated {
            ungated.entry(*field as u8).or_insert_with(|| (*field, Vec::new())).1.push((*regex, *atom));
        }
        let mut counted: BTreeMap<u8, (TextField, Vec<_>)> = BTreeMap::new();
        for (field, atom, needs) in std::mem::take(&mut atoms.counted) {
            counted.entry(field as u8).or_insert_with(|| (field, Vec::new())).1.push((atom, needs));
        }
        let skeletons = std::mem::take(&mut atoms.skeletons).build(atoms.skeleton_uses.clone());
        let skeletal = |field: &TextField| {
            atoms.skeleton_uses.iter().any(|(_, used)| field_of(used.slot) == *field as u8)
        };
        Self {
            in_order,
            skeletal: TextField::ALL.iter().copied().filter(skeletal).collect(),
            skeletons,
            counted: counted.into_values().map(|(field, leaves)| (field, Counted::new(leaves))).collect(),
            tree,
            leaves,
            opened,
            needles,
            exact: atoms.exact,
            exact_fields: atoms.exact_fields,
            looks_at_links: atoms.looks_at_links,
            questions: atoms.questions,
            regexes: Regexes::new(atoms.patterns),
            ungated: number_sets(ungated.into_values()),
            required: atoms.required,
            scanned: TextField::ALL
                .iter()
                .copied()
                .filter(|field| scanned >> *field as u8 & 1 == 1)
                .collect(),
            rules,
            common: common.into_iter().map(CommonBuilder::build).collect(),
            sites: scopes.sites,
            everywhere: scopes.everywhere,
            orders,
        }
    }

    /// A leaf by its number.
    pub(crate) fn leaf(&self, id: u32) -> Option<&Atom> {
        self.leaves.get(id as usize).map(|leaf| &leaf.atom)
    }

    /// The rules that a leaf opens.
    pub(crate) fn opened(&self, atom: u32) -> &[u32] {
        match self.leaves.get(atom as usize) {
            Some(leaf) if leaf.count == 1 => std::slice::from_ref(&leaf.from),
            Some(leaf) => {
                self.opened.get(leaf.from as usize..(leaf.from + leaf.count) as usize).unwrap_or(&[])
            }
            None => &[],
        }
    }

    /// Calls `holds` with every scope that a host and a surface lie in.
    pub(crate) fn scopes(&self, host: Option<&str>, surface: u16, mut holds: impl FnMut(u32)) {
        self.everywhere.iter().for_each(|scope| holds(*scope));
        let Some(host) = host else { return };
        let host = hosts::normalise(host);
        for suffix in hosts::suffixes(&host) {
            for (scope, surfaces) in self.sites.get(suffix).into_iter().flatten() {
                if *surfaces == ALL_SURFACES || surfaces & surface != 0 {
                    holds(*scope);
                }
            }
        }
    }
}

fn number_sets(fields: impl Iterator<Item = (TextField, Vec<(u32, u32)>)>) -> Vec<(TextField, Ungated)> {
    let mut from = 0;
    fields
        .map(|(field, ids)| {
            let sets = Ungated::new(&ids, from);
            from += sets.len();
            (field, sets)
        })
        .collect()
}

fn asks_model(condition: &Condition) -> bool {
    match condition {
        Condition::Always => false,
        Condition::Not(inner) => asks_model(inner),
        Condition::And(parts) | Condition::Or(parts) => parts.iter().any(asks_model),
        Condition::Test(test) => matches!(test, Test::Model { .. } | Test::Flagged { .. } | Test::LangIs(_)),
    }
}

/// Scopes, those that are alike as one.
struct Scopes {
    canonical: Vec<u32>,
    count: usize,
    sites: HashMap<Box<str>, Vec<(u32, u16)>>,
    everywhere: Vec<u32>,
}

impl Scopes {
    fn new(scopes: &[Scope]) -> Self {
        let mut out = Self { canonical: Vec::new(), count: 0, sites: HashMap::new(), everywhere: Vec::new() };
        let mut known: HashMap<&Scope, u32> = HashMap::new();
        for scope in scopes {
            let next = out.count as u32;
            let id = *known.entry(scope).or_insert(next);
            out.canonical.push(id);
            if id != next {
                continue;
            }
            out.count += 1;
            if scope.sites.is_empty() {
                out.everywhere.push(id);
            }
            for site in &scope.sites {
                let surfaces = match super::fields::mask(&site.surfaces, super::fields::surface_bit) {
                    0 => ALL_SURFACES,
                    some => some,
                };
                out.sites.entry(hosts::normalise(&site.host).into()).or_default().push((id, surfaces));
            }
        }
        out
    }
}
