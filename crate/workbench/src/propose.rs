//! Rules that a reader may want to make of a post: of its author, its place, its words, what sort of thing it is.
//!
//! Words are weighed as search engines weigh them, often in this post and rarely in the others of the visit (Spärck Jones,
//! "A statistical interpretation of term specificity", 1972): so no list of common words is needed, in any language.
//! Nothing is proposed that the checker refuses or that is not true of the post.

use diffract_core::matching::fold;
use diffract_core::post::{Kind, Post};
use diffract_core::reference::KINDS;
use diffract_core::syntax::quote;
use diffract_core::verdict::Action;
use diffract_core::{Context, Memory, PackSource, RuleSet, compile};
use serde::Serialize;
use std::collections::{HashMap, HashSet};

/// The longest text that is looked at for words, in characters.
const MAX_TEXT: usize = 4_000;
/// The shortest word that says something, in characters.
const MIN_WORD: usize = 3;
/// Most hashtags, links or words in one rule.
const MAX_ITEMS: usize = 3;

/// A rule to start from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Proposal {
    rule: String,
    /// What of the post it is made of: `author`, `words`, `kind` ...
    about: &'static str,
    /// Of how many posts of this visit it is true.
    posts: usize,
    /// How many of them are from people whom the reader follows.
    followed: usize,
}

pub(crate) fn propose(posts: &[Post], index: usize, context: &Context) -> Vec<Proposal> {
    let Some(post) = posts.get(index) else { return Vec::new() };
    let mut seen = HashSet::new();
    candidates(post, posts)
        .into_iter()
        .filter(|(_, rule)| seen.insert(rule.clone()))
        .filter_map(|(about, rule)| tried(rule, about, posts, index, context))
        .collect()
}

/// The rule with what it would touch; `None` where it does not compile or is not true of the post.
fn tried(
    rule: String,
    about: &'static str,
    posts: &[Post],
    index: usize,
    context: &Context,
) -> Option<Proposal> {
    let source = PackSource { id: "proposed".into(), source: rule.clone(), ..PackSource::default() };
    let program = compile(&[source]).program;
    if program.rules.len() != 1 {
        return None;
    }
    let verdicts = RuleSet::new(program).decide(posts, context, &mut Memory::default());
    let spoke: Vec<bool> = verdicts.iter().map(|verdict| verdict.action != Action::Show).collect();
    spoke.get(index).filter(|spoke| **spoke)?;
    let touched = || posts.iter().zip(&spoke).filter(|(_, spoke)| **spoke);
    let followed = touched().filter(|(post, _)| post.followed == Some(true)).count();
    Some(Proposal { posts: touched().count(), followed, rule, about })
}

fn candidates(post: &Post, posts: &[Post]) -> Vec<(&'static str, String)> {
    let mut out: Vec<(&'static str, String)> = Vec::new();
    let is = |field: &str, value: &Option<String>, action: &str| {
        let value = value.as_deref().map(str::trim).filter(|value| !value.is_empty())?;
        Some(format!("{action} if {field} is {}", quote(value)))
    };
    match is("author", &post.author, "hide") {
        Some(rule) => {
            out.push(("author", rule));
            out.extend(is("author", &post.author, "keep").map(|rule| ("author", rule)));
        }
        None => out.extend(is("name", &post.name, "hide").map(|rule| ("author", rule))),
    }
    out.extend(is("reposted_by", &post.reposted_by, "hide").map(|rule| ("author", rule)));
    out.extend(is("community", &post.community, "hide").map(|rule| ("community", rule)));
    let (phrase, words) = distinctive(post, posts);
    out.extend(phrase.map(|phrase| ("words", format!("hide if text has {}", quote(&phrase)))));
    if words.len() > 1 {
        let all: Vec<String> = words.iter().map(|word| quote(word)).collect();
        out.push(("words", format!("collapse if text has any {}", all.join(", "))));
    }
    out.extend(words.first().map(|word| ("words", format!("collapse if text has word {}", quote(word)))));
    out.extend(title_words(post, posts).map(|word| ("words", format!("hide if title has {}", quote(&word)))));
    if let Some(tags) = post.hashtags.as_ref().filter(|tags| !tags.is_empty()) {
        let tags: Vec<String> =
            tags.iter().take(MAX_ITEMS).map(|tag| quote(tag.trim_start_matches('#'))).collect();
        out.push(("hashtags", format!("hide if hashtags has any {}", tags.join(", "))));
    }
    let own = post.host.as_deref().unwrap_or("");
    for host in post.links.iter().flatten().filter_map(|link| host_of(link)).take(MAX_ITEMS) {
        if !own.ends_with(&host) && !host.ends_with(own.trim_start_matches("www.")) {
            out.push(("links", format!("hide if links to {host}")));
        }
    }
    if let Some((_, name, _)) = KINDS.iter().find(|(kind, _, _)| Some(*kind) == post.kind)
        && post.kind != Some(Kind::Post)
    {
        out.push(("kind", format!("hide if kind is {name}")));
    }
    let flags = [
        (post.promoted, "promoted"),
        (post.suggested, "suggested"),
        (post.repost, "repost"),
        (post.reply, "reply"),
        (post.quote, "quote"),
        (post.pinned, "pinned"),
    ];
    for (_, name) in flags.iter().filter(|(flag, _)| *flag == Some(true)) {
        out.push(("flags", format!("hide if {name}")));
    }
    if post.sensitive == Some(true) {
        out.push(("flags", "blur if sensitive".to_owned()));
    }
    out
}

/// A link's host, without `www.`.
fn host_of(link: &str) -> Option<String> {
    let rest = link.split_once("://").map_or(link, |(_, rest)| rest);
    let host = rest.split(['/', '?', '#', ':']).next()?.trim_start_matches("www.").to_lowercase();
    (host.contains('.') && !host.contains('@')).then_some(host)
}

/// The words of a text as they stand, folded beside them.
fn words_of(text: &str) -> Vec<(String, String)> {
    let cut: String = text.chars().take(MAX_TEXT).collect();
    cut.split(|c: char| {
        !(c.is_alphanumeric() || matches!(c, '\'' | '’' | '-' | '_' | '.' | '/' | ':' | '@' | '#'))
    })
    .filter(|word| !word.contains("://") && !word.starts_with(['@', '#']))
    .map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()))
    .filter(|word| !word.is_empty())
    .map(|word| (word.to_owned(), fold(word)))
    .collect()
}

/// In how many posts a word stands.
fn frequencies<'a>(texts: impl Iterator<Item = &'a str>) -> (HashMap<String, usize>, usize) {
    let (mut found, mut count) = (HashMap::new(), 0);
    for text in texts {
        count += 1;
        let words: HashSet<String> = words_of(text).into_iter().map(|(_, folded)| folded).collect();
        for word in words {
            *found.entry(word).or_default() += 1;
        }
    }
    (found, count)
}

/// How much a word says: often here, rarely elsewhere, and between equals the longer.
fn weights(words: &[(String, String)], known: &HashMap<String, usize>, count: usize) -> HashMap<String, f64> {
    let mut here: HashMap<String, f64> = HashMap::new();
    for (_, folded) in words {
        *here.entry(folded.clone()).or_default() += 1.0;
    }
    for (word, often) in &mut here {
        let length = word.chars().count();
        let rare = ((count as f64 + 1.0) / (known.get(word).copied().unwrap_or(0) as f64 + 1.0)).ln() + 0.1;
        let number = word.chars().all(|c| c.is_numeric());
        *often =
            if length < MIN_WORD || number { 0.0 } else { often.sqrt() * rare * (length as f64).ln_1p() };
    }
    here
}

/// The two neighbouring words that say most, and the single words that do.
fn distinctive(post: &Post, posts: &[Post]) -> (Option<String>, Vec<String>) {
    let Some(text) = post.text.as_deref() else { return (None, Vec::new()) };
    let (known, count) = frequencies(posts.iter().filter_map(|post| post.text.as_deref()));
    let words = words_of(text);
    let weights = weights(&words, &known, count);
    let weight = |folded: &str| weights.get(folded).copied().unwrap_or(0.0);
    let best = words
        .windows(2)
        .filter(|pair| weight(&pair[0].1) > 0.0 && weight(&pair[1].1) > 0.0)
        // Neighbours in the text itself: with a full stop between them they are no phrase.
        .map(|pair| (format!("{} {}", pair[0].0, pair[1].0), weight(&pair[0].1) + weight(&pair[1].1)))
        .filter(|(phrase, _)| text.contains(phrase.as_str()))
        .max_by(|a, b| a.1.total_cmp(&b.1));
    let mut single: Vec<(String, f64)> = Vec::new();
    for (word, folded) in &words {
        if weight(folded) > 0.0 && !single.iter().any(|(known, _)| fold(known) == *folded) {
            single.push((word.to_lowercase(), weight(folded)));
        }
    }
    single.sort_by(|a, b| b.1.total_cmp(&a.1));
    (best.map(|(phrase, _)| phrase), single.into_iter().take(MAX_ITEMS).map(|(word, _)| word).collect())
}

/// The word of the title that says most.
fn title_words(post: &Post, posts: &[Post]) -> Option<String> {
    let title = post.title.as_deref()?;
    let (known, count) = frequencies(posts.iter().filter_map(|post| post.title.as_deref()));
    let words = words_of(title);
    let weights = weights(&words, &known, count);
    words
        .iter()
        .max_by(|a, b| {
            let of = |word: &(String, String)| weights.get(&word.1).copied().unwrap_or(0.0);
            of(a).total_cmp(&of(b))
        })
        .filter(|word| weights.get(&word.1).copied().unwrap_or(0.0) > 0.0)
        .map(|(word, _)| word.to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn posts() -> Vec<Post> {
        let mut posts: Vec<Post> = (0..20)
            .map(|id| Post {
                id: id.to_string(),
                text: Some("the day and the weather of the day".to_owned()),
                author: Some("neighbour".to_owned()),
                followed: Some(true),
                ..Post::default()
            })
            .collect();
        posts.push(Post {
            id: "x".to_owned(),
            host: Some("www.reddit.com".to_owned()),
            text: Some(
                "The Presale of the \"moon\\gem\" ends tonight: https://a.example/x. Presale!".to_owned(),
            ),
            title: Some("The presale".to_owned()),
            author: Some("say \"hi\"".to_owned()),
            community: Some("coins".to_owned()),
            kind: Some(Kind::Link),
            promoted: Some(true),
            hashtags: Some(vec!["#gem".to_owned()]),
            links: Some(vec![
                "https://www.shop.example/a?b".to_owned(),
                "https://www.reddit.com/r/a".to_owned(),
            ]),
            ..Post::default()
        });
        posts
    }

    #[test]
    fn proposals_are_true_of_the_post_and_of_little_else() {
        let found = propose(&posts(), 20, &Context::default());
        let rules: Vec<&str> = found.iter().map(|proposal| proposal.rule.as_str()).collect();
        for wanted in [
            "hide if author is \"say \\\"hi\\\"\"",
            "keep if author is \"say \\\"hi\\\"\"",
            "hide if community is \"coins\"",
            "hide if hashtags has any \"gem\"",
            "hide if links to shop.example",
            "hide if kind is link",
            "hide if promoted",
            "collapse if text has word \"presale\"",
            "hide if text has \"ends tonight\"",
            "hide if title has \"presale\"",
        ] {
            assert!(rules.contains(&wanted), "no {wanted} in {rules:#?}");
        }
        assert!(found.iter().all(|proposal| proposal.posts == 1 && proposal.followed == 0), "{found:#?}");
        assert!(!rules.iter().any(|rule| rule.contains("reddit")), "the site itself is no link elsewhere");
    }

    #[test]
    fn what_a_proposal_would_touch_besides_is_counted() {
        let found = propose(&posts(), 3, &Context::default());
        let author = &found[0];
        assert_eq!(
            (author.rule.as_str(), author.posts, author.followed),
            ("hide if author is \"neighbour\"", 20, 20)
        );
    }

    #[test]
    fn a_post_without_anything_gives_nothing_and_no_panic() {
        let bare = vec![Post { id: "a".to_owned(), ..Post::default() }];
        assert_eq!(propose(&bare, 0, &Context::default()), Vec::new());
        assert_eq!(propose(&bare, 7, &Context::default()), Vec::new());
        let odd =
            vec![Post {
                id: "a".to_owned(), text: Some("\u{202e}😀\n\0 ...".to_owned()), ..Post::default()
            }];
        assert!(propose(&odd, 0, &Context::default()).iter().all(|proposal| proposal.posts == 1));
    }
}
