//! From a rule file's text to its tree.
//!
//! One statement a line. A line that cannot be read costs that line and leaves a message; what it would
//! have said is never guessed. The tree keeps spans and comments; what the words mean is the checker's.

mod action;
mod condition;
mod literal;
mod parser;
pub mod token;
pub mod tree;

pub use literal::quote;
pub(crate) use literal::unquote;
pub use parser::{lines, parse, parse_line};
pub use token::{Token, TokenKind};
