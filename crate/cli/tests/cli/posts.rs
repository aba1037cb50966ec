//! Posts one a line, differences and summaries: what `diffract replay` does beside recorded answers.

use crate::support::{Folder, payload};
use serde_json::{Value, json};

const RULES: &str = "hide if promoted\ncollapse if text has \"kettle\"\ndim if author is \"nobody\"\n";

const POSTS: &str = r#"{"id":"1","text":"A kettle","author":"ada","time":1786050743}
{"id":"2","promoted":true,"followed":true,"text":"Buy","time":1786000000}
{"id":"3","text":"Tea","likes":4}
"#;

fn folder(name: &str) -> Folder {
    let folder = Folder::new(name);
    folder.file("mine.rules", RULES).file("posts.ndjson", POSTS);
    folder
}

fn actions(lines: &[Value]) -> Vec<&str> {
    lines.iter().filter_map(|line| line["verdict"]["action"].as_str()).collect()
}

#[test]
fn posts_one_a_line_are_decided_from_a_file_a_pipe_and_an_array() {
    let folder = folder("posts-forms");
    let array = format!("\u{feff}[{}]", POSTS.trim().replace('\n', ",\n"));
    folder
        .file("array.json", &array)
        .file("crlf.ndjson", format!("\n{}\r\n\r\n", POSTS.trim().replace('\n', "\r\n")));
    let expected = folder.run(&["replay", "--rules", "mine.rules", "posts.ndjson"]).ends(0);
    assert_eq!(actions(&expected.lines()), ["collapse", "hide", "show"]);
    for (arguments, input) in [
        (&["array.json"][..], ""),
        (&["crlf.ndjson"][..], ""),
        (&["-"][..], POSTS),
        (&["-", "--now", "1786050743"][..], POSTS),
        (&["-"][..], array.as_str()),
        (&["posts.ndjson", "--format", "ndjson"][..], ""),
    ] {
        let run = folder
            .run_with(&[&["replay", "--rules", "mine.rules"], arguments].concat(), input.as_bytes())
            .ends(0);
        assert_eq!((run.out.as_str(), run.err.as_str()), (expected.out.as_str(), ""), "{arguments:?}");
    }
}

#[test]
fn a_bad_line_costs_that_line_and_is_numbered() {
    let folder = folder("posts-bad-lines");
    let mut lines = b"{\"id\":\"1\"}\n{\"id\":2}\nnonsense\n\n[]\n{\"text\":\"x\"}\n{\"id\":\"3\",\"likes\":\"many\"}\n{\"id\":\"a\"}{\"id\":\"b\"}\n".to_vec();
    lines.extend_from_slice(b"{\"id\":\"\xe9\"}\n{\"id\":\"4\",\"te");
    folder.file("bad.ndjson", &lines);
    let run = folder.run(&["replay", "--rules", "mine.rules", "bad.ndjson"]).ends(1);
    assert_eq!(run.lines().len(), 1);
    insta::assert_snapshot!("bad-lines", run.err);
    let many = "x\n".repeat(100) + "{\"id\":\"1\"}\n";
    let run = folder.run_with(&["replay", "-"], many.as_bytes()).ends(1);
    assert!(
        run.err.contains("<stdin>:20:") && run.err.contains("and 80 more lines are left out"),
        "{}",
        run.err
    );
}

#[test]
fn a_line_without_end_is_left_out_and_the_next_is_read() {
    let folder = folder("posts-long");
    let mut input = vec![b'x'; 9 << 20];
    input.extend_from_slice(b"\n{\"id\":\"1\"}\n");
    let run = folder.run_with(&["replay", "-"], &input).ends(1);
    assert!(run.err.contains("<stdin>:1: the line is over 4 MB; the line is left out"), "{}", run.err);
    assert_eq!(run.lines().len(), 1);
}

#[test]
fn what_holds_no_posts_is_said_with_what_to_do() {
    let folder = folder("posts-none");
    let x = std::fs::read(payload("x-home.json")).expect("readable");
    folder
        .file("cut.json", &x[..x.len() / 2])
        .file("cut.array", "[{\"id\":\"1\"},{\"id")
        .file("page.html", "<!doctype html><p>Tea")
        .file("empty.json", "")
        .file("nothing.ndjson", "\n\n")
        .file("folder/posts.ndjson", POSTS);
    let reddit = payload("reddit-listing.json");
    for (arguments, words) in [
        (&["--platform", "x", "cut.json"][..], "it stops in the middle; record the answer again"),
        (&["--platform", "x", "page.html"][..], "is not JSON but a page"),
        (&["--platform", "x", "empty.json"][..], "is empty; record the answer again"),
        (&["--platform", "x", reddit.as_str()][..], "It looks like one of reddit: try `--platform reddit`"),
        (&["--platform", "x", "folder"][..], "folder is a folder; name a file in it"),
        (&["folder"][..], "folder is a folder; name a file in it"),
        (&["cut.array"][..], "stops in the middle of its array of posts"),
        (&["page.html"][..], "no line is a post"),
        (&[reddit.as_str()][..], "it looks like a recorded answer of reddit: try `--platform reddit`"),
        (&["post.ndjson"][..], "there is no such file; did you mean `posts.ndjson`?"),
        (&["--url", "https://x.com", "posts.ndjson"][..], "--platform"),
    ] {
        let run = folder.run(&[&["replay"], arguments].concat()).ends(2);
        assert!(run.err.contains(words), "{arguments:?}: {}", run.err);
        assert_eq!(run.out, "", "{arguments:?}");
    }
    let run = folder.run(&["replay", "nothing.ndjson"]).ends(0);
    assert!(run.err.contains("there are no posts in it"), "{}", run.err);
}

#[test]
fn several_answers_are_one_feed() {
    let folder = folder("posts-several");
    let x = payload("x-home.json");
    let run = folder.run(&["replay", "--rules", "mine.rules", "--platform", "x", &x, &x]).ends(0);
    assert_eq!(run.lines().len(), 10);
}

#[test]
fn the_same_posts_give_the_same_lines_whatever_the_day() {
    let folder = folder("posts-time");
    folder.file(
        "time.rules",
        "dim if age > 1 hour\nat 21:00-22:00: label \"late\" if text is known\nlimit 1 per hour\n",
    );
    let run = |more: &[&str]| {
        folder.run(&[&["replay", "--rules", "time.rules", "posts.ndjson"], more].concat()).ends(0).out
    };
    assert_eq!(run(&[]), run(&[]));
    // The latest post is of 21:12:23 UTC.
    assert_eq!(run(&[]), run(&["--now", "2026-08-06T21:12:23Z"]));
    assert!(run(&[]).contains("\"late\"") && !run(&["--utc-offset", "+02:00"]).contains("\"late\""));
    assert_eq!(run(&["--utc-offset", "-0330"]), run(&["--utc-offset=-210"]));
    assert_ne!(run(&["--now", "2026-08-06T21:12:23Z"]), run(&["--now", "2026-08-06T23:12:23+02:00"]));
    folder.run(&["replay", "posts.ndjson", "--utc-offset", "tomorrow"]).ends(2);
}

#[test]
fn the_summary_counts_actions_and_rules_and_names_the_silent() {
    let folder = folder("posts-summary");
    let lines = folder.run(&["replay", "--rules", "mine.rules", "--summary", "posts.ndjson"]).ends(0).lines();
    assert_eq!(lines.len(), 4);
    let summary = &lines[3]["summary"];
    assert_eq!(summary["actions"], json!({ "collapse": 1, "hide": 1, "show": 1 }));
    assert_eq!(
        (&summary["posts"], &summary["promoted"], &summary["never_spoke"]),
        (&3.into(), &1.into(), &1.into())
    );
    let spoke: Vec<_> =
        summary["rules"].as_array().expect("a list").iter().map(|rule| &rule["posts"]).collect();
    assert_eq!(spoke, [1, 1, 0]);
    let quiet = folder.run(&["replay", "--rules", "mine.rules", "--quiet", "posts.ndjson"]).ends(0).lines();
    assert_eq!(quiet, lines[3..]);
    insta::assert_snapshot!(
        "summary",
        folder.run(&["replay", "--rules", "mine.rules", "--format", "text", "posts.ndjson"]).ends(0).out
    );
}

#[test]
fn a_rule_counts_also_where_a_verdict_has_no_room_for_it() {
    let folder = folder("posts-many-rules");
    let rules: String = (0..60).map(|n| format!("label \"l{n}\" if text has \"tea\"\n")).collect();
    folder.file("many.rules", rules);
    let lines = folder.run(&["replay", "--rules", "many.rules", "--summary", "posts.ndjson"]).ends(0).lines();
    assert_eq!(lines[2]["verdict"]["more_reasons"], 28);
    let rules = lines[3]["summary"]["rules"].as_array().expect("a list").clone();
    assert_eq!(rules.iter().filter(|rule| rule["posts"] == 1).count(), 60);
}

#[test]
fn a_difference_is_the_posts_whose_verdict_changes() {
    let folder = folder("posts-diff");
    folder
        .file(
            "new.rules",
            "hide if text has \"tea\", \"kettle\"\ncollapse if promoted\nlabel \"x\" if likes > 3\n",
        )
        .file(
            "same.rules",
            "# another file, another line\ncollapse if text has \"kettle\"\nhide if promoted or sensitive\n",
        )
        .file("broken.rules", "nonsense\n");
    let diff = |old: &str, new: &str, more: &[&str]| {
        folder.run(&[&["replay", "--diff", old, new, "posts.ndjson"], more].concat())
    };
    let run = diff("mine.rules", "new.rules", &["--summary"]).ends(1);
    let lines = run.lines();
    let changes: Vec<_> = lines[..3]
        .iter()
        .map(|l| (l["id"].clone(), l["from"]["action"].clone(), l["to"]["action"].clone()))
        .collect();
    assert_eq!(
        json!(changes),
        json!([["1", "collapse", "hide"], ["2", "hide", "collapse"], ["3", "show", "hide"]])
    );
    assert_eq!(lines[0]["to"]["reasons"][0]["rule"], "hide if text has \"tea\", \"kettle\"");
    let summary = &lines[3]["summary"];
    assert_eq!(
        (&summary["posts"], &summary["changed"], &summary["hidden_more"], &summary["hidden_less"]),
        (&3.into(), &3.into(), &2.into(), &1.into())
    );
    insta::assert_snapshot!("diff", diff("mine.rules", "new.rules", &["--format", "text"]).ends(1).out);
    // The other way round, one hidden more is from somebody followed.
    let run = diff("new.rules", "mine.rules", &["--quiet"]).ends(1);
    assert_eq!(run.lines()[0]["summary"]["hidden_more_of_followed"], 1);
    // Other rules for the same outcome change nothing.
    let run = diff("mine.rules", "same.rules", &["--format", "text"]).ends(0);
    assert_eq!(run.out, "3 posts: no verdict changes\n");
    // What is part of both sides changes nothing either, and a broken side says so.
    diff("same.rules", "same.rules", &["--rules", "mine.rules"]).ends(0);
    let run = diff("mine.rules", "broken.rules", &[]).ends(1);
    assert!(run.err.contains("broken.rules:1:"), "{}", run.err);
    folder.run(&["replay", "--diff", "mine.rules", "posts.ndjson"]).ends(2);
    let run = diff("mine.rules", "nwe.rules", &[]).ends(2);
    assert!(run.err.contains("did you mean `new.rules`?"), "{}", run.err);
}
