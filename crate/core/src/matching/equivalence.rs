//! The one promise of matching: over any program and any post it says what the rule language says, reasons
//! included.

use super::{Context, Memory, Model, Models, RuleSet, Scores, Thresholds, naive};
use crate::post::{Kind, Medium, Post, Surface};
use crate::program::*;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use std::sync::Arc;
use words::{GLUE, HOSTS, PATTERNS, WORDS};

#[path = "../../../../fuzz/src/words.rs"]
mod words;

fn word() -> impl Strategy<Value = String> {
    select(WORDS.to_vec()).prop_map(str::to_owned)
}

fn text() -> impl Strategy<Value = String> {
    (proptest::collection::vec(word(), 0..6), select(GLUE.to_vec()))
        .prop_map(|(words, glue)| words.join(glue))
}

fn needles() -> impl Strategy<Value = Needles> {
    prop_oneof![
        3 => proptest::collection::vec(word(), 1..4).prop_map(Needles::These),
        1 => (0..3_u32).prop_map(Needles::List),
    ]
}

fn quantifier() -> impl Strategy<Value = Quantifier> {
    select(vec![Quantifier::Any, Quantifier::All])
}

fn comparison() -> impl Strategy<Value = Comparison> {
    use Comparison::*;
    select(vec![Less, AtMost, More, AtLeast, Equal, NotEqual])
}

fn question() -> impl Strategy<Value = Question> {
    select(vec![Question::Named("clickbait".into()), Question::About("cats".into())])
}

const KINDS: &[Kind] = &[Kind::Post, Kind::Short, Kind::Live, Kind::Ad];
const SURFACES: &[Surface] = &[Surface::Home, Surface::Search, Surface::Related];
const MEDIA: &[Medium] = &[Medium::Image, Medium::Video, Medium::Card];

fn text_field() -> impl Strategy<Value = TextField> {
    select(vec![TextField::Text, TextField::Title, TextField::Author])
}

fn number_field() -> impl Strategy<Value = NumberField> {
    select(vec![NumberField::Likes, NumberField::Views, NumberField::Length, NumberField::Age])
}

fn leaf() -> impl Strategy<Value = Test> {
    prop_oneof![
        select(FlagField::ALL.to_vec()).prop_map(Test::Flag),
        prop_oneof![
            text_field().prop_map(AnyField::Text),
            number_field().prop_map(AnyField::Number),
            select(FlagField::ALL.to_vec()).prop_map(AnyField::Flag),
            select(vec![
                AnyField::Media,
                AnyField::Kind,
                AnyField::Surface,
                AnyField::Lang,
                AnyField::Set(SetField::Links)
            ]),
            question().prop_map(AnyField::Model),
        ]
        .prop_map(|field| Test::Known(Box::new(field))),
        (number_field(), comparison(), 0..6_i32).prop_map(|(field, comparison, value)| Test::Number {
            field,
            comparison,
            value: f64::from(value)
        }),
        (text_field(), quantifier(), any::<bool>(), needles()).prop_map(
            |(field, quantifier, words, needles)| Test::TextHas { field, quantifier, words, needles }
        ),
        (text_field(), select(vec![Edge::Start, Edge::End]), needles())
            .prop_map(|(field, edge, needles)| Test::TextEdge { field, edge, needles }),
        (text_field(), needles()).prop_map(|(field, needles)| Test::TextIs { field, needles }),
        (text_field(), prop_oneof![30 => select(PATTERNS.to_vec()), 1 => Just("")])
            .prop_map(|(field, pattern)| Test::Matches { field, pattern: pattern.to_owned() }),
        (select(vec![SetField::Hashtags, SetField::Labels]), quantifier(), needles())
            .prop_map(|(field, quantifier, needles)| Test::SetHas { field, quantifier, needles }),
        (quantifier(), subsequence(MEDIA.to_vec(), 1..3))
            .prop_map(|(quantifier, media)| Test::MediaHas { quantifier, media }),
        subsequence(KINDS.to_vec(), 1..3).prop_map(Test::KindIs),
        subsequence(SURFACES.to_vec(), 1..3).prop_map(Test::SurfaceIs),
        subsequence(vec!["en".to_owned(), "pt".to_owned()], 1..2).prop_map(Test::LangIs),
        subsequence(HOSTS.iter().map(|host| (*host).to_owned()).collect::<Vec<_>>(), 1..3)
            .prop_map(Test::LinksTo),
        (question(), comparison(), select(vec![0.2, 0.8])).prop_map(|(question, comparison, share)| {
            Test::Model { question: Box::new(question), comparison, share }
        }),
        (
            question(),
            select(vec![Strictness::Certain, Strictness::Likely, Strictness::Possible, Strictness::Chosen])
        )
            .prop_map(|(question, strictness)| Test::Flagged { question: Box::new(question), strictness }),
    ]
}

fn condition() -> impl Strategy<Value = Condition> {
    let leaf = prop_oneof![1 => Just(Condition::Always), 12 => leaf().prop_map(Condition::Test)];
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            inner.clone().prop_map(|inner| Condition::Not(Box::new(inner))),
            proptest::collection::vec(inner.clone(), 2..4).prop_map(Condition::And),
            proptest::collection::vec(inner, 2..4).prop_map(Condition::Or),
        ]
    })
}

fn effect() -> impl Strategy<Value = Effect> {
    prop_oneof![
        select(vec![
            Effect::Hide,
            Effect::Collapse,
            Effect::Dim,
            Effect::Highlight,
            Effect::Keep,
            Effect::Blur(BlurTarget::All),
            Effect::Blur(BlurTarget::Media),
            Effect::Order(vec![OrderKey::Newest]),
        ]),
        select(vec!["one", "two", "three"]).prop_map(|label| Effect::Label(label.to_owned())),
        select(vec!["calm", "rest"]).prop_map(|note| Effect::Replace(note.to_owned())),
        (-3..4_i32).prop_map(|score| Effect::Score(f64::from(score))),
    ]
}

fn rule() -> impl Strategy<Value = Rule> {
    let schedule = (
        proptest::collection::vec((select(vec![0, 360, 720, 1320]), select(vec![0, 420, 780, 1440])), 0..2),
        any::<[bool; 7]>(),
    )
        .prop_map(|(windows, days)| Box::new(Schedule { windows, days }));
    let unsure =
        (select(vec![WhileUnsure::Show, WhileUnsure::Blur, WhileUnsure::Veil]), select(vec![1.0, 2.0, 5.0]))
            .prop_map(|(show, deadline)| Unsure { show, deadline });
    (0..2_u32, 1..20_u32, 0..4_u32, proptest::option::weighted(0.1, schedule), effect(), condition(), unsure)
        .prop_map(|(pack, line, scope, schedule, effect, condition, unsure)| Rule {
            pack,
            line,
            source: format!("rule on line {line}"),
            scope,
            schedule,
            effect,
            condition,
            because: (line % 3 == 0).then(|| "because".to_owned()),
            unsure,
        })
}

pub(crate) fn program(most: usize) -> impl Strategy<Value = Program> {
    let site = (select(HOSTS.to_vec()), subsequence(SURFACES.to_vec(), 0..2))
        .prop_map(|(host, surfaces)| Site { host: host.to_owned(), surfaces });
    let scopes =
        proptest::collection::vec(proptest::collection::vec(site, 1..3).prop_map(|sites| Scope { sites }), 3)
            .prop_map(|mut scopes| {
                scopes.insert(0, Scope::default());
                scopes
            });
    (
        proptest::collection::vec(rule(), 0..most),
        scopes,
        proptest::collection::vec(proptest::collection::vec(word(), 0..4), 3),
    )
        .prop_map(|(rules, scopes, lists)| Program {
            packs: vec![
                Pack { id: "mine".into(), title: "Mine".into(), trust: Trust::Full },
                Pack { id: "theirs".into(), title: "Theirs".into(), trust: Trust::Limited },
            ],
            lists: lists
                .into_iter()
                .enumerate()
                .map(|(index, items)| List { name: format!("list{index}"), items })
                .collect(),
            scopes,
            rules,
        })
}

pub(crate) fn post() -> impl Strategy<Value = Post> {
    let flags = proptest::collection::vec(any::<Option<bool>>(), 9);
    let number = || proptest::option::of((0..6_i32).prop_map(f64::from));
    let words = || proptest::option::of(proptest::collection::vec(word(), 0..3));
    let links = proptest::option::of(proptest::collection::vec(
        select(vec![
            "https://x.com/a",
            "https://old.reddit.com:80/",
            "http://notx.com",
            "mailto:a@x.com",
            "//www.x.com/",
        ])
        .prop_map(str::to_owned),
        0..3,
    ));
    (
        (proptest::option::of(text()), proptest::option::of(word()), proptest::option::of(word())),
        flags,
        (number(), number(), number()),
        (words(), words(), links),
        (
            proptest::option::of(select(KINDS.to_vec())),
            proptest::option::of(select(SURFACES.to_vec())),
            proptest::option::of(subsequence(MEDIA.to_vec(), 0..3)),
            proptest::option::of(select(vec!["en".to_owned(), "pt-BR".to_owned(), "de".to_owned()])),
            proptest::option::of(select(HOSTS.iter().map(|host| (*host).to_owned()).collect::<Vec<_>>())),
        ),
    )
        .prop_map(
            |(
                (text, title, author),
                flags,
                (likes, views, age),
                (hashtags, labels, links),
                (kind, surface, media, lang, host),
            )| Post {
                id: "p".into(),
                text,
                title,
                author,
                likes,
                views,
                age,
                hashtags,
                labels,
                links,
                kind,
                surface,
                media,
                lang,
                host,
                promoted: flags[0],
                suggested: flags[1],
                repost: flags[2],
                reply: flags[3],
                quote: flags[4],
                followed: flags[5],
                verified: flags[6],
                sensitive: flags[7],
                pinned: flags[8],
                ..Post::default()
            },
        )
}

pub(crate) fn context() -> impl Strategy<Value = Context> {
    (
        0..1_000_000_i32,
        -720..720_i32,
        proptest::option::of((question(), select(vec![0.1, 0.5, 0.9]))),
        any::<bool>(),
        proptest::option::of(subsequence(vec!["clickbait", "language", "encoder"], 0..4)),
        proptest::option::of(proptest::option::of(select(vec!["en", "pt"]))),
    )
        .prop_map(|(now, utc_offset, score, no_models, installed, language)| {
            let mut scores = Scores::default();
            match score {
                // Asked, and nothing to say.
                Some((question, 0.5)) => scores.set_unanswerable("p", question),
                Some((question, share)) => scores.set("p", question, share),
                None => {}
            }
            if let Some(language) = language {
                scores.set_language("p", language.map(str::to_owned));
            }
            let thresholds = Thresholds { likely: Some(0.5), possible: Some(0.05), ..Thresholds::default() };
            let model = Model { thresholds, alarms: vec![(0.4, 0.01)], experimental: false };
            let models = installed.map(|names| {
                let mut models = Models::default();
                names.into_iter().for_each(|name| models.insert(name, model.clone()));
                Arc::new(models)
            });
            Context { now: f64::from(now), utc_offset, visit: String::new(), scores, no_models, models }
        })
}

#[test]
fn of_long_sets_the_beginning_is_looked_at() {
    let test = |test| Rule {
        pack: 0,
        line: 1,
        source: String::new(),
        scope: 0,
        schedule: None,
        effect: Effect::Hide,
        condition: Condition::Test(test),
        because: None,
        unsure: Unsure::default(),
    };
    let has = |quantifier, items: &[&str]| {
        let needles = Needles::These(items.iter().map(|item| (*item).to_owned()).collect());
        test(Test::SetHas { field: SetField::Hashtags, quantifier, needles })
    };
    let rules = RuleSet::new(Program {
        packs: vec![Pack::default()],
        scopes: vec![Scope::default()],
        rules: vec![
            has(Quantifier::Any, &["tag0"]),
            has(Quantifier::Any, &["tag255"]),
            has(Quantifier::All, &["tag3", "tag255"]),
            has(Quantifier::Any, &["tag256"]),
            has(Quantifier::All, &["tag3", "tag999"]),
            test(Test::LinksTo(vec!["site999.example".to_owned()])),
            test(Test::LinksTo(vec!["site255.example".to_owned()])),
        ],
        ..Program::default()
    });
    let post = Post {
        id: "p".into(),
        hashtags: Some((0..1_000).map(|number| format!("tag{number}")).collect()),
        links: Some((0..1_000).map(|number| format!("https://site{number}.example/")).collect()),
        ..Post::default()
    };
    let verdict = naive::decide(&rules, &post, &Context::default());
    assert_eq!(verdict.reasons.len(), 4);
    let ours = rules.decide(std::slice::from_ref(&post), &Context::default(), &mut Memory::default());
    assert_eq!(ours, [verdict]);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, ..ProptestConfig::default() })]

    #[test]
    fn matching_says_what_the_rules_say(program in program(40), posts in proptest::collection::vec(post(), 1..4), context in context()) {
        let rules = RuleSet::new(program);
        // All at once, so that nothing of one post leaks into the next.
        let verdicts = rules.decide(&posts, &context, &mut Memory::default());
        for (post, verdict) in posts.iter().zip(verdicts) {
            prop_assert_eq!(verdict, naive::decide(&rules, post, &context));
        }
    }

    #[test]
    fn a_snapshot_decides_alike(program in program(12), posts in proptest::collection::vec(post(), 1..4), context in context()) {
        let rules = RuleSet::new(program);
        let restored = crate::restore(&crate::snapshot(&rules)).map_err(|error| TestCaseError::fail(error.to_string()))?;
        prop_assert_eq!(restored.program(), rules.program());
        prop_assert_eq!(
            restored.decide(&posts, &context, &mut Memory::default()),
            rules.decide(&posts, &context, &mut Memory::default())
        );
    }
}
