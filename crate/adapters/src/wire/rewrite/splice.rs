//! Edits of a text, and the text that they make.

use std::ops::Range;

/// One edit. No two overlap, except that edits may lie within what is moved to another place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Edit {
    /// These bytes go.
    Cut(Range<usize>),
    /// These bytes make place for those, with all edits inside of those; of which the one range (if there is one) makes
    /// place for the other: what belongs to the place and not to what stands there.
    Fill(Range<usize>, Range<usize>, Option<(Range<usize>, Range<usize>)>),
    /// These bytes make place for this.
    Write(Range<usize>, String),
}

impl Edit {
    fn range(&self) -> &Range<usize> {
        match self {
            Self::Cut(range) | Self::Fill(range, ..) | Self::Write(range, _) => range,
        }
    }
}

/// The text with all edits made.
pub(super) fn spliced(text: &str, mut edits: Vec<Edit>) -> String {
    // Outer before inner where both begin at the same byte.
    edits.sort_by(|a, b| {
        let (a, b) = (a.range(), b.range());
        a.start.cmp(&b.start).then(b.end.cmp(&a.end))
    });
    let mut out = String::with_capacity(text.len());
    emit(text, &edits, 0..text.len(), false, None, &mut out);
    out
}

/// Writes a part of the text with the edits inside of it. `moved`: the part stands elsewhere now, and an edit of just this
/// range says what comes here instead.
fn emit(
    text: &str,
    edits: &[Edit],
    part: Range<usize>,
    moved: bool,
    own: Option<&(Range<usize>, Range<usize>)>,
    out: &mut String,
) {
    let mut at = part.start;
    let copy = |from: usize, to: usize, out: &mut String| {
        // What belongs to the place lies within bytes that are copied, never within an edit.
        match own.filter(|(range, _)| from <= range.start && range.end <= to) {
            Some((range, theirs)) => {
                out.push_str(text.get(from..range.start).unwrap_or_default());
                out.push_str(text.get(theirs.clone()).unwrap_or_default());
                out.push_str(text.get(range.end..to).unwrap_or_default());
            }
            None => out.push_str(text.get(from..to).unwrap_or_default()),
        }
    };
    let first = edits.partition_point(|edit| edit.range().start < part.start);
    for edit in edits.iter().skip(first).take_while(|edit| edit.range().start < part.end) {
        let range = edit.range();
        if range.start < at || range.end > part.end || (moved && *range == part) {
            continue;
        }
        copy(at, range.start, out);
        match edit {
            Edit::Cut(_) => {}
            Edit::Fill(_, from, place) => emit(text, edits, from.clone(), true, place.as_ref(), out),
            Edit::Write(_, what) => out.push_str(what),
        }
        at = range.end;
    }
    copy(at, part.end, out);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cuts_and_moves_nest() {
        //          0123456789012345678901
        let text = "[A1(a,b)n1,B2(c)n2,C]";
        let edits = vec![
            Edit::Fill(1..10, 11..18, Some((16..18, 8..10))),
            Edit::Fill(11..18, 1..10, Some((8..10, 16..18))),
            Edit::Cut(5..7),
            Edit::Write(19..20, "Z".to_owned()),
        ];
        assert_eq!(spliced(text, edits), "[B2(c)n1,A1(a)n2,Z]");
        assert_eq!(spliced(text, Vec::new()), text);
    }
}
