//! Nothing was joined yet: what Dialtone needs to begin, and where to put it.

use dialtone_words::say;
use egui::{Key, Ui};

use super::centered;
use crate::theme::{Type, palette};
use crate::widgets::{Button, Field, Look, text, text_button};

/// What was decided.
pub enum WelcomeAction {
    /// Look at this link.
    Link(String),
    /// Come back with a recovery key.
    Recover,
    /// Have another device add this one.
    Ask,
    /// Bring a profile from another computer.
    Bring,
}

/// Shows the screen; a profile can be brought where this one is `empty`.
pub fn show(ui: &mut Ui, link: &mut String, empty: bool) -> Option<WelcomeAction> {
    centered::card(ui, "welcome", |ui| {
        let palette = palette(ui);
        centered::sign(ui);
        ui.spacing_mut().item_spacing.y = 6.0;
        text::label(ui, say!("join-welcome"), Type::Heading, palette.text);
        let words = say!("join-welcome-words");
        text::label(ui, words, Type::Body, palette.text_2);
        ui.add_space(14.0);
        let action = form(ui, link).map(WelcomeAction::Link);
        ui.add_space(6.0);
        let mut other = None;
        ui.vertical_centered(|ui| {
            if text_button(ui, say!("join-other-device")).clicked() {
                other = Some(WelcomeAction::Ask);
            }
            if text_button(ui, say!("join-have-key")).clicked() {
                other = Some(WelcomeAction::Recover);
            }
            if empty && text_button(ui, say!("move-bring")).clicked() {
                other = Some(WelcomeAction::Bring);
            }
        });
        action.or(other)
    })
}

/// The field for a link and its button; also in the dialog that joins another community.
pub fn form(ui: &mut Ui, link: &mut String) -> Option<String> {
    let palette = palette(ui);
    let field = Field::new(say!("join-invite-link"), link)
        .hint("dialtone://…")
        .focus_first()
        .show(ui);
    let entered = field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
    ui.add_space(10.0);
    let ready = !link.trim().is_empty();
    let button = Button::large(say!("join-continue"))
        .look(Look::Primary)
        .enabled(ready);
    let pressed = ui.add(button).clicked();
    ui.add_space(6.0);
    let words = say!("join-nothing-else");
    text::label(ui, words, Type::Hint, palette.text_3);
    (ready && (pressed || entered)).then(|| link.trim().to_owned())
}
