//! How fast answers are read and written anew, beside a plain `serde_json` parse and print in the same run.
//!
//! `cargo bench -p diffract-adapters --bench rewriting` runs over the recorded payloads (`DIFFRACT_CORPORA`), or over our own
//! small ones, repeated, where there are none. Every third post goes and the rest stand in reverse: more than rules do.

#[path = "../tests/support/mod.rs"]
mod support;

use diffract_adapters::json::Document;
use diffract_adapters::wire::{Decisions, Outcome, Payload};
use serde_json::Value;
use std::hint::black_box;
use std::time::{Duration, Instant};
use support::{Sample, miniatures, recordings};

/// The fastest of several runs: what the machine can do when nothing else happens on it.
fn fastest(mut run: impl FnMut()) -> Duration {
    let started = Instant::now();
    let mut best = Duration::MAX;
    for round in 0..200 {
        let begin = Instant::now();
        run();
        best = best.min(begin.elapsed());
        if round >= 5 && started.elapsed() > Duration::from_millis(400) {
            break;
        }
    }
    best
}

fn decisions(posts: usize) -> Decisions {
    Decisions { remove: (0..posts).map(|post| post % 3 == 1).collect(), order: (0..posts).rev().collect() }
}

struct Times {
    bytes: usize,
    scan: Duration,
    unchanged: Duration,
    rewrite: Duration,
    serde: Duration,
}

fn measure(sample: &Sample) -> Times {
    let (text, url) = (&sample.text, sample.url.as_deref());
    let adapter = &sample.adapter;
    // A copy of the text is part of each: it comes from elsewhere.
    let scan = fastest(|| drop(black_box(Document::parse_owned(text.clone()))));
    let unchanged =
        fastest(|| drop(black_box(adapter.rewrite(text.as_bytes(), url, |_| Decisions::default()))));
    let rewrite = fastest(|| {
        let payload = Payload::open(adapter, text.clone(), url).expect("an answer");
        let done = payload.rewrite(adapter, &decisions(payload.posts().len()));
        black_box(matches!(done.outcome, Outcome::Changed(_)));
    });
    let serde = fastest(|| {
        let value: Value = serde_json::from_str(&text.clone()).unwrap_or_default();
        black_box(serde_json::to_string(&value).expect("JSON"));
    });
    Times { bytes: text.len(), scan, unchanged, rewrite, serde }
}

fn speed(bytes: usize, time: Duration) -> f64 {
    bytes as f64 / 1e6 / time.as_secs_f64()
}

fn main() {
    // `cargo test` runs benchmarks too; there is nothing to test here.
    if std::env::args().any(|argument| argument == "--test") {
        return;
    }
    let mut samples = recordings();
    if samples.is_empty() {
        samples = miniatures();
    }
    // What serde can read as well.
    samples.retain(|sample| serde_json::from_str::<Value>(&sample.text).is_ok());
    println!("MB/s               scan  unchanged  rewritten  serde_json    ratio  payload");
    let mut total = Times {
        bytes: 0,
        scan: Duration::ZERO,
        unchanged: Duration::ZERO,
        rewrite: Duration::ZERO,
        serde: Duration::ZERO,
    };
    for sample in &samples {
        let times = measure(sample);
        line(&times, &sample.name);
        total.bytes += times.bytes;
        total.scan += times.scan;
        total.unchanged += times.unchanged;
        total.rewrite += times.rewrite;
        total.serde += times.serde;
    }
    line(&total, &format!("all {}", samples.len()));
}

fn line(times: &Times, name: &str) {
    let bytes = times.bytes;
    println!(
        "{:>8} bytes {:>8.0} {:>10.0} {:>10.0} {:>11.0} {:>7.1}x  {name}",
        bytes,
        speed(bytes, times.scan),
        speed(bytes, times.unchanged),
        speed(bytes, times.rewrite),
        speed(bytes, times.serde),
        times.serde.as_secs_f64() / times.rewrite.as_secs_f64(),
    );
}
