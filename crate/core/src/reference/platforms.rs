//! What each platform shows. Generated from the adapters, see `crate/adapters/tests/offers.rs`.

use super::Platform;

/// Every platform with hosts of its own.
#[rustfmt::skip]
pub const PLATFORMS: &[Platform] = &[
    Platform {
        name: "bluesky",
        hosts: &["bsky.app", "main.bsky.dev"],
        fields: &["age", "alt", "author", "card.title", "followed", "hashtags", "kind", "labels", "lang", "length", "likes", "links", "media", "mentions", "name", "pinned", "position", "promoted", "quote", "quote.text", "replies", "reply", "replying_to", "repost", "reposted_by", "reposts", "sensitive", "surface", "text", "verified"],
    },
    Platform {
        name: "facebook",
        hosts: &["facebook.com"],
        fields: &["age", "author", "card.title", "community", "hashtags", "kind", "length", "likes", "links", "media", "name", "position", "promoted", "quote", "quote.text", "replies", "reposts", "suggested", "surface", "text", "title", "views"],
    },
    Platform {
        name: "hackernews",
        hosts: &["news.ycombinator.com"],
        fields: &["age", "author", "kind", "labels", "length", "likes", "links", "position", "promoted", "replies", "reply", "repost", "surface", "text", "title"],
    },
    Platform {
        name: "instagram",
        hosts: &["instagram.com"],
        fields: &["age", "alt", "author", "duration", "followed", "hashtags", "kind", "labels", "length", "likes", "links", "media", "mentions", "name", "position", "promoted", "replies", "suggested", "surface", "text", "title", "verified", "views"],
    },
    Platform {
        name: "lemmy",
        hosts: &["aussie.zone", "beehaw.org", "discuss.tchncs.de", "feddit.org", "feddit.uk", "hexbear.net", "infosec.pub", "jlai.lu", "lemm.ee", "lemmy.blahaj.zone", "lemmy.ca", "lemmy.ml", "lemmy.world", "lemmy.zip", "lemmygrad.ml", "midwest.social", "programming.dev", "reddthat.com", "sh.itjust.works", "slrpnk.net"],
        fields: &["age", "alt", "author", "card.title", "community", "kind", "labels", "length", "likes", "links", "media", "name", "pinned", "position", "promoted", "replies", "reply", "repost", "sensitive", "surface", "text", "title"],
    },
    Platform {
        name: "linkedin",
        hosts: &["linkedin.com"],
        fields: &["age", "alt", "author", "card.title", "duration", "followed", "followers", "hashtags", "kind", "labels", "length", "likes", "links", "media", "name", "position", "promoted", "quote", "quote.text", "replies", "reply", "repost", "reposted_by", "reposts", "suggested", "surface", "text", "title", "views"],
    },
    Platform {
        name: "mastodon",
        hosts: &["aus.social", "c.im", "chaos.social", "climatejustice.social", "defcon.social", "det.social", "dice.camp", "fedibird.com", "floss.social", "fosstodon.org", "front-end.social", "hachyderm.io", "home.social", "indieweb.social", "infosec.exchange", "ioc.exchange", "journa.host", "kolektiva.social", "livellosegreto.it", "mamot.fr", "mas.to", "masto.ai", "masto.es", "mastodon.art", "mastodon.cloud", "mastodon.gamedev.place", "mastodon.ie", "mastodon.nl", "mastodon.nu", "mastodon.online", "mastodon.scot", "mastodon.sdf.org", "mastodon.social", "mastodon.uno", "mastodon.world", "mastodonapp.uk", "mathstodon.xyz", "mstdn.ca", "mstdn.jp", "mstdn.social", "muenchen.social", "newsie.social", "norden.social", "nrw.social", "octodon.social", "ohai.social", "pawoo.net", "piaille.fr", "scholar.social", "sfba.social", "sigmoid.social", "social.coop", "social.lol", "social.tchncs.de", "social.vivaldi.net", "tech.lgbt", "techhub.social", "toot.community", "toot.io", "troet.cafe", "universeodon.com", "wandering.shop"],
        fields: &["age", "alt", "author", "card.title", "duration", "followers", "hashtags", "kind", "labels", "lang", "length", "likes", "links", "media", "mentions", "name", "pinned", "position", "promoted", "quote", "quote.text", "replies", "reply", "replying_to", "repost", "reposted_by", "reposts", "sensitive", "surface", "text", "title"],
    },
    Platform {
        name: "news",
        hosts: &["bbc.co.uk", "bbc.com", "nytimes.com", "theguardian.com"],
        fields: &["age", "kind", "labels", "length", "media", "position", "promoted", "surface", "text", "title"],
    },
    Platform {
        name: "old-reddit",
        hosts: &["old.reddit.com"],
        fields: &["age", "author", "community", "kind", "labels", "length", "likes", "links", "media", "pinned", "position", "promoted", "replies", "reply", "repost", "sensitive", "surface", "text", "title"],
    },
    Platform {
        name: "reddit",
        hosts: &["reddit.com"],
        fields: &["age", "alt", "author", "card.title", "community", "duration", "followed", "kind", "labels", "lang", "length", "likes", "links", "media", "mentions", "name", "pinned", "position", "promoted", "quote", "quote.text", "replies", "reply", "replying_to", "repost", "reposted_by", "reposts", "sensitive", "suggested", "surface", "text", "title", "views"],
    },
    Platform {
        name: "tiktok",
        hosts: &["tiktok.com"],
        fields: &["age", "alt", "author", "duration", "followed", "followers", "hashtags", "kind", "labels", "lang", "length", "likes", "media", "mentions", "name", "position", "promoted", "replies", "reply", "repost", "reposts", "surface", "text", "verified", "views"],
    },
    Platform {
        name: "x",
        hosts: &["twitter.com", "x.com"],
        fields: &["age", "alt", "author", "card.title", "community", "duration", "followed", "followers", "hashtags", "kind", "labels", "lang", "length", "likes", "links", "media", "mentions", "name", "pinned", "position", "promoted", "quote", "quote.text", "replies", "reply", "replying_to", "repost", "reposted_by", "reposts", "sensitive", "suggested", "surface", "text", "title", "verified", "views"],
    },
    Platform {
        name: "youtube",
        hosts: &["youtube.com"],
        fields: &["age", "author", "duration", "followed", "followers", "hashtags", "kind", "labels", "length", "likes", "links", "media", "mentions", "name", "pinned", "position", "promoted", "quote.text", "replies", "reply", "repost", "surface", "text", "title", "verified", "views"],
    },
];
