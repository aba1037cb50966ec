//! Matching: a checked [`Program`] taken apart once, and then asked about posts.
//!
//! Each rule is filed under a *gate*: the literals, names, flags or numbers of which one must be there before
//! the rule can be true. A post is folded and scanned once; what is found in it opens gates; and only rules
//! whose gate is open, whose scope fits and whose hours it is are evaluated, in three-valued logic. The cost
//! is to follow what a post touches, not how many rules there are; how far it does: `docs/decisions/needles.md`.
//!
//! | step | module |
//! | --- | --- |
//! | text made comparable | `fold`, `words`, `hosts`, `fields` |
//! | needles found in one pass | `needles` |
//! | expressions and what they cannot match without | `regexes`, `backtrack`, `required` |
//! | rules taken apart: leaves, gates, scopes | `atoms`, `gates`, `common`, `index` |
//! | a post's facts, and which gates they open | `facts` |
//! | true, false, unknown | `evaluate` |
//! | the verdict and its reasons | `decide`, `evidence`, [`explain`] |
//! | what needs the clock or the past | `schedule`, `limits` |
//! | what models said, and what is known of them | [`models`] |
//! | `order by` | `order` |
//! | which fields of posts are asked for | `asked` |

mod asked;
mod atoms;
mod backtrack;
mod common;
mod counts;
mod decide;
#[cfg(test)]
mod equivalence;
mod evaluate;
pub(crate) mod evidence;
pub mod explain;
mod facts;
pub mod fields;
mod fold;
mod found;
mod gates;
mod hosts;
mod index;
mod limits;
pub mod models;
#[cfg(any(test, feature = "naive"))]
mod naive;
mod needles;
mod order;
mod regexes;
mod required;
mod schedule;
mod skeleton;
mod words;

use crate::post::Post;
use crate::program::{Program, Question};
use crate::verdict::Verdict;
pub use evidence::{MAX_EVIDENCE, MAX_EVIDENCE_LENGTH};
pub use fold::fold;
use index::Index;
pub use limits::Memory;
pub use models::{Model, Models, Scores, Thresholds};
pub use order::{OrderRule, OrderedBy};
pub(crate) use regexes::fits;
pub use regexes::{REGEX_SIZE_LIMIT, compile_regex};
pub(crate) use required::{Required, required_of};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

/// At most so many labels are set beside a post.
pub const MAX_LABELS: usize = 32;

/// What is true outside the posts: the time, the visit, and what models have said.
#[derive(Debug, Clone, Default)]
pub struct Context {
    /// Seconds since 1970-01-01 UTC.
    pub now: f64,
    /// Local time minus UTC, in minutes.
    pub utc_offset: i32,
    /// Which visit this is, for limits that count by visit: any name that a page keeps while it is open.
    pub visit: String,
    /// What models have said so far.
    pub scores: Scores,
    /// No model will answer what is not in `scores`: such conditions are unknown, and nothing is pending.
    pub no_models: bool,
    /// The models that will answer what is not in `scores`, and what their cards say; `None`: any will, and nothing is
    /// known of them.
    pub models: Option<Arc<Models>>,
}

/// A reader's rules, ready to decide.
pub struct RuleSet {
    /// Shared with the reasons of verdicts.
    program: Arc<Program>,
    index: Index,
    /// Working space of posts decided earlier, to be used again. Boxed: it is handed out and back by pointer.
    #[expect(clippy::vec_box, reason = "a large value that is only ever moved in and out")]
    spare: Mutex<Vec<Box<facts::Facts>>>,
}

impl RuleSet {
    /// Takes a checked program apart. Out-of-range ids, which the checker never makes, cost their rule only.
    pub fn new(program: Program) -> Self {
        let index = Index::new(&program, None);
        Self { program: Arc::new(program), index, spare: Mutex::default() }
    }

    /// As [`RuleSet::new`], with what its expressions require known already, in the order of
    /// [`RuleSet::required`]. The program as it was if they are not as many.
    pub(crate) fn with_required(program: Program, required: Vec<Required>) -> Result<Self, Program> {
        let count = required.len();
        let index = Index::new(&program, Some(required));
        if index.required.len() == count {
            Ok(Self { program: Arc::new(program), index, spare: Mutex::default() })
        } else {
            Err(program)
        }
    }

    /// What every distinct expression requires, in the order they first occur.
    pub(crate) fn required(&self) -> &[Required] {
        &self.index.required
    }

    /// Whether any rule asks a model, or for a language, which a model may tell.
    pub fn asks_models(&self) -> bool {
        self.index.rules.iter().any(|rule| rule.asks_model)
    }

    /// The lists that rules ask models after with `like @list`, with their items; a name without a list is not among them.
    /// Packs that name a list alike share what models make of it.
    pub fn liked_lists(&self) -> BTreeMap<&str, BTreeSet<&str>> {
        let mut lists: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for question in &self.index.questions {
            let Question::Like(name) = question else { continue };
            for list in self.program.lists.iter().filter(|list| list.name == *name) {
                lists.entry(name).or_default().extend(list.items.iter().map(String::as_str));
            }
        }
        lists
    }

    /// The program this was made from.
    pub fn program(&self) -> &Program {
        &self.program
    }

    /// How many rules there are.
    pub fn rules(&self) -> usize {
        self.program.rules.len()
    }

    /// Decides posts, in the order the feed has them: limits count in that order. The verdicts are in the same
    /// order.
    pub fn decide(&self, posts: &[Post], context: &Context, memory: &mut Memory) -> Vec<Verdict> {
        let mut facts = self.spare.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default();
        let verdicts =
            posts.iter().map(|post| decide::decide(self, post, context, memory, &mut facts)).collect();
        self.spare.lock().unwrap_or_else(PoisonError::into_inner).push(facts);
        verdicts
    }

    /// Which rules have a say in any of these posts: those that are true of one, or may become so once a model has
    /// answered. Indices into the program's rules, ascending. What is left out changes no verdict of these posts in
    /// this context, whatever other rules there are; so whoever tries changes of rules out on the same posts needs to
    /// compile no more than these.
    pub fn concerning(&self, posts: &[Post], context: &Context) -> Vec<u32> {
        let mut facts = self.spare.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default();
        let time = schedule::LocalTime::new(context.now, context.utc_offset);
        let mut found = BTreeSet::new();
        for post in posts {
            let view = evaluate::View { rules: self, post, context };
            let decide::Heard { spoke, waiting, .. } = decide::listen(view, time, &mut facts, true);
            found.extend(spoke.into_iter().chain(waiting));
        }
        self.spare.lock().unwrap_or_else(PoisonError::into_inner).push(facts);
        found.into_iter().collect()
    }

    /// The verdict word for word as the rule language says it, nothing filed and nothing remembered: what
    /// [`RuleSet::decide`] is held against by tests and fuzzing. Limits are not known here.
    #[cfg(any(test, feature = "naive"))]
    pub fn decide_naively(&self, post: &Post, context: &Context) -> Verdict {
        naive::decide(self, post, context)
    }
}

impl std::fmt::Debug for RuleSet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RuleSet").field("rules", &self.rules()).finish_non_exhaustive()
    }
}
