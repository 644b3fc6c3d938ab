//! The composer: what is typed in the open channel, with the slash commands that fit.
//!
//! draft -> slash: commands that fit -> view: field, hints -> Send(text)
//! dropped, pasted, chosen files -> attached -> with the text

mod attached;
mod slash;
mod view;

pub use slash::{SLASH_COMMANDS, SlashCommand, complete, fitting};
pub use view::{ComposerAction, ComposerModel, ComposerState, Draft, build, place, show};
