//! Which page of which feed a request asks for.
//!
//! A file says under `[paging]` what in a request asks for the next page, and what changes from page to page without a
//! meaning for the feed. What is left names the feed, together with the address of the document that asked: so two
//! requests that are not known to belong together are two feeds, and nothing of one is missed in the other.

use super::WireAdapter;
use super::schema::{OneOrMany, Sorted, Timeline};
use super::text::{host_and_path, percent_decoded};
use crate::json::{Document, Kind, Node};
use std::fmt::Write;

/// The longest body of a request that is looked into, in bytes.
const MOST_BODY: usize = 1 << 20;
/// The most parameters of one request.
const MOST_PARAMETERS: usize = 500;
/// How deep objects in a request are looked into.
const MOST_DEPTH: usize = 4;

/// What asks for an answer.
#[derive(Debug, Clone, Copy, Default)]
pub struct Asked<'a> {
    /// The request's address.
    pub url: &'a str,
    /// The request's body, where it is text: JSON, or a form.
    pub body: Option<&'a str>,
    /// The address of the document that asks, where known.
    pub document: Option<&'a str>,
}

/// Which page of which feed that is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Request {
    /// What all pages of the feed have in common. Long and not for people.
    pub feed: String,
    /// What asks for this page; empty for the first.
    pub cursor: String,
}

/// See the module. Names of parameters of the address or the body; of objects in them `variables.cursor`; `*` stands for
/// anything.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Paging {
    /// What asks for the next page. `0` and `1` ask for the first.
    #[serde(default)]
    cursor: OneOrMany<String>,
    /// What has no meaning for the feed.
    #[serde(default)]
    ignore: OneOrMany<String>,
    /// All that one document asks for is one feed, whatever the address of the request.
    #[serde(default)]
    document: bool,
}

impl WireAdapter {
    /// Which page of which feed a request asks for.
    pub fn request(&self, asked: Asked<'_>) -> Request {
        let paging = &self.file.paging;
        let mut request = Request::default();
        let bare = |url: &str| url.split('#').next().unwrap_or_default().to_owned();
        let document = asked.document.map(bare);
        let path = host_and_path(asked.url).map(|(_, path)| path.to_owned()).unwrap_or_default();
        // A document's own address asks for the first page of what it shows.
        let own = document.as_deref() == Some(bare(asked.url).as_str());
        let surface = self.file.endpoint.iter().find(|e| e.url.0.iter().any(|glob| glob.0.is_match(&path)));
        let kind = match surface.map(|endpoint| endpoint.surface) {
            _ if document.is_some() && paging.document => String::new(),
            Some(surface) if document.is_some() => format!("{surface:?}"),
            _ => path,
        };
        // Writing to a string cannot fail.
        let _ = write!(request.feed, "{} {} {kind}", self.file.name, document.unwrap_or_default());
        let mut parameters = if own { Vec::new() } else { parameters(asked.url, asked.body) };
        parameters.sort();
        for (name, value) in &parameters {
            if paging.cursor.0.iter().any(|pattern| stands_for(pattern, name)) {
                if !matches!(value.as_str(), "" | "0" | "1" | "null") {
                    let _ = write!(request.cursor, "{name}={value}&");
                }
            } else if !paging.ignore.0.iter().any(|pattern| stands_for(pattern, name)) {
                let _ = write!(request.feed, " {name}={value}");
            }
        }
        request
    }

    /// How the platform sorted what a request asks for, where its file says so.
    pub fn timeline(&self, asked: Asked<'_>) -> Option<Sorted> {
        let (_, path) = host_and_path(asked.url)?;
        let parameters = parameters(asked.url, asked.body);
        let has = |name: &String, values: &OneOrMany<String>| {
            parameters.iter().any(|(key, value)| key == name && values.0.contains(value))
        };
        let fits = |timeline: &&Timeline| {
            timeline.url.0.iter().any(|glob| glob.0.is_match(path))
                && timeline.with.iter().all(|(name, values)| has(name, values))
        };
        self.file.timeline.iter().find(fits).map(|timeline| timeline.sorted)
    }
}

/// Whether a name is one that a pattern stands for: the same, or what begins as the pattern does before its `*`.
fn stands_for(pattern: &str, name: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(beginning) => name.starts_with(beginning),
        None => pattern == name,
    }
}

/// The parameters of a request, those of objects in them by `outer.inner`.
fn parameters(url: &str, body: Option<&str>) -> Vec<(String, String)> {
    let mut all = Vec::new();
    let query = url.split('#').next().and_then(|url| url.split_once('?')).map_or("", |(_, query)| query);
    form(query, &mut all);
    if let Some(body) = body.map(str::trim).filter(|body| body.len() <= MOST_BODY) {
        if body.starts_with('{') {
            value("", body, &mut all);
        } else if !body.contains(['\n', '<']) {
            form(body, &mut all);
        }
    }
    all
}

fn form(text: &str, all: &mut Vec<(String, String)>) {
    for pair in text.split('&').filter(|pair| !pair.is_empty()) {
        let (name, text) = pair.split_once('=').unwrap_or((pair, ""));
        let text = percent_decoded(&text.replace('+', " "));
        value(&percent_decoded(name), &text, all);
    }
}

/// A value that may be an object as text.
fn value(name: &str, text: &str, all: &mut Vec<(String, String)>) {
    if let Some(inside) = text.strip_prefix('(').and_then(|text| text.strip_suffix(')')) {
        return tuple(name, inside, all);
    }
    match text.starts_with('{').then(|| Document::parse(text)) {
        Some(Ok(document)) => members(name, document.root(), 0, all),
        _ if all.len() < MOST_PARAMETERS => all.push((name.to_owned(), text.to_owned())),
        _ => {}
    }
}

/// LinkedIn's way to write objects: `(start:10,count:5,ids:List(a,b))`.
fn tuple(outer: &str, text: &str, all: &mut Vec<(String, String)>) {
    let (mut depth, mut from) = (0_usize, 0);
    for (at, c) in text.char_indices().chain([(text.len(), ',')]) {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            ',' if (depth == 0 || at == text.len()) && all.len() < MOST_PARAMETERS => {
                if let Some((name, value)) = text.get(from..at).and_then(|part| part.split_once(':')) {
                    all.push((format!("{outer}.{name}"), value.to_owned()));
                }
                from = at + 1;
            }
            _ => {}
        }
    }
}

fn members(outer: &str, object: Node<'_>, depth: usize, all: &mut Vec<(String, String)>) {
    for (key, value) in object.members() {
        let key = key.as_str().unwrap_or_default();
        let name = if outer.is_empty() { key.into_owned() } else { format!("{outer}.{key}") };
        if value.is_object() && depth < MOST_DEPTH {
            members(&name, value, depth + 1, all);
        } else if all.len() < MOST_PARAMETERS {
            let text = value.as_str().filter(|_| value.kind() == Kind::String);
            all.push((name, text.map_or_else(|| value.raw().to_owned(), |text| text.into_owned())));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::builtin_named;

    fn request(platform: &str, url: &str, body: Option<&str>, document: &str) -> Request {
        let adapter = builtin_named(platform).expect("shipped").expect("sound");
        adapter.request(Asked { url, body, document: Some(document) })
    }

    /// Each platform's first page, its next one, and another feed.
    #[test]
    fn pages_of_one_feed_belong_together_and_feeds_stay_apart() {
        struct Case {
            platform: &'static str,
            document: &'static str,
            first: (&'static str, Option<&'static str>),
            next: (&'static str, Option<&'static str>),
            other: (&'static str, Option<&'static str>, &'static str),
        }
        let x = "https://x.com/i/api/graphql/q";
        let cases = [
            Case {
                platform: "x",
                document: "https://x.com/home",
                first: (
                    "https://x.com/i/api/graphql/q/HomeTimeline?variables=%7B%22count%22%3A20%7D&features=%7B%22a%22%3Atrue%7D",
                    None,
                ),
                next: (
                    "https://x.com/i/api/graphql/q/HomeTimeline?variables=%7B%22count%22%3A40%2C%22cursor%22%3A%22DAAB%22%2C%22seenTweetIds%22%3A%5B%221%22%5D%7D",
                    None,
                ),
                other: (
                    "https://x.com/i/api/graphql/q/HomeLatestTimeline?variables=%7B%22count%22%3A20%7D",
                    None,
                    "https://x.com/home",
                ),
            },
            Case {
                platform: "x",
                document: "https://x.com/home",
                first: (
                    "https://x.com/i/api/graphql/q/HomeTimeline",
                    Some(r#"{"variables":{"count":20},"queryId":"q"}"#),
                ),
                next: (
                    "https://x.com/i/api/graphql/q/HomeTimeline",
                    Some(r#"{"variables":{"count":20,"cursor":"DAAB"},"queryId":"q"}"#),
                ),
                other: (
                    "https://x.com/i/api/graphql/q/ListLatestTweetsTimeline?variables=%7B%22listId%22%3A%227%22%7D",
                    None,
                    "https://x.com/home",
                ),
            },
            Case {
                platform: "youtube",
                document: "https://www.youtube.com/",
                first: ("https://www.youtube.com/", None),
                next: (
                    "https://www.youtube.com/youtubei/v1/browse?prettyPrint=false",
                    Some(r#"{"context":{"client":{"hl":"en"}},"continuation":"4qmF"}"#),
                ),
                other: (
                    "https://www.youtube.com/youtubei/v1/browse",
                    Some(r#"{"browseId":"UCa","params":"EgZ2"}"#),
                    "https://www.youtube.com/@ada/videos",
                ),
            },
            Case {
                platform: "reddit",
                document: "https://www.reddit.com/r/tea/",
                first: ("https://www.reddit.com/r/tea.json?limit=25", None),
                next: ("https://www.reddit.com/r/tea.json?limit=25&after=t3_a&count=25", None),
                other: (
                    "https://www.reddit.com/r/pots.json?limit=25",
                    None,
                    "https://www.reddit.com/r/pots/",
                ),
            },
            Case {
                platform: "mastodon",
                document: "https://tea.example/home",
                first: ("https://tea.example/api/v1/timelines/home", None),
                next: ("https://tea.example/api/v1/timelines/home?max_id=7", None),
                other: ("https://tea.example/api/v1/timelines/list/3", None, "https://tea.example/home"),
            },
            Case {
                platform: "bluesky",
                document: "https://bsky.app/",
                first: (
                    "https://a.host.bsky.network/xrpc/app.bsky.feed.getFeed?feed=at%3A%2F%2Fx&limit=30",
                    None,
                ),
                next: (
                    "https://a.host.bsky.network/xrpc/app.bsky.feed.getFeed?feed=at%3A%2F%2Fx&limit=30&cursor=c",
                    None,
                ),
                other: (
                    "https://a.host.bsky.network/xrpc/app.bsky.feed.getFeed?feed=at%3A%2F%2Fy&limit=30",
                    None,
                    "https://bsky.app/",
                ),
            },
            Case {
                platform: "facebook",
                document: "https://www.facebook.com/",
                first: (
                    "https://www.facebook.com/api/graphql/",
                    Some(
                        "av=1&__req=a&fb_api_req_friendly_name=CometNewsFeedPaginationQuery&variables=%7B%22count%22%3A5%2C%22cursor%22%3Anull%7D&doc_id=9",
                    ),
                ),
                next: (
                    "https://www.facebook.com/api/graphql/",
                    Some(
                        "av=1&__req=b&fb_api_req_friendly_name=CometNewsFeedPaginationQuery&variables=%7B%22count%22%3A5%2C%22cursor%22%3A%22AQ%22%7D&doc_id=9",
                    ),
                ),
                other: (
                    "https://www.facebook.com/api/graphql/",
                    Some(
                        "fb_api_req_friendly_name=GroupsCometFeedRegularStoriesPaginationQuery&variables=%7B%22id%22%3A%227%22%7D&doc_id=8",
                    ),
                    "https://www.facebook.com/groups/7",
                ),
            },
            Case {
                platform: "instagram",
                document: "https://www.instagram.com/",
                first: (
                    "https://www.instagram.com/api/v1/feed/timeline/",
                    Some("device_id=d&is_async_ads_rti=0"),
                ),
                next: (
                    "https://www.instagram.com/api/v1/feed/timeline/",
                    Some("device_id=d&max_id=KGE&is_async_ads_rti=0"),
                ),
                other: (
                    "https://www.instagram.com/api/v1/feed/timeline/",
                    Some("device_id=d"),
                    "https://www.instagram.com/?variant=following",
                ),
            },
            Case {
                platform: "hackernews",
                document: "https://news.ycombinator.com/news",
                first: ("https://news.ycombinator.com/news?p=1", None),
                next: ("https://news.ycombinator.com/news?p=2", None),
                other: ("https://news.ycombinator.com/newest", None, "https://news.ycombinator.com/newest"),
            },
            Case {
                platform: "lemmy",
                document: "https://leaf.example/",
                first: ("https://leaf.example/api/v3/post/list?type_=All&limit=20&page=1", None),
                next: ("https://leaf.example/api/v3/post/list?type_=All&limit=20&page_cursor=P9", None),
                other: (
                    "https://leaf.example/api/v3/post/list?type_=Subscribed&limit=20",
                    None,
                    "https://leaf.example/",
                ),
            },
            Case {
                platform: "linkedin",
                document: "https://www.linkedin.com/feed/",
                first: (
                    "https://www.linkedin.com/voyager/api/feed/updatesV2?count=10&q=chronFeed&start=0",
                    None,
                ),
                next: (
                    "https://www.linkedin.com/voyager/api/feed/updatesV2?count=10&q=chronFeed&start=10&paginationToken=t",
                    None,
                ),
                other: (
                    "https://www.linkedin.com/voyager/api/feed/updatesV2?count=10&q=memberShareFeed",
                    None,
                    "https://www.linkedin.com/in/ada/",
                ),
            },
            Case {
                platform: "linkedin",
                document: "https://www.linkedin.com/feed/",
                first: (
                    "https://www.linkedin.com/voyager/api/graphql?variables=(start:0,count:3,sortOrder:RELEVANCE)&queryId=feed.a",
                    None,
                ),
                next: (
                    "https://www.linkedin.com/voyager/api/graphql?variables=(start:3,count:3,paginationToken:List(a,b),sortOrder:RELEVANCE)&queryId=feed.a",
                    None,
                ),
                other: (
                    "https://www.linkedin.com/voyager/api/graphql?variables=(start:0,count:3,sortOrder:MEMBER_SETTING)&queryId=feed.a",
                    None,
                    "https://www.linkedin.com/feed/",
                ),
            },
        ];
        for Case { platform, document, first, next, other } in cases {
            let one = request(platform, first.0, first.1, document);
            let two = request(platform, next.0, next.1, document);
            let three = request(platform, other.0, other.1, other.2);
            assert_eq!(one.cursor, "", "{platform}");
            assert_ne!(two.cursor, "", "{platform}");
            assert_eq!(one.feed, two.feed, "{platform}");
            assert_ne!(one.feed, three.feed, "{platform}");
        }
        // Without the document's address, the request's own tells feeds apart.
        let adapter = builtin_named("x").expect("shipped").expect("sound");
        let plain = |url: &str| adapter.request(Asked { url, ..Asked::default() });
        assert_ne!(plain(&format!("{x}/UserTweets")).feed, plain(&format!("{x}/Likes")).feed);
    }

    #[test]
    fn the_request_says_how_a_timeline_is_sorted() {
        for (platform, url, sorted) in [
            ("x", "https://x.com/i/api/graphql/q/HomeTimeline?variables=%7B%7D", Some(Sorted::Ranked)),
            ("x", "https://x.com/i/api/graphql/q/HomeLatestTimeline", Some(Sorted::Newest)),
            (
                "x",
                "https://x.com/i/api/graphql/q/SearchTimeline?variables=%7B%22product%22%3A%22Latest%22%7D",
                Some(Sorted::Newest),
            ),
            (
                "x",
                "https://x.com/i/api/graphql/q/SearchTimeline?variables=%7B%22product%22%3A%22Top%22%7D",
                Some(Sorted::Ranked),
            ),
            ("x", "https://x.com/i/api/graphql/q/Settings", None),
            ("youtube", "https://www.youtube.com/feed/subscriptions", Some(Sorted::Newest)),
            ("youtube", "https://www.youtube.com/", Some(Sorted::Ranked)),
            ("reddit", "https://www.reddit.com/r/tea/new.json?limit=1", Some(Sorted::Newest)),
            ("reddit", "https://www.reddit.com/r/tea/hot.json", Some(Sorted::Ranked)),
            ("mastodon", "https://tea.example/api/v1/timelines/home?limit=20", Some(Sorted::Newest)),
            ("mastodon", "https://tea.example/api/v1/trends/statuses", Some(Sorted::Ranked)),
            ("bluesky", "https://bsky.app/xrpc/app.bsky.feed.getTimeline", Some(Sorted::Newest)),
            ("bluesky", "https://bsky.app/xrpc/app.bsky.feed.getFeed?feed=x", Some(Sorted::Ranked)),
            ("hackernews", "https://news.ycombinator.com/newest", Some(Sorted::Newest)),
            ("hackernews", "https://news.ycombinator.com/", Some(Sorted::Ranked)),
            ("lemmy", "https://leaf.example/api/v3/post/list?sort=New", Some(Sorted::Newest)),
            ("lemmy", "https://leaf.example/api/v3/post/list?sort=Active", Some(Sorted::Ranked)),
            ("facebook", "https://www.facebook.com/?sk=h_chr", Some(Sorted::Newest)),
            ("instagram", "https://www.instagram.com/?variant=following", Some(Sorted::Newest)),
        ] {
            let adapter = builtin_named(platform).expect("shipped").expect("sound");
            assert_eq!(adapter.timeline(Asked { url, ..Asked::default() }), sorted, "{url}");
        }
    }

    /// Which answers are worth asking for, a request or two of each of the platform's surfaces.
    #[test]
    fn the_addresses_of_every_surface_are_known() {
        for (platform, paths) in [
            (
                "x",
                "HomeTimeline HomeLatestTimeline SearchTimeline ListLatestTweetsTimeline TweetDetail UserTweets",
            ),
            (
                "youtube",
                "/ /results /watch /shorts/a /@ada /youtubei/v1/browse /youtubei/v1/search /youtubei/v1/next",
            ),
            (
                "reddit",
                "/.json /r/tea/hot.json /search.json /r/tea/comments/a /svc/shreddit/feeds/home-feed /user/ada",
            ),
            (
                "mastodon",
                "/api/v1/timelines/home /api/v1/timelines/tag/tea /api/v1/streaming /api/v1/statuses/1/context",
            ),
            (
                "bluesky",
                "/xrpc/app.bsky.feed.getTimeline /xrpc/app.bsky.feed.getFeed /xrpc/app.bsky.feed.getPostThread",
            ),
            ("hackernews", "/ /news /newest /item /threads /ask"),
            (
                "instagram",
                "/api/v1/feed/timeline/ /graphql/query /api/v1/discover/web/explore_grid/ /api/v1/clips/home/",
            ),
            ("facebook", "/ /api/graphql/"),
            ("linkedin", "/voyager/api/feed/updatesV2 /voyager/api/graphql"),
            ("tiktok", "/api/recommend/item_list/ /foryou /api/search/general/full/ /@ada"),
            ("lemmy", "/api/v3/post/list /api/v4/post/list /api/v3/comment/list"),
        ] {
            let adapter = builtin_named(platform).expect("shipped").expect("sound");
            for path in paths.split(' ') {
                let path =
                    if path.starts_with('/') { path.to_owned() } else { format!("/i/api/graphql/q/{path}") };
                assert!(adapter.knows(&format!("https://host.example{path}?a=1")), "{platform} {path}");
            }
            assert!(!adapter.knows("https://host.example/api/v9/settings/of/nobody"), "{platform}");
        }
    }

    #[test]
    fn strangers_requests_end() {
        let adapter = builtin_named("x").expect("shipped").expect("sound");
        let deep = format!("{{\"a\":{}1{}}}", "{\"b\":".repeat(300), "}".repeat(300));
        let many = "a=1&".repeat(100_000);
        for body in ["", "{", "=&=&%", "{\"variables\":7}", "<xml>", &deep, &many, &"x".repeat(MOST_BODY + 1)]
        {
            let request = adapter.request(Asked { url: "no address", body: Some(body), document: None });
            assert!(request.feed.len() < 100_000, "{}", &body[..body.len().min(20)]);
        }
    }
}
