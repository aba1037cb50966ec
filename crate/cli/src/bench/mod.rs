//! `diffract bench`: what rules cost, stage by stage and rule by rule.

mod alone;
mod measure;
mod peers;
mod report;

use crate::format::Format;
use crate::outcome::Outcome;
use crate::packs::Packs;
use crate::posts::{Clock, Input};
use crate::terminal;
use alone::RuleCost;
use anyhow::{Result, anyhow, bail};
use diffract_core::check::{PackSource, compile};
use diffract_core::matching::explain::Which;
use diffract_core::post::Post;
use diffract_core::program::Program;
use diffract_core::{Context, Memory, RuleSet, restore, snapshot};
use measure::{Cost, measure, quantile};
use peers::{Peer, PeerCost};
use serde::Serialize;
use std::collections::HashMap;
use std::hint::black_box;
use std::io::{BufWriter, Write};
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// So many posts are held in memory at most.
const MOST_POSTS: usize = 200_000;

/// Measure what rules cost: time and memory of each stage, of each post and of each rule
///
/// Figures are of this machine now; what can be compared are the ratios within one run: to the empty rule set, and to
/// regular expressions over the same words.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  diffract bench --rules my.rules --platform x home.json
  diffract bench --rules packs/ posts.ndjson --runs 20
  diffract bench --rules my.rules posts.ndjson --peer regex-set --peer regexes
  diffract bench --rules my.rules posts.ndjson --format json > before.json

Exit codes:
  0  measured
  1  a rule file has errors, or a line of posts cannot be read; the rest was measured
  2  the input cannot be used: no such file or platform, no posts in it")]
pub struct Arguments {
    /// Rules: a file, a folder of them, or a pack; may be given several times
    #[arg(long, value_name = "FILE", required = true)]
    rules: Vec<PathBuf>,
    /// How often each stage runs; the fastest counts
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u16).range(1..=1000))]
    runs: u16,
    /// Compare with regular expressions over the words that the rules look for in the text; may be given several times
    #[arg(long, value_enum)]
    peer: Vec<Peer>,
    /// How many rules to list
    #[arg(long, value_name = "N", default_value_t = 10)]
    top: usize,
    /// For how many seconds rules are tried alone; 0 leaves that out
    #[arg(long, value_name = "SECONDS", default_value_t = 5, value_parser = clap::value_parser!(u64).range(0..=86_400))]
    budget: u64,
    /// What is written: human, for people, or json, one object
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
    #[command(flatten)]
    input: Input,
    #[command(flatten)]
    clock: Clock,
}

/// Every figure.
#[derive(Debug, Serialize)]
struct Report {
    rules: usize,
    posts: usize,
    bytes_per_post: usize,
    check: Cost,
    build: Cost,
    snapshot: Cost,
    snapshot_bytes: usize,
    restore: Cost,
    #[serde(rename = "match")]
    matching: Cost,
    post: PostCost,
    empty_ns: f64,
    ratio_to_empty: f64,
    peers: Vec<PeerCost>,
    /// How many rules were tried alone.
    tried: usize,
    costliest: Vec<RuleCost>,
}

/// What a post costs, in nanoseconds.
#[derive(Debug, Clone, Copy, Serialize)]
struct PostCost {
    mean_ns: f64,
    p50_ns: f64,
    p95_ns: f64,
    max_ns: f64,
    /// On average when everything is asked for the first time and expressions are compiled.
    cold_ns: f64,
}

/// Measures and writes.
///
/// # Errors
/// If the input cannot be used, or nothing can be written.
pub fn run(arguments: &Arguments) -> Result<Outcome> {
    crate::files::stdin_once(arguments.rules.iter().chain(&arguments.input.files))?;
    let packs = Packs::load(&arguments.rules)?;
    let (moment, posts, read) = arguments.input.all(&arguments.clock, MOST_POSTS)?;
    if posts.is_empty() {
        bail!("there are no posts to measure with");
    }
    if posts.len() == MOST_POSTS {
        terminal::note(&format!("only the first {} are measured with", terminal::count(MOST_POSTS, "post")));
    }
    if cfg!(debug_assertions) {
        terminal::warning("this is a debug build; a release build is many times faster");
    }
    let sources: Vec<PackSource> = packs.files.iter().map(|file| file.source.clone()).collect();
    let report = report(arguments, &sources, &posts, &moment.context())?;
    let mut out = BufWriter::new(terminal::stdout());
    match arguments.format {
        Format::Human => report::write(&mut out, &report, arguments.top, terminal::width())?,
        Format::Json => {
            serde_json::to_writer_pretty(&mut out, &report).map_err(std::io::Error::from)?;
            writeln!(out)?;
        }
    }
    out.flush()?;
    Ok(Outcome::found_if(packs.have_errors() || read.bad_lines > 0))
}

fn report(
    arguments: &Arguments,
    sources: &[PackSource],
    posts: &[Post],
    context: &Context,
) -> Result<Report> {
    let runs = usize::from(arguments.runs);
    let progress = terminal::progress(None, "measuring", false);
    let (check, compiled) = measure(runs, || (), |()| compile(sources));
    let program = compiled.program;
    let (build, rules) = measure(runs, || program.clone(), RuleSet::new);
    let (snapshotting, bytes) = measure(runs, || (), |()| snapshot(&rules));
    let (restoring, restored) = measure(runs, || (), |()| restore(&bytes));
    restored.map_err(|problem| anyhow!("the rules' own snapshot does not read back: {problem}"))?;
    let (matching, _) =
        measure(runs, Memory::default, |mut memory| rules.decide(posts, context, &mut memory));
    let post = post_cost(&program, posts, context, runs);
    let empty_ns = {
        let empty = RuleSet::new(Program::default());
        let (cost, _) =
            measure(runs, Memory::default, |mut memory| each(&empty, posts, context, &mut memory, |_, _| ()));
        cost.best_ms * 1e6 / posts.len() as f64
    };
    let patterns = if arguments.peer.is_empty() { Vec::new() } else { peers::patterns(&program) };
    let peers = arguments.peer.iter().map(|peer| peers::run(*peer, &patterns, posts)).collect();
    progress.finish_and_clear();
    let costliest = if arguments.budget == 0 {
        Vec::new()
    } else {
        let budget = Duration::from_secs(arguments.budget);
        alone::cost(&program, posts, &spoke(&rules, posts, context), context, budget)
    };
    let text: usize = posts.iter().filter_map(|post| post.text.as_ref()).map(String::len).sum();
    Ok(Report {
        rules: program.rules.len(),
        posts: posts.len(),
        bytes_per_post: text / posts.len().max(1),
        check,
        build,
        snapshot: snapshotting,
        snapshot_bytes: bytes.len(),
        restore: restoring,
        matching,
        post,
        empty_ns,
        ratio_to_empty: post.mean_ns / empty_ns.max(f64::MIN_POSITIVE),
        peers,
        tried: costliest.len(),
        costliest,
    })
}

/// Each post by itself, in the best of its runs.
fn post_cost(program: &Program, posts: &[Post], context: &Context, runs: usize) -> PostCost {
    let rules = RuleSet::new(program.clone());
    let mut cold = 0.0;
    each(&rules, posts, context, &mut Memory::default(), |_, ns| cold += ns);
    let mut best = vec![f64::INFINITY; posts.len()];
    for _ in 0..runs {
        each(&rules, posts, context, &mut Memory::default(), |index, ns| {
            if let Some(best) = best.get_mut(index) {
                *best = best.min(ns);
            }
        });
    }
    let count = posts.len().max(1) as f64;
    let mean_ns = best.iter().sum::<f64>() / count;
    best.sort_by(f64::total_cmp);
    PostCost {
        mean_ns,
        p50_ns: quantile(&best, 0.5),
        p95_ns: quantile(&best, 0.95),
        max_ns: quantile(&best, 1.0),
        cold_ns: cold / count,
    }
}

/// Decides one post after another, and says of each how many nanoseconds it took.
fn each(
    rules: &RuleSet,
    posts: &[Post],
    context: &Context,
    memory: &mut Memory,
    mut took: impl FnMut(usize, f64),
) {
    for (index, post) in posts.iter().enumerate() {
        let start = Instant::now();
        black_box(rules.decide(std::slice::from_ref(post), context, memory));
        took(index, start.elapsed().as_nanos() as f64);
    }
}

/// Of how many posts each rule spoke, by its place in the program.
fn spoke(rules: &RuleSet, posts: &[Post], context: &Context) -> Vec<usize> {
    let program = rules.program();
    let places: HashMap<(&str, u32), usize> = program
        .rules
        .iter()
        .enumerate()
        .map(|(index, rule)| {
            let pack = program.packs.get(rule.pack as usize).map_or("", |pack| pack.id.as_str());
            ((pack, rule.line), index)
        })
        .collect();
    let mut spoke = vec![0; program.rules.len()];
    let mut memory = Memory::default();
    for post in posts {
        for rule in rules.explain(post, context, &memory, &Which::Spoke).rules {
            if let Some(count) =
                places.get(&(rule.pack.as_str(), rule.line)).and_then(|index| spoke.get_mut(*index))
            {
                *count += 1;
            }
        }
        rules.decide(std::slice::from_ref(post), context, &mut memory);
    }
    spoke
}
