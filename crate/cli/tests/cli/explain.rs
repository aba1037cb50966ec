//! `diffract explain`.

use crate::support::{Folder, payload};

const RULES: &str = "\
let @shops = \"kettles\", \"pots\"
hide if promoted
collapse if text has any \"toast\", \"kettle\" because \"kitchen\"
label \"tea\" if text has all words \"tea\", \"biscuit\"
on reddit.com home
dim if age > 3 days or likes < 5
on everywhere
at 22:00-07:00 on mon-fri: blur if (not followed and text matches /k\\w+e/i) or author in @shops
limit 1 per author per day
hide if clickbait > 80%
order by newest
";

fn folder(name: &str) -> Folder {
    let folder = Folder::new(name);
    folder.file("mine.rules", RULES);
    folder
}

#[test]
fn every_part_has_its_value_and_what_was_seen() {
    let folder = folder("explain-text");
    let x = payload("x-home.json");
    let run = folder
        .run(&["explain", "--rules", "mine.rules", "--platform", "x", "--post", "2", "--all", &x])
        .ends(0);
    assert_eq!(run.err, "");
    insta::assert_snapshot!("all", run.out);
    let run = folder
        .run(&["explain", "--rules", "mine.rules", "--platform", "x", "--post", "1000000001", &x])
        .ends(0);
    insta::assert_snapshot!("spoke", run.out);
}

#[test]
fn it_says_what_replay_says_of_every_post() {
    let folder = folder("explain-agrees");
    for (platform, name) in [
        ("x", "x-home.json"),
        ("reddit", "reddit-listing.json"),
        ("youtube", "youtube-home.json"),
        ("mastodon", "mastodon-timeline.json"),
    ] {
        let path = payload(name);
        let input = ["--rules", "mine.rules", "--platform", platform, path.as_str()];
        let lines = folder.run(&[&["replay"], &input[..]].concat()).ends(0).lines();
        for (index, line) in lines.iter().enumerate() {
            let number = (index + 1).to_string();
            let told = folder
                .run(&[&["explain", "--all", "--format", "json", "--post", &number], &input[..]].concat())
                .ends(0)
                .json();
            assert_eq!(told["verdict"]["action"], line["verdict"]["action"]);
            let spoke: Vec<_> = told["rules"]
                .as_array()
                .expect("a list")
                .iter()
                .filter(|rule| rule["value"] == "true")
                .collect();
            let reasons = line["verdict"]["reasons"].as_array().expect("a list");
            assert_eq!(spoke.len(), reasons.len(), "{name} {number}");
            for reason in reasons {
                let rule = spoke.iter().find(|rule| rule["line"] == reason["line"]).expect("the same rule");
                assert_eq!(rule["evidence"], reason["evidence"]);
            }
        }
    }
}

#[test]
fn one_rule_can_be_asked_why_it_did_not_speak() {
    let folder = folder("explain-rule");
    folder.file("posts.ndjson", "{\"id\":\"a\",\"text\":\"Tea\"}\n{\"id\":\"2\",\"text\":\"Coffee\"}\n");
    let explain =
        |more: &[&str]| folder.run(&[&["explain", "--rules", "mine.rules", "posts.ndjson"], more].concat());
    let told = explain(&["--post", "a", "--rule", "4", "--format", "json"]).ends(0).json();
    let rule = &told["rules"][0];
    assert_eq!((&told["rules"].as_array().map(Vec::len), &rule["value"]), (&Some(1), &"false".into()));
    assert_eq!(rule["condition"]["missing"], serde_json::json!(["biscuit"]));
    assert_eq!(rule["condition"]["actual"], "Tea");
    let told = explain(&["--post", "a", "--rule", "mine:2", "--format", "json"]).ends(0).json();
    assert_eq!(
        (&told["rules"][0]["value"], &told["rules"][0]["condition"]["shown"]),
        (&"unknown".into(), &"not shown here".into())
    );
    // An id wins over a place.
    assert_eq!(explain(&["--post", "2", "--format", "json"]).ends(0).json()["post"]["text"], "Coffee");
    for (more, words) in [
        (&["--post", "9"][..], "there is no post `9` among 2 posts"),
        (&[][..], "there are 2 posts; say which with `--post NUMBER` or `--post ID`"),
        (&["--post", "1", "--rule", "5"][..], "there is no rule on line 5; the nearest is on line 4"),
        (&["--post", "1", "--rule", "11"][..], "line 11 sorts the feed"),
        (&["--post", "1", "--rule", "theirs:2"][..], "no pack is called `theirs`; known: mine"),
        (&["--post", "1", "--rule", "two"][..], "names no line"),
    ] {
        let run = explain(more).ends(2);
        assert!(run.err.contains(words), "{more:?}: {}", run.err);
    }
}

#[test]
fn limits_count_the_posts_before() {
    let folder = Folder::new("explain-limit");
    folder.file("mine.rules", "limit 1 per author per day\n");
    folder.file("posts.ndjson", "{\"id\":\"a\",\"author\":\"ada\"}\n{\"id\":\"b\",\"author\":\"ada\"}\n");
    let state = |post: &str| {
        let told = folder.run(&[
            "explain",
            "--rules",
            "mine.rules",
            "--all",
            "--post",
            post,
            "--format",
            "json",
            "posts.ndjson",
        ]);
        told.ends(0).json()["rules"][0]["limit"]["state"].clone()
    };
    assert_eq!((state("a"), state("b")), ("free".into(), "full".into()));
}

#[test]
fn one_post_needs_no_name_and_hostile_text_steers_nothing() {
    let folder = folder("explain-one");
    let post =
        "{\"id\":\"1\",\"text\":\"Toast \\u001b[31m \\u202e kettle\",\"author\":\"\\u001b]0;x\\u0007eve\"}";
    let run = folder.run_with(&["explain", "--rules", "mine.rules", "-"], post.as_bytes()).ends(0);
    assert!(run.out.contains("verdict: collapse"), "{}", run.out);
    assert!(!run.out.contains(['\u{1b}', '\u{202e}', '\u{7}']), "{:?}", run.out);
}
