//! What rules cost: `cargo bench -p diffract-core --bench matching`.
//!
//! The same 10,000 posts are decided under 1,000, 10,000 and 100,000 mixed rules; printed are what compiling and the
//! snapshot cost, and of a post, each with its ratio to the smallest set's:
//!
//! - *decided*: from the post to its verdict;
//! - *in and out*: what the engine does for a page, from the posts' JSON to the verdicts' JSON;
//! - *silent*: decided, where no rule speaks; and what each rule that speaks adds, by least squares over all posts.
//!
//! `--bench memory` prints what they take. Posts and rules, and why they are what they are: `benches/rules`.
//!
//! The peers are what an author would use instead for the part that looks at a post's text: one `regex::RegexSet` over
//! all its expressions, and one `regex::Regex` a rule. They only say which match; ours does the whole of every rule,
//! with verdicts and reasons. Both are given the same posts until a time is over, and how many that were is printed.
//!
//! All this under two mixes (`benches/rules`): one of which all rules are drawn alike, so that the more there are the more of them speak of a
//! post; and one in which those beyond the first thousand are as imported lists are, so that as much is spoken of at every size.
//!
//! `-- --no-peers` leaves them out. `-- --sets` prints what posts cost under sets that programs write (`sets.rs`). `-- --only 10000` does nothing but decide under so many rules, once for every post after a first pass: for
//! `valgrind --tool=callgrind` and `perf stat`; `-- --only 10000 20` twenty times for every one of the 10,000 posts: for `perf record`.

mod post;
#[path = "../rules/mod.rs"]
mod rules;
mod sets;
mod written;

use diffract_core::post::Post;
use diffract_core::program::Program;
use diffract_core::{RuleSet, compile, restore, snapshot};
use regex::{Regex, RegexBuilder, RegexSetBuilder};
use std::hint::black_box;
use std::time::{Duration, Instant};

const SIZES: [usize; 3] = [1_000, 10_000, 100_000];
const POSTS: usize = 10_000;
/// A peer is given posts for so long.
const PATIENCE: Duration = Duration::from_secs(10);

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    if let Some(only) = arguments.iter().position(|argument| argument == "--only") {
        let number = |place: usize| arguments.get(only + place).and_then(|number| number.parse().ok());
        let rules = RuleSet::new(rules::program(number(1).unwrap_or(1_000)));
        let passes = number(2);
        let posts = rules::posts(if passes.is_some() { POSTS } else { 2_000 });
        post::decide(&rules, &posts);
        for _ in 1..passes.unwrap_or(1) {
            post::decide(&rules, &posts);
        }
        return println!("{:.2} rules spoke of a post", post::decide(&rules, &posts));
    }
    if let Some(sets) = arguments.iter().position(|argument| argument == "--sets") {
        let only = arguments.get(sets + 1).filter(|name| !name.starts_with("--"));
        return sets::print(&rules::posts(2_000), only.map(String::as_str));
    }
    // `cargo test` runs benches to see that they still work.
    let quick = !arguments.iter().any(|argument| argument == "--bench");
    let sizes = if quick { SIZES.get(..1) } else { SIZES.get(..) }.unwrap_or_default();
    let posts = rules::posts(if quick { 100 } else { POSTS });
    let bytes: usize =
        posts.iter().flat_map(|post| [&post.title, &post.text]).flatten().map(String::len).sum();
    println!("{} posts, {} bytes of title and text each on average", posts.len(), bytes / posts.len());

    let (programs, costs) = table("All rules of one distribution", sizes, rules::program, &posts);
    table("As much is spoken of at every size", sizes, rules::imported, &posts);
    if arguments.iter().any(|argument| argument == "--no-peers") {
        return;
    }

    println!("\n  rules  expressions  peer                 ready ms    ns a post    posts  times ours");
    for ((size, program), ours) in sizes.iter().zip(&programs).zip(costs.iter().map(|cost| cost.decided)) {
        let patterns = written::text_patterns(program);
        let texts: Vec<&str> = posts.iter().map(|post| post.text.as_deref().unwrap_or("")).collect();
        peer(*size, ours, "one RegexSet", &texts, patterns.len(), || {
            // No limit: at the default of 10 MB it is refused from a few thousand on.
            let set = RegexSetBuilder::new(&patterns).size_limit(usize::MAX).build().ok()?;
            Some(Box::new(move |text: &str| set.matches(text).iter().count()))
        });
        peer(*size, ours, "one Regex a rule", &texts, patterns.len(), || {
            let build = |pattern: &String| RegexBuilder::new(pattern).size_limit(usize::MAX).build().ok();
            let all: Vec<Regex> = patterns.iter().map(build).collect::<Option<_>>()?;
            Some(Box::new(move |text: &str| all.iter().filter(|one| one.is_match(text)).count()))
        });
    }
}

/// Prints what rules of a mix cost.
fn table(
    name: &str,
    sizes: &[usize],
    mix: impl Fn(usize) -> Program,
    posts: &[Post],
) -> (Vec<Program>, Vec<post::Cost>) {
    println!("\n{name}");
    let programs: Vec<_> = sizes.iter().map(|size| mix(*size)).collect();
    let mut sets = Vec::new();
    println!("\n  rules  from text ms  from checked rules ms  snapshot MB  snapshot to ready ms");
    for (size, program) in sizes.iter().zip(&programs) {
        let (text, _) = best_of(3, || written::files(program), |files| compile(&files).into_rules());
        let (checked, rules) = best_of(3, || program.clone(), RuleSet::new);
        let saved = snapshot(&rules);
        let (read, _) = best_of(3, || (), |()| restore(&saved).expect("our own snapshot"));
        println!("{size:>7} {text:>13.1} {checked:>22.1} {:>12.1} {read:>21.1}", saved.len() as f64 / 1e6);
        sets.push(rules);
    }
    let costs = post::costs(&sets, posts);
    post::print(sizes, &costs);
    (programs, costs)
}

/// How many expressions match a text.
type Count = Box<dyn Fn(&str) -> usize>;

fn peer(
    size: usize,
    ours: f64,
    name: &str,
    texts: &[&str],
    expressions: usize,
    build: impl FnOnce() -> Option<Count>,
) {
    let start = Instant::now();
    let Some(count) = build() else {
        println!("{size:>7} {expressions:>12}  {name:<18} cannot be built");
        return;
    };
    let ready = start.elapsed().as_secs_f64() * 1e3;
    // The first posts build its caches.
    let start = Instant::now();
    for text in texts.iter().take(50).take_while(|_| start.elapsed() < PATIENCE) {
        black_box(count(text));
    }
    let start = Instant::now();
    let mut done = 0;
    for text in texts.iter().take_while(|_| start.elapsed() < PATIENCE) {
        black_box(count(text));
        done += 1;
    }
    let cost = start.elapsed().as_nanos() as f64 / f64::from(done);
    println!(
        "{size:>7} {expressions:>12}  {name:<18} {ready:>10.0} {cost:>12.0} {done:>8} {:>11.1}",
        cost / ours
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
