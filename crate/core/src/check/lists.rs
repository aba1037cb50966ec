//! Named lists: `let @friends = "alice"` and `let @shills = list "shills.txt"`.

use super::PackSource;
use super::messages::Messages;
use crate::diagnostic::{Diagnostic, Span, code, quoted};
use crate::program::{Edge, List, ListId, Program, Quantifier, SetField, TextField};
use crate::reference::{MAX_FILE, MAX_LINE, nearest};
use crate::syntax::parse_line;
use crate::syntax::tree::{LetValue, ListName, Statement};
use std::collections::HashMap;

/// How many names the lists of a pack load from files together: one file can be loaded under many names.
const MAX_NAMES: usize = 1_000_000;
/// How much of files is read for lists, in bytes, each as often as it is loaded.
const MAX_LOADED: usize = 64 << 20;
/// How many names are looked for, each as often as there are ways in which its list is asked for: in `text` and in `title`,
/// as words and anywhere.
const MAX_LOOKED_FOR: usize = 4_000_000;
/// Among how many names the nearest to an unknown one is looked for.
const MAX_NEAR: usize = 1_000;

/// The lists of one pack.
#[derive(Debug, Default)]
pub(crate) struct Lists {
    by_name: HashMap<String, Entry>,
    /// In the order of the lines.
    order: Vec<String>,
    loaded: Loaded,
    /// How many names are looked for, in all ways.
    looked_for: usize,
}

/// What lists loaded from files so far.
#[derive(Debug, Default)]
struct Loaded {
    names: usize,
    bytes: usize,
}

/// In which way the names of a list are looked for, below 128. Equal ways share what is made of the list.
#[derive(Debug, Clone, Copy)]
pub(super) struct Way(u8);

impl Way {
    /// A text is one of them.
    pub const fn is(field: TextField) -> Self {
        Self(field as u8 * 8)
    }

    /// A text has any or all of them, as words or anywhere.
    pub fn has(field: TextField, quantifier: Quantifier, words: bool) -> Self {
        Self(field as u8 * 8 + 1 + u8::from(quantifier == Quantifier::All) * 2 + u8::from(words))
    }

    /// A text starts or ends with one of them.
    pub fn edge(field: TextField, edge: Edge) -> Self {
        Self(field as u8 * 8 + 5 + u8::from(edge == Edge::End))
    }

    /// A set has any or all of them.
    pub fn set(field: SetField, quantifier: Quantifier) -> Self {
        Self(TextField::ALL.len() as u8 * 8 + field as u8 * 2 + u8::from(quantifier == Quantifier::All))
    }
}

#[derive(Debug)]
struct Entry {
    /// `None` where the list could not be made: rules that use it do not count.
    id: Option<ListId>,
    /// How many names it has.
    names: usize,
    /// In which ways they are looked for, a bit each.
    ways: u128,
    line: u32,
    line_start: usize,
    span: Span,
    used: bool,
    /// Whether its line could not be read at all; a later line that can be read takes its place.
    broken: bool,
}

impl Lists {
    /// Reads every `let` of the pack, wherever it stands. What the parser has to say about these lines is
    /// left to whoever goes over all lines.
    pub fn collect(pack: &PackSource, program: &mut Program, messages: &mut Messages) -> Self {
        let mut lists = Self::default();
        let source = &pack.source;
        for (number, span) in crate::syntax::lines(source) {
            let text = &source[span.clone()];
            let word = text.trim_start();
            if !word.get(..3).is_some_and(|w| w.eq_ignore_ascii_case("let")) {
                continue;
            }
            let line_start = span.start;
            match parse_line(source, number, span).0.statement {
                Some(Statement::Let { name, value }) => {
                    if let Some(first) = lists.by_name.get(&name.text).filter(|e| !e.broken) {
                        let message =
                            format!("@{} is already defined on line {}", quoted(&name.text), first.line);
                        messages.push(
                            Diagnostic::error(code::DUPLICATE_LIST, name.span, message)
                                .help("the first one counts; give this one another name, or add its items there")
                                .locate(source, number, line_start),
                        );
                        continue;
                    }
                    let mut report = |d: Diagnostic| messages.push(d.locate(source, number, line_start));
                    let items = items(&name, value, pack, &mut lists.loaded, &mut report);
                    let names = items.as_ref().map_or(0, Vec::len);
                    let id = items.map(|items| {
                        program.lists.push(List { name: name.text.clone(), items });
                        (program.lists.len() - 1) as ListId
                    });
                    let entry = Entry {
                        id,
                        names,
                        ways: 0,
                        line: number,
                        line_start,
                        span: name.span,
                        used: false,
                        broken: false,
                    };
                    lists.add(name.text, entry);
                }
                Some(Statement::Broken { .. }) => {
                    // So that a rule that uses it hears the right thing.
                    if let Some(name) = broken_name(&word[3..]) {
                        let span = line_start..line_start;
                        let entry = Entry {
                            id: None,
                            names: 0,
                            ways: 0,
                            line: number,
                            line_start,
                            span,
                            used: false,
                            broken: true,
                        };
                        lists.add(name, entry);
                    }
                }
                _ => {}
            }
        }
        lists
    }

    fn add(&mut self, name: String, entry: Entry) {
        match self.by_name.get_mut(&name) {
            Some(first) if first.broken && !entry.broken => *first = entry,
            Some(_) => {}
            None => {
                self.order.push(name.clone());
                self.by_name.insert(name, entry);
            }
        }
    }

    /// Whether there is a list of this name.
    pub fn has(&self, name: &ListName) -> bool {
        self.by_name.contains_key(&name.text)
    }

    /// The list of this name. `brief` leaves out what could have been meant.
    pub fn find(&mut self, name: &ListName, brief: bool) -> Result<ListId, Box<Diagnostic>> {
        if let Some(entry) = self.by_name.get_mut(&name.text) {
            entry.used = true;
            return entry.id.ok_or_else(|| {
                let message = format!("@{} could not be read on line {}", quoted(&name.text), entry.line);
                Box::new(
                    Diagnostic::error(code::UNKNOWN_LIST, name.span.clone(), message)
                        .help("mend that line first"),
                )
            });
        }
        let problem = Diagnostic::error(
            code::UNKNOWN_LIST,
            name.span.clone(),
            format!("there is no list @{}", quoted(&name.text)),
        );
        if brief {
            return Err(Box::new(problem));
        }
        let near = nearest(&name.text, self.order.iter().take(MAX_NEAR).map(String::as_str));
        Err(Box::new(match near {
            Some(near) => problem.suggest(name.span.clone(), format!("@{near}")),
            None => problem.help(format!("define it: `let @{} = \"…\", \"…\"`", quoted(&name.text))),
        }))
    }

    /// Takes down that the names of a list are looked for in some way; whether that is still within bounds.
    pub fn look_for(&mut self, name: &ListName, way: Way) -> bool {
        let Some(entry) = self.by_name.get_mut(&name.text) else { return true };
        let bit = 1_u128 << (way.0 % 128);
        let new = if entry.ways & bit == 0 { entry.names } else { 0 };
        if self.looked_for + new > MAX_LOOKED_FOR {
            return false;
        }
        self.looked_for += new;
        entry.ways |= bit;
        true
    }

    /// A hint for every list that no rule uses.
    pub fn report_unused(&self, source: &str, messages: &mut Messages) {
        for name in &self.order {
            if let Some(entry) = self.by_name.get(name).filter(|e| !e.used && e.id.is_some()) {
                let end = source[entry.line_start..]
                    .find(['\n', '\r'])
                    .map_or(source.len(), |i| entry.line_start + i);
                let comment = parse_line(source, entry.line, entry.line_start..end).0.comment;
                let statement = entry.line_start..comment.map_or(end, |comment| comment.start);
                messages.push(
                    Diagnostic::hint(
                        code::UNUSED_LIST,
                        entry.span.clone(),
                        format!("no rule uses @{}", quoted(name)),
                    )
                    .help(format!("use it, as in `author in @{}`, or take the line out", quoted(name)))
                    .suggest(statement, "")
                    .locate(source, entry.line, entry.line_start),
                );
            }
        }
    }
}

/// The name in a `let` line that could not be read.
fn broken_name(rest: &str) -> Option<String> {
    let name = rest.trim_start().strip_prefix('@')?;
    let end = name.find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '-'))).unwrap_or(name.len());
    (1..=64).contains(&end).then(|| name[..end].to_lowercase())
}

fn items(
    name: &ListName,
    value: LetValue,
    pack: &PackSource,
    loaded: &mut Loaded,
    report: &mut impl FnMut(Diagnostic),
) -> Option<Vec<String>> {
    let shown = quoted(&name.text);
    let items: Vec<String> = match value {
        LetValue::Items(texts) => {
            let mut items = Vec::with_capacity(texts.len());
            for text in texts {
                if text.text.trim().is_empty() {
                    report(Diagnostic::warning(code::EMPTY_TEXT, text.span, "an empty item is left out"));
                } else {
                    items.push(text.text);
                }
            }
            items
        }
        LetValue::File(file) => {
            if let Some(why) = pack.unreadable_lists.get(&file.text) {
                report(
                    Diagnostic::error(code::MISSING_FILE, file.span, why.clone())
                        .help("rules that use this list are left out"),
                );
                return None;
            }
            let Some(contents) = pack.lists.get(&file.text) else {
                let message = format!("the pack has no file `{}`", quoted(&file.text));
                let problem = Diagnostic::error(code::MISSING_FILE, file.span.clone(), message);
                let near = nearest(&file.text, pack.lists.keys().take(MAX_NEAR).map(String::as_str));
                report(match near {
                    Some(near) => problem.suggest(file.span, format!("\"{near}\"")),
                    None => problem.help("add the file to the pack, or write the items here, each in quotes"),
                });
                return None;
            };
            if contents.len() > MAX_FILE {
                let message = format!("the file `{}` is over 4 MB", quoted(&file.text));
                report(
                    Diagnostic::error(code::FILE_TOO_LARGE, file.span, message)
                        .help("split it into several lists"),
                );
                return None;
            }
            loaded.bytes = loaded.bytes.saturating_add(contents.len());
            let read = match loaded.bytes {
                0..=MAX_LOADED => file_items(contents, MAX_NAMES - loaded.names),
                _ => None,
            };
            let Some((items, too_long)) = read else {
                let message = "the lists of this pack load too much: a million names, or 64 MB, are the most";
                report(
                    Diagnostic::error(code::FILE_TOO_LARGE, file.span, message)
                        .help("load a file once, and use that list in several rules"),
                );
                return None;
            };
            loaded.names += items.len();
            if too_long > 0 {
                let message =
                    format!("{too_long} lines of `{}` are over 64 KB and left out", quoted(&file.text));
                report(Diagnostic::warning(code::LINE_TOO_LONG, file.span, message));
            }
            items
        }
    };
    if items.is_empty() {
        let message = format!("@{shown} is empty, so nothing is ever in it");
        report(Diagnostic::warning(code::EMPTY_LIST, name.span.clone(), message));
    }
    Some(items)
}

/// One name a line; `#` at the start or behind a blank begins a comment. Also: how many lines were too long. `None` where
/// there are more names than `most`.
fn file_items(contents: &str, most: usize) -> Option<(Vec<String>, usize)> {
    let mut too_long = 0;
    let mut items = Vec::new();
    for line in contents.trim_start_matches('\u{feff}').split(['\n', '\r']) {
        if line.len() > MAX_LINE {
            too_long += 1;
            continue;
        }
        let comment = line
            .match_indices('#')
            .map(|(at, _)| at)
            .find(|&at| line[..at].chars().next_back().is_none_or(char::is_whitespace));
        let item = line[..comment.unwrap_or(line.len())].trim();
        if !item.is_empty() {
            if items.len() == most {
                return None;
            }
            items.push(item.to_owned());
        }
    }
    Some((items, too_long))
}
