//! The core's table of what platforms show (`crate/core/src/reference/platforms.rs`) is what the adapters say.
//!
//! `DIFFRACT_BLESS=1 cargo test -p diffract-adapters --test offers` writes it anew.

use diffract_adapters::offers::offers;
use diffract_core::reference;
use std::fmt::Write;
use std::path::Path;

fn list(words: impl IntoIterator<Item = impl AsRef<str>>) -> String {
    let words: Vec<String> = words.into_iter().map(|word| format!("\"{}\"", word.as_ref())).collect();
    words.join(", ")
}

fn table() -> String {
    let mut out = String::from(
        "//! What each platform shows. Generated from the adapters, see `crate/adapters/tests/offers.rs`.\n\nuse super::Platform;\n\n\
         /// Every platform with hosts of its own.\n#[rustfmt::skip]\npub const PLATFORMS: &[Platform] = &[\n",
    );
    for (name, offer) in offers() {
        writeln!(
            out,
            "    Platform {{\n        name: \"{name}\",\n        hosts: &[{}],\n        fields: &[{}],\n    }},",
            list(&offer.hosts),
            list(&offer.fields)
        )
        .expect("memory");
    }
    out.push_str("];\n");
    out
}

#[test]
fn the_core_knows_what_the_adapters_read() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../core/src/reference/platforms.rs");
    let table = table();
    if std::env::var_os("DIFFRACT_BLESS").is_some() {
        std::fs::write(&file, &table).expect("a writable file");
    }
    let written = std::fs::read_to_string(&file).expect("the table");
    assert_eq!(
        written, table,
        "run this test with DIFFRACT_BLESS=1 in the environment, and look at what changed"
    );
}

#[test]
fn every_field_offered_is_one_of_the_language() {
    for (name, offer) in offers() {
        for field in &offer.fields {
            assert!(reference::field(field).is_some(), "{name} offers `{field}`, which no rule can ask");
        }
        assert!(offer.fields.len() > 8, "{name} offers hardly anything: {:?}", offer.fields);
    }
}
