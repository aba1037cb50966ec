//! `diffract replay`: what the rules do with a recorded answer of a platform's API.

use crate::moment::{self, Moment};
use crate::outcome::Outcome;
use crate::packs::Packs;
use anyhow::{Context, Result, anyhow, bail};
use clap::ValueEnum;
use diffract_adapters::problem::nearest;
use diffract_adapters::wire::{Payload, WireAdapter, builtin_named, builtin_names};
use diffract_core::matching::{Context as Circumstances, Memory, RuleSet};
use diffract_core::post::{Kind, Post, Surface};
use diffract_core::verdict::{Action, Reason, Verdict};
use serde::Serialize;
use std::fs::File;
use std::io::{self, BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

/// The largest payload that is read, in bytes.
const MOST_BYTES: u64 = 256 << 20;

/// Decide every post of a recorded answer of a platform's API, and say why.
///
/// Writes one line a post, in the order of the feed. Messages about the rules and the payload go to
/// standard error; a line of rules that is wrong costs that line only.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  diffract replay --platform x --rules my.rules home.json

Exit codes:
  0  every post was decided; of an empty feed, none
  1  a rule file has errors, or cannot be read; the posts were decided by the rules that have none
  2  the input cannot be used: no such file or platform, no JSON, no posts in it")]
pub struct Arguments {
    /// Whose answer it is: x, youtube, reddit, mastodon, bluesky, hackernews, linkedin, facebook, instagram, tiktok, lemmy
    #[arg(long, value_name = "NAME")]
    platform: String,
    /// A rule file; may be given several times. Its pack is called by the file's name without extension.
    /// Without any, every post is shown
    #[arg(long, value_name = "FILE")]
    rules: Vec<PathBuf>,
    /// What is written: json, one object a line, or text, for people
    #[arg(long, value_enum, default_value_t = Format::Json)]
    format: Format,
    /// The address that was asked; names the surface where the payload itself does not
    #[arg(long, value_parser = address)]
    url: Option<String>,
    /// The moment that ages and hours count from, as 2026-08-06T21:12:23+02:00 (its offset is the reader's
    /// local time) or as seconds since 1970. Without it: the time of the latest post in the payload, so that
    /// the same payload gives the same verdicts on any day; where no post has a time, the clock
    #[arg(long, value_name = "MOMENT", value_parser = moment::parse)]
    now: Option<Moment>,
    /// The recorded answer, as JSON; `-` reads standard input
    #[arg(value_name = "PAYLOAD.json")]
    payload: PathBuf,
}

/// How verdicts are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// One object a line.
    Json,
    /// For people.
    Text,
}

/// One line of `--format json`.
#[derive(Debug, Serialize)]
struct Line<'a> {
    id: &'a str,
    author: Option<&'a str>,
    text: Option<&'a str>,
    time: Option<String>,
    promoted: bool,
    surface: Option<Surface>,
    verdict: Judgement<'a>,
    kind: Option<Kind>,
    title: Option<&'a str>,
    url: Option<&'a str>,
}

/// The verdict, as it is written.
#[derive(Debug, Serialize)]
struct Judgement<'a> {
    action: Action,
    labels: &'a [String],
    score: f64,
    reasons: Vec<Why<'a>>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    highlight: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    unsure: Option<&'a diffract_core::verdict::Pending>,
}

/// One rule that spoke, as it is written.
#[derive(Debug, Serialize)]
struct Why<'a> {
    pack: &'a str,
    rule: &'a str,
    line: u32,
    evidence: &'a [String],
    effect: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    because: Option<&'a str>,
}

/// Reads, decides, writes.
///
/// # Errors
/// If the input cannot be used, or nothing can be written.
pub fn run(arguments: &Arguments) -> Result<Outcome> {
    let adapter = adapter(&arguments.platform)?;
    let packs = Packs::load(&arguments.rules)?;
    let errors = packs.have_errors();
    let payload = payload(&adapter, &arguments.payload, arguments.url.as_deref())?;
    let reading = adapter.read(payload.document(), arguments.url.as_deref());
    let name = arguments.payload.display();
    if reading.items.is_empty() && !reading.recognised {
        bail!(
            "{name}: {}; is it an answer of {}'s API, whole and unchanged?",
            reading.notes.join("; "),
            adapter.name()
        );
    }
    for note in &reading.notes {
        eprintln!("note: {name}: {note}");
    }
    let posts: Vec<Post> = reading.items.into_iter().map(|item| item.post).collect();
    let moment = arguments.now.unwrap_or_else(|| latest(&posts));
    let circumstances = Circumstances {
        now: moment.seconds,
        utc_offset: moment.utc_offset,
        visit: "replay".to_owned(),
        no_models: true,
        ..Circumstances::default()
    };
    let verdicts = RuleSet::new(packs.program).decide(&posts, &circumstances, &mut Memory::default());
    let mut out = BufWriter::new(io::stdout().lock());
    for (post, verdict) in posts.iter().zip(&verdicts) {
        match arguments.format {
            Format::Json => {
                serde_json::to_writer(&mut out, &line(post, verdict)).map_err(io::Error::from)?;
                writeln!(out)?;
            }
            Format::Text => write_text(&mut out, post, verdict)?,
        }
    }
    if arguments.format == Format::Text {
        write_summary(&mut out, &posts, &verdicts)?;
    }
    out.flush()?;
    Ok(Outcome::found_if(errors))
}

/// The shipped adapter of this name.
///
/// # Errors
/// If there is none; then the nearest name is offered.
pub fn adapter(name: &str) -> Result<WireAdapter> {
    match builtin_named(name) {
        Some(adapter) => adapter.map_err(|problem| anyhow!("the adapter is broken: {problem}")),
        None => {
            let known = builtin_names().collect::<Vec<_>>().join(", ");
            match nearest(name, builtin_names()) {
                Some(near) => bail!("no platform is called `{name}`; did you mean `{near}`? Known: {known}"),
                None => bail!("no platform is called `{name}`; known: {known}"),
            }
        }
    }
}

fn payload(adapter: &WireAdapter, file: &Path, url: Option<&str>) -> Result<Payload> {
    let name = file.display();
    let mut text = String::new();
    let size = if file == Path::new("-") {
        io::stdin().lock().take(MOST_BYTES + 1).read_to_string(&mut text)
    } else {
        let open = File::open(file).with_context(|| format!("cannot read {name}"))?;
        open.take(MOST_BYTES + 1).read_to_string(&mut text)
    };
    let size = size.with_context(|| format!("cannot read {name}"))?;
    if size as u64 > MOST_BYTES {
        bail!("{name} is over 256 MB");
    }
    Payload::open(adapter, text, url).map_err(|(_, problem)| anyhow!("{name} is no answer: {problem}"))
}

/// An address of the web, absolute: `reddit.com/r/all` is taken for `https://reddit.com/r/all`.
pub fn address(text: &str) -> Result<String, String> {
    let text = text.trim();
    let (scheme, rest) = text.split_once("://").unwrap_or(("https", text));
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let sound = ["http", "https"].iter().any(|s| scheme.eq_ignore_ascii_case(s))
        && (host.contains('.') || host.starts_with("localhost"))
        && !host.contains(|c: char| c.is_whitespace() || c.is_control());
    if sound {
        Ok(format!("{scheme}://{rest}"))
    } else {
        Err("expected an address like https://www.reddit.com/r/popular.json".to_owned())
    }
}

/// The time of the latest post, else the clock's.
pub fn latest(posts: &[Post]) -> Moment {
    let latest = posts.iter().filter_map(|p| p.time).filter(|t| t.is_finite()).reduce(f64::max);
    let clock = || SystemTime::now().duration_since(UNIX_EPOCH).map_or(0.0, |d| d.as_secs_f64());
    Moment { seconds: latest.unwrap_or_else(clock), utc_offset: 0 }
}

fn line<'a>(post: &'a Post, verdict: &'a Verdict) -> Line<'a> {
    Line {
        id: &post.id,
        author: post.author.as_deref(),
        text: post.text.as_deref(),
        time: post.time.and_then(moment::rfc3339),
        promoted: post.promoted.unwrap_or(false),
        surface: post.surface,
        verdict: Judgement {
            action: verdict.action,
            labels: &verdict.labels,
            score: verdict.score,
            reasons: verdict.reasons.iter().map(why).collect(),
            highlight: verdict.highlight,
            note: verdict.note.as_deref(),
            unsure: verdict.unsure.as_ref(),
        },
        kind: post.kind,
        title: post.title.as_deref(),
        url: post.url.as_deref(),
    }
}

fn why(reason: &Reason) -> Why<'_> {
    Why {
        pack: &reason.pack,
        rule: &reason.rule,
        line: reason.line,
        evidence: &reason.evidence,
        effect: &reason.effect,
        because: reason.because.as_deref(),
    }
}

/// `hide      @author  promoted  The first words …`, and below it each reason.
fn write_text(out: &mut impl Write, post: &Post, verdict: &Verdict) -> io::Result<()> {
    let author = post.author.as_deref().unwrap_or("(unknown)");
    let words = [&post.title, &post.text].into_iter().flatten().find(|t| !t.is_empty());
    let words = words.map_or("(no words)".to_owned(), |t| shortened(t, 70));
    let paid = if post.promoted == Some(true) { "promoted" } else { "" };
    writeln!(out, "{:<9} {:<24} {paid:<9} {words}", action(verdict.action), shortened(author, 24))?;
    if !verdict.labels.is_empty() {
        writeln!(out, "          labels: {}", verdict.labels.join(", "))?;
    }
    if verdict.score != 0.0 {
        writeln!(out, "          score: {}", verdict.score)?;
    }
    for reason in &verdict.reasons {
        writeln!(out, "          {}:{}: {}", reason.pack, reason.line, reason.rule)?;
        if !reason.evidence.is_empty() {
            writeln!(out, "            since {}", shortened(&reason.evidence.join("; "), 160))?;
        }
    }
    Ok(())
}

fn write_summary(out: &mut impl Write, posts: &[Post], verdicts: &[Verdict]) -> io::Result<()> {
    let promoted = posts.iter().filter(|p| p.promoted == Some(true)).count();
    write!(out, "\n{} posts, {promoted} promoted:", posts.len())?;
    let all = [
        Action::Show,
        Action::Keep,
        Action::Dim,
        Action::Blur,
        Action::Collapse,
        Action::Replace,
        Action::Hide,
    ];
    let counts: Vec<String> = all
        .into_iter()
        .map(|a| (a, verdicts.iter().filter(|v| v.action == a).count()))
        .filter(|(_, count)| *count > 0)
        .map(|(a, count)| format!(" {} {count}", action(a)))
        .collect();
    writeln!(out, "{}", counts.join(","))
}

fn action(action: Action) -> &'static str {
    match action {
        Action::Show => "show",
        Action::Dim => "dim",
        Action::Blur => "blur",
        Action::Collapse => "collapse",
        Action::Replace => "replace",
        Action::Hide => "hide",
        Action::Keep => "keep",
    }
}

/// On one line, at most so many characters, and none that could steer a terminal.
fn shortened(text: &str, most: usize) -> String {
    let plain = |c: char| if c.is_control() { ' ' } else { c };
    let mut line: String =
        text.chars().map(plain).collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() > most {
        line = line.chars().take(most - 1).collect();
        line.push('…');
    }
    line
}
