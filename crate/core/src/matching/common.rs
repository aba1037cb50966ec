//! Rules that common facts open: flags, kinds, numbers.
//!
//! Rules that ask for the same facts, each with bounds of its own, stand in one row, so that those that a post has
//! reached are found without looking at the others. Of rules that ask for nothing else and only say what
//! becomes of a post as many are opened as a verdict has room for reasons, strongest first: the others say nothing that these
//! do not say, and are counted.

use super::gates::{Axis, Common as Facts};
use crate::program::NumberField;
use crate::sorted::sort_by;
use crate::verdict::{Action, Verdict};
use std::collections::BTreeMap;

/// So many rules of a row are passed over at once.
const BLOCK: usize = 128;

/// Rules of one scope.
#[derive(Default)]
pub(crate) struct Common(Vec<Row>);

/// What the rules of a row ask for: codes, up to two numbers, and whether that is all.
type Key = (u64, [Option<Axis>; 2], bool);

/// Collects the rules of one scope.
#[derive(Default)]
pub(crate) struct CommonBuilder(BTreeMap<Key, Vec<Entry>>);

/// A rule of a row.
#[derive(Clone, Copy)]
struct Entry {
    /// The least that it asks of the first number.
    first: f64,
    /// The same of the second; or where nothing else is asked, its place among the reasons.
    second: f64,
    rule: u32,
}

/// Rules that ask for the same facts.
struct Row {
    codes: u64,
    axes: [Option<Axis>; 2],
    /// Nothing else is asked, of at most one number, and the rules only act.
    ranked: bool,
    /// By what they ask of the first number.
    entries: Vec<Entry>,
    /// The least `second` of each block of entries, and the block's number; least first where rules are ranked.
    blocks: Vec<(f64, u32)>,
}

impl CommonBuilder {
    /// Adds a rule that facts open; with what it does if that is all it does.
    pub(crate) fn add(&mut self, rule: u32, facts: Facts, acts: Option<Action>) {
        let [first, second] = facts.bounds;
        let ranked = acts.filter(|_| facts.exact && second.is_none());
        let least = |bound: Option<super::gates::Bound>| bound.map_or(0.0, |bound| bound.least);
        let second_or_rank = match ranked {
            // Exact: an action is a small number, and rules have 32 bits.
            Some(action) => f64::from(Action::Keep as u32 - action as u32) * 2_f64.powi(32) + f64::from(rule),
            None => least(second),
        };
        let key = (facts.codes, facts.bounds.map(|bound| bound.map(|bound| bound.axis)), ranked.is_some());
        let entry = Entry { first: least(first), second: second_or_rank, rule };
        self.0.entry(key).or_default().push(entry);
    }

    pub(crate) fn build(self) -> Common {
        let row = |((codes, axes, ranked), mut entries): (Key, Vec<Entry>)| {
            entries.shrink_to_fit();
            sort_by(&mut entries, |left, right| left.first.total_cmp(&right.first));
            let least =
                |block: &[Entry]| block.iter().map(|entry| entry.second).fold(f64::INFINITY, f64::min);
            let mut blocks: Vec<(f64, u32)> = entries.chunks(BLOCK).map(least).zip(0..).collect();
            if ranked {
                sort_by(&mut blocks, |left, right| left.0.total_cmp(&right.0));
            }
            Row { codes, axes, ranked, entries, blocks }
        };
        Common(self.0.into_iter().map(row).collect())
    }
}

impl Common {
    /// Adds the rules that a post's codes and numbers open, with `all` every one of them; how many are true that were left
    /// out.
    pub(crate) fn open(
        &self,
        codes: u64,
        mut number: impl FnMut(NumberField) -> Option<f64>,
        all: bool,
        opened: &mut Vec<u32>,
    ) -> u32 {
        let mut left_out = 0;
        for row in self.0.iter().filter(|row| codes & row.codes == row.codes) {
            let [first, second] =
                row.axes.map(|axis| axis.map_or(Some(0.0), |axis| axis.number(&mut number)));
            let (Some(first), Some(second)) = (first, second) else { continue };
            let reached = row.entries.partition_point(|entry| entry.first <= first);
            if row.ranked && !all && reached > Verdict::MAX_REASONS {
                row.strongest(reached, opened);
                left_out += (reached - Verdict::MAX_REASONS) as u32;
            } else {
                row.within(reached, if row.ranked { f64::INFINITY } else { second }, opened);
            }
        }
        left_out
    }
}

impl Row {
    /// The entries of a block that are among the first so many.
    fn block(&self, number: u32, reached: usize) -> &[Entry] {
        let from = number as usize * BLOCK;
        self.entries.get(from..reached.min(from + BLOCK)).unwrap_or(&[])
    }

    /// Adds those of the first so many whose `second` is reached.
    fn within(&self, reached: usize, second: f64, opened: &mut Vec<u32>) {
        for (least, number) in &self.blocks {
            if *least <= second {
                let there = self.block(*number, reached).iter().filter(|entry| entry.second <= second);
                opened.extend(there.map(|entry| entry.rule));
            }
        }
    }

    /// Adds as many of the first so many as a verdict has room for, in the order of reasons.
    fn strongest(&self, reached: usize, opened: &mut Vec<u32>) {
        let mut best = [(f64::INFINITY, 0); Verdict::MAX_REASONS];
        for (least, number) in &self.blocks {
            let [.., (worst, _)] = best;
            if worst <= *least {
                break;
            }
            for entry in self.block(*number, reached) {
                let mut new = (entry.second, entry.rule);
                // From its place on each makes room for the one before it.
                let place = best.partition_point(|(rank, _)| *rank < new.0);
                best.iter_mut().skip(place).for_each(|known| std::mem::swap(known, &mut new));
            }
        }
        opened.extend(best.map(|(_, rule)| rule));
    }
}

#[cfg(test)]
mod tests {
    use crate::post::Post;
    use crate::{Context, Memory, PackSource, compile};
    use proptest::prelude::*;

    proptest! {
        /// However many bounds a post has reached, its verdict is that of asking each rule.
        #[test]
        fn rows_say_what_their_rules_say(
            bounds in proptest::collection::vec((0..400_u32, 0..400_u32, 0..12_usize), 0..400),
            (likes, views, promoted) in (0..400_u32, 0..400_u32, any::<bool>()),
        ) {
            let lines = bounds.iter().map(|(one, other, shape)| match shape {
                0 => format!("dim if likes > {one}"),
                1 => format!("hide if likes > {one}"),
                2 => format!("collapse if likes >= {one}"),
                3 => format!("hide if not likes > {one}"),
                4 => format!("hide if likes is {one}"),
                5 => format!("label \"l{one}\" if likes < {one}"),
                6 => format!("dim if likes > {one} and likes < {other}"),
                7 => format!("hide if promoted and likes > {one}"),
                8 => format!("hide if promoted and not verified and likes > {one} and views < {other}"),
                9 => format!("hide if likes > {one} and views > {other} and views < {}", other + 20),
                10 => format!("hide if promoted or likes <= {one}"),
                _ => format!("hide if text has \"tea\" and likes > {one}"),
            });
            let source = lines.collect::<Vec<_>>().join("\n");
            let rules = compile(&[PackSource { id: "p".into(), source, ..PackSource::default() }]).into_rules();
            let post = Post {
                likes: Some(likes.into()),
                views: Some(views.into()),
                promoted: Some(promoted),
                verified: Some(false),
                text: Some("tea".into()),
                ..Post::default()
            };
            let context = Context::default();
            let verdicts = rules.decide(std::slice::from_ref(&post), &context, &mut Memory::default());
            prop_assert_eq!(&verdicts[0], &rules.decide_naively(&post, &context));
            let concerning = rules.concerning(std::slice::from_ref(&post), &context).len();
            let spoke = verdicts[0].reasons.len() + verdicts[0].more_reasons as usize;
            prop_assert_eq!(concerning, spoke);
        }
    }
}
