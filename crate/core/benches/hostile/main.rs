//! Files made to be slow or large: `cargo bench -p diffract-core --bench hostile`.
//!
//! For each, as long as a rule file may be: milliseconds for reading and checking it, for the advice that authors are given
//! beside, for taking apart what of it counts, and for formatting it; how many rules and messages are left of it; and the
//! megabytes (10^6 bytes) asked of the allocator at the highest point of checking and taking apart. The last line says the
//! same of a file of ordinary rules, as a measure. `-- --only NAME` does nothing but that file.

mod files;

use diffract_core::{PackSource, check, compile, format, reference};
use files::FILES;
use peak_alloc::PeakAlloc;
use std::hint::black_box;
use std::time::Instant;

#[global_allocator]
static HEAP: PeakAlloc = PeakAlloc;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let only = arguments.array_windows().find_map(|[flag, name]| (flag == "--only").then_some(name));
    // As a test it is only run.
    let size =
        if arguments.iter().any(|argument| argument == "--bench") { reference::MAX_FILE } else { 40_000 };
    println!("{:<44} check ms  advise ms  ready ms  format ms    rules  messages  MB", "file");
    for (name, make) in FILES.iter().filter(|(name, _)| only.is_none_or(|only| only == name)) {
        let pack = make(size);
        let packs = std::slice::from_ref(&pack);
        HEAP.reset_peak_usage();
        let before = HEAP.current_usage();
        let (checked, compiled) = timed(|| compile(packs));
        let messages = compiled.diagnostics.iter().map(|pack| pack.diagnostics.len()).sum::<usize>();
        let (ready, rules) = timed(|| compiled.into_rules());
        let (count, highest) = (rules.rules(), HEAP.peak_usage() - before);
        drop(rules);
        let (advised, _) = timed(|| check(packs));
        let (formatted, _) = timed(|| format(&pack.source));
        let megabytes = highest as f64 / 1e6;
        println!(
            "{name:<44} {checked:>8.0} {advised:>10.0} {ready:>9.0} {formatted:>10.0} {count:>8} {messages:>9} {megabytes:>3.0}"
        );
    }
}

/// What it takes, in milliseconds.
fn timed<T>(run: impl FnOnce() -> T) -> (f64, T) {
    let start = Instant::now();
    let made = black_box(run());
    (start.elapsed().as_secs_f64() * 1e3, made)
}

/// A pack of these lines.
fn pack(source: String) -> PackSource {
    PackSource { id: "hostile".into(), source, ..PackSource::default() }
}
