//! Rules tried out on posts, over and over while they are typed.
//!
//! A rule that is neither true of any of the posts, nor may become so, changes no verdict. Which ones those are is known
//! after the first look at them, as if they held everywhere, by the text of the rule's line and the lists it names; from then
//! on their lines are left blank before the file is compiled, so that a keystroke costs the rules that matter and not the
//! file. The core parses, checks and decides; nothing here knows what a rule means.

mod places;
mod reading;
mod tally;
#[cfg(test)]
mod tests;

use crate::names::compile;
use diffract_core::matching::explain::{ExplainedRule, Which};
use diffract_core::post::Post;
use diffract_core::program::{Effect, Rule, Trust};
use diffract_core::reference::MAX_FILE;
use diffract_core::verdict::{Action, Verdict};
use diffract_core::{Context, Memory, PackSource, RuleSet};
use places::{Feeds, Order};
use reading::Reading;
use serde::Serialize;
use std::collections::{BTreeMap, HashMap, HashSet};
use tally::{Tally, count, effects, same, tallies};

/// The id of the file that is edited.
const EDITED: &str = "mine";
/// Lines that were not looked at yet are compiled along until there are more than this; only then is it worth another
/// pass over the posts to find those among them that matter.
const MANY: usize = 48;
/// Lines remembered. A file of 4 MB has fewer that are different and of use.
const MAX_KNOWN: usize = 400_000;

/// See [`crate::Replay`].
pub(crate) struct Replay {
    posts: Vec<Post>,
    context: Context,
    others: Vec<PackSource>,
    /// Whether a line, by [`Reading::fingerprints`], has a say in any of the posts, wherever it stands.
    matters: HashMap<u64, bool>,
    feeds: Feeds,
    saved: Decided,
    last: Vec<Verdict>,
    /// The file as it was typed last.
    typed: String,
}

/// What a version of the file does.
#[derive(Debug, Default)]
struct Decided {
    verdicts: Vec<Verdict>,
    order: Order,
}

/// What a change of the file does.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Answer {
    /// The verdicts that are not as the answer before had them.
    changed: Vec<(usize, Verdict)>,
    /// The posts to which something else happens than under the file as it is saved.
    differs: Vec<usize>,
    /// What happens to more posts than under the file as it is saved.
    more: Vec<Tally>,
    /// What no longer happens.
    fewer: Vec<Tally>,
    /// The posts that stand elsewhere than under the file as it is saved, with where in its feed (from 1) each stood and
    /// stands. Those that are hidden stand nowhere.
    moved: Vec<(usize, u32, u32)>,
    /// All posts, feed by feed, as the file orders them; empty where it leaves them as they are.
    order: Vec<usize>,
    /// The file is over 4 MB and counts for nothing.
    too_large: bool,
}

impl Replay {
    pub(crate) fn new(posts: Vec<Post>, context: Context, packs: Vec<PackSource>, saved: &str) -> Self {
        let feeds = Feeds::new(&posts);
        let mut replay = Self {
            posts,
            feeds,
            context,
            others: Vec::new(),
            matters: HashMap::new(),
            saved: Decided::default(),
            last: Vec::new(),
            typed: String::new(),
        };
        replay.others = packs.iter().map(|pack| replay.reduced(pack, None)).collect();
        replay.saved = replay.decide(saved);
        replay.typed = saved.to_owned();
        replay
    }

    pub(crate) fn posts(&self) -> &[Post] {
        &self.posts
    }

    pub(crate) fn context(&self) -> &Context {
        &self.context
    }

    pub(crate) fn saved(&mut self, source: &str) -> Answer {
        self.saved = self.decide(source);
        self.type_(source)
    }

    pub(crate) fn type_(&mut self, source: &str) -> Answer {
        let now = self.decide(source);
        source.clone_into(&mut self.typed);
        let Decided { verdicts: now, order } = now;
        let mut answer = Answer { too_large: source.len() > MAX_FILE, ..Answer::default() };
        let (mut more, mut fewer) = (BTreeMap::new(), BTreeMap::new());
        for (index, (verdict, saved)) in now.iter().zip(&self.saved.verdicts).enumerate() {
            if self.last.get(index) != Some(verdict) {
                answer.changed.push((index, verdict.clone()));
            }
            let (was, is) = (self.saved.order.places[index], order.places[index]);
            let moved = was != is && verdict.action != Action::Hide;
            if moved {
                answer.moved.push((index, was, is));
            }
            if moved || !same(verdict, saved) {
                answer.differs.push(index);
                let followed = usize::from(self.posts[index].followed == Some(true));
                let (is, was) = (effects(verdict), effects(saved));
                count(&mut more, is.difference(&was), followed);
                count(&mut fewer, was.difference(&is), followed);
            }
        }
        answer.more = tallies(more);
        answer.fewer = tallies(fewer);
        answer.order = order.all;
        self.last = now;
        answer
    }

    /// Why the post of an index gets its verdict under the file as it was typed last: the rules that spoke, and that of
    /// one line of the file (from 1), whatever it came to.
    pub(crate) fn explain(&mut self, index: usize, line: u32) -> Vec<ExplainedRule> {
        let source = std::mem::take(&mut self.typed);
        let rules = self.rules(&source, Some(line));
        self.typed = source;
        let Some(post) = self.posts.get(index) else { return Vec::new() };
        let mut memory = Memory::default();
        rules.decide(&self.posts[..index], &self.context, &mut memory);
        let of = |which: &Which| rules.explain(post, &self.context, &memory, which).rules;
        let mut found = of(&Which::Spoke);
        let asked = of(&Which::Line { pack: Some(EDITED.to_owned()), line });
        for rule in asked {
            if !found.iter().any(|known| known.pack == rule.pack && known.line == rule.line) {
                found.push(rule);
            }
        }
        found
    }

    /// The file that is edited less what does not matter, and the packs beside it, ready to decide: in this order, which is
    /// that of the background, for the first pack wins where two say the same sort of thing. The line `asked` for is kept
    /// whether it matters or not.
    fn rules(&mut self, source: &str, asked: Option<u32>) -> RuleSet {
        let edited = PackSource { id: EDITED.to_owned(), source: source.to_owned(), ..PackSource::default() };
        let edited = if source.len() > MAX_FILE { edited } else { self.reduced(&edited, asked) };
        let packs: Vec<PackSource> = std::iter::once(edited).chain(self.others.iter().cloned()).collect();
        compile(&packs).into_rules()
    }

    fn decide(&mut self, source: &str) -> Decided {
        let rules = self.rules(source, None);
        // Limits count anew for each version of the file, in the order of the feed.
        let verdicts = rules.decide(&self.posts, &self.context, &mut Memory::default());
        let order = self.feeds.order(&rules, &verdicts, &self.context);
        Decided { verdicts, order }
    }

    /// The pack with every line blank that does not matter. Lines keep their numbers.
    fn reduced(&mut self, pack: &PackSource, asked: Option<u32>) -> PackSource {
        let reading = Reading::new(pack);
        let unknown =
            reading.fingerprints.iter().filter(|(_, print)| !self.matters.contains_key(print)).count();
        if unknown > MANY {
            self.look(pack, &reading);
        }
        let asked =
            reading.fingerprints.iter().find(|(line, _)| Some(*line) == asked).map(|(_, print)| *print);
        let kept = |print: &u64| Some(*print) == asked || self.matters.get(print).copied().unwrap_or(true);
        PackSource { source: reading.keep(kept), ..pack.clone() }
    }

    /// Finds out which lines matter.
    fn look(&mut self, pack: &PackSource, reading: &Reading<'_>) {
        if self.matters.len() > MAX_KNOWN {
            self.matters.clear();
        }
        let unknown = reading.keep_everywhere(|print| !self.matters.contains_key(print));
        let alone = PackSource { source: unknown, trust: Trust::Full, ..pack.clone() };
        let rules = compile(&[alone]).into_rules();
        let mut concerning: HashSet<u32> = rules
            .concerning(&self.posts, &self.context)
            .into_iter()
            .filter_map(|id| rules.program().rules.get(id as usize))
            .map(|rule| rule.line)
            .collect();
        // What orders posts speaks of none.
        let orders = |rule: &&Rule| matches!(rule.effect, Effect::Order(_));
        concerning.extend(rules.program().rules.iter().filter(orders).map(|rule| rule.line));
        for (line, print) in &reading.fingerprints {
            self.matters.entry(*print).or_insert_with(|| concerning.contains(line));
        }
    }
}
