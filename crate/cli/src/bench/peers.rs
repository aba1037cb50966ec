//! What an author would use instead: the words that the rules look for in the text, as regular expressions.

use super::measure::{Cost, measure};
use clap::ValueEnum;
use diffract_core::post::Post;
use diffract_core::program::{Condition, Needles, Program, Test, TextField};
use regex::{Regex, RegexBuilder, RegexSet, RegexSetBuilder};
use serde::Serialize;
use std::hint::black_box;
use std::time::{Duration, Instant};

/// How much memory the expressions may take, in bytes; what takes more is no peer.
const SIZE_LIMIT: usize = 1 << 30;
/// How long a peer may run.
const MOST_TIME: Duration = Duration::from_secs(5);

/// What to compare with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Peer {
    /// One `regex::RegexSet` of all expressions.
    RegexSet,
    /// One `regex::Regex` for each expression.
    Regexes,
}

/// What a peer costs.
#[derive(Debug, Clone, Serialize)]
pub struct PeerCost {
    /// Which.
    pub peer: &'static str,
    /// How many expressions it has.
    pub expressions: usize,
    /// Compiling them; `None` if they are too large together.
    pub compile: Option<Cost>,
    /// Nanoseconds for a post, on average.
    pub ns_per_post: Option<f64>,
    /// How many posts it was asked about.
    pub posts: usize,
}

enum Compiled {
    Set(RegexSet),
    Each(Vec<Regex>),
}

/// Compiles a peer, and asks it about posts for some seconds at most.
pub fn run(peer: Peer, patterns: &[String], posts: &[Post]) -> PeerCost {
    let build = |()| match peer {
        Peer::RegexSet => {
            RegexSetBuilder::new(patterns).size_limit(SIZE_LIMIT).build().ok().map(Compiled::Set)
        }
        Peer::Regexes => {
            let each =
                patterns.iter().map(|pattern| RegexBuilder::new(pattern).size_limit(SIZE_LIMIT).build());
            each.collect::<Result<_, _>>().ok().map(Compiled::Each)
        }
    };
    let (cost, compiled) = measure(1, || (), build);
    let name = match peer {
        Peer::RegexSet => "regex-set",
        Peer::Regexes => "regexes",
    };
    let expressions = patterns.len();
    let Some(compiled) = compiled else {
        return PeerCost { peer: name, expressions, compile: None, ns_per_post: None, posts: 0 };
    };
    let count = |text: &str| match &compiled {
        Compiled::Set(set) => set.matches(text).iter().count(),
        Compiled::Each(each) => each.iter().filter(|regex| regex.is_match(text)).count(),
    };
    let begun = Instant::now();
    // The first pass builds what the expressions build while they run; what it takes does not count, unless it is all.
    let (mut asked, mut spent) = (0, Duration::ZERO);
    for pass in 0..3 {
        let start = Instant::now();
        let mut done = 0;
        for post in posts {
            black_box(count(post.text.as_deref().unwrap_or("")));
            done += 1;
            if begun.elapsed() > MOST_TIME {
                break;
            }
        }
        let took = start.elapsed();
        if pass == 0 || done == posts.len() {
            (asked, spent) = (done, took);
        }
        if begun.elapsed() > MOST_TIME {
            break;
        }
    }
    let ns_per_post = (asked > 0).then(|| spent.as_nanos() as f64 / asked as f64);
    PeerCost { peer: name, expressions, compile: Some(cost), ns_per_post, posts: asked }
}

/// What the rules look for in `text`, an expression for each question; lists are written out.
pub fn patterns(program: &Program) -> Vec<String> {
    let mut out = Vec::new();
    for rule in &program.rules {
        collect(&rule.condition, program, &mut out);
    }
    out
}

fn collect(condition: &Condition, program: &Program, out: &mut Vec<String>) {
    match condition {
        Condition::Always => {}
        Condition::Not(inner) => collect(inner, program, out),
        Condition::And(parts) | Condition::Or(parts) => {
            parts.iter().for_each(|part| collect(part, program, out));
        }
        Condition::Test(Test::TextHas { field: TextField::Text, words, needles, .. }) => {
            let needles = match needles {
                Needles::These(needles) => needles.as_slice(),
                Needles::List(id) => program.lists.get(*id as usize).map_or(&[][..], |list| &list.items),
            };
            let any: Vec<String> = needles.iter().map(|needle| regex::escape(needle)).collect();
            let any = any.join("|");
            out.push(if *words { format!(r"(?i)\b(?:{any})\b") } else { format!("(?i){any}") });
        }
        Condition::Test(Test::Matches { field: TextField::Text, pattern }) => out.push(pattern.clone()),
        Condition::Test(_) => {}
    }
}
