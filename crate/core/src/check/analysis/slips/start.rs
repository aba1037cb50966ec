//! Lines that begin with nothing that a line can begin with.

use super::{Fix, Line};
use crate::reference;
use crate::syntax::TokenKind;

/// What was meant by such a line.
pub(super) fn mend(line: &Line<'_>) -> Option<Fix> {
    let whole = &line.source[line.span.clone()];
    let text = whole.trim();
    let first = line.text(0);
    if let Some(fix) = comment(line, text) {
        return Some(fix);
    }
    if is_filter(text) {
        return Some(Fix::help(
            "this is a content blocker's filter, which importing turns into rules; a rule says it in words: `hide if promoted`",
        ));
    }
    if first == "{" || text.starts_with('<') || (text.ends_with('}') && text.contains('{')) {
        return Some(Fix::help("a rule file holds no code: each line is a sentence like `hide if promoted`"));
    }
    if let Some(action) = (1..line.len().min(4)).find(|i| begins_line(line, *i))
        && (0..action).all(|i| line.kind(i) != Some(TokenKind::Word))
    {
        // A bullet or a number before the line.
        return line.remove(0, action - 1);
    }
    if line.is_text(0) {
        let inner = first.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
        let action = reference::ACTIONS.iter().any(|action| action.name == inner);
        return action.then(|| line.replace(0, 0, inner))?;
    }
    if line.kind(0) == Some(TokenKind::List) && line.kind(1) == Some(TokenKind::Equal) {
        return line.insert(0, "let ");
    }
    if line.is(0, &["if", "when", "whenever"]) {
        return condition_first(line);
    }
    if line.is(0, &["from", "between", "during"]) && line.kind(1) == Some(TokenKind::Number) {
        return line.replace(0, 0, "at");
    }
    if line.is(0, &["site", "sites", "in", "for"]) && line.text(1).contains('.') {
        return line.replace(0, 0, "on");
    }
    if reference::field(&line.word(0)).is_some() && !is_header(line) {
        let whole = line.len() == 1 || !(1..line.len()).any(|i| line.text(i) == "-" || line.text(i) == "=>");
        let help = "a rule begins with what it does; the condition comes behind `if`";
        let complete = whole && line.text(1) != ":" && (line.is_flag(0) || line.len() > 2);
        return match complete {
            true => line.insert(0, "hide if ").map(|fix| fix.and_help(help)),
            false => Some(Fix::help(format!("{help}: `hide if …`"))),
        };
    }
    None
}

fn is_header(line: &Line<'_>) -> bool {
    reference::HEADERS.iter().any(|header| header.name == line.word(0))
}

fn begins_line(line: &Line<'_>, i: usize) -> bool {
    line.is_action(i) || line.is(i, &["let", "on", "at", "pack"])
}

/// Comments of other languages.
fn comment(line: &Line<'_>, text: &str) -> Option<Fix> {
    let start = line.span.start + line.source[line.span.clone()].find(text)?;
    let (mark, end) = ["//", "/*", "--", ";", "<!--", "'"].iter().find_map(|mark| {
        let end = match *mark {
            "/*" => "*/",
            "<!--" => "-->",
            _ => "",
        };
        text.starts_with(mark).then_some((*mark, end))
    })?;
    let inner = text.strip_prefix(mark).unwrap_or(text);
    let inner = inner.strip_suffix(end).unwrap_or(inner).trim();
    Some(Fix {
        change: Some((start..start + text.len(), format!("# {inner}"))),
        help: Some("a comment begins with `#`".to_owned()),
        ..Fix::default()
    })
}

/// Whether a line is in the syntax of content blockers.
fn is_filter(text: &str) -> bool {
    text.contains("##")
        || text.contains("#@#")
        || text.contains("#?#")
        || text.starts_with("||")
        || text.starts_with("@@")
        || (text.starts_with(['.', '[']) && text.ends_with(']') && !text.contains(' '))
}

/// `if promoted hide`, `if promoted then hide`
fn condition_first(line: &Line<'_>) -> Option<Fix> {
    let last = line.len().checked_sub(1)?;
    let action = line.word(last);
    let alone = ["hide", "collapse", "blur", "dim", "highlight", "keep"].contains(&action.as_str());
    if !alone || last < 2 {
        return None;
    }
    let mut end = last - 1;
    while end > 1 && (line.is(end, &["then"]) || line.text(end) == "," || line.text(end) == ":") {
        end -= 1;
    }
    line.replace(0, last, format!("{action} if {}", line.written(1, end)))
        .map(|fix| fix.and_help("the action comes first, then `if` and the condition"))
}
