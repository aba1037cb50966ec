//! The files.

use super::pack;
use diffract_core::{PackSource, reference};
use std::collections::BTreeMap;

/// A name, and how to make such a file of at most so many bytes.
type File = (&'static str, fn(usize) -> PackSource);

/// Lines by their number until the file is full.
fn lines(size: usize, line: impl Fn(usize) -> String) -> PackSource {
    let mut source = String::with_capacity(size);
    for number in 0.. {
        let line = line(number);
        if source.len() + line.len() + 1 > size {
            break;
        }
        source.push_str(&line);
        source.push('\n');
    }
    pack(source)
}

/// Rules of one expression, each as long as a line may be: what stands at the beginning, by number, and what is repeated.
fn expressions(
    size: usize,
    flags: &str,
    begin: impl Fn(usize) -> String,
    item: impl Fn(usize) -> String,
) -> PackSource {
    let most = reference::MAX_LINE.min(size / 2);
    lines(size, |number| {
        let mut line = format!("hide if text matches /{}", begin(number));
        for place in 0.. {
            let item = item(place);
            if line.len() + item.len() + flags.len() + 2 > most {
                break;
            }
            line.push_str(&item);
        }
        format!("{line}/{flags}")
    })
}

fn same(item: &str) -> impl Fn(usize) -> String + '_ {
    move |_| item.to_owned()
}

fn numbered(number: usize) -> String {
    format!("{number}x")
}

/// Characters beyond ASCII, no two beside each other.
fn spread(number: usize) -> char {
    char::from_u32(0x4E00 + 2 * (number % 10_000) as u32).unwrap_or('x')
}

pub const FILES: &[File] = &[
    ("nonsense", |size| lines(size, |_| "hide if text has (\"a\" 5 %% \0 @ /x \u{202e} not not and".into())),
    ("one letter a line", |size| lines(size, |_| "x".into())),
    ("empty lines", |size| lines(size, |_| String::new())),
    ("long lines of nonsense", |size| lines(size, |_| "@ ".repeat(reference::MAX_LINE / 2))),
    ("open quotes", |size| lines(size, |_| "\"\\".repeat(reference::MAX_LINE / 2))),
    ("brackets", |size| lines(size, |_| "(".repeat(reference::MAX_LINE))),
    ("conditions as large as they may be", |size| {
        lines(size, |number| {
            let tests: Vec<String> = (0..1_000).map(|i| format!("likes>{}", number * 1_000 + i)).collect();
            format!("hide if {}", tests.join(" or "))
        })
    }),
    ("conditions that double", |size| {
        lines(size, |number| {
            let parts: Vec<String> =
                (0..400).map(|i| format!("(likes>{} or views>{i})", i + number)).collect();
            format!("hide if {} and likes < 3", parts.join(" and "))
        })
    }),
    ("rules that cover each other", |size| {
        lines(size, |number| format!("hide if promoted and likes < {}", 1_000_000 - number))
    }),
    ("words that begin alike", |size| {
        lines(size, |number| format!("hide if text has \"{}{number}\"", "a".repeat(40)))
    }),
    ("words in one line", |size| {
        lines(size, |number| {
            let words: Vec<String> = (0..6_000).map(|i| format!("\"{number}w{i}\"")).collect();
            format!("hide if text has all {}", words.join(","))
        })
    }),
    ("names that nobody defined", |size| {
        let defined = lines(size / 2, |number| format!("let @list{number} = \"x\"")).source;
        let used = lines(size / 2, |number| format!("hide if author in @tsil{number}")).source;
        pack(defined + &used)
    }),
    ("lists of one name", |size| lines(size, |_| "let @same = \"x\"".into())),
    ("lists of one large file", |size| {
        let source = lines(size, |number| format!("let @l{number} = list \"f\"")).source;
        let lists = BTreeMap::from([("f".to_owned(), "x\n".repeat(size / 2))]);
        PackSource { lists, ..pack(source) }
    }),
    ("a list of very many", |size| {
        let lists = BTreeMap::from([("f".to_owned(), lines(size, |number| format!("{number:x}")).source)]);
        PackSource { lists, ..pack("let @l = list \"f\"\nhide if author in @l or text has @l\n".into()) }
    }),
    ("sites in one line", |size| {
        lines(size, |number| {
            let sites: Vec<String> = (0..7_000).map(|i| format!("{i}.x{number}")).collect();
            format!("on {}\nhide if promoted", sites.join(","))
        })
    }),
    ("languages in one line", |size| {
        let letter = |i: u32| char::from(b'a' + (i % 26) as u8);
        // No word of the language begins so.
        let tag =
            |i: u32| [['q', 'x', 'z', 'j'][i as usize % 4], letter(i / 4), letter(i / 104)].iter().collect();
        let tags: Vec<String> = (0..2_700_u32).map(tag).collect();
        lines(size, |number| {
            format!("hide if lang is {} and lang is {}", tags[number % 9..].join(","), tags.join(","))
        })
    }),
    ("texts in one line, twice", |size| {
        let texts: Vec<String> = (0..3_000).map(|i| format!("\"{i}\"")).collect();
        let all = texts.join(",");
        lines(size, |number| {
            format!("hide if (likes > 1 or views > 1) and author is {all} and author is \"{number}\",{all}")
        })
    }),
    ("hosts nearly alike", |size| {
        let hosts: Vec<String> = (0..6_000).map(|i| format!("h{i}.x")).collect();
        let all = hosts.join(",");
        lines(size, |number| format!("hide if links to {all},only{number}.x"))
    }),
    ("hosts in one line", |size| {
        lines(size, |number| {
            let hosts: Vec<String> = (0..7_000).map(|i| format!("{i}.x{number}")).collect();
            format!("hide if links to {}", hosts.join(","))
        })
    }),
    ("questions to models", |size| lines(size, |number| format!("hide if about \"{number}\" > 5%"))),
    ("an expression each of small classes", |size| expressions(size, "", numbered, same("[a-z]"))),
    ("the same, cases alike", |size| expressions(size, "i", numbered, same("[a-z]"))),
    ("large classes", |size| {
        lines(size, |number| format!("hide if text matches /{number}{}/", r"\W\w".repeat(60)))
    }),
    ("classes of scripts", |size| {
        lines(size, |number| format!("hide if text matches /{number}{}/", r"\pL\PN".repeat(60)))
    }),
    ("the same, cases alike ", |size| {
        lines(size, |number| format!("hide if text matches /{number}{}/i", r"\pL\PN".repeat(60)))
    }),
    ("classes of everything, cases alike", |size| {
        expressions(size, "i", numbered, same(r"[\x00-\x{10FFFF}]"))
    }),
    ("large classes in classes, cases alike", |size| {
        lines(size, |number| format!("hide if text matches /{number}{}/i", r"[\D]".repeat(60)))
    }),
    ("classes in classes", |size| expressions(size, "", numbered, same("[a[b[c&&[^d]]]]"))),
    ("classes less classes", |size| {
        lines(size, |number| format!("hide if text matches /{number}{}/", r"[\w--\pL]".repeat(60)))
    }),
    ("a class of many", |size| {
        expressions(size, "", |number| format!("{number}["), |place| spread(place).to_string())
    }),
    ("a class of many, backwards", |size| {
        lines(size, |number| {
            let all: String = (0..7_000).rev().map(spread).collect();
            format!("hide if text matches /{number}[\\x41{all}]/i")
        })
    }),
    ("groups", |size| expressions(size, "", numbered, same("(a)"))),
    ("groups behind alternatives", |size| {
        expressions(size, "", |n| format!("{n}{}", "[ab]".repeat(6)), same("(a)"))
    }),
    ("what may be left out", |size| expressions(size, "", numbered, same("a?"))),
    ("letters, cases alike", |size| expressions(size, "i", numbered, same("k"))),
    ("alternatives", |size| expressions(size, "", numbered, |place| format!("|{place}"))),
    ("alternatives with one beginning", |size| expressions(size, "", numbered, |place| format!("|a{place}"))),
    ("groups in groups", |size| {
        lines(size, |number| {
            format!("hide if text matches /{}{number}{}/", "((a|".repeat(30), "))".repeat(30))
        })
    }),
    ("counts in counts", |size| {
        lines(size, |number| format!("hide if text matches /((a{{10}}){{10}}){{10}}{number}/"))
    }),
    ("expressions to be compiled", |size| {
        lines(size, |number| format!("hide if text matches /{number}[a-zé]{{900}}(\\w{{40}})/"))
    }),
    ("expressions that are too large", |size| {
        lines(size, |number| format!("hide if text matches /{number}\\pL{{9999}}/"))
    }),
    ("short expressions", |size| lines(size, |number| format!("hide if text matches /a{number}\\W/"))),
    ("expressions about which nothing is known", |size| {
        lines(size, |number| format!("hide if text matches /[a-f]{{1,{}}}\\d[g-z]/", number + 1))
    }),
    ("ordinary rules", |size| {
        lines(size, |number| match number % 4 {
            0 => format!("hide if text has \"giveaway {number}\" because \"giveaways\""),
            1 => format!("collapse if text matches /\\b(presale|pump{number})\\b/i"),
            2 => format!("hide if author is \"someone{number}\""),
            _ => format!("dim if likes < {number} and not followed"),
        })
    }),
];
