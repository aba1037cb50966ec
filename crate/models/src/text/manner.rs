//! Manners: how a text is written, whatever it says.

use super::character::{is_blank, is_lower, is_upper};

/// What a text of `count` tokens looks like before lower case: its length, and which share of its words are in capitals or begin
/// with one, in quarters.
pub fn manners(composed: &[char], count: usize) -> [String; 5] {
    let (mut words, mut capital, mut loud) = (0, 0, 0);
    for word in composed.split(|&c| is_blank(c)) {
        let Some((&first, others)) = word.split_first() else { continue };
        let upper = is_upper(first);
        if upper || is_lower(first) {
            words += 1;
            capital += usize::from(upper);
            let shouted = others.iter().any(|&c| is_upper(c)) && !others.iter().any(|&c| is_lower(c));
            loud += usize::from(upper && shouted);
        }
    }
    let length = [2, 5, 9, 16, 30].iter().position(|&most| count <= most).unwrap_or(5);
    let title = (4 * capital).checked_div(words).unwrap_or(0);
    let loud = if words == 0 { 0 } else { (4 * loud).div_ceil(words) };
    [
        format!("length{length}"),
        format!("title{title}"),
        format!("loud{loud}"),
        format!("title{title} length{length}"),
        format!("loud{loud} length{length}"),
    ]
}
