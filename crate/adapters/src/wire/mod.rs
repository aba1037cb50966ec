//! Payloads: where posts are in the answers of a platform's own API.
