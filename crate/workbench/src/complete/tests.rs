use super::*;

/// What is offered at the `|`.
fn offered(marked: &str) -> Vec<String> {
    let at = marked.find('|').expect("a caret");
    let source = marked.replacen('|', "", 1);
    let offset = marked[..at].encode_utf16().count() as u32;
    complete(&source, offset).options.into_iter().map(|option| option.label).collect()
}

fn has(marked: &str, wanted: &[&str], unwanted: &[&str]) {
    let found = offered(marked);
    for label in wanted {
        assert!(found.iter().any(|one| one == label), "{marked}: no {label} in {found:?}");
    }
    for label in unwanted {
        assert!(!found.iter().any(|one| one == label), "{marked}: {label}, which does not fit");
    }
}

#[test]
fn only_what_fits_is_offered() {
    has("|", &["hide", "order", "let", "on", "pack"], &["text", "if", "and"]);
    has("hi|", &["hide"], &["text"]);
    has("hide |", &["if", "because", "while"], &["text", "and", "media"]);
    has("blur |", &["media", "all", "if"], &["text"]);
    has(
        "hide if |",
        &["text", "promoted", "clickbait", "about", "like", "not", "kind"],
        &["if", "hide", "has"],
    );
    has("hide if not |", &["promoted"], &["hide"]);
    has("hide if promoted |", &["and", "or", "because", "is known"], &["has", "<"]);
    has("hide if text |", &["has", "starts with", "matches", "is known"], &["<", "and", "over"]);
    has("hide if likes |", &["<", "over", "at most"], &["has", "matches", "and"]);
    has("hide if text is |", &["not", "known"], &["video", "any"]);
    has("hide if text has |", &["any", "all", "word"], &["and", "has"]);
    has("let @a = \"x\"\nhide if author in |", &["@a"], &["@examples", "and"]);
    has("let @a = \"x\"\nhide if author not in |", &["@a"], &["and"]);
    has("hide if like |", &["@examples"], &["and"]);
    has("hide if kind is |", &["short", "live", "not"], &["home", "video call"]);
    has("hide if kind is short, |", &["live"], &["and"]);
    has("hide if surface is |", &["home"], &["short"]);
    has("hide if media has |", &["video", "gif"], &["short"]);
    has("hide if lang is |", &["de", "en"], &["home"]);
    has("hide if age > 3 |", &["days", "hours"], &["and", "k"]);
    has("hide if age > 3 days |", &["and", "or"], &["days"]);
    has("hide if likes > 3 |", &["and", "because"], &["days"]);
    has("hide if clickbait > 80% |", &["while", "and"], &["days"]);
    has("hide if about \"x\" |", &[">", "and", "over"], &["is known", "has"]);
    has("hide if (promoted or reply) |", &["and"], &["text", "has"]);
    has("hide if links |", &["to", "has"], &["matches", "links to"]);
    has("hide if links to |", &["x.com"], &["and"]);
    has("hide if promoted because \"x\" |", &["while"], &["because", "and", "if"]);
    has("hide if spam > 1% while |", &["unsure"], &["blur"]);
    has("hide if spam > 1% while unsure |", &["veil", "for", "because"], &["unsure", "while"]);
    has("on |", &["everywhere", "x.com"], &["home"]);
    has("on x.com |", &["home", "search"], &["everywhere", "x.com"]);
    has("on x.com home, |", &["search", "youtube.com"], &["everywhere"]);
    has("at 22:00-07:00 |", &["on"], &["hide"]);
    has("at 22:00-07:00 on |", &["mon", "weekends"], &["hide"]);
    has("at 22:00-07:00: |", &["hide", "collapse"], &["let", "on"]);
    has("at 22:00-07:00: hide if |", &["text"], &["hide"]);
    has("limit 3 |", &["per", "then", "if"], &["author"]);
    has("limit 3 per author per |", &["day"], &["author", "per"]);
    has("order by |", &["newest", "likes"], &["text", "if"]);
    has("replace |", &["with"], &["if"]);
}

#[test]
fn nothing_is_offered_in_text_comments_and_patterns() {
    for marked in [
        "hide if text has \"gi|\"",
        "hide if text has \"gi|",
        "# hi|",
        "hide # i|",
        "hide if text matches /a|/",
        "hide if likes > 1|",
    ] {
        assert_eq!(offered(marked), Vec::<String>::new(), "{marked}");
    }
}

#[test]
fn what_is_typed_is_replaced() {
    let found = complete("# é😀\nhide if pro and x", 16);
    assert_eq!(found.from, 14);
}
