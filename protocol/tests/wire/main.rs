//! Tests of the bytes on the wire, through what the crate offers to others.
#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests panic as tests do; the lint's exception covers test functions alone"
)]

mod common;
mod document;
mod identity;
mod json;
mod parsers;
mod vectors;
