//! `order by score, newest`.

use super::schedule::{self, LocalTime};
use super::{Context, RuleSet, fields};
use crate::post::Post;
use crate::program::{Effect, OrderKey};
use crate::verdict::Verdict;
use std::cmp::Ordering;

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
        order.sort_by(|left, right| {
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

    fn order_keys(&self, post: &Post, context: &Context) -> Option<&[OrderKey]> {
        let time = LocalTime::new(context.now, context.utc_offset);
        let mut scopes = Vec::new();
        let surface = post.surface.map_or(0, fields::surface_bit);
        self.index.scopes(post.host.as_deref(), surface, |scope| scopes.push(scope));
        let holds = |id: &&u32| {
            let filed = self.index.rules.get(**id as usize);
            let rule = self.program.rules.get(**id as usize);
            filed.zip(rule).is_some_and(|(filed, rule)| {
                scopes.contains(&filed.scope)
                    && rule.schedule.as_ref().is_none_or(|schedule| schedule::holds(schedule, time))
            })
        };
        let everywhere = |id: &u32| {
            let rule = self.program.rules.get(*id as usize);
            let scope = rule.and_then(|rule| self.program.scopes.get(rule.scope as usize));
            scope.is_none_or(|scope| scope.sites.is_empty())
        };
        let id = self.index.orders.iter().filter(holds).min_by_key(|id| everywhere(id))?;
        match &self.program.rules.get(*id as usize)?.effect {
            Effect::Order(keys) => Some(keys),
            _ => None,
        }
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
