//! Mastodon: the CSV files of *Import and export*, and filters as the API answers them (`/api/v2/filters`,
//! `/api/v1/filters`).

use crate::draft::{Draft, Shape};
use crate::report::Place;
use crate::{json, text};
use serde_json::Value;

/// What a CSV file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Table {
    /// Muted or blocked accounts.
    Accounts,
    /// Followed accounts, some without their boosts.
    Followed,
    /// Domains, one a row.
    Domains,
    /// Domains with how they are limited, as servers share them.
    ServerDomains,
    /// Filters: keywords with where and how.
    Filters,
}

fn table(header: &[String], name: &str) -> Option<Table> {
    let first = header.first().map(|cell| cell.to_lowercase())?;
    let has =
        |wanted: &[&str]| header.iter().any(|cell| wanted.contains(&cell.trim().to_lowercase().as_str()));
    if first.starts_with("#domain") {
        return Some(Table::ServerDomains);
    }
    if has(&["show boosts"]) {
        return Some(Table::Followed);
    }
    if first == "account address" {
        return Some(Table::Accounts);
    }
    if has(KEYWORD) && header.len() > 1 {
        return Some(Table::Filters);
    }
    let of_accounts = |all: &[&str]| all.iter().any(|part| name.contains(part));
    if of_accounts(&["domain"]) && text::host(&first).is_some() {
        return Some(Table::Domains);
    }
    let account = |cell: &str| {
        cell.split_once('@').is_some_and(|(user, host)| !user.is_empty() && text::host(host).is_some())
    };
    if account(first.trim_start_matches('@')) && !first.contains(char::is_whitespace) {
        return Some(Table::Accounts);
    }
    (name.ends_with(".csv") && header.len() == 1 && text::host(&first).is_some()).then_some(Table::Domains)
}

const KEYWORD: &[&str] = &["keyword", "keywords", "phrase", "phrases"];

/// Whether a text looks like one of the exports. `name` is lower case.
pub(crate) fn is_csv(source: &str, name: &str) -> bool {
    let mut rows = rows(source);
    rows.next().and_then(Result::ok).is_some_and(|row| table(&row.1, name).is_some())
}

/// The rows with their lines.
fn rows(source: &str) -> impl Iterator<Item = Result<(usize, Vec<String>), String>> + '_ {
    csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(source.as_bytes())
        .into_records()
        .map(|record| {
            let record = record.map_err(|error| error.to_string())?;
            let line = record.position().map_or(1, |position| position.line() as usize);
            Ok((line, record.iter().map(str::to_owned).collect()))
        })
}

/// Reads one of the CSV exports.
pub(crate) fn read_csv(source: &str, draft: &mut Draft) -> Result<(), String> {
    let mut rows = rows(source).peekable();
    let header = match rows.peek() {
        Some(Ok((_, row))) => row.clone(),
        Some(Err(why)) => return Err(why.clone()),
        None => return Err("it is empty".to_owned()),
    };
    let name = draft.name().to_lowercase();
    // Told that it is one, a list of bare domains is taken for one whatever the file is called.
    let table = table(&header, &name).or_else(|| text::host(&header[0]).map(|_| Table::Domains));
    let Some(table) = table else {
        return Err(format!("its first row, `{}`, is none of Mastodon's", header.join(",")));
    };
    let first = header.first().map(|cell| cell.to_lowercase()).unwrap_or_default();
    let headed = match table {
        Table::Accounts => first == "account address",
        Table::Domains => false,
        Table::Followed | Table::ServerDomains | Table::Filters => true,
    };
    if headed {
        rows.next();
    }
    let mut ordinary = 0;
    for row in rows {
        let (line, row) = match row {
            Ok(row) => row,
            Err(why) => {
                draft.leave(&Place::File, "a row", why);
                continue;
            }
        };
        let place = Place::Line(line);
        if row.iter().all(String::is_empty) {
            continue;
        }
        if !draft.entry(&place) {
            break;
        }
        let cell = |wanted: &[&str]| {
            let at = header.iter().position(|cell| wanted.contains(&cell.trim().to_lowercase().as_str()))?;
            row.get(at).map(String::as_str)
        };
        match table {
            Table::Accounts => account(
                &row[0],
                "hide if author {in} or reposted_by {in}",
                "muted_accounts",
                "muted and blocked accounts",
                &place,
                draft,
            ),
            Table::Followed => match cell(&["show boosts"]) {
                Some(shown) if shown.eq_ignore_ascii_case("false") => {
                    account(
                        &row[0],
                        "hide if reposted_by {in}",
                        "no_boosts",
                        "accounts whose boosts you do not see",
                        &place,
                        draft,
                    );
                }
                _ => ordinary += 1,
            },
            Table::Domains => domain(&row[0], &place, draft),
            Table::ServerDomains => match cell(&["#severity"]) {
                Some("noop") => draft.leave(&place, &row[0], "its severity is `noop`: nothing is limited"),
                _ => domain(&row[0], &place, draft),
            },
            Table::Filters => {
                let keywords = cell(KEYWORD).unwrap_or_default();
                let whole = cell(&["whole_word", "whole word", "whole words"])
                    .is_none_or(|cell| !cell.eq_ignore_ascii_case("false") && cell != "0");
                let contexts: Option<Vec<String>> =
                    cell(&["context", "contexts"]).filter(|cell| !cell.is_empty()).map(|cell| {
                        cell.split([',', ';', ' ', '|'])
                            .map(|one| one.trim().to_lowercase())
                            .filter(|one| !one.is_empty())
                            .collect()
                    });
                let filter = Filter {
                    title: cell(&["title", "name"]).unwrap_or_default().to_owned(),
                    action: action(cell(&["filter_action", "action", "filter action"]), None),
                    contexts,
                    until: cell(&["expires_at", "expires", "expire_after"]).map(str::to_owned),
                };
                draft.once(|draft| {
                    for keyword in keywords.split(['\n', ';']).filter(|one| !one.trim().is_empty()) {
                        filter.add(keyword, whole, &place, draft);
                    }
                });
            }
        }
    }
    if ordinary > 0 {
        draft.leave(
            &Place::File,
            &format!("{ordinary} accounts"),
            "you follow them, boosts and all; there is nothing to hide",
        );
    }
    Ok(())
}

/// An account by its whole address, which is the same on every server.
fn account(cell: &str, rule: &str, list: &'static str, what: &str, place: &Place, draft: &mut Draft) {
    let Some(handle) = text::handle(cell) else {
        return draft.leave(place, cell, "this can be no account");
    };
    if !handle.contains('@') {
        return draft.leave(
            place,
            cell,
            "an account without a server could be anyone's; write `name@server`",
        );
    }
    let scope = draft.sites().to_owned();
    draft.once(|draft| {
        draft.add(place, &Shape::new(scope, rule, list, what), &handle);
        // A server shows its own accounts without its name.
        if let Some((user, host)) = handle.rsplit_once('@')
            && let Some(host) = text::host(host)
            && (draft.sites().is_empty() || draft.is_site(&host))
            && draft.has_room_for(&host)
        {
            draft.add(place, &Shape::new(host, rule, list, what), user);
        }
    });
}

fn domain(cell: &str, place: &Place, draft: &mut Draft) {
    let Some(host) = text::host(cell.trim_start_matches("*.")) else {
        let hidden = if cell.contains('*') { "its name is hidden by stars" } else { "this is no domain" };
        return draft.leave(place, cell, hidden);
    };
    let scope = draft.sites().to_owned();
    let rule = "hide if author ends with {} or reposted_by ends with {}";
    draft.add(place, &Shape::new(scope, rule, "servers", "blocked servers"), &format!("@{host}"));
}

/// Reads filters as the API answers them.
pub(crate) fn read_filters(source: &str, draft: &mut Draft) -> Result<(), String> {
    let value = json::parse(source)?;
    let filters = match &value {
        Value::Array(all) => all.clone(),
        Value::Object(object) => match object.get("filters").or_else(|| object.get("custom_filters")) {
            Some(Value::Array(all)) => all.clone(),
            _ if object.contains_key("context") => vec![value.clone()],
            _ => return Err("there is no list of filters in it".to_owned()),
        },
        _ => return Err("there is no list of filters in it".to_owned()),
    };
    for (index, entry) in filters.iter().enumerate() {
        let place = Place::Entry(format!("filter {}", index + 1));
        let filter = Filter {
            title: json::text_of(entry, "title").unwrap_or_default(),
            action: action(
                entry.get("filter_action").and_then(Value::as_str),
                entry.get("irreversible").and_then(Value::as_bool),
            ),
            contexts: entry
                .get("context")
                .and_then(Value::as_array)
                .map(|all| all.iter().filter_map(Value::as_str).map(str::to_lowercase).collect()),
            until: json::text_of(entry, "expires_at"),
        };
        let whole = |of: &Value| of.get("whole_word").and_then(Value::as_bool).unwrap_or(true);
        let keywords =
            entry.get("keywords").or_else(|| entry.get("keywords_attributes")).and_then(Value::as_array);
        let mut some = false;
        for keyword in keywords.into_iter().flatten() {
            some = true;
            if !draft.entry(&place) {
                return Ok(());
            }
            match json::text_of(keyword, "keyword") {
                Some(word) => filter.add(&word, whole(keyword), &place, draft),
                None => draft.leave(&place, &keyword.to_string(), "it has no `keyword`"),
            }
        }
        if let Some(phrase) = json::text_of(entry, "phrase") {
            some = true;
            if !draft.entry(&place) {
                return Ok(());
            }
            filter.add(&phrase, whole(entry), &place, draft);
        }
        let statuses = entry.get("statuses").and_then(Value::as_array).map_or(0, Vec::len);
        if (statuses > 0 || !some) && draft.entry(&place) {
            let why = if statuses > 0 {
                "single posts are hidden from the popup, not by rules"
            } else {
                "it has no keyword"
            };
            draft.leave(&place, &filter.title, why);
        }
    }
    if draft.sites().is_empty() && draft.report.carried > 0 {
        draft.changed(
            &Place::File,
            "all filters",
            "Mastodon has many servers, so these rules hold on every site; name yours (`on your.server`) to narrow them",
        );
    }
    Ok(())
}

/// `hide`, `warn` or `blur`; version 1 had only whether a post is dropped for good.
fn action(action: Option<&str>, irreversible: Option<bool>) -> &'static str {
    match action.map(str::to_lowercase).as_deref() {
        Some("hide") => "hide",
        Some("blur") => "blur",
        Some(_) => "collapse",
        None if irreversible == Some(true) => "hide",
        None => "collapse",
    }
}

/// What the keywords of one filter share.
struct Filter {
    title: String,
    action: &'static str,
    contexts: Option<Vec<String>>,
    until: Option<String>,
}

impl Filter {
    fn add(&self, keyword: &str, whole: bool, place: &Place, draft: &mut Draft) {
        let keyword = keyword.trim();
        let Some(until) = draft.holds_until(place, keyword, self.until.as_deref()) else { return };
        let mut surfaces: Vec<&str> = Vec::new();
        for context in self.contexts.iter().flatten() {
            surfaces.extend(match context.as_str() {
                "home" => &["home", "following", "list"][..],
                "notifications" => &["notifications"],
                "public" => &["explore", "community"],
                "thread" => &["thread"],
                "account" => &["profile"],
                _ => &[],
            });
        }
        // All of them is everywhere.
        let everywhere = surfaces.is_empty() || surfaces.len() >= 8;
        let guard =
            if everywhere { String::new() } else { format!(" and surface is {}", surfaces.join(", ")) };
        let whole = whole && !text::is_unspaced(keyword);
        let (how, list) = if whole { (" word", "filtered_words") } else { ("", "filtered_texts") };
        let because = if self.title.trim().is_empty() {
            String::new()
        } else {
            format!(" because {}", text::quote(self.title.trim()))
        };
        let title = if self.title.trim().is_empty() {
            String::new()
        } else {
            format!(" “{}”", self.title.trim())
        };
        // A content warning is the post's title.
        let asked = format!("text has{how} {{}} or title has{how} {{}} or alt has{how} {{}}");
        let asked = if everywhere { asked } else { format!("({asked})") };
        let rule = format!("{} if {asked}", self.action);
        let shape = Shape::new(draft.sites(), rule, list, format!("filter{title}{until}"))
            .guarded(format!("{guard}{because}"));
        draft.add(place, &shape, keyword);
    }
}
