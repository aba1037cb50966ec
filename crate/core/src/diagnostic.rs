//! Messages about a rule file: where, what is wrong, and what to write instead.

use serde::Serialize;
use std::ops::Range;

/// Byte offsets into a source.
pub type Span = Range<usize>;

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// The line does not count.
    Error,
    /// The line counts, and likely does not do what was meant.
    Warning,
    /// Could be said better.
    Hint,
}

/// One message about a rule file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Diagnostic {
    /// See [`Severity`].
    pub severity: Severity,
    /// Stable, kebab-case; one of [`code::ALL`].
    pub code: &'static str,
    /// What is wrong, in one sentence without a full stop.
    pub message: String,
    /// Where, in bytes from the start of the source.
    pub span: Span,
    /// From 1.
    pub line: u32,
    /// From 1, in characters.
    pub column: u32,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
    /// A text that mends it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suggestion: Option<Suggestion>,
}

/// Replace this by that, and the mistake is gone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Suggestion {
    /// What to replace, in bytes; may be empty (insert) and may be more or less than the message's span.
    pub span: Span,
    /// By what.
    pub replacement: String,
    /// There is no other reading of what was written, so that a tool may apply it unasked; not so a guess like
    /// "did you mean". What rustc calls machine-applicable.
    pub sure: bool,
}

impl Diagnostic {
    fn new(severity: Severity, code: &'static str, span: Span, message: impl Into<String>) -> Self {
        Self {
            severity,
            code,
            message: message.into(),
            span,
            line: 0,
            column: 0,
            help: None,
            suggestion: None,
        }
    }

    /// A message that costs the line. Line and column are filled in by [`Diagnostic::locate`].
    pub fn error(code: &'static str, span: Span, message: impl Into<String>) -> Self {
        Self::new(Severity::Error, code, span, message)
    }

    /// A message that leaves the line in force.
    pub fn warning(code: &'static str, span: Span, message: impl Into<String>) -> Self {
        Self::new(Severity::Warning, code, span, message)
    }

    /// A message about style.
    pub fn hint(code: &'static str, span: Span, message: impl Into<String>) -> Self {
        Self::new(Severity::Hint, code, span, message)
    }

    /// Adds what to do.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Adds a text that mends it.
    #[must_use]
    pub fn suggest(mut self, span: Span, replacement: impl Into<String>) -> Self {
        self.suggestion = Some(Suggestion { span, replacement: replacement.into(), sure: false });
        self
    }

    /// Adds the one text that mends it; see [`Suggestion::sure`].
    #[must_use]
    pub fn mend(mut self, span: Span, replacement: impl Into<String>) -> Self {
        self.suggestion = Some(Suggestion { span, replacement: replacement.into(), sure: true });
        self
    }

    /// Fills in line and column, given the number and the first byte of the line that the span starts in.
    #[must_use]
    pub fn locate(mut self, source: &str, line: u32, line_start: usize) -> Self {
        let at = floor_boundary(source, self.span.start).max(line_start);
        self.line = line;
        self.column = source[line_start..at].chars().count() as u32 + 1;
        self
    }

    /// The suggestion in words, as it stands behind the mark: "did you mean `likes`?". `None` without one, or where
    /// it is too long to be said in passing.
    pub fn advice(&self, source: &str) -> Option<String> {
        let suggestion = self.suggestion.as_ref()?;
        let old = source.get(suggestion.span.clone()).unwrap_or("");
        let new = suggestion.replacement.trim();
        // A long replacement would only repeat the line.
        if new.chars().count() > MAX_QUOTED || old.chars().count() > MAX_QUOTED {
            return None;
        }
        Some(if new.is_empty() && suggestion.span != self.span {
            format!("leave out `{}`", old.trim())
        } else if new.is_empty() {
            "leave this out".to_owned()
        } else if old.trim().is_empty() {
            format!("write `{new}` here")
        } else if suggestion.span == self.span {
            format!("did you mean `{new}`?")
        } else {
            format!("write `{new}` for `{}`", old.trim())
        })
    }

    /// The message as plain text in the manner of rustc: code, place, the line with a mark under it, help.
    /// Tabs are widened, characters that do not print are shown as `�`, and of a long line only the part
    /// around the mark is shown.
    pub fn render(&self, source: &str, file: &str) -> String {
        let severity = match self.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Hint => "hint",
        };
        let number = self.line.to_string();
        let gutter = " ".repeat(number.len());
        let mut out = format!(
            "{severity}[{}]: {}\n{gutter}--> {file}:{}:{}\n",
            self.code, self.message, self.line, self.column
        );
        let start = floor_boundary(source, self.span.start);
        let line_start = source[..start].rfind(['\n', '\r']).map_or(0, |i| i + 1);
        let line_end = source[start..].find(['\n', '\r']).map_or(source.len(), |i| start + i);
        let end = floor_boundary(source, self.span.end).clamp(start, line_end);
        let (shown, lead, width) =
            window(&source[line_start..line_end], start - line_start, end - line_start);
        out.push_str(&format!("{gutter} |\n{number} |{}{shown}\n", if shown.is_empty() { "" } else { " " }));
        out.push_str(&format!("{gutter} | {}{}", " ".repeat(lead), "^".repeat(width.max(1))));
        if let Some(advice) = self.advice(source) {
            out.push(' ');
            out.push_str(&advice);
        }
        out.push('\n');
        if let Some(help) = &self.help {
            out.push_str(&format!("{gutter} = help: {help}\n"));
        }
        out
    }
}

/// The longest piece of source that a message quotes, in characters.
const MAX_QUOTED: usize = 60;
/// The widest part of a line that is shown, in columns.
const WINDOW: usize = 100;
/// How many columns before the mark are shown where the line is cut.
const BEFORE: usize = 30;

/// A piece of source fit to be quoted in a message: cut when long, unprintable characters replaced.
pub(crate) fn quoted(text: &str) -> String {
    let mut out = String::new();
    for (i, c) in text.chars().enumerate() {
        if i == MAX_QUOTED {
            out.push('…');
            break;
        }
        out.push(if is_unprintable(c) { '\u{fffd}' } else { c });
    }
    out
}

/// The line, or the part of it around the mark, with the columns before the mark and its width.
fn window(line: &str, start: usize, end: usize) -> (String, usize, usize) {
    // One entry a character: what is shown for it, at which column, how wide.
    let mut cells = Vec::new();
    let (mut column, mut mark_start, mut mark_end) = (0, None, None);
    for (offset, c) in line.char_indices() {
        if offset >= start && mark_start.is_none() {
            mark_start = Some(column);
        }
        if offset >= end && mark_end.is_none() {
            mark_end = Some(column);
        }
        let (shown, width) = match c {
            '\t' => (' ', 4 - column % 4),
            c if is_unprintable(c) => ('\u{fffd}', 1),
            c => (c, columns(c)),
        };
        cells.push((shown, column, width));
        column += width;
    }
    let mark_start = mark_start.unwrap_or(column);
    let mark_end = mark_end.unwrap_or(column).max(mark_start);
    let (from, to) = if column <= WINDOW {
        (0, column)
    } else {
        let from = mark_start.saturating_sub(BEFORE);
        (from, from + WINDOW)
    };
    let mut shown = String::new();
    if from > 0 {
        shown.push('…');
    }
    let mut last = from;
    for &(c, at, width) in cells.iter().filter(|(_, at, width)| *at >= from && at + width <= to) {
        shown.push(c);
        if c == ' ' && width > 1 {
            shown.push_str(&" ".repeat(width - 1));
        }
        last = at + width;
    }
    if to < column {
        shown.push('…');
    }
    let lead = mark_start - from + usize::from(from > 0);
    (shown.trim_end().to_owned(), lead, mark_end.min(last.max(mark_start)) - mark_start)
}

/// How many columns a character takes in a terminal: an approximation by blocks that serves marks.
fn columns(c: char) -> usize {
    match c as u32 {
        0x0300..=0x036f | 0x200b..=0x200f | 0xfe00..=0xfe0f => 0,
        0x1100..=0x115f
        | 0x2e80..=0x303e
        | 0x3041..=0xa4cf
        | 0xac00..=0xd7a3
        | 0xf900..=0xfaff
        | 0xfe30..=0xfe6f
        | 0xff00..=0xff60
        | 0xffe0..=0xffe6
        | 0x1f300..=0x1faff
        | 0x20000..=0x3fffd => 2,
        _ => 1,
    }
}

/// Control characters and those that turn the direction of text.
fn is_unprintable(c: char) -> bool {
    (c.is_control() && c != '\t')
        || matches!(c, '\u{200e}' | '\u{200f}' | '\u{61c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{200b}')
}

fn floor_boundary(text: &str, mut at: usize) -> usize {
    at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// Declares the codes together with what they mean, for the reference and for tests.
macro_rules! codes {
    ($($constant:ident = $text:literal, $meaning:literal;)+) => {
        /// Every code a [`Diagnostic`] can have.
        pub mod code {
            $(#[doc = $meaning] pub const $constant: &str = $text;)+
            /// Each code with its meaning.
            pub const ALL: &[(&str, &str)] = &[$(($text, $meaning)),+];
        }
    };
}

codes! {
    FILE_TOO_LARGE = "file-too-large", "The file is over 4 MB, or the lists of the pack are too long together; what is too much does not count.";
    LINE_TOO_LONG = "line-too-long", "The line is over 64 KB; it does not count.";
    TOO_MANY_MESSAGES = "too-many-messages", "There are more messages than are listed.";
    MIXED_LINE_ENDS = "mixed-line-ends", "Some lines end in CRLF, others in LF or CR.";
    INVISIBLE_CHARACTER = "invisible-character", "A character that cannot be seen, or that turns the direction of text.";
    UNKNOWN_STATEMENT = "unknown-statement", "The line begins with no action, header, `let`, `on` or `at`.";
    UNEXPECTED = "unexpected", "Something stands where it cannot stand.";
    MISSING = "missing", "Something that has to be there is not.";
    UNCLOSED_TEXT = "unclosed-text", "A quoted text has no closing quote.";
    UNCLOSED_REGEX = "unclosed-regex", "A regular expression has no closing slash.";
    UNCLOSED_BRACKET = "unclosed-bracket", "A bracket is opened and not closed, or closed and not opened.";
    BAD_ESCAPE = "bad-escape", "A backslash in a quoted text stands before something else than `\"`, `\\` or `n`.";
    WRONG_QUOTES = "wrong-quotes", "Typographic or single quotes instead of `\"`.";
    TOO_DEEP = "too-deep", "Brackets and `not`s are nested more than 64 deep.";
    TOO_LARGE = "too-large", "The condition has more than 1,000 parts.";
    REPEATED_CLAUSE = "repeated-clause", "A clause that can stand once stands twice.";
    BAD_HOST = "bad-host", "Not a host name.";
    UNKNOWN_SURFACE = "unknown-surface", "No surface has this name.";
    UNEVEN_SCOPE = "uneven-scope", "Surfaces narrow one site of an `on` line and not another.";
    BAD_TIME = "bad-time", "Not a time window or a day.";
    BAD_NUMBER = "bad-number", "Not a number, or one that cannot stand here.";
    BAD_UNIT = "bad-unit", "A unit is missing, unknown, ambiguous, or does not fit the field.";
    BAD_SHARE = "bad-share", "A share is not between 0% and 100%.";
    BAD_LIST_NAME = "bad-list-name", "Not a name that a list can have.";
    DUPLICATE_LIST = "duplicate-list", "The list is defined twice.";
    UNKNOWN_LIST = "unknown-list", "No list has this name.";
    EMPTY_LIST = "empty-list", "The list has no items, so nothing is ever in it.";
    MISSING_FILE = "missing-file", "The pack comes without the file that the list is read from.";
    UNUSED_LIST = "unused-list", "No rule uses the list.";
    DUPLICATE_HEADER = "duplicate-header", "The header stands twice.";
    UNKNOWN_FIELD = "unknown-field", "No field or model has this name.";
    UNKNOWN_VALUE = "unknown-value", "The field cannot have this value.";
    WRONG_OPERATOR = "wrong-operator", "The field cannot be asked this.";
    WRONG_VALUE = "wrong-value", "The value is not of the sort that this field takes.";
    NOT_A_CONDITION = "not-a-condition", "A field or value stands where a condition is expected.";
    BARE_VALUE = "bare-value", "A value stands alone after `or` or `and`.";
    EMPTY_TEXT = "empty-text", "Empty text, which is in every text.";
    BAD_REGEX = "bad-regex", "The regular expression does not compile.";
    REGEX_TOO_BIG = "regex-too-big", "The regular expression, or all of them together, would take too much memory, or too long to check.";
    ORDER_KEYS = "order-keys", "A key of `order by` that can have no effect.";
    NO_CONDITION = "no-condition", "`order by` takes no condition.";
    NEVER_TRUE = "never-true", "The condition can never be true.";
    ALWAYS_TRUE = "always-true", "The condition is always true.";
    REPEATED_CONDITION = "repeated-condition", "The same condition stands twice in one chain.";
    POINTLESS_RULE = "pointless-rule", "Another rule makes this one pointless.";
    CONTRADICTION = "contradiction", "Another rule says the opposite of the same posts.";
    NOT_OFFERED = "not-offered", "None of the rule's sites shows the field.";
    SLOW_REGEX = "slow-regex", "The regular expression has to be tried on every post.";
    OVERLAPPING_HOURS = "overlapping-hours", "Two windows of one `at` overlap.";
    RULES_HELD = "rules-held", "Rules are off because the `on` line above them could not be read.";
    NO_EFFECT = "no-effect", "The line does nothing.";
}
