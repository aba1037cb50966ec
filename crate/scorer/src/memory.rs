//! What was found of the texts that were read last: a feed's posts go through several models, one after another.

use diffract_models::text::MOST_CHARACTERS;
use diffract_models::{Composed, Features};
use std::collections::HashMap;

/// Texts that are remembered. A text's features take some 10 KB.
const MOST: usize = 512;

/// By what is read of a text.
#[derive(Default)]
pub struct Memory(HashMap<String, (Composed, Features)>);

impl Memory {
    /// Hands out the texts with what is known of them, and takes back what more was found.
    pub fn with<T>(&mut self, texts: &[String], work: impl FnOnce(&[Composed], &mut [Features]) -> T) -> T {
        let mut keys = Vec::with_capacity(texts.len());
        let (composed, mut features): (Vec<Composed>, Vec<Features>) = texts
            .iter()
            .map(|text| {
                let key = read_of(text);
                let (key, known) = self
                    .0
                    .remove_entry(key)
                    .unwrap_or_else(|| (key.to_owned(), (Composed::new(key), Features::default())));
                keys.push(key);
                known
            })
            .unzip();
        let done = work(&composed, &mut features);
        if self.0.len() + keys.len() > MOST {
            self.0.clear();
        }
        self.0.extend(keys.into_iter().zip(composed.into_iter().zip(features)));
        done
    }
}

/// The part of a text that is read.
fn read_of(text: &str) -> &str {
    if text.len() <= MOST_CHARACTERS {
        return text;
    }
    text.char_indices().nth(MOST_CHARACTERS).map_or(text, |(end, _)| &text[..end])
}
