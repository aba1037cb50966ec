//! Pages: where posts are in the rendered DOM.
