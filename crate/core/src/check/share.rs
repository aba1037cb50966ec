//! Shares: how sure a model is.

use crate::diagnostic::{Diagnostic, code, quoted};
use crate::syntax::tree::Quantity;

/// `80%` or `0.8` as `0..=1`.
pub(crate) fn share(quantity: &Quantity, source: &str) -> Result<f64, Box<Diagnostic>> {
    let written = quoted(&source[quantity.span.clone()]);
    let fail = |code, message: String| Diagnostic::error(code, quantity.span.clone(), message);
    let [part] = quantity.parts.as_slice() else {
        return Err(Box::new(fail(
            code::BAD_UNIT,
            format!("expected a share like `80%`, found `{written}`"),
        )));
    };
    let range = "a share is between `0%` and `100%`";
    match part.unit.as_deref() {
        Some("%") if (0.0..=100.0).contains(&part.value) => Ok(part.value / 100.0),
        None if (0.0..=1.0).contains(&part.value) => Ok(part.value),
        None if part.value > 1.0 && part.value <= 100.0 => Err(Box::new(
            fail(code::BAD_SHARE, format!("`{written}` is not a share"))
                .help("a share is a percentage, or a number between 0 and 1")
                .mend(quantity.span.clone(), format!("{written}%")),
        )),
        None | Some("%") => {
            Err(Box::new(fail(code::BAD_SHARE, format!("`{written}` is not a share")).help(range)))
        }
        Some(unit) => {
            Err(Box::new(fail(code::BAD_UNIT, format!("a share has no unit `{}`", quoted(unit))).help(range)))
        }
    }
}
