//! Feeds over their pages: whatever a host sends, a post is shown once and stays where it was shown, and none is lost.

use diffract_adapters::wire::{Fold, Page, Shown, arrange};
use diffract_core::post::Post;
use diffract_core::verdict::{Action, Verdict};
use proptest::prelude::*;
use std::collections::{BTreeMap, HashSet};

/// One answer of a host: which of its feeds, which page (0: the first), which posts in which order, and what the rules say.
#[derive(Debug, Clone)]
struct Answer {
    feed: u8,
    visit: u8,
    page: u8,
    posts: Vec<u16>,
    hidden: Vec<bool>,
    order: Vec<usize>,
}

fn answers() -> impl Strategy<Value = Vec<Answer>> {
    let answer = (
        0..2_u8,
        0..2_u8,
        0..4_u8,
        prop::collection::vec((0..40_u16, prop::bool::weighted(0.15)), 0..9),
        any::<prop::sample::Index>(),
        any::<bool>(),
    );
    let made = answer.prop_map(|(feed, visit, page, posts, turn, back)| {
        let (posts, hidden): (Vec<u16>, Vec<bool>) = posts.into_iter().unzip();
        // What rules call for: any order; and often none, or not of all posts.
        let mut order: Vec<usize> = (0..posts.len()).collect();
        if back {
            order.reverse();
        }
        if !order.is_empty() {
            let turn = turn.index(order.len());
            order.rotate_left(turn);
            order.truncate(posts.len() - turn / 3);
        }
        Answer { feed, visit, page, posts, hidden, order }
    });
    prop::collection::vec(made, 1..24)
}

/// What a reader has before them: the pages of each feed, as a client keeps them.
#[derive(Default)]
struct Client {
    pages: BTreeMap<(u8, u8), BTreeMap<u8, Vec<u16>>>,
    /// Pages that brought nothing new, which are shown as they are.
    stale: HashSet<(u8, u8, u8)>,
}

fn shown(answer: &Answer, memory: &mut Shown) -> Vec<u16> {
    let posts: Vec<Post> =
        answer.posts.iter().map(|id| Post { id: id.to_string(), ..Post::default() }).collect();
    let verdict = |hidden: &bool| Verdict {
        action: if *hidden { Action::Hide } else { Action::Show },
        ..Verdict::default()
    };
    let verdicts: Vec<Verdict> = answer.hidden.iter().map(verdict).collect();
    let cursor = if answer.page == 0 { String::new() } else { answer.page.to_string() };
    let (visit, feed) = (answer.visit.to_string(), answer.feed.to_string());
    let page = Page { visit: &visit, feed: &feed, cursor: &cursor };
    let made = arrange(&posts, &verdicts, &answer.order, Fold::Duplicates, Some((memory, page)));
    assert_eq!(
        made.order.iter().copied().collect::<HashSet<_>>().len(),
        posts.len(),
        "each post has a place"
    );
    made.order.iter().filter(|post| !made.remove[**post]).map(|post| answer.posts[*post]).collect()
}

/// Posts of a page that a rule leaves, each once.
fn left_by_rules(answer: &Answer) -> HashSet<u16> {
    // A post that comes twice may be hidden in one place and shown in the other.
    answer.posts.iter().zip(&answer.hidden).filter(|(_, hidden)| !**hidden).map(|(post, _)| *post).collect()
}

fn in_order_of(before: &[u16], now: &[u16]) -> bool {
    let both: Vec<u16> = before.iter().copied().filter(|post| now.contains(post)).collect();
    let again: Vec<u16> = now.iter().copied().filter(|post| before.contains(post)).collect();
    both == again
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    /// Pages in any order, asked for again, refreshed from the top, of two feeds in two tabs at once.
    #[test]
    fn a_post_is_shown_once_and_stays_where_it_was(answers in answers()) {
        let (mut memory, mut client) = (Shown::default(), Client::default());
        for answer in &answers {
            let here = shown(answer, &mut memory);
            let wanted = left_by_rules(answer);
            // Nothing comes that a rule hides, nothing twice; and a page is never emptied.
            prop_assert!(here.iter().all(|post| wanted.contains(post)));
            prop_assert_eq!(here.iter().collect::<HashSet<_>>().len(), here.len(), "twice on one page");
            prop_assert_eq!(here.is_empty(), wanted.is_empty(), "a page was emptied");

            let key = (answer.feed, answer.visit);
            let feed = client.pages.entry(key).or_default();
            let before: BTreeMap<u8, Vec<u16>> = feed.clone();
            if answer.page == 0 {
                // What was shown keeps its order, new ones stand between; and nothing is lost.
                let first = before.get(&0).cloned().unwrap_or_default();
                prop_assert!(in_order_of(&first, &here), "jumped: {:?} {:?}", first, here);
                prop_assert_eq!(here.len(), wanted.len());
                feed.clear();
                client.stale.retain(|(feed, visit, _)| (*feed, *visit) != key);
            } else {
                let elsewhere: HashSet<u16> =
                    before.iter().filter(|(page, _)| **page != answer.page).flat_map(|(_, posts)| posts).copied().collect();
                let new = wanted.iter().any(|post| !elsewhere.contains(post));
                let stale = client.stale.iter().any(|(feed, visit, _)| (*feed, *visit) == key);
                if new && !stale {
                    prop_assert!(here.iter().all(|post| !elsewhere.contains(post)), "a post appears twice");
                    prop_assert!(wanted.iter().all(|post| here.contains(post) || elsewhere.contains(post)), "a post is lost");
                    let was = before.get(&answer.page).cloned().unwrap_or_default();
                    prop_assert!(in_order_of(&was, &here), "jumped: {:?} {:?}", was, here);
                } else if !new {
                    client.stale.insert((key.0, key.1, answer.page));
                }
            }
            feed.insert(answer.page, here);
        }
    }

    /// The memory is plain data: stored and read back between any two answers, it says the same.
    #[test]
    fn a_memory_that_was_stored_is_the_same(answers in answers()) {
        let (mut kept, mut stored) = (Shown::default(), Shown::default());
        for answer in &answers {
            prop_assert_eq!(shown(answer, &mut kept), shown(answer, &mut stored));
            let text = serde_json::to_string(&stored).expect("plain data");
            stored = serde_json::from_str(&text).expect("it reads back");
        }
    }
}
