//! What fits what, beside the core's own tables: which operators a field can be asked, and what they are asked against.
//! `tests` hold each of these against the checker.

use crate::names;
use diffract_core::program::{AnyField, FlagField, SetField};
use diffract_core::reference::{self, FieldType, Word};
use serde::Serialize;

/// What stands behind an operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operand {
    /// Nothing.
    None,
    /// Text in quotes, or a list.
    Text,
    /// A list.
    List,
    /// Text in quotes only.
    Quoted,
    /// A regular expression.
    Regex,
    /// A host name.
    Host,
    /// A number, a span of time, a share or one of a few words, as the field is.
    OfField,
}

/// The operators that a field can be asked, as the reference names them.
pub(crate) fn operators(field: &AnyField) -> &'static [&'static str] {
    match reference::field_type(field) {
        FieldType::Text => &[
            "has",
            "has any",
            "has all",
            "has word",
            "is",
            "is not",
            "starts with",
            "ends with",
            "matches",
            "in",
            "not in",
            "=",
            "!=",
            "is known",
            "is unknown",
        ],
        FieldType::Flag => &["is known", "is unknown"],
        FieldType::Number | FieldType::Span => &[
            "<",
            "<=",
            ">",
            ">=",
            "over",
            "under",
            "at least",
            "at most",
            "is",
            "is not",
            "=",
            "!=",
            "is known",
            "is unknown",
        ],
        FieldType::Share => &[
            ">",
            ">=",
            "<",
            "<=",
            "over",
            "under",
            "at least",
            "at most",
            "is",
            "is not",
            "=",
            "!=",
            "is known",
            "is unknown",
        ],
        FieldType::Set if *field == AnyField::Set(SetField::Links) => {
            &["has", "has any", "has all", "links to", "is known", "is unknown"]
        }
        FieldType::Set => &["has", "has any", "has all", "is known", "is unknown"],
        FieldType::Media => &["has", "has any", "has all", "is known", "is unknown"],
        FieldType::Choice => &["is", "is not", "=", "!=", "is known", "is unknown"],
    }
}

/// What an operator of a field is asked against.
pub(crate) fn operand(field_type: FieldType, operator: &str) -> Operand {
    match (operator, field_type) {
        ("is known" | "is unknown", _) => Operand::None,
        ("in" | "not in", _) => Operand::List,
        ("matches", _) => Operand::Regex,
        ("links to", _) => Operand::Host,
        ("is" | "is not" | "=" | "!=", FieldType::Text) => Operand::Quoted,
        (_, FieldType::Text | FieldType::Set) => Operand::Text,
        _ => Operand::OfField,
    }
}

/// The field or model of a name (lower case).
pub(crate) fn field_or_model(name: &str) -> Option<AnyField> {
    reference::field(name).or_else(|| {
        names::is_known(name)
            .then(|| AnyField::Model(diffract_core::program::Question::Named(name.to_owned())))
    })
}

/// The operators of one word or several, longest first, that `words` begin with; with how many words it has.
pub(crate) fn operator_at(words: &[String]) -> Option<(&'static Word, usize)> {
    let mut found: Option<(&'static Word, usize)> = None;
    for operator in reference::OPERATORS {
        let parts: Vec<&str> = operator.name.split(' ').collect();
        let fits = parts.len() <= words.len() && parts.iter().zip(words).all(|(part, word)| part == word);
        if fits && found.is_none_or(|(_, length)| parts.len() > length) {
            found = Some((operator, parts.len()));
        }
    }
    found
}

/// The language's words by part of speech, for tests that hold other tables against them.
#[derive(Debug, Serialize)]
pub(crate) struct Vocabulary {
    actions: Vec<&'static str>,
    headers: Vec<&'static str>,
    statements: Vec<&'static str>,
    operators: Vec<&'static str>,
    questions: Vec<&'static str>,
    clauses: Vec<&'static str>,
    reserved: &'static [&'static str],
    fields: Vec<&'static str>,
    flags: Vec<&'static str>,
    models: &'static [&'static str],
    kinds: Vec<&'static str>,
    surfaces: Vec<&'static str>,
    media: Vec<&'static str>,
    units: Vec<&'static str>,
    hosts: Vec<&'static str>,
}

fn names(words: &[Word]) -> Vec<&'static str> {
    words.iter().map(|word| word.name).collect()
}

pub(crate) fn vocabulary() -> Vocabulary {
    Vocabulary {
        actions: names(reference::ACTIONS),
        headers: names(reference::HEADERS),
        statements: names(reference::STATEMENTS),
        operators: names(reference::OPERATORS),
        questions: names(reference::QUESTIONS),
        clauses: names(reference::CLAUSES),
        reserved: reference::RESERVED,
        fields: reference::fields().iter().map(|field| field.name).collect(),
        flags: FlagField::ALL.iter().map(|flag| flag.name()).collect(),
        models: reference::KNOWN_MODELS,
        kinds: reference::KINDS.iter().map(|(_, name, _)| *name).collect(),
        surfaces: reference::SURFACES.iter().map(|(_, name, _)| *name).collect(),
        media: reference::MEDIA.iter().map(|(_, name, _)| *name).collect(),
        units: reference::UNITS.iter().map(|(name, _)| *name).collect(),
        hosts: hosts(),
    }
}

/// The hosts that Diffract knows, each once.
pub(crate) fn hosts() -> Vec<&'static str> {
    let mut hosts: Vec<&str> = Vec::new();
    for (_, host) in reference::SITES {
        if !hosts.contains(host) {
            hosts.push(host);
        }
    }
    hosts
}

#[cfg(test)]
mod tests {
    use super::*;
    use diffract_core::program::Question;
    use diffract_core::{PackSource, Severity, compile};

    fn compiles(rule: &str) -> bool {
        let source =
            PackSource { id: "t".into(), source: format!("let @l = \"a\"\n{rule}"), ..PackSource::default() };
        !compile(&[source]).diagnostics[0].diagnostics.iter().any(|d| d.severity == Severity::Error)
    }

    /// What an operand can look like.
    fn samples(operand: Operand, field_type: FieldType, field: &str) -> Vec<String> {
        match operand {
            Operand::None => vec![String::new()],
            Operand::Text => vec!["\"a\"".into(), "@l".into()],
            Operand::List => vec!["@l".into()],
            Operand::Quoted => vec!["\"a\"".into()],
            Operand::Regex => vec!["/a/".into()],
            Operand::Host => vec!["example.com".into()],
            Operand::OfField => vec![
                match (field_type, field) {
                    (FieldType::Number, _) => "7",
                    (FieldType::Span, _) => "2 days",
                    (FieldType::Share, _) => "80%",
                    (FieldType::Media, _) => "video",
                    (_, "kind") => "short",
                    (_, "surface") => "home",
                    _ => "en",
                }
                .to_owned(),
            ],
        }
    }

    #[test]
    fn operators_and_what_they_take_are_the_checkers() {
        let mut fields: Vec<(String, AnyField)> =
            reference::fields().into_iter().map(|f| (f.name.to_owned(), f.field)).collect();
        fields.push(("clickbait".into(), AnyField::Model(Question::Named("clickbait".into()))));
        for (name, field) in fields {
            let field_type = reference::field_type(&field);
            for operator in reference::OPERATORS {
                let subject = if operator.name == "links to" { "links" } else { name.as_str() };
                let rule = |operand: &str| {
                    let operator = if operator.name == "links to" { "to" } else { operator.name };
                    format!("hide if {subject} {operator} {operand}")
                };
                let offered = operators(&field).contains(&operator.name);
                if offered {
                    for sample in samples(operand(field_type, operator.name), field_type, &name) {
                        assert!(compiles(&rule(&sample)), "{}", rule(&sample));
                    }
                } else if operator.name != "links to" {
                    let any = [
                        Operand::None,
                        Operand::Text,
                        Operand::List,
                        Operand::Quoted,
                        Operand::Regex,
                        Operand::Host,
                        Operand::OfField,
                    ]
                    .into_iter()
                    .flat_map(|operand| samples(operand, field_type, &name))
                    .find(|sample| compiles(&rule(sample)));
                    assert_eq!(any, None, "{name} {} is not offered, but it compiles", operator.name);
                }
            }
        }
    }
}
