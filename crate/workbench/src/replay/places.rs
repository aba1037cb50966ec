//! Where each post stands in its feed. The posts of a visit come from several feeds; each is ordered by itself, as a page
//! orders what it shows.

use diffract_core::post::{Post, Surface};
use diffract_core::program::Effect;
use diffract_core::verdict::Verdict;
use diffract_core::{Context, RuleSet};
use std::collections::HashMap;

/// The posts of one place of one site, in the order in which they were seen.
struct Feed {
    /// Into all posts.
    indices: Vec<usize>,
    posts: Vec<Post>,
}

/// The posts, feed by feed.
pub(super) struct Feeds(Vec<Feed>);

/// How rules order posts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Order {
    /// By post: its place in its feed, from 1. Hidden posts have theirs, too: who hides one moves no other.
    pub(super) places: Vec<u32>,
    /// All posts, feed by feed; empty where no rule orders any.
    pub(super) all: Vec<usize>,
}

impl Feeds {
    pub(super) fn new(posts: &[Post]) -> Self {
        let mut feeds: Vec<Feed> = Vec::new();
        let mut known: HashMap<(Option<&str>, Option<Surface>), usize> = HashMap::new();
        for (index, post) in posts.iter().enumerate() {
            let at = *known.entry((post.host.as_deref(), post.surface)).or_insert_with(|| {
                feeds.push(Feed { indices: Vec::new(), posts: Vec::new() });
                feeds.len() - 1
            });
            feeds[at].indices.push(index);
            feeds[at].posts.push(post.clone());
        }
        Self(feeds)
    }

    /// The order under some rules; `verdicts` are theirs, by post.
    pub(super) fn order(&self, rules: &RuleSet, verdicts: &[Verdict], context: &Context) -> Order {
        let mut order = Order { places: vec![0; verdicts.len()], all: Vec::new() };
        // Copying verdicts is for nothing where they stay in place, which is nearly always.
        let ordered = rules.program().rules.iter().any(|rule| matches!(rule.effect, Effect::Order(_)));
        for feed in &self.0 {
            let places: Vec<usize> = if ordered {
                let own: Vec<Verdict> = feed.indices.iter().map(|index| verdicts[*index].clone()).collect();
                rules.order(&feed.posts, &own, context)
            } else {
                (0..feed.indices.len()).collect()
            };
            for (place, at) in places.into_iter().enumerate() {
                order.places[feed.indices[at]] = place as u32 + 1;
                order.all.push(feed.indices[at]);
            }
        }
        if !ordered {
            order.all.clear();
        }
        order
    }
}
