//! One post with its verdict, as a JSON line and as text.

use crate::moment;
use crate::terminal::{self, BLUE, BOLD, DIM, GREEN, RED, YELLOW, shortened, styled};
use anstyle::Style;
use diffract_core::post::{Kind, Post, Surface};
use diffract_core::verdict::{Action, Reason, Verdict};
use serde::Serialize;
use std::borrow::Cow;
use std::io::{self, Write};

/// How the lines below a post's own are set in.
pub const INDENT: &str = "          ";

/// One line of `--format json`.
#[derive(Debug, Serialize)]
pub struct Line<'a> {
    id: &'a str,
    author: Option<&'a str>,
    text: Option<&'a str>,
    time: Option<String>,
    promoted: bool,
    surface: Option<Surface>,
    #[serde(flatten)]
    verdicts: Verdicts<'a>,
    kind: Option<Kind>,
    title: Option<&'a str>,
    url: Option<&'a str>,
}

/// One verdict, or of `--diff` two.
#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Verdicts<'a> {
    One { verdict: Judgement<'a> },
    Two { from: Judgement<'a>, to: Judgement<'a> },
}

/// The verdict, as it is written.
#[derive(Debug, Serialize)]
struct Judgement<'a> {
    action: Action,
    labels: &'a [String],
    score: f64,
    reasons: Vec<Why<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    more_reasons: Option<u32>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    highlight: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    unsure: Option<&'a diffract_core::verdict::Pending>,
}

/// One rule that spoke, as it is written.
#[derive(Debug, Serialize)]
struct Why<'a> {
    pack: &'a str,
    rule: &'a str,
    line: u32,
    evidence: Cow<'a, [String]>,
    effect: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    because: Option<&'a str>,
}

impl<'a> Line<'a> {
    /// A post and what is done with it.
    pub fn new(post: &'a Post, verdict: &'a Verdict) -> Self {
        Self::with(post, Verdicts::One { verdict: judgement(verdict) })
    }

    /// A post and what was and would be done with it.
    pub fn diff(post: &'a Post, from: &'a Verdict, to: &'a Verdict) -> Self {
        Self::with(post, Verdicts::Two { from: judgement(from), to: judgement(to) })
    }

    fn with(post: &'a Post, verdicts: Verdicts<'a>) -> Self {
        Line {
            id: &post.id,
            author: post.author.as_deref(),
            text: post.text.as_deref(),
            time: post.time.and_then(moment::rfc3339),
            promoted: post.promoted.unwrap_or(false),
            surface: post.surface,
            verdicts,
            kind: post.kind,
            title: post.title.as_deref(),
            url: post.url.as_deref(),
        }
    }

    /// Writes it as one line.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn write(&self, out: &mut impl Write) -> io::Result<()> {
        serde_json::to_writer(&mut *out, self).map_err(io::Error::from)?;
        writeln!(out)
    }
}

fn judgement(verdict: &Verdict) -> Judgement<'_> {
    Judgement {
        action: verdict.action,
        labels: &verdict.labels,
        score: verdict.score,
        reasons: verdict.reasons.iter().map(why).collect(),
        more_reasons: (verdict.more_reasons > 0).then_some(verdict.more_reasons),
        highlight: verdict.highlight,
        note: verdict.note.as_deref(),
        unsure: verdict.unsure.as_ref(),
    }
}

fn why(reason: &Reason) -> Why<'_> {
    Why {
        pack: reason.pack(),
        rule: reason.rule(),
        line: reason.line(),
        evidence: reason.evidence(),
        effect: reason.effect(),
        because: reason.because(),
    }
}

/// `author  promoted  The first words …`, in what is left of the width.
pub fn about(post: &Post, width: usize) -> String {
    let author = post.author.as_deref().unwrap_or("(unknown)");
    let words = [&post.title, &post.text].into_iter().flatten().find(|text| !text.trim().is_empty());
    let paid = if post.promoted == Some(true) { "promoted  " } else { "" };
    let room = width.saturating_sub(26 + paid.len()).max(20);
    let words = words.map_or_else(|| "(no words)".to_owned(), |text| shortened(text, room));
    format!("{:<24}  {}{words}", shortened(author, 24), styled(YELLOW, paid))
}

/// `hide      author  The first words …`, and below it each reason.
///
/// # Errors
/// If it cannot be written.
pub fn write_text(out: &mut impl Write, post: &Post, verdict: &Verdict, width: usize) -> io::Result<()> {
    let style = action_style(verdict.action);
    let room = width.saturating_sub(INDENT.len());
    writeln!(out, "{style}{:<9}{style:#} {}", action(verdict.action), about(post, room))?;
    if !verdict.labels.is_empty() {
        writeln!(out, "{INDENT}labels: {}", shortened(&verdict.labels.join(", "), room))?;
    }
    if verdict.highlight {
        writeln!(out, "{INDENT}highlighted")?;
    }
    if verdict.score != 0.0 {
        writeln!(out, "{INDENT}score: {}", verdict.score)?;
    }
    if let Some(note) = &verdict.note {
        writeln!(out, "{INDENT}says: {}", shortened(note, room.saturating_sub(6)))?;
    }
    write_reasons(out, "", verdict, width)
}

/// Each rule that spoke, and since what.
///
/// # Errors
/// If it cannot be written.
pub fn write_reasons(out: &mut impl Write, mark: &str, verdict: &Verdict, width: usize) -> io::Result<()> {
    let room = width.saturating_sub(INDENT.len() + mark.len());
    for reason in &verdict.reasons {
        let place = format!("{}:{}", reason.pack(), reason.line());
        let rule = shortened(reason.rule(), room.saturating_sub(place.len() + 2));
        writeln!(out, "{INDENT}{mark}{}: {rule}", styled(BOLD, terminal::plain(&place)))?;
        let evidence = reason.evidence();
        if !evidence.is_empty() {
            let since = shortened(&evidence.join("; "), room.saturating_sub(8));
            writeln!(out, "{INDENT}{mark}  {}", styled(DIM, format!("since {since}")))?;
        }
    }
    if verdict.more_reasons > 0 {
        writeln!(out, "{INDENT}{mark}and {} more", terminal::count(verdict.more_reasons as usize, "rule"))?;
    }
    Ok(())
}

/// Every action, mildest first.
pub const ACTIONS: [Action; 7] =
    [Action::Show, Action::Keep, Action::Dim, Action::Blur, Action::Collapse, Action::Replace, Action::Hide];

/// What an action is called.
pub const fn action(action: Action) -> &'static str {
    match action {
        Action::Show => "show",
        Action::Dim => "dim",
        Action::Blur => "blur",
        Action::Collapse => "collapse",
        Action::Replace => "replace",
        Action::Hide => "hide",
        Action::Keep => "keep",
    }
}

/// How an action is set.
pub const fn action_style(action: Action) -> Style {
    match action {
        Action::Show => DIM,
        Action::Keep => GREEN,
        Action::Dim | Action::Blur => BLUE,
        Action::Collapse | Action::Replace => YELLOW,
        Action::Hide => RED,
    }
}
