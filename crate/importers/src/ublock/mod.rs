//! Cosmetic filters, as in uBlock Origin's "My filters": those that hide posts for what is in them become rules. The
//! rest goes to the list engine once there is one, and the report says so.

mod condition;
mod selector;
mod sites;

use crate::draft::{Draft, Shape};
use crate::report::Place;
use crate::text;

/// Why a filter that says nothing of posts is left out.
const LISTS: &str = "it goes to the list engine once there is one";

/// Reads a list of filters, one a line.
pub(crate) fn read(source: &str, draft: &mut Draft) {
    for (index, line) in source.lines().enumerate() {
        let line = line.trim();
        let place = Place::Line(index + 1);
        let comment =
            line.starts_with('!') || line.starts_with("[Adblock") || line == "#" || line.starts_with("# ");
        if line.is_empty() || comment {
            continue;
        }
        if !draft.entry(&place) {
            return;
        }
        match parts(line) {
            Ok((hosts, selector)) => draft.once(|draft| filter(hosts, selector, line, &place, draft)),
            Err(why) => draft.leave(&place, line, why),
        }
    }
}

/// Hosts and selector of a cosmetic filter; else what it is instead.
fn parts(line: &str) -> Result<(&str, &str), String> {
    if line.contains("#@#") || line.contains("#@?#") || line.starts_with("@@") {
        return Err(format!("an exception; {LISTS}"));
    }
    let (hosts, selector) = line
        .split_once("##")
        .or_else(|| line.split_once("#?#"))
        .ok_or_else(|| format!("no cosmetic filter; {LISTS}"))?;
    if selector.starts_with("+js(") || selector.starts_with("script:inject") {
        return Err(format!("a scriptlet; rules never run code, and {LISTS}"));
    }
    if selector.starts_with('^') {
        return Err(format!("a filter of the page's source; {LISTS}"));
    }
    Ok((hosts.trim(), selector.trim()))
}

fn filter(hosts: &str, selector: &str, line: &str, place: &Place, draft: &mut Draft) {
    if hosts.is_empty() {
        return draft.leave(
            place,
            line,
            format!("it names no site, and what is a post there is not known; {LISTS}"),
        );
    }
    let mut done = false;
    for host in hosts.split(',').map(str::trim).filter(|host| !host.is_empty()) {
        if let Some(spared) = host.strip_prefix('~') {
            draft.leave(place, line, format!("it spares `{spared}`, which a rule's sites cannot"));
            return;
        }
        let plain = host.strip_prefix("www.").unwrap_or(host);
        let Some(scope) = text::host(plain) else {
            draft.leave(place, line, format!("`{host}` is no host that a rule can name"));
            continue;
        };
        let Some(site) = sites::of(&scope) else {
            draft.leave(place, line, format!("what is a post on {scope} is not known here; {LISTS}"));
            continue;
        };
        for one in selector::split_list(selector) {
            match condition::of(one, site) {
                Ok(found) => {
                    if found.loose && !done {
                        draft.changed(
                            place,
                            line,
                            "it looks at a post's title and words; the filter looked at names, counts and buttons too",
                        );
                    }
                    match found.item {
                        Some((rule, list, item)) if found.surface.is_none() => {
                            draft.add(
                                place,
                                &Shape::new(scope.as_str(), rule, list, "cosmetic filters"),
                                &item,
                            );
                        }
                        _ => {
                            let scope = match found.surface {
                                Some(surface) => format!("{scope} {surface}"),
                                None => scope.clone(),
                            };
                            draft.rule(place, &scope, &format!("hide if {}", found.text), "cosmetic filter");
                        }
                    }
                    done = true;
                }
                Err(why) => draft.leave(place, one, format!("{why}; {LISTS}")),
            }
        }
    }
}
