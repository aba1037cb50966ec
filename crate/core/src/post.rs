//! The post: one item of a feed, as the rules see it.
//!
//! Wire adapters (API payloads) and DOM adapters (rendered pages) yield the same type, so that one rule
//! works on both. Field names are the rule language's own, with `_` where the language has a dot.

use serde::{Deserialize, Serialize};

/// What sort of thing a post is. `kind` in the rule language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// An ordinary post: words, perhaps with media.
    Post,
    /// A link to another site, with a title.
    Link,
    /// A long text with a title.
    Article,
    /// A video of ordinary length.
    Video,
    /// A short vertical video (Shorts, Reels).
    Short,
    /// A broadcast that is live or announced.
    Live,
    /// A picture or a gallery.
    Image,
    /// A question with fixed answers.
    Poll,
    /// A reply below a post.
    Comment,
    /// A list of videos or posts.
    Playlist,
    /// A channel, community or person, offered as an item.
    Channel,
    /// An advertisement that is nothing else.
    Ad,
}

/// Where on a platform a post was seen. `surface` in the rule language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Surface {
    /// The main feed, however the platform sorts it.
    Home,
    /// The feed of followed accounts only.
    Following,
    /// Trends, popular, explore, "all".
    Explore,
    /// Search results.
    Search,
    /// One post and its replies, or a video's page.
    Thread,
    /// One author's page.
    Profile,
    /// A list made by a reader.
    List,
    /// A subreddit, group, community or hashtag.
    Community,
    /// Notifications.
    Notifications,
    /// A shelf or player of short videos.
    Shorts,
    /// Posts beside another ("up next", "you might like").
    Related,
}

/// What is attached to a post. An element of the set `media`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Medium {
    /// A still picture.
    Image,
    /// A video.
    Video,
    /// A looping animation.
    Gif,
    /// Sound.
    Audio,
    /// A poll.
    Poll,
    /// A preview card of a link.
    Card,
}

/// One item of a feed. Every field but `id` may be absent, which means *unknown*: the platform does not
/// show it here. An empty string or list means that the platform shows there is none.
///
/// In JSON, absent and `null` both mean unknown. Unknown keys are ignored, so that an older engine reads a
/// newer shell's posts.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Post {
    /// The platform's own identifier, stable across renders; never empty.
    pub id: String,
    /// The adapter's name: `x`, `youtube`, `reddit` ...
    #[serde(skip_serializing_if = "Option::is_none")]
    pub platform: Option<String>,
    /// The host name the post was seen on, lower case: `www.reddit.com`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
    /// The post's permanent address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// See [`Kind`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<Kind>,
    /// See [`Surface`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub surface: Option<Surface>,
    /// BCP 47 primary language subtag, lower case: `en`, `pt`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lang: Option<String>,

    /// The words of the post, as a reader sees them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// The headline, where the platform has one apart from the text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The author's handle or account name, without a leading `@`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub author: Option<String>,
    /// The author's display name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The handle (or, where that is not shown, the name) of who reposted this.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reposted_by: Option<String>,
    /// The handle of who is replied to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replying_to: Option<String>,
    /// The words of the quoted post (`quote.text`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quote_text: Option<String>,
    /// The title of the link card (`card.title`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub card_title: Option<String>,
    /// Descriptions of the pictures, joined by newlines.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alt: Option<String>,
    /// Where it was posted: subreddit (no `r/`), group, community, channel.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub community: Option<String>,

    /// Paid for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub promoted: Option<bool>,
    /// Put in by the platform, from an account that the reader does not follow.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suggested: Option<bool>,
    /// Passed on by someone else.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub repost: Option<bool>,
    /// An answer to another post.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reply: Option<bool>,
    /// Carries another post inside.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quote: Option<bool>,
    /// The reader follows its author.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub followed: Option<bool>,
    /// The author carries the platform's verification mark.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verified: Option<bool>,
    /// Marked as sensitive by its author or the platform.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sensitive: Option<bool>,
    /// Pinned to the top.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pinned: Option<bool>,

    /// Likes, hearts, favourites, or a score of votes (may be negative).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub likes: Option<f64>,
    /// Times passed on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reposts: Option<f64>,
    /// Replies or comments.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replies: Option<f64>,
    /// Views or plays.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub views: Option<f64>,
    /// Followers or subscribers of the author.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub followers: Option<f64>,
    /// Place in the feed as the host ordered it, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub position: Option<f64>,

    /// When it was posted, in seconds since 1970-01-01 UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time: Option<f64>,
    /// How old it is, in seconds, where the platform shows only that ("3 days ago"). `time` wins.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub age: Option<f64>,
    /// Running time of its video or sound, in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duration: Option<f64>,

    /// Addresses that the post links to, absolute, trackers' wrappers removed where known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub links: Option<Vec<String>>,
    /// Hashtags without `#`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hashtags: Option<Vec<String>>,
    /// Handles mentioned, without `@`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mentions: Option<Vec<String>>,
    /// See [`Medium`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub media: Option<Vec<Medium>>,
    /// The platform's own labels: flair, content warnings, badges.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub labels: Option<Vec<String>>,
}
