//! Filters that a reader made elsewhere (muted words, cosmetic filters, settings of other tools) as rules of
//! Diffract, with a report of what could not be carried over.
