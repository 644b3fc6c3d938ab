//! The timeline: what was said in the open channel.
//!
//! Timeline -> model: rows with days, groups, "new" line -> heights: where each row stands (measured when first near the
//! view, guessed before) -> view: lays out and paints only what is in sight, keeps its place while rows come and go.

mod body;
mod files;
mod focus;
mod heights;
mod hidden;
mod ignored;
mod jump;
mod lines;
mod marks;
mod message;
mod metrics;
mod model;
mod paragraph;
mod person;
mod spoken;
mod tools;
mod view;

pub use heights::Heights;
pub use model::{MessageRow, Row, RowKey, Rows, build, rebuild};
pub use view::{Deed, TimelineAction, TimelineState, show};
