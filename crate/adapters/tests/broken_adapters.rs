//! A mistake in an adapter's file is named with its key and line, and costs that adapter only.

use diffract_adapters::wire::{WireAdapter, builtin};

const SOUND: &str = r#"name = "agora"
hosts = ["agora.example"]

[words]
views = "view"

[[index]]
name = "people"
at = "people[*]"
key = "id"

[[item]]
name = "post"
at = "posts[*]"

[[item.anchor]]
name = "body"
path = "body"

[item.fields]
id = "id"
kind = { path = "type", map = { p = "post" } }
text = { path = "@body.text", as = "html" }
author = "who->people.name"
views = { path = "seen", as = [{ has = "views" }, "number"] }
url = { template = "https://agora.example/{id}" }
promoted = { path = "ad", present = true }
"#;

#[test]
fn the_sound_one_is_sound() {
    WireAdapter::parse("wire/agora.toml", SOUND).unwrap();
}

#[test]
fn every_mistake_names_its_key_and_its_line() {
    // What is replaced by what; the key, the line, and words of the message.
    let mistakes: &[(&str, &str, &str, u32, &str)] = &[
        ("hosts =", "hosst =", "hosst", 2, "did you mean `hosts`?"),
        ("name = \"agora\"", "name = \"A b\"", "name", 1, "lower-case"),
        ("[\"agora.example\"]", "[\"https://agora.example\"]", "hosts[0]", 2, "host name"),
        ("author = ", "autor = ", "item[0].fields", 24, "did you mean `author`?"),
        ("as = \"html\"", "as = \"htlm\"", "item[0].fields.text.as", 23, "did you mean `html`?"),
        ("\"@body.text\"", "\"@boby.text\"", "item[0].fields.text", 23, "did you mean `body`?"),
        ("who->people", "who->poeple", "item[0].fields.author", 24, "did you mean `people`?"),
        ("has = \"views\"", "has = \"vieuws\"", "item[0].fields.views", 25, "did you mean `views`?"),
        ("p = \"post\"", "p = \"pots\"", "item[0].fields.kind", 22, "did you mean `post`?"),
        ("{id}", "{ident}", "item[0].fields.url", 26, "no field is called `ident`"),
        ("present = true", "presnt = true", "item[0].fields.promoted", 27, "did you mean `present`?"),
        ("\"posts[*]\"", "\"posts[0]\"", "item[0].at", 14, "expected a path of keys"),
        ("\"posts[*]\"", "\"posts[\"", "item[0].at", 14, "`[` without `]`"),
        (
            "[[item]]",
            "[[list]]\nat = \"posts\"\ntail = \"line\"\n\n[[item]]",
            "list[0].tail",
            14,
            "lists of elements",
        ),
        ("views = \"view\"", "views = \"(view\"", "words.views", 5, "not a regular expression"),
        ("id = \"id\"\nkind", "kind", "item[0].fields", 20, "expected `id`"),
        (
            "views = { path = \"seen\"",
            "views = { path = \"seen\", present = true",
            "item[0].fields.views",
            25,
            "for flags",
        ),
        ("name = \"agora\"", "name = ", "", 1, ""),
    ];
    for (from, to, key, line, words) in mistakes {
        assert!(SOUND.contains(from), "{from}");
        let problem = WireAdapter::parse("wire/agora.toml", &SOUND.replacen(from, to, 1)).unwrap_err();
        assert!(problem.key.starts_with(key), "{to}: {problem}");
        assert_eq!(problem.line, Some(*line), "{to}: {problem}");
        assert!(problem.message.contains(words), "{to}: {problem}");
    }
}

#[test]
fn the_shipped_ones_are_sound() {
    for adapter in builtin() {
        let adapter = adapter.unwrap_or_else(|problem| panic!("{problem}"));
        assert!(!adapter.name().is_empty());
    }
}
