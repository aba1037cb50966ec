//! One pack, line by line.

use super::advice::{self, Advice};
use super::lists::Lists;
use super::messages::Messages;
use super::regex::Regexes;
use super::{PackSource, Scopes, characters, hosts};
use crate::diagnostic::{Diagnostic, Severity, Span, code, quoted};
use crate::program::{Condition, Effect, PackId, Program, Rule, Schedule, Scope, ScopeId, Site};
use crate::reference::{self, nearest};
use crate::syntax::tree::{self, SiteName, Statement};
use crate::syntax::{lines, parse_line};
use std::collections::{HashMap, HashSet};

/// How many messages one line gets.
const MAX_PER_LINE: usize = 20;

/// What checking a line needs to know.
pub(super) struct Checker<'a> {
    pub source: &'a str,
    pub models: &'a [&'a str],
    pub lists: Lists,
    pub regexes: &'a mut Regexes,
    /// Whether the author's advice is asked for.
    advise: bool,
    messages: Messages,
    line: u32,
    line_start: usize,
    line_end: usize,
    line_messages: usize,
    /// Whether this line has an error.
    failed: bool,
}

impl Checker<'_> {
    /// Takes down a message about the current line.
    pub fn report(&mut self, message: Diagnostic) {
        self.failed |= message.severity == Severity::Error;
        self.line_messages += 1;
        // Finding the column costs the line's length.
        if self.line_messages <= MAX_PER_LINE {
            let message = match self.is_full() {
                false if self.advise => advice::improve(message, self.source, self.line_start..self.line_end),
                _ => message,
            };
            self.messages.push(message.locate(self.source, self.line, self.line_start));
        }
    }

    /// Whether another message would only be counted, so that looking for what was meant is not worth it.
    pub fn is_full(&self) -> bool {
        self.messages.is_full()
    }

    /// Takes down what went wrong, if it did.
    pub fn ok<T>(&mut self, result: Result<T, Box<Diagnostic>>) -> Option<T> {
        match result {
            Ok(value) => Some(value),
            Err(problem) => {
                self.report(*problem);
                None
            }
        }
    }
}

/// Where the rules below an `on` stand.
enum Standing {
    /// In this scope.
    In(ScopeId),
    /// Not yet in the program.
    At(Scope),
    /// Nowhere: the `on` could not be read, and its rules were not meant for everywhere.
    Held { line: u32, span: Span, rules: usize },
}

/// What is the same for all packs, or shared by them.
pub(super) struct Shared<'a> {
    pub scopes: &'a mut Scopes,
    pub regexes: &'a mut Regexes,
    pub models: &'a [&'a str],
    /// Whether the author's advice is asked for.
    pub advise: bool,
}

/// Checks one pack into the program.
pub(super) fn check(
    pack: &PackSource,
    id: PackId,
    program: &mut Program,
    Shared { scopes, regexes, models, advise }: Shared<'_>,
) -> Vec<Diagnostic> {
    let source = pack.source.as_str();
    let mut messages = Messages::default();
    check_line_ends(source, &mut messages);
    let lists = Lists::collect(pack, program, &mut messages);
    let mut checker = Checker {
        source,
        models,
        lists,
        regexes,
        advise,
        messages,
        line: 0,
        line_start: 0,
        line_end: 0,
        line_messages: 0,
        failed: false,
    };
    let mut headers: HashMap<String, u32> = HashMap::new();
    let mut standing = Standing::At(Scope::default());
    let mut advice = Advice::new(program.rules.len(), advise);
    for (number, span) in lines(source) {
        (checker.line, checker.line_start, checker.line_end) = (number, span.start, span.end);
        (checker.failed, checker.line_messages) = (false, 0);
        let (line, diagnostics) = parse_line(source, number, span.clone());
        for message in diagnostics {
            checker.report(message);
        }
        checker.line_messages = 0;
        if span.len() <= reference::MAX_LINE {
            for message in characters::check(source, span.clone()) {
                checker.report(message);
            }
        }
        checker.failed = false;
        match line.statement {
            None | Some(Statement::Let { .. } | Statement::Broken { scope: false }) => {}
            Some(Statement::Broken { scope: true }) => {
                release(&mut checker, standing);
                advice.enter(None);
                standing = Standing::Held { line: number, span, rules: 0 };
            }
            Some(Statement::Header { key, value }) => {
                let name = if key.text == "license" { "licence".to_owned() } else { key.text };
                if let Some(first) = headers.get(&name) {
                    let message = format!("`{name}` already stands on line {first}");
                    checker.report(
                        Diagnostic::warning(code::DUPLICATE_HEADER, key.span, message)
                            .help("the first one counts"),
                    );
                } else {
                    if name == "pack"
                        && !value.text.trim().is_empty()
                        && let Some(pack) = program.packs.get_mut(id as usize)
                    {
                        pack.title = value.text.trim().to_owned();
                    }
                    headers.insert(name, number);
                }
            }
            Some(Statement::On { span: mark, sites }) => {
                release(&mut checker, standing);
                let scope = checker.scope(&sites);
                advice.enter(scope.as_ref());
                standing = match scope {
                    Some(scope) => Standing::At(scope),
                    None => Standing::Held { line: number, span: mark, rules: 0 },
                };
            }
            Some(Statement::Rule(rule)) => {
                let scope = match &mut standing {
                    Standing::Held { rules, .. } => {
                        *rules += 1;
                        None
                    }
                    Standing::In(scope) => Some(*scope),
                    Standing::At(scope) => {
                        let scope = scopes.id(std::mem::take(scope), program);
                        standing = Standing::In(scope);
                        Some(scope)
                    }
                };
                // A rule that is held is checked all the same, so that its own mistakes show.
                checker.regexes.begin();
                let checked = checker.rule(&rule, &mut advice);
                if let (Some(checked), Some(scope)) = (checked, scope) {
                    checker.regexes.keep(&checked.condition);
                    advice.add(number, rule.span.clone(), span.start);
                    program.rules.push(Rule {
                        pack: id,
                        line: number,
                        source: source[rule.span.clone()].to_owned(),
                        scope,
                        ..checked
                    });
                }
            }
        }
    }
    release(&mut checker, standing);
    let mut messages = checker.messages;
    checker.lists.report_unused(source, &mut messages);
    advice.finish(program, source, &mut messages);
    messages.finish()
}

/// About how many rules a file has: not more than it has lines that are neither empty nor say where rules hold, define a list
/// or are a comment, nor more than it has room for.
pub(super) fn rules_at_most(source: &str) -> usize {
    if source.len() > reference::MAX_FILE {
        return 0;
    }
    /// Of a short rule, in bytes.
    const RULE: usize = 24;
    let may_be_rule = |line: &&[u8]| {
        let line = line.trim_ascii_start();
        !line.is_empty() && ![&b"#"[..], b"on ", b"let "].iter().any(|other| line.starts_with(other))
    };
    let lines = source.as_bytes().split(|b| matches!(b, b'\n' | b'\r'));
    lines.filter(may_be_rule).count().min(source.len() / RULE)
}

/// Says of a broken `on` what hung on it.
fn release(checker: &mut Checker<'_>, standing: Standing) {
    if let Standing::Held { line, span, rules } = standing
        && rules > 0
    {
        let what = if rules == 1 {
            "the rule below is".to_owned()
        } else {
            format!("the {rules} rules below, up to the next `on`, are")
        };
        let message = format!("{what} off until this line is mended");
        let start = span.start;
        let line_start = checker.source[..start].rfind(['\n', '\r']).map_or(0, |i| i + 1);
        checker.messages.push(
            Diagnostic::warning(code::RULES_HELD, span, message)
                .help("they were meant for some sites, so they do not act on all of them")
                .locate(checker.source, line, line_start),
        );
    }
}

/// A hint where line ends are mixed, at the first line that ends otherwise than the first.
fn check_line_ends(source: &str, messages: &mut Messages) {
    let bytes = source.as_bytes();
    let mut first = None;
    let (mut line, mut line_start, mut at) = (1, 0, 0);
    while let Some(offset) = bytes[at..].iter().position(|b| matches!(b, b'\n' | b'\r')) {
        let end = at + offset;
        let kind: &[u8] = if bytes[end..].starts_with(b"\r\n") { b"\r\n" } else { &bytes[end..=end] };
        match first {
            None => first = Some(kind),
            Some(first) if first != kind => {
                messages.push(
                    Diagnostic::hint(
                        code::MIXED_LINE_ENDS,
                        end..end,
                        "this line ends otherwise than the first one",
                    )
                    .help("they are all read alike; formatting the file makes them all LF")
                    .locate(source, line, line_start.min(end)),
                );
                return;
            }
            Some(_) => {}
        }
        at = end + kind.len();
        line_start = at;
        line += 1;
    }
}

impl Checker<'_> {
    /// The scope of an `on` line; `None` where nothing of it can be used.
    fn scope(&mut self, sites: &[SiteName]) -> Option<Scope> {
        let mut scope = Scope::default();
        let mut known = HashSet::new();
        for site in sites {
            let host = self.ok(hosts::check(&site.host.text, &site.host.span));
            let mut surfaces = Vec::new();
            for name in &site.surfaces {
                match reference::surface(&name.text) {
                    Some(surface) if !surfaces.contains(&surface) => surfaces.push(surface),
                    Some(_) => {}
                    None => {
                        let names: Vec<&str> = reference::SURFACES.iter().map(|(_, n, _)| *n).collect();
                        let problem = Diagnostic::error(
                            code::UNKNOWN_SURFACE,
                            name.span.clone(),
                            format!("no surface is called `{}`", quoted(&name.text)),
                        )
                        .help(format!("surfaces are {}", names.join(", ")));
                        let near = reference::meant(&name.text, &names);
                        let site = reference::SITES.iter().find(|(s, _)| *s == name.text).map(|(_, h)| *h);
                        self.report(match near.or(site) {
                            Some(near) => problem.suggest(name.span.clone(), near),
                            None => problem,
                        });
                    }
                }
            }
            // A site none of whose surfaces is known was not meant as a whole.
            if let Some(host) = host.filter(|_| surfaces.is_empty() == site.surfaces.is_empty()) {
                // A set of texts is what the engine has anyway.
                let key = surfaces.iter().fold(host.clone(), |key, surface| format!("{key} {surface:?}"));
                if known.insert(key) {
                    scope.sites.push(Site { host, surfaces });
                }
            }
        }
        self.check_reach(sites);
        (sites.is_empty() || !scope.sites.is_empty()).then_some(scope)
    }

    /// `on x.com, reddit.com home` says less than it seems to: a hint.
    fn check_reach(&mut self, sites: &[SiteName]) {
        let Some((last, before)) = sites.split_last() else { return };
        let (Some(surface), Some(whole)) =
            (last.surfaces.first(), before.iter().find(|site| site.surfaces.is_empty()))
        else {
            return;
        };
        let message = format!(
            "`{}` narrows only {}; of {} all is meant",
            quoted(&surface.text),
            quoted(&last.host.text),
            quoted(&whole.host.text)
        );
        let end = whole.host.span.end..whole.host.span.end;
        self.report(
            Diagnostic::hint(code::UNEVEN_SCOPE, surface.span.clone(), message)
                .help("name the surfaces behind each site that you want to narrow")
                .suggest(end, format!(" {}", surface.text)),
        );
    }

    /// The checked rule, with pack, line, source and scope still to be filled in; `None` where it does not count.
    fn rule(&mut self, rule: &tree::Rule, advice: &mut Advice) -> Option<Rule> {
        let effect = self.effect(&rule.action);
        let node = rule.condition.as_ref().map(|condition| (condition.span(), self.condition(condition)));
        let unsure = self.unsure(rule, node.as_ref().and_then(|(_, n)| n.as_ref()));
        let effect = effect?;
        let node = match node {
            None => None,
            Some((span, node)) => {
                if matches!(effect, Effect::Order(_)) {
                    self.report(
                        Diagnostic::error(code::NO_CONDITION, span, "`order by` takes no condition").help(
                            "it sorts the whole feed; raise or lower single posts with `boost` and `demote`",
                        ),
                    );
                }
                Some(node?)
            }
        };
        if self.failed {
            return None;
        }
        for message in advice.rule(rule, &effect, node.as_ref(), self.source, self.regexes) {
            self.report(message);
        }
        Some(Rule {
            pack: 0,
            line: self.line,
            source: String::new(),
            scope: 0,
            schedule: rule
                .schedule
                .as_ref()
                .map(|s| Box::new(Schedule { windows: s.windows.clone(), days: s.days })),
            effect,
            condition: node.map_or(Condition::Always, super::node::Node::into_condition),
            because: rule.because.as_ref().map(|t| t.text.clone()),
            unsure: unsure?,
        })
    }
}

/// The nearest of some words, as a suggestion.
pub(super) fn suggest_near<'a>(
    problem: Diagnostic,
    wrong: &str,
    span: &Span,
    names: impl IntoIterator<Item = &'a str>,
) -> Diagnostic {
    match nearest(wrong, names) {
        Some(near) => problem.suggest(span.clone(), near),
        None => problem,
    }
}
