//! What the extension's reader draws.

use crate::names::compile;
use diffract_core::comparison::{Comparison, Fate};
use diffract_core::gather::{Gathered, Source};
use diffract_core::post::Post;
use diffract_core::verdict::{Action, Verdict};
use diffract_core::{Context, Memory, PackSource, RuleSet};

/// The most that is read of a memory of limits, in bytes.
const MAX_LIMITS: usize = 8 << 20;

/// See [`crate::Feed`].
pub(crate) struct Feed {
    rules: RuleSet,
    /// What limits have counted on the reader's own visit.
    own: Memory,
}

impl Feed {
    pub(crate) fn new(packs: &[PackSource]) -> Self {
        Self { rules: compile(packs).into_rules(), own: Memory::default() }
    }

    /// Limits count on from what the pages have counted, and from what this counted before on the same visit.
    pub(crate) fn gather(
        &mut self,
        posts: Vec<Post>,
        sources: &str,
        context: &Context,
        limits: &str,
    ) -> Result<Gathered, String> {
        let sources: Vec<Source> =
            serde_json::from_str(sources).map_err(|error| format!("the sources cannot be read: {error}"))?;
        // What cannot be read is counted anew, as in the background.
        let mut memory: Memory = Some(limits)
            .filter(|limits| limits.len() <= MAX_LIMITS)
            .and_then(|limits| serde_json::from_str(limits).ok())
            .unwrap_or_default();
        memory.keep_visit(&self.own, &context.visit);
        let made = self.rules.gather(posts, &sources, context, &mut memory);
        self.own = memory;
        Ok(made)
    }

    pub(crate) fn compare(
        &self,
        posts: Vec<Post>,
        verdicts: Vec<Verdict>,
        shown: &[u32],
        context: &Context,
    ) -> Comparison {
        let order = self.rules.order(&posts, &verdicts, context);
        let hidden: Vec<bool> = verdicts
            .iter()
            .enumerate()
            .map(|(index, verdict)| {
                verdict.action == Action::Hide && !shown.iter().any(|shown| *shown as usize == index)
            })
            .collect();
        Comparison::new(posts, verdicts, &order, |index| {
            if hidden.get(index) == Some(&true) { Fate::Hidden } else { Fate::Shown }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn feed(source: &str) -> Feed {
        Feed::new(&[PackSource { id: "mine".into(), source: source.into(), ..PackSource::default() }])
    }

    fn posts(ids: impl IntoIterator<Item = u32>) -> Vec<Post> {
        let post = |id: u32| Post { id: id.to_string(), time: Some(f64::from(id)), ..Post::default() };
        ids.into_iter().map(post).collect()
    }

    fn context() -> Context {
        Context { now: 1e9, visit: "reader".into(), no_models: true, ..Context::default() }
    }

    #[test]
    fn limits_of_the_visit_are_counted_on_from_one_feed_to_the_next() {
        let mut feed = feed("limit 2 per visit then \"Enough.\"");
        let shown = |made: &Gathered| {
            made.entries.iter().filter(|entry| !entry.hidden).map(|e| e.post).collect::<Vec<_>>()
        };
        let made = feed.gather(posts(0..3), "[]", &context(), "").expect("a feed");
        assert_eq!(shown(&made), [2, 1]);
        let made = feed.gather(posts(0..5), "[]", &context(), "{broken").expect("a feed");
        assert_eq!(shown(&made), [2, 1], "what is new finds no place");
        assert!(feed.gather(posts(0..5), "{", &context(), "").is_err());
    }

    #[test]
    fn limits_of_the_day_are_those_of_the_pages() {
        let mut pages = feed("limit 2 per day");
        let page = Context { visit: "page".into(), ..context() };
        pages.gather(posts([0, 1]), "[]", &page, "").expect("a feed");
        let limits = serde_json::to_string(&pages.own).expect("plain data");
        let mut feed = feed("limit 2 per day");
        let made = feed.gather(posts(0..4), "[]", &context(), &limits).expect("a feed");
        let shown: Vec<usize> = made.entries.iter().filter(|entry| !entry.hidden).map(|e| e.post).collect();
        assert_eq!(shown, [1, 0], "what was read on a page has its place");
    }

    #[test]
    fn a_page_is_compared_by_the_verdicts_it_was_given() {
        let feed = feed("order by newest");
        let verdicts =
            |action| vec![Verdict::default(), Verdict { action, ..Verdict::default() }, Verdict::default()];
        let made = feed.compare(posts([1, 2, 3]), verdicts(Action::Hide), &[], &context());
        assert_eq!((made.after, made.rows[1].fate), (vec![2, 0], Fate::Hidden));
        let made = feed.compare(posts([1, 2, 3]), verdicts(Action::Hide), &[1], &context());
        assert_eq!(made.after, [2, 1, 0]);
    }
}
