//! Paths: how an adapter's data says where in a payload something is.
//!
//! ```text
//! legacy.full_text              a key in a key
//! media[*].url                  every element; `[0]` the first, `[-1]` the last
//! badges[?badge.style=AD]       the elements whose `badge.style` is `AD`
//! *.text                        every member or element
//! **.videoRenderer              at any depth, itself included
//! 'a.b'.'*c'                    keys that hold signs of this syntax
//! result{.tweet,}.rest_id       alternatives in order: `result.tweet.rest_id`, then `result.rest_id`
//! .                             the item itself
//! ^.^.entryId                   one level up, twice
//! +.children[0]                 the element behind the item in its list; ++ the one behind that
//! $.data.user                   from the payload's root
//! @tweet.legacy                 from an anchor that the item's file names
//! '*counts'->included.numLikes  the object that an index holds under this key
//! ```
//!
//! A path that does not lead anywhere yields nothing; it is never an error.

use crate::json::{Kind, Node};
use serde::de::{self, Deserialize, Deserializer, SeqAccess, Visitor};
use std::borrow::Cow;
use std::cell::Cell;
use std::collections::HashMap;
use std::fmt;

/// The most nodes one path may yield; what is beyond is left out.
const MOST_NODES: usize = 1_000;
/// The most steps that resolving one path may take, so that `**` over a hostile payload ends.
const MOST_STEPS: u32 = 100_000;
/// The most steps that resolving all paths over a payload may take: so many, and so many more for each of its values. An item
/// of a recorded payload takes some two for each of its values.
const STEPS_BESIDES: u64 = 1_000_000;
const STEPS_A_VALUE: u64 = 200;
/// What each path may take once that is spent: enough for those that lead straight to something, such as an id.
const STEPS_WHEN_SPENT: u64 = 64;
/// How far below its start a path reaches.
const MOST_DEPTH: u16 = 256;
/// The most alternatives that braces may expand to.
const MOST_ALTERNATIVES: usize = 64;

/// Where a path starts.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Start {
    /// So many levels above the item; 0 is the item itself.
    Item(usize),
    /// So many elements behind the item in its list.
    Next(usize),
    /// The payload's root.
    Root,
    /// A named anchor.
    Anchor(String),
}

/// One step of a path.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Step {
    /// A member of an object.
    Key(String),
    /// An element of an array; negative counts from the end.
    At(i64),
    /// Every member or element.
    Each,
    /// The node itself and everything below it.
    Deep,
    /// The elements in which the path yields a text or number written so.
    Where(Vec<Step>, String),
    /// What the named index holds under this text.
    Index(String),
}

/// One path, without alternatives.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Path {
    pub(super) start: Start,
    pub(super) steps: Vec<Step>,
}

/// Paths in order of preference; never empty.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Paths(pub(super) Vec<Path>);

/// Objects by their own key, for formats that refer instead of nest.
pub(super) type Indexes<'a> = HashMap<&'a str, HashMap<Cow<'a, str>, Node<'a>>>;

/// What all paths over one payload share.
pub(super) struct Shared<'a> {
    pub(super) indexes: Indexes<'a>,
    /// How many steps are left. Each path is bounded; a hostile payload has many items that each go to the bound.
    steps: Cell<u64>,
}

impl<'a> Shared<'a> {
    /// Without indexes, for a payload of this root.
    pub(super) fn new(root: Node<'a>) -> Self {
        let steps = STEPS_BESIDES + STEPS_A_VALUE * u64::from(root.end_id());
        Self { indexes: Indexes::new(), steps: Cell::new(steps) }
    }

    /// Whether some paths were not followed, since all together took too long.
    pub(super) fn is_spent(&self) -> bool {
        self.steps.get() == 0
    }

    fn spend(&self, steps: u32) {
        self.steps.set(self.steps.get().saturating_sub(u64::from(steps)));
    }
}

/// What a path is resolved against.
pub(super) struct Scope<'a, 's> {
    /// The payload's root, the item's ancestors, and the item itself, last.
    pub(super) line: &'s [Node<'a>],
    /// Anchors resolved so far.
    pub(super) anchors: &'s [(&'s str, Node<'a>)],
    /// See [`Shared`].
    pub(super) shared: &'s Shared<'a>,
}

impl Path {
    /// Everything this path leads to, in document order, up to a bound.
    pub(super) fn resolve<'a>(&self, scope: &Scope<'a, '_>) -> Vec<Node<'a>> {
        let mut found = Vec::new();
        self.each_up_to(scope, MOST_STEPS, &mut |node| {
            found.push(node);
            found.len() >= MOST_NODES
        });
        found
    }

    /// The same with wider bounds, for what is resolved once a payload.
    pub(super) fn resolve_all<'a>(&self, scope: &Scope<'a, '_>) -> Vec<Node<'a>> {
        let mut found = Vec::new();
        self.each_up_to(scope, MOST_STEPS * 100, &mut |node| {
            found.push(node);
            found.len() >= MOST_NODES * 100
        });
        found
    }

    /// Whether this path leads to something of which that is true. Looks no further once it does.
    pub(super) fn any<'a>(&self, scope: &Scope<'a, '_>, test: &mut dyn FnMut(Node<'a>) -> bool) -> bool {
        self.each_up_to(scope, MOST_STEPS, test)
    }

    fn each_up_to<'a>(
        &self,
        scope: &Scope<'a, '_>,
        steps: u32,
        seen: &mut dyn FnMut(Node<'a>) -> bool,
    ) -> bool {
        let start = match &self.start {
            Start::Item(up) => scope.line.len().checked_sub(up + 1).and_then(|i| scope.line.get(i)).copied(),
            Start::Next(steps) => scope.line.split_last().and_then(|(item, above)| {
                let list = *above.last()?;
                (0..*steps).try_fold(*item, |node, _| node.next_in(list))
            }),
            Start::Root => scope.line.first().copied(),
            Start::Anchor(name) => scope.anchors.iter().rev().find(|(n, _)| n == name).map(|(_, v)| *v),
        };
        let left = scope.shared.steps.get().max(STEPS_WHEN_SPENT);
        let steps = u32::try_from(left).unwrap_or(u32::MAX).min(steps);
        let mut budget = Budget { steps, depth: 0 };
        let enough =
            start.is_some_and(|start| follow(start, &self.steps, &scope.shared.indexes, seen, &mut budget));
        scope.shared.spend(steps - budget.steps);
        enough
    }
}

impl Paths {
    /// What the first path that leads to anything but null leads to.
    pub(super) fn first<'a>(&self, scope: &Scope<'a, '_>) -> Option<Node<'a>> {
        let mut first = None;
        let mut take = |node: Node<'a>| {
            first = (!node.is_null()).then_some(node);
            first.is_some()
        };
        self.0.iter().any(|path| path.any(scope, &mut take));
        first
    }
}

/// What is left of the bounds.
struct Budget {
    steps: u32,
    depth: u16,
}

/// One step down, within bounds. Whether whoever looks has seen enough.
fn follow<'a>(
    node: Node<'a>,
    steps: &[Step],
    indexes: &Indexes<'a>,
    seen: &mut dyn FnMut(Node<'a>) -> bool,
    budget: &mut Budget,
) -> bool {
    if budget.steps == 0 || budget.depth >= MOST_DEPTH {
        return false;
    }
    budget.steps -= 1;
    // Most steps are keys: as far as they go, without going in.
    let (mut node, mut steps) = (node, steps);
    while let Some((Step::Key(key), rest)) = steps.split_first() {
        budget.steps = budget.steps.saturating_sub(1);
        match node.get(key) {
            Some(next) => (node, steps) = (next, rest),
            None => return false,
        }
    }
    let Some((step, rest)) = steps.split_first() else { return seen(node) };
    budget.depth += 1;
    let enough = match step {
        // Gone through above.
        Step::Key(_) => false,
        Step::At(n) => {
            let at = match usize::try_from(*n) {
                Ok(at) => Some(at),
                Err(_) => {
                    let count = node.elements().take(budget.steps as usize).count();
                    budget.steps -= count as u32;
                    // With nothing left there may be more of them, and which is last is not known.
                    count.checked_sub(n.unsigned_abs() as usize).filter(|_| budget.steps > 0)
                }
            };
            at.and_then(|at| node.at(at)).is_some_and(|next| follow(next, rest, indexes, seen, budget))
        }
        Step::Each => children(node).any(|next| follow(next, rest, indexes, seen, budget)),
        Step::Where(inner, wanted) => node.elements().any(|next| {
            let fits = follow(next, inner, indexes, &mut |v| is_written(v, wanted), budget);
            fits && follow(next, rest, indexes, seen, budget)
        }),
        Step::Index(name) => node
            .as_str()
            .and_then(|key| indexes.get(name.as_str())?.get(key.as_ref()).copied())
            .is_some_and(|next| follow(next, rest, indexes, seen, budget)),
        Step::Deep => {
            follow(node, rest, indexes, seen, budget)
                || (node.is_container()
                    && children(node)
                        .filter(|next| next.is_container() || rest.is_empty())
                        .any(|next| follow(next, steps, indexes, seen, budget)))
        }
    };
    budget.depth -= 1;
    enough
}

/// The elements of an array or the values of an object's members.
fn children<'a>(node: Node<'a>) -> impl Iterator<Item = Node<'a>> {
    node.elements().chain(node.members().map(|(_, value)| value))
}

/// Whether a scalar is written so: `"AD"`, `true`, `3`.
pub(super) fn is_written(value: Node<'_>, wanted: &str) -> bool {
    match value.kind() {
        Kind::String => value.is_str(wanted),
        Kind::True | Kind::False | Kind::Number => value.raw() == wanted,
        _ => false,
    }
}

/// Reads the syntax at the top of this module.
///
/// # Errors
/// A message that says what was expected.
pub(super) fn parse(text: &str) -> Result<Vec<Path>, String> {
    let mut all = vec![String::new()];
    expand(text, &mut all)?;
    all.iter().map(|one| parse_one(one)).collect()
}

/// Multiplies `{a,b}` out, first alternative first.
fn expand(text: &str, all: &mut Vec<String>) -> Result<(), String> {
    let Some((before, rest)) = text.split_once('{') else {
        if text.contains('}') {
            return Err(format!("`}}` without `{{` in `{text}`"));
        }
        all.iter_mut().for_each(|one| one.push_str(text));
        return Ok(());
    };
    let Some((inside, after)) = rest.split_once('}') else {
        return Err(format!("`{{` without `}}` in `{text}`"));
    };
    if inside.contains('{') {
        return Err(format!("braces inside braces in `{text}`"));
    }
    let alternatives: Vec<&str> = inside.split(',').map(str::trim).collect();
    if all.len() * alternatives.len() > MOST_ALTERNATIVES {
        return Err(format!("more than {MOST_ALTERNATIVES} alternatives"));
    }
    *all = all
        .iter()
        .flat_map(|one| alternatives.iter().map(move |alternative| format!("{one}{before}{alternative}")))
        .collect();
    expand(after, all)
}

fn parse_one(text: &str) -> Result<Path, String> {
    let mut rest = text.trim();
    if rest.is_empty() {
        return Err("a path is empty; `.` is the item itself".to_owned());
    }
    if rest == "." {
        return Ok(Path { start: Start::Item(0), steps: Vec::new() });
    }
    let mut start = Start::Item(0);
    let behind = rest.chars().take_while(|c| *c == '+').count();
    if behind > 0 && matches!(rest[behind..].chars().next(), None | Some('.' | '[')) {
        start = Start::Next(behind);
        rest = &rest[behind..];
    } else if rest == "$" || rest.starts_with("$.") || rest.starts_with("$[") {
        start = Start::Root;
        rest = &rest[1..];
    } else if let Some(after) = rest.strip_prefix('@').filter(|a| !a.starts_with(['.', '['])) {
        let end = after.find(['.', '[', '-']).unwrap_or(after.len());
        start = Start::Anchor(after[..end].to_owned());
        rest = &after[end..];
    } else {
        let mut up = 0;
        while let Some(after) = rest.strip_prefix('^') {
            up += 1;
            rest = after.strip_prefix(".^").map_or(after, |_| &after[1..]);
        }
        start = if up > 0 { Start::Item(up) } else { start };
        if up == 0 {
            return Ok(Path { start, steps: parse_steps(rest)? });
        }
    }
    let rest = rest.strip_prefix('.').unwrap_or(rest);
    Ok(Path { start, steps: if rest.is_empty() { Vec::new() } else { parse_steps(rest)? } })
}

fn parse_steps(text: &str) -> Result<Vec<Step>, String> {
    let mut steps = Vec::new();
    let mut rest = text;
    loop {
        if let Some(after) = rest.strip_prefix('\'') {
            let (key, after) =
                after.split_once('\'').ok_or_else(|| format!("a quote is not closed in `{text}`"))?;
            steps.push(Step::Key(key.to_owned()));
            rest = after;
        } else if !rest.starts_with('[') {
            let end = rest.find(['.', '[', '\'']).unwrap_or(rest.len());
            let end = rest.find("->").map_or(end, |arrow| end.min(arrow));
            match &rest[..end] {
                "" => return Err(format!("a key is missing in `{text}`")),
                "*" => steps.push(Step::Each),
                "**" => steps.push(Step::Deep),
                key if key.contains('*') => {
                    return Err(format!("`{key}`: a key with `*` in it stands in quotes: `'{key}'`"));
                }
                key => steps.push(Step::Key(key.to_owned())),
            }
            rest = &rest[end..];
        }
        while let Some(after) = rest.strip_prefix('[') {
            let (inside, after) =
                after.split_once(']').ok_or_else(|| format!("`[` without `]` in `{text}`"))?;
            steps.push(parse_bracket(inside)?);
            rest = after;
        }
        if let Some(after) = rest.strip_prefix("->") {
            let end = after.find(['.', '[']).unwrap_or(after.len());
            if end == 0 {
                return Err(format!("the index's name is missing after `->` in `{text}`"));
            }
            steps.push(Step::Index(after[..end].to_owned()));
            rest = &after[end..];
            while let Some(after) = rest.strip_prefix('[') {
                let (inside, after) =
                    after.split_once(']').ok_or_else(|| format!("`[` without `]` in `{text}`"))?;
                steps.push(parse_bracket(inside)?);
                rest = after;
            }
        }
        if rest.is_empty() {
            return Ok(steps);
        }
        rest = rest.strip_prefix('.').ok_or_else(|| format!("expected `.` before `{rest}`"))?;
    }
}

fn parse_bracket(inside: &str) -> Result<Step, String> {
    if inside == "*" {
        return Ok(Step::Each);
    }
    if let Some(condition) = inside.strip_prefix('?') {
        let (path, value) =
            condition.split_once('=').ok_or_else(|| format!("`[?{condition}]`: expected `[?path=value]`"))?;
        return Ok(Step::Where(parse_steps(path.trim())?, value.trim().to_owned()));
    }
    inside.parse().map(Step::At).map_err(|_| format!("`[{inside}]`: expected a number, `*` or `?path=value`"))
}

impl<'de> Deserialize<'de> for Paths {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct One;
        impl<'de> Visitor<'de> for One {
            type Value = Paths;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a path, or a list of paths in order of preference")
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Paths, E> {
                parse(text).map(Paths).map_err(E::custom)
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Paths, A::Error> {
                let mut all = Vec::new();
                while let Some(text) = list.next_element::<String>()? {
                    all.extend(parse(&text).map_err(de::Error::custom)?);
                }
                if all.is_empty() {
                    return Err(de::Error::custom("the list of paths is empty"));
                }
                Ok(Paths(all))
            }
        }
        deserializer.deserialize_any(One)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::Document;

    fn all(path: &str, document: &Document) -> Vec<String> {
        let scope = Scope { line: &[document.root()], anchors: &[], shared: &Shared::new(document.root()) };
        let paths = parse(path).unwrap();
        paths.iter().flat_map(|p| p.resolve(&scope)).map(|node| node.raw().to_owned()).collect()
    }

    #[test]
    fn paths_lead_where_they_say() {
        let v = Document::parse(
            r#"{"a": {"b": [{"k": "x", "v": 1}, {"k": "y", "v": 2}], "c.d": 3}, "$type": "t"}"#,
        )
        .unwrap();
        assert_eq!(all("a.b[*].v", &v), ["1", "2"]);
        assert_eq!(all("a.b[-1].v", &v), ["2"]);
        assert_eq!(all("a.b[?k=y].v", &v), ["2"]);
        assert_eq!(all("a.'c.d'", &v), ["3"]);
        assert_eq!(all("**.v", &v), ["1", "2"]);
        assert_eq!(all("$type", &v), ["\"t\""]);
        assert_eq!(all("$.a.b[0].k", &v), ["\"x\""]);
        assert_eq!(all("a{.z,}.b[0].k", &v), ["\"x\""]);
        assert_eq!(all("a.b[9].v", &v), Vec::<String>::new());
        assert_eq!(all("^.a", &v), Vec::<String>::new());
        let list = Document::parse("[1, 2, 3]").unwrap();
        let first = list.root().at(0).unwrap();
        let shared = Shared::new(list.root());
        let scope = Scope { line: &[list.root(), first], anchors: &[], shared: &shared };
        assert_eq!(parse("++").unwrap()[0].resolve(&scope)[0].raw(), "3");
        assert!(parse("+++.a").unwrap()[0].resolve(&scope).is_empty());
    }

    #[test]
    fn a_path_goes_up_and_through_anchors_and_indexes() {
        let document = Document::parse(r#"{"id": 7, "in": {"ref": "n1"}, "n": {"x": "y"}}"#).unwrap();
        let v = document.root();
        let member = |key: &str| v.get(key).unwrap();
        let mut shared = Shared::new(v);
        shared.indexes = Indexes::from([("nodes", HashMap::from([("n1".into(), member("n"))]))]);
        let scope = Scope { line: &[v, member("in")], anchors: &[("in", member("in"))], shared: &shared };
        let one = |p: &str| parse(p).unwrap()[0].resolve(&scope).iter().map(|n| n.raw()).collect::<String>();
        assert_eq!(one("^.id"), "7");
        assert_eq!(one("@in.ref->nodes.x"), "\"y\"");
        assert_eq!(one("ref"), "\"n1\"");
    }

    #[test]
    fn all_paths_of_a_payload_together_end() {
        // Each element asks for the last of a hundred thousand: bounded one by one, and all together.
        let text = format!("[{}0]", "0,".repeat(100_000));
        let document = Document::parse(&text).unwrap();
        let shared = Shared::new(document.root());
        let last = parse("$[-1]").unwrap();
        let mut asked = 0;
        for element in document.root().elements() {
            let scope = Scope { line: &[document.root(), element], anchors: &[], shared: &shared };
            last[0].resolve(&scope);
            if shared.is_spent() {
                break;
            }
            asked += 1;
        }
        assert!(shared.is_spent() && asked < 1_000, "{asked}");
        // The element behind it costs one step, wherever it stands.
        let shared = Shared::new(document.root());
        let next = parse("+").unwrap();
        let found = document.root().elements().filter(|element| {
            let scope = Scope { line: &[document.root(), *element], anchors: &[], shared: &shared };
            !next[0].resolve(&scope).is_empty()
        });
        assert_eq!((found.count(), shared.is_spent()), (100_000, false));
    }

    #[test]
    fn what_is_not_a_path_is_said() {
        for bad in ["", "a..b", "a[", "a[x]", "a{b", "a}b", "a*b", "a.'b", "a->", "a]b[0]c", "a[?b]"] {
            assert!(parse(bad).is_err() || bad == "a]b[0]c", "{bad}");
        }
        assert!(parse("{a,b,c,d}{a,b,c,d}{a,b,c,d}{a,b}").unwrap_err().contains("alternatives"));
    }
}
