//! Small payloads in our own words, one or two a platform: every field that they hold is read as what it
//! is. `cargo insta review` shows what a change to an adapter changes.

use diffract_adapters::json::Document;
use diffract_adapters::wire::{Reading, WireAdapter, builtin_named};
use serde_json::{Value, json};

fn adapter(name: &str) -> WireAdapter {
    builtin_named(name).expect("it is shipped").expect("it is sound")
}

fn read(platform: &str, payload: &str, url: Option<&str>) -> (Document, Reading) {
    let document = Document::parse(payload).expect("JSON");
    let reading = adapter(platform).read(&document, url);
    (document, reading)
}

fn document(payload: &Value) -> Document {
    Document::parse(&payload.to_string()).expect("JSON")
}

/// A snapshot of one payload's posts: the fields that are known, without empty lists.
macro_rules! posts {
    ($name:ident, $platform:literal, $file:literal, $url:expr) => {
        #[test]
        fn $name() {
            let (document, reading) = read($platform, include_str!(concat!("payloads/", $file)), $url);
            let posts: Vec<_> = reading
                .items
                .iter()
                .map(|item| {
                    let mut post = serde_json::to_value(&item.post).expect("JSON");
                    if let Value::Object(map) = &mut post {
                        map.retain(|_, v| !v.as_array().is_some_and(Vec::is_empty));
                    }
                    json!({ "path": item.path(&document).to_string(), "post": post })
                })
                .collect();
            let all = json!({ "posts": posts, "notes": reading.notes });
            insta::assert_snapshot!(stringify!($name), serde_json::to_string_pretty(&all).expect("JSON"));
        }
    };
}

posts!(x_home, "x", "x-home.json", None);
posts!(reddit_thread, "reddit", "reddit-thread.json", None);
posts!(
    reddit_listing,
    "reddit",
    "reddit-listing.json",
    Some("https://oauth.reddit.com/r/pictures/hot?limit=2")
);
posts!(
    mastodon_timeline,
    "mastodon",
    "mastodon-timeline.json",
    Some("https://tea.example/api/v1/timelines/home")
);
posts!(youtube_home, "youtube", "youtube-home.json", None);
posts!(youtube_comments, "youtube", "youtube-comments.json", None);
posts!(
    bluesky_timeline,
    "bluesky",
    "bluesky-timeline.json",
    Some("https://bsky.social/xrpc/app.bsky.feed.getTimeline")
);
posts!(linkedin_feed, "linkedin", "linkedin-feed.json", None);
posts!(lemmy_list, "lemmy", "lemmy-list.json", Some("https://leaf.example/api/v3/post/list"));

#[test]
fn a_status_stands_alone_in_a_search_and_below_a_notification() {
    let status = json!({
        "id": "1", "created_at": "2026-08-06T21:12:23Z", "content": "<p>Tea</p>", "account": { "acct": "ada" }
    });
    let mastodon = adapter("mastodon");
    for payload in [
        status.clone(),
        json!({ "accounts": [], "statuses": [status], "hashtags": [] }),
        json!([{ "id": "9", "type": "favourite", "created_at": "x", "account": { "acct": "bo" }, "status": status }]),
        json!({ "ancestors": [], "descendants": [status] }),
    ] {
        let reading = mastodon.read(&document(&payload), None);
        assert_eq!(reading.items.len(), 1, "{payload}");
        assert_eq!(reading.items[0].post.text.as_deref(), Some("Tea"));
    }
}

/// What a platform takes away or no longer fills costs that field, never the post.
#[test]
fn a_post_without_one_of_its_keys_is_a_post() {
    let status = json!({
        "id": "1", "uri": "https://tea.example/1", "created_at": "2026-08-06T21:12:23Z", "content": "<p>Tea</p>",
        "account": { "id": "2", "acct": "ada" }, "favourites_count": 0
    });
    let post = json!({
        "uri": "at://did:plc:ada/app.bsky.feed.post/1", "cid": "c", "author": { "did": "did:plc:ada", "handle": "ada.example" },
        "record": { "$type": "app.bsky.feed.post", "text": "Tea" }, "indexedAt": "2026-08-06T21:12:23Z"
    });
    for (platform, sound) in [("mastodon", status), ("bluesky", json!({ "post": post })), ("bluesky", post)] {
        let adapter = adapter(platform);
        let inner = if sound.get("post").is_some() { "/post" } else { "" };
        let keys: Vec<String> =
            sound.pointer(inner).and_then(Value::as_object).expect("an object").keys().cloned().collect();
        for key in keys {
            for gone in [Value::Null, json!({ "other": 1 })] {
                let mut item = sound.clone();
                item.pointer_mut(inner).expect("it is there")[&key] = gone;
                let payload = if platform == "mastodon" { json!([item]) } else { json!({ "feed": [item] }) };
                let reading = adapter.read(&document(&payload), None);
                assert_eq!(reading.items.len(), 1, "{platform} without {key}: {payload}");
                assert!(!reading.items[0].post.id.is_empty());
            }
        }
    }
}

#[test]
fn a_reply_names_the_account_replied_to() {
    let status = |id: &str, account: Value, to: Value| {
        json!({
            "id": id, "created_at": "2026-08-06T21:12:23Z", "content": "<p>Tea</p>", "account": account,
            "in_reply_to_id": "7", "in_reply_to_account_id": to,
            "mentions": [{ "id": "3", "acct": "cy" }, { "id": "2", "acct": "bo" }]
        })
    };
    let ada = json!({ "id": "1", "acct": "ada" });
    let payload = json!([
        status("10", ada.clone(), json!("2")),
        status("11", ada.clone(), json!("1")),
        status("12", ada.clone(), json!("99")),
        status("13", ada, Value::Null),
    ]);
    let reading = adapter("mastodon").read(&document(&payload), None);
    let to: Vec<_> = reading.items.iter().map(|i| i.post.replying_to.as_deref()).collect();
    assert_eq!(to, [Some("bo"), Some("ada"), None, None]);
    assert!(reading.items.iter().all(|i| i.post.reply == Some(true)));
}

#[test]
fn an_empty_feed_is_known_for_one() {
    for (platform, payload) in [
        ("reddit", json!({ "kind": "Listing", "data": { "children": [], "after": null } })),
        (
            "x",
            json!({ "data": { "home": { "home_timeline_urt": { "instructions": [
            { "type": "TimelineAddEntries", "entries": [{ "entryId": "cursor-top-1", "content": { "cursorType": "Top" } }] }
        ] } } } }),
        ),
        ("mastodon", json!([])),
        ("mastodon", json!({ "accounts": [], "statuses": [], "hashtags": [] })),
        ("bluesky", json!({ "feed": [] })),
        (
            "linkedin",
            json!({ "data": { "feedDashMainFeedByMainFeed": { "*elements": [] } }, "included": [] }),
        ),
        ("lemmy", json!({ "posts": [] })),
        ("youtube", json!({ "contents": { "richGridRenderer": { "contents": [] } } })),
    ] {
        let reading = adapter(platform).read(&document(&payload), None);
        assert!(reading.items.is_empty() && reading.recognised, "{platform}");
        assert!(!reading.notes.is_empty(), "{platform}: it is said");
        for other in [json!({ "data": { "user": null } }), json!([{ "a": 1 }]), json!("x")] {
            assert!(!adapter(platform).read(&document(&other), None).recognised, "{platform}: {other}");
        }
    }
}

#[test]
fn tweets_are_found_in_every_wrapper() {
    let tweet = |id: &str| {
        json!({ "result": {
            "rest_id": id,
            "core": { "user_result": { "result": { "legacy": { "screen_name": "ada" } } } },
            "legacy": { "full_text": "Tea", "created_at": "Thu Aug 06 21:12:23 +0000 2026" }
        } })
    };
    let content = |id: &str| json!({ "tweet_results": tweet(id) });
    let x = adapter("x");
    for payload in [
        json!({ "data": { "bookmark_timeline_v2": { "timeline": { "instructions": [
            { "entries": [{ "entryId": "tweet-1", "content": { "itemContent": content("1") } }] }
        ] } } } }),
        json!({ "data": { "user": { "result": { "timeline": { "timeline": { "instructions": [
            { "type": "TimelineAddToModule", "moduleItems": [{ "entryId": "g-1", "item": { "itemContent": content("1") } }] }
        ] } } } } } }),
        json!({ "data": { "user_result": { "result": { "timeline_response": { "timeline": { "instructions": [
            { "entries": [{ "entryId": "tweet-1", "content": { "content": { "tweetResult": tweet("1") } } }] }
        ] } } } } } }),
        json!({ "data": { "tweetResult": tweet("1") } }),
        json!({ "some": { "new": [{ "wrapper": { "itemContent": content("1") } }] } }),
    ] {
        let reading = x.read(&document(&payload), None);
        assert_eq!(reading.items.len(), 1, "{payload}");
        let post = &reading.items[0].post;
        assert_eq!(
            (post.id.as_str(), post.author.as_deref(), post.text.as_deref()),
            ("1", Some("ada"), Some("Tea"))
        );
        assert_eq!(post.promoted, Some(false));
    }
}

#[test]
fn videos_are_found_under_every_name() {
    let youtube = adapter("youtube");
    let video = json!({
        "videoId": "v", "title": { "simpleText": "Tea" }, "shortBylineText": { "runs": [{ "text": "Ada" }] }
    });
    for name in [
        "videoRenderer",
        "gridVideoRenderer",
        "compactVideoRenderer",
        "playlistVideoRenderer",
        "playlistPanelVideoRenderer",
        "reelItemRenderer",
        "movieRenderer",
    ] {
        let payload = json!({ "onResponseReceivedActions": [{ "appendContinuationItemsAction": { "continuationItems": [
            { "itemSectionRenderer": { "contents": [{ name: video }, null, { name: null }, { "continuationItemRenderer": {} }] } }
        ] } }] });
        let reading = youtube.read(&document(&payload), None);
        assert_eq!(reading.items.len(), 1, "{name}");
        let post = &reading.items[0].post;
        assert_eq!(
            (post.id.as_str(), post.author.as_deref(), post.text.as_deref()),
            ("v", Some("Ada"), Some("Tea"))
        );
    }
    let lockup = |rows: Value| {
        json!({ "contents": [{ "lockupViewModel": {
            "contentId": "v", "contentType": "LOCKUP_CONTENT_TYPE_VIDEO",
            "metadata": { "lockupMetadataViewModel": { "title": { "content": "Tea" },
                "metadata": { "contentMetadataViewModel": { "metadataRows": rows } } } }
        } }] })
    };
    let part = |text: &str| json!({ "text": { "content": text } });
    let counted = json!({ "metadataParts": [part("1.2M views"), part("2 years ago")] });
    // A channel may be called what a count is written as, or be left out.
    let named =
        youtube.read(&document(&lockup(json!([{ "metadataParts": [part("24 Reviews")] }, counted]))), None);
    let post = &named.items[0].post;
    assert_eq!((post.author.as_deref(), post.views), (Some("24 Reviews"), Some(1.2e6)));
    let left_out = youtube.read(&document(&lockup(json!([counted]))), None);
    assert_eq!(left_out.items[0].post.author, None);
    assert_eq!(left_out.items[0].post.age, Some(2.0 * 365.0 * 86_400.0));

    let others = json!({ "contents": [
        { "playlistRenderer": { "playlistId": "PL1", "title": { "simpleText": "Teas" }, "shortBylineText": { "simpleText": "Ada" },
            "videos": [{ "childVideoRenderer": { "videoId": "c" } }] } },
        { "radioRenderer": { "playlistId": "RD1", "title": { "simpleText": "Mix" }, "longBylineText": { "simpleText": "Ada, Bo" } } },
        { "gridChannelRenderer": { "channelId": "UC1", "title": { "simpleText": "Ada" }, "subscriberCountText": { "simpleText": "1,2 тыс. подписчиков" } } },
        { "backstagePostThreadRenderer": { "post": { "backstagePostRenderer": {
            "postId": "Ugk", "authorText": { "runs": [{ "text": "Ada" }] }, "contentText": { "runs": [{ "text": "Hello" }] }, "voteCount": { "simpleText": "1.1K" }
        } } } },
    ] });
    let reading = youtube.read(&document(&others), None);
    let ids: Vec<&str> = reading.items.iter().map(|i| i.post.id.as_str()).collect();
    assert_eq!(ids, ["PL1", "RD1", "UC1", "Ugk"]);
    assert_eq!(reading.items[2].post.followers, Some(1200.0));
    assert_eq!(reading.items[3].post.likes, Some(1100.0));
}

#[test]
fn advertisements_of_every_named_kind_are_found() {
    let youtube = adapter("youtube");
    let payload = json!({ "contents": [
        { "displayAdRenderer": { "titleText": { "simpleText": "a" }, "secondaryText": { "simpleText": "w" }, "trackingParams": "t1" } },
        { "searchPyvRenderer": { "ads": [{ "promotedVideoRenderer": { "videoId": "b", "title": { "simpleText": "b" }, "shortBylineText": { "simpleText": "x" } } }] } },
        { "promotedSparklesWebRenderer": { "title": { "simpleText": "c" }, "websiteText": { "simpleText": "y" }, "trackingParams": "t3" } },
        { "compactPromotedVideoRenderer": { "videoId": "d", "title": { "simpleText": "d" }, "longBylineText": { "simpleText": "z" } } },
    ] });
    let reading = youtube.read(&document(&payload), None);
    let seen: Vec<_> = reading
        .items
        .iter()
        .map(|i| {
            (i.post.title.as_deref().unwrap_or(""), i.post.author.as_deref().unwrap_or(""), i.post.promoted)
        })
        .collect();
    assert_eq!(
        seen,
        [("a", "w", Some(true)), ("b", "x", Some(true)), ("c", "y", Some(true)), ("d", "z", Some(true))]
    );
}

#[test]
fn a_payload_of_another_shape_yields_a_note_and_no_items() {
    let deep = (0..100).fold(json!(1), |inner, _| json!([{ "a": inner }]));
    for name in diffract_adapters::wire::builtin_names() {
        for payload in [
            json!(null),
            json!([]),
            json!({}),
            json!("x"),
            json!({ "errors": [{ "code": 1 }] }),
            deep.clone(),
        ] {
            let reading = adapter(name).read(&document(&payload), Some("not an address"));
            assert_eq!(reading.items, [], "{name}");
            assert!(reading.notes[0].contains("no posts"), "{name}: {:?}", reading.notes);
        }
    }
    assert!(adapter("x").read(&document(&deep), None).notes.iter().any(|n| n.contains("deeper")));
}

#[test]
fn addresses_name_the_surface() {
    use diffract_core::post::Surface::{Community, Following, Home, Search, Thread};
    let surface = |name: &str, url: &str| adapter(name).surface(&document(&Value::Null), Some(url));
    assert_eq!(surface("x", "https://x.com/i/api/graphql/q/HomeTimeline?variables=%7B%7D"), Some(Home));
    assert_eq!(surface("x", "https://x.com/i/api/graphql/q/HomeLatestTimeline"), Some(Following));
    assert_eq!(surface("reddit", "https://oauth.reddit.com/r/tea/comments/1/?raw_json=1"), Some(Thread));
    assert_eq!(surface("reddit", "https://www.reddit.com/r/tea/hot.json"), Some(Community));
    assert_eq!(
        surface("youtube", "https://www.youtube.com/youtubei/v1/search?prettyPrint=false"),
        Some(Search)
    );
    assert!(adapter("x").knows("https://x.com/i/api/graphql/q/SearchTimeline"));
    assert!(!adapter("x").knows("https://x.com/i/api/graphql/q/Viewer"));
}
