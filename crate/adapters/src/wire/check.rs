//! What cannot be checked key by key: names that must exist, values that must suit their field.

use super::fields::FieldType;
use super::path::{Path, Paths, Start, Step as PathStep};
use super::schema::{Condition, ConditionTest, Expand, Field, File, ItemKind, List, Literal, Source, Step};
use crate::problem::nearest;
use diffract_core::post::{Kind, Medium};
use serde::Deserialize;
use serde::de::IntoDeserializer;
use serde::de::value::{Error as ValueError, StrDeserializer};
use std::collections::BTreeSet;

/// A key as a path, and what is wrong there.
type Found = (String, String);

/// What names a file declares.
struct Names<'f> {
    words: Vec<&'f str>,
    indexes: Vec<&'f str>,
}

pub(super) fn check(file: &File) -> Result<(), Found> {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    if file.name.is_empty() || !file.name.chars().all(plain) {
        return Err(("name".into(), "expected lower-case letters, digits and `_`".into()));
    }
    for (i, host) in file.hosts.iter().enumerate() {
        if host.is_empty() || *host != host.to_lowercase() || host.contains(['/', ':', ' ']) {
            return Err((format!("hosts[{i}]"), "expected a host name in lower case: `example.org`".into()));
        }
    }
    let names = Names {
        words: file.words.keys().map(String::as_str).collect(),
        indexes: file.index.iter().map(|i| i.name.as_str()).collect(),
    };
    for (i, index) in file.index.iter().enumerate() {
        paths(&index.at, &names, &[]).map_err(|m| (format!("index[{i}].at"), m))?;
        paths(&index.key, &names, &[]).map_err(|m| (format!("index[{i}].key"), m))?;
    }
    if let Some(feed) = &file.feed {
        paths(feed, &names, &[]).map_err(|m| ("feed".into(), m))?;
    }
    for (i, endpoint) in file.endpoint.iter().enumerate() {
        if endpoint.url.0.is_empty() && endpoint.when.0.is_empty() {
            return Err((format!("endpoint[{i}]"), "expected `url`, `when`, or both".into()));
        }
        conditions(&endpoint.when.0, &names, &[]).map_err(|m| (format!("endpoint[{i}].when"), m))?;
        let inside = endpoint.inside.iter().try_for_each(|p| paths(p, &names, &[]));
        inside.map_err(|m| (format!("endpoint[{i}].inside"), m))?;
    }
    if file.item.is_empty() {
        return Err(("item".into(), "expected at least one".into()));
    }
    for (i, list) in file.list.iter().enumerate() {
        check_list(list, file, &names).map_err(|(key, message)| (format!("list[{i}].{key}"), message))?;
    }
    for (i, kind) in file.item.iter().enumerate() {
        item(kind, &names).map_err(|(key, message)| (format!("item[{i}].{key}"), message))?;
    }
    Ok(())
}

fn check_list(list: &List, file: &File, names: &Names<'_>) -> Result<(), Found> {
    for path in &list.at.0 {
        pattern(path).map_err(|m| ("at".to_owned(), m))?;
    }
    for (key, path) in [("key", &list.key), ("place", &list.place), ("number", &list.number)] {
        path.iter().try_for_each(|p| paths(p, names, &[])).map_err(|m| (key.to_owned(), m))?;
    }
    for (key, all) in [("rest", &list.rest), ("fixed", &list.fixed), ("tail", &list.tail)] {
        conditions(&all.0, names, &[]).map_err(|m| (key.to_owned(), m))?;
    }
    // Between entries of JSON stand commas; what joins two entries knows elements only.
    let of_elements =
        |path: &Path| matches!(path.steps.last(), Some(PathStep::Key(key)) if key == "children");
    let joins = file.html && list.at.0.iter().all(of_elements);
    if !list.tail.0.is_empty() && !joins {
        let message = "is for lists of elements: `….children`, in a file with `html = true`";
        return Err(("tail".to_owned(), message.to_owned()));
    }
    let kinds: Vec<&str> = file.item.iter().map(|kind| kind.name.as_str()).collect();
    match list.r#move.0.iter().find(|name| !kinds.contains(&name.as_str())) {
        Some(name) => Err(("move".to_owned(), unknown("kind of item", name, &kinds))),
        None => Ok(()),
    }
}

fn item(kind: &ItemKind, names: &Names<'_>) -> Result<(), Found> {
    for path in &kind.at.0 {
        pattern(path).map_err(|m| ("at".to_owned(), m))?;
    }
    for (i, nested) in kind.nested.iter().enumerate() {
        let keys_only =
            |p: &Path| p.start == Start::Item(0) && p.steps.iter().all(|s| matches!(s, PathStep::Key(_)));
        if !nested.0.iter().all(keys_only) {
            return Err((format!("nested[{i}]"), "expected a path of keys only".into()));
        }
    }
    conditions(&kind.when.0, names, &[]).map_err(|m| ("when".to_owned(), m))?;
    kind.asked.iter().try_for_each(|p| paths(p, names, &[])).map_err(|m| ("asked".to_owned(), m))?;
    let mut anchors = Vec::new();
    for (i, anchor) in kind.anchor.iter().enumerate() {
        paths(&anchor.path, names, &anchors).map_err(|m| (format!("anchor[{i}].path"), m))?;
        anchors.push(anchor.name.as_str());
    }
    if let Some(order) = &kind.order {
        paths(&order.list, names, &anchors).map_err(|m| ("order.list".to_owned(), m))?;
        paths(&order.key, names, &anchors).map_err(|m| ("order.key".to_owned(), m))?;
    }
    if !kind.fields.contains_key(&Field::Id) {
        return Err(("fields".into(), "expected `id`: an item without one is no post".into()));
    }
    for (field, sources) in &kind.fields {
        let key = format!("fields.{}", field.name());
        for (i, source) in sources.0.iter().enumerate() {
            check_source(*field, source, names, &anchors)
                .map_err(|m| (if sources.0.len() > 1 { format!("{key}[{i}]") } else { key.clone() }, m))?;
        }
    }
    Ok(())
}

fn check_source(field: Field, source: &Source, names: &Names<'_>, anchors: &[&str]) -> Result<(), String> {
    let kind = FieldType::of(field);
    if let Some(path) = &source.path {
        paths(path, names, anchors)?;
    }
    conditions(&source.when, names, anchors)?;
    if (source.equals.is_some() || source.present) && kind != FieldType::Flag {
        return Err("`equals` and `present` are for flags".into());
    }
    for step in &source.steps {
        check_step(step, names, anchors)?;
    }
    if let Some(template) = &source.template {
        if field != Field::Url {
            return Err("`template` is for `url`".into());
        }
        let allowed = ["id", "author", "name", "community", "host"];
        for name in template.split('{').skip(1).filter_map(|part| part.split('}').next()) {
            if !allowed.contains(&name) {
                return Err(unknown("field", name, &allowed));
            }
        }
    }
    if let Some(value) = &source.value {
        match (kind, value) {
            (FieldType::Flag, Literal::Flag(_))
            | (FieldType::Number, Literal::Number(_))
            | (FieldType::Text | FieldType::Lang, Literal::Text(_)) => {}
            (FieldType::Set | FieldType::Media, Literal::List(list)) if list.is_empty() => {}
            (FieldType::Set, Literal::List(_) | Literal::Text(_)) => {}
            (FieldType::Kind, Literal::Text(text)) => known::<Kind>(text)?,
            (FieldType::Media, Literal::Text(text)) => known::<Medium>(text)?,
            _ => return Err(format!("`value` does not suit a {kind} field")),
        }
    }
    for text in source.map.iter().flat_map(|m| m.values()) {
        match kind {
            FieldType::Kind => known::<Kind>(text)?,
            FieldType::Media => known::<Medium>(text)?,
            _ => {}
        }
    }
    Ok(())
}

fn known<'de, T: Deserialize<'de>>(text: &'de str) -> Result<(), String> {
    let deserializer: StrDeserializer<'de, ValueError> = text.into_deserializer();
    T::deserialize(deserializer).map(|_| ()).map_err(|e| crate::problem::with_nearest(&e.to_string()))
}

fn check_step(step: &Step, names: &Names<'_>, anchors: &[&str]) -> Result<(), String> {
    match step {
        Step::Has(word) | Step::Lacks(word) if !names.words.contains(&word.as_str()) => {
            Err(unknown("entry of [words]", word, &names.words))
        }
        Step::Slice(path) | Step::Expand(Expand { each: path, .. }) => paths(path, names, anchors),
        _ => Ok(()),
    }
}

fn conditions(all: &[Condition], names: &Names<'_>, anchors: &[&str]) -> Result<(), String> {
    all.iter().try_for_each(|condition| {
        if let ConditionTest::Equals(these) = &condition.test
            && these.iter().any(|l| matches!(l, Literal::List(_)))
        {
            return Err("`equals` compares with texts, numbers and flags".into());
        }
        paths(&condition.path, names, anchors)
    })
}

fn paths(all: &Paths, names: &Names<'_>, anchors: &[&str]) -> Result<(), String> {
    for path in &all.0 {
        if let Start::Anchor(name) = &path.start
            && !anchors.contains(&name.as_str())
        {
            return Err(unknown("anchor (they are resolved in order)", name, anchors));
        }
        for step in &path.steps {
            match step {
                PathStep::Index(name) if !names.indexes.contains(&name.as_str()) => {
                    return Err(unknown("index", name, &names.indexes));
                }
                _ => {}
            }
        }
    }
    Ok(())
}

fn pattern(path: &Path) -> Result<(), String> {
    let sound = |s: &PathStep| matches!(s, PathStep::Key(_) | PathStep::Each | PathStep::Deep);
    if matches!(path.start, Start::Root | Start::Item(0)) && path.steps.iter().all(sound) {
        Ok(())
    } else {
        Err("expected a path of keys, `*`, `[*]` and `**` from the payload's root".into())
    }
}

fn unknown(what: &str, name: &str, known: &[&str]) -> String {
    let all: BTreeSet<&str> = known.iter().copied().collect();
    let all = all.into_iter().map(|k| format!("`{k}`")).collect::<Vec<_>>().join(", ");
    let all = if all.is_empty() { "none is declared".to_owned() } else { format!("known: {all}") };
    match nearest(name, known.iter().copied()) {
        Some(near) => format!("no {what} is called `{name}`; did you mean `{near}`?"),
        None => format!("no {what} is called `{name}`; {all}"),
    }
}

/// The line on which a key stands: `item[2].fields.author[0]`.
pub(super) fn line_of_key(source: &str, key: &str) -> Option<u32> {
    use toml::de::{DeTable, DeValue};
    let table = DeTable::parse(source).ok()?;
    let steps = key.split(['.', '[', ']']).filter(|s| !s.is_empty());
    let mut at: Option<(usize, &DeValue<'_>)> = None;
    for step in steps {
        let next = match at {
            None => table.get_ref().get(step),
            Some((_, DeValue::Table(inner))) => inner.get(step),
            Some((_, DeValue::Array(list))) => step.parse::<usize>().ok().and_then(|i| list.get(i)),
            Some(_) => None,
        };
        match next {
            Some(value) => at = Some((value.span().start, value.get_ref())),
            None => break,
        }
    }
    at.map(|(offset, _)| crate::problem::line_of(source, offset))
}
