//! From the pieces of a field's sources to its value.

use super::condition::holds_all;
use super::piece::{self, Piece};
use crate::wire::path::Scope;
use crate::wire::schema::{File, Literal, Source};
use crate::wire::text;
use serde::Deserialize;
use serde::de::IntoDeserializer;
use serde::de::value::{Error as ValueError, StrDeserializer};
use std::borrow::Cow;

/// The most entries of one set.
const MOST_IN_SET: usize = 500;

/// Where values come from.
pub(super) struct From<'a, 's> {
    pub(super) file: &'s File,
    pub(super) scope: &'s Scope<'a, 's>,
}

impl<'a> From<'a, '_> {
    /// The sources that count here.
    fn counting<'t>(&self, sources: &'t [Source]) -> impl Iterator<Item = &'t Source> {
        sources.iter().filter(|source| holds_all(&source.when, self.scope))
    }

    fn each(&self, source: &Source, seen: &mut dyn FnMut(Piece<'a>) -> bool) {
        piece::each(source, self.file, self.scope, seen);
    }

    /// The first text that is not empty; an empty one if the platform shows that there is none.
    pub(super) fn text(&self, sources: &[Source]) -> Option<String> {
        let mut empty = None;
        for source in self.counting(sources) {
            match self.text_of(source) {
                Some(text) if !text.is_empty() => return Some(text),
                Some(text) => empty = Some(text),
                None => {}
            }
        }
        empty
    }

    /// The first text of the first source that has one which is not empty, and what of an address is no source.
    pub(super) fn address(
        &self,
        sources: &[Source],
        filled: impl Fn(&str) -> Option<String>,
    ) -> Option<String> {
        self.counting(sources).find_map(|source| match &source.template {
            Some(template) => filled(template),
            None => self.text_of(source).filter(|text| !text.is_empty()),
        })
    }

    fn text_of(&self, source: &Source) -> Option<String> {
        if let Some(Literal::Text(value)) = &source.value {
            return Some(value.clone());
        }
        let mut found: Option<String> = None;
        self.each(source, &mut |piece| {
            let Some(text) = mapped(source, piece) else { return false };
            found = Some(text::bounded(text.trim()));
            found.as_ref().is_some_and(|text| !text.is_empty())
        });
        found
    }

    pub(super) fn number(&self, sources: &[Source]) -> Option<f64> {
        self.counting(sources).find_map(|source| match &source.value {
            Some(Literal::Number(n)) => Some(*n),
            _ => {
                let mut found = None;
                self.each(source, &mut |piece| {
                    found = piece.number();
                    found.is_some()
                });
                found
            }
        })
    }

    /// Set if any source says so.
    pub(super) fn flag(&self, sources: &[Source]) -> Option<bool> {
        let mut known = None;
        for source in self.counting(sources) {
            let says = match &source.value {
                Some(Literal::Flag(value)) => Some(*value),
                _ => self.flag_of(source),
            };
            match says {
                Some(true) => return Some(true),
                Some(false) => known = Some(false),
                None => {}
            }
        }
        known
    }

    fn flag_of(&self, source: &Source) -> Option<bool> {
        let mut known = source.present.then_some(false);
        self.each(source, &mut |piece| {
            let says = if source.present {
                Some(true)
            } else if let Some(these) = &source.equals {
                Some(piece.text().is_some_and(|text| these.iter().any(|literal| is(literal, &text))))
            } else {
                match piece.text().as_deref() {
                    Some("true" | "1") => Some(true),
                    Some("false" | "0") => Some(false),
                    _ => None,
                }
            };
            known = says.or(known);
            known == Some(true)
        });
        known
    }

    /// A set: what all sources have, each once; `None` if none of them found or states anything.
    pub(super) fn list(&self, sources: &[Source]) -> Option<Vec<String>> {
        let mut all: Option<Vec<String>> = None;
        let add = |all: &mut Option<Vec<String>>, text: String| {
            let all = all.get_or_insert_default();
            if !text.is_empty() && all.len() < MOST_IN_SET && !all.contains(&text) {
                all.push(text);
            }
        };
        for source in self.counting(sources) {
            match &source.value {
                Some(Literal::List(list)) => {
                    all.get_or_insert_default();
                    list.iter().for_each(|text| add(&mut all, text.clone()));
                }
                Some(Literal::Text(text)) => add(&mut all, text.clone()),
                Some(_) => {}
                None => self.each(source, &mut |piece| {
                    if let Some(text) = mapped(source, piece) {
                        add(&mut all, text::bounded(text.trim()));
                    }
                    false
                }),
            }
        }
        all
    }

    /// Values of one of the post's own enumerations.
    pub(super) fn named<T>(&self, sources: &[Source]) -> Option<Vec<T>>
    where
        T: for<'de> Deserialize<'de>,
    {
        let value = |text: &String| {
            let deserializer: StrDeserializer<'_, ValueError> = text.as_str().into_deserializer();
            T::deserialize(deserializer).ok()
        };
        self.list(sources).map(|all| all.iter().filter_map(value).collect())
    }
}

fn mapped<'a>(source: &Source, piece: Piece<'a>) -> Option<Cow<'a, str>> {
    let text = piece.into_text()?;
    match &source.map {
        Some(map) => map.get(text.as_ref()).map(|to| Cow::Owned(to.clone())),
        None => Some(text),
    }
}

fn is(literal: &Literal, text: &str) -> bool {
    match literal {
        Literal::Text(t) => t == text,
        Literal::Flag(b) => text == if *b { "true" } else { "false" },
        Literal::Number(n) => text.parse::<f64>().is_ok_and(|t| t == *n),
        Literal::List(_) => false,
    }
}
