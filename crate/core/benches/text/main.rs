//! From the text of rules to rules that are ready: `cargo bench -p diffract-core --bench text`.
//!
//! Milliseconds, best of several: for reading the lines; for reading and checking them; for all of it until the rules can
//! decide; and for checking with the advice that only authors are given. Which rules: `benches/rules`.
//!
//! `-- --only 10000` does nothing but that, a few times over: for `perf record`.

#[path = "../rules/mod.rs"]
#[allow(dead_code, unused_imports, reason = "no posts are needed here")]
mod rules;
#[path = "../matching/written.rs"]
#[allow(dead_code, reason = "nor peers")]
mod written;

use diffract_core::{check, compile, syntax};
use std::hint::black_box;
use std::time::Instant;

/// Best of so many rounds.
const ROUNDS: usize = 7;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    if let Some([flag, size]) = arguments.last_chunk::<2>()
        && flag == "--only"
    {
        let files = written::files(&rules::program(size.parse().unwrap_or(1_000)));
        for _ in 0..ROUNDS {
            black_box(compile(&files).into_rules());
        }
        return;
    }
    let quick = !arguments.iter().any(|argument| argument == "--bench");
    let sizes: &[usize] = if quick { &[1_000] } else { &[1_000, 10_000, 100_000] };
    println!("  rules  text MB  read ms  checked ms  ready ms  with advice ms");
    for size in sizes {
        let files = written::files(&rules::program(*size));
        let bytes: usize = files.iter().map(|file| file.source.len()).sum();
        let read = best(|| files.iter().map(|file| syntax::parse(&file.source)).collect::<Vec<_>>());
        let checked = best(|| compile(&files));
        let ready = best(|| compile(&files).into_rules());
        let advised = best(|| check(&files));
        let megabytes = bytes as f64 / 1e6;
        println!("{size:>7} {megabytes:>8.1} {read:>8.1} {checked:>11.1} {ready:>9.1} {advised:>15.1}");
    }
}

/// The best time in milliseconds. Letting go of what was made is not counted.
fn best<T>(mut run: impl FnMut() -> T) -> f64 {
    let mut best = f64::INFINITY;
    for _ in 0..ROUNDS {
        let start = Instant::now();
        let made = black_box(run());
        best = best.min(start.elapsed().as_secs_f64() * 1e3);
        drop(made);
    }
    best
}
