//! `replay --diff OLD NEW`: the posts whose verdict changes.

use super::line::{INDENT, Line, about, action, action_style, write_reasons};
use crate::terminal::{BOLD, GREEN, RED, count, shortened, styled, thousands};
use diffract_core::post::Post;
use diffract_core::verdict::{Action, Verdict};
use serde::Serialize;
use std::collections::BTreeMap;
use std::io::{self, Write};

/// Whether a reader would see a difference. Other rules for the same outcome make none.
pub fn differs(from: &Verdict, to: &Verdict) -> bool {
    let seen = |verdict: &Verdict| {
        (verdict.action, verdict.blur, verdict.highlight, verdict.labels.clone(), verdict.note.clone())
    };
    seen(from) != seen(to) || from.score != to.score || from.unsure != to.unsure
}

/// Counts over posts.
#[derive(Debug, Default)]
pub struct Changes {
    posts: usize,
    /// How many change.
    pub changed: usize,
    /// By action before and after; the same twice where only labels, score or note change.
    by: BTreeMap<(Action, Action), usize>,
    hidden_more: usize,
    hidden_followed: usize,
    hidden_less: usize,
}

impl Changes {
    /// Counts a post; whether its verdict changes.
    pub fn add(&mut self, post: &Post, from: &Verdict, to: &Verdict) -> bool {
        self.posts += 1;
        if !differs(from, to) {
            return false;
        }
        self.changed += 1;
        *self.by.entry((from.action, to.action)).or_default() += 1;
        match (from.action == Action::Hide, to.action == Action::Hide) {
            (false, true) => {
                self.hidden_more += 1;
                self.hidden_followed += usize::from(post.followed == Some(true));
            }
            (true, false) => self.hidden_less += 1,
            _ => {}
        }
        true
    }

    /// Writes the counts as one JSON line, `{"summary": …}`.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn write_json(&self, out: &mut impl Write) -> io::Result<()> {
        #[derive(Serialize)]
        struct Outer {
            summary: Inner,
        }
        #[derive(Serialize)]
        struct Inner {
            posts: usize,
            changed: usize,
            hidden_more: usize,
            hidden_more_of_followed: usize,
            hidden_less: usize,
            changes: Vec<Change>,
        }
        #[derive(Serialize)]
        struct Change {
            from: Action,
            to: Action,
            posts: usize,
        }
        let changes =
            self.by.iter().map(|((from, to), posts)| Change { from: *from, to: *to, posts: *posts });
        let summary = Inner {
            posts: self.posts,
            changed: self.changed,
            hidden_more: self.hidden_more,
            hidden_more_of_followed: self.hidden_followed,
            hidden_less: self.hidden_less,
            changes: changes.collect(),
        };
        serde_json::to_writer(&mut *out, &Outer { summary }).map_err(io::Error::from)?;
        writeln!(out)
    }

    /// Writes the counts for people.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn write_text(&self, out: &mut impl Write) -> io::Result<()> {
        if self.changed == 0 {
            return writeln!(out, "{}: no verdict changes", count(self.posts, "post"));
        }
        let verb = if self.changed == 1 { "changes" } else { "change" };
        writeln!(
            out,
            "\n{}",
            styled(BOLD, format!("{} of {} {verb}", thousands(self.changed), count(self.posts, "post")))
        )?;
        let mut by: Vec<_> = self.by.iter().collect();
        by.sort_by_key(|(_, posts)| std::cmp::Reverse(**posts));
        for ((from, to), posts) in by {
            writeln!(out, "{:>9}  {}", thousands(*posts), arrow(*from, *to))?;
        }
        if self.hidden_more > 0 {
            let followed = match self.hidden_followed {
                0 => String::new(),
                some => format!(", {} of them from people you follow", thousands(some)),
            };
            writeln!(out, "hides {} more{followed}", thousands(self.hidden_more))?;
        }
        if self.hidden_less > 0 {
            writeln!(out, "hides {} no longer", thousands(self.hidden_less))?;
        }
        Ok(())
    }
}

/// `show → hide`, or `dim, otherwise`.
fn arrow(from: Action, to: Action) -> String {
    if from == to {
        return format!(
            "{} as before, with other labels, score or note",
            styled(action_style(to), action(to))
        );
    }
    format!("{} → {}", styled(action_style(from), action(from)), styled(action_style(to), action(to)))
}

/// A post whose verdict changes, for people: what changes, and each side's reasons.
///
/// # Errors
/// If it cannot be written.
pub fn write_text(
    out: &mut impl Write,
    post: &Post,
    from: &Verdict,
    to: &Verdict,
    width: usize,
) -> io::Result<()> {
    writeln!(out, "{}", arrow(from.action, to.action))?;
    writeln!(out, "{INDENT}{}", about(post, width.saturating_sub(INDENT.len())))?;
    let labels = |verdict: &Verdict| verdict.labels.join(", ");
    if from.labels != to.labels {
        writeln!(
            out,
            "{INDENT}labels: [{}] → [{}]",
            shortened(&labels(from), 40),
            shortened(&labels(to), 40)
        )?;
    }
    if from.score != to.score {
        writeln!(out, "{INDENT}score: {} → {}", from.score, to.score)?;
    }
    let note = |verdict: &Verdict| {
        verdict.note.as_deref().map_or_else(|| "none".to_owned(), |note| shortened(note, 40))
    };
    if from.note != to.note {
        writeln!(out, "{INDENT}note: {} → {}", note(from), note(to))?;
    }
    if from.highlight != to.highlight {
        writeln!(out, "{INDENT}highlight: {}", if to.highlight { "now" } else { "no more" })?;
    }
    // A rule that spoke on both sides, whatever its file or line, explains no change.
    let alone = |one: &Verdict, other: &Verdict| {
        let mut one = one.clone();
        one.reasons.retain(|reason| !other.reasons.iter().any(|known| known.rule() == reason.rule()));
        one.more_reasons = 0;
        one
    };
    write_reasons(out, &styled(RED, "- "), &alone(from, to), width)?;
    write_reasons(out, &styled(GREEN, "+ "), &alone(to, from), width)
}

/// The same as a JSON line.
///
/// # Errors
/// If it cannot be written.
pub fn write_json(out: &mut impl Write, post: &Post, from: &Verdict, to: &Verdict) -> io::Result<()> {
    Line::diff(post, from, to).write(out)
}
