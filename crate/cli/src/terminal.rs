//! What is written for people: colours, widths, progress, and messages about the work itself.
//!
//! Colour follows `--color`, `NO_COLOR`, `CLICOLOR_FORCE` and whether a terminal reads, by way of `anstream`: whoever
//! writes styled text through [`stdout`] or [`stderr`] need not ask.

use anstream::AutoStream;
use anstyle::{AnsiColor, Style};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::borrow::Cow;
use std::io::{self, IsTerminal, Write};
use std::time::Duration;

/// What is wrong, and posts that are gone.
pub const RED: Style = AnsiColor::Red.on_default().bold();
/// What is doubtful, and posts that are made less of.
pub const YELLOW: Style = AnsiColor::Yellow.on_default().bold();
/// What is true, added or well.
pub const GREEN: Style = AnsiColor::Green.on_default().bold();
/// What goes on.
pub const BLUE: Style = AnsiColor::Blue.on_default().bold();
/// What matters most of what is neither.
pub const BOLD: Style = Style::new().bold();
/// What can be skipped in reading.
pub const DIM: Style = Style::new().dimmed();

/// Standard output; styles are taken out where nobody can see them.
pub fn stdout() -> AutoStream<io::StdoutLock<'static>> {
    anstream::stdout().lock()
}

/// Standard error, likewise.
pub fn stderr() -> AutoStream<io::StderrLock<'static>> {
    anstream::stderr().lock()
}

/// Text in a style.
pub fn styled(style: Style, text: impl std::fmt::Display) -> String {
    let text = text.to_string();
    if text.is_empty() { text } else { format!("{style}{text}{style:#}") }
}

/// Says on standard error what went wrong. That nobody reads it is no reason to stop.
pub fn error(message: &str) {
    say(RED, "error", message);
}

/// Says on standard error what is doubtful.
pub fn warning(message: &str) {
    say(YELLOW, "warning", message);
}

/// Says on standard error what is good to know.
pub fn note(message: &str) {
    say(BLUE, "note", message);
}

fn say(style: Style, label: &str, message: &str) {
    let message = plain(message);
    let _ = writeln!(stderr(), "{style}{label}{style:#}: {message}");
}

/// How many columns there are to write in: `COLUMNS`, else the terminal's, else 100.
pub fn width() -> usize {
    let asked = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse::<usize>().ok());
    asked
        .or_else(|| terminal_size::terminal_size().map(|(width, _)| usize::from(width.0)))
        .unwrap_or(100)
        .clamp(40, 240)
}

/// How far a long work is, on standard error and only if that is a terminal. Gone when dropped or finished.
pub fn progress(total: Option<u64>, doing: &'static str, in_bytes: bool) -> ProgressBar {
    if !io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::with_draw_target(total, ProgressDrawTarget::stderr_with_hz(10));
    let template = match (total.is_some(), in_bytes) {
        (true, true) => "{msg} [{bar:30}] {bytes} of {total_bytes}, {eta} left",
        (true, false) => "{msg} [{bar:30}] {human_pos} of {human_len}, {eta} left",
        (false, true) => "{msg} {spinner} {bytes}",
        (false, false) => "{msg} {spinner} {human_pos}",
    };
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style.progress_chars("=> "));
    }
    bar.set_message(doing);
    bar.enable_steady_tick(Duration::from_millis(250));
    bar
}

/// On one line, at most so many characters, and none that could steer a terminal.
pub fn shortened(text: &str, most: usize) -> String {
    // What is cut off need not be looked at, however long it is; blanks in between are few.
    let head: String = text.chars().take(most.saturating_mul(4).saturating_add(64)).collect();
    let cut_before = head.len() < text.len();
    let mut line = plain(&head).split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() > most || cut_before {
        line = line.chars().take(most.saturating_sub(1)).collect();
        line.push('…');
    }
    line
}

/// Without characters that could steer a terminal or turn the direction of a line; line ends and tabs stay.
pub fn plain(text: &str) -> Cow<'_, str> {
    let steers = |c: char| {
        (c.is_control() && !matches!(c, '\n' | '\t'))
            || matches!(c, '\u{200e}' | '\u{200f}' | '\u{61c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    if text.contains(steers) {
        Cow::Owned(text.chars().map(|c| if steers(c) { ' ' } else { c }).collect())
    } else {
        Cow::Borrowed(text)
    }
}

/// `1 post`, `3 posts`, `12,000 posts`.
pub fn count(number: usize, one: &str) -> String {
    let s = if number == 1 { "" } else { "s" };
    format!("{} {one}{s}", thousands(number))
}

/// A number with commas between its thousands.
pub fn thousands(number: usize) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_cut_by_characters_and_steer_nothing() {
        assert_eq!(shortened("a\u{1b}[31m  b\n c", 40), "a [31m b c");
        assert_eq!(shortened("ééééé", 3), "éé…");
        assert_eq!(shortened("abc", 3), "abc");
        assert_eq!(shortened(&format!("a{}b", " ".repeat(1000)), 10), "a…");
        assert_eq!(plain("a\u{202e}b\tc\n"), "a b\tc\n");
    }

    #[test]
    fn numbers_are_read_at_a_glance() {
        assert_eq!(thousands(1_234_567), "1,234,567");
        assert_eq!(thousands(123), "123");
        assert_eq!(count(1, "post"), "1 post");
        assert_eq!(count(12_000, "post"), "12,000 posts");
    }
}
