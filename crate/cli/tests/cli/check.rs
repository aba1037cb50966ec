//! `diffract check`: messages, reports for machines, and what `--fix` does.

use crate::support::{Folder, finish};
use serde_json::Value;

const MISTAKES: &str = "\
hide if promotd
hide if text has “日本” && likes == 3
collapse if clickbait > 80
hide if text has \"\u{202e}x\"
on reddit.com home
dim if likes > \"5\" and views > 3
";

const MANIFEST: &str = "id = \"calm\"\ntitle = \"Calm\"\ndescription = \"Less.\"\nversion = \"0.1.0\"\nauthor = \"A\"\nlicence = \"CC0-1.0\"\n";

#[test]
fn messages_are_set_for_the_width_and_the_colours_there_are() {
    let folder = Folder::new("check-human");
    folder.file("mine.rules", MISTAKES);
    let run = folder.run(&["check", "mine.rules"]).ends(1);
    assert_eq!(run.out, "");
    insta::assert_snapshot!("human", run.err);
    let long = format!("hide if text has any {} and promotd\n", vec!["\"kettle\""; 60].join(", "));
    folder.file("long.rules", long);
    for width in [80, 120] {
        let mut command = folder.command(&["check", "long.rules"]);
        command.env("COLUMNS", width.to_string());
        let run = finish(command, b"").ends(1);
        let widest = run.err.lines().map(|line| line.chars().count()).max().unwrap_or(0);
        assert!(widest <= width, "{widest} columns of {width}:\n{}", run.err);
        assert!(run.err.contains("^^^^^^^ did you mean `promoted`?"), "{}", run.err);
    }
}

#[test]
fn colour_follows_the_flag_and_the_environment() {
    let folder = Folder::new("check-colour");
    folder.file("mine.rules", MISTAKES);
    let coloured = |arguments: &[&str], variables: &[(&str, &str)]| {
        let mut command = folder.command(arguments);
        command.envs(variables.iter().copied());
        finish(command, b"").err.contains('\u{1b}')
    };
    assert!(!coloured(&["check", "mine.rules"], &[]), "nobody sees colours in a file");
    assert!(coloured(&["check", "mine.rules", "--color", "always"], &[]));
    assert!(coloured(&["check", "mine.rules"], &[("CLICOLOR_FORCE", "1")]));
    assert!(!coloured(&["check", "mine.rules", "--color", "never"], &[("CLICOLOR_FORCE", "1")]));
    assert!(!coloured(&["check", "mine.rules"], &[("NO_COLOR", "1")]));
}

#[test]
fn json_has_places_in_characters_and_bytes() {
    let folder = Folder::new("check-json");
    folder.file("mine.rules", MISTAKES);
    let run = folder.run(&["check", "mine.rules", "--format", "json"]).ends(1);
    assert_eq!(run.err, "");
    let report = run.json();
    assert_eq!((&report["version"], &report["files"][0]["path"]), (&1.into(), &"mine.rules".into()));
    let messages = report["files"][0]["diagnostics"].as_array().expect("a list");
    for message in messages {
        let byte = |key: &str| message[key].as_u64().expect("a place") as usize;
        let before = &MISTAKES[..byte("start")];
        assert_eq!(byte("line"), before.matches('\n').count() + 1, "{message}");
        assert_eq!(byte("column"), before.rsplit('\n').next().unwrap_or("").chars().count() + 1, "{message}");
        assert!(MISTAKES.get(byte("start")..byte("end")).is_some(), "{message}");
    }
    let of = |line: u64, code: &str| {
        messages
            .iter()
            .find(|m| m["line"] == line && m["code"] == code)
            .unwrap_or_else(|| panic!("{code}: {report:#}"))
    };
    assert_eq!(of(1, "unknown-field")["suggestion"]["replacement"], "promoted");
    assert_eq!(of(1, "unknown-field")["suggestion"]["sure"], false);
    let and = of(2, "unexpected");
    assert_eq!((&and["column"], &and["suggestion"]["sure"]), (&23.into(), &true.into()));
    let errors = messages.iter().filter(|m| m["severity"] == "error").count();
    assert_eq!(report["summary"]["errors"], errors);
}

/// What of a value is not as a JSON schema says: as far as ours goes, which uses these words only.
fn misfits(value: &Value, schema: &Value, at: &str) -> Vec<String> {
    let mut out = Vec::new();
    for (word, wanted) in schema.as_object().expect("a schema") {
        let fits = match word.as_str() {
            "$schema" | "title" | "description" => true,
            "const" => value == wanted,
            "enum" => wanted.as_array().is_some_and(|all| all.contains(value)),
            "minimum" => value.as_u64() >= wanted.as_u64(),
            "type" => match wanted.as_str() {
                Some("object") => value.is_object(),
                Some("array") => value.is_array(),
                Some("string") => value.is_string(),
                Some("boolean") => value.is_boolean(),
                Some("integer") => value.is_u64(),
                _ => panic!("the schema has the type {wanted}"),
            },
            "required" => wanted
                .as_array()
                .is_some_and(|keys| keys.iter().all(|key| value.get(key.as_str().unwrap_or("")).is_some())),
            "items" => {
                for (index, item) in value.as_array().into_iter().flatten().enumerate() {
                    out.extend(misfits(item, wanted, &format!("{at}[{index}]")));
                }
                true
            }
            "properties" => {
                for (key, inner) in value.as_object().into_iter().flatten() {
                    if let Some(schema) = wanted.get(key) {
                        out.extend(misfits(inner, schema, &format!("{at}.{key}")));
                    }
                }
                true
            }
            "additionalProperties" => value
                .as_object()
                .is_some_and(|keys| keys.keys().all(|key| schema["properties"].get(key).is_some())),
            other => panic!("the schema has `{other}`"),
        };
        if !fits {
            out.push(format!("{at}: not {word} {wanted}, but {value}"));
        }
    }
    out
}

#[test]
fn json_is_as_its_schema_says() {
    let schema = include_str!("../../../../docs/check.schema.json");
    let schema: Value = serde_json::from_str(schema).expect("JSON");
    let folder = Folder::new("check-schema");
    folder
        .file("mine.rules", MISTAKES)
        .file("latin.rules", b"caf\xe9\n")
        .file("calm/pack.toml", "id = 7\n")
        .file("calm/rules.rules", "hide if promoted\n");
    let report =
        folder.run(&["check", "mine.rules", "latin.rules", "calm", "--format", "json"]).ends(1).json();
    assert_eq!(misfits(&report, &schema, "report"), [""; 0]);
    for part in ["files", "unreadable", "packs"] {
        assert!(report[part].as_array().is_some_and(|all| !all.is_empty()), "{part}: {report:#}");
    }
    assert_eq!(misfits(&serde_json::json!({"version": 2}), &schema, "report").len(), 2, "it does refuse");
}

/// The offset of a line and column, both from 1, counted in Unicode code points.
fn offset(source: &str, line: u64, column: u64) -> usize {
    let start: usize = source.split_inclusive('\n').take(line as usize - 1).map(str::len).sum();
    let text = &source[start..];
    start + text.char_indices().nth(column as usize - 1).map_or(text.len(), |(at, _)| at)
}

#[test]
fn sarif_has_what_the_standard_requires_and_its_regions_are_right() {
    let folder = Folder::new("check-sarif");
    folder
        .file("my rules/größe.rules", MISTAKES)
        .file("sound.rules", "hide if promoted\n")
        .file("latin.rules", b"caf\xe9\n");
    let report =
        folder.run(&["check", "my rules", "sound.rules", "latin.rules", "--format", "sarif"]).ends(1).json();
    // Types made of the standard's own schema read it, and find nothing in it that the schema does not know.
    let read: serde_sarif::sarif::Sarif =
        serde_json::from_value(report.clone()).expect("what the schema says");
    assert_eq!(serde_json::to_value(read).expect("JSON"), report);
    assert_eq!(report["version"], "2.1.0");
    assert!(report["$schema"].as_str().is_some_and(|schema| schema.ends_with("sarif-schema-2.1.0.json")));
    let run = &report["runs"][0];
    let driver = &run["tool"]["driver"];
    assert_eq!(driver["name"], "diffract");
    let rules = driver["rules"].as_array().expect("a table of rules");
    let mut ids: Vec<&str> = rules.iter().map(|rule| rule["id"].as_str().expect("an id")).collect();
    assert!(
        rules
            .iter()
            .all(|rule| rule["shortDescription"]["text"].as_str().is_some_and(|text| !text.is_empty()))
    );
    assert_eq!(run["columnKind"], "unicodeCodePoints");
    let artifacts = run["artifacts"].as_array().expect("a list");
    assert_eq!(artifacts.len(), 2);
    assert_eq!(artifacts[0]["location"]["uri"], "my%20rules/gr%C3%B6%C3%9Fe.rules");
    let invocation = &run["invocations"][0];
    assert_eq!((&invocation["executionSuccessful"], &invocation["exitCode"]), (&false.into(), &1.into()));
    let told = invocation["toolExecutionNotifications"][0]["message"]["text"].as_str().unwrap_or("");
    assert!(told.contains("latin.rules is not UTF-8 (line 1)"), "{told}");

    let results = run["results"].as_array().expect("a list");
    assert!(results.len() >= 5, "{results:#?}");
    let place = |region: &Value| {
        let number = |key: &str| region[key].as_u64().unwrap_or_else(|| panic!("{key} of {region}"));
        let start = offset(MISTAKES, number("startLine"), number("startColumn"));
        let end = offset(MISTAKES, number("endLine"), number("endColumn"));
        assert_eq!(
            (number("byteOffset"), number("byteLength")),
            (start as u64, (end - start) as u64),
            "{region}"
        );
        start..end
    };
    for result in results {
        let index = result["ruleIndex"].as_u64().expect("an index") as usize;
        assert_eq!(rules[index]["id"], result["ruleId"]);
        assert!(["error", "warning", "note"].contains(&result["level"].as_str().expect("a level")));
        assert!(result["message"]["text"].as_str().is_some_and(|text| !text.is_empty()));
        assert!(result["partialFingerprints"].as_object().is_some_and(|prints| !prints.is_empty()));
        let location = &result["locations"][0]["physicalLocation"];
        let artifact = &location["artifactLocation"];
        assert_eq!(
            artifacts[artifact["index"].as_u64().expect("an index") as usize]["location"]["uri"],
            artifact["uri"]
        );
        let span = place(&location["region"]);
        assert_eq!(location["region"]["snippet"]["text"], MISTAKES[span]);
    }
    // A fix, put in as the standard says, is the suggestion.
    let and = results.iter().find(|result| result["ruleId"] == "unexpected").expect("`&&`");
    let fix = &and["fixes"][0];
    assert!(fix["description"]["text"].as_str().is_some_and(|text| text.contains("and")), "{fix}");
    let replacement = &fix["artifactChanges"][0]["replacements"][0];
    let mut mended = MISTAKES.to_owned();
    mended.replace_range(
        place(&replacement["deletedRegion"]),
        replacement["insertedContent"]["text"].as_str().expect("text"),
    );
    assert!(mended.contains("“日本” and likes"), "{mended}");
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), rules.len(), "each rule has an id of its own");
}

#[test]
fn folders_packs_and_standard_input_are_read() {
    let folder = Folder::new("check-folder");
    folder
        .file("packs/calm/pack.toml", MANIFEST)
        .file("packs/calm/rules.rules", "let @bad = list \"bad.txt\"\nhide if author in @bad\n")
        .file("packs/calm/lists/bad.txt", "eve\n")
        .file("packs/more/a.rules", "hide if promoted\n")
        .file("packs/.hidden/b.rules", "nonsense\n")
        .file("packs/node_modules/c.rules", "nonsense\n")
        .file("packs/readme.txt", "nonsense\n")
        .file("empty/readme.txt", "");
    let run = folder.run(&["check", "packs", "packs/more/a.rules"]).ends(0);
    assert!(run.err.contains("2 files, 2 rules, 0 errors"), "{}", run.err);
    let report = folder.run(&["check", "packs", "--format", "json"]).ends(0).json();
    assert_eq!((&report["files"][0]["pack"], &report["files"][1]["pack"]), (&"calm".into(), &"a".into()));
    let run = folder.run(&["check", "empty"]).ends(2);
    assert!(run.err.contains("empty has no rule files; their names end in `.rules`"), "{}", run.err);
    let run = folder.run_with(&["check", "-"], b"hide if promotd\n").ends(1);
    assert!(run.err.contains("<stdin>:1:9"), "{}", run.err);
}

#[test]
fn what_is_wrong_with_a_pack_folder_is_told_too() {
    let folder = Folder::new("check-pack");
    folder
        .file("calm/pack.toml", MANIFEST.replace("0.1.0", "first"))
        .file("calm/rules.rules", "hide if promoted\n");
    let run = folder.run(&["check", "calm"]).ends(1);
    assert!(run.err.contains("error: calm/pack.toml:4: `version`: "), "{}", run.err);
    assert!(run.err.contains("1 rule, 1 error"), "{}", run.err);
    let report = folder.run(&["check", "calm", "--format", "json"]).ends(1).json();
    assert_eq!((&report["packs"][0]["key"], &report["packs"][0]["line"]), (&"version".into(), &4.into()));
    let report = folder.run(&["check", "calm", "--format", "sarif"]).ends(1).json();
    let run = &report["runs"][0];
    let result = run["results"]
        .as_array()
        .and_then(|all| all.iter().find(|r| r["ruleId"] == "pack-folder"))
        .expect("it");
    let rule = &run["tool"]["driver"]["rules"][result["ruleIndex"].as_u64().expect("an index") as usize];
    assert_eq!((&rule["id"], &result["level"]), (&"pack-folder".into(), &"error".into()));
}

#[test]
fn a_list_that_cannot_be_read_is_said_to_be_so() {
    let folder = Folder::new("check-list");
    folder
        .file("mine.rules", "let @a = list \"latin.txt\"\nhide if author in @a\nhide if promoted\n")
        .file("latin.txt", b"ren\xe9\n");
    let run = folder.run(&["check", "mine.rules"]).ends(1);
    assert!(
        run.err.contains("latin.txt is not UTF-8 (line 1)") && !run.err.contains("has no file"),
        "{}",
        run.err
    );
    assert!(run.err.contains("1 rule, 2 errors"), "{}", run.err);
}

#[cfg(unix)]
#[test]
fn a_list_that_is_a_link_out_of_its_folder_is_not_read() {
    let folder = Folder::new("check-link");
    folder
        .file("secret.txt", "eve\n")
        .file("pack/pack.toml", "")
        .file("pack/rules.rules", "let @x = list \"x.txt\"\nhide if author in @x\n")
        .file("pack/lists/y.txt", "");
    std::os::unix::fs::symlink(folder.path("secret.txt"), folder.path("pack/lists/x.txt")).expect("a link");
    let run = folder.run(&["check", "pack"]).ends(1);
    assert!(run.err.contains("is a link out of its folder; put the file itself there"), "{}", run.err);
}

#[test]
fn warnings_and_hints_can_be_denied() {
    let folder = Folder::new("check-deny");
    folder.file("warned.rules", "hide\n").file("hinted.rules", "hide if promoted\r\ndim if followed\n");
    folder.run(&["check", "warned.rules"]).ends(0);
    folder.run(&["check", "warned.rules", "--deny", "warnings"]).ends(1);
    folder.run(&["check", "hinted.rules", "--deny", "warnings"]).ends(0);
    folder.run(&["check", "hinted.rules", "--deny", "hints"]).ends(1);
}

#[test]
fn fix_mends_what_has_one_reading_and_guesses_only_when_told() {
    let folder = Folder::new("check-fix");
    let source =
        "hide if promotd   # mine\r\nhide if text has giveaway && likes == 3\r\nhide if not sense at all\r\n";
    folder.file("mine.rules", source).file("sound.rules", "hide  if   promoted\n");
    let run = folder.run(&["check", "mine.rules"]).ends(1);
    assert!(run.err.contains("can be mended with `--fix`"), "{}", run.err);
    assert_eq!(folder.read("mine.rules"), source);
    let run = folder.run(&["check", "mine.rules", "sound.rules", "--fix"]).ends(1);
    let mended = "hide if promotd   # mine\r\nhide if text has \"giveaway\" and likes = 3\r\nhide if not sense at all\r\n";
    assert_eq!(folder.read("mine.rules"), mended);
    assert_eq!(folder.read("sound.rules"), "hide  if   promoted\n", "formatting is not mending");
    assert!(
        run.err.contains("mended 3 mistakes in 1 file") && run.err.contains("--unsafe-fixes"),
        "{}",
        run.err
    );
    folder.run(&["check", "mine.rules", "--fix", "--unsafe-fixes"]).ends(1);
    assert!(folder.read("mine.rules").starts_with("hide if promoted   # mine\r\n"));
    folder.run(&["check", "mine.rules", "--unsafe-fixes"]).ends(2);
    let run = folder.run_with(&["check", "-", "--fix"], b"hide if likes == 3\n").ends(0);
    assert_eq!(run.out, "hide if likes = 3\n");
}

#[cfg(unix)]
#[test]
fn fix_leaves_links_and_modes_alone_and_nothing_behind() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let folder = Folder::new("check-fix-link");
    folder.file("kept/mine.rules", "hide if likes == 3\n");
    std::fs::set_permissions(folder.path("kept/mine.rules"), std::fs::Permissions::from_mode(0o640))
        .expect("set");
    symlink("kept/mine.rules", folder.path("link.rules")).expect("a link");
    folder.run(&["check", "link.rules", "--fix"]).ends(0);
    assert!(folder.path("link.rules").symlink_metadata().expect("there").is_symlink());
    assert_eq!(folder.read("kept/mine.rules"), "hide if likes = 3\n");
    let mode = folder.path("kept/mine.rules").metadata().expect("there").permissions().mode();
    assert_eq!(mode & 0o777, 0o640);
    assert_eq!(std::fs::read_dir(folder.path("kept")).expect("there").count(), 1, "no file is left behind");
}

#[test]
fn whatever_cannot_be_read_is_said_with_what_to_do() {
    let folder = Folder::new("check-bad");
    folder
        .file("mine.rules", "hide if promoted\n")
        .file("latin.rules", b"hide if promoted\ncaf\xe9\n")
        .file("wide.rules", b"\xff\xfeh\0i\0")
        .file("huge.rules", vec![b'x'; (4 << 20) + 1])
        .file("folder.rules/readme", "");
    for (name, words) in [
        ("mine.ruls", "there is no such file; did you mean `mine.rules`?"),
        ("latin.rules", "is not UTF-8 (line 2); save it as UTF-8"),
        ("wide.rules", "is UTF-16 (line 1); save it as UTF-8"),
        ("huge.rules", "is over 4 MB; split it into several files"),
        ("folder.rules", "has no rule files"),
    ] {
        let run = folder.run(&["check", name]).ends(2);
        assert!(run.err.contains(words), "{name}: {}", run.err);
    }
    // One of several costs itself only.
    let run = folder.run(&["check", "latin.rules", "mine.rules"]).ends(1);
    assert!(run.err.contains("its rules are left out") && run.err.contains("1 rule, 1 error"), "{}", run.err);
}

#[test]
fn megabytes_of_nonsense_are_a_thousand_messages_at_most() {
    let folder = Folder::new("check-nonsense");
    let line = "hide (((( if \u{0} text has \u{202e} /[[[/ and “ ”” \t\u{1b}[31m x\n";
    folder.file("nonsense.rules", line.repeat((4 << 20) / line.len()));
    let run = folder.run(&["check", "nonsense.rules"]).ends(1);
    assert!(!run.err.contains('\u{1b}') && !run.err.contains('\u{202e}'), "nothing steers the terminal");
    assert!(run.err.contains("too-many-messages"), "{}", &run.err[run.err.len() - 500..]);
    folder.run(&["check", "nonsense.rules", "--format", "sarif"]).ends(1).json();
}

#[cfg(unix)]
#[test]
fn links_and_pipes_in_a_folder_are_neither_read_nor_written() {
    use std::os::unix::fs::symlink;
    let folder = Folder::new("check-found");
    folder
        .file("outside/mine.rules", "hide   if promoted && likes > 3\n")
        .file("w1/good.rules", "hide if promoted\n")
        .file("w2/good.rules", "let @x = list \"x.txt\"\nhide if author in @x\nhide if promoted\n")
        .file("pack/pack.toml", MANIFEST)
        .file("pack/rules.rules", "let @x = list \"x.txt\"\nhide if author in @x\n")
        .file("lists/x.txt", "outsider\n")
        .file("within/pack.toml", MANIFEST)
        .file("within/lists/kept.txt", "hide if promoted\n");
    symlink("../outside/mine.rules", folder.path("w1/rules.rules")).expect("a link");
    symlink("/etc/passwd", folder.path("w1/secret.rules")).expect("a link");
    for arguments in [
        &["fmt", "w1"][..],
        &["check", "--fix", "w1"],
        &["check", "w1"],
        &["export", "--to", "words", "w1"],
        &["replay", "--rules", "w1", "-"],
    ] {
        let run = folder.run(arguments);
        assert_ne!(run.code, Some(0), "{arguments:?}");
        for name in ["w1/rules.rules", "w1/secret.rules"] {
            let words = format!("{name} is a link; put the file itself there, or name the file");
            assert!(run.err.contains(&words), "{arguments:?}: {}", run.err);
        }
        assert!(!run.err.contains("root:") && !run.out.contains("root:"), "{arguments:?}");
    }
    assert_eq!(folder.read("outside/mine.rules"), "hide   if promoted && likes > 3\n");
    // Named itself it may be a link; and a pack may have links within it.
    folder.run(&["check", "--fix", "w1/rules.rules"]).ends(0);
    assert_eq!(folder.read("outside/mine.rules"), "hide   if promoted and likes > 3\n");
    symlink("lists/kept.txt", folder.path("within/rules.rules")).expect("a link");
    folder.run(&["fmt", "--check", "within"]).ends(0);
    // The folder of lists is a link out of the pack.
    symlink("../lists", folder.path("pack/lists")).expect("a link");
    let run = folder.run(&["check", "pack"]).ends(1);
    assert!(run.err.contains("is a link out of its folder"), "{}", run.err);
    // What waits for a writer is not waited for.
    let pipe = |name: &str| {
        let made = std::process::Command::new("mkfifo").arg(folder.path(name)).status();
        assert!(made.is_ok_and(|status| status.success()), "mkfifo");
    };
    pipe("w2/found.rules");
    pipe("w2/x.txt");
    let run = folder.run(&["check", "w2"]).ends(1);
    for name in ["w2/found.rules", "w2/x.txt"] {
        let words = format!("{name} is a device, a pipe or a socket");
        assert!(run.err.split_whitespace().collect::<Vec<_>>().join(" ").contains(&words), "{}", run.err);
    }
    assert!(run.err.contains("1 rule, "), "{}", run.err);
}
