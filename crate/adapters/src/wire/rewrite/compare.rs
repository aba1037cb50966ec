//! What the host sent and what became of it, side by side.

use super::{Decisions, LeftReason, Outcome, Rewritten};
use crate::wire::{Fields, Payload, WireAdapter};
use diffract_core::comparison::{Comparison, Fate};
use diffract_core::post::Post;
use diffract_core::verdict::{Action, Verdict};
use std::collections::{HashMap, HashSet, VecDeque};

/// Both orders of an answer that was decided and written anew. `adapter` is the one it was read with. Reads the posts in full,
/// and the new answer again, so that what is said to stand there does.
pub fn compare(
    adapter: &WireAdapter,
    payload: &Payload,
    verdicts: Vec<Verdict>,
    decisions: &Decisions,
    done: &Rewritten,
) -> Comparison {
    let posts = payload.in_full(adapter);
    let removed: HashSet<usize> = done.removed.iter().copied().collect();
    let left: HashMap<usize, LeftReason> = done.left.iter().map(|left| (left.post, left.why)).collect();
    let hidden: Vec<bool> = verdicts.iter().map(|verdict| verdict.action == Action::Hide).collect();
    let is_hidden = |post: usize| hidden.get(post).copied().unwrap_or(false);
    let after = after(adapter, payload, &posts, &removed, done);
    let mut made = Comparison::new(posts, verdicts, &after, |post| match () {
        () if removed.contains(&post) && is_hidden(post) => Fate::Hidden,
        () if removed.contains(&post) => Fate::Folded,
        () if left.contains_key(&post) || is_hidden(post) => Fate::Left,
        () => Fate::Shown,
    });
    for (post, row) in made.rows.iter_mut().enumerate() {
        let folded = decisions.remove.get(post).copied().unwrap_or(false) && !is_hidden(post);
        row.why = match (left.get(&post), folded) {
            (Some(why), true) => Some(format!("shown already; stays in the answer: {why}")),
            (Some(why), false) => Some(format!("stays in the answer: {why}")),
            (None, true) => Some("shown already".to_owned()),
            (None, false) => None,
        };
    }
    made
}

/// The posts as whoever reads the rewritten answer finds them.
fn after(
    adapter: &WireAdapter,
    payload: &Payload,
    posts: &[Post],
    removed: &HashSet<usize>,
    done: &Rewritten,
) -> Vec<usize> {
    let kept = (0..posts.len()).filter(|post| !removed.contains(post));
    let Outcome::Changed(text) = &done.outcome else { return kept.collect() };
    let mut by_id: HashMap<&str, VecDeque<usize>> = HashMap::new();
    kept.for_each(|post| by_id.entry(&posts[post].id).or_default().push_back(post));
    match Payload::open_for(adapter, text.clone(), payload.address(), Fields::LEAST) {
        Ok(again) => again.posts().filter_map(|post| by_id.get_mut(post.id.as_str())?.pop_front()).collect(),
        Err(_) => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::{Fold, arrange, builtin_named};

    fn post(id: u32, words: &str) -> String {
        format!(
            r#"{{"post":{{"id":{id},"ap_id":"https://leaf.example/post/{id}","name":"{words}"}},"creator":{{"name":"ada"}},"counts":{{"score":{id}}}}}"#
        )
    }

    #[test]
    fn both_orders_and_what_became_of_each() {
        let adapter = builtin_named("lemmy").expect("shipped").expect("sound");
        let all = [post(1, "One"), post(2, "Two"), post(3, "Three"), post(3, "Three")].join(",");
        let url = Some("https://leaf.example/api/v3/post/list");
        let payload = Payload::open_for(&adapter, format!(r#"{{"posts":[{all}]}}"#), url, Fields::LEAST);
        let payload = payload.unwrap_or_else(|(_, problem)| panic!("{problem}"));
        let posts: Vec<Post> = payload.posts().cloned().collect();
        assert_eq!(posts[0].title, None);
        let hide = Verdict { action: Action::Hide, ..Verdict::default() };
        let verdicts = vec![Verdict::default(), hide, Verdict::default(), Verdict::default()];
        let decisions = arrange(&posts, &verdicts, &[2, 3, 0, 1], Fold::Duplicates, None);
        let done = payload.rewrite(&adapter, &decisions);
        let both = compare(&adapter, &payload, verdicts, &decisions, &done);
        assert_eq!((both.after, both.moved.len()), (vec![2, 0], 1));
        let fates: Vec<Fate> = both.rows.iter().map(|row| row.fate).collect();
        assert_eq!(fates, [Fate::Shown, Fate::Hidden, Fate::Shown, Fate::Folded]);
        assert_eq!(both.rows[3].why.as_deref(), Some("shown already"));
        // In full, though little of it was read for the verdicts.
        assert_eq!(both.rows[0].post.title.as_deref(), Some("One"));
    }

    #[test]
    fn a_post_that_stays_against_the_rules_says_why() {
        let adapter = builtin_named("mastodon").expect("shipped").expect("sound");
        let body = r#"{"id":"2","uri":"u","account":{"acct":"ada"},"content":"Tea","created_at":"2026-08-06T21:12:23Z"}"#;
        let url = Some("https://tea.example/api/v1/statuses/2");
        let payload =
            Payload::open(&adapter, body.to_owned(), url).unwrap_or_else(|(_, problem)| panic!("{problem}"));
        let hide = vec![Verdict { action: Action::Hide, ..Verdict::default() }];
        let decisions = Decisions { remove: vec![true], order: Vec::new() };
        let done = payload.rewrite(&adapter, &decisions);
        let both = compare(&adapter, &payload, hide, &decisions, &done);
        assert_eq!((both.rows[0].fate, both.after.as_slice()), (Fate::Left, &[0][..]));
        assert!(both.rows[0].why.as_ref().is_some_and(|why| why.starts_with("stays in the answer: ")));
    }
}
