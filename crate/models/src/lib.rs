//! Small models on the reader's machine.
//!
//! A model is a folder with `card.toml` and an ONNX file ([docs/models.md](../../../docs/models.md) defines both). [`Model::open`] reads the card,
//! checks the file against it, refuses what would be too large, too slow or not what the card says, and prepares it in tract. Then
//! [`Model::read`] scores texts and [`Model::look`] pictures.
//!
//! Everything is a stranger's: cards, files, texts and pictures are bounded, and what cannot be is told in words ([`Refusal`], [`RunError`]).
//! No clock, no network; files only in [`folder`].

mod calibration;
pub mod card;
mod feed;
pub mod folder;
mod fused;
mod model;
mod onnx;
mod picture;
mod refusal;
mod session;
pub mod text;

pub use card::Card;
pub use feed::Features;
pub use model::{Answer, Checked, Cost, Model, Tensor};
pub use onnx::MOST_FILE;
pub use picture::{MOST_PIXELS, Picture};
pub use refusal::Refusal;
pub use session::{Numbers, RunError};
pub use text::Composed;
