//! What posts and their parts are called in the selectors that people write for each site.

/// One site's markup, as far as filters speak of it.
pub(super) struct Site {
    pub(super) hosts: &'static [&'static str],
    /// Marks of an element that is a whole post: `tag`, `.class`, `[attribute]`, `[attribute=value]`.
    pub(super) posts: &'static [&'static str],
    /// Marks of an element of which each is a post of a certain sort, and the condition for that sort.
    pub(super) sorts: &'static [(&'static str, &'static str)],
    /// Marks of parts of a post, and the text field they show.
    pub(super) fields: &'static [(&'static str, &'static str)],
    /// Marks of parts of a post whose presence is a condition.
    pub(super) parts: &'static [(&'static str, &'static str)],
    /// Attributes of a post, and the text field that they hold.
    pub(super) attributes: &'static [(&'static str, &'static str)],
    /// Marks of what surrounds posts on one surface.
    pub(super) surfaces: &'static [(&'static str, &'static str)],
}

const NOWHERE: Site =
    Site { hosts: &[], posts: &[], sorts: &[], fields: &[], parts: &[], attributes: &[], surfaces: &[] };

/// Every site that is known.
pub(super) const SITES: &[Site] = &[
    Site {
        hosts: &["x.com", "twitter.com"],
        posts: &["article", "[data-testid=tweet]", "[data-testid=cellinnerdiv]"],
        fields: &[("[data-testid=tweettext]", "text"), ("[data-testid=card.wrapper]", "card.title")],
        parts: &[
            ("[data-testid=placementtracking]", "promoted"),
            ("[data-testid=icon-verified]", "verified"),
            ("[data-testid=videoplayer]", "media has video"),
            ("[data-testid=tweetphoto]", "media has image"),
        ],
        ..NOWHERE
    },
    Site {
        hosts: &["youtube.com"],
        posts: &[
            "ytd-rich-item-renderer",
            "ytd-video-renderer",
            "ytd-grid-video-renderer",
            "ytd-compact-video-renderer",
            "yt-lockup-view-model",
            "ytd-playlist-video-renderer",
            "ytd-channel-renderer",
        ],
        sorts: &[
            ("ytd-reel-shelf-renderer", "kind is short"),
            ("ytd-reel-item-renderer", "kind is short"),
            ("[is-shorts]", "kind is short"),
            ("ytd-ad-slot-renderer", "promoted"),
            ("ytd-promoted-video-renderer", "promoted"),
            ("ytd-in-feed-ad-layout-renderer", "promoted"),
            ("ytd-radio-renderer", "kind is playlist"),
            ("ytd-compact-radio-renderer", "kind is playlist"),
        ],
        fields: &[
            ("#video-title", "title"),
            ("#video-title-link", "title"),
            (".yt-lockup-metadata-view-model__title", "title"),
            ("#channel-name", "name"),
            ("ytd-channel-name", "name"),
            ("#text.ytd-channel-name", "name"),
        ],
        parts: &[
            ("[overlay-style=shorts]", "kind is short"),
            ("[overlay-style=live]", "kind is live"),
            ("ytd-ad-slot-renderer", "promoted"),
            (".badge-style-type-live-now", "kind is live"),
        ],
        surfaces: &[
            ("[page-subtype=home]", "home"),
            ("[page-subtype=subscriptions]", "following"),
            ("[page-subtype=channels]", "profile"),
            ("ytd-search", "search"),
            ("#related", "related"),
            ("ytd-watch-next-secondary-results-renderer", "related"),
        ],
        ..NOWHERE
    },
    Site {
        hosts: &["reddit.com"],
        posts: &["shreddit-post", ".thing", "[data-testid=post-container]", ".post", "article"],
        sorts: &[
            ("shreddit-ad-post", "promoted"),
            (".promotedlink", "promoted"),
            ("[data-promoted=true]", "promoted"),
        ],
        fields: &[
            ("a.title", "title"),
            (".title", "title"),
            ("[slot=title]", "title"),
            ("[slot=text-body]", "text"),
            (".author", "author"),
            (".subreddit", "community"),
            (".usertext-body", "text"),
        ],
        parts: &[(".nsfw-stamp", "sensitive"), (".promoted-tag", "promoted")],
        attributes: &[
            ("subreddit-prefixed-name", "community"),
            ("subreddit-name", "community"),
            ("data-subreddit", "community"),
            ("data-subreddit-prefixed", "community"),
            ("author", "author"),
            ("data-author", "author"),
            ("post-title", "title"),
            ("data-domain", "links"),
            ("domain", "links"),
        ],
        ..NOWHERE
    },
    Site {
        hosts: &["linkedin.com"],
        posts: &[".feed-shared-update-v2", "[data-urn]", "[data-id]", ".occludable-update"],
        fields: &[
            (".update-components-text", "text"),
            (".feed-shared-update-v2__description", "text"),
            (".update-components-actor__name", "name"),
        ],
        ..NOWHERE
    },
    Site {
        hosts: &["bsky.app"],
        posts: &["[data-testid^=feeditem-by-]", "[data-testid^=postthreaditem-by-]"],
        fields: &[("[data-testid=posttext]", "text")],
        ..NOWHERE
    },
    Site {
        hosts: &["news.ycombinator.com"],
        posts: &[".athing"],
        fields: &[(".titleline", "title"), (".hnuser", "author")],
        ..NOWHERE
    },
    Site {
        hosts: &["facebook.com"],
        posts: &["[role=article]", "[data-pagelet^=feedunit]", "[aria-posinset]"],
        fields: &[("[data-ad-preview=message]", "text")],
        ..NOWHERE
    },
    Site {
        hosts: &[
            "mastodon.social",
            "mastodon.online",
            "mstdn.social",
            "fosstodon.org",
            "hachyderm.io",
            "infosec.exchange",
        ],
        posts: &["article", ".status", ".status__wrapper"],
        fields: &[
            (".status__content", "text"),
            (".status__content__spoiler-text", "title"),
            (".display-name__account", "author"),
        ],
        ..NOWHERE
    },
];

/// The words by which sites mark what is paid for.
pub(super) const PAID: &[&str] = &[
    "promoted",
    "sponsored",
    "ad",
    "ads",
    "advertisement",
    "promoted post",
    "paid partnership",
    "gesponsert",
    "anzeige",
    "sponsorisé",
    "commandité",
    "patrocinado",
    "publicidad",
    "promocionado",
    "sponsorizzato",
    "gesponsord",
    "promovido",
    "annonce",
    "sponsrad",
    "sponset",
    "sponsoreret",
    "sponsorowane",
    "reklama",
    "реклама",
    "プロモーション",
    "広告",
    "광고",
];

/// The site of a host.
pub(super) fn of(host: &str) -> Option<&'static Site> {
    SITES.iter().find(|site| {
        site.hosts
            .iter()
            .any(|known| host == *known || host.strip_suffix(known).is_some_and(|rest| rest.ends_with('.')))
    })
}
