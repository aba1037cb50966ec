//! The wasm face of the wire adapters, for the background: a platform's payload in, posts out; verdicts in, the
//! rewritten payload out.
