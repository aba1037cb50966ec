//! Rules that another rule of the pack makes pointless, or contradicts.
//!
//! Rule B is pointless when a rule A, whose action is at least as strong, holds wherever B does: A's scope and hours are
//! wider or the same, and A's condition is true wherever B's is. Each rule is entered under what one of its tests looks
//! for and looked up under what its own tests look for, a few candidates a key, so the cost is linear in the
//! size of the pack; each candidate is then compared in full.

use super::implies::{implies, needle, texts};
use crate::check::messages::Messages;
use crate::diagnostic::{Diagnostic, Span, code};
use crate::program::{BlurTarget, Condition, Effect, Program, Rule, Schedule, Scope, Test, Trust, Unsure};
use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

/// How many rules are remembered under one key.
const MAX_CANDIDATES: usize = 8;
/// How many tests, alternatives and needles of one rule are entered and looked up.
const MAX_PARTS: usize = 16;
/// The longest needle whose beginnings are looked up, in bytes.
const MAX_NEEDLE: usize = 40;

/// The rules of one pack, with their places.
pub(super) struct Cover {
    /// The pack's first rule in the program.
    first: usize,
    places: Vec<Place>,
}

/// Where a rule stands.
struct Place {
    line: u32,
    span: Span,
    line_start: usize,
    /// It can never act, which is said elsewhere.
    idle: bool,
}

impl Cover {
    /// For rules from `first` on.
    pub fn new(first: usize) -> Self {
        Self { first, places: Vec::new() }
    }

    /// Takes down where the rule stands that is now added to the program.
    pub fn add(&mut self, line: u32, span: Span, line_start: usize, idle: bool) {
        self.places.push(Place { line, span, line_start, idle });
    }

    /// A warning for each rule that another makes pointless or contradicts.
    pub fn report(&self, program: &Program, source: &str, messages: &mut Messages) {
        let rules = program.rules.get(self.first..).unwrap_or(&[]);
        let mut index = Index { program, rules, by_key: HashMap::new(), reaches: HashMap::new() };
        let acts = |i: &usize| self.places.get(*i).is_some_and(|place| !place.idle);
        for i in (0..rules.len()).filter(acts) {
            index.enter(i);
        }
        for i in (0..rules.len()).filter(acts) {
            let Some((by, finding)) = index.finding(i) else { continue };
            let (Some(place), Some(other)) = (self.places.get(i), self.places.get(by)) else { continue };
            let (message, help) = finding.words(&rules[i], &rules[by], other.line);
            let problem = Diagnostic::warning(finding.code(), place.span.clone(), message).help(help);
            messages.push(
                match finding {
                    Finding::Covered => problem.suggest(place.span.clone(), ""),
                    _ => problem,
                }
                .locate(source, place.line, place.line_start),
            );
        }
    }
}

/// What another rule does to a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Finding {
    /// It does the same or more, at least wherever this does.
    Covered,
    /// It keeps every post that this could act on.
    Kept,
    /// It keeps exactly what this acts on.
    KeptExactly,
    /// It takes from the score what this gives, or the other way round.
    Undone,
    /// It sets off what this makes paler, or the other way round.
    Opposed,
}

impl Finding {
    fn code(self) -> &'static str {
        match self {
            Self::Covered | Self::Kept => code::POINTLESS_RULE,
            Self::KeptExactly | Self::Undone | Self::Opposed => code::CONTRADICTION,
        }
    }

    fn words(self, rule: &Rule, other: &Rule, line: u32) -> (String, &'static str) {
        let take_out = "take one of the two lines out";
        match self {
            Self::Covered => match (&rule.effect, &other.effect) {
                (Effect::Order(_), _) => (
                    format!("line {line} already orders the feed here, and of two the first counts"),
                    "put all keys on one line: `order by score, newest`",
                ),
                (Effect::Limit(limit), Effect::Limit(first)) if first.count < limit.count => {
                    (format!("line {line} lets fewer through, so this limit is never reached"), take_out)
                }
                _ if rule.effect == other.effect
                    && rule.condition == other.condition
                    && rule.schedule == other.schedule =>
                {
                    (format!("line {line} already says this"), take_out)
                }
                _ => (format!("line {line} already covers every post that this could act on"), take_out),
            },
            Self::Kept => (
                format!("line {line} keeps every post that this could act on"),
                "`keep` wins, wherever it stands; narrow one of the two, or take one out",
            ),
            Self::KeptExactly => (
                format!("line {line} keeps the very posts that this acts on, so this does nothing"),
                "`keep` wins, wherever it stands; take out the one that you did not mean",
            ),
            Self::Undone => (
                format!("line {line} changes the score of the same posts the other way"),
                "scores add up; write one line with the difference",
            ),
            Self::Opposed => (
                format!(
                    "of the same posts, line {line} says the opposite: `highlight` sets off, `dim` makes pale"
                ),
                "take one of the two lines out",
            ),
        }
    }
}

/// Which rules are compared with each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Class {
    /// Those that take something away, by strength.
    Takes,
    Keeps,
    Marks,
    Sets,
    Raises,
    Lowers,
    Limits,
    Orders,
}

fn class(effect: &Effect) -> Class {
    match effect {
        Effect::Hide | Effect::Collapse | Effect::Blur(_) | Effect::Dim | Effect::Replace(_) => Class::Takes,
        Effect::Keep => Class::Keeps,
        Effect::Label(_) => Class::Marks,
        Effect::Highlight => Class::Sets,
        Effect::Score(change) if *change < 0.0 => Class::Lowers,
        Effect::Score(_) => Class::Raises,
        Effect::Limit(_) => Class::Limits,
        Effect::Order(_) => Class::Orders,
    }
}

/// How much an action of [`Class::Takes`] takes away. A pack that is trusted less collapses where it says hide.
fn strength(effect: &Effect, trust: Trust) -> u8 {
    match effect {
        Effect::Dim => 1,
        Effect::Blur(BlurTarget::Media) => 2,
        Effect::Blur(BlurTarget::All) => 3,
        Effect::Collapse => 4,
        Effect::Replace(_) => 5,
        Effect::Hide if trust == Trust::Limited => 4,
        Effect::Hide => 6,
        _ => 0,
    }
}

struct Index<'p> {
    program: &'p Program,
    rules: &'p [Rule],
    by_key: HashMap<u64, Candidates>,
    /// Whether a scope covers another, as far as it was asked.
    reaches: HashMap<(u32, u32), bool>,
}

/// Rules under one key; most keys have one.
#[derive(Default)]
struct Candidates {
    first: Option<u32>,
    more: Vec<u32>,
}

impl Index<'_> {
    fn enter(&mut self, i: usize) {
        let rule = &self.rules[i];
        let class = class(&rule.effect);
        let mut keys = Vec::new();
        match &rule.condition {
            Condition::Or(all) => all.iter().take(MAX_PARTS).for_each(|part| self.keys_of(part, &mut keys)),
            condition => self.keys_of(condition, &mut keys),
        }
        for key in keys {
            let wide = self.width(i);
            let worst = {
                let candidates = self.by_key.entry(mixed(class, key)).or_default();
                if candidates.first.is_none() {
                    candidates.first = Some(i as u32);
                    continue;
                }
                if candidates.more.len() + 1 < MAX_CANDIDATES {
                    candidates.more.push(i as u32);
                    continue;
                }
                candidates.more.clone()
            };
            // The widest and strongest stay.
            let Some((place, least)) =
                worst.iter().enumerate().map(|(at, j)| (at, self.width(*j as usize))).min_by_key(|(_, w)| *w)
            else {
                continue;
            };
            if wide > least
                && let Some(candidates) = self.by_key.get_mut(&mixed(class, key))
                && let Some(kept) = candidates.more.get_mut(place)
            {
                *kept = i as u32;
            }
        }
    }

    /// How much a rule is likely to cover.
    fn width(&self, i: usize) -> (bool, bool, u8) {
        let rule = &self.rules[i];
        let everywhere =
            self.program.scopes.get(rule.scope as usize).is_some_and(|scope| scope.sites.is_empty());
        (everywhere, rule.schedule.is_none(), strength(&rule.effect, self.trust(rule)))
    }

    fn trust(&self, rule: &Rule) -> Trust {
        self.program.packs.get(rule.pack as usize).map_or(Trust::Limited, |pack| pack.trust)
    }

    /// The keys under which a rule is found that this condition is enough for: those of its most telling test.
    fn keys_of(&self, condition: &Condition, keys: &mut Vec<u64>) {
        match condition {
            Condition::And(all) => {
                if let Some(part) = all.iter().max_by_key(|part| telling(part)) {
                    self.keys_of(part, keys);
                }
            }
            Condition::Test(test) => self.keys_of_test(test, keys),
            Condition::Not(inner) if matches!(**inner, Condition::Test(_)) => {
                let mut of_inner = Vec::new();
                self.keys_of(inner, &mut of_inner);
                keys.extend(of_inner.into_iter().map(|key| !key));
            }
            condition => keys.push(hashed(condition)),
        }
    }

    fn keys_of_test(&self, test: &Test, keys: &mut Vec<u64>) {
        match test {
            Test::TextHas { field, needles, .. }
            | Test::TextEdge { field, needles, .. }
            | Test::TextIs { field, needles } => {
                // A whole text and its beginning have their needle too.
                let all = texts(needles, self.program);
                keys.extend(all.iter().take(MAX_PARTS).map(|text| word_key(field, &needle(text))));
                keys.push(hashed(&Condition::Test(test.clone())));
            }
            Test::SetHas { field, needles, .. } => {
                let all = texts(needles, self.program);
                keys.extend(all.iter().take(MAX_PARTS).map(|text| word_key(field, &needle(text))));
                keys.push(hashed(&Condition::Test(test.clone())));
            }
            Test::LinksTo(hosts) => {
                keys.extend(hosts.iter().take(MAX_PARTS).map(|host| word_key("links to", host)));
            }
            Test::Number { field, .. } => keys.push(word_key(field, "")),
            Test::Model { question, .. } | Test::Flagged { question, .. } => {
                keys.push(word_key(question, ""))
            }
            Test::KindIs(_) => keys.push(word_key("kind", "")),
            Test::SurfaceIs(_) => keys.push(word_key("surface", "")),
            Test::LangIs(_) => keys.push(word_key("lang", "")),
            Test::MediaHas { .. } => keys.push(word_key("media", "")),
            Test::Flag(_) | Test::Known(_) | Test::Matches { .. } => {
                keys.push(hashed(&Condition::Test(test.clone())));
            }
        }
    }

    /// The keys under which rules stand that this condition may be enough for.
    fn looked_up(&self, condition: &Condition) -> Vec<u64> {
        let mut keys = vec![hashed(&Condition::Always)];
        let parts = match condition {
            Condition::And(all) => all.as_slice(),
            // Every alternative has to be covered by the same rule, so the first one finds it.
            Condition::Or(all) => all.get(..1).unwrap_or(&[]),
            one => std::slice::from_ref(one),
        };
        for part in parts.iter().take(MAX_PARTS) {
            match part {
                Condition::Test(test) => {
                    self.keys_of_test(test, &mut keys);
                    match test {
                        Test::TextHas { field, needles, .. }
                        | Test::TextEdge { field, needles, .. }
                        | Test::TextIs { field, needles } => {
                            for text in texts(needles, self.program).iter().take(MAX_PARTS / 4) {
                                shorter(&needle(text), |part| keys.push(word_key(field, part)));
                            }
                        }
                        Test::LinksTo(hosts) => {
                            for host in hosts.iter().take(1) {
                                let above = host.match_indices('.').map(|(at, _)| &host[at + 1..]);
                                keys.extend(above.map(|host| word_key("links to", host)));
                            }
                        }
                        _ => {}
                    }
                }
                part => self.keys_of(part, &mut keys),
            }
        }
        keys
    }

    /// What is to be said of a rule, and because of which other; the gravest first.
    fn finding(&mut self, i: usize) -> Option<(usize, Finding)> {
        let rule = &self.rules[i];
        let own = class(&rule.effect);
        let keys = self.looked_up(&rule.condition);
        let others: &[Class] = match own {
            Class::Takes if rule.effect == Effect::Dim => &[Class::Keeps, Class::Takes, Class::Sets],
            Class::Takes => &[Class::Keeps, Class::Takes],
            Class::Limits => &[Class::Keeps, Class::Limits],
            Class::Raises => &[Class::Lowers],
            Class::Lowers => &[Class::Raises],
            Class::Sets => &[Class::Sets, Class::Takes],
            Class::Keeps => &[Class::Keeps],
            Class::Marks => &[Class::Marks],
            Class::Orders => &[Class::Orders],
        };
        for class in others {
            for key in &keys {
                let Some(candidates) = self.by_key.get(&mixed(*class, *key)) else { continue };
                let all: Vec<u32> = candidates.first.iter().chain(&candidates.more).copied().collect();
                for j in all {
                    if j as usize != i
                        && let Some(finding) = self.compare(i, j as usize)
                    {
                        return Some((j as usize, finding));
                    }
                }
            }
        }
        None
    }

    /// What rule `j` does to rule `i`.
    fn compare(&mut self, i: usize, j: usize) -> Option<Finding> {
        let (rule, other) = (&self.rules[i], &self.rules[j]);
        match (&rule.effect, &other.effect) {
            (Effect::Score(a), Effect::Score(b)) => {
                let both = rule.condition == other.condition && rule.condition != Condition::Always;
                (j < i && both && (*a < 0.0) != (*b < 0.0) && self.meets(rule, other))
                    .then_some(Finding::Undone)
            }
            (Effect::Dim, Effect::Highlight) | (Effect::Highlight, Effect::Dim) => {
                (j < i && rule.condition == other.condition && self.meets(rule, other))
                    .then_some(Finding::Opposed)
            }
            (Effect::Order(_), Effect::Order(_)) => {
                let here = rule.scope == other.scope
                    && (other.schedule.is_none() || other.schedule == rule.schedule);
                (j < i && here).then_some(Finding::Covered)
            }
            (Effect::Limit(limit), Effect::Limit(first)) => {
                let alike = rule.scope == other.scope
                    && rule.schedule == other.schedule
                    && rule.condition == other.condition
                    && limit.per_author == first.per_author
                    && limit.period == first.period;
                let never_reached = first.count < limit.count
                    || (first.count == limit.count
                        && (limit.then.is_none() || limit.then == first.then)
                        && (j < i || first.then.is_some() != limit.then.is_some()));
                (alike && never_reached).then_some(Finding::Covered)
            }
            (_, Effect::Keep) if rule.effect != Effect::Keep => {
                if !self.holds_wherever(other, rule) {
                    return None;
                }
                let exactly = rule.condition == other.condition && rule.condition != Condition::Always;
                Some(if exactly { Finding::KeptExactly } else { Finding::Kept })
            }
            (a, b) if class(a) == class(b) => {
                let stronger = match class(a) {
                    // Of two notes the first is shown.
                    Class::Takes
                        if a != b && i < j && matches!((a, b), (Effect::Replace(_), Effect::Replace(_))) =>
                    {
                        return None;
                    }
                    Class::Takes => {
                        let (own, its) = (strength(a, self.trust(rule)), strength(b, self.trust(other)));
                        if its < own {
                            return None;
                        }
                        its > own
                    }
                    Class::Marks if a != b => return None,
                    _ => false,
                };
                let wins = self.holds_wherever(other, rule)
                    && waits_alike(other, rule)
                    && (stronger || j < i || !self.holds_wherever(rule, other));
                wins.then_some(Finding::Covered)
            }
            _ => None,
        }
    }

    /// Whether `wide` is in force and true wherever `narrow` is.
    fn holds_wherever(&mut self, wide: &Rule, narrow: &Rule) -> bool {
        hours_cover(wide.schedule.as_deref(), narrow.schedule.as_deref())
            && self.reaches(wide.scope, narrow.scope)
            && implies(&narrow.condition, &wide.condition, self.program)
    }

    /// Whether two rules stand in places and hours of which one covers the other.
    fn meets(&mut self, a: &Rule, b: &Rule) -> bool {
        let hours = |a: &Rule, b: &Rule| hours_cover(a.schedule.as_deref(), b.schedule.as_deref());
        (hours(a, b) || hours(b, a)) && (self.reaches(a.scope, b.scope) || self.reaches(b.scope, a.scope))
    }

    fn reaches(&mut self, wide: u32, narrow: u32) -> bool {
        if wide == narrow {
            return true;
        }
        let scopes = &self.program.scopes;
        *self.reaches.entry((wide, narrow)).or_insert_with(|| {
            scopes
                .get(wide as usize)
                .zip(scopes.get(narrow as usize))
                .is_some_and(|(wide, narrow)| scope_covers(wide, narrow))
        })
    }
}

/// How rarely a test is likely to be asked: what tells rules apart best.
fn telling(condition: &Condition) -> u8 {
    match condition {
        Condition::Test(
            Test::TextHas { .. } | Test::TextIs { .. } | Test::TextEdge { .. } | Test::SetHas { .. },
        ) => 5,
        Condition::Test(Test::LinksTo(_) | Test::Matches { .. }) => 4,
        Condition::Test(Test::Model { .. } | Test::Flagged { .. } | Test::Number { .. }) => 3,
        Condition::Test(_) => 2,
        Condition::Not(_) => 1,
        _ => 0,
    }
}

/// The beginnings of a needle, from three bytes on, and its words: what a shorter needle within it most likely is.
fn shorter(needle: &str, mut take: impl FnMut(&str)) {
    if needle.len() > MAX_NEEDLE {
        return;
    }
    for (at, _) in needle.char_indices().filter(|(at, _)| *at >= 3) {
        take(&needle[..at]);
    }
    for word in needle.split(' ').skip(1).filter(|word| word.len() >= 3) {
        take(word);
    }
}

fn word_key(what: impl Hash, word: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    what.hash(&mut hasher);
    word.hash(&mut hasher);
    hasher.finish()
}

/// Equal for equal conditions. Others may meet: what is found is compared.
fn hashed(condition: &Condition) -> u64 {
    // Serialising into memory does not fail; if it did, the rules would only be compared in vain.
    word_key(postcard::to_allocvec(condition).unwrap_or_default(), "")
}

fn mixed(class: Class, key: u64) -> u64 {
    key.wrapping_mul(31).wrapping_add(class as u64)
}

/// A rule that shows something else while it waits is not covered by one that does not.
fn waits_alike(wide: &Rule, narrow: &Rule) -> bool {
    wide.unsure == narrow.unsure || narrow.unsure == Unsure::default()
}

/// The most sites of two scopes that are compared.
const MAX_SITES: usize = 256;

fn scope_covers(wide: &Scope, narrow: &Scope) -> bool {
    if wide.sites.is_empty() || narrow.sites.is_empty() {
        return wide.sites.is_empty();
    }
    wide.sites.len() * narrow.sites.len() <= MAX_SITES
        && narrow.sites.iter().all(|site| {
            wide.sites.iter().any(|of| {
                let below = site.host == of.host
                    || site.host.strip_suffix(of.host.as_str()).is_some_and(|rest| rest.ends_with('.'));
                below
                    && (of.surfaces.is_empty()
                        || (!site.surfaces.is_empty()
                            && site.surfaces.iter().all(|surface| of.surfaces.contains(surface))))
            })
        })
}

fn hours_cover(wide: Option<&Schedule>, narrow: Option<&Schedule>) -> bool {
    let (wide, narrow) = match (wide, narrow) {
        (None, _) => return true,
        (Some(_), None) => return false,
        (Some(wide), Some(narrow)) => (wide, narrow),
    };
    let days = wide.days.iter().zip(&narrow.days).all(|(wide, narrow)| *wide || !*narrow);
    // Past midnight a window goes on counting.
    let stretch = |&(from, to): &(u16, u16)| (from, if from < to { to } else { to + 24 * 60 });
    days && (wide.windows.is_empty()
        || (!narrow.windows.is_empty()
            && narrow.windows.iter().map(stretch).all(|(from, to)| {
                wide.windows.iter().map(stretch).any(|(start, end)| start <= from && to <= end)
            })))
}
