//! The load.
fn main() {}
