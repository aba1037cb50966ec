//! Reading a post by the rule language's field names.

use crate::post::{Kind, Medium, Post, Surface};
use crate::program::{Comparison, FlagField, NumberField, SetField, TextField};
use unicode_segmentation::UnicodeSegmentation;

/// The text of a field, if the platform shows it.
pub fn text(post: &Post, field: TextField) -> Option<&str> {
    match field {
        TextField::Text => &post.text,
        TextField::Title => &post.title,
        TextField::Author => &post.author,
        TextField::Name => &post.name,
        TextField::RepostedBy => &post.reposted_by,
        TextField::ReplyingTo => &post.replying_to,
        TextField::QuoteText => &post.quote_text,
        TextField::CardTitle => &post.card_title,
        TextField::Alt => &post.alt,
        TextField::Community => &post.community,
    }
    .as_deref()
}

/// A flag, if the platform shows it.
pub const fn flag(post: &Post, field: FlagField) -> Option<bool> {
    match field {
        FlagField::Promoted => post.promoted,
        FlagField::Suggested => post.suggested,
        FlagField::Repost => post.repost,
        FlagField::Reply => post.reply,
        FlagField::Quote => post.quote,
        FlagField::Followed => post.followed,
        FlagField::Verified => post.verified,
        FlagField::Sensitive => post.sensitive,
        FlagField::Pinned => post.pinned,
    }
}

/// How many elements of a set are looked at; no feed shows more, and a hostile page shall not cost more.
pub const MAX_ELEMENTS: usize = 256;

/// A set of text, if the platform shows it; at most the first [`MAX_ELEMENTS`].
pub fn set(post: &Post, field: SetField) -> Option<&[String]> {
    let all = match field {
        SetField::Links => &post.links,
        SetField::Hashtags => &post.hashtags,
        SetField::Mentions => &post.mentions,
        SetField::Labels => &post.labels,
    }
    .as_deref()?;
    Some(all.get(..MAX_ELEMENTS).unwrap_or(all))
}

/// A number, if the platform shows what it is made from. `now` is in seconds since 1970-01-01 UTC. An age
/// is never negative; what is no number counts as not shown.
pub fn number(post: &Post, field: NumberField, now: f64) -> Option<f64> {
    match field {
        NumberField::Likes => post.likes,
        NumberField::Reposts => post.reposts,
        NumberField::Replies => post.replies,
        NumberField::Views => post.views,
        NumberField::Followers => post.followers,
        NumberField::Position => post.position,
        NumberField::Duration => post.duration,
        NumberField::Age => age(post, now),
        NumberField::Length => post.text.as_deref().map(length),
    }
    .filter(|n| !n.is_nan())
}

fn age(post: &Post, now: f64) -> Option<f64> {
    post.time.map(|time| now - time).or(post.age).map(|age| age.max(0.0))
}

/// Characters as a reader counts them: grapheme clusters (UAX #29). Most characters never join another, so only the
/// stretches where one might are looked at closely, each with a neighbour on either side.
fn length(text: &str) -> f64 {
    let mut count = 0;
    let mut rest = text;
    while let Some(at) = rest.find(|c| !stands_alone(c)) {
        // What stands before may be joined; what stands behind ends the stretch.
        let start =
            rest.get(..at).and_then(|head| head.char_indices().next_back()).map_or(at, |(start, _)| start);
        let (head, tail) = rest.split_at(start);
        count += head.chars().count();
        let mut alone = 0;
        let end = tail.char_indices().skip(1).find(|(_, c)| {
            alone = if stands_alone(*c) { alone + 1 } else { 0 };
            alone == 2
        });
        let (stretch, behind) = tail.split_at(end.map_or(tail.len(), |(end, _)| end));
        count += stretch.graphemes(true).count();
        rest = behind;
    }
    (count + rest.chars().count()) as f64
}

/// Whether a character is a cluster of its own beside others of which this is true.
const fn stands_alone(c: char) -> bool {
    matches!(c, '\0'..='\x0C' | '\x0E'..='\u{2FF}' | '\u{370}'..='\u{482}' | '\u{48A}'..='\u{52F}'
        | '\u{2010}'..='\u{2027}' | '\u{2030}'..='\u{203B}' | '\u{3041}'..='\u{3096}' | '\u{30A1}'..='\u{30FA}'
        | '\u{4E00}'..='\u{9FFF}')
}

/// Whether a comparison holds.
pub fn compare(left: f64, comparison: Comparison, right: f64) -> bool {
    match comparison {
        Comparison::Less => left < right,
        Comparison::AtMost => left <= right,
        Comparison::More => left > right,
        Comparison::AtLeast => left >= right,
        Comparison::Equal => left == right,
        Comparison::NotEqual => left != right,
    }
}

/// A language tag's primary subtag, lower case.
pub fn primary_subtag(tag: &str) -> String {
    tag.trim().split(['-', '_']).next().unwrap_or("").to_lowercase()
}

/// The bit of a kind in a mask.
pub(crate) const fn kind_bit(kind: Kind) -> u16 {
    1 << kind as u16
}

/// The bit of a surface in a mask.
pub(crate) const fn surface_bit(surface: Surface) -> u16 {
    1 << surface as u16
}

/// The bit of a medium in a mask.
pub(crate) const fn medium_bit(medium: Medium) -> u16 {
    1 << medium as u16
}

/// The mask of several.
pub(crate) fn mask<T: Copy>(items: &[T], bit: impl Fn(T) -> u16) -> u16 {
    items.iter().fold(0, |mask, item| mask | bit(*item))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn length_counts_what_a_reader_sees() {
        for (text, count) in
            [("abc", 3.0), ("e\u{301}", 1.0), ("👨‍👩‍👧🇩🇪", 2.0), ("a\r\nb", 3.0), ("", 0.0), ("한국", 2.0)]
        {
            assert_eq!(length(text), count, "{text:?}");
        }
    }

    proptest::proptest! {
        #[test]
        fn length_is_the_number_of_clusters(text in "([a-c \u{ad}©é\r\nя中か’]|👨|👍|\u{1F3FD}|\u{200d}|\u{301}|\u{fe0f}|🇩|हि|\u{600}|각|\u{1100}|\u{11a8}|\\PC){0,16}") {
            proptest::prop_assert_eq!(length(&text), text.graphemes(true).count() as f64);
        }
    }
}
