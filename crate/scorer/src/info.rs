//! What pages are told of a model.

use diffract_models::card::{Input, Task};
use diffract_models::{Card, Cost};
use serde::Serialize;

#[derive(Serialize)]
struct Info<'a> {
    name: &'a str,
    card: serde_json::Value,
    reads: &'static str,
    task: Task,
    score: bool,
    threshold: Option<f64>,
    width: Option<usize>,
    size: Option<usize>,
    multiplications: u64,
    memory: u64,
}

/// As JSON.
pub fn of(card: &Card, cost: Cost) -> String {
    let (reads, size) = match &card.input {
        Input::Text(_) => ("text", None),
        Input::Image(input) => ("picture", Some(input.size)),
    };
    let info = Info {
        name: &card.name,
        // Only a number that JSON does not have (`inf`) has no place there.
        card: serde_json::to_value(card.whole()).unwrap_or_default(),
        reads,
        task: card.task,
        score: card.task == Task::Choose || card.positives().is_some(),
        threshold: card.threshold(),
        width: card.output.width,
        size,
        multiplications: cost.operations,
        memory: cost.weights,
    };
    serde_json::to_string(&info).unwrap_or_default()
}
