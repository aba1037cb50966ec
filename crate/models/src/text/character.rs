//! Sorts of characters, by ranges of code points: so that no two versions of Unicode's tables can disagree.

/// A blank separates words and is nothing itself.
pub fn is_blank(character: char) -> bool {
    matches!(u32::from(character),
        0..=0x20 | 0x7F | 0x85 | 0xA0 | 0x1680 | 0x2000..=0x200A | 0x2028 | 0x2029 | 0x202F | 0x205F | 0x3000)
}

/// Emoji and pictographs: each is a token of its own.
pub fn is_symbol(character: char) -> bool {
    matches!(u32::from(character), 0x2190..=0x2BFF | 0x1F000..=0x1FAFF)
}

/// What separates words without being a blank.
fn is_mark(character: char) -> bool {
    match u32::from(character) {
        0..0x80 => !character.is_ascii_alphanumeric(),
        code @ 0x80..=0xBF => !matches!(code, 0xAA | 0xB5 | 0xBA),
        code => {
            matches!(code, 0xD7 | 0xF7 | 0x2010..=0x205E | 0x20A0..=0x20CF | 0x3001..=0x303F)
        }
    }
}

/// All others.
pub fn is_word(character: char) -> bool {
    !(is_blank(character) || is_symbol(character) || is_mark(character))
}

/// Lower case, character by character, without context.
pub fn lower(characters: &[char]) -> Vec<char> {
    characters.iter().flat_map(|c| c.to_lowercase()).collect()
}

/// Whether lower case changes it.
pub fn is_upper(character: char) -> bool {
    !character.to_lowercase().eq([character])
}

/// Whether upper case changes it.
pub fn is_lower(character: char) -> bool {
    !character.to_uppercase().eq([character])
}
