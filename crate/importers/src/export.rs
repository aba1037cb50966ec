//! Rules as files that other tools read, as far as those can say the same.

use crate::report::{Note, NoteKind, Place, Report};
use crate::{pattern, text};
use diffract_core::matching::fold;
use diffract_core::post::{Kind, Surface};
use diffract_core::program::{
    Condition, Edge, Effect, FlagField, Limit, Needles, Program, Quantifier, Rule, Scope, SetField, Test,
    TextField,
};
use diffract_core::{PackSource, compile};
use serde::Serialize;
use serde_json::json;
use std::collections::BTreeSet;
use std::str::FromStr;

/// What rules are written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Target {
    /// One word a line, as the importer of words reads it.
    Words,
    /// Cosmetic filters for uBlock Origin and its like.
    Ublock,
    /// Mastodon's CSV of muted accounts.
    MastodonMutes,
    /// Mastodon's CSV of blocked domains.
    MastodonDomains,
    /// Mastodon's filters, as its API takes and answers them.
    MastodonFilters,
    /// Bluesky's preferences: muted words.
    Bluesky,
    /// Diffract's own backup: the rules as the reader's own.
    Backup,
}

impl Target {
    /// Every one.
    pub const ALL: &'static [Self] = &[
        Self::Words,
        Self::Ublock,
        Self::MastodonMutes,
        Self::MastodonDomains,
        Self::MastodonFilters,
        Self::Bluesky,
        Self::Backup,
    ];

    /// As it is written on a command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Words => "words",
            Self::Ublock => "ublock",
            Self::MastodonMutes => "mastodon-mutes",
            Self::MastodonDomains => "mastodon-domains",
            Self::MastodonFilters => "mastodon-filters",
            Self::Bluesky => "bluesky",
            Self::Backup => "backup",
        }
    }
}

impl FromStr for Target {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        let name = name.trim().to_lowercase();
        Self::ALL.iter().find(|target| target.name() == name).copied().ok_or_else(|| {
            let all: Vec<&str> = Self::ALL.iter().map(|target| target.name()).collect();
            format!("nothing is exported as `{name}`; there are: {}", all.join(", "))
        })
    }
}

/// A file for another tool, and what it could not say.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Exported {
    /// The file; empty where nothing could be said.
    pub text: String,
    /// `entries` counts rules, `carried` those that are in the file, `rules` the entries written.
    pub report: Report,
}

/// Writes packs as a file of another tool. Errors in them cost their line, as everywhere; they are not told here.
pub fn export(packs: &[PackSource], target: Target) -> Exported {
    if target == Target::Backup {
        return backup(packs);
    }
    let program = compile(packs).program;
    let mut report = Report::default();
    let mut out: Vec<Said> = Vec::new();
    for rule in &program.rules {
        report.entries += 1;
        let said = match say(rule, &program, target) {
            Ok(said) => said,
            Err(why) => {
                note(&mut report, NoteKind::LeftOut, rule, why);
                continue;
            }
        };
        report.carried += 1;
        for why in [softened(rule), widened(rule, &program, target)].into_iter().flatten() {
            note(&mut report, NoteKind::Changed, rule, why);
        }
        out.extend(said);
    }
    let mut seen = BTreeSet::new();
    out.retain(|said| seen.insert((said.key(), said.whole)));
    report.rules = out.len();
    Exported { text: write(&out, target), report }
}

fn note(report: &mut Report, kind: NoteKind, rule: &Rule, why: String) {
    let place = Place::Line(rule.line as usize);
    if report.notes.len() < crate::report::MAX_NOTES {
        report.notes.push(Note { kind, place, what: crate::report::shown(&rule.source), why });
    } else {
        report.more_notes += 1;
    }
}

/// One entry of the other tool.
#[derive(Debug, Clone, PartialEq)]
struct Said {
    /// The word, account, host or filter.
    text: String,
    sort: Sort,
    /// Whether a whole word is meant.
    whole: bool,
    /// People you follow are spared.
    spares: bool,
    /// The rule's reason, as a title.
    title: Option<String>,
    /// `hide`, `warn`, `blur`, as Mastodon calls it.
    action: &'static str,
}

impl Said {
    fn key(&self) -> String {
        format!("{:?} {} {} {}", self.sort, self.action, self.spares, fold(&self.text))
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sort {
    Word,
    Tag,
    Account,
    Server,
    Expression,
    Filter,
}

/// What a rule says, in entries of the other tool; else why it cannot.
fn say(rule: &Rule, program: &Program, target: Target) -> Result<Vec<Said>, String> {
    if rule.schedule.is_some() {
        return Err("it holds at some hours only".to_owned());
    }
    let action = match &rule.effect {
        Effect::Hide | Effect::Replace(_) => "hide",
        Effect::Collapse => "warn",
        Effect::Blur(_) => "blur",
        Effect::Keep => return Err("an exception".to_owned()),
        Effect::Limit(Limit { .. }) => return Err("it counts posts".to_owned()),
        Effect::Order(_) => return Err("it sorts the feed".to_owned()),
        Effect::Dim | Effect::Label(_) | Effect::Highlight | Effect::Score(_) => {
            return Err("it hides nothing".to_owned());
        }
    };
    let (condition, spares) = spared(&rule.condition);
    if spares && target != Target::Bluesky {
        return Err("it spares people you follow".to_owned());
    }
    if target == Target::Ublock {
        let scope = program.scopes.get(rule.scope as usize).cloned().unwrap_or_default();
        return filters(&condition, program, &scope)
            .map(|all| all.into_iter().map(|text| entry(text, Sort::Filter, true, action, rule)).collect());
    }
    let mut out = Vec::new();
    gather(&condition, program, &mut |text, sort, whole| {
        out.push(Said { spares, ..entry(text, sort, whole, action, rule) });
    })?;
    let fits = |sort: Sort| match target {
        Target::Words => sort != Sort::Server,
        Target::MastodonMutes => sort == Sort::Account,
        Target::MastodonDomains => sort == Sort::Server,
        Target::MastodonFilters => matches!(sort, Sort::Word | Sort::Tag),
        Target::Bluesky => matches!(sort, Sort::Word | Sort::Tag),
        Target::Ublock | Target::Backup => true,
    };
    if let Some(odd) = out.iter().find(|said| !fits(said.sort)) {
        let what = match odd.sort {
            Sort::Word | Sort::Tag => "words",
            Sort::Account => "accounts",
            Sort::Server => "servers",
            Sort::Expression => "an expression",
            Sort::Filter => "a filter",
        };
        return Err(format!("it is about {what}, which this file cannot hold"));
    }
    if target == Target::MastodonMutes && out.iter().any(|said| !said.text.contains('@')) {
        return Err("an account needs its server here: `name@server`".to_owned());
    }
    Ok(out)
}

fn entry(text: String, sort: Sort, whole: bool, action: &'static str, rule: &Rule) -> Said {
    Said { text, sort, whole, spares: false, title: rule.because.clone(), action }
}

/// The condition without `and not followed`.
fn spared(condition: &Condition) -> (Condition, bool) {
    let is_spare = |one: &Condition| matches!(one, Condition::Not(inner) if matches!(**inner, Condition::Test(Test::Flag(FlagField::Followed))));
    match condition {
        Condition::And(all) if all.iter().any(is_spare) => {
            let mut rest: Vec<Condition> = all.iter().filter(|one| !is_spare(one)).cloned().collect();
            let rest = if rest.len() == 1 { rest.remove(0) } else { Condition::And(rest) };
            (rest, true)
        }
        other => (other.clone(), false),
    }
}

/// The items of a condition that asks for any of some; else why not.
fn gather(
    condition: &Condition,
    program: &Program,
    add: &mut impl FnMut(String, Sort, bool),
) -> Result<(), String> {
    let test = match condition {
        Condition::Or(all) => return all.iter().try_for_each(|one| gather(one, program, add)),
        Condition::Test(test) => test,
        Condition::And(_) => return Err("it asks for several things at once".to_owned()),
        Condition::Not(_) => return Err("it asks for what is not there".to_owned()),
        Condition::Always => return Err("it has no condition".to_owned()),
    };
    use TextField::{Alt, Author, CardTitle, QuoteText, RepostedBy, Text, Title};
    match test {
        Test::TextHas { field: Text | Title | Alt | QuoteText | CardTitle, quantifier, words, needles } => {
            let items = items(needles, program);
            if *quantifier == Quantifier::All && items.len() > 1 {
                return Err("it asks for several words at once".to_owned());
            }
            items.iter().for_each(|item| add(item.clone(), Sort::Word, *words));
        }
        Test::SetHas { field: SetField::Hashtags, quantifier, needles } => {
            let items = items(needles, program);
            if *quantifier == Quantifier::All && items.len() > 1 {
                return Err("it asks for several hashtags at once".to_owned());
            }
            items.iter().for_each(|item| add(item.trim_start_matches('#').to_owned(), Sort::Tag, true));
        }
        Test::TextIs { field: Author | RepostedBy, needles } => items(needles, program)
            .iter()
            .for_each(|item| add(item.trim_start_matches('@').to_owned(), Sort::Account, true)),
        Test::TextEdge { field: Author | RepostedBy, edge: Edge::End, needles } => {
            for item in items(needles, program) {
                match item.strip_prefix('@').and_then(text::host) {
                    Some(host) => add(host, Sort::Server, true),
                    None => return Err("it asks for the end of a name".to_owned()),
                }
            }
        }
        Test::Matches { field: Text | Title, pattern } => add(slashes(pattern), Sort::Expression, true),
        other => {
            return Err(format!("`{}` has no counterpart there", diffract_core::print::test(program, other)));
        }
    }
    Ok(())
}

fn items<'a>(needles: &'a Needles, program: &'a Program) -> &'a [String] {
    match needles {
        Needles::These(all) => all,
        Needles::List(id) => program.lists.get(*id as usize).map_or(&[], |list| &list.items),
    }
}

/// A compiled pattern as `/…/flags`.
fn slashes(pattern: &str) -> String {
    let (flags, body) = pattern
        .strip_prefix("(?")
        .and_then(|rest| rest.split_once(')'))
        .filter(|(flags, _)| !flags.is_empty() && flags.bytes().all(|b| b"imsx".contains(&b)))
        .unwrap_or(("", pattern));
    format!("/{}/{flags}", body.replace("\\/", "/").replace('/', "\\/"))
}

/// Said where the other tool is harsher or milder.
fn softened(rule: &Rule) -> Option<String> {
    matches!(rule.effect, Effect::Replace(_)).then(|| "its note is left out".to_owned())
}

/// Said where the other tool holds elsewhere.
fn widened(rule: &Rule, program: &Program, target: Target) -> Option<String> {
    let scope = program.scopes.get(rule.scope as usize)?;
    let narrow = !scope.sites.is_empty();
    let own = |hosts: &[&str]| {
        scope.sites.iter().all(|site| site.surfaces.is_empty() && hosts.contains(&site.host.as_str()))
    };
    match target {
        Target::Bluesky if narrow && !own(&["bsky.app"]) => Some("there it holds on Bluesky".to_owned()),
        Target::MastodonFilters | Target::MastodonMutes | Target::MastodonDomains if narrow => {
            Some("there it holds on your Mastodon server".to_owned())
        }
        Target::Words if narrow => Some("a list of words names no sites".to_owned()),
        _ => None,
    }
}

/// Cosmetic filters for the sites of a scope.
fn filters(condition: &Condition, program: &Program, scope: &Scope) -> Result<Vec<String>, String> {
    let mut out = Vec::new();
    let mut why = String::new();
    let everywhere = scope.sites.is_empty();
    let hosts: Vec<(&str, &[Surface])> = if everywhere {
        POSTS.iter().map(|(host, _, _)| (*host, &[][..])).collect()
    } else {
        scope.sites.iter().map(|site| (site.host.as_str(), site.surfaces.as_slice())).collect()
    };
    for (host, surfaces) in hosts {
        if !surfaces.is_empty() {
            return Err("a filter holds on a whole site, not on one of its surfaces".to_owned());
        }
        let Some((_, post, _)) = POSTS.iter().find(|(known, _, _)| known == &host) else {
            why = format!("what is a post on {host} is not known here");
            continue;
        };
        match operators(condition, program, host) {
            Ok(all) => out.extend(all.iter().map(|operator| format!("{host}##{post}{operator}"))),
            Err(reason) => why = reason,
        }
    }
    if out.is_empty() { Err(why) } else { Ok(out) }
}

/// What a post is on each site, and how an author is linked to there.
const POSTS: &[(&str, &str, Option<&str>)] = &[
    ("x.com", "article[data-testid=\"tweet\"]", Some("a[href=\"/{}\" i]")),
    ("reddit.com", "shreddit-post", None),
    ("youtube.com", "ytd-rich-item-renderer", Some("a[href=\"/@{}\" i]")),
    ("bsky.app", "[data-testid^=\"feedItem-by-\"]", Some("a[href=\"/profile/{}\" i]")),
    ("linkedin.com", ".feed-shared-update-v2", None),
    ("news.ycombinator.com", "tr.athing", None),
];

/// Operators behind a post's selector, one a filter.
fn operators(condition: &Condition, program: &Program, host: &str) -> Result<Vec<String>, String> {
    if let Condition::Test(Test::KindIs(kinds)) = condition {
        return if host == "youtube.com" && kinds.as_slice() == [Kind::Short] {
            Ok(vec![":has(a[href^=\"/shorts/\"])".to_owned()])
        } else {
            Err("a sort of post has no counterpart there".to_owned())
        };
    }
    if let Condition::Test(Test::TextIs { field: TextField::Community, needles }) = condition {
        return if host == "reddit.com" {
            Ok(items(needles, program)
                .iter()
                .map(|name| format!("[subreddit-prefixed-name=\"r/{}\" i]", name.replace(['"', '\\'], "")))
                .collect())
        } else {
            Err("communities are Reddit's".to_owned())
        };
    }
    let mut words: Vec<(String, bool)> = Vec::new();
    let mut out: Vec<String> = Vec::new();
    let mut refused = None;
    let author = POSTS.iter().find(|(known, _, _)| *known == host).and_then(|(_, _, author)| *author);
    gather(condition, program, &mut |item, sort, whole| match (sort, author) {
        (Sort::Word, _) => words.push((item, whole)),
        (Sort::Tag, _) => words.push((format!("#{item}"), true)),
        (Sort::Expression, _) => out.push(format!(":has-text({item})")),
        (Sort::Account, Some(link))
            if item.bytes().all(|b| b.is_ascii_alphanumeric() || b"_.-".contains(&b)) =>
        {
            out.push(format!(":has({})", link.replace("{}", &item)));
        }
        _ => refused = Some(format!("accounts cannot be told by a filter on {host}")),
    })?;
    if let Some(why) = refused {
        return Err(why);
    }
    // Some filters hold a hundred words each: an expression of thousands is slow in a browser.
    for some in words.chunks(100) {
        let all: Vec<String> = some
            .iter()
            .map(|(word, whole)| {
                let exact = pattern::exactly(word).0;
                let body = &exact[1..exact.len() - 1];
                let edge = |c: Option<char>| *whole && c.is_some_and(|c| c.is_ascii_alphanumeric());
                let (start, end) = (edge(word.chars().next()), edge(word.chars().next_back()));
                format!("{}{body}{}", if start { "\\b" } else { "" }, if end { "\\b" } else { "" })
            })
            .collect();
        out.push(format!(":has-text(/{}/i)", all.join("|")));
    }
    Ok(out)
}

fn write(out: &[Said], target: Target) -> String {
    if out.is_empty() {
        return String::new();
    }
    let lines = |each: &dyn Fn(&Said) -> String| out.iter().map(|said| each(said) + "\n").collect::<String>();
    match target {
        Target::Words => lines(&|said| match said.sort {
            Sort::Tag => format!("#{}", said.text),
            Sort::Account => format!("@{}", said.text),
            _ => one_line(&said.text),
        }),
        Target::Ublock => format!("! Made by Diffract\n{}", lines(&|said| one_line(&said.text))),
        Target::MastodonMutes => {
            format!(
                "Account address,Hide notifications\n{}",
                lines(&|said| format!("{},true", cell(&said.text)))
            )
        }
        Target::MastodonDomains => lines(&|said| cell(&said.text)),
        Target::MastodonFilters => {
            let mut filters: Vec<(Option<&str>, &str, Vec<serde_json::Value>)> = Vec::new();
            for said in out {
                let keyword = match said.sort {
                    Sort::Tag => json!({ "keyword": format!("#{}", said.text), "whole_word": true }),
                    _ => json!({ "keyword": said.text, "whole_word": said.whole }),
                };
                let key = (said.title.as_deref(), said.action);
                match filters.iter_mut().find(|(title, action, _)| (*title, *action) == key) {
                    Some((_, _, keywords)) => keywords.push(keyword),
                    None => filters.push((key.0, key.1, vec![keyword])),
                }
            }
            let filters: Vec<_> = filters
                .into_iter()
                .map(|(title, action, keywords)| {
                    json!({
                        "title": title.unwrap_or("Diffract"),
                        "context": ["home", "notifications", "public", "thread", "account"],
                        "filter_action": action,
                        "expires_at": null,
                        "keywords": keywords,
                    })
                })
                .collect();
            pretty(&json!(filters))
        }
        Target::Bluesky => {
            let items: Vec<_> = out
                .iter()
                .map(|said| {
                    let targets =
                        if said.sort == Sort::Tag { json!(["tag"]) } else { json!(["content", "tag"]) };
                    let actor = if said.spares { "exclude-following" } else { "all" };
                    json!({ "value": said.text, "targets": targets, "actorTarget": actor })
                })
                .collect();
            pretty(&json!({
                "preferences": [{ "$type": "app.bsky.actor.defs#mutedWordsPref", "items": items }]
            }))
        }
        Target::Backup => String::new(),
    }
}

fn pretty(value: &serde_json::Value) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default() + "\n"
}

fn one_line(text: &str) -> String {
    text.replace(['\n', '\r'], " ")
}

fn cell(text: &str) -> String {
    if text.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}

/// The dashboard's backup with these rules as the reader's own; several files follow one another, each from everywhere.
fn backup(packs: &[PackSource]) -> Exported {
    let mut report = Report::default();
    let mut rules = String::new();
    for pack in packs {
        if !rules.is_empty() {
            rules.push_str("\non everywhere\n");
        }
        rules.push_str(pack.source.trim_end());
        rules.push('\n');
        if !pack.lists.is_empty() {
            report.note(
                NoteKind::Changed,
                &Place::File,
                &pack.id,
                "a backup has no files of lists; rules that load one do nothing there",
            );
        }
    }
    report.entries = compile(packs).program.rules.len();
    report.carried = report.entries;
    report.rules = report.entries;
    let text = pretty(&json!({
        "format": "diffract-backup", "version": 1, "rules": rules, "packs": [], "on": {}, "pausedHosts": [],
    }));
    Exported { text, report }
}
