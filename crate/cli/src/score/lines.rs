//! Texts, one a line: read as a stream, however long it or a line of it is.

use diffract_models::text::MOST_CHARACTERS;
use std::io::{self, BufRead, BufReader, Read};

/// Lines that are scored at one time.
const MOST_LINES: usize = 64;
/// Bytes of a line that are kept; more than any of the characters that a model reads can take.
const MOST_BYTES: usize = 64 << 10;
/// Lines that a warning names.
const MOST_NAMED: usize = 5;

/// Reads lines, and remembers which were not read as they stand.
pub struct Lines {
    input: BufReader<Box<dyn Read>>,
    read: usize,
    cut: Numbers,
    damaged: Numbers,
}

impl Lines {
    pub fn new(input: Box<dyn Read>) -> Lines {
        Lines {
            input: BufReader::with_capacity(MOST_BYTES, input),
            read: 0,
            cut: Numbers::default(),
            damaged: Numbers::default(),
        }
    }

    /// The next lines, at least one unless the input ended: those that are there, so that nobody waits for a whole batch.
    pub fn some(&mut self) -> io::Result<Vec<String>> {
        let mut lines = Vec::new();
        while lines.len() < MOST_LINES && (lines.is_empty() || self.input.buffer().contains(&b'\n')) {
            match self.next()? {
                Some(line) => lines.push(line),
                None => break,
            }
        }
        Ok(lines)
    }

    fn next(&mut self) -> io::Result<Option<String>> {
        let mut bytes = Vec::new();
        (&mut self.input).take(MOST_BYTES as u64).read_until(b'\n', &mut bytes)?;
        if bytes.is_empty() {
            return Ok(None);
        }
        self.read += 1;
        let ended = bytes.ends_with(b"\n");
        if ended {
            bytes.pop();
            if bytes.ends_with(b"\r") {
                bytes.pop();
            }
        }
        let long = !ended && bytes.len() == MOST_BYTES;
        if long {
            self.skip_line()?;
        }
        if self.read == 1 && bytes.starts_with(b"\xEF\xBB\xBF") {
            bytes.drain(..3);
        }
        let line = match String::from_utf8(bytes) {
            Ok(line) => line,
            Err(problem) => {
                // A long line may have been cut within a character, which is no damage.
                if !long || problem.utf8_error().error_len().is_some() {
                    self.damaged.add(self.read);
                }
                String::from_utf8_lossy(problem.as_bytes()).into_owned()
            }
        };
        if long || line.chars().nth(MOST_CHARACTERS).is_some() {
            self.cut.add(self.read);
        }
        Ok(Some(line))
    }

    /// Reads over the rest of a line without keeping it.
    fn skip_line(&mut self) -> io::Result<()> {
        loop {
            let buffer = self.input.fill_buf()?;
            if buffer.is_empty() {
                return Ok(());
            }
            let end = buffer.iter().position(|&byte| byte == b'\n');
            let used = end.map_or(buffer.len(), |end| end + 1);
            self.input.consume(used);
            if end.is_some() {
                return Ok(());
            }
        }
    }

    /// What a person should know of the lines that were read.
    pub fn warnings(&self) -> Vec<String> {
        let cut =
            format!("longer than {MOST_CHARACTERS} characters: only the first {MOST_CHARACTERS} were read");
        let damaged = "not UTF-8: what could not be read was replaced";
        [self.cut.told(&cut), self.damaged.told(damaged)].into_iter().flatten().collect()
    }
}

/// Numbers of lines: the first few, and how many.
#[derive(Default)]
struct Numbers {
    first: Vec<usize>,
    count: usize,
}

impl Numbers {
    fn add(&mut self, number: usize) {
        self.count += 1;
        if self.first.len() < MOST_NAMED {
            self.first.push(number);
        }
    }

    fn told(&self, what: &str) -> Option<String> {
        let named: Vec<String> = self.first.iter().map(usize::to_string).collect();
        let more = if self.count > self.first.len() {
            format!(" and {} more", self.count - self.first.len())
        } else {
            String::new()
        };
        let (s, is) = if self.count == 1 { ("", "is") } else { ("s", "are") };
        (self.count > 0).then(|| format!("line{s} {}{more} {is} {what}", named.join(", ")))
    }
}
