//! Tokens of one line.

use crate::diagnostic::Span;

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenKind {
    /// A keyword, a name, a host name, an address.
    Word,
    /// Begins with a digit (or `-` or `.` and a digit): `10k`, `60%`, `22:00-07:00`, but also `9gag.com`.
    Number,
    /// Quoted text. `straight` is false where the quotes are not `"`.
    Text {
        /// Whether both quotes are `"`.
        straight: bool,
    },
    /// Quoted text without an end.
    UnclosedText,
    /// `/…/flags`
    Regex,
    /// A regular expression without an end.
    UnclosedRegex,
    /// `@name`
    List,
    /// `,`
    Comma,
    /// `:`
    Colon,
    /// `(`
    Open,
    /// `)`
    Close,
    /// `<`
    Less,
    /// `<=` or `≤`
    AtMost,
    /// `>`
    More,
    /// `>=` or `≥`
    AtLeast,
    /// `=`
    Equal,
    /// `!=` or `≠`
    NotEqual,
    /// `%`, apart from its number.
    Percent,
    /// `-`, apart from what it joins.
    Dash,
    /// Anything else.
    Unknown,
}

/// One token with its place in the source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// See [`TokenKind`].
    pub kind: TokenKind,
    /// In bytes from the start of the source.
    pub span: Span,
}

/// What a line is made of.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tokens {
    /// In order, without blanks and comment.
    pub tokens: Vec<Token>,
    /// From the `#` to the end of the line.
    pub comment: Option<Span>,
}

/// Closing quotes for an opening one.
fn closing(open: char) -> Option<&'static [char]> {
    match open {
        '"' => Some(&['"']),
        '\'' => Some(&['\'']),
        // „so“, “so” and ”so” are all written; what opens is what matters.
        '“' | '”' | '„' | '‟' => Some(&['”', '“']),
        '‘' | '’' | '‚' => Some(&['’', '‘']),
        '`' => Some(&['`']),
        '«' => Some(&['»']),
        '»' => Some(&['«']),
        _ => None,
    }
}

/// Whether a character separates tokens and means nothing else.
fn is_blank(c: char) -> bool {
    c.is_whitespace()
        || matches!(c, '\u{200b}' | '\u{feff}')
        // What turns the direction of text, which is warned of.
        || matches!(c, '\u{200e}' | '\u{200f}' | '\u{61c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Takes one line (no line end in it) apart; `offset` is where it starts in the source.
pub fn tokenize(line: &str, offset: usize) -> Tokens {
    // A rule has a dozen.
    let mut out = Tokens { tokens: Vec::with_capacity(if line.is_empty() { 0 } else { 12 }), comment: None };
    let mut at = 0;
    while let Some(c) = line[at..].chars().next() {
        if is_blank(c) {
            at += c.len_utf8();
            continue;
        }
        if c == '#' {
            out.comment = Some(offset + at..offset + line.len());
            break;
        }
        let (kind, length) = next(&line[at..], c);
        out.tokens.push(Token { kind, span: offset + at..offset + at + length });
        at += length;
    }
    out
}

/// The token at the start of `rest`, whose first character is `c`, and its length in bytes.
fn next(rest: &str, c: char) -> (TokenKind, usize) {
    let second = rest[c.len_utf8()..].chars().next();
    let two = |kind| (kind, c.len_utf8() + 1);
    let one = |kind| (kind, c.len_utf8());
    if let Some(closing) = closing(c) {
        return match text(rest, c, closing) {
            // Where only one of the two quotes was made typographic.
            (TokenKind::UnclosedText, _) if !matches!(c, '"' | '\'' | '`') => text(rest, c, &['"', '\'']),
            whole => whole,
        };
    }
    match (c, second) {
        (',', _) => one(TokenKind::Comma),
        (':', _) => one(TokenKind::Colon),
        ('(', _) => one(TokenKind::Open),
        (')', _) => one(TokenKind::Close),
        ('<', Some('=')) => two(TokenKind::AtMost),
        ('>', Some('=')) => two(TokenKind::AtLeast),
        ('!', Some('=')) => two(TokenKind::NotEqual),
        ('<', _) => one(TokenKind::Less),
        ('>', _) => one(TokenKind::More),
        ('≤', _) => one(TokenKind::AtMost),
        ('≥', _) => one(TokenKind::AtLeast),
        ('≠', _) => one(TokenKind::NotEqual),
        // `==`, `=>`, `=<`, `&&` and `||` as one unknown token each, so that the message can name them.
        ('=', Some('=' | '>' | '<')) | ('&', Some('&')) | ('|', Some('|')) => two(TokenKind::Unknown),
        ('=', _) => one(TokenKind::Equal),
        ('%', _) => one(TokenKind::Percent),
        ('/', _) => regex(rest),
        ('@', _) => {
            let end = rest[1..]
                .find(|c| !(is_word(c) || matches!(c, '-' | '.' | '@')))
                .map_or(rest.len(), |i| i + 1);
            (TokenKind::List, end)
        }
        ('-' | '–', Some(d)) if d.is_ascii_digit() => (TokenKind::Number, bare(rest)),
        ('.', Some(d)) if d.is_ascii_digit() => (TokenKind::Number, bare(rest)),
        ('-' | '–' | '—', _) => one(TokenKind::Dash),
        ('*', Some('.')) => (TokenKind::Word, bare(rest)),
        (c, _) if c.is_ascii_digit() => (TokenKind::Number, bare(rest)),
        (c, _) if is_word(c) => (TokenKind::Word, bare(rest)),
        _ => one(TokenKind::Unknown),
    }
}

/// The length of the word or number that `rest` starts with. A sign in the middle belongs to it where
/// a word goes on behind it: `mon-fri`, `22:00`, `quote.text`, `reddit.com/r/all`.
fn bare(rest: &str) -> usize {
    // Nearly all words are letters up to a blank.
    let plain = rest.bytes().position(|b| !(b.is_ascii_alphanumeric() || b == b'_'));
    if plain
        .is_none_or(|end| end > 0 && matches!(rest.as_bytes()[end], b' ' | b',' | b')' | b'<' | b'>' | b'='))
    {
        return plain.unwrap_or(rest.len());
    }
    let mut chars = rest.char_indices().peekable();
    let (mut dotted, mut first) = (false, true);
    while let Some((at, c)) = chars.next() {
        let following = chars.peek().map(|&(_, c)| c);
        let goes_on = following.is_some_and(is_word);
        let belongs = match c {
            c if is_word(c) => true,
            '.' => {
                dotted |= goes_on;
                goes_on
            }
            '*' => first && following == Some('.'),
            // Two in a row stand in internationalised host names: `xn--bcher-kva.example`.
            '-' | '–' => rest[at..].trim_start_matches(['-', '–']).starts_with(is_word),
            '\'' | '’' => !first && goes_on,
            ':' if rest[at..].starts_with("://") => {
                // An address: up to the next blank, comma or bracket.
                return rest
                    .find(|c: char| is_blank(c) || matches!(c, ',' | ')' | '"'))
                    .unwrap_or(rest.len());
            }
            ':' => following.is_some_and(|c| c.is_ascii_digit()),
            '/' => dotted && (goes_on || following.is_none_or(is_blank)),
            '%' => {
                // Ends a share.
                return if rest[..at].ends_with(|c: char| c.is_ascii_digit()) { at + 1 } else { at };
            }
            _ => false,
        };
        if !belongs {
            return at;
        }
        first = false;
    }
    rest.len()
}

fn text(rest: &str, open: char, closing: &[char]) -> (TokenKind, usize) {
    // Nearly all texts are in straight quotes, without escapes.
    if open == '"'
        && let Some(end) = rest.bytes().skip(1).position(|b| matches!(b, b'"' | b'\\'))
        && rest.as_bytes().get(end + 1) == Some(&b'"')
    {
        return (TokenKind::Text { straight: true }, end + 2);
    }
    let mut chars = rest.char_indices().skip(1);
    while let Some((at, c)) = chars.next() {
        if c == '\\' {
            chars.next();
        } else if closing.contains(&c) {
            return (TokenKind::Text { straight: open == '"' }, at + c.len_utf8());
        }
    }
    (TokenKind::UnclosedText, rest.len())
}

fn regex(rest: &str) -> (TokenKind, usize) {
    let mut chars = rest.char_indices().skip(1);
    while let Some((at, c)) = chars.next() {
        if c == '\\' {
            chars.next();
        } else if c == '/' {
            let flags =
                rest[at + 1..].find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(rest.len() - at - 1);
            return (TokenKind::Regex, at + 1 + flags);
        }
    }
    (TokenKind::UnclosedRegex, rest.len())
}
