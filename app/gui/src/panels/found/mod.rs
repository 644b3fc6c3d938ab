//! Beside the messages: what one looks for and what was found, or what is pinned.
//!
//! Search, Pins -> model: rows with the words in sight -> view: field, filters, rows -> where to go

mod model;
mod view;

pub use model::{FoundRow, pins, results, snippet};
pub use view::{FoundAction, FoundModel, SEARCH_FIELD, SearchForm, opener, show};
