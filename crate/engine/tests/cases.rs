//! Runs `tests/rules/*.toml` on the engine, in a browser: `wasm-pack test --headless --chrome crate/engine`.
#![cfg(target_arch = "wasm32")]

#[path = "../../core/tests/cases/mod.rs"]
mod cases;

use diffract_core::{PackSource, Severity, compile};
use diffract_engine::{Engine, PackSources, version};
use serde::Serialize;
use serde_json::Value;
use wasm_bindgen::JsCast;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

fn to_js<T: JsCast>(value: &Value) -> T {
    let serializer = serde_wasm_bindgen::Serializer::json_compatible();
    value.serialize(&serializer).expect("plain data").unchecked_into()
}

fn message(error: js_sys::Error) -> String {
    String::from(error.message())
}

fn engine(source: &str) -> Engine {
    Engine::new(&to_js::<PackSources>(&serde_json::json!([{ "id": "mine", "source": source }])), None)
        .expect("an engine")
}

impl cases::Engine for Engine {
    fn compile(packs: &Value) -> Result<Self, String> {
        let engine = Engine::new(&to_js::<PackSources>(packs), None).map_err(message)?;
        let sources: Vec<PackSource> =
            serde_json::from_value(packs.clone()).map_err(|error| error.to_string())?;
        for (found, source) in compile(&sources).diagnostics.iter().zip(&sources) {
            if let Some(error) = found.diagnostics.iter().find(|found| found.severity == Severity::Error) {
                return Err(error.render(&source.source, &source.id));
            }
        }
        // Every case runs from a snapshot here, as the background does.
        Engine::restore(&engine.snapshot()).map_err(message)
    }

    fn decide(&mut self, posts: &str, context: &str) -> Result<String, String> {
        Engine::decide(self, posts, context).map_err(message)
    }

    fn order(&mut self, posts: &str, verdicts: &str, context: &str) -> Result<Vec<usize>, String> {
        let order = Engine::order(self, posts, verdicts, context).map_err(message)?;
        Ok(order.into_iter().map(|index| index as usize).collect())
    }
}

#[wasm_bindgen_test]
fn every_case_holds() {
    let (count, wrong) = cases::run::<Engine>();
    assert!(wrong.is_empty(), "{} of {count} cases:\n{}", wrong.len(), wrong.join("\n"));
    assert!(count >= 120, "only {count} cases were read");
}

#[wasm_bindgen_test]
fn a_bad_rule_costs_its_line() {
    assert_eq!(engine("hide if promoted\nhide if prmoted # é😀\n").rules(), 1);
}

#[wasm_bindgen_test]
fn own_models_are_names_like_others() {
    let packs =
        || to_js::<PackSources>(&serde_json::json!([{ "id": "mine", "source": "hide if my_model > 50%" }]));
    assert_eq!(Engine::new(&packs(), None).expect("an engine").rules(), 0);
    let engine = Engine::new(&packs(), Some(vec!["my_model".to_owned()])).expect("an engine");
    assert!(engine.rules() == 1 && engine.asks_models());
    assert!(!self::engine("hide if promoted").asks_models());
}

#[wasm_bindgen_test]
fn what_is_no_pack_is_refused_with_a_word() {
    for packs in [serde_json::json!({}), serde_json::json!([7])] {
        assert!(
            Engine::new(&to_js::<PackSources>(&packs), None).is_err_and(|error| !message(error).is_empty())
        );
    }
}

#[wasm_bindgen_test]
fn one_bad_post_does_not_cost_the_others() {
    let mut engine = engine("hide if promoted");
    let posts = r#"[5, {"id":"a","promoted":true,"likes":"many"}, {"id":7,"promoted":true}]"#;
    let verdicts: Value =
        serde_json::from_str(&engine.decide(posts, r#"{"now":0}"#).expect("verdicts")).expect("JSON");
    let found: Vec<_> =
        (0..3).map(|index| (verdicts[index]["id"].clone(), verdicts[index]["action"].clone())).collect();
    let expected = [("", "show"), ("a", "hide"), ("7", "show")]
        .map(|(id, action)| (Value::from(id), Value::from(action)));
    assert_eq!(found, expected);
    assert!(engine.decide("nonsense", r#"{"now":0}"#).is_err());
    assert!(engine.decide("[]", "nonsense").is_err());
}

#[wasm_bindgen_test]
fn a_damaged_snapshot_is_refused_with_a_word() {
    let bytes = engine("hide if promoted\nhide if text matches /a+b/").snapshot();
    for cut in 0..bytes.len() {
        assert!(Engine::restore(&bytes[..cut]).is_err(), "{cut}");
        let mut bent = bytes.clone();
        bent[cut] ^= 0x55;
        assert!(Engine::restore(&bent).is_err_and(|error| message(error).contains("again")), "{cut}");
    }
    assert!(Engine::restore(&bytes).is_ok());
}

#[wasm_bindgen_test]
fn limits_outlive_the_engine() {
    let rules = "limit 1 per day";
    let posts = r#"[{"id":"a"},{"id":"b"}]"#;
    let mut first = engine(rules);
    let before = first.decide(posts, r#"{"now":0,"visit":"v"}"#).expect("verdicts");
    let mut second = engine(rules);
    second.restore_memory(&first.memory().expect("a memory")).expect("it reads back");
    assert_eq!(second.decide(posts, r#"{"now":0,"visit":"v"}"#).expect("verdicts"), before);
    assert!(second.restore_memory("nonsense").is_err());
    assert_eq!(second.decide(posts, r#"{"now":0,"visit":"v"}"#).expect("verdicts"), before);
}

#[wasm_bindgen_test]
fn the_version_names_the_release() {
    assert!(version().starts_with(env!("CARGO_PKG_VERSION")));
}
