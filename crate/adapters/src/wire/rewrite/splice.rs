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

/// A part of a text that was edited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// These bytes of the text as it was.
    Kept(Range<usize>),
    /// This, which was not there.
    New(String),
}

/// What the text becomes, with all edits made: pieces of it, in their new order.
pub(super) fn pieces(text: &str, mut edits: Vec<Edit>) -> Vec<Piece> {
    // Outer before inner where both begin at the same byte.
    edits.sort_by(|a, b| {
        let (a, b) = (a.range(), b.range());
        a.start.cmp(&b.start).then(b.end.cmp(&a.end))
    });
    let mut out = Vec::with_capacity(edits.len() * 2 + 1);
    emit(&edits, 0..text.len(), false, None, &mut out);
    out
}

/// The pieces as one text.
pub(super) fn joined(text: &str, pieces: &[Piece]) -> String {
    let mut out = String::with_capacity(text.len());
    for piece in pieces {
        out.push_str(match piece {
            Piece::Kept(range) => text.get(range.clone()).unwrap_or_default(),
            Piece::New(new) => new,
        });
    }
    out
}

/// Bytes that stay. Those right behind the last ones are one piece with them.
fn keep(range: Range<usize>, out: &mut Vec<Piece>) {
    match out.last_mut() {
        _ if range.is_empty() => {}
        Some(Piece::Kept(last)) if last.end == range.start => last.end = range.end,
        _ => out.push(Piece::Kept(range)),
    }
}

/// Writes a part of the text with the edits inside of it. `moved`: the part stands elsewhere now, and an edit of just this
/// range says what comes here instead.
fn emit(
    edits: &[Edit],
    part: Range<usize>,
    moved: bool,
    own: Option<&(Range<usize>, Range<usize>)>,
    out: &mut Vec<Piece>,
) {
    let mut at = part.start;
    let copy = |from: usize, to: usize, out: &mut Vec<Piece>| {
        // What belongs to the place lies within bytes that are copied, never within an edit.
        match own.filter(|(range, _)| from <= range.start && range.end <= to) {
            Some((range, theirs)) => {
                keep(from..range.start, out);
                keep(theirs.clone(), out);
                keep(range.end..to, out);
            }
            None => keep(from..to, out),
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
            Edit::Fill(_, from, place) => emit(edits, from.clone(), true, place.as_ref(), out),
            Edit::Write(_, what) => out.push(Piece::New(what.clone())),
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
        assert_eq!(joined(text, &pieces(text, edits)), "[B2(c)n1,A1(a)n2,Z]");
        assert_eq!(pieces(text, Vec::new()), [Piece::Kept(0..text.len())]);
        assert_eq!(pieces(text, vec![Edit::Cut(5..7)]), [Piece::Kept(0..5), Piece::Kept(7..text.len())]);
    }
}
