//! How many: `1,862 views`, `1.2K`, `19 тыс.`

use super::in_ascii;
use regex::Regex;
use std::sync::LazyLock;

/// Digits, the separators among them, and the word that follows.
static NUMBER: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(-?)(\d+(?:[\u{a0}\u{202f}\u{2009} .,'’٬]\d+)*)[\u{a0}\u{202f} ]?([\p{L}\p{M}]*)").ok()
});

/// Words that multiply, lower case. Latin ones are matched whole, the rest by how they start.
const MULTIPLIERS: &[(&str, f64)] = &[
    ("k", 1e3),
    ("tsd", 1e3),
    ("mil", 1e3),
    ("mille", 1e3),
    ("mila", 1e3),
    ("tis", 1e3),
    ("tys", 1e3),
    ("bin", 1e3),
    ("rb", 1e3),
    ("t", 1e3),
    ("thousand", 1e3),
    ("thsd", 1e3),
    ("tusen", 1e3),
    ("tusind", 1e3),
    ("duizend", 1e3),
    ("ribu", 1e3),
    ("ezer", 1e3),
    ("mie", 1e3),
    ("mii", 1e3),
    ("nghìn", 1e3),
    ("ngàn", 1e3),
    ("tuh", 1e3),
    ("tūkst", 1e3),
    ("hilj", 1e3),
    ("tn", 1e3),
    ("lakh", 1e5),
    ("m", 1e6),
    ("mi", 1e6),
    ("mn", 1e6),
    ("mio", 1e6),
    ("mln", 1e6),
    ("mill", 1e6),
    ("milj", 1e6),
    ("jt", 1e6),
    ("tr", 1e6),
    ("juta", 1e6),
    ("milyon", 1e6),
    ("millió", 1e6),
    ("milioane", 1e6),
    ("milion", 1e6),
    ("milione", 1e6),
    ("millón", 1e6),
    ("milhão", 1e6),
    ("miljoen", 1e6),
    ("miljon", 1e6),
    ("miljoner", 1e6),
    ("triệu", 1e6),
    ("million", 1e6),
    ("millions", 1e6),
    ("millionen", 1e6),
    ("millones", 1e6),
    ("milhões", 1e6),
    ("milioni", 1e6),
    ("crore", 1e7),
    ("b", 1e9),
    ("bn", 1e9),
    ("mrd", 1e9),
    ("mld", 1e9),
    ("md", 1e9),
    ("bi", 1e9),
    ("mia", 1e9),
    ("mr", 1e9),
    ("mlrd", 1e9),
    ("mljrd", 1e9),
    ("milyar", 1e9),
    ("miliar", 1e9),
    ("miljard", 1e9),
    ("miljarder", 1e9),
    ("milliard", 1e9),
    ("milliards", 1e9),
    ("milliarden", 1e9),
    ("tỷ", 1e9),
    ("tỉ", 1e9),
    ("billion", 1e9),
];

/// The same for words that run on into others, or are inflected.
const STEMS: &[(&str, f64)] = &[
    ("тыс", 1e3),
    ("тис", 1e3),
    ("хил", 1e3),
    ("хиљ", 1e3),
    ("мың", 1e3),
    ("млн", 1e6),
    ("млрд", 1e9),
    ("милиард", 1e9),
    ("мил", 1e6),
    ("χιλ", 1e3),
    ("εκ", 1e6),
    ("δισ", 1e9),
    ("ألف", 1e3),
    ("الف", 1e3),
    ("آلاف", 1e3),
    ("مليون", 1e6),
    ("ملايين", 1e6),
    ("مليار", 1e9),
    ("بليون", 1e9),
    ("هزار", 1e3),
    ("میلیون", 1e6),
    ("میلیارد", 1e9),
    ("אלף", 1e3),
    ("אלפי", 1e3),
    ("מיליון", 1e6),
    ("מיליוני", 1e6),
    ("מיליארד", 1e9),
    ("हज", 1e3),
    ("लाख", 1e5),
    ("करोड", 1e7),
    ("अरब", 1e9),
    ("হাজার", 1e3),
    ("লাখ", 1e5),
    ("লক্ষ", 1e5),
    ("কোটি", 1e7),
    ("千", 1e3),
    ("천", 1e3),
    ("万", 1e4),
    ("萬", 1e4),
    ("만", 1e4),
    ("億", 1e8),
    ("亿", 1e8),
    ("억", 1e8),
    ("พันล้าน", 1e9),
    ("พัน", 1e3),
    ("หมื่น", 1e4),
    ("แสน", 1e5),
    ("ล้าน", 1e6),
];

/// Letters and words that have another meaning in some languages: the words those are known by, and what the
/// unit is there.
const ELSEWHERE: &[(&str, &[&str], f64)] = &[
    // Turkish bin.
    ("b", &["görüntüleme", "izle", "abone"], 1e3),
    // Hungarian ezer.
    ("e", &["megtekint", "néző", "feliratkoz"], 1e3),
    // Vietnamese nghìn and tỷ.
    ("n", &["lượt", "người"], 1e3),
    ("t", &["lượt", "người"], 1e9),
    // Indonesian miliar.
    ("m", &["ditonton", "penayangan", "penonton"], 1e9),
    // A thousand in Spanish and Portuguese, a million here.
    ("mil", &["zhlédn", "zhliadn", "odběr", "odber", "vizion", "pregled", "ogled"], 1e6),
];

/// The number that a text states: `1,862 views`, `1.2K`, `19 тыс. просмотров`, `12万 次观看`. Words alone
/// (`No views`) are 0 where they say "none". A fraction before a word that is no known unit is no number: nobody
/// counts 1.2 views, so the word is a unit of a language that is missing here.
pub(in crate::wire) fn number(text: &str) -> Option<f64> {
    let lower = in_ascii(text.trim()).to_lowercase();
    let Some(found) = NUMBER.as_ref()?.captures(&lower) else {
        const NONE: &[&str] =
            &["no ", "нет", "немає", "keine", "aucun", "ningun", "nenhum", "nessun", "sin ", "geen ", "brak"];
        return NONE.iter().any(|none| lower.starts_with(none)).then_some(0.0);
    };
    let word = &found[3];
    let multiplier = ELSEWHERE
        .iter()
        .find(|(unit, words, _)| *unit == word && words.iter().any(|w| lower.contains(w)))
        .map(|(_, _, by)| *by)
        .or_else(|| MULTIPLIERS.iter().find(|(unit, _)| *unit == word).map(|(_, by)| *by))
        .or_else(|| STEMS.iter().find(|(stem, _)| word.starts_with(stem)).map(|(_, by)| *by));
    let value = grouped(&found[2], multiplier.is_some())?;
    if multiplier.is_none() && !word.is_empty() && value.fract() != 0.0 {
        return None;
    }
    let sign = if &found[1] == "-" { -1.0 } else { 1.0 };
    Some(sign * (value * multiplier.unwrap_or(1.0) * 1e3).round() / 1e3)
}

/// Digits with separators. The last `.` or `,` is a decimal mark if it is the only one of its kind and not
/// followed by exactly three digits, or if a unit follows (`1,234K` is not written).
fn grouped(digits: &str, has_unit: bool) -> Option<f64> {
    let last = digits.rfind(['.', ',']);
    let decimal = last.filter(|at| {
        let mark = &digits[*at..=*at];
        let after = digits[at + 1..].chars().filter(char::is_ascii_digit).count();
        digits.matches(mark).count() == 1 && (after != 3 || (has_unit && after < 3))
    });
    let mut plain = String::with_capacity(digits.len());
    for (at, c) in digits.char_indices() {
        if c.is_ascii_digit() {
            plain.push(c);
        } else if Some(at) == decimal {
            plain.push('.');
        } else if let Some(digit) = c.to_digit(10) {
            plain.push(char::from_digit(digit, 10)?);
        }
    }
    plain.parse().ok().filter(|v: &f64| v.is_finite())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_many_languages() {
        for (text, wanted) in [
            ("1,862 views", 1862.0),
            ("1.862 Aufrufe", 1862.0),
            ("19 833 просмотра", 19833.0),
            ("19\u{a0}833\u{a0}просмотра", 19833.0),
            ("19 тыс. просмотров", 19e3),
            ("1.2K", 1200.0),
            ("1,2 Mio. Aufrufe", 1.2e6),
            ("55M views", 55e6),
            ("7.8m views", 7.8e6),
            ("1.2B views", 1.2e9),
            ("1,2 B görüntüleme", 1200.0),
            ("12万 次观看", 12e4),
            ("조회수 3.4만회", 34e3),
            ("1,2 mil visualizações", 1200.0),
            ("12 345 678 vues", 12345678.0),
            ("1.234.567", 1234567.0),
            ("-12", -12.0),
            ("No views", 0.0),
            ("Нет просмотров", 0.0),
            ("316 watching", 316.0),
            ("234k subscribers", 234e3),
            ("1,2 E megtekintés", 1200.0),
            ("1,2 M megtekintés", 1.2e6),
            ("1,2 N lượt xem", 1200.0),
            ("1,2 Tr lượt xem", 1.2e6),
            ("1,2 T lượt xem", 1.2e9),
            ("1,2 χιλ. προβολές", 1200.0),
            ("1,2 εκ. προβολές", 1.2e6),
            ("1.2 ألف مشاهدة", 1200.0),
            ("1.2 مليون مشاهدة", 1.2e6),
            ("١٫٢ مليون مشاهدة", 1.2e6),
            ("1.2 אלף צפיות", 1200.0),
            ("1.2 מיליון צפיות", 1.2e6),
            ("1.2 हज़ार बार देखा गया", 1200.0),
            ("12 लाख बार देखा गया", 1.2e6),
            ("1.2 करोड़ बार देखा गया", 1.2e7),
            ("ดู 1.2 แสน ครั้ง", 12e4),
            ("ดู 1.2 ล้าน ครั้ง", 1.2e6),
            ("1,2 tūkst. skatījumu", 1200.0),
            ("1,2 milj. skatījumu", 1.2e6),
            ("1,2 mil. zhlédnutí", 1.2e6),
            ("12 tis. zhlédnutí", 12e3),
            ("1,2 jt x ditonton", 1.2e6),
            ("1,2 M x ditonton", 1.2e9),
        ] {
            assert_eq!(number(text), Some(wanted), "{text}");
        }
        assert_eq!(number("Some Channel"), None);
        // A unit of nobody's: better unknown than a thousandth of it.
        assert_eq!(number("1,2 zorp"), None);
    }
}
