//! What a feed was and what it becomes: duplicates folded, and an order that stays once it was shown.

use super::Decisions;
use diffract_core::post::Post;
use diffract_core::verdict::{Action, Verdict};
use serde::{Deserialize, Serialize};
use std::collections::{HashMap, HashSet};

/// The most feeds that are remembered; the one unused for longest goes first.
const MOST_FEEDS: usize = 32;
/// The most posts that are remembered of one feed; the first shown go first.
const MOST_POSTS: usize = 4_000;

/// What is shown once only.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fold {
    /// Nothing: as the host sends it.
    #[default]
    Nothing,
    /// The same post, on one page of a feed or on several.
    Duplicates,
    /// Reposts of a post that is shown already, too.
    Reposts,
}

/// What was shown of each feed, so that a post never appears twice or changes places once it was shown. Small, bounded,
/// and plain data to be stored; posts are remembered as hashes. What is too much when it is read back is cut.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Vec<Feed>", into = "Vec<Feed>")]
pub struct Shown {
    /// The one used last stands last.
    feeds: Vec<Feed>,
}

/// One feed, on one visit.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Feed {
    name: u64,
    visit: u64,
    /// In the order they were shown: the post, and the page of the feed that it was on.
    posts: Vec<(u64, u64)>,
}

impl From<Shown> for Vec<Feed> {
    fn from(shown: Shown) -> Self {
        shown.feeds
    }
}

impl From<Vec<Feed>> for Shown {
    fn from(mut feeds: Vec<Feed>) -> Self {
        feeds.drain(..feeds.len().saturating_sub(MOST_FEEDS));
        for feed in &mut feeds {
            feed.posts.drain(..feed.posts.len().saturating_sub(MOST_POSTS));
        }
        Self { feeds }
    }
}

impl Shown {
    /// The feed as it is remembered on this visit; a new visit begins anew.
    fn feed(&mut self, name: u64, visit: u64) -> &mut Feed {
        let known = self.feeds.iter().position(|feed| feed.name == name).map(|at| self.feeds.remove(at));
        let feed = known.filter(|feed| feed.visit == visit);
        if self.feeds.len() >= MOST_FEEDS {
            self.feeds.remove(0);
        }
        self.feeds.push(feed.unwrap_or(Feed { name, visit, posts: Vec::new() }));
        let last = self.feeds.len() - 1;
        &mut self.feeds[last]
    }
}

/// What `arrange` needs to know of an answer besides its posts.
#[derive(Debug, Clone, Copy, Default)]
pub struct Page<'a> {
    /// Which visit this is: any name that a page keeps while it is open. Reloading begins a new one.
    pub visit: &'a str,
    /// The feed: the request without what asks for the next page.
    pub feed: &'a str,
    /// The request as a whole: the same again is the same page.
    pub request: &'a str,
}

/// From verdicts and the order that rules call for to what is done to an answer.
///
/// Posts that a rule hides go, but for one that carries a message (`limit … then "…"`): it is hidden in the page, where the
/// message can be shown. Of several posts that are one, the first in our order stays. Posts that stood on this page before
/// keep their order among each other.
pub fn arrange(
    posts: &[Post],
    verdicts: &[Verdict],
    order: &[usize],
    fold: Fold,
    memory: Option<(&mut Shown, Page<'_>)>,
) -> Decisions {
    let mut remove: Vec<bool> = posts
        .iter()
        .enumerate()
        .map(|(post, _)| verdicts.get(post).is_some_and(|v| v.action == Action::Hide && v.note.is_none()))
        .collect();
    let mut sequence = complete(order, posts.len());
    if let Some((shown, page)) = memory {
        let feed = shown.feed(hash(page.feed), hash(page.visit));
        let here = hash(page.request);
        let on: HashMap<u64, (u64, usize)> =
            feed.posts.iter().enumerate().map(|(place, (post, page))| (*post, (*page, place))).collect();
        let seen = |post: usize| posts.get(post).and_then(|post| on.get(&identity(post, fold)).copied());
        if fold != Fold::Nothing {
            for (post, removed) in remove.iter_mut().enumerate() {
                *removed |= seen(post).is_some_and(|(page, _)| page != here);
            }
        }
        keep_places(&mut sequence, |post| {
            seen(post).filter(|(page, _)| *page == here).map(|(_, place)| place)
        });
        fold_here(posts, &sequence, fold, &mut remove);
        for post in sequence.iter().filter(|post| !remove[**post]) {
            let id = identity(&posts[*post], fold);
            if !on.contains_key(&id) {
                feed.posts.push((id, here));
            }
        }
        feed.posts.drain(..feed.posts.len().saturating_sub(MOST_POSTS));
    } else {
        fold_here(posts, &sequence, fold, &mut remove);
    }
    Decisions { remove, order: sequence }
}

/// An order that names each post once, whatever was given.
fn complete(order: &[usize], posts: usize) -> Vec<usize> {
    let mut named = vec![false; posts];
    let mut all: Vec<usize> = order
        .iter()
        .copied()
        .filter(|post| named.get_mut(*post).is_some_and(|n| !std::mem::replace(n, true)))
        .collect();
    all.extend((0..posts).filter(|post| !named[*post]));
    all
}

/// Puts posts that were shown back into the order that they were shown in; new ones stand where they would.
fn keep_places(sequence: &mut [usize], place: impl Fn(usize) -> Option<usize>) {
    let slots: Vec<usize> = (0..sequence.len()).filter(|slot| place(sequence[*slot]).is_some()).collect();
    let mut known: Vec<usize> = slots.iter().map(|slot| sequence[*slot]).collect();
    known.sort_by_key(|post| place(*post));
    for (slot, post) in slots.into_iter().zip(known) {
        sequence[slot] = post;
    }
}

fn fold_here(posts: &[Post], sequence: &[usize], fold: Fold, remove: &mut [bool]) {
    if fold == Fold::Nothing {
        return;
    }
    let mut shown = HashSet::new();
    for post in sequence {
        if !remove[*post] && !shown.insert(identity(&posts[*post], fold)) {
            remove[*post] = true;
        }
    }
}

/// What a post is, for telling whether two are one. A repost's address is that of what was reposted.
fn identity(post: &Post, fold: Fold) -> u64 {
    match (&post.url, fold) {
        (Some(url), Fold::Reposts) => hash(url),
        _ => hash(&post.id),
    }
}

/// FNV-1a. Stored, so it must not change.
fn hash(text: &str) -> u64 {
    text.bytes()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn posts(ids: &[&str]) -> Vec<Post> {
        ids.iter()
            .map(|id| {
                let url = format!("https://a.example/{}", id.trim_start_matches("re-"));
                Post { id: (*id).to_owned(), url: Some(url), ..Post::default() }
            })
            .collect()
    }

    /// The posts that are left, in their order.
    fn left(ids: &[&str], order: &[usize], fold: Fold, memory: Option<(&mut Shown, Page<'_>)>) -> String {
        let posts = posts(ids);
        let made = arrange(&posts, &[], order, fold, memory);
        let left = made.order.iter().filter(|post| !made.remove[**post]);
        left.map(|post| posts[*post].id.as_str()).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn folding_keeps_the_first_in_our_order() {
        assert_eq!(left(&["a", "b", "a"], &[2, 1, 0], Fold::Nothing, None), "a b a");
        assert_eq!(left(&["a", "b", "a"], &[], Fold::Duplicates, None), "a b");
        assert_eq!(left(&["re-a", "b", "a"], &[2, 1, 0], Fold::Reposts, None), "a b");
        assert_eq!(left(&["re-a", "b", "a"], &[2, 2, 9], Fold::Duplicates, None), "a re-a b");
    }

    #[test]
    fn what_was_shown_neither_comes_again_nor_changes_places() {
        let mut shown = Shown::default();
        let page = |request| Page { visit: "v", feed: "home", request };
        assert_eq!(
            left(&["a", "b", "c"], &[2, 0, 1], Fold::Duplicates, Some((&mut shown, page("1")))),
            "c a b"
        );
        // The next page brings one again.
        assert_eq!(left(&["c", "d"], &[], Fold::Duplicates, Some((&mut shown, page("2")))), "d");
        // The first page again, with one more, and scores that have changed.
        let text = serde_json::to_string(&shown).expect("plain data");
        let mut shown: Shown = serde_json::from_str(&text).expect("it reads back");
        assert_eq!(
            left(&["n", "a", "b", "c"], &[0, 2, 1, 3], Fold::Duplicates, Some((&mut shown, page("1")))),
            "n c a b"
        );
        // Another visit, and another feed, begin anew.
        let other = Page { visit: "w", ..page("2") };
        assert_eq!(left(&["c", "d"], &[], Fold::Duplicates, Some((&mut shown, other))), "c d");
        let other = Page { feed: "list", ..page("3") };
        assert_eq!(left(&["c", "d"], &[], Fold::Duplicates, Some((&mut shown, other))), "c d");
    }

    #[test]
    fn the_memory_stays_small() {
        let mut shown = Shown::default();
        for feed in 0..MOST_FEEDS + 4 {
            let name = feed.to_string();
            let many: Vec<String> = (0..300).map(|post| format!("{feed}-{post}")).collect();
            let ids: Vec<&str> = many.iter().map(String::as_str).collect();
            for request in 0..if feed == MOST_FEEDS + 3 { 15 } else { 1 } {
                let request = request.to_string();
                let posts: Vec<Post> =
                    posts(&ids).into_iter().map(|p| Post { id: format!("{}{request}", p.id), ..p }).collect();
                arrange(
                    &posts,
                    &[],
                    &[],
                    Fold::Duplicates,
                    Some((&mut shown, Page { visit: "v", feed: &name, request: &request })),
                );
            }
        }
        assert_eq!(shown.feeds.len(), MOST_FEEDS);
        assert!(shown.feeds.iter().all(|feed| feed.posts.len() <= MOST_POSTS));
        assert_eq!(shown.feeds.last().map(|feed| feed.posts.len()), Some(MOST_POSTS));
    }
}
