use super::*;
use proptest::prelude::*;

/// Where both find a pattern in a text; `None` for what is no small expression.
fn both(pattern: &str, text: &str) -> Option<[Option<(usize, usize)>; 2]> {
    let hir = regex_syntax::parse(pattern).ok()?;
    let ours = Backtracker::new(&hir)?.find(text, (0, text.len()), &mut Scratch::default()).ok()?;
    let theirs = regex::Regex::new(pattern).ok()?.find(text);
    Some([
        ours.map(|(start, end)| (start as usize, end as usize)),
        theirs.map(|found| (found.start(), found.end())),
    ])
}

#[test]
fn finds_what_automata_find() {
    for (pattern, text) in [
        ("", ""),
        ("", "é"),
        ("a", "éa"),
        ("(?i)straße", "die STRAẞE"),
        ("(?i)k", "\u{212A}"),
        (r"\bcat\b", "concat cat"),
        (r"\b", "日本"),
        (r"\B", "日本"),
        (r"(?-u:\B)", "é"),
        (r"(?-u:\b)a", "éa"),
        (r"(?-u:\w)+", "aé"),
        ("a|ab", "ab"),
        ("ab|a", "ab"),
        ("(a|ab)(c|bcd)", "abcd"),
        ("a??b", "aab"),
        ("a*?$", "aab"),
        ("(a*)*b", "aaac"),
        ("(a|)*b", "aab"),
        ("(|a)*", "aa"),
        ("(|a)+", "aa"),
        ("(a??)*b", "aab"),
        ("(?:)*a", "ba"),
        (r"x{0}", "x"),
        (r"x{2,3}", "xxxx"),
        (r"x{2,3}?", "xxxx"),
        (r"(x?){3,5}y", "xxxxy"),
        (r"(?m)^b$", "a\nb\nc"),
        (r"(?mR)^b$", "a\r\nb\r\n"),
        (r"(?R).+", "a\r\nb"),
        (r"(?s).+", "a\nb"),
        (r"^(a|b)", "ca"),
        (r"(?m)^\W*$", "é\n!\n"),
        (r"[^a]", "aé"),
        (r"\W\D\S", "é- x9!"),
        (r"\p{Greek}+", "abγδ"),
        (r"[a&&b]", "ab"),
        (r"\b{start}a\b{end}", "ba a"),
        (r"\b{start-half}é\b{end-half}", "aé é"),
    ] {
        let [ours, theirs] = both(pattern, text).expect("a small expression");
        assert_eq!(ours, theirs, "{pattern:?} in {text:?}");
    }
}

#[test]
fn time_is_bounded() {
    for pattern in ["(a*)*b", "(a|a)*b", "(a|aa)+b", "((a?){6}){6}b", "(a*a*a*a*)*b", "(?:a?){40}a{40}b"] {
        let text = "a".repeat(500);
        let [ours, theirs] = both(pattern, &text).expect("a small expression");
        assert_eq!(ours, theirs, "{pattern}");
    }
}

#[test]
fn what_is_large_is_left_to_automata() {
    for pattern in ["a{300}", r"(abc|[a-z]{99}|\w{3,99}|x{77})", "(((a{9}){9}){9}){9}"] {
        assert!(
            Backtracker::new(&regex_syntax::parse(pattern).expect("an expression")).is_none(),
            "{pattern}"
        );
    }
    let small = Backtracker::new(&regex_syntax::parse("(a|b)*c").expect("an expression")).expect("small");
    assert!(small.find(&"a".repeat(MAX_VISITED), (0, MAX_VISITED), &mut Scratch::default()).is_err());
}

/// Expressions of all sorts.
fn pattern() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        4 => "[abcé ß-]",
        2 => prop::sample::select(vec![
            r"\w", r"\W", r"\s", r"\S", r"\d", r"\D", ".", "[ab]", "[^a]", "[A-Zé]", r"[\W_]", r"\p{L}", "(?-u:[a-b])", "[k-sſ]",
        ]).prop_map(str::to_owned),
        1 => prop::sample::select(vec![
            "^", "$", r"\b", r"\B", r"(?-u:\b)", "(?m:^)", "(?m:$)", "(?mR:^)", "(?mR:$)", r"\b{start}", r"\b{end}",
            r"\b{start-half}", r"\b{end-half}", "",
        ]).prop_map(str::to_owned),
    ];
    let whole = leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            3 => proptest::collection::vec(inner.clone(), 1..5).prop_map(|parts| parts.concat()),
            2 => proptest::collection::vec(inner.clone(), 1..4).prop_map(|parts| format!("(?:{})", parts.join("|"))),
            2 => (inner.clone(), prop::sample::select(vec![
                "*", "+", "?", "*?", "+?", "??", "{2}", "{0,2}", "{1,3}", "{1,3}?", "{2,}", "{2,}?", "{0}",
            ])).prop_map(|(inner, times)| format!("(?:{inner}){times}")),
            1 => inner.prop_map(|inner| format!("(?i:{inner})")),
        ]
    });
    whole.boxed()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, ..ProptestConfig::default() })]

    #[test]
    fn says_what_the_regex_crate_says(
        pattern in pattern(),
        text in "[abcABéÉßſKk日 _\\-\\n\\r1٣\u{301}🎉]{0,16}",
    ) {
        if let Some([ours, theirs]) = both(&pattern, &text) {
            prop_assert_eq!(ours, theirs, "{:?} in {:?}", pattern, text);
        }
    }
}
