//! `diffract replay` as a person runs it: over payloads of our own, sound and not.

use serde_json::{Value, json};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

const RULES: &str = "\
hide if promoted
collapse if text has any \"toast\", \"kettle\" because \"kitchen\"
label \"tea\" if text has word \"tea\"
boost 2 if author is \"@ada_tea\"
";

fn payload(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../adapters/tests/payloads").join(name)
}

/// A file of this test's own, by a name of its own.
fn file(name: &str, contents: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("replay");
    fs::create_dir_all(&folder).expect("a folder for this test");
    let path = folder.join(name);
    fs::write(&path, contents).expect("written");
    path
}

fn diffract(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_diffract")).args(arguments).output().expect("it runs")
}

fn replay(platform: &str, rules: &Path, payload: &Path, more: &[&str]) -> Output {
    let rules = rules.display().to_string();
    let payload = payload.display().to_string();
    let mut arguments = vec!["replay", "--platform", platform, "--rules", &rules, "--format", "json"];
    arguments.extend(more);
    arguments.push(&payload);
    diffract(&arguments)
}

fn lines(output: &Output) -> Vec<Value> {
    let text = String::from_utf8(output.stdout.clone()).expect("UTF-8");
    text.lines().map(|line| serde_json::from_str(line).expect("one object a line")).collect()
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn one_line_a_post_with_verdict_and_reasons() {
    let rules = file("mine.rules", RULES);
    let output = replay("x", &rules, &payload("x-home.json"), &[]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let lines = lines(&output);
    assert_eq!(lines.len(), 5);
    let first = &lines[0];
    assert_eq!(first["id"], "1000000001");
    assert_eq!(first["author"], "ada_tea");
    assert_eq!(first["text"], "Tea & toast at https://cafe.example/menu #Breakfast");
    assert_eq!(first["time"], "2026-08-06T21:12:23Z");
    assert_eq!(first["promoted"], false);
    assert_eq!(first["surface"], "home");
    assert_eq!(first["verdict"]["action"], "collapse");
    assert_eq!(first["verdict"]["labels"], json!(["tea"]));
    assert_eq!(first["verdict"]["score"], 2.0);
    let reason = &first["verdict"]["reasons"][0];
    assert_eq!(reason["pack"], "mine");
    assert_eq!(reason["line"], 2);
    assert!(reason["rule"].as_str().is_some_and(|r| r.starts_with("collapse if text has any")), "{reason}");
    assert!(reason["evidence"].to_string().contains("toast"), "{reason}");

    assert_eq!(lines[1]["promoted"], true);
    assert_eq!(lines[1]["verdict"]["action"], "hide");
    // A tweet that is no longer there: no author, no time.
    assert_eq!(lines[3]["author"], Value::Null);
    assert_eq!(lines[3]["time"], Value::Null);
    assert_eq!(lines[3]["verdict"]["action"], "show");
}

#[test]
fn every_platform_replays() {
    let rules = file("promoted.rules", "hide if promoted\n");
    for (platform, name, posts, hidden) in [
        ("reddit", "reddit-thread.json", 3, 0),
        ("reddit", "reddit-listing.json", 2, 1),
        ("youtube", "youtube-home.json", 7, 2),
        ("youtube", "youtube-comments.json", 3, 0),
        ("mastodon", "mastodon-timeline.json", 2, 0),
        ("bluesky", "bluesky-timeline.json", 1, 0),
        ("linkedin", "linkedin-feed.json", 2, 1),
        ("lemmy", "lemmy-list.json", 1, 0),
    ] {
        let output = replay(platform, &rules, &payload(name), &[]);
        assert_eq!(output.status.code(), Some(0), "{name}: {}", stderr(&output));
        let lines = lines(&output);
        let hide = lines.iter().filter(|l| l["verdict"]["action"] == "hide").count();
        assert_eq!((lines.len(), hide), (posts, hidden), "{name}");
        assert!(lines.iter().all(|l| l["promoted"].is_boolean()), "{name}");
    }
}

#[test]
fn a_broken_line_costs_that_line_and_is_said() {
    let rules = file("broken.rules", "hide if promotd\nhide if promoted\n");
    let output = replay("x", &rules, &payload("x-home.json"), &[]);
    assert_eq!(output.status.code(), Some(1));
    let said = stderr(&output);
    assert!(said.contains("promotd") && said.contains("did you mean `promoted`?"), "{said}");
    assert!(said.contains("broken.rules:1:"), "{said}");
    let lines = lines(&output);
    assert_eq!(lines.len(), 5);
    assert_eq!(lines[1]["verdict"]["action"], "hide");
    assert_eq!(lines[1]["verdict"]["reasons"][0]["line"], 2);
}

#[test]
fn several_packs_and_lists_beside_them() {
    file("friends.txt", "ada_tea\n# a comment\ndee\n");
    let one = file("one.rules", "let @friends = list \"friends.txt\"\nkeep if author in @friends\n");
    let two = file("two.rules", "hide everything\nhide if likes >= 0\n").display().to_string();
    let output = replay("x", &one, &payload("x-home.json"), &["--rules", &two]);
    let lines = lines(&output);
    assert_eq!(lines[0]["verdict"]["action"], "keep", "{}", stderr(&output));
    let packs: Vec<&Value> =
        lines[0]["verdict"]["reasons"].as_array().expect("a list").iter().map(|r| &r["pack"]).collect();
    assert!(packs.contains(&&json!("one")) && packs.contains(&&json!("two")), "{packs:?}");
}

#[test]
fn the_same_payload_gives_the_same_ages_on_any_day() {
    let rules = file("age.rules", "dim if age > 2 hours\n");
    let dimmed = |more: &[&str]| {
        let output = replay("x", &rules, &payload("x-home.json"), more);
        lines(&output).iter().filter(|l| l["verdict"]["action"] == "dim").count()
    };
    // The latest post is of 21:12:23, the others of 20:00, 18:00 (the reposted one) and 17:00.
    assert_eq!(dimmed(&[]), 2);
    assert_eq!(dimmed(&["--now", "2026-08-08T00:00:00Z"]), 4);
    assert_eq!(dimmed(&["--now", "1786050743"]), 2);
}

#[test]
fn the_address_names_the_surface() {
    let rules = file("surface.rules", "on reddit.com home\nhide if not promoted\n");
    let output = replay(
        "reddit",
        &rules,
        &payload("reddit-listing.json"),
        &["--url", "https://oauth.reddit.com/best"],
    );
    let lines = lines(&output);
    assert_eq!(lines[1]["surface"], "home");
    assert_eq!(lines[1]["verdict"]["action"], "hide", "{}", stderr(&output));
}

#[test]
fn what_cannot_be_used_is_said_and_ends_with_two() {
    let rules = file("sound.rules", "hide if promoted\n");
    let x = payload("x-home.json");
    let wrong_shape = file("shape.json", "{\"data\": {\"user\": null}}");
    let no_json = file("no.json", "<html>");
    let gone = Path::new("no-such-file.json");
    for (platform, rules, payload, words) in [
        ("tiwtter", &*rules, &*x, "no platform is called `tiwtter`"),
        ("mastodn", &*rules, &*x, "did you mean `mastodon`?"),
        ("x", &*rules, &*wrong_shape, "no posts of x were found"),
        ("reddit", &*rules, &*x, "no posts of reddit were found"),
        ("x", &*rules, &*no_json, "is not JSON"),
        ("x", &*rules, gone, "cannot read no-such-file.json"),
        ("x", Path::new("no-such.rules"), &*x, "cannot read no-such.rules"),
    ] {
        let output = replay(platform, rules, payload, &[]);
        assert_eq!(output.status.code(), Some(2), "{words}: {}", stderr(&output));
        assert!(stderr(&output).contains(words), "{words}: {}", stderr(&output));
        assert!(output.stdout.is_empty(), "{words}");
    }
    let deep = file("deep.json", &format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000)));
    assert_eq!(replay("x", &rules, &deep, &[]).status.code(), Some(2));
}

#[test]
fn an_unreadable_rule_file_costs_that_file() {
    let bad = file("bad-utf8.rules", "");
    fs::write(&bad, b"hide if text has \"caf\xe9\"\n").expect("written");
    let good = file("good.rules", "hide if promoted\n").display().to_string();
    let output = replay("x", &bad, &payload("x-home.json"), &["--rules", &good]);
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    assert!(stderr(&output).contains("bad-utf8.rules is not UTF-8 (line 1)"), "{}", stderr(&output));
    assert_eq!(lines(&output)[1]["verdict"]["action"], "hide");
}

#[test]
fn an_empty_feed_has_no_lines_and_is_no_error() {
    let rules = file("empty.rules", "hide if promoted\n");
    let empty = file("empty.json", "{\"kind\": \"Listing\", \"data\": {\"children\": []}}");
    let output = replay("reddit", &rules, &empty, &[]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert!(output.stdout.is_empty());
    assert!(stderr(&output).contains("note:") && stderr(&output).contains("no posts"), "{}", stderr(&output));
}

#[test]
fn half_a_character_costs_that_character_only() {
    let rules = file("half.rules", "hide if text has \"tea\"\n");
    let status =
        r#"[{"id":"1","created_at":"2026-08-06T21:12:23Z","content":"\ud83d tea","account":{"acct":"a"}}]"#;
    let output = replay("mastodon", &rules, &file("half.json", status), &[]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert_eq!(lines(&output)[0]["text"], "\u{fffd} tea");
    assert_eq!(lines(&output)[0]["verdict"]["action"], "hide");
}

#[test]
fn an_address_that_is_none_is_refused() {
    let rules = file("address.rules", "hide if promoted\n");
    let output = replay("x", &rules, &payload("x-home.json"), &["--url", "not_a_url"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("expected an address"), "{}", stderr(&output));
}

#[test]
fn standard_input_and_text_for_people() {
    let rules = file("text.rules", RULES).display().to_string();
    let mut child = Command::new(env!("CARGO_BIN_EXE_diffract"))
        .args(["replay", "--platform", "x", "--rules", &rules, "--format", "text", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("it runs");
    let bytes = fs::read(payload("x-home.json")).expect("readable");
    child.stdin.take().expect("piped").write_all(&bytes).expect("written");
    let output = child.wait_with_output().expect("it ends");
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    assert_eq!(output.status.code(), Some(0));
    assert!(text.contains("hide      kettles"), "{text}");
    assert!(text.contains("text:1: hide if promoted"), "{text}");
    assert!(text.contains("5 posts, 1 promoted:"), "{text}");
}

#[test]
fn a_reader_that_has_read_enough_ends_it_as_a_signal_would() {
    let rules = file("pipe.rules", RULES).display().to_string();
    let items: Vec<Value> = (0..3000)
        .map(|n| json!({ "id": n.to_string(), "created_at": "2026-08-06T21:12:23Z", "content": "<p>Tea</p>", "account": { "acct": "a" } }))
        .collect();
    let big = file("big.json", &json!(items).to_string()).display().to_string();
    let mut child = Command::new(env!("CARGO_BIN_EXE_diffract"))
        .args(["replay", "--platform", "mastodon", "--rules", &rules, &big])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it runs");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(output.status.code(), Some(141), "{}", stderr(&output));
    assert_eq!(stderr(&output), "");
}

#[test]
fn standard_input_is_read_once() {
    let rules = file("once.rules", RULES).display().to_string();
    for arguments in [
        vec!["replay", "--diff", "-", "-", "x"],
        vec!["replay", "--diff", "-", &rules, "-"],
        vec!["replay", "--rules", "-", "--diff", &rules, &rules, "x"],
        vec!["replay", "--rules", "-", "-"],
        vec!["explain", "--rules", "-", "-"],
        vec!["bench", "--rules", "-", "-"],
        vec!["rewrite", "--platform", "x", "--rules", "-", "-"],
    ] {
        let output = Command::new(env!("CARGO_BIN_EXE_diffract"))
            .args(&arguments)
            .stdin(Stdio::null())
            .output()
            .expect("it runs");
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {}", stderr(&output));
        assert!(
            stderr(&output).contains("standard input (`-`) can be read once only"),
            "{}",
            stderr(&output)
        );
    }
}

#[test]
fn rules_are_optional() {
    let x = payload("x-home.json").display().to_string();
    let output = diffract(&["replay", "--platform", "x", &x]);
    assert!(lines(&output).iter().all(|l| l["verdict"]["action"] == "show"));
}

#[test]
fn help_names_every_platform_and_exit_code() {
    let output = diffract(&["replay", "--help"]);
    let help = String::from_utf8(output.stdout).expect("UTF-8");
    for name in diffract_adapters::wire::builtin_names() {
        assert!(help.contains(name), "{name}");
    }
    for words in
        ["0  every post", "1  a rule file has errors", "2  the input cannot be used", "--now", "--url"]
    {
        assert!(help.contains(words), "{words}");
    }
}

#[test]
fn posts_that_do_not_say_where_they_were_seen_are_told_of_where_rules_ask_it() {
    let for_site = file("for-site.rules", "on x.com\nhide if text has \"tea\"\n");
    let everywhere = file("everywhere.rules", "hide if text has \"tea\"\n");
    let without = file("without-host.ndjson", "{\"id\":\"1\",\"platform\":\"x\",\"text\":\"tea\"}\n");
    let with = file("with-host.ndjson", "{\"id\":\"1\",\"host\":\"x.com\",\"text\":\"tea\"}\n");
    let run = |arguments: &[&Path]| {
        let mut all = vec!["replay".to_owned(), "--rules".to_owned()];
        all.extend(arguments.iter().map(|path| path.display().to_string()));
        diffract(&all.iter().map(String::as_str).collect::<Vec<_>>())
    };
    let told = |output: &Output| stderr(output).contains("no post says on which host");
    let output = run(&[&for_site, &without]);
    assert!(told(&output), "{}", stderr(&output));
    assert_eq!(lines(&output)[0]["verdict"]["action"], "show");
    for output in [run(&[&for_site, &with]), run(&[&everywhere, &without])] {
        assert!(!told(&output), "{}", stderr(&output));
        assert_eq!(lines(&output)[0]["verdict"]["action"], "hide");
    }
    // A recorded answer is of a site.
    assert!(!told(&replay("x", &for_site, &payload("x-home.json"), &[])));
}
