//! What each platform looks like, as data.
