//! `diffract explain`: why a post got its verdict.

use crate::format::Format;
use crate::outcome::Outcome;
use crate::packs::Packs;
use crate::posts::{Clock, Input};
use crate::replay::{about, action, action_style};
use crate::terminal::{self, BOLD, DIM, GREEN, RED, YELLOW, shortened, styled};
use anyhow::{Result, bail};
use diffract_core::matching::explain::{ExplainedRule, Explanation, Part, PartKind, RoomState, Value, Which};
use diffract_core::post::Post;
use diffract_core::program::{Effect, Rule};
use diffract_core::{Memory, RuleSet};
use serde::Serialize;
use std::io::{self, BufWriter, Write};
use std::ops::ControlFlow;
use std::path::PathBuf;

/// Say why a post got its verdict: each rule as a tree of conditions, with the value of each
///
/// Every part of a condition is true (✓), false (✗) or unknown (?): the platform does not show the field here. The
/// posts before it are decided first, because limits count them.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  diffract explain --rules my.rules --platform x --post 3 home.json
  diffract explain --rules my.rules --post 1790000000000000001 posts.ndjson
  diffract explain --rules my.rules --post 3 --rule 12 posts.ndjson          why did line 12 not speak?
  diffract explain --rules my.rules --rules calm.rules --post 3 --rule calm:4 posts.ndjson
  diffract explain --rules my.rules --post 3 --all --format json posts.ndjson

Exit codes:
  0  explained
  1  a rule file has errors, or a line of posts cannot be read; the rest was explained
  2  the input cannot be used: no such file, platform, post or rule")]
pub struct Arguments {
    /// Rules: a file, a folder of them, or a pack; may be given several times
    #[arg(long, value_name = "FILE", required = true)]
    rules: Vec<PathBuf>,
    /// Which post: its place in the feed, from 1, or its id; an id wins. May be left out where there is one only
    #[arg(long, value_name = "NUMBER|ID")]
    post: Option<String>,
    /// Only the rule of this line, whether it spoke or not; `PACK:LINE` where several packs have one
    #[arg(long, value_name = "LINE", conflicts_with = "all")]
    rule: Option<String>,
    /// All rules, those that did not speak too
    #[arg(long)]
    all: bool,
    /// What is written: human, for people, or json, one object
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
    #[command(flatten)]
    input: Input,
    #[command(flatten)]
    clock: Clock,
}

/// A post that was asked for, and its explanation.
struct Found {
    number: usize,
    post: Post,
    explanation: Explanation,
}

/// Explains and writes.
///
/// # Errors
/// If the input cannot be used, there is no such post or rule, or nothing can be written.
pub fn run(arguments: &Arguments) -> Result<Outcome> {
    crate::files::stdin_once(arguments.rules.iter().chain(&arguments.input.files))?;
    let packs = Packs::load(&arguments.rules)?;
    let broken = packs.have_errors();
    let rules = RuleSet::new(packs.program);
    let which = which(arguments, &rules)?;
    let wanted = arguments.post.as_deref().map(str::trim);
    let number = wanted.and_then(|wanted| wanted.trim_start_matches('#').parse::<usize>().ok());
    let (mut by_id, mut by_number, mut first) = (None, None, None);
    let mut memory = Memory::default();
    let mut posts = 0;
    let read = arguments.input.each(&arguments.clock, |moment, batch| {
        let context = moment.context();
        for post in batch {
            posts += 1;
            let explain = |memory: &Memory| Found {
                number: posts,
                post: post.clone(),
                explanation: rules.explain(post, &context, memory, &which),
            };
            if wanted == Some(post.id.as_str()) {
                by_id = Some(explain(&memory));
                return Ok(ControlFlow::Break(()));
            }
            if number == Some(posts) {
                by_number = Some(explain(&memory));
            } else if wanted.is_none() && posts == 1 {
                first = Some(explain(&memory));
            }
            rules.decide(std::slice::from_ref(post), &context, &mut memory);
        }
        Ok(ControlFlow::Continue(()))
    })?;
    let found = match (by_id.or(by_number), wanted) {
        (Some(found), _) => found,
        (None, None) if posts > 1 => {
            bail!(
                "there are {}; say which with `--post NUMBER` or `--post ID`",
                terminal::count(posts, "post")
            )
        }
        (None, None) => match first {
            Some(found) => found,
            None => bail!("there is no post to explain"),
        },
        (None, Some(wanted)) => {
            bail!(
                "there is no post `{wanted}` among {}; name it by its id, or by its place from 1",
                terminal::count(posts, "post")
            )
        }
    };
    let mut out = BufWriter::new(terminal::stdout());
    match arguments.format {
        Format::Json => write_json(&mut out, &found)?,
        Format::Human => {
            let sorts = |rule: &&Rule| matches!(rule.effect, Effect::Order(_));
            let speaking = rules.rules() - rules.program().rules.iter().filter(sorts).count();
            write_text(&mut out, &found, arguments, speaking)?;
        }
    }
    out.flush()?;
    Ok(Outcome::found_if(broken || read.bad_lines > 0))
}

/// Which rules were asked for.
fn which(arguments: &Arguments, rules: &RuleSet) -> Result<Which> {
    let Some(text) = arguments.rule.as_deref() else {
        return Ok(if arguments.all { Which::All } else { Which::Spoke });
    };
    let (pack, line) = match text.rsplit_once(':') {
        Some((pack, line)) => (Some(pack.to_owned()), line),
        None => (None, text),
    };
    let Ok(line) = line.trim().parse::<u32>() else {
        bail!("`--rule {text}` names no line; write `--rule 12`, or `--rule PACK:12`")
    };
    let program = rules.program();
    let is_of = |id: u32| {
        pack.as_ref().is_none_or(|pack| program.packs.get(id as usize).is_some_and(|known| known.id == *pack))
    };
    if !program.packs.iter().any(|known| pack.as_ref().is_none_or(|pack| known.id == *pack)) {
        let known: Vec<&str> = program.packs.iter().map(|pack| pack.id.as_str()).collect();
        bail!("no pack is called `{}`; known: {}", pack.unwrap_or_default(), known.join(", "));
    }
    let mut on_line = program.rules.iter().filter(|rule| rule.line == line && is_of(rule.pack)).peekable();
    if on_line.peek().is_none() {
        let lines = program.rules.iter().filter(|rule| is_of(rule.pack)).map(|rule| rule.line);
        match lines.min_by_key(|known| known.abs_diff(line)) {
            Some(near) => bail!("there is no rule on line {line}; the nearest is on line {near}"),
            None => bail!("there are no rules"),
        }
    }
    if on_line.all(|rule| matches!(rule.effect, Effect::Order(_))) {
        bail!("line {line} sorts the feed; it says nothing of one post");
    }
    Ok(Which::Line { pack, line })
}

fn write_json(out: &mut impl Write, found: &Found) -> io::Result<()> {
    #[derive(Serialize)]
    struct Outer<'a> {
        number: usize,
        post: &'a Post,
        #[serde(flatten)]
        explanation: &'a Explanation,
    }
    let outer = Outer { number: found.number, post: &found.post, explanation: &found.explanation };
    serde_json::to_writer_pretty(&mut *out, &outer).map_err(io::Error::from)?;
    writeln!(out)
}

fn write_text(out: &mut impl Write, found: &Found, arguments: &Arguments, rules: usize) -> io::Result<()> {
    let (post, verdict) = (&found.post, &found.explanation.verdict);
    let width = terminal::width();
    let place = format!("post {}", found.number);
    writeln!(out, "{}  {}", styled(BOLD, &place), about(post, width.saturating_sub(place.len() + 2)))?;
    let mut seen = vec![format!("id {}", post.id)];
    seen.extend(post.host.clone());
    seen.extend(post.surface.map(|surface| format!("{surface:?}").to_lowercase()));
    writeln!(out, "{}", styled(DIM, shortened(&seen.join(" · "), width)))?;
    let mut says = vec![styled(action_style(verdict.action), action(verdict.action))];
    says.extend(verdict.labels.iter().map(|label| format!("label \"{}\"", shortened(label, 40))));
    says.extend(verdict.highlight.then(|| "highlight".to_owned()));
    says.extend((verdict.score != 0.0).then(|| format!("score {}", verdict.score)));
    says.extend(verdict.note.as_ref().map(|note| format!("note \"{}\"", shortened(note, 60))));
    writeln!(out, "verdict: {}", says.join(", "))?;
    for rule in &found.explanation.rules {
        writeln!(out)?;
        write_rule(out, rule, width)?;
    }
    if found.explanation.rules.is_empty() {
        let help = if rules > 0 { "; `--all` says why each did not" } else { "" };
        writeln!(out, "\nNo rule spoke{help}.")?;
    } else if !arguments.all && arguments.rule.is_none() && rules > found.explanation.rules.len() {
        let silent = terminal::count(rules - found.explanation.rules.len(), "rule");
        writeln!(out, "\n{}", styled(DIM, format!("{silent} did not speak; `--all` says why")))?;
    }
    Ok(())
}

fn write_rule(out: &mut impl Write, rule: &ExplainedRule, width: usize) -> io::Result<()> {
    let place = format!("{}:{}", rule.pack, rule.line);
    let text = shortened(&rule.rule, width.saturating_sub(place.len() + 5));
    writeln!(out, "{} {}: {text}", sign(rule.value), styled(BOLD, terminal::plain(&place)))?;
    let mut lines: Vec<(String, Value, String)> = Vec::new();
    if !rule.place.on.ends_with("everywhere") || !rule.place.holds {
        let surface = rule.place.surface.map(|surface| format!("{surface:?}").to_lowercase());
        let seen = match (&rule.place.host, surface) {
            (Some(host), Some(surface)) => format!("seen on {host} {surface}"),
            (Some(host), None) => format!("seen on {host}"),
            // A surface alone is of no site.
            (None, _) => "the post has no `host`".to_owned(),
        };
        lines.push((String::new(), rule.place.holds.into(), format!("{}\t{seen}", rule.place.on)));
    }
    if let Some(hours) = &rule.hours {
        lines.push((String::new(), hours.holds.into(), format!("{}\tit is {}", hours.at, hours.now)));
    }
    tree(&rule.condition, "", "", &mut lines);
    if let Some(room) = &rule.limit {
        let (value, words) = match room.state {
            RoomState::Full => (Value::True, "full"),
            RoomState::Free => (Value::False, "there is room"),
            RoomState::Placed => (Value::False, "it had its place before"),
            RoomState::Unknown => (Value::Unknown, "the author is not known"),
            RoomState::NotAsked => (Value::False, "not asked"),
        };
        lines.push((String::new(), value, format!("{}\t{words}", room.limit)));
    }
    // Questions in one column, what was seen in another.
    let split = |text: &str| {
        text.split_once('\t')
            .map_or_else(|| (text.to_owned(), String::new()), |(a, b)| (a.to_owned(), b.to_owned()))
    };
    let widest = lines
        .iter()
        .map(|(lead, _, text)| lead.chars().count() + split(text).0.chars().count())
        .max()
        .unwrap_or(0)
        .min(width.saturating_sub(8) * 3 / 5);
    for (lead, value, text) in &lines {
        let (question, seen) = split(text);
        let room = widest.saturating_sub(lead.chars().count()).max(12);
        let question = shortened(&question, room.max(1));
        let pad = " ".repeat(room.saturating_sub(question.chars().count()));
        let seen = shortened(&seen, width.saturating_sub(widest + 8).max(12));
        let line = format!("  {}{} {question}{pad}  {}", styled(DIM, lead), sign(*value), styled(DIM, &seen));
        writeln!(
            out,
            "{}",
            if seen.is_empty() {
                format!("  {}{} {question}", styled(DIM, lead), sign(*value))
            } else {
                line
            }
        )?;
    }
    let then = if rule.decides {
        format!("so: {}", rule.action.map_or("", action))
    } else if rule.value == Value::True {
        match rule.action {
            Some(of) => format!("it called for {}; a stronger rule decides", action(of)),
            None => format!("so: {}", rule.effect),
        }
    } else if rule.waits {
        "a model could still make it speak".to_owned()
    } else {
        return Ok(());
    };
    writeln!(out, "  {then}")
}

/// A condition, a line a part. What joins stands before what is joined.
fn tree(part: &Part, lead: &str, below: &str, lines: &mut Vec<(String, Value, String)>) {
    let text = match (part.kind, &part.test) {
        (PartKind::Always, _) => "without a condition".to_owned(),
        (PartKind::All, _) => "all of".to_owned(),
        (PartKind::Any, _) => "any of".to_owned(),
        (PartKind::Not, _) => "not".to_owned(),
        (PartKind::Test, Some(seen)) => {
            let quoted = |some: &[String]| {
                some.iter().map(|word| format!("\"{word}\"")).collect::<Vec<_>>().join(", ")
            };
            let mut words = Vec::new();
            if !seen.found.is_empty() {
                words.push(format!("found {}", quoted(&seen.found)));
            }
            if !seen.missing.is_empty() {
                words.push(format!("without {}", quoted(&seen.missing)));
            }
            // What was found of a text says it; else the text itself does.
            if words.is_empty() || !seen.missing.is_empty() {
                // Most questions begin with the field's name.
                let named = seen.text.starts_with(&seen.field);
                words.push(if named {
                    seen.shown.clone()
                } else {
                    format!("{}: {}", seen.field, seen.shown)
                });
            }
            format!("{}\t{}", seen.text, words.join("; "))
        }
        (PartKind::Test, None) => String::new(),
    };
    lines.push((lead.to_owned(), part.value, text));
    for (index, inner) in part.parts.iter().enumerate() {
        let last = index + 1 == part.parts.len();
        let (branch, under) = if last { ("└ ", "  ") } else { ("├ ", "│ ") };
        tree(inner, &format!("{below}{branch}"), &format!("{below}{under}"), lines);
    }
}

fn sign(value: Value) -> String {
    match value {
        Value::True => styled(GREEN, "✓"),
        Value::False => styled(RED, "✗"),
        Value::Unknown => styled(YELLOW, "?"),
    }
}
