//! A filter that a reader teaches: “more of this”, “not this”, from ten posts on.
//!
//! Each example is a direction of meaning (from the shipped sentence encoder) and a set of hashed grams, the same features as the
//! shipped models read. What is learned is one weight for each, by logistic regression in its dual form: with so few examples it
//! is cheaper to weigh examples against each other than features. How strongly it is held back (its regularisation), and how
//! much grams count beside meaning, is picked by leaving each example out once; the same left-out scores calibrate it.
//!
//! ```
//! use diffract_personal::{Example, Features, Filter};
//!
//! let features = |text: &str, meaning: [f32; 2]| Features::of(text, meaning.to_vec());
//! let mut filter = Filter::new("kettles");
//! for (text, meaning, belongs) in [
//!     ("Kettles for less", [1.0, 0.0], true),
//!     ("New kettles are in", [0.9, 0.1], true),
//!     ("The river rose", [0.0, 1.0], false),
//!     ("A walk by the river", [0.1, 0.9], false),
//! ] {
//!     filter.add(Example { text: text.to_owned(), belongs, features: features(text, meaning) });
//! }
//! let head = filter.learn().expect("examples of both kinds");
//! assert!(head.score(&features("Kettle sale", [1.0, 0.1])) > head.score(&features("Rain again", [0.0, 1.0])));
//! ```
//!
//! No clock, no storage, no network; whoever calls keeps the examples. `examples/thumbs.rs` measures how long
//! [`Filter::learn`] takes, and how well it learns.

mod export;
mod features;
mod filter;
mod head;
mod learn;
mod solve;
mod tell;

pub use export::{Counts, ExportError, Exported, export};
pub use features::{BITS, Features};
pub use filter::{Example, Filter, LearnError, MAX_EXAMPLES};
pub use head::Head;
pub use tell::{Near, Told, Word, tell};
