//! Named lists: `let @friends = "alice"` and `let @shills = list "shills.txt"`.

use super::PackSource;
use super::messages::Messages;
use crate::diagnostic::{Diagnostic, Span, code, quoted};
use crate::program::{List, ListId, Program};
use crate::reference::{MAX_FILE, MAX_LINE, nearest};
use crate::syntax::parse_line;
use crate::syntax::tree::{LetValue, ListName, Statement};
use std::collections::HashMap;

/// The lists of one pack.
#[derive(Debug, Default)]
pub(crate) struct Lists {
    by_name: HashMap<String, Entry>,
    /// In the order of the lines.
    order: Vec<String>,
}

#[derive(Debug)]
struct Entry {
    /// `None` where the list could not be made: rules that use it do not count.
    id: Option<ListId>,
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
                    let id = items(&name, value, pack, &mut report).map(|items| {
                        program.lists.push(List { name: name.text.clone(), items });
                        (program.lists.len() - 1) as ListId
                    });
                    lists.add(name, id, number, line_start, false);
                }
                Some(Statement::Broken { .. }) => {
                    // So that a rule that uses it hears the right thing.
                    if let Some(name) = broken_name(&word[3..]) {
                        let span = line_start..line_start;
                        lists.add(ListName { text: name, span }, None, number, line_start, true);
                    }
                }
                _ => {}
            }
        }
        lists
    }

    fn add(&mut self, name: ListName, id: Option<ListId>, line: u32, line_start: usize, broken: bool) {
        let entry = Entry { id, line, line_start, span: name.span, used: false, broken };
        match self.by_name.get_mut(&name.text) {
            Some(first) if first.broken && !broken => *first = entry,
            Some(_) => {}
            None => {
                self.order.push(name.text.clone());
                self.by_name.insert(name.text, entry);
            }
        }
    }

    /// Whether there is a list of this name.
    pub fn has(&self, name: &ListName) -> bool {
        self.by_name.contains_key(&name.text)
    }

    /// The list of this name.
    pub fn find(&mut self, name: &ListName) -> Result<ListId, Box<Diagnostic>> {
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
        let near = nearest(&name.text, self.order.iter().map(String::as_str));
        Err(Box::new(match near {
            Some(near) => problem.suggest(name.span.clone(), format!("@{near}")),
            None => problem.help(format!("define it: `let @{} = \"…\", \"…\"`", quoted(&name.text))),
        }))
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
                let near = nearest(&file.text, pack.lists.keys().map(String::as_str));
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
            let (items, too_long) = file_items(contents);
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

/// One name a line; `#` at the start or behind a blank begins a comment. Also: how many lines were too long.
fn file_items(contents: &str) -> (Vec<String>, usize) {
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
            items.push(item.to_owned());
        }
    }
    (items, too_long)
}
