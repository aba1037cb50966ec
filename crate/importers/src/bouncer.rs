//! Bouncer: topics in the reader's own words, judged by a model. They become `about "…"`.

use crate::draft::Draft;
use crate::report::Place;
use crate::{json, text};
use serde_json::Value;

/// The part behind `descriptions_`, and where it is.
const SITES: &[(&str, &str)] = &[
    ("twitter", "x.com, twitter.com"),
    ("x", "x.com, twitter.com"),
    ("youtube", "youtube.com"),
    ("linkedin", "linkedin.com"),
    ("instagram", "instagram.com"),
    ("reddit", "reddit.com"),
    ("facebook", "facebook.com"),
    ("tiktok", "tiktok.com"),
    ("threads", "threads.net"),
    ("bluesky", "bsky.app"),
    ("rumble", "rumble.com"),
    ("truthsocial", "truthsocial.com"),
];

/// Reads what the extension keeps (`descriptions_twitter` and its like), a list of topics, or one topic a line.
pub(crate) fn read(source: &str, draft: &mut Draft) -> Result<(), String> {
    let start = source.trim_start();
    if !start.starts_with(['{', '[']) {
        for (index, line) in source.lines().enumerate() {
            let line = line.trim();
            if !line.is_empty() && !line.starts_with('#') && !topic(line, "", &Place::Line(index + 1), draft)
            {
                break;
            }
        }
        return tell(draft);
    }
    let value = json::parse(start)?;
    match &value {
        Value::Array(_) => {
            topics(&value, "", "topic", draft);
        }
        Value::Object(object) => {
            for (key, value) in object {
                let Some(site) = key.strip_prefix("descriptions_") else {
                    if ["phrases", "topics", "filters", "descriptions"].contains(&key.as_str()) {
                        topics(value, "", key, draft);
                    }
                    continue;
                };
                match SITES.iter().find(|(name, _)| *name == site.to_lowercase()) {
                    Some((_, hosts)) => topics(value, hosts, key, draft),
                    None => {
                        let place = Place::Entry(key.clone());
                        if value.as_array().is_some_and(|all| !all.is_empty()) && draft.entry(&place) {
                            draft.leave(
                                &place,
                                key,
                                "it is of a site that Diffract does not know by this name",
                            );
                        }
                    }
                }
            }
        }
        _ => return Err("it is neither an object nor a list".to_owned()),
    }
    tell(draft)
}

fn tell(draft: &mut Draft) -> Result<(), String> {
    if draft.report.entries == 0 {
        return Err("there are no topics in it".to_owned());
    }
    if draft.report.carried > 0 {
        draft.changed(
            &Place::File,
            "topics",
            "`about` asks a model on your machine, not the one Bouncer asks; until one is installed these rules do nothing",
        );
    }
    Ok(())
}

fn topics(value: &Value, hosts: &str, key: &str, draft: &mut Draft) {
    for (index, one) in value.as_array().into_iter().flatten().enumerate() {
        let place = Place::Entry(format!("{key} {}", index + 1));
        let words = one.as_str().map(str::to_owned).or_else(|| {
            ["phrase", "text", "description", "name", "value"].iter().find_map(|key| json::text_of(one, key))
        });
        match words {
            Some(words) => {
                if !topic(&words, hosts, &place, draft) {
                    return;
                }
            }
            None => {
                if draft.entry(&place) {
                    draft.leave(&place, &one.to_string(), "it is no text");
                }
            }
        }
    }
}

/// One topic; false if there are too many.
fn topic(words: &str, hosts: &str, place: &Place, draft: &mut Draft) -> bool {
    if !draft.entry(place) {
        return false;
    }
    let scope = if hosts.is_empty() { draft.sites().to_owned() } else { hosts.to_owned() };
    if diffract_core::matching::fold(words).trim().is_empty() {
        draft.leave(place, words, "there is nothing in it to look for");
        return true;
    }
    let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
    draft.rule(place, &scope, &format!("hide if about {}", text::quote(&words)), "topic");
    true
}
