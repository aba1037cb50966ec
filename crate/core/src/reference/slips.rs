//! What people write for what they mean.

/// Words that people write for a word of the language.
pub const MISTAKEN: &[(&str, &str)] = &[
    ("above", "over"),
    ("below", "under"),
    ("contains", "has"),
    ("contain", "has"),
    ("includes", "has"),
    ("include", "has"),
    ("have", "has"),
    ("equals", "is"),
    ("equal", "is"),
    ("are", "is"),
    ("isnt", "is not"),
    ("isn't", "is not"),
    ("aint", "is not"),
    ("begins", "starts"),
    ("beginning", "starts"),
    ("finishes", "ends"),
    ("match", "matches"),
    ("linksto", "links to"),
    ("when", "if"),
    ("where", "if"),
    ("unless", "if not"),
    ("but", "and"),
    ("remove", "hide"),
    ("delete", "hide"),
    ("block", "hide"),
    ("mute", "hide"),
    ("drop", "hide"),
    ("filter", "hide"),
    ("fold", "collapse"),
    ("fade", "dim"),
    ("tag", "label"),
    ("mark", "label"),
    ("allow", "keep"),
    ("show", "keep"),
    ("except", "keep"),
    ("sort", "order"),
    ("substitute", "replace"),
    ("raise", "boost"),
    ("lower", "demote"),
    ("site", "on"),
    ("list", "let"),
    ("set", "let"),
    ("define", "let"),
    ("ad", "promoted"),
    ("ads", "promoted"),
    ("sponsored", "promoted"),
    ("advert", "promoted"),
    ("retweet", "repost"),
    ("retweets", "reposts"),
    ("retweeted_by", "reposted_by"),
    ("shares", "reposts"),
    ("hearts", "likes"),
    ("upvotes", "likes"),
    ("votes", "likes"),
    ("points", "likes"),
    ("comments", "replies"),
    ("plays", "views"),
    ("subscribers", "followers"),
    ("user", "author"),
    ("username", "author"),
    ("handle", "author"),
    ("channel", "author"),
    ("subreddit", "community"),
    ("group", "community"),
    ("language", "lang"),
    ("type", "kind"),
    ("tags", "hashtags"),
    ("headline", "title"),
    ("body", "text"),
    ("content", "text"),
    ("words", "text"),
    ("domain", "links to"),
    ("nsfl", "nsfw"),
    ("ai", "ai_text"),
    ("feed", "home"),
    ("timeline", "home"),
    ("trending", "explore"),
    ("popular", "explore"),
    ("watch", "thread"),
    ("user page", "profile"),
    ("photo", "image"),
    ("photos", "image"),
    ("picture", "image"),
    ("pictures", "image"),
    ("images", "image"),
    ("videos", "video"),
    ("gifs", "gif"),
    ("shorts", "short"),
    ("reel", "short"),
    ("reels", "short"),
    ("livestream", "live"),
    ("polls", "poll"),
    ("links", "link"),
    ("advertisement", "ad"),
];

/// Words that people compare with, mostly with `than` behind them, and the operator that they mean. They are
/// never left to [`nearest`], by which `older` would be `under`.
pub const COMPARISONS: &[(&str, &str)] = &[
    ("older", "over"),
    ("more", "over"),
    ("greater", "over"),
    ("longer", "over"),
    ("larger", "over"),
    ("bigger", "over"),
    ("higher", "over"),
    ("above", "over"),
    ("exceeds", "over"),
    ("newer", "under"),
    ("younger", "under"),
    ("less", "under"),
    ("fewer", "under"),
    ("shorter", "under"),
    ("smaller", "under"),
    ("lower", "under"),
    ("below", "under"),
];

/// Host names of sites that people call by another name.
pub const SITES: &[(&str, &str)] = &[
    ("x", "x.com"),
    ("twitter", "x.com"),
    ("youtube", "youtube.com"),
    ("reddit", "reddit.com"),
    ("hackernews", "news.ycombinator.com"),
    ("hn", "news.ycombinator.com"),
    ("bluesky", "bsky.app"),
    ("bsky", "bsky.app"),
    ("mastodon", "mastodon.social"),
    ("linkedin", "linkedin.com"),
    ("facebook", "facebook.com"),
    ("instagram", "instagram.com"),
    ("tiktok", "tiktok.com"),
    ("threads", "threads.net"),
    ("github", "github.com"),
];

/// Names of languages that people write for a subtag.
pub const LANGUAGES: &[(&str, &str)] = &[
    ("arabic", "ar"),
    ("bengali", "bn"),
    ("catalan", "ca"),
    ("chinese", "zh"),
    ("czech", "cs"),
    ("danish", "da"),
    ("dutch", "nl"),
    ("english", "en"),
    ("finnish", "fi"),
    ("french", "fr"),
    ("german", "de"),
    ("greek", "el"),
    ("hebrew", "he"),
    ("hindi", "hi"),
    ("hungarian", "hu"),
    ("indonesian", "id"),
    ("italian", "it"),
    ("japanese", "ja"),
    ("korean", "ko"),
    ("norwegian", "no"),
    ("persian", "fa"),
    ("polish", "pl"),
    ("portuguese", "pt"),
    ("romanian", "ro"),
    ("russian", "ru"),
    ("spanish", "es"),
    ("swedish", "sv"),
    ("thai", "th"),
    ("turkish", "tr"),
    ("ukrainian", "uk"),
    ("urdu", "ur"),
    ("vietnamese", "vi"),
];

/// The name nearest to `wrong` (lower case) among `names`, when it is near enough to be meant.
pub fn nearest<'a>(wrong: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // Long words are never near anything here, and the distance costs their product.
    if wrong.len() > 40 {
        return None;
    }
    let length = wrong.chars().count();
    let allowed = match length {
        0..=2 => return None,
        3..=4 => 1,
        5..=7 => 2,
        _ => 3,
    };
    names
        .into_iter()
        // The distance is at least the difference in length; names are mostly ASCII.
        .filter(|name| name.len() + allowed >= length && name.len() <= 4 * (length + allowed))
        .map(|name| (strsim::osa_distance(wrong, name), name))
        .filter(|(distance, _)| (1..=allowed).contains(distance))
        .min_by_key(|(distance, name)| (*distance, name.len().abs_diff(wrong.len())))
        .map(|(_, name)| name)
}

/// What someone who writes `wrong` means among `names`: a known mix-up, else the nearest.
pub fn meant<'a>(wrong: &str, names: &[&'a str]) -> Option<&'a str> {
    MISTAKEN
        .iter()
        .filter(|(mistake, _)| *mistake == wrong)
        .find_map(|(_, right)| names.iter().find(|name| *name == right).copied())
        .or_else(|| nearest(wrong, names.iter().copied()))
}
