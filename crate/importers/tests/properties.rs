//! Whatever the bytes: no panic, and what comes out compiles.

use diffract_core::{PackSource, Severity, compile};
use diffract_importers::{Format, Options, Target, export, import};
use proptest::prelude::*;
use serde_json::{Value, json};

fn holds(bytes: &[u8], format: Option<Format>) {
    let options = Options { name: "f.csv".into(), format, now: Some(1.7e9), sites: vec!["x.com".into()] };
    let Ok(imported) = import(bytes, &options) else { return };
    let pack = PackSource { id: "import".into(), source: imported.rules, ..PackSource::default() };
    let compiled = compile(std::slice::from_ref(&pack));
    let errors: Vec<_> =
        compiled.diagnostics[0].diagnostics.iter().filter(|one| one.severity == Severity::Error).collect();
    assert!(errors.is_empty(), "{errors:?}\n{}", pack.source);
    assert_eq!(compiled.program.rules.len(), imported.report.rules, "{}", pack.source);
    assert_eq!(diffract_core::format(&pack.source), pack.source);
    assert!(imported.report.carried <= imported.report.entries);
    for target in Target::ALL {
        export(std::slice::from_ref(&pack), *target);
    }
}

fn format() -> impl Strategy<Value = Option<Format>> {
    prop_oneof![Just(None), proptest::sample::select(Format::ALL).prop_map(Some)]
}

/// Words that people mute, and words that break things.
fn word() -> impl Strategy<Value = String> {
    prop_oneof![
        "\\PC{0,12}",
        any::<String>(),
        "[#@/][a-z\\\\(\\[*/{}\"]{0,8}/?[gimx]?",
        Just("{}\"{in}\\\n\r\0\u{202e}".to_owned()),
        Just("日本".to_owned()),
    ]
}

/// JSON with the keys that are looked for.
fn tree() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        word().prop_map(Value::from),
        any::<bool>().prop_map(Value::from),
        any::<f64>().prop_map(|n| json!(n)),
        Just(Value::Null),
        Just(json!("app.bsky.actor.defs#mutedWordsPref")),
        Just(json!("group")),
        Just(json!("hide")),
    ];
    let key = proptest::sample::select(vec![
        "keyword",
        "keywords",
        "value",
        "items",
        "$type",
        "preferences",
        "targets",
        "expiresAt",
        "phrase",
        "context",
        "data",
        "RESoptions.filteReddit",
        "subreddits",
        "domains",
        "flair",
        "users",
        "customFilters",
        "body",
        "type",
        "op",
        "of",
        "patt",
        "val",
        "age",
        "title",
        "muted_keywords",
        "muting",
        "userLink",
        "valid_until",
        "descriptions_twitter",
        "mutedQuotes",
        "text",
        "retweets",
        "quoteTweets",
        "mutedWords",
        "hideTwitterBlueReplies",
        "showBlueReplyFollowersCount",
        "showBlueReplyFollowersCountAmount",
        "tag.someone",
        "ignored",
        "NSFWfilter",
        "allowNSFW",
        "label",
        "visibility",
        "hideReposts",
        "feed",
    ]);
    leaf.prop_recursive(5, 60, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::hash_map(key.clone().prop_map(str::to_owned), inner, 0..6)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    #[test]
    fn arbitrary_bytes(bytes in prop::collection::vec(any::<u8>(), 0..600), format in format()) {
        holds(&bytes, format);
    }

    #[test]
    fn lines_of_words(words in prop::collection::vec(word(), 0..20), format in format()) {
        holds(words.join("\n").as_bytes(), format);
    }

    #[test]
    fn trees_with_known_keys(tree in tree(), format in format()) {
        holds(tree.to_string().as_bytes(), format);
        holds(format!("window.YTD.mute.part0 = {tree}").as_bytes(), format);
    }

    #[test]
    fn filters(parts in prop::collection::vec(
        proptest::sample::select(vec![
            "x.com", "www.youtube.com", "reddit.com", ",", "~", "##", "#@#", "article", "shreddit-post", ":has-text(", ")", "/",
            ":has(", "a[href*=\"", "\"]", "[", "]", "#video-title", ":upward(", "3", ":not(", "\\", "'", " ", ">", "Promoted", "^", "$",
            "|", "(?!", "é", "*", "{}",
        ]), 0..14)) {
        holds(format!("x.com##{}", parts.concat()).as_bytes(), Some(Format::Ublock));
        holds(parts.concat().as_bytes(), Some(Format::Ublock));
    }
}
