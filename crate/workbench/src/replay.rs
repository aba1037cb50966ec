//! Rules tried out on posts, over and over while they are typed.
//!
//! A rule that is neither true of any of the posts, nor may become so, changes no verdict. Which ones those are is known
//! after the first look at them, by the text of the rule's line, its `on` and the lists it names; from then on their lines are
//! left blank before the file is compiled, so that a keystroke costs the rules that matter and not the file. The core
//! parses, checks and decides; nothing here knows what a rule means.

use diffract_core::matching::explain::{ExplainedRule, Which};
use diffract_core::post::Post;
use diffract_core::program::Trust;
use diffract_core::reference::MAX_FILE;
use diffract_core::syntax::lines;
use diffract_core::verdict::{Action, Verdict};
use diffract_core::{Context, Memory, PackSource, RuleSet, compile};
use serde::Serialize;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};

/// The id of the file that is edited.
const EDITED: &str = "mine";
/// Lines that were not looked at yet are compiled along until there are more than this; only then is it worth another
/// pass over the posts to find those among them that matter.
const MANY: usize = 48;
/// Lines remembered. A file of 4 MB has fewer that are different and of use.
const MAX_KNOWN: usize = 400_000;

/// See [`crate::Replay`].
pub(crate) struct Replay {
    posts: Vec<Post>,
    context: Context,
    others: Vec<PackSource>,
    /// Whether a line, by [`Reading::fingerprints`], has a say in any of the posts.
    matters: HashMap<u64, bool>,
    saved: Vec<Verdict>,
    last: Vec<Verdict>,
    /// The file as it was typed last.
    typed: String,
}

/// What a change of the file does.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Answer {
    /// The verdicts that are not as the answer before had them.
    changed: Vec<(usize, Verdict)>,
    /// The posts to which something else happens than under the file as it is saved.
    differs: Vec<usize>,
    /// What happens to more posts than under the file as it is saved.
    more: Vec<Tally>,
    /// What no longer happens.
    fewer: Vec<Tally>,
    /// The file is over 4 MB and counts for nothing.
    too_large: bool,
}

/// How many posts something happens to.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Tally {
    /// `hide`, `label` ..., the words of the language; `pending` for a verdict that waits for a model.
    effect: &'static str,
    posts: usize,
    /// How many of them are from people whom the reader follows.
    followed: usize,
}

impl Replay {
    pub(crate) fn new(posts: Vec<Post>, context: Context, packs: Vec<PackSource>, saved: &str) -> Self {
        let mut replay = Self {
            posts,
            context,
            others: Vec::new(),
            matters: HashMap::new(),
            saved: Vec::new(),
            last: Vec::new(),
            typed: String::new(),
        };
        replay.others = packs.iter().map(|pack| replay.reduced(pack, None)).collect();
        replay.saved = replay.decide(saved);
        replay.typed = saved.to_owned();
        replay
    }

    pub(crate) fn posts(&self) -> &[Post] {
        &self.posts
    }

    pub(crate) fn context(&self) -> &Context {
        &self.context
    }

    pub(crate) fn saved(&mut self, source: &str) -> Answer {
        self.saved = self.decide(source);
        self.type_(source)
    }

    pub(crate) fn type_(&mut self, source: &str) -> Answer {
        let now = self.decide(source);
        source.clone_into(&mut self.typed);
        let mut answer = Answer { too_large: source.len() > MAX_FILE, ..Answer::default() };
        let (mut more, mut fewer) = (BTreeMap::new(), BTreeMap::new());
        for (index, (verdict, saved)) in now.iter().zip(&self.saved).enumerate() {
            if self.last.get(index) != Some(verdict) {
                answer.changed.push((index, verdict.clone()));
            }
            if !same(verdict, saved) {
                answer.differs.push(index);
                let followed = usize::from(self.posts[index].followed == Some(true));
                let (is, was) = (effects(verdict), effects(saved));
                count(&mut more, is.difference(&was), followed);
                count(&mut fewer, was.difference(&is), followed);
            }
        }
        answer.more = tallies(more);
        answer.fewer = tallies(fewer);
        self.last = now;
        answer
    }

    /// Why the post of an index gets its verdict under the file as it was typed last: the rules that spoke, and that of
    /// one line of the file (from 1), whatever it came to.
    pub(crate) fn explain(&mut self, index: usize, line: u32) -> Vec<ExplainedRule> {
        let source = std::mem::take(&mut self.typed);
        let rules = self.rules(&source, Some(line));
        self.typed = source;
        let Some(post) = self.posts.get(index) else { return Vec::new() };
        let mut memory = Memory::default();
        rules.decide(&self.posts[..index], &self.context, &mut memory);
        let of = |which: &Which| rules.explain(post, &self.context, &memory, which).rules;
        let mut found = of(&Which::Spoke);
        let asked = of(&Which::Line { pack: Some(EDITED.to_owned()), line });
        for rule in asked {
            if !found.iter().any(|known| known.pack == rule.pack && known.line == rule.line) {
                found.push(rule);
            }
        }
        found
    }

    /// The file that is edited less what does not matter, and the packs beside it, ready to decide: in this order, which is
    /// that of the background, for the first pack wins where two say the same sort of thing. The line `asked` for is kept
    /// whether it matters or not.
    fn rules(&mut self, source: &str, asked: Option<u32>) -> RuleSet {
        let edited = PackSource { id: EDITED.to_owned(), source: source.to_owned(), ..PackSource::default() };
        let edited = if source.len() > MAX_FILE { edited } else { self.reduced(&edited, asked) };
        let packs: Vec<PackSource> = std::iter::once(edited).chain(self.others.iter().cloned()).collect();
        compile(&packs).into_rules()
    }

    fn decide(&mut self, source: &str) -> Vec<Verdict> {
        // Limits count anew for each version of the file, in the order of the feed.
        self.rules(source, None).decide(&self.posts, &self.context, &mut Memory::default())
    }

    /// The pack with every line blank that does not matter. Lines keep their numbers.
    fn reduced(&mut self, pack: &PackSource, asked: Option<u32>) -> PackSource {
        let reading = Reading::new(pack);
        let unknown =
            reading.fingerprints.iter().filter(|(_, print)| !self.matters.contains_key(print)).count();
        if unknown > MANY {
            self.look(pack, &reading);
        }
        let asked =
            reading.fingerprints.iter().find(|(line, _)| Some(*line) == asked).map(|(_, print)| *print);
        let kept = |print: &u64| Some(*print) == asked || self.matters.get(print).copied().unwrap_or(true);
        PackSource { source: reading.keep(kept), ..pack.clone() }
    }

    /// Finds out which lines matter.
    fn look(&mut self, pack: &PackSource, reading: &Reading<'_>) {
        if self.matters.len() > MAX_KNOWN {
            self.matters.clear();
        }
        let unknown = reading.keep(|print| !self.matters.contains_key(print));
        let alone = PackSource { source: unknown, trust: Trust::Full, ..pack.clone() };
        let rules = compile(&[alone]).into_rules();
        let concerning: HashSet<u32> = rules
            .concerning(&self.posts, &self.context)
            .into_iter()
            .filter_map(|id| rules.program().rules.get(id as usize))
            .map(|rule| rule.line)
            .collect();
        for (line, print) in &reading.fingerprints {
            self.matters.entry(*print).or_insert_with(|| concerning.contains(line));
        }
    }
}

/// The lines of a file, as far as it must be known which of them belong together.
struct Reading<'s> {
    source: &'s str,
    /// Of each line that may be a rule: its number from 1, and a hash of all that its meaning hangs on.
    fingerprints: Vec<(u32, u64)>,
    /// The lists that the rule of a line names.
    mentions: HashMap<u32, Vec<String>>,
    /// Lines that define lists.
    lets: HashMap<u32, String>,
    /// Lines that say where the rules below hold.
    scopes: HashSet<u32>,
}

impl<'s> Reading<'s> {
    fn new(pack: &'s PackSource) -> Self {
        let source = pack.source.as_str();
        let mut reading = Self {
            source,
            fingerprints: Vec::new(),
            mentions: HashMap::new(),
            lets: HashMap::new(),
            scopes: HashSet::new(),
        };
        // A list is known in the whole pack, above its line too.
        let mut lists: HashMap<String, u64> = HashMap::new();
        for (number, span) in lines(source) {
            let text = trimmed(&source[span]);
            if first_word(text).eq_ignore_ascii_case("let") {
                for name in names(text).into_iter().take(1) {
                    lists.entry(name.clone()).or_insert_with(|| hash(&text));
                    reading.lets.insert(number, name);
                }
            }
        }
        let files = hash(&pack.lists.iter().collect::<Vec<_>>());
        let mut scope = 0;
        for (number, span) in lines(source) {
            let text = trimmed(&source[span]);
            let first = first_word(text);
            if text.is_empty() || text.starts_with('#') || reading.lets.contains_key(&number) {
                continue;
            }
            if first.eq_ignore_ascii_case("on") {
                scope = hash(&text);
                reading.scopes.insert(number);
                continue;
            }
            let mentions = if text.contains('@') { names(text) } else { Vec::new() };
            let defined: Vec<Option<&u64>> = mentions.iter().map(|name| lists.get(name)).collect();
            let files = if mentions.is_empty() { 0 } else { files };
            reading
                .fingerprints
                .push((number, hash(&(text, scope, defined, files, pack.trust == Trust::Full))));
            if !mentions.is_empty() {
                reading.mentions.insert(number, mentions);
            }
        }
        reading
    }

    /// The source with only those rules whose fingerprint `kept` wants, with their scopes and lists.
    fn keep(&self, kept: impl Fn(&u64) -> bool) -> String {
        let mut wanted: HashSet<u32> = self.scopes.clone();
        let mut lists: HashSet<&str> = HashSet::new();
        for (number, print) in &self.fingerprints {
            if kept(print) {
                wanted.insert(*number);
                lists.extend(self.mentions.get(number).into_iter().flatten().map(String::as_str));
            }
        }
        wanted.extend(
            self.lets.iter().filter(|(_, name)| lists.contains(name.as_str())).map(|(number, _)| *number),
        );
        let mut out = String::new();
        for (number, span) in lines(self.source) {
            if wanted.contains(&number) {
                out.push_str(&self.source[span]);
            }
            out.push('\n');
        }
        out
    }
}

fn hash(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

/// Without the blanks of the language around it.
fn trimmed(line: &str) -> &str {
    line.trim_matches(|c: char| c.is_whitespace() || matches!(c, '\u{200b}' | '\u{feff}'))
}

fn first_word(text: &str) -> &str {
    text.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or("")
}

/// Everything that looks like the name of a list, lower case: too much is harmless.
fn names(text: &str) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for piece in text.split('@').skip(1) {
        let end =
            piece.find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '-'))).unwrap_or(piece.len());
        let name = piece[..end].to_lowercase();
        if !name.is_empty() && !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

/// Whether the same happens to a post, for whatever reasons.
fn same(one: &Verdict, other: &Verdict) -> bool {
    (one.action, one.blur, &one.labels, one.highlight, &one.note, &one.unsure)
        == (other.action, other.blur, &other.labels, other.highlight, &other.note, &other.unsure)
        && one.score == other.score
}

/// What a verdict does, by the words of the language.
fn effects(verdict: &Verdict) -> std::collections::BTreeSet<(u8, &'static str)> {
    let mut effects = std::collections::BTreeSet::new();
    let action = match verdict.action {
        Action::Hide => Some((0, "hide")),
        Action::Replace => Some((1, "replace")),
        Action::Collapse => Some((2, "collapse")),
        Action::Blur => Some((3, "blur")),
        Action::Dim => Some((4, "dim")),
        Action::Keep => Some((5, "keep")),
        Action::Show => None,
    };
    effects.extend(action);
    if !verdict.labels.is_empty() {
        effects.insert((6, "label"));
    }
    if verdict.highlight {
        effects.insert((7, "highlight"));
    }
    if verdict.score > 0.0 {
        effects.insert((8, "boost"));
    }
    if verdict.score < 0.0 {
        effects.insert((9, "demote"));
    }
    if verdict.unsure.is_some() {
        effects.insert((10, "pending"));
    }
    effects
}

type Counts = BTreeMap<(u8, &'static str), (usize, usize)>;

fn count<'a>(counts: &mut Counts, effects: impl Iterator<Item = &'a (u8, &'static str)>, followed: usize) {
    for effect in effects {
        let (posts, of_followed) = counts.entry(*effect).or_default();
        *posts += 1;
        *of_followed += followed;
    }
}

fn tallies(counts: Counts) -> Vec<Tally> {
    counts.into_iter().map(|((_, effect), (posts, followed))| Tally { effect, posts, followed }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn post(id: usize, text: &str) -> Post {
        Post {
            id: id.to_string(),
            text: Some(text.to_owned()),
            author: Some(format!("author_{}", id % 7)),
            followed: Some(id.is_multiple_of(3)),
            host: Some(if id.is_multiple_of(2) { "x.com" } else { "reddit.com" }.to_owned()),
            ..Post::default()
        }
    }

    fn posts() -> Vec<Post> {
        let words =
            ["giveaway today", "a calm morning", "presale of a gem", "naïve café", "giveaway and presale"];
        (0..60).map(|id| post(id, words[id % words.len()])).collect()
    }

    fn context() -> Context {
        Context { now: 1e9, no_models: true, ..Context::default() }
    }

    fn packs() -> Vec<PackSource> {
        vec![PackSource {
            id: "calm".into(),
            source: "hide if text has \"gem\"\nkeep if author is \"author_3\"\nhide if text has \"nowhere\""
                .into(),
            trust: Trust::Limited,
            ..PackSource::default()
        }]
    }

    /// As the engine would decide it, without any of the above: the reader's own rules first, as the background has them.
    fn plainly(source: &str) -> Vec<Verdict> {
        plainly_with(source, packs())
    }

    fn plainly_with(source: &str, packs: Vec<PackSource>) -> Vec<Verdict> {
        let mut all = vec![PackSource { id: EDITED.into(), source: source.into(), ..PackSource::default() }];
        all.extend(packs);
        RuleSet::new(compile(&all).program).decide(&posts(), &context(), &mut Memory::default())
    }

    fn filler(count: usize) -> String {
        (0..count).map(|n| format!("hide if text has \"filler{n}\"\n")).collect()
    }

    #[test]
    fn every_keystroke_gives_what_the_engine_would() {
        let filler = filler(300);
        let base = format!(
            "let @a = \"author_1\", \"author_2\"\n{filler}on x.com\nhide if text has \"giveaway\"\ndim if author in @a\n\
             on everywhere\nlimit 3 per author per day then \"Enough.\"\n{filler}"
        );
        let mut replay = Replay::new(posts(), context(), packs(), &base);
        assert_eq!(replay.saved, plainly(&base));
        let changes = [
            base.clone(),
            base.replace("on x.com", "on reddit.com"),
            base.replace("on x.com", "on nowhere at all"),
            base.replace("\"author_2\"", "\"author_5\""),
            base.replace("\"author_1\", \"author_2\"", "\"author_1\", \"author_2"),
            format!("{base}\nkeep if text has \"café\""),
            format!("{base}\nlabel \"é\" if text has \"calm\"\nhide if filler"),
            base.replace("dim if author in @a", "blur all if author in @b"),
            base.replace("filler2", "giveaway 2").replace("filler7\"", "presale\""),
            base.replace('\n', "\r\n"),
            format!("\u{feff}{base}"),
            "let @l = list \"none.txt\"\nhide if author in @l".to_owned(),
            String::new(),
            "\0\u{202e}hide if promoted".to_owned(),
            base.clone(),
        ];
        for source in changes {
            let answer = replay.type_(&source);
            let expected = plainly(&source);
            assert_eq!(replay.last, expected, "{}", &source[..source.len().min(300)]);
            let differs: Vec<usize> =
                (0..60).filter(|index| !same(&expected[*index], &replay.saved[*index])).collect();
            assert_eq!(answer.differs, differs);
        }
    }

    #[test]
    fn the_edited_file_comes_before_the_packs() {
        let theirs = || {
            vec![PackSource {
                id: "theirs".into(),
                source: "replace with \"Theirs.\" if text has \"giveaway\"".into(),
                ..PackSource::default()
            }]
        };
        let mine = "replace with \"Mine.\" if text has \"giveaway\"";
        let mut replay = Replay::new(posts(), context(), theirs(), "");
        replay.type_(mine);
        assert_eq!(replay.last, plainly_with(mine, theirs()));
        let notes: HashSet<_> = replay.last.iter().filter_map(|verdict| verdict.note.as_deref()).collect();
        assert_eq!(notes, HashSet::from(["Mine."]));
    }

    #[test]
    fn only_what_changed_is_told_again() {
        let mut replay = Replay::new(posts(), context(), Vec::new(), "");
        assert_eq!(replay.type_("").changed.len(), 60);
        let answer = replay.type_("hide if text has \"giveaway\"");
        assert_eq!(answer.changed.len(), 24);
        assert_eq!(answer.more, [Tally { effect: "hide", posts: 24, followed: 8 }]);
        assert!(answer.fewer.is_empty());
        assert!(replay.type_("hide if text has \"giveaway\"").changed.is_empty());
        let answer = replay.saved("hide if text has \"giveaway\"");
        assert!(answer.differs.is_empty() && answer.more.is_empty());
        let answer = replay.type_("dim if text has \"giveaway today\"");
        assert_eq!(answer.more, [Tally { effect: "dim", posts: 12, followed: 4 }]);
        assert_eq!(answer.fewer, [Tally { effect: "hide", posts: 24, followed: 8 }]);
    }

    #[test]
    fn the_rule_of_a_line_is_explained_though_it_does_not_matter() {
        let base = filler(200);
        let mut replay = Replay::new(posts(), context(), packs(), &base);
        replay.type_(&format!("{base}dim if text has \"gem\"\n"));
        let lines = |found: Vec<ExplainedRule>| {
            found.into_iter().map(|rule| (rule.pack, rule.line, rule.evidence.is_empty())).collect::<Vec<_>>()
        };
        let spoke = [("mine".to_owned(), 201, false), ("calm".to_owned(), 1, false)];
        assert_eq!(lines(replay.explain(2, 0)), spoke);
        assert_eq!(lines(replay.explain(2, 201)), spoke);
        assert_eq!(lines(replay.explain(2, 7))[2], ("mine".to_owned(), 7, true));
        assert!(replay.explain(999, 7).is_empty());
    }

    #[test]
    fn a_file_that_is_too_large_is_said_and_counts_for_nothing() {
        let mut replay = Replay::new(posts(), context(), packs(), "");
        let answer = replay.type_(&"hide if text has \"giveaway\"\n".repeat(200_000));
        assert!(answer.too_large);
        assert!(answer.differs.is_empty());
    }

    #[test]
    fn lines_that_do_not_matter_are_not_compiled_again() {
        let base = filler(2_000);
        let mut replay = Replay::new(posts(), context(), packs(), &base);
        assert_eq!(replay.rules(&base, None).rules(), 3);
        assert_eq!(replay.rules(&format!("{base}hide if text has \"x\""), None).rules(), 4);
    }
}
