//! Composing, version 1.

use unicode_normalization::UnicodeNormalization;

/// Characters (Unicode scalar values) of a text that are read. The rest is ignored.
pub const MOST_CHARACTERS: usize = 1000;

/// The first characters of a text, composed by NFKC, without invisible ones. Takes no longer for a text of a megabyte.
pub fn compose(text: &str) -> Vec<char> {
    text.chars().take(MOST_CHARACTERS).nfkc().take(MOST_CHARACTERS).filter(|&c| !is_invisible(c)).collect()
}

fn is_invisible(character: char) -> bool {
    matches!(u32::from(character), 0xAD | 0x200B..=0x200F | 0xFEFF | 0x2060..=0x206F | 0xFE00..=0xFE0F)
}
