//! What a filter promises, over made-up texts whose direction of meaning is a count of a few words: no encoder is needed.

use diffract_personal::{Counts, Example, Features, Filter, LearnError, MAX_EXAMPLES, tell};

/// A stand-in for the encoder.
fn meaning(text: &str) -> Vec<f32> {
    let lower = text.to_lowercase();
    let about = |words: &[&str]| words.iter().filter(|word| lower.contains(**word)).count() as f32;
    vec![about(&["kettle", "tea", "cup", "boil"]), about(&["river", "walk", "rain", "hill"]), 0.3]
}

fn features(text: &str) -> Features {
    Features::of(text, meaning(text))
}

fn example(text: &str, belongs: bool) -> Example {
    Example { text: text.to_owned(), belongs, features: features(text) }
}

const KETTLES: [&str; 5] = [
    "Which kettle should I buy for tea?",
    "My kettle takes an age to boil",
    "A cup of tea fixes everything",
    "Kettle bargain: boil a cup in a minute",
    "Tea again, and again a new cup",
];
const WALKS: [&str; 5] = [
    "A walk along the river at dawn",
    "Rain on the hill, and nobody about",
    "We walked until the rain came",
    "The river is high this week",
    "Hill after hill after hill",
];

fn taught() -> Filter {
    let mut filter = Filter::new("kettles");
    for (kettle, walk) in KETTLES.into_iter().zip(WALKS) {
        filter.add(example(kettle, true));
        filter.add(example(walk, false));
    }
    filter
}

#[test]
fn ten_thumbs_tell_unseen_posts_apart() {
    let head = taught().learn().expect("both sorts");
    let score = |text: &str| head.score(&features(text));
    assert!(score("Boil the kettle, the tea is waiting") > 0.7);
    assert!(score("Rain fell on the river all night") < 0.3);
    assert!(head.right >= 0.9, "{}", head.right);
}

#[test]
fn few_examples_make_no_shares_near_certainty() {
    let mut filter = Filter::new("kettles");
    filter.add(example(KETTLES[0], true));
    filter.add(example(WALKS[0], false));
    let head = filter.learn().expect("one of each");
    for text in KETTLES.into_iter().chain(WALKS) {
        let score = head.score(&features(text));
        assert!((0.02..=0.98).contains(&score), "{text}: {score}");
    }
}

#[test]
fn both_sorts_weigh_alike_however_many_there_are() {
    let mut filter = taught();
    for count in 0..60 {
        filter.add(example(&format!("{} and rain {count}", WALKS[count % 5]), false));
    }
    let head = filter.learn().expect("both sorts");
    assert!(head.score(&features("A kettle for tea")) > 0.5);
}

#[test]
fn one_sort_teaches_nothing() {
    let mut filter = Filter::new("kettles");
    assert_eq!(filter.learn(), Err(LearnError::OneSort));
    KETTLES.into_iter().for_each(|text| filter.add(example(text, true)));
    assert_eq!(filter.learn(), Err(LearnError::OneSort));
    filter.add(Example {
        features: Features { meaning: vec![1.0], grams: vec![] },
        ..example(WALKS[0], false)
    });
    assert_eq!(filter.learn(), Err(LearnError::Mixed));
}

#[test]
fn a_thumb_can_be_turned_around_and_taken_back() {
    let mut filter = taught();
    filter.add(example(KETTLES[0], false));
    assert_eq!(filter.examples().len(), 10);
    assert!(filter.examples().last().is_some_and(|last| last.text == KETTLES[0] && !last.belongs));
    assert!(filter.forget(KETTLES[0]) && !filter.forget(KETTLES[0]));
    assert_eq!(filter.examples().len(), 9);
}

#[test]
fn filters_merge_and_stay_bounded() {
    let mut other = Filter::new("more");
    (0..MAX_EXAMPLES + 5).for_each(|count| other.add(example(&format!("Tea number {count}"), true)));
    assert_eq!(other.examples().len(), MAX_EXAMPLES);
    let mut filter = taught();
    filter.merge(other);
    assert_eq!(filter.examples().len(), MAX_EXAMPLES);
    assert_eq!(filter.name, "kettles");
}

#[test]
fn it_says_what_it_has_learned() {
    let filter = taught();
    let head = filter.learn().expect("both sorts");
    let posts = ["Kettle and tea", "Something else entirely", "River walk"].map(features);
    let told = tell(&filter, &head, &posts);
    assert!(told.for_it.iter().any(|word| word.word == "kettle" || word.word == "tea"), "{told:?}");
    assert!(
        told.against_it.iter().any(|word| word.word == "river" || word.word == "rain" || word.word == "hill")
    );
    assert_eq!(told.doubts.first(), Some(&1), "the post that is about neither");
    let near = filter.nearest(&features("A kettle to boil"), 2);
    assert!(near.iter().all(|near| filter.examples()[near.example].belongs));
}

#[test]
fn what_is_not_a_number_teaches_nothing_and_breaks_nothing() {
    let mut filter = taught();
    let features = Features::of("odd", vec![f32::NAN, f32::INFINITY, 1.0]);
    filter.add(Example { text: "odd".to_owned(), belongs: true, features });
    let head = filter.learn().expect("both sorts");
    assert!(head.score(&self::features("A kettle")).is_finite());
}

#[test]
fn an_exported_filter_holds_the_encoder_and_says_what_it_is() {
    let head = taught().learn().expect("both sorts");
    // A graph with one output, `embedding`, and nothing else: enough for what the export understands.
    let encoder = [0x3a, 13, 0x62, 11, 0x0a, 9, b'e', b'm', b'b', b'e', b'd', b'd', b'i', b'n', b'g'];
    let counts = Counts { positive: 5, negative: 5 };
    let exported = diffract_personal::export("kettles", &head, counts, &encoder).expect("a model");
    let holds = |words: &str| exported.onnx.windows(words.len()).any(|window| window == words.as_bytes());
    assert!(["embedding", "gram_weights", "logits", "personal/table"].into_iter().all(holds));
    assert!(!holds("Which kettle"), "no words of the reader's examples");
    assert!(exported.card.contains("name = \"kettles\"") && exported.card.contains("positive = 5"));
}
