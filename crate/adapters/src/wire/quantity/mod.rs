//! Numbers, ages, running times and dates as platforms write them, in the languages they write them in.

mod age;
mod date;
mod duration;
mod number;
mod unit;

pub(super) use age::ago;
pub(super) use date::{date, unix};
pub(super) use duration::duration;
pub(super) use number::number;

use std::borrow::Cow;

/// Digits of other scripts, whose zeros these are, as ASCII ones, and Arabic's marks as ours.
fn in_ascii(text: &str) -> Cow<'_, str> {
    const ZEROS: &[u32] = &[0x660, 0x6F0, 0x966, 0x9E6, 0xE50, 0x1040, 0x17E0, 0xFF10];
    let plain = |c: char| match c {
        '٫' => '.',
        '٬' => ',',
        c => ZEROS.iter().find_map(|zero| char::from_digit((c as u32).checked_sub(*zero)?, 10)).unwrap_or(c),
    };
    if text.chars().all(|c| plain(c) == c) { text.into() } else { text.chars().map(plain).collect() }
}
