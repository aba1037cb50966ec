//! Whatever happens to a payload on the way, nothing panics, and what was not touched is read as before.

use diffract_adapters::json::Document;
use diffract_adapters::wire::{JsonPath, PathStep, Reading, WireAdapter, builtin};
use diffract_core::post::Post;
use proptest::prelude::*;
use serde_json::{Value, json};
use std::sync::LazyLock;

static ADAPTERS: LazyLock<Vec<(WireAdapter, Value)>> = LazyLock::new(|| {
    let payloads = [
        ("x", include_str!("payloads/x-home.json")),
        ("reddit", include_str!("payloads/reddit-thread.json")),
        ("reddit", include_str!("payloads/reddit-listing.json")),
        ("mastodon", include_str!("payloads/mastodon-timeline.json")),
        ("youtube", include_str!("payloads/youtube-home.json")),
        ("youtube", include_str!("payloads/youtube-comments.json")),
        ("bluesky", include_str!("payloads/bluesky-timeline.json")),
        ("linkedin", include_str!("payloads/linkedin-feed.json")),
        ("lemmy", include_str!("payloads/lemmy-list.json")),
    ];
    payloads
        .iter()
        .map(|(name, payload)| {
            let adapter = builtin().into_iter().flatten().find(|a| a.name() == *name).expect("shipped");
            (adapter, serde_json::from_str(payload).expect("JSON"))
        })
        .collect()
});

/// What was read, and where each item is.
struct Read {
    reading: Reading,
    paths: Vec<JsonPath>,
}

fn read(adapter: &WireAdapter, payload: &Value, url: Option<&str>) -> Read {
    let document = Document::parse(&payload.to_string()).expect("JSON");
    let reading = adapter.read(&document, url);
    let paths = reading.items.iter().map(|item| item.path(&document)).collect();
    Read { reading, paths }
}

fn posts(read: &Read) -> Vec<(String, &Post)> {
    read.paths.iter().zip(&read.reading.items).map(|(path, item)| (path.to_string(), &item.post)).collect()
}

/// Every node of a document, as a pointer.
fn pointers(value: &Value, at: String, out: &mut Vec<String>) {
    match value {
        Value::Array(list) => {
            list.iter().enumerate().for_each(|(i, v)| pointers(v, format!("{at}/{i}"), out));
        }
        Value::Object(map) => map.iter().for_each(|(k, v)| {
            pointers(v, format!("{at}/{}", k.replace('~', "~0").replace('/', "~1")), out);
        }),
        _ => {}
    }
    out.push(at);
}

fn junk() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        Just(json!([])),
        Just(json!({})),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(|f| json!(f)),
        ".{0,40}".prop_map(Value::from),
        "[0-9<>&;#:@/\\p{L} .,{}-]{0,60}".prop_map(Value::from),
        Just(json!([null, 1, "x", { "text": [] }])),
        Just(
            json!({ "runs": [{ "text": 3 }, null], "result": { "rest_id": { } }, "kind": "t1", "data": [] })
        ),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn junk_anywhere_never_panics_and_costs_only_the_entry_it_is_in(
        which in 0usize..9, place in any::<prop::sample::Index>(), junk in junk(),
    ) {
        let (adapter, payload) = &ADAPTERS[which];
        let before = read(adapter, payload, None);
        let mut all = Vec::new();
        pointers(payload, String::new(), &mut all);
        let pointer = place.get(&all);
        let mut mutated = payload.clone();
        *mutated.pointer_mut(pointer).expect("it is there") = junk;
        let after = read(adapter, &mutated, None);

        // Items whose own entry holds the mutation, or lies inside it, may change; so may posts that refer
        // to what was changed elsewhere. Every other one has the same id as before.
        if ["linkedin", "youtube"].contains(&adapter.name()) {
            return Ok(());
        }
        let text = |path: &JsonPath| {
            path.0.iter().map(|s| match s {
                PathStep::Key(k) => format!("/{k}"),
                PathStep::Index(i) => format!("/{i}"),
            }).collect::<String>()
        };
        for (item, place) in before.reading.items.iter().zip(&before.paths) {
            let path = text(place);
            let apart = !format!("{path}/").starts_with(&format!("{pointer}/"))
                && !format!("{pointer}/").starts_with(&format!("{path}/"));
            // `kind`, `reply` and the like stand beside or above an item and decide whether it is one.
            let beside = pointer.rsplit_once('/').is_some_and(|(above, _)| path.starts_with(above));
            if apart && !beside {
                prop_assert!(
                    after.reading.items.iter().any(|a| a.post.id == item.post.id && a.post.text == item.post.text),
                    "{} lost {} by a change at {}", adapter.name(), place, pointer
                );
            }
        }
    }

    #[test]
    fn any_json_is_read_by_any_adapter(which in 0usize..9, texts in prop::collection::vec(".{0,30}", 0..8)) {
        let (adapter, _) = &ADAPTERS[which];
        let parsed = texts.join("").parse::<Value>().unwrap_or_else(|_| json!(texts));
        read(adapter, &json!({ "data": parsed, "contents": texts }), texts.first().map(String::as_str));
    }

    #[test]
    fn unknown_keys_change_nothing(which in 0usize..9, place in any::<prop::sample::Index>(), junk in junk()) {
        let (adapter, payload) = &ADAPTERS[which];
        let mut all = Vec::new();
        pointers(payload, String::new(), &mut all);
        let mut mutated = payload.clone();
        if let Some(Value::Object(map)) = mutated.pointer_mut(place.get(&all).as_str()) {
            map.insert("zzz_unheard_of".to_owned(), match junk { Value::Object(_) | Value::Array(_) => json!(1), j => j });
        }
        let (before, after) = (read(adapter, payload, None), read(adapter, &mutated, None));
        prop_assert_eq!(posts(&before), posts(&after));
    }
}
