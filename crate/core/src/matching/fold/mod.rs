//! Folding: what `has`, `is` and `in` ignore about text.
//!
//! A folded text is compatibility-decomposed (full-width letters, ligatures and superscripts become plain
//! ones), its accents and invisible characters are dropped, its case is folded (`ß` is `ss`, `Σ`, `σ` and
//! `ς` are one), typographic quotes and dashes become plain ones, blanks and
//! line ends in a row are one blank, and what is left is composed again. Only marks that write *accents* are dropped: the
//! combining diacritics, Hebrew points and Arabic vowel signs. The voicing marks of kana and the vowel
//! signs of Indic scripts and Thai are letters to their readers, and stay; and Hangul is composed again, so
//! that `가` is not found inside `각`.
//!
//! Folding twice changes nothing more, and apart from composition (kana, Hangul, Indic) it works on each
//! character alone: the fold of a concatenation is the concatenation of the folds, but for blanks ([`join`]).
//! [`is_context_free`] says for which characters that may be relied on.

#[cfg(test)]
mod character;
mod dropped;
mod pieces;
mod table;

use dropped::is_dropped;
pub(crate) use pieces::Pieces;

/// Folds a text.
///
/// ```
/// assert_eq!(diffract_core::matching::fold("ＣＡＦÉ Straße"), "cafe strasse");
/// ```
pub fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    fold_into(text, &mut out);
    out
}

/// Folds a text onto the end of a buffer.
pub(crate) fn fold_into(text: &str, out: &mut String) {
    fold_pieces(text, out, None);
}

/// Folds a text onto the end of a buffer, and notes of which pieces of it the outcome is made.
pub(crate) fn fold_pieces(text: &str, out: &mut String, mut pieces: Option<&mut Pieces>) {
    let start = out.len();
    let mut rest = text;
    let mut note = |rest: &str, out: &str| {
        if let Some(pieces) = &mut pieces {
            pieces.0.push(((text.len() - rest.len()) as u32, (out.len() - start) as u32));
        }
    };
    loop {
        let ascii = rest.bytes().position(|b| !b.is_ascii()).unwrap_or(rest.len());
        let (head, tail) = rest.split_at(ascii);
        note(rest, out);
        push_ascii(head, start, out);
        note(tail, out);
        if tail.is_empty() {
            return;
        }
        // No mark that is kept composes with an ASCII character, so a run beyond ASCII folds by itself.
        let end = tail.bytes().position(|b| b.is_ascii()).unwrap_or(tail.len());
        let (run, after) = tail.split_at(end);
        let from = out.len();
        let mut joins = false;
        for c in run.chars() {
            fold_character(c, |c| {
                joins |= table::joiner(c).is_some();
                push(c, start, out);
            });
        }
        if joins {
            let composed = table::compose(out.get(from..).unwrap_or(""));
            out.truncate(from);
            out.push_str(&composed);
        }
        rest = after;
    }
}

/// Calls `each` with what a character beyond ASCII becomes by itself, before anything is composed.
pub(crate) fn fold_character(c: char, each: impl FnMut(char)) {
    if is_dropped(c) {
        return;
    }
    match table::folded(c) {
        None => Some(c).into_iter().for_each(each),
        Some(folded) => folded.chars().for_each(each),
    }
}

/// Appends a folded character; of blanks in a row only one.
fn push(c: char, start: usize, out: &mut String) {
    if !c.is_whitespace() {
        out.push(c);
    } else if !ends_blank(start, out) {
        out.push(' ');
    }
}

/// Whether what was folded since `start` ends in a blank.
fn ends_blank(start: usize, out: &str) -> bool {
    out.len() > start && out.ends_with(' ')
}

fn push_ascii(text: &str, start: usize, out: &mut String) {
    let rewritten = text.bytes().any(|byte| matches!(byte, b'\0' | b'\t'..=b'\r'))
        || text.contains("  ")
        || (text.starts_with(' ') && ends_blank(start, out));
    if rewritten {
        for c in text.chars().filter(|c| *c != '\0') {
            push(c.to_ascii_lowercase(), start, out);
        }
        return;
    }
    let from = out.len();
    out.push_str(text);
    if let Some(added) = out.get_mut(from..) {
        added.make_ascii_lowercase();
    }
}

/// The fold of two texts one after the other, from the fold of each, where the characters at their joint are
/// [context-free](is_context_free).
pub(crate) fn join(head: &str, tail: &str) -> String {
    let tail = if head.ends_with(' ') { tail.strip_prefix(' ').unwrap_or(tail) } else { tail };
    format!("{head}{tail}")
}

/// Whether a mark stands in what folding leaves: it belongs to the word of the character before it.
pub(crate) fn is_mark(c: char) -> bool {
    table::joiner(c).is_some_and(|class| class != 0)
}

/// Whether a character folds the same whatever stands beside it.
pub(crate) fn is_context_free(c: char) -> bool {
    c.is_ascii()
        || ('\u{4E00}'..='\u{9FFF}').contains(&c)
        || is_dropped(c)
        || table::folded(c).map_or(c < '\u{0590}', |folded| folded.chars().all(|part| part < '\u{0590}'))
}

/// What `is` and `in` compare: folded, without outer blanks, and without the sigil where one is ignored.
pub(crate) fn fold_name_into(text: &str, sigils: &[char], out: &mut String) {
    let text = text.trim();
    fold_into(text.strip_prefix(sigils).unwrap_or(text), out);
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn folds_what_readers_hold_equal() {
        for (written, folded) in [
            ("GIVEAWAY", "giveaway"),
            ("É", "e"),
            ("e\u{301}", "e"),
            ("Straße", "strasse"),
            ("STRAẞE", "strasse"),
            ("ΟΔΥΣΣΕΥΣ", "οδυσσευσ"),
            ("ὈΔΥΣΣΕΎΣ", "οδυσσευσ"),
            ("ｇｉｖｅ", "give"),
            ("𝕘𝕚𝕧𝕖", "give"),
            ("ﬁn", "fin"),
            ("gi\u{200b}ve\u{ad}away", "giveaway"),
            ("СКИДКА", "скидка"),
            ("İstanbul", "istanbul"),
            ("ɢ", "ɢ"),
            ("שָׁלוֹם", "שלום"),
            ("مُحَمَّد", "محمد"),
            ("ﾊﾟﾝ", "パン"),
            ("free\u{a0}\r\n\u{200b} money\u{3000}now", "free money now"),
            ("I’ll “see” — you", "i'll \"see\" - you"),
        ] {
            assert_eq!(fold(written), folded, "{written}");
        }
    }

    #[test]
    fn keeps_marks_that_are_letters() {
        assert_ne!(fold("が"), fold("か"));
        assert_eq!(fold("か\u{3099}"), fold("が"));
        assert_ne!(fold("कि"), fold("की"));
        assert!(!fold("각").contains(&fold("가")));
    }

    /// The definition, without the tables that are written down.
    fn by_definition(text: &str) -> String {
        use unicode_normalization::UnicodeNormalization;
        let mut out = String::new();
        for c in text.chars().flat_map(character::folded).nfc() {
            push(c, 0, &mut out);
        }
        out
    }

    proptest! {
        #[test]
        fn says_what_its_definition_says(
            text in "(\\PC|[a-c \u{93c}\u{915}-\u{918}\u{9be}\u{9c7}\u{3099}か-がは-ぱ각가\u{1100}-\u{1103}\u{1161}-\u{1163}\u{11a8}\u{301}\u{f71}-\u{f74}\u{f80}\u{1112}\u{e38}\u{e48}\u{5b0}]){0,12}",
        ) {
            prop_assert_eq!(fold(&text), by_definition(&text));
        }

        #[test]
        fn is_idempotent(text in "\\PC*") {
            let once = fold(&text);
            prop_assert_eq!(fold(&once), once);
        }

        #[test]
        fn context_free_characters_fold_alone(before in "\\PC{0,6}", middle in "[a-zA-ZéÉßſKçÅø中文яЙΣς０-９ﬁ]{1,6}", after in "\\PC{0,6}") {
            prop_assert!(middle.chars().all(is_context_free));
            let whole = fold(&format!("{before}{middle}{after}"));
            prop_assert!(whole.contains(&fold(&middle)), "{:?}", whole);
        }
    }
}
