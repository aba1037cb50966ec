//! The names of models that rules may ask: those that the language knows, and the reader's own, which whoever uses the workbench tells.

use diffract_core::reference::KNOWN_MODELS;
use diffract_core::{Compiled, PackSource, compile_with};
use std::cell::RefCell;

/// The most names that are kept.
const MOST: usize = 500;

thread_local! {
    // A page's worker has one reader.
    static OWN: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

/// Takes the names of the reader's own models in place of those before.
pub(crate) fn know(mut names: Vec<String>) {
    names.truncate(MOST);
    OWN.with_borrow_mut(|own| *own = names);
}

/// Hands out all names.
pub(crate) fn with_all<T>(work: impl FnOnce(&[&str]) -> T) -> T {
    OWN.with_borrow(|own| {
        let names: Vec<&str> = KNOWN_MODELS.iter().copied().chain(own.iter().map(String::as_str)).collect();
        work(&names)
    })
}

/// Whether a model is called so.
pub(crate) fn is_known(name: &str) -> bool {
    with_all(|names| names.contains(&name))
}

/// Compiles packs whose rules may ask any of them.
pub(crate) fn compile(packs: &[PackSource]) -> Compiled {
    with_all(|names| compile_with(packs, names))
}

#[cfg(test)]
mod tests {
    use super::*;
    use diffract_core::Severity;

    fn errors() -> usize {
        let pack = PackSource { source: "hide if kettles is likely".to_owned(), ..PackSource::default() };
        let compiled = compile(&[pack]);
        compiled.diagnostics[0].diagnostics.iter().filter(|found| found.severity == Severity::Error).count()
    }

    #[test]
    fn rules_may_ask_the_models_that_one_is_told_of() {
        assert_eq!(errors(), 1);
        know(vec!["kettles".to_owned()]);
        assert_eq!(errors(), 0);
        assert!(is_known("kettles") && is_known("clickbait") && !is_known("pots"));
        know(Vec::new());
        assert_eq!(errors(), 1);
    }
}
