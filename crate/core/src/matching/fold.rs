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

use unicode_normalization::UnicodeNormalization;

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
    let start = out.len();
    let mut rest = text;
    loop {
        let ascii = rest.bytes().position(|b| !b.is_ascii()).unwrap_or(rest.len());
        let (head, tail) = rest.split_at(ascii);
        push_ascii(head, start, out);
        if tail.is_empty() {
            return;
        }
        // No mark that is kept composes with an ASCII character, so a run beyond ASCII folds by itself.
        let end = tail.bytes().position(|b| b.is_ascii()).unwrap_or(tail.len());
        let (run, after) = tail.split_at(end);
        for c in run.nfkd().filter(|c| !is_dropped(*c)).flat_map(fold_case).map(plain).nfc() {
            push(c, start, out);
        }
        rest = after;
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

/// Full case folding without a table of its own: down, up and down again brings every variant of a letter
/// to one form (`ẞ` → `ß` → `SS` → `ss`; `ς` → `Σ` → `σ`).
fn fold_case(c: char) -> impl Iterator<Item = char> {
    c.to_lowercase().flat_map(char::to_uppercase).flat_map(char::to_lowercase).filter(|c| !is_dropped(*c))
}

/// Quotes and dashes as they are typed, for those that writing tools put in their place.
const fn plain(c: char) -> char {
    match c {
        '\u{2018}'..='\u{201B}' | '\u{02BC}' => '\'',
        '\u{201C}'..='\u{201F}' => '"',
        '\u{2010}'..='\u{2015}' => '-',
        other => other,
    }
}

/// Accents, and characters that are not seen.
const fn is_dropped(c: char) -> bool {
    matches!(c,
        '\0'
        // Combining diacritical marks, their supplements, and half marks.
        | '\u{0300}'..='\u{036F}' | '\u{1AB0}'..='\u{1AFF}' | '\u{1DC0}'..='\u{1DFF}'
        | '\u{20D0}'..='\u{20FF}' | '\u{FE20}'..='\u{FE2F}' | '\u{0483}'..='\u{0489}'
        // Hebrew points, Arabic vowel signs and the lengthening stroke.
        | '\u{0591}'..='\u{05BD}' | '\u{05BF}' | '\u{05C1}'..='\u{05C2}' | '\u{05C4}'..='\u{05C5}' | '\u{05C7}'
        | '\u{0610}'..='\u{061A}' | '\u{0640}' | '\u{064B}'..='\u{065F}' | '\u{0670}'
        | '\u{06D6}'..='\u{06DC}' | '\u{06DF}'..='\u{06E4}' | '\u{06E7}'..='\u{06E8}' | '\u{06EA}'..='\u{06ED}'
        // Soft hyphen, joiners, direction marks, variation selectors, tags: used to break words apart unseen.
        | '\u{00AD}' | '\u{061C}' | '\u{115F}'..='\u{1160}' | '\u{17B4}'..='\u{17B5}'
        | '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}'
        | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{E0000}'..='\u{E0FFF}'
    )
}

/// Whether a character folds the same whatever stands beside it.
pub(crate) fn is_context_free(c: char) -> bool {
    c.is_ascii()
        || ('\u{4E00}'..='\u{9FFF}').contains(&c)
        || std::iter::once(c)
            .nfkd()
            .filter(|c| !is_dropped(*c))
            .flat_map(fold_case)
            .all(|part| part < '\u{0590}')
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

    proptest! {
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
