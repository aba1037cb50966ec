//! The rule file in the making: entries gathered into rules, equal ones once, long lists named.

use crate::report::{NoteKind, Place, Report, shown};
use crate::text::quote;
use crate::{Format, Imported, MAX_ENTRIES, Options, text};
use diffract_core::matching::fold;
use diffract_core::{PackSource, Severity, compile};
use std::collections::{HashMap, HashSet};

/// How large the rules may grow, in bytes: under what the language reads, with room for comments.
const MAX_RULES: usize = 3 << 20;
/// How large one line of items may grow, in bytes: under what the language reads in a line.
const MAX_ITEMS: usize = 32 << 10;
/// How many items stand in the rule itself; more become a list.
const INLINE: usize = 6;
/// For how many sites rules of their own are made.
const MAX_HOMES: usize = 500;
/// How many places a comment names.
const PLACES: usize = 8;

/// A kind of rule that entries of one sort share.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Shape {
    /// What the `on` line says; empty for everywhere.
    scope: String,
    /// The rule. Unless it is `fixed`, `{}` in it stands for the items as text or as a list's name, `{in}` for
    /// `is "a", "b"` or `in @list`, `{hosts}` for bare hosts.
    rule: String,
    /// What follows the rule, as it is: it may have words of the file in it.
    guard: String,
    /// What a list of its items is called.
    list: &'static str,
    /// What it is made of, for the comment above it: `muted words`.
    what: String,
    fixed: bool,
}

impl Shape {
    /// A rule over items.
    pub(crate) fn new(
        scope: impl Into<String>,
        rule: impl Into<String>,
        list: &'static str,
        what: impl Into<String>,
    ) -> Self {
        let (scope, rule, what) = (scope.into(), rule.into(), what.into());
        Self { scope, rule, guard: String::new(), list, what, fixed: false }
    }

    /// The same with ` and …` behind it.
    pub(crate) fn guarded(mut self, guard: impl Into<String>) -> Self {
        self.guard = guard.into();
        self
    }
}

#[derive(Debug)]
struct Group {
    shape: Shape,
    items: Vec<String>,
    folded: HashSet<String>,
    places: Vec<Place>,
    entries: usize,
}

/// The rule file in the making.
#[derive(Debug)]
pub(crate) struct Draft {
    format: Format,
    /// What the file is called, for the comment at the top.
    name: String,
    now: Option<f64>,
    sites: String,
    groups: Vec<Group>,
    by_shape: HashMap<Shape, usize>,
    bytes: usize,
    full: bool,
    homes: HashSet<String>,
    pub(crate) report: Report,
}

impl Draft {
    pub(crate) fn new(format: Format, options: &Options) -> Self {
        let name = options.name.rsplit(['/', '\\']).next().unwrap_or_default();
        let sites: Vec<String> = options.sites.iter().filter_map(|site| text::host(site)).collect();
        Self {
            format,
            name: shown(name),
            now: options.now,
            sites: sites.join(", "),
            groups: Vec::new(),
            by_shape: HashMap::new(),
            bytes: 0,
            full: false,
            homes: HashSet::new(),
            report: Report::default(),
        }
    }

    /// The sites that the reader named; empty where none were.
    pub(crate) fn sites(&self) -> &str {
        &self.sites
    }

    /// Whether the reader named this site.
    pub(crate) fn is_site(&self, host: &str) -> bool {
        self.sites.split(", ").any(|site| site == host)
    }

    /// The file's name, without folders; may be empty.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Whether rules for this one site may be added: each site is a line to look at for every post.
    pub(crate) fn has_room_for(&mut self, host: &str) -> bool {
        self.homes.contains(host) || (self.homes.len() < MAX_HOMES && self.homes.insert(host.to_owned()))
    }

    /// Counts an entry; false where there are too many, which is said once.
    pub(crate) fn entry(&mut self, place: &Place) -> bool {
        if self.report.entries >= MAX_ENTRIES {
            if !self.full {
                self.full = true;
                self.leave(place, "this entry and all below it", "there are over 100,000; split the file");
            }
            return false;
        }
        self.report.entries += 1;
        true
    }

    /// Says that an entry is left out.
    pub(crate) fn leave(&mut self, place: &Place, what: &str, why: impl Into<String>) {
        self.report.note(NoteKind::LeftOut, place, what, why);
    }

    /// Says that an entry is in the rules and does not mean quite the same.
    pub(crate) fn changed(&mut self, place: &Place, what: &str, why: impl Into<String>) {
        self.report.note(NoteKind::Changed, place, what, why);
    }

    /// Whether an entry that ends at a moment (as text or number) still holds; if it is past, that is taken down. For
    /// one that will end, the words of a comment are returned.
    pub(crate) fn holds_until(&mut self, place: &Place, what: &str, until: Option<&str>) -> Option<String> {
        let Some(until) = until.and_then(text::moment) else { return Some(String::new()) };
        let day = text::day(until);
        if self.now.is_some_and(|now| until <= now) {
            self.report.note(NoteKind::Ended, place, what, format!("it held until {day}"));
            return None;
        }
        self.changed(place, what, format!("it was to end on {day}; a rule holds until you take it out"));
        Some(format!(", until {day}"))
    }

    /// Files an item under its kind of rule.
    pub(crate) fn add(&mut self, place: &Place, shape: &Shape, item: &str) {
        if !shape.fixed && text::is_empty(item) {
            self.leave(place, item, "there is nothing in it to look for");
            return;
        }
        let cost = if shape.fixed { shape.rule.len() } else { 2 * item.len() + 8 };
        if self.bytes + cost > MAX_RULES {
            self.leave(place, item, "the rules have no more room (3 MB)");
            return;
        }
        let index = *self.by_shape.entry(shape.clone()).or_insert_with(|| {
            self.groups.push(Group {
                shape: shape.clone(),
                items: Vec::new(),
                folded: HashSet::new(),
                places: Vec::new(),
                entries: 0,
            });
            self.bytes += shape.rule.len() + shape.guard.len() + shape.scope.len() + 200;
            self.groups.len() - 1
        });
        let Some(group) = self.groups.get_mut(index) else { return };
        group.entries += 1;
        self.report.carried += 1;
        if group.places.len() < PLACES {
            group.places.push(place.clone());
        }
        let item = item.trim();
        if !shape.fixed && group.folded.insert(fold(item)) {
            group.items.push(item.to_owned());
            self.bytes += cost;
        }
    }

    /// Files whatever comes of one entry, and counts it once.
    pub(crate) fn once(&mut self, file: impl FnOnce(&mut Self)) {
        let carried = self.report.carried;
        file(self);
        self.report.carried = self.report.carried.min(carried + 1);
    }

    /// Files a rule that stands for itself.
    pub(crate) fn rule(&mut self, place: &Place, scope: &str, rule: &str, what: &str) {
        self.add(place, &Shape { fixed: true, ..Shape::new(scope, rule, "", what) }, "");
    }

    /// The rules, checked and formatted, and the report.
    pub(crate) fn finish(mut self) -> Imported {
        // Rules of one scope stand together, in the order in which scopes and rules first came.
        let mut scopes: Vec<String> = Vec::new();
        for group in &self.groups {
            if !scopes.contains(&group.shape.scope) {
                scopes.push(group.shape.scope.clone());
            }
        }
        // What holds everywhere needs no `on` if it comes first.
        scopes.sort_by_key(|scope| !scope.is_empty());
        let mut lines: Vec<(String, Option<usize>)> = Vec::new();
        let from = if self.name.is_empty() { String::new() } else { format!(" “{}”", self.name) };
        lines.push((format!("# Made from{from}: {}.", self.format.title()), None));
        let mut names = HashSet::new();
        let mut by_scope: HashMap<&str, Vec<usize>> = HashMap::new();
        for (index, group) in self.groups.iter().enumerate() {
            by_scope.entry(&group.shape.scope).or_default().push(index);
        }
        for scope in &scopes {
            if !scope.is_empty() {
                lines.push((String::new(), None));
                lines.push((format!("on {scope}"), None));
            }
            for &index in by_scope.get(scope.as_str()).into_iter().flatten() {
                write_group(&self.groups[index], index, &mut names, &mut lines);
            }
        }
        let rules = settle(lines, &self.groups, &mut self.report);
        Imported { format: self.format, rules, report: self.report }
    }
}

/// The lines of one kind of rule: a comment, lists if there is much, the rules.
fn write_group(
    group: &Group,
    index: usize,
    names: &mut HashSet<String>,
    lines: &mut Vec<(String, Option<usize>)>,
) {
    let mut places: Vec<String> = Vec::new();
    for place in group.places.iter().map(Place::to_string) {
        if !places.contains(&place) {
            places.push(place);
        }
    }
    let more = group.entries.saturating_sub(group.places.len());
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    lines.push((String::new(), None));
    lines.push((format!("# {} ({}{more})", shown(&group.shape.what), shown(&places.join(", "))), None));
    let Shape { rule, guard, fixed, .. } = &group.shape;
    if *fixed {
        lines.push((rule.clone(), Some(index)));
        return;
    }
    let bare = rule.contains("{hosts}");
    let words: Vec<String> =
        group.items.iter().map(|item| if bare { item.clone() } else { quote(item) }).collect();
    for chunk in chunks(&words) {
        let items = chunk.join(", ");
        let inline = bare || (chunk.len() <= INLINE && rule.matches('{').count() == 1);
        let line = if inline {
            fill(rule, &format!("is {items}"), &items)
        } else {
            let name = free_name(group.shape.list, names);
            lines.push((format!("let @{name} = {items}"), Some(index)));
            fill(rule, &format!("in @{name}"), &format!("@{name}"))
        };
        lines.push((line + guard, Some(index)));
    }
}

/// A rule with its items in it, in one pass: an item may look like a gap itself.
fn fill(rule: &str, is: &str, items: &str) -> String {
    let mut out = String::new();
    let mut rest = rule;
    while let Some(at) = rest.find('{') {
        out.push_str(&rest[..at]);
        let (gap, after) = rest[at..].split_once('}').unwrap_or((&rest[at..], ""));
        out.push_str(if gap == "{in" { is } else { items });
        rest = after;
    }
    out + rest
}

/// Items in lines that are short enough.
fn chunks(words: &[String]) -> Vec<&[String]> {
    let mut out = Vec::new();
    let (mut start, mut size) = (0, 0);
    for (at, word) in words.iter().enumerate() {
        if size + word.len() + 2 > MAX_ITEMS && at > start {
            out.push(&words[start..at]);
            (start, size) = (at, 0);
        }
        size += word.len() + 2;
    }
    if start < words.len() {
        out.push(&words[start..]);
    }
    out
}

fn free_name(wanted: &str, names: &mut HashSet<String>) -> String {
    let wanted = if wanted.is_empty() { "list" } else { wanted };
    let mut name = wanted.to_owned();
    let mut count = 1;
    while !names.insert(name.clone()) {
        count += 1;
        name = format!("{wanted}_{count}");
    }
    name
}

/// Takes out what the language does not accept, until it accepts all that is left, and counts. Every importer tries to
/// make sound rules; this is the guarantee.
fn settle(mut lines: Vec<(String, Option<usize>)>, groups: &[Group], report: &mut Report) -> String {
    loop {
        let source: String = lines.iter().flat_map(|(line, _)| [line.as_str(), "\n"]).collect();
        let source = PackSource { id: "import".to_owned(), source, ..PackSource::default() };
        let compiled = compile(std::slice::from_ref(&source));
        let wrong: HashMap<usize, &str> = compiled
            .diagnostics
            .iter()
            .flat_map(|of_pack| &of_pack.diagnostics)
            .filter(|diagnostic| diagnostic.severity == Severity::Error)
            .map(|diagnostic| (diagnostic.line as usize, diagnostic.message.as_str()))
            .collect();
        if wrong.is_empty() {
            report.rules = compiled.program.rules.len();
            if report.rules == 0 {
                return String::new();
            }
            return diffract_core::format(&source.source);
        }
        let mut number = 0;
        let mut told: Vec<(usize, String)> = Vec::new();
        lines.retain(|(line, group)| {
            number += 1;
            let Some(why) = wrong.get(&number) else { return true };
            told.push((group.unwrap_or(usize::MAX), format!("{}: {why}", shown(line))));
            false
        });
        for (index, words) in told {
            if let Some(group) = groups.get(index) {
                let place = group.places.first().cloned().unwrap_or(Place::File);
                report.note(NoteKind::LeftOut, &place, &group.shape.what, words);
                report.carried = report.carried.saturating_sub(group.entries);
            }
        }
        if lines.is_empty() {
            return String::new();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(scope: &str, rule: &str) -> Shape {
        Shape::new(scope, rule, "muted_words", "muted words")
    }

    #[test]
    fn equal_items_are_there_once_and_many_become_a_list() {
        let mut draft = Draft::new(Format::Words, &Options { name: "a.txt".into(), ..Options::default() });
        let words = shape("x.com", "hide if text has word {}");
        for (at, word) in ["a1", "A1", "b", "c", "d", "e", "f", "g"].iter().enumerate() {
            draft.add(&Place::Line(at + 1), &words, word);
        }
        draft.add(&Place::Line(9), &words, " \u{301} ");
        draft.rule(&Place::Line(10), "", "hide if promoted", "advertisements");
        let made = draft.finish();
        assert_eq!(
            made.rules,
            "# Made from “a.txt”: list of words.\n\n# advertisements (line 10)\nhide if promoted\n\non x.com\n\n\
             # muted words (line 1, line 2, line 3, line 4, line 5, line 6, line 7, line 8)\n\
             let @muted_words = \"a1\", \"b\", \"c\", \"d\", \"e\", \"f\", \"g\"\nhide if text has word @muted_words\n"
        );
        assert_eq!((made.report.carried, made.report.rules, made.report.notes.len()), (9, 2, 1));
    }

    #[test]
    fn what_the_language_refuses_is_taken_out_and_said() {
        let mut draft = Draft::new(Format::Words, &Options::default());
        draft.rule(&Place::Line(1), "", "hide if nonsense has 3", "broken");
        draft.rule(&Place::Line(2), "", "hide if promoted", "sound");
        let made = draft.finish();
        assert!(made.rules.ends_with("hide if promoted\n"), "{}", made.rules);
        assert_eq!((made.report.carried, made.report.rules, made.report.notes.len()), (1, 1, 1));
    }

    #[test]
    fn an_item_that_looks_like_a_gap_is_an_item() {
        let mut draft = Draft::new(Format::Words, &Options::default());
        let words = Shape::new("", "hide if author {in} or text has {}", "a", "braces")
            .guarded(" and title has \"{}\"");
        draft.add(&Place::File, &words, "{} {in}");
        assert!(draft.finish().rules.ends_with("hide if author in @a or text has @a and title has \"{}\"\n"));
    }

    #[test]
    fn long_lists_are_cut_into_lines_that_can_be_read() {
        let mut draft = Draft::new(Format::Words, &Options::default());
        let words = shape("", "hide if text has {}");
        for n in 0..20_000 {
            draft.add(&Place::Line(n + 1), &words, &format!("some word {n}"));
        }
        let made = draft.finish();
        assert!(made.report.rules > 5);
        assert_eq!(made.report.carried, 20_000);
        assert!(made.rules.lines().all(|line| line.len() < 64 << 10));
    }
}
