//! Where in a text the characters of its fold come from.

/// The pieces of a folded text: where each begins in the text and in its fold. Pieces of ASCII and pieces beyond it take
/// turns, the former first; either may be empty. An ASCII piece that folding did not shorten lies in the fold as it lies
/// in the text; of all others only the ends are known.
#[derive(Debug, Default)]
pub(crate) struct Pieces(pub(super) Vec<(u32, u32)>);

impl Pieces {
    /// Forgets the text.
    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    /// Where in a text of so many bytes, whose fold has `folded`, stretches may begin whose folds begin at one of two
    /// places or between: a first and a last place, which need not lie on characters. No such fold is a blank alone.
    pub(crate) fn origins(&self, (first, last): (u32, u32), text: usize, folded: usize) -> (usize, usize) {
        // What is left out of the fold, and blanks that are one with the blank before them, lie behind the byte before...
        let from = first.checked_sub(1).map_or(0, |before| self.origin(before, text, folded).0);
        // ...and before the byte behind.
        (from, self.origin(last.saturating_add(1), text, folded).1)
    }

    /// Between which places of the text the character lies that a byte of the fold comes from.
    fn origin(&self, at: u32, text: usize, folded: usize) -> (usize, usize) {
        let Some(number) = self.0.partition_point(|(_, begins)| *begins <= at).checked_sub(1) else {
            return (0, text);
        };
        let piece = |number: usize| {
            self.0.get(number).map_or((text, folded), |(text, folded)| (*text as usize, *folded as usize))
        };
        let ((from, begins), (to, ends)) = (piece(number), piece(number + 1));
        let at = at as usize;
        if at >= ends {
            return (to, text);
        }
        if number % 2 == 0 && to - from == ends - begins {
            let place = from + at - begins;
            return (place, place);
        }
        (from, to)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{fold, fold_pieces};
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// Whatever stretch of a text is looked for by its fold begins where it is said to.
        #[test]
        fn origins_hold_what_was_folded(
            before in "[a c\u{a0}\u{ad}\u{301}éß①\n]{0,8}",
            stretch in "[\u{ad} \u{a0}]{0,2}[a-cé]{2}[ \u{301}ß①b]{0,3}",
            after in "[a c\u{a0}\u{ad}\u{301}éß①\n]{0,8}",
        ) {
            let text = format!("{before}{stretch}{after}");
            let (mut folded, mut pieces) = (String::new(), Pieces::default());
            fold_pieces(&text, &mut folded, Some(&mut pieces));
            prop_assert_eq!(&folded, &fold(&text));
            let needle = fold(&stretch);
            let all: Vec<u32> =
                (0..folded.len()).filter(|at| folded.as_bytes()[*at..].starts_with(needle.as_bytes())).map(|at| at as u32).collect();
            let (first, last) = (all.first().expect("it is there"), all.last().expect("it is there"));
            let (from, to) = pieces.origins((*first, *last), text.len(), folded.len());
            prop_assert!(from <= before.len() && before.len() <= to, "{text:?} {needle:?} {from} {to}");
        }

        #[test]
        fn plain_text_lies_in_its_fold_as_it_lies_in_itself(text in "[a-zA-Z.]( ?[a-zA-Z.]){1,9}") {
            let (mut folded, mut pieces) = (String::new(), Pieces::default());
            fold_pieces(&text, &mut folded, Some(&mut pieces));
            for at in 0..text.len() - 1 {
                let (from, to) = pieces.origins((at as u32, at as u32), text.len(), folded.len());
                prop_assert_eq!((from, to), (at.saturating_sub(1), at + 1));
            }
        }
    }
}
