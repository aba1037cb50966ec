//! The commands, run as a person runs them: what they write, and how they end.

mod bench;
mod check;
mod explain;
mod fmt;
mod models;
mod posts;
mod replay;
mod shell;
mod support;
