//! What folding makes of one character, by the Unicode tables of `std` and `unicode-normalization`.
//!
//! `build.rs` asks this of every character once and writes the answers down, so that the engine carries them in
//! place of the tables (`docs/decisions/engine-size.md`); tests hold the two against each other.

use super::dropped::is_dropped;
use unicode_normalization::UnicodeNormalization;

/// The character decomposed, with its accents and case gone. What is left may still join with what follows.
pub fn folded(c: char) -> Vec<char> {
    std::iter::once(c).nfkd().filter(|c| !is_dropped(*c)).flat_map(fold_case).map(plain).nfd().collect()
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
