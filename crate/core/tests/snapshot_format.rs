//! Snapshots outlive the version that wrote them: what their bytes mean may only change together with the format's
//! number, or an older snapshot would be read as other rules.

use diffract_core::post::{Kind, Medium, Surface};
use diffract_core::program::*;
use diffract_core::snapshot::SNAPSHOT_FORMAT;
use diffract_core::{RuleSet, restore, snapshot};

/// The format, and the hash of what it makes of [`program`].
const GOLDEN: (u32, u64) = (7, 0x75fa_5433_5d4e_6149);

/// One of everything that a program can hold, the last of every enum among it: whatever is added, taken out or moved
/// shows in the bytes.
fn program() -> Program {
    let text = |items: &[&str]| Needles::These(items.iter().map(|item| (*item).to_owned()).collect());
    let matches = |pattern: &str| Test::Matches { field: TextField::Text, pattern: pattern.to_owned() };
    let number = |field, comparison| Test::Number { field, comparison, value: 1.5 };
    let model =
        |question| Test::Model { question: Box::new(question), comparison: Comparison::More, share: 0.8 };
    let mut tests = vec![
        Test::TextHas {
            field: TextField::Text,
            quantifier: Quantifier::All,
            words: true,
            needles: text(&["One", "two"]),
        },
        Test::TextEdge { field: TextField::Title, edge: Edge::End, needles: Needles::List(0) },
        Test::TextIs { field: TextField::Author, needles: text(&["@alice"]) },
        matches(r"\b(1000x|presale)\b"),
        matches(r"(?i)v\W*p\W*n"),
        matches("[A-Z]{9,}"),
        matches(r"\w+"),
        Test::MediaHas { quantifier: Quantifier::Any, media: vec![Medium::Image, Medium::Card] },
        Test::KindIs(vec![Kind::Post, Kind::Ad]),
        Test::SurfaceIs(vec![Surface::Home, Surface::Related]),
        Test::LangIs(vec!["en".to_owned()]),
        Test::LinksTo(vec!["example.com".to_owned()]),
        model(Question::Named("clickbait".to_owned())),
        model(Question::About("crypto".to_owned())),
        model(Question::Like("examples".to_owned())),
    ];
    tests.extend(FlagField::ALL.iter().map(|field| Test::Flag(*field)));
    tests.extend(TextField::ALL.iter().map(|field| Test::Known(Box::new(AnyField::Text(*field)))));
    tests.extend(NumberField::ALL.iter().map(|field| number(*field, Comparison::Less)));
    tests.extend(SetField::ALL.iter().map(|field| Test::SetHas {
        field: *field,
        quantifier: Quantifier::Any,
        needles: text(&["x"]),
    }));
    let comparisons =
        [Comparison::AtMost, Comparison::More, Comparison::AtLeast, Comparison::Equal, Comparison::NotEqual];
    tests.extend(comparisons.map(|comparison| number(NumberField::Likes, comparison)));
    let known = [AnyField::Media, AnyField::Kind, AnyField::Surface, AnyField::Lang];
    tests.extend(known.map(|field| Test::Known(Box::new(field))));
    tests.push(Test::Known(Box::new(AnyField::Model(Question::Named("toxic".to_owned())))));
    let all = [Strictness::Certain, Strictness::Likely, Strictness::Possible, Strictness::Chosen];
    tests.extend(all.map(|strictness| Test::Flagged {
        question: Box::new(Question::Named("spam".to_owned())),
        strictness,
    }));
    let limit =
        |period| Effect::Limit(Limit { count: 3, per_author: true, period, then: Some("Enough.".into()) });
    let orders = vec![
        OrderKey::Newest,
        OrderKey::Oldest,
        OrderKey::Score,
        OrderKey::Field(NumberField::Likes),
        OrderKey::Original,
    ];
    let effects = vec![
        Effect::Hide,
        Effect::Collapse,
        Effect::Blur(BlurTarget::Media),
        Effect::Blur(BlurTarget::All),
        Effect::Dim,
        Effect::Label("label".into()),
        Effect::Highlight,
        Effect::Score(-1.0),
        Effect::Keep,
        limit(Period::Visit),
        limit(Period::Hour),
        limit(Period::Day),
        Effect::Order(orders),
        Effect::Replace("note".into()),
    ];
    let shows = [WhileUnsure::Veil, WhileUnsure::Blur, WhileUnsure::Show];
    let condition = |index: usize, test: Test| {
        let leaf = Condition::Test(test);
        match index % 4 {
            0 => leaf,
            1 => Condition::Not(Box::new(leaf)),
            2 => Condition::And(vec![leaf, Condition::Always]),
            _ => Condition::Or(vec![leaf, Condition::Test(Test::Flag(FlagField::Reply))]),
        }
    };
    let schedule =
        Schedule { windows: vec![(22 * 60, 7 * 60)], days: [true, false, true, false, true, false, true] };
    let rules = tests
        .into_iter()
        .enumerate()
        .map(|(index, test)| Rule {
            pack: index as u32 % 2,
            line: index as u32 + 1,
            source: format!("rule {index}"),
            scope: index as u32 % 2,
            schedule: (index % 3 == 0).then(|| Box::new(schedule.clone())),
            effect: effects[index % effects.len()].clone(),
            condition: condition(index, test),
            because: (index % 2 == 0).then(|| "because".to_owned()),
            unsure: Unsure { show: shows[index % 3], deadline: 2.5 },
        })
        .collect();
    let pack = |id: &str, trust| Pack { id: id.to_owned(), title: id.to_uppercase(), trust };
    let site = Site { host: "example.com".into(), surfaces: vec![Surface::Home] };
    Program {
        packs: vec![pack("mine", Trust::Full), pack("theirs", Trust::Limited)],
        lists: vec![List { name: "list".into(), items: vec!["a".into(), "b".into()] }],
        scopes: vec![Scope::default(), Scope { sites: vec![site] }],
        rules,
    }
}

/// FNV-1a.
fn hash(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

#[test]
fn the_bytes_of_a_snapshot_change_only_with_its_format() {
    let rules = RuleSet::new(program());
    let bytes = snapshot(&rules);
    let now = (SNAPSHOT_FORMAT, hash(&bytes));
    assert_eq!(restore(&bytes).expect("our own snapshot").program(), rules.program());
    assert!(
        now.1 == GOLDEN.1 || now.0 != GOLDEN.0,
        "a snapshot of the same rules has other bytes than before, so that stored ones would be misread or keep what \
         an older version found out: raise SNAPSHOT_FORMAT in src/snapshot.rs by one, and run this again"
    );
    assert_eq!(now, GOLDEN, "the format was raised: let GOLDEN be ({}, 0x{:016x})", now.0, now.1);
}
