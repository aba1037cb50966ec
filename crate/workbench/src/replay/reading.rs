//! Which lines of a rule file belong together: of each rule, all that its meaning hangs on.

use diffract_core::PackSource;
use diffract_core::syntax::lines;
use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};

/// The lines of a file, as far as it must be known which of them belong together.
pub(super) struct Reading<'s> {
    source: &'s str,
    /// Of each line that may be a rule: its number from 1, and a hash of all that its condition hangs on. Where it holds is
    /// not part of that: whoever types in an `on` line changes all rules below it.
    pub(super) fingerprints: Vec<(u32, u64)>,
    /// The lists that the rule of a line names.
    mentions: HashMap<u32, Vec<String>>,
    /// Lines that define lists.
    lets: HashMap<u32, String>,
    /// Lines that say where the rules below hold.
    scopes: HashSet<u32>,
}

impl<'s> Reading<'s> {
    pub(super) fn new(pack: &'s PackSource) -> Self {
        let source = pack.source.as_str();
        let mut reading = Self {
            source,
            fingerprints: Vec::new(),
            mentions: HashMap::new(),
            lets: HashMap::new(),
            scopes: HashSet::new(),
        };
        // A list is known in the whole pack, above its line too.
        let mut lists: HashMap<String, u64> = HashMap::new();
        for (number, span) in lines(source) {
            let text = trimmed(&source[span]);
            if first_word(text).eq_ignore_ascii_case("let") {
                for name in names(text).into_iter().take(1) {
                    lists.entry(name.clone()).or_insert_with(|| hash(&text));
                    reading.lets.insert(number, name);
                }
            }
        }
        let files = hash(&pack.lists.iter().collect::<Vec<_>>());
        for (number, span) in lines(source) {
            let text = trimmed(&source[span]);
            let first = first_word(text);
            if text.is_empty() || text.starts_with('#') || reading.lets.contains_key(&number) {
                continue;
            }
            if first.eq_ignore_ascii_case("on") {
                reading.scopes.insert(number);
                continue;
            }
            let mentions = if text.contains('@') { names(text) } else { Vec::new() };
            let defined: Vec<Option<&u64>> = mentions.iter().map(|name| lists.get(name)).collect();
            let files = if mentions.is_empty() { 0 } else { files };
            reading.fingerprints.push((number, hash(&(text, defined, files))));
            if !mentions.is_empty() {
                reading.mentions.insert(number, mentions);
            }
        }
        reading
    }

    /// The source with only those rules whose fingerprint `kept` wants, with their scopes and lists.
    pub(super) fn keep(&self, kept: impl Fn(&u64) -> bool) -> String {
        self.with(self.scopes.clone(), kept)
    }

    /// As [`Reading::keep`], but the rules hold everywhere.
    pub(super) fn keep_everywhere(&self, kept: impl Fn(&u64) -> bool) -> String {
        self.with(HashSet::new(), kept)
    }

    /// The source with these lines, and the rules that `kept` wants with their lists.
    fn with(&self, mut wanted: HashSet<u32>, kept: impl Fn(&u64) -> bool) -> String {
        let mut lists: HashSet<&str> = HashSet::new();
        for (number, print) in &self.fingerprints {
            if kept(print) {
                wanted.insert(*number);
                lists.extend(self.mentions.get(number).into_iter().flatten().map(String::as_str));
            }
        }
        wanted.extend(
            self.lets.iter().filter(|(_, name)| lists.contains(name.as_str())).map(|(number, _)| *number),
        );
        let mut out = String::new();
        for (number, span) in lines(self.source) {
            if wanted.contains(&number) {
                out.push_str(&self.source[span]);
            }
            out.push('\n');
        }
        out
    }
}

fn hash(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

/// Without the blanks of the language around it.
fn trimmed(line: &str) -> &str {
    line.trim_matches(|c: char| c.is_whitespace() || matches!(c, '\u{200b}' | '\u{feff}'))
}

fn first_word(text: &str) -> &str {
    text.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or("")
}

/// Everything that looks like the name of a list, lower case: too much is harmless.
fn names(text: &str) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for piece in text.split('@').skip(1) {
        let end =
            piece.find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '-'))).unwrap_or(piece.len());
        let name = piece[..end].to_lowercase();
        if !name.is_empty() && !names.contains(&name) {
            names.push(name);
        }
    }
    names
}
