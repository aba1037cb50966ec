//! Where words begin and end, for `has word`.

use super::fold::is_mark;
use unicode_segmentation::UnicodeSegmentation;

/// The word boundaries of one folded text, found as they are asked for.
///
/// A place is a boundary if either of two definitions says so: the neighbours are not both word characters
/// (so that `cat` is found in `cat's` and `now.click`), or Unicode's text segmentation (UAX #29) breaks
/// there (so that words are found in scripts that are written without spaces).
#[derive(Debug, Default)]
pub(crate) struct Boundaries {
    /// UAX #29 boundaries as byte offsets, once a text beyond ASCII has asked for them.
    segments: Option<Vec<u32>>,
}

impl Boundaries {
    /// Forgets the text it was used with.
    pub(crate) fn clear(&mut self) {
        self.segments = None;
    }

    /// Whether a word begins or ends at a byte offset, which lies on a character.
    pub(crate) fn at(&mut self, text: &str, offset: usize) -> bool {
        let (Some(before), Some(after)) = (text.get(..offset), text.get(offset..)) else { return false };
        let (Some(left), Some(right)) = (before.chars().next_back(), after.chars().next()) else {
            return true;
        };
        if !is_word(left) || !is_word(right) {
            return true;
        }
        if left.is_ascii() && right.is_ascii() {
            return false;
        }
        self.segments
            .get_or_insert_with(|| text.split_word_bound_indices().map(|(start, _)| start as u32).collect())
            .binary_search(&(offset as u32))
            .is_ok()
    }
}

fn is_word(c: char) -> bool {
    // Marks that are no letters to Unicode (a virama, a tone) still belong to the word they stand in.
    c == '_' || c.is_alphanumeric() || is_mark(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn has_word(text: &str, word: &str) -> bool {
        let mut boundaries = Boundaries::default();
        text.match_indices(word)
            .any(|(at, _)| boundaries.at(text, at) && boundaries.at(text, at + word.len()))
    }

    #[test]
    fn finds_whole_words_only() {
        for (text, word, found) in [
            ("a cat sat", "cat", true),
            ("cat", "cat", true),
            ("concatenate", "cat", false),
            ("cat's", "cat", true),
            ("now.click", "click", true),
            ("foo_bar", "foo", false),
            ("#ai rules", "ai", true),
            ("#ai rules", "#ai", true),
            ("ai2", "ai", false),
            ("продам гараж", "гараж", true),
            ("гаражи", "гараж", false),
            ("今日は日本です", "日本", true),
            ("हिन्दी में", "हिन्दी", true),
            ("हिन्दी में", "हिन", false),
        ] {
            assert_eq!(has_word(text, word), found, "{word} in {text}");
        }
    }
}
