//! Expressions such as most are, in one step.

use regex_syntax::hir::{
    Capture, Class, ClassUnicode, ClassUnicodeRange, Dot, Hir, HirKind, Look, Repetition,
};
use regex_syntax::is_escapeable_character;
use std::str::Chars;
use std::sync::OnceLock;

/// Groups in groups beyond this are left to the crate: each may stand for four of its
/// [`MAX_NESTING`](super::MAX_NESTING) levels.
const MAX_DEPTH: u32 = 12;
/// Greater counts are left to the crate.
const MAX_COUNT: u32 = 10_000;

/// Classes of more characters are left to the crate where cases are alike.
const MAX_FOLDED: usize = 256;

/// What an expression says; `None` where it is no ordinary one.
pub(super) fn read(pattern: &str) -> Option<Hir> {
    let mut reader = Reader { rest: pattern.chars(), captures: 0, flags: Flags::default() };
    reader.flags()?;
    let hir = reader.alternation(0)?;
    reader.rest.next().is_none().then_some(hir)
}

/// What a leading `(?ims)` says.
#[derive(Default)]
struct Flags {
    fold: bool,
    lines: bool,
    dot_is_all: bool,
}

struct Reader<'p> {
    rest: Chars<'p>,
    captures: u32,
    flags: Flags,
}

/// What a repetition may stand behind.
enum Atom {
    Char(char),
    Whole(Hir),
}

impl Reader<'_> {
    fn peek(&self) -> Option<char> {
        self.rest.clone().next()
    }

    fn eat(&mut self, wanted: char) -> bool {
        let found = self.peek() == Some(wanted);
        if found {
            self.rest.next();
        }
        found
    }

    /// Flags at the very beginning; `None` where they are others than `i`, `m` and `s`.
    fn flags(&mut self) -> Option<()> {
        let Some(rest) = self.rest.as_str().strip_prefix("(?") else { return Some(()) };
        if rest.starts_with(':') {
            return Some(());
        }
        let end = rest.find(')').filter(|end| *end > 0)?;
        for (place, flag) in rest[..end].char_indices() {
            if rest[..place].contains(flag) {
                return None;
            }
            match flag {
                'i' => self.flags.fold = true,
                'm' => self.flags.lines = true,
                's' => self.flags.dot_is_all = true,
                _ => return None,
            }
        }
        self.rest = rest[end + 1..].chars();
        Some(())
    }

    fn alternation(&mut self, depth: u32) -> Option<Hir> {
        let first = self.concatenation(depth)?;
        if self.peek() != Some('|') {
            return Some(first);
        }
        let mut branches = vec![first];
        while self.eat('|') {
            branches.push(self.concatenation(depth)?);
        }
        Some(Hir::alternation(branches))
    }

    fn concatenation(&mut self, depth: u32) -> Option<Hir> {
        let mut parts = Vec::new();
        let mut run = String::new();
        while let Some(atom) = self.atom(depth)? {
            let repeated = self.repetition()?;
            let hir = match atom {
                Atom::Char(c) => match (self.folded(c)?, repeated.is_some()) {
                    (None, false) => {
                        run.push(c);
                        continue;
                    }
                    (None, true) => Hir::literal(c.encode_utf8(&mut [0; 4]).as_bytes()),
                    (Some(class), _) => class,
                },
                Atom::Whole(hir) => hir,
            };
            if !run.is_empty() {
                parts.push(Hir::literal(std::mem::take(&mut run).into_bytes()));
            }
            parts.push(match repeated {
                Some((min, max, greedy)) => {
                    Hir::repetition(Repetition { min, max, greedy, sub: Box::new(hir) })
                }
                None => hir,
            });
        }
        if parts.is_empty() {
            return Some(Hir::literal(run.into_bytes()));
        }
        if !run.is_empty() {
            parts.push(Hir::literal(run.into_bytes()));
        }
        Some(Hir::concat(parts))
    }

    /// The next atom; inside `None` where the branch ends, outside where it is no ordinary one.
    fn atom(&mut self, depth: u32) -> Option<Option<Atom>> {
        let Some(c) = self.peek().filter(|c| !matches!(c, '|' | ')')) else { return Some(None) };
        self.rest.next();
        Some(Some(match c {
            '(' => Atom::Whole(self.group(depth)?),
            '[' => Atom::Whole(Hir::class(Class::Unicode(self.set()?))),
            '\\' => self.escape()?,
            '.' if self.flags.dot_is_all => Atom::Whole(Hir::dot(Dot::AnyChar)),
            '.' => Atom::Whole(Hir::dot(Dot::AnyCharExcept('\n'))),
            '^' => Atom::Whole(Hir::look(if self.flags.lines { Look::StartLF } else { Look::Start })),
            '$' => Atom::Whole(Hir::look(if self.flags.lines { Look::EndLF } else { Look::End })),
            // Nothing stands before it.
            '*' | '+' | '?' | '{' => return None,
            c => Atom::Char(c),
        }))
    }

    fn group(&mut self, depth: u32) -> Option<Hir> {
        if depth == MAX_DEPTH {
            return None;
        }
        let index = if self.eat('?') {
            if !self.eat(':') {
                return None;
            }
            None
        } else {
            self.captures += 1;
            Some(self.captures)
        };
        let inner = self.alternation(depth + 1)?;
        if !self.eat(')') {
            return None;
        }
        Some(match index {
            Some(index) => Hir::capture(Capture { index, name: None, sub: Box::new(inner) }),
            None => inner,
        })
    }

    fn escape(&mut self) -> Option<Atom> {
        let c = self.rest.next()?;
        if let Some(class) = perl(c) {
            return Some(Atom::Whole(class.clone()));
        }
        Some(match c {
            'b' | 'B' => {
                // `\b{start}`
                if self.peek() == Some('{') {
                    return None;
                }
                Atom::Whole(Hir::look(if c == 'b' { Look::WordUnicode } else { Look::WordUnicodeNegate }))
            }
            c => Atom::Char(character(c)?),
        })
    }

    /// `?`, `*`, `+`, `{2}`, `{2,}`, `{2,3}`, and whether greedy; inside `None` where none stands here.
    fn repetition(&mut self) -> Option<Option<(u32, Option<u32>, bool)>> {
        let (min, max) = match self.peek() {
            Some('?') => (0, Some(1)),
            Some('*') => (0, None),
            Some('+') => (1, None),
            Some('{') => {
                self.rest.next();
                let min = self.count()?;
                let max = if !self.eat(',') {
                    Some(min)
                } else if self.peek() == Some('}') {
                    None
                } else {
                    Some(self.count()?)
                };
                if max.is_some_and(|max| max < min) || self.peek() != Some('}') {
                    return None;
                }
                (min, max)
            }
            _ => return Some(None),
        };
        self.rest.next();
        let greedy = !self.eat('?');
        // A repetition repeated.
        let more = matches!(self.peek(), Some('?' | '*' | '+' | '{'));
        (!more).then_some(Some((min, max, greedy)))
    }

    fn count(&mut self) -> Option<u32> {
        let mut count = self.rest.next()?.to_digit(10)?;
        while let Some(digit) = self.peek().and_then(|c| c.to_digit(10)) {
            self.rest.next();
            count = count * 10 + digit;
            if count > MAX_COUNT {
                return None;
            }
        }
        Some(count)
    }

    /// What stands between square brackets, the first of which is taken.
    fn set(&mut self) -> Option<ClassUnicode> {
        let negated = self.eat('^');
        let mut ranges = Vec::new();
        let mut classes: Vec<&ClassUnicode> = Vec::new();
        let mut first = true;
        loop {
            let is_first = std::mem::take(&mut first);
            let c = match self.rest.next()? {
                ']' if !is_first => break,
                // In another place it may be a difference; behind it, too.
                '-' if self.peek() == Some(']') || (is_first && self.peek() != Some('-')) => {
                    ranges.push(ClassUnicodeRange::new('-', '-'));
                    continue;
                }
                '\\' => {
                    let c = self.rest.next()?;
                    if let Some(HirKind::Class(Class::Unicode(class))) = perl(c).map(Hir::kind) {
                        classes.push(class);
                        if self.peek() == Some('-') {
                            return None;
                        }
                        continue;
                    }
                    character(c)?
                }
                c => plain(c)?,
            };
            let mut ahead = self.rest.clone();
            let is_range = ahead.next() == Some('-') && ahead.next() != Some(']');
            let last = if is_range {
                self.rest.next();
                match self.rest.next()? {
                    '\\' => character(self.rest.next()?)?,
                    c => plain(c)?,
                }
            } else {
                c
            };
            if last < c {
                return None;
            }
            ranges.push(ClassUnicodeRange::new(c, last));
        }
        let mut set = ClassUnicode::new(ranges);
        if self.flags.fold {
            // Each character is looked up.
            if set.iter().map(ClassUnicodeRange::len).sum::<usize>() > MAX_FOLDED {
                return None;
            }
            set.try_case_fold_simple().ok()?;
        }
        // These have all cases of what they have.
        classes.into_iter().for_each(|class| set.union(class));
        if negated {
            set.negate();
        }
        Some(set)
    }

    /// A character with its other cases where those are not told apart and it has some.
    fn folded(&self, c: char) -> Option<Option<Hir>> {
        if !self.flags.fold {
            return Some(None);
        }
        if c.is_ascii() {
            static FOLDED: OnceLock<Vec<Hir>> = OnceLock::new();
            let letters = FOLDED.get_or_init(|| {
                ('a'..='z')
                    .filter_map(|c| either_case(c).map(|class| Hir::class(Class::Unicode(class))))
                    .collect()
            });
            if !c.is_ascii_alphabetic() {
                return Some(None);
            }
            return letters.get(usize::from(c.to_ascii_lowercase() as u8 - b'a')).cloned().map(Some);
        }
        let class = either_case(c)?;
        let alone = class.iter().map(ClassUnicodeRange::len).sum::<usize>() == 1;
        Some((!alone).then(|| Hir::class(Class::Unicode(class))))
    }
}

fn either_case(c: char) -> Option<ClassUnicode> {
    let mut class = ClassUnicode::new([ClassUnicodeRange::new(c, c)]);
    class.try_case_fold_simple().ok()?;
    Some(class)
}

/// `\d`, `\D`, `\s`, `\S`, `\w`, `\W` by their letter.
fn perl(letter: char) -> Option<&'static Hir> {
    const LETTERS: [&str; 6] = [r"\d", r"\D", r"\s", r"\S", r"\w", r"\W"];
    static CLASSES: OnceLock<Vec<Hir>> = OnceLock::new();
    let at = LETTERS.iter().position(|escape| escape.ends_with(letter))?;
    CLASSES
        .get_or_init(|| LETTERS.iter().filter_map(|escape| regex_syntax::parse(escape).ok()).collect())
        .get(at)
}

/// The character that a backslash and this stand for.
fn character(c: char) -> Option<char> {
    match c {
        'n' => Some('\n'),
        't' => Some('\t'),
        'r' => Some('\r'),
        c => is_escapeable_character(c).then_some(c),
    }
}

/// A character that means itself between square brackets.
fn plain(c: char) -> Option<char> {
    (!matches!(c, '[' | ']' | '&' | '~' | '-')).then_some(c)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use regex_syntax::ParserBuilder;

    #[test]
    fn what_people_write_is_read_in_one_step() {
        for pattern in [
            "",
            "giveaway",
            r"name\.example\.com",
            r"(?i)\b(1000x|presale)\b",
            r"(?i)Kiss\W?ﬀ straße",
            r"\b(?:one|two)\W+three\b",
            r"(?i)\bname\d*(?:@mail\.com)?",
            r"words?.{0,20}(one|other)",
            r"(?:1\W*)?200\W*3000",
            r"[A-Z]{4,}([ ,!]+[A-Z]{3,}){2,}",
            r"(#\S+\s*){7,}",
            r"[$€£]\d{4,}",
            r"^\W{3,}$",
            r"(?im)^[a@4]+[^\w\s.-]$",
            r"(?i)[^\W_k]+",
            r"(?s)a.*?b+?c??",
            "a||b",
            "()*x",
            r"[\]\-a]{2}",
            r"[^^]",
            r"\s|\S|x",
            "(one|once|only)",
        ] {
            assert_eq!(read(pattern).as_ref(), regex_syntax::parse(pattern).as_ref().ok(), "{pattern}");
            assert!(read(pattern).is_some(), "{pattern}");
        }
    }

    #[test]
    fn what_is_wrong_or_rare_is_left_to_the_crate() {
        for pattern in [
            "*",
            "a|*",
            "a{2",
            "a{",
            "a{,3}",
            "a{3,2}",
            "(a",
            "a)",
            "[a",
            "[]a]",
            "[z-a]",
            "[a&&b]",
            "[a--b]",
            "[[:alpha:]]",
            r"\x41",
            r"\p{L}",
            r"\1",
            r"\",
            r"(?=a)",
            r"(?P<n>a)",
            "(?x)a b",
            "(?-u)a",
            "a(?i)b",
            "(?ii)a",
            "(?)",
            "a**",
            r"\b{start}",
            r"[\w-a]",
            "a{99999}",
        ] {
            assert!(read(pattern).is_none(), "{pattern}");
        }
        let deep = format!("{}a{}", "(".repeat(16), ")".repeat(16));
        assert!(read(&deep).is_none());
        assert!(super::super::read(&deep, &mut super::super::Work::new(10_000)).is_ok());
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 4096, ..ProptestConfig::default() })]

        #[test]
        fn the_crate_reads_the_same(
            flags in "(\\(\\?[imsx]{1,2}\\))?",
            pattern in r"([abkKsßéK0-9 .,#/@&~^$|()\[\]{}?*+-]|\\[dDsSwWbBnt.()\[\]\\/-]|\[\^?[a-f&~^-]{1,4}\]|\{[0-3](,[0-3]?)?\}|\((\?:)?[ab]\|[^()|]?\)){0,12}",
        ) {
            let pattern = flags + &pattern;
            if let Some(hir) = read(&pattern) {
                prop_assert_eq!(Ok(hir), ParserBuilder::new().nest_limit(super::super::MAX_NESTING).build().parse(&pattern));
            }
        }

        #[test]
        fn nesting_is_the_crate_s(open in "(\\(|\\(\\?:|\\(a){1,24}", close in "([a]?\\)[+*]?\\|?b?){1,24}") {
            let pattern = open + &close;
            if let Some(hir) = read(&pattern) {
                prop_assert_eq!(Ok(hir), ParserBuilder::new().nest_limit(super::super::MAX_NESTING).build().parse(&pattern));
            }
        }
    }
}
