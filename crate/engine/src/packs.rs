//! Rule files in, programs and messages out.

use crate::diagnostics::{Message, messages};
use crate::{Lists, PackSources};
use diffract_core::program::{Program, Trust};
use diffract_core::{PackSource, compile as compile_packs};
use js_sys::{Array, Error};
use serde::Serialize;
use std::collections::BTreeMap;
use wasm_bindgen::{JsCast, JsValue};

/// The messages about one pack. Mirrors `PackDiagnostics` of the extension.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Report {
    pub(crate) pack: String,
    pub(crate) diagnostics: Vec<Message>,
}

/// Mirrors `PackInfo` of the extension.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Info {
    id: String,
    title: String,
    trust: Trust,
    rules: u32,
}

/// Compiles what can be compiled.
pub(crate) fn compile(packs: &PackSources) -> Result<(Program, Vec<Report>), Error> {
    let packs: &JsValue = packs.unchecked_ref();
    let Some(packs) = packs.dyn_ref::<Array>() else { return Err(Error::new("the packs are not an array")) };
    let sources: Vec<PackSource> =
        packs.iter().filter_map(|pack| serde_wasm_bindgen::from_value(pack).ok()).collect();
    if sources.len() != packs.length() as usize {
        return Err(Error::new("a pack is not of the form { id, source, trust?, lists? }"));
    }
    let compiled = compile_packs(&sources);
    let reports = compiled
        .diagnostics
        .iter()
        .zip(&sources)
        .map(|(found, source)| Report {
            pack: found.pack.clone(),
            diagnostics: messages(&found.diagnostics, &source.source, &source.id),
        })
        .collect();
    Ok((compiled.program, reports))
}

/// The packs of a program.
pub(crate) fn infos(program: &Program) -> Vec<Info> {
    let mut infos: Vec<Info> = program
        .packs
        .iter()
        .map(|pack| Info { id: pack.id.clone(), title: pack.title.clone(), trust: pack.trust, rules: 0 })
        .collect();
    for rule in &program.rules {
        if let Some(info) = infos.get_mut(rule.pack as usize) {
            info.rules += 1;
        }
    }
    infos
}

/// Checks one rule file.
pub(crate) fn check(source: &str, lists: &Lists) -> Vec<Message> {
    let lists: &JsValue = lists.unchecked_ref();
    let lists: BTreeMap<String, String> = serde_wasm_bindgen::from_value(lists.clone()).unwrap_or_default();
    let pack = PackSource {
        id: "rules".to_owned(),
        source: source.to_owned(),
        trust: Trust::Full,
        lists,
        ..PackSource::default()
    };
    let compiled = compile_packs(std::slice::from_ref(&pack));
    compiled.diagnostics.first().map_or_else(Vec::new, |found| messages(&found.diagnostics, source, &pack.id))
}

/// Formats one rule file.
pub(crate) fn format(source: &str) -> String {
    diffract_core::format(source)
}

/// As plain objects and arrays.
pub(crate) fn to_js<T: JsCast>(value: &impl Serialize) -> Result<T, Error> {
    value
        .serialize(&serde_wasm_bindgen::Serializer::json_compatible())
        .map(JsValue::unchecked_into)
        .map_err(|error| Error::new(&error.to_string()))
}
