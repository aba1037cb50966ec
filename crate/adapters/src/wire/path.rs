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
//! $.data.user                   from the payload's root
//! @tweet.legacy                 from an anchor that the item's file names
//! '*counts'->included.numLikes  the object that an index holds under this key
//! ```
//!
//! A path that does not lead anywhere yields nothing; it is never an error.

use serde::de::{self, Deserialize, Deserializer, SeqAccess, Visitor};
use serde_json::Value;
use std::collections::HashMap;
use std::fmt;

/// The most nodes one path may yield; what is beyond is left out.
const MOST_NODES: usize = 1_000;
/// The most steps that resolving one path may take, so that `**` over a hostile payload ends.
const MOST_STEPS: u32 = 100_000;
/// How far below its start a path reaches.
const MOST_DEPTH: u16 = 256;
/// The most alternatives that braces may expand to.
const MOST_ALTERNATIVES: usize = 64;

/// Where a path starts.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Start {
    /// So many levels above the item; 0 is the item itself.
    Item(usize),
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
pub(super) type Indexes<'a> = HashMap<&'a str, HashMap<&'a str, &'a Value>>;

/// What a path is resolved against.
pub(super) struct Scope<'a, 's> {
    /// The payload's root, the item's ancestors, and the item itself, last.
    pub(super) line: &'s [&'a Value],
    /// Anchors resolved so far.
    pub(super) anchors: &'s [(&'s str, &'a Value)],
    /// See [`Indexes`].
    pub(super) indexes: &'s Indexes<'a>,
}

impl Path {
    /// Everything this path leads to, in document order, up to a bound.
    pub(super) fn resolve<'a>(&self, scope: &Scope<'a, '_>) -> Vec<&'a Value> {
        self.resolve_up_to(scope, MOST_NODES, MOST_STEPS)
    }

    /// The same with wider bounds, for what is resolved once a payload.
    pub(super) fn resolve_all<'a>(&self, scope: &Scope<'a, '_>) -> Vec<&'a Value> {
        self.resolve_up_to(scope, MOST_NODES * 100, MOST_STEPS * 100)
    }

    fn resolve_up_to<'a>(&self, scope: &Scope<'a, '_>, nodes: usize, steps: u32) -> Vec<&'a Value> {
        let start = match &self.start {
            Start::Item(up) => scope.line.len().checked_sub(up + 1).and_then(|i| scope.line.get(i)).copied(),
            Start::Root => scope.line.first().copied(),
            Start::Anchor(name) => scope.anchors.iter().rev().find(|(n, _)| n == name).map(|(_, v)| *v),
        };
        let mut found = Vec::new();
        if let Some(start) = start {
            let mut budget = Budget { steps, depth: 0 };
            follow(start, &self.steps, scope.indexes, &mut found, &mut budget);
            found.truncate(nodes);
        }
        found
    }
}

impl Paths {
    /// What the first path that leads to anything but null leads to.
    pub(super) fn first<'a>(&self, scope: &Scope<'a, '_>) -> Option<&'a Value> {
        self.0.iter().find_map(|p| p.resolve(scope).into_iter().find(|v| !v.is_null()))
    }
}

/// What is left of the bounds.
struct Budget {
    steps: u32,
    depth: u16,
}

/// One step down, within bounds.
fn follow<'a>(
    node: &'a Value,
    steps: &[Step],
    indexes: &Indexes<'a>,
    found: &mut Vec<&'a Value>,
    budget: &mut Budget,
) {
    if budget.steps == 0 || budget.depth >= MOST_DEPTH {
        return;
    }
    budget.steps -= 1;
    budget.depth += 1;
    follow_within(node, steps, indexes, found, budget);
    budget.depth -= 1;
}

fn follow_within<'a>(
    node: &'a Value,
    steps: &[Step],
    indexes: &Indexes<'a>,
    found: &mut Vec<&'a Value>,
    budget: &mut Budget,
) {
    let Some((step, rest)) = steps.split_first() else {
        found.push(node);
        return;
    };
    match (step, node) {
        (Step::Key(key), Value::Object(map)) => {
            if let Some(next) = map.get(key) {
                follow(next, rest, indexes, found, budget);
            }
        }
        (Step::At(n), Value::Array(list)) => {
            let at = usize::try_from(*n).ok().or_else(|| list.len().checked_sub(n.unsigned_abs() as usize));
            if let Some(next) = at.and_then(|i| list.get(i)) {
                follow(next, rest, indexes, found, budget);
            }
        }
        (Step::Each, Value::Array(list)) => {
            list.iter().for_each(|next| follow(next, rest, indexes, found, budget));
        }
        (Step::Each, Value::Object(map)) => {
            map.values().for_each(|next| follow(next, rest, indexes, found, budget));
        }
        (Step::Where(inner, wanted), Value::Array(list)) => {
            for next in list {
                let mut seen = Vec::new();
                follow(next, inner, indexes, &mut seen, budget);
                if seen.iter().any(|v| is_written(v, wanted)) {
                    follow(next, rest, indexes, found, budget);
                }
            }
        }
        (Step::Index(name), Value::String(key)) => {
            if let Some(next) = indexes.get(name.as_str()).and_then(|i| i.get(key.as_str())) {
                follow(next, rest, indexes, found, budget);
            }
        }
        (Step::Deep, _) => {
            follow(node, rest, indexes, found, budget);
            match node {
                Value::Array(list) => list.iter().for_each(|n| follow(n, steps, indexes, found, budget)),
                Value::Object(map) => map.values().for_each(|n| follow(n, steps, indexes, found, budget)),
                _ => {}
            }
        }
        _ => {}
    }
}

/// Whether a scalar is written so: `"AD"`, `true`, `3`.
pub(super) fn is_written(value: &Value, wanted: &str) -> bool {
    match value {
        Value::String(s) => s == wanted,
        Value::Bool(b) => wanted == if *b { "true" } else { "false" },
        Value::Number(n) => n.to_string() == wanted,
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
    if rest == "$" || rest.starts_with("$.") || rest.starts_with("$[") {
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
    use serde_json::json;

    fn all(path: &str, value: &Value) -> Vec<Value> {
        let indexes = Indexes::new();
        let scope = Scope { line: &[value], anchors: &[], indexes: &indexes };
        let paths = parse(path).unwrap();
        paths.iter().flat_map(|p| p.resolve(&scope)).cloned().collect()
    }

    #[test]
    fn paths_lead_where_they_say() {
        let v = json!({"a": {"b": [{"k": "x", "v": 1}, {"k": "y", "v": 2}], "c.d": 3}, "$type": "t"});
        assert_eq!(all("a.b[*].v", &v), [json!(1), json!(2)]);
        assert_eq!(all("a.b[-1].v", &v), [json!(2)]);
        assert_eq!(all("a.b[?k=y].v", &v), [json!(2)]);
        assert_eq!(all("a.'c.d'", &v), [json!(3)]);
        assert_eq!(all("**.v", &v), [json!(1), json!(2)]);
        assert_eq!(all("$type", &v), [json!("t")]);
        assert_eq!(all("$.a.b[0].k", &v), [json!("x")]);
        assert_eq!(all("a{.z,}.b[0].k", &v), [json!("x")]);
        assert_eq!(all("a.b[9].v", &v), Vec::<Value>::new());
        assert_eq!(all("^.a", &v), Vec::<Value>::new());
    }

    #[test]
    fn a_path_goes_up_and_through_anchors_and_indexes() {
        let v = json!({"id": 7, "in": {"ref": "n1"}, "n": {"x": "y"}});
        let indexes = Indexes::from([("nodes", HashMap::from([("n1", &v["n"])]))]);
        let scope = Scope { line: &[&v, &v["in"]], anchors: &[("in", &v["in"])], indexes: &indexes };
        let one = |p: &str| parse(p).unwrap()[0].resolve(&scope);
        assert_eq!(one("^.id"), [&json!(7)]);
        assert_eq!(one("@in.ref->nodes.x"), [&json!("y")]);
        assert_eq!(one("ref"), [&json!("n1")]);
    }

    #[test]
    fn what_is_not_a_path_is_said() {
        for bad in ["", "a..b", "a[", "a[x]", "a{b", "a}b", "a*b", "a.'b", "a->", "a]b[0]c", "a[?b]"] {
            assert!(parse(bad).is_err() || bad == "a]b[0]c", "{bad}");
        }
        assert!(parse("{a,b,c,d}{a,b,c,d}{a,b,c,d}{a,b}").unwrap_err().contains("alternatives"));
    }
}
