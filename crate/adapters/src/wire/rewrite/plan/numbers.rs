//! Lists that are sent in parts, each of which says the place it has.

use super::{Entry, Found, Planner};
use crate::json::Node;
use crate::wire::path::{Paths, Scope};
use crate::wire::rewrite::splice::Edit;
use std::collections::BTreeMap;

impl<'p> Planner<'p> {
    /// Entries that say their own place in a list sent in parts: those behind one that went move up.
    pub(super) fn renumber(&self, edits: &mut Vec<Edit>) {
        for list in &self.lists {
            let Some(number) = &list.kind.number else { continue };
            // The places that went, by the list that they are places of.
            let mut gone: BTreeMap<String, Vec<u64>> = BTreeMap::new();
            let mut stays = Vec::new();
            for entry in &list.entries {
                let Some((key, node, place)) = self.place_of(number, list, entry) else { continue };
                if entry.gone {
                    gone.entry(key).or_default().push(place);
                } else {
                    stays.push((key, node, place));
                }
            }
            // The same in order, with those that went from an earlier part.
            let mut went: BTreeMap<String, Vec<u64>> = BTreeMap::new();
            for (key, node, place) in stays {
                let went = went.entry(key).or_insert_with_key(|key| {
                    let mut all = gone.remove(key).unwrap_or_default();
                    all.extend(self.gone_from_first_part(list, key));
                    all.sort_unstable();
                    all
                });
                let before = went.partition_point(|went| *went < place) as u64;
                if before > 0 {
                    edits.push(Edit::Write(node.span(), (place - before).to_string()));
                }
            }
        }
    }

    /// The list that an entry belongs to (as its path is written), the number that says where, and that number.
    fn place_of(&self, number: &Paths, list: &Found<'_>, entry: &Entry) -> Option<(String, Node<'p>, u64)> {
        let mut line = self.nodes(&list.line);
        line.push(self.node(entry.node)?);
        let node = number.first(&Scope { line: &line, anchors: &[], shared: &self.shared })?;
        let place = node.raw().parse().ok()?;
        // The path up to the number: the array that ends with it.
        let text = self.payload.text();
        let start = text.get(..node.span().start)?.rfind('[')?;
        let key: String = text.get(start + 1..node.span().start)?.split_whitespace().collect();
        Some((key, node, place))
    }

    /// The places that went from the list that an earlier part began: the parts' paths start from its `data`.
    fn gone_from_first_part(&self, list: &Found<'_>, key: &str) -> Vec<u64> {
        let steps: Vec<&str> =
            key.split(',').map(|step| step.trim_matches('"')).filter(|s| !s.is_empty()).collect();
        let begun = list.entries.iter().find_map(|entry| {
            let data = self.node(entry.node)?.get("data")?;
            steps.iter().try_fold(data, |node, key| node.get(key)).filter(|node| node.is_array())
        });
        let Some(begun) = begun.and_then(|node| self.lists.iter().find(|list| list.node == node.id())) else {
            return Vec::new();
        };
        let gone = begun.entries.iter().enumerate().filter(|(_, entry)| entry.gone);
        gone.map(|(place, _)| place as u64).collect()
    }
}
