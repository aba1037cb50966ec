//! What an expression costs before anything is known of it, in the unit of [`Work`](super::Work).
//!
//! The figures are from `cargo bench -p diffract-core --bench hostile`, rounded up. What is dear are classes: one like `\w` has
//! seven hundred ranges, and where cases are alike each character of a range is looked up, up to a million for one that is
//! written in four.

use regex_syntax::hir::{Class, Hir, HirKind};

/// A class like `\w` or `\pL`.
const CLASS: usize = 600;
/// Its other cases.
const CLASS_FOLDED: usize = 40_000;
/// The other cases of nearly all characters.
const ALL_FOLDED: usize = 600_000;
/// One class less another, or what both have.
const SET_OPERATION: usize = 1_500;
/// A part of an expression, for what is found out about it.
const PART: usize = 25;
/// A class of few characters is looked through up to so many.
const LOOKED_THROUGH: usize = 256;

/// What it costs at most to make of an expression that the crate can parse what it means. Told from its text, since going over
/// its tree takes more room in the engine's module than there is.
pub(super) fn of_translating(pattern: &str) -> usize {
    let flag = |flag: char| {
        pattern
            .split("(?")
            .skip(1)
            .any(|flags| flags.split([')', ':']).next().is_some_and(|set| set.contains(flag)))
    };
    // With blanks and comments in it there is no telling what is in brackets.
    let mut scan = Scan { cost: 0, folds: flag('i'), anywhere: flag('x'), depth: 0, items: 0, classes: 0 };
    scan.all(pattern);
    scan.close();
    scan.cost
}

/// Adds up what is dear.
struct Scan {
    cost: usize,
    /// Whether cases may be alike somewhere.
    folds: bool,
    /// Whether to take all of it for what stands in brackets.
    anywhere: bool,
    /// How many square brackets are open, and what stands in the outermost: so much, and so many classes among it.
    depth: usize,
    items: usize,
    classes: usize,
}

impl Scan {
    fn add(&mut self, cost: usize) {
        self.cost = self.cost.saturating_add(cost);
    }

    fn folded(&mut self, cost: usize) {
        if self.folds && (self.depth > 0 || self.anywhere) {
            self.add(cost);
        }
    }

    /// Each item goes to its place among the others, and each class is put together with all before it.
    fn close(&mut self) {
        self.add(self.items.saturating_mul(self.items) / 30 + self.classes.saturating_mul(self.items));
        (self.items, self.classes) = (0, 0);
    }

    fn all(&mut self, pattern: &str) {
        let mut rest = pattern.chars();
        // The character that a range may begin with, and whether a class was just opened.
        let (mut last, mut opened) = (None, false);
        while let Some(c) = rest.next() {
            let was_opened = std::mem::take(&mut opened);
            let ahead = rest.as_str();
            match c {
                '\\' => {
                    self.escape(rest.next().unwrap_or(' '), rest.as_str());
                    last = None;
                    continue;
                }
                '[' => {
                    if self.depth > 0 {
                        self.classes += 1;
                    }
                    if (self.depth > 0 || self.anywhere) && ahead.starts_with(['^', ':']) {
                        self.folded(if ahead.starts_with(":") && !ahead.starts_with(":^") {
                            PART
                        } else {
                            ALL_FOLDED
                        });
                    }
                    self.depth += 1;
                    opened = true;
                }
                '^' if was_opened => opened = true,
                ']' if self.depth > 0 && !was_opened => {
                    self.depth -= 1;
                    if self.depth == 0 {
                        self.close();
                    }
                }
                '-' | '&' | '~' if ahead.starts_with(c) => self.add(SET_OPERATION),
                '-' if !ahead.starts_with(']') => {
                    let end = ahead.chars().next().filter(|end| !matches!(end, '\\' | '['));
                    let width = last
                        .zip(end)
                        .map(|(start, end): (char, char)| (end as usize).saturating_sub(start as usize));
                    self.folded(width.map_or(ALL_FOLDED, |width| width / 2));
                }
                _ => {}
            }
            self.items += usize::from(self.depth > 0);
            last = Some(c);
        }
    }

    fn escape(&mut self, letter: char, behind: &str) {
        self.items += usize::from(self.depth > 0);
        match letter {
            'p' | 'P' => {
                self.add(CLASS);
                let name = behind.trim_start_matches(['{', '^', ' ', '_', '-']);
                let negated = letter == 'P' || behind.starts_with("{^") || behind.contains("!=");
                // `Any`, `Assigned`, and whatever else begins like them.
                let nearly_all = name.starts_with(['a', 'A']) || name.contains('=');
                if nearly_all && self.folds {
                    self.add(ALL_FOLDED);
                } else if self.folds {
                    self.add(CLASS_FOLDED);
                }
                self.folded(if negated { ALL_FOLDED } else { 0 });
            }
            'w' | 'd' | 's' => {
                self.add(CLASS);
                self.folded(CLASS_FOLDED);
            }
            'W' | 'D' | 'S' => {
                self.add(CLASS);
                self.folded(ALL_FOLDED);
            }
            _ => return,
        }
        self.classes += usize::from(self.depth > 0);
    }
}

/// What it costs to look at all parts of an expression a few times.
pub(super) fn of_looking_at(hir: &Hir) -> usize {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => PART,
        HirKind::Literal(literal) => PART + literal.0.len(),
        HirKind::Class(Class::Unicode(class)) => {
            let ranges = class.ranges();
            let looked_through = match ranges.len() {
                0..=32 => ranges.iter().map(|range| range.len()).sum::<usize>().min(LOOKED_THROUGH),
                _ => 0,
            };
            PART + ranges.len() / 8 + 4 * looked_through
        }
        HirKind::Class(Class::Bytes(_)) => PART,
        HirKind::Repetition(repetition) => PART + of_looking_at(&repetition.sub),
        HirKind::Capture(capture) => PART + of_looking_at(&capture.sub),
        HirKind::Concat(all) | HirKind::Alternation(all) => {
            all.iter().map(of_looking_at).sum::<usize>() + PART
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Refusal, Work, read};

    /// What is counted is work, not time: the same on every machine.
    fn cost(pattern: &str) -> usize {
        let most = 1 << 40;
        let mut work = Work::new(most);
        assert!(read(pattern, &mut work).is_ok(), "{pattern}");
        most - work.left
    }

    #[test]
    fn dear_classes_cost_what_they_take() {
        for (pattern, least) in [
            (r"(?i)[\x00-\x{10FFFF}]", 500_000),
            (r"(?i)[[^\d]a]", 500_000),
            (r"(?i)[[:^alpha:]]", 500_000),
            (r"(?i)\p{any}", 500_000),
            (r"(?i)[\PL]", 500_000),
            (r"(?i)\pL", 40_000),
            (r"[\w--\pL]", 1_500),
            (r"\pL\PN", 1_200),
        ] {
            assert!(cost(pattern) >= least, "{pattern}: {}", cost(pattern));
            // Refused before it is done.
            assert!(matches!(read(pattern, &mut Work::new(least / 2)), Err(Refusal::TooMuch)), "{pattern}");
        }
        let many: String = (0..6_000).filter_map(|i| char::from_u32(0x4E00 + 2 * i)).collect();
        assert!(
            cost(&format!("[\\x41{many}]")) > 1_000_000,
            "each is put in its place among those before it"
        );
        let nested = "[a[b][c][d]]".repeat(100);
        assert!(cost(&nested) > cost(&"[abcd]".repeat(100)));
    }

    #[test]
    fn what_is_often_written_costs_little() {
        for pattern in [
            r"(?i)\b(1000x|presale)\b",
            r"(?i)[^\W_]+",
            r"name\W?other",
            r"\w{2,20}@mail",
            r"(?i)[a-zà-ÿ]{3,}\W*now",
        ] {
            assert!(cost(pattern) < 3_000, "{pattern}: {}", cost(pattern));
        }
    }

    #[test]
    fn where_there_was_no_room_once_nothing_has_any() {
        let mut work = Work::new(100);
        assert!(matches!(read(r"\x41{900}\pL", &mut work), Err(Refusal::TooMuch)));
        assert!(matches!(read("a", &mut work), Err(Refusal::TooMuch)));
    }
}
