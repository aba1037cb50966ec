//! The adapter that `docs/adapters.md` shows is a sound one.

use diffract_adapters::dom;

#[test]
fn the_adapter_shown_is_sound() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/adapters.md");
    let page = std::fs::read_to_string(path).unwrap_or_else(|error| panic!("docs/adapters.md: {error}"));
    let blocks = page.split("```toml\n").skip(1).map(|rest| rest.split("```").next().unwrap_or_default());
    let shown = blocks.collect::<Vec<_>>().join("\n");
    let compiled = dom::compile(&[("shown.toml", &shown)]);
    let problems: Vec<String> = compiled.problems.iter().map(ToString::to_string).collect();
    assert_eq!(problems, [""; 0], "in\n{shown}");
    assert_eq!(compiled.adapters.len(), 1);
}
