//! One pass over a text that writes down where its values are.

use super::large::LARGE;
use super::{JsonProblem, Kind, MOST_BYTES, MOST_DEPTH, MOST_VALUES, Record};
use std::ops::Range;

/// What a pass writes down.
pub(super) struct Scanned {
    pub(super) records: Vec<Record>,
    /// The records of objects with more than [`LARGE`] members.
    pub(super) large: Vec<u32>,
}

struct Scanner<'t> {
    bytes: &'t [u8],
    at: usize,
    records: Vec<Record>,
    large: Vec<u32>,
    depth: usize,
}

/// The records of a text that is one value.
pub(super) fn whole(text: &str, range: Range<usize>) -> Result<Scanned, JsonProblem> {
    let mut scanner = Scanner::new(text, range);
    scanner.value()?;
    scanner.blanks();
    if scanner.at < scanner.bytes.len() { Err(JsonProblem::Syntax(scanner.at)) } else { Ok(scanner.done()) }
}

/// The records of the one value that a text begins with.
pub(super) fn one(text: &str, range: Range<usize>) -> Result<Scanned, JsonProblem> {
    if text.len() > MOST_BYTES {
        return Err(JsonProblem::TooLarge);
    }
    let mut scanner = Scanner::new(text, range);
    scanner.value()?;
    Ok(scanner.done())
}

/// The records of a text that is values one after the other, under a list of them.
pub(super) fn many(text: &str, range: Range<usize>) -> Result<Scanned, JsonProblem> {
    let (start, end) = (range.start, range.end);
    let mut scanner = Scanner::new(text, range);
    let list = scanner.open(Kind::Array, start)?;
    scanner.depth += 1;
    scanner.value()?;
    loop {
        scanner.blanks();
        if scanner.at >= scanner.bytes.len() {
            break;
        }
        scanner.value()?;
    }
    scanner.close(list, end);
    Ok(scanner.done())
}

/// The records of the values that begin at these bytes, under a list of them.
pub(super) fn fragments(text: &str, starts: &[usize]) -> Result<Scanned, JsonProblem> {
    if text.len() > MOST_BYTES {
        return Err(JsonProblem::TooLarge);
    }
    let mut scanner = Scanner::new(text, 0..text.len());
    let list = scanner.open(Kind::Array, 0)?;
    let mut last = Err(JsonProblem::Truncated);
    for start in starts.iter().filter(|start| text.is_char_boundary(**start)) {
        if *start < scanner.at {
            continue;
        }
        let before = (scanner.at, scanner.records.len());
        scanner.at = *start;
        scanner.depth = 1;
        match scanner.value() {
            Ok(()) => last = Ok(()),
            Err(JsonProblem::TooLarge) => return Err(JsonProblem::TooLarge),
            Err(problem) => {
                scanner.at = before.0;
                scanner.records.truncate(before.1);
                scanner.large.retain(|object| (*object as usize) < before.1);
                last = last.or(Err(problem));
            }
        }
    }
    scanner.close(list, text.len());
    last.map(|()| scanner.done())
}

impl<'t> Scanner<'t> {
    fn new(text: &'t str, range: Range<usize>) -> Self {
        // A value takes some twenty bytes in the payloads that are recorded; more room comes when it is needed.
        let room = (range.len() / 20).min(MOST_VALUES / 8);
        Self {
            bytes: text.as_bytes().get(..range.end).unwrap_or_default(),
            at: range.start,
            records: Vec::with_capacity(room),
            large: Vec::new(),
            depth: 0,
        }
    }

    fn done(self) -> Scanned {
        Scanned { records: self.records, large: self.large }
    }

    #[inline]
    fn peek(&self) -> Result<u8, JsonProblem> {
        self.bytes.get(self.at).copied().ok_or(JsonProblem::Truncated)
    }

    #[inline]
    fn blanks(&mut self) {
        while let Some(b' ' | b'\n' | b'\t' | b'\r') = self.bytes.get(self.at) {
            self.at += 1;
        }
    }

    #[inline]
    fn push(&mut self, kind: Kind, start: usize, escaped: bool) -> Result<(), JsonProblem> {
        if self.records.len() >= MOST_VALUES {
            return Err(JsonProblem::TooLarge);
        }
        let next = self.records.len() as u32 + 1;
        self.records.push(Record { start: start as u32, end: self.at as u32, next, kind, escaped });
        Ok(())
    }

    fn open(&mut self, kind: Kind, start: usize) -> Result<usize, JsonProblem> {
        self.push(kind, start, false)?;
        Ok(self.records.len() - 1)
    }

    #[inline]
    fn close(&mut self, at: usize, end: usize) {
        let next = self.records.len() as u32;
        if let Some(record) = self.records.get_mut(at) {
            record.end = end as u32;
            record.next = next;
        }
    }

    fn value(&mut self) -> Result<(), JsonProblem> {
        self.blanks();
        match self.peek()? {
            b'{' => self.object(),
            b'[' => self.array(),
            b'"' => self.string(),
            b't' => self.word("true", Kind::True),
            b'f' => self.word("false", Kind::False),
            b'n' => self.word("null", Kind::Null),
            b'-' | b'0'..=b'9' => self.number(),
            _ => Err(JsonProblem::Syntax(self.at)),
        }
    }

    fn enter(&mut self) -> Result<(), JsonProblem> {
        self.depth += 1;
        if self.depth > MOST_DEPTH { Err(JsonProblem::TooDeep) } else { Ok(()) }
    }

    fn object(&mut self) -> Result<(), JsonProblem> {
        let at = self.open(Kind::Object, self.at)?;
        self.enter()?;
        self.at += 1;
        self.blanks();
        let mut members = 0;
        if self.peek()? == b'}' {
            self.at += 1;
        } else {
            loop {
                self.blanks();
                members += 1;
                if self.peek()? != b'"' {
                    return Err(JsonProblem::Syntax(self.at));
                }
                self.string()?;
                self.blanks();
                if self.peek()? != b':' {
                    return Err(JsonProblem::Syntax(self.at));
                }
                self.at += 1;
                self.value()?;
                if self.ends(b'}')? {
                    break;
                }
            }
        }
        self.depth -= 1;
        self.close(at, self.at);
        if members > LARGE {
            self.large.push(at as u32);
        }
        Ok(())
    }

    fn array(&mut self) -> Result<(), JsonProblem> {
        let at = self.open(Kind::Array, self.at)?;
        self.enter()?;
        self.at += 1;
        self.blanks();
        if self.peek()? == b']' {
            self.at += 1;
        } else {
            loop {
                self.value()?;
                if self.ends(b']')? {
                    break;
                }
            }
        }
        self.depth -= 1;
        self.close(at, self.at);
        Ok(())
    }

    /// Steps over `,` or the end of a container, and says which it was.
    fn ends(&mut self, close: u8) -> Result<bool, JsonProblem> {
        self.blanks();
        let byte = self.peek()?;
        if byte != b',' && byte != close {
            return Err(JsonProblem::Syntax(self.at));
        }
        self.at += 1;
        Ok(byte == close)
    }

    fn word(&mut self, word: &str, kind: Kind) -> Result<(), JsonProblem> {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        if !rest.starts_with(word.as_bytes()) {
            let short = rest.len() < word.len() && word.as_bytes().starts_with(rest);
            return Err(if short { JsonProblem::Truncated } else { JsonProblem::Syntax(self.at) });
        }
        let start = self.at;
        self.at += word.len();
        self.push(kind, start, false)
    }

    fn digits(&mut self) -> Result<(), JsonProblem> {
        if !self.peek()?.is_ascii_digit() {
            return Err(JsonProblem::Syntax(self.at));
        }
        while self.bytes.get(self.at).is_some_and(u8::is_ascii_digit) {
            self.at += 1;
        }
        Ok(())
    }

    fn number(&mut self) -> Result<(), JsonProblem> {
        let start = self.at;
        if self.peek()? == b'-' {
            self.at += 1;
        }
        if self.peek()? == b'0' {
            self.at += 1;
        } else {
            self.digits()?;
        }
        if self.bytes.get(self.at) == Some(&b'.') {
            self.at += 1;
            self.digits()?;
        }
        if let Some(b'e' | b'E') = self.bytes.get(self.at) {
            self.at += 1;
            if let Some(b'+' | b'-') = self.bytes.get(self.at) {
                self.at += 1;
            }
            self.digits()?;
        }
        self.push(Kind::Number, start, false)
    }

    fn string(&mut self) -> Result<(), JsonProblem> {
        let start = self.at;
        let mut escaped = false;
        self.at += 1;
        loop {
            self.at = end_of_plain(self.bytes, self.at);
            match self.peek()? {
                b'"' => {
                    self.at += 1;
                    return self.push(Kind::String, start, escaped);
                }
                b'\\' => {
                    escaped = true;
                    self.escape()?;
                }
                _ => return Err(JsonProblem::Syntax(self.at)),
            }
        }
    }

    fn escape(&mut self) -> Result<(), JsonProblem> {
        self.at += 1;
        match self.peek()? {
            b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => self.at += 1,
            b'u' => {
                for offset in 1..=4 {
                    let digit = self.bytes.get(self.at + offset).ok_or(JsonProblem::Truncated)?;
                    if !digit.is_ascii_hexdigit() {
                        return Err(JsonProblem::Syntax(self.at + offset));
                    }
                }
                self.at += 5;
            }
            _ => return Err(JsonProblem::Syntax(self.at)),
        }
        Ok(())
    }
}

/// The next quote, backslash or control character, or the end. Eight bytes at a time (the well-known test for a
/// zero byte in a word, as in Warren's *Hacker's Delight*, 6-1): most of a payload is inside strings.
#[inline]
fn end_of_plain(bytes: &[u8], mut at: usize) -> usize {
    const ONES: u64 = u64::MAX / 255;
    const HIGHS: u64 = ONES << 7;
    let less = |word: u64, than: u64| word.wrapping_sub(ONES * than) & !word & HIGHS;
    while let Some(chunk) = bytes.get(at..).and_then(|rest| rest.first_chunk::<8>()) {
        let word = u64::from_le_bytes(*chunk);
        let quote = less(word ^ (ONES * u64::from(b'"')), 1);
        let backslash = less(word ^ (ONES * u64::from(b'\\')), 1);
        let found = quote | backslash | less(word, 0x20);
        if found != 0 {
            return at + (found.trailing_zeros() / 8) as usize;
        }
        at += 8;
    }
    while bytes.get(at).is_some_and(|b| !matches!(b, b'"' | b'\\' | 0..0x20)) {
        at += 1;
    }
    at
}
