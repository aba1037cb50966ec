//! Control Panel for Twitter: those of its settings that speak of posts.

use crate::draft::{Draft, Shape};
use crate::report::Place;
use crate::x::SITES;
use crate::{json, text};
use serde_json::Value;

/// Settings that are rules, word for word: the key, the value with which it is on, where, the rule.
const RULES: &[(&str, &str, &[&str], &str)] = &[
    ("retweets", "hide", &["home", "following"], "hide if repost"),
    ("listRetweets", "hide", &["list"], "hide if repost"),
    ("hideProfileRetweets", "true", &["profile"], "hide if repost"),
    ("quoteTweets", "hide", &["home", "following"], "hide if quote"),
    ("verifiedAccounts", "hide", &["home", "following"], "hide if verified"),
    ("verifiedAccounts", "highlight", &["home", "following"], "highlight if verified"),
    ("hideGrokTweets", "true", &[], "hide if author is \"grok\""),
    ("hidePromotedTweets", "true", &[], "hide if promoted"),
    ("hideAds", "true", &[], "hide if promoted"),
];

/// Settings that speak of posts, and why they are no rules.
const NONE: &[(&str, &str, &str)] = &[
    ("retweets", "separate", "there is no tab of its own for reposts; write `hide if repost`"),
    ("quoteTweets", "separate", "there is no tab of its own for quotes; write `hide if quote`"),
    ("alwaysUseLatestTweets", "true", "the pack “Chronological” does this"),
    ("hideForYouTimeline", "true", "the pack “Follow only” does this"),
    (
        "hideWhoToFollowEtc",
        "true",
        "suggestions of accounts are no posts; lists of cosmetic filters take them out",
    ),
    (
        "hideMoreTweets",
        "true",
        "boxes of suggestions are no posts; `hide if suggested` takes out suggested posts",
    ),
    ("hideUnavailableQuoteTweets", "true", "whether a quoted post can be seen is not shown"),
    ("unblurSensitiveContent", "true", "rules blur, they do not take away the site's own blur"),
    ("sortReplies", "recent", "write `order by newest` under `on x.com thread`"),
    ("sortReplies", "liked", "write `order by likes` under `on x.com thread`"),
];

/// Reads settings; `Err` if there are none.
pub(crate) fn read(source: &str, draft: &mut Draft) -> Result<(), String> {
    let value = json::parse(source)?;
    let Some(settings) = value.as_object() else { return Err("it is no object".to_owned()) };
    let on = |key: &str, wanted: &str| match settings.get(key) {
        Some(Value::Bool(flag)) => wanted == if *flag { "true" } else { "false" },
        Some(Value::String(text)) => text == wanted,
        _ => false,
    };
    for (key, wanted, surfaces, rule) in RULES {
        let place = Place::Entry((*key).to_owned());
        if on(key, wanted) && draft.entry(&place) {
            draft.rule(&place, &scope(surfaces), rule, &format!("setting {key}"));
        }
    }
    if on("hideTwitterBlueReplies", "true") {
        blue_replies(settings, draft);
    }
    quotes(settings, draft);
    words(settings, draft);
    for (key, wanted, why) in NONE {
        let place = Place::Entry((*key).to_owned());
        if on(key, wanted) && draft.entry(&place) {
            draft.leave(&place, &format!("{key} = {wanted}"), *why);
        }
    }
    if settings.get("customCss").and_then(Value::as_str).is_some_and(|css| !css.trim().is_empty()) {
        let place = Place::Entry("customCss".to_owned());
        if draft.entry(&place) {
            draft.leave(&place, "customCss", "style sheets are not rules");
        }
    }
    const KNOWN: &[&str] =
        &["hideTwitterBlueReplies", "hideQuotesFrom", "mutedQuotes", "mutedWords", "customCss"];
    let spoken = |key: &str| {
        RULES.iter().any(|rule| rule.0 == key)
            || NONE.iter().any(|none| none.0 == key)
            || KNOWN.contains(&key)
    };
    let others = settings.iter().filter(|(key, value)| !spoken(key) && **value == Value::Bool(true)).count();
    if others > 0 {
        draft.leave(
            &Place::File,
            &format!("{others} other settings"),
            "they change the page around the posts, not which posts there are",
        );
    }
    if draft.report.entries == 0 && others == 0 {
        return Err("there is no setting of it in it".to_owned());
    }
    Ok(())
}

/// The surfaces on either of X's names.
fn scope(surfaces: &[&str]) -> String {
    if surfaces.is_empty() {
        return SITES.to_owned();
    }
    let surfaces = surfaces.join(", ");
    format!("x.com {surfaces}, twitter.com {surfaces}")
}

/// Replies of those who pay for a check mark, less those whom the settings spare.
fn blue_replies(settings: &serde_json::Map<String, Value>, draft: &mut Draft) {
    let place = Place::Entry("hideTwitterBlueReplies".to_owned());
    if !draft.entry(&place) {
        return;
    }
    let flag = |key: &str| settings.get(key).and_then(Value::as_bool);
    let following =
        flag("showPremiumReplyFollowing").or_else(|| flag("hideBlueReplyFollowing").map(|hidden| !hidden));
    let mut rule = "hide if reply and verified".to_owned();
    if following != Some(false) {
        rule.push_str(" and not followed");
    }
    if flag("showBlueReplyFollowersCount") == Some(true) {
        let amount =
            settings.get("showBlueReplyFollowersCountAmount").and_then(json::text).unwrap_or_default();
        match amount.parse::<u64>() {
            Ok(amount) => rule.push_str(&format!(" and followers < {amount}")),
            Err(_) => draft.leave(&place, &amount, "this number of followers cannot be read"),
        }
    }
    draft.changed(
        &place,
        "hideTwitterBlueReplies",
        "a page does not tell bought marks from those of businesses and governments; all of them are meant",
    );
    draft.rule(&place, &scope(&["thread"]), &rule, "setting hideTwitterBlueReplies");
}

/// Muted quotes and those whose quotes are hidden.
fn quotes(settings: &serde_json::Map<String, Value>, draft: &mut Draft) {
    let list = |key: &str| settings.get(key).and_then(Value::as_array).cloned().unwrap_or_default();
    for (index, quoted) in list("mutedQuotes").iter().enumerate() {
        let place = Place::Entry(format!("mutedQuotes {}", index + 1));
        if !draft.entry(&place) {
            return;
        }
        match json::text_of(quoted, "text").filter(|words| !text::is_empty(words)) {
            Some(words) => {
                let rule = format!("hide if quote and quote.text is {}", text::quote(words.trim()));
                draft.rule(&place, SITES, &rule, "muted quotes");
            }
            None => draft.leave(&place, &quoted.to_string(), "it has no text to know the quoted post by"),
        }
    }
    for (index, from) in list("hideQuotesFrom").iter().enumerate() {
        let place = Place::Entry(format!("hideQuotesFrom {}", index + 1));
        if draft.entry(&place) {
            draft.leave(
                &place,
                from.as_str().unwrap_or_default(),
                "whose post is quoted cannot be asked for; its words can (`quote.text`)",
            );
        }
    }
}

/// Words, as some versions keep them.
fn words(settings: &serde_json::Map<String, Value>, draft: &mut Draft) {
    for (index, word) in
        settings.get("mutedWords").and_then(Value::as_array).into_iter().flatten().enumerate()
    {
        let place = Place::Entry(format!("mutedWords {}", index + 1));
        if !draft.entry(&place) {
            return;
        }
        let word =
            word.as_str().map(str::to_owned).or_else(|| json::text_of(word, "keyword")).unwrap_or_default();
        let how = if text::is_unspaced(&word) { "" } else { " word" };
        draft.add(
            &place,
            &Shape::new(SITES, format!("hide if text has{how} {{}}"), "muted_words", "muted words"),
            &word,
        );
    }
}
