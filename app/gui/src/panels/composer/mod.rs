//! The composer: what is typed in the open channel, with what fits where the cursor is.
//!
//! draft -> completion: what fits -> suggestions: list above the field -> view: field -> Send(text)
//! dropped, pasted, chosen files -> attached -> with the text

mod above;
mod attached;
mod completion;
mod model;
mod slash;
mod suggestions;
mod view;

pub use above::{Above, above};
pub use completion::{Completion, Entry, Sign, at as completions};
pub use model::{ComposerModel, build};
pub use slash::{SLASH_COMMANDS, SlashCommand, complete, fitting};
pub use view::{ComposerAction, ComposerState, Draft, field_id, place, show};
