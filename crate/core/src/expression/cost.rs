//! What an expression costs before anything is known of it, in the unit of [`Work`](super::Work).
//!
//! The figures are from `cargo bench -p diffract-core --bench hostile`, rounded up. What is dear are classes: one like `\w` has
//! seven hundred ranges, and where cases are alike each character of a range is looked up, up to a million for one that is
//! written in four.

use regex_syntax::ast::{
    self, Ast, ClassBracketed, ClassPerl, ClassSetBinaryOp, ClassSetItem, ClassUnicode, ClassUnicodeKind,
    Flag, Visitor,
};
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

/// What it costs to make of what was parsed what it means.
pub(super) fn of_translating(tree: &Ast) -> usize {
    ast::visit(tree, Translating::default()).unwrap_or(usize::MAX)
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

/// Adds up what is dear in a tree.
#[derive(Default)]
struct Translating {
    cost: usize,
    /// Whether cases may be alike from here on.
    folds: bool,
}

impl Translating {
    fn add(&mut self, cost: usize) {
        self.cost = self.cost.saturating_add(cost);
    }

    fn flags(&mut self, flags: &ast::Flags) {
        self.folds |= flags.flag_state(Flag::CaseInsensitive) == Some(true);
    }

    fn folded(&mut self, cost: usize) {
        if self.folds {
            self.add(cost);
        }
    }

    fn named(&mut self, class: &ClassUnicode) {
        self.add(CLASS);
        let nearly_all = match &class.kind {
            ClassUnicodeKind::OneLetter(_) => false,
            ClassUnicodeKind::Named(name) | ClassUnicodeKind::NamedValue { value: name, .. } => {
                // `Any`, `Assigned`, and whatever else begins like them.
                name.trim_start_matches([' ', '_', '-']).starts_with(['a', 'A'])
            }
        };
        self.folded(if nearly_all { ALL_FOLDED } else { CLASS_FOLDED });
    }
}

impl Visitor for Translating {
    type Output = usize;
    type Err = ();

    fn finish(self) -> Result<usize, ()> {
        Ok(self.cost)
    }

    fn visit_pre(&mut self, tree: &Ast) -> Result<(), ()> {
        match tree {
            Ast::Flags(set) => self.flags(&set.flags),
            Ast::Group(group) => group.flags().into_iter().for_each(|flags| self.flags(flags)),
            Ast::ClassUnicode(class) => self.named(class),
            Ast::ClassPerl(_) => self.add(CLASS),
            _ => {}
        }
        Ok(())
    }

    fn visit_class_set_item_pre(&mut self, item: &ClassSetItem) -> Result<(), ()> {
        match item {
            ClassSetItem::Empty(_) | ClassSetItem::Literal(_) => {}
            ClassSetItem::Range(range) => {
                let width = (range.end.c as usize).saturating_sub(range.start.c as usize);
                self.folded(width / 2);
            }
            ClassSetItem::Ascii(class) => self.folded(if class.negated { ALL_FOLDED } else { PART }),
            ClassSetItem::Unicode(class) => {
                self.named(class);
                self.folded(if class.is_negated() { ALL_FOLDED } else { 0 });
            }
            ClassSetItem::Perl(ClassPerl { negated, .. }) => {
                self.add(CLASS);
                self.folded(if *negated { ALL_FOLDED } else { CLASS_FOLDED });
            }
            ClassSetItem::Bracketed(class) => {
                let ClassBracketed { negated, .. } = **class;
                self.folded(if negated { ALL_FOLDED } else { 0 });
            }
            ClassSetItem::Union(union) => {
                // Each goes to its place among the others; and each class is put together with all before it.
                let plain =
                    |item: &&ClassSetItem| matches!(item, ClassSetItem::Literal(_) | ClassSetItem::Range(_));
                let items = union.items.len();
                let classes = items - union.items.iter().filter(plain).count();
                self.add(items.saturating_mul(items) / 30 + classes.saturating_mul(items));
            }
        }
        Ok(())
    }

    fn visit_class_set_binary_op_pre(&mut self, _: &ClassSetBinaryOp) -> Result<(), ()> {
        self.add(SET_OPERATION);
        Ok(())
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
