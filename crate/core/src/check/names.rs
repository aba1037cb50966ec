//! Fields and models by name.

use super::pack::Checker;
use crate::diagnostic::{Diagnostic, code, quoted};
use crate::program::{AnyField, Question};
use crate::reference;
use crate::syntax::tree::Name;

impl Checker<'_> {
    /// The field or model of this name.
    pub(super) fn resolve(&self, name: &Name) -> Result<AnyField, Box<Diagnostic>> {
        if let Some(field) = self.lookup(&name.text) {
            return Ok(field);
        }
        let shown = quoted(&name.text);
        let problem = Diagnostic::error(
            code::UNKNOWN_FIELD,
            name.span.clone(),
            format!("no field or model is called `{shown}`"),
        );
        if self.is_full() {
            return Err(Box::new(problem));
        }
        let fields = reference::fields();
        let names: Vec<&str> = fields.iter().map(|f| f.name).chain(self.models.iter().copied()).collect();
        let underscored = name.text.replace('-', "_");
        if names.contains(&underscored.as_str()) {
            return Err(Box::new(problem.mend(name.span.clone(), underscored)));
        }
        let value_of = if reference::kind(&name.text).is_some() {
            Some("kind is")
        } else if reference::medium(&name.text).is_some() {
            Some("media has")
        } else if reference::surface(&name.text).is_some() {
            Some("surface is")
        } else {
            None
        };
        if let Some(before) = value_of {
            return Err(Box::new(problem.suggest(name.span.clone(), format!("{before} {}", name.text))));
        }
        Err(Box::new(match reference::meant(&name.text, &names) {
            Some(near) => problem.suggest(name.span.clone(), near),
            None => {
                problem.help("fields are text, author, likes, promoted, kind and others; text goes in quotes")
            }
        }))
    }

    /// The field or model of this name, if there is one.
    pub(super) fn lookup(&self, name: &str) -> Option<AnyField> {
        reference::field(name).or_else(|| {
            self.models.contains(&name).then(|| AnyField::Model(Question::Named(name.to_owned())))
        })
    }
}
