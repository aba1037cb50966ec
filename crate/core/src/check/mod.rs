//! From a rule file's tree to what it means: names, types, units, lists, and whether it makes sense.
//!
//! [`compile`] says what rules do, and what is wrong with them; `check` makes the same of them and adds what only their
//! author wants to hear. A bad line costs that line; a bad pack costs that pack.

mod advice;
#[cfg(feature = "analysis")]
mod analysis;
mod characters;
mod condition;
mod effect;
mod hosts;
mod lists;
mod messages;
mod names;
mod node;
mod pack;
mod questions;
mod regex;
mod share;
mod values;

use crate::diagnostic::{Diagnostic, code};
use crate::matching::RuleSet;
use crate::program::{Pack, PackId, Program, Scope, ScopeId, Trust};
use crate::reference::{KNOWN_MODELS, MAX_FILE};
use regex::{Expressions, Regexes};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap};

/// One rule file with what it needs, as its owner hands it in.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PackSource {
    /// Stable identifier: `calm`, `mine`.
    pub id: String,
    /// The rule file's text.
    pub source: String,
    /// See [`Trust`].
    pub trust: Trust,
    /// The files that `let @x = list "file.txt"` can name: file name → contents, one name a line.
    pub lists: BTreeMap<String, String>,
    /// Such files that are there but cannot be read: file name → why, as a message says it.
    pub unreadable_lists: BTreeMap<String, String>,
}

/// What came out of all packs.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Compiled {
    /// Everything that survived checking.
    pub program: Program,
    /// One entry a pack, in the order they were given.
    pub diagnostics: Vec<PackDiagnostics>,
    expressions: Expressions,
}

impl Compiled {
    /// The rules, ready to decide. Quicker than [`RuleSet::new`] with the program, which parses each expression again.
    pub fn into_rules(self) -> RuleSet {
        let Self { program, diagnostics, expressions } = self;
        drop(diagnostics);
        match expressions.of(&program) {
            Some(required) => RuleSet::with_required(program, required).unwrap_or_else(RuleSet::new),
            // Changed since it was checked.
            None => RuleSet::new(program),
        }
    }
}

/// The messages about one pack.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct PackDiagnostics {
    /// The pack's id.
    pub pack: String,
    /// In order of lines; at most [`crate::reference::MAX_DIAGNOSTICS`] and one that counts the rest.
    pub diagnostics: Vec<Diagnostic>,
}

/// Parses and checks all packs, with the [default names of models](KNOWN_MODELS), as fast as it can be done: advice for
/// authors is left out.
pub fn compile(packs: &[PackSource]) -> Compiled {
    compile_with(packs, KNOWN_MODELS)
}

/// As [`compile`]; `models` are the names that a share can be asked of.
pub fn compile_with(packs: &[PackSource], models: &[&str]) -> Compiled {
    all(packs, models, false)
}

/// Parses and checks all packs, and looks for what their authors may not have meant: rules that can never act, that another
/// makes pointless, expressions that are slow, and what was meant by a slip. The program is the one of [`compile`].
#[cfg(feature = "analysis")]
pub fn check(packs: &[PackSource]) -> Compiled {
    check_with(packs, KNOWN_MODELS)
}

/// As [`check()`]; `models` are the names that a share can be asked of.
#[cfg(feature = "analysis")]
pub fn check_with(packs: &[PackSource], models: &[&str]) -> Compiled {
    all(packs, models, true)
}

fn all(packs: &[PackSource], models: &[&str], advise: bool) -> Compiled {
    let mut compiled = Compiled::default();
    let mut scopes = Scopes::default();
    let mut regexes = Regexes::default();
    // Growing by and by would take up to three times as much at once.
    compiled.program.rules.reserve_exact(packs.iter().map(|pack| pack::rules_at_most(&pack.source)).sum());
    for source in packs {
        let id = compiled.program.packs.len() as PackId;
        compiled.program.packs.push(Pack {
            id: source.id.clone(),
            title: source.id.clone(),
            trust: source.trust,
        });
        let diagnostics = if source.source.len() > MAX_FILE {
            vec![too_large(&source.source)]
        } else {
            regexes.enter(id);
            let shared = pack::Shared { scopes: &mut scopes, regexes: &mut regexes, models, advise };
            pack::check(source, id, &mut compiled.program, shared)
        };
        compiled.diagnostics.push(PackDiagnostics { pack: source.id.clone(), diagnostics });
    }
    let rules = &mut compiled.program.rules;
    // To give back a little may take as much again for a moment.
    if rules.capacity() - rules.len() > rules.len() / 8 {
        rules.shrink_to_fit();
    }
    compiled.expressions = regexes.finish();
    compiled
}

fn too_large(source: &str) -> Diagnostic {
    let megabytes = source.len() as f64 / f64::from(1 << 20);
    Diagnostic::error(
        code::FILE_TOO_LARGE,
        0..0,
        format!("this file has {megabytes:.1} MB; a rule file has at most 4 MB"),
    )
    .help("put long lists into files of their own and load them with `let @name = list \"file.txt\"`")
    .locate(source, 1, 0)
}

/// The scopes so far, each once.
#[derive(Debug, Default)]
pub(crate) struct Scopes(HashMap<Scope, ScopeId>);

impl Scopes {
    /// The scope's id; it is added to the program if it is new.
    pub fn id(&mut self, scope: Scope, program: &mut Program) -> ScopeId {
        if let Some(id) = self.0.get(&scope) {
            return *id;
        }
        let id = program.scopes.len() as ScopeId;
        program.scopes.push(scope.clone());
        self.0.insert(scope, id);
        id
    }
}
