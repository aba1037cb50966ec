//! What holds of every rule file, sound or not.

use diffract_core::program::*;
use diffract_core::{PackSource, Severity, check, compile, format, print, reference};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select, subsequence};
use serde::Deserialize;
use std::path::Path;
use std::sync::LazyLock;

/// The program without what a change of layout may change.
fn meaning(source: &str) -> Program {
    let mut program =
        compile(&[PackSource { id: "p".into(), source: source.to_owned(), ..Default::default() }]).program;
    for rule in &mut program.rules {
        rule.line = 0;
        rule.source.clear();
    }
    program
}

/// Nothing panics, places are places, and the formatter keeps its word.
fn check_any(source: &str) -> Result<(), TestCaseError> {
    let pack = [PackSource { id: "p".into(), source: source.to_owned(), ..Default::default() }];
    let compiled = check(&pack);
    prop_assert_eq!(&compiled.program, &compile(&pack).program, "advice changes nothing");
    for d in &compiled.diagnostics[0].diagnostics {
        prop_assert!(source.get(d.span.clone()).is_some(), "the span {:?} of {} is not one", d.span, d.code);
        prop_assert!(d.line >= 1 && d.column >= 1);
        prop_assert!(d.render(source, "p").contains(d.code));
        if let Some(suggestion) = &d.suggestion {
            prop_assert!(source.get(suggestion.span.clone()).is_some());
        }
    }
    let once = format(source);
    prop_assert_eq!(&format(&once), &once, "formatting twice is formatting once");
    prop_assert_eq!(meaning(&once), meaning(source), "formatting changes no meaning: {:?}", once);
    Ok(())
}

#[derive(Deserialize)]
struct Cases {
    case: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    source: String,
}

/// Every source among the cases.
static SOURCES: LazyLock<Vec<String>> = LazyLock::new(|| {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/rules/language");
    let mut out = Vec::new();
    for entry in std::fs::read_dir(folder).expect("the cases are in tests/rules/language") {
        let text =
            std::fs::read_to_string(entry.expect("a readable folder").path()).expect("a readable file");
        let cases: Cases = toml::from_str(&text).expect("the cases are sound");
        out.extend(cases.case.into_iter().map(|c| c.source));
    }
    out
});

/// Words and signs of the language, and things that upset parsers.
const PIECES: &[&str] = &[
    "hide",
    "collapse",
    "blur",
    "label",
    "boost",
    "limit",
    "order",
    "by",
    "replace",
    "with",
    "keep",
    "if",
    "not",
    "and",
    "or",
    "(",
    ")",
    "text",
    "author",
    "likes",
    "age",
    "kind",
    "media",
    "lang",
    "links",
    "to",
    "promoted",
    "clickbait",
    "is",
    "in",
    "has",
    "any",
    "all",
    "word",
    "known",
    "unknown",
    "over",
    "at",
    "least",
    "starts",
    "matches",
    "<",
    "<=",
    ">",
    "=",
    "!=",
    "≤",
    "\"a\"",
    "\"\"",
    "\"",
    "[",
    "]",
    "{",
    "+",
    ";",
    "!",
    "==",
    "~",
    "-2",
    "between",
    "contains",
    "does",
    "unless",
    "posts",
    "from",
    "none",
    "of",
    "//",
    "“x”",
    "'y'",
    "„z“",
    "/a/i",
    "/",
    "@a",
    "@",
    ",",
    ":",
    "%",
    "60%",
    "10k",
    "3",
    "days",
    "22:00-07:00",
    "-",
    "–",
    "9",
    "mon-fri",
    "on",
    "x.com",
    "home",
    "everywhere",
    "let",
    "list",
    "pack",
    "because",
    "while",
    "unsure",
    "for",
    "2 s",
    "#",
    " ",
    " ",
    "\n",
    "\n",
    "\r\n",
    "\r",
    "\t",
    "\u{feff}",
    "\u{200b}",
    "\u{202e}",
    "\0",
    "é",
    "İ",
    "K",
    "\\",
    "\u{a0}",
    "日本",
    "like",
    "about",
    "per",
    "day",
    "then",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 2 * ProptestConfig::default().cases, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_read(source in any::<String>()) {
        check_any(&source)?;
    }

    #[test]
    fn any_soup_of_words_is_read(pieces in vec((select(PIECES), any::<bool>()), 0..60)) {
        let source: String = pieces.iter().map(|(p, blank)| if *blank { format!("{p} ") } else { (*p).to_owned() }).collect();
        check_any(&source)?;
    }

    #[test]
    fn any_change_of_a_sound_file_is_read(
        which in any::<Index>(),
        changes in vec((any::<Index>(), 0..4usize, select(PIECES)), 1..6),
    ) {
        let mut chars: Vec<char> = which.get(&SOURCES).chars().collect();
        for (at, remove, insert) in changes {
            let at = at.index(chars.len() + 1);
            let end = (at + remove).min(chars.len());
            chars.splice(at..end, insert.chars());
        }
        let source: String = chars.into_iter().collect();
        check_any(&source)?;
    }

    #[test]
    fn layout_means_nothing_and_comments_stay(
        program in program(),
        changes in vec((any::<Index>(), relaid()), 1..12),
    ) {
        let printed = print::pack(&program, 0);
        let (source, comments) = relay(&printed, &changes);
        prop_assert_eq!(meaning(&source), meaning(&printed), "{}", source);
        check_any(&source)?;
        let formatted = format(&source);
        for comment in comments {
            prop_assert!(formatted.contains(&comment), "{} is gone from\n{}", comment, formatted);
        }
    }

    #[test]
    fn a_printed_program_is_read_back(program in program()) {
        let printed = print::pack(&program, 0);
        let compiled = compile(&[PackSource { id: "p".into(), source: printed.clone(), ..Default::default() }]);
        for d in &compiled.diagnostics[0].diagnostics {
            prop_assert!(d.severity != Severity::Error, "{}", d.render(&printed, "printed"));
        }
        prop_assert_eq!(meaning(&printed), program, "{}", printed);
        check_any(&printed)?;
    }
}

/// What a person may do to the layout of a file without changing what it says.
#[derive(Debug, Clone)]
enum Relaid {
    /// A comment behind the line, or on a line of its own.
    Comment(String),
    Blank,
    Indent,
    Capitals,
    Carriage,
}

fn relaid() -> impl Strategy<Value = Relaid> {
    prop_oneof![
        3 => "[ -~é日]{0,12}".prop_map(Relaid::Comment),
        1 => Just(Relaid::Blank),
        1 => Just(Relaid::Indent),
        1 => Just(Relaid::Capitals),
        1 => Just(Relaid::Carriage),
    ]
}

/// The printed program with its layout changed; and the comments that were put in.
fn relay(printed: &str, changes: &[(Index, Relaid)]) -> (String, Vec<String>) {
    let mut lines: Vec<String> = printed.lines().map(str::to_owned).collect();
    let mut comments = Vec::new();
    for (number, (at, change)) in changes.iter().enumerate() {
        let at = at.index(lines.len());
        match change {
            Relaid::Comment(text) => {
                let comment = format!("# {number} {text}").trim_end().to_owned();
                match lines[at].contains('#') || number % 2 == 0 {
                    true => lines.insert(at, comment.clone()),
                    false => lines[at].push_str(&format!(" {comment}")),
                }
                comments.push(comment);
            }
            Relaid::Blank => lines.insert(at, " \t".to_owned()),
            Relaid::Indent => lines[at].insert_str(0, "\t  "),
            Relaid::Capitals => {
                let word = lines[at].find(' ').unwrap_or(lines[at].len());
                let upper = lines[at][..word].to_uppercase();
                // Not of a text, an expression or a comment.
                if upper.is_ascii() && !upper.contains(['"', '/', '#']) {
                    lines[at].replace_range(..word, &upper);
                }
            }
            Relaid::Carriage => lines[at].push('\r'),
        }
    }
    (lines.join("\n"), comments)
}

/// Text that a line can hold.
fn words() -> impl Strategy<Value = String> {
    prop_oneof!["[ -~]{1,12}", "[a-zé日\"\\\\\n“”'@#\t]{1,8}", any::<String>()]
        .prop_map(|s| s.replace('\r', ""))
        .prop_filter("something to look for", |s| {
            let folded = diffract_core::matching::fold(s);
            !s.trim().is_empty() && !folded.is_empty() && !matches!(s.trim(), "#" | "@")
        })
}

const LISTS: [&str; 3] = ["friends", "b-2", "été_3"];

fn needles() -> impl Strategy<Value = Needles> {
    prop_oneof![3 => vec(words(), 1..4).prop_map(Needles::These), 1 => (0..3u32).prop_map(Needles::List)]
}

fn comparison() -> impl Strategy<Value = Comparison> {
    select(vec![
        Comparison::Less,
        Comparison::AtMost,
        Comparison::More,
        Comparison::AtLeast,
        Comparison::Equal,
        Comparison::NotEqual,
    ])
}

fn number() -> impl Strategy<Value = f64> {
    prop_oneof![(0..1_000_000u32).prop_map(f64::from), 0.0..1e12f64]
}

fn share() -> impl Strategy<Value = f64> {
    prop_oneof![(0..=100u32).prop_map(|p| f64::from(p) / 100.0), 0.0..=1.0f64]
}

fn quantifier() -> impl Strategy<Value = Quantifier> {
    select(vec![Quantifier::Any, Quantifier::All])
}

fn question() -> impl Strategy<Value = Question> {
    prop_oneof![
        select(reference::KNOWN_MODELS).prop_map(|m| Question::Named(m.to_owned())),
        words().prop_map(Question::About),
        select(&LISTS[..]).prop_map(|l| Question::Like(l.to_owned())),
    ]
}

fn field() -> impl Strategy<Value = AnyField> {
    let fields: Vec<AnyField> = reference::fields().into_iter().map(|f| f.field).collect();
    prop_oneof![4 => select(fields), 1 => question().prop_map(AnyField::Model)]
}

fn some_of<T: Clone + std::fmt::Debug + 'static>(all: Vec<T>) -> impl Strategy<Value = Vec<T>> {
    let most = all.len().min(4);
    subsequence(all, 1..=most).prop_shuffle()
}

fn hosts() -> impl Strategy<Value = Vec<String>> {
    proptest::collection::btree_set("[a-z0-9][a-z0-9-]{0,5}[a-z0-9]\\.(com|co\\.uk|org)", 1..4)
        .prop_map(|set| set.into_iter().collect())
}

fn test() -> impl Strategy<Value = Test> {
    let text = || select(TextField::ALL);
    let patterns =
        vec![r"\bfoo\b", r"(?i)bar|baz", r"(?imsx)a b", r"https?:\/\/", r"[a-z]?\\\/x", r"\p{L}{2,5}日"];
    prop_oneof![
        select(FlagField::ALL).prop_map(Test::Flag),
        field().prop_map(|field| Test::Known(Box::new(field))),
        (select(NumberField::ALL), comparison(), number())
            .prop_map(|(field, comparison, value)| Test::Number { field, comparison, value }),
        (text(), quantifier(), any::<bool>(), needles()).prop_map(|(field, quantifier, words, needles)| {
            Test::TextHas { field, quantifier, words, needles }
        }),
        (text(), select(vec![Edge::Start, Edge::End]), needles())
            .prop_map(|(field, edge, needles)| Test::TextEdge { field, edge, needles }),
        (text(), prop_oneof![needles(), Just(Needles::These(vec![String::new()]))])
            .prop_map(|(field, needles)| Test::TextIs { field, needles }),
        (text(), select(patterns)).prop_map(|(field, p)| Test::Matches { field, pattern: p.to_owned() }),
        (select(SetField::ALL), quantifier(), needles())
            .prop_map(|(field, quantifier, needles)| Test::SetHas { field, quantifier, needles }),
        (quantifier(), some_of(reference::MEDIA.iter().map(|m| m.0).collect()))
            .prop_map(|(quantifier, media)| Test::MediaHas { quantifier, media }),
        some_of(reference::KINDS.iter().map(|k| k.0).collect()).prop_map(Test::KindIs),
        some_of(reference::SURFACES.iter().map(|s| s.0).collect()).prop_map(Test::SurfaceIs),
        some_of(vec!["en", "de", "pt", "gsw"])
            .prop_map(|l| Test::LangIs(l.into_iter().map(str::to_owned).collect())),
        hosts().prop_map(Test::LinksTo),
        (question(), comparison(), share()).prop_map(|(question, comparison, share)| Test::Model {
            question: Box::new(question),
            comparison,
            share
        }),
        (question(), select(reference::STRICTNESS.iter().map(|s| s.0).collect::<Vec<_>>()))
            .prop_map(|(question, strictness)| Test::Flagged { question: Box::new(question), strictness }),
        select(reference::KNOWN_MODELS).prop_map(|model| Test::Flagged {
            question: Box::new(Question::Named(model.to_owned())),
            strictness: Strictness::Chosen
        }),
    ]
}

fn condition() -> impl Strategy<Value = Condition> {
    test().prop_map(Condition::Test).prop_recursive(5, 24, 4, |inner| {
        prop_oneof![
            inner.clone().prop_map(|c| match c {
                Condition::Not(inner) => *inner,
                c => Condition::Not(Box::new(c)),
            }),
            vec(inner.clone(), 2..4).prop_map(|all| {
                Condition::And(
                    all.into_iter()
                        .flat_map(|c| if let Condition::And(i) = c { i } else { vec![c] })
                        .collect(),
                )
            }),
            vec(inner, 2..4).prop_map(|all| {
                Condition::Or(
                    all.into_iter()
                        .flat_map(|c| if let Condition::Or(i) = c { i } else { vec![c] })
                        .collect(),
                )
            }),
        ]
    })
}

fn effect() -> impl Strategy<Value = Effect> {
    let period = select(vec![Period::Visit, Period::Hour, Period::Day]);
    prop_oneof![
        select(vec![
            Effect::Hide,
            Effect::Collapse,
            Effect::Blur(BlurTarget::Media),
            Effect::Blur(BlurTarget::All),
            Effect::Dim,
            Effect::Highlight,
            Effect::Keep,
        ]),
        words().prop_map(Effect::Label),
        words().prop_map(Effect::Replace),
        (-1e6..1e6f64).prop_map(Effect::Score),
        (0..1000u32, any::<bool>(), period, proptest::option::of(words())).prop_map(
            |(count, per_author, period, then)| Effect::Limit(Limit { count, per_author, period, then })
        ),
    ]
}

/// `order by` and the condition that it cannot have.
fn order() -> impl Strategy<Value = (Effect, Condition)> {
    let mut keys = vec![OrderKey::Newest, OrderKey::Score];
    keys.extend(NumberField::ALL.iter().map(|f| OrderKey::Field(*f)));
    (some_of(keys), any::<bool>()).prop_map(|(mut keys, original)| {
        if original {
            keys.push(OrderKey::Original);
        }
        (Effect::Order(keys), Condition::Always)
    })
}

fn schedule() -> impl Strategy<Value = Box<Schedule>> {
    let window = (0..1440u16, 0..1440u16).prop_filter("ends where it begins", |(from, to)| from != to);
    (vec(window, 0..3), any::<[bool; 7]>())
        .prop_filter("some day", |(_, days)| days.contains(&true))
        .prop_map(|(windows, days)| Box::new(Schedule { windows, days }))
}

fn unsure() -> impl Strategy<Value = Unsure> {
    let show = select(vec![WhileUnsure::Veil, WhileUnsure::Blur, WhileUnsure::Show]);
    prop_oneof![
        Just(Unsure::default()),
        (show, 0.001..=60.0f64).prop_map(|(show, deadline)| Unsure { show, deadline })
    ]
}

fn rule() -> impl Strategy<Value = Rule> {
    let conditional = (effect(), prop_oneof![4 => condition(), 1 => Just(Condition::Always)]);
    (
        prop_oneof![6 => conditional, 1 => order()],
        proptest::option::weighted(0.3, schedule()),
        proptest::option::weighted(0.3, words()),
        unsure(),
    )
        .prop_map(|((effect, condition), schedule, because, unsure)| Rule {
            pack: 0,
            line: 0,
            source: String::new(),
            scope: 0,
            schedule,
            effect,
            condition,
            because,
            unsure,
        })
}

fn scope() -> impl Strategy<Value = Scope> {
    let surfaces: Vec<_> = reference::SURFACES.iter().map(|s| s.0).collect();
    let site = move |hosts: Vec<String>| {
        let surfaces = surfaces.clone();
        hosts
            .into_iter()
            .map(|host| {
                (Just(host), subsequence(surfaces.clone(), 0..3))
                    .prop_map(|(host, surfaces)| Site { host, surfaces })
            })
            .collect::<Vec<_>>()
    };
    prop_oneof![
        1 => Just(Scope::default()),
        3 => hosts().prop_flat_map(site).prop_map(|sites| Scope { sites }),
    ]
}

fn program() -> impl Strategy<Value = Program> {
    let lists = vec(vec(words(), 1..4), 3..=3);
    let groups = vec((scope(), vec(rule(), 1..4)), 0..4);
    ("[A-Za-z\"\\\\é]{1,10}", lists, groups).prop_map(|(title, lists, groups)| {
        let mut program = Program {
            packs: vec![Pack { id: "p".into(), title, trust: Trust::Full }],
            lists: LISTS
                .iter()
                .zip(lists)
                .map(|(name, items)| List { name: (*name).to_owned(), items })
                .collect(),
            ..Program::default()
        };
        for (scope, rules) in groups {
            let id = program.scopes.iter().position(|s| *s == scope).unwrap_or_else(|| {
                program.scopes.push(scope);
                program.scopes.len() - 1
            });
            program.rules.extend(rules.into_iter().map(|rule| Rule { scope: id as ScopeId, ..rule }));
        }
        program
    })
}
