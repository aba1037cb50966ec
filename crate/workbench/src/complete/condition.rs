//! What can stand in a condition.

use super::Following;
use crate::names;
use crate::tables::{self, Operand, field_or_model, operand, operator_at, operators};
use diffract_core::program::{AnyField, Question};
use diffract_core::reference::{self, FieldType};

impl Following<'_> {
    pub(super) fn condition(&mut self, words: &[String]) {
        let joint = words.iter().rposition(|word| matches!(word.as_str(), "and" | "or" | "("));
        let mut predicate = &words[joint.map_or(0, |at| at + 1)..];
        while predicate.first().is_some_and(|word| word == "not") {
            predicate = &predicate[1..];
        }
        if predicate.iter().any(|word| word == ")") {
            return self.after_predicate(words);
        }
        let Some((subject, rest)) = predicate.split_first() else {
            self.fields();
            self.one("not", "word", "not condition", "The other way round.");
            return;
        };
        match subject.as_str() {
            "about" => {
                if !rest.is_empty() {
                    self.share(&rest[1..], words);
                }
            }
            "like" => match rest {
                [] => self.lists(true),
                [_, rest @ ..] => self.share(rest, words),
            },
            name => {
                if let Some(field) = field_or_model(name) {
                    self.question(&field, name, rest, words);
                }
            }
        }
    }

    /// Behind `about "…"` and `like @list`.
    fn share(&mut self, rest: &[String], words: &[String]) {
        let field = AnyField::Model(Question::Named(String::new()));
        if rest.is_empty() {
            self.operators(&field, |operator| !operator.ends_with("known"));
            self.after_predicate(words);
        } else {
            self.question(&field, "", rest, words);
        }
    }

    /// Behind a field.
    fn question(&mut self, field: &AnyField, name: &str, rest: &[String], words: &[String]) {
        let field_type = reference::field_type(field);
        if rest.is_empty() {
            if field_type == FieldType::Flag {
                self.after_predicate(words);
            }
            return self.operators(field, |_| true);
        }
        // `not has`, `not starts with`
        let skipped = usize::from(rest[0] == "not" && rest.get(1).is_none_or(|word| word != "in"));
        let asked: Vec<String> = if name == "links" && rest[0] == "to" {
            std::iter::once("links".to_owned()).chain(rest.iter().cloned()).collect()
        } else {
            rest[skipped..].to_vec()
        };
        let found = operator_at(&asked);
        // An operator may go on: `is` to `is not`, `has` to `has any`.
        let typed = asked.join(" ");
        let longer = |operator: &str| {
            operator.strip_prefix(&typed).is_some_and(|rest| rest.starts_with(' ') || typed.is_empty())
        };
        let goes_on = operators(field).iter().any(|operator| longer(operator));
        if goes_on {
            for operator in operators(field).iter().filter(|operator| longer(operator)) {
                if let Some(word) = reference::OPERATORS.iter().find(|word| word.name == *operator) {
                    let next = &operator[if typed.is_empty() { 0 } else { typed.len() + 1 }..];
                    self.one(next, "operator", word.form, word.meaning);
                }
            }
        }
        let Some((operator, length)) = found.filter(|(found, _)| operators(field).contains(&found.name))
        else {
            return;
        };
        let mut values = &asked[length..];
        if operator.name.starts_with("has")
            && values.first().is_some_and(|word| word == "word" || word == "words")
        {
            values = &values[1..];
        }
        self.value(operand(field_type, operator.name), field_type, name, values, words);
    }

    fn value(
        &mut self,
        operand: Operand,
        field_type: FieldType,
        name: &str,
        values: &[String],
        words: &[String],
    ) {
        let last = values.last().map(String::as_str);
        if operand == Operand::None {
            return self.after_predicate(words);
        }
        if last.is_none_or(|word| word == ",") {
            match operand {
                Operand::List | Operand::Text => self.lists(false),
                Operand::Host => {
                    for host in tables::hosts() {
                        self.one(host, "value", "site", "");
                    }
                }
                Operand::OfField => self.values(match field_type {
                    FieldType::Media => "media",
                    _ => name,
                }),
                Operand::Quoted | Operand::Regex | Operand::None => {}
            }
            return;
        }
        if field_type == FieldType::Span
            && last.is_some_and(|word| word.chars().all(|c| c.is_ascii_digit() || c == '.'))
        {
            return self.units();
        }
        self.after_predicate(words);
    }

    fn after_predicate(&mut self, words: &[String]) {
        self.one("and", "word", "… and …", "Both.");
        self.one("or", "word", "… or …", "Either.");
        self.clauses(words);
    }

    fn operators(&mut self, field: &AnyField, fits: impl Fn(&str) -> bool) {
        for name in operators(field).iter().filter(|name| fits(name)) {
            if let Some(word) = reference::OPERATORS.iter().find(|word| word.name == *name) {
                let label = name.strip_prefix("links ").unwrap_or(name);
                self.one(label, "operator", word.form, word.meaning);
            }
        }
    }

    fn fields(&mut self) {
        for field in reference::fields() {
            self.one(field.name, "field", field.field_type.name(), field.meaning);
        }
        names::with_all(|models| {
            for model in models {
                self.one(
                    model,
                    "model",
                    FieldType::Share.name(),
                    "How sure a model is. Unknown until that model is installed.",
                );
            }
        });
        self.words("field", reference::QUESTIONS);
    }

    /// The fixed words that a field can be.
    pub(super) fn values(&mut self, field: &str) {
        match field {
            "kind" => {
                for (_, name, meaning) in reference::KINDS {
                    self.one(name, "value", "kind", meaning);
                }
            }
            "surface" => {
                for (_, name, meaning) in reference::SURFACES {
                    self.one(name, "value", "surface", meaning);
                }
            }
            "media" => {
                for (_, name, meaning) in reference::MEDIA {
                    self.one(name, "value", "media", meaning);
                }
            }
            "lang" => {
                for (name, code) in reference::LANGUAGES {
                    self.one(code, "value", "language", name);
                }
            }
            _ => {}
        }
    }
}
