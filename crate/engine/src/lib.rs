//! The wasm face of core and adapters.
