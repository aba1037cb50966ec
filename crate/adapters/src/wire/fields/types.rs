//! What sort of value each field takes.

use crate::wire::schema::Field;
use std::fmt;

/// What sort of value a field takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::wire) enum FieldType {
    Text,
    Lang,
    Number,
    Flag,
    Set,
    Kind,
    Media,
}

impl FieldType {
    pub(in crate::wire) fn of(field: Field) -> Self {
        match field {
            Field::Id
            | Field::Url
            | Field::Text
            | Field::Title
            | Field::Author
            | Field::Name
            | Field::RepostedBy
            | Field::ReplyingTo
            | Field::QuoteText
            | Field::CardTitle
            | Field::Alt
            | Field::Community => Self::Text,
            Field::Lang => Self::Lang,
            Field::Kind => Self::Kind,
            Field::Media => Self::Media,
            Field::Promoted
            | Field::Suggested
            | Field::Repost
            | Field::Reply
            | Field::Quote
            | Field::Followed
            | Field::Verified
            | Field::Sensitive
            | Field::Pinned => Self::Flag,
            Field::Likes
            | Field::Reposts
            | Field::Replies
            | Field::Views
            | Field::Followers
            | Field::Time
            | Field::Age
            | Field::Duration => Self::Number,
            Field::Links | Field::Hashtags | Field::Mentions | Field::Labels => Self::Set,
        }
    }
}

impl fmt::Display for FieldType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Text => "text",
            Self::Lang => "language",
            Self::Number => "number",
            Self::Flag => "flag",
            Self::Set => "set",
            Self::Kind => "kind",
            Self::Media => "media",
        })
    }
}
