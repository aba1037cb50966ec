//! `diffract rewrite`: a recorded answer of a platform's API as the rules would have it, before the page sees it.

mod picture;

use crate::outcome::Outcome;
use crate::packs::Packs;
use crate::posts::payload::{adapter, address};
use crate::posts::{Clock, latest};
use crate::{files, terminal};
use anyhow::{Result, bail};
use clap::ValueEnum;
use diffract_adapters::wire::{self, LeftReason, Payload, Rewritten, WireAdapter, arrange, compare};
use diffract_core::comparison::{Comparison, Fate, Row};
use diffract_core::matching::{Memory, RuleSet};
use diffract_core::post::Post;
use std::collections::BTreeMap;
use std::io::Write;
use std::path::PathBuf;

/// The largest answer that is read, in bytes.
const MOST_BYTES: u64 = 128 << 20;

/// Rewrite a recorded answer of a platform's API: posts taken out and put in order, every other byte as it was.
///
/// Writes the answer to standard output, and to standard error what was done and why. What `collapse`, `blur`, `dim` and
/// labels do is done in the page, and not here.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  diffract rewrite --platform x --rules my.rules home.json > calm.json
  diffract rewrite --platform reddit --url https://www.reddit.com/r/popular.json --rules my.rules --plot feed.svg popular.json

Exit codes:
  0  the answer was rewritten, or there was nothing to change
  1  a rule file has errors, or cannot be read; the answer was rewritten by the rules that have none
  2  the input cannot be used: no such file or platform; an answer that cannot be read is written as it is")]
pub struct Arguments {
    /// Whose answer it is: x, youtube, reddit, mastodon, bluesky, hackernews, linkedin, facebook, instagram, tiktok, lemmy
    #[arg(long, value_name = "NAME")]
    platform: String,
    /// A rule file, or a folder of them; may be given several times. Without any, nothing changes
    #[arg(long, value_name = "FILE")]
    rules: Vec<PathBuf>,
    /// The address that was asked: names the surface where the answer itself does not, and what was asked for
    #[arg(long, value_parser = address)]
    url: Option<String>,
    /// Draws what the host sent and what became of it, side by side, as SVG
    #[arg(long, value_name = "FILE.svg")]
    plot: Option<PathBuf>,
    /// Writes the picture over a file that is there
    #[arg(long, requires = "plot")]
    force: bool,
    /// What is shown once only: nothing (as the host sends it), duplicates, or reposts of a post that is shown too
    #[arg(long, value_enum, default_value_t = Folding::Nothing)]
    fold: Folding,
    #[command(flatten)]
    clock: Clock,
    /// The recorded answer; `-` reads standard input
    #[arg(value_name = "PAYLOAD.json")]
    payload: PathBuf,
}

/// See [`wire::Fold`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Folding {
    Nothing,
    Duplicates,
    Reposts,
}

/// What became of a feed.
struct Done {
    comparison: Comparison,
    rewritten: Rewritten,
}

/// Reads, decides, writes.
///
/// # Errors
/// If the input cannot be used, or nothing can be written. An answer that cannot be read is written as it is.
pub fn run(arguments: &Arguments) -> Result<Outcome> {
    files::stdin_once(arguments.rules.iter().chain([&arguments.payload]))?;
    let adapter = adapter(&arguments.platform)?;
    let packs = Packs::load(&arguments.rules)?;
    let errors = packs.have_errors();
    let bytes =
        files::bytes(&arguments.payload, MOST_BYTES, "an answer that large is passed through as it is")?;
    let name = files::name(&arguments.payload);
    let mut out = std::io::stdout().lock();
    let opened = match String::from_utf8(bytes) {
        Ok(text) => Payload::open(&adapter, text, arguments.url.as_deref())
            .map_err(|(text, problem)| (text.into_bytes(), problem.to_string())),
        Err(problem) => Err((problem.into_bytes(), "the text is not UTF-8".to_owned())),
    };
    let payload = match opened {
        Ok(payload) => payload,
        Err((bytes, problem)) => {
            out.write_all(&bytes)?;
            bail!("{name} passes through as it is: {problem}");
        }
    };
    payload.notes().iter().for_each(|note| terminal::note(&format!("{name}: {note}")));
    let done = rewrite(arguments, &adapter, &payload, &RuleSet::new(packs.program))?;
    match &done.rewritten.outcome {
        wire::Outcome::Unchanged => out.write_all(payload.text().as_bytes())?,
        wire::Outcome::Changed(text) => out.write_all(text.as_bytes())?,
        wire::Outcome::Withheld => {}
    }
    out.flush()?;
    drop(out);
    report(&done);
    if let Some(file) = &arguments.plot {
        files::create(file, picture::picture(&done.comparison, adapter.name()).as_bytes(), arguments.force)?;
    }
    Ok(Outcome::found_if(errors))
}

fn rewrite(arguments: &Arguments, adapter: &WireAdapter, payload: &Payload, rules: &RuleSet) -> Result<Done> {
    let posts: Vec<Post> = payload.posts().cloned().collect();
    let context = arguments.clock.moment(|| Ok(latest(&posts)))?.context();
    let verdicts = rules.decide(&posts, &context, &mut Memory::default());
    let order = rules.order(&posts, &verdicts, &context);
    let fold = match arguments.fold {
        Folding::Nothing => wire::Fold::Nothing,
        Folding::Duplicates => wire::Fold::Duplicates,
        Folding::Reposts => wire::Fold::Reposts,
    };
    let decisions = arrange(&posts, &verdicts, &order, fold, None);
    let rewritten = payload.rewrite(adapter, &decisions);
    let comparison = compare(adapter, payload, verdicts, &decisions, &rewritten);
    Ok(Done { comparison, rewritten })
}

/// Why a post went or stayed, in a few words; empty if nothing is to be said.
fn why(row: &Row) -> String {
    let rule = row.verdict.reasons.first().filter(|_| row.fate != Fate::Folded && row.fate != Fate::Shown);
    let rule = rule.map(|reason| match reason.because() {
        Some(because) => because.to_owned(),
        None => format!("{}:{} {}", reason.pack(), reason.line(), reason.rule()),
    });
    rule.into_iter().chain(row.why.clone()).collect::<Vec<_>>().join("; ")
}

/// Who wrote a post and how it begins.
fn words(post: &Post) -> (&str, &str) {
    let author = post.author.as_deref().or(post.name.as_deref()).unwrap_or("(unknown)");
    let words = [&post.title, &post.text].into_iter().flatten().find(|text| !text.trim().is_empty());
    (author, words.map_or("(no words)", |words| words.trim()))
}

/// What was done, for people.
fn report(Done { comparison, rewritten }: &Done) {
    let mut out = terminal::stderr();
    // That nobody reads the report is no reason to stop.
    for row in rewritten.removed.iter().filter_map(|post| comparison.rows.get(*post)) {
        let (author, words) = words(&row.post);
        let (author, words) = (terminal::shortened(author, 20), terminal::shortened(words, 50));
        let why = terminal::shortened(&why(row), 100);
        let _ = writeln!(out, "{} {author:<20} {words}\n     {why}", terminal::styled(terminal::RED, "gone"));
    }
    let mut left: BTreeMap<LeftReason, usize> = BTreeMap::new();
    rewritten.left.iter().for_each(|left_post| *left.entry(left_post.why).or_default() += 1);
    for (why, count) in left {
        let _ = writeln!(
            out,
            "{} {}, to be hidden in the page: {why}",
            terminal::styled(terminal::YELLOW, "left"),
            terminal::count(count, "post")
        );
    }
    let _ = writeln!(
        out,
        "{}: {} gone, {} moved",
        terminal::count(comparison.rows.len(), "post"),
        rewritten.removed.len(),
        comparison.moved.len()
    );
}
