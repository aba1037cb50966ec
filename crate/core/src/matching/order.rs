//! `order by score, newest`.

use super::schedule::{self, LocalTime};
use super::{Context, RuleSet, fields};
use crate::post::Post;
use crate::program::{Effect, OrderKey};
use crate::sorted::{sort_by, sort_by_key};
use crate::verdict::Verdict;
use serde::Serialize;
use std::cmp::Ordering;
use std::collections::HashMap;

/// By what a feed is ordered.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct OrderedBy {
    /// The rule that says so; `None`: no rule does, and the newest come first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<OrderRule>,
    /// The keys by their names in the language, the first first; what is equal in all stands as it was gathered, the
    /// latest first.
    pub keys: Vec<&'static str>,
}

/// An `order by` in a reader's packs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OrderRule {
    /// The pack's id.
    pub pack: String,
    /// From 1.
    pub line: u32,
    /// The rule as written.
    pub rule: String,
}

/// Posts of several places in one order.
#[derive(Debug, Default)]
pub(crate) struct Together {
    /// Indices of the posts, first to last.
    pub(crate) order: Vec<usize>,
    pub(crate) by: OrderedBy,
    /// By post, a value for each key.
    values: Vec<Option<f64>>,
}

impl Together {
    /// What a post is ordered by, as a person would say it: the greater the more.
    pub(crate) fn values(&self, post: usize) -> &[Option<f64>] {
        let width = self.by.keys.len();
        self.values.get(post * width..(post + 1) * width).unwrap_or(&[])
    }
}

impl RuleSet {
    /// The order in which posts are to stand, as indices into `posts`. Stable; what is not known of a post
    /// stands last. Of several `order by` that hold where the first post was seen, one for that site wins
    /// over one for everywhere, then the first in order of pack and line; where none holds, or verdicts
    /// and posts do not go together, the order stays.
    pub fn order(&self, posts: &[Post], verdicts: &[Verdict], context: &Context) -> Vec<usize> {
        let mut order: Vec<usize> = (0..posts.len()).collect();
        let Some(keys) = posts.first().and_then(|first| self.order_keys(first, context)) else {
            return order;
        };
        if verdicts.len() != posts.len() {
            return order;
        }
        sort_by(&mut order, |left, right| {
            let sides = [left, right]
                .map(|index| posts.get(*index).zip(verdicts.get(*index)).map(|pair| (*index, pair)));
            let [Some(left), Some(right)] = sides else { return Ordering::Equal };
            keys.iter()
                .map(|key| last_if_unknown(value(*key, left, context), value(*key, right, context)))
                .find(|ordering| ordering.is_ne())
                .unwrap_or(Ordering::Equal)
        });
        order
    }

    /// The order of posts that were seen in several places, in the order in which they were gathered; `seen` says when, in
    /// seconds since 1970. Where one `order by` holds for all of them, it is that; else one for everywhere; else that
    /// which holds for most of them, where none counts as the newest first. The newest also decides between equals. A post
    /// that does not say when it was posted counts as from when it was seen.
    pub(crate) fn order_together(
        &self,
        posts: &[Post],
        verdicts: &[Verdict],
        seen: &[f64],
        context: &Context,
    ) -> Together {
        let id = self.common_order(posts, context);
        let rule = id.and_then(|id| self.program.rules.get(id as usize));
        let mut keys = match rule.map(|rule| &rule.effect) {
            Some(Effect::Order(keys)) => keys.clone(),
            _ => Vec::new(),
        };
        let dated = |key: &OrderKey| matches!(key, OrderKey::Newest | OrderKey::Oldest | OrderKey::Original);
        if !keys.iter().any(dated) {
            keys.push(OrderKey::Newest);
        }
        let nothing = Verdict::default();
        let of = |index: usize, key: OrderKey| {
            let pair = (posts.get(index)?, verdicts.get(index).unwrap_or(&nothing));
            value(key, (index, pair), context)
        };
        let sorted_by: Vec<Option<f64>> = (0..posts.len())
            .flat_map(|index| keys.iter().map(move |key| (index, *key)))
            .map(|(index, key)| {
                let seen = seen.get(index).copied().filter(|seen| seen.is_finite());
                of(index, key).or(match key {
                    OrderKey::Newest => seen.map(|seen| -seen),
                    OrderKey::Oldest => seen,
                    _ => None,
                })
            })
            .collect();
        let row = |index: usize| sorted_by.get(index * keys.len()..(index + 1) * keys.len()).unwrap_or(&[]);
        let mut order: Vec<usize> = (0..posts.len()).rev().collect();
        sort_by(&mut order, |left, right| {
            row(*left)
                .iter()
                .zip(row(*right))
                .map(|(left, right)| last_if_unknown(*left, *right))
                .find(|ordering| ordering.is_ne())
                .unwrap_or(Ordering::Equal)
        });
        let values = (0..posts.len())
            .flat_map(|index| keys.iter().map(move |key| (index, *key)))
            .map(|(index, key)| {
                let greater_first = !matches!(key, OrderKey::Oldest | OrderKey::Original);
                of(index, key)
                    .map(|value| if greater_first { -value } else { value })
                    .filter(|value| value.is_finite())
            })
            .collect();
        let by = OrderedBy {
            rule: rule.map(|rule| OrderRule {
                pack: self
                    .program
                    .packs
                    .get(rule.pack as usize)
                    .map_or_else(String::new, |pack| pack.id.clone()),
                line: rule.line,
                rule: rule.source.clone(),
            }),
            keys: keys.iter().map(|key| key.name()).collect(),
        };
        Together { order, by, values }
    }

    /// See [`RuleSet::order_together`].
    fn common_order(&self, posts: &[Post], context: &Context) -> Option<u32> {
        let mut places: HashMap<(Option<&str>, Option<crate::post::Surface>), Option<u32>> = HashMap::new();
        let mut votes: Vec<(Option<u32>, usize)> = Vec::new();
        for post in posts {
            let id = *places
                .entry((post.host.as_deref(), post.surface))
                .or_insert_with(|| self.order_rule(post, context));
            match votes.iter_mut().find(|(voted, _)| *voted == id) {
                Some((_, count)) => *count += 1,
                None => votes.push((id, 1)),
            }
        }
        if let [(only, _)] = votes.as_slice() {
            return *only;
        }
        let time = LocalTime::new(context.now, context.utc_offset);
        let everywhere =
            self.index.orders.iter().find(|id| self.is_everywhere(**id) && self.is_time(**id, time));
        // Of as many, the rule that stands first; none stands before all.
        sort_by_key(&mut votes, |(id, count)| (std::cmp::Reverse(*count), *id));
        everywhere.copied().or_else(|| votes.first().and_then(|(id, _)| *id))
    }

    fn is_everywhere(&self, id: u32) -> bool {
        let rule = self.program.rules.get(id as usize);
        let scope = rule.and_then(|rule| self.program.scopes.get(rule.scope as usize));
        scope.is_none_or(|scope| scope.sites.is_empty())
    }

    fn is_time(&self, id: u32, time: LocalTime) -> bool {
        let rule = self.program.rules.get(id as usize);
        rule.is_some_and(|rule| rule.schedule.as_ref().is_none_or(|schedule| schedule::holds(schedule, time)))
    }

    fn order_keys(&self, post: &Post, context: &Context) -> Option<&[OrderKey]> {
        match &self.program.rules.get(self.order_rule(post, context)? as usize)?.effect {
            Effect::Order(keys) => Some(keys),
            _ => None,
        }
    }

    /// The `order by` that holds where a post was seen.
    fn order_rule(&self, post: &Post, context: &Context) -> Option<u32> {
        let time = LocalTime::new(context.now, context.utc_offset);
        let mut scopes = Vec::new();
        let surface = post.surface.map_or(0, fields::surface_bit);
        self.index.scopes(post.host.as_deref(), surface, |scope| scopes.push(scope));
        let holds = |id: &&u32| {
            let filed = self.index.rules.get(**id as usize);
            filed.is_some_and(|filed| scopes.contains(&filed.scope)) && self.is_time(**id, time)
        };
        self.index.orders.iter().filter(holds).min_by_key(|id| self.is_everywhere(**id)).copied()
    }
}

/// What a post is sorted by, least first.
fn value(
    key: OrderKey,
    (index, (post, verdict)): (usize, (&Post, &Verdict)),
    context: &Context,
) -> Option<f64> {
    let time = post.time.or_else(|| post.age.map(|age| context.now - age));
    match key {
        OrderKey::Newest => time.map(|time| -time),
        OrderKey::Oldest => time,
        OrderKey::Score => Some(-verdict.score),
        OrderKey::Field(field) => fields::number(post, field, context.now).map(|number| -number),
        OrderKey::Original => Some(index as f64),
    }
    .filter(|value| !value.is_nan())
}

fn last_if_unknown(left: Option<f64>, right: Option<f64>) -> Ordering {
    match (left, right) {
        (Some(left), Some(right)) => left.partial_cmp(&right).unwrap_or(Ordering::Equal),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => Ordering::Equal,
    }
}
