//! TOML with the line of every key, so that a message can name it.

use crate::problem::Problem;
use diffract_core::reference::nearest;
use serde_json::{Map, Number, Value};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// How deep tables and lists may be nested.
const MAX_DEPTH: usize = 16;

/// One value with its line.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Node {
    pub(crate) line: u32,
    pub(crate) value: Tree,
}

/// A value.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Tree {
    Table(Vec<(String, Node)>),
    List(Vec<Node>),
    Text(String),
    Number(f64),
    Flag(bool),
    /// A moment with its offset: seconds since 1970, minutes.
    Moment(f64, i32),
}

impl Tree {
    /// What it is, for a message.
    pub(crate) const fn sort(&self) -> &'static str {
        match self {
            Self::Table(_) => "a table",
            Self::List(_) => "a list",
            Self::Text(_) => "text",
            Self::Number(_) => "a number",
            Self::Flag(_) => "true or false",
            Self::Moment(..) => "a moment",
        }
    }
}

impl Node {
    /// As JSON; a moment is its seconds since 1970.
    pub(crate) fn json(&self) -> Value {
        let number = |n: f64| {
            // A whole number stays one: `likes = 3`.
            if n.fract() == 0.0 && n.abs() < 9e15 {
                Value::from(n as i64)
            } else {
                Number::from_f64(n).map_or(Value::Null, Value::Number)
            }
        };
        match &self.value {
            Tree::Table(all) => {
                Value::Object(all.iter().map(|(key, node)| (key.clone(), node.json())).collect::<Map<_, _>>())
            }
            Tree::List(all) => Value::Array(all.iter().map(Self::json).collect()),
            Tree::Text(text) => Value::from(text.as_str()),
            Tree::Number(n) | Tree::Moment(n, _) => number(*n),
            Tree::Flag(flag) => Value::from(*flag),
        }
    }
}

/// Reads a file; on failure, what is wrong on which line.
pub(crate) fn parse(file: &str, bytes: &[u8]) -> Result<Node, Problem> {
    let source = std::str::from_utf8(bytes).map_err(|error| {
        let line = 1 + bytes[..error.valid_up_to()].iter().filter(|byte| **byte == b'\n').count();
        Problem::error(file, Some(line as u32), "", "this is not UTF-8; save the file as UTF-8")
    })?;
    let source = source.strip_prefix('\u{feff}').unwrap_or(source);
    let lines = Lines::of(source);
    let table = DeTable::parse(source).map_err(|error| {
        let line = error.span().map(|span| lines.at(span.start));
        Problem::error(file, line, "", error.message().trim().replace('\n', ", "))
    })?;
    let line = 1;
    Ok(Node { line, value: self::table(file, table.get_ref(), &lines, 0)? })
}

/// Where lines begin.
struct Lines(Vec<usize>);

impl Lines {
    fn of(source: &str) -> Self {
        Self(source.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at).collect())
    }

    fn at(&self, offset: usize) -> u32 {
        1 + self.0.partition_point(|end| *end < offset) as u32
    }
}

fn table(file: &str, table: &DeTable<'_>, lines: &Lines, depth: usize) -> Result<Tree, Problem> {
    let mut all: Vec<(usize, String, Node)> = Vec::new();
    for (key, value) in table {
        let start = key.span().start;
        let mut node = node(file, value, lines, depth + 1)?;
        node.line = lines.at(start);
        all.push((start, key.get_ref().to_string(), node));
    }
    // In the order of the file.
    all.sort_by_key(|(start, _, _)| *start);
    Ok(Tree::Table(all.into_iter().map(|(_, key, node)| (key, node)).collect()))
}

fn node(file: &str, value: &Spanned<DeValue<'_>>, lines: &Lines, depth: usize) -> Result<Node, Problem> {
    let line = lines.at(value.span().start);
    let wrong = |message: String| Problem::error(file, Some(line), "", message);
    if depth > MAX_DEPTH {
        return Err(wrong("this is nested too deep".to_owned()));
    }
    let number = |text: &str| text.replace('_', "").parse::<f64>().ok().filter(|n| n.is_finite());
    let tree = match value.get_ref() {
        DeValue::String(text) => Tree::Text(text.to_string()),
        DeValue::Integer(integer) => i64::from_str_radix(integer.as_str(), integer.radix())
            .map(|n| Tree::Number(n as f64))
            .map_err(|_| wrong("this number is too large".to_owned()))?,
        DeValue::Float(float) => {
            Tree::Number(number(float.as_str()).ok_or_else(|| wrong("this is no finite number".to_owned()))?)
        }
        DeValue::Boolean(flag) => Tree::Flag(*flag),
        DeValue::Datetime(moment) => {
            let moment = OffsetDateTime::parse(&moment.to_string(), &Rfc3339).map_err(|_| {
                wrong("a moment needs its day, its time and its offset: 2026-03-06T21:30:00+01:00".to_owned())
            })?;
            Tree::Moment(
                moment.unix_timestamp_nanos() as f64 / 1e9,
                i32::from(moment.offset().whole_minutes()),
            )
        }
        DeValue::Array(all) => {
            Tree::List(all.iter().map(|one| node(file, one, lines, depth + 1)).collect::<Result<_, _>>()?)
        }
        DeValue::Table(inner) => table(file, inner, lines, depth)?,
    };
    Ok(Node { line, value: tree })
}

/// The keys of a table, taken one by one; what is left at the end was not expected.
pub(crate) struct Keys<'a, 'p> {
    file: &'a str,
    path: String,
    line: u32,
    left: Vec<(&'a str, &'a Node)>,
    known: Vec<&'static str>,
    pub(crate) problems: &'p mut Vec<Problem>,
}

impl<'a, 'p> Keys<'a, 'p> {
    /// Of a table; `None`, with a problem, where it is none.
    pub(crate) fn of(
        file: &'a str,
        path: &str,
        node: &'a Node,
        problems: &'p mut Vec<Problem>,
    ) -> Option<Self> {
        match &node.value {
            Tree::Table(all) => Some(Self {
                file,
                path: path.to_owned(),
                line: node.line,
                left: all.iter().map(|(key, node)| (key.as_str(), node)).collect(),
                known: Vec::new(),
                problems,
            }),
            other => {
                let message = format!("expected a table, found {}", other.sort());
                problems.push(Problem::error(file, Some(node.line), path, message));
                None
            }
        }
    }

    /// A key's path.
    pub(crate) fn path(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }

    /// Takes a key, if it is there.
    pub(crate) fn take(&mut self, key: &'static str) -> Option<&'a Node> {
        self.known.push(key);
        let at = self.left.iter().position(|(name, _)| *name == key)?;
        Some(self.left.remove(at).1)
    }

    /// Says what is wrong with a key's value.
    pub(crate) fn wrong(&mut self, key: &str, line: u32, message: impl Into<String>) {
        let path = self.path(key);
        self.problems.push(Problem::error(self.file, Some(line), path, message));
    }

    fn typed<T>(
        &mut self,
        key: &'static str,
        wanted: &str,
        read: impl Fn(&Tree) -> Option<T>,
    ) -> Option<(T, u32)> {
        let node = self.take(key)?;
        match read(&node.value) {
            Some(value) => Some((value, node.line)),
            None => {
                self.wrong(key, node.line, format!("expected {wanted}, found {}", node.value.sort()));
                None
            }
        }
    }

    pub(crate) fn text(&mut self, key: &'static str) -> Option<(String, u32)> {
        self.typed(key, "text", |tree| match tree {
            Tree::Text(text) => Some(text.clone()),
            _ => None,
        })
    }

    pub(crate) fn flag(&mut self, key: &'static str) -> Option<(bool, u32)> {
        self.typed(key, "true or false", |tree| match tree {
            Tree::Flag(flag) => Some(*flag),
            _ => None,
        })
    }

    pub(crate) fn number(&mut self, key: &'static str) -> Option<(f64, u32)> {
        self.typed(key, "a number", |tree| match tree {
            Tree::Number(number) => Some(*number),
            _ => None,
        })
    }

    /// Seconds since 1970, or a moment with its offset.
    pub(crate) fn moment(&mut self, key: &'static str) -> Option<((f64, Option<i32>), u32)> {
        self.typed(key, "a moment or seconds since 1970", |tree| match tree {
            Tree::Number(number) => Some((*number, None)),
            Tree::Moment(seconds, offset) => Some((*seconds, Some(*offset))),
            _ => None,
        })
    }

    pub(crate) fn texts(&mut self, key: &'static str) -> Option<(Vec<String>, u32)> {
        self.typed(key, "a list of text", |tree| match tree {
            Tree::List(all) => all
                .iter()
                .map(|node| match &node.value {
                    Tree::Text(text) => Some(text.clone()),
                    _ => None,
                })
                .collect(),
            _ => None,
        })
    }

    /// Says that a key is missing.
    pub(crate) fn missing(&mut self, key: &str, message: impl Into<String>) {
        let line = self.line;
        self.wrong(key, line, message);
    }

    /// Says which keys were not expected, each with the nearest that is.
    pub(crate) fn done(self) {
        for (key, node) in self.left {
            let path = if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) };
            self.problems.push(unknown(self.file, &path, key, node.line, "key", &self.known));
        }
    }
}

/// An unknown name with the nearest known one, else all.
pub(crate) fn unknown(file: &str, path: &str, name: &str, line: u32, what: &str, known: &[&str]) -> Problem {
    let name = name.to_lowercase();
    let near =
        known.iter().find(|one| **one == name).copied().or_else(|| nearest(&name, known.iter().copied()));
    let help = match near {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("expected one of {}", known.join(", ")),
    };
    Problem::error(file, Some(line), path, format!("there is no such {what}; {help}"))
}
