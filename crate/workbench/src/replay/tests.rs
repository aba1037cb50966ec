//! Every answer is held against plain compiling and deciding.

use super::*;

fn post(id: usize, text: &str) -> Post {
    Post {
        id: id.to_string(),
        text: Some(text.to_owned()),
        author: Some(format!("author_{}", id % 7)),
        followed: Some(id.is_multiple_of(3)),
        host: Some(if id.is_multiple_of(2) { "x.com" } else { "reddit.com" }.to_owned()),
        ..Post::default()
    }
}

fn posts() -> Vec<Post> {
    let words =
        ["giveaway today", "a calm morning", "presale of a gem", "naïve café", "giveaway and presale"];
    (0..60).map(|id| post(id, words[id % words.len()])).collect()
}

fn context() -> Context {
    Context { now: 1e9, no_models: true, ..Context::default() }
}

fn packs() -> Vec<PackSource> {
    vec![PackSource {
        id: "calm".into(),
        source: "hide if text has \"gem\"\nkeep if author is \"author_3\"\nhide if text has \"nowhere\""
            .into(),
        trust: Trust::Limited,
        ..PackSource::default()
    }]
}

/// As the engine would decide it, without any of the above: the reader's own rules first, as the background has them.
fn plainly(source: &str) -> Vec<Verdict> {
    plainly_with(source, packs())
}

fn plainly_with(source: &str, packs: Vec<PackSource>) -> Vec<Verdict> {
    let mut all = vec![PackSource { id: EDITED.into(), source: source.into(), ..PackSource::default() }];
    all.extend(packs);
    RuleSet::new(compile(&all).program).decide(&posts(), &context(), &mut Memory::default())
}

fn filler(count: usize) -> String {
    (0..count).map(|n| format!("hide if text has \"filler{n}\"\n")).collect()
}

#[test]
fn every_keystroke_gives_what_the_engine_would() {
    let filler = filler(300);
    let base = format!(
        "let @a = \"author_1\", \"author_2\"\n{filler}on x.com\nhide if text has \"giveaway\"\ndim if author in @a\n\
         on everywhere\nlimit 3 per author per day then \"Enough.\"\n{filler}"
    );
    let mut replay = Replay::new(posts(), context(), packs(), &base);
    assert_eq!(replay.saved.verdicts, plainly(&base));
    let changes = [
        base.clone(),
        base.replace("on x.com", "on reddit.com"),
        base.replace("on x.com", "on nowhere at all"),
        base.replace("\"author_2\"", "\"author_5\""),
        base.replace("\"author_1\", \"author_2\"", "\"author_1\", \"author_2"),
        format!("{base}\nkeep if text has \"café\""),
        format!("{base}\nlabel \"é\" if text has \"calm\"\nhide if filler"),
        base.replace("dim if author in @a", "blur all if author in @b"),
        base.replace("filler2", "giveaway 2").replace("filler7\"", "presale\""),
        base.replace('\n', "\r\n"),
        format!("\u{feff}{base}"),
        "let @l = list \"none.txt\"\nhide if author in @l".to_owned(),
        String::new(),
        "\0\u{202e}hide if promoted".to_owned(),
        base.clone(),
    ];
    for source in changes {
        let answer = replay.type_(&source);
        let expected = plainly(&source);
        assert_eq!(replay.last, expected, "{}", &source[..source.len().min(300)]);
        let differs: Vec<usize> =
            (0..60).filter(|index| !same(&expected[*index], &replay.saved.verdicts[*index])).collect();
        assert_eq!(answer.differs, differs);
    }
}

#[test]
fn the_edited_file_comes_before_the_packs() {
    let theirs = || {
        vec![PackSource {
            id: "theirs".into(),
            source: "replace with \"Theirs.\" if text has \"giveaway\"".into(),
            ..PackSource::default()
        }]
    };
    let mine = "replace with \"Mine.\" if text has \"giveaway\"";
    let mut replay = Replay::new(posts(), context(), theirs(), "");
    replay.type_(mine);
    assert_eq!(replay.last, plainly_with(mine, theirs()));
    let notes: HashSet<_> = replay.last.iter().filter_map(|verdict| verdict.note.as_deref()).collect();
    assert_eq!(notes, HashSet::from(["Mine."]));
}

#[test]
fn only_what_changed_is_told_again() {
    let mut replay = Replay::new(posts(), context(), Vec::new(), "");
    assert_eq!(replay.type_("").changed.len(), 60);
    let answer = replay.type_("hide if text has \"giveaway\"");
    assert_eq!(answer.changed.len(), 24);
    assert_eq!(answer.more, [Tally { effect: "hide", posts: 24, followed: 8 }]);
    assert!(answer.fewer.is_empty());
    assert!(replay.type_("hide if text has \"giveaway\"").changed.is_empty());
    let answer = replay.saved("hide if text has \"giveaway\"");
    assert!(answer.differs.is_empty() && answer.more.is_empty());
    let answer = replay.type_("dim if text has \"giveaway today\"");
    assert_eq!(answer.more, [Tally { effect: "dim", posts: 12, followed: 4 }]);
    assert_eq!(answer.fewer, [Tally { effect: "hide", posts: 24, followed: 8 }]);
}

#[test]
fn the_rule_of_a_line_is_explained_though_it_does_not_matter() {
    let base = filler(200);
    let mut replay = Replay::new(posts(), context(), packs(), &base);
    replay.type_(&format!("{base}dim if text has \"gem\"\n"));
    let lines = |found: Vec<ExplainedRule>| {
        found.into_iter().map(|rule| (rule.pack, rule.line, rule.evidence.is_empty())).collect::<Vec<_>>()
    };
    let spoke = [("mine".to_owned(), 201, false), ("calm".to_owned(), 1, false)];
    assert_eq!(lines(replay.explain(2, 0)), spoke);
    assert_eq!(lines(replay.explain(2, 201)), spoke);
    assert_eq!(lines(replay.explain(2, 7))[2], ("mine".to_owned(), 7, true));
    assert!(replay.explain(999, 7).is_empty());
}

#[test]
fn a_file_that_is_too_large_is_said_and_counts_for_nothing() {
    let mut replay = Replay::new(posts(), context(), packs(), "");
    let answer = replay.type_(&"hide if text has \"giveaway\"\n".repeat(200_000));
    assert!(answer.too_large);
    assert!(answer.differs.is_empty());
}

#[test]
fn lines_that_do_not_matter_are_not_compiled_again() {
    let base = filler(2_000);
    let mut replay = Replay::new(posts(), context(), packs(), &base);
    assert_eq!(replay.rules(&base, None).rules(), 3);
    assert_eq!(replay.rules(&format!("{base}hide if text has \"x\""), None).rules(), 4);
    // Nor looked at again where the line above them says that they hold elsewhere.
    let known = replay.matters.len();
    assert_eq!(replay.rules(&format!("on x.com\n{base}"), None).rules(), 3);
    assert_eq!(replay.matters.len(), known);
}

#[test]
fn says_where_posts_move_each_in_its_own_feed() {
    let filler = filler(100);
    let mut replay = Replay::new(posts(), context(), Vec::new(), &filler);
    let answer = replay.type_(&format!("{filler}boost 2 if text has \"presale\""));
    assert!(answer.moved.is_empty() && answer.order.is_empty(), "a score alone moves nothing");

    let typed = format!("{filler}boost 2 if text has \"presale\"\non x.com\norder by score\n");
    let answer = replay.type_(&typed);
    // On x.com stand the even ones, of which every fifth post has `presale` twice over: 2, 4, 12, 14 and so on.
    assert_eq!(answer.order[..4], [2, 4, 12, 14]);
    assert_eq!(answer.order[30..], (1..60).step_by(2).collect::<Vec<_>>(), "reddit.com stays as it is");
    let of = |index| answer.moved.iter().find(|(moved, ..)| *moved == index).copied();
    assert_eq!(of(2), Some((2, 2, 1)));
    assert_eq!(of(0), Some((0, 1, 13)));
    assert_eq!(of(7), None);
    assert!(answer.differs.contains(&0), "who only moves differs, too");

    // Compared with what is saved, and not of what is hidden.
    assert!(replay.saved(&typed).moved.is_empty());
    let answer = replay.type_(&format!("{filler}hide if text has \"giveaway today\"\n"));
    assert_eq!(answer.moved.iter().find(|(index, ..)| *index == 0), None);
    assert!(answer.moved.contains(&(2, 1, 2)));
}
