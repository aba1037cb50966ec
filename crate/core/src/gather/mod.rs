//! Posts of many pages and sites as one feed: the reader's own order, what is the same shown once, answers under what
//! they answer, limits counted in that order. What the extension's reader draws.

mod same;
mod threads;

use crate::matching::{Context, Memory, OrderedBy, RuleSet};
use crate::post::Post;
use crate::program::Effect;
use crate::verdict::{Action, Verdict};
use serde::{Deserialize, Serialize};

/// Where a post comes from.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Source {
    /// Which opening of which page: any name.
    pub visit: String,
    /// When it was read there, in seconds since 1970-01-01 UTC; 0: not known. An age counts from then, and no post
    /// counts as later.
    pub seen: f64,
    /// The reader asked to see it whatever the rules say.
    pub shown: bool,
}

/// Posts of many pages as one feed. Posts are named by their indices.
#[derive(Debug, Default, Serialize)]
pub struct Gathered {
    /// One for each post, in the order given.
    pub verdicts: Vec<Verdict>,
    /// By what the feed is ordered.
    pub order: OrderedBy,
    /// What stands in the feed, first to last.
    pub entries: Vec<Entry>,
    /// The limit that ended the feed: its message stands below the last post.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ending: Option<Ending>,
}

/// One place in the feed.
#[derive(Debug, Default, PartialEq, Serialize)]
pub struct Entry {
    /// The post that stands there.
    pub post: usize,
    /// The one to which it owes its place: itself, or an answer to it.
    pub placed_by: usize,
    /// What that one is ordered by, a value for each key of the order; null: not known.
    pub values: Vec<Option<f64>>,
    /// The same on other platforms and other pages, of it and of its replies.
    pub same: Vec<usize>,
    /// What answers it, as it was gathered; without those that a rule hides, unless it is hidden itself.
    pub replies: Vec<usize>,
    /// A rule hides all of it.
    pub hidden: bool,
}

/// See [`Gathered::ending`].
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Ending {
    /// The first post that found no place.
    pub post: usize,
    /// The message.
    pub note: String,
}

impl RuleSet {
    /// Makes one feed of posts, given in the order in which they were gathered. `memory` is what limits have counted; it
    /// counts on, in the order of the feed made.
    pub fn gather(
        &self,
        mut posts: Vec<Post>,
        sources: &[Source],
        context: &Context,
        memory: &mut Memory,
    ) -> Gathered {
        for (post, source) in posts.iter_mut().zip(sources) {
            let time = post.time.or_else(|| post.age.map(|age| source.seen - age));
            // Nobody sees a post before it is posted: a date ahead of that is a mistake, or a trick to stand first.
            post.time = time.map(|time| if source.seen > 0.0 { time.min(source.seen) } else { time });
        }
        let shown = |index: usize| sources.get(index).is_some_and(|source| source.shown);
        // First without counting: scores and plain rules say in which order limits are to count.
        let plain = self.decide(&posts, context, &mut Memory::default());
        let seen: Vec<f64> = sources.iter().map(|source| source.seen).collect();
        let ranked = self.order_together(&posts, &plain, &seen, context);
        let mut rank = vec![0; posts.len()];
        for (place, post) in ranked.order.iter().enumerate() {
            rank[*post] = place;
        }
        let stands = representatives(&posts, &rank, |index| {
            shown(index)
                || plain.get(index).is_none_or(|verdict| verdict.action != Action::Hide || is_limit(verdict))
        });
        let verdicts = self.count(posts.as_slice(), &ranked.order, &stands, context, memory);
        let hidden = |index: usize| {
            !shown(index) && verdicts.get(index).is_some_and(|verdict| verdict.action == Action::Hide)
        };
        let roots = threads::roots(&posts, sources, |index| stands[index] == index);
        let mut entries = Vec::new();
        let mut threads: Vec<Vec<usize>> = vec![Vec::new(); posts.len()];
        let mut same: Vec<Vec<usize>> = vec![Vec::new(); posts.len()];
        for index in 0..posts.len() {
            if stands[index] == index {
                threads[roots[index]].push(index);
            } else {
                same[stands[index]].push(index);
            }
        }
        for members in threads.into_iter().filter(|members| !members.is_empty()) {
            let all_hidden = members.iter().all(|index| hidden(*index));
            let visible = members.iter().copied().filter(|index| all_hidden || !hidden(*index));
            let Some(post) = visible.clone().next() else { continue };
            let placed_by = visible.clone().min_by_key(|index| rank[*index]).unwrap_or(post);
            entries.push(Entry {
                post,
                placed_by,
                values: ranked.values(placed_by).to_vec(),
                same: visible.clone().flat_map(|index| std::mem::take(&mut same[index])).collect(),
                replies: visible.skip(1).collect(),
                hidden: all_hidden,
            });
            // One that is hidden in a thread that shows stands for itself: it is counted, and can be seen.
            if !all_hidden {
                entries.extend(members.iter().copied().filter(|index| hidden(*index)).map(|index| Entry {
                    post: index,
                    placed_by: index,
                    values: ranked.values(index).to_vec(),
                    same: std::mem::take(&mut same[index]),
                    replies: Vec::new(),
                    hidden: true,
                }));
            }
        }
        entries.sort_by_key(|entry| rank[entry.placed_by]);
        let ending = entries.iter().find_map(|entry| {
            let verdict = verdicts.get(entry.post)?;
            let note = verdict.note.clone().filter(|_| entry.hidden && self.ends_the_feed(verdict))?;
            Some(Ending { post: entry.post, note })
        });
        Gathered { verdicts, order: ranked.by, entries, ending }
    }

    /// Verdicts in the order of the posts, limits counted in the order of the feed. What stands elsewhere takes no place.
    fn count(
        &self,
        posts: &[Post],
        order: &[usize],
        stands: &[usize],
        context: &Context,
        memory: &mut Memory,
    ) -> Vec<Verdict> {
        let mut verdicts: Vec<Verdict> = posts.iter().map(|_| Verdict::default()).collect();
        let (standing, folded): (Vec<usize>, Vec<usize>) =
            order.iter().partition(|index| stands.get(**index) == Some(*index));
        let mut decide = |indices: &[usize], memory: &mut Memory| {
            let in_order: Vec<Post> = indices.iter().filter_map(|index| posts.get(*index).cloned()).collect();
            for (index, verdict) in indices.iter().zip(self.decide(&in_order, context, memory)) {
                if let Some(place) = verdicts.get_mut(*index) {
                    *place = verdict;
                }
            }
        };
        decide(&standing, memory);
        decide(&folded, &mut memory.clone());
        verdicts
    }

    /// Whether a limit on the feed as a whole spoke, and not on one author's share of it.
    fn ends_the_feed(&self, verdict: &Verdict) -> bool {
        let program = self.program();
        verdict.reasons.iter().filter(|reason| reason.effect() == "limit").any(|reason| {
            program.rules.iter().any(|rule| {
                rule.line == reason.line()
                    && program.packs.get(rule.pack as usize).is_some_and(|pack| pack.id == reason.pack())
                    && matches!(&rule.effect, Effect::Limit(limit) if !limit.per_author && limit.then.is_some())
            })
        })
    }
}

fn is_limit(verdict: &Verdict) -> bool {
    verdict.reasons.first().is_some_and(|reason| reason.effect() == "limit")
}

/// For each post the one that stands for it and all that are the same: the first in the feed that no rule hides.
fn representatives(posts: &[Post], rank: &[usize], visible: impl Fn(usize) -> bool) -> Vec<usize> {
    let firsts = same::firsts(posts);
    let better = |index: usize| (!visible(index), rank[index]);
    let mut best: Vec<usize> = (0..posts.len()).collect();
    for (index, first) in firsts.iter().enumerate() {
        if better(index) < better(best[*first]) {
            best[*first] = index;
        }
    }
    firsts.iter().map(|first| best[*first]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{PackSource, compile};

    fn rules(source: &str) -> RuleSet {
        let pack = PackSource { id: "mine".into(), source: source.into(), ..PackSource::default() };
        RuleSet::new(compile(&[pack]).program)
    }

    fn post(id: &str, text: &str, time: f64) -> Post {
        let (platform, host) = if id.starts_with('x') { ("x", "x.com") } else { ("reddit", "reddit.com") };
        Post {
            id: id.into(),
            text: Some(text.into()),
            time: Some(time),
            platform: Some(platform.into()),
            host: Some(host.into()),
            ..Post::default()
        }
    }

    fn context() -> Context {
        Context { now: 10_000.0, visit: "reader".into(), no_models: true, ..Context::default() }
    }

    /// The ids in the feed, hidden ones in brackets.
    fn feed(source: &str, posts: &[Post]) -> String {
        written(posts, &rules(source).gather(posts.to_vec(), &[], &context(), &mut Memory::default()))
    }

    fn written(posts: &[Post], gathered: &Gathered) -> String {
        let name = |entry: &Entry| {
            let id = &posts[entry.post].id;
            if entry.hidden { format!("({id})") } else { id.clone() }
        };
        gathered.entries.iter().map(name).collect::<Vec<_>>().join(" ")
    }

    fn three() -> Vec<Post> {
        vec![post("x1", "tea", 1.0), post("r2", "giveaway", 3.0), post("x3", "cake", 2.0)]
    }

    #[test]
    fn the_newest_come_first_unless_a_rule_says_otherwise() {
        assert_eq!(feed("", &three()), "r2 x3 x1");
        assert_eq!(feed("order by oldest", &three()), "x1 x3 r2");
        assert_eq!(
            feed("order by score\nboost 2 if text has \"tea\"\ndemote 1 if text has \"giveaway\"", &three()),
            "x1 x3 r2"
        );
        assert_eq!(feed("hide if text has \"giveaway\"", &three()), "(r2) x3 x1");
    }

    #[test]
    fn of_several_orders_that_for_everywhere_holds_else_that_of_most_posts() {
        assert_eq!(feed("on x.com\norder by oldest", &three()), "x1 x3 r2");
        assert_eq!(feed("on reddit.com\norder by oldest", &three()), "r2 x3 x1");
        assert_eq!(feed("on x.com\norder by oldest\non everywhere\norder by newest", &three()), "r2 x3 x1");
    }

    #[test]
    fn limits_count_in_the_order_of_the_feed_and_end_it() {
        let many: Vec<Post> = (0..6).map(|n| post(&format!("x{n}"), "words", f64::from(n))).collect();
        let rules = rules("limit 2 per day then \"Enough for today.\"");
        let mut memory = Memory::default();
        let gathered = rules.gather(many.clone(), &[], &context(), &mut memory);
        assert_eq!(written(&many, &gathered), "x5 x4 (x3) (x2) (x1) (x0)");
        assert_eq!(gathered.ending, Some(Ending { post: 3, note: "Enough for today.".into() }));
        // What comes later finds no place, whatever its own.
        let more: Vec<Post> = (0..7).map(|n| post(&format!("x{n}"), "words", f64::from(n))).collect();
        let gathered = rules.gather(more.clone(), &[], &context(), &mut memory);
        assert_eq!(written(&more, &gathered), "(x6) x5 x4 (x3) (x2) (x1) (x0)");
        assert_eq!(gathered.ending.map(|ending| ending.note).as_deref(), Some("Enough for today."));
    }

    #[test]
    fn a_limit_on_an_author_does_not_end_the_feed() {
        let mut many: Vec<Post> = (0..3).map(|n| post(&format!("x{n}"), "words", f64::from(n))).collect();
        many.iter_mut().for_each(|post| post.author = Some("one".into()));
        let gathered = rules("limit 1 per author per day then \"Enough of them.\"").gather(
            many.clone(),
            &[],
            &context(),
            &mut Memory::default(),
        );
        assert_eq!(written(&many, &gathered), "x2 (x1) (x0)");
        assert_eq!(gathered.ending, None);
        assert_eq!(gathered.verdicts[1].note.as_deref(), Some("Enough of them."));
    }

    #[test]
    fn the_same_stands_once_and_takes_one_place() {
        let words =
            "the very same words, long enough to be sure that nobody else has written them by chance today";
        let posts = vec![
            Post { promoted: Some(true), ..post("x1", words, 5.0) },
            post("r1", words, 4.0),
            post("x2", "other", 3.0),
            post("x3", "third", 2.0),
        ];
        let gathered = rules("hide if promoted\nlimit 2 per visit").gather(
            posts.clone(),
            &[],
            &context(),
            &mut Memory::default(),
        );
        assert_eq!(written(&posts, &gathered), "r1 x2 (x3)", "the one that shows stands for both");
        assert_eq!(gathered.entries[0].same, [0]);
    }

    #[test]
    fn a_thread_stands_where_its_best_post_would() {
        let mut answer = post("x2", "well said", 9.0);
        answer.author = Some("bob".into());
        answer.replying_to = Some("alice".into());
        let mut first = post("x1", "a thought", 1.0);
        first.author = Some("alice".into());
        let posts = vec![first, answer.clone(), post("x3", "news", 5.0)];
        let gathered = rules("").gather(posts.clone(), &[], &context(), &mut Memory::default());
        assert_eq!(written(&posts, &gathered), "x1 x3");
        assert_eq!(
            (gathered.entries[0].replies.as_slice(), gathered.entries[0].placed_by),
            ([1].as_slice(), 1)
        );
        assert_eq!(gathered.entries[0].values, [Some(9.0)]);
        // A hidden answer places nobody, and is counted by itself.
        assert_eq!(feed("hide if text has \"well\"", &posts), "(x2) x3 x1");
        // Under a hidden post its answers stand for themselves.
        assert_eq!(feed("hide if text has \"thought\"", &posts), "x2 x3 (x1)");
    }

    #[test]
    fn ages_count_from_when_they_were_read_and_what_has_none_from_then_itself() {
        let aged = |id: &str, age| Post { time: None, age: Some(age), ..post(id, "words", 0.0) };
        let posts = vec![aged("x1", 60.0), aged("x2", 60.0), Post { time: None, ..post("x3", "words", 0.0) }];
        let sources = [9_000.0, 5_000.0, 8_000.0].map(|seen| Source { seen, ..Source::default() });
        let gathered =
            rules("dim if age > 1 hour").gather(posts.clone(), &sources, &context(), &mut Memory::default());
        assert_eq!(written(&posts, &gathered), "x1 x3 x2");
        assert_eq!(
            gathered.verdicts.iter().map(|v| v.action == Action::Dim).collect::<Vec<_>>(),
            [false, true, false]
        );
        assert_eq!(gathered.entries[1].values, [None]);
    }

    #[test]
    fn a_post_dated_ahead_of_when_it_was_seen_counts_from_then() {
        let posts = vec![
            post("x1", "from tomorrow", 96_400.0),
            post("x2", "from never", f64::INFINITY),
            Post { time: None, age: Some(-50_000.0), ..post("x3", "younger than nothing", 0.0) },
            post("x4", "in good order", 9_500.0),
        ];
        let gathered = |seen: [f64; 4], rule: &str| {
            let sources = seen.map(|seen| Source { seen, ..Source::default() });
            rules(rule).gather(posts.clone(), &sources, &context(), &mut Memory::default())
        };
        let made = gathered([5_000.0, 6_000.0, 7_000.0, 9_600.0], "");
        assert_eq!(written(&posts, &made), "x4 x3 x2 x1");
        assert_eq!(made.entries[1].values, [Some(7_000.0)]);
        let made = gathered([5_000.0, 6_000.0, 7_000.0, 9_600.0], "order by oldest");
        assert_eq!(written(&posts, &made), "x1 x2 x3 x4");
        // A rule on ages knows it by the same date.
        let made = gathered([5_000.0, 6_000.0, 7_000.0, 9_600.0], "hide if age > 1 hour");
        assert_eq!(written(&posts, &made), "x4 x3 (x2) (x1)");
        // Where nobody says when it was seen, its own date is all there is.
        assert_eq!(written(&posts, &gathered([0.0; 4], "")), "x2 x1 x3 x4");
    }

    #[test]
    fn what_the_reader_asked_to_see_is_not_hidden() {
        let posts = three();
        let sources = [false, true, false].map(|shown| Source { shown, ..Source::default() });
        let gathered = rules("hide if text has \"giveaway\"").gather(
            posts.clone(),
            &sources,
            &context(),
            &mut Memory::default(),
        );
        assert_eq!(written(&posts, &gathered), "r2 x3 x1");
    }

    #[test]
    fn nothing_is_lost_whatever_comes() {
        let mut posts: Vec<Post> = (0..50)
            .map(|n| Post {
                author: Some(format!("a{}", n % 3)),
                replying_to: Some(format!("a{}", n % 4)),
                reply: Some(n % 2 == 0),
                time: (n % 5 != 0).then_some(if n % 7 == 0 { f64::INFINITY } else { f64::from(n) }),
                ..post(&format!("x{}", n % 45), "words", 0.0)
            })
            .collect();
        posts.push(Post::default());
        let gathered = rules("hide if text has \"words\" and author is \"a1\"\norder by likes, score")
            .gather(posts.clone(), &[], &context(), &mut Memory::default());
        let mut found: Vec<usize> = gathered
            .entries
            .iter()
            .flat_map(|entry| [&[entry.post][..], &entry.same, &entry.replies].concat())
            .collect();
        found.sort_unstable();
        found.dedup();
        assert_eq!(found.len(), 51);
    }
}
