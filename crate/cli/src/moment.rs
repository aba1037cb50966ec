//! Moments on the command line: RFC 3339, or seconds since 1970.

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// A moment as the reader gave it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Moment {
    /// Seconds since 1970-01-01 UTC.
    pub seconds: f64,
    /// Local time minus UTC, in minutes.
    pub utc_offset: i32,
}

/// Reads `2026-08-06T21:12:23+02:00` or `1786050743`.
///
/// # Errors
/// A message for the command line's reader.
pub fn parse(text: &str) -> Result<Moment, String> {
    if let Ok(seconds) = text.parse::<f64>() {
        // Year 9999: what RFC 3339 can still write.
        return if (0.0..=253_402_300_799.0).contains(&seconds) {
            Ok(Moment { seconds, utc_offset: 0 })
        } else {
            Err("seconds since 1970 are between 0 and 253402300799".to_owned())
        };
    }
    let moment = OffsetDateTime::parse(text, &Rfc3339)
        .map_err(|_| "expected a moment like 2026-08-06T21:12:23Z, or seconds since 1970".to_owned())?;
    let seconds = moment.unix_timestamp_nanos() as f64 / 1e9;
    Ok(Moment { seconds, utc_offset: i32::from(moment.offset().whole_minutes()) })
}

/// Reads `+02:00`, `-0330`, `Z` or minutes: local time minus UTC, in minutes.
///
/// # Errors
/// A message for the command line's reader.
pub fn parse_offset(text: &str) -> Result<i32, String> {
    let wrong = || "expected an offset like +02:00, or minutes between -1440 and 1440".to_owned();
    if matches!(text, "Z" | "z") {
        return Ok(0);
    }
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b':') {
        return Err(wrong());
    }
    let number = |digits: &str| digits.parse::<i32>().map_err(|_| wrong());
    let minutes = match digits.split_once(':') {
        Some((hours, minutes)) => number(hours)? * 60 + number(minutes)?,
        // Four digits are hours and minutes: no place is 330 minutes by the name of 0330.
        None if digits.len() == 4 => {
            let both = number(digits)?;
            both / 100 * 60 + both % 100
        }
        None => number(digits)?,
    };
    if minutes > 1440 { Err(wrong()) } else { Ok(sign * minutes) }
}

/// Seconds since 1970 as RFC 3339 in UTC, to the second; `None` outside the years 0 to 9999.
pub fn rfc3339(seconds: f64) -> Option<String> {
    if !seconds.is_finite() || seconds.abs() > 1e12 {
        return None;
    }
    OffsetDateTime::from_unix_timestamp(seconds.floor() as i64).ok()?.format(&Rfc3339).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_come_and_go() {
        let moment = parse("2026-08-06T23:12:23+02:00").unwrap();
        assert_eq!(moment, Moment { seconds: 1_786_050_743.0, utc_offset: 120 });
        assert_eq!(rfc3339(moment.seconds).as_deref(), Some("2026-08-06T21:12:23Z"));
        assert_eq!(parse("1786050743").unwrap().seconds, 1_786_050_743.0);
        assert!(parse("tomorrow").unwrap_err().contains("2026-08-06"));
        assert!(parse("-1").is_err());
        assert_eq!(rfc3339(f64::NAN), None);
        assert_eq!(rfc3339(1e30), None);
    }

    #[test]
    fn offsets_are_read_in_every_common_form() {
        for (text, minutes) in
            [("+02:00", 120), ("-0330", -210), ("Z", 0), ("90", 90), ("-90", -90), ("0", 0), ("05:45", 345)]
        {
            assert_eq!(parse_offset(text), Ok(minutes), "{text}");
        }
        for text in ["", "+", "two", "25:00", "9999", "1:2:3", "+99999999999"] {
            assert!(parse_offset(text).is_err(), "{text}");
        }
    }
}
