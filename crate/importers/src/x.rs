//! X: its archive (`data/mute.js`, `data/block.js`, whatever holds muted words), and the list of muted words that the
//! site itself receives (`mutes/keywords/list.json`).

use crate::draft::{Draft, Shape};
use crate::report::Place;
use crate::{json, text};
use serde_json::Value;

/// Where X is.
pub(crate) const SITES: &str = "x.com, twitter.com";

/// Reads one file; `Err` if it is none of X's.
pub(crate) fn read(source: &str, draft: &mut Draft) -> Result<(), String> {
    let start = source.trim_start();
    // `window.YTD.mute.part0 = [ … ]`; a part may follow another in one file.
    let body = match start.find(['[', '{']) {
        Some(at) if start[..at].contains('=') && at < 200 => &start[at..],
        Some(0) => start,
        _ => return Err("it begins neither with `window.YTD.… =` nor with JSON".to_owned()),
    };
    let value = json::parse(body.trim_end().trim_end_matches(';'))?;
    let list = match &value {
        Value::Array(all) => all.as_slice(),
        Value::Object(object) => {
            match object.get("muted_keywords").or_else(|| object.values().find(|v| v.is_array())) {
                Some(Value::Array(all)) => all.as_slice(),
                _ => return Err("there is no list in it".to_owned()),
            }
        }
        _ => return Err("there is no list in it".to_owned()),
    };
    for (index, entry) in list.iter().enumerate() {
        let place = Place::Entry(format!("entry {}", index + 1));
        if !draft.entry(&place) {
            break;
        }
        read_entry(entry, &place, draft);
    }
    Ok(())
}

fn read_entry(entry: &Value, place: &Place, draft: &mut Draft) {
    // Archives wrap each entry in one key: `{ "muting": { … } }`.
    let inner = match entry.as_object() {
        Some(object) if object.len() == 1 => {
            object.values().next().filter(|v| v.is_object()).unwrap_or(entry)
        }
        _ => entry,
    };
    let keyword = ["keyword", "mutedKeyword", "mutedWord", "word", "value", "phrase"]
        .iter()
        .find_map(|key| json::text_of(inner, key))
        .or_else(|| entry.as_str().map(str::to_owned));
    if let Some(keyword) = keyword {
        return word(inner, &keyword, place, draft);
    }
    if inner.get("accountId").is_some() || inner.get("userLink").is_some() {
        return account(inner, place, draft);
    }
    draft.leave(place, &entry.to_string(), "it is neither a muted word nor an account");
}

/// A muted word with its surfaces, its end, and whether people you follow are spared.
fn word(entry: &Value, keyword: &str, place: &Place, draft: &mut Draft) {
    let keyword = keyword.trim();
    let until =
        ["valid_until", "validUntil", "expiresAt", "expires_at"].iter().find_map(|k| json::text_of(entry, k));
    let Some(until) = draft.holds_until(place, keyword, until.as_deref()) else { return };
    let listed = |keys: [&str; 2], wanted: &str| -> Option<bool> {
        let all = keys.iter().find_map(|key| entry.get(key))?;
        Some(match all {
            Value::Array(all) => all.iter().filter_map(Value::as_str).any(|one| one == wanted),
            Value::String(all) => all.split(',').any(|one| one.trim() == wanted),
            _ => false,
        })
    };
    let surface = |wanted: &str| listed(["muted_surfaces", "mutedSurfaces"], wanted);
    let scope = match (surface("home_timeline"), surface("tweet_replies"), surface("notifications")) {
        (Some(home), Some(replies), Some(notifications)) if home || replies || notifications => {
            let mut surfaces = Vec::new();
            if home {
                surfaces.extend(["home", "following", "list"]);
            }
            if replies {
                surfaces.push("thread");
            }
            if notifications {
                surfaces.push("notifications");
            }
            let surfaces = surfaces.join(", ");
            format!("x.com {surfaces}, twitter.com {surfaces}")
        }
        _ => SITES.to_owned(),
    };
    let spares = listed(["muted_options", "mutedOptions"], "exclude_following_accounts") == Some(true);
    let guard = if spares { " and not followed" } else { "" };
    let who = if spares { " of people you do not follow" } else { "" };
    let mut add = |rule: String, list: &'static str, what: &str, item: &str| {
        draft.add(place, &Shape::new(scope.as_str(), rule, list, format!("{what}{who}{until}")), item);
    };
    let plain = |rest: &str| !rest.is_empty() && !rest.contains(char::is_whitespace);
    match (keyword.strip_prefix('#'), keyword.strip_prefix('@')) {
        (Some(tag), _) if plain(tag) => {
            add(format!("hide if hashtags has {{}}{guard}"), "muted_tags", "muted hashtags", tag);
        }
        (_, Some(name)) if plain(name) => {
            add(format!("hide if mentions has {{}}{guard}"), "muted_mentions", "muted mentions", name);
        }
        // X finds words of these scripts anywhere.
        _ if text::is_unspaced(keyword) => {
            add(format!("hide if text has {{}}{guard}"), "muted_texts", "muted words", keyword);
        }
        _ => add(format!("hide if text has word {{}}{guard}"), "muted_words", "muted words", keyword),
    }
}

fn account(entry: &Value, place: &Place, draft: &mut Draft) {
    let link = json::text_of(entry, "userLink").unwrap_or_default();
    let handle = ["screenName", "screen_name", "username"]
        .iter()
        .find_map(|key| json::text_of(entry, key))
        .or_else(|| handle_of(&link))
        .and_then(|name| text::handle(&name));
    match handle {
        Some(handle) => {
            let shape = Shape::new(
                SITES,
                "hide if author {in} or reposted_by {in}",
                "muted_accounts",
                "muted and blocked accounts",
            );
            draft.add(place, &shape, &handle);
        }
        None => {
            let id = json::text_of(entry, "accountId").unwrap_or(link);
            draft.leave(
                place,
                &format!("account {id}"),
                "X's archive names accounts by number alone, and no page shows the number; open its link and write \
                 `hide if author is \"…\"`",
            );
        }
    }
}

/// `name` of `https://x.com/name`; not of `https://twitter.com/intent/user?user_id=1`.
fn handle_of(link: &str) -> Option<String> {
    let rest = link.split_once("://").map_or(link, |(_, rest)| rest);
    let (host, path) = rest.split_once('/')?;
    let known = ["x.com", "twitter.com", "www.twitter.com", "mobile.twitter.com"].contains(&host);
    let named = !path.is_empty() && path.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    (known && named && path != "intent").then(|| path.to_owned())
}
