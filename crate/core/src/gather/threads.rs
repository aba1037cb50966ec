//! Which posts answer which, as far as feeds tell: they name who is answered, hardly ever which post.

use super::Source;
use crate::matching::fold;
use crate::post::{Kind, Post, Surface};
use std::collections::{HashMap, VecDeque};

/// How far before an answer what it answers may stand, in posts of the same page: hosts put them next to each other.
const NEAR: usize = 3;

/// For each post the one that its thread begins with, its own index where it begins one. `posts` in the order in which they
/// were gathered; those for which `counts` is false are passed over.
pub(super) fn roots(posts: &[Post], sources: &[Source], counts: impl Fn(usize) -> bool) -> Vec<usize> {
    let mut roots: Vec<usize> = (0..posts.len()).collect();
    // By page (a visit to a platform): what stood last, and what a thread's page is about.
    let mut near: HashMap<(&str, &str), VecDeque<usize>> = HashMap::new();
    let mut about: HashMap<(&str, &str), usize> = HashMap::new();
    let mut authors: HashMap<(&str, &str, String), usize> = HashMap::new();
    for (index, post) in posts.iter().enumerate().filter(|(index, _)| counts(*index)) {
        let visit = sources.get(index).map_or("", |source| source.visit.as_str());
        let page = (visit, post.platform.as_deref().unwrap_or(""));
        let on_thread = post.surface == Some(Surface::Thread);
        let answered = post.replying_to.as_deref().map(name).filter(|name| !name.is_empty());
        let before = near.entry(page).or_default();
        let parent = match answered {
            Some(answered) => before
                .iter()
                .rev()
                .copied()
                .find(|other| author(&posts[*other]).as_deref() == Some(answered.as_str()))
                .or_else(|| on_thread.then(|| authors.get(&(page.0, page.1, answered)).copied()).flatten()),
            None => None,
        };
        let is_comment = post.kind == Some(Kind::Comment) || post.reply == Some(true);
        let parent =
            parent.or_else(|| if on_thread && is_comment { about.get(&page).copied() } else { None });
        if let Some(parent) = parent {
            roots[index] = roots[parent];
        } else if on_thread && !is_comment {
            about.insert(page, index);
        }
        before.push_back(index);
        if before.len() > NEAR {
            before.pop_front();
        }
        if on_thread && let Some(author) = author(post) {
            authors.insert((page.0, page.1, author), index);
        }
    }
    roots
}

fn author(post: &Post) -> Option<String> {
    post.author.as_deref().map(name).filter(|name| !name.is_empty())
}

fn name(name: &str) -> String {
    let name = name.trim();
    fold(name.strip_prefix('@').unwrap_or(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn post(author: &str, to: Option<&str>) -> Post {
        Post {
            author: Some(author.into()),
            replying_to: to.map(str::to_owned),
            reply: to.map(|_| true),
            platform: Some("x".into()),
            ..Post::default()
        }
    }

    fn found(posts: &[Post], visits: &[&str]) -> Vec<usize> {
        let sources: Vec<Source> =
            visits.iter().map(|visit| Source { visit: (*visit).into(), ..Source::default() }).collect();
        roots(posts, &sources, |_| true)
    }

    #[test]
    fn an_answer_stands_under_what_is_next_to_it() {
        let feed = [
            post("alice", None),
            post("bob", Some("@Alice")),
            post("alice", Some("bob")),
            post("carol", None),
            post("dave", Some("nobody")),
            post("erin", None),
            post("frank", None),
            post("grace", Some("carol")),
        ];
        // Carol's post is too far away: it may well be another that Grace answers.
        assert_eq!(found(&feed, &["v"; 8]), [0, 0, 0, 3, 4, 5, 6, 7]);
        // On another page it is not looked for.
        assert_eq!(found(&feed[..2], &["v", "w"]), [0, 1]);
    }

    #[test]
    fn comments_stand_under_what_their_page_is_about() {
        let on_thread = |post: Post| Post { surface: Some(Surface::Thread), ..post };
        let comment = |author| Post { kind: Some(Kind::Comment), ..on_thread(post(author, None)) };
        let page = [
            on_thread(post("op", None)),
            comment("a"),
            comment("b"),
            comment("c"),
            comment("d"),
            on_thread(post("e", Some("a"))),
        ];
        assert_eq!(found(&page, &["v"; 6]), [0; 6]);
        assert_eq!(found(&page[1..3], &["v"; 2]), [0, 1], "without the story they stand alone");
    }
}
