//! The posts.

use super::NOW;
use super::words::{ACCOUNTS, DOMAINS, NAMES, PHRASES, Random, WORDS, domain, handle, name, phrase, word};
use diffract_core::post::{Kind, Medium, Post, Surface};

/// As many posts as asked for, in pages of twenty-five from one site each.
pub fn posts(count: usize) -> Vec<Post> {
    let mut random = Random(1);
    let mut site = Site::Short;
    (0..count)
        .map(|index| {
            if index % 25 == 0 {
                site = match random.below(20) {
                    0..11 => Site::Short,
                    11..16 => Site::Forum,
                    _ => Site::Videos,
                };
            }
            let mut post = match site {
                Site::Short => short(&mut random),
                Site::Forum => forum(&mut random),
                Site::Videos => video(&mut random),
            };
            post.id = index.to_string();
            post
        })
        .collect()
}

#[derive(Clone, Copy)]
enum Site {
    Short,
    Forum,
    Videos,
}

fn capitalised(word: &str) -> String {
    word.get(..1).map_or_else(String::new, |first| first.to_uppercase()) + word.get(1..).unwrap_or("")
}

/// The same words as a reader of another script would meet.
fn transliterated(text: &str, letters: &[char]) -> String {
    text.chars()
        .map(
            |c| if c.is_ascii_lowercase() { letters[(c as usize - 'a' as usize) % letters.len()] } else { c },
        )
        .collect()
}

/// So many words of running text.
fn text(random: &mut Random, count: u64) -> String {
    let mut out = String::new();
    let curly = random.happens(25.0);
    let stock = random.happens(3.0).then(|| random.below(count));
    let mut sentence = true;
    for place in 0..count {
        if stock == Some(place) {
            out.push_str(&phrase(random.rank(1, PHRASES)));
            out.push(' ');
        }
        let mut next = if random.happens(3.0) {
            capitalised(&name(random.rank(1, NAMES)))
        } else {
            word(random.rank(1, WORDS))
        };
        if sentence {
            next = capitalised(&next);
        }
        match random.below(200) {
            0..2 => next = next.to_uppercase(),
            2..5 => next = random.below(3000).to_string(),
            5..12 => next.push_str(if curly { "’s" } else { "'s" }),
            12 => next = next.replacen(['a', 'e', 'o'], "é", 1),
            13 => next = format!("“{next}”"),
            _ => {}
        }
        out.push_str(&next);
        sentence = random.happens(9.0);
        if sentence {
            out.push_str(random.pick(&[".", ".", ".", "!", "?", "…", "!!"]));
        } else if random.happens(6.0) {
            out.push(',');
        }
        out.push(if random.happens(1.0) { '\n' } else { ' ' });
    }
    out.truncate(out.trim_end().len());
    match random.below(100) {
        0..4 => transliterated(&out, &"абвгдежзиклмнопрстуфхцчшыэюя".chars().collect::<Vec<_>>()),
        4..6 => transliterated(&out, &"的一是不了人我在有他这中大来上国个到说们".chars().collect::<Vec<_>>()),
        _ => out,
    }
}

fn tags(random: &mut Random, percent: f64) -> Vec<String> {
    if !random.happens(percent) {
        return Vec::new();
    }
    (0..1 + random.rank(1, 8)).map(|_| word(random.rank(200, WORDS))).collect()
}

fn links(random: &mut Random, percent: f64) -> Vec<String> {
    if !random.happens(percent) {
        return Vec::new();
    }
    let host = domain(random.rank(1, DOMAINS));
    vec![format!("https://www.{host}/{}/{}", word(random.rank(1, WORDS)), random.below(100_000))]
}

fn base(random: &mut Random) -> Post {
    Post {
        surface: Some(Surface::Home),
        author: Some(handle(random.rank(1, ACCOUNTS))),
        time: Some(NOW - random.rank(60, 400_000) as f64),
        likes: Some(random.rank(1, 100_000) as f64),
        replies: Some(random.rank(1, 5_000) as f64),
        promoted: Some(random.happens(6.0)),
        ..Post::default()
    }
}

fn short(random: &mut Random) -> Post {
    let count = if random.happens(12.0) { random.rank(40, 250) } else { 3 + random.below(34) };
    let mut text = text(random, count);
    let hashtags = tags(random, 20.0);
    for tag in &hashtags {
        text.push_str(&format!(" #{tag}"));
    }
    let mentions: Vec<String> =
        if random.happens(25.0) { vec![handle(random.rank(1, ACCOUNTS))] } else { Vec::new() };
    for mention in &mentions {
        text = format!("@{mention} {text}");
    }
    if random.happens(20.0) {
        text.push_str(random.pick(&[" 🎉", " 😂😂", " 🚀", " ❤️", " 👇"]));
    }
    let repost = random.happens(20.0);
    let links = links(random, 18.0);
    Post {
        platform: Some("x".into()),
        host: Some("x.com".into()),
        kind: Some(Kind::Post),
        lang: Some("en".into()),
        name: Some(format!("{} {}", capitalised(&name(random.rank(1, NAMES))), word(random.rank(1, WORDS)))),
        card_title: (!links.is_empty()).then(|| super::posts::text(random, 9)),
        quote_text: random.happens(8.0).then(|| super::posts::text(random, 20)),
        repost: Some(repost),
        reposted_by: repost.then(|| handle(random.rank(1, ACCOUNTS))),
        reply: Some(random.happens(12.0)),
        followed: Some(random.happens(50.0)),
        verified: Some(random.happens(20.0)),
        suggested: Some(random.happens(30.0)),
        reposts: Some(random.rank(1, 20_000) as f64),
        views: Some(random.rank(10, 5_000_000) as f64),
        media: Some(if random.happens(35.0) { vec![Medium::Image] } else { Vec::new() }),
        text: Some(text),
        hashtags: Some(hashtags),
        mentions: Some(mentions),
        links: Some(links),
        ..base(random)
    }
}

fn forum(random: &mut Random) -> Post {
    let title_words = 5 + random.below(13);
    let count = random.rank(15, 400);
    let links = links(random, 45.0);
    Post {
        platform: Some("reddit".into()),
        host: Some("www.reddit.com".into()),
        kind: Some(if links.is_empty() { Kind::Article } else { Kind::Link }),
        title: Some(text(random, title_words)),
        text: random.happens(40.0).then(|| text(random, count)),
        community: Some(word(random.rank(100, 20_000))),
        links: Some(links),
        ..base(random)
    }
}

fn video(random: &mut Random) -> Post {
    let words = 5 + random.below(9);
    Post {
        platform: Some("youtube".into()),
        host: Some("www.youtube.com".into()),
        kind: Some(if random.happens(15.0) { Kind::Short } else { Kind::Video }),
        title: Some(text(random, words)),
        name: Some(capitalised(&name(random.rank(1, NAMES)))),
        views: Some(random.rank(10, 50_000_000) as f64),
        duration: Some(random.rank(20, 10_000) as f64),
        media: Some(vec![Medium::Video]),
        ..base(random)
    }
}
