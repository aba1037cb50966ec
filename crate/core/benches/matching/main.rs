//! What rules cost: `cargo bench -p diffract-core`.
//!
//! The same 2,000 posts are decided under 1,000, 10,000 and 100,000 mixed rules; printed are the cost of a post,
//! its ratio to the smallest set's, and what compiling, memory and the snapshot cost. The peer is one
//! `regex::RegexSet` over what the same rules look for in the text. Posts and rules come from a fixed seed.
//!
//! The mix: 45 % phrases and words in the text, 10 % in other fields, 15 % regular expressions, 20 % authors (single
//! and in lists), 10 % fields and combinations. Most needles of a large set are rare, as in any long list of
//! names and phrases: how many rules speak of a post grows slower than how many there are, and is printed too.
//! The mix was changed while the matcher was being tuned, each time in its favour: read `docs/decisions/needles.md`
//! before quoting a ratio.

mod generate;

use diffract_core::post::Post;
use diffract_core::{Context, Memory, RuleSet, restore, snapshot};
use std::hint::black_box;
use std::process::Command;
use std::time::Instant;

const SIZES: [usize; 3] = [1_000, 10_000, 100_000];
const POSTS: usize = 2_000;
/// Best of so many runs: the machine's other work only ever makes a run slower.
const RUNS: usize = 15;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    if let Some([flag, size]) = arguments.last_chunk::<2>() {
        let size = size.parse().unwrap_or(1_000);
        match flag.as_str() {
            "--memory" => return memory(size),
            // For a profiler: only what is asked of every post.
            "--only" => {
                let figures = decide(&RuleSet::new(generate::program(size)), &generate::posts(POSTS));
                return println!("{figures:?}");
            }
            _ => {}
        }
    }
    // `cargo test` runs benches to see that they still work.
    let quick = !arguments.iter().any(|argument| argument == "--bench");
    let posts = generate::posts(if quick { 100 } else { POSTS });
    let bytes: usize = posts.iter().filter_map(|post| post.text.as_ref()).map(String::len).sum();
    println!("{} posts, {} bytes of text each on average", posts.len(), bytes / posts.len());
    println!(
        "  rules  ns a post  ratio   cold ns  spoke/post  compile ms  memory MB  snapshot MB  restore ms"
    );
    let mut first = None;
    for size in SIZES.into_iter().filter(|size| !quick || *size == 1_000) {
        let (compile, rules) = best_of(3, || generate::program(size), RuleSet::new);
        let saved = snapshot(&rules);
        let (read, _) = best_of(3, || (), |()| restore(&saved).expect("our own snapshot"));
        let (cost, cold, spoke) = decide(&rules, &posts);
        let base = *first.get_or_insert(cost);
        println!(
            "{size:>7} {cost:>10.0} {:>6.2} {cold:>9.0} {spoke:>11.2} {compile:>11.1} {:>10} {:>12.1} {read:>11.1}",
            cost / base,
            memory_of(size),
            saved.len() as f64 / 1e6,
        );
        if size <= 10_000 {
            peer(&rules, &posts);
        }
    }
}

/// Nanoseconds a post, in batches of 25 as a page sends them; the same for the first time, when expressions are still
/// compiled; and how many rules spoke of one.
fn decide(rules: &RuleSet, posts: &[Post]) -> (f64, f64, f64) {
    let context = Context { now: generate::NOW, visit: "bench".into(), ..Context::default() };
    let mut memory = Memory::default();
    let start = Instant::now();
    let verdicts = rules.decide(posts, &context, &mut memory);
    let cold = start.elapsed().as_nanos() as f64;
    let spoke: usize =
        verdicts.iter().map(|verdict| verdict.reasons.len() + verdict.more_reasons as usize).sum();
    let (ms, ()) = best_of(
        RUNS,
        || (),
        |()| {
            for batch in posts.chunks(25) {
                black_box(rules.decide(batch, &context, &mut memory));
            }
        },
    );
    let count = posts.len() as f64;
    (ms * 1e6 / count, cold / count, spoke as f64 / count)
}

/// One set of regular expressions over what the rules look for in the text, without any of the rest.
fn peer(rules: &RuleSet, posts: &[Post]) {
    let patterns = generate::text_patterns(rules.program());
    let start = Instant::now();
    let set = regex::RegexSetBuilder::new(&patterns).size_limit(1 << 30).build();
    let compile = start.elapsed().as_secs_f64() * 1e3;
    let Ok(set) = set else {
        println!("          one RegexSet of {} expressions does not compile", patterns.len());
        return;
    };
    let some = posts.get(..50).unwrap_or(posts);
    let start = Instant::now();
    let matched: usize =
        some.iter().map(|post| set.matches(post.text.as_deref().unwrap_or("")).iter().count()).sum();
    let cost = start.elapsed().as_nanos() as f64 / some.len() as f64;
    println!(
        "          one RegexSet of the {} text expressions: {cost:.0} ns a post, {compile:.0} ms to compile ({matched} matches in {} posts)",
        patterns.len(),
        some.len()
    );
}

/// The best time of `runs` in milliseconds, and the last outcome; what `prepare` does is not counted.
fn best_of<P, T>(runs: usize, mut prepare: impl FnMut() -> P, mut run: impl FnMut(P) -> T) -> (f64, T) {
    let mut measure = || {
        let prepared = prepare();
        let start = Instant::now();
        let outcome = run(prepared);
        (start.elapsed().as_secs_f64() * 1e3, outcome)
    };
    let mut best = measure();
    for _ in 1..runs {
        let again = measure();
        best = (best.0.min(again.0), again.1);
    }
    best
}

/// What a rule set takes, asked of a process of its own.
fn memory_of(size: usize) -> String {
    let run = || {
        let output = Command::new(std::env::current_exe().ok()?)
            .args(["--memory", &size.to_string()])
            .output()
            .ok()?;
        Some(String::from_utf8(output.stdout).ok()?.trim().to_owned())
    };
    run().filter(|text| !text.is_empty()).unwrap_or_else(|| "?".to_owned())
}

/// Prints the megabytes by which this process grows with a rule set, its program and freed scraps included.
/// Only where the system tells (`/proc`).
fn memory(size: usize) {
    let resident = || {
        let statm = std::fs::read_to_string("/proc/self/statm").ok()?;
        statm.split(' ').nth(1)?.parse::<f64>().ok().map(|pages| pages * 4096.0 / 1e6)
    };
    let before = resident();
    let rules = RuleSet::new(generate::program(size));
    if let Some((before, after)) = before.zip(resident()) {
        println!("{:.1}", after - before);
    }
    black_box(rules);
}
