//! The leaves of conditions, compiled.

use super::counts::Need;
use super::fields::{kind_bit, mask, medium_bit, primary_subtag, surface_bit};
use super::fold::{fold_into, fold_name_into};
use super::hosts;
use super::needles::NeedlesBuilder;
use super::required::{Neighbour, OneOf, Required, required};
use crate::program::{
    AnyField, Comparison, Edge, FlagField, List, ListId, Needles, NumberField, Program, Quantifier, Question,
    SetField, Strictness, Test, TextField,
};
use std::collections::HashMap;

/// What a leaf asks.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Atom {
    Flag(FlagField),
    Known(Box<AnyField>),
    Number {
        field: NumberField,
        comparison: Comparison,
        value: f64,
    },
    /// Found by scan or look-up: any one of its needles.
    Any(Source),
    /// Found by scan or look-up: so many different needles, of a list.
    All(Source, u32),
    /// All of these leaves, which have one needle each.
    AllOf(Source, Box<[u32]>),
    /// A regular expression that is run once what it requires was found, or in a set.
    Regex {
        field: TextField,
        regex: u32,
        gated: bool,
        /// Which of the sets of literals that it requires is looked for, if any.
        filed: u8,
        /// See [`OneOf::lead`], of that set.
        lead: Option<u16>,
    },
    /// Media, all of them.
    MediaAll(u16),
    /// Media, any of them.
    MediaAny(u16),
    Kind(u16),
    Surface(u16),
    Model {
        question: u32,
        comparison: Comparison,
        share: f64,
    },
    Flagged {
        question: u32,
        strictness: Strictness,
    },
}

/// Where a needle is looked for; where that is not known, the leaf is unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Source {
    Text(TextField),
    Set(SetField),
    Lang,
}

/// What a found needle says: needle number `index` of an atom is there.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Use {
    pub(crate) atom: u32,
    pub(crate) index: u32,
    /// Field and manner; see [`slot`].
    pub(crate) slot: u8,
    /// The atom asks for all of its needles.
    pub(crate) all: bool,
    /// What must stand beside it, as a byte each.
    pub(crate) before: u8,
    pub(crate) behind: u8,
}

/// In which manner a needle must stand in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Manner {
    Anywhere,
    Word,
    Start,
    End,
}

/// Field and manner as a number below 40, a bit of a mask.
pub(crate) const fn slot(field: TextField, manner: Manner) -> u8 {
    field as u8 * 4 + manner as u8
}

/// The field of a slot, as a number.
pub(crate) const fn field_of(slot: u8) -> u8 {
    slot / 4
}

/// The manner of a slot.
pub(crate) const fn manner_of(slot: u8) -> Manner {
    match slot % 4 {
        0 => Manner::Anywhere,
        1 => Manner::Word,
        2 => Manner::Start,
        _ => Manner::End,
    }
}

/// The space of exact look-ups that a name belongs to, as the first character of its key.
pub(crate) const fn space(source: Source) -> char {
    match source {
        Source::Text(field) => (b'A' + field as u8) as char,
        Source::Set(field) => (b'a' + field as u8) as char,
        Source::Lang => '1',
    }
}

/// The space of hosts that links lead to.
pub(crate) const HOSTS: char = '2';

/// The sigils that a field's names may begin with.
pub(crate) const fn sigils(source: Source) -> &'static [char] {
    match source {
        Source::Text(field) if field.is_handle() => &['@'],
        Source::Set(_) => &['#', '@'],
        _ => &[],
    }
}

/// Exact look-ups: key to the atoms that hold it, as a chain through `uses`.
///
/// Most names of most posts are in no rule: bits say so before the map is asked, which in a large set is far away.
#[derive(Default)]
pub(crate) struct Exact {
    heads: HashMap<Box<str>, u32>,
    /// Three bits for the hash of every key; empty until [`Exact::seal`].
    bits: Vec<u32>,
    uses: Vec<ExactUse>,
}

/// A leaf that holds a key.
#[derive(Clone, Copy)]
pub(crate) struct ExactUse {
    pub(crate) atom: u32,
    /// The needle's number, twice, and one more where the atom asks for all of its needles; or [`ONLY`].
    index: u32,
    /// The next of the chain, or itself at the end.
    next: u32,
}

/// The [`ExactUse::index`] of a needle that is the only one of its atom.
const ONLY: u32 = u32::MAX;
/// So far is looked for an atom that has a key and no other.
const NEAR: usize = 8;

impl ExactUse {
    pub(crate) const fn needle(self) -> u32 {
        if self.index == ONLY { 0 } else { self.index >> 1 }
    }

    /// Whether the atom asks for all of its needles.
    pub(crate) const fn all(self) -> bool {
        self.index != ONLY && self.index & 1 == 1
    }
}

impl Exact {
    /// The atom that has a key and no other, as far as that is easily known.
    fn only(&self, key: &str) -> Option<u32> {
        let chain = self.chain(self.heads.get(key).copied());
        chain.take(NEAR).find(|used| used.index == ONLY).map(|used| used.atom)
    }

    fn add(&mut self, key: &str, atom: u32, index: u32) {
        let new = self.uses.len() as u32;
        let next = match self.heads.get_mut(key) {
            Some(head) => std::mem::replace(head, new),
            None => {
                self.heads.insert(key.into(), new);
                new
            }
        };
        self.uses.push(ExactUse { atom, index, next });
    }

    /// Sets the bits, once all keys are there.
    pub(crate) fn seal(&mut self) {
        self.bits = vec![0; (self.heads.len() / 2).next_power_of_two().max(2)];
        for key in self.heads.keys() {
            let (word, marks) = Self::place(key, self.bits.len());
            if let Some(word) = self.bits.get_mut(word) {
                *word |= marks;
            }
        }
        self.uses.shrink_to_fit();
    }

    /// Three bits of one of so many words, which are a power of two.
    fn place(key: &str, words: usize) -> (usize, u32) {
        let hash = key.bytes().fold(0x811C_9DC5_u32, |hash, byte| {
            (hash ^ u32::from(byte)).wrapping_mul(0x9E37_79B1).rotate_left(15)
        });
        let marks = 1 << (hash & 31) | 1 << (hash >> 5 & 31) | 1 << (hash >> 10 & 31);
        (hash.wrapping_mul(0x85EB_CA77) as usize >> 12 & words.wrapping_sub(1), marks)
    }

    /// The leaves that hold a key.
    pub(crate) fn get(&self, key: &str) -> impl Iterator<Item = ExactUse> + '_ {
        let (word, marks) = Self::place(key, self.bits.len());
        let known = self.bits.get(word).is_some_and(|word| word & marks == marks);
        self.chain(if known { self.heads.get(key).copied() } else { None })
    }

    fn chain(&self, mut at: Option<u32>) -> impl Iterator<Item = ExactUse> + '_ {
        std::iter::from_fn(move || {
            let here = at?;
            let used = *self.uses.get(here as usize)?;
            at = (used.next != here).then_some(used.next);
            Some(used)
        })
    }
}

/// All leaves, and how their needles are found.
#[derive(Default)]
pub(crate) struct Atoms {
    pub(crate) atoms: Vec<Atom>,
    /// How often a leaf is expected to be true, roughly, `0..=1`; 0 means never.
    pub(crate) rates: Vec<f32>,
    pub(crate) needles: NeedlesBuilder,
    /// Needles of skeletons, and by needle in no order where they are looked for.
    pub(crate) skeletons: NeedlesBuilder,
    pub(crate) skeleton_uses: Vec<(u32, Use)>,
    /// Expressions that count characters: field, atom, what they need.
    pub(crate) counted: Vec<(TextField, u32, Vec<Need>)>,
    /// By needle, in no order yet.
    pub(crate) uses: Vec<(u32, Use)>,
    pub(crate) exact: Exact,
    pub(crate) questions: Vec<Question>,
    pub(crate) patterns: Vec<Box<str>>,
    /// By pattern: what it cannot match without.
    pub(crate) required: Vec<Required>,
    /// Expressions without a required literal: field, pattern, atom.
    pub(crate) ungated: Vec<(TextField, u32, u32)>,
    /// Fields that are looked up by [`Exact`]; a bit a space.
    pub(crate) exact_fields: Vec<Source>,
    pub(crate) looks_at_links: bool,

    /// Working space.
    buffer: String,
    /// Whether `required` was there from the start.
    given: bool,
    pattern_ids: HashMap<Box<str>, u32>,
    regex_atoms: HashMap<(TextField, u32), u32>,
    /// Leaves of expressions that require literals.
    literal: Vec<u32>,
    list_atoms: HashMap<(TestKey, ListId), u32>,
    /// By needle: the leaf that looks for it alone, and in which slot; one only. Rules that ask for the same word share it.
    only: Vec<Option<(u32, u8)>>,
    question_ids: HashMap<Question, u32>,
}

/// A test over a list, without the list: such leaves are shared, because lists are long.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum TestKey {
    Has(u8, IsAll, bool),
    Edge(u8, bool),
    Is(u8),
    Set(u8, IsAll),
}

/// Whether a [`Quantifier`] is `All`; hashable.
type IsAll = bool;

impl Atoms {
    /// With what each expression requires, in the order in which they first occur, where that is known.
    pub(crate) fn new(given: Option<Vec<Required>>) -> Self {
        let known = given.is_some();
        let required = given.unwrap_or_default().into_iter().map(Required::sound).collect();
        Self { given: known, required, ..Self::default() }
    }

    /// The number of a leaf.
    pub(crate) fn add(&mut self, test: &Test, program: &Program) -> u32 {
        let key = Self::list_key(test);
        if let Some(key) = key
            && let Some(atom) = self.list_atoms.get(&key)
        {
            return *atom;
        }
        let atom = self.compile(test, program);
        if let Some(key) = key {
            self.list_atoms.insert(key, atom);
        }
        atom
    }

    fn list_key(test: &Test) -> Option<(TestKey, ListId)> {
        let all = |quantifier: &Quantifier| *quantifier == Quantifier::All;
        match test {
            Test::TextHas { field, quantifier, words, needles: Needles::List(list) } => {
                Some((TestKey::Has(*field as u8, all(quantifier), *words), *list))
            }
            Test::TextEdge { field, edge, needles: Needles::List(list) } => {
                Some((TestKey::Edge(*field as u8, *edge == Edge::End), *list))
            }
            Test::TextIs { field, needles: Needles::List(list) } => Some((TestKey::Is(*field as u8), *list)),
            Test::SetHas { field, quantifier, needles: Needles::List(list) } => {
                Some((TestKey::Set(*field as u8, all(quantifier)), *list))
            }
            _ => None,
        }
    }

    fn push(&mut self, atom: Atom, rate: f32) -> u32 {
        self.atoms.push(atom);
        self.rates.push(rate);
        self.atoms.len() as u32 - 1
    }

    fn next(&self) -> u32 {
        self.atoms.len() as u32
    }

    fn compile(&mut self, test: &Test, program: &Program) -> u32 {
        match test {
            Test::Flag(field) => self.push(Atom::Flag(*field), flag_rate(*field)),
            Test::Known(field) => self.push(Atom::Known(field.clone()), 0.9),
            Test::Number { field, comparison, value } => {
                let rate = match comparison {
                    Comparison::Equal => 0.05,
                    Comparison::NotEqual => 0.95,
                    _ => 0.4,
                };
                self.push(Atom::Number { field: *field, comparison: *comparison, value: *value }, rate)
            }
            Test::TextHas { field, quantifier, words, needles } => {
                let manner = if *words { Manner::Word } else { Manner::Anywhere };
                match needles {
                    Needles::These(items) if !items.is_empty() && *quantifier == Quantifier::All => {
                        let one = |item: &String| self.only_scanned(*field, manner, item);
                        let leaves = items.iter().map(one).collect();
                        self.all_of(Source::Text(*field), leaves)
                    }
                    _ => self.scanned(*field, manner, *quantifier, items(needles, &program.lists)),
                }
            }
            Test::TextEdge { field, edge, needles } => {
                let manner = if *edge == Edge::Start { Manner::Start } else { Manner::End };
                self.scanned(*field, manner, Quantifier::Any, items(needles, &program.lists))
            }
            Test::TextIs { field, needles } => {
                self.looked_up(Source::Text(*field), Quantifier::Any, items(needles, &program.lists))
            }
            Test::SetHas { field, quantifier, needles } => match needles {
                Needles::These(items) if !items.is_empty() && *quantifier == Quantifier::All => {
                    let source = Source::Set(*field);
                    let leaves = items.iter().map(|item| self.only_looked_up(source, item)).collect();
                    self.all_of(source, leaves)
                }
                _ => self.looked_up(Source::Set(*field), *quantifier, items(needles, &program.lists)),
            },
            Test::LangIs(tags) => {
                let tags: Vec<String> = tags.iter().map(|tag| primary_subtag(tag)).collect();
                self.looked_up(Source::Lang, Quantifier::Any, &tags)
            }
            Test::LinksTo(domains) => {
                self.looks_at_links = true;
                let atom = self.next();
                for (index, domain) in domains.iter().enumerate() {
                    let key = format!("{HOSTS}{}", hosts::normalise(domain));
                    self.exact.add(&key, atom, (index as u32) << 1);
                }
                self.push(Atom::Any(Source::Set(SetField::Links)), 0.01)
            }
            Test::Matches { field, pattern } => self.regex(*field, pattern),
            Test::MediaHas { quantifier: Quantifier::Any, media } => {
                self.push(Atom::MediaAny(mask(media, medium_bit)), 0.3)
            }
            Test::MediaHas { quantifier: Quantifier::All, media } => {
                self.push(Atom::MediaAll(mask(media, medium_bit)), 0.3)
            }
            Test::KindIs(kinds) => self.push(Atom::Kind(mask(kinds, kind_bit)), 0.1 * kinds.len() as f32),
            Test::SurfaceIs(surfaces) => {
                self.push(Atom::Surface(mask(surfaces, surface_bit)), 0.2 * surfaces.len() as f32)
            }
            Test::Model { question, comparison, share } => {
                let question = self.question(question);
                self.push(Atom::Model { question, comparison: *comparison, share: *share }, 1.0)
            }
            Test::Flagged { question, strictness } => {
                let question = self.question(question);
                self.push(Atom::Flagged { question, strictness: *strictness }, 1.0)
            }
        }
    }

    /// The number of a question to a model.
    fn question(&mut self, question: &Question) -> u32 {
        let next = self.questions.len() as u32;
        let id = *self.question_ids.entry(question.clone()).or_insert(next);
        if id == next {
            self.questions.push(question.clone());
        }
        id
    }

    /// A leaf of all of these, which are some.
    fn all_of(&mut self, source: Source, leaves: Box<[u32]>) -> u32 {
        if let [one] = *leaves {
            return one;
        }
        let rates = leaves.iter().filter_map(|leaf| self.rates.get(*leaf as usize));
        let rate = rates.copied().reduce(f32::min).unwrap_or_default();
        self.push(Atom::AllOf(source, leaves), rate)
    }

    /// A leaf whose only needle is found by the scan of a text.
    fn only_scanned(&mut self, field: TextField, manner: Manner, item: &str) -> u32 {
        let mut folded = std::mem::take(&mut self.buffer);
        fold_needle(field, manner, item, &mut folded);
        let (source, slot) = (Source::Text(field), slot(field, manner));
        let atom = if folded.is_empty() {
            // Nothing visible is left of it: it is nowhere.
            self.push(Atom::Any(source), 0.0)
        } else {
            let needle = self.needles.add(&folded);
            let at = needle as usize;
            if self.only.len() <= at {
                self.only.resize(at + 1, None);
            }
            match self.only.get(at).copied().flatten() {
                Some((atom, same)) if same == slot => atom,
                _ => {
                    let atom = self.push(Atom::Any(source), needle_rate(&folded));
                    self.uses.push((needle, Use { atom, slot, ..Use::default() }));
                    if let Some(only) = self.only.get_mut(at) {
                        *only = Some((atom, slot));
                    }
                    atom
                }
            }
        };
        self.buffer = folded;
        atom
    }

    /// A leaf whose needles are found by the scan of a text.
    fn scanned(&mut self, field: TextField, manner: Manner, quantifier: Quantifier, items: &[String]) -> u32 {
        if let [one] = items {
            return self.only_scanned(field, manner, one);
        }
        let atom = self.next();
        let (mut of_any, mut of_all) = (0.0_f32, 1.0_f32);
        let mut never = items.is_empty();
        let mut folded = std::mem::take(&mut self.buffer);
        for (index, item) in items.iter().enumerate() {
            fold_needle(field, manner, item, &mut folded);
            if folded.is_empty() {
                // Nothing visible is left of it: it is nowhere.
                never |= quantifier == Quantifier::All;
                continue;
            }
            let rate = needle_rate(&folded);
            of_any += rate;
            of_all = of_all.min(rate);
            let needle = self.needles.add(&folded);
            let all = quantifier == Quantifier::All;
            let slot = slot(field, manner);
            self.uses.push((needle, Use { atom, index: index as u32, slot, all, ..Use::default() }));
        }
        self.buffer = folded;
        let source = Source::Text(field);
        match quantifier {
            Quantifier::Any => self.push(Atom::Any(source), of_any.min(1.0)),
            Quantifier::All => {
                let rate = if never { 0.0 } else { of_all };
                let count = if never { u32::MAX } else { items.len() as u32 };
                self.push(Atom::All(source, count), rate)
            }
        }
    }

    /// A leaf whose only needle is looked up by a name; rules that ask for the same one share it.
    fn only_looked_up(&mut self, source: Source, item: &str) -> u32 {
        let key = self.name_key(source, item);
        let atom = self.exact.only(&key).unwrap_or_else(|| {
            let atom = self.next();
            self.exact.add(&key, atom, ONLY);
            self.push(Atom::Any(source), 0.01)
        });
        self.buffer = key;
        atom
    }

    /// What a name is looked up by, in the buffer, which goes back when it is done with. Posts are asked for such names from now on.
    fn name_key(&mut self, source: Source, item: &str) -> String {
        if !self.exact_fields.contains(&source) {
            self.exact_fields.push(source);
        }
        let mut key = std::mem::take(&mut self.buffer);
        key.clear();
        key.push(space(source));
        fold_name_into(item, sigils(source), &mut key);
        key
    }

    /// A leaf whose needles are looked up whole.
    fn looked_up(&mut self, source: Source, quantifier: Quantifier, items: &[String]) -> u32 {
        if let [one] = items {
            return self.only_looked_up(source, one);
        }
        let atom = self.next();
        let all = u32::from(quantifier == Quantifier::All);
        for (index, item) in items.iter().enumerate() {
            let key = self.name_key(source, item);
            self.exact.add(&key, atom, (index as u32) << 1 | all);
            self.buffer = key;
        }
        match quantifier {
            Quantifier::Any => self.push(Atom::Any(source), if items.is_empty() { 0.0 } else { 0.01 }),
            Quantifier::All => {
                let count = if items.is_empty() { u32::MAX } else { items.len() as u32 };
                self.push(Atom::All(source, count), if items.is_empty() { 0.0 } else { 0.01 })
            }
        }
    }

    fn regex(&mut self, field: TextField, pattern: &str) -> u32 {
        let regex = match self.pattern_ids.get(pattern) {
            Some(id) => *id,
            None => {
                let id = self.patterns.len() as u32;
                // Where fewer were given than there are the count will not agree, and who gave them is told.
                if !self.given || self.required.len() <= id as usize {
                    self.required.push(required(pattern).sound());
                }
                self.patterns.push(pattern.into());
                self.pattern_ids.insert(pattern.into(), id);
                id
            }
        };
        if let Some(atom) = self.regex_atoms.get(&(field, regex)) {
            return *atom;
        }
        let atom = self.next();
        self.regex_atoms.insert((field, regex), atom);
        let Some(required) = self.required.get(regex as usize) else { return atom };
        let (rate, gated) = if let Some(set) = required.literals.first() {
            self.literal.push(atom);
            (set_rate(&set.literals), true)
        } else if let Some(skeletons) = required.skeletons.first() {
            for skeleton in skeletons {
                let needle = self.skeletons.add(skeleton);
                let slot = slot(field, Manner::Anywhere);
                self.skeleton_uses.push((needle, Use { atom, slot, ..Use::default() }));
            }
            (set_rate(skeletons), true)
        } else if !required.needs.is_empty() {
            self.counted.push((field, atom, required.needs.clone()));
            (0.05, true)
        } else {
            self.ungated.push((field, regex, atom));
            (0.3, false)
        };
        self.push(Atom::Regex { field, regex, gated, filed: 0, lead: None }, rate)
    }

    /// Files each expression that requires literals under its rarest set: a word that many expressions name is common.
    /// To be called once all are there.
    pub(crate) fn file_expressions(&mut self) {
        let mut named: HashMap<&str, u32> = HashMap::with_capacity(2 * self.literal.len());
        for set in self.required.iter().flat_map(|required| &required.literals) {
            set.literals.iter().for_each(|literal| *named.entry(literal).or_default() += 1);
        }
        let rate = |set: &OneOf| {
            let edges =
                [set.before, set.behind].into_iter().filter(|beside| *beside != Neighbour::Any).count();
            let named = |literal: &String| named.get(literal.as_str()).copied().unwrap_or(1) as f32;
            let all: f32 = set.literals.iter().map(|literal| needle_rate(literal) * named(literal)).sum();
            all / (1.0 + edges as f32)
        };
        // Done with; the greatest part of what is built is still to come.
        (self.pattern_ids, self.regex_atoms, self.list_atoms, self.only) = Default::default();
        for atom in std::mem::take(&mut self.literal) {
            let Some(Atom::Regex { field, regex, filed, lead, .. }) = self.atoms.get_mut(atom as usize)
            else {
                continue;
            };
            let Some(required) = self.required.get(*regex as usize) else { continue };
            let rarest = (0_u8..)
                .zip(&required.literals)
                .min_by(|(_, left), (_, right)| rate(left).total_cmp(&rate(right)));
            let Some((number, set)) = rarest else { continue };
            (*filed, *lead) = (number, set.lead);
            let (before, behind) = (set.before.to_byte(), set.behind.to_byte());
            let used = Use { atom, slot: slot(*field, Manner::Anywhere), before, behind, ..Use::default() };
            self.uses.extend(set.literals.iter().map(|literal| (self.needles.add(literal), used)));
        }
    }

    /// Whether more were given than there are expressions.
    pub(crate) fn has_given_left(&self) -> bool {
        self.required.len() > self.patterns.len()
    }
}

/// Makes of a needle as it is written what is looked for in folded text.
fn fold_needle(field: TextField, manner: Manner, item: &str, folded: &mut String) {
    folded.clear();
    let sigils = if manner == Manner::Start { sigils(Source::Text(field)) } else { &[] };
    fold_into(item.strip_prefix(sigils).unwrap_or(item), folded);
}

/// The needles of a test as written.
pub(crate) fn items<'a>(needles: &'a Needles, lists: &'a [List]) -> &'a [String] {
    match needles {
        Needles::These(items) => items,
        Needles::List(id) => lists.get(*id as usize).map_or(&[], |list| &list.items),
    }
}

fn set_rate(set: &[String]) -> f32 {
    set.iter().map(|literal| needle_rate(literal)).sum::<f32>().min(1.0)
}

/// A guess at how many posts a needle is found in: what matters is only that longer is rarer.
fn needle_rate(needle: &str) -> f32 {
    match needle.len() {
        0 | 1 => 0.9,
        2 => 0.5,
        3 => 0.15,
        4 => 0.04,
        5 | 6 => 0.015,
        _ => 0.005,
    }
}

const fn flag_rate(field: FlagField) -> f32 {
    match field {
        FlagField::Promoted => 0.08,
        FlagField::Suggested | FlagField::Quote => 0.15,
        FlagField::Repost | FlagField::Reply | FlagField::Verified => 0.2,
        FlagField::Followed => 0.4,
        FlagField::Sensitive | FlagField::Pinned => 0.03,
    }
}
