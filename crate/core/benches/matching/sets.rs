//! Sets of rules as programs write them, each of one sort: `-- --sets`.
//!
//! The mixes of `benches/rules` are what people have; these are what somebody tries a matcher with: invented words, numbered
//! accounts, thousands of bounds of one number, two words that are in every other post. What is far from flat here is a hole in the index.

use crate::post;
use crate::rules::PACK;
use diffract_core::post::Post;
use diffract_core::{PackSource, compile};
use std::time::Instant;

const SIZES: [usize; 3] = [1_000, 10_000, 100_000];

/// The set's name, and its rule of a number.
type Set = (&'static str, fn(usize) -> String);

const SETS: &[Set] = &[
    ("words", |n| format!("hide if text has word \"xyzzy{n}\"")),
    ("phrases", |n| format!("hide if text has \"{} {} plugh{n}\"", common(n), common(n / 7))),
    ("authors", |n| format!("hide if author is \"@user{n}\"")),
    ("expressions", |n| format!(r"hide if text matches /foo\d{{3}}bar{n}/")),
    ("expressions on words", |n| format!(r"hide if text matches /\b(qux|zot){n}\w*\b/i")),
    ("bounds", |n| format!("hide if likes > {n}")),
    ("bounds, all actions", |n| format!("{} if likes > {n}", ACTIONS[n % ACTIONS.len()])),
    ("numbers", |n| format!("hide if likes is {n}")),
    ("bounds and a word", |n| format!("hide if likes > {n} and text has \"xyzzy{n}\"")),
    ("bounds but for a word", |n| format!("hide if likes > {n} and not text has \"xyzzy{n}\"")),
    ("intervals", |n| format!("hide if views > {n} and views < {}", n + 10)),
    ("two bounds", |n| format!("dim if likes > {} and replies > {}", n * 3 % 90_001, 5_000 - n % 5_000)),
    ("bounds and flags", |n| format!("hide if promoted and views < {n}")),
    ("ages and kinds", |n| format!("collapse if age > {n} min and kind is video and not followed")),
    ("exceptions", |n| format!("keep if author is \"user{n}\" and not (promoted or text has \"xyzzy{n}\")")),
    ("either", |n| format!("hide if text has \"xyzzy{n}\" or author is \"user{n}\" or views is {n}")),
    ("languages", |n| format!("hide if lang is \"{}\" and text has \"xyzzy{n}\"", ["en", "de", "fr"][n % 3])),
    ("flags", |n| flags(n)),
    ("two words", |n| {
        format!("hide if text has word \"{}\" and text has word \"{}\"", common(n), common(n / 3 + 1))
    }),
    ("a word and a name", |n| format!("hide if text has \"{}\" and text has \"xyzzy{n}\"", common(n % 50))),
    ("all of two", |n| format!("hide if text has all \"{}\", \"xyzzy{n}\"", common(n % 50))),
    ("sites", |n| format!("on site{n}.example\nhide if text has \"{}\"", common(n))),
    ("one site", |n| format!("on x.com\nhide if text has \"xyzzy{n}\" and likes < {n}")),
];

const ACTIONS: [&str; 5] = ["hide", "collapse", "dim", "label \"many\"", "demote 1"];

/// One of the 3,000 commonest words of posts.
fn common(n: usize) -> String {
    crate::rules::word(1 + (n as u64).wrapping_mul(7_919) % 3_000)
}

fn flags(n: usize) -> String {
    let names = ["promoted", "suggested", "repost", "reply", "followed", "verified", "sensitive", "pinned"];
    let asked = names.iter().enumerate().filter(|(bit, _)| n >> (2 * bit) & 1 == 1);
    let asked: Vec<String> = asked
        .map(
            |(bit, name)| {
                if n >> (2 * bit + 1) & 1 == 1 { format!("not {name}") } else { (*name).to_owned() }
            },
        )
        .collect();
    format!("hide if {}", if asked.is_empty() { "sensitive".to_owned() } else { asked.join(" and ") })
}

/// Prints what a post costs under each set.
pub fn print(posts: &[Post], only: Option<&str>) {
    println!("{:<22} {:>8} {:>8} {:>8}  ratio  rules that spoke", "ns a post", "1,000", "10,000", "100,000");
    for (name, rule) in SETS.iter().filter(|(name, _)| only.is_none_or(|only| name.contains(only))) {
        let (mut costs, mut spoke) = (Vec::new(), Vec::new());
        for size in SIZES {
            let pack = |from: usize| PackSource {
                id: format!("set{from}"),
                source: (from..size.min(from + PACK)).map(|n| rule(n) + "\n").collect(),
                ..PackSource::default()
            };
            let compiled = compile(&(0..size).step_by(PACK).map(pack).collect::<Vec<_>>());
            assert_eq!(compiled.program.rules.len(), size, "{name}: {}", rule(1));
            let rules = compiled.into_rules();
            spoke.push(post::decide(&rules, posts));
            let best = (0..3).map(|_| {
                let start = Instant::now();
                post::decide(&rules, posts);
                start.elapsed().as_nanos() as f64 / posts.len() as f64
            });
            costs.push(best.fold(f64::INFINITY, f64::min));
        }
        let [first, second, third] = costs[..] else { return };
        println!(
            "{name:<22} {first:>8.0} {second:>8.0} {third:>8.0} {:>6.2}  {:.1} {:.1} {:.1}",
            third / first,
            spoke[0],
            spoke[1],
            spoke[2]
        );
    }
}
