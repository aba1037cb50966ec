//! What comes from a network: cut, marked, prefixed, huge, twice. The bytes go on as they came, and it is said why.

use diffract_adapters::json::JsonProblem;
use diffract_adapters::wire::{Decisions, Outcome, PayloadProblem, Rewritten, WireAdapter, builtin_named};
use diffract_core::post::Post;

fn mastodon() -> WireAdapter {
    builtin_named("mastodon").expect("shipped").expect("sound")
}

fn status(id: &str) -> String {
    format!(
        r#"{{"id":"{id}","uri":"u{id}","account":{{"acct":"ada"}},"content":"<p>Tea \u00e9 {id}</p>","created_at":"2026-08-06T21:12:23Z"}}"#
    )
}

fn without(ids: &[&str], posts: &[Post]) -> Decisions {
    Decisions {
        remove: posts.iter().map(|post| ids.contains(&post.id.as_str())).collect(),
        order: Vec::new(),
    }
}

fn rewrite(body: &[u8]) -> Rewritten {
    mastodon()
        .rewrite(body, Some("https://tea.example/api/v1/timelines/home"), |posts| without(&["2"], posts))
}

#[test]
fn prefixes_marks_and_spaces_stay_byte_for_byte() {
    for (before, behind) in
        [("", ""), ("\u{feff}", "\n"), ("for (;;);", ""), (")]}'\n", " \r\n"), (" \n", "")]
    {
        let body = format!("{before}[ {} ,\n {} , {} ]{behind}", status("1"), status("2"), status("3"));
        let wanted = format!("{before}[ {} , {} ]{behind}", status("1"), status("3"));
        assert_eq!(rewrite(body.as_bytes()).outcome, Outcome::Changed(wanted));
    }
}

#[test]
fn the_first_the_last_and_the_only_entry_take_their_comma_along() {
    let all = [status("1"), status("2"), status("3")];
    for (gone, left) in [
        (&["1"][..], "[2, 3]"),
        (&["3"], "[1, 2]"),
        (&["1", "2"], "[3]"),
        (&["1", "3"], "[2]"),
        (&["2", "3"], "[1]"),
        (&["1", "2", "3"], "[]"),
    ] {
        let body = format!("[{}]", all.join(", "));
        let done = mastodon().rewrite(body.as_bytes(), None, |posts| without(gone, posts));
        let wanted = left.replace('1', "#1").replace('2', "#2").replace('3', "#3");
        let wanted = (1..=3).fold(wanted, |w, n| w.replace(&format!("#{n}"), &all[n - 1]));
        assert_eq!(done.outcome, Outcome::Changed(wanted), "{gone:?}");
    }
}

#[test]
fn what_is_cut_or_no_json_passes_through_with_a_word() {
    let body = format!("[{},{}]", status("1"), status("2"));
    for cut in [1, 10, body.len() / 2, body.len() - 1] {
        let done = rewrite(&body.as_bytes()[..cut]);
        assert_eq!(
            (done.outcome, done.problem),
            (Outcome::Unchanged, Some(PayloadProblem::Json(JsonProblem::Truncated)))
        );
    }
    // A compressed stream that was cut, or never unpacked.
    let done = rewrite(&[0x1f, 0x8b, 0x08, 0x00, 0xff, 0xfe]);
    assert_eq!(done.problem, Some(PayloadProblem::Json(JsonProblem::NotUtf8)));
    let done = rewrite(b"<html><body>Bad gateway</body></html>");
    assert_eq!(done.problem, Some(PayloadProblem::NothingInPage));
    assert_eq!(rewrite(b"").problem, Some(PayloadProblem::Json(JsonProblem::Truncated)));
    assert!(done.problem.is_some_and(|problem| !problem.to_string().is_empty()));
}

#[test]
fn large_bodies_are_read_and_hostile_ones_end() {
    // 20 MB, most of it one post's words.
    let long = "tea ".repeat(5_000_000);
    let body = format!(
        "[{},{{\"id\":\"9\",\"content\":\"{long}\",\"account\":{{\"acct\":\"bo\"}}}},{}]",
        status("2"),
        status("3")
    );
    let done = rewrite(body.as_bytes());
    assert_eq!(done.removed, [0]);
    assert!(
        matches!(done.outcome, Outcome::Changed(text) if text.len() == body.len() - status("2").len() - 1)
    );
    // Ten million empty lists, and a hundred thousand deep.
    let wide = format!("[{}[]]", "[],".repeat(10_000_000));
    assert_eq!(rewrite(wide.as_bytes()).problem, Some(PayloadProblem::Json(JsonProblem::TooLarge)));
    let deep = "[".repeat(100_000);
    assert_eq!(rewrite(deep.as_bytes()).problem, Some(PayloadProblem::Json(JsonProblem::TooDeep)));
}

#[test]
fn posts_of_one_id_go_together_or_stay_apart() {
    let body = format!("[{},{},{}]", status("2"), status("1"), status("2"));
    let done = mastodon().rewrite(body.as_bytes(), None, |_| Decisions {
        remove: vec![false, false, true],
        order: Vec::new(),
    });
    assert_eq!(done.outcome, Outcome::Changed(format!("[{},{}]", status("2"), status("1"))));
}

#[test]
fn a_message_of_a_socket_is_handed_on_or_withheld() {
    let url = Some("https://tea.example/api/v1/streaming?stream=user");
    let payload = status("2").replace('\\', "\\\\").replace('"', "\\\"");
    let message = format!(r#"{{"stream":["user"],"event":"update","payload":"{payload}"}}"#);
    for (gone, outcome) in [("2", Outcome::Withheld), ("1", Outcome::Unchanged)] {
        let done = mastodon().rewrite(message.as_bytes(), url, |posts| {
            assert_eq!(posts.len(), 1);
            without(&[gone], posts)
        });
        assert_eq!(done.outcome, outcome);
    }
    // The message says which of the streams on one socket it is of.
    let public = message.replace("user", "public:local");
    mastodon().rewrite(public.as_bytes(), url, |posts| {
        assert_eq!(posts[0].surface, Some(diffract_core::post::Surface::Explore));
        Decisions::default()
    });
    // As `EventSource` has it.
    let done = mastodon().rewrite(status("2").as_bytes(), url, |posts| without(&["2"], posts));
    assert_eq!(done.outcome, Outcome::Withheld);
    // What is no post is handed on: a deletion, a ping.
    for other in [r#"{"stream":["user"],"event":"delete","payload":"7"}"#, "{}"] {
        assert_eq!(
            mastodon().rewrite(other.as_bytes(), url, |posts| without(&["7"], posts)).outcome,
            Outcome::Unchanged
        );
    }
    // The same status asked for by itself is an answer.
    let done =
        mastodon().rewrite(status("2").as_bytes(), Some("https://tea.example/api/v1/statuses/2"), |posts| {
            without(&["2"], posts)
        });
    assert_eq!((done.outcome, done.left.len()), (Outcome::Unchanged, 1));
}

#[test]
fn what_the_address_asks_for_stays() {
    let reddit = builtin_named("reddit").expect("shipped").expect("sound");
    let submission = r#"{"kind":"t3","data":{"id":"abc","name":"t3_abc","title":"Tea","permalink":"/r/tea/comments/abc/tea/"}}"#;
    let body = format!(r#"{{"kind":"Listing","data":{{"children":[{submission}]}}}}"#);
    let remove = |_: &[Post]| Decisions { remove: vec![true], order: Vec::new() };
    let asked = reddit.rewrite(body.as_bytes(), Some("https://www.reddit.com/by_id/t3_abc?x=abc"), remove);
    assert_eq!((asked.outcome, asked.removed.len()), (Outcome::Unchanged, 0));
    let listed = reddit.rewrite(body.as_bytes(), Some("https://www.reddit.com/r/abcd.json"), remove);
    assert_eq!(listed.removed, [0]);
}

#[test]
fn of_several_answers_in_a_page_the_one_with_posts_counts() {
    let youtube = builtin_named("youtube").expect("shipped").expect("sound");
    let page = include_str!("payloads/youtube-page.html");
    let count = |page: &str| {
        let mut posts = None;
        let done = youtube.rewrite(page.as_bytes(), Some("https://www.youtube.com/"), |read| {
            posts = Some(read.len());
            Decisions::default()
        });
        assert!(done.problem.is_none() || posts.is_none());
        posts
    };
    let all = count(page).expect("an answer");
    assert!(all > 0);
    for before in ["null", "{}", "[]", "\"\"", "{\"a\":[1]}", "{\"cut\":"] {
        let page = page.replacen("<body", &format!("<script>var ytInitialData = {before};</script><body"), 1);
        assert!(page.contains(before));
        assert_eq!(count(&page), Some(all), "{before}");
    }
    // Nothing but what is none: no post, and nothing is changed.
    assert_eq!(count("<script>ytInitialData = null;</script>"), None);
}

#[test]
fn pages_that_are_too_large_for_a_tree_pass_through() {
    let reddit = builtin_named("reddit").expect("shipped").expect("sound");
    for page in [format!("<p>{}", "a".repeat(9 << 20)), "<br>".repeat(250_000)] {
        let done = reddit.rewrite(page.as_bytes(), None, |_| Decisions::default());
        assert_eq!(done.problem, Some(PayloadProblem::PageTooLarge));
        assert_eq!(done.outcome, Outcome::Unchanged);
    }
}

/// Every item asks for the last of a long list, and for the one behind it: the answer is read in a time that does not grow
/// with the square of its length, and what was not read is said.
#[test]
fn many_items_that_each_point_at_much_end() {
    let adapter = WireAdapter::parse(
        "wire/agora.toml",
        "name = \"agora\"\n[[item]]\nname = \"post\"\nat = \"posts[*]\"\nwhen = \"key\"\n[item.fields]\nid = \"key\"\ntext = \"+.key\"\nauthor = \"$.people[-1]\"\n",
    )
    .expect("sound");
    let posts: Vec<String> = (0..15_000).map(|key| format!("{{\"key\":\"{key}\"}}")).collect();
    let people = "\"ada\",".repeat(60_000);
    let body = format!("{{\"posts\":[{}],\"people\":[{people}\"bo\"]}}", posts.join(","));
    let document = diffract_adapters::json::Document::parse(&body).expect("JSON");
    let reading = adapter.read(&document, None);
    assert_eq!(reading.items.len(), 15_000);
    assert_eq!(reading.items[0].post.text.as_deref(), Some("1"));
    assert_eq!(reading.items[0].post.author.as_deref(), Some("bo"));
    assert!(reading.notes.iter().any(|note| note.contains("took too many steps")), "{:?}", reading.notes);
}
