//! The wasm face of what a rule author needs, for the extension's pages: checking, formatting, completion,
//! explaining, trying rules out on posts. The background has `diffract-engine`.
