//! What the host sent and what became of it, side by side, as SVG.

use super::{why, words};
use crate::terminal::{count, plain, shortened};
use diffract_core::comparison::{Comparison, Fate, Row};
use diffract_core::verdict::Action;
use std::fmt::Write;

/// The most posts that are drawn.
const MOST_POSTS: usize = 300;
const WIDTH: usize = 1240;
const MARGIN: usize = 24;
/// A column's width; the lines run in between.
const COLUMN: usize = 500;
const TOP: usize = 96;
/// From one card to the next, and a card's height.
const ROW: usize = 84;
const CARD: usize = 74;
/// The space left of a card's words, for the place of the post.
const INDENT: usize = 46;
/// How many columns of words fit into a card, and how many of a name. Letters differ in width; what is too long all the same is cut off at
/// the card's end.
const WORDS: usize = 59;
const NAME: usize = 30;

/// Light, and dark for those who read so.
const STYLE: &str = "\
.paper{fill:#fff}.ink{fill:#1c2330}.pale{fill:#596375}.gone{fill:#a3231b}.went{fill:#6d5a59}.b{font-weight:600}\
.card{fill:#f6f7f9;stroke:#d9dee6}.out{fill:#fdf2f1;stroke:#e3b5b1;stroke-dasharray:5 3}\
.stay{stroke:#b9c1cd;stroke-width:1.2;fill:none}.move{stroke:#1f5fbf;stroke-width:2.2;fill:none}\
.cross{stroke:#a3231b;stroke-width:2;fill:none}\
@media (prefers-color-scheme:dark){.paper{fill:#14171c}.ink{fill:#e4e8ee}.pale{fill:#9aa5b5}.gone{fill:#ff9d94}\
.went{fill:#b39c9a}.card{fill:#1d2229;stroke:#343c47}.out{fill:#2a1c1c;stroke:#6b3b38}.stay{stroke:#4a5462}\
.move{stroke:#7fb0ff}.cross{stroke:#ff9d94}}";

/// The picture. All text in it is escaped; nothing in it is fetched from anywhere.
pub fn picture(made: &Comparison, platform: &str) -> String {
    let shown = made.rows.len().min(MOST_POSTS);
    let after: Vec<usize> = made.after.iter().copied().filter(|post| *post < shown).collect();
    let height = TOP + shown.max(1) * ROW + MARGIN * 2;
    let mut out = String::new();
    // Writing to a string cannot fail.
    let _ = write!(
        out,
        r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" font-family="system-ui, 'Segoe UI', 'DejaVu Sans', sans-serif" role="img"><title>{}</title><style>{STYLE}</style><rect width="100%" height="100%" class="paper"/>"#,
        escaped(&format!("{platform}: before and after"))
    );
    let right = WIDTH - MARGIN - COLUMN;
    heading(&mut out, MARGIN, &format!("{platform}, as the host sent it"), &count(made.rows.len(), "post"));
    let gone = made.rows.iter().filter(|row| is_gone(row)).count();
    let summary = format!("{}, {gone} gone, {} moved", count(made.after.len(), "post"), made.moved.len());
    heading(&mut out, right, "As your rules have it", &summary);
    lines(&mut out, made, &after, right);
    for (place, row) in made.rows.iter().take(shown).enumerate() {
        card(&mut out, row, MARGIN, place, place);
    }
    for (place, post) in after.iter().enumerate() {
        if let Some(row) = made.rows.get(*post) {
            card(&mut out, row, right, place, *post);
        }
    }
    if made.rows.len() > shown {
        let rest = format!("and {} more", count(made.rows.len() - shown, "post"));
        text(&mut out, (MARGIN, height - MARGIN), 13, "pale", "", &rest);
    }
    out.push_str("</svg>\n");
    out
}

fn is_gone(row: &Row) -> bool {
    matches!(row.fate, Fate::Hidden | Fate::Folded)
}

fn heading(out: &mut String, x: usize, title: &str, summary: &str) {
    text(out, (x, MARGIN + 22), 20, "ink b", "", title);
    text(out, (x, MARGIN + 48), 14, "pale", "", summary);
}

/// From each post to where it stands now; from one that went, to nowhere.
fn lines(out: &mut String, made: &Comparison, after: &[usize], right: usize) {
    let middle = |place: usize| TOP + place * ROW + CARD / 2;
    let (from, to) = (MARGIN + COLUMN, right);
    let bend = (to - from) / 2;
    // Those that moved lie over the others.
    for moved in [false, true] {
        for (place, post) in after.iter().enumerate() {
            if made.moved.binary_search(post).is_ok() != moved {
                continue;
            }
            let class = if moved { "move" } else { "stay" };
            let (y, z) = (middle(*post), middle(place));
            let (a, b) = (from + bend, to - bend);
            let _ = write!(out, r#"<path class="{class}" d="M{from} {y}C{a} {y} {b} {z} {to} {z}"/>"#);
        }
    }
    for (post, _) in made.rows.iter().take(MOST_POSTS).enumerate().filter(|(_, row)| is_gone(row)) {
        let (y, end) = (middle(post), from + 22);
        let _ = write!(out, r#"<path class="cross" d="M{from} {y}H{end}m-5 -5l10 10m0 -10l-10 10"/>"#);
    }
}

/// One post: who, what, and what is said of it. `post`: its place as the host has it.
fn card(out: &mut String, row: &Row, x: usize, place: usize, post: usize) {
    let y = TOP + place * ROW;
    let gone = is_gone(row);
    let (class, ink) = if gone { ("out", "went") } else { ("card", "ink") };
    let _ = write!(out, r#"<rect x="{x}" y="{y}" width="{COLUMN}" height="{CARD}" rx="7" class="{class}"/>"#);
    let inside = COLUMN - 6;
    let _ = write!(
        out,
        r#"<svg x="{x}" y="{y}" width="{inside}" height="{CARD}" viewBox="{x} {y} {inside} {CARD}">"#
    );
    let (author, words) = words(&row.post);
    text(out, (x + INDENT - 12, y + 22), 12, "pale", r#"text-anchor="end""#, &(post + 1).to_string());
    let ends = x + COLUMN - 12;
    text(out, (x + INDENT, y + 22), 14, &format!("{ink} b"), "", &fitting(author, NAME));
    let note = note(row);
    if !note.is_empty() {
        text(out, (ends, y + 22), 12, "pale", r#"text-anchor="end""#, &fitting(&note, 30));
    }
    let because = why(row);
    let lines = wrapped(words, WORDS, if because.is_empty() { 2 } else { 1 });
    for (line, words) in lines.iter().enumerate() {
        let baseline = y + 43 + line * 18;
        if reads_from_right(words) {
            text(out, (ends, baseline), 13, ink, r#"direction="rtl""#, words);
        } else {
            text(out, (x + INDENT, baseline), 13, ink, "", words);
        }
    }
    if !because.is_empty() {
        let colour = if gone { "gone" } else { "pale" };
        text(out, (x + INDENT, y + 62), 13, colour, "", &fitting(&because, WORDS));
    }
    out.push_str("</svg>");
}

/// What is done to a post in the page, where it stays in the answer.
fn note(row: &Row) -> String {
    let verdict = &row.verdict;
    let action = match verdict.action {
        _ if is_gone(row) => "",
        Action::Show => "",
        Action::Keep => "kept",
        Action::Dim => "dimmed in the page",
        Action::Blur => "blurred in the page",
        Action::Collapse => "collapsed in the page",
        Action::Replace => "a note in its place",
        Action::Hide => "hidden in the page",
    };
    let labels = verdict.labels.join(", ");
    let score = if verdict.score == 0.0 { String::new() } else { format!("score {:+}", verdict.score) };
    let parts = [action, labels.as_str(), score.as_str()].into_iter().filter(|part| !part.is_empty());
    parts.collect::<Vec<_>>().join(" · ")
}

fn text(out: &mut String, (x, y): (usize, usize), size: usize, class: &str, more: &str, words: &str) {
    let _ = write!(
        out,
        r#"<text x="{x}" y="{y}" font-size="{size}" class="{class}" {more}>{}</text>"#,
        escaped(words)
    );
}

/// How many columns a character takes: signs of Chinese, Japanese, Korean and emoji take two.
fn columns(c: char) -> usize {
    if c >= '\u{1100}' { 2 } else { 1 }
}

/// At most so many columns.
fn fitting(words: &str, most: usize) -> String {
    wrapped(words, most, 1).pop().unwrap_or_default()
}

/// At most so many lines of at most so many columns, broken between words where there are any.
fn wrapped(words: &str, most: usize, lines: usize) -> Vec<String> {
    let all = shortened(words, most * lines * 2);
    let mut rest = all.trim();
    let mut out = Vec::new();
    while !rest.is_empty() && out.len() < lines {
        let mut taken = 0;
        let fits = |(_, c): &(usize, char)| {
            taken += columns(*c);
            taken <= most
        };
        let end = rest.char_indices().take_while(fits).last().map_or(0, |(at, c)| at + c.len_utf8());
        if end == rest.len() {
            out.push(rest.to_owned());
            return out;
        }
        let line = &rest[..end];
        if out.len() + 1 == lines {
            out.push(format!("{}…", line.trim_end()));
            return out;
        }
        // Not after a short beginning: a long address stands on the line that it began.
        let at = line.rfind(' ').filter(|at| *at > line.len() / 2).unwrap_or(end);
        out.push(rest[..at].trim_end().to_owned());
        rest = rest[at..].trim_start();
    }
    out
}

/// Whether the first letter is of a script that runs from right to left.
fn reads_from_right(words: &str) -> bool {
    let letter = words.chars().find(|c| c.is_alphabetic());
    letter.is_some_and(|c| {
        matches!(c, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}' | '\u{10800}'..='\u{10fff}')
    })
}

/// Text that is nothing but text in XML, and steers no direction.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in plain(text).chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            // XML has no such characters.
            '\u{fffe}' | '\u{ffff}' => {}
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strangers_words_are_only_words() {
        assert_eq!(escaped("<script>&'\"\u{202e}x\u{0}"), "&lt;script&gt;&amp;&#39;&quot; x ");
        assert_eq!(fitting("日本語の文章", 6), "日本語…");
        assert_eq!(fitting("tea", 3), "tea");
    }

    #[test]
    fn words_break_between_words_and_end_with_a_sign() {
        assert_eq!(wrapped("one two three four five six", 10, 2), ["one two", "three four…"]);
        assert_eq!(wrapped("one two", 10, 2), ["one two"]);
        assert_eq!(wrapped(&"x".repeat(30), 10, 2), ["x".repeat(10), format!("{}…", "x".repeat(10))]);
        assert_eq!(wrapped("日本語の文章です", 6, 2), ["日本語", "の文章…"]);
        assert!(wrapped("  ", 10, 2).is_empty());
        assert!(
            reads_from_right("«שלום» tea") && reads_from_right("123 مرحبا") && !reads_from_right("tea שלום")
        );
    }
}
