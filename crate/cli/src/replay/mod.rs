//! `diffract replay`: what rules do with posts that were recorded, and what other rules would do instead.

mod diff;
mod line;
mod summary;

pub use line::{about, action, action_style};

use crate::outcome::Outcome;
use crate::packs::Packs;
use crate::posts::{Clock, Input, Read};
use crate::{files, terminal};
use anyhow::Result;
use clap::ValueEnum;
use diff::Changes;
use diffract_core::{Memory, RuleSet};
use line::Line;
use std::io::{BufWriter, Write};
use std::ops::ControlFlow;
use std::path::PathBuf;
use summary::Summary;

/// Decide recorded posts, and say why; or show which verdicts change between two versions of rules
///
/// Writes one line a post, in the order of the feed. Messages about the rules and the posts go to standard error; a
/// line of rules or posts that is wrong costs that line only. The same input gives the same output on any day.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  diffract replay --platform x --rules my.rules home.json              a recorded answer of X's API
  diffract replay --rules my.rules posts.ndjson                        posts, one JSON object a line
  zcat posts.ndjson.gz | diffract replay --rules my.rules -            from standard input
  diffract replay --rules my.rules --format human --quiet posts.ndjson  only the summary
  diffract replay --diff saved.rules my.rules --format human posts.ndjson
  diffract replay --rules quiet.rules --now 2026-08-06T23:00:00+02:00 --platform x home.json

Exit codes:
  0  every post was decided; of an empty feed, none; with --diff: no verdict changes
  1  a rule file has errors, or a line of posts cannot be read (the rest was decided); with --diff also: some
     verdict changes
  2  the input cannot be used: no such file or platform, no JSON, no posts in it")]
pub struct Arguments {
    /// Rules: a file, a folder of them, or a pack; may be given several times. A file's pack is called by its
    /// name without extension. Without any, every post is shown
    #[arg(long, value_name = "FILE")]
    rules: Vec<PathBuf>,
    /// Show only the posts whose verdict changes from the first rules to the second; `--rules` are part of both
    #[arg(long, num_args = 2, value_names = ["OLD", "NEW"])]
    diff: Option<Vec<PathBuf>>,
    /// What is written: json (the same as ndjson), one object a line; or human, for people, with a summary
    #[arg(long, value_enum, default_value_t = Format::Json)]
    format: Format,
    /// Let a last line `{"summary": …}` say how many posts each action and each rule had
    #[arg(long)]
    summary: bool,
    /// Write the summary only
    #[arg(long, short)]
    quiet: bool,
    #[command(flatten)]
    input: Input,
    #[command(flatten)]
    clock: Clock,
}

/// How verdicts are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// One object a line.
    #[value(alias = "ndjson")]
    Json,
    /// For people.
    #[value(alias = "text")]
    Human,
}

/// Reads, decides, writes.
///
/// # Errors
/// If the input cannot be used, or nothing can be written.
pub fn run(arguments: &Arguments) -> Result<Outcome> {
    let Arguments { rules, diff, input, .. } = arguments;
    // Of a difference they are read for both sides.
    let again: &[PathBuf] = if diff.is_some() { rules } else { &[] };
    files::stdin_once(rules.iter().chain(again).chain(diff.iter().flatten()).chain(&input.files))?;
    match arguments.diff.as_deref() {
        Some([old, new]) => {
            let side = |path: &PathBuf| {
                let mut paths = arguments.rules.clone();
                paths.push(path.clone());
                paths
            };
            run_diff(arguments, &side(old), &side(new))
        }
        _ => run_one(arguments),
    }
}

impl Arguments {
    fn writes_text(&self) -> bool {
        self.format == Format::Human
    }

    fn writes_summary(&self) -> bool {
        self.summary || self.quiet || self.writes_text()
    }

    fn outcome(&self, broken_rules: bool, read: Read) -> Outcome {
        Outcome::found_if(broken_rules || read.bad_lines > 0)
    }
}

fn run_one(arguments: &Arguments) -> Result<Outcome> {
    let packs = Packs::load(&arguments.rules)?;
    let broken = packs.have_errors();
    let rules = RuleSet::new(packs.program);
    let mut memory = Memory::default();
    let mut summary = Summary::new(&rules);
    let width = terminal::width();
    let mut out = BufWriter::new(terminal::stdout());
    let read = arguments.input.each(&arguments.clock, |moment, posts| {
        let context = moment.context();
        for (post, verdict) in posts.iter().zip(rules.decide(posts, &context, &mut memory)) {
            if arguments.writes_summary() {
                summary.add(post, &verdict, &context);
            }
            match arguments.format {
                _ if arguments.quiet => {}
                Format::Json => Line::new(post, &verdict).write(&mut out)?,
                Format::Human => line::write_text(&mut out, post, &verdict, width)?,
            }
        }
        Ok(ControlFlow::Continue(()))
    })?;
    if arguments.writes_summary() {
        match arguments.format {
            Format::Json => summary.write_json(&mut out)?,
            Format::Human => summary.write_text(&mut out, width)?,
        }
    }
    out.flush()?;
    read.tell_without_host(&[rules.program()]);
    Ok(arguments.outcome(broken, read))
}

fn run_diff(arguments: &Arguments, old: &[PathBuf], new: &[PathBuf]) -> Result<Outcome> {
    let (old, new) = (Packs::load(old)?, Packs::load(new)?);
    let broken = old.have_errors() || new.have_errors();
    let (old, new) = (RuleSet::new(old.program), RuleSet::new(new.program));
    let (mut old_memory, mut new_memory) = (Memory::default(), Memory::default());
    let mut changes = Changes::default();
    let width = terminal::width();
    let mut out = BufWriter::new(terminal::stdout());
    let read = arguments.input.each(&arguments.clock, |moment, posts| {
        let context = moment.context();
        let from = old.decide(posts, &context, &mut old_memory);
        let to = new.decide(posts, &context, &mut new_memory);
        for (post, (from, to)) in posts.iter().zip(from.iter().zip(&to)) {
            if changes.add(post, from, to) && !arguments.quiet {
                match arguments.format {
                    Format::Json => diff::write_json(&mut out, post, from, to)?,
                    Format::Human => diff::write_text(&mut out, post, from, to, width)?,
                }
            }
        }
        Ok(ControlFlow::Continue(()))
    })?;
    if arguments.writes_summary() {
        match arguments.format {
            Format::Json => changes.write_json(&mut out)?,
            Format::Human => changes.write_text(&mut out)?,
        }
    }
    out.flush()?;
    read.tell_without_host(&[old.program(), new.program()]);
    Ok(Outcome::found_if(changes.changed > 0 || arguments.outcome(broken, read) == Outcome::Found))
}
