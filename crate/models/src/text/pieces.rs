//! Word pieces, version 1: BERT's uncased tokenizer over what is left of a text without its addresses and mentions.

use super::address::{address_end, mention_end};
use super::character::is_word;
use std::collections::HashMap;
use std::sync::OnceLock;
use unicode_normalization::UnicodeNormalization;
use unicode_properties::{GeneralCategory, GeneralCategoryGroup, UnicodeGeneralCategory};

/// The piece of what the vocabulary cannot spell.
pub const UNKNOWN_PIECE: u32 = 100;
/// A longer word is [`UNKNOWN_PIECE`].
const LONGEST_WORD: usize = 100;
/// Which vocabulary a card has to name: the SHA-256 of `models/wordpiece/vocabulary.txt`.
pub const VOCABULARY_SHA256: &str = "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3";
/// How many pieces it has.
pub const VOCABULARY_SIZE: usize = 30522;

const VOCABULARY: &str = include_str!("../../../../models/wordpiece/vocabulary.txt");

/// Each piece's number. Pieces that go on within a word are kept without their `##`, apart from those that begin one.
struct Vocabulary {
    beginning: HashMap<&'static str, u32>,
    following: HashMap<&'static str, u32>,
}

fn vocabulary() -> &'static Vocabulary {
    static VOCABULARY_READ: OnceLock<Vocabulary> = OnceLock::new();
    VOCABULARY_READ.get_or_init(|| {
        let mut beginning = HashMap::with_capacity(VOCABULARY_SIZE);
        let mut following = HashMap::with_capacity(VOCABULARY_SIZE / 4);
        for (number, piece) in (0..).zip(VOCABULARY.lines()) {
            match piece.strip_prefix("##") {
                Some(rest) if !rest.is_empty() => following.insert(rest, number),
                _ => beginning.insert(piece, number),
            };
        }
        Vocabulary { beginning, following }
    })
}

/// The first `longest` word pieces of a composed text, without marks for begin and end.
pub fn pieces(composed: &[char], longest: usize) -> Vec<u32> {
    let mut found = Vec::new();
    let mut word = String::new();
    // Folded all at once: a combining mark reorders with those before it.
    let folded = without_addresses(composed)
        .into_iter()
        .filter(|&c| !is_dropped(c))
        .flat_map(spaced)
        .nfd()
        .filter(|c| c.general_category() != GeneralCategory::NonspacingMark)
        .flat_map(char::to_lowercase);
    for character in folded {
        let blank = character.is_whitespace();
        let alone = !blank && is_punctuation(character);
        if blank || alone {
            add_word(&word, &mut found);
            word.clear();
        }
        if alone {
            add_word(character.encode_utf8(&mut [0; 4]), &mut found);
        } else if !blank {
            word.push(character);
        }
        if found.len() >= longest {
            break;
        }
    }
    add_word(&word, &mut found);
    found.truncate(longest);
    found
}

/// The text with a blank in place of each address and mention.
fn without_addresses(composed: &[char]) -> Vec<char> {
    let small: Vec<char> = composed
        .iter()
        .map(|&c| {
            let mut lower = c.to_lowercase();
            match (lower.next(), lower.next()) {
                (Some(only), None) => only,
                _ => c,
            }
        })
        .collect();
    let mut kept = Vec::with_capacity(composed.len());
    let mut inside = false;
    let mut at = 0;
    while at < composed.len() {
        let end = if inside { None } else { address_end(&small, at).or_else(|| mention_end(&small, at)) };
        if let Some(end) = end {
            kept.push(' ');
            at = end;
            continue;
        }
        inside = is_word(composed[at]);
        kept.push(composed[at]);
        at += 1;
    }
    kept
}

/// Control characters and what stands for a damaged one; tabs and line ends are blanks.
fn is_dropped(character: char) -> bool {
    match character {
        '\t' | '\n' | '\r' => false,
        '\0' | '\u{FFFD}' => true,
        _ => character.general_category_group() == GeneralCategoryGroup::Other,
    }
}

/// A character of a script without spaces is a word of its own.
fn spaced(character: char) -> impl Iterator<Item = char> {
    let ideograph = matches!(u32::from(character),
        0x4E00..=0x9FFF | 0x3400..=0x4DBF | 0x20000..=0x2A6DF | 0x2A700..=0x2B73F | 0x2B740..=0x2B81F
        | 0x2B920..=0x2CEAF | 0xF900..=0xFAFF | 0x2F800..=0x2FA1F);
    let blank = ideograph.then_some(' ');
    blank.into_iter().chain([character]).chain(blank)
}

fn is_punctuation(character: char) -> bool {
    character.is_ascii_punctuation()
        || character.general_category_group() == GeneralCategoryGroup::Punctuation
}

/// The longest pieces of the vocabulary from the left, or [`UNKNOWN_PIECE`] for the whole word.
fn add_word(word: &str, found: &mut Vec<u32>) {
    if word.is_empty() {
        return;
    }
    let begun = found.len();
    let known = vocabulary();
    let mut rest = word;
    let fits = word.chars().nth(LONGEST_WORD).is_none();
    while fits && !rest.is_empty() {
        let table = if rest.len() == word.len() { &known.beginning } else { &known.following };
        let piece = rest
            .char_indices()
            .rev()
            .map(|(at, c)| &rest[..at + c.len_utf8()])
            .find_map(|part| table.get(part).map(|&number| (part.len(), number)));
        let Some((length, number)) = piece else { break };
        found.push(number);
        rest = &rest[length..];
    }
    if !fits || !rest.is_empty() {
        found.truncate(begun);
        found.push(UNKNOWN_PIECE);
    }
}
