//! Actions and `while unsure`.

use super::node::Node;
use super::pack::{Checker, suggest_near};
use super::values;
use crate::diagnostic::{Diagnostic, Span, code, quoted};
use crate::program::{AnyField, BlurTarget, Effect, Limit, OrderKey, Period, Unsure, WhileUnsure};
use crate::reference::{self, MAX_UNSURE};
use crate::syntax::tree::{Action, Name, Quantity, Rule, Text};

/// The most that one `boost` or `demote` can be.
const MAX_SCORE: f64 = 1_000_000.0;
/// The most posts that a limit can let through.
const MAX_LIMIT: f64 = 1_000_000.0;

impl Checker<'_> {
    pub(super) fn effect(&mut self, action: &Action) -> Option<Effect> {
        Some(match action {
            Action::Hide => Effect::Hide,
            Action::Collapse => Effect::Collapse,
            Action::Blur(all) => Effect::Blur(if *all { BlurTarget::All } else { BlurTarget::Media }),
            Action::Dim => Effect::Dim,
            Action::Label(text) => Effect::Label(self.words(text, "a label")?),
            Action::Highlight => Effect::Highlight,
            Action::Boost(by) => Effect::Score(self.score(by, "boost", "demote")?),
            Action::Demote(by) => Effect::Score(-self.score(by, "demote", "boost")?),
            Action::Keep => Effect::Keep,
            Action::Limit { count, per_author, period, then } => Effect::Limit(Limit {
                count: self.count(count)?,
                per_author: *per_author,
                period: match period.as_ref().map(|p| p.text.as_str()) {
                    Some("hour") => Period::Hour,
                    Some("day") => Period::Day,
                    _ => Period::Visit,
                },
                then: match then {
                    Some(text) => Some(self.words(text, "the message")?),
                    None => None,
                },
            }),
            Action::Order(keys) => self.order(keys)?,
            Action::Replace(text) => Effect::Replace(self.words(text, "the note")?),
        })
    }

    fn words(&mut self, text: &Text, what: &str) -> Option<String> {
        if text.text.trim().is_empty() {
            self.report(Diagnostic::error(
                code::EMPTY_TEXT,
                text.span.clone(),
                format!("{what} cannot be empty"),
            ));
            return None;
        }
        Some(text.text.clone())
    }

    fn score(&mut self, by: &Quantity, word: &str, opposite: &str) -> Option<f64> {
        let value = self.ok(values::plain_number(by, self.source))?;
        if value < 0.0 {
            let written = self.source[by.span.clone()].trim_start_matches('-').to_owned();
            self.report(
                Diagnostic::error(
                    code::BAD_NUMBER,
                    by.span.clone(),
                    format!("`{word}` takes a number over 0"),
                )
                .help(format!("to do the opposite, write `{opposite} {written}`")),
            );
            return None;
        }
        if value > MAX_SCORE {
            let message = format!("`{word}` takes a number up to 1_000_000");
            self.report(Diagnostic::error(code::BAD_NUMBER, by.span.clone(), message));
            return None;
        }
        if value == 0.0 {
            self.report(Diagnostic::warning(
                code::NO_EFFECT,
                by.span.clone(),
                format!("`{word} 0` changes nothing"),
            ));
        }
        // No negative zero in a program.
        Some(value + 0.0)
    }

    fn count(&mut self, count: &Quantity) -> Option<u32> {
        let value = self.ok(values::plain_number(count, self.source))?;
        if value.fract() != 0.0 || !(0.0..=MAX_LIMIT).contains(&value) {
            let message = format!(
                "a limit is a whole number from 0 to 1_000_000, not `{}`",
                quoted(&self.source[count.span.clone()])
            );
            self.report(Diagnostic::error(code::BAD_NUMBER, count.span.clone(), message));
            return None;
        }
        Some(value as u32)
    }

    fn order(&mut self, names: &[Name]) -> Option<Effect> {
        let mut keys: Vec<(OrderKey, Span)> = Vec::new();
        for name in names {
            let key = match name.text.as_str() {
                "newest" => OrderKey::Newest,
                "oldest" => OrderKey::Oldest,
                "score" => OrderKey::Score,
                "original" => OrderKey::Original,
                text => match self.lookup(text) {
                    Some(AnyField::Number(field)) => OrderKey::Field(field),
                    found => {
                        let shown = quoted(text);
                        let message = match found {
                            Some(field) => format!(
                                "a feed is not ordered by `{shown}`, which is {}",
                                reference::field_type(&field).name()
                            ),
                            None => format!("a feed is not ordered by `{shown}`"),
                        };
                        let fields = reference::fields();
                        let names = reference::ORDER_KEYS.iter().map(|w| w.name).chain(
                            fields.iter().filter(|f| matches!(f.field, AnyField::Number(_))).map(|f| f.name),
                        );
                        let problem = Diagnostic::error(code::UNKNOWN_VALUE, name.span.clone(), message)
                            .help("it is ordered by newest, oldest, score, original, or a number like likes");
                        self.report(suggest_near(problem, text, &name.span, names));
                        return None;
                    }
                },
            };
            let ineffective = match (key, keys.last().map(|(k, _)| *k)) {
                (_, None) => None,
                (_, Some(_)) if keys.iter().any(|(k, _)| *k == key) => Some("this key already stands before"),
                (_, Some(OrderKey::Original)) => {
                    Some("nothing is left to order behind `original`, in which no two posts are equal")
                }
                (OrderKey::Oldest, _) if keys.iter().any(|(k, _)| *k == OrderKey::Newest) => {
                    Some("`newest` already orders by time")
                }
                (OrderKey::Newest, _) if keys.iter().any(|(k, _)| *k == OrderKey::Oldest) => {
                    Some("`oldest` already orders by time")
                }
                _ => None,
            };
            match ineffective {
                Some(why) => {
                    // From the end of the key before, with the comma.
                    let from = names.iter().map(|n| n.span.end).rfind(|end| *end <= name.span.start);
                    let problem = Diagnostic::warning(code::ORDER_KEYS, name.span.clone(), why);
                    self.report(
                        problem
                            .help("leave this key out")
                            .suggest(from.unwrap_or(name.span.start)..name.span.end, ""),
                    );
                }
                None => keys.push((key, name.span.clone())),
            }
        }
        Some(Effect::Order(keys.into_iter().map(|(k, _)| k).collect()))
    }

    /// What shows while models are asked. A bare `while unsure` shows as much of the action as can be undone:
    /// the veil for what takes the post away, a blur for a blur.
    pub(super) fn unsure(&mut self, rule: &Rule, condition: Option<&Node>) -> Option<Unsure> {
        let Some(written) = &rule.unsure else { return Some(Unsure::default()) };
        let show = written.show.unwrap_or(match rule.action {
            Action::Hide | Action::Collapse | Action::Replace(_) => WhileUnsure::Veil,
            Action::Blur(_) => WhileUnsure::Blur,
            _ => WhileUnsure::Show,
        });
        if rule.condition.is_none() || condition.is_some_and(|c| !c.asks_model()) {
            self.report(
                Diagnostic::hint(
                    code::NO_EFFECT,
                    written.span.clone(),
                    "this rule asks no model, so it is never unsure",
                )
                .help("leave `while unsure` out")
                .suggest(written.span.clone(), ""),
            );
        }
        let mut deadline = Unsure::default().deadline;
        if let Some(quantity) = &written.deadline {
            deadline = self.ok(values::span_of_time(quantity, self.source, "for 2 s"))?;
            if !(deadline > 0.0 && deadline <= MAX_UNSURE) {
                self.report(
                    Diagnostic::error(
                        code::BAD_NUMBER,
                        quantity.span.clone(),
                        "this wait is not between 0 and 60 seconds",
                    )
                    .help("after that time the post shows; a second or two is usual"),
                );
                return None;
            }
        }
        Some(Unsure { show, deadline })
    }
}
