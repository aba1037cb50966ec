//! `diffract bench`: that it measures, and says what it measured. How long anything takes is not asserted.

use crate::support::{Folder, payload};

const RULES: &str = "\
let @bad = \"eve\", \"kettles\"
hide if promoted
collapse if text has any \"toast\", \"kettle\"
dim if text matches /\\bt[ea]+\\b/i or author in @bad
limit 3 per author per day
";

#[test]
fn every_stage_post_and_rule_is_measured() {
    let folder = Folder::new("bench");
    folder.file("mine.rules", RULES);
    let x = payload("x-home.json");
    let run = folder
        .run(&[
            "bench",
            "--rules",
            "mine.rules",
            "--platform",
            "x",
            "--peer",
            "regex-set",
            "--peer",
            "regexes",
            "--format",
            "json",
            &x,
        ])
        .ends(0);
    let report = run.json();
    assert_eq!((&report["rules"], &report["posts"], &report["tried"]), (&4.into(), &5.into(), &4.into()));
    for stage in ["check", "build", "snapshot", "restore", "match"] {
        let cost = &report[stage];
        assert!(cost["best_ms"].as_f64() <= cost["median_ms"].as_f64(), "{stage}: {cost}");
        assert!(cost["peak_bytes"].as_u64() > Some(0), "{stage}: {cost}");
    }
    assert!(report["snapshot_bytes"].as_u64() > Some(0));
    let post = &report["post"];
    let figures: Vec<f64> =
        ["p50_ns", "p95_ns", "max_ns"].iter().filter_map(|key| post[*key].as_f64()).collect();
    assert!(figures.len() == 3 && figures.is_sorted() && figures[0] > 0.0, "{post}");
    assert!(report["ratio_to_empty"].as_f64() > Some(0.0));
    let peers = report["peers"].as_array().expect("a list");
    assert_eq!(peers.len(), 2);
    for peer in peers {
        // The words, and the expression; names and flags are nothing that a peer knows.
        assert_eq!((&peer["expressions"], &peer["posts"]), (&2.into(), &5.into()), "{peer}");
    }
    let rules = report["costliest"].as_array().expect("a list");
    let costs: Vec<f64> = rules.iter().filter_map(|rule| rule["ns_per_post"].as_f64()).collect();
    assert!(costs.len() == 4 && costs.is_sorted_by(|a, b| a >= b), "{costs:?}");
    let hide = rules.iter().find(|rule| rule["line"] == 2).expect("the rule of line 2");
    assert_eq!(hide["spoke"], 1);
}

#[test]
fn people_get_a_table() {
    let folder = Folder::new("bench-text");
    folder.file("mine.rules", RULES);
    let x = payload("x-home.json");
    let run = folder
        .run(&["bench", "--rules", "mine.rules", "--platform", "x", "--runs", "1", "--top", "2", &x])
        .ends(0);
    for words in [
        "4 rules, 5 posts",
        "median ms",
        "restore",
        "half within",
        "the empty rule set",
        "costliest rules",
        "rules that spoke most",
        "4 posts  mine:4",
    ] {
        assert!(run.out.contains(words), "{words}:\n{}", run.out);
    }
    assert!(run.out.lines().all(|line| line.chars().count() <= 100), "{}", run.out);
    let run = folder
        .run(&["bench", "--rules", "mine.rules", "--platform", "x", "--runs", "1", "--budget", "0", &x])
        .ends(0);
    assert!(!run.out.contains("costliest"), "{}", run.out);
}

#[test]
fn without_posts_there_is_nothing_to_measure() {
    let folder = Folder::new("bench-none");
    folder
        .file("mine.rules", RULES)
        .file("none.ndjson", "")
        .file("broken.rules", "nonsense\nhide if promoted\n")
        .file("one.ndjson", "{\"id\":\"1\"}\n");
    let run = folder.run(&["bench", "--rules", "mine.rules", "none.ndjson"]).ends(2);
    assert!(run.err.contains("there are no posts to measure with"), "{}", run.err);
    folder.run(&["bench", "--rules", "broken.rules", "--runs", "1", "one.ndjson"]).ends(1);
}
