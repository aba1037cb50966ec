//! What became of all posts together: how many of each action, and which rules spoke how often.

use super::line::{ACTIONS, action, action_style};
use crate::terminal::{BOLD, DIM, count, shortened, styled, thousands};
use diffract_core::post::Post;
use diffract_core::program::Effect;
use diffract_core::verdict::{Action, Verdict};
use diffract_core::{Context, Memory, RuleSet, matching::explain::Which};
use serde::Serialize;
use std::collections::{BTreeMap, HashMap};
use std::io::{self, Write};

/// How many rules are listed for people; JSON has all.
const MOST_LISTED: usize = 20;

/// Counts over posts.
#[derive(Debug)]
pub struct Summary<'a> {
    rules: &'a RuleSet,
    posts: usize,
    promoted: usize,
    actions: BTreeMap<Action, usize>,
    labels: BTreeMap<String, usize>,
    /// By the rule's place in the program.
    spoke: Vec<usize>,
    /// Pack and line to that place.
    places: HashMap<(&'a str, u32), usize>,
}

impl<'a> Summary<'a> {
    /// Nothing yet.
    pub fn new(rules: &'a RuleSet) -> Self {
        let program = rules.program();
        let place = |(index, rule): (usize, &'a diffract_core::program::Rule)| {
            let pack = program.packs.get(rule.pack as usize).map_or("", |pack| pack.id.as_str());
            ((pack, rule.line), index)
        };
        Self {
            rules,
            posts: 0,
            promoted: 0,
            actions: BTreeMap::new(),
            labels: BTreeMap::new(),
            spoke: vec![0; program.rules.len()],
            places: program.rules.iter().enumerate().map(place).collect(),
        }
    }

    /// Counts a post.
    pub fn add(&mut self, post: &Post, verdict: &Verdict, context: &Context) {
        self.posts += 1;
        self.promoted += usize::from(post.promoted == Some(true));
        *self.actions.entry(verdict.action).or_default() += 1;
        for label in &verdict.labels {
            *self.labels.entry(label.clone()).or_default() += 1;
        }
        if verdict.more_reasons == 0 {
            for reason in &verdict.reasons {
                self.count(reason.pack(), reason.line());
            }
            return;
        }
        // A verdict has room for some reasons only; here all count. A limit speaks by its memory: it is among the first.
        let told = self.rules.explain(post, context, &Memory::default(), &Which::Spoke);
        let limits = verdict.reasons.iter().filter(|reason| reason.effect() == "limit");
        for reason in limits {
            self.count(reason.pack(), reason.line());
        }
        for rule in told.rules.iter().filter(|rule| rule.limit.is_none()) {
            self.count(&rule.pack, rule.line);
        }
    }

    fn count(&mut self, pack: &str, line: u32) {
        if let Some(count) = self.places.get(&(pack, line)).and_then(|index| self.spoke.get_mut(*index)) {
            *count += 1;
        }
    }

    /// Every rule with how often it spoke, in the order of the files. `order by` speaks of no post.
    fn rules(&self) -> impl Iterator<Item = Spoke<'a>> {
        let program = self.rules.program();
        let rules = program.rules.iter().zip(&self.spoke);
        rules.filter(|(rule, _)| !matches!(rule.effect, Effect::Order(_))).map(|(rule, posts)| Spoke {
            pack: program.packs.get(rule.pack as usize).map_or("", |pack| pack.id.as_str()),
            line: rule.line,
            rule: &rule.source,
            posts: *posts,
        })
    }

    /// Writes it as one JSON line, `{"summary": …}`.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn write_json(&self, out: &mut impl Write) -> io::Result<()> {
        #[derive(Serialize)]
        struct Outer<'a> {
            summary: Inner<'a>,
        }
        #[derive(Serialize)]
        struct Inner<'a> {
            posts: usize,
            promoted: usize,
            actions: BTreeMap<&'a str, usize>,
            labels: &'a BTreeMap<String, usize>,
            rules: Vec<Spoke<'a>>,
            never_spoke: usize,
        }
        let rules: Vec<Spoke<'_>> = self.rules().collect();
        let summary = Inner {
            posts: self.posts,
            promoted: self.promoted,
            actions: self.actions.iter().map(|(of, count)| (action(*of), *count)).collect(),
            labels: &self.labels,
            never_spoke: rules.iter().filter(|rule| rule.posts == 0).count(),
            rules,
        };
        serde_json::to_writer(&mut *out, &Outer { summary }).map_err(io::Error::from)?;
        writeln!(out)
    }

    /// Writes it for people.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn write_text(&self, out: &mut impl Write, width: usize) -> io::Result<()> {
        writeln!(out)?;
        let counts: Vec<String> = ACTIONS
            .into_iter()
            .filter_map(|of| Some((of, *self.actions.get(&of)?)))
            .map(|(of, count)| format!("{} {}", styled(action_style(of), action(of)), thousands(count)))
            .collect();
        let counts = if counts.is_empty() { String::new() } else { format!(": {}", counts.join(", ")) };
        writeln!(out, "{}, {} promoted{counts}", count(self.posts, "post"), thousands(self.promoted))?;
        if !self.labels.is_empty() {
            let mut labels: Vec<(&String, &usize)> = self.labels.iter().collect();
            labels.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
            let labels: Vec<String> =
                labels.iter().map(|(label, count)| format!("{label} {count}")).collect();
            writeln!(out, "labels: {}", shortened(&labels.join(", "), width.saturating_sub(8)))?;
        }
        let (mut spoke, silent): (Vec<Spoke<'_>>, Vec<Spoke<'_>>) =
            self.rules().partition(|rule| rule.posts > 0);
        spoke.sort_by_key(|rule| std::cmp::Reverse(rule.posts));
        if !spoke.is_empty() {
            writeln!(out, "\n{}", styled(BOLD, format!("{} spoke", count(spoke.len(), "rule"))))?;
            list(out, &spoke, width)?;
        }
        if !silent.is_empty() {
            writeln!(out, "\n{}", styled(BOLD, format!("{} never spoke", count(silent.len(), "rule"))))?;
            list(out, &silent, width)?;
        }
        Ok(())
    }
}

/// A rule, and of how many posts it spoke.
#[derive(Debug, Clone, Copy, Serialize)]
struct Spoke<'a> {
    pack: &'a str,
    line: u32,
    rule: &'a str,
    posts: usize,
}

fn list(out: &mut impl Write, rules: &[Spoke<'_>], width: usize) -> io::Result<()> {
    let places: Vec<String> = rules
        .iter()
        .take(MOST_LISTED)
        .map(|rule| shortened(&format!("{}:{}", rule.pack, rule.line), 30))
        .collect();
    let widest = places.iter().map(|place| place.chars().count()).max().unwrap_or(0);
    for (rule, place) in rules.iter().zip(&places) {
        let posts = if rule.posts == 0 { String::new() } else { thousands(rule.posts) };
        let room = width.saturating_sub(widest + 13);
        let pad = " ".repeat(widest - place.chars().count());
        writeln!(out, "{posts:>9}  {}{pad}  {}", styled(DIM, place), shortened(rule.rule, room))?;
    }
    if rules.len() > MOST_LISTED {
        writeln!(
            out,
            "{:>9}  and {} more; `--format json --summary` has them all",
            "",
            thousands(rules.len() - MOST_LISTED)
        )?;
    }
    Ok(())
}
