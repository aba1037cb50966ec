//! A pack: its files understood.

use crate::cases::{self, Case};
use crate::files::{Files, Part, part};
use crate::manifest::{self, Manifest};
use crate::problem::{Problem, Severity};
use diffract_core::program::Trust;
use diffract_core::syntax::tree::Statement;
use diffract_core::{Compiled, PackSource, compile};
use std::collections::BTreeMap;

/// A pack: its files understood.
#[derive(Debug, Clone, PartialEq)]
pub struct Pack {
    /// `pack.toml`
    pub manifest: Manifest,
    /// `rules.rules`
    pub rules: String,
    /// `lists/*.txt`, by the names that rules call them by.
    pub lists: BTreeMap<String, String>,
    /// Such files that cannot be read, and why.
    pub unreadable_lists: BTreeMap<String, String>,
    /// `cases/*.toml`, in the order of the files.
    pub cases: Vec<Case>,
}

/// What came of reading a pack.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    /// The pack; `None` where its manifest or its rules cannot be read.
    pub pack: Option<Pack>,
    /// What is wrong, in the order of the files. Mistakes in rules are the compiler's to tell.
    pub problems: Vec<Problem>,
}

impl Reading {
    /// Whether a problem is an error.
    pub fn has_errors(&self) -> bool {
        self.problems.iter().any(|problem| problem.severity == Severity::Error)
    }
}

impl Pack {
    /// Reads a pack. A case that cannot be read costs its file, a list that cannot be read its list.
    pub fn read(files: &Files) -> Reading {
        let mut problems = Vec::new();
        let manifest = match files.get(crate::MANIFEST) {
            Some(bytes) => manifest::read(bytes, &mut problems),
            None => {
                let message = "this file is missing; `diffract new` makes a folder with one";
                problems.push(Problem::error(crate::MANIFEST, None, "", message));
                None
            }
        };
        let rules = match files.get(crate::RULES).map(|bytes| text(crate::RULES, bytes)) {
            Some(Ok(rules)) => Some(rules),
            Some(Err(problem)) => {
                problems.push(problem);
                None
            }
            None => {
                let message = "this file is missing; a pack's rules are in one file of this name";
                problems.push(Problem::error(crate::RULES, None, "", message));
                None
            }
        };
        let (mut lists, mut unreadable_lists) = (BTreeMap::new(), BTreeMap::new());
        let mut all_cases = Vec::new();
        for (path, bytes) in files.iter() {
            match part(path) {
                Some(Part::List(name)) => match text(path, bytes) {
                    Ok(contents) => {
                        lists.insert(name.to_owned(), contents);
                    }
                    Err(problem) => {
                        unreadable_lists.insert(name.to_owned(), problem.message.clone());
                        problems.push(problem);
                    }
                },
                Some(Part::Cases) => all_cases.extend(cases::read(path, bytes, &mut problems)),
                Some(_) => {}
                None => {
                    let message = "this is no file of a pack and is left out";
                    problems.push(Problem::warning(path, None, "", message));
                }
            }
        }
        check_names(&all_cases, &mut problems);
        let pack = match (manifest, rules) {
            (Some(manifest), Some(rules)) => {
                let pack = Self { manifest, rules, lists, unreadable_lists, cases: all_cases };
                pack.check(&mut problems);
                Some(pack)
            }
            _ => None,
        };
        Reading { pack, problems }
    }

    /// For the compiler.
    pub fn source(&self, trust: Trust) -> PackSource {
        PackSource {
            id: self.manifest.id.clone(),
            source: self.rules.clone(),
            trust,
            lists: self.lists.clone(),
            unreadable_lists: self.unreadable_lists.clone(),
        }
    }

    /// The pack alone, compiled.
    pub fn compile(&self) -> Compiled {
        compile(&[self.source(Trust::Full)])
    }

    /// What manifest, rules and lists say against one another.
    fn check(&self, problems: &mut Vec<Problem>) {
        let (tree, _) = diffract_core::syntax::parse(&self.rules);
        let mut used = Vec::new();
        for line in &tree.lines {
            match &line.statement {
                Some(Statement::Header { key, .. }) => problems.push(Problem::warning(
                    crate::RULES,
                    Some(line.number),
                    key.text.as_str(),
                    "`pack.toml` says this; take the line out, or the two will differ one day",
                )),
                Some(Statement::Let { value: diffract_core::syntax::tree::LetValue::File(file), .. }) => {
                    used.push(file.text.clone());
                }
                _ => {}
            }
        }
        for name in self.lists.keys().filter(|name| !used.contains(name)) {
            let message = format!("no rule loads this list; write `let @name = list \"{name}\"`");
            problems.push(Problem::warning(&format!("lists/{name}"), None, "", message));
        }
        if !self.manifest.sites.is_empty() {
            self.check_sites(problems);
        }
    }

    /// A manifest that names sites promises that the rules hold on no others.
    fn check_sites(&self, problems: &mut Vec<Problem>) {
        let program = self.compile().program;
        let listed = |host: &str| {
            self.manifest.sites.iter().any(|site| {
                host == site || host.strip_suffix(site.as_str()).is_some_and(|rest| rest.ends_with('.'))
            })
        };
        let mut told: Vec<&str> = Vec::new();
        for rule in &program.rules {
            let Some(scope) = program.scopes.get(rule.scope as usize) else { continue };
            let odd = if scope.sites.is_empty() {
                Some("everywhere")
            } else {
                scope.sites.iter().map(|site| site.host.as_str()).find(|host| !listed(host))
            };
            if let Some(odd) = odd.filter(|odd| !told.contains(odd)) {
                told.push(odd);
                let message = match odd {
                    "everywhere" => {
                        "this rule holds everywhere, but `sites` in pack.toml names some".to_owned()
                    }
                    host => format!("this rule holds on {host}, which `sites` in pack.toml does not name"),
                };
                problems.push(Problem::warning(crate::RULES, Some(rule.line), "", message));
            }
        }
    }
}

/// Two cases of one name in one file cannot be told apart in a report.
fn check_names(cases: &[Case], problems: &mut Vec<Problem>) {
    for (index, case) in cases.iter().enumerate() {
        let twice = cases[..index].iter().find(|other| other.file == case.file && other.name == case.name);
        if let Some(first) = twice {
            let message = format!("a case of this name is on line {} already", first.line);
            problems.push(Problem::warning(&case.file, Some(case.line), "name", message));
        }
    }
}

fn text(file: &str, bytes: &[u8]) -> Result<String, Problem> {
    String::from_utf8(bytes.to_vec()).map_err(|error| {
        let line =
            1 + bytes[..error.utf8_error().valid_up_to()].iter().filter(|byte| **byte == b'\n').count();
        Problem::error(file, Some(line as u32), "", "this is not UTF-8; save the file as UTF-8")
    })
}
