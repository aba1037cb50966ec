//! A rule set as bytes and back, so that a killed background costs milliseconds and no parsing.
//!
//! A snapshot holds the checked program, and what its regular expressions [cannot match without](crate::matching), which is what
//! takes long to find; everything else is filed anew on reading (measured in `docs/decisions/snapshot.md`).
//! Layout: magic, format version, length and checksum of the body, then the body in `postcard`. Conditions
//! are written in postfix order, so that reading cannot recurse; whatever the bytes say, reading ends
//! with a rule set or an error, and takes no more memory than a few times their number.

use crate::matching::{Required, RuleSet};
use crate::program::{
    Condition, Effect, List, ListId, Needles, Pack, PackId, Program, Rule, Schedule, Scope, ScopeId, Test,
    Unsure,
};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// Changes whenever what a snapshot holds does.
pub const SNAPSHOT_FORMAT: u32 = 7;

const MAGIC: [u8; 8] = *b"DIFFRACT";
const HEADER: usize = 8 + 4 + 4 + 8;
/// A snapshot larger than this is refused.
const MAX_BODY: usize = 64 << 20;
/// How deeply a condition may be nested.
const MAX_DEPTH: usize = 200;

/// Why a snapshot was refused. Each says what to do, which is always the same: compile the rules again.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SnapshotError {
    /// The bytes are no snapshot.
    #[error("this is not a Diffract snapshot; compile the rules again")]
    NotASnapshot,
    /// Written by another version.
    #[error(
        "the snapshot is of format {found}, this version reads {SNAPSHOT_FORMAT}; compile the rules again"
    )]
    OtherFormat {
        /// The format it says it is of.
        found: u32,
    },
    /// Cut off, or longer than it says.
    #[error("the snapshot is not as long as it says; compile the rules again")]
    WrongLength,
    /// The checksum does not agree.
    #[error("the snapshot is damaged; compile the rules again")]
    Damaged,
    /// It reads, but makes no sense.
    #[error("the snapshot is inconsistent ({0}); compile the rules again")]
    Inconsistent(&'static str),
}

/// The body as it is written.
#[derive(Serialize, Deserialize)]
struct Body<'a> {
    packs: Cow<'a, [Pack]>,
    lists: Cow<'a, [List]>,
    scopes: Cow<'a, [Scope]>,
    rules: Vec<FlatRule<'a>>,
    required: Cow<'a, [Required]>,
}

/// A [`Rule`] with its condition in postfix order.
#[derive(Serialize, Deserialize)]
struct FlatRule<'a> {
    pack: PackId,
    line: u32,
    source: Cow<'a, str>,
    scope: ScopeId,
    schedule: Cow<'a, Option<Box<Schedule>>>,
    effect: Cow<'a, Effect>,
    condition: Vec<Step<'a>>,
    because: Cow<'a, Option<String>>,
    unsure: Unsure,
}

#[derive(Serialize, Deserialize)]
enum Step<'a> {
    Always,
    Test(Cow<'a, Test>),
    Not,
    And(u32),
    Or(u32),
}

/// Writes a rule set.
pub fn snapshot(rules: &RuleSet) -> Vec<u8> {
    let program = rules.program();
    let body = Body {
        packs: Cow::Borrowed(&program.packs),
        lists: Cow::Borrowed(&program.lists),
        scopes: Cow::Borrowed(&program.scopes),
        rules: program.rules.iter().map(flatten).collect(),
        required: Cow::Borrowed(rules.required()),
    };
    // Writing plain data into memory does not fail.
    let body = postcard::to_allocvec(&body).unwrap_or_default();
    let mut out = Vec::with_capacity(HEADER + body.len());
    out.extend_from_slice(&MAGIC);
    out.extend_from_slice(&SNAPSHOT_FORMAT.to_le_bytes());
    out.extend_from_slice(&(body.len() as u32).to_le_bytes());
    out.extend_from_slice(&checksum(&body).to_le_bytes());
    out.extend_from_slice(&body);
    out
}

/// Reads a rule set.
///
/// # Errors
///
/// See [`SnapshotError`]. Hostile bytes give an error, never a panic.
pub fn restore(bytes: &[u8]) -> Result<RuleSet, SnapshotError> {
    let (magic, rest) = bytes.split_first_chunk::<8>().ok_or(SnapshotError::NotASnapshot)?;
    if *magic != MAGIC {
        return Err(SnapshotError::NotASnapshot);
    }
    let (format, rest) = rest.split_first_chunk::<4>().ok_or(SnapshotError::WrongLength)?;
    let found = u32::from_le_bytes(*format);
    if found != SNAPSHOT_FORMAT {
        return Err(SnapshotError::OtherFormat { found });
    }
    let (length, rest) = rest.split_first_chunk::<4>().ok_or(SnapshotError::WrongLength)?;
    let (sum, body) = rest.split_first_chunk::<8>().ok_or(SnapshotError::WrongLength)?;
    if body.len() != u32::from_le_bytes(*length) as usize || body.len() > MAX_BODY {
        return Err(SnapshotError::WrongLength);
    }
    if checksum(body) != u64::from_le_bytes(*sum) {
        return Err(SnapshotError::Damaged);
    }
    let (body, rest): (Body<'_>, _) = postcard::take_from_bytes(body).map_err(|_| SnapshotError::Damaged)?;
    if !rest.is_empty() {
        return Err(SnapshotError::WrongLength);
    }
    let program = Program {
        packs: body.packs.into_owned(),
        lists: body.lists.into_owned(),
        scopes: body.scopes.into_owned(),
        rules: body.rules.into_iter().map(unflatten).collect::<Result<_, _>>()?,
    };
    check(&program)?;
    RuleSet::with_required(program, body.required.into_owned())
        .map_err(|_| SnapshotError::Inconsistent("what its expressions require does not agree with them"))
}

/// Not cryptographic: it tells damage, not intent. Eight bytes a step.
pub(crate) fn checksum(bytes: &[u8]) -> u64 {
    let mix = |hash: u64, word: u64| (hash ^ word).wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(29);
    let (words, rest) = bytes.as_chunks::<8>();
    let hash = words.iter().fold(bytes.len() as u64, |hash, word| mix(hash, u64::from_le_bytes(*word)));
    let hash = rest.iter().fold(hash, |hash, byte| mix(hash, u64::from(*byte)));
    mix(hash, hash >> 31)
}

fn flatten(rule: &Rule) -> FlatRule<'_> {
    let mut condition = Vec::new();
    push(&rule.condition, &mut condition);
    FlatRule {
        pack: rule.pack,
        line: rule.line,
        source: Cow::Borrowed(&rule.source),
        scope: rule.scope,
        schedule: Cow::Borrowed(&rule.schedule),
        effect: Cow::Borrowed(&rule.effect),
        condition,
        because: Cow::Borrowed(&rule.because),
        unsure: rule.unsure,
    }
}

fn push<'a>(condition: &'a Condition, out: &mut Vec<Step<'a>>) {
    match condition {
        Condition::Always => out.push(Step::Always),
        Condition::Test(test) => out.push(Step::Test(Cow::Borrowed(test))),
        Condition::Not(inner) => {
            push(inner, out);
            out.push(Step::Not);
        }
        Condition::And(parts) | Condition::Or(parts) => {
            parts.iter().for_each(|part| push(part, out));
            let count = parts.len() as u32;
            out.push(if matches!(condition, Condition::And(_)) { Step::And(count) } else { Step::Or(count) });
        }
    }
}

fn unflatten(flat: FlatRule<'_>) -> Result<Rule, SnapshotError> {
    let wrong = SnapshotError::Inconsistent("a condition does not add up");
    let mut stack: Vec<(Condition, usize)> = Vec::new();
    for step in flat.condition {
        let (condition, depth) = match step {
            Step::Always => (Condition::Always, 0),
            Step::Test(test) => (Condition::Test(test.into_owned()), 0),
            Step::Not => {
                let (inner, depth) = stack.pop().ok_or_else(|| wrong.clone())?;
                (Condition::Not(Box::new(inner)), depth + 1)
            }
            Step::And(count) | Step::Or(count) => {
                let from = stack.len().checked_sub(count as usize).ok_or_else(|| wrong.clone())?;
                let mut depth = 0;
                let parts: Vec<Condition> = stack
                    .drain(from..)
                    .map(|(part, below)| {
                        depth = depth.max(below);
                        part
                    })
                    .collect();
                let whole =
                    if matches!(step, Step::And(_)) { Condition::And(parts) } else { Condition::Or(parts) };
                (whole, depth + 1)
            }
        };
        if depth > MAX_DEPTH {
            return Err(SnapshotError::Inconsistent("a condition is nested too deeply"));
        }
        stack.push((condition, depth));
    }
    let (condition, _) = stack.pop().filter(|_| stack.is_empty()).ok_or(wrong)?;
    Ok(Rule {
        pack: flat.pack,
        line: flat.line,
        source: flat.source.into_owned(),
        scope: flat.scope,
        schedule: flat.schedule.into_owned(),
        effect: flat.effect.into_owned(),
        condition,
        because: flat.because.into_owned(),
        unsure: flat.unsure,
    })
}

/// What the checker guarantees and matching relies on for sense, if not for safety.
fn check(program: &Program) -> Result<(), SnapshotError> {
    let say = |fine: bool, what| if fine { Ok(()) } else { Err(SnapshotError::Inconsistent(what)) };
    let has_list = |id: &ListId| (*id as usize) < program.lists.len();
    for rule in &program.rules {
        say((rule.pack as usize) < program.packs.len(), "a rule of no pack")?;
        say((rule.scope as usize) < program.scopes.len(), "a rule of no scope")?;
        say(rule.unsure.deadline.is_finite() && rule.unsure.deadline >= 0.0, "a deadline that is no time")?;
        if let Effect::Score(change) = &rule.effect {
            say(change.is_finite(), "a score that is no number")?;
        }
        let mut parts = vec![&rule.condition];
        while let Some(part) = parts.pop() {
            match part {
                Condition::Always => {}
                Condition::Not(inner) => parts.push(inner),
                Condition::And(inner) | Condition::Or(inner) => parts.extend(inner),
                Condition::Test(test) => match test {
                    Test::TextHas { needles: Needles::List(id), .. }
                    | Test::TextEdge { needles: Needles::List(id), .. }
                    | Test::TextIs { needles: Needles::List(id), .. }
                    | Test::SetHas { needles: Needles::List(id), .. } => {
                        say(has_list(id), "a list that is not there")?
                    }
                    Test::Number { value, .. } | Test::Model { share: value, .. } => {
                        say(!value.is_nan(), "a threshold that is no number")?;
                    }
                    _ => {}
                },
            }
        }
    }
    Ok(())
}
