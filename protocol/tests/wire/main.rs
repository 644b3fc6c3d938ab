//! Tests of the bytes on the wire, through what the crate offers to others.

mod common;
mod document;
mod identity;
mod json;
mod parsers;
mod vectors;
