//! `check --fix`: suggestions put in, as long as that makes nothing worse.

use crate::packs::{Packs, RuleFile};
use crate::{files, packs, terminal};
use anyhow::{Result, bail};
use diffract_core::check::PackDiagnostics;
use diffract_core::{Severity, Suggestion};
use std::io::Write;

/// A mended line may show its next mistake; nobody makes more of them on one line than this.
const MOST_ROUNDS: usize = 10;

/// What was mended.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Fixed {
    /// How many suggestions were put in.
    pub fixes: usize,
    /// In how many files.
    pub files: usize,
}

/// How many messages have a sure suggestion, and how many a guess.
pub fn available(packs: &Packs) -> (usize, usize) {
    let suggestions = packs.messages().filter_map(|(_, message)| message.suggestion.as_ref());
    let (mut sure, mut guesses) = (0, 0);
    for suggestion in suggestions {
        *if suggestion.sure { &mut sure } else { &mut guesses } += 1;
    }
    (sure, guesses)
}

/// Mends the files, in memory and on disk; with `guess` also by suggestions that are not sure. Afterwards the messages are
/// those about the mended files. What was read from standard input goes to standard output.
///
/// # Errors
/// If a file cannot be written, or changed since it was read; it is then as it was, and so are the files behind it.
pub fn apply(packs: &mut Packs, guess: bool) -> Result<Fixed> {
    let before: Vec<String> = packs.files.iter().map(|file| file.source.source.clone()).collect();
    let mut fixes = vec![0; before.len()];
    // Files that suggestions make worse are left alone from then on.
    let mut stuck = vec![false; before.len()];
    for _ in 0..MOST_ROUNDS {
        let mut tried = Vec::new();
        let all = packs.files.iter_mut().zip(&packs.diagnostics).enumerate();
        for (index, (file, of_pack)) in all.filter(|(index, _)| !stuck.get(*index).copied().unwrap_or(true)) {
            let (mended, count) = mend(&file.source.source, of_pack, guess);
            if count > 0 {
                let source = std::mem::replace(&mut file.source.source, mended);
                tried.push((index, count, source, badness(of_pack), told(of_pack)));
            }
        }
        if tried.is_empty() {
            break;
        }
        packs.compile();
        let mut gave_up = false;
        for (index, count, source, was, were_told) in tried {
            let Some(of_pack) = packs.diagnostics.get(index) else { continue };
            // A line that is mended may show its next mistake, so that there are as many as before; but not the same.
            if badness(of_pack) <= was && told(of_pack) != were_told {
                fixes[index] += count;
            } else if let Some(file) = packs.files.get_mut(index) {
                file.source.source = source;
                stuck[index] = true;
                gave_up = true;
            }
        }
        if gave_up {
            packs.compile();
        }
    }
    let mut fixed = Fixed::default();
    for ((file, before), count) in packs.files.iter().zip(&before).zip(fixes) {
        if files::is_stdin(&file.path) {
            write!(terminal::stdout(), "{}", file.source.source)?;
        } else if count > 0 {
            write_back(file, before)?;
        }
        fixed.fixes += count;
        fixed.files += usize::from(count > 0);
    }
    Ok(fixed)
}

fn write_back(file: &RuleFile, before: &str) -> Result<()> {
    if packs::read(&file.path)? != before {
        bail!("{} was changed by someone else meanwhile; run this again", file.name);
    }
    files::replace(&file.path, &file.source.source)
}

/// Errors weigh most.
fn badness(of_pack: &PackDiagnostics) -> (usize, usize, usize) {
    let count = |severity| of_pack.diagnostics.iter().filter(|d| d.severity == severity).count();
    (count(Severity::Error), count(Severity::Warning), count(Severity::Hint))
}

/// What is said of which line.
fn told(of_pack: &PackDiagnostics) -> Vec<(u32, &'static str, String)> {
    of_pack.diagnostics.iter().map(|d| (d.line, d.code, d.message.clone())).collect()
}

/// The text with suggestions put in, at most one a line: a second may be about what the first changes.
fn mend(source: &str, of_pack: &PackDiagnostics, guess: bool) -> (String, usize) {
    let mut chosen: Vec<(u32, &Suggestion)> = of_pack
        .diagnostics
        .iter()
        .filter_map(|diagnostic| Some((diagnostic.line, diagnostic.suggestion.as_ref()?)))
        .filter(|(_, suggestion)| (suggestion.sure || guess) && source.get(suggestion.span.clone()).is_some())
        .collect();
    chosen.sort_by_key(|(_, suggestion)| suggestion.span.start);
    let (mut out, mut at, mut last_line, mut count) = (String::with_capacity(source.len()), 0, 0, 0);
    for (line, suggestion) in chosen {
        if line == last_line || suggestion.span.start < at {
            continue;
        }
        out.push_str(&source[at..suggestion.span.start]);
        out.push_str(&suggestion.replacement);
        at = suggestion.span.end;
        last_line = line;
        count += 1;
    }
    out.push_str(&source[at..]);
    (out, count)
}
