//! Numbers, ages and running times as platforms write them, in the languages they write them in.

use regex::Regex;
use std::borrow::Cow;
use std::sync::LazyLock;
use time::OffsetDateTime;
use time::format_description::well_known::{Rfc2822, Rfc3339};

const MINUTE: f64 = 60.0;
const HOUR: f64 = 60.0 * MINUTE;
const DAY: f64 = 24.0 * HOUR;
const WEEK: f64 = 7.0 * DAY;
const MONTH: f64 = 30.44 * DAY;
const YEAR: f64 = 365.25 * DAY;

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

/// The number that a text states: `1,862 views`, `1.2K`, `19 тыс. просмотров`, `12万 次观看`. Words alone
/// (`No views`) are 0 where they say "none". A fraction before a word that is no known unit is no number: nobody
/// counts 1.2 views, so the word is a unit of a language that is missing here.
pub(super) fn number(text: &str) -> Option<f64> {
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

/// Units of time: how their words start (or, with a trailing `$`, what they are), in the order tried.
const UNITS: &[(f64, &[&str])] = &[
    (
        MONTH,
        &[
            "month",
            "mo$",
            "mos$",
            "mths$",
            "мес",
            "міс",
            "monat",
            "mon$",
            "mois",
            "meses",
            "mes$",
            "mês",
            "mese$",
            "mesi$",
            "miesi",
            "mies$",
            "maand",
            "mnd$",
            "måned",
            "månad",
            "mån$",
            "tháng",
            "bulan",
            "ay$",
            "μήν",
            "μην",
            "شهر",
            "أشهر",
            "شهور",
            "ماه",
            "חודש",
            "महीन",
            "माह",
            "เดือน",
            "mēne",
            "mėnes",
            "mesec",
            "mjesec",
            "mesiac",
            "kuukau",
            "kk$",
            "ヶ月",
            "か月",
            "カ月",
            "ヵ月",
            "个月",
            "個月",
            "개월",
            "luni$",
            "lună",
            "měs",
            "hónap",
        ],
    ),
    (
        SECOND,
        &[
            "sec",
            "sek",
            "s$",
            "сек",
            "segundo",
            "seg$",
            "saniye",
            "sn$",
            "秒",
            "초",
            "giây",
            "detik",
            "secondi",
            "secondo",
            "másodperc",
            "δευτερ",
            "ثاني",
            "ثوان",
            "ثانیه",
            "שניות",
            "שנייה",
            "सेकंड",
            "सेकेंड",
            "วินาที",
        ],
    ),
    (
        MINUTE,
        &[
            "min",
            "m$",
            "мин",
            "хв",
            "dakika",
            "dk$",
            "dk.",
            "分",
            "분",
            "phút",
            "menit",
            "perc",
            "λεπτ",
            "دقيق",
            "دقائق",
            "دقیقه",
            "דקות",
            "דקה",
            "मिनट",
            "นาที",
            "minūt",
        ],
    ),
    (
        HOUR,
        &[
            "hour",
            "hr",
            "h$",
            "час",
            "ч$",
            "годин",
            "stund",
            "std",
            "st$",
            "heure",
            "hora",
            "ora$",
            "ore$",
            "saat",
            "sa$",
            "godz",
            "uur",
            "u$",
            "tim",
            "jam$",
            "giờ",
            "時間",
            "小时",
            "小時",
            "시간",
            "hod",
            "óra",
            "ώρ",
            "ωρ",
            "ساع",
            "שעות",
            "שעה",
            "घंट",
            "घण्ट",
            "ชั่วโมง",
            "valand",
            "tunti",
            "sati$",
            "sata$",
            "órá",
        ],
    ),
    (
        WEEK,
        &[
            "week",
            "wk",
            "w$",
            "нед",
            "тиж",
            "woche",
            "wo$",
            "semaine",
            "sem$",
            "semana",
            "settiman",
            "hafta",
            "hf$",
            "tydz",
            "tyg",
            "uke",
            "veck",
            "v$",
            "weken",
            "tuần",
            "minggu",
            "週",
            "周",
            "주",
            "týd",
            "hét",
            "hete",
            "εβδομ",
            "أسبوع",
            "أسابيع",
            "اسبوع",
            "هفته",
            "שבוע",
            "हफ",
            "सप्ताह",
            "สัปดาห์",
            "nedēļ",
            "savait",
            "săptăm",
            "tjed",
            "viikko",
        ],
    ),
    (
        YEAR,
        &[
            "year",
            "yr",
            "y$",
            "год",
            "года",
            "лет",
            "г$",
            "рок",
            "рік",
            "jahr",
            "j$",
            "an$",
            "ans$",
            "año",
            "ano$",
            "anos$",
            "anni$",
            "anno$",
            "rok",
            "lata$",
            "lat$",
            "jaar",
            "år",
            "yıl",
            "năm",
            "tahun",
            "年",
            "년",
            "let$",
            "év",
            "ani$",
            "χρόν",
            "χρον",
            "έτ",
            "سن",
            "عام",
            "أعوام",
            "سال",
            "שנה",
            "שנים",
            "साल",
            "वर्ष",
            "ปี",
            "gadiem$",
            "gada$",
            "metų$",
            "metus$",
            "godin",
            "vuo",
        ],
    ),
    (
        DAY,
        &[
            "day",
            "d$",
            "дн",
            "дней",
            "день",
            "tag",
            "t$",
            "jour",
            "j$",
            "día",
            "dia",
            "giorn",
            "gg$",
            "gün",
            "dni$",
            "dzień",
            "dag",
            "ngày",
            "hari$",
            "日",
            "天",
            "일",
            "den$",
            "dny$",
            "nap$",
            "napja$",
            "napos$",
            "zile",
            "ημέρ",
            "μέρ",
            "يوم",
            "أيام",
            "ايام",
            "روز",
            "ימים",
            "יום",
            "दिन",
            "วัน",
            "dien",
            "dana$",
            "päivä",
        ],
    ),
];
const SECOND: f64 = 1.0;

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
pub(super) fn ago(text: &str) -> Option<f64> {
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

/// Each number with a unit of time after it.
fn spans(lower: &str) -> impl Iterator<Item = (f64, f64)> {
    static SPAN: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"(\d+(?:[.,]\d+)?)[\s\u{a0}\u{202f}]*([\p{L}\p{M}ヶ]+\.?)").ok());
    SPAN.as_ref().into_iter().flat_map(move |pattern| pattern.captures_iter(lower)).filter_map(|found| {
        let value: f64 = found[1].replace(',', ".").parse().ok()?;
        Some((value, unit_of(&found[2])?))
    })
}

fn unit_of(word: &str) -> Option<f64> {
    // Ukrainian shortens its hour to what is Russian for a year, but for the point.
    if word == "год." {
        return Some(HOUR);
    }
    let word = word.trim_end_matches('.');
    UNITS
        .iter()
        .find(|(_, names)| {
            names.iter().any(|name| match name.strip_suffix('$') {
                Some(whole) => word == whole,
                None => word.starts_with(name),
            })
        })
        .map(|(seconds, _)| *seconds)
}

/// A running time in seconds: `12:34`, `12.34` (as Finns and Danes write it), `1:02:26`, `PT1H2M3S`, `15 minutes, 45 seconds`, `90`.
pub(super) fn duration(text: &str) -> Option<f64> {
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

/// Seconds since 1970 from ISO 8601, RFC 2822, X's own order (`Thu Aug 06 21:12:23 +0000 2026`), or a
/// count of seconds or milliseconds.
pub(super) fn date(text: &str) -> Option<f64> {
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
pub(super) fn unix(count: f64) -> Option<f64> {
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
