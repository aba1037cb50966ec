//! HTML as a tree that paths lead through, for platforms whose answers are pages or pieces of them.
//!
//! An element becomes an object, and what is inside of it a list; each element knows its bytes in the page:
//!
//! ```text
//! <tr class="athing new" id=7><td>Tea</td></tr>
//! {"tag":"tr","at":[0,43],"attr":{"class":"athing new","id":"7"},"class":{"athing":1,"new":1},
//!  "children":[{"tag":"td","at":[28,40],"attr":{},"class":{},"children":["Tea"]}]}
//! ```
//!
//! Blank text between elements and comments are left out. The tree is built by the rules that matter for where an
//! element ends (void elements, raw text, end tags that may be left out); what a browser moves elsewhere stays where
//! it is written, and an element that is never closed ends with its parent.

use super::text::entities;
use crate::json::{Kind, Node};
use std::borrow::Cow;
use std::fmt::Write;

/// The longest page that becomes a tree, in bytes.
pub(super) const MOST_PAGE: usize = 8 << 20;
/// The most elements and texts of one. What a tree takes besides the page is some 300 bytes for each, and its text.
pub(super) const MOST_NODES: usize = 200_000;
/// The longest tree, in bytes: attributes and classes are many where elements are few.
const MOST_TREE: usize = 32 << 20;
/// How deep elements may nest. JSON nests twice as deep.
const MOST_DEPTH: usize = 180;
/// The most attributes of an element that are kept.
const MOST_ATTRIBUTES: usize = 100;
/// The most that is gathered of one element's words, in bytes.
const MOST_WORDS: usize = 64 << 10;

const VOID: &[&str] =
    &["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"];
/// Elements whose text is no markup.
const RAW: &[&str] = &["script", "style", "textarea", "title", "noscript", "iframe", "template"];

struct Open<'h> {
    tag: Cow<'h, str>,
    /// Whether it has a child yet.
    filled: bool,
    /// Where in the tree the end of its bytes is to be written.
    end_at: usize,
}

/// The width that the end of an element's bytes is written with; it is known only later.
const END_WIDTH: usize = 10;

/// The tree of a page, as JSON; `None` if it is too large.
pub(super) fn tree(page: &str) -> Option<String> {
    if page.len() > MOST_PAGE {
        return None;
    }
    let mut builder = Builder { out: String::with_capacity(page.len() * 2), open: Vec::new(), nodes: 0 };
    builder.out.push_str("{\"tag\":\"\",\"children\":[");
    builder.open.push(Open { tag: Cow::Borrowed(""), filled: false, end_at: 0 });
    let mut at = 0;
    while at < page.len() {
        let rest = &page[at..];
        let Some(begin) = rest.find('<') else {
            builder.text(rest);
            break;
        };
        builder.text(&rest[..begin]);
        at += begin;
        at = builder.markup(page, at);
        if builder.nodes > MOST_NODES || builder.out.len() > MOST_TREE {
            return None;
        }
    }
    while builder.open.len() > 1 {
        builder.close(page.len());
    }
    builder.out.push_str("]}");
    Some(builder.out)
}

struct Builder<'h> {
    out: String,
    open: Vec<Open<'h>>,
    /// Elements and texts so far.
    nodes: usize,
}

impl<'h> Builder<'h> {
    /// Reads what begins with `<` at a byte, and says where what follows begins.
    fn markup(&mut self, page: &'h str, at: usize) -> usize {
        let rest = &page[at..];
        if let Some(comment) = rest.strip_prefix("<!--") {
            return comment.find("-->").map_or(page.len(), |end| at + 4 + end + 3);
        }
        let second = rest.as_bytes().get(1).copied().unwrap_or(b' ');
        if second == b'!' || second == b'?' {
            return rest.find('>').map_or(page.len(), |end| at + end + 1);
        }
        if second == b'/' {
            let end = rest.find('>').map_or(page.len(), |end| at + end + 1);
            self.end_tag(&tag_name(&page[at + 2..]), at, end);
            return end;
        }
        if !second.is_ascii_alphabetic() {
            self.text("<");
            return at + 1;
        }
        let tag = tag_name(&page[at + 1..]);
        self.close_implied(&tag, at);
        let (attributes, end, closed) = attributes(page, at + 1 + tag.len());
        if self.open.len() >= MOST_DEPTH {
            return end;
        }
        self.start(tag.clone(), &attributes, at);
        if VOID.contains(&tag.as_ref()) || (closed && tag.contains('-')) {
            self.close(end);
        } else if RAW.contains(&tag.as_ref()) {
            let inside = &page[end..];
            let stop = find_end_tag(inside, &tag).unwrap_or(inside.len());
            let behind = inside[stop..].find('>').map_or(page.len(), |e| end + stop + e + 1);
            self.close(behind);
            return behind;
        }
        end
    }

    fn child(&mut self) {
        self.nodes += 1;
        if let Some(parent) = self.open.last_mut()
            && std::mem::replace(&mut parent.filled, true)
        {
            self.out.push(',');
        }
    }

    fn text(&mut self, text: &str) {
        if !text.trim().is_empty() {
            self.child();
            string(&mut self.out, &entities(text));
        }
    }

    fn start(&mut self, tag: Cow<'h, str>, attributes: &[(Cow<'h, str>, &'h str)], at: usize) {
        self.child();
        let out = &mut self.out;
        out.push_str("{\"tag\":");
        string(out, &tag);
        // Writing to a string cannot fail.
        let _ = write!(out, ",\"at\":[{at},");
        let end_at = out.len();
        out.push_str(&" ".repeat(END_WIDTH));
        out.push_str("],\"attr\":{");
        for (index, (name, value)) in attributes.iter().enumerate() {
            if index > 0 {
                out.push(',');
            }
            string(out, name);
            out.push(':');
            string(out, &entities(value));
        }
        out.push_str("},\"class\":{");
        let classes = attributes.iter().find(|(name, _)| name == "class").map_or("", |(_, value)| value);
        for (index, class) in classes.split_ascii_whitespace().take(MOST_ATTRIBUTES).enumerate() {
            if index > 0 {
                out.push(',');
            }
            string(out, class);
            out.push_str(":1");
        }
        out.push_str("},\"children\":[");
        self.open.push(Open { tag, filled: false, end_at });
    }

    /// Closes the innermost element at a byte of the page.
    fn close(&mut self, end: usize) {
        if self.open.len() < 2 {
            return;
        }
        if let Some(open) = self.open.pop() {
            self.out.push_str("]}");
            self.out.replace_range(open.end_at..open.end_at + END_WIDTH, &format!("{end:END_WIDTH$}"));
        }
    }

    /// An end tag from a byte to another: closes its element and those inside of it, or nothing.
    fn end_tag(&mut self, tag: &str, start: usize, end: usize) {
        let Some(depth) = self.open.iter().rposition(|open| open.tag == tag) else { return };
        // A stray `</p>` or `</span>` does not reach out of a cell or a table.
        let fences = ["table", "td", "th", "article", "body"];
        if depth == 0
            || (self.open[depth + 1..].iter().any(|open| fences.contains(&open.tag.as_ref()))
                && !["table", "body", "html", "tbody", "tr", "article", "main", "div"].contains(&tag))
        {
            return;
        }
        while self.open.len() > depth + 1 {
            self.close(start);
        }
        self.close(end);
    }

    /// Closes what a start tag closes by itself.
    fn close_implied(&mut self, tag: &str, at: usize) {
        let (closes, fences): (&[&str], &[&str]) = match tag {
            "li" => (&["li"], &["ul", "ol"]),
            "option" => (&["option"], &["select"]),
            "td" | "th" => (&["td", "th"], &["tr", "table"]),
            "tr" => (&["tr"], &["table", "tbody", "thead", "tfoot"]),
            "tbody" | "thead" | "tfoot" => (&["tbody", "thead", "tfoot"], &["table"]),
            "p" | "div" | "table" | "ul" | "ol" | "pre" | "blockquote" | "article" | "section" => {
                (&["p"], &["td", "div", "table", "article", "section", "button"])
            }
            _ => return,
        };
        let fence =
            self.open.iter().rposition(|open| fences.contains(&open.tag.as_ref())).map_or(1, |f| f + 1);
        if let Some(depth) = self.open.iter().rposition(|open| closes.contains(&open.tag.as_ref()))
            && depth >= fence
        {
            while self.open.len() > depth {
                self.close(at);
            }
        }
    }
}

/// A tag's name, lower case.
fn tag_name(text: &str) -> Cow<'_, str> {
    let end = text.find(|c: char| c.is_ascii_whitespace() || matches!(c, '>' | '/')).unwrap_or(text.len());
    lower(&text[..end])
}

fn lower(text: &str) -> Cow<'_, str> {
    if text.bytes().any(|b| b.is_ascii_uppercase()) { text.to_ascii_lowercase().into() } else { text.into() }
}

/// Where the end tag of raw text is.
fn find_end_tag(text: &str, tag: &str) -> Option<usize> {
    text.match_indices("</")
        .map(|(at, _)| at)
        .find(|at| text.get(at + 2..at + 2 + tag.len()).is_some_and(|name| name.eq_ignore_ascii_case(tag)))
}

/// The attributes of a tag, the first of each name, where it ends, and whether it closes itself.
fn attributes(page: &str, from: usize) -> (Vec<(Cow<'_, str>, &str)>, usize, bool) {
    let bytes = page.as_bytes();
    let mut all: Vec<(Cow<'_, str>, &str)> = Vec::new();
    let mut at = from;
    let mut closed = false;
    loop {
        match bytes.get(at) {
            None => return (all, page.len(), closed),
            Some(b'>') => return (all, at + 1, closed),
            Some(b'/') => {
                closed = true;
                at += 1;
            }
            Some(b) if b.is_ascii_whitespace() => at += 1,
            Some(_) => {
                closed = false;
                let stop = |b: &u8| b.is_ascii_whitespace() || matches!(b, b'=' | b'>' | b'/');
                // At least one byte, so that this always gets on; a byte that is no letter is a name too.
                let length = 1 + bytes[at + 1..].iter().position(stop).unwrap_or(page.len() - at - 1);
                let name = lower(page.get(at..at + length).unwrap_or_default());
                at += length;
                let behind = at + bytes[at..].iter().take_while(|b| b.is_ascii_whitespace()).count();
                let mut value = "";
                if bytes.get(behind) == Some(&b'=') {
                    let begin = behind
                        + 1
                        + bytes[behind + 1..].iter().take_while(|b| b.is_ascii_whitespace()).count();
                    let (from, to, next) = match bytes.get(begin) {
                        Some(quote @ (b'"' | b'\'')) => {
                            let length = bytes[begin + 1..].iter().position(|b| b == quote);
                            let end = length.map_or(page.len(), |l| begin + 1 + l);
                            (begin + 1, end, (end + 1).min(page.len()))
                        }
                        _ => {
                            let bare = |b: &u8| b.is_ascii_whitespace() || *b == b'>';
                            let end = bytes[begin..].iter().position(bare).map_or(page.len(), |l| begin + l);
                            (begin, end, end)
                        }
                    };
                    value = page.get(from..to).unwrap_or_default();
                    at = next;
                }
                if all.len() < MOST_ATTRIBUTES && !all.iter().any(|(known, _)| *known == name) {
                    all.push((name, value));
                }
            }
        }
    }
}

/// A text as a JSON string.
fn string(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            c if c < ' ' => {
                let _ = write!(out, "\\u{:04x}", c as u32);
            }
            c => out.push(c),
        }
    }
    out.push('"');
}

/// An element's bytes in the page.
pub(super) fn span(element: Node<'_>) -> Option<std::ops::Range<usize>> {
    let at = element.get("at")?;
    // Written above, from positions in memory.
    Some(at.at(0)?.as_f64()? as usize..at.at(1)?.as_f64()? as usize)
}

/// The words in an element as a reader sees them; of a list or a text, the words there.
pub(super) fn words(node: Node<'_>) -> String {
    let mut out = String::new();
    gather(node, &mut out);
    let mut tidy = String::with_capacity(out.len());
    for line in out.lines().map(str::trim) {
        if !line.is_empty() || !tidy.ends_with("\n\n") {
            tidy.push_str(line);
            tidy.push('\n');
        }
    }
    tidy.trim().to_owned()
}

fn gather(node: Node<'_>, out: &mut String) {
    if out.len() > MOST_WORDS {
        return;
    }
    match node.kind() {
        Kind::String => {
            let text = node.as_str().unwrap_or_default();
            // Line ends in the source are blanks.
            for (index, word) in text.split_ascii_whitespace().enumerate() {
                let gap = index > 0 || text.starts_with(|c: char| c.is_ascii_whitespace());
                if gap && !out.ends_with(['\n', ' ']) && !out.is_empty() {
                    out.push(' ');
                }
                out.push_str(word);
            }
            if text.ends_with(|c: char| c.is_ascii_whitespace()) {
                out.push(' ');
            }
        }
        Kind::Array => node.elements().for_each(|child| gather(child, out)),
        Kind::Object => {
            let tag = node.get("tag").and_then(Node::as_str).unwrap_or_default();
            match tag.as_ref() {
                "script" | "style" | "template" | "noscript" => return,
                "br" => out.push('\n'),
                "p" | "blockquote" | "pre" => out.push_str("\n\n"),
                "div" | "li" | "tr" | "td" => out.push('\n'),
                _ => {}
            }
            if let Some(children) = node.get("children") {
                gather(children, out);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::Document;

    fn outline(page: &str) -> String {
        fn write(node: Node<'_>, page: &str, out: &mut String) {
            for child in node.get("children").into_iter().flat_map(Node::elements) {
                match child.get("tag").and_then(Node::as_str) {
                    Some(tag) => {
                        assert!(page[span(child).expect("its bytes")].starts_with('<'));
                        out.push_str(&format!("({tag}"));
                        write(child, page, out);
                        out.push(')');
                    }
                    None => out.push_str(child.raw()),
                }
            }
        }
        let document = Document::parse(&tree(page).expect("small")).expect("JSON");
        let mut out = String::new();
        write(document.root(), page, &mut out);
        out
    }

    #[test]
    fn elements_end_where_a_browser_ends_them() {
        for (page, tree) in [
            ("<p>a<p>b<div>c</div>", "(p\"a\")(p\"b\")(div\"c\")"),
            ("<table><tr><td>1<td>2<tr><td>3</table>x", "(table(tr(td\"1\")(td\"2\"))(tr(td\"3\")))\"x\""),
            ("a<br>b<img src=x>", "\"a\"(br)\"b\"(img)"),
            ("<script>if (a < b) '</div>'</script>c", "(script)\"c\""),
            ("<ul><li>a<ul><li>b</ul><li>c</ul>", "(ul(li\"a\"(ul(li\"b\")))(li\"c\"))"),
            ("<!doctype html><!-- <p> --><b>a</b", "(b\"a\")"),
            ("a < b <3", "\"a \"\"<\"\" b \"\"<\"\"3\""),
            ("</p><td></span>a</td>", "(td\"a\")"),
        ] {
            assert_eq!(outline(page), tree, "{page}");
        }
    }

    #[test]
    fn what_is_too_large_becomes_no_tree() {
        for page in [
            "<br>".repeat(MOST_NODES + 1),
            "<b>a</b> ".repeat(MOST_NODES / 2 + 1),
            "a".repeat(MOST_PAGE + 1),
            // Each of these characters takes six in a tree.
            format!(
                "<br {}>",
                (10..100).map(|n| format!("a{n}=\u{1}\u{1}\u{1}\u{1}\u{1}\u{1} ")).collect::<String>()
            )
            .repeat(8_300),
        ] {
            assert!(tree(&page).is_none(), "{}", &page[..20]);
        }
        assert!(tree(&"<b>a</b> ".repeat(MOST_NODES / 3)).is_some());
    }

    #[test]
    fn attributes_are_read_in_every_spelling() {
        let page = r#"<A HREF='/x?a=1&amp;b' data-n = 7 class="a  b" hidden class=z>t</A>"#;
        let document = Document::parse(&tree(page).expect("small")).expect("JSON");
        let link = document.root().get("children").and_then(|c| c.at(0)).expect("a link");
        let attr = |name: &str| link.get("attr").and_then(|a| a.get(name)).and_then(Node::as_str);
        assert_eq!(attr("href").as_deref(), Some("/x?a=1&b"));
        assert_eq!((attr("data-n").as_deref(), attr("hidden").as_deref()), (Some("7"), Some("")));
        assert!(link.get("class").is_some_and(|c| c.get("b").is_some() && c.get("z").is_none()));
        assert_eq!(span(link), Some(0..page.len()));
    }

    #[test]
    fn words_are_those_a_reader_sees() {
        let document = Document::parse(
            &tree("<div>Tea\n  and <i>toast</i><p>for &lt;two&gt;<script>x</script></div>").expect("small"),
        )
        .expect("JSON");
        assert_eq!(words(document.root()), "Tea and toast\n\nfor <two>");
    }

    proptest::proptest! {
        #[test]
        fn any_text_becomes_a_tree(page in "[<>/a-ptd=\"' !-]{0,80}|.{0,40}") {
            let document = Document::parse(&tree(&page).expect("small")).expect("JSON");
            for id in 0..document.root().end_id() {
                if let Some(span) = document.node(id).and_then(span) {
                    proptest::prop_assert!(page.get(span).is_some());
                }
            }
        }
    }
}
