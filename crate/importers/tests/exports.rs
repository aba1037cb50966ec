//! Rules as files of other tools: what is in them, what is not and why, and that reading them back means the same.

use diffract_core::PackSource;
use diffract_importers::{Exported, Format, Options, Target, export, import};

const RULES: &str = r#"pack "Mine"
let @foes = "pest@spam.example", "bore@spam.example"
hide if text has word "giveaway", "season finale" because "tired of it"
collapse if text has "synerg"
hide if text has word "crypto" and not followed
hide if hashtags has "airdrop"
hide if author in @foes
hide if author ends with "@ads.example"
hide if text matches /\b\d+x\b/i
hide if promoted
keep if author is "friend"
dim if text has "meh"
at 22-7: hide if text has "work"
order by newest
limit 3 per author
hide if text has all "a", "b"
hide if not text has "tea"
on youtube.com
hide if kind is short
on reddit.com home
hide if community is "loudnews"
on reddit.com
hide if community is "moreloud"
"#;

fn exported(target: Target) -> Exported {
    let pack = PackSource { id: "mine".into(), source: RULES.into(), ..PackSource::default() };
    export(&[pack], target)
}

#[track_caller]
fn says(exported: &Exported, line: usize, words: &str) {
    let all: Vec<String> = exported.report.notes.iter().map(ToString::to_string).collect();
    let found = all.iter().any(|note| note.starts_with(&format!("line {line}: ")) && note.contains(words));
    assert!(found, "line {line} {words}; there are:\n{}", all.join("\n"));
}

/// The rules that the importer makes of it.
fn back(exported: &Exported, format: Format) -> String {
    let options = Options { format: Some(format), sites: vec!["x.com".into()], ..Options::default() };
    import(exported.text.as_bytes(), &options).expect("what was exported").rules
}

#[test]
fn as_words() {
    let words = exported(Target::Words);
    assert_eq!(
        words.text,
        "giveaway\nseason finale\nsynerg\n#airdrop\n@pest@spam.example\n@bore@spam.example\n/\\b\\d+x\\b/i\n"
    );
    for (line, why) in [
        (5, "spares people"),
        (8, "servers"),
        (10, "`promoted` has no counterpart"),
        (11, "exception"),
        (12, "hides nothing"),
        (13, "some hours"),
        (14, "sorts"),
        (15, "counts"),
        (16, "several words"),
        (17, "not there"),
        (19, "kind"),
    ] {
        says(&words, line, why);
    }
    assert_eq!((words.report.entries, words.report.carried), (18, 5));
    assert!(back(&words, Format::Words).contains("hide if hashtags has \"airdrop\""));
}

#[test]
fn as_cosmetic_filters() {
    let filters = exported(Target::Ublock);
    for line in [
        "x.com##article[data-testid=\"tweet\"]:has-text(/\\bgiveaway\\b|\\bseason finale\\b/i)",
        "x.com##article[data-testid=\"tweet\"]:has-text(/synerg/i)",
        "youtube.com##ytd-rich-item-renderer:has(a[href^=\"/shorts/\"])",
        "reddit.com##shreddit-post[subreddit-prefixed-name=\"r/moreloud\" i]",
    ] {
        assert!(filters.text.lines().any(|one| one == line), "{line}\n{}", filters.text);
    }
    assert!(!filters.text.contains("loudnews"), "{}", filters.text);
    says(&filters, 21, "one of its surfaces");
    let again = back(&filters, Format::Ublock);
    assert!(again.contains("kind is short") && again.contains("community is \"moreloud\""), "{again}");
}

#[test]
fn for_mastodon() {
    let mutes = exported(Target::MastodonMutes);
    assert_eq!(
        mutes.text,
        "Account address,Hide notifications\npest@spam.example,true\nbore@spam.example,true\n"
    );
    assert!(back(&mutes, Format::MastodonCsv).contains("pest@spam.example"));
    let domains = exported(Target::MastodonDomains);
    assert_eq!(domains.text, "ads.example\n");
    assert!(back(&domains, Format::MastodonCsv).contains("let @servers = \"@ads.example\""));
    let filters = exported(Target::MastodonFilters);
    let again = back(&filters, Format::MastodonFilters);
    assert!(again.contains("because \"tired of it\""), "{again}");
    assert!(
        again.contains("let @filtered_texts = \"synerg\"\ncollapse if text has @filtered_texts"),
        "{again}"
    );
}

#[test]
fn for_bluesky() {
    let words = exported(Target::Bluesky);
    let again = back(&words, Format::Bluesky);
    for part in
        ["text has word @muted_words", "\"season finale\"", "and not followed", "hashtags has \"airdrop\""]
    {
        assert!(again.contains(part), "{part}\n{again}");
    }
}

#[test]
fn as_a_backup() {
    let backup = exported(Target::Backup);
    let value: serde_json::Value = serde_json::from_str(&backup.text).unwrap();
    assert_eq!((&value["format"], &value["version"]), (&"diffract-backup".into(), &1.into()));
    assert_eq!(value["rules"], RULES);
}

#[test]
fn a_target_has_its_name() {
    for target in Target::ALL {
        assert_eq!(target.name().parse::<Target>(), Ok(*target));
    }
    assert!("tape".parse::<Target>().unwrap_err().contains("mastodon-mutes"));
}
