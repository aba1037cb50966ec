//! How long ago: `3 days ago`, `vor 3 Tagen`, `2w`.

use super::in_ascii;
use super::unit::{DAY, HOUR, MINUTE, MONTH, WEEK, YEAR, spans, unit_of};

/// Words that are an age by themselves.
const AGES: &[(&str, f64)] = &[
    // Two of them, which Arabic and Hebrew say in one word; before one of them, which some begin with.
    ("ثانيتين", 2.0),
    ("دقيقتين", 2.0 * MINUTE),
    ("ساعتين", 2.0 * HOUR),
    ("يومين", 2.0 * DAY),
    ("أسبوعين", 2.0 * WEEK),
    ("شهرين", 2.0 * MONTH),
    ("سنتين", 2.0 * YEAR),
    ("عامين", 2.0 * YEAR),
    ("שעתיים", 2.0 * HOUR),
    ("יומיים", 2.0 * DAY),
    ("שבועיים", 2.0 * WEEK),
    ("חודשיים", 2.0 * MONTH),
    ("שנתיים", 2.0 * YEAR),
    ("قبل دقيقة", MINUTE),
    ("قبل ساعة", HOUR),
    ("قبل يوم", DAY),
    ("قبل أسبوع", WEEK),
    ("قبل شهر", MONTH),
    ("قبل سنة", YEAR),
    ("قبل عام", YEAR),
    ("לפני דקה", MINUTE),
    ("לפני שעה", HOUR),
    ("לפני יום", DAY),
    ("לפני שבוע", WEEK),
    ("לפני חודש", MONTH),
    ("לפני שנה", YEAR),
    ("اليوم", 0.0),
    ("أمس", DAY),
    ("היום", 0.0),
    ("אתמול", DAY),
    ("χθες", DAY),
    ("σήμερα", 0.0),
    ("tegnap", DAY),
    ("เมื่อวาน", DAY),
    ("just now", 0.0),
    ("now", 0.0),
    ("сейчас", 0.0),
    ("только что", 0.0),
    ("gerade eben", 0.0),
    ("à l’instant", 0.0),
    ("à l'instant", 0.0),
    ("たった今", 0.0),
    ("刚刚", 0.0),
    ("yesterday", DAY),
    ("вчера", DAY),
    ("вчора", DAY),
    ("gestern", DAY),
    ("hier", DAY),
    ("ayer", DAY),
    ("ontem", DAY),
    ("ieri", DAY),
    ("昨日", DAY),
    ("昨天", DAY),
    ("어제", DAY),
    ("today", 0.0),
    ("сегодня", 0.0),
    ("сьогодні", 0.0),
    ("heute", 0.0),
    ("aujourd", 0.0),
    ("oggi", 0.0),
    ("hoje", 0.0),
    ("今日", 0.0),
    ("今天", 0.0),
    ("오늘", 0.0),
];

/// `an hour ago`: words that stand for one.
const ONES: &[&str] = &["a", "an", "one", "ein", "eine", "einem", "einer", "un", "une", "una", "um", "uma"];

/// How long ago a text says, in seconds: `3 days ago`, `vor 3 Tagen`, `3 дня назад`, `2w`, `Streamed 1
/// year ago`, `yesterday`. Months and years are mean ones.
pub(in crate::wire) fn ago(text: &str) -> Option<f64> {
    let lower = in_ascii(text.trim()).to_lowercase();
    // An age is a short text; a sentence that happens to speak of days is none.
    if lower.chars().count() > 60 {
        return None;
    }
    if let Some((value, unit)) = spans(&lower).next() {
        return Some(value * unit);
    }
    let words: Vec<&str> = lower.split_whitespace().collect();
    let one = words.windows(2).find_map(|pair| ONES.contains(&pair[0]).then(|| unit_of(pair[1])).flatten());
    one.or_else(|| AGES.iter().find(|(word, _)| lower.contains(word)).map(|(_, age)| *age))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_in_many_languages() {
        for (text, wanted) in [
            ("3 days ago", 3.0 * DAY),
            ("vor 3 Tagen", 3.0 * DAY),
            ("3 дня назад", 3.0 * DAY),
            ("1 день назад", DAY),
            ("5 лет назад", 5.0 * YEAR),
            ("2 года назад", 2.0 * YEAR),
            ("1 год назад", YEAR),
            ("2 год. тому", 2.0 * HOUR),
            ("vor 2 Stunden", 2.0 * HOUR),
            ("il y a 4 mois", 4.0 * MONTH),
            ("hace 2 semanas", 2.0 * WEEK),
            ("há 3 dias", 3.0 * DAY),
            ("3日前", 3.0 * DAY),
            ("2年前", 2.0 * YEAR),
            ("5个月前", 5.0 * MONTH),
            ("2小时前", 2.0 * HOUR),
            ("Streamed 6 months ago", 6.0 * MONTH),
            ("4 years ago (edited)", 4.0 * YEAR),
            ("1w •   ", WEEK),
            ("3mo", 3.0 * MONTH),
            ("5m", 5.0 * MINUTE),
            ("an hour ago", HOUR),
            ("Updated yesterday", DAY),
            ("2 napja", 2.0 * DAY),
            ("3 hete", 3.0 * WEEK),
            ("6 órája", 6.0 * HOUR),
            ("5 hónapja", 5.0 * MONTH),
            ("πριν από 2 ημέρες", 2.0 * DAY),
            ("πριν από 3 ώρες", 3.0 * HOUR),
            ("πριν από 2 έτη", 2.0 * YEAR),
            ("قبل 3 أيام", 3.0 * DAY),
            ("قبل يومين", 2.0 * DAY),
            ("قبل ساعة واحدة", HOUR),
            ("قبل ١١ شهرًا", 11.0 * MONTH),
            ("לפני 3 ימים", 3.0 * DAY),
            ("לפני יומיים", 2.0 * DAY),
            ("לפני שבוע", WEEK),
            ("2 दिन पहले", 2.0 * DAY),
            ("3 घंटे पहले", 3.0 * HOUR),
            ("1 वर्ष पहले", YEAR),
            ("2 วันที่ผ่านมา", 2.0 * DAY),
            ("3 ชั่วโมงที่ผ่านมา", 3.0 * HOUR),
            ("5 เดือนที่ผ่านมา", 5.0 * MONTH),
            ("pirms 2 dienām", 2.0 * DAY),
            ("pirms 3 mēnešiem", 3.0 * MONTH),
            ("pirms 2 gadiem", 2.0 * YEAR),
            ("pirms 4 nedēļām", 4.0 * WEEK),
            ("Обновлено сегодня", 0.0),
        ] {
            assert_eq!(ago(text), Some(wanted), "{text}");
        }
        assert_eq!(ago("Queen Official"), None);
        assert_eq!(ago("Promoted"), None);
    }
}
