//! The composer: what is typed in the open channel, with the slash commands that fit.
//!
//! draft -> slash: commands that fit -> view: field, hints -> Send(text)

mod slash;
mod view;

pub use slash::{SLASH_COMMANDS, SlashCommand, complete, fitting};
pub use view::{ComposerAction, ComposerModel, ComposerState, build, place, show};
