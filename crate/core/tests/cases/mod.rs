//! What rules do, as cases: `tests/rules/*.toml`, run unchanged by the core (here) and by the engine's wasm.
//!
//! A `[[case]]` has a `name`, the `rules` (or `packs`, a table each of `id`, `source`, `trust`), perhaps `lists`
//! (file name = contents), and either one `post` with what to `expect`, or `posts` with `expects`, or `batch`es of
//! those, decided one after another. `host`, `surface`, `now` (seconds since 1970), `utc_offset` (minutes),
//! `visit`, `no_models` and `models` (those installed) hold for all of them; `scores` are what models have said (post id =
//! { question = share }, or `false` where they have nothing to say). Of a verdict only what is written is compared; `false` where the
//! verdict would have a text or a table means that it has none. `order` is the order of the ids that follows.

use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// Every file of cases, in the module so that it is there in a browser too.
pub const FILES: &[(&str, &str)] = &[
    ("actions.toml", include_str!("../../../../tests/rules/actions.toml")),
    ("fields.toml", include_str!("../../../../tests/rules/fields.toml")),
    ("folding.toml", include_str!("../../../../tests/rules/folding.toml")),
    ("limits.toml", include_str!("../../../../tests/rules/limits.toml")),
    ("lists.toml", include_str!("../../../../tests/rules/lists.toml")),
    ("models.toml", include_str!("../../../../tests/rules/models.toml")),
    ("order.toml", include_str!("../../../../tests/rules/order.toml")),
    ("reasons.toml", include_str!("../../../../tests/rules/reasons.toml")),
    ("schedules.toml", include_str!("../../../../tests/rules/schedules.toml")),
    ("scopes.toml", include_str!("../../../../tests/rules/scopes.toml")),
    ("text.toml", include_str!("../../../../tests/rules/text.toml")),
    ("unknown.toml", include_str!("../../../../tests/rules/unknown.toml")),
    ("vocabulary.toml", include_str!("../../../../tests/rules/vocabulary.toml")),
];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    case: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    name: String,
    #[serde(default)]
    rules: String,
    #[serde(default)]
    packs: Vec<Pack>,
    #[serde(default)]
    lists: BTreeMap<String, String>,
    host: Option<String>,
    surface: Option<String>,
    #[serde(default)]
    no_models: bool,
    /// As in the context.
    models: Option<Value>,
    #[serde(flatten)]
    only: Batch,
    #[serde(default)]
    batch: Vec<Batch>,
}

#[derive(Deserialize, Clone)]
#[serde(deny_unknown_fields)]
struct Pack {
    id: String,
    source: String,
    #[serde(default)]
    trust: Option<String>,
}

#[derive(Deserialize, Default, Clone)]
struct Batch {
    now: Option<f64>,
    utc_offset: Option<i32>,
    visit: Option<String>,
    /// Post id = { question = share }; a language for `language`, `false` where there is nothing to say.
    #[serde(default)]
    scores: BTreeMap<String, BTreeMap<String, Value>>,
    post: Option<Map<String, Value>>,
    #[serde(default)]
    posts: Vec<Map<String, Value>>,
    expect: Option<Value>,
    #[serde(default)]
    expects: Vec<Value>,
    order: Option<Vec<String>>,
}

/// An engine under test.
pub trait Engine: Sized {
    /// Compiles packs, given as `PackSource`s in JSON; on errors in the rules, what they are.
    fn compile(packs: &Value) -> Result<Self, String>;
    /// Decides posts, all as JSON text.
    fn decide(&mut self, posts: &str, context: &str) -> Result<String, String>;
    /// The order of posts.
    fn order(&mut self, posts: &str, verdicts: &str, context: &str) -> Result<Vec<usize>, String>;
}

/// Runs every case; how many there were, and what went wrong.
pub fn run<E: Engine>() -> (usize, Vec<String>) {
    let mut wrong = Vec::new();
    let mut count = 0;
    for (file, text) in FILES {
        match toml::from_str::<File>(text) {
            Err(error) => wrong.push(format!("{file}: {error}")),
            Ok(cases) => {
                for case in cases.case {
                    count += 1;
                    if let Err(why) = run_case::<E>(&case) {
                        wrong.push(format!("{file}: {}: {why}", case.name));
                    }
                }
            }
        }
    }
    (count, wrong)
}

/// Runs one case that is written elsewhere: `rules` with the rest of its table as TOML.
#[allow(dead_code)] // The suites in wasm have this module too, and no recipes.
pub fn run_text<E: Engine>(name: &str, rules: &str, rest: &str) -> Result<(), String> {
    let mut table: toml::Table = toml::from_str(rest).map_err(|error| error.to_string())?;
    table.insert("name".to_owned(), name.into());
    table.insert("rules".to_owned(), rules.into());
    run_case::<E>(&table.try_into().map_err(|error: toml::de::Error| error.to_string())?)
}

fn run_case<E: Engine>(case: &Case) -> Result<(), String> {
    let mut packs = case.packs.clone();
    if packs.is_empty() {
        packs.push(Pack { id: "mine".to_owned(), source: case.rules.clone(), trust: None });
    }
    let packs: Vec<Value> = packs
        .iter()
        .map(|pack| {
            json!({
                "id": pack.id, "source": pack.source, "lists": case.lists,
                "trust": pack.trust.as_deref().unwrap_or("full"),
            })
        })
        .collect();
    let mut engine = E::compile(&Value::Array(packs))?;
    let batches = if case.batch.is_empty() { std::slice::from_ref(&case.only) } else { &case.batch };
    for (index, batch) in batches.iter().enumerate() {
        run_batch(&mut engine, case, batch).map_err(|why| format!("batch {}: {why}", index + 1))?;
    }
    Ok(())
}

fn run_batch<E: Engine>(engine: &mut E, case: &Case, batch: &Batch) -> Result<(), String> {
    let posts: Vec<Value> = batch
        .post
        .iter()
        .chain(&batch.posts)
        .map(|post| {
            let mut post = post.clone();
            post.entry("id").or_insert_with(|| json!("p"));
            for (key, value) in [("host", &case.host), ("surface", &case.surface)] {
                if let Some(value) = value {
                    post.entry(key).or_insert_with(|| json!(value));
                }
            }
            Value::Object(post)
        })
        .collect();
    let expected: Vec<&Value> = batch.expect.iter().chain(&batch.expects).collect();
    if expected.len() != posts.len() || posts.is_empty() {
        return Err(format!("{} posts, but {} expectations", posts.len(), expected.len()));
    }
    let mut scores = batch.scores.clone();
    for answer in scores.values_mut().flat_map(BTreeMap::values_mut) {
        // TOML has no null.
        if *answer == Value::Bool(false) {
            *answer = Value::Null;
        }
    }
    let context = json!({
        "now": batch.now.or(case.only.now).unwrap_or(1_700_000_000.0),
        "utc_offset": batch.utc_offset.or(case.only.utc_offset).unwrap_or(0),
        "visit": batch.visit.as_deref().or(case.only.visit.as_deref()).unwrap_or("visit"),
        "no_models": case.no_models,
        "scores": scores,
        "models": case.models,
    })
    .to_string();
    let ids: Vec<Value> = posts.iter().map(|post| post["id"].clone()).collect();
    let posts = Value::Array(posts).to_string();
    let answer = engine.decide(&posts, &context)?;
    let verdicts: Vec<Value> = serde_json::from_str(&answer).map_err(|error| error.to_string())?;
    if verdicts.len() != expected.len() {
        return Err(format!("{} verdicts", verdicts.len()));
    }
    for (verdict, expected) in verdicts.iter().zip(expected) {
        differs(expected, verdict, &format!("post {}", verdict["id"]))?;
    }
    if let Some(order) = &batch.order {
        let found: Vec<Value> =
            engine.order(&posts, &answer, &context)?.into_iter().map(|index| ids[index].clone()).collect();
        let expected: Vec<Value> = order.iter().map(|id| json!(id)).collect();
        if found != expected {
            return Err(format!("order {found:?}, expected {expected:?}"));
        }
    }
    Ok(())
}

/// Whether a value is not as expected, as far as the expectation goes.
fn differs(expected: &Value, found: &Value, place: &str) -> Result<(), String> {
    let alike = match (expected, found) {
        (Value::Object(expected), Value::Object(found)) => {
            for (key, value) in expected {
                let found = found.get(key).unwrap_or(&Value::Null);
                differs(value, found, &format!("{place}: {key}"))?;
            }
            true
        }
        (Value::Array(expected), Value::Array(all)) if expected.len() == all.len() => {
            for (index, (expected, found)) in expected.iter().zip(all).enumerate() {
                differs(expected, found, &format!("{place}[{index}]"))?;
            }
            true
        }
        (Value::Number(expected), Value::Number(found)) => expected.as_f64() == found.as_f64(),
        (Value::Bool(false), Value::Null) => true,
        (expected, found) => expected == found,
    };
    if alike { Ok(()) } else { Err(format!("{place} is {found}, expected {expected}")) }
}
