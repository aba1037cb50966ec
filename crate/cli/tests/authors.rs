//! `diffract new`, `test`, `package`, `import` and `export`, as a person or CI calls them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn diffract(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_diffract"))
        .current_dir(folder)
        .args(arguments)
        .env("NO_COLOR", "1")
        .output()
        .expect("the program runs")
}

/// A fresh folder.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("authors").join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("a folder");
    folder
}

fn out(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn err(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[track_caller]
fn ends(output: &Output, code: i32) {
    assert_eq!(output.status.code(), Some(code), "{}\n{}", out(output), err(output));
}

#[test]
fn a_new_pack_is_made_tested_and_packaged() {
    let at = folder("new");
    ends(&diffract(&at, &["new", "Quiet Evenings"]), 0);
    ends(&diffract(&at, &["new", "Quiet Evenings"]), 2);
    ends(&diffract(&at, &["new", "日本"]), 2);
    ends(&diffract(&at, &["new", "calm", "--author", "Mina"]), 0);
    let tested = diffract(&at, &["test", "calm", "--untested"]);
    ends(&tested, 0);
    assert!(out(&tested).contains("calm: 3 of 3 cases hold"), "{}", out(&tested));
    ends(&diffract(&at, &["check", "calm"]), 0);
    ends(&diffract(&at, &["fmt", "--check", "calm"]), 0);
    ends(&diffract(&at, &["package", "calm"]), 0);
    let first = fs::read(at.join("calm-0.1.0.zip")).unwrap();
    ends(&diffract(&at, &["package", "calm", "-o", "again.zip"]), 0);
    assert_eq!(fs::read(at.join("again.zip")).unwrap(), first);
    // All packs of a folder at once; the folder's name differs from the id, which is a warning.
    let all = diffract(&at, &["test"]);
    ends(&all, 0);
    assert!(out(&all).contains("2 packs, 6 cases: all hold"), "{}", out(&all));
    assert!(err(&all).contains("the folder is called `Quiet Evenings`"), "{}", err(&all));
}

#[test]
fn a_case_that_fails_is_named_with_what_differs() {
    let at = folder("fails");
    ends(&diffract(&at, &["new", "tea"]), 0);
    let case = "[[case]]\nname = \"wrong on purpose\"\npost = { text = \"Enter the giveaway\" }\nexpect = \"hide\"\n";
    fs::write(at.join("tea/cases/wrong.toml"), case).unwrap();
    let failed = diffract(&at, &["test", "tea"]);
    ends(&failed, 1);
    for words in [
        "FAILED tea: wrong on purpose (cases/wrong.toml:1)",
        "expected hide, got collapse",
        "since line 4: collapse if",
    ] {
        assert!(out(&failed).contains(words), "{words}\n{}", out(&failed));
    }
    ends(&diffract(&at, &["package", "tea"]), 1);
    assert!(!at.join("tea-0.1.0.zip").exists());
    ends(&diffract(&at, &["test", "tea", "--filter", "FRIEND"]), 0);
    ends(&diffract(&at, &["test", "tea", "--filter", "nobody"]), 2);
    let json = diffract(&at, &["test", "tea", "--format", "json"]);
    ends(&json, 1);
    let value: serde_json::Value = serde_json::from_str(&out(&json)).unwrap();
    assert_eq!(value[0]["cases"][3]["differences"][0]["got"], "collapse");
    let junit = diffract(&at, &["test", "tea", "--format", "junit"]);
    assert!(
        out(&junit).contains("<testsuites name=\"diffract test\" tests=\"4\" failures=\"1\">"),
        "{}",
        out(&junit)
    );
    fs::write(at.join("tea/rules.rules"), "hide if nonsens\n").unwrap();
    let broken = diffract(&at, &["test", "tea"]);
    ends(&broken, 1);
    assert!(err(&broken).contains("nonsens"), "{}", err(&broken));
}

#[test]
fn a_folder_that_is_none_or_hostile_is_refused_with_a_word() {
    let at = folder("hostile");
    ends(&diffract(&at, &["test", "nowhere"]), 2);
    let none = diffract(&at, &["test"]);
    ends(&none, 2);
    assert!(err(&none).contains("`diffract new` makes one"), "{}", err(&none));
    ends(&diffract(&at, &["new", "tea"]), 0);
    fs::write(at.join("secret.txt"), "secret\n").unwrap();
    fs::write(at.join("tea/lists/large.txt"), vec![b'a'; (4 << 20) + 1]).unwrap();
    let large = diffract(&at, &["test", "tea"]);
    ends(&large, 1);
    assert!(err(&large).contains("over 4 MB"), "{}", err(&large));
    fs::remove_file(at.join("tea/lists/large.txt")).unwrap();
    fs::write(at.join("tea/notes.odt"), "x").unwrap();
    let odd = diffract(&at, &["test", "tea"]);
    ends(&odd, 0);
    assert!(err(&odd).contains("notes.odt: warning: this is no file of a pack"), "{}", err(&odd));
}

#[cfg(unix)]
#[test]
fn links_out_of_a_pack_and_what_is_no_file_are_refused() {
    use std::os::unix::fs::symlink;
    use std::os::unix::net::UnixListener;
    let at = folder("links");
    fs::write(at.join("secret.txt"), "secret\n").unwrap();
    for (name, place, target, words) in [
        ("out", "lists/bait.txt", "../../secret.txt", "a link out of the folder"),
        ("absolute", "lists/bait.txt", "/etc/hostname", "a link"),
        ("nothing", "lists/more.txt", "nowhere.txt", "a link to nothing"),
        ("folder", "lists/more.txt", "../cases", "no file"),
    ] {
        ends(&diffract(&at, &["new", name]), 0);
        let place = at.join(name).join(place);
        let _ = fs::remove_file(&place);
        symlink(target, &place).unwrap();
        let refused = diffract(&at, &["test", name]);
        ends(&refused, 1);
        assert!(err(&refused).contains(words), "{name}: {}", err(&refused));
        assert!(!err(&refused).contains("secret\n"));
        ends(&diffract(&at, &["package", name]), 1);
    }
    ends(&diffract(&at, &["new", "within"]), 0);
    symlink("bait.txt", at.join("within/lists/same.txt")).unwrap();
    ends(&diffract(&at, &["test", "within"]), 0);
    ends(&diffract(&at, &["new", "s"]), 0);
    // A socket's address is short.
    if UnixListener::bind(at.join("s/lists/x.txt")).is_ok() {
        let refused = diffract(&at, &["test", "s"]);
        ends(&refused, 1);
        assert!(err(&refused).contains("a pipe or a socket"), "{}", err(&refused));
    }
}

#[test]
fn filters_come_in_and_go_out() {
    let at = folder("filters");
    fs::write(at.join("words.txt"), "giveaway\n#airdrop\n").unwrap();
    let made = diffract(&at, &["import", "words.txt", "-o", "mine.rules"]);
    ends(&made, 0);
    assert!(err(&made).contains("2 entries read, 2 carried over into 2 rules"), "{}", err(&made));
    ends(&diffract(&at, &["import", "words.txt", "-o", "mine.rules"]), 2);
    ends(&diffract(&at, &["check", "mine.rules"]), 0);
    fs::write(at.join("filters.txt"), "x.com##article:has-text(Giveaway)\n||ads.example^\n").unwrap();
    let some = diffract(&at, &["import", "--from", "ublock", "filters.txt"]);
    ends(&some, 1);
    assert!(
        out(&some).contains("hide if title matches /Giveaway/ or text matches /Giveaway/"),
        "{}",
        out(&some)
    );
    assert!(err(&some).contains("line 2: left out: ||ads.example^"), "{}", err(&some));
    let report = diffract(&at, &["import", "filters.txt", "--report", "json"]);
    let value: serde_json::Value = serde_json::from_str(&out(&report)).unwrap();
    assert_eq!((&value["format"], &value["report"]["carried"]), (&"ublock".into(), &1.into()));
    ends(&diffract(&at, &["import", "--from", "bluesky", "words.txt"]), 2);
    ends(&diffract(&at, &["import", "--from", "nothing", "words.txt"]), 2);
    fs::write(at.join("out.rules"), "hide if text has word \"tea\"\norder by newest\n").unwrap();
    let words = diffract(&at, &["export", "--to", "words", "out.rules"]);
    ends(&words, 1);
    assert_eq!(out(&words), "tea\n");
    assert!(err(&words).contains("line 2: left out: order by newest: it sorts the feed"), "{}", err(&words));
    let backup = diffract(&at, &["export", "--to", "backup", "out.rules", "-o", "backup.json"]);
    ends(&backup, 0);
    let backup = diffract(&at, &["import", "backup.json"]);
    ends(&backup, 2);
    assert!(err(&backup).contains("a backup of Diffract itself"), "{}", err(&backup));
}

#[test]
fn every_shipped_pack_holds_and_every_rule_of_it_has_a_case() {
    let packs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../extension/packs");
    let tested = diffract(&packs, &["test", "--untested", "."]);
    ends(&tested, 0);
    assert!(out(&tested).contains("7 packs"), "{}", out(&tested));
    ends(&diffract(&packs, &["fmt", "--check", "."]), 0);
}

#[test]
fn a_package_takes_the_place_of_an_older_package_only() {
    let at = folder("package-over");
    ends(&diffract(&at, &["new", "tea"]), 0);
    fs::write(at.join("notes.txt"), "mine\n").unwrap();
    fs::write(at.join("notes.zip"), "mine\n").unwrap();
    let rules = fs::read_to_string(at.join("tea/rules.rules")).unwrap();
    for (target, words) in [
        ("tea/rules.rules", "lies in the pack itself"),
        ("tea/lists/tea.zip", "lies in the pack itself"),
        ("notes.txt", "is no packaged pack"),
        ("notes.zip", "is no packaged pack"),
        ("tea", "is no packaged pack"),
    ] {
        let refused = diffract(&at, &["package", "tea", "-o", target]);
        ends(&refused, 2);
        assert!(err(&refused).contains(words), "{target}: {}", err(&refused));
    }
    assert_eq!(fs::read_to_string(at.join("tea/rules.rules")).unwrap(), rules);
    assert_eq!(fs::read_to_string(at.join("notes.txt")).unwrap(), "mine\n");
    assert_eq!(fs::read_to_string(at.join("notes.zip")).unwrap(), "mine\n");
    ends(&diffract(&at, &["package", "tea"]), 0);
    ends(&diffract(&at, &["package", "tea"]), 0);
    // A pack's own folder is `here` too.
    ends(&diffract(&at.join("tea"), &["package"]), 0);
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("notes.txt", at.join("link.zip")).unwrap();
        for target in ["link.zip", "/dev/null"] {
            ends(&diffract(&at, &["package", "tea", "-o", target]), 2);
        }
        assert!(at.join("link.zip").symlink_metadata().unwrap().is_symlink());
    }
    let left = fs::read_dir(&at)
        .unwrap()
        .filter(|e| e.as_ref().unwrap().path().extension().is_some_and(|e| e == "tmp"));
    assert_eq!(left.count(), 0);
}

#[test]
fn a_site_that_is_no_host_is_refused_and_a_missing_folder_said() {
    let at = folder("sites");
    fs::write(at.join("words.txt"), "giveaway\n").unwrap();
    for (site, words) in [
        ("https://reddit.com/", "`https://reddit.com/` is no host; write `reddit.com`"),
        ("bad host", "`bad host` is no host; write `example.com`"),
    ] {
        let refused = diffract(&at, &["import", "words.txt", "--on", site]);
        ends(&refused, 2);
        assert!(err(&refused).contains(words) && out(&refused).is_empty(), "{}", err(&refused));
    }
    let made = diffract(&at, &["import", "words.txt", "--on", "Reddit.com"]);
    assert!(out(&made).contains("on reddit.com"), "{}", out(&made));
    let lost = diffract(&at, &["import", "words.txt", "-o", "nowhere/mine.rules"]);
    ends(&lost, 2);
    assert!(
        err(&lost).contains("make its folder first") && !err(&lost).contains("left alone"),
        "{}",
        err(&lost)
    );
    ends(&diffract(&at, &["import", "words.txt", "-o", "mine.rules"]), 0);
    let there = diffract(&at, &["import", "words.txt", "-o", "mine.rules"]);
    ends(&there, 2);
    assert!(err(&there).contains("a file that is there is left alone"), "{}", err(&there));
}
