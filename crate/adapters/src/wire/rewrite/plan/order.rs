//! Entries that change places.

use super::{Entry, Found, Plan, Planner};
use crate::json::Node;
use crate::wire::path::Scope;
use crate::wire::rewrite::Moved;
use crate::wire::rewrite::splice::Edit;

impl<'p> Planner<'p> {
    /// Lets the entries that may move change places among each other.
    pub(super) fn rearrange(&self, order: &[usize], plan: &mut Plan) {
        let mut rank: Vec<usize> = (0..self.items.len()).map(|item| order.len() + item).collect();
        for (place, item) in order.iter().enumerate() {
            if let Some(rank) = rank.get_mut(*item) {
                *rank = place.min(*rank);
            }
        }
        for list in self.lists.iter().filter(|list| !list.kind.r#move.0.is_empty()) {
            let may_move = |item: &usize| {
                let kind = self.items.get(*item).and_then(|item| self.file.item.get(item.kind));
                kind.is_some_and(|kind| list.kind.r#move.0.contains(&kind.name))
            };
            let slots: Vec<(&Entry, Option<Node<'p>>)> = list
                .entries
                .iter()
                .filter(|entry| {
                    !entry.gone && !entry.fixed && !entry.items.is_empty() && entry.items.iter().all(may_move)
                })
                .map(|entry| (entry, self.belonging(list, entry)))
                .filter(|(_, place)| place.is_some() || list.kind.place.is_none())
                .collect();
            let mut sorted: Vec<usize> = (0..slots.len()).collect();
            sorted.sort_by_key(|slot| {
                let (entry, _) = slots[*slot];
                entry.items.iter().filter_map(|item| rank.get(*item)).min()
            });
            for (to, from) in sorted.into_iter().enumerate().filter(|(to, from)| to != from) {
                let ((slot, here), (entry, theirs)) = (&slots[to], &slots[from]);
                let place = here.zip(*theirs).map(|(h, t)| (self.payload.span(t), self.payload.span(h)));
                plan.edits.push(Edit::Fill(slot.span.clone(), entry.span.clone(), place));
                let moved = entry.items.iter().map(|post| Moved { post: *post, from, to });
                plan.moved.extend(moved.filter(|m| !plan.removed.contains(&m.post)));
            }
        }
        plan.moved.sort_by_key(|moved| (moved.post, moved.to));
        plan.moved.dedup_by_key(|moved| moved.post);
    }

    /// What belongs to an entry's place.
    fn belonging(&self, list: &Found<'_>, entry: &Entry) -> Option<Node<'p>> {
        let path = list.kind.place.as_ref()?;
        let mut line = self.nodes(&list.line);
        line.push(self.node(entry.node)?);
        path.first(&Scope { line: &line, anchors: &[], shared: &self.shared })
    }
}
