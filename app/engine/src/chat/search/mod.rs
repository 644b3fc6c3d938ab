//! Looking for messages.
//!
//! ```text
//! what was typed -> query (words, filters) ─┐
//! stored events  -> index, in memory alone ─┴─> channel and sequence of what fits, the newest first
//! ```

mod index;
mod query;
mod text;

pub(crate) use index::{Filter, Index, Message};
pub(crate) use query::{Query, parse};
pub(crate) use text::{folded, places};
