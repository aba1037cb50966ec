//! What was found in one post: which leaves are true, and so which gates are open.

use super::atoms::{Atom, HOSTS, Manner, Source, Use, field_of, manner_of, sigils, space};
use super::counts::Tally;
use super::evaluate::{Truth, View};
use super::fields::{self, compare, kind_bit, mask, medium_bit, surface_bit};
use super::fold::{Pieces, fold_character, fold_name_into, fold_pieces};
use super::found::{ANYWHERE, FoundLeaves};
use super::gates::{ALWAYS, NO_LANGUAGE, flag_code, kind_codes, media_codes, surface_codes};
use super::hosts;
use super::index::Index;
use super::needles::{PADDING, Places, Said};
use super::regexes::CompiledExpressions;
use super::required::{Neighbour, OneOf, is_word_character};
use super::skeleton::skeleton_into;
use super::words::Boundaries;
use crate::post::Surface;
use crate::program::{AnyField, FlagField, NumberField, SetField, TextField};

/// Working space for one post after another. What belongs to the post at hand carries its number, so that
/// nothing need be cleared between two posts.
#[derive(Default)]
pub(crate) struct Facts {
    /// The number of the post at hand.
    at: u32,
    scopes: Vec<u32>,
    active: Vec<u32>,
    place: Option<(Option<String>, Option<Surface>)>,
    /// Leaves that were found, each once.
    found: FoundLeaves,
    /// By needle with several uses: where it was found.
    several: Vec<Seen>,
    /// Needles found of leaves that ask for all of theirs; sorted once reading is done.
    all: Vec<(u32, u32)>,
    /// Folded fields with [`PADDING`], by field.
    folded: [String; TextField::ALL.len()],
    /// What the folded fields were made of.
    pieces: [Pieces; TextField::ALL.len()],
    skeleton: String,
    boundaries: Boundaries,
    places: Places,
    tally: Tally,
    key: String,
    host: String,
    length: Option<Option<f64>>,
    /// What [`Facts::opened`] fills.
    opened: Vec<u32>,
    expressions: CompiledExpressions,
}

/// What stands for asking the language in place of a question's number.
pub(crate) const LANGUAGE_ASKED: u32 = u32::MAX;

/// Where a needle was found in the post of a number: slots, as bits.
#[derive(Clone, Copy, Default)]
struct Seen {
    slots: u64,
    at: u32,
}

impl Facts {
    /// Reads a post: folds, scans and looks up everything that rules ask about.
    pub(crate) fn read(&mut self, view: View<'_>) {
        let index = &view.rules.index;
        self.next_post(index);
        self.enter(view);
        for field in &index.scanned {
            if let Some(text) = fields::text(view.post, *field) {
                self.scan(index, *field, text);
            }
        }
        for source in &index.exact_fields {
            self.look_up_source(view, *source);
        }
        if index.looks_at_links {
            self.look_up_links(view);
        }
        for field in &index.skeletal {
            if let Some(text) = fields::text(view.post, *field) {
                self.scan_skeleton(index, *field, text);
            }
        }
        for (field, counted) in &index.counted {
            if let Some(text) = fields::text(view.post, *field) {
                let mut tally = std::mem::take(&mut self.tally);
                counted.scan(text, &mut tally, |atom| self.note(atom, 0, false, ANYWHERE));
                self.tally = tally;
            }
        }
        for (field, ungated) in &index.ungated {
            if let Some(text) = fields::text(view.post, *field) {
                let mut expressions = std::mem::take(&mut self.expressions);
                ungated
                    .scan(&mut expressions, &index.regexes, text, |atom| self.note(atom, 0, false, ANYWHERE));
                self.expressions = expressions;
            }
        }
        self.all.sort_unstable();
        self.all.dedup();
    }

    fn next_post(&mut self, index: &Index) {
        if self.at == u32::MAX {
            *self = Self::default();
        }
        self.at += 1;
        self.several.resize(index.needles.several(), Seen::default());
        self.scopes.resize(index.common.len(), 0);
        self.found.clear();
        self.all.clear();
        self.length = None;
    }

    /// Marks the scopes that hold where the post was seen; mostly the same as for the post before.
    fn enter(&mut self, view: View<'_>) {
        let (host, surface) = (view.post.host.as_deref(), view.post.surface);
        if !self.place.as_ref().is_some_and(|(known, at)| known.as_deref() == host && *at == surface) {
            self.active.clear();
            let active = &mut self.active;
            view.rules.index.scopes(host, surface.map_or(0, surface_bit), |scope| active.push(scope));
            active.sort_unstable();
            active.dedup();
            self.place = Some((host.map(str::to_owned), surface));
        }
        for scope in &self.active {
            if let Some(at) = self.scopes.get_mut(*scope as usize) {
                *at = self.at;
            }
        }
    }

    fn scan(&mut self, index: &Index, field: TextField, text: &str) {
        let Some(mut folded) = self.folded.get_mut(field as usize).map(std::mem::take) else { return };
        folded.clear();
        let mut pieces = self.pieces.get_mut(field as usize);
        pieces.iter_mut().for_each(|pieces| pieces.clear());
        fold_pieces(text, &mut folded, pieces);
        let length = folded.len();
        folded.push_str(PADDING);
        let mut boundaries = std::mem::take(&mut self.boundaries);
        boundaries.clear();
        let bare = folded.get(..length).unwrap_or("");
        let mut places = std::mem::take(&mut self.places);
        // Whether edges of words in the folded text are those in the text, once it matters.
        let mut faithful = None;
        let mut stands = |used: &Use, start: usize, end: usize| match manner_of(used.slot) {
            Manner::Anywhere => {
                used.before | used.behind == 0
                    || stands_beside(bare, used, start, end)
                    || !*faithful.get_or_insert_with(|| keeps_words_apart(text))
            }
            Manner::Word => boundaries.at(bare, start) && boundaries.at(bare, end),
            Manner::Start => start == 0 || (start == 1 && field.is_handle() && bare.starts_with('@')),
            Manner::End => end == length,
        };
        index.needles.scan(&folded, &mut places, |said, start, end| match said {
            Said::One(used) => {
                if field_of(used.slot) == field as u8 && stands(&used, start, end) {
                    self.note(used.atom, used.index, used.all, (start as u32, start as u32));
                }
            }
            Said::Several(number) => {
                // Of a needle that stands there often, those that ask the same are asked until they are satisfied.
                let done = self.several.get(number as usize).filter(|seen| seen.at == self.at);
                let done = done.map_or(0, |seen| seen.slots);
                let (mut tried, mut stood) = (0, 0);
                for used in index.needles.uses(number) {
                    let bit = 1_u64 << used.slot;
                    if field_of(used.slot) != field as u8 {
                        continue;
                    }
                    let (satisfied, last) = if used.before | used.behind != 0 {
                        (stands(used, start, end), start as u32)
                    } else {
                        if (tried | done) & bit == 0 && stands(used, start, end) {
                            stood |= bit;
                        }
                        tried |= bit;
                        // Where else it stands is not asked.
                        (stood & bit != 0, u32::MAX)
                    };
                    if satisfied {
                        self.note(used.atom, used.index, used.all, (start as u32, last));
                    }
                }
                if let Some(seen) = self.several.get_mut(number as usize) {
                    *seen = Seen { slots: done | stood, at: self.at };
                }
            }
        });
        self.boundaries = boundaries;
        self.places = places;
        if let Some(buffer) = self.folded.get_mut(field as usize) {
            *buffer = folded;
        }
    }

    fn scan_skeleton(&mut self, index: &Index, field: TextField, text: &str) {
        let mut skeleton = std::mem::take(&mut self.skeleton);
        skeleton.clear();
        skeleton_into(text, &mut skeleton);
        skeleton.push_str(PADDING);
        let mut places = std::mem::take(&mut self.places);
        index.skeletons.scan(&skeleton, &mut places, |said, _, _| {
            let uses = match &said {
                Said::One(used) => std::slice::from_ref(used),
                Said::Several(number) => index.skeletons.uses(*number),
            };
            for used in uses.iter().filter(|used| field_of(used.slot) == field as u8) {
                self.note(used.atom, 0, false, ANYWHERE);
            }
        });
        self.places = places;
        self.skeleton = skeleton;
    }

    /// Notes that a needle of a leaf was found, at a place of its folded text or between two.
    fn note(&mut self, atom: u32, needle: u32, all: bool, places: (u32, u32)) {
        if all {
            self.all.push((atom, needle));
        }
        self.found.note(atom, needle, places);
    }

    fn look_up_source(&mut self, view: View<'_>, source: Source) {
        match source {
            Source::Text(field) => {
                if let Some(text) = fields::text(view.post, field) {
                    self.look_up(view, source, text);
                }
            }
            Source::Set(field) => {
                for element in fields::set(view.post, field).into_iter().flatten() {
                    self.look_up(view, source, element);
                }
            }
            Source::Lang => {
                if let Some(lang) = view.language() {
                    self.look_up(view, source, &fields::primary_subtag(lang));
                }
            }
        }
    }

    fn look_up(&mut self, view: View<'_>, source: Source, text: &str) {
        let mut key = std::mem::take(&mut self.key);
        key.clear();
        key.push(space(source));
        fold_name_into(text, sigils(source), &mut key);
        self.look_up_key(view, &key);
        self.key = key;
    }

    fn look_up_key(&mut self, view: View<'_>, key: &str) {
        let index = &view.rules.index;
        for used in index.exact.get(key) {
            self.note(used.atom, used.needle(), used.all(), ANYWHERE);
        }
    }

    fn look_up_links(&mut self, view: View<'_>) {
        for link in fields::set(view.post, SetField::Links).into_iter().flatten() {
            let mut host = std::mem::take(&mut self.host);
            host.clear();
            hosts::of_address_into(link, &mut host);
            for suffix in hosts::suffixes(&host) {
                let mut key = std::mem::take(&mut self.key);
                key.clear();
                key.push(HOSTS);
                key.push_str(suffix);
                self.look_up_key(view, &key);
                self.key = key;
            }
            self.host = host;
        }
    }

    /// The rules whose gate is open and whose scope holds, in order, and how many are true that were left out, since they
    /// say no more than those (`common`); none is with `all`. See [`Facts::keep`].
    pub(crate) fn opened(&mut self, view: View<'_>, all: bool) -> (Vec<u32>, u32) {
        let index = &view.rules.index;
        let mut opened = std::mem::take(&mut self.opened);
        opened.clear();
        for found in self.found.iter() {
            opened.extend(index.opened(found.leaf).iter().filter(|rule| {
                index.rules.get(**rule as usize).is_some_and(|filed| {
                    self.scopes.get(filed.scope as usize).is_some_and(|at| *at == self.at)
                })
            }));
        }
        let codes = codes(view);
        let active = std::mem::take(&mut self.active);
        let mut left_out = 0;
        for common in active.iter().filter_map(|scope| index.common.get(*scope as usize)) {
            left_out += common.open(codes, |field| self.number(view, field), all, &mut opened);
        }
        self.active = active;
        opened.sort_unstable();
        opened.dedup();
        (opened, left_out)
    }

    /// Takes what [`Facts::opened`] gave back, for the next post.
    pub(crate) fn keep(&mut self, opened: Vec<u32>) {
        self.opened = opened;
    }

    /// A number of the post; its length is counted once.
    pub(crate) fn number(&mut self, view: View<'_>, field: NumberField) -> Option<f64> {
        if field == NumberField::Length {
            return *self.length.get_or_insert_with(|| fields::number(view.post, field, view.context.now));
        }
        fields::number(view.post, field, view.context.now)
    }

    /// The first needle, in the order written, that a leaf's text or set has.
    pub(crate) fn first(&self, atom: u32) -> Option<u32> {
        self.found.get(atom).map(|found| found.first)
    }

    /// What a leaf comes to now.
    pub(crate) fn atom(&mut self, view: View<'_>, id: u32) -> Truth {
        let index = &view.rules.index;
        let Some(atom) = index.leaf(id) else { return Truth::Unknown };
        let known = match atom {
            Atom::Flag(field) => fields::flag(view.post, *field),
            Atom::Known(field) => Some(self.is_known(view, field)),
            Atom::Number { field, comparison, value } => {
                self.number(view, *field).map(|number| compare(number, *comparison, *value))
            }
            Atom::Any(source) => is_shown(view, *source).then(|| self.first(id).is_some()),
            Atom::AllOf(source, leaves) => {
                is_shown(view, *source).then(|| leaves.iter().all(|leaf| self.first(*leaf).is_some()))
            }
            Atom::All(source, count) => is_shown(view, *source).then(|| self.count(id) == *count as usize),
            Atom::Regex { field, gated, .. } => match fields::text(view.post, *field) {
                None => None,
                Some(text) if *gated => self.run(view, id, atom, text),
                Some(_) => Some(self.first(id).is_some()),
            },
            Atom::MediaAny(wanted) => {
                view.post.media.as_ref().map(|media| mask(media, medium_bit) & wanted != 0)
            }
            Atom::MediaAll(wanted) => view
                .post
                .media
                .as_ref()
                .map(|media| *wanted != 0 && mask(media, medium_bit) & wanted == *wanted),
            Atom::Kind(wanted) => view.post.kind.map(|kind| kind_bit(kind) & wanted != 0),
            Atom::Surface(wanted) => view.post.surface.map(|surface| surface_bit(surface) & wanted != 0),
            Atom::Model { question, comparison, share } => {
                score(view, *question).map(|answer| compare(answer, *comparison, *share))
            }
            Atom::Flagged { question, strictness } => score(view, *question)
                .zip(
                    index
                        .questions
                        .get(*question as usize)
                        .and_then(|q| view.context.threshold(q, *strictness)),
                )
                .map(|(answer, threshold)| answer >= threshold),
        };
        Truth::of(known)
    }

    /// Whether a leaf waits for a model.
    pub(crate) fn is_waiting(&self, view: View<'_>, id: u32) -> bool {
        match view.rules.index.leaf(id) {
            Some(Atom::Model { question, .. } | Atom::Flagged { question, .. }) => view
                .rules
                .index
                .questions
                .get(*question as usize)
                .is_some_and(|question| view.context.waits_for(&view.post.id, question)),
            Some(Atom::Any(Source::Lang)) => {
                view.language().is_none() && view.context.waits_for_language(&view.post.id)
            }
            _ => false,
        }
    }

    /// What a leaf that waits for a model asks it: the number of a question, or [`LANGUAGE_ASKED`].
    pub(crate) fn asked(&self, view: View<'_>, id: u32) -> Option<u32> {
        match view.rules.index.leaf(id)? {
            Atom::Model { question, .. } | Atom::Flagged { question, .. } => Some(*question),
            Atom::Any(Source::Lang) => Some(LANGUAGE_ASKED),
            _ => None,
        }
    }

    /// Whether a needle was found of a leaf that asks for all of its needles.
    pub(crate) fn has_needle(&self, view: View<'_>, atom: u32, needle: u32) -> bool {
        match view.rules.index.leaf(atom) {
            Some(Atom::AllOf(_, leaves)) => {
                leaves.get(needle as usize).is_some_and(|leaf| self.first(*leaf).is_some())
            }
            Some(Atom::Any(_)) => self.first(atom).is_some(),
            _ => self.all.binary_search(&(atom, needle)).is_ok(),
        }
    }

    /// How many different needles of a leaf were found.
    fn count(&self, atom: u32) -> usize {
        let from = self.all.partition_point(|(other, _)| *other < atom);
        self.all.get(from..).unwrap_or(&[]).partition_point(|(other, _)| *other == atom)
    }

    /// Runs an expression if all that it requires was found; once a post.
    fn run(&mut self, view: View<'_>, id: u32, atom: &Atom, text: &str) -> Option<bool> {
        let index = &view.rules.index;
        let &Atom::Regex { field, regex, filed, lead, .. } = atom else { return None };
        let Some(found) = self.found.get_mut(id) else { return Some(false) };
        if found.ran.is_none() {
            let folded = self.folded.get(field as usize).map_or("", |folded| folded);
            // One that looks at a few characters is run sooner than the words it names are looked for.
            let may = self.expressions.is_short(regex) || {
                let required = index.required.get(regex as usize).map_or(&[][..], |known| &known.literals);
                let has = |set: &OneOf| set.literals.iter().any(|literal| folded.contains(literal.as_str()));
                let mut others = (0..).zip(required).filter(|(number, _)| *number != filed);
                others.all(|(_, set)| has(set))
            };
            let starts = match self.pieces.get(field as usize) {
                Some(pieces) if found.places != ANYWHERE => {
                    let bare = folded.len().saturating_sub(PADDING.len());
                    let (from, to) = pieces.origins(found.places, text.len(), bare);
                    (lead.map_or(0, |lead| from.saturating_sub(usize::from(lead))), to)
                }
                _ => (0, text.len()),
            };
            // Where it matched is wanted as evidence nearly always, so it is found at once.
            found.ran =
                if may { self.expressions.find(&index.regexes, regex, text, starts) } else { Some(None) };
        }
        found.ran.map(|found| found.is_some())
    }

    /// What an expression that is true matched first.
    pub(crate) fn matched<'a>(&mut self, view: View<'a>, id: u32, text: &'a str) -> Option<&'a str> {
        let index = &view.rules.index;
        let Some(atom @ Atom::Regex { regex, gated, .. }) = index.leaf(id) else { return None };
        if !gated {
            let starts = (0, text.len());
            let (start, end) = self.expressions.find(&index.regexes, *regex, text, starts)??;
            return text.get(start as usize..end as usize);
        }
        self.run(view, id, atom, text)?;
        let (start, end) = self.found.get(id)?.ran??;
        text.get(start as usize..end as usize)
    }

    fn is_known(&mut self, view: View<'_>, field: &AnyField) -> bool {
        match field {
            AnyField::Text(field) => fields::text(view.post, *field).is_some(),
            AnyField::Flag(field) => fields::flag(view.post, *field).is_some(),
            AnyField::Number(field) => self.number(view, *field).is_some(),
            AnyField::Set(field) => fields::set(view.post, *field).is_some(),
            AnyField::Media => view.post.media.is_some(),
            AnyField::Kind => view.post.kind.is_some(),
            AnyField::Surface => view.post.surface.is_some(),
            AnyField::Lang => view.language().is_some(),
            AnyField::Model(question) => view.context.scores.get(&view.post.id, question).is_some(),
        }
    }
}

/// Whether what stands beside a needle is what its use asks for.
fn stands_beside(text: &str, used: &Use, start: usize, end: usize) -> bool {
    let (before, behind) = (text.get(..start).unwrap_or(""), text.get(end..).unwrap_or(""));
    Neighbour::byte_allows(used.before, before.chars().rev())
        && Neighbour::byte_allows(used.behind, behind.chars())
}

/// Whether all that sets words apart in a text still does so once it is folded: a soft hyphen is gone then, and a
/// number in a circle is a number.
fn keeps_words_apart(text: &str) -> bool {
    text.chars().all(|c| {
        if c.is_ascii() {
            return c != '\0';
        }
        let (mut some, mut apart) = (false, true);
        if !is_word_character(c) {
            fold_character(c, |folded| {
                some = true;
                apart &= !is_word_character(folded);
            });
        }
        is_word_character(c) || (some && apart)
    })
}

fn is_shown(view: View<'_>, source: Source) -> bool {
    match source {
        Source::Text(field) => fields::text(view.post, field).is_some(),
        Source::Set(field) => fields::set(view.post, field).is_some(),
        Source::Lang => view.language().is_some(),
    }
}

fn score(view: View<'_>, question: u32) -> Option<f64> {
    view.context.scores.get(&view.post.id, view.rules.index.questions.get(question as usize)?)
}

/// The common facts of a post as bits; see `gates`.
fn codes(view: View<'_>) -> u64 {
    let post = view.post;
    let mut codes = 1 << ALWAYS;
    codes |= u64::from(view.language().is_none()) << NO_LANGUAGE;
    for field in FlagField::ALL {
        if let Some(value) = fields::flag(post, *field) {
            codes |= 1 << flag_code(*field, value);
        }
    }
    codes |= post.kind.map_or(0, |kind| kind_codes(kind_bit(kind)));
    codes |= post.surface.map_or(0, |surface| surface_codes(surface_bit(surface)));
    codes | post.media.as_ref().map_or(0, |media| media_codes(mask(media, medium_bit)))
}
