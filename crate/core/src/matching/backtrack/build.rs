//! From the parser's tree to steps.
//!
//! The order in which ways are tried is that of the `regex` crate, loops over what may be empty included: `(a|)*` is
//! tried as `((a|)+)?`.

use super::class::Class;
use super::{Backtracker, MAX_STEPS, Step};
use regex_syntax::hir::{Hir, HirKind, Look, Repetition};

impl Backtracker {
    /// `None` if it is no small expression.
    pub(crate) fn new(hir: &Hir) -> Option<Self> {
        let mut builder = Builder::default();
        builder.add(hir)?;
        builder.push(Step::Match)?;
        let first = builder.first();
        let Builder { steps, classes, marks } = builder;
        let anchored = hir.properties().look_set_prefix().contains(Look::Start);
        let longest = hir.properties().maximum_len();
        Some(Self { steps: steps.into(), classes: classes.into(), marks, first, anchored, longest })
    }
}

#[derive(Default)]
struct Builder {
    steps: Vec<Step>,
    classes: Vec<Class>,
    marks: u16,
}

impl Builder {
    fn push(&mut self, step: Step) -> Option<u16> {
        let at = self.here();
        self.steps.push(step);
        (self.steps.len() <= MAX_STEPS).then_some(at)
    }

    fn here(&self) -> u16 {
        self.steps.len() as u16
    }

    fn mark(&mut self) -> u16 {
        self.marks += 1;
        self.marks - 1
    }

    fn join(&mut self) -> Option<u16> {
        let mark = self.mark();
        self.push(Step::Join { mark })
    }

    /// A split whose two ways are set by [`Builder::lead`].
    fn split(&mut self) -> Option<u16> {
        let mark = self.mark();
        self.push(Step::Split { first: 0, second: 0, mark })
    }

    /// Lets a split lead into a repetition, and past it.
    fn lead(&mut self, split: u16, greedy: bool, inside: u16, past: u16) {
        if let Some(Step::Split { first, second, .. }) = self.steps.get_mut(usize::from(split)) {
            (*first, *second) = if greedy { (inside, past) } else { (past, inside) };
        }
    }

    fn add(&mut self, hir: &Hir) -> Option<()> {
        match hir.kind() {
            HirKind::Empty => {}
            HirKind::Literal(literal) => {
                for c in std::str::from_utf8(&literal.0).ok()?.chars() {
                    self.push(Step::Char(c))?;
                }
            }
            HirKind::Class(class) => {
                let class = Class::new(class)?;
                let step = match class.two() {
                    Some((one, other)) => Step::Either(one, other),
                    None => Step::Class(self.class(class)),
                };
                self.push(step)?;
            }
            HirKind::Look(look) => {
                self.push(Step::Look(*look))?;
            }
            HirKind::Capture(capture) => self.add(&capture.sub)?,
            HirKind::Concat(parts) => parts.iter().try_for_each(|part| self.add(part))?,
            HirKind::Alternation(branches) => self.alternation(branches)?,
            HirKind::Repetition(repetition) => self.repetition(repetition)?,
        }
        Some(())
    }

    /// The number of a class, each kept once.
    fn class(&mut self, class: Class) -> u16 {
        let at = self.classes.iter().position(|known| *known == class).unwrap_or_else(|| {
            self.classes.push(class);
            self.classes.len() - 1
        });
        at as u16
    }

    fn alternation(&mut self, branches: &[Hir]) -> Option<()> {
        let mut ends = Vec::new();
        let Some((last, others)) = branches.split_last() else {
            // Of no branches none matches.
            let nothing = self.class(Class::empty());
            self.push(Step::Class(nothing))?;
            return Some(());
        };
        for branch in others {
            let split = self.split()?;
            self.add(branch)?;
            ends.push(self.push(Step::Jump(0))?);
            let next = self.here();
            self.lead(split, true, split + 1, next);
        }
        self.add(last)?;
        let join = self.join()?;
        for end in ends {
            if let Some(step) = self.steps.get_mut(usize::from(end)) {
                *step = Step::Jump(join);
            }
        }
        Some(())
    }

    fn repetition(&mut self, repetition: &Repetition) -> Option<()> {
        let Repetition { min, max, greedy, sub } = repetition;
        match max {
            Some(max) => {
                for _ in 0..*min {
                    self.add(sub)?;
                }
                let mut splits = Vec::new();
                for _ in *min..*max {
                    splits.push(self.split()?);
                    self.add(sub)?;
                }
                let Some(past) = (!splits.is_empty()).then(|| self.join()) else { return Some(()) };
                let past = past?;
                splits.into_iter().for_each(|split| self.lead(split, *greedy, split + 1, past));
            }
            None if *min == 0 && sub.properties().minimum_len().is_some_and(|least| least > 0) => {
                let split = self.split()?;
                self.add(sub)?;
                self.push(Step::Jump(split))?;
                let past = self.here();
                self.lead(split, *greedy, split + 1, past);
            }
            None if *min == 0 => {
                let around = self.split()?;
                self.at_least_once(sub, *greedy)?;
                let past = self.join()?;
                self.lead(around, *greedy, around + 1, past);
            }
            None => {
                for _ in 1..*min {
                    self.add(sub)?;
                }
                self.at_least_once(sub, *greedy)?;
            }
        }
        Some(())
    }

    fn at_least_once(&mut self, sub: &Hir, greedy: bool) -> Option<()> {
        let again = self.here();
        self.add(sub)?;
        let split = self.split()?;
        self.lead(split, greedy, again, split + 1);
        Some(())
    }

    /// What a match may begin with; `None` if it may be empty. Assertions are taken to hold.
    fn first(&self) -> Option<Class> {
        let mut first = Class::empty();
        let mut seen = vec![false; self.steps.len()];
        let mut open = vec![0];
        while let Some(at) = open.pop() {
            match seen.get_mut(at) {
                Some(seen) if !*seen => *seen = true,
                _ => continue,
            }
            match *self.steps.get(at)? {
                Step::Char(c) if c.is_ascii() => first.add_ascii(c as u8),
                Step::Char(_) => first.add_beyond(),
                Step::Either(one, other) => {
                    first.add_ascii(one);
                    first.add_ascii(other);
                }
                Step::Class(class) => first.add_roughly(self.classes.get(usize::from(class))?),
                Step::Look(_) | Step::Join { .. } => open.push(at + 1),
                Step::Split { first, second, .. } => open.extend([usize::from(first), usize::from(second)]),
                Step::Jump(to) => open.push(usize::from(to)),
                Step::Match => return None,
            }
        }
        Some(first)
    }
}
