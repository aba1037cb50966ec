//! Which files are read, and how one is told from another.

use crate::{json, mastodon, text};
use serde::{Serialize, Serializer};
use serde_json::Value;
use std::fmt;
use std::str::FromStr;

/// A kind of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// A file of X's archive, or its list of muted words as the site itself receives it.
    XArchive,
    /// Mastodon's exports: muted or blocked accounts, blocked domains, followed accounts; a table of filters.
    MastodonCsv,
    /// Mastodon's filters as its API answers them.
    MastodonFilters,
    /// Bluesky's preferences.
    Bluesky,
    /// uBlock Origin's "My filters", or any list of cosmetic filters.
    Ublock,
    /// A backup of Reddit Enhancement Suite, or its filters alone.
    Res,
    /// Settings of Control Panel for Twitter.
    ControlPanel,
    /// Topics of Bouncer.
    Bouncer,
    /// One word, phrase, `#hashtag`, `@account` or `/expression/` a line.
    Words,
}

impl Format {
    /// Every one.
    pub const ALL: &'static [Self] = &[
        Self::XArchive,
        Self::MastodonCsv,
        Self::MastodonFilters,
        Self::Bluesky,
        Self::Ublock,
        Self::Res,
        Self::ControlPanel,
        Self::Bouncer,
        Self::Words,
    ];

    /// As it is written on a command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::XArchive => "x-archive",
            Self::MastodonCsv => "mastodon-csv",
            Self::MastodonFilters => "mastodon-filters",
            Self::Bluesky => "bluesky",
            Self::Ublock => "ublock",
            Self::Res => "res",
            Self::ControlPanel => "control-panel-for-twitter",
            Self::Bouncer => "bouncer",
            Self::Words => "words",
        }
    }

    /// As a person calls it.
    pub const fn title(self) -> &'static str {
        match self {
            Self::XArchive => "list of muted words or accounts of X",
            Self::MastodonCsv => "CSV export of Mastodon",
            Self::MastodonFilters => "list of filters of Mastodon",
            Self::Bluesky => "preferences of Bluesky",
            Self::Ublock => "list of cosmetic filters",
            Self::Res => "backup of Reddit Enhancement Suite",
            Self::ControlPanel => "settings file of Control Panel for Twitter",
            Self::Bouncer => "list of topics of Bouncer",
            Self::Words => "list of words",
        }
    }

    /// All names, for a message.
    pub(crate) fn names() -> String {
        Self::ALL.iter().map(|format| format.name()).collect::<Vec<_>>().join(", ")
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Serialize for Format {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

/// No format is called so.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no format is called `{0}`; there are: {names}", names = Format::names())]
pub struct UnknownFormat(String);

impl FromStr for Format {
    type Err = UnknownFormat;

    fn from_str(name: &str) -> Result<Self, UnknownFormat> {
        let name = name.trim().to_lowercase();
        Self::ALL.iter().find(|format| format.name() == name).copied().ok_or(UnknownFormat(name))
    }
}

/// What a file looks like; `None` where nothing fits. `name` is a hint.
pub fn detect(bytes: &[u8], name: &str) -> Option<Format> {
    detect_text(&text::decode(bytes).ok()?, name)
}

pub(crate) fn detect_text(source: &str, name: &str) -> Option<Format> {
    let name = name.rsplit(['/', '\\']).next().unwrap_or(name).to_lowercase();
    let start = source.trim_start();
    if start.starts_with("window.YTD.") || start.starts_with("YTD.") {
        return Some(Format::XArchive);
    }
    if start.starts_with(['{', '[']) && !start.starts_with("[Adblock") {
        if let Ok(value) = json::parse(start) {
            return detect_json(&value, &name);
        }
        // Brackets alone make no list of words of a broken file.
        if name.ends_with(".json") || name.ends_with(".resbackup") {
            return None;
        }
    }
    if mastodon::is_csv(source, &name) {
        return Some(Format::MastodonCsv);
    }
    if start.starts_with("[Adblock") || looks_like_filters(source) {
        return Some(Format::Ublock);
    }
    if name.contains("bouncer") {
        return Some(Format::Bouncer);
    }
    let lines = source.lines().take(200);
    let wordy = lines.clone().any(|line| !line.trim().is_empty())
        && lines.filter(|line| line.chars().count() <= 200).count() * 10
            >= source.lines().take(200).count() * 9;
    wordy.then_some(Format::Words)
}

fn detect_json(value: &Value, name: &str) -> Option<Format> {
    if json::keys(value).any(|key| key == "muted_keywords") || json::list_has(value, "muted_surfaces") {
        return Some(Format::XArchive);
    }
    if json::find_type(value, "app.bsky.actor.defs#") || json::list_has(value, "actorTarget") {
        return Some(Format::Bluesky);
    }
    if json::keys(value).any(|key| key == "SCHEMA_VERSION" || key.starts_with("RESoptions."))
        || ["keywords", "subreddits", "domains", "flair", "users"]
            .iter()
            .any(|key| value.get(key).and_then(|option| option.get("value")).is_some_and(Value::is_array))
    {
        return Some(Format::Res);
    }
    if json::list_has(value, "keywords_attributes")
        || json::list_has(value, "filter_action")
        || (json::list_has(value, "phrase") && json::list_has(value, "context"))
    {
        return Some(Format::MastodonFilters);
    }
    if json::keys(value).any(|key| key.starts_with("descriptions_")) || name.contains("bouncer") {
        return Some(Format::Bouncer);
    }
    const TWITTER: &[&str] =
        &["hideWhoToFollowEtc", "retweets", "quoteTweets", "alwaysUseLatestTweets", "hideTwitterBlueReplies"];
    if json::keys(value).filter(|key| TWITTER.contains(key)).count() >= 2 {
        return Some(Format::ControlPanel);
    }
    let words = value.as_array().is_some_and(|all| all.iter().any(Value::is_string));
    words.then_some(Format::Words)
}

fn looks_like_filters(source: &str) -> bool {
    let mut filters = 0;
    let mut others = 0;
    for line in source.lines().map(str::trim).filter(|line| !line.is_empty()).take(500) {
        let filter = line.starts_with('!')
            || line.starts_with("||")
            || line.starts_with("@@")
            || (line.contains("##") && !line.starts_with("##  ") && !line.starts_with("## "))
            || line.contains("#@#")
            || line.contains("#?#");
        if filter { filters += 1 } else { others += 1 }
    }
    filters > 0 && filters >= others
}
