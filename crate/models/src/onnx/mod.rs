//! What an ONNX file holds, found out before tract sees it: a bounded reading of the protobuf, then every shape and the cost.
//!
//! A model is a stranger's file. tract is made for models that mean well: it evaluates what is constant while it loads, and takes what
//! memory that needs. So nothing is handed to it whose operators, shapes, sizes and number of multiplications are not known and small.

mod graph;
mod inspect;
mod operators;
mod shapes;
mod values;
mod wire;

pub use graph::{ElementType, Graph};
pub use inspect::{Feed, Inspected, inspect};

/// The largest file, in bytes.
pub const MOST_FILE: usize = 64 << 20;
/// The largest tensor for one text or picture, and the largest unpacked weight, in bytes.
pub const MOST_TENSOR: u64 = 64 << 20;
/// The most memory that all weights may take once unpacked, in bytes.
pub const MOST_WEIGHTS: u64 = 256 << 20;
/// The most memory that what is computed for one text or picture may take at one time, in bytes.
pub const MOST_LIVE: u64 = 256 << 20;
/// The most multiplications (and other operations on one number) for one text or picture: some seconds on a slow machine.
pub const MOST_OPERATIONS: u64 = 4_000_000_000;
/// The most nodes of a graph.
pub const MOST_NODES: usize = 4096;
/// The most initial tensors of a graph.
pub const MOST_CONSTANTS: usize = 8192;
/// Operator sets that are known.
pub const OPSETS: std::ops::RangeInclusive<i64> = 13..=17;
