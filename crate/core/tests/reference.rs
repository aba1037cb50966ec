//! `docs/reference.md` is made from the language's own tables, so it cannot drift from them. After a change of the
//! tables: `DIFFRACT_BLESS=1 cargo test -p diffract-core --test reference`.

use diffract_core::reference::{self, FieldType, Word};
use std::fmt::Write;
use std::path::PathBuf;

fn page() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/reference.md"))
}

/// A cell of a table: a bar would end it.
fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}

fn words(out: &mut String, title: &str, intro: &str, words: &[Word]) {
    let _ = writeln!(out, "\n## {title}\n\n{intro}\n\n| | |\n| --- | --- |");
    for word in words {
        let _ = writeln!(out, "| `{}` | {} |", cell(word.form), cell(word.meaning));
    }
}

fn values<'a>(out: &mut String, title: &str, all: impl Iterator<Item = (&'a str, &'a str)>) {
    let _ = writeln!(out, "\n### Values of `{title}`\n\n| | |\n| --- | --- |");
    for (name, meaning) in all {
        let _ = writeln!(out, "| `{name}` | {} |", cell(meaning));
    }
}

fn fields(out: &mut String) {
    out.push_str(
        "\n## Fields\n\nWhat a platform does not show is *unknown*, and a rule acts only on *true*. Which fields a site offers is \
         checked while you write.\n\n| field | type | | for example |\n| --- | --- | --- | --- |\n",
    );
    for field in reference::fields() {
        let example = field.field_type.example(field.name);
        let _ = writeln!(
            out,
            "| `{}` | {} | {} | `{}` |",
            field.name,
            field.field_type.name(),
            cell(field.meaning),
            cell(&example)
        );
    }
    values(out, "kind", reference::KINDS.iter().map(|(_, name, meaning)| (*name, *meaning)));
    values(out, "surface", reference::SURFACES.iter().map(|(_, name, meaning)| (*name, *meaning)));
    values(out, "media", reference::MEDIA.iter().map(|(_, name, meaning)| (*name, *meaning)));
    let models: Vec<String> = reference::KNOWN_MODELS.iter().map(|name| format!("`{name}`")).collect();
    let _ = writeln!(
        out,
        "\n### Models\n\nAny installed model is {} by its name: `{}`. These names are known even where no such model is \
         installed; their value is unknown then: {}.\n\nWithout numbers, by what the model's card says:\n",
        FieldType::Share.name(),
        FieldType::Share.example("clickbait"),
        models.join(", ")
    );
    out.push_str("| condition | meaning |\n| --- | --- |\n");
    for (_, name, meaning) in reference::STRICTNESS {
        let _ = writeln!(out, "| `clickbait is {name}` | {meaning} |");
    }
    let _ = writeln!(
        out,
        "| `clickbait` | As strict as the reader chose for this model, else as its card ships it. |"
    );
}

fn time(out: &mut String) {
    out.push_str("\n## Spans of time\n\n| unit | seconds |\n| --- | --- |\n");
    let mut last: Option<(f64, Vec<&str>)> = None;
    let mut rows = Vec::new();
    for (name, seconds) in reference::UNITS {
        match &mut last {
            Some((value, names)) if *value == *seconds => names.push(name),
            _ => rows.extend(last.replace((*seconds, vec![name]))),
        }
    }
    rows.extend(last);
    for (seconds, names) in rows {
        let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
        let _ = writeln!(out, "| {} | {seconds} |", names.join(" "));
    }
    let days: Vec<String> =
        reference::DAYS.iter().map(|(short, long)| format!("`{short}` or `{long}`")).collect();
    let _ = writeln!(out, "\nDays: {}; `weekdays`, `weekends`.", days.join(", "));
}

fn limits(out: &mut String) {
    let _ = writeln!(
        out,
        "\n## Limits\n\n| | |\n| --- | --- |\n| a file | {} MB |\n| a line | {} KB |\n| brackets and `not`s in one another | {} |\n\
         | tests in a condition | {} |\n| `while unsure` | {} s |\n| messages about a file | {}; the rest is counted |",
        reference::MAX_FILE >> 20,
        reference::MAX_LINE >> 10,
        reference::MAX_DEPTH,
        reference::MAX_TESTS,
        reference::MAX_UNSURE,
        reference::MAX_DIAGNOSTICS
    );
}

fn written() -> String {
    let mut out = String::from(
        "# Reference\n\nEvery word of the language, from the tables that the language itself is made of. [Rules](rules.md) explains it; \
         [the grammar](rules/grammar.md) is exact.\n",
    );
    words(&mut out, "Actions", "The first word of a rule.", reference::ACTIONS);
    words(&mut out, "Orders", "What `order by` takes, beside every number and span.", reference::ORDER_KEYS);
    words(&mut out, "Behind a condition", "In any order, each at most once.", reference::CLAUSES);
    words(&mut out, "Other lines", "", reference::STATEMENTS);
    words(&mut out, "What a pack says of itself", "", reference::HEADERS);
    words(&mut out, "Operators", "`not` can stand before each.", reference::OPERATORS);
    words(&mut out, "Questions for a model", "", reference::QUESTIONS);
    fields(&mut out);
    time(&mut out);
    limits(&mut out);
    while out.contains("\n\n\n") {
        out = out.replace("\n\n\n", "\n\n");
    }
    out
}

#[test]
fn the_reference_is_what_the_tables_say() {
    let written = written();
    if std::env::var_os("DIFFRACT_BLESS").is_some() {
        std::fs::write(page(), &written).expect("docs/reference.md can be written");
    }
    let there = std::fs::read_to_string(page()).unwrap_or_default();
    assert!(
        there == written,
        "docs/reference.md is not what the tables say; DIFFRACT_BLESS=1 cargo test -p diffract-core --test reference writes it"
    );
}
