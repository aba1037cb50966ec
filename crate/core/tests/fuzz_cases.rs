//! What the fuzz targets promise, over their corpora and over everything that once broke it: `fuzz/corpus` and
//! `fuzz/regressions`. So the targets are compiled with every test, and a crash stays mended.

#[path = "../../../fuzz/src/lib.rs"]
mod fuzz;

use std::path::Path;

fn run(target: &str, check: fn(&[u8])) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz");
    let mut count = 0;
    for folder in ["corpus", "regressions"] {
        let Ok(entries) = std::fs::read_dir(root.join(folder).join(target)) else { continue };
        for entry in entries {
            let file = entry.expect("a readable folder").path();
            check(&std::fs::read(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display())));
            count += 1;
        }
    }
    assert!(count >= 5, "only {count} files in the corpus of {target}");
}

#[test]
fn parse() {
    run("parse", fuzz::parse);
}

#[test]
fn format() {
    run("format", fuzz::format);
}

#[test]
fn evaluate() {
    run("evaluate", fuzz::evaluate);
}

/// Bytes that no fuzzer chose, from a fixed seed: the targets do run the matcher against the naive evaluator.
#[test]
fn evaluate_on_bytes_from_a_seed() {
    let mut seed = 0x9e37_79b9_7f4a_7c15_u64;
    let most = std::env::var("DIFFRACT_FUZZ_CASES").ok().and_then(|most| most.parse().ok()).unwrap_or(600);
    for case in 0..most {
        let length = 40 + case * 7 % 400;
        let bytes: Vec<u8> = (0..length)
            .map(|_| {
                seed ^= seed << 13;
                seed ^= seed >> 7;
                seed ^= seed << 17;
                (seed >> 24) as u8
            })
            .collect();
        fuzz::evaluate(&bytes);
    }
}
