//! Values: numbers with their units, words to look for, words of a fixed set.

use super::lists::Way;
use super::pack::Checker;
use crate::diagnostic::{Diagnostic, Span, code, quoted};
use crate::matching::fold;
use crate::program::{Needles, Quantifier};
use crate::reference::{self, nearest};
use crate::syntax::tree::{Quantity, Value};
use std::collections::HashSet;

/// A number that no unit but `k`, `M` or `B` follows.
pub(super) fn plain_number(quantity: &Quantity, source: &str) -> Result<f64, Box<Diagnostic>> {
    let written = quoted(&source[quantity.span.clone()]);
    let fail = |message: String| Diagnostic::error(code::BAD_UNIT, quantity.span.clone(), message);
    let [part] = quantity.parts.as_slice() else {
        return Err(Box::new(fail(format!("expected a number, found the span of time `{written}`"))));
    };
    let Some(unit) = part.unit.as_deref() else { return Ok(part.value) };
    if let Some((_, times)) = reference::MAGNITUDES.iter().find(|(name, _)| *name == unit) {
        return Ok(part.value * times);
    }
    let number =
        source[part.span.clone()].trim_end_matches(|c: char| c == '%' || c.is_alphabetic()).trim_end();
    Err(Box::new(if unit == "%" {
        fail(format!("expected a number, found the percentage `{written}`"))
            .suggest(part.span.clone(), number)
    } else if reference::unit(unit).is_some() {
        fail(format!("expected a number, found the span of time `{written}`"))
            .suggest(part.span.clone(), number)
    } else {
        fail(format!("`{}` is no unit of a number", quoted(unit)))
            .help("behind a number can stand k, M or B: `10k`, `2.5M`, `1B`")
    }))
}

/// A span of time in seconds. `example` is shown where the unit is missing.
pub(super) fn span_of_time(quantity: &Quantity, source: &str, example: &str) -> Result<f64, Box<Diagnostic>> {
    let mut sum = 0.0;
    for part in &quantity.parts {
        let written = quoted(&source[part.span.clone()]);
        let fail = |message: String| Box::new(Diagnostic::error(code::BAD_UNIT, part.span.clone(), message));
        let Some(unit) = part.unit.as_deref() else {
            let mut problem = fail(format!("`{written}` needs a unit of time"));
            problem.help = Some(format!(
                "write it like `{example}`; units are s, min, h, days, weeks, months and years"
            ));
            return Err(problem);
        };
        if unit == "m" {
            let number = part.value;
            let mut problem = fail(format!("`{written}` could be minutes or months"));
            problem.help = Some(format!("write `{number} min` or `{number} months`"));
            return Err(problem);
        }
        let Some(seconds) = reference::unit(unit) else {
            let mut problem = fail(format!("`{}` is no unit of time", quoted(unit)));
            problem.help = Some("units are s, min, h, days, weeks, months and years".to_owned());
            let near = nearest(unit, reference::UNITS.iter().map(|(n, _)| *n).filter(|n| n.len() > 2));
            return Err(match near {
                Some(near) => {
                    let start = part.span.end - unit.len();
                    // Lower-casing may have changed the length.
                    let sound =
                        source.get(start..part.span.end).is_some_and(|u| u.eq_ignore_ascii_case(unit));
                    Box::new(if sound { problem.suggest(start..part.span.end, near) } else { *problem })
                }
                None => problem,
            });
        };
        sum += part.value * seconds;
    }
    Ok(sum)
}

/// Words to look for, as they become tests: the texts together, and each list apart.
pub(super) struct Wanted {
    pub needles: Vec<Needles>,
}

impl Checker<'_> {
    /// Texts and lists behind `has`, `is` or `starts with`, and in which way they are looked for. `empty` says whether an
    /// empty text makes sense.
    pub(super) fn needles(&mut self, values: &[Value], empty: bool, way: Way) -> Option<Wanted> {
        // As many as there are: they stay, of a hundred thousand rules.
        let (mut texts, mut lists) = (Vec::with_capacity(values.len()), Vec::new());
        let mut sound = true;
        for value in values {
            match value {
                Value::Text(text) if text.text.is_empty() && !empty => {
                    self.report(
                        Diagnostic::error(code::EMPTY_TEXT, text.span.clone(), "empty text is in every text")
                            .help("say what to look for"),
                    );
                    sound = false;
                }
                Value::Text(text) if !empty && folds_away(&text.text) => {
                    let message = "nothing of this text is left to look for";
                    self.report(
                        Diagnostic::error(code::EMPTY_TEXT, text.span.clone(), message)
                            .help("accents and invisible characters do not count"),
                    );
                    sound = false;
                }
                Value::Text(text) => {
                    if text.text.trim().is_empty() && !text.text.is_empty() {
                        let message = "this text is all blanks, which nearly every post has";
                        self.report(Diagnostic::warning(code::EMPTY_TEXT, text.span.clone(), message));
                    }
                    texts.push(text.text.clone());
                }
                Value::List(name) => {
                    let found = self.lists.find(name, self.is_full());
                    match self.ok(found) {
                        Some(id) if self.lists.look_for(name, way) => {
                            lists.push(Needles::List(id));
                        }
                        Some(_) => {
                            let message =
                                "the lists of this pack are too long to be looked for in so many ways";
                            self.report(
                                Diagnostic::error(code::FILE_TOO_LARGE, name.span.clone(), message).help(
                                    "ask for a long list in one field, and in one way: `author in @long`, or `text has word @long`",
                                ),
                            );
                            sound = false;
                        }
                        None => sound = false,
                    }
                }
                other => {
                    self.report(needs_quotes(other, self.source));
                    sound = false;
                }
            }
        }
        let mut needles = Vec::with_capacity(1 + lists.len());
        if !texts.is_empty() {
            needles.push(Needles::These(texts));
        }
        needles.extend(lists);
        sound.then_some(Wanted { needles })
    }

    /// Words of a fixed set, each once.
    pub(super) fn choices<T: Copy + PartialEq>(
        &mut self,
        field: &str,
        values: &[Value],
        table: &[(T, &'static str, &'static str)],
    ) -> Option<Vec<T>> {
        let mut out = Vec::new();
        let mut sound = true;
        for value in values {
            let word = match value {
                Value::Word(name) => name.text.clone(),
                Value::Text(text) => text.text.trim().to_lowercase(),
                other => {
                    let message = format!("`{field}` is one of a few words, not {}", other.sort());
                    self.report(
                        Diagnostic::error(code::WRONG_VALUE, other.span(), message)
                            .help(all_names(field, table)),
                    );
                    sound = false;
                    continue;
                }
            };
            match table.iter().find(|(_, name, _)| *name == word) {
                Some((choice, _, _)) if !out.contains(choice) => out.push(*choice),
                Some(_) => {}
                None => {
                    let message = format!("`{field}` is never `{}`", quoted(&word));
                    let names: Vec<&str> = table.iter().map(|(_, n, _)| *n).collect();
                    let problem = Diagnostic::error(code::UNKNOWN_VALUE, value.span(), message)
                        .help(all_names(field, table));
                    let near = if self.is_full() { None } else { reference::meant(&word, &names) };
                    self.report(match near {
                        Some(near) => problem.suggest(value.span(), near),
                        None => problem,
                    });
                    sound = false;
                }
            }
        }
        sound.then_some(out)
    }

    /// Primary subtags of languages, each once.
    pub(super) fn languages(&mut self, values: &[Value]) -> Option<Vec<String>> {
        let mut out = Vec::new();
        let mut known = HashSet::new();
        let mut sound = true;
        for value in values {
            let (word, span): (String, Span) = match value {
                Value::Word(name) => (name.text.clone(), name.span.clone()),
                Value::Text(text) => (text.text.trim().to_lowercase(), text.span.clone()),
                other => (String::new(), other.span()),
            };
            if (2..=3).contains(&word.len()) && word.bytes().all(|b| b.is_ascii_lowercase()) {
                if known.insert(word.clone()) {
                    out.push(word);
                }
                continue;
            }
            sound = false;
            let message = format!("`{}` is not the code of a language", quoted(&self.source[span.clone()]));
            let problem = Diagnostic::error(code::UNKNOWN_VALUE, span.clone(), message)
                .help("`lang` is a two- or three-letter code: en, de, pt, ja");
            let primary =
                word.split(['-', '_']).next().filter(|p| p.len() < word.len() && (2..=3).contains(&p.len()));
            let named = reference::LANGUAGES.iter().find(|(name, _)| *name == word).map(|(_, tag)| *tag);
            self.report(match primary.or(named) {
                Some(tag) => problem.suggest(span, tag),
                None => problem,
            });
        }
        sound.then_some(out)
    }
}

/// Whether matching, which passes over accents and invisible characters, would be left with nothing.
fn folds_away(text: &str) -> bool {
    (!text.is_ascii() || text.contains('\0')) && fold(text).is_empty()
}

/// What to say about a value where text is expected.
pub(super) fn needs_quotes(value: &Value, source: &str) -> Diagnostic {
    let span = value.span();
    let written = &source[span.clone()];
    let problem =
        Diagnostic::error(code::WRONG_VALUE, span.clone(), format!("expected text, found {}", value.sort()));
    match value {
        Value::Word(_) | Value::Quantity(_) => {
            problem.help("text goes in quotes").mend(span, format!("\"{written}\""))
        }
        Value::Regex(_) => problem.help("a regular expression goes behind `matches`"),
        _ => problem,
    }
}

fn all_names<T>(field: &str, table: &[(T, &'static str, &'static str)]) -> String {
    let names: Vec<&str> = table.iter().map(|(_, n, _)| *n).collect();
    format!("`{field}` is one of {}", names.join(", "))
}

/// How several tests over lists are joined.
pub(super) fn joins_with_and(quantifier: Quantifier) -> bool {
    quantifier == Quantifier::All
}
