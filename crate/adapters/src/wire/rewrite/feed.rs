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
    /// The feed as it is remembered on this visit; another visit is another feed.
    fn feed(&mut self, name: u64, visit: u64) -> &mut Feed {
        let is_it = |feed: &Feed| feed.name == name && feed.visit == visit;
        let known = self.feeds.iter().position(is_it).map(|at| self.feeds.remove(at));
        if self.feeds.len() >= MOST_FEEDS {
            self.feeds.remove(0);
        }
        self.feeds.push(known.unwrap_or(Feed { name, visit, posts: Vec::new() }));
        let last = self.feeds.len() - 1;
        &mut self.feeds[last]
    }
}

/// What `arrange` needs to know of an answer besides its posts.
#[derive(Debug, Clone, Copy, Default)]
pub struct Page<'a> {
    /// Which visit this is: any name that a page keeps while it is open. Reloading begins a new one.
    pub visit: &'a str,
    /// The feed: what all of its pages have in common, see [`super::super::Request`].
    pub feed: &'a str,
    /// What asked for this page and no other; empty for the first.
    pub cursor: &'a str,
}

/// From verdicts and the order that rules call for to what is done to an answer.
///
/// Posts that a rule hides go, but for one that carries a message (`limit … then "…"`): it is hidden in the page, where the
/// message can be shown. Of several posts that are one, the first in our order stays.
///
/// With a memory, a feed keeps its order over its pages. A post that stands on another page goes (where duplicates are
/// folded), unless nothing would be left of this page: then what is remembered is not what the reader sees. Posts that
/// stood on this page keep their order among each other. The first page begins the feed anew: nothing goes that stood on
/// another, and what was shown before keeps its order.
pub fn arrange(
    posts: &[Post],
    verdicts: &[Verdict],
    order: &[usize],
    fold: Fold,
    memory: Option<(&mut Shown, Page<'_>)>,
) -> Decisions {
    let hidden =
        |post: usize| verdicts.get(post).is_some_and(|v| v.action == Action::Hide && v.note.is_none());
    let mut remove: Vec<bool> = (0..posts.len()).map(hidden).collect();
    let mut sequence = complete(order, posts.len());
    let Some((shown, page)) = memory else {
        fold_here(posts, &sequence, fold, &mut remove);
        return Decisions { remove, order: sequence };
    };
    let feed = shown.feed(hash(page.feed), hash(page.visit));
    let here = hash(page.cursor);
    let is_first = page.cursor.is_empty();
    let ids: Vec<u64> = posts.iter().map(|post| identity(post, fold)).collect();
    // By post: the page it is on, and its place in the feed.
    let mut on: HashMap<u64, (u64, usize)> =
        feed.posts.iter().enumerate().map(|(place, (post, page))| (*post, (*page, place))).collect();
    let stands_here = |page: u64| is_first || page == here;
    keep_places(&mut sequence, |post| {
        on.get(&ids[post]).filter(|(page, _)| stands_here(*page)).map(|(_, place)| *place)
    });
    if fold != Fold::Nothing && !is_first {
        let elsewhere = |post: usize| on.get(&ids[post]).is_some_and(|(page, _)| *page != here);
        if (0..posts.len()).any(|post| !remove[post] && !elsewhere(post)) {
            remove.iter_mut().enumerate().for_each(|(post, removed)| *removed |= elsewhere(post));
        }
    }
    fold_here(posts, &sequence, fold, &mut remove);
    // The page as it stands now, in place of what it was: what stood on it and does not any more is shown nowhere.
    if is_first {
        feed.posts.clear();
        on.clear();
    }
    let at = feed.posts.iter().position(|(_, page)| *page == here).unwrap_or(feed.posts.len());
    feed.posts.retain(|(_, page)| *page != here);
    let mut new: HashSet<u64> = HashSet::new();
    let stands = sequence.iter().filter(|post| !remove[**post]).map(|post| ids[*post]);
    let stands = stands.filter(|id| on.get(id).is_none_or(|(page, _)| *page == here) && new.insert(*id));
    let stands: Vec<(u64, u64)> = stands.map(|id| (id, here)).collect();
    feed.posts.splice(at..at, stands);
    feed.posts.drain(..feed.posts.len().saturating_sub(MOST_POSTS));
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
        let page = |cursor| Page { visit: "v", feed: "home", cursor };
        assert_eq!(
            left(&["a", "b", "c"], &[2, 0, 1], Fold::Duplicates, Some((&mut shown, page("")))),
            "c a b"
        );
        // The next page brings one again; so does the same page, asked for again.
        assert_eq!(left(&["c", "d", "e"], &[], Fold::Duplicates, Some((&mut shown, page("2")))), "d e");
        assert_eq!(
            left(&["c", "f", "e", "d"], &[], Fold::Duplicates, Some((&mut shown, page("2")))),
            "f d e"
        );
        // Another visit, and another feed, know nothing of it.
        let other = Page { visit: "w", ..page("2") };
        assert_eq!(left(&["c", "d"], &[], Fold::Duplicates, Some((&mut shown, other))), "c d");
        let other = Page { feed: "list", ..page("3") };
        assert_eq!(left(&["c", "d"], &[], Fold::Duplicates, Some((&mut shown, other))), "c d");
        // A page that brings nothing new is shown: an empty one would end the feed.
        assert_eq!(left(&["c", "d"], &[], Fold::Duplicates, Some((&mut shown, page("3")))), "c d");
        // The first page again, with one more, and scores that have changed.
        let text = serde_json::to_string(&shown).expect("plain data");
        let mut shown: Shown = serde_json::from_str(&text).expect("it reads back");
        assert_eq!(
            left(&["n", "a", "b", "c"], &[0, 2, 1, 3], Fold::Duplicates, Some((&mut shown, page("")))),
            "n c a b"
        );
        // And by that the feed has begun anew: what stood further down may come.
        assert_eq!(left(&["c", "d", "e"], &[], Fold::Duplicates, Some((&mut shown, page("2")))), "d e");
    }

    #[test]
    fn the_first_page_asked_for_again_is_never_emptied() {
        let mut shown = Shown::default();
        for _ in 0..3 {
            let page = Page { visit: "v", feed: "home", cursor: "" };
            assert_eq!(left(&["a", "b"], &[1, 0], Fold::Reposts, Some((&mut shown, page))), "b a");
        }
    }

    #[test]
    fn the_memory_stays_small() {
        let mut shown = Shown::default();
        for feed in 0..MOST_FEEDS + 4 {
            let name = feed.to_string();
            let many: Vec<String> = (0..300).map(|post| format!("{feed}-{post}")).collect();
            let ids: Vec<&str> = many.iter().map(String::as_str).collect();
            for request in 1..if feed == MOST_FEEDS + 3 { 16 } else { 2 } {
                let request = request.to_string();
                let posts: Vec<Post> =
                    posts(&ids).into_iter().map(|p| Post { id: format!("{}{request}", p.id), ..p }).collect();
                arrange(
                    &posts,
                    &[],
                    &[],
                    Fold::Duplicates,
                    Some((&mut shown, Page { visit: "v", feed: &name, cursor: &request })),
                );
            }
        }
        assert_eq!(shown.feeds.len(), MOST_FEEDS);
        assert!(shown.feeds.iter().all(|feed| feed.posts.len() <= MOST_POSTS));
        assert_eq!(shown.feeds.last().map(|feed| feed.posts.len()), Some(MOST_POSTS));
    }
}
