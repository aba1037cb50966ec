//! Moments: ISO 8601, RFC 2822, X's own order, counts of seconds.

use time::OffsetDateTime;
use time::format_description::well_known::{Rfc2822, Rfc3339};

/// Seconds since 1970 from ISO 8601, RFC 2822, X's own order (`Thu Aug 06 21:12:23 +0000 2026`), or a
/// count of seconds or milliseconds.
pub(in crate::wire) fn date(text: &str) -> Option<f64> {
    let text = text.trim();
    if let Ok(count) = text.parse::<f64>() {
        return unix(count);
    }
    let seconds = |t: OffsetDateTime| t.unix_timestamp() as f64 + f64::from(t.millisecond()) / 1e3;
    let iso = |text: &str| OffsetDateTime::parse(text, &Rfc3339).ok().map(seconds);
    let words: Vec<&str> = text.split_whitespace().collect();
    match words.as_slice() {
        [weekday, month, day, clock, zone, year] if zone.starts_with(['+', '-']) => {
            let mail = format!("{weekday}, {day} {month} {year} {clock} {zone}");
            OffsetDateTime::parse(&mail, &Rfc2822).ok().map(seconds)
        }
        [day, clock] if day.contains('-') => date(&format!("{day}T{clock}")),
        [one] if one.len() == 10 && one.contains('-') => iso(&format!("{one}T00:00:00Z")),
        [one] => iso(one).or_else(|| iso(&format!("{one}Z"))).or_else(|| {
            // `+0000` without a colon.
            let (head, zone) = one.split_at_checked(one.len().checked_sub(5)?)?;
            let (hours, minutes) = zone.split_at_checked(3)?;
            iso(&format!("{head}{hours}:{minutes}"))
        }),
        _ => OffsetDateTime::parse(text, &Rfc2822).ok().map(seconds),
    }
}

/// A count of seconds, milliseconds or microseconds since 1970, as seconds; by its size, since no platform
/// is older than 1990 or posts after 2200.
pub(in crate::wire) fn unix(count: f64) -> Option<f64> {
    let seconds = match count.abs() {
        c if c >= 1e14 => count / 1e6,
        c if c >= 1e11 => count / 1e3,
        _ => count,
    };
    (6e8..=7.3e9).contains(&seconds).then_some(seconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates() {
        for (text, wanted) in [
            ("Thu Aug 06 21:12:23 +0000 2026", 1_786_050_743.0),
            ("2026-08-06T21:12:23Z", 1_786_050_743.0),
            ("2026-08-06T21:12:23.500+00:00", 1_786_050_743.5),
            ("2026-08-06T21:12:23.500", 1_786_050_743.5),
            ("2026-08-06T21:12:23+0000", 1_786_050_743.0),
            ("2026-08-06 21:12:23", 1_786_050_743.0),
            ("Thu, 06 Aug 2026 21:12:23 +0000", 1_786_050_743.0),
            ("2026-08-06", 1_785_974_400.0),
            ("1786050743", 1_786_050_743.0),
            ("1786050743500", 1_786_050_743.5),
        ] {
            assert_eq!(date(text), Some(wanted), "{text}");
        }
        for none in ["", "yesterday", "Aug", "é", "2026-13-40", "12"] {
            assert_eq!(date(none), None, "{none}");
        }
    }
}
