//! Bad, huge and hostile files: each costs what it must and no more.

use diffract_core::{Compiled, PackSource, Severity, check, format, reference};

fn one(source: &str) -> Compiled {
    check(&[PackSource { id: "p".into(), source: source.to_owned(), ..Default::default() }])
}

fn codes(compiled: &Compiled) -> Vec<(&'static str, u32)> {
    compiled.diagnostics[0].diagnostics.iter().map(|d| (d.code, d.line)).collect()
}

#[test]
fn a_file_over_4_mb_costs_that_pack_only() {
    let large = "# comment\n".repeat(reference::MAX_FILE / 10 + 1);
    let packs = [
        PackSource { id: "large".into(), source: large, ..Default::default() },
        PackSource { id: "good".into(), source: "hide if promoted".into(), ..Default::default() },
    ];
    let compiled = check(&packs);
    assert_eq!(compiled.program.packs.len(), 2);
    assert_eq!(compiled.program.rules.len(), 1);
    assert_eq!(compiled.program.rules[0].pack, 1);
    assert_eq!(codes(&compiled), [("file-too-large", 1)]);
    assert!(compiled.diagnostics[1].diagnostics.is_empty());
}

#[test]
fn a_line_over_64_kb_costs_that_line_only() {
    let long = format!("hide if text has \"{}\"", "x".repeat(reference::MAX_LINE));
    let compiled = one(&format!("hide if promoted\n{long}\nhide if suggested\n"));
    assert_eq!(compiled.program.rules.len(), 2);
    assert_eq!(compiled.program.rules[1].line, 3);
    assert_eq!(codes(&compiled), [("line-too-long", 2)]);
}

#[test]
fn a_line_of_64_kb_counts_and_stays_when_formatting_would_lengthen_it() {
    let mut line = String::from("hide if text has \"a\"");
    while line.len() + 4 <= reference::MAX_LINE {
        line.push_str(",\"a\"");
    }
    assert_eq!(one(&line).program.rules.len(), 1);
    assert_eq!(format(&line), format!("{line}\n"));
}

#[test]
fn nesting_is_bounded() {
    for (open, close) in [("(", ")"), ("not ", ""), ("not (", ")")] {
        for (depth, sound) in [(30, true), (10_000, false)] {
            let source =
                format!("hide if {}promoted{}\nhide if suggested", open.repeat(depth), close.repeat(depth));
            let compiled = one(&source);
            assert_eq!(compiled.program.rules.len(), if sound { 2 } else { 1 }, "{open:?} {depth} deep");
            if !sound {
                assert_eq!(codes(&compiled), [("too-deep", 1)]);
            }
        }
    }
    let just = |n: usize| format!("hide if {}promoted{}", "(".repeat(n), ")".repeat(n));
    assert_eq!(one(&just(reference::MAX_DEPTH)).program.rules.len(), 1);
    assert_eq!(codes(&one(&just(reference::MAX_DEPTH + 1))), [("too-deep", 1)]);
}

#[test]
fn the_number_of_tests_is_bounded() {
    let chain = |n: usize| {
        let tests: Vec<String> = (0..n).map(|i| format!("likes > {i}")).collect();
        format!("hide if {}", tests.join(" or "))
    };
    assert_eq!(one(&chain(reference::MAX_TESTS)).program.rules.len(), 1);
    assert_eq!(codes(&one(&chain(reference::MAX_TESTS + 1))), [("too-large", 1)]);
}

#[test]
fn a_condition_made_to_be_searched_for_ever_is_not() {
    // Each bracket doubles the ways in which the whole could be true.
    let parts: Vec<String> = (0..400).map(|i| format!("(likes > {i} or views > {i})")).collect();
    let source = format!("hide if {} and likes < 3 and views < 3", parts.join(" and "));
    assert_eq!(one(&source).program.rules.len(), 1);
}

#[test]
fn large_regular_expressions_are_refused() {
    for pattern in [r"\w{500}", r"(\w{50}){50}", r"((((a{100}){100}){100}){100})", r"[\s\S]{5000}"] {
        let compiled = one(&format!("hide if text matches /{pattern}/"));
        assert_eq!(codes(&compiled), [("regex-too-big", 1)], "{pattern}");
    }
    let many: String =
        (0..3_000).map(|i| format!("hide if text matches /a{i}(bcdefghijk){{180}}/\n")).collect();
    let compiled = one(&many);
    assert!(codes(&compiled).iter().any(|(code, _)| *code == "regex-too-big"));
    assert!(compiled.program.rules.len() > 1_000, "those within the bound count");
}

#[test]
fn expressions_made_to_be_long_checked_are_not() {
    let wide = r"\w".repeat(30_000);
    let copied = format!("{}{}", "[ab]".repeat(6), "(a)".repeat(15_000));
    let deep = format!("{}a{}", "(".repeat(30_000), ")".repeat(30_000));
    let folded = r"\p{L}".repeat(250);
    for (pattern, code) in [
        (wide.as_str(), Some("regex-too-big")),
        (copied.as_str(), None),
        (deep.as_str(), Some("bad-regex")),
        (folded.as_str(), Some("regex-too-big")),
    ] {
        let compiled = one(&format!("hide if text matches /{pattern}/i"));
        assert_eq!(codes(&compiled).first().map(|(code, _)| *code), code, "{}", &pattern[..40]);
    }
    // Each is sound by itself and has to be compiled to be told so; checking all of them would take minutes.
    refused_part_way(|i| format!("{i}[a-zé]{{900}}(\\w{{60}})"), 20..400);
    // What is refused is work, too.
    let refused: String = (0..10_000).map(|i| format!("hide if text matches /{i}\\pL{{9999}}/\n")).collect();
    assert_eq!(one(&refused).program.rules.len(), 0);
}

/// Of so many rules with expressions each of which is sound by itself, so many are left.
fn refused_part_way(pattern: impl Fn(usize) -> String, left: std::ops::Range<usize>) {
    let source: String = (0..1_500).map(|i| format!("hide if text matches /{}/i\n", pattern(i))).collect();
    let first = pattern(0).chars().take(40).collect::<String>();
    assert_eq!(codes(&one(source.lines().next().unwrap_or(""))), [], "{first}");
    let compiled = one(&source);
    let (rules, found) = (compiled.program.rules.len(), codes(&compiled));
    assert!(left.contains(&rules), "{rules} of {first}");
    assert!(found.iter().all(|(code, _)| ["regex-too-big", "too-many-messages"].contains(code)), "{found:?}");
}

#[test]
fn what_is_often_written_is_not_too_much_work() {
    for pattern in
        [r"[^\W_]+presale", r"\b(1000x|presale)\b", r"\w{2,20}@mail", r"[a-z]{3,}\W*now", r"\p{Lu}{5,}"]
    {
        let source: String = (0..100).map(|i| format!("hide if text matches /{pattern}{i}/i\n")).collect();
        assert_eq!(one(&source).program.rules.len(), 100, "{pattern}");
    }
}

#[test]
fn every_accepted_expression_is_accepted_by_matching() {
    for pattern in
        [r"\w{40}", r"(foo|bar|baz){50}", r"\p{L}{10,30}", r"(?i)presale\b.{0,200}now", r"[^\x00]{300}"]
    {
        let compiled = one(&format!("hide if text matches /{pattern}/"));
        for rule in &compiled.program.rules {
            let diffract_core::program::Condition::Test(diffract_core::program::Test::Matches {
                pattern,
                ..
            }) = &rule.condition
            else {
                panic!("a regular expression");
            };
            assert!(diffract_core::matching::compile_regex(pattern).is_ok(), "{pattern}");
        }
    }
}

#[test]
fn messages_are_bounded_and_errors_come_first() {
    let mut source = "hide if views < 0\n".repeat(reference::MAX_DIAGNOSTICS + 10);
    source.push_str("hdie if promoted\n");
    let compiled = one(&source);
    let found = &compiled.diagnostics[0].diagnostics;
    assert_eq!(found.len(), reference::MAX_DIAGNOSTICS + 1);
    assert_eq!(found[reference::MAX_DIAGNOSTICS].code, "too-many-messages");
    assert!(found.iter().any(|d| d.severity == Severity::Error), "the error is among them");
}

#[test]
fn much_nonsense_is_read() {
    let mut seed = 0x2545_f491_4f6c_dd1d_u64;
    let mut random = move || {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        seed
    };
    let words = [
        "hide", "if", "(", ")", "not", "and", "or", "text", "has", "\"a", "\"", ",", "\n", "/", "@", "#",
        "é", "\0", "on", "at", "let", ":", "5", "%",
    ];
    let kinds: [Box<dyn FnMut() -> String>; 6] = [
        Box::new(|| "x\n".into()),
        Box::new(|| "\n".into()),
        Box::new(|| "(".into()),
        Box::new(|| "not ".into()),
        Box::new(|| "\"\\".into()),
        Box::new(move || format!("{} ", words[random() as usize % words.len()])),
    ];
    for mut kind in kinds {
        let mut source = String::new();
        while source.len() < reference::MAX_FILE / 16 {
            source.push_str(&kind());
        }
        let compiled = one(&source);
        assert!(compiled.diagnostics[0].diagnostics.len() <= reference::MAX_DIAGNOSTICS + 1);
        let once = format(&source);
        assert_eq!(format(&once), once);
    }
}

#[test]
fn four_megabytes_of_nonsense_cost_a_bounded_number_of_messages() {
    let line = "hide if text has (\"a\" 5 %% \0 @ /x \u{202e} not not and\n";
    let nonsense = line.repeat(reference::MAX_FILE / line.len());
    let compiled = one(&nonsense);
    assert_eq!(compiled.program.rules.len(), 0);
    let found = &compiled.diagnostics[0].diagnostics;
    assert_eq!(found.len(), reference::MAX_DIAGNOSTICS + 1);
    assert!(
        found.iter().map(|d| d.message.len() + d.help.as_ref().map_or(0, String::len)).sum::<usize>()
            < 1 << 20
    );
    assert_eq!(format(&nonsense), nonsense, "what cannot be read stays");
}

#[test]
fn four_megabytes_of_rules_count() {
    let rule = |i: usize| format!("hide if author is \"someone{i:06}\" because \"said too much\"\n");
    let count = reference::MAX_FILE / rule(0).len();
    let source: String = (0..count).map(rule).collect();
    let compiled = one(&source);
    assert_eq!(compiled.program.rules.len(), count);
    assert_eq!(codes(&compiled), []);
}

#[test]
fn what_can_be_named_in_one_line_is_compared_once() {
    // Squares of these would be hours.
    let defined: String = (0..100_000).map(|i| format!("let @list{i} = \"x\"\n")).collect();
    let used: String = (0..60_000).map(|i| format!("hide if author in @tsil{i}\n")).collect();
    assert_eq!(one(&(defined + &used)).program.rules.len(), 0);
    let sites: Vec<String> = (0..6_000).map(|i| format!("{i}.ex")).collect();
    let twice = format!("on {0}\nhide if promoted\n", sites.join(","));
    let compiled = one(&twice.repeat(10));
    assert_eq!(compiled.program.scopes.len(), 1);
    assert_eq!(compiled.program.scopes[0].sites.len(), 6_000);
    let tags: Vec<String> = (0..15_000_u32)
        .map(|i| {
            ['q', char::from(b'a' + (i % 26) as u8), char::from(b'a' + (i / 26 % 26) as u8)].iter().collect()
        })
        .collect();
    let all = tags.join(",");
    assert_eq!(one(&format!("hide if lang is {all}\n").repeat(10)).program.rules.len(), 10);
    // Nor is each of a long list held against each of another.
    let hosts: String = (0..6_000).map(|i| format!("h{i}.x,")).collect();
    let nearly_alike: String = (0..20).map(|i| format!("hide if links to {hosts}only{i}.x\n")).collect();
    assert_eq!(one(&nearly_alike).program.rules.len(), 20);
}

#[test]
fn null_bytes_and_marks_of_direction_are_named() {
    for (mark, name) in [
        ('\u{200f}', "right-to-left mark"),
        ('\u{202b}', "right-to-left embedding"),
        ('\u{202e}', "right-to-left override"),
        ('\u{2067}', "right-to-left isolate"),
        ('\u{61c}', "Arabic letter mark"),
        ('\u{200e}', "left-to-right mark"),
        ('\u{202a}', "left-to-right embedding"),
        ('\u{202c}', "pop directional formatting"),
        ('\u{202d}', "left-to-right override"),
        ('\u{2066}', "left-to-right isolate"),
        ('\u{2068}', "first strong isolate"),
        ('\u{2069}', "pop directional isolate"),
    ] {
        // Between words it separates them; within a text it is part of it.
        for (source, rules) in
            [(format!("hide {mark}if promoted"), 1), (format!("hide if text has \"a{mark}b\""), 1)]
        {
            let compiled = one(&source);
            assert_eq!(compiled.program.rules.len(), rules, "{source:?}");
            assert_eq!(codes(&compiled), [("invisible-character", 1)], "{source:?}");
            let message = &compiled.diagnostics[0].diagnostics[0];
            assert!(message.message.contains(name), "{}", message.message);
        }
    }
    for (sign, name) in [
        ('\u{b}', "vertical tab"),
        ('\u{c}', "form feed"),
        ('\u{7f}', "delete"),
        ('\u{1}', "control character"),
        ('\u{ad}', "soft hyphen"),
        ('\u{2028}', "line separator"),
        ('\u{2029}', "paragraph separator"),
        ('\u{200b}', "zero width space"),
    ] {
        let compiled = one(&format!("hide if text has \"a{sign}b\""));
        assert_eq!(codes(&compiled), [("invisible-character", 1)], "{sign:?}");
        assert!(compiled.diagnostics[0].diagnostics[0].message.contains(name), "{sign:?}");
    }
    let compiled = one("hide if promoted\0\nhide if suggested");
    assert_eq!(compiled.program.rules.len(), 1);
    assert!(codes(&compiled).contains(&("invisible-character", 1)), "{:?}", codes(&compiled));
    assert!(compiled.diagnostics[0].diagnostics.iter().any(|d| d.message.contains("null byte")));
}

#[test]
fn line_ends_of_every_sort_count_lines_alike() {
    let source = "hide if promoted\r\nhdie if reply\rdim if reply\n\rhdie if quote\r\n";
    let compiled = one(source);
    assert_eq!(compiled.program.rules.len(), 2);
    let lines: Vec<u32> = compiled.program.rules.iter().map(|rule| rule.line).collect();
    assert_eq!(lines, [1, 3]);
    let told: Vec<(&str, u32)> = codes(&compiled);
    assert_eq!(told, [("unknown-statement", 2), ("mixed-line-ends", 2), ("unknown-statement", 5)]);
}

#[test]
fn a_hundred_thousand_rules_that_cover_each_other_are_told_of_in_time() {
    // All meet under one key, and none is the first to be compared with.
    let source: String =
        (0..100_000).map(|i| format!("hide if promoted and likes < {}\n", 1_000_000 - i)).collect();
    let compiled = one(&source);
    assert_eq!(compiled.program.rules.len(), 100_000);
    assert!(codes(&compiled).len() > 1_000);
}

#[test]
fn a_hundred_thousand_rules_are_checked() {
    let source: String = (0..100_000).map(|i| format!("hide if text has \"w{i:05}\"\n")).collect();
    let compiled = one(&source);
    assert_eq!(compiled.program.rules.len(), 100_000);
    assert_eq!(codes(&compiled), []);
}

#[test]
fn lists_from_files_are_bounded() {
    let source =
        "let @a = list \"a\"\nlet @b = list \"b\"\nhide if author in @a\nhide if author in @b".to_owned();
    let lists = [
        ("a".to_owned(), "x\n".repeat(reference::MAX_FILE)),
        ("b".to_owned(), format!("y\n{}\nz", "w".repeat(reference::MAX_LINE + 1))),
    ];
    let compiled = check(&[PackSource { id: "p".into(), source, lists: lists.into(), ..Default::default() }]);
    assert_eq!(codes(&compiled), [("file-too-large", 1), ("line-too-long", 2), ("unknown-list", 3)]);
    assert_eq!(compiled.program.lists.len(), 1);
    assert_eq!(compiled.program.lists[0].items, ["y", "z"]);
    assert_eq!(compiled.program.rules.len(), 1);
}

#[test]
fn lists_that_load_one_file_again_and_again_are_bounded() {
    let with = |source: String, file: String| {
        let lists = [("f".to_owned(), file)].into();
        let compiled = check(&[PackSource { id: "p".into(), source, lists, ..Default::default() }]);
        let names = compiled.program.lists.iter().map(|list| list.items.len()).sum::<usize>();
        (names, compiled.program.lists.len(), codes(&compiled).first().map(|(code, _)| *code))
    };
    let lets = |count: usize| (0..count).map(|i| format!("let @l{i} = list \"f\"\n")).collect::<String>();
    assert_eq!(with(lets(100_000), "x\n".repeat(100_000)), (1_000_000, 10, Some("file-too-large")));
    // Nothing is in it, but it has to be read to be told so.
    let (names, lists, _) = with(lets(100_000), format!("#{}\n", "x".repeat(65_535)).repeat(32));
    assert_eq!((names, lists), (0, 31));
    assert_eq!(with("let @l = list \"f\"\n".into(), "x\n".repeat(1_500_000)), (0, 0, Some("file-too-large")));
}

#[test]
fn a_long_list_is_looked_for_in_a_few_ways_only() {
    let fields = ["text", "title", "name", "card.title", "alt", "quote.text"];
    let ways = ["has", "has word", "starts with", "ends with", "is"];
    let rules: String = fields
        .iter()
        .flat_map(|field| ways.iter().map(move |way| format!("hide if {field} {way} @l\n")))
        .collect();
    let with = |names: usize| {
        let lists = [("f".to_owned(), (0..names).map(|i| format!("{i:x}\n")).collect::<String>())].into();
        let source = format!("let @l = list \"f\"\n{}", rules.repeat(2));
        check(&[PackSource { id: "p".into(), source, lists, ..Default::default() }])
    };
    assert_eq!(with(1_000).program.rules.len(), 60 - 12, "`is` takes no list");
    let compiled = with(500_000);
    assert_eq!(compiled.program.rules.len(), 16, "eight ways, twice");
    assert!(codes(&compiled).iter().any(|(code, _)| *code == "file-too-large"));
}
