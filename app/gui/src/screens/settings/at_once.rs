//! The switch that lets the keys open at the start without the password.

use dialtone_engine::Command;
use dialtone_engine::snapshot::AtOnce;
use dialtone_words::say;
use egui::Ui;

use crate::theme::{Type, palette};
use crate::widgets::{Urgency, announce, switch, text};

/// Shows the switch, where there is a keyring.
pub(crate) fn show(ui: &mut Ui, at_once: AtOnce) -> Option<Command> {
    let color = palette(ui).text_2;
    match at_once {
        AtOnce::Unavailable => {
            text::label(ui, say!("at-once-none"), Type::Hint, color);
            None
        }
        AtOnce::Changing => {
            let label = text::label(ui, say!("at-once-asking"), Type::Hint, color);
            announce(ui, &label, Urgency::Polite);
            None
        }
        AtOnce::Off | AtOnce::On => {
            let on = at_once == AtOnce::On;
            let flipped = switch(ui, on, say!("at-once"), say!("at-once-hint"));
            flipped.then_some(Command::OpenAtOnce(!on))
        }
    }
}
