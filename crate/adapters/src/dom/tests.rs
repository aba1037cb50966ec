use super::*;

const GOOD: &str = r#"
name = "sample"
title = "Sample"
hosts = ["sample.example"]

[[surface]]
is = "home"
path = '^/$'

[[item]]
name = "post"
select = ["article"]
identity = [{ attr = "data-id" }]
[item.fields]
author = [{ css = ".author" }]
promoted = [
  { css = ".ad" },
  { value = false },
]
"#;

fn only_problem(source: &str) -> AdapterProblem {
    let compiled = compile(&[("dom/sample.toml", source)]);
    assert!(compiled.adapters.is_empty(), "a file with a problem must not be used");
    assert_eq!(compiled.problems.len(), 1, "{:?}", compiled.problems);
    compiled.problems.into_iter().next().expect("one problem")
}

#[test]
fn the_shipped_files_are_in_order() {
    let compiled = compile(builtin());
    let shown: Vec<String> = compiled.problems.iter().map(ToString::to_string).collect();
    assert_eq!(shown, Vec::<String>::new());
    assert_eq!(compiled.adapters.len() + 1, builtin().len());
    assert!(!compiled.words.promoted.is_empty());
}

#[test]
fn a_good_file_compiles() {
    let compiled = compile(&[("dom/sample.toml", GOOD)]);
    assert_eq!(compiled.problems, []);
    let json = serde_json::to_value(&compiled).expect("serialises");
    assert_eq!(json["version"], 1);
    assert_eq!(json["adapters"][0]["items"][0]["fields"]["promoted"][1]["value"], false);
    assert_eq!(json["adapters"][0]["items"][0]["identity"][0]["in"], "item");
    assert_eq!(json["adapters"][0]["surfaces"][0]["is"], "home");
}

#[test]
fn every_mistake_names_its_key_and_its_line() {
    for (from, to, key, line, reason) in [
        ("author =", "auhtor =", "item[0].fields.auhtor", 15, "did you mean `author`?"),
        ("is = \"home\"", "is = \"hoem\"", "surface[0].is", 7, "did you mean `home`?"),
        ("\"article\"", "\"article[\"", "item[0].select[0]", 12, "`]` is missing"),
        ("'^/$'", "'^/($'", "surface[0].path", 8, "no regular expression"),
        ("value = false", "value = \"no\"", "item[0].fields.promoted[1].value", 18, "expected a boolean"),
        (
            "{ css = \".author\" }",
            "{ css = \".author\", count = true }",
            "item[0].fields.author[0].count",
            15,
            "`count` is for",
        ),
        ("{ css = \".author\" }", "{}", "item[0].fields.author[0]", 15, "empty"),
        ("{ css = \".ad\" }", "{ value = true }", "item[0].fields.promoted[0]", 17, "always holds"),
        ("sample.example", "https://sample.example/", "hosts[0]", 4, "without scheme"),
        ("name = \"post\"", "name = \"A post\"", "item[0].name", 11, "a-z"),
    ] {
        let bad = only_problem(&GOOD.replacen(from, to, 1));
        assert!(bad.key.starts_with(key), "{from} -> {to}: {bad}");
        assert_eq!(bad.line, Some(line), "{from} -> {to}: {bad}");
        assert!(bad.message.contains(reason), "{from} -> {to}: {bad}");
    }
}

#[test]
fn a_broken_file_costs_only_itself() {
    let compiled = compile(&[("dom/a.toml", "name = "), ("dom/sample.toml", GOOD), ("dom/again.toml", GOOD)]);
    assert_eq!(compiled.adapters.len(), 1);
    assert_eq!(compiled.problems.len(), 2, "{:?}", compiled.problems);
    assert!(compiled.problems[1].message.contains("already holds"));
    let large = "#".repeat(MAX_FILE + 1);
    assert!(compile(&[("dom/large.toml", &large)]).problems[0].message.contains("larger"));
}
