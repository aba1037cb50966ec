//! What came of a pack's cases, for people, programs and CI.

use serde::Serialize;
use serde_json::Value;
use std::fmt::{self, Write};

/// What came of a pack's cases.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Outcome {
    /// The pack's id.
    pub pack: String,
    /// How many rules it has.
    pub rules: usize,
    /// Every case that ran, in the order of the files.
    pub cases: Vec<CaseOutcome>,
    /// Rules that spoke in no case; empty where only some cases ran.
    pub untested: Vec<RuleRef>,
}

/// A rule by its line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RuleRef {
    /// From 1.
    pub line: u32,
    /// As written.
    pub rule: String,
}

/// What came of one case: it holds where nothing differs.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CaseOutcome {
    /// What it shows.
    pub name: String,
    /// The file, as a path in the pack.
    pub file: String,
    /// Its line.
    pub line: u32,
    /// What differs.
    pub differences: Vec<Difference>,
}

/// Something that is not as expected.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Difference {
    /// The batch, from 1, where there are several.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub batch: Option<usize>,
    /// The post's id; empty where it is about the order of all.
    pub post: String,
    /// The post's first words.
    pub words: String,
    /// Which part of the verdict: `action`, `labels`, `because`.
    pub key: String,
    /// What the case says.
    pub expected: Value,
    /// What the rules say.
    pub got: Value,
    /// The rules that spoke, with what made them true.
    pub reasons: Vec<String>,
}

impl Outcome {
    /// The cases of which something differs.
    pub fn failed(&self) -> impl Iterator<Item = &CaseOutcome> {
        self.cases.iter().filter(|case| !case.differences.is_empty())
    }
}

/// For people: every case that fails with what differs and why, then a summary.
impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for case in self.failed() {
            writeln!(f, "FAILED {}: {} ({}:{})", self.pack, case.name, case.file, case.line)?;
            let mut before = None;
            for difference in &case.differences {
                let post = (difference.batch, difference.post.as_str());
                if before != Some(post) {
                    before = Some(post);
                    f.write_str("  ")?;
                    if let Some(batch) = difference.batch {
                        write!(f, "batch {batch}, ")?;
                    }
                    if difference.post.is_empty() {
                        writeln!(f, "all posts")?;
                    } else {
                        writeln!(f, "post {} “{}”", difference.post, difference.words)?;
                    }
                }
                writeln!(
                    f,
                    "    {}: expected {}, got {}",
                    difference.key,
                    shown(&difference.expected),
                    shown(&difference.got)
                )?;
                if difference.key != "order" {
                    match difference.reasons.as_slice() {
                        [] => writeln!(f, "      no rule spoke")?,
                        all => all.iter().try_for_each(|reason| writeln!(f, "      since {reason}"))?,
                    }
                }
            }
        }
        let failed = self.failed().count();
        write!(f, "{}: {} of {} cases hold", self.pack, self.cases.len() - failed, self.cases.len())?;
        let tested = self.rules - self.untested.len().min(self.rules);
        if self.untested.is_empty() {
            writeln!(f)?;
        } else {
            writeln!(f, "; {tested} of {} rules are shown by one; not by any:", self.rules)?;
            for rule in &self.untested {
                writeln!(f, "    line {}: {}", rule.line, rule.rule)?;
            }
        }
        Ok(())
    }
}

/// Nothing is `nothing`; text is in quotes.
fn shown(value: &Value) -> String {
    match value {
        Value::Null | Value::Bool(false) => "nothing".to_owned(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// JUnit's XML, one suite a pack, as CI systems read it.
pub fn junit(outcomes: &[Outcome]) -> String {
    let cases: usize = outcomes.iter().map(|outcome| outcome.cases.len()).sum();
    let failed: usize = outcomes.iter().map(|outcome| outcome.failed().count()).sum();
    let mut out = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"diffract test\" tests=\"{cases}\" failures=\"{failed}\">\n"
    );
    for outcome in outcomes {
        // Writing to a text cannot fail.
        let _ = writeln!(
            out,
            "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\">",
            escaped(&outcome.pack),
            outcome.cases.len(),
            outcome.failed().count()
        );
        for case in &outcome.cases {
            let _ = write!(
                out,
                "    <testcase classname=\"{}.{}\" name=\"{}\" file=\"{}\" line=\"{}\"",
                escaped(&outcome.pack),
                escaped(case.file.trim_start_matches("cases/").trim_end_matches(".toml")),
                escaped(&case.name),
                escaped(&case.file),
                case.line
            );
            if case.differences.is_empty() {
                out.push_str("/>\n");
                continue;
            }
            out.push_str(">\n");
            for difference in &case.differences {
                let message = format!(
                    "post {}: {}: expected {}, got {}",
                    difference.post,
                    difference.key,
                    shown(&difference.expected),
                    shown(&difference.got)
                );
                let body = if difference.reasons.is_empty() {
                    "no rule spoke".to_owned()
                } else {
                    difference.reasons.join("\n")
                };
                let _ = writeln!(
                    out,
                    "      <failure message=\"{}\">{}</failure>",
                    escaped(&message),
                    escaped(&body)
                );
            }
            out.push_str("    </testcase>\n");
        }
        out.push_str("  </testsuite>\n");
    }
    out.push_str("</testsuites>\n");
    out
}

/// Text for XML 1.0: its five signs escaped, and what it cannot hold at all replaced.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&apos;"),
            '\n' => out.push_str("&#10;"),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}
