//! Reddit Enhancement Suite: the filters of a settings backup (`*.resbackup`), of each of its three layouts, or the
//! filters alone as `RESStorage get RESoptions.filteReddit` prints them.

use crate::draft::{Draft, Shape};
use crate::report::Place;
use crate::text::quote;
use crate::{json, pattern, res_custom, text};
use serde_json::{Map, Value};

/// Where Reddit is.
const HOST: &str = "reddit.com";

/// Reads a backup; `Err` if it is none.
pub(crate) fn read(source: &str, draft: &mut Draft) -> Result<(), String> {
    let value = json::parse(source)?;
    let Some(object) = value.as_object() else { return Err("it is no object".to_owned()) };
    let settings = match object.get("data") {
        Some(Value::Object(data)) => data,
        _ => object,
    };
    let whole = settings.keys().any(|key| key.starts_with("RES"));
    match opened(settings.get("RESoptions.filteReddit")) {
        Some(Value::Object(options)) => filters(&options, draft),
        _ if !whole => filters(settings, draft),
        _ => {}
    }
    for (key, value) in settings {
        if let Some(user) = key.strip_prefix("tag.") {
            ignored(user, &opened(Some(value)).unwrap_or(Value::Null), draft);
        } else if (key == "RESmodules.userTagger.tags" || key == "RESmodules.userTagger.userTags")
            && let Some(Value::Object(tags)) = opened(Some(value))
        {
            for (user, tag) in &tags {
                ignored(user, tag, draft);
            }
        }
    }
    if draft.report.entries == 0
        && !whole
        && !["keywords", "subreddits", "domains", "flair", "users"]
            .iter()
            .any(|key| settings.contains_key(*key))
    {
        return Err("there is no `RESoptions.filteReddit` in it".to_owned());
    }
    Ok(())
}

/// A value that the first layout kept as JSON within JSON.
fn opened(value: Option<&Value>) -> Option<Value> {
    match value? {
        Value::String(text) => json::parse(text).ok(),
        other => Some(other.clone()),
    }
}

/// A row of a table: by place, or by name.
struct Row<'a>(&'a Value);

impl Row<'_> {
    fn cell(&self, at: usize, name: &str) -> String {
        match self.0 {
            Value::Array(all) => all.get(at).and_then(json::text).unwrap_or_default(),
            Value::Object(_) => json::text_of(self.0, name).unwrap_or_default(),
            other if at == 0 => json::text(other).unwrap_or_default(),
            _ => String::new(),
        }
    }
}

fn filters(options: &Map<String, Value>, draft: &mut Draft) {
    let table = |key: &str| -> Vec<Value> {
        options
            .get(key)
            .map(|option| option.get("value").unwrap_or(option))
            .and_then(Value::as_array)
            .cloned()
            .unwrap_or_default()
    };
    let flag = |key: &str, otherwise: bool| match options
        .get(key)
        .map(|option| option.get("value").unwrap_or(option))
    {
        Some(Value::Bool(flag)) => *flag,
        _ => otherwise,
    };
    let regex = flag("regexpFilters", true);
    let from = options.get("filterSubredditsFrom").and_then(|option| json::text_of(option, "value"));
    let subreddits_scope = match from.as_deref() {
        Some("everywhere") => HOST.to_owned(),
        Some("legacy") => format!("{HOST} explore"),
        _ => format!("{HOST} home, following, explore, search, profile, list, related"),
    };
    let mut each = |key: &str, read: &mut dyn FnMut(&Row<'_>, &Place, &mut Draft)| {
        for (index, row) in table(key).iter().enumerate() {
            let place = Place::Entry(format!("{key} {}", index + 1));
            if !draft.entry(&place) {
                return;
            }
            read(&Row(row), &place, draft);
        }
    };
    each("keywords", &mut |row, place, draft| {
        let (keyword, unless) = (row.cell(0, "keyword"), row.cell(3, "unlessKeyword"));
        let Some(mut guard) = within(row, place, draft, &keyword) else { return };
        if !unless.trim().is_empty() {
            guard.push_str(&format!(" and not title has {}", quote(unless.trim())));
        }
        matching(&keyword, regex, "title", &guard, "keywords", place, draft);
    });
    each("subreddits", &mut |row, place, draft| {
        let name = row.cell(0, "subreddit");
        if let Some((body, flags)) = pattern::literal(&name).filter(|_| regex) {
            expression(&name, body, flags, "community", &subreddits_scope, "", "subreddits", place, draft);
            return;
        }
        let name = name.trim().trim_start_matches('/');
        let name = name.strip_prefix("r/").unwrap_or(name);
        let shape =
            Shape::new(subreddits_scope.as_str(), "hide if community {in}", "subreddits", "subreddits");
        draft.add(place, &shape, name);
    });
    each("domains", &mut |row, place, draft| {
        let domain = row.cell(0, "keyword");
        let Some(guard) = within(row, place, draft, &domain) else { return };
        match text::host(&domain) {
            Some(host) if !host.starts_with("self.") => {
                let shape = Shape::new(HOST, "hide if links to {hosts}", "domains", "domains").guarded(guard);
                draft.add(place, &shape, &host);
            }
            Some(host) => {
                let name = host.trim_start_matches("self.");
                let rule = format!("hide if kind is post and community is {}{guard}", quote(name));
                draft.rule(place, HOST, &rule, "text posts of a subreddit");
            }
            None => draft.leave(
                place,
                &domain,
                "a part of a domain's name, or an expression, cannot be asked for; write `hide if links to` with the whole domain",
            ),
        }
    });
    each("flair", &mut |row, place, draft| {
        let flair = row.cell(0, "keyword");
        let Some(guard) = within(row, place, draft, &flair) else { return };
        if regex && pattern::literal(&flair).is_some() {
            draft.leave(
                place,
                &flair,
                "expressions look at text; a flair is one of `labels`, which are compared whole",
            );
            return;
        }
        draft.changed(place, &flair, "the flair must be this, not only have it somewhere");
        let shape = Shape::new(HOST, "hide if labels has {}", "flairs", "flair").guarded(guard);
        draft.add(place, &shape, &flair);
    });
    each("users", &mut |row, place, draft| {
        let user = row.cell(0, "username");
        let user = if user.is_empty() { row.cell(0, "keyword") } else { user };
        if let Some((body, flags)) = pattern::literal(&user).filter(|_| regex) {
            expression(&user, body, flags, "author", HOST, "", "users", place, draft);
        } else if let Some(name) = text::handle(&user) {
            draft.add(place, &Shape::new(HOST, "hide if author {in}", "users", "users"), &name);
        } else {
            draft.leave(place, &user, "this can be no account");
        }
    });
    let allowed = table("allowNSFW");
    if flag("NSFWfilter", false) {
        let place = Place::Entry("NSFWfilter".to_owned());
        if draft.entry(&place) {
            let mut names: Vec<String> = Vec::new();
            for row in &allowed {
                let row = Row(row);
                if row.cell(1, "where") == "visit" {
                    draft.leave(
                        &place,
                        &row.cell(0, "subreddits"),
                        "that it is allowed only where it is visited cannot be said",
                    );
                } else {
                    names.extend(subreddits(&row.cell(0, "subreddits")));
                }
            }
            let spare = if names.is_empty() {
                String::new()
            } else {
                format!(" and not community is {}", names.join(", "))
            };
            draft.rule(&place, HOST, &format!("hide if sensitive{spare}"), "NSFW filter");
        }
    }
    for key in ["customFilters", "customFiltersP", "customFiltersC"] {
        for (index, filter) in table(key).iter().enumerate() {
            let place = Place::Entry(format!("{key} {}", index + 1));
            if !draft.entry(&place) {
                return;
            }
            let note = json::text_of(filter, "note").unwrap_or_default();
            if filter.get("opts").is_some_and(|opts| {
                opts.get("effects").is_some_and(|effects| !json::is_true(effects, "hide"))
            }) {
                draft.leave(&place, &note, "it does not hide");
                continue;
            }
            match res_custom::condition(filter.get("body").unwrap_or(&Value::Null)) {
                Ok(condition) => {
                    let guard = if key == "customFiltersC" { "kind is comment and " } else { "" };
                    let because = if note.trim().is_empty() {
                        String::new()
                    } else {
                        format!(" because {}", quote(note.trim()))
                    };
                    draft.rule(
                        &place,
                        HOST,
                        &format!("hide if {guard}({condition}){because}"),
                        "custom filter",
                    );
                }
                Err(why) => draft.leave(&place, &format!("custom filter “{note}”"), why),
            }
        }
    }
}

/// `Everywhere but:` and `Only on:` as what follows a condition; `None` where they were left out.
fn within(row: &Row<'_>, place: &Place, draft: &mut Draft, what: &str) -> Option<String> {
    let names = subreddits(&row.cell(2, "subreddits"));
    match row.cell(1, "applyTo").as_str() {
        "exclude" if !names.is_empty() => Some(format!(" and not community is {}", names.join(", "))),
        "include" if !names.is_empty() => Some(format!(" and community is {}", names.join(", "))),
        "include" => {
            draft.leave(place, what, "it is to hold only on some subreddits, and names none");
            None
        }
        _ => Some(String::new()),
    }
}

/// Names of subreddits between commas, quoted.
fn subreddits(text: &str) -> Vec<String> {
    text.split(',')
        .map(|name| name.trim().trim_start_matches('/'))
        .map(|name| name.strip_prefix("r/").unwrap_or(name))
        .filter(|name| !text::is_empty(name))
        .map(quote)
        .collect()
}

fn matching(
    keyword: &str,
    regex: bool,
    field: &str,
    guard: &str,
    list: &'static str,
    place: &Place,
    draft: &mut Draft,
) {
    if let Some((body, flags)) = pattern::literal(keyword).filter(|_| regex) {
        expression(keyword, body, flags, field, HOST, guard, list, place, draft);
        return;
    }
    let shape = Shape::new(HOST, format!("hide if {field} has {{}}"), list, list).guarded(guard);
    draft.add(place, &shape, keyword);
}

#[expect(clippy::too_many_arguments, reason = "one call a table, each of its own words")]
fn expression(
    written: &str,
    body: &str,
    flags: &str,
    field: &str,
    scope: &str,
    guard: &str,
    what: &str,
    place: &Place,
    draft: &mut Draft,
) {
    match pattern::translate(body, flags) {
        Ok(found) => {
            let rule = format!("hide if {field} matches {}{guard}", found.0);
            draft.rule(place, scope, &rule, &format!("{what}, expressions"));
        }
        Err(why) => draft.leave(place, written, format!("this expression cannot be used: {why}")),
    }
}

/// A user that was tagged as ignored.
fn ignored(user: &str, tag: &Value, draft: &mut Draft) {
    let ignored = json::is_true(tag, "ignored") || json::is_true(tag, "ignore");
    let place = Place::Entry(format!("tag of {user}"));
    if !ignored || !draft.entry(&place) {
        return;
    }
    match text::handle(user) {
        Some(name) => {
            draft.add(&place, &Shape::new(HOST, "hide if author {in}", "ignored", "ignored users"), &name)
        }
        None => draft.leave(&place, user, "this can be no account"),
    }
}
