//! Rules and posts made from bytes; the matcher held against the rule language word for word.

use super::bytes::Bytes;
use super::words::{GLUE, HOSTS, PATTERNS, WORDS};
use diffract_core::diagnostic::code;
use diffract_core::post::Post;
use diffract_core::program::{Effect, Program, Question};
use diffract_core::reference::{KINDS, MEDIA, SURFACES};
use diffract_core::verdict::Verdict;
use diffract_core::{Compiled, Context, Memory, RuleSet, Scores, restore, snapshot};

const TEXTS: &[&str] = &[
    "text",
    "title",
    "author",
    "name",
    "reposted_by",
    "replying_to",
    "quote.text",
    "card.title",
    "alt",
    "community",
];
const FLAGS: &[&str] =
    &["promoted", "suggested", "repost", "reply", "quote", "followed", "verified", "sensitive", "pinned"];
const NUMBERS: &[&str] = &["likes", "reposts", "replies", "views", "followers", "length", "position"];
const SETS: &[&str] = &["hashtags", "mentions", "labels"];
const COMPARISONS: &[&str] = &["<", "<=", ">", ">=", "is", "is not"];
const LINKS: &[&str] = &[
    "https://x.com/a",
    "https://old.reddit.com:80/",
    "http://notx.com",
    "mailto:a@x.com",
    "//www.x.com/",
    "x.com",
];
const HOURS: &[&str] =
    &["9-17", "22:00-07:00", "0-24", "22-6 on mon-fri", "on sat, sun", "12-13, 18-20 on fri-mon"];

/// Decides posts by rules, both made from the bytes, and panics where matching and the language disagree.
pub fn evaluate(data: &[u8]) {
    let mut bytes = Bytes(data);
    let source = file(&mut bytes);
    let compiled = super::check(&source);
    let posts: Vec<Post> = (0..1 + bytes.below(3)).map(|at| post(&mut bytes, at)).collect();
    let context = context(&mut bytes, &posts);
    advice_holds(&compiled, &posts, &context, &source);
    let rules = RuleSet::new(compiled.program);

    // Read back from a snapshot it decides alike, limits included.
    let restored = restore(&snapshot(&rules)).expect("our own snapshot");
    let (mut first, mut second) = (Memory::default(), Memory::default());
    for _ in 0..2 {
        let verdicts = rules.decide(&posts, &context, &mut first);
        assert_eq!(verdicts, restored.decide(&posts, &context, &mut second), "{source}");
        let mut order = rules.order(&posts, &verdicts, &context);
        order.sort_unstable();
        assert!(order.into_iter().eq(0..posts.len()), "an order is every post once: {source}");
    }

    // Word for word; what is remembered from post to post is not known there.
    let mut program = rules.program().clone();
    program.rules.retain(|rule| !matches!(rule.effect, Effect::Limit(_)));
    let rules = RuleSet::new(program);
    let verdicts = rules.decide(&posts, &context, &mut Memory::default());
    for (post, mut verdict) in posts.iter().zip(verdicts) {
        let mut naive = rules.decide_naively(post, &context);
        // Sums of fractions are rounded by the one and not by the other.
        assert!((naive.score - verdict.score).abs() < 1e-6, "{source}\n{post:?}");
        (naive.score, verdict.score) = (0.0, 0.0);
        assert_eq!(verdict, naive, "{source}\n{post:?}\n{context:?}");
    }
}

/// What authors are told of their rules is so: one that can never be true speaks of no post, and without one that
/// another covers all stays as it was.
fn advice_holds(compiled: &Compiled, posts: &[Post], context: &Context, source: &str) {
    let decide =
        |program: &Program| RuleSet::new(program.clone()).decide(posts, context, &mut Memory::default());
    let before = decide(&compiled.program);
    for message in &compiled.diagnostics[0].diagnostics {
        let whole = || {
            let rule = compiled.program.rules.iter().find(|rule| rule.line == message.line);
            rule.is_some_and(|rule| rule.source.contains(&format!("if {}", &source[message.span.clone()])))
                && source[message.span.end..].starts_with(['\n', ' '])
                && !source[message.span.end..].starts_with(" or ")
                && !source[message.span.end..].starts_with(" and ")
        };
        match message.code {
            code::NEVER_TRUE if whole() => {
                for verdict in &before {
                    let spoke = verdict.reasons.iter().any(|reason| reason.line() == message.line);
                    assert!(!spoke, "{}\n{source}{verdict:?}", message.message);
                }
            }
            code::POINTLESS_RULE => {
                let mut program = compiled.program.clone();
                program.rules.retain(|rule| rule.line != message.line);
                let ordered = compiled
                    .program
                    .rules
                    .iter()
                    .any(|rule| rule.line == message.line && matches!(rule.effect, Effect::Order(_)));
                for (with, without) in before.iter().zip(decide(&program)) {
                    let seen = |verdict: &Verdict| {
                        let mut labels = verdict.labels.clone();
                        labels.sort();
                        let plain = (verdict.action, verdict.blur, verdict.highlight, verdict.note.clone());
                        (plain, labels, verdict.score)
                    };
                    assert!(
                        ordered || seen(with) == seen(&without),
                        "{}\n{source}{with:?}\n{without:?}",
                        message.render(source, "pack")
                    );
                }
            }
            _ => {}
        }
    }
}

fn file(bytes: &mut Bytes<'_>) -> String {
    let mut out = String::from("let @names = \"cat\", \"@alice\", \"ab\"\nlet @file = list \"names.txt\"\n");
    for _ in 0..1 + bytes.below(12) {
        if bytes.is_empty() {
            break;
        }
        if bytes.once_in(6) {
            let sites = bytes.some(2, |bytes| {
                let host = bytes.pick(HOSTS);
                match bytes.once_in(2) {
                    true => format!("{host} {}", bytes.pick(SURFACES).1),
                    false => host.to_owned(),
                }
            });
            let sites = if sites.is_empty() { "everywhere".to_owned() } else { sites.join(", ") };
            out.push_str(&format!("on {sites}\n"));
        }
        if bytes.once_in(8) {
            out.push_str(&format!("at {}: ", bytes.pick(HOURS)));
        }
        let rule = rule(bytes);
        out.push_str(&rule);
        out.push('\n');
    }
    out
}

fn rule(bytes: &mut Bytes<'_>) -> String {
    if bytes.once_in(16) {
        return format!("order by {}", bytes.pick(&["newest", "oldest, likes", "score, views", "original"]));
    }
    let action = match bytes.below(14) {
        0 => "hide",
        1 => "collapse",
        2 => "blur",
        3 => "blur all",
        4 => "dim",
        5 => "label \"one\"",
        6 => "label \"two\"",
        7 => "highlight",
        8 => "boost 1.5",
        9 => "demote 2",
        10 => "keep",
        11 => "replace with \"calm\"",
        12 => "limit 1 per author per day",
        _ => "limit 1 then \"enough\"",
    };
    let unsure = match bytes.below(6) {
        1 => " while unsure",
        2 => " while unsure veil for 1 s",
        3 => " while unsure blur for 500 s",
        _ => "",
    };
    format!("{action} if {}{unsure}", condition(bytes, 3))
}

fn condition(bytes: &mut Bytes<'_>, depth: usize) -> String {
    match bytes.below(8) {
        0 if depth > 0 => format!("not ({})", condition(bytes, depth - 1)),
        kind @ 1..=4 if depth > 0 => {
            let joint = if kind < 3 { " and " } else { " or " };
            let parts: Vec<String> =
                (0..2 + bytes.below(2)).map(|_| format!("({})", condition(bytes, depth - 1))).collect();
            parts.join(joint)
        }
        _ => question(bytes),
    }
}

fn wanted(bytes: &mut Bytes<'_>) -> String {
    let mut items: Vec<String> =
        (0..1 + bytes.below(3)).map(|_| format!("\"{}\"", bytes.pick(WORDS))).collect();
    if bytes.once_in(4) {
        items.push(bytes.pick(&["@names", "@file"]).to_owned());
    }
    items.join(", ")
}

fn question(bytes: &mut Bytes<'_>) -> String {
    match bytes.below(18) {
        0 => bytes.pick(FLAGS).to_owned(),
        1 => {
            let field = bytes.pick(&[
                "text",
                "likes",
                "promoted",
                "media",
                "kind",
                "lang",
                "links",
                "surface",
                "age",
                "clickbait",
            ]);
            format!("{field} is {}", bytes.pick(&["known", "unknown"]))
        }
        2 | 3 => format!("{} {} {}", bytes.pick(NUMBERS), bytes.pick(COMPARISONS), bytes.below(8)),
        4 => format!(
            "age {} {} {}",
            bytes.pick(COMPARISONS),
            bytes.below(4),
            bytes.pick(&["s", "min", "days"])
        ),
        5 | 6 => format!("{} has {}{}", bytes.pick(TEXTS), bytes.pick(&["", "any ", "all "]), wanted(bytes)),
        7 => {
            format!("{} has {}words {}", bytes.pick(TEXTS), bytes.pick(&["", "any ", "all "]), wanted(bytes))
        }
        8 => format!("{} {} with {}", bytes.pick(TEXTS), bytes.pick(&["starts", "ends"]), wanted(bytes)),
        9 => format!("{} is{} {}", bytes.pick(TEXTS), bytes.pick(&["", " not"]), wanted_texts(bytes)),
        10 => format!("{} {}in @names", bytes.pick(TEXTS), bytes.pick(&["", "not "])),
        11 | 12 => format!("{} matches /{}/", bytes.pick(TEXTS), bytes.pick(PATTERNS)),
        13 => format!("{} has {}{}", bytes.pick(SETS), bytes.pick(&["", "all "]), wanted(bytes)),
        14 => format!("links to {}", bytes.pick(HOSTS)),
        15 => match bytes.below(4) {
            0 => format!("kind is{} {}", bytes.pick(&["", " not"]), bytes.pick(KINDS).1),
            1 => format!("surface is {}", bytes.pick(SURFACES).1),
            2 => format!("lang is {}", bytes.pick(&["en", "pt", "de, en"])),
            _ => format!("media has {}{}", bytes.pick(&["", "all "]), bytes.pick(MEDIA).1),
        },
        16 => match bytes.below(3) {
            0 => format!("clickbait{}", bytes.pick(&["", " is certain", " is likely", " is not possible"])),
            _ => format!("clickbait {} {}%", bytes.pick(COMPARISONS), bytes.below(11) * 10),
        },
        _ => bytes
            .pick(&["about \"cats\"", "about \"cats\" is likely", "like @names > 30%", "like @examples"])
            .to_owned(),
    }
}

fn wanted_texts(bytes: &mut Bytes<'_>) -> String {
    let items: Vec<String> = (0..1 + bytes.below(3)).map(|_| format!("\"{}\"", bytes.pick(WORDS))).collect();
    items.join(", ")
}

fn text(bytes: &mut Bytes<'_>) -> String {
    let mut out = String::new();
    for _ in 0..bytes.below(6) {
        out.push_str(bytes.pick(WORDS));
        out.push_str(bytes.pick(GLUE));
    }
    out
}

fn post(bytes: &mut Bytes<'_>, at: usize) -> Post {
    let word = |bytes: &mut Bytes<'_>| bytes.pick(WORDS).to_owned();
    let number = |bytes: &mut Bytes<'_>| f64::from(bytes.next() % 8);
    let words = |bytes: &mut Bytes<'_>| bytes.some(3, word);
    let flag = |bytes: &mut Bytes<'_>| bytes.once_in(2);
    Post {
        id: format!("post {at}"),
        host: bytes.maybe(|bytes| bytes.pick(HOSTS).to_owned()),
        kind: bytes.maybe(|bytes| bytes.pick(KINDS).0),
        surface: bytes.maybe(|bytes| bytes.pick(SURFACES).0),
        lang: bytes.maybe(|bytes| bytes.pick(&["en", "pt-BR", "de", "DE_at"]).to_owned()),
        text: bytes.maybe(text),
        title: bytes.maybe(text),
        author: bytes.maybe(word),
        name: bytes.maybe(word),
        reposted_by: bytes.maybe(word),
        replying_to: bytes.maybe(word),
        quote_text: bytes.maybe(text),
        card_title: bytes.maybe(text),
        alt: bytes.maybe(text),
        community: bytes.maybe(word),
        promoted: bytes.maybe(flag),
        suggested: bytes.maybe(flag),
        repost: bytes.maybe(flag),
        reply: bytes.maybe(flag),
        quote: bytes.maybe(flag),
        followed: bytes.maybe(flag),
        verified: bytes.maybe(flag),
        sensitive: bytes.maybe(flag),
        pinned: bytes.maybe(flag),
        likes: bytes.maybe(number),
        reposts: bytes.maybe(number),
        replies: bytes.maybe(number),
        views: bytes.maybe(number),
        followers: bytes.maybe(number),
        position: bytes.maybe(|bytes| 1.0 + number(bytes)),
        time: bytes.maybe(|bytes| f64::from(bytes.next()) * 3600.0),
        age: bytes.maybe(number),
        links: bytes.maybe(|bytes| bytes.some(3, |bytes| bytes.pick(LINKS).to_owned())),
        hashtags: bytes.maybe(words),
        mentions: bytes.maybe(words),
        labels: bytes.maybe(words),
        media: bytes.maybe(|bytes| bytes.some(3, |bytes| bytes.pick(MEDIA).0)),
        ..Post::default()
    }
}

fn context(bytes: &mut Bytes<'_>, posts: &[Post]) -> Context {
    let mut scores = Scores::default();
    for post in posts {
        for question in [
            Question::Named("clickbait".to_owned()),
            Question::About("cats".to_owned()),
            Question::Like("names".to_owned()),
        ] {
            if let Some(share) = bytes.maybe(|bytes| f64::from(bytes.next() % 11) / 10.0) {
                scores.set(&post.id, question, share);
            }
        }
    }
    Context {
        now: f64::from(bytes.next()) * 3600.0 + f64::from(bytes.next()),
        utc_offset: (i32::from(bytes.next()) - 128) * 10,
        visit: "visit".to_owned(),
        scores,
        no_models: bytes.once_in(4),
        models: None,
    }
}
