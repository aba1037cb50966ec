//! Packs as their authors meet them: what is wrong is said with its place, cases say what differs, a package comes back.

use diffract_packs::cases::{self, junit};
use diffract_packs::{Files, Manifest, Pack, Problem, Reading, archive, template};
use proptest::prelude::*;
use std::io::{Cursor, Write};

const MANIFEST: &str = r#"id = "tea"
title = "Tea"
description = "About tea."
version = "1.2.0"
author = "Someone"
licence = "CC0-1.0"
"#;

fn files(parts: &[(&str, &str)]) -> Files {
    let mut files = Files::default();
    for (path, text) in parts {
        files.add(path, text.as_bytes().to_vec()).expect("a plain path");
    }
    files
}

fn said(problems: &[Problem]) -> String {
    problems.iter().map(|problem| format!("{problem}\n")).collect()
}

fn read(parts: &[(&str, &str)]) -> Reading {
    Pack::read(&files(parts))
}

fn pack(rules: &str, cases: &str) -> Pack {
    let reading = read(&[("pack.toml", MANIFEST), ("rules.rules", rules), ("cases/a.toml", cases)]);
    assert!(reading.problems.is_empty(), "{}", said(&reading.problems));
    reading.pack.expect("a pack")
}

#[test]
fn a_sound_pack_is_read_whole() {
    let reading = read(&[
        (
            "pack.toml",
            &format!(
                "{MANIFEST}homepage = \"https://example.org/tea\"\nlanguages = [\"en\"]\nsites = [\"x.com\"]\ndiffract = \"0.1.0\"\n"
            ),
        ),
        ("rules.rules", "let @l = list \"l.txt\"\non x.com\nhide if author in @l\n"),
        ("lists/l.txt", "bob\n"),
        (
            "cases/a.toml",
            "[[case]]\nname = \"bob\"\nhost = \"x.com\"\npost = { author = \"bob\" }\nexpect = \"hide\"\n",
        ),
        ("README.md", "# Tea\n"),
    ]);
    assert!(reading.problems.is_empty(), "{}", said(&reading.problems));
    let pack = reading.pack.unwrap();
    assert_eq!(pack.manifest.sites, ["x.com"]);
    let outcome = cases::run(&pack, |_| true);
    assert_eq!((outcome.failed().count(), outcome.cases.len(), outcome.untested.len()), (0, 1, 0));
}

#[test]
fn what_is_wrong_with_a_pack() {
    let manifests = [
        "",
        "id = 3\n",
        "titel = \"Tea\"\n",
        "id = \"Tea!\"\ntitle = \"\"\nversion = \"one\"\nhomepage = \"javascript:alert(1)\"\nlanguages = [\"English\"]\nsites = [\"https://x.com\"]\n",
        "id = \"tea\"\ndescription = \"two\\nlines\"\ndiffract = \"99.0.0\"\nlanguages = \"en\"\n",
        "id = \"tea\ntitle",
        "[pack]\nid = \"tea\"\n",
    ];
    let mut all = String::new();
    for manifest in manifests {
        let reading = read(&[("pack.toml", manifest), ("rules.rules", "hide if promoted\n")]);
        assert!(reading.pack.is_none() && reading.has_errors());
        all.push_str(&format!("--- {manifest:?}\n{}", said(&reading.problems)));
    }
    let rules = "pack \"Tea\"\nhide if promoted\non reddit.com\nhide if author is \"a\"\n";
    let reading = read(&[
        ("pack.toml", &format!("{MANIFEST}sites = [\"x.com\"]\n")),
        ("rules.rules", rules),
        ("lists/unused.txt", "a\n"),
        ("notes.md", ""),
    ]);
    all.push_str(&format!("--- warnings\n{}", said(&reading.problems)));
    assert!(reading.pack.is_some() && !reading.has_errors());
    all.push_str(&format!("--- nothing\n{}", said(&read(&[]).problems)));
    let mut odd = files(&[("pack.toml", MANIFEST), ("rules.rules", "")]);
    odd.add("lists/latin.txt", b"a\n\xe9\n".to_vec()).unwrap();
    odd.add("cases/latin.toml", b"\xe9".to_vec()).unwrap();
    let reading = Pack::read(&odd);
    all.push_str(&format!("--- no UTF-8\n{}", said(&reading.problems)));
    assert!(reading.pack.is_some_and(|pack| pack.unreadable_lists.contains_key("latin.txt")));
    insta::assert_snapshot!(all);
}

#[test]
fn what_is_wrong_with_cases() {
    let wrong = r#"
[[case]]
post = {}
expect = "show"

[[case]]
name = "no such field"
post = { txt = "a", "quote.text" = "b" }
expect = "show"

[[case]]
name = "a field of another type"
post = { likes = "many" }
expect = "show"

[[case]]
name = "no such action"
post = { text = "a" }
expect = { acton = "hide" }

[[case]]
name = "nor this"
post = { text = "a" }
expect = "hidden"

[[case]]
name = "one too few"
posts = [{ text = "a" }, { text = "b" }]
expects = ["show"]

[[case]]
name = "rules of its own"
rules = "hide"
post = {}
expect = "show"

[[case]]
name = "scores"
post = {}
expect = "show"
scores = { p = { clickbait = 3, "about" = 0.2 } }

[[case]]
name = "a moment without offset"
now = 2026-01-01T10:00:00
post = {}
expect = "show"

[[case]]
name = "both"
post = {}
expect = "show"
[[case.batch]]
post = {}
expect = "show"
pots = 3

[[case]]
name = "a surface"
surface = "hom"
posts = 3
"#;
    // One file a case: a syntax error costs its file.
    let mut all = String::new();
    for (index, case) in wrong.split("[[case]]\n").skip(1).enumerate() {
        let case = format!("[[case]]\n{case}");
        let reading =
            read(&[("pack.toml", MANIFEST), ("rules.rules", ""), (&format!("cases/{index}.toml"), &case)]);
        assert!(reading.has_errors(), "{case}");
        assert!(reading.pack.is_some_and(|pack| pack.cases.is_empty()), "{case}");
        all.push_str(&said(&reading.problems));
    }
    all.push_str(&said(
        &read(&[("pack.toml", MANIFEST), ("rules.rules", ""), ("cases/e.toml", "cases = 1\n")]).problems,
    ));
    insta::assert_snapshot!(all);
}

#[test]
fn cases_hold_for_order_limits_hours_visits_and_models() {
    let pack = pack(
        "order by newest\nlimit 1 per day then \"Enough.\"\nat 22-7: collapse if text has \"work\" because \"rest\"\n\
         label \"bait\" if clickbait > 80%\nlabel \"tea\" if about \"tea\"\n",
        r#"
[[case]]
name = "order"
posts = [{ id = "a", time = 1 }, { id = "b", time = 2 }]
order = ["b", "a"]

[[case]]
name = "limits go by the local day"
[[case.batch]]
now = 2026-03-06T10:00:00+01:00
posts = [{ id = "1" }, { id = "2" }, { id = "3" }]
expects = ["show", { action = "hide", note = "Enough." }, { action = "hide", note = false }]
[[case.batch]]
now = 2026-03-07T00:30:00+01:00
post = { id = "4" }
expect = "show"

[[case]]
name = "hours are the reader's"
post = { text = "work" }
[[case.batch]]
now = 2026-03-06T23:00:00+09:00
post = { text = "work" }
expect = { action = "collapse", because = "rest" }
[[case.batch]]
now = 2026-03-06T23:00:00Z
utc_offset = -600
visit = "later"
post = { text = "work" }
expect = { action = "show", because = false }

[[case]]
name = "models"
scores = { p = { clickbait = 0.9, 'about "tea"' = 0.7 } }
post = {}
expect = { labels = ["bait", "tea"] }
"#
        .replace("post = { text = \"work\" }\n[[case.batch]]", "[[case.batch]]")
        .as_str(),
    );
    let outcome = cases::run(&pack, |_| true);
    assert_eq!(outcome.failed().count(), 0, "{outcome}");
    assert!(outcome.untested.is_empty(), "{outcome}");
}

#[test]
fn a_case_that_fails_says_what_differs_and_why() {
    let pack = pack(
        "collapse if text has \"tea\" because \"tea again\"\nlabel \"x\" if likes > 3\nhide if promoted\n",
        r#"
[[case]]
name = "folds <tea> & \"more\""
posts = [{ text = "Tea, please. It is a long story that goes on and on until nobody listens." }, { title = "Coffee" }]
expects = [{ action = "hide", labels = ["x"], because = "no tea" }, "hide"]

[[case]]
name = "holds"
post = { text = "tea" }
expect = "collapse"

[[case]]
name = "in another order"
posts = [{ id = "a" }, { id = "b" }]
order = ["b", "a"]
"#,
    );
    let outcome = cases::run(&pack, |_| true);
    let json = serde_json::to_value(&outcome).unwrap();
    assert_eq!(json["cases"][0]["differences"][0]["key"], "action");
    insta::assert_snapshot!(format!("{outcome}\n{}", junit(std::slice::from_ref(&outcome))));
    let some = cases::run(&pack, |case| case.name == "holds");
    assert_eq!((some.cases.len(), some.untested.len()), (1, 0));
}

#[test]
fn a_new_pack_is_sound_tested_and_says_so() {
    let id = template::id_of("Quiet Evenings!").unwrap();
    assert_eq!((id.as_str(), template::id_of("日本")), ("quiet-evenings", None));
    let made = template::files(&id, "Mi\"na\n").unwrap();
    let reading = Pack::read(&made);
    assert!(reading.problems.is_empty(), "{}", said(&reading.problems));
    let pack = reading.pack.unwrap();
    assert_eq!((pack.manifest.title.as_str(), pack.manifest.author.as_str()), ("Quiet evenings", "Mina"));
    assert!(pack.compile().diagnostics[0].diagnostics.is_empty());
    assert_eq!(diffract_core::format(&pack.rules), pack.rules);
    let outcome = cases::run(&pack, |_| true);
    assert_eq!((outcome.failed().count(), outcome.untested.len()), (0, 0), "{outcome}");
}

#[test]
fn a_package_is_the_same_every_time_and_comes_back() {
    let mut made = template::files("tea", "Mina").unwrap();
    made.add("notes.txt", b"not of the pack".to_vec()).unwrap();
    let bytes = archive::write(&made).unwrap();
    assert_eq!(bytes, archive::write(&made).unwrap());
    // What any version and any machine must make of these files.
    let small = files(&[("pack.toml", "a"), ("rules.rules", "b")]);
    insta::assert_snapshot!(
        archive::write(&small).unwrap().iter().map(|byte| format!("{byte:02x}")).collect::<String>()
    );
    let back = archive::read(&bytes).unwrap();
    assert!(back.get("notes.txt").is_none());
    assert_eq!(back.len(), made.len() - 1);
    assert_eq!(back.get("rules.rules"), made.get("rules.rules"));
}

/// A zip as another program might make it.
fn zip(entries: &[(&str, &[u8])], deflate: bool) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let method = if deflate { zip::CompressionMethod::Deflated } else { zip::CompressionMethod::Stored };
    let options = zip::write::SimpleFileOptions::default().compression_method(method);
    for (name, contents) in entries {
        zip.start_file(*name, options).unwrap();
        zip.write_all(contents).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

#[test]
fn packages_of_other_programs_are_read_and_hostile_ones_refused() {
    let manifest = MANIFEST.as_bytes();
    let around = zip(
        &[
            ("tea/pack.toml", manifest),
            ("tea/rules.rules", b""),
            ("__MACOSX/tea/._rules.rules", b"x"),
            ("tea/.DS_Store", b"x"),
        ],
        true,
    );
    assert_eq!(archive::read(&around).unwrap().len(), 2);
    let refused = |entries: &[(&str, &[u8])]| match archive::read(&zip(entries, true)) {
        Ok(_) => panic!("{:?} was read", entries[0].0),
        Err(error) => error.to_string(),
    };
    for out in ["../evil.rules", "/etc/evil", "lists/../../evil.txt", "C:\\evil", "lists\\evil.txt"] {
        let message = refused(&[(out, b"x"), ("pack.toml", manifest)]);
        assert!(message.contains("no path within a pack"), "{out}: {message}");
    }
    assert!(refused(&[("a.txt", b"x")]).contains("no pack.toml"));
    let zeros = vec![0_u8; (4 << 20) + 1];
    assert!(refused(&[("pack.toml", manifest), ("lists/bomb.txt", &zeros)]).contains("over 4 MB"));
    let lists: Vec<String> = (0..9).map(|n| format!("lists/{n}.txt")).collect();
    let many: Vec<(&str, &[u8])> = lists.iter().map(|name| (name.as_str(), &zeros[1..])).collect();
    assert!(refused(&many).contains("over 32 MB"));
    assert!(archive::read(b"no zip").unwrap_err().to_string().contains("no zip"));
    let mut link = zip::ZipWriter::new(Cursor::new(Vec::new()));
    link.add_symlink("rules.rules", "/etc/passwd", zip::write::SimpleFileOptions::default()).unwrap();
    let message = archive::read(&link.finish().unwrap().into_inner()).unwrap_err().to_string();
    assert!(message.contains("is a link"), "{message}");
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..400), at in 0..4_usize) {
        let _ = archive::read(&bytes);
        let path = ["pack.toml", "rules.rules", "cases/a.toml", "lists/a.txt"][at];
        let mut files = Files::default();
        for (other, text) in [("pack.toml", MANIFEST), ("rules.rules", "hide if promoted\n")] {
            if other != path {
                files.add(other, text.into()).unwrap();
            }
        }
        files.add(path, bytes).unwrap();
        if let Some(pack) = Pack::read(&files).pack {
            cases::run(&pack, |_| true);
        }
    }

    #[test]
    fn a_package_with_a_byte_changed_is_read_or_refused(at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let mut bytes = archive::write(&template::files("tea", "x").unwrap()).unwrap();
        let at = at.index(bytes.len());
        bytes[at] = byte;
        if let Ok(files) = archive::read(&bytes) {
            Pack::read(&files);
        }
    }

    #[test]
    fn manifests_of_any_text(title in "\\PC{0,100}", version in "[0-9.+]{0,12}") {
        let text = format!("id = \"a\"\ntitle = {title:?}\nversion = {version:?}\ndescription = \"x\"\nauthor = \"x\"\nlicence = \"x\"\n");
        let reading = read(&[("pack.toml", &text), ("rules.rules", "")]);
        if let Some(Pack { manifest: Manifest { title, .. }, .. }) = reading.pack {
            prop_assert!(!title.is_empty());
        }
    }
}

#[test]
fn an_expectation_that_can_never_hold_is_told_with_its_kind() {
    let case = |expect: &str| {
        let text = format!("[[case]]\nname = \"one\"\nposts = [{{}}]\nexpects = [{expect}]\n");
        let parts =
            [("pack.toml", MANIFEST), ("rules.rules", "hide if promoted\n"), ("cases/a.toml", text.as_str())];
        said(&read(&parts).problems)
    };
    for (expect, words) in [
        ("{ labels = \"bait\" }", "`case[1].expects[1].labels`: expected a list of text, found text"),
        ("{ labels = [\"a\", 2] }", "expected a list of text, found a list with a number at 2"),
        ("{ highlight = 1 }", "expected true or false, found a number"),
        ("{ score = \"1\" }", "expected a number, found text"),
        ("{ note = true }", "expected text, or false for none, found true or false"),
        ("{ action = 3 }", "expected text, found a number"),
        ("{ because = [] }", "expected text, or false for none, found a list"),
        (
            "{ reasons = [{}, { line = \"1\" }] }",
            "`case[1].expects[1].reasons[2].line`: expected a number, found text",
        ),
    ] {
        assert!(case(expect).contains(words), "{expect}: {}", case(expect));
    }
    let all = "{ labels = [], highlight = false, score = 0, note = false, unsure = false, blur = false, because = false, reasons = [] }";
    assert_eq!(case(all), "");
}
