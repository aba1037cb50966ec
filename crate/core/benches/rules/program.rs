//! The rules.

use super::words::{ACCOUNTS, DOMAINS, NAMES, PHRASES, Random, WORDS, domain, handle, name, phrase, word};
use super::{FIELDS_ALONE, LIST, OWN, PACK, RARE, TELLING};
use diffract_core::post::Kind;
use diffract_core::print;
use diffract_core::program::*;
use std::collections::HashSet;

/// Draws what rules look for, nothing twice.
struct Draw {
    random: Random,
    taken: HashSet<String>,
    /// What is drawn now is of an imported list.
    imported: bool,
}

impl Draw {
    /// Another until it is new; where hardly any are left, one with a number.
    fn fresh(&mut self, mut next: impl FnMut(&mut Random) -> String) -> String {
        for _ in 0..40 {
            let text = next(&mut self.random);
            // What is short stands in ordinary words by chance.
            let telling = !self.imported || text.len() >= TELLING;
            if telling && self.taken.insert(text.clone()) {
                return text;
            }
        }
        format!("{}{}", next(&mut self.random), self.random.below(1 << 40))
    }

    /// A single word: one in ten is of the ordinary language.
    fn term(&mut self) -> String {
        if !self.imported && self.random.happens(10.0) {
            self.fresh(|random| word(random.rank(2_000, WORDS)))
        } else {
            self.name()
        }
    }

    /// The first rank that is drawn.
    const fn from(&self, own: u64) -> u64 {
        if self.imported { RARE } else { own }
    }

    fn name(&mut self) -> String {
        let from = self.from(50);
        self.fresh(|random| name(random.rank(from, NAMES)))
    }

    fn phrase(&mut self) -> String {
        if self.imported {
            let name = self.name();
            return format!("{name} {}", phrase(self.random.rank(1, PHRASES)));
        }
        self.fresh(|random| phrase(random.rank(1, PHRASES)))
    }

    fn handle(&mut self) -> String {
        let from = self.from(100);
        self.fresh(|random| handle(random.rank(from, ACCOUNTS * 10)))
    }

    fn domain(&mut self) -> String {
        let from = self.from(100);
        self.fresh(|random| domain(random.rank(from, DOMAINS * 10)))
    }

    fn hashtag(&mut self) -> String {
        let from = if self.imported { WORDS } else { 2_000 };
        self.fresh(|random| word(random.rank(from, WORDS * 10)))
    }

    fn pattern(&mut self) -> String {
        match self.random.below(100) {
            0 => {
                let more = if self.imported { 12 } else { 0 };
                self.fresh(|random| structure(random, more))
            }
            1 => {
                let (from, letters) = (self.from(50), if self.imported { TELLING } else { 6 });
                self.fresh(|random| spelled_out(random, from, letters))
            }
            2..34 => self.domain().replace('.', r"\."),
            34..50 => format!(r"(?i){}\W?{}", self.name(), word(self.random.rank(1, 8_000))),
            50..60 => format!(
                r"{}\W?{}\W?{}",
                word(self.random.rank(1, 8_000)),
                self.name(),
                word(self.random.rank(1, 8_000))
            ),
            60..75 => format!(r"(?i)\b{}\d*(?:@mail\.com)?", self.name()),
            75..84 => {
                format!(r"(?i)\b({}|{})\W+{}\b", self.name(), self.name(), word(self.random.rank(1, 8_000)))
            }
            84..92 => {
                format!(r"{}s?.{{0,20}}({}|{})", word(self.random.rank(100, 8_000)), self.name(), self.name())
            }
            _ => self.fresh(|r| {
                format!(
                    r"(?:1\W*)?{}\W*{}\W*{}",
                    200 + r.below(800),
                    200 + r.below(800),
                    1000 + r.below(9000)
                )
            }),
        }
    }
}

/// An expression about how a text is written, not about what it says; it needs so many characters more than a reader's own.
fn structure(random: &mut Random, more: u64) -> String {
    let n = more + random.below(12);
    match random.below(14) {
        0 => format!("[A-Z]{{{},}}", 9 + n),
        1 => format!("[A-Z]{{4,}}([ ,!]+[A-Z]{{3,}}){{{},}}", 2 + n),
        2 => format!(r"(#\S+\s*){{{},}}", 7 + n),
        3 => format!(r"(@\S+\s*){{{},}}", 4 + n),
        4 => format!(r"(!\s*){{{},}}", 4 + n),
        5 => format!("[!?]{{{},}}", 4 + n),
        6 => format!(r"\d{{{},}}", 8 + n),
        7 => format!(r"\n{{{},}}", 3 + n),
        8 => format!(r"\p{{Cyrillic}}{{{},}}", 16 + n),
        9 => format!(r"\p{{Han}}{{{},}}", 16 + n),
        10 => format!(r"[\x{{1F300}}-\x{{1FAFF}}]{{{},}}", 3 + n),
        11 => format!(r"[$€£]\d{{{},}}", 4 + n),
        12 => format!(r"\d{{3}}[ -]?\d{{3}}[ -]?\d{{{},}}", 4 + n),
        _ => format!(r"^\W{{{},}}$", n),
    }
}

/// A word with anything between its letters, or with some in disguise.
fn spelled_out(random: &mut Random, from: u64, letters: usize) -> String {
    let name = name(random.rank(from, NAMES));
    let letters: Vec<char> = name.chars().take(letters).collect();
    if random.below(2) == 0 {
        let letters: Vec<String> = letters.iter().map(char::to_string).collect();
        return format!("(?i){}", letters.join(r"\W*"));
    }
    let disguised = |c: &char| match c {
        'a' => "[a@4]+".to_owned(),
        'e' => "[e3]+".to_owned(),
        'i' => "[i1!|]+".to_owned(),
        'o' => "[o0]+".to_owned(),
        's' => "[s5$]+".to_owned(),
        'u' => "[uüv]+".to_owned(),
        other => format!("{other}+"),
    };
    format!("(?i){}", letters.iter().map(disguised).collect::<String>())
}

fn has(field: TextField, words: bool, needles: Vec<String>) -> Condition {
    let needles = Needles::These(needles);
    Condition::Test(Test::TextHas { field, quantifier: Quantifier::Any, words, needles })
}

fn by(needles: Needles) -> Condition {
    Condition::Test(Test::TextIs { field: TextField::Author, needles })
}

fn number(field: NumberField, comparison: Comparison, value: f64) -> Condition {
    Condition::Test(Test::Number { field, comparison, value })
}

fn flag(field: FlagField) -> Condition {
    Condition::Test(Test::Flag(field))
}

fn not(condition: Condition) -> Condition {
    Condition::Not(Box::new(condition))
}

/// What our own packs and the questions of the interface's first page ask of fields alone.
fn fields_alone(index: usize) -> Condition {
    let kind = |kind| Condition::Test(Test::KindIs(vec![kind]));
    match index {
        0 => flag(FlagField::Promoted),
        1 => flag(FlagField::Suggested),
        2 => kind(Kind::Short),
        3 => kind(Kind::Ad),
        4 => flag(FlagField::Sensitive),
        5 => number(NumberField::Views, Comparison::Less, 50.0),
        6 => number(NumberField::Age, Comparison::More, 4.0 * 86_400.0),
        7 => number(NumberField::Duration, Comparison::More, 7200.0),
        8 => Condition::And(vec![flag(FlagField::Repost), not(flag(FlagField::Followed))]),
        9 => Condition::And(vec![flag(FlagField::Reply), number(NumberField::Likes, Comparison::Less, 2.0)]),
        10 => number(NumberField::Length, Comparison::More, 2000.0),
        _ => Condition::And(vec![kind(Kind::Video), number(NumberField::Views, Comparison::Less, 500.0)]),
    }
}

/// So many mixed rules, all of one distribution.
pub fn program(count: usize) -> Program {
    drawn(count, usize::MAX)
}

/// So many mixed rules, those beyond the first [`OWN`] as imported lists have them: as much is spoken of at every size.
pub fn imported(count: usize) -> Program {
    drawn(count, OWN)
}

fn drawn(count: usize, own: usize) -> Program {
    let mut draw = Draw { random: Random(2), taken: HashSet::new(), imported: false };
    let mut lists: Vec<List> = Vec::new();
    let site = |host: &str| Scope { sites: vec![Site { host: host.into(), surfaces: vec![] }] };
    let scopes = vec![Scope::default(), site("x.com"), site("reddit.com"), site("youtube.com")];
    let effects =
        [Effect::Hide, Effect::Collapse, Effect::Dim, Effect::Label("rule".into()), Effect::Score(-1.0)];
    let rules = (0..count)
        .map(|index| {
            draw.imported = index >= own;
            if index % LIST == 0 {
                let items = (0..100).map(|_| draw.handle()).collect();
                lists.push(List { name: format!("list{}", index / LIST), items });
            }
            let list = || Needles::List((index / LIST) as u32);
            let several = |draw: &mut Draw| (0..3).map(|_| draw.phrase()).collect();
            let d = &mut draw;
            // Spread, so that neighbours differ: 37 and 100 have no divisor in common.
            let condition = match index * 37 % 100 {
                _ if index < FIELDS_ALONE => fields_alone(index),
                0..11 => has(TextField::Text, true, vec![d.term()]),
                11..22 => has(TextField::Text, false, vec![d.term()]),
                22..32 => has(TextField::Text, false, vec![d.phrase()]),
                32..40 => has(TextField::Text, false, several(d)),
                40..44 => has(TextField::Title, false, several(d)),
                44..46 => has(TextField::Title, true, vec![d.term()]),
                46..48 => has([TextField::Name, TextField::CardTitle][index % 2], false, vec![d.term()]),
                48..63 => Condition::Test(Test::Matches { field: TextField::Text, pattern: d.pattern() }),
                63..78 => by(Needles::These(vec![d.handle()])),
                78..83 => Condition::And(vec![
                    flag(FlagField::Repost),
                    Condition::Test(Test::TextIs { field: TextField::RepostedBy, needles: list() }),
                ]),
                83..88 => Condition::Test(Test::LinksTo(vec![d.domain(), d.domain()])),
                88..90 => Condition::Test(Test::SetHas {
                    field: SetField::Hashtags,
                    quantifier: Quantifier::Any,
                    needles: Needles::These(vec![d.hashtag()]),
                }),
                90..93 => Condition::And(vec![
                    by(Needles::These((0..3).map(|_| d.handle()).collect())),
                    number(NumberField::Likes, Comparison::Less, d.random.below(1000) as f64),
                ]),
                93..96 => Condition::And(vec![
                    has(TextField::Text, false, vec![d.term(), d.phrase()]),
                    not(by(list())),
                    Condition::Or(vec![
                        number(NumberField::Age, Comparison::More, 86_400.0),
                        not(flag(FlagField::Followed)),
                    ]),
                ]),
                96..98 => Condition::And(vec![
                    Condition::Test(Test::KindIs(vec![Kind::Video])),
                    has(TextField::Title, true, vec![d.term()]),
                ]),
                _ => Condition::And(vec![
                    has(TextField::Name, false, vec![d.name()]),
                    not(flag(FlagField::Verified)),
                ]),
            };
            Rule {
                pack: (index / PACK) as u32,
                line: (index % PACK) as u32 + 1,
                source: String::new(),
                scope: if index % 10 == 0 { 1 + (index / 10 % 3) as u32 } else { 0 },
                schedule: None,
                effect: effects[index % effects.len()].clone(),
                condition,
                because: None,
                unsure: Unsure::default(),
            }
        })
        .collect();
    let packs = (0..count.div_ceil(PACK))
        .map(|pack| Pack { id: format!("bench{pack}"), title: format!("Bench {pack}"), trust: Trust::Full })
        .collect();
    let mut program = Program { packs, lists, scopes, rules };
    // As it would be written: what a verdict quotes.
    let sources: Vec<String> = program.rules.iter().map(|rule| print::rule(&program, rule)).collect();
    for (rule, source) in program.rules.iter_mut().zip(sources) {
        rule.source = source;
    }
    program
}
