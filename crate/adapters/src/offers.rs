//! What each platform can show, as far as its adapters read it: pages and payloads together.

use crate::{dom, wire};
use std::collections::{BTreeMap, BTreeSet};

/// One platform.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Offer {
    /// Host names, without subdomains.
    pub hosts: BTreeSet<String>,
    /// Names of fields in the rule language.
    pub fields: BTreeSet<String>,
}

/// Every platform with hosts of its own, by the adapter's name. Broken adapters, which tests rule out, offer nothing.
pub fn offers() -> BTreeMap<String, Offer> {
    let mut all: BTreeMap<String, Offer> = BTreeMap::new();
    for adapter in dom::compile(dom::builtin()).adapters {
        let offer = all.entry(adapter.name.clone()).or_default();
        offer.hosts.extend(adapter.hosts.iter().filter(|host| *host != "*").cloned());
        for item in &adapter.items {
            offer.fields.extend(item.fields.read().into_iter().map(in_rules));
            if !item.quote.is_empty() {
                offer.fields.insert("quote".to_owned());
            }
        }
    }
    for adapter in wire::builtin().into_iter().flatten() {
        let offer = all.entry(adapter.name().to_owned()).or_default();
        offer.hosts.extend(adapter.hosts().iter().cloned());
        offer.fields.extend(adapter.fields().map(|name| in_rules(&name)));
    }
    for offer in all.values_mut() {
        // What follows from others, and from where a post stands.
        if offer.fields.contains("text") {
            offer.fields.insert("length".to_owned());
        }
        offer.fields.extend(["position", "surface"].map(str::to_owned));
        offer.fields.remove("id");
        offer.fields.remove("url");
    }
    all.retain(|_, offer| !offer.hosts.is_empty());
    all
}

/// The field's name in the rule language.
fn in_rules(name: &str) -> String {
    match name {
        "quote_text" => "quote.text",
        "card_title" => "card.title",
        "time" => "age",
        other => other,
    }
    .to_owned()
}
