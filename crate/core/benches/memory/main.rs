//! What rules take: `cargo bench -p diffract-core --bench memory`.
//!
//! Megabytes (10^6 bytes) asked of the allocator under the mix of `benches/rules`: for the checked rules themselves, for
//! everything once they are ready, at the highest point on the way there, and after 10,000 posts, when expressions
//! have been compiled. The last column is the highest point from their text on: the text, which is let go of once it is
//! checked, included. Apart from the benchmark of time, because counting costs time.

#[path = "../rules/mod.rs"]
#[allow(dead_code, unused_imports, reason = "one mix is enough here")]
mod rules;
#[path = "../matching/written.rs"]
#[allow(dead_code, reason = "no peers are needed here")]
mod written;

use diffract_core::{Context, Memory, RuleSet, compile};
use peak_alloc::PeakAlloc;
use std::hint::black_box;

#[global_allocator]
static HEAP: PeakAlloc = PeakAlloc;

fn main() {
    let quick = !std::env::args().any(|argument| argument == "--bench");
    let sizes: &[usize] = if quick { &[1_000] } else { &[1_000, 10_000, 100_000] };
    let posts = rules::posts(if quick { 100 } else { 10_000 });
    println!(
        "  rules  checked rules  ready  highest meanwhile  after {} posts  highest from text",
        posts.len()
    );
    for size in sizes {
        let before = HEAP.current_usage();
        let since = |now: usize| (now - before) as f64 / 1e6;
        let program = rules::program(*size);
        let checked = since(HEAP.current_usage());
        HEAP.reset_peak_usage();
        let rules = RuleSet::new(program);
        let (ready, highest) = (since(HEAP.current_usage()), since(HEAP.peak_usage()));
        let context = Context { now: rules::NOW, visit: "bench".into(), ..Context::default() };
        let mut memory = Memory::default();
        for batch in posts.chunks(25) {
            black_box(rules.decide(batch, &context, &mut memory));
        }
        let after = since(HEAP.current_usage());
        drop((rules, memory));
        let from_text = from_text(*size);
        println!("{size:>7} {checked:>14.1} {ready:>6.1} {highest:>18.1} {after:>18.1} {from_text:>18.1}");
    }
}

/// The highest point on the way from the text of rules to rules that are ready.
fn from_text(size: usize) -> f64 {
    let program = rules::program(size);
    let before = HEAP.current_usage();
    let files = written::files(&program);
    HEAP.reset_peak_usage();
    let compiled = compile(&files);
    drop(files);
    let ready = black_box(compiled.into_rules());
    let highest = HEAP.peak_usage() - before;
    drop(ready);
    highest as f64 / 1e6
}
