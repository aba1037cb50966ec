//! Posts and rules from a fixed seed.

use diffract_core::post::{Kind, Medium, Post, Surface};
use diffract_core::program::*;

/// The time of the posts' context.
pub const NOW: f64 = 1_700_000_000.0;
/// Words that posts are written in; a few are common and most are rare.
const WORDS: u64 = 60_000;
/// Words that rules look for: among them all that posts are written in. A hundred thousand rules of which many spoke of
/// every post would hide everything: what long lists name is rare.
const NAMED_WORDS: u64 = 2_000_000;
const AUTHORS: u64 = 1_000_000;

/// SplitMix64.
pub struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn below(&mut self, n: u64) -> u64 {
        self.next() % n
    }

    fn share(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// A rank below `n`, as words are used: the second half as often as the second.
    fn rank(&mut self, n: u64) -> u64 {
        ((n as f64).powf(self.share()) as u64).min(n) - 1
    }
}

/// The word of a rank: common ones are short.
fn word(rank: u64) -> String {
    const ONSETS: [&str; 24] = [
        "b", "c", "d", "f", "g", "h", "k", "l", "m", "n", "p", "r", "s", "t", "v", "w", "br", "cl", "st",
        "tr", "sh", "ch", "pl", "gr",
    ];
    const RHYMES: [&str; 22] = [
        "a", "e", "i", "o", "u", "an", "er", "in", "on", "ar", "ent", "ing", "al", "or", "is", "ea", "ou",
        "ay", "el", "um", "ack", "ine",
    ];
    // Spread, so that neighbours in rank have nothing in common.
    let mut rest = rank.wrapping_mul(2_654_435_761) % (1 << 32);
    let mut out = String::new();
    for _ in 0..if rank < 300 {
        1
    } else if rank < 6_000 {
        2
    } else {
        3
    } + rest % 2
    {
        out.push_str(ONSETS[(rest % 24) as usize]);
        rest /= 24;
        out.push_str(RHYMES[(rest % 22) as usize]);
        rest = rest / 22 + rank;
    }
    out
}

fn handle(rank: u64) -> String {
    format!("{}_{}", word(rank), rank % 97)
}

/// Posts as a feed has them: mostly short, some with accents, signs and links.
pub fn posts(count: usize) -> Vec<Post> {
    let mut random = Random(1);
    (0..count)
        .map(|index| {
            let mut text = String::new();
            for _ in 0..5 + random.below(50) {
                let mut word = word(random.rank(WORDS));
                match random.below(24) {
                    0 => word = word.to_uppercase(),
                    1 => word.insert(0, '#'),
                    2 => word.push('!'),
                    3 => word.push_str(", ünd"),
                    4 if index % 4 == 0 => word.push_str(" 🎉"),
                    5 => word = format!("{}x", random.below(2000)),
                    _ => {}
                }
                text.push_str(&word);
                text.push(' ');
            }
            let flag = |random: &mut Random, share| Some(random.share() < share);
            Post {
                id: index.to_string(),
                platform: Some("x".into()),
                host: Some("x.com".into()),
                kind: Some(if random.below(10) == 0 { Kind::Video } else { Kind::Post }),
                surface: Some(Surface::Home),
                lang: Some("en".into()),
                text: Some(text),
                author: Some(handle(random.rank(AUTHORS))),
                name: Some(format!("{} {}", word(random.rank(WORDS)), word(random.rank(WORDS)))),
                card_title: (index % 5 == 0).then(|| word(random.rank(WORDS))),
                promoted: flag(&mut random, 0.08),
                repost: flag(&mut random, 0.2),
                reply: flag(&mut random, 0.1),
                followed: (index % 3 != 0).then(|| random.share() < 0.4),
                verified: flag(&mut random, 0.2),
                likes: Some(random.rank(100_000) as f64),
                views: (index % 2 == 0).then(|| random.rank(1_000_000) as f64),
                time: Some(NOW - random.rank(400_000) as f64),
                links: Some(if index % 6 == 0 {
                    vec![format!("https://www.{}.com/a", word(random.rank(WORDS)))]
                } else {
                    vec![]
                }),
                hashtags: Some(vec![word(random.rank(WORDS))]),
                media: Some(if index % 3 == 0 { vec![Medium::Image] } else { vec![] }),
                ..Post::default()
            }
        })
        .collect()
}

fn has(field: TextField, words: bool, needles: Vec<String>) -> Condition {
    Condition::Test(Test::TextHas {
        field,
        quantifier: Quantifier::Any,
        words,
        needles: Needles::These(needles),
    })
}

fn by(needles: Needles) -> Condition {
    Condition::Test(Test::TextIs { field: TextField::Author, needles })
}

fn number(field: NumberField, comparison: Comparison, value: f64) -> Condition {
    Condition::Test(Test::Number { field, comparison, value })
}

/// So many mixed rules.
pub fn program(count: usize) -> Program {
    let mut random = Random(2);
    let rare = |random: &mut Random| word(random.below(NAMED_WORDS));
    // A list of names for every thousand rules, of a hundred names each.
    let lists: Vec<List> = (0..count.div_ceil(1000))
        .map(|index| List {
            name: format!("list{index}"),
            items: (0..100).map(|_| handle(random.below(AUTHORS))).collect(),
        })
        .collect();
    let site = |host: &str| Scope { sites: vec![Site { host: host.into(), surfaces: vec![] }] };
    let scopes = vec![Scope::default(), site("x.com"), site("reddit.com"), site("youtube.com")];
    let effects =
        [Effect::Hide, Effect::Collapse, Effect::Dim, Effect::Label("rule".into()), Effect::Score(-1.0)];
    let rules = (0..count)
        .map(|index| {
            let r = &mut random;
            let condition = match index % 100 {
                0..20 => has(TextField::Text, false, vec![format!("{} {}", rare(r), rare(r))]),
                20..40 => has(TextField::Text, index % 2 == 0, vec![rare(r)]),
                40..45 => has(
                    TextField::Text,
                    false,
                    (0..3).map(|_| format!("{} {}", rare(r), word(r.rank(WORDS)))).collect(),
                ),
                45..55 => has([TextField::Name, TextField::CardTitle][index % 2], false, vec![rare(r)]),
                55..70 => {
                    let pattern = match index % 5 {
                        0 => format!(r"(?i)\b{}\s+{}\b", rare(r), rare(r)),
                        1 => format!(r"\b({}|{})\d*\b", rare(r), rare(r)),
                        2 => format!("(?i){}.{{0,20}}{}", rare(r), rare(r)),
                        3 => format!("{}s?!+", rare(r)),
                        // Nothing in these could be looked for, and they speak of many posts: nobody has many of them.
                        _ if index < 1000 && index % 100 < 60 => {
                            [r"[A-Z]{9,}", r"\d{4,}x", r"^\W+$", r"(!\s*){4,}"][index / 100 % 4].into()
                        }
                        _ => format!("(?i)({})+", rare(r)),
                    };
                    Condition::Test(Test::Matches { field: TextField::Text, pattern })
                }
                70..85 => by(Needles::These(vec![handle(r.below(AUTHORS))])),
                85..90 => Condition::And(vec![
                    Condition::Test(Test::Flag(FlagField::Repost)),
                    Condition::Test(Test::TextIs {
                        field: TextField::RepostedBy,
                        needles: Needles::List(index as u32 / 1000),
                    }),
                ]),
                90..93 => Condition::And(vec![
                    by(Needles::These((0..3).map(|_| handle(r.below(AUTHORS))).collect())),
                    number(NumberField::Likes, Comparison::Less, r.below(1000) as f64),
                ]),
                93..96 => Condition::And(vec![
                    has(TextField::Text, false, vec![rare(r), rare(r)]),
                    Condition::Not(Box::new(by(Needles::List(index as u32 / 1000)))),
                    Condition::Or(vec![
                        number(NumberField::Age, Comparison::More, 86_400.0),
                        Condition::Not(Box::new(Condition::Test(Test::Flag(FlagField::Followed)))),
                    ]),
                ]),
                96..98 => Condition::Test(Test::LinksTo(vec![format!("{}.com", rare(r))])),
                98 => Condition::Test(Test::SetHas {
                    field: SetField::Hashtags,
                    quantifier: Quantifier::Any,
                    needles: Needles::These(vec![rare(r)]),
                }),
                // Fields alone: each such rule speaks of many posts, so nobody has many of them.
                _ if index < 1000 => {
                    number(NumberField::Views, Comparison::Less, 10.0 * index as f64 / 100.0)
                }
                _ => Condition::And(vec![
                    Condition::Test(Test::KindIs(vec![Kind::Video])),
                    has(TextField::Name, false, vec![rare(r)]),
                ]),
            };
            Rule {
                pack: 0,
                line: index as u32 + 1,
                source: format!("hide if rule {index} of the bench speaks of this post"),
                scope: if index % 10 == 0 { 1 + (index / 10 % 3) as u32 } else { 0 },
                schedule: None,
                effect: effects[index % effects.len()].clone(),
                condition,
                because: None,
                unsure: Unsure::default(),
            }
        })
        .collect();
    Program {
        packs: vec![Pack { id: "bench".into(), title: "Bench".into(), trust: Trust::Full }],
        lists,
        scopes,
        rules,
    }
}

/// What the rules look for in the text, as expressions: for the peer.
pub fn text_patterns(program: &Program) -> Vec<String> {
    let mut out = Vec::new();
    for rule in &program.rules {
        match &rule.condition {
            Condition::Test(Test::TextHas {
                field: TextField::Text,
                words,
                needles: Needles::These(needles),
                ..
            }) => {
                let any: Vec<String> = needles.iter().map(|needle| regex_syntax::escape(needle)).collect();
                let any = any.join("|");
                out.push(if *words { format!(r"(?i)\b(?:{any})\b") } else { format!("(?i){any}") });
            }
            Condition::Test(Test::Matches { field: TextField::Text, pattern }) => out.push(pattern.clone()),
            _ => {}
        }
    }
    out
}
