//! Which posts are one and the same: reposts, what is seen twice, what someone posted on two platforms, and what two
//! communities point at.
//!
//! A post that is folded away wrongly is lost, one that stands twice is merely a nuisance; so two posts are one only where
//! an address or all their words say so.

use crate::matching::fold;
use crate::post::{Kind, Post};
use std::collections::HashMap;

/// Words that are the same by chance are shorter than this, in folded characters.
const TELLING: usize = 80;
/// The most characters of an address that are looked at.
const MAX_ADDRESS: usize = 2_000;
/// Parts of a query that say where a reader came from, and not where the address leads.
const TRACKERS: &[&str] =
    &["fbclid", "gclid", "igshid", "ref", "ref_src", "ref_url", "si", "feature", "source", "cmp"];
/// Hosts that are other faces of the same site.
const FACES: &[&str] = &["www.", "m.", "mobile.", "old.", "new.", "np.", "amp."];

/// For each post the index of the first that is the same; its own where there is none before it.
pub(super) fn firsts(posts: &[Post]) -> Vec<usize> {
    let mut sets = Sets((0..posts.len()).collect());
    let mut known: HashMap<Key, usize> = HashMap::new();
    for (index, post) in posts.iter().enumerate() {
        for key in keys(post) {
            match known.get(&key) {
                Some(other) => {
                    if !matches!(key, Key::Address(_)) || may_be_one(&posts[*other], post) {
                        sets.join(*other, index);
                    }
                }
                None => {
                    known.insert(key, index);
                }
            }
        }
    }
    (0..posts.len()).map(|index| sets.first(index)).collect()
}

/// By what a post is known again.
#[derive(PartialEq, Eq, Hash)]
enum Key {
    Id(String, String),
    Address(String),
    Words(String),
}

fn keys(post: &Post) -> Vec<Key> {
    let mut keys = vec![Key::Id(post.platform.clone().unwrap_or_default(), post.id.clone())];
    let own = post.url.as_deref().and_then(address);
    // What a post that is nothing but a link points at.
    let pointed = post.links.as_deref().and_then(|links| links.first()).filter(|_| is_pointer(post));
    keys.extend(own.into_iter().chain(pointed.and_then(|link| address(link))).map(Key::Address));
    let words = [&post.title, &post.text]
        .into_iter()
        .flatten()
        .map(|text| without_links(&fold(text)))
        .collect::<Vec<_>>()
        .join(" ");
    if words.chars().count() >= TELLING {
        keys.push(Key::Words(words));
    }
    keys
}

/// A headline with a link, and no words of the author's own.
fn is_pointer(post: &Post) -> bool {
    let Some(title) = post.title.as_deref().filter(|title| !title.trim().is_empty()) else { return false };
    let own_words =
        post.text.as_deref().is_some_and(|text| !text.trim().is_empty() && text.trim() != title.trim());
    !own_words && matches!(post.kind, None | Some(Kind::Link | Kind::Article | Kind::Video))
}

/// An address may be that of a whole page or album. On one site two posts of one address are one only where one passes the
/// other on, or both say the same.
fn may_be_one(one: &Post, other: &Post) -> bool {
    one.platform != other.platform
        || one.repost == Some(true)
        || other.repost == Some(true)
        || is_pointer(one) && is_pointer(other)
        || one.text.as_deref().map(fold) == other.text.as_deref().map(fold)
}

/// An address as it is compared: no scheme, no other face of the site, no trackers, no place within the page.
fn address(address: &str) -> Option<String> {
    let address = address.trim();
    let rest = ["https://", "http://"].iter().find_map(|scheme| {
        address.get(..scheme.len()).filter(|head| head.eq_ignore_ascii_case(scheme))?;
        address.get(scheme.len()..)
    })?;
    if rest.len() > MAX_ADDRESS {
        return None;
    }
    let rest = rest.split('#').next().unwrap_or(rest);
    let (place, query) = rest.split_once('?').unwrap_or((rest, ""));
    let (host, path) = place.split_once('/').unwrap_or((place, ""));
    let host = host.to_lowercase();
    let host = FACES.iter().find_map(|face| host.strip_prefix(face)).unwrap_or(&host);
    let host = if host == "twitter.com" { "x.com" } else { host };
    let mut asked: Vec<&str> = query
        .split('&')
        .filter(|part| {
            let name = part.split('=').next().unwrap_or(part);
            !part.is_empty() && !name.starts_with("utm_") && !TRACKERS.contains(&name)
        })
        .collect();
    asked.sort_unstable();
    let path = path.trim_end_matches('/');
    // The front of a site is no post.
    if path.is_empty() && asked.is_empty() {
        return None;
    }
    Some(format!("{host}/{path}?{}", asked.join("&")))
}

fn without_links(text: &str) -> String {
    text.split_whitespace().filter(|word| !word.contains("://")).collect::<Vec<_>>().join(" ")
}

/// Disjoint sets; a set is known by its least member.
struct Sets(Vec<usize>);

impl Sets {
    fn first(&mut self, index: usize) -> usize {
        let mut first = index;
        while self.0[first] != first {
            first = self.0[first];
        }
        let mut at = index;
        while self.0[at] != first {
            at = std::mem::replace(&mut self.0[at], first);
        }
        first
    }

    fn join(&mut self, one: usize, other: usize) {
        let (one, other) = (self.first(one), self.first(other));
        self.0[one.max(other)] = one.min(other);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_compared_by_where_it_leads() {
        for (one, other) in [
            ("https://www.example.org/a/?utm_source=x&b=2&a=1#top", "http://example.org/a?a=1&b=2"),
            ("https://mobile.twitter.com/u/status/1?s=20", "https://x.com/u/status/1?s=20"),
            ("HTTPS://Example.org/A", "https://example.org/A"),
        ] {
            assert_eq!(address(one), address(other), "{one}");
        }
        assert_ne!(address("https://example.org/a"), address("https://example.org/A"));
        assert_ne!(address("https://example.org/watch?v=1"), address("https://example.org/watch?v=2"));
        for none in ["javascript:alert(1)", "https://example.org/", "", "ftp://a/b", "https://x.com?ref=1"] {
            assert_eq!(address(none), None, "{none}");
        }
    }

    fn post(id: &str, platform: &str) -> Post {
        Post { id: id.into(), platform: Some(platform.into()), ..Post::default() }
    }

    #[test]
    fn what_is_one_and_what_is_not() {
        let long = "a long and telling text that two people would hardly write word for word the same by chance, ever";
        let text = |id, platform, text: &str| Post { text: Some(text.into()), ..post(id, platform) };
        let link = |id, platform, title: &str, to: &str| Post {
            title: Some(title.into()),
            links: Some(vec![to.into()]),
            kind: Some(Kind::Link),
            ..post(id, platform)
        };
        let at = |url: &str, post| Post { url: Some(url.into()), ..post };
        let posts = [
            text("1", "x", long),
            text("9", "bluesky", &format!("{} https://a.example/x", long.to_uppercase())),
            link("1", "hackernews", "A headline", "https://news.example/story"),
            link("2", "reddit", "Another headline", "https://www.news.example/story?utm_medium=social"),
            Post {
                text: Some("my own view of it".into()),
                ..link("3", "reddit", "A third", "https://news.example/story")
            },
            text("4", "x", "good morning"),
            text("5", "x", "Good morning!"),
            at("https://x.com/u/status/6", text("6", "x", "short")),
            Post { repost: Some(true), ..at("https://x.com/u/status/6", text("re-6", "x", "short")) },
            at("https://site.example/album", text("7", "site", "one")),
            at("https://site.example/album", text("8", "site", "two")),
            post("7", "site"),
            at("https://video.example/watch?v=1", post("v", "video")),
            link("v2", "reddit", "Look", "https://www.video.example/watch?v=1&feature=share"),
        ];
        assert_eq!(firsts(&posts), [0, 0, 2, 2, 4, 5, 6, 7, 7, 9, 10, 9, 12, 12]);
    }

    #[test]
    fn hostile_posts_cost_little() {
        let mut posts: Vec<Post> = (0..2_000)
            .map(|index| Post {
                url: Some(format!("https://a.example/{}", "/".repeat(index))),
                links: Some(vec!["https://%%%\u{202e}".into(); 3]),
                title: Some(" \u{0}\u{200b} ".into()),
                ..post(&index.to_string(), "x")
            })
            .collect();
        posts.push(Post { text: Some("x".repeat(1 << 20)), ..post("long", "x") });
        assert_eq!(firsts(&posts).len(), 2_001);
    }
}
