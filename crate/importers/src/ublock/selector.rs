//! Selectors of cosmetic filters, taken apart as far as rules need it: compounds with their simple parts, and the
//! procedural operators behind them.

/// One compound: `article[data-testid="tweet"]:has-text(x)`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Compound {
    /// Lower case; empty or `*` where any will do.
    pub(super) tag: String,
    pub(super) id: Option<String>,
    pub(super) classes: Vec<String>,
    pub(super) attributes: Vec<Attribute>,
    /// In their order: name, and what stands in brackets.
    pub(super) pseudos: Vec<(String, Option<String>)>,
}

/// `[name op "value"]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Attribute {
    pub(super) name: String,
    /// `=`, `*=`, `^=`, `$=`, `~=`, `|=`; empty where only its presence is asked.
    pub(super) operator: String,
    pub(super) value: String,
}

/// Most characters of one filter.
const MAX_LENGTH: usize = 4_096;
/// Most compounds of one selector.
const MAX_COMPOUNDS: usize = 32;

/// The parts of a list between commas, brackets and quotes respected.
pub(super) fn split_list(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut start = 0;
    for (at, c) in outer(text) {
        if c == ',' {
            parts.push(text[start..at].trim());
            start = at + 1;
        }
    }
    parts.push(text[start..].trim());
    parts
}

/// One selector between commas as its compounds, the subject last. Combinators are dropped but for siblings.
pub(super) fn parse(text: &str) -> Result<Vec<Compound>, String> {
    if text.len() > MAX_LENGTH {
        return Err("it is over 4,096 characters".to_owned());
    }
    let mut compounds = Vec::new();
    let mut start = 0;
    let mut push = |part: &str| -> Result<(), String> {
        let part = part.trim();
        if !part.is_empty() && part != ":scope" {
            if compounds.len() >= MAX_COMPOUNDS {
                return Err("it has too many parts".to_owned());
            }
            compounds.push(compound(part)?);
        }
        Ok(())
    };
    for (at, c) in outer(text) {
        match c {
            ' ' | '>' | '\t' => {
                push(&text[start..at])?;
                start = at + 1;
            }
            '+' | '~' => return Err("it looks at neighbours, and a post knows none".to_owned()),
            _ => {}
        }
    }
    push(&text[start..])?;
    if compounds.is_empty() { Err("it is empty".to_owned()) } else { Ok(compounds) }
}

/// The characters outside brackets and quotes. What stands in the brackets of `:has-text(…)` is no selector: an
/// apostrophe in it opens no quotes, an expression's brackets are as likely escaped as not.
fn outer(text: &str) -> impl Iterator<Item = (usize, char)> + '_ {
    let (mut round, mut square) = (0_usize, 0_usize);
    let mut quote: Option<char> = None;
    let mut escaped = false;
    text.char_indices().filter(move |&(at, c)| {
        if std::mem::take(&mut escaped) {
            return false;
        }
        if c == '\\' {
            escaped = true;
            return false;
        }
        if let Some(open) = quote {
            if c == open {
                quote = None;
            }
            return false;
        }
        match c {
            '"' | '\'' if square > 0 => quote = Some(c),
            '"' | '\'' if round > 0 && text[..at].ends_with('(') => quote = Some(c),
            '(' => round += 1,
            ')' => round = round.saturating_sub(1),
            '[' => square += 1,
            ']' => square = square.saturating_sub(1),
            _ => return round == 0 && square == 0,
        }
        false
    })
}

fn compound(text: &str) -> Result<Compound, String> {
    let mut out = Compound::default();
    let mut rest = text;
    if !rest.starts_with(['#', '.', '[', ':']) {
        let (tag, after) = name(rest);
        let (tag, after) = if let Some(after) = rest.strip_prefix('*') { ("*", after) } else { (tag, after) };
        if tag.is_empty() {
            return Err(format!("`{text}` is no selector"));
        }
        out.tag = tag.to_lowercase();
        rest = after;
    }
    while let Some(first) = rest.chars().next() {
        let after = &rest[first.len_utf8()..];
        match first {
            '#' | '.' => {
                let (word, next) = name(after);
                if word.is_empty() {
                    return Err(format!("`{text}` is no selector"));
                }
                if first == '#' {
                    out.id = Some(word.to_owned())
                } else {
                    out.classes.push(word.to_owned())
                }
                rest = next;
            }
            '[' => {
                let end = closing(after, '[', ']')
                    .ok_or_else(|| format!("`{text}` has a bracket that is not closed"))?;
                out.attributes.push(attribute(&after[..end])?);
                rest = &after[end + 1..];
            }
            ':' => {
                let (word, next) = name(after.trim_start_matches(':'));
                if word.is_empty() {
                    return Err(format!("`{text}` is no selector"));
                }
                let (argument, next) = match next.strip_prefix('(') {
                    Some(inside) => {
                        let end = closing(inside, '(', ')')
                            .ok_or_else(|| format!("`{text}` has a bracket that is not closed"))?;
                        (Some(inside[..end].trim().to_owned()), &inside[end + 1..])
                    }
                    None => (None, next),
                };
                out.pseudos.push((word.to_lowercase(), argument));
                rest = next;
            }
            _ => return Err(format!("`{text}` is no selector")),
        }
    }
    Ok(out)
}

/// An identifier at the start, and what follows.
fn name(text: &str) -> (&str, &str) {
    let end = text.find(|c: char| !(c.is_alphanumeric() || matches!(c, '-' | '_'))).unwrap_or(text.len());
    text.split_at(end)
}

/// Where the bracket that is open closes.
fn closing(text: &str, open: char, close: char) -> Option<usize> {
    let mut depth = 0_usize;
    let mut quote: Option<char> = None;
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        if std::mem::take(&mut escaped) {
            continue;
        }
        match c {
            '\\' => escaped = true,
            c if quote == Some(c) => quote = None,
            _ if quote.is_some() => {}
            '"' | '\'' if open == '[' || at == 0 => quote = Some(c),
            c if c == open => depth += 1,
            c if c == close && depth == 0 => return Some(at),
            c if c == close => depth -= 1,
            _ => {}
        }
    }
    None
}

fn attribute(text: &str) -> Result<Attribute, String> {
    let text = text.trim();
    let Some(at) = text.find('=') else {
        return Ok(Attribute { name: text.to_lowercase(), operator: String::new(), value: String::new() });
    };
    let start = if at > 0 && text[..at].ends_with(['*', '^', '$', '~', '|']) { at - 1 } else { at };
    let name = text[..start].trim().to_lowercase();
    if name.is_empty() {
        return Err(format!("`[{text}]` is no selector"));
    }
    let mut value = text[at + 1..].trim();
    for flag in [" i", " s"] {
        value = value.strip_suffix(flag).map_or(value, str::trim_end);
    }
    Ok(Attribute { name, operator: text[start..=at].to_owned(), value: unquoted(value).to_owned() })
}

/// Without quotes around it.
pub(super) fn unquoted(text: &str) -> &str {
    let text = text.trim();
    for quote in ['"', '\''] {
        if let Some(inner) = text.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote)) {
            return inner;
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_and_compounds() {
        assert_eq!(
            split_list("a:has-text(/x,y/), b[c=\"d,e\"]:not(f, g)"),
            ["a:has-text(/x,y/)", "b[c=\"d,e\"]:not(f, g)"]
        );
        let parsed =
            parse("main > article#top.big[data-testid=\"tweet\" i]:has-text(It's (a) test)").unwrap();
        assert_eq!(parsed.len(), 2);
        let last = &parsed[1];
        assert_eq!((last.tag.as_str(), last.id.as_deref()), ("article", Some("top")));
        assert_eq!(last.classes, ["big"]);
        assert_eq!(
            last.attributes,
            [Attribute { name: "data-testid".into(), operator: "=".into(), value: "tweet".into() }]
        );
        assert_eq!(last.pseudos, [("has-text".into(), Some("It's (a) test".into()))]);
    }

    #[test]
    fn what_is_no_selector_says_so() {
        for bad in ["", "a[b", "a:has-text(b", "a + b", "a ~ b", "a{}", "a..b", "[=x]"] {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }
}
