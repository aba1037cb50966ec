//! The fields of a post, as a file names them.

use serde::de::value::StrDeserializer;
use serde::de::{Deserialize, Deserializer};

/// The fields of a post that a payload can fill.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Deserialize, serde::Serialize)]
#[serde(rename_all = "snake_case", remote = "Self")]
#[allow(missing_docs, reason = "they are the fields of `Post`, and explained there")]
pub(in crate::wire) enum Field {
    Id,
    Url,
    Kind,
    Lang,
    Text,
    Title,
    Author,
    Name,
    RepostedBy,
    ReplyingTo,
    QuoteText,
    CardTitle,
    Alt,
    Community,
    Promoted,
    Suggested,
    Repost,
    Reply,
    Quote,
    Followed,
    Verified,
    Sensitive,
    Pinned,
    Likes,
    Reposts,
    Replies,
    Views,
    Followers,
    Time,
    Age,
    Duration,
    Links,
    Hashtags,
    Mentions,
    Media,
    Labels,
}

/// Read as a text first, so that messages about what is below know the key.
impl<'de> Deserialize<'de> for Field {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        Self::deserialize(StrDeserializer::new(&name))
    }
}

impl Field {
    /// The field as it is written in a file.
    pub(in crate::wire) fn name(self) -> String {
        let name = Self::serialize(&self, serde_json::value::Serializer);
        name.ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
    }
}
