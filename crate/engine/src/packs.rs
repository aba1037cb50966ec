//! Rule files in, programs out.

use crate::PackSources;
use diffract_core::program::{Program, Trust};
use diffract_core::reference::KNOWN_MODELS;
use diffract_core::{PackSource, RuleSet, compile_with};
use js_sys::{Array, Error};
use serde::Serialize;
use wasm_bindgen::{JsCast, JsValue};

/// Mirrors `PackInfo` of the extension.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Info {
    id: String,
    title: String,
    trust: Trust,
    rules: u32,
}

/// Compiles what can be compiled; `models` are names beside the known ones.
pub(crate) fn compile(packs: &PackSources, models: &[String]) -> Result<RuleSet, Error> {
    let packs: &JsValue = packs.unchecked_ref();
    let Some(packs) = packs.dyn_ref::<Array>() else { return Err(Error::new("the packs are not an array")) };
    let sources: Vec<PackSource> =
        packs.iter().filter_map(|pack| serde_wasm_bindgen::from_value(pack).ok()).collect();
    if sources.len() != packs.length() as usize {
        return Err(Error::new("a pack is not of the form { id, source, trust?, lists? }"));
    }
    let names: Vec<&str> = KNOWN_MODELS.iter().copied().chain(models.iter().map(String::as_str)).collect();
    let compiled = compile_with(&sources, &names);
    // Megabytes that nobody looks at any more, just when the most memory is needed.
    drop(sources);
    Ok(compiled.into_rules())
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

/// As plain objects and arrays.
pub(crate) fn to_js<T: JsCast>(value: &impl Serialize) -> Result<T, Error> {
    value
        .serialize(&serde_wasm_bindgen::Serializer::json_compatible())
        .map(JsValue::unchecked_into)
        .map_err(|error| Error::new(&error.to_string()))
}
