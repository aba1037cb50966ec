//! How fast answers are read, decided and written anew, beside a plain `serde_json` parse and print in the same run.
//!
//! `cargo bench -p diffract-adapters --bench rewriting` runs over the recorded payloads (`DIFFRACT_CORPORA`) and over timelines
//! written here; with words behind `--`, over those whose names hold one of them. *No ads* is what most readers have: posts read
//! as far as its rules ask, decided, promoted ones taken out. *turned* is more than rules do: every field read, every third
//! post out and the rest in reverse.

#[path = "../tests/support/mod.rs"]
mod support;

use diffract_adapters::json::Document;
use diffract_adapters::wire::{Decisions, Fields, Fold, Outcome, Payload, Rewritten, arrange, builtin_named};
use diffract_core::check::{PackSource, compile};
use diffract_core::matching::{Context, Memory, RuleSet};
use diffract_core::post::Post;
use serde_json::Value;
use std::hint::black_box;
use std::time::{Duration, Instant};
use support::{Sample, recordings};

/// The fastest of several runs: what the machine can do when nothing else happens on it.
fn fastest(mut run: impl FnMut()) -> Duration {
    let started = Instant::now();
    let mut best = Duration::MAX;
    for round in 0..200 {
        let begin = Instant::now();
        run();
        best = best.min(begin.elapsed());
        if round >= 5 && started.elapsed() > Duration::from_millis(400) {
            break;
        }
    }
    best
}

/// A timeline of X as it was described, of so many posts in our own words: long texts, escapes, an advertisement in every tenth place.
fn timeline(posts: usize) -> Sample {
    let entry = |post: usize| {
        let promoted = if post % 10 == 3 { r#","promotedMetadata":{"advertiser_results":{}}"# } else { "" };
        let words = "The tomatoes are in, and the basil \\u00e9t\\u00e9 smells of rain \\ud83c\\udf45. "
            .repeat(1 + post % 5);
        format!(
            r#"{{"entryId":"tweet-{post}","sortIndex":"{}","content":{{"entryType":"TimelineTimelineItem","itemContent":{{"itemType":"TimelineTweet"{promoted},"tweet_results":{{"result":{{"__typename":"Tweet","rest_id":"{post}00000","core":{{"user_results":{{"result":{{"rest_id":"7{post}","is_blue_verified":false,"core":{{"screen_name":"ada{post}","name":"Ada"}},"legacy":{{"followers_count":{post},"default_profile":true,"entities":{{"description":{{"urls":[]}}}}}}}}}}}},"views":{{"count":"{post}","state":"EnabledWithCount"}},"legacy":{{"created_at":"Tue Aug 04 10:00:00 +0000 2026","full_text":"{words}","display_text_range":[0,60],"lang":"en","favorite_count":{post},"reply_count":1,"retweet_count":2,"is_quote_status":false,"entities":{{"hashtags":[{{"indices":[1,5],"text":"tea"}}],"urls":[],"user_mentions":[]}},"id_str":"{post}00000"}}}}}}}}}}}}"#,
            9_000_000 - post
        )
    };
    let entries: Vec<String> = (0..posts).map(entry).collect();
    let text = format!(
        r#"{{"data":{{"home":{{"home_timeline_urt":{{"instructions":[{{"type":"TimelineAddEntries","entries":[{},{{"entryId":"cursor-bottom-1","sortIndex":"1","content":{{"entryType":"TimelineTimelineCursor","value":"c"}}}}]}}]}}}}}}}}"#,
        entries.join(",")
    );
    Sample {
        adapter: builtin_named("x").and_then(Result::ok).expect("shipped"),
        name: format!("ours: {posts} posts of X"),
        text,
        url: Some("https://x.com/i/api/graphql/q/HomeTimeline".to_owned()),
    }
}

/// Reads what the rules ask for, decides, and writes anew.
fn no_ads(sample: &Sample, rules: &RuleSet, wanted: Fields) -> Rewritten {
    let (text, url) = (sample.text.clone(), sample.url.as_deref());
    let Ok(payload) = Payload::open_for(&sample.adapter, text, url, wanted) else { panic!("an answer") };
    let posts: Vec<Post> = payload.posts().cloned().collect();
    let context = Context { now: 1_786_000_000.0, no_models: true, ..Context::default() };
    let verdicts = rules.decide(&posts, &context, &mut Memory::default());
    let order = rules.order(&posts, &verdicts, &context);
    payload.rewrite(&sample.adapter, &arrange(&posts, &verdicts, &order, Fold::Nothing, None))
}

fn decisions(posts: usize) -> Decisions {
    Decisions { remove: (0..posts).map(|post| post % 3 == 1).collect(), order: (0..posts).rev().collect() }
}

struct Times {
    bytes: usize,
    scan: Duration,
    no_ads: Duration,
    rewrite: Duration,
    serde: Duration,
}

fn measure(sample: &Sample, rules: &RuleSet) -> Times {
    let (text, url) = (&sample.text, sample.url.as_deref());
    let adapter = &sample.adapter;
    // A copy of the text is part of each: it comes from elsewhere.
    let scan = fastest(|| drop(black_box(Document::parse_owned(text.clone()))));
    let wanted = Fields::named(rules.fields_asked());
    let no_ads = fastest(|| drop(black_box(no_ads(sample, rules, wanted))));
    let rewrite = fastest(|| {
        let payload = Payload::open(adapter, text.clone(), url).expect("an answer");
        let done = payload.rewrite(adapter, &decisions(payload.posts().len()));
        black_box(matches!(done.outcome, Outcome::Changed(_)));
    });
    let serde = fastest(|| {
        let value: Value = serde_json::from_str(&text.clone()).unwrap_or_default();
        black_box(serde_json::to_string(&value).expect("JSON"));
    });
    Times { bytes: text.len(), scan, no_ads, rewrite, serde }
}

fn speed(bytes: usize, time: Duration) -> f64 {
    bytes as f64 / 1e6 / time.as_secs_f64()
}

fn main() {
    // `cargo test` runs benchmarks too; there is nothing to test here.
    if std::env::args().any(|argument| argument == "--test") {
        return;
    }
    let wanted: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    let mut samples = recordings();
    samples.extend([timeline(20), timeline(200), timeline(5_000)]);
    samples
        .retain(|sample| wanted.is_empty() || wanted.iter().any(|word| sample.name.contains(word.as_str())));
    let source = "on everywhere\nhide if promoted because \"advertisement\"\n".to_owned();
    let rules =
        RuleSet::new(compile(&[PackSource { id: "no-ads".into(), source, ..PackSource::default() }]).program);
    // What serde can read as well.
    samples.retain(|sample| serde_json::from_str::<Value>(&sample.text).is_ok());
    println!("MB/s               scan     No ads     turned  serde_json    ratio  payload");
    let mut total = Times {
        bytes: 0,
        scan: Duration::ZERO,
        no_ads: Duration::ZERO,
        rewrite: Duration::ZERO,
        serde: Duration::ZERO,
    };
    for sample in &samples {
        let times = measure(sample, &rules);
        line(&times, &sample.name);
        total.bytes += times.bytes;
        total.scan += times.scan;
        total.no_ads += times.no_ads;
        total.rewrite += times.rewrite;
        total.serde += times.serde;
    }
    line(&total, &format!("all {}", samples.len()));
}

fn line(times: &Times, name: &str) {
    let bytes = times.bytes;
    println!(
        "{:>8} bytes {:>8.0} {:>10.0} {:>10.0} {:>11.0} {:>7.1}x  {name}",
        bytes,
        speed(bytes, times.scan),
        speed(bytes, times.no_ads),
        speed(bytes, times.rewrite),
        speed(bytes, times.serde),
        times.serde.as_secs_f64() / times.no_ads.as_secs_f64(),
    );
}
