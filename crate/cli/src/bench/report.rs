//! The figures, for people.

use super::Report;
use super::measure::Cost;
use crate::terminal::{BOLD, DIM, count, shortened, styled, thousands};
use std::io::{self, Write};

/// Writes them.
///
/// # Errors
/// If they cannot be written.
pub fn write(out: &mut impl Write, report: &Report, top: usize, width: usize) -> io::Result<()> {
    writeln!(
        out,
        "{}, {} ({} bytes of text each on average)\n",
        count(report.rules, "rule"),
        count(report.posts, "post"),
        thousands(report.bytes_per_post)
    )?;
    writeln!(
        out,
        "{}",
        styled(
            BOLD,
            format!("{:<10}{:>10}{:>11}{:>11}{:>11}", "stage", "best ms", "median ms", "kept MB", "peak MB")
        )
    )?;
    for (name, cost, what) in [
        ("check", &report.check, "rule files to a program"),
        ("build", &report.build, "program to rule set"),
        ("snapshot", &report.snapshot, "rule set to bytes"),
        ("restore", &report.restore, "bytes to rule set"),
        ("match", &report.matching, "all posts to verdicts"),
    ] {
        let what = if width >= 80 { styled(DIM, what) } else { String::new() };
        writeln!(out, "{}  {what}", stage(name, cost))?;
    }
    writeln!(out, "\nsnapshot: {}", bytes(report.snapshot_bytes))?;
    let post = &report.post;
    writeln!(
        out,
        "a post: mean {}, half within {}, 95 % within {}, most {}\nwhen first asked: mean {}",
        time(post.mean_ns),
        time(post.p50_ns),
        time(post.p95_ns),
        time(post.max_ns),
        time(post.cold_ns),
    )?;
    writeln!(
        out,
        "the empty rule set: {}; these rules take {:.1} times that",
        time(report.empty_ns),
        report.ratio_to_empty
    )?;
    for peer in &report.peers {
        let expressions = count(peer.expressions, "expression");
        match (&peer.compile, peer.ns_per_post) {
            (Some(compile), Some(ns)) => writeln!(
                out,
                "{} of {expressions}: {} a post, {:.1} times ours; {:.1} ms and {} to compile ({})",
                peer.peer,
                time(ns),
                ns / post.mean_ns.max(f64::MIN_POSITIVE),
                compile.best_ms,
                bytes(compile.kept_bytes),
                count(peer.posts, "post"),
            )?,
            (None, _) => writeln!(out, "{} of {expressions}: too large to compile within 1 GB", peer.peer)?,
            _ => writeln!(out, "{} of {expressions}: not measured", peer.peer)?,
        }
    }
    if !report.peers.is_empty() {
        writeln!(
            out,
            "{}",
            styled(DIM, "a peer looks for words in `text` only, and knows no names, numbers or reasons")
        )?;
    }
    let costliest = report.costliest.get(..top).unwrap_or(&report.costliest);
    if !costliest.is_empty() {
        writeln!(out, "\n{}", styled(BOLD, "costliest rules, each alone, above the empty rule set"))?;
        list(out, costliest.iter().map(|rule| (time(rule.ns_per_post), rule)), width)?;
        if report.tried < report.rules {
            let (tried, rules) = (thousands(report.tried), thousands(report.rules));
            writeln!(
                out,
                "{}",
                styled(DIM, format!("{tried} of {rules} were tried in the time; `--budget` gives more"))
            )?;
        }
    }
    let mut talkative: Vec<_> = report.costliest.iter().filter(|rule| rule.spoke > 0).collect();
    talkative.sort_by_key(|rule| std::cmp::Reverse(rule.spoke));
    talkative.truncate(top);
    if !talkative.is_empty() {
        writeln!(out, "\n{}", styled(BOLD, "rules that spoke most"))?;
        list(out, talkative.into_iter().map(|rule| (count(rule.spoke, "post"), rule)), width)?;
    }
    Ok(())
}

fn list<'a>(
    out: &mut impl Write,
    rules: impl Iterator<Item = (String, &'a super::alone::RuleCost)>,
    width: usize,
) -> io::Result<()> {
    for (figure, rule) in rules {
        let place = shortened(&format!("{}:{}", rule.pack, rule.line), 24);
        let room = width.saturating_sub(place.chars().count() + 16);
        writeln!(out, "{figure:>12}  {}  {}", styled(DIM, &place), shortened(&rule.rule, room))?;
    }
    Ok(())
}

fn stage(name: &str, cost: &Cost) -> String {
    let megabytes = |bytes: usize| format!("{:.2}", bytes as f64 / 1e6);
    format!(
        "{name:<10}{:>10.2}{:>11.2}{:>11}{:>11}",
        cost.best_ms,
        cost.median_ms,
        megabytes(cost.kept_bytes),
        megabytes(cost.peak_bytes)
    )
}

/// Nanoseconds, as people say them.
fn time(ns: f64) -> String {
    match ns {
        ns if ns < 1e3 => format!("{ns:.0} ns"),
        ns if ns < 1e6 => format!("{:.1} µs", ns / 1e3),
        ns if ns < 1e9 => format!("{:.1} ms", ns / 1e6),
        ns => format!("{:.1} s", ns / 1e9),
    }
}

fn bytes(count: usize) -> String {
    match count {
        count if count < 1000 => format!("{count} bytes"),
        count if count < 1_000_000 => format!("{:.1} KB", count as f64 / 1e3),
        count => format!("{:.1} MB", count as f64 / 1e6),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_have_the_unit_that_fits() {
        assert_eq!([12.0, 1_234.0, 1_234_567.0, 2e9].map(time), ["12 ns", "1.2 µs", "1.2 ms", "2.0 s"]);
        assert_eq!([12, 1_234, 1_234_567].map(bytes), ["12 bytes", "1.2 KB", "1.2 MB"]);
    }
}
