//! Every recipe of the cookbook is sound and does what its proof says.

use crate::cases;
use crate::native::Core;
use diffract_core::{PackSource, Severity, check};

/// A recipe of `docs/cookbook.md`: what is under a third heading.
struct Recipe<'a> {
    title: &'a str,
    rules: String,
    proof: String,
}

/// What the one fenced block of this language holds.
fn block(title: &str, text: &str, language: &str) -> String {
    let fence = format!("```{language}\n");
    let mut parts = text.split(&fence).skip(1);
    let inner = parts.next().unwrap_or_else(|| panic!("{title}: no block of {language}"));
    assert!(parts.next().is_none(), "{title}: two blocks of {language}");
    inner.split("```").next().unwrap_or_default().to_owned()
}

fn recipes(book: &str) -> Vec<Recipe<'_>> {
    book.split("\n### ")
        .skip(1)
        .map(|text| {
            let title = text.lines().next().unwrap_or_default();
            Recipe { title, rules: block(title, text, "diffract"), proof: block(title, text, "toml") }
        })
        .collect()
}

fn book() -> String {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/cookbook.md");
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("docs/cookbook.md: {error}"))
}

#[test]
fn every_recipe_does_what_it_says() {
    let book = book();
    let recipes = recipes(&book);
    let wrong: Vec<String> = recipes
        .iter()
        .filter_map(|recipe| {
            let held = cases::run_text::<Core>(recipe.title, &recipe.rules, &recipe.proof);
            held.err().map(|why| format!("{}: {why}", recipe.title))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(recipes.len() >= 40, "only {} recipes", recipes.len());
}

#[test]
fn no_recipe_draws_a_warning() {
    for recipe in recipes(&book()) {
        let lists = [("brands.txt".to_owned(), "megacorp\n".to_owned())].into();
        let pack =
            PackSource { id: "recipe".into(), source: recipe.rules.clone(), lists, ..Default::default() };
        let said: String = check(&[pack])
            .diagnostics
            .iter()
            .flat_map(|pack| &pack.diagnostics)
            // Hints are advice: that an expression without a word in it is slow is true of some recipes.
            .filter(|diagnostic| diagnostic.severity != Severity::Hint)
            .map(|diagnostic| diagnostic.render(&recipe.rules, recipe.title))
            .collect();
        assert_eq!(said, "", "{}", recipe.title);
    }
}

#[test]
fn every_proof_has_a_post_that_is_left_alone_or_an_order() {
    for recipe in recipes(&book()) {
        let proof: toml::Table = toml::from_str(&recipe.proof).expect("a proof is TOML");
        let text = recipe.proof.as_str();
        assert!(
            proof.contains_key("order")
                || ["\"show\"", "\"keep\"", "= false", "labels = []"].iter().any(|calm| text.contains(calm)),
            "{}: a rule that takes everything proves nothing",
            recipe.title
        );
    }
}
