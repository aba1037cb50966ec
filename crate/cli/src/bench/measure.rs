//! Time and memory of a piece of work.

use peak_alloc::PeakAlloc;
use serde::Serialize;
use std::time::Instant;

/// What the program allocates, counted. A relaxed addition for each allocation, in everything that is measured alike.
#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// What one stage costs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Cost {
    /// The fastest run, in milliseconds: other work on the machine only ever makes one slower.
    pub best_ms: f64,
    /// The run in the middle.
    pub median_ms: f64,
    /// What its outcome holds of memory, in bytes.
    pub kept_bytes: usize,
    /// What it held at most while it ran, its outcome included, in bytes.
    pub peak_bytes: usize,
}

/// Runs something so many times; what `prepare` does is not counted. The last outcome comes back.
pub fn measure<P, T>(runs: usize, mut prepare: impl FnMut() -> P, mut run: impl FnMut(P) -> T) -> (Cost, T) {
    let mut times = Vec::with_capacity(runs.max(1));
    let mut cost = Cost::default();
    let mut once = || {
        let prepared = prepare();
        let before = MEMORY.current_usage();
        MEMORY.reset_peak_usage();
        let start = Instant::now();
        let outcome = run(prepared);
        times.push(start.elapsed().as_secs_f64() * 1e3);
        cost.peak_bytes = MEMORY.peak_usage().saturating_sub(before);
        cost.kept_bytes = MEMORY.current_usage().saturating_sub(before);
        outcome
    };
    let mut outcome = once();
    for _ in 1..runs {
        // What the run before left is gone before the next is counted.
        drop(outcome);
        outcome = once();
    }
    times.sort_by(f64::total_cmp);
    cost.best_ms = times.first().copied().unwrap_or_default();
    cost.median_ms = times.get(times.len() / 2).copied().unwrap_or_default();
    (cost, outcome)
}

/// The value below which so large a share of sorted values lies.
pub fn quantile(sorted: &[f64], share: f64) -> f64 {
    let last = sorted.len().saturating_sub(1);
    sorted.get((last as f64 * share).round() as usize).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_counted() {
        let (cost, outcome) = measure(
            3,
            || (),
            |()| {
                let scrap = vec![1_u8; 3 << 20];
                vec![scrap.iter().copied().max().unwrap_or_default(); 1 << 20]
            },
        );
        // Other tests run meanwhile.
        assert!(cost.peak_bytes >= 4 << 20, "{cost:?}");
        assert!(cost.best_ms <= cost.median_ms);
        assert_eq!(outcome.len(), 1 << 20);
    }

    #[test]
    fn quantiles_are_values_that_occur() {
        let sorted: Vec<f64> = (1..=101).map(f64::from).collect();
        assert_eq!([0.0, 0.5, 0.95, 1.0].map(|share| quantile(&sorted, share)), [1.0, 51.0, 96.0, 101.0]);
        assert_eq!(quantile(&[], 0.5), 0.0);
    }
}
