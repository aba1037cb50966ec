//! Tokens, version 1.

use super::address::{address_end, mention_end};
use super::character::{is_symbol, is_word, lower};

/// Characters of a word. A longer run (a script without spaces) is cut into words of this length.
const LONGEST_WORD: usize = 40;

/// The tokens of a composed text: words, `<url>`, `<user>`, symbols, and the few marks that mean something.
pub fn tokens(composed: &[char]) -> Vec<String> {
    let text = lower(composed);
    let mut found: Vec<String> = Vec::new();
    let mut word: Vec<char> = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let character = text[at];
        if word.is_empty() {
            let ready = address_end(&text, at)
                .map(|end| (end, "<url>"))
                .or_else(|| mention_end(&text, at).map(|end| (end, "<user>")));
            if let Some((end, token)) = ready {
                found.push(token.to_owned());
                at = end;
                continue;
            }
        }
        let following = text.get(at + 1).copied().unwrap_or(' ');
        if is_word(character) {
            word.push(character);
        } else if !word.is_empty() && is_apostrophe(character) && is_word(following) {
            // `don't` and `dont` are one word.
        } else if !word.is_empty() && character == '*' && (following == '*' || is_word(following)) {
            word.push(character);
        } else {
            end_word(&mut word, &mut found);
            if is_symbol(character) {
                found.push(character.to_string());
            } else if is_kept(character) {
                add_mark(character, at > 0 && text[at - 1] == character, &mut found);
            }
        }
        at += 1;
    }
    end_word(&mut word, &mut found);
    found
}

fn is_apostrophe(character: char) -> bool {
    matches!(character, '\'' | '\u{2019}' | '\u{02BC}' | '`')
}

fn is_kept(character: char) -> bool {
    matches!(character, '!' | '?' | '$' | '%' | '£' | '€' | '₹' | '₽')
}

/// Of a run of one mark a single token remains: the mark once, or twice for two and more.
fn add_mark(mark: char, repeats: bool, found: &mut Vec<String>) {
    if repeats && let Some(last) = found.last_mut() {
        let mut characters = last.chars();
        match (characters.next(), characters.next(), characters.next()) {
            (Some(first), None, None) if first == mark => return last.push(mark),
            (Some(first), Some(second), None) if first == mark && second == mark => return,
            _ => {}
        }
    }
    found.push(mark.to_string());
}

/// Squeezes a finished word (of a run of one character two stay), makes its digits 0, and cuts it where it is too long.
fn end_word(word: &mut Vec<char>, found: &mut Vec<String>) {
    let mut squeezed: Vec<char> = Vec::with_capacity(word.len());
    for &character in word.iter() {
        if !squeezed.ends_with(&[character, character]) {
            squeezed.push(character);
        }
    }
    for character in &mut squeezed {
        if character.is_ascii_digit() {
            *character = '0';
        }
    }
    found.extend(squeezed.chunks(LONGEST_WORD).map(|part| part.iter().collect::<String>()));
    word.clear();
}
