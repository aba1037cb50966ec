//! `diffract`: the command line for rule authors and for CI.

fn main() {}
