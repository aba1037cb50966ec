//! Rule packs as folders: `pack.toml`, rules, lists, cases, a README. Reads, checks, tests and packages them; touches
//! no disk itself, so that the command line and the extension share it.
//!
//! ```text
//! calm/
//!   pack.toml        what the pack says of itself
//!   rules.rules      its rules: one file (docs/decisions/packs.md says why one)
//!   lists/*.txt      named in rules as `let @x = list "x.txt"`
//!   cases/*.toml     posts, and the verdicts expected of them
//!   README.md        for whoever thinks of taking it
//!   LICENSE          where the licence asks to come along
//! ```
//!
//! Data flows one way: bytes become [`Files`] (paths and sizes bounded), those a [`Pack`], that a
//! [`diffract_core::PackSource`] for the compiler, and its cases a [`Outcome`](cases::Outcome).

pub mod archive;
pub mod cases;
pub mod files;
pub mod manifest;
pub mod pack;
pub mod problem;
pub mod template;
mod toml_tree;

pub use files::{FileError, Files};
pub use manifest::Manifest;
pub use pack::{Pack, Reading};
pub use problem::{Problem, Severity};

/// The version of Diffract that this is: what a pack's `diffract` key is compared with.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The file that describes a pack.
pub const MANIFEST: &str = "pack.toml";
/// The file of a pack's rules.
pub const RULES: &str = "rules.rules";
