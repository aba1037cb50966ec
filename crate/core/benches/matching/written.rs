//! The rules as their author would write them, and as an author without them would.

use crate::rules::{LIST, PACK};
use diffract_core::program::*;
use diffract_core::{PackSource, print};

/// The same rules as the files that their author would write.
pub fn files(program: &Program) -> Vec<PackSource> {
    let lists: Vec<&[List]> = program.lists.chunks(PACK / LIST).collect();
    let file = |(pack, rules): (usize, &[Rule])| {
        let own = lists.get(pack).into_iter().flat_map(|lists| lists.iter());
        let mut source: String =
            own.map(|list| format!("let @{} = \"{}\"\n", list.name, list.items.join("\", \""))).collect();
        let mut scope = 0;
        for rule in rules {
            if rule.scope != scope {
                scope = rule.scope;
                source.push_str(&print::on(&program.scopes[scope as usize]));
                source.push('\n');
            }
            source.push_str(&rule.source);
            source.push('\n');
        }
        PackSource { id: format!("bench{pack}"), source, ..PackSource::default() }
    };
    program.rules.chunks(PACK).enumerate().map(file).collect()
}

/// What the rules look for in the text, as expressions: for the peers.
pub fn text_patterns(program: &Program) -> Vec<String> {
    let mut out = Vec::new();
    for rule in &program.rules {
        match &rule.condition {
            Condition::Test(Test::TextHas {
                field: TextField::Text,
                words,
                needles: Needles::These(needles),
                ..
            }) => {
                let any: Vec<String> = needles.iter().map(|needle| regex_syntax::escape(needle)).collect();
                let any = any.join("|");
                out.push(if *words { format!(r"(?i)\b(?:{any})\b") } else { format!("(?i){any}") });
            }
            Condition::Test(Test::Matches { field: TextField::Text, pattern }) => out.push(pattern.clone()),
            _ => {}
        }
    }
    out
}
