//! An exported filter is a model like any other: it is taken, and says what the filter says.

use diffract_models::folder::Folder;
use diffract_models::{Composed, Model};
use diffract_personal::{Counts, Example, Features, Filter, export};
use std::path::Path;

const BELONG: [&str; 5] = [
    "Which kettle should I buy for tea?",
    "My kettle takes an age to boil",
    "A cup of tea fixes everything",
    "Kettle bargain: boil a cup in a minute",
    "Tea again, and again a new cup",
];
const OTHERS: [&str; 5] = [
    "A walk along the river at dawn",
    "Rain on the hill, and nobody about",
    "We walked until the rain came",
    "The river is high this week",
    "Hill after hill after hill",
];
const UNSEEN: [&str; 5] =
    ["Boil the water before the guests are here", "Rain fell all night", "", "日本語", "<b>!!!</b> \u{200B}"];

fn read(encoder: &Model, texts: &[&str]) -> Vec<Features> {
    let composed: Vec<Composed> = texts.iter().map(|text| Composed::new(text)).collect();
    let mut found: Vec<_> = composed.iter().map(|_| Default::default()).collect();
    let meanings = encoder.outputs(&composed, &mut found).expect("directions");
    texts.iter().zip(meanings).map(|(text, meaning)| Features::of(text, meaning)).collect()
}

#[test]
fn it_is_taken_and_says_what_the_filter_says() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models/encoder");
    let shipped = Folder::read(&folder).expect("the shipped encoder");
    let encoder = Model::open(&shipped.card, &shipped.onnx).expect("the shipped encoder");
    let mut filter = Filter::new("kettles");
    for (texts, belongs) in [(BELONG, true), (OTHERS, false)] {
        for (text, features) in texts.into_iter().zip(read(&encoder, &texts)) {
            filter.add(Example { text: text.to_owned(), belongs, features });
        }
    }
    let head = filter.learn().expect("both sorts");
    let counts = Counts { positive: BELONG.len(), negative: OTHERS.len() };
    let exported = export("kettles", &head, counts, &shipped.onnx).expect("a model");
    let model = Model::open(&exported.card, &exported.onnx).unwrap_or_else(|refusal| panic!("{refusal}"));

    let texts: Vec<&str> = BELONG.into_iter().chain(OTHERS).chain(UNSEEN).collect();
    let composed: Vec<Composed> = texts.iter().map(|text| Composed::new(text)).collect();
    let answers = model.read(&composed).expect("scores");
    for ((text, features), answer) in texts.iter().zip(read(&encoder, &texts)).zip(&answers) {
        let (own, exported) = (head.score(&features), f64::from(answer.score.expect("a score")));
        assert!((own - exported).abs() < 1e-4, "{text:?}: the filter says {own}, the model {exported}");
    }
    let score = |place: usize| answers[place].score.expect("a score");
    let least = (0..BELONG.len()).map(score).fold(1.0, f32::min);
    let most = (BELONG.len()..BELONG.len() + OTHERS.len()).map(score).fold(0.0, f32::max);
    assert!(least > most, "what belongs scores {least} or more, the others up to {most}");
}
