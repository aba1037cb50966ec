//! An explanation and a verdict never disagree.

use super::*;
use crate::matching::equivalence::{context, post, program};
use crate::{PackSource, compile};
use proptest::prelude::*;
use std::cmp::Reverse;

/// A part's value follows from those of its parts.
fn adds_up(part: &Part) -> bool {
    let values: Vec<Value> = part.parts.iter().map(|part| part.value).collect();
    let all = |wins: Value, loses: Value| {
        if values.contains(&wins) {
            wins
        } else if values.contains(&Value::Unknown) {
            Value::Unknown
        } else {
            loses
        }
    };
    let expected = match part.kind {
        PartKind::Always => Value::True,
        PartKind::All => all(Value::False, Value::True),
        PartKind::Any => all(Value::True, Value::False),
        PartKind::Not => match values.as_slice() {
            [Value::True] => Value::False,
            [Value::False] => Value::True,
            [Value::Unknown] => Value::Unknown,
            _ => return false,
        },
        PartKind::Test => return part.parts.is_empty() && part.test.is_some(),
    };
    part.value == expected && part.parts.iter().all(adds_up)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn a_root_is_true_exactly_where_the_rule_speaks(
        program in program(40), posts in proptest::collection::vec(post(), 1..3), context in context()
    ) {
        let rules = RuleSet::new(program);
        let memory = Memory::default();
        for post in &posts {
            let verdict = rules.decide(std::slice::from_ref(post), &context, &mut Memory::default()).remove(0);
            let all = rules.explain(post, &context, &memory, &Which::All);
            prop_assert_eq!(&all.verdict, &verdict);
            for rule in &all.rules {
                prop_assert!(adds_up(&rule.condition), "{:?}", rule.condition);
                prop_assert_eq!(rule.value == Value::True, rule.place.holds
                    && rule.hours.as_ref().is_none_or(|hours| hours.holds)
                    && rule.condition.value == Value::True);
            }
            let mut spoke: Vec<&ExplainedRule> = all.rules.iter().filter(|rule| rule.value == Value::True).collect();
            prop_assert_eq!(spoke.len(), verdict.reasons.len() + verdict.more_reasons as usize);
            spoke.sort_by_key(|rule| (Reverse(rule.action.unwrap_or_default()), rule.pack.clone(), rule.line));
            for (rule, reason) in spoke.iter().zip(&verdict.reasons) {
                prop_assert_eq!((rule.pack.as_str(), rule.line, rule.effect.as_str(), &rule.evidence[..]), (reason.pack(), reason.line(), reason.effect(), &*reason.evidence()));
            }
            if verdict.unsure.is_some() {
                prop_assert!(all.rules.iter().any(|rule| rule.waits));
            }
            let of_those = rules.explain(post, &context, &memory, &Which::Spoke);
            let spoke: Vec<ExplainedRule> = all.rules.into_iter().filter(|rule| rule.value == Value::True).collect();
            prop_assert_eq!(of_those.rules, spoke);
        }
    }
}

fn rules(source: &str) -> RuleSet {
    let pack = PackSource { id: "mine".into(), source: source.to_owned(), ..PackSource::default() };
    let compiled = compile(&[pack]);
    assert!(
        compiled.diagnostics[0].diagnostics.iter().all(|d| d.severity != crate::Severity::Error),
        "{compiled:?}"
    );
    RuleSet::new(compiled.program)
}

fn by(author: &str, id: &str) -> Post {
    Post { id: id.into(), author: Some(author.into()), text: Some("Free kettles".into()), ..Post::default() }
}

#[test]
fn a_test_says_what_it_looked_for_and_what_was_there() {
    let rules = rules(
        "let @shops = \"kettles.example\"\n\
        hide if text has all \"kettle\", \"toast\" or age > 3 days and not links to kettles.example\n\
        dim if text matches /k\\w+e/ or author in @shops\n",
    );
    let post = Post {
        age: Some(432_000.0),
        links: Some(vec!["https://www.kettles.example/".into()]),
        ..by("ada", "1")
    };
    let told = rules.explain(&post, &Context::default(), &Memory::default(), &Which::All);
    let [hide, dim] = told.rules.as_slice() else { panic!("two rules: {told:?}") };
    let [has, and] = hide.condition.parts.as_slice() else { panic!("{hide:?}") };
    let has = has.test.as_ref().expect("a test");
    assert_eq!(
        (has.found.as_slice(), has.missing.as_slice()),
        (&["kettle".to_owned()][..], &["toast".to_owned()][..])
    );
    assert_eq!((has.field.as_str(), has.shown.as_str()), ("text", "\"Free kettles\""));
    let age = and.parts[0].test.as_ref().expect("a test");
    assert_eq!(
        (age.shown.as_str(), &age.actual, and.parts[0].value),
        ("5 days", &Some(Actual::Number(432_000.0)), Value::True)
    );
    assert_eq!((and.parts[1].value, and.parts[1].parts[0].value), (Value::False, Value::True));
    assert_eq!(and.parts[1].parts[0].test.as_ref().expect("a test").found, ["kettles.example"]);
    assert_eq!((hide.value, hide.decides), (Value::False, false));
    assert_eq!(
        (dim.value, dim.decides, dim.condition.parts[0].test.as_ref().expect("a test").found[0].as_str()),
        (Value::True, true, "kettle")
    );
}

#[test]
fn one_line_can_be_asked_for_and_sorting_is_no_answer() {
    let rules = rules("hide if promoted\norder by newest\ndim if followed\n");
    let ask = |pack: Option<&str>, line| {
        let which = Which::Line { pack: pack.map(str::to_owned), line };
        rules.explain(&by("ada", "1"), &Context::default(), &Memory::default(), &which).rules.len()
    };
    assert_eq!([ask(None, 1), ask(None, 2), ask(Some("mine"), 3), ask(Some("theirs"), 3)], [1, 0, 1, 0]);
}

#[test]
fn a_limit_speaks_when_it_is_full_and_asking_counts_nothing() {
    let rules = rules("limit 1 per author per day\nkeep if author is \"eve\"\n");
    let context = Context::default();
    let mut memory = Memory::default();
    let state = |memory: &Memory, post: &Post| {
        let told = rules.explain(post, &context, memory, &Which::All);
        let limit = &told.rules[0];
        assert_eq!(limit.value == Value::True, told.verdict.reasons.iter().any(|reason| reason.line() == 1));
        limit.limit.as_ref().map(|room| room.state)
    };
    let first = by("ada", "1");
    for _ in 0..2 {
        assert_eq!(state(&memory, &first), Some(RoomState::Free));
    }
    rules.decide(std::slice::from_ref(&first), &context, &mut memory);
    assert_eq!(state(&memory, &first), Some(RoomState::Placed));
    assert_eq!(state(&memory, &by("ada", "2")), Some(RoomState::Full));
    assert_eq!(state(&memory, &by("eve", "3")), Some(RoomState::NotAsked));
    assert_eq!(state(&memory, &Post { author: None, ..by("", "4") }), Some(RoomState::Unknown));
}

#[test]
fn places_and_hours_are_told() {
    let rules = rules("on reddit.com home\nat 22:00-07:00 on mon: hide if promoted\n");
    let post = Post { host: Some("x.com".into()), promoted: Some(true), ..by("ada", "1") };
    let told = rules.explain(
        &post,
        &Context { utc_offset: 60, ..Context::default() },
        &Memory::default(),
        &Which::All,
    );
    let rule = &told.rules[0];
    assert_eq!((rule.place.on.as_str(), rule.place.holds), ("on reddit.com home", false));
    let hours = rule.hours.as_ref().expect("it has hours");
    assert_eq!(
        (hours.at.as_str(), hours.now.as_str(), hours.holds),
        ("at 22:00-07:00 on mon", "thu 01:00", false)
    );
    assert_eq!((rule.condition.value, rule.value), (Value::True, Value::False));
}

#[test]
fn long_fields_are_cut_and_it_serialises() {
    let rules = rules("hide if text has \"kettle\" and clickbait > 80%\n");
    let post = Post { text: Some("é".repeat(100_000)), ..by("ada", "1") };
    let told = rules.explain(&post, &Context::default(), &Memory::default(), &Which::All);
    let json = serde_json::to_value(&told).expect("plain data");
    let parts = &json["rules"][0]["condition"]["parts"];
    assert_eq!(parts[0]["actual"].as_str().map(|text| text.chars().count()), Some(MAX_SHOWN + 1));
    assert_eq!(parts[1]["shown"], "the model has not answered");
    assert_eq!((&json["rules"][0]["value"], &json["rules"][0]["waits"]), (&"false".into(), &false.into()));
}
