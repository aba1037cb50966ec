//! From a key's path back to its line.

use crate::problem::line_of;
use toml::de::{DeTable, DeValue};

/// The line, from 1, of `item[0].fields.author[1].all`, or of the closest thing around it that stands in the
/// file. `None` if the file is no TOML.
pub(super) fn line_of_key(source: &str, path: &str) -> Option<u32> {
    let table = DeTable::parse(source).ok()?;
    let mut offset = None;
    let mut here: Option<&DeValue<'_>> = None;
    for segment in path.split('.') {
        let (name, indexes) = segment.split_once('[').unwrap_or((segment, ""));
        let entry = match here {
            None => table.get_ref().get_key_value(name),
            Some(value) => value.as_table().and_then(|t| t.get_key_value(name)),
        };
        let Some((key, value)) = entry else { break };
        offset = Some(key.span().start);
        here = Some(value.get_ref());
        for index in indexes.split(['[', ']']).filter_map(|i| i.parse::<usize>().ok()) {
            let Some(element) = here.and_then(|v| v.as_array()).and_then(|a| a.get(index)) else { break };
            offset = Some(element.span().start);
            here = Some(element.get_ref());
        }
    }
    offset.map(|o| line_of(source, o))
}
