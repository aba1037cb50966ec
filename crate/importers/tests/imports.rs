//! One file of each kind, as rules that mean the same: posts are fed through them.

use diffract_core::matching::{Context, Memory, RuleSet};
use diffract_core::post::Post;
use diffract_core::verdict::Action;
use diffract_core::{PackSource, Severity, compile};
use diffract_importers::{Format, ImportError, Imported, NoteKind, Options, import};
use serde_json::{Value, json};
use std::path::PathBuf;

fn fixture(name: &str) -> Vec<u8> {
    let path: PathBuf = [env!("CARGO_MANIFEST_DIR"), "tests", "fixtures", name].iter().collect();
    std::fs::read(path).expect("a fixture")
}

/// 2026-01-01.
const NOW: f64 = 1_767_225_600.0;

fn of(name: &str, format: Format) -> Imported {
    let options = Options { name: name.to_owned(), now: Some(NOW), ..Options::default() };
    let imported = import(&fixture(name), &options).unwrap_or_else(|error| panic!("{name}: {error}"));
    assert_eq!(imported.format, format, "{name}");
    sound(&imported);
    imported
}

/// Compiles without errors, and is as the formatter leaves it.
fn sound(imported: &Imported) {
    let pack = PackSource { id: "import".into(), source: imported.rules.clone(), ..PackSource::default() };
    let compiled = compile(&[pack]);
    let errors: Vec<_> = compiled.diagnostics[0]
        .diagnostics
        .iter()
        .filter(|diagnostic| diagnostic.severity != Severity::Hint)
        .collect();
    assert!(errors.is_empty(), "{errors:?}\n{}", imported.rules);
    assert_eq!(compiled.program.rules.len(), imported.report.rules);
    assert_eq!(diffract_core::format(&imported.rules), imported.rules);
}

/// What the rules do with each post.
#[track_caller]
fn does(imported: &Imported, defaults: Value, cases: &[(Action, Value)]) {
    let pack = PackSource { id: "import".into(), source: imported.rules.clone(), ..PackSource::default() };
    let rules = RuleSet::new(compile(&[pack]).program);
    let context = Context { now: NOW, no_models: true, ..Context::default() };
    for (action, given) in cases {
        let mut post = json!({ "id": "p" });
        for from in [&defaults, given] {
            for (key, value) in from.as_object().expect("an object") {
                post[key] = value.clone();
            }
        }
        let post: Post = serde_json::from_value(post).expect("a post");
        let verdict = rules.decide(&[post], &context, &mut Memory::default()).remove(0);
        assert_eq!(verdict.action, *action, "{given} by\n{}\n{:?}", imported.rules, verdict.reasons);
    }
}

/// What is said about the entry of a place.
#[track_caller]
fn said(imported: &Imported, kind: NoteKind, place: &str, words: &str) {
    let found = imported.report.notes.iter().any(|note| {
        note.kind == kind
            && note.place.to_string() == place
            && (note.why.contains(words) || note.what.contains(words))
    });
    let all: Vec<String> = imported.report.notes.iter().map(ToString::to_string).collect();
    assert!(found, "{kind:?} {place} {words}; there are:\n{}", all.join("\n"));
}

use Action::{Blur, Collapse, Hide, Show};
use NoteKind::{Changed, Ended, LeftOut};

#[test]
fn muted_words_of_x() {
    let made = of("muted-words.js", Format::XArchive);
    does(
        &made,
        json!({ "host": "x.com", "surface": "home" }),
        &[
            (Hide, json!({ "text": "No SPOILERS please" })),
            (Hide, json!({ "text": "no #spoilers" })),
            (Show, json!({ "text": "unspoilers" })),
            (Show, json!({ "text": "spoilers", "host": "bsky.app" })),
            (Hide, json!({ "text": "The season finale!" })),
            (Show, json!({ "text": "The season finale!", "surface": "thread" })),
            (Hide, json!({ "text": "", "hashtags": ["gamenight"] })),
            (Show, json!({ "text": "gamenight" })),
            (Hide, json!({ "text": "", "mentions": ["loud_brand"] })),
            (Hide, json!({ "text": "これはネタバレです" })),
            (Hide, json!({ "text": "crypto!", "followed": false })),
            (Show, json!({ "text": "crypto!", "followed": true })),
            (Show, json!({ "text": "the election" })),
            (Hide, json!({ "text": "my marathon" })),
            (Hide, json!({ "text": "they say \"hi\" {} \\ there" })),
        ],
    );
    assert_eq!(made.rules.matches("poilers").count(), 1, "duplicates are merged:\n{}", made.rules);
    said(&made, Ended, "entry 7", "2023-11-14");
    said(&made, Changed, "entry 8", "2030-03-17");
    said(&made, LeftOut, "entry 11", "neither a muted word nor an account");
    assert_eq!((made.report.entries, made.report.carried), (11, 9));
    assert!(made.rules.contains("until 2030-03-17"), "{}", made.rules);
}

#[test]
fn accounts_of_x_and_what_the_site_answers() {
    let made = of("mute.js", Format::XArchive);
    said(&made, LeftOut, "entry 1", "by number alone");
    let x = json!({ "host": "x.com" });
    does(
        &made,
        x.clone(),
        &[
            (Hide, json!({ "author": "quiet_please" })),
            (Hide, json!({ "author": "a", "reposted_by": "Quiet_Please" })),
            (Show, json!({ "author": "222" })),
        ],
    );
    let made = of("muted_keywords.json", Format::XArchive);
    does(
        &made,
        x,
        &[
            (Hide, json!({ "text": "a giveaway", "surface": "thread" })),
            (Hide, json!({ "text": "a giveaway", "surface": "notifications" })),
            (Show, json!({ "text": "a giveaway", "surface": "profile" })),
        ],
    );
}

#[test]
fn tables_of_mastodon() {
    let made = of("muted_accounts.csv", Format::MastodonCsv);
    does(
        &made,
        json!({ "host": "mastodon.example" }),
        &[
            (Hide, json!({ "author": "noisy@example.social" })),
            (Hide, json!({ "author": "x", "reposted_by": "noisy@example.social" })),
            (Show, json!({ "author": "noisy" })),
            (Hide, json!({ "author": "noisy", "host": "example.social" })),
        ],
    );
    said(&made, LeftOut, "line 3", "no account");
    said(&made, LeftOut, "line 4", "name@server");
    let made = of("blocked_accounts.csv", Format::MastodonCsv);
    does(
        &made,
        json!({ "host": "m.example" }),
        &[(Hide, json!({ "author": "pest@spam.example" })), (Show, json!({ "author": "else@spam.example" }))],
    );
    let made = of("blocked_domains.csv", Format::MastodonCsv);
    does(
        &made,
        json!({ "host": "m.example" }),
        &[
            (Hide, json!({ "author": "a@spam.example" })),
            (Show, json!({ "author": "a@notspam.example" })),
            (Hide, json!({ "author": "a@hidden.example" })),
        ],
    );
    said(&made, LeftOut, "line 4", "hidden by stars");
    let made = of("following_accounts.csv", Format::MastodonCsv);
    does(
        &made,
        json!({ "host": "m.example" }),
        &[
            (Hide, json!({ "author": "a", "reposted_by": "booster@example.social" })),
            (Show, json!({ "author": "booster@example.social" })),
        ],
    );
    let made = of("server-blocks.csv", Format::MastodonCsv);
    does(
        &made,
        json!({ "host": "m.example" }),
        &[(Hide, json!({ "author": "a@worst.example" })), (Show, json!({ "author": "a@fine.example" }))],
    );
    said(&made, LeftOut, "line 3", "noop");
    let made = of("filters.csv", Format::MastodonCsv);
    does(
        &made,
        json!({ "host": "m.example", "surface": "home" }),
        &[
            (Hide, json!({ "text": "the standup" })),
            (Show, json!({ "text": "the standups" })),
            (Collapse, json!({ "text": "synergies" })),
            (Show, json!({ "text": "synergies", "surface": "profile" })),
        ],
    );
}

#[test]
fn filters_of_mastodon() {
    let made = of("filters-v2.json", Format::MastodonFilters);
    does(
        &made,
        json!({ "host": "m.example", "surface": "home" }),
        &[
            (Collapse, json!({ "text": "Offside!" })),
            (Collapse, json!({ "text": "a", "title": "offside" })),
            (Show, json!({ "text": "offsides" })),
            (Collapse, json!({ "text": "goalkeeper" })),
            (Show, json!({ "text": "Offside!", "surface": "thread" })),
            (Show, json!({ "text": "old news" })),
            (Hide, json!({ "text": "nice #ad there", "surface": "profile" })),
            (Blur, json!({ "text": "", "alt": "a wound" })),
        ],
    );
    assert!(made.rules.contains("because \"Football\""), "{}", made.rules);
    said(&made, Ended, "filter 2", "2020-01-01");
    said(&made, LeftOut, "filter 3", "single posts");
    said(&made, Changed, "the file", "every site");
    let here = Options { sites: vec!["m.example".into()], ..Options::default() };
    let made = import(&fixture("filters-v1.json"), &here).unwrap();
    sound(&made);
    does(
        &made,
        json!({ "surface": "home", "text": "a pyramid schemer" }),
        &[(Hide, json!({ "host": "m.example" })), (Show, json!({ "host": "x.com" }))],
    );
}

#[test]
fn preferences_of_bluesky() {
    let made = of("bluesky.json", Format::Bluesky);
    does(
        &made,
        json!({ "host": "bsky.app", "surface": "home" }),
        &[
            (Hide, json!({ "text": "Pineapple, please" })),
            (Show, json!({ "text": "pineapples" })),
            (Hide, json!({ "text": "", "hashtags": ["Pineapple"] })),
            (Hide, json!({ "text": "", "quote_text": "pineapple" })),
            (Hide, json!({ "text": "", "alt": "a pineapple" })),
            (Hide, json!({ "text": "my hot takes", "followed": false })),
            (Show, json!({ "text": "my hot takes", "followed": true })),
            (Hide, json!({ "text": "", "hashtags": ["nsfwart"] })),
            (Show, json!({ "text": "nsfwart" })),
            (Show, json!({ "text": "launch" })),
            (Hide, json!({ "text": "", "repost": true })),
            (Show, json!({ "text": "", "repost": true, "surface": "profile" })),
            (Hide, json!({ "text": "", "reply": true, "likes": 1 })),
            (Show, json!({ "text": "", "reply": true, "likes": 2 })),
            (Hide, json!({ "text": "", "labels": ["graphic-media"] })),
            (Show, json!({ "text": "pineapple", "host": "x.com" })),
        ],
    );
    said(&made, Ended, "muted word 4", "2021-05-05");
    said(&made, LeftOut, "muted word 5", "no `value`");
    said(&made, LeftOut, "preference 5", "whose label");
    said(&made, LeftOut, "preference 6", "single posts");
}

#[test]
fn cosmetic_filters() {
    let made = of("my-ublock-static-filters.txt", Format::Ublock);
    does(
        &made,
        json!({ "host": "x.com", "surface": "home" }),
        &[
            (Hide, json!({ "text": "Big Giveaway" })),
            (Show, json!({ "text": "big giveaway" })),
            (Hide, json!({ "text": "the Presale" })),
            (Hide, json!({ "text": "", "promoted": true })),
            (Hide, json!({ "author": "Noisy_Brand", "text": "" })),
            (Hide, json!({ "text": "a rooster", "verified": false })),
            (Show, json!({ "text": "a rooster", "verified": true })),
            (Show, json!({ "text": "hello" })),
        ],
    );
    does(
        &made,
        json!({ "host": "www.reddit.com", "surface": "home" }),
        &[
            (Hide, json!({ "community": "LoudNews" })),
            (Hide, json!({ "community": "moreloud" })),
            (Show, json!({ "community": "quietnews" })),
            (Hide, json!({ "promoted": true })),
            (Show, json!({ "author": "spammer" })),
            (Hide, json!({ "author": "spammer", "host": "old.reddit.com" })),
            (Hide, json!({ "links": ["https://www.tabloid.example/a"] })),
        ],
    );
    does(
        &made,
        json!({ "host": "www.youtube.com", "surface": "home" }),
        &[
            (Hide, json!({ "title": "Chef Reacts" })),
            (Show, json!({ "title": "Chef Reacts", "surface": "search" })),
            (Hide, json!({ "title": "a", "kind": "short" })),
            (Hide, json!({ "title": "a", "name": "Loud Channel" })),
        ],
    );
    does(
        &made,
        json!({ "host": "news.ycombinator.com" }),
        &[(Hide, json!({ "title": "Show HN: a spoon" })), (Show, json!({ "title": "show hn" }))],
    );
    for (line, words) in [
        (2, "no cosmetic filter"),
        (16, "how far `:upward(4)` climbs"),
        (17, "a whole post"),
        (18, "every post"),
        (19, "example.com"),
        (20, "cannot be used"),
        (21, "exception"),
        (22, "scriptlet"),
        (23, "names no site"),
        (24, "spares `x.com`"),
        (27, "restyles"),
    ] {
        said(&made, LeftOut, &format!("line {line}"), words);
    }
    said(&made, Changed, "line 7", "names, counts and buttons");
    assert_eq!((made.report.entries, made.report.carried), (26, 15), "an entry for two sites counts once");
    assert!(made.rules.contains("community is \"loudnews\", \"moreloud\""), "{}", made.rules);
}

#[test]
fn filters_of_reddit_enhancement_suite() {
    let made = of("RES-backup.resbackup", Format::Res);
    does(
        &made,
        json!({ "host": "old.reddit.com", "surface": "home", "community": "pics", "likes": 50, "author": "a", "title": "a", "sensitive": false }),
        &[
            (Hide, json!({ "title": "Huge Spoilers" })),
            (Hide, json!({ "title": "election night" })),
            (Show, json!({ "title": "election night", "community": "politics" })),
            (Show, json!({ "title": "trailer" })),
            (Hide, json!({ "title": "trailer", "community": "movies" })),
            (Show, json!({ "title": "trailer review", "community": "movies" })),
            (Hide, json!({ "title": "AITA for this" })),
            (Show, json!({ "title": "aita for this" })),
            (Hide, json!({ "community": "LoudNews" })),
            (Show, json!({ "community": "LoudNews", "surface": "community" })),
            (Hide, json!({ "community": "punpatrol" })),
            (Hide, json!({ "community": "circlejerks" })),
            (Hide, json!({ "community": "named" })),
            (Hide, json!({ "links": ["https://m.tabloid.example/1"] })),
            (Hide, json!({ "kind": "post", "community": "askthings" })),
            (Hide, json!({ "labels": ["meme"] })),
            (Hide, json!({ "author": "reposterbot" })),
            (Hide, json!({ "author": "old_foe" })),
            (Show, json!({ "author": "friend" })),
            (Hide, json!({ "sensitive": true })),
            (Show, json!({ "sensitive": true, "community": "Anatomy" })),
            (Hide, json!({ "likes": 4 })),
            (Show, json!({ "likes": 4, "community": "AskAll" })),
        ],
    );
    said(&made, LeftOut, "keywords 5", "cannot be used");
    said(&made, LeftOut, "domains 2", "part of a domain's name");
    said(&made, Changed, "flair 1", "must be this");
    said(&made, LeftOut, "customFilters 2", "`dow`");
    let made = of("res-v0.json", Format::Res);
    does(
        &made,
        json!({ "host": "reddit.com", "surface": "home" }),
        &[(Hide, json!({ "community": "stringly" }))],
    );
    let made = of("filteReddit.json", Format::Res);
    does(
        &made,
        json!({ "host": "reddit.com", "surface": "community" }),
        &[(Hide, json!({ "community": "alone" })), (Hide, json!({ "title": "the Remake" }))],
    );
}

#[test]
fn settings_of_control_panel_for_twitter() {
    let made = of("control-panel-for-twitter.config.txt", Format::ControlPanel);
    does(
        &made,
        json!({ "host": "x.com", "surface": "home", "text": "a", "author": "a" }),
        &[
            (Hide, json!({ "quote": true })),
            (Show, json!({ "quote": true, "surface": "thread" })),
            (Show, json!({ "repost": true })),
            (Hide, json!({ "repost": true, "surface": "profile" })),
            (Hide, json!({ "author": "grok" })),
            (Hide, json!({ "promoted": true })),
            (Hide, json!({ "text": "the lottery" })),
            (Hide, json!({ "quote": true, "quote_text": "A take so hot.", "surface": "thread" })),
            (
                Hide,
                json!({ "reply": true, "verified": true, "followed": false, "followers": 10, "surface": "thread" }),
            ),
            (
                Show,
                json!({ "reply": true, "verified": true, "followed": true, "followers": 10, "surface": "thread" }),
            ),
            (
                Show,
                json!({ "reply": true, "verified": true, "followed": false, "followers": 2e6, "surface": "thread" }),
            ),
        ],
    );
    for (place, words) in [
        ("retweets", "no tab"),
        ("alwaysUseLatestTweets", "Chronological"),
        ("hideQuotesFrom 1", "whose post is quoted"),
        ("mutedQuotes 2", "no text"),
        ("customCss", "style sheets"),
        ("the file", "change the page"),
    ] {
        said(&made, LeftOut, place, words);
    }
}

#[test]
fn topics_of_bouncer() {
    let made = of("bouncer.json", Format::Bouncer);
    assert!(made.rules.contains("on x.com, twitter.com\n"), "{}", made.rules);
    assert!(made.rules.contains("hide if about \"engagement bait\""), "{}", made.rules);
    assert!(made.rules.contains("hide if about \"people \\\"reacting\\\" to things\""), "{}", made.rules);
    said(&made, LeftOut, "descriptions_unknown", "does not know");
    said(&made, Changed, "the file", "a model on your machine");
    let lines = Options { format: Some(Format::Bouncer), ..Options::default() };
    let made = import(b"celebrity news\n", &lines).unwrap();
    assert!(made.rules.contains("hide if about \"celebrity news\""));
}

#[test]
fn a_list_of_words() {
    let made = of("words.txt", Format::Words);
    does(
        &made,
        json!({ "host": "anything.example", "text": "", "title": "" }),
        &[
            (Hide, json!({ "text": "GIVEAWAY" })),
            (Hide, json!({ "title": "giveaway!" })),
            (Show, json!({ "text": "giveaways" })),
            (Hide, json!({ "text": "the season  finale" })),
            (Hide, json!({ "hashtags": ["Airdrop"] })),
            (Hide, json!({ "author": "pushy_brand" })),
            (Hide, json!({ "text": "20x gains" })),
            (Hide, json!({ "text": "キーネタバレワード" })),
            (Hide, json!({ "text": "I like C++." })),
        ],
    );
    said(&made, LeftOut, "line 7", "cannot be used");
    let made =
        import(b"tea, coffee , cocoa", &Options { name: "a.txt".into(), ..Options::default() }).unwrap();
    assert!(made.rules.contains("\"tea\", \"coffee\", \"cocoa\""), "{}", made.rules);
    let made = import(b"[\"tea\", 3]", &Options::default()).unwrap();
    assert_eq!((made.report.carried, made.report.notes.len()), (1, 1));
}

#[test]
fn what_cannot_be_read_says_why() {
    let read =
        |bytes: &[u8], format: Option<Format>| import(bytes, &Options { format, ..Options::default() });
    assert_eq!(read(b"\xff\xfe\x00\xd8", None), Err(ImportError::NotText(1)));
    assert_eq!(read(b"a\n\xc3\x28", None), Err(ImportError::NotText(2)));
    assert_eq!(read(b"", None), Err(ImportError::Unknown));
    assert_eq!(read(b"{\"a\": 1}", None), Err(ImportError::Unknown));
    assert_eq!(read(b"{\"format\":\"diffract-backup\"}", None), Err(ImportError::OwnBackup));
    for format in
        [Format::Bluesky, Format::Res, Format::MastodonFilters, Format::ControlPanel, Format::XArchive]
    {
        let error = read(b"hello", Some(format)).unwrap_err();
        assert!(error.to_string().contains(format.title()), "{error}");
        assert!(read(b"3", Some(format)).is_err(), "{format}");
        assert!(read(b"{\"a\"", Some(format)).is_err(), "{format}");
    }
    let huge = vec![b'a'; diffract_importers::MAX_BYTES + 1];
    assert_eq!(read(&huge, None), Err(ImportError::TooLarge(32)));
    for format in Format::ALL {
        assert_eq!(format.name().parse::<Format>(), Ok(*format));
    }
    assert!("nonsense".parse::<Format>().unwrap_err().to_string().contains("mastodon-csv"));
}

#[test]
fn a_site_that_is_no_host_is_an_error_and_not_every_site() {
    for (site, meant) in
        [("https://Reddit.com/r/x", "reddit.com"), ("bad host", "example.com"), ("", "example.com")]
    {
        let options = Options { sites: vec!["x.com".into(), site.into()], ..Options::default() };
        assert_eq!(
            import(b"giveaway\n", &options),
            Err(ImportError::Site(site.into(), meant.into())),
            "{site}"
        );
    }
}
