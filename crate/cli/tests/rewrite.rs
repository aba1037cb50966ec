//! `diffract rewrite` as a person runs it: over payloads of our own, sound and not.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn payload(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../adapters/tests/payloads").join(name)
}

/// A file of this test's own, by a name of its own.
fn file(name: &str, contents: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("rewrite");
    fs::create_dir_all(&folder).expect("a folder for this test");
    let path = folder.join(name);
    fs::write(&path, contents).expect("written");
    path
}

fn rewrite(platform: &str, rules: Option<&Path>, payload: &Path, more: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_diffract"));
    command.args(["rewrite", "--platform", platform]).args(more);
    if let Some(rules) = rules {
        command.arg("--rules").arg(rules);
    }
    command.arg(payload).output().expect("it runs")
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn without_rules_the_bytes_are_the_same() {
    for (platform, name) in [
        ("x", "x-profile.json"),
        ("facebook", "facebook-feed.json"),
        ("youtube", "youtube-page.html"),
        ("hackernews", "hackernews-front.html"),
    ] {
        let output = rewrite(platform, None, &payload(name), &[]);
        assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
        assert_eq!(output.stdout, fs::read(payload(name)).expect("readable"), "{name}");
    }
}

#[test]
fn promoted_posts_go_and_the_report_says_why() {
    let rules = file("ads.rules", "hide if promoted because \"advertisement\"\n");
    let before = fs::read_to_string(payload("x-profile.json")).expect("readable");
    let output = rewrite("x", Some(&rules), &payload("x-profile.json"), &[]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let after = String::from_utf8(output.stdout.clone()).expect("UTF-8");
    assert!(after.starts_with('\u{feff}') && after.len() < before.len());
    assert!(
        !after.contains("promoted-tweet-3001")
            && after.contains("cursor-Bottom-940")
            && after.contains("\\u2026")
    );
    let report = stderr(&output);
    assert!(report.contains("advertisement") && report.contains("4 posts: 1 gone, 0 moved"), "{report}");
}

#[test]
fn an_order_moves_posts_between_their_places() {
    let rules = file("order.rules", "order by likes\n");
    let output = rewrite("x", Some(&rules), &payload("x-profile.json"), &[]);
    let after = String::from_utf8(output.stdout).expect("UTF-8");
    let values = |key: &str| -> Vec<String> {
        let before = format!("\"{key}\": \"");
        let parts = after.split(&before).skip(1);
        parts.filter_map(|rest| rest.split('"').next().map(str::to_owned)).collect()
    };
    // 3003 has the most likes and stands where the advertisement stood; what is no post stays where it is.
    let entries =
        ["tweet-3000", "tweet-3003", "tweet-3002", "who-to-follow-1", "u", "promoted-tweet-3001-abc"];
    assert_eq!(values("entryId")[..6], entries);
    // An index belongs to its place: X sorts by it.
    assert_eq!(values("sortIndex"), ["999", "990", "980", "970", "960", "950", "940"]);
}

#[test]
fn the_picture_is_xml_and_its_words_are_only_words() {
    let rules = file("plot.rules", "hide if promoted because \"<b>\\\"paid\\\" & pots\"\norder by newest\n");
    let picture = file("feed.svg", "mine");
    let where_to = picture.display().to_string();
    let output = rewrite("youtube", Some(&rules), &payload("youtube-page.html"), &["--plot", &where_to]);
    assert_eq!(output.status.code(), Some(2), "{}", stderr(&output));
    assert!(stderr(&output).contains("is there already"), "{}", stderr(&output));
    assert_eq!(fs::read_to_string(&picture).expect("it is left alone"), "mine");
    let output =
        rewrite("youtube", Some(&rules), &payload("youtube-page.html"), &["--plot", &where_to, "--force"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let svg = fs::read_to_string(picture).expect("it was drawn");
    assert!(svg.starts_with("<svg ") && svg.trim_end().ends_with("</svg>"));
    assert!(
        svg.contains("Pouring &lt;slowly&gt;")
            && !svg.contains("<b>")
            && svg.contains("As your rules have it")
    );
    for opening in ["<text", "<rect", "<path", "<title"] {
        assert!(svg.contains(opening), "{opening}");
    }
}

#[test]
fn what_cannot_be_read_is_written_as_it_is() {
    let cut = file("cut.json", "{\"data\": [1, 2");
    let output = rewrite("x", None, &cut, &[]);
    assert_eq!((output.status.code(), output.stdout.as_slice()), (Some(2), "{\"data\": [1, 2".as_bytes()));
    assert!(stderr(&output).contains("ends too early"), "{}", stderr(&output));
    let output = rewrite("twiter", None, &cut, &[]);
    assert_eq!(output.status.code(), Some(2));
}
