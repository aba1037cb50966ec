//! Shapes that platforms have answered with at other times, on other surfaces and to other clients than those recorded, in words of our own:
//! every post is found with its id, author and words, and every advertisement is known for one.

use diffract_adapters::json::Document;
use diffract_adapters::wire::{Decisions, Outcome, Payload, builtin_named};
use serde_json::{Value, json};

/// A post as it must be read: id, author, text, whether it is promoted. `""`: nothing is recorded.
type Expected<'a> = (&'a str, &'a str, &'a str, bool);

fn holds(platform: &str, url: Option<&str>, payload: &Value, expected: &[Expected<'_>]) {
    let adapter = builtin_named(platform).expect("it is shipped").expect("it is sound");
    let document = Document::parse(&payload.to_string()).expect("JSON");
    let reading = adapter.read(&document, url);
    let read: Vec<(String, String, String, bool)> = reading
        .items
        .iter()
        .map(|item| {
            let post = &item.post;
            (
                post.id.clone(),
                post.author.clone().unwrap_or_default(),
                post.text.clone().unwrap_or_default(),
                post.promoted.expect("it is known"),
            )
        })
        .collect();
    let expected: Vec<_> = expected
        .iter()
        .map(|(id, author, text, promoted)| {
            ((*id).to_owned(), (*author).to_owned(), (*text).to_owned(), *promoted)
        })
        .collect();
    assert_eq!(read, expected, "{platform}: {payload}");
    assert!(reading.recognised, "{platform}: {payload}");
}

/// The answer as it is sent: some platforms send values one after the other.
fn sent(platform: &str, payload: &Value) -> String {
    match payload {
        Value::Array(values) if matches!(platform, "facebook" | "instagram") => {
            values.iter().map(Value::to_string).collect::<Vec<_>>().join("\n")
        }
        value => value.to_string(),
    }
}

/// Without its advertisements, the answer holds every other post and no advertisement.
fn loses_only_advertisements(platform: &str, url: Option<&str>, payload: &Value) {
    let adapter = builtin_named(platform).expect("it is shipped").expect("it is sound");
    let opened = Payload::open(&adapter, sent(platform, payload), url).map_err(|e| e.1).expect("it is read");
    let ads: Vec<bool> = opened.items().iter().map(|item| item.post.promoted == Some(true)).collect();
    let organic = ads.iter().filter(|ad| !**ad).count();
    assert!(ads.contains(&true), "{platform}: no advertisement in {payload}");
    let Outcome::Changed(changed) =
        opened.rewrite(&adapter, &Decisions { remove: ads, order: Vec::new() }).outcome
    else {
        panic!("{platform}: nothing was taken out of {payload}");
    };
    let left = Payload::open(&adapter, changed.clone(), url).map_err(|e| e.1).expect("it is read");
    assert_eq!(left.items().len(), organic, "{platform}: {changed}");
    assert!(left.items().iter().all(|item| item.post.promoted == Some(false)), "{platform}: {changed}");
}

#[test]
fn x_of_before_2021_names_tweets_in_its_entries() {
    let entry = |id: &str, more: Value| {
        let mut tweet = json!({ "id": id, "displayType": "Tweet" });
        tweet.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        json!({ "entryId": format!("sq-I-t-{id}"), "sortIndex": id, "content": { "item": { "content": { "tweet": tweet } } } })
    };
    let tweet = |id: &str, user: &str, text: &str| {
        json!({
            "id_str": id, "user_id_str": user, "full_text": text, "created_at": "Tue Mar 10 10:00:00 +0000 2020",
            "favorite_count": 3, "entities": { "urls": [], "hashtags": [] }
        })
    };
    let mut repost = tweet("13", "1", "RT @bo: Boil the kettle");
    repost["retweeted_status_id_str"] = json!("14");
    let payload = json!({
        "globalObjects": {
            "tweets": {
                "11": tweet("11", "1", "Tea at four"),
                "12": tweet("12", "2", "Kettles, half the price"),
                "13": repost,
                "14": tweet("14", "2", "Boil the kettle")
            },
            "users": {
                "1": { "id_str": "1", "screen_name": "ada", "name": "Ada" },
                "2": { "id_str": "2", "screen_name": "bo", "name": "Bo" }
            }
        },
        "timeline": { "id": "search-1", "instructions": [{ "addEntries": { "entries": [
            entry("12", json!({ "promotedMetadata": { "impressionId": "ab" } })),
            entry("13", json!({})),
            entry("11", json!({})),
            { "entryId": "sq-cursor-top", "sortIndex": "99", "content": { "operation": { "cursor": { "value": "x", "cursorType": "Top" } } } }
        ] } }] }
    });
    let url = Some("https://twitter.com/i/api/2/search/adaptive.json?q=tea");
    holds(
        "x",
        url,
        &payload,
        &[
            ("12", "bo", "Kettles, half the price", true),
            ("13", "bo", "Boil the kettle", false),
            ("11", "ada", "Tea at four", false),
        ],
    );
    loses_only_advertisements("x", url, &payload);
}

#[test]
fn x_names_its_advertisements_otherwise_to_its_apps() {
    let tweet = |id: &str| {
        json!({ "result": {
            "__typename": "Tweet", "rest_id": id,
            "core": { "user_result": { "result": { "legacy": { "screen_name": "ada" } } } },
            "legacy": { "full_text": "Tea", "created_at": "Tue Mar 10 10:00:00 +0000 2025" }
        } })
    };
    let payload = json!({ "data": { "timeline_response": { "timeline": { "instructions": [{ "entries": [
        { "entryId": "tweet-7", "content": { "content": { "__typename": "TimelineTweet", "tweetResult": tweet("7") } } },
        { "entryId": "promoted-tweet-8", "content": { "content": {
            "__typename": "TimelineTweet", "tweetResult": tweet("8"), "tweetPromotedMetadata": { "advertiserResult": {} }
        } } }
    ] }] } } } });
    holds("x", None, &payload, &[("7", "ada", "Tea", false), ("8", "ada", "Tea", true)]);
    loses_only_advertisements("x", None, &payload);
}

#[test]
fn x_advertises_in_threads_and_grids() {
    let content = |id: &str, ad: bool| {
        let mut content = json!({ "itemType": "TimelineTweet", "tweet_results": { "result": {
            "__typename": "TweetWithVisibilityResults", "tweet": {
                "rest_id": id, "core": { "user_results": { "result": { "core": { "screen_name": "ada" } } } },
                "legacy": { "full_text": "Tea" }
            }
        } } });
        if ad {
            content["promotedMetadata"] = json!({ "impressionString": "ab" });
        }
        content
    };
    let thread = json!({ "data": { "threaded_conversation_with_injections_v2": { "instructions": [{ "type": "TimelineAddEntries", "entries": [
        { "entryId": "tweet-1", "content": { "itemContent": content("1", false) } },
        { "entryId": "conversationthread-2", "content": { "items": [
            { "entryId": "conversationthread-2-tweet-2", "item": { "itemContent": content("2", true) } }
        ] } }
    ] }] } } });
    holds("x", None, &thread, &[("1", "ada", "Tea", false), ("2", "ada", "Tea", true)]);
    loses_only_advertisements("x", None, &thread);
    let grid = json!({ "data": { "user": { "result": { "timeline": { "timeline": { "instructions": [
        { "type": "TimelineAddToModule", "moduleEntryId": "profile-grid-0", "moduleItems": [
            { "entryId": "profile-grid-0-tweet-3", "item": { "itemContent": content("3", false) } }
        ] },
        { "type": "TimelineAddEntries", "entries": [{ "entryId": "profile-grid-1", "content": { "items": [
            { "entryId": "profile-grid-1-tweet-4", "item": { "itemContent": content("4", false) } }
        ] } }] }
    ] } } } } } });
    holds("x", None, &grid, &[("3", "ada", "Tea", false), ("4", "ada", "Tea", false)]);
}

#[test]
fn youtube_advertises_between_shorts() {
    for payload in [
        json!({ "entries": [
            { "command": { "reelWatchEndpoint": { "videoId": "aaaaaaaaaa1", "adClientParams": { "isAd": true } } } },
            { "command": { "reelWatchEndpoint": { "videoId": "aaaaaaaaaa2", "adClientParams": { "isAd": false } } } },
            { "command": { "reelWatchEndpoint": { "videoId": "aaaaaaaaaa3", "videoType": "REEL_VIDEO_TYPE_VIDEO" } } }
        ], "continuationEndpoint": {} }),
        json!({ "reelWatchSequenceResponse": { "entries": [
            { "command": { "reelWatchEndpoint": { "videoId": "aaaaaaaaaa1", "videoType": "REEL_VIDEO_TYPE_AD" } } },
            { "command": { "reelWatchEndpoint": { "videoId": "aaaaaaaaaa2" } } }
        ] } }),
    ] {
        let url = Some("https://www.youtube.com/youtubei/v1/reel/reel_watch_sequence");
        holds("youtube", url, &payload, &[("aaaaaaaaaa1", "", "", true)]);
        loses_only_advertisements("youtube", url, &payload);
    }
}

#[test]
fn youtube_playlists_of_a_channel_are_the_channels() {
    let list = |id: &str, rows: Value| {
        json!({ "lockupViewModel": {
            "contentId": id, "contentType": "LOCKUP_CONTENT_TYPE_PLAYLIST",
            "metadata": { "lockupMetadataViewModel": {
                "title": { "content": "Knots" },
                "metadata": { "contentMetadataViewModel": { "metadataRows": rows } }
            } }
        } })
    };
    let part = |text: &str| json!({ "metadataParts": [{ "text": { "content": text } }] });
    let other = json!({ "metadataParts": [{ "text": { "content": "Sail Makers", "commandRuns": [{ "onTap": { "innertubeCommand": {
        "browseEndpoint": { "browseId": "UCsail" }
    } } }] } }] });
    let payload = json!({
        "metadata": { "channelMetadataRenderer": { "title": "Rope Weekly" } },
        "contents": { "twoColumnBrowseResultsRenderer": { "tabs": [{ "tabRenderer": { "content": { "sectionListRenderer": { "contents": [
            { "itemSectionRenderer": { "contents": [{ "gridRenderer": { "items": [
                list("PL1", json!([part("Updated today"), part("View full playlist")])),
                list("PL2", json!([part("View full playlist")])),
                list("PL3", json!([other, part("View full playlist")]))
            ] } }] } }
        ] } } } }] } }
    });
    let url = Some("https://www.youtube.com/@ropes/playlists");
    let expected = [
        ("PL1", "Rope Weekly", "Knots", false),
        ("PL2", "Rope Weekly", "Knots", false),
        ("PL3", "Sail Makers", "Knots", false),
    ];
    holds("youtube", url, &payload, &expected);
}

/// Each way in which YouTube has put an advertisement in a list; an empty slot too.
#[test]
fn youtube_advertisements_of_all_years_are_known() {
    let named = |name: &str, inner: Value| json!({ name: inner });
    let words = json!({
        "title": { "simpleText": "Ropes" }, "websiteText": { "simpleText": "ropes.example" },
        "description": { "simpleText": "Long ones" }, "trackingParams": "tp"
    });
    for ad in [
        named("promotedSparklesWebRenderer", words.clone()),
        named("promotedSparklesTextSearchRenderer", words.clone()),
        named("displayAdRenderer", words.clone()),
        named("promotedVideoRenderer", words.clone()),
        named("compactPromotedVideoRenderer", words.clone()),
        named("compactPromotedItemRenderer", words.clone()),
        named("videoMastheadAdV3Renderer", words.clone()),
        named(
            "searchPyvRenderer",
            json!({ "ads": [{ "promotedVideoRenderer": words }], "trackingParams": "tp" }),
        ),
        named("adSlotRenderer", json!({ "adSlotMetadata": { "slotId": "1:2" }, "fulfillmentContent": {} })),
        named("adSlotRenderer", json!({ "enablePacfLoggingWeb": true, "trackingParams": "tp" })),
    ] {
        for payload in [
            json!({ "contents": { "twoColumnSearchResultsRenderer": { "primaryContents": { "sectionListRenderer": { "contents": [
                { "itemSectionRenderer": { "contents": [ad.clone(), { "videoRenderer": { "videoId": "aaaaaaaaaa1" } }] } }
            ] } } } } }),
            json!({ "contents": { "twoColumnBrowseResultsRenderer": { "tabs": [{ "tabRenderer": { "content": { "richGridRenderer": {
                "contents": [{ "richItemRenderer": { "content": ad.clone() } }, { "richItemRenderer": { "content": {
                    "videoRenderer": { "videoId": "aaaaaaaaaa1" }
                } } }]
            } } } }] } } }),
            json!({ "onResponseReceivedActions": [{ "appendContinuationItemsAction": { "continuationItems": [
                { "richItemRenderer": { "content": ad.clone() } }, { "richItemRenderer": { "content": {
                    "lockupViewModel": { "contentId": "aaaaaaaaaa1", "contentType": "LOCKUP_CONTENT_TYPE_VIDEO" }
                } } }
            ] } }] }),
        ] {
            let adapter = builtin_named("youtube").expect("it is shipped").expect("it is sound");
            let reading = adapter.read(&Document::parse(&payload.to_string()).expect("JSON"), None);
            let promoted: Vec<_> = reading.items.iter().map(|item| item.post.promoted).collect();
            assert_eq!(promoted, [Some(true), Some(false)], "{payload}");
            loses_only_advertisements("youtube", None, &payload);
        }
    }
}

#[test]
fn reddit_of_the_redesign() {
    let post = |id: &str, title: &str, ad: bool| {
        json!({ "id": id, "title": title, "author": "tealeaf", "created": 1_583_834_400_000_u64, "score": 7, "numComments": 2,
            "isSponsored": ad, "media": null, "permalink": "https://www.reddit.com/r/tea/comments/1/" })
    };
    let payload = json!({
        "postIds": ["t3_ab", "t3_z=xyz", "t3_cd"],
        "posts": {
            "t3_ab": post("t3_ab", "Which kettle?", false),
            "t3_cd": post("t3_cd", "Which cup?", false),
            "t3_z=xyz": post("t3_z=xyz", "Buy a kettle", true)
        },
        "subreddits": { "t5_1": { "id": "t5_1", "name": "tea" } }
    });
    let url = Some("https://gateway.reddit.com/desktopapi/v1/frontpage");
    let adapter = builtin_named("reddit").expect("it is shipped").expect("it is sound");
    let reading = adapter.read(&Document::parse(&payload.to_string()).expect("JSON"), url);
    let mut read: Vec<_> =
        reading.items.iter().map(|i| (i.post.id.as_str(), i.post.text.as_deref(), i.post.promoted)).collect();
    read.sort_unstable();
    assert_eq!(
        read,
        [
            ("t3_ab", Some("Which kettle?"), Some(false)),
            ("t3_cd", Some("Which cup?"), Some(false)),
            ("t3_z=xyz", Some("Buy a kettle"), Some(true)),
        ]
    );
    assert!(reading.items.iter().all(|item| item.post.author.as_deref() == Some("tealeaf")));
    loses_only_advertisements("reddit", url, &payload);
}

#[test]
fn instagram_counts_and_writes_with_edges() {
    let node = |id: &str, text: &str| {
        json!({ "node": {
            "__typename": "GraphImage", "id": id, "shortcode": "Cab", "is_video": false, "taken_at_timestamp": 1_583_834_400,
            "owner": { "id": "1", "username": "ada" }, "edge_liked_by": { "count": 5 },
            "edge_media_to_caption": { "edges": [{ "node": { "text": text } }] },
            "edge_media_to_comment": { "count": 2 },
            "edge_media_preview_comment": { "edges": [{ "node": { "id": "77", "text": "Nice", "owner": { "username": "bo" } } }] },
            "edge_sidecar_to_children": { "edges": [{ "node": { "__typename": "GraphImage", "id": "78", "shortcode": "Cac", "owner": { "username": "ada" } } }] }
        } })
    };
    let expected = [("1", "ada", "Tea", false), ("2", "ada", "Cake", false)];
    for payload in [
        json!({ "data": { "user": { "edge_owner_to_timeline_media": { "count": 2, "edges": [node("1", "Tea"), node("2", "Cake")] } } } }),
        json!({ "data": { "user": { "edge_web_feed_timeline": { "edges": [node("1", "Tea"), node("2", "Cake")] } } } }),
        json!({ "graphql": { "hashtag": { "name": "tea", "edge_hashtag_to_media": { "edges": [node("1", "Tea"), node("2", "Cake")] } } } }),
    ] {
        holds("instagram", None, &json!([payload]), &expected);
    }
    let alone = json!([{ "data": { "xdt_shortcode_media": node("1", "Tea")["node"] } }]);
    holds("instagram", None, &alone, &expected[..1]);
}

#[test]
fn instagram_advertises_in_units_of_its_own() {
    let media = |pk: &str| json!({ "pk": pk, "user": { "username": "ada" }, "media_type": 1, "caption": { "text": "Tea" }, "taken_at": 1 });
    let payload = json!([{ "data": { "xdt_api__v1__feed__timeline__connection": { "edges": [
        { "node": { "media": media("1"), "ad": null } },
        { "node": { "media": null, "ad": { "ad_id": "9", "ad_title": "Kettles", "items": [media("2")] } } },
        { "node": { "explore_story": { "media": media("3") } } }
    ], "page_info": {} } } }]);
    holds(
        "instagram",
        None,
        &payload,
        &[("1", "ada", "Tea", false), ("2", "ada", "Tea", true), ("3", "ada", "Tea", false)],
    );
    loses_only_advertisements("instagram", None, &payload);
    let explore = json!([{ "sectional_items": [
        { "layout_type": "two_by_two_right", "layout_content": {
            "fill_items": [{ "media": media("4") }], "two_by_two_item": { "channel": { "media": media("5") } }
        } },
        { "layout_type": "one_by_two_left", "layout_content": { "one_by_two_item": { "clips": { "items": [{ "media": media("6") }] } } } }
    ] }]);
    let url = Some("https://www.instagram.com/api/v1/discover/web/explore_grid/");
    holds(
        "instagram",
        url,
        &explore,
        &[("4", "ada", "Tea", false), ("5", "ada", "Tea", false), ("6", "ada", "Tea", false)],
    );
}

#[test]
fn tiktok_of_other_years_and_clients() {
    let video = |id: &str| json!({ "id": id, "desc": "Tea", "createTime": 1, "author": { "uniqueId": "ada" }, "stats": { "diggCount": 2 } });
    let with = |mut video: Value, key: &str, value: Value| {
        video[key] = value;
        video
    };
    let expected = [("1", "ada", "Tea", false), ("2", "ada", "Tea", true)];
    for list in ["itemList", "items"] {
        for (key, value) in [
            ("isAd", json!(true)),
            ("ad_info", json!({ "ad_id": "7" })),
            ("adInfo", json!({ "creativeId": "7" })),
        ] {
            let payload = json!({ "statusCode": 0, list: [with(video("1"), "ad_info", json!({})), with(video("2"), key, value)] });
            holds("tiktok", None, &payload, &expected);
            loses_only_advertisements("tiktok", None, &payload);
        }
    }
    let next = json!({ "props": { "pageProps": { "items": [video("1")] } } });
    holds("tiktok", None, &next, &expected[..1]);
    let app = |id: &str, ad: bool| json!({ "aweme_id": id, "desc": "Tea", "author": { "unique_id": "ada" }, "is_ads": ad, "create_time": 1 });
    holds("tiktok", None, &json!({ "aweme_list": [app("1", false), app("2", true)] }), &expected);
    holds("tiktok", None, &json!({ "data": [{ "type": 1, "item": video("1") }] }), &expected[..1]);
}

#[test]
fn facebook_renames_what_marks_an_advertisement() {
    let story = |id: &str, more: Value| {
        let mut node = json!({
            "__typename": "Story", "id": id, "post_id": id,
            "comet_sections": { "content": { "story": { "actors": [{ "name": "Ada" }],
                "comet_sections": { "message_container": { "story": { "message": { "text": "Tea" } } } } } } },
            "sponsored_data": null, "sp_data": null, "sponso_dat_flag": false, "is_sponsored": false
        });
        node.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        json!({ "node": node, "cursor": id, "category": "ORGANIC" })
    };
    for mark in [
        json!({ "sponsored_data": { "ad_id": "7" } }),
        json!({ "th_dat_spo": { "ad_id": "7" } }),
        json!({ "unheard_of": { "__typename": "SponsoredData", "ad_id": "7" } }),
        json!({ "sponso_dat_flag": true }),
    ] {
        let payload = json!([{ "data": { "viewer": { "news_feed": { "edges": [story("1", json!({})), story("2", mark)] } } } }]);
        holds("facebook", None, &payload, &[("1", "Ada", "Tea", false), ("2", "Ada", "Tea", true)]);
        loses_only_advertisements("facebook", None, &payload);
    }
}

#[test]
fn facebook_advertises_in_its_market_and_its_searches() {
    let market = json!([{ "data": { "viewer": { "marketplace_feed_stories": { "edges": [
        { "node": { "__typename": "MarketplaceFeedAdStory", "id": "9", "story": { "message": { "text": "Kettles" }, "actors": [{ "name": "Shop" }] } } }
    ] } } } }]);
    holds("facebook", None, &market, &[("9", "Shop", "Kettles", true)]);
    let search = json!([{ "data": { "serpResponse": { "results": { "edges": [
        { "node": { "role": "SEARCH_ADS", "id": "8" } },
        { "node": { "role": "TOP_POSTS", "id": "7", "story": { "sponsored_data": null } } },
        { "node": { "id": "6", "story": { "sponsored_data": { "ad_id": "5" }, "actors": [{ "name": "Shop" }] } } }
    ] } } } }]);
    holds("facebook", None, &search, &[("8", "", "", true), ("6", "Shop", "", true)]);
    loses_only_advertisements("facebook", None, &search);
}

#[test]
fn facebook_units_without_their_mark_take_a_place() {
    let payload = json!([{ "data": { "viewer": { "news_feed": { "edges": [
        { "node": { "__typename": "PaginatedPeopleYouMayKnowFeedUnit", "id": "3" } }
    ] } } } }]);
    holds("facebook", None, &payload, &[("3", "", "", false)]);
}

#[test]
fn linkedin_without_types() {
    let update = |id: &str, sub: &str, more: Value| {
        json!({ "value": { "com.linkedin.voyager.feed.render.UpdateV2": {
            "entityUrn": format!("urn:li:fs_updateV2:(urn:li:activity:{id},MAIN_FEED)"),
            "updateMetadata": { "urn": format!("urn:li:activity:{id}"), "trackingData": more },
            "actor": { "name": { "text": "Ada" }, "subDescription": { "text": sub } },
            "commentary": { "text": { "text": "Tea" } }
        } } })
    };
    let payload = json!({ "elements": [
        update("1", "2w •", json!({ "trackingId": "a" })),
        update("2", "Promoted", json!({ "sponsoredTracking": { "adUrn": "x" } })),
        update("3", "Propagováno", json!({}))
    ], "paging": { "start": 0 } });
    let url = Some("https://www.linkedin.com/voyager/api/feed/updatesV2");
    holds(
        "linkedin",
        url,
        &payload,
        &[
            ("urn:li:activity:1", "Ada", "Tea", false),
            ("urn:li:activity:2", "Ada", "Tea", true),
            ("urn:li:activity:3", "Ada", "Tea", true),
        ],
    );
    loses_only_advertisements("linkedin", url, &payload);
}

#[test]
fn lemmy_counts_in_the_post_itself() {
    let view = json!({
        "post": { "id": 1, "name": "Which kettle?", "ap_id": "https://leaf.example/post/1", "published_at": "2026-01-02T03:04:05Z", "score": 4, "comments": 2 },
        "creator": { "name": "ada" }, "community": { "name": "tea" }
    });
    for list in ["posts", "items", "results"] {
        let payload = json!({ list: [view], "next_page": "abc" });
        let url = Some("https://leaf.example/api/v4/post/list");
        holds("lemmy", url, &payload, &[("https://leaf.example/post/1", "ada", "Which kettle?", false)]);
        let adapter = builtin_named("lemmy").expect("it is shipped").expect("it is sound");
        let reading = adapter.read(&Document::parse(&payload.to_string()).expect("JSON"), url);
        let post = &reading.items[0].post;
        assert_eq!((post.likes, post.replies), (Some(4.0), Some(2.0)));
        assert!(post.time.is_some());
    }
}
