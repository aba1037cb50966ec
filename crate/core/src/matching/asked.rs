//! Which fields of a post the rules ask for: whoever reads posts may leave the others out.

use super::RuleSet;
use crate::program::{AnyField, Condition, Effect, NumberField, OrderKey, TextField};
use std::collections::BTreeSet;

/// What models are asked about.
const WORDS: &[&str] = &["text", "title", "lang", "quote_text", "card_title", "alt"];

impl RuleSet {
    /// The fields that some rule asks for, as [`crate::post::Post`] names them in JSON: what posts must carry so that verdicts and
    /// order are those of whole posts. Id, platform, host, surface and position are not among them: posts always carry those.
    pub fn fields_asked(&self) -> BTreeSet<&'static str> {
        let mut asked = BTreeSet::new();
        for rule in &self.program().rules {
            condition(&rule.condition, &mut asked);
            match &rule.effect {
                Effect::Limit(limit) if limit.per_author => asked.extend(["author"]),
                Effect::Order(keys) => keys.iter().for_each(|key| match key {
                    OrderKey::Newest | OrderKey::Oldest => asked.extend(number(NumberField::Age)),
                    OrderKey::Field(field) => asked.extend(number(*field)),
                    OrderKey::Score | OrderKey::Original => {}
                }),
                _ => {}
            }
        }
        asked
    }
}

fn condition(of: &Condition, asked: &mut BTreeSet<&'static str>) {
    match of {
        Condition::Always => {}
        Condition::Not(inner) => condition(inner, asked),
        Condition::And(all) | Condition::Or(all) => all.iter().for_each(|one| condition(one, asked)),
        Condition::Test(test) => match test.field() {
            AnyField::Text(field) => asked.extend([text(field)]),
            AnyField::Flag(field) => asked.extend([field.name()]),
            AnyField::Number(field) => asked.extend(number(field)),
            AnyField::Set(field) => asked.extend([field.name()]),
            AnyField::Media => asked.extend(["media"]),
            AnyField::Kind => asked.extend(["kind"]),
            AnyField::Surface => {}
            AnyField::Lang => asked.extend(["lang"]),
            AnyField::Model(_) => asked.extend(WORDS),
        },
    }
}

fn text(field: TextField) -> &'static str {
    match field {
        TextField::QuoteText => "quote_text",
        TextField::CardTitle => "card_title",
        other => other.name(),
    }
}

fn number(field: NumberField) -> &'static [&'static str] {
    match field {
        NumberField::Likes => &["likes"],
        NumberField::Reposts => &["reposts"],
        NumberField::Replies => &["replies"],
        NumberField::Views => &["views"],
        NumberField::Followers => &["followers"],
        NumberField::Length => &["text"],
        NumberField::Position => &[],
        NumberField::Age => &["time", "age"],
        NumberField::Duration => &["duration"],
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Context, Memory};
    use super::*;
    use crate::check::{PackSource, compile};
    use crate::post::Post;
    use crate::program::{FlagField, SetField};
    use serde_json::{Map, Value, json};

    fn rules(source: &str) -> RuleSet {
        let pack = PackSource { id: "p".into(), source: source.into(), ..PackSource::default() };
        RuleSet::new(compile(&[pack]).program)
    }

    fn whole() -> Value {
        json!({
            "id": "1", "platform": "x", "host": "x.com", "surface": "home", "position": 3, "url": "https://x.com/a/1", "kind": "post",
            "lang": "en", "text": "Tea and pots", "title": "Pots", "author": "ada", "name": "Ada", "reposted_by": "bo",
            "replying_to": "cy", "quote_text": "quoted pots", "card_title": "carded", "alt": "a pot", "community": "tea",
            "promoted": false, "suggested": true, "repost": true, "reply": true, "quote": true, "followed": false, "verified": true,
            "sensitive": false, "pinned": true, "likes": 3, "reposts": 4, "replies": 5, "views": 6, "followers": 7, "time": 1000,
            "age": 60, "duration": 30, "links": ["https://tea.example/"], "hashtags": ["tea"], "mentions": ["di"],
            "media": ["image"], "labels": ["flair"],
        })
    }

    /// Each field, and conditions over it, by its own name: those asked for are enough for the same verdict.
    #[test]
    fn a_post_with_what_is_asked_for_is_decided_as_the_whole_one() {
        let texts =
            TextField::ALL.iter().map(|field| format!("hide if {} has \"a\" or {0} is known", field.name()));
        let flags = FlagField::ALL.iter().map(|field| format!("hide if not {}", field.name()));
        let numbers = NumberField::ALL.iter().map(|field| {
            let unit = if field.is_span() { " min" } else { "" };
            format!("hide if {} < 20{unit}", field.name())
        });
        let sets = SetField::ALL.iter().map(|field| format!("hide if {} has \"tea\"", field.name()));
        let others = [
            "hide if media has image",
            "hide if kind is post",
            "hide if lang is en",
            "hide if surface is home",
            "hide if links to tea.example",
            "limit 0 per author per day",
            "hide if clickbait > 50% or title has \"pots\"",
            "hide if text matches /p.ts/",
        ];
        let all = texts.chain(flags).chain(numbers).chain(sets).chain(others.map(str::to_owned));
        let context = Context { now: 1_060.0, no_models: true, ..Context::default() };
        for source in all {
            let rules = rules(&source);
            assert_eq!(rules.rules(), 1, "{source}");
            let asked = rules.fields_asked();
            let Value::Object(fields) = whole() else { panic!("an object") };
            let always = ["id", "platform", "host", "surface", "position"];
            let part: Map<String, Value> = fields
                .into_iter()
                .filter(|(name, _)| always.contains(&name.as_str()) || asked.contains(name.as_str()))
                .collect();
            let decide = |post: Value| {
                let post: Post = serde_json::from_value(post).expect("a post");
                rules.decide(&[post], &context, &mut Memory::default())
            };
            assert_eq!(decide(Value::Object(part)), decide(whole()), "{source}: {asked:?}");
        }
    }

    #[test]
    fn an_order_asks_for_what_it_sorts_by_and_nothing_for_nothing() {
        assert_eq!(rules("order by likes, newest").fields_asked(), BTreeSet::from(["likes", "time", "age"]));
        assert_eq!(rules("hide if promoted").fields_asked(), BTreeSet::from(["promoted"]));
        assert!(rules("").fields_asked().is_empty());
    }
}
