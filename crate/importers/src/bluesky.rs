//! Bluesky: `app.bsky.actor.getPreferences`, whole or in part. Muted words and what feeds leave out.

use crate::draft::{Draft, Shape};
use crate::report::Place;
use crate::{json, text};
use serde_json::Value;

const HOST: &str = "bsky.app";

/// Reads preferences; `Err` if there are none.
pub(crate) fn read(source: &str, draft: &mut Draft) -> Result<(), String> {
    let value = json::parse(source)?;
    let all: Vec<&Value> = match &value {
        Value::Array(all) => all.iter().collect(),
        Value::Object(object) => match object.get("preferences").or_else(|| object.get("items")) {
            Some(Value::Array(all)) if object.get("$type").is_none() => all.iter().collect(),
            _ => vec![&value],
        },
        _ => return Err("it is neither an object nor a list".to_owned()),
    };
    for (index, preference) in all.iter().enumerate() {
        let kind = preference.get("$type").and_then(Value::as_str).unwrap_or_default();
        let kind = kind.rsplit('#').next().unwrap_or_default();
        let place = Place::Entry(format!("preference {}", index + 1));
        match kind {
            "mutedWordsPref" => {
                let items = preference.get("items").and_then(Value::as_array);
                for (number, item) in items.into_iter().flatten().enumerate() {
                    if !muted_word(item, &Place::Entry(format!("muted word {}", number + 1)), draft) {
                        return Ok(());
                    }
                }
            }
            "feedViewPref" => feed_view(preference, &place, draft),
            "contentLabelPref" => content_label(preference, &place, draft),
            "adultContentPref" | "hiddenPostsPref" | "labelersPref" | "mutedWord" | "" => {
                if preference.get("value").is_some_and(Value::is_string) {
                    if !muted_word(preference, &Place::Entry(format!("entry {}", index + 1)), draft) {
                        return Ok(());
                    }
                } else if kind == "hiddenPostsPref" && draft.entry(&place) {
                    draft.leave(&place, kind, "single posts are hidden from the popup, not by rules");
                } else if kind == "labelersPref" && draft.entry(&place) {
                    draft.leave(
                        &place,
                        kind,
                        "rules know no labellers; the site's own labels are in `labels`",
                    );
                }
            }
            // Saved feeds, birthdays and the like do not speak of posts.
            _ => {}
        }
    }
    if draft.report.entries == 0 && !json::find_type(&value, "app.bsky.") {
        return Err("there are no muted words or preferences in it".to_owned());
    }
    Ok(())
}

/// One muted word; false if there are too many.
fn muted_word(item: &Value, place: &Place, draft: &mut Draft) -> bool {
    if !draft.entry(place) {
        return false;
    }
    let Some(word) = json::text_of(item, "value").or_else(|| item.as_str().map(str::to_owned)) else {
        draft.leave(place, &item.to_string(), "it has no `value`");
        return true;
    };
    let word = word.trim();
    let until = json::text_of(item, "expiresAt");
    let Some(until) = draft.holds_until(place, word, until.as_deref()) else { return true };
    let targets = item.get("targets").and_then(Value::as_array);
    let target = |wanted: &str| {
        // Without targets, as in the first clients, everything is meant.
        targets.is_none_or(|all| all.iter().filter_map(Value::as_str).any(|one| one == wanted))
    };
    if !target("content") && !target("tag") {
        draft.leave(place, word, "it is muted neither in text nor in tags");
        return true;
    }
    let spares = item.get("actorTarget").and_then(Value::as_str) == Some("exclude-following");
    let who = if spares { " of people you do not follow" } else { "" };
    let tag = word.trim_start_matches('#');
    let rule = |condition: String| {
        if spares {
            format!("hide if ({condition}) and not followed")
        } else {
            format!("hide if {condition}")
        }
    };
    let (condition, list, what, item) = if target("content") && !word.starts_with('#') {
        // Bluesky looks for a single word among words; for a phrase, a sign, or a script without spaces, anywhere.
        let anywhere = word.chars().count() == 1
            || text::is_unspaced(word)
            || word.chars().any(|c| c.is_whitespace() || (c.is_ascii_punctuation() && c != '\''));
        let (how, list) = if anywhere { ("", "muted_phrases") } else { (" word", "muted_words") };
        let condition = format!(
            "text has{how} {{}} or quote.text has{how} {{}} or card.title has{how} {{}} or alt has{how} {{}} or hashtags has {{}}"
        );
        (condition, list, "muted words", word)
    } else {
        ("hashtags has {}".to_owned(), "muted_tags", "muted tags", tag)
    };
    let shape = Shape::new(HOST, rule(condition), list, format!("{what}{who}{until}"));
    draft.add(place, &shape, item);
    true
}

/// What a feed leaves out.
fn feed_view(preference: &Value, place: &Place, draft: &mut Draft) {
    let feed = json::text_of(preference, "feed").unwrap_or_default();
    if !matches!(feed.as_str(), "home" | "lab" | "") {
        draft.leave(place, &feed, "rules know the home feed, not feeds by their address");
        return;
    }
    let scope = format!("{HOST} home, following");
    let likes = preference.get("hideRepliesByLikeCount").and_then(Value::as_u64).unwrap_or(0);
    let likes_rule = format!("hide if reply and likes < {likes}");
    let rules = [
        ("hideReplies", "hide if reply", json::is_true(preference, "hideReplies")),
        (
            "hideRepliesByUnfollowed",
            "hide if reply and not followed",
            json::is_true(preference, "hideRepliesByUnfollowed"),
        ),
        ("hideRepliesByLikeCount", likes_rule.as_str(), likes > 0),
        ("hideReposts", "hide if repost", json::is_true(preference, "hideReposts")),
        ("hideQuotePosts", "hide if quote", json::is_true(preference, "hideQuotePosts")),
    ];
    for (key, rule, _) in rules.iter().filter(|(_, _, on)| *on) {
        if !draft.entry(place) {
            return;
        }
        draft.rule(place, &scope, rule, &format!("home feed: {key}"));
    }
}

/// `label: porn, visibility: hide`.
fn content_label(preference: &Value, place: &Place, draft: &mut Draft) {
    let label = json::text_of(preference, "label").unwrap_or_default();
    let visibility = json::text_of(preference, "visibility").unwrap_or_default();
    let action = match visibility.as_str() {
        "hide" => "hide",
        "warn" => "collapse",
        _ => return,
    };
    if !draft.entry(place) {
        return;
    }
    if preference.get("labelerDid").is_some_and(|did| !did.is_null()) {
        draft.leave(place, &label, "rules cannot tell whose label it is");
        return;
    }
    let what = format!("content labels set to “{visibility}”");
    let shape = Shape::new(HOST, format!("{action} if labels has {{}}"), "labels", what);
    draft.add(place, &shape, &label);
}
