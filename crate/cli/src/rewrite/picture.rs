//! What the host sent and what became of it, side by side, as SVG.

use super::Done;
use crate::terminal::{count, plain, shortened};
use diffract_core::verdict::Action;
use std::fmt::Write;

/// The most posts that are drawn.
const MOST_POSTS: usize = 300;
const WIDTH: usize = 1180;
const MARGIN: usize = 24;
/// A column's width; the lines run in between.
const COLUMN: usize = 460;
const TOP: usize = 92;
const ROW: usize = 62;
const BOX: usize = 52;

const INK: &str = "#1c2330";
const PALE: &str = "#5b6576";
const LINE: &str = "#c3cad5";
const GONE: &str = "#b3261e";
const MOVED: &str = "#1f5fbf";

/// The picture. All text in it is escaped; nothing in it is fetched from anywhere.
pub fn picture(done: &Done, platform: &str) -> String {
    let shown = done.posts.len().min(MOST_POSTS);
    let after: Vec<usize> = done.after.iter().copied().filter(|post| *post < shown).collect();
    let height = TOP + shown.max(1) * ROW + MARGIN * 2;
    let mut out = String::new();
    // Writing to a string cannot fail.
    let _ = write!(
        out,
        r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" font-family="system-ui, 'Segoe UI', 'DejaVu Sans', sans-serif" role="img"><title>{}</title><rect width="100%" height="100%" fill="#ffffff"/>"##,
        escaped(&format!("{platform}: before and after"))
    );
    let right = WIDTH - MARGIN - COLUMN;
    heading(&mut out, MARGIN, "As the host sent it", &count(done.posts.len(), "post"));
    let summary = format!(
        "{}, {} gone, {} moved",
        count(done.after.len(), "post"),
        done.rewritten.removed.len(),
        done.rewritten.moved.len()
    );
    heading(&mut out, right, "As your rules have it", &summary);
    lines(&mut out, done, &after, shown, right);
    for post in 0..shown {
        let gone = done.rewritten.removed.contains(&post);
        card(&mut out, done, post, MARGIN, post, gone);
    }
    for (row, post) in after.iter().enumerate() {
        card(&mut out, done, *post, right, row, false);
    }
    if done.posts.len() > shown {
        let rest = format!("and {} more", count(done.posts.len() - shown, "post"));
        text(&mut out, MARGIN, height - MARGIN, 13, PALE, "", &rest);
    }
    out.push_str("</svg>\n");
    out
}

fn heading(out: &mut String, x: usize, title: &str, summary: &str) {
    text(out, x, MARGIN + 20, 20, INK, "font-weight=\"600\"", title);
    text(out, x, MARGIN + 44, 14, PALE, "", summary);
}

/// From each post to where it stands now; from one that went, to why.
fn lines(out: &mut String, done: &Done, after: &[usize], shown: usize, right: usize) {
    let middle = |row: usize| TOP + row * ROW + BOX / 2;
    let (from, to) = (MARGIN + COLUMN, right);
    let bend = (to - from) / 2;
    for (row, post) in after.iter().enumerate() {
        let moved = done.rewritten.moved.iter().any(|moved| moved.post == *post);
        let (colour, width) = if moved { (MOVED, 2) } else { (LINE, 1) };
        let (y, z) = (middle(*post), middle(row));
        let _ = write!(
            out,
            r#"<path d="M{from} {y}C{a} {y} {b} {z} {to} {z}" fill="none" stroke="{colour}" stroke-width="{width}"/>"#,
            a = from + bend,
            b = to - bend
        );
    }
    for post in done.rewritten.removed.iter().filter(|post| **post < shown) {
        let (y, end) = (middle(*post), from + 26);
        let _ = write!(
            out,
            r#"<path d="M{from} {y}H{end}m-5 -5l10 10m0 -10l-10 10" fill="none" stroke="{GONE}" stroke-width="2"/>"#
        );
    }
}

/// One post: who, what, and what is said of it.
fn card(out: &mut String, done: &Done, post: usize, x: usize, row: usize, gone: bool) {
    let y = TOP + row * ROW;
    let (fill, edge, ink) =
        if gone { ("#fdf1f0", "#e7b4b0", "#7a4a47") } else { ("#f7f8fa", "#dfe3e9", INK) };
    let _ = write!(
        out,
        r#"<rect x="{x}" y="{y}" width="{COLUMN}" height="{BOX}" rx="6" fill="{fill}" stroke="{edge}"/>"#
    );
    let (author, words) = done.words(post);
    let place = format!("{}", post + 1);
    text(out, x + 34, y + 21, 12, PALE, "text-anchor=\"end\"", &place);
    text(out, x + 44, y + 21, 14, ink, "font-weight=\"600\"", &fitting(author, 26));
    text(out, x + 44, y + 41, 13, ink, "", &fitting(words, 58));
    let (note, colour) = if gone {
        (done.why(post), GONE)
    } else {
        let left = done.rewritten.left.iter().any(|left| left.post == post);
        (of_page(done, post, left), PALE)
    };
    if !note.is_empty() {
        text(out, x + COLUMN - 10, y + 21, 12, colour, "text-anchor=\"end\"", &fitting(&note, 30));
    }
}

/// What is done to a post in the page, where it stays in the answer.
fn of_page(done: &Done, post: usize, left: bool) -> String {
    let Some(verdict) = done.verdicts.get(post) else { return String::new() };
    let action = match verdict.action {
        Action::Show => "",
        Action::Keep => "kept",
        Action::Dim => "dimmed in the page",
        Action::Blur => "blurred in the page",
        Action::Collapse => "collapsed in the page",
        Action::Replace => "a note in its place",
        Action::Hide if left || done.decisions.remove.get(post) != Some(&true) => "hidden in the page",
        Action::Hide => "",
    };
    let labels = verdict.labels.join(", ");
    let score = if verdict.score == 0.0 { String::new() } else { format!("score {}", verdict.score) };
    [action, labels.as_str(), score.as_str()]
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(" · ")
}

fn text(out: &mut String, x: usize, y: usize, size: usize, colour: &str, more: &str, words: &str) {
    let _ = write!(
        out,
        r#"<text x="{x}" y="{y}" font-size="{size}" fill="{colour}" {more}>{}</text>"#,
        escaped(words)
    );
}

/// At most so many columns: signs of Chinese, Japanese, Korean and emoji take two.
fn fitting(words: &str, most: usize) -> String {
    let line = shortened(words, most * 2);
    let mut columns = 0;
    let mut out = String::new();
    for c in line.chars() {
        columns += if c >= '\u{1100}' { 2 } else { 1 };
        if columns > most {
            out.push('…');
            break;
        }
        out.push(c);
    }
    out
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
}
