//! Running times: `12:34`, `PT4M13S`.

use super::in_ascii;
use super::unit::{HOUR, MINUTE, SECOND, spans};
use regex::Regex;
use std::sync::LazyLock;

/// A running time in seconds: `12:34`, `12.34` (as Finns and Danes write it), `1:02:26`, `PT1H2M3S`, `15 minutes, 45 seconds`, `90`.
pub(in crate::wire) fn duration(text: &str) -> Option<f64> {
    let text = &*in_ascii(text.trim());
    static POINTS: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"^\d{1,2}(?:\.[0-5]\d){1,2}$").ok());
    let points = POINTS.as_ref().is_some_and(|pattern| pattern.is_match(text));
    if points || text.contains(':') {
        let parts: Vec<&str> = text.split(if points { '.' } else { ':' }).collect();
        if parts.len() > 4 {
            return None;
        }
        return parts.iter().try_fold(0.0, |sum, part| {
            let part = part.trim();
            let digits = !part.is_empty() && part.len() <= 3 && part.bytes().all(|b| b.is_ascii_digit());
            Some(sum * 60.0 + digits.then(|| part.parse::<f64>().ok()).flatten()?)
        });
    }
    if let Ok(seconds) = text.parse::<f64>() {
        return (seconds.is_finite() && seconds >= 0.0).then_some(seconds);
    }
    if let Some(iso) = text.strip_prefix("PT") {
        let mut number = String::new();
        let mut sum = 0.0;
        for c in iso.chars() {
            if c.is_ascii_digit() || c == '.' {
                number.push(c);
                continue;
            }
            let unit = match c {
                'H' => HOUR,
                'M' => MINUTE,
                'S' => SECOND,
                _ => return None,
            };
            sum += number.parse::<f64>().ok()? * unit;
            number.clear();
        }
        return number.is_empty().then_some(sum);
    }
    let lower = text.to_lowercase();
    let mut sum = None;
    for (value, unit) in spans(&lower) {
        sum = Some(sum.unwrap_or(0.0) + value * unit);
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations() {
        for (text, wanted) in [
            ("0:41", 41.0),
            ("12:34", 754.0),
            ("1:02:26", 3746.0),
            ("PT1H2M3S", 3723.0),
            ("2 minutes, 16 seconds", 136.0),
            ("15 минут 45 секунд", 945.0),
            ("90", 90.0),
            ("10.05", 605.0),
            ("1.02.03", 3723.0),
            ("12.5", 12.5),
            ("١٠:٠٥", 605.0),
        ] {
            assert_eq!(duration(text), Some(wanted), "{text}");
        }
        for none in ["LIVE", "102 videos", "a:b", ":", "1:2:3:4:5", "PT5X"] {
            assert_eq!(duration(none), None, "{none}");
        }
    }
}
