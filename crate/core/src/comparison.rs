//! A feed as its host has it beside the same feed as the reader's rules have it: what the "before and after" of the
//! extension and `diffract rewrite --plot` draw.

use crate::post::Post;
use crate::verdict::Verdict;
use serde::{Deserialize, Serialize};

/// What became of a post.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    /// It is there, perhaps collapsed, blurred or labelled: the verdict says.
    #[default]
    Shown,
    /// A rule took it out; the verdict says which.
    Hidden,
    /// The same is shown elsewhere.
    Folded,
    /// A rule takes it out, but only the page can: an answer could not lose it.
    Left,
}

/// One post with what became of it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// The post.
    pub post: Post,
    /// What the rules say of it.
    pub verdict: Verdict,
    /// See [`Fate`].
    pub fate: Fate,
    /// Why it has this fate, for people, where the verdict's reasons do not say so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}

/// Both orders of one feed.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Comparison {
    /// The adapter's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub platform: Option<String>,
    /// The host name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
    /// The posts in the host's order.
    pub rows: Vec<Row>,
    /// What is there, in the reader's order: indices into `rows`.
    pub after: Vec<usize>,
    /// Of these, those that changed places with others, in the host's order: the fewest by whose moves the one order
    /// becomes the other. What merely moves up because others went has not moved.
    pub moved: Vec<usize>,
}

impl Comparison {
    /// Compares. `order` are indices into `posts` (what it does not name stands last, as the host has it); posts beyond the
    /// verdicts count as shown; no row says [why](Row::why) yet. Platform and host are those of the first post that says them.
    pub fn new(
        posts: Vec<Post>,
        verdicts: Vec<Verdict>,
        order: &[usize],
        fate: impl Fn(usize) -> Fate,
    ) -> Self {
        let first = |field: fn(&Post) -> &Option<String>| posts.iter().find_map(|post| field(post).clone());
        let (platform, host) = (first(|post| &post.platform), first(|post| &post.host));
        let mut verdicts = verdicts.into_iter();
        let rows: Vec<Row> = posts
            .into_iter()
            .enumerate()
            .map(|(index, post)| Row {
                verdict: verdicts
                    .next()
                    .unwrap_or_else(|| Verdict { id: post.id.clone(), ..Verdict::default() }),
                post,
                fate: fate(index),
                why: None,
            })
            .collect();
        let mut named = vec![false; rows.len()];
        let mut take = |index: &usize| {
            let first = named.get_mut(*index).is_some_and(|named| !std::mem::replace(named, true));
            first && rows.get(*index).is_some_and(|row| matches!(row.fate, Fate::Shown | Fate::Left))
        };
        let mut after: Vec<usize> = order.iter().copied().filter(&mut take).collect();
        after.extend((0..rows.len()).filter(take));
        let moved = moved(&after);
        Self { platform, host, rows, after, moved }
    }
}

/// What is not in the longest ascending run, ascending. Patience sorting: O(n log n).
fn moved(sequence: &[usize]) -> Vec<usize> {
    // By length of run: where the run ends that ends with the least.
    let mut ends: Vec<usize> = Vec::new();
    let mut before: Vec<Option<usize>> = Vec::with_capacity(sequence.len());
    for (at, value) in sequence.iter().enumerate() {
        let length = ends.partition_point(|end| sequence.get(*end).is_some_and(|end| end < value));
        before.push(length.checked_sub(1).and_then(|shorter| ends.get(shorter).copied()));
        match ends.get_mut(length) {
            Some(end) => *end = at,
            None => ends.push(at),
        }
    }
    let mut stays = vec![false; sequence.len()];
    let mut at = ends.last().copied();
    while let Some(place) = at {
        if let Some(stays) = stays.get_mut(place) {
            *stays = true;
        }
        at = before.get(place).copied().flatten();
    }
    let mut moved: Vec<usize> =
        sequence.iter().zip(stays).filter(|(_, stays)| !stays).map(|(value, _)| *value).collect();
    moved.sort_unstable();
    moved
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn posts(count: usize) -> Vec<Post> {
        (0..count).map(|id| Post { id: id.to_string(), ..Post::default() }).collect()
    }

    #[test]
    fn what_went_moves_nobody_and_what_is_not_named_stands_last() {
        let hidden = |index| if index == 1 { Fate::Hidden } else { Fate::Shown };
        let made = Comparison::new(posts(5), Vec::new(), &[3, 0, 0, 1, 99, 2], hidden);
        assert_eq!((made.after, made.moved), (vec![3, 0, 2, 4], vec![3]));
        let made = Comparison::new(posts(4), Vec::new(), &[], hidden);
        assert_eq!((made.after, made.moved), (vec![0, 2, 3], vec![]));
    }

    #[test]
    fn it_crosses_as_json() {
        let made = Comparison::new(posts(2), Vec::new(), &[1, 0], |_| Fate::Left);
        let text = serde_json::to_string(&made).expect("plain data");
        assert!(text.contains(r#""fate":"left""#), "{text}");
        assert_eq!(serde_json::from_str::<Comparison>(&text).expect("it reads back"), made);
    }

    proptest! {
        #[test]
        fn what_has_not_moved_stands_in_the_hosts_order(order in Just((0..40_usize).collect::<Vec<_>>()).prop_shuffle()) {
            let moved = moved(&order);
            let stay: Vec<usize> = order.iter().copied().filter(|index| !moved.contains(index)).collect();
            prop_assert!(stay.is_sorted());
            prop_assert!(!stay.is_empty());
        }
    }
}
