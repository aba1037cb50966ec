//! What each platform looks like, as data, and the code that checks that data and reads pages and
//! payloads with it.
//!
//! A platform is a file of TOML: `dom/NAME.toml` says where posts are in its pages, `wire/NAME.toml` where
//! they are in the answers of its own API. Both yield the same [`diffract_core::post::Post`]. A file that
//! is broken costs that adapter only, with an [`problem::AdapterProblem`] that names the key.

pub mod dom;
pub mod json;
pub mod offers;
pub mod problem;
pub mod wire;
